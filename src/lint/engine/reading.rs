//! The pure stage of every file of a project, on as many threads as the machine has.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Slot, Stage, Stages};
use crate::finding::Sink;
use crate::lint::suppress;
use crate::lower::{Declared, Lowering, Scratch, lower};
use crate::model::{FileModel, Project, Settled, Swallowed};
use crate::project::discovery::{ScopeFile, is_project_file};
use crate::project::read_file::{self, Kind, Loaded, Reader, Stamp};
use crate::project::source::{FileId, Place, Span};
use crate::rules::file_too_large::FileTooLarge;
use crate::rules::not_utf8::NotUtf8;
use crate::rules::unreadable_file;
use crate::rules::utf16::Utf16;
use crate::rules::{self, Frame, report_mistake};
use crate::syntax::{self, Room};
use crate::util::boundary::PathError;
use crate::util::threads;

/// Files that one thread takes at a time: enough that taking costs nothing, few enough that all end together.
pub(super) const BATCH: usize = 16;

/// One file to be read.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) file: FileId,
    /// Absolute.
    pub(super) path: &'a Path,
    /// The path without links to read it by, or why it is not read.
    pub(super) real: Result<&'a Path, &'a PathError>,
    pub(super) kind: Kind,
}

impl<'a> Job<'a> {
    pub(super) fn new(file: FileId, path: &'a ScopeFile, kind: Kind) -> Self {
        Self {
            file,
            path: &path.path,
            real: path.real(),
            kind,
        }
    }

    /// A regular file that was listed.
    pub(super) fn listed(file: FileId, path: &'a Path) -> Self {
        Self {
            file,
            path,
            real: Ok(path),
            kind: Kind::Regular,
        }
    }
}

/// What came of reading a file.
pub(super) enum Read {
    /// Its stage.
    Anew(Box<Stage>),
    /// Nothing but settled campaigns.
    Settled(Box<[Settled]>),
    /// The content that is known, under this stamp.
    Same(Option<Box<Stamp>>),
}

/// How files are read, by whatever thread.
pub(super) struct Reading<'a> {
    pub(super) known: &'a Stages,
    /// What stands in for files, by path.
    pub(super) overlays: HashMap<&'a Path, &'a [u8]>,
    pub(super) max_file: u64,
    /// Whether files are read again later, if they have changed.
    pub(super) is_staying: bool,
    /// Whether the text of a file without findings is not kept.
    pub(super) is_forgetful: bool,
    /// What holds for every campaign, where those without findings are not kept either.
    pub(super) frame: Option<Frame>,
}

impl Reading<'_> {
    /// Reads files on as many threads as are worth starting. Unchanged files give nothing.
    pub(super) fn all(&self, jobs: &[Job<'_>]) -> Vec<(FileId, Read)> {
        let next = AtomicUsize::new(0);
        let work = |is_first: bool| {
            let mut worker = self.worker(is_first);
            let mut done = Vec::new();
            loop {
                let start = next.fetch_add(BATCH, Ordering::Relaxed);
                let batch = jobs.get(start..jobs.len().min(start + BATCH));
                let Some(batch) = batch.filter(|batch| !batch.is_empty()) else {
                    return done;
                };
                worker.read(batch.iter().copied(), &mut done);
            }
        };
        let read = threads::on_each(jobs.len().div_ceil(BATCH), |run| work(run == 0));
        read.into_iter().flatten().collect()
    }

    /// One that reads files on a thread: the first one, or another.
    pub(super) fn worker(&self, is_first: bool) -> Worker<'_> {
        Worker {
            reading: self,
            is_first,
            reader: Reader::new(self.max_file),
            desk: Desk::default(),
        }
    }

    /// Reads one file, unless it is the one that is known.
    fn one(&self, job: &Job<'_>, reader: &mut Reader, desk: &mut Desk) -> Option<Read> {
        let known = self.known.get(job.file.index()).and_then(Slot::stage);
        // An editor names the file, `--fix` the path that is in the scope.
        let by_real = job.real.ok().and_then(|real| self.overlays.get(real));
        let overlay = by_real.or_else(|| self.overlays.get(job.path));
        let stamp = known.and_then(|stage| stage.stamp.as_ref());
        if overlay.is_none() && stamp.is_some_and(|stamp| job.real.is_ok_and(|real| stamp.is_of(real))) {
            return None;
        }
        let (stamp, loaded) = match (overlay, job.real) {
            (Some(content), _) => (None, read_file::decode(content, self.max_file)),
            (None, Err(why)) => (None, Loaded::Unreadable { why: why.clone() }),
            (None, Ok(real)) if self.is_staying => {
                let (stamp, loaded) = reader.read_stamped(real, job.kind);
                (stamp.map(Box::new), loaded)
            }
            (None, Ok(real)) => (None, reader.read(real, job.kind)),
        };
        let (text, problem) = match loaded {
            Loaded::Text(text) if known.is_some_and(|stage| stage.is_of(text)) => return Some(Read::Same(stamp)),
            Loaded::Text(text) => (Cow::Borrowed(text), None),
            Loaded::NotUtf8 { text, offset, byte } => (Cow::Owned(text), Some(Problem::NotUtf8 { offset, byte })),
            Loaded::Utf16 => (Cow::default(), Some(Problem::Utf16)),
            Loaded::TooLarge { bytes, limit } => (Cow::default(), Some(Problem::TooLarge { bytes, limit })),
            Loaded::Unreadable { why } => (Cow::default(), Some(Problem::Unreadable { why })),
        };
        let is_project_file = is_project_file(job.path);
        // A pipe, unlike a regular file, cannot be read once more.
        let can_be_recalled = self.is_forgetful && overlay.is_none() && job.kind == Kind::Regular;
        let (mut model, mut sink) = (FileModel::new(job.file), Sink::default());
        match problem {
            Some(problem) => {
                // Nobody knows what it declares.
                model.incomplete = true;
                model.swallowed = Swallowed::ALL;
                model.hides_project = is_project_file;
                report_problem(job.file, &text, problem, &mut sink);
                if let Some(finding) = sink.first_in(Span::point(0)) {
                    finding.add_help(Swallowed::ALL.words());
                }
            }
            None => {
                let text = Text {
                    file: job.file,
                    text: &text,
                    is_project_file,
                    frame: self.frame.as_ref(),
                };
                text.stage(desk, &mut model, &mut sink);
            }
        }
        let is_forgotten = can_be_recalled && sink.is_empty();
        if is_forgotten && model.is_only_settled() {
            return Some(Read::Settled(model.settled.into_boxed_slice()));
        }
        let stage = Stage {
            content: (!is_forgotten).then(|| Arc::from(text)),
            model,
            findings: sink.into_findings(),
            stamp,
        };
        reader.release();
        Some(Read::Anew(Box::new(stage)))
    }
}

/// Reads files, one after the other, on a thread of its own.
pub(super) struct Worker<'r> {
    reading: &'r Reading<'r>,
    is_first: bool,
    reader: Reader,
    desk: Desk,
}

impl Worker<'_> {
    /// Reads some files. Unchanged ones give nothing.
    pub(super) fn read<'j>(&mut self, jobs: impl Iterator<Item = Job<'j>>, done: &mut Vec<(FileId, Read)>) {
        if !self.is_first {
            grow_heap();
        }
        for job in jobs {
            let read = self.reading.one(&job, &mut self.reader, &mut self.desk);
            done.extend(read.map(|read| (job.file, read)));
        }
    }
}

/// The C library of Linux lets the heap of every thread but the first grow a page at a time, a system call for each, which
/// stops all threads that ask for memory meanwhile. A block that is taken and given back makes it grow in one step; it is
/// smaller than what that library would give back to the system.
fn grow_heap() {
    const STEP: usize = 100 << 10;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(STEP)));
}

/// Why a file has no text to parse.
enum Problem {
    NotUtf8 { offset: usize, byte: u8 },
    Utf16,
    TooLarge { bytes: u64, limit: u64 },
    Unreadable { why: PathError },
}

/// Says why a file has no text to parse.
fn report_problem(file: FileId, content: &str, problem: Problem, sink: &mut Sink) {
    let start = Place::new(file, Span::point(0));
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
        Problem::Unreadable { why } => unreadable_file::report(start, &why, sink),
    }
}

/// The memory that a thread uses for one text after the other.
#[derive(Default)]
struct Desk {
    room: Room,
    scratch: Scratch,
}

/// The pure stage of one text.
struct Text<'t> {
    file: FileId,
    text: &'t str,
    is_project_file: bool,
    /// What holds for every campaign, where those without findings need not be kept.
    frame: Option<&'t Frame>,
}

impl Text<'_> {
    fn stage(&self, desk: &mut Desk, model: &mut FileModel, sink: &mut Sink) {
        let mut is_partial = false;
        if !self.in_passing(desk, model, sink) {
            *model = FileModel::new(self.file);
            *sink = Sink::default();
            is_partial = !self.whole(&mut desk.room, model, sink);
        }
        rules::check_text(self.file, self.text, sink);
        account_for_gaps(is_partial, model, sink);
    }

    /// Takes one campaign after the other through all that can be said of it by itself, and says whether that is all. It is
    /// not for texts with mistakes, or with comments that hide findings: what those are about is found out on the tree of the
    /// whole text.
    fn in_passing(&self, desk: &mut Desk, model: &mut FileModel, sink: &mut Sink) -> bool {
        let Desk { room, scratch } = desk;
        let mut lowering = Lowering::new(self.text, self.is_project_file, model, sink, scratch);
        let parsed = syntax::by_roots(self.text, room, &mut |root| {
            let found = lowering.sink.len();
            let Some(declared) = lowering.root(root) else { return };
            rules::check_owner(declared.owner(), lowering.sink);
            let is_clean = lowering.sink.len() == found && !declared.owner().is_partial();
            match (declared, self.frame.filter(|_| is_clean)) {
                (Declared::Campaign(campaign), Some(frame)) if rules::is_settled(frame, &campaign) => {
                    lowering.settle(campaign);
                }
                (Declared::Campaign(mut campaign), Some(frame)) if rules::is_settled_in_detail(frame, &campaign) => {
                    campaign.stated.forget_details();
                    lowering.keep(Declared::Campaign(campaign));
                }
                (declared, _) => lowering.keep(declared),
            }
        });
        lowering.done();
        let Some(parsed) = parsed else { return false };
        let is_plain = !suppress::are_in(&parsed);
        room.take_back(parsed);
        is_plain
    }

    /// Reads the whole text at once. Says whether it is KDL.
    fn whole(&self, room: &mut Room, model: &mut FileModel, sink: &mut Sink) -> bool {
        let parsed = syntax::parse_in(self.text, room);
        for mistake in &parsed.mistakes {
            report_mistake(self.file, self.text, mistake, sink);
        }
        lower(&parsed, self.is_project_file, model, sink);
        model.incomplete |= parsed.hides_names();
        model.suppressions = suppress::read(self.file, &parsed, sink);
        for owner in model.campaigns.iter().chain(&model.templates) {
            rules::check_owner(owner, sink);
        }
        let is_kdl = parsed.is_kdl();
        room.take_back(parsed);
        is_kdl
    }
}

/// What could not be read is missing in the model, and every later reader keeps silent about it. So a finding that stops plan
/// and apply must say so, whatever lint is told: here it is made sure of, behind all that reads and reports.
fn account_for_gaps(is_partial: bool, model: &FileModel, sink: &mut Sink) {
    if (is_partial || model.is_partial()) && !sink.has(rules::is_unavoidable) {
        let why = "a part of it was not understood, and nothing says which: this is a fault of dialform";
        unreadable_file::report(
            Place::new(model.file, Span::point(0)),
            &PathError::System(why.to_owned()),
            sink,
        );
    }
}

/// Takes one text after the other through all that lint does with a file by itself: parsing, lowering, and every rule but those
/// that go by names across files. In a project that says nothing of itself.
pub struct OneByOne {
    desk: Desk,
    frame: Frame,
}

impl Default for OneByOne {
    fn default() -> Self {
        Self {
            desk: Desk::default(),
            frame: Frame::new(&Project::new(Vec::new()), None),
        }
    }
}

impl OneByOne {
    /// How many findings a text has.
    pub fn findings(&mut self, file: FileId, text: &str) -> usize {
        let text = Text {
            file,
            text,
            is_project_file: false,
            frame: Some(&self.frame),
        };
        let (mut model, mut sink) = (FileModel::new(file), Sink::default());
        text.stage(&mut self.desk, &mut model, &mut sink);
        sink.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::model::{Definition, SettingNodes};
    use crate::rules::invisible_character::InvisibleCharacter;

    #[test]
    fn a_gap_without_an_error_is_one() {
        let file = FileId::at(0);
        let mut model = FileModel::new(file);
        let mut sink = Sink::default();
        account_for_gaps(false, &model, &mut sink);
        assert!(sink.is_empty());
        account_for_gaps(true, &model, &mut sink);
        assert!(sink.has(rules::is_unavoidable));
        sink = Sink::default();

        // A campaign without a name that could be read.
        model.campaigns.push(Definition::new(SettingNodes::new(file, 0, 0)));
        let place = Place::new(file, Span::point(0));
        sink.report(place, &InvisibleCharacter { character: '\u{200B}' })
            .severity = Severity::Warning;
        account_for_gaps(false, &model, &mut sink);
        assert!(sink.has(rules::is_unavoidable), "a warning is not enough");
        let found = sink.len();
        account_for_gaps(false, &model, &mut sink);
        assert_eq!(sink.len(), found);
    }
}
