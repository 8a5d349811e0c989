//! `--baseline` and `--write-baseline`: hides known findings, and writes the file that counts them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::lint::LintResult;
use super::terminal;
use crate::finding::Finding;
use crate::lint::baseline::{Baseline, BaselineGroup, written};
use crate::lint::engine::Checker;
use crate::project::discovery::{PROJECT_FILE, absolute, relative};
use crate::project::read_file::read_named;
use crate::rules::{file_too_large, not_utf8, unreadable_file, utf16};
use crate::util::atomic_write::write_whole;
use crate::util::plural::counted;

const NOWHERE: &str =
    "`--write-baseline` needs a file: dialform lint --baseline dialform.baseline.json --write-baseline";

/// The findings that are known.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct BaselineReadArgs {
    /// Hide the findings that this baseline file counts; report only new ones
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct BaselineArgs {
    #[command(flatten)]
    known: BaselineReadArgs,
    /// Write all findings to the baseline file (this one, or that of `--baseline`) instead of reporting them
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["select", "ignore", "diff"])]
    write_baseline: Option<Option<PathBuf>>,
}

/// What a baseline did to a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BaselineEffect {
    /// So many findings are left out.
    Hidden(usize),
    /// It was written: there is nothing to show.
    Written,
}

impl BaselineArgs {
    /// Whether findings are written down and not shown.
    pub(super) fn is_written(&self) -> bool {
        self.write_baseline.is_some()
    }

    /// A baseline that would go nowhere, or over a campaign file, is refused before anything is done.
    pub(super) fn refuse_misplaced(&self) -> Result<(), String> {
        let Some(named) = &self.write_baseline else {
            return Ok(());
        };
        let path = named.as_ref().or(self.known.baseline.as_ref()).ok_or(NOWHERE)?;
        if path.extension().is_some_and(|extension| extension == "kdl") {
            return Err(format!(
                "{} would be overwritten with a baseline; name a file that does not end in .kdl",
                path.display()
            ));
        }
        if path.is_dir() {
            return Err(format!(
                "{} is a folder, not a baseline file; name what to check before `--write-baseline`",
                path.display()
            ));
        }
        Ok(())
    }

    /// Whether there is a baseline to heed. One that is about to be written anew is none.
    pub(super) fn is_read(&self) -> bool {
        !self.is_written() && self.known.baseline.is_some()
    }

    /// What is known of a report that holds all that was found.
    pub(super) fn known(&self, report: &LintResult, checker: &Checker) -> Result<KnownFindings, String> {
        self.known.read(report, checker)
    }

    /// Leaves findings out of a report, or writes them down. `is_narrow` says that only some rules were asked for.
    pub(super) fn apply(
        &self,
        report: &mut LintResult,
        checker: &Checker,
        is_narrow: bool,
    ) -> Result<BaselineEffect, String> {
        if let Some(named) = &self.write_baseline {
            let named = named.as_ref().or(self.known.baseline.as_ref());
            let path = named.ok_or(NOWHERE)?;
            write(path, report, checker)?;
            return Ok(BaselineEffect::Written);
        }
        let hidden = self.known.leave_out(report, checker, is_narrow)?;
        Ok(BaselineEffect::Hidden(hidden))
    }
}

impl BaselineReadArgs {
    /// The file, where one is named.
    pub(super) fn file(&self) -> Option<&Path> {
        self.baseline.as_deref()
    }

    /// Leaves what is known out of a report, and says how many findings that were. `is_narrow` says that only some rules
    /// were asked for.
    pub(super) fn leave_out(
        &self,
        report: &mut LintResult,
        checker: &Checker,
        is_narrow: bool,
    ) -> Result<usize, String> {
        let known = self.read(report, checker)?;
        if let (Some(lost), Some(path)) = (&known.lost, &self.baseline) {
            terminal::remark(&format!(
                "note: the baseline hides nothing: its projects, such as {}, are not there; what it names is relative to the \
                 folder that {} is in, so move it back or write it anew",
                lost.display(),
                path.display()
            ));
        }
        if known.gone > 0 && !is_narrow && report.is_whole {
            let (are, them, they) = match known.gone {
                1 => ("is", "it", "it"),
                _ => ("are", "them", "they"),
            };
            terminal::remark(&format!(
                "note: the baseline still counts {} that {are} gone; `--write-baseline` takes {them} out, so that {they} \
                 cannot come back unseen",
                counted(known.gone, "finding")
            ));
        }
        if known.hidden.is_empty() {
            return Ok(0);
        }
        let before = report.findings.len();
        let hidden: Vec<bool> = report
            .with_roots()
            .map(|(finding, root)| {
                let path = checker.path(finding.place.file);
                path.is_some_and(|path| known.hides(finding, root, path))
            })
            .collect();
        let mut hidden = hidden.into_iter();
        report.retain(|_| hidden.next() != Some(true));
        Ok(before - report.findings.len())
    }

    /// What is known of a report that holds all that was found.
    fn read(&self, report: &LintResult, checker: &Checker) -> Result<KnownFindings, String> {
        let Some(path) = &self.baseline else {
            return Ok(KnownFindings::default());
        };
        let failed = |why: &dyn std::fmt::Display| format!("the baseline {} cannot be used: {why}", path.display());
        let text = read_named(path).map_err(|why| match why.kind() {
            std::io::ErrorKind::NotFound => format!(
                "there is no baseline {path}; `dialform lint --baseline {path} --write-baseline` writes one",
                path = path.display()
            ),
            _ => failed(&why),
        })?;
        let baseline = Baseline::parse(&text).map_err(|why| failed(&why))?;
        let folder = folder_of(path)?;
        let mut found: BTreeMap<BaselineGroup, usize> = BTreeMap::new();
        for group in groups(&folder, report, checker).into_iter().flatten() {
            *found.entry(group).or_default() += 1;
        }
        // Of what was not looked at, nobody knows whether it is gone.
        let unread: BTreeSet<&Path> = report
            .with_roots()
            .filter(|(finding, _)| is_unread(finding))
            .filter_map(|(_, root)| root)
            .collect();
        let read = report.roots().filter(|root| !unread.contains(root));
        let projects: BTreeSet<String> = read.map(|root| written(&relative(root, &folder))).collect();
        let looked_at = baseline.iter().filter(|(group, _)| projects.contains(&group.project));
        let gone = looked_at.map(|(group, count)| count.saturating_sub(found.get(group).copied().unwrap_or_default()));
        let mut folders = baseline.iter().map(|(group, _)| folder.join(&group.project));
        let lost = folders
            .next()
            .filter(|first| !is_project(first) && !folders.any(|other| is_project(&other)));
        Ok(KnownFindings {
            gone: gone.sum(),
            lost,
            hidden: found
                .into_iter()
                .filter(|(group, count)| *count <= baseline.count(group))
                .map(|(group, _)| group)
                .collect(),
            folder,
        })
    }
}

/// What a baseline knows of a report.
#[derive(Debug, Default)]
pub(super) struct KnownFindings {
    /// The folder that its projects are relative to.
    folder: PathBuf,
    hidden: BTreeSet<BaselineGroup>,
    /// How many findings it counts that are not there.
    gone: usize,
    /// One of its projects, where none of them is there.
    lost: Option<PathBuf>,
}

impl KnownFindings {
    /// Whether a finding in this file of this project is hidden.
    pub(super) fn hides(&self, finding: &Finding, root: Option<&Path>, file: &Path) -> bool {
        !self.hidden.is_empty()
            && group(&self.folder, finding, root, file).is_some_and(|group| self.hidden.contains(&group))
    }
}

fn write(path: &Path, report: &LintResult, checker: &Checker) -> Result<(), String> {
    if !report.is_whole {
        return Err("a baseline covers whole projects: do not name files with `--write-baseline`".to_owned());
    }
    let groups = groups(&folder_of(path)?, report, checker);
    let unread = report.findings.iter().filter(|finding| is_unread(finding)).count();
    let left = groups.iter().filter(|group| group.is_none()).count() - unread;
    let baseline = Baseline::of(groups.into_iter().flatten());
    refuse_other(path)?;
    write_whole(path, &baseline.to_text()).map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
    let findings = counted(baseline.total(), "finding");
    let enforced = match left {
        0 => String::new(),
        1 => "; 1 that the project enforces is not among them".to_owned(),
        more => format!("; {more} that the project enforces are not among them"),
    };
    let unread = match unread {
        0 => String::new(),
        some => format!(
            "; {} that could not be read {} not among them, and what they hold is not checked",
            counted(some, "file"),
            if some == 1 { "is" } else { "are" }
        ),
    };
    terminal::remark(&format!("wrote {findings} to {}{enforced}{unread}", path.display()));
    Ok(())
}

/// Refuses to write over something other than a baseline; one with the marks of a merge is one all the same.
fn refuse_other(path: &Path) -> Result<(), String> {
    let other = read_named(path).is_ok_and(|text| !text.trim().is_empty() && !text.contains("\"format_version\""));
    match other {
        false => Ok(()),
        true => Err(format!(
            "{} is there and is not a baseline, so it was left as it is; name another file, or move it away",
            path.display()
        )),
    }
}

/// What the projects in a baseline are relative to.
fn folder_of(baseline: &Path) -> Result<PathBuf, String> {
    let path = absolute(baseline).map_err(|why| format!("the folder of {} is not there: {why}", baseline.display()))?;
    Ok(path.parent().unwrap_or(&path).to_owned())
}

/// Whether a file could not be read, so that nothing is known of what it holds.
fn is_unread(finding: &Finding) -> bool {
    [
        &unreadable_file::RULE,
        &utf16::RULE,
        &not_utf8::RULE,
        &file_too_large::RULE,
    ]
    .iter()
    .any(|rule| rule.code == finding.rule.code)
}

/// Whether there is a project, or the file outside any that is one by itself.
fn is_project(path: &Path) -> bool {
    path.is_file() || path.join(PROJECT_FILE).exists()
}

/// The group of each finding of a report; none for what no baseline may hide.
fn groups(folder: &Path, report: &LintResult, checker: &Checker) -> Vec<Option<BaselineGroup>> {
    let groups = report.with_roots().map(|(finding, root)| {
        let file = checker.path(finding.place.file)?;
        group(folder, finding, root, file)
    });
    groups.collect()
}

fn group(folder: &Path, finding: &Finding, root: Option<&Path>, file: &Path) -> Option<BaselineGroup> {
    // Once a file that could not be read can be, nobody would see what is wrong with it.
    if finding.enforced || is_unread(finding) {
        return None;
    }
    // A file outside any project is a project by itself.
    let project = written(&relative(root.unwrap_or(file), folder));
    let within = root.map(|root| written(&relative(file, root)));
    Some(BaselineGroup::of(finding, &project, within.as_deref().unwrap_or(".")))
}
