//! Owns: f-strings: their starts, their literal parts, and their ends.
//! Never: reads the expressions inside (the rest of the tokenizer does).
//!
//! CPython 3.13: Parser/lexer/lexer.c, tok_get_fstring_mode.

use super::{FString, Kind, Lexer, MAX_FSTRINGS, Step};

/// `MAX_EXPR_NESTING`.
const MAX_FIELDS: i32 = 3;

impl Lexer<'_> {
    pub(super) fn fstring_start(&mut self) -> Step<()> {
        let quote = self.peek().unwrap_or(b'"');
        let triple = self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote);
        let size = if triple { 3 } else { 1 };
        self.at += size;
        if self.fstrings.len() + 1 >= MAX_FSTRINGS {
            return self.raise("too many nested f-strings");
        }
        let prefix = self.bytes.get(self.start..self.at).unwrap_or_default();
        self.fstrings.push(FString {
            quote,
            size: size as u8,
            raw: prefix.iter().any(|byte| matches!(byte, b'r' | b'R')),
            start: self.start as u32,
            line: self.line,
            line_start: self.line_start,
            depth: 0,
            field: -1,
            literal: true,
            in_spec: false,
            in_debug: false,
        });
        self.token(Kind::FStart);
        Ok(())
    }

    /// Opens a replacement field at the brace that is next.
    fn field(&mut self) -> Step<()> {
        if let Some(f) = self.fstrings.last_mut() {
            f.field += 1;
            f.literal = false;
            if f.field >= MAX_FIELDS {
                return self.raise("f-string: expressions nested too deeply");
            }
        }
        Ok(())
    }

    /// Up to the next field, the end of a field, or the end of the string.
    pub(super) fn fstring_text(&mut self) -> Step<()> {
        let Some(f) = self.fstrings.last() else { return Ok(()) };
        let (quote, size, raw) = (f.quote, usize::from(f.size), f.raw);
        let in_spec = f.in_spec && f.field >= 0;
        let (line, line_start) = (self.line, self.line_start);
        self.start = self.at;
        if self.peek() == Some(b'{') && self.peek_at(1) != Some(b'{') {
            return self.field();
        }
        if self.closes(quote, size) {
            self.at += size;
            self.token(Kind::FEnd);
            self.fstrings.pop();
            return Ok(());
        }
        let mut named = false;
        loop {
            if self.closes(quote, size) {
                break;
            }
            match self.peek() {
                Some(b'\n' | b'\r') if size == 1 && in_spec => {
                    if let Some(f) = self.fstrings.last_mut() {
                        f.literal = false;
                        f.in_spec = false;
                    }
                    break;
                }
                // The last line gets its end.
                None if size == 1 && in_spec && !self.bytes.ends_with(b"\n") => {
                    if let Some(f) = self.fstrings.last_mut() {
                        f.literal = false;
                        f.in_spec = false;
                    }
                    break;
                }
                None => return self.unterminated_fstring(),
                Some(b'\n' | b'\r') if size == 1 => return self.unterminated_fstring(),
                Some(b'\n' | b'\r') => {
                    self.line_end();
                }
                Some(b'{') => {
                    if self.peek_at(1) == Some(b'{') && !in_spec {
                        self.at += 2;
                    } else {
                        self.field()?;
                    }
                    break;
                }
                Some(b'}') if named => {
                    self.at += 1;
                    break;
                }
                Some(b'}') => {
                    let outside = self.fstrings.last().is_some_and(|f| f.depth == 0);
                    if self.peek_at(1) == Some(b'}') && !in_spec && outside {
                        self.at += 2;
                    } else if let Some(f) = self.fstrings.last_mut() {
                        f.literal = false;
                    }
                    break;
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'{' | b'}') | None => {}
                        Some(b'\n' | b'\r') => {
                            self.line_end();
                        }
                        Some(b'N') if !raw => {
                            self.at += 1;
                            if self.peek() == Some(b'{') {
                                self.at += 1;
                                named = true;
                            }
                        }
                        Some(_) => self.at += 1,
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        let start = self.start;
        self.push(Kind::FMiddle, start, line, Some(start as u32 - line_start), true);
        Ok(())
    }

    fn closes(&self, quote: u8, size: usize) -> bool {
        (0..size).all(|ahead| self.peek_at(ahead) == Some(quote))
    }

    /// Reported where the string began.
    fn unterminated_fstring(&mut self) -> Step<()> {
        let Some(f) = self.fstrings.last() else { return Ok(()) };
        let what = if f.size == 3 { "triple-quoted f-string" } else { "f-string" };
        let message = format!("unterminated {what} literal (detected at line {})", self.detected());
        let column = f.start - f.line_start + 1;
        Err(self.stop("SyntaxError", message, f.line, column, column, true))
    }
}
