//! Owns: `list`. (placeholder until the containers land)
use crate::methods::*;
use std::cell::RefCell;
pub struct List(RefCell<Vec<Value>>);
impl Payload for List {
    const GC: bool = true;
}
impl Native for List {
    fn class() -> &'static Type {
        &LIST
    }
}
static DEF: ClassDef = ClassDef::new::<List>("list");
pub static LIST: Type = Type::builtin(&DEF);
impl List {
    pub fn value(v: Vec<Value>) -> Value {
        object::new(&LIST, List(RefCell::new(v)))
    }
    pub fn push(&self, v: Value) {
        self.0.borrow_mut().push(v);
    }
}
