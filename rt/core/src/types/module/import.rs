//! Owns: the import algorithm over compiled and native modules.
//! Never: reads files; every module of a program is linked into it.
//! Source: CPython 3.13, Lib/importlib/_bootstrap.py, Python/ceval.c (`import_from`).

use crate::error::hierarchy::{IMPORT_ERROR, MODULE_NOT_FOUND_ERROR, body, instance};
use crate::error::{PyResult, Raised, raise_value};
use crate::gil::Gil;
use crate::name::{Name, names};
use crate::protocol::attr;
use crate::types::dict::Dict;
use crate::types::module::{Module, locks, ModuleDef, NativeModule, modules, native};
use crate::value::{NONE, Value};
use std::cell::RefCell;

struct Registry {
    compiled: RefCell<Vec<&'static [&'static ModuleDef]>>,
    native: RefCell<Vec<&'static [&'static NativeModule]>>,
}
static REGISTRY: Gil<Registry> = Gil::new(Registry { compiled: RefCell::new(Vec::new()), native: RefCell::new(Vec::new()) });

/// Makes compiled modules known; the generated `main` calls it once per crate.
pub fn register(defs: &'static [&'static ModuleDef]) {
    REGISTRY.compiled.borrow_mut().push(defs);
}
/// Makes native modules known: those that the program imports.
pub fn register_native(defs: &'static [&'static NativeModule]) {
    REGISTRY.native.borrow_mut().push(defs);
}
fn find_compiled(name: &str) -> Option<&'static ModuleDef> {
    REGISTRY.compiled.borrow().iter().flat_map(|d| d.iter()).find(|d| d.name == name).copied()
}
/// Every compiled module, the main one first.
pub fn compiled() -> impl Iterator<Item = &'static ModuleDef> {
    let all: Vec<&'static ModuleDef> = REGISTRY.compiled.borrow().iter().flat_map(|d| d.iter().copied()).collect();
    all.into_iter()
}
/// A native module that the program links, by its dotted name.
pub fn find_native(name: &str) -> Option<&'static NativeModule> {
    REGISTRY.native.borrow().iter().flat_map(|d| d.iter()).find(|d| d.name == name).copied()
}
/// The program links a native module of this name.
pub fn is_native(name: &str) -> bool {
    find_native(name).is_some()
}
fn loaded(name: &Value) -> PyResult<Option<Value>> {
    match modules().downcast::<Dict>() {
        Some(d) => d.get(name),
        None => Ok(None),
    }
}
fn store(name: &Value, v: Value) -> PyResult<()> {
    match modules().downcast::<Dict>() {
        Some(d) => d.set(name.clone(), v),
        None => Ok(()),
    }
}
fn forget(name: &str) {
    if let Some(d) = modules().downcast::<Dict>() {
        drop(d.delete_name(Name::new(name)));
    }
}

/// Runs a compiled module's body: `__main__`, and modules at their first import.
pub fn execute(def: &'static ModuleDef) -> PyResult {
    let m = def.module();
    if let Some(b) = m.downcast::<Module>() {
        b.initializing.set(true);
    }
    super::enter(def);
    let r = (def.body)();
    super::leave();
    if let Some(b) = m.downcast::<Module>() {
        b.initializing.set(false);
    }
    r.map(|_| m)
}

/// Imports `a.b.c` with its parents and returns the module `a.b.c` itself.
pub fn import_module(name: &str) -> PyResult {
    let key = Name::new(name).value();
    if let Some(m) = loaded(&key)? {
        if m.is_none() {
            return Err(not_found(format!("import of {name} halted; None in sys.modules"), name));
        }
        // CPython 3.13: Python/import.c, `import_ensure_initialized`: what was found is the result, even when its body fails.
        if m.downcast::<Module>().is_some_and(|m| m.initializing.get()) {
            locks::wait(name);
        }
        return Ok(m);
    }
    let mut parent = None;
    if let Some((p, _)) = name.rsplit_once('.') {
        let pm = import_module(p)?;
        if loaded(&key)?.is_some() {
            return import_module(name);
        }
        parent = Some(pm);
    }
    let module = match (find_compiled(name), find_native(name)) {
        (Some(def), _) => {
            store(&key, def.module())?;
            locks::begin(name);
            let executed = execute(def);
            locks::end(name);
            match executed {
                Ok(m) => m,
                Err(r) => {
                    let exc = crate::error::take(r);
                    forget(name);
                    return Err(crate::error::set_pending(exc));
                }
            }
        }
        (None, Some(n)) if n.name == "builtins" => crate::builtins::module(),
        (None, Some(n)) => {
            let m = match n.alias {
                None => native(n)?,
                Some(of) => {
                    let other = Name::new(of.name).value();
                    match loaded(&other)? {
                        Some(m) => m,
                        None => {
                            let m = native(of)?;
                            store(&other, m.clone())?;
                            m
                        }
                    }
                }
            };
            store(&key, m.clone())?;
            m
        }
        (None, None) => {
            let text = match (&parent, name.rsplit_once('.')) {
                (Some(p), Some((pn, _))) if attr::lookup_optional(p, names::__path__.get())?.is_none() => {
                    format!("No module named '{name}'; '{pn}' is not a package")
                }
                _ => format!("No module named '{name}'"),
            };
            return Err(not_found(text, name));
        }
    };
    let module = loaded(&key)?.unwrap_or(module);
    if let (Some(p), Some((_, last))) = (parent, name.rsplit_once('.')) {
        attr::setattr_name(&p, Name::new(last), Some(module.clone()))?;
    }
    Ok(module)
}
#[cold]
fn not_found(text: String, name: &str) -> Raised {
    let exc = instance(&MODULE_NOT_FOUND_ERROR, text);
    if let Some(e) = body(&exc) {
        e.set_field(1, Value::str(name));
    }
    raise_value(exc)
}

/// `import a.b.c`: the value bound to `a`.
pub fn import_top(name: &str) -> PyResult {
    let m = import_module(name)?;
    match name.split_once('.') {
        Some((top, _)) => import_module(top),
        None => Ok(m),
    }
}
/// The absolute name of a relative import (`level` dots) in a module.
pub fn absolute(module: &Value, level: usize, name: &str) -> PyResult<String> {
    if level == 0 {
        return Ok(name.to_string());
    }
    let package = attr::lookup_optional(module, names::__package__.get())?.unwrap_or(NONE);
    let package = package.as_str().unwrap_or("").to_string();
    if package.is_empty() {
        return Err(raise_value(instance(&IMPORT_ERROR, "attempted relative import with no known parent package")));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((p, _)) => base = p,
            None => return Err(raise_value(instance(&IMPORT_ERROR, "attempted relative import beyond top-level package"))),
        }
    }
    Ok(if name.is_empty() { base.to_string() } else { format!("{base}.{name}") })
}
/// `from module import name`, for an imported module.
pub fn import_from(module: &Value, name: Name) -> PyResult {
    if let Some(v) = attr::lookup_optional(module, name)? {
        return Ok(v);
    }
    let mname = super::name_of(module).unwrap_or_else(|| "<unknown module name>".into());
    let full = format!("{mname}.{name}");
    if let Some(m) = loaded(&Value::str(&full))? {
        return Ok(m);
    }
    if attr::lookup_optional(module, names::__path__.get())?.is_some() && (find_compiled(&full).is_some() || find_native(&full).is_some()) {
        return import_module(&full);
    }
    let file = attr::lookup_optional(module, names::__file__.get())?;
    let b = module.downcast::<Module>();
    let location = match file.as_ref().and_then(Value::as_str) {
        Some(f) => f.to_string(),
        None => "unknown location".to_string(),
    };
    let text = if b.is_some_and(|b| b.initializing.get()) {
        format!("cannot import name '{name}' from partially initialized module '{mname}' (most likely due to a circular import) ({location})")
    } else {
        format!("cannot import name '{name}' from '{mname}' ({location})")
    };
    let exc = instance(&IMPORT_ERROR, text);
    if let Some(e) = body(&exc) {
        e.set_field(1, Value::string(mname));
        e.set_field(2, file.unwrap_or(NONE));
        e.set_field(3, name.value());
    }
    Err(raise_value(exc))
}
/// `from module import *`: names and values to bind.
pub fn import_star(module: &Value) -> PyResult<Vec<(Name, Value)>> {
    if let Some(all) = attr::lookup_optional(module, names::__all__.get())? {
        let mut out = vec![];
        for n in crate::protocol::iter::collect(&all)? {
            let Some(name) = Name::of(&n) else {
                let m = super::name_of(module).unwrap_or_default();
                return Err(crate::error::type_error(format!("Item in {m}.__all__ must be str, not {}", n.ty().name())));
            };
            let v = match attr::lookup_optional(module, name)? {
                Some(v) => v,
                None => {
                    let m = super::name_of(module).unwrap_or_default();
                    match import_module(&format!("{m}.{name}")) {
                        Ok(v) => v,
                        Err(r) => {
                            drop(crate::error::take(r));
                            return Err(attr::no_attribute(module, name));
                        }
                    }
                }
            };
            out.push((name, v));
        }
        return Ok(out);
    }
    let items = module.downcast::<Module>().map_or_else(Vec::new, Module::items);
    Ok(items.into_iter().filter(|(n, _)| !n.as_str().starts_with('_')).collect())
}
/// Puts a module under its name without running it (the main module).
pub fn add(def: &'static ModuleDef, name: &str) -> PyResult<()> {
    store(&Name::new(name).value(), def.module())
}
