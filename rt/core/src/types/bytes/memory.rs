//! Owns: the body of `memoryview`: which bytes of which object it shows, in which shape.
//! Never: the table (`memory_methods`). Source: CPython 3.13, Objects/memoryobject.c.

use super::element::{self, Element};
use super::{ByteArray, Bytes, buffer};
use crate::error::{Raised, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence;
use crate::types::list::List;
use std::cell::{Cell, RefCell};

/// What a view shows; sub-views and casts share the object.
#[derive(Clone)]
pub struct Layout {
    pub obj: Value,
    pub offset: usize,
    pub letter: u8,
    /// The format as text: casts keep what they were given (`@i`).
    pub format: String,
    pub itemsize: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
    pub readonly: bool,
}

/// The body of `memoryview`.
pub struct MemoryView {
    layout: RefCell<Option<Layout>>,
    hash: Cell<i64>,
}
impl Payload for MemoryView {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(layout) = self.layout.try_borrow()
            && let Some(layout) = layout.as_ref()
        {
            visit(&layout.obj);
        }
    }
    fn clear(&self) {
        self.release();
    }
}
impl Drop for MemoryView {
    fn drop(&mut self) {
        self.release();
    }
}
impl Native for MemoryView {
    fn class() -> &'static Type {
        &MEMORYVIEW
    }
}

/// Counts a view of `obj` in or out.
fn export(obj: &Value, by: i64) {
    if let Some(array) = obj.downcast::<ByteArray>() {
        let n = array.exports.get();
        array.exports.set(if by > 0 { n + 1 } else { n.saturating_sub(1) });
    } else if let Some(p) = buffer::provider(obj) {
        (p.export)(obj, by);
    }
}

/// A view of a whole layout as a value.
pub fn wrap(layout: Layout) -> Value {
    export(&layout.obj, 1);
    object::new(&MEMORYVIEW, MemoryView { layout: RefCell::new(Some(layout)), hash: Cell::new(-1) })
}

/// `memoryview(obj)`.
pub fn of(obj: &Value) -> PyResult {
    let plain = |len: usize, readonly: bool| Layout {
        obj: obj.clone(),
        offset: 0,
        letter: b'B',
        format: "B".to_owned(),
        itemsize: 1,
        shape: vec![len],
        strides: vec![1],
        readonly,
    };
    if let Some(b) = obj.downcast::<Bytes>() {
        return Ok(wrap(plain(b.data().len(), true)));
    }
    if let Some(a) = obj.downcast::<ByteArray>() {
        return Ok(wrap(plain(a.len(), false)));
    }
    if let Some(m) = obj.downcast::<MemoryView>() {
        return Ok(wrap(m.layout()?));
    }
    if let Some(p) = buffer::provider(obj) {
        let letter = (p.letter)(obj);
        let itemsize = element::size_of(letter).unwrap_or(1);
        let mut layout = plain((p.len)(obj) / itemsize, p.readonly);
        layout.letter = letter;
        layout.format = char::from(letter).to_string();
        layout.itemsize = itemsize;
        layout.strides = vec![itemsize as isize];
        return Ok(wrap(layout));
    }
    if obj.ty().is_heap()
        && let Some(r) = crate::protocol::call::try_special(obj, crate::types::class::special::Special::Buffer, &[Value::int(0x11c)])
    {
        return r;
    }
    Err(type_error(format!("memoryview: a bytes-like object is required, not '{}'", obj.ty().full_name())))
}

fn released() -> Raised {
    value_error("operation forbidden on released memoryview object")
}

impl Layout {
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }
    pub fn nbytes(&self) -> usize {
        self.len() * self.itemsize
    }
    pub fn is_c_contiguous(&self) -> bool {
        let mut expected = self.itemsize as isize;
        for (&n, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if n > 1 && stride != expected {
                return false;
            }
            expected *= n as isize;
        }
        true
    }
    /// The byte offset of every element, in C order.
    pub fn places(&self) -> Vec<usize> {
        let mut out = vec![self.offset as isize];
        for (&n, &stride) in self.shape.iter().zip(&self.strides) {
            out = out.iter().flat_map(|&base| (0..n as isize).map(move |i| base + i * stride)).collect();
        }
        out.into_iter().map(|p| p as usize).collect()
    }
    /// Runs `f` on the bytes of the object below.
    fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        if let Some(b) = self.obj.downcast::<Bytes>() {
            return f(b.data());
        }
        if let Some(a) = self.obj.downcast::<ByteArray>() {
            return f(&a.data.borrow());
        }
        match buffer::provider(&self.obj) {
            Some(p) => f(&(p.read)(&self.obj, 0..(p.len)(&self.obj))),
            None => f(&[]),
        }
    }
    pub fn to_bytes(&self) -> Vec<u8> {
        self.with(|data| {
            if self.is_c_contiguous() {
                return data.get(self.offset..self.offset + self.nbytes()).unwrap_or(&[]).to_vec();
            }
            let element = |at: usize| data.get(at..at + self.itemsize).unwrap_or(&[]).iter().copied();
            self.places().into_iter().flat_map(element).collect()
        })
    }
    pub fn read(&self, at: usize) -> Option<Element> {
        self.with(|data| element::read(self.letter, data.get(at..)?))
    }
    pub fn write(&self, at: usize, bytes: &[u8]) {
        if let Some(a) = self.obj.downcast::<ByteArray>() {
            if let Some(slot) = a.data.borrow_mut().get_mut(at..at + bytes.len()) {
                slot.copy_from_slice(bytes);
            }
        } else if let Some(p) = buffer::provider(&self.obj) {
            (p.write)(&self.obj, at, bytes);
        }
    }
    pub fn value_at(&self, at: usize) -> PyResult {
        Ok(match self.read(at) {
            Some(Element::Int(n)) => Value::int(n),
            Some(Element::Unsigned(n)) => crate::num::Int::from(num_bigint::BigInt::from(n)).into(),
            Some(Element::Float(x)) => Value::float(x),
            Some(Element::Bool(b)) => Value::bool(b),
            Some(Element::Char(c)) => super::value(vec![c]),
            None => return Err(unsupported(&self.format)),
        })
    }
    /// The bytes of one element for `v`; the messages of `pack_single`.
    pub fn pack(&self, v: &Value) -> PyResult<Vec<u8>> {
        let format = &self.format;
        let bad_type = || type_error(format!("memoryview: invalid type for format '{format}'"));
        let bad_value = || value_error(format!("memoryview: invalid value for format '{format}'"));
        match self.letter {
            b'c' => {
                let Some(b) = v.downcast::<Bytes>() else { return Err(bad_type()) };
                if b.data().len() == 1 { Ok(b.data().to_vec()) } else { Err(bad_value()) }
            }
            b'?' => Ok(vec![u8::from(sequence::truth(v)?)]),
            b'f' | b'd' | b'e' => {
                let has = |s| v.ty().special(s).is_some();
                use crate::types::class::special::Special;
                if !has(Special::Float) && !has(Special::Index) {
                    return Err(bad_type());
                }
                let x = crate::protocol::number::to_f64(v)?;
                if self.letter == b'f' {
                    return Ok((x as f32).to_ne_bytes().to_vec());
                }
                element::write_float(self.letter, x).ok_or_else(bad_value)
            }
            _ => {
                if !sequence::is_index(v) {
                    return Err(bad_type());
                }
                let n = sequence::index_value(v)?;
                let wide = match crate::protocol::number::int_ref(&n) {
                    Some(crate::num::IntRef::Small(n)) => Some(i128::from(n)),
                    Some(crate::num::IntRef::Big(n)) => i128::try_from(n).ok(),
                    None => None,
                };
                wide.and_then(|n| element::write_int(self.letter, n)).ok_or_else(bad_value)
            }
        }
    }
    /// Nested lists of the elements.
    pub fn to_list(&self) -> PyResult {
        fn level(layout: &Layout, dim: usize, base: isize) -> PyResult {
            let (Some(&n), Some(&stride)) = (layout.shape.get(dim), layout.strides.get(dim)) else {
                return layout.value_at(base as usize);
            };
            let items: PyResult<Vec<Value>> = (0..n as isize).map(|i| level(layout, dim + 1, base + i * stride)).collect();
            Ok(List::value(items?))
        }
        level(self, 0, self.offset as isize)
    }
}

pub fn unsupported(format: &str) -> Raised {
    crate::error::not_implemented_error(format!("memoryview: unsupported format {format}"))
}

impl MemoryView {
    /// The layout, or ValueError when released.
    pub fn layout(&self) -> PyResult<Layout> {
        self.layout.borrow().clone().ok_or_else(released)
    }
    pub fn to_bytes(&self) -> PyResult<Vec<u8>> {
        self.layout.borrow().as_ref().map(Layout::to_bytes).ok_or_else(released)
    }
    pub fn is_released(&self) -> bool {
        self.layout.borrow().is_none()
    }
    pub fn release(&self) {
        let old = self.layout.replace(None);
        if let Some(old) = old {
            export(&old.obj, -1);
        }
    }
    pub fn cached_hash(&self) -> &Cell<i64> {
        &self.hash
    }
}

static DEF: ClassDef = ClassDef::new::<MemoryView>("memoryview")
    .methods(super::memory_methods::METHODS)
    .getset(super::memory_methods::GETSET)
    .flags(TypeFlags::FINAL | TypeFlags::SEQUENCE)
    .hooks(Hooks { iter: Some(super::memory_methods::iter), ..Hooks::NONE });
pub static MEMORYVIEW: Type = Type::builtin(&DEF);
