//! Owns: `tauraro emit`.
//! Never: writes files (`build --keep` does).

use super::{Session, Stop, print};
use std::path::Path;

pub fn emit(session: &Session<'_>, file: &Path) -> Result<(), Stop> {
    let (unit, _) = session.generate(file)?;
    let mut text = String::new();
    for (index, file) in unit.files.iter().enumerate() {
        if unit.files.len() > 1 {
            text.push_str(&format!("{}// src/{}\n", if index > 0 { "\n" } else { "" }, file.name));
        }
        text.push_str(&file.text);
    }
    print(&text)
}
