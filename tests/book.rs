//! Runs the documentation: every ```python block of README.md and docs/**/*.md that a
//! ```text block follows is compiled and must print that text. A block that starts with `# not run` is skipped.
//! The page of an example shows what its main.py prints.
//!
//!     TAURARO_BLESS=cpython cargo test -p tauraro-tests --test book      checks the pages against CPython 3.13

use harness::batch::{self, Lints, Unit};
use harness::{cpython, files, first_difference, parallel, process, repository};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};
use tauraro::diagnostics::{Severity, codes};
use tauraro::driver;

struct Fence {
    page: String,
    line: usize,
    program: String,
    output: String,
}

fn pages() -> Vec<PathBuf> {
    let top = repository();
    let mut pages = files(&top.join("docs"), "md");
    pages.push(top.join("README.md"));
    pages
}

/// Programs with the output that the page promises.
fn fences() -> Vec<Fence> {
    let mut found: Vec<Fence> = Vec::new();
    for path in pages() {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let page = path.strip_prefix(repository()).unwrap_or(&path).display().to_string();
        let mut block: Option<(String, usize, String)> = None;
        let mut program: Option<(usize, String)> = None;
        for (number, line) in text.lines().enumerate() {
            match (&mut block, line.strip_prefix("```")) {
                (None, Some(kind)) => block = Some((kind.trim().to_owned(), number + 2, String::new())),
                (Some(_), Some(_)) => {
                    let (kind, start, body) = block.take().unwrap_or_default();
                    if kind == "python" && !body.starts_with("# not run") {
                        program = Some((start, body));
                    } else if kind == "text" && let Some((line, program)) = program.take() {
                        found.push(Fence { page: page.clone(), line, program, output: body });
                    } else {
                        program = None;
                    }
                }
                (Some((_, _, body)), None) => {
                    body.push_str(line);
                    body.push('\n');
                }
                (None, None) => {}
            }
        }
    }
    // An example's page shows what its main.py prints.
    for page in files(&repository().join("examples"), "md") {
        let text = fs::read_to_string(&page).unwrap_or_default();
        let program = fs::read_to_string(page.with_file_name("main.py")).unwrap_or_default();
        let output = text.split_once("```text\n").and_then(|(_, rest)| rest.split_once("```")).map_or("", |(output, _)| output);
        let name = page.strip_prefix(repository()).unwrap_or(&page).display().to_string();
        found.push(Fence { page: name, line: 1, program, output: output.to_owned() });
    }
    found
}

#[test]
fn every_code_has_a_page() {
    let folder = repository().join("docs/errors");
    let missing: Vec<String> = codes::ALL
        .iter()
        .filter(|(code, title, _)| {
            let page = fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
            !page.starts_with(&format!("# {code}: {title}\n"))
        })
        .map(|(code, title, _)| format!("docs/errors/{code}.md must start with `# {code}: {title}`"))
        .collect();
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}

#[test]
fn book() {
    let fences = fences();
    assert!(!fences.is_empty(), "the documentation has no programs");
    if env::var("TAURARO_BLESS").is_ok_and(|what| what == "cpython") {
        return ask_cpython(&fences);
    }
    let mut mistakes = Vec::new();
    let mut units = Vec::new();
    let mut owners = Vec::new();
    for (fence, compiled) in fences.iter().zip(parallel(&fences, |fence| driver::compile_text("page.py", &fence.program, &harness::options()))) {
        let Some(compiled) = compiled else {
            mistakes.push(format!("{}:{}: a pass panicked", fence.page, fence.line));
            continue;
        };
        match compiled.diagnostics.iter().find(|item| item.severity == Severity::Error) {
            Some(item) => mistakes.push(format!("{}:{}: {}", fence.page, fence.line, item.message)),
            None => {
                units.push(Unit { name: format!("{}:{}", fence.page, fence.line), files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions });
                owners.push(fence);
            }
        }
    }
    let built = batch::build(&batch::tools(), "book", &units, Lints::Ignored);
    let jobs: Vec<_> = owners.into_iter().zip(built).collect();
    let results = parallel(&jobs, |(fence, built)| {
        let command = match built {
            batch::Built::Rejected(why) => return Some(why.clone()),
            batch::Built::Program { .. } => built.command()?,
        };
        match process::run(command, "", Duration::from_secs(20)) {
            Ok(ended) => first_difference(&ended.stdout, &fence.output).map(|why| format!("{why} {}", ended.stderr.lines().last().unwrap_or(""))),
            Err(error) => Some(error.to_string()),
        }
    });
    for ((fence, _), result) in jobs.iter().zip(results) {
        if let Some(why) = result.unwrap_or_else(|| Some("the runner panicked".to_owned())) {
            mistakes.push(format!("{}:{}: {why}", fence.page, fence.line));
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

fn ask_cpython(fences: &[Fence]) {
    let python = cpython::find().expect("CPython 3.13 (TAURARO_PYTHON names it)");
    let folder = batch::folder("book-cpython");
    let mut mistakes = Vec::new();
    for fence in fences {
        let script = folder.join("page.py");
        harness::bless::write(&script, &fence.program).expect("writable");
        let ended = cpython::run(&python, &script, &[], "").expect("CPython runs");
        if let Some(why) = first_difference(&ended.stdout, &fence.output) {
            mistakes.push(format!("{}:{}: CPython prints otherwise: {why}", fence.page, fence.line));
        }
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}
