//! All waiting of one apply: shared by its campaigns, counted against one limit, and ended by Ctrl-C.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::util::interrupt::Interrupt;

/// How much waiting is left.
#[derive(Debug)]
pub(super) struct Patience {
    budget: Mutex<Budget>,
    interrupt: Interrupt,
}

#[derive(Debug)]
struct Budget {
    left: Duration,
    /// Before then, nobody sends.
    paused_until: Option<Instant>,
}

/// What came of asking everybody to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// Everybody waits, for so much longer than before.
    Longer(Duration),
    /// Everybody waits for that long already.
    Already,
    /// Nothing is left of the patience.
    UsedUp,
}

impl Patience {
    pub(super) fn new(whole: Duration, interrupt: Interrupt) -> Self {
        let budget = Budget {
            left: whole,
            paused_until: None,
        };
        Self {
            budget: Mutex::new(budget),
            interrupt,
        }
    }

    /// Takes as much of `wish` as is left; `None` where nothing is.
    pub(super) fn take(&self, wish: Duration) -> Option<Duration> {
        self.budget().take(wish)
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

    /// Makes everybody wait for `wish` from now on, as far as patience goes. Several that are told to wait at the same
    /// time use it up once.
    pub(super) fn pause(&self, wish: Duration) -> Pause {
        let now = Instant::now();
        let mut budget = self.budget();
        let resumes = budget.paused_until.map_or(now, |until| until.max(now));
        let longer = wish.saturating_sub(resumes.saturating_duration_since(now));
        if longer.is_zero() {
            return Pause::Already;
        }
        let Some(taken) = budget.take(longer) else {
            return Pause::UsedUp;
        };
        let Some(until) = resumes.checked_add(taken) else {
            return Pause::UsedUp;
        };
        budget.paused_until = Some(until);
        Pause::Longer(taken)
    }

    /// Waits for the end of a pause, however often it is made longer, or for Ctrl-C.
    pub(super) async fn until_resumed(&self) {
        loop {
            let until = self.budget().paused_until.filter(|until| *until > Instant::now());
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

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Budget {
    fn take(&mut self, wish: Duration) -> Option<Duration> {
        let taken = wish.min(self.left);
        self.left = self.left.saturating_sub(taken);
        (!taken.is_zero()).then_some(taken)
    }
}

/// Waits that grow: half a second, one, two, four, and so on.
pub(super) fn growing(number: u32) -> Duration {
    Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(number))
}
