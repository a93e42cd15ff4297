//! Owns: the case methods and predicates of bytes. Never: the algorithms (`text::ascii`).

use super::{like, me};
use crate::methods::*;
use crate::text::ascii;

pub fn upper(v: &Value) -> PyResult {
    let mapped = me(v)?.to_ascii_uppercase();
    Ok(like(v, mapped))
}
pub fn lower(v: &Value) -> PyResult {
    let mapped = me(v)?.to_ascii_lowercase();
    Ok(like(v, mapped))
}
macro_rules! mapped {
    ($($name:ident)*) => { $(pub fn $name(v: &Value) -> PyResult {
        let mapped = ascii::$name(&me(v)?);
        Ok(like(v, mapped))
    })* };
}
mapped! { title capitalize swapcase }

pub fn isascii(v: &Value) -> PyResult {
    Ok(Value::bool(me(v)?.is_ascii()))
}
macro_rules! predicates {
    ($($name:ident $is:ident;)*) => { $(pub fn $name(v: &Value) -> PyResult { Ok(Value::bool(ascii::$is(&me(v)?))) })* };
}
predicates! {
    isalpha is_alpha; isalnum is_alnum; isdigit is_digit; islower is_lower; isupper is_upper; istitle is_title;
    isspace is_space;
}
