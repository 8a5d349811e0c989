//! A stopwatch that goes on while the machine sleeps.

use std::time::{Duration, Instant, SystemTime};

/// A moment from which time is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    began: Instant,
    /// By a clock that counts sleep.
    began_awake_or_not: Option<Duration>,
    wall: SystemTime,
}

impl Stopwatch {
    /// Begins now.
    pub(crate) fn start() -> Self {
        Self {
            began: Instant::now(),
            began_awake_or_not: since_boot(),
            wall: SystemTime::now(),
        }
    }

    /// How long ago it began. Where no clock of the system counts sleep, the time of day is asked too, and the longer counts.
    pub(crate) fn elapsed(&self) -> Duration {
        let by_boot = match (self.began_awake_or_not, since_boot()) {
            (Some(began), Some(now)) => Some(now.saturating_sub(began)),
            _ => self.wall.elapsed().ok(),
        };
        self.began.elapsed().max(by_boot.unwrap_or_default())
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn since_boot() -> Option<Duration> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Some(Duration::new(now.tv_sec.try_into().ok()?, now.tv_nsec.try_into().ok()?))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn since_boot() -> Option<Duration> {
    None
}
