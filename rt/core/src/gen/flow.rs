//! Owns: handlers, `finally`, `with`, and what leaves a protected block. Never: suspends (the `async with` of
//! generated code awaits what is prepared here).
//! Source: CPython 3.13, Python/ceval.c (`WITH_EXCEPT_START`, `PUSH_EXC_INFO`), Objects/exceptions.c (groups).

use crate::error::groups;
use crate::error::hierarchy::{self, BASE_EXCEPTION, from_raise_operand};
use crate::error::traceback::{At, Site};
use crate::error::{self, Node, PyResult, Raised, set_pending, take_pending, top_node, type_error};
use crate::name::Name;
use crate::protocol::attr;
use crate::protocol::call::call;
use crate::protocol::sequence::truth;
use crate::types::class::Type;
use crate::value::{NONE, Value};

/// A builtin exception type, as generated code names it.
#[derive(Clone, Copy)]
pub struct Exc(pub &'static Type);
impl Exc {
    pub fn ty(self) -> Value {
        Value::of_type(self.0)
    }
}

/// How a protected block ends.
pub enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
    Raise(Value),
}
impl Flow {
    /// Takes the pending exception.
    #[cold]
    pub fn raised() -> Flow {
        match take_pending() {
            Some(exc) => Flow::Raise(exc),
            None => Flow::Next,
        }
    }
    /// What is left when the block cannot `break` or `continue`: a return value, or the exception again.
    pub fn leave(self) -> PyResult<Option<Value>> {
        match self {
            Flow::Next | Flow::Break | Flow::Continue => Ok(None),
            Flow::Return(v) => Ok(Some(v)),
            Flow::Raise(exc) => Err(set_pending(exc)),
        }
    }
}

/// Makes an exception pending again.
pub fn restore(exc: Value) -> PyResult {
    Err(set_pending(exc))
}

/// While alive, an exception is the handled one (`sys.exception()`).
pub struct Handling {
    exc: Value,
    old: Value,
    node: &'static Node,
}
impl Handling {
    fn new(exc: Value) -> Handling {
        let node = top_node();
        let old = node.replace(exc.clone());
        Handling { exc, old, node }
    }
    pub fn exc(&self) -> Value {
        self.exc.clone()
    }
    pub fn is(&self, kind: Exc) -> bool {
        self.exc.ty().is_subtype(kind.0)
    }
    /// `except kind:` for any value of `kind`.
    pub fn matches(&self, kind: &Value) -> PyResult<bool> {
        check_kind(kind)?;
        kind_matches(&self.exc, kind)
    }
    /// No handler took it: it goes on as it is.
    pub fn reraise(&self) -> PyResult {
        Err(set_pending(self.exc.clone()))
    }
}
impl Drop for Handling {
    fn drop(&mut self) {
        let exc = self.node.replace(std::mem::replace(&mut self.old, NONE));
        drop(exc);
    }
}

/// Begins the handlers of a `try`: takes the pending exception.
#[cold]
pub fn handle() -> Handling {
    Handling::new(take_pending().unwrap_or(NONE))
}
/// Handles an exception that is already in hand.
pub fn handling(exc: &Value) -> Handling {
    Handling::new(exc.clone())
}

fn check_kind(kind: &Value) -> PyResult<()> {
    let fine = |v: &Value| v.as_type().is_some_and(|t| t.is_subtype(&BASE_EXCEPTION));
    let all = if crate::types::tuple::is_tuple(kind) { crate::types::tuple::items(kind).iter().all(fine) } else { fine(kind) };
    if all { Ok(()) } else { Err(type_error("catching classes that do not inherit from BaseException is not allowed")) }
}
fn kind_matches(exc: &Value, kind: &Value) -> PyResult<bool> {
    if crate::types::tuple::is_tuple(kind) {
        for k in crate::types::tuple::items(kind) {
            if kind_matches(exc, k)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    Ok(kind.as_type().is_some_and(|t| exc.ty().is_subtype(t)))
}

/// A `finally` body being run: what it interrupts is the handled exception meanwhile.
pub struct Finally {
    flow: Flow,
    handling: Option<Handling>,
}
pub fn finally(flow: Flow) -> Finally {
    let handling = match &flow {
        Flow::Raise(exc) => Some(Handling::new(exc.clone())),
        Flow::Next | Flow::Break | Flow::Continue | Flow::Return(_) => None,
    };
    Finally { flow, handling }
}
impl Finally {
    /// The body is done.
    pub fn end(self) -> Flow {
        drop(self.handling);
        self.flow
    }
}

/// `raise value`
pub fn raise(value: Value) -> PyResult {
    let exc = from_raise_operand(&value)?;
    Err(error::raise_value(exc))
}
/// `raise value from cause`
pub fn raise_from(value: Value, cause: Value) -> PyResult {
    let exc = from_raise_operand(&value)?;
    let cause = if cause.is_none() {
        NONE
    } else if cause.as_type().is_some_and(|t| t.is_subtype(&BASE_EXCEPTION)) {
        call(&cause, &[])?
    } else if hierarchy::is_exception(&cause) {
        cause
    } else {
        return Err(type_error("exception causes must derive from BaseException"));
    };
    if let Some(b) = hierarchy::body(&exc) {
        b.set_cause(cause);
    }
    Err(error::raise_value(exc))
}
/// A bare `raise`: the handled exception goes on as it is, without an entry for this place.
pub fn reraise(site: &'static Site) -> PyResult {
    let exc = error::handled();
    if exc.is_none() {
        return Err(error::runtime_error("No active exception to reraise")).at(site);
    }
    Err(set_pending(exc))
}
/// A failed `assert`; UNBOUND: without a message.
#[cold]
pub fn assertion_failed(message: Value) -> PyResult {
    let args = if message.is_unbound() { vec![] } else { vec![message] };
    Err(error::raise_args(&hierarchy::ASSERTION_ERROR, args))
}
/// A construct that is not compiled yet.
#[cold]
pub fn unsupported(text: &'static str) -> PyResult {
    Err(error::raise(&hierarchy::NOT_IMPLEMENTED_ERROR, text))
}

/// The context manager of a `with` statement: the object's `__exit__`, looked up before `__enter__` ran.
pub struct Manager {
    object: Value,
    exit: Value,
}

fn special(v: &Value, name: &str) -> PyResult<Option<Value>> {
    attr::type_attr(v, Name::new(name))
}
fn no_protocol(v: &Value, asynchronous: bool, missing: Option<&str>) -> Raised {
    let name = v.ty().full_name();
    let kind = if asynchronous { "an asynchronous context manager" } else { "a context manager" };
    let _ = kind;
    let protocol = if asynchronous { "the asynchronous context manager protocol" } else { "the context manager protocol" };
    match missing {
        None => type_error(format!("'{name}' object does not support {protocol}")),
        Some(m) => type_error(format!("'{name}' object does not support {protocol} (missed {m} method)")),
    }
}

/// `with value`: the manager and what `__enter__` returned.
pub fn enter(value: Value) -> PyResult<(Manager, Value)> {
    let Some(enter) = special(&value, "__enter__")? else { return Err(no_protocol(&value, false, None)) };
    let Some(exit) = special(&value, "__exit__")? else { return Err(no_protocol(&value, false, Some("__exit__"))) };
    let entered = call(&enter, &[])?;
    Ok((Manager { object: value, exit }, entered))
}
/// `async with value`: the manager and the awaitable of `__aenter__`.
pub fn enter_async(value: Value) -> PyResult<(Manager, Value)> {
    let Some(enter) = special(&value, "__aenter__")? else { return Err(no_protocol(&value, true, None)) };
    let Some(exit) = special(&value, "__aexit__")? else { return Err(no_protocol(&value, true, Some("__aexit__"))) };
    let entered = call(&enter, &[])?;
    Ok((Manager { object: value, exit }, entered))
}

fn exc_args(exc: &Value) -> [Value; 3] {
    let tb = hierarchy::body(exc).map_or(NONE, |b| b.traceback.borrow().clone());
    [Value::of_type(exc.ty()), exc.clone(), tb]
}

impl Manager {
    /// Calls `__exit__`; a true result swallows the exception.
    pub fn exit(self, flow: Flow) -> PyResult<Flow> {
        match flow {
            Flow::Raise(exc) => {
                let guard = Handling::new(exc.clone());
                let result = call(&self.exit, &exc_args(&exc))?;
                let swallowed = truth(&result)?;
                drop(guard);
                drop(self.object);
                Ok(if swallowed { Flow::Next } else { Flow::Raise(exc) })
            }
            other => {
                call(&self.exit, &[NONE, NONE, NONE])?;
                drop(self.object);
                Ok(other)
            }
        }
    }
    /// The awaitable of `__aexit__`, and the guard that must live until it has been awaited.
    pub fn exit_async(&self, flow: &Flow) -> PyResult<(Value, Option<Handling>)> {
        match flow {
            Flow::Raise(exc) => {
                let guard = Handling::new(exc.clone());
                Ok((call(&self.exit, &exc_args(exc))?, Some(guard)))
            }
            Flow::Next | Flow::Break | Flow::Continue | Flow::Return(_) => Ok((call(&self.exit, &[NONE, NONE, NONE])?, None)),
        }
    }
    /// What the awaited `__aexit__` makes of the flow.
    pub fn finish_async(flow: Flow, result: &Value) -> PyResult<Flow> {
        match flow {
            Flow::Raise(exc) => Ok(if truth(result)? { Flow::Next } else { Flow::Raise(exc) }),
            other => Ok(other),
        }
    }
}

/// The parts of an exception that `except*` clauses take.
pub struct Split {
    original: Value,
    rest: Value,
    raised: Vec<Value>,
}
impl Split {
    pub fn of(handling: &Handling) -> Split {
        Split { original: handling.exc(), rest: handling.exc(), raised: vec![] }
    }
    /// The part that `kind` matches, if any.
    pub fn take(&mut self, kind: &Value) -> PyResult<Option<Value>> {
        let (matched, rest) = groups::star_match(&self.rest, kind)?;
        self.rest = rest.unwrap_or(NONE);
        Ok(matched)
    }
    /// A handler is done.
    pub fn handled(&mut self, flow: Flow) {
        if let Flow::Raise(exc) = flow {
            self.raised.push(exc);
        }
    }
    /// Raises what no handler took together with what handlers raised.
    pub fn finish(mut self) -> PyResult {
        self.raised.push(self.rest);
        let left = groups::prep_reraise_star(&self.original, self.raised)?;
        if left.is_none() { Ok(NONE) } else { Err(set_pending(left)) }
    }
}
