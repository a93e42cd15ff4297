//! Owns: the module `_signal`, on which `signal` stands.
//! Never: the C-level handler; that is the core's `signals`.
//! Source: CPython 3.13, Modules/signalmodule.c, Lib/signal.py.

use rtcore::error::hierarchy::{KEYBOARD_INTERRUPT, raise_os_error};
use rtcore::error::{PyResult, raise_args, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::sequence::as_index;
use rtcore::signals::{self, Handler};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;

const SIGNALS: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGILL", libc::SIGILL),
    ("SIGTRAP", libc::SIGTRAP),
    ("SIGABRT", libc::SIGABRT),
    ("SIGBUS", libc::SIGBUS),
    ("SIGFPE", libc::SIGFPE),
    ("SIGKILL", libc::SIGKILL),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGTERM", libc::SIGTERM),
    ("SIGSTKFLT", libc::SIGSTKFLT),
    ("SIGCHLD", libc::SIGCHLD),
    ("SIGCONT", libc::SIGCONT),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGTTIN", libc::SIGTTIN),
    ("SIGTTOU", libc::SIGTTOU),
    ("SIGURG", libc::SIGURG),
    ("SIGXCPU", libc::SIGXCPU),
    ("SIGXFSZ", libc::SIGXFSZ),
    ("SIGVTALRM", libc::SIGVTALRM),
    ("SIGPROF", libc::SIGPROF),
    ("SIGWINCH", libc::SIGWINCH),
    ("SIGIO", libc::SIGIO),
    ("SIGPWR", libc::SIGPWR),
    ("SIGSYS", libc::SIGSYS),
    ("SIG_DFL", 0),
    ("SIG_IGN", 1),
    ("SIG_BLOCK", libc::SIG_BLOCK),
    ("SIG_UNBLOCK", libc::SIG_UNBLOCK),
    ("SIG_SETMASK", libc::SIG_SETMASK),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2),
    ("NSIG", signals::NSIG as i32),
];

static INTERRUPT: Method = Method::new("default_int_handler(signalnum, frame, /)", F2(default_int_handler));
fn default_int_handler(_: &Value, _: &Value) -> PyResult {
    Err(raise_args(&KEYBOARD_INTERRUPT, vec![]))
}
/// `default_int_handler` as one object: `getsignal(SIGINT) is default_int_handler`.
fn interrupt_value() -> Value {
    use rtcore::gil::{Gil, GilRefCell};
    use std::cell::RefCell;
    static OBJECT: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
    OBJECT.borrow_mut().get_or_insert_with(|| rtcore::types::function::native::function(&INTERRUPT, "_signal")).clone()
}
fn number(v: &Value) -> PyResult<i32> {
    let n = as_index(v)?;
    if (1..signals::NSIG as i64).contains(&n) { Ok(n as i32) } else { Err(value_error("signal number out of range")) }
}
fn to_value(h: Handler) -> Value {
    match h {
        Handler::Default | Handler::Report(_) => Value::int(0),
        Handler::Ignore => Value::int(1),
        Handler::Interrupt => interrupt_value(),
        Handler::Python(f) => f,
        Handler::Native(..) | Handler::Loop => NONE,
    }
}
fn signal(n: &Value, handler: &Value) -> PyResult {
    let n = number(n)?;
    let h = if handler.is(&interrupt_value()) {
        Handler::Interrupt
    } else if rtcore::frame::callable(handler) {
        Handler::Python(handler.clone())
    } else {
        match as_index(handler).map_err(|r| drop(rtcore::error::take(r))) {
            Ok(0) => Handler::Default,
            Ok(1) => Handler::Ignore,
            Ok(_) | Err(()) => {
                return Err(type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
            }
        }
    };
    signals::set(n, h).map(to_value).map_err(|e| raise_os_error(&e, None))
}
fn getsignal(n: &Value) -> PyResult {
    Ok(to_value(signals::get(number(n)?)))
}
fn set_wakeup_fd(fd: &Value, _warn: &Value) -> PyResult {
    Ok(Value::int(i64::from(signals::set_wakeup_fd(as_index(fd)? as i32))))
}
fn siginterrupt(_: &Value, _: &Value) -> PyResult {
    Ok(NONE)
}
fn seconds(v: &Value) -> PyResult<f64> {
    match (v.as_inline_float(), v.as_inline_int()) {
        (Some(x), _) => Ok(x),
        (_, Some(n)) => Ok(n as f64),
        _ => Err(type_error("must be real number")),
    }
}
fn timer(t: &libc::itimerval) -> Value {
    let s = |v: &libc::timeval| Value::float(v.tv_sec as f64 + v.tv_usec as f64 * 1e-6);
    tuple::new(vec![s(&t.it_value), s(&t.it_interval)])
}
fn setitimer(which: &Value, value: &Value, interval: &Value) -> PyResult {
    let tv = |x: f64| libc::timeval { tv_sec: x as libc::time_t, tv_usec: ((x - x.floor()) * 1e6).round() as libc::suseconds_t };
    let new = libc::itimerval { it_value: tv(seconds(value)?), it_interval: tv(seconds(interval)?) };
    let mut old = libc::itimerval { it_value: tv(0.0), it_interval: tv(0.0) };
    // SAFETY: both structures live during the call.
    let r = unsafe { libc::setitimer(as_index(which)? as _, &new, &mut old) };
    if r < 0 { Err(raise_os_error(&std::io::Error::last_os_error(), None)) } else { Ok(timer(&old)) }
}
fn getitimer(which: &Value) -> PyResult {
    // SAFETY: all-zero is a valid itimerval, which lives during the call.
    let mut t: libc::itimerval = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let r = unsafe { libc::getitimer(as_index(which)? as _, &mut t) };
    if r < 0 { Err(raise_os_error(&std::io::Error::last_os_error(), None)) } else { Ok(timer(&t)) }
}
fn alarm(n: &Value) -> PyResult {
    let n = as_index(n)?;
    // SAFETY: a plain system call.
    Ok(Value::int(i64::from(unsafe { libc::alarm(n as u32) })))
}
fn pause() -> PyResult {
    // SAFETY: a plain system call.
    rtcore::gil::allow_threads(|| unsafe { libc::pause() });
    signals::check()?;
    Ok(NONE)
}
fn raise_signal(n: &Value) -> PyResult {
    let n = as_index(n)? as i32;
    // SAFETY: a plain system call; the signal comes to this thread.
    if unsafe { libc::raise(n) } != 0 {
        return Err(raise_os_error(&std::io::Error::last_os_error(), None));
    }
    signals::check()?;
    Ok(NONE)
}
fn strsignal(n: &Value) -> PyResult {
    let n = number(n)?;
    // SAFETY: strsignal gives a C string or null; under the GIL nobody overwrites it meanwhile.
    let text = unsafe {
        let p = libc::strsignal(n);
        if p.is_null() { return Ok(NONE) }
        std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned()
    };
    Ok(if text.starts_with("Unknown signal") { NONE } else { Value::string(text) })
}
fn valid_signals() -> PyResult {
    let v = rtcore::types::set::empty_set();
    if let Some(s) = rtcore::types::set::as_set(&v) {
        for n in (1..65).filter(|n| *n != 32 && *n != 33) {
            s.add(Value::int(n))?;
        }
    }
    Ok(v)
}
static FUNCTIONS: &[Method] = &[
    Method::new("signal(signalnum, handler, /)", F2(signal)),
    Method::new("getsignal(signalnum, /)", F1(getsignal)),
    Method::new("set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)", F2(set_wakeup_fd)),
    Method::new("siginterrupt(signalnum, flag, /)", F2(siginterrupt)),
    Method::new("setitimer(which, seconds, interval=0.0, /)", F3(setitimer)),
    Method::new("getitimer(which, /)", F1(getitimer)),
    Method::new("alarm(seconds, /)", F1(alarm)),
    Method::new("pause()", F0(pause)),
    Method::new("raise_signal(signalnum, /)", F1(raise_signal)),
    Method::new("strsignal(signalnum, /)", F1(strsignal)),
    Method::new("valid_signals()", F0(valid_signals)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (name, n) in SIGNALS {
        set_str(m, name, Value::int(i64::from(*n)));
    }
    set_str(m, "default_int_handler", interrupt_value());
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_signal", FUNCTIONS, setup);
