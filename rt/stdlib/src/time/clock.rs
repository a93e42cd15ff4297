//! Owns: the C library's clocks and calendar behind `time`: reading clocks, breaking down and joining times,
//! formatting. Never: touches a `Value`.
//!
//! CPython 3.13: Modules/timemodule.c.

use std::ffi::{CStr, CString};

/// Nanoseconds of one of the system's clocks, or its `errno`.
pub fn read_ns(clock: libc::clockid_t) -> Result<i128, i32> {
    let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `ts` is a valid place for the result.
    let rc = unsafe { libc::clock_gettime(clock, &mut ts) };
    if rc != 0 {
        return Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL));
    }
    Ok(i128::from(ts.tv_sec) * 1_000_000_000 + i128::from(ts.tv_nsec))
}

pub fn resolution_ns(clock: libc::clockid_t) -> Result<i128, i32> {
    let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `ts` is a valid place for the result.
    let rc = unsafe { libc::clock_getres(clock, &mut ts) };
    if rc != 0 {
        return Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL));
    }
    Ok(i128::from(ts.tv_sec) * 1_000_000_000 + i128::from(ts.tv_nsec))
}

/// Sleeps for at most so many nanoseconds; a signal ends it early.
pub fn wait(ns: i64) {
    let ts = libc::timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 };
    // SAFETY: the request is valid; the remainder is not asked for.
    unsafe { libc::nanosleep(&ts, std::ptr::null_mut()) };
}

/// A clock that every system has.
pub fn known_ns(clock: libc::clockid_t) -> i64 {
    read_ns(clock).unwrap_or(0) as i64
}

/// Seconds as CPython makes them from nanoseconds (`_PyTime_AsSecondsDouble`).
pub fn seconds(ns: i64) -> f64 {
    if ns % 1_000_000_000 == 0 { (ns / 1_000_000_000) as f64 } else { ns as f64 / 1e9 }
}

/// A broken-down time as Python counts it: month from 1, Monday is 0, day of the year from 1.
#[derive(Debug, Clone, Default)]
pub struct Broken {
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
}

fn empty() -> libc::tm {
    // SAFETY: `tm` is plain data; all zeros (and a null zone) is a valid value.
    unsafe { std::mem::zeroed() }
}

fn from_tm(t: &libc::tm) -> Broken {
    let zone = if t.tm_zone.is_null() {
        None
    } else {
        // SAFETY: the C library sets `tm_zone` to a static string.
        Some(unsafe { CStr::from_ptr(t.tm_zone) }.to_string_lossy().into_owned())
    };
    Broken {
        year: i64::from(t.tm_year) + 1900,
        month: i64::from(t.tm_mon) + 1,
        day: i64::from(t.tm_mday),
        hour: i64::from(t.tm_hour),
        minute: i64::from(t.tm_min),
        second: i64::from(t.tm_sec),
        weekday: (i64::from(t.tm_wday) + 6) % 7,
        yday: i64::from(t.tm_yday) + 1,
        dst: i64::from(t.tm_isdst),
        zone,
        offset: Some(t.tm_gmtoff),
    }
}

/// `gmtime`/`localtime`; `None` where the C library fails.
pub fn break_down(seconds: i64, local: bool) -> Option<Broken> {
    let mut t = empty();
    let s: libc::time_t = seconds;
    // SAFETY: both pointers are valid for the call.
    let r = unsafe { if local { libc::localtime_r(&s, &mut t) } else { libc::gmtime_r(&s, &mut t) } };
    if r.is_null() {
        return None;
    }
    Some(from_tm(&t))
}

fn to_tm(b: &Broken, zone: Option<&CString>) -> Result<libc::tm, &'static str> {
    const BIG: &str = "signed integer is greater than maximum";
    let small = |n: i64| libc::c_int::try_from(n).map_err(|_| BIG);
    let mut t = empty();
    t.tm_year = small(b.year - 1900)?;
    t.tm_mon = small(b.month - 1)?;
    t.tm_mday = small(b.day)?;
    t.tm_hour = small(b.hour)?;
    t.tm_min = small(b.minute)?;
    t.tm_sec = small(b.second)?;
    t.tm_wday = small((b.weekday + 1) % 7)?;
    t.tm_yday = small(b.yday - 1)?;
    t.tm_isdst = small(b.dst)?;
    t.tm_gmtoff = b.offset.unwrap_or(0);
    if let Some(z) = zone {
        t.tm_zone = z.as_ptr();
    }
    Ok(t)
}

/// `mktime`: seconds of a local time.
pub fn join(b: &Broken) -> Option<i64> {
    let mut t = to_tm(b, None).ok()?;
    t.tm_wday = -1;
    // SAFETY: `t` is a valid broken-down time.
    let s = unsafe { libc::mktime(&mut t) };
    // A failure leaves the weekday alone; -1 itself is a valid time.
    (s != -1 || t.tm_wday != -1).then_some(s)
}

/// Replaces fields of zero and checks ranges, as CPython does before formatting. The text is a ValueError's.
pub fn check(b: &mut Broken) -> Result<(), &'static str> {
    if b.month == 0 {
        b.month = 1;
    } else if !(1..=12).contains(&b.month) {
        return Err("month out of range");
    }
    if b.day == 0 {
        b.day = 1;
    } else if !(1..=31).contains(&b.day) {
        return Err("day of month out of range");
    }
    if !(0..=23).contains(&b.hour) {
        return Err("hour out of range");
    }
    if !(0..=59).contains(&b.minute) {
        return Err("minute out of range");
    }
    if !(0..=61).contains(&b.second) {
        return Err("seconds out of range");
    }
    if b.weekday < -1 {
        return Err("day of week out of range");
    }
    b.weekday %= 7;
    if b.yday == 0 {
        b.yday = 1;
    } else if !(1..=366).contains(&b.yday) {
        return Err("day of year out of range");
    }
    b.dst = b.dst.clamp(-1, 1);
    Ok(())
}

/// `strftime` of a checked time. Text outside ASCII passes through.
pub fn format(spec: &str, b: &Broken) -> Result<String, &'static str> {
    let zone = b.zone.as_ref().and_then(|z| CString::new(z.as_str()).ok());
    let mut t = to_tm(b, zone.as_ref())?;
    if zone.is_none() {
        // The C library names the zone by its own tables when the field is null.
        let mut copy = t;
        // SAFETY: `copy` is a valid broken-down time; only its zone is read afterwards.
        unsafe { libc::mktime(&mut copy) };
        t.tm_zone = copy.tm_zone;
        t.tm_gmtoff = copy.tm_gmtoff;
    }
    let mut out = String::new();
    // Parts without a NUL; the C library stops at one.
    for (i, part) in spec.split('\0').enumerate() {
        if i > 0 {
            out.push('\0');
        }
        if part.is_empty() {
            continue;
        }
        let Ok(c) = CString::new(part) else { continue };
        let mut size = 1024.max(part.len() * 2);
        loop {
            let mut buf = vec![0u8; size];
            // SAFETY: the buffer has `size` bytes; the format and the time are valid.
            let n = unsafe { libc::strftime(buf.as_mut_ptr().cast(), size, c.as_ptr(), &t) };
            if n > 0 || size >= 256 * part.len().max(16) {
                buf.truncate(n);
                out.push_str(&String::from_utf8_lossy(&buf));
                break;
            }
            size *= 2;
        }
    }
    Ok(out)
}

/// `asctime`'s fixed form.
pub fn asctime(b: &Broken) -> String {
    let name = |list: &[&str], i: i64| {
        let n = usize::try_from(i).ok().and_then(|i| list.get(i)).copied().unwrap_or("");
        let mut c = n.chars().take(3);
        c.next().map_or(String::new(), |f| f.to_uppercase().chain(c).collect())
    };
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        name(&super::strptime::DAYS, b.weekday.rem_euclid(7)),
        name(&super::strptime::MONTHS, b.month - 1),
        b.day,
        b.hour,
        b.minute,
        b.second,
        b.year
    )
}

/// The zone as `time` publishes it: names, seconds west of Greenwich, whether it has daylight saving.
pub struct Zone {
    pub names: (String, String),
    pub timezone: i64,
    pub altzone: i64,
    pub daylight: bool,
}

/// CPython: `init_timezone`: January's and July's offsets of this year.
pub fn zone() -> Zone {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = known_ns(libc::CLOCK_REALTIME) / 1_000_000_000;
    let start = now / YEAR * YEAR;
    let get = |s| {
        let b = break_down(s, true).unwrap_or_default();
        (b.zone.unwrap_or_else(|| "   ".into()), -b.offset.unwrap_or(0))
    };
    let (january, jan_off) = get(start);
    let (july, jul_off) = get(start + YEAR / 2);
    if jan_off < jul_off {
        Zone { names: (july, january), timezone: jul_off, altzone: jan_off, daylight: true }
    } else {
        Zone { names: (january, july), timezone: jan_off, altzone: jul_off, daylight: jan_off != jul_off }
    }
}
