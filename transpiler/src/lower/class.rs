//! Owns: `class` statements: the Rust struct that carries the methods and the function that runs the body.
//! Never: function items.

use super::body::{Body, ModuleItems, Slot};
use super::call::{keyword_list, spread_parts};
use super::display::plain;
use super::operand::Operand;
use crate::hir::{ClassDef, ExprId, Element, Keyword, Parent};
use crate::rir::{Doc, Expr, Function, Item, Param, Pat, RustIdent, Stmt, Type};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn class_def(&mut self, def: &'a ClassDef, _span: Span) {
        let ClassDef { class: id, target, captures, decorators, bases, keywords, type_params, name_span } = def;
        let module = self.cx.module;
        let class = module.class(*id);
        let at_top = self.module_items.is_some() && self.class_struct.is_none();
        if self.module_items.is_some() {
            self.line(*name_span);
        }
        let site = self.site(*name_span);
        let name = self.cx.struct_for(class.name.as_str());
        self.cx.class_names.insert(*id, name.clone());
        let decorators = self.decorators(decorators);
        let params = self.type_params(type_params);
        let items = self.class_items(def, &name);
        match &mut self.module_items {
            Some(sink) if at_top => {
                sink.items.extend(items.items);
                sink.defs.extend(items.defs);
            }
            Some(_) | None => {
                for item in items.items.into_iter().chain(items.defs) {
                    self.push(Stmt::Item(Box::new(item)));
                }
            }
        }
        let ns = self.namespace(class, bases, keywords, &params, site.clone());
        let mut args = vec![];
        let cells = self.captured(captures);
        if !cells.is_empty() {
            args.push(Expr::slice(cells));
        }
        args.push(ns);
        let made = Expr::call(Expr::Path(vec![name, RustIdent::new("class")]), args);
        let made = self.fallible(made, site);
        let made = self.decorated(made, decorators);
        self.store(target, made, *name_span);
    }

    /// `namespace(&MODULE, "Rect", &[bases])`: `__prepare__`, and what the body will fill.
    fn namespace(
        &mut self,
        class: &'a crate::hir::Class,
        bases: &'a [Element],
        keywords: &'a [Keyword],
        params: &[Expr],
        site: crate::rir::SiteName,
    ) -> Expr {
        let mut args =
            vec![Expr::path(&["MODULE"]).by_ref(), Expr::str(class.qualname.as_str()), Expr::Int(i64::from(class.first_line))];
        let keyword_values: Vec<ExprId> = keywords
            .iter()
            .map(|k| match k {
                Keyword::Named { value, .. } | Keyword::Unpack(value) => *value,
            })
            .collect();
        let starless = plain(bases).filter(|_| keywords.iter().all(|k| matches!(k, Keyword::Named { .. })));
        let made = match starless {
            Some(mut ids) if params.is_empty() => {
                let positional = ids.len();
                ids.extend(keyword_values);
                let values = self.exprs(&ids).into_iter().map(Operand::value).collect::<Vec<_>>();
                let _ = positional;
                args.push(Expr::slice(values));
                if keywords.is_empty() {
                    Expr::rt("namespace", args)
                } else {
                    args.push(Expr::strs(keyword_list(keywords)));
                    Expr::rt("namespace_kw", args)
                }
            }
            _ => {
                let mut ids: Vec<ExprId> = bases
                    .iter()
                    .map(|e| match e {
                        Element::Item(e) | Element::Star(e) => *e,
                    })
                    .collect();
                ids.extend(keyword_values);
                let values = self.exprs(&ids);
                let mut parts = spread_parts(bases, keywords, values);
                if !params.is_empty() {
                    let generic = Expr::rt("generic", vec![Expr::slice(params.to_vec())]);
                    parts.insert(bases.len(), Expr::rt("Arg::One", vec![generic]));
                }
                args.push(Expr::slice(parts));
                Expr::rt("namespace_spread", args)
            }
        };
        self.fallible(made, site)
    }

    /// The struct, its methods and `fn class`.
    fn class_items(&mut self, def: &'a ClassDef, name: &RustIdent) -> ModuleItems {
        let module = self.cx.module;
        let class = module.class(def.class);
        let outer = match class.parent {
            Parent::Module | Parent::Class(_) | Parent::Function(_) => class.qualname.as_str(),
        };
        let group = self.cx.group(class.qualname.as_str(), outer, class.first_line);
        let mut body = Body::new(self.cx, &class.scope, group, None);
        let ns = body.names.fresh("ns");
        body.class_ns = Some(ns.clone());
        body.class_struct = Some(name.clone());
        let mut sink = ModuleItems::default();
        sink.names.reserve("class");
        body.module_items = Some(sink);
        for (i, local) in class.scope.locals.iter().enumerate() {
            body.vars[i].slot = if local.is_cell { Slot::HoistedCell } else { Slot::Hoisted };
        }
        if let Some(doc) = class.docstring {
            let value = body.expr(doc).value();
            body.push(Stmt::Expr(Expr::local(&ns).method("doc", vec![value])));
        }
        body.block(&class.body);
        let attributes = Expr::strs(class.static_attributes.iter().map(|n| n.as_str().to_string()));
        let finish = match class.class_cell {
            Some(cell) => {
                let cell = Expr::Local(body.var(cell).rust.clone()).by_ref();
                Expr::local(&ns).method("finish_cell", vec![attributes, cell])
            }
            None => Expr::local(&ns).method("finish", vec![attributes]),
        };
        let mut params = vec![];
        if !class.scope.frees.is_empty() {
            let pats = body.frees.iter().map(|(r, _)| Pat::name(r)).collect();
            params.push(Param { pat: Pat::Array(pats), ty: Type::CellsRef(class.scope.frees.len()) });
        }
        params.push(Param { pat: Pat::name(&ns), ty: Type::Namespace });
        let (sink, block) = body.finish(Some(finish));
        let mut inner = sink.items;
        inner.push(Item::Function(Function {
            doc: None,
            public: false,
            cold: false,
            asynchronous: false,
            name: RustIdent::new("class"),
            params,
            ret: Type::PyResult,
            body: block,
        }));
        let items = vec![
            Item::Struct { doc: Some(Doc { line: class.def_line }), name: name.clone() },
            Item::Impl { name: name.clone(), items: inner },
        ];
        ModuleItems { items, defs: sink.defs, names: Default::default() }
    }
}
