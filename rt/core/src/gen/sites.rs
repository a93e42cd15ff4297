//! Owns: the `sites!` table of generated files. Never: runs.

use crate::error::traceback::{Scope, Site};

/// `sites! { "file.py", SOURCE: IN_F "f" 3 { L4 = 4:5..31, L5 = 5:1..7:3 } }`: byte columns from 1, the end exclusive.
#[macro_export]
macro_rules! sites {
    ($file:literal, $source:expr; $($scope:ident $name:literal $first:literal { $($site:ident = $line:literal : $col:literal .. $end:literal $(: $end_col:literal)?),* })*) => {
        $(
            static $scope: $crate::error::traceback::Scope = $crate::error::traceback::Scope {
                file: $file,
                qualname: $name,
                name: $crate::gen_::sites::last_part($name),
                first_line: $first,
                source: $source,
            };
            $(const $site: &$crate::error::traceback::Site = &$crate::gen_::sites::site(&$scope, $line, $col, $end, &[$($end_col)?]);)*
        )*
    };
}

/// One row: `line:col..end`, or `line:col..end_line:end` when it spans lines.
pub const fn site(scope: &'static Scope, line: u32, col: u32, end: u32, more: &[u32]) -> Site {
    match more {
        [end_col] => Site { scope, line, end_line: end, col: col - 1, end_col: *end_col - 1 },
        _ => Site { scope, line, end_line: line, col: col - 1, end_col: end - 1 },
    }
}

/// What follows the last dot.
pub const fn last_part(qualname: &'static str) -> &'static str {
    let bytes = qualname.as_bytes();
    let mut i = bytes.len();
    while i > 0 {
        if bytes[i - 1] == b'.' {
            return qualname.split_at(i).1;
        }
        i -= 1;
    }
    qualname
}
