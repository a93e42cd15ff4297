//! Owns: `singledispatch` and `singledispatchmethod`.
//! Never: caches across changes of the registry.
//! Source: CPython 3.13, Lib/functools.py (`_find_impl`, `_compose_mro`).

use rtcore::error::{runtime_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call_kw;
use rtcore::protocol::instance::issubclass;
use rtcore::protocol::{attr, repr};
use rtcore::types::alias::union_members;
use rtcore::types::dict::Dict;
use rtcore::types::function::closure;
use rtcore::types::object_::OBJECT;
use rtcore::types::mappingproxy;
use std::cell::RefCell;

/// The function that `singledispatch` returns.
struct Dispatcher {
    /// Class to implementation.
    registry: Value,
    func: Value,
    cache: RefCell<Vec<(&'static Type, Value)>>,
}
impl Payload for Dispatcher {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.registry);
        visit(&self.func);
    }
}
impl Native for Dispatcher {
    fn class() -> &'static Type {
        &DISPATCHER
    }
}
pub fn singledispatch(func: &Value) -> PyResult {
    let registry = Dict::new_value();
    if let Some(d) = registry.downcast::<Dict>() {
        d.set(Value::of_type(&OBJECT), func.clone())?;
    }
    let v = object::new(&DISPATCHER, Dispatcher { registry, func: func.clone(), cache: RefCell::new(vec![]) });
    closure::wraps(&v, func)?;
    Ok(v)
}
fn body(v: &Value) -> PyResult<&Dispatcher> {
    v.downcast::<Dispatcher>().ok_or_else(|| type_error("not a singledispatch function"))
}
fn registry(d: &Dispatcher) -> PyResult<&Dict> {
    d.registry.downcast::<Dict>().ok_or_else(|| type_error("not a singledispatch function"))
}

/// The order of classes to look for: the resolution order with registered abstract classes put in
/// before the class that first is one of them.
fn compose_mro(ty: &'static Type, types: &[Value]) -> PyResult<Vec<Value>> {
    let class = Value::of_type(ty);
    let mut abcs: Vec<Value> = vec![];
    for t in types {
        let Some(tt) = t.as_type() else { continue };
        if ty.mro().iter().any(|m| std::ptr::eq(*m, tt)) {
            continue;
        }
        if issubclass(&class, t)? {
            abcs.push(t.clone());
        }
    }
    // An abstract class that is a base of another candidate is reached through that one.
    let mut keep: Vec<Value> = vec![];
    for a in &abcs {
        let mut shadowed = false;
        for b in &abcs {
            let (Some(ta), Some(tb)) = (a.as_type(), b.as_type()) else { continue };
            shadowed = shadowed || !std::ptr::eq(ta, tb) && tb.mro().iter().any(|m| std::ptr::eq(*m, ta));
        }
        if !shadowed {
            keep.push(a.clone());
        }
    }
    let mut out: Vec<Value> = vec![];
    let mut placed: Vec<Value> = vec![];
    for (i, m) in ty.mro().iter().enumerate() {
        out.push(Value::of_type(m));
        // An abstract class stands behind the last class that is one of it.
        for a in &keep {
            if placed.iter().any(|p| p.is(a)) {
                continue;
            }
            let deeper = match ty.mro().get(i + 1) {
                Some(next) => issubclass(&Value::of_type(next), a)?,
                None => false,
            };
            if !deeper && issubclass(&Value::of_type(m), a)? {
                placed.push(a.clone());
                let inner = a.as_type().map_or(&[][..], |t| t.mro());
                for t in inner {
                    if !std::ptr::eq(*t, &OBJECT) && !out.iter().any(|o| o.is_type(t)) {
                        out.push(Value::of_type(t));
                    }
                }
            }
        }
    }
    Ok(out)
}
fn find_impl(d: &Dispatcher, ty: &'static Type) -> PyResult {
    let reg = registry(d)?;
    if let Some(f) = reg.get(&Value::of_type(ty))? {
        return Ok(f);
    }
    let mro = compose_mro(ty, &reg.keys())?;
    let mut found: Option<Value> = None;
    for t in &mro {
        if let Some(m) = &found {
            let (Some(tt), Some(mt)) = (t.as_type(), m.as_type()) else { break };
            let registered = reg.contains(t)?;
            let concrete = |c: &'static Type| ty.mro().iter().any(|x| std::ptr::eq(*x, c));
            if registered && !concrete(tt) && !concrete(mt) && !issubclass(m, t)? {
                return Err(runtime_error(format!("Ambiguous dispatch: {} or {}", repr::repr_string(m)?, repr::repr_string(t)?)));
            }
            break;
        }
        if reg.contains(t)? {
            found = Some(t.clone());
        }
    }
    match found {
        Some(t) => Ok(reg.get(&t)?.unwrap_or(NONE)),
        None => Ok(NONE),
    }
}
fn dispatch_type(d: &Dispatcher, ty: &'static Type) -> PyResult {
    if let Some((_, f)) = d.cache.borrow().iter().find(|(t, _)| std::ptr::eq(*t, ty)) {
        return Ok(f.clone());
    }
    let f = find_impl(d, ty)?;
    d.cache.borrow_mut().push((ty, f.clone()));
    Ok(f)
}
fn dispatch(v: &Value, cls: &Value) -> PyResult {
    match cls.as_type() {
        Some(t) => dispatch_type(body(v)?, t),
        None => Err(type_error("dispatch() argument must be a class")),
    }
}
fn dispatcher_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let d = body(v)?;
    if values.len() == kw.len() {
        let name = attr::lookup_optional(&d.func, names::__name__.get())?.and_then(|n| n.as_str().map(str::to_string));
        return Err(type_error(format!("{} requires at least 1 positional argument", name.unwrap_or_else(|| "singledispatch function".into()))));
    }
    let f = dispatch_type(d, values[0].ty())?;
    call_kw(&f, values, kw)
}
fn is_valid(cls: &Value) -> bool {
    cls.as_type().is_some() || union_members(cls).is_some_and(|m| m.iter().all(|t| t.as_type().is_some()))
}
fn register(v: &Value, cls: &Value, func: &Value) -> PyResult {
    let d = body(v)?;
    if is_valid(cls) {
        if func.is_none() {
            fn run(c: &[Value], values: &[Value], _: &[Name]) -> PyResult {
                match (c, values) {
                    ([v, cls], [f]) => register(v, cls, f),
                    _ => Err(type_error("register() decorator takes exactly one argument")),
                }
            }
            return Ok(closure::new("singledispatch.<locals>.register.<locals>.<lambda>", Value::str("functools"), run, vec![v.clone(), cls.clone()]));
        }
        return store(d, cls, func);
    }
    if !func.is_none() {
        return Err(type_error(format!("Invalid first argument to `register()`. {} is not a class or union type.", repr::repr_string(cls)?)));
    }
    // `@f.register` on an annotated function.
    let func = cls;
    let annotations = attr::lookup_optional(func, names::__annotations__.get())?.unwrap_or(NONE);
    let items = if annotations.is_none() { vec![] } else { rtcore::types::dict::items_of(&annotations)? };
    let Some((name, hint)) = items.into_iter().find(|(k, _)| k.as_str() != Some("return")) else {
        return Err(type_error(format!(
            "Invalid first argument to `register()`: {}. Use either `@register(some_class)` or plain `@register` on an annotated function.",
            repr::repr_string(func)?
        )));
    };
    let hint = if hint.is_none() { Value::of_type(&rtcore::types::none::NONE_TYPE) } else { hint };
    if !is_valid(&hint) {
        let what = if union_members(&hint).is_some() { "not all arguments are classes" } else { "is not a class" };
        return Err(type_error(format!(
            "Invalid annotation for {}. {} {what}.",
            repr::repr_string(&name)?,
            repr::repr_string(&hint)?
        )));
    }
    store(d, &hint, func)
}
fn store(d: &Dispatcher, cls: &Value, func: &Value) -> PyResult {
    let reg = registry(d)?;
    for t in union_members(cls).unwrap_or_else(|| vec![cls.clone()]) {
        reg.set(t, func.clone())?;
    }
    d.cache.borrow_mut().clear();
    Ok(func.clone())
}
fn clear_cache(v: &Value) -> PyResult {
    body(v)?.cache.borrow_mut().clear();
    Ok(NONE)
}
fn dispatcher_get(v: &Value, receiver: &Value, _: &'static Type) -> PyResult {
    if receiver.is_unbound() { Ok(v.clone()) } else { Ok(rtcore::types::function::bound::new(v.clone(), receiver.clone())) }
}
fn dispatcher_repr(v: &Value) -> PyResult {
    let q = attr::lookup_optional(v, names::__qualname__.get())?.and_then(|q| q.as_str().map(str::to_string)).unwrap_or_default();
    Ok(Value::string(format!("<function {q} at {:#x}>", v.bits())))
}
static METHODS: &[Method] = &[
    Method::new("dispatch(self, cls, /)", F2(dispatch)),
    Method::new("register(self, cls, func=None)", F3(register)),
    Method::new("_clear_cache(self, /)", F1(clear_cache)),
    Method::new("__repr__(self, /)", F1(dispatcher_repr)),
];
static GETSET: &[GetSet] = &[GetSet::ro("registry", |v| Ok(mappingproxy::new(body(v)?.registry.clone())))];
static DEF: ClassDef = ClassDef::new::<Dispatcher>("function")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS)
    .hooks(Hooks { call: Some(dispatcher_call), descr_get: Some(dispatcher_get), ..Hooks::NONE });
static DISPATCHER: Type = Type::builtin(&DEF);

/// `singledispatchmethod`.
struct DispatchMethod {
    func: Value,
    dispatcher: Value,
}
impl Payload for DispatchMethod {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
        visit(&self.dispatcher);
    }
}
impl Native for DispatchMethod {
    fn class() -> &'static Type {
        &SINGLEDISPATCHMETHOD
    }
}
fn method_body(v: &Value) -> PyResult<&DispatchMethod> {
    v.downcast::<DispatchMethod>().ok_or_else(|| type_error("not a singledispatchmethod"))
}
fn method_new(all: &[Value], _: &[Name]) -> PyResult {
    let [ty, func] = all else { return Err(type_error("singledispatchmethod.__init__() missing 1 required positional argument: 'func'")) };
    let Some(ty) = ty.as_type() else { return Err(type_error("not a type")) };
    let registry = Dict::new_value();
    if let Some(d) = registry.downcast::<Dict>() {
        d.set(Value::of_type(&OBJECT), func.clone())?;
    }
    let dispatcher = object::new(&DISPATCHER, Dispatcher { registry, func: func.clone(), cache: RefCell::new(vec![]) });
    Ok(object::new(ty, DispatchMethod { func: func.clone(), dispatcher }))
}
fn method_register(v: &Value, cls: &Value, method: &Value) -> PyResult {
    // The annotations of a classmethod or staticmethod are those of its function.
    if method.is_none()
        && !is_valid(cls)
        && let Some(f) = attr::lookup_optional(cls, names::__func__.get())?
    {
        let d = body(&method_body(v)?.dispatcher)?;
        let annotations = attr::lookup_optional(&f, names::__annotations__.get())?.unwrap_or(NONE);
        if let Some((_, hint)) = rtcore::types::dict::items_of(&annotations)?.into_iter().find(|(k, _)| k.as_str() != Some("return")) {
            return store(d, &hint, cls);
        }
    }
    register(&method_body(v)?.dispatcher, cls, method)
}
fn method_get(v: &Value, receiver: &Value, ty: &'static Type) -> PyResult {
    fn run(c: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
        let [v, receiver, owner] = c else { return Ok(NONE) };
        let m = method_body(v)?;
        if values.len() == kw.len() {
            let name = attr::lookup_optional(&m.func, names::__name__.get())?.and_then(|n| n.as_str().map(str::to_string));
            return Err(type_error(format!("{} requires at least 1 positional argument", name.unwrap_or_else(|| "singledispatchmethod method".into()))));
        }
        let f = dispatch_type(body(&m.dispatcher)?, values[0].ty())?;
        let Some(owner) = owner.as_type() else { return Ok(NONE) };
        let bound = attr::bind(&f, receiver, owner)?;
        call_kw(&bound, values, kw)
    }
    let f = closure::new("singledispatchmethod.__get__.<locals>._method", Value::str("functools"), run, vec![v.clone(), receiver.clone(), Value::of_type(ty)]);
    let m = method_body(v)?;
    for n in [&names::__name__, &names::__qualname__, &names::__doc__, &names::__module__] {
        if let Some(x) = attr::lookup_optional(&m.func, n.get())? {
            attr::setattr_name(&f, n.get(), Some(x))?;
        }
    }
    let reg = closure::new("singledispatchmethod.register", Value::str("functools"), |c, values, _| match (c, values) {
        ([v], [cls]) => method_register(v, cls, &NONE),
        ([v], [cls, m]) => method_register(v, cls, m),
        _ => Err(type_error("register() takes from 1 to 2 positional arguments")),
    }, vec![v.clone()]);
    attr::setattr_name(&f, Name::new("register"), Some(reg))?;
    Ok(f)
}
static METHOD_METHODS: &[Method] = &[
    Method::static_("__new__(type, func)", Raw(method_new)),
    Method::new("__init__(self, /, *args)", Raw(|_, _| Ok(NONE))),
    Method::new("register(self, cls, method=None)", F3(method_register)),
];
static METHOD_GETSET: &[GetSet] = &[
    GetSet::ro("func", |v| Ok(method_body(v)?.func.clone())),
    GetSet::ro("dispatcher", |v| Ok(method_body(v)?.dispatcher.clone())),
    GetSet::ro("__isabstractmethod__", |v| {
        Ok(attr::lookup_optional(&method_body(v)?.func, Name::new("__isabstractmethod__"))?.unwrap_or(FALSE))
    }),
];
static METHOD_DEF: ClassDef = ClassDef::new::<DispatchMethod>("singledispatchmethod")
    .module("functools")
    .methods(METHOD_METHODS)
    .getset(METHOD_GETSET)
    .hooks(Hooks { descr_get: Some(method_get), ..Hooks::NONE });
pub static SINGLEDISPATCHMETHOD: Type = Type::builtin(&METHOD_DEF);
