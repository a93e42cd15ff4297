//! Owns: exactly what generated code may name. Never: defines anything but exception constants.
//! Generated code says `use rt::prelude::*;` and, where a Python name hides one of these, `rt::prelude::name`.

pub use crate::asyncio;
pub use rtcore::def::{C0, C1, C2, C3, CN, Def, F0, F1, F2, F3, F4, N};
pub use rtcore::error::traceback::At;
pub use rtcore::frame::AtAwait;
pub use rtcore::error::{PyResult, PyResult as Fallible};
pub use rtcore::frame::{
    aiter, anext, async_generator, await_, await_called, boxed, coroutine, direct, handling_own, generator, yield_, yield_from, yield_item,
};
pub use rtcore::frame::stack::here;
pub use rtcore::gil::tick;
pub use rtcore::gen_::awaits::{aenter, aexit, awaited, call_awaited};
pub use rtcore::gen_::builtin::{annotate_module, builtin, print};
pub use rtcore::gen_::cell::{Variable, body, body_async, cell, cells, del, empty_cell, leave, owned_cells};
pub use rtcore::gen_::class::{
    Namespace, namespace, namespace_kw, namespace_spread, super_, super_method, super_without_arguments,
};
pub use rtcore::gen_::flow::{
    Finally, Flow, Handling, Manager, Split, assertion_failed, enter, finally, handle, handling, raise, raise_from, reraise, restore,
    unsupported,
};
pub use rtcore::gen_::fstring::{A, Lit, Part, R, S, Spec, fstring};
pub use rtcore::gen_::import::{import, import_as, import_beyond, import_from, import_name, import_star};
pub use rtcore::gen_::iter::{
    Iter, collect, range_step, dict, dict_of, dict_set, dict_spread, iter, iter_of, iter_value, list, set, set_add, set_of, set_spread, tuple,
    unpack, unpack_star,
};
pub use rtcore::gen_::make::{
    annotated, bigint, bool_, bytes, closure, closure_with, complex, dir_of, float, function, function_with, generic, globals, int, locals, param_spec,
    slice, str_points, type_alias, type_var, type_var_tuple, with_type_params,
};
pub use rtcore::gen_::op::*;
pub use rtcore::gen_::pattern::{match_class, match_keys, match_keys_rest, match_sequence, match_sequence_star};
pub use crate::start::run_main;
pub use rtcore::gen_::slot::{Direct, Global};
pub use rtcore::gen_::{Arg, Item};
pub use rtcore::types::module::{ModuleDef, Slot};
pub use rtcore::types::none::{ellipsis, not_implemented};
pub use rtcore::value::{FALSE, NONE, TRUE, UNBOUND, Value};
pub use rtcore::{ic, s, sites};

pub use rtcore::gen_::exceptions::*;
