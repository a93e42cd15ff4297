//! Owns: `partial` and `partialmethod`.
//! Never: copies more than the arguments of a call.
//! Source: CPython 3.13, Modules/_functoolsmodule.c, Lib/functools.py.

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::call::call_kw;
use rtcore::protocol::{attr, repr};
use rtcore::types::dict::{self, Dict};
use rtcore::types::function::closure;
use rtcore::types::tuple;
use std::cell::RefCell;

pub struct Partial {
    func: RefCell<Value>,
    args: RefCell<Value>,
    /// A dict.
    kw: RefCell<Value>,
}
impl Payload for Partial {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.func, &self.args, &self.kw] {
            visit(&v.borrow());
        }
    }
    fn clear(&self) {
        drop([&self.func, &self.args, &self.kw].map(|v| v.replace(NONE)));
    }
}
impl Native for Partial {
    fn class() -> &'static Type {
        &PARTIAL
    }
}
fn body(v: &Value) -> PyResult<&Partial> {
    v.downcast::<Partial>().ok_or_else(|| type_error("not a partial object"))
}
fn items(d: &Value) -> PyResult<Vec<(Name, Value)>> {
    dict::items_of(d)?.into_iter().map(|(k, v)| Name::of(&k).map(|n| (n, v)).ok_or_else(|| type_error("keywords must be strings"))).collect()
}
fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(ty) = pos.first().and_then(Value::as_type) else { return Err(type_error("not a type")) };
    let method = ty.is_subtype(&PARTIALMETHOD);
    let Some(func) = pos.get(1) else {
        return Err(type_error(if method {
            "partialmethod.__init__() missing 1 required positional argument: 'func'"
        } else {
            "type 'partial' takes at least one argument"
        }));
    };
    let callable = func.ty().hooks().call.is_some() || func.ty().special(rtcore::types::class::special::Special::Call).is_some();
    if !callable && !(method && func.ty().hooks().descr_get.is_some()) {
        return Err(type_error(if method {
            format!("{} is not callable or a descriptor", repr::repr_string(func)?)
        } else {
            "the first argument must be callable".to_string()
        }));
    }
    let mut args = pos[2..].to_vec();
    let keywords: Vec<(Name, Value)> = kw.iter().copied().zip(all[pos.len()..].iter().cloned()).collect();
    let d = Dict::new_value();
    let mut func = func.clone();
    // A partial of a plain partial is flattened.
    if let Some(inner) = func.clone().downcast::<Partial>()
        && (method && func.ty().is_subtype(&PARTIALMETHOD) || !method && func.ty().is_subtype(&PARTIAL) && !has_attributes(&func))
    {
        let mut all_args = tuple::items(&inner.args.borrow()).to_vec();
        all_args.append(&mut args);
        args = all_args;
        if let Some(d) = d.downcast::<Dict>() {
            for (k, v) in items(&inner.kw.borrow().clone())? {
                d.set_name(k, v);
            }
        }
        func = inner.func.borrow().clone();
    }
    if let Some(d) = d.downcast::<Dict>() {
        for (k, v) in keywords {
            d.set_name(k, v);
        }
    }
    Ok(object::new(ty, Partial { func: RefCell::new(func), args: RefCell::new(tuple::new(args)), kw: RefCell::new(d) }))
}
fn has_attributes(v: &Value) -> bool {
    v.header().and_then(|h| h.attrs()).is_some_and(|a| !a.items().is_empty())
}
fn call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let p = body(v)?;
    let (func, args, own) = (p.func.borrow().clone(), p.args.borrow().clone(), p.kw.borrow().clone());
    let pos = values.len() - kw.len();
    let mut all: Vec<Value> = tuple::items(&args).iter().chain(&values[..pos]).cloned().collect();
    let mut names: Vec<Name> = vec![];
    let mut kw_values = vec![];
    for (k, x) in items(&own)? {
        match kw.iter().position(|n| *n == k) {
            Some(i) => kw_values.push(values[pos + i].clone()),
            None => kw_values.push(x),
        }
        names.push(k);
    }
    for (i, k) in kw.iter().enumerate() {
        if !names.contains(k) {
            names.push(*k);
            kw_values.push(values[pos + i].clone());
        }
    }
    all.extend(kw_values);
    call_kw(&func, &all, &names)
}
fn parts(p: &Partial) -> PyResult<Vec<String>> {
    let mut out = vec![repr::repr_string(&p.func.borrow().clone())?];
    for a in tuple::items(&p.args.borrow().clone()) {
        out.push(repr::repr_string(a)?);
    }
    for (k, x) in items(&p.kw.borrow().clone())? {
        out.push(format!("{k}={}", repr::repr_string(&x)?));
    }
    Ok(out)
}
fn partial_repr(v: &Value) -> PyResult {
    let Some(_guard) = repr::enter(v) else { return Ok(Value::str("...")) };
    let t = v.ty();
    Ok(Value::string(format!("{}.{}({})", t.module_name(), t.qualname(), parts(body(v)?)?.join(", "))))
}
fn reduce(v: &Value) -> PyResult {
    let p = body(v)?;
    let (f, a, k) = (p.func.borrow().clone(), p.args.borrow().clone(), p.kw.borrow().clone());
    let d = attr::lookup_optional(v, names::__dict__.get())?.unwrap_or(NONE);
    Ok(tuple::of([Value::of_type(v.ty()), tuple::of([f.clone()]), tuple::of([f, a, k, d])]))
}
fn setstate(v: &Value, state: &Value) -> PyResult {
    let p = body(v)?;
    let [f, a, k, d] = tuple::items(state) else { return Err(type_error("invalid partial state")) };
    drop(p.func.replace(f.clone()));
    drop(p.args.replace(a.clone()));
    drop(p.kw.replace(if k.is_none() { Dict::new_value() } else { k.clone() }));
    if !d.is_none() {
        for (k, x) in dict::items_of(d)? {
            attr::setattr_value(v, &k, x)?;
        }
    }
    Ok(NONE)
}
static GETSET: &[GetSet] = &[
    GetSet::ro("func", |v| Ok(body(v)?.func.borrow().clone())),
    GetSet::ro("args", |v| Ok(body(v)?.args.borrow().clone())),
    GetSet::ro("keywords", |v| Ok(body(v)?.kw.borrow().clone())),
];
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__repr__(self, /)", F1(partial_repr)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("__setstate__(self, state, /)", F2(setstate)),
    Method::class("__class_getitem__(cls, object, /)", F2(rtcore::types::alias::new)),
];
static PARTIAL_DEF: ClassDef = ClassDef::new::<Partial>("partial")
    .module("functools")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS)
    .hooks(Hooks { call: Some(call), ..Hooks::NONE });
pub static PARTIAL: Type = Type::builtin(&PARTIAL_DEF);

/// `partialmethod.__get__`: the wrapped function's own binding, or a function that puts the arguments
/// behind `self`.
fn method_get(v: &Value, receiver: &Value, ty: &'static Type) -> PyResult {
    let p = body(v)?;
    let (func, args, kw) = (p.func.borrow().clone(), p.args.borrow().clone(), p.kw.borrow().clone());
    let is_plain = func.downcast::<rtcore::types::function::Function>().is_some();
    if !is_plain && func.ty().hooks().descr_get.is_some() {
        let bound = attr::bind(&func, receiver, ty)?;
        if !bound.is(&func) {
            return Ok(object::new(&PARTIAL, Partial { func: RefCell::new(bound), args: RefCell::new(args), kw: RefCell::new(kw) }));
        }
    }
    fn run(c: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
        let [func, args, own] = c else { return Ok(NONE) };
        let pos = values.len() - kw.len();
        let Some((first, rest)) = values[..pos].split_first() else { return Err(type_error("method needs self")) };
        let mut all = vec![first.clone()];
        all.extend_from_slice(tuple::items(args));
        all.extend_from_slice(rest);
        let mut names = vec![];
        for (k, x) in items(own)? {
            if !kw.contains(&k) {
                names.push(k);
                all.push(x);
            }
        }
        names.extend_from_slice(kw);
        all.extend_from_slice(&values[pos..]);
        call_kw(func, &all, &names)
    }
    let f = closure::new("partialmethod._make_unbound_method.<locals>._method", Value::str("functools"), run, vec![func, args, kw]);
    attr::bind(&f, receiver, ty)
}
fn method_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("functools.partialmethod({})", parts(body(v)?)?.join(", "))))
}
static METHOD_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__repr__(self, /)", F1(method_repr)),
    Method::class("__class_getitem__(cls, object, /)", F2(rtcore::types::alias::new)),
];
static PARTIALMETHOD_DEF: ClassDef = ClassDef::new::<Partial>("partialmethod")
    .module("functools")
    .like(&rtcore::types::object_::OBJECT, &PARTIAL)
    .methods(METHOD_METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS)
    .hooks(Hooks { descr_get: Some(method_get), ..Hooks::NONE });
pub static PARTIALMETHOD: Type = Type::builtin(&PARTIALMETHOD_DEF);
