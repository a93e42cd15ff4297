//! Owns: `signature`, `Signature`, `Parameter`.
//! Never: evaluates annotations.
//! Source: CPython 3.13, Lib/inspect.py (`Parameter.__str__`, `Signature.format`, `formatannotation`).

use rtcore::def::{Def, Params};
use rtcore::error::{raise, type_error};
use rtcore::methods::*;
use rtcore::protocol::attr::{getattr_name, lookup_optional, setattr_name};
use rtcore::protocol::call::call_kw;
use rtcore::protocol::repr::{repr_string, str_string};
use rtcore::types::class::create;
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::function::{bound, def_of, native};
use rtcore::types::mappingproxy;
use rtcore::types::module::set_str;
use rtcore::types::none::not_implemented;
use rtcore::types::object_::{Instance, OBJECT};

const KINDS: [(&str, &str); 5] = [
    ("POSITIONAL_ONLY", "positional-only"),
    ("POSITIONAL_OR_KEYWORD", "positional or keyword"),
    ("VAR_POSITIONAL", "variadic positional"),
    ("KEYWORD_ONLY", "keyword-only"),
    ("VAR_KEYWORD", "variadic keyword"),
];
/// `Signature.empty`.
fn empty() -> Value {
    Value::of_type(&EMPTY)
}
static EMPTY_DEF: ClassDef = ClassDef::new::<Instance>("_empty").module("inspect").like(&OBJECT, &OBJECT);
static EMPTY: Type = Type::builtin(&EMPTY_DEF);

pub struct Parameter {
    name: Value,
    kind: usize,
    default: Value,
    annotation: Value,
}
impl Payload for Parameter {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.default);
        visit(&self.annotation);
    }
}
impl Native for Parameter {
    fn class() -> &'static Type {
        &PARAMETER
    }
}
fn parameter(v: &Value) -> PyResult<&Parameter> {
    v.downcast::<Parameter>().ok_or_else(|| type_error("descriptor requires an 'inspect.Parameter' object"))
}
fn make(name: &str, kind: usize, default: Value, annotation: Value) -> Value {
    object::new(&PARAMETER, Parameter { name: Value::str(name), kind, default, annotation })
}
/// How an annotation stands in a signature.
fn annotation_text(v: &Value) -> PyResult<String> {
    if let Some(t) = v.as_type() {
        let (m, q) = (t.module_name(), t.qualname());
        return Ok(if m == "builtins" || m.is_empty() { q } else { format!("{m}.{q}") });
    }
    if v.downcast::<rtcore::types::alias::Alias>().is_some() {
        return str_string(v);
    }
    let text = repr_string(v)?;
    Ok(match lookup_optional(v, names::__module__.get())? {
        Some(m) if m.as_str() == Some("typing") => text.replace("typing.", ""),
        Some(_) | None => text,
    })
}
fn parameter_text(p: &Parameter) -> PyResult<String> {
    let mut s = p.name.as_str().unwrap_or("").to_string();
    let annotated = !p.annotation.is_type(&EMPTY);
    if annotated {
        s = format!("{s}: {}", annotation_text(&p.annotation)?);
    }
    if !p.default.is_type(&EMPTY) {
        s = format!("{s}{}{}", if annotated { " = " } else { "=" }, repr_string(&p.default)?);
    }
    Ok(match p.kind {
        2 => format!("*{s}"),
        4 => format!("**{s}"),
        _ => s,
    })
}
fn kind_value(i: usize) -> PyResult {
    let module = rtcore::types::module::import::import_module("inspect")?;
    getattr_name(&module, Name::new(&format!("_{}", KINDS[i.min(4)].0)))
}
fn parameter_new(a: &[Value]) -> PyResult {
    let [_cls, name, kind, default, annotation] = a else { return Ok(NONE) };
    let kind = rtcore::protocol::sequence::as_index(kind)?.clamp(0, 4) as usize;
    let or_empty = |v: &Value| if v.is_unbound() { empty() } else { v.clone() };
    Ok(make(name.as_str().unwrap_or(""), kind, or_empty(default), or_empty(annotation)))
}
fn parameter_replace(a: &[Value]) -> PyResult {
    let [v, name, kind, annotation, default] = a else { return Ok(NONE) };
    let p = parameter(v)?;
    let or = |new: &Value, old: &Value| if new.is_unbound() { old.clone() } else { new.clone() };
    let kind = if kind.is_unbound() { p.kind } else { rtcore::protocol::sequence::as_index(kind)?.clamp(0, 4) as usize };
    Ok(make(or(name, &p.name).as_str().unwrap_or(""), kind, or(default, &p.default), or(annotation, &p.annotation)))
}
fn parameter_eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Parameter>(), b.downcast::<Parameter>()) else { return Ok(not_implemented()) };
    let same = rtcore::protocol::sequence::same_or_eq;
    Ok(Value::bool(
        x.kind == y.kind && same(&x.name, &y.name)? && same(&x.default, &y.default)? && same(&x.annotation, &y.annotation)?,
    ))
}
static PARAMETER_DEF: ClassDef = ClassDef::new::<Parameter>("Parameter")
    .module("inspect")
    .methods(&[
        Method::static_("__new__(cls, name, kind, *, default=..., annotation=...)", N(parameter_new)),
        Method::new("__str__(self)", F1(|v| Ok(Value::string(parameter_text(parameter(v)?)?)))),
        Method::new("__repr__(self)", F1(|v| Ok(Value::string(format!("<Parameter \"{}\">", parameter_text(parameter(v)?)?))))),
        Method::new("__eq__(self, other)", F2(parameter_eq)),
        Method::new("replace(self, *, name=..., kind=..., annotation=..., default=...)", N(parameter_replace)),
    ])
    .getset(&[
        GetSet::ro("name", |v| Ok(parameter(v)?.name.clone())),
        GetSet::ro("kind", |v| kind_value(parameter(v)?.kind)),
        GetSet::ro("default", |v| Ok(parameter(v)?.default.clone())),
        GetSet::ro("annotation", |v| Ok(parameter(v)?.annotation.clone())),
    ])
    .setup(|t| t.set_own(Name::new("empty"), empty()));
pub static PARAMETER: Type = Type::builtin(&PARAMETER_DEF);

pub struct Signature {
    /// A dict from names to parameters.
    parameters: Value,
    returns: Value,
}
impl Payload for Signature {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.parameters);
        visit(&self.returns);
    }
}
impl Native for Signature {
    fn class() -> &'static Type {
        &SIGNATURE
    }
}
fn this(v: &Value) -> PyResult<&Signature> {
    v.downcast::<Signature>().ok_or_else(|| type_error("descriptor requires an 'inspect.Signature' object"))
}
fn signature(parameters: Vec<Value>, returns: Value) -> PyResult {
    let d = Dict::new_value();
    for p in parameters {
        let name = parameter(&p)?.name.clone();
        rtcore::protocol::sequence::setitem(&d, &name, p)?;
    }
    Ok(object::new(&SIGNATURE, Signature { parameters: d, returns }))
}
fn text(v: &Value) -> PyResult<String> {
    let s = this(v)?;
    let mut parts = vec![];
    let (mut pos_only, mut separated) = (false, false);
    for (_, p) in items_of(&s.parameters)? {
        let p = parameter(&p)?;
        if p.kind == 0 {
            pos_only = true;
        } else if pos_only {
            parts.push("/".to_string());
            pos_only = false;
        }
        if p.kind == 2 {
            separated = true;
        } else if p.kind == 3 && !separated {
            parts.push("*".to_string());
            separated = true;
        }
        parts.push(parameter_text(p)?);
    }
    if pos_only {
        parts.push("/".to_string());
    }
    let returns = if s.returns.is_type(&EMPTY) { String::new() } else { format!(" -> {}", annotation_text(&s.returns)?) };
    Ok(format!("({}){returns}", parts.join(", ")))
}
fn signature_new(_cls: &Value, parameters: &Value, returns: &Value) -> PyResult {
    let all = if parameters.is_none() { vec![] } else { rtcore::protocol::iter::collect(parameters)? };
    signature(all, if returns.is_unbound() { empty() } else { returns.clone() })
}
fn signature_replace(v: &Value, parameters: &Value, returns: &Value) -> PyResult {
    let s = this(v)?;
    let all = if parameters.is_unbound() {
        items_of(&s.parameters)?.into_iter().map(|p| p.1).collect()
    } else {
        rtcore::protocol::iter::collect(parameters)?
    };
    signature(all, if returns.is_unbound() { s.returns.clone() } else { returns.clone() })
}
fn signature_eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Signature>(), b.downcast::<Signature>()) else { return Ok(not_implemented()) };
    let same = rtcore::protocol::sequence::same_or_eq;
    Ok(Value::bool(same(&x.parameters, &y.parameters)? && same(&x.returns, &y.returns)?))
}
static SIGNATURE_DEF: ClassDef = ClassDef::new::<Signature>("Signature")
    .module("inspect")
    .methods(&[
        Method::static_("__new__(cls, parameters=None, *, return_annotation=...)", F3(signature_new)),
        Method::new("__str__(self)", F1(|v| Ok(Value::string(text(v)?)))),
        Method::new("__repr__(self)", F1(|v| Ok(Value::string(format!("<Signature {}>", text(v)?))))),
        Method::new("__eq__(self, other)", F2(signature_eq)),
        Method::new("replace(self, *, parameters=..., return_annotation=...)", F3(signature_replace)),
    ])
    .getset(&[
        GetSet::ro("parameters", |v| Ok(mappingproxy::new(this(v)?.parameters.clone()))),
        GetSet::ro("return_annotation", |v| Ok(this(v)?.returns.clone())),
    ])
    .setup(|t| t.set_own(Name::new("empty"), empty()));
pub static SIGNATURE: Type = Type::builtin(&SIGNATURE_DEF);

fn of_def(f: &Value, def: &'static Def) -> PyResult {
    let positional = def.params.len() - def.kwonly;
    let defaults = lookup_optional(f, names::__defaults__.get())?.unwrap_or(NONE);
    let defaults = rtcore::types::tuple::items(&defaults).to_vec();
    let kwdefaults = lookup_optional(f, names::__kwdefaults__.get())?.unwrap_or(NONE);
    let annotations = lookup_optional(f, names::__annotations__.get())?.unwrap_or(NONE);
    let find = |d: &Value, n: &str| d.downcast::<Dict>().and_then(|d| d.get_name(Name::new(n))).unwrap_or_else(empty);
    let first = positional - defaults.len().min(positional);
    let mut out = vec![];
    for (i, n) in def.params[..positional].iter().enumerate() {
        let default = if i >= first { defaults.get(i - first).cloned().unwrap_or_else(empty) } else { empty() };
        out.push(make(n, usize::from(i >= def.posonly), default, find(&annotations, n)));
    }
    if let Some(n) = def.varargs {
        out.push(make(n, 2, empty(), find(&annotations, n)));
    }
    for n in &def.params[positional..] {
        out.push(make(n, 3, find(&kwdefaults, n), find(&annotations, n)));
    }
    if let Some(n) = def.varkw {
        out.push(make(n, 4, empty(), find(&annotations, n)));
    }
    signature(out, find(&annotations, "return"))
}
fn of_row(row: &'static Method, bound: bool) -> PyResult {
    let p = Params::parse(row.sig);
    let mut out = vec![];
    let given = |i: usize| match p.defaults.get(i) {
        Some(Some(d)) if !d.is_unbound() => d.clone(),
        Some(_) | None => empty(),
    };
    for (i, n) in p.names.iter().enumerate().take(p.positional).skip(usize::from(bound)) {
        out.push(make(n.as_str(), usize::from(i >= p.posonly), given(i), empty()));
    }
    if p.varargs {
        out.push(make("args", 2, empty(), empty()));
    }
    for (i, n) in p.names.iter().enumerate().skip(p.positional) {
        out.push(make(n.as_str(), 3, given(i), empty()));
    }
    if p.varkw {
        out.push(make("kwargs", 4, empty(), empty()));
    }
    signature(out, empty())
}
/// Without its first positional parameter.
fn without_first(v: &Value) -> PyResult {
    let s = this(v)?;
    let mut all: Vec<Value> = items_of(&s.parameters)?.into_iter().map(|p| p.1).collect();
    match all.first().map(parameter).transpose()?.map(|p| p.kind) {
        Some(0 | 1) => drop(all.remove(0)),
        Some(_) => {}
        None => return Err(rtcore::error::value_error("invalid method signature")),
    }
    signature(all, s.returns.clone())
}
/// `signature(obj)`.
pub fn of(v: &Value) -> PyResult {
    if !rtcore::frame::callable(v) {
        return Err(type_error(format!("{} is not a callable object", repr_string(v)?)));
    }
    if v.ty().is_subtype(&bound::METHOD) {
        return without_first(&of(&getattr_name(v, names::__func__.get())?)?);
    }
    if let Some(s) = lookup_optional(v, Name::new("__signature__"))?
        && s.downcast::<Signature>().is_some()
    {
        return Ok(s);
    }
    if v.as_type().is_none()
        && let Some(w) = lookup_optional(v, names::__wrapped__.get())?
    {
        return of(&w);
    }
    if let Some(d) = def_of(v) {
        return of_def(v, d);
    }
    if let Some(b) = v.downcast::<native::Builtin>() {
        return of_row(b.method, !b.receiver.is_unbound());
    }
    if let Some(m) = v.downcast::<native::MethodDescr>() {
        return of_row(m.method, false);
    }
    if let Some(t) = v.as_type() {
        for n in [names::__new__.get(), names::__init__.get()] {
            if let Some((owner, f)) = t.lookup_where(n)
                && !std::ptr::eq(owner, &OBJECT)
            {
                let f = lookup_optional(&f, names::__func__.get())?.unwrap_or(f);
                return without_first(&of(&f)?);
            }
        }
        return signature(vec![], empty());
    }
    if v.ty().is_heap()
        && let Some(f) = v.ty().lookup(names::__call__.get())
    {
        return without_first(&of(&f)?);
    }
    Err(raise(&rtcore::error::hierarchy::VALUE_ERROR, format!("no signature found for builtin {}", repr_string(v)?)))
}
/// Adds the classes, and the kinds as members of `_ParameterKind`.
pub fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Parameter", Value::of_type(&PARAMETER));
    set_str(m, "Signature", Value::of_type(&SIGNATURE));
    set_str(m, "_empty", empty());
    let build = create::begin("_ParameterKind", &[Value::of_type(&rtcore::types::int::INT)], vec![])?;
    build.set(names::__module__.get(), Value::str("inspect"))?;
    let show: rtcore::types::function::closure::Run = |_, a, _| match a.first() {
        Some(v) => getattr_name(v, names::name.get()),
        None => Ok(NONE),
    };
    let shown = rtcore::types::function::closure::new("_ParameterKind.__str__", Value::str("inspect"), show, vec![]);
    build.set(Name::new("__str__"), shown)?;
    let repr: rtcore::types::function::closure::Run = |_, a, _| {
        let Some(v) = a.first() else { return Ok(NONE) };
        let n = getattr_name(v, names::name.get())?;
        Ok(Value::string(format!("<_ParameterKind.{}: {}>", str_string(&n)?, rtcore::protocol::sequence::as_index(v)?)))
    };
    build.set(Name::new("__repr__"), rtcore::types::function::closure::new("_ParameterKind.__repr__", Value::str("inspect"), repr, vec![]))?;
    let class = build.finish()?;
    for (i, (name, text)) in KINDS.iter().enumerate() {
        let k = call_kw(&class, &[Value::int(i as i64)], &[])?;
        setattr_name(&k, names::name.get(), Some(Value::str(name)))?;
        setattr_name(&k, Name::new("description"), Some(Value::str(text)))?;
        set_str(m, &format!("_{name}"), k.clone());
        PARAMETER.set_own(Name::new(name), k);
    }
    Ok(())
}
