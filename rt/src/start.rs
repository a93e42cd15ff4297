//! Owns: `fn main` of a generated program.
//! Never: does more than tell the core what it cannot know.

use rtcore::types::module::{ModuleDef, NativeModule};

pub fn run_main(main: &'static ModuleDef, others: &[&'static ModuleDef], natives: &[&'static NativeModule]) {
    rtcore::memory::set_give_back(crate::allocator::give_back);
    rtcore::gen_::run::run_main(main, others, natives);
}
