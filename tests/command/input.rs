//! Owns: files that cannot be read, are no text, or are no program; modules and attributes that are not there.

use super::bed::Bed;

#[test]
fn files_that_cannot_be_read() {
    let bed = Bed::new();
    bed.tauraro("check missing.py").fails("error: cannot read missing.py: no such file or folder\n");
    bed.tauraro("build missing.py").fails("error: cannot read missing.py: no such file or folder\n");
    std::fs::create_dir(bed.path("empty")).expect("a folder");
    bed.tauraro("run empty").fails("error: empty is a folder without a __main__.py\n");
}

/// Who may read everything, as root may, sees nothing of this.
#[cfg(unix)]
#[test]
fn files_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let bed = Bed::with(&[("secret.py", "print()\n")]);
    std::fs::set_permissions(bed.path("secret.py"), std::fs::Permissions::from_mode(0)).expect("a mode");
    if std::fs::read(bed.path("secret.py")).is_err() {
        bed.tauraro("check secret.py").fails("error: cannot read secret.py: permission denied\n");
    }
}

/// The texts are CPython 3.13's own.
#[test]
fn files_that_are_no_text() {
    let bed = Bed::new();
    bed.file("latin.py", b"x = 1\ny = '\xe9'\n");
    bed.tauraro("check latin.py").fails("SyntaxError: Non-UTF-8 code starting with '\\xe9' in file latin.py on line 2, but no encoding declared; see https://peps.python.org/pep-0263/ for details\n");
    bed.file("zero.py", b"x = 1\0\n");
    bed.tauraro("check zero.py").fails("  File \"zero.py\", line 1\n    x = 1\nSyntaxError: source code cannot contain null bytes\n");
    bed.file("unknown.py", b"# coding: utf-9\n");
    bed.tauraro("check unknown.py").fails("SyntaxError: encoding problem: utf-9\n");
    bed.file("both.py", b"\xef\xbb\xbf# coding: latin-1\n");
    bed.tauraro("check both.py").fails("SyntaxError: encoding problem: iso-8859-1 with BOM\n");
    bed.file("other.py", b"# coding: cp1252\n");
    bed.tauraro("check other.py").fails("SyntaxError: tauraro does not read the encoding cp1252; convert other.py to UTF-8\n");
    bed.file("declared.py", b"# coding: latin-1\nx = '\xe9'\n");
    bed.tauraro("check declared.py").succeeds();
    bed.file("tabs.py", "if 1:\n\tx = 1\n        y = 2\n");
    bed.tauraro("check tabs.py").fails("  File \"tabs.py\", line 3\n    y = 2\nTabError: inconsistent use of tabs and spaces in indentation\n");
}

#[test]
fn ten_megabytes() {
    let bed = Bed::new();
    let line = "    # a comment that makes the file long without making the program large, as generated files do\n";
    bed.file("long.py", format!("def f():\n    return 1\n{}print(f()\n", line.repeat(10_000_000 / line.len())));
    bed.tauraro("check long.py").fails_with("  File \"long.py\", line ");
}

/// Each as CPython 3.13 ends it.
#[test]
fn programs_that_are_too_deep() {
    let parser = "MemoryError: Parser stack overflowed - Python source too complex to parse\n";
    let compiler = "RecursionError: maximum recursion depth exceeded during compilation\n";
    let brackets = "SyntaxError: too many nested parentheses\n";
    let chain = |part: &str, count: usize| format!("x = a{}\n", part.repeat(count));
    let nested = |open: &str, close: &str, count: usize| format!("x = {}1{}\n", open.repeat(count), close.repeat(count));
    for (text, end) in [
        (nested("(", ")", 5_000), brackets),
        (nested("[", "]", 10_000), brackets),
        (nested("-", "", 10_000), parser),
        (nested("not ", "", 10_000), parser),
        (nested("lambda: ", "", 5_000), parser),
        (nested("1 if a else ", "", 10_000), parser),
        (chain(".b", 20_000), compiler),
        (chain("()", 20_000), compiler),
        (chain(" + 1", 200_000), compiler),
        (format!("if x: pass\n{}", "elif x: pass\n".repeat(10_000)), parser),
        ((0..120).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect(), "IndentationError: too many levels of indentation\n"),
        ((0..25).map(|depth| format!("{}while 1:\n", " ".repeat(depth))).collect::<String>() + &" ".repeat(25) + "pass\n", "SyntaxError: too many statically nested blocks\n"),
    ] {
        let bed = Bed::with(&[("deep.py", &text)]);
        let said = bed.tauraro("check deep.py");
        assert!(said.status == 1 && said.stderr.ends_with(end), "wanted {end}: {}", said.stderr.chars().rev().take(300).collect::<String>());
    }
    // What CPython compiles and tauraro does not is said, and said at once.
    for chain in [" and a", " < a", " + a", ".a"] {
        let bed = Bed::with(&[("long.py", &format!("a = 1\nx = a{}\n", chain.repeat(5_000)))]);
        bed.tauraro("check long.py").fails_with("error[TAU0201]: this expression chains or nests more than 1200 operations\n --> long.py:2:5\n");
    }
    let bed = Bed::with(&[("deep.py", &format!("x = {}{}\nprint(x)\n", "(".repeat(199), ")".repeat(199)))]);
    bed.tauraro("check deep.py").succeeds();
}

#[test]
fn modules_that_nobody_provides() {
    let bed = Bed::with(&[("app.py", "import sys, nosuch.sub\n")]);
    let said = bed.tauraro("check app.py");
    said.fails_with("error[TAU0202]: no module named 'nosuch'\n --> app.py:1:13\n");
    assert_eq!(said.stderr.matches("TAU0202").count(), 1, "{said:?}");
    assert!(said.stderr.contains("= hint: put nosuch.py or a folder nosuch beside the script; looked for in the script's folder,"), "{said:?}");
}

/// Only the library's own text says what it imports, so one must be installed.
#[test]
fn modules_that_only_a_library_imports() {
    if harness::cpython::find().is_none() {
        return;
    }
    let bed = Bed::with(&[
        ("always.py", "import profiling\nimport os.path\n"),
        ("profiling.py", "def profile():\n    import cProfile\n\n    return cProfile\n"),
        ("guarded.py", "try:\n    import cProfile\nexcept ImportError:\n    cProfile = None\n"),
    ]);
    let said = bed.tauraro("check always.py");
    let want = "warning[TAU0202]: importing 'cProfile' will raise ModuleNotFoundError: cProfile imports _lsprof, which tauraro does not have\n --> profiling.py:2:12\n";
    assert!(said.succeeds().stderr.replace(&format!("{}/", bed.folder.display()), "").starts_with(want), "{said:?}");
    assert_eq!(bed.tauraro("check guarded.py").succeeds().stderr, "");
}
