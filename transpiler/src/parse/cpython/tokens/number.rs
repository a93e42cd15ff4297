//! Owns: numbers, and what is wrong with them.
//! Never: computes a value.
//!
//! CPython 3.13: Parser/lexer/lexer.c, tok_get_normal_mode ("Number"), tok_decimal_tail, verify_end_of_number.

use super::{Kind, Lexer, Step};

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Step<()> {
        if self.peek() == Some(b'0') {
            self.at += 1;
            match self.peek() {
                Some(b'x' | b'X') => self.radix("hexadecimal", 16)?,
                Some(b'o' | b'O') => self.radix("octal", 8)?,
                Some(b'b' | b'B') => self.radix("binary", 2)?,
                _ => self.zero()?,
            }
        } else {
            if self.peek() != Some(b'.') {
                self.digits()?;
            }
            self.fraction()?;
        }
        self.token(Kind::Number);
        Ok(())
    }

    fn is_digit(&self, base: u32) -> bool {
        self.peek().is_some_and(|byte| char::from(byte).is_digit(base))
    }

    fn radix(&mut self, what: &str, base: u32) -> Step<()> {
        self.at += 1;
        loop {
            if self.peek() == Some(b'_') {
                self.at += 1;
            }
            if !self.is_digit(base) {
                self.foreign_digit(what, base)?;
                return self.raise(format!("invalid {what} literal"));
            }
            while self.is_digit(base) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                break;
            }
        }
        self.foreign_digit(what, base)?;
        self.end_of_number(what)
    }

    /// `8` in an octal number, which CPython reads before it complains.
    fn foreign_digit(&mut self, what: &str, base: u32) -> Step<()> {
        match self.peek() {
            Some(byte) if base < 10 && byte.is_ascii_digit() => {
                self.at += 1;
                self.raise(format!("invalid digit '{}' in {what} literal", char::from(byte)))
            }
            _ => Ok(()),
        }
    }

    /// Digits with single underscores between them; at least one has been seen or is next.
    fn digits(&mut self) -> Step<()> {
        loop {
            while self.is_digit(10) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                return Ok(());
            }
            self.at += 1;
            if !self.is_digit(10) {
                return self.raise("invalid decimal literal");
            }
        }
    }

    fn zero(&mut self) -> Step<()> {
        loop {
            if self.peek() == Some(b'_') {
                self.at += 1;
                if !self.is_digit(10) {
                    return self.raise("invalid decimal literal");
                }
            }
            if self.peek() != Some(b'0') {
                break;
            }
            self.at += 1;
        }
        let zeros_end = self.column(self.at) + 1;
        let nonzero = self.is_digit(10);
        if nonzero {
            self.digits()?;
        }
        match self.peek() {
            Some(b'.' | b'e' | b'E' | b'j' | b'J') => self.fraction(),
            _ if nonzero => {
                let message = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
                let column = self.column(self.start) + 1;
                Err(self.stop("SyntaxError", message, self.line, self.taken_for_characters(column), self.taken_for_characters(zeros_end), true))
            }
            _ => self.end_of_number("decimal"),
        }
    }

    /// CPython takes these columns, counted in bytes, for characters.
    fn taken_for_characters(&self, column: u32) -> u32 {
        let length = self.line_length();
        let line = self.text.get(self.line_start as usize..(self.line_start + length) as usize).unwrap_or("");
        let beyond = || length + column.saturating_sub(line.chars().count() as u32);
        line.char_indices().nth(column.saturating_sub(1) as usize).map_or_else(beyond, |(at, _)| at as u32 + 1)
    }

    fn fraction(&mut self) -> Step<()> {
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.is_digit(10) {
                self.digits()?;
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek_at(1), Some(b'+' | b'-')));
            if self.peek_at(1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1 + sign;
                self.digits()?;
            } else if sign == 1 {
                self.at += 2;
                return self.raise("invalid decimal literal");
            } else {
                return self.end_of_number("decimal");
            }
        }
        if matches!(self.peek(), Some(b'j' | b'J')) {
            self.at += 1;
            return self.end_of_number("imaginary");
        }
        self.end_of_number("decimal")
    }

    /// Only a few keywords may touch a number.
    fn end_of_number(&mut self, what: &str) -> Step<()> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let part = |at: usize| rest.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128);
        let whole = ["and", "else", "for", "or", "not"].iter().any(|word| rest.starts_with(word.as_bytes()) && !part(word.len()));
        let keyword = whole || ["if", "in", "is"].iter().any(|word| rest.starts_with(word.as_bytes()));
        let touches = part(0) && rest.first().is_some_and(u8::is_ascii);
        if touches && !keyword { self.raise(format!("invalid {what} literal")) } else { Ok(()) }
    }
}
