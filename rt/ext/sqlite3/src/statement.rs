//! Owns: prepared statements, and the open database that they need.
//! Never: binds or reads values.
//! Source: CPython 3.13, Modules/_sqlite/statement.c.

use crate::errors::{self, programming};
use libsqlite3_sys as ffi;
use rtcore::error::{PyResult, Raised};
use rtcore::gil::allow_threads;
use std::cell::Cell;
use std::ffi::{CStr, CString};
use std::rc::Rc;

unsafe extern "C" {
    fn sqlite3_close_v2(db: *mut ffi::sqlite3) -> std::ffi::c_int;
}

/// An open database; closed when the last statement is gone too (`sqlite3_close_v2`).
pub struct Db {
    pub raw: *mut ffi::sqlite3,
    /// Python code may be called back: SQLite runs with the interpreter's lock held then.
    pub calls_python: Cell<bool>,
}
impl Drop for Db {
    fn drop(&mut self) {
        // SAFETY: opened by `connection`, closed once.
        unsafe { sqlite3_close_v2(self.raw) };
    }
}
struct Pointer<T>(*mut T);
// SAFETY: SQLite is compiled to serialise access from several threads.
unsafe impl<T> Send for Pointer<T> {}

impl Db {
    /// Runs something that may wait.
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        if self.calls_python.get() { f() } else { allow_threads(f) }
    }
    pub fn error(&self) -> Raised {
        // What a callback raised is the cause that the program sees, as in CPython.
        errors::of_db(self.raw)
    }
    pub fn autocommit(&self) -> bool {
        // SAFETY: an open database.
        unsafe { ffi::sqlite3_get_autocommit(self.raw) != 0 }
    }
    /// One statement without values: BEGIN, COMMIT, ROLLBACK.
    pub fn execute(self: &Rc<Db>, sql: &str) -> PyResult<()> {
        let (s, _) = Statement::prepare(self, sql)?;
        let Some(s) = s else { return Ok(()) };
        match s.step() {
            ffi::SQLITE_DONE | ffi::SQLITE_ROW => Ok(()),
            _ => Err(self.error()),
        }
    }
}

pub struct Statement {
    raw: *mut ffi::sqlite3_stmt,
    pub db: Rc<Db>,
    /// INSERT, UPDATE, DELETE or REPLACE.
    pub is_dml: bool,
}
impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: prepared by `prepare`, finalised once.
        unsafe { ffi::sqlite3_finalize(self.raw) };
    }
}
/// The text without white space and comments in front. CPython: `lstrip_sql`.
pub fn without_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches([' ', '\t', '\x0c', '\n', '\r']);
        if let Some(rest) = sql.strip_prefix("--") {
            sql = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(rest) = sql.strip_prefix("/*") {
            sql = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return sql;
        }
    }
}
impl Statement {
    pub fn raw(&self) -> *mut ffi::sqlite3_stmt {
        self.raw
    }
    pub fn error(&self) -> Raised {
        self.db.error()
    }
    /// The first statement of the text (`None` if it is empty) and the rest.
    pub fn prepare<'t>(db: &Rc<Db>, sql: &'t str) -> PyResult<(Option<Statement>, &'t str)> {
        let Ok(c) = CString::new(sql) else { return Err(programming("the query contains a null character")) };
        let mut raw = std::ptr::null_mut();
        let mut tail = std::ptr::null();
        let (at, out, rest) = (Pointer(db.raw), &raw mut raw, &raw mut tail);
        // SAFETY: an open database, a C string, two places for the results.
        let code = db.run(|| unsafe { ffi::sqlite3_prepare_v2({ at }.0, c.as_ptr(), -1, out, rest) });
        if code != ffi::SQLITE_OK {
            return Err(db.error());
        }
        // SAFETY: the tail points into the text.
        let used = unsafe { tail.offset_from(c.as_ptr()) } as usize;
        let rest = sql.get(used..).unwrap_or("");
        if raw.is_null() {
            return Ok((None, rest));
        }
        let start = without_comments(sql);
        let is_dml = ["insert", "update", "delete", "replace"].iter().any(|w| start.get(..w.len()).is_some_and(|s| s.eq_ignore_ascii_case(w)));
        Ok((Some(Statement { raw, db: db.clone(), is_dml }), rest))
    }
    pub fn step(&self) -> i32 {
        let at = Pointer(self.raw);
        // SAFETY: a live statement.
        self.db.run(|| unsafe { ffi::sqlite3_step({ at }.0) })
    }
    pub fn reset(&self) {
        // SAFETY: a live statement.
        unsafe {
            ffi::sqlite3_reset(self.raw);
            ffi::sqlite3_clear_bindings(self.raw);
        }
    }
    pub fn columns(&self) -> i32 {
        // SAFETY: a live statement.
        unsafe { ffi::sqlite3_column_count(self.raw) }
    }
    pub fn readonly(&self) -> bool {
        // SAFETY: a live statement.
        unsafe { ffi::sqlite3_stmt_readonly(self.raw) != 0 }
    }
    pub fn column_name(&self, at: i32) -> String {
        // SAFETY: null or a C string that lives until the statement is stepped.
        unsafe {
            let p = ffi::sqlite3_column_name(self.raw, at);
            if p.is_null() { String::new() } else { CStr::from_ptr(p).to_string_lossy().into_owned() }
        }
    }
    /// The type in the table's definition.
    pub fn declared(&self, at: i32) -> Option<String> {
        // SAFETY: as above.
        unsafe {
            let p = ffi::sqlite3_column_decltype(self.raw, at);
            if p.is_null() { None } else { Some(CStr::from_ptr(p).to_string_lossy().into_owned()) }
        }
    }
}
