//! Owns: which imports inside the functions of installed libraries a program can come to.
//! Never: decides for the program's own modules: all of theirs count.
//!
//! A library's functions import what few programs reach: `shutil` knows zip files, `random` has a command line. A
//! function counts as reached when its name is mentioned, as a name or an attribute, in code that is reached; special
//! methods always are. That errs towards too much, except for functions found by computed names; their imports then
//! raise ModuleNotFoundError, which says which module is missing.

use crate::hir::{Block, Call, CmpOp, Const, DictItem, Element, ExprKind, FnForm, Function, ImportNames, Module, Parent, Place, PyName, Stmt, StmtKind, Var, visit};
use crate::resolve::imports::{self, ImportRequest};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Functions that only a library's own command line calls. Programs have one of the same name.
const COMMAND_LINES: &[&str] = &["main", "_main", "test", "_test"];

/// Names that a library's tables mention beside the names by which programs come to them: the former count only when
/// one of the latter is mentioned.
const BEHIND: &[(&str, &[&str])] = &[
    ("shutil", &["make_archive", "unpack_archive", "get_archive_formats", "get_unpack_formats"]),
];
const BEHIND_FUNCTIONS: &[(&str, &[&str])] =
    &[("shutil", &["_make_tarball", "_make_zipfile", "_unpack_zipfile", "_unpack_tarfile"])];

/// Imports that only a certain text in the program leads to, as module, imported module and text: patterns name
/// characters with `\N{…}`, and the table of names is large.
const BY_TEXT: &[(&str, &str, &str)] =
    &[("re._parser", "unicodedata", "\\N{"), ("concurrent.futures", "concurrent.futures.process", "ProcessPoolExecutor")];

/// Modules that native code imports: the name of an attribute, or of what is imported from a module, and the module behind it.
const BEHIND_NATIVE: &[(&str, &str)] =
    &[("iterdump", "sqlite3.dump"), ("run_coroutine_threadsafe", "concurrent.futures")];

/// What a piece of code mentions and imports. Sorted: modules are found in the same order every time.
#[derive(Default)]
struct Piece {
    names: BTreeSet<String>,
    requests: Vec<ImportRequest>,
}

#[derive(Default)]
pub struct Reach {
    mentioned: HashSet<String>,
    /// By the name that makes it reached.
    waiting: HashMap<String, Vec<Piece>>,
}

impl Reach {
    /// The imports that a new module adds, those of other modules' functions too, and whether a library asks.
    pub fn add(&mut self, module: &Module, is_library: bool) -> Vec<(ImportRequest, bool)> {
        if !is_library {
            let mut all = Piece::default();
            visit::every_stmt(module, &mut |stmt| all.note(module, stmt));
            return self.reached(all, false);
        }
        let (base, mut by_owner) = pieces(module);
        let far: Vec<_> = BY_TEXT.iter().filter(|row| row.0 == module.name.as_str()).collect();
        if !far.is_empty() {
            for piece in by_owner.values_mut() {
                for (_, target, text) in far.iter().filter(|row| !self.mentioned.contains(row.2)) {
                    let (late, now) = std::mem::take(&mut piece.requests).into_iter().partition(|request| request.module.as_str() == *target);
                    piece.requests = now;
                    let late = Piece { names: BTreeSet::new(), requests: late };
                    self.waiting.entry((*text).to_owned()).or_default().push(late);
                }
            }
        }
        let mut found = self.reached(base, true);
        for (name, piece) in by_owner {
            for trigger in triggers(module.name.as_str(), &name) {
                if trigger.is_empty() || self.mentioned.contains(trigger) {
                    let piece = Piece { names: piece.names.clone(), requests: piece.requests.clone() };
                    found.extend(self.reached(piece, true));
                    break;
                }
                let piece = Piece { names: piece.names.clone(), requests: piece.requests.clone() };
                self.waiting.entry(trigger.to_owned()).or_default().push(piece);
            }
        }
        found
    }

    fn reached(&mut self, piece: Piece, is_library: bool) -> Vec<(ImportRequest, bool)> {
        let mut found = Vec::new();
        let mut open = vec![(piece, is_library)];
        while let Some((piece, is_library)) = open.pop() {
            found.extend(piece.requests.into_iter().map(|request| (request, is_library)));
            for name in piece.names {
                if let Some(more) = self.waiting.remove(&name) {
                    open.extend(more.into_iter().map(|piece| (piece, true)));
                }
                self.mentioned.insert(name);
            }
        }
        found
    }
}

/// The names whose mention reaches a function; an empty one means always.
fn triggers<'a>(module: &str, function: &'a str) -> Vec<&'a str> {
    if COMMAND_LINES.contains(&function) {
        return Vec::new();
    }
    if function.starts_with("__") && function.ends_with("__") {
        return vec![""];
    }
    let row = |table: &'static [(&str, &[&'static str])]| table.iter().find(|row| row.0 == module).map_or(&[][..], |row| row.1);
    if row(BEHIND_FUNCTIONS).contains(&function) { row(BEHIND).to_vec() } else { vec![function] }
}

/// The module's own level, class bodies included, and its functions by name: of one name all together.
fn pieces(module: &Module) -> (Piece, BTreeMap<String, Piece>) {
    let mut base = Piece::default();
    let mut by_owner: BTreeMap<String, Piece> = BTreeMap::new();
    base.note_block(module, &module.body);
    for class in &module.classes {
        match owner(module, class.parent) {
            Some(function) => by_owner.entry(function.name.to_string()).or_default().note_block(module, &class.body),
            None => base.note_block(module, &class.body),
        }
    }
    for function in &module.functions {
        let outer = owner(module, function.parent).unwrap_or(function);
        match outer.form {
            FnForm::Def => by_owner.entry(outer.name.to_string()).or_default().note_block(module, &function.body),
            FnForm::Lambda | FnForm::Genexpr | FnForm::Lazy => base.note_block(module, &function.body),
        }
    }
    (base, by_owner)
}

/// The outermost function around a body.
fn owner(module: &Module, parent: Parent) -> Option<&Function> {
    match parent {
        Parent::Module => None,
        Parent::Class(class) => owner(module, module.class(class).parent),
        Parent::Function(function) => {
            let function = module.function(function);
            Some(owner(module, function.parent).unwrap_or(function))
        }
    }
}

impl Piece {
    fn note_block(&mut self, module: &Module, block: &Block) {
        for stmt in block {
            if is_command_line(module, stmt) {
                continue;
            }
            self.note(module, stmt);
            for inner in visit::blocks(stmt) {
                self.note_block(module, inner);
            }
        }
    }

    /// One statement without its blocks.
    fn note(&mut self, module: &Module, stmt: &Stmt) {
        imports::collect(stmt, &mut self.requests);
        if let StmtKind::ImportFrom(import) = &stmt.kind
            && let ImportNames::Names(names) = &import.names
        {
            for name in names {
                self.names.insert(name.name.to_string());
                self.behind_native(&name.name, stmt);
            }
        }
        for expr in visit::stmt_exprs(stmt) {
            visit::every_expr(module, expr, &mut |_, expr| match &expr.kind {
                ExprKind::Attribute { name, .. } => {
                    self.mention(name);
                    self.behind_native(name, stmt);
                }
                ExprKind::Name(var) => match &var.place {
                    Place::Global(name) | Place::ClassName(name) | Place::ClassOrFree(name, _) => self.mention(name),
                    Place::Builtin(_) | Place::Local(_) | Place::Cell(_) | Place::Free(_) => {}
                },
                ExprKind::Const(Const::Str(text)) => {
                    for (_, _, part) in BY_TEXT.iter().filter(|row| text.contains(row.2)) {
                        self.names.insert((*part).to_owned());
                    }
                }
                // Tables name methods that are then looked up: `{"gz": "gzopen"}`.
                ExprKind::Dict(items) => {
                    for item in items {
                        if let DictItem::Pair(_, value) = item
                            && let ExprKind::Const(Const::Str(text)) = &module.expr(*value).kind
                            && text.len() < 40
                        {
                            self.names.insert(text.to_string());
                        }
                    }
                }
                ExprKind::Call(call) => self.requests.extend(by_text(module, call, stmt)),
                ExprKind::Const(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Bool { .. }
                | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Subscript { .. } | ExprKind::Slice { .. }
                | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::FString(_) | ExprKind::Lambda(_)
                | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_)
                | ExprKind::YieldFrom(_) => {}
            });
        }
    }

    fn behind_native(&mut self, name: &PyName, stmt: &Stmt) {
        for (_, target) in BEHIND_NATIVE.iter().filter(|row| row.0 == name.as_str()) {
            self.requests.extend(imports::named(target, stmt.span));
        }
    }

    fn mention(&mut self, name: &PyName) {
        if !self.names.contains(name.as_str()) {
            self.names.insert(name.to_string());
        }
    }
}

/// `import_module("a.b")` and `__import__("a.b")` with the name in the text.
fn by_text(module: &Module, call: &Call, stmt: &Stmt) -> Vec<ImportRequest> {
    let callee = match &module.expr(call.callee).kind {
        ExprKind::Attribute { name, .. } => name,
        ExprKind::Name(Var { place: Place::Global(name) | Place::Builtin(name), .. }) => name,
        ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
        | ExprKind::Bool { .. } | ExprKind::Compare { .. } | ExprKind::Conditional { .. } | ExprKind::Call(_) | ExprKind::Subscript { .. }
        | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_)
        | ExprKind::Lambda(_) | ExprKind::Genexpr { .. } | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_)
        | ExprKind::YieldFrom(_) => return Vec::new(),
    };
    let Some(Element::Item(first)) = call.args.first() else { return Vec::new() };
    let ExprKind::Const(Const::Str(name)) = &module.expr(*first).kind else { return Vec::new() };
    let imports = matches!(callee.as_str(), "import_module" | "__import__") && !name.starts_with('.');
    if imports { imports::named(name, stmt.span) } else { Vec::new() }
}

/// `if __name__ == "__main__":` never holds in a library.
fn is_command_line(module: &Module, stmt: &Stmt) -> bool {
    let StmtKind::If { test, .. } = &stmt.kind else { return false };
    let ExprKind::Compare { first, rest } = &module.expr(*test).kind else { return false };
    let ExprKind::Name(var) = &module.expr(*first).kind else { return false };
    let named = matches!(&var.place, Place::Global(name) | Place::Builtin(name) if name.as_str() == "__name__");
    let main = |value| matches!(&module.expr(value).kind, ExprKind::Const(Const::Str(text)) if **text == *"__main__");
    named && matches!(rest.as_slice(), [(CmpOp::Eq, value)] if main(*value))
}
