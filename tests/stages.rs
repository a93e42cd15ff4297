//! Compares `tauraro dump --stage PASS` with tests/stages/PASS/NAME.md: the program stands in its ```python
//! block, the form in its ```text block.
//!
//!     TAURARO_BLESS=1 cargo test -p tauraro-tests --test stages

use harness::{bless, files, name_below, parallel, root, selected};
use std::fs;
use tauraro::{STAGES, driver};

const RUNNER: &str = "stages";

#[test]
fn stages() {
    let folder = root().join("stages");
    let cases: Vec<_> = files(&folder, "md").into_iter().filter(|path| selected(&name_below(&folder, path))).collect();
    let checked = parallel(&cases, |path| {
        let stage = path.parent().and_then(|dir| dir.file_name()).and_then(|name| name.to_str()).unwrap_or("");
        if !STAGES.contains(&stage) {
            return Err(format!("{}: the folder's name is no stage", path.display()));
        }
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        let Some((head, rest)) = text.split_once("```python\n") else { return Err(format!("{}: no ```python block", path.display())) };
        let Some((program, _)) = rest.split_once("```") else { return Err(format!("{}: the block has no end", path.display())) };
        let dumped = driver::dump_text("case.py", program, &harness::options(), stage);
        if let Some(item) = dumped.diagnostics.iter().next() {
            return Err(format!("{}: {}", path.display(), item.message));
        }
        let now = format!("{head}```python\n{program}```\n\n```text\n{}\n```\n", dumped.text.trim_end());
        bless::expect(path, &now, RUNNER)
    });
    let mistakes: Vec<String> = checked.into_iter().filter_map(|one| one.unwrap_or_else(|| Err("a pass panicked".to_owned())).err()).collect();
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}
