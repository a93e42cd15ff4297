//! Owns: the module `io`.
//! Never: implements a stream; that is the core's `io`.
//! Source: CPython 3.13, Lib/io.py.

use rtcore::io as streams;
use rtcore::methods::*;
use rtcore::types::dict::Dict;
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::{abc, class, tuple};

fn text_encoding(encoding: &Value, _stacklevel: &Value) -> PyResult {
    Ok(if encoding.is_none() { Value::str("locale") } else { encoding.clone() })
}
fn open_code(path: &Value) -> PyResult {
    streams::open(&[path.clone(), Value::str("rb"), Value::int(-1), NONE, NONE, NONE, TRUE, NONE])
}
/// The public base classes: abstract ones over the native base, with the native types registered.
fn abstract_base(name: &str, native: &'static Type, base: Option<&Value>, registered: &[&'static Type]) -> PyResult {
    let mut bases = vec![Value::of_type(native)];
    bases.extend(base.cloned());
    let ns = Dict::from_names(vec![(names::__module__.get(), Value::str("io"))]);
    let c = class::create::type_new(&abc::ABC_META, &Value::str(name), &tuple::new(bases), &ns, &[])?;
    for t in registered {
        abc::register(&c, &Value::of_type(t))?;
    }
    Ok(c)
}
static FUNCTIONS: &[Method] = &[
    Method::new(
        "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        N(streams::open),
    ),
    Method::new("open_code(path)", F1(open_code)),
    Method::new("text_encoding(encoding, stacklevel=2, /)", F2(text_encoding)),
];
fn setup(m: &Value) -> PyResult<()> {
    let types: &[&'static Type] = &[
        &streams::FILE_IO,
        &streams::BUFFERED_READER,
        &streams::BUFFERED_WRITER,
        &streams::BUFFERED_RANDOM,
        &streams::BUFFERED_RW_PAIR,
        &streams::BYTES_IO,
        &streams::STRING_IO,
        &streams::TEXT_IO_WRAPPER,
        &streams::UNSUPPORTED_OPERATION,
    ];
    for t in types {
        set_str(m, t.name(), Value::of_type(t));
    }
    set_str(m, "BlockingIOError", Value::of_type(&rtcore::error::hierarchy::BLOCKING_IO_ERROR));
    set_str(m, "DEFAULT_BUFFER_SIZE", Value::int(8192));
    for (name, n) in [("SEEK_SET", 0), ("SEEK_CUR", 1), ("SEEK_END", 2)] {
        set_str(m, name, Value::int(n));
    }
    let io_base = abstract_base("IOBase", &streams::IO_BASE, None, &[])?;
    let raw = abstract_base("RawIOBase", &streams::RAW_IO_BASE, Some(&io_base), &[&streams::FILE_IO])?;
    let buffered = abstract_base(
        "BufferedIOBase",
        &streams::BUFFERED_IO_BASE,
        Some(&io_base),
        &[&streams::BYTES_IO, &streams::BUFFERED_READER, &streams::BUFFERED_WRITER, &streams::BUFFERED_RANDOM, &streams::BUFFERED_RW_PAIR],
    )?;
    let text = abstract_base("TextIOBase", &streams::TEXT_IO_BASE, Some(&io_base), &[&streams::STRING_IO, &streams::TEXT_IO_WRAPPER])?;
    for (name, c) in [("IOBase", io_base), ("RawIOBase", raw), ("BufferedIOBase", buffered), ("TextIOBase", text)] {
        set_str(m, name, c);
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("io", FUNCTIONS, setup);
