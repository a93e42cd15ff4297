//! Owns: the module `inspect`: what kind of object something is, its members and documentation.
//! Never: reads source text; a compiled program has none. Signatures are `signature`'s.
//! Source: CPython 3.13, Lib/inspect.py.

mod signature;

use rtcore::def::Kind;
use rtcore::error::{raise, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, lookup_optional, setattr_name};
use rtcore::protocol::call::call;
use rtcore::protocol::instance::isinstance;
use rtcore::protocol::sequence::truth;
use rtcore::types::dict::Dict;
use rtcore::types::function::{self, bound, closure, native};
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, modules, set_str};
use rtcore::types::{code, descriptors, tuple};

fn is(v: &Value, t: &'static Type) -> bool {
    v.ty().is_subtype(t)
}
fn is_function(v: &Value) -> bool {
    function::is_function(v) || is(v, &closure::CLOSURE)
}
fn is_descriptor(v: &Value) -> bool {
    is(v, &native::METHOD_DESCR) || is(v, &native::CLASSMETHOD_DESCR)
}
/// The function behind bound methods and partial objects.
fn plain(v: &Value) -> PyResult {
    let mut f = v.clone();
    loop {
        if is(&f, &bound::METHOD) {
            f = getattr_name(&f, names::__func__.get())?;
        } else if f.ty().name() == "partial" {
            f = getattr_name(&f, Name::new("func"))?;
        } else {
            return Ok(f);
        }
    }
}
fn has_kind(v: &Value, kind: Kind) -> PyResult<bool> {
    let f = plain(v)?;
    Ok(function::def_of(&f).is_some_and(|d| d.kind == kind))
}
/// What CPython writes as `async def __aenter__` and `__aexit__` are native functions that make coroutines here.
fn is_native_async(f: &Value) -> PyResult<bool> {
    if function::def_of(f).is_some() {
        return Ok(false);
    }
    let name = rtcore::protocol::attr::lookup_optional(f, names::__name__.get())?;
    Ok(name.and_then(|n| n.as_str().map(|n| matches!(n, "__aenter__" | "__aexit__" | "aclose"))).unwrap_or(false)
        && rtcore::protocol::attr::lookup_optional(f, Name::new("__objclass__"))?.is_some())
}
/// `_is_coroutine_mark`: what `markcoroutinefunction` puts on a function. Objects that have every attribute have
/// another one.
fn coroutine_mark() -> Value {
    Name::new("inspect._is_coroutine_mark").value()
}
/// `_has_code_flag(f, CO_COROUTINE)` of an object that shows itself as a function: mocks do.
fn is_coroutine_like(f: &Value) -> PyResult<bool> {
    const CO_COROUTINE: i64 = 0x80;
    if !rtcore::frame::callable(f) || f.as_type().is_some() {
        return Ok(false);
    }
    let part = |name: &str| lookup_optional(f, Name::new(name));
    let (Some(code), Some(name)) = (part("__code__")?, part("__name__")?) else { return Ok(false) };
    if name.as_str().is_none() || !isinstance(&code, &Value::of_type(&code::CODE))? {
        return Ok(false);
    }
    let flags = getattr_name(&code, Name::new("co_flags"))?;
    Ok(flags.as_inline_int().is_some_and(|n| n & CO_COROUTINE != 0))
}
/// `inspect.iscoroutinefunction`.
pub fn is_coroutine_function(v: &Value) -> PyResult<bool> {
    let f = plain(v)?;
    let marked = lookup_optional(&f, Name::new("_is_coroutine_marker"))?.is_some_and(|mark| mark.is(&coroutine_mark()));
    Ok(marked || has_kind(v, Kind::Coroutine)? || is_native_async(&f)? || is_coroutine_like(&f)?)
}
fn iscoroutinefunction(v: &Value) -> PyResult {
    is_coroutine_function(v).map(Value::bool)
}
fn markcoroutinefunction(f: &Value) -> PyResult {
    let inner = lookup_optional(f, names::__func__.get())?.unwrap_or_else(|| f.clone());
    setattr_name(&inner, Name::new("_is_coroutine_marker"), Some(coroutine_mark()))?;
    Ok(f.clone())
}
fn isawaitable(v: &Value) -> PyResult {
    Ok(Value::bool(rtcore::protocol::awaitable::is_awaitable(v)))
}
macro_rules! kinds {
    ($($f:ident $test:expr;)*) => {
        $(fn $f(v: &Value) -> PyResult { let test: fn(&Value) -> bool = $test; Ok(Value::bool(test(v))) })*
    };
}
kinds! {
    isclass |v| v.as_type().is_some();
    isfunction is_function;
    ismethod |v| is(v, &bound::METHOD);
    isbuiltin |v| is(v, &native::BUILTIN);
    ismodule |v| is(v, &rtcore::types::module::MODULE);
    isgenerator |v| is(v, &rtcore::frame::generator::GENERATOR);
    iscoroutine |v| is(v, &rtcore::frame::coroutine::COROUTINE);
    isasyncgen |v| is(v, &rtcore::frame::async_generator::ASYNC_GENERATOR);
    istraceback |v| is(v, &rtcore::error::traceback::TRACEBACK);
    isframe |v| is(v, &rtcore::frame::object::FRAME);
    iscode |v| is(v, &code::CODE);
    isroutine |v| is_function(v) || is(v, &bound::METHOD) || is(v, &native::BUILTIN) || is_descriptor(v);
    isabstract |v| v.as_type().is_some_and(|t| t.has_flag(TypeFlags::ABSTRACT));
    isgetsetdescriptor |v| is(v, &native::GETSET_DESCR);
    ismemberdescriptor |v| is(v, &descriptors::MEMBER);
    ismethodwrapper |v| is(v, &native::BUILTIN) && v.downcast::<native::Builtin>().is_some_and(|b| !b.receiver.is_unbound() && b.method.name().starts_with("__"));
}
fn ismethoddescriptor(v: &Value) -> PyResult {
    if v.as_type().is_some() || is_function(v) || is(v, &bound::METHOD) {
        return Ok(FALSE);
    }
    let t = v.ty();
    Ok(Value::bool(t.lookup(names::__get__.get()).is_some() && t.lookup(names::__set__.get()).is_none()))
}
fn isdatadescriptor(v: &Value) -> PyResult {
    if v.as_type().is_some() || is_function(v) || is(v, &bound::METHOD) {
        return Ok(FALSE);
    }
    Ok(Value::bool(rtcore::protocol::attr::is_data_descriptor(v)))
}
fn isgeneratorfunction(v: &Value) -> PyResult {
    Ok(Value::bool(has_kind(v, Kind::Generator)?))
}
fn isasyncgenfunction(v: &Value) -> PyResult {
    Ok(Value::bool(has_kind(v, Kind::AsyncGenerator)?))
}
fn getmro(cls: &Value) -> PyResult {
    getattr_name(cls, names::__mro__.get())
}
fn members(v: &Value, predicate: &Value, static_: bool) -> PyResult {
    let dir = call(&rtcore::types::module::global_fallback(Name::new("dir"))?, std::slice::from_ref(v))?;
    let mut out = vec![];
    for n in rtcore::protocol::iter::collect(&dir)? {
        let Some(name) = Name::of(&n) else { continue };
        let found = if static_ { static_attr(v, name) } else { lookup_optional(v, name)? };
        let Some(x) = found else { continue };
        if predicate.is_none() || truth(&call(predicate, std::slice::from_ref(&x))?)? {
            out.push(tuple::of([n, x]));
        }
    }
    Ok(List::value(out))
}
fn static_attr(v: &Value, name: Name) -> Option<Value> {
    if let Some(t) = v.as_type() {
        return t.lookup(name).or_else(|| v.ty().lookup(name));
    }
    if let Some(m) = v.downcast::<rtcore::types::module::Module>()
        && let Some(x) = m.get(name)
    {
        return Some(x);
    }
    let class = v.ty().lookup(name);
    if class.as_ref().is_some_and(rtcore::protocol::attr::is_data_descriptor) {
        return class;
    }
    v.header().and_then(|h| h.attrs()).and_then(|a| a.get(name)).or(class)
}
fn getattr_static(v: &Value, name: &Value, default: &Value) -> PyResult {
    let Some(n) = Name::of(name) else { return Err(type_error("attribute name must be string")) };
    match static_attr(v, n) {
        Some(x) => Ok(x),
        None if default.is_unbound() => Err(rtcore::error::raise_args(&rtcore::error::hierarchy::ATTRIBUTE_ERROR, vec![name.clone()])),
        None => Ok(default.clone()),
    }
}
/// Removes the indentation that all lines but the first share (`cleandoc`).
fn clean(doc: &str) -> String {
    let text = doc.replace('\t', "        ");
    let mut lines: Vec<&str> = text.split('\n').collect();
    let indent = |l: &str| l.len() - l.trim_start_matches(' ').len();
    let margin = lines.iter().skip(1).filter(|l| !l.trim_start_matches(' ').is_empty()).map(|l| indent(l)).min();
    if let Some(first) = lines.first_mut() {
        *first = first.trim_start_matches(' ');
    }
    if let Some(m) = margin {
        for l in lines.iter_mut().skip(1) {
            *l = l.get(m..).unwrap_or("");
        }
    }
    while lines.last().is_some_and(|l| l.is_empty()) {
        lines.pop();
    }
    while lines.first().is_some_and(|l| l.is_empty()) {
        lines.remove(0);
    }
    lines.join("\n")
}
fn cleandoc(doc: &Value) -> PyResult {
    match doc.as_str() {
        Some(s) => Ok(Value::string(clean(s))),
        None => Err(rtcore::protocol::attr::no_attribute(doc, Name::new("expandtabs"))),
    }
}
fn getdoc(v: &Value) -> PyResult {
    let mut doc = lookup_optional(v, names::__doc__.get())?.unwrap_or(NONE);
    if doc.is_none()
        && let Some(t) = v.as_type()
    {
        // A class without a text of its own shows its base's.
        doc = t.mro().iter().skip(1).filter_map(|b| b.own(names::__doc__.get())).find(|d| !d.is_none()).unwrap_or(NONE);
    }
    match doc.as_str() {
        Some(s) => Ok(Value::string(clean(s))),
        None => Ok(NONE),
    }
}
fn unwrap(f: &Value, stop: &Value) -> PyResult {
    let mut f = f.clone();
    for _ in 0..1000 {
        if !stop.is_none() && truth(&call(stop, std::slice::from_ref(&f))?)? {
            return Ok(f);
        }
        match lookup_optional(&f, names::__wrapped__.get())? {
            Some(inner) => f = inner,
            None => return Ok(f),
        }
    }
    Err(value_error(format!("wrapper loop when unwrapping {}", rtcore::protocol::repr::repr_string(&f)?)))
}
fn getmodule(v: &Value) -> PyResult {
    if is(v, &rtcore::types::module::MODULE) {
        return Ok(v.clone());
    }
    let Some(name) = lookup_optional(v, names::__module__.get())? else { return Ok(NONE) };
    match modules().downcast::<Dict>() {
        Some(d) => Ok(d.get(&name)?.unwrap_or(NONE)),
        None => Ok(NONE),
    }
}
fn get_annotations(v: &Value) -> PyResult {
    let found = match v.as_type() {
        Some(t) => t.own(names::__annotations__.get()),
        None => lookup_optional(v, names::__annotations__.get())?,
    };
    match found {
        Some(a) if !a.is_none() => call(&Value::of_type(&rtcore::types::dict::DICT), &[a]),
        Some(_) | None => Ok(Dict::new_value()),
    }
}
fn state(v: &Value, prefix: &str) -> PyResult {
    let flag = |n: &str| -> PyResult<Value> { getattr_name(v, Name::new(&format!("{prefix}_{n}"))) };
    if truth(&flag("running")?)? {
        return Ok(Value::string(format!("{}_RUNNING", long_prefix(prefix))));
    }
    if truth(&flag("suspended")?)? {
        return Ok(Value::string(format!("{}_SUSPENDED", long_prefix(prefix))));
    }
    let closed = flag("frame")?.is_none();
    Ok(Value::string(format!("{}_{}", long_prefix(prefix), if closed { "CLOSED" } else { "CREATED" })))
}
fn long_prefix(prefix: &str) -> &'static str {
    match prefix {
        "cr" => "CORO",
        "ag" => "AGEN",
        _ => "GEN",
    }
}
fn no_source(_: &Value) -> PyResult {
    Err(raise(&rtcore::error::hierarchy::OS_ERROR, "could not get source code"))
}

static FUNCTIONS: &[Method] = &[
    Method::new("isclass(object)", F1(isclass)),
    Method::new("isfunction(object)", F1(isfunction)),
    Method::new("ismethod(object)", F1(ismethod)),
    Method::new("isbuiltin(object)", F1(isbuiltin)),
    Method::new("isroutine(object)", F1(isroutine)),
    Method::new("ismodule(object)", F1(ismodule)),
    Method::new("isgenerator(object)", F1(isgenerator)),
    Method::new("iscoroutine(object)", F1(iscoroutine)),
    Method::new("isasyncgen(object)", F1(isasyncgen)),
    Method::new("isawaitable(object)", F1(isawaitable)),
    Method::new("isgeneratorfunction(obj)", F1(isgeneratorfunction)),
    Method::new("iscoroutinefunction(obj)", F1(iscoroutinefunction)),
    Method::new("isasyncgenfunction(obj)", F1(isasyncgenfunction)),
    Method::new("markcoroutinefunction(func)", F1(markcoroutinefunction)),
    Method::new("istraceback(object)", F1(istraceback)),
    Method::new("isframe(object)", F1(isframe)),
    Method::new("iscode(object)", F1(iscode)),
    Method::new("isabstract(object)", F1(isabstract)),
    Method::new("ismethoddescriptor(object)", F1(ismethoddescriptor)),
    Method::new("isdatadescriptor(object)", F1(isdatadescriptor)),
    Method::new("isgetsetdescriptor(object)", F1(isgetsetdescriptor)),
    Method::new("ismemberdescriptor(object)", F1(ismemberdescriptor)),
    Method::new("ismethodwrapper(object)", F1(ismethodwrapper)),
    Method::new("getmro(cls)", F1(getmro)),
    Method::new("getmembers(object, predicate=None)", F2(|v, p| members(v, p, false))),
    Method::new("getmembers_static(object, predicate=None)", F2(|v, p| members(v, p, true))),
    Method::new("getattr_static(obj, attr, default=...)", F3(getattr_static)),
    Method::new("getdoc(object)", F1(getdoc)),
    Method::new("cleandoc(doc)", F1(cleandoc)),
    Method::new("unwrap(func, *, stop=None)", F2(unwrap)),
    Method::new("getmodule(object)", F1(getmodule)),
    Method::new("get_annotations(obj)", F1(get_annotations)),
    Method::new("getgeneratorstate(generator)", F1(|v| state(v, "gi"))),
    Method::new("getcoroutinestate(coroutine)", F1(|v| state(v, "cr"))),
    Method::new("getasyncgenstate(agen)", F1(|v| state(v, "ag"))),
    Method::new("getsource(object)", F1(no_source)),
    Method::new("getsourcelines(object)", F1(no_source)),
    Method::new("signature(obj, **kw)", F2(|v, _| signature::of(v))),
];
fn setup(m: &Value) -> PyResult<()> {
    for p in ["GEN", "CORO", "AGEN"] {
        for s in ["CREATED", "RUNNING", "SUSPENDED", "CLOSED"] {
            let name = format!("{p}_{s}");
            set_str(m, &name, Value::string(name.clone()));
        }
    }
    let flags = [
        ("OPTIMIZED", 1), ("NEWLOCALS", 2), ("VARARGS", 4), ("VARKEYWORDS", 8), ("NESTED", 16), ("GENERATOR", 32), ("COROUTINE", 128),
        ("ITERABLE_COROUTINE", 256), ("ASYNC_GENERATOR", 512),
    ];
    for (n, v) in flags {
        set_str(m, &format!("CO_{n}"), Value::int(v));
    }
    signature::setup(m)
}
pub static MODULE: NativeModule = NativeModule::new("inspect", FUNCTIONS, setup);
