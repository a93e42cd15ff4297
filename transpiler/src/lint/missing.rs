//! Owns: TAU0206: a name that a module of the library does not have, where the text alone says so.
//! Never: reports what the program guards: a `try`, a `hasattr`, a condition about system or version, a name that it also
//! has as a string.

use super::known::{Known, Thing};
use super::names::{self, Has};
use crate::diagnostics::{Diagnostic, Severity, codes, near};
use crate::hir::visit::{blocks, children, stmt_exprs};
use crate::hir::*;
use crate::source::{SourceMap, Span};
use std::collections::HashSet;

/// Words in conditions under which a program tells systems and versions apart.
const CONDITIONS: &[&str] = &[
    "platform", "os.name", "version", "hasattr", "getattr", "type_checking", "uname", "win", "posix", "linux", "darwin", "macos",
    "implementation", "has_", "debug", "unix", "bsd",
];

/// Exceptions whose handlers catch a missing attribute.
const CATCH: &[&str] = &["builtins.AttributeError", "builtins.Exception", "builtins.BaseException", "builtins.ImportError", "builtins.NameError"];

pub fn look(known: &Known, sources: &SourceMap, found: &mut Vec<Diagnostic>) {
    let mut strings = HashSet::new();
    for (module, _) in &known.modules {
        let texts = module.exprs.iter().filter_map(|expr| if let ExprKind::Const(Const::Str(text)) = &expr.kind { Some(&**text) } else { None });
        strings.extend(texts);
    }
    for (at, (module, _)) in known.modules.iter().enumerate() {
        let mut looker = Looker { known, sources, module, at, strings: &strings, found };
        looker.block(Parent::Module, &module.body, false);
    }
}

struct Looker<'l, 'k, 'a> {
    known: &'k Known<'a>,
    sources: &'k SourceMap,
    module: &'a Module,
    at: usize,
    strings: &'l HashSet<&'a str>,
    found: &'l mut Vec<Diagnostic>,
}

impl<'a> Looker<'_, '_, 'a> {
    fn block(&mut self, body: Parent, block: &'a Block, mut guarded: bool) {
        for stmt in block {
            for id in stmt_exprs(stmt) {
                self.expr(body, id, guarded);
            }
            let mut inner = guarded;
            match &stmt.kind {
                StmtKind::If { test, then, orelse: _ } if self.tells_apart(*test) => {
                    inner = true;
                    // What stands behind `if sys.platform == "win32": return` is for the others.
                    guarded |= then.last().is_some_and(|last| self.leaves(last));
                }
                StmtKind::Try(made) => {
                    self.block(body, &made.body, guarded || made.handlers.iter().any(|handler| self.catches(body, handler)));
                    for handler in &made.handlers {
                        self.block(body, &handler.body, guarded);
                    }
                    self.block(body, &made.orelse, guarded);
                    self.block(body, &made.finally, guarded);
                    continue;
                }
                StmtKind::FunctionDef(def) => {
                    let function = def.closure.function;
                    self.block(Parent::Function(function), &self.module.function(function).body, guarded);
                }
                StmtKind::ClassDef(def) => self.block(Parent::Class(def.class), &self.module.class(def.class).body, guarded),
                StmtKind::ImportFrom(import) if !guarded => self.import(import),
                StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Return(_)
                | StmtKind::Raise { .. } | StmtKind::Assert { .. } | StmtKind::Delete(_) | StmtKind::Pass | StmtKind::Break
                | StmtKind::Continue | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::With(_)
                | StmtKind::Match { .. } | StmtKind::Import(_) | StmtKind::ImportFrom(_) | StmtKind::TypeAlias(_)
                | StmtKind::Unsupported(_) => {}
            }
            for block in blocks(stmt) {
                self.block(body, block, inner);
            }
        }
    }

    fn tells_apart(&self, test: ExprId) -> bool {
        let span = self.module.expr(test).span;
        let text = self.sources.get(span.file).map_or("", |file| file.slice(span)).to_ascii_lowercase();
        CONDITIONS.iter().any(|word| text.contains(word))
    }

    fn leaves(&self, stmt: &Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Continue | StmtKind::Break => true,
            StmtKind::Expr(value) => matches!(&self.module.expr(*value).kind, ExprKind::Call(call) if self.known.text(self.at, call.callee).contains("exit")),
            StmtKind::Assign { .. } | StmtKind::AugAssign { .. } | StmtKind::AnnAssign(_) | StmtKind::Assert { .. } | StmtKind::Delete(_)
            | StmtKind::Pass | StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::For(_) | StmtKind::With(_) | StmtKind::Try(_)
            | StmtKind::Match { .. } | StmtKind::FunctionDef(_) | StmtKind::ClassDef(_) | StmtKind::Import(_) | StmtKind::ImportFrom(_)
            | StmtKind::TypeAlias(_) | StmtKind::Unsupported(_) => false,
        }
    }

    fn catches(&self, body: Parent, handler: &Handler) -> bool {
        let Some(kind) = handler.kind else { return true };
        let one = |id: ExprId| matches!(self.known.eval(self.at, body, id), Some(Thing::Foreign(path)) if CATCH.contains(&&*path));
        let ExprKind::Tuple(all) = &self.module.expr(kind).kind else { return one(kind) };
        all.iter().any(|element| matches!(element, Element::Item(kind) if one(*kind)))
    }

    fn expr(&mut self, body: Parent, id: ExprId, guarded: bool) {
        let module = self.module;
        let kind = &module.expr(id).kind;
        let mut inner = guarded;
        match kind {
            ExprKind::Conditional { test, .. } => inner |= self.tells_apart(*test),
            ExprKind::Bool { op: _, values } => inner |= values.iter().any(|value| self.tells_apart(*value)),
            ExprKind::Lambda(closure) | ExprKind::Genexpr { closure, .. } => {
                self.block(Parent::Function(closure.function), &module.function(closure.function).body, guarded);
            }
            ExprKind::Attribute { object, name, name_span } if !guarded => {
                if let Some(Thing::Foreign(path)) = self.known.eval(self.at, body, *object)
                    && let Some(has) = self.lacks(&path, name)
                {
                    self.found.push(warning(&path, name, has, *name_span, "AttributeError"));
                }
            }
            ExprKind::Const(_) | ExprKind::Name(_) | ExprKind::Walrus { .. } | ExprKind::Unary { .. } | ExprKind::Binary { .. }
            | ExprKind::Compare { .. } | ExprKind::Call(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
            | ExprKind::Slice { .. } | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Dict(_) | ExprKind::FString(_)
            | ExprKind::Comprehension(_) | ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {}
        }
        for child in children(kind) {
            self.expr(body, child, inner);
        }
    }

    fn import(&mut self, import: &'a ImportFrom) {
        if matches!(import.guard, ImportGuard::TryImportError | ImportGuard::TypeChecking) {
            return;
        }
        let (Some(base), ImportNames::Names(all)) = (&import.absolute, &import.names) else { return };
        if self.known.modules.iter().any(|(module, _)| module.name == *base) {
            return;
        }
        for one in all {
            if let Some(has) = self.lacks(base.as_str(), &one.name) {
                let mut warning = warning(base.as_str(), &one.name, has, one.span, "ImportError");
                if (has, import.guard) == (Has::OnlyCPython, ImportGuard::Always) {
                    warning.severity = Severity::Error;
                }
                self.found.push(warning);
            }
        }
    }

    fn lacks(&self, module: &str, name: &PyName) -> Option<Has> {
        let has = names::has(module, name.as_str()).filter(|has| *has != Has::Both)?;
        let set = self.known.modules.iter().any(|(_, facts)| facts.foreign_attributes.contains(name.as_str()));
        (!set && !self.strings.contains(name.as_str())).then_some(has)
    }
}

fn warning(module: &str, name: &PyName, has: Has, span: Span, raises: &str) -> Diagnostic {
    match has {
        Has::OnlyCPython => {
            let message = format!("tauraro's module '{module}' does not have '{name}' yet; CPython's has it, the program will raise {raises}");
            Diagnostic::warning(codes::NO_ATTRIBUTE, message, span).with_hint("`try` with an `except` for it gives the program another way")
        }
        Has::Nobody | Has::Both => {
            let message = format!("module '{module}' has no attribute '{name}': the program will raise {raises}, as in CPython 3.13");
            let warning = Diagnostic::warning(codes::NO_ATTRIBUTE, message, span);
            match near(name.as_str(), names::public(module)) {
                Some(near) => warning.with_hint(format!("did you mean '{near}'?")),
                None => warning.with_hint(format!("`dir({module})` lists its names")),
            }
        }
    }
}
