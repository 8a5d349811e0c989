//! Several campaigns are in flight at once, and told of one after the other in the order of the plan, so that two runs
//! of one plan read alike.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::event::{Event, Progress};

/// Passes events on: those of the campaign whose turn it is as they happen, those of later ones when their turn comes.
pub(super) struct Turns {
    progress: Arc<dyn Progress>,
    queue: Mutex<VecDeque<Turn>>,
}

struct Turn {
    key: String,
    held: Vec<Event>,
    is_over: bool,
}

impl Turns {
    pub(super) fn new(progress: Arc<dyn Progress>) -> Self {
        let queue = Mutex::default();
        Self { progress, queue }
    }

    /// The campaigns that are carried out next, in the order of the plan.
    pub(super) fn begin(&self, keys: impl Iterator<Item = String>) {
        let turn = |key| Turn {
            key,
            held: Vec::new(),
            is_over: false,
        };
        self.queue().extend(keys.map(turn));
    }

    /// Passes an event on, now or in its turn. What is about no campaign in the queue is passed on at once.
    pub(super) fn tell(&self, event: Event) {
        let mut queue = self.queue();
        let place = event
            .key()
            .and_then(|key| queue.iter().position(|turn| turn.key == key));
        match place.filter(|place| *place > 0).and_then(|place| queue.get_mut(place)) {
            Some(turn) => turn.held.push(event),
            None => self.progress.event(&event),
        }
    }

    /// A campaign has come to its end, and nothing more will be told of it.
    pub(super) fn over(&self, key: &str) {
        let mut queue = self.queue();
        if let Some(turn) = queue.iter_mut().find(|turn| turn.key == key) {
            turn.is_over = true;
        }
        while queue.pop_front_if(|turn| turn.is_over).is_some() {
            let held = queue.front_mut().map(|turn| std::mem::take(&mut turn.held));
            held.iter().flatten().for_each(|event| self.progress.event(event));
        }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Turn>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
