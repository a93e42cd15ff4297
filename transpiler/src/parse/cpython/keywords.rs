//! Owns: the words and operators of CPython's grammar, by number.
//! Never: reads a text.
//!
//! CPython 3.13: Grammar/Tokens, and the reserved words of Grammar/python.gram.

use super::tokens::Kind;

#[rustfmt::skip]
pub const WORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

/// Names that are words of the grammar in some places only.
pub const SOFT: &[&str] = &["_", "case", "match", "type"];

#[rustfmt::skip]
pub const OPERATORS: &[&str] = &[
    "!", "!=", "%", "%=", "&", "&=", "(", ")", "*", "**", "**=", "*=", "+", "+=", ",", "-", "-=", "->", ".", "...", "/", "//", "//=",
    "/=", ":", ":=", ";", "<", "<<", "<<=", "<=", "<>", "=", "==", ">", ">=", ">>", ">>=", "@", "@=", "[", "]", "^", "^=", "{", "|", "|=",
    "}", "~",
];

pub fn word(text: &str) -> Option<u8> {
    WORDS.binary_search(&text).ok().map(|at| at as u8)
}

pub fn find_operator(text: &str) -> Option<u8> {
    OPERATORS.binary_search(&text).ok().map(|at| at as u8)
}

/// The kind of an operator that is known to exist.
pub fn operator(text: &str) -> Kind {
    find_operator(text).map_or(Kind::Other, Kind::Op)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(WORDS.is_sorted() && OPERATORS.is_sorted() && SOFT.is_sorted());
    }
}
