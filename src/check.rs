//! The one pipeline: a pure stage for each file, kept while its content stays the same, then a stage for the project.
//! `lint`, `watch`, `plan` and whatever else needs campaigns call it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use crate::finding::{Finding, Severity, Sink};
use crate::load::{self, Loaded, MAX_FILE};
use crate::lower::lower;
use crate::model::{FileModel, Project};
use crate::project_files::{self, PROJECT_FILE, Scope};
use crate::rules::file_too_large::FileTooLarge;
use crate::rules::not_utf8::NotUtf8;
use crate::rules::unreadable_file::UnreadableFile;
use crate::rules::utf16::Utf16;
use crate::rules::{self, Context, report_mistake};
use crate::source::{FileId, Place, Sources, Span};
use crate::syntax;

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
    /// Each file's absolute path.
    paths: BTreeMap<FileId, PathBuf>,
    stages: BTreeMap<FileId, Stage>,
    /// Where a campaign's start lies in the past is asked of this moment.
    now: Option<Timestamp>,
    /// Larger files, in bytes, are not read.
    max_file: u64,
}

/// One file, read by itself.
#[derive(Debug)]
struct Stage {
    content: Arc<str>,
    model: FileModel,
    findings: Vec<Finding>,
}

/// What a check found.
#[derive(Debug)]
pub struct Checked<'c> {
    /// The files that were checked, and where they came from.
    pub scope: &'c Scope,
    /// Every file's text, for showing findings.
    pub sources: &'c Sources,
    /// Every file's absolute path.
    pub paths: &'c BTreeMap<FileId, PathBuf>,
    /// Every file of the scope, lowered, in path order.
    pub models: Vec<&'c FileModel>,
    /// Every finding, by file and place, with the severities that the project sets.
    pub findings: Vec<Finding>,
}

impl<'c> Checked<'c> {
    /// The project, with its names looked up.
    pub fn project(&self) -> Project<'c> {
        Project::new(self.models.clone())
    }

    /// Whether any finding is an error: then nothing is planned or applied.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

impl Checker {
    /// A checker that shows paths relative to `working_folder`.
    pub fn new(working_folder: &Path, now: Option<Timestamp>) -> Self {
        let working_folder = working_folder.to_owned();
        Self {
            working_folder,
            sources: Sources::default(),
            paths: BTreeMap::new(),
            stages: BTreeMap::new(),
            now,
            max_file: MAX_FILE,
        }
    }

    /// Reads files of up to so many bytes, in place of [`MAX_FILE`].
    pub fn set_max_file(&mut self, bytes: u64) {
        self.max_file = bytes;
    }

    /// Every file that was read so far.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The present moment for the next check.
    pub fn set_now(&mut self, now: Option<Timestamp>) {
        self.now = now;
    }

    /// The files of the project in `root`: its own file is read for its `campaigns` patterns.
    pub fn project_scope(&mut self, root: &Path, overlay: Option<&Overlay>) -> Scope {
        let files = BTreeSet::from([root.join(PROJECT_FILE)]);
        let ids = self.stage(&files, overlay);
        let node = ids
            .first()
            .and_then(|id| self.stages.get(id))
            .and_then(|stage| stage.model.project.as_deref());
        let patterns: Vec<String> = node
            .map(|node| node.campaigns.iter().map(|pattern| pattern.value.to_string()).collect())
            .unwrap_or_default();
        project_files::project(root, &patterns)
    }

    /// Checks every file of a scope as one project.
    pub fn check<'c>(&'c mut self, scope: &'c Scope, overlay: Option<&Overlay>) -> Checked<'c> {
        let ids = self.stage(&scope.files, overlay);
        let unreadable: Vec<(FileId, &str)> = scope
            .unreadable
            .iter()
            .map(|(path, why)| (self.id(path), why.as_str()))
            .collect();
        let project_file = scope.project_file().map(|path| self.id(&path));
        let this = &*self;
        let stages: Vec<&Stage> = ids.iter().filter_map(|id| this.stages.get(id)).collect();
        let models: Vec<&FileModel> = stages.iter().map(|stage| &stage.model).collect();
        let mut findings: Vec<Finding> = stages.iter().flat_map(|stage| stage.findings.iter().cloned()).collect();

        let mut sink = Sink::default();
        for (file, why) in &unreadable {
            sink.report(Place::new(*file, Span::point(0)), &UnreadableFile { why });
        }
        let mut project = Project::new(models.clone());
        project.incomplete |= !unreadable.is_empty();
        let place = project_file.map(|file| Place::new(file, Span::point(0)));
        let context = Context::new(&project, this.now, place);
        rules::check_project(&context, &mut sink);
        findings.extend(sink.into_findings());
        turn_severities(&project, &mut findings);
        if findings.iter().all(|finding| finding.severity != Severity::Error) {
            let mut sink = Sink::default();
            rules::check_unused(&context, &mut sink);
            let mut unused = sink.into_findings();
            turn_severities(&project, &mut unused);
            findings.extend(unused);
        }
        context.label_heirs(&mut findings);
        findings.sort_by(|a, b| {
            let path = |finding: &Finding| this.sources.file(finding.place.file).path();
            let place = |finding: &Finding| (finding.place.span, finding.rule.code);
            path(a).cmp(path(b)).then_with(|| place(a).cmp(&place(b)))
        });
        Checked {
            scope,
            sources: &this.sources,
            paths: &this.paths,
            models,
            findings,
        }
    }

    fn id(&mut self, path: &Path) -> FileId {
        let file = self.sources.id(&project_files::relative(path, &self.working_folder));
        self.paths.entry(file).or_insert_with(|| path.to_owned());
        file
    }

    /// Reads every file whose content is not the one that was read last, on all processors. Gives the files' ids.
    fn stage(&mut self, files: &BTreeSet<PathBuf>, overlay: Option<&Overlay>) -> Vec<FileId> {
        let ids: Vec<FileId> = files.iter().map(|path| self.id(path)).collect();
        let jobs: Vec<(FileId, &Path)> = ids.iter().copied().zip(files.iter().map(PathBuf::as_path)).collect();
        let reading = Reading {
            known: &self.stages,
            overlay,
            max_file: self.max_file,
        };
        for (file, stage) in reading.all(&jobs) {
            self.sources.put_text(file, Arc::clone(&stage.content));
            self.stages.insert(file, stage);
        }
        ids
    }
}

/// Files that one thread takes at a time: enough that taking costs nothing, few enough that all end together.
const BATCH: usize = 16;

/// How files are read, by whatever thread.
struct Reading<'a> {
    known: &'a BTreeMap<FileId, Stage>,
    overlay: Option<&'a Overlay>,
    max_file: u64,
}

impl Reading<'_> {
    /// Reads files on as many threads as are worth starting. Unchanged files give nothing.
    fn all(&self, jobs: &[(FileId, &Path)]) -> Vec<(FileId, Stage)> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let start = next.fetch_add(BATCH, Ordering::Relaxed);
                let Some(batch) = jobs
                    .get(start..jobs.len().min(start + BATCH))
                    .filter(|batch| !batch.is_empty())
                else {
                    return done;
                };
                for (file, path) in batch {
                    done.extend(self.one(*file, path).map(|stage| (*file, stage)));
                }
            }
        };
        let threads = std::thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(jobs.len().div_ceil(BATCH));
        if threads < 2 {
            return work();
        }
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        })
    }

    /// Reads one file, unless its content is the one that is known.
    fn one(&self, file: FileId, path: &Path) -> Option<Stage> {
        let loaded = match self.overlay.filter(|overlay| overlay.path == path) {
            Some(overlay) => load::decode(overlay.content.clone(), self.max_file),
            None => load::read(path, self.max_file),
        };
        let is_project_file = path.file_name().is_some_and(|name| name == PROJECT_FILE);
        let (text, problem) = match loaded {
            Loaded::Text(text) => (text, None),
            Loaded::NotUtf8 { text, offset, byte } => (text, Some(Problem::NotUtf8 { offset, byte })),
            Loaded::Utf16 => (String::new(), Some(Problem::Utf16)),
            Loaded::TooLarge { bytes, limit } => (String::new(), Some(Problem::TooLarge { bytes, limit })),
            Loaded::Unreadable { why } => (String::new(), Some(Problem::Unreadable { why })),
        };
        let known = self.known.get(&file);
        if problem.is_none() && known.is_some_and(|stage| *stage.content == *text && !stage.model.incomplete) {
            return None;
        }
        Some(read_stage(file, text.into(), is_project_file, problem))
    }
}

/// Why a file has no text to parse.
enum Problem {
    NotUtf8 { offset: usize, byte: u8 },
    Utf16,
    TooLarge { bytes: u64, limit: u64 },
    Unreadable { why: String },
}

/// The pure stage of one file: text → model and findings.
fn read_stage(file: FileId, content: Arc<str>, is_project_file: bool, problem: Option<Problem>) -> Stage {
    let mut sink = Sink::default();
    let mut model = FileModel::new(file);
    let start = Place::new(file, Span::point(0));
    match problem {
        Some(problem) => {
            // Nobody knows what it declares.
            model.incomplete = true;
            model.hides_project = is_project_file;
            match problem {
                Problem::NotUtf8 { offset, byte } => {
                    let end = offset
                        + content
                            .get(offset..)
                            .and_then(|rest| rest.chars().next())
                            .map_or(0, char::len_utf8);
                    sink.report(Place::new(file, Span::new(offset, end)), &NotUtf8 { offset, byte });
                }
                Problem::Utf16 => drop(sink.report(start, &Utf16)),
                Problem::TooLarge { bytes, limit } => drop(sink.report(start, &FileTooLarge { bytes, limit })),
                Problem::Unreadable { why } => drop(sink.report(start, &UnreadableFile { why: &why })),
            }
        }
        None => {
            let parsed = syntax::parse(&content);
            for mistake in &parsed.mistakes {
                report_mistake(file, &content, mistake, &mut sink);
            }
            model = lower(file, &parsed, is_project_file, &mut sink);
            model.incomplete |= parsed.hides_names();
            rules::check_file(&model, &content, &mut sink);
        }
    }
    Stage {
        content,
        model,
        findings: sink.into_findings(),
    }
}

/// `lint { warn … }`: the last word about a rule stands.
fn turn_severities(project: &Project<'_>, findings: &mut Vec<Finding>) {
    let Some(node) = project.node() else { return };
    findings.retain_mut(|finding| {
        let turned = node
            .lint
            .iter()
            .rev()
            .find(|(selector, _)| rules::selects(selector, finding.rule));
        match turned {
            Some((_, Some(severity))) => finding.severity = *severity,
            Some((_, None)) => return false,
            None => {}
        }
        true
    });
}
