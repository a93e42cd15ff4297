//! Owns: `bytes_iterator`, `bytearray_iterator`. Never: changes what it walks.

use super::{ByteArray, as_bytes};
use crate::methods::*;
use std::cell::{Cell, RefCell};

pub struct ByteIter {
    /// UNBOUND when finished.
    source: RefCell<Value>,
    at: Cell<usize>,
}
impl Payload for ByteIter {}
impl Native for ByteIter {
    fn class() -> &'static Type {
        &BYTES_ITERATOR
    }
}

pub fn iter(v: &Value) -> PyResult {
    let ty = if v.downcast::<ByteArray>().is_some() { &BYTEARRAY_ITERATOR } else { &BYTES_ITERATOR };
    Ok(object::new(ty, ByteIter { source: RefCell::new(v.clone()), at: Cell::new(0) }))
}

fn next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<ByteIter>() else { return Ok(None) };
    let byte = as_bytes(&it.source.borrow()).and_then(|b| b.get(it.at.get()).copied());
    match byte {
        Some(byte) => {
            it.at.set(it.at.get() + 1);
            Ok(Some(Value::int(byte.into())))
        }
        None => {
            let old = it.source.replace(UNBOUND);
            drop(old);
            Ok(None)
        }
    }
}
fn length_hint(v: &Value) -> PyResult {
    let Some(it) = v.downcast::<ByteIter>() else { return Ok(Value::int(0)) };
    let len = as_bytes(&it.source.borrow()).map_or(0, |b| b.len());
    Ok(Value::from(len.saturating_sub(it.at.get())))
}

static METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(crate::types::iterators::itself)),
    Method::new("__next__(self, /)", F1(crate::types::iterators::next_or_stop)),
    Method::new("__length_hint__(self, /)", F1(length_hint)),
];
const HOOKS: Hooks = Hooks { iter: Some(crate::types::iterators::itself), next: Some(next), ..Hooks::NONE };
static DEF: ClassDef = ClassDef::new::<ByteIter>("bytes_iterator").methods(METHODS).hooks(HOOKS);
pub static BYTES_ITERATOR: Type = Type::builtin(&DEF);
static ARRAY_DEF: ClassDef = ClassDef::new::<ByteIter>("bytearray_iterator")
    .like(&crate::types::object_::OBJECT, &BYTES_ITERATOR)
    .methods(METHODS)
    .hooks(HOOKS);
pub static BYTEARRAY_ITERATOR: Type = Type::builtin(&ARRAY_DEF);
