//! Owns: function objects of the user's program: their mutable attributes and how they are called.
//! Never: runs a body other than through its `Def`.
//! Source: CPython 3.13, Objects/funcobject.c.

pub mod bound;
pub mod closure;
pub mod native;

use crate::def::{Args, Def, Method, F1, F3, Raw, bind_function};
use crate::error::{PyResult, Raised, type_error};
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags};
use crate::types::dict::Dict;
use crate::types::tuple;
use crate::value::{NONE, Value};
use std::cell::{Cell, RefCell};

/// The body of a function object. Attributes that programs set freely are in the instance attributes.
pub struct Function {
    pub def: &'static Def,
    /// Cells (and the class cell) the body captured.
    pub captured: Box<[Value]>,
    /// A tuple, or None.
    pub defaults: RefCell<Value>,
    /// A dict, or None.
    pub kwdefaults: RefCell<Value>,
    pub name: RefCell<Value>,
    pub qualname: RefCell<Value>,
    pub module: RefCell<Value>,
    pub doc: RefCell<Value>,
    pub annotations: RefCell<Value>,
    pub type_params: RefCell<Value>,
    pub globals: RefCell<Value>,
    /// Parameters are all positional-or-keyword without `*`: the common fast case.
    simple: Cell<bool>,
}
impl Payload for Function {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.captured.iter().for_each(&mut *visit);
        for v in [&self.defaults, &self.kwdefaults, &self.name, &self.qualname, &self.module, &self.doc, &self.annotations, &self.type_params, &self.globals] {
            visit(&v.borrow());
        }
    }
    fn clear(&self) {
        drop((self.defaults.replace(NONE), self.kwdefaults.replace(NONE), self.annotations.replace(NONE)));
    }
}
impl Native for Function {
    fn class() -> &'static Type {
        &FUNCTION
    }
}

/// A function object for a `def` or `lambda`; `defaults` are those of the last positional
/// parameters, `kwdefaults` those of keyword-only ones.
pub fn function(def: &'static Def, captured: Vec<Value>, defaults: Vec<Value>, kwdefaults: &[(&'static str, Value)]) -> Value {
    let defaults = if defaults.is_empty() { NONE } else { tuple::new(defaults) };
    let kw = if kwdefaults.is_empty() { NONE } else { Dict::from_names(kwdefaults.iter().map(|(n, v)| (Name::new(n), v.clone())).collect()) };
    let simple = def.varargs.is_none() && def.varkw.is_none() && def.kwonly == 0;
    let f = Function {
        def,
        captured: captured.into(),
        defaults: RefCell::new(defaults),
        kwdefaults: RefCell::new(kw),
        name: RefCell::new(Name::new(def.name()).value()),
        qualname: RefCell::new(Name::new(def.qualname).value()),
        module: RefCell::new(def.module.map_or_else(crate::types::module::current_name, |m| crate::types::module::name_value(m))),
        doc: RefCell::new(def.doc.map_or(NONE, Value::str)),
        annotations: RefCell::new(NONE),
        type_params: RefCell::new(NONE),
        globals: RefCell::new(def.module.map_or_else(crate::types::module::current, |m| m.module())),
        simple: Cell::new(simple),
    };
    object::new(&FUNCTION, f)
}

/// A synchronous function is a frame while it runs; what suspends counts while it is polled.
#[inline(always)]
fn enter(def: &'static Def) -> PyResult<Option<crate::frame::stack::Guard>> {
    if def.kind == crate::def::Kind::Function { crate::frame::stack::enter(def).map(Some) } else { Ok(None) }
}

/// Calls with positional values and keyword values.
#[inline]
pub fn call(f: &Function, args: Args) -> PyResult {
    if f.simple.get() && args.kw.is_empty() {
        let want = f.def.params.len();
        if args.values.len() == want {
            let _frame = enter(f.def)?;
            return f.def.body.invoke(&f.captured, args.values);
        }
    }
    call_bound(f, args)
}
#[inline(never)]
fn call_bound(f: &Function, args: Args) -> PyResult {
    let name = f.qualname.borrow().clone();
    let defaults = f.defaults.borrow().clone();
    let kwdefaults = f.kwdefaults.borrow().clone();
    let bound = bind_function(
        name.as_str().unwrap_or(f.def.qualname),
        f.def.parsed(),
        tuple::items(&defaults),
        |n| kwdefaults.downcast::<Dict>()?.get_name(n),
        args,
    )?;
    drop((defaults, kwdefaults));
    let _frame = enter(f.def)?;
    f.def.body.invoke(&f.captured, &bound)
}
fn call_hook(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    match f.downcast_exact::<Function>() {
        Some(func) => call(func, Args { values, kw }),
        None => Err(type_error("not a function")),
    }
}
fn descr_get(f: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    if receiver.is_unbound() { Ok(f.clone()) } else { Ok(bound::new(f.clone(), receiver.clone())) }
}

fn body(v: &Value) -> PyResult<&Function> {
    v.downcast::<Function>().ok_or_else(|| type_error("descriptor requires a 'function' object"))
}
macro_rules! fields {
    ($($get:ident $set:ident $field:ident;)*) => {
        $(fn $get(v: &Value) -> PyResult { Ok(body(v)?.$field.borrow().clone()) }
          fn $set(v: &Value, new: Option<Value>) -> Result<(), Raised> {
              let f = body(v)?;
              let old = f.$field.replace(new.unwrap_or(NONE));
              drop(old);
              Ok(())
          })*
    };
}
fields! {
    get_doc set_doc doc;
    get_module set_module module;
    get_defaults put_defaults defaults;
    get_kwdefaults put_kwdefaults kwdefaults;
    get_name put_name name;
    get_qualname put_qualname qualname;
    get_type_params set_type_params type_params;
    get_annotations_raw put_annotations annotations;
}
fn set_name(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match new {
        Some(n) if n.as_str_obj().is_some() => put_name(v, Some(n)),
        Some(_) | None => Err(type_error("__name__ must be set to a string object")),
    }
}
fn set_qualname(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match new {
        Some(n) if n.as_str_obj().is_some() => put_qualname(v, Some(n)),
        Some(_) | None => Err(type_error("__qualname__ must be set to a string object")),
    }
}
fn set_defaults(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    if new.as_ref().is_some_and(|n| !n.is_none() && !tuple::is_tuple(n)) {
        return Err(type_error("__defaults__ must be set to a tuple object"));
    }
    body(v)?.def.set_intact(false);
    put_defaults(v, new)
}
fn set_kwdefaults(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    if new.as_ref().is_some_and(|n| !n.is_none() && n.downcast::<Dict>().is_none()) {
        return Err(type_error("__kwdefaults__ must be set to a dict object"));
    }
    body(v)?.def.set_intact(false);
    put_kwdefaults(v, new)
}
fn get_annotations(v: &Value) -> PyResult {
    let f = body(v)?;
    if f.annotations.borrow().is_none() {
        let d = Dict::new_value();
        *f.annotations.borrow_mut() = d;
    }
    get_annotations_raw(v)
}
fn set_annotations(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    put_annotations(v, new)
}
fn get_type_params_tuple(v: &Value) -> PyResult {
    let t = get_type_params(v)?;
    Ok(if t.is_none() { tuple::empty() } else { t })
}
fn get_closure(v: &Value) -> PyResult {
    let f = body(v)?;
    Ok(if f.captured.is_empty() { NONE } else { tuple::new(f.captured.to_vec()) })
}
fn get_dict(v: &Value) -> PyResult {
    Ok(v.header().and_then(|h| h.attrs()).map_or(NONE, |a| a.to_dict()))
}
fn get_code(v: &Value) -> PyResult {
    Ok(crate::types::code::new(body(v)?.def))
}
fn get_globals(v: &Value) -> PyResult {
    crate::types::module::dict_of(&body(v)?.globals.borrow())
}
fn get_builtins(_: &Value) -> PyResult {
    Ok(NONE)
}
fn repr(v: &Value) -> PyResult {
    let q = get_qualname(v)?;
    let addr = v.bits();
    Ok(Value::string(format!("<function {} at {addr:#x}>", q.as_str().unwrap_or(""))))
}
fn get(f: &Value, instance: &Value, ty: &Value) -> PyResult {
    if instance.is_none() && !ty.is_none() { Ok(f.clone()) } else { Ok(bound::new(f.clone(), instance.clone())) }
}

static METHODS: &[Method] = &[
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__get__(self, instance, owner=None, /)", F3(get)),
    Method::new("__call__(self, /, *args, **kwargs)", Raw(crate::protocol::call::call_first)),
];
static GETSET: &[GetSet] = &[
    GetSet::rw("__doc__", get_doc, set_doc),
    GetSet::rw("__name__", get_name, set_name),
    GetSet::rw("__qualname__", get_qualname, set_qualname),
    GetSet::rw("__module__", get_module, set_module),
    GetSet::rw("__defaults__", get_defaults, set_defaults),
    GetSet::rw("__kwdefaults__", get_kwdefaults, set_kwdefaults),
    GetSet::rw("__annotations__", get_annotations, set_annotations),
    GetSet::rw("__type_params__", get_type_params_tuple, set_type_params),
    GetSet::ro("__closure__", get_closure),
    GetSet::ro("__code__", get_code),
    GetSet::ro("__globals__", get_globals),
    GetSet::ro("__builtins__", get_builtins),
    GetSet::ro("__dict__", get_dict),
];
static DEF: ClassDef = ClassDef::new::<Function>("function")
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { call: Some(call_hook), descr_get: Some(descr_get), ..Hooks::NONE })
    .flags(TypeFlags::FINAL | TypeFlags::ATTRS);
pub static FUNCTION: Type = Type::builtin(&DEF);

/// True for what `inspect.isfunction` accepts.
pub fn is_function(v: &Value) -> bool {
    v.downcast::<Function>().is_some()
}
/// Marks that a function's name is the name of its definition.
pub fn def_of(v: &Value) -> Option<&'static Def> {
    v.downcast::<Function>().map(|f| f.def)
}
/// `names` is used by callers that look the special attributes up.
pub fn wrapped(v: &Value) -> Option<Value> {
    v.header()?.attrs()?.get(names::__wrapped__.get())
}
