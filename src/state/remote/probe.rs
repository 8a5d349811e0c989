//! Whether a store keeps its word: some that speak the protocol answer that they wrote, and overwrite what is there.

use std::sync::Barrier;
use std::thread;

use super::environment::StoreEnvironment;
use super::{HeadVersion, RemoteAddress, RemoteError, RemoteStore, WriteError};

/// How often writers race.
const ROUNDS: usize = 3;

/// Tries a store beside the state, with one writer, or with several that race: refuses one that ignores conditions. What it
/// writes it removes again.
///
/// # Errors
///
/// [`RemoteError::IgnoresConditions`] where the store cannot keep a state; otherwise why it could not be tried.
pub fn probe(address: &RemoteAddress, environment: &StoreEnvironment<'_>, racers: usize) -> Result<(), RemoteError> {
    let beside = address.beside(&format!("probe-{}", uuid::Uuid::new_v4().simple()));
    let writers: Result<Vec<_>, _> = (0..racers.max(1)).map(|_| beside.open(environment)).collect();
    let writers = writers?;
    let tried = probe_with(&writers);
    // What stays is no more than litter, and the result counts.
    let erased = writers.first().map_or(Ok(()), |first| first.erase());
    tried.and(match erased {
        Err(WriteError::NotWritten(error) | WriteError::Unknown(error)) => Err(error),
        Ok(()) | Err(WriteError::Conflict) => Ok(()),
    })
}

/// Tries writers of one store, which is empty.
///
/// # Errors
///
/// As [`probe`].
pub fn probe_with(writers: &[Box<dyn RemoteStore>]) -> Result<(), RemoteError> {
    let Some(store) = writers.first().map(Box::as_ref) else {
        return Ok(());
    };
    let first = must(store.write_head(None, b"{\"probe\":1}"))?;
    must_not(store, None, b"{\"probe\":2}", "created what was there already")?;
    let second = must(store.write_head(Some(&first), b"{\"probe\":3}"))?;
    must_not(
        store,
        Some(&first),
        b"{\"probe\":4}",
        "replaced what somebody else had written meanwhile",
    )?;
    let mut current = expect(store, b"{\"probe\":3}")?;
    if current != second {
        return Err(ignores(
            store,
            "gives another version to a reader than to the one who wrote",
        ));
    }
    if writers.len() > 1 {
        for round in 0..ROUNDS {
            current = race(writers, &current, round)?;
        }
    }
    Ok(())
}

fn ignores(store: &dyn RemoteStore, why: impl Into<String>) -> RemoteError {
    RemoteError::IgnoresConditions {
        store: store.address(),
        why: why.into(),
    }
}

/// A write that nothing stands against.
fn must(written: Result<HeadVersion, WriteError>) -> Result<HeadVersion, RemoteError> {
    written.map_err(|error| match error {
        WriteError::NotWritten(error) | WriteError::Unknown(error) => error,
        WriteError::Conflict => RemoteError::Answer {
            store: "a store that was tried".to_owned(),
            doing: "write the head",
            why: "that somebody else has written to what only the trial knows of".to_owned(),
        },
    })
}

/// A write that must be refused.
fn must_not(
    store: &dyn RemoteStore,
    expected: Option<&HeadVersion>,
    head: &[u8],
    what: &str,
) -> Result<(), RemoteError> {
    let before = store.read_head()?;
    let written = store.write_head(expected, head);
    let after = store.read_head()?;
    if written.is_ok() || before != after {
        return Err(ignores(store, format!("it ignores conditions: it {what}")));
    }
    match written {
        Err(WriteError::NotWritten(error)) => Err(error),
        // Some say no with an answer that does not tell; that nothing changed tells.
        Ok(_) | Err(WriteError::Conflict | WriteError::Unknown(_)) => Ok(()),
    }
}

fn expect(store: &dyn RemoteStore, head: &[u8]) -> Result<HeadVersion, RemoteError> {
    match store.read_head()? {
        Some(stored) if stored.bytes == head => Ok(stored.version),
        _ => Err(ignores(store, "what it acknowledged is not what it gives to readers")),
    }
}

/// All write at once, and all expect the same head.
fn race(writers: &[Box<dyn RemoteStore>], expected: &HeadVersion, round: usize) -> Result<HeadVersion, RemoteError> {
    let barrier = Barrier::new(writers.len());
    let head = |writer: usize| format!("{{\"probe\":\"round {round} writer {writer}\"}}");
    let results: Vec<_> = thread::scope(|scope| {
        let running = writers.iter().enumerate().map(|(number, store)| {
            let (barrier, head) = (&barrier, head(number));
            scope.spawn(move || {
                barrier.wait();
                (number, store.write_head(Some(expected), head.as_bytes()))
            })
        });
        // All are started before the first is waited for.
        let running: Vec<_> = running.collect();
        running.into_iter().filter_map(|writer| writer.join().ok()).collect()
    });
    let store = writers.first().map(Box::as_ref);
    let Some(store) = store else {
        return Ok(expected.clone());
    };
    let winners: Vec<usize> = results
        .iter()
        .filter(|(_, result)| result.is_ok())
        .map(|(number, _)| *number)
        .collect();
    if winners.len() > 1 {
        let why = format!(
            "of {} writers that replaced the same head at the same time it let {} win",
            writers.len(),
            winners.len()
        );
        return Err(ignores(store, why));
    }
    match winners.first() {
        Some(winner) => expect(store, head(*winner).as_bytes()),
        // All were refused, or nobody knows: the next round tells.
        None => store
            .read_head()?
            .map(|stored| stored.version)
            .ok_or_else(|| ignores(store, "the head that it had acknowledged is gone")),
    }
}
