//! Records that become durable together: all of them or none.

use std::fs;
use std::sync::Arc;

use dialform::state::{Record, Stage, StateError, Step, load};
use serde_json::Value;

use super::disk::{Call, Failing};
use super::site::{Site, binding, created, id, intent};

fn intents(numbers: impl IntoIterator<Item = u64>) -> Vec<Record> {
    let intents = numbers.into_iter();
    intents
        .map(|n| Record::Intent(intent(&format!("key-{n}"), n)))
        .collect()
}

fn sending(n: u64) -> Record {
    Record::Sending { intent: id(n) }
}

/// How often the journal was made durable.
fn fsyncs(disk: &Failing) -> usize {
    let calls = disk.calls();
    calls.iter().filter(|call| **call == (Step::Append, Call::Sync)).count()
}

#[test]
fn what_has_nothing_to_do_with_one_another_shares_a_line_and_an_fsync() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    let results = store.append_all(intents(1..=3));
    let numbers: Vec<u64> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!((numbers, fsyncs(&disk)), (vec![1, 2, 3], 1));
    assert_eq!(load(&site.paths, None).unwrap().head, store.head());

    // Each of these follows on the one before, and none goes without it.
    let results = store.append_all([sending(1), created(1, "task-1"), sending(2)]);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(fsyncs(&disk), 3);
    // Two tasks of one id are no group: the second is not believed.
    let mut results = store.append_all([
        sending(3),
        created(2, "task-2"),
        created(3, "TASK-1"),
        created(3, "task-2"),
    ]);
    assert!(matches!(results.pop(), Some(Err(StateError::Refused { .. }))));
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(fs::read_to_string(&site.paths.journal).unwrap().lines().count(), 1 + 5);

    let before = store.state().clone();
    assert_eq!(load(&site.paths, None).unwrap().head, store.head());
    drop(store);
    assert_eq!(*site.open().unwrap().state(), before);
}

#[test]
fn a_group_that_is_cut_anywhere_is_cut_whole() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    store.append(Record::Intent(intent("spring", 9))).unwrap();
    let alone = fs::read(&site.paths.journal).unwrap();
    let results = store.append_all(intents(1..=3));
    assert!(results.iter().all(Result::is_ok));
    drop(store);
    let whole = fs::read(&site.paths.journal).unwrap();
    for end in alone.len()..whole.len() {
        site.put(&site.paths.journal, &whole[..end]);
        // Without its newline the line is whole all the same.
        let held = if end == whole.len() - 1 { 4 } else { 1 };
        assert_eq!(site.state().intents.len(), held, "{end}");
        let mut store = site.open().unwrap();
        assert_eq!(store.state().intents.len(), held, "{end}");
        store.append(sending(9)).unwrap();
        assert_eq!(load(&site.paths, Some(&binding())).unwrap().head, store.head());
    }
}

#[test]
fn a_write_or_fsync_that_fails_fails_all_of_the_group() {
    for call in [Call::Write, Call::Sync] {
        let begin = |disk: &Arc<Failing>| {
            let site = Site::new();
            let mut store = site.open_on(disk.clone()).unwrap();
            store.append_all(intents(1..=3));
            store.append_all([sending(1), sending(2)]);
            (site, store)
        };
        let whole = Arc::new(Failing::default());
        let other = begin(&whole);
        let next = whole.calls().len() + usize::from(call == Call::Sync);
        drop(other);
        let disk = Failing::at(next);
        let (site, mut store) = begin(&disk);
        let results = store.append_all([created(1, "task-1"), sending(3), created(2, "task-2")]);
        let [first, none, second] = &results[..] else {
            panic!("{results:?}")
        };
        assert_eq!(disk.calls()[next], (Step::Append, call));
        assert!(none.is_err(), "{call:?}");
        for outcome in [first, second] {
            let is_kept = matches!(outcome, Err(StateError::OutcomeNotJournalled { spilled: Some(_), .. }));
            assert!(is_kept, "{call:?}: {outcome:?}");
        }
        let state = store.state();
        assert!(state.tasks.is_empty() && state.last_sequence == 5, "{call:?}");
        drop(store);

        let store = site.open().unwrap();
        assert_eq!(store.state().tasks.len(), 2, "{call:?}");
        // Half a group is none; one whose fsync failed may be there, and then counts as sent.
        let stage = match call {
            Call::Write => Stage::Recorded,
            _ => Stage::Sending,
        };
        assert_eq!(store.state().intents[&id(3)].stage, stage, "{call:?}");
    }
}

#[test]
fn room_for_all_outcomes_of_a_group_is_there_before_the_group_is() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    store.append_all(intents(1..=7));
    let calls = disk.calls();
    let place = |wanted| calls.iter().position(|call| *call == wanted).unwrap();
    assert!(place((Step::Reserve, Call::Sync)) < place((Step::Append, Call::Write)));
    assert_eq!(fs::metadata(&site.paths.spill).unwrap().len(), 7 * 8 * 1024);
}

/// What the journal's first line says of its format.
fn version(site: &Site) -> Value {
    let journal = fs::read_to_string(&site.paths.journal).unwrap();
    let header: Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    header["format_version"].clone()
}

#[test]
fn a_journal_is_of_the_newer_format_only_while_it_may_hold_a_group() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    store.append_all(intents([1]));
    assert_eq!(version(&site), 1);
    // What is there already goes into the snapshot, so that an older version refuses the journal by its first line.
    store.append_all(intents([2, 3]));
    assert_eq!(version(&site), 2);
    store.append(sending(1)).unwrap();
    assert_eq!(version(&site), 2);
    let (state, head) = (store.state().clone(), store.head());
    drop(store);
    assert_eq!((site.state(), load(&site.paths, None).unwrap().head), (state, head));

    // It goes on where another run left it.
    let mut store = site.open().unwrap();
    let serial = store.state().serial;
    store.append_all([sending(2), sending(3)]);
    assert_eq!((version(&site), store.state().serial), (2.into(), serial));
    store.commit().unwrap();
    assert_eq!(version(&site), 1);
    // An empty one makes way as it is.
    let serial = store.state().serial;
    store.append_all([created(1, "task-1"), created(2, "task-2")]);
    assert_eq!((version(&site), store.state().serial), (2.into(), serial));
    drop(store);
    assert_eq!(site.state().tasks.len(), 2);
}

/// The state of format 1, beside this journal.
fn beside_format_1(journal: &str) -> Site {
    let site = Site::new();
    let snapshot = include_bytes!("../../fixtures/state/format-1.state.json");
    site.put(&site.paths.snapshot, snapshot);
    site.put(&site.paths.journal, journal.as_bytes());
    site
}

#[test]
fn a_group_is_read_and_written_as_it_always_was() {
    let alone = include_str!("../../fixtures/state/format-1.state.journal");
    let site = beside_format_1(alone);
    let mut store = site.open().unwrap();
    let results = store.append_all(intents([31, 32]));
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let written = store.state().clone();
    drop(store);
    let journal = fs::read_to_string(&site.paths.journal).unwrap();
    assert_eq!(journal, include_str!("../../fixtures/state/format-2.state.journal"));
    assert_eq!(*site.open().unwrap().state(), written);
    assert_eq!(written.last_sequence, 35);

    // Groups that were written before there was a format for them.
    let line = include_str!("../../fixtures/state/format-1.group.line");
    let site = beside_format_1(&format!("{alone}{line}"));
    let state = site.state();
    assert_eq!((state.intents, state.last_sequence), (written.intents, 35));
}
