//! Owns: the `str` type: its table, and how text becomes a value. Never: encodings and pure text algorithms (`text`).
//! Source: CPython 3.13, Objects/unicodeobject.c.

pub mod encode;
pub mod format;
pub mod make;
pub mod methods;
pub mod ops;
pub mod percent;
pub mod split;
pub mod translate;
pub mod value;

pub use value::{Str, StrBuilder};

use crate::error::type_error;
use crate::gil::{Gil, GilRefCell};
use crate::methods::*;
use std::cell::RefCell;

impl Payload for Str {}
impl Native for Str {
    fn class() -> &'static Type {
        &STR
    }
}

/// The empty string and the 256 one-character strings of Latin-1, made when first asked for.
static SHARED: GilRefCell<Vec<Value>> = Gil::new(RefCell::new(Vec::new()));
const EMPTY: usize = 256;

fn shared(at: usize) -> Value {
    if let Some(v) = SHARED.borrow().get(at) {
        return v.clone();
    }
    let mut all = SHARED.borrow_mut();
    if all.is_empty() {
        all.extend((0..256).map(|c| object::new(&STR, Str::from_code_point(c))));
        all.push(object::new(&STR, Str::new()));
    }
    all.get(at).cloned().unwrap_or(NONE)
}

/// A str value; short ones are shared.
pub fn value(text: Str) -> Value {
    match text.char_len() {
        0 => shared(EMPTY),
        1 if text.char_at(0) < 256 => shared(text.char_at(0) as usize),
        _ => object::new(&STR, text),
    }
}

/// The empty string.
pub fn empty() -> Value {
    shared(EMPTY)
}

/// The one-character string of a code point.
pub fn of_code_point(point: u32) -> Value {
    if point < 256 { shared(point as usize) } else { object::new(&STR, Str::from_code_point(point)) }
}

/// The text of a receiver, which its descriptor has checked.
pub(crate) fn me(v: &Value) -> PyResult<&Str> {
    v.as_str_obj().ok_or_else(|| type_error(format!("expected str, got {}", v.ty().full_name())))
}

/// The receiver itself when it is exactly a str, a plain copy when it is a subclass's instance.
pub(crate) fn unchanged(v: &Value) -> PyResult {
    if v.downcast_exact::<Str>().is_some() { Ok(v.clone()) } else { Ok(value(me(v)?.clone())) }
}

/// Raises what a text algorithm reports.
#[cold]
pub fn raise_text(error: crate::text::error::TextError) -> Raised {
    use crate::error::{index_error, key_error, memory_error, overflow_error, value_error};
    use crate::text::error::Kind;
    match error.kind {
        Kind::Value => value_error(error.message),
        Kind::Type => type_error(error.message),
        Kind::Overflow => overflow_error(error.message),
        Kind::Index => index_error(error.message),
        Kind::Key => key_error(Value::string(error.message)),
        Kind::Memory => memory_error(error.message),
    }
}

static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args)", Raw(make::new)),
    Method::new("__repr__(self, /)", F1(ops::repr)),
    Method::new("__str__(self, /)", F1(ops::str_)),
    Method::new("__hash__(self, /)", F1(ops::hash)),
    Method::new("__len__(self, /)", F1(ops::len)),
    Method::new("__iter__(self, /)", F1(crate::types::iterators::str_iter)),
    Method::new("__contains__(self, key, /)", F2(ops::contains)),
    Method::new("__getitem__(self, key, /)", F2(ops::getitem)),
    Method::new("__add__(self, value, /)", F2(ops::add)),
    Method::new("__mul__(self, value, /)", F2(ops::mul)),
    Method::new("__rmul__(self, value, /)", F2(ops::mul)),
    Method::new("__mod__(self, value, /)", F2(ops::mod_)),
    Method::new("__rmod__(self, value, /)", F2(ops::rmod)),
    Method::new("__eq__(self, value, /)", F2(ops::eq)),
    Method::new("__ne__(self, value, /)", F2(ops::ne)),
    Method::new("__lt__(self, value, /)", F2(ops::lt)),
    Method::new("__le__(self, value, /)", F2(ops::le)),
    Method::new("__gt__(self, value, /)", F2(ops::gt)),
    Method::new("__ge__(self, value, /)", F2(ops::ge)),
    Method::new("__format__(self, format_spec, /)", F2(ops::format)),
    Method::new("__getnewargs__(self, /)", F1(ops::getnewargs)),
    Method::new("__sizeof__(self, /)", F1(ops::sizeof)),
    Method::new("encode(self, /, encoding='utf-8', errors='strict')", F3(encode::str_encode)),
    Method::new("format(self, *args, **kwargs)", Raw(format::format)),
    Method::new("format_map(self, mapping, /)", F2(format::format_map)),
    Method::new("translate(self, table, /)", F2(translate::translate)),
    Method::static_("maketrans(x, y=..., z=..., /)", F3(translate::maketrans)),
    Method::new("split(self, /, sep=None, maxsplit=-1)", F3(split::split)),
    Method::new("rsplit(self, /, sep=None, maxsplit=-1)", F3(split::rsplit)),
    Method::new("splitlines(self, /, keepends=False)", F2(split::splitlines)),
    Method::new("partition(self, sep, /)", F2(split::partition)),
    Method::new("rpartition(self, sep, /)", F2(split::rpartition)),
    Method::new("join(self, iterable, /)", F2(split::join)),
    Method::new("strip(self, chars=None, /)", F2(methods::strip)),
    Method::new("lstrip(self, chars=None, /)", F2(methods::lstrip)),
    Method::new("rstrip(self, chars=None, /)", F2(methods::rstrip)),
    Method::new("removeprefix(self, prefix, /)", F2(methods::removeprefix)),
    Method::new("removesuffix(self, suffix, /)", F2(methods::removesuffix)),
    Method::new("find(self, sub, start=None, end=None, /)", F4(methods::find)),
    Method::new("rfind(self, sub, start=None, end=None, /)", F4(methods::rfind)),
    Method::new("index(self, sub, start=None, end=None, /)", F4(methods::index)),
    Method::new("rindex(self, sub, start=None, end=None, /)", F4(methods::rindex)),
    Method::new("count(self, sub, start=None, end=None, /)", F4(methods::count)),
    Method::new("startswith(self, prefix, start=None, end=None, /)", F4(methods::startswith)),
    Method::new("endswith(self, suffix, start=None, end=None, /)", F4(methods::endswith)),
    Method::new("replace(self, old, new, /, count=-1)", F4(methods::replace)),
    Method::new("center(self, width, fillchar=' ', /)", F3(methods::center)),
    Method::new("ljust(self, width, fillchar=' ', /)", F3(methods::ljust)),
    Method::new("rjust(self, width, fillchar=' ', /)", F3(methods::rjust)),
    Method::new("zfill(self, width, /)", F2(methods::zfill)),
    Method::new("expandtabs(self, /, tabsize=8)", F2(methods::expandtabs)),
    Method::new("upper(self, /)", F1(methods::upper)),
    Method::new("lower(self, /)", F1(methods::lower)),
    Method::new("title(self, /)", F1(methods::title)),
    Method::new("capitalize(self, /)", F1(methods::capitalize)),
    Method::new("swapcase(self, /)", F1(methods::swapcase)),
    Method::new("casefold(self, /)", F1(methods::casefold)),
    Method::new("isalpha(self, /)", F1(methods::isalpha)),
    Method::new("isalnum(self, /)", F1(methods::isalnum)),
    Method::new("isascii(self, /)", F1(methods::isascii)),
    Method::new("isdecimal(self, /)", F1(methods::isdecimal)),
    Method::new("isdigit(self, /)", F1(methods::isdigit)),
    Method::new("isnumeric(self, /)", F1(methods::isnumeric)),
    Method::new("isidentifier(self, /)", F1(methods::isidentifier)),
    Method::new("islower(self, /)", F1(methods::islower)),
    Method::new("isupper(self, /)", F1(methods::isupper)),
    Method::new("istitle(self, /)", F1(methods::istitle)),
    Method::new("isspace(self, /)", F1(methods::isspace)),
    Method::new("isprintable(self, /)", F1(methods::isprintable)),
];

static DOC: &str = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object \
from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded \
using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor \
repr(object).\nencoding defaults to sys.getdefaultencoding().\nerrors defaults to 'strict'.";

static DEF: ClassDef =
    ClassDef::new::<Str>("str").doc(DOC).methods(METHODS).hooks(Hooks { iter: Some(crate::types::iterators::str_iter), ..Hooks::NONE });
pub static STR: Type = Type::builtin(&DEF);
