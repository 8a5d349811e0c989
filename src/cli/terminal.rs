//! Printing to the terminal, and what it supports. No other module prints; clippy checks that.
#![allow(clippy::disallowed_methods)]

use std::fmt::Display;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use terminal_size::Width;

use super::wrap::wrapped;
use crate::finding::Finding;
use crate::project::source::Sources;
use crate::report::human::Look;
use crate::report::{concise, human};
use crate::util::printable::{Text, TextStream, gather};

/// `--color`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR, CLICOLOR=0 or TERM=dumb is set; everywhere if CLICOLOR_FORCE=1 is set
    Auto,
    /// Always, in files and pipes too
    Always,
    /// Never, and no hyperlinks either
    Never,
}

/// How much is said besides results, warnings and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verbosity {
    /// Nothing.
    Quiet,
    /// What a person wants to know.
    Usual,
    /// What was read and used, and how long each part took.
    Verbose,
}

/// What lines for a person begin with, and how it looks.
const MARKS: [(&str, Style); 3] = [
    ("error:", AnsiColor::Red.on_default().bold()),
    ("warning:", AnsiColor::Yellow.on_default().bold()),
    ("note:", AnsiColor::Cyan.on_default().bold()),
];

static VERBOSITY: AtomicU8 = AtomicU8::new(Verbosity::Usual as u8);
static BEGAN: OnceLock<Instant> = OnceLock::new();

/// Notes when the program began.
pub(super) fn begin() {
    BEGAN.get_or_init(Instant::now);
}

/// Makes `--quiet` and `--verbose` hold for everything printed later.
pub(super) fn set_verbosity(verbosity: Verbosity) {
    VERBOSITY.store(verbosity as u8, Ordering::Relaxed);
}

fn verbosity() -> Verbosity {
    match VERBOSITY.load(Ordering::Relaxed) {
        0 => Verbosity::Quiet,
        1 => Verbosity::Usual,
        _ => Verbosity::Verbose,
    }
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

/// Whether lines for the person who waits go to a terminal.
pub(super) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether there is a terminal to ask a person on, and to read the answer from.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question that is answered by yes, or by anything else for no.
pub(super) fn ask(question: &str) -> Result<bool, String> {
    let mut words = Text::new();
    words.push(question).push(" [y/N] ");
    let mut error = anstream::stderr();
    let asked = error.write_all(words.finish().as_bytes()).and_then(|()| error.flush());
    let mut answer = String::new();
    let read = asked.and_then(|()| io::stdin().lock().read_line(&mut answer));
    read.map_err(|why| format!("the answer cannot be read: {why}"))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// How findings should look on standard output.
pub(super) fn look() -> Look {
    look_at(&io::stdout())
}

fn look_at(out: &impl RawStream) -> Look {
    let is_terminal = out.is_terminal();
    let color = AutoStream::choice(out) != ColorChoice::Never;
    Look {
        color,
        unicode: !is_terminal || has_unicode(),
        width: usize::from(width(is_terminal)),
        links: color && has_links(is_terminal),
    }
}

/// The columns that COLUMNS names.
fn named_width() -> Option<u16> {
    let named = std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse().ok());
    named.filter(|columns| *columns > 0)
}

/// Columns: those that COLUMNS names, else the terminal's, else such as suit a log.
fn width(is_terminal: bool) -> u16 {
    const SANE: std::ops::RangeInclusive<u16> = 40..=400;
    let seen = || {
        let (Width(columns), _) = is_terminal.then(terminal_size::terminal_size).flatten()?;
        Some(columns).filter(|columns| *columns > 0)
    };
    let columns: u16 = named_width().or_else(seen).unwrap_or(100);
    columns.clamp(*SANE.start(), *SANE.end())
}

/// Prose in lines that fit a terminal. In a pipe or a file its lines stay whole, unless COLUMNS asks for shorter ones.
fn fitted(text: String, is_terminal: bool) -> String {
    if is_terminal || named_width().is_some() {
        wrapped(&text, usize::from(width(is_terminal)))
    } else {
        text
    }
}

/// Whether links are printed: on terminals that are known to open them, and wherever FORCE_HYPERLINK asks for them, but
/// nowhere without colours, since whoever wants none wants plain text.
fn has_links(is_terminal: bool) -> bool {
    (is_terminal || std::env::var_os("FORCE_HYPERLINK").is_some()) && supports_hyperlinks::supports_hyperlinks()
}

/// Terminals in a plain C locale or on the Linux console cannot draw lines; a file or a pipe can.
fn has_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    let is_plain = locale.is_some_and(|locale| matches!(locale.as_str(), "C" | "POSIX"));
    !is_plain && std::env::var("TERM").map_or(true, |term| term != "linux")
}

/// Prints a result. A reader that went away ends the program quietly; any other failure ends it with words.
pub(super) fn print(text: Text) -> Result<(), ExitCode> {
    let text = text.finish();
    // To look for styles byte by byte takes longer than to make the rest of a long report, and most reports have none.
    if text.contains('\x1b') {
        write(anstream::stdout().lock(), text.as_bytes())
    } else {
        write(io::stdout().lock(), text.as_bytes())
    }
}

/// Prints a result while it is made, as [`print`] prints a whole one.
pub(super) fn print_streamed(make: impl FnOnce(&mut TextStream<'_>) -> io::Result<()>) -> Result<(), ExitCode> {
    let mut out = |piece: &str| match piece.contains('\x1b') {
        true => anstream::stdout().lock().write_all(piece.as_bytes()),
        false => io::stdout().lock().write_all(piece.as_bytes()),
    };
    let mut stream = TextStream::new(&mut out);
    let made = make(&mut stream).and_then(|()| stream.finish());
    printed(made.and_then(|()| io::stdout().flush()))
}

/// Prints a result that people read and no tool does.
pub(super) fn print_prose(text: Text) -> Result<(), ExitCode> {
    let text = fitted(text.finish(), stdout_is_terminal());
    write(anstream::stdout().lock(), text.as_bytes())
}

/// Prints a document: each newline in it is its own.
pub(super) fn print_document(document: &str) -> Result<(), ExitCode> {
    print(Text::of(document))
}

/// Gives a person's own text back, byte for byte, or a script of ours: nothing in it is made harmless.
pub(super) fn give_back(bytes: &[u8]) -> Result<(), ExitCode> {
    write(io::stdout().lock(), bytes)
}

/// Standard output for a protocol between programs, each byte of which has its meaning.
pub(super) fn protocol_output() -> Box<dyn Write + Send> {
    Box::new(io::stdout())
}

/// Clears the terminal that results go to, and goes to its first line.
pub(super) fn clear() -> Result<(), ExitCode> {
    write(io::stdout().lock(), b"\x1b[2J\x1b[H")
}

/// What printing came to for a command whose exit code says more than that: the code is true whether or not anybody reads
/// the words, so a reader that went away is no failure.
pub(super) fn heard_or_not(printed: Result<(), ExitCode>) -> Result<(), ExitCode> {
    match printed {
        Err(code) if code != ExitCode::SUCCESS => Err(code),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn write(mut out: impl Write, bytes: &[u8]) -> Result<(), ExitCode> {
    printed(out.write_all(bytes).and_then(|()| out.flush()))
}

fn printed(result: io::Result<()>) -> Result<(), ExitCode> {
    match result {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(ExitCode::SUCCESS),
        Err(error) => {
            note(&format!("error: cannot write to standard output: {error}"));
            Err(ExitCode::from(2))
        }
    }
}

/// Prints a line for the person who waits, however quiet the run is to be: an error, a warning, a question's answer.
pub(super) fn note(line: &dyn Display) {
    note_prose(marked(&line.to_string()));
}

/// Prints the same where it has lines of its own; no name may be in it as it is.
pub(super) fn note_document(document: &str) {
    let (first, rest) = document
        .split_once('\n')
        .map_or((document, None), |(first, rest)| (first, Some(rest)));
    let mut text = marked(first);
    if let Some(rest) = rest {
        text.end().lines(rest);
    }
    note_prose(text);
}

/// Prints lines that are wrapped where standard output is read on a terminal too: a log of both stays one of whole lines.
fn note_prose(text: Text) {
    let text = fitted(text.finish() + "\n", stdout_is_terminal() && stderr_is_terminal());
    // Nothing is left to do where even that fails.
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Prints lines. Nothing is left to do where even that fails.
pub(super) fn note_text(text: Text) {
    let _ = anstream::stderr().write_all((text.finish() + "\n").as_bytes());
}

/// A line whose first word may tell what it is.
pub(super) fn marked(line: &str) -> Text {
    let mut text = Text::new();
    let marked = MARKS
        .iter()
        .find_map(|(mark, style)| Some((mark, style, line.strip_prefix(mark)?)));
    match marked {
        Some((mark, style, rest)) => text.styled(*style, mark).push(rest),
        None => text.push(line),
    };
    text
}

/// Prints a line that is good to know and nothing more: a summary, how far it has got. `--quiet` leaves it out.
pub(super) fn remark(line: &dyn Display) {
    if !is_quiet() {
        note(line);
    }
}

/// Whether only results, warnings and errors are wanted.
pub(super) fn is_quiet() -> bool {
    verbosity() == Verbosity::Quiet
}

/// Prints what only `--verbose` asks for.
pub(super) fn detail(line: impl FnOnce() -> String) {
    if verbosity() == Verbosity::Verbose {
        const DIM: Style = Style::new().dimmed();
        let mut text = Text::new();
        text.styled(DIM, format_args!("verbose: {}", line()));
        note_text(text);
    }
}

/// Prints findings on standard error, in the form that suits it.
pub(super) fn note_findings(findings: &[Finding], sources: &Sources) {
    let error = io::stderr();
    let told = gather(|out| match error.is_terminal() {
        true => human::render(findings, sources, look_at(&error), out),
        false => concise::render(findings, sources, false, out),
    });
    note_text(told.trimmed());
}

/// How long the program has run so far, for a summary: nothing where that would make two runs' logs differ.
pub(super) fn time() -> Option<String> {
    let is_wanted = verbosity() == Verbosity::Verbose || io::stderr().is_terminal();
    let began = BEGAN.get().filter(|_| is_wanted)?;
    Some(took(began.elapsed()))
}

/// A duration as people say it: `3 ms`, `1.25 s`.
pub(super) fn took(time: Duration) -> String {
    match time.as_millis() {
        0 => format!("{} µs", time.as_micros()),
        millis @ 1..1_000 => format!("{millis} ms"),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}
