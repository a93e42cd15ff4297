//! Owns: the module `_blake2`: BLAKE2b and BLAKE2s with all their parameters.
//! Never: computes a hash; the crates blake2b_simd and blake2s_simd do.
//! Source: CPython 3.13, Modules/blake2module.c.

use super::{data, fed, hex};
use rtcore::error::{overflow_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::num::IntRef;
use rtcore::protocol::number::int_ref;
use rtcore::protocol::sequence::{as_index, index_value, truth};
use rtcore::types::bytes::{self, buffer};
use rtcore::types::module::{NativeModule, set_str};
use std::cell::RefCell;

#[derive(Clone)]
enum State {
    B(Box<blake2b_simd::State>),
    S(Box<blake2s_simd::State>),
}
struct Blake {
    state: RefCell<State>,
    size: usize,
}
impl Payload for Blake {}
impl Native for Blake {
    fn class() -> &'static Type {
        &BLAKE2B
    }
}
fn blake(v: &Value) -> PyResult<&Blake> {
    v.downcast::<Blake>().ok_or_else(|| type_error("expected a hash"))
}
fn unsigned(v: &Value) -> PyResult<u64> {
    let n = index_value(v)?;
    match int_ref(&n) {
        Some(IntRef::Small(n)) => u64::try_from(n).map_err(|_| overflow_error("can't convert negative value to unsigned int")),
        Some(IntRef::Big(n)) => u64::try_from(n).map_err(|_| overflow_error("int too large to convert")),
        None => Err(type_error("an integer is required")),
    }
}
/// What one variant allows.
struct Limits {
    size: usize,
    salt: usize,
    offset: u64,
}
const B: Limits = Limits { size: 64, salt: 16, offset: u64::MAX };
const S: Limits = Limits { size: 32, salt: 8, offset: 0xFFFF_FFFF_FFFF };

fn make(ty: &'static Type, a: &[Value]) -> PyResult {
    let [first, size, key, salt, person, fanout, depth, leaf, offset, node, inner, last, ..] = a else {
        return Err(type_error("missing arguments"));
    };
    let is_b = ty.is_subtype(&BLAKE2B);
    let limits = if is_b { B } else { S };
    let size = as_index(size)?;
    if size <= 0 || size > limits.size as i64 {
        return Err(value_error(format!("digest_size must be between 1 and {} bytes", limits.size)));
    }
    let size = size as usize;
    let bounded = |v: &Value, what: &str, limit: usize| -> PyResult<Vec<u8>> {
        let b = if v.is_unbound() { Vec::new() } else { buffer::required(v)?.to_vec() };
        if b.len() > limit { Err(value_error(format!("maximum {what} length is {limit} bytes"))) } else { Ok(b) }
    };
    let salt = bounded(salt, "salt", limits.salt)?;
    let person = bounded(person, "person", limits.salt)?;
    let key = bounded(key, "key", limits.size)?;
    let small = |v: &Value, low: i64, high: i64, text: String| {
        let n = as_index(v)?;
        if (low..=high).contains(&n) { Ok(n as u8) } else { Err(value_error(text)) }
    };
    let fanout = small(fanout, 0, 255, "fanout must be between 0 and 255".into())?;
    let depth = small(depth, 1, 255, "depth must be between 1 and 255".into())?;
    let leaf = u32::try_from(unsigned(leaf)?).map_err(|_| overflow_error("leaf_size is too large"))?;
    let offset = unsigned(offset)?;
    if offset > limits.offset {
        return Err(overflow_error("node_offset is too large"));
    }
    let node = small(node, 0, 255, "node_depth must be between 0 and 255".into())?;
    let inner = small(inner, 0, limits.size as i64, format!("inner_size must be between 0 and is {}", limits.size))?;
    let last = truth(last)?;
    macro_rules! state {
        ($krate:ident) => {{
            let mut p = $krate::Params::new();
            p.hash_length(size).key(&key).salt(&salt).personal(&person).fanout(fanout).max_depth(depth);
            p.max_leaf_length(leaf).node_offset(offset).node_depth(node).inner_hash_length(usize::from(inner)).last_node(last);
            Box::new(p.to_state())
        }};
    }
    let state = if is_b { State::B(state!(blake2b_simd)) } else { State::S(state!(blake2s_simd)) };
    let v = object::new(ty, Blake { state: RefCell::new(state), size });
    if !first.is_unbound() {
        update(&v, first)?;
    }
    Ok(v)
}
fn new(a: &[Value]) -> PyResult {
    let Some((ty, rest)) = a.split_first() else { return Err(type_error("__new__()")) };
    make(ty.as_type().unwrap_or(&BLAKE2B), rest)
}
fn update(v: &Value, more: &Value) -> PyResult {
    let more = data(more)?;
    let b = blake(v)?;
    let mut state = b.state.borrow().clone();
    fed(more.len(), || match &mut state {
        State::B(s) => drop(s.update(&more)),
        State::S(s) => drop(s.update(&more)),
    });
    *b.state.borrow_mut() = state;
    Ok(NONE)
}
fn result(v: &Value) -> PyResult<Vec<u8>> {
    Ok(match &*blake(v)?.state.borrow() {
        State::B(s) => s.finalize().as_bytes().to_vec(),
        State::S(s) => s.finalize().as_bytes().to_vec(),
    })
}
fn digest(v: &Value) -> PyResult {
    Ok(bytes::value(result(v)?))
}
fn hexdigest(v: &Value) -> PyResult {
    Ok(hex(&result(v)?))
}
fn copy(v: &Value) -> PyResult {
    let b = blake(v)?;
    let state = RefCell::new(b.state.borrow().clone());
    Ok(object::new(v.ty(), Blake { state, size: b.size }))
}
fn digest_size(v: &Value) -> PyResult {
    Ok(Value::from(blake(v)?.size))
}
fn block_size(v: &Value) -> PyResult {
    Ok(Value::int(if matches!(&*blake(v)?.state.borrow(), State::B(_)) { 128 } else { 64 }))
}
fn name(v: &Value) -> PyResult {
    Ok(Value::str(if matches!(&*blake(v)?.state.borrow(), State::B(_)) { "blake2b" } else { "blake2s" }))
}
macro_rules! methods {
    ($size:literal) => {
        &[
            Method::static_(
                concat!(
                    "__new__(type, data=..., /, *, digest_size=",
                    $size,
                    ", key=..., salt=..., person=..., fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)"
                ),
                N(new),
            ),
            Method::new("update(self, data, /)", F2(update)),
            Method::new("digest(self)", F1(digest)),
            Method::new("hexdigest(self)", F1(hexdigest)),
            Method::new("copy(self)", F1(copy)),
        ]
    };
}
static GETSET: &[GetSet] = &[GetSet::ro("digest_size", digest_size), GetSet::ro("block_size", block_size), GetSet::ro("name", name)];
static B_DEF: ClassDef = ClassDef::new::<Blake>("blake2b").module("_blake2").methods(methods!("64")).getset(GETSET);
static BLAKE2B: Type = Type::builtin(&B_DEF);
static S_DEF: ClassDef = ClassDef::new::<Blake>("blake2s")
    .module("_blake2")
    .like(&rtcore::types::object_::OBJECT, &BLAKE2B)
    .methods(methods!("32"))
    .getset(GETSET);
static BLAKE2S: Type = Type::builtin(&S_DEF);

fn setup(m: &Value) -> PyResult<()> {
    for (t, limits) in [(&BLAKE2B, B), (&BLAKE2S, S)] {
        set_str(m, t.name(), Value::of_type(t));
        for (name, n) in [("SALT_SIZE", limits.salt), ("PERSON_SIZE", limits.salt), ("MAX_KEY_SIZE", limits.size), ("MAX_DIGEST_SIZE", limits.size)] {
            t.set_own(Name::new(name), Value::from(n));
        }
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_blake2", &[], setup);
