//! Owns: making a program that shows a difference smaller while it still shows one.
//! Never: explains it.

use super::make::Program;
use super::{Trace, compiled, oracle, tree};
use std::path::Path;
use tauraro::cli::Tools;

/// Programs compiled at once; each round tries so many steps.
const WIDTH: usize = 96;
const ROUNDS: usize = 14;

pub struct Bench<'a> {
    pub tools: &'a Tools,
    pub python: &'a Path,
    pub folder: &'a Path,
    pub clock: &'a Path,
}

impl Bench<'_> {
    /// What both print.
    ///
    /// # Errors
    /// When CPython cannot be asked.
    pub fn compare(&self, programs: &[Program]) -> Result<Vec<(Trace, Trace)>, String> {
        let wanted = oracle::run(self.python, self.folder, self.clock, programs)?;
        Ok(compiled::run(self.tools, "order_small", self.clock, programs).into_iter().zip(wanted).collect())
    }

    /// The smallest program found and what both print for it.
    ///
    /// # Errors
    /// When CPython cannot be asked.
    pub fn minimise(&self, program: &Program) -> Result<(Program, Trace, Trace), String> {
        let start = self.compare(std::slice::from_ref(program))?;
        let Some((mut got, mut wanted)) = start.into_iter().next() else { return Err("no trace".to_owned()) };
        let mut best = program.clone();
        let mut skip = 0;
        for _ in 0..ROUNDS {
            let mut steps = tree::smaller(&best.nodes);
            // A file whose table names a function that is gone does not run at all.
            let main = best.start.trim_start_matches('(').split(',').next().unwrap_or("").to_owned();
            steps.retain(|nodes| tree::text(nodes).contains(&format!("def {main}(")));
            // The largest steps first: they are the ones that remove most.
            steps.sort_by_key(|nodes| tree::lines(nodes));
            let tried: Vec<Program> = steps
                .into_iter()
                .skip(skip)
                .take(WIDTH)
                .enumerate()
                .map(|(at, nodes)| Program { index: at as u64, nodes, ..best.clone() })
                .collect();
            if tried.is_empty() {
                break;
            }
            let renamed: Vec<Program> = tried.iter().map(|one| rename(one, one.index)).collect();
            let traces = self.compare(&renamed)?;
            let found = tried.into_iter().zip(traces).find(|(_, (got, wanted))| got != wanted && runs(got) && runs(wanted));
            match found {
                Some((smaller, (a, b))) => {
                    best = Program { index: best.index, ..smaller };
                    (got, wanted) = (a, b);
                    skip = 0;
                }
                None => skip += WIDTH,
            }
        }
        Ok((best, got, wanted))
    }
}

/// A program that no longer compiles, or does not start, shows nothing.
fn runs(trace: &Trace) -> bool {
    !trace.text.is_empty()
}

/// The same program with other names, so that many variants fit into one file.
fn rename(program: &Program, index: u64) -> Program {
    let text = |old: &str| old.replace(&format!("{}_", prefix(&program.start)), &format!("p{index}_"));
    let mut nodes = program.nodes.clone();
    rename_in(&mut nodes, &text);
    Program { index, nodes, start: text(&program.start), features: program.features.clone() }
}

fn rename_in(nodes: &mut [tree::Node], text: &impl Fn(&str) -> String) {
    for node in nodes {
        match node {
            tree::Node::Line(line) => *line = text(line),
            tree::Node::Block(arms) => {
                for tree::Arm { head, body } in arms {
                    *head = text(head);
                    rename_in(body, text);
                }
            }
        }
    }
}

/// `p17` of `(p17_main, False, False)`.
fn prefix(start: &str) -> &str {
    start.trim_start_matches('(').split('_').next().unwrap_or("")
}
