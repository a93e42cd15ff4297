//! Owns: `sqlite3.Cursor`: executing and fetching.
//! Never: opens databases.
//! Source: CPython 3.13, Modules/_sqlite/cursor.c.

use crate::connection::{self, Connection};
use crate::errors::programming;
use crate::statement::Statement;
use crate::values;
use libsqlite3_sys as ffi;
use rtcore::error::{PyResult, type_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::iter::Iter;
use rtcore::protocol::sequence::as_index;
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::tuple;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub struct Cursor {
    connection: RefCell<Value>,
    /// The statement that stands on a row.
    statement: RefCell<Option<Rc<Statement>>>,
    casts: RefCell<Vec<Option<Value>>>,
    pub description: RefCell<Value>,
    row_factory: RefCell<Value>,
    rowcount: Cell<i64>,
    lastrowid: RefCell<Value>,
    arraysize: Cell<i64>,
    closed: Cell<bool>,
    ready: Cell<bool>,
    busy: Cell<bool>,
}
impl Payload for Cursor {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.connection, &self.description, &self.row_factory, &self.lastrowid] {
            visit(&v.borrow());
        }
        self.casts.borrow().iter().flatten().for_each(visit);
    }
}
impl Native for Cursor {
    fn class() -> &'static Type {
        &CURSOR
    }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&CURSOR);
    Ok(object::new(ty, Cursor::empty()))
}
impl Cursor {
    fn empty() -> Cursor {
        Cursor {
            connection: RefCell::new(NONE),
            statement: RefCell::new(None),
            casts: RefCell::new(vec![]),
            description: RefCell::new(NONE),
            row_factory: RefCell::new(NONE),
            rowcount: Cell::new(-1),
            lastrowid: RefCell::new(NONE),
            arraysize: Cell::new(1),
            closed: Cell::new(false),
            ready: Cell::new(false),
            busy: Cell::new(false),
        }
    }
}
fn init(v: &Value, connection: &Value) -> PyResult {
    let c = cursor(v)?;
    if connection.downcast::<Connection>().is_none() {
        return Err(type_error(format!("Cursor() argument 1 must be sqlite3.Connection, not {}", connection.ty().full_name())));
    }
    drop(c.connection.replace(connection.clone()));
    c.ready.set(true);
    connection::check(connection)?;
    Ok(NONE)
}
fn cursor(v: &Value) -> PyResult<&Cursor> {
    v.downcast::<Cursor>().ok_or_else(|| type_error("expected a Cursor"))
}
/// CPython: `check_cursor`.
fn usable(v: &Value) -> PyResult<(&Cursor, Value)> {
    let c = cursor(v)?;
    if !c.ready.get() {
        return Err(programming("Base Cursor.__init__ not called."));
    }
    if c.closed.get() {
        return Err(programming("Cannot operate on a closed cursor."));
    }
    if c.busy.get() {
        return Err(programming("Recursive use of cursors not allowed."));
    }
    let connection = c.connection.borrow().clone();
    connection::check(&connection)?;
    Ok((c, connection))
}
pub fn set_row_factory(v: &Value, factory: Value) {
    if let Some(c) = v.downcast::<Cursor>() {
        drop(c.row_factory.replace(factory));
    }
}
impl Cursor {
    fn finish(&self) {
        if let Some(s) = self.statement.take() {
            s.reset();
        }
    }
    /// Converters by column. CPython: `pysqlite_build_row_cast_map`.
    fn find_casts(&self, s: &Statement, detect: i64) -> PyResult<()> {
        let mut casts = vec![];
        if detect != 0 {
            let all = values::converters();
            let look = |key: &str| match all.downcast::<Dict>() {
                Some(d) => d.get(&Value::string(key.to_uppercase())),
                None => Ok(None),
            };
            for at in 0..s.columns() {
                let mut found = None;
                if detect & connection::PARSE_COLNAMES != 0 {
                    let name = s.column_name(at);
                    if let Some(key) = name.split_once('[').and_then(|(_, rest)| rest.split_once(']')) {
                        found = look(key.0)?;
                    }
                }
                if found.is_none()
                    && detect & connection::PARSE_DECLTYPES != 0
                    && let Some(declared) = s.declared(at)
                {
                    found = look(declared.split([' ', '(']).next().unwrap_or(""))?;
                }
                casts.push(found);
            }
        }
        drop(self.casts.replace(casts));
        Ok(())
    }
    fn describe(&self, s: &Statement, detect: i64) {
        let n = s.columns();
        if n == 0 {
            drop(self.description.replace(NONE));
            return;
        }
        let columns = (0..n).map(|at| {
            let mut name = s.column_name(at);
            if detect & connection::PARSE_COLNAMES != 0
                && let Some(cut) = name.find('[')
            {
                name.truncate(cut);
                name.truncate(name.trim_end_matches(' ').len());
            }
            let mut row = vec![Value::string(name)];
            row.resize(7, NONE);
            tuple::new(row)
        });
        drop(self.description.replace(tuple::new(columns.collect())));
    }
    fn fetch(&self, s: &Statement, text_factory: &Value) -> PyResult {
        let casts = self.casts.borrow().clone();
        let mut row = vec![];
        self.busy.set(true);
        for at in 0..s.columns() {
            let made = values::column(s, at, casts.get(at as usize).and_then(Option::as_ref), text_factory);
            match made {
                Ok(x) => row.push(x),
                Err(r) => {
                    self.busy.set(false);
                    return Err(r);
                }
            }
        }
        self.busy.set(false);
        Ok(tuple::new(row))
    }
}

/// CPython: `_pysqlite_query_execute`.
fn run(v: &Value, sql: &Value, parameters: &Value, many: bool) -> PyResult {
    let (c, connection) = usable(v)?;
    let Some(text) = sql.as_str() else {
        let function = if many { "executemany" } else { "execute" };
        return Err(type_error(format!("{function}() argument 1 must be str, not {}", sql.ty().full_name())));
    };
    let con = connection::of(&connection)?;
    c.finish();
    let (s, rest) = Statement::prepare(&con.db()?, text)?;
    if !crate::statement::without_comments(rest.trim_start_matches(';')).trim_matches([';', ' ', '\n', '\t', '\r']).is_empty() {
        return Err(programming("You can only execute one statement at a time."));
    }
    let Some(s) = s else {
        drop(c.description.replace(NONE));
        c.rowcount.set(-1);
        return Ok(v.clone());
    };
    let s = Rc::new(s);
    if many && s.readonly() {
        return Err(programming("executemany() can only execute DML statements."));
    }
    c.rowcount.set(if s.is_dml { 0 } else { -1 });
    con.begin_for(&s)?;
    let mut rows = if many { Some(Iter::new(parameters)?) } else { None };
    loop {
        let row = match &mut rows {
            Some(rows) => match rows.next()? {
                Some(row) => row,
                None => break,
            },
            None => parameters.clone(),
        };
        c.busy.set(true);
        let bound = if row.is_unbound() { values::bind(&s, &tuple::empty()) } else { values::bind(&s, &row) };
        c.busy.set(false);
        bound?;
        let code = s.step();
        if code != ffi::SQLITE_DONE && code != ffi::SQLITE_ROW {
            let error = s.error();
            s.reset();
            c.rowcount.set(-1);
            return Err(error);
        }
        c.find_casts(&s, con.detect())?;
        c.describe(&s, con.detect());
        if code == ffi::SQLITE_DONE {
            if s.is_dml {
                c.rowcount.set(c.rowcount.get() + con.changes());
            }
            s.reset();
        }
        if many {
            if code == ffi::SQLITE_ROW {
                // Rows that statements return are not kept; each runs to its end.
                while s.step() == ffi::SQLITE_ROW {}
                c.rowcount.set(c.rowcount.get() + con.changes());
                s.reset();
            }
            continue;
        }
        if code == ffi::SQLITE_ROW {
            *c.statement.borrow_mut() = Some(s.clone());
        }
        let last = con.last_row_id();
        drop(c.lastrowid.replace(Value::int(last)));
        break;
    }
    if many {
        drop(c.description.replace(NONE));
    }
    Ok(v.clone())
}
pub fn execute(v: &Value, sql: &Value, parameters: &Value) -> PyResult {
    run(v, sql, parameters, false)
}
pub fn executemany(v: &Value, sql: &Value, rows: &Value) -> PyResult {
    run(v, sql, rows, true)
}
pub fn executescript(v: &Value, script: &Value) -> PyResult {
    let (_, connection) = usable(v)?;
    let Some(text) = script.as_str() else {
        return Err(type_error(format!("executescript() argument must be str, not {}", script.ty().full_name())));
    };
    let con = connection::of(&connection)?;
    con.commit_open()?;
    let db = con.db()?;
    let mut rest = text;
    while !rest.is_empty() {
        let (s, after) = Statement::prepare(&db, rest)?;
        rest = after;
        if let Some(s) = s {
            loop {
                match s.step() {
                    ffi::SQLITE_ROW => {}
                    ffi::SQLITE_DONE => break,
                    _ => return Err(s.error()),
                }
            }
        }
    }
    Ok(v.clone())
}
/// CPython: `pysqlite_cursor_iternext`.
fn next(v: &Value) -> PyResult<Option<Value>> {
    let (c, connection) = usable(v)?;
    let Some(s) = c.statement.borrow().clone() else { return Ok(None) };
    let con = connection::of(&connection)?;
    let row = c.fetch(&s, &con.text_factory())?;
    match s.step() {
        ffi::SQLITE_ROW => {}
        ffi::SQLITE_DONE => {
            if s.is_dml {
                c.rowcount.set(con.changes());
            }
            c.finish();
        }
        _ => {
            let error = s.error();
            c.finish();
            return Err(error);
        }
    }
    let factory = c.row_factory.borrow().clone();
    if factory.is_none() { Ok(Some(row)) } else { call(&factory, &[v.clone(), row]).map(Some) }
}
fn dunder_next(v: &Value) -> PyResult {
    next(v)?.ok_or_else(|| rtcore::error::stop_iteration(NONE))
}
fn same(v: &Value) -> PyResult {
    Ok(v.clone())
}
fn fetchone(v: &Value) -> PyResult {
    Ok(next(v)?.unwrap_or(NONE))
}
fn fetchmany(v: &Value, size: &Value) -> PyResult {
    let size = if size.is_unbound() { cursor(v)?.arraysize.get() } else { as_index(size)? };
    let mut rows = vec![];
    while (rows.len() as i64) < size || size < 0 {
        match next(v)? {
            Some(row) => rows.push(row),
            None => break,
        }
    }
    Ok(List::value(rows))
}
fn fetchall(v: &Value) -> PyResult {
    let mut rows = vec![];
    while let Some(row) = next(v)? {
        rows.push(row);
    }
    Ok(List::value(rows))
}
fn close(v: &Value) -> PyResult {
    let c = cursor(v)?;
    if !c.ready.get() {
        return Err(programming("Base Cursor.__init__ not called."));
    }
    if c.busy.get() {
        return Err(programming("Recursive use of cursors not allowed."));
    }
    let connection = c.connection.borrow().clone();
    connection::check(&connection)?;
    c.finish();
    c.closed.set(true);
    Ok(NONE)
}
fn nothing(_: &[Value], _: &[Name]) -> PyResult {
    Ok(NONE)
}
fn set_arraysize(v: &Value, new: Option<Value>) -> PyResult<()> {
    cursor(v)?.arraysize.set(as_index(&new.unwrap_or(NONE))?);
    Ok(())
}
fn set_factory(v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(cursor(v)?.row_factory.replace(new.unwrap_or(NONE)));
    Ok(())
}
static DEF: ClassDef = ClassDef::new::<Cursor>("Cursor")
    .module("sqlite3")
    .methods(&[
        Method::static_("__new__(type, *args, **kw)", Raw(new)),
        Method::new("__init__(self, connection, /)", F2(init)),
        Method::new("execute(self, sql, parameters=..., /)", F3(execute)),
        Method::new("executemany(self, sql, seq_of_parameters, /)", F3(executemany)),
        Method::new("executescript(self, sql_script, /)", F2(executescript)),
        Method::new("fetchone(self)", F1(fetchone)),
        Method::new("fetchmany(self, size=...)", F2(fetchmany)),
        Method::new("fetchall(self)", F1(fetchall)),
        Method::new("close(self)", F1(close)),
        Method::new("setinputsizes(self, sizes, /)", Raw(nothing)),
        Method::new("setoutputsize(self, size, column=None, /)", Raw(nothing)),
        Method::new("__iter__(self, /)", F1(same)),
        Method::new("__next__(self, /)", F1(dunder_next)),
    ])
    .getset(&[
        GetSet::ro("connection", |v| Ok(cursor(v)?.connection.borrow().clone())),
        GetSet::ro("description", |v| Ok(cursor(v)?.description.borrow().clone())),
        GetSet::ro("lastrowid", |v| Ok(cursor(v)?.lastrowid.borrow().clone())),
        GetSet::ro("rowcount", |v| Ok(Value::int(cursor(v)?.rowcount.get()))),
        GetSet::rw("arraysize", |v| Ok(Value::int(cursor(v)?.arraysize.get())), set_arraysize),
        GetSet::rw("row_factory", |v| Ok(cursor(v)?.row_factory.borrow().clone()), set_factory),
    ])
    .hooks(Hooks { iter: Some(same), next: Some(next), ..Hooks::NONE });
pub static CURSOR: Type = Type::builtin(&DEF);
