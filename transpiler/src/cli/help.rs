//! Owns: the commands as a table: names, options, help texts.
//! Never: reads a command line (`args`) or prints.

/// One command.
pub struct Command {
    pub name: &'static str,
    /// What stands behind its name.
    pub takes: Takes,
    /// A line for completions.
    pub summary: &'static str,
    pub help: &'static str,
    /// Its own options, each with a line for completions.
    pub options: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Scripts,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A diagnostic code.
    Code,
}

impl Command {
    pub fn reads_scripts(&self) -> bool {
        self.takes == Takes::Scripts
    }
}

/// Shells that completions are written for.
pub const SHELLS: &[&str] = &["bash", "zsh", "fish"];

/// Options of every command.
pub const COMMON: &[(&str, &str)] = &[("--help", "how the command is used"), ("--quiet", "only errors"), ("--verbose", "every command that is run")];

/// Options of every command that reads scripts.
pub const OF_SCRIPTS: &[(&str, &str)] = &[("--strict", "warnings are errors"), ("--message-format", "human or json")];

pub const HELP: &str = "\
tauraro compiles Python 3.13 programs to native executables.

usage: tauraro COMMAND [OPTIONS] FILE...

  run FILE [ARGS...]        compile quickly and run, with the script's arguments
  build FILE... [-o OUT]    compile each script to an executable
  check FILE...             report what CPython or tauraro would reject
  verify FILE [ARGS...]     run it compiled and under CPython, and show the first difference
  watch FILE [ARGS...]      run it, and again whenever a file of it changes
  emit FILE                 print the Rust that a script becomes
  dump FILE --stage STAGE   print an intermediate form: ast, scopes, hir, types, color, rir
  explain CODE              explain a diagnostic such as TAU0202
  cache path | clean        where compiled things are kept; remove them
  completions SHELL         completions for bash, zsh or fish

  -q, --quiet     only errors          -v, --verbose   every command that is run
  --strict        warnings are errors  --version       the version
  -h, --help      this text, or a command's own
  --message-format json                diagnostics as JSON, one per line

examples:
  tauraro run app.py --port 8080
  tauraro build app.py && ./app
  tauraro build server.py -o bin/server
  tauraro check src/*.py --message-format json
";

const BUILD: &str = "\
usage: tauraro build FILE... [-o OUT] [--dev] [--strict] [--keep DIR]

Compiles each script to one executable that needs no Python. Without -o it is written to the
current folder and carries the script's name (app.py: app).

  -o, --output OUT   where the executable goes (one FILE only)
  --dev              compile fast instead of compiling fast code
  --strict           warnings are errors
  --keep DIR         also write the generated crate to DIR

examples:
  tauraro build app.py && ./app
  tauraro build client.py server.py
";

const RUN: &str = "\
usage: tauraro run [--release] FILE [ARGS...]

Compiles the script without optimising it and runs it. Arguments, stdin, signals and the exit
status pass through. Options of tauraro stand before FILE.

  --release          optimise, as `build` does

examples:
  tauraro run app.py one two
  tauraro run --release app.py < input.txt
";

const CHECK: &str = "\
usage: tauraro check [--strict] [--message-format json] FILE...

Reports what would stop a build, without building. Exit status 1 if anything would.

examples:
  tauraro check app.py
  tauraro check --strict src/*.py
";

const VERIFY: &str = "\
usage: tauraro verify FILE [ARGS...]

Runs the compiled script and the installed CPython 3.13 (TAURARO_PYTHON names it) with the same
arguments and input, and shows the first difference in output, exit status or exception.
Exit status 1 if there is one.

example:
  tauraro verify app.py --items 3 < input.txt
";

const WATCH: &str = "\
usage: tauraro watch FILE [ARGS...]

Compiles the script without optimising it and runs it; when it or a module of its own changes,
the program is stopped, compiled and started again. Ctrl-C ends it.

example:
  tauraro watch server.py --port 8080
";

const EMIT: &str = "\
usage: tauraro emit FILE

Prints the generated Rust. With several modules, each follows a line `// src/NAME.rs`.

example:
  tauraro emit app.py | less
";

const DUMP: &str = "\
usage: tauraro dump FILE --stage STAGE

Prints an intermediate form. STAGE is one of: ast, scopes, hir, types, color, rir.

example:
  tauraro dump app.py --stage hir
";

const EXPLAIN: &str = "\
usage: tauraro explain CODE

Explains a diagnostic code. Without CODE: lists them.

example:
  tauraro explain TAU0202
";

const CACHE: &str = "\
usage: tauraro cache path | clean

path    print the folder that holds the compiled runtime and the scripts
clean   remove it

example:
  du -sh \"$(tauraro cache path)\"
";

const COMPLETIONS: &str = "\
usage: tauraro completions bash | zsh | fish

Prints a script that teaches the shell tauraro's commands and options.

examples:
  tauraro completions bash > ~/.local/share/bash-completion/completions/tauraro
  tauraro completions zsh > \"${fpath[1]}/_tauraro\"
  tauraro completions fish > ~/.config/fish/completions/tauraro.fish
";

#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    Command { name: "run", takes: Takes::Scripts, summary: "compile quickly and run", help: RUN,
        options: &[("--release", "optimise, as build does")] },
    Command { name: "build", takes: Takes::Scripts, summary: "compile each script to an executable", help: BUILD,
        options: &[("--output", "where the executable goes"), ("--dev", "compile fast"), ("--keep", "also write the generated crate")] },
    Command { name: "check", takes: Takes::Scripts, summary: "report what would stop a build", help: CHECK, options: &[] },
    Command { name: "verify", takes: Takes::Scripts, summary: "compare with CPython", help: VERIFY, options: &[] },
    Command { name: "watch", takes: Takes::Scripts, summary: "run again whenever a file changes", help: WATCH, options: &[] },
    Command { name: "emit", takes: Takes::Scripts, summary: "print the generated Rust", help: EMIT, options: &[] },
    Command { name: "dump", takes: Takes::Scripts, summary: "print an intermediate form", help: DUMP,
        options: &[("--stage", "ast, scopes, hir, types, color or rir")] },
    Command { name: "explain", takes: Takes::Code, summary: "explain a diagnostic", help: EXPLAIN, options: &[] },
    Command { name: "cache", takes: Takes::Words(&["path", "clean"]), summary: "where compiled things are kept", help: CACHE, options: &[] },
    Command { name: "completions", takes: Takes::Words(SHELLS), summary: "completions for a shell", help: COMPLETIONS, options: &[] },
];
