//! Owns: builds that something outside the program stops: the toolchain, the network, the disk, a signal, another build.

use super::bed::Bed;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

/// Programs of these names, each a shell script.
fn tools(bed: &Bed, scripts: &[(&str, &str)]) -> PathBuf {
    for (name, script) in scripts {
        let path = bed.file(&format!("tools/{name}"), format!("#!/bin/sh\n{script}\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
    }
    bed.path("tools")
}

/// `build app.py` with only these tools on PATH, and a cache of its own.
fn with_tools(bed: &Bed, scripts: &[(&str, &str)]) -> Command {
    let folder = tools(bed, scripts);
    let mut command = bed.command(["build", "app.py"]);
    command.env("PATH", folder).env("XDG_CACHE_HOME", bed.path("cache"));
    command
}

fn app() -> Bed {
    Bed::with(&[("app.py", "print('made')\n")])
}

const MISSING: &str = "error: tauraro compiles through Rust, and no `rustc` and `cargo` are on PATH. Install them from https://rustup.rs and try again.\n";
/// A rustc that says what it is.
const RUSTC: &str = "case \"$*\" in *sysroot*) echo /nonexistent;; *) printf 'rustc 1.95.0\\nhost: x86_64-unknown-linux-gnu\\nrelease: 1.95.0\\n';; esac";

#[test]
fn a_toolchain_that_is_missing_old_or_broken() {
    let bed = app();
    bed.end(with_tools(&bed, &[])).fails(MISSING);
    let bed = app();
    bed.end(with_tools(&bed, &[("rustc", RUSTC)])).fails(MISSING);
    let bed = app();
    let old = RUSTC.replace("1.95", "1.70");
    bed.end(with_tools(&bed, &[("rustc", &old), ("cargo", "exit 0")])).fails("error: tools/rustc is Rust 1.70.0, and tauraro needs 1.95 or newer: `rustup update` installs it.\n");
    let bed = app();
    bed.end(with_tools(&bed, &[("rustc", "echo no such toolchain >&2; exit 1"), ("cargo", "exit 0")])).fails("error: tools/rustc does not work: no such toolchain\n");
    let bed = app();
    let said = bed.end(with_tools(&bed, &[("rustc", RUSTC), ("cargo", "echo killed by a policy >&2; exit 1")]));
    assert!(said.status == 1 && said.stderr.ends_with("error: cargo does not work: killed by a policy\n"), "{said:?}");
    assert!(!bed.has("app"));
}

#[test]
fn a_first_build_without_network_linker_or_disk() {
    for (words, end) in [
        ("error: failed to download from the registry\\nCould not resolve host: index.crates.io", "Connect to the network and try again; later builds need none.\n"),
        ("error: linker `cc` not found", "Install gcc or clang (Debian, Ubuntu: build-essential; Fedora: gcc; macOS: xcode-select --install).\n"),
        ("error: could not write: No space left on device (os error 28)", "error: no space left on the device that holds the cache (`tauraro cache path`)\n"),
    ] {
        let bed = app();
        let said = bed.end(with_tools(&bed, &[("rustc", RUSTC), ("cargo", &format!("printf '{words}\\n' >&2; exit 101"))]));
        assert!(said.status == 1 && said.stderr.ends_with(end), "wanted {end:?}: {said:?}");
        assert_eq!(said.stderr.matches("error: ").count(), 1, "{said:?}");
        assert!(!bed.has("app"));
    }
}

#[test]
fn a_cache_that_has_no_place() {
    let bed = app();
    let mut command = bed.command(["build", "app.py"]);
    command.env("XDG_CACHE_HOME", "relative").env("HOME", "relative");
    bed.end(command).fails("error: no place for the cache: set HOME or XDG_CACHE_HOME to an absolute path\n");
    let blocked = bed.file("file", "");
    let mut command = bed.command(["build", "app.py"]);
    command.env("XDG_CACHE_HOME", &blocked);
    bed.end(command).fails_with("error: cannot create the cache folder file/tauraro: ");
}

#[test]
fn outputs_that_cannot_be_written() {
    let bed = app();
    fs::create_dir(bed.path("app")).expect("a folder");
    bed.tauraro("build app.py").fails("error: cannot write app: a folder of that name is there; choose another with -o\n");
    bed.tauraro("build app.py -o no/such/app").fails("error: cannot write no/such/app: no such folder no/such\n");
    bed.tauraro("build app.py -o app.py").fails("error: app.py would overwrite the script; choose another with -o\n");
    assert_eq!(fs::read_to_string(bed.path("app.py")).expect("the script"), "print('made')\n");
    let output = Command::new(env!("CARGO_BIN_EXE_command")).arg("--help").stdout(Stdio::from(full())).output().expect("the command");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: cannot write to stdout: no space left on the device\n");
}

/// A file that is always full.
fn full() -> fs::File {
    fs::File::options().write(true).open("/dev/full").expect("/dev/full")
}

#[test]
fn two_builds_of_one_script_at_once() {
    let bed = app();
    let start = || bed.command(["build", "--dev", "app.py"]).stderr(Stdio::piped()).spawn().expect("a build");
    let builds = [start(), start(), start()];
    for build in builds {
        let output = build.wait_with_output().expect("a build");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(run(&bed.path("app")), "made\n");
    assert_eq!(bed.names("."), ["app", "app.py"]);
}

fn run(program: &Path) -> String {
    let output = Command::new(program).output().expect("the program");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Ctrl-C reaches the command alone here; its compiler ends by itself.
#[cfg(unix)]
#[test]
fn an_interrupted_build_leaves_nothing() {
    let body: String = (0..400).map(|number| format!("def f{number}(x):\n    return [x + {number}, str(x), {{x: {number}}}]\n")).collect();
    let bed = Bed::with(&[("app.py", &format!("{body}print('made')\n"))]);
    let child = bed.command(["build", "app.py"]).stderr(Stdio::piped()).spawn().expect("a build");
    thread::sleep(Duration::from_millis(1_500));
    // SAFETY: the process is a child that has not been waited for.
    unsafe { libc::kill(child.id() as i32, libc::SIGINT) };
    let output = child.wait_with_output().expect("a build");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), stderr.lines().last()), (Some(130), Some("error: interrupted")), "{stderr}");
    assert_eq!(bed.names("."), ["app.py"]);
}

/// What a build keeps in the cache may go at any time.
#[test]
fn a_script_whose_folder_in_the_cache_is_gone_or_spoilt() {
    let bed = app();
    bed.tauraro("build --dev app.py").succeeds();
    let cache = bed.tauraro("cache path").stdout.trim().to_owned();
    let kept: Vec<PathBuf> = harness::files(Path::new(&cache), "map").into_iter().filter(|map| fs::read_to_string(map).is_ok_and(|text| text.contains(&bed.path("app.py").display().to_string()))).collect();
    let folder = kept.first().and_then(|map| map.parent()).expect("the script's folder").to_path_buf();
    fs::write(folder.join("made-dev"), b"nonsense").expect("a note");
    fs::remove_dir_all(folder.join("src")).expect("sources");
    bed.tauraro("build --dev app.py").succeeds();
    assert_eq!(run(&bed.path("app")), "made\n");
    fs::remove_dir_all(&folder).expect("the folder");
    fs::write(bed.path("app"), b"spoilt").expect("the program");
    bed.tauraro("build --dev app.py").succeeds();
    assert_eq!(run(&bed.path("app")), "made\n");
}

/// A rustc and a cargo that make files without compiling anything; `refuse` is what rustc says the first time it compiles.
fn with_pretenders(bed: &Bed, refuse: &str) -> Command {
    let marker = bed.path("refused");
    let rustc = format!(
        "case \"$*\" in *sysroot*) echo /nonexistent; exit;; *-vV*) printf 'host: x86_64-unknown-linux-gnu\\nrelease: 1.95.0\\n'; exit;; esac\n\
         if [ ! -e {0} ]; then : > {0}; printf '{refuse}\\n' >&2; exit 1; fi\n\
         while [ $# -gt 0 ]; do if [ \"$1\" = -o ]; then echo made > \"$2\"; fi; shift; done",
        marker.display()
    );
    let rlib = bed.file("librt.rlib", "");
    let cargo = format!("printf '{{\"reason\":\"compiler-artifact\",\"target\":{{\"name\":\"rt\"}},\"filenames\":[\"{}\"]}}\\n'", rlib.display());
    with_tools(bed, &[("rustc", &rustc), ("cargo", &cargo)])
}

#[test]
fn a_damaged_cache_is_made_again() {
    for words in [
        "error[E0786]: found invalid metadata files for crate rt",
        "error[E0463]: cannot find crate for `rt`\n --> src/main.rs:2:5",
        // What points into no text of ours is not about the text.
        "error: extern location for rt does not exist: target/release/deps/librt.rlib",
        "error: crate `memchr` required to be available in rlib format, but was not found in this form",
        "error: failed to open bitcode file librt.rlib: No such file or directory (os error 2)",
    ] {
        let bed = app();
        let said = bed.end(with_pretenders(&bed, words));
        assert!(said.succeeds().stderr.contains("tauraro: the cache is damaged and is made again\n"), "{said:?}");
        assert!(bed.has("app"));
    }
}

#[test]
fn refused_rust_is_a_bug_of_tauraro_at_a_python_line() {
    let bed = Bed::with(&[("app.py", "x = 1\n\n\nprint(x)\n")]);
    let emitted = bed.tauraro("emit app.py").succeeds().stdout.clone();
    let line = emitted.lines().position(|line| line.contains("// 4 | print(x)")).expect("the line as a comment") + 2;
    let said = bed.end(with_pretenders(&bed, &format!("error[E0308]: mismatched types\\n  --> src/main.rs:{line}:5")));
    let want = "error: app.py:4: the generated Rust does not compile (error[E0308]: mismatched types)\nThis is a bug in tauraro, not in your program: please report it with the program (TAU0901). The generated crate lies in cache/tauraro/";
    assert!(said.status == 1 && said.stderr.contains(want), "{said:?}");
    assert!(!bed.has("app"));
}

/// As on a full disk, but without one.
#[cfg(unix)]
#[test]
fn files_that_may_not_grow() {
    let bed = app();
    bed.tauraro("build --dev app.py").succeeds();
    fs::remove_file(bed.path("app")).expect("the program");
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 200; exec \"$0\" build app.py -o big", env!("CARGO_BIN_EXE_command")]).current_dir(&bed.folder);
    let said = bed.end(command);
    assert!(said.status == 1 && said.stderr.starts_with("error: ") && said.stderr.lines().count() == 1, "{said:?}");
    assert!(said.stderr.contains("space") || said.stderr.contains("larger than is allowed"), "{said:?}");
    assert_eq!(bed.names("."), ["app.py"]);
}

/// CPython's exception, because only the running program knows.
#[test]
fn an_attribute_that_a_native_module_lacks() {
    let bed = Bed::with(&[("app.py", "import json\njson.dumpz(1)\n"), ("other.py", "from math import nosuch\n")]);
    let said = bed.tauraro("-q run app.py");
    assert!(said.status == 1 && said.stderr.contains("AttributeError: module 'json' has no attribute 'dumpz'"), "{said:?}");
    let said = bed.tauraro("-q run other.py");
    assert!(said.status == 1 && said.stderr.contains("ImportError: cannot import name 'nosuch' from 'math'"), "{said:?}");
}
