//! Owns: `[tool.tauraro]` and PEP 723 headers.

use super::bed::Bed;

const EVAL: &str = "def f():\n    return eval('1')\n";

#[test]
fn the_nearest_table_counts() {
    let bed = Bed::with(&[
        ("pyproject.toml", "[tool.tauraro]\nstrict = true\n"),
        ("a/pyproject.toml", "[project]\nname = \"a\"\n"),
        ("a/app.py", EVAL),
        ("b/pyproject.toml", "[tool.tauraro]\nstrict = false\n"),
        ("b/app.py", EVAL),
    ]);
    bed.tauraro("check a/app.py").fails_with("error[TAU0204]");
    assert!(bed.tauraro("check b/app.py").succeeds().stderr.starts_with("warning[TAU0204]"));
}

#[test]
fn mistakes_in_the_table_are_shown() {
    let bed = Bed::with(&[("pyproject.toml", "[tool.tauraro]\nstrct = true\n"), ("app.py", "print()\n")]);
    bed.tauraro("check app.py").fails("error[TAU0103]: unknown key 'strct' in [tool.tauraro]\n --> pyproject.toml:2:1\n  |\n2 | strct = true\n  | ^^^^^\n  = hint: did you mean `strict`?\n");
    bed.file("pyproject.toml", "[tool.tauraro]\nstrict = 1\n");
    bed.tauraro("check app.py").fails_with("error[TAU0103]: strict in [tool.tauraro] is true or false\n --> pyproject.toml:2:10\n");
    bed.file("pyproject.toml", "[tool.tauraro\n");
    bed.tauraro("check app.py").fails_with("error[TAU0103]: this is not TOML: ");
    bed.file("pyproject.toml", "[tool.other\n");
    bed.tauraro("check app.py").succeeds();
}

#[test]
fn dependencies_of_the_header_are_reported() {
    let script = "# /// script\n# requires-python = \">=3.14\"\n# dependencies = [\"httpx>=0.27\", \"own-lib\", \"Rich[x]<9\"]\n# ///\nprint()\n";
    let bed = Bed::with(&[("app.py", script), ("own_lib/__init__.py", "")]);
    let said = bed.tauraro("check app.py");
    let heads: Vec<&str> = said.succeeds().stderr.lines().filter(|line| line.contains("[TAU")).collect();
    assert_eq!(heads, [
        "warning[TAU0205]: the script requires Python >=3.14, and tauraro compiles Python 3.13",
        "note[TAU0205]: dependency httpx>=0.27 is native: the runtime has it",
        "note[TAU0205]: dependency own-lib is compiled: its source lies beside the script",
        "warning[TAU0205]: dependency Rich[x]<9 is unsupported: neither the runtime nor the script's folder has a module 'rich'",
    ]);
    bed.tauraro("check --strict app.py").fails_with("error[TAU0205]");
}

#[test]
fn a_header_has_settings_too_and_must_be_toml() {
    let bed = Bed::with(&[("app.py", &format!("# /// script\n# [tool.tauraro]\n# strict = true\n# ///\n{EVAL}"))]);
    bed.tauraro("check app.py").fails_with("error[TAU0204]");
    bed.file("app.py", "# /// script\n# dependencies = [1]\n# ///\n");
    bed.tauraro("check app.py").fails("error[TAU0103]: a dependency is a string\n --> app.py:2:19\n  |\n2 | # dependencies = [1]\n  |                   ^\n");
}
