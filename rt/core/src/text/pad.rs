//! Owns: padding (`center`, `ljust`, `rjust`, `zfill`) and `expandtabs`. Never: format specifications.

use crate::types::str::{Str, StrBuilder};

/// `text` between `left` and `right` fill characters.
pub fn pad(text: &Str, left: usize, right: usize, fill: u32) -> Str {
    let mut out = StrBuilder::with_capacity(text.as_bytes().len() + left + right);
    out.push_n(fill, left);
    out.push_text(text);
    out.push_n(fill, right);
    out.finish()
}

/// How many fill characters `center` puts left and right (`stringlib_center`'s rounding).
pub fn center_split(len: usize, width: usize) -> (usize, usize) {
    let total = width.saturating_sub(len);
    let left = total / 2 + (total & width & 1);
    (left, total - left)
}

/// `zfill`: zeros after a sign. Returns the number of zeros and whether a sign stays in front.
pub fn zfill_bytes(text: &[u8], len: usize, width: usize) -> Vec<u8> {
    let zeros = width.saturating_sub(len);
    let mut out = Vec::with_capacity(text.len() + zeros);
    let sign = usize::from(zeros > 0 && matches!(text.first(), Some(b'+' | b'-')));
    out.extend_from_slice(&text[..sign]);
    out.resize(sign + zeros, b'0');
    out.extend_from_slice(&text[sign..]);
    out
}

/// `expandtabs`, on bytes: in UTF-8 a column is a byte that does not continue a character.
pub fn expandtabs(text: &[u8], tabsize: usize, utf8: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                if tabsize > 0 {
                    let spaces = tabsize - column % tabsize;
                    column += spaces;
                    out.resize(out.len() + spaces, b' ');
                }
            }
            b'\n' | b'\r' => {
                column = 0;
                out.push(byte);
            }
            _ => {
                column += usize::from(!utf8 || byte & 0xC0 != 0x80);
                out.push(byte);
            }
        }
    }
    out
}
