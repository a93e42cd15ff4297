//! Owns: the pending exception (`Raised` says that one is set), the handled exception of each
//! frame or driver (`Node`), and the short ways of raising.
//! Never: prints; that is `error::print`.

pub mod carets;
pub mod format;
pub mod groups;
pub mod hierarchy;
pub mod print;
pub mod suggest;
pub mod traceback;

use crate::gil::{Gil, GilCell};
use crate::object::Header;
use crate::types::class::Type;
use crate::value::{NONE, Value};
use hierarchy::Exception;
use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;

/// Proof that the thread's pending exception is set. Whoever takes the exception consumes it.
/// It cannot be made outside this module except by raising.
#[must_use = "an exception is pending"]
pub struct Raised(());

/// What everything that can raise returns.
pub type PyResult<T = Value> = Result<T, Raised>;

/// The running thread's pending exception: a pointer that owns one reference.
static PENDING: GilCell<*const Header> = Gil::new(Cell::new(std::ptr::null()));
static TOP: GilCell<*const Node> = Gil::new(Cell::new(&raw const ROOT_NODE.0));

/// The exceptions of a thread that does not hold the GIL.
pub(crate) struct ThreadState {
    pending: *const Header,
    top: *const Node,
}
impl ThreadState {
    pub(crate) fn save() -> ThreadState {
        ThreadState { pending: PENDING.get(), top: TOP.get() }
    }
    /// With a bottom node of its own, which lives as long as the process.
    pub(crate) fn fresh() -> ThreadState {
        ThreadState { pending: std::ptr::null(), top: Box::leak(Box::new(Node::new())) }
    }
    pub(crate) fn restore(self) {
        PENDING.set(self.pending);
        TOP.set(self.top);
    }
}

/// A slot for the exception being handled (`sys.exception()`), in a stack: one per driver object,
/// handler in a direct await, and one at the bottom.
pub struct Node {
    exc: UnsafeCell<ManuallyDrop<Value>>,
    prev: Cell<*const Node>,
}
struct SyncNode(Node);
// SAFETY: only touched under the GIL.
unsafe impl Sync for SyncNode {}
static ROOT_NODE: SyncNode = SyncNode(Node::new());

impl Default for Node {
    fn default() -> Self {
        Node::new()
    }
}
impl Node {
    pub const fn new() -> Node {
        Node { exc: UnsafeCell::new(ManuallyDrop::new(NONE)), prev: Cell::new(std::ptr::null()) }
    }
    /// The handled exception, or None.
    pub fn get(&self) -> Value {
        // SAFETY: the borrow ends with the clone.
        unsafe { Value::clone(&*self.exc.get()) }
    }
    /// Replaces the handled exception and returns the old one.
    pub fn replace(&self, v: Value) -> Value {
        // SAFETY: no borrow of the slot is alive.
        ManuallyDrop::into_inner(unsafe { std::mem::replace(&mut *self.exc.get(), ManuallyDrop::new(v)) })
    }
    pub fn prev(&self) -> *const Node {
        self.prev.get()
    }
    /// Makes this node the top; `pop` undoes it.
    #[inline(always)]
    pub fn push(&self) {
        self.prev.set(TOP.get());
        TOP.set(self);
    }
    #[inline(always)]
    pub fn pop(&self) {
        TOP.set(self.prev.get());
    }
}
impl Drop for Node {
    fn drop(&mut self) {
        // SAFETY: dropped once, here.
        unsafe { ManuallyDrop::drop(self.exc.get_mut()) }
    }
}

/// The top of the thread's stack of handled exceptions.
#[inline(always)]
pub fn top() -> *const Node {
    TOP.get()
}
#[inline(always)]
pub fn set_top(n: *const Node) {
    TOP.set(n);
}
/// The exception being handled here (`sys.exception()`), or None: the nearest node that has one.
pub fn handled() -> Value {
    let mut n = TOP.get();
    while !n.is_null() {
        // SAFETY: nodes on the stack are alive: they are popped before they are dropped.
        let node = unsafe { &*n };
        let v = node.get();
        if !v.is_none() {
            return v;
        }
        n = node.prev.get();
    }
    NONE
}
/// The top node itself, for handlers.
pub fn top_node() -> &'static Node {
    // SAFETY: the top is the root or a node that outlives the call of whoever runs on it.
    unsafe { &*TOP.get() }
}

/// True when an exception is pending.
pub fn is_pending() -> bool {
    !PENDING.get().is_null()
}
/// Makes `exc` (an exception instance) pending as it is: no context, no traceback entry.
pub fn set_pending(exc: Value) -> Raised {
    debug_assert!(exc.downcast::<Exception>().is_some());
    let exc = ManuallyDrop::new(exc);
    let old = PENDING.replace(exc.bits() as *const Header);
    if !old.is_null() {
        // SAFETY: the slot owned one reference.
        drop(unsafe { Value::from_header(old) });
    }
    Raised(())
}
/// Takes the pending exception.
pub fn take(_raised: Raised) -> Value {
    take_pending().unwrap_or_else(|| hierarchy::instance(&hierarchy::SYSTEM_ERROR, "error return without exception set"))
}
pub fn take_pending() -> Option<Value> {
    let p = PENDING.replace(std::ptr::null());
    // SAFETY: the slot owned one reference, now ours.
    if p.is_null() { None } else { Some(unsafe { Value::from_header(p) }) }
}
/// A look at the pending exception.
pub fn peek(_raised: &Raised) -> Value {
    let p = PENDING.get();
    if p.is_null() {
        return NONE;
    }
    // SAFETY: the slot owns a reference.
    unsafe {
        (*p).incref();
        Value::from_header(p)
    }
}
/// True when the pending exception is an instance of `ty`.
pub fn matches(_raised: &Raised, ty: &'static Type) -> bool {
    let p = PENDING.get();
    // SAFETY: the slot owns a reference.
    !p.is_null() && unsafe { (*p).ty() }.is_subtype(ty)
}
/// A fresh proof for a pending exception that a `let else` dropped the proof of.
pub fn raised() -> Raised {
    debug_assert!(is_pending());
    Raised(())
}

/// What leaves a function that is Python in CPython: the traceback leads to its frame, and so keeps alive what the
/// function worked on, as long as somebody has the exception.
#[cold]
pub fn kept_by(raised: Raised, v: Value) -> Raised {
    let exc = take(raised);
    if let Some(e) = hierarchy::body(&exc) {
        e.keep(v);
    }
    set_pending(exc)
}
/// Raises an exception instance as the `raise` statement does: the handled exception becomes its
/// `__context__` (CPython 3.13: Python/errors.c, `_PyErr_SetObject`).
pub fn raise_value(exc: Value) -> Raised {
    chain_context(&exc, &handled());
    set_pending(exc)
}
/// Sets `exc.__context__` to `context` unless it is None or `exc` itself; breaks a cycle.
pub fn chain_context(exc: &Value, context: &Value) {
    if context.is_none() || exc.is(context) {
        return;
    }
    let Some(e) = exc.downcast::<Exception>() else { return };
    // A chain that already leads to `exc` is cut, as in `_PyErr_SetObject`.
    let mut o = context.clone();
    let mut steps = 0u32;
    while let Some(next) = o.downcast::<Exception>().map(|x| x.context.borrow().clone()) {
        if next.is_none() {
            break;
        }
        if next.is(exc) {
            if let Some(x) = o.downcast::<Exception>() {
                let old = x.context.replace(NONE);
                drop(old);
            }
            break;
        }
        o = next;
        steps += 1;
        if steps > 100_000 {
            break;
        }
    }
    let old = e.context.replace(context.clone());
    drop(old);
}

/// Raises a builtin exception with one message argument.
#[cold]
#[inline(never)]
pub fn raise(ty: &'static Type, msg: impl Into<String>) -> Raised {
    raise_value(hierarchy::instance(ty, msg.into()))
}
/// Raises a builtin exception with any arguments.
#[cold]
#[inline(never)]
pub fn raise_args(ty: &'static Type, args: Vec<Value>) -> Raised {
    raise_value(hierarchy::with_args(ty, args))
}

macro_rules! raisers {
    ($($f:ident $ty:ident)*) => {
        $(#[cold] pub fn $f(msg: impl Into<String>) -> Raised { raise(&hierarchy::$ty, msg) })*
    };
}
raisers! {
    type_error TYPE_ERROR value_error VALUE_ERROR index_error INDEX_ERROR attribute_error ATTRIBUTE_ERROR
    overflow_error OVERFLOW_ERROR zero_division_error ZERO_DIVISION_ERROR runtime_error RUNTIME_ERROR
    name_error NAME_ERROR lookup_error LOOKUP_ERROR not_implemented_error NOT_IMPLEMENTED_ERROR
    memory_error MEMORY_ERROR assertion_error ASSERTION_ERROR eof_error EOF_ERROR system_error SYSTEM_ERROR
    recursion_error RECURSION_ERROR buffer_error BUFFER_ERROR
}
/// `KeyError(key)`.
#[cold]
pub fn key_error(key: Value) -> Raised {
    raise_args(&hierarchy::KEY_ERROR, vec![key])
}
/// `StopIteration(value)`; without argument when the value is None.
#[cold]
pub fn stop_iteration(value: Value) -> Raised {
    raise_args(&hierarchy::STOP_ITERATION, if value.is_none() { vec![] } else { vec![value] })
}

/// Runs `f` with no pending exception and puts the one there was back: for finalizers.
pub fn saving_pending(f: impl FnOnce()) {
    let saved = take_pending();
    f();
    if let Some(exc) = take_pending() {
        drop(exc);
    }
    if let Some(exc) = saved {
        let _: Raised = set_pending(exc);
    }
}

/// Runs `f` beside whatever is pending; an error of its own is dropped and gives `None`.
pub fn quietly<T>(f: impl FnOnce() -> PyResult<T>) -> Option<T> {
    let mut out = None;
    saving_pending(|| match f() {
        Ok(v) => out = Some(v),
        Err(r) => drop(take(r)),
    });
    out
}

/// Runs `__del__`; what it raises is reported, not propagated.
pub fn run_finalizer(v: &Value) {
    saving_pending(|| {
        let Some(del) = v.ty().special(crate::types::class::special::Special::Del) else { return };
        let del = del.clone();
        if let Err(r) = crate::protocol::call::call_special(&del, v, &[]) {
            unraisable(r, "Exception ignored in: ", &del);
        }
    });
}

/// Reports an exception that nobody can catch, as `sys.unraisablehook` does.
pub fn unraisable(r: Raised, message: &str, object: &Value) {
    let exc = take(r);
    print::unraisable(&exc, message, object);
}
