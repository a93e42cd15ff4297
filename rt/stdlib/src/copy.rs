//! Owns: the module `copy`.
//! Never: knows how a type keeps its state; `__copy__`, `__deepcopy__` and `__reduce_ex__` say so.
//! Source: CPython 3.13, Lib/copy.py.

use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception};
use rtcore::error::{raise, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_kw, call_method_name};
use rtcore::protocol::{attr, iter, repr, sequence};
use rtcore::types::class::Type;
use rtcore::types::dict::{DICT, Dict};
use rtcore::types::list::{LIST, List};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::set::SET;
use rtcore::types::tuple::{self, TUPLE};
use rtcore::types::{bool_, bytes, complex, descriptors, float, function, int, none, range, set, slice, str};

static ERROR_DEF: ClassDef =
    ClassDef::new::<Exception>("Error").module("copy").like(&EXCEPTION, &BASE_EXCEPTION).flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static ERROR: Type = Type::builtin(&ERROR_DEF);

/// Types whose instances stand for themselves, copied shallowly or deeply.
fn is_atomic(t: &'static Type) -> bool {
    let atomic: [&'static Type; 14] = [
        &none::NONE_TYPE,
        &none::ELLIPSIS_TYPE,
        &none::NOT_IMPLEMENTED_TYPE,
        &int::INT,
        &float::FLOAT,
        &bool_::BOOL,
        &complex::COMPLEX,
        &bytes::BYTES,
        &str::STR,
        &range::RANGE,
        &function::FUNCTION,
        &function::native::BUILTIN,
        &descriptors::PROPERTY,
        &function::closure::CLOSURE,
    ];
    atomic.iter().any(|a| std::ptr::eq(*a, t)) || t.is_metatype() || t.name() == "code" && t.is_static()
}
fn is_weakref(t: &'static Type) -> bool {
    t.is_static() && matches!(t.name(), "ReferenceType" | "weakref")
}
fn lookup(t: &'static Type, v: &Value, name: Name) -> PyResult<Option<Value>> {
    match t.lookup(name) {
        Some(a) => attr::bind(&a, v, t).map(Some),
        None => Ok(None),
    }
}

fn copy(x: &Value) -> PyResult {
    let t = x.ty();
    if is_atomic(t) || is_weakref(t) || [&TUPLE as &'static Type, &set::FROZENSET, &slice::SLICE].iter().any(|a| std::ptr::eq(*a, t)) {
        return Ok(x.clone());
    }
    if [&LIST as &'static Type, &DICT, &SET, &bytes::BYTEARRAY].iter().any(|a| std::ptr::eq(*a, t)) {
        return call_method_name(x, Name::new("copy"), &[]);
    }
    if let Some(f) = lookup(t, x, names::__copy__.get())? {
        return call(&f, &[]);
    }
    let rv = reduced(x)?;
    if rv.as_str_obj().is_some() {
        return Ok(x.clone());
    }
    reconstruct(x, &rv, None)
}
fn reduced(x: &Value) -> PyResult {
    if let Some(f) = attr::lookup_optional(x, names::__reduce_ex__.get())? {
        return call(&f, &[Value::int(4)]);
    }
    match attr::lookup_optional(x, names::__reduce__.get())? {
        Some(f) => call(&f, &[]),
        None => Err(raise(&ERROR, format!("un(shallow)copyable object of type {}", repr::repr_string(&Value::of_type(x.ty()))?))),
    }
}

fn deepcopy_entry(x: &Value, memo: &Value, _nil: &Value) -> PyResult {
    let memo = if memo.is_none() { Dict::new_value() } else { memo.clone() };
    deepcopy(x, &memo)
}
fn key(x: &Value) -> Value {
    Value::int(rtcore::builtins::id_of(x) as i64)
}
fn recall(memo: &Value, x: &Value) -> PyResult<Option<Value>> {
    match memo.downcast::<Dict>() {
        Some(d) => d.get(&key(x)),
        None => {
            let r = call_method_name(memo, Name::new("get"), &[key(x)])?;
            Ok(if r.is_none() { None } else { Some(r) })
        }
    }
}
fn remember(memo: &Value, x: &Value, y: &Value) -> PyResult<()> {
    sequence::setitem(memo, &key(x), y.clone())
}
/// Keeps `x` alive as long as the memo, so that no other object gets its id.
fn keep_alive(memo: &Value, x: &Value) -> PyResult<()> {
    match recall(memo, memo)? {
        Some(l) => match l.downcast::<List>() {
            Some(l) => {
                l.push(x.clone());
                Ok(())
            }
            None => Ok(()),
        },
        None => remember(memo, memo, &List::value(vec![x.clone()])),
    }
}
/// `copy.deepcopy(x, memo)`.
pub fn deepcopy(x: &Value, memo: &Value) -> PyResult {
    let t = x.ty();
    if is_atomic(t) || is_weakref(t) {
        return Ok(x.clone());
    }
    if let Some(y) = recall(memo, x)? {
        return Ok(y);
    }
    let y = if std::ptr::eq(t, &LIST) {
        let y = List::value(vec![]);
        remember(memo, x, &y)?;
        let (Some(from), Some(to)) = (x.downcast::<List>(), y.downcast::<List>()) else { return Ok(y) };
        let mut i = 0;
        while let Some(item) = from.get(i) {
            to.push(deepcopy(&item, memo)?);
            i += 1;
        }
        y
    } else if std::ptr::eq(t, &TUPLE) {
        let items = tuple::items(x);
        let mut copies = Vec::with_capacity(items.len());
        for item in items {
            copies.push(deepcopy(item, memo)?);
        }
        if let Some(y) = recall(memo, x)? {
            return Ok(y);
        }
        if items.iter().zip(&copies).all(|(a, b)| a.is(b)) { x.clone() } else { tuple::new(copies) }
    } else if std::ptr::eq(t, &DICT) {
        let y = Dict::new_value();
        remember(memo, x, &y)?;
        let (Some(from), Some(to)) = (x.downcast::<Dict>(), y.downcast::<Dict>()) else { return Ok(y) };
        let mut c = from.cursor();
        while let Some((k, v)) = from.advance(&mut c)? {
            let k = deepcopy(&k, memo)?;
            to.set(k, deepcopy(&v, memo)?)?;
        }
        y
    } else if let Some(m) = x.downcast::<rtcore::types::function::bound::BoundMethod>() {
        rtcore::types::function::bound::new(m.func.clone(), deepcopy(&m.receiver, memo)?)
    } else if let Some(f) = lookup(t, x, names::__deepcopy__.get())? {
        call(&f, std::slice::from_ref(memo))?
    } else {
        let rv = reduced(x)?;
        if rv.as_str_obj().is_some() { x.clone() } else { reconstruct(x, &rv, Some(memo))? }
    };
    if !y.is(x) {
        remember(memo, x, &y)?;
        keep_alive(memo, x)?;
    }
    Ok(y)
}

/// Rebuilds an object from what `__reduce_ex__` gave.
fn reconstruct(x: &Value, rv: &Value, memo: Option<&Value>) -> PyResult {
    let part = |i: usize| tuple::items(rv).get(i).cloned().unwrap_or(NONE);
    let (f, args, state, list_items, dict_items) = (part(0), part(1), part(2), part(3), part(4));
    let deep = |v: &Value| match memo {
        Some(m) => deepcopy(v, m),
        None => Ok(v.clone()),
    };
    let args = iter::collect(&args)?.iter().map(deep).collect::<PyResult<Vec<_>>>()?;
    let y = call_kw(&f, &args, &[])?;
    if let Some(m) = memo {
        remember(m, x, &y)?;
    }
    if !state.is_none() {
        let state = deep(&state)?;
        if let Some(set) = attr::lookup_optional(&y, names::__setstate__.get())? {
            call(&set, &[state])?;
        } else {
            let (dict, slots) = match tuple::items(&state) {
                [d, s] => (d.clone(), s.clone()),
                [..] => (state.clone(), NONE),
            };
            for d in [dict, slots] {
                if !d.is_none() {
                    for (k, v) in rtcore::types::dict::items_of(&d)? {
                        attr::setattr_value(&y, &k, v)?;
                    }
                }
            }
        }
    }
    if !list_items.is_none() {
        iter::for_each(&list_items, |item| call_method_name(&y, names::append.get(), &[deep(&item)?]).map(drop))?;
    }
    if !dict_items.is_none() {
        iter::for_each(&dict_items, |pair| {
            let [k, v] = iter::unpack::<2>(&pair)?;
            sequence::setitem(&y, &deep(&k)?, deep(&v)?)
        })?;
    }
    Ok(y)
}
fn replace(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(x) = all.first().filter(|_| all.len() == kw.len() + 1) else {
        return Err(type_error("replace() takes exactly one positional argument"));
    };
    match lookup(x.ty(), x, Name::new("__replace__"))? {
        Some(f) => call_kw(&f, &all[1..], kw),
        None => Err(type_error(format!("replace() does not support {} objects", x.ty().name()))),
    }
}
static FUNCTIONS: &[Method] = &[
    Method::new("copy(x)", F1(copy)),
    Method::new("deepcopy(x, memo=None, _nil=[])", F3(deepcopy_entry)),
    Method::new("replace(obj, /, **changes)", Raw(replace)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Error", Value::of_type(&ERROR));
    set_str(m, "error", Value::of_type(&ERROR));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("copy", FUNCTIONS, setup);
