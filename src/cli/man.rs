//! `dialform man`: generates manual pages from the same definitions as `--help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::Cli;
use super::terminal;
use crate::util::atomic_write::{make_folder, write_whole};
use crate::util::suggest::closest;

/// Exit code when there is no such page, or it cannot be written.
const COULD_NOT_RUN: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command whose page to print, such as `lint` or `state list` [default: dialform]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write the pages of all commands to a folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let done = match &args.out {
        Some(folder) => write(folder),
        None => page(&args.command),
    };
    match done {
        Ok(page) => terminal::give_back(page.as_bytes()).err().unwrap_or(ExitCode::SUCCESS),
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// The whole program as clap sees it, with the full names of its commands filled in.
fn program() -> Command {
    // `help` explains itself, and a page of its own would be about nothing else.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    program
}

fn page(names: &[String]) -> Result<String, String> {
    let program = program();
    let mut command = &program;
    for name in names {
        let of: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        command = command.find_subcommand(name).ok_or_else(|| no_page(name, &of))?;
    }
    render(command).map_err(|why| format!("the page cannot be made: {why}"))
}

fn no_page(name: &str, names: &[&str]) -> String {
    match closest(name, names.iter().copied()) {
        Some(meant) => format!("there is no command `{name}`; did you mean `{meant}`?"),
        None if names.is_empty() => format!("there is no command `{name}`"),
        None => format!("there is no command `{name}`; there are: {}", names.join(", ")),
    }
}

fn render(command: &Command) -> Result<String, std::io::Error> {
    // The text after the options is aligned with blanks, which the generator would collapse.
    let behind = command
        .get_after_long_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let man = Man::new(command.clone().after_help(None::<&str>).after_long_help(None::<&str>));
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    // Without a date, the generator's own title takes the version for one.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let version = env!("CARGO_PKG_VERSION");
    let title = format!(".TH {} 1 \"\" \"dialform {version}\" \"dialform\"", quoted(name));
    let lines = page
        .lines()
        .map(|line| if line.starts_with(".TH ") { title.as_str() } else { line });
    let mut page: String = lines.flat_map(|line| [line, "\n"]).collect();
    page.push_str(&sections(&behind));
    Ok(page)
}

/// Lines that end in a colon head a section, whose lines stay as they are.
fn sections(text: &str) -> String {
    let mut out = String::new();
    let mut is_open = false;
    for line in text.lines() {
        let heading = line.strip_suffix(':').filter(|_| !line.starts_with(' '));
        if let Some(heading) = heading {
            let close = if is_open { ".fi\n" } else { "" };
            out.push_str(&format!("{close}.SH {}\n.nf\n", quoted(&heading.to_uppercase())));
            is_open = true;
        } else if !is_open && !line.is_empty() {
            out.push_str(".SH NOTES\n.nf\n");
            is_open = true;
            out.push_str(&format!("{}\n", plain(line)));
        } else if !line.is_empty() {
            out.push_str(&format!("{}\n", plain(line)));
        }
    }
    if is_open {
        out.push_str(".fi\n");
    }
    out
}

/// A line with nothing in it that a formatter of manual pages would obey.
fn plain(line: &str) -> String {
    let line = line.replace('\\', r"\e").replace('-', r"\-");
    match line.starts_with(['.', '\'']) {
        true => format!(r"\&{line}"),
        false => line,
    }
}

fn quoted(heading: &str) -> String {
    format!("\"{}\"", plain(heading).replace('"', r#"\(dq"#))
}

/// Writes every page; nothing is left to print.
fn write(folder: &Path) -> Result<String, String> {
    let cannot = |path: &Path, why: std::io::Error| {
        format!("{} cannot be written: {why}; name a folder that can be", path.display())
    };
    make_folder(folder).map_err(|why| cannot(folder, why))?;
    let program = program();
    let mut waiting = vec![&program];
    while let Some(command) = waiting.pop() {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name());
        let path = folder.join(format!("{name}.1"));
        let page = render(command).map_err(|why| cannot(&path, why))?;
        write_whole(&path, &page).map_err(|why| cannot(&path, why))?;
        terminal::remark(&path.display());
        waiting.extend(command.get_subcommands());
    }
    Ok(String::new())
}
