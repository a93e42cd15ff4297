//! Owns: context variables: `ContextVar`, `Context`, `Token`, and the thread's current context.
//! Never: schedules; asyncio runs its handles through `run` or `enter`.
//! Source: CPython 3.13, Python/context.c. The mapping is a shared vector that is copied when it is
//! changed: copying a context is one reference count, and programs have few variables.

use crate::gil::{Gil, GilCell};
use crate::error::{key_error, raise_args, runtime_error, type_error, value_error};
use crate::methods::*;
use crate::object::Header;
use crate::protocol::call::call_kw;
use crate::protocol::compare;
use crate::protocol::repr::repr_string;
use crate::types::list::List;
use crate::types::tuple;
use std::cell::Cell;
use std::rc::Rc;

type Vars = Rc<Vec<(Value, Value)>>;

/// A context: which variables have which values. Every task has one, so it is small.
pub struct Context {
    /// None: no variable has a value.
    vars: Cell<Option<Vars>>,
    /// While the context is entered: the one that was current before, of which this owns a reference.
    prev: Cell<*const Header>,
}
impl Context {
    fn snapshot(&self) -> Option<Vars> {
        let vars = self.vars.take();
        let copy = vars.clone();
        self.vars.set(vars);
        copy
    }
    /// Looks at the variables. `f` must not use the context.
    fn peek<R>(&self, f: impl FnOnce(&[(Value, Value)]) -> R) -> R {
        let vars = self.vars.take();
        let result = f(vars.as_deref().map_or(&[], Vec::as_slice));
        self.vars.set(vars);
        result
    }
}
impl Drop for Context {
    fn drop(&mut self) {
        let prev = self.prev.replace(std::ptr::null());
        if !prev.is_null() {
            // SAFETY: the cell owned a reference.
            drop(unsafe { Value::from_header(prev) });
        }
    }
}
impl Payload for Context {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        let prev = self.prev.get();
        if !prev.is_null() {
            // SAFETY: the cell owns a reference; this copy of it is not dropped.
            visit(&std::mem::ManuallyDrop::new(unsafe { Value::from_header(prev) }));
        }
        // A vector shared with another context is visited by neither: its values have more
        // references than this context accounts for, so they count as reachable.
        let vars = self.vars.take();
        if let Some(vars) = vars.as_ref().filter(|vars| Rc::strong_count(vars) == 1) {
            for (k, v) in vars.iter() {
                visit(k);
                visit(v);
            }
        }
        self.vars.set(vars);
    }
    fn clear(&self) {
        let old = self.vars.take();
        drop(old);
    }
}
impl Native for Context {
    fn class() -> &'static Type {
        &CONTEXT
    }
}
/// A variable.
pub struct ContextVar {
    name: Value,
    /// UNBOUND without default.
    default: Value,
}
impl Payload for ContextVar {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.default);
    }
}
impl Native for ContextVar {
    fn class() -> &'static Type {
        &CONTEXT_VAR
    }
}
/// What `set` returns, for `reset`.
struct Token {
    context: Value,
    var: Value,
    /// UNBOUND: the variable had no value.
    old: Value,
    used: Cell<bool>,
}
impl Payload for Token {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.context);
        visit(&self.var);
        visit(&self.old);
    }
}
impl Native for Token {
    fn class() -> &'static Type {
        &TOKEN
    }
}
/// `Token.MISSING`.
struct Missing;
impl Payload for Missing {}
impl Native for Missing {
    fn class() -> &'static Type {
        &MISSING
    }
}
static MISSING_METHODS: &[Method] = &[Method::new("__repr__(self, /)", F1(|_| Ok(Value::str("<Token.MISSING>"))))];
static MISSING_DEF: ClassDef = ClassDef::new::<Missing>("Token.MISSING").methods(MISSING_METHODS);
static MISSING: Type = Type::builtin(&MISSING_DEF);

/// The running thread's context. Owns one reference.
static CURRENT: GilCell<*const Header> = Gil::new(Cell::new(std::ptr::null()));

/// The context of a thread that does not hold the GIL.
pub(crate) struct ThreadState(*const Header);
impl ThreadState {
    pub(crate) fn save() -> ThreadState {
        ThreadState(CURRENT.get())
    }
    pub(crate) fn fresh() -> ThreadState {
        ThreadState(std::ptr::null())
    }
    pub(crate) fn restore(self) {
        CURRENT.set(self.0);
    }
}

fn new_context(vars: Option<Vars>) -> Value {
    object::new(&CONTEXT, Context { vars: Cell::new(vars), prev: Cell::new(std::ptr::null()) })
}
/// The thread's current context; made when there is none.
pub fn current() -> Value {
    let p = CURRENT.get();
    if p.is_null() {
        let c = new_context(None);
        set_current(c.clone());
        return c;
    }
    // SAFETY: the cell owns a reference.
    unsafe {
        (*p).incref();
        Value::from_header(p)
    }
}
fn set_current(c: Value) {
    let c = std::mem::ManuallyDrop::new(c);
    let new = c.header().map_or(std::ptr::null(), |h| h as *const Header);
    let old = CURRENT.replace(new);
    if !old.is_null() {
        // SAFETY: the cell owned a reference.
        drop(unsafe { Value::from_header(old) });
    }
}
/// `contextvars.copy_context()`.
pub fn copy_current() -> Value {
    let p = CURRENT.get();
    // SAFETY: the cell owns a reference, and the object of a current context is a `Context`.
    let vars = unsafe { p.as_ref() }.and_then(|h| h.body_exact::<Context>()).and_then(Context::snapshot);
    new_context(vars)
}
/// A copy of a context.
pub fn copy(c: &Value) -> Value {
    new_context(c.downcast::<Context>().and_then(Context::snapshot))
}
/// Makes a context the current one; `exit` undoes it. RuntimeError when it is entered already.
#[inline(always)]
pub fn enter(c: &Value) -> PyResult<()> {
    let Some(ctx) = c.downcast::<Context>() else { return Err(type_error("an instance of Context was expected")) };
    if !ctx.prev.get().is_null() {
        return Err(entered_already(c));
    }
    if CURRENT.get().is_null() {
        drop(current());
    }
    // The reference that was CURRENT's is the context's now.
    ctx.prev.set(CURRENT.get());
    let new = std::mem::ManuallyDrop::new(c.clone());
    CURRENT.set(new.header().map_or(std::ptr::null(), |h| h as *const Header));
    Ok(())
}
#[cold]
fn entered_already(c: &Value) -> crate::error::Raised {
    match repr_string(c) {
        Ok(text) => runtime_error(format!("cannot enter context: {text} is already entered")),
        Err(raised) => raised,
    }
}
#[inline(always)]
pub fn exit(c: &Value) {
    if let Some(ctx) = c.downcast::<Context>() {
        let old = CURRENT.replace(ctx.prev.replace(std::ptr::null()));
        if !old.is_null() {
            // SAFETY: the cell owned a reference.
            drop(unsafe { Value::from_header(old) });
        }
    }
}
/// Runs `f` in a context.
#[inline(always)]
pub fn run_in<T>(c: &Value, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    // The common case of asyncio: the context is current already, under the same owner.
    enter(c)?;
    let r = f();
    exit(c);
    r
}

fn find(vars: &[(Value, Value)], var: &Value) -> Option<Value> {
    vars.iter().find(|(k, _)| k.is(var)).map(|(_, v)| v.clone())
}
/// The variable's value here, without its default.
pub fn lookup(var: &Value) -> Option<Value> {
    let p = CURRENT.get();
    // SAFETY: the cell owns a reference.
    unsafe { p.as_ref() }?.body_exact::<Context>()?.peek(|vars| find(vars, var))
}
fn assign(ctx: &Context, var: &Value, value: Option<Value>) {
    let mut old = None;
    {
        let mut vars = ctx.vars.take().unwrap_or_default();
        let v = Rc::make_mut(&mut vars);
        match (v.iter().position(|(k, _)| k.is(var)), value) {
            (Some(i), Some(new)) => old = Some((NONE, std::mem::replace(&mut v[i].1, new))),
            (Some(i), None) => old = Some(v.remove(i)),
            (None, Some(new)) => v.push((var.clone(), new)),
            (None, None) => {}
        }
        ctx.vars.set(Some(vars));
    }
    drop(old);
}
/// `var.set(value)` without a token.
pub fn set_value(var: &Value, value: Value) {
    let c = current();
    if let Some(ctx) = c.downcast::<Context>() {
        assign(ctx, var, Some(value));
    }
}
/// A new variable; UNBOUND: no default.
pub fn new_var(name: &str, default: Value) -> Value {
    object::new(&CONTEXT_VAR, ContextVar { name: Value::str(name), default })
}

fn var(v: &Value) -> PyResult<&ContextVar> {
    v.downcast::<ContextVar>().ok_or_else(|| type_error("descriptor requires a 'ContextVar' object"))
}
fn var_new(a: &[Value]) -> PyResult {
    let [_, name, default] = a else { return Err(type_error("ContextVar() takes a name")) };
    if name.as_str_obj().is_none() {
        return Err(type_error("context variable name must be a str"));
    }
    Ok(object::new(&CONTEXT_VAR, ContextVar { name: name.clone(), default: default.clone() }))
}
fn var_get(v: &Value, default: &Value) -> PyResult {
    let x = var(v)?;
    if let Some(found) = lookup(v) {
        return Ok(found);
    }
    if !default.is_unbound() {
        return Ok(default.clone());
    }
    if !x.default.is_unbound() {
        return Ok(x.default.clone());
    }
    Err(raise_args(&crate::error::hierarchy::LOOKUP_ERROR, vec![v.clone()]))
}
fn var_set(v: &Value, value: &Value) -> PyResult {
    var(v)?;
    let context = current();
    let old = lookup(v).unwrap_or(UNBOUND);
    if let Some(ctx) = context.downcast::<Context>() {
        assign(ctx, v, Some(value.clone()));
    }
    Ok(object::new(&TOKEN, Token { context, var: v.clone(), old, used: Cell::new(false) }))
}
fn var_reset(v: &Value, token: &Value) -> PyResult {
    var(v)?;
    let Some(t) = token.downcast::<Token>() else {
        return Err(type_error(format!("expected an instance of Token, got {}", repr_string(token)?)));
    };
    if t.used.get() {
        return Err(runtime_error(format!("{} has already been used once", repr_string(token)?)));
    }
    if !t.var.is(v) {
        return Err(value_error(format!("{} was created by a different ContextVar", repr_string(token)?)));
    }
    let here = current();
    if !here.is(&t.context) {
        return Err(value_error(format!("{} was created in a different Context", repr_string(token)?)));
    }
    t.used.set(true);
    if let Some(ctx) = here.downcast::<Context>() {
        assign(ctx, v, if t.old.is_unbound() { None } else { Some(t.old.clone()) });
    }
    Ok(NONE)
}
fn var_repr(v: &Value) -> PyResult {
    let x = var(v)?;
    let default = if x.default.is_unbound() { String::new() } else { format!(" default={}", repr_string(&x.default)?) };
    Ok(Value::string(format!("<ContextVar name={}{default} at {:#x}>", repr_string(&x.name)?, v.bits())))
}
fn class_getitem(ty: &Value, item: &Value) -> PyResult {
    crate::types::alias::new(ty, item)
}
static VAR_METHODS: &[Method] = &[
    Method::static_("__new__(type, name, /, *, default=...)", N(var_new)),
    Method::new("get(self, default=..., /)", F2(var_get)),
    Method::new("set(self, value, /)", F2(var_set)),
    Method::new("reset(self, token, /)", F2(var_reset)),
    Method::new("__repr__(self, /)", F1(var_repr)),
    Method::class("__class_getitem__(type, item, /)", F2(class_getitem)),
];
static VAR_GETSET: &[GetSet] = &[GetSet::ro("name", |v| Ok(var(v)?.name.clone()))];
static VAR_DEF: ClassDef = ClassDef::new::<ContextVar>("ContextVar").module("_contextvars").methods(VAR_METHODS).getset(VAR_GETSET).flags(TypeFlags::FINAL);
pub static CONTEXT_VAR: Type = Type::builtin(&VAR_DEF);

fn token(v: &Value) -> PyResult<&Token> {
    v.downcast::<Token>().ok_or_else(|| type_error("descriptor requires a 'Token' object"))
}
fn missing() -> Value {
    TOKEN.own(Name::new("MISSING")).unwrap_or(NONE)
}
fn token_old(v: &Value) -> PyResult {
    let t = token(v)?;
    Ok(if t.old.is_unbound() { missing() } else { t.old.clone() })
}
fn token_repr(v: &Value) -> PyResult {
    let t = token(v)?;
    let used = if t.used.get() { " used" } else { "" };
    Ok(Value::string(format!("<Token{used} var={} at {:#x}>", repr_string(&t.var)?, v.bits())))
}
static TOKEN_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(|_, _| Err(runtime_error("Tokens can only be created by ContextVars")))),
    Method::new("__repr__(self, /)", F1(token_repr)),
    Method::class("__class_getitem__(type, item, /)", F2(class_getitem)),
];
static TOKEN_GETSET: &[GetSet] = &[GetSet::ro("var", |v| Ok(token(v)?.var.clone())), GetSet::ro("old_value", token_old)];
static TOKEN_DEF: ClassDef = ClassDef::new::<Token>("Token")
    .module("_contextvars")
    .methods(TOKEN_METHODS)
    .getset(TOKEN_GETSET)
    .flags(TypeFlags::FINAL)
    .setup(|t| t.set_own(Name::new("MISSING"), object::new(&MISSING, Missing)));
pub static TOKEN: Type = Type::builtin(&TOKEN_DEF);

fn context(v: &Value) -> PyResult<&Context> {
    v.downcast::<Context>().ok_or_else(|| type_error("descriptor requires a 'Context' object"))
}
fn snapshot(v: &Value) -> PyResult<Vars> {
    Ok(context(v)?.snapshot().unwrap_or_default())
}
fn key(k: &Value) -> PyResult<&Value> {
    if k.downcast::<ContextVar>().is_some() {
        return Ok(k);
    }
    Err(type_error(format!("a ContextVar key was expected, got {}", repr_string(k)?)))
}
fn ctx_getitem(v: &Value, k: &Value) -> PyResult {
    find(&snapshot(v)?, key(k)?).ok_or_else(|| key_error(k.clone()))
}
fn ctx_contains(v: &Value, k: &Value) -> PyResult {
    Ok(Value::bool(find(&snapshot(v)?, key(k)?).is_some()))
}
fn ctx_get(v: &Value, k: &Value, default: &Value) -> PyResult {
    Ok(find(&snapshot(v)?, key(k)?).unwrap_or_else(|| default.clone()))
}
fn ctx_len(v: &Value) -> PyResult {
    Ok(Value::from(snapshot(v)?.len()))
}
fn ctx_keys(v: &Value) -> PyResult {
    Ok(List::value(snapshot(v)?.iter().map(|(k, _)| k.clone()).collect()))
}
fn ctx_values(v: &Value) -> PyResult {
    Ok(List::value(snapshot(v)?.iter().map(|(_, x)| x.clone()).collect()))
}
fn ctx_items(v: &Value) -> PyResult {
    Ok(List::value(snapshot(v)?.iter().map(|(k, x)| tuple::new(vec![k.clone(), x.clone()])).collect()))
}
fn ctx_iter(v: &Value) -> PyResult {
    crate::protocol::iter::iter(&ctx_keys(v)?)
}
fn ctx_copy(v: &Value) -> PyResult {
    context(v)?;
    Ok(copy(v))
}
fn ctx_eq(a: &Value, b: &Value) -> PyResult {
    let (Some(_), Some(_)) = (a.downcast::<Context>(), b.downcast::<Context>()) else {
        return Ok(crate::types::none::not_implemented());
    };
    let (x, y) = (snapshot(a)?, snapshot(b)?);
    if x.len() != y.len() {
        return Ok(FALSE);
    }
    for (k, v) in x.iter() {
        match find(&y, k) {
            Some(w) if compare::eq(v, &w)? => {}
            Some(_) | None => return Ok(FALSE),
        }
    }
    Ok(TRUE)
}
fn ctx_run(all: &[Value], kw: &[Name]) -> PyResult {
    let [c, rest @ ..] = all else { return Err(type_error("run() needs a context")) };
    context(c)?;
    let Some((f, args)) = rest.split_first().filter(|_| rest.len() > kw.len()) else {
        return Err(type_error("run() missing 1 required positional argument"));
    };
    run_in(c, || call_kw(f, args, kw))
}
fn ctx_new(all: &[Value], _kw: &[Name]) -> PyResult {
    if all.len() > 1 {
        return Err(type_error("Context() does not accept any arguments"));
    }
    Ok(new_context(None))
}
static CTX_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(ctx_new)),
    Method::new("run(self, /, *args, **kw)", Raw(ctx_run)),
    Method::new("copy(self, /)", F1(ctx_copy)),
    Method::new("get(self, key, default=None, /)", F3(ctx_get)),
    Method::new("keys(self, /)", F1(ctx_keys)),
    Method::new("values(self, /)", F1(ctx_values)),
    Method::new("items(self, /)", F1(ctx_items)),
    Method::new("__getitem__(self, key, /)", F2(ctx_getitem)),
    Method::new("__contains__(self, key, /)", F2(ctx_contains)),
    Method::new("__len__(self, /)", F1(ctx_len)),
    Method::new("__iter__(self, /)", F1(ctx_iter)),
    Method::new("__eq__(self, value, /)", F2(ctx_eq)),
];
static CTX_DEF: ClassDef = ClassDef::new::<Context>("Context").module("_contextvars").methods(CTX_METHODS).flags(TypeFlags::FINAL);
pub static CONTEXT: Type = Type::builtin(&CTX_DEF);
