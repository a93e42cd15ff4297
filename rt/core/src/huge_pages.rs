//! Owns: asking the system for huge pages once a program holds many objects.
//! Never: does so for small programs, where a page of 2 MB would be most of what they use.
//!
//! A program with 100,000 tasks spends a third of its time in the kernel clearing pages of 4 KB one fault at a time;
//! with huge pages a tenth.

use std::fs;

/// Fewer containers than this stay on small pages: 10,000 take 2 to 8 MB.
pub const MANY: usize = 10_000;

/// Marks the mapping that holds `object`, which is a region of the allocator, for huge pages. Pages that exist stay
/// as they are; a system without huge pages ignores it.
pub fn advise(object: *const u8) {
    #[cfg(target_os = "linux")]
    {
        let Ok(maps) = fs::read_to_string("/proc/self/maps") else { return };
        let address = object as usize;
        let holds = |line: &str| {
            let (start, end) = line.split(' ').next()?.split_once('-')?;
            let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
            (start..end).contains(&address).then_some((start, end))
        };
        if let Some((start, end)) = maps.lines().find_map(holds) {
            // SAFETY: the range is a mapping of this process, and the advice changes no content.
            unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = object;
}
