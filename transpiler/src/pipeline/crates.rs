//! Owns: which generated file stands in which crate, and what they are called.
//! Never: generates a file's text.
//!
//! The script and the modules beside it are one crate. A package is a crate of its own, and so is each installed
//! library: it is compiled again only when it changes. These crates name nothing but the runtime; a module finds
//! another through the import system at run time, so Python's import cycles are none between crates. Only the
//! script's `main` lists them all.

use super::Front;
use crate::format::Generated;
use crate::hir::{Module, PyName};
use crate::lower::ModuleRef;
use crate::project::{Library, RustFile};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

fn top(name: &PyName) -> &str {
    name.as_str().split('.').next().unwrap_or("")
}

/// The top-level names that are crates of their own.
fn separate(front: &Front) -> HashSet<&str> {
    let modules = front.program.modules.iter();
    modules.filter(|module| module.is_package || front.libraries.contains(&module.name)).map(|module| top(&module.name)).collect()
}

/// The modules of each crate beside the script's, by top-level name.
pub fn libraries(front: &Front) -> BTreeMap<String, Vec<&Module>> {
    let separate = separate(front);
    let mut found: BTreeMap<String, Vec<&Module>> = BTreeMap::new();
    for module in front.program.modules.iter().filter(|module| separate.contains(top(&module.name))) {
        found.entry(top(&module.name).to_owned()).or_default().push(module);
    }
    found
}

/// The modules of the script's crate, the script first.
pub fn own(front: &Front) -> Vec<&Module> {
    let separate = separate(front);
    front.program.modules.iter().filter(|module| !separate.contains(top(&module.name))).collect()
}

/// `web.app` stands in `py_web__app.rs`: one flat folder, no clash with the names inside a module.
fn rust_module(name: &PyName) -> String {
    format!("py_{}", name.as_str().replace('.', "__"))
}

/// How the script's crate names a module.
pub fn reference(name: &PyName, library: Option<&str>) -> ModuleRef {
    let module = rust_module(name);
    let rust = match library {
        Some(library) => format!("{library}::{module}"),
        None => module,
    };
    ModuleRef { name: name.to_string(), rust }
}

/// A crate of the generated modules; its name carries a hash of its content, so that no two crates share one.
pub fn library(top: &str, modules: Vec<(PyName, (Arc<str>, Generated))>) -> Library {
    let mut files = vec![RustFile { name: "lib.rs".to_owned(), text: String::new(), python: String::new(), lines: Vec::new() }];
    let mut root = format!("//! The Python modules of {top}.\n#![recursion_limit = \"512\"]\n\n");
    for (name, (path, generated)) in modules {
        let module = rust_module(&name);
        root.push_str(&format!("pub mod {module};\n"));
        files.push(file(format!("{module}.rs"), &path, generated));
    }
    if let Some(first) = files.first_mut() {
        first.text = root;
    }
    let mut hash = DefaultHasher::new();
    for file in &files {
        (&file.name, &file.text).hash(&mut hash);
    }
    Library { name: format!("py_{}_{:016x}", top.to_lowercase(), hash.finish()), files }
}

fn file(name: String, python: &str, generated: Generated) -> RustFile {
    let Generated { text, map } = generated;
    let count = text.lines().count() as u32;
    let lines = (1..=count).map(|line| map.python_line(line).unwrap_or(0)).collect();
    RustFile { name, text, python: python.to_owned(), lines }
}

/// A file of the script's crate; `main.rs` declares the others below its imports.
pub fn own_file(name: &PyName, python: &str, generated: Generated, others: &[ModuleRef]) -> RustFile {
    if name.as_str() != "__main__" {
        return file(format!("{}.rs", rust_module(name)), python, generated);
    }
    let mut main = file("main.rs".to_owned(), python, generated);
    let declared: Vec<String> = others.iter().filter(|other| !other.rust.contains("::")).map(|other| format!("mod {};\n", other.rust)).collect();
    if declared.is_empty() {
        return main;
    }
    let head = "use rt::prelude::*;\n";
    let at = main.text.find(head).map_or(0, |at| at + head.len());
    let (before, after) = main.text.split_at(at);
    let row = before.lines().count();
    main.lines.splice(row..row, std::iter::repeat_n(0, declared.len() + 1));
    main.text = format!("{before}\n{}{after}", declared.concat());
    main
}
