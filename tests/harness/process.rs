//! Owns: running a program with a time limit, and sending it a signal when it has printed something.
//! Never: judges its output.

use std::env;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub struct Ended {
    /// The exit status, minus the signal's number, or nothing when the time was up.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub fn run(command: Command, stdin: &str, limit: Duration) -> std::io::Result<Ended> {
    run_and_signal(command, stdin, limit, None)
}

/// As `run`; the child gets the signal once, when its output contains the text.
pub fn run_and_signal(command: Command, stdin: &str, limit: Duration, signal: Option<(&str, &str)>) -> std::io::Result<Ended> {
    let signal = signal.map(|(name, text)| {
        let text = text.to_owned();
        (name.to_owned(), move |seen: &[u8]| String::from_utf8_lossy(seen).contains(text.as_str()))
    });
    run_watched(command, stdin, limit, signal)
}

/// Gives a child what a user's terminal would, however the tests themselves were started.
///
/// A shell that runs the tests in the background has SIGINT and SIGQUIT ignored, `nohup` SIGHUP; programs inherit that,
/// and honour it as CPython does, so that no test of Ctrl-C would see it. They honour CPython's variables too
/// (`PYTHONUNBUFFERED` changes which write fails); only those that the test itself gave stay.
pub fn usual_surroundings(command: &mut Command) {
    let own: Vec<OsString> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if (text.starts_with("PYTHON") || text == "FORCE_COLOR") && !own.contains(&name) {
            command.env_remove(&name);
        }
    }
    #[cfg(unix)]
    for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP] {
        // SAFETY: the default disposition has no handler that could run.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// The same for any condition on the output.
pub fn run_watched<When: Fn(&[u8]) -> bool + Send + 'static>(
    mut command: Command,
    stdin: &str,
    limit: Duration,
    signal: Option<(String, When)>,
) -> std::io::Result<Ended> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    usual_surroundings(&mut command);
    let mut child = command.spawn()?;
    let process = child.id();
    let mut waiting = signal;
    let watch = move |seen: &[u8]| {
        if let Some((name, _)) = waiting.take_if(|(_, when)| when(seen)) {
            send(process, &name);
        }
    };
    let out = reader(child.stdout.take(), watch);
    let err = reader(child.stderr.take(), |_: &[u8]| {});
    if let Some(mut pipe) = child.stdin.take() {
        // A program that ends without reading its input is no error.
        let _ = pipe.write_all(stdin.as_bytes());
    }
    let status = wait(&mut child, limit)?;
    let text = |thread: JoinHandle<Vec<u8>>| String::from_utf8_lossy(&thread.join().unwrap_or_default()).into_owned();
    Ok(Ended { status, stdout: text(out), stderr: text(err) })
}

/// Reads to the end; `watch` sees all that was read so far each time something comes.
fn reader<R: Read + Send + 'static>(stream: Option<R>, mut watch: impl FnMut(&[u8]) + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut piece = [0; 8192];
        let Some(mut stream) = stream else { return bytes };
        loop {
            match stream.read(&mut piece) {
                Ok(0) => return bytes,
                Ok(count) => bytes.extend_from_slice(piece.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => return bytes,
            }
            watch(&bytes);
        }
    })
}

/// The `kill` of the system knows the signals by name.
fn send(process: u32, name: &str) {
    let number = name.strip_prefix("SIG").unwrap_or(name);
    // A child that has ended already is found out by its output.
    let _ = Command::new("kill").args(["-s", number, &process.to_string()]).stderr(Stdio::null()).status();
}

fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<i32>> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_micros(500);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(code(status)));
        }
        if Instant::now() > end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

#[cfg(unix)]
fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| -status.signal().unwrap_or(0))
}

#[cfg(not(unix))]
fn code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
