//! Owns: the aliases of typing: `C[int]`, `List`, `List[int]`, `Callable[…]`, unions, literals, `Annotated`.
//! Never: decides what a form makes of its arguments; that is `forms`.
//! Source: CPython 3.13, Lib/typing.py (`_BaseGenericAlias` and its subclasses).

use super::check::{collect_parameters, convert, is_param_expr, parameters_of, type_check, type_repr, type_reprs, unpack_args};
use super::{forms, generic as generics, params, protocol};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::{self, lookup_generic, lookup_optional};
use rtcore::protocol::call::call_kw;
use rtcore::protocol::instance::issubclass;
use rtcore::protocol::repr::{repr_string, str_string};
use rtcore::protocol::sequence::{getitem, same_or_eq};
use rtcore::protocol::{hash, iter as iters};
use rtcore::types::alias as core_alias;
use rtcore::types::none::{self, NONE_TYPE, not_implemented};
use rtcore::types::set::FROZENSET;
use rtcore::types::list::List;
use rtcore::types::tuple;

#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Kind {
    Generic,
    Callable,
    Union,
    Literal,
    Annotated,
    Concatenate,
    Unpack,
    /// `List`, `Iterable` and the like, without arguments.
    Special,
    SpecialCallable,
    SpecialTuple,
}
pub struct TAlias {
    pub kind: Kind,
    pub origin: Value,
    /// A tuple.
    pub args: Value,
    params: Value,
    /// Empty for aliases of classes.
    pub name: &'static str,
    inst: bool,
    /// A tuple, for `Annotated`.
    pub metadata: Value,
    nparams: usize,
    ndefaults: usize,
}
impl Payload for TAlias {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.origin, &self.args, &self.params, &self.metadata] {
            visit(v);
        }
    }
}
impl Native for TAlias {
    fn class() -> &'static Type {
        &GENERIC_ALIAS
    }
}
impl TAlias {
    pub fn is_special(&self) -> bool {
        matches!(self.kind, Kind::Special | Kind::SpecialCallable | Kind::SpecialTuple)
    }
}
fn class_for(kind: Kind) -> &'static Type {
    match kind {
        Kind::Generic => &GENERIC_ALIAS,
        Kind::Callable => &CALLABLE_ALIAS,
        Kind::Union => &UNION_ALIAS,
        Kind::Literal => &LITERAL_ALIAS,
        Kind::Annotated => &ANNOTATED_ALIAS,
        Kind::Concatenate => &CONCATENATE_ALIAS,
        Kind::Unpack => &UNPACK_ALIAS,
        Kind::Special => &SPECIAL_ALIAS,
        Kind::SpecialCallable => &CALLABLE_TYPE,
        Kind::SpecialTuple => &TUPLE_TYPE,
    }
}
fn make(origin: Value, args: Vec<Value>, kind: Kind, name: &'static str, inst: bool, metadata: Value) -> PyResult {
    let enforce = origin.is_type(&generics::GENERIC) || origin.is_type(&protocol::PROTOCOL);
    let params = tuple::new(collect_parameters(&args, enforce)?);
    let body = TAlias { kind, origin, args: tuple::new(args), params, name, inst, metadata, nparams: 0, ndefaults: 0 };
    Ok(object::new(class_for(kind), body))
}
pub fn generic(origin: Value, args: Vec<Value>, kind: Kind, name: &'static str) -> PyResult {
    make(origin, args, kind, name, true, NONE)
}
pub fn annotated(of: &Value, mut metadata: Vec<Value>) -> PyResult {
    let mut origin = of.clone();
    if let Some(a) = of.downcast::<TAlias>()
        && a.kind == Kind::Annotated
    {
        let mut all = tuple::items(&a.metadata).to_vec();
        all.append(&mut metadata);
        metadata = all;
        origin = a.origin.clone();
    }
    make(origin.clone(), vec![origin], Kind::Annotated, "Annotated", true, tuple::new(metadata))
}
/// `List`, `Iterable`, …
pub fn special(origin: Value, nparams: usize, kind: Kind, name: &'static str, inst: bool, ndefaults: usize) -> Value {
    let body =
        TAlias { kind, origin, args: tuple::empty(), params: tuple::empty(), name, inst, metadata: NONE, nparams, ndefaults };
    object::new(class_for(kind), body)
}
fn this(v: &Value) -> PyResult<&TAlias> {
    v.downcast::<TAlias>().ok_or_else(|| type_error("descriptor requires a typing alias"))
}

/// The arguments of `Unpack[tuple[…]]` or `*tuple[…]`.
pub fn unpacked_args(v: &Value) -> PyResult<Option<Vec<Value>>> {
    if let Some(a) = v.downcast::<TAlias>() {
        if a.kind != Kind::Unpack {
            return Ok(None);
        }
        let Some(inner) = tuple::items(&a.args).first() else { return Ok(None) };
        if let Some(c) = inner.downcast::<core_alias::Alias>() {
            return Ok(Some(tuple::items(&c.args).to_vec()));
        }
        if let Some(c) = inner.downcast::<TAlias>() {
            return Ok(Some(tuple::items(&c.args).to_vec()));
        }
        return Ok(None);
    }
    if let Some(a) = v.downcast::<core_alias::Alias>()
        && is_unpacked(v)?
    {
        return Ok(Some(tuple::items(&a.args).to_vec()));
    }
    Ok(None)
}
/// `Unpack[…]` or a starred builtin alias.
pub fn is_unpacked(v: &Value) -> PyResult<bool> {
    if let Some(a) = v.downcast::<TAlias>() {
        return Ok(a.kind == Kind::Unpack);
    }
    if v.downcast::<core_alias::Alias>().is_some() {
        let u = lookup_optional(v, Name::new("__unpacked__"))?;
        return Ok(u.is_some_and(|u| u.as_bool() == Some(true)));
    }
    Ok(false)
}
/// `Unpack[Ts]`.
pub fn is_unpacked_tuple_var(v: &Value) -> bool {
    v.downcast::<TAlias>().is_some_and(|a| {
        a.kind == Kind::Unpack && tuple::items(&a.args).first().and_then(params::kind) == Some(params::Which::TypeVarTuple)
    })
}
/// The same alias with other arguments.
pub fn copy_with(v: &Value, args: Vec<Value>) -> PyResult {
    let a = this(v)?;
    match a.kind {
        Kind::Union => forms::union_of(&args),
        Kind::Annotated => match args.first() {
            Some(of) => annotated(of, tuple::items(&a.metadata).to_vec()),
            None => Ok(v.clone()),
        },
        Kind::Concatenate => {
            let Some((last, init)) = args.split_last() else { return Ok(v.clone()) };
            let tail = match (last.downcast::<List>(), last.downcast::<TAlias>()) {
                (Some(l), _) => Some((l.to_vec(), false)),
                (None, _) if tuple::is_tuple(last) => Some((tuple::items(last).to_vec(), false)),
                (None, Some(c)) if c.kind == Kind::Concatenate => Some((tuple::items(&c.args).to_vec(), true)),
                (None, _) => None,
            };
            match tail {
                Some((tail, again)) => {
                    let all: Vec<Value> = init.iter().cloned().chain(tail).collect();
                    if again { make(a.origin.clone(), all, a.kind, a.name, a.inst, NONE) } else { Ok(tuple::new(all)) }
                }
                None => make(a.origin.clone(), args, a.kind, a.name, a.inst, NONE),
            }
        }
        Kind::Special | Kind::SpecialTuple => make(a.origin.clone(), args, Kind::Generic, a.name, a.inst, NONE),
        Kind::SpecialCallable => make(a.origin.clone(), args, Kind::Callable, a.name, a.inst, NONE),
        Kind::Generic | Kind::Callable | Kind::Literal | Kind::Unpack => make(a.origin.clone(), args, a.kind, a.name, a.inst, NONE),
    }
}
fn items_of(item: &Value) -> Vec<Value> {
    if tuple::is_tuple(item) { tuple::items(item).to_vec() } else { vec![item.clone()] }
}
fn subscript(v: &Value, item: &Value) -> PyResult {
    let a = this(v)?;
    match a.kind {
        Kind::Special => special_item(v, a, items_of(item)),
        Kind::SpecialCallable => callable_item(v, item),
        Kind::SpecialTuple => tuple_item(v, items_of(item)),
        Kind::Unpack if is_unpacked_tuple_var(v) => Ok(item.clone()),
        Kind::Generic | Kind::Callable | Kind::Union | Kind::Literal | Kind::Annotated | Kind::Concatenate | Kind::Unpack => {
            generic_item(v, a, items_of(item))
        }
    }
}
fn special_item(v: &Value, a: &TAlias, items: Vec<Value>) -> PyResult {
    let mut args = vec![];
    for i in &items {
        args.push(type_check(i, "Parameters to generic types must be types.", true, false)?);
    }
    while args.len() < a.nparams && args.len() + a.ndefaults >= a.nparams {
        args.push(Value::of_type(&NONE_TYPE));
    }
    if args.len() != a.nparams {
        let shown = repr_string(v)?;
        if a.nparams == 0 {
            return Err(type_error(format!("{shown} is not a generic class")));
        }
        let many = if args.len() > a.nparams { "many" } else { "few" };
        let expected = if a.ndefaults > 0 { format!("at least {}", a.nparams - a.ndefaults) } else { a.nparams.to_string() };
        return Err(type_error(format!("Too {many} arguments for {shown}; actual {}, expected {expected}", args.len())));
    }
    copy_with(v, args)
}
fn callable_item(v: &Value, item: &Value) -> PyResult {
    let bad = || type_error("Callable must be used as Callable[[arg, ...], result].");
    if !tuple::is_tuple(item) {
        return Err(bad());
    }
    let [args, result] = tuple::items(item) else { return Err(bad()) };
    let result = type_check(result, "Callable[args, result]: result must be a type.", true, false)?;
    if args.is(&none::ellipsis()) {
        return copy_with(v, vec![args.clone(), result]);
    }
    let list = match args.downcast::<List>() {
        Some(l) => l.to_vec(),
        None => items_of(args),
    };
    let mut out = list.iter().map(convert).collect::<PyResult<Vec<_>>>()?;
    out.push(result);
    copy_with(v, out)
}
fn tuple_item(v: &Value, items: Vec<Value>) -> PyResult {
    if let [init @ .., last] = items.as_slice()
        && !init.is_empty()
        && last.is(&none::ellipsis())
    {
        let msg = "Tuple[t, ...]: t must be a type.";
        let mut args = init.iter().map(|t| type_check(t, msg, true, false)).collect::<PyResult<Vec<_>>>()?;
        args.push(last.clone());
        return copy_with(v, args);
    }
    let msg = "Tuple[t0, t1, ...]: each t must be a type.";
    let args = items.iter().map(|t| type_check(t, msg, true, false)).collect::<PyResult<Vec<_>>>()?;
    copy_with(v, args)
}
fn generic_item(v: &Value, a: &TAlias, items: Vec<Value>) -> PyResult {
    if a.origin.is_type(&generics::GENERIC) || a.origin.is_type(&protocol::PROTOCOL) {
        return Err(type_error(format!("Cannot subscript already-subscripted {}", repr_string(v)?)));
    }
    let params = tuple::items(&a.params);
    if params.is_empty() {
        return Err(type_error(format!("{} is not a generic class", repr_string(v)?)));
    }
    let args = items.iter().map(convert).collect::<PyResult<Vec<_>>>()?;
    let mut args = unpack_args(args)?;
    for p in params {
        args = params::prepare(p, v, params, args)?;
    }
    if args.len() != params.len() {
        let many = if args.len() > params.len() { "many" } else { "few" };
        let text = format!("Too {many} arguments for {}; actual {}, expected {}", repr_string(v)?, args.len(), params.len());
        return Err(type_error(text));
    }
    let new = substitute(a, tuple::items(&a.args), params, &args)?;
    copy_with(v, new)
}
fn substitute(a: &TAlias, old: &[Value], params: &[Value], args: &[Value]) -> PyResult<Vec<Value>> {
    let value_of = |p: &Value| params.iter().position(|q| q.is(p)).and_then(|i| args.get(i).cloned()).unwrap_or(NONE);
    let callable = matches!(a.kind, Kind::Callable);
    let mut out = vec![];
    for o in old {
        if o.as_type().is_some() {
            out.push(o.clone());
            continue;
        }
        if tuple::is_tuple(o) {
            out.push(tuple::new(substitute(a, tuple::items(o), params, args)?));
            continue;
        }
        let new = if params::kind(o).is_some() {
            params::subst(o, &value_of(o))?
        } else {
            let inner = parameters_of(o)?;
            if inner.is_empty() {
                o.clone()
            } else {
                let mut key = vec![];
                for x in &inner {
                    if params::kind(x) == Some(params::Which::TypeVarTuple) {
                        key.extend_from_slice(tuple::items(&value_of(x)));
                    } else {
                        key.push(value_of(x));
                    }
                }
                getitem(o, &tuple::new(key))?
            }
        };
        if tuple::is_tuple(&new) && (callable || is_unpacked_tuple_var(o)) {
            out.extend_from_slice(tuple::items(&new));
        } else {
            out.push(new);
        }
    }
    Ok(out)
}

fn show(v: &Value) -> PyResult {
    let a = this(v)?;
    let args = tuple::items(&a.args);
    let text = match a.kind {
        Kind::Special | Kind::SpecialCallable | Kind::SpecialTuple => format!("typing.{}", a.name),
        Kind::Annotated => {
            let meta = tuple::items(&a.metadata).iter().map(repr_string).collect::<PyResult<Vec<_>>>()?.join(", ");
            format!("typing.Annotated[{}, {meta}]", type_repr(&a.origin)?)
        }
        Kind::Unpack => format!("typing.Unpack[{}]", type_reprs(args)?),
        Kind::Union if args.len() == 2 && args[0].is_type(&NONE_TYPE) => format!("typing.Optional[{}]", type_repr(&args[1])?),
        Kind::Union if args.len() == 2 && args[1].is_type(&NONE_TYPE) => format!("typing.Optional[{}]", type_repr(&args[0])?),
        Kind::Callable if !(args.len() == 2 && is_param_expr(&args[0])) => match args.split_last() {
            Some((result, init)) => format!("typing.Callable[[{}], {}]", type_reprs(init)?, type_repr(result)?),
            None => "typing.Callable".into(),
        },
        Kind::Union | Kind::Callable | Kind::Generic | Kind::Literal | Kind::Concatenate => {
            let name = if a.name.is_empty() { type_repr(&a.origin)? } else { format!("typing.{}", a.name) };
            let inner = if args.is_empty() { "()".into() } else { type_reprs(args)? };
            format!("{name}[{inner}]")
        }
    };
    Ok(Value::string(text))
}
fn union_args(v: &Value) -> Option<Vec<Value>> {
    if let Some(m) = core_alias::union_members(v) {
        return Some(m);
    }
    v.downcast::<TAlias>().filter(|a| a.kind == Kind::Union).map(|a| tuple::items(&a.args).to_vec())
}
fn same_members(x: &[Value], y: &[Value], typed: bool) -> PyResult<bool> {
    let inside = |p: &Value, all: &[Value]| -> PyResult<bool> {
        for q in all {
            if (!typed || std::ptr::eq(p.ty(), q.ty())) && same_or_eq(p, q)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    for (a, b) in [(x, y), (y, x)] {
        for p in a {
            if !inside(p, b)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
fn eq(v: &Value, w: &Value) -> PyResult {
    let a = this(v)?;
    if a.is_special() {
        return Ok(if v.is(w) { TRUE } else { not_implemented() });
    }
    if a.kind == Kind::Union {
        return match union_args(w) {
            Some(m) => Ok(Value::bool(same_members(tuple::items(&a.args), &m, false)?)),
            None => Ok(not_implemented()),
        };
    }
    let Some(b) = w.downcast::<TAlias>() else { return Ok(not_implemented()) };
    let same = match (a.kind, b.kind) {
        (Kind::Literal, Kind::Literal) => same_members(tuple::items(&a.args), tuple::items(&b.args), true)?,
        (Kind::Literal | Kind::Annotated, _) | (_, Kind::Literal | Kind::Annotated) if a.kind != b.kind => return Ok(not_implemented()),
        (Kind::Annotated, _) => same_or_eq(&a.origin, &b.origin)? && same_or_eq(&a.metadata, &b.metadata)?,
        (_, _) if b.is_special() => return Ok(not_implemented()),
        (_, _) => same_or_eq(&a.origin, &b.origin)? && same_or_eq(&a.args, &b.args)?,
    };
    Ok(Value::bool(same))
}
fn hash_(v: &Value) -> PyResult {
    let a = this(v)?;
    if a.is_special() {
        return Ok(Value::int((v.bits() >> 4) as i64));
    }
    let items = tuple::items(&a.args);
    let key = match a.kind {
        Kind::Union => rtcore::protocol::call::call(&Value::of_type(&FROZENSET), &[a.args.clone()])?,
        Kind::Literal => {
            let pairs = items.iter().map(|i| tuple::of([i.clone(), Value::of_type(i.ty())])).collect();
            rtcore::protocol::call::call(&Value::of_type(&FROZENSET), &[tuple::new(pairs)])?
        }
        Kind::Annotated => tuple::of([a.origin.clone(), a.metadata.clone()]),
        _ => tuple::of([a.origin.clone(), a.args.clone()]),
    };
    Ok(Value::int(hash::hash(&key)?))
}
fn call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let a = this(v)?;
    if !a.inst {
        let own = lookup_optional(&a.origin, names::__name__.get())?.unwrap_or(NONE);
        return Err(type_error(format!("Type {} cannot be instantiated; use {}() instead", a.name, str_string(&own)?)));
    }
    let made = call_kw(&a.origin, values, kw)?;
    if made.header().and_then(|h| h.attrs()).is_some()
        && made.as_type().is_none()
        && let Err(r) = attr::setattr_name(&made, names::__orig_class__.get(), Some(v.clone()))
    {
        drop(rtcore::error::take(r));
    }
    Ok(made)
}
fn getattr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    if let Some(found) = lookup_generic(v, name)? {
        return Ok(Some(found));
    }
    let a = this(v)?;
    match name.as_str() {
        "__name__" | "__qualname__" if !a.name.is_empty() => Ok(Some(Value::str(a.name))),
        "__name__" | "__qualname__" => attr::lookup(&a.origin, names::__name__.get()),
        "__metadata__" if a.kind == Kind::Annotated => Ok(Some(a.metadata.clone())),
        "__typing_unpacked_tuple_args__" if a.kind == Kind::Unpack => Ok(Some(unpacked_args(v)?.map_or(NONE, tuple::new))),
        "__typing_is_unpacked_typevartuple__" if a.kind == Kind::Unpack => Ok(Some(Value::bool(is_unpacked_tuple_var(v)))),
        "__args__" if !a.is_special() => Ok(Some(a.args.clone())),
        "__parameters__" if !a.is_special() => Ok(Some(a.params.clone())),
        _ if name.is_dunder() => Ok(None),
        _ => attr::lookup(&a.origin, name),
    }
}
fn setattr(v: &Value, name: Name, new: Option<Value>) -> Result<(), Raised> {
    if name.is_dunder() {
        return Err(attr::no_attribute(v, name));
    }
    attr::setattr_name(&this(v)?.origin, name, new)
}
fn subclass_check(v: &Value, cls: &Value) -> PyResult {
    let a = this(v)?;
    if a.kind == Kind::Union {
        for m in tuple::items(&a.args) {
            if issubclass(cls, m)? {
                return Ok(TRUE);
            }
        }
        return Ok(FALSE);
    }
    if a.is_special() {
        return match cls.downcast::<TAlias>() {
            Some(c) if c.is_special() => Ok(Value::bool(issubclass(&c.origin, &a.origin)?)),
            Some(_) => Err(type_error("Subscripted generics cannot be used with class and instance checks")),
            None => Ok(Value::bool(issubclass(cls, &a.origin)?)),
        };
    }
    Err(type_error("Subscripted generics cannot be used with class and instance checks"))
}
fn instance_check(v: &Value, x: &Value) -> PyResult {
    subclass_check(v, &Value::of_type(x.ty()))
}
fn mro_entries(v: &Value, bases: &Value) -> PyResult {
    let a = this(v)?;
    if a.kind == Kind::Annotated {
        return Ok(tuple::of([a.origin.clone()]));
    }
    if forms::is_form(&a.origin) {
        return Err(type_error(format!("Cannot subclass {}", repr_string(v)?)));
    }
    let all = tuple::items(bases);
    let at = all.iter().position(|b| b.is(v)).unwrap_or(0);
    let rest = all.get(at + 1..).unwrap_or(&[]);
    if a.name.is_empty() {
        if a.origin.is_type(&generics::GENERIC) {
            let proto = all.iter().any(|b| b.is_type(&protocol::PROTOCOL));
            if proto || rest.iter().any(|b| b.downcast::<TAlias>().is_some() && !b.is(v)) {
                return Ok(tuple::empty());
            }
        }
        return Ok(tuple::of([a.origin.clone()]));
    }
    let mut out = vec![];
    if !all.iter().any(|b| b.is(&a.origin)) {
        out.push(a.origin.clone());
    }
    for b in rest {
        if b.downcast::<TAlias>().is_some() {
            return Ok(tuple::new(out));
        }
        match b.as_type() {
            Some(t) if t.is_subtype(&generics::GENERIC) => return Ok(tuple::new(out)),
            Some(_) => {}
            None => {
                if let Some(f) = lookup_optional(b, names::__mro_entries__.get())? {
                    let entries = rtcore::protocol::call::call(&f, &[bases.clone()])?;
                    if tuple::items(&entries).iter().any(|e| e.as_type().is_some_and(|t| t.is_subtype(&generics::GENERIC))) {
                        return Ok(tuple::new(out));
                    }
                }
            }
        }
    }
    out.push(Value::of_type(&generics::GENERIC));
    Ok(tuple::new(out))
}
fn iter(v: &Value) -> PyResult {
    let a = this(v)?;
    match a.kind {
        Kind::Generic | Kind::Unpack | Kind::Concatenate | Kind::Literal => {
            let unpacked = forms::subscript(&forms::UNPACK.value(), v)?;
            iters::iter(&tuple::of([unpacked]))
        }
        _ => Err(type_error(format!("'{}' object is not iterable", v.ty().name()))),
    }
}
fn module(v: &Value) -> PyResult {
    let a = this(v)?;
    if !a.name.is_empty() || forms::is_form(&a.origin) {
        return Ok(Value::str("typing"));
    }
    attr::getattr_name(&a.origin, names::__module__.get())
}
fn reduce(v: &Value) -> PyResult {
    let a = this(v)?;
    if a.is_special() {
        return Ok(Value::str(a.name));
    }
    let getitem = attr::getattr_name(&rtcore::types::module::import::import_module("operator")?, Name::new("getitem"))?;
    let args = match tuple::items(&a.args) {
        [one] if !tuple::is_tuple(one) => one.clone(),
        _ => a.args.clone(),
    };
    Ok(tuple::of([getitem, tuple::of([a.origin.clone(), args])]))
}
fn same(v: &Value, _memo: &Value) -> PyResult {
    Ok(v.clone())
}
static METHODS: &[Method] = &[
    Method::new("__repr__(self)", F1(show)),
    Method::new("__eq__(self, other)", F2(eq)),
    Method::new("__hash__(self)", F1(hash_)),
    Method::new("__getitem__(self, args)", F2(subscript)),
    Method::new("__or__(self, right)", F2(forms::or_)),
    Method::new("__ror__(self, left)", F2(forms::ror)),
    Method::new("__instancecheck__(self, obj)", F2(instance_check)),
    Method::new("__subclasscheck__(self, cls)", F2(subclass_check)),
    Method::new("__mro_entries__(self, bases)", F2(mro_entries)),
    Method::new("__iter__(self)", F1(iter)),
    Method::new("__reduce__(self)", F1(reduce)),
    Method::new("__copy__(self)", F1(|v| Ok(v.clone()))),
    Method::new("__deepcopy__(self, memo)", F2(same)),
    Method::new("copy_with(self, args)", F2(|v, a| copy_with(v, items_of(a)))),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("__origin__", |v| Ok(this(v)?.origin.clone())),
    GetSet::ro("__module__", module),
    GetSet::ro("_name", |v| {
        let n = this(v)?.name;
        Ok(if n.is_empty() { NONE } else { Value::str(n) })
    }),
];
macro_rules! classes {
    ($($ty:ident $def:ident $name:literal;)*) => {
        $(static $def: ClassDef = ClassDef::new::<TAlias>($name)
            .module("typing")
            .like(&GENERIC_ALIAS, &GENERIC_ALIAS)
            .hooks(Hooks { call: Some(call), getattr: Some(getattr), setattr: Some(setattr), ..Hooks::NONE });
          pub static $ty: Type = Type::builtin(&$def);)*
    };
}
static GENERIC_ALIAS_DEF: ClassDef = ClassDef::new::<TAlias>("_GenericAlias").module("typing").methods(METHODS).getset(GETSET).hooks(Hooks {
    call: Some(call),
    getattr: Some(getattr),
    setattr: Some(setattr),
    ..Hooks::NONE
});
pub static GENERIC_ALIAS: Type = Type::builtin(&GENERIC_ALIAS_DEF);
classes! {
    CALLABLE_ALIAS CALLABLE_ALIAS_DEF "_CallableGenericAlias";
    UNION_ALIAS UNION_ALIAS_DEF "_UnionGenericAlias";
    LITERAL_ALIAS LITERAL_ALIAS_DEF "_LiteralGenericAlias";
    ANNOTATED_ALIAS ANNOTATED_ALIAS_DEF "_AnnotatedAlias";
    CONCATENATE_ALIAS CONCATENATE_ALIAS_DEF "_ConcatenateGenericAlias";
    UNPACK_ALIAS UNPACK_ALIAS_DEF "_UnpackGenericAlias";
    SPECIAL_ALIAS SPECIAL_ALIAS_DEF "_SpecialGenericAlias";
    CALLABLE_TYPE CALLABLE_TYPE_DEF "_CallableType";
    TUPLE_TYPE TUPLE_TYPE_DEF "_TupleType";
}
