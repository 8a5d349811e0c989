//! The one pipeline: a pure stage for each file, kept while its content stays the same, then a stage for the project.
//! `lint`, `watch`, `plan` and everything else that needs campaigns run it.

mod again;
mod changes;
mod environments;
mod file;
mod groups;
mod mentions;
mod read;
mod scopes;
mod typed;
mod unread;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::severity::{Triage, TriagedFindings};
use crate::finding::{Finding, RuleGroup, Severity, Sink, Within};
use crate::model::{CampaignEntry, Definition, EnvironmentNode, FileIndex, Project, Swallowed};
use crate::project::discovery::{self, DisplayPaths, Scope};
use crate::project::read_file::{Kind, MAX_FILE, Stamp};
use crate::project::source::{FileId, Place, Sources, Span};
use crate::rules::unreadable_file;
use crate::rules::{self, Context, RestOfProject};
use crate::util::boundary::PathError;
use again::lower_again;
pub use file::{FileLinter, FileResult};
use read::{ParallelReader, ReadJob, ReadQueue};
pub use scopes::KnownEnvironments;
pub use typed::LastCheck;
use unread::Unread;

/// How many files make a thread worth starting.
const FILES_PER_THREAD: usize = 64;

/// Text that replaces that of a file: standard input, an editor's unsaved buffer.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The file, absolute.
    pub path: PathBuf,
    /// The bytes that replace its own.
    pub content: Vec<u8>,
}

/// Reads and checks projects, and caches what each file gave while its content stays the same.
#[derive(Debug)]
pub struct Checker {
    /// Paths in messages are relative to this folder.
    working_folder: PathBuf,
    sources: Sources,
    /// Each file's absolute path, by the index of its id.
    paths: Vec<Arc<Path>>,
    /// The real paths of files that are reached by symbolic links.
    link_targets: HashMap<FileId, Arc<Path>>,
    /// Each file that was read, by the index of its id.
    linted: Vec<Option<Box<LintedFile>>>,
    /// The present moment, which campaigns' starts are compared with.
    now: Option<Timestamp>,
    /// Larger files, in bytes, are not read.
    max_file: u64,
    /// Whether more checks follow, so that stamps of files are worth taking.
    keeps_stamps: bool,
    /// Whether files that are known are taken for unchanged without a look at them.
    trusts_known: bool,
    /// The one environment that is checked, and that campaigns are for; all are checked without one.
    environment: Option<String>,
}

/// One file, linted by itself. In a box, since there are thousands of them.
#[derive(Debug)]
struct LintedFile {
    result: FileResult,
    /// Tells without reading the file that it has not changed.
    stamp: Option<Box<Stamp>>,
}

impl LintedFile {
    /// Whether the file that is really at this path has not changed, as far as its stamp tells.
    fn is_unchanged(&self, real: Result<&Path, &PathError>) -> bool {
        let stamp = self.stamp.as_ref();
        stamp.is_some_and(|stamp| real.is_ok_and(|real| stamp.is_of(real)))
    }

    /// Whether it is the result of this text. That of a file that could not be read does not depend on its text.
    fn is_for(&self, text: &str) -> bool {
        *self.result.content == *text && !self.result.index.incomplete
    }
}

/// A part of a project that is checked by itself, since what has changed concerns no other one.
struct Part<'a> {
    /// The files whose findings are wanted.
    touched: &'a HashSet<FileId>,
    /// Whether any other file has errors.
    has_errors_elsewhere: bool,
    /// What is known of all files.
    rest: &'a dyn RestOfProject,
}

/// What was found, and what the next check needs of it.
struct Found {
    findings: TriagedFindings,
    /// How many errors each file has that has some, but for those about comments.
    errors: HashMap<FileId, usize>,
    /// Whether errors kept the rules about what nothing uses silent.
    had_errors: bool,
}

/// What a check found.
#[derive(Debug)]
pub struct Checked<'c> {
    /// The files that were checked, and how they were found.
    pub scope: &'c Scope,
    /// Every file's text, for showing findings.
    pub sources: &'c Sources,
    /// Every file's absolute path, by the index of its id.
    paths: &'c [Arc<Path>],
    /// The index of every file of the scope, in path order.
    pub files: Vec<&'c FileIndex>,
    /// The chosen environment.
    pub environment: Option<&'c EnvironmentNode>,
    /// Every finding, by file and place, with the severities that the project sets.
    pub findings: Vec<Finding>,
    /// What lint does not show as an error, because the project or a comment says so, and plan and apply stop at all the same:
    /// the request would not be what the file says.
    pub blocking: Vec<Finding>,
}

impl<'c> Checked<'c> {
    /// The project, with its names resolved.
    pub fn project(&self) -> Project<'c> {
        Project::in_environment(self.files.clone(), self.environment)
    }

    /// The full model of the campaigns that are `wanted`, in path order. The index does not hold it: they are lowered again
    /// from the text that was checked.
    pub fn campaigns(&self, wanted: impl Fn(&str) -> bool + Sync) -> Vec<Definition> {
        self.of_campaigns(wanted, |campaign| campaign)
    }

    /// What is made of the full model of each of them, on all processors, so that no more of the models are held than are
    /// worked on.
    pub fn of_campaigns<R: Send>(
        &self,
        wanted: impl Fn(&str) -> bool + Sync,
        make: impl Fn(Definition) -> R + Sync,
    ) -> Vec<R> {
        // A project of no files: whether a campaign is in does not depend on them.
        let chosen = Project::in_environment(Vec::new(), self.environment);
        let is_wanted = |campaign: &CampaignEntry| wanted(campaign.title()) && chosen.includes(&campaign.only);
        lower_again(&self.files, self.sources, self.paths, is_wanted, make)
    }

    /// Every campaign, as [`Checked::campaigns`] gives them.
    pub fn all_campaigns(&self) -> Vec<Definition> {
        self.campaigns(|_| true)
    }

    /// A file's absolute path.
    pub fn path(&self, file: FileId) -> Option<&'c Path> {
        self.paths.get(file.index()).map(|path| &**path)
    }

    /// Whether any finding is an error: then nothing is planned or applied.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Everything that stops plan and apply.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        let shown = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        shown.chain(&self.blocking)
    }
}

impl Checker {
    /// A checker that shows paths relative to `working_folder`.
    pub fn new(working_folder: &Path, now: Option<Timestamp>) -> Self {
        let working_folder = working_folder.to_owned();
        Self {
            working_folder,
            sources: Sources::default(),
            paths: Vec::new(),
            link_targets: HashMap::new(),
            linted: Vec::new(),
            now,
            max_file: MAX_FILE,
            keeps_stamps: false,
            trusts_known: false,
            environment: None,
        }
    }

    /// Prepares for more than one check: files that have not changed, as far as the system can tell, are not read again.
    pub fn keep_stamps(&mut self) {
        self.keeps_stamps = true;
    }

    /// Says whether nothing but overlays has changed since the last check: then no known file is looked at. An overlay that is no
    /// more is a change of its file.
    pub fn trust_known(&mut self, trusts: bool) {
        self.trusts_known = trusts;
    }

    /// Sets the size in bytes up to which files are read; [`MAX_FILE`] otherwise.
    pub fn set_max_file(&mut self, bytes: u64) {
        self.max_file = bytes;
    }

    /// Every file that was read so far.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// A file's absolute path.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        self.paths.get(file.index()).map(|path| &**path)
    }

    /// A file's path without symbolic links, for writing it.
    pub fn real_path(&self, file: FileId) -> Option<&Path> {
        self.link_targets
            .get(&file)
            .map(|path| &**path)
            .or_else(|| self.path(file))
    }

    /// Sets the present moment for the next check.
    pub fn set_now(&mut self, now: Option<Timestamp>) {
        self.now = now;
    }

    /// Checks every file of a scope as one project.
    pub fn check<'c>(&'c mut self, scope: &'c Scope, overlays: &[Overlay]) -> Checked<'c> {
        self.check_keeping(scope, overlays, None)
    }

    /// The same, and keeps what a check after the next key stroke needs.
    pub fn check_keeping<'c>(
        &'c mut self,
        scope: &'c Scope,
        overlays: &[Overlay],
        last: Option<&mut LastCheck>,
    ) -> Checked<'c> {
        let ids = self.lint_files(scope, overlays);
        for (path, _) in &scope.unreadable {
            self.id(path);
        }
        let project_file = scope.project_file().map(|path| match scope.position_of(&path) {
            Some(index) => ids[index],
            None => self.id(&path),
        });
        let this = &*self;
        let unreadable = this.unreadable(scope);
        let unread = Unread {
            unreadable: &unreadable,
            outside: scope.outside.as_ref(),
        };
        let found = this.findings(&ids, &unread, project_file, None);
        let files: Vec<&FileIndex> = ids.iter().filter_map(|id| this.index(*id)).collect();
        if let Some(last) = last {
            last.keep(this.now, &files, &found);
        }
        let TriagedFindings { shown, blocking } = found.findings;
        Checked {
            scope,
            sources: &this.sources,
            paths: &this.paths,
            environment: this.chosen(&files),
            files,
            findings: shown,
            blocking,
        }
    }

    /// The files of a scope that cannot be read, and why.
    fn unreadable<'s>(&self, scope: &'s Scope) -> Vec<(FileId, &'s PathError)> {
        let unreadable = scope.unreadable.iter();
        unreadable
            .filter_map(|(path, why)| Some((self.known_id(path)?, why)))
            .collect()
    }

    /// The id of a file that has one.
    fn known_id(&self, path: &Path) -> Option<FileId> {
        self.sources.known_id(&discovery::relative(path, &self.working_folder))
    }

    /// The cached result of a file.
    fn result(&self, file: FileId) -> Option<&FileResult> {
        Some(&self.linted.get(file.index())?.as_ref()?.result)
    }

    /// What a file declares, as it was checked last.
    pub fn index(&self, file: FileId) -> Option<&FileIndex> {
        Some(&self.result(file)?.index)
    }

    /// The id of a file.
    fn id(&mut self, path: &Path) -> FileId {
        let shown = discovery::relative(path, &self.working_folder);
        self.id_of(&shown, &Arc::from(path))
    }

    fn id_of(&mut self, shown: &Path, path: &Arc<Path>) -> FileId {
        let file = self.sources.id(shown);
        if file.index() == self.paths.len() {
            self.paths.push(Arc::clone(path));
        }
        file
    }

    /// Every finding of a project whose files were read; or those of the files that are touched, where only the files were read
    /// that concern these.
    fn findings(
        &self,
        ids: &[FileId],
        unread: &Unread<'_>,
        project_file: Option<FileId>,
        part: Option<&Part<'_>>,
    ) -> Found {
        let results: Vec<&FileResult> = ids.iter().filter_map(|id| self.result(*id)).collect();
        let mut findings: Vec<Finding> = results
            .iter()
            .flat_map(|result| result.findings.iter().cloned())
            .collect();

        let mut sink = Sink::default();
        for (file, why) in unread.unreadable {
            unreadable_file::report(Place::new(*file, Span::point(0)), why, &mut sink);
        }
        let mut project = Project::new(results.iter().map(|result| &result.index).collect());
        if !unread.unreadable.is_empty() || unread.outside.is_some() {
            project.swallowed = Swallowed::ALL;
        }
        unread.report_patterns(&project, &mut sink);
        sink.add_help(Swallowed::ALL.words().as_deref());
        let place = project_file.map(|file| Place::new(file, Span::point(0)));
        let mut context = Context::new(&project, self.now, place);
        context.rest = part.map(|part| part.rest);
        let in_environments = self.check_environments(&project, place);
        if in_environments.is_none() {
            context.fingerprints = self.fingerprints(&project);
            context.inline_ids = self.ids_of_two_kinds(&project);
        }
        rules::check_project(&context, &mut sink);
        findings.extend(sink.into_findings());
        findings.extend(in_environments.into_iter().flatten());
        let mut triage = Triage::new(&context);
        self.attach_definitions(&mut findings);
        triage.add(findings);
        let had_errors = triage.has_errors() || part.is_some_and(|part| part.has_errors_elsewhere);
        let errors = triage.errors_by_file();
        if !had_errors {
            let mut sink = Sink::default();
            rules::check_unused(&context, &mut sink);
            let mut unused = sink.into_findings();
            self.attach_definitions(&mut unused);
            triage.add(unused);
            triage.has_checked_unused = true;
        }
        let mut found = Found {
            findings: triage.finish(),
            errors,
            had_errors,
        };
        let TriagedFindings { shown, blocking } = &mut found.findings;
        if let Some(part) = part {
            shown.retain(|finding| part.touched.contains(&finding.place.file));
            blocking.retain(|finding| part.touched.contains(&finding.place.file));
            found.errors.retain(|file, _| part.touched.contains(file));
        }
        let about_comments = |finding: &&mut Finding| finding.rule.group == RuleGroup::Suppressions;
        self.attach_definitions(shown.iter_mut().filter(about_comments));
        context.label_heirs(shown);
        context.label_heirs(blocking);
        self.sort(shown);
        self.sort(blocking);
        found
    }

    /// Sorts findings by file and place.
    fn sort(&self, findings: &mut [Finding]) {
        findings.sort_by(|a, b| {
            let path = |finding: &Finding| self.sources.file(finding.place.file).path();
            let place = |finding: &Finding| (finding.place.span, finding.rule.code);
            let files = match a.place.file == b.place.file {
                true => Ordering::Equal,
                false => path(a).cmp(path(b)),
            };
            files.then_with(|| place(a).cmp(&place(b)))
        });
    }

    /// Sets the campaign or template around each finding.
    fn attach_definitions<'f>(&self, findings: impl IntoIterator<Item = &'f mut Finding>) {
        for finding in findings {
            let owner = self
                .index(finding.place.file)
                .and_then(|index| index.owner_at(finding.place));
            finding.within = owner.and_then(|(keyword, name)| {
                let name = name?.value.clone();
                Some(Within { keyword, name })
            });
        }
    }

    /// Reads and lints the files of a scope that have changed, on all processors. Returns the ids of all.
    fn lint_files(&mut self, scope: &Scope, overlays: &[Overlay]) -> Vec<FileId> {
        let new = scope.files.len().saturating_sub(self.paths.len());
        self.sources.reserve(new);
        self.paths.reserve(new);
        let overlays = overlays.iter().rev();
        let reader = ParallelReader {
            overlays: overlays
                .map(|overlay| (overlay.path.as_path(), overlay.content.as_slice()))
                .collect(),
            max_file: self.max_file,
            keeps_stamps: self.keeps_stamps,
            trusts_known: self.trusts_known,
        };
        let mut queue = ScopeQueue {
            shown: DisplayPaths::from(self.working_folder.clone()),
            checker: self,
            scope,
            ids: Vec::with_capacity(scope.files.len()),
        };
        reader.all(scope.files.len(), &mut queue);
        queue.ids
    }
}

/// The files of a scope while they are read. Each gets its id when a thread takes it, so that naming files and keeping
/// results goes on while others are read.
struct ScopeQueue<'a> {
    checker: &'a mut Checker,
    scope: &'a Scope,
    shown: DisplayPaths,
    /// The ids of the files that were taken, in the order of the scope.
    ids: Vec<FileId>,
}

impl<'a> ReadQueue<'a> for ScopeQueue<'a> {
    fn take(&mut self) -> Option<ReadJob<'a>> {
        let path = self.scope.files.get(self.ids.len())?;
        let checker = &mut *self.checker;
        let file = checker.id_of(self.shown.of(&path.path), &path.path);
        self.ids.push(file);
        match path.link_target() {
            Some(target) => drop(checker.link_targets.insert(file, Arc::clone(target))),
            None if checker.link_targets.is_empty() => {}
            None => drop(checker.link_targets.remove(&file)),
        }
        let kind = match self.scope.named.contains(&*path.path) {
            true => Kind::Unknown,
            false => Kind::Regular,
        };
        let known = checker.linted.get_mut(file.index()).and_then(Option::take);
        Some(ReadJob {
            file,
            path,
            kind,
            known,
        })
    }

    fn put(&mut self, file: FileId, linted: Box<LintedFile>) {
        let checker = &mut *self.checker;
        let content = &linted.result.content;
        if !Arc::ptr_eq(checker.sources.file(file).text(), content) {
            checker.sources.put_text(file, Arc::clone(content));
        }
        if checker.linted.len() <= file.index() {
            checker.linted.resize_with(checker.paths.len(), || None);
        }
        checker.linted[file.index()] = Some(linted);
    }
}
