//! Owns: native functions as objects: methods of builtin types before binding (`method_descriptor`,
//! `wrapper_descriptor`, `classmethod_descriptor`), bound or free ones (`builtin_function_or_method`),
//! and computed attributes (`getset_descriptor`).
//! Never: implements a method of any type.
//! Source: CPython 3.13, Objects/descrobject.c, Objects/methodobject.c.

use crate::def::{self, Args, Body, F1, F3, MethodKind, Params};
use crate::error::{PyResult, Raised, type_error};
use crate::name::Name;
use crate::object::{self, Native, Payload};
use crate::protocol::call::Lent;
use crate::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags};
use crate::value::{NONE, UNBOUND, Value};
use std::cell::OnceCell;

/// A native method found on a type, to be called with `self` first.
pub struct MethodDescr {
    pub owner: &'static Type,
    pub method: &'static def::Method,
    params: OnceCell<Params>,
}
impl Payload for MethodDescr {}
impl Native for MethodDescr {
    fn class() -> &'static Type {
        &METHOD_DESCR
    }
}

/// A native function, bound to a receiver or free.
pub struct Builtin {
    pub method: &'static def::Method,
    /// The receiver; UNBOUND for plain functions.
    pub receiver: Value,
    /// What messages put before the name: the type's name, or nothing.
    pub owner: Option<&'static Type>,
    pub module: Value,
    params: OnceCell<Params>,
}
impl Payload for Builtin {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.receiver);
        visit(&self.module);
    }
}
impl Native for Builtin {
    fn class() -> &'static Type {
        &BUILTIN
    }
}

/// A computed attribute of a builtin type.
pub struct GetSetDescr {
    pub owner: &'static Type,
    pub table: &'static GetSet,
}
impl Payload for GetSetDescr {}
impl Native for GetSetDescr {
    fn class() -> &'static Type {
        &GETSET_DESCR
    }
}

/// What a row of a method table becomes in its type's attributes.
pub fn descriptor(owner: &'static Type, method: &'static def::Method) -> Value {
    match method.kind {
        MethodKind::Instance => object::new(&METHOD_DESCR, MethodDescr { owner, method, params: OnceCell::new() }),
        MethodKind::Class => object::new(&CLASSMETHOD_DESCR, MethodDescr { owner, method, params: OnceCell::new() }),
        MethodKind::Static => {
            let f = object::new(&BUILTIN, Builtin { method, receiver: UNBOUND, owner: Some(owner), module: NONE, params: OnceCell::new() });
            if method.name() == "__new__" { f } else { crate::types::descriptors::staticmethod(f) }
        }
    }
}
pub fn getset(owner: &'static Type, table: &'static GetSet) -> Value {
    object::new(&GETSET_DESCR, GetSetDescr { owner, table })
}
/// A module's or the builtins' function.
pub fn function(method: &'static def::Method, module: &str) -> Value {
    object::new(&BUILTIN, Builtin { method, receiver: UNBOUND, owner: None, module: Value::str(module), params: OnceCell::new() })
}
/// A native function bound to a receiver (`self` is the row's first parameter).
pub fn bound(method: &'static def::Method, receiver: Value, owner: &'static Type) -> Value {
    object::new(&BUILTIN, Builtin { method, receiver, owner: Some(owner), module: NONE, params: OnceCell::new() })
}

fn invoke(method: &'static def::Method, params: &OnceCell<Params>, owner: Option<&'static Type>, module: Option<&Value>, skip: usize, values: &[Value], kw: &[Name]) -> PyResult {
    if let Body::Raw(f) = method.body {
        return f(values, kw);
    }
    let p = params.get_or_init(|| Params::parse(method.sig));
    if kw.is_empty() && !p.varargs && !p.varkw && values.len() <= p.positional {
        if values.len() == p.names.len() {
            return method.body.invoke(&[], values);
        }
        let defaults = p.defaults.get(values.len()..).unwrap_or(&[]);
        if Lent::fits(p.names.len()) && values.len() + defaults.len() == p.names.len() && defaults.iter().all(Option::is_some) {
            let mut all = Lent::new();
            // SAFETY: the caller's values outlive the call, and so do the defaults, which belong to the callable.
            unsafe {
                for v in values.iter().chain(defaults.iter().flatten()) {
                    all.push(v);
                }
            }
            return method.body.invoke(&[], all.as_slice());
        }
    }
    invoke_bound(method, p, owner, module, skip, values, kw)
}
#[inline(never)]
fn invoke_bound(method: &'static def::Method, p: &Params, owner: Option<&'static Type>, module: Option<&Value>, skip: usize, values: &[Value], kw: &[Name]) -> PyResult {
    let name = method.name();
    if let Some(ty) = owner.filter(|ty| ty.has_flag(TypeFlags::PYTHON)) {
        let bound = bind_python(method, p, ty, Args { values, kw })?;
        return method.body.invoke(&[], &bound);
    }
    let qual = || match (owner, module.and_then(Value::as_str)) {
        (Some(t), _) if skip == 1 => format!("{}.{name}", t.name()),
        (None, Some(m)) if m != "builtins" => format!("{m}.{name}"),
        (Some(_) | None, _) => name.to_string(),
    };
    let bound = def::bind_native(name, &qual, p, skip, Args { values, kw })?;
    method.body.invoke(&[], &bound)
}

/// What CPython has in Python says other things about wrong arguments than what it has in C.
#[cold]
fn bind_python(method: &'static def::Method, p: &Params, owner: &'static Type, args: Args) -> Result<Vec<Value>, Raised> {
    let defaults: Vec<Value> = p.defaults.iter().take(p.positional).flatten().cloned().collect();
    let by_name = |wanted: Name| p.names.iter().zip(&p.defaults).find(|(name, _)| **name == wanted).and_then(|(_, value)| value.clone());
    def::bind_function(&format!("{}.{}", owner.name(), method.name()), p, &defaults, by_name, args)
}

impl MethodDescr {
    /// Calls with the receiver first; its type is checked.
    pub fn call(&self, values: &[Value], kw: &[Name]) -> PyResult {
        let name = self.method.name();
        let Some(receiver) = values.first().filter(|_| values.len() > kw.len()) else {
            return Err(type_error(format!("unbound method {}.{name}() needs an argument", self.owner.name())));
        };
        if !receiver.ty().is_subtype(self.owner) {
            let (own, got) = (self.owner.name(), receiver.ty().name());
            let text = if name.starts_with("__") {
                format!("descriptor '{name}' requires a '{own}' object but received a '{got}'")
            } else {
                format!("descriptor '{name}' for '{own}' objects doesn't apply to a '{got}' object")
            };
            return Err(type_error(text));
        }
        self.call_checked(values, kw)
    }
    /// How many positional parameters the signature has, the receiver included.
    #[inline]
    pub fn positional(&self) -> usize {
        self.params.get_or_init(|| Params::parse(self.method.sig)).positional
    }
    /// Calls with a receiver known to be of the right type.
    #[inline]
    pub fn call_checked(&self, values: &[Value], kw: &[Name]) -> PyResult {
        invoke(self.method, &self.params, Some(self.owner), None, 1, values, kw)
    }
}

/// What `T.__new__(S, …)` refuses, so that a body never gets a type of another layout
/// (CPython 3.13: Objects/typeobject.c, `tp_new_wrapper`).
fn check_new(owner: &'static Type, cls: Option<&Value>) -> PyResult<()> {
    let own = owner.name();
    let Some(cls) = cls else { return Err(type_error(format!("{own}.__new__(): not enough arguments"))) };
    let Some(ty) = cls.as_type() else {
        return Err(type_error(format!("{own}.__new__(X): X is not a type object ({})", cls.ty().name())));
    };
    if !ty.is_subtype(owner) {
        return Err(type_error(format!("{own}.__new__({0}): {0} is not a subtype of {own}", ty.name())));
    }
    if !std::ptr::eq(ty.solid(), owner.solid()) {
        return Err(type_error(format!("{own}.__new__({0}) is not safe, use {0}.__new__()", ty.name())));
    }
    Ok(())
}

fn call_method_descr(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    match f.downcast::<MethodDescr>() {
        Some(m) => m.call(values, kw),
        None => Err(type_error("not a method descriptor")),
    }
}
fn call_builtin(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let Some(b) = f.downcast::<Builtin>() else { return Err(type_error("not a builtin function")) };
    if b.receiver.is_unbound() {
        if let Some(owner) = b.owner
            && b.method.name() == "__new__"
        {
            check_new(owner, values.first().filter(|_| values.len() > kw.len()))?;
        }
        return invoke(b.method, &b.params, b.owner, Some(&b.module), 0, values, kw);
    }
    crate::protocol::call::with_first(&b.receiver, values, |all| invoke(b.method, &b.params, b.owner, None, 1, all, kw))
}
fn get_method_descr(f: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    let Some(m) = f.downcast::<MethodDescr>() else { return Ok(f.clone()) };
    if receiver.is_unbound() {
        return Ok(f.clone());
    }
    Ok(bound(m.method, receiver.clone(), m.owner))
}
fn get_classmethod_descr(f: &Value, _receiver: &Value, ty: &'static Type) -> PyResult {
    let Some(m) = f.downcast::<MethodDescr>() else { return Ok(f.clone()) };
    Ok(bound(m.method, Value::of_type(ty), m.owner))
}
fn get_getset(f: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    let Some(g) = f.downcast::<GetSetDescr>() else { return Ok(f.clone()) };
    if receiver.is_unbound() {
        return Ok(f.clone());
    }
    (g.table.get)(receiver)
}
fn set_getset(f: &Value, receiver: &Value, value: Option<Value>) -> Result<(), Raised> {
    let Some(g) = f.downcast::<GetSetDescr>() else { return Ok(()) };
    match g.table.set {
        Some(set) => set(receiver, value),
        None => {
            let (n, o) = (g.table.name, receiver.ty().full_name());
            let text = format!("attribute '{n}' of '{o}' objects is not writable");
            Err(crate::protocol::attr::attribute_error(text, receiver, Name::new(n)))
        }
    }
}

fn descr_repr(v: &Value) -> PyResult {
    let text = if let Some(m) = v.downcast::<MethodDescr>() {
        let kind = if m.method.name().starts_with("__") { "slot wrapper" } else { "method" };
        format!("<{kind} '{}' of '{}' objects>", m.method.name(), m.owner.name())
    } else if let Some(g) = v.downcast::<GetSetDescr>() {
        format!("<attribute '{}' of '{}' objects>", g.table.name, g.owner.name())
    } else if let Some(b) = v.downcast::<Builtin>() {
        let name = b.method.name();
        if b.receiver.is_unbound() {
            format!("<built-in function {name}>")
        } else if name.starts_with("__") {
            format!("<method-wrapper '{name}' of {} object at {:#x}>", b.receiver.ty().name(), b.receiver.bits())
        } else {
            format!("<built-in method {name} of {} object at {:#x}>", b.receiver.ty().name(), b.receiver.bits())
        }
    } else {
        String::new()
    };
    Ok(Value::string(text))
}
fn method_of(v: &Value) -> Option<&'static def::Method> {
    v.downcast::<MethodDescr>().map(|m| m.method).or_else(|| v.downcast::<Builtin>().map(|b| b.method))
}
fn get_name(v: &Value) -> PyResult {
    let name = match v.downcast::<GetSetDescr>() {
        Some(g) => g.table.name,
        None => method_of(v).map_or("", def::Method::name),
    };
    Ok(Name::new(name).value())
}
fn get_qualname(v: &Value) -> PyResult {
    let owner = v
        .downcast::<MethodDescr>()
        .map(|m| m.owner)
        .or_else(|| v.downcast::<GetSetDescr>().map(|g| g.owner))
        .or_else(|| v.downcast::<Builtin>().and_then(|b| b.owner));
    let name = get_name(v)?;
    Ok(match owner {
        Some(t) => Value::string(format!("{}.{}", t.name(), name.as_str().unwrap_or(""))),
        None => name,
    })
}
fn get_doc(v: &Value) -> PyResult {
    Ok(method_of(v).and_then(|m| m.doc).map_or(NONE, Value::str))
}
fn get_objclass(v: &Value) -> PyResult {
    let owner = v.downcast::<MethodDescr>().map(|m| m.owner).or_else(|| v.downcast::<GetSetDescr>().map(|g| g.owner));
    Ok(owner.map_or(NONE, Value::of_type))
}
fn get_self(v: &Value) -> PyResult {
    let Some(b) = v.downcast::<Builtin>() else { return Ok(NONE) };
    Ok(if b.receiver.is_unbound() { NONE } else { b.receiver.clone() })
}
fn get_module(v: &Value) -> PyResult {
    Ok(v.downcast::<Builtin>().map_or(NONE, |b| b.module.clone()))
}
fn dunder_get(f: &Value, instance: &Value, ty: &Value) -> PyResult {
    let receiver = if instance.is_none() { &UNBOUND } else { instance };
    let class = ty.as_type().unwrap_or_else(|| instance.ty());
    crate::protocol::attr::bind(f, receiver, class)
}
fn builtin_eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Builtin>(), b.downcast::<Builtin>()) else {
        return Ok(crate::types::none::not_implemented());
    };
    Ok(Value::bool(std::ptr::eq(x.method, y.method) && x.receiver.is(&y.receiver)))
}
fn builtin_hash(v: &Value) -> PyResult {
    let Some(b) = v.downcast::<Builtin>() else { return Ok(Value::int(0)) };
    Ok(Value::int((b.method as *const _ as i64 >> 4) ^ b.receiver.bits() as i64))
}

/// CPython 3.13: Objects/methodobject.c, meth_reduce.
fn builtin_reduce(v: &Value) -> PyResult {
    let name = get_name(v)?;
    match v.downcast::<Builtin>() {
        Some(b) if !b.receiver.is_unbound() && b.receiver.ty().name() != "module" => {
            let builtins = crate::types::module::import::import_module("builtins")?;
            let getattr = crate::protocol::attr::getattr_name(&builtins, Name::new("getattr"))?;
            Ok(crate::types::tuple::new(vec![getattr, crate::types::tuple::new(vec![b.receiver.clone(), name])]))
        }
        Some(_) | None => Ok(name),
    }
}

static DESCR_METHODS: &[def::Method] =
    &[def::Method::new("__repr__(self, /)", F1(descr_repr)), def::Method::new("__get__(self, instance, owner=None, /)", F3(dunder_get))];
static DESCR_GETSET: &[GetSet] = &[
    GetSet::ro("__name__", get_name),
    GetSet::ro("__qualname__", get_qualname),
    GetSet::ro("__doc__", get_doc),
    GetSet::ro("__objclass__", get_objclass),
];
static BUILTIN_METHODS: &[def::Method] = &[
    def::Method::new("__call__(self, /, *args, **kwargs)", Body::Raw(crate::protocol::call::call_first)),
    def::Method::new("__repr__(self, /)", F1(descr_repr)),
    def::Method::new("__reduce__(self, /)", F1(builtin_reduce)),
    def::Method::new("__eq__(self, value, /)", def::F2(builtin_eq)),
    def::Method::new("__hash__(self, /)", F1(builtin_hash)),
];
static BUILTIN_GETSET: &[GetSet] = &[
    GetSet::ro("__name__", get_name),
    GetSet::ro("__qualname__", get_qualname),
    GetSet::ro("__doc__", get_doc),
    GetSet::ro("__self__", get_self),
    GetSet::ro("__module__", get_module),
];

static METHOD_DESCR_DEF: ClassDef = ClassDef::new::<MethodDescr>("method_descriptor").methods(DESCR_METHODS).getset(DESCR_GETSET).hooks(Hooks {
    call: Some(call_method_descr),
    descr_get: Some(get_method_descr),
    ..Hooks::NONE
});
pub static METHOD_DESCR: Type = Type::builtin(&METHOD_DESCR_DEF);
static CLASSMETHOD_DESCR_DEF: ClassDef = ClassDef::new::<MethodDescr>("classmethod_descriptor")
    .like(&crate::types::object_::OBJECT, &METHOD_DESCR)
    .methods(DESCR_METHODS)
    .getset(DESCR_GETSET)
    .hooks(Hooks { call: Some(call_method_descr), descr_get: Some(get_classmethod_descr), ..Hooks::NONE });
pub static CLASSMETHOD_DESCR: Type = Type::builtin(&CLASSMETHOD_DESCR_DEF);
static BUILTIN_DEF: ClassDef = ClassDef::new::<Builtin>("builtin_function_or_method")
    .methods(BUILTIN_METHODS)
    .getset(BUILTIN_GETSET)
    .hooks(Hooks { call: Some(call_builtin), ..Hooks::NONE });
pub static BUILTIN: Type = Type::builtin(&BUILTIN_DEF);
fn dunder_set(f: &Value, instance: &Value, value: &Value) -> PyResult {
    set_getset(f, instance, Some(value.clone()))?;
    Ok(NONE)
}
fn dunder_delete(f: &Value, instance: &Value) -> PyResult {
    set_getset(f, instance, None)?;
    Ok(NONE)
}
static GETSET_METHODS: &[def::Method] = &[
    def::Method::new("__repr__(self, /)", F1(descr_repr)),
    def::Method::new("__get__(self, instance, owner=None, /)", F3(dunder_get)),
    def::Method::new("__set__(self, instance, value, /)", F3(dunder_set)),
    def::Method::new("__delete__(self, instance, /)", def::F2(dunder_delete)),
];
static GETSET_DESCR_DEF: ClassDef = ClassDef::new::<GetSetDescr>("getset_descriptor").methods(GETSET_METHODS).getset(DESCR_GETSET).hooks(Hooks {
    descr_get: Some(get_getset),
    descr_set: Some(set_getset),
    ..Hooks::NONE
});
pub static GETSET_DESCR: Type = Type::builtin(&GETSET_DESCR_DEF);
