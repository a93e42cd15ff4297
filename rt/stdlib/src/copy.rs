//! Owns: the module `copy`.
//! Never: knows how a type reduces itself; `__reduce_ex__` does.
//! Source: CPython 3.13, Lib/copy.py.

use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, hasattr, lookup_optional, setattr_value};
use rtcore::protocol::call::{call, call_kw, call_method_name};
use rtcore::protocol::repr::repr_string;
use rtcore::protocol::sequence::setitem;
use rtcore::types::bytes::bytearray::BYTEARRAY;
use rtcore::types::dict::{DICT, Dict, items_of};
use rtcore::types::function::{bound, closure::CLOSURE, native::BUILTIN};
use rtcore::types::list::{LIST, List};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::object_::id;
use rtcore::types::set::{FROZENSET, SET};
use rtcore::types::str::STR;
use rtcore::types::tuple::{self, TUPLE};

/// Types whose values stand for their own copies.
fn is_atomic(ty: &'static Type) -> bool {
    let list: [&'static Type; 13] = [
        &STR,
        &rtcore::types::bytes::BYTES,
        &rtcore::types::int::INT,
        &rtcore::types::float::FLOAT,
        &rtcore::types::complex::COMPLEX,
        &rtcore::types::range::RANGE,
        &BUILTIN,
        &CLOSURE,
        &rtcore::types::function::FUNCTION,
        &rtcore::types::descriptors::PROPERTY,
        &rtcore::types::code::CODE,
        &rtcore::types::none::ELLIPSIS_TYPE,
        &rtcore::types::none::NOT_IMPLEMENTED_TYPE,
    ];
    list.iter().any(|t| std::ptr::eq(*t, ty)) || ty.is_metatype() || ty.full_name() == "weakref.ReferenceType"
}
fn reduced(v: &Value) -> PyResult {
    if let Some(f) = lookup_optional(v, names::__reduce_ex__.get())? {
        return call(&f, &[Value::int(4)]);
    }
    if let Some(f) = lookup_optional(v, names::__reduce__.get())? {
        return call(&f, &[]);
    }
    Err(rtcore::error::raise(&ERROR, format!("un(deep)copyable object of type {}", repr_string(&Value::of_type(v.ty()))?)))
}
fn copy(v: &Value) -> PyResult {
    let ty = v.ty();
    if !v.is_obj() || is_atomic(ty) || [&TUPLE, &FROZENSET, &rtcore::types::slice::SLICE].iter().any(|t| std::ptr::eq(*t, ty)) {
        return Ok(v.clone());
    }
    if [&LIST, &DICT, &SET, &BYTEARRAY].iter().any(|t| std::ptr::eq(*t, ty)) {
        return call_method_name(v, Name::new("copy"), &[]);
    }
    if let Some(f) = lookup_optional(&Value::of_type(ty), names::__copy__.get())? {
        return call(&f, std::slice::from_ref(v));
    }
    let r = reduced(v)?;
    if r.as_str_obj().is_some() {
        return Ok(v.clone());
    }
    reconstruct(v, None, &r)
}
fn deepcopy(v: &Value, memo: &Value) -> PyResult {
    if memo.is_none() { deep(v, &Dict::new_value()) } else { deep(v, memo) }
}
fn key(v: &Value) -> Value {
    Value::int(id(v) as i64)
}
fn recall(memo: &Value, v: &Value) -> PyResult<Option<Value>> {
    match memo.downcast::<Dict>() {
        Some(d) => d.get(&key(v)),
        None => {
            let found = call_method_name(memo, Name::new("get"), &[key(v), UNBOUND])?;
            Ok(found.bound_or_none())
        }
    }
}
fn keep(memo: &Value, v: &Value, made: &Value) -> PyResult<()> {
    setitem(memo, &key(v), made.clone())
}
fn keep_alive(memo: &Value, v: &Value) -> PyResult<()> {
    let k = key(memo);
    let list = match memo.downcast::<Dict>() {
        Some(d) => d.get(&k)?,
        None => None,
    };
    match list.as_ref().and_then(|l| l.downcast::<List>()) {
        Some(l) => l.push(v.clone()),
        None => setitem(memo, &k, List::value(vec![v.clone()]))?,
    }
    Ok(())
}
fn deep(v: &Value, memo: &Value) -> PyResult {
    let ty = v.ty();
    if !v.is_obj() || is_atomic(ty) {
        return Ok(v.clone());
    }
    if let Some(made) = recall(memo, v)? {
        return Ok(made);
    }
    let _frame = rtcore::frame::stack::enter(&DEEPCOPY)?;
    let made = deep_new(v, ty, memo)?;
    if !made.is(v) {
        keep(memo, v, &made)?;
        keep_alive(memo, v)?;
    }
    Ok(made)
}
static DEEPCOPY: rtcore::def::Def = rtcore::def::Def::native("deepcopy", rtcore::def::Kind::Function);
fn deep_new(v: &Value, ty: &'static Type, memo: &Value) -> PyResult {
    if std::ptr::eq(ty, &LIST) {
        let Some(l) = v.downcast::<List>() else { return Ok(v.clone()) };
        let out = List::value(vec![]);
        keep(memo, v, &out)?;
        let mut i = 0;
        while let Some(x) = l.get(i) {
            let y = deep(&x, memo)?;
            if let Some(o) = out.downcast::<List>() {
                o.push(y);
            }
            i += 1;
        }
        return Ok(out);
    }
    if std::ptr::eq(ty, &DICT) {
        let Some(d) = v.downcast::<Dict>() else { return Ok(v.clone()) };
        let out = Dict::new_value();
        keep(memo, v, &out)?;
        let mut c = d.cursor();
        while let Some((k, x)) = d.advance(&mut c)? {
            let k = deep(&k, memo)?;
            let x = deep(&x, memo)?;
            setitem(&out, &k, x)?;
        }
        return Ok(out);
    }
    if std::ptr::eq(ty, &TUPLE) {
        let old = tuple::items(v);
        let mut new = Vec::with_capacity(old.len());
        for x in old {
            new.push(deep(x, memo)?);
        }
        if let Some(made) = recall(memo, v)? {
            return Ok(made);
        }
        let same = old.iter().zip(&new).all(|(a, b)| a.is(b));
        return Ok(if same { v.clone() } else { tuple::new(new) });
    }
    if std::ptr::eq(ty, &bound::METHOD) {
        let f = getattr_name(v, names::__func__.get())?;
        let receiver = deep(&getattr_name(v, names::__self__.get())?, memo)?;
        return Ok(bound::new(f, receiver));
    }
    if let Some(f) = lookup_optional(v, names::__deepcopy__.get())? {
        return call(&f, std::slice::from_ref(memo));
    }
    let r = reduced(v)?;
    if r.as_str_obj().is_some() {
        return Ok(v.clone());
    }
    reconstruct(v, Some(memo), &r)
}
/// Makes the object that a reduction describes (`_reconstruct`).
fn reconstruct(v: &Value, memo: Option<&Value>, reduction: &Value) -> PyResult {
    let parts = tuple::items(reduction);
    let [func, args, rest @ ..] = parts else {
        return Err(type_error(format!("_reconstruct() missing required arguments: {} given", parts.len())));
    };
    let part = |i: usize| rest.get(i).cloned().filter(|p| !p.is_none());
    let maybe_deep = |x: Value| match memo {
        Some(m) => deep(&x, m),
        None => Ok(x),
    };
    let mut given = rtcore::protocol::iter::collect(args)?;
    if memo.is_some() {
        for a in &mut given {
            *a = maybe_deep(a.clone())?;
        }
    }
    let made = call(func, &given)?;
    if let Some(m) = memo {
        keep(m, v, &made)?;
    }
    if let Some(state) = part(0) {
        set_state(&made, maybe_deep(state)?)?;
    }
    if let Some(items) = part(1) {
        let mut it = rtcore::protocol::iter::Iter::new(&items)?;
        while let Some(x) = it.next()? {
            call_method_name(&made, names::append.get(), &[maybe_deep(x)?])?;
        }
    }
    if let Some(pairs) = part(2) {
        let mut it = rtcore::protocol::iter::Iter::new(&pairs)?;
        while let Some(pair) = it.next()? {
            let [k, x] = rtcore::protocol::iter::unpack::<2>(&pair)?;
            setitem(&made, &maybe_deep(k)?, maybe_deep(x)?)?;
        }
    }
    Ok(made)
}
fn set_state(made: &Value, state: Value) -> PyResult<()> {
    if hasattr(made, names::__setstate__.get())? {
        call_method_name(made, names::__setstate__.get(), &[state])?;
        return Ok(());
    }
    let (dict, slots) = match tuple::is_tuple(&state) {
        true => match tuple::items(&state) {
            [d, s] => (d.clone(), s.clone()),
            _ => (state.clone(), NONE),
        },
        false => (state, NONE),
    };
    if !dict.is_none() {
        // The attributes are put in place without `__setattr__`, as an update of `__dict__` does.
        match made.header().and_then(|h| h.attrs()) {
            Some(a) => {
                for (k, x) in items_of(&dict)? {
                    match Name::of(&k) {
                        Some(n) => a.set(n, x),
                        None => setattr_value(made, &k, x)?,
                    }
                }
            }
            None => {
                let own = getattr_name(made, names::__dict__.get())?;
                call_method_name(&own, Name::new("update"), &[dict])?;
            }
        }
    }
    if !slots.is_none() {
        for (k, x) in items_of(&slots)? {
            setattr_value(made, &k, x)?;
        }
    }
    Ok(())
}
fn replace(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(obj) = all.first().filter(|_| pos == 1) else {
        return Err(type_error(format!("replace() takes 1 positional argument but {pos} were given")));
    };
    let cls = getattr_name(obj, names::__class__.get())?;
    match lookup_optional(&cls, Name::new("__replace__"))? {
        Some(f) => call_kw(&f, all, kw),
        None => {
            let name = cls.as_type().map_or("", Type::name);
            Err(type_error(format!("replace() does not support {name} objects")))
        }
    }
}

static ERROR_DEF: ClassDef = ClassDef::new::<Exception>("Error")
    .module("copy")
    .like(&EXCEPTION, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static ERROR: Type = Type::builtin(&ERROR_DEF);
static FUNCTIONS: &[Method] = &[
    Method::new("copy(x)", F1(copy)),
    Method::new("deepcopy(x, memo=None)", F2(deepcopy)),
    Method::new("replace(obj, /, **changes)", Raw(replace)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Error", Value::of_type(&ERROR));
    set_str(m, "error", Value::of_type(&ERROR));
    set_str(m, "__all__", List::value(["Error", "copy", "deepcopy", "replace"].iter().map(|s| Value::str(s)).collect()));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("copy", FUNCTIONS, setup);
