//! Owns: `int`. (placeholder until the numbers land)
use crate::methods::*;
pub struct Body;
impl Payload for Body {}
static DEF: ClassDef = ClassDef::new::<Body>("int");
pub static INT: Type = Type::builtin(&DEF);
/// The int value itself, of an instance of a subclass.
pub fn plain(v: &Value) -> Value {
    v.clone()
}
