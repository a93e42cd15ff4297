//! Owns: case mapping and predicates of bytes, where only ASCII letters count. CPython 3.13: Objects/bytes_methods.c.
//! Never: `str`.

pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut previous = false;
    let step = |c: &u8| {
        let mapped = if previous { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        previous = c.is_ascii_alphabetic();
        mapped
    };
    bytes.iter().map(step).collect()
}

pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

pub fn swapcase(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|c| if c.is_ascii_alphabetic() { c ^ 0x20 } else { *c }).collect()
}

pub fn is_space(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| super::split::is_byte_space(b))
}

pub fn is_alpha(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphabetic)
}

pub fn is_alnum(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphanumeric)
}

pub fn is_digit(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

pub fn is_lower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

pub fn is_upper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

pub fn is_title(bytes: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for c in bytes {
        if c.is_ascii_alphabetic() && c.is_ascii_uppercase() == previous {
            return false;
        }
        previous = c.is_ascii_alphabetic();
        cased |= previous;
    }
    cased
}
