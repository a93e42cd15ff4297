//! Owns: functions that the runtime makes at run time (what a decorator returns, the methods that
//! `dataclass` adds): a native function pointer and captured values, seen by programs as a function.
//! Never: binds parameters; the native function does.

use crate::methods::*;
use crate::types::function::bound;

/// `fn(captured, values, keyword names)`.
pub type Run = fn(&[Value], &[Value], &[Name]) -> PyResult;

pub struct Closure {
    pub run: Run,
    pub captured: Box<[Value]>,
}
impl Payload for Closure {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.captured.iter().for_each(visit);
    }
}
impl Native for Closure {
    fn class() -> &'static Type {
        &CLOSURE
    }
}

/// A function named `qualname` in `module`.
pub fn new(qualname: &str, module: Value, run: Run, captured: Vec<Value>) -> Value {
    let v = object::new(&CLOSURE, Closure { run, captured: captured.into() });
    if let Some(a) = v.header().and_then(|h| h.attrs()) {
        let name = qualname.rsplit('.').next().unwrap_or(qualname);
        a.set(names::__name__.get(), Value::str(name));
        a.set(names::__qualname__.get(), Value::str(qualname));
        a.set(names::__module__.get(), module);
    }
    v
}
/// Copies a wrapped function's metadata, as `functools.wraps` does.
pub fn wraps(v: &Value, wrapped: &Value) -> PyResult<()> {
    use crate::protocol::attr::{lookup_optional, setattr_name};
    for n in [&names::__module__, &names::__name__, &names::__qualname__, &names::__doc__, &names::__annotations__, &names::__type_params__] {
        if let Some(x) = lookup_optional(wrapped, n.get())? {
            setattr_name(v, n.get(), Some(x))?;
        }
    }
    if let Some(d) = lookup_optional(wrapped, names::__dict__.get())?
        && wrapped.as_type().is_none()
    {
        for (k, x) in crate::types::dict::items_of(&d)? {
            crate::protocol::attr::setattr_value(v, &k, x)?;
        }
    }
    setattr_name(v, names::__wrapped__.get(), Some(wrapped.clone()))
}
fn call_hook(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    match f.downcast_exact::<Closure>() {
        Some(c) => (c.run)(&c.captured, values, kw),
        None => Err(crate::error::type_error("not a function")),
    }
}
fn descr_get(f: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    if receiver.is_unbound() { Ok(f.clone()) } else { Ok(bound::new(f.clone(), receiver.clone())) }
}
fn repr(v: &Value) -> PyResult {
    let q = v.header().and_then(|h| h.attrs()).and_then(|a| a.get(names::__qualname__.get())).unwrap_or(NONE);
    Ok(Value::string(format!("<function {} at {:#x}>", q.as_str().unwrap_or(""), v.bits())))
}
fn dict(v: &Value) -> PyResult {
    Ok(v.header().and_then(|h| h.attrs()).map_or(NONE, |a| a.to_dict()))
}
static METHODS: &[Method] =
    &[Method::new("__repr__(self, /)", F1(repr)), Method::new("__call__(self, /, *args, **kwargs)", Raw(crate::protocol::call::call_first))];
static GETSET: &[GetSet] = &[GetSet::ro("__dict__", dict)];
static DEF: ClassDef = ClassDef::new::<Closure>("function")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::ATTRS | TypeFlags::FINAL)
    .hooks(Hooks { call: Some(call_hook), descr_get: Some(descr_get), ..Hooks::NONE });
pub static CLOSURE: Type = Type::builtin(&DEF);
