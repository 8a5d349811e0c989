//! One client's session: its messages in their order. What changes nothing is answered beside the next.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard};

use gen_lsp_types::Uri;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, ResponseError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::capabilities;
use super::client::Client;
use super::pool::{Pool, cancelled, fault, lock};
use super::serving::Serving;
use super::transport::{Incoming, Outgoing};
use crate::util::failpoint;

/// The end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The client asked for it, first by `shutdown`, then by `exit`.
    Orderly,
    /// The client said `exit` at once, or is gone.
    Abrupt,
}

/// How far a session is.
enum Phase {
    /// Before `initialize`.
    New,
    /// In between.
    Serving(Arc<RwLock<Serving>>, Pool),
    /// After `shutdown`.
    Down,
}

/// One session.
pub(super) struct Session {
    incoming: Receiver<Incoming>,
    /// Messages that were received and not yet looked at.
    queue: VecDeque<Incoming>,
    outgoing: Arc<Mutex<Outgoing>>,
    phase: Phase,
    /// For what does not come from the client.
    sender: Sender<Incoming>,
}

impl Session {
    pub(super) fn new(incoming: Receiver<Incoming>, sender: Sender<Incoming>, outgoing: Outgoing) -> Self {
        Self {
            incoming,
            queue: VecDeque::new(),
            outgoing: Arc::new(Mutex::new(outgoing)),
            phase: Phase::New,
            sender,
        }
    }

    /// Serves the client to the end.
    pub(super) fn run(mut self) -> SessionEnd {
        loop {
            let message = match self.next() {
                Incoming::Message(message) => message,
                Incoming::Malformed(refusal) => {
                    lock(&self.outgoing).refuse(&refusal);
                    continue;
                }
                Incoming::FilesChanged(paths) => {
                    self.files_changed(paths);
                    continue;
                }
                Incoming::End => return self.end(),
            };
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(notification) if notification.method == "exit" => return self.end(),
                Message::Notification(notification) => self.notification(notification),
                Message::Response(response) => {
                    if let Err(error) = response.response_result {
                        let mut outgoing = lock(&self.outgoing);
                        outgoing.log(&format!("the client refused a request: {}", error.message));
                        // It was asked to tell of changed files, and does not.
                        if outgoing.is_registration(&response.id)
                            && let Phase::Serving(serving, pool) = &self.phase
                        {
                            let mut serving = alone(serving, pool);
                            serving.client.watches_files = false;
                            serving.watch(&mut outgoing);
                        }
                    }
                }
            }
        }
    }

    /// Takes in what has changed on the disk, all that is known of it at once.
    fn files_changed(&mut self, mut paths: Vec<PathBuf>) {
        let mut knows_all = !paths.is_empty();
        self.queue.retain(|incoming| match incoming {
            Incoming::FilesChanged(more) => {
                knows_all &= !more.is_empty();
                paths.extend_from_slice(more);
                false
            }
            _ => true,
        });
        let Phase::Serving(serving, pool) = &self.phase else {
            return;
        };
        let mut serving = alone(serving, pool);
        let outgoing = &mut *lock(&self.outgoing);
        let done = catch_unwind(AssertUnwindSafe(|| {
            if !knows_all || paths.iter().any(|path| serving.workspace.matters(path)) {
                serving.refresh(None, outgoing);
            }
        }));
        if done.is_err() {
            outgoing.log("dialform has a fault of its own, which a change of files met");
            serving.recover(None, outgoing);
        }
    }

    fn end(&self) -> SessionEnd {
        match self.phase {
            Phase::Down => SessionEnd::Orderly,
            Phase::New | Phase::Serving(..) => SessionEnd::Abrupt,
        }
    }

    /// The next message. All that came is taken in first, so that a request can be cancelled before its turn.
    fn next(&mut self) -> Incoming {
        loop {
            self.queue.extend(self.incoming.try_iter());
            let next = match self.queue.pop_front() {
                Some(next) => next,
                None => self.incoming.recv().unwrap_or(Incoming::End),
            };
            match &next {
                Incoming::Message(Message::Notification(note)) if note.method == "$/cancelRequest" => {
                    // It was answered already, is being answered, or is answered below.
                    if let (Phase::Serving(_, pool), Some(id)) = (&self.phase, cancelled_id(note)) {
                        pool.cancel(&id);
                    }
                }
                Incoming::Message(Message::Request(request)) if self.is_cancelled(&request.id) => {
                    lock(&self.outgoing).respond(request.id.clone(), Err(cancelled()));
                }
                _ => return next,
            }
        }
    }

    fn is_cancelled(&self, id: &RequestId) -> bool {
        let names = |incoming: &Incoming| match incoming {
            Incoming::Message(Message::Notification(note)) if note.method == "$/cancelRequest" => {
                cancelled_id(note).as_ref() == Some(id)
            }
            _ => false,
        };
        self.queue.iter().any(names)
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let result = match (&mut self.phase, method.as_str()) {
            (Phase::New, "initialize") => {
                let client = Client::new(&params);
                if let Some(process) = client.process {
                    super::end_with(process, self.sender.clone());
                }
                let result = capabilities::initialized(&client);
                let serving = Arc::new(RwLock::new(Serving::new(client, self.sender.clone())));
                let pool = Pool::new(&serving, &self.outgoing);
                self.phase = Phase::Serving(serving, pool);
                result.map_err(|why| error(ErrorCode::InternalError, why.to_string()))
            }
            (Phase::New, _) => {
                let words = format!("`{method}` came before `initialize`");
                Err(error(ErrorCode::ServerNotInitialized, words))
            }
            (Phase::Down, _) => {
                let words = format!("`{method}` came after `shutdown`");
                Err(error(ErrorCode::InvalidRequest, words))
            }
            (Phase::Serving(..), "initialize") => {
                let words = "`initialize` came twice".to_owned();
                Err(error(ErrorCode::InvalidRequest, words))
            }
            (Phase::Serving(_, pool), "shutdown") => {
                pool.finish();
                self.phase = Phase::Down;
                Ok(Value::Null)
            }
            (Phase::Serving(serving, pool), "textDocument/codeAction" | "workspace/executeCommand") => {
                let mut serving = alone(serving, pool);
                let answer = catch_unwind(AssertUnwindSafe(|| {
                    failpoint::panic_at(&method);
                    serving.answer_alone(&method, &params)
                }));
                match answer {
                    Ok(Some(answer)) => answer,
                    Ok(None) => serving.answer(&method, params),
                    Err(_) => {
                        serving.workspace.restart();
                        Err(fault(&method))
                    }
                }
            }
            (Phase::Serving(serving, pool), _) => {
                let edition = serving.read().unwrap_or_else(PoisonError::into_inner).edition(&params);
                pool.begin(Request { id, method, params }, edition);
                return;
            }
        };
        lock(&self.outgoing).respond(id, result);
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        // Before `initialize` and after `shutdown` nothing else counts.
        let Phase::Serving(serving, pool) = &self.phase else {
            return;
        };
        let mut serving = alone(serving, pool);
        let outgoing = &mut *lock(&self.outgoing);
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri = uri.map(|uri| Uri::from(uri.to_owned()));
        let done = catch_unwind(AssertUnwindSafe(|| serving.note(&method, params, outgoing)));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(why)) => outgoing.log(&format!("{method}: {why}")),
            Err(_) => {
                outgoing.log(&format!("dialform has a fault of its own, which `{method}` met"));
                let brings_diagnostics = matches!(&*method, "textDocument/didOpen" | "textDocument/didChange");
                serving.recover(uri.filter(|_| brings_diagnostics), outgoing);
            }
        }
    }
}

/// What is served, for a change: nobody else looks at it meanwhile, and what was asked before is answered, if that takes no time.
fn alone<'s>(serving: &'s RwLock<Serving>, pool: &Pool) -> RwLockWriteGuard<'s, Serving> {
    pool.settle();
    serving.write().unwrap_or_else(PoisonError::into_inner)
}

/// The request that a notification takes back.
fn cancelled_id(note: &Notification) -> Option<RequestId> {
    serde_json::from_value(note.params.get("id")?.clone()).ok()
}

/// Reads the parameters of a message.
pub(super) fn read<P: DeserializeOwned>(params: Value) -> Result<P, String> {
    serde_json::from_value(params).map_err(|why| format!("its parameters cannot be read: {why}"))
}

/// An error as an answer.
pub(super) fn error(code: ErrorCode, message: String) -> ResponseError {
    ResponseError {
        code: code as i32,
        message,
        data: None,
    }
}
