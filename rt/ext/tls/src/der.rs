//! Owns: the few fields of a certificate that the crates below do not give: issuer, subject, validity.
//! Never: judges them.

/// One element: its tag, its content, its whole, and what follows.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}
fn element(data: &[u8]) -> Option<Element<'_>> {
    let [tag, first, tail @ ..] = data else { return None };
    let (length, tail) = if first & 0x80 == 0 {
        (usize::from(*first), tail)
    } else {
        let (digits, tail) = tail.split_at_checked(usize::from(first & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        (digits.iter().fold(0, |n, d| n << 8 | usize::from(*d)), tail)
    };
    let (content, rest) = tail.split_at_checked(length)?;
    Some(Element { tag: *tag, content, rest })
}
struct Fields<'a> {
    issuer: &'a [u8],
    validity: &'a [u8],
    subject: &'a [u8],
}
/// RFC 5280: version (optional), serial, signature, issuer, validity, subject.
fn fields(certificate: &[u8]) -> Option<Fields<'_>> {
    let mut at = element(element(element(certificate)?.content)?.content)?;
    if at.tag == 0xa0 {
        at = element(at.rest)?;
    }
    let signature = element(at.rest)?;
    let issuer = element(signature.rest)?;
    let validity = element(issuer.rest)?;
    let subject = element(validity.rest)?;
    Some(Fields { issuer: issuer.content, validity: validity.content, subject: subject.content })
}
/// True when a certificate names itself as its issuer.
pub fn is_self_signed(certificate: &[u8]) -> bool {
    fields(certificate).is_some_and(|f| f.issuer == f.subject)
}
/// The first and last second of a certificate, since 1970.
pub fn validity(certificate: &[u8]) -> Option<(u64, u64)> {
    let from = element(fields(certificate)?.validity)?;
    let until = element(from.rest)?;
    Some((seconds(&from)?, seconds(&until)?))
}
/// UTCTime or GeneralizedTime.
fn seconds(e: &Element<'_>) -> Option<u64> {
    let text = std::str::from_utf8(e.content).ok()?.strip_suffix('Z')?;
    let long = match e.tag {
        // Two digits of the year: from 1950 to 2049.
        0x17 => format!("{}{text}", if text.get(..2)?.parse::<u32>().ok()? < 50 { "20" } else { "19" }),
        _ => text.to_owned(),
    };
    let part = |from: usize, to: usize| long.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    // Days since 1970 by counting from March of the year 0.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    u64::try_from(days * 86_400 + part(8, 10)? * 3600 + part(10, 12)? * 60 + part(12, 14)?).ok()
}
