//! Owns: `float`. (placeholder until the numbers land)
use crate::methods::*;
pub struct Body;
impl Payload for Body {}
static DEF: ClassDef = ClassDef::new::<Body>("float");
pub static FLOAT: Type = Type::builtin(&DEF);
