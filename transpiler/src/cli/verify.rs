//! Owns: `tauraro verify`: the same script compiled and under the installed CPython, and where they first differ.
//! Never: decides which of the two is right.

use super::{Session, Stop, Tools, print};
use crate::driver;
use crate::project::{Failure, Profile};
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::{io, thread};

const NO_PYTHON: &str =
    "verify compares with CPython 3.13, and none was found; TAURARO_PYTHON names one that is not on PATH";

/// What a run left.
struct Ran {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

pub fn verify(session: &Session<'_>, file: &Path, args: &[OsString]) -> Result<(), Stop> {
    let (unit, _) = session.generate(file)?;
    let python = driver::standard::python().ok_or_else(|| Failure::user(NO_PYTHON))?;
    let tools: Tools = session.tools()?;
    let program = tools.cache.script(&unit.script).join("program-release");
    tools.build(&unit, Profile::Release, &program, session.console)?;
    let mut stdin = Vec::new();
    if !io::IsTerminal::is_terminal(&io::stdin()) {
        // Both get the same input; what cannot be read is an empty one for both.
        let _ = io::stdin().read_to_end(&mut stdin);
    }
    let mut compiled = Command::new(&program);
    super::run::named_as(&mut compiled, file);
    compiled.args(args);
    let mut interpreted = Command::new(python);
    interpreted.arg(file).args(args).env("PYTHONDONTWRITEBYTECODE", "1");
    let ours = run(compiled, &stdin).map_err(|e| Failure::io("cannot start", &program, &e))?;
    let theirs = run(interpreted, &stdin).map_err(|e| Failure::io("cannot start", python, &e))?;
    match difference(&ours, &theirs) {
        None => print(&format!("{}: the same output and exit status as {}\n", file.display(), python.display())),
        Some(text) => {
            print(&format!("{}: {text}\n", file.display()))?;
            Err(Stop::Reported)
        }
    }
}

/// The first difference in what was printed, then in the exit status, then in the exception.
fn difference(ours: &Ran, theirs: &Ran) -> Option<String> {
    if ours.stdout != theirs.stdout {
        let (ours, theirs) = (String::from_utf8_lossy(&ours.stdout), String::from_utf8_lossy(&theirs.stdout));
        let (mut a, mut b) = (ours.lines(), theirs.lines());
        for number in 1.. {
            match (a.next(), b.next()) {
                (None, None) => return Some("the output differs in its last line end".to_owned()),
                (x, y) if x == y => {}
                (x, y) => return Some(two(&format!("line {number} of the output differs"), x, y)),
            }
        }
    }
    if ours.status != theirs.status {
        return Some(two("the exit status differs", Some(&ours.status.to_string()), Some(&theirs.status.to_string())));
    }
    let (x, y) = (last_line(&ours.stderr), last_line(&theirs.stderr));
    (x != y).then(|| two("the last line of stderr differs", x.as_deref(), y.as_deref()))
}

fn two(what: &str, ours: Option<&str>, theirs: Option<&str>) -> String {
    let shown = |text: Option<&str>| text.unwrap_or("<nothing>").to_owned();
    format!("{what}\n  compiled: {}\n  CPython:  {}", shown(ours), shown(theirs))
}

fn last_line(text: &[u8]) -> Option<String> {
    String::from_utf8_lossy(text).trim_end().lines().last().map(str::to_owned)
}

/// Runs to the end; both outputs are read at once, so that neither pipe fills up.
fn run(mut command: Command, stdin: &[u8]) -> io::Result<Ran> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let input = child.stdin.take();
    thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut pipe) = input {
                // A program that does not read all of it closes the pipe.
                let _ = io::Write::write_all(&mut pipe, stdin);
            }
        });
        let output = child.wait_with_output()?;
        Ok(Ran { status: output.status, stdout: output.stdout, stderr: output.stderr })
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn ran(stdout: &str, stderr: &str, code: i32) -> Ran {
        Ran { status: ExitStatus::from_raw(code << 8), stdout: stdout.into(), stderr: stderr.into() }
    }

    #[test]
    fn the_first_difference_is_told() {
        let same = ran("a\nb\n", "E: x\n", 1);
        assert_eq!(difference(&same, &ran("a\nb\n", "other\nE: x\n", 1)), None);
        let text = difference(&same, &ran("a\nc\n", "", 0)).unwrap_or_default();
        assert!(text.starts_with("line 2 of the output differs") && text.ends_with("CPython:  c"), "{text}");
        assert!(difference(&same, &ran("a\nb", "E: x", 1)).is_some_and(|text| text.contains("line end")));
        assert!(difference(&same, &ran("a\nb\n", "E: x", 2)).is_some_and(|text| text.starts_with("the exit status")));
        assert!(difference(&same, &ran("a\nb\n", "E: y", 1)).is_some_and(|text| text.starts_with("the last line of stderr")));
    }
}
