//! Owns: module objects, the global variables of compiled modules (`Slot`), `sys.modules`.
//! Never: runs the import statement's algorithm; that is `import`.
//! Source: CPython 3.13, Objects/moduleobject.c.

pub mod import;
mod locks;

use crate::def::{Def, F1, Method, Raw};
use crate::error::hierarchy::{NAME_ERROR, body, instance};
use crate::error::{PyResult, Raised, raise_value, type_error};
use crate::gil::{Gil, GilCell};
use crate::name::{Name, NameMap, StaticName, names};
use crate::object::{self, Native, Payload};
use crate::protocol::attr;
use crate::types::class::{new_version, ClassDef, GetSet, Hooks, Type, TypeFlags};
use crate::types::dict::Dict;
use crate::types::function;
use crate::value::{NONE, UNBOUND, Value};
use std::cell::{Cell, RefCell, UnsafeCell};

/// A global variable of a compiled module: a static that generated code reads and writes directly,
/// and that the module object's attributes show.
pub struct Slot {
    name: StaticName,
    value: Gil<UnsafeCell<Value>>,
    /// The function that the module's `def` statement binds to this name, for guarded calls.
    def: Option<&'static Def>,
    /// Which of all bindings of unbound names made it: the place in the module's dict.
    bound: GilCell<u32>,
}
static BINDINGS: GilCell<u32> = Gil::new(Cell::new(0));
impl Slot {
    pub const fn new(name: &'static str) -> Slot {
        Slot { name: StaticName::new(name), value: Gil::new(UnsafeCell::new(UNBOUND)), def: None, bound: Gil::new(Cell::new(0)) }
    }
    /// A slot whose definition is called directly while it is intact.
    pub const fn def(name: &'static str, def: &'static Def) -> Slot {
        Slot { name: StaticName::new(name), value: Gil::new(UnsafeCell::new(UNBOUND)), def: Some(def), bound: Gil::new(Cell::new(0)) }
    }
    #[inline(always)]
    fn peek(&self) -> &Value {
        // SAFETY: borrows end before anything that could run Python code and change the slot.
        unsafe { &*self.value.get() }
    }
    /// The value; UNBOUND when not set.
    #[inline]
    pub fn raw(&self) -> Value {
        self.peek().clone()
    }
    /// Reads the global, then the builtins; NameError when neither has it.
    #[inline]
    pub fn get(&self) -> PyResult {
        let v = self.peek();
        if v.is_unbound() { self.get_builtin() } else { Ok(v.clone()) }
    }
    #[cold]
    fn get_builtin(&self) -> PyResult {
        global_fallback(self.name.get())
    }
    #[inline]
    pub fn set(&self, v: Value) {
        if let Some(d) = self.def {
            d.set_intact(function::def_of(&v).is_some_and(|x| std::ptr::eq(x, d)));
        }
        // SAFETY: the old value is dropped after the exchange.
        let old = unsafe { std::mem::replace(&mut *self.value.get(), v) };
        if old.is_unbound() {
            self.count();
        }
        drop(old);
    }
    #[cold]
    fn count(&self) {
        BINDINGS.set(BINDINGS.get() + 1);
        self.bound.set(BINDINGS.get());
    }
    /// `del name`.
    pub fn delete(&self) -> PyResult<()> {
        if self.peek().is_unbound() {
            return Err(name_error(self.name.get()));
        }
        self.set(UNBOUND);
        Ok(())
    }
    pub fn name(&self) -> Name {
        self.name.get()
    }
    /// Gives the value up at the end of the program; what still runs then finds None, as in CPython (`_PyModule_ClearDict`).
    pub fn clear(&self) {
        if !self.peek().is_unbound() {
            self.set(NONE);
        }
    }
}

/// NameError with the name set, for suggestions.
#[cold]
pub fn name_error(name: Name) -> Raised {
    let exc = instance(&NAME_ERROR, format!("name '{name}' is not defined"));
    if let Some(e) = body(&exc) {
        e.set_field(0, name.value());
    }
    raise_value(exc)
}
/// A name that is no global: the builtins' value.
pub fn global_fallback(name: Name) -> PyResult {
    match crate::builtins::lookup(name) {
        Some(v) => Ok(v),
        None => Err(name_error(name)),
    }
}

/// A compiled Python module.
pub struct ModuleDef {
    pub name: &'static str,
    /// The path tracebacks and `__file__` show.
    pub file: &'static str,
    pub package: bool,
    pub doc: Option<&'static str>,
    pub globals: &'static [&'static Slot],
    pub body: fn() -> PyResult,
    pub object: GilCell<Option<&'static object::Header>>,
}
impl ModuleDef {
    pub const fn new(name: &'static str, file: &'static str, globals: &'static [&'static Slot], body: fn() -> PyResult) -> ModuleDef {
        ModuleDef { name, file, package: false, doc: None, globals, body, object: Gil::new(Cell::new(None)) }
    }
    /// The globals that have a value, in the order of the module's dict.
    pub fn bound(&self) -> Vec<&'static Slot> {
        let mut all: Vec<&'static Slot> = self.globals.iter().copied().filter(|slot| !slot.peek().is_unbound()).collect();
        all.sort_by_key(|slot| slot.bound.get());
        all
    }
    pub const fn package(mut self) -> Self {
        self.package = true;
        self
    }
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = Some(doc);
        self
    }
    /// The module object; made at the first call and never freed.
    pub fn module(&'static self) -> Value {
        if let Some(h) = self.object.get() {
            return Value::of_static(h);
        }
        let v = object::new(&MODULE, Module::new(Name::new(self.name).value(), Some(self), None));
        let keep = std::mem::ManuallyDrop::new(v.clone());
        if let Some(h) = keep.header() {
            h.make_immortal();
            // SAFETY: immortal objects are never freed.
            self.object.set(Some(unsafe { &*(h as *const object::Header) }));
        }
        let m = &v;
        set(m, names::__name__.get(), Name::new(self.name).value());
        set(m, names::__doc__.get(), self.doc.map_or(NONE, Value::str));
        let package = if self.package {
            Value::str(self.name)
        } else {
            Value::str(self.name.rsplit_once('.').map_or("", |(p, _)| p))
        };
        set(m, names::__package__.get(), if self.name == "__main__" { NONE } else { package });
        set(m, names::__loader__.get(), NONE);
        set(m, names::__spec__.get(), NONE);
        set(m, names::__file__.get(), Value::str(self.file));
        if self.package {
            let dir = self.file.rsplit_once('/').map_or("", |(d, _)| d);
            set(m, names::__path__.get(), crate::types::list::List::value(vec![Value::str(dir)]));
        }
        v
    }
}

/// A module the runtime provides: its functions as a table, everything else by `setup`.
pub struct NativeModule {
    pub name: &'static str,
    pub doc: Option<&'static str>,
    pub functions: &'static [Method],
    /// Adds constants, types and computed members when the module is first imported.
    pub setup: fn(&Value) -> PyResult<()>,
    /// Another name of that module: both are one object.
    pub alias: Option<&'static NativeModule>,
}
impl NativeModule {
    pub const fn new(name: &'static str, functions: &'static [Method], setup: fn(&Value) -> PyResult<()>) -> NativeModule {
        NativeModule { name, doc: None, functions, setup, alias: None }
    }
    /// A second name of `of`.
    pub const fn alias(name: &'static str, of: &'static NativeModule) -> NativeModule {
        NativeModule { name, doc: None, functions: &[], setup: |_| Ok(()), alias: Some(of) }
    }
}

/// The body of a module object.
pub struct Module {
    pub name: RefCell<Value>,
    def: Option<&'static ModuleDef>,
    pub native: Option<&'static NativeModule>,
    extra: RefCell<NameMap>,
    /// Another number after every change of `extra`, never the one of another module.
    version: Cell<u32>,
    /// A weak reference to the dict object handed out as `__dict__` and `globals()`.
    pub dict: RefCell<Value>,
    pub initializing: Cell<bool>,
    /// The program has set or deleted an attribute: what is known about the module no longer holds.
    pub touched: Cell<bool>,
}
/// Where a module keeps an attribute.
pub enum Place {
    /// A global of its text, for good.
    Slot(&'static Slot),
    /// The value, as long as the module's version is the same.
    Extra(Value),
}
impl Payload for Module {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for (_, v) in self.extra.borrow().iter() {
            visit(v);
        }
    }
}
impl Native for Module {
    fn class() -> &'static Type {
        &MODULE
    }
}
impl Module {
    fn new(name: Value, def: Option<&'static ModuleDef>, native: Option<&'static NativeModule>) -> Module {
        Module { name: RefCell::new(name), def, native, extra: RefCell::new(NameMap::new()), version: Cell::new(new_version()), dict: RefCell::new(NONE), initializing: Cell::new(false), touched: Cell::new(false) }
    }
    fn slot(&self, name: Name) -> Option<&'static Slot> {
        self.def?.globals.iter().find(|s| s.name.get() == name).copied()
    }
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.get()
    }
    /// Where an attribute of the module itself is, for caches.
    pub fn place(&self, name: Name) -> Option<Place> {
        match self.slot(name) {
            Some(slot) => Some(Place::Slot(slot)),
            None => self.extra.borrow().get(name).cloned().map(Place::Extra),
        }
    }
    pub fn get(&self, name: Name) -> Option<Value> {
        match self.slot(name) {
            Some(s) => s.raw().bound_or_none(),
            None => self.extra.borrow().get(name).cloned(),
        }
    }
    pub fn set(&self, name: Name, v: Value) {
        match self.slot(name) {
            Some(s) => s.set(v),
            None => {
                self.version.set(new_version());
                let old = self.extra.borrow_mut().insert(name, v);
                drop(old);
            }
        }
    }
    pub fn delete(&self, name: Name) -> bool {
        match self.slot(name) {
            Some(s) => s.delete().map_err(|r| drop(crate::error::take(r))).is_ok(),
            None => {
                self.version.set(new_version());
                let old = self.extra.borrow_mut().remove(name);
                old.is_some()
            }
        }
    }
    /// All names and values: those the module has from the start, the globals in the order in which they were bound,
    /// then names that only running code made.
    pub fn items(&self) -> Vec<(Name, Value)> {
        let extra: Vec<(Name, Value)> = self.extra.borrow().iter().map(|(n, v)| (n, v.clone())).collect();
        let (mut out, made): (Vec<_>, Vec<_>) = extra.into_iter().partition(|(name, _)| name.is_dunder());
        out.extend(self.def.map_or(vec![], ModuleDef::bound).into_iter().map(|slot| (slot.name(), slot.raw())));
        out.extend(made);
        out
    }
    pub fn def(&self) -> Option<&'static ModuleDef> {
        self.def
    }
}

/// A new empty module (`types.ModuleType(name)`).
pub fn new(name: &str) -> Value {
    let v = object::new(&MODULE, Module::new(Value::str(name), None, None));
    set(&v, names::__name__.get(), Value::str(name));
    set(&v, names::__doc__.get(), NONE);
    set(&v, names::__package__.get(), NONE);
    set(&v, names::__loader__.get(), NONE);
    set(&v, names::__spec__.get(), NONE);
    v
}
/// The module object of a native module, filled from its table.
pub fn native(def: &'static NativeModule) -> PyResult {
    let v = object::new(&MODULE, Module::new(Value::str(def.name), None, Some(def)));
    set(&v, names::__name__.get(), Value::str(def.name));
    set(&v, names::__doc__.get(), def.doc.map_or(NONE, Value::str));
    set(&v, names::__package__.get(), Value::str(def.name.rsplit_once('.').map_or("", |(p, _)| p)));
    for m in def.functions {
        set(&v, Name::new(m.name()), function::native::function(m, def.name));
    }
    (def.setup)(&v)?;
    Ok(v)
}
pub fn set(module: &Value, name: Name, v: Value) {
    if let Some(m) = module.downcast::<Module>() {
        m.set(name, v);
    }
}
/// For tables: `set_str(m, "pi", Value::float(…))`.
pub fn set_str(module: &Value, name: &str, v: Value) {
    set(module, Name::new(name), v);
}
/// The name of a module object; `None` for other values.
pub fn name_of(v: &Value) -> Option<String> {
    let m = v.downcast::<Module>()?;
    let n = m.get(names::__name__.get()).unwrap_or_else(|| m.name.borrow().clone());
    Some(n.as_str().unwrap_or("?").to_string())
}

static CURRENT: Gil<RefCell<Vec<&'static ModuleDef>>> = Gil::new(RefCell::new(Vec::new()));
/// Marks the module whose body runs, so that functions and classes made now belong to it.
pub fn enter(def: &'static ModuleDef) {
    CURRENT.borrow_mut().push(def);
}
pub fn leave() {
    CURRENT.borrow_mut().pop();
}
/// The module being imported now.
pub fn current_def() -> Option<&'static ModuleDef> {
    CURRENT.borrow().last().copied()
}
pub fn current() -> Value {
    current_def().map_or(NONE, ModuleDef::module)
}
/// `__name__` of a compiled module.
pub fn name_value(d: &'static ModuleDef) -> Value {
    d.module().downcast::<Module>().and_then(|m| m.get(names::__name__.get())).unwrap_or_else(|| Name::new(d.name).value())
}
pub fn current_name() -> Value {
    match current_def() {
        Some(d) => match d.module().downcast::<Module>().and_then(|m| m.get(names::__name__.get())) {
            Some(n) => n,
            None => Name::new(d.name).value(),
        },
        None => Value::str("__main__"),
    }
}

fn getattr(v: &Value, name: Name) -> Result<Option<Value>, Raised> {
    let Some(m) = v.downcast::<Module>() else { return Ok(None) };
    if let Some(found) = m.get(name) {
        return Ok(Some(found));
    }
    if let Some(found) = attr::lookup_generic(v, name)? {
        return Ok(Some(found));
    }
    if let Some(f) = m.get(names::__getattr__.get()) {
        return crate::protocol::call::call(&f, &[name.value()]).map(Some);
    }
    Ok(None)
}
fn setattr(v: &Value, name: Name, new: Option<Value>) -> Result<(), Raised> {
    let Some(m) = v.downcast::<Module>() else { return Ok(()) };
    m.touched.set(true);
    match new {
        Some(new) => m.set(name, new),
        None => {
            if !m.delete(name) {
                return Err(attr::no_attribute(v, name));
            }
        }
    }
    Ok(())
}
/// A module's `__dict__`.
pub fn dict_of(v: &Value) -> PyResult {
    crate::types::module_dict::of(v)
}
fn get_dict(v: &Value) -> PyResult {
    dict_of(v)
}
fn repr(v: &Value) -> PyResult {
    let name = name_of(v).unwrap_or_default();
    let m = v.downcast::<Module>();
    let text = match m.and_then(|m| m.def) {
        Some(d) => format!("<module '{name}' from '{}'>", d.file),
        None if m.is_some_and(|m| m.native.is_some()) => format!("<module '{name}' (built-in)>"),
        None => format!("<module '{name}'>"),
    };
    Ok(Value::string(text))
}
fn dir(v: &Value) -> PyResult {
    let Some(m) = v.downcast::<Module>() else { return Ok(NONE) };
    if let Some(f) = m.get(Name::new("__dir__")) {
        return crate::protocol::call::call(&f, &[]);
    }
    Ok(crate::types::list::List::value(m.items().into_iter().map(|(n, _)| n.value()).collect()))
}
fn module_new(all: &[Value], _kw: &[Name]) -> PyResult {
    match all {
        [ty, name, rest @ ..] => {
            let Some(t) = ty.as_type() else { return Err(type_error("X is not a type object")) };
            let Some(s) = name.as_str() else {
                return Err(type_error(format!("module.__init__() argument 1 must be str, not {}", name.ty().name())));
            };
            let v = object::new(t, Module::new(name.clone(), None, None));
            set(&v, names::__name__.get(), Value::str(s));
            set(&v, names::__doc__.get(), rest.first().cloned().unwrap_or(NONE));
            set(&v, names::__package__.get(), NONE);
            set(&v, names::__loader__.get(), NONE);
            set(&v, names::__spec__.get(), NONE);
            Ok(v)
        }
        _ => Err(type_error("module() missing required argument 'name' (pos 1)")),
    }
}
static METHODS: &[Method] = &[
    Method::static_("__new__(type, *args, **kw)", Raw(module_new)),
    Method::new("__init__(self, /, *args, **kw)", Raw(|_, _| Ok(NONE))),
    Method::new("__repr__(self, /)", F1(repr)),
    Method::new("__dir__(self, /)", F1(dir)),
];
static GETSET: &[GetSet] = &[GetSet::ro("__dict__", get_dict)];
static DEF: ClassDef = ClassDef::new::<Module>("module").methods(METHODS).getset(GETSET).flags(TypeFlags::NO_DICT).hooks(Hooks {
    getattr: Some(getattr),
    setattr: Some(setattr),
    ..Hooks::NONE
});
pub static MODULE: Type = Type::builtin(&DEF);

/// `sys.modules`.
pub fn modules() -> Value {
    static MODULES: GilCell<Option<&'static object::Header>> = Gil::new(Cell::new(None));
    if let Some(h) = MODULES.get() {
        return Value::of_static(h);
    }
    let d = Dict::new_value();
    let keep = std::mem::ManuallyDrop::new(d.clone());
    if let Some(h) = keep.header() {
        h.make_immortal();
        // SAFETY: immortal objects are never freed.
        MODULES.set(Some(unsafe { &*(h as *const object::Header) }));
    }
    d
}
