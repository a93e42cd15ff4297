//! Owns: the iterator types of builtin sequences and the iterators that builtin functions make
//! (`enumerate`, `zip`, `map`, `filter`, `reversed`, `iter(f, sentinel)`).
//! Never: iterates dictionaries and sets; their tables come with their own iterators.
//! Source: CPython 3.13, Objects/iterobject.c, Objects/enumobject.c, Python/bltinmodule.c.

mod adapters;
mod index;

pub use adapters::{CALLABLE_ITER, ENUMERATE, FILTER, MAP, REVERSED, SEQ_ITER, ZIP, callable, reversed, sequence};
pub use index::{LIST_ITER, LIST_REVERSE, STR_ASCII_ITER, STR_ITER, TUPLE_ITER, list_at, list_reversed, str_iter, tuple_at};

use crate::error::{PyResult, stop_iteration};
use crate::value::{NONE, Value};

/// `iter(it)` of an iterator.
pub fn itself(v: &Value) -> PyResult {
    Ok(v.clone())
}
/// `it.__next__()` of a builtin iterator.
pub fn next_or_stop(v: &Value) -> PyResult {
    let next = match v.ty().hooks().next {
        Some(hook) => hook(v)?,
        None => None,
    };
    next.ok_or_else(|| stop_iteration(NONE))
}

/// Defines a builtin iterator type: `iterator! { pub LIST_ITER = "list_iterator" of Body, next, [more methods] }`.
#[macro_export]
macro_rules! iterator_type {
    ($ty:ident, $name:literal, $body:ty, $next:path, [$($m:expr),* $(,)?]) => {
        pub static $ty: $crate::types::class::Type = {
            static METHODS: &[$crate::def::Method] = &[
                $crate::def::Method::new("__iter__(self, /)", $crate::def::F1($crate::types::iterators::itself)),
                $crate::def::Method::new("__next__(self, /)", $crate::def::F1($crate::types::iterators::next_or_stop)),
                $($m),*
            ];
            static DEF: $crate::types::class::ClassDef = $crate::types::class::ClassDef::new::<$body>($name)
                .methods(METHODS)
                .hooks($crate::types::class::Hooks {
                    iter: Some($crate::types::iterators::itself),
                    next: Some($next),
                    ..$crate::types::class::Hooks::NONE
                });
            $crate::types::class::Type::builtin(&DEF)
        };
    };
    ($ty:ident, $name:literal, $body:ty, like $solid:expr, $next:path, [$($m:expr),* $(,)?]) => {
        pub static $ty: $crate::types::class::Type = {
            static METHODS: &[$crate::def::Method] = &[
                $crate::def::Method::new("__iter__(self, /)", $crate::def::F1($crate::types::iterators::itself)),
                $crate::def::Method::new("__next__(self, /)", $crate::def::F1($crate::types::iterators::next_or_stop)),
                $($m),*
            ];
            static DEF: $crate::types::class::ClassDef = $crate::types::class::ClassDef::new::<$body>($name)
                .like(&$crate::types::object_::OBJECT, &$solid)
                .methods(METHODS)
                .hooks($crate::types::class::Hooks {
                    iter: Some($crate::types::iterators::itself),
                    next: Some($next),
                    ..$crate::types::class::Hooks::NONE
                });
            $crate::types::class::Type::builtin(&DEF)
        };
    };
}
