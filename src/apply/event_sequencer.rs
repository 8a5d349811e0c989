//! Puts the events of concurrent campaigns into the order of the plan, so that two runs of one plan print the same.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::event::{Event, Progress};

/// Passes the events of the first campaign in the queue on at once, and buffers those of later ones.
pub(super) struct EventSequencer {
    progress: Arc<dyn Progress>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    queued: VecDeque<Queued>,
    /// How many have left it at the front.
    gone: usize,
    /// The numbers of those in it, counted from the first that ever was, by their keys.
    numbers: HashMap<String, VecDeque<usize>>,
}

struct Queued {
    key: String,
    buffered: Vec<Event>,
    is_finished: bool,
}

impl Queue {
    fn push(&mut self, key: String) {
        let number = self.gone.saturating_add(self.queued.len());
        self.numbers.entry(key.clone()).or_default().push_back(number);
        self.queued.push_back(Queued {
            key,
            buffered: Vec::new(),
            is_finished: false,
        });
    }

    /// The position of the first campaign of this key.
    fn position(&self, key: &str) -> Option<usize> {
        self.numbers.get(key)?.front()?.checked_sub(self.gone)
    }

    /// The position of the first of this key that is not finished: a removed key may be there more than once, each time with
    /// another task.
    fn unfinished(&self, key: &str) -> Option<usize> {
        let mut numbers = self.numbers.get(key)?.iter();
        numbers.find_map(|number| {
            let place = number.checked_sub(self.gone)?;
            let queued = self.queued.get(place)?;
            (!queued.is_finished).then_some(place)
        })
    }

    /// Removes the first campaign if it is finished.
    fn pop_finished(&mut self) -> bool {
        let Some(Queued { key, .. }) = self.queued.pop_front_if(|queued| queued.is_finished) else {
            return false;
        };
        self.gone = self.gone.saturating_add(1);
        if let Some(numbers) = self.numbers.get_mut(&key) {
            numbers.pop_front();
            if numbers.is_empty() {
                self.numbers.remove(&key);
            }
        }
        true
    }
}

impl EventSequencer {
    pub(super) fn new(progress: Arc<dyn Progress>) -> Self {
        let queue = Mutex::default();
        Self { progress, queue }
    }

    /// Appends campaigns to the queue, in the order of the plan.
    pub(super) fn enqueue(&self, keys: impl Iterator<Item = String>) {
        let mut queue = self.queue();
        keys.for_each(|key| queue.push(key));
    }

    /// Passes an event on, or buffers it. An event about no campaign in the queue is passed on at once.
    pub(super) fn emit(&self, event: Event) {
        let mut queue = self.queue();
        let place = event.key().and_then(|key| queue.position(key));
        match place
            .filter(|place| *place > 0)
            .and_then(|place| queue.queued.get_mut(place))
        {
            Some(queued) => queued.buffered.push(event),
            None => self.progress.event(&event),
        }
    }

    /// No more events of this campaign follow: those of the next one are passed on.
    pub(super) fn finish(&self, key: &str) {
        let mut queue = self.queue();
        let place = queue.unfinished(key);
        if let Some(queued) = place.and_then(|place| queue.queued.get_mut(place)) {
            queued.is_finished = true;
        }
        while queue.pop_finished() {
            let front = queue.queued.front_mut();
            let buffered = front.map(|queued| std::mem::take(&mut queued.buffered));
            buffered.iter().flatten().for_each(|event| self.progress.event(event));
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
