//! Owns: the module `abc`.
//! Never: the checks themselves; those are in the core.
//! Source: CPython 3.13, Lib/abc.py.

use rtcore::methods::*;
use rtcore::protocol::attr::setattr_name;
use rtcore::types::abc::{ABC, ABC_META, cache_token, update_abstract};
use rtcore::types::descriptors;
use rtcore::types::module::{NativeModule, set_str};

fn abstractmethod(f: &Value) -> PyResult {
    setattr_name(f, Name::new("__isabstractmethod__"), Some(TRUE))?;
    Ok(f.clone())
}
fn abstractproperty(f: &Value) -> PyResult {
    abstractmethod(f)?;
    rtcore::protocol::call::call(&Value::of_type(&descriptors::PROPERTY), std::slice::from_ref(f))
}
fn abstractclassmethod(f: &Value) -> PyResult {
    abstractmethod(f)?;
    Ok(descriptors::classmethod(f.clone()))
}
fn abstractstaticmethod(f: &Value) -> PyResult {
    abstractmethod(f)?;
    Ok(descriptors::staticmethod(f.clone()))
}
fn get_cache_token() -> PyResult {
    Ok(Value::int(cache_token()))
}
fn update_abstractmethods(cls: &Value) -> PyResult {
    if let Some(t) = cls.as_type()
        && t.own(names::__abstractmethods__.get()).is_some()
    {
        update_abstract(t)?;
    }
    Ok(cls.clone())
}
static FUNCTIONS: &[Method] = &[
    Method::new("abstractmethod(funcobj)", F1(abstractmethod)),
    Method::new("abstractproperty(fget)", F1(abstractproperty)),
    Method::new("abstractclassmethod(callable)", F1(abstractclassmethod)),
    Method::new("abstractstaticmethod(callable)", F1(abstractstaticmethod)),
    Method::new("get_cache_token()", F0(get_cache_token)),
    Method::new("update_abstractmethods(cls)", F1(update_abstractmethods)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "ABC", Value::of_type(&ABC));
    set_str(m, "ABCMeta", Value::of_type(&ABC_META));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("abc", FUNCTIONS, setup);
