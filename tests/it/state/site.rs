//! A folder with a state in it, and the records to fill it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dialform::fields::Dialect;
use dialform::state::{
    Binding, Disk, HandAction, Holder, How, Intent, Marker, OsDisk, Record, SeenMarker, SeenTask, Stage, State,
    StateError, StatePaths, StateWriter, Task, load,
};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

/// Other tests start processes, and between its fork and its exec such a process holds the lock that a store has let go
/// of. Only a lock that is truly held waits so long.
const A_MOMENT: Duration = Duration::from_secs(2);

pub(crate) struct Site {
    folder: TempDir,
    _last_resort: TempDir,
    pub(crate) paths: StatePaths,
}

impl Site {
    pub(crate) fn new() -> Self {
        let (folder, last_resort) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let paths = StatePaths::new(&folder.path().join("dialform.state.json")).with_last_resort(last_resort.path());
        Self {
            folder,
            _last_resort: last_resort,
            paths,
        }
    }

    pub(crate) fn open(&self) -> Result<StateWriter, StateError> {
        self.open_on(Arc::new(OsDisk))
    }

    pub(crate) fn open_on(&self, disk: Arc<dyn Disk>) -> Result<StateWriter, StateError> {
        StateWriter::open_on(
            disk,
            &self.paths,
            &binding(),
            &Holder::here("dialform apply", at(0)),
            A_MOMENT,
        )
    }

    /// One whole run: these records, then a commit.
    pub(crate) fn run(&self, records: impl IntoIterator<Item = Record>) {
        let mut store = self.open().unwrap();
        for record in records {
            store.append(record).unwrap();
        }
        store.commit().unwrap();
    }

    pub(crate) fn state(&self) -> State {
        load(&self.paths, Some(&binding())).unwrap().state.unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The content of every file.
    pub(crate) fn bytes(&self) -> Vec<Vec<u8>> {
        self.files()
            .iter()
            .map(|name| fs::read(self.path(name)).unwrap())
            .collect()
    }

    /// Writes a file as its owner's alone, whatever the umask.
    pub(crate) fn put(&self, path: &Path, bytes: &[u8]) {
        fs::write(path, bytes).unwrap();
        #[cfg(unix)]
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
}

pub(crate) fn binding() -> Binding {
    Binding {
        origin: "https://cis.twin24.ai/api/v1".into(),
        dialect: Dialect::Classic,
        environment: None,
        access: None,
    }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

pub(crate) fn id(n: u64) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

pub(crate) fn created(n: u64, identity: &str) -> Record {
    Record::Created {
        intent: id(n),
        identity: identity.into(),
        at: at(5),
        how: How::Answered,
    }
}

pub(crate) fn marker(key: &str, n: u64) -> Marker {
    format!("[dialform {key} 7K3M9Q2X{n:04}]").parse().unwrap()
}

pub(crate) fn intent(key: &str, n: u64) -> Intent {
    Intent {
        id: id(n),
        key: key.into(),
        fingerprint: format!("v1:{n}"),
        body: serde_json::from_value(
            json!({"name": "Весна \"2026\"", "cps": 0.93, "additionalOptions": {"recTrimLeft": 0}}),
        )
        .unwrap(),
        marker: marker(key, n),
        at: at(1),
        replaces: None,
        stage: Stage::Recorded,
        sent_before: None,
    }
}

pub(crate) fn replacement(key: &str, n: u64, replaces: &str) -> Intent {
    Intent {
        replaces: Some(replaces.into()),
        ..intent(key, n)
    }
}

pub(crate) fn task(identity: &str, key: &str, n: u64) -> Task {
    let Intent {
        fingerprint,
        body,
        marker,
        ..
    } = intent(key, n);
    Task::new(identity.to_owned(), fingerprint, body, marker, at(2))
}

/// A task that was seen to run.
pub(crate) fn seen(n: i64) -> SeenTask {
    SeenTask {
        at: at(n),
        status: Some("PROCESS".into()),
        people: Some(200),
        calls: Some(58),
        gone: false,
    }
}

/// One of every kind of record, in an order that fits.
pub(crate) fn every_kind() -> Vec<Record> {
    vec![
        Record::Intent(intent("spring", 1)),
        Record::Sending { intent: id(1) },
        Record::NotSent {
            intent: id(1),
            nothing_left: true,
        },
        Record::Sending { intent: id(1) },
        Record::Created {
            intent: id(1),
            identity: "task-1".into(),
            at: at(10),
            how: How::Answered,
        },
        Record::Halting {
            key: "spring".into(),
            identity: "task-1".into(),
            at: at(11),
            replacing: None,
        },
        Record::HaltFailed {
            key: "spring".into(),
            identity: "task-1".into(),
            reason: "502".into(),
            unknown: false,
        },
        Record::Halting {
            key: "spring".into(),
            identity: "task-1".into(),
            at: at(12),
            replacing: None,
        },
        Record::Halted {
            key: "spring".into(),
            identity: "task-1".into(),
            at: at(13),
        },
        Record::Intent(replacement("spring", 2, "task-1")),
        Record::Sending { intent: id(2) },
        Record::Unknown {
            intent: id(2),
            reason: "the connection was reset".into(),
        },
        Record::Created {
            intent: id(2),
            identity: "task-2".into(),
            at: at(14),
            how: How::Adopted,
        },
        Record::Moved {
            from: "spring".into(),
            to: "summer".into(),
        },
        Record::Removed {
            key: "summer".into(),
            at: at(15),
        },
        Record::ClearedTombstone { key: "summer".into() },
        Record::Intent(intent("autumn", 3)),
        Record::Withdrawn { intent: id(3) },
        Record::Intent(intent("autumn", 4)),
        Record::Sending { intent: id(4) },
        Record::Rejected {
            intent: id(4),
            status: 422,
            reason: "cps: обязательное поле".into(),
        },
        Record::Intent(intent("winter", 5)),
        Record::Sending { intent: id(5) },
        Record::Abandoned {
            intent: id(5),
            at: at(16),
        },
        Record::Adopted {
            key: "winter".into(),
            task: task("task-6", "winter", 6),
        },
        Record::Disowned {
            key: "winter".into(),
            marker: marker("winter", 7),
            identity: None,
            at: at(17),
        },
        Record::Intent(intent("summer", 8)),
        Record::Acting {
            key: "winter".into(),
            identity: "task-6".into(),
            action: HandAction::Start,
            at: at(18),
        },
        Record::Acted {
            key: "winter".into(),
            identity: "task-6".into(),
            action: HandAction::Start,
            at: at(19),
        },
        Record::Acting {
            key: "summer".into(),
            identity: "task-2".into(),
            action: HandAction::Pause,
            at: at(20),
        },
        Record::ActionFailed {
            key: "summer".into(),
            identity: "task-2".into(),
            action: HandAction::Pause,
            at: at(21),
            reason: "504".into(),
            unknown: true,
        },
        Record::Halting {
            key: "summer".into(),
            identity: "task-2".into(),
            at: at(22),
            replacing: None,
        },
        Record::Seen {
            tasks: [("task-6".to_owned(), seen(23))].into(),
            foreign: Some(vec![SeenMarker {
                key: "winter".into(),
                identity: "task-9".into(),
                marker: marker("winter", 9),
                over: false,
                at: at(23),
            }]),
        },
    ]
}

/// The state after these records.
pub(crate) fn replayed(records: &[Record]) -> State {
    let mut state = State::new(Uuid::from_u128(42), binding());
    for (sequence, record) in (1..).zip(records) {
        assert!(state.replay(sequence, record).unwrap());
    }
    state
}
