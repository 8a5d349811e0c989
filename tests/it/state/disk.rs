//! A disk that fails: nothing that was acknowledged is lost, and no outcome goes unkept in silence.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use dialform::state::{Disk, How, OsDisk, Record, StateError, StateWriter, Step, load};

use super::site::{Site, at, binding, id, intent};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    CreateFolder,
    Create,
    Open,
    Write,
    Cut,
    Sync,
    Rename,
    Remove,
    SyncFolder,
}

/// A disk that keeps a list of its calls and fails at those it is told to.
#[derive(Debug, Default)]
pub(crate) struct Failing {
    calls: Mutex<Vec<(Step, Call)>>,
    /// The number of the call that fails first, counted from 0.
    at: Mutex<Option<usize>>,
    /// Steps whose every call fails.
    steps: Mutex<Vec<Step>>,
}

impl Failing {
    pub(crate) fn at(call: usize) -> Arc<Self> {
        Arc::new(Self {
            at: Mutex::new(Some(call)),
            ..Self::default()
        })
    }

    fn fail(&self, steps: &[Step]) {
        *self.steps.lock().unwrap() = steps.to_vec();
    }

    pub(crate) fn calls(&self) -> Vec<(Step, Call)> {
        self.calls.lock().unwrap().clone()
    }

    fn pass(&self, step: Step, call: Call) -> io::Result<()> {
        let mut calls = self.calls.lock().unwrap();
        calls.push((step, call));
        if *self.at.lock().unwrap() == Some(calls.len() - 1) || self.steps.lock().unwrap().contains(&step) {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Disk for Failing {
    fn create_folder(&self, step: Step, folder: &Path) -> io::Result<()> {
        self.pass(step, Call::CreateFolder)
            .and_then(|()| OsDisk.create_folder(step, folder))
    }
    fn create(&self, step: Step, path: &Path) -> io::Result<File> {
        self.pass(step, Call::Create).and_then(|()| OsDisk.create(step, path))
    }
    fn open(&self, step: Step, path: &Path) -> io::Result<File> {
        self.pass(step, Call::Open).and_then(|()| OsDisk.open(step, path))
    }
    fn write(&self, step: Step, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.pass(step, Call::Write).or_else(|full| {
            // A full disk takes what still fits.
            file.write_all(&bytes[..bytes.len() / 2]).and(Err(full))
        })?;
        OsDisk.write(step, file, bytes)
    }
    fn cut(&self, step: Step, file: &File, len: u64) -> io::Result<()> {
        self.pass(step, Call::Cut).and_then(|()| OsDisk.cut(step, file, len))
    }
    fn sync(&self, step: Step, file: &File) -> io::Result<()> {
        self.pass(step, Call::Sync).and_then(|()| OsDisk.sync(step, file))
    }
    fn rename(&self, step: Step, from: &Path, to: &Path) -> io::Result<()> {
        self.pass(step, Call::Rename)
            .and_then(|()| OsDisk.rename(step, from, to))
    }
    fn remove(&self, step: Step, path: &Path) -> io::Result<()> {
        self.pass(step, Call::Remove).and_then(|()| OsDisk.remove(step, path))
    }
    fn sync_folder(&self, step: Step, folder: &Path) -> io::Result<()> {
        self.pass(step, Call::SyncFolder)
            .and_then(|()| OsDisk.sync_folder(step, folder))
    }
}

fn created() -> Record {
    Record::Created {
        intent: id(1),
        identity: "task-1".into(),
        at: at(5),
        how: How::Answered,
    }
}

fn sent(store: &mut StateWriter) {
    store.append(Record::Intent(intent("spring", 1))).unwrap();
    store.append(Record::Sending { intent: id(1) }).unwrap();
}

/// A create, an answer and a commit; gives the last acknowledged sequence, and whether the answer was kept anywhere.
fn run(site: &Site, disk: Arc<Failing>) -> (u64, bool) {
    let Ok(mut store) = site.open_on(disk) else {
        return (0, false);
    };
    let mut acknowledged = 0;
    for record in [Record::Intent(intent("spring", 1)), Record::Sending { intent: id(1) }] {
        match store.append(record) {
            Ok(sequence) => acknowledged = sequence,
            // Nothing may be sent then, so there is no outcome.
            Err(_) => return (acknowledged, false),
        }
    }
    let kept = match store.append(created()) {
        Ok(sequence) => {
            acknowledged = sequence;
            true
        }
        Err(StateError::OutcomeNotJournalled { spilled, .. }) => spilled.is_some(),
        Err(other) => panic!("{other}"),
    };
    let _ = store.commit();
    (acknowledged, kept)
}

#[test]
fn whichever_call_fails_nothing_acknowledged_is_lost() {
    let whole = Arc::new(Failing::default());
    let site = Site::new();
    assert_eq!(run(&site, Arc::clone(&whole)), (3, true));
    let calls = whole.calls();
    assert!(calls.len() > 40, "{calls:?}");

    for (at, call) in calls.iter().enumerate() {
        let site = Site::new();
        let (acknowledged, kept) = run(&site, Failing::at(at));
        let before = load(&site.paths, Some(&binding())).unwrap_or_else(|error| panic!("{call:?}: {error}"));
        assert!(before.head.sequence >= acknowledged, "{call:?}: {before:?}");

        let mut store = site.open().unwrap_or_else(|error| panic!("{call:?}: {error}"));
        assert!(store.head().sequence >= acknowledged, "{call:?}");
        assert_eq!(store.state().tasks.contains_key("spring"), kept, "{call:?}");
        // And the store goes on from there.
        store.append(Record::Intent(intent("autumn", 2))).unwrap();
        store.commit().unwrap();
        assert_eq!(site.state(), *store.state(), "{call:?}");
    }
}

#[test]
fn a_store_that_failed_takes_nothing_more_in() {
    for step in [Step::Append, Step::Reserve] {
        let (site, disk) = (Site::new(), Arc::new(Failing::default()));
        let mut store = site.open_on(disk.clone()).unwrap();
        store
            .append(Record::Disowned {
                key: "a".into(),
                marker: super::site::marker("a", 9),
                identity: None,
                at: at(1),
            })
            .unwrap();
        disk.fail(&[step]);
        assert!(matches!(
            store.append(Record::Intent(intent("spring", 1))),
            Err(StateError::Io { .. })
        ));
        disk.fail(&[]);
        let calls = disk.calls();
        assert!(matches!(
            store.append(Record::Intent(intent("spring", 1))),
            Err(StateError::Poisoned { .. })
        ));
        assert!(matches!(store.commit(), Err(StateError::Poisoned { .. })));
        assert_eq!(disk.calls(), calls, "the disk was touched after {step:?} failed");
        assert_eq!(store.state().last_sequence, 1);
    }
}

#[test]
fn an_outcome_that_the_journal_cannot_take_waits_in_the_spill_file() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    sent(&mut store);
    disk.fail(&[Step::Append]);
    let error = store.append(created()).unwrap_err();
    let StateError::OutcomeNotJournalled {
        spilled: Some(path),
        text,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(*path, site.paths.spill);
    assert!(text.contains("task-1"), "{text}");
    let calls = disk.calls();
    assert!(
        calls.ends_with(&[(Step::Spill, Call::Write), (Step::Spill, Call::Sync)]),
        "{calls:?}"
    );
    // A request in flight ends after that, and even what follows on an outcome is kept.
    let halted = Record::HaltFailed {
        key: "spring".into(),
        identity: "task-1".into(),
        reason: "late".into(),
        unknown: false,
    };
    assert!(matches!(
        store.append(halted),
        Err(StateError::OutcomeNotJournalled { spilled: Some(_), .. })
    ));
    drop(store);

    let loaded = load(&site.paths, Some(&binding())).unwrap();
    assert_eq!(
        loaded.notes.len(),
        3,
        "a torn journal and two outcomes: {:?}",
        loaded.notes
    );
    let spill = fs::read(&site.paths.spill).unwrap();
    let store = site.open().unwrap();
    assert_eq!(store.state().tasks["spring"].identity, "task-1");
    assert!(store.state().intents.is_empty());
    assert!(!site.paths.spill.exists());
    assert_eq!(site.state(), *store.state());
    let (taken, notes) = (store.head(), store.notes().len());
    assert_eq!(notes, 3);
    drop(store);

    // Stopped between taking it over and clearing the file: nothing is taken over twice.
    site.put(&site.paths.spill, &spill);
    let store = site.open().unwrap();
    assert_eq!(store.head(), taken);
    assert!(!site.paths.spill.exists());
}

#[test]
fn an_outcome_that_was_recorded_before_is_taken_over_again() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    sent(&mut store);
    store
        .append(Record::NotSent {
            intent: id(1),
            nothing_left: true,
        })
        .unwrap();
    store.append(Record::Sending { intent: id(1) }).unwrap();
    disk.fail(&[Step::Append]);
    // The same words as those of the first attempt, about the second.
    store
        .append(Record::NotSent {
            intent: id(1),
            nothing_left: true,
        })
        .unwrap_err();
    drop(store);
    assert!(!site.open().unwrap().state().intents[&id(1)].may_have_left());
}

#[test]
fn whichever_call_of_the_taking_over_fails_the_outcome_stays() {
    let spilled = || {
        let (site, disk) = (Site::new(), Arc::new(Failing::default()));
        let mut store = site.open_on(disk.clone()).unwrap();
        sent(&mut store);
        disk.fail(&[Step::Append]);
        store.append(created()).unwrap_err();
        site
    };
    let whole = Arc::new(Failing::default());
    drop(spilled().open_on(whole.clone()).unwrap());
    let calls = whole.calls();
    assert!(calls.contains(&(Step::TailCut, Call::Cut)) && calls.contains(&(Step::SpillClear, Call::Remove)));
    for (at, call) in calls.iter().enumerate() {
        let site = spilled();
        let _ = site.open_on(Failing::at(at));
        let store = site.open().unwrap_or_else(|error| panic!("{call:?}: {error}"));
        assert_eq!(store.state().tasks["spring"].identity, "task-1", "{call:?}");
        assert!(!site.paths.spill.exists(), "{call:?}");
    }
}

#[test]
fn an_outcome_goes_to_the_last_resort_and_then_into_the_message() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    sent(&mut store);
    disk.fail(&[Step::Append, Step::Spill]);
    let error = store.append(created()).unwrap_err();
    let StateError::OutcomeNotJournalled {
        spilled: Some(path), ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!(path.starts_with(&site.paths.last_resort), "{}", path.display());
    let path = path.clone();

    disk.fail(&[Step::Append, Step::Spill, Step::LastResort]);
    let error = store.append(created()).unwrap_err();
    assert!(matches!(&error, StateError::OutcomeNotJournalled { spilled: None, .. }));
    assert!(error.to_string().contains(r#""identity":"task-1""#), "{error}");
    drop(store);

    let store = site.open().unwrap();
    assert_eq!(store.state().tasks["spring"].identity, "task-1");
    assert!(!path.exists());
}

#[test]
fn room_for_an_outcome_is_there_before_its_intent_is() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    for n in 1..=4 {
        let from = disk.calls().len();
        store
            .append(Record::Intent(intent(&format!("campaign-{n}"), n)))
            .unwrap();
        let room = fs::read(&site.paths.spill).unwrap();
        assert!(room.len() as u64 >= n * 8192 && room.iter().all(|byte| *byte == b' '));
        let calls = disk.calls().split_off(from);
        let reserved = calls
            .iter()
            .position(|call| *call == (Step::Reserve, Call::Sync))
            .unwrap();
        let appended = calls
            .iter()
            .position(|call| *call == (Step::Append, Call::Write))
            .unwrap();
        assert!(reserved < appended, "{calls:?}");
    }
    for n in 1..=4 {
        store.append(Record::Withdrawn { intent: id(n) }).unwrap();
    }
    store.commit().unwrap();
    assert!(!site.paths.spill.exists());
}

#[test]
fn the_longest_outcome_fits_into_its_room() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    sent(&mut store);
    let room = fs::metadata(&site.paths.spill).unwrap().len();
    disk.fail(&[Step::Append]);
    // A control character takes six bytes in JSON, more than any other.
    let reason = "\u{1}".repeat(5000);
    store.append(Record::Unknown { intent: id(1), reason }).unwrap_err();
    assert_eq!(fs::metadata(&site.paths.spill).unwrap().len(), room);
}

#[test]
fn spill_files_that_cannot_be_trusted_are_refused() {
    let spilled = |site: &Site| {
        let disk = Arc::new(Failing::default());
        let mut store = site.open_on(disk.clone()).unwrap();
        sent(&mut store);
        disk.fail(&[Step::Append]);
        store.append(created()).unwrap_err();
        drop(store);
        fs::read(&site.paths.spill).unwrap()
    };
    let (site, other) = (Site::new(), Site::new());
    let (ours, theirs) = (spilled(&site), spilled(&other));
    let mut flipped = ours.clone();
    flipped[200] ^= 1;
    for bytes in [theirs, flipped, b"anything\n".to_vec()] {
        site.put(&site.paths.spill, &bytes);
        let error = site.open().unwrap_err();
        assert!(matches!(error, StateError::Spill { .. }), "{error}");
    }
    // One whose writing did not end tells nothing; its request counts as unknown already.
    site.put(&site.paths.spill, &ours[..150]);
    assert!(site.open().unwrap().state().intents[&id(1)].may_have_left());
}

#[test]
fn a_file_is_durable_before_its_name_and_its_name_before_the_journal_goes() {
    let (site, disk) = (Site::new(), Arc::new(Failing::default()));
    let mut store = site.open_on(disk.clone()).unwrap();
    sent(&mut store);
    let from = disk.calls().len();
    store.commit().unwrap();
    use Call::{Create, Open, Remove, Rename, Sync, SyncFolder, Write};
    let replaced = [Remove, Create, Write, Sync, Rename, SyncFolder];
    let of = |step| replaced.into_iter().map(move |call| (step, call));
    let expected: Vec<_> = of(Step::Backup)
        .chain(of(Step::Snapshot))
        .chain(of(Step::JournalStart))
        .chain([(Step::JournalStart, Open)])
        .collect();
    assert_eq!(disk.calls().split_off(from), expected);
    let from = disk.calls().len();
    store.append(created()).unwrap();
    assert_eq!(
        disk.calls().split_off(from),
        [(Step::Append, Write), (Step::Append, Sync)]
    );
}

#[test]
fn a_folder_in_the_place_of_a_new_file_stops_the_store() {
    let site = Site::new();
    let mut store = site.open().unwrap();
    sent(&mut store);
    fs::create_dir(site.path("dialform.state.json.tmp")).unwrap();
    assert!(matches!(store.commit(), Err(StateError::Io { .. })));
    assert!(matches!(
        store.append(Record::NotSent {
            intent: id(1),
            nothing_left: true,
        }),
        Err(StateError::OutcomeNotJournalled { .. })
    ));
    drop(store);
    fs::remove_dir(site.path("dialform.state.json.tmp")).unwrap();
    assert!(!site.open().unwrap().state().intents[&id(1)].may_have_left());
}

/// The kernel's own full disk, under the real calls.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_like_any_other() {
    let mut full = File::options().write(true).open("/dev/full").unwrap();
    let error = OsDisk.write(Step::Append, &mut full, b"{}").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}
