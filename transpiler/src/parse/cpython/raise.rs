//! Owns: what the grammar's actions do beyond building pieces: they find out whether there is an error, and word it.
//! Never: decides which action runs.
//!
//! CPython 3.13: Parser/action_helpers.c, Parser/pegen.h, Parser/pegen_errors.c.

use super::engine::{Engine, Value};
use super::grammar::Node;
use super::keywords;
use super::literals;
use super::tokens::{Kind, Token};
use super::{Place, Wrong};

/// The most digits of an integer in decimal: `sys.int_info.default_max_str_digits`.
const MAX_DIGITS: usize = 4300;

/// Which statement asks whether something can be a target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Star,
    Del,
    For,
}

impl Engine<'_> {
    /// `None` with `wrong` set is an error, without it a refusal.
    pub fn raise(&mut self, how: &str, values: &[Value], text: &str) -> Option<Value> {
        let mut values = values.iter().copied();
        let (a, b) = (values.next(), values.next());
        match how {
            "at" => self.over(a?, a?, self.fill_in(text, a)),
            "range" => self.over(a?, b?, self.fill_in(text, a)),
            "from" => self.starting_from(a?, self.fill_in(text, a)),
            "last" => self.fail(self.at_last("SyntaxError", self.fill_in(text, a))),
            "indent" => self.fail(self.at_last("IndentationError", self.fill_in(text, a))),
            "next" => {
                let token = self.token_at(self.mark.min(self.fill.saturating_sub(1)))?;
                self.fail(self.at_token("SyntaxError", text.to_owned(), token))
            }
            "target_star" => self.target(a?, Target::Star, text),
            "target_for" => self.target(a?, Target::For, text),
            "target_del" => self.target(a?, Target::Del, text),
            "comma" => {
                let level = self.mark.checked_sub(1).and_then(|at| self.token_at(at)).map_or(0, |token| token.level);
                if self.is_legacy(a?) || level == 0 {
                    return None;
                }
                self.over(a?, b?, "invalid syntax. Perhaps you forgot a comma?".to_owned())
            }
            "legacy" => {
                if !self.is_legacy(a?) {
                    return None;
                }
                let name = self.spelled(a?);
                self.over(a?, b?, format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?"))
            }
            "genexp" => {
                let positional = self.arguments(a?).into_iter().filter(|value| !self.is(*value, &[Node::Keyword, Node::Unpacking]));
                let positional: Vec<Value> = positional.collect();
                match positional.as_slice() {
                    [_, .., last] => self.over(*last, b?, text.to_owned()),
                    _ => None,
                }
            }
            "positional" => {
                let unpacking = self.arguments(a?).into_iter().any(|value| self.is(value, &[Node::Unpacking]));
                let text = if unpacking { "positional argument follows keyword argument unpacking" } else { "positional argument follows keyword argument" };
                self.fail(self.at_last("SyntaxError", text.to_owned()))
            }
            "bound" => {
                let what = if self.is(b?, &[Node::Tuple]) { "constraints" } else { "bound" };
                self.starting_from(a?, format!("cannot use {what} with {text}"))
            }
            "key" => {
                let (first, last) = (self.first(a?)?, self.last(a?)?);
                let place = Place { line: first.line, column: last.end_column.unwrap_or(0), end_line: last.end_line, end_column: 0 };
                self.fail(Wrong { kind: "SyntaxError", message: text.to_owned(), place: Some(place) })
            }
            "real" | "imaginary" => {
                let complex = self.spelled(a?).ends_with(['j', 'J']);
                if complex == (how == "real") { self.over(a?, a?, text.to_owned()) } else { a }
            }
            "flufl" => None,
            "formatted" => self.formatted(a?),
            "conversion" => self.conversion(a?, b?),
            "string" | "middle" => self.literal(a?, how == "middle"),
            "fstring" => self.fstring(),
            "strings" => self.strings(a?),
            _ => None,
        }
    }

    fn fail<T>(&mut self, wrong: Wrong) -> Option<T> {
        self.wrong.get_or_insert(wrong);
        None
    }

    fn is(&self, value: Value, nodes: &[Node]) -> bool {
        self.piece(value).is_some_and(|piece| nodes.contains(&piece.node))
    }

    fn first(&self, value: Value) -> Option<&'_ Token> {
        self.token_at(self.piece(value)?.first as usize)
    }

    fn last(&self, value: Value) -> Option<&'_ Token> {
        self.token_at(self.piece(value)?.last as usize)
    }

    /// RAISE_SYNTAX_ERROR_KNOWN_RANGE.
    fn over<T>(&mut self, a: Value, b: Value, message: String) -> Option<T> {
        let wrong = Wrong::over("SyntaxError", message, self.first(a)?, self.last(b)?);
        self.fail(wrong)
    }

    /// RAISE_SYNTAX_ERROR_STARTING_FROM: up to where the tokenizer stands.
    fn starting_from<T>(&mut self, a: Value, message: String) -> Option<T> {
        let (first, last) = (*self.first(a)?, *self.token_at(self.fill.checked_sub(1)?)?);
        let mut wrong = Wrong::over("SyntaxError", message, &first, &first);
        if let Some(place) = &mut wrong.place {
            place.end_line = last.now_line;
            place.end_column = last.now_column;
        }
        self.fail(wrong)
    }

    /// RAISE_SYNTAX_ERROR: at the last token that was looked at.
    pub fn at_last(&self, kind: &'static str, message: String) -> Wrong {
        match self.fill.checked_sub(1).and_then(|at| self.token_at(at)) {
            Some(token) => self.at_token(kind, message, token),
            None => Wrong { kind, message, place: None },
        }
    }

    /// A token without a place has the one where the tokenizer stands.
    fn at_token(&self, kind: &'static str, message: String, token: &Token) -> Wrong {
        let mut wrong = Wrong::over(kind, message, token, token);
        if let (None, Some(place), Some(last)) = (token.column, &mut wrong.place, self.fill.checked_sub(1).and_then(|at| self.token_at(at))) {
            place.column = last.now_column;
        }
        wrong
    }

    fn fill_in(&self, text: &str, a: Option<Value>) -> String {
        let text = text.replace("\\\"", "\"");
        let Some(a) = a else { return text };
        let called = self.piece(a).map_or("", |piece| piece.node.called());
        let text = text.replace("{a}", called).replace("{a:text}", self.spelled(a));
        text.replace("{a:line}", &self.first(a).map_or(0, |token| token.line).to_string())
    }

    fn spelled(&self, value: Value) -> &str {
        self.first(value).map_or("", |token| self.word(token))
    }

    fn is_legacy(&self, value: Value) -> bool {
        self.is(value, &[Node::Name]) && matches!(self.spelled(value), "print" | "exec")
    }

    fn arguments(&self, value: Value) -> Vec<Value> {
        let mut out = Vec::new();
        if let Some(piece) = self.piece(value) {
            self.flat(&piece.inside, &mut out);
        }
        out
    }

    fn target(&mut self, value: Value, target: Target, text: &str) -> Option<Value> {
        let invalid = self.invalid_target(value, target)?;
        let message = self.fill_in(text, Some(invalid));
        self.over(invalid, invalid, message)
    }

    /// CPython 3.13: Parser/pegen.c, _PyPegen_get_invalid_target.
    fn invalid_target(&self, value: Value, target: Target) -> Option<Value> {
        let piece = self.piece(value)?;
        match piece.node {
            Node::List | Node::Tuple => self.arguments(value).into_iter().find_map(|inside| self.invalid_target(inside, target)),
            Node::Starred if target == Target::Del => Some(value),
            Node::Starred => self.invalid_target(piece.inside.first().copied()?, target),
            // `in` of a `for` is taken for a comparison.
            Node::Compare if target == Target::For => {
                let is_in = piece.inside.get(1).and_then(|pairs| self.first(*pairs)).is_some_and(|token| Some(token.kind) == keywords::word("in").map(Kind::Keyword));
                if is_in { self.invalid_target(piece.inside.first().copied()?, target) } else { None }
            }
            Node::Name | Node::Subscript | Node::Attribute => None,
            Node::Call | Node::Operation | Node::Generator | Node::Yield | Node::Await | Node::ListComp | Node::SetComp | Node::DictComp
            | Node::Dict | Node::Set | Node::FString | Node::Literal | Node::True | Node::False | Node::None | Node::Ellipsis | Node::Compare
            | Node::IfExp | Node::Named | Node::Lambda | Node::Slice | Node::Param | Node::Keyword | Node::Unpacking | Node::Args | Node::Seq
            | Node::Token | Node::Other => Some(value),
        }
    }

    /// CPython 3.13: Parser/pegen.c, _PyPegen_number_token.
    pub fn number(&mut self, at: usize) -> Option<Value> {
        let token = *self.token_at(at)?;
        let text = self.word(&token);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits > MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
            let message = format!(
                "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {digits} digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid decimal conversion limits."
            );
            let place = Place { line: token.line, column: 0, end_line: token.end_line, end_column: 0 };
            return self.fail(Wrong { kind: "SyntaxError", message, place: Some(place) });
        }
        Some(self.value_piece(Node::Literal, at))
    }

    fn conversion(&mut self, sign: Value, name: Value) -> Option<Value> {
        let (exclamation, word) = (*self.first(sign)?, *self.first(name)?);
        if exclamation.end != word.start {
            return self.over(sign, name, "f-string: conversion type must come right after the exclamanation mark".to_owned());
        }
        Some(name)
    }

    /// The conversion of a whole replacement field, if it has one.
    fn formatted(&mut self, name: Value) -> Option<Value> {
        let text = self.spelled(name);
        if self.is(name, &[Node::Name]) && !matches!(text, "s" | "r" | "a") {
            let message = format!("f-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
            return self.over(name, name, message);
        }
        Some(self.value_piece(Node::Other, self.mark.saturating_sub(1)))
    }

    fn literal(&mut self, value: Value, middle: bool) -> Option<Value> {
        let token = *self.first(value)?;
        let first = self.piece(value)?.first as usize;
        let problem = if middle { literals::text(self.word(&token)) } else { literals::string(self.word(&token)) };
        match problem {
            Ok(()) => Some(self.value_piece(Node::Literal, first)),
            Err(literals::Problem::Ascii) => self.over(value, value, "bytes can only contain ASCII literal characters".to_owned()),
            Err(literals::Problem::Escape(text)) => self.fail(self.at_last("SyntaxError", text)),
        }
    }

    /// The parts of an f-string are read when its end has been seen.
    fn fstring(&mut self) -> Option<Value> {
        let end = self.mark.checked_sub(1)?;
        let mut depth = 0;
        let mut start = end;
        while let Some(token) = self.token_at(start) {
            match token.kind {
                Kind::FEnd => depth += 1,
                Kind::FStart => depth -= 1,
                Kind::Name | Kind::Keyword(_) | Kind::Number | Kind::Str | Kind::FMiddle | Kind::Op(_) | Kind::Other | Kind::Newline
                | Kind::Indent | Kind::Dedent | Kind::End => {}
            }
            if depth == 0 || start == 0 {
                break;
            }
            start -= 1;
        }
        let prefix = self.token_at(start).map_or("", |token| self.word(token));
        let (mut nested, mut braces) = (0, 0);
        if !prefix.contains(['r', 'R']) {
            for at in start..end {
                let Some(token) = self.token_at(at) else { break };
                match token.kind {
                    Kind::FStart => nested += 1,
                    Kind::FEnd => nested -= 1,
                    kind if nested == 1 && kind == keywords::operator("{") => braces += 1,
                    kind if nested == 1 && kind == keywords::operator("}") => braces -= 1,
                    Kind::FMiddle if nested == 1 && braces == 0 => {
                        if let Err(literals::Problem::Escape(text)) = literals::text(self.word(token)) {
                            return self.fail(self.at_last("SyntaxError", text));
                        }
                    }
                    Kind::Name | Kind::Keyword(_) | Kind::Number | Kind::Str | Kind::FMiddle | Kind::Op(_) | Kind::Other | Kind::Newline
                    | Kind::Indent | Kind::Dedent | Kind::End => {}
                }
            }
        }
        Some(self.value_piece(Node::FString, start))
    }

    /// Adjacent strings: bytes and text do not mix.
    fn strings(&mut self, value: Value) -> Option<Value> {
        let parts = self.piece(value)?.inside.clone();
        let bytes = |engine: &Self, part: &Value| {
            let text = engine.spelled(*part);
            text.bytes().take_while(|byte| !matches!(byte, b'"' | b'\'')).any(|byte| matches!(byte, b'b' | b'B'))
        };
        let count = parts.iter().filter(|part| bytes(self, part)).count();
        if count != 0 && count != parts.len() {
            return self.fail(self.at_last("SyntaxError", "cannot mix bytes and nonbytes literals".to_owned()));
        }
        let first = self.piece(value)?.first as usize;
        let node = if parts.iter().any(|part| self.is(*part, &[Node::FString])) { Node::FString } else { Node::Literal };
        Some(self.value_piece(node, first))
    }
}
