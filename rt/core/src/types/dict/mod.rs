//! Owns: `dict`. (placeholder until the containers land)
use crate::methods::*;
use crate::name::NameMap;
use std::cell::RefCell;
pub struct Dict(RefCell<NameMap>);
impl Payload for Dict {
    const GC: bool = true;
}
impl Native for Dict {
    fn class() -> &'static Type {
        &DICT
    }
}
static DEF: ClassDef = ClassDef::new::<Dict>("dict");
pub static DICT: Type = Type::builtin(&DEF);
impl Dict {
    pub fn new_value() -> Value {
        object::new(&DICT, Dict(RefCell::new(NameMap::new())))
    }
    pub fn from_names(items: Vec<(Name, Value)>) -> Value {
        let mut m = NameMap::new();
        for (n, v) in items {
            m.insert(n, v);
        }
        object::new(&DICT, Dict(RefCell::new(m)))
    }
    pub fn get_name(&self, n: Name) -> Option<Value> {
        self.0.borrow().get(n).cloned()
    }
    pub fn set_name(&self, n: Name, v: Value) {
        let old = self.0.borrow_mut().insert(n, v);
        drop(old);
    }
    pub fn delete_name(&self, n: Name) -> Option<Value> {
        self.0.borrow_mut().remove(n)
    }
    pub fn name_items(&self) -> Vec<(Name, Value)> {
        self.0.borrow().iter().map(|(n, v)| (n, v.clone())).collect()
    }
    pub fn get(&self, k: &Value) -> PyResult<Option<Value>> {
        Ok(Name::of(k).and_then(|n| self.get_name(n)))
    }
    pub fn set(&self, k: Value, v: Value) -> PyResult<()> {
        if let Some(n) = Name::of(&k) {
            self.set_name(n, v);
        }
        Ok(())
    }
}
pub fn items_of(m: &Value) -> PyResult<Vec<(Value, Value)>> {
    Ok(m.downcast::<Dict>().map_or_else(Vec::new, |d| d.name_items().into_iter().map(|(n, v)| (n.value(), v)).collect()))
}
