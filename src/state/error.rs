//! Why the state cannot be read or written, and what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::binding::{Binding, other_words, rebind_words};
use super::head::{HeadHolder, HeadLine};
use super::invalid_transition::InvalidTransition;
use super::lock::Holder;
use super::paths::StatePaths;
use super::place::{StatePlace, StoreAt};
use super::remote::RemoteError;
use super::restore::Restore;
use super::take_over::FRESH;
use super::trusted::LONGEST;
use crate::util::hint::StateCommand;

/// Anything that keeps the state from being believed or kept.
#[derive(Debug, Error)]
pub enum StateError {
    /// The system refused.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A symbolic link where a file should be.
    #[error(
        "`{}` is a symbolic link; the state is replaced by renaming, which would leave the file behind the link \
         as it was. Name the file itself with `--state FILE`", path.display()
    )]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// A folder, a pipe or a device where a file should be.
    #[error("`{}` is not a file; name another place for the state with `--state FILE`", path.display())]
    NotAFile {
        /// What is not a file.
        path: PathBuf,
    },
    /// A file that is larger than any state.
    #[error(
        "`{}` is larger than {} MiB, which no state is; put the right file back, from a backup beside it or from version \
         control", path.display(), LONGEST >> 20
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may change the file.
    #[error(
        "`{0}` may be changed by others than its owner (mode {mode:03o}), so it cannot be trusted with who is called; \
         `chmod 600 {0}` fixes that", path.display()
    )]
    LoosePermissions {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Others than its owner may put another state into the folder.
    #[error(
        "others than its owner may change the folder `{0}` (mode {mode:03o}), and so put another state in the place of \
         this one: it cannot be trusted with who is called; `chmod go-w {0}` fixes that", folder.display()
    )]
    LooseFolder {
        /// The folder.
        folder: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file or the folder belongs to another user.
    #[error(
        "`{0}` belongs to another user (number {owner}; this is {user}), who may change at any time who is called; run \
         this as that user, or make it yours with `chown -R {user} {0}` and `chmod -R go-w {0}`", path.display()
    )]
    OtherOwner {
        /// The file or the folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who runs this.
        user: u32,
    },
    /// The file is something else.
    #[error("`{}` is no file of the format `{expected}`; name the right one with `--state FILE`", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// The format that was expected.
        expected: String,
    },
    /// A newer dialform wrote the file.
    #[error(
        "`{}` is of format {found}, and this dialform knows formats up to {known}: a newer version wrote it. \
         Use that version; nothing was changed", path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The newest format known here.
        known: u64,
    },
    /// The snapshot cannot be believed.
    #[error("the state `{}` is damaged: {why}. {restore}", path.display())]
    DamagedSnapshot {
        /// The snapshot.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What to do.
        restore: Box<Restore>,
    },
    /// The journal cannot be believed.
    #[error(
        "the journal `{}` is damaged at line {line}: {why}. Put back the copy that belongs to the snapshot, from \
         version control or your own backup. Without one, move the journal away: every campaign applied since the \
         snapshot is then missing from the state, and has to be resolved with {} before it is created again",
        path.display(), StateCommand(&["resolve"])
    )]
    DamagedJournal {
        /// The journal.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A journal without its snapshot.
    #[error("`{}` is there, but the state `{}` that it continues is not. {restore}", journal.display(), snapshot.display())]
    SnapshotMissing {
        /// The snapshot that is missing.
        snapshot: PathBuf,
        /// The journal that is there.
        journal: PathBuf,
        /// What to do.
        restore: Box<Restore>,
    },
    /// Snapshot and journal are of two states.
    #[error(
        "`{}` and `{}` are of two different states (their lineages differ); put back the one that belongs to the \
         other", snapshot.display(), journal.display()
    )]
    OtherLineage {
        /// The snapshot.
        snapshot: PathBuf,
        /// The journal.
        journal: PathBuf,
    },
    /// Snapshot and journal are of one state, but of two moments or two copies of it.
    #[error(
        "`{}` (up to record {folded}) and `{}` (records after {after}, up to {last}) do not follow each other: one \
         of them is from another copy or another moment. {restore}. To go back to an older snapshot on purpose, move \
         the journal away too; what was applied since is then to be resolved with {}",
        snapshot.display(), journal.display(), StateCommand(&["resolve"])
    )]
    Parted {
        /// The snapshot.
        snapshot: PathBuf,
        /// The journal.
        journal: PathBuf,
        /// The last record in the snapshot.
        folded: u64,
        /// The record that the journal begins after.
        after: u64,
        /// The last record in the journal.
        last: u64,
        /// What to do.
        restore: Box<Restore>,
    },
    /// The state belongs to another API or dialect.
    #[error(
        "the state `{}` {}: its tasks exist only there. {}",
        path.display(), other_words(held, expected), rebind_words(held, expected)
    )]
    OtherBinding {
        /// The snapshot.
        path: PathBuf,
        /// What the state is for.
        held: Box<Binding>,
        /// What the project is for.
        expected: Box<Binding>,
    },
    /// The snapshot changed at every attempt to read it.
    #[error("`{}` is being replaced over and over by another process; try again when it has ended", path.display())]
    Busy {
        /// The snapshot.
        path: PathBuf,
    },
    /// Another process writes.
    #[error(
        "the state `{}` is in use by {}{}. Try again when that has ended, or wait longer with `--lock-timeout`. The \
         lock ends with that process: there is no file to delete",
        path.display(), holder_words(holder.as_deref()), waited_words(*waited)
    )]
    Locked {
        /// The snapshot.
        path: PathBuf,
        /// Who holds the lock, where it could be read.
        holder: Option<Box<Holder>>,
        /// How long was waited.
        waited: Duration,
    },
    /// Another writer has taken the state over.
    #[error(
        "the state in {address} was taken over by {by}, so nothing more is sent or recorded by this run. What the other one \
         did is in the state: look with {}, and run this again when that has ended", StateCommand(&["plan"])
    )]
    Fenced {
        /// The store.
        address: String,
        /// The other one, in words.
        by: String,
    },
    /// A request that waited too long before its first byte.
    #[error(
        "the request waited {} s after it was recorded as being sent, as if this machine had slept. Another run may have taken \
         over since, so nothing was sent", waited.as_secs()
    )]
    Overslept {
        /// How long.
        waited: Duration,
    },
    /// Somebody else is at work on the state in a store.
    #[error(
        "the state in {address} is in use by {holder}{}; it last wrote {at:.0}. Try again when that has ended, or wait longer \
         with `--lock-timeout`. If it has died, {} lets go of it; without that, it counts as dead {} minutes after its last \
         write", waited_words(*waited), StateCommand(&["state", "lock", "--break"]), FRESH.as_secs() / 60
    )]
    InUse {
        /// The store.
        address: String,
        /// Who is at work.
        holder: Box<Holder>,
        /// When it last wrote, by its own clock.
        at: Timestamp,
        /// How long was waited.
        waited: Duration,
    },
    /// A store did not do what was asked.
    #[error(transparent)]
    Store(Box<RemoteError>),
    /// What is in a store cannot be believed.
    #[error(
        "the state in {address} is damaged: {why}. {} puts a file in its place that `dialform state pull` has printed", StateCommand(&["state", "push", "FILE", "--force"])
    )]
    DamagedStore {
        /// The store.
        address: String,
        /// What is wrong.
        why: String,
    },
    /// The state is at another place.
    #[error("{why}")]
    Moved {
        /// Where it is, and what to do.
        why: String,
    },
    /// A record that cannot follow from the state. Nothing was written.
    #[error("the state refuses a record: {why}")]
    Refused {
        /// Why.
        #[source]
        why: Box<InvalidTransition>,
        /// The record as JSON.
        record: String,
    },
    /// A write failed earlier, so nothing more is taken in.
    #[error(
        "nothing more is written to the state after this failure: {why}. Fix it and run the command again; \
         what was recorded until then is kept"
    )]
    Poisoned {
        /// The failure.
        why: String,
    },
    /// The outcome of a request could not be written to the journal.
    #[error("the outcome of a request could not be written to the journal: {why}. {}", spilled_words(spilled.as_deref(), text))]
    OutcomeNotJournalled {
        /// The failure.
        why: String,
        /// Where the outcome is instead; the next apply finds it there.
        spilled: Option<PathBuf>,
        /// The outcome, one line; to be printed where `spilled` is `None`.
        text: String,
    },
    /// A spill file that cannot be recovered.
    #[error(
        "`{}` holds outcomes of requests that the journal could not take, but {why}. Look at it: it says which tasks \
         exist. Then move it away, and resolve its campaigns with {}", path.display(), StateCommand(&["resolve"])
    )]
    Spill {
        /// The spill file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Something that has no JSON form.
    #[error("the state has no JSON form: {0}. Nothing was written; this is a bug in dialform")]
    Unwritable(#[source] serde_json::Error),
    /// Something that would not be read back as it was meant.
    #[error(
        "the state would not be read back as it was written: {what}. Nothing was written; this is a bug in dialform"
    )]
    Unfaithful {
        /// What was to be written.
        what: String,
    },
}

impl StateError {
    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn in_use(at: &StoreAt, holder: &HeadHolder, line: &HeadLine, waited: Duration) -> Self {
        Self::InUse {
            address: at.store.address(),
            holder: Box::new(holder.who.clone()),
            at: line.at,
            waited,
        }
    }

    pub(super) fn store(error: RemoteError) -> Self {
        Self::Store(Box::new(error))
    }

    pub(super) fn damaged_store(at: &StoreAt, why: String) -> Self {
        let address = at.store.address();
        Self::DamagedStore { address, why }
    }

    /// The same, said of the state that was asked for: a store's lock on this machine is a file of another name.
    pub(super) fn at(self, place: &StatePlace) -> Self {
        match self {
            Self::Locked {
                path: _,
                holder,
                waited,
            } => Self::Locked {
                path: place.named().snapshot,
                holder,
                waited,
            },
            other => other,
        }
    }

    /// What a snapshot or a journal that came from a store is damaged by.
    pub(super) fn in_store(self, at: &StoreAt) -> Self {
        match self {
            Self::DamagedSnapshot { why, .. } => Self::damaged_store(at, format!("in its snapshot, {why}")),
            Self::DamagedJournal { line, why, .. } => {
                Self::damaged_store(at, format!("in line {line} of the journal in its head, {why}"))
            }
            Self::OtherLineage { .. } => Self::damaged_store(at, "its head and its snapshot are of two states".into()),
            Self::Parted { .. } | Self::SnapshotMissing { .. } => {
                Self::damaged_store(at, "its head does not follow its snapshot".into())
            }
            other => other,
        }
    }

    pub(super) fn damaged_snapshot(paths: &StatePaths, why: String) -> Self {
        Self::DamagedSnapshot {
            path: paths.snapshot.clone(),
            why,
            restore: Restore::of(paths),
        }
    }

    pub(super) fn damaged_journal(paths: &StatePaths, line: usize, why: String) -> Self {
        Self::DamagedJournal {
            path: paths.journal.clone(),
            line,
            why,
        }
    }

    pub(super) fn snapshot_missing(paths: &StatePaths) -> Self {
        let (snapshot, journal) = (paths.snapshot.clone(), paths.journal.clone());
        Self::SnapshotMissing {
            snapshot,
            journal,
            restore: Restore::of(paths),
        }
    }

    pub(super) fn parted(paths: &StatePaths, after: u64, last: u64, folded: u64) -> Self {
        let (snapshot, journal, restore) = (paths.snapshot.clone(), paths.journal.clone(), Restore::of(paths));
        Self::Parted {
            snapshot,
            journal,
            folded,
            after,
            last,
            restore,
        }
    }

    pub(super) fn spill(path: &Path, why: String) -> Self {
        Self::Spill {
            path: path.to_owned(),
            why,
        }
    }
}

fn waited_words(waited: Duration) -> String {
    match waited.is_zero() {
        true => String::new(),
        false => format!("; waited {waited:?}"),
    }
}

fn holder_words(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), Holder::to_string)
}

fn spilled_words(spilled: Option<&Path>, text: &str) -> String {
    match spilled {
        Some(path) => format!(
            "It is kept in `{}`, from where the next apply takes it over",
            path.display()
        ),
        None => format!(
            "It could not be kept anywhere else, so keep this line: {}",
            text.trim_end()
        ),
    }
}
