//! A check after a key stroke. Where the file that was typed in says the same of the project as before, but for where it says it,
//! no other file is looked at; where it does not, everything is checked.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Checker, FileLinter, LintedFile, Overlay};
use crate::finding::{Finding, Severity};
use crate::lint::severity::{Triage, TriagedFindings};
use crate::model::{MovedPlaces, Project};
use crate::project::discovery::{Scope, is_project_file};
use crate::project::read_file::{self, FileContent};
use crate::project::source::{FileId, Place, Span};
use crate::rules::Context;

/// After so many seconds the present moment may have changed what is true of starts.
const MAX_AGE: i64 = 60;

/// What the last check of a project found, as far as the next key stroke needs it.
#[derive(Debug, Default)]
pub struct LastCheck {
    /// When it was; nothing where there was none.
    now: Option<Timestamp>,
    /// The findings about the project as a whole, before anything was done to their severities.
    across: Vec<Finding>,
    /// The same about what nothing uses; nothing where errors kept these silent.
    unused: Option<Vec<Finding>>,
    /// How many errors each file has that has some.
    errors: HashMap<FileId, usize>,
    /// Whether any kept the rules about what nothing uses silent.
    had_errors: bool,
    /// The files with a campaign that has the name of another one: all that it states is compared.
    namesakes: HashSet<FileId>,
    /// Whether any comment hides findings.
    has_suppressions: bool,
    /// What is shown of each file that has findings.
    shown: BTreeMap<FileId, Vec<Finding>>,
}

impl LastCheck {
    /// Keeps what the rules about the whole project found.
    pub(super) fn begin(&mut self, now: Option<Timestamp>, project: &Project<'_>, across: &[Finding]) {
        *self = Self {
            now,
            across: across.to_vec(),
            has_suppressions: project.files().iter().any(|file| !file.suppressions.is_empty()),
            namesakes: project
                .namesakes()
                .iter()
                .map(|(_, campaign)| campaign.whole.file)
                .collect(),
            ..Self::default()
        };
    }

    /// Keeps what the rules about what nothing uses found, if they ran.
    pub(super) fn keep_unused(&mut self, unused: Option<&[Finding]>) {
        self.had_errors = unused.is_none();
        self.unused = unused.map(<[Finding]>::to_vec);
    }

    /// Keeps the result.
    pub(super) fn end(&mut self, shown: &[Finding], blocking: &[Finding]) {
        for finding in shown
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .chain(blocking)
        {
            *self.errors.entry(finding.place.file).or_default() += 1;
        }
        for finding in shown {
            self.shown.entry(finding.place.file).or_default().push(finding.clone());
        }
    }
}

/// The same finding where it stands now; nothing where that is not known.
fn moved(finding: &Finding, places: &MovedPlaces) -> Option<Finding> {
    let mut moved = finding.clone();
    moved.place = places.now(finding.place)?;
    for label in &mut moved.labels {
        label.place = places.now(label.place)?;
    }
    for edit in moved.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        edit.span = places.now(Place::new(finding.place.file, edit.span))?.span;
    }
    Some(moved)
}

/// Whether a finding stands in a file, or points there.
fn touches(finding: &Finding, file: FileId) -> bool {
    finding.place.file == file || finding.labels.iter().any(|label| label.place.file == file)
}

/// Findings of which those that touch a file stand where they stand now; nothing where that is not known.
fn all_moved(findings: &[Finding], file: FileId, places: &MovedPlaces) -> Option<Vec<(usize, Finding)>> {
    let touching = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| touches(finding, file));
    touching
        .map(|(index, finding)| Some((index, moved(finding, places)?)))
        .collect()
}

impl Checker {
    /// Checks a file of a scope in which nothing but the text of this one has changed since the last check. Returns what is shown
    /// now of each file of which something else is shown; nothing where the whole scope has to be checked.
    pub fn check_one(
        &mut self,
        scope: &Scope,
        overlays: &[Overlay],
        path: &Path,
        last: &mut LastCheck,
    ) -> Option<BTreeMap<FileId, Vec<Finding>>> {
        let then = last.now?;
        let age = self.now?.duration_since(then).as_secs();
        let is_usual = !is_project_file(path) && !scope.named.contains(path) && (0..MAX_AGE).contains(&age);
        scope.position_of(path).filter(|_| is_usual)?;
        let overlay = overlays.iter().find(|overlay| overlay.path == path)?;
        let file = self.id(path);
        let own = scope.project_file().map(|own| self.id(&own));
        let FileContent::Text(text) = read_file::decode(&overlay.content, self.max_file) else {
            return None;
        };
        let result = FileLinter::default().lint_text(file, text, false);
        let places = self.index(file)?.moved_places(&result.index);
        self.sources.put_text(file, Arc::clone(&result.content));
        self.linted[file.index()] = Some(Box::new(LintedFile { result, stamp: None }));
        let places = places.filter(|_| !last.namesakes.contains(&file))?;
        self.recheck((file, own), &places, last)
    }

    /// What is shown where one file has moved places only. `own` is the project's own file.
    fn recheck(
        &self,
        (file, own): (FileId, Option<FileId>),
        places: &MovedPlaces,
        last: &mut LastCheck,
    ) -> Option<BTreeMap<FileId, Vec<Finding>>> {
        let across = all_moved(&last.across, file, places)?;
        let unused = match &last.unused {
            Some(unused) => Some(all_moved(unused, file, places)?),
            None => None,
        };
        let place = own.map(|own| Place::new(own, Span::point(0)));
        let ids = own.into_iter().chain([file]);
        let project = Project::new(ids.filter_map(|id| self.index(id)).collect());
        let context = Context::new(&project, self.now, place);
        let in_file = |found: &[(usize, Finding)]| -> Vec<Finding> {
            let found = found.iter().filter(|(_, finding)| finding.place.file == file);
            found.map(|(_, finding)| finding.clone()).collect()
        };
        let mut triage = Triage::new(&context);
        let mut findings = self.result(file)?.findings.clone();
        findings.extend(in_file(&across));
        self.attach_definitions(&mut findings);
        triage.add(findings);
        let elsewhere = last.errors.iter().any(|(other, count)| *other != file && *count > 0);
        let has_errors = elsewhere || triage.has_errors();
        if has_errors != last.had_errors {
            // The rules about what nothing uses begin or cease to speak, in all files.
            let is_silent = last.unused.as_ref().is_some_and(Vec::is_empty);
            if !is_silent || last.has_suppressions {
                return None;
            }
        }
        if !has_errors {
            let mut unused = in_file(unused.as_deref()?);
            self.attach_definitions(&mut unused);
            triage.add(unused);
            triage.has_checked_unused = true;
        }
        let TriagedFindings {
            mut shown,
            mut blocking,
        } = triage.finish();
        shown.retain(|finding| finding.place.file == file);
        blocking.retain(|finding| finding.place.file == file);
        self.sort(&mut shown);

        let mut changed = BTreeMap::new();
        for (other, findings) in last.shown.iter_mut().filter(|(other, _)| **other != file) {
            let moved = all_moved(findings, file, places)?;
            if !moved.is_empty() {
                put_all(findings, moved);
                changed.insert(*other, findings.clone());
            }
        }
        put_all(&mut last.across, across);
        if let (Some(known), Some(unused)) = (&mut last.unused, unused) {
            put_all(known, unused);
        }
        let errors = shown.iter().filter(|finding| finding.severity == Severity::Error);
        last.errors.insert(file, errors.count() + blocking.len());
        last.had_errors = has_errors;
        last.shown.insert(file, shown.clone());
        changed.insert(file, shown);
        Some(changed)
    }
}

fn put_all(findings: &mut [Finding], moved: Vec<(usize, Finding)>) {
    for (index, finding) in moved {
        findings[index] = finding;
    }
}
