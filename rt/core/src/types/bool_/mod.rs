//! Owns: `bool`. (placeholder until the numbers land)
use crate::methods::*;
pub struct Body;
impl Payload for Body {}
static DEF: ClassDef = ClassDef::new::<Body>("bool");
pub static BOOL: Type = Type::builtin(&DEF);
