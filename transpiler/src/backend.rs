//! Owns: the order of the back end's passes for one module: lower → emit → format.
//! Never: decides anything, reads files.

use crate::color::Colors;
use crate::hir::Module;
use crate::infer::Types;
use crate::lower::{self, ModuleRef};
use crate::source::SourceFile;
use crate::{emit, format, rir};

/// One module as Rust; `Err` says where a pass produced something that is not Rust.
pub fn generate(
    module: &Module,
    types: &Types,
    colors: &Colors,
    source: &SourceFile,
    is_main: bool,
    modules: &[ModuleRef],
    natives: &[String],
) -> Result<format::Generated, String> {
    let file = lowered(module, types, colors, source, is_main, modules, natives);
    format::format(&file, emit::emit(&file), source)
}

/// The same up to RIR.
pub fn lowered(
    module: &Module,
    types: &Types,
    colors: &Colors,
    source: &SourceFile,
    is_main: bool,
    modules: &[ModuleRef],
    natives: &[String],
) -> rir::File {
    lower::lower(lower::Input { module, types, colors, source, is_main, modules, natives })
}
