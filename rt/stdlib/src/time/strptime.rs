//! Owns: reading dates by format, as `time.strptime` and `datetime.strptime` do, without a regular expression engine:
//! each directive offers its matches in the order of CPython's pattern, and the match backtracks over them.
//! Never: touches a `Value`; failures are the text of a ValueError.
//!
//! CPython 3.13: Lib/_strptime.py.

/// What a match found. `zone` is the text of `%Z`; the offset is in seconds with its microseconds.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub weekday: i64,
    pub yday: i64,
    pub dst: i64,
    pub zone: Option<String>,
    pub offset: Option<i64>,
    pub micro: i64,
    pub offset_micro: i64,
}

pub const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
pub const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];

enum Item {
    Char(char),
    Space,
    Directive(char),
}

/// The names of the local zone: standard and, if there is one, daylight.
pub struct Zones {
    pub standard: String,
    pub daylight: Option<String>,
}

fn compile(format: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            items.push(Item::Space);
        } else if c != '%' {
            items.push(Item::Char(c));
        } else {
            match chars.next() {
                None => return Err(format!("stray % in format '{format}'")),
                Some('%') => items.push(Item::Char('%')),
                Some('c') => items.extend(compile("%a %b %d %H:%M:%S %Y")?),
                Some('x') => items.extend(compile("%m/%d/%y")?),
                Some('X') => items.extend(compile("%H:%M:%S")?),
                Some(d) if "dfHIGjmMSUWwuVyYzAaBbpZ".contains(d) => items.push(Item::Directive(d)),
                Some(d) => {
                    let bad = if d.is_whitespace() || "\\.^$*+?(){}[]|".contains(d) { '%' } else { d };
                    return Err(format!("'{bad}' is a bad directive in format '{format}'"));
                }
            }
        }
    }
    Ok(items)
}

/// A character class of one position of a pattern.
fn class(c: char, lo: char, hi: char) -> bool {
    lo <= c && c <= hi
}

/// The lengths that a numeric directive can take at the start of `s`, in the order of CPython's alternatives.
fn numeric(d: char, s: &[char]) -> Vec<usize> {
    let at = |i: usize, lo: char, hi: char| s.get(i).is_some_and(|c| class(*c, lo, hi));
    let digit = |i: usize| s.get(i).is_some_and(|c| c.is_numeric() && rtcore::num::parse::digit_value(*c).is_some());
    let mut out = Vec::new();
    let mut alt = |ok: bool, n: usize| {
        if ok {
            out.push(n);
        }
    };
    match d {
        'd' => {
            alt(at(0, '3', '3') && at(1, '0', '1'), 2);
            alt(at(0, '1', '2') && digit(1), 2);
            alt(at(0, '0', '0') && at(1, '1', '9'), 2);
            alt(at(0, '1', '9'), 1);
            alt(at(0, ' ', ' ') && at(1, '1', '9'), 2);
        }
        'f' => {
            let run = (0..6).take_while(|i| at(*i, '0', '9')).count();
            for n in (1..=run).rev() {
                alt(true, n);
            }
        }
        'H' => {
            alt(at(0, '2', '2') && at(1, '0', '3'), 2);
            alt(at(0, '0', '1') && digit(1), 2);
            alt(digit(0), 1);
        }
        'I' | 'm' => {
            alt(at(0, '1', '1') && at(1, '0', '2'), 2);
            alt(at(0, '0', '0') && at(1, '1', '9'), 2);
            alt(at(0, '1', '9'), 1);
        }
        'G' | 'Y' => alt((0..4).all(digit), 4),
        'y' => alt((0..2).all(digit), 2),
        'j' => {
            alt(at(0, '3', '3') && at(1, '6', '6') && at(2, '0', '6'), 3);
            alt(at(0, '3', '3') && at(1, '0', '5') && digit(2), 3);
            alt(at(0, '1', '2') && digit(1) && digit(2), 3);
            alt(at(0, '0', '0') && at(1, '1', '9') && digit(2), 3);
            alt(at(0, '0', '0') && at(1, '0', '0') && at(2, '1', '9'), 3);
            alt(at(0, '1', '9') && digit(1), 2);
            alt(at(0, '0', '0') && at(1, '1', '9'), 2);
            alt(at(0, '1', '9'), 1);
        }
        'M' => {
            alt(at(0, '0', '5') && digit(1), 2);
            alt(digit(0), 1);
        }
        'S' => {
            alt(at(0, '6', '6') && at(1, '0', '1'), 2);
            alt(at(0, '0', '5') && digit(1), 2);
            alt(digit(0), 1);
        }
        'U' | 'W' => {
            alt(at(0, '5', '5') && at(1, '0', '3'), 2);
            alt(at(0, '0', '4') && digit(1), 2);
            alt(digit(0), 1);
        }
        'V' => {
            alt(at(0, '5', '5') && at(1, '0', '3'), 2);
            alt(at(0, '0', '0') && at(1, '1', '9'), 2);
            alt(at(0, '1', '4') && digit(1), 2);
            alt(digit(0), 1);
        }
        'w' => alt(at(0, '0', '6'), 1),
        _ => alt(at(0, '1', '7'), 1),
    }
    out
}

/// The lengths of `[+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?|Z`, longest first.
fn zone_offset(s: &[char]) -> Vec<usize> {
    let at = |i: usize, lo: char, hi: char| s.get(i).is_some_and(|c| class(*c, lo, hi));
    let mut out = Vec::new();
    if s.first() == Some(&'Z') {
        return vec![1];
    }
    if !(matches!(s.first(), Some('+' | '-')) && at(1, '0', '9') && at(2, '0', '9')) {
        return out;
    }
    let mut i = 3 + usize::from(s.get(3) == Some(&':'));
    if !(at(i, '0', '5') && at(i + 1, '0', '9')) {
        return out;
    }
    i += 2;
    out.push(i);
    let j = i + usize::from(s.get(i) == Some(&':'));
    if at(j, '0', '5') && at(j + 1, '0', '9') {
        out.insert(0, j + 2);
        if s.get(j + 2) == Some(&'.') {
            for n in 1..=(0..6).take_while(|k| at(j + 3 + k, '0', '9')).count() {
                out.insert(0, j + 3 + n);
            }
        }
    }
    out
}

/// The names that a directive accepts, longest first.
fn names(d: char, zones: &Zones) -> Vec<String> {
    let short = |list: &[&str]| list.iter().filter_map(|n| n.get(..3)).map(String::from).collect();
    let full = |list: &[&str]| list.iter().map(|n| String::from(*n)).collect();
    let mut list: Vec<String> = match d {
        'A' => full(&DAYS),
        'a' => short(&DAYS),
        'B' => full(&MONTHS),
        'b' => short(&MONTHS),
        'p' => full(&["am", "pm"]),
        _ => {
            let mut z = vec!["utc".to_string(), "gmt".to_string(), zones.standard.to_lowercase()];
            z.extend(zones.daylight.as_ref().map(|d| d.to_lowercase()));
            z
        }
    };
    list.sort_by_key(|n| std::cmp::Reverse(n.chars().count()));
    list
}

fn lengths(d: char, s: &[char], zones: &Zones) -> Vec<usize> {
    match d {
        'A' | 'a' | 'B' | 'b' | 'p' | 'Z' => {
            let fits = |n: &String| {
                n.chars().count() <= s.len() && n.chars().zip(s).all(|(a, b)| b.to_lowercase().eq(std::iter::once(a)))
            };
            names(d, zones).iter().filter(|n| fits(n)).map(|n| n.chars().count()).collect()
        }
        'z' => zone_offset(s),
        _ => numeric(d, s),
    }
}

/// Matches `items` from `at`; `found` collects what each directive took. Returns the end of the match.
fn matches(items: &[Item], s: &[char], at: usize, found: &mut Vec<(char, String)>, zones: &Zones) -> Option<usize> {
    let Some((first, rest)) = items.split_first() else { return Some(at) };
    let here = s.get(at..)?;
    match first {
        Item::Char(c) => {
            let d = here.first()?;
            if d == c || d.to_lowercase().eq(c.to_lowercase()) { matches(rest, s, at + 1, found, zones) } else { None }
        }
        Item::Space => {
            let run = here.iter().take_while(|c| c.is_whitespace()).count();
            (1..=run).rev().find_map(|n| matches(rest, s, at + n, found, zones))
        }
        Item::Directive(d) => {
            for n in lengths(*d, here, zones) {
                let mark = found.len();
                found.push((*d, here.iter().take(n).collect()));
                if let Some(end) = matches(rest, s, at + n, found, zones) {
                    return Some(end);
                }
                found.truncate(mark);
            }
            None
        }
    }
}

pub fn is_leap(y: i64) -> bool {
    y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
pub fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(m <= 2), m, doy - (153 * mp + 2) / 5 + 1)
}

/// Monday is 0.
pub fn weekday_of_days(days: i64) -> i64 {
    (days + 3).rem_euclid(7)
}

pub fn days_in_month(y: i64, m: i64) -> i64 {
    match m {
        2 => 28 + i64::from(is_leap(y)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of a date whose parts may be out of range: the error is `datetime.date`'s.
fn checked_days(y: i64, m: i64, d: i64) -> Result<i64, String> {
    if !(1..=9999).contains(&y) {
        return Err(format!("year {y} is out of range"));
    }
    if !(1..=12).contains(&m) {
        return Err("month must be in 1..12".into());
    }
    if d < 1 || d > days_in_month(y, m) {
        return Err("day is out of range for month".into());
    }
    Ok(days_from_civil(y, m, d))
}

fn julian_from_week(year: i64, week: i64, day_of_week: i64, monday: bool) -> i64 {
    let mut first = weekday_of_days(days_from_civil(year, 1, 1));
    let mut day = day_of_week;
    if !monday {
        first = (first + 1) % 7;
        day = (day + 1) % 7;
    }
    let week_0 = (7 - first) % 7;
    if week == 0 { 1 + day - first } else { 1 + week_0 + 7 * (week - 1) + day }
}

fn number(text: &str) -> i64 {
    text.trim().chars().fold(0, |n, c| n * 10 + i64::from(rtcore::num::parse::digit_value(c).unwrap_or(0)))
}

/// `(seconds, microseconds)` of a `%z` text.
fn offset(text: &str) -> Result<(i64, i64), String> {
    if text == "Z" {
        return Ok((0, 0));
    }
    let mut z: Vec<char> = text.chars().collect();
    if z.get(3) == Some(&':') {
        z.remove(3);
        if z.len() > 5 {
            if z.get(5) != Some(&':') {
                return Err(format!("Inconsistent use of : in {text}"));
            }
            z.remove(5);
        }
    }
    let part = |a: usize, b: usize| number(&z.iter().skip(a).take(b - a).collect::<String>());
    let seconds = part(1, 3) * 3600 + part(3, 5) * 60 + part(5, 7);
    let frac: String = z.iter().skip(8).collect();
    let micro = number(&format!("{frac:0<6}"));
    Ok(if z.first() == Some(&'-') { (-seconds, -micro) } else { (seconds, micro) })
}

/// Reads `data` by `format`; `data_repr` and `format_repr` quote them in the error.
pub fn parse(
    data: &str,
    format: &str,
    zones: &Zones,
    quote: impl Fn(&str) -> String,
) -> Result<Parsed, String> {
    let items = compile(format)?;
    let chars: Vec<char> = data.chars().collect();
    let mut found = Vec::new();
    let Some(end) = matches(&items, &chars, 0, &mut found, zones) else {
        return Err(format!("time data {} does not match format {}", quote(data), quote(format)));
    };
    if end != chars.len() {
        return Err(format!("unconverted data remains: {}", chars.iter().skip(end).collect::<String>()));
    }
    let mut p = Parsed { month: 1, day: 1, dst: -1, ..Parsed::default() };
    let (mut year, mut iso_year, mut iso_week, mut week) = (None, None, None, None);
    let (mut weekday, mut julian) = (None, None);
    let index = |list: &[&str], text: &str| {
        let text = text.to_lowercase();
        list.iter().position(|n| n.starts_with(&text)).unwrap_or(0) as i64
    };
    let ampm = found.iter().find(|(d, _)| *d == 'p').map(|(_, t)| t.to_lowercase());
    for (d, text) in &found {
        let n = if d.is_ascii_uppercase() && matches!(d, 'A' | 'B' | 'Z') { 0 } else { number(text) };
        match d {
            'y' => year = Some(if n <= 68 { n + 2000 } else { n + 1900 }),
            'Y' => year = Some(n),
            'G' => iso_year = Some(n),
            'm' => p.month = n,
            'B' | 'b' => p.month = index(&MONTHS, text) + 1,
            'd' => p.day = n,
            'H' => p.hour = n,
            'I' => {
                p.hour = match (ampm.as_deref(), n) {
                    (Some("pm"), 12) => 12,
                    (Some("pm"), n) => n + 12,
                    (_, 12) => 0,
                    (_, n) => n,
                }
            }
            'M' => p.minute = n,
            'S' => p.second = n,
            'f' => p.micro = number(&format!("{text:0<6}")),
            'A' | 'a' => weekday = Some(index(&DAYS, text)),
            'w' => weekday = Some(if n == 0 { 6 } else { n - 1 }),
            'u' => weekday = Some(n - 1),
            'j' => julian = Some(n),
            'U' => week = Some((n, false)),
            'W' => week = Some((n, true)),
            'V' => iso_week = Some(n),
            'z' => {
                let (s, m) = offset(text)?;
                p.offset = Some(s);
                p.offset_micro = m;
            }
            'Z' => {
                let z = text.to_lowercase();
                let standard = z == "utc" || z == "gmt" || z == zones.standard.to_lowercase();
                let same = zones.daylight.as_ref() == Some(&zones.standard);
                if standard {
                    p.dst = if same && z != "utc" && z != "gmt" { -1 } else { 0 };
                } else {
                    p.dst = 1;
                }
                p.zone = Some(text.clone());
            }
            _ => {}
        }
    }
    if iso_year.is_some() {
        if julian.is_some() {
            return Err("Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.".into());
        }
        if iso_week.is_none() || weekday.is_none() {
            return Err("ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive ('%A', '%a', '%w', or '%u').".into());
        }
    } else if iso_week.is_some() {
        return Err(if year.is_none() || weekday.is_none() {
            "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday directive ('%A', '%a', '%w', or '%u').".into()
        } else {
            "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.".into()
        });
    }
    let leap_fix = year.is_none() && p.month == 2 && p.day == 29;
    p.year = year.unwrap_or(if leap_fix { 1904 } else { 1900 });
    if let (None, Some(wd)) = (julian, weekday) {
        if let Some((w, monday)) = week {
            let mut j = julian_from_week(p.year, w, wd, monday);
            if j <= 0 {
                p.year -= 1;
                j += if is_leap(p.year) { 366 } else { 365 };
            }
            julian = Some(j);
        } else if let (Some(y), Some(w)) = (iso_year, iso_week) {
            // The Monday of ISO week 1 is the one at or before the 4th of January.
            let fourth = days_from_civil(y, 1, 4);
            let days = fourth - weekday_of_days(fourth) + (w - 1) * 7 + wd;
            if w == 53 && civil_from_days(fourth - weekday_of_days(fourth) + 52 * 7 + 3).0 != y {
                return Err(format!("Invalid week: {w}"));
            }
            (p.year, p.month, p.day) = civil_from_days(days);
        }
    }
    match julian {
        None => {
            julian = Some(checked_days(p.year, p.month, p.day)? - checked_days(p.year, 1, 1)? + 1);
        }
        Some(j) => {
            (p.year, p.month, p.day) = civil_from_days(j - 1 + checked_days(p.year, 1, 1)?);
        }
    }
    p.yday = julian.unwrap_or(0);
    p.weekday = match weekday {
        Some(w) => w,
        None => weekday_of_days(checked_days(p.year, p.month, p.day)?),
    };
    if leap_fix {
        p.year = 1900;
    }
    Ok(p)
}
