//! Owns: escapes that cannot be decoded.
//! Never: decodes one.
//!
//! CPython 3.13: Parser/string_parser.c; Objects/unicodeobject.c, _PyUnicode_DecodeUnicodeEscapeInternal;
//! Objects/bytesobject.c, _PyBytes_DecodeEscape.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A character beyond ASCII in bytes.
    Ascii,
    Escape(String),
}

/// A string token with its prefix and quotes.
pub fn string(token: &str) -> Result<(), Problem> {
    let at = token.find(['"', '\'']).unwrap_or(0);
    let (prefix, quoted) = token.split_at(at);
    let size = if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''")) { 3 } else { 1 };
    let body = quoted.get(size..quoted.len().saturating_sub(size)).unwrap_or("");
    let is_bytes = prefix.contains(['b', 'B']);
    if is_bytes && !body.is_ascii() {
        return Err(Problem::Ascii);
    }
    if prefix.contains(['r', 'R']) || !body.contains('\\') {
        return Ok(());
    }
    if is_bytes { bytes(body) } else { text(body) }
}

fn bytes(body: &str) -> Result<(), Problem> {
    let list = body.as_bytes();
    let mut at = 0;
    while let Some(byte) = list.get(at) {
        if *byte == b'\\' {
            let digit = |ahead: usize| list.get(at + ahead).is_some_and(u8::is_ascii_hexdigit);
            if list.get(at + 1) == Some(&b'x') && !(digit(2) && digit(3)) {
                return Err(Problem::Escape(format!("(value error) invalid \\x escape at position {at}")));
            }
            at += 1;
        }
        at += 1;
    }
    Ok(())
}

/// Escapes of text. CPython replaces what is not ASCII by ten bytes each before it counts positions.
pub fn text(body: &str) -> Result<(), Problem> {
    let mut position = 0;
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if c != '\\' {
            position += if c.is_ascii() { 1 } else { 10 };
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            continue;
        }
        let kind = rest.chars().nth(1);
        let digits = |most: usize| rest.bytes().skip(2).take(most).take_while(u8::is_ascii_hexdigit).count();
        let problem = match kind {
            Some('x') if digits(2) < 2 => Some(("truncated \\xXX escape", 2 + digits(2))),
            Some('u') if digits(4) < 4 => Some(("truncated \\uXXXX escape", 2 + digits(4))),
            Some('U') if digits(8) < 8 => Some(("truncated \\UXXXXXXXX escape", 2 + digits(8))),
            Some('U') => {
                let value = rest.get(2..10).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
                (value > 0x10_ffff).then_some(("illegal Unicode character", 10))
            }
            Some('N') => match rest.get(2..).and_then(|tail| tail.strip_prefix('{')) {
                None => Some(("malformed \\N character escape", 2)),
                Some(tail) => match tail.find('}') {
                    None => Some(("malformed \\N character escape", 3 + width(tail))),
                    Some(0) => Some(("malformed \\N character escape", 3)),
                    Some(end) => {
                        let name = tail.get(..end).unwrap_or("");
                        let known = unicode_names2::character(name).is_some();
                        (!known).then(|| ("unknown Unicode character name", 4 + width(name)))
                    }
                },
            },
            Some(_) | None => None,
        };
        if let Some((what, length)) = problem {
            let end = position + length - 1;
            return Err(Problem::Escape(format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: {what}")));
        }
        let escaped = kind.map_or(0, char::len_utf8);
        position += 1 + kind.map_or(0, |c| if c.is_ascii() { 1 } else { 10 });
        rest = rest.get(1 + escaped..).unwrap_or("");
    }
    Ok(())
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum()
}
