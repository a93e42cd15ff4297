//! Owns: `collections.namedtuple`.
//! Never: evaluates text: the `__new__` that CPython compiles is a native function here.
//! Source: CPython 3.13, Lib/collections/__init__.py.

use rtcore::def::{Args, Params, bind_function};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::{iter, repr};
use rtcore::protocol::sequence::truth;
use rtcore::types::class::create;
use rtcore::types::class::methods::TYPE;
use rtcore::types::dict::Dict;
use rtcore::types::function::closure;
use rtcore::types::function::native;
use rtcore::types::tuple::{self, TUPLE};
use rtcore::types::{descriptors, module};
use std::cell::RefCell;

/// A field by position.
struct Field {
    index: usize,
    doc: RefCell<Value>,
}
impl Payload for Field {}
impl Native for Field {
    fn class() -> &'static Type {
        &FIELD
    }
}
fn field_get(f: &Value, receiver: &Value, _: &'static Type) -> PyResult {
    if receiver.is_unbound() {
        return Ok(f.clone());
    }
    let i = f.downcast::<Field>().map_or(0, |f| f.index);
    if !tuple::is_tuple(receiver) {
        return Err(type_error(format!("descriptor for index '{i}' for tuple subclasses doesn't apply to '{}' object", receiver.ty().name())));
    }
    tuple::items(receiver).get(i).cloned().ok_or_else(|| rtcore::error::index_error("tuple index out of range"))
}
fn field_set(_: &Value, _: &Value, new: Option<Value>) -> PyResult<()> {
    Err(rtcore::error::attribute_error(if new.is_some() { "can't set attribute" } else { "can't delete attribute" }))
}
fn set_doc(v: &Value, new: Option<Value>) -> PyResult<()> {
    if let Some(f) = v.downcast::<Field>() {
        let old = f.doc.replace(new.unwrap_or(NONE));
        drop(old);
    }
    Ok(())
}
static FIELD_GETSET: &[GetSet] = &[GetSet::rw("__doc__", |v| Ok(v.downcast::<Field>().map_or(NONE, |f| f.doc.borrow().clone())), set_doc)];
static FIELD_DEF: ClassDef = ClassDef::new::<Field>("_tuplegetter").module("collections").getset(FIELD_GETSET).hooks(Hooks {
    descr_get: Some(field_get),
    descr_set: Some(field_set),
    ..Hooks::NONE
});
static FIELD: Type = Type::builtin(&FIELD_DEF);

fn is_keyword(s: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield",
    ];
    KEYWORDS.contains(&s)
}
fn is_identifier(v: &Value) -> bool {
    v.as_str_obj().is_some_and(rtcore::text::case::is_identifier)
}

pub fn namedtuple(a: &[Value]) -> PyResult {
    let [typename, field_names, rename, defaults, module] = a else { return Ok(NONE) };
    let names: Vec<Value> = match field_names.as_str() {
        Some(s) => s.replace(',', " ").split_whitespace().map(Value::str).collect(),
        None => iter::collect(field_names)?.iter().map(repr::str_).collect::<PyResult<Vec<_>>>()?,
    };
    let mut fields: Vec<String> = names.iter().map(|n| n.as_str().unwrap_or("").to_string()).collect();
    let typename = repr::str_string(typename)?;
    if truth(rename)? {
        let mut seen: Vec<String> = vec![];
        for (i, n) in names.iter().enumerate() {
            let f = &fields[i];
            if !is_identifier(n) || is_keyword(f) || f.starts_with('_') || seen.contains(f) {
                fields[i] = format!("_{i}");
            }
            seen.push(fields[i].clone());
        }
    }
    let mut seen: Vec<&String> = vec![];
    for (i, name) in std::iter::once(&typename).chain(&fields).enumerate() {
        if !is_identifier(&Value::str(name)) {
            return Err(value_error(format!("Type names and field names must be valid identifiers: {}", repr::repr_string(&Value::str(name))?)));
        }
        if is_keyword(name) {
            return Err(value_error(format!("Type names and field names cannot be a keyword: {}", repr::repr_string(&Value::str(name))?)));
        }
        if i == 0 {
            continue;
        }
        if name.starts_with('_') && !truth(rename)? {
            return Err(value_error(format!("Field names cannot start with an underscore: {}", repr::repr_string(&Value::str(name))?)));
        }
        if seen.contains(&name) {
            return Err(value_error(format!("Encountered duplicate field name: {}", repr::repr_string(&Value::str(name))?)));
        }
        seen.push(name);
    }
    let defaults = if defaults.is_none() { vec![] } else { iter::collect(defaults)? };
    if defaults.len() > fields.len() {
        return Err(type_error("Got more default values than field names"));
    }
    let module = if module.is_none() { module::current_name() } else { module.clone() };
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    make(&typename, &fields, defaults, module)
}
/// A named tuple class of the runtime's own.
pub fn named_tuple(name: &str, fields: &[&str], module: &str) -> PyResult {
    make(name, fields, vec![], Value::str(module))
}

/// The class, for `namedtuple` and `typing.NamedTuple`.
pub fn make(typename: &str, fields: &[&str], defaults: Vec<Value>, module: Value) -> PyResult {
    let names_tuple = tuple::new(fields.iter().map(|f| Name::new(f).value()).collect());
    let first = fields.len() - defaults.len().min(fields.len());
    let field_defaults = Dict::from_names(fields[first..].iter().zip(&defaults).map(|(f, d)| (Name::new(f), d.clone())).collect());
    let ns = Dict::from_names(vec![
        (Name::new("__module__"), module.clone()),
        (Name::new("__doc__"), Value::string(format!("{typename}({})", fields.join(", ")))),
        (Name::new("__slots__"), tuple::empty()),
        (Name::new("_fields"), names_tuple.clone()),
        (Name::new("_field_defaults"), field_defaults),
        (Name::new("__match_args__"), names_tuple.clone()),
    ]);
    let class = create::type_new(&TYPE, &Value::str(typename), &tuple::of([Value::of_type(&TUPLE)]), &ns, &[])?;
    let Some(ty) = class.as_type() else { return Err(type_error("namedtuple")) };
    let new = closure::new(&format!("{typename}.__new__"), module, run_new, vec![names_tuple, tuple::new(defaults), Value::str(typename)]);
    ty.set_own(names::__new__.get(), descriptors::staticmethod(new));
    for (index, f) in fields.iter().enumerate() {
        let doc = RefCell::new(Value::string(format!("Alias for field number {index}")));
        ty.set_own(Name::new(f), object::new(&FIELD, Field { index, doc }));
    }
    for m in METHODS {
        ty.set_own(Name::new(m.name()), native::descriptor(ty, m));
    }
    Ok(class)
}
fn run_new(c: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
    let [fields, defaults, typename] = c else { return Ok(NONE) };
    let fields = tuple::items(fields);
    let Some(ty) = values.first().and_then(Value::as_type) else {
        return Err(type_error("tuple.__new__(X): X is not a type object"));
    };
    if kw.is_empty() && values.len() == fields.len() + 1 {
        return Ok(tuple::with_type(ty, values[1..].to_vec()));
    }
    let mut names = vec![Name::new("_cls")];
    names.extend(fields.iter().filter_map(Name::of));
    let positional = names.len();
    let p = Params { names, defaults: vec![], posonly: 0, positional, varargs: false, varkw: false };
    let name = format!("{}.__new__", typename.as_str().unwrap_or(""));
    let mut bound = bind_function(&name, &p, tuple::items(defaults), |_| None, Args { values, kw })?;
    Ok(tuple::with_type(ty, bound.split_off(1)))
}
fn field_names(v: &Value) -> Vec<String> {
    let ty = v.as_type().unwrap_or_else(|| v.ty());
    let fields = ty.lookup(Name::new("_fields")).unwrap_or(NONE);
    tuple::items(&fields).iter().map(|f| f.as_str().unwrap_or("").to_string()).collect()
}
fn nt_repr(v: &Value) -> PyResult {
    let mut parts = vec![];
    for (f, x) in field_names(v).iter().zip(tuple::items(v)) {
        parts.push(format!("{f}={}", repr::repr_string(x)?));
    }
    Ok(Value::string(format!("{}({})", v.ty().name(), parts.join(", "))))
}
fn asdict(v: &Value) -> PyResult {
    Ok(Dict::from_names(field_names(v).iter().map(|f| Name::new(f)).zip(tuple::items(v).iter().cloned()).collect()))
}
fn make_from(class: &Value, source: &Value) -> PyResult {
    let Some(ty) = class.as_type() else { return Err(type_error("_make() needs a class")) };
    let items = iter::collect(source)?;
    let want = field_names(class).len();
    if items.len() != want {
        return Err(type_error(format!("Expected {want} arguments, got {}", items.len())));
    }
    Ok(tuple::with_type(ty, items))
}
fn replace(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(v) = all.first() else { return Err(type_error("_replace() needs self")) };
    if all.len() - kw.len() > 1 {
        return Err(type_error(format!("{}._replace() takes 1 positional argument but {} were given", v.ty().name(), all.len() - kw.len())));
    }
    let fields = field_names(v);
    let mut items = tuple::items(v).to_vec();
    let mut unknown = vec![];
    for (k, x) in kw.iter().zip(&all[1..]) {
        match fields.iter().position(|f| f == k.as_str()) {
            Some(i) => items[i] = x.clone(),
            None => unknown.push(k.value()),
        }
    }
    if !unknown.is_empty() {
        let list = rtcore::types::list::List::value(unknown);
        return Err(type_error(format!("Got unexpected field names: {}", repr::repr_string(&list)?)));
    }
    call(&rtcore::protocol::attr::getattr_name(&Value::of_type(v.ty()), Name::new("_make"))?, &[tuple::new(items)])
}
fn getnewargs(v: &Value) -> PyResult {
    Ok(tuple::new(tuple::items(v).to_vec()))
}
static METHODS: &[Method] = &[
    Method::new("__repr__(self)", F1(nt_repr)),
    Method::new("_asdict(self)", F1(asdict)),
    Method::class("_make(cls, iterable)", F2(make_from)),
    Method::new("_replace(self, /, **kwds)", Raw(replace)),
    Method::new("__replace__(self, /, **kwds)", Raw(replace)),
    Method::new("__getnewargs__(self)", F1(getnewargs)),
];
