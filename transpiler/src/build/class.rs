//! Owns: `class`.
//! Never: the functions inside.

use std::collections::BTreeSet;

use super::{Builder, Frame, FrameKind};
use crate::hir::*;
use crate::parse::ast;
use crate::resolve::ScopeKind;

impl Builder<'_> {
    pub(super) fn class_def(&mut self, s: &ast::StmtClassDef) -> StmtKind {
        let decorators: Vec<ExprId> =
            s.decorator_list.iter().map(|decorator| self.expr(&decorator.expression)).collect();
        let name = PyName::new(s.name.as_str());
        let qualname = self.qualname(&name);
        let outer = self.scope;
        if s.type_params.is_some() {
            self.scope = self.scope_of(ScopeKind::TypeParams, s.range);
        }
        let type_params = self.type_params(s.type_params.as_deref(), s.range);
        let (bases, keywords) = match &s.arguments {
            Some(arguments) => self.arguments(arguments),
            None => (Vec::new(), Vec::new()),
        };
        let id = ClassId(self.classes.len() as u32);
        self.classes.push(None);
        let scope = self.scope_of(ScopeKind::Class, s.range);
        let captures = self.scopes.captures(scope);
        let class = self.class_body(s, id, name, qualname);
        if let Some(slot) = self.classes.get_mut(id.index()) {
            *slot = Some(class);
        }
        self.scope = outer;
        let target = self.store_name(s.name.as_str(), if s.decorator_list.is_empty() { s.range } else { s.name.range });
        let start = s.decorator_list.last().map_or(s.range.start(), |decorator| decorator.range.end());
        let keyword = self.find_between(start.into(), s.name.range.start().into(), "class");
        let name_span = keyword.to(self.span(s.name.range));
        StmtKind::ClassDef(ClassDef { class: id, target, captures, decorators, bases, keywords, type_params, name_span })
    }

    fn class_body(&mut self, s: &ast::StmtClassDef, id: ClassId, name: PyName, qualname: String) -> Class {
        let scope = self.scope_of(ScopeKind::Class, s.range);
        let mut frame = Frame::new(FrameKind::Class, Parent::Class(id), qualname.clone());
        // A class body at module level runs when the statement around it does.
        frame.guards = self.frame.guards.clone();
        if self.frame.kind.is_function() {
            frame.guards.push(ImportGuard::Function);
        }
        let parent = self.frame.parent;
        let outer = self.class.replace(s.name.as_str().to_owned());
        self.static_attributes.push(BTreeSet::new());
        let ((docstring, body), frame) = self.framed(scope, frame, |this| {
            let (docstring, rest) = this.docstring(&s.body);
            (docstring, this.block(rest))
        });
        let attributes = self.static_attributes.pop().unwrap_or_default();
        self.class = outer;
        let span = self.span(s.range);
        let def_line = match s.decorator_list.last() {
            None => self.file.line(span.start),
            Some(_) => self.file.line(s.name.range.start().into()),
        };
        let first_line = match s.decorator_list.first() {
            Some(decorator) => self.file.line(decorator.range.start().into()),
            None => def_line,
        };
        Class {
            id,
            name,
            qualname: PyName::new(&qualname),
            parent,
            scope: self.scopes.hir_scope(scope),
            body,
            docstring,
            class_cell: self.scopes.slot(scope, &PyName::new("__class__")),
            static_attributes: attributes.into_iter().collect(),
            has_annotations: frame.has_annotations,
            span,
            first_line,
            def_line,
        }
    }
}
