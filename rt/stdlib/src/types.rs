//! Owns: the module `types`: names for the runtime's types, and making classes by hand.
//! Never: defines a type that the core has.
//! Source: CPython 3.13, Lib/types.py.

use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::lookup_optional;
use rtcore::protocol::call::{call, call_kw};
use rtcore::types::class::create;
use rtcore::types::class::methods::TYPE;
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::function::{bound, native};
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::{descriptors, none, tuple};

fn keywords(kwds: &Value) -> PyResult<Vec<(Name, Value)>> {
    if kwds.is_none() {
        return Ok(vec![]);
    }
    let mut out = vec![];
    for (k, v) in items_of(kwds)? {
        match Name::of(&k) {
            Some(n) => out.push((n, v)),
            None => return Err(type_error("keywords must be strings")),
        }
    }
    Ok(out)
}
fn new_class(name: &Value, bases: &Value, kwds: &Value, exec_body: &Value) -> PyResult {
    let Some(text) = name.as_str() else {
        return Err(type_error(format!("type.__new__() argument 1 must be str, not {}", name.ty().name())));
    };
    let bases = rtcore::protocol::iter::collect(bases)?;
    let build = create::begin(text, &bases, keywords(kwds)?)?;
    if !exec_body.is_none() {
        call(exec_body, &[build.namespace().clone()])?;
    }
    build.finish()
}
fn resolve_bases(bases: &Value) -> PyResult {
    let all = rtcore::protocol::iter::collect(bases)?;
    let mut out = vec![];
    let mut changed = false;
    for b in &all {
        if b.as_type().is_none()
            && let Some(f) = lookup_optional(b, names::__mro_entries__.get())?
        {
            let entries = call(&f, std::slice::from_ref(bases))?;
            if !tuple::is_tuple(&entries) {
                return Err(type_error("__mro_entries__ must return a tuple"));
            }
            out.extend_from_slice(tuple::items(&entries));
            changed = true;
        } else {
            out.push(b.clone());
        }
    }
    Ok(if changed { tuple::new(out) } else { bases.clone() })
}
fn prepare_class(name: &Value, bases: &Value, kwds: &Value) -> PyResult {
    let mut kw = keywords(kwds)?;
    let given = kw.iter().position(|(n, _)| n.as_str() == "metaclass").map(|i| kw.remove(i).1);
    let bases_list = rtcore::protocol::iter::collect(bases)?;
    let mut meta = match (given, bases_list.first()) {
        (Some(m), _) => m,
        (None, Some(b)) => Value::of_type(b.ty()),
        (None, None) => Value::of_type(&TYPE),
    };
    if meta.as_type().is_some() {
        meta = Value::of_type(winner(&meta, &bases_list)?);
    }
    let ns = match lookup_optional(&meta, names::__prepare__.get())? {
        Some(f) => {
            let keys: Vec<Name> = kw.iter().map(|k| k.0).collect();
            let mut values = vec![name.clone(), bases.clone()];
            values.extend(kw.iter().map(|k| k.1.clone()));
            call_kw(&f, &values, &keys)?
        }
        None => Dict::new_value(),
    };
    Ok(tuple::of([meta, ns, Dict::from_names(kw)]))
}
/// The most derived metaclass (`_calculate_meta`).
fn winner(meta: &Value, bases: &[Value]) -> PyResult<&'static Type> {
    let mut best = meta.as_type().unwrap_or(&TYPE);
    for b in bases {
        let t = b.ty();
        if best.is_subtype(t) {
            continue;
        }
        if t.is_subtype(best) {
            best = t;
            continue;
        }
        return Err(type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(best)
}
fn get_original_bases(cls: &Value) -> PyResult {
    let Some(t) = cls.as_type() else {
        return Err(type_error(format!("Expected an instance of type, not '{}'", cls.ty().name())));
    };
    match t.own(names::__orig_bases__.get()) {
        Some(b) => Ok(b),
        None => rtcore::protocol::attr::getattr_name(cls, names::__bases__.get()),
    }
}

static FUNCTIONS: &[Method] = &[
    Method::new("new_class(name, bases=(), kwds=None, exec_body=None)", F4(new_class)),
    Method::new("resolve_bases(bases)", F1(resolve_bases)),
    Method::new("prepare_class(name, bases=(), kwds=None)", F3(prepare_class)),
    Method::new("get_original_bases(cls, /)", F1(get_original_bases)),
    Method::new("coroutine(func)", F1(rtcore::frame::generator::types_coroutine)),
];
fn setup(m: &Value) -> PyResult<()> {
    let rows: &[(&str, &'static Type)] = &[
        ("FunctionType", &rtcore::types::function::FUNCTION),
        ("LambdaType", &rtcore::types::function::FUNCTION),
        ("CodeType", &rtcore::types::code::CODE),
        ("MappingProxyType", &rtcore::types::mappingproxy::MAPPINGPROXY),
        ("SimpleNamespace", &rtcore::types::namespace::NAMESPACE),
        ("CellType", &rtcore::types::cell::CELL),
        ("GeneratorType", &rtcore::frame::generator::GENERATOR),
        ("CoroutineType", &rtcore::frame::coroutine::COROUTINE),
        ("AsyncGeneratorType", &rtcore::frame::async_generator::ASYNC_GENERATOR),
        ("MethodType", &bound::METHOD),
        ("BuiltinFunctionType", &native::BUILTIN),
        ("BuiltinMethodType", &native::BUILTIN),
        ("WrapperDescriptorType", &native::METHOD_DESCR),
        ("MethodWrapperType", &native::BUILTIN),
        ("MethodDescriptorType", &native::METHOD_DESCR),
        ("ClassMethodDescriptorType", &native::CLASSMETHOD_DESCR),
        ("ModuleType", &rtcore::types::module::MODULE),
        ("TracebackType", &rtcore::error::traceback::TRACEBACK),
        ("FrameType", &rtcore::frame::object::FRAME),
        ("GetSetDescriptorType", &native::GETSET_DESCR),
        ("MemberDescriptorType", &descriptors::MEMBER),
        ("GenericAlias", &rtcore::types::alias::GENERIC_ALIAS),
        ("UnionType", &rtcore::types::alias::UNION),
        ("EllipsisType", &none::ELLIPSIS_TYPE),
        ("NoneType", &none::NONE_TYPE),
        ("NotImplementedType", &none::NOT_IMPLEMENTED_TYPE),
        ("DynamicClassAttribute", &descriptors::PROPERTY),
    ];
    set_str(m, "_GeneratorWrapper", Value::of_type(&rtcore::frame::wrapper::GENERATOR_WRAPPER));
    let mut all: Vec<Value> = vec![];
    for (name, t) in rows {
        set_str(m, name, Value::of_type(t));
        all.push(Value::str(name));
    }
    for f in FUNCTIONS {
        all.push(Value::str(f.name()));
    }
    set_str(m, "__all__", List::value(all));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("types", FUNCTIONS, setup);
