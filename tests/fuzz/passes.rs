//! Owns: the child process in which the passes run, and what it says about a program.
//! Never: makes programs.
//!
//! The child reads a length and a text, and answers one line: `ok`, `python TYPE LINE OFFSET MESSAGE` or `own CODE`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, io, thread};
use tauraro::diagnostics::{Diagnostic, PythonPlace, Severity};
use tauraro::{Compiled, driver};

/// The argument that makes this program the child.
pub const CHILD: &str = "--passes";
/// Longer than this is a hang.
const LIMIT: Duration = Duration::from_secs(10);
/// As much as the command gives the passes.
const STACK: usize = 512 << 20;

#[derive(Debug)]
pub enum Verdict {
    Accepted,
    /// CPython's words, if it is to reject the program too.
    Rejected { code: u16, python: Option<String> },
    Died(String),
}

pub struct Passes {
    child: Child,
    input: ChildStdin,
    answers: Receiver<String>,
}

impl Passes {
    pub fn start() -> Self {
        let own = env::current_exe().expect("this program");
        let mut child = Command::new(own).arg(CHILD).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a child");
        let input = child.stdin.take().expect("a pipe");
        let output = child.stdout.take().expect("a pipe");
        let (send, answers) = channel();
        thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).all(|line| send.send(line).is_ok()));
        Self { child, input, answers }
    }

    pub fn ask(&mut self, text: &str) -> Verdict {
        let sent = writeln!(self.input, "{}", text.len()).and_then(|()| self.input.write_all(text.as_bytes())).and_then(|()| self.input.flush());
        let answer = self.answers.recv_timeout(LIMIT);
        let line = match answer {
            Ok(line) if sent.is_ok() => line,
            Ok(_) | Err(_) => {
                let hangs = matches!(answer, Err(RecvTimeoutError::Timeout));
                let _ = self.child.kill();
                let how = self.child.wait().map_or("lost".to_owned(), |status| status.to_string());
                *self = Self::start();
                return Verdict::Died(if hangs { "hangs".to_owned() } else { how });
            }
        };
        if line == "ok" {
            return Verdict::Accepted;
        }
        if let Some(python) = line.strip_prefix("python ") {
            return Verdict::Rejected { code: 101, python: Some(python.to_owned()) };
        }
        match line.strip_prefix("own ").and_then(|code| code.parse().ok()) {
            Some(code) => Verdict::Rejected { code, python: None },
            None => Verdict::Died(line),
        }
    }
}

impl Drop for Passes {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child's life.
pub fn child() -> ExitCode {
    let work = || {
        let mut input = BufReader::new(io::stdin());
        let mut line = String::new();
        while input.read_line(&mut line).is_ok_and(|length| length > 0) {
            let length: u64 = line.trim().parse().unwrap_or(0);
            line.clear();
            let mut text = String::new();
            if (&mut input).take(length).read_to_string(&mut text).is_err() {
                break;
            }
            let caught = std::panic::catch_unwind(|| driver::compile_text("fuzz.py", &text, &harness::options()));
            println!("{}", caught.map_or("panics".to_owned(), |compiled| answer(&compiled)));
        }
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    if worker.join().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn answer(compiled: &Compiled) -> String {
    // What a module that is not there would be is not asked.
    let errors = || compiled.diagnostics.iter().filter(|item| item.severity == Severity::Error);
    match errors().find(|item| item.python.is_some()).or_else(|| errors().find(|item| item.code.0 != 202)) {
        None => "ok".to_owned(),
        Some(item) => python(item, compiled).map_or_else(|| format!("own {}", item.code.0), |text| format!("python {text}")),
    }
}

fn python(item: &Diagnostic, compiled: &Compiled) -> Option<String> {
    let error = item.python.as_ref()?;
    let place = match error.place {
        Some(PythonPlace::Nowhere) => "None None".to_owned(),
        Some(PythonPlace::At { line, offset, .. }) => format!("{line} {offset}"),
        None => {
            let at = compiled.sources.get(error.span.file)?.position(error.span).start;
            format!("{} {}", at.line, at.byte + 1)
        }
    };
    Some(format!("{} {place} {}", error.kind, error.message).replace('\n', " "))
}
