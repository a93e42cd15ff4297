//! Owns: what tauraro itself writes to stderr: progress, one-line results, failures.
//! Never: writes to stdout, which belongs to the program and to `emit` and `dump`, except the records of `check` and `build`.

use super::args::Common;
use crate::diagnostics::json;
use crate::diagnostics::render::Style;
use crate::project::{Failure, Report};
use std::env;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Console {
    common: Common,
    /// Records go to stdout: nobody else writes there.
    own_stdout: bool,
    terminal: bool,
    drawn: AtomicBool,
}

impl Console {
    pub fn new(common: Common, own_stdout: bool) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { common, own_stdout, terminal: io::stderr().is_terminal() && !dumb, drawn: AtomicBool::new(false) }
    }

    pub fn style(&self) -> Style {
        // https://no-color.org: an empty value does not count.
        if self.terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) { Style::Color } else { Style::Plain }
    }

    /// Text that is written whatever the verbosity, as diagnostics are.
    pub fn write(&self, text: &str) {
        // Nobody is left to tell when stderr is closed.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Lines of JSON, for programs that read what tauraro says.
    pub fn record(&self, lines: &str) {
        if self.own_stdout {
            // A reader that went away wants nothing more.
            let _ = io::stdout().lock().write_all(lines.as_bytes());
        } else {
            self.write(lines);
        }
    }

    pub fn json(&self) -> bool {
        self.common.json
    }

    pub fn failure(&self, failure: &Failure) {
        self.progress_end();
        if self.common.json {
            return self.record(&json::failure(&failure.message, failure.bug.as_deref()));
        }
        let word = match self.style() {
            Style::Plain => "error:",
            Style::Color => "\x1b[1;31merror:\x1b[0m",
        };
        self.write(&format!("{word} {failure}\n"));
    }
}

impl Report for Console {
    fn line(&self, text: &str) {
        if !self.common.quiet && !self.common.json {
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
        if self.common.quiet || self.common.json || !self.terminal {
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
