//! Owns: the programs' allocator: mimalloc.
//! Never: decides where objects go.
//!
//! `mi_malloc_aligned` looks for a free block of the very size first; where there is none it takes a block that is
//! larger by the alignment and moves the object inside it, which costs time and memory. Blocks of `mi_malloc` are
//! aligned as the C standard asks for, so everything of the runtime takes the plain way.

use libmimalloc_sys::{mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc, mi_zalloc_aligned};
use std::alloc::{GlobalAlloc, Layout};

pub struct Allocator;

// The crate declares it only with its feature for more.
unsafe extern "C" {
    fn mi_collect(force: bool);
}
/// What is free goes back to the system.
pub fn give_back() {
    // SAFETY: may be called at any time; it concerns free blocks only.
    unsafe { mi_collect(true) };
}

/// `mi_malloc` aligns to the word, and blocks of two words or more to two words.
#[inline(always)]
fn plain(size: usize, align: usize) -> bool {
    align <= 8 || align == 16 && size >= 16
}

// SAFETY: mimalloc's functions fulfil the contract of `GlobalAlloc` for every layout; the plain ones only for layouts
// that `plain` accepts. A block may be freed and resized by either kind.
unsafe impl GlobalAlloc for Allocator {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as above.
        unsafe { if plain(size, align) { mi_malloc(size) } else { mi_malloc_aligned(size, align) }.cast() }
    }
    #[inline(always)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as above.
        unsafe { if plain(size, align) { mi_zalloc(size) } else { mi_zalloc_aligned(size, align) }.cast() }
    }
    #[inline(always)]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the block is one of ours.
        unsafe { mi_free(block.cast()) }
    }
    #[inline(always)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        // SAFETY: as above.
        unsafe { if plain(size, align) { mi_realloc(block.cast(), size) } else { mi_realloc_aligned(block.cast(), size, align) }.cast() }
    }
}
