//! The state in a store: what is acknowledged is there, whatever is lost on the way, and only the last writer writes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dialform::apply::{Resolution, resolve_create};
use dialform::state::remote::{
    HeadVersion, MemoryFault, MemoryStore, RemoteError, RemoteStore, StoredHead, WriteError,
};
use dialform::state::{Holder, Record, Stage, State, StateError, StatePlace, StateWriter, StoreAt, load};
use tempfile::TempDir;

use super::site::{at, binding, created, every_kind, id, intent, replayed};

/// A machine with a project, whose state is in a store.
struct Machine {
    folder: TempDir,
    place: StatePlace,
}

impl Machine {
    fn of(store: Arc<dyn RemoteStore>) -> Self {
        let folder = TempDir::new().unwrap();
        let place = StoreAt::new(store, folder.path())
            .with_patience(Duration::from_millis(300))
            .with_last_resort(folder.path());
        Self {
            place: place.into(),
            folder,
        }
    }

    fn open(&self) -> Result<StateWriter, StateError> {
        StateWriter::open(
            &self.place,
            &binding(),
            &Holder::here("dialform apply", at(0)),
            Duration::ZERO,
        )
    }

    fn load(&self) -> Option<State> {
        load(&self.place, Some(&binding())).unwrap().state
    }

    fn spilled(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let spills = files.map(|file| file.unwrap().path());
        let spills = spills.filter(|path| path.extension().is_some_and(|extension| extension == "spill"));
        spills.flat_map(|path| lines(&path)).collect()
    }
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

/// Lets whoever says to be at work be taken for dead, as `state lock --break` does.
fn break_lock(place: &StatePlace) {
    if let StatePlace::Store(at) = place {
        dialform::state::break_lock(at).unwrap();
    }
}

#[test]
fn every_record_is_there_for_every_reader_as_soon_as_it_is_acknowledged() {
    let store = MemoryStore::new();
    let (one, other) = (Machine::of(Arc::new(store.clone())), Machine::of(Arc::new(store)));
    assert_eq!(one.load(), None);
    let mut writer = one.open().unwrap();
    // Nothing but who is at work is there before the first record.
    assert_eq!(other.load(), None);
    for record in every_kind() {
        writer.append(record).unwrap();
        assert_eq!(other.load().as_ref(), Some(writer.state()));
        assert_eq!(load(&other.place, None).unwrap().head, writer.head());
    }
    assert_eq!(writer.state().tasks, replayed(&every_kind()).tasks);
    writer.commit().unwrap();
    let left = writer.state().clone();
    drop(writer);
    assert_eq!(other.load().as_ref(), Some(&left));
    let mut writer = other.open().unwrap();
    assert_eq!(*writer.state(), left);
    writer.append(Record::Intent(intent("autumn", 77))).unwrap();
    assert_eq!(one.load().as_ref(), Some(writer.state()));
}

#[test]
fn whoever_was_taken_over_from_writes_no_more_and_keeps_its_outcomes() {
    let store = MemoryStore::new();
    let (sleeper, next) = (Machine::of(Arc::new(store.clone())), Machine::of(Arc::new(store)));
    let mut asleep = sleeper.open().unwrap();
    asleep.append(Record::Intent(intent("spring", 1))).unwrap();
    asleep.append(Record::Sending { intent: id(1) }).unwrap();
    asleep.append(Record::Intent(intent("autumn", 2))).unwrap();

    let Err(StateError::InUse { holder, .. }) = next.open() else {
        panic!("somebody is at work");
    };
    assert_eq!(holder.command, "dialform apply");
    break_lock(&next.place);
    let awake = next.open().unwrap();

    // The fence is the record that has to be durable before the first byte.
    let refused = asleep.append(Record::Sending { intent: id(2) }).unwrap_err();
    assert!(matches!(refused, StateError::Fenced { .. }), "{refused}");
    let spilled = asleep.append(created(1, "task-1")).unwrap_err();
    assert!(matches!(spilled, StateError::OutcomeNotJournalled { .. }), "{spilled}");
    assert!(spilled.to_string().contains("taken over"), "{spilled}");
    assert_eq!(sleeper.spilled().len(), 1);
    drop(asleep);
    assert_eq!(awake.state().intents[&id(2)].stage, Stage::Recorded);
    drop(awake);

    let recovered = sleeper.open().unwrap();
    assert_eq!(recovered.state().tasks["spring"].identity, "task-1");
    assert!(!recovered.state().intents.contains_key(&id(1)));
    assert!(sleeper.spilled().is_empty());
}

#[test]
fn that_nothing_left_is_not_believed_of_a_create_that_another_run_has_sent_since() {
    let store = MemoryStore::new();
    let (first, second) = (Machine::of(Arc::new(store.clone())), Machine::of(Arc::new(store)));
    let mut asleep = first.open().unwrap();
    asleep.append(Record::Intent(intent("spring", 1))).unwrap();
    break_lock(&second.place);
    let mut other = second.open().unwrap();
    asleep.append(Record::Sending { intent: id(1) }).unwrap_err();
    let not_sent = Record::NotSent {
        intent: id(1),
        nothing_left: true,
    };
    asleep.append(not_sent).unwrap_err();
    drop(asleep);
    other.append(Record::Sending { intent: id(1) }).unwrap();
    drop(other);
    let late = first.open().unwrap();
    assert_eq!(late.state().intents[&id(1)].stage, Stage::Sending);
    assert!(
        late.notes().iter().any(|note| note.contains("left out")),
        "{:?}",
        late.notes()
    );
}

#[test]
fn a_create_that_may_still_leave_elsewhere_is_not_made_anew_yet() {
    let store = MemoryStore::new();
    let (first, second) = (Machine::of(Arc::new(store.clone())), Machine::of(Arc::new(store)));
    let mut asleep = first.open().unwrap();
    asleep.append(Record::Intent(intent("spring", 1))).unwrap();
    asleep.append(Record::Sending { intent: id(1) }).unwrap();
    break_lock(&second.place);
    // However often somebody asks, the moment stays the same.
    let until = second.open().unwrap().leaves_by().unwrap();
    let mut other = second.open().unwrap();
    let early = resolve_create(&mut other, "spring", &Resolution::Recreate).unwrap_err();
    assert!(early.to_string().contains("may still leave until"), "{early}");
    assert_eq!(other.leaves_by(), Some(until));
}

#[test]
fn a_lost_answer_a_lost_request_and_no_connection_are_got_over() {
    for fault in [
        MemoryFault::LostAnswer,
        MemoryFault::LostRequest,
        MemoryFault::NotConnected,
    ] {
        let store = MemoryStore::new();
        let machine = Machine::of(Arc::new(store.clone()));
        let mut writer = machine.open().unwrap();
        for record in every_kind() {
            store.order([fault]);
            writer
                .append(record)
                .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        }
        store.order([fault]);
        writer.commit().unwrap();
        assert_eq!(machine.load().as_ref(), Some(writer.state()), "{fault:?}");
        assert_eq!(writer.state().tasks, replayed(&every_kind()).tasks);
    }
}

#[test]
fn a_store_that_stays_away_stops_the_run_and_its_outcomes_are_spilled() {
    for fault in [
        MemoryFault::LostRequest,
        MemoryFault::NotConnected,
        MemoryFault::LostAnswer,
    ] {
        let store = MemoryStore::new();
        let machine = Machine::of(Arc::new(store.clone()));
        let mut writer = machine.open().unwrap();
        writer.append(Record::Intent(intent("spring", 1))).unwrap();
        writer.append(Record::Sending { intent: id(1) }).unwrap();
        store.order([fault; 20]);
        let ended = writer.append(created(1, "task-1"));
        if fault == MemoryFault::LostAnswer {
            ended.unwrap();
            continue;
        }
        assert!(matches!(ended, Err(StateError::OutcomeNotJournalled { .. })));
        let more = writer.append(Record::Intent(intent("autumn", 2)));
        assert!(matches!(more, Err(StateError::Poisoned { .. })));
        drop(writer);
        store.order([MemoryFault::None; 0]);
        assert_eq!(machine.spilled().len(), 1);
    }
}

/// A store whose client ends at one of its calls, before or after that takes effect.
#[derive(Debug)]
struct Ending {
    store: MemoryStore,
    calls: AtomicUsize,
    ends_at: usize,
}

impl Ending {
    fn call<T>(&self, call: impl FnOnce() -> T) -> Option<T> {
        let before = self.calls.fetch_add(1, Ordering::SeqCst);
        if before >= self.ends_at {
            return None;
        }
        let done = call();
        let after = self.calls.fetch_add(1, Ordering::SeqCst);
        (after < self.ends_at).then_some(done)
    }

    fn ended() -> RemoteError {
        RemoteError::Denied {
            store: "memory".to_owned(),
            doing: "anything",
            why: "it has ended".to_owned(),
        }
    }

    fn write<T>(&self, call: impl FnOnce() -> Result<T, WriteError>) -> Result<T, WriteError> {
        self.call(call)
            .unwrap_or_else(|| Err(WriteError::NotWritten(Self::ended())))
    }

    fn read<T>(&self, call: impl FnOnce() -> Result<T, RemoteError>) -> Result<T, RemoteError> {
        self.call(call).unwrap_or_else(|| Err(Self::ended()))
    }
}

impl RemoteStore for Ending {
    fn address(&self) -> String {
        self.store.address()
    }

    fn read_head(&self) -> Result<Option<StoredHead>, RemoteError> {
        self.read(|| self.store.read_head())
    }

    fn write_head(&self, expected: Option<&HeadVersion>, head: &[u8]) -> Result<HeadVersion, WriteError> {
        self.write(|| self.store.write_head(expected, head))
    }

    fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), WriteError> {
        self.write(|| self.store.put_snapshot(name, snapshot))
    }

    fn get_snapshot(&self, name: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        self.read(|| self.store.get_snapshot(name))
    }

    fn snapshot_names(&self) -> Result<Vec<String>, RemoteError> {
        self.read(|| self.store.snapshot_names())
    }

    fn delete_snapshot(&self, name: &str) -> Result<(), WriteError> {
        self.write(|| self.store.delete_snapshot(name))
    }

    fn erase(&self) -> Result<(), WriteError> {
        self.write(|| self.store.erase())
    }
}

/// What a run does; gives the number of records that were acknowledged, and whether it came to its end.
fn run(machine: &Machine) -> (usize, bool) {
    let Ok(mut writer) = machine.open() else {
        return (0, false);
    };
    let mut acknowledged = 0;
    for (number, record) in every_kind().into_iter().enumerate() {
        if writer.append(record).is_err() {
            return (acknowledged, false);
        }
        acknowledged += 1;
        if number % 7 == 6 && writer.commit().is_err() {
            return (acknowledged, false);
        }
    }
    (acknowledged, writer.commit().is_ok())
}

#[test]
fn whichever_call_a_run_ends_at_what_it_acknowledged_is_there_and_the_next_goes_on() {
    let mut ends_at = 0;
    loop {
        let store = MemoryStore::new();
        let machine = Machine::of(Arc::new(Ending {
            store: store.clone(),
            calls: AtomicUsize::default(),
            ends_at,
        }));
        let (acknowledged, whole) = run(&machine);
        let next = Machine::of(Arc::new(store));
        let state = next.load();
        let reached = state.as_ref().map_or(0, |state| state.last_sequence);
        let reached = usize::try_from(reached).unwrap();
        assert!(
            reached >= acknowledged,
            "ended at {ends_at}: {reached} of {acknowledged}"
        );
        assert!(
            reached <= acknowledged + 1,
            "ended at {ends_at}: {reached} of {acknowledged}"
        );
        let expected = replayed(&every_kind()[..reached]);
        if let Some(state) = state {
            assert_eq!(
                (&state.tasks, &state.intents),
                (&expected.tasks, &expected.intents),
                "{ends_at}"
            );
        }
        break_lock(&next.place);
        let mut writer = next.open().unwrap();
        writer.append(Record::Intent(intent("afterwards", 99))).unwrap();
        if whole {
            assert!(ends_at > 40, "a run of {ends_at} calls tries nothing");
            return;
        }
        ends_at += 1;
    }
}

#[test]
fn of_writers_that_race_for_the_state_each_record_is_of_one() {
    let store = MemoryStore::new();
    let machines: Vec<Machine> = (0..8).map(|_| Machine::of(Arc::new(store.clone()))).collect();
    std::thread::scope(|scope| {
        for (number, machine) in machines.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..10_u64 {
                    let number = u64::try_from(number).unwrap();
                    break_lock(&machine.place);
                    let Ok(mut writer) = machine.open() else { continue };
                    let n = 100 + round * 8 + number;
                    let _ = writer.append(Record::Intent(intent(&format!("key-{n}"), n)));
                }
            });
        }
    });
    let last = machines[0].load().map_or(0, |state| state.last_sequence);
    let state = machines[0].load().unwrap();
    assert_eq!(u64::try_from(state.intents.len()).unwrap(), last);
    assert!(last > 0);
}

#[test]
fn the_last_ten_snapshots_stay() {
    let store = MemoryStore::new();
    let machine = Machine::of(Arc::new(store.clone()));
    let mut writer = machine.open().unwrap();
    for n in 1..=15 {
        writer.append(Record::Intent(intent(&format!("key-{n}"), n))).unwrap();
        writer.commit().unwrap();
    }
    assert_eq!(store.snapshot_names().unwrap().len(), 10);
    assert_eq!(machine.load().as_ref(), Some(writer.state()));
}

#[test]
fn a_head_or_a_snapshot_that_was_changed_or_is_gone_is_refused() {
    let store = MemoryStore::new();
    let machine = Machine::of(Arc::new(store.clone()));
    let mut writer = machine.open().unwrap();
    writer.append(Record::Intent(intent("spring", 1))).unwrap();
    writer.append(Record::Sending { intent: id(1) }).unwrap();
    drop(writer);
    let whole = store.read_head().unwrap().unwrap();
    let put = |bytes: &[u8]| {
        let version = store.read_head().unwrap().map(|head| head.version);
        store.write_head(version.as_ref(), bytes).unwrap();
    };
    let last_line = whole
        .bytes
        .iter()
        .rev()
        .skip(1)
        .position(|byte| *byte == b'\n')
        .unwrap();
    let cut = whole.bytes.len() - last_line - 1;
    let mut turned = whole.bytes.clone();
    turned[40] ^= 1;
    for bytes in [
        &whole.bytes[..cut],
        &whole.bytes[..whole.bytes.len() - 1],
        &turned,
        b"",
        b"{}\n",
    ] {
        put(bytes);
        let refused = load(&machine.place, None).unwrap_err();
        assert!(refused.to_string().contains("memory"), "{refused}");
        assert!(machine.open().is_err());
    }
    put(&whole.bytes);
    assert!(machine.load().is_some());
    for name in store.snapshot_names().unwrap() {
        store.delete_snapshot(&name).unwrap();
    }
    let refused = load(&machine.place, None).unwrap_err();
    assert!(refused.to_string().contains("is gone"), "{refused}");
}

#[test]
fn a_state_is_pulled_pushed_and_moved() {
    use dialform::state::{PushError, migrate, pull, push};

    let local = super::site::Site::new();
    local.run(every_kind());
    let before = local.state();
    let store = MemoryStore::new();
    let machine = Machine::of(Arc::new(store.clone()));
    let me = Holder::here("dialform state migrate", at(0));
    let files = StatePlace::from(&local.paths);
    let moved = migrate(&files, &machine.place, &me, Duration::ZERO).unwrap();
    assert_eq!((moved, machine.load()), (before.clone(), Some(before.clone())));
    // The file is not taken for the state any more, nor for none.
    let refused = load(&local.paths, None).unwrap_err();
    assert!(refused.to_string().contains("was moved to memory"), "{refused}");
    assert!(local.open().is_err());
    migrate(&files, &machine.place, &me, Duration::ZERO).unwrap_err();

    let StatePlace::Store(store_at) = &machine.place else {
        unreachable!()
    };
    let file = local.path("pulled.json");
    local.put(&file, &pull(&machine.place).unwrap().unwrap());
    let mut writer = machine.open().unwrap();
    writer.append(Record::Intent(intent("later", 99))).unwrap();
    drop(writer);
    let older = push(store_at, &file, false, &me, Duration::ZERO).unwrap_err();
    assert!(matches!(older, PushError::Older { .. }), "{older}");
    // What another run has recorded while this one looked is not lost either.
    push(store_at, &file, true, &me, Duration::ZERO).unwrap();
    local.put(&file, &pull(&machine.place).unwrap().unwrap());
    let before_meanwhile = store.read_head().unwrap().unwrap();
    let mut writer = machine.open().unwrap();
    writer.append(Record::Intent(intent("meanwhile", 98))).unwrap();
    drop(writer);
    let meanwhile = store.read_head().unwrap().unwrap();
    store
        .write_head(Some(&meanwhile.version), &before_meanwhile.bytes)
        .unwrap();
    store.overtake(&meanwhile.bytes);
    let older = push(store_at, &file, false, &me, Duration::ZERO).unwrap_err();
    assert!(matches!(older, PushError::Older { .. }), "{older}");
    assert!(machine.load().unwrap().intents.contains_key(&id(98)));
    // Damaged beyond reading, it is replaced by force only.
    let version = store.read_head().unwrap().map(|head| head.version);
    store.write_head(version.as_ref(), b"nothing\n").unwrap();
    let unreadable = push(store_at, &file, false, &me, Duration::ZERO).unwrap_err();
    assert!(matches!(unreadable, PushError::Unreadable { .. }), "{unreadable}");
    let other = super::site::Site::new();
    other.run(every_kind());
    migrate(&StatePlace::from(&other.paths), &machine.place, &me, Duration::ZERO).unwrap_err();
    assert_eq!(store.read_head().unwrap().unwrap().bytes, b"nothing\n");
    push(store_at, &file, true, &me, Duration::ZERO).unwrap();
    let restored = machine.load().unwrap();
    assert_eq!((restored.tasks, restored.lineage), (before.tasks, before.lineage));
    assert!(restored.serial > before.serial);
}
