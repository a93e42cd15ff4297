//! Owns: `EnumType`: making enumerations and their members, looking members up.
//! Never: the operators of flags; those are `flag`.
//! Source: CPython 3.13, Lib/enum.py (`EnumType`, `_proto_member`).

use super::namespace::{self, ENUM_DICT};
use super::{attr_of, classes, flag, member_value, n, set_attr, text};
use rtcore::error::{self, attribute_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::{attr, call, compare, iter, repr, sequence};
use rtcore::types::class::create;
use rtcore::types::class::methods::{HOOKS, TYPE};
use rtcore::types::class::special::Special;
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::list::List;
use rtcore::types::object_::{self, OBJECT};
use rtcore::types::{descriptors, tuple};

struct MetaBody;
impl Payload for MetaBody {}

fn this(v: &Value) -> PyResult<&'static Type> {
    v.as_type().ok_or_else(|| type_error("descriptor requires an enumeration"))
}
/// Gives an enumeration class its empty tables.
pub fn init_class(ty: &'static Type, member_type: Value) {
    ty.set_own(n::_member_names_.get(), List::value(vec![]));
    ty.set_own(n::_member_map_.get(), Dict::new_value());
    ty.set_own(n::_value2member_map_.get(), Dict::new_value());
    ty.set_own(n::_member_type_.get(), member_type);
}
pub fn own_dict(ty: &'static Type, name: Name) -> Value {
    ty.own(name).unwrap_or_else(Dict::new_value)
}
/// Members in definition order, aliases left out.
pub fn members(ty: &'static Type) -> Vec<Value> {
    let map = own_dict(ty, n::_member_map_.get());
    let names = ty.own(n::_member_names_.get()).and_then(|l| l.downcast::<List>().map(List::to_vec)).unwrap_or_default();
    let Some(map) = map.downcast::<Dict>() else { return vec![] };
    names.iter().filter_map(|k| Name::of(k).and_then(|k| map.get_name(k))).collect()
}
fn is_enum(t: &'static Type) -> bool {
    t.header().ty().is_subtype(&ENUM_TYPE)
}
fn has_members(t: &'static Type) -> bool {
    t.own(n::_member_names_.get()).is_some_and(|l| l.downcast::<List>().is_some_and(|l| l.len() > 0))
}

/// `_get_mixins_`: the data type and the first enumeration among the bases.
fn mixins(class: &str, bases: &[Value]) -> PyResult<(Value, &'static Type)> {
    let object = Value::of_type(&OBJECT);
    let base = classes().map(|c| c.base);
    let Some(last) = bases.last().and_then(Value::as_type) else {
        return Ok((object, base.unwrap_or(&OBJECT)));
    };
    if !is_enum(last) {
        return Err(type_error("new enumerations should be created as `EnumName([mixin_type, ...] [data_type,] enum_type)`"));
    }
    for b in bases {
        if let Some(t) = b.as_type() {
            check_extend(class, t)?;
        }
    }
    let mut data: Vec<&'static Type> = vec![];
    for chain in bases.iter().filter_map(Value::as_type) {
        let mut candidate: Option<&'static Type> = None;
        for t in chain.mro() {
            if std::ptr::eq(*t, &raw const OBJECT) {
                continue;
            }
            if is_enum(t) {
                let mt = t.own(n::_member_type_.get()).unwrap_or_else(|| object.clone());
                if let Some(mt) = mt.as_type()
                    && !std::ptr::eq(mt, &raw const OBJECT)
                {
                    push_once(&mut data, mt);
                    break;
                }
            } else if t.own(names::__new__.get()).is_some() || t.own(Name::new("__dataclass_fields__")).is_some() {
                push_once(&mut data, candidate.unwrap_or(t));
                break;
            } else {
                candidate = candidate.or(Some(t));
            }
        }
    }
    if data.len() > 1 {
        let list: Vec<String> = data.iter().map(|t| repr::repr_string(&Value::of_type(t)).unwrap_or_default()).collect();
        return Err(type_error(format!("too many data types for '{class}': {{{}}}", list.join(", "))));
    }
    Ok((data.first().map_or(object, |t| Value::of_type(t)), last))
}
fn push_once(list: &mut Vec<&'static Type>, t: &'static Type) {
    if !list.iter().any(|x| std::ptr::eq(*x, t)) {
        list.push(t);
    }
}
fn check_extend(class: &str, t: &'static Type) -> PyResult<()> {
    for b in t.mro() {
        if is_enum(b) && has_members(b) {
            let shown = repr::repr_string(&Value::of_type(b))?;
            return Err(type_error(format!("<enum '{class}'> cannot extend {}", shown.replacen("<class", "<enum", 1).replace("enum '__main__.", "enum '"))));
        }
    }
    Ok(())
}

fn prepare(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let [_, name, bases] = &all[..pos] else { return Err(type_error("__prepare__ takes a name and bases")) };
    let (_, first) = mixins(&text(name), tuple::items(bases))?;
    let generate = attr::lookup_optional(&Value::of_type(first), n::_generate_next_value_.get())?;
    namespace::new(&text(name), generate)
}

fn meta_new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(meta) = all.first().and_then(Value::as_type) else { return Err(type_error("EnumType.__new__ needs a class")) };
    let [name, bases, ns] = &all[1..pos] else { return Err(type_error("EnumType.__new__() takes a name, bases and a namespace")) };
    let class_name = text(name);
    let mut boundary = None;
    let mut rest: Vec<(Name, Value)> = vec![];
    for (k, v) in kw.iter().zip(&all[pos..]) {
        match k.as_str() {
            "boundary" => boundary = Some(v.clone()),
            "_simple" => {}
            _ => rest.push((*k, v.clone())),
        }
    }
    if !std::ptr::eq(ns.ty(), &ENUM_DICT) {
        let fresh = namespace::new(&class_name, None)?;
        for (k, v) in items_of(ns)? {
            sequence::setitem(&fresh, &k, v)?;
        }
        return build(meta, name, bases, &fresh, boundary, &rest);
    }
    build(meta, name, bases, ns, boundary, &rest)
}

fn build(meta: &'static Type, name: &Value, bases: &Value, ns: &Value, boundary: Option<Value>, kw: &[(Name, Value)]) -> PyResult {
    let class_name = text(name);
    let Some(body) = ns.downcast::<Dict>() else { return Err(type_error("the namespace of an enumeration must be a dict")) };
    let member_names = namespace::list_items(body, namespace::MEMBERS);
    for bad in &member_names {
        if bad.as_str() == Some("mro") {
            return Err(value_error("invalid enum member name(s) 'mro'"));
        }
    }
    let ignored = namespace::ignored(body);
    let (member_type, first_enum) = mixins(&class_name, tuple::items(bases))?;
    let plain = Dict::new_value();
    let Some(plain_dict) = plain.downcast::<Dict>() else { return Err(type_error("dict")) };
    let mut values: Vec<(Value, Value)> = vec![];
    for (k, v) in body.items() {
        let key = text(&k);
        if namespace::HIDDEN.contains(&key.as_str()) || ignored.contains(&key) || key == "_ignore_" || key == "_order_" {
            continue;
        }
        if member_names.iter().any(|m| m.as_str() == Some(&key)) {
            values.push((k, v));
        } else if key == "_generate_next_value_" && v.downcast::<descriptors::Wrapper>().is_none() {
            plain_dict.set(k, descriptors::staticmethod(v))?;
        } else {
            plain_dict.set(k, v)?;
        }
    }
    let class = create::type_new(meta, name, bases, &plain, kw)?;
    let ty = this(&class)?;
    init_class(ty, member_type.clone());
    if let Some(b) = boundary {
        ty.set_own(n::_boundary_.get(), boundary_text(&b));
    }
    // A user's `__new__` makes the members; afterwards calling the class looks members up.
    let custom_new = match ty.own(names::__new__.get()) {
        Some(f) => Some(attr::bind(&f, &UNBOUND, ty)?),
        None => match first_enum.lookup(n::_new_member_.get()) {
            Some(f) if !f.is_none() => Some(attr::bind(&f, &UNBOUND, ty)?),
            Some(_) | None => None,
        },
    };
    if ty.own(names::__new__.get()).is_some()
        && let Some(f) = &custom_new
    {
        ty.set_own(n::_new_member_.get(), descriptors::staticmethod(f.clone()));
        ty.set_own(n::__new_member__.get(), descriptors::staticmethod(f.clone()));
    }
    keep_enum_methods(ty, first_enum, &member_type);
    let is_flag = classes().is_some_and(|c| ty.is_subtype(c.flag));
    let mut sort = 0;
    for (k, v) in values {
        add_member(ty, &class, &k, &v, &member_type, custom_new.as_ref(), sort, is_flag)?;
        sort += 1;
    }
    if is_flag {
        flag::finish_class(ty)?;
    }
    Ok(class)
}
/// A data type mixed in must not replace how members are shown, unless the class says so itself or
/// the enumeration kind does (`ReprEnum`).
pub fn keep_enum_methods(ty: &'static Type, first_enum: &'static Type, member_type: &Value) {
    let Some(data) = member_type.as_type() else { return };
    let keeps_data_text = classes().is_some_and(|c| ty.is_subtype(c.repr_enum));
    for name in ["__repr__", "__str__", "__format__", "__reduce_ex__"] {
        let name = Name::new(name);
        if ty.own(name).is_some() || keeps_data_text && name.as_str() != "__repr__" && name.as_str() != "__reduce_ex__" {
            continue;
        }
        let (Some(found), Some(wanted)) = (ty.lookup(name), first_enum.lookup(name)) else { continue };
        let is_data = |t: &'static Type| t.lookup(name).is_some_and(|f| f.is(&found));
        if !found.is(&wanted) && (is_data(data) || is_data(&OBJECT)) {
            ty.set_own(name, wanted);
        }
    }
}
fn boundary_text(b: &Value) -> Value {
    if b.as_str_obj().is_some() && b.ty().is_static() { b.clone() } else { member_value(b) }
}

#[allow(clippy::too_many_arguments)]
fn add_member(ty: &'static Type, class: &Value, key: &Value, v: &Value, member_type: &Value, new: Option<&Value>, sort: i64, is_flag: bool) -> PyResult<()> {
    let data = member_type.as_type().unwrap_or(&OBJECT);
    let is_plain = std::ptr::eq(data, &raw const OBJECT);
    let args = if std::ptr::eq(data, &raw const tuple::TUPLE) {
        vec![v.clone()]
    } else if tuple::is_tuple(v) {
        tuple::items(v).to_vec()
    } else {
        vec![v.clone()]
    };
    let with_class = |args: &[Value]| {
        let mut a = vec![class.clone()];
        a.extend_from_slice(args);
        a
    };
    let member = match new {
        Some(f) => call::call(f, &with_class(&args))?,
        None if is_plain => object_::new_checked(ty)?,
        None => {
            let f = ty
                .mro()
                .iter()
                .filter(|t| !is_enum(t) || t.own(names::__new__.get()).is_some())
                .find_map(|t| t.own(names::__new__.get()).map(|f| (t, f)));
            match f {
                Some((owner, f)) if !std::ptr::eq(*owner, &raw const OBJECT) => {
                    let f = attr::bind(&f, &UNBOUND, ty)?;
                    call::call(&f, &with_class(&args))?
                }
                Some(_) | None => object_::new_checked(ty)?,
            }
        }
    };
    let mut value = attr_of(&member, n::_value_.get());
    let has_value = member.header().and_then(|h| h.attrs()).is_some_and(|a| a.get(n::_value_.get()).is_some());
    if !has_value {
        value = if is_plain { v.clone() } else if data.is_heap() && data.lookup(Name::new("__dataclass_fields__")).is_some() {
            call::call(member_type, &args)?
        } else {
            call::call(member_type, &args)?
        };
        set_attr(&member, n::_value_.get(), value.clone());
    }
    set_attr(&member, n::_name_.get(), key.clone());
    set_attr(&member, names::__objclass__.get(), class.clone());
    if let Some(init) = ty.special(Special::Init)
        && !ty.special_is_native(Special::Init)
    {
        let init = init.clone();
        call::call_special(&init, &member, &args)?;
        value = attr_of(&member, n::_value_.get());
    }
    set_attr(&member, n::_sort_order_.get(), Value::int(sort));
    let map = own_dict(ty, n::_member_map_.get());
    let by_value = own_dict(ty, n::_value2member_map_.get());
    let (Some(map), Some(by_value)) = (map.downcast::<Dict>(), by_value.downcast::<Dict>()) else { return Ok(()) };
    let existing = find_by_value(ty, &value)?;
    let chosen = match existing {
        Some(e) => e,
        None => {
            let single = !is_flag || flag::is_single_bit(&value) || !flag::is_int(&value);
            if single && let Some(l) = ty.own(n::_member_names_.get()) && let Some(l) = l.downcast::<List>() {
                l.push(key.clone());
            }
            member
        }
    };
    if let Some(k) = Name::of(key) {
        ty.set_own(k, chosen.clone());
    }
    map.set(key.clone(), chosen.clone())?;
    if let Err(r) = by_value.set(value, chosen) {
        // Unhashable values are found by comparing.
        drop(error::take(r));
    }
    Ok(())
}

/// The member with this value; unhashable values are compared one by one.
pub fn find_by_value(ty: &'static Type, value: &Value) -> PyResult<Option<Value>> {
    let map = own_dict(ty, n::_value2member_map_.get());
    if let Some(d) = map.downcast::<Dict>() {
        match d.get(value) {
            Ok(Some(m)) => return Ok(Some(m)),
            Ok(None) => return Ok(None),
            Err(r) => drop(error::take(r)),
        }
    }
    for (_, m) in items_of(&own_dict(ty, n::_member_map_.get()))? {
        if compare::eq(&member_value(&m), value)? {
            return Ok(Some(m));
        }
    }
    Ok(None)
}

/// `Color(value)`.
pub fn lookup(cls: &Value, value: &Value) -> PyResult {
    let ty = this(cls)?;
    if std::ptr::eq(value.ty(), ty) {
        return Ok(value.clone());
    }
    if let Some(m) = find_by_value(ty, value)? {
        return Ok(m);
    }
    if !has_members(ty) && own_dict(ty, n::_member_map_.get()).downcast::<Dict>().is_none_or(|d| d.len() == 0) {
        return Err(type_error(format!("<enum {}> has no members; specify `names=()` if you meant to create a new, empty, enum", repr::repr_string(&Value::str(ty.name()))?)));
    }
    let missing = attr::getattr_name(cls, n::_missing_.get())?;
    match call::call(&missing, std::slice::from_ref(value)) {
        Ok(r) if r.ty().is_subtype(ty) => Ok(r),
        Ok(r) if r.is_none() => Err(not_valid(ty, value)?),
        Ok(r) => {
            let context = not_valid(ty, value)?;
            let context = error::take(context);
            let text = format!("error in {}._missing_: returned {} instead of None or a valid member", ty.name(), repr::repr_string(&r)?);
            let exc = rtcore::error::hierarchy::instance(&rtcore::error::hierarchy::TYPE_ERROR, text);
            error::chain_context(&exc, &context);
            Err(error::set_pending(exc))
        }
        Err(r) => {
            let exc = error::take(r);
            let is_value = exc.ty().is_subtype(&rtcore::error::hierarchy::VALUE_ERROR);
            if !is_value {
                let context = error::take(not_valid(ty, value)?);
                error::chain_context(&exc, &context);
            }
            Err(error::set_pending(exc))
        }
    }
}
fn not_valid(ty: &'static Type, value: &Value) -> PyResult<Raised> {
    Ok(value_error(format!("{} is not a valid {}", repr::repr_string(value)?, ty.qualname())))
}

fn meta_call(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(cls) = all.first() else { return Err(type_error("EnumType.__call__ needs a class")) };
    let ty = this(cls)?;
    let args = &all[1..pos];
    let given: Vec<(Name, Value)> = kw.iter().copied().zip(all[pos..].iter().cloned()).collect();
    let by_kw = |k: &str| given.iter().find(|(n, _)| n.as_str() == k).map(|(_, v)| v.clone());
    let value = args.first().cloned().or_else(|| by_kw("value"));
    let Some(value) = value else {
        return Err(type_error(format!("{}.__call__() missing 1 required positional argument: 'value'", "EnumType")));
    };
    if has_members(ty) {
        let value = if args.len() > 1 { tuple::new(args.to_vec()) } else { value };
        return lookup(cls, &value);
    }
    match args.get(1).cloned().or_else(|| by_kw("names")) {
        Some(names) => functional(cls, ty, &value, &names, &given),
        None => lookup(cls, &value),
    }
}
/// `Enum('Color', 'RED GREEN', module=…, type=…, start=…)`.
fn functional(cls: &Value, ty: &'static Type, name: &Value, members: &Value, kw: &[(Name, Value)]) -> PyResult {
    let find = |k: &str| kw.iter().find(|(n, _)| n.as_str() == k).map(|(_, v)| v.clone());
    let start = find("start").unwrap_or(Value::int(1));
    let mut bases = vec![];
    bases.extend(find("type").filter(|t| !t.is_none()));
    bases.push(cls.clone());
    let bases = tuple::new(bases);
    let meta = cls.ty();
    let ns = prepare(&[Value::of_type(meta), name.clone(), bases.clone()], &[])?;
    let list = match members.as_str() {
        Some(s) => s.replace(',', " ").split_whitespace().map(Value::str).collect(),
        None if members.downcast::<Dict>().is_some() => items_of(members)?.into_iter().map(|(k, v)| tuple::new(vec![k, v])).collect(),
        None => iter::collect(members)?,
    };
    let generate = attr::getattr_name(&Value::of_type(ty), n::_generate_next_value_.get())?;
    let mut last: Vec<Value> = vec![];
    for (i, item) in list.iter().enumerate() {
        let (k, v) = match item.as_str() {
            Some(_) => {
                let v = call::call(&generate, &[item.clone(), start.clone(), Value::from(i), List::value(last.clone())])?;
                (item.clone(), v)
            }
            None => match iter::collect(item)?.as_slice() {
                [k, v] => (k.clone(), v.clone()),
                _ => return Err(value_error("names must be pairs")),
            },
        };
        last.push(v.clone());
        sequence::setitem(&ns, &k, v)?;
    }
    if let Some(m) = find("module") {
        sequence::setitem(&ns, &names::__module__.get().value(), m)?;
    } else {
        sequence::setitem(&ns, &names::__module__.get().value(), rtcore::types::module::current_name())?;
    }
    call::call(&Value::of_type(meta), &[name.clone(), bases, ns])
}

fn contains(cls: &Value, v: &Value) -> PyResult {
    let ty = this(cls)?;
    if v.ty().is_subtype(ty) {
        return Ok(TRUE);
    }
    if find_by_value(ty, v)?.is_some() {
        return Ok(TRUE);
    }
    if classes().is_some_and(|c| ty.is_subtype(c.flag)) {
        return match lookup(cls, v) {
            Ok(m) => Ok(Value::bool(m.ty().is_subtype(ty))),
            Err(r) => {
                drop(error::take(r));
                Ok(FALSE)
            }
        };
    }
    Ok(FALSE)
}
fn iterate(cls: &Value) -> PyResult {
    iter::iter(&List::value(members(this(cls)?)))
}
fn reversed(cls: &Value) -> PyResult {
    let mut m = members(this(cls)?);
    m.reverse();
    iter::iter(&List::value(m))
}
fn len(cls: &Value) -> PyResult {
    Ok(Value::from(members(this(cls)?).len()))
}
fn truth(_: &Value) -> PyResult {
    Ok(TRUE)
}
fn getitem(cls: &Value, key: &Value) -> PyResult {
    sequence::getitem(&own_dict(this(cls)?, n::_member_map_.get()), key)
}
fn show(cls: &Value) -> PyResult {
    let t = this(cls)?;
    let kind = if classes().is_some_and(|c| t.is_subtype(c.flag)) { "flag" } else { "enum" };
    Ok(Value::string(format!("<{kind} {}>", repr::repr_string(&Value::str(t.name()))?)))
}
fn get_members(cls: &Value) -> PyResult {
    Ok(rtcore::types::mappingproxy::new(own_dict(this(cls)?, n::_member_map_.get())))
}
fn meta_setattr(cls: &Value, name: Name, new: Option<Value>) -> Result<(), Raised> {
    let ty = this(cls)?;
    if let Some(d) = ty.own(n::_member_map_.get())
        && d.downcast::<Dict>().is_some_and(|d| d.get_name(name).is_some())
    {
        let verb = if new.is_some() { "reassign" } else { "delete" };
        return Err(attribute_error(format!("cannot {verb} member '{name}'")));
    }
    match HOOKS.setattr {
        Some(set) => set(cls, name, new),
        None => Ok(()),
    }
}
fn dir(cls: &Value) -> PyResult {
    let mut out: Vec<Value> = [
        "__class__", "__contains__", "__doc__", "__getitem__", "__init_subclass__", "__iter__", "__len__", "__members__", "__module__",
        "__name__", "__qualname__",
    ]
    .iter()
    .map(|s| Value::str(s))
    .collect();
    out.extend(items_of(&own_dict(this(cls)?, n::_member_map_.get()))?.into_iter().map(|(k, _)| k));
    Ok(List::value(out))
}
fn ignore_init(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}

static METHODS: &[Method] = &[
    Method::static_("__new__(metacls, cls, bases, classdict, /, **kwds)", Raw(meta_new)),
    Method::new("__init__(cls, /, *args, **kwds)", Raw(ignore_init)),
    Method::class("__prepare__(metacls, cls, bases, /, **kwds)", Raw(prepare)),
    Method::new("__call__(cls, value, /, *args, **kwds)", Raw(meta_call)),
    Method::new("__contains__(cls, value, /)", F2(contains)),
    Method::new("__iter__(cls, /)", F1(iterate)),
    Method::new("__reversed__(cls, /)", F1(reversed)),
    Method::new("__len__(cls, /)", F1(len)),
    Method::new("__bool__(cls, /)", F1(truth)),
    Method::new("__getitem__(cls, name, /)", F2(getitem)),
    Method::new("__repr__(cls, /)", F1(show)),
    Method::new("__dir__(cls, /)", F1(dir)),
    Method::new("_convert_(cls, name, module, filter, source=None, *, boundary=None, as_global=False)", N(super::global::convert_names)),
];
static FIELDS: &[GetSet] = &[GetSet::ro("__members__", get_members)];
fn call_hook(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    call::with_first(f, values, |all| meta_call(all, kw))
}
static DEF: ClassDef = ClassDef::new::<MetaBody>("EnumType")
    .module("enum")
    .like(&TYPE, &TYPE)
    .methods(METHODS)
    .getset(FIELDS)
    .flags(TypeFlags::METATYPE)
    .hooks(Hooks { call: Some(meta_type_call), setattr: Some(meta_setattr), ..HOOKS });
/// The metaclass of enumerations.
pub static ENUM_TYPE: Type = Type::builtin(&DEF);

/// Calling `EnumType` itself makes a class; calling an enumeration looks a member up.
fn meta_type_call(f: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    match f.as_type() {
        Some(t) if t.is_metatype() => match HOOKS.call {
            Some(c) => c(f, values, kw),
            None => Ok(NONE),
        },
        Some(_) | None => call_hook(f, values, kw),
    }
}
