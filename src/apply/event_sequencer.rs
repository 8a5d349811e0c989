//! Puts the events of concurrent campaigns into the order of the plan, so that two runs of one plan print the same.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::event::{Event, Progress};

/// Passes the events of the first campaign in the queue on at once, and buffers those of later ones.
pub(super) struct EventSequencer {
    progress: Arc<dyn Progress>,
    queue: Mutex<VecDeque<Queued>>,
}

struct Queued {
    key: String,
    buffered: Vec<Event>,
    is_finished: bool,
}

impl EventSequencer {
    pub(super) fn new(progress: Arc<dyn Progress>) -> Self {
        let queue = Mutex::default();
        Self { progress, queue }
    }

    /// Appends campaigns to the queue, in the order of the plan.
    pub(super) fn enqueue(&self, keys: impl Iterator<Item = String>) {
        let queued = |key| Queued {
            key,
            buffered: Vec::new(),
            is_finished: false,
        };
        self.queue().extend(keys.map(queued));
    }

    /// Passes an event on, or buffers it. An event about no campaign in the queue is passed on at once.
    pub(super) fn emit(&self, event: Event) {
        let mut queue = self.queue();
        let place = event
            .key()
            .and_then(|key| queue.iter().position(|queued| queued.key == key));
        match place.filter(|place| *place > 0).and_then(|place| queue.get_mut(place)) {
            Some(queued) => queued.buffered.push(event),
            None => self.progress.event(&event),
        }
    }

    /// No more events of this campaign follow: those of the next one are passed on.
    pub(super) fn finish(&self, key: &str) {
        let mut queue = self.queue();
        if let Some(queued) = queue.iter_mut().find(|queued| queued.key == key) {
            queued.is_finished = true;
        }
        while queue.pop_front_if(|queued| queued.is_finished).is_some() {
            let buffered = queue.front_mut().map(|queued| std::mem::take(&mut queued.buffered));
            buffered.iter().flatten().for_each(|event| self.progress.event(event));
        }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Queued>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
