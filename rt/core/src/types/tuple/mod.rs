//! Owns: `tuple`.
//! Never: changes one after it is made.

use crate::methods::*;
pub struct Tuple(pub Box<[Value]>);
impl Payload for Tuple {
    const GC: bool = true;
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.iter().for_each(visit);
    }
}
impl Native for Tuple {
    fn class() -> &'static Type {
        &TUPLE
    }
}
static DEF: ClassDef = ClassDef::new::<Tuple>("tuple");
pub static TUPLE: Type = Type::builtin(&DEF);
pub fn new(v: Vec<Value>) -> Value {
    object::new(&TUPLE, Tuple(v.into()))
}
pub fn empty() -> Value {
    new(vec![])
}
pub fn items(v: &Value) -> &[Value] {
    v.downcast::<Tuple>().map_or(&[], |t| &t.0)
}
pub fn is_tuple(v: &Value) -> bool {
    v.downcast::<Tuple>().is_some()
}
