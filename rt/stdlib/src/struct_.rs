//! Owns: the module `struct`: formats, packing and unpacking. Never: native buffers of other types (`bytes::element`).
//! Source: CPython 3.13, Modules/_struct.c.

use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception};
use rtcore::error::{Raised, overflow_error, raise, type_error};
use rtcore::methods::*;
use rtcore::num::{BigInt, Int, IntRef};
use rtcore::protocol::sequence::{as_ssize_arg, is_index, truth};
use rtcore::protocol::{number, repr, sequence};
use rtcore::types::bytes::element::{f64_to_half, half_to_f64};
use rtcore::types::bytes::memory::{self, MemoryView};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::str::encode;
use rtcore::types::tuple;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

static ERROR_DEF: ClassDef = ClassDef::new::<Exception>("error")
    .module("struct")
    .like(&EXCEPTION, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static ERROR: Type = Type::builtin(&ERROR_DEF);

fn fail(text: impl Into<String>) -> Raised {
    raise(&ERROR, text)
}

/// One letter of a format: `count` values (bytes, for `s` and `p`) from byte `at`.
#[derive(Clone, Copy)]
struct Field {
    letter: u8,
    size: usize,
    count: usize,
    at: usize,
}

/// A compiled format.
struct Layout {
    text: Vec<u8>,
    fields: Vec<Field>,
    size: usize,
    /// How many values it packs.
    values: usize,
    big: bool,
    native: bool,
}

fn size_of(letter: u8, native: bool) -> Option<usize> {
    Some(match letter {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => if native { 8 } else { 4 },
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        _ => return None,
    })
}

impl Layout {
    /// `prepare_s`.
    fn parse(text: &[u8]) -> PyResult<Layout> {
        let (big, native, body) = match text.first() {
            Some(b'<') => (false, false, &text[1..]),
            Some(b'>' | b'!') => (true, false, &text[1..]),
            Some(b'=') => (cfg!(target_endian = "big"), false, &text[1..]),
            Some(b'@') => (cfg!(target_endian = "big"), true, &text[1..]),
            _ => (cfg!(target_endian = "big"), true, text),
        };
        let too_long = || fail("total struct size too long");
        let mut layout = Layout { text: text.to_vec(), fields: vec![], size: 0, values: 0, big, native };
        let mut chars = body.iter().copied().peekable();
        while let Some(c) = chars.next() {
            if c.is_ascii_whitespace() || c == 11 {
                continue;
            }
            let (mut letter, mut count) = (c, 1usize);
            if c.is_ascii_digit() {
                count = usize::from(c - b'0');
                loop {
                    match chars.next() {
                        Some(d) if d.is_ascii_digit() => {
                            let next = count.checked_mul(10).and_then(|n| n.checked_add(usize::from(d - b'0')));
                            count = next.filter(|&n| n <= i64::MAX as usize).ok_or_else(too_long)?;
                        }
                        Some(other) => {
                            letter = other;
                            break;
                        }
                        None => return Err(fail("repeat count given without format specifier")),
                    }
                }
            }
            let Some(size) = size_of(letter, native) else { return Err(fail("bad char in struct format")) };
            if native && layout.size % size != 0 {
                layout.size = layout.size.checked_add(size - layout.size % size).ok_or_else(too_long)?;
            }
            layout.values += match letter {
                b'x' => 0,
                b's' | b'p' => 1,
                _ => count,
            };
            if letter != b'x' {
                layout.fields.push(Field { letter, size, count, at: layout.size });
            }
            let total = size.checked_mul(count).and_then(|n| layout.size.checked_add(n));
            layout.size = total.filter(|&n| n <= i64::MAX as usize).ok_or_else(too_long)?;
        }
        Ok(layout)
    }

    fn pack(&self, items: &[Value], who: &str) -> PyResult<Vec<u8>> {
        if items.len() != self.values {
            let (want, got) = (self.values, items.len());
            return Err(fail(format!("{who} expected {want} items for packing (got {got})")));
        }
        let mut out = vec![0; self.size];
        let mut items = items.iter();
        for f in &self.fields {
            if matches!(f.letter, b's' | b'p') {
                let Some(v) = items.next() else { break };
                let Some(data) = bytes::as_bytes(v) else {
                    return Err(fail(format!("argument for '{}' must be a bytes object", char::from(f.letter))));
                };
                let slot = &mut out[f.at..f.at + f.count];
                if f.letter == b's' {
                    let n = data.len().min(f.count);
                    slot[..n].copy_from_slice(&data[..n]);
                } else if let Some((len, body)) = slot.split_first_mut() {
                    let n = data.len().min(body.len());
                    body[..n].copy_from_slice(&data[..n]);
                    *len = n.min(255) as u8;
                }
                continue;
            }
            for k in 0..f.count {
                let Some(v) = items.next() else { break };
                let at = f.at + k * f.size;
                self.pack_one(f, v, &mut out[at..at + f.size])?;
            }
        }
        Ok(out)
    }

    fn pack_one(&self, f: &Field, v: &Value, slot: &mut [u8]) -> PyResult<()> {
        let put = |slot: &mut [u8], mut raw: Vec<u8>| {
            if self.big {
                raw.reverse();
            }
            slot.copy_from_slice(&raw);
        };
        match f.letter {
            b'c' => match bytes::as_bytes(v).as_deref() {
                Some([one]) => slot[0] = *one,
                _ => return Err(fail("char format requires a bytes object of length 1")),
            },
            b'?' => slot[0] = u8::from(truth(v)?),
            b'e' | b'f' | b'd' => {
                let x = number::to_f64(v).map_err(|raised| {
                    drop(rtcore::error::take(raised));
                    fail("required argument is not a float")
                })?;
                let too_large = |c| overflow_error(format!("float too large to pack with {c} format"));
                put(slot, match f.letter {
                    b'd' => x.to_le_bytes().to_vec(),
                    b'f' => {
                        let narrow = x as f32;
                        if narrow.is_infinite() && x.is_finite() && !self.native {
                            return Err(too_large('f'));
                        }
                        narrow.to_le_bytes().to_vec()
                    }
                    _ => f64_to_half(x).ok_or_else(|| too_large('e'))?.to_le_bytes().to_vec(),
                });
            }
            _ => {
                if !is_index(v) {
                    return Err(fail("required argument is not an integer"));
                }
                let n = sequence::index_value(v)?;
                let wide = match number::int_ref(&n) {
                    Some(IntRef::Small(n)) => Some(i128::from(n)),
                    Some(IntRef::Big(n)) => i128::try_from(n).ok(),
                    None => None,
                };
                let bits = f.size as u32 * 8;
                let signed = f.letter.is_ascii_lowercase();
                let (low, high) = match (f.letter, signed) {
                    (b'P', _) => (-(1i128 << 63), (1i128 << 64) - 1),
                    (_, true) => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
                    (_, false) => (0, (1i128 << bits) - 1),
                };
                let Some(n) = wide.filter(|n| (low..=high).contains(n)) else {
                    if f.letter == b'P' {
                        return Err(fail("int too large to convert"));
                    }
                    let c = char::from(f.letter);
                    return Err(fail(format!("'{c}' format requires {low} <= number <= {high}")));
                };
                put(slot, n.to_le_bytes()[..f.size].to_vec());
            }
        }
        Ok(())
    }

    /// The values in the bytes, which are as many as the format takes.
    fn unpack(&self, data: &[u8]) -> Value {
        let mut out = Vec::with_capacity(self.values);
        for f in &self.fields {
            match f.letter {
                b's' => out.push(bytes::from_slice(&data[f.at..f.at + f.count])),
                b'p' => {
                    let part = &data[f.at..f.at + f.count];
                    let n = part.first().map_or(0, |&n| usize::from(n).min(f.count - 1));
                    out.push(bytes::from_slice(part.get(1..1 + n).unwrap_or(&[])));
                }
                _ => {
                    for k in 0..f.count {
                        let at = f.at + k * f.size;
                        out.push(self.unpack_one(f, &data[at..at + f.size]));
                    }
                }
            }
        }
        tuple::new(out)
    }

    fn unpack_one(&self, f: &Field, raw: &[u8]) -> Value {
        let mut wide = [0u8; 8];
        for (i, slot) in wide[..f.size].iter_mut().enumerate() {
            *slot = raw[if self.big { f.size - 1 - i } else { i }];
        }
        let bits = u64::from_le_bytes(wide);
        match f.letter {
            b'c' => bytes::from_slice(raw),
            b'?' => Value::bool(bits != 0),
            b'd' => Value::float(f64::from_bits(bits)),
            b'f' => Value::float(f32::from_bits(bits as u32).into()),
            b'e' => Value::float(half_to_f64(bits as u16)),
            letter if letter.is_ascii_lowercase() => {
                let spare = 64 - f.size as u32 * 8;
                Value::int((bits << spare) as i64 >> spare)
            }
            _ => match i64::try_from(bits) {
                Ok(n) => Value::int(n),
                Err(_) => Int::from(BigInt::from(bits)).into(),
            },
        }
    }
}

/// The body of `Struct`.
struct Struct(RefCell<Rc<Layout>>);
impl Payload for Struct {}
impl Native for Struct {
    fn class() -> &'static Type {
        &STRUCT
    }
}

fn compile(format: &Value) -> PyResult<Rc<Layout>> {
    if let Some(s) = format.as_str_obj() {
        let text = if s.is_ascii() { s.as_bytes().to_vec() } else { encode::encode(format, "ascii", "strict")? };
        return Layout::parse(&text).map(Rc::new);
    }
    match bytes::as_bytes(format) {
        Some(b) if format.downcast::<bytes::Bytes>().is_some() => Layout::parse(&b).map(Rc::new),
        Some(_) | None => {
            let got = format.ty().full_name();
            Err(type_error(format!("Struct() argument 1 must be a str or bytes object, not {got}")))
        }
    }
}

/// Formats compiled lately: module functions are called with the same few texts.
static CACHE: rtcore::gil::GilRefCell<Vec<Value>> = rtcore::gil::Gil::new(RefCell::new(Vec::new()));
const CACHE_SIZE: usize = 100;

/// The compiled format of a module function's argument.
fn cached(format: &Value) -> PyResult<Rc<Layout>> {
    if format.downcast_exact::<rtcore::types::str::Str>().is_none() {
        return compile(format);
    }
    let hit = CACHE.borrow().iter().find_map(|s| {
        let layout = s.downcast::<Struct>()?.0.borrow();
        (format.as_str_obj()?.as_bytes() == layout.text).then(|| Rc::clone(&layout))
    });
    if let Some(layout) = hit {
        return Ok(layout);
    }
    let layout = compile(format)?;
    let made = object::new(&STRUCT, Struct(RefCell::new(Rc::clone(&layout))));
    let mut cache = CACHE.borrow_mut();
    if cache.len() >= CACHE_SIZE {
        cache.clear();
    }
    cache.push(made);
    Ok(layout)
}
fn clear_cache() -> PyResult {
    CACHE.borrow_mut().clear();
    Ok(NONE)
}

fn me(v: &Value) -> PyResult<Rc<Layout>> {
    match v.downcast::<Struct>() {
        Some(s) => Ok(Rc::clone(&s.0.borrow())),
        None => Err(type_error("not a Struct")),
    }
}

fn unpack_all(layout: &Layout, data: &Value) -> PyResult {
    let view = buffer::required(data)?;
    if view.len() != layout.size {
        return Err(fail(format!("unpack requires a buffer of {} bytes", layout.size)));
    }
    Ok(layout.unpack(&view))
}

/// Where `size` bytes stand in a buffer of `len`; negative offsets count from the end.
fn place(offset: i64, size: usize, len: usize, unpacking: bool) -> PyResult<usize> {
    let (size_, len_) = (size as i64, len as i64);
    let mut at = offset;
    if offset < 0 {
        if offset + size_ > 0 {
            let what = if unpacking { "not enough data to unpack" } else { "no space to pack" };
            return Err(fail(format!("{what} {size} bytes at offset {offset}")));
        }
        if offset + len_ < 0 {
            return Err(fail(format!("offset {offset} out of range for {len}-byte buffer")));
        }
        at = offset + len_;
    }
    if len_ - at < size_ {
        let (who, verb) = if unpacking { ("unpack_from", "unpacking") } else { ("pack_into", "packing") };
        return Err(fail(format!(
            "{who} requires a buffer of at least {} bytes for {verb} {size} bytes at offset {at} (actual buffer size is {len})",
            at as i128 + size as i128
        )));
    }
    Ok(at as usize)
}
fn unpack_at(layout: &Layout, data: &Value, offset: &Value) -> PyResult {
    let offset = as_ssize_arg(offset)?;
    let view = buffer::required(data)?;
    let at = place(offset, layout.size, view.len(), true)?;
    Ok(layout.unpack(&view[at..at + layout.size]))
}

fn pack_at(layout: &Layout, args: &[Value]) -> PyResult {
    let (buffer, offset, items) = match args {
        [] => return Err(fail("pack_into expected buffer argument")),
        [_] => return Err(fail("pack_into expected offset argument")),
        [buffer, offset, items @ ..] => (buffer, offset, items),
    };
    if items.len() != layout.values {
        let (want, got) = (layout.values, items.len());
        return Err(fail(format!("pack_into expected {want} items for packing (got {got})")));
    }
    let read_write = || type_error(format!("argument must be read-write bytes-like object, not {}", buffer.ty().full_name()));
    let view = memory::of(buffer).map_err(|raised| {
        drop(rtcore::error::take(raised));
        read_write()
    })?;
    let Some(view) = view.downcast::<MemoryView>() else { return Err(read_write()) };
    let target = view.layout()?;
    if target.readonly || !target.is_c_contiguous() {
        return Err(read_write());
    }
    let at = place(as_ssize_arg(offset)?, layout.size, target.nbytes(), false)?;
    let data = layout.pack(items, "pack_into")?;
    target.write(target.offset + at, &data);
    Ok(NONE)
}

/// `unpack_iterator`.
struct Unpacking {
    layout: Rc<Layout>,
    data: Value,
    at: Cell<usize>,
}
impl Payload for Unpacking {}
impl Native for Unpacking {
    fn class() -> &'static Type {
        &UNPACK_ITERATOR
    }
}
fn iterate(layout: Rc<Layout>, data: &Value) -> PyResult {
    if layout.size == 0 {
        return Err(fail("cannot iteratively unpack with a struct of length 0"));
    }
    if buffer::required(data)?.len() % layout.size != 0 {
        return Err(fail(format!("iterative unpacking requires a buffer of a multiple of {} bytes", layout.size)));
    }
    Ok(object::new(&UNPACK_ITERATOR, Unpacking { layout, data: data.clone(), at: Cell::new(0) }))
}
fn next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<Unpacking>() else { return Ok(None) };
    let view = buffer::required(&it.data)?;
    let at = it.at.get();
    let Some(part) = view.get(at..at + it.layout.size) else { return Ok(None) };
    it.at.set(at + it.layout.size);
    Ok(Some(it.layout.unpack(part)))
}
fn length_hint(v: &Value) -> PyResult {
    let Some(it) = v.downcast::<Unpacking>() else { return Ok(Value::int(0)) };
    let len = buffer::required(&it.data)?.len();
    Ok(Value::from((len.saturating_sub(it.at.get())) / it.layout.size))
}
static ITER_METHODS: &[Method] = &[
    Method::new("__iter__(self, /)", F1(rtcore::types::iterators::itself)),
    Method::new("__next__(self, /)", F1(rtcore::types::iterators::next_or_stop)),
    Method::new("__length_hint__(self, /)", F1(length_hint)),
];
static ITER_DEF: ClassDef = ClassDef::new::<Unpacking>("unpack_iterator")
    .module("_struct")
    .methods(ITER_METHODS)
    .hooks(Hooks { iter: Some(rtcore::types::iterators::itself), next: Some(next), ..Hooks::NONE });
static UNPACK_ITERATOR: Type = Type::builtin(&ITER_DEF);

fn struct_new(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("Struct.__new__(X): X is not a type object")) };
    let layout = match (&all[1..], kw) {
        ([format], []) => compile(format)?,
        ([format], [name]) if name.as_str() == "format" => compile(format)?,
        ([], _) if std::ptr::eq(ty, &STRUCT) => {
            return Err(type_error("Struct() missing required argument 'format' (pos 1)"));
        }
        // A subclass may take other arguments and call `__init__` itself.
        _ => Rc::new(Layout::parse(b"")?),
    };
    Ok(object::new(ty, Struct(RefCell::new(layout))))
}
fn struct_init(v: &Value, format: &Value) -> PyResult {
    let layout = compile(format)?;
    if let Some(s) = v.downcast::<Struct>() {
        s.0.replace(layout);
    }
    Ok(NONE)
}
fn struct_repr(v: &Value) -> PyResult {
    Ok(Value::string(format!("{}({})", v.ty().name(), repr::repr_string(&get_format(v)?)?)))
}
fn struct_pack(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((v, items)) => Ok(bytes::value(me(v)?.pack(items, "pack")?)),
        None => Err(type_error("unbound method Struct.pack() needs an argument")),
    }
}
fn struct_pack_into(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((v, args)) => pack_at(&*me(v)?, args),
        None => Err(type_error("unbound method Struct.pack_into() needs an argument")),
    }
}
fn struct_unpack(v: &Value, data: &Value) -> PyResult {
    unpack_all(&*me(v)?, data)
}
fn struct_unpack_from(v: &Value, data: &Value, offset: &Value) -> PyResult {
    unpack_at(&*me(v)?, data, offset)
}
fn struct_iter_unpack(v: &Value, data: &Value) -> PyResult {
    iterate(me(v)?, data)
}
fn get_size(v: &Value) -> PyResult {
    Ok(me(v)?.size.into())
}
fn get_format(v: &Value) -> PyResult {
    Ok(Value::string(String::from_utf8_lossy(&me(v)?.text).into_owned()))
}
static STRUCT_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kwargs)", Raw(struct_new)),
    Method::new("__init__(self, /, format)", F2(struct_init)),
    Method::new("__repr__(self, /)", F1(struct_repr)),
    Method::new("pack(self, *values)", Raw(struct_pack)),
    Method::new("pack_into(self, *args)", Raw(struct_pack_into)),
    Method::new("unpack(self, buffer, /)", F2(struct_unpack)),
    Method::new("unpack_from(self, /, buffer, offset=0)", F3(struct_unpack_from)),
    Method::new("iter_unpack(self, buffer, /)", F2(struct_iter_unpack)),
];
static STRUCT_DEF: ClassDef = ClassDef::new::<Struct>("Struct")
    .module("_struct")
    .methods(STRUCT_METHODS)
    .getset(&[GetSet::ro("size", get_size), GetSet::ro("format", get_format)]);
static STRUCT: Type = Type::builtin(&STRUCT_DEF);

fn calcsize(format: &Value) -> PyResult {
    Ok(cached(format)?.size.into())
}
fn pack(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((format, items)) => Ok(bytes::value(cached(format)?.pack(items, "pack")?)),
        None => Err(type_error("pack expected at least 1 argument, got 0")),
    }
}
fn pack_into(all: &[Value], _kw: &[Name]) -> PyResult {
    match all.split_first() {
        Some((format, args)) => pack_at(&*cached(format)?, args),
        None => Err(type_error("pack_into expected at least 1 argument, got 0")),
    }
}
fn unpack(format: &Value, data: &Value) -> PyResult {
    unpack_all(&*cached(format)?, data)
}
fn unpack_from(format: &Value, data: &Value, offset: &Value) -> PyResult {
    unpack_at(&*cached(format)?, data, offset)
}
fn iter_unpack(format: &Value, data: &Value) -> PyResult {
    iterate(cached(format)?, data)
}

static FUNCTIONS: &[Method] = &[
    Method::new("calcsize(format, /)", F1(calcsize)),
    Method::new("pack(format, /, *values)", Raw(pack)),
    Method::new("pack_into(format, /, *args)", Raw(pack_into)),
    Method::new("unpack(format, buffer, /)", F2(unpack)),
    Method::new("unpack_from(format, /, buffer, offset=0)", F3(unpack_from)),
    Method::new("iter_unpack(format, buffer, /)", F2(iter_unpack)),
    Method::new("_clearcache()", F0(clear_cache)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Struct", Value::of_type(&STRUCT));
    set_str(m, "error", Value::of_type(&ERROR));
    let all = ["calcsize", "pack", "pack_into", "unpack", "unpack_from", "iter_unpack", "Struct", "error"];
    set_str(m, "__all__", rtcore::types::list::List::value(all.iter().map(|s| Value::str(s)).collect()));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("struct", FUNCTIONS, setup);
