//! Owns: `tauraro completions`: the table of commands in the languages of three shells.
//! Never: lists a command or an option itself (`help` does).

use super::help::{COMMANDS, COMMON, Command, OF_SCRIPTS, Takes};
use super::{Stop, print};
use crate::STAGES;
use crate::diagnostics::codes;
use std::fmt::Write as _;

pub fn completions(shell: &str) -> Result<(), Stop> {
    print(&match shell {
        "bash" => bash(),
        "zsh" => zsh(),
        _ => fish(),
    })
}

fn options(command: &Command) -> impl Iterator<Item = &(&'static str, &'static str)> {
    let of_scripts = if command.reads_scripts() { OF_SCRIPTS } else { &[] };
    command.options.iter().chain(of_scripts).chain(COMMON)
}

/// What follows the command's name when it is not a file.
fn words(command: &Command) -> Option<String> {
    match command.takes {
        Takes::Scripts => None,
        Takes::Words(words) => Some(words.join(" ")),
        Takes::Code => Some(codes::ALL.iter().map(|row| row.0.to_string()).collect::<Vec<_>>().join(" ")),
    }
}

/// Values of options that take one of a few words.
fn values() -> [(&'static str, String); 2] {
    [("--message-format", "human json".to_owned()), ("--stage", STAGES.join(" "))]
}

fn names() -> String {
    COMMANDS.iter().map(|command| command.name).collect::<Vec<_>>().join(" ")
}

fn bash() -> String {
    let mut cases = String::new();
    for command in COMMANDS {
        let flags = options(command).map(|option| option.0).collect::<Vec<_>>().join(" ");
        let rest = match words(command) {
            Some(words) => format!("COMPREPLY=($(compgen -W \"{words}\" -- \"$word\"))"),
            None => "COMPREPLY=($(compgen -f -X '!*.py' -- \"$word\") $(compgen -d -- \"$word\"))".to_owned(),
        };
        let _ = write!(
            cases,
            "        {})\n            if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"{flags}\" -- \"$word\")); else {rest}; fi ;;\n",
            command.name
        );
    }
    let mut chosen = String::new();
    for (option, words) in values() {
        let _ = writeln!(chosen, "        {option}) COMPREPLY=($(compgen -W \"{words}\" -- \"$word\")); return ;;");
    }
    format!(
        "_tauraro() {{\n    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n    COMPREPLY=()\n    case $before in\n{chosen}        -o|--output|--keep) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n    esac\n    if [[ $COMP_CWORD -eq 1 ]]; then\n        COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n        return\n    fi\n    case ${{COMP_WORDS[1]}} in\n{cases}    esac\n}}\ncomplete -o filenames -F _tauraro tauraro\n",
        names()
    )
}

fn zsh() -> String {
    let described: String = COMMANDS.iter().map(|command| format!("        '{}:{}'\n", command.name, command.summary)).collect();
    let mut cases = String::new();
    for command in COMMANDS {
        let mut arguments = String::new();
        for (option, what) in options(command) {
            let value = match values().into_iter().find(|row| row.0 == *option) {
                Some((_, words)) => format!(":value:({words})"),
                None if matches!(*option, "--output" | "--keep") => ":path:_files".to_owned(),
                None => String::new(),
            };
            let _ = write!(arguments, " '{option}[{what}]{value}'");
        }
        let rest = words(command).map_or("'*:script:_files -g \"*.py\"'".to_owned(), |words| format!("'1:what:({words})'"));
        let _ = writeln!(cases, "        {}) _arguments{arguments} {rest} ;;", command.name);
    }
    format!(
        "#compdef tauraro\n_tauraro() {{\n    local -a commands\n    commands=(\n{described}    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n{cases}    esac\n}}\nif [[ $funcstack[1] == _tauraro ]]; then _tauraro \"$@\"; else compdef _tauraro tauraro; fi\n"
    )
}

fn fish() -> String {
    let mut out = format!("complete -c tauraro -f\nset -l commands {}\n", names());
    for command in COMMANDS {
        let (name, summary) = (command.name, command.summary);
        let _ = writeln!(out, "complete -c tauraro -n \"not __fish_seen_subcommand_from $commands\" -a {name} -d '{summary}'");
        let seen = format!("complete -c tauraro -n \"__fish_seen_subcommand_from {name}\"");
        for (option, what) in options(command) {
            let long = option.trim_start_matches('-');
            let value = match values().into_iter().find(|row| row.0 == *option) {
                Some((_, words)) => format!(" -x -a '{words}'"),
                None if matches!(*option, "--output" | "--keep") => " -r -F".to_owned(),
                None => String::new(),
            };
            let _ = writeln!(out, "{seen} -l {long} -d '{what}'{value}");
        }
        let _ = match words(command) {
            Some(words) => writeln!(out, "{seen} -a '{words}'"),
            None => writeln!(out, "{seen} -F"),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_every_shell() {
        for text in [bash(), zsh(), fish()] {
            for command in COMMANDS {
                assert!(text.contains(command.name) && options(command).all(|o| text.contains(o.0.trim_start_matches('-'))), "{}", command.name);
            }
        }
    }
}
