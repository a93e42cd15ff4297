//! Times the programs of tests/bench against CPython 3.13, side by side, and prints the ratios.
//!
//!     cargo run -p tauraro-tests --release --bin bench -- [--python PATH] [--rounds N] [FILE_OR_FOLDER...] [-- ARGS...]
//!
//! Every round runs CPython and the compiled program once in turn; a ratio is taken within its round and the
//! median over the rounds is printed (CPU seconds, user and system). Outputs must be equal, or the row says
//! WRONG. Arguments behind `--` go to every program. Exit status 1 if a row is wrong or above its bar.

use harness::process::usual_surroundings;
use harness::{batch, cpython, files, root};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use tauraro::diagnostics::Severity;
use tauraro::project::{Crate, Profile};
use tauraro::{Options, driver};

/// Ratios of CPU time to CPython's that a program must not exceed.
const BARS: &[(&str, f64)] = &[
    ("spawn_gather", 0.12),
    ("sleep0_switch", 0.05),
    ("queue_pingpong", 0.10),
    ("await_chain", 0.20),
    ("async_gen", 0.08),
    ("timers", 0.12),
];

struct Request {
    python: PathBuf,
    rounds: usize,
    programs: Vec<PathBuf>,
    args: Vec<String>,
}

struct Sample {
    output: Vec<u8>,
    ok: bool,
    cpu: f64,
    wall: f64,
    megabytes: f64,
}

fn request() -> Result<Request, String> {
    let mut python = None;
    let mut rounds = 5;
    let mut paths = Vec::new();
    let mut args = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--python" => python = Some(PathBuf::from(words.next().ok_or("--python needs a path")?)),
            "--rounds" => rounds = words.next().and_then(|n| n.parse().ok()).ok_or("--rounds needs a number")?,
            "--" => args.extend(words.by_ref()),
            _ => paths.push(PathBuf::from(word)),
        }
    }
    if paths.is_empty() {
        paths.push(root().join("bench"));
    }
    let programs = paths.iter().flat_map(|path| if path.is_dir() { files(path, "py") } else { vec![path.clone()] }).collect();
    let python = python.or_else(cpython::find).ok_or("CPython 3.13 was not found; name it with --python")?;
    Ok(Request { python, rounds, programs, args })
}

fn compile(tools: &tauraro::cli::Tools, script: &Path, out: &Path) -> Result<(), String> {
    let script = std::path::absolute(script).map_err(|error| error.to_string())?;
    let compiled = driver::compile_file(&script, &Options::default()).map_err(|error| error.to_string())?;
    if let Some(item) = compiled.diagnostics.iter().find(|item| item.severity == Severity::Error) {
        return Err(item.message.clone());
    }
    let unit = Crate { script, files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions };
    tools.builder(&batch::Loud).build(&unit, Profile::Release, out).map(|_| ()).map_err(|failure| failure.to_string())
}

#[cfg(unix)]
fn sample(mut command: Command) -> std::io::Result<Sample> {
    let start = Instant::now();
    usual_surroundings(&mut command);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut output = Vec::new();
    if let Some(mut stream) = child.stdout.take() {
        stream.read_to_end(&mut output)?;
    }
    let mut status = 0;
    // SAFETY: both pointers are to live locals, and the child is ours and not yet waited for.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::wait4(child.id() as libc::pid_t, &mut status, 0, &mut usage) < 0 {
            return Err(std::io::Error::last_os_error());
        }
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Sample {
        output,
        ok: status == 0,
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        wall: start.elapsed().as_secs_f64(),
        megabytes: usage.ru_maxrss as f64 / 1024.0,
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("the benchmark measures CPU time with wait4, which this system does not have");
    ExitCode::FAILURE
}

#[cfg(unix)]
fn main() -> ExitCode {
    let request = match request() {
        Ok(request) => request,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let work = move || measure(&request);
    // The passes need a deep stack.
    match std::thread::Builder::new().stack_size(256 << 20).spawn(work).map(|thread| thread.join()) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(_) | Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(unix)]
fn measure(request: &Request) -> bool {
    let tools = batch::tools();
    let folder = batch::folder("bench");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        eprintln!("{}: {error}", folder.display());
        return false;
    }
    println!("{:18} {:>9} {:>9} {:>7} {:>6} {:>9} {:>8} {:>8}", "program", "CPython s", "ours s", "ratio", "bar", "wall", "MiB", "CPython");
    let mut good = true;
    let mut ratios = Vec::new();
    for script in &request.programs {
        let name = script.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let out = folder.join(&name);
        if let Err(why) = compile(&tools, script, &out) {
            println!("{name:18} NOT BUILT: {}", why.lines().next().unwrap_or(""));
            good = false;
            continue;
        }
        let (mut theirs, mut ours, mut cpu, mut wall, mut memory, mut larger) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut wrong = false;
        for _ in 0..request.rounds.max(1) {
            let mut python = Command::new(&request.python);
            python.arg(script).args(&request.args);
            let mut native = Command::new(&out);
            native.args(&request.args);
            let (Ok(a), Ok(b)) = (sample(python), sample(native)) else {
                wrong = true;
                break;
            };
            wrong |= a.output != b.output || !b.ok;
            theirs.push(a.cpu);
            ours.push(b.cpu);
            cpu.push(b.cpu / a.cpu.max(1e-9));
            wall.push(b.wall / a.wall.max(1e-9));
            memory.push(b.megabytes);
            larger.push(a.megabytes);
        }
        let ratio = median(cpu);
        let bar = BARS.iter().find(|row| row.0 == name).map(|row| row.1);
        let over = bar.is_some_and(|bar| ratio > bar);
        good &= !wrong && !over;
        if !wrong {
            ratios.push(ratio.max(1e-6).ln());
        }
        let verdict = if wrong { "  WRONG" } else if over { "  over" } else { "" };
        let bar = bar.map_or("-".to_owned(), |bar| format!("{bar:.2}"));
        println!("{name:18} {:9.3} {:9.3} {ratio:7.3} {bar:>6} {:9.3} {:8.1} {:8.1}{verdict}", median(theirs), median(ours), median(wall), median(memory), median(larger));
    }
    if !ratios.is_empty() {
        println!("geometric mean of the CPU ratios: {:.3}", (ratios.iter().sum::<f64>() / ratios.len() as f64).exp());
    }
    good
}
