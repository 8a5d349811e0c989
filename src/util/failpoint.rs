//! Points at which a test can end the program, or let a call fail. For the harness in `tests/it/reliability` alone: without
//! the feature `failpoints`, which no release has, all of this is empty and is compiled away.
//!
//! A point is named where it is reached. The harness does not know the names beforehand: it runs the program once to
//! have them all written down, and then ends it at each of them in turn, so that a new step cannot be forgotten.
//!
//! | variable | what it does |
//! | --- | --- |
//! | `DIALFORM_TRACE` | a file to which each point is appended as it is reached |
//! | `DIALFORM_ABORT_AT` | the number, from 1, of the point at which the process aborts |
//! | `DIALFORM_POWER_CUT` | `1`: when it aborts, what was not made durable is undone |
//! | `DIALFORM_DISK_FAULT` | `N:ENOSPC`: call number N of the write path fails so; `N+:EIO`: it and all later ones |
//! | `DIALFORM_GROWN` | after so many records the journal is folded in the middle of a run |
//! | `DIALFORM_PLANT` | a [`Bug`] to be put in, to see whether the harness notices |

/// A mistake that the harness must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The journal is not made durable after a record.
    JournalNotSynced,
    /// The snapshot's content is not made durable before it is put in place.
    SnapshotNotSynced,
    /// The folder is not made durable after a file was put in place.
    FolderNotSynced,
    /// The intent of a create is written with its outcome.
    IntentWrittenLate,
    /// An unfinished last line of the journal stays where it is.
    TailNotCut,
    /// A 5xx is taken for "nothing was done" and sent again.
    ServerErrorRetried,
    /// Redirects are followed.
    RedirectFollowed,
    /// What the list does not show is taken for not created.
    AbsenceTakenForProof,
    /// Every marker has the same random part.
    MarkerNotUnique,
    /// The lock is taken on the snapshot, which is renamed over.
    LockOnRenamedFile,
    /// The lost-state check before the first create is left out.
    ListNotRead,
    /// An open create is sent without looking for its marker.
    MarkerNotLookedFor,
}

impl Bug {
    /// Every one of them.
    pub const ALL: [Self; 12] = [
        Self::JournalNotSynced,
        Self::SnapshotNotSynced,
        Self::FolderNotSynced,
        Self::IntentWrittenLate,
        Self::TailNotCut,
        Self::ServerErrorRetried,
        Self::RedirectFollowed,
        Self::AbsenceTakenForProof,
        Self::MarkerNotUnique,
        Self::LockOnRenamedFile,
        Self::ListNotRead,
        Self::MarkerNotLookedFor,
    ];
}

/// Whether a mistake was put in.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn planted(_bug: Bug) -> bool {
    false
}

/// A limit of the program, which a test may set lower.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn limit(_variable: &str, usual: u64) -> u64 {
    usual
}

/// Reaches a point.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn reach(_name: &str) {}

#[cfg(feature = "failpoints")]
pub(crate) use on::{before_aborting, limit, planted, reach};

#[cfg(feature = "failpoints")]
mod on {
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::path::PathBuf;
    use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

    use super::Bug;

    /// What the environment asks for.
    struct Wishes {
        trace: Option<PathBuf>,
        abort_at: Option<usize>,
        plant: Option<String>,
    }

    static WISHES: LazyLock<Wishes> = LazyLock::new(|| {
        let variable = |name| std::env::var(name).ok();
        Wishes {
            trace: std::env::var_os("DIALFORM_TRACE").map(PathBuf::from),
            abort_at: variable("DIALFORM_ABORT_AT").and_then(|number| number.parse().ok()),
            plant: variable("DIALFORM_PLANT"),
        }
    });

    /// Whether a mistake was put in.
    pub(crate) fn planted(bug: Bug) -> bool {
        WISHES.plant.as_deref().is_some_and(|name| name == format!("{bug:?}"))
    }

    /// A limit of the program, which a test may set lower.
    pub(crate) fn limit(variable: &str, usual: u64) -> u64 {
        let wish = std::env::var(variable).ok();
        wish.and_then(|number| number.parse().ok()).unwrap_or(usual)
    }

    /// Says what is done just before the process aborts.
    pub(crate) fn before_aborting(act: fn()) {
        // Whoever says so a second time says the same.
        let _ = BEFORE_ABORTING.set(act);
    }

    static BEFORE_ABORTING: OnceLock<fn()> = OnceLock::new();

    /// Reaches a point: writes it down, and aborts if it is the one.
    pub(crate) fn reach(name: &str) {
        static REACHED: Mutex<usize> = Mutex::new(0);
        // Held to the end, so that nothing happens after the point at which the process is to end.
        let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
        *reached += 1;
        if let Some(path) = &WISHES.trace
            && let Ok(mut file) = OpenOptions::new().append(true).create(true).open(path)
        {
            // A trace that cannot be written is missed by the harness, which has nothing to go on then.
            let _ = writeln!(file, "{name}");
        }
        if WISHES.abort_at == Some(*reached) {
            if let Some(act) = BEFORE_ABORTING.get() {
                act();
            }
            std::process::abort();
        }
    }
}
