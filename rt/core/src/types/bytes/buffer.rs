//! Owns: reading and writing any bytes-like object (the buffer protocol). Never: a type's own methods.

use super::{Bytes, ByteArray, memory::MemoryView};
use crate::error::type_error;
use crate::gil::{Gil, GilRefCell};
use crate::methods::*;
use crate::protocol::call::try_special;
use crate::types::class::special::Special;
use std::cell::{Ref, RefCell};
use std::ops::Deref;

/// A look at some bytes. It must not be held across a call that can run Python code.
pub enum View<'a> {
    Plain(&'a [u8]),
    Cell(Ref<'a, Vec<u8>>),
    Owned(Vec<u8>),
}
impl Deref for View<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            View::Plain(b) => b,
            View::Cell(b) => b,
            View::Owned(b) => b,
        }
    }
}

/// A buffer of a type outside this crate (array.array, mmap, ctypes).
#[derive(Clone, Copy)]
pub struct Provider {
    pub class: &'static Type,
    /// The struct letter of the elements.
    pub letter: fn(&Value) -> u8,
    pub len: fn(&Value) -> usize,
    pub read: fn(&Value, std::ops::Range<usize>) -> Vec<u8>,
    pub write: fn(&Value, usize, &[u8]),
    pub readonly: bool,
    /// Counts the views that forbid resizing: +1, -1.
    pub export: fn(&Value, i64),
}

static PROVIDERS: GilRefCell<Vec<Provider>> = Gil::new(RefCell::new(Vec::new()));

pub fn register(provider: Provider) {
    PROVIDERS.borrow_mut().push(provider);
}
pub fn provider(v: &Value) -> Option<Provider> {
    PROVIDERS.borrow().iter().find(|p| v.ty().is_subtype(p.class)).copied()
}

/// The bytes of a bytes-like object, `None` for anything else.
pub fn view(v: &Value) -> PyResult<Option<View<'_>>> {
    if let Some(b) = v.downcast::<Bytes>() {
        return Ok(Some(View::Plain(b.data())));
    }
    if let Some(b) = v.downcast::<ByteArray>() {
        return Ok(Some(View::Cell(b.data.borrow())));
    }
    if let Some(m) = v.downcast::<MemoryView>() {
        return m.to_bytes().map(|b| Some(View::Owned(b)));
    }
    if !v.is_obj() {
        return Ok(None);
    }
    if let Some(p) = provider(v) {
        return Ok(Some(View::Owned((p.read)(v, 0..(p.len)(v)))));
    }
    // A class of the user's with `__buffer__` gives a memoryview.
    if v.ty().is_heap()
        && let Some(r) = try_special(v, Special::Buffer, &[Value::int(0)])
    {
        let r = r?;
        return match r.downcast::<MemoryView>() {
            Some(m) => m.to_bytes().map(|b| Some(View::Owned(b))),
            None => Err(type_error("__buffer__ returned non-memoryview object")),
        };
    }
    Ok(None)
}

/// A copy of the bytes.
pub fn bytes_of(v: &Value) -> PyResult<Option<Vec<u8>>> {
    Ok(view(v)?.map(|b| match b {
        View::Owned(b) => b,
        View::Plain(_) | View::Cell(_) => b.to_vec(),
    }))
}

/// The bytes of an argument that has to be bytes-like.
pub fn required(v: &Value) -> PyResult<View<'_>> {
    view(v)?.ok_or_else(|| type_error(format!("a bytes-like object is required, not '{}'", v.ty().full_name())))
}
