//! Wrong arguments in words: what there is instead, and where an option belongs.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, Error, ValueEnum};

use super::args::Cli;
use super::terminal::{self, Color};
use crate::util::printable::{self, Medium, Text};
use crate::util::suggest::closest;

/// What people call these commands who know them from other programs.
const ELSEWHERE: [(&str, &str); 18] = [
    ("check", "lint"),
    ("validate", "lint"),
    ("test", "lint"),
    ("fix", "lint --fix"),
    ("format", "fmt"),
    ("diff", "plan"),
    ("preview", "plan"),
    ("deploy", "apply"),
    ("push", "apply"),
    ("create", "apply"),
    ("new", "init"),
    ("show", "state show"),
    ("list", "state list"),
    ("serve", "sandbox"),
    ("mock", "sandbox"),
    ("completion", "completions"),
    ("adopt", "resolve"),
    ("docs", "explain"),
];

/// What people call these options who know them from other programs.
const OPTIONS_ELSEWHERE: [(&str, &str); 12] = [
    ("--format", "--output-format"),
    ("--reporter", "--output-format"),
    ("-f", "--output-format"),
    ("--output", "--output-file"),
    ("-o", "--output-file"),
    ("--enable", "--select"),
    ("--only", "--select"),
    ("--disable", "--ignore"),
    ("--exclude", "--ignore"),
    ("--strict", "--error-on-warnings"),
    ("--max-warnings", "--error-on-warnings"),
    ("--dry-run", "--diff"),
];

/// `--color` before the arguments are understood, so that it holds for what is said of wrong ones too.
pub(super) fn color(arguments: &[OsString]) -> Color {
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    let mut color = Color::Auto;
    while let Some(word) = words.next() {
        let value = match word.as_ref() {
            "--" => break,
            "--color" => words.next(),
            word => word.strip_prefix("--color=").map(|value| value.to_owned().into()),
        };
        if let Some(value) = value {
            color = Color::from_str(&value, false).unwrap_or(color);
        }
    }
    color
}

/// Prints what clap has to say, in dialform's words where it is a mistake, and gives the exit code for it: mistakes are 1
/// in plan and apply, where 2 means that there are changes, and 2 elsewhere.
pub(super) fn refuse(error: &Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let mut help = Text::new();
        help.drawn(&error.render().ansi().to_string());
        return terminal::print(help).err().unwrap_or(ExitCode::SUCCESS);
    }
    let mut program = Cli::command();
    program.build();
    let command = command_of(&program, arguments);
    match words(error, &program, command) {
        Some(words) => {
            let usage = match error.kind() {
                // Where the value is wrong, the rest is right.
                ErrorKind::InvalidValue | ErrorKind::ValueValidation => String::new(),
                _ => format!("\n\n{}", command.clone().render_usage()),
            };
            terminal::note_document(&format!(
                "error: {words}{usage}\n\n`{} --help` says what there is",
                name_of(command)
            ));
        }
        None if arguments.iter().all(is_harmless) => {
            let mut text = Text::new();
            text.drawn(&error.render().ansi().to_string());
            terminal::note_text(text.trimmed());
        }
        // What clap says may repeat any of them.
        None => terminal::note(&error.to_string().trim_end()),
    }
    let name = name_of(command);
    match name.strip_prefix("dialform ") {
        Some("plan" | "apply") => ExitCode::from(1),
        _ => ExitCode::from(2),
    }
}

/// Whether an argument may stand in a drawing as it is.
fn is_harmless(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    printable::shown(&text, Medium::Line) == text
}

/// The innermost command that the arguments name.
fn command_of<'p>(program: &'p Command, arguments: &[OsString]) -> &'p Command {
    let mut command = program;
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if word.starts_with('-') {
            // The value of an option that all commands have is no command.
            if options(program).any(|arg| is_called(arg, &word) && arg.get_action().takes_values()) {
                words.next();
            }
            continue;
        }
        match command.find_subcommand(word.as_ref()) {
            Some(inner) => command = inner,
            None => break,
        }
    }
    command
}

fn name_of(command: &Command) -> &str {
    command.get_bin_name().unwrap_or("dialform")
}

fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_positional())
}

fn is_called(arg: &Arg, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg
            .get_short()
            .is_some_and(|short| word.strip_prefix('-') == Some(short.to_string().as_str())),
    }
}

/// A mistake in words; nothing for what clap says well enough.
fn words(error: &Error, program: &Command, command: &Command) -> Option<String> {
    let text = |kind: ContextKind| error.get(kind).map(shown).filter(|text| !text.is_empty());
    let named = || text(ContextKind::InvalidArg).map(|arg| name_of_arg(&arg));
    Some(match error.kind() {
        ErrorKind::InvalidSubcommand => no_command(
            &text(ContextKind::InvalidSubcommand)?,
            text(ContextKind::SuggestedSubcommand),
            program,
            command,
        ),
        ErrorKind::UnknownArgument => {
            let word = text(ContextKind::InvalidArg)?;
            if word.starts_with('-') {
                no_option(&word, text(ContextKind::SuggestedArg), program, command)
            } else {
                format!(
                    "`{}` takes no more arguments, and `{word}` is one too many",
                    name_of(command)
                )
            }
        }
        ErrorKind::InvalidValue => match text(ContextKind::InvalidValue) {
            Some(value) => no_value(&named()?, &value, error),
            None => {
                let choices = listed(error.get(ContextKind::ValidValue));
                let choices = choices.map(|choices| format!(": {choices}")).unwrap_or_default();
                format!("{} needs a value{choices}", named()?)
            }
        },
        ErrorKind::ValueValidation => {
            // It may be empty.
            let value = error.get(ContextKind::InvalidValue).map(shown)?;
            let mut why = std::error::Error::source(error).map(ToString::to_string)?;
            if why.contains("non-zero type") {
                why = "it is 1 at least".to_owned();
            } else if why.contains("invalid digit") || why.contains("parse integer from empty") {
                why = "it is a whole number".to_owned();
            }
            // The reason may quote what it is about.
            let why = printable::shown(&why, Medium::Line);
            format!("`{value}` is no value of {}: {why}", named()?)
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) = (text(ContextKind::InvalidArg)?, text(ContextKind::PriorArg)?);
            if one == other {
                format!("{} is given twice, and goes only once", name_of_arg(&one))
            } else {
                format!("{} and {} do not go together", name_of_arg(&one), names_of_args(&other))
            }
        }
        ErrorKind::MissingRequiredArgument => format!("{} is missing", names_of_args(&text(ContextKind::InvalidArg)?)),
        _ => return None,
    })
}

fn no_command(word: &str, suggested: Option<String>, program: &Command, command: &Command) -> String {
    let is_inner = command.get_name() != program.get_name();
    let mut said = match is_inner {
        true => format!("`{}` has no command `{word}`", name_of(command)),
        false => format!("there is no command `{word}`"),
    };
    let names = || {
        command
            .get_subcommands()
            .map(Command::get_name)
            .filter(|name| *name != "help")
    };
    let elsewhere = ELSEWHERE.iter().find(|(name, _)| !is_inner && *name == word);
    let meant = elsewhere
        .map(|(_, meant)| (*meant).to_owned())
        .or_else(|| closest(word, names()).map(str::to_owned))
        .or_else(|| suggested.and_then(|names| names.split(", ").next().map(str::to_owned)));
    if !is_inner && (word == "-" || word.ends_with(".kdl") || std::path::Path::new(word).exists()) {
        said.push_str(&format!("; to check that file or folder: dialform lint {word}"));
    } else if let Some(meant) = meant {
        said.push_str(&format!("; did you mean `{meant}`?"));
    } else {
        let names: Vec<&str> = names().collect();
        said.push_str(&format!("; there are: {}", names.join(", ")));
    }
    said
}

fn no_option(word: &str, suggested: Option<String>, program: &Command, command: &Command) -> String {
    let word = word.split('=').next().unwrap_or(word);
    if options(command).any(|arg| is_called(arg, word)) {
        let name = name_of(command);
        return format!("`{word}` goes behind the command: {name} {word}");
    }
    let mut said = match command.get_name() == program.get_name() {
        true => format!("there is no option `{word}` that goes before the command"),
        false => format!("`{}` has no option `{word}`", name_of(command)),
    };
    let longs = || options(command).filter_map(Arg::get_long);
    let elsewhere = OPTIONS_ELSEWHERE.iter().filter(|(name, _)| *name == word);
    let elsewhere = elsewhere
        .map(|(_, meant)| *meant)
        .find(|meant| options(command).any(|arg| is_called(arg, meant)));
    let near = word.strip_prefix("--").and_then(|long| closest(long, longs()));
    let near = near.map(|long| format!("--{long}")).or(suggested);
    let near = elsewhere.map(str::to_owned).or(near);
    let owners: Vec<String> = all(program)
        .into_iter()
        .filter(|other| options(other).any(|arg| is_called(arg, word)))
        .map(|other| format!("`{}`", name_of(other)))
        .collect();
    match (near, owners.as_slice()) {
        (_, [.., _]) if elsewhere.is_none() => {
            let verb = if owners.len() == 1 { "has" } else { "have" };
            said.push_str(&format!("; {} {verb} it", owners.join(", ")));
        }
        (Some(near), _) => said.push_str(&format!("; did you mean `{near}`?")),
        (None, _) => {}
    }
    said
}

/// Every command below the program.
fn all(program: &Command) -> Vec<&Command> {
    let mut commands: Vec<&Command> = Vec::new();
    let mut waiting: Vec<&Command> = program.get_subcommands().collect();
    while let Some(command) = waiting.pop() {
        commands.push(command);
        waiting.extend(command.get_subcommands().filter(|inner| inner.get_name() != "help"));
    }
    commands.retain(|command| command.get_name() != "help");
    commands.sort_by_key(|command| name_of(command).to_owned());
    commands
}

fn no_value(of: &str, value: &str, error: &Error) -> String {
    let mut said = format!("`{value}` is no value of {of}");
    let valid = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) => valid.as_slice(),
        _ => &[],
    };
    let near = closest(value, valid.iter().map(String::as_str)).map(str::to_owned);
    let near = near.or_else(|| error.get(ContextKind::SuggestedValue).map(shown));
    if let Some(near) = near.filter(|near| !near.is_empty()) {
        said.push_str(&format!("; did you mean `{near}`?"));
    }
    if let Some(choices) = listed(error.get(ContextKind::ValidValue)) {
        said.push_str(&format!("\n  there are: {choices}"));
    }
    said
}

fn listed(values: Option<&ContextValue>) -> Option<String> {
    match values {
        Some(ContextValue::Strings(values)) if !values.is_empty() => Some(values.join(", ")),
        _ => None,
    }
}

/// What clap quotes, which may be an argument.
fn shown(value: &ContextValue) -> String {
    printable::shown(&value.to_string(), Medium::Line).into_owned()
}

/// `--output-format <FORMAT>` as people call it.
fn name_of_arg(arg: &str) -> String {
    let arg = arg.trim_matches(['[', ']', '<', '>', '.']);
    let name = match arg.split_once([' ', '=']) {
        // The value of `--write-baseline [FILE]` may be left out.
        Some((option, _)) if option.starts_with('-') => option.trim_end_matches('['),
        _ => arg,
    };
    format!("`{name}`")
}

fn names_of_args(args: &str) -> String {
    let either = |arg: &str| arg.split('|').map(name_of_arg).collect::<Vec<_>>().join(" or ");
    args.split(", ").map(either).collect::<Vec<_>>().join(" and ")
}

/// Whether a word names a command.
pub(super) fn is_command(word: &str) -> bool {
    Cli::command().find_subcommand(word).is_some()
}
