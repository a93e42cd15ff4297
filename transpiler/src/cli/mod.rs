//! Owns: the commands: reading the request, calling driver and project, and the exit status.
//! Never: knows Python, Rust or cargo beyond what those return.

pub mod args;
pub mod build;
pub mod cache;
pub mod check;
pub mod completions;
pub mod console;
pub mod dump;
pub mod emit;
pub mod explain;
pub mod help;
pub mod run;
pub mod settings;
pub mod verify;
pub mod watch;

use crate::diagnostics::Diagnostics;
use crate::diagnostics::{json, render::render_all};
use crate::driver::{self, Script};
use crate::project::{self, Cache, Crate, Failure, Made, Profile, Runtime, Toolchain};
use crate::source::SourceMap;
use crate::{Compiled, Options};
use args::{Common, Request};
use console::Console;
use settings::Settings;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Why a command ends with status 1.
pub enum Stop {
    /// Diagnostics have been printed already.
    Reported,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

/// Does what the command line asks for and returns the exit status.
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    let (request, common) = match args::parse(args) {
        Ok(parsed) => parsed,
        Err(message) => {
            Console::new(Common::default(), false).failure(&Failure::user(message));
            return 2;
        }
    };
    // What `run` and its like start owns stdout; `emit` and `dump` print there themselves.
    let own_stdout = matches!(request, Request::Build { .. } | Request::Check { .. });
    let console = Console::new(common, own_stdout);
    project::interrupt::listen();
    let session = Session { common, console: &console };
    let result = match request {
        Request::Build { files, out, dev, keep } => build::build(&session, &files, out.as_deref(), dev, keep.as_deref()),
        Request::Run { file, args, release } => run::run(&session, &file, &args, release),
        Request::Verify { file, args } => verify::verify(&session, &file, &args),
        Request::Watch { file, args } => watch::watch(&session, &file, &args),
        Request::Check { files } => check::check(&session, &files),
        Request::Emit { file } => emit::emit(&session, &file),
        Request::Dump { file, stage } => dump::dump(&session, &file, stage.as_deref()),
        Request::Explain { code } => explain::explain(&code),
        Request::Completions(shell) => completions::completions(shell),
        Request::CachePath => cache::path(),
        Request::CacheClean => cache::clean(&session),
        Request::Help(text) => print(text),
        Request::Version => print(&format!("tauraro {} (Python 3.13)\n", env!("CARGO_PKG_VERSION"))),
    };
    match result {
        Ok(()) => 0,
        Err(Stop::Reported) => 1,
        Err(Stop::Failed(failure)) => {
            console.failure(&failure);
            // As a shell shows a process that Ctrl-C ended.
            if project::interrupt::happened() { 130 } else { 1 }
        }
    }
}

/// Writes to stdout; a reader that closed it early is not an error.
pub fn print(text: &str) -> Result<(), Stop> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::io("cannot write to", Path::new("stdout"), &error).into()),
    }
}

/// What every command has at hand.
pub struct Session<'a> {
    pub common: Common,
    pub console: &'a Console,
}

impl Session<'_> {
    /// Reads a script and takes it through the pipeline; prints what the passes say.
    pub fn compile(&self, file: &Path) -> Result<(Script, Compiled, Settings), Stop> {
        let script = driver::script(file)?;
        let settings = self.settings(&script)?;
        let compiled = driver::compile(&script, &self.options(&settings));
        self.report(&compiled.diagnostics, &compiled.sources)?;
        Ok((script, compiled, settings))
    }

    /// The same, up to a generated crate.
    pub fn generate(&self, file: &Path) -> Result<(Crate, Settings), Stop> {
        let (script, compiled, settings) = self.compile(file)?;
        let unit = Crate { script: script.path, files: compiled.files, libraries: compiled.libraries, extensions: compiled.extensions };
        Ok((unit, settings))
    }

    /// What the program says about its compilation; prints what is wrong with it.
    pub fn settings(&self, script: &Script) -> Result<Settings, Stop> {
        let mut read = settings::Read::of(script)?;
        if self.common.strict || read.settings.strict {
            read.diagnostics.deny_warnings();
        }
        self.report(&read.diagnostics, &read.sources)?;
        Ok(read.settings)
    }

    pub fn options(&self, settings: &Settings) -> Options {
        Options { strict: self.common.strict || settings.strict, without_libraries: false }
    }

    /// Prints diagnostics; stops if any of them is an error.
    pub fn report(&self, diagnostics: &Diagnostics, sources: &SourceMap) -> Result<(), Stop> {
        if diagnostics.has_errors() || !self.common.quiet {
            if self.common.json {
                self.console.record(&json::render_all(diagnostics, sources));
            } else {
                self.console.write(&render_all(diagnostics, sources, self.console.style()));
            }
        }
        if diagnostics.has_errors() { Err(Stop::Reported) } else { Ok(()) }
    }

    /// Finds the compiler and makes sure of the runtime.
    pub fn tools(&self) -> Result<Tools, Failure> {
        Tools::find(self.console)
    }
}

/// Compiler, cache and runtime, found once per command.
pub struct Tools {
    pub cache: Cache,
    pub toolchain: Toolchain,
    pub runtime: Runtime,
}

impl Tools {
    pub fn find(report: &dyn project::Report) -> Result<Self, Failure> {
        let base = project::cache::base()?;
        fs::create_dir_all(&base).map_err(|e| Failure::io("cannot create the cache folder", &base, &e))?;
        let toolchain = Toolchain::find(&base)?;
        let cache = Cache::open(&base, &toolchain.id)?;
        let runtime = Runtime::ensure(&cache, &toolchain, report)?;
        Ok(Self { cache, toolchain, runtime })
    }

    /// Compiles a crate; a damaged cache is made again, once.
    pub fn build(&self, unit: &Crate, profile: Profile, out: &Path, report: &dyn project::Report) -> Result<Made, Failure> {
        match self.builder(report).build(unit, profile, out) {
            Err(failure) if failure.damaged => {
                report.line("the cache is damaged and is made again");
                let lock = self.cache.lock(|| {})?;
                self.cache.forget()?;
                drop(lock);
                Tools::find(report)?.builder(report).build(unit, profile, out)
            }
            other => other,
        }
    }

    pub fn builder<'a>(&'a self, report: &'a dyn project::Report) -> project::Builder<'a> {
        project::Builder { cache: &self.cache, toolchain: &self.toolchain, runtime: &self.runtime, report }
    }
}
