//! Reads and lints the files of a project on as many threads as the machine has.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::file::FileLinter;
use super::{LintedFile, LintedFiles};
use crate::project::discovery::{ScopeFile, is_project_file};
use crate::project::read_file::{self, FileContent, FileReader, Kind, Stamp};
use crate::project::source::FileId;
use crate::util::boundary::PathError;
use crate::util::threads;

/// How many files a thread takes at a time: enough that taking costs nothing, few enough that all threads end together.
const BATCH: usize = 16;

/// One file to read.
#[derive(Clone, Copy)]
pub(super) struct ReadJob<'a> {
    pub(super) file: FileId,
    /// Absolute.
    path: &'a Path,
    /// Its path without symbolic links, or why it is not read.
    real: Result<&'a Path, &'a PathError>,
    kind: Kind,
}

impl<'a> ReadJob<'a> {
    pub(super) fn new(file: FileId, path: &'a ScopeFile, kind: Kind) -> Self {
        Self {
            file,
            path: &path.path,
            real: path.real(),
            kind,
        }
    }
}

/// The outcome of reading a file.
pub(super) enum ReadOutcome {
    /// Its content is new or has changed.
    New(Box<LintedFile>),
    /// Its content is the cached one; its stamp is this.
    Same(Option<Box<Stamp>>),
}

/// Reads files in parallel.
pub(super) struct ParallelReader<'a> {
    pub(super) known: &'a LintedFiles,
    /// Texts that replace those of files, by path.
    pub(super) overlays: HashMap<&'a Path, &'a [u8]>,
    pub(super) max_file: u64,
    /// Whether stamps are taken, for the next check.
    pub(super) keeps_stamps: bool,
}

impl ParallelReader<'_> {
    /// Reads and lints files. Those with an unchanged stamp are left out of the result.
    pub(super) fn all(&self, jobs: &[ReadJob<'_>]) -> impl Iterator<Item = (FileId, ReadOutcome)> + use<> {
        let next = AtomicUsize::new(0);
        let work = |_| {
            let (mut reader, mut linter) = (FileReader::new(self.max_file), FileLinter::default());
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
        read.into_iter().flatten()
    }

    /// Reads and lints one file, unless its stamp is unchanged.
    fn one(&self, job: &ReadJob<'_>, reader: &mut FileReader, linter: &mut FileLinter) -> Option<ReadOutcome> {
        let known = self.known.get(job.file.index()).and_then(Option::as_deref);
        // An editor names the file, `--fix` the path that is in the scope.
        let by_real = job.real.ok().and_then(|real| self.overlays.get(real));
        let overlay = by_real.or_else(|| self.overlays.get(job.path));
        let stamp = known.and_then(|file| file.stamp.as_ref());
        if overlay.is_none() && stamp.is_some_and(|stamp| job.real.is_ok_and(|real| stamp.is_of(real))) {
            return None;
        }
        let (stamp, loaded) = match (overlay, job.real) {
            (Some(content), _) => (None, read_file::decode(content, self.max_file)),
            (None, Err(why)) => (None, FileContent::Unreadable { why: why.clone() }),
            (None, Ok(real)) if self.keeps_stamps => {
                let (stamp, loaded) = reader.read_stamped(real, job.kind);
                (stamp.map(Box::new), loaded)
            }
            (None, Ok(real)) => (None, reader.read(real, job.kind)),
        };
        if let FileContent::Text(text) = &loaded
            && known.is_some_and(|file| file.is_for(text))
        {
            return Some(ReadOutcome::Same(stamp));
        }
        let result = linter.lint(job.file, loaded, is_project_file(job.path));
        reader.release();
        Some(ReadOutcome::New(Box::new(LintedFile { result, stamp })))
    }
}
