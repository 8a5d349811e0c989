//! Errors about arguments: clap's own, with tips for names of other programs and a sanitized text.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, Error, ValueEnum};

use super::args::Cli;
use super::terminal::{self, Color};
use crate::util::printable::{self, Medium, Text};

/// The commit that a release is built from, and its date; see `build.rs`.
const BUILT_FROM: Option<&str> = option_env!("DIALFORM_BUILT_FROM");

/// Commands of other programs, and ours for the same purpose.
const FOREIGN_COMMANDS: [(&str, &str); 26] = [
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
    ("settle", "resolve"),
    ("reconcile", "resolve"),
    ("play", "start"),
    ("run", "start"),
    ("resume", "start"),
    ("continue", "start"),
    ("stop", "halt"),
    ("cancel", "halt"),
    ("docs", "explain"),
];

/// Options of other programs, and ours for the same purpose.
const FOREIGN_OPTIONS: [(&str, &str); 16] = [
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
    ("--directory", "--project"),
    ("--chdir", "--project"),
    ("-chdir", "--project"),
    ("--cwd", "--project"),
];

/// Finds `--color` before the arguments are parsed, because it applies to parse errors, too.
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

/// Prints help, or an error about the arguments, and returns the exit code: 1 for plan and apply, whose 2 means changes,
/// and 2 for the other commands.
pub(super) fn refuse(mut error: Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let mut help = Text::new();
        help.drawn(&error.render().ansi().to_string());
        if error.kind() == ErrorKind::DisplayVersion && is_verbose(arguments) {
            help.drawn(&format!("commit {}\n", BUILT_FROM.unwrap_or("not known to this build")));
        }
        return terminal::print(help).err().unwrap_or(ExitCode::SUCCESS);
    }
    let mut program = Cli::command();
    program.build();
    let command = command_of(&program, arguments);
    add_tips(&mut error, &program, command);
    if !arguments
        .iter()
        .all(|argument| is_harmless(&argument.to_string_lossy()))
    {
        sanitize(&mut error);
    }
    // The reason that a value parser gives may quote the value.
    if std::error::Error::source(&error).is_none_or(|why| is_harmless(&why.to_string())) {
        let mut text = Text::new();
        text.drawn(&error.render().ansi().to_string());
        terminal::note_text(text.trimmed());
    } else {
        terminal::note(&error.to_string().trim_end());
    }
    match name_of(command).strip_prefix("dialform ") {
        Some("plan" | "apply") => ExitCode::from(1),
        _ => ExitCode::from(2),
    }
}

/// Whether `-v` stands beside `--version`, be it as `-vV`. Clap has not come to it where it stands behind.
fn is_verbose(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    words.any(|word| word == "--verbose" || matches!(word.as_ref(), "-v" | "-vV" | "-Vv"))
}

/// Whether a text may be printed as it is.
fn is_harmless(text: &str) -> bool {
    printable::shown(text, Medium::Line) == text
}

/// Escapes the arguments that the error quotes, and drops the tips that quote them.
fn sanitize(error: &mut Error) {
    let escape = |text: &String| printable::shown(text, Medium::Line).into_owned();
    let escaped: Vec<(ContextKind, Option<ContextValue>)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, Some(ContextValue::String(escape(text))))),
            ContextValue::Strings(texts) => {
                Some((kind, Some(ContextValue::Strings(texts.iter().map(escape).collect()))))
            }
            ContextValue::StyledStrs(_) => Some((kind, None)),
            _ => None,
        })
        .collect();
    for (kind, value) in escaped {
        match value {
            Some(value) => error.insert(kind, value),
            None => error.remove(kind),
        };
    }
}

/// Adds what clap cannot know: names of other programs, files in the place of a command, and options of other commands.
fn add_tips(error: &mut Error, program: &Command, command: &Command) {
    match error.kind() {
        ErrorKind::InvalidSubcommand if command.get_name() == program.get_name() => {
            let Some(word) = context(error, ContextKind::InvalidSubcommand) else {
                return;
            };
            if word == "-" || word.ends_with(".kdl") || Path::new(&word).exists() {
                error.remove(ContextKind::SuggestedSubcommand);
                add_tip(
                    error,
                    format!("to check that file or folder, run 'dialform lint {word}'"),
                );
            } else if let Some((_, meant)) = FOREIGN_COMMANDS.iter().find(|(name, _)| *name == word) {
                let meant = ContextValue::String((*meant).to_owned());
                error.insert(ContextKind::SuggestedSubcommand, meant);
                error.remove(ContextKind::Suggested);
            }
        }
        ErrorKind::UnknownArgument => {
            let Some(word) = context(error, ContextKind::InvalidArg).filter(|word| word.starts_with('-')) else {
                return;
            };
            let known = FOREIGN_OPTIONS.iter().filter(|(name, _)| *name == word);
            let mut known = known.filter(|(_, meant)| has_option(command, meant));
            if let Some((_, meant)) = known.next() {
                let meant = ContextValue::String((*meant).to_owned());
                error.insert(ContextKind::SuggestedArg, meant);
                error.remove(ContextKind::Suggested);
                return;
            }
            let owners = all(program).into_iter().filter(|other| has_option(other, &word));
            let owners: Vec<String> = owners.map(|other| format!("'{}'", name_of(other))).collect();
            if !owners.is_empty() && !has_option(command, &word) {
                error.remove(ContextKind::SuggestedArg);
                add_tip(error, format!("'{word}' is an option of {}", owners.join(", ")));
            }
        }
        _ => {}
    }
}

fn context(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}

fn add_tip(error: &mut Error, tip: String) {
    let tips = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
    error.insert(ContextKind::Suggested, tips);
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
            let mut options = program.get_arguments();
            if options.any(|arg| is_called(arg, &word) && arg.get_action().takes_values()) {
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

fn has_option(command: &Command, word: &str) -> bool {
    command.get_arguments().any(|arg| is_called(arg, word))
}

fn is_called(arg: &Arg, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg
            .get_short()
            .is_some_and(|short| word.strip_prefix('-') == Some(short.to_string().as_str())),
    }
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

/// Whether a word names a command.
pub(super) fn is_command(word: &str) -> bool {
    Cli::command().find_subcommand(word).is_some()
}
