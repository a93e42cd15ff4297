//! Owns: the builtin exception types and the body that all exceptions share.
//! Never: raises; that is `error`.
//! Source: CPython 3.13, Objects/exceptions.c.

pub use super::groups::{BASE_EXCEPTION_GROUP, EXCEPTION_GROUP};
use crate::def::{F1, F2, Method, Raw};
use crate::error::{PyResult, Raised, type_error};
use crate::object::{self, Native, Payload};
use crate::types::class::{ClassDef, GetSet, Type, TypeFlags};
use crate::value::{FALSE, NONE, TRUE, UNBOUND, Value};
use std::cell::{Cell, RefCell};

/// The body of every exception.
pub struct Exception {
    /// A tuple.
    pub args: RefCell<Value>,
    /// A traceback object or None.
    pub traceback: RefCell<Value>,
    pub context: RefCell<Value>,
    pub cause: RefCell<Value>,
    pub suppress_context: Cell<bool>,
    /// What the type's own fields hold (`OSError.errno`, `StopIteration.value`, `SystemExit.code`,
    /// `NameError.name`, a group's message and exceptions), in the order of its `fields` table.
    pub extra: RefCell<Vec<Value>>,
}

impl Payload for Exception {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for v in [&self.args, &self.traceback, &self.context, &self.cause] {
            visit(&v.borrow());
        }
        for v in self.extra.borrow().iter() {
            visit(v);
        }
    }
    fn clear(&self) {
        drop([&self.traceback, &self.context, &self.cause].map(|v| v.replace(NONE)));
        drop(self.extra.take());
    }
}
impl Native for Exception {
    fn class() -> &'static Type {
        &BASE_EXCEPTION
    }
}

impl Exception {
    pub fn new(args: Vec<Value>) -> Exception {
        Exception {
            args: RefCell::new(crate::types::tuple::new(args)),
            traceback: RefCell::new(NONE),
            context: RefCell::new(NONE),
            cause: RefCell::new(NONE),
            suppress_context: Cell::new(false),
            extra: RefCell::new(Vec::new()),
        }
    }
    pub fn arg(&self, i: usize) -> Option<Value> {
        crate::types::tuple::items(&self.args.borrow()).get(i).cloned()
    }
    /// Field `i` of the type's own fields; None when it was never set.
    pub fn field(&self, i: usize) -> Value {
        self.extra.borrow().get(i).cloned().unwrap_or(NONE)
    }
    pub fn set_field(&self, i: usize, v: Value) {
        let mut e = self.extra.borrow_mut();
        while e.len() <= i {
            e.push(NONE);
        }
        let old = std::mem::replace(&mut e[i], v);
        drop(e);
        drop(old);
    }
    /// Keeps a value alive with the exception, as the frames of CPython's own Python code do that a traceback leads
    /// to: `self` of a method that raised. Behind the fields of every type.
    pub fn keep(&self, v: Value) {
        const FIELDS: usize = 10;
        // An exception that is raised again and again by the same future would gather the same value each time.
        if self.extra.borrow().iter().skip(FIELDS).any(|kept| kept.is(&v)) {
            return;
        }
        let at = self.extra.borrow().len().max(FIELDS);
        self.set_field(at, v);
    }
    pub fn set_cause(&self, cause: Value) {
        self.suppress_context.set(true);
        let old = self.cause.replace(cause);
        drop(old);
    }
}

/// The exception body of a value that is one.
#[inline]
pub fn body(v: &Value) -> Option<&Exception> {
    v.downcast::<Exception>()
}
pub fn is_exception(v: &Value) -> bool {
    body(v).is_some()
}

/// A new instance of a builtin exception type with one message argument.
pub fn instance(ty: &'static Type, msg: impl Into<String>) -> Value {
    with_args(ty, vec![Value::string(msg.into())])
}
/// A new instance of a builtin exception type, fields set as its `__init__` would.
pub fn with_args(ty: &'static Type, args: Vec<Value>) -> Value {
    let e = Exception::new(args);
    let family = family(ty);
    if family != Family::Plain {
        let args = e.args.borrow().clone();
        set_fields(family, &e, crate::types::tuple::items(&args));
    }
    object::new(ty, e)
}
/// What calling an exception class makes when `__new__` and `__init__` are BaseException's.
pub fn construct(ty: &'static Type, args: &[Value]) -> Option<Value> {
    use crate::types::class::special::Special;
    let inherited = |s: Special| matches!((ty.special(s), BASE_EXCEPTION.special(s)), (Some(a), Some(b)) if a.is(b));
    if !inherited(Special::New) || !inherited(Special::Init) {
        return None;
    }
    match family(ty) {
        Family::Plain | Family::Stop | Family::Exit | Family::Import | Family::Syntax => Some(with_args(ty, args.to_vec())),
        Family::Os if args.len() < 2 => Some(with_args(ty, args.to_vec())),
        Family::Os | Family::Unicode | Family::Group => None,
    }
}

/// The types that have fields of their own, by their base.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Family {
    Plain,
    Stop,
    Exit,
    Os,
    Import,
    Syntax,
    Unicode,
    Group,
}
fn family(ty: &'static Type) -> Family {
    for t in ty.mro() {
        let is = |other: &'static Type| std::ptr::eq(*t, other);
        if is(&EXCEPTION) || is(&BASE_EXCEPTION) {
            // Groups come before Exception in the order, the others derive from it.
            return Family::Plain;
        } else if is(&STOP_ITERATION) {
            return Family::Stop;
        } else if is(&SYSTEM_EXIT) {
            return Family::Exit;
        } else if is(&OS_ERROR) {
            return Family::Os;
        } else if is(&IMPORT_ERROR) {
            return Family::Import;
        } else if is(&SYNTAX_ERROR) {
            return Family::Syntax;
        } else if is(&UNICODE_ERROR_BASE) {
            return Family::Unicode;
        } else if is(&BASE_EXCEPTION_GROUP) {
            return Family::Group;
        }
    }
    Family::Plain
}
fn init_fields(ty: &'static Type, e: &Exception, args: &[Value]) {
    set_fields(family(ty), e, args);
}
fn set_fields(family: Family, e: &Exception, args: &[Value]) {
    match family {
        Family::Plain | Family::Group => {}
        Family::Stop => {
            if let Some(v) = args.first() {
                e.set_field(0, v.clone());
            }
        }
        Family::Exit => match args {
            [] => {}
            [a] => e.set_field(0, a.clone()),
            more => e.set_field(0, crate::types::tuple::new(more.to_vec())),
        },
        Family::Os => {
            if let [errno, strerror, rest @ ..] = args {
                e.set_field(0, errno.clone());
                e.set_field(1, strerror.clone());
                if let Some(f) = rest.first() {
                    e.set_field(2, f.clone());
                    let two = crate::types::tuple::new(args[..2].to_vec());
                    let old = e.args.replace(two);
                    drop(old);
                }
                if let Some(f) = rest.get(2) {
                    e.set_field(3, f.clone());
                }
            }
        }
        Family::Import | Family::Syntax => {
            if let Some(m) = args.first() {
                e.set_field(0, m.clone());
            }
            if family == Family::Syntax
                && let Some(details) = args.get(1)
            {
                for (i, v) in crate::types::tuple::items(details).iter().enumerate() {
                    e.set_field(i + 1, v.clone());
                }
            }
        }
        Family::Unicode => {
            for (i, v) in args.iter().enumerate() {
                e.set_field(i, v.clone());
            }
        }
    }
}

/// The subclass of OSError that CPython makes for an errno.
pub fn os_error_type(errno: i32) -> &'static Type {
    match errno {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => &BROKEN_PIPE_ERROR,
        libc::ECHILD => &CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => &CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => &CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => &CONNECTION_RESET_ERROR,
        libc::EEXIST => &FILE_EXISTS_ERROR,
        libc::ENOENT => &FILE_NOT_FOUND_ERROR,
        libc::EISDIR => &IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => &NOT_A_DIRECTORY_ERROR,
        libc::EINTR => &INTERRUPTED_ERROR,
        libc::EACCES | libc::EPERM => &PERMISSION_ERROR,
        libc::ESRCH => &PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => &TIMEOUT_ERROR,
        _ => &OS_ERROR,
    }
}
/// Raises the OSError of an errno, with an optional file name.
#[cold]
pub fn raise_os_error(err: &std::io::Error, filename: Option<Value>) -> Raised {
    let errno = err.raw_os_error().unwrap_or(0);
    let text = strerror(errno);
    let mut args = vec![Value::int(i64::from(errno)), Value::string(text)];
    args.extend(filename);
    super::raise_args(os_error_type(errno), args)
}
/// The C library's text for an errno.
pub fn strerror(errno: i32) -> String {
    // SAFETY: strerror returns a valid C string; under the GIL nobody overwrites it meanwhile.
    unsafe { std::ffi::CStr::from_ptr(libc::strerror(errno)).to_string_lossy().into_owned() }
}

/// Makes an exception from what stands behind `raise`: an instance as it is, a class called
/// without arguments. TypeError otherwise.
pub fn from_raise_operand(v: &Value) -> PyResult {
    if let Some(t) = v.as_type()
        && t.has_flag(TypeFlags::EXCEPTION)
    {
        if let Some(exc) = construct(t, &[]) {
            return Ok(exc);
        }
        let exc = crate::protocol::call::call(v, &[])?;
        if !is_exception(&exc) {
            let got = exc.ty().full_name();
            let want = crate::protocol::repr::repr_string(v)?;
            return Err(type_error(format!("calling {want} should have returned an instance of BaseException, not {got}")));
        }
        return Ok(exc);
    }
    if is_exception(v) { Ok(v.clone()) } else { Err(type_error("exceptions must derive from BaseException")) }
}

fn base_new(all: &[Value], kw: &[crate::name::Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(ty) = all.first().and_then(Value::as_type) else {
        return Err(type_error("BaseException.__new__(X): X is not a type object"));
    };
    let mut ty = ty;
    let args = &all[1..pos];
    if std::ptr::eq(ty, &OS_ERROR)
        && args.len() >= 2
        && let Some(n) = args[0].as_inline_int()
    {
        ty = os_error_type(n as i32);
    }
    let e = Exception::new(args.to_vec());
    init_fields(ty, &e, args);
    Ok(object::new(ty, e))
}

fn base_init(all: &[Value], kw: &[crate::name::Name]) -> PyResult {
    let pos = all.len() - kw.len();
    let Some(e) = all.first().and_then(body) else { return Err(type_error("descriptor '__init__' requires an exception")) };
    let ty = all[0].ty();
    let args = &all[1..pos];
    let fields = keyword_fields(ty);
    for (k, v) in kw.iter().zip(&all[pos..]) {
        match fields.iter().find(|(n, _)| *n == k.as_str()) {
            Some((_, i)) => e.set_field(*i, v.clone()),
            None if fields.is_empty() => return Err(type_error(format!("{}() takes no keyword arguments", ty.name()))),
            None => return Err(type_error(format!("{}() got an unexpected keyword argument '{k}'", ty.name()))),
        }
    }
    if !ty.is_subtype(&OS_ERROR) {
        let old = e.args.replace(crate::types::tuple::new(args.to_vec()));
        drop(old);
    }
    init_fields(ty, e, args);
    Ok(NONE)
}

/// Keyword arguments that a type's `__init__` takes, with their field numbers.
fn keyword_fields(ty: &'static Type) -> &'static [(&'static str, usize)] {
    if ty.is_subtype(&NAME_ERROR) {
        &[("name", 0)]
    } else if ty.is_subtype(&ATTRIBUTE_ERROR) {
        &[("name", 0), ("obj", 1)]
    } else if ty.is_subtype(&IMPORT_ERROR) {
        &[("name", 1), ("path", 2), ("name_from", 3)]
    } else {
        &[]
    }
}

fn base_str(v: &Value) -> PyResult {
    let Some(e) = body(v) else { return Ok(Value::str("")) };
    let args = e.args.borrow().clone();
    match crate::types::tuple::items(&args) {
        [] => Ok(Value::str("")),
        [a] => crate::protocol::repr::str_(a),
        _ => crate::protocol::repr::repr(&args),
    }
}
fn base_repr(v: &Value) -> PyResult {
    let Some(e) = body(v) else { return Ok(Value::str("")) };
    let args = e.args.borrow().clone();
    let name = v.ty().name();
    match crate::types::tuple::items(&args) {
        [a] => Ok(Value::string(format!("{name}({})", crate::protocol::repr::repr_string(a)?))),
        _ => Ok(Value::string(format!("{name}{}", crate::protocol::repr::repr_string(&args)?))),
    }
}
fn key_error_str(v: &Value) -> PyResult {
    match body(v).map(|e| e.args.borrow().clone()) {
        Some(args) if crate::types::tuple::items(&args).len() == 1 => crate::protocol::repr::repr(&crate::types::tuple::items(&args)[0]),
        Some(_) | None => base_str(v),
    }
}
fn os_error_str(v: &Value) -> PyResult {
    let Some(e) = body(v) else { return Ok(Value::str("")) };
    let (errno, text, file, file2) = (e.field(0), e.field(1), e.field(2), e.field(3));
    if errno.is_none() && text.is_none() {
        return base_str(v);
    }
    use crate::protocol::repr::{repr_string, str_string};
    let mut s = format!("[Errno {}] {}", str_string(&errno)?, str_string(&text)?);
    if !file.is_none() {
        s.push_str(&format!(": {}", repr_string(&file)?));
        if !file2.is_none() {
            s.push_str(&format!(" -> {}", repr_string(&file2)?));
        }
    }
    Ok(Value::string(s))
}
fn import_error_str(v: &Value) -> PyResult {
    base_str(v)
}
fn unicode_error_str(v: &Value) -> PyResult {
    let Some(e) = body(v) else { return Ok(Value::str("")) };
    let n = e.extra.borrow().len();
    if n < 5 && !(n == 4 && v.ty().is_subtype(&UNICODE_TRANSLATE_ERROR)) {
        return base_str(v);
    }
    crate::types::str::encode::error_text(v.ty().is_subtype(&UNICODE_ENCODE_ERROR), v.ty().is_subtype(&UNICODE_DECODE_ERROR), &e.extra.borrow())
}

fn with_traceback(v: &Value, tb: &Value) -> PyResult {
    set_traceback(v, Some(tb.clone()))?;
    Ok(v.clone())
}
fn set_traceback(v: &Value, tb: Option<Value>) -> Result<(), Raised> {
    let Some(tb) = tb else { return Err(type_error("__traceback__ may not be deleted")) };
    if !tb.is_none() && !crate::error::traceback::is_traceback(&tb) {
        return Err(type_error("__traceback__ must be a traceback or None"));
    }
    if let Some(e) = body(v) {
        let old = e.traceback.replace(tb);
        drop(old);
    }
    Ok(())
}
fn add_note(v: &Value, note: &Value) -> PyResult {
    use crate::name::names::__notes__;
    if note.as_str_obj().is_none() {
        return Err(type_error(format!("note must be a str, not '{}'", note.ty().name())));
    }
    let Some(attrs) = v.header().and_then(|h| h.attrs()) else { return Ok(NONE) };
    let list = match attrs.get(__notes__.get()) {
        Some(l) => l,
        None => {
            let l = crate::types::list::List::value(vec![]);
            attrs.set(__notes__.get(), l.clone());
            l
        }
    };
    match list.downcast::<crate::types::list::List>() {
        Some(l) => l.push(note.clone()),
        None => return Err(type_error("Cannot add note: __notes__ is not a list")),
    }
    Ok(NONE)
}
fn setstate(v: &Value, state: &Value) -> PyResult {
    if !state.is_none() {
        for (k, val) in crate::types::dict::items_of(state)? {
            crate::protocol::attr::setattr_value(v, &k, val)?;
        }
    }
    Ok(NONE)
}
fn reduce(v: &Value) -> PyResult {
    let args = body(v).map_or(NONE, |e| e.args.borrow().clone());
    Ok(crate::types::tuple::new(vec![Value::of_type(v.ty()), args]))
}

macro_rules! getters {
    ($($name:literal $get:ident $set:ident $field:ident $none_ok:expr;)*) => {
        $(fn $get(v: &Value) -> PyResult { Ok(body(v).map_or(NONE, |e| e.$field.borrow().clone())) }
          fn $set(v: &Value, new: Option<Value>) -> Result<(), Raised> {
              let Some(new) = new else { return Err(type_error(concat!($name, " may not be deleted"))) };
              if !new.is_none() && !is_exception(&new) {
                  return Err(type_error(concat!("exception ", $none_ok, " must be None or derive from BaseException")));
              }
              if let Some(e) = body(v) {
                  if $none_ok == "cause" { e.suppress_context.set(true); }
                  let old = e.$field.replace(new);
                  drop(old);
              }
              Ok(())
          })*
    };
}
getters! {
    "__context__" get_context set_context context "context";
    "__cause__" get_cause set_cause cause "cause";
}
fn get_args(v: &Value) -> PyResult {
    Ok(body(v).map_or(NONE, |e| e.args.borrow().clone()))
}
fn set_args(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    let Some(new) = new else { return Err(type_error("args may not be deleted")) };
    let items = crate::protocol::iter::collect(&new)?;
    if let Some(e) = body(v) {
        let old = e.args.replace(crate::types::tuple::new(items));
        drop(old);
    }
    Ok(())
}
fn get_traceback(v: &Value) -> PyResult {
    Ok(body(v).map_or(NONE, |e| e.traceback.borrow().clone()))
}
fn get_suppress(v: &Value) -> PyResult {
    Ok(if body(v).is_some_and(|e| e.suppress_context.get()) { TRUE } else { FALSE })
}
fn set_suppress(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    match (body(v), new.and_then(|n| n.as_bool())) {
        (Some(e), Some(b)) => {
            e.suppress_context.set(b);
            Ok(())
        }
        (Some(_), None) | (None, _) => Err(type_error("attribute value type must be bool")),
    }
}
fn field<const I: usize>(v: &Value) -> PyResult {
    Ok(body(v).map_or(NONE, |e| e.field(I)))
}
fn set_field<const I: usize>(v: &Value, new: Option<Value>) -> Result<(), Raised> {
    if let Some(e) = body(v) {
        e.set_field(I, new.unwrap_or(NONE));
    }
    Ok(())
}

static BASE_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(base_new)),
    Method::new("__init__(self, *args, **kw)", Raw(base_init)),
    Method::new("__str__(self, /)", F1(base_str)),
    Method::new("__repr__(self, /)", F1(base_repr)),
    Method::new("with_traceback(self, object, /)", F2(with_traceback)),
    Method::new("add_note(self, object, /)", F2(add_note)),
    Method::new("__setstate__(self, object, /)", F2(setstate)),
    Method::new("__reduce__(self, /)", F1(reduce)),
];
static BASE_GETSET: &[GetSet] = &[
    GetSet::rw("args", get_args, set_args),
    GetSet::rw("__traceback__", get_traceback, |v, t| set_traceback(v, t)),
    GetSet::rw("__context__", get_context, set_context),
    GetSet::rw("__cause__", get_cause, set_cause),
    GetSet::rw("__suppress_context__", get_suppress, set_suppress),
];

static BASE_DEF: ClassDef = ClassDef::new::<Exception>("BaseException")
    .doc("Common base class for all exceptions.")
    .methods(BASE_METHODS)
    .getset(BASE_GETSET)
    .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
pub static BASE_EXCEPTION: Type = Type::builtin(&BASE_DEF);

macro_rules! exceptions {
    ($($ty:ident $name:literal : $base:ident $(, methods $m:expr)? $(, fields $f:expr)? ;)*) => {
        $(pub static $ty: Type = {
            static DEF: ClassDef = ClassDef::new::<Exception>($name)
                .like(&$base, &BASE_EXCEPTION)
                $(.methods($m))?
                $(.getset($f))?
                .flags(TypeFlags::EXCEPTION | TypeFlags::ATTRS);
            Type::builtin(&DEF)
        };)*
        /// Every builtin exception type, for the builtins' table.
        pub static ALL: &[&Type] = &[&BASE_EXCEPTION, &BASE_EXCEPTION_GROUP, &EXCEPTION_GROUP, $(&$ty),*];
    };
}
static KEY_ERROR_METHODS: &[Method] = &[Method::new("__str__(self, /)", F1(key_error_str))];
static OS_ERROR_METHODS: &[Method] = &[Method::new("__str__(self, /)", F1(os_error_str))];
static OS_ERROR_FIELDS: &[GetSet] = &[
    GetSet::rw("errno", field::<0>, set_field::<0>),
    GetSet::rw("strerror", field::<1>, set_field::<1>),
    GetSet::rw("filename", field::<2>, set_field::<2>),
    GetSet::rw("filename2", field::<3>, set_field::<3>),
];
static IMPORT_ERROR_METHODS: &[Method] = &[Method::new("__str__(self, /)", F1(import_error_str))];
static IMPORT_ERROR_FIELDS: &[GetSet] = &[
    GetSet::rw("msg", field::<0>, set_field::<0>),
    GetSet::rw("name", field::<1>, set_field::<1>),
    GetSet::rw("path", field::<2>, set_field::<2>),
    GetSet::rw("name_from", field::<3>, set_field::<3>),
];
static VALUE_FIELD: &[GetSet] = &[GetSet::rw("value", field::<0>, set_field::<0>)];
static CODE_FIELD: &[GetSet] = &[GetSet::rw("code", field::<0>, set_field::<0>)];
static NAME_FIELD: &[GetSet] = &[GetSet::rw("name", field::<0>, set_field::<0>)];
static ATTRIBUTE_FIELDS: &[GetSet] = &[GetSet::rw("name", field::<0>, set_field::<0>), GetSet::rw("obj", field::<1>, set_field::<1>)];
static SYNTAX_FIELDS: &[GetSet] = &[
    GetSet::rw("msg", field::<0>, set_field::<0>),
    GetSet::rw("filename", field::<1>, set_field::<1>),
    GetSet::rw("lineno", field::<2>, set_field::<2>),
    GetSet::rw("offset", field::<3>, set_field::<3>),
    GetSet::rw("text", field::<4>, set_field::<4>),
    GetSet::rw("end_lineno", field::<5>, set_field::<5>),
    GetSet::rw("end_offset", field::<6>, set_field::<6>),
];
static UNICODE_METHODS: &[Method] = &[Method::new("__str__(self, /)", F1(unicode_error_str))];
static UNICODE_FIELDS: &[GetSet] = &[
    GetSet::rw("encoding", field::<0>, set_field::<0>),
    GetSet::rw("object", field::<1>, set_field::<1>),
    GetSet::rw("start", field::<2>, set_field::<2>),
    GetSet::rw("end", field::<3>, set_field::<3>),
    GetSet::rw("reason", field::<4>, set_field::<4>),
];
static UNICODE_TRANSLATE_FIELDS: &[GetSet] = &[
    GetSet::rw("object", field::<0>, set_field::<0>),
    GetSet::rw("start", field::<1>, set_field::<1>),
    GetSet::rw("end", field::<2>, set_field::<2>),
    GetSet::rw("reason", field::<3>, set_field::<3>),
];

exceptions! {
    EXCEPTION "Exception": BASE_EXCEPTION;
    GENERATOR_EXIT "GeneratorExit": BASE_EXCEPTION;
    KEYBOARD_INTERRUPT "KeyboardInterrupt": BASE_EXCEPTION;
    SYSTEM_EXIT "SystemExit": BASE_EXCEPTION, fields CODE_FIELD;
    STOP_ITERATION "StopIteration": EXCEPTION, fields VALUE_FIELD;
    STOP_ASYNC_ITERATION "StopAsyncIteration": EXCEPTION;
    ARITHMETIC_ERROR "ArithmeticError": EXCEPTION;
    FLOATING_POINT_ERROR "FloatingPointError": ARITHMETIC_ERROR;
    OVERFLOW_ERROR "OverflowError": ARITHMETIC_ERROR;
    ZERO_DIVISION_ERROR "ZeroDivisionError": ARITHMETIC_ERROR;
    ASSERTION_ERROR "AssertionError": EXCEPTION;
    ATTRIBUTE_ERROR "AttributeError": EXCEPTION, fields ATTRIBUTE_FIELDS;
    BUFFER_ERROR "BufferError": EXCEPTION;
    EOF_ERROR "EOFError": EXCEPTION;
    IMPORT_ERROR "ImportError": EXCEPTION, methods IMPORT_ERROR_METHODS, fields IMPORT_ERROR_FIELDS;
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError": IMPORT_ERROR;
    LOOKUP_ERROR "LookupError": EXCEPTION;
    INDEX_ERROR "IndexError": LOOKUP_ERROR;
    KEY_ERROR "KeyError": LOOKUP_ERROR, methods KEY_ERROR_METHODS;
    MEMORY_ERROR "MemoryError": EXCEPTION;
    NAME_ERROR "NameError": EXCEPTION, fields NAME_FIELD;
    UNBOUND_LOCAL_ERROR "UnboundLocalError": NAME_ERROR;
    OS_ERROR "OSError": EXCEPTION, methods OS_ERROR_METHODS, fields OS_ERROR_FIELDS;
    BLOCKING_IO_ERROR "BlockingIOError": OS_ERROR;
    CHILD_PROCESS_ERROR "ChildProcessError": OS_ERROR;
    CONNECTION_ERROR "ConnectionError": OS_ERROR;
    BROKEN_PIPE_ERROR "BrokenPipeError": CONNECTION_ERROR;
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError": CONNECTION_ERROR;
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError": CONNECTION_ERROR;
    CONNECTION_RESET_ERROR "ConnectionResetError": CONNECTION_ERROR;
    FILE_EXISTS_ERROR "FileExistsError": OS_ERROR;
    FILE_NOT_FOUND_ERROR "FileNotFoundError": OS_ERROR;
    INTERRUPTED_ERROR "InterruptedError": OS_ERROR;
    IS_A_DIRECTORY_ERROR "IsADirectoryError": OS_ERROR;
    NOT_A_DIRECTORY_ERROR "NotADirectoryError": OS_ERROR;
    PERMISSION_ERROR "PermissionError": OS_ERROR;
    PROCESS_LOOKUP_ERROR "ProcessLookupError": OS_ERROR;
    TIMEOUT_ERROR "TimeoutError": OS_ERROR;
    REFERENCE_ERROR "ReferenceError": EXCEPTION;
    RUNTIME_ERROR "RuntimeError": EXCEPTION;
    NOT_IMPLEMENTED_ERROR "NotImplementedError": RUNTIME_ERROR;
    RECURSION_ERROR "RecursionError": RUNTIME_ERROR;
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError": RUNTIME_ERROR;
    SYNTAX_ERROR "SyntaxError": EXCEPTION, fields SYNTAX_FIELDS;
    INDENTATION_ERROR "IndentationError": SYNTAX_ERROR;
    TAB_ERROR "TabError": INDENTATION_ERROR;
    SYSTEM_ERROR "SystemError": EXCEPTION;
    TYPE_ERROR "TypeError": EXCEPTION;
    VALUE_ERROR "ValueError": EXCEPTION;
    UNICODE_ERROR_BASE "UnicodeError": VALUE_ERROR;
    UNICODE_DECODE_ERROR "UnicodeDecodeError": UNICODE_ERROR_BASE, methods UNICODE_METHODS, fields UNICODE_FIELDS;
    UNICODE_ENCODE_ERROR "UnicodeEncodeError": UNICODE_ERROR_BASE, methods UNICODE_METHODS, fields UNICODE_FIELDS;
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError": UNICODE_ERROR_BASE, methods UNICODE_METHODS, fields UNICODE_TRANSLATE_FIELDS;
    WARNING "Warning": EXCEPTION;
    BYTES_WARNING "BytesWarning": WARNING;
    DEPRECATION_WARNING "DeprecationWarning": WARNING;
    ENCODING_WARNING "EncodingWarning": WARNING;
    FUTURE_WARNING "FutureWarning": WARNING;
    IMPORT_WARNING "ImportWarning": WARNING;
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning": WARNING;
    RESOURCE_WARNING "ResourceWarning": WARNING;
    RUNTIME_WARNING "RuntimeWarning": WARNING;
    SYNTAX_WARNING "SyntaxWarning": WARNING;
    UNICODE_WARNING "UnicodeWarning": WARNING;
    USER_WARNING "UserWarning": WARNING;
}

/// `UNBOUND` as a marker argument for tables.
pub const NOT_GIVEN: Value = UNBOUND;
