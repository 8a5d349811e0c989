//! Progress of an apply: a line for each event on standard error, with a progress bar below them on a terminal.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal;
use crate::apply::{Event, Progress, StopReason, Undeclared};
use crate::state::HandAction;
use crate::util::printable::{Medium, shown};

/// Prints each event as a line.
pub(super) struct ProgressLines {
    /// Hidden where standard error is no terminal.
    bar: ProgressBar,
    /// What went wrong so far, with the key of the campaign of which it was said.
    said: Mutex<HashMap<String, String>>,
}

impl ProgressLines {
    /// For a plan with so many tasks to create.
    pub(super) fn new(creates: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(creates).unwrap_or(u64::MAX));
        let is_drawn = terminal::stderr_is_terminal() && creates > 0 && !terminal::is_quiet();
        bar.set_draw_target(if is_drawn {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            said: Mutex::default(),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a line above the bar.
    pub(super) fn line(&self, line: &str) {
        self.bar.suspend(|| terminal::note(&line));
    }
}

impl ProgressLines {
    /// The line of an event whose words were said of another campaign before: they are not said again.
    fn said_before(&self, event: &Event) -> Option<String> {
        let (word, why) = match event {
            Event::Rejected { refusal, .. } => ("rejected", refusal.to_string()),
            Event::NotSent { why, .. } => ("not sent", why.clone()),
            Event::Unknown { why, .. } => ("unknown", why.clone()),
            Event::HaltFailed { why, .. } => ("not stopped", why.clone()),
            _ => return None,
        };
        let key = event.key()?;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let first = said.entry(format!("{word} {why}")).or_insert_with(|| key.to_owned());
        (first != key).then(|| format!("{word} {key}: as {first}"))
    }
}

impl Progress for ProgressLines {
    fn event(&self, event: &Event) {
        if let Event::Creating { key } = event {
            self.bar.set_message(shown(key, Medium::Line).into_owned());
        }
        let ends_one = matches!(
            event,
            Event::Created { .. } | Event::Rejected { .. } | Event::Unknown { .. } | Event::NotSent { .. }
        );
        if ends_one {
            self.bar.inc(1);
        }
        if let Some(line) = self
            .said_before(event)
            .or_else(|| words(event))
            .filter(|_| !terminal::is_quiet() || is_trouble(event))
        {
            self.line(&line);
        }
    }
}

/// Whether the event is printed with `--quiet`, too: everything that went wrong.
fn is_trouble(event: &Event) -> bool {
    match event {
        Event::Moved { .. }
        | Event::ReadingList
        | Event::Adopted { .. }
        | Event::Creating { .. }
        | Event::Created { .. }
        | Event::Halting { .. }
        | Event::Halted { .. }
        | Event::Asking { .. }
        | Event::Asked { .. }
        | Event::LetGo { .. } => false,
        Event::Withdrawn { .. }
        | Event::Undeclared(_)
        | Event::NotFound { .. }
        | Event::HaltFailed { .. }
        | Event::Rejected { .. }
        | Event::NotSent { .. }
        | Event::Unknown { .. }
        | Event::Waiting { .. }
        | Event::Stopped(_) => true,
    }
}

/// An event in words; nothing for what only the bar shows.
fn words(event: &Event) -> Option<String> {
    Some(match event {
        Event::Withdrawn { key } => {
            format!("dropped {key}: its create is not at the API, and is no longer wanted as it was")
        }
        Event::Moved { from, to } => format!("moved {from} to {to}"),
        Event::Undeclared(found) => undeclared_words(found),
        Event::ReadingList => "reading the list of tasks".to_owned(),
        Event::Adopted { key, identity } => format!("found {key}: the task {identity} carries its marker"),
        Event::NotFound { key, hints: _ } => format!("not found {key}: no task carries its marker"),
        Event::Halting { key, identity } => format!("stopping {key}: the task {identity}"),
        Event::Halted { key, identity } => format!("stopped {key}: the task {identity}"),
        Event::HaltFailed { key, identity, why } => format!("not stopped {key}: the task {identity}: {why}"),
        Event::Asking { key, identity, action } => match action {
            HandAction::Start => format!("starting {key}: the task {identity}"),
            HandAction::Pause => format!("pausing {key}: the task {identity}"),
        },
        Event::Asked { key, identity, action } => match action {
            HandAction::Start => format!("started {key}: the task {identity}"),
            HandAction::Pause => format!("paused {key}: the task {identity}"),
        },
        Event::LetGo { key, identity } => format!("let go {key}: the task {identity} stays as it is"),
        Event::Created { key, identity } => format!("created {key}: the task {identity}"),
        Event::Rejected { key, refusal } => format!("rejected {key}: {refusal}"),
        Event::NotSent { key, why } => format!("not sent {key}: {why}"),
        Event::Unknown { key, why } => format!("unknown {key}: {why}"),
        Event::Waiting { at_most, why } => format!("waiting {} s: {why}", at_most.as_secs_f32()),
        Event::Stopped(stop @ StopReason::Journal { .. }) => format!("stopping: {stop}"),
        // Whoever asked was told at once.
        Event::Stopped(StopReason::Interrupted) => return None,
        // The report gives the reason, in many words, a moment later.
        Event::Stopped(_) => "stopping: nothing more is sent".to_owned(),
        Event::Creating { .. } => return None,
    })
}

/// The most keys, and the most tasks of one key, that are named.
const SHOWN: usize = 10;

fn undeclared_words(found: &[Undeclared]) -> String {
    let named = found.iter().take(SHOWN).map(|Undeclared { key, tasks }| {
        let ids: Vec<&str> = tasks.iter().take(SHOWN).map(String::as_str).collect();
        format!("`{key}` ({}{})", ids.join(", "), more(tasks.len()))
    });
    let named: Vec<String> = named.collect();
    format!(
        "note: the state is new, and the list holds tasks with markers of keys that no campaign here has: {}{}. If they are \
         of this project, its state is elsewhere, or their campaigns were renamed: stop this run and put the state back, or \
         write `moved`. Tasks of another project are left alone",
        named.join(", "),
        more(found.len())
    )
}

fn more(number: usize) -> String {
    match number.saturating_sub(SHOWN) {
        0 => String::new(),
        left => format!(" and {left} more"),
    }
}
