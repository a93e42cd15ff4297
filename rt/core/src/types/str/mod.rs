//! Owns: the `str` type. Never: encodings and pure text algorithms (`text`).

pub mod value;

pub use value::{Str, StrBuilder};

use crate::methods::*;

impl Payload for Str {}
impl Native for Str {
    fn class() -> &'static Type {
        &STR
    }
}
static DEF: ClassDef = ClassDef::new::<Str>("str");
pub static STR: Type = Type::builtin(&DEF);
