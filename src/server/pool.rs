//! The threads on which requests are answered that change nothing: beside one another, and beside what comes next.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use lsp_server::{ErrorCode, Request, RequestId, ResponseError};
use serde_json::Value;

use super::serving::Serving;
use super::session::error;
use super::transport::Outgoing;
use crate::util::failpoint;

/// How many there are: no answer takes long.
const THREADS: usize = 2;
/// How long what is asked before a change is waited for, so that it is answered from the text that it was asked about.
const COURTESY: Duration = Duration::from_millis(50);

/// A request that waits for its turn.
struct QueuedRequest {
    request: Request,
    /// The edition of the document that it is about.
    edition: Option<u64>,
}

/// The threads, and what they have to do.
pub(super) struct Pool {
    jobs: Sender<QueuedRequest>,
    waiting: Arc<Unanswered>,
}

/// The requests that are not answered yet.
#[derive(Default)]
struct Unanswered {
    /// Each with whether it was cancelled.
    requests: Mutex<Vec<(RequestId, bool)>>,
    /// Told when one is answered.
    fewer: Condvar,
}

/// What several threads use. A fault of another one has left nothing half done in it.
pub(super) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Unanswered {
    fn is_cancelled(&self, id: &RequestId) -> bool {
        lock(&self.requests)
            .iter()
            .any(|(known, cancelled)| known == id && *cancelled)
    }

    fn end(&self, id: &RequestId) {
        let mut requests = lock(&self.requests);
        if let Some(index) = requests.iter().position(|(known, _)| known == id) {
            requests.swap_remove(index);
        }
        self.fewer.notify_all();
    }
}

impl Pool {
    /// Threads that answer from what is served.
    pub(super) fn new(serving: &Arc<RwLock<Serving>>, outgoing: &Arc<Mutex<Outgoing>>) -> Self {
        let (jobs, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        let waiting = Arc::<Unanswered>::default();
        for _ in 0..THREADS {
            let (receiver, waiting) = (Arc::clone(&receiver), Arc::clone(&waiting));
            let (serving, outgoing) = (Arc::clone(serving), Arc::clone(outgoing));
            // It ends with the session, which has the other end.
            thread::spawn(move || work(&receiver, &serving, &outgoing, &waiting));
        }
        Self { jobs, waiting }
    }

    /// Has a request answered that is about this edition of its document.
    pub(super) fn begin(&self, request: Request, edition: Option<u64>) {
        lock(&self.waiting.requests).push((request.id.clone(), false));
        // The threads live as long as this.
        let _ = self.jobs.send(QueuedRequest { request, edition });
    }

    /// Takes a request back.
    pub(super) fn cancel(&self, id: &RequestId) {
        let mut requests = lock(&self.waiting.requests);
        for (_, cancelled) in requests.iter_mut().filter(|(known, _)| known == id) {
            *cancelled = true;
        }
    }

    /// Waits a while for the answers, before something changes.
    pub(super) fn settle(&self) {
        let requests = lock(&self.waiting.requests);
        let is_busy = |requests: &mut Vec<(RequestId, bool)>| !requests.is_empty();
        // What is not answered by then is answered from the new text, or not at all.
        drop(self.waiting.fewer.wait_timeout_while(requests, COURTESY, is_busy));
    }

    /// Waits for all answers.
    pub(super) fn finish(&self) {
        let requests = lock(&self.waiting.requests);
        let is_busy = |requests: &mut Vec<(RequestId, bool)>| !requests.is_empty();
        drop(self.waiting.fewer.wait_while(requests, is_busy));
    }
}

fn work(
    jobs: &Mutex<Receiver<QueuedRequest>>,
    serving: &RwLock<Serving>,
    outgoing: &Mutex<Outgoing>,
    waiting: &Unanswered,
) {
    loop {
        let next = lock(jobs).recv();
        let Ok(QueuedRequest { request, edition }) = next else {
            return;
        };
        let Request { id, method, params } = request;
        failpoint::hold_at(&method);
        let result = match waiting.is_cancelled(&id) {
            true => Err(cancelled()),
            false => answer(serving, &method, params, edition),
        };
        lock(outgoing).respond(id.clone(), result);
        waiting.end(&id);
    }
}

/// The answer to a request, from what is served now.
fn answer(
    serving: &RwLock<Serving>,
    method: &str,
    params: Value,
    edition: Option<u64>,
) -> Result<Value, ResponseError> {
    let answer = catch_unwind(AssertUnwindSafe(|| {
        let serving = serving.read().unwrap_or_else(PoisonError::into_inner);
        if serving.edition(&params) != edition {
            let words = "the text has changed since".to_owned();
            return Err(error(ErrorCode::ContentModified, words));
        }
        failpoint::panic_at(method);
        serving.answer(method, params)
    }));
    answer.unwrap_or_else(|_| Err(fault(method)))
}

/// What is said where a panic was caught.
pub(super) fn fault(method: &str) -> ResponseError {
    let words = format!("dialform has a fault of its own, which `{method}` met");
    error(ErrorCode::InternalError, words)
}

/// The answer to a request that was taken back.
pub(super) fn cancelled() -> ResponseError {
    error(ErrorCode::RequestCanceled, "the client cancelled it".to_owned())
}
