//! Owns: `csv.writer`: lines from rows.
//! Never: opens files.
//! Source: CPython 3.13, Modules/_csv.c (join_append_data, csv_writerow).

use super::dialect::{self, Dialect};
use super::fail;
use rtcore::error::{PyResult, type_error};
use rtcore::methods::*;
use rtcore::protocol::iter::Iter;
use rtcore::protocol::{attr, call, number, repr};
use rtcore::types::str::{StrBuilder, value};

pub struct Writer {
    write: Value,
    dialect: Value,
}
impl Payload for Writer {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.write);
        visit(&self.dialect);
    }
}
impl Native for Writer {
    fn class() -> &'static Type {
        &WRITER
    }
}
pub fn new(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let named = kw.iter().position(|k| k.as_str() == "dialect").and_then(|at| all.get(positional.len() + at));
    let (file, base) = match positional {
        [file] => (file, named.cloned().unwrap_or(NONE)),
        [file, base] => (file, base.clone()),
        [] => return Err(type_error("writer expected at least 1 argument, got 0")),
        more => return Err(type_error(format!("writer expected at most 2 arguments, got {}", more.len()))),
    };
    let dialect = dialect::make(&base, &all[positional.len()..], kw)?;
    let write = attr::lookup_optional(file, Name::new("write"))?.filter(rtcore::frame::callable);
    let Some(write) = write else { return Err(type_error("argument 1 must have a \"write\" method")) };
    Ok(object::new(&WRITER, Writer { write, dialect }))
}

/// A row being put together.
struct Line<'a> {
    d: &'a Dialect,
    out: StrBuilder,
    fields: usize,
}
impl Line<'_> {
    /// Adds a field; `None` is a field that is None.
    fn add(&mut self, field: Option<&Value>, mut quoted: bool) -> PyResult<()> {
        let d = self.d;
        if self.fields > 0 {
            self.out.push(d.delimiter);
        }
        self.fields += 1;
        let points: Vec<u32> = field.and_then(Value::as_str_obj).map_or_else(Vec::new, |s| s.chars().collect());
        let end: Vec<u32> = d.lineterminator.as_str_obj().map_or_else(Vec::new, |s| s.chars().collect());
        let mut text = Vec::with_capacity(points.len());
        for c in points {
            let special = c == d.delimiter || Some(c) == d.escapechar || Some(c) == d.quotechar || c == 10 || c == 13 || end.contains(&c);
            if special {
                let mut escape = false;
                if d.quoting == dialect::NONE_ {
                    escape = true;
                } else {
                    if Some(c) == d.quotechar {
                        if d.doublequote {
                            if let Some(q) = d.quotechar {
                                text.push(q);
                            }
                        } else {
                            escape = true;
                        }
                    } else if Some(c) == d.escapechar {
                        escape = true;
                    }
                    if !escape {
                        quoted = true;
                    }
                }
                if escape {
                    match d.escapechar {
                        Some(e) => text.push(e),
                        None => return Err(fail("need to escape, but no escapechar set")),
                    }
                }
            }
            text.push(c);
        }
        // An empty field with a space as delimiter would vanish.
        if text.is_empty() && field.is_some() && d.delimiter == 32 && d.skipinitialspace {
            if d.quoting == dialect::NONE_ || field.is_none() && matches!(d.quoting, dialect::STRINGS | dialect::NOTNULL) {
                return Err(fail("empty field must be quoted if delimiter is a space and skipinitialspace is true"));
            }
            quoted = true;
        }
        let quote = d.quotechar.filter(|_| quoted);
        for c in quote.into_iter().chain(text).chain(quote) {
            self.out.push(c);
        }
        Ok(())
    }
}
fn of(v: &Value) -> PyResult<&Writer> {
    v.downcast::<Writer>().ok_or_else(|| type_error("expected a writer"))
}
fn writerow(v: &Value, row: &Value) -> PyResult {
    let w = of(v)?;
    let Some(d) = w.dialect.downcast::<Dialect>() else { return Ok(NONE) };
    let mut fields = Iter::new(row).map_err(|r| {
        if rtcore::error::matches(&r, &rtcore::error::hierarchy::TYPE_ERROR) {
            drop(rtcore::error::take(r));
            return fail(format!("iterable expected, not {}", row.ty().name()));
        }
        r
    })?;
    let mut line = Line { d, out: StrBuilder::new(), fields: 0 };
    let mut last_empty = false;
    while let Some(field) = fields.next()? {
        let is_text = field.as_str_obj().is_some();
        let quoted = match d.quoting {
            dialect::NONNUMERIC => !is_number(&field),
            dialect::ALL => true,
            dialect::STRINGS => is_text,
            dialect::NOTNULL => !field.is_none(),
            _ => false,
        };
        last_empty = if is_text {
            line.add(Some(&field), quoted)?;
            field.as_str() == Some("")
        } else if field.is_none() {
            line.add(None, quoted)?;
            true
        } else {
            let text = repr::str_(&field)?;
            line.add(Some(&text), quoted)?;
            text.as_str() == Some("")
        };
    }
    // One empty field alone would read back as no field.
    if line.fields == 1 && last_empty && line.out.char_len() == 0 {
        if matches!(d.quoting, dialect::NONE_) {
            return Err(fail("single empty field record must be quoted"));
        }
        if matches!(d.quoting, dialect::STRINGS | dialect::NOTNULL) && line.out.char_len() == 0 {
            return Err(fail("single empty field record must be quoted"));
        }
        if let Some(q) = d.quotechar {
            line.out.push(q);
            line.out.push(q);
        }
    }
    if let Some(end) = d.lineterminator.as_str_obj() {
        line.out.push_text(end);
    }
    call::call(&w.write, &[value(line.out.finish())])
}
/// `PyNumber_Check`: int, float, complex, or anything with `__index__`, `__int__` or `__float__`.
fn is_number(v: &Value) -> bool {
    use rtcore::types::class::special::Special;
    v.as_inline_int().is_some()
        || v.as_bool().is_some()
        || number::float_of(v).is_some()
        || number::int_ref(v).is_some()
        || [Special::Index, Special::Int, Special::Float].into_iter().any(|s| v.ty().special(s).is_some())
        || v.ty().name() == "complex"
}
fn writerows(v: &Value, rows: &Value) -> PyResult {
    let mut rows = Iter::new(rows)?;
    while let Some(row) = rows.next()? {
        writerow(v, &row)?;
    }
    Ok(NONE)
}
static DEF: ClassDef = ClassDef::new::<Writer>("writer")
    .module("_csv")
    .methods(&[Method::new("writerow(self, row, /)", F2(writerow)), Method::new("writerows(self, rows, /)", F2(writerows))])
    .getset(&[GetSet::ro("dialect", |v| Ok(of(v)?.dialect.clone()))]);
pub static WRITER: Type = Type::builtin(&DEF);
