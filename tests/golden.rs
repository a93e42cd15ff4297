//! Compares the Rust that each tests/golden/**/NAME.py becomes with NAME.rs beside it, and compiles all of
//! them with every warning an error.
//!
//!     TAURARO_BLESS=1 cargo test -p tauraro-tests --test golden

use harness::batch::{self, Built, Lints, Unit};
use harness::{bless, files, is_partial, name_below, parallel, root, selected};
use tauraro::driver;
use tauraro::diagnostics::{self, Severity, codes};

const RUNNER: &str = "golden";

#[test]
fn golden() {
    let folder = root().join("golden");
    let sources: Vec<_> = files(&folder, "py").into_iter().filter(|path| selected(&name_below(&folder, path))).collect();
    let compiled = parallel(&sources, |path| {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let shown = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let compiled = driver::compile_text(&shown, &text, &harness::options());
        match compiled.diagnostics.iter().find(|item| item.severity == diagnostics::Severity::Error) {
            Some(item) => Err(format!("{}: {} {}", path.display(), item.code, item.message)),
            None => Ok((compiled.files, compiled.libraries)),
        }
    });
    let mut mistakes = Vec::new();
    let mut units = Vec::new();
    for (path, result) in sources.iter().zip(compiled) {
        match result {
            Some(Ok((files, libraries))) => {
                let text = files.first().map(|file| file.text.clone()).unwrap_or_default();
                mistakes.extend(bless::expect(&path.with_extension("rs"), &text, RUNNER).err());
                units.push(Unit { name: name_below(&folder, path), files, libraries, extensions: Default::default() });
            }
            Some(Err(why)) => mistakes.push(why),
            None => mistakes.push(format!("{}: a pass panicked", path.display())),
        }
    }
    if !is_partial() {
        let orphans = files(&folder, "rs").into_iter().filter(|path| !path.with_extension("py").is_file());
        mistakes.extend(orphans.map(|path| format!("{} has no .py", path.display())));
    }
    if !units.is_empty() {
        let built = batch::build(&batch::tools(), RUNNER, &units, Lints::Denied);
        for (unit, built) in units.iter().zip(built) {
            if let Built::Rejected(why) = built {
                mistakes.push(format!("{}: {why}", unit.name));
            }
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

/// The generated code is read by people: over the seed at most six lines of Rust per line of Python, no warning,
/// and each statement's line as a comment exactly once.
#[test]
fn the_seed_is_readable() {
    let folder = root().join("conformance/seed");
    let sources: Vec<_> = files(&folder, "py").into_iter().filter(|path| path.with_extension("out").is_file()).collect();
    let (mut python, mut rust) = (0, 0);
    let mut mistakes = Vec::new();
    let mut units = Vec::new();
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let Ok(compiled) = driver::compile_file(&path, &harness::options()) else { continue };
        let Some(main) = compiled.files.first() else {
            // Golden files do without an installed library, which an example may need.
            let errors: Vec<_> = compiled.diagnostics.iter().filter(|item| item.severity == Severity::Error).collect();
            if !errors.is_empty() && errors.iter().all(|item| item.code == codes::NO_MODULE) {
                continue;
            }
            mistakes.push(format!("{}: not compiled", path.display()));
            continue;
        };
        python += text.lines().count();
        rust += main.text.lines().count();
        let mut shown: Vec<&str> = main.text.lines().filter_map(comment).collect();
        shown.sort_unstable();
        let twice: Vec<&str> = shown.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        if !twice.is_empty() {
            mistakes.push(format!("{}: shown more than once: {}", path.display(), twice.join(", ")));
        }
        units.push(Unit { name: name_below(&folder, &path), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions });
    }
    for (unit, built) in units.iter().zip(batch::build(&batch::tools(), "seed", &units, Lints::Denied)) {
        if let Built::Rejected(why) = built {
            mistakes.push(format!("{}: {why}", unit.name));
        }
    }
    println!("{rust} lines of Rust for {python} of Python: {:.2}", rust as f64 / python.max(1) as f64);
    if rust > 6 * python {
        mistakes.push(format!("{rust} lines of Rust for {python} lines of Python"));
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

/// `4` of `    // 4 | print(x)`.
fn comment(line: &str) -> Option<&str> {
    let (number, _) = line.trim_start().strip_prefix("// ")?.split_once(" | ")?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
}
