//! A check after a key stroke: of the file that was typed in, and of those files that say something about the same things. Where
//! that cannot be told, everything is checked.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::changes::{self, ChangedNames};
use super::groups::{Groups, MAX_RELATED, Position, is_declaring};
use super::mentions::{EnvironmentViews, Mentions, Usage};
use super::{Checker, FileLinter, FileResult, Found, LintedFile, Overlay, Part, Unread};
use crate::fields::AliasKind;
use crate::finding::{Finding, Severity};
use crate::model::FileIndex;
use crate::project::discovery::{Scope, is_project_file};
use crate::project::read_file::{self, FileContent};
use crate::project::source::FileId;
use crate::rules::RestOfProject;

/// After so many seconds the present moment may have changed what is true of starts.
const MAX_AGE: i64 = 60;

/// What the last check of a project found, as far as the next key stroke needs it.
#[derive(Debug, Default)]
pub struct LastCheck {
    /// When everything was checked; nothing where it never was.
    now: Option<Timestamp>,
    /// Every file, in path order.
    files: Vec<FileId>,
    /// Which of them say something about the same thing; made with the first key stroke.
    groups: Option<Groups>,
    /// Whether the groups are right after the check that comes next.
    keeps_groups: bool,
    /// A file whose last change concerned so many that the groups were not worth keeping.
    concerns_many: Option<FileId>,
    /// How many errors each file has that has some, but for those about comments.
    errors: HashMap<FileId, usize>,
    /// Whether any kept the rules about what nothing uses silent.
    had_errors: bool,
    /// What is shown of each file that has findings.
    shown: BTreeMap<FileId, Vec<Finding>>,
    /// How many files were looked at.
    looked_at: usize,
}

impl LastCheck {
    /// Keeps what a check of everything found.
    pub(super) fn keep(&mut self, now: Option<Timestamp>, files: &[&FileIndex], found: &Found) {
        let files_now: Vec<FileId> = files.iter().map(|file| file.file).collect();
        let keeps_groups = self.keeps_groups && files_now == self.files;
        let groups = self.groups.take().filter(|_| keeps_groups);
        *self = Self {
            now,
            looked_at: files_now.len(),
            files: files_now,
            groups,
            concerns_many: self.concerns_many,
            errors: found.errors.clone(),
            had_errors: found.had_errors,
            ..Self::default()
        };
        for finding in &found.findings.shown {
            self.shown.entry(finding.place.file).or_default().push(finding.clone());
        }
    }

    /// How many files the last check looked at.
    pub fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// The files that show a finding with a further place in this one, which may have moved.
    fn pointing_at(&self, file: FileId) -> HashSet<FileId> {
        let points = |finding: &Finding| finding.labels.iter().any(|label| label.place.file == file);
        let pointing = self.shown.iter().filter(|(_, findings)| findings.iter().any(points));
        pointing.map(|(other, _)| *other).collect()
    }

    /// The files with errors, whatever severity the project gives them.
    fn erroneous(&self) -> HashSet<FileId> {
        let is_error = |finding: &Finding| finding.rule.severity == Severity::Error;
        let shown = self.shown.iter().filter(|(_, findings)| findings.iter().any(is_error));
        shown
            .map(|(file, _)| *file)
            .chain(self.errors.keys().copied())
            .collect()
    }

    /// Where these files are in the order of the paths.
    fn positions_of(&self, files: &HashSet<FileId>) -> impl Iterator<Item = Position> {
        let numbered = (0..).zip(&self.files);
        numbered
            .filter(|(_, file)| files.contains(file))
            .map(|(position, _)| position)
    }

    /// Whether these findings of a file are shown already.
    fn is_shown(&self, file: FileId, findings: &[Finding]) -> bool {
        self.shown
            .get(&file)
            .map_or(findings.is_empty(), |before| before == findings)
    }
}

/// What is known of all files where only some are checked.
struct KnownFiles<'a> {
    checker: &'a Checker,
    files: &'a [FileId],
    groups: &'a Groups,
}

impl RestOfProject for KnownFiles<'_> {
    fn files(&self) -> Vec<&FileIndex> {
        self.checker.indices(self.files)
    }

    fn uses_alias(&self, kind: AliasKind, name: &str) -> bool {
        self.groups.uses_alias(kind, name)
    }

    fn uses_template(&self, name: &str) -> bool {
        self.groups.uses_template(name)
    }
}

impl Checker {
    /// Checks a file of a scope in which nothing but the text of this one has changed since the last check. Returns what is shown
    /// now of each file of which something else is shown, and of this one; nothing where the whole scope has to be checked.
    pub fn check_one(
        &mut self,
        scope: &Scope,
        overlays: &[Overlay],
        path: &Path,
        last: &mut LastCheck,
    ) -> Option<BTreeMap<FileId, Vec<Finding>>> {
        last.keeps_groups = false;
        let then = last.now?;
        let position = scope.position_of(path).filter(|_| !scope.named.contains(path))?;
        let overlay = overlays.iter().find(|overlay| overlay.path == path)?;
        let file = self.id(path);
        if last.files.get(position) != Some(&file) {
            return None;
        }
        let FileContent::Text(text) = read_file::decode(&overlay.content, self.max_file) else {
            return None;
        };
        // Most likely it concerns as many again.
        if last.groups.is_none() && last.concerns_many == Some(file) {
            return None;
        }
        last.concerns_many = None;
        let result = FileLinter::default().lint_text(file, text, is_project_file(path));
        let concerns_all = !changes::keeps_account(self.index(file)?, &result.index);
        let groups = match last.groups.take() {
            _ if concerns_all => None,
            Some(groups) => Some(groups),
            None => Some(Groups::new(&self.indices(&last.files))),
        };
        let old = self.linted.get_mut(file.index())?.take()?.result;
        self.sources.put_text(file, Arc::clone(&result.content));
        self.linted[file.index()] = Some(Box::new(LintedFile { result, stamp: None }));
        let mut groups = groups?;
        let position = Position::try_from(position).ok()?;
        let Some((concerned, views)) = self.concerned((position, file), &old, &mut groups, last) else {
            last.concerns_many = Some(file);
            return None;
        };
        let changed = self.check_related((file, concerned), scope, (&groups, &views), last);
        last.groups = Some(groups);
        last.keeps_groups = true;
        changed.filter(|_| {
            let age = self.now.map(|now| now.duration_since(then).as_secs());
            age.is_some_and(|age| (0..MAX_AGE).contains(&age))
        })
    }

    fn indices(&self, files: &[FileId]) -> Vec<&FileIndex> {
        files.iter().filter_map(|file| self.index(*file)).collect()
    }

    /// The files that a change of this one concerns, with which the groups are brought up to date, and what is declared now;
    /// nothing where it concerns as good as all files.
    fn concerned<'s>(
        &'s self,
        (position, file): (Position, FileId),
        old: &FileResult,
        groups: &mut Groups,
        last: &LastCheck,
    ) -> Option<(BTreeSet<Position>, EnvironmentViews<'s>)> {
        let new = self.result(file)?;
        let index_at =
            |position: &Position| -> Option<&'s FileIndex> { self.index(*last.files.get(*position as usize)?) };
        let declares = is_declaring(&old.index) || is_declaring(&new.index);
        let before = declares.then(|| {
            let declaring = groups.declaring().iter();
            let of_old = |at: &Position| {
                if *at == position {
                    Some(&old.index)
                } else {
                    index_at(at)
                }
            };
            EnvironmentViews::new(declaring.filter_map(of_old).collect())
        });
        groups.note(position, &new.index);
        let declaring = groups.declaring().iter().filter_map(index_at);
        let views = EnvironmentViews::new(declaring.collect());
        let before = before.as_ref().unwrap_or(&views);

        let mut touched = BTreeSet::new();
        if declares {
            let changed = ChangedNames::new(old, new, [before, &views]);
            let is_template = |usage: &Usage| *usage == Usage::Template;
            groups.extend_by_users(changed.templates.iter().copied(), is_template, &mut touched);
            let is_alias = |usage: &Usage| matches!(usage, Usage::Alias(..));
            groups.extend_by_users(changed.aliases.iter().copied(), is_alias, &mut touched);
            if changes::declared_names(&old.index) != changes::declared_names(&new.index) {
                groups.extend_by_undeclared(&views, &mut touched);
            }
        }
        touched.remove(&position);
        if touched.len() > MAX_RELATED {
            return None;
        }
        let (said, says) = (Mentions::new(&old.index, before), Mentions::new(&new.index, &views));
        let mut sharing = BTreeSet::new();
        groups.extend_by_ids(&said, &mut sharing);
        groups.replace(position, &said, &says, &mut sharing);
        groups.extend_by_ids(&says, &mut sharing);
        for (heir, index) in touched.iter().filter_map(|heir| Some((*heir, index_at(heir)?))) {
            let (said, says) = (Mentions::new(index, before), Mentions::new(index, &views));
            groups.replace(heir, &said, &says, &mut sharing);
        }
        touched.insert(position);
        touched.extend(sharing);
        let pointing = last.pointing_at(file);
        if !pointing.is_empty() {
            touched.extend(last.positions_of(&pointing));
        }
        Some((touched, views))
    }

    /// What is shown after a change of one file that concerns these. Nothing is kept of it where it cannot be told.
    fn check_related(
        &self,
        (file, mut concerned): (FileId, BTreeSet<Position>),
        scope: &Scope,
        (groups, views): (&Groups, &EnvironmentViews<'_>),
        last: &mut LastCheck,
    ) -> Option<BTreeMap<FileId, Vec<Finding>>> {
        let own = scope.project_file().and_then(|own| scope.position_of(&own));
        concerned.extend(own.and_then(|own| Position::try_from(own).ok()));
        let unreadable = self.unreadable(scope);
        let unread = Unread {
            unreadable: &unreadable,
            outside: scope.outside.as_ref(),
        };
        let project_file = scope.project_file().and_then(|path| self.known_id(&path));
        let file_at = |position: Position| last.files.get(position as usize).copied();
        let (touched, looked_at, found, mut shown) = loop {
            let related = groups.related(&concerned, views)?;
            let touched: HashSet<FileId> = related.touched.iter().copied().filter_map(file_at).collect();
            // A comment is not called unused where an error keeps a rule silent.
            let erroneous = match related.touched.is_disjoint(groups.commented()) {
                true => HashSet::new(),
                false => last.erroneous(),
            };
            let mut positions = related.touched;
            positions.extend(related.witnesses);
            if !erroneous.is_empty() {
                positions.extend(last.positions_of(&erroneous));
            }
            let files: Vec<FileId> = positions.into_iter().filter_map(file_at).collect();
            let rest = KnownFiles {
                checker: self,
                files: &last.files,
                groups,
            };
            let part = Part {
                touched: &touched,
                has_errors_elsewhere: last.errors.keys().any(|file| !touched.contains(file)),
                rest: &rest,
            };
            let mut found = self.findings(&files, &unread, project_file, Some(&part));
            let mut shown: BTreeMap<FileId, Vec<Finding>> = BTreeMap::new();
            for finding in std::mem::take(&mut found.findings.shown) {
                shown.entry(finding.place.file).or_default().push(finding);
            }
            // What errors keep silent has changed: comments in yet other files may be called unused now, or not any more.
            let is_same = |other: &FileId| {
                let is_alone = *other == file && self.index(file).is_some_and(|index| !is_declaring(index));
                let findings = shown.get(other).map_or(&[][..], Vec::as_slice);
                is_alone || (last.is_shown(*other, findings) && last.errors.get(other) == found.errors.get(other))
            };
            let is_same = found.had_errors == last.had_errors && touched.iter().all(is_same);
            let mut commented = groups.commented().iter();
            if is_same || commented.all(|position| file_at(*position).is_some_and(|file| touched.contains(&file))) {
                break (touched, files.len(), found, shown);
            }
            concerned.extend(groups.commented());
        };
        let mut changed = BTreeMap::from([(file, shown.remove(&file).unwrap_or_default())]);
        for other in touched.iter().filter(|other| **other != file) {
            let now = shown.remove(other).unwrap_or_default();
            if !last.is_shown(*other, &now) {
                changed.insert(*other, now);
            }
        }
        last.errors.retain(|file, _| !touched.contains(file));
        last.errors.extend(found.errors);
        last.had_errors = found.had_errors;
        last.looked_at = looked_at;
        for (file, findings) in &changed {
            match findings.is_empty() {
                true => drop(last.shown.remove(file)),
                false => drop(last.shown.insert(*file, findings.clone())),
            }
        }
        Some(changed)
    }
}
