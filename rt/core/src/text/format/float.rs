//! Owns: the text of a float: `repr` and the letters e, f, g, as `PyOS_double_to_string` writes them.
//! CPython 3.13: Python/pystrtod.c, format_float_short. Never: widths, grouping, signs other than minus.

/// Which digits are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Shortest text that reads back the same.
    Repr,
    Exponent,
    Fixed,
    General,
}

#[derive(Clone, Copy, Default, Debug)]
pub struct Flags {
    /// Keep the point and, for `General`, trailing zeros.
    pub alternate: bool,
    /// `1.0`, not `1`.
    pub add_dot_0: bool,
    pub no_negative_zero: bool,
}

/// Beyond these a double has only zeros left.
const MOST_SIGNIFICANT: usize = 800;
const MOST_FRACTION: usize = 1100;

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    text(x, Style::Repr, 0, Flags { add_dot_0: true, ..Flags::default() })
}

/// The digits of a finite magnitude without trailing zeros, and where the point stands in them.
fn digits(x: f64, style: Style, precision: usize) -> (Vec<u8>, i64) {
    let (mut digits, point) = match style {
        Style::Repr => shortest(x),
        Style::Exponent => scientific(&format!("{:.*e}", precision.min(MOST_SIGNIFICANT), x)),
        Style::General => scientific(&format!("{:.*e}", (precision.max(1) - 1).min(MOST_SIGNIFICANT), x)),
        Style::Fixed => {
            let text = format!("{:.*}", precision.min(MOST_FRACTION), x);
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
            let zeros = all.iter().take_while(|&&d| d == b'0').count();
            (all[zeros..].to_vec(), whole.len() as i64 - zeros as i64)
        }
    };
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() {
        return (vec![b'0'], 1);
    }
    (digits, point)
}

/// The shortest digits that read back as `x`. Of two equally near ones CPython's dtoa takes the even one, Rust the
/// upper; only texts of almost full length can be such ties.
fn shortest(x: f64) -> (Vec<u8>, i64) {
    let found = scientific(&format!("{x:e}"));
    if found.0.len() < 15 {
        return found;
    }
    let even = format!("{:.*e}", found.0.len() - 1, x);
    if even.parse() == Ok(x) { scientific(&even) } else { found }
}

fn scientific(text: &str) -> (Vec<u8>, i64) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    (mantissa.bytes().filter(u8::is_ascii_digit).collect(), exponent + 1)
}

/// `x` with at most a minus sign in front.
pub fn text(x: f64, style: Style, precision: usize, flags: Flags) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let precision = if style == Style::General { precision.max(1) } else { precision };
    let (digits, point) = digits(x.abs(), style, precision);
    let zero = digits == b"0";
    let precision = precision as i64;
    let mut exponent = None;
    let mut digits_end = digits.len() as i64;
    match style {
        Style::Exponent => {
            exponent = Some(point - 1);
            digits_end = precision + 1;
        }
        Style::Fixed => digits_end = point + precision,
        Style::General => {
            if point <= -4 || point > if flags.add_dot_0 { precision - 1 } else { precision } {
                exponent = Some(point - 1);
            }
            if flags.alternate {
                digits_end = precision;
            }
        }
        Style::Repr => {
            if point <= -4 || point > 16 {
                exponent = Some(point - 1);
            }
        }
    }
    let point = if exponent.is_some() { 1 } else { point };
    let digits_start = if point <= 0 { point - 1 } else { 0 };
    let least = if exponent.is_none() && flags.add_dot_0 { point + 1 } else { point };
    let digits_end = digits_end.max(least).max(digits_start + 1);

    let mut out = String::with_capacity((digits_end - digits_start) as usize + 8);
    if x.is_sign_negative() && !(zero && flags.no_negative_zero) {
        out.push('-');
    }
    for place in digits_start..digits_end {
        if place == point {
            out.push('.');
        }
        let digit = usize::try_from(place).ok().and_then(|p| digits.get(p)).copied().unwrap_or(b'0');
        out.push(digit.into());
    }
    if flags.alternate && digits_end == point {
        out.push('.');
    }
    if let Some(exponent) = exponent {
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.abs()));
    }
    out
}

/// `repr(complex)`.
pub fn repr_complex(re: f64, im: f64) -> String {
    let part = |x| text(x, Style::Repr, 0, Flags::default());
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", part(im));
    }
    let sign = if im.is_nan() || im.is_sign_positive() { "+" } else { "" };
    format!("({}{sign}{}j)", part(re), part(im))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_to_an_exponent_where_cpython_does() {
        let cases = [
            (1e16, "1e+16"), (123456789012345.0, "123456789012345.0"), (9999999999999998.0, "9999999999999998.0"),
            (0.0001, "0.0001"), (0.00001, "1e-05"), (-0.0, "-0.0"), (1e22, "1e+22"), (5e-324, "5e-324"), (1.5, "1.5"),
        ];
        for (x, want) in cases {
            assert_eq!(repr(x), want);
        }
    }

    #[test]
    fn rounds_half_to_even_exactly() {
        let fixed = |x, p| text(x, Style::Fixed, p, Flags::default());
        assert_eq!([fixed(0.5, 0), fixed(1.5, 0), fixed(2.5, 0), fixed(0.125, 2), fixed(2.675, 2)],
                   ["0", "2", "2", "0.12", "2.67"]);
        assert_eq!(fixed(0.1, 30), "0.100000000000000005551115123126");
    }
}
