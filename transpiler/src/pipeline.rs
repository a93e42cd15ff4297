//! Owns: the order of the passes.
//! Never: reads files (a `Loader` does), does a pass's work.

use std::collections::{HashSet, VecDeque};

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::hir::{ImportGuard, PyName, Program};
use crate::project::RustFile;
use crate::resolve::imports;
use crate::source::SourceMap;
use crate::{build, color, hir, infer, parse, resolve};

/// The script that a program starts with; the text is an error when it could not be decoded.
#[derive(Clone, Debug)]
pub struct Entry {
    pub path: String,
    pub text: Result<String, String>,
}

/// A module's source, as a `Loader` found it.
#[derive(Clone, Debug)]
pub struct Found {
    pub path: String,
    pub text: Result<String, String>,
    pub is_package: bool,
}

/// Where the modules of the program come from.
pub trait Loader {
    /// The module of this dotted absolute name, if it is one of the program's own.
    fn find(&self, dotted: &str) -> Option<Found>;
    /// The names directly below a package.
    fn children(&self, dotted: &str) -> Vec<String>;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Warnings are errors.
    pub strict: bool,
}

/// The generated crate, or why there is none.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    /// `main.rs` first; empty when there are errors.
    pub files: Vec<RustFile>,
}

/// An intermediate form as text.
#[derive(Clone, Debug, Default)]
pub struct Dumped {
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    pub text: String,
}

/// The printable forms, in the order of the pipeline.
pub const STAGES: &[&str] = &["ast", "scopes", "hir", "types", "color", "rir"];

pub fn compile(entry: &Entry, _loader: &dyn Loader, _options: &Options) -> Compiled {
    let mut compiled = Compiled::default();
    let file = compiled.sources.add(&entry.path, entry.text.as_deref().unwrap_or(""));
    if let Err(message) = &entry.text {
        compiled.diagnostics.push(Diagnostic::syntax("SyntaxError", message.clone(), file.span(0, 0)));
        return compiled;
    }
    compiled.files = vec![RustFile { name: "main.rs".into(), text: "fn main() { println!(\"hello\"); }\n".into(), python: entry.path.clone(), lines: vec![1] }];
    compiled
}

/// parse → resolve → build for the script and every module of its own that it may import.
/// The script comes first; its absolute name is `__main__`.
pub fn front(entry: &Entry, loader: &dyn Loader, sources: &mut SourceMap, diagnostics: &mut Diagnostics) -> Program {
    let script = Found { path: entry.path.clone(), text: entry.text.clone(), is_package: false };
    let mut waiting = VecDeque::from([(PyName::new("__main__"), script)]);
    let mut asked: HashSet<PyName> = HashSet::new();
    let mut program = Program::default();
    while let Some((name, found)) = waiting.pop_front() {
        let file = sources.add(&found.path, found.text.as_deref().unwrap_or(""));
        if let Err(message) = &found.text {
            let mut diagnostic = Diagnostic::syntax("SyntaxError", message.clone(), file.span(0, 0));
            diagnostic.code = codes::ENCODING;
            diagnostics.push(diagnostic);
            continue;
        }
        let Some(tree) = parse::parse(&file, diagnostics) else { continue };
        let resolved = resolve::resolve(&file, &tree, diagnostics);
        let module = build::build(&file, &name, found.is_package, &tree, &resolved, diagnostics);
        for request in imports::requests(&module) {
            if request.guard == ImportGuard::TypeChecking || !asked.insert(request.module.clone()) {
                continue;
            }
            if let Some(found) = loader.find(request.module.as_str()) {
                waiting.push_back((request.module, found));
            }
        }
        program.modules.push(module);
    }
    program
}

pub fn dump(entry: &Entry, loader: &dyn Loader, _options: &Options, stage: &str) -> Dumped {
    let mut dumped = Dumped::default();
    let program = front(entry, loader, &mut dumped.sources, &mut dumped.diagnostics);
    for module in &program.modules {
        match stage {
            "hir" => dumped.text.push_str(&hir::pprint::print(module)),
            "types" => dumped.text.push_str(&infer::print(module, &infer::infer(module))),
            "color" => dumped.text.push_str(&color::print(module, &color::color(module))),
            _ => {}
        }
    }
    dumped
}
