//! Owns: the module `traceback`.
//! Never: lays out exceptions; that is `rtcore::error::format`.
//! Source: CPython 3.13, Lib/traceback.py.

use rtcore::error::format::{self, Row};
use rtcore::error::hierarchy::{body, is_exception};
use rtcore::error::traceback::is_traceback;
use rtcore::error::{handled, print, type_error};
use rtcore::frame::object::FrameObject;
use rtcore::methods::*;
use rtcore::protocol::call::call_method_name;
use rtcore::protocol::repr::str_string;
use rtcore::types::list::{LIST, List};
use rtcore::types::module::{NativeModule, set_str};
use rtcore::types::tuple;
use std::cell::RefCell;

fn limit_of(v: &Value) -> PyResult<Option<i64>> {
    if v.is_none() || v.is_unbound() { Ok(None) } else { rtcore::protocol::sequence::as_index(v).map(Some) }
}
fn strings(items: Vec<String>) -> Value {
    List::value(items.into_iter().map(Value::string).collect())
}
/// The exception and traceback of `f(exc)`, `f(type, value, tb)`, `f(exc, value=…, tb=…)`.
fn value_tb(exc: &Value, value: &Value, tb: &Value) -> PyResult<(Value, Value)> {
    match (value.is_unbound(), tb.is_unbound()) {
        (true, true) => {
            if exc.is_none() {
                return Ok((NONE, NONE));
            }
            if !is_exception(exc) {
                return Err(type_error(format!("Exception expected for value, {} found", exc.ty().name())));
            }
            let own = body(exc).map_or(NONE, |e| e.traceback.borrow().clone());
            Ok((exc.clone(), own))
        }
        (true, false) | (false, true) => Err(rtcore::error::value_error("Both or neither of value and tb must be given")),
        (false, false) => Ok((value.clone(), tb.clone())),
    }
}
fn lines_of(exc: &Value, value: &Value, tb: &Value, limit: &Value, chain: &Value) -> PyResult<Vec<String>> {
    let (exc, tb) = value_tb(exc, value, tb)?;
    if exc.is_none() {
        return Ok(vec!["NoneType: None\n".into()]);
    }
    Ok(format::exception(&exc, &tb, limit_of(limit)?, rtcore::protocol::sequence::truth(chain)?))
}
fn write(file: &Value, text: &str) -> PyResult<()> {
    if file.is_none() || file.is_unbound() {
        print::write_stderr(text);
        return Ok(());
    }
    call_method_name(file, Name::new("write"), &[Value::str(text)]).map(drop)
}
fn format_exception(a: &[Value]) -> PyResult {
    let [exc, value, tb, limit, chain] = a else { return Ok(NONE) };
    Ok(strings(lines_of(exc, value, tb, limit, chain)?))
}
fn print_exception(a: &[Value]) -> PyResult {
    let [exc, value, tb, limit, file, chain] = a else { return Ok(NONE) };
    write(file, &lines_of(exc, value, tb, limit, chain)?.concat())?;
    Ok(NONE)
}
fn format_exc(limit: &Value, chain: &Value) -> PyResult {
    Ok(Value::string(lines_of(&handled(), &UNBOUND, &UNBOUND, limit, chain)?.concat()))
}
fn print_exc(limit: &Value, file: &Value, chain: &Value) -> PyResult {
    write(file, &lines_of(&handled(), &UNBOUND, &UNBOUND, limit, chain)?.concat())?;
    Ok(NONE)
}
fn format_exception_only(exc: &Value, value: &Value, show_group: &Value) -> PyResult {
    let v = if value.is_unbound() { exc } else { value };
    if v.is_none() {
        return Ok(strings(vec!["NoneType: None\n".into()]));
    }
    let group = rtcore::protocol::sequence::truth(show_group)?;
    let mut out = vec![];
    only(v, group, 0, &mut out);
    Ok(strings(out))
}
fn only(exc: &Value, group: bool, depth: usize, out: &mut Vec<String>) {
    let indent = " ".repeat(3 * depth);
    for text in format::exception_only(exc) {
        out.extend(text.split_inclusive('\n').map(|l| format!("{indent}{l}")));
    }
    if group && rtcore::error::groups::is_group(exc) {
        for m in tuple::items(&rtcore::error::groups::members(exc)) {
            only(m, group, depth + 1, out);
        }
    }
}

/// `traceback.FrameSummary`.
struct FrameSummary {
    filename: Value,
    lineno: Value,
    name: Value,
    /// None: read from the source.
    line: RefCell<Value>,
    row: Option<Row>,
}
impl Payload for FrameSummary {}
impl Native for FrameSummary {
    fn class() -> &'static Type {
        &FRAME_SUMMARY
    }
}
fn summary(v: &Value) -> PyResult<&FrameSummary> {
    v.downcast::<FrameSummary>().ok_or_else(|| type_error("descriptor requires a 'FrameSummary' object"))
}
fn of_row(row: Row) -> Value {
    let scope = row.site.scope;
    let line = scope.source.lines().nth((row.line as usize).saturating_sub(1)).unwrap_or("").trim();
    object::new(
        &FRAME_SUMMARY,
        FrameSummary {
            filename: Value::str(scope.file),
            lineno: Value::int(i64::from(row.line)),
            name: Value::str(scope.name),
            line: RefCell::new(Value::str(line)),
            row: Some(row),
        },
    )
}
fn summary_new(a: &[Value]) -> PyResult {
    let [_, filename, lineno, name, _lookup, _locals, line, ..] = a else { return Ok(NONE) };
    let s = FrameSummary { filename: filename.clone(), lineno: lineno.clone(), name: name.clone(), line: RefCell::new(line.clone()), row: None };
    if line.is_none()
        && let (Some(f), Some(n)) = (filename.as_str(), lineno.as_inline_int())
    {
        let text = print::source_of(f).lines().nth((n.max(1) - 1) as usize).unwrap_or("").trim();
        drop(s.line.replace(Value::str(text)));
    }
    Ok(object::new(&FRAME_SUMMARY, s))
}
fn parts(s: &FrameSummary) -> Vec<Value> {
    vec![s.filename.clone(), s.lineno.clone(), s.name.clone(), s.line.borrow().clone()]
}
fn summary_text(s: &FrameSummary) -> PyResult<String> {
    if let Some(row) = s.row {
        return Ok(format::frame_text(row));
    }
    let mut out = format!("  File \"{}\", line {}, in {}\n", str_string(&s.filename)?, str_string(&s.lineno)?, str_string(&s.name)?);
    if let Some(l) = s.line.borrow().as_str()
        && !l.trim().is_empty()
    {
        out.push_str(&format!("    {}\n", l.trim()));
    }
    Ok(out)
}
fn summary_repr(v: &Value) -> PyResult {
    let s = summary(v)?;
    Ok(Value::string(format!("<FrameSummary file {}, line {} in {}>", str_string(&s.filename)?, str_string(&s.lineno)?, str_string(&s.name)?)))
}
fn summary_iter(v: &Value) -> PyResult {
    rtcore::protocol::iter::iter(&tuple::new(parts(summary(v)?)))
}
fn summary_getitem(v: &Value, i: &Value) -> PyResult {
    rtcore::protocol::sequence::getitem(&tuple::new(parts(summary(v)?)), i)
}
fn summary_eq(a: &Value, b: &Value) -> PyResult {
    let x = tuple::new(parts(summary(a)?));
    let y = match b.downcast::<FrameSummary>() {
        Some(s) => tuple::new(parts(s)),
        None if tuple::is_tuple(b) => b.clone(),
        None => return Ok(rtcore::types::none::not_implemented()),
    };
    Ok(Value::bool(rtcore::protocol::compare::eq(&x, &y)?))
}
static SUMMARY_METHODS: &[Method] = &[
    Method::static_(
        "__new__(type, filename, lineno, name, *, lookup_line=True, locals=None, line=None, end_lineno=None, colno=None, end_colno=None)",
        N(summary_new),
    ),
    Method::new("__repr__(self, /)", F1(summary_repr)),
    Method::new("__iter__(self, /)", F1(summary_iter)),
    Method::new("__getitem__(self, i, /)", F2(summary_getitem)),
    Method::new("__len__(self, /)", F1(|_| Ok(Value::int(4)))),
    Method::new("__eq__(self, other, /)", F2(summary_eq)),
];
fn position(v: &Value, f: impl Fn(&Row) -> u32) -> PyResult {
    Ok(summary(v)?.row.as_ref().map_or(NONE, |r| Value::int(i64::from(f(r)))))
}
static SUMMARY_GETSET: &[GetSet] = &[
    GetSet::ro("filename", |v| Ok(summary(v)?.filename.clone())),
    GetSet::ro("lineno", |v| Ok(summary(v)?.lineno.clone())),
    GetSet::ro("name", |v| Ok(summary(v)?.name.clone())),
    GetSet::ro("line", |v| {
        let s = summary(v)?;
        Ok(s.line.borrow().clone())
    }),
    GetSet::ro("locals", |_| Ok(NONE)),
    GetSet::ro("end_lineno", |v| position(v, |r| r.site.end_line)),
    GetSet::ro("colno", |v| position(v, |r| r.site.col)),
    GetSet::ro("end_colno", |v| position(v, |r| r.site.end_col)),
];
static SUMMARY_DEF: ClassDef = ClassDef::new::<FrameSummary>("FrameSummary").module("traceback").methods(SUMMARY_METHODS).getset(SUMMARY_GETSET);
static FRAME_SUMMARY: Type = Type::builtin(&SUMMARY_DEF);

/// The rows of summaries or (file, line, name, text) tuples, as text with repetitions folded.
fn texts(items: &[Value]) -> PyResult<Vec<String>> {
    let rows: Option<Vec<Row>> = items.iter().map(|i| i.downcast::<FrameSummary>().and_then(|s| s.row)).collect();
    if let Some(rows) = rows {
        return Ok(format::stack_text(&rows));
    }
    let mut out = vec![];
    for i in items {
        match i.downcast::<FrameSummary>() {
            Some(s) => out.push(summary_text(s)?),
            None => {
                let [file, line, name, text] = tuple::items(i) else { return Err(type_error("a 4-tuple is required")) };
                let s = FrameSummary { filename: file.clone(), lineno: line.clone(), name: name.clone(), line: RefCell::new(text.clone()), row: None };
                out.push(summary_text(&s)?);
            }
        }
    }
    Ok(out)
}
fn stack_format(v: &Value) -> PyResult {
    Ok(strings(texts(&rtcore::protocol::iter::collect(v)?)?))
}
fn stack_extract(a: &[Value]) -> PyResult {
    let frames = rtcore::protocol::iter::collect(&a[1])?;
    let rows: Vec<Row> = frames
        .iter()
        .filter_map(|f| {
            let pair = tuple::items(f);
            let line = pair.get(1)?.as_inline_int()? as u32;
            let frame = pair.first()?.downcast::<FrameObject>()?;
            Some(Row { site: rtcore::error::traceback::site_at(frame.scope, line), line })
        })
        .collect();
    Ok(stack(format::limited(rows, limit_of(&a[2])?)))
}
fn stack_from_list(_ty: &Value, items: &Value) -> PyResult {
    Ok(object::new(&STACK_SUMMARY, List::new(rtcore::protocol::iter::collect(items)?)))
}
fn stack(rows: Vec<Row>) -> Value {
    object::new(&STACK_SUMMARY, List::new(rows.into_iter().map(of_row).collect()))
}
static STACK_METHODS: &[Method] = &[
    Method::new("format(self, **kwargs)", Raw(|a, _| stack_format(&a[0]))),
    Method::new("format_frame_summary(self, frame_summary, **kwargs)", Raw(|a, _| Ok(Value::string(summary_text(summary(&a[1])?)?)))),
    Method::class("extract(type, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False)", N(stack_extract)),
    Method::class("from_list(type, a_list)", F2(stack_from_list)),
];
static STACK_DEF: ClassDef = ClassDef::new::<List>("StackSummary").module("traceback").like(&LIST, &LIST).methods(STACK_METHODS);
static STACK_SUMMARY: Type = Type::builtin(&STACK_DEF);

fn extract_tb(tb: &Value, limit: &Value) -> PyResult {
    if !tb.is_none() && !is_traceback(tb) {
        return Err(type_error("a traceback object is required"));
    }
    Ok(stack(format::limited(format::rows_of(tb), limit_of(limit)?)))
}
fn format_tb(tb: &Value, limit: &Value) -> PyResult {
    Ok(strings(format::stack_text(&format::limited(format::rows_of(tb), limit_of(limit)?))))
}
fn print_tb(tb: &Value, limit: &Value, file: &Value) -> PyResult {
    write(file, &format::stack_text(&format::limited(format::rows_of(tb), limit_of(limit)?)).concat())?;
    Ok(NONE)
}
fn format_list(items: &Value) -> PyResult {
    Ok(strings(texts(&rtcore::protocol::iter::collect(items)?)?))
}
fn print_list(items: &Value, file: &Value) -> PyResult {
    write(file, &texts(&rtcore::protocol::iter::collect(items)?)?.concat())?;
    Ok(NONE)
}
/// The running functions, outermost first.
fn running(f: &Value) -> Vec<Row> {
    let start = if f.is_none() || f.is_unbound() { rtcore::frame::object::current(0) } else { Some(f.clone()) };
    let mut rows = vec![];
    let mut next = start;
    while let Some(v) = next {
        let Some(frame) = v.downcast::<FrameObject>() else { break };
        let line = frame.line.get();
        rows.push(Row { site: rtcore::error::traceback::site_at(frame.scope, line), line });
        let back = frame.back.borrow().clone();
        next = if back.is_none() { None } else { Some(back) };
    }
    rows.reverse();
    rows
}
fn from_end(rows: Vec<Row>, limit: &Value) -> PyResult<Vec<Row>> {
    Ok(format::limited(rows, limit_of(limit)?.map(|n| -n)))
}
fn extract_stack(f: &Value, limit: &Value) -> PyResult {
    Ok(stack(from_end(running(f), limit)?))
}
fn format_stack(f: &Value, limit: &Value) -> PyResult {
    Ok(strings(format::stack_text(&from_end(running(f), limit)?)))
}
fn print_stack(f: &Value, limit: &Value, file: &Value) -> PyResult {
    write(file, &format::stack_text(&from_end(running(f), limit)?).concat())?;
    Ok(NONE)
}
fn walk_tb(tb: &Value) -> PyResult {
    let mut out = vec![];
    let mut tb = tb.clone();
    while is_traceback(&tb) {
        let get = |n: &str| rtcore::protocol::attr::getattr_name(&tb, Name::new(n));
        out.push(tuple::new(vec![get("tb_frame")?, get("tb_lineno")?]));
        let next = get("tb_next")?;
        tb = next;
    }
    rtcore::protocol::iter::iter(&List::value(out))
}
fn walk_stack(f: &Value) -> PyResult {
    let mut out = vec![];
    let mut next = if f.is_none() { rtcore::frame::object::current(0) } else { Some(f.clone()) };
    while let Some(v) = next {
        let Some(frame) = v.downcast::<FrameObject>() else { break };
        out.push(tuple::new(vec![v.clone(), Value::int(i64::from(frame.line.get()))]));
        let back = frame.back.borrow().clone();
        next = if back.is_none() { None } else { Some(back) };
    }
    rtcore::protocol::iter::iter(&List::value(out))
}
fn clear_frames(tb: &Value) -> PyResult {
    let mut tb = tb.clone();
    while is_traceback(&tb) {
        let frame = rtcore::protocol::attr::getattr_name(&tb, Name::new("tb_frame"))?;
        call_method_name(&frame, Name::new("clear"), &[])?;
        let next = rtcore::protocol::attr::getattr_name(&tb, Name::new("tb_next"))?;
        tb = next;
    }
    Ok(NONE)
}

/// `traceback.TracebackException`: keeps the exception and formats it when asked.
struct TracebackException {
    exc: Value,
    tb: Value,
    limit: Option<i64>,
}
impl Payload for TracebackException {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.exc);
        visit(&self.tb);
    }
}
impl Native for TracebackException {
    fn class() -> &'static Type {
        &TE
    }
}
fn te(v: &Value) -> PyResult<&TracebackException> {
    v.downcast::<TracebackException>().ok_or_else(|| type_error("descriptor requires a 'TracebackException' object"))
}
fn te_new(a: &[Value]) -> PyResult {
    let [_, _ty, exc, tb, limit, ..] = a else { return Ok(NONE) };
    Ok(object::new(&TE, TracebackException { exc: exc.clone(), tb: tb.clone(), limit: limit_of(limit)? }))
}
fn te_from(a: &[Value]) -> PyResult {
    let [_, exc, limit, ..] = a else { return Ok(NONE) };
    let tb = body(exc).map_or(NONE, |e| e.traceback.borrow().clone());
    Ok(object::new(&TE, TracebackException { exc: exc.clone(), tb, limit: limit_of(limit)? }))
}
fn te_format(v: &Value, chain: &Value) -> PyResult {
    let t = te(v)?;
    let lines = format::exception(&t.exc, &t.tb, t.limit, rtcore::protocol::sequence::truth(chain)?);
    rtcore::protocol::iter::iter(&strings(lines))
}
fn te_only(v: &Value, show_group: &Value) -> PyResult {
    let mut out = vec![];
    only(&te(v)?.exc, rtcore::protocol::sequence::truth(show_group)?, 0, &mut out);
    rtcore::protocol::iter::iter(&strings(out))
}
fn te_print(v: &Value, file: &Value, chain: &Value) -> PyResult {
    let t = te(v)?;
    write(file, &format::exception(&t.exc, &t.tb, t.limit, rtcore::protocol::sequence::truth(chain)?).concat())?;
    Ok(NONE)
}
fn linked(v: &Value, f: impl Fn(&rtcore::error::hierarchy::Exception) -> Value) -> PyResult {
    let t = te(v)?;
    let other = body(&t.exc).map_or(NONE, f);
    if other.is_none() {
        return Ok(NONE);
    }
    let tb = body(&other).map_or(NONE, |e| e.traceback.borrow().clone());
    Ok(object::new(&TE, TracebackException { exc: other, tb, limit: t.limit }))
}
static TE_METHODS: &[Method] = &[
    Method::static_(
        "__new__(type, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True, capture_locals=False, compact=False, max_group_width=15, max_group_depth=10)",
        N(te_new),
    ),
    Method::class(
        "from_exception(type, exc, *, limit=None, lookup_lines=True, capture_locals=False, compact=False, max_group_width=15, max_group_depth=10)",
        N(te_from),
    ),
    Method::new("format(self, *, chain=True)", F2(te_format)),
    Method::new("format_exception_only(self, *, show_group=False)", F2(te_only)),
    Method::new("print(self, *, file=None, chain=True)", F3(te_print)),
    Method::new("__str__(self, /)", F1(|v| Ok(Value::string(format::safe_str(&te(v)?.exc))))),
];
static TE_GETSET: &[GetSet] = &[
    GetSet::ro("stack", |v| {
        let t = te(v)?;
        Ok(stack(format::limited(format::rows_of(&t.tb), t.limit)))
    }),
    GetSet::ro("exc_type", |v| Ok(Value::of_type(te(v)?.exc.ty()))),
    GetSet::ro("exc_type_str", |v| Ok(Value::string(format::type_text(&te(v)?.exc)))),
    GetSet::ro("__cause__", |v| linked(v, |e| e.cause.borrow().clone())),
    GetSet::ro("__context__", |v| linked(v, |e| e.context.borrow().clone())),
    GetSet::ro("__suppress_context__", |v| Ok(Value::bool(body(&te(v)?.exc).is_some_and(|e| e.suppress_context.get())))),
    GetSet::ro("exceptions", |v| {
        let t = te(v)?;
        if !rtcore::error::groups::is_group(&t.exc) {
            return Ok(NONE);
        }
        let all = rtcore::error::groups::members(&t.exc);
        let make = |m: &Value| {
            let tb = body(m).map_or(NONE, |e| e.traceback.borrow().clone());
            object::new(&TE, TracebackException { exc: m.clone(), tb, limit: t.limit })
        };
        Ok(List::value(tuple::items(&all).iter().map(make).collect()))
    }),
];
static TE_DEF: ClassDef = ClassDef::new::<TracebackException>("TracebackException").module("traceback").methods(TE_METHODS).getset(TE_GETSET);
static TE: Type = Type::builtin(&TE_DEF);

static FUNCTIONS: &[Method] = &[
    Method::new("format_exception(exc, /, value=..., tb=..., limit=None, chain=True)", N(format_exception)),
    Method::new("print_exception(exc, /, value=..., tb=..., limit=None, file=None, chain=True)", N(print_exception)),
    Method::new("format_exc(limit=None, chain=True)", F2(format_exc)),
    Method::new("print_exc(limit=None, file=None, chain=True)", F3(print_exc)),
    Method::new("format_exception_only(exc, /, value=..., *, show_group=False)", F3(format_exception_only)),
    Method::new("extract_tb(tb, limit=None)", F2(extract_tb)),
    Method::new("format_tb(tb, limit=None)", F2(format_tb)),
    Method::new("print_tb(tb, limit=None, file=None)", F3(print_tb)),
    Method::new("format_list(extracted_list)", F1(format_list)),
    Method::new("print_list(extracted_list, file=None)", F2(print_list)),
    Method::new("extract_stack(f=None, limit=None)", F2(extract_stack)),
    Method::new("format_stack(f=None, limit=None)", F2(format_stack)),
    Method::new("print_stack(f=None, limit=None, file=None)", F3(print_stack)),
    Method::new("walk_tb(tb)", F1(walk_tb)),
    Method::new("walk_stack(f)", F1(walk_stack)),
    Method::new("clear_frames(tb)", F1(clear_frames)),
];
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "FrameSummary", Value::of_type(&FRAME_SUMMARY));
    set_str(m, "StackSummary", Value::of_type(&STACK_SUMMARY));
    set_str(m, "TracebackException", Value::of_type(&TE));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("traceback", FUNCTIONS, setup);
