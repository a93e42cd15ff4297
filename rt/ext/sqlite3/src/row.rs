//! Owns: `sqlite3.Row`.
//! Never: reads columns.
//! Source: CPython 3.13, Modules/_sqlite/row.c.

use rtcore::error::{PyResult, index_error, type_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::{getitem, is_index};
use rtcore::protocol::{compare, iter};
use rtcore::types::list::List;
use rtcore::types::none::not_implemented;
use rtcore::types::{slice, tuple};

pub struct Row {
    data: Value,
    description: Value,
}
impl Payload for Row {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.data);
        visit(&self.description);
    }
}
impl Native for Row {
    fn class() -> &'static Type {
        &ROW
    }
}
fn new(ty: &Value, cursor: &Value, data: &Value) -> PyResult {
    let Some(c) = cursor.downcast::<crate::cursor::Cursor>() else {
        return Err(type_error(format!("Row() argument 1 must be sqlite3.Cursor, not {}", cursor.ty().full_name())));
    };
    if !tuple::is_tuple(data) {
        return Err(type_error(format!("Row() argument 2 must be tuple, not {}", data.ty().full_name())));
    }
    let ty = ty.as_type().unwrap_or(&ROW);
    Ok(object::new(ty, Row { data: data.clone(), description: c.description.borrow().clone() }))
}
fn row(v: &Value) -> PyResult<&Row> {
    v.downcast::<Row>().ok_or_else(|| type_error("expected a Row"))
}
fn names(r: &Row) -> Vec<Value> {
    tuple::items(&r.description).iter().filter_map(|d| tuple::items(d).first().cloned()).collect()
}
fn get(v: &Value, key: &Value) -> PyResult {
    let r = row(v)?;
    if is_index(key) || key.downcast::<slice::Slice>().is_some() {
        return getitem(&r.data, key);
    }
    let Some(wanted) = key.as_str() else { return Err(index_error("Index must be int or string")) };
    let at = names(r).iter().position(|n| n.as_str().is_some_and(|n| n.eq_ignore_ascii_case(wanted)));
    match at.and_then(|at| tuple::items(&r.data).get(at)) {
        Some(v) => Ok(v.clone()),
        None => Err(index_error("No item with that key")),
    }
}
fn keys(v: &Value) -> PyResult {
    Ok(List::value(names(row(v)?)))
}
fn len(v: &Value) -> PyResult {
    Ok(Value::from(tuple::items(&row(v)?.data).len()))
}
fn iterate(v: &Value) -> PyResult {
    iter::iter(&row(v)?.data)
}
fn eq(v: &Value, other: &Value) -> PyResult {
    let (a, Some(b)) = (row(v)?, other.downcast::<Row>()) else { return Ok(not_implemented()) };
    Ok(Value::bool(compare::eq(&a.description, &b.description)? && compare::eq(&a.data, &b.data)?))
}
fn hash(v: &Value) -> PyResult {
    let r = row(v)?;
    Ok(Value::int(rtcore::protocol::hash::hash(&r.description)? ^ rtcore::protocol::hash::hash(&r.data)?))
}
static DEF: ClassDef = ClassDef::new::<Row>("Row").module("sqlite3").methods(&[
    Method::static_("__new__(type, cursor, data, /)", F3(new)),
    Method::new("__getitem__(self, key, /)", F2(get)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__iter__(self, /)", F1(iterate)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__hash__(self, /)", F1(hash)),
    Method::new("keys(self, /)", F1(keys)),
]);
pub static ROW: Type = Type::builtin(&DEF);
