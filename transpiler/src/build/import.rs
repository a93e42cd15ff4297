//! Owns: import statements.
//! Never: looks for a module (`resolve::imports` and the driver do).

use super::Builder;
use crate::hir::*;
use crate::parse::ast;
use crate::resolve::imports;
use crate::source::Span;

impl Builder<'_> {
    /// One statement per alias.
    pub(super) fn import(&mut self, s: &ast::StmtImport, span: Span, into: &mut Block) {
        for alias in &s.names {
            let module = alias.name.as_str();
            let bound = match &alias.asname {
                Some(name) => name.as_str(),
                None => module.split('.').next().unwrap_or(""),
            };
            let import = Import {
                module: PyName::new(module),
                has_alias: alias.asname.is_some(),
                target: self.store_name(bound, s.range),
                guard: self.guard(),
                alias_span: self.span(alias.range),
            };
            into.push(Stmt { kind: StmtKind::Import(import), span });
        }
    }

    pub(super) fn import_from(&mut self, s: &ast::StmtImportFrom) -> StmtKind {
        let module = s.module.as_ref().map_or("", |module| module.as_str());
        if s.level == 0 && module == "__future__" {
            // CPython 3.13: compile.c, compiler_from_import.
            if self.last_future.is_none_or(|last| s.range.start() > last.start()) {
                self.error("from __future__ imports must occur at the beginning of the file", s.range);
            }
            // Its effect is at compile time; the names are bound all the same.
            self.frame.guards.push(ImportGuard::TryImportError);
            let kind = self.import_names(s, module);
            self.frame.guards.pop();
            return kind;
        }
        self.import_names(s, module)
    }

    fn import_names(&mut self, s: &ast::StmtImportFrom, module: &str) -> StmtKind {
        let star = s.names.iter().any(|alias| alias.name.as_str() == "*");
        let names = if star {
            self.has_star_import = true;
            ImportNames::Star
        } else {
            let mut names = Vec::new();
            for alias in &s.names {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                let target = self.store_name(bound.as_str(), s.range);
                names.push(ImportName { name: PyName::new(alias.name.as_str()), target, span: self.span(alias.range) });
            }
            ImportNames::Names(names)
        };
        StmtKind::ImportFrom(ImportFrom {
            level: s.level,
            module: PyName::new(module),
            absolute: imports::absolute(self.module_name.as_str(), self.is_package, s.level, module),
            names,
            guard: self.guard(),
        })
    }

    /// The strongest reason around this point for an import not to run, or to fail quietly.
    fn guard(&self) -> ImportGuard {
        let guards = &self.frame.guards;
        let has = |guard| guards.contains(&guard);
        if has(ImportGuard::TypeChecking) {
            ImportGuard::TypeChecking
        } else if has(ImportGuard::TryImportError) {
            ImportGuard::TryImportError
        } else if self.frame.kind.is_function() || has(ImportGuard::Function) {
            ImportGuard::Function
        } else if has(ImportGuard::Conditional) {
            ImportGuard::Conditional
        } else {
            ImportGuard::Always
        }
    }
}
