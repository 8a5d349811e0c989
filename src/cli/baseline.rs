//! Leaving out what a baseline counts, and writing one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::lint::Report;
use super::terminal;
use crate::baseline::{Baseline, Group, written};
use crate::check::Checker;
use crate::finding::Finding;
use crate::project_files::{absolute, relative};
use crate::replace::write_whole;

/// The findings that are known.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct KnownArgs {
    /// Leave out the findings that this file counts by rule and campaign; only what is new is shown
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct BaselineArgs {
    #[command(flatten)]
    known: KnownArgs,
    /// Write what is found to the file that `--baseline` names, or to this one, and show nothing
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["select", "ignore"])]
    write_baseline: Option<Option<PathBuf>>,
}

/// What a baseline did to a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Went {
    /// So many findings are left out.
    Hidden(usize),
    /// It was written: there is nothing to show.
    Written,
}

impl BaselineArgs {
    /// Leaves findings out of a report, or writes them down. `is_narrow` says that only some rules were asked for.
    pub(super) fn apply(&self, report: &mut Report, checker: &Checker, is_narrow: bool) -> Result<Went, String> {
        if let Some(named) = &self.write_baseline {
            let named = named.as_ref().or(self.known.baseline.as_ref());
            let path = named.ok_or("say where to: `--baseline FILE --write-baseline`")?;
            write(path, report, checker)?;
            return Ok(Went::Written);
        }
        let hidden = self.known.leave_out(report, checker, is_narrow)?;
        Ok(Went::Hidden(hidden))
    }
}

impl KnownArgs {
    /// Leaves what is known out of a report, and says how many findings that were.
    pub(super) fn leave_out(&self, report: &mut Report, checker: &Checker, is_narrow: bool) -> Result<usize, String> {
        match &self.baseline {
            Some(path) => leave_out(path, report, checker, is_narrow),
            None => Ok(0),
        }
    }
}

fn leave_out(path: &Path, report: &mut Report, checker: &Checker, is_narrow: bool) -> Result<usize, String> {
    let failed = |why: &dyn std::fmt::Display| format!("the baseline {} cannot be used: {why}", path.display());
    let text = fs::read_to_string(path).map_err(|why| match why.kind() {
        std::io::ErrorKind::NotFound => format!(
            "there is no baseline {path}; `dialform lint --baseline {path} --write-baseline` writes one",
            path = path.display()
        ),
        _ => failed(&why),
    })?;
    let baseline = Baseline::parse(&text).map_err(|why| failed(&why))?;
    let groups = groups(path, report, checker)?;
    let mut found: BTreeMap<&Group, usize> = BTreeMap::new();
    for group in groups.iter().flatten() {
        *found.entry(group).or_default() += 1;
    }
    let is_hidden = |group: &Group| found.get(group).copied().unwrap_or_default() <= baseline.count(group);
    let before = report.findings.len();
    let mut each = groups.iter();
    let kept = |_: &Finding| !matches!(each.next(), Some(Some(group)) if is_hidden(group));
    report.retain(kept);

    let folder = folder_of(path)?;
    let projects: BTreeSet<String> = report.roots().map(|root| written(&relative(root, &folder))).collect();
    let gone: usize = baseline
        .iter()
        .filter(|(group, _)| projects.contains(&group.project))
        .map(|(group, count)| count.saturating_sub(found.get(group).copied().unwrap_or_default()))
        .sum();
    // With less than everything looked at, nobody knows what is gone.
    if gone > 0 && !is_narrow && report.is_whole {
        let words = match gone {
            1 => "1 finding that is".to_owned(),
            more => format!("{more} findings that are"),
        };
        terminal::remark(&format!(
            "note: the baseline still counts {words} gone; `--write-baseline` takes it out, so that it cannot come back unseen"
        ));
    }
    Ok(before - report.findings.len())
}

fn write(path: &Path, report: &Report, checker: &Checker) -> Result<(), String> {
    if !report.is_whole {
        return Err("a baseline is of whole projects: name no files with `--write-baseline`".to_owned());
    }
    let groups = groups(path, report, checker)?;
    let left = groups.iter().filter(|group| group.is_none()).count();
    let baseline = Baseline::of(groups.into_iter().flatten());
    write_whole(path, &baseline.to_text()).map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
    let findings = match baseline.total() {
        1 => "1 finding".to_owned(),
        more => format!("{more} findings"),
    };
    let enforced = match left {
        0 => String::new(),
        1 => "; 1 that the project enforces is not among them".to_owned(),
        more => format!("; {more} that the project enforces are not among them"),
    };
    terminal::remark(&format!("wrote {findings} to {}{enforced}", path.display()));
    Ok(())
}

/// What the projects in a baseline are relative to.
fn folder_of(baseline: &Path) -> Result<PathBuf, String> {
    let path = absolute(baseline).map_err(|why| format!("the folder of {} is not there: {why}", baseline.display()))?;
    Ok(path.parent().unwrap_or(&path).to_owned())
}

/// The group of each finding of a report; none for what no baseline may hide.
fn groups(baseline: &Path, report: &Report, checker: &Checker) -> Result<Vec<Option<Group>>, String> {
    let folder = folder_of(baseline)?;
    let groups = report.with_roots().map(|(finding, root)| {
        let file = checker.path(finding.place.file)?;
        if finding.enforced {
            return None;
        }
        // A file outside any project is a project by itself.
        let project = written(&relative(root.unwrap_or(file), &folder));
        let within = root.map(|root| written(&relative(file, root)));
        Some(Group::of(finding, &project, within.as_deref().unwrap_or(".")))
    });
    Ok(groups.collect())
}
