//! Owns: the exception classes of `sqlite3`, and which one a result code raises.
//! Never: calls SQLite beyond asking for the last error.
//! Source: CPython 3.13, Modules/_sqlite/util.c.

use crate::constants::ERRORS;
use libsqlite3_sys as ffi;
use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception, with_args};
use rtcore::error::{Raised, raise, raise_value};
use rtcore::methods::*;
use rtcore::protocol::attr;
use std::ffi::CStr;

macro_rules! errors {
    ($($ty:ident $name:literal $base:expr;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .module("sqlite3")
                .like($base, &BASE_EXCEPTION)
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
            Type::builtin(&DEF)
        };)*
        pub static ALL: &[&Type] = &[$(&$ty),*];
    };
}
errors! {
    WARNING "Warning" &EXCEPTION;
    ERROR "Error" &EXCEPTION;
    INTERFACE_ERROR "InterfaceError" &ERROR;
    DATABASE_ERROR "DatabaseError" &ERROR;
    INTERNAL_ERROR "InternalError" &DATABASE_ERROR;
    OPERATIONAL_ERROR "OperationalError" &DATABASE_ERROR;
    PROGRAMMING_ERROR "ProgrammingError" &DATABASE_ERROR;
    INTEGRITY_ERROR "IntegrityError" &DATABASE_ERROR;
    DATA_ERROR "DataError" &DATABASE_ERROR;
    NOT_SUPPORTED_ERROR "NotSupportedError" &DATABASE_ERROR;
}

pub fn programming(text: impl Into<String>) -> Raised {
    raise(&PROGRAMMING_ERROR, text)
}
fn class_of(code: i32) -> &'static Type {
    match code {
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => &INTERNAL_ERROR,
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_INTERRUPT
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => &OPERATIONAL_ERROR,
        ffi::SQLITE_CORRUPT => &DATABASE_ERROR,
        ffi::SQLITE_TOOBIG => &DATA_ERROR,
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => &INTEGRITY_ERROR,
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => &INTERFACE_ERROR,
        _ => &DATABASE_ERROR,
    }
}
/// The last error of a connection. CPython: `_pysqlite_seterror`.
pub fn of_db(db: *mut ffi::sqlite3) -> Raised {
    // SAFETY: the callers' connection is open, or null, which SQLite takes for "out of memory".
    let (code, extended, text) = unsafe {
        (ffi::sqlite3_errcode(db) & 0xff, ffi::sqlite3_extended_errcode(db), CStr::from_ptr(ffi::sqlite3_errmsg(db)).to_string_lossy().into_owned())
    };
    if code == ffi::SQLITE_NOMEM {
        return rtcore::error::memory_error("");
    }
    with_code(class_of(code), text, extended)
}
pub fn with_code(ty: &'static Type, text: String, extended: i32) -> Raised {
    let exc = with_args(ty, vec![Value::string(text)]);
    let name = ERRORS.iter().find(|(_, n)| *n == i64::from(extended)).map_or("unknown", |(name, _)| name);
    for (field, v) in [("sqlite_errorcode", Value::int(extended.into())), ("sqlite_errorname", Value::str(name))] {
        if let Err(r) = attr::setattr_name(&exc, Name::new(field), Some(v)) {
            drop(rtcore::error::take(r));
        }
    }
    raise_value(exc)
}
