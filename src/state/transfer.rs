//! The state as a whole: taken out of its place, put into one, and moved from one place to another.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::disk::{self, Step};
use super::error::StateError;
use super::head::{HeadLine, Moving, SnapshotName};
use super::head_writer::HeadWriter;
use super::journal::JournalStart;
use super::load::{self, load};
use super::lock::{Holder, Lock};
use super::model::State;
use super::paths::StatePaths;
use super::place::{StatePlace, StoreAt};
use super::snapshot::{self, Snapshot};
use super::take_over::{Grip, grip};
use super::trusted;
use super::writer::make_folder;

/// The state as one file, as `dialform.state.json` is; nothing where there is none.
///
/// # Errors
///
/// All that [`load`] refuses.
pub fn pull(place: &StatePlace) -> Result<Option<Vec<u8>>, StateError> {
    let Some(state) = load(place, None)?.state else {
        return Ok(None);
    };
    snapshot::encode(&state, "")
        .map(|(text, _)| Some(text))
        .map_err(StateError::Unwritable)
}

/// Why a state is not put in the place of another.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// It is another history.
    #[error(
        "the file is of another state: its lineage is {theirs}, and that of the state in {place} is {ours}. Nothing was written; \
         `--force` puts it there all the same, and what only the other one knows is lost"
    )]
    Lineage {
        /// The place.
        place: String,
        /// The lineage there.
        ours: Uuid,
        /// That of the file.
        theirs: Uuid,
    },
    /// It is the state of another environment.
    #[error(
        "the file is the state of {theirs}, and this is {ours}. Nothing was written; `--force` puts it into {place} all the same, \
         and `dialform apply --accept-binding` binds it anew"
    )]
    Environment {
        /// The place.
        place: String,
        /// What the command works on.
        ours: String,
        /// What the file is for.
        theirs: String,
    },
    /// It is older.
    #[error(
        "the file is older than the state in {place}: it ends with record {theirs}, and the state with record {ours}. Nothing was \
         written; `--force` puts it there all the same, and what has been recorded since is lost: its tasks are then unknown"
    )]
    Older {
        /// The place.
        place: String,
        /// The last record there.
        ours: u64,
        /// That of the file.
        theirs: u64,
    },
    /// What is there cannot be read, so that nothing can be compared.
    #[error("{why}. Nothing was written; `--force` replaces it without a look")]
    Unreadable {
        /// Why.
        why: StateError,
    },
    /// It cannot be written.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Puts a state that [`pull`] gave, or a snapshot, into a store, with the next serial. It is one of the environment that `who`
/// works in; `force` puts it there whatever it is, and whatever is there.
///
/// # Errors
///
/// [`PushError`].
pub fn push(
    at: &StoreAt,
    file: &std::path::Path,
    force: bool,
    who: &Holder,
    timeout: Duration,
) -> Result<State, PushError> {
    let named = StatePaths::new(file);
    let bytes = trusted::read(file)?.ok_or_else(|| {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        StateError::io("read", file, missing)
    })?;
    let Snapshot { mut state, .. } = snapshot::decode(&named, &bytes)?;
    if !force && !state.binding.is_environment(who.environment.as_deref()) {
        let words = |name: Option<&str>| {
            name.map_or_else(
                || "a project without environments".to_owned(),
                |name| format!("the environment `{name}`"),
            )
        };
        return Err(PushError::Environment {
            place: at.store.address(),
            ours: words(who.environment.as_deref()),
            theirs: words(state.binding.environment.as_deref()),
        });
    }
    make_folder(disk::real().as_ref(), &at.beside)?;
    let _lock = Lock::take(&disk::real(), &at.beside, who, timeout)?;
    let Grip { head, line, held } = grip(at, who, timeout, force).map_err(|why| match why {
        StateError::Store(_) | StateError::InUse { .. } | StateError::Busy { .. } => why.into(),
        why => PushError::Unreadable { why },
    })?;
    let pushed = may_replace(at, line, held, &mut state, force).and_then(|()| Ok(put(&head, &state, None)?));
    head.let_go();
    pushed.map(|()| state)
}

/// Refuses to put a state in the place of one that is another or newer, and gives it the greater numbers of both.
fn may_replace(
    at: &StoreAt,
    line: Option<HeadLine>,
    held: Option<State>,
    state: &mut State,
    force: bool,
) -> Result<(), PushError> {
    let place = at.store.address();
    if let Some(moving) = line.and_then(|line| line.moving).filter(|_| !force) {
        return Err(moving.refused(&place).into());
    }
    if let Some(held) = held {
        if !force && held.lineage != state.lineage {
            let (ours, theirs) = (held.lineage, state.lineage);
            return Err(PushError::Lineage { place, ours, theirs });
        }
        if !force && (held.last_sequence > state.last_sequence || held.serial > state.serial) {
            let (ours, theirs) = (held.last_sequence, state.last_sequence);
            return Err(PushError::Older { place, ours, theirs });
        }
        // Neither ever falls.
        state.serial = state.serial.max(held.serial);
        state.last_sequence = state.last_sequence.max(held.last_sequence);
    }
    state.serial = state.serial.saturating_add(1);
    Ok(())
}

/// Writes a whole state as the new head.
fn put(head: &HeadWriter, state: &State, moving: Option<Moving>) -> Result<(), StateError> {
    let (text, checksum) = snapshot::encode(state, "").map_err(StateError::Unwritable)?;
    let name = snapshot::fresh_name(state.serial);
    head.put_snapshot(&name, &text)?;
    let start = JournalStart {
        lineage: state.lineage,
        after: state.last_sequence,
        base: &checksum.clone(),
        takes_groups: true,
    };
    let (text, sum) = start.line()?;
    head.begin(state.lineage, SnapshotName { name, checksum }, (&text, &sum), moving)
}

/// A snapshot file in the place of which the state is elsewhere. Its format is newer than any state's, so that no dialform
/// takes it for one, or its absence for a state in which nothing has happened.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MovedFile {
    format: String,
    format_version: u64,
    moving: Moving,
}

const MOVED_VERSION: u64 = 1000;

/// Whether a snapshot file says that the state is elsewhere.
pub(super) fn moved_file(bytes: &[u8]) -> Option<Moving> {
    let file: MovedFile = serde_json::from_slice(bytes).ok()?;
    (file.format == snapshot::FORMAT && file.format_version == MOVED_VERSION).then_some(file.moving)
}

/// Moves the state of one place to another, in which there is none: it is written there, read back and compared, and then the
/// old place is marked as moved. Ended anywhere, it can be given again, and until then neither place is taken for what it is
/// not. Gives the state that was moved.
///
/// # Errors
///
/// [`StateError`]; what was there is there still, and counts, unless the error says otherwise.
pub fn migrate(from: &StatePlace, to: &StatePlace, who: &Holder, timeout: Duration) -> Result<State, StateError> {
    let (StatePlace::Files(paths), StatePlace::Store(at)) = (from, to) else {
        let why = "`state migrate` moves a state from its file to a store; to get it back into a file, `dialform state pull` \
                   prints it";
        return Err(StateError::Moved { why: why.to_owned() });
    };
    let disk = disk::real();
    trusted::examine_folder(paths)?;
    let _lock = Lock::take(&disk, paths, who, timeout)?;
    make_folder(disk.as_ref(), &at.beside)?;
    let _beside = Lock::take(&disk, &at.beside, who, timeout)?;
    let grip = grip(at, who, timeout, false)?;
    let moved = move_in(paths, from, at, &grip);
    grip.head.let_go();
    moved
}

/// Moves the state in these files into a store that was taken over.
fn move_in(paths: &StatePaths, from: &StatePlace, at: &StoreAt, grip: &Grip) -> Result<State, StateError> {
    let Grip { head, line, held } = grip;
    let refused = |why: String| Err(StateError::Moved { why });
    let address = at.store.address();
    let arriving = Moving::From(from.to_string());
    let moving = line.as_ref().and_then(|line| line.moving.as_ref());
    let already = trusted::read(&paths.snapshot)?.and_then(|bytes| moved_file(&bytes));
    if already == Some(Moving::To(address.clone())) {
        // Everything but the last step was done.
        let Some(held) = held.clone().filter(|_| moving == Some(&arriving)) else {
            return Err(Moving::To(address).refused(&from.to_string()));
        };
        head.write(|line, _| line.moving = None)?;
        return Ok(held);
    }
    let Some(state) = load::read(paths, None)?.0.map(|held| held.state) else {
        return refused(format!("there is no state at `{from}`, so there is nothing to move"));
    };
    if !super::spill::pending(paths, state.lineage)?.is_empty() {
        return refused(format!(
            "`{}` holds outcomes that the journal could not take: run `dialform apply` once, which takes them in, and then this again",
            paths.spill.display()
        ));
    }
    if moving != Some(&arriving) && (held.is_some() || moving.is_some()) {
        return refused(format!(
            "there is a state in {address} already, and nothing was moved: name a place where there is none"
        ));
    }
    put(head, &state, Some(arriving))?;
    let arrived = load::read_in_transit(at)?.read.0;
    if arrived.map(|held| held.state).as_ref() != Some(&state) {
        let what = format!("the state that was written to {address}");
        return Err(StateError::Unfaithful { what });
    }
    mark(paths, Moving::To(address))?;
    head.write(|line, _| line.moving = None)?;
    Ok(state)
}

/// Marks a state's file as moved. The newest backup beside it has what was in it.
fn mark(paths: &StatePaths, moving: Moving) -> Result<(), StateError> {
    let disk = disk::real();
    let failed = |error| StateError::io("write", &paths.snapshot, error);
    if let Some(before) = trusted::read(&paths.snapshot)? {
        let kept = super::paths::with_suffix(&paths.snapshot, ".before-move");
        disk::replace(disk.as_ref(), Step::Backup, &paths.folder, &kept, &before).map_err(failed)?;
    }
    let file = MovedFile {
        format: snapshot::FORMAT.to_owned(),
        format_version: MOVED_VERSION,
        moving,
    };
    let mut text = serde_json::to_vec_pretty(&file).map_err(StateError::Unwritable)?;
    text.push(b'\n');
    disk::replace(disk.as_ref(), Step::Snapshot, &paths.folder, &paths.snapshot, &text).map_err(failed)
}
