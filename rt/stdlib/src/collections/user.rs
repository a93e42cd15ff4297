//! Owns: `collections.UserDict`, `UserList`, `UserString`: wrappers around `self.data` whose methods go
//! through the subclass's own item access.
//! Never: keeps the data anywhere but in the attribute `data`.
//! Source: CPython 3.13, Lib/collections/__init__.py, Lib/_collections_abc.py (`MutableMapping`).

use rtcore::error::hierarchy::KEY_ERROR;
use rtcore::error::{self, key_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_method_kw, call_method_name};
use rtcore::protocol::sequence::{contains, delitem, getitem, is_index, setitem};
use rtcore::protocol::{attr, compare, hash, iter, number, repr, sequence};
use rtcore::types::class::special::Special;
use rtcore::types::dict::{Dict, views};
use rtcore::types::list::List;
use rtcore::types::none::not_implemented;
use rtcore::types::slice::Slice;
use rtcore::types::tuple;

/// The empty body; everything is in the instance's attributes.
pub struct User;
impl Payload for User {}
impl Native for User {
    fn class() -> &'static Type {
        &USER_DICT
    }
}
static DATA: rtcore::name::StaticName = rtcore::name::StaticName::new("data");
fn data(v: &Value) -> PyResult {
    attr::getattr_name(v, DATA.get())
}
fn set_data(v: &Value, d: Value) -> PyResult<()> {
    attr::setattr_name(v, DATA.get(), Some(d))
}
/// The data of a wrapper, other values as they are.
fn unwrap(v: &Value) -> PyResult {
    if v.downcast::<User>().is_some() { data(v) } else { Ok(v.clone()) }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(ty) => Ok(object::new(ty, User)),
        None => Err(type_error("not a type")),
    }
}
/// `self.__class__(x)`.
fn same_class(v: &Value, x: Value) -> PyResult {
    call(&Value::of_type(v.ty()), &[x])
}
fn user_repr(v: &Value) -> PyResult {
    repr::repr(&data(v)?)
}
fn user_len(v: &Value) -> PyResult {
    Ok(Value::int(sequence::len(&data(v)?)?))
}
fn user_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    compare::rich(op, &data(v)?, &unwrap(w)?)
}
macro_rules! comparisons {
    () => {
        [
            Method::new("__lt__(self, other)", F2(|a, b| user_compare(Special::Lt, a, b))),
            Method::new("__le__(self, other)", F2(|a, b| user_compare(Special::Le, a, b))),
            Method::new("__eq__(self, other)", F2(|a, b| user_compare(Special::Eq, a, b))),
            Method::new("__ne__(self, other)", F2(|a, b| user_compare(Special::Ne, a, b))),
            Method::new("__gt__(self, other)", F2(|a, b| user_compare(Special::Gt, a, b))),
            Method::new("__ge__(self, other)", F2(|a, b| user_compare(Special::Ge, a, b))),
        ]
    };
}
static COMPARISONS: [Method; 6] = comparisons!();
/// Adds the rows that several of the types share.
fn share(ty: &'static Type) {
    for m in &COMPARISONS {
        if ty.own(Name::new(m.name())).is_none() {
            ty.set_own(Name::new(m.name()), rtcore::types::function::native::descriptor(ty, m));
        }
    }
}

// UserDict

fn dict_init(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(v) = all.first() else { return Ok(NONE) };
    set_data(v, Dict::new_value())?;
    if let Some(source) = all[..pos].get(1).filter(|s| !s.is_none()) {
        call_method_name(v, Name::new("update"), std::slice::from_ref(source))?;
    }
    if !kw.is_empty() {
        call_method_kw(v, Name::new("update"), &all[pos..], kw)?;
    }
    Ok(NONE)
}
fn dict_getitem(v: &Value, key: &Value) -> PyResult {
    let d = data(v)?;
    if contains(&d, key)? {
        return getitem(&d, key);
    }
    match attr::type_attr(v, names::__missing__.get())? {
        Some(f) => call(&f, std::slice::from_ref(key)),
        None => Err(key_error(key.clone())),
    }
}
fn dict_setitem(v: &Value, key: &Value, x: &Value) -> PyResult {
    setitem(&data(v)?, key, x.clone())?;
    Ok(NONE)
}
fn dict_delitem(v: &Value, key: &Value) -> PyResult {
    delitem(&data(v)?, key)?;
    Ok(NONE)
}
fn user_iter(v: &Value) -> PyResult {
    iter::iter(&data(v)?)
}
fn user_contains(v: &Value, key: &Value) -> PyResult {
    Ok(contains(&data(v)?, &unwrap(key)?)?.into())
}
fn dict_get(v: &Value, key: &Value, default: &Value) -> PyResult {
    if contains(v, key)? { getitem(v, key) } else { Ok(default.clone()) }
}
pub(super) fn dict_update(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(v) = all.first() else { return Ok(NONE) };
    if let Some(source) = all[..pos].get(1) {
        if attr::lookup_optional(source, names::keys.get())?.is_some() {
            let keys = call_method_name(source, names::keys.get(), &[])?;
            iter::for_each(&keys, |k| {
                let x = getitem(source, &k)?;
                setitem(v, &k, x)
            })?;
        } else {
            iter::for_each(source, |p| {
                let [k, x] = iter::unpack::<2>(&p)?;
                setitem(v, &k, x)
            })?;
        }
    }
    for (k, x) in kw.iter().zip(&all[pos..]) {
        setitem(v, &k.value(), x.clone())?;
    }
    Ok(NONE)
}
pub(super) fn dict_pop(v: &Value, key: &Value, default: &Value) -> PyResult {
    match getitem(v, key) {
        Ok(x) => {
            delitem(v, key)?;
            Ok(x)
        }
        Err(r) if !default.is_unbound() && error::matches(&r, &KEY_ERROR) => {
            drop(error::take(r));
            Ok(default.clone())
        }
        Err(r) => Err(r),
    }
}
pub(super) fn dict_popitem(v: &Value) -> PyResult {
    let it = iter::iter(v)?;
    let Some(key) = iter::next(&it)? else { return Err(key_error_plain()) };
    let x = getitem(v, &key)?;
    delitem(v, &key)?;
    Ok(tuple::of([key, x]))
}
fn key_error_plain() -> error::Raised {
    error::raise_args(&KEY_ERROR, vec![])
}
fn dict_clear(v: &Value) -> PyResult {
    while sequence::len(v)? > 0 {
        call_method_name(v, Name::new("popitem"), &[])?;
    }
    Ok(NONE)
}
pub(super) fn dict_setdefault(v: &Value, key: &Value, default: &Value) -> PyResult {
    match getitem(v, key) {
        Ok(x) => Ok(x),
        Err(r) if error::matches(&r, &KEY_ERROR) => {
            drop(error::take(r));
            setitem(v, key, default.clone())?;
            Ok(default.clone())
        }
        Err(r) => Err(r),
    }
}
/// A plain dict with what the wrapper's own item access gives, for views.
fn snapshot(v: &Value) -> PyResult {
    let d = Dict::new_value();
    if let Some(t) = d.downcast::<Dict>() {
        let mut it = iter::Iter::new(v)?;
        while let Some(k) = it.next()? {
            let x = getitem(v, &k)?;
            t.set(k, x)?;
        }
    }
    Ok(d)
}
fn dict_view(v: &Value, part: views::Part) -> PyResult {
    Ok(views::view(&snapshot(v)?, part))
}
fn dict_eq(v: &Value, w: &Value) -> PyResult {
    if w.downcast::<Dict>().is_none() && w.downcast::<User>().is_none() {
        return Ok(not_implemented());
    }
    let other = if w.downcast::<User>().is_some() { snapshot(w)? } else { w.clone() };
    Ok(compare::eq(&snapshot(v)?, &other)?.into())
}
fn dict_or(v: &Value, w: &Value) -> PyResult {
    let (a, b) = (unwrap(v)?, unwrap(w)?);
    if a.downcast::<Dict>().is_none() || b.downcast::<Dict>().is_none() {
        return Ok(not_implemented());
    }
    same_class(if v.downcast::<User>().is_some() { v } else { w }, number::or_(&a, &b)?)
}
fn dict_ior(v: &Value, w: &Value) -> PyResult {
    let mut d = data(v)?;
    number::ior(&mut d, &unwrap(w)?)?;
    set_data(v, d)?;
    Ok(v.clone())
}
fn user_copy(v: &Value) -> PyResult {
    let new = object::new(v.ty(), User);
    if let Some(attrs) = v.header().and_then(|h| h.attrs()) {
        for (k, x) in attrs.items() {
            attr::setattr_name(&new, k, Some(x))?;
        }
    }
    set_data(&new, call_method_name(&data(v)?, Name::new("copy"), &[])?)?;
    Ok(new)
}
/// `copy()`: a subclass's items go through its own `__setitem__` again.
fn dict_copy(v: &Value) -> PyResult {
    if std::ptr::eq(v.ty(), &USER_DICT) {
        return user_copy(v);
    }
    let kept = data(v)?;
    set_data(v, Dict::new_value())?;
    let copied = user_copy(v);
    set_data(v, kept)?;
    let copied = copied?;
    call_method_name(&copied, Name::new("update"), std::slice::from_ref(v))?;
    Ok(copied)
}
fn dict_fromkeys(class: &Value, source: &Value, value: &Value) -> PyResult {
    let d = call(class, &[])?;
    iter::for_each(source, |k| setitem(&d, &k, value.clone()))?;
    Ok(d)
}
static DICT_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, dict=None, /, **kwargs)", Raw(dict_init)),
    Method::new("__len__(self)", F1(user_len)),
    Method::new("__getitem__(self, key)", F2(dict_getitem)),
    Method::new("__setitem__(self, key, item)", F3(dict_setitem)),
    Method::new("__delitem__(self, key)", F2(dict_delitem)),
    Method::new("__iter__(self)", F1(user_iter)),
    Method::new("__contains__(self, key)", F2(user_contains)),
    Method::new("__repr__(self)", F1(user_repr)),
    Method::new("__eq__(self, other)", F2(dict_eq)),
    Method::new("__or__(self, other)", F2(dict_or)),
    Method::new("__ror__(self, other)", F2(|a, b| dict_or(b, a))),
    Method::new("__ior__(self, other)", F2(dict_ior)),
    Method::new("__copy__(self)", F1(user_copy)),
    Method::new("copy(self)", F1(dict_copy)),
    Method::new("get(self, key, default=None)", F3(dict_get)),
    Method::new("keys(self)", F1(|v| dict_view(v, views::Part::Keys))),
    Method::new("values(self)", F1(|v| dict_view(v, views::Part::Values))),
    Method::new("items(self)", F1(|v| dict_view(v, views::Part::Items))),
    Method::new("update(self, other=(), /, **kwds)", Raw(dict_update)),
    Method::new("pop(self, key, default=...)", F3(dict_pop)),
    Method::new("popitem(self)", F1(dict_popitem)),
    Method::new("clear(self)", F1(dict_clear)),
    Method::new("setdefault(self, key, default=None)", F3(dict_setdefault)),
    Method::class("fromkeys(cls, iterable, value=None)", F3(dict_fromkeys)),
];
static USER_DICT_DEF: ClassDef = ClassDef::new::<User>("UserDict")
    .module("collections")
    .methods(DICT_METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::MAPPING)
    .setup(|t| t.set_own(names::__hash__.get(), NONE))
    .hooks(Hooks { iter: Some(user_iter), ..Hooks::NONE });
pub static USER_DICT: Type = Type::builtin(&USER_DICT_DEF);

// UserList

fn list_init(v: &Value, initial: &Value) -> PyResult {
    let items = if initial.is_none() { vec![] } else { iter::collect(&unwrap(initial)?)? };
    set_data(v, List::value(items))?;
    Ok(NONE)
}
fn list_getitem(v: &Value, key: &Value) -> PyResult {
    let x = getitem(&data(v)?, key)?;
    if key.downcast::<Slice>().is_some() { same_class(v, x) } else { Ok(x) }
}
fn as_list(v: &Value) -> PyResult {
    let u = unwrap(v)?;
    if u.downcast::<List>().is_some() { Ok(u) } else { Ok(List::value(iter::collect(&u)?)) }
}
fn list_add(v: &Value, w: &Value) -> PyResult {
    same_class(v, number::add(&data(v)?, &as_list(w)?)?)
}
fn list_radd(v: &Value, w: &Value) -> PyResult {
    same_class(v, number::add(&as_list(w)?, &data(v)?)?)
}
fn list_iadd(v: &Value, w: &Value) -> PyResult {
    let mut d = data(v)?;
    number::iadd(&mut d, &as_list(w)?)?;
    Ok(v.clone())
}
fn user_mul(v: &Value, n: &Value) -> PyResult {
    if !is_index(n) {
        return Ok(not_implemented());
    }
    same_class(v, number::mul(&data(v)?, n)?)
}
fn list_imul(v: &Value, n: &Value) -> PyResult {
    let mut d = data(v)?;
    number::imul(&mut d, n)?;
    set_data(v, d)?;
    Ok(v.clone())
}
/// Forwards a method of `data`; arguments that are wrappers are unwrapped.
fn forward(name: &str, all: &[Value], kw: &[Name]) -> PyResult {
    let Some((v, rest)) = all.split_first() else { return Err(type_error(format!("{name}() needs self"))) };
    let args = rest.iter().map(unwrap).collect::<PyResult<Vec<_>>>()?;
    call_method_kw(&data(v)?, Name::new(name), &args, kw)
}
/// Forwards and wraps the result in the wrapper's class.
fn forward_same(name: &str, all: &[Value], kw: &[Name]) -> PyResult {
    let r = forward(name, all, kw)?;
    match all.first() {
        Some(v) => same_class(v, r),
        None => Ok(r),
    }
}
macro_rules! forwarded {
    ($($name:literal)*) => { [$(Method::new(concat!($name, "(self, *args, **kw)"), Raw(|a, k| forward($name, a, k)))),*] };
}
macro_rules! wrapped {
    ($($name:literal)*) => { [$(Method::new(concat!($name, "(self, *args, **kw)"), Raw(|a, k| forward_same($name, a, k)))),*] };
}
static LIST_FORWARDED: [Method; 12] = forwarded!("append" "insert" "pop" "remove" "clear" "count" "index" "reverse" "sort" "extend" "__setitem__" "__delitem__");
static LIST_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, initlist=None)", F2(list_init)),
    Method::new("__repr__(self)", F1(user_repr)),
    Method::new("__len__(self)", F1(user_len)),
    Method::new("__iter__(self)", F1(|v| Ok(rtcore::types::iterators::sequence(v.clone())))),
    Method::new("__contains__(self, item)", F2(user_contains)),
    Method::new("__getitem__(self, i)", F2(list_getitem)),
    Method::new("__add__(self, other)", F2(list_add)),
    Method::new("__radd__(self, other)", F2(list_radd)),
    Method::new("__iadd__(self, other)", F2(list_iadd)),
    Method::new("__mul__(self, n)", F2(user_mul)),
    Method::new("__rmul__(self, n)", F2(user_mul)),
    Method::new("__imul__(self, n)", F2(list_imul)),
    Method::new("__copy__(self)", F1(user_copy)),
    Method::new("copy(self)", F1(|v| same_class(v, v.clone()))),
];
fn add_rows(t: &'static Type, rows: &'static [Method]) {
    for m in rows {
        t.set_own(Name::new(m.name()), rtcore::types::function::native::descriptor(t, m));
    }
}
static USER_LIST_DEF: ClassDef = ClassDef::new::<User>("UserList")
    .module("collections")
    .like(&rtcore::types::object_::OBJECT, &USER_DICT)
    .methods(LIST_METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::SEQUENCE)
    .setup(|t| {
        share(t);
        add_rows(t, &LIST_FORWARDED);
        t.set_own(names::__hash__.get(), NONE);
    });
pub static USER_LIST: Type = Type::builtin(&USER_LIST_DEF);

// UserString

fn string_init(v: &Value, seq: &Value) -> PyResult {
    set_data(v, repr::str_(&unwrap(seq)?)?)?;
    Ok(NONE)
}
fn string_str(v: &Value) -> PyResult {
    repr::str_(&data(v)?)
}
fn string_hash(v: &Value) -> PyResult {
    Ok(Value::int(hash::hash(&data(v)?)?))
}
fn string_getitem(v: &Value, key: &Value) -> PyResult {
    same_class(v, getitem(&data(v)?, key)?)
}
fn string_add(v: &Value, w: &Value) -> PyResult {
    same_class(v, number::add(&data(v)?, &repr::str_(&unwrap(w)?)?)?)
}
fn string_radd(v: &Value, w: &Value) -> PyResult {
    same_class(v, number::add(&repr::str_(&unwrap(w)?)?, &data(v)?)?)
}
fn string_mod(v: &Value, args: &Value) -> PyResult {
    same_class(v, number::mod_(&data(v)?, args)?)
}
static STRING_FORWARDED: [Method; 29] = forwarded!(
    "count" "encode" "endswith" "find" "format" "format_map" "index" "isalpha" "isalnum" "isascii" "isdecimal" "isdigit"
    "isidentifier" "islower" "isnumeric" "isprintable" "isspace" "istitle" "isupper" "join" "maketrans" "partition" "rfind"
    "rindex" "rpartition" "rsplit" "split" "splitlines" "startswith"
);
static STRING_WRAPPED: [Method; 18] = wrapped!(
    "capitalize" "casefold" "center" "expandtabs" "ljust" "lower" "lstrip" "removeprefix" "removesuffix" "replace" "rjust" "rstrip"
    "strip" "swapcase" "title" "translate" "upper" "zfill"
);
static STRING_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, seq)", F2(string_init)),
    Method::new("__str__(self)", F1(string_str)),
    Method::new("__repr__(self)", F1(user_repr)),
    Method::new("__hash__(self)", F1(string_hash)),
    Method::new("__len__(self)", F1(user_len)),
    Method::new("__contains__(self, char)", F2(user_contains)),
    Method::new("__getitem__(self, index)", F2(string_getitem)),
    Method::new("__add__(self, other)", F2(string_add)),
    Method::new("__radd__(self, other)", F2(string_radd)),
    Method::new("__mul__(self, n)", F2(user_mul)),
    Method::new("__rmul__(self, n)", F2(user_mul)),
    Method::new("__mod__(self, args)", F2(string_mod)),
    Method::new("__int__(self)", F1(|v| call(&Value::of_type(&rtcore::types::int::INT), &[data(v)?]))),
    Method::new("__float__(self)", F1(|v| call(&Value::of_type(&rtcore::types::float::FLOAT), &[data(v)?]))),
];
static USER_STRING_DEF: ClassDef = ClassDef::new::<User>("UserString")
    .module("collections")
    .like(&rtcore::types::object_::OBJECT, &USER_DICT)
    .methods(STRING_METHODS)
    .flags(TypeFlags::ATTRS | TypeFlags::SEQUENCE)
    .setup(|t| {
        share(t);
        add_rows(t, &STRING_FORWARDED);
        add_rows(t, &STRING_WRAPPED);
    });
pub static USER_STRING: Type = Type::builtin(&USER_STRING_DEF);
