//! Owns: compiling the library crates of programs, each once per content, runtime and profile, for all programs.
//! Never: compiles a script.

use super::program::{Builder, ended, rejected, rustc_command, write_files};
use super::{Failure, Library, Profile, interrupt};
use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

impl Builder<'_> {
    /// The compiled crates, in the order given; those that are missing are compiled, several at a time.
    pub fn libraries(&self, libraries: &[Library], profile: Profile) -> Result<Vec<PathBuf>, Failure> {
        let results: Vec<Mutex<Option<Result<PathBuf, Failure>>>> = libraries.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let (Some(library), Some(result)) = (libraries.get(at), results.get(at)) else { break };
                let done = self.library(library, profile);
                if let Ok(mut slot) = result.lock() {
                    *slot = Some(done);
                }
            }
        };
        let workers = thread::available_parallelism().map_or(1, |n| n.get()).min(libraries.len());
        thread::scope(|scope| {
            for _ in 1..workers {
                scope.spawn(work);
            }
            work();
        });
        let lost = || Failure::bug("a library was lost", "its thread ended early");
        results.into_iter().map(|slot| slot.into_inner().ok().flatten().unwrap_or_else(|| Err(lost()))).collect()
    }

    fn library(&self, library: &Library, profile: Profile) -> Result<PathBuf, Failure> {
        let mut hash = DefaultHasher::new();
        (profile as u8).hash(&mut hash);
        self.runtime.hash(&mut hash);
        let home = self.cache.root.join("libraries").join(format!("{}-{:016x}", library.name, hash.finish()));
        let rlib = home.join(format!("lib{}.rlib", library.name));
        if rlib.is_file() {
            return Ok(rlib);
        }
        let failed = |e: io::Error| Failure::io("cannot write into the cache", &home, &e);
        fs::create_dir_all(&home).map_err(failed)?;
        let lock = File::options().create(true).truncate(false).write(true).open(home.join("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if rlib.is_file() {
            return Ok(rlib);
        }
        if library.files.iter().map(|file| file.text.len()).sum::<usize>() > 400_000 {
            self.report.line(&format!("compiling {}, once", library.python_name()));
        }
        write_files(&library.files, &home).map_err(failed)?;
        let made = home.join("made.rlib");
        let mut command = rustc_command(self.toolchain, self.runtime, profile);
        command.args(["--crate-type", "rlib", "--crate-name", &library.name, "-A", "warnings", "src/lib.rs", "-o"]);
        command.arg(&made).current_dir(&home);
        self.report.detail(&format!("{command:?}"));
        let output = command.output().map_err(|e| Failure::io("cannot start rustc", &self.toolchain.rustc, &e))?;
        if output.status.success() && made.is_file() {
            fs::rename(&made, &rlib).map_err(failed)?;
            return Ok(rlib);
        }
        if interrupt::happened() {
            return Err(Failure::interrupted());
        }
        let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), ended(&output));
        let _ = fs::write(home.join("rustc.log"), text.as_bytes());
        Err(rejected(&text, &library.files, &library.python_name(), &home))
    }
}

impl Library {
    /// `web` of `py_web_0123456789abcdef`.
    pub fn python_name(&self) -> String {
        let name = self.name.strip_prefix("py_").unwrap_or(&self.name);
        name.rsplit_once('_').map_or(name, |(name, _)| name).to_owned()
    }
}
