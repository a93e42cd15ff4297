//! Owns: the heap layout of objects (collector links, header, body, attributes), allocation,
//! reference counting and iterative deallocation.
//! Never: knows a particular type; bodies are described by `VTable`.

use crate::gil::{Gil, GilCell};
use crate::shape::Attrs;
use crate::types::class::{Type, TypeFlags};
use crate::value::Value;
use std::alloc::{Layout, alloc, dealloc as free, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::mem::{offset_of, size_of};

/// What every object begins with.
#[repr(C)]
pub struct Header {
    rc: Cell<u32>,
    flags: Cell<u32>,
    ty: Cell<*const Type>,
}

/// `__del__` has run.
pub const FINALIZED: u32 = 1;
/// Weak references to the object exist (`weak`).
pub const HAS_WEAKREFS: u32 = 2;
/// Kept by a static: the count never reaches zero.
const IMMORTAL_RC: u32 = 0x4000_0000;

impl Header {
    /// The header of a static object, which is never freed.
    pub const fn immortal(ty: *const Type) -> Header {
        Header { rc: Cell::new(IMMORTAL_RC), flags: Cell::new(0), ty: Cell::new(ty) }
    }
    #[inline(always)]
    pub fn ty(&self) -> &'static Type {
        // SAFETY: types are never freed.
        unsafe { &*self.ty.get() }
    }
    /// Changes the type (`__class__` assignment); the caller has checked that layouts agree.
    pub fn set_ty(&self, ty: &'static Type) {
        self.ty.set(ty);
    }
    #[inline(always)]
    pub fn incref(&self) {
        self.rc.set(self.rc.get().wrapping_add(1));
    }
    #[inline(always)]
    pub fn refcount(&self) -> u32 {
        self.rc.get()
    }
    #[inline(always)]
    pub(crate) fn set_refcount(&self, n: u32) {
        self.rc.set(n);
    }
    pub fn make_immortal(&self) {
        self.rc.set(IMMORTAL_RC);
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
    /// The body when the object's type is exactly `T`'s class.
    #[inline(always)]
    pub fn body_exact<T: Native>(&self) -> Option<&T> {
        if !std::ptr::eq(self.ty(), T::class()) {
            return None;
        }
        // SAFETY: the class decides the body's Rust type.
        Some(unsafe { &(*(self as *const Header as *const Object<T>)).body })
    }
    /// The instance attributes, for types that have them.
    #[inline(always)]
    pub fn attrs(&self) -> Option<&Attrs> {
        let offset = self.ty().attrs_offset();
        // SAFETY: `attrs_offset` is where `new` placed the attributes of this type's instances.
        if offset == 0 { None } else { Some(unsafe { &*((self as *const Header as *const u8).add(offset) as *const Attrs) }) }
    }
}

/// An object with the body `T`.
#[repr(C)]
pub struct Object<T> {
    pub header: Header,
    pub body: T,
}

/// The links of the cycle collector, placed before the header of containers.
#[repr(C)]
pub struct GcHead {
    pub prev: Cell<*const GcHead>,
    pub next: Cell<*const GcHead>,
}
const GC_SIZE: usize = size_of::<GcHead>();

/// How the runtime handles bodies of one Rust type.
pub struct VTable {
    pub size: usize,
    pub gc: bool,
    pub drop: unsafe fn(*mut Header),
    pub traverse: unsafe fn(*const Header, &mut dyn FnMut(&Value)),
    pub clear: unsafe fn(*const Header),
    /// Bytes that this object has behind its body (`new_with_tail`).
    pub tail: Option<unsafe fn(*const Header) -> usize>,
    /// Runs before the object is dropped, with the count at one; may resurrect (generators).
    pub finalize: Option<fn(&Value)>,
}

/// A Rust type that can be the body of an object.
pub trait Payload: Sized + 'static {
    /// True for containers: instances are known to the cycle collector.
    const GC: bool = false;
    const FINALIZE: Option<fn(&Value)> = None;
    /// Visits every `Value` the body owns (cycle collector).
    fn traverse(&self, _visit: &mut dyn FnMut(&Value)) {}
    /// Gives up every `Value` the body owns, to break a cycle.
    fn clear(&self) {}
    /// Objects have bytes behind the body (`new_with_tail`), as many as `tail` says.
    const TAIL: bool = false;
    fn tail(&self) -> usize {
        0
    }
}

/// A body with its builtin class.
pub trait Native: Payload {
    fn class() -> &'static Type;
}

impl VTable {
    pub const fn of<T: Payload>() -> VTable {
        unsafe fn drop_body<T>(h: *mut Header) {
            // SAFETY: called once by `dealloc` on an object whose body is a `T`.
            unsafe { std::ptr::drop_in_place(&raw mut (*(h as *mut Object<T>)).body) }
        }
        unsafe fn traverse<T: Payload>(h: *const Header, visit: &mut dyn FnMut(&Value)) {
            // SAFETY: the object's body is a `T`.
            unsafe { (*(h as *const Object<T>)).body.traverse(visit) }
        }
        unsafe fn clear<T: Payload>(h: *const Header) {
            // SAFETY: the object's body is a `T`.
            unsafe { (*(h as *const Object<T>)).body.clear() }
        }
        unsafe fn tail<T: Payload>(h: *const Header) -> usize {
            // SAFETY: the object's body is a `T`.
            unsafe { (*(h as *const Object<T>)).body.tail() }
        }
        VTable {
            size: size_of::<Object<T>>(),
            gc: T::GC,
            drop: drop_body::<T>,
            traverse: traverse::<T>,
            clear: clear::<T>,
            tail: if T::TAIL { Some(tail::<T>) } else { None },
            finalize: T::FINALIZE,
        }
    }
}

/// Where the attributes stand in objects with the body `T`.
pub const fn attrs_offset_of(size: usize) -> usize {
    (size + 7) & !7
}

/// Allocates an object of `ty` (`T`'s class or a subclass of it) with the given body.
#[inline]
pub fn new<T: Payload>(ty: &'static Type, body: T) -> Value {
    debug_assert!(align_ok::<T>());
    let offset = ty.attrs_offset();
    let size = if offset == 0 { size_of::<Object<T>>() } else { offset + size_of::<Attrs>() };
    let gc = T::GC || offset != 0;
    // SAFETY: the block is large enough for links, header, body and attributes, all of alignment 8
    // or less (`align_ok`), and every part is written before the value is handed out.
    unsafe {
        let h = raw_alloc(size, gc) as *mut Object<T>;
        h.write(Object { header: Header { rc: Cell::new(1), flags: Cell::new(0), ty: Cell::new(ty) }, body });
        if offset != 0 {
            ((h as *mut u8).add(offset) as *mut Attrs).write(Attrs::new(ty));
        }
        if gc {
            crate::gc::link(gc_head(h as *const Header));
        }
        Value::from_header(h as *const Header)
    }
}

/// Allocates an object of a type without attributes with `tail` bytes behind its body, which
/// `T::tail` must report as well. The caller writes them before the object is seen by anyone.
#[inline]
pub fn new_with_tail<T: Payload>(ty: &'static Type, body: T, tail: usize) -> Value {
    const { assert!(!T::GC) };
    debug_assert!(align_ok::<T>() && ty.attrs_offset() == 0);
    // SAFETY: the block is large enough for header, body and tail; header and body are written here.
    unsafe {
        let h = raw_alloc(size_of::<Object<T>>() + tail, false) as *mut Object<T>;
        h.write(Object { header: Header { rc: Cell::new(1), flags: Cell::new(0), ty: Cell::new(ty) }, body });
        Value::from_header(h as *const Header)
    }
}

/// Of every object. The allocator aligns no further without an extra step.
const ALIGN: usize = 8;

const fn align_ok<T>() -> bool {
    std::mem::align_of::<T>() <= ALIGN && offset_of!(Object<T>, body) == size_of::<Header>()
}

#[inline]
unsafe fn raw_alloc(size: usize, gc: bool) -> *mut u8 {
    let extra = if gc { GC_SIZE } else { 0 };
    // SAFETY: the size is not zero and the alignment is a power of two.
    unsafe {
        let layout = Layout::from_size_align_unchecked(size + extra, ALIGN);
        let p = alloc(layout);
        if p.is_null() {
            handle_alloc_error(layout)
        }
        p.add(extra)
    }
}

/// The collector's links of a container.
///
/// # Safety
/// `h` was allocated with links.
pub unsafe fn gc_head(h: *const Header) -> *const GcHead {
    // SAFETY: the links stand right before the header.
    unsafe { (h as *const u8).sub(GC_SIZE) as *const GcHead }
}

/// The object whose links these are.
///
/// # Safety
/// `g` is the link of a live object.
pub unsafe fn gc_object(g: *const GcHead) -> *const Header {
    // SAFETY: the header stands right behind the links.
    unsafe { (g as *const u8).add(GC_SIZE) as *const Header }
}

/// Gives up one reference.
///
/// # Safety
/// The caller owns the reference.
#[inline(always)]
pub unsafe fn decref(h: *const Header) {
    // SAFETY: the object is alive as the caller owns a reference.
    unsafe {
        let n = (*h).rc.get().wrapping_sub(1);
        (*h).rc.set(n);
        if n == 0 {
            release(h);
        }
    }
}

/// Nested deallocations beyond this depth are queued, so that a long chain does not overflow the
/// machine stack (CPython 3.13: Objects/object.c, the trashcan).
const MAX_DEPTH: u32 = 100;
static DEPTH: GilCell<u32> = Gil::new(Cell::new(0));
struct Queued(*const Header);
static QUEUE: Gil<RefCell<Vec<Queued>>> = Gil::new(RefCell::new(Vec::new()));

#[cold]
#[inline(never)]
unsafe fn release(h: *const Header) {
    let depth = DEPTH.get();
    if depth >= MAX_DEPTH {
        QUEUE.borrow_mut().push(Queued(h));
        return;
    }
    DEPTH.set(depth + 1);
    // SAFETY: the count reached zero, nobody else has the object.
    unsafe { destroy(h) };
    if depth == 0 {
        loop {
            let next = QUEUE.borrow_mut().pop();
            let Some(Queued(h)) = next else { break };
            // SAFETY: queued objects have a count of zero and are in the queue once.
            unsafe { destroy(h) };
        }
    }
    DEPTH.set(depth);
}

unsafe fn destroy(h: *const Header) {
    // SAFETY: the count is zero and the object is intact until its body is dropped below.
    unsafe {
        let ty = (*h).ty();
        let vt = ty.vtable();
        if ty.has_flag(TypeFlags::HAS_DEL) && !(*h).has_flag(FINALIZED) || vt.finalize.is_some() {
            (*h).set_refcount(1);
            let v = std::mem::ManuallyDrop::new(Value::from_header(h));
            if let Some(finalize) = vt.finalize {
                finalize(&v);
            }
            if ty.has_flag(TypeFlags::HAS_DEL) && !(*h).has_flag(FINALIZED) {
                (*h).set_flag(FINALIZED);
                crate::error::run_finalizer(&v);
            }
            let n = (*h).refcount() - 1;
            (*h).set_refcount(n);
            if n != 0 {
                return;
            }
        }
        if (*h).has_flag(HAS_WEAKREFS) {
            (*h).set_refcount(1);
            crate::weak::clear_refs(h);
            (*h).set_refcount(0);
        }
        let offset = ty.attrs_offset();
        let gc = vt.gc || offset != 0;
        if gc {
            crate::gc::unlink(gc_head(h));
        }
        let mut size = vt.size + vt.tail.map_or(0, |tail| tail(h));
        if offset != 0 {
            let attrs = (h as *mut u8).add(offset) as *mut Attrs;
            std::ptr::drop_in_place(attrs);
            size = offset + size_of::<Attrs>();
        }
        (vt.drop)(h as *mut Header);
        let extra = if gc { GC_SIZE } else { 0 };
        free((h as *mut u8).sub(extra), Layout::from_size_align_unchecked(size + extra, ALIGN));
    }
}
