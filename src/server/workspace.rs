//! The projects that the client sees, and their findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::document::Documents;
use crate::finding::{Applicability, Finding};
use crate::lint::engine::{Checked, Checker, LastCheck, Overlay};
use crate::lint::fix::{ProjectSession, fix_all};
use crate::model::{FileIndex, Project};
use crate::project::discovery::{Scope, absolute, is_project_file, may_include, projects_below, root_of};
use crate::project::source::{FileId, Sources};
use crate::project::walk::Listings;
use crate::rules;

/// What is checked together, and reported on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// The project of this folder.
    Project(PathBuf),
    /// One open file in the folder of a project whose patterns do not match it, or that is not on the disk; or one outside any
    /// project that is included by this project, which is not of the workspace. It is checked with the project, and reported on
    /// alone.
    Named {
        /// The project's folder.
        root: PathBuf,
        /// The file.
        file: PathBuf,
    },
    /// One open file outside any project.
    Alone(PathBuf),
}

impl Unit {
    /// The folder of the project that a file is reported on alone in.
    fn named_in(&self) -> Option<&Path> {
        match self {
            Self::Named { root, .. } => Some(root),
            Self::Project(_) | Self::Alone(_) => None,
        }
    }
}

/// What a check after a key stroke found.
pub(super) enum Typed {
    /// Every finding of the unit.
    All(Vec<Finding>),
    /// The findings of the files of which others are shown now.
    Files(BTreeMap<FileId, Vec<Finding>>),
}

/// A folder of the client's workspace.
#[derive(Debug)]
struct Folder {
    /// As the client writes it.
    given: PathBuf,
    /// Without links.
    real: PathBuf,
}

/// Everything that is checked.
#[derive(Debug)]
pub(super) struct Workspace {
    checker: Checker,
    folders: Vec<Folder>,
    units: BTreeMap<Unit, Scope>,
    /// The files of each unit, as they were checked last.
    files: BTreeMap<Unit, Vec<FileId>>,
    /// What the last check of each unit found.
    last: BTreeMap<Unit, LastCheck>,
}

impl Workspace {
    /// A workspace of these folders.
    pub(super) fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut workspace = Self {
            checker: checker(Path::new("/")),
            folders: Vec::new(),
            units: BTreeMap::new(),
            files: BTreeMap::new(),
            last: BTreeMap::new(),
        };
        for folder in folders {
            workspace.add_folder(folder);
        }
        workspace.restart();
        workspace
    }

    /// Drops everything that is known of files, after something went wrong.
    pub(super) fn restart(&mut self) {
        // Messages name files from the only folder, else whole.
        let folder = match self.folders.as_slice() {
            [folder] => folder.real.clone(),
            _ => std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
        };
        self.checker = checker(&folder);
        self.units.clear();
        self.files.clear();
        self.last.clear();
    }

    /// Adds a folder.
    pub(super) fn add_folder(&mut self, given: PathBuf) {
        let real = absolute(&given).unwrap_or_else(|_| given.clone());
        self.folders.push(Folder { given, real });
    }

    /// Removes a folder.
    pub(super) fn remove_folder(&mut self, given: &Path) {
        self.folders.retain(|folder| folder.given != given);
    }

    /// Finds all projects and their files again.
    pub(super) fn discover(&mut self, documents: &Documents) {
        let mut listings = Listings::default();
        let mut roots = BTreeSet::new();
        for folder in &self.folders {
            roots.extend(root_of(&folder.real));
            roots.extend(projects_below(&folder.real, &mut listings).projects);
        }
        let own = documents.iter();
        let own = own.map(|document| (&*document.path, root_of_document(&document.path, documents)));
        let own: Vec<(&Path, Option<PathBuf>)> = own.collect();
        roots.extend(own.iter().filter_map(|(_, root)| root.clone()));
        let overlays = documents.overlays();
        let mut units: BTreeMap<Unit, Scope> = roots
            .into_iter()
            .map(|root| {
                let scope = self.checker.project_scope_in(&root, overlays, &mut listings);
                (Unit::Project(root), scope)
            })
            .collect();
        for (path, root) in own {
            let of_document = self.units_of_document(path, root, &units, documents, &mut listings);
            units.extend(of_document);
        }
        self.files.retain(|unit, _| units.contains_key(unit));
        self.last.clear();
        self.units = units;
    }

    /// Finds the files of one project again, whose own file has changed. Returns what is checked in its folder.
    pub(super) fn discover_project(&mut self, root: &Path, documents: &Documents) -> Vec<Unit> {
        let unit = Unit::Project(root.to_owned());
        if let Some(scope) = self.units.get_mut(&unit)
            && let Some(changed) = self.checker.changed_scope(root, documents.overlays(), scope)
        {
            *scope = changed;
            self.units.retain(|unit, _| unit.named_in() != Some(root));
            for document in documents.iter() {
                let of_document = root_of_document(&document.path, documents);
                if of_document.as_deref() == Some(root) {
                    self.units.extend(named_unit(&document.path, root, &self.units));
                }
            }
            self.files.retain(|unit, _| self.units.contains_key(unit));
            self.last.clear();
        }
        let is_in = |candidate: &&Unit| **candidate == unit || candidate.named_in() == Some(root);
        self.units.keys().filter(is_in).cloned().collect()
    }

    /// Adds what a document needs to be checked that was just opened. Returns whether all has to be found again.
    pub(super) fn open(&mut self, path: &Path, documents: &Documents) -> bool {
        let root = root_of_document(path, documents);
        let is_known = match &root {
            Some(root) => self.units.contains_key(&Unit::Project(root.clone())),
            None => true,
        };
        let units = std::mem::take(&mut self.units);
        let of_document = self.units_of_document(path, root, &units, documents, &mut Listings::default());
        self.units = units;
        self.units.extend(of_document);
        !is_known
    }

    /// What a document needs beside the projects.
    fn units_of_document(
        &mut self,
        path: &Path,
        root: Option<PathBuf>,
        units: &BTreeMap<Unit, Scope>,
        documents: &Documents,
        listings: &mut Listings,
    ) -> Vec<(Unit, Scope)> {
        if let Some(root) = root {
            return named_unit(path, &root, units).into_iter().collect();
        }
        let folder: BTreeSet<&Path> = path.parent().into_iter().collect();
        let mut found = Vec::new();
        let mut is_included = units.values().any(|scope| contains(scope, path));
        for root in may_include(&folder, listings) {
            if units.contains_key(&Unit::Project(root.clone())) {
                continue;
            }
            let scope = self.checker.project_scope_in(&root, documents.overlays(), listings);
            if contains(&scope, path) {
                is_included = true;
                let file = path.to_owned();
                found.push((Unit::Named { root, file }, scope));
            }
        }
        if !is_included {
            let file = path.to_owned();
            found.push((Unit::Alone(file.clone()), Scope::of_file(file)));
        }
        found
    }

    /// Every unit.
    pub(super) fn units(&self) -> Vec<Unit> {
        self.units.keys().cloned().collect()
    }

    /// Patterns of the files that matter, as a client takes them: campaign files, and whatever else projects name.
    pub(super) fn watched(&self) -> BTreeSet<String> {
        let named = self.units.values().flat_map(|scope| &scope.patterns);
        let others = named.filter(|pattern| !pattern.ends_with(".kdl"));
        let below = |pattern: &String| format!("**/{}", pattern.trim_start_matches(['.', '/']));
        others.map(below).chain(["**/*.kdl".to_owned()]).collect()
    }

    /// The folders in which files of projects are, or may appear.
    pub(super) fn folders(&self) -> BTreeSet<&Path> {
        let searched = self.units.values().flat_map(|scope| &scope.folders);
        searched.map(PathBuf::as_path).collect()
    }

    /// Whether a change at a path may change what is found.
    pub(super) fn matters(&self, path: &Path) -> bool {
        // A folder has no extension, as a rule.
        path.extension().is_none_or(|extension| extension == "kdl") || !self.units_of(path).is_empty()
    }

    /// The units that a file is part of.
    pub(super) fn units_of(&self, path: &Path) -> Vec<Unit> {
        let holds = |(unit, scope): &(&Unit, &Scope)| match unit {
            Unit::Alone(file) => file == path,
            _ => contains(scope, path),
        };
        let units = self.units.iter().filter(holds);
        units.map(|(unit, _)| unit.clone()).collect()
    }

    /// Checks a unit. Returns the findings to report. Where it `is_typed`, nothing but the text of open documents has changed.
    pub(super) fn check(&mut self, unit: &Unit, overlays: &[Overlay], is_typed: bool) -> Vec<Finding> {
        self.checker.set_now(Some(Timestamp::now()));
        self.checker.trust_known(is_typed);
        let Some(scope) = self.units.get(unit) else {
            return Vec::new();
        };
        let last = self.last.entry(unit.clone()).or_default();
        let checked = self.checker.check_keeping(scope, overlays, Some(last));
        let files = checked.files.iter().map(|file| file.file).collect();
        let mut findings = checked.findings;
        self.checker.trust_known(false);
        self.files.insert(unit.clone(), files);
        if let Unit::Named { file, .. } = unit {
            let checker = &self.checker;
            findings.retain(|finding| checker.real_path(finding.place.file) == Some(file));
        }
        rules::retain_merged(&mut findings);
        findings
    }

    /// Checks a unit of which nothing but the text of one open document has changed.
    pub(super) fn check_typed(&mut self, unit: &Unit, path: &Path, overlays: &[Overlay]) -> Typed {
        match self.check_few(unit, path, overlays) {
            Some(changed) => Typed::Files(changed),
            None => Typed::All(self.check(unit, overlays, true)),
        }
    }

    /// The same, where it concerns few files.
    pub(super) fn check_few(
        &mut self,
        unit: &Unit,
        path: &Path,
        overlays: &[Overlay],
    ) -> Option<BTreeMap<FileId, Vec<Finding>>> {
        if !matches!(unit, Unit::Project(_)) {
            return None;
        }
        self.checker.set_now(Some(Timestamp::now()));
        let (scope, last) = (self.units.get(unit)?, self.last.get_mut(unit)?);
        let mut changed = self.checker.check_one(scope, overlays, path, last)?;
        changed.values_mut().for_each(rules::retain_merged);
        Some(changed)
    }

    /// Looks at the campaigns of a file and at what decides what is sent for them in an environment, as they were checked last.
    pub(super) fn look_at<R>(
        &self,
        path: &Path,
        environment: Option<&str>,
        look: impl FnOnce(&Checked<'_>) -> R,
    ) -> Option<R> {
        let unit = self.units_of(path).into_iter().next()?;
        let (scope, files) = (self.units.get(&unit)?, self.files.get(&unit)?);
        let campaigns = &self.index_at(path)?.campaigns;
        let project = self.project_of(path);
        let behind = project.files_behind(campaigns.iter());
        let files = files.iter().copied().filter(|file| behind.contains(file));
        let mut checked = self.checker.known(scope, files);
        checked.environment = environment.and_then(|name| project.environment_of(name));
        Some(look(&checked))
    }

    /// Looks at the project of a file as a whole, with these texts; in an environment, or in all of them.
    pub(super) fn checked<R>(
        &mut self,
        path: &Path,
        environment: Option<&str>,
        overlays: &[Overlay],
        look: impl FnOnce(&Checked<'_>) -> R,
    ) -> Option<R> {
        let unit = self.units_of(path).into_iter().next()?;
        let scope = self.units.get(&unit)?;
        self.checker.set_now(Some(Timestamp::now()));
        self.checker.trust_known(true);
        self.checker.set_environment(environment);
        let seen = look(&self.checker.check(scope, overlays));
        self.checker.set_environment(None);
        self.checker.trust_known(false);
        Some(seen)
    }

    /// The text of a file with every safe fix of it, which are tried out.
    pub(super) fn fixed(&mut self, path: &Path, overlays: &[Overlay]) -> Option<Arc<str>> {
        let unit = self.units_of(path).into_iter().next()?;
        let scope = self.units.get(&unit)?;
        let is_it = |file: &Path, _: &Finding| file == path;
        let mut session = ProjectSession::new(&mut self.checker, scope, overlays, is_it);
        let outcome = fix_all(&mut session, Applicability::Safe);
        let real = |file| session.real_path(file) == Some(path);
        let mut changes = outcome.changes.into_iter();
        let fixed = changes.find(|change| real(change.file)).map(|change| change.after);
        // What is known of files is again what the client has.
        self.check(&unit, overlays, false);
        fixed
    }

    /// The project that a file is part of, as it was checked last; an empty one for a file that is part of none.
    pub(super) fn project_of(&self, path: &Path) -> Project<'_> {
        let unit = self.units_of(path).into_iter().next();
        let files = unit.and_then(|unit| self.files.get(&unit)).map(Vec::as_slice);
        let indices = files
            .unwrap_or_default()
            .iter()
            .filter_map(|file| self.checker.index(*file));
        Project::new(indices.collect())
    }

    /// The folder of the project that a file is part of.
    pub(super) fn root_of(&self, path: &Path) -> Option<PathBuf> {
        self.units_of(path).into_iter().find_map(|unit| match unit {
            Unit::Project(root) | Unit::Named { root, .. } => Some(root),
            Unit::Alone(_) => None,
        })
    }

    /// What a file declares and uses, as it was checked last.
    pub(super) fn index_at(&self, path: &Path) -> Option<&FileIndex> {
        self.checker.index(self.file_at(path)?)
    }

    /// The text of a file, as it was checked last.
    pub(super) fn text_at(&self, path: &Path) -> Option<&str> {
        Some(self.sources().file(self.file_at(path)?).text())
    }

    /// Every project, as it was checked last.
    pub(super) fn projects(&self) -> impl Iterator<Item = Project<'_>> {
        self.files
            .iter()
            .filter(|(unit, _)| !matches!(unit, Unit::Named { .. }))
            .map(|(_, files)| {
                let indices = files.iter().filter_map(|file| self.checker.index(*file));
                Project::new(indices.collect())
            })
    }

    /// The file of a path, among those that were checked.
    pub(super) fn file_at(&self, path: &Path) -> Option<FileId> {
        self.checker.file_at(path)
    }

    /// The texts that were checked.
    pub(super) fn sources(&self) -> &Sources {
        self.checker.sources()
    }

    /// The path of a file, without links.
    pub(super) fn path(&self, file: FileId) -> Option<&Path> {
        self.checker.real_path(file)
    }

    /// The path by which the client knows a file: below its folder as it wrote that.
    pub(super) fn given_path(&self, path: &Path) -> PathBuf {
        let given = self.folders.iter().find_map(|folder| {
            let below = path.strip_prefix(&folder.real).ok()?;
            Some(folder.given.join(below))
        });
        given.unwrap_or_else(|| path.to_owned())
    }
}

fn checker(folder: &Path) -> Checker {
    let mut checker = Checker::new(folder, None);
    checker.keep_stamps();
    checker
}

/// The folder of the project that a document lies in. The project's own file may be open and not be on the disk yet.
fn root_of_document(path: &Path, documents: &Documents) -> Option<PathBuf> {
    let folder = path.parent()?;
    let is_inside = |root: &Path| {
        let mut between = folder.ancestors().take_while(|folder| *folder != root);
        folder.starts_with(root) && !between.any(is_repository)
    };
    let own = documents.iter().filter(|document| is_project_file(&document.path));
    let unsaved = own
        .filter_map(|document| document.path.parent())
        .filter(|root| is_inside(root));
    unsaved
        .map(Path::to_owned)
        .chain(root_of(folder))
        .max_by_key(|root| root.as_os_str().len())
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

/// What a document in the folder of a project needs whose patterns do not match it.
fn named_unit(path: &Path, root: &Path, units: &BTreeMap<Unit, Scope>) -> Option<(Unit, Scope)> {
    let scope = units.get(&Unit::Project(root.to_owned()))?;
    if contains(scope, path) {
        return None;
    }
    let mut scope = scope.clone();
    scope.add(path);
    let (root, file) = (root.to_owned(), path.to_owned());
    Some((Unit::Named { root, file }, scope))
}

fn contains(scope: &Scope, path: &Path) -> bool {
    scope.position_of(path).is_some() || scope.by_real.contains_key(path)
}
