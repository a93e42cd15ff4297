//! Owns: `Flag` and `IntFlag`: operators, composite members, boundaries.
//! Never: makes named members; that is `meta`.
//! Source: CPython 3.13, Lib/enum.py (`Flag`, `FlagBoundary`).

use super::meta::{find_by_value, lookup, members, own_dict};
use super::{member_name, member_value, n, set_attr, text};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::{call, compare, iter, number, repr};
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::int::INT;
use rtcore::types::list::List;
use rtcore::types::none::not_implemented;
use rtcore::types::object_;

pub fn is_int(v: &Value) -> bool {
    v.as_inline_int().is_some() || v.ty().is_subtype(&INT)
}
fn bits(v: &Value) -> i64 {
    v.as_inline_int().unwrap_or(0)
}
/// True for a positive power of two.
pub fn is_single_bit(v: &Value) -> bool {
    v.as_inline_int().is_some_and(|n| n > 0 && n & (n - 1) == 0)
}

/// The masks of a finished class.
pub fn finish_class(ty: &'static Type) -> PyResult<()> {
    let (mut all, mut singles) = (0i64, 0i64);
    for (_, m) in items_of(&own_dict(ty, n::_member_map_.get()))? {
        let v = member_value(&m);
        if is_int(&v) {
            all |= bits(&v);
            if is_single_bit(&v) {
                singles |= bits(&v);
            }
        }
    }
    let full = if all == 0 { 0 } else { (1i64 << (64 - all.leading_zeros()).min(62)) - 1 };
    ty.set_own(n::_flag_mask_.get(), Value::int(all));
    ty.set_own(n::_singles_mask_.get(), Value::int(singles));
    ty.set_own(n::_all_bits_.get(), Value::int(full));
    Ok(())
}
fn class_int(ty: &'static Type, name: Name) -> i64 {
    ty.lookup(name).map_or(0, |v| bits(&v))
}

/// `_missing_`: a member for a combination of bits, made at its first use.
fn missing(cls: &Value, value: &Value) -> PyResult {
    let Some(ty) = cls.as_type() else { return Ok(NONE) };
    if !is_int(value) {
        return Err(value_error(format!("{} is not a valid {}", repr::repr_string(value)?, ty.qualname())));
    }
    let mut v = bits(value);
    let mask = class_int(ty, n::_flag_mask_.get());
    let singles = class_int(ty, n::_singles_mask_.get());
    let all = class_int(ty, n::_all_bits_.get());
    let boundary = ty.lookup(n::_boundary_.get()).map(|b| text(&b)).unwrap_or_default();
    let mut unknown = 0;
    if v < 0 || v & !mask != 0 {
        match boundary.as_str() {
            "conform" => v &= mask,
            "eject" => return Ok(Value::int(v)),
            "keep" => {
                if v < 0 {
                    let wide = (all + 1).max(1i64 << (64 - v.unsigned_abs().leading_zeros()).min(61));
                    v += wide;
                }
                unknown = v & !mask;
            }
            _ => {
                let max = 64 - all.leading_zeros().min(63);
                let width = max.max(64 - v.unsigned_abs().leading_zeros()) as usize;
                let shown = |x: i64| {
                    let m = if width >= 63 { i64::MAX } else { (1i64 << width) - 1 };
                    let sign = if x < 0 { 1 } else { 0 };
                    format!("0b{sign} {:0width$b}", x & m)
                };
                return if v < 0 && (-v - 1) & !mask == 0 && v & !mask & all == 0 {
                    missing(cls, &Value::int(v & mask))
                } else {
                    Err(value_error(format!(
                        "{} invalid value {}\n    given {}\n  allowed {}",
                        repr::repr_string(cls)?,
                        repr::repr_string(value)?,
                        shown(v),
                        shown(mask)
                    )))
                };
            }
        }
    }
    if let Some(m) = find_by_value(ty, &Value::int(v))? {
        return Ok(m);
    }
    let data = ty.lookup(n::_member_type_.get()).unwrap_or(NONE);
    let member = if data.as_type().is_some_and(|t| std::ptr::eq(t, &INT)) {
        let new = rtcore::protocol::attr::getattr_name(&Value::of_type(&INT), names::__new__.get())?;
        call::call(&new, &[cls.clone(), Value::int(v)])?
    } else {
        object_::new_checked(ty)?
    };
    set_attr(&member, n::_value_.get(), Value::int(v));
    let mut parts: Vec<String> = vec![];
    for m in members(ty) {
        let b = bits(&member_value(&m));
        if b & singles != 0 && b & v == b {
            parts.push(text(&member_name(&m)));
        }
    }
    if unknown != 0 && !parts.is_empty() {
        parts.push(unknown.to_string());
    }
    set_attr(&member, n::_name_.get(), if parts.is_empty() { NONE } else { Value::string(parts.join("|")) });
    set_attr(&member, names::__objclass__.get(), cls.clone());
    if let Some(d) = own_dict(ty, n::_value2member_map_.get()).downcast::<Dict>() {
        d.set(Value::int(v), member.clone())?;
    }
    Ok(member)
}

/// The operand's bits: a member of the same class, or a plain value of the data type.
fn operand(a: &Value, b: &Value) -> Option<Value> {
    let ty = a.ty();
    if b.ty().is_subtype(ty) {
        return Some(member_value(b));
    }
    let data = ty.lookup(n::_member_type_.get())?.as_type()?;
    if std::ptr::eq(data, &INT) && is_int(b) {
        return Some(match b.as_inline_int() {
            Some(i) => Value::int(i),
            None => member_value(b),
        });
    }
    None
}
fn combine(a: &Value, b: &Value, op: fn(&Value, &Value) -> PyResult) -> PyResult {
    let Some(other) = operand(a, b) else { return Ok(not_implemented()) };
    let v = op(&member_value(a), &other)?;
    lookup(&Value::of_type(a.ty()), &v)
}
fn or(a: &Value, b: &Value) -> PyResult {
    combine(a, b, number::or_)
}
fn and(a: &Value, b: &Value) -> PyResult {
    combine(a, b, number::and_)
}
fn xor(a: &Value, b: &Value) -> PyResult {
    combine(a, b, number::xor)
}
fn invert(v: &Value) -> PyResult {
    let ty = v.ty();
    let boundary = ty.lookup(n::_boundary_.get()).map(|b| text(&b)).unwrap_or_default();
    let value = bits(&member_value(v));
    let new = if boundary == "eject" || boundary == "keep" { !value } else { class_int(ty, n::_singles_mask_.get()) & !value };
    lookup(&Value::of_type(ty), &Value::int(new))
}
fn contains(v: &Value, other: &Value) -> PyResult {
    if !other.ty().is_subtype(v.ty()) {
        return Err(type_error(format!(
            "unsupported operand type(s) for 'in': {} and {}",
            repr::repr_string(&Value::str(&other.ty().qualname()))?,
            repr::repr_string(&Value::str(&v.ty().qualname()))?
        )));
    }
    let o = bits(&member_value(other));
    Ok(Value::bool(o & bits(&member_value(v)) == o))
}
/// The single-bit members a flag is made of, lowest bit first.
fn parts(v: &Value) -> PyResult<Vec<Value>> {
    let ty = v.ty();
    let mut rest = bits(&member_value(v)) & class_int(ty, n::_flag_mask_.get());
    let mut out = vec![];
    while rest > 0 {
        let low = rest & -rest;
        rest &= !low;
        if let Some(m) = find_by_value(ty, &Value::int(low))? {
            out.push(m);
        }
    }
    Ok(out)
}
/// In the order of definition, as CPython's `_iter_member_by_def_`.
fn iterate(v: &Value) -> PyResult {
    let mut found = parts(v)?;
    if let Some(names) = v.ty().lookup(Name::new("_member_names_")) {
        let order: Vec<String> = iter::collect(&names)?.iter().map(text).collect();
        found.sort_by_key(|m| order.iter().position(|n| *n == text(&member_name(m))));
    }
    iter::iter(&List::value(found))
}
fn len(v: &Value) -> PyResult {
    Ok(Value::int(i64::from(bits(&member_value(v)).count_ones())))
}
fn truth(v: &Value) -> PyResult {
    Ok(Value::bool(bits(&member_value(v)) != 0))
}
fn show(v: &Value) -> PyResult {
    let name = member_name(v);
    let value = repr::repr_string(&member_value(v))?;
    Ok(Value::string(if name.is_none() { format!("<{}: {value}>", v.ty().name()) } else { format!("<{}.{}: {value}>", v.ty().name(), text(&name)) }))
}
fn str_(v: &Value) -> PyResult {
    let name = member_name(v);
    let class = v.ty().name();
    Ok(Value::string(if name.is_none() {
        format!("{class}({})", repr::repr_string(&member_value(v))?)
    } else {
        format!("{class}.{}", text(&name))
    }))
}
/// The next power of two.
fn next_value(_name: &Value, start: &Value, _count: &Value, last: &Value) -> PyResult {
    let values = iter::collect(last)?;
    if values.is_empty() {
        return Ok(if start.is_none() { Value::int(1) } else { start.clone() });
    }
    let mut highest = values[0].clone();
    for v in &values[1..] {
        if compare::lt(&highest, v)? {
            highest = v.clone();
        }
    }
    if !is_int(&highest) {
        return Err(type_error(format!("invalid flag value {}", repr::repr_string(&highest)?)));
    }
    let h = bits(&highest);
    Ok(Value::int(if h <= 0 { 1 } else { 1i64 << (64 - h.leading_zeros()) }))
}
pub static METHODS: &[Method] = &[
    Method::class("_missing_(cls, value, /)", F2(missing)),
    Method::new("__or__(self, other, /)", F2(or)),
    Method::new("__ror__(self, other, /)", F2(or)),
    Method::new("__and__(self, other, /)", F2(and)),
    Method::new("__rand__(self, other, /)", F2(and)),
    Method::new("__xor__(self, other, /)", F2(xor)),
    Method::new("__rxor__(self, other, /)", F2(xor)),
    Method::new("__invert__(self, /)", F1(invert)),
    Method::new("__contains__(self, other, /)", F2(contains)),
    Method::new("__iter__(self, /)", F1(iterate)),
    Method::new("__len__(self, /)", F1(len)),
    Method::new("__bool__(self, /)", F1(truth)),
    Method::new("__repr__(self, /)", F1(show)),
    Method::new("__str__(self, /)", F1(str_)),
    Method::static_("_generate_next_value_(name, start, count, last_values)", F4(next_value)),
];
pub static INT_METHODS: &[Method] = &[];

/// `FlagBoundary` and its members' names.
pub fn boundary_class(_int_enum: &'static Type) -> PyResult<Vec<(&'static str, Value)>> {
    Ok(vec![("STRICT", Value::str("strict")), ("CONFORM", Value::str("conform")), ("EJECT", Value::str("eject")), ("KEEP", Value::str("keep"))])
}
