//! The state, by reading only: nothing is made, changed or waited for, so that it may be looked at during an apply.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use serde_json::Value;

use super::{CheckResult, Name, some_of};
use crate::state::{Binding, Head, Holder, State, StateError, StatePaths, load};
use crate::util::hint::StateCommand;
use crate::util::plural::counted;

/// More than this is no holder's file, in bytes.
const LONGEST_HOLDER: u64 = 64 * 1024;

/// Looks at the state's files; gives the state too, where there is one that can be believed.
///
/// `expected` is what the project says it is bound to, where the project says so for sure.
pub(super) fn files(paths: &StatePaths, expected: Option<&Binding>) -> (Vec<CheckResult>, Option<State>) {
    let loaded = load(paths, expected);
    let mut checks = Vec::new();
    let mut state = None;
    let mut told = None;
    match loaded {
        Ok(loaded) => match loaded.state {
            None => {
                let place = paths.snapshot.display();
                let message = format!("there is none yet; the first apply writes `{place}`");
                checks.push(CheckResult::ok(Name::State, message));
                checks.push(CheckResult::skip(Name::Journal, "there is no state"));
            }
            Some(read) => {
                checks.push(contents(&read));
                checks.push(journal(paths, &loaded.head, &loaded.notes));
                state = Some(read);
            }
        },
        Err(error) => {
            checks.push(CheckResult::error(Name::State, error.to_string()));
            checks.push(CheckResult::skip(Name::Journal, "the state cannot be read"));
            told = file_of(&error).map(Path::to_owned);
        }
    }
    checks.push(permissions(paths, told.as_deref()));
    checks.push(lock(paths));
    (checks, state)
}

/// What the state holds.
pub(super) fn contents(state: &State) -> CheckResult {
    let stones = state.tombstones.values().map(Vec::len).sum();
    let message = format!(
        "lineage {}, serial {}: {}, {}, {}",
        state.lineage,
        state.serial,
        counted(state.tasks.len(), "task"),
        counted(state.intents.len(), "open create"),
        counted(stones, "tombstone"),
    );
    let unknown = state.intents.values().filter(|intent| intent.may_have_left());
    let unknown: Vec<&str> = unknown.map(|intent| intent.key.as_str()).collect();
    let Some(first) = unknown.first() else {
        return CheckResult::ok(Name::State, message);
    };
    CheckResult::warn(
        Name::State,
        format!("{message}; the outcome of a create is unknown: {}", some_of(&unknown)),
    )
    .help(format!(
        "the next apply looks for it in the list; {} resolves what it does not find",
        StateCommand(&["resolve", first])
    ))
}

/// Whether everything is in the snapshot, and what the reading had to say.
fn journal(paths: &StatePaths, head: &Head, notes: &[String]) -> CheckResult {
    let waiting = folded(&paths.snapshot).map_or(0, |folded| head.sequence.saturating_sub(folded));
    let mut said = Vec::new();
    if waiting > 0 {
        let records = counted(usize::try_from(waiting).unwrap_or(usize::MAX), "record");
        said.push(format!(
            "{records} not folded into the snapshot: a run was stopped, or is at work; the next apply folds them"
        ));
    }
    said.extend(notes.iter().cloned());
    if said.is_empty() {
        return CheckResult::ok(Name::Journal, "all of it is folded into the snapshot");
    }
    CheckResult::warn(Name::Journal, said.join("; "))
}

/// The last record that the snapshot includes. It has been read and checked a moment ago, so that only one number of it
/// is wanted here.
fn folded(snapshot: &Path) -> Option<u64> {
    let snapshot: Value = serde_json::from_slice(&fs::read(snapshot).ok()?).ok()?;
    snapshot.pointer("/content/state/last_sequence")?.as_u64()
}

/// The file that an error is about, where it is about what kind of file that is.
fn file_of(error: &StateError) -> Option<&Path> {
    match error {
        StateError::Symlink { path }
        | StateError::NotAFile { path }
        | StateError::TooLarge { path }
        | StateError::LoosePermissions { path, .. }
        | StateError::LooseFolder { folder: path, .. }
        | StateError::OtherOwner { path, .. }
        | StateError::Io { path, .. } => Some(path),
        _ => None,
    }
}

/// Whether the files are files, only their owner's to change, and this user's to write. `told` is a file whose fault has
/// been told.
fn permissions(paths: &StatePaths, told: Option<&Path>) -> CheckResult {
    let StatePaths {
        snapshot,
        journal,
        spill,
        lock,
        holder,
        folder: _,
        last_resort: _,
    } = paths;
    let mut found = 0;
    let mut faults = Vec::new();
    for path in [snapshot, journal, spill, lock, holder] {
        match fault(path, path == journal || path == lock) {
            Ok(is_there) => found = usize::saturating_add(found, usize::from(is_there)),
            Err(_) if told == Some(path) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return CheckResult::error(Name::StateFiles, faults.join("; "));
    }
    match (told, found) {
        (Some(_), _) => CheckResult::skip(Name::StateFiles, "what is wrong with them is said above"),
        (None, 0) => CheckResult::skip(Name::StateFiles, "there are none"),
        (None, _) => CheckResult::ok(Name::StateFiles, "nobody but their owner may change them"),
    }
}

/// Whether the file is there; what is wrong with it, if anything.
fn fault(path: &Path, is_written_in_place: bool) -> Result<bool, String> {
    let place = path.display();
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(format!("cannot look at `{place}`: {error}")),
    };
    if metadata.is_symlink() {
        return Err(format!(
            "`{place}` is a symbolic link; name the file itself with `--state FILE`"
        ));
    }
    if !metadata.is_file() {
        return Err(format!(
            "`{place}` is not a file; name another place with `--state FILE`"
        ));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o022 != 0 {
            return Err(format!(
                "`{place}` may be changed by others than its owner (mode {mode:03o}); `chmod 600 {place}` fixes that"
            ));
        }
    }
    // Opening alone changes nothing, and nothing else tells for sure whether it could be written.
    if is_written_in_place && let Err(error) = OpenOptions::new().append(true).open(path) {
        return Err(format!("`{place}` cannot be written: {error}; run apply as its owner"));
    }
    Ok(true)
}

/// Whether somebody is writing.
///
/// Whoever takes the lock leaves a file with its name until it lets go. Only where there is one is the lock itself
/// asked: to ask is to hold it for a moment, and another run that begins in that moment would be turned away.
fn lock(paths: &StatePaths) -> CheckResult {
    let Some(holder) = holder(&paths.holder) else {
        return CheckResult::ok(Name::Lock, "nobody is writing");
    };
    let name = match holder {
        Some(holder) => holder.to_string(),
        None => format!("a process that `{}` does not name", paths.holder.display()),
    };
    let asked = File::open(&paths.lock).map(|file| file.try_lock_shared());
    match asked {
        Ok(Err(TryLockError::WouldBlock)) => CheckResult::warn(Name::Lock, format!("the state is in use by {name}"))
            .help("apply is turned away until that ends, or waits with `--lock-timeout`"),
        Ok(Err(TryLockError::Error(error))) | Err(error) if error.kind() != io::ErrorKind::NotFound => {
            CheckResult::skip(
                Name::Lock,
                format!("whether {name} is still writing cannot be told: {error}"),
            )
        }
        _ => CheckResult::ok(
            Name::Lock,
            format!("nobody is writing; the last one did not end in order: {name}"),
        ),
    }
}

/// Who says to be writing: nothing where there is no file, nobody where it cannot be read.
fn holder(path: &Path) -> Option<Option<Holder>> {
    let metadata = fs::symlink_metadata(path).ok()?;
    // A pipe would be waited for.
    if !metadata.is_file() || metadata.len() > LONGEST_HOLDER {
        return Some(None);
    }
    let text = fs::read(path).ok()?;
    Some(serde_json::from_slice(&text).ok())
}
