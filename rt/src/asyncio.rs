//! Owns: awaits of asyncio's functions by name, without a coroutine object while the name still means them.
//! Never: the functions themselves.

use rtcore::error::PyResult;
use rtcore::frame::await_;
use rtcore::ic;
use rtcore::protocol::call::call_method;
use rtcore::types::module::{Module, Slot};
use rtcore::value::Value;

/// The global holds the runtime's own asyncio, with the attributes it came with.
#[inline]
fn intact(module: &Value) -> bool {
    let m = module.downcast_exact::<Module>();
    m.is_some_and(|m| !m.touched.get() && m.native.is_some_and(|n| std::ptr::eq(n, &rtasyncio::module::MODULE)))
}

/// `await asyncio.sleep(delay)`
#[inline]
pub async fn sleep(module: &'static Slot, delay: Value) -> PyResult {
    let asyncio = module.get()?;
    if intact(&asyncio) {
        drop(asyncio);
        return rtasyncio::direct::sleep(delay).await;
    }
    await_(call_method(&asyncio, "sleep", ic!(), &[delay])?).await
}
