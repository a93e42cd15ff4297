//! Owns: CPython's tokenizer: the tokens its parser sees, where each lies, and the errors it stops with.
//! Never: knows the grammar.
//!
//! CPython 3.13: Parser/lexer/lexer.c. The parser that builds our tree has its own lexer; this one exists because
//! CPython's messages depend on how far its tokenizer had read.

mod fstring;
mod number;

use super::keywords;

/// `MAXLEVEL`, `MAXINDENT` and `MAXFSTRINGLEVEL`.
const MAX_NESTING: usize = 200;
const MAX_INDENT: usize = 100;
const MAX_FSTRINGS: usize = 150;
/// A chain of operators or attributes this long is deeper than CPython's compiler goes, and than a tree should be.
const MAX_CHAIN: u32 = 100_000;

const EOF: &str = "unexpected EOF while parsing";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    /// A word of the grammar: its number in `keywords::WORDS`.
    Keyword(u8),
    Number,
    Str,
    FStart,
    FMiddle,
    FEnd,
    /// An operator: its number in `keywords::OPERATORS`.
    Op(u8),
    /// A printable character that is no token of Python: `$`, `?`, a backquote.
    Other,
    Newline,
    Indent,
    Dedent,
    End,
}

/// A place as the tokenizer counts: line from 1, column in bytes; `None` where CPython has -1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    pub line: u32,
    pub column: Option<u32>,
    pub end_line: u32,
    pub end_column: Option<u32>,
    /// Open brackets when it was read.
    pub level: u16,
    /// Where the tokenizer stood behind it.
    pub now_line: u32,
    pub now_column: u32,
}

/// Why there are no more tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    pub kind: &'static str,
    pub message: String,
    pub line: u32,
    /// From 1, in bytes.
    pub column: u32,
    /// In bytes, behind the last; 0 when CPython marks one character.
    pub end_column: u32,
    /// The tokenizer raised it itself, so it counts even when the parser had given up before.
    pub raised: bool,
    /// An f-string was being read: the parser's own error goes first.
    pub in_fstring: bool,
    /// The innermost open bracket: what it is, its line, its column.
    pub open: Option<(char, u32, u32)>,
}

#[derive(Debug)]
pub struct Tokens {
    pub list: Vec<Token>,
    pub stop: Option<Stop>,
    /// The longest chain of operators is beyond `MAX_CHAIN`.
    pub endless: bool,
}

/// All tokens of a text up to the first error.
pub fn tokenize(text: &str) -> Tokens {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        line_start: 0,
        buffer_start: 0,
        in_string: false,
        start: 0,
        bol: true,
        continued: false,
        indents: vec![(0, 0)],
        pending: 0,
        brackets: Vec::new(),
        fstrings: Vec::new(),
        list: Vec::with_capacity(text.len() / 4),
        chains: vec![0],
        endless: false,
    };
    let stop = lexer.run().err().map(|stop| *stop);
    Tokens { list: lexer.list, stop, endless: lexer.endless }
}

/// An f-string that is being read.
struct FString {
    quote: u8,
    size: u8,
    raw: bool,
    /// Where it began: offset, line, and where that line starts.
    start: u32,
    line: u32,
    line_start: u32,
    depth: i32,
    /// The depth at which the innermost replacement field opened.
    field: i32,
    /// Text is read, not an expression.
    literal: bool,
    in_spec: bool,
    in_debug: bool,
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    line: u32,
    line_start: u32,
    /// Where the line starts that was read first for what is in CPython's buffer: a token of several lines keeps it.
    buffer_start: u32,
    in_string: bool,
    /// Of the token being read.
    start: usize,
    /// At the beginning of a line.
    bol: bool,
    continued: bool,
    /// Columns with tabs to 8, and with tabs as one.
    indents: Vec<(u32, u32)>,
    pending: i32,
    /// The bracket, its line, its column.
    brackets: Vec<(u8, u32, u32)>,
    fstrings: Vec<FString>,
    list: Vec<Token>,
    /// Per open bracket: operators since the expression began.
    chains: Vec<u32>,
    endless: bool,
}

type Step<T> = Result<T, Box<Stop>>;

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Steps over a line end of any kind, if there is one.
    fn line_end(&mut self) -> bool {
        match self.peek() {
            Some(b'\n') => self.at += 1,
            Some(b'\r') => self.at += if self.peek_at(1) == Some(b'\n') { 2 } else { 1 },
            _ => return false,
        }
        // CPython counts a line when it reads it, so the end of the text is still the last one's.
        if self.at < self.bytes.len() {
            self.line += 1;
            self.line_start = self.at as u32;
            if !self.in_string && self.fstrings.is_empty() {
                self.buffer_start = self.line_start;
            }
        }
        true
    }

    fn column(&self, at: usize) -> u32 {
        at as u32 - self.line_start.min(at as u32)
    }

    /// `_PyTokenizer_syntaxerror`: the column is that of the last character read.
    fn raise<T>(&self, message: impl Into<String>) -> Step<T> {
        let last = (0..self.at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let column = if self.at as u32 > self.line_start { self.column(last) + 1 } else { 0 };
        Err(self.stop("SyntaxError", message, self.line, column, column, true))
    }

    fn stop(&self, kind: &'static str, message: impl Into<String>, line: u32, column: u32, end_column: u32, raised: bool) -> Box<Stop> {
        let open = self.brackets.last().map(|(bracket, line, column)| (char::from(*bracket), *line, *column));
        let in_fstring = !self.fstrings.is_empty();
        Box::new(Stop { kind, message: message.into(), line, column, end_column, raised, in_fstring, open })
    }

    fn push(&mut self, kind: Kind, start: usize, line: u32, column: Option<u32>, placed: bool) {
        let token = Token {
            kind,
            start: start as u32,
            end: self.at as u32,
            line,
            column,
            end_line: self.line,
            end_column: placed.then(|| self.column(self.at)),
            level: self.brackets.len() as u16,
            now_line: self.line,
            now_column: self.column(self.at),
        };
        self.list.push(token);
    }

    /// A token of one line.
    fn token(&mut self, kind: Kind) {
        let start = self.start;
        self.push(kind, start, self.line, Some(self.column(start)), true);
    }

    /// A token without a place of its own.
    fn placeless(&mut self, kind: Kind) {
        self.push(kind, self.at, self.line, None, false);
        // At the end of the text CPython has begun a line that it does not count.
        if self.at == self.bytes.len()
            && let Some(token) = self.list.last_mut()
        {
            token.now_column = 0;
        }
    }

    fn run(&mut self) -> Step<()> {
        loop {
            if self.fstrings.last().is_some_and(|f| f.literal) {
                self.fstring_text()?;
                continue;
            }
            if std::mem::take(&mut self.bol) {
                if self.indentation()? {
                    continue;
                }
                while self.pending != 0 {
                    let kind = if self.pending > 0 { Kind::Indent } else { Kind::Dedent };
                    self.pending -= self.pending.signum();
                    self.placeless(kind);
                }
            }
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\x0c')) {
                self.at += 1;
            }
            self.start = self.at;
            // A comment is part of the line end behind it.
            if self.peek() == Some(b'#') {
                self.comment();
            }
            match self.peek() {
                None => return self.end(),
                Some(b'\n' | b'\r') => self.newline(),
                Some(b'\\') => {
                    self.at += 1;
                    self.continuation()?;
                }
                Some(b'0'..=b'9') => self.number()?,
                Some(b'.') if self.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number()?,
                Some(b'"' | b'\'') => self.string()?,
                Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 128 => self.word()?,
                Some(_) => self.operator()?,
            }
        }
    }

    fn comment(&mut self) {
        while !matches!(self.peek(), None | Some(b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The token that was added last is a line end of one character.
    fn widen(&mut self) {
        if let Some(token) = self.list.last_mut() {
            token.end_column = token.end_column.map(|column| column + 1);
            token.now_column += 1;
        }
    }

    fn newline(&mut self) {
        self.bol = true;
        if self.brackets.is_empty() {
            self.continued = false;
            self.token(Kind::Newline);
            self.chains.truncate(1);
            self.reset_chain();
            self.widen();
        }
        self.line_end();
    }

    /// Returns true when the line is blank and was skipped.
    fn indentation(&mut self) -> Step<bool> {
        let (mut column, mut flat, mut first) = (0, 0, 0);
        loop {
            match self.peek() {
                Some(b' ') => (column, flat) = (column + 1, flat + 1),
                Some(b'\t') => (column, flat) = ((column / 8 + 1) * 8, flat + 1),
                Some(b'\x0c') => (column, flat) = (0, 0),
                Some(b'\\') => {
                    first = if first == 0 { column } else { first };
                    self.at += 1;
                    // Where nothing of the line has been read yet, CPython has no column.
                    self.continuation().map_err(|mut stop| {
                        if stop.message == EOF {
                            stop.column = 0;
                        }
                        stop
                    })?;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        if matches!(self.peek(), Some(b'#' | b'\n' | b'\r')) {
            if self.peek() == Some(b'#') {
                self.comment();
            }
            // A comment in the last line, without a line end, is as blank as any other.
            if self.peek().is_some() {
                self.line_end();
            }
            self.bol = true;
            return Ok(true);
        }
        if !self.brackets.is_empty() {
            return Ok(false);
        }
        if self.peek().is_none() {
            (column, flat) = (0, 0);
        } else if first != 0 {
            (column, flat) = (first, first);
        }
        let top = self.indents.last().copied().unwrap_or_default();
        if column == top.0 {
            if flat != top.1 {
                return self.tabs();
            }
        } else if column > top.0 {
            if self.indents.len() >= MAX_INDENT {
                return Err(self.stop("IndentationError", "too many levels of indentation", self.line, 1, 0, false));
            }
            if flat <= top.1 {
                return self.tabs();
            }
            self.pending += 1;
            self.indents.push((column, flat));
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|top| column < top.0) {
                self.indents.pop();
                self.pending -= 1;
            }
            let top = self.indents.last().copied().unwrap_or_default();
            if column != top.0 {
                let end = self.line_length() + 1;
                return Err(self.stop("IndentationError", "unindent does not match any outer indentation level", self.line, end, 0, false));
            }
            if flat != top.1 {
                return self.tabs();
            }
        }
        Ok(false)
    }

    fn tabs<T>(&self) -> Step<T> {
        Err(self.stop("TabError", "inconsistent use of tabs and spaces in indentation", self.line, 1, 0, false))
    }

    fn line_length(&self) -> u32 {
        let rest = self.bytes.get(self.line_start as usize..).unwrap_or_default();
        rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len()) as u32
    }

    /// Behind a backslash.
    fn continuation(&mut self) -> Step<()> {
        if !self.line_end() {
            if self.peek().is_none() {
                return Err(self.eof());
            }
            // The character is read before it is refused. CPython counts from the start of its buffer, and no further than behind
            // the line break. CPython 3.13: Parser/pegen.c, _PyPegen_byte_offset_to_character_offset.
            let line = self.line_length();
            let line_break = u32::from(((self.line_start + line) as usize) < self.bytes.len());
            let column = (self.at as u32 - self.buffer_start + 1).min(line + line_break + 1);
            return Err(self.stop("SyntaxError", "unexpected character after line continuation character", self.line, column, 0, false));
        }
        if self.peek().is_none() {
            return Err(self.eof());
        }
        self.continued = true;
        Ok(())
    }

    fn eof(&self) -> Box<Stop> {
        if let Some(stop) = self.unclosed() {
            return stop;
        }
        let column = if self.list.is_empty() { 0 } else { self.line_length() + 1 };
        self.stop("SyntaxError", EOF, self.line, column, 0, false)
    }

    fn unclosed(&self) -> Option<Box<Stop>> {
        let (bracket, line, column) = self.brackets.last().copied()?;
        let message = format!("'{}' was never closed", char::from(bracket));
        Some(self.stop("SyntaxError", message, line, column + 1, 0, false))
    }

    fn end(&mut self) -> Step<()> {
        if let Some(stop) = self.unclosed() {
            return Err(stop);
        }
        // A last line without a line end gets one.
        if self.list.last().is_some_and(|token| !matches!(token.kind, Kind::Newline | Kind::Dedent | Kind::Indent)) {
            self.token(Kind::Newline);
            if let Some(token) = self.list.last_mut() {
                token.now_column += 1;
            }
        }
        for _ in 1..self.indents.len() {
            self.placeless(Kind::Dedent);
        }
        self.indents.truncate(1);
        self.placeless(Kind::End);
        Ok(())
    }

    /// A name, a word of the grammar, or a string with a prefix.
    fn word(&mut self) -> Step<()> {
        let mut letters = [false; 5];
        while let Some(byte) = self.peek() {
            let kind = match byte {
                b'b' | b'B' => 0,
                b'u' | b'U' => 1,
                b'r' | b'R' => 2,
                b'f' | b'F' => 3,
                b'"' | b'\'' if self.at > self.start => {
                    let f = letters.get(3).copied().unwrap_or(false);
                    return if f { self.fstring_start() } else { self.string() };
                }
                _ => break,
            };
            let [b, u, r, f, _] = letters;
            let allowed = match kind {
                0 => !(b || u || f),
                1 => !(b || u || r || f),
                2 => !(r || u),
                _ => !(f || b || u),
            };
            if !allowed {
                break;
            }
            if let Some(slot) = letters.get_mut(kind) {
                *slot = true;
            }
            self.at += 1;
        }
        let mut ascii = true;
        while let Some(byte) = self.peek() {
            if byte >= 128 {
                ascii = false;
            } else if !byte.is_ascii_alphanumeric() && byte != b'_' {
                break;
            }
            self.at += 1;
        }
        let word = self.text.get(self.start..self.at).unwrap_or("");
        if !ascii {
            self.identifier(word)?;
        }
        let kind = keywords::word(word).map_or(Kind::Name, Kind::Keyword);
        if kind != Kind::Name && !matches!(word, "not" | "await" | "lambda" | "None" | "True" | "False") {
            self.reset_chain();
        }
        self.token(kind);
        Ok(())
    }

    /// CPython 3.13: Parser/lexer/lexer.c, verify_identifier.
    fn identifier(&mut self, word: &str) -> Step<()> {
        for (at, c) in word.char_indices() {
            let fits = if at == 0 { c == '_' || unicode_ident::is_xid_start(c) } else { unicode_ident::is_xid_continue(c) };
            // Compatibility forms that normalise to identifiers are identifiers.
            if !fits {
                self.at = self.start + at + c.len_utf8();
                return self.raise(unprintable(c).unwrap_or_else(|| format!("invalid character '{c}' (U+{:04X})", c as u32)));
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Step<()> {
        let quote = self.peek().unwrap_or(b'"');
        let (line, line_start) = (self.line, self.line_start);
        let triple = self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote);
        let size = if triple { 3 } else { 1 };
        self.at += size;
        let mut escaped = false;
        self.in_string = true;
        loop {
            match self.peek() {
                None | Some(b'\n' | b'\r') if self.peek().is_none() || !triple => {
                    return self.unterminated(line, line_start, quote, size, escaped);
                }
                Some(b'\n' | b'\r') => {
                    self.line_end();
                }
                Some(b'\\') => {
                    self.at += 1;
                    escaped |= self.peek() == Some(quote);
                    if !self.line_end() && self.peek().is_some() {
                        self.at += 1;
                    }
                }
                Some(byte) if byte == quote && (!triple || (self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote))) => {
                    self.at += size;
                    break;
                }
                Some(_) | None => self.at += 1,
            }
        }
        self.in_string = false;
        let start = self.start;
        self.push(Kind::Str, start, line, Some(start as u32 - line_start), true);
        Ok(())
    }

    /// The error is reported where the string began.
    fn unterminated(&mut self, line: u32, line_start: u32, quote: u8, size: usize, escaped: bool) -> Step<()> {
        let column = self.start as u32 - line_start + 1;
        if let Some(f) = self.fstrings.last()
            && f.quote == quote
            && usize::from(f.size) == size
        {
            return Err(self.stop("SyntaxError", "f-string: expecting '}'", line, column, column, true));
        }
        let what = if size == 3 { "triple-quoted string" } else { "string" };
        let advice = if escaped && size == 1 { "; perhaps you escaped the end quote?" } else { "" };
        let message = format!("unterminated {what} literal (detected at line {}){advice}", self.detected());
        Err(self.stop("SyntaxError", message, line, column, column, true))
    }

    /// The line in which the end of the text or of the line was met.
    fn detected(&self) -> u32 {
        self.line
    }

    fn reset_chain(&mut self) {
        if let Some(chain) = self.chains.last_mut() {
            *chain = 0;
        }
    }

    fn operator(&mut self) -> Step<()> {
        let first = self.peek().unwrap_or(b' ');
        self.at += 1;
        if matches!(first, b':' | b'}' | b'!' | b'{')
            && let Some(f) = self.fstrings.last_mut()
            && f.field >= 0
            && first == b':'
            && f.depth - 1 == f.field
        {
            f.literal = true;
            f.in_spec = true;
            self.token(keywords::operator(":"));
            return Ok(());
        }
        let rest = self.bytes.get(self.at - 1..).unwrap_or_default();
        let longest = (2..=3).rev().find_map(|length| {
            let text = std::str::from_utf8(rest.get(..length)?).ok()?;
            keywords::find_operator(text).map(|found| (found, length))
        });
        if let Some((found, length)) = longest {
            self.at += length - 1;
            self.chain(rest.get(..length).unwrap_or_default());
            self.token(Kind::Op(found));
            return Ok(());
        }
        match first {
            b'(' | b'[' | b'{' => self.open(first)?,
            b')' | b']' | b'}' => self.close(first)?,
            _ => {}
        }
        let c = char::from(first);
        if first < 32 || first == 127 {
            return self.raise(format!("invalid non-printable character U+{:04X}", c as u32));
        }
        if first == b'='
            && let Some(f) = self.fstrings.last_mut()
            && f.field >= 0
        {
            f.in_debug = true;
        }
        self.chain(&[first]);
        let kind = keywords::find_operator(c.encode_utf8(&mut [0; 4])).map_or(Kind::Other, Kind::Op);
        self.token(kind);
        Ok(())
    }

    /// Counts what makes one tree deeper by one each.
    fn chain(&mut self, operator: &[u8]) {
        match operator {
            [b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'.' | b'~'] | [b'*' | b'/' | b'<' | b'>', _] => {
                if let Some(chain) = self.chains.last_mut() {
                    *chain += 1;
                    self.endless |= *chain > MAX_CHAIN;
                }
            }
            // The bracket's own level is closed already; the call or subscript is one more link of the chain outside.
            [b')' | b']'] => {
                if let Some(chain) = self.chains.last_mut() {
                    *chain += 1;
                    self.endless |= *chain > MAX_CHAIN;
                }
            }
            [b',' | b':' | b'=' | b';' | b'<' | b'>'] => self.reset_chain(),
            _ => {}
        }
    }

    fn open(&mut self, bracket: u8) -> Step<()> {
        if self.brackets.len() >= MAX_NESTING {
            return self.raise("too many nested parentheses");
        }
        self.brackets.push((bracket, self.line, self.column(self.start)));
        self.chains.push(0);
        if let Some(f) = self.fstrings.last_mut() {
            f.depth += 1;
        }
        Ok(())
    }

    fn close(&mut self, bracket: u8) -> Step<()> {
        let c = char::from(bracket);
        if bracket == b'}' && self.fstrings.last().is_some_and(|f| f.depth == 0) {
            return self.raise("f-string: single '}' is not allowed");
        }
        let Some((opening, line, _)) = self.brackets.pop() else { return self.raise(format!("unmatched '{c}'")) };
        self.chains.pop();
        if !matches!((opening, bracket), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            if opening == b'{' && self.fstrings.last().is_some_and(|f| f.depth - 1 == f.field) {
                return self.raise(format!("f-string: unmatched '{c}'"));
            }
            let message = format!("closing parenthesis '{c}' does not match opening parenthesis '{}'", char::from(opening));
            return self.raise(if line == self.line { message } else { format!("{message} on line {line}") });
        }
        if let Some(f) = self.fstrings.last_mut() {
            f.depth -= 1;
            if f.depth < 0 {
                return self.raise(format!("f-string: unmatched '{c}'"));
            }
            if bracket == b'}' && f.depth == f.field {
                f.field -= 1;
                f.literal = true;
                f.in_spec = false;
                f.in_debug = false;
            }
        }
        Ok(())
    }
}

/// The message for a character that CPython does not print. Separators, controls and formats are not printed.
pub fn unprintable(c: char) -> Option<String> {
    let hidden = c.is_control() || c.is_whitespace() || matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}');
    hidden.then(|| format!("invalid non-printable character U+{:04X}", c as u32))
}
