//! Owns: `contextmanager`, `asynccontextmanager` and the managers they make; `ContextDecorator`.
//! Never: other context managers.
//! Source: CPython 3.13, Lib/contextlib.py (`_GeneratorContextManager`, `_AsyncGeneratorContextManager`).

use rtcore::def::{Def, Kind};
use rtcore::error::hierarchy::{RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION, body, with_args};
use rtcore::error::{self, Raised, runtime_error};
use rtcore::frame::async_generator::builtin_anext;
use rtcore::frame::{Frame, Input, Step, await_, native_coroutine, next_step, resume};
use rtcore::methods::*;
use rtcore::protocol::call::{call, call_kw, call_method_name};
use rtcore::types::function::closure;
use std::cell::RefCell;

/// A manager over a generator, with what is needed to make another one (decorator use).
pub struct Manager {
    generator: RefCell<Value>,
    func: Value,
    values: Vec<Value>,
    kw: Vec<Name>,
}
impl Payload for Manager {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.generator.borrow());
        visit(&self.func);
        self.values.iter().for_each(visit);
    }
}
impl Native for Manager {
    fn class() -> &'static Type {
        &MANAGER
    }
}

fn make(ty: &'static Type, func: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let generator = call_kw(func, values, kw)?;
    let m = Manager { generator: RefCell::new(generator), func: func.clone(), values: values.to_vec(), kw: kw.to_vec() };
    Ok(object::new(ty, m))
}
fn manager(v: &Value) -> PyResult<&Manager> {
    v.downcast::<Manager>().ok_or_else(|| error::type_error("not a generator context manager"))
}
fn generator(v: &Value) -> PyResult {
    Ok(manager(v)?.generator.borrow().clone())
}
/// A copy for one use as a decorator (`_recreate_cm`).
fn recreate(v: &Value) -> PyResult {
    let m = manager(v)?;
    make(v.ty(), &m.func, &m.values, &m.kw)
}
fn run_sync(captured: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
    make(&MANAGER, &captured[0], values, kw)
}
fn run_async(captured: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
    make(&ASYNC_MANAGER, &captured[0], values, kw)
}
fn helper(f: &Value, run: closure::Run) -> PyResult {
    let h = closure::new("helper", NONE, run, vec![f.clone()]);
    closure::wraps(&h, f)?;
    Ok(h)
}
pub fn contextmanager(f: &Value) -> PyResult {
    helper(f, run_sync)
}
pub fn asynccontextmanager(f: &Value) -> PyResult {
    helper(f, run_async)
}

/// `next(self.gen)`, with the value of a generator that returned.
fn advance(it: &Value) -> Step {
    match it.downcast::<Frame>() {
        Some(f) if f.kind() == Kind::Generator => resume(it, Input::Send(NONE)),
        Some(_) | None => next_step(it),
    }
}
fn enter(v: &Value) -> PyResult {
    match advance(&generator(v)?) {
        Step::Yielded(x) => Ok(x),
        Step::Returned(v) => {
            let args = if v.is_none() { vec![] } else { vec![v] };
            // Raised, so that it has the context that `next` would give it.
            Err(never_yielded(error::take(error::raise_value(with_args(&STOP_ITERATION, args)))))
        }
        Step::Raised(r) => Err(r),
    }
}
/// `raise RuntimeError("generator didn't yield") from None`, while the end of the generator is handled.
fn never_yielded(stop: Value) -> Raised {
    let exc = error::take(runtime_error("generator didn't yield"));
    if let Some(e) = body(&exc) {
        e.set_cause(NONE);
        let old = e.context.replace(stop);
        drop(old);
    }
    error::set_pending(exc)
}
fn is_pair_of(exc: &Value, cause: &Value, stop: &'static Type) -> bool {
    exc.ty().is_subtype(&RUNTIME_ERROR) && cause.ty().is_subtype(stop)
}
/// What the block raised, as an instance.
fn raised_value(ty: &Value, value: &Value) -> PyResult {
    if value.is_none() { call(ty, &[]) } else { Ok(value.clone()) }
}
/// Ends a throw into the generator that raised `r`: swallowed, the same exception, or another one.
fn after_throw(r: Raised, value: &Value, stop: &'static Type) -> PyResult {
    let exc = error::take(r);
    if exc.is(value) {
        return Ok(FALSE);
    }
    if exc.ty().is_subtype(stop) {
        return Ok(TRUE);
    }
    let cause = body(&exc).map_or(NONE, |b| b.cause.borrow().clone());
    if is_pair_of(&exc, &cause, stop) && value.ty().is_subtype(stop) && cause.is(value) {
        return Ok(FALSE);
    }
    Err(error::set_pending(exc))
}
fn restore_traceback(value: &Value, tb: &Value) {
    if let Some(b) = body(value) {
        let old = b.traceback.replace(tb.clone());
        drop(old);
    }
}
/// `try: raise RuntimeError(text) finally: …`: what closes the generator runs while the error is handled.
fn closing(text: &str, generator: &Value) -> PyResult {
    let stop = error::take(runtime_error(text));
    let node = error::top_node();
    let before = node.replace(stop.clone());
    let closed = call_method_name(generator, names::close.get(), &[]);
    drop(node.replace(before));
    Err(not_closed(closed, stop, generator))
}
/// What leaves a manager whose generator had to be closed. One that does not let itself be closed lives on in the
/// frame of `__exit__`, as long as the exception that tells of it.
fn not_closed(closed: PyResult, stop: Value, generator: &Value) -> Raised {
    match closed {
        Ok(_) => error::set_pending(stop),
        Err(r) => error::kept_by(r, generator.clone()),
    }
}
async fn aclosing(text: &str, generator: &Value) -> PyResult {
    let stop = error::take(runtime_error(text));
    let node = error::top_node();
    let before = node.replace(stop.clone());
    let closed = match call_method_name(generator, Name::new("aclose"), &[]) {
        Ok(step) => await_(step).await,
        Err(r) => Err(r),
    };
    drop(node.replace(before));
    Err(not_closed(closed, stop, generator))
}
fn exit(v: &Value, ty: &Value, value: &Value, tb: &Value) -> PyResult {
    let g = generator(v)?;
    if ty.is_none() {
        return match advance(&g) {
            Step::Returned(_) => Ok(FALSE),
            Step::Raised(r) => Err(r),
            Step::Yielded(_) => {
                closing("generator didn't stop", &g)
            }
        };
    }
    let value = raised_value(ty, value)?;
    match resume(&g, Input::Throw(value.clone())) {
        Step::Returned(_) => Ok(TRUE),
        Step::Raised(r) => {
            let out = after_throw(r, &value, &STOP_ITERATION);
            if matches!(&out, Ok(b) if b.is(&FALSE)) {
                restore_traceback(&value, tb);
            }
            out
        }
        Step::Yielded(_) => {
            closing("generator didn't stop after throw()", &g)
        }
    }
}

static AENTER: Def = Def::native("_AsyncGeneratorContextManager.__aenter__", Kind::Coroutine);
static AEXIT: Def = Def::native("_AsyncGeneratorContextManager.__aexit__", Kind::Coroutine);
static INNER: Def = Def::native("AsyncContextDecorator.__call__.<locals>.inner", Kind::Coroutine);

async fn aenter_body(v: Value) -> PyResult {
    let g = generator(&v)?;
    let next = builtin_anext(&g, &rtcore::value::UNBOUND)?;
    match await_(next).await {
        Ok(x) => Ok(x),
        Err(r) if error::matches(&r, &STOP_ASYNC_ITERATION) => {
            Err(never_yielded(error::take(r)))
        }
        Err(r) => Err(r),
    }
}
fn aenter(v: &Value) -> PyResult {
    Ok(native_coroutine(&AENTER, aenter_body(v.clone())))
}
async fn aexit_body(v: Value, ty: Value, value: Value, tb: Value) -> PyResult {
    let g = generator(&v)?;
    if ty.is_none() {
        let next = builtin_anext(&g, &rtcore::value::UNBOUND)?;
        return match await_(next).await {
            Err(r) if error::matches(&r, &STOP_ASYNC_ITERATION) => {
                drop(error::take(r));
                Ok(FALSE)
            }
            Err(r) => Err(r),
            Ok(_) => {
                aclosing("generator didn't stop", &g).await
            }
        };
    }
    let value = raised_value(&ty, &value)?;
    let thrown = call_method_name(&g, Name::new("athrow"), std::slice::from_ref(&value))?;
    match await_(thrown).await {
        Err(r) => {
            if error::matches(&r, &STOP_ITERATION) && !error::peek(&r).is(&value) {
                return Err(r);
            }
            let out = after_throw(r, &value, &STOP_ASYNC_ITERATION);
            if matches!(&out, Ok(b) if b.is(&FALSE)) {
                restore_traceback(&value, &tb);
            }
            out
        }
        Ok(_) => {
            aclosing("generator didn't stop after athrow()", &g).await
        }
    }
}
fn aexit(v: &Value, ty: &Value, value: &Value, tb: &Value) -> PyResult {
    Ok(native_coroutine(&AEXIT, aexit_body(v.clone(), ty.clone(), value.clone(), tb.clone())))
}

/// `ContextDecorator.__call__`: every call of the function runs inside a fresh context.
fn decorate(v: &Value, f: &Value) -> PyResult {
    let inner = closure::new("inner", NONE, run_decorated, vec![v.clone(), f.clone()]);
    closure::wraps(&inner, f)?;
    Ok(inner)
}
fn recreated(v: &Value) -> PyResult {
    call_method_name(v, Name::new("_recreate_cm"), &[])
}
fn run_decorated(captured: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
    let cm = recreated(&captured[0])?;
    call_method_name(&cm, names::__enter__.get(), &[])?;
    match call_kw(&captured[1], values, kw) {
        Ok(x) => {
            call_method_name(&cm, names::__exit__.get(), &[NONE, NONE, NONE])?;
            Ok(x)
        }
        Err(r) => {
            let exc = error::take(r);
            if super::exit_stack::leave(&cm, &exc)? { Ok(NONE) } else { Err(error::set_pending(exc)) }
        }
    }
}
fn decorate_async(v: &Value, f: &Value) -> PyResult {
    let inner = closure::new("inner", NONE, run_decorated_async, vec![v.clone(), f.clone()]);
    closure::wraps(&inner, f)?;
    Ok(inner)
}
fn run_decorated_async(captured: &[Value], values: &[Value], kw: &[Name]) -> PyResult {
    let (cm, f) = (captured[0].clone(), captured[1].clone());
    Ok(native_coroutine(&INNER, decorated_async(cm, f, values.to_vec(), kw.to_vec())))
}
async fn decorated_async(cm: Value, f: Value, values: Vec<Value>, kw: Vec<Name>) -> PyResult {
    let cm = recreated(&cm)?;
    await_(call_method_name(&cm, names::__aenter__.get(), &[])?).await?;
    let r = match call_kw(&f, &values, &kw) {
        Ok(c) => await_(c).await,
        Err(r) => Err(r),
    };
    match r {
        Ok(x) => {
            await_(call_method_name(&cm, names::__aexit__.get(), &[NONE, NONE, NONE])?).await?;
            Ok(x)
        }
        Err(r) => {
            let exc = error::take(r);
            if super::exit_stack::leave_async(&cm, &exc).await? { Ok(NONE) } else { Err(error::set_pending(exc)) }
        }
    }
}
fn same(v: &Value) -> PyResult {
    Ok(v.clone())
}

static MANAGER_METHODS: &[Method] = &[
    Method::new("__enter__(self)", F1(enter)),
    Method::new("__exit__(self, typ, value, traceback)", F4(exit)),
    Method::new("__call__(self, func)", F2(decorate)),
    Method::new("_recreate_cm(self)", F1(recreate)),
];
static MANAGER_DEF: ClassDef = ClassDef::new::<Manager>("_GeneratorContextManager").module("contextlib").methods(MANAGER_METHODS).flags(TypeFlags::ATTRS);
pub static MANAGER: Type = Type::builtin(&MANAGER_DEF);
static ASYNC_METHODS: &[Method] = &[
    Method::new("__aenter__(self)", F1(aenter)),
    Method::new("__aexit__(self, typ, value, traceback)", F4(aexit)),
    Method::new("__call__(self, func)", F2(decorate_async)),
    Method::new("_recreate_cm(self)", F1(recreate)),
];
static ASYNC_DEF: ClassDef = ClassDef::new::<Manager>("_AsyncGeneratorContextManager")
    .module("contextlib")
    .like(&rtcore::types::object_::OBJECT, &MANAGER)
    .methods(ASYNC_METHODS)
    .flags(TypeFlags::ATTRS);
pub static ASYNC_MANAGER: Type = Type::builtin(&ASYNC_DEF);

static DECORATOR_METHODS: &[Method] = &[Method::new("__call__(self, func)", F2(decorate)), Method::new("_recreate_cm(self)", F1(same))];
static DECORATOR_DEF: ClassDef = ClassDef::new::<rtcore::types::object_::Instance>("ContextDecorator")
    .module("contextlib")
    .like(&rtcore::types::object_::OBJECT, &rtcore::types::object_::OBJECT)
    .methods(DECORATOR_METHODS);
pub static CONTEXT_DECORATOR: Type = Type::builtin(&DECORATOR_DEF);
static ASYNC_DECORATOR_METHODS: &[Method] = &[Method::new("__call__(self, func)", F2(decorate_async)), Method::new("_recreate_cm(self)", F1(same))];
static ASYNC_DECORATOR_DEF: ClassDef = ClassDef::new::<rtcore::types::object_::Instance>("AsyncContextDecorator")
    .module("contextlib")
    .like(&rtcore::types::object_::OBJECT, &rtcore::types::object_::OBJECT)
    .methods(ASYNC_DECORATOR_METHODS);
pub static ASYNC_CONTEXT_DECORATOR: Type = Type::builtin(&ASYNC_DECORATOR_DEF);
