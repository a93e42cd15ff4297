//! Owns: what tauraro itself writes to stderr: progress, one-line results, failures.
//! Never: writes to stdout, which belongs to the program and to `emit` and `dump`.

use super::args::Common;
use crate::diagnostics::render::Style;
use crate::project::{Failure, Report};
use std::env;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Console {
    common: Common,
    terminal: bool,
    drawn: AtomicBool,
}

impl Console {
    pub fn new(common: Common) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { common, terminal: io::stderr().is_terminal() && !dumb, drawn: AtomicBool::new(false) }
    }

    pub fn style(&self) -> Style {
        if self.terminal && env::var_os("NO_COLOR").is_none() { Style::Color } else { Style::Plain }
    }

    /// Text that is written whatever the verbosity, as diagnostics are.
    pub fn write(&self, text: &str) {
        // Nobody is left to tell when stderr is closed.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    pub fn failure(&self, failure: &Failure) {
        self.progress_end();
        let word = match self.style() {
            Style::Plain => "error:",
            Style::Color => "\x1b[1;31merror:\x1b[0m",
        };
        self.write(&format!("{word} {failure}\n"));
    }
}

impl Report for Console {
    fn line(&self, text: &str) {
        if !self.common.quiet {
            self.progress_end();
            self.write(&format!("tauraro: {text}\n"));
        }
    }

    fn detail(&self, text: &str) {
        if self.common.verbose {
            self.progress_end();
            self.write(&format!("tauraro: {text}\n"));
        }
    }

    fn progress(&self, done: usize, total: usize, name: &str) {
        if self.common.quiet || !self.terminal {
            return;
        }
        const WIDTH: usize = 24;
        let filled = (done * WIDTH / total.max(1)).min(WIDTH);
        let bar = format!("{}{}", "=".repeat(filled), " ".repeat(WIDTH - filled));
        self.drawn.store(true, Ordering::Relaxed);
        self.write(&format!("\r\x1b[Ktauraro: [{bar}] {done}/{total} {name}"));
    }

    fn progress_end(&self) {
        if self.drawn.swap(false, Ordering::Relaxed) {
            self.write("\r\x1b[K");
        }
    }
}
