//! Owns: `bytearray`: its body, and the methods that change it. Never: what it shares with bytes.
//! Source: CPython 3.13, Objects/bytearrayobject.c.

use super::make::{self, byte};
use super::{buffer, iter as byte_iter, case, methods, ops, search, shared_methods, split};
use crate::error::{buffer_error, index_error, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::{self, as_index, as_size, as_ssize_arg, is_index};
use crate::protocol::iter;
use crate::text::escape;
use crate::types::slice::Slice;
use crate::types::tuple;
use std::cell::{Cell, RefCell};

/// The body of `bytearray`.
pub struct ByteArray {
    pub(super) data: RefCell<Vec<u8>>,
    /// How many memoryviews look at it: its size is fixed while there are any.
    pub(super) exports: Cell<usize>,
}
impl Payload for ByteArray {}
impl Native for ByteArray {
    fn class() -> &'static Type {
        &BYTEARRAY
    }
}

impl ByteArray {
    pub fn new(data: Vec<u8>) -> ByteArray {
        ByteArray { data: RefCell::new(data), exports: Cell::new(0) }
    }
    pub fn to_vec(&self) -> Vec<u8> {
        self.data.borrow().clone()
    }
    pub fn len(&self) -> usize {
        self.data.borrow().len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Appends, for readers that fill a bytearray.
    pub fn extend_from_slice(&self, more: &[u8]) -> PyResult<()> {
        self.resizable()?;
        self.data.borrow_mut().extend_from_slice(more);
        Ok(())
    }
    fn resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }
    /// Replaces `range` by other bytes.
    fn splice(&self, from: usize, to: usize, with: Vec<u8>) -> PyResult<()> {
        if to - from != with.len() {
            self.resizable()?;
        }
        self.data.borrow_mut().splice(from..to, with);
        Ok(())
    }
}

pub fn value(data: Vec<u8>) -> Value {
    object::new(&BYTEARRAY, ByteArray::new(data))
}

fn me(v: &Value) -> PyResult<&ByteArray> {
    v.downcast::<ByteArray>().ok_or_else(|| type_error(format!("expected bytearray, got {}", v.ty().full_name())))
}

const RANGE: &str = "byte must be in range(0, 256)";

fn new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else {
        return Err(type_error("bytearray.__new__(X): X is not a type object"));
    };
    if !ty.is_subtype(&BYTEARRAY) {
        return Err(type_error(format!("bytearray.__new__({0}): {0} is not a subtype of bytearray", ty.name())));
    }
    Ok(object::new(ty, ByteArray::new(Vec::new())))
}
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let Some((v, given)) = positional.split_first() else { return Ok(NONE) };
    let args = make::constructor_args("bytearray", given, kw, &all[positional.len()..])?;
    let data = make::contents("bytearray", &args)?;
    let array = me(v)?;
    array.resizable()?;
    array.data.replace(data);
    Ok(NONE)
}
fn repr(v: &Value) -> PyResult {
    let text = escape::repr_bytearray(&me(v)?.data.borrow());
    Ok(Value::string(format!("{}({text})", v.ty().name())))
}
fn unhashable(ty: &'static Type) {
    ty.dict.borrow_mut().insert(names::__hash__.get(), NONE);
}

/// The bytes assigned to a slice.
fn assigned(v: &Value) -> PyResult<Vec<u8>> {
    if let Some(b) = buffer::bytes_of(v)? {
        return Ok(b);
    }
    let refuse = || type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    if v.as_str_obj().is_some() || is_index(v) {
        return Err(refuse());
    }
    let it = iter::iter(v)?;
    make::collect(&it, RANGE)
}

fn place(v: &Value, key: &Value) -> PyResult<usize> {
    if !is_index(key) {
        let got = key.ty().full_name();
        return Err(type_error(format!("bytearray indices must be integers or slices, not {got}")));
    }
    let i = as_index(key)?;
    let len = me(v)?.len();
    let at = if i < 0 { i + len as i64 } else { i };
    match usize::try_from(at) {
        Ok(at) if at < len => Ok(at),
        _ => Err(index_error("bytearray index out of range")),
    }
}

fn setitem(v: &Value, key: &Value, item: &Value) -> PyResult {
    let array = me(v)?;
    if let Some(slice) = key.downcast::<Slice>() {
        let with = assigned(item)?;
        let b = sequence::bounds(slice, || array.len())?;
        if b.step == 1 {
            let from = b.start as usize;
            array.splice(from, (b.stop.max(b.start)) as usize, with)?;
            return Ok(NONE);
        }
        if with.is_empty() {
            return delete_slice(array, b);
        }
        if with.len() != b.count {
            let (got, want) = (with.len(), b.count);
            return Err(value_error(format!("attempt to assign bytes of size {got} to extended slice of size {want}")));
        }
        let mut data = array.data.borrow_mut();
        for (at, byte) in b.indices().zip(with) {
            if let Some(slot) = data.get_mut(at) {
                *slot = byte;
            }
        }
        return Ok(NONE);
    }
    let at = place(v, key)?;
    let byte = byte(item, RANGE)?;
    if let Some(slot) = array.data.borrow_mut().get_mut(at) {
        *slot = byte;
    }
    Ok(NONE)
}
fn delete_slice(array: &ByteArray, b: sequence::Bounds) -> PyResult {
    if b.count == 0 {
        return Ok(NONE);
    }
    array.resizable()?;
    let mut gone: Vec<usize> = b.indices().collect();
    gone.sort_unstable();
    let mut at = 0;
    array.data.borrow_mut().retain(|_| {
        at += 1;
        gone.binary_search(&(at - 1)).is_err()
    });
    Ok(NONE)
}
fn delitem(v: &Value, key: &Value) -> PyResult {
    let array = me(v)?;
    if let Some(slice) = key.downcast::<Slice>() {
        let b = sequence::bounds(slice, || array.len())?;
        return delete_slice(array, b);
    }
    let at = place(v, key)?;
    array.splice(at, at + 1, Vec::new())?;
    Ok(NONE)
}

fn append(v: &Value, item: &Value) -> PyResult {
    let byte = byte(item, RANGE)?;
    let array = me(v)?;
    array.resizable()?;
    array.data.borrow_mut().push(byte);
    Ok(NONE)
}
fn extend(v: &Value, items: &Value) -> PyResult {
    let array = me(v)?;
    let more = match buffer::bytes_of(items)? {
        Some(b) => b,
        None if items.as_str_obj().is_some() => {
            return Err(type_error("expected iterable of integers; got: 'str'"));
        }
        None => {
            let it = iter::iter(items).map_err(|raised| {
                if crate::error::matches(&raised, &crate::error::hierarchy::TYPE_ERROR) {
                    drop(crate::error::take(raised));
                    return type_error(format!("can't extend bytearray with {}", items.ty().full_name()));
                }
                raised
            })?;
            make::collect(&it, RANGE)?
        }
    };
    if !more.is_empty() {
        array.extend_from_slice(&more)?;
    }
    Ok(NONE)
}
fn insert(v: &Value, at: &Value, item: &Value) -> PyResult {
    let at = as_ssize_arg(at)?;
    let byte = byte(item, RANGE)?;
    let array = me(v)?;
    array.resizable()?;
    let len = array.len();
    let at = if at < 0 { (at + len as i64).max(0) as usize } else { (at as usize).min(len) };
    array.data.borrow_mut().insert(at, byte);
    Ok(NONE)
}
fn pop(v: &Value, at: &Value) -> PyResult {
    let at = as_ssize_arg(at)?;
    let array = me(v)?;
    let len = array.len();
    if len == 0 {
        return Err(index_error("pop from empty bytearray"));
    }
    let at = if at < 0 { at + len as i64 } else { at };
    let Some(at) = usize::try_from(at).ok().filter(|&at| at < len) else {
        return Err(index_error("pop index out of range"));
    };
    array.resizable()?;
    Ok(Value::int(array.data.borrow_mut().remove(at).into()))
}
fn remove(v: &Value, item: &Value) -> PyResult {
    let byte = byte(item, RANGE)?;
    let array = me(v)?;
    let at = array.data.borrow().iter().position(|&b| b == byte);
    let Some(at) = at else { return Err(value_error("value not found in bytearray")) };
    array.splice(at, at + 1, Vec::new())?;
    Ok(NONE)
}
fn clear(v: &Value) -> PyResult {
    let array = me(v)?;
    array.resizable()?;
    array.data.borrow_mut().clear();
    Ok(NONE)
}
fn copy(v: &Value) -> PyResult {
    Ok(value(me(v)?.to_vec()))
}
fn reverse(v: &Value) -> PyResult {
    me(v)?.data.borrow_mut().reverse();
    Ok(NONE)
}
fn alloc(v: &Value) -> PyResult {
    Ok(Value::from(me(v)?.len() + 1))
}
fn iadd(v: &Value, other: &Value) -> PyResult {
    let Some(more) = buffer::bytes_of(other)? else {
        return Err(type_error(format!("can't concat {} to {}", other.ty().full_name(), v.ty().name())));
    };
    let array = me(v)?;
    if !more.is_empty() {
        array.extend_from_slice(&more)?;
    }
    Ok(v.clone())
}
fn imul(v: &Value, n: &Value) -> PyResult {
    let n = as_size(n)?.max(0) as usize;
    let array = me(v)?;
    if n != 1 {
        array.resizable()?;
        let size = array.len().checked_mul(n).filter(|&s| s < 1 << 40);
        if size.is_none() {
            return Err(crate::error::memory_error(""));
        }
        let data = array.data.borrow().repeat(n);
        array.data.replace(data);
    }
    Ok(v.clone())
}
fn reduce(v: &Value) -> PyResult {
    let state = super::from_slice(&me(v)?.data.borrow());
    Ok(tuple::new(vec![Value::of_type(v.ty()), tuple::new(vec![state])]))
}

static METHODS: &[Method] = shared_methods![
    Method::static_("__new__(type, *args, **kwargs)", Raw(new)),
    Method::new("__init__(self, *args, **kwargs)", Raw(init)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__str__(self, /)", F1(repr)),
    Method::new("__iter__(self, /)", F1(byte_iter::iter)),
    Method::new("__setitem__(self, key, value, /)", F3(setitem)),
    Method::new("__delitem__(self, key, /)", F2(delitem)),
    Method::new("__iadd__(self, value, /)", F2(iadd)),
    Method::new("__imul__(self, value, /)", F2(imul)),
    Method::new("__alloc__(self, /)", F1(alloc)),
    Method::new("__reduce__(self, /)", F1(reduce)),
    Method::new("append(self, item, /)", F2(append)),
    Method::new("extend(self, iterable_of_ints, /)", F2(extend)),
    Method::new("insert(self, index, item, /)", F3(insert)),
    Method::new("pop(self, index=-1, /)", F2(pop)),
    Method::new("remove(self, value, /)", F2(remove)),
    Method::new("clear(self, /)", F1(clear)),
    Method::new("copy(self, /)", F1(copy)),
    Method::new("reverse(self, /)", F1(reverse)),
];

static DEF: ClassDef = ClassDef::new::<ByteArray>("bytearray")
    .methods(METHODS)
    .setup(unhashable)
    .hooks(Hooks { iter: Some(byte_iter::iter), ..Hooks::NONE });
pub static BYTEARRAY: Type = Type::builtin(&DEF);
