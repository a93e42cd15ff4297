//! Owns: the text of files with several programs in them, which share what `prelude.py` defines.
//! Never: makes programs.

use super::make::Program;
use super::{fnv, tree};

const PRELUDE: &str = include_str!("prelude.py");

/// Programs per file: enough that the prelude is compiled seldom, few enough that a crate holds several files.
pub const PER_FILE: usize = 20;

/// One file: started with a program's number as its argument, it runs that program.
#[must_use]
pub fn file(programs: &[Program]) -> String {
    let mut out = String::from(PRELUDE);
    for program in programs {
        out.push_str("\n\n");
        out.push_str(&tree::text(&program.nodes));
    }
    out.push_str("\n\nPROGRAMS = {\n");
    for Program { index, start, .. } in programs {
        out.push_str(&format!("    \"{index}\": {start},\n"));
    }
    out.push_str("}\n\nif __name__ == \"__main__\":\n    start(PROGRAMS[sys.argv[1]])\n");
    out
}

/// Changes whenever the program or what it is run with does.
#[must_use]
pub fn hash(program: &Program) -> u64 {
    fnv(file(std::slice::from_ref(program)).as_bytes())
}
