//! Owns: the order of the passes, and which modules a program needs.
//! Never: reads files (a `Loader` does), does a pass's work.

mod chains;
mod crates;
mod warnings;
mod reach;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use crate::diagnostics::{Diagnostic, Diagnostics, PythonPlace, codes};
use crate::hir::{ImportGuard, PyName, Program};
use crate::project::{Library, RustFile};
use crate::project::native;
use crate::resolve::imports::ImportRequest;
use crate::source::SourceMap;
use crate::lint::{Ignores, ignore};
use crate::lower::ModuleRef;
use crate::{backend, build, color, hir, infer, lint, parse, resolve, rir};

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
    /// It belongs to an installed library, not to the program: what it cannot do is found out when it is reached.
    pub is_library: bool,
}

/// Where the modules of the program come from.
pub trait Loader {
    /// The module of this dotted absolute name, if it is one of the program's own.
    fn find(&self, dotted: &str) -> Option<Found>;
    /// The same among installed libraries, asked when neither the program nor the runtime has the module.
    fn library(&self, dotted: &str) -> Option<Found>;
    /// The names directly below a package.
    fn children(&self, dotted: &str) -> Vec<String>;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Warnings are errors.
    pub strict: bool,
    /// Installed libraries are not looked at: what comes out is the same on every machine.
    pub without_libraries: bool,
}

/// The generated crate, or why there is none.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    /// `main.rs` first; empty when there are errors.
    pub files: Vec<RustFile>,
    /// Crates of their own that `main.rs` links.
    pub libraries: Vec<Library>,
    /// Crates of the runtime beside `rt` that the program links: folders below `rt/ext`.
    pub extensions: BTreeSet<String>,
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
    let Compiled { sources, diagnostics, files, libraries, extensions } = &mut compiled;
    let front = front(entry, loader, options, sources, diagnostics);
    if !diagnostics.has_errors() {
        let own: Vec<_> = front.program.modules.iter().filter(|module| !front.libraries.contains(&module.name)).collect();
        diagnostics.extend(lint::lint(&own, &front.ignores, sources));
    }
    front.ignores.apply(diagnostics, sources);
    if options.strict {
        diagnostics.deny_warnings();
    }
    if diagnostics.has_errors() {
        return compiled;
    }
    // Whether somebody can see when a value dies is a fact of the whole program; libraries are compiled once for
    // all programs and keep their own.
    let own_modules = crates::own(&front);
    let own_names: HashSet<PyName> = own_modules.iter().map(|module| module.name.clone()).collect();
    let drops = own_modules.iter().fold(color::DropFacts::default(), |facts, module| facts.or(color::drops(module)));
    let mut generate = |module: &hir::Module, others: &[ModuleRef], natives: &[String]| {
        let source = sources.get(module.file)?;
        let types = infer::infer(module);
        let mut colors = color::color(module);
        if own_names.contains(&module.name) {
            colors.drops = drops;
        } else {
            // Nobody wants to see a library's lines so much that each of its statements should pay for it.
            colors.drops.reads_lines = false;
        }
        let is_main = module.name.as_str() == "__main__";
        match backend::generate(module, &types, &colors, source, is_main, others, natives) {
            Ok(generated) => Some((source.path.clone(), generated)),
            Err(message) => {
                let message = format!("this is a bug in tauraro: {}", message.lines().next().unwrap_or(""));
                diagnostics.push(Diagnostic::error(codes::INTERNAL, message, source.span(0, 0)));
                None
            }
        }
    };
    let mut others = Vec::new();
    for (top, members) in crates::libraries(&front) {
        let made: Vec<_> = members.iter().filter_map(|module| Some((module.name.clone(), generate(module, &[], &[])?))).collect();
        let library = crates::library(&top, made);
        others.extend(members.iter().map(|module| crates::reference(&module.name, Some(&library.name))));
        libraries.push(library);
    }
    let own = crates::own(&front);
    others.extend(own.iter().skip(1).map(|module| crates::reference(&module.name, None)));
    let linked = linked(&front, sources);
    let natives: Vec<String> = linked.iter().filter(|name| native::exists(name)).map(|name| native::rust_path(name)).collect();
    *extensions = linked.iter().filter_map(|name| native::extension(name)).map(|found| found.folder.to_owned()).collect();
    for module in own {
        if let Some((path, generated)) = generate(module, &others, &natives) {
            files.push(crates::own_file(&module.name, &path, generated, &others));
        }
    }
    compiled
}

/// The runtime's modules that the program imports, and those that it needs because of what it names. A library
/// counts when it knows of the package at all.
fn linked(front: &Front, sources: &SourceMap) -> BTreeSet<String> {
    let texts = front.program.modules.iter().filter_map(|module| {
        let text = &*sources.get(module.file)?.text;
        (!front.libraries.contains(&module.name) || text.contains("asyncio")).then_some(text)
    });
    let mut all = front.natives.clone();
    all.extend(native::named(&front.natives, texts));
    all
}

/// What the front end leaves: the program's own modules and the runtime's that it imports.
pub struct Front {
    pub program: Program,
    /// Dotted names, sorted.
    pub natives: BTreeSet<String>,
    /// Modules of installed libraries.
    pub libraries: HashSet<PyName>,
    /// Comments that silence warnings.
    pub ignores: Ignores,
}

/// parse → resolve → build for the script and every module of its own that it may import.
/// The script comes first; its absolute name is `__main__`.
pub fn front(entry: &Entry, loader: &dyn Loader, options: &Options, sources: &mut SourceMap, diagnostics: &mut Diagnostics) -> Front {
    let script = Found { path: entry.path.clone(), text: entry.text.clone(), is_package: false, is_library: false };
    let mut libraries = HashSet::new();
    let mut waiting = VecDeque::from([(PyName::new("__main__"), script)]);
    let mut search = Search { loader, without_libraries: options.without_libraries, asked: HashMap::from([(PyName::new("__main__"), true)]), natives: BTreeSet::new() };
    let mut program = Program::default();
    let mut packages = Vec::new();
    let mut by_name = false;
    let mut reach = reach::Reach::default();
    let mut ignores = Ignores::default();
    let mut chains = chains::Chains::default();
    loop {
        while let Some((name, found)) = waiting.pop_front() {
            let file = sources.add(&found.path, found.text.as_deref().unwrap_or(""));
            if let Err(message) = &found.text {
                let mut diagnostic = Diagnostic::syntax("SyntaxError", message.clone(), file.span(0, 0));
                diagnostic.code = codes::ENCODING;
                diagnostic.labels.clear();
                if let Some(python) = &mut diagnostic.python {
                    python.place = Some(PythonPlace::Nowhere);
                }
                diagnostics.push(diagnostic);
                continue;
            }
            let mut unheard = Diagnostics::default();
            let mut unsaid = Diagnostics::default();
            let heard = if found.is_library { &mut unheard } else { &mut *diagnostics };
            let parsed = if found.is_library { parse::parse_trusted(&file, heard) } else { parse::parse(&file, heard) };
            let Some(tree) = parsed else { continue };
            if !found.is_library {
                parse::warned::while_parsing(&file, &tree, heard);
            }
            let mut own = Diagnostics::default();
            let resolved = resolve::resolve(&file, &tree, &mut own);
            let typed = |kind| matches!(kind, resolve::scope::ScopeKind::TypeParams | resolve::scope::ScopeKind::Lazy);
            // Parameter lists and `type` statements make objects of `typing` without naming it.
            if native::exists("typing") && resolved.scopes.ids().any(|id| typed(resolved.scopes.get(id).kind)) {
                search.natives.insert("typing".to_owned());
            }
            let module = build::build(&file, &name, found.is_package, &tree, &resolved, &mut own);
            parse::compiler_limits(&file, &tree, &mut own);
            // CPython stops at the first mistake, and so does what is said about a module.
            if !found.is_library && let Some(first) = own.first_of_python() {
                heard.push(first);
                continue;
            }
            if !found.is_library {
                parse::warned::while_compiling(&file, &tree, heard);
            }
            heard.extend(own);
            if !found.is_library && file.text.contains(ignore::WORD) {
                ignores.read(&file, &parse::comments(&file), heard);
            }
            warnings::text_at_run_time(&module, heard);
            if found.is_library {
                libraries.insert(name.clone());
            }
            if found.is_package && !found.is_library {
                packages.push(name.clone());
            }
            for (request, by_library) in reach.add(&module, found.is_library) {
                chains.add(&module.name, by_library, &request);
                by_name |= !by_library && matches!(request.module.as_str(), "importlib" | "pkgutil");
                if request.guard != ImportGuard::TypeChecking {
                    waiting.extend(search.request(&request, if by_library { &mut unsaid } else { &mut *heard }));
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
            // An extension makes objects of another module for programs that ask for them.
            for (word, module) in search.natives.iter().filter_map(|name| native::extension(name)).flat_map(|found| found.with.iter().copied()).collect::<BTreeSet<_>>() {
                if program.modules.iter().any(|own| sources.get(own.file).is_some_and(|source| source.text.contains(word))) {
                    if native::exists(module) {
                        search.natives.insert(module.to_owned());
                    }
                    waiting.extend(search.library(&PyName::new(module)));
                }
            }
        }
        if waiting.is_empty() {
            if !diagnostics.has_errors() {
                let missing = chains.report(|name| search.asked.get(name) == Some(&false));
                missing.into_iter().for_each(|warning| diagnostics.push(warning));
            }
            return Front { program, natives: search.natives, libraries, ignores };
        }
    }
}

/// Built into CPython's executable: `sys.path` is never asked for these.
const FIRST: &[&str] = &[
    "abc", "atexit", "builtins", "codecs", "errno", "faulthandler", "gc", "genericpath", "io", "itertools", "marshal", "os", "posix",
    "posixpath", "pwd", "site", "stat", "sys", "time",
];

/// Put into `sys.modules` by the module in front of the dot.
const MADE: &[&str] = &["os.path"];

/// Where each name that is imported comes from.
struct Search<'a> {
    loader: &'a dyn Loader,
    without_libraries: bool,
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

    /// The installed library's module, if it is new.
    fn library(&mut self, name: &PyName) -> Option<(PyName, Found)> {
        if self.asked.contains_key(name) || self.without_libraries || native::exists(name.as_str()) {
            return None;
        }
        let found = self.loader.library(name.as_str());
        self.asked.insert(name.clone(), found.is_some());
        found.map(|found| (name.clone(), found))
    }

    fn request(&mut self, request: &ImportRequest, diagnostics: &mut Diagnostics) -> Option<(PyName, Found)> {
        if let Some(own) = self.own(&request.module) {
            return Some(own);
        }
        let name = request.module.as_str();
        if MADE.contains(&name) {
            return None;
        }
        let known = self.asked.get(&request.module).copied().unwrap_or(false);
        // A package that the runtime has is the runtime's as a whole, but for a few parts.
        let top = name.split('.').next().unwrap_or(name);
        if !known && native::exists(name) {
            self.asked.insert(request.module.clone(), true);
            self.natives.insert(name.to_owned());
        } else if !known && (!native::exists(top) || native::from_library(name)) && !self.without_libraries && let Some(found) = self.loader.library(name) {
            self.asked.insert(request.module.clone(), true);
            return Some((request.module.clone(), found));
        } else if !known && !request.maybe_attribute && self.asked.insert(request.module.clone(), false).is_none() {
            // `import a.b` asks for `a` first, and that is what is missing.
            let parent = name.rsplit_once('.').map(|(parent, _)| PyName::new(parent));
            if !parent.is_some_and(|parent| self.asked.get(&parent) == Some(&false)) {
                let has_library = !self.without_libraries && self.loader.library("os").is_some();
                diagnostics.extend(unknown(request, has_library));
            }
        }
        None
    }
}

/// What is said about a module that nobody provides depends on whether the program insists on it.
fn unknown(request: &ImportRequest, has_library: bool) -> Diagnostics {
    let mut said = Diagnostics::default();
    let name = &request.module;
    let (code, message, hint) = if native::is_standard(name.as_str()) && !has_library {
        let message = format!("the standard library's module '{name}' is compiled from an installed CPython 3.13, and none was found");
        let hint = "install CPython 3.13 where you build, on PATH or named by TAURARO_PYTHON (the executable needs none)";
        (codes::NO_MODULE, message, hint.to_owned())
    } else if native::is_standard(name.as_str()) {
        let message = format!("the standard library's module '{name}' is not available yet");
        (codes::NO_MODULE, message, "`tauraro explain TAU0202` says where modules come from".to_owned())
    } else if let Some((package, parts)) = native::parts_of_an_extension(name.as_str()) {
        // A file beside the script would hide the package that is built in.
        let hint = format!("{package} is built in, without this part of it; what it has: {parts}");
        (codes::NO_MODULE, format!("the built-in {package} has no module '{name}'"), hint)
    } else {
        let path = name.as_str().replace('.', "/");
        let own = native::extensions_named();
        let hint = format!(
            "put {path}.py or a folder {path} beside the script; looked for in the script's folder, the runtime, and the library of an installed CPython 3.13; packages that pip installed are not read (built in: {own})"
        );
        (codes::NO_MODULE, format!("no module named '{name}'"), hint)
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
pub fn dump(entry: &Entry, loader: &dyn Loader, options: &Options, stage: &str) -> Dumped {
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
    let front = front(entry, loader, options, sources, diagnostics);
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
