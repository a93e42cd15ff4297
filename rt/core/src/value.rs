//! Owns: `Value`, the 16-byte dynamic value (a tag and 64 bits), its clone and drop.
//! Never: knows what an object contains; that is `object` and the types.

use crate::object::{Header, Native, Object};
use crate::types::class::Type;
use crate::types::str::value::Str;
use std::mem::ManuallyDrop;

/// What the 64 bits of a [`Value`] are.
#[repr(u8)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Tag {
    /// No value: an unbound local, an empty cell, an argument that was not given.
    Unbound = 0,
    None = 1,
    Bool = 2,
    Int = 3,
    Float = 4,
    /// A pointer to a counted heap object.
    Obj = 5,
}

/// Any Python value. Scalars are inline; everything else is a counted pointer.
#[repr(C)]
pub struct Value {
    tag: Tag,
    bits: u64,
}

pub const NONE: Value = Value { tag: Tag::None, bits: 0 };
pub const TRUE: Value = Value { tag: Tag::Bool, bits: 1 };
pub const FALSE: Value = Value { tag: Tag::Bool, bits: 0 };
pub const UNBOUND: Value = Value { tag: Tag::Unbound, bits: 0 };

// SAFETY: a `Value` is only touched by the thread that holds the GIL; see `gil`.
unsafe impl Send for Value {}
// SAFETY: as above.
unsafe impl Sync for Value {}

impl Value {
    #[inline(always)]
    pub const fn int(n: i64) -> Value {
        Value { tag: Tag::Int, bits: n as u64 }
    }
    #[inline(always)]
    pub const fn float(x: f64) -> Value {
        Value { tag: Tag::Float, bits: x.to_bits() }
    }
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value { tag: Tag::Bool, bits: b as u64 }
    }
    pub fn str(s: &str) -> Value {
        crate::object::new(&crate::types::str::STR, Str::from(s))
    }
    pub fn string(s: String) -> Value {
        crate::object::new(&crate::types::str::STR, Str::from_string(s))
    }
    /// The value that owns one existing reference to `h`.
    ///
    /// # Safety
    /// `h` points to a live object and the caller gives up one reference to it.
    #[inline(always)]
    pub unsafe fn from_header(h: *const Header) -> Value {
        Value { tag: Tag::Obj, bits: h as u64 }
    }
    /// A new reference to a type, function or other object that is never freed.
    #[inline(always)]
    pub fn of_static(h: &'static Header) -> Value {
        h.incref();
        Value { tag: Tag::Obj, bits: h as *const Header as u64 }
    }
    #[inline(always)]
    pub fn of_type(t: &'static Type) -> Value {
        Value::of_static(t.header())
    }

    #[inline(always)]
    pub fn tag(&self) -> Tag {
        self.tag
    }
    #[inline(always)]
    pub fn bits(&self) -> u64 {
        self.bits
    }
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.tag == Tag::None
    }
    #[inline(always)]
    pub fn is_unbound(&self) -> bool {
        self.tag == Tag::Unbound
    }
    #[inline(always)]
    pub fn is_obj(&self) -> bool {
        self.tag == Tag::Obj
    }
    /// Object identity (`is`); scalars are identical when tag and bits are.
    #[inline(always)]
    pub fn is(&self, other: &Value) -> bool {
        self.tag == other.tag && self.bits == other.bits
    }
    #[inline(always)]
    pub fn is_type(&self, t: &'static Type) -> bool {
        self.is_obj() && self.bits == t.header() as *const Header as u64
    }
    /// The inline integer; `None` for bools, big integers and everything else.
    #[inline(always)]
    pub fn as_inline_int(&self) -> Option<i64> {
        (self.tag == Tag::Int).then_some(self.bits as i64)
    }
    /// The inline float.
    #[inline(always)]
    pub fn as_inline_float(&self) -> Option<f64> {
        (self.tag == Tag::Float).then(|| f64::from_bits(self.bits))
    }
    #[inline(always)]
    pub fn as_bool(&self) -> Option<bool> {
        (self.tag == Tag::Bool).then_some(self.bits != 0)
    }
    /// The object's header; `None` for inline values.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        // SAFETY: a value with tag Obj owns a reference, so the object lives as long as `self`.
        if self.tag == Tag::Obj { Some(unsafe { &*(self.bits as *const Header) }) } else { None }
    }
    /// The type of the value (`type(v)`).
    #[inline]
    pub fn ty(&self) -> &'static Type {
        match self.tag {
            // SAFETY: as in `header`; types are never freed.
            Tag::Obj => unsafe { (*(self.bits as *const Header)).ty() },
            Tag::Int => &crate::types::int::INT,
            Tag::Float => &crate::types::float::FLOAT,
            Tag::Bool => &crate::types::bool_::BOOL,
            Tag::None | Tag::Unbound => &crate::types::none::NONE_TYPE,
        }
    }
    /// The body of the object when its type is `T`'s class or a subclass of it.
    #[inline(always)]
    pub fn downcast<T: Native>(&self) -> Option<&T> {
        if self.tag != Tag::Obj {
            return None;
        }
        // SAFETY: the solid base of the type decides the body's Rust type, and `self` keeps it alive.
        unsafe {
            let h = self.bits as *const Header;
            if std::ptr::eq((*h).ty().solid(), T::class()) { Some(&(*(h as *const Object<T>)).body) } else { None }
        }
    }
    /// The body when the type is exactly `T`'s class, no subclass.
    #[inline(always)]
    pub fn downcast_exact<T: Native>(&self) -> Option<&T> {
        if self.tag != Tag::Obj {
            return None;
        }
        // SAFETY: as in `downcast`.
        unsafe {
            let h = self.bits as *const Header;
            if std::ptr::eq((*h).ty(), T::class()) { Some(&(*(h as *const Object<T>)).body) } else { None }
        }
    }
    #[inline(always)]
    pub fn as_str_obj(&self) -> Option<&Str> {
        self.downcast::<Str>()
    }
    /// The text of a str without lone surrogates.
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        self.downcast::<Str>()?.as_str()
    }
    /// The type object this value is.
    #[inline]
    pub fn as_type(&self) -> Option<&'static Type> {
        let h = self.header()?;
        if !h.ty().is_metatype() {
            return None;
        }
        // SAFETY: instances of metatypes are `Type`s, and types are never freed.
        Some(unsafe { &*(self.bits as *const Type) })
    }
    /// True when no other reference to the object exists, so it may be changed in place.
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.header().is_some_and(|h| h.refcount() == 1)
    }
    /// A bitwise copy that does not count; it must not be dropped and not outlive `self`.
    #[inline(always)]
    pub fn borrowed(&self) -> ManuallyDrop<Value> {
        ManuallyDrop::new(Value { tag: self.tag, bits: self.bits })
    }
    #[inline(always)]
    pub fn take(&mut self) -> Value {
        std::mem::replace(self, UNBOUND)
    }
    /// `None` when unbound.
    #[inline(always)]
    pub fn bound_or_none(self) -> Option<Value> {
        if self.is_unbound() { None } else { Some(self) }
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if self.tag == Tag::Obj {
            // SAFETY: `self` owns a reference.
            unsafe { (*(self.bits as *const Header)).incref() }
        }
        Value { tag: self.tag, bits: self.bits }
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if self.tag == Tag::Obj {
            // SAFETY: `self` owns the reference that is given up here.
            unsafe { crate::object::decref(self.bits as *const Header) }
        }
    }
}

impl Default for Value {
    fn default() -> Self {
        NONE
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.tag {
            Tag::Unbound => f.write_str("<unbound>"),
            Tag::None => f.write_str("None"),
            Tag::Bool => write!(f, "{}", self.bits != 0),
            Tag::Int => write!(f, "{}", self.bits as i64),
            Tag::Float => write!(f, "{}", f64::from_bits(self.bits)),
            Tag::Obj => write!(f, "<{} object>", self.ty().name()),
        }
    }
}

impl From<i64> for Value {
    #[inline(always)]
    fn from(n: i64) -> Value {
        Value::int(n)
    }
}
impl From<usize> for Value {
    #[inline(always)]
    fn from(n: usize) -> Value {
        Value::int(n as i64)
    }
}
impl From<bool> for Value {
    #[inline(always)]
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}
impl From<f64> for Value {
    #[inline(always)]
    fn from(x: f64) -> Value {
        Value::float(x)
    }
}
impl From<&str> for Value {
    fn from(s: &str) -> Value {
        Value::str(s)
    }
}
impl From<String> for Value {
    fn from(s: String) -> Value {
        Value::string(s)
    }
}
impl From<()> for Value {
    fn from((): ()) -> Value {
        NONE
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Value {
        v.map_or(NONE, Into::into)
    }
}
impl From<&'static Type> for Value {
    fn from(t: &'static Type) -> Value {
        Value::of_type(t)
    }
}
