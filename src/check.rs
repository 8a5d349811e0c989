//! The one pipeline: a pure stage for each file, kept while its content stays the same, then a stage for the project.
//! `lint`, `watch`, `plan` and whatever else needs campaigns call it.

mod reading;
mod verdict;

use std::cmp::Ordering;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::finding::{Finding, Severity, Sink, Within};
use crate::load::{self, Kind, Loaded, MAX_FILE, Stamp};
use crate::model::{FileModel, Project};
use crate::project_files::{self, PROJECT_FILE, Scope};
use crate::rules::unreadable_file::UnreadableFile;
use crate::rules::{self, Context, Frame};
use crate::source::{FileId, Place, Sources, Span};
use crate::walk::Listings;
use reading::{Job, Read, Reading};
use verdict::{Judged, Verdict};

/// Text that takes the place of a file: standard input, an editor's unsaved buffer.
#[derive(Debug)]
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
    /// Each file that was read, by the index of its id.
    stages: Stages,
    /// Where a campaign's start lies in the past is asked of this moment.
    now: Option<Timestamp>,
    /// Larger files, in bytes, are not read.
    max_file: u64,
    /// Whether there is more than one check to come, so that it pays to stamp files.
    is_staying: bool,
    /// Whether what is said in files and campaigns without findings is thrown away.
    is_forgetful: bool,
}

/// One file, read by itself. In a box of its own, since models are large and lists of them grow.
#[derive(Debug)]
struct Stage {
    /// The text; nothing where it was thrown away, as nothing is wrong with it.
    content: Option<Arc<str>>,
    model: FileModel,
    findings: Vec<Finding>,
    /// By which the file is known again without reading it.
    stamp: Option<Box<Stamp>>,
}

impl Stage {
    /// Whether it is what this text gives. What could not be read is not told by its text.
    fn is_of(&self, text: &str) -> bool {
        self.content.as_deref() == Some(text) && !self.model.incomplete
    }
}

type Stages = Vec<Option<Box<Stage>>>;

/// What a check found.
#[derive(Debug)]
pub struct Checked<'c> {
    /// The files that were checked, and where they came from.
    pub scope: &'c Scope,
    /// Every file's text, for showing findings.
    pub sources: &'c Sources,
    /// Every file's absolute path, by the index of its id.
    paths: &'c [Arc<Path>],
    /// Every file of the scope, lowered, in path order.
    pub models: Vec<&'c FileModel>,
    /// Every finding, by file and place, with the severities that the project sets.
    pub findings: Vec<Finding>,
    /// What lint does not show as an error, since the project or a comment says so, and plan and apply cannot do without:
    /// the request would not be what the file says.
    pub held: Vec<Finding>,
}

impl<'c> Checked<'c> {
    /// The project, with its names looked up.
    pub fn project(&self) -> Project<'c> {
        Project::new(self.models.clone())
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
            stages: Vec::new(),
            now,
            max_file: MAX_FILE,
            is_staying: false,
            is_forgetful: false,
        }
    }

    /// Throws away the text of every file in which nothing is wrong, and all but the names of such campaigns, for a single
    /// check that only shows findings. Where a finding of the whole project points at such a file, it is read once more.
    pub fn forget_what_is_clean(&mut self) {
        self.is_forgetful = true;
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
        let file = Scope::of_file(root.join(PROJECT_FILE));
        let ids = self.stage(&file, overlays);
        let node = ids
            .first()
            .and_then(|id| self.stages.get(id.index())?.as_ref())
            .and_then(|stage| stage.model.project.as_deref());
        let patterns: Vec<String> = node
            .map(|node| node.campaigns.iter().map(|pattern| pattern.value.to_string()).collect())
            .unwrap_or_default();
        project_files::project(root, &patterns, listings)
    }

    /// Checks every file of a scope as one project.
    pub fn check<'c>(&'c mut self, scope: &'c Scope, overlays: &[Overlay]) -> Checked<'c> {
        let ids = self.stage(scope, overlays);
        let unreadable: Vec<(FileId, &str)> = scope
            .unreadable
            .iter()
            .map(|(path, why)| (self.id(path), why.as_str()))
            .collect();
        let project_file = scope.project_file().map(|path| match scope.position_of(&path) {
            Some(index) => ids[index],
            None => self.id(&path),
        });
        let Judged { shown, held } = self.findings(&ids, &unreadable, project_file);
        self.recall(shown.iter().chain(&held));
        let this = &*self;
        let stages = ids.iter().filter_map(|id| this.stages.get(id.index())?.as_deref());
        Checked {
            scope,
            sources: &this.sources,
            paths: &this.paths,
            models: stages.map(|stage| &stage.model).collect(),
            findings: shown,
            held,
        }
    }

    /// Every finding of a project that was read.
    fn findings(&self, ids: &[FileId], unreadable: &[(FileId, &str)], project_file: Option<FileId>) -> Judged {
        let this = self;
        let stages: Vec<&Stage> = ids
            .iter()
            .filter_map(|id| this.stages.get(id.index())?.as_deref())
            .collect();
        let models = stages.iter().map(|stage| &stage.model).collect();
        let mut findings: Vec<Finding> = stages.iter().flat_map(|stage| stage.findings.iter().cloned()).collect();

        let mut sink = Sink::default();
        for (file, why) in unreadable {
            sink.report(Place::new(*file, Span::point(0)), &UnreadableFile { why });
        }
        let mut project = Project::new(models);
        project.incomplete |= !unreadable.is_empty();
        let place = project_file.map(|file| Place::new(file, Span::point(0)));
        let context = Context::new(&project, this.now, place);
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
        let about_comments = |finding: &&mut Finding| rules::is_about_suppressions(finding.rule);
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
            let stage = self.stages.get(finding.place.file.index()).and_then(Option::as_deref);
            let owner = stage.and_then(|stage| stage.model.owner_at(finding.place));
            finding.within = owner.and_then(|(keyword, name)| {
                let name = name?.value.clone();
                Some(Within { keyword, name })
            });
        }
    }

    /// Reads once more what was forgotten and turns out to be shown.
    fn recall<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>) {
        let places = findings.flat_map(|finding| {
            let labels = finding.labels.iter().map(|label| label.place);
            std::iter::once(finding.place).chain(labels)
        });
        for place in places {
            let file = place.file;
            let Some(Some(stage)) = self.stages.get_mut(file.index()) else {
                continue;
            };
            if stage.content.is_some() {
                continue;
            }
            let text: Arc<str> = match load::read(&self.paths[file.index()], self.max_file) {
                Loaded::Text(text) => text.into(),
                _ => Arc::default(),
            };
            stage.content = Some(Arc::clone(&text));
            self.sources.put_text(file, text);
        }
    }

    fn id(&mut self, path: &Path) -> FileId {
        let shown = project_files::relative(path, &self.working_folder);
        self.id_of(&shown, || Arc::from(path))
    }

    fn id_of(&mut self, shown: &Path, path: impl FnOnce() -> Arc<Path>) -> FileId {
        let file = self.sources.id(shown);
        if file.index() == self.paths.len() {
            self.paths.push(path());
        }
        file
    }

    /// The ids of files in path order. Files of one folder are shown in the same way, which is found out once.
    fn ids(&mut self, files: &[Arc<Path>]) -> Vec<FileId> {
        /// So few files are gone through one by one.
        const FEW: usize = 4;
        let before = self.paths.len();
        if before < files.len() {
            self.sources.reserve(files.len());
            self.paths.reserve(files.len());
        }
        let mut ids = Vec::with_capacity(files.len());
        let mut folder: &[u8] = &[];
        // With a separator at its end.
        let mut shown_folder = OsString::new();
        let mut shown = OsString::new();
        for path in files {
            let name = path.file_name().unwrap_or_default();
            let whole = path.as_os_str().as_encoded_bytes();
            let parent = &whole[..whole.len() - name.len()];
            shown.clear();
            if parent == folder {
                shown.push(&shown_folder);
                shown.push(name);
            } else {
                folder = parent;
                let path = project_files::relative(path, &self.working_folder);
                shown_folder = path.parent().map(|folder| folder.join("").into()).unwrap_or_default();
                shown.push(path);
            }
            let shown = Path::new(&shown);
            let known = match before {
                ..=FEW => Some(
                    self.paths[..before]
                        .iter()
                        .position(|known| known.as_os_str() == path.as_os_str()),
                ),
                _ => None,
            };
            ids.push(match known {
                Some(Some(index)) => FileId::at(index),
                Some(None) => {
                    self.paths.push(Arc::clone(path));
                    self.sources.add(shown)
                }
                None => self.id_of(shown, || Arc::clone(path)),
            });
        }
        ids
    }

    /// Reads every file that is not the one that was read last, on all processors. Gives the files' ids.
    fn stage(&mut self, scope: &Scope, overlays: &[Overlay]) -> Vec<FileId> {
        let ids = self.ids(&scope.files);
        self.stages.resize_with(self.paths.len(), || None);
        let jobs = ids.iter().zip(&scope.files).map(|(file, path)| Job {
            file: *file,
            path,
            kind: match scope.named.contains(&**path) {
                true => Kind::Unknown,
                false => Kind::Regular,
            },
        });
        if !self.is_forgetful {
            let jobs: Vec<Job<'_>> = jobs.collect();
            self.read(&jobs, overlays, None);
            return ids;
        }
        // The project's own file comes first: what it says holds for the campaigns of all others.
        let is_own = |job: &Job<'_>| project_files::is_project_file(job.path);
        let (mut own, mut others) = (Vec::new(), Vec::with_capacity(ids.len()));
        for job in jobs {
            if is_own(&job) { &mut own } else { &mut others }.push(job);
        }
        self.read(&own, overlays, None);
        let models = own
            .iter()
            .filter_map(|job| Some(&self.stages[job.file.index()].as_ref()?.model));
        let project = Project::new(models.collect());
        // With two of them, the order of all files decides.
        let frame = (own.len() < 2).then(|| Frame::new(&project, self.now));
        self.read(&others, overlays, frame);
        ids
    }

    /// Reads files, unless they are those that were read last. With a frame, campaigns without findings are settled.
    fn read(&mut self, jobs: &[Job<'_>], overlays: &[Overlay], frame: Option<Frame>) {
        let reading = Reading {
            known: &self.stages,
            overlays: overlays
                .iter()
                .rev()
                .map(|overlay| (overlay.path.as_path(), overlay.content.as_slice()))
                .collect(),
            max_file: self.max_file,
            is_staying: self.is_staying,
            is_forgetful: self.is_forgetful,
            frame,
        };
        for (file, read) in reading.all(jobs) {
            let slot = &mut self.stages[file.index()];
            match (read, slot) {
                (Read::Anew(stage), slot) => {
                    if let Some(content) = &stage.content {
                        self.sources.put_text(file, Arc::clone(content));
                    }
                    *slot = Some(stage);
                }
                (Read::Same(stamp), Some(stage)) => stage.stamp = stamp,
                (Read::Same(_), None) => {}
            }
        }
    }
}
