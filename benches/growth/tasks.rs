//! The states that plan and the state commands are counted on: the tasks of a project's campaigns, as apply leaves them.

use std::path::Path;
use std::time::Duration;

use dialform::fields::Dialect;
use dialform::lint::engine::Checker;
use dialform::plan::desired_state::Configuration;
use dialform::state::{Binding, Holder, Marker, Record, StatePaths, StateWriter, Task};
use dialform::wire::BodyRedactor;
use jiff::Timestamp;

/// What the state holds before the command is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tasks {
    /// There is no state.
    None,
    /// The task of each campaign, as the files say.
    Same,
    /// The task of each campaign, made of other settings.
    Changed,
    /// As many tasks of campaigns that are gone, and none of those that are declared.
    Orphans,
    /// There is none, and `rendered.json` beside the project's file has what render prints.
    Rendered,
    /// The task of each campaign under the key that the first `moved` of it names.
    BeforeMoves,
}

/// Writes the state of `--sandbox` for the project in a folder.
pub(crate) fn file(folder: &Path, tasks: Tasks) {
    if tasks == Tasks::None {
        return;
    }
    if tasks == Tasks::Rendered {
        return print(folder);
    }
    let paths = StatePaths::new(&folder.join(".dialform/sandbox.state.json"));
    let binding = Binding {
        origin: "sandbox".to_owned(),
        dialect: Dialect::Classic,
        environment: None,
        access: None,
    };
    let holder = Holder::here("growth", Timestamp::UNIX_EPOCH);
    let mut store = StateWriter::open(&paths, &binding, &holder, Duration::ZERO).expect("the state is free");
    let mut checker = Checker::new(folder, None);
    let scope = checker.project_scope(folder, &[]);
    let redactor = BodyRedactor::new(Some(store.state().lineage));
    let configuration = Configuration::of(&checker.check(&scope, &[]), redactor);
    for (number, desired) in configuration.campaigns.iter().enumerate() {
        let before = configuration.moves.iter().find(|moved| moved.to == desired.key);
        let key = match (tasks, before) {
            (Tasks::Orphans, _) => format!("gone-{}", desired.key),
            (Tasks::BeforeMoves, Some(moved)) => moved.from.clone(),
            _ => desired.key.clone(),
        };
        let mut body = desired.redacted.unpack().expect("a body is read back");
        let mut fingerprint = desired.fingerprint.clone();
        if matches!(tasks, Tasks::Changed | Tasks::Orphans) {
            body.insert("cps".to_owned(), 1.25.into());
            body.insert("name".to_owned(), format!("Before {number}").into());
            fingerprint = dialform::wire::fingerprint(&body);
        }
        let identity = format!("00000000-0000-4000-8000-{number:012}");
        let marker = Marker::random(&key);
        let task = Task::new(identity, fingerprint, body.into(), marker, Timestamp::UNIX_EPOCH);
        let record = Record::Adopted { key, task };
        store.append(record).expect("the state takes it");
    }
    store.commit().expect("the state can be written");
}

fn print(folder: &Path) {
    let mut checker = Checker::new(folder, None);
    let scope = checker.project_scope(folder, &[]);
    let configuration = Configuration::of(&checker.check(&scope, &[]), BodyRedactor::new(None));
    let campaigns = configuration.campaigns.iter();
    let bodies = campaigns.map(|desired| serde_json::json!({ "key": desired.key, "body": desired.body.unpack().expect("a body is read back") }));
    let text = serde_json::Value::Array(bodies.collect()).to_string();
    std::fs::write(folder.join("rendered.json"), text).expect("the file can be written");
}
