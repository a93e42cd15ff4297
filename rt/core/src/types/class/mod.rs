//! Owns: `Type`, the object that a class is: bases, method resolution order, attribute table,
//! cached special methods, shapes of its instances. Builtin types are statics described by a
//! `ClassDef` table; `create` makes the classes of `class` statements.
//! Never: frees a class.

pub mod create;
pub mod methods;
pub mod special;

use crate::def::Method;
use crate::gil::Gil;
use crate::name::{Name, NameMap};
use crate::object::{Header, Payload, VTable, attrs_offset_of};
use crate::shape::Shape;
use crate::value::Value;
use crate::error::{PyResult, Raised};
use special::Special;
use std::cell::{Cell, RefCell};

/// Bits of [`Type::has_flag`].
pub struct TypeFlags;
impl TypeFlags {
    /// Made by a `class` statement or `type(…)`, not a static of the runtime.
    pub const HEAP: u32 = 1;
    /// Instances are classes.
    pub const METATYPE: u32 = 2;
    /// May not be subclassed (`bool`, `NoneType`, …).
    pub const FINAL: u32 = 4;
    /// Some class in the resolution order defines `__del__`.
    pub const HAS_DEL: u32 = 8;
    /// `__getattribute__` or `__getattr__` is not object's own.
    pub const CUSTOM_GETATTR: u32 = 16;
    /// Instances have no `__dict__` (only `__slots__`, or a builtin without attributes).
    pub const NO_DICT: u32 = 32;
    /// `isinstance(x, BaseException)`.
    pub const EXCEPTION: u32 = 64;
    pub const READY: u32 = 128;
    /// Abstract methods remain; instances can't be made.
    pub const ABSTRACT: u32 = 256;
    /// Builtin whose instances carry attributes (exceptions, functions, modules keep their own).
    pub const ATTRS: u32 = 512;
    /// Matches sequence patterns / mapping patterns.
    pub const SEQUENCE: u32 = 1024;
    pub const MAPPING: u32 = 2048;
    /// `__setattr__` or `__delattr__` is not object's own.
    pub const CUSTOM_SETATTR: u32 = 4096;
    /// CPython has this class in Python source: messages call it by its bare name.
    pub const PYTHON: u32 = 1 << 20;
}

/// Reads an attribute of an instance of a builtin type.
pub type Getter = fn(&Value) -> PyResult;
/// Sets (`Some`) or deletes (`None`) an attribute of an instance of a builtin type.
pub type Setter = fn(&Value, Option<Value>) -> Result<(), Raised>;

/// A computed attribute of a builtin type (`getset_descriptor`).
pub struct GetSet {
    pub name: &'static str,
    pub get: Getter,
    pub set: Option<Setter>,
}
impl GetSet {
    pub const fn ro(name: &'static str, get: Getter) -> GetSet {
        GetSet { name, get, set: None }
    }
    pub const fn rw(name: &'static str, get: Getter, set: Setter) -> GetSet {
        GetSet { name, get, set: Some(set) }
    }
}

/// Hooks of builtin types that bypass special-method lookup. They hold for subclasses too, unless
/// the subclass defines the special method itself.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// `v(args…)`, keyword values last.
    pub call: Option<fn(&Value, &[Value], &[Name]) -> PyResult>,
    /// The next item, `None` at the end.
    pub next: Option<fn(&Value) -> Result<Option<Value>, Raised>>,
    /// `iter(v)`.
    pub iter: Option<fn(&Value) -> PyResult>,
    /// Attribute access that is not object's (modules, classes, super). `Ok(None)`: no such attribute.
    pub getattr: Option<fn(&Value, Name) -> Result<Option<Value>, Raised>>,
    pub setattr: Option<fn(&Value, Name, Option<Value>) -> Result<(), Raised>>,
    /// `descriptor.__get__(instance or UNBOUND, type)`.
    pub descr_get: Option<fn(&Value, &Value, &'static Type) -> PyResult>,
    /// Set or delete through a data descriptor.
    pub descr_set: Option<fn(&Value, &Value, Option<Value>) -> Result<(), Raised>>,
    /// Resumes an awaitable natively (`protocol::awaitable`).
    pub resume: Option<crate::protocol::awaitable::Resume>,
}
impl Hooks {
    pub const NONE: Hooks = Hooks { call: None, next: None, iter: None, getattr: None, setattr: None, descr_get: None, descr_set: None, resume: None };
}

/// The static description of a builtin type.
pub struct ClassDef {
    pub name: &'static str,
    pub module: &'static str,
    pub doc: Option<&'static str>,
    /// `None` for `object` itself.
    pub base: Option<&'static Type>,
    /// Further bases, behind `base`; their instances' layout is not this type's.
    pub mixins: &'static [&'static Type],
    /// The type that decides the body's Rust type, when it is not this type itself.
    pub solid: Option<&'static Type>,
    pub vtable: VTable,
    pub methods: &'static [Method],
    pub getset: &'static [GetSet],
    pub hooks: Hooks,
    pub flags: u32,
    /// Runs once when the type is first used, to add what tables cannot hold.
    pub setup: Option<fn(&'static Type)>,
}

impl ClassDef {
    /// A type derived from `object` whose instances have the body `T`.
    pub const fn new<T: Payload>(name: &'static str) -> ClassDef {
        ClassDef {
            name,
            module: "builtins",
            doc: None,
            base: Some(&crate::types::object_::OBJECT),
            mixins: &[],
            solid: None,
            vtable: VTable::of::<T>(),
            methods: &[],
            getset: &[],
            hooks: Hooks::NONE,
            flags: 0,
            setup: None,
        }
    }
    pub const fn module(mut self, module: &'static str) -> Self {
        self.module = module;
        self
    }
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = Some(doc);
        self
    }
    pub const fn base(mut self, base: &'static Type) -> Self {
        self.base = Some(base);
        self
    }
    /// Derived from `base` with the same body.
    pub const fn like(mut self, base: &'static Type, solid: &'static Type) -> Self {
        self.base = Some(base);
        self.solid = Some(solid);
        self
    }
    pub const fn mixins(mut self, mixins: &'static [&'static Type]) -> Self {
        self.mixins = mixins;
        self
    }
    pub const fn methods(mut self, methods: &'static [Method]) -> Self {
        self.methods = methods;
        self
    }
    pub const fn getset(mut self, getset: &'static [GetSet]) -> Self {
        self.getset = getset;
        self
    }
    pub const fn hooks(mut self, hooks: Hooks) -> Self {
        self.hooks = hooks;
        self
    }
    pub const fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }
    pub const fn setup(mut self, setup: fn(&'static Type)) -> Self {
        self.setup = Some(setup);
        self
    }
}

/// A class.
#[repr(C)]
pub struct Type {
    header: Header,
    def: &'static ClassDef,
    flags: Cell<u32>,
    version: Cell<u32>,
    attrs_offset: Cell<u32>,
    expected: Cell<u32>,
    solid: Option<&'static Type>,
    base: Cell<Option<&'static Type>>,
    name: Cell<&'static str>,
    mro: Cell<&'static [&'static Type]>,
    specials: Cell<*const SpecialTable>,
    root_shape: Cell<Option<&'static Shape>>,
    dict_shape: Cell<Option<&'static Shape>>,
    pub(crate) bases: RefCell<Vec<&'static Type>>,
    pub(crate) dict: RefCell<NameMap>,
    pub(crate) subclasses: RefCell<Vec<&'static Type>>,
    /// Attribute names from `__slots__`, bases' first.
    pub(crate) slots: RefCell<Vec<Name>>,
}

// SAFETY: see `gil`: types are only touched by the thread that holds the GIL.
unsafe impl Sync for Type {}
// SAFETY: as above.
unsafe impl Send for Type {}

impl PartialEq for Type {
    #[inline(always)]
    fn eq(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
    }
}
impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<class {}>", self.name())
    }
}

/// One entry per special method: null when not looked up yet, `ABSENT`, or the attribute.
type SpecialTable = [Cell<*const Value>; special::COUNT];
const ABSENT: *const Value = 1 as *const Value;

static NEXT_VERSION: Gil<Cell<u32>> = Gil::new(Cell::new(1));
/// A number that no class and no module had as its version before.
pub(crate) fn new_version() -> u32 {
    let v = NEXT_VERSION.get().wrapping_add(1);
    NEXT_VERSION.set(v);
    v
}

/// Modules that CPython writes in C and that are compiled from their Python twins here.
const C_MODULES: &[&str] = &["datetime", "decimal"];

impl Type {
    /// A builtin type in a static.
    pub const fn builtin(def: &'static ClassDef) -> Type {
        Type::with_meta(def, &raw const methods::TYPE)
    }
    pub const fn with_meta(def: &'static ClassDef, meta: *const Type) -> Type {
        let offset = if def.flags & TypeFlags::ATTRS != 0 { attrs_offset_of(def.vtable.size) as u32 } else { 0 };
        Type {
            header: Header::immortal(meta),
            def,
            flags: Cell::new(def.flags),
            version: Cell::new(1),
            attrs_offset: Cell::new(offset),
            expected: Cell::new(0),
            solid: def.solid,
            base: Cell::new(def.base),
            name: Cell::new(def.name),
            mro: Cell::new(&[]),
            specials: Cell::new(std::ptr::null()),
            root_shape: Cell::new(None),
            dict_shape: Cell::new(None),
            bases: RefCell::new(Vec::new()),
            dict: RefCell::new(NameMap::new()),
            subclasses: RefCell::new(Vec::new()),
            slots: RefCell::new(Vec::new()),
        }
    }
    /// A class of a `class` statement; `create` fills the rest. Leaked: classes are never freed.
    pub(crate) fn heap(meta: &'static Type, base: &'static Type, name: &'static str, flags: u32, attrs: bool) -> &'static Type {
        let def = base.def;
        let t = Box::leak(Box::new(Type::with_meta(def, meta)));
        t.solid = Some(base.solid());
        t.base.set(Some(base));
        t.name.set(name);
        t.flags.set(flags | TypeFlags::HEAP);
        let offset = match base.attrs_offset() {
            0 if attrs => attrs_offset_of(def.vtable.size),
            n => n,
        };
        t.attrs_offset.set(offset as u32);
        t.expected.set(base.expected.get());
        t.version.set(new_version());
        t
    }
    #[inline(always)]
    pub fn header(&self) -> &Header {
        &self.header
    }
    #[inline(always)]
    pub fn vtable(&self) -> &'static VTable {
        &self.def.vtable
    }
    #[inline(always)]
    pub fn hooks(&self) -> &'static Hooks {
        &self.def.hooks
    }
    pub fn def(&self) -> &'static ClassDef {
        self.def
    }
    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }
    pub fn set_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() | flag);
    }
    pub fn clear_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() & !flag);
    }
    #[inline(always)]
    pub fn is_heap(&self) -> bool {
        self.has_flag(TypeFlags::HEAP)
    }
    #[inline(always)]
    pub fn is_static(&self) -> bool {
        !self.is_heap()
    }
    #[inline(always)]
    pub fn is_metatype(&self) -> bool {
        self.has_flag(TypeFlags::METATYPE)
    }
    #[inline(always)]
    pub fn attrs_offset(&self) -> usize {
        self.attrs_offset.get() as usize
    }
    /// The builtin type that decides the layout of instances.
    #[inline(always)]
    pub fn solid(&self) -> &Type {
        match self.solid {
            Some(s) => s,
            None => self,
        }
    }
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.version.get()
    }
    /// `__name__`.
    pub fn name(&self) -> &'static str {
        self.name.get()
    }
    pub fn set_name(&self, name: &'static str) {
        self.name.set(name);
    }
    pub fn base(&self) -> Option<&'static Type> {
        self.base.get()
    }
    /// What messages call the type: `module.qualname`, builtins without module (`tp_name`'s rule
    /// for heap types is the bare name).
    pub fn full_name(&'static self) -> String {
        if self.is_static() && self.def.module != "builtins" && !self.has_flag(TypeFlags::PYTHON) {
            return format!("{}.{}", self.def.module, self.name());
        }
        // Struct sequences are made by the C library of CPython, which names them whole.
        let written_in_c = || C_MODULES.contains(&self.module_name().as_str()) || self.own(Name::new("n_unnamed_fields")).is_some();
        if self.is_heap() && written_in_c() {
            return format!("{}.{}", self.module_name(), self.name());
        }
        self.name().to_string()
    }
    /// `type(v).__module__` as text.
    pub fn module_name(&'static self) -> String {
        if self.is_static() {
            return self.def.module.to_string();
        }
        self.own(crate::name::names::__module__.get()).and_then(|v| v.as_str().map(str::to_string)).unwrap_or_else(|| "builtins".into())
    }
    /// `type(v).__qualname__` as text.
    pub fn qualname(&'static self) -> String {
        if self.is_heap()
            && let Some(v) = self.own(crate::name::names::__qualname__.get())
            && let Some(s) = v.as_str()
        {
            return s.to_string();
        }
        self.name().to_string()
    }
    pub fn root_shape(&'static self) -> &'static Shape {
        match self.root_shape.get() {
            Some(s) => s,
            None => {
                let s = Shape::root(self, &self.slots.borrow());
                self.root_shape.set(Some(s));
                s
            }
        }
    }
    pub fn dict_shape(&'static self) -> &'static Shape {
        match self.dict_shape.get() {
            Some(s) => s,
            None => {
                let s = Shape::dictionary(self);
                self.dict_shape.set(Some(s));
                s
            }
        }
    }
    #[inline]
    pub fn expected_slots(&self) -> usize {
        self.expected.get() as usize
    }
    pub fn expect_slots(&self, n: usize) {
        if n as u32 > self.expected.get() && n <= 32 {
            self.expected.set(n as u32);
        }
    }
    /// The method resolution order, the type itself first.
    #[inline]
    pub fn mro(&'static self) -> &'static [&'static Type] {
        let m = self.mro.get();
        if m.is_empty() { self.ready() } else { m }
    }
    pub(crate) fn set_mro(&self, mro: Vec<&'static Type>) {
        self.mro.set(Box::leak(mro.into_boxed_slice()));
    }
    /// Fills a builtin type from its tables, at its first use.
    #[cold]
    fn ready(&'static self) -> &'static [&'static Type] {
        let mut mro = vec![self];
        if let Some(base) = self.base.get() {
            let mut bases = vec![base];
            bases.extend_from_slice(self.def.mixins);
            // The tables of the runtime are consistent; if they were not, the first base would decide.
            match create::compute_mro(self, &bases) {
                Ok(all) => mro = all,
                Err(r) => {
                    drop(crate::error::take(r));
                    mro.extend_from_slice(base.mro());
                }
            }
            for b in &bases {
                b.subclasses.borrow_mut().push(self);
            }
            self.bases.borrow_mut().extend(bases);
            let inherited = base.flags.get() & (TypeFlags::EXCEPTION | TypeFlags::SEQUENCE | TypeFlags::MAPPING);
            self.set_flag(inherited);
        }
        self.set_mro(mro);
        self.set_flag(TypeFlags::READY);
        crate::def::fill_type(self);
        if let Some(setup) = self.def.setup {
            setup(self);
        }
        self.mro.get()
    }
    pub fn is_subtype(&'static self, other: &'static Type) -> bool {
        std::ptr::eq(self, other) || self.mro().iter().any(|t| std::ptr::eq(*t, other))
    }
    /// The attribute in the class's own table.
    pub fn own(&'static self, name: Name) -> Option<Value> {
        self.mro();
        self.dict.borrow().get(name).cloned()
    }
    /// The values of the class's own table, in its order.
    pub fn own_values(&'static self) -> Vec<Value> {
        self.dict.borrow().iter().map(|(_, v)| v.clone()).collect()
    }
    /// Sets an attribute in the class's own table and forgets what is cached.
    pub fn set_own(&'static self, name: Name, v: Value) {
        self.mro();
        let old = self.dict.borrow_mut().insert(name, v);
        self.modified(name);
        drop(old);
    }
    pub fn delete_own(&'static self, name: Name) -> Option<Value> {
        self.mro();
        let old = self.dict.borrow_mut().remove(name);
        self.modified(name);
        old
    }
    /// Forgets cached lookups of the class and its subclasses.
    pub fn modified(&'static self, name: Name) {
        self.version.set(new_version());
        if name.is_dunder() && !self.specials.get().is_null() {
            // The old table is leaked: a caller may be running one of its entries, and special
            // methods are hardly ever replaced.
            self.specials.set(std::ptr::null());
        }
        if name.is_dunder() {
            self.recompute_flags();
        }
        let subs = self.subclasses.borrow().clone();
        for s in subs {
            s.modified(name);
        }
    }
    /// Flags that depend on which special methods exist.
    pub fn recompute_flags(&'static self) {
        let mut f = self.flags.get() & !(TypeFlags::HAS_DEL | TypeFlags::CUSTOM_GETATTR | TypeFlags::CUSTOM_SETATTR);
        for t in self.mro() {
            if t.is_static() {
                continue;
            }
            let d = t.dict.borrow();
            let has = |s: Special| d.get(s.name()).is_some();
            if has(Special::Del) {
                f |= TypeFlags::HAS_DEL;
            }
            if has(Special::GetAttr) || has(Special::GetAttribute) {
                f |= TypeFlags::CUSTOM_GETATTR;
            }
            if has(Special::SetAttr) || has(Special::DelAttr) {
                f |= TypeFlags::CUSTOM_SETATTR;
            }
        }
        self.flags.set(f);
    }
    /// The attribute found along the resolution order, unbound.
    pub fn lookup(&'static self, name: Name) -> Option<Value> {
        let slot = cache_slot(self, name);
        let hit = CACHE.entry(slot);
        if hit.ty.get() == self as *const Type && hit.name.get() == name.addr() && hit.version.get() == self.version.get() {
            // SAFETY: the class (version unchanged) still holds the value.
            return unsafe { hit.value.get().as_ref().map(|h| Value::of_static(h)) }.or_else(|| self.lookup_slow(name));
        }
        let found = self.lookup_slow(name);
        if let Some(v) = &found
            && let Some(h) = v.header()
        {
            hit.ty.set(self);
            hit.name.set(name.addr());
            hit.version.set(self.version.get());
            hit.value.set(h);
        }
        found
    }
    fn lookup_slow(&'static self, name: Name) -> Option<Value> {
        for t in self.mro() {
            t.mro();
            if let Some(v) = t.dict.borrow().get(name) {
                return Some(v.clone());
            }
        }
        None
    }
    /// The class in the resolution order that defines `name`, with the attribute.
    pub fn lookup_where(&'static self, name: Name) -> Option<(&'static Type, Value)> {
        self.mro().iter().find_map(|t| t.own(name).map(|v| (*t, v)))
    }
    /// A special method found on the type; `None` when absent or set to `None`.
    #[inline]
    pub fn special(&'static self, s: Special) -> Option<&'static Value> {
        let table = self.specials.get();
        if !table.is_null() {
            // SAFETY: tables are leaked.
            let p = unsafe { (&*table)[s as usize].get() };
            if p == ABSENT {
                return None;
            }
            if !p.is_null() {
                // SAFETY: an entry lives until `modified`, which gives it up only at a safe point.
                return Some(unsafe { &*p });
            }
        }
        self.special_slow(s)
    }
    #[cold]
    fn special_slow(&'static self, s: Special) -> Option<&'static Value> {
        // A static type's tables are filled first: that may forget the table of special methods.
        self.mro();
        if self.specials.get().is_null() {
            let table: Box<SpecialTable> = Box::new(std::array::from_fn(|_| Cell::new(std::ptr::null())));
            self.specials.set(Box::leak(table));
        }
        let found = self.lookup_slow(s.name());
        let p = match found {
            None => ABSENT,
            Some(v) => Box::leak(Box::new(v)) as *const Value,
        };
        // SAFETY: the table was made above and is leaked.
        unsafe { (&*self.specials.get())[s as usize].set(p) };
        if p == ABSENT { None } else {
            // SAFETY: just made.
            Some(unsafe { &*p })
        }
    }
    /// True when the special method is defined by the runtime's own type tables, not by a `class`
    /// statement somewhere in the resolution order.
    pub fn special_is_native(&'static self, s: Special) -> bool {
        if self.is_static() {
            return true;
        }
        for t in self.mro() {
            if t.is_static() {
                return true;
            }
            if t.dict.borrow().get(s.name()).is_some() {
                return false;
            }
        }
        true
    }
}

struct CacheEntry {
    ty: Cell<*const Type>,
    name: Cell<usize>,
    version: Cell<u32>,
    value: Cell<*const Header>,
}
/// The global method cache (CPython 3.13: Objects/typeobject.c, `_PyType_Lookup`).
struct LookupCache([CacheEntry; CACHE_SIZE]);
const CACHE_SIZE: usize = 2048;
static CACHE: Gil<LookupCache> = Gil::new(LookupCache(
    [const { CacheEntry { ty: Cell::new(std::ptr::null()), name: Cell::new(0), version: Cell::new(0), value: Cell::new(std::ptr::null()) } }; CACHE_SIZE],
));
impl LookupCache {
    #[inline(always)]
    fn entry(&self, i: usize) -> &CacheEntry {
        &self.0[i % CACHE_SIZE]
    }
}
#[inline(always)]
fn cache_slot(t: &Type, name: Name) -> usize {
    ((t as *const Type as usize >> 5) ^ (name.addr() >> 4)) % CACHE_SIZE
}
