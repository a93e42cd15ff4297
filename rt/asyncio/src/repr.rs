//! Owns: the texts of futures, tasks and callbacks; `reprlib.repr`; a task's stack.
//! Never: changes what it shows.
//! Source: CPython 3.13, Lib/asyncio/base_futures.py, base_tasks.py, format_helpers.py, Lib/reprlib.py.

use crate::futures::{self, State, as_future};
use crate::glue;
use crate::tasks::Task;
use rtcore::error::PyResult;
use rtcore::frame::object::FrameObject;
use rtcore::gil::Gil;
use rtcore::value::{NONE, Value};
use std::cell::RefCell;

static RUNNING: Gil<RefCell<Vec<u64>>> = Gil::new(RefCell::new(Vec::new()));

/// `reprlib.recursive_repr`.
fn guarded(v: &Value, f: impl FnOnce() -> PyResult<String>) -> PyResult<String> {
    if RUNNING.borrow().contains(&v.bits()) {
        return Ok("...".into());
    }
    RUNNING.borrow_mut().push(v.bits());
    let r = f();
    RUNNING.borrow_mut().pop();
    r
}
fn info(v: &Value) -> PyResult<Vec<String>> {
    let Some(f) = as_future(v) else { return Ok(vec![]) };
    let mut out = vec![f.state.get().name().to_lowercase()];
    if f.state.get() == State::Finished {
        let outcome = f.outcome.get();
        out.push(if f.has_exception.get() {
            format!("exception={}", glue::repr(&outcome)?)
        } else {
            format!("result={}", reprlib(&outcome, 6)?)
        });
    }
    let cbs = callbacks(v)?;
    if !cbs.is_empty() {
        let text = match cbs.as_slice() {
            [one] => one.clone(),
            [a, b] => format!("{a}, {b}"),
            [a, mid @ .., b] => format!("{a}, <{} more>, {b}", mid.len()),
            [] => String::new(),
        };
        out.push(format!("cb=[{text}]"));
    }
    Ok(out)
}
fn callbacks(v: &Value) -> PyResult<Vec<String>> {
    let Some(f) = as_future(v) else { return Ok(vec![]) };
    f.callback_list()
        .into_iter()
    .map(|c| match c {
        Ok(func) => format_callback_source(&func, &[], false),
        Err(text) => Ok(text),
    })
    .collect()
}
pub fn future_repr(v: &Value) -> PyResult<String> {
    guarded(v, || Ok(format!("<{} {}>", v.ty().name(), info(v)?.join(" "))))
}
pub fn task_repr(v: &Value) -> PyResult<String> {
    guarded(v, || {
        let mut i = info(v)?;
        let Some(t) = v.downcast::<Task>() else { return Ok(String::new()) };
        if t.num_cancels() > 0 && !t.fut.done() {
            i[0] = "cancelling".into();
        }
        i.insert(1, format!("name={}", glue::repr(&t.name())?));
        let waiter = t.fut_waiter.get();
        if !waiter.is_none() {
            i.insert(2, format!("wait_for={}", glue::repr(&waiter)?));
        }
        let coro = t.coro.get();
        if !coro.is_none() {
            i.insert(2, format!("coro=<{}>", crate::coroutines::format(&coro)?));
        }
        Ok(format!("<{} {}>", v.ty().name(), i.join(" ")))
    })
}

/// `_format_callback_source`.
pub fn format_callback_source(f: &Value, args: &[Value], debug: bool) -> PyResult<String> {
    let mut text = format_callback(f, args, &[], debug, "")?;
    if let Some((file, line)) = source(f)? {
        text.push_str(&format!(" at {file}:{line}"));
    }
    Ok(text)
}
fn is_partial(f: &Value) -> bool {
    f.ty().mro().iter().any(|t| t.name() == "partial")
}
fn source(f: &Value) -> PyResult<Option<(String, String)>> {
    let mut f = f.clone();
    while let Some(w) = glue::getattr_opt(&f, "__wrapped__")? {
        f = w;
    }
    if let Some(m) = f.downcast::<rtcore::types::function::bound::BoundMethod>() {
        // inspect.isfunction is false for bound methods.
        let _ = m;
        return Ok(None);
    }
    if f.downcast::<rtcore::types::function::Function>().is_some() {
        let code = glue::getattr(&f, "__code__")?;
        let file = rtcore::protocol::repr::str_string(&glue::getattr(&code, "co_filename")?)?;
        let line = rtcore::protocol::repr::str_string(&glue::getattr(&code, "co_firstlineno")?)?;
        return Ok(Some((file, line)));
    }
    if is_partial(&f) {
        return source(&glue::getattr(&f, "func")?);
    }
    Ok(None)
}
fn format_callback(f: &Value, args: &[Value], kw: &[(Value, Value)], debug: bool, suffix: &str) -> PyResult<String> {
    if is_partial(f) {
        let suffix = format!("{}{suffix}", format_args(args, kw, debug)?);
        let inner = glue::getattr(f, "func")?;
        let args = rtcore::protocol::iter::collect(&glue::getattr(f, "args")?)?;
        let kw = rtcore::types::dict::items_of(&glue::getattr(f, "keywords")?)?;
        return format_callback(&inner, &args, &kw, debug, &suffix);
    }
    let mut name = None;
    for attr in ["__qualname__", "__name__"] {
        if let Some(q) = glue::getattr_opt(f, attr)?
            && q.as_str().is_some_and(|s| !s.is_empty())
        {
            name = q.as_str().map(str::to_string);
            break;
        }
    }
    let name = match name {
        Some(n) => n,
        None => glue::repr(f)?,
    };
    Ok(format!("{name}{}{suffix}", format_args(args, kw, debug)?))
}
fn format_args(args: &[Value], kw: &[(Value, Value)], debug: bool) -> PyResult<String> {
    if !debug {
        return Ok("()".into());
    }
    let mut items = vec![];
    for a in args {
        items.push(reprlib(a, 6)?);
    }
    for (k, v) in kw {
        items.push(format!("{}={}", rtcore::protocol::repr::str_string(k)?, reprlib(v, 6)?));
    }
    Ok(format!("({})", items.join(", ")))
}

/// `reprlib.repr(v)` with its default limits.
pub fn reprlib(v: &Value, level: usize) -> PyResult<String> {
    use rtcore::protocol::iter::collect;
    let name = v.ty().name();
    let joined = |items: &[Value], max: usize, open: &str, close: &str, one: &str| -> PyResult<String> {
        if level == 0 && !items.is_empty() {
            return Ok(format!("{open}...{close}"));
        }
        let mut parts = vec![];
        for i in items.iter().take(max) {
            parts.push(reprlib(i, level.saturating_sub(1))?);
        }
        if items.len() > max {
            parts.push("...".into());
        }
        let tail = if items.len() == 1 { one } else { "" };
        Ok(format!("{open}{}{tail}{close}", parts.join(", ")))
    };
    match name {
        "str" => {
            let s = v.as_str().unwrap_or("").chars().collect::<Vec<_>>();
            let head: String = s.iter().take(30).collect();
            let full = glue::repr(&Value::string(head))?;
            if s.len() <= 30 && full.chars().count() <= 30 {
                return Ok(full);
            }
            let whole = glue::repr(v)?.chars().collect::<Vec<_>>();
            Ok(if whole.len() <= 30 { whole.into_iter().collect() } else { cut_string(&s)? })
        }
        "int" => Ok(cut(&glue::repr(v)?, 40)),
        "list" => joined(&collect(v)?, 6, "[", "]", ""),
        "tuple" => joined(&collect(v)?, 6, "(", ")", ","),
        "set" if glue::truth(v)? => joined(&collect(v)?, 6, "{", "}", ""),
        "dict" => {
            let items = rtcore::types::dict::items_of(v)?;
            if items.is_empty() {
                return Ok("{}".into());
            }
            if level == 0 {
                return Ok("{...}".into());
            }
            let mut parts = vec![];
            let n = items.len();
            let keys = rtcore::protocol::iter::collect(v)?;
            let _ = keys;
            for (k, val) in items.iter().take(4) {
                parts.push(format!("{}: {}", reprlib(k, level - 1)?, reprlib(val, level - 1)?));
            }
            if n > 4 {
                parts.push("...".into());
            }
            Ok(format!("{{{}}}", parts.join(", ")))
        }
        _ => Ok(cut(&glue::repr(v)?, 30)),
    }
}
/// Repr.repr_str for a long text.
fn cut_string(s: &[char]) -> PyResult<String> {
    let (i, j) = (13usize, 14usize);
    let text: String = s[..i.min(s.len())].iter().chain(&s[s.len().saturating_sub(j)..]).collect();
    let r = glue::repr(&Value::string(text))?;
    let r: Vec<char> = r.chars().collect();
    let head: String = r[..i.min(r.len())].iter().collect();
    let tail: String = r[r.len().saturating_sub(j)..].iter().collect();
    Ok(format!("{head}...{tail}"))
}
fn cut(s: &str, max: usize) -> String {
    let c: Vec<char> = s.chars().collect();
    if c.len() <= max {
        return s.to_string();
    }
    let i = (max - 3) / 2;
    let j = max - 3 - i;
    let head: String = c[..i].iter().collect();
    let tail: String = c[c.len() - j..].iter().collect();
    format!("{head}...{tail}")
}

/// `_task_get_stack`.
pub fn task_stack(v: &Value, limit: &Value) -> PyResult {
    let Some(t) = v.downcast::<Task>() else { return Ok(glue::list(vec![])) };
    let coro = t.coro.get();
    let mut frames = vec![];
    let mut frame = NONE;
    for attr in ["cr_frame", "gi_frame", "ag_frame"] {
        if coro.is_none() {
            break;
        }
        if let Some(f) = glue::getattr_opt(&coro, attr)? {
            frame = f;
            break;
        }
    }
    let limit = if limit.is_none() { usize::MAX } else { glue::index(limit)?.max(0) as usize };
    if !frame.is_none() {
        while !frame.is_none() && frames.len() < limit {
            frames.push(frame.clone());
            frame = glue::getattr(&frame, "f_back")?;
        }
        frames.reverse();
    } else if t.fut.has_exception.get() {
        let mut tb = glue::exc_traceback(&t.fut.outcome.get());
        while !tb.is_none() && frames.len() < limit {
            frames.push(glue::getattr(&tb, "tb_frame")?);
            tb = glue::getattr(&tb, "tb_next")?;
        }
    }
    Ok(glue::list(frames))
}
/// `_task_print_stack`.
pub fn print_stack(v: &Value, limit: &Value, file: &Value) -> PyResult {
    let frames = rtcore::protocol::iter::collect(&task_stack(v, limit)?)?;
    let exc = match v.downcast::<Task>() {
        Some(t) if t.fut.has_exception.get() => t.fut.outcome.get(),
        Some(_) | None => NONE,
    };
    let r = glue::repr(v)?;
    let mut text = if frames.is_empty() {
        format!("No stack for {r}\n")
    } else if exc.is_none() {
        format!("Stack for {r} (most recent call last):\n")
    } else {
        format!("Traceback for {r} (most recent call last):\n")
    };
    for f in frames {
        let code = glue::getattr(&f, "f_code")?;
        let name = rtcore::protocol::repr::str_string(&glue::getattr(&code, "co_name")?)?;
        let path = rtcore::protocol::repr::str_string(&glue::getattr(&code, "co_filename")?)?;
        let line = glue::index(&glue::getattr(&f, "f_lineno")?)?;
        text.push_str(&format!("  File \"{path}\", line {line}, in {name}\n"));
        let source = f.downcast::<FrameObject>().map_or("", |f| f.scope.source);
        if let Some(l) = source.lines().nth((line - 1).max(0) as usize) {
            text.push_str(&format!("    {}\n", l.trim()));
        }
    }
    if !exc.is_none() {
        for line in rtcore::error::format::exception_only(&exc) {
            text.push_str(&line);
        }
    }
    if file.is_none() {
        rtcore::error::print::write_stderr(&text);
    } else {
        glue::call_method(file, "write", &[Value::string(text)])?;
    }
    Ok(NONE)
}
#[allow(unused)]
fn keep() -> fn(&Value) -> PyResult<bool> {
    futures::is_done
}
