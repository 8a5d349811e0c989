//! The status of a task, as the service's list shows it.

use std::fmt;

/// The status of a task. The page names no others than these; others may come, and are shown as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskStatus {
    /// `BLANK`: created, and not started.
    Blank,
    /// `READY`: waits for its start time.
    Ready,
    /// `PROCESS`: calls people.
    Running,
    /// `PAUSED`: stopped for a while.
    Paused,
    /// `HALTED`: stopped for good.
    Halted,
    /// `COMPLETED` or `FINISHED`: everybody was called.
    Finished,
    /// Any other word, without secrets.
    Other(String),
}

impl TaskStatus {
    /// The status of this word on the wire.
    pub fn of(word: &str) -> Self {
        match word.trim().to_ascii_uppercase().as_str() {
            "BLANK" => Self::Blank,
            "READY" => Self::Ready,
            "PROCESS" => Self::Running,
            "PAUSED" => Self::Paused,
            "HALTED" => Self::Halted,
            "COMPLETED" | "FINISHED" => Self::Finished,
            _ => Self::Other(word.trim().to_owned()),
        }
    }

    /// Whether people may be called without anybody doing more, or are left: so of all but a task that is over, and of one
    /// without people that was not started. What a list does not show counts as running, since nobody knows better.
    pub fn may_run(shown: Option<&Self>, people: Option<u64>) -> bool {
        match shown {
            Some(status) if status.is_over() => false,
            Some(Self::Blank) => people != Some(0),
            _ => true,
        }
    }

    /// Whether the task never calls again: it was stopped for good, or has called everybody.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Halted | Self::Finished)
    }
}

/// In words: `runs`, `halted`.
impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blank => "not started",
            Self::Ready => "waits for its start",
            Self::Running => "runs",
            Self::Paused => "paused",
            Self::Halted => "halted",
            Self::Finished => "finished",
            Self::Other(word) => word,
        })
    }
}
