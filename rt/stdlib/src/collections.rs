//! Owns: the module `collections`: its table; the types are in the files beside.
//! Never: defines the abstract base classes (`collections.abc`).
//! Source: CPython 3.13, Lib/collections/__init__.py, Modules/_collectionsmodule.c.

pub mod abc;
mod chainmap;
mod counter;
mod defaultdict;
mod deque;
mod mixin;
pub mod namedtuple;
mod ordered;
mod user;

pub use namedtuple::named_tuple;

use rtcore::methods::*;
use rtcore::types::module::{NativeModule, set_str};

static FUNCTIONS: &[Method] =
    &[Method::new("namedtuple(typename, field_names, *, rename=False, defaults=None, module=None)", N(namedtuple::namedtuple))];
fn setup(m: &Value) -> PyResult<()> {
    let types: &[&'static Type] = &[
        &deque::DEQUE,
        &defaultdict::DEFAULTDICT,
        &ordered::ORDERED_DICT,
        &counter::COUNTER,
        &chainmap::CHAIN_MAP,
        &user::USER_DICT,
        &user::USER_LIST,
        &user::USER_STRING,
    ];
    for t in types {
        set_str(m, t.name(), Value::of_type(t));
    }
    // Submodules can be imported from it.
    rtcore::types::module::set(m, names::__path__.get(), rtcore::types::list::List::value(vec![]));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("collections", FUNCTIONS, setup);
