//! Owns: the list of names that the runtime's modules lack, `transpiler/src/lint/names/lacking.txt`: a compiled program
//! asks each module for every name that CPython's has.
//! Never: says that a name should be there.

use super::bed::Bed;
use harness::{bless, first_difference, repository};
use tauraro::lint::names::{CPYTHON, LACKING};
use tauraro::project::native;

/// Modules in crates of their own are whole as far as their users know; compiling them here would take minutes.
fn is_asked(module: &str) -> bool {
    native::exists(module) && native::extension(module).is_none()
}

#[test]
fn names_that_modules_lack_are_listed() {
    let rows: Vec<(&str, &str)> = CPYTHON.lines().filter_map(|line| line.split_once(": ")).filter(|row| is_asked(row.0)).collect();
    let imports: String = rows.iter().map(|row| format!("import {}\n", row.0)).collect();
    let table: String = rows.iter().map(|row| format!("    {:?}: {:?},\n", row.0, row.1)).collect();
    let script = format!(
        "import sys\n{imports}NAMES = {{\n{table}}}\nfor module, names in NAMES.items():\n    lacks = [name for name in names.split() if not hasattr(sys.modules[module], name)]\n    if lacks:\n        print(f'{{module}}:', *lacks)\n"
    );
    let bed = Bed::with(&[("ask.py", &script)]);
    let said = bed.tauraro("run ask.py");
    said.succeeds();
    let list = repository().join("transpiler/src/lint/names/lacking.txt");
    if bless::blessing() {
        return bless::write(&list, &said.stdout).expect("the list can be written");
    }
    if let Some(difference) = first_difference(&said.stdout, LACKING) {
        panic!("{}: {difference} ({})", list.display(), bless::how("cli"));
    }
}
