//! Owns: the error handlers every encoding knows. CPython 3.13: Python/codecs.c. Never: registered handlers.

use super::{Failure, Replacement};
use crate::text::escape;
use crate::types::str::value::is_surrogate;
use crate::types::str::{Str, StrBuilder};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
}

/// The unit width and byte order behind the name in a failure; `surrogatepass` serves only these.
fn utf(encoding: &str) -> Option<(usize, bool)> {
    Some(match encoding {
        "utf-8" => (1, false),
        "utf-16" | "utf-16-le" => (2, false),
        "utf-16-be" => (2, true),
        "utf-32" | "utf-32-le" => (4, false),
        "utf-32-be" => (4, true),
        _ => return None,
    })
}

impl Policy {
    pub fn of(name: &str) -> Option<Policy> {
        Some(match name {
            "strict" => Policy::Strict,
            "ignore" => Policy::Ignore,
            "replace" => Policy::Replace,
            "backslashreplace" | "namereplace" => Policy::BackslashReplace,
            "xmlcharrefreplace" => Policy::XmlCharRefReplace,
            "surrogateescape" => Policy::SurrogateEscape,
            "surrogatepass" => Policy::SurrogatePass,
            _ => return None,
        })
    }

    /// `None`: raise.
    pub fn decode(self, failure: &Failure, input: &[u8]) -> Option<(Str, usize)> {
        let bad = input.get(failure.start..failure.end)?;
        match self {
            Policy::Strict | Policy::XmlCharRefReplace => None,
            Policy::Ignore => Some((Str::new(), failure.end)),
            Policy::Replace => Some((Str::from_code_point(0xFFFD), failure.end)),
            Policy::BackslashReplace => {
                let text: String = bad.iter().map(|b| format!("\\x{b:02x}")).collect();
                Some((Str::from_string(text), failure.end))
            }
            Policy::SurrogateEscape => {
                let high: Vec<u32> = bad.iter().take(4).take_while(|&&b| b >= 128).map(|&b| 0xDC00 + u32::from(b)).collect();
                let count = high.len();
                (count > 0).then(|| (Str::from_code_points(high), failure.start + count))
            }
            Policy::SurrogatePass => {
                let (width, big) = utf(failure.encoding)?;
                let rest = &input[failure.start..];
                let (point, size) = match (width, rest) {
                    (1, [0xED, b @ 0xA0..=0xBF, c @ 0x80..=0xBF, ..]) => {
                        (0xD000 | (u32::from(b & 0x3F) << 6) | u32::from(c & 0x3F), 3)
                    }
                    (2, [a, b, ..]) => (u32::from(if big { u16::from_be_bytes([*a, *b]) } else { u16::from_le_bytes([*a, *b]) }), 2),
                    (4, [a, b, c, d, ..]) => {
                        let unit = [*a, *b, *c, *d];
                        (if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) }, 4)
                    }
                    _ => return None,
                };
                is_surrogate(point).then(|| (Str::from_code_point(point), failure.start + size))
            }
        }
    }

    pub fn encode(self, failure: &Failure, text: &Str) -> Option<(Replacement, usize)> {
        let bad = || (failure.start..failure.end).map(|i| text.char_at(i));
        let replacement = match self {
            Policy::Strict => return None,
            Policy::Ignore => Replacement::Text(Str::new()),
            Policy::Replace => Replacement::Text(Str::from("?").repeat(failure.end - failure.start)),
            Policy::BackslashReplace => Replacement::Text(Str::from_string(bad().map(escape::escape).collect())),
            Policy::XmlCharRefReplace => Replacement::Text(Str::from_string(bad().map(|c| format!("&#{c};")).collect())),
            Policy::SurrogateEscape => {
                if utf(failure.encoding).is_some_and(|(width, _)| width > 1) {
                    return None;
                }
                // What can be escaped is; the rest of the run is a failure of its own.
                let bytes: Vec<u8> =
                    bad().take_while(|c| (0xDC80..0xDD00).contains(c)).map(|c| (c - 0xDC00) as u8).collect();
                let end = failure.start + bytes.len();
                if failure.encoding == "charmap" && end < failure.end {
                    return None;
                }
                return (!bytes.is_empty()).then_some((Replacement::Bytes(bytes), end));
            }
            Policy::SurrogatePass => {
                let (width, big) = utf(failure.encoding)?;
                let mut out = Vec::new();
                for c in bad() {
                    if !is_surrogate(c) {
                        return None;
                    }
                    match (width, big) {
                        (1, _) => {
                            let mut one = StrBuilder::new();
                            one.push(c);
                            out.extend(one.finish().into_bytes());
                        }
                        (2, true) => out.extend((c as u16).to_be_bytes()),
                        (2, false) => out.extend((c as u16).to_le_bytes()),
                        (_, true) => out.extend(c.to_be_bytes()),
                        (_, false) => out.extend(c.to_le_bytes()),
                    }
                }
                Replacement::Bytes(out)
            }
        };
        Some((replacement, failure.end))
    }
}
