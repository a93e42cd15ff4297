//! Owns: struct sequences (`sys.version_info`, `time.struct_time`, …): tuples with named fields.
//! Never: `collections.namedtuple`, which programs make themselves.
//! Source: CPython 3.13, Objects/structseq.c.

use crate::methods::*;
use crate::protocol::repr::repr_string;
use crate::types::class::create;
use crate::types::class::methods::TYPE;
use crate::types::dict::Dict;
use crate::types::function::native;
use crate::types::tuple::{self, TUPLE};

/// A field by position.
struct FieldGetter {
    index: usize,
}
impl Payload for FieldGetter {}
impl Native for FieldGetter {
    fn class() -> &'static Type {
        &FIELD_GETTER
    }
}
fn field_get(v: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    if receiver.is_unbound() {
        return Ok(v.clone());
    }
    let i = v.downcast::<FieldGetter>().map_or(0, |f| f.index);
    Ok(tuple::items(receiver).get(i).cloned().unwrap_or(NONE))
}
fn field_set(_: &Value, _receiver: &Value, _new: Option<Value>) -> Result<(), Raised> {
    Err(crate::error::attribute_error("readonly attribute"))
}
static FIELD_DEF: ClassDef = ClassDef::new::<FieldGetter>("member_descriptor").hooks(Hooks {
    descr_get: Some(field_get),
    descr_set: Some(field_set),
    ..Hooks::NONE
});
static FIELD_GETTER: Type = Type::builtin(&FIELD_DEF);

fn repr(v: &Value) -> PyResult {
    let t = v.ty();
    let fields = t.lookup(Name::new("__match_args__")).unwrap_or(NONE);
    let mut parts = vec![];
    for (name, x) in tuple::items(&fields).iter().zip(tuple::items(v)) {
        parts.push(format!("{}={}", name.as_str().unwrap_or(""), repr_string(x)?));
    }
    Ok(Value::string(format!("{}.{}({})", t.module_name(), t.name(), parts.join(", "))))
}
fn new_from_sequence(all: &[Value], _kw: &[Name]) -> PyResult {
    let (Some(ty), Some(seq)) = (all.first().and_then(Value::as_type), all.get(1)) else {
        return Err(crate::error::type_error("structseq() missing required argument 'sequence' (pos 1)"));
    };
    let items = match crate::protocol::iter::collect(seq) {
        Err(r) if crate::error::matches(&r, &crate::error::hierarchy::TYPE_ERROR) => {
            drop(crate::error::take(r));
            return Err(crate::error::type_error("constructor requires a sequence"));
        }
        other => other?,
    };
    let want = ty.lookup(Name::new("n_fields")).and_then(|n| n.as_inline_int()).unwrap_or(0) as usize;
    let visible = ty.lookup(Name::new("n_sequence_fields")).and_then(|n| n.as_inline_int()).unwrap_or(0) as usize;
    if items.len() < visible || items.len() > want {
        let (bound, n) = match (want > visible, items.len() < visible) {
            (false, _) => ("a", visible),
            (true, true) => ("an at least", visible),
            (true, false) => ("an at most", want),
        };
        return Err(crate::error::type_error(format!(
            "{}.{}() takes {bound} {n}-sequence ({}-sequence given)",
            ty.module_name(),
            ty.name(),
            items.len()
        )));
    }
    Ok(instance(ty, items))
}
fn hidden_names(ty: &'static Type) -> Vec<Name> {
    ty.slots.borrow().clone()
}
fn visible_len(ty: &'static Type) -> usize {
    ty.lookup(Name::new("n_sequence_fields")).and_then(|n| n.as_inline_int()).unwrap_or(0) as usize
}
fn reduce(v: &Value) -> PyResult {
    Ok(tuple::new(vec![Value::of_type(v.ty()), tuple::new(vec![tuple::new(tuple::items(v).to_vec())])]))
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new_from_sequence)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__reduce__(self, /)", F1(reduce)),
];

/// Makes a struct sequence type. Fields are those of the tuple, in order.
pub fn make(module: &str, name: &str, fields: &[&str]) -> PyResult<&'static Type> {
    make_with_hidden(module, name, fields, &[])
}
/// With fields behind those of the tuple that only have names.
pub fn make_with_hidden(module: &str, name: &str, fields: &[&str], hidden: &[&str]) -> PyResult<&'static Type> {
    let ns = Dict::from_names(vec![
        (names::__module__.get(), Value::str(module)),
        (names::__slots__.get(), tuple::new(hidden.iter().map(|f| Value::str(f)).collect())),
        (names::__match_args__.get(), tuple::new(fields.iter().map(|f| Value::str(f)).collect())),
        (Name::new("n_fields"), Value::from(fields.len() + hidden.len())),
        (Name::new("n_sequence_fields"), Value::from(fields.len())),
        (Name::new("n_unnamed_fields"), Value::int(0)),
    ]);
    let class = create::type_new(&TYPE, &Value::str(name), &tuple::new(vec![Value::of_type(&TUPLE)]), &ns, &[])?;
    let Some(ty) = class.as_type() else { return Err(crate::error::system_error("structseq")) };
    // `stat_result` shows a whole number by position and a float by the same name: the name is the hidden field's.
    for (index, f) in fields.iter().enumerate().filter(|(_, f)| !hidden.contains(f)) {
        ty.set_own(Name::new(f), object::new(&FIELD_GETTER, FieldGetter { index }));
    }
    for m in METHODS {
        ty.set_own(Name::new(m.name()), native::descriptor(ty, m));
    }
    Ok(ty)
}
/// An instance of a type that `make` made: the tuple's items, then any hidden fields.
pub fn instance(ty: &'static Type, mut values: Vec<Value>) -> Value {
    let hidden = hidden_names(ty);
    if hidden.is_empty() {
        return tuple::with_type(ty, values);
    }
    let rest = values.split_off(visible_len(ty).min(values.len()));
    let v = tuple::with_type(ty, values);
    if let Some(attrs) = v.header().and_then(|h| h.attrs()) {
        for (name, x) in hidden.into_iter().zip(rest.into_iter().chain(std::iter::repeat(NONE))) {
            attrs.set(name, x);
        }
    }
    v
}
