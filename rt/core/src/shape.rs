//! Owns: instance attributes as a shape (hidden class: names to slot numbers) and a slot vector,
//! with a dictionary as fallback once somebody asks for `__dict__`.
//! Never: looks at classes' attributes; that is `protocol::attr`.

use crate::gil::Gil;
use crate::name::{FxBuild, Name};
use crate::object::Native;
use crate::types::class::Type;
use crate::types::dict::Dict;
use crate::value::{UNBOUND, Value};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;

/// A list of attribute names in the order they were first set, shared by all instances that
/// set the same names in the same order. Never freed: classes aren't either.
pub struct Shape {
    pub class: &'static Type,
    keys: Vec<Name>,
    index: HashMap<usize, u32, FxBuild>,
    next: Gil<RefCell<Vec<(Name, &'static Shape)>>>,
    dictionary: bool,
}

/// Instances with more attributes than this keep them in a dictionary.
const MAX_SLOTS: usize = 128;

impl Shape {
    pub fn root(class: &'static Type, keys: &[Name]) -> &'static Shape {
        Shape::leak(class, keys.to_vec(), false)
    }
    /// The marker of instances whose attributes are in a dictionary, in slot 0; values of `__slots__`
    /// follow it in the order of the root shape.
    pub fn dictionary(class: &'static Type) -> &'static Shape {
        Shape::leak(class, class.root_shape().keys.clone(), true)
    }
    fn leak(class: &'static Type, keys: Vec<Name>, dictionary: bool) -> &'static Shape {
        let mut index = HashMap::default();
        if keys.len() > 6 {
            index.extend(keys.iter().enumerate().map(|(i, n)| (n.addr(), i as u32)));
        }
        Box::leak(Box::new(Shape { class, keys, index, next: Gil::new(RefCell::new(Vec::new())), dictionary }))
    }
    #[inline]
    pub fn find(&self, name: Name) -> Option<usize> {
        if self.keys.len() > 6 {
            return self.index.get(&name.addr()).map(|&i| i as usize);
        }
        self.keys.iter().position(|k| *k == name)
    }
    /// The shape with `name` added at the end.
    fn with(&'static self, name: Name) -> &'static Shape {
        if let Some((_, s)) = self.next.borrow().iter().find(|(n, _)| *n == name) {
            return s;
        }
        let mut keys = self.keys.clone();
        keys.push(name);
        let s = Shape::leak(self.class, keys, false);
        self.next.borrow_mut().push((name, s));
        s
    }
    pub fn keys(&self) -> &[Name] {
        &self.keys
    }
}

/// The attributes of one instance.
pub struct Attrs {
    shape: Cell<&'static Shape>,
    slots: UnsafeCell<Vec<Value>>,
}

impl Attrs {
    pub fn new(ty: &'static Type) -> Attrs {
        let shape = ty.root_shape();
        let fixed = shape.keys.len();
        let mut slots = Vec::with_capacity(ty.expected_slots().max(fixed));
        slots.resize(fixed, UNBOUND);
        Attrs { shape: Cell::new(shape), slots: UnsafeCell::new(slots) }
    }
    #[inline(always)]
    pub fn shape(&self) -> &'static Shape {
        self.shape.get()
    }
    fn slots(&self) -> &Vec<Value> {
        // SAFETY: shared borrows end before any slot changes: every method below takes, changes and
        // lets go without running Python code in between.
        unsafe { &*self.slots.get() }
    }
    /// A new reference to slot `i`'s value; UNBOUND when the slot was deleted.
    #[inline(always)]
    pub fn slot(&self, i: usize) -> Value {
        self.slots().get(i).cloned().unwrap_or(UNBOUND)
    }
    /// Replaces slot `i`; the old value is dropped after the store, as it may run code.
    #[inline(always)]
    pub fn set_slot(&self, i: usize, v: Value) {
        // SAFETY: the exclusive borrow ends with `replace`, before the old value is dropped.
        let old = unsafe { (&mut *self.slots.get()).get_mut(i).map(|s| std::mem::replace(s, v)) };
        drop(old);
    }
    /// In dictionary mode: where the value of a `__slots__` name stands.
    fn fixed(&self, name: Name) -> Option<usize> {
        self.shape.get().find(name).map(|i| i + 1)
    }
    fn dict(&self) -> Option<&Dict> {
        if !self.shape.get().dictionary {
            return None;
        }
        self.slots().first()?.downcast::<Dict>()
    }
    /// Nothing was ever set.
    pub fn is_empty(&self) -> bool {
        self.slots().is_empty()
    }
    pub fn get(&self, name: Name) -> Option<Value> {
        if let Some(d) = self.dict() {
            return match self.fixed(name) {
                Some(i) => self.slot(i).bound_or_none(),
                None => d.get_name(name),
            };
        }
        self.slot(self.shape.get().find(name)?).bound_or_none()
    }
    pub fn set(&self, name: Name, v: Value) {
        if let Some(d) = self.dict() {
            match self.fixed(name) {
                Some(i) => self.set_slot(i, v),
                None => d.set_name(name, v),
            }
            return;
        }
        let shape = self.shape.get();
        if let Some(i) = shape.find(name) {
            self.set_slot(i, v);
            return;
        }
        if self.slots().len() >= MAX_SLOTS {
            self.to_dict();
            self.set(name, v);
            return;
        }
        self.shape.set(shape.with(name));
        // SAFETY: a push runs no Python code.
        let n = unsafe {
            (*self.slots.get()).push(v);
            (*self.slots.get()).len()
        };
        shape.class.expect_slots(n);
    }
    /// Removes and returns the value.
    pub fn delete(&self, name: Name) -> Option<Value> {
        if self.dict().is_none() {
            let i = self.shape.get().find(name)?;
            if self.slot(i).is_unbound() {
                return None;
            }
            if i < self.shape.get().class.root_shape().keys.len() {
                // SAFETY: as in `set_slot`; the old value is handed out, not dropped here.
                return unsafe { (&mut *self.slots.get()).get_mut(i).map(Value::take) };
            }
            self.to_dict();
        }
        if let Some(i) = self.fixed(name) {
            // SAFETY: as in `set_slot`; the old value is handed out, not dropped here.
            return unsafe { (&mut *self.slots.get()).get_mut(i).map(Value::take).and_then(Value::bound_or_none) };
        }
        self.dict()?.delete_name(name)
    }
    /// Moves the attributes into a dictionary object, which from now on holds them, and returns it:
    /// the instance's `__dict__`. Values of `__slots__` stay out of it.
    pub fn to_dict(&self) -> Value {
        if self.shape.get().dictionary {
            return self.slot(0);
        }
        let class = self.shape.get().class;
        let dict = Dict::new_value();
        // SAFETY: nothing below runs Python code.
        let slots = std::mem::take(unsafe { &mut *self.slots.get() });
        let keys = self.shape.get().keys.clone();
        let fixed = class.root_shape().keys.len();
        let mut kept = Vec::with_capacity(fixed + 1);
        kept.push(dict.clone());
        if let Some(d) = dict.downcast::<Dict>() {
            for (i, (k, v)) in keys.into_iter().zip(slots).enumerate() {
                if i < fixed {
                    kept.push(v);
                } else if !v.is_unbound() {
                    d.set_name(k, v);
                }
            }
        }
        // SAFETY: as above.
        unsafe { *self.slots.get() = kept };
        self.shape.set(class.dict_shape());
        dict
    }
    /// Makes `dict` the instance's `__dict__`.
    pub fn set_dict(&self, dict: Value) {
        self.to_dict();
        self.set_slot(0, dict);
    }
    /// Moves the attributes to the shapes of another class (`__class__` assignment).
    pub fn rebase(&self, class: &'static Type) {
        if self.shape.get().dictionary {
            self.shape.set(class.dict_shape());
            return;
        }
        let keys = self.shape.get().keys.clone();
        let mut shape = class.root_shape();
        for k in keys {
            if shape.find(k).is_none() {
                shape = shape.with(k);
            }
        }
        self.shape.set(shape);
    }
    /// Names and values in the order they were set.
    pub fn items(&self) -> Vec<(Name, Value)> {
        if let Some(d) = self.dict() {
            let fixed = self.shape.get().keys.iter().copied().zip(self.slots().iter().skip(1).cloned());
            return fixed.filter(|(_, v)| !v.is_unbound()).chain(d.name_items()).collect();
        }
        self.shape.get().keys.iter().copied().zip(self.slots().iter().cloned()).filter(|(_, v)| !v.is_unbound()).collect()
    }
    pub fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for v in self.slots() {
            visit(v);
        }
    }
    /// Gives up all values (cycle collector, deallocation order is that of setting).
    pub fn clear(&self) {
        // SAFETY: the vector is moved out before any value is dropped.
        let old = std::mem::take(unsafe { &mut *self.slots.get() });
        let class = self.shape.get().class;
        self.shape.set(class.root_shape());
        let fixed = class.root_shape().keys.len();
        // SAFETY: resize runs no Python code.
        unsafe { (*self.slots.get()).resize(fixed, UNBOUND) };
        drop(old);
    }
}

/// The class of `T`, as a shorthand for tables.
pub fn class_of<T: Native>() -> &'static Type {
    T::class()
}
