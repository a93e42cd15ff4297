//! Owns: which names the modules of CPython 3.13's library have, and which of those the runtime lacks.
//! Never: edited by hand: `names/generate.py` writes `cpython.txt`; `names/lacking.txt` is what a compiled program finds
//! missing, and a test keeps it true.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

pub const CPYTHON: &str = include_str!("names/cpython.txt");
pub const LACKING: &str = include_str!("names/lacking.txt");

/// Modules in Python whose names come from a native one.
const FROM: &[(&str, &str)] = &[("os", "posix"), ("socket", "_socket"), ("signal", "_signal"), ("csv", "_csv")];

/// Names that the library has on other systems: programs tell them apart in more ways than can be followed.
const ELSEWHERE: &[&str] = &[
    "IocpProactor", "ProactorEventLoop", "WindowsProactorEventLoopPolicy", "WindowsSelectorEventLoopPolicy", "CTRL_BREAK_EVENT", "CTRL_C_EVENT",
    "O_BINARY", "O_NOINHERIT", "O_RANDOM", "O_SEQUENTIAL", "O_SHORT_LIVED", "O_TEMPORARY", "O_TEXT", "P_DETACH", "P_OVERLAY", "STARTUPINFO",
    "add_dll_directory", "chflags", "devpoll", "dllhandle", "fromshare", "get_handle_inheritable", "getwindowsversion", "ioctl", "kevent", "kqueue",
    "lchflags", "lchmod", "listdrives", "listmounts", "listvolumes", "plock", "set_handle_inheritable", "startfile", "winver",
];
const ELSEWHERE_BY_PREFIX: &[&str] = &["CREATE_", "F_FULLFSYNC", "KQ_", "LOCAL_PEER", "RCVALL_", "SIO_", "STARTF_", "SW_", "Windows"];

type Table = HashMap<&'static str, HashSet<&'static str>>;

fn table(text: &'static str) -> Table {
    text.lines().filter_map(|line| line.split_once(": ")).map(|(module, names)| (module, names.split(' ').collect())).collect()
}

fn cpython() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| table(CPYTHON))
}

fn lacking() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| table(LACKING))
}

/// Who has a name of a module, on this system or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Both,
    OnlyCPython,
    Nobody,
}

/// `None` where the module is not known.
pub fn has(module: &str, name: &str) -> Option<Has> {
    let names = cpython().get(module)?;
    if name.starts_with("__") {
        return Some(Has::Both);
    }
    if !names.contains(name) {
        if ELSEWHERE.contains(&name) || ELSEWHERE_BY_PREFIX.iter().any(|prefix| name.starts_with(prefix)) {
            return Some(Has::Both);
        }
        return Some(Has::Nobody);
    }
    let behind = FROM.iter().find(|row| row.0 == module).map(|row| row.1);
    let lacks = |module: &str| lacking().get(module).is_some_and(|names| names.contains(name));
    Some(if lacks(module) || behind.is_some_and(lacks) { Has::OnlyCPython } else { Has::Both })
}

/// The public names of a module.
pub fn public(module: &str) -> impl Iterator<Item = &'static str> {
    cpython().get(module).into_iter().flatten().copied().filter(|name| !name.starts_with('_'))
}
