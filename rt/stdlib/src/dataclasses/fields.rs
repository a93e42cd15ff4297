//! Owns: `Field`, `InitVar`, `MISSING`, `KW_ONLY`, and which annotations are pseudo-fields.
//! Never: processes a class.
//! Source: CPython 3.13, Lib/dataclasses.py (`Field`, `_is_classvar`, `_is_initvar`).

use rtcore::error::hierarchy::{ATTRIBUTE_ERROR, BASE_EXCEPTION, Exception};
use rtcore::methods::*;
use rtcore::object::{Header, Object};
use rtcore::protocol::attr::lookup_optional;
use rtcore::protocol::repr::repr_string;
use rtcore::types::dict::Dict;
use rtcore::types::mappingproxy;
use rtcore::types::none::Singleton;
use std::cell::RefCell;

static FROZEN_DEF: ClassDef = ClassDef::new::<Exception>("FrozenInstanceError")
    .module("dataclasses")
    .like(&ATTRIBUTE_ERROR, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static FROZEN_INSTANCE_ERROR: Type = Type::builtin(&FROZEN_DEF);

/// A static marker object.
struct Marker(Object<Singleton>);
// SAFETY: only touched under the GIL.
unsafe impl Sync for Marker {}
static MISSING_DEF: ClassDef = ClassDef::new::<Singleton>("_MISSING_TYPE").module("dataclasses");
static MISSING_TYPE: Type = Type::builtin(&MISSING_DEF);
static MISSING: Marker = Marker(Object { header: Header::immortal(&raw const MISSING_TYPE), body: Singleton });
static KW_ONLY_DEF: ClassDef = ClassDef::new::<Singleton>("_KW_ONLY_TYPE").module("dataclasses");
static KW_ONLY_TYPE: Type = Type::builtin(&KW_ONLY_DEF);
static KW_ONLY: Marker = Marker(Object { header: Header::immortal(&raw const KW_ONLY_TYPE), body: Singleton });
pub fn missing() -> Value {
    Value::of_static(&MISSING.0.header)
}
pub fn kw_only_marker() -> Value {
    Value::of_static(&KW_ONLY.0.header)
}

/// What an annotation makes of a name.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum FieldKind {
    Field,
    ClassVar,
    InitVar,
}

/// The attributes of a `Field`, in the order its repr shows.
pub const ATTRS: [&str; 10] = ["name", "type", "default", "default_factory", "repr", "hash", "init", "compare", "metadata", "kw_only"];
pub struct Field {
    slots: RefCell<[Value; 10]>,
    kind: std::cell::Cell<FieldKind>,
}
impl Payload for Field {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.slots.borrow().iter().for_each(visit);
    }
}
impl Native for Field {
    fn class() -> &'static Type {
        &FIELD
    }
}
pub fn make(mut slots: [Value; 10]) -> PyResult {
    slots[8] = if slots[8].is_none() { mappingproxy::new(Dict::new_value()) } else { mappingproxy::new(slots[8].clone()) };
    Ok(object::new(&FIELD, Field { slots: RefCell::new(slots), kind: std::cell::Cell::new(FieldKind::Field) }))
}
/// A field for a plain default.
pub fn with_default(default: Value) -> PyResult {
    make([NONE, NONE, default, missing(), TRUE, NONE, TRUE, TRUE, NONE, missing()])
}
pub fn is_field(v: &Value) -> bool {
    v.downcast::<Field>().is_some()
}
pub fn get(f: &Value, attr: &str) -> Value {
    let i = ATTRS.iter().position(|a| *a == attr).unwrap_or(0);
    f.downcast::<Field>().map_or(NONE, |f| f.slots.borrow()[i].clone())
}
pub fn set(f: &Value, attr: &str, v: Value) {
    let i = ATTRS.iter().position(|a| *a == attr).unwrap_or(0);
    if let Some(f) = f.downcast::<Field>() {
        let old = std::mem::replace(&mut f.slots.borrow_mut()[i], v);
        drop(old);
    }
}
pub fn name(f: &Value) -> Name {
    Name::of(&get(f, "name")).unwrap_or_else(|| Name::new(""))
}
/// True when the attribute is true.
pub fn flag(f: &Value, attr: &str) -> bool {
    rtcore::protocol::sequence::truth(&get(f, attr)).unwrap_or(false)
}
pub fn kind(f: &Value) -> FieldKind {
    f.downcast::<Field>().map_or(FieldKind::ClassVar, |f| f.kind.get())
}
pub fn set_kind(f: &Value, kind: FieldKind) {
    if let Some(f) = f.downcast::<Field>() {
        f.kind.set(kind);
    }
}

fn show(v: &Value) -> PyResult {
    let mut parts = vec![];
    for a in ATTRS {
        parts.push(format!("{a}={}", repr_string(&get(v, a))?));
    }
    let kind = match kind(v) {
        FieldKind::Field => "_FIELD",
        FieldKind::ClassVar => "_FIELD_CLASSVAR",
        FieldKind::InitVar => "_FIELD_INITVAR",
    };
    Ok(Value::string(format!("Field({},_field_type={kind})", parts.join(","))))
}
macro_rules! getters {
    ($($f:ident $s:ident $a:literal;)*) => {
        $(fn $f(v: &Value) -> PyResult { Ok(get(v, $a)) }
          fn $s(v: &Value, new: Option<Value>) -> Result<(), Raised> { set(v, $a, new.unwrap_or(NONE)); Ok(()) })*
        static FIELD_GETSET: &[GetSet] = &[$(GetSet::rw($a, $f, $s)),*];
    };
}
getters! {
    g0 s0 "name"; g1 s1 "type"; g2 s2 "default"; g3 s3 "default_factory"; g4 s4 "repr";
    g5 s5 "hash"; g6 s6 "init"; g7 s7 "compare"; g8 s8 "metadata"; g9 s9 "kw_only";
}
static FIELD_METHODS: &[Method] = &[Method::new("__repr__(self)", F1(show))];
static FIELD_DEF: ClassDef = ClassDef::new::<Field>("Field").module("dataclasses").methods(FIELD_METHODS).getset(FIELD_GETSET);
pub static FIELD: Type = Type::builtin(&FIELD_DEF);

/// `InitVar[type]`.
pub struct InitVar {
    of: Value,
}
impl Payload for InitVar {}
impl Native for InitVar {
    fn class() -> &'static Type {
        &INIT_VAR
    }
}
fn init_var_item(_cls: &Value, of: &Value) -> PyResult {
    Ok(object::new(&INIT_VAR, InitVar { of: of.clone() }))
}
fn init_var_repr(v: &Value) -> PyResult {
    let of = v.downcast::<InitVar>().map_or(NONE, |i| i.of.clone());
    let text = match of.as_type() {
        Some(t) => t.name().to_string(),
        None => repr_string(&of)?,
    };
    Ok(Value::string(format!("dataclasses.InitVar[{text}]")))
}
fn init_var_type(v: &Value) -> PyResult {
    Ok(v.downcast::<InitVar>().map_or(NONE, |i| i.of.clone()))
}
static INIT_VAR_DEF: ClassDef = ClassDef::new::<InitVar>("InitVar")
    .module("dataclasses")
    .methods(&[Method::class("__class_getitem__(cls, type)", F2(init_var_item)), Method::new("__repr__(self)", F1(init_var_repr))])
    .getset(&[GetSet::ro("type", init_var_type)]);
pub static INIT_VAR: Type = Type::builtin(&INIT_VAR_DEF);

/// What the annotation says the name is; strings are read as CPython's regular expression does.
pub fn kind_of_annotation(annotation: &Value) -> PyResult<FieldKind> {
    if let Some(s) = annotation.as_str() {
        let head = s.trim().split('[').next().unwrap_or("").trim().to_string();
        let last = head.rsplit('.').next().unwrap_or("");
        return Ok(match last {
            "ClassVar" => FieldKind::ClassVar,
            "InitVar" => FieldKind::InitVar,
            _ => FieldKind::Field,
        });
    }
    if annotation.downcast::<InitVar>().is_some() || annotation.is_type(&INIT_VAR) {
        return Ok(FieldKind::InitVar);
    }
    let text = repr_string(annotation)?;
    if text == "typing.ClassVar" {
        return Ok(FieldKind::ClassVar);
    }
    if let Some(origin) = lookup_optional(annotation, names::__origin__.get())?
        && repr_string(&origin)? == "typing.ClassVar"
    {
        return Ok(FieldKind::ClassVar);
    }
    Ok(FieldKind::Field)
}
/// True for the annotation `KW_ONLY`.
pub fn is_kw_only(annotation: &Value) -> bool {
    annotation.is(&kw_only_marker()) || annotation.as_str().is_some_and(|s| s.trim().rsplit('.').next() == Some("KW_ONLY"))
}
