//! Owns: interned names (`Name`), statics that hold one (`StaticName`), and `NameMap`, the
//! insertion-ordered table from names to values that classes and modules keep.
//! Never: frees a name; interned strings live until the process ends.

use crate::gil::{Gil, GilCell};
use crate::object::Object;
use crate::types::str::value::Str;
use crate::value::Value;
use hashbrown::HashTable;
use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, Hasher};

/// An interned string; two names are equal when their pointers are.
#[derive(Copy, Clone)]
pub struct Name(&'static Object<Str>);

impl PartialEq for Name {
    #[inline(always)]
    fn eq(&self, other: &Name) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Name {}
impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

struct Interner(RefCell<HashTable<Name>>);
static INTERNER: Gil<Interner> = Gil::new(Interner(RefCell::new(HashTable::new())));

fn hash_bytes(s: &[u8]) -> u64 {
    let mut h = FxHasher(0);
    h.write(s);
    h.finish()
}

/// A small multiplicative hasher for names and pointers; not for keys an outsider chooses.
#[derive(Default, Clone, Copy)]
pub struct FxHasher(u64);
impl Hasher for FxHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut b = [0u8; 8];
            b[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(b));
        }
        self.write_u64(bytes.len() as u64);
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}
#[derive(Default, Clone, Copy)]
pub struct FxBuild;
impl BuildHasher for FxBuild {
    type Hasher = FxHasher;
    fn build_hasher(&self) -> FxHasher {
        FxHasher::default()
    }
}

impl Name {
    /// The interned name with this text.
    pub fn new(s: &str) -> Name {
        Name::intern(s.as_bytes(), || Value::str(s))
    }
    fn intern(bytes: &[u8], make: impl FnOnce() -> Value) -> Name {
        let hash = hash_bytes(bytes);
        let mut table = INTERNER.0.borrow_mut();
        if let Some(n) = table.find(hash, |n| n.0.body.as_bytes() == bytes) {
            return *n;
        }
        let v = std::mem::ManuallyDrop::new(make());
        let object: *const Object<Str> = match v.header() {
            Some(h) => h as *const _ as *const Object<Str>,
            None => std::process::abort(),
        };
        // SAFETY: the object is a str (made above or passed as one) and leaked, so it lives forever.
        let name = Name(unsafe { &*object });
        name.0.header.make_immortal();
        table.insert_unique(hash, name, |n| hash_bytes(n.0.body.as_bytes()));
        name
    }
    /// The name with the text of a str value; `None` when the value is not a str.
    pub fn of(v: &Value) -> Option<Name> {
        let s = v.downcast::<Str>()?;
        if v.ty().is_static() {
            return Some(Name::intern(s.as_bytes(), || v.clone()));
        }
        Some(Name::intern(s.as_bytes(), || crate::object::new(&crate::types::str::STR, s.clone())))
    }
    #[inline(always)]
    pub fn value(self) -> Value {
        Value::of_static(&self.0.header)
    }
    pub fn str_obj(self) -> &'static Str {
        &self.0.body
    }
    /// The text; names with lone surrogates read as empty.
    pub fn as_str(self) -> &'static str {
        self.0.body.as_str().unwrap_or("")
    }
    #[inline(always)]
    pub fn addr(self) -> usize {
        self.0 as *const _ as usize
    }
    #[inline(always)]
    fn hash(self) -> u64 {
        ((self.addr() >> 4) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
    /// True for `__x__`.
    pub fn is_dunder(self) -> bool {
        let s = self.as_str();
        s.len() > 4 && s.starts_with("__") && s.ends_with("__")
    }
}
impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name in a static, interned at its first use.
pub struct StaticName {
    text: &'static str,
    cell: GilCell<Option<Name>>,
}
impl StaticName {
    pub const fn new(text: &'static str) -> StaticName {
        StaticName { text, cell: Gil::new(Cell::new(None)) }
    }
    #[inline(always)]
    pub fn get(&self) -> Name {
        match self.cell.get() {
            Some(n) => n,
            None => self.fill(),
        }
    }
    #[cold]
    fn fill(&self) -> Name {
        let n = Name::new(self.text);
        self.cell.set(Some(n));
        n
    }
    /// The str object itself.
    #[inline(always)]
    pub fn value(&self) -> Value {
        self.get().value()
    }
    pub fn text(&self) -> &'static str {
        self.text
    }
}

/// An insertion-ordered table from names to values.
pub struct NameMap {
    entries: Vec<Option<(Name, Value)>>,
    index: HashTable<u32>,
    live: usize,
}

/// Below this many entries a linear scan beats the index.
const SMALL: usize = 8;

impl Default for NameMap {
    fn default() -> Self {
        NameMap::new()
    }
}

impl NameMap {
    pub const fn new() -> NameMap {
        NameMap { entries: Vec::new(), index: HashTable::new(), live: 0 }
    }
    pub fn len(&self) -> usize {
        self.live
    }
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }
    fn find(&self, name: Name) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|e| matches!(e, Some((n, _)) if *n == name));
        }
        let at = self.index.find(name.hash(), |&i| matches!(&self.entries[i as usize], Some((n, _)) if *n == name))?;
        Some(*at as usize)
    }
    #[inline]
    pub fn get(&self, name: Name) -> Option<&Value> {
        let i = self.find(name)?;
        self.entries[i].as_ref().map(|(_, v)| v)
    }
    /// Sets the value and returns the old one; an existing name keeps its place.
    pub fn insert(&mut self, name: Name, value: Value) -> Option<Value> {
        if let Some(i) = self.find(name)
            && let Some((_, v)) = &mut self.entries[i]
        {
            return Some(std::mem::replace(v, value));
        }
        self.entries.push(Some((name, value)));
        self.live += 1;
        if self.index.is_empty() {
            if self.entries.len() > SMALL {
                self.reindex();
            }
        } else {
            let entries = &self.entries;
            self.index.insert_unique(name.hash(), (entries.len() - 1) as u32, |&i| match &entries[i as usize] {
                Some((n, _)) => n.hash(),
                None => 0,
            });
        }
        None
    }
    fn reindex(&mut self) {
        self.entries.retain(Option::is_some);
        self.index.clear();
        if self.entries.len() <= SMALL {
            return;
        }
        let entries = &self.entries;
        let hash = |i: &u32| entries[*i as usize].as_ref().map_or(0, |(n, _)| n.hash());
        for i in 0..entries.len() as u32 {
            self.index.insert_unique(hash(&i), i, hash);
        }
    }
    pub fn remove(&mut self, name: Name) -> Option<Value> {
        let i = self.find(name)?;
        let (_, v) = self.entries[i].take()?;
        self.live -= 1;
        self.reindex();
        Some(v)
    }
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Name, &Value)> {
        self.entries.iter().filter_map(|e| e.as_ref().map(|(n, v)| (*n, v)))
    }
}

macro_rules! names {
    ($($id:ident)*) => {
        $(#[allow(non_upper_case_globals)] pub static $id: StaticName = StaticName::new(stringify!($id));)*
    };
}

/// Names the runtime itself uses: `names::__init__.get()`.
pub mod names {
    use super::StaticName;
    names! {
        __init__ __new__ __del__ __class__ __dict__ __doc__ __name__ __qualname__ __module__ __bases__ __mro__
        __slots__ __set_name__ __init_subclass__ __prepare__ __classcell__ __annotations__ __type_params__
        __getattr__ __getattribute__ __setattr__ __delattr__ __get__ __set__ __delete__ __call__
        __instancecheck__ __subclasscheck__ __class_getitem__ __mro_entries__ __abstractmethods__
        __defaults__ __kwdefaults__ __code__ __closure__ __globals__ __wrapped__ __self__ __func__
        __file__ __path__ __package__ __spec__ __loader__ __all__ __builtins__ __main__ __weakref__
        __match_args__ __objclass__ __text_signature__ __static_attributes__ __firstlineno__ __orig_bases__
        __context__ __cause__ __traceback__ __suppress_context__ __notes__ args value code
        send close read write flush mro keys items values name obj start stop step append
        __enter__ __exit__ __aenter__ __aexit__ __iter__ __next__ __aiter__ __anext__ __await__ builtins
        __dir__ __reduce__ __reduce_ex__ __getstate__ __setstate__ __sizeof__ __subclasshook__ __missing__ __hash__ __eq__
        __fspath__ __copy__ __deepcopy__ __fields__ __parameters__ __args__ __origin__ __typing_subst__ __orig_class__
    }
    #[allow(non_upper_case_globals)]
    pub static throw: StaticName = StaticName::new("throw");
}

/// A module of static names: `name_table! { pub mod n { foo bar } }`, read as `n::foo.get()`.
#[macro_export]
macro_rules! name_table {
    ($vis:vis mod $m:ident { $($id:ident)* }) => {
        #[allow(non_upper_case_globals)]
        $vis mod $m {
            $(pub static $id: $crate::name::StaticName = $crate::name::StaticName::new(stringify!($id));)*
        }
    };
}
