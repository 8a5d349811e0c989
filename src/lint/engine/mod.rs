//! The one pipeline: a pure stage for each file, kept while its content stays the same, then a stage for the project.
//! `lint`, `watch`, `plan` and whatever else needs campaigns call it.

mod file;
mod read;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::severity::{Judged, Verdict};
use crate::finding::{Finding, RuleGroup, Severity, Sink, Within};
use crate::model::{Definition, FileIndex, Project, Swallowed};
use crate::project::discovery::{self, DisplayPaths, Scope};
use crate::project::read_file::{Kind, MAX_FILE, Stamp};
use crate::project::source::{FileId, Place, Sources, Span};
use crate::project::walk::Listings;
use crate::rules::outside_repository::PatternOutside;
use crate::rules::unreadable_file;
use crate::rules::{self, Context};
use crate::util::boundary::{Extent, PathError};
use crate::util::threads;
pub use file::{FileLinter, FileResult};
use read::{Job, Read, Reading};

/// Files that are worth a thread.
const LEAST: usize = 64;

/// Text that takes the place of a file: standard input, an editor's unsaved buffer.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The file, absolute.
    pub path: PathBuf,
    /// What stands in for its bytes.
    pub content: Vec<u8>,
}

/// Reads and checks projects, and remembers each file's stage by its content.
#[derive(Debug)]
pub struct Checker {
    /// Paths in messages are relative to this folder.
    working_folder: PathBuf,
    sources: Sources,
    /// Each file's absolute path, by the index of its id.
    paths: Vec<Arc<Path>>,
    /// The path without links of each that is reached by one.
    link_targets: HashMap<FileId, Arc<Path>>,
    /// Each file that was read, by the index of its id.
    stages: Stages,
    /// Where a campaign's start lies in the past is asked of this moment.
    now: Option<Timestamp>,
    /// Larger files, in bytes, are not read.
    max_file: u64,
    /// Whether there is more than one check to come, so that it pays to stamp files.
    is_staying: bool,
}

/// One file, linted by itself. In a box, since there are thousands of them.
#[derive(Debug)]
struct Stage {
    result: FileResult,
    /// By which the file is known again without reading it.
    stamp: Option<Box<Stamp>>,
}

impl Stage {
    /// Whether it is what this text gives. What could not be read is not told by its text.
    fn is_of(&self, text: &str) -> bool {
        *self.result.content == *text && !self.result.index.incomplete
    }
}

/// By the index of the file's id.
type Stages = Vec<Option<Box<Stage>>>;

/// What of a project was not read.
struct Unread<'a> {
    unreadable: &'a [(FileId, &'a PathError)],
    outside: Option<&'a (Extent, Vec<String>)>,
}

impl Unread<'_> {
    fn report_patterns(&self, project: &Project<'_>, sink: &mut Sink) {
        let (Some((extent, patterns)), Some(node)) = (self.outside, project.node()) else {
            return;
        };
        let are_outside = |written: &str| patterns.iter().any(|pattern| pattern == written);
        for pattern in node.campaigns.iter().filter(|pattern| are_outside(&pattern.value)) {
            let (written, extent) = (&*pattern.value, *extent);
            sink.report(pattern.place, &PatternOutside { written, extent });
        }
    }
}

/// What a check found.
#[derive(Debug)]
pub struct Checked<'c> {
    /// The files that were checked, and where they came from.
    pub scope: &'c Scope,
    /// Every file's text, for showing findings.
    pub sources: &'c Sources,
    /// Every file's absolute path, by the index of its id.
    paths: &'c [Arc<Path>],
    /// Every file of the scope as the project's rules see it, in path order.
    pub files: Vec<&'c FileIndex>,
    /// Every finding, by file and place, with the severities that the project sets.
    pub findings: Vec<Finding>,
    /// What lint does not show as an error, since the project or a comment says so, and plan and apply cannot do without:
    /// the request would not be what the file says.
    pub held: Vec<Finding>,
}

impl<'c> Checked<'c> {
    /// The project, with its names looked up.
    pub fn project(&self) -> Project<'c> {
        Project::new(self.files.clone())
    }

    /// Whole campaigns, in path order: those that are `wanted`, of which the index holds a part only. They are lowered once
    /// more, from the text that was checked.
    pub fn campaigns(&self, wanted: impl Fn(&str) -> bool + Sync) -> Vec<Definition> {
        let is_wanted = |file: &&&FileIndex| file.campaigns.iter().any(|campaign| wanted(campaign.title()));
        let files: Vec<&FileIndex> = self.files.iter().filter(is_wanted).copied().collect();
        let lowered = threads::in_parts(&files, LEAST, |files| {
            let mut linter = FileLinter::default();
            let mut campaigns = Vec::new();
            for file in files {
                let text = self.sources.file(file.file).text();
                let is_project_file = self.path(file.file).is_some_and(discovery::is_project_file);
                let model = linter.relower(file.file, text, is_project_file);
                campaigns.extend(model.campaigns.into_iter().filter(|campaign| wanted(campaign.title())));
            }
            campaigns
        });
        lowered.into_iter().flatten().collect()
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
        shown.chain(&self.held)
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
            stages: Vec::new(),
            now,
            max_file: MAX_FILE,
            is_staying: false,
        }
    }

    /// Prepares for more than one check: what has not changed since, as far as the system can tell, is not read again.
    pub fn stay(&mut self) {
        self.is_staying = true;
    }

    /// Reads files of up to so many bytes, in place of [`MAX_FILE`].
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

    /// The path without links to write a file by.
    pub fn real_path(&self, file: FileId) -> Option<&Path> {
        self.link_targets
            .get(&file)
            .map(|path| &**path)
            .or_else(|| self.path(file))
    }

    /// The present moment for the next check.
    pub fn set_now(&mut self, now: Option<Timestamp>) {
        self.now = now;
    }

    /// The files of the project in `root`: its own file is read for its `campaigns` patterns.
    pub fn project_scope(&mut self, root: &Path, overlays: &[Overlay]) -> Scope {
        self.project_scope_in(root, overlays, &mut Listings::default())
    }

    /// The same with folders that may have been listed before.
    pub fn project_scope_in(&mut self, root: &Path, overlays: &[Overlay], listings: &mut Listings) -> Scope {
        let patterns = self.patterns(root, overlays);
        discovery::project(root, &patterns, listings)
    }

    /// What the project's own file says of the files that belong to it.
    fn patterns(&mut self, root: &Path, overlays: &[Overlay]) -> Vec<String> {
        let file = Scope::of(discovery::own_file(root));
        let ids = self.stage(&file, overlays);
        let node = ids
            .first()
            .and_then(|id| self.index(*id))
            .and_then(|index| index.project.as_deref());
        node.map(|node| node.campaigns.iter().map(|pattern| pattern.value.to_string()).collect())
            .unwrap_or_default()
    }

    /// Checks every file of a scope as one project.
    pub fn check<'c>(&'c mut self, scope: &'c Scope, overlays: &[Overlay]) -> Checked<'c> {
        let ids = self.stage(scope, overlays);
        let unreadable: Vec<(FileId, &PathError)> = scope
            .unreadable
            .iter()
            .map(|(path, why)| (self.id(path), why))
            .collect();
        let project_file = scope.project_file().map(|path| match scope.position_of(&path) {
            Some(index) => ids[index],
            None => self.id(&path),
        });
        let unread = Unread {
            unreadable: &unreadable,
            outside: scope.outside.as_ref(),
        };
        let Judged { shown, held } = self.findings(&ids, &unread, project_file);
        let this = &*self;
        Checked {
            scope,
            sources: &this.sources,
            paths: &this.paths,
            files: ids.iter().filter_map(|id| this.index(*id)).collect(),
            findings: shown,
            held,
        }
    }

    /// What is kept of a file that was read.
    fn result(&self, file: FileId) -> Option<&FileResult> {
        Some(&self.stages.get(file.index())?.as_ref()?.result)
    }

    fn index(&self, file: FileId) -> Option<&FileIndex> {
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

    /// Every finding of a project that was read.
    fn findings(&self, ids: &[FileId], unread: &Unread<'_>, project_file: Option<FileId>) -> Judged {
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
        let context = Context::new(&project, self.now, place);
        rules::check_project(&context, &mut sink);
        findings.extend(sink.into_findings());
        let mut verdict = Verdict::new(&context);
        self.tell_owners(&mut findings);
        verdict.judge(findings);
        if !verdict.has_errors() {
            let mut sink = Sink::default();
            rules::check_unused(&context, &mut sink);
            let mut unused = sink.into_findings();
            self.tell_owners(&mut unused);
            verdict.judge(unused);
            verdict.has_asked_for_unused = true;
        }
        let Judged { mut shown, mut held } = verdict.done();
        let about_comments = |finding: &&mut Finding| finding.rule.group == RuleGroup::Suppressions;
        self.tell_owners(shown.iter_mut().filter(about_comments));
        context.label_heirs(&mut shown);
        context.label_heirs(&mut held);
        self.sort(&mut shown);
        self.sort(&mut held);
        Judged { shown, held }
    }

    /// Puts findings in the order in which they are shown: by file, and by place.
    fn sort(&self, findings: &mut [Finding]) {
        let this = self;
        findings.sort_by(|a, b| {
            let path = |finding: &Finding| this.sources.file(finding.place.file).path();
            let place = |finding: &Finding| (finding.place.span, finding.rule.code);
            let is_same_file = a.place.file == b.place.file;
            let files = || {
                if is_same_file {
                    Ordering::Equal
                } else {
                    path(a).cmp(path(b))
                }
            };
            files().then_with(|| place(a).cmp(&place(b)))
        });
    }

    /// Says of each finding in which campaign or template it stands.
    fn tell_owners<'f>(&self, findings: impl IntoIterator<Item = &'f mut Finding>) {
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

    /// Reads every file that is not the one that was read last, on all processors. Gives the files' ids.
    fn stage(&mut self, scope: &Scope, overlays: &[Overlay]) -> Vec<FileId> {
        let mut shown = DisplayPaths::from(self.working_folder.clone());
        let ids: Vec<FileId> = scope
            .files
            .iter()
            .map(|file| self.id_of(shown.of(&file.path), &file.path))
            .collect();
        for (file, path) in ids.iter().zip(&scope.files) {
            match path.link_target() {
                Some(target) => drop(self.link_targets.insert(*file, Arc::clone(target))),
                None if self.link_targets.is_empty() => {}
                None => drop(self.link_targets.remove(file)),
            }
        }
        let jobs = ids.iter().zip(&scope.files).map(|(file, path)| {
            let kind = match scope.named.contains(&*path.path) {
                true => Kind::Unknown,
                false => Kind::Regular,
            };
            Job::new(*file, path, kind)
        });
        let jobs: Vec<Job<'_>> = jobs.collect();
        let overlays = overlays.iter().rev();
        let reading = Reading {
            known: &self.stages,
            overlays: overlays
                .map(|overlay| (overlay.path.as_path(), overlay.content.as_slice()))
                .collect(),
            max_file: self.max_file,
            is_staying: self.is_staying,
        };
        let read = reading.all(&jobs);
        self.keep(read);
        ids
    }

    /// Keeps what was read.
    fn keep(&mut self, read: Vec<(FileId, Read)>) {
        self.stages.resize_with(self.paths.len(), || None);
        for (file, read) in read {
            match (read, &mut self.stages[file.index()]) {
                (Read::New(stage), known) => {
                    self.sources.put_text(file, Arc::clone(&stage.result.content));
                    *known = Some(stage);
                }
                (Read::Same(stamp), Some(known)) => known.stamp = stamp,
                (Read::Same(_), None) => {}
            }
        }
    }
}
