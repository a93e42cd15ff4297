//! Owns: the pure number algorithms of the runtime (integers of any size, floats, complex, hashes, the Mersenne
//! Twister, the functions of `math`). Never: touches a `Value`, raises; failures are `NumErr`, turned into
//! exceptions by the types that call in.

pub mod cmath;
pub mod complex;
pub mod dist;
pub mod float;
pub mod hash;
pub mod int;
pub mod libm;
pub mod mathfn;
pub mod mathint;
pub mod parse;
pub mod range;
pub mod sum;
pub mod twister;
pub mod typed;

use std::borrow::Cow;

pub use int::IntRef;
pub use num_bigint::BigInt;
pub use typed::Int;

/// The exception a number algorithm asks for: its class and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumErr {
    Value(Cow<'static, str>),
    Type(Cow<'static, str>),
    Overflow(Cow<'static, str>),
    ZeroDivision(Cow<'static, str>),
    Index(Cow<'static, str>),
    Memory,
    /// `OverflowError(34, 'Numerical result out of range')`, which CPython makes from `errno`.
    Range,
}

pub type NumResult<T> = Result<T, NumErr>;

pub fn value_err<T>(text: impl Into<Cow<'static, str>>) -> NumResult<T> {
    Err(NumErr::Value(text.into()))
}
pub fn type_err<T>(text: impl Into<Cow<'static, str>>) -> NumResult<T> {
    Err(NumErr::Type(text.into()))
}
pub fn overflow<T>(text: impl Into<Cow<'static, str>>) -> NumResult<T> {
    Err(NumErr::Overflow(text.into()))
}
pub fn zero_division<T>(text: impl Into<Cow<'static, str>>) -> NumResult<T> {
    Err(NumErr::ZeroDivision(text.into()))
}
