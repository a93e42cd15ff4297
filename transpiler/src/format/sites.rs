//! Owns: the text of the `sites!` table. Never: chooses sites.

use crate::rir::{Site, SiteGroup};
use std::fmt::Write;

/// `IN_F "f" { L4 = 4:5..31, L5 = 5:1..2 ^ 5..6 }`: 1-based columns, `^` marks the part that carries carets.
pub(super) fn write(groups: &[SiteGroup], file: &str, out: &mut String) {
    if groups.iter().all(|g| g.sites.is_empty()) {
        return;
    }
    let _ = writeln!(out, "sites! {{ {file:?}:");
    for SiteGroup { konst, qualname, sites } in groups.iter().filter(|g| !g.sites.is_empty()) {
        let shown: Vec<String> = sites.iter().map(site).collect();
        let _ = writeln!(out, "    {} {qualname:?} {{ {} }}", konst.as_str(), shown.join(", "));
    }
    out.push_str("}\n\n");
}

fn site(site: &Site) -> String {
    let Site { name, line, end_line, col, end_col, anchor } = site;
    let mut text = format!("{} = {line}:{col}..", name.0);
    if end_line != line {
        let _ = write!(text, "{end_line}:");
    }
    let _ = write!(text, "{end_col}");
    if let Some((from, to)) = anchor {
        let _ = write!(text, " ^ {from}..{to}");
    }
    text
}
