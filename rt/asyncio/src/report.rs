//! Owns: the tree of tasks that a running program shows: at SIGQUIT on the standard error, and to whoever connects to the
//! socket that `TAURARO_PS=1` asks for.
//! Never: runs a task or any Python code; what it shows, it only looks at.

use crate::futures::{Future, TimerState, as_future};
use crate::gather::Gathering;
use crate::loop_;
use crate::taskgroups::TaskGroup;
use crate::tasks::{self, Task};
use crate::wait;
use rtcore::error::traceback::Site;
use rtcore::frame::{Frame, State, place, stack, wait as at_once};
use rtcore::gil::{allow_threads, spawn};
use rtcore::signals;
use rtcore::value::Value;
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::OnceLock;

/// A chain of awaits longer than this is cut, and so is one of futures that wait for futures.
const LONGEST: usize = 1000;
const DEEPEST: usize = 20;

// ---- who waits for whom ----

/// The task that waits for a future, through groups, gatherings and shields.
fn waiter(f: &Future, left: usize) -> Option<Value> {
    let (tasks, others) = f.waiting();
    tasks.into_iter().next().or_else(|| {
        others.iter().find_map(|v| {
            if let Some(group) = v.downcast::<TaskGroup>() {
                return Some(group.parent()).filter(|parent| !parent.is_none());
            }
            let behind = wait::waiter(v).unwrap_or_else(|| v.clone());
            waiter(as_future(&behind)?, left.checked_sub(1)?)
        })
    })
}
struct Tree {
    tasks: Vec<Value>,
    /// For each task the index of the one that waits for it.
    parents: Vec<Option<usize>>,
}
impl Tree {
    fn new() -> Tree {
        let tasks = tasks::all();
        let index = |v: &Value| tasks.iter().position(|t| t.is(v));
        let mut parents: Vec<Option<usize>> =
            tasks.iter().map(|t| waiter(&t.downcast::<Task>()?.fut, DEEPEST).as_ref().and_then(index)).collect();
        // Tasks that wait for each other in a ring have no root: the ring is cut where it is found.
        for start in 0..parents.len() {
            let (mut at, mut steps) = (start, 0);
            while let Some(parent) = parents.get(at).copied().flatten() {
                if parent == start || steps > parents.len() {
                    if let Some(cut) = parents.get_mut(start) {
                        *cut = None;
                    }
                    break;
                }
                (at, steps) = (parent, steps + 1);
            }
        }
        Tree { tasks, parents }
    }
    fn children(&self, of: Option<usize>) -> Vec<usize> {
        self.parents.iter().enumerate().filter(|(_, p)| **p == of).map(|(i, _)| i).collect()
    }
    /// One task and what it waits for; `first` and `rest` stand before its first line and the others.
    fn task(&self, out: &mut String, index: usize, first: &str, rest: &str) {
        let Some((v, t)) = self.tasks.get(index).and_then(|v| Some((v, v.downcast::<Task>()?))) else { return };
        let children = self.children(Some(index));
        line(out, first, &[name(t).as_str(), state(v, t).as_str()]);
        let bar = if children.is_empty() { "    " } else { "│   " };
        for row in rows(v, t) {
            line(out, rest, &[bar, row.as_str()]);
        }
        for (n, child) in children.iter().enumerate() {
            let (branch, below) = if n + 1 == children.len() { ("└── ", "    ") } else { ("├── ", "│   ") };
            self.task(out, *child, &[rest, branch].concat(), &[rest, below].concat());
        }
    }
}
fn line(out: &mut String, start: &str, parts: &[&str]) {
    out.push_str(start);
    parts.iter().for_each(|part| out.push_str(part));
    out.push('\n');
}

// ---- one task ----

fn name(t: &Task) -> String {
    t.name().as_str().unwrap_or_default().to_owned()
}
fn is_current(v: &Value, t: &Task) -> bool {
    loop_::as_loop(&t.fut.loop_.get()).is_some_and(|el| el.current_task.is(v))
}
fn state(v: &Value, t: &Task) -> String {
    let what = t.fut_waiter.get();
    let mut text = if is_current(v, t) {
        " runs".to_owned()
    } else if what.is_none() {
        " is ready to run".to_owned()
    } else if let Some(other) = what.downcast::<Task>() {
        [" waits for ", &name(other)].concat()
    } else if what.downcast::<Gathering>().is_some() {
        " waits for what it gathers".to_owned()
    } else if as_future(&what).is_some_and(|f| f.timer.get() == TimerState::Scheduled) {
        " sleeps".to_owned()
    } else {
        [" waits for a ", what.ty().name()].concat()
    };
    if t.must_cancel.get() || t.num_cancels() > 0 {
        text.push_str(", being cancelled");
    }
    text
}
fn row(site: &Site) -> String {
    let source = site.scope.source.lines().nth((site.line as usize).saturating_sub(1)).unwrap_or("").trim();
    let line = site.line.to_string();
    [site.scope.qualname, " (", site.scope.file, ":", &line, ")", if source.is_empty() { "" } else { "  " }, source].concat()
}
/// The coroutines of a task, outermost first, and what the innermost one waits for.
fn rows(v: &Value, t: &Task) -> Vec<String> {
    if is_current(v, t) {
        return stack::entries().iter().filter_map(|e| Some(row(e.site.unwrap_or(stack::site_of(e.def?))))).collect();
    }
    let mut rows = Vec::new();
    let mut at = t.coro.get();
    while let Some(f) = at.downcast::<Frame>().filter(|_| rows.len() < LONGEST) {
        if f.is_native() {
            rows.push(f.def.qualname.to_owned());
        } else if f.state() == State::Suspended {
            rows.extend(place::places(f).into_iter().map(row));
        } else {
            rows.push(row(stack::site_of(f.def)));
        }
        at = f.awaiting();
    }
    if let Some(of) = at_once::of(&at) {
        rows.push(["a ", of.ty().name()].concat());
    }
    rows
}

/// Everything, as text.
pub fn text() -> String {
    let tree = Tree::new();
    let (count, process) = (tree.tasks.len().to_string(), std::process::id().to_string());
    let mut out = [count.as_str(), if tree.tasks.len() == 1 { " task" } else { " tasks" }, " of process ", &process, "\n"].concat();
    for root in tree.children(None) {
        tree.task(&mut out, root, "", "");
    }
    out
}

// ---- who asks ----

fn to_stderr() {
    // A closed stream is no reason to stop.
    drop(std::io::stderr().write_all(text().as_bytes()));
}
/// A loop of the main thread begins or ends to run. A program that has its own handler of SIGQUIT, and one that runs no
/// loop, keeps what it has; `TAURARO_PS=0` leaves all as CPython has it.
pub fn begin() {
    let wish = std::env::var_os("TAURARO_PS");
    if wish.as_ref().is_none_or(|wish| wish != "0") {
        signals::offer(libc::SIGQUIT, to_stderr);
    }
    if wish.is_some_and(|wish| wish == "1") {
        listen();
    }
}
pub fn end() {
    signals::withdraw(libc::SIGQUIT);
}

/// The socket, once it is there.
static SOCKET: OnceLock<PathBuf> = OnceLock::new();

fn listen() {
    if SOCKET.get().is_some() {
        return;
    }
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
    let path = folder.join(["tauraro-", &std::process::id().to_string(), ".sock"].concat());
    // What a process of this number left behind.
    drop(std::fs::remove_file(&path));
    // SAFETY: a plain system call; the mask is put back at once.
    let mask = unsafe { libc::umask(0o177) };
    let listener = UnixListener::bind(&path);
    // SAFETY: as above.
    unsafe { libc::umask(mask) };
    let Ok(listener) = listener else { return };
    drop(SOCKET.set(path));
    rtcore::finalize::before(remove);
    // Without the thread nobody answers, which whoever connects will see.
    drop(spawn("ps", move || {
        while let Ok((mut asking, _)) = allow_threads(|| listener.accept()) {
            let text = text();
            drop(allow_threads(|| asking.write_all(text.as_bytes())));
        }
    }));
}
fn remove() {
    if let Some(path) = SOCKET.get() {
        drop(std::fs::remove_file(path));
    }
}
