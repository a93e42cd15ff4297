//! Owns: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `NoDefault`, `ParamSpecArgs`/`ParamSpecKwargs`.
//! Never: substitutes; `alias` and `generic` do, with what is prepared here.
//! Source: CPython 3.13, Objects/typevarobject.c, Lib/typing.py (`_typevar_subst`, `_typevartuple_prepare_subst`,
//! `_paramspec_prepare_subst`).

use super::alias;
use super::check::{is_param_expr, type_check, unpack_args};
use super::forms;
use rtcore::error::{type_error, value_error};
use rtcore::methods::*;
use rtcore::object::{Header, Object};
use rtcore::protocol::call::call;
use rtcore::protocol::repr::{repr_string, str_string};
use rtcore::protocol::sequence::truth;
use rtcore::types::list::List;
use rtcore::types::none::{self, Singleton};
use rtcore::types::tuple;
use std::cell::RefCell;

#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Which {
    TypeVar,
    ParamSpec,
    TypeVarTuple,
}

/// A value, or the function that computes it when it is first asked for.
enum Lazy {
    Known(Value),
    Pending(Value),
}
pub struct Param {
    which: Which,
    name: Value,
    module: RefCell<Value>,
    bound: RefCell<Lazy>,
    constraints: RefCell<Lazy>,
    default: RefCell<Lazy>,
    covariant: bool,
    contravariant: bool,
    infer: bool,
}
impl Payload for Param {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for l in [&self.bound, &self.constraints, &self.default] {
            match &*l.borrow() {
                Lazy::Known(v) | Lazy::Pending(v) => visit(v),
            }
        }
        visit(&self.module.borrow());
    }
}
impl Native for Param {
    fn class() -> &'static Type {
        &TYPE_VAR
    }
}

struct Marker(Object<Singleton>);
// SAFETY: only touched under the GIL.
unsafe impl Sync for Marker {}
static NO_DEFAULT_DEF: ClassDef = ClassDef::new::<Singleton>("NoDefaultType")
    .module("typing")
    .methods(&[Method::new("__repr__(self)", F1(|_| Ok(Value::str("typing.NoDefault"))))]);
static NO_DEFAULT_TYPE: Type = Type::builtin(&NO_DEFAULT_DEF);
static NO_DEFAULT: Marker = Marker(Object { header: Header::immortal(&raw const NO_DEFAULT_TYPE), body: Singleton });
pub fn no_default() -> Value {
    Value::of_static(&NO_DEFAULT.0.header)
}

fn param(v: &Value) -> PyResult<&Param> {
    v.downcast::<Param>().ok_or_else(|| type_error("descriptor requires a type parameter"))
}
/// Which parameter a value is, if it is one.
pub fn kind(v: &Value) -> Option<Which> {
    v.downcast::<Param>().map(|p| p.which)
}
fn force(cell: &RefCell<Lazy>) -> PyResult {
    let f = match &*cell.borrow() {
        Lazy::Known(v) => return Ok(v.clone()),
        Lazy::Pending(f) => f.clone(),
    };
    let v = call(&f, &[])?;
    let old = cell.replace(Lazy::Known(v.clone()));
    drop(old);
    Ok(v)
}
pub fn default_of(v: &Value) -> PyResult {
    force(&param(v)?.default)
}
pub fn has_default(v: &Value) -> PyResult<bool> {
    Ok(match &*param(v)?.default.borrow() {
        Lazy::Known(v) => !v.is(&no_default()),
        Lazy::Pending(_) => true,
    })
}
pub fn name_of(v: &Value) -> Value {
    v.downcast::<Param>().map_or(NONE, |p| p.name.clone())
}
/// `__name__` of the module whose code runs.
pub fn caller_module() -> Value {
    match rtcore::frame::stack::current_module() {
        Some(m) => rtcore::types::module::name_value(m),
        None => rtcore::types::module::current_name(),
    }
}
fn known(v: Value) -> RefCell<Lazy> {
    RefCell::new(Lazy::Known(v))
}
/// A parameter of a `[T: bound = default]` list: the parts are functions, UNBOUND where absent.
pub fn declared(which: Which, name: &Value, bound: &Value, constraints: bool, default: &Value) -> Value {
    let lazy = |v: &Value, none: Value| RefCell::new(if v.is_unbound() || v.is_none() { Lazy::Known(none) } else { Lazy::Pending(v.clone()) });
    let nothing = || UNBOUND;
    let (b, c) = if constraints { (&nothing(), bound) } else { (bound, &nothing()) };
    let p = Param {
        which,
        name: name.clone(),
        module: RefCell::new(caller_module()),
        bound: lazy(b, NONE),
        constraints: lazy(c, tuple::empty()),
        default: lazy(default, no_default()),
        covariant: false,
        contravariant: false,
        infer: true,
    };
    object::new(class_of(which), p)
}
fn class_of(which: Which) -> &'static Type {
    match which {
        Which::TypeVar => &TYPE_VAR,
        Which::ParamSpec => &PARAM_SPEC,
        Which::TypeVarTuple => &TYPE_VAR_TUPLE,
    }
}
fn type_var_new(a: &[Value]) -> PyResult {
    let [_cls, name, bound, covariant, contravariant, infer, default, constraints] = a else { return Ok(NONE) };
    let (co, contra, infer) = (truth(covariant)?, truth(contravariant)?, truth(infer)?);
    if co && contra {
        return Err(value_error("Bivariant types are not supported."));
    }
    if infer && (co || contra) {
        return Err(value_error("Variance cannot be specified with infer_variance."));
    }
    let bound = if bound.is_none() { NONE } else { type_check(bound, "Bound must be a type.", true, false)? };
    let mut checked = vec![];
    for c in tuple::items(constraints) {
        checked.push(type_check(c, "TypeVar(name, constraint, ...): constraints must be types.", true, false)?);
    }
    if checked.len() == 1 {
        return Err(type_error("A single constraint is not allowed"));
    }
    if !checked.is_empty() && !bound.is_none() {
        return Err(type_error("Constraints cannot be combined with bound=..."));
    }
    let default = if default.is_unbound() { no_default() } else { super::check::convert(default)? };
    let p = Param {
        which: Which::TypeVar,
        name: name.clone(),
        module: RefCell::new(caller_module()),
        bound: known(bound),
        constraints: known(tuple::new(checked)),
        default: known(default),
        covariant: co,
        contravariant: contra,
        infer,
    };
    Ok(object::new(&TYPE_VAR, p))
}
fn param_spec_new(a: &[Value]) -> PyResult {
    let [_cls, name, bound, covariant, contravariant, infer, default] = a else { return Ok(NONE) };
    let p = Param {
        which: Which::ParamSpec,
        name: name.clone(),
        module: RefCell::new(caller_module()),
        bound: known(bound.clone()),
        constraints: known(tuple::empty()),
        default: known(if default.is_unbound() { no_default() } else { default.clone() }),
        covariant: truth(covariant)?,
        contravariant: truth(contravariant)?,
        infer: truth(infer)?,
    };
    Ok(object::new(&PARAM_SPEC, p))
}
fn tuple_var_new(a: &[Value]) -> PyResult {
    let [_cls, name, default] = a else { return Ok(NONE) };
    let p = Param {
        which: Which::TypeVarTuple,
        name: name.clone(),
        module: RefCell::new(caller_module()),
        bound: known(NONE),
        constraints: known(tuple::empty()),
        default: known(if default.is_unbound() { no_default() } else { default.clone() }),
        covariant: false,
        contravariant: false,
        infer: false,
    };
    Ok(object::new(&TYPE_VAR_TUPLE, p))
}
fn show(v: &Value) -> PyResult {
    let p = param(v)?;
    let name = str_string(&p.name)?;
    if p.infer || p.which == Which::TypeVarTuple {
        return Ok(Value::string(name));
    }
    let sign = if p.covariant {
        '+'
    } else if p.contravariant {
        '-'
    } else {
        '~'
    };
    Ok(Value::string(format!("{sign}{name}")))
}
/// `param.__typing_subst__(arg)`.
pub fn subst(v: &Value, arg: &Value) -> PyResult {
    match param(v)?.which {
        Which::TypeVar => {
            let arg = type_check(arg, "Parameters to generic types must be types.", true, false)?;
            if alias::is_unpacked(&arg)? {
                return Err(type_error(format!("{} is not valid as type argument", repr_string(&arg)?)));
            }
            Ok(arg)
        }
        Which::ParamSpec => {
            let items = match arg.downcast::<List>() {
                Some(l) => Some(l.to_vec()),
                None if tuple::is_tuple(arg) => Some(tuple::items(arg).to_vec()),
                None => None,
            };
            if let Some(items) = items {
                let checked = items.iter().map(|a| type_check(a, "Expected a type.", true, false)).collect::<PyResult<Vec<_>>>()?;
                return Ok(tuple::new(checked));
            }
            if !is_param_expr(arg) {
                let got = str_string(arg)?;
                return Err(type_error(format!("Expected a list of types, an ellipsis, ParamSpec, or Concatenate. Got {got}")));
            }
            Ok(arg.clone())
        }
        Which::TypeVarTuple => Err(type_error("Substitution of bare TypeVarTuple is not supported")),
    }
}
/// `param.__typing_prepare_subst__(alias, args)`.
pub fn prepare(v: &Value, of: &Value, params: &[Value], mut args: Vec<Value>) -> PyResult<Vec<Value>> {
    let at = params.iter().position(|p| p.is(v)).unwrap_or(0);
    let few = || -> PyResult<Raised> { Ok(type_error(format!("Too few arguments for {}", str_string(of)?))) };
    match param(v)?.which {
        Which::TypeVar => {
            if at < args.len() {
                return Ok(args);
            }
            if at > args.len() || !has_default(v)? {
                let n = args.len();
                let text = format!("Too few arguments for {}; actual {n}, expected at least {}", str_string(of)?, n + 1);
                return Err(type_error(text));
            }
            args.push(default_of(v)?);
            Ok(args)
        }
        Which::ParamSpec => {
            if at == args.len() && has_default(v)? {
                args.push(default_of(v)?);
            }
            if at >= args.len() {
                return Err(few()?);
            }
            if params.len() == 1 && !is_param_expr(&args[0]) {
                return Ok(vec![tuple::new(args)]);
            }
            if let Some(l) = args[at].downcast::<List>() {
                let items = tuple::new(l.to_vec());
                args[at] = items;
            }
            Ok(args)
        }
        Which::TypeVarTuple => prepare_tuple(v, of, params, at, args),
    }
}
fn prepare_tuple(v: &Value, of: &Value, params: &[Value], at: usize, args: Vec<Value>) -> PyResult<Vec<Value>> {
    if params[at + 1..].iter().any(|p| kind(p) == Some(Which::TypeVarTuple)) {
        return Err(type_error(format!("More than one TypeVarTuple parameter in {}", str_string(of)?)));
    }
    let (alen, plen) = (args.len(), params.len());
    let (mut left, mut right) = (at, plen - at - 1);
    let mut fill = None;
    for (k, a) in args.iter().enumerate() {
        if let Some(items) = alias::unpacked_args(a)?
            && let [first, last] = items.as_slice()
            && last.is(&none::ellipsis())
        {
            if fill.is_some() {
                return Err(type_error("More than one unpacked arbitrary-length tuple argument"));
            }
            fill = Some((k, first.clone()));
        }
    }
    match &fill {
        Some((k, _)) => {
            left = left.min(*k);
            right = right.min(alen - k - 1);
        }
        None if left + right > alen => {
            let text = format!("Too few arguments for {}; actual {alen}, expected at least {}", str_string(of)?, plen - 1);
            return Err(type_error(text));
        }
        None => {}
    }
    let replacement = if left == alen - right && has_default(v)? {
        unpack_args(vec![default_of(v)?])?
    } else {
        args[left..alen - right].to_vec()
    };
    let filler = fill.map_or(NONE, |f| f.1);
    let mut out = args[..left].to_vec();
    out.extend(std::iter::repeat_n(filler.clone(), at - left));
    out.push(tuple::new(replacement));
    out.extend(std::iter::repeat_n(filler, (plen - at - 1) - right));
    out.extend_from_slice(&args[alen - right..]);
    Ok(out)
}
fn method_prepare(v: &Value, of: &Value, args: &Value) -> PyResult {
    let params = super::check::parameters_of(of)?;
    Ok(tuple::new(prepare(v, of, &params, tuple::items(args).to_vec())?))
}
fn no_subclass(v: &Value, _bases: &Value) -> PyResult {
    Err(type_error(format!("Cannot subclass an instance of {}", v.ty().name())))
}
fn iter(v: &Value) -> PyResult {
    let unpacked = forms::subscript(&forms::UNPACK.value(), v)?;
    rtcore::protocol::iter::iter(&tuple::of([unpacked]))
}
macro_rules! common {
    ($($row:expr),* $(,)?) => {
        &[
            Method::new("__repr__(self, /)", F1(show)),
            Method::new("has_default(self, /)", F1(|v| Ok(Value::bool(has_default(v)?)))),
            Method::new("__typing_subst__(self, arg, /)", F2(subst)),
            Method::new("__typing_prepare_subst__(self, alias, args, /)", F3(method_prepare)),
            Method::new("__mro_entries__(self, bases, /)", F2(no_subclass)),
            Method::new("__reduce__(self, /)", F1(|v| Ok(name_of(v)))),
            $($row),*
        ]
    };
}
static TYPE_VAR_METHODS: &[Method] = common![
    Method::static_(
        "__new__(cls, name, *constraints, bound=None, covariant=False, contravariant=False, infer_variance=False, default=...)",
        N(type_var_new)
    ),
    Method::new("__or__(self, value, /)", F2(forms::or_)),
    Method::new("__ror__(self, value, /)", F2(forms::ror)),
];
static PARAM_SPEC_METHODS: &[Method] = common![
    Method::static_(
        "__new__(cls, name, *, bound=None, covariant=False, contravariant=False, infer_variance=False, default=...)",
        N(param_spec_new)
    ),
    Method::new("__or__(self, value, /)", F2(forms::or_)),
    Method::new("__ror__(self, value, /)", F2(forms::ror)),
];
static TUPLE_VAR_METHODS: &[Method] = common![
    Method::static_("__new__(cls, name, *, default=...)", N(tuple_var_new)),
    Method::new("__iter__(self, /)", F1(iter)),
];
fn set_module(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    let old = param(v)?.module.replace(new.unwrap_or(NONE));
    drop(old);
    Ok(())
}
macro_rules! getset {
    ($($row:expr),* $(,)?) => {
        &[
            GetSet::ro("__name__", |v| Ok(param(v)?.name.clone())),
            GetSet::rw("__module__", |v| Ok(param(v)?.module.borrow().clone()), set_module),
            GetSet::ro("__default__", default_of),
            $($row),*
        ]
    };
}
static VAR_GETSET: &[GetSet] = getset![
    GetSet::ro("__bound__", |v| force(&param(v)?.bound)),
    GetSet::ro("__constraints__", |v| force(&param(v)?.constraints)),
    GetSet::ro("__covariant__", |v| Ok(Value::bool(param(v)?.covariant))),
    GetSet::ro("__contravariant__", |v| Ok(Value::bool(param(v)?.contravariant))),
    GetSet::ro("__infer_variance__", |v| Ok(Value::bool(param(v)?.infer))),
];
static SPEC_GETSET: &[GetSet] = getset![
    GetSet::ro("__bound__", |v| force(&param(v)?.bound)),
    GetSet::ro("__covariant__", |v| Ok(Value::bool(param(v)?.covariant))),
    GetSet::ro("__contravariant__", |v| Ok(Value::bool(param(v)?.contravariant))),
    GetSet::ro("__infer_variance__", |v| Ok(Value::bool(param(v)?.infer))),
    GetSet::ro("args", |v| Ok(object::new(&SPEC_ARGS, SpecPart { of: v.clone() }))),
    GetSet::ro("kwargs", |v| Ok(object::new(&SPEC_KWARGS, SpecPart { of: v.clone() }))),
];
static TUPLE_GETSET: &[GetSet] = getset![];
static TYPE_VAR_DEF: ClassDef =
    ClassDef::new::<Param>("TypeVar").module("typing").methods(TYPE_VAR_METHODS).getset(VAR_GETSET).flags(TypeFlags::FINAL);
pub static TYPE_VAR: Type = Type::builtin(&TYPE_VAR_DEF);
static PARAM_SPEC_DEF: ClassDef = ClassDef::new::<Param>("ParamSpec")
    .module("typing")
    .like(&rtcore::types::object_::OBJECT, &TYPE_VAR)
    .methods(PARAM_SPEC_METHODS)
    .getset(SPEC_GETSET)
    .flags(TypeFlags::FINAL);
pub static PARAM_SPEC: Type = Type::builtin(&PARAM_SPEC_DEF);
static TUPLE_VAR_DEF: ClassDef = ClassDef::new::<Param>("TypeVarTuple")
    .module("typing")
    .like(&rtcore::types::object_::OBJECT, &TYPE_VAR)
    .methods(TUPLE_VAR_METHODS)
    .getset(TUPLE_GETSET)
    .flags(TypeFlags::FINAL);
pub static TYPE_VAR_TUPLE: Type = Type::builtin(&TUPLE_VAR_DEF);

/// `P.args` and `P.kwargs`.
pub struct SpecPart {
    pub of: Value,
}
impl Payload for SpecPart {}
impl Native for SpecPart {
    fn class() -> &'static Type {
        &SPEC_ARGS
    }
}
fn part_repr(v: &Value) -> PyResult {
    let of = v.downcast::<SpecPart>().map_or(NONE, |p| p.of.clone());
    let suffix = if std::ptr::eq(v.ty(), &SPEC_ARGS) { "args" } else { "kwargs" };
    Ok(Value::string(format!("{}.{suffix}", str_string(&name_of(&of))?)))
}
fn part_eq(a: &Value, b: &Value) -> PyResult {
    match (a.downcast::<SpecPart>(), b.downcast::<SpecPart>()) {
        (Some(x), Some(y)) if std::ptr::eq(a.ty(), b.ty()) => Ok(Value::bool(x.of.is(&y.of))),
        (Some(_) | None, _) => Ok(none::not_implemented()),
    }
}
static PART_METHODS: &[Method] = &[Method::new("__repr__(self, /)", F1(part_repr)), Method::new("__eq__(self, value, /)", F2(part_eq))];
static PART_GETSET: &[GetSet] = &[GetSet::ro("__origin__", |v| Ok(v.downcast::<SpecPart>().map_or(NONE, |p| p.of.clone())))];
static SPEC_ARGS_DEF: ClassDef = ClassDef::new::<SpecPart>("ParamSpecArgs").module("typing").methods(PART_METHODS).getset(PART_GETSET);
pub static SPEC_ARGS: Type = Type::builtin(&SPEC_ARGS_DEF);
static SPEC_KWARGS_DEF: ClassDef = ClassDef::new::<SpecPart>("ParamSpecKwargs")
    .module("typing")
    .like(&rtcore::types::object_::OBJECT, &SPEC_ARGS)
    .methods(PART_METHODS)
    .getset(PART_GETSET);
pub static SPEC_KWARGS: Type = Type::builtin(&SPEC_KWARGS_DEF);
