//! Owns: asking the processor for memory that is going to be read soon.
//! Never: reads it: a hint changes what a program costs, never what it does.

use crate::object::Header;

/// Asks for the first `LINES` cache lines of an object.
#[inline(always)]
pub fn object<const LINES: usize>(header: Option<&Header>) {
    let Some(header) = header else { return };
    let at = std::ptr::from_ref(header).cast::<i8>();
    for line in 0..LINES {
        hint(at.wrapping_add(line * 64));
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn hint(at: *const i8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a prefetch of any address is allowed: it never faults and reads nothing that the program sees.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at) }
}
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn hint(_: *const i8) {}
