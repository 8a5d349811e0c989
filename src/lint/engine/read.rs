//! Reads and lints the files of a project on as many threads as the machine has.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::LintedFile;
use super::file::FileLinter;
use crate::project::discovery::{ScopeFile, is_project_file};
use crate::project::read_file::{self, FileContent, FileReader, Kind};
use crate::project::source::FileId;
use crate::util::threads;

/// How many files a thread takes at a time: enough that taking costs nothing, few enough that all threads end together.
const BATCH: usize = 16;

/// One file to read.
pub(super) struct ReadJob<'a> {
    pub(super) file: FileId,
    pub(super) path: &'a ScopeFile,
    pub(super) kind: Kind,
    /// Its result of an earlier check.
    pub(super) known: Option<Box<LintedFile>>,
}

/// Where threads take files, and hand over their results.
pub(super) trait ReadQueue<'a>: Send {
    /// The next file to read.
    fn take(&mut self) -> Option<ReadJob<'a>>;
    /// The result of a file.
    fn put(&mut self, file: FileId, linted: Box<LintedFile>);
}

/// Reads files in parallel.
pub(super) struct ParallelReader<'a> {
    /// Texts that replace those of files, by path.
    pub(super) overlays: HashMap<&'a Path, &'a [u8]>,
    pub(super) max_file: u64,
    /// Whether stamps are taken, for the next check.
    pub(super) keeps_stamps: bool,
    /// Whether known files are taken for unchanged.
    pub(super) trusts_known: bool,
}

impl ParallelReader<'_> {
    /// Reads and lints the files of a queue, which are `count`.
    pub(super) fn all<'q>(&self, count: usize, queue: &mut impl ReadQueue<'q>) {
        let queue = Mutex::new(queue);
        let work = |_| {
            let (mut reader, mut linter) = (FileReader::new(self.max_file), FileLinter::default());
            let (mut jobs, mut linted) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
            loop {
                let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                for (file, linted) in linted.drain(..) {
                    queue.put(file, linted);
                }
                jobs.extend(std::iter::from_fn(|| queue.take()).take(BATCH));
                drop(queue);
                if jobs.is_empty() {
                    return;
                }
                linted.extend(
                    jobs.drain(..)
                        .map(|job| (job.file, self.one(job, &mut reader, &mut linter))),
                );
            }
        };
        threads::on_each(count.div_ceil(BATCH), work);
    }

    /// Reads and lints one file, unless it is unchanged.
    fn one(&self, job: ReadJob<'_>, reader: &mut FileReader, linter: &mut FileLinter) -> Box<LintedFile> {
        let real = job.path.real();
        // An editor names the file, `--fix` the path that is in the scope.
        let by_real = real.ok().and_then(|real| self.overlays.get(real));
        let overlay = by_real.or_else(|| self.overlays.get(&*job.path.path));
        let known = match job.known {
            Some(known) if overlay.is_none() && (self.trusts_known || known.is_unchanged(real)) => return known,
            known => known,
        };
        let (stamp, loaded) = match (overlay, real) {
            (Some(content), _) => (None, read_file::decode(content, self.max_file)),
            (None, Err(why)) => (None, FileContent::Unreadable { why: why.clone() }),
            (None, Ok(real)) if self.keeps_stamps => {
                let (stamp, loaded) = reader.read_stamped(real, job.kind);
                (stamp.map(Box::new), loaded)
            }
            (None, Ok(real)) => (None, reader.read(real, job.kind)),
        };
        if let (FileContent::Text(text), Some(mut known)) = (&loaded, known)
            && known.is_for(text)
        {
            known.stamp = stamp;
            return known;
        }
        let result = linter.lint(job.file, loaded, is_project_file(job.path));
        reader.release();
        Box::new(LintedFile { result, stamp })
    }
}
