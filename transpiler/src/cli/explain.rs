//! Owns: `tauraro explain`.
//! Never: holds the explanations (`diagnostics/codes.rs` does).

use super::{Stop, print};
use crate::diagnostics::codes;
use crate::project::Failure;

pub fn explain(code: &str) -> Result<(), Stop> {
    if code.is_empty() {
        let list: String = codes::ALL.iter().map(|(code, title, _)| format!("{code}  {title}\n")).collect();
        return print(&list);
    }
    let number = code.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok();
    match number.and_then(|number| codes::explain(codes::Code(number)).map(|row| (codes::Code(number), row))) {
        Some((code, (title, text))) => print(&format!("{code}: {title}\n\n{text}\n")),
        None => Err(Failure::user(format!("no diagnostic has the code {code} (`tauraro explain` lists them)")).into()),
    }
}
