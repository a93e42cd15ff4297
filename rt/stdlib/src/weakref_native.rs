//! Owns: the module `_weakref`, which `weakref` of the standard library builds on.
//! Never: implements references; that is `rtcore::weak`.

use rtcore::methods::*;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::weak;

fn remove_dead(dict: &Value, key: &Value) -> PyResult {
    let Some(d) = dict.downcast::<Dict>() else { return Err(rtcore::error::type_error("a dict is required")) };
    if let Some(r) = d.get(key)?
        && weak::deref(&r).is_none()
    {
        d.remove(key)?;
    }
    Ok(NONE)
}
static FUNCTIONS: &[Method] = &[
    Method::new("proxy(object, callback=None, /)", F2(|o, c| weak::proxy(o, c.clone()))),
    Method::new("getweakrefcount(object, /)", F1(|o| Ok(Value::from(weak::refs_of(o).len())))),
    Method::new("getweakrefs(object, /)", F1(|o| Ok(List::value(weak::refs_of(o))))),
    Method::new("_remove_dead_weakref(dct, key, /)", F2(remove_dead)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "ref", Value::of_type(&weak::REF));
    set_str(m, "ReferenceType", Value::of_type(&weak::REF));
    set_str(m, "ProxyType", Value::of_type(&weak::PROXY));
    set_str(m, "CallableProxyType", Value::of_type(&weak::CALLABLE_PROXY));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_weakref", FUNCTIONS, setup);
