//! The store, shared by all campaigns in flight: one writer takes what waits in groups, each of which is made durable by one
//! fsync, on a thread that may block. It begins when all campaigns that can go on have done so, so that no group is small.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::state::{Group, Joined, Record, State, StateError, StateWriter};

/// So many records are enough for one fsync: the campaigns of these go on while the next ones are made durable.
const MOST: usize = 8;

/// A handle on the one writer of the state.
#[derive(Clone, Debug)]
pub(super) struct SharedStore(Arc<StoreInUse>);

#[derive(Debug)]
struct StoreInUse {
    /// Not held while a group is on its way to the disk, so that the state can be read.
    store: Mutex<StateWriter>,
    queue: Mutex<WaitingJobs>,
}

#[derive(Debug, Default)]
struct WaitingJobs {
    waiting: VecDeque<(Job, Reply)>,
    /// Whether a writer is at work; there is never a second one.
    is_served: bool,
}

#[derive(Debug)]
enum Job {
    Append(Box<Record>),
    Commit,
}

type Reply = oneshot::Sender<Result<(), StateError>>;
type Answered = (Reply, Result<(), StateError>);

impl SharedStore {
    pub(super) fn new(store: StateWriter) -> Self {
        Self(Arc::new(StoreInUse {
            store: Mutex::new(store),
            queue: Mutex::default(),
        }))
    }

    /// Makes a record durable.
    pub(super) async fn append(&self, record: Record) -> Result<(), StateError> {
        self.submit(Job::Append(Box::new(record)))
            .await
            .unwrap_or_else(|_| Err(ended()))
    }

    /// Folds the journal into the snapshot, after all that waits.
    pub(super) async fn commit(&self) -> Result<(), StateError> {
        self.submit(Job::Commit).await.unwrap_or_else(|_| Err(ended()))
    }

    /// Looks at the state: at what is durable.
    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(self.0.store().state())
    }

    fn submit(&self, job: Job) -> oneshot::Receiver<Result<(), StateError>> {
        let (reply, answer) = oneshot::channel();
        let mut queue = self.0.queue();
        queue.waiting.push_back((job, reply));
        if !queue.is_served {
            queue.is_served = true;
            drop(tokio::spawn(Served(Some(Arc::clone(&self.0))).serve()));
        }
        answer
    }
}

/// Where the writer has ended without an answer.
fn ended() -> StateError {
    StateError::Poisoned {
        why: "the writer of the state has ended".to_owned(),
    }
}

/// The writer at its work.
struct Served(Option<Arc<StoreInUse>>);

impl Served {
    /// Works until nothing waits. By the last answer it holds the store no more, so that whoever gets that can release it.
    async fn serve(mut self) {
        while let Some(shared) = &self.0 {
            let working = Arc::clone(shared);
            let Ok(answered) = tokio::task::spawn_blocking(move || working.step()).await else {
                return;
            };
            let mut queue = shared.queue();
            let is_over = queue.waiting.is_empty();
            if is_over {
                queue.is_served = false;
            }
            drop(queue);
            if is_over {
                self.0 = None;
            }
            for (reply, result) in answered {
                // Nobody waits for it where a run was dropped.
                let _ = reply.send(result);
            }
        }
    }
}

impl Drop for Served {
    /// Where it ends before its work does, nobody is left waiting.
    fn drop(&mut self) {
        if let Some(shared) = &self.0 {
            let mut queue = shared.queue();
            queue.is_served = false;
            queue.waiting.clear();
        }
    }
}

impl StoreInUse {
    /// Makes what waits durable, as far as it forms a group, or folds the journal.
    fn step(&self) -> Vec<Answered> {
        let mut answered = Vec::new();
        let mut replies = Vec::new();
        let mut group = Group::default();
        let mut store = self.store();
        while replies.len() < MOST
            && let Some((job, reply)) = self.next()
        {
            let record = match job {
                Job::Append(record) => record,
                Job::Commit if group.is_empty() => {
                    answered.push((reply, store.commit()));
                    return answered;
                }
                Job::Commit => {
                    self.put_back(Job::Commit, reply);
                    break;
                }
            };
            match store.join(&mut group, *record) {
                Joined::In => replies.push(reply),
                Joined::Refused(error) => answered.push((reply, Err(error))),
                Joined::Later(record) => {
                    self.put_back(Job::Append(record), reply);
                    break;
                }
            }
        }
        if group.is_empty() {
            return answered;
        }
        let results = match store.hand_out(group) {
            Ok(outgoing) => {
                drop(store);
                let written = outgoing.write();
                self.store().take_back(written)
            }
            Err(results) => results,
        };
        let results = results.into_iter().map(|result| result.map(drop));
        answered.extend(replies.into_iter().zip(results));
        answered
    }

    fn next(&self) -> Option<(Job, Reply)> {
        self.queue().waiting.pop_front()
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
