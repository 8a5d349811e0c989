//! `dialform doctor`: what it says of each thing that can be out of order, and that it changes nothing unless it is told to.

mod account;
mod probe;
mod state;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dialform::report::schema::{SchemaName, schema};
use dialform::sandbox::{Config, Handle, Hook, Received, Sandbox, Then};
use serde_json::Value;

use crate::common::command::Ran;
use crate::common::project::Project;

/// A token that must be in no output.
const TOKEN: &str = "planted-token-3f9c1b77";

/// Answers of the sandbox that a test puts in the place of its own.
#[derive(Default)]
struct Faults {
    /// The list of tasks.
    list: Mutex<Option<Value>>,
    /// What a create gets before it takes effect.
    before_create: Mutex<Option<(u16, Value)>>,
    /// What a create gets after it has taken effect.
    after_create: Mutex<Option<(u16, Value)>>,
}

impl Hook for Faults {
    fn before_commit(&self, request: &Received) -> Then {
        if request.method == "GET" {
            let list = self.list.lock().unwrap().clone();
            return list.map_or(Then::GoOn, |body| Then::Answer { status: 200, body });
        }
        instead(&self.before_create, request)
    }

    fn after_commit(&self, request: &Received) -> Then {
        instead(&self.after_create, request)
    }
}

fn instead(answer: &Mutex<Option<(u16, Value)>>, request: &Received) -> Then {
    let answer = answer.lock().unwrap().clone().filter(|_| request.body.is_some());
    answer.map_or(Then::GoOn, |(status, body)| Then::Answer { status, body })
}

/// A project and the account that it is for.
struct Ward {
    project: Project,
    sandbox: Handle,
    faults: Arc<Faults>,
}

impl Ward {
    /// A project with these campaigns, for a sandbox of its own.
    async fn of(keys: &[&str]) -> Self {
        let faults = Arc::new(Faults::default());
        let hook = Arc::clone(&faults) as Arc<dyn Hook>;
        let config = Config {
            hook: Some(hook),
            ..Config::default()
        };
        let sandbox = Sandbox::start(config).await.unwrap();
        let project = Project::of(keys);
        address(&project, &sandbox.cis_base(), &sandbox.iam_base());
        Self {
            project,
            sandbox,
            faults,
        }
    }

    /// The same after an apply.
    async fn applied(keys: &[&str]) -> Self {
        let ward = Self::of(keys).await;
        ward.apply().await;
        ward
    }

    async fn apply(&self) {
        let ran = run(
            &self.project,
            // One after another, so that the list has them in the order of their keys.
            &["apply", "--auto-approve", "--parallelism", "1"],
            &[("DIALFORM_TOKEN", TOKEN)],
        )
        .await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }

    /// Doctor with a token.
    async fn doctor(&self, arguments: &[&str]) -> Ran {
        doctor(&self.project, arguments, &[("DIALFORM_TOKEN", TOKEN)]).await
    }

    fn posts(&self) -> usize {
        let received = self.sandbox.received();
        received.iter().filter(|request| request.method == "POST").count()
    }
}

/// Writes where the API and the login are.
fn address(project: &Project, api: &str, login: &str) {
    let addresses = format!("api \"{api}\"; login \"{login}\"; timezone");
    project.edit("timezone", &addresses);
}

/// Runs the program while the sandbox of the same thread answers it.
async fn run(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = project.dialform(arguments);
    command.envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    output.await.unwrap().into()
}

async fn doctor(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    run(project, &[&["doctor"], arguments].concat(), variables).await
}

/// The line of a check.
#[track_caller]
fn line<'r>(ran: &'r Ran, name: &str) -> &'r str {
    let mut lines = ran
        .stdout
        .lines()
        .filter(|line| line[6..].starts_with(&format!("{name}: ")));
    let line = lines.next().unwrap_or_else(|| panic!("no line for {name}: {ran:?}"));
    assert_eq!(lines.next(), None, "{ran:?}");
    line
}

/// Asserts how a check came out, and that its words hold each of these.
#[track_caller]
fn assert_line(ran: &Ran, status: &str, name: &str, words: &[&str]) {
    let line = line(ran, name);
    assert!(line.starts_with(&format!("{status:<6}")), "{line}\n{ran:?}");
    for words in words {
        assert!(line.contains(words), "{words}: {line}");
    }
}

/// Everything in a folder, with the moment of its last change.
fn contents(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        let bytes = if metadata.is_dir() {
            found.extend(contents(&entry.path()));
            Vec::new()
        } else {
            fs::read(entry.path()).unwrap()
        };
        found.insert(entry.path(), (bytes, metadata.modified().unwrap()));
    }
    found
}

/// The checks as JSON, which the schema holds for true.
#[track_caller]
fn report(ran: &Ran) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|why| panic!("{why}: {ran:?}"));
    let validator = jsonschema::draft202012::new(&schema(SchemaName::DoctorReport)).unwrap();
    assert!(validator.is_valid(&report), "{report:#}");
    let checks = report["checks"].as_array().unwrap().iter();
    let word = |check: &Value, field: &str| check[field].as_str().unwrap().to_owned();
    checks
        .map(|check| (word(check, "name"), word(check, "status")))
        .collect()
}

#[tokio::test]
async fn where_all_is_in_order_nothing_is_changed() {
    let ward = Ward::applied(&["autumn", "spring"]).await;
    let (before, posts) = (contents(ward.project.root()), ward.posts());
    let ran = ward.doctor(&[]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert_line(&ran, "ok", "project", &["2 campaigns in 3 files, no errors"]);
    assert_line(
        &ran,
        "ok",
        "state",
        &["serial 1: 2 tasks, 0 open creates, 0 tombstones"],
    );
    assert_line(&ran, "ok", "journal", &[]);
    assert_line(&ran, "ok", "state-files", &[]);
    assert_line(&ran, "ok", "lock", &["nobody is writing"]);
    assert_line(&ran, "ok", "credentials", &["DIALFORM_TOKEN is set"]);
    assert_line(&ran, "ok", "api", &[&ward.sandbox.cis_base(), "answers in"]);
    assert_line(&ran, "skip", "login", &["not used"]);
    assert_line(&ran, "ok", "token", &[]);
    assert_line(&ran, "ok", "clock", &[]);
    assert_line(&ran, "ok", "list", &["2 tasks read in"]);
    assert_line(&ran, "ok", "markers", &["2 of 2 tasks"]);
    assert_line(&ran, "ok", "plan", &["nothing waits"]);
    assert_eq!(ran.stdout.lines().count(), 13, "{ran:?}");

    let ran = ward.doctor(&["--output-format", "json"]).await;
    let checks = report(&ran);
    assert_eq!(checks.len(), 13);
    assert_eq!(checks[0], ("project".to_owned(), "ok".to_owned()));
    assert_eq!(checks[12], ("markers".to_owned(), "ok".to_owned()));
    assert_eq!(contents(ward.project.root()), before);
    assert_eq!(ward.posts(), posts);
}

#[tokio::test]
async fn before_the_first_apply_there_is_no_state_and_none_is_made() {
    let ward = Ward::of(&["spring"]).await;
    let before = contents(ward.project.root());
    let ran = ward.doctor(&["--state", "elsewhere/x.json"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_line(&ran, "ok", "state", &["there is none yet", "elsewhere/x.json"]);
    assert_line(&ran, "skip", "journal", &[]);
    assert_line(&ran, "skip", "state-files", &["there are none"]);
    assert_line(
        &ran,
        "skip",
        "markers",
        &["cannot be told", "`dialform doctor --probe --state elsewhere/x.json`"],
    );
    assert_eq!(contents(ward.project.root()), before);
    assert_eq!(ward.posts(), 0);
}

#[tokio::test]
async fn without_a_project_it_looks_at_what_it_can() {
    let ward = Ward::applied(&["spring"]).await;
    let state = ward.project.path("dialform.state.json");
    let folder = tempfile::tempdir().unwrap();
    let mut command = crate::common::command::command(folder.path());
    command
        .args(["doctor", "--state"])
        .arg(&state)
        .env("DIALFORM_TOKEN", TOKEN);
    let received = ward.sandbox.received().len();
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "error", "project", &["there is no `dialform.kdl`"]);
    assert_line(&ran, "ok", "state", &["1 task"]);
    assert_line(&ran, "ok", "credentials", &[]);
    assert_line(&ran, "skip", "api", &["not sure which address"]);
    assert_line(&ran, "skip", "markers", &[]);
    assert_eq!(ward.sandbox.received().len(), received);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn mistakes_in_the_files_stop_only_what_hangs_on_them() {
    let ward = Ward::applied(&["spring"]).await;
    ward.project.campaign("autumn", "pace \"0/s\"");
    let ran = ward.doctor(&["--probe", "--auto-approve"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "error", "project", &["1 error", "`dialform lint`"]);
    assert_line(&ran, "ok", "state", &["1 task"]);
    assert_line(&ran, "ok", "markers", &["1 of 1 task"]);
    assert_line(&ran, "skip", "probe", &["mistakes"]);
    assert_eq!(ward.sandbox.tasks().len(), 1);

    // A token would go to the default address, which is somebody else's.
    ward.project.edit("api \"http", "aip \"http");
    let received = ward.sandbox.received().len();
    let ran = ward.doctor(&[]).await;
    for name in ["api", "login", "token", "clock", "list", "markers"] {
        assert_line(&ran, "skip", name, &["dialform.kdl"]);
    }
    assert_eq!(ward.sandbox.received().len(), received);
}

#[tokio::test]
async fn the_sandbox_needs_no_account() {
    let project = Project::of(&["spring"]);
    let ran = doctor(&project, &["--sandbox"], &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_line(&ran, "ok", "state", &[".dialform/sandbox.state.json"]);
    assert_line(&ran, "skip", "credentials", &["the sandbox needs none"]);
    assert!(!project.path(".dialform").exists());
}

#[test]
fn usage_errors_are_2() {
    let project = Project::of(&["spring"]);
    for arguments in [
        &["--no-such-option"][..],
        &["--auto-approve"],
        &["--probe", "--sandbox", "--auto-approve"],
        &["--probe", "sprin", "--auto-approve"],
        &["--probe"],
    ] {
        let arguments = [&["doctor"], arguments].concat();
        let ran = Ran::from(project.dialform(&arguments).output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    }
}
