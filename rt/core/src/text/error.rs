//! Owns: the error of a pure text algorithm: which built-in exception, with which message. Never: raises.

/// The exception class an algorithm asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Value,
    Type,
    Overflow,
    Index,
    Key,
    Memory,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    pub kind: Kind,
    pub message: String,
}

pub type TextResult<T> = Result<T, TextError>;

impl TextError {
    pub fn new(kind: Kind, message: impl Into<String>) -> TextError {
        TextError { kind, message: message.into() }
    }
    pub fn value(message: impl Into<String>) -> TextError {
        TextError::new(Kind::Value, message)
    }
    pub fn type_(message: impl Into<String>) -> TextError {
        TextError::new(Kind::Type, message)
    }
    pub fn overflow(message: impl Into<String>) -> TextError {
        TextError::new(Kind::Overflow, message)
    }
}
