//! Owns: `csv.reader`: rows from lines, by CPython's states.
//! Never: opens files.
//! Source: CPython 3.13, Modules/_csv.c (parse_process_char, Reader_iternext).

use super::dialect::{self, Dialect};
use super::{LIMIT, fail};
use rtcore::error::{PyResult, type_error};
use rtcore::methods::*;
use rtcore::protocol::iter;
use rtcore::types::list::List;
use rtcore::types::str::{Str, value};
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatCrnl,
    AfterEscapedCrnl,
}
/// A line's end; no character of a text.
const EOL: u32 = u32::MAX;

pub struct Reader {
    source: Value,
    dialect: Value,
    line: Cell<i64>,
    work: RefCell<Work>,
}
struct Work {
    state: State,
    fields: Vec<Value>,
    field: Vec<u32>,
    unquoted: bool,
}
impl Payload for Reader {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.source);
        visit(&self.dialect);
    }
}
impl Native for Reader {
    fn class() -> &'static Type {
        &READER
    }
}
pub fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let named = kw.iter().position(|k| k.as_str() == "dialect").and_then(|at| all.get(positional.len() + at));
    let (source, base) = match positional {
        [source] => (source, named.cloned().unwrap_or(NONE)),
        [source, base] => (source, base.clone()),
        [] => return Err(type_error("reader expected at least 1 argument, got 0")),
        more => return Err(type_error(format!("reader expected at most 2 arguments, got {}", more.len()))),
    };
    let dialect = dialect::make(&base, &all[positional.len()..], kw)?;
    let work = Work { state: State::StartRecord, fields: vec![], field: vec![], unquoted: false };
    let r = Reader { source: iter::iter(source)?, dialect, line: Cell::new(0), work: RefCell::new(work) };
    Ok(object::new(&READER, r))
}

impl Work {
    fn save(&mut self, d: &Dialect) -> PyResult<()> {
        let quoted = !self.unquoted;
        let text = value(Str::from_code_points(self.field.drain(..)));
        let empty = text.as_str() == Some("");
        let v = if !quoted && empty && matches!(d.quoting, dialect::NOTNULL | dialect::STRINGS) {
            NONE
        } else if !quoted && !empty && matches!(d.quoting, dialect::NONNUMERIC | dialect::STRINGS) {
            rtcore::protocol::call::call(&Value::of_type(&rtcore::types::float::FLOAT), &[text])?
        } else {
            text
        };
        self.fields.push(v);
        Ok(())
    }
    fn add(&mut self, c: u32) -> PyResult<()> {
        if self.field.len() as i64 >= LIMIT.get() {
            return Err(fail(format!("field larger than field limit ({})", LIMIT.get())));
        }
        self.field.push(c);
        Ok(())
    }
    fn step(&mut self, d: &Dialect, c: u32) -> PyResult<()> {
        let newline = c == 10 || c == 13;
        match self.state {
            State::StartRecord if c == EOL => {}
            State::StartRecord if newline => self.state = State::EatCrnl,
            State::StartRecord | State::StartField => {
                self.state = State::StartField;
                self.unquoted = true;
                if newline || c == EOL {
                    self.save(d)?;
                    self.state = if c == EOL { State::StartRecord } else { State::EatCrnl };
                } else if Some(c) == d.quotechar && d.quoting != dialect::NONE_ {
                    self.unquoted = false;
                    self.state = State::InQuotedField;
                } else if Some(c) == d.escapechar {
                    self.state = State::EscapedChar;
                } else if c == 32 && d.skipinitialspace {
                } else if c == d.delimiter {
                    self.save(d)?;
                } else {
                    self.add(c)?;
                    self.state = State::InField;
                }
            }
            State::EscapedChar => {
                if newline {
                    self.add(c)?;
                    self.state = State::AfterEscapedCrnl;
                    return Ok(());
                }
                self.add(if c == EOL { 10 } else { c })?;
                self.state = State::InField;
            }
            State::AfterEscapedCrnl if c == EOL => {}
            State::AfterEscapedCrnl | State::InField => {
                if newline || c == EOL {
                    self.save(d)?;
                    self.state = if c == EOL { State::StartRecord } else { State::EatCrnl };
                } else if Some(c) == d.escapechar {
                    self.state = State::EscapedChar;
                } else if c == d.delimiter {
                    self.save(d)?;
                    self.state = State::StartField;
                } else {
                    self.add(c)?;
                    self.state = State::InField;
                }
            }
            State::InQuotedField => {
                if c == EOL {
                } else if Some(c) == d.escapechar {
                    self.state = State::EscapeInQuotedField;
                } else if Some(c) == d.quotechar && d.quoting != dialect::NONE_ {
                    self.state = if d.doublequote { State::QuoteInQuotedField } else { State::InField };
                } else {
                    self.add(c)?;
                }
            }
            State::EscapeInQuotedField => {
                self.add(if c == EOL { 10 } else { c })?;
                self.state = State::InQuotedField;
            }
            State::QuoteInQuotedField => {
                if d.quoting != dialect::NONE_ && Some(c) == d.quotechar {
                    self.add(c)?;
                    self.state = State::InQuotedField;
                } else if c == d.delimiter {
                    self.save(d)?;
                    self.state = State::StartField;
                } else if newline || c == EOL {
                    self.save(d)?;
                    self.state = if c == EOL { State::StartRecord } else { State::EatCrnl };
                } else if !d.strict {
                    self.add(c)?;
                    self.state = State::InField;
                } else {
                    let shown = |c: Option<u32>| c.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    return Err(fail(format!("'{}' expected after '{}'", shown(Some(d.delimiter)), shown(d.quotechar))));
                }
            }
            State::EatCrnl => {
                if newline {
                } else if c == EOL {
                    self.state = State::StartRecord;
                } else {
                    return Err(fail(
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn next(v: &Value) -> PyResult<Option<Value>> {
    let Some(r) = v.downcast::<Reader>() else { return Ok(None) };
    let Some(d) = r.dialect.downcast::<Dialect>() else { return Ok(None) };
    {
        let mut w = r.work.borrow_mut();
        w.fields.clear();
        w.field.clear();
        w.state = State::StartRecord;
        w.unquoted = false;
    }
    loop {
        let Some(line) = iter::next(&r.source)? else {
            let mut w = r.work.borrow_mut();
            let open = !w.field.is_empty() || matches!(w.state, State::InQuotedField);
            if !open {
                return Ok(None);
            }
            if d.strict {
                return Err(fail("unexpected end of data"));
            }
            w.save(d)?;
            break;
        };
        let Some(text) = line.as_str_obj() else {
            return Err(fail(format!(
                "iterator should return strings, not {} (the file should be opened in text mode)",
                line.ty().name()
            )));
        };
        r.line.set(r.line.get() + 1);
        let mut w = r.work.borrow_mut();
        for c in text.chars() {
            w.step(d, c)?;
        }
        w.step(d, EOL)?;
        if w.state == State::StartRecord {
            break;
        }
    }
    let fields = std::mem::take(&mut r.work.borrow_mut().fields);
    Ok(Some(List::value(fields)))
}
fn dunder_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| rtcore::error::stop_iteration(NONE))
}
fn same(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn of(v: &Value) -> PyResult<&Reader> {
    v.downcast::<Reader>().ok_or_else(|| type_error("expected a reader"))
}
static DEF: ClassDef = ClassDef::new::<Reader>("reader")
    .module("_csv")
    .methods(&[Method::new("__iter__(self, /)", F1(same)), Method::new("__next__(self, /)", F1(dunder_next))])
    .getset(&[GetSet::ro("dialect", |v| Ok(of(v)?.dialect.clone())), GetSet::ro("line_num", |v| Ok(Value::int(of(v)?.line.get())))])
    .hooks(Hooks { iter: Some(same), next: Some(next), ..Hooks::NONE });
pub static READER: Type = Type::builtin(&DEF);
