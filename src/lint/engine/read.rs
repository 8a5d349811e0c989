//! The files of a project are read and linted on as many threads as the machine has.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::file::FileLinter;
use super::{Stage, Stages};
use crate::project::discovery::{ScopeFile, is_project_file};
use crate::project::read_file::{self, Kind, Loaded, Reader, Stamp};
use crate::project::source::FileId;
use crate::util::boundary::PathError;
use crate::util::threads;

/// Files that one thread takes at a time: enough that taking costs nothing, few enough that all end together.
const BATCH: usize = 16;

/// One file to be read.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) file: FileId,
    /// Absolute.
    path: &'a Path,
    /// The path without links to read it by, or why it is not read.
    real: Result<&'a Path, &'a PathError>,
    kind: Kind,
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
}

/// What came of reading a file.
pub(super) enum Read {
    /// Another content than the one that is known.
    New(Box<Stage>),
    /// The content that is known, under this stamp.
    Same(Option<Box<Stamp>>),
}

/// How files are read.
pub(super) struct Reading<'a> {
    pub(super) known: &'a Stages,
    /// What stands in for files, by path.
    pub(super) overlays: HashMap<&'a Path, &'a [u8]>,
    pub(super) max_file: u64,
    /// Whether files are read again later, if they have changed.
    pub(super) is_staying: bool,
}

impl Reading<'_> {
    /// Reads and lints files on as many threads as are worth starting. Unchanged files give nothing.
    pub(super) fn all(&self, jobs: &[Job<'_>]) -> Vec<(FileId, Read)> {
        let next = AtomicUsize::new(0);
        let work = |_| {
            let (mut reader, mut linter) = (Reader::new(self.max_file), FileLinter::default());
            let mut done = Vec::new();
            loop {
                let start = next.fetch_add(BATCH, Ordering::Relaxed);
                let batch = jobs.get(start..jobs.len().min(start + BATCH));
                let Some(batch) = batch.filter(|batch| !batch.is_empty()) else {
                    return done;
                };
                for job in batch {
                    let read = self.one(job, &mut reader, &mut linter);
                    done.extend(read.map(|read| (job.file, read)));
                }
            }
        };
        let read = threads::on_each(jobs.len().div_ceil(BATCH), work);
        read.into_iter().flatten().collect()
    }

    /// Reads one file, unless it is the one that is known.
    fn one(&self, job: &Job<'_>, reader: &mut Reader, linter: &mut FileLinter) -> Option<Read> {
        let known = self.known.get(job.file.index()).and_then(Option::as_deref);
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
        if let Loaded::Text(text) = &loaded
            && known.is_some_and(|stage| stage.is_of(text))
        {
            return Some(Read::Same(stamp));
        }
        let result = linter.lint(job.file, loaded, is_project_file(job.path));
        reader.release();
        Some(Read::New(Box::new(Stage { result, stamp })))
    }
}
