//! Owns: help, completions, explanations, JSON, colours, the command line's own mistakes.

use super::bed::Bed;
use std::process::Command;

#[test]
fn help_is_short_and_has_examples() {
    let bed = Bed::new();
    let help = bed.tauraro("--help");
    assert!(help.succeeds().stdout.lines().count() < 40 && help.stdout.contains("examples:\n  tauraro run app.py"), "{help:?}");
    for command in ["run", "build", "check", "verify", "watch", "emit", "dump", "explain", "cache", "completions"] {
        let said = bed.tauraro(&format!("{command} --help"));
        assert!(said.succeeds().stdout.starts_with(&format!("usage: tauraro {command}")) && said.stdout.contains("example"), "{said:?}");
    }
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    let bed = Bed::new();
    for (line, message) in [
        ("frobnicate", "error: unknown command frobnicate (see tauraro --help)\n"),
        ("chek a.py", "error: unknown command chek; did you mean `tauraro check`?\n"),
        ("build", "error: tauraro build needs a Python file\n"),
        ("check --fast a.py", "error: unknown option --fast (see tauraro check --help)\n"),
    ] {
        let said = bed.tauraro(line);
        assert_eq!((said.status, said.stderr.as_str()), (2, message));
    }
}

#[test]
fn bash_completes_commands_options_and_values() {
    let bed = Bed::new();
    let script = bed.tauraro("completions bash").succeeds().stdout.clone();
    let ask = |words: &str, at: usize| {
        let program = format!("{script}\nCOMP_WORDS=({words}); COMP_CWORD={at}; _tauraro; echo \"${{COMPREPLY[@]}}\"");
        let output = Command::new("bash").arg("-c").arg(program).output().expect("bash");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(ask("tauraro ver", 1), "verify");
    assert_eq!(ask("tauraro build --d", 2), "--dev");
    assert_eq!(ask("tauraro check --message-format j", 3), "json");
    assert_eq!(ask("tauraro cache ''", 2), "path clean");
    assert!(bed.tauraro("completions zsh").succeeds().stdout.starts_with("#compdef tauraro"));
    assert!(bed.tauraro("completions fish").succeeds().stdout.contains("complete -c tauraro"));
}

#[test]
fn diagnostics_are_explained() {
    let bed = Bed::new();
    assert!(bed.tauraro("explain TAU0202").succeeds().stdout.starts_with("TAU0202: this import cannot be resolved\n\n"));
    assert!(bed.tauraro("explain tau0202").succeeds().stdout.starts_with("TAU0202"));
    assert!(bed.tauraro("explain").succeeds().stdout.lines().count() > 5);
    bed.tauraro("explain TAU9999").fails("error: no diagnostic has the code TAU9999 (`tauraro explain` lists them)\n");
}

#[test]
fn json_is_one_object_per_line() {
    let bed = Bed::with(&[("bad.py", "x = (1\n"), ("good.py", "print('é')\n")]);
    let said = bed.tauraro("check --message-format json good.py bad.py");
    let want = "{\"reason\":\"diagnostic\",\"code\":\"TAU0101\",\"severity\":\"error\",\"message\":\"'(' was never closed\",\"exception\":\"SyntaxError\",\"hint\":null,\"labels\":[{\"file\":\"bad.py\",\"line\":1,\"column\":5,\"end_line\":1,\"end_column\":6,\"text\":\"\"}]}\n";
    assert_eq!((said.status, said.stdout.as_str(), said.stderr.as_str()), (1, want, ""));
    let said = bed.tauraro("check --message-format=json missing.py");
    let want = "{\"reason\":\"failure\",\"severity\":\"error\",\"message\":\"cannot read missing.py: no such file or folder\",\"bug\":null}\n";
    assert_eq!((said.status, said.stdout.as_str()), (1, want));
    assert!(bed.tauraro("run --message-format json bad.py").stdout.is_empty());
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    let bed = Bed::with(&[("bad.py", "import surely_not_there\n")]);
    let said = bed.tauraro("check bad.py");
    assert!(said.stderr.starts_with("error[TAU0202]: ") && !said.stderr.contains('\x1b'), "{said:?}");
}

/// `script` gives the command a terminal; machines without it have nothing to show.
#[test]
fn colours_are_for_terminals_and_no_color_turns_them_off() {
    let bed = Bed::with(&[("bad.py", "import surely_not_there\n")]);
    let line = format!("{} check bad.py", env!("CARGO_BIN_EXE_command"));
    let on_terminal = |no_color: &str| {
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(&bed.folder).env("TERM", "xterm").env("NO_COLOR", no_color);
        command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Ok(text) = on_terminal("") else { return };
    assert!(text.contains("\x1b[1;31merror[TAU0202]"), "{text}");
    assert!(!on_terminal("1").unwrap_or_default().contains('\x1b'));
}

/// What a coroutine does wrong is a warning of `check`, `build` and `run`, with every place of the chain in JSON.
#[test]
fn warnings_about_coroutines() {
    let script = "import asyncio\nimport time\n\n\ndef pause():\n    time.sleep(0)\n    time.sleep(0.001)\n\n\nasync def main():\n    pause()\n\n\nasyncio.run(main())\n";
    let bed = Bed::with(&[("app.py", script)]);
    for line in ["check app.py", "build --dev app.py", "run app.py"] {
        let said = bed.tauraro(line);
        assert!(said.succeeds().stderr.contains("warning[TAU0303]: time.sleep() blocks the event loop: the coroutine main() comes to it through pause()"), "{said:?}");
    }
    assert_eq!(bed.tauraro("-q run app.py").succeeds().stderr, "");
    bed.tauraro("check --strict app.py").fails_with("error[TAU0303]");
    let said = bed.tauraro("check --message-format json app.py");
    let record = &said.succeeds().stdout;
    let lines = ["\"code\":\"TAU0303\",\"severity\":\"warning\"", "\"line\":11,\"column\":5,\"end_line\":11,\"end_column\":12,", "\"line\":7,\"column\":5,"];
    assert!(record.lines().count() == 1 && lines.iter().all(|part| record.contains(part)), "{said:?}");
    assert!(bed.tauraro("explain TAU0303").succeeds().stdout.starts_with("TAU0303: a call that blocks the event loop\n"));
    bed.file("app.py", script.replace("time.sleep(0.001)", "time.sleep(0.001)  # tauraro: ignore[TAU0303]"));
    assert_eq!(bed.tauraro("check --strict app.py").succeeds().stderr, "");
}
