//! Owns: the module `contextvars`.
//! Never: implements variables; that is `rtcore::contextvars`.

use rtcore::contextvars::{CONTEXT, CONTEXT_VAR, TOKEN, copy_current};
use rtcore::methods::*;
use rtcore::types::module::{NativeModule, set_str};

static FUNCTIONS: &[Method] = &[Method::new("copy_context()", F0(|| Ok(copy_current())))];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "Context", Value::of_type(&CONTEXT));
    set_str(m, "ContextVar", Value::of_type(&CONTEXT_VAR));
    set_str(m, "Token", Value::of_type(&TOKEN));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("contextvars", FUNCTIONS, setup);
