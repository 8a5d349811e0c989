//! Decides which fault applies to a request, by counting requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Distortion, Fault, FaultAction, FaultTarget, Faults};
use crate::sandbox::listing::{PageFault, View};
use crate::sandbox::task::Task;

/// The faults of a running sandbox.
#[derive(Debug)]
pub(in crate::sandbox) struct Strikes {
    faults: Vec<Fault>,
    /// How many requests there have been, by the places in [`FaultTarget::ALL`].
    counts: [AtomicU64; FaultTarget::ALL.len()],
    /// How many tasks the sandbox held when it started.
    held: usize,
    shown: Mutex<ListProgress>,
}

/// What the list has shown so far.
#[derive(Debug, Default)]
struct ListProgress {
    /// How many answers.
    answers: u64,
    /// How many of them moved the tasks on.
    shifts: usize,
    /// For each task, the number of the first answer after its creation, from 0. Tasks stay in their place in the
    /// store.
    first: Vec<u64>,
}

impl Strikes {
    /// For a sandbox that starts with so many tasks. These count as created long ago.
    pub(in crate::sandbox) fn new(Faults(faults): Faults, held: usize) -> Self {
        Self {
            faults,
            counts: Default::default(),
            held,
            shown: Mutex::default(),
        }
    }

    /// Counts a request, and says which fault strikes it, if any.
    pub(in crate::sandbox) fn next(&self, method: &str, path: &str) -> Option<Fault> {
        let turns = FaultTarget::ALL.map(|target| target.takes(method, path));
        let turns: Vec<Option<u64>> = turns
            .into_iter()
            .zip(&self.counts)
            .map(|(takes, count)| takes.then(|| count.fetch_add(1, Ordering::Relaxed) + 1))
            .collect();
        let turn = |wanted: FaultTarget| {
            let counted = FaultTarget::ALL.into_iter().zip(&turns);
            counted
                .filter(|(target, _)| *target == wanted)
                .find_map(|(_, turn)| *turn)
        };
        let mut faults = self.faults.iter();
        faults
            .find(|fault| turn(fault.target).is_some_and(|turn| fault.turns.has(turn)))
            .cloned()
    }

    /// What the list shows of the tasks; every answer of the list has to ask, so that it is counted.
    pub(in crate::sandbox) fn view<'t>(&self, distortion: Option<Distortion>, tasks: &'t [Task]) -> View<'t> {
        if self.faults.is_empty() {
            return View::of(tasks);
        }
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let now = shown.answers;
        shown.answers += 1;
        if shown.first.len() < tasks.len() {
            shown.first.resize(tasks.len(), now);
        }
        match distortion {
            None => View::of(tasks),
            Some(Distortion::Lag(answers)) => {
                let old = |place: usize| {
                    let first = shown.first.get(place).copied().unwrap_or(now);
                    place < self.held || now - first >= answers
                };
                View::of(
                    tasks
                        .iter()
                        .enumerate()
                        .filter(|(place, _)| old(*place))
                        .map(|(_, task)| task),
                )
            }
            Some(Distortion::Omit(each)) => {
                let kept = tasks
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| !(place + 1).is_multiple_of(each));
                View::of(kept.map(|(_, task)| task))
            }
            Some(Distortion::Cap(size)) => View {
                largest_page: size,
                paging: PageFault::ByAsked,
                ..View::of(tasks)
            },
            Some(Distortion::Same(size)) => View {
                largest_page: size,
                paging: PageFault::First,
                ..View::of(tasks)
            },
            Some(Distortion::Shift(size)) => {
                let moved = shown.shifts;
                shown.shifts = shown.shifts.wrapping_add(1);
                View {
                    largest_page: size,
                    moved,
                    ..View::of(tasks)
                }
            }
        }
    }
}

impl Fault {
    /// What the list has to show wrong, where this is a fault of the list.
    pub(in crate::sandbox) fn distortion(&self) -> Option<Distortion> {
        match &self.action {
            FaultAction::Distort(distortion) => Some(*distortion),
            FaultAction::Replace(..) | FaultAction::Maim(_) => None,
        }
    }
}
