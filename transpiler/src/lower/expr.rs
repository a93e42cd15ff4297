//! Owns: expressions: names, constants, operators, attributes, subscripts, conditionals, awaits and yields.
//! Never: calls, displays, f-strings, comprehensions (their own files).

use super::body::{Body, Slot};
use super::names::EXCEPTIONS;
use super::operand::Operand;
use crate::hir::{BinOp, BoolOp, Const, ExprId, ExprKind, FnKind, Place, PyName, UnaryOp, Var};
use crate::rir::{Block, Expr, Stmt};
use crate::source::Span;

/// Names that every module's dictionary holds.
const MODULE_NAMES: &[&str] = &[
    "__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__annotations__", "__builtins__", "__path__",
    "__dict__", "__cached__",
];

impl<'c, 'a> Body<'c, 'a> {
    pub fn expr(&mut self, id: ExprId) -> Operand {
        let module = self.cx.module;
        let expr = module.expr(id);
        let span = expr.span;
        match &expr.kind {
            ExprKind::Const(c) => Operand::Owned(constant(c)),
            ExprKind::Name(var) => self.read(var, span),
            ExprKind::Walrus { target, value } => {
                let value = self.expr(*value);
                let value = self.stable(value);
                self.store(target, value.clone().value(), span);
                value
            }
            ExprKind::Unary { op, operand } => self.unary(*op, *operand, span),
            ExprKind::Binary { op, left, right, op_span: _ } => {
                let site = self.site(span);
                let mut ops = self.exprs(&[*left, *right]).into_iter();
                let (Some(l), Some(r)) = (ops.next(), ops.next()) else { return Operand::Owned(Expr::none()) };
                Operand::Owned(self.fallible(Expr::rt(binary(*op), vec![l.by_ref(), r.by_ref()]), site))
            }
            ExprKind::Bool { op, values } => self.bool_value(*op, values),
            ExprKind::Compare { first, rest } => self.compare_value(*first, rest, span),
            ExprKind::Conditional { test, then, orelse } => {
                let test = self.cond(*test);
                let (s1, a) = self.nested(|b| b.expr(*then).value());
                let (s2, c) = self.nested(|b| b.expr(*orelse).value());
                let plain = s1.is_empty() && s2.is_empty();
                let value = Expr::if_(test, Block::value(s1, a), Some(Block::value(s2, c)));
                if plain { Operand::Owned(value) } else { self.temp_of(value) }
            }
            ExprKind::Call(call) => self.call(id, call, span),
            ExprKind::Attribute { object, name, name_span: _ } => {
                let site = self.site(span);
                let object = self.expr(*object);
                let get = Expr::rt("getattr", vec![object.by_ref(), Expr::str(name.as_str()), Expr::Cache]);
                // CPython draws no anchors for attributes: the whole expression is underlined.
                let _ = &site;
                let site = self.site(span);
                Operand::Owned(self.fallible(get, site))
            }
            ExprKind::Subscript { object, index, bracket_span: _ } => {
                let site = self.site(span);
                let mut ops = self.exprs(&[*object, *index]).into_iter();
                let (Some(o), Some(i)) = (ops.next(), ops.next()) else { return Operand::Owned(Expr::none()) };
                Operand::Owned(self.fallible(Expr::rt("getitem", vec![o.by_ref(), i.by_ref()]), site))
            }
            ExprKind::Slice { lower, upper, step } => {
                let mut done: Vec<Operand> = vec![];
                for part in [lower, upper, step] {
                    let start = self.out.len();
                    let operand = match part {
                        Some(e) => self.expr(*e),
                        None => Operand::Owned(Expr::none()),
                    };
                    if self.out.len() > start {
                        self.spill(&mut done, start);
                    }
                    done.push(operand);
                }
                Operand::Owned(Expr::rt("slice", done.into_iter().map(Operand::value).collect()))
            }
            ExprKind::Tuple(items) => self.display("tuple", items, span),
            ExprKind::List(items) => self.display("list", items, span),
            ExprKind::Set(items) => self.set_display(items, span),
            ExprKind::Dict(items) => self.dict_display(items, span),
            ExprKind::FString(parts) => self.fstring(parts, span),
            ExprKind::Lambda(closure) => Operand::Owned(self.closure(closure)),
            ExprKind::Genexpr { closure, first, async_first } => self.genexpr(closure, *first, *async_first),
            ExprKind::Comprehension(c) => self.comprehension(c, span),
            ExprKind::Await(value) => self.await_(id, *value, span),
            ExprKind::Yield(value) => {
                let site = self.site(span);
                let value = match value {
                    Some(v) => self.expr(*v).value(),
                    None => Expr::none(),
                };
                let yielder = if self.kind == Some(FnKind::AsyncGenerator) { "yield_item" } else { "yield_" };
                Operand::Owned(self.fallible(Expr::rt(yielder, vec![value]).awaited(), site))
            }
            ExprKind::YieldFrom(value) => {
                let site = self.site(span);
                let value = self.expr(*value).value();
                Operand::Owned(self.fallible(Expr::rt("yield_from", vec![value]).awaited(), site))
            }
        }
    }

    pub fn temp_of(&mut self, value: Expr) -> Operand {
        let t = self.temp();
        self.push(Stmt::let_(&t, value));
        Operand::Owned(Expr::Local(t))
    }

    /// Reads a name.
    pub fn read(&mut self, var: &Var, span: Span) -> Operand {
        match &var.place {
            Place::Local(id) => {
                let v = self.var(*id).clone();
                let local = Expr::Local(v.rust.clone());
                let info = &self.scope.locals[id.index()];
                match v.slot {
                    Slot::Param => Operand::Ref(local),
                    Slot::Index => Operand::I64(local),
                    Slot::Let if !info.deleted => Operand::Place(local),
                    Slot::Let | Slot::Hoisted | Slot::LetCell | Slot::HoistedCell => {
                        if var.bound || info.always_bound || info.is_hidden {
                            return Operand::Place(local);
                        }
                        let site = self.site(span);
                        let name = Expr::str(info.name.as_str());
                        Operand::Ref(self.fallible(local.method("bound", vec![name]), site))
                    }
                }
            }
            Place::Cell(id) => {
                let v = self.var(*id).clone();
                let name = Expr::str(self.scope.locals[id.index()].name.as_str());
                let site = self.site(span);
                Operand::Owned(self.fallible(Expr::Local(v.rust).method("load", vec![name]), site))
            }
            Place::Free(id) => {
                let (rust, by_value) = self.frees[id.index()].clone();
                if by_value {
                    return if self.owns_captures() { Operand::Place(Expr::Local(rust)) } else { Operand::Ref(Expr::Local(rust)) };
                }
                let name = Expr::str(self.scope.frees[id.index()].as_str());
                let site = self.site(span);
                Operand::Owned(self.fallible(Expr::Local(rust).method("load_free", vec![name]), site))
            }
            Place::Global(name) => self.read_global(name, span),
            Place::Builtin(name) => self.read_builtin(name, span),
            Place::ClassName(name) if self.class_ns.is_none() => self.read_global(name, span),
            Place::ClassName(name) => {
                let site = self.site(span);
                let slot = self.cx.global(name).by_ref();
                let ns = self.ns();
                Operand::Owned(self.fallible(ns.method("lookup", vec![Expr::str(name.as_str()), slot]), site))
            }
            Place::ClassOrFree(name, id) => {
                let site = self.site(span);
                let (rust, by_value) = self.frees[id.index()].clone();
                let method = if by_value { "lookup_value" } else { "lookup_cell" };
                let cell = if self.owns_captures() { Expr::Local(rust).by_ref() } else { Expr::Local(rust) };
                let ns = self.ns();
                Operand::Owned(self.fallible(ns.method(method, vec![Expr::str(name.as_str()), cell]), site))
            }
        }
    }

    pub fn ns(&self) -> Expr {
        match &self.class_ns {
            Some(name) => Expr::Local(name.clone()),
            None => Expr::path(&["ns"]),
        }
    }

    pub fn owns_captures(&self) -> bool {
        !matches!(self.kind, Some(FnKind::Sync) | None)
    }

    pub fn read_global(&mut self, name: &PyName, span: Span) -> Operand {
        let site = self.site(span);
        let slot = self.cx.global(name);
        Operand::Owned(self.fallible(slot.method("get", vec![]), site))
    }

    fn read_builtin(&mut self, name: &PyName, span: Span) -> Operand {
        let text = name.as_str();
        if EXCEPTIONS.contains(&text) {
            let known = EXCEPTIONS.iter().find(|e| **e == text).copied().unwrap_or("Exception");
            return Operand::Owned(Expr::Rt(known).method("ty", vec![]));
        }
        match text {
            "NotImplemented" => return Operand::Owned(Expr::rt("not_implemented", vec![])),
            "Ellipsis" => return Operand::Owned(Expr::rt("ellipsis", vec![])),
            "__debug__" => return Operand::Owned(Expr::Rt("TRUE")),
            _ => {}
        }
        if MODULE_NAMES.contains(&text) || !super::known::BUILTINS.contains(&text) {
            return self.read_global(name, span);
        }
        let site = self.site(span);
        Operand::Owned(self.fallible(Expr::rt("builtin", vec![Expr::str(text)]), site))
    }

    /// Binds a name.
    pub fn store(&mut self, place: &Place, value: Expr, span: Span) {
        match place {
            Place::Local(id) => {
                let v = self.var(*id).clone();
                let first = self.declared.insert(id.index(), ()).is_none();
                match v.slot {
                    Slot::Let if first && self.rename_last(&value, &v.rust) => {}
                    Slot::Let if first => self.push(Stmt::let_mut(&v.rust, value)),
                    Slot::LetCell | Slot::HoistedCell => self.store(&Place::Cell(*id), value, span),
                    Slot::Let | Slot::Hoisted | Slot::Param | Slot::Index => self.push(Stmt::assign(&v.rust, value)),
                }
            }
            Place::Cell(id) => {
                let v = self.var(*id).clone();
                let first = self.declared.insert(id.index(), ()).is_none();
                match v.slot {
                    Slot::LetCell if first => self.push(Stmt::let_(&v.rust, Expr::rt("cell", vec![value]))),
                    Slot::Param | Slot::Let | Slot::Hoisted | Slot::LetCell | Slot::HoistedCell | Slot::Index => {
                        self.push(Stmt::Expr(Expr::Local(v.rust).method("store", vec![value])));
                    }
                }
            }
            Place::Free(id) | Place::ClassOrFree(_, id) => {
                let (rust, _) = self.frees[id.index()].clone();
                self.push(Stmt::Expr(Expr::Local(rust).method("store", vec![value])));
            }
            Place::Global(name) | Place::Builtin(name) => {
                let slot = self.cx.global(name);
                self.push(Stmt::Expr(slot.method("set", vec![value])));
            }
            Place::ClassName(name) => {
                let site = self.site(span);
                let ns = self.ns();
                self.fallible_stmt(ns.method("set", vec![Expr::str(name.as_str()), value]), site);
            }
        }
    }

    /// `let Ok(t1) = …` becomes `let Ok(x) = …` where `t1` would only be moved into a new `x`.
    fn rename_last(&mut self, value: &Expr, name: &crate::rir::RustIdent) -> bool {
        use crate::rir::Pat;
        let Expr::Local(t) = value else { return false };
        let Some(Stmt::Let { pat, .. }) = self.out.last_mut() else { return false };
        let new = Pat::Name { name: name.clone(), mutable: true };
        if *pat == Pat::ok(Pat::name(t)) {
            *pat = Pat::ok(new);
            return true;
        }
        if *pat == Pat::name(t) && t.as_str().starts_with('t') && !self.cx.is_python_name(t) {
            *pat = new;
            return true;
        }
        false
    }

    /// Unbinds without an error when it is unbound already.
    pub fn unbind(&mut self, place: &Place) {
        match place {
            Place::Local(id) => {
                let rust = self.var(*id).rust.clone();
                self.push(Stmt::assign(&rust, Expr::Rt("UNBOUND")));
            }
            Place::Cell(id) => {
                let rust = self.var(*id).rust.clone();
                self.push(Stmt::Expr(Expr::Local(rust).method("store", vec![Expr::Rt("UNBOUND")])));
            }
            Place::Free(id) | Place::ClassOrFree(_, id) => {
                let (rust, _) = self.frees[id.index()].clone();
                self.push(Stmt::Expr(Expr::Local(rust).method("store", vec![Expr::Rt("UNBOUND")])));
            }
            Place::Global(name) | Place::Builtin(name) => {
                let slot = self.cx.global(name);
                self.push(Stmt::Expr(slot.method("unbind", vec![])));
            }
            Place::ClassName(name) => {
                let ns = self.ns();
                self.push(Stmt::Expr(ns.method("unbind", vec![Expr::str(name.as_str())])));
            }
        }
    }

    /// `del name`
    pub fn delete_name(&mut self, place: &Place, span: Span) {
        let site = self.site(span);
        match place {
            Place::Local(id) => {
                let rust = self.var(*id).rust.clone();
                let name = Expr::str(self.scope.locals[id.index()].name.as_str());
                self.fallible_stmt(Expr::rt("del", vec![Expr::Local(rust).by_mut(), name]), site);
            }
            Place::Cell(id) => {
                let rust = self.var(*id).rust.clone();
                let name = Expr::str(self.scope.locals[id.index()].name.as_str());
                self.fallible_stmt(Expr::Local(rust).method("del", vec![name]), site);
            }
            Place::Free(id) | Place::ClassOrFree(_, id) => {
                let (rust, _) = self.frees[id.index()].clone();
                let name = Expr::str(self.scope.frees[id.index()].as_str());
                self.fallible_stmt(Expr::Local(rust).method("del_free", vec![name]), site);
            }
            Place::Global(name) | Place::Builtin(name) => {
                let slot = self.cx.global(name);
                self.fallible_stmt(slot.method("delete", vec![]), site);
            }
            Place::ClassName(name) => {
                let ns = self.ns();
                self.fallible_stmt(ns.method("del", vec![Expr::str(name.as_str())]), site);
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId, span: Span) -> Operand {
        let name = match op {
            UnaryOp::Not => return Operand::Bool(self.cond(operand).not()),
            UnaryOp::Neg => "neg",
            UnaryOp::Pos => "pos",
            UnaryOp::Invert => "invert",
        };
        if let (UnaryOp::Neg, ExprKind::Const(c)) = (op, &self.cx.module.expr(operand).kind) {
            match c {
                Const::Int(i) if *i != i64::MIN => return Operand::Owned(Expr::rt("int", vec![Expr::Int(i.wrapping_neg())])),
                Const::Float(f) => return Operand::Owned(Expr::rt("float", vec![Expr::Float(-f)])),
                Const::None
                | Const::True
                | Const::False
                | Const::Ellipsis
                | Const::Int(_)
                | Const::BigInt(_)
                | Const::Imag(_)
                | Const::Str(_)
                | Const::StrPoints(_)
                | Const::Bytes(_) => {}
            }
        }
        let site = self.site(span);
        let value = self.expr(operand);
        Operand::Owned(self.fallible(Expr::rt(name, vec![value.by_ref()]), site))
    }

    /// `a and b or …` as a value.
    fn bool_value(&mut self, op: BoolOp, values: &[ExprId]) -> Operand {
        let Some((first, rest)) = values.split_first() else { return Operand::Owned(Expr::none()) };
        let value = self.expr(*first);
        if rest.is_empty() {
            return value;
        }
        let t = self.temp();
        self.push(Stmt::let_(&t, value.value()));
        let test = self.truth(Operand::Place(Expr::Local(t.clone())), *first);
        let test = if op == BoolOp::And { test } else { test.not() };
        let (stmts, more) = self.nested(|b| b.bool_value(op, rest).value());
        let value = Expr::if_(test, Block::value(stmts, more), Some(Block::expr(Expr::Local(t))));
        self.temp_of(value)
    }

    fn await_(&mut self, id: ExprId, value: ExprId, span: Span) -> Operand {
        let site = self.site(span);
        if let Some(sleep) = self.asyncio_await(value) {
            return Operand::Owned(self.fallible(sleep.awaited(), site));
        }
        if let Some(direct) = self.direct_await(id, value) {
            // Inside a handler the callee has its own handled exception.
            let direct = if self.handler_depth > 0 { Expr::rt("handling_own", vec![direct]) } else { direct };
            return Operand::Owned(self.fallible(direct.awaited(), site));
        }
        if let Some(called) = self.method_awaited(value) {
            return Operand::Owned(self.fallible(Expr::rt("await_called", vec![called]).awaited(), site));
        }
        let value = self.expr(value).value();
        Operand::Owned(self.fallible(Expr::rt("await_", vec![value]).awaited(), site))
    }
}

pub(super) fn constant(c: &Const) -> Expr {
    match c {
        Const::None => Expr::none(),
        Const::True => Expr::Rt("TRUE"),
        Const::False => Expr::Rt("FALSE"),
        Const::Ellipsis => Expr::rt("ellipsis", vec![]),
        Const::Int(i) => Expr::rt("int", vec![Expr::Int(*i)]),
        Const::BigInt(digits) => Expr::rt("bigint", vec![Expr::str(&**digits)]),
        Const::Float(f) => Expr::rt("float", vec![Expr::Float(*f)]),
        Const::Imag(f) => Expr::rt("complex", vec![Expr::Float(0.0), Expr::Float(*f)]),
        Const::Str(s) => Expr::StrConst(s.to_string()),
        Const::StrPoints(points) => {
            Expr::rt("str_points", vec![Expr::slice(points.iter().map(|p| Expr::Int(i64::from(*p))).collect())])
        }
        Const::Bytes(b) => Expr::rt("bytes", vec![Expr::Bytes(b.to_vec())]),
    }
}

pub(super) fn binary(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "add",
        BinOp::Sub => "sub",
        BinOp::Mul => "mul",
        BinOp::MatMul => "matmul",
        BinOp::TrueDiv => "truediv",
        BinOp::FloorDiv => "floordiv",
        BinOp::Mod => "mod_",
        BinOp::Pow => "pow",
        BinOp::LShift => "lshift",
        BinOp::RShift => "rshift",
        BinOp::And => "and_",
        BinOp::Or => "or_",
        BinOp::Xor => "xor",
    }
}

pub(super) fn inplace(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "iadd",
        BinOp::Sub => "isub",
        BinOp::Mul => "imul",
        BinOp::MatMul => "imatmul",
        BinOp::TrueDiv => "itruediv",
        BinOp::FloorDiv => "ifloordiv",
        BinOp::Mod => "imod",
        BinOp::Pow => "ipow",
        BinOp::LShift => "ilshift",
        BinOp::RShift => "irshift",
        BinOp::And => "iand",
        BinOp::Or => "ior",
        BinOp::Xor => "ixor",
    }
}
