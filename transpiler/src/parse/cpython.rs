//! Owns: CPython's verdict on a text, with its own words: a port of its tokenizer and grammar.
//! Never: builds a tree (the parser crate does).
//!
//! The parser crate decides what a valid program means; what is not valid, and what is said about it, is decided here.
//! The port carries the PSF licence of what it ports.

mod engine;
mod grammar;
mod keywords;
mod literals;
mod raise;
mod tokens;

use engine::Engine;
use tokens::{Kind, Stop, Token, Tokens};

/// What CPython raises for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub kind: &'static str,
    pub message: String,
    /// `None` when CPython names no place.
    pub place: Option<Place>,
}

/// Lines from 1; columns from 1 in bytes, 0 where CPython has none; the end is behind the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Wrong {
    fn over(kind: &'static str, message: impl Into<String>, first: &Token, last: &Token) -> Self {
        let place = Place {
            line: first.line,
            column: first.column.map_or(0, |column| column + 1),
            end_line: last.end_line,
            end_column: last.end_column.map_or(0, |column| column + 1),
        };
        Self { kind, message: message.into(), place: Some(place) }
    }

    fn stopped(stop: &Stop) -> Self {
        let Stop { kind, message, line, column, end_column, raised: _, in_fstring: _, open: _ } = stop;
        let place = Place { line: *line, column: *column, end_line: *line, end_column: *end_column };
        Self { kind, message: message.clone(), place: Some(place) }
    }

    fn of_tokenizer(tokens: &Tokens) -> Self {
        match &tokens.stop {
            Some(stop) => Self::stopped(stop),
            None => Self { kind: "SyntaxError", message: "invalid syntax".to_owned(), place: None },
        }
    }

    /// CPython 3.13: Tools/peg_generator/pegen/c_generator.py, `MAXSTACK`.
    fn too_complex() -> Self {
        Self { kind: "MemoryError", message: "Parser stack overflowed - Python source too complex to parse".to_owned(), place: None }
    }

    /// CPython 3.13: Python/symtable.c and its like.
    pub fn too_deep() -> Self {
        Self { kind: "RecursionError", message: "maximum recursion depth exceeded during compilation".to_owned(), place: None }
    }
}

/// What CPython's parser says. CPython 3.13: Parser/pegen.c, _PyPegen_run_parser.
pub fn check(text: &str) -> Result<(), Wrong> {
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() as u32 + 1;
        let place = Place { line, column: 0, end_line: line, end_column: 0 };
        return Err(Wrong { kind: "SyntaxError", message: "source code cannot contain null bytes".to_owned(), place: Some(place) });
    }
    let tokens = tokens::tokenize(text);
    let mut engine = Engine::new(grammar::grammar(), text, &tokens);
    if engine.accepts() {
        return if tokens.endless { Err(Wrong::too_deep()) } else { Ok(()) };
    }
    // An error in the first pass, the tokenizer's or a token that must follow, ends the second before it begins.
    let early = engine.wrong.take();
    let last = engine.fill.checked_sub(1).and_then(|at| tokens.list.get(at)).copied();
    let wrong = match early {
        Some(wrong) => Some(wrong),
        None => {
            engine.again();
            engine.wrong.take()
        }
    };
    let reached = engine.fill.checked_sub(1).and_then(|at| tokens.list.get(at)).copied();
    match (wrong, last) {
        (Some(wrong), _) if tokens.stop.as_ref().is_some_and(|stop| wrong == Wrong::stopped(stop)) => Err(wrong),
        (Some(wrong), _) if wrong.kind == "MemoryError" => Err(wrong),
        (Some(wrong), _) => Err(of_the_rest(&tokens, reached).unwrap_or(wrong)),
        (None, Some(Token { kind: Kind::Indent, .. })) => Err(engine.at_last("IndentationError", "unexpected indent".to_owned())),
        (None, Some(Token { kind: Kind::Dedent, .. })) => Err(engine.at_last("IndentationError", "unexpected unindent".to_owned())),
        (None, Some(last)) => Err(of_the_rest(&tokens, reached).unwrap_or_else(|| Wrong::over("SyntaxError", "invalid syntax", &last, &last))),
        (None, None) => Err(Wrong::of_tokenizer(&tokens)),
    }
}

/// An error further down that the tokenizer meets goes before the parser's.
/// CPython 3.13: Parser/pegen_errors.c, _PyPegen_tokenize_full_source_to_check_for_errors.
fn of_the_rest(tokens: &Tokens, reached: Option<Token>) -> Option<Wrong> {
    let stop = tokens.stop.as_ref().filter(|stop| !stop.in_fstring)?;
    if stop.raised {
        return Some(Wrong::stopped(stop));
    }
    let (bracket, line, column) = stop.open?;
    let place = Place { line, column: column + 1, end_line: line, end_column: 0 };
    (reached?.line > line).then(|| Wrong { kind: "SyntaxError", message: format!("'{bracket}' was never closed"), place: Some(place) })
}
