//! What every store promises, as [`RemoteStore`] says it: the same tests for each.

use std::sync::Barrier;
use std::thread;

use dialform::state::remote::{HeadVersion, RemoteStore, WriteError, probe_with};

/// Another process at the same state.
type Open<'a> = &'a dyn Fn() -> Box<dyn RemoteStore>;

/// A module's tests of one store: `$open` is an expression that gives `Option<impl Fn() -> Box<dyn RemoteStore>>` for a
/// state of its own, `None` where the server cannot be had.
macro_rules! conformance {
    ($open:expr) => {
        $crate::stores::conformance::conformance!($open,
            nothing_is_there_before_it_is_written
            a_head_is_replaced_only_where_it_is_the_expected_one
            a_head_of_long_ago_is_not_the_expected_one
            snapshots_are_kept_with_the_head_that_names_them
            bytes_of_every_kind_come_back
            of_those_who_create_at_once_one_wins
            of_those_who_replace_at_once_one_wins
            it_passes_the_probe
        );
    };
    ($open:expr, $($name:ident)*) => { $(
        #[test]
        fn $name() {
            let Some(open) = $open else { return };
            $crate::stores::conformance::$name(&open);
        }
    )* };
}
pub(crate) use conformance;

#[track_caller]
fn head(store: &dyn RemoteStore) -> Option<(String, HeadVersion)> {
    let head = store.read_head().unwrap();
    head.map(|head| (String::from_utf8(head.bytes).unwrap(), head.version))
}

pub(super) fn nothing_is_there_before_it_is_written(open: Open<'_>) {
    let store = open();
    assert_eq!(store.read_head().unwrap(), None);
    assert_eq!(store.get_snapshot("a").unwrap(), None);
    assert!(store.snapshot_names().unwrap().is_empty());
    let mut other = open();
    let version = other.write_head(None, b"one").unwrap();
    other = open();
    assert_eq!(head(other.as_ref()), Some(("one".to_owned(), version.clone())));
    assert_eq!(head(store.as_ref()), Some(("one".to_owned(), version)));
    other.erase().unwrap();
    assert_eq!(head(store.as_ref()), None);
}

pub(super) fn a_head_is_replaced_only_where_it_is_the_expected_one(open: Open<'_>) {
    let (a, b) = (open(), open());
    let first = a.write_head(None, b"one").unwrap();
    assert_eq!(b.write_head(None, b"two"), Err(WriteError::Conflict));
    let second = b.write_head(Some(&first), b"three").unwrap();
    assert_ne!(first, second);
    assert_eq!(a.write_head(Some(&first), b"four"), Err(WriteError::Conflict));
    assert_eq!(head(a.as_ref()), Some(("three".to_owned(), second.clone())));
    let third = a.write_head(Some(&second), b"five").unwrap();
    assert_eq!(head(b.as_ref()), Some(("five".to_owned(), third)));
}

pub(super) fn a_head_of_long_ago_is_not_the_expected_one(open: Open<'_>) {
    let store = open();
    let first = store.write_head(None, b"0").unwrap();
    let mut version = first.clone();
    for number in 1..5 {
        version = store.write_head(Some(&version), number.to_string().as_bytes()).unwrap();
    }
    let late = open();
    assert_eq!(late.write_head(Some(&first), b"late"), Err(WriteError::Conflict));
    assert_eq!(late.write_head(None, b"late"), Err(WriteError::Conflict));
    assert_eq!(head(late.as_ref()), Some(("4".to_owned(), version)));
}

pub(super) fn snapshots_are_kept_with_the_head_that_names_them(open: Open<'_>) {
    let store = open();
    store.put_snapshot("snapshot-1", b"{\"a\":1}").unwrap();
    assert_eq!(store.put_snapshot("snapshot-1", b"{}"), Err(WriteError::Conflict));
    let version = store.write_head(None, b"snapshot-1").unwrap();

    let other = open();
    assert_eq!(other.get_snapshot("snapshot-1").unwrap().unwrap(), b"{\"a\":1}");
    assert_eq!(other.put_snapshot("snapshot-1", b"{}"), Err(WriteError::Conflict));
    other.put_snapshot("snapshot-2", b"{\"a\":2}").unwrap();
    let version = other.write_head(Some(&version), b"snapshot-2").unwrap();
    let mut names = store.snapshot_names().unwrap();
    names.sort();
    assert_eq!(names, ["snapshot-1", "snapshot-2"]);

    let third = open();
    third.read_head().unwrap();
    third.delete_snapshot("snapshot-1").unwrap();
    third.delete_snapshot("snapshot-0").unwrap();
    third.write_head(Some(&version), b"snapshot-2 alone").unwrap();
    assert_eq!(store.snapshot_names().unwrap(), ["snapshot-2"]);
    assert_eq!(store.get_snapshot("snapshot-1").unwrap(), None);
    assert_eq!(store.get_snapshot("snapshot-2").unwrap().unwrap(), b"{\"a\":2}");
}

pub(super) fn bytes_of_every_kind_come_back(open: Open<'_>) {
    let store = open();
    let all: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let text = "\"Имя\\\" \u{0} \u{2028} ☎\n".repeat(1000);
    store.put_snapshot("all", &all).unwrap();
    store.put_snapshot("text", text.as_bytes()).unwrap();
    store.put_snapshot("empty", b"").unwrap();
    store.write_head(None, &all).unwrap();
    let other = open();
    assert_eq!(other.read_head().unwrap().unwrap().bytes, all);
    assert_eq!(other.get_snapshot("all").unwrap().unwrap(), all);
    assert_eq!(other.get_snapshot("text").unwrap().unwrap(), text.as_bytes());
    assert_eq!(other.get_snapshot("empty").unwrap().unwrap(), b"");
}

/// What a writer of a race writes: no two heads have the same bytes.
fn raced(number: usize, expected: Option<&HeadVersion>) -> String {
    format!("writer {number} after {expected:?}")
}

/// What eight writers get who write at once.
fn race(open: Open<'_>, expected: Option<&HeadVersion>) -> Vec<(usize, Result<HeadVersion, WriteError>)> {
    let writers: Vec<_> = (0..8).map(|_| open()).collect();
    let barrier = Barrier::new(writers.len());
    thread::scope(|scope| {
        let running = writers.iter().enumerate().map(|(number, store)| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                (number, store.write_head(expected, raced(number, expected).as_bytes()))
            })
        });
        let running: Vec<_> = running.collect();
        running.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

#[track_caller]
fn assert_one_won(
    open: Open<'_>,
    expected: Option<&HeadVersion>,
    results: &[(usize, Result<HeadVersion, WriteError>)],
) -> HeadVersion {
    let won: Vec<_> = results.iter().filter(|(_, result)| result.is_ok()).collect();
    let [(winner, Ok(version))] = won.as_slice() else {
        panic!("{results:?}");
    };
    for (_, result) in results.iter().filter(|(number, _)| number != winner) {
        assert_eq!(result, &Err(WriteError::Conflict));
    }
    assert_eq!(head(open().as_ref()), Some((raced(*winner, expected), version.clone())));
    version.clone()
}

pub(super) fn of_those_who_create_at_once_one_wins(open: Open<'_>) {
    let results = race(open, None);
    assert_one_won(open, None, &results);
}

pub(super) fn of_those_who_replace_at_once_one_wins(open: Open<'_>) {
    let mut version = open().write_head(None, b"first").unwrap();
    for _ in 0..5 {
        let results = race(open, Some(&version));
        version = assert_one_won(open, Some(&version), &results);
    }
}

pub(super) fn it_passes_the_probe(open: Open<'_>) {
    let writers: Vec<_> = (0..8).map(|_| open()).collect();
    probe_with(&writers).unwrap();
}
