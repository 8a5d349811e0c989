//! A request to stop, such as Ctrl-C: raised by the command line, and obeyed by the client and by apply, which never
//! abort a request that may have changed something.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Asks for a stop.
#[derive(Debug)]
pub struct Trigger {
    raised: watch::Sender<bool>,
    in_flight: InFlight,
}

/// Whether a stop has been asked for.
#[derive(Clone, Debug)]
pub struct Interrupt {
    raised: watch::Receiver<bool>,
    in_flight: InFlight,
}

/// The requests that a stop waits for, such as "create of `spring`".
#[derive(Clone, Debug, Default)]
struct InFlight(Arc<Mutex<Vec<String>>>);

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A trigger and what it triggers.
pub fn interrupt() -> (Trigger, Interrupt) {
    let (sender, receiver) = watch::channel(false);
    let in_flight = InFlight::default();
    let trigger = Trigger {
        raised: sender,
        in_flight: in_flight.clone(),
    };
    let interrupt = Interrupt {
        raised: receiver,
        in_flight,
    };
    (trigger, interrupt)
}

impl Trigger {
    /// Asks to stop: what may have taken effect is finished and recorded, all else is dropped, and nothing new is sent.
    pub fn pull(&self) {
        self.raised.send_replace(true);
    }

    /// What a stop waits for at this moment, in the order in which it left.
    pub fn in_flight(&self) -> Vec<String> {
        self.in_flight.lock().clone()
    }
}

impl Interrupt {
    /// One that nobody raises.
    pub fn never() -> Self {
        interrupt().1
    }

    /// Whether it was raised.
    pub fn is_raised(&self) -> bool {
        *self.raised.borrow()
    }

    /// Waits until it is raised; for ever where nobody is left to raise it.
    pub async fn raised(&self) {
        let mut receiver = self.raised.clone();
        if receiver.wait_for(|raised| *raised).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Runs `work`; drops it and returns `None` once this is raised.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.raised() => None,
        }
    }

    /// Notes that a request may have left, so that a stop waits for its outcome.
    pub fn left(&self, what: &str) {
        self.in_flight.lock().push(what.to_owned());
    }

    /// Notes that the outcome of a request is recorded.
    pub fn landed(&self, what: &str) {
        self.in_flight.lock().retain(|held| held != what);
    }
}
