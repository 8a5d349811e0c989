//! `--fix`, `--unsafe-fixes` and `--diff` of lint: writes fixed files, or shows their diffs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::targets::Target;
use super::terminal;
use crate::finding::{Applicability, Finding};
use crate::lint::engine::{Checker, Overlay};
use crate::lint::fix::{FixOutcome, ProjectSession, SkipReason, SkippedFix, fix_all, is_fixable};
use crate::project::discovery::relative;
use crate::project::read_file::{self, FileContent};
use crate::project::source::Sources;
use crate::report::diff;
use crate::util::atomic_write::replace;
use crate::util::plural::counted;

/// The most skipped fixes that get a line of their own.
const MOST_LEFT: usize = 10;

#[derive(Debug, clap::Args)]
pub(super) struct FixArgs {
    /// Apply safe fixes and write the files; `-` is fixed from standard input to standard output
    #[arg(long)]
    fix: bool,
    /// Include unsafe fixes, which may change what a campaign means (with `--fix` or `--diff`)
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show the diff that `--fix` would write, without writing; exit with 1 if there is one
    #[arg(long)]
    diff: bool,
}

/// What to do with fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FixMode {
    /// Write the files.
    Write(Applicability),
    /// Show what would change.
    Show(Applicability),
}

impl FixArgs {
    /// What was asked for; nothing for a plain lint.
    pub(super) fn mode(&self) -> Result<Option<FixMode>, String> {
        let most = if self.unsafe_fixes {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        };
        match (self.diff, self.fix) {
            (true, _) => Ok(Some(FixMode::Show(most))),
            (false, true) => Ok(Some(FixMode::Write(most))),
            (false, false) if self.unsafe_fixes => {
                Err("`--unsafe-fixes` requires `--fix` or `--diff`: dialform lint --fix --unsafe-fixes".to_owned())
            }
            (false, false) => Ok(None),
        }
    }
}

/// What to fix.
pub(super) struct FixInput<'a> {
    pub(super) folder: &'a Path,
    pub(super) targets: &'a [Target],
    pub(super) overlays: &'a [Overlay],
}

/// What was fixed.
#[derive(Debug, Default)]
pub(super) struct FixedFiles {
    /// The number of fixed findings.
    pub(super) findings: usize,
    /// Whether a file could not be written; the reason was printed.
    pub(super) has_failed: bool,
    /// The fixed text of standard input, if that is linted.
    stdin: Option<(PathBuf, Vec<u8>)>,
}

impl FixedFiles {
    /// The overlays from now on: the fixed text of standard input.
    pub(super) fn overlays(&self) -> Vec<Overlay> {
        let overlay = self.stdin.iter().map(|(path, content)| Overlay {
            path: path.clone(),
            content: content.clone(),
        });
        overlay.collect()
    }

    /// Prints the fixed text of standard input; findings then go to standard error.
    pub(super) fn print(&self) -> Option<Result<(), ExitCode>> {
        let (_, content) = self.stdin.as_ref()?;
        Some(terminal::give_back(content))
    }
}

/// The result of `--diff`.
pub(super) enum DiffOutcome {
    Nothing,
    /// Something would change.
    Changes,
    /// It could not be printed.
    Not(ExitCode),
}

/// Fixes every project and writes the files. `shows` selects the findings to fix.
pub(super) fn write(
    work: &FixInput<'_>,
    checker: &mut Checker,
    most: Applicability,
    shows: impl Fn(&Target, &Path, &Finding) -> bool,
) -> Result<FixedFiles, String> {
    let (changes, told) = fix_targets(work, checker, most, shows)?;
    let mut fixed = FixedFiles {
        stdin: work
            .overlays
            .first()
            .map(|overlay| (overlay.path.clone(), overlay.content.clone())),
        ..FixedFiles::default()
    };
    let mut failed = BTreeSet::new();
    for (path, FileChange { real, before, after }) in changes {
        if let Some((_, content)) = fixed.stdin.as_mut().filter(|(stdin, _)| *stdin == path) {
            *content = after.into_bytes();
        } else if let Err(why) = replace(&real, &before, &after) {
            let shown = relative(&path, work.folder);
            terminal::note(&format!("error: {}: {why}", shown.display()));
            fixed.has_failed = true;
            failed.insert(path);
        }
    }
    let written = told.fixed.iter().filter(|(path, _)| !failed.contains(*path));
    fixed.findings = written.map(|(_, count)| count).sum();
    told.tell();
    Ok(fixed)
}

/// Prints the diffs of all fixes.
pub(super) fn show(
    work: &FixInput<'_>,
    checker: &mut Checker,
    most: Applicability,
    shows: impl Fn(&Target, &Path, &Finding) -> bool,
) -> Result<DiffOutcome, String> {
    let (changes, told) = fix_targets(work, checker, most, shows)?;
    let is_changed = !changes.is_empty();
    for (path, FileChange { before, after, .. }) in changes {
        let shown = relative(&path, work.folder);
        let told = diff::unified(&shown, &before, &after);
        if let Some(note) = diff::no_patch(&shown, &before) {
            terminal::note(&note);
        }
        if let Err(code) = terminal::heard_or_not(terminal::print(told)) {
            return Ok(DiffOutcome::Not(code));
        }
    }
    told.tell();
    terminal::remark(&match told.fixed.values().sum::<usize>() {
        0 if !is_changed => "nothing would change".to_owned(),
        some => format!("{} would be fixed", counted(some, "finding")),
    });
    Ok(if is_changed {
        DiffOutcome::Changes
    } else {
        DiffOutcome::Nothing
    })
}

/// Prints how many findings have a fix.
pub(super) fn tell_fixable(findings: &[Finding]) {
    let safe = findings
        .iter()
        .filter(|finding| is_fixable(finding, Applicability::Safe))
        .count();
    let all = findings
        .iter()
        .filter(|finding| is_fixable(finding, Applicability::Unsafe))
        .count();
    match (safe, all - safe) {
        (0, 0) => {}
        (safe, 0) => terminal::remark(&format!("{safe} fixable with `--fix`")),
        (0, more) => terminal::remark(&format!("{more} fixable with `--fix --unsafe-fixes`")),
        (safe, more) => terminal::remark(&format!(
            "{safe} fixable with `--fix`, and {more} more with `--unsafe-fixes`"
        )),
    }
}

/// A file's text before and after the fixes.
struct FileChange {
    /// The path without links, to write to.
    real: PathBuf,
    before: String,
    after: String,
}

/// A summary of the fixes.
#[derive(Default)]
struct FixSummary {
    /// The number of fixed findings by file.
    fixed: BTreeMap<PathBuf, usize>,
    /// A line for each skipped fix.
    left: Vec<String>,
}

impl FixSummary {
    /// Prints which fixes were skipped, and why.
    fn tell(&self) {
        for line in self.left.iter().take(MOST_LEFT) {
            terminal::remark(line);
        }
        match self.left.len() {
            0 => {}
            1 => terminal::remark(&"1 fix was skipped"),
            more => terminal::remark(&format!("{more} fixes were skipped")),
        }
    }
}

/// Fixes every project in memory.
fn fix_targets(
    work: &FixInput<'_>,
    checker: &mut Checker,
    most: Applicability,
    shows: impl Fn(&Target, &Path, &Finding) -> bool,
) -> Result<(BTreeMap<PathBuf, FileChange>, FixSummary), String> {
    checker.keep_stamps();
    let (mut changes, mut reals) = (BTreeMap::new(), BTreeMap::new());
    let mut told = FixSummary::default();
    for target in work.targets {
        refuse_pipes(work, target)?;
        let shows = |path: &Path, finding: &Finding| shows(target, path, finding);
        let mut session = ProjectSession::new(checker, &target.scope, work.overlays, shows);
        let FixOutcome {
            changes: changed,
            fixed,
            skipped,
        } = fix_all(&mut session, most);
        let of_files = fixed
            .iter()
            .filter_map(|(file, count)| Some((session.path(*file)?.to_owned(), *count)));
        told.fixed.extend(of_files);
        let paths: Vec<Option<(PathBuf, PathBuf)>> = changed
            .iter()
            .map(|change| {
                Some((
                    session.path(change.file)?.to_owned(),
                    session.real_path(change.file)?.to_owned(),
                ))
            })
            .collect();
        told.left
            .extend(skipped.iter().map(|skipped| words(skipped, checker.sources())));
        for (path, change) in paths.into_iter().zip(changed) {
            let Some((path, real)) = path else { continue };
            let (before, after) = (change.before.to_string(), change.after.to_string());
            // Another project has the same file, by a link: it is fixed once.
            let first = reals.entry(real.clone()).or_insert_with(|| path.clone());
            if *first != path
                && changes
                    .get(first)
                    .is_some_and(|known: &FileChange| known.after == after)
            {
                told.fixed.remove(&path);
                continue;
            }
            changes.insert(path, FileChange { real, before, after });
        }
    }
    Ok((changes, told))
}

/// Refuses pipes and devices, which cannot be fixed in place.
fn refuse_pipes(work: &FixInput<'_>, target: &Target) -> Result<(), String> {
    let is_standing_in = |path: &PathBuf| work.overlays.iter().any(|overlay| overlay.path == *path);
    let named = target.scope.named.iter().filter(|path| !is_standing_in(path));
    for path in named {
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            let shown = relative(path, work.folder);
            return Err(format!(
                "{} is no regular file and cannot be fixed; pipe its text to `dialform lint --fix -`",
                shown.display()
            ));
        }
    }
    Ok(())
}

fn words(skipped: &SkippedFix, sources: &Sources) -> String {
    let SkippedFix { finding, why } = skipped;
    let file = sources.file(finding.place.file);
    let at = file.position(finding.place.span.start);
    let why = match why {
        SkipReason::Brings { rule, message } => format!("the fix would cause {}: {message}", rule.code),
        SkipReason::Comment => {
            "a comment would be lost, or come to be about another setting; move it, or fix this by hand".to_owned()
        }
        SkipReason::Cycle => "this fix and another undo each other".to_owned(),
        SkipReason::Endless => "the fixes do not converge".to_owned(),
        SkipReason::Untried => "there are too many combinations of fixes to try".to_owned(),
    };
    format!(
        "not fixed: {}:{}:{}: {}: {why}",
        file.path().display(),
        at.line,
        at.column,
        finding.rule.code
    )
}

/// Refuses to fix standard input that is longer than the limit, since it could not be printed whole.
pub(super) fn refuse_half(overlays: &[Overlay], limit: u64) -> Result<(), String> {
    match overlays
        .first()
        .map(|overlay| read_file::decode(&overlay.content, limit))
    {
        Some(FileContent::TooLarge { limit, .. }) => Err(format!(
            "standard input is longer than {limit} bytes, so it was not fixed; see `--max-file-size`"
        )),
        _ => Ok(()),
    }
}
