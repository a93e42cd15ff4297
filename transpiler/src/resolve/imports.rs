//! Owns: which modules a file names, as absolute dotted names.
//! Never: looks for one (the pipeline asks its `Loader`).

use crate::hir::{ImportGuard, ImportNames, PyName, Stmt, StmtKind};
use crate::source::Span;

/// One name that an import statement may load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRequest {
    /// Absolute dotted name.
    pub module: PyName,
    /// A name taken from a package: a submodule if a file has it, else an attribute.
    pub maybe_attribute: bool,
    pub guard: ImportGuard,
    pub span: Span,
}

/// The absolute name that `level` dots and `module` stand for inside the module `name`.
pub fn absolute(name: &str, is_package: bool, level: u32, module: &str) -> Option<PyName> {
    if level == 0 {
        return Some(PyName::new(module));
    }
    let mut parts: Vec<&str> = if name == "__main__" { Vec::new() } else { name.split('.').collect() };
    if !is_package {
        parts.pop();
    }
    for _ in 1..level {
        parts.pop()?;
    }
    if parts.is_empty() {
        return None;
    }
    let mut all = parts.join(".");
    if !module.is_empty() {
        all.push('.');
        all.push_str(module);
    }
    Some(PyName::new(&all))
}

/// Adds the modules that one statement may load, in order; parents of dotted names first.
pub fn collect(stmt: &Stmt, found: &mut Vec<ImportRequest>) {
    if let StmtKind::Import(import) = &stmt.kind {
        push_with_parents(found, &import.module, false, import.guard, import.alias_span);
    }
    if let StmtKind::ImportFrom(import) = &stmt.kind
        && let Some(base) = &import.absolute
    {
        push_with_parents(found, base, false, import.guard, stmt.span);
        if let ImportNames::Names(names) = &import.names {
            for name in names {
                let full = PyName::new(&format!("{base}.{}", name.name));
                let request =
                    ImportRequest { module: full, maybe_attribute: true, guard: import.guard, span: name.span };
                found.push(request);
            }
        }
    }
}

fn push_with_parents(found: &mut Vec<ImportRequest>, name: &PyName, maybe: bool, guard: ImportGuard, span: Span) {
    let text = name.as_str();
    let dots = text.match_indices('.').map(|(at, _)| at).chain([text.len()]);
    for end in dots {
        if let Some(prefix) = text.get(..end) {
            found.push(ImportRequest { module: PyName::new(prefix), maybe_attribute: maybe, guard, span });
        }
    }
}

/// A module that the program asks for by text: nothing is said when there is none.
pub fn named(name: &str, span: Span) -> Vec<ImportRequest> {
    let mut found = Vec::new();
    push_with_parents(&mut found, &PyName::new(name), true, ImportGuard::Function, span);
    found
}
