//! Owns: cases that need the world outside: a server they talk to, a Ctrl-C that ends them, a clock they print.
//! Never: knows what a case is about. The server is a program of the tests too, compiled like the case.
//!
//! `NAME.live` beside a case has one instruction a line:
//!
//!     serve servers/pages.py 8080     a program started before the case, with an address and these arguments; it
//!                                    prints a line when it listens, and is ended after the case
//!     replace https://x.example http://HOST:8080
//!                                    the case is compiled with the second text in the first one's place; in what it
//!                                    prints the first stands again; HOST is the address
//!     digits                         every digit of what is printed counts as 0
//!     library                        the case needs the library of an installed CPython; without one it passes
//!     interrupt 6                    SIGINT once the case has printed so many lines

use super::process::{self, Ended};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, io};

#[derive(Default)]
pub struct Live {
    pub server: Option<PathBuf>,
    server_args: Vec<String>,
    replace: Vec<(String, String)>,
    digits: bool,
    pub library: bool,
    interrupt: Option<usize>,
}

/// An address of this machine that checkouts do not share, so that their tests may run side by side.
pub fn host() -> String {
    let mut hasher = DefaultHasher::new();
    super::repository().hash(&mut hasher);
    let [a, b, c, ..] = hasher.finish().to_le_bytes();
    format!("127.{a}.{b}.{}", c.clamp(2, 250))
}

impl Live {
    /// The instructions of a case; without any, it runs by itself.
    pub fn of(base: &Path) -> Option<Live> {
        let text = fs::read_to_string(base.with_extension("live")).ok()?;
        let mut live = Live::default();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["serve", program, args @ ..] => {
                    live.server = base.parent().map(|folder| folder.join(program));
                    live.server_args = args.iter().map(|arg| (*arg).to_owned()).collect();
                }
                ["replace", from, to] => live.replace.push(((*from).to_owned(), to.replace("HOST", &host()))),
                ["library"] => live.library = true,
                ["digits"] => live.digits = true,
                ["interrupt", lines] => live.interrupt = lines.parse().ok(),
                _ => panic!("{}: not an instruction: {line}", base.display()),
            }
        }
        Some(live)
    }
    /// True when CPython runs the case like any other: it needs no server, no signal, and nothing replaced.
    pub fn is_plain(&self) -> bool {
        let Live { server, server_args: _, replace, digits, library: _, interrupt } = self;
        server.is_none() && replace.is_empty() && !digits && interrupt.is_none()
    }
    /// The script to compile: a copy with the replacements made.
    pub fn source(&self, source: &Path, name: &str) -> io::Result<PathBuf> {
        let mut text = fs::read_to_string(source)?;
        for (from, to) in &self.replace {
            text = text.replace(from, to);
        }
        let copy = super::batch::folder("live").join(name).with_extension("py");
        copy.parent().map(fs::create_dir_all).transpose()?;
        fs::write(&copy, text)?;
        Ok(copy)
    }
    /// What was printed, as it is compared.
    pub fn shown(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.replace {
            text = text.replace(to, from);
        }
        if self.digits { text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() } else { text }
    }
    pub fn run(&self, mut command: Command, server: Option<Command>, stdin: &str, limit: Duration) -> io::Result<Ended> {
        if !self.is_plain() {
            // Lines must come when they are printed.
            command.env("PYTHONUNBUFFERED", "1");
        }
        let _server = server.map(|server| Server::start(server, &self.server_args)).transpose()?;
        let signal = self.interrupt.map(|lines| {
            let printed = move |seen: &[u8]| seen.iter().filter(|byte| **byte == b'\n').count() >= lines;
            ("INT".to_owned(), printed)
        });
        process::run_watched(command, stdin, limit, signal)
    }
}

/// A server that ends with this value.
struct Server(Child);
impl Server {
    fn start(mut command: Command, args: &[String]) -> io::Result<Server> {
        super::process::usual_surroundings(&mut command);
        let mut child = command.arg(host()).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut ready = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut ready)?;
        }
        Ok(Server(child))
    }
}
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
