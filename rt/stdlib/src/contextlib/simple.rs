//! Owns: `closing`, `aclosing`, `suppress`, `nullcontext`, `redirect_stdout/stderr`, the abstract managers.
//! Never: generator-based managers or stacks.
//! Source: CPython 3.13, Lib/contextlib.py.

use rtcore::def::{Def, Kind};
use rtcore::error::type_error;
use rtcore::frame::{await_, native_coroutine};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, setattr_name};
use rtcore::protocol::call::call_method_name;
use rtcore::protocol::instance::issubclass;
use rtcore::types::abc::ABC_META;
use rtcore::types::list::List;
use rtcore::types::module::import::import_module;
use rtcore::types::object_::{Instance, OBJECT};
use rtcore::types::tuple;
use std::cell::RefCell;

/// A manager with one value.
pub struct Holder {
    value: RefCell<Value>,
    saved: Value,
}
impl Payload for Holder {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.value.borrow());
        visit(&self.saved);
    }
}
impl Native for Holder {
    fn class() -> &'static Type {
        &CLOSING
    }
}
fn new_with(all: &[Value], kw: &[Name], name: &str) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("X is not a type object")) };
    let value = match (all.get(1), kw.len()) {
        (Some(v), _) if all.len() == 2 => v.clone(),
        (None, _) if name.is_empty() => NONE,
        (None, _) => return Err(type_error(format!("{}.__init__() missing 1 required positional argument: '{name}'", ty.name()))),
        (Some(_), _) => return Err(type_error(format!("{}.__init__() takes 2 positional arguments but {} were given", ty.name(), all.len()))),
    };
    Ok(object::new(ty, Holder { value: RefCell::new(value), saved: List::value(vec![]) }))
}
fn closing_new(all: &[Value], kw: &[Name]) -> PyResult {
    new_with(all, kw, "thing")
}
fn null_new(all: &[Value], kw: &[Name]) -> PyResult {
    new_with(all, kw, "")
}
fn redirect_new(all: &[Value], kw: &[Name]) -> PyResult {
    new_with(all, kw, "new_target")
}
fn suppress_new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("X is not a type object")) };
    Ok(object::new(ty, Holder { value: RefCell::new(tuple::new(all[1..].to_vec())), saved: NONE }))
}
fn value(v: &Value) -> PyResult {
    match v.downcast::<Holder>() {
        Some(h) => Ok(h.value.borrow().clone()),
        None => Err(type_error("not a context manager of contextlib")),
    }
}
fn none_exit(_: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    Ok(NONE)
}
fn closing_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    let thing = value(v)?;
    match call_method_name(&thing, names::close.get(), &[]) {
        Ok(_) => Ok(NONE),
        Err(raised) => Err(rtcore::error::kept_by(raised, thing)),
    }
}
static ACLOSE: Def = Def::native("aclosing.__aexit__", Kind::Coroutine);
static AENTER: Def = Def::native("__aenter__", Kind::Coroutine);
static AEXIT: Def = Def::native("__aexit__", Kind::Coroutine);
async fn give(v: Value) -> PyResult {
    Ok(v)
}
async fn aclose(v: Value) -> PyResult {
    let closed = match call_method_name(&v, Name::new("aclose"), &[]) {
        Ok(waiting) => await_(waiting).await,
        Err(raised) => Err(raised),
    };
    match closed {
        Ok(_) => Ok(NONE),
        Err(raised) => Err(rtcore::error::kept_by(raised, v)),
    }
}
fn value_aenter(v: &Value) -> PyResult {
    Ok(native_coroutine(&AENTER, give(value(v)?)))
}
fn self_aenter(v: &Value) -> PyResult {
    Ok(native_coroutine(&AENTER, give(v.clone())))
}
fn none_aexit(_: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    Ok(native_coroutine(&AEXIT, give(NONE)))
}
fn aclosing_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    Ok(native_coroutine(&ACLOSE, aclose(value(v)?)))
}
fn suppress_exit(v: &Value, ty: &Value, exc: &Value, _tb: &Value) -> PyResult {
    if ty.is_none() {
        return Ok(NONE);
    }
    let wanted = value(v)?;
    if issubclass(ty, &wanted)? {
        return Ok(TRUE);
    }
    if rtcore::error::groups::is_group(exc) {
        let parts = call_method_name(exc, Name::new("split"), &[wanted])?;
        let rest = tuple::items(&parts).get(1).cloned().unwrap_or(NONE);
        if rest.is_none() {
            return Ok(TRUE);
        }
        return Err(rtcore::error::raise_value(rest));
    }
    Ok(FALSE)
}
fn self_enter(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn none_enter(_: &Value) -> PyResult {
    Ok(NONE)
}
fn stream(v: &Value) -> Name {
    Name::new(if v.ty().is_subtype(&REDIRECT_STDERR) { "stderr" } else { "stdout" })
}
fn redirect_enter(v: &Value) -> PyResult {
    let sys = import_module("sys")?;
    let Some(h) = v.downcast::<Holder>() else { return Ok(NONE) };
    let old = getattr_name(&sys, stream(v))?;
    if let Some(l) = h.saved.downcast::<List>() {
        l.push(old);
    }
    let target = h.value.borrow().clone();
    setattr_name(&sys, stream(v), Some(target.clone()))?;
    Ok(target)
}
fn redirect_exit(v: &Value, _: &Value, _: &Value, _: &Value) -> PyResult {
    let sys = import_module("sys")?;
    let Some(h) = v.downcast::<Holder>() else { return Ok(NONE) };
    let old = call_method_name(&h.saved, Name::new("pop"), &[])?;
    setattr_name(&sys, stream(v), Some(old))?;
    Ok(NONE)
}

macro_rules! managers {
    ($($ty:ident $def:ident $name:literal $new:ident $($row:literal $body:expr),* ;)*) => {
        $(static $def: ClassDef = ClassDef::new::<Holder>($name)
            .module("contextlib")
            .like(&OBJECT, &CLOSING)
            .flags(TypeFlags::ATTRS)
            .methods(&[Method::static_("__new__(cls, *args, **kw)", Raw($new)), $(Method::new($row, $body)),*]);
          pub static $ty: Type = Type::builtin(&$def);)*
    };
}
static CLOSING_DEF: ClassDef = ClassDef::new::<Holder>("closing").module("contextlib").flags(TypeFlags::ATTRS).methods(&[
    Method::static_("__new__(cls, *args, **kw)", Raw(closing_new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__enter__(self)", F1(value)),
    Method::new("__exit__(self, *exc_info)", N(|a| closing_exit(&a[0], &NONE, &NONE, &NONE))),
]);
pub static CLOSING: Type = Type::builtin(&CLOSING_DEF);
managers! {
    ACLOSING ACLOSING_DEF "aclosing" closing_new
        "__init__(self, /, *args, **kw)" Raw(|_, _| Ok(NONE)), "__aenter__(self)" F1(value_aenter), "__aexit__(self, typ, value, traceback)" F4(aclosing_exit);
    SUPPRESS SUPPRESS_DEF "suppress" suppress_new
        "__init__(self, /, *args, **kw)" Raw(|_, _| Ok(NONE)), "__enter__(self)" F1(none_enter), "__exit__(self, exctype, excinst, exctb)" F4(suppress_exit);
    NULLCONTEXT NULL_DEF "nullcontext" null_new
        "__init__(self, /, *args, **kw)" Raw(|_, _| Ok(NONE)), "__enter__(self)" F1(value), "__exit__(self, typ, value, traceback)" F4(none_exit),
        "__aenter__(self)" F1(value_aenter), "__aexit__(self, typ, value, traceback)" F4(none_aexit);
    REDIRECT_STDOUT REDIRECT_STDOUT_DEF "redirect_stdout" redirect_new
        "__init__(self, /, *args, **kw)" Raw(|_, _| Ok(NONE)), "__enter__(self)" F1(redirect_enter), "__exit__(self, exctype, excinst, exctb)" F4(redirect_exit);
    REDIRECT_STDERR REDIRECT_STDERR_DEF "redirect_stderr" redirect_new
        "__init__(self, /, *args, **kw)" Raw(|_, _| Ok(NONE)), "__enter__(self)" F1(redirect_enter), "__exit__(self, exctype, excinst, exctb)" F4(redirect_exit);
}

static ABSTRACT_DEF: ClassDef = ClassDef::new::<Instance>("AbstractContextManager").module("contextlib").like(&OBJECT, &OBJECT).methods(&[
    Method::new("__enter__(self)", F1(self_enter)),
    Method::new("__exit__(self, exc_type, exc_value, traceback)", F4(none_exit)),
    Method::class("__subclasshook__(cls, C)", F2(has_sync)),
    Method::class("__class_getitem__(cls, item)", F2(class_getitem)),
]);
pub static ABSTRACT: Type = Type::with_meta(&ABSTRACT_DEF, &raw const ABC_META);
static ABSTRACT_ASYNC_DEF: ClassDef = ClassDef::new::<Instance>("AbstractAsyncContextManager").module("contextlib").like(&OBJECT, &OBJECT).methods(&[
    Method::new("__aenter__(self)", F1(self_aenter)),
    Method::new("__aexit__(self, exc_type, exc_value, traceback)", F4(none_aexit)),
    Method::class("__subclasshook__(cls, C)", F2(has_async)),
    Method::class("__class_getitem__(cls, item)", F2(class_getitem)),
]);
pub static ABSTRACT_ASYNC: Type = Type::with_meta(&ABSTRACT_ASYNC_DEF, &raw const ABC_META);
fn class_getitem(cls: &Value, item: &Value) -> PyResult {
    rtcore::types::alias::new(cls, item)
}
fn has(cls: &Value, sub: &Value, own: &'static Type, methods: [Name; 2]) -> PyResult {
    if !cls.as_type().is_some_and(|t| std::ptr::eq(t, own)) {
        return Ok(rtcore::types::none::not_implemented());
    }
    let ok = sub.as_type().is_some_and(|t| methods.iter().all(|m| t.lookup(*m).is_some_and(|f| !f.is_none())));
    Ok(if ok { TRUE } else { rtcore::types::none::not_implemented() })
}
fn has_sync(cls: &Value, sub: &Value) -> PyResult {
    has(cls, sub, &ABSTRACT, [names::__enter__.get(), names::__exit__.get()])
}
fn has_async(cls: &Value, sub: &Value) -> PyResult {
    has(cls, sub, &ABSTRACT_ASYNC, [names::__aenter__.get(), names::__aexit__.get()])
}
