//! The local state: what it keeps, what it refuses, and what survives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
pub(crate) mod disk;
mod group;
mod lock;
mod marker;
mod records;
pub(crate) mod site;
mod store;

use dialform::state::{Record, Stage, StateError, load};
use site::{Site, binding, every_kind, id, intent, replayed};

#[test]
fn where_nothing_is_nothing_is_read_and_nothing_written() {
    let site = Site::new();
    let loaded = load(&site.paths, Some(&binding())).unwrap();
    assert_eq!(loaded.state, None);
    assert!(loaded.notes.is_empty());

    let mut store = site.open().unwrap();
    assert_eq!(store.head(), loaded.head);
    store.commit().unwrap();
    drop(store);
    assert_eq!(site.files(), ["dialform.state.lock"]);
}

#[test]
fn every_record_survives_a_reopening_and_a_commit() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    for (number, record) in (1..).zip(every_kind()) {
        assert_eq!(store.append(record).unwrap(), number);
        let loaded = load(&site.paths, Some(&binding())).unwrap();
        assert_eq!(loaded.state.as_ref(), Some(store.state()));
        assert_eq!(loaded.head, store.head());
        assert!(loaded.notes.is_empty());
    }
    let before = store.state().clone();
    drop(store);

    let mut store = site.open().unwrap();
    assert_eq!(*store.state(), before);
    store.commit().unwrap();
    let mut after = before;
    after.serial = 1;
    assert_eq!(*store.state(), after);
    drop(store);
    assert_eq!(site.state(), after);
    assert_eq!(*site.open().unwrap().state(), after);
}

#[test]
fn a_commit_without_a_record_changes_no_file() {
    let site = Site::new();
    site.run([Record::Intent(intent("spring", 1)), Record::Withdrawn { intent: id(1) }]);
    let (files, bytes) = (site.files(), site.bytes());
    let mut store = site.open().unwrap();
    store.commit().unwrap();
    assert_eq!(store.state().serial, 1);
    drop(store);
    assert_eq!(site.files(), files);
    assert_eq!(site.bytes(), bytes);
}

#[test]
fn every_commit_and_every_record_but_a_sighting_moves_the_head() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    let mut heads = vec![store.head()];
    for record in every_kind() {
        let is_sighting = matches!(record, Record::Seen { .. });
        store.append(record).unwrap();
        // A saved plan is as good after something was seen.
        match is_sighting {
            true => assert_eq!(Some(&store.head()), heads.last()),
            false => heads.push(store.head()),
        }
        assert_eq!(load(&site.paths, None).unwrap().head, store.head());
    }
    store.commit().unwrap();
    heads.push(store.head());
    for (at, head) in heads.iter().enumerate() {
        assert!(!heads[..at].contains(head), "head {at} was there before");
    }
    assert_eq!(load(&site.paths, None).unwrap().head, *heads.last().unwrap());
}

#[test]
fn a_refused_record_is_not_written_and_does_not_stop_the_store() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    assert!(matches!(
        store.append(Record::Sending { intent: id(1) }),
        Err(StateError::Refused { .. })
    ));
    assert_eq!(site.files(), ["dialform.state.lock", "dialform.state.lock.holder"]);
    store.append(Record::Intent(intent("spring", 1))).unwrap();
}

#[test]
fn a_long_reason_is_cut_before_it_is_kept() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    store.append(Record::Intent(intent("spring", 1))).unwrap();
    store.append(Record::Sending { intent: id(1) }).unwrap();
    store
        .append(Record::Unknown {
            intent: id(1),
            reason: "ж".repeat(100_000),
        })
        .unwrap();
    let Stage::Unknown { reason } = &store.state().intents[&id(1)].stage else {
        panic!("not unknown")
    };
    assert_eq!(reason.chars().count(), 1001);
    assert_eq!(site.state(), *store.state());
}

#[test]
fn the_newest_ten_backups_stay_and_the_last_is_the_snapshot() {
    let site = Site::new();
    for n in 1..=13 {
        site.run([Record::Intent(intent("spring", n)), Record::Withdrawn { intent: id(n) }]);
    }
    assert_eq!(site.paths.backups(), (4..=13).collect::<Vec<_>>());
    let read = |path| std::fs::read(path).unwrap();
    assert_eq!(
        read(site.paths.newest_backup().unwrap()),
        read(site.paths.snapshot.clone())
    );
}

#[cfg(unix)]
#[test]
fn every_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    site.run([Record::Intent(intent("spring", 1)), Record::Withdrawn { intent: id(1) }]);
    let mut store = site.open().unwrap();
    store.append(Record::Intent(intent("spring", 2))).unwrap();
    let names = site.files();
    assert_eq!(names.len(), 7, "{names:?}");
    for name in names {
        let mode = std::fs::metadata(site.path(&name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

/// States from before it was kept whether a create was refused: what is not known counts as sent.
#[test]
fn a_recorded_create_of_an_older_state_may_have_left() {
    let site = Site::new();
    site.put(
        &site.paths.snapshot,
        include_bytes!("../fixtures/state/format-1.open-create.json"),
    );
    let state = site.state();
    let open = state.intent_for("summer").unwrap();
    assert_eq!(
        (open.sent_before, open.may_have_left(), open.is_in_doubt()),
        (None, true, false)
    );
    let mut store = site.open().unwrap();
    store.append(Record::Sending { intent: open.id }).unwrap();
    let refused = Record::NotSent {
        intent: open.id,
        nothing_left: true,
    };
    store.append(refused).unwrap();
    assert!(
        store.state().intents[&open.id].may_have_left(),
        "the sending before it is not forgotten"
    );
}

/// A create that nothing has left of is known as such, and one that was refused stays known as sent.
#[test]
fn what_was_sent_before_is_kept_through_every_later_failure() {
    let not_sent = |nothing_left| Record::NotSent {
        intent: id(1),
        nothing_left,
    };
    let sending = || Record::Sending { intent: id(1) };
    let cases = [
        (vec![], false),
        (vec![not_sent(true)], false),
        (vec![sending(), not_sent(true)], false),
        (vec![sending(), not_sent(false)], true),
        (vec![sending(), not_sent(false), not_sent(true)], true),
        (vec![sending(), not_sent(false), sending(), not_sent(true)], true),
    ];
    for (records, may_have_left) in cases {
        let site = Site::new();
        site.run([Record::Intent(intent("spring", 1))].into_iter().chain(records.clone()));
        let state = site.state();
        let open = &state.intents[&id(1)];
        assert_eq!(
            (open.may_have_left(), open.is_in_doubt()),
            (may_have_left, false),
            "{records:?}"
        );
    }
}

#[test]
fn format_1_is_read_and_written_as_it_always_was() {
    let site = Site::new();
    site.put(
        &site.paths.snapshot,
        include_bytes!("../fixtures/state/format-1.state.json"),
    );
    site.put(
        &site.paths.journal,
        include_bytes!("../fixtures/state/format-1.state.journal"),
    );
    let mut store = site.open().unwrap();
    let mut expected = replayed(&every_kind());
    (expected.serial, expected.lineage) = (1, store.state().lineage);
    assert_eq!(*store.state(), expected);
    assert_eq!(store.state().last_sequence, 33);

    store.commit().unwrap();
    let written = std::fs::read_to_string(&site.paths.snapshot).unwrap();
    assert_eq!(written, include_str!("../fixtures/state/format-1.committed.json"));
}
