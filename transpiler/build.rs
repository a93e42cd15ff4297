//! Owns: packing the runtime's source, the templates and Cargo.lock into the tauraro binary, so
//! that an installed `tauraro` needs nothing but a Rust toolchain.
//! Never: compiles the runtime, reaches outside the repository.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Collects every `.rs` and `.toml` file below `dir`, in a stable order.
fn collect(dir: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("").to_owned();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                collect(&path, found)?;
            }
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("rs" | "toml" | "c" | "h" | "bin" | "txt" | "ld")) {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = match here.parent() {
        Some(parent) => parent.to_path_buf(),
        None => here.clone(),
    };
    let mut files = Vec::new();
    collect(&root.join("rt"), &mut files)?;
    for watched in ["rt", "templates", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }
    let mut hash = DefaultHasher::new();
    let mut table = String::from("/// Every file of the runtime: its path below `rt/` and its bytes.\npub static FILES: &[(&str, &[u8])] = &[\n");
    for path in &files {
        let name = path.strip_prefix(root.join("rt")).unwrap_or(path).to_string_lossy().replace('\\', "/");
        name.hash(&mut hash);
        fs::read(path)?.hash(&mut hash);
        let _ = writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    table.push_str("];\n");
    for (constant, path) in [
        ("LOCK", root.join("Cargo.lock")),
        ("MANIFEST", root.join("templates/Cargo.toml.in")),
        ("MAIN", root.join("templates/main.rs.in")),
        ("GITIGNORE", root.join("templates/gitignore.in")),
    ] {
        fs::read(&path)?.hash(&mut hash);
        let _ = writeln!(table, "pub static {constant}: &str = include_str!({:?});", path.display().to_string());
    }
    let _ = writeln!(table, "/// Changes with every byte of the above.\npub const HASH: &str = \"{:016x}\";", hash.finish());
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("rt_source.rs"), table)
}
