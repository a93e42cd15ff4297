//! Owns: calls of functions the text names: which call shapes exist and the guarded function of each.
//! Never: lowers arguments.

use super::{Cx, names};
use crate::hir::{Call, Const, Element, ExprId, ExprKind, FnId, FnKind, Keyword, ParamKind, Place, StmtKind};
use crate::rir::{Block, Expr, Function, Item, Param, Pat, RustIdent, Type};

/// The builtin functions and types, by name.
pub(super) const BUILTINS: &[&str] = &[
    "abs", "aiter", "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr",
    "classmethod", "compile", "complex", "copyright", "credits", "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec",
    "exit", "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "help", "hex", "id", "input", "int",
    "isinstance", "issubclass", "iter", "len", "license", "list", "locals", "map", "max", "memoryview", "min", "next", "object",
    "oct", "open", "ord", "pow", "print", "property", "quit", "range", "repr", "reversed", "round", "set", "setattr", "slice",
    "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip", "__import__", "__build_class__",
];

/// One way of calling one function by its name.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub function: FnId,
    pub positional: usize,
    pub keywords: Vec<String>,
    pub name: RustIdent,
}

impl<'a> Cx<'a> {
    /// The function a call by name reaches as long as nothing is rebound.
    pub fn known_function(&self, callee: ExprId) -> Option<FnId> {
        let ExprKind::Name(var) = &self.module.expr(callee).kind else { return None };
        let Place::Global(name) = &var.place else { return None };
        let id = *self.colors.known_functions.get(name)?;
        self.fn_names.get(&id).map(|_| id)
    }

    /// The global is bound once, by `import asyncio`.
    pub fn imports_asyncio(&self, name: &crate::hir::PyName) -> bool {
        let once = self.module.globals.iter().any(|g| g.name == *name && g.bindings == 1 && !g.deleted);
        once && self.module.body.iter().any(|s| {
            let StmtKind::Import(import) = &s.kind else { return false };
            import.module.as_str() == "asyncio" && matches!(&import.target, Place::Global(g) if g == name)
        })
    }

    /// The guarded function for a call, when its arguments fit the signature so that nothing is left to the runtime.
    pub fn shape(&mut self, id: FnId, call: &Call) -> Option<RustIdent> {
        let positional = call.args.len();
        if call.args.iter().any(|a| matches!(a, Element::Star(_))) {
            return None;
        }
        let mut keywords = vec![];
        for k in &call.keywords {
            match k {
                Keyword::Named { name, .. } => keywords.push(name.as_str().to_string()),
                Keyword::Unpack(_) => return None,
            }
        }
        let function = self.module.function(id);
        if !function.scope.frees.is_empty() {
            return None;
        }
        let mut covered = vec![false; function.params.len()];
        let mut at = 0;
        for (i, p) in function.params.iter().enumerate() {
            match p.kind {
                ParamKind::PositionalOnly | ParamKind::Positional if at < positional => {
                    if let Some(c) = covered.get_mut(i) {
                        *c = true;
                    }
                    at += 1;
                }
                ParamKind::PositionalOnly | ParamKind::Positional | ParamKind::KeywordOnly => {}
                ParamKind::Star | ParamKind::DoubleStar => return None,
            }
        }
        if at < positional {
            return None;
        }
        for k in &keywords {
            let i = function.params.iter().position(|p| p.name.as_str() == k && p.kind != ParamKind::PositionalOnly)?;
            let c = covered.get_mut(i)?;
            if *c {
                return None;
            }
            *c = true;
        }
        for (i, p) in function.params.iter().enumerate() {
            if !covered.get(i).copied().unwrap_or(false) && (!p.has_default || self.default(id, i).is_none()) {
                return None;
            }
        }
        if let Some(shape) = self.shapes.iter().find(|s| s.function == id && s.positional == positional && s.keywords == keywords) {
            return Some(shape.name.clone());
        }
        let base = names::plain(function.name.as_str());
        let wanted = if self.call_names.contains(&base) {
            match keywords.as_slice() {
                [] => format!("{base}_{positional}"),
                some => format!("{base}_{}", some.join("_")),
            }
        } else {
            base
        };
        let name = self.call_names.fresh(&wanted);
        self.shapes.push(Shape { function: id, positional, keywords, name: name.clone() });
        Some(name)
    }

    /// The default of a parameter, if it is a constant that can be written again.
    fn default(&self, id: FnId, param: usize) -> Option<Expr> {
        let def = self.definition(id)?;
        let (_, value) = def.iter().find(|(i, _)| *i == param)?;
        let ExprKind::Const(c) = &self.module.expr(*value).kind else { return None };
        match c {
            Const::Bytes(_) | Const::BigInt(_) | Const::StrPoints(_) | Const::Imag(_) => None,
            Const::None | Const::True | Const::False | Const::Ellipsis | Const::Int(_) | Const::Float(_) | Const::Str(_) => {
                Some(super::expr::constant(c))
            }
        }
    }

    /// The defaults written at a module-level `def`.
    fn definition(&self, id: FnId) -> Option<&'a [(usize, ExprId)]> {
        self.module.body.iter().find_map(|s| {
            let StmtKind::FunctionDef(f) = &s.kind else { return None };
            (f.closure.function == id).then_some(f.closure.defaults.as_slice())
        })
    }

    /// `mod call`.
    pub fn call_items(&mut self) -> Vec<Item> {
        let shapes = self.shapes.clone();
        shapes.iter().filter_map(|s| self.call_item(s)).collect()
    }

    fn call_item(&mut self, shape: &Shape) -> Option<Item> {
        let Shape { function: id, positional, keywords, name } = shape;
        let function = self.module.function(*id);
        let fn_names = self.fn_names.get(id)?.clone();
        let suspends = function.kind != FnKind::Sync;
        let coroutine = function.kind == FnKind::Coroutine;
        let mut params = vec![];
        let mut passed = vec![];
        let mut scope = names::Names::default();
        let mut by_param: Vec<Option<RustIdent>> = vec![None; function.params.len()];
        let mut order = vec![];
        for (i, _) in function.params.iter().enumerate().take(*positional) {
            order.push(i);
        }
        for k in keywords {
            order.push(function.params.iter().position(|p| p.name.as_str() == k)?);
        }
        for i in &order {
            let p = function.params.get(*i)?;
            let rust = scope.fresh(&names::plain(p.name.as_str()));
            params.push(Param { pat: Pat::name(&rust), ty: if suspends { Type::Value } else { Type::ValueRef } });
            *by_param.get_mut(*i)? = Some(rust);
        }
        for (i, rust) in by_param.iter().enumerate() {
            passed.push(match rust {
                Some(r) => Expr::Local(r.clone()),
                None if suspends => self.default(*id, i)?,
                None => self.default(*id, i)?.by_ref(),
            });
        }
        let def = Expr::Path(vec![fn_names.def.clone()]);
        let mut path = vec![RustIdent::new("super")];
        path.extend(fn_names.path.clone());
        let direct = Expr::call(Expr::Path(path), passed);
        let slot = self.global(&function.name);
        // The fallback passes what the program wrote.
        let locals: Vec<Expr> = order.iter().filter_map(|i| by_param.get(*i).cloned().flatten()).map(Expr::Local).collect();
        let fallback = if keywords.is_empty() && locals.len() <= 3 {
            let args = locals.iter().map(|l| if suspends { l.clone().by_ref() } else { l.clone() }).collect();
            slot.method(["call0", "call1", "call2", "call3"][locals.len().min(3)], args)
        } else {
            let args = Expr::slice(locals.iter().map(|l| l.clone().cloned()).collect());
            if keywords.is_empty() {
                slot.method("call", vec![args])
            } else {
                slot.method("call_kw", vec![args, Expr::strs(keywords.iter().cloned())])
            }
        };
        let then;
        let orelse;
        if coroutine {
            let boxed = self.colors.cyclic.contains(id)
                || self.colors.await_depth.get(id).is_some_and(|d| *d > 0 && d % 32 == 0);
            let direct = if boxed { Expr::rt("boxed", vec![direct]) } else { direct };
            then = Expr::rt("direct", vec![def.clone().by_ref(), direct]).awaited();
            orelse = Expr::rt("await_", vec![fallback.question()]).awaited();
        } else if suspends {
            let maker = if function.kind == FnKind::Generator { "generator" } else { "async_generator" };
            then = Expr::ok(Expr::rt(maker, vec![def.clone().by_ref(), direct]));
            orelse = fallback;
        } else {
            then = direct;
            orelse = fallback;
        }
        let test = if suspends {
            def.method("intact", vec![])
        } else {
            let entered = def.method("enter", vec![]).question();
            Expr::Let { pat: Pat::some(Pat::Name { name: RustIdent::new("_frame"), mutable: false }), value: Box::new(entered) }
        };
        let body = Block::expr(Expr::if_(test, Block::expr(then), Some(Block::expr(orelse))));
        Some(Item::Function(Function {
            doc: None,
            public: true,
            cold: false,
            asynchronous: coroutine,
            name: name.clone(),
            params,
            ret: Type::PyResult,
            body,
        }))
    }
}
