//! Owns: the module `posix`: its list of functions. `os` stands on it.
//! Never: does anything itself; see the files below it.
//! Source: CPython 3.13, Modules/posixmodule.c.

mod constants;
mod descriptors;
mod directory;
mod files;
pub mod path;
pub mod process;
pub mod stat;

use rtcore::methods::*;
use rtcore::types::dict::Dict;
use rtcore::types::function::native;
use rtcore::types::list::List;
use rtcore::types::module::{NativeModule, set_str};

fn names(pairs: &[(&str, i32)]) -> Value {
    Dict::from_names(pairs.iter().map(|(name, n)| (Name::new(name), Value::int((*n).into()))).collect())
}
fn setup(m: &Value) -> PyResult<()> {
    for table in [stat::FUNCTIONS, directory::FUNCTIONS, files::FUNCTIONS, descriptors::FUNCTIONS, process::FUNCTIONS] {
        for f in table {
            set_str(m, f.name(), native::function(f, "posix"));
        }
    }
    for (name, n) in constants::NUMBERS {
        set_str(m, name, Value::int(*n));
    }
    set_str(m, "_have_functions", List::value(constants::HAVE.iter().map(|name| Value::str(name)).collect()));
    set_str(m, "sysconf_names", names(constants::SYSCONF));
    set_str(m, "confstr_names", names(constants::CONFSTR));
    set_str(m, "environ", process::environ()?);
    set_str(m, "error", Value::of_type(&rtcore::error::hierarchy::OS_ERROR));
    set_str(m, "DirEntry", Value::of_type(&directory::DIR_ENTRY));
    let made = [
        &stat::STAT_RESULT,
        &stat::STATVFS_RESULT,
        &descriptors::TERMINAL_SIZE,
        &process::UNAME_RESULT,
        &process::TIMES_RESULT,
    ];
    for lazy in made {
        let t = lazy.get()?;
        set_str(m, t.name(), Value::of_type(t));
    }
    Ok(())
}
pub static MODULE: NativeModule = NativeModule::new("posix", &[], setup);
