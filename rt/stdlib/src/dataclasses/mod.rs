//! Owns: the module `dataclasses`: `field`, `fields`, `asdict`, `astuple`, `replace`, `make_dataclass`.
//! Never: makes the methods of a dataclass; that is `process` and `generated`.
//! Source: CPython 3.13, Lib/dataclasses.py.

mod fields;
mod generated;
mod process;

use fields::{FIELD, FieldKind, INIT_VAR, missing};
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, lookup_optional};
use rtcore::protocol::call::{call, call_kw};
use rtcore::protocol::repr::repr_string;
use rtcore::types::dict::{DICT, Dict, items_of};
use rtcore::types::function::closure;
use rtcore::types::list::{LIST, List};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

rtcore::name_table! {
    pub mod n {
        __dataclass_fields__ __dataclass_params__ __post_init__ __match_args__ __replace__ __setattr__ __delattr__ __slots__
        name default default_factory metadata _field_type kw_only init compare
    }
}

/// The options of `@dataclass`.
#[derive(Copy, Clone)]
pub struct Options {
    pub init: bool,
    pub repr: bool,
    pub eq: bool,
    pub order: bool,
    pub unsafe_hash: bool,
    pub frozen: bool,
    pub match_args: bool,
    pub kw_only: bool,
    pub slots: bool,
    pub weakref_slot: bool,
}
impl Default for Options {
    fn default() -> Options {
        Options {
            init: true,
            repr: true,
            eq: true,
            order: false,
            unsafe_hash: false,
            frozen: false,
            match_args: true,
            kw_only: false,
            slots: false,
            weakref_slot: false,
        }
    }
}
impl Options {
    fn set(&mut self, name: &str, v: &Value) -> PyResult<()> {
        let b = rtcore::protocol::sequence::truth(v)?;
        let slot = match name {
            "init" => &mut self.init,
            "repr" => &mut self.repr,
            "eq" => &mut self.eq,
            "order" => &mut self.order,
            "unsafe_hash" => &mut self.unsafe_hash,
            "frozen" => &mut self.frozen,
            "match_args" => &mut self.match_args,
            "kw_only" => &mut self.kw_only,
            "slots" => &mut self.slots,
            "weakref_slot" => &mut self.weakref_slot,
            _ => return Err(type_error(format!("dataclass() got an unexpected keyword argument '{name}'"))),
        };
        *slot = b;
        Ok(())
    }
    /// As the keyword arguments they came from, for closures.
    fn pack(self) -> Value {
        let bits = [
            self.init, self.repr, self.eq, self.order, self.unsafe_hash, self.frozen, self.match_args, self.kw_only, self.slots, self.weakref_slot,
        ];
        Value::int(bits.iter().enumerate().map(|(i, b)| i64::from(*b) << i).sum())
    }
    fn unpack(v: &Value) -> Options {
        let bits = v.as_inline_int().unwrap_or(0);
        let on = |i: i64| bits >> i & 1 == 1;
        Options {
            init: on(0),
            repr: on(1),
            eq: on(2),
            order: on(3),
            unsafe_hash: on(4),
            frozen: on(5),
            match_args: on(6),
            kw_only: on(7),
            slots: on(8),
            weakref_slot: on(9),
        }
    }
}

/// `@dataclass` and `@dataclass(…)`.
fn dataclass(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let mut options = Options::default();
    let mut cls = all.first().filter(|_| pos > 0).cloned();
    for (k, v) in kw.iter().zip(&all[pos..]) {
        if k.as_str() == "cls" {
            cls = Some(v.clone());
        } else {
            options.set(k.as_str(), v)?;
        }
    }
    match cls.filter(|c| !c.is_none()) {
        Some(c) => process::process(&c, options),
        None => Ok(closure::new("dataclass.<locals>.wrap", Value::str("dataclasses"), wrap, vec![options.pack()])),
    }
}
fn wrap(captured: &[Value], values: &[Value], _kw: &[Name]) -> PyResult {
    match (captured, values) {
        ([options, ..], [cls]) => process::process(cls, Options::unpack(options)),
        _ => Err(type_error("dataclass.<locals>.wrap() takes 1 positional argument")),
    }
}

/// `field(…)`.
fn field(a: &[Value]) -> PyResult {
    let [default, factory, init, repr, hash, compare, metadata, kw_only] = a else { return Ok(NONE) };
    let or_missing = |v: &Value| if v.is_unbound() { missing() } else { v.clone() };
    if !default.is_unbound() && !factory.is_unbound() && !default.is(&missing()) && !factory.is(&missing()) {
        return Err(value_error("cannot specify both default and default_factory"));
    }
    fields::make([
        NONE,
        NONE,
        or_missing(default),
        or_missing(factory),
        repr.clone(),
        hash.clone(),
        init.clone(),
        compare.clone(),
        metadata.clone(),
        or_missing(kw_only),
    ])
}

fn fields_table(v: &Value) -> PyResult<Option<Value>> {
    lookup_optional(v, n::__dataclass_fields__.get())
}
/// The `Field`s of a class or instance, pseudo-fields left out.
pub fn fields_of(v: &Value) -> PyResult<Vec<Value>> {
    let Some(table) = fields_table(v)? else {
        return Err(type_error("must be called with a dataclass type or instance"));
    };
    Ok(items_of(&table)?.into_iter().map(|(_, f)| f).filter(|f| fields::kind(f) == FieldKind::Field).collect())
}
fn fields_(v: &Value) -> PyResult {
    Ok(tuple::new(fields_of(v)?))
}
fn is_dataclass(v: &Value) -> PyResult {
    let class = if v.as_type().is_some() { v.clone() } else { Value::of_type(v.ty()) };
    Ok(Value::bool(fields_table(&class)?.is_some()))
}
fn is_instance(v: &Value) -> PyResult<bool> {
    Ok(v.as_type().is_none() && fields_table(&Value::of_type(v.ty()))?.is_some())
}
fn asdict(v: &Value, factory: &Value) -> PyResult {
    if !is_instance(v)? {
        return Err(type_error("asdict() should be called on dataclass instances"));
    }
    convert(v, factory, true)
}
fn astuple(v: &Value, factory: &Value) -> PyResult {
    if !is_instance(v)? {
        return Err(type_error("astuple() should be called on dataclass instances"));
    }
    convert(v, factory, false)
}
fn convert(v: &Value, factory: &Value, as_dict: bool) -> PyResult {
    let ty = v.ty();
    if is_instance(v)? {
        let mut pairs = vec![];
        for f in fields_of(v)? {
            let name = fields::name(&f);
            let x = convert(&getattr_name(v, name)?, factory, as_dict)?;
            pairs.push(if as_dict { tuple::new(vec![name.value(), x]) } else { x });
        }
        let default = if as_dict { Value::of_type(&DICT) } else { Value::of_type(&tuple::TUPLE) };
        let f = if factory.is_unbound() { default } else { factory.clone() };
        return call(&f, &[List::value(pairs)]);
    }
    if ty.is_subtype(&tuple::TUPLE) {
        let mut items = vec![];
        for x in tuple::items(v) {
            items.push(convert(x, factory, as_dict)?);
        }
        if ty.lookup(Name::new("_fields")).is_some() {
            return call(&Value::of_type(ty), &items);
        }
        return call(&Value::of_type(ty), &[List::value(items)]);
    }
    if let Some(l) = v.downcast::<List>() {
        let mut items = vec![];
        for x in l.to_vec() {
            items.push(convert(&x, factory, as_dict)?);
        }
        return if std::ptr::eq(ty, &LIST) { Ok(List::value(items)) } else { call(&Value::of_type(ty), &[List::value(items)]) };
    }
    if v.downcast::<Dict>().is_some() {
        let mut items = vec![];
        for (k, x) in items_of(v)? {
            items.push(tuple::new(vec![convert(&k, factory, as_dict)?, convert(&x, factory, as_dict)?]));
        }
        if let Some(f) = lookup_optional(v, Name::new("default_factory"))? {
            let d = call(&Value::of_type(ty), &[f])?;
            for pair in items {
                if let [k, x] = tuple::items(&pair) {
                    rtcore::protocol::sequence::setitem(&d, k, x.clone())?;
                }
            }
            return Ok(d);
        }
        return call(&Value::of_type(ty), &[List::value(items)]);
    }
    deepcopy(v)
}
/// Atomic values are themselves; others go through `copy.deepcopy` when the program has it.
fn deepcopy(v: &Value) -> PyResult {
    if !v.is_obj() || v.ty().is_static() && v.header().is_some_and(|h| h.attrs().is_none()) {
        return Ok(v.clone());
    }
    match v.ty().lookup(names::__deepcopy__.get()) {
        Some(_) => rtcore::protocol::call::call_method_name(v, names::__deepcopy__.get(), &[Dict::new_value()]),
        None => match rtcore::types::module::import::import_module("copy") {
            Ok(copy) => rtcore::protocol::call::call_method_name(&copy, Name::new("deepcopy"), std::slice::from_ref(v)),
            Err(r) => {
                drop(rtcore::error::take(r));
                Ok(v.clone())
            }
        },
    }
}

/// `replace(obj, **changes)`.
pub fn replace(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(v) = all.first().filter(|_| pos == 1) else {
        return Err(type_error(format!("replace() takes 1 positional argument but {pos} were given")));
    };
    if !is_instance(v)? {
        return Err(type_error("replace() should be called on dataclass instances"));
    }
    let mut changes: Vec<(Name, Value)> = kw.iter().copied().zip(all[pos..].iter().cloned()).collect();
    let Some(table) = fields_table(v)? else { return Ok(NONE) };
    for (_, f) in items_of(&table)? {
        let name = fields::name(&f);
        let given = changes.iter().any(|(k, _)| *k == name);
        match fields::kind(&f) {
            FieldKind::ClassVar => continue,
            FieldKind::Field | FieldKind::InitVar => {}
        }
        if !fields::flag(&f, "init") {
            if given {
                return Err(type_error(format!("field {name} is declared with init=False, it cannot be specified with replace()")));
            }
            continue;
        }
        if !given {
            if fields::kind(&f) == FieldKind::InitVar && fields::get(&f, "default").is(&missing()) {
                return Err(type_error(format!("InitVar '{name}' must be specified with replace()")));
            }
            let current = getattr_name(v, name)?;
            changes.push((name, current));
        }
    }
    let names: Vec<Name> = changes.iter().map(|(k, _)| *k).collect();
    let values: Vec<Value> = changes.into_iter().map(|(_, v)| v).collect();
    call_kw(&Value::of_type(v.ty()), &values, &names)
}

/// `make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options)`.
fn make_dataclass(all: &[Value], kw: &[Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let [name, specs, ..] = &all[..pos] else {
        return Err(type_error("make_dataclass() missing required arguments: 'cls_name' and 'fields'"));
    };
    let mut options = Options::default();
    let (mut bases, mut namespace, mut module) = (vec![], None, None);
    for (k, v) in kw.iter().zip(&all[pos..]) {
        match k.as_str() {
            "bases" => bases = rtcore::protocol::iter::collect(v)?,
            "namespace" => namespace = Some(v.clone()).filter(|v| !v.is_none()),
            "module" => module = Some(v.clone()).filter(|v| !v.is_none()),
            other => options.set(other, v)?,
        }
    }
    let build = rtcore::types::class::create::begin(name.as_str().unwrap_or(""), &bases, vec![])?;
    if let Some(ns) = namespace {
        for (k, v) in items_of(&ns)? {
            if let Some(k) = Name::of(&k) {
                build.set(k, v)?;
            }
        }
    }
    let annotations = Dict::new_value();
    for spec in rtcore::protocol::iter::collect(specs)? {
        let parts = if spec.as_str_obj().is_some() { vec![spec.clone()] } else { rtcore::protocol::iter::collect(&spec)? };
        let Some(field_name) = parts.first().and_then(Name::of) else {
            return Err(type_error(format!("Field names must be strings, not {}", repr_string(&spec)?)));
        };
        let ty = parts.get(1).cloned().unwrap_or_else(|| Value::str("typing.Any"));
        if annotations.downcast::<Dict>().is_some_and(|d| d.get_name(field_name).is_some()) {
            return Err(type_error(format!("Field name duplicated: '{field_name}'")));
        }
        if let Some(d) = annotations.downcast::<Dict>() {
            d.set_name(field_name, ty);
        }
        if let Some(default) = parts.get(2) {
            build.set(field_name, default.clone())?;
        }
    }
    build.set(names::__annotations__.get(), annotations)?;
    build.set(names::__module__.get(), module.unwrap_or_else(|| Value::str("types")))?;
    let cls = build.finish()?;
    process::process(&cls, options)
}

static FUNCTIONS: &[Method] = &[
    Method::new("dataclass(cls=None, /, **options)", Raw(dataclass)),
    Method::new(
        "field(*, default=..., default_factory=..., init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=...)",
        N(field),
    ),
    Method::new("fields(class_or_instance)", F1(fields_)),
    Method::new("is_dataclass(obj)", F1(is_dataclass)),
    Method::new("asdict(obj, *, dict_factory=...)", F2(asdict)),
    Method::new("astuple(obj, *, tuple_factory=...)", F2(astuple)),
    Method::new("replace(obj, /, **changes)", Raw(replace)),
    Method::new("make_dataclass(cls_name, fields, /, **options)", Raw(make_dataclass)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "MISSING", missing());
    set_str(m, "KW_ONLY", fields::kw_only_marker());
    set_str(m, "Field", Value::of_type(&FIELD));
    set_str(m, "InitVar", Value::of_type(&INIT_VAR));
    set_str(m, "FrozenInstanceError", Value::of_type(&fields::FROZEN_INSTANCE_ERROR));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("dataclasses", FUNCTIONS, setup);
