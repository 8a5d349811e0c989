//! A project in a folder of its own, and everything that is done with it from KDL to tasks.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dialform::api::{self, Client, Credentials, Timeouts};
use dialform::apply::{ApplyJob, ApplyReport, Event, Interrupt, Progress, apply, interrupt};
use dialform::fields::Dialect;
use dialform::lint::engine::Checker;
use dialform::plan::desired_state::Configuration;
use dialform::plan::{Options, Plan, make};
use dialform::sandbox::Handle;
use dialform::state::{Binding, Disk, Holder, OsDisk, Record, State, StateError, StatePaths, StateWriter, load};
use dialform::wire::BodyRedactor;
use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use super::command::{Ran, program_in};

/// The settings that every campaign of a test takes over: each condition of the classic page is fulfilled.
const COMMON: &str = r#"
project {
    timezone "Europe/Moscow"
    lint { allow "webhook-credentials"; allow "secret-in-file"; allow "start-in-past"; allow "unused-alias" }
}
aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
    channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b"
    number moscow="9a67dee5-398e-4570-9426-fbb3f067b270"
}
template "common" {
    scenario "promo"
    on-transfer "channel" channel="sales"
    caller-id "number" id="moscow"
    start "time" at="2036-12-02 10:00"
    pace "3/s"
    effective-after "12s"
    comment "Lapsed customers"
    webhook "https://user:hunter2@example.com/hooks/twin?token=topsecret"
    call-window from="09:10" to="19:50"
    record #true trim-left="0s"
    detect-robot "back"
    normalize "RU" on-error="skip"
    redial {
        max-per-candidate 6
        busy after="20m" times=3
        answering-machine #false
    }
}
"#;

/// How long a lock may outlive its holder: a program that another test starts has every open file for a moment.
const LET_GO: Duration = Duration::from_secs(10);

pub(crate) struct Project {
    folder: TempDir,
    last_resort: TempDir,
    in_flight: NonZero<usize>,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self::new_in(&std::env::temp_dir())
    }

    fn new_in(parent: &Path) -> Self {
        let [folder, last_resort] = [(); 2].map(|()| TempDir::new_in(parent).unwrap());
        fs::create_dir(folder.path().join("campaigns")).unwrap();
        fs::write(folder.path().join("dialform.kdl"), COMMON).unwrap();
        Self {
            folder,
            last_resort,
            in_flight: NonZero::<usize>::MIN,
        }
    }

    /// A project with these campaigns, which differ in nothing but their names.
    pub(crate) fn of(keys: &[&str]) -> Self {
        Self::new().with_campaigns(keys)
    }

    /// The same in memory, where there is a file system for it: nobody waits there for a disk, and whether each write is
    /// made durable shows in the calls, not in the time that they take.
    pub(crate) fn in_memory(keys: &[&str]) -> Self {
        let memory = Path::new("/dev/shm");
        let is_writable = TempDir::new_in(memory).is_ok();
        let elsewhere = std::env::temp_dir();
        Self::new_in(if is_writable { memory } else { &elsewhere }).with_campaigns(keys)
    }

    fn with_campaigns(self, keys: &[&str]) -> Self {
        for key in keys {
            self.campaign(key, "");
        }
        self
    }

    /// The same with so many creates on their way at once; elsewhere it is one.
    pub(crate) fn with_in_flight(self, in_flight: usize) -> Self {
        let in_flight = NonZero::new(in_flight).unwrap();
        Self { in_flight, ..self }
    }

    /// Writes, or rewrites, a campaign.
    pub(crate) fn campaign(&self, key: &str, settings: &str) {
        self.named_campaign(key, &format!("Campaign {key}"), settings);
    }

    pub(crate) fn named_campaign(&self, key: &str, name: &str, settings: &str) {
        let text = format!("campaign \"{key}\" template=\"common\" {{\n    name \"{name}\"\n    {settings}\n}}\n");
        fs::write(self.path(&format!("campaigns/{key}.kdl")), text).unwrap();
    }

    pub(crate) fn remove(&self, key: &str) {
        fs::remove_file(self.path(&format!("campaigns/{key}.kdl"))).unwrap();
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Changes a text in the project's own file.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let path = self.path("dialform.kdl");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn paths(&self) -> StatePaths {
        StatePaths::new(&self.path("dialform.state.json")).with_last_resort(self.last_resort.path())
    }

    pub(crate) fn open(&self) -> StateWriter {
        self.open_on(Arc::new(OsDisk)).unwrap()
    }

    pub(crate) fn open_on(&self, disk: Arc<dyn Disk>) -> Result<StateWriter, StateError> {
        let holder = Holder::here("dialform apply", Timestamp::now());
        StateWriter::open_on(disk, self.paths(), &binding(), &holder, LET_GO)
    }

    /// The state; an empty one where none has been written.
    pub(crate) fn state(&self) -> State {
        let loaded = load(self.paths(), Some(&binding())).unwrap();
        loaded.state.unwrap_or_else(|| State::new(Uuid::nil(), binding()))
    }

    /// Puts records into the state as an earlier run would have.
    pub(crate) fn record(&self, records: impl IntoIterator<Item = Record>) {
        let mut store = self.open();
        for record in records {
            store.append(record).unwrap();
        }
    }

    pub(crate) fn configuration(&self, lineage: Option<Uuid>) -> Configuration {
        let mut checker = Checker::new(self.root(), None);
        let scope = checker.project_scope(self.root(), &[]);
        let checked = checker.check(&scope, &[]);
        let messages: Vec<&String> = checked.findings.iter().map(|finding| &finding.message).collect();
        assert!(!checked.has_errors(), "{messages:?}");
        Configuration::of(&checked, BodyRedactor::new(lineage))
    }

    pub(crate) fn plan(&self, options: &Options) -> Plan {
        let state = self.state();
        make(&self.configuration(Some(state.lineage)), &state, options).unwrap()
    }

    pub(crate) async fn apply(&self, sandbox: &Handle) -> ApplyReport {
        self.run(sandbox, &Options::default(), Duration::ZERO).await.0
    }

    pub(crate) async fn apply_saying(&self, sandbox: &Handle, options: &Options) -> ApplyReport {
        self.run(sandbox, options, Duration::ZERO).await.0
    }

    /// A whole apply, and what was told on the way.
    pub(crate) async fn run(
        &self,
        sandbox: &Handle,
        options: &Options,
        patience: Duration,
    ) -> (ApplyReport, Vec<Event>) {
        let (_trigger, interrupt) = interrupt();
        let heard = Arc::new(Heard::default());
        let progress = Arc::clone(&heard) as Arc<dyn Progress>;
        let report = self
            .run_with(client(&sandbox.cis_base()), options, patience, interrupt, progress)
            .await;
        let events = heard.0.lock().unwrap().clone();
        (report, events)
    }

    pub(crate) async fn run_with(
        &self,
        client: Client,
        options: &Options,
        patience: Duration,
        interrupt: Interrupt,
        progress: Arc<dyn Progress>,
    ) -> ApplyReport {
        self.run_in(self.open(), client, options, patience, interrupt, progress)
            .await
    }

    pub(crate) async fn run_in(
        &self,
        store: StateWriter,
        client: Client,
        options: &Options,
        patience: Duration,
        interrupt: Interrupt,
        progress: Arc<dyn Progress>,
    ) -> ApplyReport {
        let configuration = self.configuration(Some(store.state().lineage));
        let plan = make(&configuration, store.state(), options).unwrap();
        let job = ApplyJob {
            plan: &plan,
            configuration: &configuration,
            client: Some(client),
            reconcile_timeout: patience,
            in_flight: self.in_flight,
            interrupt,
            progress,
        };
        apply(store, job).await
    }

    /// The program itself, in this project and without credentials.
    pub(crate) fn dialform(&self, arguments: &[&str]) -> Command {
        self.program(Path::new(env!("CARGO_BIN_EXE_dialform")), arguments)
    }

    /// The same with a program of one's own.
    pub(crate) fn program(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = program_in(program, self.root());
        command.args(arguments);
        command
    }

    /// What the program does in this project.
    pub(crate) fn output(&self, arguments: &[&str]) -> Ran {
        self.dialform(arguments).output().unwrap().into()
    }
}

/// What was told.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Mutex<Vec<Event>>);

impl Progress for Heard {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

pub(crate) fn binding() -> Binding {
    Binding {
        origin: "sandbox".into(),
        dialect: Dialect::Classic,
        environment: None,
        access: None,
    }
}

pub(crate) fn client(base: &str) -> Client {
    Client::new(api::ClientConfig {
        cis: base.parse().unwrap(),
        iam: base.parse().unwrap(),
        credentials: Credentials::token("sandbox-token"),
        ca_file: None,
        timeouts: Timeouts::default(),
    })
    .unwrap()
}

pub(crate) fn create(key: &str) -> Options {
    Options {
        create: [key.to_owned()].into(),
        ..Options::default()
    }
}

pub(crate) fn replace(key: &str) -> Options {
    Options {
        replace: [key.to_owned()].into(),
        // The tasks of these projects wait for their start time.
        replace_running: true,
        ..Options::default()
    }
}
