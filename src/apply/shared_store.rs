//! The store, shared by all campaigns in flight: one writer, a thread of its own, takes what waits in groups, each of which is
//! made durable by one fsync. It begins when all campaigns that can go on have done so, and works until nothing waits.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::state::{Group, Joined, Record, SENDS_WITHIN, State, StateError, StateWriter};
use crate::util::failpoint::limit;
use crate::util::stopwatch::Stopwatch;

/// So many records are enough for one fsync: the campaigns of these go on while the next ones are made durable.
const MOST: usize = 8;
/// So many share one write to a store on another machine, which takes as long as many of the disk's.
const MOST_SHARED: usize = 64;
/// Such a part of the time of a write to a store is waited for the campaigns that go on after it, so that the next write takes
/// their records too: otherwise these wait for a whole write that does nothing for them.
const WAITS_A_PART: u32 = 8;
/// [`SENDS_WITHIN`] in milliseconds.
const SENDS_WITHIN_MS: u64 = SENDS_WITHIN.as_secs() * 1000;

/// A handle on the one writer of the state. When the last one is dropped, the state is released.
#[derive(Clone, Debug)]
pub(super) struct SharedStore(Arc<WriterThread>, IsShared);

/// Whether other machines may take the state over.
type IsShared = bool;

#[derive(Debug)]
struct WriterThread {
    shared: Arc<StoreInUse>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct StoreInUse {
    /// Not held while a group is on its way to the disk, so that the state can be read.
    store: Mutex<StateWriter>,
    queue: Mutex<WaitingJobs>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct WaitingJobs {
    waiting: VecDeque<(Job, Reply)>,
    /// How many the writer waits for before it goes on; 0 where it waits for none.
    awaited: usize,
    progress: WriterState,
}

#[derive(Debug, Default)]
enum WriterState {
    /// Nothing waits.
    #[default]
    Idle,
    /// It is called once all that can go on have done so.
    Called,
    /// It works until nothing waits.
    Working,
    /// It takes nothing any more, and why.
    Ended(String),
}

#[derive(Debug)]
enum Job {
    Append(Box<Record>),
    Confirm,
    Commit,
}

impl Job {
    /// The lowest is taken first. What is one after the other in one campaign never waits together.
    fn turn(&self) -> u8 {
        match self {
            Self::Append(record) => match &**record {
                Record::Sending { .. } => 0,
                record if !record.is_outcome() => 1,
                _ => 2,
            },
            Self::Confirm | Self::Commit => 3,
        }
    }
}

/// What the writer did at a stroke.
#[derive(Debug, Default)]
struct WriterStep {
    answered: Vec<Answered>,
    /// How many of those have their next record at once; what is being sent waits for an answer.
    returning: usize,
}

type Reply = oneshot::Sender<Result<(), StateError>>;
type Answered = (Reply, Result<(), StateError>);

impl SharedStore {
    pub(super) fn new(store: StateWriter) -> Self {
        let is_shared = store.is_shared();
        let shared = Arc::new(StoreInUse {
            store: Mutex::new(store),
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        let working = Arc::clone(&shared);
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let end = AtEnd(&working);
            end.0.serve();
        });
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(why) => {
                shared.end(format!("the system gives no thread to write the journal: {why}"));
                None
            }
        };
        Self(Arc::new(WriterThread { shared, thread }), is_shared)
    }

    /// Makes a record durable.
    pub(super) async fn append(&self, record: Record) -> Result<(), StateError> {
        self.submit(Job::Append(Box::new(record))).await
    }

    /// Whether the state is in a store, where other machines may take it over at any time.
    pub(super) const fn is_shared(&self) -> bool {
        self.1
    }

    /// Makes sure, after all that waits, that nobody has taken the state over.
    pub(super) async fn confirm(&self) -> Result<(), StateError> {
        match self.is_shared() {
            true => self.submit(Job::Confirm).await,
            false => Ok(()),
        }
    }

    /// Refuses to send what was recorded as being sent so long ago that another run may have taken over and decided about it.
    pub(super) fn still_in_time(&self, recorded: Option<&Stopwatch>) -> Result<(), StateError> {
        let Some(recorded) = recorded else { return Ok(()) };
        let waited = recorded.elapsed();
        let within = Duration::from_millis(limit("DIALFORM_SENDS_WITHIN", SENDS_WITHIN_MS));
        match waited >= within {
            true => Err(StateError::Overslept { waited }),
            false => Ok(()),
        }
    }

    /// Begins to count how long ago something was recorded; only where others may take the state over does it matter.
    pub(super) fn stopwatch(&self) -> Option<Stopwatch> {
        self.is_shared().then(Stopwatch::start)
    }

    /// Folds the journal into the snapshot, after all that waits.
    pub(super) async fn commit(&self) -> Result<(), StateError> {
        self.submit(Job::Commit).await
    }

    /// Looks at the state: at what is durable.
    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(self.0.shared.store().state())
    }

    async fn submit(&self, job: Job) -> Result<(), StateError> {
        let (reply, answer) = oneshot::channel();
        self.0.shared.push(job, reply)?;
        answer
            .await
            .unwrap_or_else(|_| Err(ended("the writer of the state has ended".to_owned())))
    }
}

fn ended(why: String) -> StateError {
    StateError::Poisoned { why }
}

impl Drop for WriterThread {
    /// Waits for what is on its way to the disk.
    fn drop(&mut self) {
        self.shared.end("the run is over".to_owned());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say, and where it panicked it was told of already.
            let _ = thread.join();
        }
    }
}

/// Where the writer ends before its work does, nobody is left waiting.
struct AtEnd<'a>(&'a StoreInUse);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.end("the writer of the state has ended".to_owned());
    }
}

/// Calls the writer.
struct Call(Arc<StoreInUse>);

impl Drop for Call {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        if matches!(queue.progress, WriterState::Called) {
            queue.progress = WriterState::Working;
            self.0.changed.notify_one();
        }
    }
}

impl StoreInUse {
    fn push(self: &Arc<Self>, job: Job, reply: Reply) -> Result<(), StateError> {
        let mut queue = self.queue();
        match &queue.progress {
            WriterState::Ended(why) => return Err(ended(why.clone())),
            WriterState::Idle => {
                queue.progress = WriterState::Called;
                // It gets its turn after all others that have one.
                let call = Call(Arc::clone(self));
                drop(tokio::spawn(async move { drop(call) }));
            }
            WriterState::Called | WriterState::Working => {}
        }
        queue.waiting.push_back((job, reply));
        if queue.waiting.len() == queue.awaited {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Takes nothing any more; the first reason stays.
    fn end(&self, why: String) {
        let mut queue = self.queue();
        if !matches!(queue.progress, WriterState::Ended(_)) {
            queue.progress = WriterState::Ended(why);
        }
        queue.waiting.clear();
        self.changed.notify_one();
    }

    /// The writer's work, until the end.
    fn serve(&self) {
        loop {
            let mut queue = self.queue();
            loop {
                match queue.progress {
                    WriterState::Ended(_) => return,
                    WriterState::Working if !queue.waiting.is_empty() => break,
                    WriterState::Working => queue.progress = WriterState::Idle,
                    WriterState::Idle | WriterState::Called => {
                        queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                    }
                }
            }
            drop(queue);
            let began = Instant::now();
            let WriterStep { answered, returning } = self.step();
            let took = began.elapsed();
            if returning > 0 {
                let mut queue = self.queue();
                queue.awaited = queue.waiting.len().saturating_add(returning);
            }
            for (reply, result) in answered {
                // Nobody waits for it where a run was dropped.
                let _ = reply.send(result);
            }
            if returning > 0 {
                self.gather(took.checked_div(WAITS_A_PART).unwrap_or_default());
            }
        }
    }

    /// Waits until as many jobs wait as are awaited, but no longer than for a while.
    fn gather(&self, at_most: Duration) {
        let is_short = |queue: &mut WaitingJobs| {
            matches!(queue.progress, WriterState::Working) && queue.waiting.len() < queue.awaited
        };
        let waited = self.changed.wait_timeout_while(self.queue(), at_most, is_short);
        waited.unwrap_or_else(PoisonError::into_inner).0.awaited = 0;
    }

    /// Makes what waits durable, as far as it forms a group, or folds the journal.
    fn step(&self) -> WriterStep {
        let mut step = WriterStep::default();
        let answered = &mut step.answered;
        let mut replies = Vec::new();
        let mut group = Group::default();
        let mut store = self.store();
        let most = if store.is_shared() { MOST_SHARED } else { MOST };
        while replies.len() < most
            && let Some((job, reply)) = self.next()
        {
            let record = match job {
                Job::Append(record) => record,
                Job::Commit if group.is_empty() => {
                    answered.push((reply, store.commit()));
                    return step;
                }
                Job::Confirm if group.is_empty() => {
                    answered.push((reply, store.confirm()));
                    return step;
                }
                job @ (Job::Commit | Job::Confirm) => {
                    self.put_back(job, reply);
                    break;
                }
            };
            let returns = store.is_shared() && !matches!(*record, Record::Sending { .. });
            match store.join(&mut group, *record) {
                Joined::In => {
                    step.returning = step.returning.saturating_add(usize::from(returns));
                    replies.push(reply);
                }
                Joined::Refused(error) => answered.push((reply, Err(error))),
                Joined::Later(record) => {
                    self.put_back(Job::Append(record), reply);
                    break;
                }
            }
        }
        if group.is_empty() {
            return step;
        }
        let results = match store.hand_out(group) {
            Ok(outgoing) => {
                drop(store);
                let written = outgoing.write();
                let mut store = self.store();
                let results = store.take_back(written);
                if let Some(fold) = store.fold_of_grown() {
                    drop(store);
                    let folded = fold.write();
                    self.store().take_fold(folded);
                }
                results
            }
            Err(results) => results,
        };
        let results = results.into_iter().map(|result| result.map(drop));
        answered.extend(replies.into_iter().zip(results));
        step
    }

    /// What comes next: what brings a request on its way before what begins one, and that before outcomes. Were it otherwise,
    /// campaigns that began together would go on in step, and nothing would be done while all of them wait for the server.
    fn next(&self) -> Option<(Job, Reply)> {
        let mut queue = self.queue();
        let jobs = queue.waiting.iter().enumerate();
        let (place, _) = jobs.min_by_key(|(place, (job, _))| (job.turn(), *place))?;
        queue.waiting.remove(place)
    }

    fn put_back(&self, job: Job, reply: Reply) {
        self.queue().waiting.push_front((job, reply));
    }

    fn store(&self) -> MutexGuard<'_, StateWriter> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, WaitingJobs> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
