//! Owns: what the runners share: finding cases, compiling many of them in one crate, running, comparing.
//! Never: knows what a case is about.

pub mod batch;
pub mod bless;
pub mod cases;
pub mod cpython;
pub mod directive;
pub mod pages;
pub mod live;
#[path = "../order_fuzz/mod.rs"]
pub mod order_fuzz;
pub mod process;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

/// The `tests` folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The repository.
pub fn repository() -> PathBuf {
    root().parent().map(Path::to_path_buf).unwrap_or_default()
}

/// What the tests compile must not depend on what is installed.
pub fn options() -> tauraro::Options {
    tauraro::Options { strict: false, without_libraries: true }
}

/// Every file below `folder` with this extension, sorted.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, extension, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|ext| ext == extension) {
            found.push(path);
        }
    }
}

/// `lang/match_1` for `tests/conformance/lang/match_1.py`, seen from `tests/conformance`.
pub fn name_below(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).with_extension("").display().to_string().replace('\\', "/")
}

/// `TAURARO_CASES=async/* cargo test` runs only what the pattern names (`*` stands for anything).
pub fn selected(name: &str) -> bool {
    match env::var("TAURARO_CASES") {
        Ok(patterns) => patterns.split(',').any(|pattern| matches(pattern, name)),
        Err(_) => true,
    }
}

pub fn is_partial() -> bool {
    env::var_os("TAURARO_CASES").is_some()
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => match name.strip_prefix(head) {
            None => false,
            Some(tail) => (0..=tail.len()).filter(|at| tail.is_char_boundary(*at)).any(|at| matches(rest, &tail[at..])),
        },
    }
}

/// Does `work` on every item, on as many threads as there are processors, each with a stack deep enough for
/// the passes; the results are in the items' order. A panic of one item is its own `None`.
pub fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<Option<R>> {
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(2, |n| n.get()).min(items.len().max(1));
    thread::scope(|scope| {
        for _ in 0..workers {
            let body = || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(item)));
                    if let (Ok(done), Ok(mut slot)) = (done, results[at].lock()) {
                        *slot = Some(done);
                    }
                }
            };
            thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, body).expect("a thread");
        }
    });
    results.into_iter().map(|slot| slot.into_inner().ok().flatten()).collect()
}

/// The first line in which two texts differ, in a form that fits one line.
pub fn first_difference(got: &str, want: &str) -> Option<String> {
    if got == want {
        return None;
    }
    let (mut got_lines, mut want_lines) = (got.lines(), want.lines());
    let mut number = 0;
    loop {
        number += 1;
        let cut = |line: Option<&str>| line.map_or("<end>".to_owned(), |line| format!("{:?}", line.chars().take(70).collect::<String>()));
        match (got_lines.next(), want_lines.next()) {
            (None, None) => return Some("line ends differ".to_owned()),
            (a, b) if a == b => {}
            (a, b) => return Some(format!("line {number}: {} != {}", cut(a), cut(b))),
        }
    }
}
