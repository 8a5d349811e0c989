//! Files that are read while folders are still being listed: listing a large folder takes one processor as long as reading
//! much of it takes the others.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::reading::{BATCH, Job};
use super::{Checker, Overlay};
use crate::project::discovery::{
    self, MetFiles, Nested, PROJECT_FILE, Scope, ScopeFile, Wanted, is_project_file, projects_below,
    projects_below_early,
};
use crate::project::source::FileId;
use crate::project::walk::{Entry, Listings, Met};
use crate::rules::Frame;
use crate::util::threads;

/// So many files are worth a thread.
const ENOUGH: usize = 2 * BATCH;

/// What was read ahead.
#[derive(Debug)]
pub(super) struct Ahead {
    /// The project that it was read for.
    root: PathBuf,
    /// What held for its campaigns.
    frame: Option<Frame>,
    /// The indices of its files, one after the other.
    files: Range<usize>,
    /// Whether it was not checked so far.
    is_fresh: bool,
}

impl Ahead {
    /// The id of a file that was met.
    pub(super) fn id(&self, met: Met) -> FileId {
        FileId::at(self.files.start + met.index())
    }

    /// The indices of all files that were met, in that order.
    pub(super) fn indices(&self) -> Range<usize> {
        self.files.clone()
    }

    /// Whether a file was met.
    pub(super) fn holds(&self, file: FileId) -> bool {
        self.files.contains(&file.index())
    }

    /// Whether these files are as good as read just now for a check of the project in `root`, which is the only one then.
    pub(super) fn serves(&mut self, root: Option<&Path>, frame: Option<&Frame>) -> bool {
        root == Some(&self.root) && std::mem::take(&mut self.is_fresh) && frame == self.frame.as_ref()
    }
}

impl Checker {
    /// The projects at and below `folder`, and what belongs to the project in `root`. Where each file is checked once, its
    /// files are read as soon as they come up while folders are listed.
    pub(crate) fn projects_in(
        &mut self,
        folder: &Path,
        root: &Path,
        overlays: &[Overlay],
        listings: &mut Listings,
    ) -> (Nested, Scope) {
        if !self.is_forgetful || self.ahead.is_some() {
            let below = projects_below(folder, listings);
            return (below, self.project_scope_in(root, overlays, listings));
        }
        let patterns = self.patterns(root, overlays);
        let own = self.id(&root.join(PROJECT_FILE));
        let frame = self.frame(&[own]);
        let wanted = Wanted::new(root, &patterns);
        let first = self.paths.len();
        // None of them is known.
        let known = Vec::new();
        let reading = self.reading(&known, overlays, frame.clone());
        let queue = Queue::default();
        let done = Mutex::new(Vec::new());
        let read = |is_first: bool| {
            let mut worker = reading.worker(is_first);
            let mut read = Vec::new();
            while let Some(part) = queue.take() {
                let jobs = part
                    .iter()
                    .map(|(index, path)| Job::listed(FileId::at(first + index), path));
                worker.read(jobs, &mut read);
            }
            locked(&done).append(&mut read);
        };
        let mut met = Vec::new();
        let found = thread::scope(|scope| {
            let open = Open(&queue);
            let begun = Mutex::new(0);
            let below = projects_below_early(folder, listings, &|folder, entries| {
                let mut below = wanted.below();
                let path = |entry: &Entry| below.path(folder, entry.file_name()?);
                let count = queue.put(entries, path);
                let due = (count / ENOUGH).min(threads::processors() - 1);
                let mut begun = locked(&begun);
                while *begun < due {
                    *begun += 1;
                    scope.spawn(|| read(false));
                }
            });
            met = queue.met();
            let met_here = MetFiles {
                paths: &met,
                are_wanted: true,
            };
            let found = discovery::project_of(root, &patterns, listings, met_here);
            queue.sort(&found.files);
            drop(open);
            self.add_all(&met);
            read(true);
            (below, found)
        });
        let read = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.take_in(read);
        self.ahead = Some(Ahead {
            root: root.to_owned(),
            frame,
            files: first..first + met.len(),
            is_fresh: true,
        });
        found
    }
}

/// Files that were met and not read so far.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// All that were met.
    met: Vec<Arc<Path>>,
    parts: Vec<Arc<Part>>,
    /// How many parts somebody reads.
    taken: usize,
    /// How many threads wait for more.
    waiting: usize,
    /// Whether all are here.
    is_closed: bool,
}

/// Files that are read together, each with its index among all that were met. Threads share them as a whole, since they would
/// slow one another down at the counter of each path.
type Part = Vec<(usize, Arc<Path>)>;

impl Queue {
    /// Adds those of some entries that have a path. Gives how many there were and are.
    fn put(&self, entries: &mut [Entry], mut path: impl FnMut(&Entry) -> Option<Arc<Path>>) -> usize {
        let paths: Vec<Option<Arc<Path>>> = entries
            .iter()
            .map(|entry| path(entry).filter(|path| !is_project_file(path)))
            .collect();
        let mut state = locked(&self.state);
        let mut part = Part::with_capacity(entries.len());
        for (entry, path) in entries.iter_mut().zip(paths) {
            let Some(path) = path else { continue };
            let index = state.met.len();
            entry.meet(Met::at(index));
            state.met.push(Arc::clone(&path));
            part.push((index, path));
        }
        if !part.is_empty() {
            state.parts.push(Arc::new(part));
        }
        let (count, waiting) = (state.met.len(), state.waiting);
        drop(state);
        if waiting > 0 {
            self.news.notify_one();
        }
        count
    }

    /// Some files to read; waits for them. Nothing at the end.
    fn take(&self) -> Option<Arc<Part>> {
        let mut state = locked(&self.state);
        loop {
            if let Some(part) = state.parts.get(state.taken).cloned() {
                state.taken += 1;
                return Some(part);
            }
            if state.is_closed {
                return None;
            }
            state.waiting += 1;
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// All files that were met, once there are no more of them.
    fn met(&self) -> Vec<Arc<Path>> {
        std::mem::take(&mut locked(&self.state).met)
    }

    /// Has what nobody took so far read in path order, which is mostly the order in which the system keeps it at hand, and
    /// nothing but these files.
    fn sort(&self, files: &[ScopeFile]) {
        let mut state = locked(&self.state);
        let taken = state.taken;
        let Some(first) = state.parts.get(taken).and_then(|part| Some(part.first()?.0)) else {
            return;
        };
        state.parts.truncate(taken);
        let left = files.iter().filter_map(|file| Some((file.met?.index(), &file.path)));
        let left: Vec<_> = left.filter(|(index, _)| *index >= first).collect();
        let parts = left.chunks(BATCH).map(|part| {
            let part = part.iter().map(|(index, path)| (*index, Arc::clone(path)));
            Arc::new(part.collect())
        });
        state.parts.extend(parts);
    }
}

/// Closes a queue at its end, so that nobody waits for what does not come.
struct Open<'q>(&'q Queue);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).is_closed = true;
        self.0.news.notify_all();
    }
}

/// A panic of another thread ends the program, so what it left is not looked at.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
