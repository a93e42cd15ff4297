//! Owns: the module `_csv`: dialects, readers, writers. `csv` stands on it.
//! Never: guesses a dialect (`csv.Sniffer` does).
//! Source: CPython 3.13, Modules/_csv.c.

mod dialect;
mod reader;
mod writer;

use dialect::DIALECT;
use rtcore::error::hierarchy::{BASE_EXCEPTION, EXCEPTION, Exception};
use rtcore::error::{Raised, raise, type_error};
use rtcore::gil::{Gil, GilCell, GilRefCell};
use rtcore::methods::*;
use rtcore::protocol::sequence::{as_index, is_index};
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};
use std::cell::{Cell, RefCell};

static ERROR_DEF: ClassDef = ClassDef::new::<Exception>("Error")
    .module("_csv")
    .like(&EXCEPTION, &BASE_EXCEPTION)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
static ERROR: Type = Type::builtin(&ERROR_DEF);

fn fail(text: impl Into<String>) -> Raised {
    raise(&ERROR, text)
}

static DIALECTS: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
static LIMIT: GilCell<i64> = Gil::new(Cell::new(131_072));

/// The registered dialects, a dict.
fn dialects() -> Value {
    DIALECTS.borrow_mut().get_or_insert_with(Dict::new_value).clone()
}
fn get_dialect(name: &Value) -> PyResult {
    let all = dialects();
    let found = match all.downcast::<Dict>() {
        Some(d) => d.get(name)?,
        None => None,
    };
    found.ok_or_else(|| fail("unknown dialect"))
}
fn register_dialect(all: &[Value], kw: &[Name]) -> PyResult {
    let positional = &all[..all.len() - kw.len()];
    let (name, base) = match positional {
        [name] => (name, NONE),
        [name, base] => (name, base.clone()),
        other => return Err(type_error(format!("register_dialect expected at most 2 arguments, got {}", other.len()))),
    };
    if name.as_str_obj().is_none() {
        return Err(type_error("dialect name must be a string"));
    }
    let made = dialect::make(&base, &all[positional.len()..], kw)?;
    if let Some(d) = dialects().downcast::<Dict>() {
        d.set(name.clone(), made)?;
    }
    Ok(NONE)
}
fn unregister_dialect(name: &Value) -> PyResult {
    let all = dialects();
    let old = match all.downcast::<Dict>() {
        Some(d) => d.remove(name)?,
        None => None,
    };
    old.map(|_| NONE).ok_or_else(|| fail("unknown dialect"))
}
fn list_dialects() -> PyResult {
    Ok(List::value(dialects().downcast::<Dict>().map_or_else(Vec::new, |d| d.keys())))
}
fn field_size_limit(new: &Value) -> PyResult {
    let old = LIMIT.get();
    if !new.is_unbound() {
        if !is_index(new) {
            return Err(type_error("limit must be an integer"));
        }
        LIMIT.set(as_index(new)?);
    }
    Ok(Value::int(old))
}

static FUNCTIONS: &[Method] = &[
    Method::new("reader(*args, **kw)", Raw(reader::new)),
    Method::new("writer(*args, **kw)", Raw(writer::new)),
    Method::new("register_dialect(*args, **kw)", Raw(register_dialect)),
    Method::new("unregister_dialect(name)", F1(unregister_dialect)),
    Method::new("get_dialect(name)", F1(get_dialect)),
    Method::new("list_dialects()", F0(list_dialects)),
    Method::new("field_size_limit(new_limit=..., /)", F1(field_size_limit)),
];
fn setup(m: &Value) -> PyResult<()> {
    for (i, name) in dialect::QUOTING.iter().enumerate() {
        set_str(m, name, Value::from(i));
    }
    set_str(m, "__version__", Value::str("1.0"));
    set_str(m, "_dialects", dialects());
    set_str(m, "Error", Value::of_type(&ERROR));
    set_str(m, "Dialect", Value::of_type(&DIALECT));
    set_str(m, "Reader", Value::of_type(&reader::READER));
    set_str(m, "Writer", Value::of_type(&writer::WRITER));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("_csv", FUNCTIONS, setup);
