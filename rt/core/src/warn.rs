//! Owns: warnings: filters, what was shown already, and how a warning is shown.
//! Never: parses regular expressions; filters hold compiled patterns as values.
//! Source: CPython 3.13, Python/_warnings.c, Lib/warnings.py.

use crate::error::hierarchy::{
    DEPRECATION_WARNING, IMPORT_WARNING, PENDING_DEPRECATION_WARNING, RESOURCE_WARNING, WARNING,
};
use crate::error::{print, raise_value, runtime_error, type_error};
use crate::frame::stack;
use crate::gil::{Gil, GilCell};
use crate::methods::*;
use crate::protocol::call::{call, call_method_name};
use crate::protocol::repr::str_string;
use crate::types::list::List;
use crate::types::module;
use crate::types::tuple;
use std::cell::{Cell, RefCell};

/// `warnings.filters`, as a list object that programs may change.
pub struct State {
    pub filters: RefCell<Option<Value>>,
    pub default_action: RefCell<String>,
    shown: RefCell<Vec<(String, String, usize, u32)>>,
    version: Cell<u32>,
    /// Lists of `catch_warnings(record=True)`, innermost last.
    pub logs: RefCell<Vec<Value>>,
}
pub static STATE: Gil<State> = Gil::new(State {
    filters: RefCell::new(None),
    default_action: RefCell::new(String::new()),
    shown: RefCell::new(Vec::new()),
    version: Cell::new(0),
    logs: RefCell::new(Vec::new()),
});
static IN_WARN: GilCell<u32> = Gil::new(Cell::new(0));
static SEEN_VERSION: GilCell<u32> = Gil::new(Cell::new(0));

/// A filter tuple.
pub fn filter(action: &str, message: Value, category: &'static Type, module: Value, line: i64) -> Value {
    tuple::new(vec![Name::new(action).value(), message, Value::of_type(category), module, Value::int(line)])
}
/// The list of filters, made at first use.
pub fn filters() -> Value {
    if let Some(f) = STATE.filters.borrow().as_ref() {
        return f.clone();
    }
    let list = List::value(vec![
        filter("default", NONE, &DEPRECATION_WARNING, Value::str("__main__"), 0),
        filter("ignore", NONE, &DEPRECATION_WARNING, NONE, 0),
        filter("ignore", NONE, &PENDING_DEPRECATION_WARNING, NONE, 0),
        filter("ignore", NONE, &IMPORT_WARNING, NONE, 0),
        filter("ignore", NONE, &RESOURCE_WARNING, NONE, 0),
    ]);
    *STATE.filters.borrow_mut() = Some(list.clone());
    list
}
/// Makes `list` the filters (end of `catch_warnings`).
pub fn set_filters(list: Value) {
    let old = STATE.filters.borrow_mut().replace(list);
    drop(old);
    filters_mutated();
}
/// What was shown may be shown again.
pub fn filters_mutated() {
    STATE.version.set(STATE.version.get() + 1);
}

/// A DeprecationWarning of the runtime.
pub fn deprecated(text: &str) -> PyResult<()> {
    warn(&DEPRECATION_WARNING, text, 1)
}
/// Warns with a text, at the code `stacklevel` frames up (1: the innermost).
pub fn warn(category: &'static Type, text: &str, stacklevel: u32) -> PyResult<()> {
    warn_value(&Value::str(text), category, i64::from(stacklevel), &NONE)
}
pub fn warn_with_source(category: &'static Type, text: &str, stacklevel: u32, source: &Value) -> PyResult<()> {
    warn_value(&Value::str(text), category, i64::from(stacklevel), source)
}

/// Where a warning is.
pub struct Place {
    pub file: String,
    pub line: u32,
    pub module: String,
    /// False: the line is not exact, so nothing is taken as a repetition.
    pub exact: bool,
}
fn place(stacklevel: i64) -> Place {
    let level = (stacklevel - 1).max(0) as usize;
    match stack::location(level) {
        Some((file, line, exact)) => {
            let m = if level == 0 { module::current_def() } else { None };
            let name = m.map_or_else(|| "__main__".to_string(), |d| module::name_value(d).as_str().unwrap_or("").to_string());
            Place { file: file.to_string(), line, module: name, exact }
        }
        None => Place { file: "<sys>".into(), line: 0, module: "sys".into(), exact: true },
    }
}

/// `warnings.warn(message, category, stacklevel, source)`.
pub fn warn_value(message: &Value, category: &'static Type, stacklevel: i64, source: &Value) -> PyResult<()> {
    explicit(message, category, &place(stacklevel), source)
}

/// `warnings.warn_explicit`.
pub fn explicit(message: &Value, category: &'static Type, at: &Place, source: &Value) -> PyResult<()> {
    let (message, category, text) = if message.ty().is_subtype(&WARNING) {
        (message.clone(), message.ty(), str_string(message)?)
    } else {
        let text = str_string(message)?;
        (call(&Value::of_type(category), std::slice::from_ref(message))?, category, text)
    };
    if SEEN_VERSION.get() != STATE.version.get() {
        STATE.shown.borrow_mut().clear();
        SEEN_VERSION.set(STATE.version.get());
    }
    let key = (at.file.clone(), text.clone(), category as *const Type as usize, at.line);
    if at.exact && STATE.shown.borrow().contains(&key) {
        return Ok(());
    }
    let action = find_action(category, &text, at)?;
    match action.as_str() {
        "error" => return Err(raise_value(message)),
        "ignore" => return Ok(()),
        "always" | "all" => {}
        "once" => {
            let key = (String::new(), text.clone(), category as *const Type as usize, 0);
            if remembered(key) {
                return Ok(());
            }
        }
        "module" => {
            let key = (at.file.clone(), text.clone(), category as *const Type as usize, 0);
            if remembered(key) {
                return Ok(());
            }
        }
        "default" => {
            if at.exact {
                remembered(key);
            }
        }
        other => return Err(runtime_error(format!("Unrecognized action ('{other}') in warnings.filters"))),
    }
    show(message, category, at, source)
}
/// True when the key was there; it is now.
fn remembered(key: (String, String, usize, u32)) -> bool {
    let mut all = STATE.shown.borrow_mut();
    let there = all.contains(&key);
    if !there {
        all.push(key);
    }
    there
}

/// A filter's message or module part against a text: None, a str (exact), or a pattern with `match`.
fn part_matches(part: &Value, text: &str, exact: bool) -> PyResult<bool> {
    if part.is_none() {
        return Ok(true);
    }
    if let Some(s) = part.as_str() {
        return Ok(if exact { s == text } else { text.to_lowercase().starts_with(&s.to_lowercase()) });
    }
    Ok(!call_method_name(part, Name::new("match"), &[Value::str(text)])?.is_none())
}
fn find_action(category: &'static Type, text: &str, at: &Place) -> PyResult<String> {
    let list = filters();
    let items = list.downcast::<List>().map(List::to_vec).unwrap_or_default();
    for item in items {
        let [action, message, cat, module, line] = tuple::items(&item) else {
            return Err(crate::error::value_error("warnings.filters item isn't a 5-tuple"));
        };
        let Some(cat) = cat.as_type() else { continue };
        if category.is_subtype(cat)
            && (line.as_inline_int() == Some(0) || line.as_inline_int() == Some(i64::from(at.line)))
            && part_matches(message, text, false)?
            && part_matches(module, &at.module, true)?
        {
            return Ok(action.as_str().unwrap_or("default").to_string());
        }
    }
    let d = STATE.default_action.borrow();
    Ok(if d.is_empty() { "default".into() } else { d.clone() })
}

/// `warnings.WarningMessage`.
pub struct WarningMessage {
    pub message: Value,
    pub category: &'static Type,
    pub filename: Value,
    pub lineno: Value,
    pub file: Value,
    pub line: Value,
    pub source: Value,
}
impl Payload for WarningMessage {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.message);
        visit(&self.source);
    }
}
impl Native for WarningMessage {
    fn class() -> &'static Type {
        &WARNING_MESSAGE
    }
}
fn wm(v: &Value, f: impl FnOnce(&WarningMessage) -> Value) -> PyResult {
    Ok(v.downcast::<WarningMessage>().map_or(NONE, f))
}
fn wm_str(v: &Value) -> PyResult {
    let Some(w) = v.downcast::<WarningMessage>() else { return Ok(Value::str("")) };
    let r = crate::protocol::repr::repr_string;
    Ok(Value::string(format!(
        "{{message : {}, category : '{}', filename : {}, lineno : {}, line : {}}}",
        r(&w.message)?,
        w.category.name(),
        r(&w.filename)?,
        r(&w.lineno)?,
        r(&w.line)?
    )))
}
static WM_METHODS: &[Method] = &[Method::new("__str__(self, /)", F1(wm_str))];
static WM_GETSET: &[GetSet] = &[
    GetSet::ro("message", |v| wm(v, |w| w.message.clone())),
    GetSet::ro("category", |v| wm(v, |w| Value::of_type(w.category))),
    GetSet::ro("filename", |v| wm(v, |w| w.filename.clone())),
    GetSet::ro("lineno", |v| wm(v, |w| w.lineno.clone())),
    GetSet::ro("file", |v| wm(v, |w| w.file.clone())),
    GetSet::ro("line", |v| wm(v, |w| w.line.clone())),
    GetSet::ro("source", |v| wm(v, |w| w.source.clone())),
    GetSet::ro("_category_name", |v| wm(v, |w| Value::str(w.category.name()))),
];
static WM_DEF: ClassDef = ClassDef::new::<WarningMessage>("WarningMessage").module("warnings").methods(WM_METHODS).getset(WM_GETSET);
pub static WARNING_MESSAGE: Type = Type::builtin(&WM_DEF);

/// The text that `showwarning` writes.
pub fn format(message: &str, category: &str, filename: &str, line: u32, source_line: Option<&str>, note: bool) -> String {
    let mut out = format!("{filename}:{line}: {category}: {message}\n");
    let text = match source_line {
        Some(l) => l,
        None => print::source_of(filename).lines().nth((line as usize).saturating_sub(1)).unwrap_or(""),
    };
    if !text.trim().is_empty() {
        out.push_str(&format!("  {}\n", text.trim()));
    }
    if note {
        out.push_str(&format!("{category}: Enable tracemalloc to get the object allocation traceback\n"));
    }
    out
}

fn show(message: Value, category: &'static Type, at: &Place, source: &Value) -> PyResult<()> {
    let log = STATE.logs.borrow().last().cloned();
    if let Some(log) = log {
        let w = object::new(
            &WARNING_MESSAGE,
            WarningMessage {
                message,
                category,
                filename: Value::str(&at.file),
                lineno: Value::int(i64::from(at.line)),
                file: NONE,
                line: NONE,
                source: source.clone(),
            },
        );
        if let Some(l) = log.downcast::<List>() {
            l.push(w);
        }
        return Ok(());
    }
    if let Some(hook) = module_attr("showwarning")
        && !print::is_default(&hook, "showwarning")
    {
        call(&hook, &[message, Value::of_type(category), Value::str(&at.file), Value::int(i64::from(at.line))])?;
        return Ok(());
    }
    if IN_WARN.get() > 4 {
        return Ok(());
    }
    IN_WARN.set(IN_WARN.get() + 1);
    let text = str_string(&message).unwrap_or_else(|r| {
        drop(crate::error::take(r));
        String::new()
    });
    // The module `warnings`, which adds the note, is gone at the end of the program.
    let note = !source.is_none() && !crate::finalize::is_finalizing();
    print::write_stderr(&format(&text, category.name(), &at.file, at.line, None, note));
    IN_WARN.set(IN_WARN.get() - 1);
    Ok(())
}
fn module_attr(name: &str) -> Option<Value> {
    let modules = module::modules();
    let m = modules.downcast::<crate::types::dict::Dict>()?.get_name(Name::new("warnings"))?;
    m.downcast::<module::Module>()?.get(Name::new(name))
}

/// The category argument of `warn`.
pub fn category_of(v: &Value, message: &Value) -> PyResult<&'static Type> {
    if message.ty().is_subtype(&WARNING) {
        return Ok(message.ty());
    }
    if v.is_none() || v.is_unbound() {
        return Ok(&crate::error::hierarchy::USER_WARNING);
    }
    match v.as_type() {
        Some(t) if t.is_subtype(&WARNING) => Ok(t),
        Some(t) => Err(type_error(format!("category must be a Warning subclass, not class '{}'", t.name()))),
        None => Err(type_error(format!("category must be a Warning subclass, not '{}'", v.ty().name()))),
    }
}
