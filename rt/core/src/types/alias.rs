//! Owns: `types.GenericAlias` (`list[int]`) and `types.UnionType` (`int | None`).
//! Never: checks types; `isinstance` asks for a union's members.
//! Source: CPython 3.13, Objects/genericaliasobject.c, Objects/unionobject.c.

use crate::def::{F1, F2, Method, Raw};
use crate::error::{PyResult, type_error};
use crate::name::{Name, names};
use crate::object::{self, Native, Payload};
use crate::protocol::call::call_kw;
use crate::protocol::sequence::same_or_eq;
use crate::protocol::{attr, hash, iter, repr};
use crate::types::class::{ClassDef, GetSet, Hooks, Type, TypeFlags};
use crate::types::none::{self, NONE_TYPE, not_implemented};
use crate::types::tuple;
use crate::value::{NONE, Value};

/// `origin[args]`.
pub struct Alias {
    pub origin: Value,
    /// A tuple.
    pub args: Value,
    parameters: Value,
    starred: bool,
}
impl Payload for Alias {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.origin);
        visit(&self.args);
        visit(&self.parameters);
    }
}
impl Native for Alias {
    fn class() -> &'static Type {
        &GENERIC_ALIAS
    }
}

/// `origin[item]`.
pub fn new(origin: &Value, item: &Value) -> PyResult {
    make(origin, item, false)
}
fn make(origin: &Value, item: &Value, starred: bool) -> PyResult {
    let args = if item.is_obj() && std::ptr::eq(item.ty(), &tuple::TUPLE) { item.clone() } else { tuple::of([item.clone()]) };
    let parameters = parameters_of(&args)?;
    Ok(object::new(&GENERIC_ALIAS, Alias { origin: origin.clone(), args, parameters, starred }))
}
/// True for type variables and the like: what substitution replaces.
fn is_parameter(v: &Value) -> bool {
    v.is_obj() && v.as_type().is_none() && v.ty().lookup(names::__typing_subst__.get()).is_some()
}
/// The type parameters in a tuple of arguments, each once (`_Py_make_parameters`).
pub fn parameters_of(args: &Value) -> PyResult {
    let mut out: Vec<Value> = vec![];
    let mut add = |v: Value| {
        if !out.iter().any(|o| o.is(&v)) {
            out.push(v);
        }
    };
    for a in tuple::items(args) {
        if is_parameter(a) {
            add(a.clone());
        } else if a.is_obj() && a.as_type().is_none() && let Some(sub) = attr::lookup_optional(a, names::__parameters__.get())? {
            tuple::items(&sub).iter().for_each(|p| add(p.clone()));
        }
    }
    Ok(tuple::new(out))
}
/// `alias[items]`: arguments in place of the parameters (`_Py_subs_parameters`).
pub fn substitute(this: &Value, args: &Value, parameters: &Value, item: &Value) -> PyResult<Vec<Value>> {
    let params = tuple::items(parameters);
    if params.is_empty() {
        return Err(type_error(format!("{} is not a generic class", repr::repr_string(this)?)));
    }
    let given: Vec<Value> = if tuple::is_tuple(item) { tuple::items(item).to_vec() } else { vec![item.clone()] };
    if given.len() != params.len() {
        let few = if given.len() < params.len() { "few" } else { "many" };
        return Err(type_error(format!(
            "Too {few} arguments for {}; actual {}, expected {}",
            repr::repr_string(this)?,
            given.len(),
            params.len()
        )));
    }
    let value_of = |p: &Value| params.iter().position(|q| q.is(p)).map(|i| given[i].clone());
    let mut out = vec![];
    for a in tuple::items(args) {
        if is_parameter(a) {
            out.push(value_of(a).unwrap_or_else(|| a.clone()));
            continue;
        }
        if a.is_obj()
            && a.as_type().is_none()
            && let Some(sub) = attr::lookup_optional(a, names::__parameters__.get())?
            && !tuple::items(&sub).is_empty()
        {
            let inner: Vec<Value> = tuple::items(&sub).iter().filter_map(value_of).collect();
            let key = if inner.len() == 1 { inner[0].clone() } else { tuple::new(inner) };
            out.push(crate::protocol::sequence::getitem(a, &key)?);
            continue;
        }
        out.push(a.clone());
    }
    Ok(out)
}

fn alias(v: &Value) -> PyResult<&Alias> {
    v.downcast::<Alias>().ok_or_else(|| type_error("descriptor requires a 'types.GenericAlias' object"))
}
/// How a type stands in the repr of an alias or a union.
pub fn type_text(v: &Value) -> PyResult<String> {
    if v.is(&none::ellipsis()) {
        return Ok("...".into());
    }
    if v.is_none() || v.is_type(&NONE_TYPE) {
        return Ok("None".into());
    }
    if v.downcast::<Alias>().is_some() {
        return repr::repr_string(v);
    }
    if let Some(t) = v.as_type() {
        let (q, m) = (t.qualname(), t.module_name());
        return Ok(if m == "builtins" { q } else { format!("{m}.{q}") });
    }
    let (Some(q), Some(m)) =
        (attr::lookup_optional(v, names::__qualname__.get())?, attr::lookup_optional(v, names::__module__.get())?)
    else {
        return repr::repr_string(v);
    };
    if m.is_none() || q.as_str().is_none() {
        return repr::repr_string(v);
    }
    let (q, m) = (repr::str_string(&q)?, repr::str_string(&m)?);
    Ok(if m == "builtins" { q } else { format!("{m}.{q}") })
}
fn alias_repr(v: &Value) -> PyResult {
    let a = alias(v)?;
    let mut s = format!("{}{}[", if a.starred { "*" } else { "" }, type_text(&a.origin)?);
    let args = tuple::items(&a.args);
    if args.is_empty() {
        s.push_str("()");
    }
    for (i, x) in args.iter().enumerate() {
        if i > 0 {
            s.push_str(", ");
        }
        if let Some(l) = x.downcast_exact::<crate::types::list::List>() {
            let inner = l.to_vec().iter().map(type_text).collect::<PyResult<Vec<_>>>()?;
            s.push_str(&format!("[{}]", inner.join(", ")));
        } else {
            s.push_str(&type_text(x)?);
        }
    }
    s.push(']');
    Ok(Value::string(s))
}
fn alias_eq(v: &Value, w: &Value) -> PyResult {
    let (a, Some(b)) = (alias(v)?, w.downcast::<Alias>()) else { return Ok(not_implemented()) };
    Ok((a.starred == b.starred && same_or_eq(&a.origin, &b.origin)? && same_or_eq(&a.args, &b.args)?).into())
}
fn alias_hash(v: &Value) -> PyResult {
    let a = alias(v)?;
    Ok(Value::int(hash::hash(&a.origin)? ^ hash::hash(&a.args)?))
}
fn alias_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let a = alias(v)?;
    let obj = call_kw(&a.origin, values, kw)?;
    // Instances remember how they were made where they can.
    if obj.header().and_then(|h| h.attrs()).is_some()
        && let Err(r) = attr::setattr_name(&obj, names::__orig_class__.get(), Some(v.clone()))
    {
        drop(crate::error::take(r));
    }
    Ok(obj)
}
fn alias_getattr(v: &Value, name: Name) -> PyResult<Option<Value>> {
    let a = alias(v)?;
    let own = match name.as_str() {
        "__origin__" | "__args__" | "__parameters__" | "__mro_entries__" | "__unpacked__" | "__typing_unpacked_tuple_args__" | "__class__"
        | "__reduce__" | "__reduce_ex__" | "__instancecheck__" | "__subclasscheck__" | "__copy__" | "__deepcopy__" | "__getitem__"
        | "__or__" | "__ror__" | "__iter__" | "__dir__" | "__eq__" | "__hash__" | "__repr__" | "__call__" => true,
        _ => false,
    };
    if own || name.is_dunder() && !matches!(name.as_str(), "__name__" | "__qualname__" | "__module__" | "__doc__" | "__dict__" | "__mro__" | "__bases__" | "__init__" | "__new__" | "__len__" | "__class_getitem__") {
        return attr::lookup_generic(v, name);
    }
    attr::lookup(&a.origin, name)
}
fn alias_getitem(v: &Value, item: &Value) -> PyResult {
    let a = alias(v)?;
    let args = substitute(v, &a.args, &a.parameters, item)?;
    make(&a.origin, &tuple::new(args), a.starred)
}
fn alias_iter(v: &Value) -> PyResult {
    let a = alias(v)?;
    let star = make(&a.origin, &a.args, true)?;
    iter::iter(&tuple::of([star]))
}
fn alias_mro_entries(v: &Value, _bases: &Value) -> PyResult {
    Ok(tuple::of([alias(v)?.origin.clone()]))
}
fn no_instancecheck(_v: &Value, _x: &Value) -> PyResult {
    Err(type_error("isinstance() argument 2 cannot be a parameterized generic"))
}
fn no_subclasscheck(_v: &Value, _x: &Value) -> PyResult {
    Err(type_error("issubclass() argument 2 cannot be a parameterized generic"))
}
fn alias_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all {
        [_, origin, args] => new(origin, args),
        _ => Err(type_error(format!("GenericAlias expected 2 arguments, got {}", all.len().saturating_sub(1)))),
    }
}
static ALIAS_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(alias_new)),
    Method::new("__repr__(self, /)", F1(alias_repr)),
    Method::new("__eq__(self, value, /)", F2(alias_eq)),
    Method::new("__hash__(self, /)", F1(alias_hash)),
    Method::new("__getitem__(self, key, /)", F2(alias_getitem)),
    Method::new("__iter__(self, /)", F1(alias_iter)),
    Method::new("__or__(self, value, /)", F2(union)),
    Method::new("__ror__(self, value, /)", F2(|a, b| union(b, a))),
    Method::new("__mro_entries__(self, bases, /)", F2(alias_mro_entries)),
    Method::new("__instancecheck__(self, instance, /)", F2(no_instancecheck)),
    Method::new("__subclasscheck__(self, class, /)", F2(no_subclasscheck)),
];
static ALIAS_GETSET: &[GetSet] = &[
    GetSet::ro("__origin__", |v| Ok(alias(v)?.origin.clone())),
    GetSet::ro("__args__", |v| Ok(alias(v)?.args.clone())),
    GetSet::ro("__parameters__", |v| Ok(alias(v)?.parameters.clone())),
    GetSet::ro("__unpacked__", |v| Ok(alias(v)?.starred.into())),
];
static ALIAS_DEF: ClassDef =
    ClassDef::new::<Alias>("GenericAlias").module("types").methods(ALIAS_METHODS).getset(ALIAS_GETSET).hooks(Hooks {
        call: Some(alias_call),
        iter: Some(alias_iter),
        getattr: Some(alias_getattr),
        ..Hooks::NONE
    });
pub static GENERIC_ALIAS: Type = Type::builtin(&ALIAS_DEF);

/// `a | b` of types.
pub struct Union {
    /// A tuple.
    args: Value,
    parameters: Value,
}
impl Payload for Union {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.args);
        visit(&self.parameters);
    }
}
impl Native for Union {
    fn class() -> &'static Type {
        &UNION
    }
}
/// The members of a union type; `None` for other values.
pub fn union_members(v: &Value) -> Option<Vec<Value>> {
    v.downcast::<Union>().map(|u| tuple::items(&u.args).to_vec())
}
fn unionable(v: &Value) -> bool {
    v.is_none()
        || v.as_type().is_some()
        || v.downcast::<Alias>().is_some()
        || v.downcast::<Union>().is_some()
        || v.is_obj() && v.ty().name() == "TypeAliasType"
}
/// `a | b` (`_Py_union_type_or`).
pub fn union(a: &Value, b: &Value) -> PyResult {
    if !unionable(a) || !unionable(b) {
        return Ok(not_implemented());
    }
    from_members([a.clone(), b.clone()])
}
/// The union of any members: flattened, duplicates left out; one member stands for itself.
pub fn from_members(members: impl IntoIterator<Item = Value>) -> PyResult {
    let mut out: Vec<Value> = vec![];
    for m in members {
        let parts = union_members(&m).unwrap_or_else(|| vec![if m.is_none() { Value::of_type(&NONE_TYPE) } else { m.clone() }]);
        'part: for p in parts {
            for o in &out {
                if o.is(&p) || o.downcast::<Alias>().is_some() && p.downcast::<Alias>().is_some() && same_or_eq(o, &p)? {
                    continue 'part;
                }
            }
            out.push(p);
        }
    }
    if out.len() == 1
        && let Some(only) = out.pop()
    {
        return Ok(only);
    }
    let args = tuple::new(out);
    let parameters = parameters_of(&args)?;
    Ok(object::new(&UNION, Union { args, parameters }))
}
fn union_body(v: &Value) -> PyResult<&Union> {
    v.downcast::<Union>().ok_or_else(|| type_error("descriptor requires a 'types.UnionType' object"))
}
fn union_repr(v: &Value) -> PyResult {
    let parts = tuple::items(&union_body(v)?.args).iter().map(type_text).collect::<PyResult<Vec<_>>>()?;
    Ok(Value::string(parts.join(" | ")))
}
fn union_eq(v: &Value, w: &Value) -> PyResult {
    let (a, Some(b)) = (union_body(v)?, w.downcast::<Union>()) else { return Ok(not_implemented()) };
    let (x, y) = (tuple::items(&a.args), tuple::items(&b.args));
    if x.len() != y.len() {
        return Ok(Value::bool(false));
    }
    for p in x {
        let mut found = false;
        for q in y {
            found = found || same_or_eq(p, q)?;
        }
        if !found {
            return Ok(Value::bool(false));
        }
    }
    Ok(Value::bool(true))
}
fn union_hash(v: &Value) -> PyResult {
    let mut lanes = vec![];
    for p in tuple::items(&union_body(v)?.args) {
        lanes.push(hash::hash(p)?);
    }
    Ok(Value::int(crate::num::hash::frozenset(lanes.into_iter())))
}
fn union_getitem(v: &Value, item: &Value) -> PyResult {
    let u = union_body(v)?;
    let mut it = substitute(v, &u.args, &u.parameters, item)?.into_iter();
    let Some(mut result) = it.next() else { return Ok(NONE) };
    for p in it {
        result = crate::protocol::number::or_(&result, &p)?;
    }
    Ok(result)
}
fn union_instancecheck(v: &Value, x: &Value) -> PyResult {
    for p in tuple::items(&union_body(v)?.args) {
        if crate::protocol::instance::isinstance(x, p)? {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}
fn union_subclasscheck(v: &Value, x: &Value) -> PyResult {
    if x.as_type().is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    for p in tuple::items(&union_body(v)?.args) {
        if crate::protocol::instance::issubclass(x, p)? {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}
static UNION_METHODS: &[Method] = &[
    Method::new("__repr__(self, /)", F1(union_repr)),
    Method::new("__eq__(self, value, /)", F2(union_eq)),
    Method::new("__hash__(self, /)", F1(union_hash)),
    Method::new("__getitem__(self, key, /)", F2(union_getitem)),
    Method::new("__or__(self, value, /)", F2(union)),
    Method::new("__ror__(self, value, /)", F2(|a, b| union(b, a))),
    Method::new("__instancecheck__(self, instance, /)", F2(union_instancecheck)),
    Method::new("__subclasscheck__(self, class, /)", F2(union_subclasscheck)),
];
static UNION_GETSET: &[GetSet] = &[
    GetSet::ro("__args__", |v| Ok(union_body(v)?.args.clone())),
    GetSet::ro("__parameters__", |v| Ok(union_body(v)?.parameters.clone())),
];
static UNION_DEF: ClassDef =
    ClassDef::new::<Union>("UnionType").module("types").methods(UNION_METHODS).getset(UNION_GETSET).flags(TypeFlags::FINAL);
pub static UNION: Type = Type::builtin(&UNION_DEF);
