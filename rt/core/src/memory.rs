//! Owns: giving memory that is free back to the system. mimalloc does it a second after the last block of a page was
//! freed, and only while the program goes on allocating.
//! Never: knows the allocator: the facade does, and says how. (Its crate is built with other features where other crates
//! of C code are built, so that whatever depends on it would be built twice.)

use std::sync::OnceLock;

static HOW: OnceLock<fn()> = OnceLock::new();

pub fn set_give_back(how: fn()) {
    // Set once; a second program in the process does not exist.
    let _ = HOW.set(how);
}
/// What is free goes back now.
pub fn give_back() {
    if let Some(how) = HOW.get() {
        how();
    }
}
