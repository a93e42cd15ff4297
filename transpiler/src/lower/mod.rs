//! Owns: HIR and the side tables → RIR, the last pass that decides anything.
//! Never: text, tokens, types it was not told.

mod assign;
mod body;
mod call;
mod class;
mod comprehension;
mod cond;
mod display;
mod exact;
mod exception;
mod expr;
mod fstring;
mod function;
mod import;
mod known;
mod loops;
mod match_;
mod names;
mod operand;
mod placement;
mod stmt;
mod tidy;
mod with;

use crate::color::Colors;
use crate::hir::{self, ClassId, FnId, Module, PyName};
use crate::infer::Types;
use crate::rir::{Block, Expr, File, Function, Item, RustIdent, Site, SiteGroup, SiteName, Stmt, Type};
use crate::source::{SourceFile, Span};
use names::Names;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What `lower` reads, for one module.
pub struct Input<'a> {
    pub module: &'a Module,
    pub types: &'a Types,
    pub colors: &'a Colors,
    pub source: &'a SourceFile,
    /// The script itself: its file has `fn main`.
    pub is_main: bool,
    /// The module stands in a Rust module of its own below the crate root.
    pub modules: &'a [ModuleRef],
    /// Names below `rt::native` of the runtime's modules that the program imports.
    pub natives: &'a [String],
}

/// A Python module of the program and the path of its Rust module.
#[derive(Clone, Debug)]
pub struct ModuleRef {
    pub name: String,
    pub rust: String,
}

/// How the Rust of one Python function is named.
#[derive(Clone, Debug)]
pub(crate) struct FnNames {
    /// `["grow"]` or `["Rect", "grow"]`
    pub path: Vec<RustIdent>,
    pub def: RustIdent,
}

/// State of one module's lowering.
pub(crate) struct Cx<'a> {
    pub module: &'a Module,
    pub types: &'a Types,
    pub colors: &'a Colors,
    pub source: &'a SourceFile,
    /// Names of Rust statics and of functions at the top of the file.
    statics: Names,
    top: Names,
    structs: Names,
    pub fn_names: HashMap<FnId, FnNames>,
    pub class_names: HashMap<ClassId, RustIdent>,
    pub groups: Vec<SiteGroup>,
    site_letters: HashMap<u32, u32>,
    lines_done: HashSet<u32>,
    /// Globals that the text touches, with their Rust names in `mod g`.
    pub globals: BTreeMap<PyName, RustIdent>,
    global_names: Names,
    pub shapes: Vec<known::Shape>,
    call_names: Names,
    /// Every local name given out anywhere: may hide a prelude name.
    pub shadowed: BTreeSet<String>,
    pub exact: bool,
    /// Local names of the bodies being lowered, outermost first.
    pub enclosing: Vec<BTreeSet<String>>,
}

/// The one entry point.
pub fn lower(input: Input<'_>) -> File {
    let Input { module, types, colors, source, is_main, modules, natives } = input;
    let mut cx = Cx {
        module,
        types,
        colors,
        source,
        statics: Names::default(),
        top: Names::default(),
        structs: Names::default(),
        fn_names: HashMap::new(),
        class_names: HashMap::new(),
        groups: Vec::new(),
        site_letters: HashMap::new(),
        lines_done: HashSet::new(),
        globals: BTreeMap::new(),
        global_names: Names::default(),
        shapes: Vec::new(),
        call_names: Names::default(),
        shadowed: BTreeSet::new(),
        exact: colors.drops.observable(),
        enclosing: Vec::new(),
    };
    cx.reserve();
    let (items, defs) = cx.top_level();
    cx.file(items, defs, is_main, modules, natives)
}

impl<'a> Cx<'a> {
    /// Keeps generated statics away from every Python name of the file, so that no binding becomes a pattern.
    fn reserve(&mut self) {
        let module = self.module;
        let scopes = module.functions.iter().map(|f| &f.scope).chain(module.classes.iter().map(|c| &c.scope));
        for scope in scopes.chain([&module.scope]) {
            for name in scope.locals.iter().map(|l| &l.name).chain(&scope.frees) {
                self.statics.reserve(&names::plain(name.as_str()));
            }
        }
        for function in &module.functions {
            self.statics.reserve(&names::plain(function.name.as_str()));
        }
        for word in ["F0", "F1", "F2", "F3", "F4", "C0", "C1", "C2", "C3", "CN", "MODULE", "SOURCE", "NONE", "TRUE", "FALSE", "UNBOUND", "N", "S", "R", "A"] {
            self.statics.reserve(word);
        }
        for word in ["main", "module"] {
            self.top.reserve(word);
        }
        for word in [
            "g", "call", "rt", "Value", "Def", "Slot", "Iter", "Int", "PyResult", "Fallible", "ModuleDef", "Flow", "Arg", "Item",
            "Option", "Result", "Vec", "String", "Box", "Local", "Namespace", "Handling", "Type", "Part", "Key",
        ] {
            self.structs.reserve(word);
        }
        for name in names::EXCEPTIONS {
            self.structs.reserve(name);
            self.statics.reserve(name);
        }
    }

    /// Rust items of the module's functions and classes, the module body last, and their `Def` statics.
    fn top_level(&mut self) -> (Vec<Item>, Vec<Item>) {
        for function in &self.module.functions {
            self.name_function(function);
        }
        let body = self.module_body();
        let (mut items, defs, stmts) = body;
        items.push(Item::Function(Function {
            doc: None,
            public: false,
            cold: false,
            asynchronous: false,
            name: RustIdent::new("module"),
            params: vec![],
            ret: Type::PyResult,
            body: stmts,
        }));
        (items, defs)
    }

    /// Gives a module-level function its Rust names before anything refers to it.
    fn name_function(&mut self, function: &hir::Function) {
        if function.parent != hir::Parent::Module || function.form != hir::FnForm::Def {
            return;
        }
        let wanted = names::plain(function.name.as_str());
        let wanted = if self.top.contains(&wanted) && !wanted.ends_with('_') { format!("{wanted}_") } else { wanted };
        let name = self.top.fresh(&wanted);
        self.shadowed.insert(name.as_str().to_string());
        let def = self.static_for(function.qualname.as_str());
        self.fn_names.insert(function.id, FnNames { path: vec![name], def });
    }

    /// A local of the Python text, as opposed to a temporary.
    pub fn is_python_name(&self, name: &RustIdent) -> bool {
        self.enclosing.last().is_some_and(|names| names.contains(name.as_str()))
    }

    pub fn static_for(&mut self, qualname: &str) -> RustIdent {
        self.statics.fresh(&names::static_name(qualname))
    }

    pub fn struct_for(&mut self, name: &str) -> RustIdent {
        let plain = names::plain(name);
        let wanted = if self.structs.contains(&plain) { format!("{plain}_") } else { plain };
        let name = self.structs.fresh(&wanted);
        self.shadowed.insert(name.as_str().to_string());
        name
    }

    /// The Rust path of a global's slot.
    pub fn global(&mut self, name: &PyName) -> Expr {
        let rust = match self.globals.get(name) {
            Some(rust) => rust.clone(),
            None => {
                let plain = names::plain(name.as_str());
                // Slots live in `mod g` beside everything the file has: only Rust's own words are out of reach.
                let plain = plain.strip_suffix('_').filter(|p| *p != "_" && !names::is_keyword(p) && *p == name.as_str()).map_or(plain.clone(), str::to_string);
                let rust = self.global_names.fresh(&plain);
                self.globals.insert(name.clone(), rust.clone());
                rust
            }
        };
        Expr::Path(vec![RustIdent::new("g"), rust])
    }

    pub fn group(&mut self, qualname: &str, name_hint: &str, line: u32) -> usize {
        let konst = self.statics.fresh(&format!("IN_{}", names::static_name(name_hint)));
        self.groups.push(SiteGroup { konst, qualname: qualname.to_string(), line, sites: vec![] });
        self.groups.len() - 1
    }

    /// The site constant for a span inside a group; equal sites share one.
    pub fn site(&mut self, group: usize, span: Span) -> SiteName {
        let at = self.source.position(span);
        let (line, end_line, col, end_col) = (at.start.line, at.end.line, at.start.byte + 1, at.end.byte + 1);
        if let Some(group) = self.groups.get(group) {
            for s in group.sites.iter().rev() {
                if (s.line, s.end_line, s.col, s.end_col) == (line, end_line, col, end_col) {
                    return s.name.clone();
                }
            }
        }
        let name = loop {
            let n = self.site_letters.entry(line).or_insert(0);
            let text = format!("L{line}{}", letters(*n));
            *n += 1;
            if !self.statics.contains(&text) {
                break SiteName(text);
            }
        };
        if let Some(group) = self.groups.get_mut(group) {
            group.sites.push(Site { name: name.clone(), line, end_line, col, end_col });
        }
        name
    }

    /// The comment marker of a line, the first time it is asked for.
    pub fn line_marker(&mut self, line: u32) -> Option<Stmt> {
        self.lines_done.insert(line).then_some(Stmt::Line(line))
    }

    /// Adds what stands around the functions: globals, guarded calls, the module's definition.
    fn file(mut self, mut items: Vec<Item>, defs: Vec<Item>, is_main: bool, modules: &[ModuleRef], natives: &[String]) -> File {
        // Every name the module binds has a slot, used by the text or not.
        let all: Vec<PyName> = self.module.globals.iter().map(|g| g.name.clone()).collect();
        for name in &all {
            self.global(name);
        }
        self.global(&PyName::new("__name__"));
        items.extend(defs);
        let slots: Vec<(PyName, RustIdent)> = self.globals.iter().map(|(n, r)| (n.clone(), r.clone())).collect();
        let slot_items = slots.iter().map(|(name, rust)| self.slot(name, rust, &slots)).collect();
        items.push(Item::Mod { public: true, doc: "The globals of the module.", name: RustIdent::new("g"), items: slot_items });
        let calls = self.call_items();
        if !calls.is_empty() {
            items.push(Item::Mod {
                public: true,
                doc: "Calls by name: direct while the name still holds the function defined here.",
                name: RustIdent::new("call"),
                items: calls,
            });
        }
        let tail = self.tail(&slots, is_main, modules, natives);
        let mut file = File {
            exact: self.exact,
            source_name: self.source.path.rsplit('/').next().unwrap_or(&self.source.path).to_string(),
            items,
            sites: self.groups,
            tail,
            shadowed: self.shadowed,
        };
        tidy::file(&mut file);
        file
    }

    fn slot(&self, name: &PyName, rust: &RustIdent, all: &[(PyName, RustIdent)]) -> Item {
        let text = Expr::str(name.as_str());
        let value = match self.colors.known_functions.get(name).and_then(|id| self.fn_names.get(id)) {
            Some(names) => {
                // A global of that name hides the definition inside `mod g` (`debug` beside `DEBUG`).
                let hidden = all.iter().any(|(_, other)| *other == names.def);
                let mut path = if hidden { vec![RustIdent::new("super")] } else { vec![] };
                path.push(names.def.clone());
                Expr::rt("Slot::def", vec![text, Expr::Path(path).by_ref()])
            }
            None => Expr::rt("Slot::new", vec![text]),
        };
        Item::Static { public: true, name: rust.clone(), ty: Type::Slot, value }
    }

    fn tail(&self, slots: &[(PyName, RustIdent)], is_main: bool, modules: &[ModuleRef], natives: &[String]) -> Vec<Item> {
        let name = self.module.name.as_str();
        let globals = slots.iter().map(|(_, r)| Expr::Path(vec![RustIdent::new("g"), r.clone()]).by_ref()).collect();
                let value = Expr::rt(
            "ModuleDef::new",
            vec![Expr::str(name), Expr::str(&*self.source.path), Expr::slice(globals), Expr::path(&["module"])],
        );
        let value = if self.module.is_package { value.method("package", vec![]) } else { value };
        let mut tail = vec![Item::Static { public: true, name: RustIdent::new("MODULE"), ty: Type::ModuleDef, value }];
        if is_main {
            let others = modules
                .iter()
                .map(|m| {
                    let mut path: Vec<RustIdent> = m.rust.split("::").map(RustIdent::new).collect();
                    path.push(RustIdent::new("MODULE"));
                    Expr::Path(path).by_ref()
                })
                .collect();
            let provided = natives.iter().map(|path| Expr::Path(path.split("::").map(RustIdent::new).collect()).by_ref()).collect();
            let run = Expr::rt("run_main", vec![Expr::path(&["MODULE"]).by_ref(), Expr::slice(others), Expr::slice(provided)]);
            tail.push(Item::Function(Function {
                doc: None,
                public: false,
                cold: false,
                asynchronous: false,
                name: RustIdent::new("main"),
                params: vec![],
                ret: Type::Unit,
                body: Block::expr(run),
            }));
        }
        tail
    }
}

/// 0 → "", 1 → "B", 25 → "Z", 26 → "AA".
fn letters(n: u32) -> String {
    match n {
        0 => String::new(),
        1..=25 => char::from(b'A' + n as u8).to_string(),
        n => {
            let n = n - 26;
            format!("{}{}", char::from(b'A' + (n / 26 % 26) as u8), char::from(b'A' + (n % 26) as u8))
        }
    }
}
