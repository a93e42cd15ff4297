//! Owns: calls: by name, of methods, with keywords and stars, `super()`, and awaits of known functions.
//! Never: the guarded functions themselves (`known`).

use super::body::Body;
use super::operand::Operand;
use crate::hir::{Call, Element, ExprId, ExprKind, FnKind, Keyword, Place, ZeroSuper};
use crate::rir::{Expr, SiteName};
use crate::source::Span;

impl<'c, 'a> Body<'c, 'a> {
    pub fn call(&mut self, _id: ExprId, call: &'a Call, span: Span) -> Operand {
        let site = self.site(span);
        if let Some(zero) = &call.zero_super {
            return self.super_object(zero, site);
        }
        let starred = call.args.iter().any(|a| matches!(a, Element::Star(_)))
            || call.keywords.iter().any(|k| matches!(k, Keyword::Unpack(_)));
        let module = self.cx.module;
        if !starred && !call.awaited {
            if let Some(done) = self.builtin_call(call, &site) {
                return done;
            }
            if let Some(done) = self.known_call(call, &site) {
                return done;
            }
            if let Some(done) = self.named_call(call, &site) {
                return done;
            }
            if let ExprKind::Attribute { object, name, name_span: _ } = &module.expr(call.callee).kind {
                return self.method_call(*object, name.as_str(), call, site);
            }
        }
        // The callee first, then the arguments.
        let mut ids = vec![call.callee];
        ids.extend(arg_ids(call));
        let mut operands = self.exprs(&ids).into_iter();
        let Some(callee) = operands.next() else { return Operand::Owned(Expr::none()) };
        let callee = if call.awaited { Operand::Owned(Expr::rt("awaited", vec![callee.by_ref()])) } else { callee };
        let args: Vec<Operand> = operands.collect();
        if starred {
            let parts = spread(call, args);
            return Operand::Owned(self.fallible(Expr::rt("call_spread", vec![callee.by_ref(), Expr::slice(parts)]), site));
        }
        let values = args.into_iter().map(Operand::value).collect();
        let made = match keyword_names(call) {
            names if names.is_empty() => Expr::rt("call", vec![callee.by_ref(), Expr::slice(values)]),
            names => Expr::rt("call_kw", vec![callee.by_ref(), Expr::slice(values), Expr::strs(names)]),
        };
        Operand::Owned(self.fallible(made, site))
    }

    fn method_call(&mut self, object: ExprId, name: &str, call: &'a Call, site: SiteName) -> Operand {
        if let ExprKind::Call(inner) = &self.cx.module.expr(object).kind
            && let Some(zero) = &inner.zero_super
            && call.keywords.is_empty()
            && let Some((class, first)) = self.super_parts(zero)
        {
            let values: Vec<Expr> = self.exprs(&arg_ids(call)).into_iter().map(Operand::value).collect();
            let made = Expr::rt("super_method", vec![class, first, Expr::str(name), Expr::slice(values)]);
            return Operand::Owned(self.fallible(made, site));
        }
        let mut ids = vec![object];
        ids.extend(arg_ids(call));
        let mut operands = self.exprs(&ids).into_iter();
        let Some(receiver) = operands.next() else { return Operand::Owned(Expr::none()) };
        let values: Vec<Expr> = operands.map(Operand::value).collect();
        let mut args = vec![receiver.by_ref(), Expr::str(name), Expr::Cache, Expr::slice(values)];
        let names = keyword_names(call);
        let made = if names.is_empty() {
            Expr::rt("call_method", args)
        } else {
            args.push(Expr::strs(names));
            Expr::rt("call_method_kw", args)
        };
        Operand::Owned(self.fallible(made, site))
    }

    /// The class cell and the first argument for `super()`, both as `&Value`.
    fn super_parts(&mut self, zero: &ZeroSuper) -> Option<(Expr, Expr)> {
        let class = match &zero.class.place {
            Place::Free(id) => {
                let (rust, _) = self.frees[id.index()].clone();
                if self.owns_captures() { Expr::Local(rust).by_ref() } else { Expr::Local(rust) }
            }
            Place::Cell(id) | Place::Local(id) => Expr::Local(self.var(*id).rust.clone()).by_ref(),
            Place::Global(_) | Place::Builtin(_) | Place::ClassName(_) | Place::ClassOrFree(..) => {
                return None;
            }
        };
        let first = zero.first.as_ref()?;
        if !matches!(first.place, Place::Local(_)) {
            return None;
        }
        let first = self.read(first, self.cx.source.span(0, 0));
        Some((class, first.by_ref()))
    }

    fn super_object(&mut self, zero: &ZeroSuper, site: SiteName) -> Operand {
        let made = match self.super_parts(zero) {
            Some((class, first)) => Expr::rt("super_", vec![class, first]),
            None => match (&zero.first, self.class_cell(zero)) {
                (Some(first), Some(class)) => {
                    let first = self.read(first, self.cx.source.span(0, 0));
                    Expr::rt("super_", vec![class, first.by_ref()])
                }
                _ => Expr::rt("super_without_arguments", vec![]),
            },
        };
        Operand::Owned(self.fallible(made, site))
    }

    fn class_cell(&mut self, zero: &ZeroSuper) -> Option<Expr> {
        match &zero.class.place {
            Place::Free(id) => {
                let (rust, _) = self.frees[id.index()].clone();
                Some(if self.owns_captures() { Expr::Local(rust).by_ref() } else { Expr::Local(rust) })
            }
            Place::Cell(id) | Place::Local(id) => Some(Expr::Local(self.var(*id).rust.clone()).by_ref()),
            Place::Global(_) | Place::Builtin(_) | Place::ClassName(_) | Place::ClassOrFree(..) => None,
        }
    }

    /// Builtins that the prelude has as plain functions.
    fn builtin_call(&mut self, call: &'a Call, site: &SiteName) -> Option<Operand> {
        let ExprKind::Name(var) = &self.cx.module.expr(call.callee).kind else { return None };
        let name = match &var.place {
            Place::Builtin(name) => name,
            // A class body looks in its namespace first; nothing in the text puts these names there.
            Place::ClassName(name)
                if ["locals", "vars", "dir", "globals"].contains(&name.as_str())
                    && !self.cx.module.globals.iter().any(|g| g.name == *name) =>
            {
                name
            }
            Place::ClassName(_) | Place::Local(_) | Place::Cell(_) | Place::Free(_) | Place::Global(_) | Place::ClassOrFree(..) => {
                return None;
            }
        };
        if !call.keywords.is_empty() {
            return None;
        }
        let ids = arg_ids(call);
        match (name.as_str(), ids.len()) {
            ("print", _) => {
                let values = self.exprs(&ids).into_iter().map(Operand::value).collect();
                Some(Operand::Owned(self.fallible(Expr::rt("print", vec![Expr::slice(values)]), site.clone())))
            }
            ("len", 1) => {
                let value = self.exprs(&ids).pop()?;
                Some(Operand::I64(self.fallible(Expr::rt("len", vec![value.by_ref()]), site.clone())))
            }
            ("isinstance", 2) => {
                let mut ops = self.exprs(&ids).into_iter();
                let (a, b) = (ops.next()?, ops.next()?);
                Some(Operand::Bool(self.fallible(Expr::rt("isinstance", vec![a.by_ref(), b.by_ref()]), site.clone())))
            }
            ("str", 1) => {
                let value = self.exprs(&ids).pop()?;
                Some(Operand::Owned(self.fallible(Expr::rt("str_", vec![value.by_ref()]), site.clone())))
            }
            ("repr", 1) => {
                let value = self.exprs(&ids).pop()?;
                Some(Operand::Owned(self.fallible(Expr::rt("repr", vec![value.by_ref()]), site.clone())))
            }
            ("locals" | "vars", 0) => Some(self.namespace_dict(site)),
            ("globals", 0) => {
                let made = Expr::rt("globals", vec![Expr::path(&["MODULE"]).by_ref()]);
                Some(Operand::Owned(self.fallible(made, site.clone())))
            }
            ("dir", 0) => {
                let names = self.namespace_dict(site);
                Some(Operand::Owned(self.fallible(Expr::rt("dir_of", vec![names.by_ref()]), site.clone())))
            }
            _ => None,
        }
    }

    /// `locals()`: of a class body and the module the namespace itself.
    fn namespace_dict(&mut self, site: &SiteName) -> Operand {
        if self.class_ns.is_some() {
            return Operand::Owned(self.ns().method("dict", vec![]));
        }
        if self.kind.is_some() {
            return self.locals_dict();
        }
        let made = Expr::rt("globals", vec![Expr::path(&["MODULE"]).by_ref()]);
        Operand::Owned(self.fallible(made, site.clone()))
    }

    /// `locals()` in a function: a new dict of what is bound.
    fn locals_dict(&mut self) -> Operand {
        let mut parts = vec![];
        let scope = self.scope;
        for (i, local) in scope.locals.iter().enumerate() {
            if local.is_hidden && !self.comprehension_locals.contains(&i) || local.name.as_str().starts_with('.') {
                continue;
            }
            let v = self.vars[i].clone();
            let declared = self.declared.contains_key(&i);
            let value = match v.slot {
                super::body::Slot::Param => Expr::Local(v.rust).cloned(),
                super::body::Slot::Index => Expr::rt("int", vec![Expr::Local(v.rust)]),
                super::body::Slot::Hoisted => Expr::Local(v.rust).cloned(),
                super::body::Slot::HoistedCell => Expr::Local(v.rust).method("peek", vec![]),
                super::body::Slot::Let | super::body::Slot::LetCell if !declared => continue,
                super::body::Slot::Let => Expr::Local(v.rust).cloned(),
                super::body::Slot::LetCell => Expr::Local(v.rust).method("peek", vec![]),
            };
            parts.push(Expr::Tuple(vec![Expr::str(local.name.as_str()), value]));
        }
        for (name, (rust, by_value)) in scope.frees.iter().zip(self.frees.clone()) {
            let value = if by_value { Expr::Local(rust).cloned() } else { Expr::Local(rust).method("peek", vec![]) };
            parts.push(Expr::Tuple(vec![Expr::str(name.as_str()), value]));
        }
        Operand::Owned(Expr::rt("locals", vec![Expr::slice(parts)]))
    }

    /// A guarded call of a synchronous function, generator or async generator of this module. One statement of the
    /// text binds the name, so the guard may be looked at after the arguments: only `module.f = …` from another
    /// module inside an argument could tell.
    fn known_call(&mut self, call: &'a Call, site: &SiteName) -> Option<Operand> {
        let id = self.cx.known_function(call.callee)?;
        let kind = self.cx.module.function(id).kind;
        if kind == FnKind::Coroutine {
            return None;
        }
        let shape = self.cx.shape(id, call)?;
        let args = self.exprs(&arg_ids(call));
        let passed = args.into_iter().map(|a| if kind == FnKind::Sync { a.by_ref() } else { a.value() }).collect();
        let made = Expr::call(Expr::Path(vec![crate::rir::RustIdent::new("call"), shape]), passed);
        Some(Operand::Owned(self.fallible(made, site.clone())))
    }

    /// A call of a global that the text binds once, to a function or class: load and call in one.
    fn named_call(&mut self, call: &'a Call, site: &SiteName) -> Option<Operand> {
        let ExprKind::Name(var) = &self.cx.module.expr(call.callee).kind else { return None };
        let Place::Global(name) = &var.place else { return None };
        let colors = self.cx.colors;
        if !colors.known_functions.contains_key(name) && !colors.known_classes.contains_key(name) {
            return None;
        }
        let slot = self.cx.global(name);
        let values = self.exprs(&arg_ids(call)).into_iter().map(Operand::value).collect();
        let names = keyword_names(call);
        let made = if names.is_empty() {
            slot.method("call", vec![Expr::slice(values)])
        } else {
            slot.method("call_kw", vec![Expr::slice(values), Expr::strs(names)])
        };
        Some(Operand::Owned(self.fallible(made, site.clone())))
    }

    /// `await f(x)` with a known coroutine function: the future itself, before `.await`.
    pub fn direct_await(&mut self, id: ExprId, value: ExprId) -> Option<Expr> {
        let ExprKind::Call(call) = &self.cx.module.expr(value).kind else { return None };
        let function = *self.cx.colors.direct_awaits.get(&id)?;
        if self.cx.known_function(call.callee) != Some(function) {
            return None;
        }
        let shape = self.cx.shape(function, call)?;
        let passed = self.exprs(&arg_ids(call)).into_iter().map(Operand::value).collect();
        Some(Expr::call(Expr::Path(vec![crate::rir::RustIdent::new("call"), shape]), passed))
    }

    /// `await v.name(args…)`: the call, which says whether there is anything to wait for.
    pub fn method_awaited(&mut self, value: ExprId) -> Option<Expr> {
        let module = self.cx.module;
        let expr = module.expr(value);
        let ExprKind::Call(call) = &expr.kind else { return None };
        let ExprKind::Attribute { object, name, name_span: _ } = &module.expr(call.callee).kind else { return None };
        let starred = call.args.iter().any(|a| matches!(a, Element::Star(_)));
        let of_super = matches!(&module.expr(*object).kind, ExprKind::Call(inner) if inner.zero_super.is_some());
        if self.cx.colors.shows_awaits || starred || of_super || call.awaited || call.zero_super.is_some() || !call.keywords.is_empty() {
            return None;
        }
        let site = self.site(expr.span);
        let mut ids = vec![*object];
        ids.extend(arg_ids(call));
        let mut operands = self.exprs(&ids).into_iter();
        let receiver = operands.next()?;
        let values = operands.map(Operand::value).collect();
        let made = Expr::rt("call_awaited", vec![receiver.by_ref(), Expr::str(name.as_str()), Expr::Cache, Expr::slice(values)]);
        Some(self.fallible(made, site))
    }

    /// `await asyncio.sleep(x)` where the global `asyncio` is what one `import asyncio` bound.
    pub fn asyncio_await(&mut self, value: ExprId) -> Option<Expr> {
        let module = self.cx.module;
        let ExprKind::Call(call) = &module.expr(value).kind else { return None };
        let ExprKind::Attribute { object, name, name_span: _ } = &module.expr(call.callee).kind else { return None };
        let ExprKind::Name(var) = &module.expr(*object).kind else { return None };
        let Place::Global(global) = &var.place else { return None };
        let [Element::Item(delay)] = call.args.as_slice() else { return None };
        if name.as_str() != "sleep" || !call.keywords.is_empty() || !self.cx.imports_asyncio(global) {
            return None;
        }
        let delay = self.expr(*delay).value();
        let slot = self.cx.global(global).by_ref();
        Some(Expr::rt("asyncio::sleep", vec![slot, delay]))
    }
}

pub(super) fn arg_ids(call: &Call) -> Vec<ExprId> {
    let args = call.args.iter().map(|a| match a {
        Element::Item(e) | Element::Star(e) => *e,
    });
    let keywords = call.keywords.iter().map(|k| match k {
        Keyword::Named { value, .. } | Keyword::Unpack(value) => *value,
    });
    args.chain(keywords).collect()
}

fn keyword_names(call: &Call) -> Vec<String> {
    keyword_list(&call.keywords)
}

pub(super) fn keyword_list(keywords: &[Keyword]) -> Vec<String> {
    keywords
        .iter()
        .filter_map(|k| match k {
            Keyword::Named { name, .. } => Some(name.as_str().to_string()),
            Keyword::Unpack(_) => None,
        })
        .collect()
}

/// `Arg::One(v)`, `Arg::Star(v)`, `Arg::Named("k", v)`, `Arg::Unpack(v)`.
fn spread(call: &Call, values: Vec<Operand>) -> Vec<Expr> {
    spread_parts(&call.args, &call.keywords, values)
}

pub(super) fn spread_parts(args: &[Element], keywords: &[Keyword], values: Vec<Operand>) -> Vec<Expr> {
    let mut values = values.into_iter().map(Operand::value);
    let mut out = vec![];
    for a in args {
        let Some(v) = values.next() else { continue };
        out.push(match a {
            Element::Item(_) => Expr::rt("Arg::One", vec![v]),
            Element::Star(_) => Expr::rt("Arg::Star", vec![v]),
        });
    }
    for k in keywords {
        let Some(v) = values.next() else { continue };
        out.push(match k {
            Keyword::Named { name, .. } => Expr::rt("Arg::Named", vec![Expr::str(name.as_str()), v]),
            Keyword::Unpack(_) => Expr::rt("Arg::Unpack", vec![v]),
        });
    }
    out
}
