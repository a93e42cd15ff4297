//! Owns: the engines behind `format(value, spec)` for text, integers, floats and complex numbers.
//! CPython 3.13: Python/formatter_unicode.c. Never: parses a specification, knows a `Value`.

use super::float::{self, Flags, Style};
use super::spec::{CARET, EQUALS, GREATER, Grouping, LESS, Spec};
use crate::text::error::{TextError, TextResult};
use crate::types::str::{Str, StrBuilder};
use num_bigint::{BigInt, Sign};

/// Left and right padding for text of `len` code points.
fn padding(len: usize, width: Option<usize>, align: u32) -> (usize, usize) {
    let total = width.unwrap_or(0).saturating_sub(len);
    let left = match align {
        GREATER => total,
        CARET => total / 2,
        _ => 0,
    };
    (left, total - left)
}

/// A width or precision no memory could hold.
fn check_size(size: Option<usize>) -> TextResult<()> {
    const MOST: usize = 1 << 46;
    if size.is_some_and(|s| s > MOST) { Err(TextError::new(crate::text::error::Kind::Memory, "")) } else { Ok(()) }
}

pub fn format_str(text: &Str, spec: &Str, type_name: &str) -> TextResult<Str> {
    if spec.is_empty() {
        return Ok(text.clone());
    }
    let spec = Spec::parse(spec, type_name, '<', 's'.into())?;
    if spec.type_ != u32::from('s') {
        return Err(spec.unknown_type(type_name));
    }
    if spec.sign != 0 {
        let what = if spec.sign == u32::from(' ') { "Space" } else { "Sign" };
        return Err(TextError::value(format!("{what} not allowed in string format specifier")));
    }
    if spec.no_negative_zero {
        return Err(TextError::value("Negative zero coercion (z) not allowed in string format specifier"));
    }
    if spec.alternate {
        return Err(TextError::value("Alternate form (#) not allowed in string format specifier"));
    }
    if spec.align == EQUALS {
        return Err(TextError::value("'=' alignment not allowed in string format specifier"));
    }
    check_size(spec.width)?;
    let shown = text.char_len().min(spec.precision.unwrap_or(usize::MAX));
    let (left, right) = padding(shown, spec.width, spec.align);
    let mut out = StrBuilder::with_capacity(text.as_bytes().len() + left + right);
    out.push_n(spec.fill, left);
    if shown == text.char_len() { out.push_text(text) } else { out.push_text(&text.slice(0, shown)) }
    out.push_n(spec.fill, right);
    Ok(out.finish())
}

/// The parts of a number before padding: `-`, `0x`, `255`, `.`, `5e+10%`.
struct Parts<'a> {
    negative: bool,
    prefix: &'a str,
    digits: &'a str,
    /// The point and what follows it, or text without digits (`inf`).
    rest: &'a str,
}

/// What of the specification a number's layout needs; complex numbers lay out their halves without width.
struct Layout {
    fill: u32,
    align: u32,
    width: i64,
    sign: u32,
    grouping: Grouping,
}

impl Layout {
    fn of(spec: &Spec) -> Layout {
        Layout {
            fill: spec.fill,
            align: spec.align,
            width: spec.width.map_or(-1, |w| w as i64),
            sign: spec.sign,
            grouping: spec.grouping,
        }
    }

    /// `calc_number_widths` and `fill_number`.
    fn write(&self, parts: &Parts<'_>, out: &mut StrBuilder) {
        let sign = match (parts.negative, char::from_u32(self.sign)) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        };
        let fixed = (sign.len() + parts.prefix.len() + parts.rest.chars().count()) as i64;
        let least = if self.fill == u32::from('0') && self.align == EQUALS { self.width - fixed } else { 0 };
        let grouped = if parts.digits.is_empty() { String::new() } else { group(parts.digits, least, self.grouping) };
        let pad = (self.width - fixed - grouped.len() as i64).max(0) as usize;
        let (before, inside, after) = match self.align {
            LESS => (0, 0, pad),
            CARET => (pad / 2, 0, pad - pad / 2),
            EQUALS => (0, pad, 0),
            _ => (pad, 0, 0),
        };
        out.push_n(self.fill, before);
        out.push_str(sign);
        out.push_str(parts.prefix);
        out.push_n(self.fill, inside);
        out.push_str(&grouped);
        out.push_str(parts.rest);
        out.push_n(self.fill, after);
    }
}

/// Digits with separators, zero-filled to at least `least` characters (`_PyUnicode_InsertThousandsGrouping`).
fn group(digits: &str, mut least: i64, grouping: Grouping) -> String {
    let bytes = digits.as_bytes();
    let mut remaining = bytes.len();
    let (separator, size) = grouping.separator().unwrap_or(('\0', i64::MAX));
    let mut reversed: Vec<u8> = Vec::with_capacity(bytes.len() * 4 / 3 + 2);
    loop {
        let len = size.min((remaining as i64).max(least).max(1)) as usize;
        let chars = remaining.min(len);
        reversed.extend(bytes[remaining - chars..remaining].iter().rev());
        reversed.resize(reversed.len() + len - chars, b'0');
        remaining -= chars;
        least -= len as i64;
        if remaining == 0 && least <= 0 {
            break;
        }
        reversed.push(separator as u8);
        least -= 1;
    }
    reversed.reverse();
    // Only ASCII was pushed.
    String::from_utf8(reversed).unwrap_or_default()
}

/// An integer of either size.
#[derive(Clone, Copy)]
pub enum AnyInt<'a> {
    Small(i64),
    Big(&'a BigInt),
}

impl AnyInt<'_> {
    fn is_negative(self) -> bool {
        match self {
            AnyInt::Small(n) => n < 0,
            AnyInt::Big(n) => n.sign() == Sign::Minus,
        }
    }

    /// The digits of the magnitude. `most` limits decimal conversion (`sys.set_int_max_str_digits`; 0 is no limit).
    pub fn digits(self, radix: u32, most: usize) -> TextResult<String> {
        match self {
            AnyInt::Small(n) => {
                let n = n.unsigned_abs();
                Ok(match radix {
                    2 => format!("{n:b}"),
                    8 => format!("{n:o}"),
                    16 => format!("{n:x}"),
                    _ => n.to_string(),
                })
            }
            AnyInt::Big(n) => {
                let too_long = || {
                    let text = format!(
                        "Exceeds the limit ({most} digits) for integer string conversion; \
                         use sys.set_int_max_str_digits() to increase the limit"
                    );
                    TextError::value(text)
                };
                // log2(10) > 3.32: a number of this many bits surely has more digits.
                let limited = radix == 10 && most > 0;
                if limited && n.bits() as u128 > most as u128 * 333 / 100 + 64 {
                    return Err(too_long());
                }
                let text = n.magnitude().to_str_radix(radix);
                if limited && text.len() > most { Err(too_long()) } else { Ok(text) }
            }
        }
    }

    fn to_f64(self) -> TextResult<f64> {
        match self {
            AnyInt::Small(n) => Ok(n as f64),
            AnyInt::Big(n) => {
                // The decimal text is read back correctly rounded.
                let x: f64 = n.to_string().parse().unwrap_or(f64::INFINITY);
                if x.is_finite() { Ok(x) } else { Err(TextError::overflow("int too large to convert to float")) }
            }
        }
    }
}

/// `format(n, spec)` of an int (the empty specification is the decimal text).
pub fn format_int(n: AnyInt<'_>, spec: &Str, type_name: &str, max_digits: usize) -> TextResult<Str> {
    if spec.is_empty() {
        let digits = n.digits(10, max_digits)?;
        let text = if n.is_negative() { format!("-{digits}") } else { digits };
        return Ok(Str::from_ascii(text.into_bytes()));
    }
    let spec = Spec::parse(spec, type_name, '>', 'd'.into())?;
    match char::from_u32(spec.type_) {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => int_layout(n, &spec, max_digits),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => float_layout(n.to_f64()?, &spec),
        _ => Err(spec.unknown_type(type_name)),
    }
}

fn int_layout(n: AnyInt<'_>, spec: &Spec, max_digits: usize) -> TextResult<Str> {
    if spec.precision.is_some() {
        return Err(TextError::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(TextError::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    check_size(spec.width)?;
    let mut out = StrBuilder::new();
    let type_ = char::from_u32(spec.type_).unwrap_or('d');
    if type_ == 'c' {
        let with_c = |what: &str| Err(TextError::value(format!("{what} not allowed with integer format specifier 'c'")));
        if spec.sign != 0 {
            return with_c("Sign");
        }
        if spec.alternate {
            return with_c("Alternate form (#)");
        }
        let point = match n {
            AnyInt::Small(n) => n,
            AnyInt::Big(_) => return Err(TextError::overflow("Python int too large to convert to C long")),
        };
        let Some(point) = u32::try_from(point).ok().filter(|&p| p < 0x110000) else {
            return Err(TextError::overflow("%c arg not in range(0x110000)"));
        };
        let (left, right) = padding(1, spec.width, if spec.align == EQUALS { GREATER } else { spec.align });
        out.push_n(spec.fill, left);
        out.push(point);
        out.push_n(spec.fill, right);
        return Ok(out.finish());
    }
    let (radix, prefix) = match type_ {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = n.digits(radix, max_digits)?;
    if type_ == 'X' {
        digits.make_ascii_uppercase();
    }
    let prefix = if spec.alternate { prefix } else { "" };
    Layout::of(spec).write(&Parts { negative: n.is_negative(), prefix, digits: &digits, rest: "" }, &mut out);
    Ok(out.finish())
}

pub fn format_float(x: f64, spec: &Str, type_name: &str) -> TextResult<Str> {
    if spec.is_empty() {
        return Ok(Str::from_ascii(float::repr(x).into_bytes()));
    }
    let spec = Spec::parse(spec, type_name, '>', 0)?;
    match char::from_u32(spec.type_) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => float_layout(x, &spec),
        _ => Err(spec.unknown_type(type_name)),
    }
}

/// The style and precision that a specification asks for.
fn style(type_: char, precision: Option<usize>) -> TextResult<(Style, usize)> {
    if precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(TextError::value("precision too big"));
    }
    let style = match type_ {
        'e' | 'E' => Style::Exponent,
        'f' | 'F' | '%' => Style::Fixed,
        'g' | 'G' | 'n' => Style::General,
        _ if precision.is_some() => Style::General,
        _ => Style::Repr,
    };
    Ok((style, precision.unwrap_or(6)))
}

/// Splits float text into sign, digits and the rest.
fn parts(text: &str) -> Parts<'_> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    Parts { negative, prefix: "", digits: &text[..end], rest: &text[end..] }
}

fn float_layout(x: f64, spec: &Spec) -> TextResult<Str> {
    let type_ = char::from_u32(spec.type_).unwrap_or('\0');
    let (style, precision) = style(type_, spec.precision)?;
    check_size(spec.width)?;
    let flags = Flags {
        alternate: spec.alternate,
        add_dot_0: type_ == '\0',
        no_negative_zero: spec.no_negative_zero,
    };
    let percent = type_ == '%';
    let mut text = float::text(if percent { x * 100.0 } else { x }, style, precision, flags);
    if percent {
        text.push('%');
    }
    if type_.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    let mut out = StrBuilder::with_capacity(text.len() + 8);
    Layout::of(spec).write(&parts(&text), &mut out);
    Ok(out.finish())
}

pub fn format_complex(re: f64, im: f64, spec: &Str, type_name: &str) -> TextResult<Str> {
    if spec.is_empty() {
        return Ok(Str::from_ascii(float::repr_complex(re, im).into_bytes()));
    }
    let spec = Spec::parse(spec, type_name, '>', 0)?;
    let type_ = match char::from_u32(spec.type_) {
        Some(c @ ('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) => c,
        _ => return Err(spec.unknown_type(type_name)),
    };
    if spec.fill == u32::from('0') {
        return Err(TextError::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == EQUALS {
        return Err(TextError::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let (style, precision) = style(type_, spec.precision)?;
    check_size(spec.width)?;
    let flags =
        Flags { alternate: spec.alternate, add_dot_0: false, no_negative_zero: spec.no_negative_zero };
    let skip_re = type_ == '\0' && re == 0.0 && re.is_sign_positive();
    let parens = type_ == '\0' && !skip_re;
    let mut layout = Layout { fill: ' '.into(), align: LESS, width: -1, sign: spec.sign, grouping: spec.grouping };
    let mut body = StrBuilder::new();
    let mut half = |x: f64, layout: &Layout| {
        let mut text = float::text(x, style, precision, flags);
        if type_.is_ascii_uppercase() {
            text.make_ascii_uppercase();
        }
        layout.write(&parts(&text), &mut body);
    };
    if !skip_re {
        half(re, &layout);
        layout.sign = '+'.into();
    }
    half(im, &layout);
    let body = body.finish();
    let (left, right) = padding(body.char_len() + 1 + 2 * usize::from(parens), spec.width, spec.align);
    let mut out = StrBuilder::with_capacity(body.char_len() + left + right + 3);
    out.push_n(spec.fill, left);
    out.push_str(if parens { "(" } else { "" });
    out.push_text(&body);
    out.push_str(if parens { "j)" } else { "j" });
    out.push_n(spec.fill, right);
    Ok(out.finish())
}
