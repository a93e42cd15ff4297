//! Owns: reading and writing one native element of a buffer by its struct letter (memoryview.cast, array).
//! Never: byte orders and repeat counts (the struct module).

/// What an element holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Element {
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Char(u8),
}

/// The size of an element, or `None` for a letter that is no native format.
pub fn size_of(letter: u8) -> Option<usize> {
    Some(match letter {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// Reads the element at the start of `bytes`; `None` when they are too few.
pub fn read(letter: u8, bytes: &[u8]) -> Option<Element> {
    fn take<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
        bytes.get(..N)?.try_into().ok()
    }
    Some(match letter {
        b'c' => Element::Char(*bytes.first()?),
        b'?' => Element::Bool(*bytes.first()? != 0),
        b'b' => Element::Int(i8::from_ne_bytes(take(bytes)?).into()),
        b'B' => Element::Int((*bytes.first()?).into()),
        b'h' => Element::Int(i16::from_ne_bytes(take(bytes)?).into()),
        b'H' => Element::Int(u16::from_ne_bytes(take(bytes)?).into()),
        b'i' => Element::Int(i32::from_ne_bytes(take(bytes)?).into()),
        b'I' => Element::Int(u32::from_ne_bytes(take(bytes)?).into()),
        b'l' | b'q' | b'n' => Element::Int(i64::from_ne_bytes(take(bytes)?)),
        b'L' | b'Q' | b'N' | b'P' => Element::Unsigned(u64::from_ne_bytes(take(bytes)?)),
        b'e' => Element::Float(half_to_f64(u16::from_ne_bytes(take(bytes)?))),
        b'f' => Element::Float(f32::from_ne_bytes(take(bytes)?).into()),
        b'd' => Element::Float(f64::from_ne_bytes(take(bytes)?)),
        _ => return None,
    })
}

/// Writes an integer; `None` when it does not fit the letter.
pub fn write_int(letter: u8, value: i128) -> Option<Vec<u8>> {
    Some(match letter {
        b'b' => i8::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'B' => u8::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'h' => i16::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'H' => u16::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'i' => i32::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'I' => u32::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'l' | b'q' | b'n' => i64::try_from(value).ok()?.to_ne_bytes().to_vec(),
        b'L' | b'Q' | b'N' | b'P' => u64::try_from(value).ok()?.to_ne_bytes().to_vec(),
        _ => return None,
    })
}

/// Writes a float; `None` for a letter that is not a float's, or an overflow.
pub fn write_float(letter: u8, value: f64) -> Option<Vec<u8>> {
    match letter {
        b'd' => Some(value.to_ne_bytes().to_vec()),
        b'f' => {
            let narrow = value as f32;
            (narrow.is_finite() || !value.is_finite()).then(|| narrow.to_ne_bytes().to_vec())
        }
        b'e' => f64_to_half(value).map(|half| half.to_ne_bytes().to_vec()),
        _ => None,
    }
}

/// IEEE 754 binary16.
pub fn half_to_f64(half: u16) -> f64 {
    let sign = if half >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from((half >> 10) & 0x1F);
    let fraction = f64::from(half & 0x3FF);
    match exponent {
        0 => sign * fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN.copysign(sign),
        _ => sign * (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// Rounded half to even; `None` when it overflows.
pub fn f64_to_half(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    if value.is_nan() {
        return Some(sign | 0x7E00);
    }
    let magnitude = value.abs();
    if magnitude.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if magnitude < 2f64.powi(-14) {
        // Subnormal (or rounding up into the smallest normal number, whose bits follow on).
        return Some(sign | (magnitude * 2f64.powi(24)).round_ties_even() as u16);
    }
    let exponent = ((magnitude.to_bits() >> 52) & 0x7FF) as i32 - 1023;
    if exponent > 15 {
        return None;
    }
    let fraction = ((magnitude / 2f64.powi(exponent) - 1.0) * 1024.0).round_ties_even() as u32;
    let bits = (((exponent + 15) as u32) << 10) + fraction;
    (bits < 0x7C00).then_some(sign | bits as u16)
}
