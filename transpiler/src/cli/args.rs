//! Owns: reading the command line.
//! Never: does what it says, holds the help texts (`help` does).

use crate::diagnostics::near;
use super::help::{COMMANDS, HELP, SHELLS};
use std::ffi::OsString;
use std::path::PathBuf;

/// Everything the command line can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Build { files: Vec<PathBuf>, out: Option<PathBuf>, dev: bool, keep: Option<PathBuf> },
    Run { file: PathBuf, args: Vec<OsString>, release: bool },
    Check { files: Vec<PathBuf> },
    Verify { file: PathBuf, args: Vec<OsString> },
    Watch { file: PathBuf, args: Vec<OsString> },
    Emit { file: PathBuf },
    Dump { file: PathBuf, stage: Option<String> },
    Explain { code: String },
    CachePath,
    CacheClean,
    Completions(&'static str),
    Help(&'static str),
    Version,
}

/// Options that every command takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Common {
    pub quiet: bool,
    pub verbose: bool,
    pub strict: bool,
    /// `--message-format json`: what tauraro says is one JSON object per line.
    pub json: bool,
}

/// Commands that start the script and pass it what stands behind its name.
const TAKES_ARGUMENTS: &[&str] = &["run", "verify", "watch"];

/// The request, or one sentence saying what is wrong with the command line.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<(Request, Common), String> {
    let mut common = Common::default();
    let mut rest = args.into_iter().collect::<Vec<_>>().into_iter();
    let mut command = None;
    for arg in rest.by_ref() {
        match arg.to_str() {
            Some("-h" | "--help" | "help") => return Ok((Request::Help(HELP), common)),
            Some("--version" | "-V") => return Ok((Request::Version, common)),
            Some("-q" | "--quiet") => common.quiet = true,
            Some("-v" | "--verbose") => common.verbose = true,
            Some(word @ "--message-format") => return Err(format!("{word} stands behind the command (see tauraro --help)")),
            Some(word) if word.starts_with('-') => return Err(format!("unknown option {word} (see tauraro --help)")),
            Some(_) | None => {
                command = Some(arg);
                break;
            }
        }
    }
    let Some(command) = command else { return Ok((Request::Help(HELP), common)) };
    let name = command.to_string_lossy().into_owned();
    let Some(row) = COMMANDS.iter().find(|row| row.name == name) else {
        let hint = match near(&name, COMMANDS.iter().map(|row| row.name)) {
            _ if name.ends_with(".py") => format!("; did you mean `tauraro run {name}`?"),
            Some(near) => format!("; did you mean `tauraro {near}`?"),
            None => " (see tauraro --help)".to_owned(),
        };
        return Err(format!("unknown command {name}{hint}"));
    };
    let help = row.help;
    let mut words: Vec<OsString> = Vec::new();
    let (mut out, mut keep, mut stage) = (None, None, None);
    let (mut dev, mut release, mut only_words) = (false, false, false);
    while let Some(arg) = rest.next() {
        // Everything behind the script is the script's.
        if only_words || (TAKES_ARGUMENTS.contains(&name.as_str()) && !words.is_empty()) {
            words.push(arg);
            continue;
        }
        let text = arg.to_str().unwrap_or("").to_owned();
        let (option, attached) = match text.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option.to_owned(), Some(OsString::from(value))),
            Some(_) | None => (text.clone(), None),
        };
        let mut value = |what: &str| attached.clone().or_else(|| rest.next()).ok_or_else(|| format!("{option} needs {what}"));
        match option.as_str() {
            "-h" | "--help" => return Ok((Request::Help(help), common)),
            "-q" | "--quiet" => common.quiet = true,
            "-v" | "--verbose" => common.verbose = true,
            "--strict" if row.reads_scripts() => common.strict = true,
            "--message-format" if row.reads_scripts() => match value("human or json")?.to_str() {
                Some("json") => common.json = true,
                Some("human") => common.json = false,
                Some(_) | None => return Err("--message-format is human or json".to_owned()),
            },
            "-o" | "--output" if name == "build" => out = Some(PathBuf::from(value("a path")?)),
            "--keep" if name == "build" => keep = Some(PathBuf::from(value("a folder")?)),
            "--dev" if name == "build" => dev = true,
            "--release" if name == "run" => release = true,
            "--stage" if name == "dump" => stage = Some(value("a stage")?.to_string_lossy().into_owned()),
            "--" => only_words = true,
            _ if text.starts_with('-') && text != "-" => return Err(format!("unknown option {text} (see tauraro {name} --help)")),
            _ => words.push(arg),
        }
    }
    let mut words = words.into_iter();
    let request = match name.as_str() {
        "run" => Request::Run { file: file(words.next(), &name)?, args: words.by_ref().collect(), release },
        "verify" => Request::Verify { file: file(words.next(), &name)?, args: words.by_ref().collect() },
        "watch" => Request::Watch { file: file(words.next(), &name)?, args: words.by_ref().collect() },
        "emit" => Request::Emit { file: file(words.next(), &name)? },
        "dump" => Request::Dump { file: file(words.next(), &name)?, stage },
        "explain" => Request::Explain { code: words.next().unwrap_or_default().to_string_lossy().into_owned() },
        "completions" => {
            let word = words.next().unwrap_or_default();
            let shell = SHELLS.iter().find(|shell| word.to_str() == Some(shell));
            Request::Completions(shell.ok_or_else(|| format!("tauraro completions takes {}", SHELLS.join(", ")))?)
        }
        "cache" => match words.next().as_deref().and_then(|word| word.to_str()) {
            Some("path") => Request::CachePath,
            Some("clean") => Request::CacheClean,
            Some(_) | None => return Err("tauraro cache takes `path` or `clean`".to_owned()),
        },
        _ => {
            let mut files = vec![file(words.next(), &name)?];
            files.extend(words.by_ref().map(PathBuf::from));
            if out.is_some() && files.len() > 1 {
                return Err("-o names one executable, but there are several scripts".to_owned());
            }
            if name == "build" { Request::Build { files, out, dev, keep } } else { Request::Check { files } }
        }
    };
    match words.next() {
        Some(extra) => Err(format!("unexpected argument {} (see tauraro {name} --help)", extra.to_string_lossy())),
        None => Ok((request, common)),
    }
}

fn file(word: Option<OsString>, command: &str) -> Result<PathBuf, String> {
    word.map(PathBuf::from).ok_or_else(|| format!("tauraro {command} needs a Python file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(OsString::from)).map(|(request, _)| request)
    }

    #[test]
    fn options_behind_the_script_of_run_are_the_scripts() {
        let want = Request::Run { file: "a.py".into(), args: vec!["-q".into(), "--".into(), "x".into()], release: true };
        assert_eq!(read("run --release a.py -q -- x"), Ok(want));
    }

    #[test]
    fn build_takes_one_output_for_one_script() {
        let want = Request::Build { files: vec!["a.py".into()], out: Some("x".into()), dev: true, keep: None };
        assert_eq!(read("build --dev a.py -o x"), Ok(want.clone()));
        assert_eq!(read("build --output=x a.py --dev"), Ok(want));
        assert!(read("build a.py b.py -o x").is_err());
    }

    #[test]
    fn mistakes_are_one_sentence() {
        for (line, want) in [
            ("frob", "unknown command frob (see tauraro --help)"),
            ("app.py", "unknown command app.py; did you mean `tauraro run app.py`?"),
            ("biuld a.py", "unknown command biuld; did you mean `tauraro build`?"),
            ("check --message-format xml a.py", "--message-format is human or json"),
            ("completions tcsh", "tauraro completions takes bash, zsh, fish"),
            ("run", "tauraro run needs a Python file"),
            ("emit a.py --dev", "unknown option --dev (see tauraro emit --help)"),
            ("build a.py -o", "-o needs a path"),
            ("emit a.py b.py", "unexpected argument b.py (see tauraro emit --help)"),
        ] {
            assert_eq!(read(line), Err(want.to_owned()), "{line}");
        }
    }
}
