//! All waiting of one apply: shared by its campaigns, counted against one limit, and ended by Ctrl-C.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::interrupt::Interrupt;

/// How much waiting is left.
#[derive(Debug)]
pub(super) struct Patience {
    left: Mutex<Duration>,
    interrupt: Interrupt,
}

impl Patience {
    pub(super) fn new(whole: Duration, interrupt: Interrupt) -> Self {
        Self {
            left: Mutex::new(whole),
            interrupt,
        }
    }

    /// Takes as much of `wish` as is left; `None` where nothing is.
    pub(super) fn take(&self, wish: Duration) -> Option<Duration> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = wish.min(*left);
        *left -= taken;
        (!taken.is_zero()).then_some(taken)
    }

    /// Waits for what was taken. Gives false where Ctrl-C came first.
    pub(super) async fn wait(&self, taken: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.interrupt.raised() => false,
            () = tokio::time::sleep(taken) => true,
        }
    }
}

/// Waits that grow: half a second, one, two, four, and so on.
pub(super) fn growing(number: u32) -> Duration {
    Duration::from_millis(500) * 2_u32.saturating_pow(number)
}
