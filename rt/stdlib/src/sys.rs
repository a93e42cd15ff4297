//! Owns: the module `sys`.
//! Never: keeps state that the core needs; it shows the core's.
//! Source: CPython 3.13, Python/sysmodule.c.

use rtcore::error::{self, not_implemented_error, overflow_error, type_error, value_error};
use rtcore::frame::{async_generator, stack};
use rtcore::gil::{Gil, GilCell};
use rtcore::methods::*;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, modules, set_str};
use rtcore::types::{structseq, tuple};
use std::cell::Cell;

fn exit(code: &Value) -> PyResult {
    Err(error::raise_args(&error::hierarchy::SYSTEM_EXIT, match code {
        c if c.is_none() => vec![],
        c if tuple::is_tuple(c) => tuple::items(c).to_vec(),
        c => vec![c.clone()],
    }))
}
fn exception() -> PyResult {
    Ok(error::handled())
}
fn exc_info() -> PyResult {
    let e = error::handled();
    if e.is_none() {
        return Ok(tuple::new(vec![NONE, NONE, NONE]));
    }
    let tb = error::hierarchy::body(&e).map_or(NONE, |b| b.traceback.borrow().clone());
    Ok(tuple::new(vec![Value::of_type(e.ty()), e, tb]))
}
fn getrecursionlimit() -> PyResult {
    Ok(Value::int(i64::from(stack::LIMIT.get())))
}
fn setrecursionlimit(n: &Value) -> PyResult {
    let n = rtcore::protocol::sequence::as_index(n)?;
    if n <= 0 {
        return Err(value_error("recursion limit must be greater or equal than 1"));
    }
    let Ok(limit) = u32::try_from(n) else { return Err(overflow_error("Python int too large to convert to C int")) };
    if stack::depth() >= limit {
        return Err(error::recursion_error(format!("cannot set the recursion limit to {n} at the recursion depth {}: the limit is too low", stack::depth())));
    }
    stack::set_limit(limit);
    Ok(NONE)
}
fn getsizeof(v: &Value, _default: &Value) -> PyResult {
    rtcore::protocol::call::call_method_name(v, names::__sizeof__.get(), &[])
}
fn getrefcount(v: &Value) -> PyResult {
    // The argument of the call is one reference more, as in CPython.
    Ok(Value::int(v.header().map_or(4_294_967_295, |h| i64::from(h.refcount()) + 1)))
}
fn intern(s: &Value) -> PyResult {
    match Name::of(s) {
        Some(n) => Ok(n.value()),
        None => Err(type_error(format!("intern() argument must be str, not {}", s.ty().name()))),
    }
}
fn getdefaultencoding() -> PyResult {
    Ok(Value::str("utf-8"))
}
fn nothing(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
/// `sys.settrace(None)` and `sys.setprofile(None)` change nothing; compiled code calls no tracer.
fn settrace(function: &Value) -> PyResult {
    if function.is_none() { Ok(NONE) } else { Err(not_implemented_error("tracing is not available in a compiled program")) }
}
static SWITCH_INTERVAL: GilCell<f64> = Gil::new(Cell::new(0.005));
/// Kept for `getswitchinterval`; the runtime always hands over after 5 ms.
fn setswitchinterval(interval: &Value) -> PyResult {
    let seconds = rtcore::protocol::number::to_f64(interval)?;
    if seconds <= 0.0 {
        return Err(value_error("switch interval must be strictly positive"));
    }
    SWITCH_INTERVAL.set(seconds);
    Ok(NONE)
}
fn getswitchinterval() -> PyResult {
    Ok(Value::float(SWITCH_INTERVAL.get()))
}
/// CPython 3.13: Python/sysmodule.c, sys_set_int_max_str_digits.
fn set_int_max_str_digits(digits: &Value) -> PyResult {
    let n = rtcore::protocol::number::index(digits)?;
    if n != 0 && n < 640 {
        return Err(value_error("maxdigits must be 0 or larger than 640"));
    }
    rtcore::num::int::set_max_str_digits(n as usize);
    Ok(NONE)
}
fn is_finalizing() -> PyResult {
    Ok(Value::bool(rtcore::finalize::is_finalizing()))
}
fn get_int_max_str_digits() -> PyResult {
    Ok(Value::int(rtcore::num::int::max_str_digits() as i64))
}
fn getframe(depth: &Value) -> PyResult {
    let n = rtcore::protocol::sequence::as_index(depth)?;
    rtcore::frame::object::current(n.max(0) as usize).ok_or_else(|| value_error("call stack is not deep enough"))
}
fn set_asyncgen_hooks(firstiter: &Value, finalizer: &Value) -> PyResult {
    async_generator::set_hooks(firstiter, finalizer)?;
    Ok(NONE)
}
fn get_asyncgen_hooks() -> PyResult {
    let (firstiter, finalizer) = async_generator::HOOKS.borrow().clone();
    let ty = structseq::make("sys", "asyncgen_hooks", &["firstiter", "finalizer"])?;
    Ok(structseq::instance(ty, vec![firstiter, finalizer]))
}
fn excepthook(_ty: &Value, exc: &Value, tb: &Value) -> PyResult {
    let text = error::format::exception(exc, tb, None, true).concat();
    error::print::write_stderr(&text);
    Ok(NONE)
}
fn unraisablehook(args: &Value) -> PyResult {
    error::print::default_hook(args);
    Ok(NONE)
}
fn displayhook(v: &Value) -> PyResult {
    if !v.is_none() {
        let print = rtcore::types::module::global_fallback(Name::new("print"))?;
        rtcore::protocol::call::call(&print, &[rtcore::protocol::repr::repr(v)?])?;
    }
    Ok(NONE)
}

fn getfilesystemencodeerrors() -> PyResult {
    Ok(Value::str("surrogateescape"))
}
/// No `-X cpu_count`.
fn cpu_count_config() -> PyResult {
    Ok(Value::int(-1))
}
/// CPython gives 0 when its own allocator is not used.
fn getallocatedblocks() -> PyResult {
    Ok(Value::int(0))
}
/// What is part of CPython's executable; `os` asks for posix here.
#[rustfmt::skip]
const BUILTIN: &[&str] = &[
    "_abc", "_ast", "_codecs", "_collections", "_functools", "_imp", "_io", "_locale", "_operator", "_signal", "_sre", "_stat",
    "_string", "_symtable", "_sysconfig", "_thread", "_tokenize", "_tracemalloc", "_typing", "_warnings", "_weakref", "atexit",
    "builtins", "errno", "faulthandler", "gc", "itertools", "marshal", "posix", "pwd", "sys", "time",
];

static FUNCTIONS: &[Method] = &[
    Method::new("getfilesystemencodeerrors()", F0(getfilesystemencodeerrors)),
    Method::new("_get_cpu_count_config()", F0(cpu_count_config)),
    Method::new("audit(event, /, *args)", Raw(nothing)),
    Method::new("addaudithook(hook, /)", Raw(nothing)),
    Method::new("getallocatedblocks()", F0(getallocatedblocks)),
    Method::new("_clear_type_cache()", Raw(nothing)),
    Method::new("exit(status=None, /)", F1(exit)),
    Method::new("exception()", F0(exception)),
    Method::new("exc_info()", F0(exc_info)),
    Method::new("getrecursionlimit()", F0(getrecursionlimit)),
    Method::new("setrecursionlimit(limit, /)", F1(setrecursionlimit)),
    Method::new("getsizeof(object, default=...)", F2(getsizeof)),
    Method::new("getrefcount(object, /)", F1(getrefcount)),
    Method::new("intern(string, /)", F1(intern)),
    Method::new("getdefaultencoding()", F0(getdefaultencoding)),
    Method::new("getfilesystemencoding()", F0(getdefaultencoding)),
    Method::new("settrace(function, /)", F1(settrace)),
    Method::new("setprofile(function, /)", F1(settrace)),
    Method::new("gettrace()", Raw(nothing)),
    Method::new("getprofile()", Raw(nothing)),
    Method::new("setswitchinterval(interval, /)", F1(setswitchinterval)),
    Method::new("getswitchinterval()", F0(getswitchinterval)),
    Method::new("is_finalizing()", F0(is_finalizing)),
    Method::new("get_int_max_str_digits()", F0(get_int_max_str_digits)),
    Method::new("set_int_max_str_digits(maxdigits)", F1(set_int_max_str_digits)),
    Method::new("_getframe(depth=0, /)", F1(getframe)),
    Method::new("displayhook(object, /)", F1(displayhook)),
    Method::new("__displayhook__(object, /)", F1(displayhook)),
    Method::new("excepthook(exctype, value, traceback, /)", F3(excepthook)),
    Method::new("__excepthook__(exctype, value, traceback, /)", F3(excepthook)),
    Method::new("unraisablehook(unraisable, /)", F1(unraisablehook)),
    Method::new("__unraisablehook__(unraisable, /)", F1(unraisablehook)),
    Method::new("set_asyncgen_hooks(firstiter=..., finalizer=...)", F2(set_asyncgen_hooks)),
    Method::new("get_asyncgen_hooks()", F0(get_asyncgen_hooks)),
    Method::new("call_tracing(func, args, /)", Raw(nothing)),
];

fn setup(m: &Value) -> PyResult<()> {
    let text = Value::str;
    let version = structseq::make("sys", "version_info", &["major", "minor", "micro", "releaselevel", "serial"])?;
    let parts = vec![Value::int(3), Value::int(13), Value::int(0), text("final"), Value::int(0)];
    set_str(m, "version_info", structseq::instance(version, parts.clone()));
    set_str(m, "version", text("3.13.0 (tauraro)"));
    set_str(m, "hexversion", Value::int(0x030d_00f0));
    set_str(m, "api_version", Value::int(1013));
    set_str(m, "copyright", text(""));
    set_str(m, "platform", text(if cfg!(target_os = "macos") { "darwin" } else if cfg!(windows) { "win32" } else { "linux" }));
    set_str(m, "byteorder", text(if cfg!(target_endian = "big") { "big" } else { "little" }));
    set_str(m, "maxsize", Value::int(i64::MAX));
    set_str(m, "maxunicode", Value::int(0x0010_ffff));
    set_str(m, "modules", modules());
    let args: Vec<Value> = std::env::args_os().map(|a| Value::string(a.to_string_lossy().into_owned())).collect();
    set_str(m, "argv", List::value(args.clone()));
    set_str(m, "orig_argv", List::value(args.clone()));
    set_str(m, "executable", args.first().cloned().unwrap_or_else(|| text("")));
    for p in ["prefix", "base_prefix", "exec_prefix", "base_exec_prefix"] {
        set_str(m, p, text("/usr"));
    }
    set_str(m, "platlibdir", text("lib"));
    set_str(m, "float_repr_style", text("short"));
    set_str(m, "abiflags", text(""));
    set_str(m, "pycache_prefix", NONE);
    set_str(m, "path", List::value(vec![]));
    set_str(m, "meta_path", List::value(vec![]));
    set_str(m, "path_hooks", List::value(vec![]));
    set_str(m, "path_importer_cache", Dict::new_value());
    set_str(m, "warnoptions", List::value(vec![]));
    set_str(m, "_xoptions", Dict::new_value());
    set_str(m, "dont_write_bytecode", FALSE);
    set_str(m, "ps1", text(">>> "));
    set_str(m, "builtin_module_names", tuple::new(BUILTIN.iter().map(|s| text(s)).collect()));
    let flags = [
        "debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site", "ignore_environment", "verbose",
        "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode", "utf8_mode", "warn_default_encoding", "safe_path",
        "int_max_str_digits",
    ];
    let ty = structseq::make("sys", "flags", &flags)?;
    let values = flags
        .iter()
        .map(|f| match *f {
            "hash_randomization" => Value::int(1),
            "int_max_str_digits" => Value::int(4300),
            "dev_mode" | "safe_path" => FALSE,
            _ => Value::int(0),
        })
        .collect();
    set_str(m, "flags", structseq::instance(ty, values));
    let float_fields =
        ["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"];
    let ty = structseq::make("sys", "float_info", &float_fields)?;
    set_str(
        m,
        "float_info",
        structseq::instance(
            ty,
            vec![
                Value::float(f64::MAX),
                Value::int(1024),
                Value::int(308),
                Value::float(f64::MIN_POSITIVE),
                Value::int(-1021),
                Value::int(-307),
                Value::int(15),
                Value::int(53),
                Value::float(f64::EPSILON),
                Value::int(2),
                Value::int(1),
            ],
        ),
    );
    let ty = structseq::make("sys", "int_info", &["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"])?;
    set_str(m, "int_info", structseq::instance(ty, vec![Value::int(30), Value::int(4), Value::int(4300), Value::int(640)]));
    let hash_fields = ["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"];
    let ty = structseq::make("sys", "hash_info", &hash_fields)?;
    set_str(
        m,
        "hash_info",
        structseq::instance(
            ty,
            vec![
                Value::int(64),
                Value::int((1 << 61) - 1),
                Value::int(314_159),
                Value::int(0),
                Value::int(1_000_003),
                text("siphash13"),
                Value::int(64),
                Value::int(128),
                Value::int(0),
            ],
        ),
    );
    let implementation = rtcore::types::namespace::new(vec![
        (Name::new("name"), text("cpython")),
        (Name::new("cache_tag"), text("cpython-313")),
        (Name::new("version"), structseq::instance(version, parts)),
        (Name::new("hexversion"), Value::int(0x030d_00f0)),
    ]);
    set_str(m, "implementation", implementation);
    rtcore::sys_hooks::setup(m)
}
pub static MODULE: NativeModule = NativeModule::new("sys", FUNCTIONS, setup);
