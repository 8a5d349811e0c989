//! `dialform fmt`: formats files.

use std::collections::HashSet;
use std::fmt::Display;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::targets::{Beside, Target, targets, tell, working_folder};
use super::terminal;
use crate::finding::{Finding, Severity};
use crate::lint::engine::{Checker, Overlay};
use crate::project::discovery::{Scope, ScopeFile, absolute, relative};
use crate::project::read_file::{self, FileContent};
use crate::report::diff;
use crate::syntax::format::{FormatError, format};
use crate::util::atomic_write::{ReplaceError, replace};
use crate::util::boundary::PathError;
use crate::util::plural::counted;
use crate::util::printable::{Text, path as path_words};
use crate::util::threads;

/// Exit code when files would change, of `--check` and `--diff`.
const WOULD_CHANGE: u8 = 1;
/// Exit code when a file could not be formatted.
const COULD_NOT_RUN: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files or folders to format; use `-` for standard input [default: the working folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// List the files that would be formatted, without writing; exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Show the diff, without writing; exit with 1 if there is one
    #[arg(long)]
    diff: bool,
    /// The path that standard input is shown as
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> ExitCode {
    let done = if args.paths.iter().any(|path| path.as_os_str() == "-") {
        stdin(args)
    } else if args.stdin_filename.is_some() {
        Err("`--stdin-filename` requires `-`: dialform fmt - --stdin-filename campaigns/spring.kdl".to_owned())
    } else {
        files(args)
    };
    match done {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// How many files went which way.
#[derive(Default)]
struct FormatCounts {
    changed: usize,
    unchanged: usize,
    failed: usize,
}

fn files(args: &Args) -> Result<ExitCode, String> {
    let folder = working_folder()?;
    let mut checker = Checker::new(&folder, None);
    let targets =
        targets(&mut checker, &folder, &args.paths, &[], Beside::Nothing).map_err(|error| error.to_string())?;
    tell(&targets, &folder);
    let jobs: Vec<FormatJob<'_>> = targets.iter().flat_map(FormatJob::of).collect();
    let mut counts = FormatCounts::default();
    let mut left = jobs.as_slice();
    while !left.is_empty() {
        let (batch, rest) = left.split_at(batch(left));
        left = rest;
        let outcomes = threads::in_parts(batch, LEAST, |jobs| {
            let outcomes = jobs.iter().map(|job| job.run(args, &folder));
            outcomes.collect::<Vec<_>>()
        });
        for (job, outcome) in batch.iter().zip(outcomes.into_iter().flatten()) {
            match &outcome {
                FormatOutcome::Changed(_) => counts.changed += 1,
                FormatOutcome::Unchanged => counts.unchanged += 1,
                _ => counts.failed += 1,
            }
            if let Err(code) = job.tell(outcome, &folder) {
                return Ok(code);
            }
        }
    }
    summarise(args, &counts);
    Ok(exit_code(args, counts.failed > 0, counts.changed > 0))
}

/// How many files are formatted before something is told of them.
const BATCH: usize = 512;
/// The number of files that is worth a thread.
const LEAST: usize = 4;

/// What is to be looked at, in the order in which it is told.
enum FormatJob<'t> {
    File(&'t ScopeFile),
    /// A folder that could not be searched.
    Unreadable(&'t Path, &'t PathError),
}

/// What became of one file.
enum FormatOutcome {
    /// With what is to be printed about it.
    Changed(Text),
    Unchanged,
    Unread(PathError),
    /// With its content, where that was read.
    Unformatted(FormatError, Option<String>),
    Unwritten(ReplaceError),
}

impl<'t> FormatJob<'t> {
    fn of(target: &'t Target) -> impl Iterator<Item = Self> {
        let scope = &target.scope;
        let unreadable = scope.unreadable.iter().filter(|(path, _)| target.shows(path));
        let files = scope.files.iter().filter(|file| target.shows(file));
        unreadable
            .map(|(path, why)| Self::Unreadable(path, why))
            .chain(files.map(Self::File))
    }

    fn path(&self) -> &'t Path {
        match self {
            Self::File(file) => file,
            Self::Unreadable(path, _) => path,
        }
    }

    /// Formats the file, and says nothing.
    fn run(&self, args: &Args, folder: &Path) -> FormatOutcome {
        let real = match self {
            Self::File(file) => file.real(),
            Self::Unreadable(_, why) => Err(*why),
        };
        let real = match real {
            Ok(real) => real,
            Err(why) => return FormatOutcome::Unread(why.clone()),
        };
        let text = match read_file::read(real, read_file::MAX_FILE) {
            FileContent::Text(text) => text,
            FileContent::Unreadable { why } => return FormatOutcome::Unread(why),
            FileContent::NotUtf8 { .. } | FileContent::Utf16 | FileContent::TooLarge { .. } => {
                return FormatOutcome::Unformatted(FormatError::NotKdl, None);
            }
        };
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            Err(error) => return FormatOutcome::Unformatted(error, Some(text)),
        };
        if formatted == text {
            return FormatOutcome::Unchanged;
        }
        let shown = relative(self.path(), folder);
        let mut told = Text::new();
        if args.diff {
            told = diff::unified(&shown, &text, &formatted);
            if let Some(note) = diff::no_patch(&shown, &text) {
                terminal::note(&note);
            }
        } else if args.check {
            told.line(path_words(&shown));
        } else if let Err(error) = replace(real, &text, &formatted) {
            return FormatOutcome::Unwritten(error);
        }
        FormatOutcome::Changed(told)
    }

    /// Says what became of it.
    ///
    /// # Errors
    ///
    /// Where that could not be printed.
    fn tell(&self, outcome: FormatOutcome, folder: &Path) -> Result<(), ExitCode> {
        let shown = relative(self.path(), folder);
        match outcome {
            FormatOutcome::Changed(told) => return terminal::heard_or_not(terminal::print(told)),
            FormatOutcome::Unchanged => {}
            FormatOutcome::Unread(why) => refuse(&shown, &format!("it cannot be read: {why}")),
            FormatOutcome::Unformatted(error, content) => {
                if let (FormatError::NotKdl, Self::File(file)) = (error, self) {
                    show_findings(folder, file, content.map(String::into_bytes));
                }
                refuse(&shown, &error);
            }
            FormatOutcome::Unwritten(error) => refuse(&shown, &error),
        }
        Ok(())
    }
}

/// How many of these are done at once: no file twice, as two projects may share one.
fn batch<'a>(jobs: &[FormatJob<'a>]) -> usize {
    let mut files = HashSet::new();
    let real = |job: &FormatJob<'a>| match job {
        FormatJob::File(file) => file.real().ok(),
        FormatJob::Unreadable(..) => None,
    };
    let reals = jobs.iter().take(BATCH).map(real);
    reals
        .take_while(|real| real.is_none_or(|real| files.insert(real)))
        .count()
}

/// Standard input to standard output.
fn stdin(args: &Args) -> Result<ExitCode, String> {
    if args.paths.len() > 1 {
        return Err("`-` cannot be combined with other paths".to_owned());
    }
    let folder = working_folder()?;
    let shown = args
        .stdin_filename
        .clone()
        .unwrap_or_else(|| PathBuf::from("stdin.kdl"));
    let path = absolute(&folder.join(&shown))
        .map_err(|why| format!("the path of `--stdin-filename` cannot be used: {why}"))?;
    let mut content = Vec::new();
    std::io::stdin()
        .read_to_end(&mut content)
        .map_err(|why| format!("standard input cannot be read: {why}"))?;
    let formatted = match read_file::decode(&content, read_file::MAX_FILE) {
        FileContent::Text(text) => format(text).map(|formatted| (text.to_owned(), formatted)),
        _ => Err(FormatError::NotKdl),
    };
    let (text, formatted) = match formatted {
        Ok(both) => both,
        Err(error) => {
            if error == FormatError::NotKdl {
                show_findings(&folder, &ScopeFile::from(path.as_path()), Some(content));
            }
            refuse(&shown, &error);
            return Ok(ExitCode::from(COULD_NOT_RUN));
        }
    };
    let is_changed = formatted != text;
    let printed = if args.diff {
        if let Some(note) = diff::no_patch(&shown, &text) {
            terminal::note(&note);
        }
        terminal::print(diff::unified(&shown, &text, &formatted))
    } else if args.check {
        Ok(())
    } else {
        terminal::give_back(formatted.as_bytes())
    };
    let unprinted = terminal::heard_or_not(printed).err();
    Ok(unprinted.unwrap_or_else(|| exit_code(args, false, is_changed)))
}

/// What is wrong with a file as KDL, in lint's words; what its campaigns mean is lint's own affair. On standard error,
/// since standard output may be on its way into a file.
fn show_findings(folder: &Path, file: &ScopeFile, content: Option<Vec<u8>>) {
    let mut checker = Checker::new(folder, None);
    let scope = Scope::of(file.clone());
    let path = file.real().unwrap_or(file).to_owned();
    let overlays: Vec<Overlay> = content.map(|content| Overlay { path, content }).into_iter().collect();
    let checked = checker.check(&scope, &overlays);
    let is_about_text = |finding: &&Finding| finding.severity == Severity::Error && finding.rule.group.is_about_text();
    let findings: Vec<Finding> = checked.findings.iter().filter(is_about_text).cloned().collect();
    terminal::note_findings(&findings, checked.sources);
}

fn refuse(path: &Path, why: &dyn Display) {
    terminal::note(&format!("error: {}: {why}", path.display()));
}

fn summarise(args: &Args, counts: &FormatCounts) {
    let changed = if args.check || args.diff {
        "would change"
    } else {
        "formatted"
    };
    let files = |count| counted(count, "file");
    let mut line = match counts.changed {
        0 => format!("{} already formatted", files(counts.unchanged)),
        count => format!("{} {changed}, {} already formatted", files(count), counts.unchanged),
    };
    if counts.failed > 0 {
        line.push_str(&format!(", {} not formatted", counts.failed));
    }
    if let Some(time) = terminal::time() {
        line.push_str(&format!(" ({time})"));
    }
    terminal::remark(&line);
}

fn exit_code(args: &Args, has_failed: bool, is_changed: bool) -> ExitCode {
    if has_failed {
        ExitCode::from(COULD_NOT_RUN)
    } else if is_changed && (args.check || args.diff) {
        ExitCode::from(WOULD_CHANGE)
    } else {
        ExitCode::SUCCESS
    }
}
