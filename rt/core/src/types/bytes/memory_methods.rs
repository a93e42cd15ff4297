//! Owns: the methods and attributes of `memoryview`, and its iterator. Never: layouts (`memory`).

use super::memory::{self, Layout, MemoryView};
use super::{buffer, element, make};
use crate::error::{index_error, not_implemented_error, type_error, value_error};
use crate::methods::*;
use crate::protocol::sequence::{self, as_index, is_index};
use crate::protocol::{compare, hash};
use crate::types::none::not_implemented;
use crate::types::slice::Slice;
use crate::types::tuple;
use std::cell::{Cell, RefCell};

fn body(v: &Value) -> PyResult<&MemoryView> {
    v.downcast::<MemoryView>().ok_or_else(|| type_error(format!("expected memoryview, got {}", v.ty().full_name())))
}
fn me(v: &Value) -> PyResult<Layout> {
    body(v)?.layout()
}

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    match (&all[1.min(all.len())..], kw) {
        ([object], []) => memory::of(object),
        ([object], [name]) if name.as_str() == "object" => memory::of(object),
        ([], _) => Err(type_error("memoryview() missing required argument 'object' (pos 1)")),
        ([_], [name, ..]) => Err(type_error(format!("memoryview() got an unexpected keyword argument '{name}'"))),
        (more, _) => Err(type_error(format!("memoryview() takes at most 1 argument ({} given)", more.len()))),
    }
}
fn repr(v: &Value) -> PyResult {
    let at = v.bits();
    let kind = if body(v)?.is_released() { "released memory" } else { "memory" };
    Ok(Value::string(format!("<{kind} at {at:#x}>")))
}
fn len(v: &Value) -> PyResult {
    let m = me(v)?;
    match m.shape.first() {
        Some(&n) => Ok(n.into()),
        None => Err(type_error("0-dim memory has no length")),
    }
}

/// What a subscript selects: one element, or a part.
enum Target {
    Element(usize),
    Part(Layout),
}

/// The place of index `i` along dimension `dim`.
fn along(m: &Layout, dim: usize, key: &Value, base: isize) -> PyResult<isize> {
    let n = m.shape.get(dim).copied().unwrap_or(0) as i64;
    let i = as_index(key)?;
    let at = if i < 0 { i + n } else { i };
    if at < 0 || at >= n {
        return Err(index_error(format!("index out of bounds on dimension {}", dim + 1)));
    }
    Ok(base + at as isize * m.strides.get(dim).copied().unwrap_or(0))
}

fn select(m: Layout, key: &Value) -> PyResult<Target> {
    if m.shape.is_empty() {
        let empty = tuple::is_tuple(key) && tuple::items(key).is_empty();
        if empty || key.is(&crate::types::none::ellipsis()) {
            return Ok(Target::Element(m.offset));
        }
        return Err(type_error("invalid indexing of 0-dim memory"));
    }
    if let Some(slice) = key.downcast::<Slice>() {
        let b = sequence::bounds(slice, || m.shape.first().copied().unwrap_or(0))?;
        if m.shape.len() > 1 {
            return Err(not_implemented_error("multi-dimensional slicing is not implemented"));
        }
        let stride = m.strides.first().copied().unwrap_or(1);
        let mut part = m;
        part.offset = (part.offset as isize + b.start as isize * stride) as usize;
        part.shape = vec![b.count];
        part.strides = vec![stride * b.step as isize];
        return Ok(Target::Part(part));
    }
    if is_index(key) {
        if m.shape.len() > 1 {
            return Err(not_implemented_error("multi-dimensional sub-views are not implemented"));
        }
        return Ok(Target::Element(along(&m, 0, key, m.offset as isize)? as usize));
    }
    if tuple::is_tuple(key) {
        let keys = tuple::items(key);
        if keys.iter().all(is_index) {
            if keys.len() < m.shape.len() {
                return Err(not_implemented_error("sub-views are not implemented"));
            }
            if keys.len() > m.shape.len() {
                let (dims, got) = (m.shape.len(), keys.len());
                return Err(type_error(format!("cannot index {dims}-dimension view with {got}-element tuple")));
            }
            let mut base = m.offset as isize;
            for (dim, key) in keys.iter().enumerate() {
                base = along(&m, dim, key, base)?;
            }
            return Ok(Target::Element(base as usize));
        }
        if keys.iter().all(|k| k.downcast::<Slice>().is_some()) {
            return Err(not_implemented_error("multi-dimensional slicing is not implemented"));
        }
    }
    Err(type_error("memoryview: invalid slice key"))
}

fn getitem(v: &Value, key: &Value) -> PyResult {
    let m = me(v)?;
    match select(m.clone(), key)? {
        Target::Element(at) => m.value_at(at),
        Target::Part(part) => Ok(memory::wrap(part)),
    }
}

fn setitem(v: &Value, key: &Value, item: &Value) -> PyResult {
    let m = me(v)?;
    if m.readonly {
        return Err(type_error("cannot modify read-only memory"));
    }
    match select(m.clone(), key)? {
        Target::Element(at) => {
            let bytes = m.pack(item)?;
            // Packing may have run code that released the view.
            me(v)?.write(at, &bytes);
        }
        Target::Part(part) => {
            let source = memory::of(item).map_err(|raised| {
                drop(crate::error::take(raised));
                type_error(format!("a bytes-like object is required, not '{}'", item.ty().full_name()))
            })?;
            let source = me(&source)?;
            if source.letter != part.letter || source.shape != part.shape {
                return Err(value_error("memoryview assignment: lvalue and rvalue have different structures"));
            }
            let bytes = source.to_bytes();
            for (at, chunk) in part.places().into_iter().zip(bytes.chunks(part.itemsize)) {
                part.write(at, chunk);
            }
        }
    }
    Ok(NONE)
}
fn delitem(_v: &Value, _key: &Value) -> PyResult {
    Err(type_error("cannot delete memory"))
}

fn eq_bool(v: &Value, other: &Value) -> PyResult<Option<bool>> {
    if v.is(other) {
        return Ok(Some(true));
    }
    if body(v)?.is_released() {
        return Ok(Some(false));
    }
    let m = me(v)?;
    let w = match other.downcast::<MemoryView>() {
        Some(w) if w.is_released() => return Ok(Some(false)),
        Some(w) => w.layout()?,
        None => {
            if buffer::view(other)?.is_none() {
                return Ok(None);
            }
            me(&memory::of(other)?)?
        }
    };
    if m.shape != w.shape {
        return Ok(Some(false));
    }
    let plain = |letter: u8| matches!(letter, b'B' | b'b' | b'c' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q');
    if m.letter == w.letter && plain(m.letter) {
        return Ok(Some(m.to_bytes() == w.to_bytes()));
    }
    for (a, b) in m.places().into_iter().zip(w.places()) {
        if !compare::eq(&m.value_at(a)?, &w.value_at(b)?)? {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}
fn eq(v: &Value, other: &Value) -> PyResult {
    Ok(eq_bool(v, other)?.map_or_else(not_implemented, Value::bool))
}
fn ne(v: &Value, other: &Value) -> PyResult {
    Ok(eq_bool(v, other)?.map_or_else(not_implemented, |same| Value::bool(!same)))
}
fn dunder_hash(v: &Value) -> PyResult {
    let cell = body(v)?.cached_hash();
    if cell.get() == -1 {
        let m = me(v)?;
        if !m.readonly {
            return Err(value_error("cannot hash writable memoryview object"));
        }
        if !matches!(m.letter, b'B' | b'b' | b'c') {
            return Err(value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        // The object below must be hashable too.
        hash::hash(&m.obj)?;
        cell.set(crate::types::str::value::hash_bytes(&m.to_bytes()));
    }
    Ok(Value::int(cell.get()))
}
fn contains(v: &Value, item: &Value) -> PyResult {
    Ok(Value::bool(sequence::contains_by_iteration(v, item)?))
}

fn tobytes(v: &Value, order: &Value) -> PyResult {
    if !order.is_none() {
        match order.as_str() {
            Some("C" | "F" | "A") => {}
            Some(_) => return Err(value_error("order must be 'C', 'F' or 'A'")),
            None => return Err(type_error(format!("tobytes() argument 'order' must be str or None, not {}", order.ty().full_name()))),
        }
    }
    Ok(super::value(body(v)?.to_bytes()?))
}
fn tolist(v: &Value) -> PyResult {
    me(v)?.to_list()
}
fn hex(v: &Value, sep: &Value, group: &Value) -> PyResult {
    make::hex_text(&body(v)?.to_bytes()?, sep, group)
}
fn toreadonly(v: &Value) -> PyResult {
    let mut m = me(v)?;
    m.readonly = true;
    Ok(memory::wrap(m))
}

fn cast(v: &Value, format: &Value, shape: &Value) -> PyResult {
    let mut m = me(v)?;
    let Some(text) = format.as_str() else {
        return Err(type_error(format!("cast() argument 'format' must be str, not {}", format.ty().full_name())));
    };
    if !m.is_c_contiguous() {
        return Err(type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let dims = if shape.is_unbound() || shape.is_none() { None } else { Some(dimensions(shape)?) };
    if dims.is_some() && m.shape.len() > 1 {
        return Err(type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let bad = || {
        value_error("memoryview: destination format must be a native single character format prefixed with an optional '@'")
    };
    let letter = match text.strip_prefix('@').unwrap_or(text).as_bytes() {
        [letter] => *letter,
        _ => return Err(bad()),
    };
    let Some(size) = element::size_of(letter) else { return Err(bad()) };
    let is_byte = |l: u8| matches!(l, b'B' | b'b' | b'c');
    if !is_byte(letter) && !is_byte(m.letter) {
        return Err(type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let bytes = m.nbytes();
    if bytes % size != 0 {
        return Err(type_error("memoryview: length is not a multiple of itemsize"));
    }
    m.letter = letter;
    m.format = text.to_owned();
    m.itemsize = size;
    m.shape = match dims {
        None => vec![bytes / size],
        Some(dims) => {
            if dims.iter().product::<usize>() * size != bytes {
                return Err(type_error("memoryview: product(shape) * itemsize != buffer size"));
            }
            dims
        }
    };
    let mut stride = size as isize;
    let mut strides = Vec::with_capacity(m.shape.len());
    for &n in m.shape.iter().rev() {
        strides.push(stride);
        stride *= n as isize;
    }
    strides.reverse();
    m.strides = strides;
    Ok(memory::wrap(m))
}
fn dimensions(shape: &Value) -> PyResult<Vec<usize>> {
    let items = if tuple::is_tuple(shape) {
        tuple::items(shape).to_vec()
    } else if let Some(list) = shape.downcast::<crate::types::list::List>() {
        list.to_vec()
    } else {
        return Err(type_error("shape must be a list or a tuple"));
    };
    let mut out = Vec::new();
    for item in &items {
        let Some(n) = item.as_inline_int() else {
            return Err(type_error("memoryview.cast(): elements of shape must be integers"));
        };
        if n <= 0 {
            return Err(value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        out.push(n as usize);
    }
    Ok(out)
}

fn release(v: &Value) -> PyResult {
    body(v)?.release();
    Ok(NONE)
}
fn enter(v: &Value) -> PyResult {
    me(v)?;
    Ok(v.clone())
}
fn exit(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.first() {
        Some(v) => release(v),
        None => Ok(NONE),
    }
}

fn numbers<T: Copy>(items: &[T], to: impl Fn(T) -> Value) -> Value {
    tuple::new(items.iter().map(|&n| to(n)).collect())
}
fn get_obj(v: &Value) -> PyResult {
    Ok(me(v)?.obj)
}
fn get_nbytes(v: &Value) -> PyResult {
    Ok(me(v)?.nbytes().into())
}
fn get_itemsize(v: &Value) -> PyResult {
    Ok(me(v)?.itemsize.into())
}
fn get_format(v: &Value) -> PyResult {
    Ok(Value::string(me(v)?.format))
}
fn get_ndim(v: &Value) -> PyResult {
    Ok(me(v)?.shape.len().into())
}
fn get_shape(v: &Value) -> PyResult {
    Ok(numbers(&me(v)?.shape, Value::from))
}
fn get_strides(v: &Value) -> PyResult {
    Ok(numbers(&me(v)?.strides, |n| Value::int(n as i64)))
}
fn get_suboffsets(v: &Value) -> PyResult {
    me(v)?;
    Ok(tuple::empty())
}
fn get_readonly(v: &Value) -> PyResult {
    Ok(Value::bool(me(v)?.readonly))
}
fn get_contiguous(v: &Value) -> PyResult {
    Ok(Value::bool(me(v)?.is_c_contiguous()))
}
fn get_f_contiguous(v: &Value) -> PyResult {
    let m = me(v)?;
    Ok(Value::bool(m.shape.len() <= 1 && m.is_c_contiguous()))
}

/// `memory_iterator`.
struct MemoryIter {
    view: RefCell<Value>,
    at: Cell<usize>,
}
impl Payload for MemoryIter {}
impl Native for MemoryIter {
    fn class() -> &'static Type {
        &MEMORY_ITERATOR
    }
}
pub(super) fn iter(v: &Value) -> PyResult {
    let m = me(v)?;
    match m.shape.len() {
        0 => return Err(type_error("invalid indexing of 0-dim memory")),
        1 => {}
        _ => return Err(not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
    Ok(object::new(&MEMORY_ITERATOR, MemoryIter { view: RefCell::new(v.clone()), at: Cell::new(0) }))
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<MemoryIter>() else { return Ok(None) };
    let view = it.view.borrow().clone();
    if view.is_none() {
        return Ok(None);
    }
    let m = me(&view)?;
    let at = it.at.get();
    if at >= m.shape.first().copied().unwrap_or(0) {
        let old = it.view.replace(NONE);
        drop(old);
        return Ok(None);
    }
    it.at.set(at + 1);
    let stride = m.strides.first().copied().unwrap_or(1);
    m.value_at((m.offset as isize + at as isize * stride) as usize).map(Some)
}
static ITER_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(crate::types::iterators::itself)),
    Method::new("__next__(self, /)", F1(crate::types::iterators::next_or_stop)),
];
static ITER_DEF: ClassDef = ClassDef::new::<MemoryIter>("memory_iterator")
    .methods(ITER_METHODS)
    .hooks(Hooks { iter: Some(crate::types::iterators::itself), next: Some(next), ..Hooks::NONE });
static MEMORY_ITERATOR: Type = Type::builtin(&ITER_DEF);

pub(super) static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(new)),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__iter__(self, /)", F1(iter)),
    Method::new("__contains__(self, key, /)", F2(contains)),
    Method::new("__getitem__(self, key, /)", F2(getitem)),
    Method::new("__setitem__(self, key, value, /)", F3(setitem)),
    Method::new("__delitem__(self, key, /)", F2(delitem)),
    Method::new("__eq__(self, value, /)", F2(eq)),
    Method::new("__ne__(self, value, /)", F2(ne)),
    Method::new("__hash__(self, /)", F1(dunder_hash)),
    Method::new("__enter__(self, /)", F1(enter)),
    Method::new("__exit__(self, *exc)", Raw(exit)),
    Method::new("release(self, /)", F1(release)),
    Method::new("tobytes(self, /, order='C')", F2(tobytes)),
    Method::new("tolist(self, /)", F1(tolist)),
    Method::new("hex(self, /, sep=..., bytes_per_sep=1)", F3(hex)),
    Method::new("toreadonly(self, /)", F1(toreadonly)),
    Method::new("cast(self, /, format, shape=...)", F3(cast)),
];
pub(super) static GETSET: &[GetSet] = &[
    GetSet::ro("obj", get_obj),
    GetSet::ro("nbytes", get_nbytes),
    GetSet::ro("itemsize", get_itemsize),
    GetSet::ro("format", get_format),
    GetSet::ro("ndim", get_ndim),
    GetSet::ro("shape", get_shape),
    GetSet::ro("strides", get_strides),
    GetSet::ro("suboffsets", get_suboffsets),
    GetSet::ro("readonly", get_readonly),
    GetSet::ro("contiguous", get_contiguous),
    GetSet::ro("c_contiguous", get_contiguous),
    GetSet::ro("f_contiguous", get_f_contiguous),
];
