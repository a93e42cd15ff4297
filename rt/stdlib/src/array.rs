//! Owns: the module `array`.
//! Never: keeps items as objects: they are bytes in native order.
//! Source: CPython 3.13, Modules/arraymodule.c.

use rtcore::error::{PyResult, eof_error, index_error, overflow_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::call_method_name;
use rtcore::protocol::iter::for_each;
use rtcore::protocol::sequence::{as_clamped, as_index, as_size, as_ssize_arg, bounds, clip_range, index_value, is_index, same_or_eq};
use rtcore::protocol::{compare, repr};
use rtcore::types::bytes::buffer::{self, Provider};
use rtcore::types::class::special::Special;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::none::not_implemented;
use rtcore::types::slice::Slice;
use rtcore::types::str::{STR, value::Str};
use rtcore::types::{bytes, float, tuple};
use std::cell::{Cell, RefCell};

pub struct Array {
    code: u8,
    data: RefCell<Vec<u8>>,
    exports: Cell<i64>,
}
impl Payload for Array {}
impl Native for Array {
    fn class() -> &'static Type {
        &ARRAY
    }
}
const CODES: &[u8] = b"bBuwhHiIlLqQfd";
fn width(code: u8) -> usize {
    match code {
        b'b' | b'B' => 1,
        b'h' | b'H' => 2,
        b'i' | b'I' | b'u' | b'w' | b'f' => 4,
        _ => 8,
    }
}
/// Lowest and highest value, and what CPython calls the C type in messages.
fn limits(code: u8) -> Option<(i128, i128, &'static str)> {
    Some(match code {
        b'b' => (-128, 127, "signed char"),
        b'B' => (0, 255, "unsigned byte integer"),
        b'h' => (-32768, 32767, "signed short integer"),
        b'H' => (0, 65535, "unsigned short"),
        b'i' => (i128::from(i32::MIN), i128::from(i32::MAX), "signed integer"),
        b'I' => (0, i128::from(u32::MAX), "unsigned int"),
        b'l' => (i128::from(i64::MIN), i128::from(i64::MAX), "long"),
        b'L' => (0, i128::from(u64::MAX), "unsigned long"),
        b'q' => (i128::from(i64::MIN), i128::from(i64::MAX), "long long"),
        b'Q' => (0, i128::from(u64::MAX), "unsigned long long"),
        _ => return None,
    })
}
fn as_i128(v: &Value) -> PyResult<Option<i128>> {
    let n = index_value(v)?;
    if let Some(i) = n.as_inline_int() {
        return Ok(Some(i128::from(i)));
    }
    Ok(repr::repr_string(&n)?.parse().ok())
}
/// An item's bytes.
fn encode(code: u8, v: &Value) -> PyResult<Vec<u8>> {
    let w = width(code);
    match code {
        b'u' | b'w' => match v.as_str_obj() {
            Some(s) if s.char_len() == 1 => Ok(s.char_at(0).to_ne_bytes().to_vec()),
            Some(_) | None => Err(type_error("array item must be unicode character")),
        },
        b'f' | b'd' => {
            if v.as_inline_float().is_none() && !is_index(v) && v.ty().special(Special::Float).is_none() {
                return Err(type_error(format!("must be real number, not {}", v.ty().full_name())));
            }
            let x = rtcore::protocol::call::call(&Value::of_type(&float::FLOAT), std::slice::from_ref(v))?;
            let x = x.as_inline_float().unwrap_or(0.0);
            Ok(if code == b'f' { (x as f32).to_ne_bytes().to_vec() } else { x.to_ne_bytes().to_vec() })
        }
        _ => {
            if !is_index(v) {
                return Err(type_error(format!("'{}' object cannot be interpreted as an integer", v.ty().full_name())));
            }
            let Some((low, high, name)) = limits(code) else { return Ok(vec![0; w]) };
            let n = as_i128(v)?;
            match n {
                Some(n) if n >= low && n <= high => Ok(n.to_le_bytes()[..w].to_vec()),
                n => {
                    let negative = n.is_some_and(|n| n < low);
                    Err(overflow_error(match code {
                        b'b' | b'B' | b'h' => format!("{name} is {}", if negative { "less than minimum" } else { "greater than maximum" }),
                        b'H' => format!("unsigned short is {}", if negative { "less than minimum" } else { "greater than maximum" }),
                        b'i' => match n {
                            Some(n) if i64::try_from(n).is_ok() => {
                                format!("signed integer is {}", if negative { "less than minimum" } else { "greater than maximum" })
                            }
                            Some(_) | None => "Python int too large to convert to C long".to_string(),
                        },
                        b'I' | b'L' | b'Q' if negative => "can't convert negative value to unsigned int".to_string(),
                        b'I' if n.is_some_and(|n| n <= i128::from(u64::MAX)) => "unsigned int is greater than maximum".to_string(),
                        _ => "Python int too large to convert to C long".replace(
                            "C long",
                            match code {
                                b'L' | b'I' => "C unsigned long",
                                b'Q' => "C unsigned long long",
                                b'q' => "C long long",
                                _ => "C long",
                            },
                        ),
                    }))
                }
            }
        }
    }
}
fn decode(code: u8, b: &[u8]) -> Value {
    let mut raw = [0u8; 16];
    raw[..b.len()].copy_from_slice(b);
    let u = u128::from_le_bytes(raw);
    match code {
        b'b' => Value::int(i64::from(u as u8 as i8)),
        b'h' => Value::int(i64::from(u as u16 as i16)),
        b'i' => Value::int(i64::from(u as u32 as i32)),
        b'B' | b'H' | b'I' => Value::int(u as i64),
        b'l' | b'q' => Value::int(u as u64 as i64),
        b'L' | b'Q' => match i64::try_from(u) {
            Ok(n) => Value::int(n),
            Err(_) => rtcore::num::typed::Int::from_i128(u as i128).into(),
        },
        b'f' => Value::float(f64::from(f32::from_bits(u as u32))),
        b'd' => Value::float(f64::from_bits(u as u64)),
        _ => object::new(&STR, Str::from_code_point(u as u32)),
    }
}

fn body(v: &Value) -> PyResult<&Array> {
    v.downcast::<Array>().ok_or_else(|| type_error(format!("descriptor requires a 'array.array' object but received a '{}'", v.ty().name())))
}
impl Array {
    fn width(&self) -> usize {
        width(self.code)
    }
    fn len(&self) -> usize {
        self.data.borrow().len() / self.width()
    }
    fn get(&self, i: usize) -> Option<Value> {
        let w = self.width();
        self.data.borrow().get(i * w..(i + 1) * w).map(|b| decode(self.code, b))
    }
    fn set(&self, i: usize, item: &[u8]) {
        let w = self.width();
        self.data.borrow_mut()[i * w..(i + 1) * w].copy_from_slice(item);
    }
    fn resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(rtcore::error::buffer_error("cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }
    fn push(&self, v: &Value) -> PyResult<()> {
        let b = encode(self.code, v)?;
        self.resizable()?;
        self.data.borrow_mut().extend(b);
        Ok(())
    }
    fn slice(&self, from: usize, to: usize) -> Vec<u8> {
        let w = self.width();
        self.data.borrow()[from * w..to * w].to_vec()
    }
}
fn make(ty: &'static Type, code: u8, data: Vec<u8>) -> Value {
    object::new(ty, Array { code, data: RefCell::new(data), exports: Cell::new(0) })
}
fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = &all[..all.len() - kw.len()];
    let Some(ty) = pos.first().and_then(Value::as_type) else { return Err(type_error("not a type")) };
    if !kw.is_empty() && ty.is_static() {
        return Err(type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match &pos[1..] {
        [c] => (c, None),
        [c, i] => (c, Some(i)),
        [] => return Err(type_error("array() takes at least 1 argument (0 given)")),
        more => return Err(type_error(format!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let code = match code.as_str() {
        Some(s) if s.chars().count() == 1 => s.chars().next().unwrap_or('?'),
        Some(_) | None => {
            return Err(type_error(format!("array() argument 1 must be a unicode character, not {}", code.ty().full_name())));
        }
    };
    let Some(code) = u8::try_from(code).ok().filter(|c| CODES.contains(c)) else {
        return Err(value_error("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)"));
    };
    let v = make(ty, code, vec![]);
    let a = body(&v)?;
    let Some(initial) = initial else { return Ok(v) };
    let text = matches!(code, b'u' | b'w');
    if initial.as_str_obj().is_some() && !text {
        return Err(type_error(format!("cannot use a str to initialize an array with typecode '{}'", code as char)));
    }
    if let Some(other) = initial.downcast::<Array>() {
        if matches!(other.code, b'u' | b'w') && !text {
            return Err(type_error(format!("cannot use a unicode array to initialize an array with typecode '{}'", code as char)));
        }
        if other.code == code {
            *a.data.borrow_mut() = other.data.borrow().clone();
            return Ok(v);
        }
    }
    if let Some(b) = bytes::as_bytes(initial) {
        frombytes_raw(a, &b)?;
        return Ok(v);
    }
    for_each(initial, |x| a.push(&x))?;
    Ok(v)
}
fn frombytes_raw(a: &Array, b: &[u8]) -> PyResult<()> {
    if b.len() % a.width() != 0 {
        return Err(value_error("bytes length not a multiple of item size"));
    }
    a.resizable()?;
    a.data.borrow_mut().extend_from_slice(b);
    Ok(())
}
fn append(v: &Value, x: &Value) -> PyResult {
    body(v)?.push(x)?;
    Ok(NONE)
}
fn extend(v: &Value, source: &Value) -> PyResult {
    let a = body(v)?;
    if let Some(b) = source.downcast::<Array>() {
        if b.code != a.code {
            return Err(type_error("can only extend with array of same kind"));
        }
        let more = b.data.borrow().clone();
        a.resizable()?;
        a.data.borrow_mut().extend(more);
        return Ok(NONE);
    }
    for_each(source, |x| a.push(&x))?;
    Ok(NONE)
}
fn insert(v: &Value, at: &Value, x: &Value) -> PyResult {
    let a = body(v)?;
    let (i, n) = (as_ssize_arg(at)?, a.len() as i64);
    let i = if i < 0 { (i + n).max(0) } else { i.min(n) } as usize;
    let b = encode(a.code, x)?;
    a.resizable()?;
    let w = a.width();
    a.data.borrow_mut().splice(i * w..i * w, b);
    Ok(NONE)
}
fn remove_at(a: &Array, i: usize) -> PyResult<()> {
    a.resizable()?;
    let w = a.width();
    a.data.borrow_mut().drain(i * w..(i + 1) * w);
    Ok(())
}
fn pop(v: &Value, at: &Value) -> PyResult {
    let a = body(v)?;
    let (i, n) = (as_ssize_arg(at)?, a.len() as i64);
    if n == 0 {
        return Err(index_error("pop from empty array"));
    }
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n {
        return Err(index_error("pop index out of range"));
    }
    let x = a.get(i as usize).unwrap_or(NONE);
    remove_at(a, i as usize)?;
    Ok(x)
}
fn find(a: &Array, x: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut i = start;
    while i < stop.min(a.len()) {
        let Some(y) = a.get(i) else { break };
        if same_or_eq(&y, x)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}
fn remove(v: &Value, x: &Value) -> PyResult {
    let a = body(v)?;
    match find(a, x, 0, usize::MAX)? {
        Some(i) => {
            remove_at(a, i)?;
            Ok(NONE)
        }
        None => Err(value_error("array.remove(x): x not in array")),
    }
}
fn index(v: &Value, x: &Value, start: &Value, stop: &Value) -> PyResult {
    let a = body(v)?;
    let (start, stop) = clip_range(as_clamped(start)?, as_clamped(stop)?, a.len());
    match find(a, x, start, stop)? {
        Some(i) => Ok(i.into()),
        None => Err(value_error("array.index(x): x not in array")),
    }
}
fn count(v: &Value, x: &Value) -> PyResult {
    let a = body(v)?;
    let mut n = 0i64;
    for i in 0..a.len() {
        if let Some(y) = a.get(i) {
            n += i64::from(same_or_eq(&y, x)?);
        }
    }
    Ok(Value::int(n))
}
fn contains(v: &Value, x: &Value) -> PyResult {
    Ok(find(body(v)?, x, 0, usize::MAX)?.is_some().into())
}
fn reverse(v: &Value) -> PyResult {
    let a = body(v)?;
    let w = a.width();
    let new: Vec<u8> = a.data.borrow().rchunks(w).flatten().copied().collect();
    *a.data.borrow_mut() = new;
    Ok(NONE)
}
fn byteswap(v: &Value) -> PyResult {
    let a = body(v)?;
    let w = a.width();
    a.data.borrow_mut().chunks_mut(w).for_each(<[u8]>::reverse);
    Ok(NONE)
}
fn tolist(v: &Value) -> PyResult {
    let a = body(v)?;
    Ok(List::value((0..a.len()).filter_map(|i| a.get(i)).collect()))
}
fn fromlist(v: &Value, l: &Value) -> PyResult {
    let a = body(v)?;
    let Some(l) = l.downcast::<List>() else { return Err(type_error("arg must be list")) };
    let before = a.data.borrow().len();
    for x in l.to_vec() {
        if let Err(r) = a.push(&x) {
            a.data.borrow_mut().truncate(before);
            return Err(r);
        }
    }
    Ok(NONE)
}
fn tobytes(v: &Value) -> PyResult {
    Ok(bytes::from_slice(&body(v)?.data.borrow()))
}
fn frombytes(v: &Value, b: &Value) -> PyResult {
    let data = buffer::required(b)?.to_vec();
    frombytes_raw(body(v)?, &data)?;
    Ok(NONE)
}
fn fromfile(v: &Value, f: &Value, n: &Value) -> PyResult {
    let a = body(v)?;
    let want = as_ssize_arg(n)?.max(0) as usize * a.width();
    let data = call_method_name(f, Name::new("read"), &[want.into()])?;
    let Some(b) = bytes::as_bytes(&data) else { return Err(type_error("read() didn't return bytes")) };
    frombytes_raw(a, &b)?;
    if b.len() < want { Err(eof_error("read() didn't return enough bytes")) } else { Ok(NONE) }
}
fn tofile(v: &Value, f: &Value) -> PyResult {
    call_method_name(f, Name::new("write"), &[tobytes(v)?])?;
    Ok(NONE)
}
fn text_only(a: &Array, name: &str) -> PyResult<()> {
    if matches!(a.code, b'u' | b'w') { Ok(()) } else { Err(value_error(format!("{name}() may only be called on unicode type arrays ('u' or 'w')"))) }
}
fn tounicode(v: &Value) -> PyResult {
    let a = body(v)?;
    text_only(a, "tounicode")?;
    let points: Vec<u32> = a.data.borrow().chunks(4).map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]])).collect();
    Ok(object::new(&STR, Str::from_code_points(points)))
}
fn fromunicode(v: &Value, s: &Value) -> PyResult {
    let a = body(v)?;
    text_only(a, "fromunicode")?;
    let Some(s) = s.as_str_obj() else {
        return Err(type_error(format!("fromunicode() argument must be str, not {}", s.ty().full_name())));
    };
    let data: Vec<u8> = s.chars().flat_map(u32::to_ne_bytes).collect();
    a.data.borrow_mut().extend(data);
    Ok(NONE)
}
fn buffer_info(v: &Value) -> PyResult {
    let a = body(v)?;
    Ok(tuple::of([Value::int(a.data.borrow().as_ptr() as i64), a.len().into()]))
}
fn len(v: &Value) -> PyResult {
    Ok(body(v)?.len().into())
}
fn at(a: &Array, key: &Value, text: &str) -> PyResult<usize> {
    if !is_index(key) {
        return Err(type_error("array indices must be integers"));
    }
    let (i, n) = (as_index(key)?, a.len() as i64);
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n { Err(index_error(text)) } else { Ok(i as usize) }
}
fn getitem(v: &Value, key: &Value) -> PyResult {
    let a = body(v)?;
    if let Some(s) = key.downcast::<Slice>() {
        let b = bounds(s, || a.len())?;
        let mut out = vec![];
        for i in b.indices() {
            out.extend(a.slice(i, i + 1));
        }
        return Ok(make(&ARRAY, a.code, out));
    }
    a.get(at(a, key, "array index out of range")?).ok_or_else(|| index_error("array index out of range"))
}
fn setitem(v: &Value, key: &Value, x: &Value) -> PyResult {
    let a = body(v)?;
    let Some(s) = key.downcast::<Slice>() else {
        let i = at(a, key, "array assignment index out of range")?;
        a.set(i, &encode(a.code, x)?);
        return Ok(NONE);
    };
    let Some(other) = x.downcast::<Array>() else {
        return Err(type_error(format!("can only assign array (not \"{}\") to array slice", x.ty().full_name())));
    };
    if other.code != a.code {
        return Err(type_error("bad argument type for built-in operation"));
    }
    let new = other.data.borrow().clone();
    let (b, w) = (bounds(s, || a.len())?, a.width());
    if b.step == 1 {
        a.resizable()?;
        a.data.borrow_mut().splice(b.start as usize * w..b.stop.max(b.start) as usize * w, new);
        return Ok(NONE);
    }
    if new.len() / w != b.count {
        return Err(value_error(format!("attempt to assign array of size {} to extended slice of size {}", new.len() / w, b.count)));
    }
    for (i, item) in b.indices().zip(new.chunks(w)) {
        a.set(i, item);
    }
    Ok(NONE)
}
fn delitem(v: &Value, key: &Value) -> PyResult {
    let a = body(v)?;
    let mut gone: Vec<usize> = match key.downcast::<Slice>() {
        Some(s) => bounds(s, || a.len())?.indices().collect(),
        None => vec![at(a, key, "array assignment index out of range")?],
    };
    gone.sort_unstable();
    for i in gone.into_iter().rev() {
        remove_at(a, i)?;
    }
    Ok(NONE)
}
fn add(v: &Value, w: &Value) -> PyResult {
    let Some(b) = w.downcast::<Array>() else {
        return Err(type_error(format!("can only append array (not \"{}\") to array", w.ty().full_name())));
    };
    let a = body(v)?;
    if a.code != b.code {
        return Err(type_error("bad argument type for built-in operation"));
    }
    let data = [&a.data.borrow()[..], &b.data.borrow()[..]].concat();
    Ok(make(&ARRAY, a.code, data))
}
fn iadd(v: &Value, w: &Value) -> PyResult {
    if w.downcast::<Array>().is_none() {
        return Err(type_error(format!("can only extend with array (not \"{}\")", w.ty().full_name())));
    }
    extend(v, w)?;
    Ok(v.clone())
}
fn mul(v: &Value, n: &Value) -> PyResult {
    if !is_index(n) {
        return Ok(not_implemented());
    }
    let a = body(v)?;
    let data = a.data.borrow().repeat(as_size(n)?.max(0) as usize);
    Ok(make(&ARRAY, a.code, data))
}
fn imul(v: &Value, n: &Value) -> PyResult {
    let a = body(v)?;
    let data = a.data.borrow().repeat(as_size(n)?.max(0) as usize);
    a.resizable()?;
    *a.data.borrow_mut() = data;
    Ok(v.clone())
}
fn array_compare(op: Special, v: &Value, w: &Value) -> PyResult {
    if v.downcast::<Array>().is_none() || w.downcast::<Array>().is_none() {
        return Ok(not_implemented());
    }
    compare::rich(op, &tolist(v)?, &tolist(w)?)
}
fn array_repr(v: &Value) -> PyResult {
    let a = body(v)?;
    let name = v.ty().name();
    let code = a.code as char;
    if a.len() == 0 {
        return Ok(Value::string(format!("{name}('{code}')")));
    }
    let items = if matches!(a.code, b'u' | b'w') { tounicode(v)? } else { tolist(v)? };
    Ok(Value::string(format!("{name}('{code}', {})", repr::repr_string(&items)?)))
}
fn array_iter(v: &Value) -> PyResult {
    Ok(object::new(&ARRAY_ITER, ArrayIter { array: v.clone(), at: Cell::new(0) }))
}
fn copy(v: &Value) -> PyResult {
    let a = body(v)?;
    let data = a.data.borrow().clone();
    Ok(make(v.ty(), a.code, data))
}
fn deepcopy(v: &Value, _memo: &Value) -> PyResult {
    copy(v)
}
fn reduce_ex(v: &Value, _protocol: &Value) -> PyResult {
    let a = body(v)?;
    Ok(tuple::of([Value::of_type(v.ty()), tuple::of([Value::string((a.code as char).to_string()), tolist(v)?]), NONE]))
}

struct ArrayIter {
    array: Value,
    at: Cell<usize>,
}
impl Payload for ArrayIter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.array);
    }
}
impl Native for ArrayIter {
    fn class() -> &'static Type {
        &ARRAY_ITER
    }
}
fn iter_next(v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<ArrayIter>() else { return Ok(None) };
    let x = body(&it.array)?.get(it.at.get());
    if x.is_some() {
        it.at.set(it.at.get() + 1);
    }
    Ok(x)
}
rtcore::iterator_type!(ARRAY_ITER, "arrayiterator", ArrayIter, iter_next, []);

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__repr__(self, /)", F1(array_repr)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__iter__(self, /)", F1(array_iter)),
    Method::new("__contains__(self, key, /)", F2(contains)),
    Method::new("__getitem__(self, key, /)", F2(getitem)),
    Method::new("__setitem__(self, key, value, /)", F3(setitem)),
    Method::new("__delitem__(self, key, /)", F2(delitem)),
    Method::new("__add__(self, value, /)", F2(add)),
    Method::new("__iadd__(self, value, /)", F2(iadd)),
    Method::new("__mul__(self, value, /)", F2(mul)),
    Method::new("__rmul__(self, value, /)", F2(mul)),
    Method::new("__imul__(self, value, /)", F2(imul)),
    Method::new("__lt__(self, value, /)", F2(|a, b| array_compare(Special::Lt, a, b))),
    Method::new("__le__(self, value, /)", F2(|a, b| array_compare(Special::Le, a, b))),
    Method::new("__eq__(self, value, /)", F2(|a, b| array_compare(Special::Eq, a, b))),
    Method::new("__ne__(self, value, /)", F2(|a, b| array_compare(Special::Ne, a, b))),
    Method::new("__gt__(self, value, /)", F2(|a, b| array_compare(Special::Gt, a, b))),
    Method::new("__ge__(self, value, /)", F2(|a, b| array_compare(Special::Ge, a, b))),
    Method::new("__copy__(self, /)", F1(copy)),
    Method::new("__deepcopy__(self, memo, /)", F2(deepcopy)),
    Method::new("__reduce_ex__(self, value, /)", F2(reduce_ex)),
    Method::new("append(self, v, /)", F2(append)),
    Method::new("buffer_info(self, /)", F1(buffer_info)),
    Method::new("byteswap(self, /)", F1(byteswap)),
    Method::new("count(self, v, /)", F2(count)),
    Method::new("extend(self, bb, /)", F2(extend)),
    Method::new("frombytes(self, buffer, /)", F2(frombytes)),
    Method::new("fromfile(self, f, n, /)", F3(fromfile)),
    Method::new("fromlist(self, list, /)", F2(fromlist)),
    Method::new("fromunicode(self, ustr, /)", F2(fromunicode)),
    Method::new("index(self, v, start=0, stop=9223372036854775807, /)", F4(index)),
    Method::new("insert(self, i, v, /)", F3(insert)),
    Method::new("pop(self, i=-1, /)", F2(pop)),
    Method::new("remove(self, v, /)", F2(remove)),
    Method::new("reverse(self, /)", F1(reverse)),
    Method::new("tobytes(self, /)", F1(tobytes)),
    Method::new("tofile(self, f, /)", F2(tofile)),
    Method::new("tolist(self, /)", F1(tolist)),
    Method::new("tounicode(self, /)", F1(tounicode)),
    Method::class("__class_getitem__(cls, object, /)", F2(rtcore::types::alias::new)),
];
static GETSET: &[GetSet] = &[
    GetSet::ro("typecode", |v| Ok(Value::string((body(v)?.code as char).to_string()))),
    GetSet::ro("itemsize", |v| Ok(body(v)?.width().into())),
];
static DEF: ClassDef = ClassDef::new::<Array>("array")
    .module("array")
    .methods(METHODS)
    .getset(GETSET)
    .hooks(Hooks { iter: Some(array_iter), ..Hooks::NONE })
    .setup(|t| t.set_own(names::__hash__.get(), NONE))
    .flags(TypeFlags::SEQUENCE);
pub static ARRAY: Type = Type::builtin(&DEF);

fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "array", Value::of_type(&ARRAY));
    set_str(m, "ArrayType", Value::of_type(&ARRAY));
    set_str(m, "typecodes", Value::str("bBuwhHiIlLqQfd"));
    buffer::register(Provider {
        class: &ARRAY,
        letter: |v| v.downcast::<Array>().map_or(b'B', |a| a.code),
        len: |v| v.downcast::<Array>().map_or(0, |a| a.data.borrow().len()),
        read: |v, r| v.downcast::<Array>().map_or_else(Vec::new, |a| a.data.borrow()[r].to_vec()),
        write: |v, at, b| {
            if let Some(a) = v.downcast::<Array>() {
                a.data.borrow_mut()[at..at + b.len()].copy_from_slice(b);
            }
        },
        readonly: false,
        export: |v, n| {
            if let Some(a) = v.downcast::<Array>() {
                a.exports.set(a.exports.get() + n);
            }
        },
    });
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("array", &[], setup);
