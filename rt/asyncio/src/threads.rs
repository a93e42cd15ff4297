//! Owns: which thread this is, as asyncio needs to know.
//! Never: starts threads.

use rtcore::value::Value;

/// The thread's identity (`threading.get_ident()`).
pub fn ident() -> u64 {
    // SAFETY: pthread_self has no preconditions.
    unsafe { libc::pthread_self() as u64 }
}
/// True on the thread that Python runs on first.
pub fn is_main() -> bool {
    rtcore::gil::is_main()
}
/// `threading.current_thread().name`.
pub fn current_name() -> Value {
    let name = if is_main() { "MainThread".to_string() } else { std::thread::current().name().unwrap_or("Thread").to_string() };
    Value::string(name)
}
