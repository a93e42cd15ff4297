//! Owns: special forms (`Union`, `Optional`, `Literal`, `ClassVar`, …), `Any`, and what subscribing a form makes.
//! Never: holds the arguments; that is `alias`.
//! Source: CPython 3.13, Lib/typing.py (`_SpecialForm` and the functions it decorates).

use super::alias::{self, Kind, TAlias};
use super::check::{flatten_union, type_check};
use super::params;
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::object::{Header, Object};
use rtcore::protocol::sequence::same_or_eq;
use rtcore::types::class::methods::TYPE;
use rtcore::types::none::NONE_TYPE;
use rtcore::types::object_::{Instance, OBJECT};
use rtcore::types::tuple;

/// A form is its name.
pub struct Form {
    pub name: &'static str,
}
impl Payload for Form {}
impl Native for Form {
    fn class() -> &'static Type {
        &SPECIAL_FORM
    }
}
pub struct StaticForm(Object<Form>);
// SAFETY: only touched under the GIL.
unsafe impl Sync for StaticForm {}
impl StaticForm {
    const fn new(name: &'static str) -> StaticForm {
        StaticForm(Object { header: Header::immortal(&raw const SPECIAL_FORM), body: Form { name } })
    }
    pub fn value(&'static self) -> Value {
        Value::of_static(&self.0.header)
    }
    pub fn is(&'static self, v: &Value) -> bool {
        v.is(&self.value())
    }
}
macro_rules! forms {
    ($($id:ident $name:literal;)*) => {
        $(pub static $id: StaticForm = StaticForm::new($name);)*
        /// Every form with its name.
        pub static ALL: &[(&str, &StaticForm)] = &[$(($name, &$id)),*];
    };
}
forms! {
    NO_RETURN "NoReturn"; NEVER "Never"; SELF "Self"; LITERAL_STRING "LiteralString"; CLASS_VAR "ClassVar"; FINAL "Final";
    UNION "Union"; OPTIONAL "Optional"; LITERAL "Literal"; TYPE_ALIAS "TypeAlias"; CONCATENATE "Concatenate";
    TYPE_GUARD "TypeGuard"; TYPE_IS "TypeIs"; UNPACK "Unpack"; REQUIRED "Required"; NOT_REQUIRED "NotRequired";
    READ_ONLY "ReadOnly"; ANNOTATED "Annotated";
}

pub fn is_form(v: &Value) -> bool {
    v.downcast::<Form>().is_some()
}
fn name(v: &Value) -> &'static str {
    v.downcast::<Form>().map_or("", |f| f.name)
}
fn show(v: &Value) -> PyResult {
    Ok(Value::string(format!("typing.{}", name(v))))
}
fn items_of(item: &Value) -> Vec<Value> {
    if tuple::is_tuple(item) { tuple::items(item).to_vec() } else { vec![item.clone()] }
}
fn single(form: &Value, item: &Value, text: String, special: bool) -> PyResult {
    let arg = type_check(item, &text, true, special)?;
    alias::generic(form.clone(), vec![arg], Kind::Generic, "")
}
/// `form[item]`.
pub fn subscript(form: &Value, item: &Value) -> PyResult {
    let n = name(form);
    match n {
        "Union" => union_of(&items_of(item)),
        "Optional" => {
            let arg = type_check(item, "typing.Optional requires a single type.", true, false)?;
            union_of(&[arg, Value::of_type(&NONE_TYPE)])
        }
        "Literal" => literal(form, &items_of(item)),
        "ClassVar" | "Final" => single(form, item, format!("typing.{n} accepts only single type."), true),
        "TypeGuard" | "TypeIs" => single(form, item, format!("typing.{n} accepts only single type."), false),
        "Required" | "NotRequired" | "ReadOnly" => single(form, item, format!("{n} accepts only a single type."), n == "ReadOnly"),
        "Unpack" => {
            let arg = type_check(item, "typing.Unpack accepts only single type.", true, false)?;
            alias::generic(form.clone(), vec![arg], Kind::Unpack, "")
        }
        "Concatenate" => concatenate(form, item),
        "Annotated" => annotated(item),
        _ => Err(type_error(format!("typing.{n} is not subscriptable"))),
    }
}
/// `Union[members]`.
pub fn union_of(members: &[Value]) -> PyResult {
    if members.is_empty() {
        return Err(type_error("Cannot take a Union of no types."));
    }
    let mut checked = vec![];
    for m in members {
        checked.push(type_check(m, "Union[arg, ...]: each arg must be a type.", true, false)?);
    }
    let flat = flatten_union(&checked)?;
    if let [only] = flat.as_slice() {
        return Ok(only.clone());
    }
    let optional = flat.len() == 2 && flat.iter().any(|m| m.is_type(&NONE_TYPE));
    alias::generic(UNION.value(), flat, Kind::Union, if optional { "Optional" } else { "" })
}
fn literal(form: &Value, items: &[Value]) -> PyResult {
    let mut flat: Vec<Value> = vec![];
    for i in items {
        match i.downcast::<TAlias>() {
            Some(a) if a.kind == Kind::Literal => flat.extend_from_slice(tuple::items(&a.args)),
            Some(_) | None => flat.push(i.clone()),
        }
    }
    let mut out: Vec<Value> = vec![];
    'next: for v in flat {
        for o in &out {
            if std::ptr::eq(o.ty(), v.ty()) && same_or_eq(o, &v)? {
                continue 'next;
            }
        }
        out.push(v);
    }
    alias::generic(form.clone(), out, Kind::Literal, "")
}
fn concatenate(form: &Value, item: &Value) -> PyResult {
    let items = items_of(item);
    let Some((last, init)) = items.split_last() else {
        return Err(type_error("Cannot take a Concatenate of no types."));
    };
    if !(last.is(&rtcore::types::none::ellipsis()) || params::kind(last) == Some(params::Which::ParamSpec)) {
        return Err(type_error("The last parameter to Concatenate should be a ParamSpec variable or ellipsis."));
    }
    let mut out = vec![];
    for i in init {
        out.push(type_check(i, "Concatenate[arg, ...]: each arg must be a type.", true, false)?);
    }
    out.push(last.clone());
    alias::generic(form.clone(), out, Kind::Concatenate, "")
}
fn annotated(item: &Value) -> PyResult {
    let items = items_of(item);
    let [of, rest @ ..] = items.as_slice() else { return Err(type_error(ANNOTATED_ARGUMENTS)) };
    if rest.is_empty() || !tuple::is_tuple(item) {
        return Err(type_error(ANNOTATED_ARGUMENTS));
    }
    if alias::is_unpacked_tuple_var(of) {
        return Err(type_error("Annotated[...] should not be used with an unpacked TypeVarTuple"));
    }
    let of = type_check(of, "Annotated[t, ...]: t must be a type.", true, true)?;
    alias::annotated(&of, rest.to_vec())
}
const ANNOTATED_ARGUMENTS: &str = "Annotated[...] should be used with at least two arguments (a type and an annotation).";

fn call(v: &Value, _: &[Value], _: &[Name]) -> PyResult {
    Err(type_error(format!("Cannot instantiate typing.{}", name(v))))
}
fn no_subclass(v: &Value, _bases: &Value) -> PyResult {
    Err(type_error(format!("Cannot subclass typing.{}", name(v))))
}
fn no_instance(v: &Value, _: &Value) -> PyResult {
    Err(type_error(format!("typing.{} cannot be used with isinstance()", name(v))))
}
fn no_subclass_check(v: &Value, _: &Value) -> PyResult {
    Err(type_error(format!("typing.{} cannot be used with issubclass()", name(v))))
}
/// `left | right` where one side belongs to typing.
pub fn or_(left: &Value, right: &Value) -> PyResult {
    union_of(&[left.clone(), right.clone()])
}
pub fn ror(right: &Value, left: &Value) -> PyResult {
    or_(left, right)
}
static FORM_METHODS: &[Method] = &[
    Method::new("__repr__(self)", F1(show)),
    Method::new("__getitem__(self, parameters, /)", F2(subscript)),
    Method::new("__mro_entries__(self, bases)", F2(no_subclass)),
    Method::new("__instancecheck__(self, obj)", F2(no_instance)),
    Method::new("__subclasscheck__(self, cls)", F2(no_subclass_check)),
    Method::new("__or__(self, other)", F2(or_)),
    Method::new("__ror__(self, other)", F2(ror)),
    Method::new("__reduce__(self)", F1(|v| Ok(Value::str(name(v))))),
];
static FORM_GETSET: &[GetSet] = &[
    GetSet::ro("_name", |v| Ok(Value::str(name(v)))),
    GetSet::ro("__name__", |v| Ok(Value::str(name(v)))),
    GetSet::ro("__qualname__", |v| Ok(Value::str(name(v)))),
];
static FORM_DEF: ClassDef = ClassDef::new::<Form>("_SpecialForm")
    .module("typing")
    .methods(FORM_METHODS)
    .getset(FORM_GETSET)
    .flags(TypeFlags::FINAL)
    .hooks(Hooks { call: Some(call), ..Hooks::NONE });
pub static SPECIAL_FORM: Type = Type::builtin(&FORM_DEF);

// ---- Any ----

struct MetaBody;
impl Payload for MetaBody {}
fn any_repr(v: &Value) -> PyResult {
    if v.is_type(&ANY) {
        return Ok(Value::str("typing.Any"));
    }
    let f = TYPE.own(Name::new("__repr__")).unwrap_or(NONE);
    rtcore::protocol::call::call_special(&f, v, &[])
}
fn any_instance(v: &Value, x: &Value) -> PyResult {
    if v.is_type(&ANY) {
        return Err(type_error("typing.Any cannot be used with isinstance()"));
    }
    match v.as_type() {
        Some(t) => Ok(Value::bool(rtcore::protocol::instance::is_real_instance(x, t)?)),
        None => Ok(FALSE),
    }
}
fn any_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first().and_then(Value::as_type) {
        Some(t) if !std::ptr::eq(t, &ANY) => rtcore::types::object_::new_checked(t),
        Some(_) | None => Err(type_error("Any cannot be instantiated")),
    }
}
static ANY_META_DEF: ClassDef = ClassDef::new::<MetaBody>("_AnyMeta")
    .module("typing")
    .like(&TYPE, &TYPE)
    .methods(&[Method::new("__repr__(self)", F1(any_repr)), Method::new("__instancecheck__(self, obj)", F2(any_instance))])
    .flags(TypeFlags::METATYPE)
    .hooks(rtcore::types::class::methods::HOOKS);
static ANY_META: Type = Type::builtin(&ANY_META_DEF);
static ANY_DEF: ClassDef = ClassDef::new::<Instance>("Any")
    .module("typing")
    .like(&OBJECT, &OBJECT)
    .methods(&[Method::static_("__new__(cls, /, *args, **kwargs)", Raw(any_new))]);
pub static ANY: Type = Type::with_meta(&ANY_DEF, &raw const ANY_META);
