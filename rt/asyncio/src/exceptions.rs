//! Owns: asyncio's exception types.
//! Never: raises them on its own.
//! Source: CPython 3.13, Lib/asyncio/exceptions.py, Lib/asyncio/queues.py.

use crate::glue::{self, setattr};
use rtcore::def::{F1, F3, Method};
use rtcore::error::hierarchy::{self, BASE_EXCEPTION, EOF_ERROR, EXCEPTION, Exception, RUNTIME_ERROR, instance, with_args};
use rtcore::error::{self, PyResult, Raised};
use rtcore::types::class::{ClassDef, Type, TypeFlags};
use rtcore::value::{NONE, Value};

macro_rules! exceptions {
    ($($ty:ident $name:literal $module:literal : $base:expr $(, methods $m:expr)?;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .like(&$base, &BASE_EXCEPTION)
                .module($module)
                $(.methods($m))?
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
            Type::builtin(&DEF)
        };)*
    };
}

exceptions! {
    CANCELLED_ERROR "CancelledError" "asyncio.exceptions": BASE_EXCEPTION;
    INVALID_STATE_ERROR "InvalidStateError" "asyncio.exceptions": EXCEPTION;
    SENDFILE_NOT_AVAILABLE_ERROR "SendfileNotAvailableError" "asyncio.exceptions": RUNTIME_ERROR;
    INCOMPLETE_READ_ERROR "IncompleteReadError" "asyncio.exceptions": EOF_ERROR, methods INCOMPLETE_METHODS;
    LIMIT_OVERRUN_ERROR "LimitOverrunError" "asyncio.exceptions": EXCEPTION, methods LIMIT_METHODS;
    BROKEN_BARRIER_ERROR "BrokenBarrierError" "asyncio.exceptions": RUNTIME_ERROR;
    QUEUE_EMPTY "QueueEmpty" "asyncio.queues": EXCEPTION;
    QUEUE_FULL "QueueFull" "asyncio.queues": EXCEPTION;
    QUEUE_SHUT_DOWN "QueueShutDown" "asyncio.queues": EXCEPTION;
}

static INCOMPLETE_METHODS: &[Method] =
    &[Method::new("__init__(self, partial, expected)", F3(incomplete_init)), Method::new("__reduce__(self, /)", F1(incomplete_reduce))];
static LIMIT_METHODS: &[Method] =
    &[Method::new("__init__(self, message, consumed)", F3(limit_init)), Method::new("__reduce__(self, /)", F1(limit_reduce))];

fn set_args(v: &Value, args: Vec<Value>) {
    if let Some(e) = v.downcast::<Exception>() {
        let old = e.args.replace(glue::tuple(args));
        drop(old);
    }
}
fn incomplete_init(v: &Value, partial: &Value, expected: &Value) -> PyResult {
    let want = if expected.is_none() { "undefined".to_string() } else { glue::repr(expected)? };
    let n = rtcore::protocol::sequence::len(partial)?;
    set_args(v, vec![Value::string(format!("{n} bytes read on a total of {want} expected bytes"))]);
    setattr(v, "partial", partial.clone())?;
    setattr(v, "expected", expected.clone())?;
    Ok(NONE)
}
fn incomplete_reduce(v: &Value) -> PyResult {
    let args = glue::tuple(vec![glue::getattr(v, "partial")?, glue::getattr(v, "expected")?]);
    Ok(glue::tuple(vec![Value::of_type(v.ty()), args]))
}
fn limit_init(v: &Value, message: &Value, consumed: &Value) -> PyResult {
    set_args(v, vec![message.clone()]);
    setattr(v, "consumed", consumed.clone())?;
    Ok(NONE)
}
fn limit_reduce(v: &Value) -> PyResult {
    let first = v.downcast::<Exception>().and_then(|e| e.arg(0)).unwrap_or(NONE);
    let args = glue::tuple(vec![first, glue::getattr(v, "consumed")?]);
    Ok(glue::tuple(vec![Value::of_type(v.ty()), args]))
}

/// `IncompleteReadError(partial, expected)`.
pub fn incomplete_read(partial: Value, expected: Value) -> Raised {
    let exc = with_args(&INCOMPLETE_READ_ERROR, vec![]);
    match incomplete_init(&exc, &partial, &expected) {
        Ok(_) => error::raise_value(exc),
        Err(r) => r,
    }
}
/// `LimitOverrunError(message, consumed)`.
pub fn limit_overrun(message: &str, consumed: usize) -> Raised {
    let exc = with_args(&LIMIT_OVERRUN_ERROR, vec![]);
    match limit_init(&exc, &Value::str(message), &Value::from(consumed)) {
        Ok(_) => error::raise_value(exc),
        Err(r) => r,
    }
}
/// An instance without arguments.
pub fn bare(ty: &'static Type) -> Value {
    with_args(ty, vec![])
}
#[cold]
pub fn invalid_state(msg: &str) -> Raised {
    error::raise(&INVALID_STATE_ERROR, msg)
}
/// `RuntimeError(msg)` as an instance, not raised.
pub fn runtime_error_value(msg: String) -> Value {
    instance(&hierarchy::RUNTIME_ERROR, msg)
}
