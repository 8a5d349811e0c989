//! A check after a key stroke: of the file that was typed in, and of those files that say something about the same things. Where
//! that cannot be told, everything is checked.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::groups::{Disturbed, Groups};
use super::{Checker, FileLinter, Found, LintedFile, Overlay, Part, Unread};
use crate::finding::Finding;
use crate::model::{FileIndex, Project};
use crate::project::discovery::{Scope, is_project_file};
use crate::project::read_file::{self, FileContent};
use crate::project::source::FileId;

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
    /// How many errors each file has that has some, but for those about comments.
    errors: HashMap<FileId, usize>,
    /// Whether any kept the rules about what nothing uses silent.
    had_errors: bool,
    /// Whether any comment hides findings.
    has_suppressions: bool,
    /// What is shown of each file that has findings.
    shown: BTreeMap<FileId, Vec<Finding>>,
}

impl LastCheck {
    /// Keeps what a check of everything found.
    pub(super) fn keep(&mut self, now: Option<Timestamp>, files: &[&FileIndex], found: &Found) {
        let files_now: Vec<FileId> = files.iter().map(|file| file.file).collect();
        let keeps_groups = self.keeps_groups && files_now == self.files;
        let groups = self.groups.take().filter(|_| keeps_groups);
        *self = Self {
            now,
            files: files_now,
            groups,
            has_suppressions: files.iter().any(|file| !file.suppressions.is_empty()),
            errors: found.errors.clone(),
            had_errors: found.had_errors,
            ..Self::default()
        };
        for finding in &found.findings.shown {
            self.shown.entry(finding.place.file).or_default().push(finding.clone());
        }
    }
}

/// Whether the difference of two readings of a file may concern any other file.
fn is_far_reaching(old: &FileIndex, new: &FileIndex) -> bool {
    let says_what_holds_for_all = |index: &FileIndex| {
        !index.templates.is_empty() || index.project.is_some() || index.hides_project || !index.environments.is_empty()
    };
    let aliases = |index: &'_ FileIndex| -> Vec<_> {
        let aliases = index.aliases.iter();
        aliases
            .map(|alias| (alias.kind, alias.name.value.clone(), alias.id.clone()))
            .collect()
    };
    says_what_holds_for_all(old) || says_what_holds_for_all(new) || aliases(old) != aliases(new)
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
        if !self.environments_of(scope).names.is_empty() {
            // What is found in each environment depends on all files.
            return None;
        }
        let is_usual = !is_project_file(path) && !scope.named.contains(path);
        let position = scope.position_of(path).filter(|_| is_usual)?;
        let overlay = overlays.iter().find(|overlay| overlay.path == path)?;
        let file = self.id(path);
        if last.files.get(position) != Some(&file) {
            return None;
        }
        let FileContent::Text(text) = read_file::decode(&overlay.content, self.max_file) else {
            return None;
        };
        let mut groups = match last.groups.take() {
            Some(groups) => groups,
            None => Groups::new(&self.indices(&last.files)),
        };
        let result = FileLinter::default().lint_text(file, text, false);
        let old = self.linted.get_mut(file.index())?.take()?;
        self.sources.put_text(file, Arc::clone(&result.content));
        self.linted[file.index()] = Some(Box::new(LintedFile { result, stamp: None }));
        let new = self.index(file)?;
        if is_far_reaching(&old.result.index, new) {
            return None;
        }
        last.has_suppressions |= !new.suppressions.is_empty();
        let position = u32::try_from(position).ok()?;
        let project = self.declared(&groups, &last.files);
        let disturbed = groups.replace(position, &old.result.index, new, &project);
        let changed = self.check_related((position, file), scope, &groups, &disturbed, last);
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

    /// What is declared besides campaigns.
    fn declared(&self, groups: &Groups, files: &[FileId]) -> Project<'_> {
        let declaring = groups.declaring().filter_map(|position| files.get(position as usize));
        Project::new(declaring.filter_map(|file| self.index(*file)).collect())
    }

    /// What is shown after a change of one file. Nothing is kept of it where it cannot be told.
    fn check_related(
        &self,
        (position, file): (u32, FileId),
        scope: &Scope,
        groups: &Groups,
        disturbed: &Disturbed,
        last: &mut LastCheck,
    ) -> Option<BTreeMap<FileId, Vec<Finding>>> {
        let related = groups.related(position, disturbed, &self.declared(groups, &last.files))?;
        let own = scope.project_file().and_then(|own| scope.position_of(&own));
        let own = own.and_then(|own| u32::try_from(own).ok());
        let file_at = |position: u32| last.files.get(position as usize).copied();
        let mut positions = related.touched;
        positions.extend(own);
        let touched: HashSet<FileId> = positions.iter().copied().filter_map(file_at).collect();
        positions.extend(&related.witnesses);
        let has_comments = |file: &&FileIndex| !file.suppressions.is_empty();
        let mut indices = touched.iter().filter_map(|file| self.index(*file));
        let erroneous: HashSet<FileId> = match indices.any(|index| has_comments(&index)) {
            // A comment is not called unused where an error keeps a rule silent.
            true => last.errors.keys().copied().collect(),
            false => HashSet::new(),
        };
        let files: Vec<FileId> = match erroneous.is_empty() {
            true => positions.into_iter().filter_map(file_at).collect(),
            false => {
                let is_in = |(position, file): &(u32, FileId)| positions.contains(position) || erroneous.contains(file);
                let numbered = (0..).zip(last.files.iter().copied());
                numbered.filter(is_in).map(|(_, file)| file).collect()
            }
        };

        let unreadable = self.unreadable(scope);
        let unread = Unread {
            unreadable: &unreadable,
            outside: scope.outside.as_ref(),
        };
        let project_file = scope.project_file().and_then(|path| self.known_id(&path));
        let part = Part {
            touched: &touched,
            has_errors_elsewhere: last.errors.keys().any(|file| !touched.contains(file)),
            all: &last.files,
        };
        let found = self.findings(&files, &unread, project_file, Some(&part));
        if found.compares_all_keys || (last.has_suppressions && found.had_errors != last.had_errors) {
            return None;
        }
        let mut shown: BTreeMap<FileId, Vec<Finding>> = BTreeMap::new();
        for finding in found.findings.shown {
            shown.entry(finding.place.file).or_default().push(finding);
        }
        let mut changed = BTreeMap::from([(file, shown.remove(&file).unwrap_or_default())]);
        for other in touched.iter().filter(|other| **other != file) {
            let now = shown.remove(other).unwrap_or_default();
            let is_same = last.shown.get(other).map_or(now.is_empty(), |before| *before == now);
            let has_as_many = last.errors.get(other) == found.errors.get(other);
            // Comments in yet other files may not be called unused any more.
            if last.has_suppressions && !(is_same && has_as_many) {
                return None;
            }
            if !is_same {
                changed.insert(*other, now);
            }
        }
        last.errors.retain(|file, _| !touched.contains(file));
        last.errors.extend(found.errors);
        last.had_errors = found.had_errors;
        for (file, findings) in &changed {
            match findings.is_empty() {
                true => drop(last.shown.remove(file)),
                false => drop(last.shown.insert(*file, findings.clone())),
            }
        }
        Some(changed)
    }
}
