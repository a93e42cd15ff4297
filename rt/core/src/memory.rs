//! Owns: giving memory that is free back to the system. mimalloc does it a second after the last block of a page was
//! freed, and only while the program goes on allocating.
//! Never: frees objects.

// Links it; the crate declares no more than allocating without its feature for more.
extern crate libmimalloc_sys as _;

unsafe extern "C" {
    fn mi_collect(force: bool);
}
/// What is free goes back now.
pub fn give_back() {
    // SAFETY: may be called at any time; it concerns free blocks only.
    unsafe { mi_collect(true) };
}
