//! Owns: the modules `importlib`, `importlib.util`, `importlib.machinery` and `pkgutil`, as far as they make sense in a program
//! whose modules are all linked.
//! Never: reads Python source; loaders and finders do not exist here.
//! Source: CPython 3.13, Lib/importlib/__init__.py, Lib/importlib/util.py, Lib/pkgutil.py.

use rtcore::error::hierarchy::{IMPORT_ERROR, MODULE_NOT_FOUND_ERROR, body, instance};
use rtcore::error::{raise_value, type_error, value_error};
use rtcore::methods::*;
use rtcore::protocol::iter::{collect, iter};
use rtcore::protocol::repr::repr_string;
use rtcore::protocol::{attr, sequence};
use rtcore::types::dict::Dict;
use rtcore::types::list::List;
use rtcore::types::module::import::{self, import_module};
use rtcore::types::module::{Module, ModuleDef, NativeModule, modules, set_str};

/// The absolute name; dots in front climb from the package. CPython: `_resolve_name`.
fn resolve(name: &Value, package: &Value, what: &str) -> PyResult<String> {
    let Some(text) = name.as_str() else {
        return Err(attr::no_attribute(name, Name::new("startswith")));
    };
    let level = text.len() - text.trim_start_matches('.').len();
    if level == 0 {
        return Ok(text.to_string());
    }
    let Some(package) = package.as_str().filter(|p| !p.is_empty()) else {
        let shown = repr_string(name)?;
        return Err(match what {
            "import_module" => type_error(format!("the 'package' argument is required to perform a relative import for {shown}")),
            _ => rtcore::error::raise(
                &IMPORT_ERROR,
                format!("no package specified for {shown} (required for relative module names)"),
            ),
        });
    };
    let mut base = package;
    for _ in 1..level {
        base = match base.rsplit_once('.') {
            Some((parent, _)) => parent,
            None => return Err(raise_value(instance(&IMPORT_ERROR, "attempted relative import beyond top-level package"))),
        };
    }
    let rest = &text[level..];
    Ok(if rest.is_empty() { base.to_string() } else { format!("{base}.{rest}") })
}
fn import_module_(name: &Value, package: &Value) -> PyResult {
    let full = resolve(name, package, "import_module")?;
    if full.is_empty() {
        return Err(value_error("Empty module name"));
    }
    import_module(&full)
}
fn reload(module: &Value) -> PyResult {
    let Some(m) = module.downcast::<Module>() else { return Err(type_error("reload() argument must be a module")) };
    let name = rtcore::types::module::name_of(module).unwrap_or_default();
    let known = sequence::contains(&modules(), &Value::str(&name))?;
    if !known {
        let exc = instance(&IMPORT_ERROR, format!("module {name} not in sys.modules"));
        if let Some(e) = body(&exc) {
            e.set_field(1, Value::string(name));
        }
        return Err(raise_value(exc));
    }
    match m.def() {
        Some(def) => import::execute(def),
        None => Ok(module.clone()),
    }
}
fn nothing() -> PyResult {
    Ok(NONE)
}
/// The main module has another name in the program than in the file system.
fn compiled() -> impl Iterator<Item = &'static ModuleDef> {
    import::compiled().filter(|def| def.name != "__main__")
}

// ---- specs ----

struct Spec;
impl Payload for Spec {}
impl Native for Spec {
    fn class() -> &'static Type {
        &SPEC
    }
}
fn field(v: &Value, name: &str) -> Value {
    v.header().and_then(|h| h.attrs()).and_then(|a| a.get(Name::new(name))).unwrap_or(NONE)
}
fn make_spec(name: Value, loader: Value, origin: Value, locations: Value) -> Value {
    let v = object::new(&SPEC, Spec);
    if let Some(a) = v.header().and_then(|h| h.attrs()) {
        let has_location = Value::bool(origin.as_str().is_some_and(|o| o.starts_with('/')));
        for (key, value) in [
            ("name", name),
            ("loader", loader),
            ("origin", origin),
            ("loader_state", NONE),
            ("submodule_search_locations", locations),
            ("_uninitialized_submodules", List::value(vec![])),
            ("_set_fileattr", has_location),
            ("_cached", NONE),
        ] {
            a.set(Name::new(key), value);
        }
    }
    v
}
fn spec_new_all(a: &[Value]) -> PyResult {
    let [_, name, loader, origin, state, is_package] = a else { return Ok(NONE) };
    let v = make_spec(name.clone(), loader.clone(), NONE, NONE);
    if let Some(attrs) = v.header().and_then(|h| h.attrs()) {
        attrs.set(Name::new("origin"), origin.clone());
        attrs.set(Name::new("loader_state"), state.clone());
        attrs.set(Name::new("_set_fileattr"), FALSE);
        if !is_package.is_none() && sequence::truth(is_package)? {
            attrs.set(Name::new("submodule_search_locations"), List::value(vec![]));
        }
    }
    Ok(v)
}
fn spec_repr(v: &Value) -> PyResult {
    let mut parts = vec![format!("name={}", repr_string(&field(v, "name"))?), format!("loader={}", repr_string(&field(v, "loader"))?)];
    for key in ["origin", "submodule_search_locations"] {
        let value = field(v, key);
        if !value.is_none() {
            parts.push(format!("{key}={}", repr_string(&value)?));
        }
    }
    Ok(Value::string(format!("ModuleSpec({})", parts.join(", "))))
}
/// The package that the module is in; itself for a package.
fn spec_parent(v: &Value) -> PyResult {
    let name = field(v, "name");
    if !field(v, "submodule_search_locations").is_none() {
        return Ok(name);
    }
    Ok(Value::str(name.as_str().and_then(|n| n.rsplit_once('.')).map_or("", |(parent, _)| parent)))
}
fn spec_has_location(v: &Value) -> PyResult {
    Ok(field(v, "_set_fileattr"))
}
static SPEC_DEF: ClassDef = ClassDef::new::<Spec>("ModuleSpec")
    .module("importlib.machinery")
    .flags(TypeFlags::ATTRS)
    .methods(&[
        Method::static_("__new__(type, name, loader, *, origin=None, loader_state=None, is_package=None)", N(spec_new_all)),
        Method::new("__repr__(self)", F1(spec_repr)),
    ])
    .getset(&[GetSet::ro("parent", spec_parent), GetSet::ro("has_location", spec_has_location)]);
static SPEC: Type = Type::builtin(&SPEC_DEF);

/// What a linked module's spec says; `None` for a name that is not linked.
fn spec_of(name: &str) -> Option<Value> {
    if let Some(def) = compiled().find(|def| def.name == name) {
        let folder = def.file.rsplit_once('/').map_or("", |(d, _)| d);
        let locations = if def.package { List::value(vec![Value::str(folder)]) } else { NONE };
        return Some(make_spec(Value::str(name), NONE, Value::str(def.file), locations));
    }
    let builtin = import::is_native(name);
    builtin.then(|| make_spec(Value::str(name), NONE, Value::str("built-in"), NONE))
}
fn find_spec(name: &Value, package: &Value) -> PyResult {
    let full = resolve(name, package, "find_spec")?;
    if let Some(d) = modules().downcast::<Dict>()
        && let Some(m) = d.get(&Value::str(&full))?
    {
        if m.is_none() {
            return Ok(NONE);
        }
        let spec = attr::lookup_optional(&m, names::__spec__.get())?.unwrap_or(NONE);
        if !spec.is_none() {
            return Ok(spec);
        }
    }
    // A submodule's parents are imported, as the search needs their `__path__`.
    if let Some((parent, _)) = full.rsplit_once('.') {
        let p = import_module(parent)?;
        if attr::lookup_optional(&p, names::__path__.get())?.is_none() && !import::is_native(&full) {
            let exc = instance(&MODULE_NOT_FOUND_ERROR, format!("__path__ attribute not found on '{parent}' while trying to find '{full}'"));
            if let Some(e) = body(&exc) {
                e.set_field(1, Value::string(full));
            }
            return Err(raise_value(exc));
        }
    }
    Ok(spec_of(&full).unwrap_or(NONE))
}
fn resolve_name(name: &Value, package: &Value) -> PyResult {
    resolve(name, package, "resolve_name").map(Value::string)
}
fn module_from_spec(spec: &Value) -> PyResult {
    let m = rtcore::types::module::new(field(spec, "name").as_str().unwrap_or(""));
    set_str(&m, "__spec__", spec.clone());
    Ok(m)
}

// ---- pkgutil ----

fn module_info() -> PyResult {
    use rtcore::gil::{Gil, GilRefCell};
    use std::cell::RefCell;
    static CLASS: GilRefCell<Option<Value>> = Gil::new(RefCell::new(None));
    if let Some(c) = CLASS.borrow().as_ref() {
        return Ok(c.clone());
    }
    let fields = Value::str("module_finder name ispkg");
    let made = crate::collections::namedtuple::namedtuple(&[Value::str("ModuleInfo"), fields, FALSE, NONE, Value::str("pkgutil")])?;
    *CLASS.borrow_mut() = Some(made.clone());
    Ok(made)
}
/// The linked modules whose files lie directly in a folder, by name: last part, package or not, full name.
fn inside(folder: &str) -> Vec<(&'static str, bool, &'static str)> {
    let mut found: Vec<(&'static str, bool, &'static str)> = compiled()
        .filter_map(|def| {
            let (mut at, _) = def.file.rsplit_once('/')?;
            if def.package {
                at = at.rsplit_once('/')?.0;
            }
            let last = def.name.rsplit('.').next().unwrap_or(def.name);
            (at == folder).then_some((last, def.package, def.name))
        })
        .collect();
    found.sort_unstable();
    found
}
fn folders(path: &Value) -> PyResult<Vec<String>> {
    if path.as_str().is_some() {
        return Err(value_error("path must be None or list of paths to look for modules in"));
    }
    if path.is_none() {
        let mut all: Vec<String> = compiled().filter(|d| !d.name.contains('.')).filter_map(|d| d.file.rsplit_once('/')).map(|(d, _)| d.into()).collect();
        all.dedup();
        return Ok(all);
    }
    Ok(collect(path)?.iter().filter_map(|v| v.as_str().map(str::to_string)).collect())
}
fn info(name: String, is_package: bool) -> PyResult {
    rtcore::protocol::call::call(&module_info()?, &[NONE, Value::string(name), Value::bool(is_package)])
}
fn iter_modules(path: &Value, prefix: &Value) -> PyResult {
    let prefix = prefix.as_str().unwrap_or("");
    let mut out = vec![];
    let mut seen = std::collections::HashSet::new();
    for folder in folders(path)? {
        for (name, is_package, _) in inside(&folder) {
            if seen.insert(name) {
                out.push(info(format!("{prefix}{name}"), is_package)?);
            }
        }
    }
    iter(&List::value(out))
}
fn walk(folders: Vec<String>, prefix: &str, onerror: &Value, out: &mut Vec<Value>) -> PyResult<()> {
    for folder in folders {
        for (name, is_package, _) in inside(&folder) {
            let full = format!("{prefix}{name}");
            out.push(info(full.clone(), is_package)?);
            if !is_package {
                continue;
            }
            match import_module(&full) {
                Ok(m) => {
                    let path = attr::lookup_optional(&m, names::__path__.get())?.unwrap_or(NONE);
                    let below = collect(&path)?.iter().filter_map(|v| v.as_str().map(str::to_string)).collect();
                    walk(below, &format!("{full}."), onerror, out)?;
                }
                Err(r) if !onerror.is_none() => {
                    drop(rtcore::error::take(r));
                    rtcore::protocol::call::call(onerror, &[Value::string(full)])?;
                }
                Err(r) if rtcore::error::matches(&r, &IMPORT_ERROR) => drop(rtcore::error::take(r)),
                Err(r) => return Err(r),
            }
        }
    }
    Ok(())
}
fn walk_packages(path: &Value, prefix: &Value, onerror: &Value) -> PyResult {
    let mut out = vec![];
    walk(folders(path)?, prefix.as_str().unwrap_or(""), onerror, &mut out)?;
    iter(&List::value(out))
}
/// `pkg.mod:attr.attr`, or dots alone.
fn pkgutil_resolve(name: &Value) -> PyResult {
    let Some(text) = name.as_str() else { return Err(type_error("name must be a string")) };
    let follow = |mut v: Value, path: &str| -> PyResult {
        for part in path.split('.').filter(|p| !p.is_empty()) {
            v = attr::getattr_name(&v, Name::new(part))?;
        }
        Ok(v)
    };
    if let Some((module, path)) = text.split_once(':') {
        return follow(import_module(module)?, path);
    }
    let mut parts = text.split('.');
    let first = parts.next().unwrap_or("");
    if first.is_empty() {
        return Err(value_error(format!("invalid format: {}", repr_string(name)?)));
    }
    let (mut full, mut v) = (first.to_string(), import_module(first)?);
    let mut rest: Vec<&str> = parts.collect();
    while let Some(next) = rest.first() {
        let longer = format!("{full}.{next}");
        match import_module(&longer) {
            Ok(m) => {
                v = m;
                full = longer;
                rest.remove(0);
            }
            Err(r) if rtcore::error::matches(&r, &IMPORT_ERROR) => {
                drop(rtcore::error::take(r));
                break;
            }
            Err(r) => return Err(r),
        }
    }
    follow(v, &rest.join("."))
}
/// A file beside a package's source, read when the program runs.
fn get_data(package: &Value, resource: &Value) -> PyResult {
    let m = import_module(package.as_str().unwrap_or(""))?;
    let file = attr::lookup_optional(&m, names::__file__.get())?.unwrap_or(NONE);
    let (Some((folder, _)), Some(resource)) = (file.as_str().and_then(|f| f.rsplit_once('/')), resource.as_str()) else { return Ok(NONE) };
    let path = format!("{folder}/{resource}");
    match std::fs::read(&path) {
        Ok(data) => Ok(rtcore::types::bytes::value(data)),
        Err(e) => Err(rtcore::error::hierarchy::raise_os_error(&e, Some(Value::string(path)))),
    }
}
fn extend_path(path: &Value, _name: &Value) -> PyResult {
    Ok(path.clone())
}

static FUNCTIONS: &[Method] = &[
    Method::new("import_module(name, package=None)", F2(import_module_)),
    Method::new("reload(module)", F1(reload)),
    Method::new("invalidate_caches()", F0(nothing)),
];
static UTIL_FUNCTIONS: &[Method] = &[
    Method::new("find_spec(name, package=None)", F2(find_spec)),
    Method::new("resolve_name(name, package)", F2(resolve_name)),
    Method::new("module_from_spec(spec)", F1(module_from_spec)),
];
static PKGUTIL_FUNCTIONS: &[Method] = &[
    Method::new("iter_modules(path=None, prefix='')", F2(iter_modules)),
    Method::new("walk_packages(path=None, prefix='', onerror=None)", F3(walk_packages)),
    Method::new("resolve_name(name)", F1(pkgutil_resolve)),
    Method::new("get_data(package, resource)", F2(get_data)),
    Method::new("extend_path(path, name)", F2(extend_path)),
];
fn package(m: &Value) {
    set_str(m, "__path__", List::value(vec![]));
}
fn setup(m: &Value) -> PyResult<()> {
    package(m);
    let import = rtcore::types::module::global_fallback(Name::new("__import__"))?;
    set_str(m, "__import__", import);
    Ok(())
}
fn util_setup(_: &Value) -> PyResult<()> {
    Ok(())
}
fn machinery_setup(m: &Value) -> PyResult<()> {
    set_str(m, "ModuleSpec", Value::of_type(&SPEC));
    for (name, suffixes) in [("SOURCE_SUFFIXES", &[".py"][..]), ("BYTECODE_SUFFIXES", &[".pyc"]), ("EXTENSION_SUFFIXES", &[".so"])] {
        set_str(m, name, List::value(suffixes.iter().map(|s| Value::str(s)).collect()));
    }
    Ok(())
}
fn pkgutil_setup(m: &Value) -> PyResult<()> {
    set_str(m, "ModuleInfo", module_info()?);
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("importlib", FUNCTIONS, setup);
pub static UTIL: NativeModule = NativeModule::new("importlib.util", UTIL_FUNCTIONS, util_setup);
pub static MACHINERY: NativeModule = NativeModule::new("importlib.machinery", &[], machinery_setup);
pub static PKGUTIL: NativeModule = NativeModule::new("pkgutil", PKGUTIL_FUNCTIONS, pkgutil_setup);
