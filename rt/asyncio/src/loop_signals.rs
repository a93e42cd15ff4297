//! Owns: `add_signal_handler`, `remove_signal_handler`, and handing arrived signals to the loop.
//! Never: installs C-level handlers itself; that is the core's `signals`.
//! Source: CPython 3.13, Lib/asyncio/unix_events.py, _UnixSelectorEventLoop.

use crate::handles::{self, Handle};
use crate::loop_::{EventLoop, Ready};
use rtcore::error::{PyResult, runtime_error, type_error, value_error};
use rtcore::signals::{self, Handler};
use rtcore::value::{NONE, Value};

fn check_signal(sig: &Value) -> PyResult<i32> {
    let n = match sig.as_inline_int() {
        Some(n) => n,
        None if sig.as_str_obj().is_none() && sig.is_obj() && sig.ty().lookup(rtcore::name::Name::new("__index__")).is_some() => {
            crate::glue::index(sig)?
        }
        None => return Err(type_error(format!("sig must be an int, not {}", crate::glue::repr(sig)?))),
    };
    if !(1..=64).contains(&n) || n == 32 || n == 33 {
        return Err(value_error(format!("invalid signal number {}", crate::glue::repr(sig)?)));
    }
    Ok(n as i32)
}
pub fn add(l: &Value, el: &EventLoop, sig: &Value, callback: &Value, args: &[Value]) -> PyResult {
    if crate::coroutines::iscoroutine(callback)? || crate::coroutines::iscoroutinefunction(callback)? {
        return Err(type_error("coroutines cannot be used with add_signal_handler()"));
    }
    let n = check_signal(sig)?;
    el.check_closed()?;
    if !crate::threads::is_main() {
        return Err(runtime_error("set_wakeup_fd only works in main thread of the main interpreter"));
    }
    let h = handles::new_handle(l, callback.clone(), args.to_vec());
    let old = remove_entry(el, n);
    drop(old);
    if let Err(e) = signals::set(n, Handler::Loop) {
        if e.raw_os_error() == Some(libc::EINVAL) {
            return Err(runtime_error(format!("sig {n} cannot be caught")));
        }
        return Err(rtcore::error::hierarchy::raise_os_error(&e, None));
    }
    el.signal_handlers.borrow_mut().push((n, h));
    Ok(NONE)
}
fn remove_entry(el: &EventLoop, n: i32) -> Option<Value> {
    let mut all = el.signal_handlers.borrow_mut();
    let i = all.iter().position(|(m, _)| *m == n)?;
    Some(all.remove(i).1)
}
fn reset(n: i32) -> PyResult<()> {
    let h = if n == libc::SIGINT { Handler::Interrupt } else { Handler::Default };
    match signals::set(n, h) {
        Ok(old) => {
            drop(old);
            Ok(())
        }
        Err(e) if e.raw_os_error() == Some(libc::EINVAL) => Err(runtime_error(format!("sig {n} cannot be caught"))),
        Err(e) => Err(rtcore::error::hierarchy::raise_os_error(&e, None)),
    }
}
pub fn remove(el: &EventLoop, sig: &Value) -> PyResult {
    let n = check_signal(sig)?;
    let Some(h) = remove_entry(el, n) else { return Ok(Value::bool(false)) };
    drop(h);
    reset(n)?;
    Ok(Value::bool(true))
}
/// At the close of the loop.
pub fn remove_all(el: &EventLoop) {
    let all = el.signal_handlers.take();
    for (n, h) in all {
        if let Err(r) = reset(n) {
            drop(rtcore::error::take(r));
        }
        drop(h);
    }
}
/// Once a pass: signals with a handler of the loop become ready handles; the others run their
/// Python-level handler, which may raise KeyboardInterrupt out of the loop.
#[inline]
pub fn deliver(el: &EventLoop) -> PyResult<()> {
    if signals::pending_for_loop() && crate::threads::is_main() { deliver_pending(el) } else { Ok(()) }
}
#[cold]
fn deliver_pending(el: &EventLoop) -> PyResult<()> {
    for n in signals::take_for_loop() {
        let found = el.signal_handlers.borrow().iter().find(|(m, _)| *m == n).map(|(_, h)| h.clone());
        match found {
            Some(h) if h.downcast::<Handle>().is_some_and(Handle::is_cancelled) => {
                drop(remove_entry(el, n));
                reset(n)?;
            }
            Some(h) => el.push(Ready::Handle(h.into())),
            None => signals::run(n)?,
        }
    }
    Ok(())
}
