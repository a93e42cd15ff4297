//! Owns: `ForwardRef`, `get_type_hints`, `get_origin`, `get_args`.
//! Never: parses annotations; that is `evaluate`.
//! Source: CPython 3.13, Lib/typing.py.

use super::alias::{self, Kind, TAlias};
use super::check::{is_param_expr, type_check};
use super::evaluate::evaluate;
use super::generic::GENERIC;
use super::{forms, params};
use rtcore::error::type_error;
use rtcore::methods::*;
use rtcore::protocol::attr::lookup_optional;
use rtcore::protocol::repr::repr_string;
use rtcore::protocol::sequence::{same_or_eq, truth};
use rtcore::types::alias as core_alias;
use rtcore::types::dict::{Dict, items_of};
use rtcore::types::list::List;
use rtcore::types::module::{Module, modules};
use rtcore::types::none::{NONE_TYPE, not_implemented};
use rtcore::types::tuple;
use std::cell::{Cell, RefCell};

pub struct ForwardRef {
    text: Value,
    argument: bool,
    class: bool,
    module: Value,
    evaluated: Cell<bool>,
    value: RefCell<Value>,
}
impl Payload for ForwardRef {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.value.borrow());
    }
}
impl Native for ForwardRef {
    fn class() -> &'static Type {
        &FORWARD_REF
    }
}
pub fn forward_ref(text: &Value, argument: bool, class: bool) -> PyResult {
    make_ref(text, argument, class, NONE)
}
fn make_ref(text: &Value, argument: bool, class: bool, module: Value) -> PyResult {
    if text.as_str_obj().is_none() {
        return Err(type_error(format!("Forward reference must be a string -- got {}", repr_string(text)?)));
    }
    let body =
        ForwardRef { text: text.clone(), argument, class, module, evaluated: Cell::new(false), value: RefCell::new(NONE) };
    Ok(object::new(&FORWARD_REF, body))
}
fn this(v: &Value) -> PyResult<&ForwardRef> {
    v.downcast::<ForwardRef>().ok_or_else(|| type_error("descriptor requires a 'typing.ForwardRef' object"))
}
fn ref_new(a: &[Value]) -> PyResult {
    let [_cls, arg, is_argument, module, is_class] = a else { return Ok(NONE) };
    make_ref(arg, truth(is_argument)?, truth(is_class)?, module.clone())
}
fn ref_repr(v: &Value) -> PyResult {
    let r = this(v)?;
    let module = if r.module.is_none() { String::new() } else { format!(", module={}", repr_string(&r.module)?) };
    Ok(Value::string(format!("ForwardRef({}{module})", repr_string(&r.text)?)))
}
fn ref_eq(a: &Value, b: &Value) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<ForwardRef>(), b.downcast::<ForwardRef>()) else { return Ok(not_implemented()) };
    if x.evaluated.get() && y.evaluated.get() {
        return Ok(Value::bool(same_or_eq(&x.text, &y.text)? && same_or_eq(&x.value.borrow().clone(), &y.value.borrow().clone())?));
    }
    Ok(Value::bool(same_or_eq(&x.text, &y.text)? && same_or_eq(&x.module, &y.module)?))
}
fn ref_hash(v: &Value) -> PyResult {
    let r = this(v)?;
    Ok(Value::int(rtcore::protocol::hash::hash(&tuple::of([r.text.clone(), r.module.clone()]))?))
}
static REF_DEF: ClassDef = ClassDef::new::<ForwardRef>("ForwardRef")
    .module("typing")
    .methods(&[
        Method::static_("__new__(cls, arg, is_argument=True, module=None, *, is_class=False)", N(ref_new)),
        Method::new("__repr__(self)", F1(ref_repr)),
        Method::new("__eq__(self, other)", F2(ref_eq)),
        Method::new("__hash__(self)", F1(ref_hash)),
        Method::new("__or__(self, other)", F2(forms::or_)),
        Method::new("__ror__(self, other)", F2(forms::ror)),
    ])
    .getset(&[
        GetSet::ro("__forward_arg__", |v| Ok(this(v)?.text.clone())),
        GetSet::ro("__forward_evaluated__", |v| Ok(Value::bool(this(v)?.evaluated.get()))),
        GetSet::ro("__forward_value__", |v| Ok(this(v)?.value.borrow().clone())),
        GetSet::ro("__forward_module__", |v| Ok(this(v)?.module.clone())),
        GetSet::ro("__forward_is_argument__", |v| Ok(Value::bool(this(v)?.argument))),
        GetSet::ro("__forward_is_class__", |v| Ok(Value::bool(this(v)?.class))),
    ])
    .flags(TypeFlags::FINAL);
pub static FORWARD_REF: Type = Type::builtin(&REF_DEF);

/// Names in scope, first to last.
struct Scope {
    places: Vec<Value>,
    type_params: Vec<Value>,
}
fn eval_ref(v: &Value, scope: &Scope, guard: &[String]) -> PyResult {
    let r = this(v)?;
    let text = r.text.as_str().unwrap_or("").to_string();
    if guard.contains(&text) {
        return Ok(v.clone());
    }
    let mut places = scope.places.clone();
    if let Some(d) = modules().downcast::<Dict>()
        && !r.module.is_none()
        && let Some(m) = d.get(&r.module)?
    {
        places.push(m);
    }
    if !scope.type_params.is_empty() {
        let d = Dict::new_value();
        for p in &scope.type_params {
            rtcore::protocol::sequence::setitem(&d, &params::name_of(p), p.clone())?;
        }
        places.insert(usize::from(r.class && !places.is_empty()), d);
    }
    let value = evaluate(&text, &places)?;
    let value = type_check(&value, "Forward references must evaluate to types.", r.argument, r.class)?;
    let mut guard = guard.to_vec();
    guard.push(text);
    let value = eval_type(&value, scope, &guard)?;
    r.evaluated.set(true);
    drop(r.value.replace(value.clone()));
    Ok(value)
}
fn same_items(a: &[Value], b: &[Value]) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (x, y) in a.iter().zip(b) {
        if !same_or_eq(x, y)? {
            return Ok(false);
        }
    }
    Ok(true)
}
/// Replaces the parts of a type (`f` on each argument) and makes the same kind of type of them.
fn rebuild(t: &Value, args: &[Value], f: &mut dyn FnMut(&Value) -> PyResult) -> PyResult {
    let new = args.iter().map(f).collect::<PyResult<Vec<_>>>()?;
    if same_items(args, &new)? {
        return Ok(t.clone());
    }
    if let Some(a) = t.downcast::<core_alias::Alias>() {
        return core_alias::new(&a.origin, &tuple::new(new));
    }
    if t.downcast::<TAlias>().is_some() {
        return alias::copy_with(t, new);
    }
    let mut it = new.into_iter();
    let Some(mut out) = it.next() else { return Ok(t.clone()) };
    for x in it {
        out = rtcore::protocol::number::or_(&out, &x)?;
    }
    Ok(out)
}
/// The arguments of anything subscribed.
fn arguments(t: &Value) -> Option<Vec<Value>> {
    if let Some(a) = t.downcast::<core_alias::Alias>() {
        return Some(tuple::items(&a.args).to_vec());
    }
    if let Some(a) = t.downcast::<TAlias>() {
        return (!a.is_special()).then(|| tuple::items(&a.args).to_vec());
    }
    core_alias::union_members(t)
}
fn eval_type(t: &Value, scope: &Scope, guard: &[String]) -> PyResult {
    if t.downcast::<ForwardRef>().is_some() {
        return eval_ref(t, scope, guard);
    }
    let Some(args) = arguments(t) else { return Ok(t.clone()) };
    let literal = t.downcast::<TAlias>().is_some_and(|a| a.kind == Kind::Literal);
    if literal {
        return Ok(t.clone());
    }
    let builtin = t.downcast::<core_alias::Alias>().is_some();
    rebuild(t, &args, &mut |a| {
        if builtin && a.as_str_obj().is_some() {
            return eval_type(&forward_ref(a, true, false)?, scope, guard);
        }
        eval_type(a, scope, guard)
    })
}
fn strip(t: &Value) -> PyResult {
    if let Some(a) = t.downcast::<TAlias>() {
        if a.kind == Kind::Annotated {
            return strip(&a.origin);
        }
        if (forms::REQUIRED.is(&a.origin) || forms::NOT_REQUIRED.is(&a.origin) || forms::READ_ONLY.is(&a.origin))
            && let Some(of) = tuple::items(&a.args).first()
        {
            return strip(of);
        }
    }
    match arguments(t) {
        Some(args) => rebuild(t, &args, &mut strip),
        None => Ok(t.clone()),
    }
}
fn evaluated(v: &Value, scope: &Scope, argument: bool, class: bool) -> PyResult {
    if v.is_none() {
        return Ok(Value::of_type(&NONE_TYPE));
    }
    let t = if v.as_str_obj().is_some() { forward_ref(v, argument, class)? } else { v.clone() };
    eval_type(&t, scope, &[])
}
fn given(v: &Value) -> Option<Value> {
    if v.is_none() { None } else { Some(v.clone()) }
}
fn params_of(v: &Value) -> PyResult<Vec<Value>> {
    Ok(match lookup_optional(v, names::__type_params__.get())? {
        Some(t) if tuple::is_tuple(&t) => tuple::items(&t).to_vec(),
        Some(_) | None => vec![],
    })
}
/// The module object with this name.
fn module_named(name: &str) -> PyResult<Option<Value>> {
    match modules().downcast::<Dict>() {
        Some(d) => d.get(&Value::str(name)),
        None => Ok(None),
    }
}
pub fn get_type_hints(obj: &Value, globals: &Value, locals: &Value, extras: &Value) -> PyResult {
    if let Some(flag) = lookup_optional(obj, Name::new("__no_type_check__"))?
        && truth(&flag)?
    {
        return Ok(Dict::new_value());
    }
    let hints = Dict::new_value();
    let extras = truth(extras)?;
    let put = |k: &Value, v: Value| -> PyResult<()> {
        let v = if extras { v } else { strip(&v)? };
        rtcore::protocol::sequence::setitem(&hints, k, v)
    };
    if let Some(ty) = obj.as_type() {
        for base in ty.mro().iter().rev() {
            let Some(ann) = base.own(names::__annotations__.get()).filter(|a| a.downcast::<Dict>().is_some()) else { continue };
            // The class's own names go first unless the caller says where to look.
            let mut places: Vec<Value> = vec![];
            match (given(globals), given(locals)) {
                (None, None) => {
                    places.push(Value::of_type(base));
                    places.extend(module_named(&base.module_name())?);
                }
                (Some(g), None) => places.extend([Value::of_type(base), g]),
                (None, Some(l)) => {
                    places.push(l);
                    places.extend(module_named(&base.module_name())?);
                }
                (Some(g), Some(l)) => places.extend([l, g]),
            }
            let scope = Scope { places, type_params: params_of(&Value::of_type(base))? };
            for (k, v) in items_of(&ann)? {
                put(&k, evaluated(&v, &scope, false, true)?)?;
            }
        }
        return Ok(hints);
    }
    let mut places: Vec<Value> = vec![];
    places.extend(given(locals));
    places.extend(given(globals));
    if given(globals).is_none() {
        if obj.downcast::<Module>().is_some() {
            places.push(obj.clone());
        } else {
            let mut f = obj.clone();
            while let Some(inner) = lookup_optional(&f, names::__wrapped__.get())? {
                f = inner;
            }
            if let Some(m) = lookup_optional(&f, names::__module__.get())?
                && let Some(m) = m.as_str()
                && let Some(m) = module_named(m)?
            {
                places.push(m);
            }
            places.extend(lookup_optional(&f, names::__globals__.get())?);
        }
    }
    let Some(ann) = lookup_optional(obj, names::__annotations__.get())?.filter(|a| !a.is_none()) else {
        if rtcore::frame::callable(obj) && obj.ty().is_static() || obj.downcast::<Module>().is_some() {
            return Ok(hints);
        }
        return Err(type_error(format!("{} is not a module, class, method, or function.", repr_string(obj)?)));
    };
    let scope = Scope { places, type_params: params_of(obj)? };
    let argument = obj.downcast::<Module>().is_none();
    for (k, v) in items_of(&ann)? {
        put(&k, evaluated(&v, &scope, argument, false)?)?;
    }
    Ok(hints)
}
pub fn get_origin(t: &Value) -> PyResult {
    if let Some(a) = t.downcast::<TAlias>() {
        return Ok(if a.kind == Kind::Annotated { forms::ANNOTATED.value() } else { a.origin.clone() });
    }
    if let Some(a) = t.downcast::<core_alias::Alias>() {
        return Ok(a.origin.clone());
    }
    if let Some(p) = t.downcast::<params::SpecPart>() {
        return Ok(p.of.clone());
    }
    if t.is_type(&GENERIC) {
        return Ok(t.clone());
    }
    Ok(if core_alias::union_members(t).is_some() { Value::of_type(&core_alias::UNION) } else { NONE })
}
pub fn get_args(t: &Value) -> PyResult {
    if let Some(a) = t.downcast::<TAlias>()
        && a.kind == Kind::Annotated
    {
        let mut out = vec![a.origin.clone()];
        out.extend_from_slice(tuple::items(&a.metadata));
        return Ok(tuple::new(out));
    }
    let Some(args) = arguments(t) else { return Ok(tuple::empty()) };
    let origin = get_origin(t)?;
    let callable = origin.as_type().is_some_and(|o| o.name() == "Callable" && o.module_name() == "collections.abc");
    if callable
        && !(args.len() == 2 && is_param_expr(&args[0]))
        && let Some((result, init)) = args.split_last()
    {
        return Ok(tuple::of([List::value(init.to_vec()), result.clone()]));
    }
    Ok(tuple::new(args))
}
