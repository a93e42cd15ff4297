//! Owns: the cache folder: its place, its lock, the unpacked runtime source.
//! Never: runs a compiler.
//!
//! ```text
//! ~/.cache/tauraro/<version>-<rustc>/
//!   lock                     held while the runtime is unpacked and compiled, never longer
//!   rt-<hash>/               the runtime's source, named by its content and never changed afterwards
//!   rt-<hash>/built          what cargo made of it (see `runtime`)
//!   target/                  one cargo target folder for all of them
//!   scripts/<name>-<hash>/   the last generated crate of a script, and the program that `run` keeps
//! ```

use super::{Failure, rt_source};
use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

/// Where everything lives for one version of tauraro and one rustc.
#[derive(Clone, Debug)]
pub struct Cache {
    pub root: PathBuf,
}

/// `$XDG_CACHE_HOME/tauraro`, else `~/.cache/tauraro`.
pub fn base() -> Result<PathBuf, Failure> {
    let from = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let parent = from("XDG_CACHE_HOME").or_else(|| from("HOME").map(|home| home.join(".cache"))).or_else(|| from("LOCALAPPDATA"));
    match parent {
        Some(parent) => Ok(parent.join("tauraro")),
        None => Err(Failure::user("no place for the cache: set HOME or XDG_CACHE_HOME to an absolute path")),
    }
}

impl Cache {
    pub fn open(base: &Path, rustc: &str) -> Result<Self, Failure> {
        let root = base.join(format!("{}-{rustc}", env!("CARGO_PKG_VERSION")));
        fs::create_dir_all(root.join("scripts")).map_err(|e| Failure::io("cannot create the cache folder", &root, &e))?;
        Ok(Self { root })
    }

    pub fn target(&self) -> PathBuf {
        self.root.join(format!("target-{}", rt_source::HASH))
    }

    /// The folder of this tauraro's runtime source.
    pub fn rt(&self) -> PathBuf {
        self.root.join(format!("rt-{}", rt_source::HASH))
    }

    /// Waits for the lock; `waiting` is called once if somebody else holds it.
    pub fn lock(&self, waiting: impl FnOnce()) -> Result<File, Failure> {
        let path = self.root.join("lock");
        let open = || {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            if file.try_lock().is_err() {
                waiting();
                file.lock()?;
            }
            Ok(file)
        };
        open().map_err(|e: io::Error| Failure::io("cannot lock the cache", &path, &e))
    }

    /// Writes the runtime's source out, if it is not there; the caller holds the lock.
    pub fn unpack(&self) -> Result<PathBuf, Failure> {
        let home = self.rt();
        if home.join("Cargo.lock").is_file() {
            return Ok(home);
        }
        let temporary = self.root.join(format!("unpack-{}", process::id()));
        let failed = |e: io::Error| Failure::io("cannot write the runtime into the cache", &home, &e);
        let write = || -> io::Result<()> {
            if temporary.exists() {
                fs::remove_dir_all(&temporary)?;
            }
            for (name, bytes) in rt_source::FILES {
                let path = temporary.join("rt").join(name);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&path, bytes)?;
            }
            fs::create_dir_all(temporary.join("src"))?;
            fs::write(temporary.join("src/main.rs"), rt_source::MAIN)?;
            let manifest = super::manifest("tauraro-program", "tauraro-program", "the runtime", Path::new("rt"));
            // A program links extensions only if it imports them, so no dependency leads to them.
            fs::write(temporary.join("Cargo.toml"), format!("{manifest}members = [\"rt/ext/*\"]\n"))?;
            fs::write(temporary.join("Cargo.lock"), rt_source::LOCK)?;
            if home.exists() {
                fs::remove_dir_all(&home)?;
            }
            fs::rename(&temporary, &home)
        };
        write().map_err(failed)?;
        Ok(home)
    }

    /// Removes the runtime and all that was compiled from it; the caller holds the lock or nobody else needs it.
    pub fn forget(&self) -> Result<(), Failure> {
        for folder in [self.rt(), self.target(), self.root.join("libraries"), self.root.join("scripts")] {
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Failure::io("cannot remove", &folder, &error)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// The folder of one script: its stem for people, a hash of its absolute path against namesakes.
    pub fn script(&self, script: &Path) -> PathBuf {
        self.root.join("scripts").join(script_name(script))
    }
}

/// `app-1f2e3d4c`: no two files of the machine share it.
pub fn script_name(script: &Path) -> String {
    let mut hash = DefaultHasher::new();
    script.hash(&mut hash);
    format!("{}-{:016x}", super::crate_name(script), hash.finish())
}

static TEMPORARIES: AtomicU32 = AtomicU32::new(0);

/// A name beside `path` that no other process or thread uses.
pub fn temporary_beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{}-{}", process::id(), TEMPORARIES.fetch_add(1, Ordering::Relaxed)))
}

/// Readers see the old content or the new, never half of one.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = temporary_beside(path);
    let result = File::create(&temporary).and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result
}
