//! Owns: `print`, `input` and `open`.
//! Never: knows how streams work; that is `io`.
//! Source: CPython 3.13, Python/bltinmodule.c.

use crate::error::{eof_error, runtime_error, type_error};
use crate::io;
use crate::methods::*;
use crate::protocol::call::call_method_static;
use crate::protocol::repr::{push_repr, str_};
use crate::protocol::sequence::truth;
use crate::types::str::value::{Str, StrBuilder};
use crate::value::Tag;

fn push_str(b: &mut StrBuilder, v: &Value) -> PyResult<()> {
    match v.tag() {
        Tag::None | Tag::Unbound | Tag::Bool | Tag::Int | Tag::Float => push_repr(b, v),
        Tag::Obj => {
            let s = str_(v)?;
            if let Some(s) = s.as_str_obj() {
                b.push_text(s);
            }
            Ok(())
        }
    }
}
fn separator(name: &str, v: &Value, default: &str) -> PyResult {
    if v.is_none() {
        return Ok(Value::str(default));
    }
    match v.as_str_obj() {
        Some(_) => Ok(v.clone()),
        None => Err(type_error(format!("{name} must be None or a string, not {}", v.ty().full_name()))),
    }
}

/// `print(values…, sep=, end=, file=, flush=)`: keyword values last.
pub fn print(all: &[Value], kw: &[Name]) -> PyResult {
    let values = &all[..all.len() - kw.len()];
    let (mut sep, mut end, mut file, mut flush) = (NONE, NONE, NONE, FALSE);
    for (k, v) in kw.iter().zip(&all[values.len()..]) {
        match k.as_str() {
            "sep" => sep = v.clone(),
            "end" => end = v.clone(),
            "file" => file = v.clone(),
            "flush" => flush = v.clone(),
            other => return Err(crate::def::unexpected_keyword("print", other, ["sep", "end", "file", "flush"].into_iter())),
        }
    }
    if file.is_none() {
        file = match io::std::stdout() {
            Some(f) => f,
            None => return Err(runtime_error("lost sys.stdout")),
        };
        if file.is_none() {
            return Ok(NONE);
        }
    }
    let sep = separator("sep", &sep, " ")?;
    let end = separator("end", &end, "\n")?;
    let (sep_text, end_text) = (sep.as_str_obj(), end.as_str_obj());
    if io::is_native_text(&file) {
        let mut b = StrBuilder::new();
        for (i, v) in values.iter().enumerate() {
            if i > 0
                && let Some(s) = sep_text
            {
                b.push_text(s);
            }
            // A `__str__` may print itself, or raise: what stands before it is written first.
            if v.tag() == Tag::Obj && v.downcast_exact::<Str>().is_none() {
                io::write_text(&file, &std::mem::replace(&mut b, StrBuilder::new()).finish())?;
            }
            push_str(&mut b, v)?;
        }
        if let Some(s) = end_text {
            b.push_text(s);
        }
        io::write_text(&file, &b.finish())?;
    } else {
        for (i, v) in values.iter().enumerate() {
            if i > 0 {
                call_method_static(&file, &names::write, std::slice::from_ref(&sep))?;
            }
            call_method_static(&file, &names::write, &[str_(v)?])?;
        }
        call_method_static(&file, &names::write, std::slice::from_ref(&end))?;
    }
    if truth(&flush)? {
        call_method_static(&file, &names::flush, &[])?;
    }
    Ok(NONE)
}
fn input(prompt: &Value) -> PyResult {
    let out = io::std::stdout().unwrap_or(NONE);
    if !prompt.is_unbound() && !out.is_none() {
        print(&[prompt.clone(), Value::str(""), out.clone()], &[Name::new("end"), Name::new("file")])?;
    }
    if !out.is_none() {
        call_method_static(&out, &names::flush, &[])?;
    }
    let Some(stdin) = io::std::stdin().filter(|v| !v.is_none()) else { return Err(runtime_error("input(): lost sys.stdin")) };
    let line = crate::protocol::call::call_method_name(&stdin, Name::new("readline"), &[])?;
    let Some(s) = line.as_str_obj() else {
        return Err(type_error("object.readline() returned non-string"));
    };
    if s.is_empty() {
        return Err(eof_error("EOF when reading a line"));
    }
    let n = s.char_len();
    Ok(if s.as_bytes().ends_with(b"\n") { object::new(&crate::types::str::STR, s.slice(0, n - 1)) } else { line.clone() })
}

pub(super) static METHODS: &[Method] = &[
    Method::new("print(*args, sep=' ', end='\\n', file=None, flush=False)", Raw(print)),
    Method::new("input(prompt=..., /)", F1(input)),
    Method::new(
        "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        N(io::open),
    ),
];
