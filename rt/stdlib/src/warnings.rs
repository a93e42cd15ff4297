//! Owns: the module `warnings`.
//! Never: decides or shows; that is `rtcore::warn`.
//! Source: CPython 3.13, Lib/warnings.py.

use rtcore::error::hierarchy::WARNING;
use rtcore::error::{runtime_error, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::attr;
use rtcore::protocol::call::{call, call_kw};
use rtcore::protocol::repr::str_string;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, import, set_str};
use rtcore::warn::{self, Place, WARNING_MESSAGE, WarningMessage};
use std::cell::{Cell, RefCell};

const ACTIONS: &[&str] = &["default", "error", "ignore", "always", "all", "module", "once"];

fn warn_(a: &[Value]) -> PyResult {
    let [message, category, stacklevel, source, _skip] = a else { return Ok(NONE) };
    let category = warn::category_of(category, message)?;
    let level = rtcore::protocol::sequence::as_index(stacklevel)?;
    warn::warn_value(message, category, level, source)?;
    Ok(NONE)
}
fn warn_explicit(a: &[Value]) -> PyResult {
    let [message, category, filename, lineno, module, _registry, _globals, source] = a else { return Ok(NONE) };
    let category = warn::category_of(category, message)?;
    let file = str_string(filename)?;
    let module = match module.as_str() {
        Some(m) => m.to_string(),
        None => file.strip_suffix(".py").unwrap_or(&file).to_string(),
    };
    let line = rtcore::protocol::sequence::as_index(lineno)?.max(0) as u32;
    warn::explicit(message, category, &Place { file, line, module, exact: false }, source)?;
    Ok(NONE)
}

fn check_action(action: &Value) -> PyResult<&str> {
    match action.as_str() {
        Some(a) if ACTIONS.contains(&a) => Ok(a),
        Some(_) | None => Err(value_error(format!("invalid action: {}", rtcore::protocol::repr::repr_string(action)?))),
    }
}
fn insert(item: Value, append: bool) -> PyResult<()> {
    let list = warn::filters();
    let Some(l) = list.downcast::<List>() else { return Ok(()) };
    let mut items = l.to_vec();
    let mut same = None;
    for (i, old) in items.iter().enumerate() {
        if rtcore::protocol::compare::eq(old, &item)? {
            same = Some(i);
            break;
        }
    }
    if append {
        if same.is_none() {
            items.push(item);
        }
    } else {
        if let Some(i) = same {
            items.remove(i);
        }
        items.insert(0, item);
    }
    drop(l.replace_all(items));
    warn::filters_mutated();
    Ok(())
}
/// A pattern of `filterwarnings`: compiled when the program has `re`, else its literal prefix.
fn pattern(text: &Value, ignore_case: bool) -> PyResult {
    let Some(s) = text.as_str() else { return Ok(text.clone()) };
    if s.is_empty() {
        return Ok(NONE);
    }
    match import::import_module("re") {
        Ok(re) => {
            let compile = attr::getattr_name(&re, Name::new("compile"))?;
            let flags = if ignore_case { Value::int(2) } else { Value::int(0) };
            call(&compile, &[text.clone(), flags])
        }
        Err(r) => {
            drop(rtcore::error::take(r));
            let plain: String = s.trim_end_matches(".*").trim_start_matches('^').replace('\\', "");
            Ok(Value::string(plain))
        }
    }
}
fn simplefilter(action: &Value, category: &Value, lineno: &Value, append: &Value) -> PyResult {
    let action = check_action(action)?;
    let Some(c) = category_type(category) else { return Err(type_error("category must be a Warning subclass")) };
    let line = rtcore::protocol::sequence::as_index(lineno)?;
    if line < 0 {
        return Err(type_error("lineno must be an int >= 0"));
    }
    insert(warn::filter(action, NONE, c, NONE, line), rtcore::protocol::sequence::truth(append)?)?;
    Ok(NONE)
}
fn category_type(v: &Value) -> Option<&'static Type> {
    if v.is_unbound() {
        return Some(&WARNING);
    }
    v.as_type().filter(|t| t.is_subtype(&WARNING))
}
fn filterwarnings(a: &[Value]) -> PyResult {
    let [action, message, category, module, lineno, append] = a else { return Ok(NONE) };
    let action = check_action(action)?;
    if message.as_str_obj().is_none() {
        return Err(type_error("message must be a string"));
    }
    let Some(c) = category_type(category) else { return Err(type_error("category must be a Warning subclass")) };
    let line = rtcore::protocol::sequence::as_index(lineno)?;
    let item = warn::filter(action, pattern(message, true)?, c, pattern(module, false)?, line);
    insert(item, rtcore::protocol::sequence::truth(append)?)?;
    Ok(NONE)
}
fn resetwarnings() -> PyResult {
    if let Some(l) = warn::filters().downcast::<List>() {
        drop(l.take_all());
    }
    warn::filters_mutated();
    Ok(NONE)
}
fn text_of(message: &Value, category: &Value, filename: &Value, lineno: &Value, line: &Value) -> PyResult<String> {
    let name = match category.as_type() {
        Some(t) => t.name().to_string(),
        None => str_string(category)?,
    };
    let n = lineno.as_inline_int().unwrap_or(0).max(0) as u32;
    Ok(warn::format(&str_string(message)?, &name, &str_string(filename)?, n, line.as_str(), false))
}
fn formatwarning(a: &[Value]) -> PyResult {
    let [message, category, filename, lineno, line] = a else { return Ok(NONE) };
    Ok(Value::string(text_of(message, category, filename, lineno, line)?))
}
fn showwarning(a: &[Value]) -> PyResult {
    let [message, category, filename, lineno, file, line] = a else { return Ok(NONE) };
    let text = text_of(message, category, filename, lineno, line)?;
    if file.is_none() {
        rtcore::error::print::write_stderr(&text);
    } else {
        rtcore::protocol::call::call_method_name(file, Name::new("write"), &[Value::string(text)])?;
    }
    Ok(NONE)
}

/// `warnings.catch_warnings`.
struct Catch {
    record: Cell<bool>,
    /// The arguments of `simplefilter` on entry, or None.
    action: RefCell<Vec<Value>>,
    entered: Cell<bool>,
    saved: RefCell<Value>,
    showwarning: RefCell<Value>,
}
impl Payload for Catch {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.saved.borrow());
        visit(&self.showwarning.borrow());
    }
}
impl Native for Catch {
    fn class() -> &'static Type {
        &CATCH
    }
}
fn catch(v: &Value) -> PyResult<&Catch> {
    v.downcast::<Catch>().ok_or_else(|| type_error("descriptor requires a 'catch_warnings' object"))
}
fn catch_new(all: &[Value], _kw: &[Name]) -> PyResult {
    let Some(ty) = all.first().and_then(Value::as_type) else { return Err(type_error("__new__ needs a type")) };
    let body = Catch {
        record: Cell::new(false),
        action: RefCell::new(vec![]),
        entered: Cell::new(false),
        saved: RefCell::new(NONE),
        showwarning: RefCell::new(NONE),
    };
    Ok(object::new(ty, body))
}
fn catch_init(a: &[Value]) -> PyResult {
    let [v, record, _module, action, category, lineno, append] = a else { return Ok(NONE) };
    let c = catch(v)?;
    c.record.set(rtcore::protocol::sequence::truth(record)?);
    if !action.is_none() {
        *c.action.borrow_mut() = vec![action.clone(), category.clone(), lineno.clone(), append.clone()];
    }
    Ok(NONE)
}
fn module() -> Option<Value> {
    rtcore::types::module::modules().downcast::<rtcore::types::dict::Dict>()?.get_str("warnings")
}
fn catch_enter(v: &Value) -> PyResult {
    let c = catch(v)?;
    if c.entered.replace(true) {
        return Err(runtime_error(format!("Cannot enter {} twice", rtcore::protocol::repr::repr_string(v)?)));
    }
    let current = warn::filters();
    let copy = List::value(current.downcast::<List>().map(List::to_vec).unwrap_or_default());
    drop(c.saved.replace(current));
    set_filters(copy);
    if let Some(m) = module() {
        let show = attr::getattr_name(&m, Name::new("showwarning"))?;
        drop(c.showwarning.replace(show));
    }
    let action = c.action.borrow().clone();
    if let [action, category, lineno, append] = action.as_slice() {
        simplefilter(action, category, lineno, append)?;
    }
    if c.record.get() {
        let log = List::value(vec![]);
        warn::STATE.logs.borrow_mut().push(log.clone());
        return Ok(log);
    }
    Ok(NONE)
}
fn set_filters(list: Value) {
    if let Some(m) = module() {
        set_str(&m, "filters", list.clone());
    }
    warn::set_filters(list);
}
fn catch_exit(a: &[Value]) -> PyResult {
    let c = catch(&a[0])?;
    if !c.entered.get() {
        return Err(runtime_error(format!("Cannot exit {} without entering first", rtcore::protocol::repr::repr_string(&a[0])?)));
    }
    if c.record.get() {
        let old = warn::STATE.logs.borrow_mut().pop();
        drop(old);
    }
    set_filters(c.saved.replace(NONE));
    let show = c.showwarning.replace(NONE);
    if let Some(m) = module()
        && !show.is_none()
    {
        set_str(&m, "showwarning", show);
    }
    Ok(NONE)
}
fn catch_repr(v: &Value) -> PyResult {
    let c = catch(v)?;
    Ok(Value::str(if c.record.get() { "catch_warnings(record=True)" } else { "catch_warnings()" }))
}
static CATCH_METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(catch_new)),
    Method::new("__init__(self, *, record=False, module=None, action=None, category=..., lineno=0, append=False)", N(catch_init)),
    Method::new("__enter__(self)", F1(catch_enter)),
    Method::new("__exit__(self, *exc_info)", N(catch_exit)),
    Method::new("__repr__(self, /)", F1(catch_repr)),
];
static CATCH_DEF: ClassDef = ClassDef::new::<Catch>("catch_warnings").module("warnings").methods(CATCH_METHODS);
pub static CATCH: Type = Type::builtin(&CATCH_DEF);

/// `warnings.deprecated(message)`: a decorator that warns at each call.
struct Deprecated {
    message: Value,
    category: Value,
    stacklevel: i64,
}
impl Payload for Deprecated {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.message);
    }
}
impl Native for Deprecated {
    fn class() -> &'static Type {
        &DEPRECATED
    }
}
struct Wrapped {
    func: Value,
    by: Value,
}
impl Payload for Wrapped {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.func);
        visit(&self.by);
    }
}
impl Native for Wrapped {
    fn class() -> &'static Type {
        &WRAPPED
    }
}
fn deprecated_new(a: &[Value]) -> PyResult {
    let [_, message, category, stacklevel] = a else { return Ok(NONE) };
    if message.as_str_obj().is_none() {
        return Err(type_error(format!("Expected an object of type str for 'message', not '{}'", message.ty().name())));
    }
    let category = if category.is_unbound() { Value::of_type(&rtcore::error::hierarchy::DEPRECATION_WARNING) } else { category.clone() };
    let stacklevel = stacklevel.as_inline_int().unwrap_or(1);
    Ok(object::new(&DEPRECATED, Deprecated { message: message.clone(), category, stacklevel }))
}
fn deprecated_call(v: &Value, values: &[Value], _kw: &[Name]) -> PyResult {
    let (Some(d), [target]) = (v.downcast::<Deprecated>(), values) else { return Err(type_error("deprecated takes one function or class")) };
    attr::setattr_name(target, Name::new("__deprecated__"), Some(d.message.clone()))?;
    if d.category.is_none() || target.as_type().is_some() {
        return Ok(target.clone());
    }
    Ok(object::new(&WRAPPED, Wrapped { func: target.clone(), by: v.clone() }))
}
fn wrapped_call(v: &Value, values: &[Value], kw: &[Name]) -> PyResult {
    let Some(w) = v.downcast::<Wrapped>() else { return Ok(NONE) };
    if let Some(d) = w.by.downcast::<Deprecated>()
        && let Some(c) = d.category.as_type()
    {
        warn::warn_value(&d.message, c, d.stacklevel, &NONE)?;
    }
    call_kw(&w.func, values, kw)
}
fn wrapped_get(v: &Value, receiver: &Value, _ty: &'static Type) -> PyResult {
    Ok(if receiver.is_unbound() { v.clone() } else { rtcore::types::function::bound::new(v.clone(), receiver.clone()) })
}
fn wrapped_attr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    match v.downcast::<Wrapped>() {
        Some(w) => attr::lookup(&w.func, name),
        None => Ok(None),
    }
}
static DEPRECATED_METHODS: &[Method] = &[Method::static_("__new__(type, message, /, *, category=..., stacklevel=1)", N(deprecated_new))];
static DEPRECATED_DEF: ClassDef = ClassDef::new::<Deprecated>("deprecated")
    .module("warnings")
    .methods(DEPRECATED_METHODS)
    .hooks(Hooks { call: Some(deprecated_call), ..Hooks::NONE });
static DEPRECATED: Type = Type::builtin(&DEPRECATED_DEF);
static WRAPPED_DEF: ClassDef = ClassDef::new::<Wrapped>("function").hooks(Hooks {
    call: Some(wrapped_call),
    descr_get: Some(wrapped_get),
    getattr: Some(wrapped_attr),
    ..Hooks::NONE
});
static WRAPPED: Type = Type::builtin(&WRAPPED_DEF);

fn message_new(a: &[Value]) -> PyResult {
    let [_, message, category, filename, lineno, file, line, source] = a else { return Ok(NONE) };
    let Some(category) = category.as_type() else { return Err(type_error("category must be a class")) };
    Ok(object::new(
        &WARNING_MESSAGE,
        WarningMessage {
            message: message.clone(),
            category,
            filename: filename.clone(),
            lineno: lineno.clone(),
            file: file.clone(),
            line: line.clone(),
            source: source.clone(),
        },
    ))
}

static FUNCTIONS: &[Method] = &[
    Method::new("warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())", N(warn_)),
    Method::new(
        "warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)",
        N(warn_explicit),
    ),
    Method::new("simplefilter(action, category=..., lineno=0, append=False)", F4(simplefilter)),
    Method::new("filterwarnings(action, message='', category=..., module='', lineno=0, append=False)", N(filterwarnings)),
    Method::new("resetwarnings()", F0(resetwarnings)),
    Method::new("formatwarning(message, category, filename, lineno, line=None)", N(formatwarning)),
    Method::new("showwarning(message, category, filename, lineno, file=None, line=None)", N(showwarning)),
    Method::new("_filters_mutated()", F0(|| {
        warn::filters_mutated();
        Ok(NONE)
    })),
];
static MESSAGE_NEW: &Method = &Method::static_("__new__(type, message, category, filename, lineno, file=None, line=None, source=None)", N(message_new));
fn setup(m: &Value) -> PyResult<()> {
    set_str(m, "filters", warn::filters());
    set_str(m, "catch_warnings", Value::of_type(&CATCH));
    WARNING_MESSAGE.set_own(names::__new__.get(), rtcore::types::function::native::descriptor(&WARNING_MESSAGE, MESSAGE_NEW));
    set_str(m, "WarningMessage", Value::of_type(&WARNING_MESSAGE));
    set_str(m, "deprecated", Value::of_type(&DEPRECATED));
    set_str(m, "_defaultaction", Value::str("default"));
    set_str(m, "onceregistry", rtcore::types::dict::Dict::new_value());
    let all = ["warn", "warn_explicit", "showwarning", "formatwarning", "filterwarnings", "simplefilter", "resetwarnings", "catch_warnings", "deprecated"];
    set_str(m, "__all__", List::value(all.iter().map(|s| Value::str(s)).collect()));
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("warnings", FUNCTIONS, setup);
