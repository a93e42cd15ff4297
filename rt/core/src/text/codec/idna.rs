//! Owns: `idna` for names in ASCII: what asks for it are host names. Never: other names: they are refused, since their
//! form on the wire is a matter of tables that are not here.
//! Source: CPython 3.13, Lib/encodings/idna.py (`Codec.encode`, `Codec.decode`).

use super::{Failure, OnDecode, OnEncode, narrow};
use crate::types::str::Str;

const UNSUPPORTED: &str = "internationalized names are not supported";

fn label_problem(labels: &[u8]) -> Option<Failure> {
    let count = labels.split(|byte| *byte == b'.').count();
    let mut start = 0;
    for (number, label) in labels.split(|byte| *byte == b'.').enumerate() {
        let end = start + label.len();
        // The empty label of the root may end a name.
        if label.is_empty() && number + 1 < count {
            return Some(Failure { encoding: "idna", start, end, reason: "label empty" });
        }
        if label.len() >= 64 {
            return Some(Failure { encoding: "idna", start, end, reason: "label too long" });
        }
        start = end + 1;
    }
    None
}

pub fn encode<E>(text: &Str, on_error: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
    if !text.is_ascii() {
        return narrow::encode_points(text, "idna", UNSUPPORTED, on_error, &|c, out| {
            let fits = c < 128;
            if fits {
                out.push(c as u8);
            }
            fits
        });
    }
    let name = text.as_bytes();
    if let Some(failure) = label_problem(name) {
        on_error(&failure)?;
    }
    Ok(name.to_vec())
}

pub fn decode<E>(bytes: &[u8], on_error: OnDecode<'_, E>) -> Result<Str, E> {
    let encoded = bytes.split(|byte| *byte == b'.').any(|label| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--")));
    if encoded || !bytes.is_ascii() {
        on_error(&Failure { encoding: "idna", start: 0, end: bytes.len(), reason: UNSUPPORTED })?;
    }
    Ok(Str::from_ascii(bytes.iter().copied().filter(u8::is_ascii).collect()))
}
