//! Ctrl-C as the protocol sees it: a wish to stop that never breaks off a request in flight.

use tokio::sync::watch;

/// Asks an apply to stop.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// Whether an apply has been asked to stop.
#[derive(Clone, Debug)]
pub struct Interrupt(watch::Receiver<bool>);

/// A trigger and what it triggers.
pub fn interrupt() -> (Trigger, Interrupt) {
    let (sender, receiver) = watch::channel(false);
    (Trigger(sender), Interrupt(receiver))
}

impl Trigger {
    /// Asks to stop: the request in flight is finished and recorded, and nothing new is sent.
    pub fn pull(&self) {
        self.0.send_replace(true);
    }
}

impl Interrupt {
    /// Whether it was asked.
    pub fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked; for ever where nobody is left to ask.
    pub(super) async fn raised(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|raised| *raised).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
