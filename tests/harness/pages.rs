//! Owns: the programs in Markdown pages, the blocks that show what they do, and putting new text into those blocks.
//! Never: compiles or runs one.
//!
//! On a page of `docs` a ```` ```python ```` block is a program unless it starts with `# not run`, and the blocks behind it say
//! what it does: ```` ```text ```` is its output, ```` ```stderr ```` its error output (then it may fail), ```` ```check ````
//! what `tauraro check` reports. On the page of an example the program is the `main.py` beside it, and before a
//! ```` ```text ```` block a comment may say how it is run:
//!
//! ```text
//! <!-- run --limit 3, SIGTERM after "tick 2" -->
//! ```

use crate::{bless, files, repository};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A block of a page: the lines between its fences, counted from 0.
#[derive(Clone, Debug)]
pub struct Block {
    pub lines: std::ops::Range<usize>,
    pub text: String,
}

/// A program with what its page says about it.
#[derive(Clone, Debug)]
pub struct Shown {
    pub page: PathBuf,
    /// Where in the page: for messages.
    pub line: usize,
    pub program: Program,
    pub args: Vec<String>,
    /// The signal that the runner sends as soon as the output contains the text.
    pub signal: Option<(String, String)>,
    pub stdout: Option<Block>,
    pub stderr: Option<Block>,
    pub check: Option<Block>,
}

#[derive(Clone, Debug)]
pub enum Program {
    /// The text of a block.
    Text(String),
    File(PathBuf),
}

impl Shown {
    fn new(page: &Path, line: usize, program: Program) -> Self {
        Self { page: page.to_path_buf(), line, program, args: Vec::new(), signal: None, stdout: None, stderr: None, check: None }
    }

    /// `docs/tour.md:20`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.page.strip_prefix(repository()).unwrap_or(&self.page).display(), self.line)
    }
}

/// Every program of README.md, of the pages of docs and of the examples.
pub fn all() -> Vec<Shown> {
    let top = repository();
    let mut found = Vec::new();
    for page in files(&top.join("docs"), "md").into_iter().chain([top.join("README.md")]) {
        found.extend(of_docs(&page, &fs::read_to_string(&page).unwrap_or_default()));
    }
    for page in files(&top.join("examples"), "md") {
        found.extend(of_example(&page, &fs::read_to_string(&page).unwrap_or_default()));
    }
    found
}

fn of_docs(page: &Path, text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut open = None;
    for piece in pieces(text) {
        let Piece::Block { kind, block } = piece else { continue };
        if kind == "python" {
            found.extend(open.take());
            open = (!block.text.starts_with("# not run")).then(|| Shown::new(page, block.lines.start + 1, Program::Text(block.text)));
            continue;
        }
        match (&mut open, kind) {
            (Some(shown), "text") => shown.stdout = Some(block),
            (Some(shown), "stderr") => shown.stderr = Some(block),
            (Some(shown), "check") => shown.check = Some(block),
            (Some(_), _) => found.extend(open.take()),
            (None, _) => {}
        }
    }
    found.extend(open);
    // A program about which the page promises nothing is an illustration.
    found.retain(|shown| shown.stdout.is_some() || shown.stderr.is_some() || shown.check.is_some());
    found
}

fn of_example(page: &Path, text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut how = None;
    for piece in pieces(text) {
        match piece {
            Piece::Comment(text) => how = Some(text.to_owned()),
            Piece::Block { kind: "text", block } if how.is_some() || found.is_empty() => {
                let mut shown = Shown::new(page, block.lines.start + 1, Program::File(page.with_file_name("main.py")));
                read_how(&how.take().unwrap_or_default(), &mut shown);
                shown.stdout = Some(block);
                found.push(shown);
            }
            Piece::Block { .. } => {}
        }
    }
    found
}

/// `--limit 3, SIGTERM after "tick 2"`.
fn read_how(how: &str, shown: &mut Shown) {
    let (args, signal) = match how.split_once(", ") {
        Some((args, signal)) => (args, Some(signal)),
        None => (how, None),
    };
    shown.args = args.split_whitespace().map(str::to_owned).collect();
    let signal = signal.and_then(|text| text.split_once(" after "));
    shown.signal = signal.map(|(name, text)| (name.to_owned(), text.trim_matches('"').to_owned()));
}

enum Piece<'t> {
    Block { kind: &'t str, block: Block },
    Comment(&'t str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(&str, Block)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((kind.trim(), Block { lines: number + 1..number + 1, text: String::new() })),
            (Some(_), Some(_)) => found.extend(open.take().map(|(kind, block)| Piece::Block { kind, block })),
            (Some((_, block)), None) => {
                block.text.push_str(line);
                block.text.push('\n');
                block.lines.end = number + 1;
            }
            (None, None) => {
                found.extend(line.strip_prefix("<!-- run").and_then(|rest| rest.strip_suffix("-->")).map(|how| Piece::Comment(how.trim())));
            }
        }
    }
    found
}

/// The lines outside of blocks.
pub fn prose(text: &str) -> String {
    let mut inside = false;
    let outside = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    outside.collect::<Vec<_>>().join("\n")
}

/// Puts new texts into the blocks of one page.
pub fn rewrite(page: &Path, mut changes: Vec<(Block, String)>) -> io::Result<()> {
    let text = fs::read_to_string(page)?;
    let mut lines: Vec<&str> = text.lines().collect();
    changes.sort_by_key(|(block, _)| std::cmp::Reverse(block.lines.start));
    for (block, new) in &changes {
        lines.splice(block.lines.clone(), new.lines());
    }
    bless::write(page, &(lines.join("\n") + "\n"))
}
