//! Owns: `slice`. (placeholder until the numbers land)
use crate::methods::*;
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}
impl Payload for Slice {
    const GC: bool = true;
}
impl Native for Slice {
    fn class() -> &'static Type {
        &SLICE
    }
}
static DEF: ClassDef = ClassDef::new::<Slice>("slice");
pub static SLICE: Type = Type::builtin(&DEF);
