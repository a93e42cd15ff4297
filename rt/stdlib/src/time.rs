//! Owns: the `time` module: arguments in, clocks and calendar called. Never: the C library (`clock`), date patterns
//! (`strptime`).
//!
//! CPython 3.13: Modules/timemodule.c.

pub mod clock;
pub mod strptime;

use clock::Broken;
use rtcore::error::{self, hierarchy, overflow_error, type_error, value_error};
use rtcore::gil::{Gil, GilCell};
use rtcore::methods::*;
use rtcore::protocol::number::{float_of, index_int, index_value};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::{namespace, structseq, tuple};
use std::cell::Cell;

const FIELDS: [&str; 9] =
    ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];
static STRUCT_TIME: GilCell<Option<&'static Type>> = Gil::new(Cell::new(None));

/// `time.struct_time`.
pub fn struct_time() -> PyResult<&'static Type> {
    if let Some(t) = STRUCT_TIME.get() {
        return Ok(t);
    }
    let t = structseq::make_with_hidden("time", "struct_time", &FIELDS, &["tm_zone", "tm_gmtoff"])?;
    STRUCT_TIME.set(Some(t));
    Ok(t)
}
fn to_struct(b: &Broken) -> PyResult {
    let mut v: Vec<Value> = [b.year, b.month, b.day, b.hour, b.minute, b.second, b.weekday, b.yday, b.dst]
        .into_iter()
        .map(Value::int)
        .collect();
    v.push(b.zone.as_deref().map_or(NONE, Value::str));
    v.push(b.offset.map_or(NONE, Value::int));
    Ok(structseq::instance(struct_time()?, v))
}
/// The fields of a tuple argument. CPython: `gettmarg`.
fn from_tuple(v: &Value, function: &str) -> PyResult<Broken> {
    if !tuple::is_tuple(v) {
        return Err(type_error("Tuple or struct_time argument required"));
    }
    let items = tuple::items(v);
    if items.len() != 9 {
        return Err(type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut n = [0i64; 9];
    for (slot, item) in n.iter_mut().zip(items) {
        let i = index_int(item)?;
        *slot = match i.to_i64() {
            Some(i) if i32::try_from(i).is_ok() => i,
            Some(_) | None if i.is_negative() => return Err(overflow_error("signed integer is less than minimum")),
            Some(_) | None => return Err(overflow_error("signed integer is greater than maximum")),
        };
    }
    let [year, month, day, hour, minute, second, weekday, yday, dst] = n;
    let mut b = Broken { year, month, day, hour, minute, second, weekday, yday, dst, zone: None, offset: None };
    if struct_time().is_ok_and(|t| v.ty().is_subtype(t)) {
        let attr = |name: &str| rtcore::protocol::attr::getattr_name(v, Name::new(name));
        b.zone = attr("tm_zone")?.as_str().map(str::to_string);
        b.offset = attr("tm_gmtoff")?.as_inline_int();
    }
    Ok(b)
}

/// Nanoseconds of a duration or timestamp argument. CPython: `_PyTime_FromSecondsObject`.
pub fn nanoseconds(v: &Value, ceiling: bool) -> PyResult<i64> {
    const RANGE: &str = "timestamp out of range for platform time_t";
    if let Some(f) = float_of(v) {
        if f.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let ns = f * 1e9;
        let ns = if ceiling { if ns >= 0.0 { ns.ceil() } else { ns.floor() } } else { ns.floor() };
        if !(-9.2e18..9.2e18).contains(&ns) {
            return Err(overflow_error(RANGE));
        }
        return Ok(ns as i64);
    }
    let i = index_int(v)?;
    i.to_i64().and_then(|s| s.checked_mul(1_000_000_000)).ok_or_else(|| overflow_error(RANGE))
}
/// Whole seconds of a timestamp argument; None is now.
fn seconds_arg(v: &Value) -> PyResult<i64> {
    if v.is_none() || v.is_unbound() {
        return Ok(clock::known_ns(libc::CLOCK_REALTIME).div_euclid(1_000_000_000));
    }
    if let Some(f) = float_of(v) {
        if f.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let s = f.floor();
        if !(-9.2e18..9.2e18).contains(&s) {
            return Err(overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(s as i64);
    }
    index_int(v)?.to_i64().ok_or_else(|| overflow_error("timestamp out of range for platform time_t"))
}

macro_rules! clocks {
    ($($f:ident $ns:ident $clock:expr;)*) => {
        $(
            fn $f() -> PyResult {
                Ok(Value::float(clock::seconds(clock::known_ns($clock))))
            }
            fn $ns() -> PyResult {
                Ok(Value::int(clock::known_ns($clock)))
            }
        )*
    };
}
clocks! {
    time time_ns libc::CLOCK_REALTIME;
    monotonic monotonic_ns libc::CLOCK_MONOTONIC;
    process_time process_time_ns libc::CLOCK_PROCESS_CPUTIME_ID;
    thread_time thread_time_ns libc::CLOCK_THREAD_CPUTIME_ID;
}

fn clock_id(v: &Value) -> PyResult<libc::clockid_t> {
    let i = index_value(v)?;
    i.as_inline_int().and_then(|i| i32::try_from(i).ok()).ok_or_else(|| overflow_error("clk_id should be an int"))
}
fn read(v: &Value) -> PyResult<i64> {
    clock::read_ns(clock_id(v)?)
        .map(|ns| ns as i64)
        .map_err(|e| hierarchy::raise_os_error(&std::io::Error::from_raw_os_error(e), None))
}
fn clock_gettime(id: &Value) -> PyResult {
    Ok(Value::float(clock::seconds(read(id)?)))
}
fn clock_gettime_ns(id: &Value) -> PyResult {
    Ok(Value::int(read(id)?))
}
fn clock_getres(id: &Value) -> PyResult {
    let ns = clock::resolution_ns(clock_id(id)?)
        .map_err(|e| hierarchy::raise_os_error(&std::io::Error::from_raw_os_error(e), None))?;
    Ok(Value::float(ns as f64 * 1e-9))
}
fn clock_settime(_id: &Value, _t: &Value) -> PyResult {
    Err(hierarchy::raise_os_error(&std::io::Error::from_raw_os_error(libc::EPERM), None))
}
fn pthread_getcpuclockid(_thread: &Value) -> PyResult {
    Ok(Value::int(i64::from(libc::CLOCK_THREAD_CPUTIME_ID)))
}

fn sleep(v: &Value) -> PyResult {
    let ns = nanoseconds(v, true)?;
    if ns < 0 {
        return Err(value_error("sleep length must be non-negative"));
    }
    let deadline = clock::known_ns(libc::CLOCK_MONOTONIC).saturating_add(ns);
    loop {
        let left = deadline - clock::known_ns(libc::CLOCK_MONOTONIC);
        if left <= 0 {
            return Ok(NONE);
        }
        // A signal ends the wait early; its handler runs and the rest is slept.
        rtcore::gil::allow_threads(|| clock::wait(left));
        rtcore::signals::check()?;
    }
}

fn gmtime(s: &Value) -> PyResult {
    broken(s, false)
}
fn localtime(s: &Value) -> PyResult {
    broken(s, true)
}
fn broken(s: &Value, local: bool) -> PyResult {
    match clock::break_down(seconds_arg(s)?, local) {
        Some(b) => to_struct(&b),
        None => Err(hierarchy::raise_os_error(&std::io::Error::from_raw_os_error(libc::EOVERFLOW), None)),
    }
}
fn mktime(t: &Value) -> PyResult {
    let b = from_tuple(t, "mktime")?;
    match clock::join(&b) {
        Some(s) => Ok(Value::float(s as f64)),
        None => Err(overflow_error("mktime argument out of range")),
    }
}
/// The time of an optional tuple argument, checked; absent is the local time now.
fn optional(t: &Value, function: &str) -> PyResult<Broken> {
    if t.is_unbound() {
        return clock::break_down(seconds_arg(&NONE)?, true).ok_or_else(|| value_error("unconvertible time"));
    }
    let mut b = from_tuple(t, function)?;
    clock::check(&mut b).map_err(value_error)?;
    Ok(b)
}
fn asctime(t: &Value) -> PyResult {
    Ok(Value::string(clock::asctime(&optional(t, "asctime")?)))
}
fn ctime(s: &Value) -> PyResult {
    match clock::break_down(seconds_arg(s)?, true) {
        Some(b) => Ok(Value::string(clock::asctime(&b))),
        None => Err(value_error("unconvertible time")),
    }
}
fn strftime(format: &Value, t: &Value) -> PyResult {
    let Some(spec) = format.as_str_obj() else {
        return Err(type_error(format!("strftime() argument 1 must be str, not {}", format.ty().full_name())));
    };
    let b = optional(t, "strftime")?;
    clock::format(&spec.to_string_lossy(), &b).map(Value::string).map_err(overflow_error)
}
/// The names of the local zone, for `%Z`.
pub fn zones() -> strptime::Zones {
    let z = clock::zone();
    strptime::Zones { standard: z.names.0, daylight: z.daylight.then_some(z.names.1) }
}
fn quote(s: &str) -> String {
    rtcore::protocol::repr::repr_string(&Value::str(s)).unwrap_or_else(|r| {
        drop(error::take(r));
        format!("'{s}'")
    })
}
fn strptime_(text: &Value, format: &Value) -> PyResult {
    for (i, v) in [text, format].into_iter().enumerate() {
        if v.as_str_obj().is_none() {
            let ty = rtcore::protocol::repr::repr_string(&Value::of_type(v.ty()))?;
            return Err(type_error(format!("strptime() argument {i} must be str, not {ty}")));
        }
    }
    let p = strptime::parse(text.as_str().unwrap_or(""), format.as_str().unwrap_or(""), &zones(), quote)
        .map_err(value_error)?;
    to_struct(&Broken {
        year: p.year,
        month: p.month,
        day: p.day,
        hour: p.hour,
        minute: p.minute,
        second: p.second,
        weekday: p.weekday,
        yday: p.yday,
        dst: p.dst,
        zone: p.zone,
        offset: p.offset,
    })
}
fn tzset() -> PyResult {
    unsafe extern "C" {
        fn tzset();
    }
    // SAFETY: takes no arguments; the environment is only changed under the GIL.
    unsafe { tzset() };
    match rtcore::types::module::import::import_module("time") {
        Ok(m) => set_zone(&m),
        Err(r) => drop(error::take(r)),
    }
    Ok(NONE)
}
fn set_zone(m: &Value) {
    let z = clock::zone();
    set_str(m, "tzname", tuple::new(vec![Value::string(z.names.0), Value::string(z.names.1)]));
    set_str(m, "timezone", Value::int(z.timezone));
    set_str(m, "altzone", Value::int(z.altzone));
    set_str(m, "daylight", Value::int(i64::from(z.daylight)));
}
fn get_clock_info(name: &Value) -> PyResult {
    let (implementation, monotonic, adjustable) = match name.as_str() {
        Some("time") => ("clock_gettime(CLOCK_REALTIME)", false, true),
        Some("monotonic" | "perf_counter") => ("clock_gettime(CLOCK_MONOTONIC)", true, false),
        Some("process_time") => ("clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
        Some("thread_time") => ("clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
        Some(_) => return Err(value_error("unknown clock")),
        None => return Err(type_error(format!("get_clock_info() argument 1 must be str, not {}", name.ty().full_name()))),
    };
    Ok(namespace::new(vec![
        (Name::new("implementation"), Value::str(implementation)),
        (Name::new("monotonic"), Value::bool(monotonic)),
        (Name::new("adjustable"), Value::bool(adjustable)),
        (Name::new("resolution"), Value::float(1e-9)),
    ]))
}

static FUNCTIONS: &[Method] = &[
    Method::new("time()", F0(time)),
    Method::new("time_ns()", F0(time_ns)),
    Method::new("monotonic()", F0(monotonic)),
    Method::new("monotonic_ns()", F0(monotonic_ns)),
    Method::new("perf_counter()", F0(monotonic)),
    Method::new("perf_counter_ns()", F0(monotonic_ns)),
    Method::new("process_time()", F0(process_time)),
    Method::new("process_time_ns()", F0(process_time_ns)),
    Method::new("thread_time()", F0(thread_time)),
    Method::new("thread_time_ns()", F0(thread_time_ns)),
    Method::new("clock_gettime(clk_id, /)", F1(clock_gettime)),
    Method::new("clock_gettime_ns(clk_id, /)", F1(clock_gettime_ns)),
    Method::new("clock_getres(clk_id, /)", F1(clock_getres)),
    Method::new("clock_settime(clk_id, time, /)", F2(clock_settime)),
    Method::new("pthread_getcpuclockid(thread_id, /)", F1(pthread_getcpuclockid)),
    Method::new("sleep(seconds, /)", F1(sleep)),
    Method::new("gmtime(seconds=None, /)", F1(gmtime)),
    Method::new("localtime(seconds=None, /)", F1(localtime)),
    Method::new("asctime(tuple=..., /)", F1(asctime)),
    Method::new("ctime(seconds=None, /)", F1(ctime)),
    Method::new("mktime(tuple, /)", F1(mktime)),
    Method::new("strftime(format, tuple=..., /)", F2(strftime)),
    Method::new("strptime(string, format='%a %b %d %H:%M:%S %Y', /)", F2(strptime_)),
    Method::new("tzset()", F0(tzset)),
    Method::new("get_clock_info(name, /)", F1(get_clock_info)),
];

fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "struct_time", Value::of_type(struct_time()?));
    set_str(m, "_STRUCT_TM_ITEMS", Value::int(11));
    set_zone(m);
    for (name, id) in [
        ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
        ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
        ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
        ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
        ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
        ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
        ("CLOCK_TAI", libc::CLOCK_TAI),
    ] {
        set_str(m, name, Value::int(i64::from(id)));
    }
    Ok(())
}

pub static MODULE: NativeModule = NativeModule::new("time", FUNCTIONS, setup);
