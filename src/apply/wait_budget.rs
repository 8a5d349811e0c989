//! The wait budget of one apply (`--reconcile-timeout`), shared by its campaigns; Ctrl-C ends every wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::util::interrupt::Interrupt;

/// The time that one apply may wait, shared by its campaigns.
#[derive(Debug)]
pub(super) struct WaitBudget {
    left: Mutex<Left>,
    interrupt: Interrupt,
}

#[derive(Debug)]
struct Left {
    time: Duration,
    /// Before then, nobody sends.
    paused_until: Option<Instant>,
}

/// The result of [`WaitBudget::pause`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// Everybody waits, for so much longer than before.
    Longer(Duration),
    /// Everybody waits for that long already.
    Already,
    /// The budget is used up.
    UsedUp,
}

impl WaitBudget {
    pub(super) fn new(whole: Duration, interrupt: Interrupt) -> Self {
        let left = Left {
            time: whole,
            paused_until: None,
        };
        Self {
            left: Mutex::new(left),
            interrupt,
        }
    }

    /// Takes as much of `wish` as is left; `None` where nothing is.
    pub(super) fn take(&self, wish: Duration) -> Option<Duration> {
        self.left().take(wish)
    }

    /// Waits for what was taken. Gives false where Ctrl-C came first.
    pub(super) async fn wait(&self, taken: Duration) -> bool {
        match Instant::now().checked_add(taken) {
            Some(then) => self.until(then).await,
            // Beyond the end of the clock.
            None => {
                self.interrupt.raised().await;
                false
            }
        }
    }

    /// Makes everybody wait for `wish` from now on, within the budget. Several that are told to wait at the
    /// same time use it once.
    pub(super) fn pause(&self, wish: Duration) -> Pause {
        let now = Instant::now();
        let mut left = self.left();
        let resumes = left.paused_until.map_or(now, |until| until.max(now));
        let longer = wish.saturating_sub(resumes.saturating_duration_since(now));
        if longer.is_zero() {
            return Pause::Already;
        }
        let Some(taken) = left.take(longer) else {
            return Pause::UsedUp;
        };
        let Some(until) = resumes.checked_add(taken) else {
            return Pause::UsedUp;
        };
        left.paused_until = Some(until);
        Pause::Longer(taken)
    }

    /// Waits for the end of a pause, however often it is made longer, or for Ctrl-C.
    pub(super) async fn until_resumed(&self) {
        loop {
            let until = self.left().paused_until.filter(|until| *until > Instant::now());
            match until {
                Some(until) if self.until(until).await => {}
                _ => return,
            }
        }
    }

    async fn until(&self, then: Instant) -> bool {
        tokio::select! {
            biased;
            () = self.interrupt.raised() => false,
            () = tokio::time::sleep_until(then) => true,
        }
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Left {
    fn take(&mut self, wish: Duration) -> Option<Duration> {
        let taken = wish.min(self.time);
        self.time = self.time.saturating_sub(taken);
        (!taken.is_zero()).then_some(taken)
    }
}

/// Exponential backoff: half a second, one, two, four, and so on.
pub(super) fn backoff(number: u32) -> Duration {
    Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(number))
}
