//! Owns: `NamedTuple`, `TypedDict`, `NewType`.
//! Never: makes named tuples itself; `collections` does.
//! Source: CPython 3.13, Lib/typing.py (`NamedTupleMeta`, `_TypedDictMeta`, `NewType`).

use super::check::type_check;
use super::generic::GENERIC;
use super::{alias::TAlias, forms, params};
use rtcore::error::{attribute_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, setattr_name};
use rtcore::protocol::call::{call, call_kw};
use rtcore::protocol::sequence::truth;
use rtcore::types::class::create;
use rtcore::types::class::methods::{HOOKS, TYPE};
use rtcore::types::dict::{DICT, Dict, items_of};
use rtcore::types::function::closure;
use rtcore::types::list::List;
use rtcore::types::module::import::import_module;
use rtcore::types::object_::{Instance, OBJECT};
use rtcore::types::set::FROZENSET;
use rtcore::types::tuple;

struct MetaBody;
impl Payload for MetaBody {}

// ---- NamedTuple ----

fn make_named_tuple(name: &Value, fields: &[(Value, Value)], defaults: Vec<Value>, module: Value) -> PyResult {
    let annotations = Dict::new_value();
    for (n, t) in fields {
        let msg = format!("field {} annotation must be a type", n.as_str().unwrap_or(""));
        let t = type_check(t, &msg, true, false)?;
        rtcore::protocol::sequence::setitem(&annotations, n, t)?;
    }
    let maker = getattr_name(&import_module("collections")?, Name::new("namedtuple"))?;
    let names_list = List::value(fields.iter().map(|f| f.0.clone()).collect());
    let class = call_kw(
        &maker,
        &[name.clone(), names_list, List::value(defaults), module],
        &[Name::new("defaults"), Name::new("module")],
    )?;
    setattr_name(&class, names::__annotations__.get(), Some(annotations))?;
    Ok(class)
}
const PROHIBITED: &[&str] =
    &["__new__", "__init__", "__slots__", "__getnewargs__", "_fields", "_field_defaults", "_make", "_replace", "_asdict", "_source"];
fn named_tuple_class(all: &[Value], _kw: &[Name]) -> PyResult {
    let [_cls, name, bases, ns, ..] = all else { return Ok(NONE) };
    for b in tuple::items(bases) {
        if !b.is_type(&NAMED_TUPLE) && !b.is_type(&GENERIC) {
            return Err(type_error("can only inherit from a NamedTuple type and Generic"));
        }
    }
    let items = items_of(ns)?;
    let get = |n: &str| items.iter().find(|(k, _)| k.as_str() == Some(n)).map(|(_, v)| v.clone());
    let fields = match get("__annotations__") {
        Some(a) => items_of(&a)?,
        None => vec![],
    };
    let (mut with_default, mut defaults) = (vec![], vec![]);
    for (n, _) in &fields {
        let text = n.as_str().unwrap_or("");
        if let Some(d) = get(text) {
            with_default.push(text.to_string());
            defaults.push(d);
        } else if !with_default.is_empty() {
            let s = if with_default.len() > 1 { "s" } else { "" };
            let list = with_default.join(", ");
            return Err(type_error(format!("Non-default namedtuple field {text} cannot follow default field{s} {list}")));
        }
    }
    let class = make_named_tuple(name, &fields, defaults, get("__module__").unwrap_or(NONE))?;
    let generic = tuple::items(bases).iter().any(|b| b.is_type(&GENERIC));
    if generic {
        static ROW: Method = Method::class("__class_getitem__(cls, args, /)", F2(super::generic::class_getitem));
        setattr_name(&class, names::__class_getitem__.get(), Some(rtcore::types::function::native::descriptor(&OBJECT, &ROW)))?;
    }
    for (k, v) in &items {
        let Some(key) = Name::of(k) else { continue };
        let text = key.as_str();
        if PROHIBITED.contains(&text) {
            return Err(attribute_error(format!("Cannot overwrite NamedTuple attribute {text}")));
        }
        if matches!(text, "__module__" | "__name__" | "__annotations__" | "__classcell__") {
            if text == "__classcell__" {
                rtcore::types::cell::set(v, class.clone());
            }
            continue;
        }
        if !fields.iter().any(|(n, _)| n.as_str() == Some(text)) {
            setattr_name(&class, key, Some(v.clone()))?;
        }
        if let Some(f) = v.ty().lookup(names::__set_name__.get()) {
            rtcore::protocol::call::call_special(&f, v, &[class.clone(), k.clone()])?;
        }
    }
    if generic
        && let Some(t) = class.as_type()
    {
        super::generic::record_parameters(&class, t)?;
    }
    Ok(class)
}
static NAMED_TUPLE_META_DEF: ClassDef = ClassDef::new::<MetaBody>("NamedTupleMeta")
    .module("typing")
    .like(&TYPE, &TYPE)
    .methods(&[
        Method::static_("__new__(cls, typename, bases, ns, /, **kw)", Raw(named_tuple_class)),
        Method::new("__init__(cls, *args, **kw)", Raw(|_, _| Ok(NONE))),
    ])
    .flags(TypeFlags::METATYPE)
    .hooks(HOOKS);
static NAMED_TUPLE_META: Type = Type::builtin(&NAMED_TUPLE_META_DEF);
static NAMED_TUPLE_DEF: ClassDef = ClassDef::new::<Instance>("NamedTuple").module("typing").like(&OBJECT, &OBJECT);
static NAMED_TUPLE: Type = Type::with_meta(&NAMED_TUPLE_DEF, &raw const NAMED_TUPLE_META);

fn named_tuple_function(_c: &[Value], all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(name) = all.first().filter(|_| pos > 0) else {
        return Err(type_error("NamedTuple() missing 1 required positional argument: 'typename'"));
    };
    let mut fields = vec![];
    match (all.get(1).filter(|_| pos > 1), kw.is_empty()) {
        (Some(_), false) => return Err(type_error("Either list of fields or keywords can be provided to NamedTuple, not both")),
        (Some(list), true) => {
            for f in rtcore::protocol::iter::collect(list)? {
                let [n, t] = rtcore::protocol::iter::unpack::<2>(&f)?;
                fields.push((n, t));
            }
        }
        (None, _) => fields.extend(kw.iter().zip(&all[pos..]).map(|(k, v)| (k.value(), v.clone()))),
    }
    let class = make_named_tuple(name, &fields, vec![], params::caller_module())?;
    Ok(class)
}
/// The function `NamedTuple`, which also stands among bases.
pub fn named_tuple() -> PyResult {
    function_with_entries("NamedTuple", named_tuple_function, &NAMED_TUPLE)
}
fn function_with_entries(name: &str, run: closure::Run, base: &'static Type) -> PyResult {
    fn entries(captured: &[Value], _: &[Value], _: &[Name]) -> PyResult {
        Ok(tuple::new(captured.to_vec()))
    }
    let module = Value::str("typing");
    let f = closure::new(name, module.clone(), run, vec![]);
    let e = closure::new("_mro_entries", module, entries, vec![Value::of_type(base)]);
    setattr_name(&f, names::__mro_entries__.get(), Some(e))?;
    Ok(f)
}

// ---- TypedDict ----

pub fn is_typed_dict(v: &Value) -> bool {
    v.as_type().is_some() && std::ptr::eq(v.ty(), &TYPED_DICT_META)
}
fn names_in(v: Option<Value>) -> PyResult<Vec<Value>> {
    match v {
        Some(s) => rtcore::protocol::iter::collect(&s),
        None => Ok(vec![]),
    }
}
/// `Required`, `NotRequired` and `ReadOnly` around a type.
fn qualifiers(tp: &Value) -> Vec<&'static str> {
    let mut out = vec![];
    let mut t = tp.clone();
    while let Some(a) = t.downcast::<TAlias>() {
        if a.kind != super::alias::Kind::Annotated {
            let found = [("Required", &forms::REQUIRED), ("NotRequired", &forms::NOT_REQUIRED), ("ReadOnly", &forms::READ_ONLY)]
                .iter()
                .find(|(_, f)| f.is(&a.origin))
                .map(|(n, _)| *n);
            let Some(n) = found else { break };
            out.push(n);
        }
        let Some(next) = tuple::items(&a.args).first().cloned() else { break };
        t = next;
    }
    out
}
struct Keys(Vec<Value>);
impl Keys {
    fn add(&mut self, k: &Value) {
        if !self.0.iter().any(|x| x.as_str() == k.as_str()) {
            self.0.push(k.clone());
        }
    }
    fn discard(&mut self, k: &Value) {
        self.0.retain(|x| x.as_str() != k.as_str());
    }
    fn contains(&self, k: &Value) -> bool {
        self.0.iter().any(|x| x.as_str() == k.as_str())
    }
    fn frozen(self) -> PyResult {
        call(&Value::of_type(&FROZENSET), &[tuple::new(self.0)])
    }
}
fn typed_dict_class(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let [_cls, name, bases, ns, rest @ ..] = &all[..pos] else { return Ok(NONE) };
    let given = kw.iter().position(|k| k.as_str() == "total").map(|i| all[pos + i].clone());
    let total = given.or_else(|| rest.first().cloned()).unwrap_or(TRUE);
    let total_flag = truth(&total)?;
    let mut real = vec![];
    for b in tuple::items(bases) {
        if !is_typed_dict(b) && !b.is_type(&GENERIC) {
            return Err(type_error("cannot inherit from both a TypedDict type and a non-TypedDict base class"));
        }
        if b.as_type().is_some_and(|t| t.is_subtype(&GENERIC)) && real.is_empty() {
            real.push(Value::of_type(&GENERIC));
        }
    }
    real.push(Value::of_type(&DICT));
    let class = create::type_new(&TYPED_DICT_META, name, &tuple::new(real), ns, &[])?;
    let Some(ty) = class.as_type() else { return Ok(class) };
    if ty.own(names::__orig_bases__.get()).is_none() {
        ty.set_own(names::__orig_bases__.get(), bases.clone());
    }
    let own = match ty.own(names::__annotations__.get()) {
        Some(a) => items_of(&a)?,
        None => vec![],
    };
    let annotations = Dict::new_value();
    let set = |k: &Value, v: Value| rtcore::protocol::sequence::setitem(&annotations, k, v);
    let (mut required, mut optional, mut readonly, mut mutable) = (Keys(vec![]), Keys(vec![]), Keys(vec![]), Keys(vec![]));
    for b in tuple::items(bases) {
        let Some(t) = b.as_type() else { continue };
        if let Some(a) = t.own(names::__annotations__.get()) {
            for (k, v) in items_of(&a)? {
                set(&k, v)?;
            }
        }
        for k in names_in(t.own(Name::new("__required_keys__")))? {
            required.add(&k);
            optional.discard(&k);
        }
        for k in names_in(t.own(Name::new("__optional_keys__")))? {
            required.discard(&k);
            optional.add(&k);
        }
        names_in(t.own(Name::new("__readonly_keys__")))?.iter().for_each(|k| readonly.add(k));
        names_in(t.own(Name::new("__mutable_keys__")))?.iter().for_each(|k| mutable.add(k));
    }
    for (k, t) in &own {
        let t = type_check(t, "TypedDict('Name', {f0: t0, f1: t1, ...}); each t must be a type", true, false)?;
        let found = qualifiers(&t);
        set(k, t)?;
        let is_required = found.contains(&"Required") || !found.contains(&"NotRequired") && total_flag;
        if is_required {
            required.add(k);
            optional.discard(k);
        } else {
            optional.add(k);
            required.discard(k);
        }
        if found.contains(&"ReadOnly") {
            if mutable.contains(k) {
                let shown = rtcore::protocol::repr::repr_string(k)?;
                return Err(type_error(format!("Cannot override mutable key {shown} with read-only key")));
            }
            readonly.add(k);
        } else {
            mutable.add(k);
            readonly.discard(k);
        }
    }
    ty.set_own(names::__annotations__.get(), annotations);
    for (n, keys) in
        [("__required_keys__", required), ("__optional_keys__", optional), ("__readonly_keys__", readonly), ("__mutable_keys__", mutable)]
    {
        ty.set_own(Name::new(n), keys.frozen()?);
    }
    ty.set_own(Name::new("__total__"), total);
    Ok(class)
}
fn typed_dict_call(_cls: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    call_kw(&Value::of_type(&DICT), values, kw)
}
fn no_checks(_: &Value, _: &Value) -> PyResult {
    Err(type_error("TypedDict does not support instance and class checks"))
}
static TYPED_DICT_META_DEF: ClassDef = ClassDef::new::<MetaBody>("_TypedDictMeta")
    .module("typing")
    .like(&TYPE, &TYPE)
    .methods(&[
        Method::static_("__new__(cls, name, bases, ns, total=True, /, **kw)", Raw(typed_dict_class)),
        Method::new("__init__(cls, *args, **kw)", Raw(|_, _| Ok(NONE))),
        Method::new("__subclasscheck__(cls, other)", F2(no_checks)),
        Method::new("__instancecheck__(cls, other)", F2(no_checks)),
    ])
    .flags(TypeFlags::METATYPE)
    .hooks(Hooks { call: Some(typed_dict_call), ..HOOKS });
static TYPED_DICT_META: Type = Type::builtin(&TYPED_DICT_META_DEF);
static TYPED_DICT_DEF: ClassDef = ClassDef::new::<Instance>("TypedDict").module("typing").like(&OBJECT, &OBJECT);
static TYPED_DICT: Type = Type::with_meta(&TYPED_DICT_DEF, &raw const TYPED_DICT_META);

fn typed_dict_function(_c: &[Value], all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let [name, rest @ ..] = &all[..pos] else {
        return Err(type_error("TypedDict() missing 1 required positional argument: 'typename'"));
    };
    let total = kw.iter().position(|k| k.as_str() == "total").map_or(TRUE, |i| all[pos + i].clone());
    let fields = Dict::new_value();
    if let Some(given) = rest.first().filter(|g| !g.is_none()) {
        for (k, v) in items_of(given)? {
            rtcore::protocol::sequence::setitem(&fields, &k, v)?;
        }
    }
    let ns = Dict::from_names(vec![(names::__annotations__.get(), fields), (names::__module__.get(), params::caller_module())]);
    let class = typed_dict_class(&[Value::of_type(&TYPED_DICT_META), name.clone(), tuple::empty(), ns, total], &[])?;
    Ok(class)
}
/// The function `TypedDict`, which also stands among bases.
pub fn typed_dict() -> PyResult {
    function_with_entries("TypedDict", typed_dict_function, &TYPED_DICT)
}

// ---- NewType ----

pub struct NewType {
    name: Value,
    of: Value,
    module: Value,
}
impl Payload for NewType {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.of);
    }
}
impl Native for NewType {
    fn class() -> &'static Type {
        &NEW_TYPE
    }
}
fn new_type(_cls: &Value, name: &Value, tp: &Value) -> PyResult {
    Ok(object::new(&NEW_TYPE, NewType { name: name.clone(), of: tp.clone(), module: params::caller_module() }))
}
fn this(v: &Value) -> PyResult<&NewType> {
    v.downcast::<NewType>().ok_or_else(|| type_error("descriptor requires a 'typing.NewType' object"))
}
fn new_type_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    match (values, kw) {
        ([x], []) => Ok(x.clone()),
        _ => Err(type_error(format!("{}() takes exactly one argument ({} given)", this(v)?.name.as_str().unwrap_or(""), values.len()))),
    }
}
fn short_name(v: &Value) -> PyResult {
    let n = this(v)?.name.clone();
    match n.as_str().and_then(|s| s.rsplit_once('.')) {
        Some((_, last)) => Ok(Value::str(last)),
        None => Ok(n),
    }
}
fn new_type_repr(v: &Value) -> PyResult {
    let t = this(v)?;
    Ok(Value::string(format!("{}.{}", t.module.as_str().unwrap_or(""), t.name.as_str().unwrap_or(""))))
}
fn no_subclass(v: &Value, _bases: &Value) -> PyResult {
    let t = this(v)?;
    let n = t.name.as_str().unwrap_or("");
    Err(type_error(format!(
        "Cannot subclass an instance of NewType. Perhaps you were looking for: `Sub{n} = NewType('Sub{n}', {n})`"
    )))
}
static NEW_TYPE_DEF: ClassDef = ClassDef::new::<NewType>("NewType")
    .module("typing")
    .methods(&[
        Method::static_("__new__(cls, name, tp)", F3(new_type)),
        Method::new("__repr__(self)", F1(new_type_repr)),
        Method::new("__mro_entries__(self, bases)", F2(no_subclass)),
        Method::new("__or__(self, other)", F2(forms::or_)),
        Method::new("__ror__(self, other)", F2(forms::ror)),
        Method::new("__reduce__(self)", F1(|v| Ok(this(v)?.name.clone()))),
    ])
    .getset(&[
        GetSet::ro("__name__", short_name),
        GetSet::ro("__qualname__", |v| Ok(this(v)?.name.clone())),
        GetSet::ro("__supertype__", |v| Ok(this(v)?.of.clone())),
        GetSet::ro("__module__", |v| Ok(this(v)?.module.clone())),
    ])
    .hooks(Hooks { call: Some(new_type_call), ..Hooks::NONE });
pub static NEW_TYPE: Type = Type::builtin(&NEW_TYPE_DEF);
