//! The state's files, which are only read.

use std::fs;

use dialform::doctor::{CheckResult, CheckStatus, state};
use dialform::state::{Intent, Marker, Record, Stage};
use dialform::wire::{Body, PackedBody};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Ward, assert_line, contents, doctor};
use crate::common::project::{Project, binding};

/// The checks of a project's state, which change nothing.
fn checks(project: &Project) -> [CheckResult; 4] {
    let before = contents(project.root());
    let (checks, _) = state(project.paths(), Some(&binding()));
    assert_eq!(contents(project.root()), before);
    checks.try_into().unwrap()
}

fn statuses(checks: &[CheckResult; 4]) -> [CheckStatus; 4] {
    checks.each_ref().map(|check| check.status)
}

fn intent(key: &str) -> Intent {
    Intent {
        id: Uuid::new_v4(),
        key: key.to_owned(),
        fingerprint: "v1:ab".to_owned(),
        body: PackedBody::of(&Body::new()),
        marker: Marker::random(key),
        at: Timestamp::UNIX_EPOCH,
        replaces: None,
        stage: Stage::Recorded,
        sent_before: None,
    }
}

fn disowned(key: &str) -> Record {
    Record::Disowned {
        key: key.to_owned(),
        marker: Marker::random(key),
        identity: None,
        at: Timestamp::UNIX_EPOCH,
    }
}

/// Adds a record and folds the journal, as a run does that ends in order.
fn fold(project: &Project, record: Record) {
    let mut store = project.open();
    store.append(record).unwrap();
    store.commit().unwrap();
}

#[test]
fn no_state_is_in_order() {
    let project = Project::of(&["spring"]);
    let [state, journal, files, lock] = checks(&project);
    assert_eq!(state.status, CheckStatus::Ok, "{state}");
    assert_eq!((journal.status, files.status), (CheckStatus::Skip, CheckStatus::Skip));
    assert_eq!(lock.status, CheckStatus::Ok);
}

#[test]
fn what_is_open_and_what_is_not_folded_are_warnings() {
    let project = Project::of(&["spring"]);
    fold(&project, disowned("older"));
    assert_eq!(
        statuses(&checks(&project)),
        [CheckStatus::Ok; 4],
        "{:?}",
        checks(&project)
    );
    let intent = intent("spring");
    let id = intent.id;
    project.record([Record::Intent(intent), Record::Sending { intent: id }, disowned("old")]);
    let [state, journal, files, lock] = checks(&project);
    assert_eq!(state.status, CheckStatus::Warn);
    for words in ["0 tasks, 1 open create, 2 tombstones", "unknown: spring"] {
        assert!(state.message.contains(words), "{state}");
    }
    assert_eq!(journal.status, CheckStatus::Warn);
    assert!(journal.message.starts_with("3 records not folded"), "{journal}");
    assert_eq!((files.status, lock.status), (CheckStatus::Ok, CheckStatus::Ok));
    fold(&project, disowned("oldest"));
    assert_eq!(checks(&project)[1].status, CheckStatus::Ok);
}

#[test]
fn a_journal_that_is_torn_or_gone_is_a_warning() {
    let project = Project::of(&["spring"]);
    project.record([disowned("old")]);
    let journal = project.paths().journal;
    let whole = fs::read(&journal).unwrap();
    fs::write(&journal, [&whole[..], b"{\"seq\":"].concat()).unwrap();
    let check = checks(&project)[1].clone();
    assert_eq!(check.status, CheckStatus::Warn);
    assert!(check.message.contains("unfinished"), "{check}");
}

#[test]
fn whoever_writes_is_named_and_not_waited_for() {
    let project = Project::of(&["spring"]);
    let store = project.open();
    let lock = checks(&project)[3].clone();
    assert_eq!(lock.status, CheckStatus::Warn, "{lock}");
    let process = format!("process {} of", std::process::id());
    assert!(
        lock.message.contains("`dialform apply`") && lock.message.contains(&process),
        "{lock}"
    );
    drop(store);
    assert_eq!(checks(&project)[3].message, "nobody is writing");
}

#[test]
fn a_writer_that_was_killed_leaves_its_name() {
    let project = Project::of(&["spring"]);
    let holder = {
        let _store = project.open();
        fs::read(project.paths().holder).unwrap()
    };
    fs::remove_file(project.paths().lock).unwrap();
    fs::write(project.paths().holder, holder).unwrap();
    let lock = checks(&project)[3].clone();
    assert_eq!(lock.status, CheckStatus::Ok, "{lock}");
    assert!(
        lock.message.contains("did not end in order: `dialform apply`"),
        "{lock}"
    );
    fs::write(project.paths().holder, "x").unwrap();
    assert!(checks(&project)[3].message.contains("does not name"));
}

#[cfg(unix)]
#[test]
fn files_that_others_may_change_are_an_error_told_once() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let project = Project::of(&["spring"]);
    project.record([disowned("old")]);
    let paths = project.paths();
    fs::set_permissions(&paths.lock, fs::Permissions::from_mode(0o666)).unwrap();
    let [state, _, files, _] = checks(&project);
    assert_eq!(
        (state.status, files.status),
        (CheckStatus::Ok, CheckStatus::Error),
        "{state} {files}"
    );
    assert!(
        files.message.contains("chmod 600") && files.message.contains("mode 666"),
        "{files}"
    );

    fs::set_permissions(&paths.snapshot, fs::Permissions::from_mode(0o660)).unwrap();
    let [state, _, files, _] = checks(&project);
    assert_eq!(state.status, CheckStatus::Error);
    assert!(
        state.message.contains("mode 660") && !files.message.contains("mode 660"),
        "{state} {files}"
    );
    fs::set_permissions(&paths.lock, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(checks(&project)[2].status, CheckStatus::Skip);

    fs::remove_file(&paths.journal).unwrap();
    symlink("nowhere", &paths.journal).unwrap();
    let (checks, _) = dialform::doctor::state(&paths, None);
    assert!(checks[2].message.contains("symbolic link"), "{}", checks[2]);
}

#[tokio::test]
async fn a_damaged_state_is_an_error_with_advice_and_the_rest_is_looked_at() {
    let ward = Ward::applied(&["spring"]).await;
    let snapshot = ward.project.path("dialform.state.json");
    let text = fs::read_to_string(&snapshot).unwrap();
    fs::write(&snapshot, text.replace("spring", "sprung")).unwrap();
    let before = contents(ward.project.root());
    let ran = ward.doctor(&[]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "error", "state", &["is damaged", "To restore it, copy"]);
    assert_line(&ran, "skip", "journal", &[]);
    // Such a state does not say where credentials may go.
    assert_line(&ran, "skip", "token", &["nothing is sent"]);
    assert_line(&ran, "skip", "markers", &["nothing is sent"]);
    assert_eq!(contents(ward.project.root()), before);
}

#[tokio::test]
async fn a_state_of_another_account_is_an_error() {
    let ward = Ward::applied(&["spring"]).await;
    let other = Ward::of(&["spring"]).await;
    let state = ward.project.path("dialform.state.json");
    let ran = doctor(
        &other.project,
        &["--state", state.to_str().unwrap()],
        &[("DIALFORM_TOKEN", "any-token")],
    )
    .await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "error", "state", &["its tasks exist only there"]);
}
