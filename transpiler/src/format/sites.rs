//! Owns: the text of the `sites!` table. Never: chooses sites.

use crate::rir::{Site, SiteGroup};
use std::fmt::Write;

/// `IN_F "f" 3 { L4 = 4:5..31, L5 = 5:1..7:3 }`: byte columns from 1, the end exclusive.
pub(super) fn write(groups: &[SiteGroup], file: &str, out: &mut String) {
    if groups.iter().all(|g| g.sites.is_empty()) {
        return;
    }
    let _ = writeln!(out, "sites! {{ {file:?}, SOURCE;");
    for SiteGroup { konst, qualname, line, sites } in groups.iter().filter(|g| !g.sites.is_empty()) {
        let shown: Vec<String> = sites.iter().map(site).collect();
        let _ = writeln!(out, "    {} {qualname:?} {line} {{ {} }}", konst.as_str(), shown.join(", "));
    }
    out.push_str("}\n\n");
}

fn site(site: &Site) -> String {
    let Site { name, line, end_line, col, end_col } = site;
    let mut text = format!("{} = {line}:{col}..", name.0);
    if end_line != line {
        let _ = write!(text, "{end_line}:");
    }
    let _ = write!(text, "{end_col}");
    text
}

/// The Python text, which tracebacks quote, on one line.
pub(super) fn source(groups: &[SiteGroup], python: &str, out: &mut String) {
    if groups.iter().any(|g| !g.sites.is_empty()) {
        let _ = writeln!(out, "const SOURCE: &str = {python:?};");
    }
}
