//! Owns: `BaseExceptionGroup` and `ExceptionGroup`: construction, `split`, `subgroup`, `derive`, and
//! what `except*` makes of a group.
//! Never: runs handlers.
//! Source: CPython 3.13, Objects/exceptions.c (`BaseExceptionGroup_new`,
//! `exceptiongroup_split_recursive`, `_PyExc_PrepReraiseStar`), Python/ceval.c
//! (`_PyEval_CheckExceptStarTypeValid`, `_PyEval_ExceptionGroupMatch`).

use super::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception, body, is_exception};
use super::{PyResult, Raised, type_error, value_error};
use crate::def::{F1, F2, Method, Raw};
use crate::name::{Name, names};
use crate::object;
use crate::protocol::attr;
use crate::protocol::call::{call, call_method_name};
use crate::types::class::{ClassDef, GetSet, Type, TypeFlags};
use crate::types::list::List;
use crate::types::tuple;
use crate::value::{NONE, Value};

/// The message of a group.
fn message(v: &Value) -> Value {
    body(v).map_or(NONE, |e| e.field(0))
}
/// The members of a group, as a tuple.
pub fn members(v: &Value) -> Value {
    body(v).map_or(NONE, |e| e.field(1))
}
pub fn is_group(v: &Value) -> bool {
    v.ty().is_subtype(&BASE_EXCEPTION_GROUP)
}
/// A new group (`_PyExc_CreateExceptionGroup`): an ExceptionGroup when all members are Exceptions.
pub fn create(msg: &str, excs: Vec<Value>) -> PyResult {
    call(&Value::of_type(&BASE_EXCEPTION_GROUP), &[Value::str(msg), List::value(excs)])
}

fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(mut ty) = all.first().and_then(Value::as_type) else { return Err(type_error("BaseExceptionGroup.__new__(X): X is not a type object")) };
    if !kw.is_empty() && ty.is_static() {
        return Err(type_error("BaseExceptionGroup.__new__() takes no keyword arguments"));
    }
    let args = &all[1..all.len() - kw.len()];
    let [msg, excs] = args else {
        return Err(type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.len())));
    };
    if msg.as_str_obj().is_none() {
        return Err(type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {}", msg.ty().full_name())));
    }
    if !is_sequence(excs) {
        return Err(type_error("second argument (exceptions) must be a sequence"));
    }
    let items = crate::protocol::iter::collect(excs)?;
    if items.is_empty() {
        return Err(value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut nested_base = false;
    for (i, e) in items.iter().enumerate() {
        if !is_exception(e) {
            return Err(value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        nested_base |= !e.ty().is_subtype(&EXCEPTION);
    }
    if std::ptr::eq(ty, &BASE_EXCEPTION_GROUP) {
        if !nested_base {
            ty = &EXCEPTION_GROUP;
        }
    } else if std::ptr::eq(ty, &EXCEPTION_GROUP) {
        if nested_base {
            return Err(type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if nested_base && ty.is_subtype(&EXCEPTION) {
        return Err(type_error(format!("Cannot nest BaseExceptions in '{}'", ty.name())));
    }
    let e = Exception::new(args.to_vec());
    e.set_field(0, msg.clone());
    e.set_field(1, tuple::new(items));
    Ok(object::new(ty, e))
}
fn is_sequence(v: &Value) -> bool {
    let ty = v.ty();
    let special = crate::types::class::special::Special::GetItem;
    ty.special(special).is_some() && v.downcast::<crate::types::dict::Dict>().is_none()
}
fn init(all: &[Value], kw: &[Name]) -> PyResult {
    let Some(e) = all.first().and_then(body) else { return Err(type_error("descriptor '__init__' requires an exception")) };
    if !kw.is_empty() {
        return Err(type_error(format!("{}() takes no keyword arguments", all[0].ty().name())));
    }
    let old = e.args.replace(tuple::new(all[1..].to_vec()));
    drop(old);
    Ok(NONE)
}
fn str_(v: &Value) -> PyResult {
    let n = tuple::items(&members(v)).len();
    let text = crate::protocol::repr::str_string(&message(v))?;
    Ok(Value::string(format!("{text} ({n} sub-exception{})", if n > 1 { "s" } else { "" })))
}
fn derive(v: &Value, excs: &Value) -> PyResult {
    call(&Value::of_type(&BASE_EXCEPTION_GROUP), &[message(v), excs.clone()])
}

/// What decides which exceptions belong to the matching part.
enum Matcher<'a> {
    Types(&'a Value),
    Function(&'a Value),
    /// Leaves by identity.
    Leaves(&'a [u64]),
}
impl Matcher<'_> {
    fn of(v: &Value) -> PyResult<Matcher<'_>> {
        let exception_type = |v: &Value| v.as_type().is_some_and(|t| t.is_subtype(&BASE_EXCEPTION));
        let types = exception_type(v) || tuple::is_tuple(v) && tuple::items(v).iter().all(exception_type);
        if types {
            return Ok(Matcher::Types(v));
        }
        if v.as_type().is_none() && crate::frame::callable(v) {
            return Ok(Matcher::Function(v));
        }
        Err(type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }
    fn accepts(&self, exc: &Value) -> PyResult<bool> {
        match self {
            Matcher::Types(t) => Ok(matches(exc, t)),
            Matcher::Function(f) => crate::protocol::sequence::truth(&call(f, std::slice::from_ref(exc))?),
            Matcher::Leaves(ids) => Ok(!is_group(exc) && ids.contains(&exc.bits())),
        }
    }
}
/// True when `exc` is an instance of the type or of one in the tuple.
pub fn matches(exc: &Value, kind: &Value) -> bool {
    match kind.as_type() {
        Some(t) => exc.ty().is_subtype(t),
        None => tuple::items(kind).iter().any(|k| matches(exc, k)),
    }
}

/// The matching and the other part; UNBOUND is never used, `None` means empty.
fn split_recursive(exc: &Value, m: &Matcher, want_rest: bool) -> PyResult<(Option<Value>, Option<Value>)> {
    if m.accepts(exc)? {
        return Ok((Some(exc.clone()), None));
    }
    if !is_group(exc) {
        return Ok((None, want_rest.then(|| exc.clone())));
    }
    let (mut hit, mut rest) = (vec![], vec![]);
    for e in tuple::items(&members(exc)) {
        let (a, b) = split_recursive(e, m, want_rest)?;
        hit.extend(a);
        rest.extend(b);
    }
    let rest = if want_rest { subset(exc, rest)? } else { None };
    Ok((subset(exc, hit)?, rest))
}
/// Source: `exceptiongroup_subset`.
fn subset(orig: &Value, excs: Vec<Value>) -> PyResult<Option<Value>> {
    if excs.is_empty() {
        return Ok(None);
    }
    let eg = call_method_name(orig, Name::new("derive"), &[List::value(excs)])?;
    if !is_group(&eg) {
        return Err(type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (Some(from), Some(to)) = (body(orig), body(&eg)) else { return Ok(None) };
    let tb = from.traceback.borrow().clone();
    if !tb.is_none() {
        drop(to.traceback.replace(tb));
    }
    let context = from.context.borrow().clone();
    drop(to.context.replace(context));
    let cause = from.cause.borrow().clone();
    to.set_cause(cause);
    if let Some(notes) = attr::lookup_optional(orig, names::__notes__.get())?
        && is_sequence(&notes)
    {
        let copy = List::value(crate::protocol::iter::collect(&notes)?);
        attr::setattr_name(&eg, names::__notes__.get(), Some(copy))?;
    }
    Ok(Some(eg))
}
fn split(v: &Value, matcher: &Value) -> PyResult {
    let (a, b) = split_recursive(v, &Matcher::of(matcher)?, true)?;
    Ok(tuple::new(vec![a.unwrap_or(NONE), b.unwrap_or(NONE)]))
}
fn subgroup(v: &Value, matcher: &Value) -> PyResult {
    let (a, _) = split_recursive(v, &Matcher::of(matcher)?, false)?;
    Ok(a.unwrap_or(NONE))
}
fn class_getitem(ty: &Value, item: &Value) -> PyResult {
    crate::types::alias::new(ty, item)
}

/// Raises for what may not stand behind `except*`.
pub fn check_star_kind(kind: &Value) -> Result<(), Raised> {
    let all = if tuple::is_tuple(kind) { tuple::items(kind) } else { std::slice::from_ref(kind) };
    for k in all {
        match k.as_type() {
            Some(t) if t.is_subtype(&BASE_EXCEPTION_GROUP) => {
                return Err(type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
            }
            Some(t) if t.is_subtype(&BASE_EXCEPTION) => {}
            Some(_) | None => return Err(type_error("catching classes that do not inherit from BaseException is not allowed")),
        }
    }
    Ok(())
}
/// The part that an `except* kind` takes (a group), and what is left. `None` where there is nothing.
pub fn star_match(exc: &Value, kind: &Value) -> PyResult<(Option<Value>, Option<Value>)> {
    check_star_kind(kind)?;
    if exc.is_none() {
        return Ok((None, None));
    }
    if matches(exc, kind) {
        if is_group(exc) {
            return Ok((Some(exc.clone()), None));
        }
        return Ok((Some(create("", vec![exc.clone()])?), None));
    }
    if !is_group(exc) {
        return Ok((None, Some(exc.clone())));
    }
    let pair = call_method_name(exc, Name::new("split"), std::slice::from_ref(kind))?;
    if !tuple::is_tuple(&pair) {
        let (t, p) = (exc.ty().name(), pair.ty().name());
        return Err(type_error(format!("{t}.split must return a tuple, not {p}")));
    }
    match tuple::items(&pair) {
        [a, b, ..] => {
            let some = |v: &Value| (!v.is_none()).then(|| v.clone());
            Ok((some(a), some(b)))
        }
        short => Err(type_error(format!("{}.split must return a 2-tuple, got tuple of size {}", exc.ty().name(), short.len()))),
    }
}

/// What a `try` with `except*` raises in the end: `raised` are what handlers raised and the part that
/// no handler took, None among them ignored. None: nothing.
pub fn prep_reraise_star(orig: &Value, raised: Vec<Value>) -> PyResult {
    let all: Vec<Value> = raised.into_iter().filter(|e| !e.is_none()).collect();
    if all.is_empty() {
        return Ok(NONE);
    }
    if !is_group(orig) {
        // A naked exception was wrapped; at most one clause ran.
        return Ok(all.into_iter().next().unwrap_or(NONE));
    }
    let (again, mut new): (Vec<Value>, Vec<Value>) = all.into_iter().partition(|e| same_metadata(e, orig));
    let mut leaves = vec![];
    for e in &again {
        collect_leaves(e, &mut leaves);
    }
    let projected = if leaves.is_empty() { None } else { split_recursive(orig, &Matcher::Leaves(&leaves), false)?.0 };
    if new.is_empty() {
        return Ok(projected.unwrap_or(NONE));
    }
    new.extend(projected);
    if new.len() > 1 { create("", new) } else { Ok(new.pop().unwrap_or(NONE)) }
}
fn collect_leaves(exc: &Value, out: &mut Vec<u64>) {
    if is_group(exc) {
        for m in tuple::items(&members(exc)) {
            collect_leaves(m, out);
        }
    } else {
        out.push(exc.bits());
    }
}
/// Source: `is_same_exception_metadata`.
fn same_metadata(a: &Value, b: &Value) -> bool {
    if !is_group(a) || !is_group(b) {
        return false;
    }
    let (Some(x), Some(y)) = (body(a), body(b)) else { return false };
    let notes = |v: &Value| v.header().and_then(|h| h.attrs()).and_then(|at| at.get(names::__notes__.get())).unwrap_or(NONE);
    // A part's notes are a copy of the original's list: the same when they hold the same notes.
    let (n, m) = (notes(a), notes(b));
    let same_notes = n.is(&m)
        || matches!((n.downcast::<List>(), m.downcast::<List>()), (Some(p), Some(q)) if p.to_vec().iter().zip(q.to_vec().iter()).all(|(s, t)| s.is(t)) && p.to_vec().len() == q.to_vec().len());
    same_notes
        && x.traceback.borrow().is(&y.traceback.borrow())
        && x.cause.borrow().is(&y.cause.borrow())
        && x.context.borrow().is(&y.context.borrow())
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new("__init__(self, *args, **kw)", Raw(init)),
    Method::new("__str__(self, /)", F1(str_)),
    Method::new("derive(self, excs, /)", F2(derive)),
    Method::new("split(self, matcher_value, /)", F2(split)),
    Method::new("subgroup(self, matcher_value, /)", F2(subgroup)),
    Method::class("__class_getitem__(type, item, /)", F2(class_getitem)),
];
fn get_message(v: &Value) -> PyResult {
    Ok(message(v))
}
fn get_members(v: &Value) -> PyResult {
    Ok(members(v))
}
static GETSET: &[GetSet] = &[GetSet::ro("message", get_message), GetSet::ro("exceptions", get_members)];

static BASE_DEF: ClassDef = ClassDef::new::<Exception>("BaseExceptionGroup")
    .like(&BASE_EXCEPTION, &BASE_EXCEPTION)
    .doc("A combination of multiple unrelated exceptions.")
    .methods(METHODS)
    .getset(GETSET)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static BASE_EXCEPTION_GROUP: Type = Type::builtin(&BASE_DEF);
static GROUP_DEF: ClassDef = ClassDef::new::<Exception>("ExceptionGroup")
    .like(&BASE_EXCEPTION_GROUP, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS)
    .setup(two_bases);
pub static EXCEPTION_GROUP: Type = Type::builtin(&GROUP_DEF);

/// `class ExceptionGroup(BaseExceptionGroup, Exception)`.
fn two_bases(ty: &'static Type) {
    EXCEPTION.mro();
    ty.bases.borrow_mut().push(&EXCEPTION);
    EXCEPTION.subclasses.borrow_mut().push(ty);
    ty.set_mro(vec![ty, &BASE_EXCEPTION_GROUP, &EXCEPTION, &BASE_EXCEPTION, &crate::types::object_::OBJECT]);
}
