//! Owns: the `class` statement and `type(name, bases, namespace)`: metaclass choice, namespace,
//! resolution order (C3), `__slots__`, `__set_name__`, `__init_subclass__`.
//! Never: looks attributes up on instances.
//! Source: CPython 3.13, Python/bltinmodule.c (`builtin___build_class__`), Objects/typeobject.c (`type_new`).

use crate::error::{PyResult, type_error};
use crate::name::{Name, names};
use crate::protocol::call::{call_kw, call_special};
use crate::protocol::{attr, sequence};
use crate::types::cell;
use crate::types::class::methods::TYPE;
use crate::types::class::special::Special;
use crate::types::class::{Type, TypeFlags};
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::object_::OBJECT;
use crate::types::{descriptors, tuple};
use crate::value::{NONE, Value};

/// A `class` statement between its header and its end: the body sets names in the namespace.
pub struct ClassBuild {
    name: Value,
    meta: Value,
    bases: Value,
    orig_bases: Option<Value>,
    namespace: Value,
    kw: Vec<(Name, Value)>,
}

/// Begins a `class` statement: resolves `__mro_entries__`, picks the metaclass, makes the namespace.
pub fn begin(name: &str, bases: &[Value], mut kw: Vec<(Name, Value)>) -> PyResult<ClassBuild> {
    let (resolved, changed) = resolve_bases(bases)?;
    let bases_tuple = tuple::new(resolved.clone());
    let explicit = kw.iter().position(|(n, _)| n.as_str() == "metaclass").map(|i| kw.remove(i).1);
    let meta = match (explicit, resolved.first()) {
        (Some(m), _) => m,
        (None, Some(b)) => Value::of_type(b.ty()),
        (None, None) => Value::of_type(&TYPE),
    };
    let meta = match meta.as_type() {
        Some(m) => Value::of_type(winner(m, &resolved)?),
        None => meta,
    };
    let name = Name::new(name).value();
    let namespace = match attr::lookup_optional(&meta, names::__prepare__.get())? {
        None => Dict::new_value(),
        Some(prepare) => {
            let keys: Vec<Name> = kw.iter().map(|(n, _)| *n).collect();
            let mut values = vec![name.clone(), bases_tuple.clone()];
            values.extend(kw.iter().map(|(_, v)| v.clone()));
            call_kw(&prepare, &values, &keys)?
        }
    };
    let orig_bases = changed.then(|| tuple::new(bases.to_vec()));
    Ok(ClassBuild { name, meta, bases: bases_tuple, orig_bases, namespace, kw })
}

fn resolve_bases(bases: &[Value]) -> PyResult<(Vec<Value>, bool)> {
    let mut out = vec![];
    let mut changed = false;
    let all = tuple::new(bases.to_vec());
    for b in bases {
        if b.as_type().is_some() {
            out.push(b.clone());
            continue;
        }
        match attr::lookup_optional(b, names::__mro_entries__.get())? {
            None => out.push(b.clone()),
            Some(f) => {
                changed = true;
                let entries = crate::protocol::call::call(&f, std::slice::from_ref(&all))?;
                if !tuple::is_tuple(&entries) {
                    return Err(type_error("__mro_entries__ must return a tuple"));
                }
                out.extend_from_slice(tuple::items(&entries));
            }
        }
    }
    Ok((out, changed))
}

/// The most derived metaclass.
pub fn winner(meta: &'static Type, bases: &[Value]) -> PyResult<&'static Type> {
    let mut best = meta;
    for b in bases {
        let t = b.ty();
        if best.is_subtype(t) {
            continue;
        }
        if t.is_subtype(best) {
            best = t;
            continue;
        }
        if b.as_type().is_none() {
            continue;
        }
        return Err(type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(best)
}

impl ClassBuild {
    /// A name of the class body; `None` when the body has not set it.
    pub fn get(&self, name: Name) -> PyResult<Option<Value>> {
        match self.namespace.downcast_exact::<Dict>() {
            Some(d) => Ok(d.get_name(name)),
            None => match sequence::getitem(&self.namespace, &name.value()) {
                Ok(v) => Ok(Some(v)),
                Err(r) if crate::error::matches(&r, &crate::error::hierarchy::KEY_ERROR) => {
                    drop(crate::error::take(r));
                    Ok(None)
                }
                Err(r) => Err(r),
            },
        }
    }
    pub fn set(&self, name: Name, v: Value) -> PyResult<()> {
        match self.namespace.downcast_exact::<Dict>() {
            Some(d) => {
                d.set_name(name, v);
                Ok(())
            }
            None => sequence::setitem(&self.namespace, &name.value(), v),
        }
    }
    pub fn delete(&self, name: Name) -> PyResult<()> {
        let gone = match self.namespace.downcast_exact::<Dict>() {
            Some(d) => d.delete_name(name).is_some(),
            None => sequence::delitem(&self.namespace, &name.value()).is_ok(),
        };
        if gone { Ok(()) } else { Err(crate::error::name_error(format!("name '{name}' is not defined"))) }
    }
    /// The namespace itself, for `locals()` in a class body.
    pub fn namespace(&self) -> &Value {
        &self.namespace
    }
    /// Ends the statement: calls the metaclass.
    pub fn finish(self) -> PyResult {
        if let Some(orig) = &self.orig_bases {
            self.set(names::__orig_bases__.get(), orig.clone())?;
        }
        let keys: Vec<Name> = self.kw.iter().map(|(n, _)| *n).collect();
        let mut values = vec![self.name.clone(), self.bases.clone(), self.namespace.clone()];
        values.extend(self.kw.iter().map(|(_, v)| v.clone()));
        call_kw(&self.meta, &values, &keys)
    }
}

/// The most derived builtin layout among the bases.
fn best_base(bases: &[&'static Type]) -> PyResult<&'static Type> {
    let Some((first, rest)) = bases.split_first() else { return Ok(&OBJECT) };
    let mut best: &'static Type = first;
    let mut slotted: Option<&'static Type> = None;
    for b in bases {
        let Some(t) = slots_layout(b) else { continue };
        slotted = match slotted {
            Some(s) if s.is_subtype(t) => Some(s),
            Some(s) if !t.is_subtype(s) => return Err(type_error("multiple bases have instance lay-out conflict")),
            Some(_) | None => Some(t),
        };
    }
    for b in rest {
        let (s, t) = (best.solid(), b.solid());
        if std::ptr::eq(s, t) || extends(s, t) {
            continue;
        }
        if extends(t, s) {
            best = b;
        } else {
            return Err(type_error("multiple bases have instance lay-out conflict"));
        }
    }
    Ok(best)
}
/// The nearest class that adds `__slots__` to the layout.
fn slots_layout(t: &'static Type) -> Option<&'static Type> {
    let mut t = Some(t);
    while let Some(x) = t {
        let inherited = x.base().map_or(0, |b| b.slots.borrow().len());
        if x.slots.borrow().len() > inherited {
            return Some(x);
        }
        t = x.base();
    }
    None
}
/// True when layout `a` is `b`'s or builds on it.
fn extends(a: &Type, b: &Type) -> bool {
    if std::ptr::eq(b, &raw const OBJECT) {
        return true;
    }
    let mut t = a.base();
    while let Some(x) = t {
        if std::ptr::eq(x.solid(), b) {
            return true;
        }
        t = x.base();
    }
    false
}

/// C3 linearisation.
pub fn compute_mro(this: &'static Type, bases: &[&'static Type]) -> PyResult<Vec<&'static Type>> {
    let mut lists: Vec<Vec<&'static Type>> = bases.iter().map(|b| b.mro().to_vec()).collect();
    lists.push(bases.to_vec());
    let mut out = vec![this];
    loop {
        lists.retain(|l| !l.is_empty());
        if lists.is_empty() {
            return Ok(out);
        }
        let in_tail = |t: &'static Type| lists.iter().any(|l| l[1..].iter().any(|x| std::ptr::eq(*x, t)));
        let Some(next) = lists.iter().map(|l| l[0]).find(|t| !in_tail(t)) else {
            let mut names: Vec<&str> = vec![];
            for l in &lists {
                if !names.contains(&l[0].name()) {
                    names.push(l[0].name());
                }
            }
            return Err(type_error(format!("Cannot create a consistent method resolution order (MRO) for bases {}", names.join(", "))));
        };
        out.push(next);
        for l in &mut lists {
            if std::ptr::eq(l[0], next) {
                l.remove(0);
            }
        }
    }
}

/// `type.__new__(meta, name, bases, namespace, **kw)`.
pub fn type_new(meta: &'static Type, name: &Value, bases: &Value, namespace: &Value, kw: &[(Name, Value)]) -> PyResult {
    let Some(text) = name.as_str() else {
        return Err(type_error(format!("type.__new__() argument 1 must be str, not {}", name.ty().name())));
    };
    if !tuple::is_tuple(bases) {
        return Err(type_error(format!("type.__new__() argument 2 must be tuple, not {}", bases.ty().name())));
    }
    let mut base_types: Vec<&'static Type> = vec![];
    for b in tuple::items(bases) {
        match b.as_type() {
            Some(t) => base_types.push(t),
            None => {
                if attr::lookup_optional(b, names::__mro_entries__.get())?.is_some() {
                    return Err(type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
                }
                return Err(type_error("bases must be types"));
            }
        }
    }
    let meta = winner(meta, tuple::items(bases))?;
    if base_types.is_empty() {
        base_types.push(&OBJECT);
    }
    for (i, t) in base_types.iter().enumerate() {
        if t.has_flag(TypeFlags::FINAL) && !t.is_heap() {
            return Err(type_error(format!("type '{}' is not an acceptable base type", t.name())));
        }
        if base_types[..i].iter().any(|u| std::ptr::eq(*u, *t)) {
            return Err(type_error(format!("duplicate base class {}", t.name())));
        }
    }
    let best = best_base(&base_types)?;
    let metatype = best.is_metatype();
    let mut flags = 0;
    for t in &base_types {
        t.mro();
        for f in [TypeFlags::EXCEPTION, TypeFlags::SEQUENCE, TypeFlags::MAPPING, TypeFlags::METATYPE] {
            if t.has_flag(f) {
                flags |= f;
            }
        }
    }
    let items = dict::items_of(namespace)?;
    let find = |n: Name| items.iter().find(|(k, _)| k.as_str() == Some(n.as_str())).map(|(_, v)| v.clone());
    let slots = match find(names::__slots__.get()) {
        None => None,
        Some(s) if s.as_str_obj().is_some() => Some(vec![s]),
        Some(s) => Some(crate::protocol::iter::collect(&s)?),
    };
    let base_no_dict = base_types.iter().all(|t| t.has_flag(TypeFlags::NO_DICT) || (t.attrs_offset() == 0 && t.is_static()));
    let mut own_slots: Vec<Name> = vec![];
    let mut has_dict = slots.is_none();
    let mut has_weakref = false;
    for s in slots.iter().flatten() {
        let Some(n) = Name::of(s) else {
            return Err(type_error(format!("__slots__ items must be strings, not '{}'", s.ty().name())));
        };
        match n.as_str() {
            "__dict__" => has_dict = true,
            "__weakref__" => has_weakref = true,
            t if !t.starts_with(|c: char| c == '_' || c.is_alphabetic()) || t.contains([' ', '-', '.']) => {
                return Err(type_error("__slots__ must be identifiers"));
            }
            _ => {
                let mangled = mangle(text, n);
                if find(mangled).is_some() {
                    return Err(crate::error::value_error(format!("'{n}' in __slots__ conflicts with class variable")));
                }
                own_slots.push(mangled);
            }
        }
    }
    if !(has_dict || !base_no_dict) {
        flags |= TypeFlags::NO_DICT;
    }
    let leaked: &'static str = Box::leak(text.to_string().into_boxed_str());
    let ty = Type::heap(meta, best, leaked, flags, !metatype);
    *ty.bases.borrow_mut() = base_types.clone();
    let mut all_slots: Vec<Name> = vec![];
    for t in &base_types {
        for n in t.slots.borrow().iter() {
            if !all_slots.contains(n) {
                all_slots.push(*n);
            }
        }
    }
    for n in &own_slots {
        if !all_slots.contains(n) {
            all_slots.push(*n);
        }
    }
    *ty.slots.borrow_mut() = all_slots;
    let mro = compute_mro(ty, &base_types)?;
    ty.set_mro(mro);
    ty.set_flag(TypeFlags::READY);
    for b in &base_types {
        b.subclasses.borrow_mut().push(ty);
    }
    let mut class_cell = None;
    {
        let mut d = ty.dict.borrow_mut();
        for (k, v) in &items {
            let Some(n) = Name::of(k) else { continue };
            if n == names::__classcell__.get() {
                class_cell = Some(v.clone());
                continue;
            }
            d.insert(n, v.clone());
        }
        for n in &own_slots {
            d.insert(*n, descriptors::member(ty, *n));
        }
        let wrap = [
            (names::__new__.get(), descriptors::staticmethod as fn(Value) -> Value),
            (names::__init_subclass__.get(), descriptors::classmethod),
            (names::__class_getitem__.get(), descriptors::classmethod),
        ];
        for (n, f) in wrap {
            if let Some(v) = d.get(n).cloned()
                && v.downcast::<Function>().is_some()
            {
                d.insert(n, f(v));
            }
        }
        if d.get(Special::Eq.name()).is_some() && d.get(Special::Hash.name()).is_none() {
            d.insert(Special::Hash.name(), NONE);
        }
        if d.get(names::__module__.get()).is_none() {
            d.insert(names::__module__.get(), crate::types::module::current_name());
        }
        if d.get(names::__qualname__.get()).is_none() {
            d.insert(names::__qualname__.get(), name.clone());
        }
        if d.get(names::__doc__.get()).is_none() {
            d.insert(names::__doc__.get(), NONE);
        }
        if flags & TypeFlags::NO_DICT == 0 && !metatype && base_no_dict {
            d.insert(names::__dict__.get(), descriptors::dict_descriptor(ty));
            d.insert(names::__weakref__.get(), descriptors::weakref_descriptor(ty));
        } else if has_weakref {
            d.insert(names::__weakref__.get(), descriptors::weakref_descriptor(ty));
        }
    }
    ty.recompute_flags();
    let class = Value::of_type(ty);
    if let Some(c) = class_cell {
        cell::set(&c, class.clone());
    }
    for (k, v) in &items {
        set_name(&class, k, v)?;
    }
    init_subclass(ty, kw)?;
    Ok(class)
}

/// `_Class__name` for private names.
pub fn mangle(class: &str, name: Name) -> Name {
    let n = name.as_str();
    let c = class.trim_start_matches('_');
    if !n.starts_with("__") || n.ends_with("__") || n.contains('.') || c.is_empty() {
        return name;
    }
    Name::new(&format!("_{c}{n}"))
}

fn set_name(class: &Value, key: &Value, v: &Value) -> PyResult<()> {
    let Some(f) = v.ty().lookup(names::__set_name__.get()) else { return Ok(()) };
    match call_special(&f, v, &[class.clone(), key.clone()]) {
        Ok(_) => Ok(()),
        Err(r) => {
            let exc = crate::error::take(r);
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                v.ty().name(),
                crate::protocol::repr::repr_string(key).unwrap_or_default(),
                class.as_type().map_or("", Type::name)
            );
            let _ = crate::protocol::call::call_method_name(&exc, Name::new("add_note"), &[Value::string(note)])?;
            Err(crate::error::set_pending(exc))
        }
    }
}

fn init_subclass(ty: &'static Type, kw: &[(Name, Value)]) -> PyResult<()> {
    let name = names::__init_subclass__.get();
    for t in &ty.mro()[1..] {
        if let Some(f) = t.own(name) {
            let bound = attr::bind(&f, &crate::value::UNBOUND, ty)?;
            let keys: Vec<Name> = kw.iter().map(|(n, _)| *n).collect();
            let values: Vec<Value> = kw.iter().map(|(_, v)| v.clone()).collect();
            call_kw(&bound, &values, &keys)?;
            return Ok(());
        }
    }
    Ok(())
}

/// The attribute names of a class and its bases, each once, for `dir`.
pub fn collect_names(ty: &'static Type, out: &mut Vec<Name>) {
    for t in ty.mro() {
        t.mro();
        for (n, _) in t.dict.borrow().iter() {
            if !out.contains(&n) {
                out.push(n);
            }
        }
    }
}

/// The names in the class's own table, in their order.
pub fn collect_own(ty: &'static Type, out: &mut Vec<Name>) {
    ty.mro();
    out.extend(ty.dict.borrow().iter().map(|(n, _)| n));
}
