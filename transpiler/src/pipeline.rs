//! Owns: the order of the passes.
//! Never: reads files (a `Loader` does), does a pass's work.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::hir::{ImportGuard, PyName, Program};
use crate::project::RustFile;
use crate::project::native;
use crate::resolve::imports::{self, ImportRequest};
use crate::source::SourceMap;
use crate::lower::ModuleRef;
use crate::{backend, build, color, format, hir, infer, parse, resolve, rir};

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

/// The whole way of a program:
/// text ─parse─▶ tree ─resolve─▶ scopes ─build─▶ HIR ─infer, color─▶ tables ─lower─▶ RIR ─emit─▶ tokens ─format─▶ Rust.
pub fn compile(entry: &Entry, loader: &dyn Loader, options: &Options) -> Compiled {
    let mut compiled = Compiled::default();
    let Compiled { sources, diagnostics, files } = &mut compiled;
    let front = front(entry, loader, sources, diagnostics);
    if options.strict {
        diagnostics.deny_warnings();
    }
    if diagnostics.has_errors() {
        return compiled;
    }
    let own: Vec<ModuleRef> = front.program.modules.iter().skip(1).map(|module| ModuleRef { name: module.name.to_string(), rust: rust_module(&module.name) }).collect();
    let natives: Vec<String> = front.natives.iter().filter(|name| native::all().any(|row| row == *name)).map(|name| native::rust_name(name)).collect();
    for (index, module) in front.program.modules.iter().enumerate() {
        let Some(source) = sources.get(module.file) else { continue };
        let is_main = index == 0;
        let types = infer::infer(module);
        let colors = color::color(module);
        match backend::generate(module, &types, &colors, source, is_main, &own, &natives) {
            Ok(generated) => files.push(rust_file(module, &source.path, generated, is_main, &own)),
            Err(message) => {
                let message = format!("this is a bug in tauraro: {}", message.lines().next().unwrap_or(""));
                diagnostics.push(Diagnostic::error(codes::INTERNAL, message, source.span(0, 0)));
            }
        }
    }
    compiled
}

/// `web.app` stands in `src/py_web__app.rs`: one flat folder, no clash with the names inside a module.
fn rust_module(name: &PyName) -> String {
    format!("py_{}", name.as_str().replace('.', "__"))
}

fn rust_file(module: &hir::Module, python: &str, generated: format::Generated, is_main: bool, own: &[ModuleRef]) -> RustFile {
    let format::Generated { text, map } = generated;
    let count = text.lines().count() as u32;
    let mut lines: Vec<u32> = (1..=count).map(|line| map.python_line(line).unwrap_or(0)).collect();
    if !is_main || own.is_empty() {
        let name = if is_main { "main.rs".to_owned() } else { format!("{}.rs", rust_module(&module.name)) };
        return RustFile { name, text, python: python.to_owned(), lines };
    }
    // The other modules are declared below the imports.
    let declared: String = own.iter().map(|other| format!("mod {};\n", other.rust)).collect();
    let head = "use rt::prelude::*;\n";
    let at = text.find(head).map_or(0, |at| at + head.len());
    let before = text.get(..at).unwrap_or("").lines().count();
    lines.splice(before..before, std::iter::repeat_n(0, own.len() + 1));
    let text = format!("{}\n{declared}{}", text.get(..at).unwrap_or(""), text.get(at..).unwrap_or(""));
    RustFile { name: "main.rs".to_owned(), text, python: python.to_owned(), lines }
}

/// What the front end leaves: the program's own modules and the runtime's that it imports.
pub struct Front {
    pub program: Program,
    /// Dotted names, sorted.
    pub natives: BTreeSet<String>,
}

/// parse → resolve → build for the script and every module of its own that it may import.
/// The script comes first; its absolute name is `__main__`.
pub fn front(entry: &Entry, loader: &dyn Loader, sources: &mut SourceMap, diagnostics: &mut Diagnostics) -> Front {
    let script = Found { path: entry.path.clone(), text: entry.text.clone(), is_package: false };
    let mut waiting = VecDeque::from([(PyName::new("__main__"), script)]);
    let mut search = Search { loader, asked: HashMap::new(), natives: BTreeSet::new() };
    let mut program = Program::default();
    let mut packages = Vec::new();
    let mut by_name = false;
    loop {
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
            if found.is_package {
                packages.push(name.clone());
            }
            for request in imports::requests(&module) {
                by_name |= matches!(request.module.as_str(), "importlib" | "pkgutil");
                if request.guard != ImportGuard::TypeChecking {
                    waiting.extend(search.request(&request, diagnostics));
                }
            }
            program.modules.push(module);
        }
        // A program that imports by computed names may ask for any module of its own packages.
        if by_name {
            for package in std::mem::take(&mut packages) {
                for child in loader.children(package.as_str()) {
                    waiting.extend(search.own(&PyName::new(&format!("{package}.{child}"))));
                }
            }
        }
        if waiting.is_empty() {
            return Front { program, natives: search.natives };
        }
    }
}

/// Built into CPython's executable: `sys.path` is never asked for these.
const FIRST: &[&str] = &[
    "abc", "atexit", "builtins", "codecs", "errno", "faulthandler", "gc", "genericpath", "io", "itertools", "marshal", "os", "posix",
    "posixpath", "pwd", "site", "stat", "sys", "time",
];

/// Where each name that is imported comes from.
struct Search<'a> {
    loader: &'a dyn Loader,
    /// Whether the name is known to be a module.
    asked: HashMap<PyName, bool>,
    natives: BTreeSet<String>,
}

impl Search<'_> {
    /// The module's source if it is one of the program's own and new.
    fn own(&mut self, name: &PyName) -> Option<(PyName, Found)> {
        if self.asked.contains_key(name) || FIRST.contains(&name.as_str()) {
            return None;
        }
        let found = self.loader.find(name.as_str());
        if found.is_some() {
            self.asked.insert(name.clone(), true);
        }
        found.map(|found| (name.clone(), found))
    }

    fn request(&mut self, request: &ImportRequest, diagnostics: &mut Diagnostics) -> Option<(PyName, Found)> {
        if let Some(own) = self.own(&request.module) {
            return Some(own);
        }
        let name = request.module.as_str();
        let known = self.asked.get(&request.module).copied().unwrap_or(false);
        if !known && native::exists(name) {
            self.asked.insert(request.module.clone(), true);
            self.natives.insert(name.to_owned());
        } else if !known && !request.maybe_attribute && self.asked.insert(request.module.clone(), false).is_none() {
            diagnostics.extend(unknown(request));
        }
        None
    }
}

/// What is said about a module that nobody provides depends on whether the program insists on it.
fn unknown(request: &ImportRequest) -> Diagnostics {
    let mut said = Diagnostics::default();
    let name = &request.module;
    let (code, message, hint) = if native::is_standard(name.as_str()) {
        let message = format!("the standard library's module '{name}' is not available yet");
        (codes::NO_MODULE, message, "`tauraro explain TAU0202` says where modules come from".to_owned())
    } else {
        (codes::NO_MODULE, format!("no module named '{name}'"), format!("put {}.py beside the script", name.as_str().replace('.', "/")))
    };
    match request.guard {
        ImportGuard::Always => said.push(Diagnostic::error(code, message, request.span).with_hint(hint)),
        ImportGuard::Function | ImportGuard::Conditional => {
            said.push(Diagnostic::warning(code, format!("{message}; the import will raise ModuleNotFoundError"), request.span).with_hint(hint));
        }
        ImportGuard::TryImportError | ImportGuard::TypeChecking => {}
    }
    said
}

/// One form of every module of the program; `ast` and `scopes` are the script's alone.
pub fn dump(entry: &Entry, loader: &dyn Loader, _options: &Options, stage: &str) -> Dumped {
    let mut dumped = Dumped::default();
    let Dumped { sources, diagnostics, text } = &mut dumped;
    if matches!(stage, "ast" | "scopes") {
        let file = sources.add(&entry.path, entry.text.as_deref().unwrap_or(""));
        if let Some(tree) = parse::parse(&file, diagnostics) {
            let form = if stage == "ast" { format!("{:#?}\n", tree.body) } else { format!("{:#?}\n", resolve::resolve(&file, &tree, diagnostics).scopes) };
            text.push_str(&form);
        }
        return dumped;
    }
    let front = front(entry, loader, sources, diagnostics);
    for (index, module) in front.program.modules.iter().enumerate() {
        let Some(source) = sources.get(module.file) else { continue };
        let form = match stage {
            "types" => infer::print(module, &infer::infer(module)),
            "color" => color::print(module, &color::color(module)),
            "rir" => rir::pprint::print(&backend::lowered(module, &infer::infer(module), &color::color(module), source, index == 0, &[], &[])),
            _ => hir::pprint::print(module),
        };
        text.push_str(&form);
    }
    dumped
}
