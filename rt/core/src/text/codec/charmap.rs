//! Owns: single-byte encodings with a table (Lib/encodings/cp1252.py and its siblings). Never: the tables' text.

use super::charmap_tables::TABLES;
use super::narrow::encode_points;
use super::{Failure, OnDecode, OnEncode};
use crate::types::str::{Str, StrBuilder};

/// A single-byte encoding whose lower half is ASCII.
pub struct Charmap {
    pub name: &'static str,
    /// Other spellings, normalized.
    pub aliases: &'static [&'static str],
    /// Bytes 128 to 255; U+FFFE where undefined.
    pub upper: &'static str,
}

const REASON: &str = "character maps to <undefined>";

pub fn lookup(name: &str) -> Option<&'static Charmap> {
    TABLES.iter().find(|map| map.name == name || map.aliases.contains(&name))
}

impl Charmap {
    pub fn decode<E>(&self, bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
        let upper: Vec<char> = self.upper.chars().collect();
        let mut out = StrBuilder::with_capacity(bytes.len());
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte < 128 {
                out.push(byte.into());
                at += 1;
                continue;
            }
            match upper.get(usize::from(byte - 128)) {
                Some(&c) if c != '\u{fffe}' => {
                    out.push_char(c);
                    at += 1;
                }
                _ => {
                    let failure = Failure { encoding: "charmap", start: at, end: at + 1, reason: REASON };
                    let (text, next) = on_error(&failure)?;
                    out.push_text(&text);
                    at = next;
                }
            }
        }
        Ok(out.finish())
    }

    pub fn encode<E>(&self, text: &Str, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
        encode_points(text, "charmap", REASON, on_error, &|c, out| {
            if c < 128 {
                out.push(c as u8);
                return true;
            }
            match self.upper.chars().position(|u| u32::from(u) == c && c != 0xFFFE) {
                Some(place) => {
                    out.push((place + 128) as u8);
                    true
                }
                None => false,
            }
        })
    }
}
