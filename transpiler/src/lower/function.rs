//! Owns: function items, their `Def` statics, and the making of function objects. Never: classes.

use super::body::{Body, ModuleItems, Slot};
use super::operand::Operand;
use super::{Cx, FnNames, names, placement};
use crate::hir::{Capture, ClosureDef, ExprId, FnDef, FnForm, FnId, FnKind, Function as PyFunction, ParamKind, Place, TypeParam, TypeParamKind};
use crate::rir::visit::{self, Child};
use crate::rir::{Block, Doc, Expr, Function, Item, Param, Pat, RustIdent, Stmt, Type};
use crate::source::Span;

impl<'a> Cx<'a> {
    /// `fn module()`: its items, its `Def` statics and its body.
    pub fn module_body(&mut self) -> (Vec<Item>, Vec<Item>, Block) {
        let module = self.module;
        let group = self.group("<module>", "module", 1);
        let mut body = Body::new(self, &module.scope, group, None);
        body.module_items = Some(ModuleItems::default());
        if let Some(doc) = module.docstring {
            let doc = body.expr(doc).value();
            let slot = body.cx.global(&crate::hir::PyName::new("__doc__"));
            body.push(Stmt::Expr(slot.method("set", vec![doc])));
        }
        body.block(&module.body);
        let (items, block) = body.finish(Some(Expr::ok(Expr::none())));
        (items.items, items.defs, block)
    }

    /// The Rust item of a function.
    pub fn function_item(&mut self, id: FnId, name: RustIdent) -> Item {
        let module = self.module;
        let function = module.function(id);
        let group = self.group(function.qualname.as_str(), function.qualname.as_str(), function.first_line);
        let suspends = function.kind != FnKind::Sync;
        let mut body = Body::new(self, &function.scope, group, Some(function.kind));
        let homes = placement::place(module, function.scope.locals.len(), &function.body);
        for (i, local) in function.scope.locals.iter().enumerate() {
            let placement::Placed { lettable, in_loop, writes } = homes.get(i).copied().unwrap_or_default();
            body.writes.push(writes);
            // `locals()` names what is bound later or not at all.
            let lettable = lettable && !body.cx.exact && (!function.facts.uses_locals || local.is_hidden);
            body.vars[i].slot = match (local.is_cell, lettable) {
                (false, true) => Slot::Let,
                (false, false) => Slot::Hoisted,
                (true, true) if !in_loop => Slot::LetCell,
                (true, _) => Slot::HoistedCell,
            };
        }
        let mut params = vec![];
        if !function.scope.frees.is_empty() {
            let n = function.scope.frees.len();
            let pats = body.frees.iter().map(|(r, _)| Pat::name(r)).collect();
            params.push(Param { pat: Pat::Array(pats), ty: if suspends { Type::Cells(n) } else { Type::CellsRef(n) } });
        }
        for p in &function.params {
            let i = p.local.index();
            let local = &function.scope.locals[i];
            let rust = body.vars[i].rust.clone();
            body.declared.insert(i, ());
            let changes = local.rebound || local.deleted;
            if local.is_cell {
                body.vars[i].slot = Slot::HoistedCell;
                let given = if suspends { Expr::local(&rust) } else { Expr::local(&rust).cloned() };
                body.prologue.push(Stmt::let_mut(&rust, Expr::rt("cell", vec![given])));
            } else if suspends {
                body.vars[i].slot = Slot::Let;
            } else if changes {
                body.vars[i].slot = Slot::Let;
                body.prologue.push(Stmt::let_mut(&rust, Expr::local(&rust).cloned()));
            } else {
                body.vars[i].slot = Slot::Param;
            }
            let pat = Pat::Name { name: rust, mutable: suspends && !local.is_cell };
            params.push(Param { pat, ty: if suspends { Type::Value } else { Type::ValueRef } });
        }
        body.block(&function.body);
        let (_, block) = body.finish(Some(Expr::ok(Expr::none())));
        let doc = (function.form == FnForm::Def).then_some(Doc { line: function.def_line });
        Item::Function(Function {
            doc,
            public: false,
            cold: false,
            asynchronous: suspends,
            name,
            params,
            ret: Type::PyResult,
            body: block,
        })
    }

    /// `static F: Def = Def::new(…)`
    pub fn def_item(&mut self, id: FnId, names: &FnNames) -> Item {
        let function = self.module.function(id);
        let maker = match function.kind {
            FnKind::Sync => "Def::function",
            FnKind::Coroutine => "Def::coroutine",
            FnKind::Generator => "Def::generator",
            FnKind::AsyncGenerator => "Def::async_generator",
        };
        let of = |kind: ParamKind| function.params.iter().filter(move |p| p.kind == kind).map(|p| p.name.as_str().to_string());
        let params = of(ParamKind::PositionalOnly).chain(of(ParamKind::Positional)).chain(of(ParamKind::KeywordOnly));
        let mut def = Expr::rt(
            maker,
            vec![
                Expr::path(&["MODULE"]).by_ref(),
                Expr::Int(i64::from(function.first_line)),
                Expr::str(function.qualname.as_str()),
                Expr::strs(params),
                entry(function, names),
            ],
        );
        for (kind, method) in [(ParamKind::PositionalOnly, "posonly"), (ParamKind::KeywordOnly, "kwonly")] {
            let n = of(kind).count();
            if n > 0 {
                def = def.method(method, vec![Expr::Int(n as i64)]);
            }
        }
        for (kind, method) in [(ParamKind::Star, "varargs"), (ParamKind::DoubleStar, "varkw")] {
            if let Some(name) = of(kind).next() {
                def = def.method(method, vec![Expr::Str(name)]);
            }
        }
        if !function.scope.frees.is_empty() {
            let names = function.scope.frees.iter().map(|n| n.as_str().to_string());
            def = def.method("freevars", vec![Expr::strs(names)]);
        }
        if let Some(doc) = function.docstring
            && let crate::hir::ExprKind::Const(crate::hir::Const::Str(text)) = &self.module.expr(doc).kind
        {
            def = def.method("doc", vec![Expr::str(&**text)]);
        }
        Item::Static { public: false, name: names.def.clone(), ty: Type::Def, value: def }
    }
}

/// How the runtime enters the function: a plain pointer by arity, or an adapter.
fn entry(function: &PyFunction, names: &FnNames) -> Expr {
    let n = function.params.len();
    let captures = !function.scope.frees.is_empty();
    let suspends = function.kind != FnKind::Sync;
    let target = Expr::Path(names.path.clone());
    let plain = function.params.iter().all(|p| p.kind.is_positional());
    let small = plain && if captures { n <= 3 } else { n <= 4 };
    let constructor: &'static str = match (captures, if small { n } else { usize::MAX }) {
        (false, 0) => "F0",
        (false, 1) => "F1",
        (false, 2) => "F2",
        (false, 3) => "F3",
        (false, 4) => "F4",
        (false, _) => "N",
        (true, 0) => "C0",
        (true, 1) => "C1",
        (true, 2) => "C2",
        (true, 3) => "C3",
        (true, _) => "CN",
    };
    if !captures && !suspends && small {
        return Expr::rt(constructor, vec![target]);
    }
    let hides = |word: &str| names.path.first().is_some_and(|n| n.as_str() == word);
    let mut params = vec![];
    let mut args = vec![];
    if captures {
        let c = RustIdent::new(if hides("captured") { "captured_" } else { "captured" });
        let taken = if suspends { "owned_cells" } else { "cells" };
        args.push(Expr::rt(taken, vec![Expr::local(&c)]));
        params.push(c);
    }
    if small {
        let mut scope = names::Names::default();
        scope.reserve("captured");
        if let Some(first) = names.path.first() {
            scope.reserve(first.as_str());
        }
        for p in &function.params {
            let name = scope.fresh(&names::plain(if p.name.as_str() == ".0" { "iterable" } else { p.name.as_str() }));
            args.push(if suspends { Expr::local(&name).cloned() } else { Expr::local(&name) });
            params.push(name);
        }
    } else {
        let a = RustIdent::new(if hides("args") { "args_" } else { "args" });
        // The runtime passes positional and keyword-only parameters, then `*args`, then `**kwargs`.
        let rank = |kind: ParamKind| match kind {
            ParamKind::PositionalOnly | ParamKind::Positional => 0,
            ParamKind::KeywordOnly => 1,
            ParamKind::Star => 2,
            ParamKind::DoubleStar => 3,
        };
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|i| function.params.get(*i).map_or(0, |p| rank(p.kind)));
        for i in 0..n {
            let i = order.iter().position(|o| *o == i).unwrap_or(i);
            let item = Expr::Index { value: Box::new(Expr::local(&a)), index: i };
            args.push(if suspends { item.cloned() } else { item.by_ref() });
        }
        params.push(a);
    }
    let call = Expr::call(target, args);
    let def = Expr::Path(vec![names.def.clone()]).by_ref();
    let body = match function.kind {
        FnKind::Sync => call,
        FnKind::Coroutine => Expr::ok(Expr::rt("coroutine", vec![def, call])),
        FnKind::Generator => Expr::ok(Expr::rt("generator", vec![def, call])),
        FnKind::AsyncGenerator => Expr::ok(Expr::rt("async_generator", vec![def, call])),
    };
    Expr::rt(constructor, vec![Expr::Closure { params, body: Box::new(body) }])
}

impl<'c, 'a> Body<'c, 'a> {
    /// The items collected and the body with its declarations in front.
    pub fn finish(mut self, tail: Option<Expr>) -> (ModuleItems, Block) {
        self.cx.enclosing.pop();
        let out = std::mem::take(&mut self.out);
        let mut prologue = std::mem::take(&mut self.prologue);
        for (i, local) in self.scope.locals.iter().enumerate() {
            let Some(v) = self.vars.get(i) else { continue };
            if self.kind.is_some() && local.is_param {
                continue;
            }
            match v.slot {
                Slot::Hoisted => prologue.push(Stmt::let_mut(&v.rust, Expr::Rt("UNBOUND"))),
                Slot::HoistedCell if !comprehension_cell(&out, &v.rust) => {
                    prologue.push(Stmt::let_mut(&v.rust, Expr::rt("empty_cell", vec![])));
                }
                Slot::HoistedCell | Slot::Param | Slot::Let | Slot::LetCell | Slot::Index => {}
            }
        }
        let block = match tail {
            Some(tail) if self.cx.exact && self.kind.is_some() => self.exact_block(prologue, out, tail),
            tail => {
                prologue.extend(out);
                Block { stmts: prologue, tail: tail.map(Box::new) }
            }
        };
        for name in self.names.iter() {
            self.cx.shadowed.insert(name.clone());
        }
        (self.module_items.unwrap_or_default(), block)
    }

    /// Puts a function's item and `Def` where they belong and names them.
    fn place_function(&mut self, id: FnId, target: Option<&Place>) -> FnNames {
        let function = self.cx.module.function(id);
        let is_def = function.form == FnForm::Def;
        if let Some(names) = self.cx.fn_names.get(&id).cloned() {
            let name = names.path.last().cloned().unwrap_or_else(|| RustIdent::new("f"));
            let item = self.cx.function_item(id, name);
            let def = self.cx.def_item(id, &names);
            match &mut self.module_items {
                Some(sink) => {
                    sink.items.push(item);
                    sink.defs.push(def);
                }
                None => {
                    self.push(Stmt::Item(Box::new(item)));
                    self.push(Stmt::Item(Box::new(def)));
                }
            }
            return names;
        }
        let wanted = match function.form {
            FnForm::Def => names::plain(function.name.as_str()),
            FnForm::Lambda => "lambda1".to_string(),
            FnForm::Genexpr => "genexpr1".to_string(),
            FnForm::Lazy => "lazy1".to_string(),
        };
        let def = self.cx.static_for(function.qualname.as_str());
        if is_def
            && let Some(class) = self.class_struct.clone()
            && let Some(sink) = &mut self.module_items
        {
            let wanted = if wanted == "class" { "class_".to_string() } else { wanted };
            let name = sink.names.fresh(&wanted);
            let names = FnNames { path: vec![class, name.clone()], def };
            let item = self.cx.function_item(id, name);
            let def = self.cx.def_item(id, &names);
            if let Some(sink) = &mut self.module_items {
                sink.items.push(item);
                sink.defs.push(def);
            }
            return names;
        }
        let wanted = if self.hidden_by_local(&wanted, target) { format!("{wanted}_") } else { wanted };
        let name = self.item_names.fresh(&wanted);
        self.cx.shadowed.insert(name.as_str().to_string());
        let names = FnNames { path: vec![name.clone()], def };
        let item = self.cx.function_item(id, name);
        let def = self.cx.def_item(id, &names);
        self.push(Stmt::Item(Box::new(item)));
        self.push(Stmt::Item(Box::new(def)));
        names
    }

    /// A variable of this or an enclosing function hides an item of that name from the item's own `Def`.
    fn hidden_by_local(&self, name: &str, target: Option<&Place>) -> bool {
        if let Some(Place::Local(id)) = target {
            let v = self.var(*id);
            let first = v.slot == Slot::Let && !self.declared.contains_key(&id.index());
            if first && v.rust.as_str() == name {
                return self.cx.enclosing.iter().rev().skip(1).any(|names| names.contains(name));
            }
        }
        self.cx.enclosing.iter().any(|names| names.contains(name))
    }

    /// The cells a new body captures, as values.
    pub fn captured(&mut self, captures: &[Capture]) -> Vec<Expr> {
        captures
            .iter()
            .map(|c| match c {
                Capture::Cell(id) => Expr::Local(self.var(*id).rust.clone()).cloned(),
                Capture::Free(id) => Expr::Local(self.frees[id.index()].0.clone()).cloned(),
            })
            .collect()
    }

    /// A function object: `function(&F)`, `closure(&F, [cells])`, with defaults behind.
    pub fn closure(&mut self, closure: &'a ClosureDef) -> Expr {
        self.closure_for(closure, None)
    }

    fn closure_for(&mut self, closure: &'a ClosureDef, target: Option<&Place>) -> Expr {
        let ClosureDef { function: id, captures, defaults } = closure;
        let names = self.place_function(*id, target);
        let def = Expr::Path(vec![names.def]).by_ref();
        let function = self.cx.module.function(*id);
        let ids: Vec<ExprId> = defaults.iter().map(|(_, e)| *e).collect();
        let values: Vec<Expr> = self.exprs(&ids).into_iter().map(Operand::value).collect();
        let mut positional = vec![];
        let mut keyword = vec![];
        for ((index, _), value) in defaults.iter().zip(values) {
            match function.params.get(*index) {
                Some(p) if p.kind == ParamKind::KeywordOnly => {
                    keyword.push(Expr::Tuple(vec![Expr::str(p.name.as_str()), value]));
                }
                Some(_) | None => positional.push(value),
            }
        }
        let cells = self.captured(captures);
        let mut args = vec![def];
        if !cells.is_empty() {
            args.push(Expr::slice(cells.clone()));
        }
        let with = !positional.is_empty() || !keyword.is_empty();
        if with {
            args.push(Expr::slice(positional));
            args.push(Expr::slice(keyword));
        }
        let name = match (cells.is_empty(), with) {
            (true, false) => "function",
            (true, true) => "function_with",
            (false, false) => "closure",
            (false, true) => "closure_with",
        };
        Expr::rt(name, args)
    }

    /// The generator of a generator expression, made without a function object.
    pub fn suspended_object(&mut self, id: FnId, captures: &[Capture], mut args: Vec<Expr>) -> Expr {
        let names = self.place_function(id, None);
        let kind = self.cx.module.function(id).kind;
        let cells = self.captured(captures);
        if !cells.is_empty() {
            args.insert(0, Expr::Array(cells));
        }
        let maker = if kind == FnKind::AsyncGenerator { "async_generator" } else { "generator" };
        let def = Expr::Path(vec![names.def]).by_ref();
        Expr::rt(maker, vec![def, Expr::call(Expr::Path(names.path), args)])
    }

    pub fn function_def(&mut self, def: &'a FnDef, _span: Span) {
        let FnDef { closure, target, decorators, annotations, type_params, name_span } = def;
        if self.module_items.is_some() {
            self.line(*name_span);
        }
        let decorators = self.decorators(decorators);
        let params = self.type_params(type_params);
        let mut made = self.closure_for(closure, Some(target));
        if !annotations.is_empty() {
            // Defaults before annotations: the function object is made between, which nothing can see.
            let t = self.temp();
            self.push(Stmt::let_(&t, made));
            let mut pairs = vec![];
            for (name, value) in annotations {
                let value = self.annotation(value);
                pairs.push(Expr::Tuple(vec![Expr::str(name.as_str()), value]));
            }
            made = Expr::rt("annotated", vec![Expr::Local(t), Expr::slice(pairs)]);
        }
        if !params.is_empty() {
            made = Expr::rt("with_type_params", vec![made, Expr::slice(params)]);
        }
        let made = self.decorated(made, decorators);
        self.store(target, made, *name_span);
    }

    pub fn decorators(&mut self, decorators: &'a [ExprId]) -> Vec<(Operand, Span)> {
        let mut out = vec![];
        for id in decorators {
            let span = self.expr_span(*id);
            let operand = self.expr(*id);
            out.push((self.stable(operand), span));
        }
        out
    }

    pub fn decorated(&mut self, mut made: Expr, decorators: Vec<(Operand, Span)>) -> Expr {
        for (decorator, span) in decorators.into_iter().rev() {
            let site = self.site(span);
            made = self.fallible(Expr::rt("call", vec![decorator.by_ref(), Expr::slice(vec![made])]), site);
        }
        made
    }

    /// Makes type parameters, binds their slots and gives their objects.
    pub fn type_params(&mut self, params: &'a [TypeParam]) -> Vec<Expr> {
        let mut out = vec![];
        for p in params {
            let TypeParam { name, slot, kind, bound, is_constraints, default, span } = p;
            let maker = match kind {
                TypeParamKind::TypeVar => "type_var",
                TypeParamKind::TypeVarTuple => "type_var_tuple",
                TypeParamKind::ParamSpec => "param_spec",
            };
            let bound = match bound {
                Some(c) => self.closure(c),
                None => Expr::Rt("UNBOUND"),
            };
            let default = match default {
                Some(c) => self.closure(c),
                None => Expr::Rt("UNBOUND"),
            };
            let made = Expr::rt(maker, vec![Expr::str(name.as_str()), bound, Expr::Bool(*is_constraints), default]);
            let t = self.temp();
            self.push(Stmt::let_(&t, made));
            let slot: &Place = slot;
            self.store(slot, Expr::local(&t).cloned(), *span);
            out.push(Expr::Local(t));
        }
        out
    }
}

/// A cell that a comprehension declares where it runs.
fn comprehension_cell(out: &[Stmt], name: &RustIdent) -> bool {
    out.iter().any(|s| {
        if let Stmt::Let { pat: Pat::Name { name: n, .. }, .. } = s
            && n == name
        {
            return true;
        }
        let mut found = false;
        visit::each_in_stmt(&mut s.clone(), &mut |child| found |= cell_in(child, name));
        found
    })
}

fn cell_in(child: Child, name: &RustIdent) -> bool {
    match child {
        Child::Expr(e) => {
            let mut found = false;
            visit::each_child(e, &mut |child| found |= cell_in(child, name));
            found
        }
        Child::Block(b) => comprehension_cell(&b.stmts, name),
    }
}
