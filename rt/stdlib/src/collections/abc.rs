//! Owns: the module `collections.abc`: which classes there are, their abstract methods, and the checks of
//! `__subclasshook__`.
//! Never: holds the mixin methods; those are in `mixin`.
//! Source: CPython 3.13, Lib/_collections_abc.py.

use super::mixin;
use rtcore::methods::*;
use rtcore::protocol::attr::setattr_name;
use rtcore::types::class::create;
use rtcore::types::dict::{self, Dict, views};
use rtcore::types::function::{closure, native};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::none::not_implemented;
use rtcore::types::{abc, alias, bytes, descriptors, list, mappingproxy, range, set, str, tuple};

/// One abstract base class.
struct Row {
    name: &'static str,
    bases: &'static [&'static str],
    /// Abstract methods.
    abstracts: &'static [&'static str],
    /// Methods whose presence makes a class a virtual subclass; empty: registration only.
    hook: &'static [&'static str],
    mixins: &'static [Method],
    generic: bool,
}
const fn row(name: &'static str, bases: &'static [&'static str], abstracts: &'static [&'static str], hook: &'static [&'static str], mixins: &'static [Method]) -> Row {
    Row { name, bases, abstracts, hook, mixins, generic: true }
}
const NONE_OF: &[Method] = &[];
static ROWS: &[Row] = &[
    Row { name: "Hashable", bases: &[], abstracts: &["__hash__"], hook: &["__hash__"], mixins: NONE_OF, generic: false },
    row("Awaitable", &[], &["__await__"], &["__await__"], NONE_OF),
    row("Coroutine", &["Awaitable"], &["send", "throw"], &["__await__", "send", "throw", "close"], mixin::CLOSE),
    row("AsyncIterable", &[], &["__aiter__"], &["__aiter__"], NONE_OF),
    row("AsyncIterator", &["AsyncIterable"], &["__anext__"], &["__anext__", "__aiter__"], mixin::AITER),
    row("AsyncGenerator", &["AsyncIterator"], &["asend", "athrow"], &["__aiter__", "__anext__", "asend", "athrow", "aclose"], NONE_OF),
    row("Iterable", &[], &["__iter__"], &["__iter__"], NONE_OF),
    row("Iterator", &["Iterable"], &["__next__"], &["__iter__", "__next__"], mixin::ITER),
    row("Reversible", &["Iterable"], &["__reversed__"], &["__reversed__", "__iter__"], NONE_OF),
    row("Generator", &["Iterator"], &["send", "throw"], &["__iter__", "__next__", "send", "throw", "close"], mixin::GENERATOR),
    Row { name: "Sized", bases: &[], abstracts: &["__len__"], hook: &["__len__"], mixins: NONE_OF, generic: false },
    row("Container", &[], &["__contains__"], &["__contains__"], NONE_OF),
    row("Collection", &["Sized", "Iterable", "Container"], &[], &["__len__", "__iter__", "__contains__"], NONE_OF),
    Row { name: "Buffer", bases: &[], abstracts: &["__buffer__"], hook: &["__buffer__"], mixins: NONE_OF, generic: false },
    row("Callable", &[], &["__call__"], &["__call__"], NONE_OF),
    row("Set", &["Collection"], &[], &[], mixin::SET),
    row("MutableSet", &["Set"], &["add", "discard"], &[], mixin::MUTABLE_SET),
    row("Mapping", &["Collection"], &["__getitem__"], &[], mixin::MAPPING),
    row("MappingView", &["Sized"], &[], &[], mixin::VIEW),
    row("KeysView", &["MappingView", "Set"], &[], &[], mixin::KEYS_VIEW),
    row("ItemsView", &["MappingView", "Set"], &[], &[], mixin::ITEMS_VIEW),
    row("ValuesView", &["MappingView", "Collection"], &[], &[], mixin::VALUES_VIEW),
    row("MutableMapping", &["Mapping"], &["__setitem__", "__delitem__"], &[], mixin::MUTABLE_MAPPING),
    row("Sequence", &["Reversible", "Collection"], &["__getitem__"], &[], mixin::SEQUENCE),
    row("ByteString", &["Sequence"], &[], &[], NONE_OF),
    row("MutableSequence", &["Sequence"], &["__setitem__", "__delitem__", "insert"], &[], mixin::MUTABLE_SEQUENCE),
];
/// Builtin types that are registered.
fn registered(name: &str) -> Vec<&'static Type> {
    match name {
        "Sequence" => vec![&tuple::TUPLE, &str::STR, &range::RANGE, &bytes::MEMORYVIEW, &bytes::BYTES],
        "ByteString" => vec![&bytes::BYTES, &bytes::BYTEARRAY],
        "MutableSequence" => vec![&list::LIST, &bytes::BYTEARRAY, &super::deque::DEQUE, &super::user::USER_LIST],
        "Mapping" => vec![&mappingproxy::MAPPINGPROXY],
        "MutableMapping" => vec![&dict::DICT, &super::chainmap::CHAIN_MAP, &super::user::USER_DICT],
        "Set" => vec![&set::FROZENSET],
        "MutableSet" => vec![&set::SET],
        "KeysView" => vec![&views::DICT_KEYS],
        "ItemsView" => vec![&views::DICT_ITEMS],
        "ValuesView" => vec![&views::DICT_VALUES],
        "Buffer" => vec![&bytes::BYTES, &bytes::BYTEARRAY, &bytes::MEMORYVIEW],
        _ => vec![],
    }
}

/// `_check_methods`: every name is defined, and not as None, somewhere along the resolution order.
fn has_methods(ty: &'static Type, names: &[Value]) -> bool {
    names.iter().filter_map(Name::of).all(|n| {
        let builtin_call = n.as_str() == "__call__" && ty.is_static() && ty.hooks().call.is_some();
        builtin_call || ty.mro().iter().find_map(|t| t.own(n)).is_some_and(|v| !v.is_none())
    })
}
fn subclasshook(c: &[Value], values: &[Value], _: &[Name]) -> PyResult {
    let ([name, names], [cls, sub]) = (c, values) else { return Ok(not_implemented()) };
    // Subclasses of the abstract class do not inherit the check.
    if cls.as_type().is_none_or(|t| Some(t.name()) != name.as_str() || t.module_name() != "collections.abc") {
        return Ok(not_implemented());
    }
    match sub.as_type() {
        Some(t) if has_methods(t, tuple::items(names)) => Ok(TRUE),
        Some(_) | None => Ok(not_implemented()),
    }
}
fn class_getitem(c: &[Value], values: &[Value], _: &[Name]) -> PyResult {
    let ([callable], [cls, item]) = (c, values) else { return Ok(NONE) };
    if callable.as_bool() != Some(true) {
        return alias::new(cls, item);
    }
    // `Callable[[A, B], R]` keeps its arguments flat.
    let [args, result] = tuple::items(item) else {
        return Err(rtcore::error::type_error("Callable must be used as Callable[[arg, ...], result]."));
    };
    let mut flat = match args.downcast::<list::List>() {
        Some(l) => l.to_vec(),
        None => vec![args.clone()],
    };
    flat.push(result.clone());
    alias::new(cls, &tuple::new(flat))
}
/// What an abstract method does when it is called all the same.
fn abstract_body(c: &[Value], _: &[Value], _: &[Name]) -> PyResult {
    match c.first().and_then(Value::as_str) {
        Some("__getitem__" | "__delitem__" | "__setitem__") => Err(rtcore::error::raise_args(&rtcore::error::hierarchy::KEY_ERROR, vec![])),
        Some("__next__") => Err(rtcore::error::stop_iteration(NONE)),
        Some("__len__" | "__hash__") => Ok(Value::int(0)),
        Some("__contains__") => Ok(FALSE),
        Some(_) | None => Ok(NONE),
    }
}

fn make(m: &Value, r: &'static Row) -> PyResult<()> {
    use rtcore::protocol::attr::getattr_name;
    let module = Value::str("collections.abc");
    let slots = if r.name == "MappingView" { tuple::of([Value::str("_mapping")]) } else { tuple::empty() };
    let mut ns = vec![(names::__module__.get(), module.clone()), (names::__slots__.get(), slots)];
    for a in r.abstracts {
        let f = closure::new(&format!("{}.{a}", r.name), module.clone(), abstract_body, vec![Value::str(a)]);
        setattr_name(&f, Name::new("__isabstractmethod__"), Some(TRUE))?;
        ns.push((Name::new(a), f));
    }
    if !r.hook.is_empty() {
        let wanted = tuple::new(r.hook.iter().map(|n| Value::str(n)).collect());
        let f = closure::new(&format!("{}.__subclasshook__", r.name), module.clone(), subclasshook, vec![Value::str(r.name), wanted]);
        ns.push((Name::new("__subclasshook__"), descriptors::classmethod(f)));
    }
    if r.generic {
        let f = closure::new("GenericAlias", module.clone(), class_getitem, vec![(r.name == "Callable").into()]);
        ns.push((names::__class_getitem__.get(), descriptors::classmethod(f)));
    }
    if matches!(r.name, "Mapping") {
        ns.push((Name::new("__reversed__"), NONE));
    }
    if matches!(r.name, "Set" | "Mapping") {
        ns.push((names::__hash__.get(), NONE));
    }
    let bases = r.bases.iter().map(|b| getattr_name(m, Name::new(b))).collect::<PyResult<Vec<_>>>()?;
    let class = create::type_new(&abc::ABC_META, &Value::str(r.name), &tuple::new(bases), &Dict::from_names(ns), &[])?;
    if let Some(t) = class.as_type() {
        for method in r.mixins {
            t.set_own(Name::new(method.name()), native::descriptor(t, method));
        }
        abc::update_abstract(t)?;
        match r.name {
            "Sequence" => t.set_flag(TypeFlags::SEQUENCE),
            "Mapping" => t.set_flag(TypeFlags::MAPPING),
            _ => {}
        }
    }
    for t in registered(r.name) {
        abc::register(&class, &Value::of_type(t))?;
    }
    set_str(m, r.name, class);
    Ok(())
}
fn setup(m: &Value) -> PyResult<()> {
    for r in ROWS {
        make(m, r)?;
    }
    set_str(m, "__all__", list::List::value(ROWS.iter().map(|r| Value::str(r.name)).collect()));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("collections.abc", &[], setup);

/// `_check_methods(C, *methods)` for classes written in Python.
fn check_methods(all: &[Value]) -> PyResult {
    let [class, wanted] = all else { return Ok(not_implemented()) };
    Ok(match class.as_type() {
        Some(t) if has_methods(t, tuple::items(wanted)) => TRUE,
        Some(_) | None => not_implemented(),
    })
}
static PRIVATE_FUNCTIONS: &[Method] = &[Method::new("_check_methods(C, *methods)", N(check_methods))];
/// The module that `collections.abc` takes its classes from; here it is the other way round.
fn setup_private(m: &Value) -> PyResult<()> {
    static PUBLIC: &[&NativeModule] = &[&super::MODULE, &MODULE];
    rtcore::types::module::import::register_native(PUBLIC);
    let public = rtcore::types::module::import::import_module("collections.abc")?;
    for (name, v) in rtcore::types::module::import::import_star(&public)? {
        set_str(m, name.as_str(), v);
    }
    for (name, t) in [
        ("dict_keys", &views::DICT_KEYS),
        ("dict_values", &views::DICT_VALUES),
        ("dict_items", &views::DICT_ITEMS),
        ("mappingproxy", &mappingproxy::MAPPINGPROXY),
    ] {
        set_str(m, name, Value::of_type(t));
    }
    Ok(())
}
pub static PRIVATE: NativeModule = NativeModule::new("_collections_abc", PRIVATE_FUNCTIONS, setup_private);
