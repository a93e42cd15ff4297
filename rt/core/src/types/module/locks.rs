//! Owns: who imports which module: a thread that needs a module whose body another one runs waits for its end.
//! Never: runs bodies. Only bodies of compiled modules are long enough to be met half run.
//! Source: CPython 3.13, Lib/importlib/_bootstrap.py (`_ModuleLock`, `_lock_unlock_module`).

use crate::gil::{Bell, Gil, thread_id};
use std::cell::RefCell;

struct Table {
    /// The modules whose bodies run, and the threads that run them.
    running: RefCell<Vec<(String, usize)>>,
    /// The threads that wait, and for which module.
    waiting: RefCell<Vec<(usize, String)>>,
}
static TABLE: Gil<Table> = Gil::new(Table { running: RefCell::new(Vec::new()), waiting: RefCell::new(Vec::new()) });
static END: Bell = Bell::new();

pub fn begin(name: &str) {
    TABLE.running.borrow_mut().push((name.to_owned(), thread_id()));
}
pub fn end(name: &str) {
    let me = thread_id();
    TABLE.running.borrow_mut().retain(|(running, owner)| running != name || *owner != me);
    END.ring();
}
fn owner(name: &str) -> Option<usize> {
    TABLE.running.borrow().iter().find(|(running, _)| running == name).map(|(_, owner)| *owner)
}
/// Waits while another thread runs the body of this module. Threads that import each other's modules get them half
/// run, as in CPython.
pub fn wait(name: &str) {
    let me = thread_id();
    while let Some(other) = owner(name).filter(|other| *other != me) {
        if waits_for(other, me) {
            break;
        }
        TABLE.waiting.borrow_mut().push((me, name.to_owned()));
        END.wait();
        TABLE.waiting.borrow_mut().retain(|(thread, _)| *thread != me);
    }
}
/// True when `thread` waits, through any chain of others, for a body that `me` runs.
fn waits_for(mut thread: usize, me: usize) -> bool {
    let waiting = TABLE.waiting.borrow();
    // A chain is no longer than there are threads that wait.
    for _ in 0..=waiting.len() {
        let Some(next) = waiting.iter().find(|(one, _)| *one == thread).and_then(|(_, name)| owner(name)) else { return false };
        if next == me {
            return true;
        }
        thread = next;
    }
    false
}
