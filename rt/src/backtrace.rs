//! Owns: what stands in for the printing of Rust backtraces.
//! Never: touches Python's tracebacks.
//!
//! Shipped programs have no symbols, so the standard library's printer of its own stack could only show addresses,
//! and it brings a DWARF reader of 200 KB. The linker binds the printer's symbol to this function instead
//! (`transpiler/src/project/toolchain.rs`); a panic still prints its message.

/// Has the shape of `<DisplayBacktrace as fmt::Display>::fmt`: two pointers in, `Ok(())` as a zero byte out.
// SAFETY: nothing else defines the name.
#[unsafe(no_mangle)]
pub extern "C" fn tauraro_no_backtrace(_printer: *const u8, _formatter: *const u8) -> bool {
    false
}
