//! Owns: which names the modules of CPython 3.13's library have, and which of those the runtime lacks.
//! Never: edited by hand: `names/generate.py` writes `cpython.txt`; `names/lacking.txt` is what a compiled program finds
//! missing, and a test keeps it true.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

pub const CPYTHON: &str = include_str!("names/cpython.txt");
pub const LACKING: &str = include_str!("names/lacking.txt");

/// Modules in Python whose names come from a native one.
const FROM: &[(&str, &str)] = &[("os", "posix"), ("socket", "_socket"), ("signal", "_signal"), ("csv", "_csv")];

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

/// Who has a name of a module.
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
