//! Compares what `tauraro check` says about tests/ui/CODE/NAME.py with NAME.stderr. What CPython rejects too
//! (TAU0101), or warns of (TAU0105), is blessed from CPython, never from tauraro. About the programs of tests/ui/quiet
//! nothing may be said: they are what warnings could mistake for a mistake.
//!
//!     TAURARO_BLESS=1 cargo test -p tauraro-tests --test ui

use harness::directive::Xfail;
use harness::{bless, cpython, files, name_below, parallel, root, selected};
use std::path::Path;
use tauraro::diagnostics::render::{Style, render_all};
use tauraro::driver;

const RUNNER: &str = "ui";

fn message(path: &Path) -> Result<String, String> {
    let compiled = driver::compile_file(path, &harness::options()).map_err(|error| error.to_string())?;
    let folder = path.parent().map(|dir| format!("{}/", dir.display())).unwrap_or_default();
    Ok(render_all(&compiled.diagnostics, &compiled.sources, Style::Plain).replace(&folder, ""))
}

fn from_cpython(path: &Path) -> Result<String, String> {
    let python = cpython::find().ok_or("blessing TAU0101 and TAU0105 needs CPython 3.13")?;
    let ended = cpython::run(&python, path, &[], "").map_err(|error| error.to_string())?;
    let folder = path.parent().map(|dir| format!("{}/", dir.display())).unwrap_or_default();
    Ok(ended.stderr.replace(&folder, ""))
}

#[test]
fn ui() {
    let folder = root().join("ui");
    let cases: Vec<_> = files(&folder, "py").into_iter().filter(|path| selected(&name_below(&folder, path))).collect();
    let checked = parallel(&cases, |path| {
        let expected = path.with_extension("stderr");
        let code = path.parent().and_then(|dir| dir.file_name()).and_then(|name| name.to_str()).unwrap_or("").to_owned();
        let of_cpython = matches!(code.as_str(), "TAU0101" | "TAU0105");
        if of_cpython && bless::blessing() {
            bless::write(&expected, &from_cpython(path)?).map_err(|error| error.to_string())?;
        }
        let got = message(path)?;
        if code == "quiet" {
            return if got.is_empty() { Ok(()) } else { Err(format!("{}: this is said without a reason:\n{got}", path.display())) };
        }
        if !of_cpython && !got.contains(&code) {
            return Err(format!("{}: nothing with the code {code} is said:\n{got}", path.display()));
        }
        if of_cpython {
            let want = std::fs::read_to_string(&expected).unwrap_or_default();
            let known = Xfail::of(path, &path.with_extension(""));
            let marker = path.with_extension("xfail");
            return match (harness::first_difference(&got, &want), known) {
                (Some(difference), _) if bless::blessing() => bless::write(&marker, &format!("STDERR {difference}\n")).map_err(|error| error.to_string()),
                (None, Some(_)) if bless::blessing() => std::fs::remove_file(&marker).map_err(|error| error.to_string()),
                (Some(difference), None) => Err(format!("{}: {difference}", path.display())),
                (None, Some(_)) => Err(format!("{} passes now; remove its xfail ({})", path.display(), bless::how(RUNNER))),
                (Some(_), Some(_)) | (None, None) => Ok(()),
            };
        }
        bless::expect(&expected, &got, RUNNER)
    });
    let mistakes: Vec<String> = checked.into_iter().filter_map(|one| one.unwrap_or_else(|| Err("a pass panicked".to_owned())).err()).collect();
    assert!(mistakes.is_empty(), "\n{}\n{} of {} cases\n", mistakes.join("\n"), mistakes.len(), cases.len());
}
