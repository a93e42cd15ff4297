//! Owns: a folder per test and the command started in it.
//! Never: knows what is tested.

use harness::process::{self, Ended};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs};

static BEDS: AtomicU32 = AtomicU32::new(0);

/// A folder that goes when the test is over.
pub struct Bed {
    pub folder: PathBuf,
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Bed {
    pub fn new() -> Self {
        let folder = env::temp_dir().join(format!("tauraro-cli-{}-{}", std::process::id(), BEDS.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(&folder).expect("a temporary folder");
        Self { folder: folder.canonicalize().expect("a temporary folder") }
    }

    /// A folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let bed = Self::new();
        for (name, text) in files {
            bed.file(name, text);
        }
        bed
    }

    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    /// The command in this folder, with the machine's own cache.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
        command.args(args).current_dir(&self.folder).env_remove("NO_COLOR").env_remove("RUSTC");
        command
    }

    pub fn tauraro(&self, line: &str) -> Said {
        self.end(self.command(line.split_whitespace()))
    }

    pub fn end(&self, command: Command) -> Said {
        let Ended { status, stdout, stderr } = process::run(command, "", Duration::from_secs(600)).expect("a process");
        // Whatever happens, these are never what a user gets to see.
        for sign in ["panicked", "RUST_BACKTRACE", "stopped unexpectedly", "overflowed its stack"] {
            assert!(!stderr.contains(sign), "{stderr}");
        }
        let folder = format!("{}/", self.folder.display());
        Said { status: status.expect("the command ends in time"), stdout: stdout.replace(&folder, ""), stderr: stderr.replace(&folder, "") }
    }

    pub fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// The names in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }
}

/// What a command left, with the test's folder taken out of the texts.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// It failed with exactly this one message.
    #[track_caller]
    pub fn fails(&self, message: &str) {
        assert_eq!((self.status, self.stderr.as_str()), (1, message), "{self:?}");
    }

    /// It failed, and its one message starts so.
    #[track_caller]
    pub fn fails_with(&self, start: &str) {
        assert!(self.status == 1 && self.stderr.starts_with(start), "wanted {start:?}: {self:?}");
    }

    #[track_caller]
    pub fn succeeds(&self) -> &Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }
}
