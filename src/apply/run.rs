//! What all campaigns of one apply share: journal, client, wait budget, events, the reason to stop.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::Client;
use crate::state::{Record, StateError};
use crate::util::interrupt::Interrupt;

use super::event::{Event, Progress};
use super::event_sequencer::EventSequencer;
use super::permit::Evidence;
use super::report::StopReason;
use super::shared_store::SharedStore;
use super::wait_budget::{Pause, WaitBudget};

/// How often one thing is tried again.
pub(super) const RETRIES: u32 = 3;

/// One apply.
pub(super) struct ApplyRun {
    pub(super) journal: SharedStore,
    pub(super) evidence: Evidence,
    client: Option<Client>,
    wait_budget: WaitBudget,
    interrupt: Interrupt,
    sequencer: EventSequencer,
    stop: Mutex<Option<StopReason>>,
}

impl ApplyRun {
    pub(super) fn new(
        journal: SharedStore,
        client: Option<Client>,
        wait_budget: WaitBudget,
        interrupt: Interrupt,
        progress: Arc<dyn Progress>,
    ) -> Self {
        Self {
            journal,
            evidence: Evidence::default(),
            client,
            wait_budget,
            interrupt,
            sequencer: EventSequencer::new(progress),
            stop: Mutex::new(None),
        }
    }

    /// The wish to stop, and what it waits for.
    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    pub(super) fn emit(&self, event: Event) {
        self.sequencer.emit(event);
    }

    /// The connection; without one, the run is stopped.
    pub(super) fn client(&self) -> Option<&Client> {
        if self.client.is_none() {
            self.stop_for(StopReason::NoClient);
        }
        self.client.as_ref()
    }

    /// Whether anything new may be sent.
    pub(super) fn may_send(&self) -> bool {
        if self.interrupt.is_raised() {
            self.stop_for(StopReason::Interrupted);
        }
        self.stop().is_none()
    }

    /// Why nothing new may be sent.
    pub(super) fn stop(&self) -> Option<StopReason> {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets nothing new be sent. The first reason is kept, except that a failed journal replaces any other.
    pub(super) fn stop_for(&self, why: StopReason) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = match &*stop {
            None => true,
            Some(StopReason::Journal { .. }) => false,
            Some(_) => matches!(why, StopReason::Journal { .. }),
        };
        if is_news {
            *stop = Some(why.clone());
            drop(stop);
            self.emit(Event::Stopped(why));
        }
    }

    /// Makes a record durable; where that fails, the run is stopped.
    pub(super) async fn record(&self, record: Record) -> bool {
        match self.journal.append(record).await {
            Ok(()) => true,
            Err(error) => {
                self.journal_failed(&error);
                false
            }
        }
    }

    /// Stops the run with the state's own words. Each failure may carry a record, so all of them are reported.
    pub(super) fn journal_failed(&self, error: &StateError) {
        let why = error.to_string();
        match self.stop() {
            Some(StopReason::Journal { why: earlier }) if earlier != why => {
                self.emit(Event::Stopped(StopReason::Journal { why }));
            }
            _ => self.stop_for(StopReason::Journal { why }),
        }
    }

    /// Announces the campaigns that are applied next, in the order of the plan.
    pub(super) fn enqueue(&self, keys: impl Iterator<Item = String>) {
        self.sequencer.enqueue(keys);
    }

    /// No more events of this campaign follow.
    pub(super) fn finish(&self, key: &str) {
        self.sequencer.finish(key);
    }

    /// Lets nobody send for as long as the API `wish`es, within the wait budget; false where it is used up.
    pub(super) fn pause(&self, wish: Duration, why: &str) -> bool {
        match self.wait_budget.pause(wish) {
            Pause::Longer(at_most) => {
                let why = why.to_owned();
                self.emit(Event::Waiting { at_most, why });
                true
            }
            Pause::Already => true,
            Pause::UsedUp => false,
        }
    }

    /// Waits for the end of a pause, or for Ctrl-C.
    pub(super) async fn until_resumed(&self) {
        self.wait_budget.until_resumed().await;
    }

    /// Waits as long as `wish`, within the wait budget; false where it is used up or Ctrl-C came.
    pub(super) async fn wait(&self, wish: Duration, why: impl Into<String>) -> bool {
        match self.wait_budget.take(wish) {
            Some(at_most) => {
                let why = why.into();
                self.emit(Event::Waiting { at_most, why });
                self.wait_budget.wait(at_most).await
            }
            None => false,
        }
    }
}
