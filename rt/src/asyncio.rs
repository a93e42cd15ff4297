//! Owns: awaits of asyncio's functions by name, without a coroutine object while the name still means them.
//! Never: the functions themselves.

use rtasyncio::sleep::Sleep;
use rtcore::frame::await_;
use rtcore::ic;
use rtcore::protocol::call::call_method;
use rtcore::types::module::{Module, Slot};
use rtcore::value::{NONE, Value};

/// The global holds the runtime's own asyncio, with the attributes it came with.
#[inline]
fn intact(module: &Value) -> bool {
    let m = module.downcast_exact::<Module>();
    m.is_some_and(|m| !m.touched.get() && m.native.is_some_and(|n| std::ptr::eq(n, &rtasyncio::module::MODULE)))
}

/// `await asyncio.sleep(delay)`
#[inline]
pub fn sleep(module: &'static Slot, delay: Value) -> Sleep {
    match module.get() {
        Ok(asyncio) if intact(&asyncio) => Sleep::new(delay, NONE),
        Ok(asyncio) => call_method(&asyncio, "sleep", ic!(), &[delay]).map_or_else(Sleep::failed, |v| Sleep::foreign(await_(v))),
        Err(raised) => Sleep::failed(raised),
    }
}
