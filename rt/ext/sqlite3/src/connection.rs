//! Owns: `sqlite3.Connection`: opening, transactions, settings.
//! Never: fetches rows; its `execute` makes a cursor.
//! Source: CPython 3.13, Modules/_sqlite/connection.c.

use crate::cursor::{self, CURSOR};
use crate::errors::{self, OPERATIONAL_ERROR, programming};
use crate::functions;
use crate::statement::{Db, Statement};
use libsqlite3_sys as ffi;
use rtcore::error::{PyResult, raise, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::call::call;
use rtcore::protocol::number::float_of;
use rtcore::protocol::sequence::{as_index, truth};
use rtcore::types::bytes;
use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::rc::Rc;

pub const PARSE_DECLTYPES: i64 = 1;
pub const PARSE_COLNAMES: i64 = 2;
/// `LEGACY_TRANSACTION_CONTROL`
const LEGACY: i64 = -1;

pub struct Connection {
    db: RefCell<Option<Rc<Db>>>,
    detect_types: Cell<i64>,
    /// `None`: no implicit transactions.
    isolation: RefCell<Option<String>>,
    autocommit: Cell<i64>,
    row_factory: RefCell<Value>,
    text_factory: RefCell<Value>,
    thread: Cell<i64>,
    check_thread: Cell<bool>,
    ready: Cell<bool>,
    /// The callables of trace, progress and authoriser.
    pub hooks: RefCell<[Option<Box<Value>>; 3]>,
    pub retired: RefCell<Vec<Box<Value>>>,
}
impl Payload for Connection {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.row_factory.borrow());
        visit(&self.text_factory.borrow());
    }
}
impl Native for Connection {
    fn class() -> &'static Type {
        &CONNECTION
    }
}
fn ident() -> i64 {
    // SAFETY: no preconditions.
    unsafe { libc::pthread_self() as i64 }
}
fn new(all: &[Value], _: &[Name]) -> PyResult {
    let ty = all.first().and_then(Value::as_type).unwrap_or(&CONNECTION);
    let c = Connection {
        db: RefCell::new(None),
        detect_types: Cell::new(0),
        isolation: RefCell::new(Some(String::new())),
        autocommit: Cell::new(LEGACY),
        row_factory: RefCell::new(NONE),
        text_factory: RefCell::new(Value::of_type(&rtcore::types::str::STR)),
        thread: Cell::new(ident()),
        check_thread: Cell::new(true),
        ready: Cell::new(false),
        hooks: RefCell::new([None, None, None]),
        retired: RefCell::new(vec![]),
    };
    Ok(object::new(ty, c))
}
pub fn of(v: &Value) -> PyResult<&Connection> {
    v.downcast::<Connection>().ok_or_else(|| type_error("expected a Connection"))
}
/// CPython: `pysqlite_check_thread` and `pysqlite_check_connection`.
pub fn check(v: &Value) -> PyResult<()> {
    let c = of(v)?;
    check_thread(c)?;
    if !c.ready.get() {
        return Err(programming("Base Connection.__init__ not called."));
    }
    c.db().map(drop)
}
fn check_thread(c: &Connection) -> PyResult<()> {
    if c.check_thread.get() && c.thread.get() != ident() {
        return Err(programming(format!(
            "SQLite objects created in a thread can only be used in that same thread. The object was created in thread id {} and this is thread id {}.",
            c.thread.get(),
            ident()
        )));
    }
    Ok(())
}
/// `PRAGMA`-like words of an isolation level. CPython: `get_isolation_level`.
fn level(v: &Value) -> PyResult<Option<String>> {
    if v.is_none() {
        return Ok(None);
    }
    let Some(s) = v.as_str() else { return Err(type_error("isolation_level must be str or None")) };
    let upper = s.to_ascii_uppercase();
    if matches!(upper.as_str(), "" | "DEFERRED" | "IMMEDIATE" | "EXCLUSIVE") {
        return Ok(Some(upper));
    }
    Err(value_error("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'"))
}
fn autocommit_arg(v: &Value) -> PyResult<i64> {
    match v.as_bool() {
        Some(b) => Ok(b.into()),
        None if v.as_inline_int() == Some(LEGACY) => Ok(LEGACY),
        None => Err(value_error("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL")),
    }
}
fn init(a: &[Value]) -> PyResult {
    let [v, database, timeout, detect, isolation, same_thread, _factory, _cached, uri, autocommit] = a else { return Ok(NONE) };
    let c = of(v)?;
    let path = match rtcore::protocol::call::try_special(database, rtcore::types::class::special::Special::Fspath, &[]) {
        Some(p) => p?,
        None => database.clone(),
    };
    let raw = match (path.as_str(), path.downcast::<bytes::Bytes>()) {
        (Some(s), _) => s.as_bytes().to_vec(),
        (None, Some(b)) => b.data().to_vec(),
        (None, None) => {
            return Err(type_error(format!("expected str, bytes or os.PathLike object, not {}", path.ty().full_name())));
        }
    };
    let Ok(raw) = CString::new(raw) else { return Err(value_error("embedded null byte")) };
    let timeout = match float_of(timeout) {
        Some(t) => t,
        None => as_index(timeout)? as f64,
    };
    let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | if truth(uri)? { ffi::SQLITE_OPEN_URI } else { 0 };
    let (isolation, autocommit) = (level(isolation)?, autocommit_arg(autocommit)?);
    let mut raw_db = std::ptr::null_mut();
    // SAFETY: a C string and a place for the result.
    let code = unsafe { ffi::sqlite3_open_v2(raw.as_ptr(), &mut raw_db, flags, std::ptr::null()) };
    let db = Rc::new(Db { raw: raw_db, calls_python: Cell::new(false) });
    if code != ffi::SQLITE_OK {
        return Err(errors::of_db(db.raw));
    }
    // SAFETY: an open database.
    unsafe {
        ffi::sqlite3_extended_result_codes(db.raw, 1);
        ffi::sqlite3_busy_timeout(db.raw, (timeout * 1000.0) as i32);
    }
    c.detect_types.set(as_index(detect)?);
    c.check_thread.set(truth(same_thread)?);
    c.thread.set(ident());
    drop(c.isolation.replace(isolation));
    c.autocommit.set(autocommit);
    drop(c.db.replace(Some(db.clone())));
    c.ready.set(true);
    if autocommit == 0 {
        db.execute("BEGIN")?;
    }
    Ok(NONE)
}

impl Connection {
    pub fn db(&self) -> PyResult<Rc<Db>> {
        self.db.borrow().clone().ok_or_else(|| programming("Cannot operate on a closed database."))
    }
    pub fn detect(&self) -> i64 {
        self.detect_types.get()
    }
    pub fn text_factory(&self) -> Value {
        self.text_factory.borrow().clone()
    }
    pub fn changes(&self) -> i64 {
        // SAFETY: an open database.
        self.db().map_or(0, |db| unsafe { ffi::sqlite3_changes(db.raw) }.into())
    }
    pub fn last_row_id(&self) -> i64 {
        // SAFETY: an open database.
        self.db().map_or(0, |db| unsafe { ffi::sqlite3_last_insert_rowid(db.raw) })
    }
    /// The transaction that a changing statement opens by itself.
    pub fn begin_for(&self, s: &Statement) -> PyResult<()> {
        if self.autocommit.get() != LEGACY || !s.is_dml || !s.db.autocommit() {
            return Ok(());
        }
        let level = self.isolation.borrow().clone();
        match level {
            Some(level) => s.db.execute(&format!("BEGIN {level}")),
            None => Ok(()),
        }
    }
    /// `executescript` commits what is open.
    pub fn commit_open(&self) -> PyResult<()> {
        let db = self.db()?;
        if self.autocommit.get() == LEGACY && !db.autocommit() { db.execute("COMMIT") } else { Ok(()) }
    }
}
fn commit(v: &Value) -> PyResult {
    check(v)?;
    let c = of(v)?;
    let db = c.db()?;
    match c.autocommit.get() {
        LEGACY if !db.autocommit() => db.execute("COMMIT")?,
        0 => {
            db.execute("COMMIT")?;
            db.execute("BEGIN")?;
        }
        _ => {}
    }
    Ok(NONE)
}
fn rollback(v: &Value) -> PyResult {
    check(v)?;
    let c = of(v)?;
    let db = c.db()?;
    match c.autocommit.get() {
        LEGACY if !db.autocommit() => db.execute("ROLLBACK")?,
        0 => {
            db.execute("ROLLBACK")?;
            db.execute("BEGIN")?;
        }
        _ => {}
    }
    Ok(NONE)
}
fn close(v: &Value) -> PyResult {
    let c = of(v)?;
    check_thread(c)?;
    if !c.ready.get() {
        return Err(programming("Base Connection.__init__ not called."));
    }
    if let Some(db) = c.db.take() {
        if c.autocommit.get() == 0 && !db.autocommit() {
            db.execute("ROLLBACK")?;
        }
        // Statements that cursors still hold keep the database open; nothing of it may run Python any more.
        // SAFETY: an open database.
        unsafe {
            ffi::sqlite3_trace_v2(db.raw, 0, None, std::ptr::null_mut());
            ffi::sqlite3_progress_handler(db.raw, 0, None, std::ptr::null_mut());
            ffi::sqlite3_set_authorizer(db.raw, None, std::ptr::null_mut());
        }
    }
    Ok(NONE)
}
fn enter(v: &Value) -> PyResult {
    check(v)?;
    Ok(v.clone())
}
fn exit(v: &Value, kind: &Value, _: &Value, _: &Value) -> PyResult {
    if kind.is_none() {
        if let Err(r) = commit(v) {
            // Nothing stays half done: the commit's error is the one that is seen.
            let error = rtcore::error::take(r);
            if let Err(r) = rollback(v) {
                drop(rtcore::error::take(r));
            }
            return Err(rtcore::error::set_pending(error));
        }
    } else {
        rollback(v)?;
    }
    Ok(FALSE)
}
fn make_cursor(v: &Value, factory: &Value) -> PyResult {
    check(v)?;
    let class = if factory.is_unbound() { Value::of_type(&CURSOR) } else { factory.clone() };
    let made = call(&class, &[v.clone()])?;
    if !made.ty().is_subtype(&CURSOR) {
        return Err(type_error(format!("factory must return a cursor, not {}", made.ty().name())));
    }
    let row_factory = of(v)?.row_factory.borrow().clone();
    if !row_factory.is_none() {
        cursor::set_row_factory(&made, row_factory);
    }
    Ok(made)
}
fn through_cursor(v: &Value, method: &str, arguments: &[Value]) -> PyResult {
    let c = rtcore::protocol::call::call_method_name(v, Name::new("cursor"), &[])?;
    rtcore::protocol::call::call_method_name(&c, Name::new(method), arguments)
}
fn execute(v: &Value, sql: &Value, parameters: &Value) -> PyResult {
    let all = [sql.clone(), parameters.clone()];
    through_cursor(v, "execute", if parameters.is_unbound() { &all[..1] } else { &all })
}
fn executemany(v: &Value, sql: &Value, rows: &Value) -> PyResult {
    through_cursor(v, "executemany", &[sql.clone(), rows.clone()])
}
fn executescript(v: &Value, script: &Value) -> PyResult {
    through_cursor(v, "executescript", std::slice::from_ref(script))
}
fn interrupt(v: &Value) -> PyResult {
    let c = of(v)?;
    // SAFETY: an open database; allowed from any thread.
    unsafe { ffi::sqlite3_interrupt(c.db()?.raw) };
    Ok(NONE)
}
/// CPython: `pysqlite_connection_iterdump`: in Python there too.
fn iterdump(v: &Value, filter: &Value) -> PyResult {
    check(v)?;
    let m = rtcore::types::module::import::import_module("sqlite3.dump")?;
    let f = rtcore::protocol::attr::getattr_name(&m, Name::new("_iterdump"))?;
    rtcore::protocol::call::call_kw(&f, &[v.clone(), filter.clone()], &[Name::new("filter")])
}
fn limit(v: &Value, category: &Value, new: &Value) -> PyResult {
    check(v)?;
    let new = if new.is_unbound() { -1 } else { as_index(new)? };
    // SAFETY: an open database.
    let old = unsafe { ffi::sqlite3_limit(of(v)?.db()?.raw, as_index(category)? as i32, new as i32) };
    if old < 0 { Err(programming("'category' is out of bounds")) } else { Ok(Value::int(old.into())) }
}
fn serialize(v: &Value, name: &Value) -> PyResult {
    check(v)?;
    let name = CString::new(name.as_str().unwrap_or("main")).unwrap_or_default();
    let mut size = 0;
    // SAFETY: an open database; the copy is freed below.
    unsafe {
        let p = ffi::sqlite3_serialize(of(v)?.db()?.raw, name.as_ptr(), &mut size, 0);
        if p.is_null() {
            return Err(raise(&OPERATIONAL_ERROR, "unable to serialize"));
        }
        let data = std::slice::from_raw_parts(p, size as usize).to_vec();
        ffi::sqlite3_free(p.cast());
        Ok(bytes::value(data))
    }
}
fn deserialize(v: &Value, data: &Value, name: &Value) -> PyResult {
    check(v)?;
    let data = bytes::buffer::required(data)?.to_vec();
    let name = CString::new(name.as_str().unwrap_or("main")).unwrap_or_default();
    let db = of(v)?.db()?;
    let flags = ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE;
    // SAFETY: SQLite takes the buffer, which its own allocator made.
    let code = unsafe {
        let p = ffi::sqlite3_malloc64(data.len() as u64).cast::<u8>();
        if p.is_null() {
            return Err(rtcore::error::memory_error(""));
        }
        std::ptr::copy_nonoverlapping(data.as_ptr(), p, data.len());
        ffi::sqlite3_deserialize(db.raw, name.as_ptr(), p, data.len() as i64, data.len() as i64, flags as u32)
    };
    if code == ffi::SQLITE_OK { Ok(NONE) } else { Err(db.error()) }
}
fn set_isolation(v: &Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(rtcore::error::attribute_error("cannot delete attribute")) };
    let c = of(v)?;
    let level = level(&new)?;
    if level.is_none() {
        c.commit_open()?;
    }
    drop(c.isolation.replace(level));
    Ok(())
}
fn get_isolation(v: &Value) -> PyResult {
    check(v)?;
    let level = of(v)?.isolation.borrow().clone();
    Ok(level.map_or(NONE, Value::string))
}
fn set_autocommit(v: &Value, new: Option<Value>) -> PyResult<()> {
    check(v)?;
    let c = of(v)?;
    let new = autocommit_arg(&new.unwrap_or(NONE))?;
    let db = c.db()?;
    if new == 1 && !db.autocommit() {
        db.execute("COMMIT")?;
    } else if new == 0 && db.autocommit() {
        db.execute("BEGIN")?;
    }
    c.autocommit.set(new);
    Ok(())
}
fn get_autocommit(v: &Value) -> PyResult {
    check(v)?;
    Ok(match of(v)?.autocommit.get() {
        LEGACY => Value::int(LEGACY),
        n => Value::bool(n == 1),
    })
}
fn in_transaction(v: &Value) -> PyResult {
    check(v)?;
    Ok(Value::bool(!of(v)?.db()?.autocommit()))
}
fn total_changes(v: &Value) -> PyResult {
    check(v)?;
    // SAFETY: an open database.
    Ok(Value::int(unsafe { ffi::sqlite3_total_changes(of(v)?.db()?.raw) }.into()))
}
fn set_row_factory(v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(of(v)?.row_factory.replace(new.unwrap_or(NONE)));
    Ok(())
}
fn set_text_factory(v: &Value, new: Option<Value>) -> PyResult<()> {
    drop(of(v)?.text_factory.replace(new.unwrap_or(NONE)));
    Ok(())
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(new)),
    Method::new(
        "__init__(self, database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=None, cached_statements=128, uri=False, *, autocommit=-1)",
        N(init),
    ),
    Method::new("cursor(self, factory=...)", F2(make_cursor)),
    Method::new("commit(self)", F1(commit)),
    Method::new("rollback(self)", F1(rollback)),
    Method::new("close(self)", F1(close)),
    Method::new("execute(self, sql, parameters=..., /)", F3(execute)),
    Method::new("executemany(self, sql, parameters, /)", F3(executemany)),
    Method::new("executescript(self, sql_script, /)", F2(executescript)),
    Method::new("create_function(self, name, narg, func, /, *, deterministic=False)", N(functions::create_function)),
    Method::new("create_aggregate(self, name, n_arg, aggregate_class, /)", F4(functions::create_aggregate)),
    Method::new("create_window_function(self, name, num_params, aggregate_class, /)", F4(functions::create_window_function)),
    Method::new("create_collation(self, name, callback, /)", F3(functions::create_collation)),
    Method::new("set_trace_callback(self, trace_callback, /)", F2(functions::set_trace_callback)),
    Method::new("set_progress_handler(self, progress_handler, /, n)", F3(functions::set_progress_handler)),
    Method::new("set_authorizer(self, authorizer_callback, /)", F2(functions::set_authorizer)),
    Method::new("backup(self, target, *, pages=-1, progress=None, name='main', sleep=0.25)", N(functions::backup)),
    Method::new("interrupt(self)", F1(interrupt)),
    Method::new("iterdump(self, *, filter=None)", F2(iterdump)),
    Method::new("setlimit(self, category, limit, /)", F3(limit)),
    Method::new("getlimit(self, category, limit=..., /)", F3(limit)),
    Method::new("serialize(self, *, name='main')", F2(serialize)),
    Method::new("deserialize(self, data, /, *, name='main')", F3(deserialize)),
    Method::new("__enter__(self)", F1(enter)),
    Method::new("__exit__(self, type, value, traceback, /)", F4(exit)),
];
static DEF: ClassDef = ClassDef::new::<Connection>("Connection")
    .module("sqlite3")
    .methods(METHODS)
    .getset(&[
        GetSet::rw("isolation_level", get_isolation, set_isolation),
        GetSet::rw("autocommit", get_autocommit, set_autocommit),
        GetSet::ro("in_transaction", in_transaction),
        GetSet::ro("total_changes", total_changes),
        GetSet::rw("row_factory", |v| Ok(of(v)?.row_factory.borrow().clone()), set_row_factory),
        GetSet::rw("text_factory", |v| Ok(of(v)?.text_factory.borrow().clone()), set_text_factory),
    ])
    .setup(|ty| {
        for t in errors::ALL {
            ty.set_own(Name::new(t.name()), Value::of_type(t));
        }
    });
pub static CONNECTION: Type = Type::builtin(&DEF);
