//! The one pipeline: a pure stage for each file, kept while its content stays the same, then a stage for the project.
//! `lint`, `watch`, `plan` and whatever else needs campaigns call it.

mod ahead;
mod ids;
mod reading;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::severity::{Judged, Verdict};
use crate::finding::{Finding, Severity, Sink, Within};
use crate::model::{FileModel, Part, Project, Settled, Swallowed};
use crate::project::discovery::{self, MetFiles, Scope};
use crate::project::read_file::{self, Kind, Loaded, MAX_FILE, Stamp};
use crate::project::source::{FileId, Place, Sources, Span};
use crate::project::walk::Listings;
use crate::rules::outside_repository::PatternOutside;
use crate::rules::unreadable_file;
use crate::rules::{self, Context, Frame};
use crate::util::boundary::{Extent, PathError};
use ahead::Ahead;
pub use reading::OneByOne;
use reading::{Job, Read, Reading};

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
    /// Whether what is said in files and campaigns without findings is thrown away.
    is_forgetful: bool,
    /// What was read while folders were listed.
    ahead: Option<Ahead>,
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

/// What is kept of a file.
#[derive(Debug, Default)]
enum Slot {
    /// It was not read.
    #[default]
    Empty,
    /// All of it.
    Stage(Box<Stage>),
    /// Nothing is wrong with it, and it holds nothing but settled campaigns.
    Settled(Box<[Settled]>),
}

impl Slot {
    fn stage(&self) -> Option<&Stage> {
        match self {
            Self::Stage(stage) => Some(stage),
            Self::Empty | Self::Settled(_) => None,
        }
    }

    fn part(&self) -> Option<Part<'_>> {
        match self {
            Self::Empty => None,
            Self::Stage(stage) => Some(Part::File(&stage.model)),
            Self::Settled(settled) => Some(Part::Settled(settled)),
        }
    }
}

type Stages = Vec<Slot>;

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
    /// Every file of the scope, lowered, in path order; but for those that were thrown away.
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
            link_targets: HashMap::new(),
            stages: Vec::new(),
            now,
            max_file: MAX_FILE,
            is_staying: false,
            is_forgetful: false,
            ahead: None,
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
        let met = MetFiles {
            paths: self.ahead.as_ref().map_or(&[], |ahead| &self.paths[ahead.indices()]),
            are_wanted: false,
        };
        discovery::project_of(root, &patterns, listings, met)
    }

    /// What the project's own file says of the files that belong to it.
    fn patterns(&mut self, root: &Path, overlays: &[Overlay]) -> Vec<String> {
        let file = Scope::of(discovery::own_file(root));
        let ids = self.stage(&file, overlays);
        let node = ids
            .first()
            .and_then(|id| self.stages.get(id.index())?.stage())
            .and_then(|stage| stage.model.project.as_deref());
        node.map(|node| node.campaigns.iter().map(|pattern| pattern.value.to_string()).collect())
            .unwrap_or_default()
    }

    /// Checks every file of a scope as one project.
    pub fn check<'c>(&'c mut self, scope: &'c Scope, overlays: &[Overlay]) -> Checked<'c> {
        let ids = self.stage(scope, overlays);
        self.unfold_namesakes(scope, &ids);
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
        self.recall(shown.iter().chain(&held));
        let this = &*self;
        let stages = ids.iter().filter_map(|id| this.stages.get(id.index())?.stage());
        Checked {
            scope,
            sources: &this.sources,
            paths: &this.paths,
            models: stages.map(|stage| &stage.model).collect(),
            findings: shown,
            held,
        }
    }

    /// Reads campaigns of equal names once more, and keeps all of them this time: they may be copies of one another.
    fn unfold_namesakes(&mut self, scope: &Scope, ids: &[FileId]) {
        if !self.is_forgetful {
            return;
        }
        let parts = ids.iter().filter_map(|id| self.stages.get(id.index())?.part());
        let namesakes = Project::of(parts.collect()).namesakes();
        if namesakes.is_empty() {
            return;
        }
        let files = || {
            let files = ids.iter().zip(&scope.files);
            files.filter(|(file, _)| namesakes.contains(file))
        };
        // A text that was kept is the one to read: a pipe cannot be read again, and a file may have changed.
        let kept = files().filter_map(|(file, path)| {
            let content = self.stages[file.index()].stage()?.content.as_deref()?;
            let (path, content) = (path.path.to_path_buf(), content.as_bytes().to_vec());
            Some(Overlay { path, content })
        });
        let kept: Vec<Overlay> = kept.collect();
        let jobs: Vec<Job<'_>> = files()
            .map(|(file, path)| Job::new(*file, path, Kind::Regular))
            .collect();
        // Nothing that is known is all there is of it.
        let read = self.reading(&Vec::new(), &kept, None).all(&jobs);
        self.take_in(read);
    }

    /// Every finding of a project that was read.
    fn findings(&self, ids: &[FileId], unread: &Unread<'_>, project_file: Option<FileId>) -> Judged {
        let this = self;
        let slots = || ids.iter().filter_map(|id| this.stages.get(id.index()));
        let stages = slots().filter_map(Slot::stage);
        let mut findings: Vec<Finding> = stages.flat_map(|stage| stage.findings.iter().cloned()).collect();

        let mut sink = Sink::default();
        for (file, why) in unread.unreadable {
            unreadable_file::report(Place::new(*file, Span::point(0)), why, &mut sink);
        }
        let mut project = Project::of(slots().filter_map(Slot::part).collect());
        if !unread.unreadable.is_empty() || unread.outside.is_some() {
            project.swallowed = Swallowed::ALL;
        }
        unread.report_patterns(&project, &mut sink);
        sink.add_help(Swallowed::ALL.words().as_deref());
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
            let owner = match self.stages.get(finding.place.file.index()) {
                Some(Slot::Stage(stage)) => stage.model.owner_at(finding.place),
                Some(Slot::Settled(settled)) => Settled::owner_at(settled, finding.place),
                Some(Slot::Empty) | None => None,
            };
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
            let was_thrown_away = match self.stages.get(file.index()) {
                Some(Slot::Stage(stage)) => stage.content.is_none(),
                Some(Slot::Settled(_)) => true,
                Some(Slot::Empty) | None => false,
            };
            if !was_thrown_away || !self.sources.file(file).text().is_empty() {
                continue;
            }
            let Some(path) = self.real_path(file) else { continue };
            let text: Arc<str> = match read_file::read(path, self.max_file) {
                Loaded::Text(text) => text.into(),
                _ => continue,
            };
            self.sources.put_text(file, text);
        }
    }

    /// Reads every file that is not the one that was read last, on all processors. Gives the files' ids.
    fn stage(&mut self, scope: &Scope, overlays: &[Overlay]) -> Vec<FileId> {
        let ids = self.ids(&scope.files);
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
        if !self.is_forgetful {
            let jobs: Vec<Job<'_>> = jobs.collect();
            self.read(&jobs, overlays, None);
            return ids;
        }
        // The project's own file comes first: what it says holds for the campaigns of all others.
        let is_own = |job: &Job<'_>| discovery::is_project_file(job.path);
        let (mut own, mut others) = (Vec::new(), Vec::with_capacity(ids.len()));
        for job in jobs {
            if is_own(&job) { &mut own } else { &mut others }.push(job);
        }
        self.read(&own, overlays, None);
        let own: Vec<FileId> = own.iter().map(|job| job.file).collect();
        let frame = self.frame(&own);
        if let Some(ahead) = &mut self.ahead
            && ahead.serves(scope.root.as_deref(), frame.as_ref())
        {
            let stages = &self.stages;
            let is_read = |file: FileId| ahead.holds(file) && !matches!(stages[file.index()], Slot::Empty);
            others.retain(|job| !is_read(job.file));
        }
        self.read(&others, overlays, frame);
        ids
    }

    /// What the project's own files say that holds for all campaigns. With two of them, the order of all files decides.
    fn frame(&self, own: &[FileId]) -> Option<Frame> {
        let models = own
            .iter()
            .filter_map(|id| Some(&self.stages[id.index()].stage()?.model));
        let project = Project::new(models.collect());
        (own.len() < 2).then(|| Frame::new(&project, self.now))
    }

    /// Reads files, unless they are those that were read last. With a frame, campaigns without findings are settled.
    fn read(&mut self, jobs: &[Job<'_>], overlays: &[Overlay], frame: Option<Frame>) {
        // What was settled in another frame is not what is found in this one.
        let unknown = Vec::new();
        let known = if frame.is_some() { &unknown } else { &self.stages };
        let read = self.reading(known, overlays, frame).all(jobs);
        self.take_in(read);
    }

    /// How files are read.
    fn reading<'r>(&self, known: &'r Stages, overlays: &'r [Overlay], frame: Option<Frame>) -> Reading<'r> {
        let overlays = overlays.iter().rev();
        Reading {
            known,
            overlays: overlays
                .map(|overlay| (overlay.path.as_path(), overlay.content.as_slice()))
                .collect(),
            max_file: self.max_file,
            is_staying: self.is_staying,
            is_forgetful: self.is_forgetful,
            frame,
        }
    }

    /// Keeps what was read.
    fn take_in(&mut self, read: Vec<(FileId, Read)>) {
        self.stages.resize_with(self.paths.len(), Slot::default);
        for (file, read) in read {
            let slot = &mut self.stages[file.index()];
            match (read, slot) {
                (Read::Anew(stage), slot) => {
                    if let Some(content) = &stage.content {
                        self.sources.put_text(file, Arc::clone(content));
                    }
                    *slot = Slot::Stage(stage);
                }
                (Read::Settled(settled), slot) => *slot = Slot::Settled(settled),
                (Read::Same(stamp), Slot::Stage(stage)) => stage.stamp = stamp,
                (Read::Same(_), Slot::Empty | Slot::Settled(_)) => {}
            }
        }
    }
}
