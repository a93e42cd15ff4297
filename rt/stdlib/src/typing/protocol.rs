//! Owns: `Protocol`, its metaclass, `runtime_checkable`, the `Supports…` protocols.
//! Never: parameterises; `generic` does.
//! Source: CPython 3.13, Lib/typing.py (`_ProtocolMeta`, `Protocol`, `_proto_hook`).

use super::generic::GENERIC;
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::{lookup_optional, setattr_name};
use rtcore::protocol::call::{call, call_kw, call_special, call_special_kw};
use rtcore::protocol::repr::repr_string;
use rtcore::protocol::sequence::truth;
use rtcore::types::abc::ABC_META;
use rtcore::types::class::create;
use rtcore::types::class::methods::{HOOKS, TYPE};
use rtcore::types::dict::Dict;
use rtcore::types::function::closure;
use rtcore::types::none::not_implemented;
use rtcore::types::object_::{Instance, OBJECT};
use rtcore::types::set::{FROZENSET, SET};
use rtcore::types::{descriptors, tuple};

rtcore::name_table! { mod n { _is_protocol _is_runtime_protocol __protocol_attrs__ __non_callable_proto_members__ } }

struct MetaBody;
impl Payload for MetaBody {}

const EXCLUDED: &[&str] = &[
    "__parameters__", "__orig_bases__", "__orig_class__", "_is_protocol", "_is_runtime_protocol", "__protocol_attrs__",
    "__non_callable_proto_members__", "__type_params__", "__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__init__",
    "__module__", "__new__", "__slots__", "__subclasshook__", "__weakref__", "__class_getitem__", "__match_args__",
    "__static_attributes__", "__firstlineno__", "_MutableMapping__marker", "__qualname__",
];
fn own_names(t: &'static Type) -> Vec<Name> {
    let table = rtcore::error::quietly(|| {
        let d = rtcore::protocol::attr::getattr_name(&Value::of_type(t), names::__dict__.get())?;
        rtcore::protocol::iter::collect(&d)
    });
    table.unwrap_or_default().iter().filter_map(Name::of).collect()
}
fn annotations_of(t: &'static Type) -> Vec<Name> {
    let Some(a) = t.own(names::__annotations__.get()) else { return vec![] };
    a.downcast::<Dict>().map_or_else(Vec::new, |d| d.keys().iter().filter_map(Name::of).collect())
}
fn collect_members(ty: &'static Type) -> Vec<Name> {
    let mut out: Vec<Name> = vec![];
    for base in ty.mro() {
        if base.name() == "Protocol" || base.name() == "Generic" || std::ptr::eq(*base, &OBJECT) {
            continue;
        }
        for name in own_names(base).into_iter().chain(annotations_of(base)) {
            let s = name.as_str();
            if !s.starts_with("_abc_") && !EXCLUDED.contains(&s) && !out.contains(&name) {
                out.push(name);
            }
        }
    }
    out
}
fn flag(cls: &Value, name: Name) -> PyResult<bool> {
    match lookup_optional(cls, name)? {
        Some(v) => truth(&v),
        None => Ok(false),
    }
}
fn members(cls: &Value) -> PyResult<Vec<Name>> {
    match lookup_optional(cls, n::__protocol_attrs__.get())? {
        Some(v) => Ok(rtcore::protocol::iter::collect(&v)?.iter().filter_map(Name::of).collect()),
        None => Ok(vec![]),
    }
}
fn set_of(items: Vec<Name>) -> PyResult {
    call(&Value::of_type(&SET), &[tuple::new(items.into_iter().map(Name::value).collect())])
}
fn meta_new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    if let [_, _, bases, ..] = &all[..pos] {
        let all_bases = tuple::items(bases);
        if all_bases.iter().any(|b| b.is_type(&PROTOCOL)) {
            for b in all_bases {
                let Some(t) = b.as_type() else { continue };
                let allowed = std::ptr::eq(t, &OBJECT)
                    || std::ptr::eq(t, &GENERIC)
                    || allow_listed(t)
                    || t.is_subtype(&GENERIC) && flag(b, n::_is_protocol.get())?;
                if !allowed {
                    return Err(type_error(format!("Protocols can only inherit from other protocols, got {}", repr_string(b)?)));
                }
            }
        }
    }
    let Some(new) = ABC_META.own(names::__new__.get()) else { return Ok(NONE) };
    let cls = call_kw(&new, all, kw)?;
    if let Some(t) = cls.as_type()
        && flag(&cls, n::_is_protocol.get())?
    {
        t.set_own(n::__protocol_attrs__.get(), set_of(collect_members(t))?);
    }
    Ok(cls)
}
fn allow_listed(t: &'static Type) -> bool {
    let list: &[&str] = match t.module_name().as_str() {
        "collections.abc" => &[
            "Callable", "Awaitable", "Iterable", "Iterator", "AsyncIterable", "Hashable", "Sized", "Container", "Collection", "Reversible",
            "Buffer",
        ],
        "contextlib" => &["AbstractContextManager", "AbstractAsyncContextManager"],
        _ => &[],
    };
    list.contains(&t.name())
}
fn base_check(name: &str, cls: &Value, x: &Value) -> PyResult {
    match ABC_META.own(Name::new(name)) {
        Some(f) => call_special(&f, cls, std::slice::from_ref(x)),
        None => Ok(FALSE),
    }
}
const NOT_RUNTIME: &str = "Instance and class checks can only be used with @runtime_checkable protocols";
fn subclasscheck(cls: &Value, other: &Value) -> PyResult {
    let Some(ty) = cls.as_type() else { return Ok(FALSE) };
    if cls.is_type(&PROTOCOL) {
        return Ok(Value::bool(other.as_type().is_some_and(|o| o.is_subtype(ty))));
    }
    if flag(cls, n::_is_protocol.get())? {
        if other.as_type().is_none() {
            return Err(type_error("issubclass() arg 1 must be a class"));
        }
        if !flag(cls, n::_is_runtime_protocol.get())? {
            return Err(type_error(NOT_RUNTIME));
        }
        let data = data_members(cls)?;
        if !data.is_empty() && has_own_hook(ty) {
            let mut names: Vec<&str> = data.iter().map(|x| x.as_str()).collect();
            names.sort_unstable();
            let list = names.iter().map(|x| format!("'{x}'")).collect::<Vec<_>>().join(", ");
            return Err(type_error(format!("Protocols with non-method members don't support issubclass(). Non-method members: {list}.")));
        }
    }
    base_check("__subclasscheck__", cls, other)
}
fn data_members(cls: &Value) -> PyResult<Vec<Name>> {
    match lookup_optional(cls, n::__non_callable_proto_members__.get())? {
        Some(v) => Ok(rtcore::protocol::iter::collect(&v)?.iter().filter_map(Name::of).collect()),
        None => Ok(vec![]),
    }
}
/// True when the subclass hook is the one that `Protocol` gives.
fn has_own_hook(ty: &'static Type) -> bool {
    ty.own(names::__subclasshook__.get()).is_some_and(|h| {
        let bound = rtcore::protocol::attr::bind(&h, &UNBOUND, ty).ok();
        let f = bound.and_then(|b| rtcore::error::quietly(|| lookup_optional(&b, names::__func__.get())).flatten());
        f.is_some_and(|f| f.downcast_exact::<closure::Closure>().is_some_and(|c| std::ptr::fn_addr_eq(c.run, hook as closure::Run)))
    })
}
fn instancecheck(cls: &Value, x: &Value) -> PyResult {
    let Some(ty) = cls.as_type() else { return Ok(FALSE) };
    if cls.is_type(&PROTOCOL) {
        return Ok(Value::bool(rtcore::protocol::instance::is_real_instance(x, ty)?));
    }
    if !flag(cls, n::_is_protocol.get())? {
        return base_check("__instancecheck__", cls, x);
    }
    if !flag(cls, n::_is_runtime_protocol.get())? {
        return Err(type_error(NOT_RUNTIME));
    }
    // The check by classes asks `__subclasscheck__`, which refuses protocols with data members.
    if has_own_hook(ty) && data_members(cls)?.is_empty() {
        if truth(&base_check("__instancecheck__", cls, x)?)? {
            return Ok(TRUE);
        }
    } else if x.ty().is_subtype(ty) {
        return Ok(TRUE);
    }
    let data = data_members(cls)?;
    for m in members(cls)? {
        match static_attr(x, m) {
            None => return Ok(FALSE),
            Some(v) if v.is_none() && !data.contains(&m) => return Ok(FALSE),
            Some(_) => {}
        }
    }
    Ok(TRUE)
}
/// `inspect.getattr_static(x, name)`.
fn static_attr(x: &Value, name: Name) -> Option<Value> {
    if let Some(t) = x.as_type() {
        return t.lookup(name).or_else(|| x.ty().lookup(name));
    }
    if let Some(m) = x.downcast::<rtcore::types::module::Module>() {
        return m.get(name);
    }
    x.header().and_then(|h| h.attrs()).and_then(|a| a.get(name)).or_else(|| x.ty().lookup(name))
}
/// `Protocol.__subclasshook__`.
fn hook(_captured: &[Value], all: &[Value], _kw: &[Name]) -> PyResult {
    let [cls, other] = all else { return Ok(not_implemented()) };
    let (Some(ty), Some(o)) = (cls.as_type(), other.as_type()) else { return Ok(not_implemented()) };
    if !ty.own(n::_is_protocol.get()).is_some_and(|v| v.as_bool() == Some(true)) {
        return Ok(not_implemented());
    }
    'member: for m in members(cls)? {
        for base in o.mro() {
            if let Some(v) = base.own(m) {
                if v.is_none() {
                    return Ok(not_implemented());
                }
                continue 'member;
            }
            if annotations_of(base).contains(&m) && o.is_subtype(&GENERIC) && flag(other, n::_is_protocol.get())? {
                continue 'member;
            }
        }
        return Ok(not_implemented());
    }
    Ok(TRUE)
}
/// `__init__` of a protocol class: refuses, or hands over to the next class's.
fn no_init(_captured: &[Value], all: &[Value], kw: &[Name]) -> PyResult {
    let Some(this) = all.first() else { return Ok(NONE) };
    let ty = this.ty();
    if flag(&Value::of_type(ty), n::_is_protocol.get())? {
        return Err(type_error("Protocols cannot be instantiated"));
    }
    for base in ty.mro() {
        let Some(init) = base.own(names::__init__.get()) else { continue };
        if is_no_init(&init) {
            continue;
        }
        if std::ptr::eq(*base, &OBJECT) && all.len() > 1 {
            return Err(type_error(format!("{}() takes no arguments", ty.name())));
        }
        return call_special_kw(&init, this, &all[1..], kw);
    }
    Ok(NONE)
}
fn is_no_init(v: &Value) -> bool {
    v.downcast_exact::<closure::Closure>().is_some_and(|c| std::ptr::fn_addr_eq(c.run, no_init as closure::Run))
}
fn init_subclass(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(cls) = all.first() else { return Ok(NONE) };
    let Some(ty) = cls.as_type() else { return Ok(NONE) };
    if let Some(f) = descriptors::super_lookup(&PROTOCOL, ty, names::__init_subclass__.get()) {
        let bound = rtcore::protocol::attr::bind(&f, &UNBOUND, ty)?;
        call_kw(&bound, &all[1..], kw)?;
    }
    let own = ty.own(n::_is_protocol.get());
    if !own.is_some_and(|v| v.as_bool() == Some(true)) {
        let bases = rtcore::protocol::attr::getattr_name(cls, names::__bases__.get())?;
        ty.set_own(n::_is_protocol.get(), Value::bool(tuple::items(&bases).iter().any(|b| b.is_type(&PROTOCOL))));
    }
    let made = |name: &str, run: closure::Run| closure::new(name, Value::str("typing"), run, vec![]);
    if ty.own(names::__subclasshook__.get()).is_none() {
        ty.set_own(names::__subclasshook__.get(), descriptors::classmethod(made("_proto_hook", hook)));
    }
    if flag(cls, n::_is_protocol.get())? && rtcore::types::object_::is_object_init(ty) {
        ty.set_own(names::__init__.get(), made("_no_init_or_replace_init", no_init));
    }
    Ok(NONE)
}
static META_METHODS: &[Method] = &[
    Method::static_("__new__(mcls, name, bases, namespace, /, **kwargs)", Raw(meta_new)),
    Method::new("__subclasscheck__(cls, other)", F2(subclasscheck)),
    Method::new("__instancecheck__(cls, instance)", F2(instancecheck)),
];
static META_DEF: ClassDef = ClassDef::new::<MetaBody>("_ProtocolMeta")
    .module("typing")
    .like(&ABC_META, &TYPE)
    .methods(META_METHODS)
    .flags(TypeFlags::METATYPE)
    .hooks(HOOKS);
pub static PROTOCOL_META: Type = Type::builtin(&META_DEF);
fn setup(t: &'static Type) {
    t.set_own(n::_is_protocol.get(), TRUE);
    t.set_own(n::_is_runtime_protocol.get(), FALSE);
    t.set_own(names::__parameters__.get(), tuple::empty());
}
static PROTOCOL_DEF: ClassDef = ClassDef::new::<Instance>("Protocol")
    .module("typing")
    .like(&GENERIC, &OBJECT)
    .methods(&[Method::class("__init_subclass__(cls, /, *args, **kwargs)", Raw(init_subclass))])
    .setup(setup);
pub static PROTOCOL: Type = Type::with_meta(&PROTOCOL_DEF, &raw const PROTOCOL_META);

/// `@runtime_checkable`.
pub fn runtime_checkable(cls: &Value) -> PyResult {
    let generic = cls.as_type().is_some_and(|t| t.is_subtype(&GENERIC));
    if !generic || !flag(cls, n::_is_protocol.get())? {
        let got = repr_string(cls)?;
        return Err(type_error(format!("@runtime_checkable can be only applied to protocol classes, got {got}")));
    }
    setattr_name(cls, n::_is_runtime_protocol.get(), Some(TRUE))?;
    let mut data = vec![];
    for m in members(cls)? {
        let callable = match lookup_optional(cls, m)? {
            Some(v) => rtcore::frame::callable(&v),
            None => false,
        };
        if !callable {
            data.push(m);
        }
    }
    setattr_name(cls, n::__non_callable_proto_members__.get(), Some(set_of(data)?))?;
    Ok(cls.clone())
}
/// `is_protocol(tp)`.
pub fn is_protocol(v: &Value) -> PyResult {
    let class = v.as_type().is_some_and(|t| t.is_subtype(&GENERIC)) && !v.is_type(&PROTOCOL);
    Ok(Value::bool(class && flag(v, n::_is_protocol.get())?))
}
/// `get_protocol_members(tp)`.
pub fn get_protocol_members(v: &Value) -> PyResult {
    if is_protocol(v)?.as_bool() != Some(true) {
        return Err(type_error(format!("{} is not a Protocol", repr_string(v)?)));
    }
    let all = tuple::new(members(v)?.into_iter().map(Name::value).collect());
    call(&Value::of_type(&FROZENSET), &[all])
}
fn nothing(_: &[Value], _: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
/// `SupportsInt` and the like: a runtime protocol with one method.
pub fn supports(name: &str, method: &str) -> PyResult {
    let build = create::begin(name, &[Value::of_type(&PROTOCOL)], vec![])?;
    build.set(names::__module__.get(), Value::str("typing"))?;
    let f = closure::new(&format!("{name}.{method}"), Value::str("typing"), nothing, vec![]);
    setattr_name(&f, Name::new("__isabstractmethod__"), Some(TRUE))?;
    build.set(Name::new(method), f)?;
    runtime_checkable(&build.finish()?)
}
