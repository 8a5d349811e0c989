//! What the terminal can show, and printing to it.

use std::fmt::Display;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;

use crate::render::human::Look;

/// `--color`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, as NO_COLOR and CLICOLOR_FORCE say
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Makes `--color` hold for everything printed later.
pub(super) fn set_color(color: Color) {
    match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
}

/// Whether results go to a person.
pub(super) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether there is a terminal to ask a person on, and to read the answer from.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question that is answered by yes, or by anything else for no.
pub(super) fn ask(question: &str) -> Result<bool, String> {
    let mut error = anstream::stderr();
    let asked = write!(error, "{question} [y/N] ").and_then(|()| error.flush());
    let mut answer = String::new();
    let read = asked.and_then(|()| io::stdin().lock().read_line(&mut answer));
    read.map_err(|why| format!("the answer cannot be read: {why}"))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// How findings should look on standard output.
pub(super) fn look() -> Look {
    let color = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Look {
        color,
        unicode: has_unicode(),
        width: columns.unwrap_or(100).clamp(40, 400),
    }
}

/// Terminals in a plain C locale or on the Linux console cannot draw lines; a file or a pipe can.
fn has_unicode() -> bool {
    if !stdout_is_terminal() {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    let is_plain = locale.is_some_and(|locale| matches!(locale.as_str(), "C" | "POSIX"));
    !is_plain && std::env::var("TERM").map_or(true, |term| term != "linux")
}

/// Prints a result. A reader that went away ends the program quietly; any other failure ends it with words.
pub(super) fn print(text: &str) -> Result<(), ExitCode> {
    write(anstream::stdout().lock(), text)
}

/// Prints a file's content: no character of it is a matter of colour.
pub(super) fn print_exactly(text: &str) -> Result<(), ExitCode> {
    write(io::stdout().lock(), text)
}

/// Prints what may not even be text.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), ExitCode> {
    write_bytes(io::stdout().lock(), bytes)
}

fn write(out: impl Write, text: &str) -> Result<(), ExitCode> {
    write_bytes(out, text.as_bytes())
}

fn write_bytes(mut out: impl Write, bytes: &[u8]) -> Result<(), ExitCode> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(ExitCode::SUCCESS),
        Err(error) => {
            note(&format!("error: cannot write to standard output: {error}"));
            Err(ExitCode::from(2))
        }
    }
}

/// Prints a line for the person who waits. Nothing is left to do where even that fails.
pub(super) fn note(line: &dyn Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
