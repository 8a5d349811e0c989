//! A project, a server that outlives every run on it, and what must hold between the two at any moment.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use dialform::fields::Dialect;
use dialform::sandbox::{Config, Fault, Handle, Hook, Received, Sandbox, Status, Then};
use dialform::state::{Binding, ByHand, HandAction, Marker, State, StatePaths, StatePlace, load};
use uuid::Uuid;

use crate::common::command::copy_folder;
use crate::common::project::Project;
use crate::stores::kind::StoredState;
use crate::stores::postgres::PASSWORD;

/// What no output and no file of ours may hold: the token, what stands in the webhook's address, and the stores' credentials.
const TOKEN: &str = "t0ken-of-the-account";
const SECRETS: [&str; 5] = [TOKEN, "hunter2", "topsecret", PASSWORD, "own-token"];

/// What must hold, and did not.
pub(super) type Broken = String;

/// One project and its server.
pub(super) struct Scene {
    pub(super) project: Project,
    pub(super) sandbox: Handle,
    witness: Arc<Witness>,
    program: Program,
    /// The store, where the state is in one, as the program reaches it.
    stored: Option<StoredState>,
    seen: Mutex<Seen>,
    words: Mutex<Words>,
}

/// What a story has said about the tasks that exist.
#[derive(Default)]
struct Words {
    /// The keys whose tasks a plan or a command names to be started, paused or stopped.
    named: BTreeSet<String>,
    /// The keys of running tasks that have their own word to be stopped.
    own: BTreeSet<String>,
    /// The tasks that ran when a story looked.
    running: BTreeSet<Uuid>,
}

/// What is run: dialform, or what the harness must tell from it.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Program {
    /// dialform itself.
    pub(super) fn sound() -> Self {
        Self {
            path: env!("CARGO_BIN_EXE_dialform").into(),
            variables: Vec::new(),
        }
    }

    /// dialform on a disk that skips these calls and says that they are done.
    pub(super) fn on_disk_skipping(calls: &[String]) -> Self {
        Self {
            variables: vec![("DIALFORM_DISK_SKIPS", calls.join(","))],
            ..Self::sound()
        }
    }

    /// A copy of dialform, with one of the mistakes that it was built with.
    pub(super) fn with_mistake(path: &Path, mistake: &str) -> Self {
        Self {
            path: path.to_owned(),
            variables: vec![("DIALFORM_MISTAKE", mistake.to_owned())],
        }
    }
}

/// What earlier looks have shown.
#[derive(Default)]
struct Seen {
    lineage: Option<Uuid>,
    serial: u64,
    said: String,
}

/// Looks at the disk whenever a request arrives that makes, starts, pauses or stops a task: its intent must be there.
struct Witness {
    paths: StatePaths,
    store: OnceLock<StatePlace>,
    before: Box<dyn Fn(&Received) + Send + Sync>,
    early: Mutex<Vec<String>>,
    ordered: Mutex<Vec<Ordered>>,
}

/// A request that starts, pauses or stops a task, as the server received it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ordered {
    /// The id in the path.
    pub(super) task: String,
    /// The last word of the path: `play`, `pause` or `halted`.
    pub(super) word: String,
}

impl Ordered {
    fn of(request: &Received) -> Option<Self> {
        let (rest, word) = request.path.rsplit_once('/')?;
        let is_order = request.method == "POST" && ["play", "pause", "halted"].contains(&word);
        is_order.then(|| Self {
            task: rest.rsplit('/').next().unwrap_or_default().to_owned(),
            word: word.to_owned(),
        })
    }

    /// Whether the state says that it is about to be sent.
    fn is_known(&self, state: &State) -> bool {
        let expected = match self.word.as_str() {
            "play" => Some(HandAction::Start),
            "pause" => Some(HandAction::Pause),
            _ => None,
        };
        let fits = |identity: &str, acting: Option<ByHand>, halting: bool| {
            let action = acting.map(|acting| acting.action);
            identity == self.task && expected.map_or(halting, |expected| action == Some(expected))
        };
        let mut tasks = state.tasks.values();
        let mut stones = state.tombstones.values().flatten();
        tasks.any(|task| fits(&task.identity, task.acting, task.halting.is_some()))
            || stones.any(|stone| {
                let identity = stone.identity.as_deref().unwrap_or_default();
                fits(identity, stone.acting, stone.halting.is_some())
            })
    }
}

impl Witness {
    /// Where the state is.
    fn place(&self) -> StatePlace {
        let files = || StatePlace::from(&self.paths);
        self.store.get().cloned().unwrap_or_else(files)
    }
}

struct Shared(Arc<Witness>);

impl Hook for Shared {
    fn before_commit(&self, request: &Received) -> Then {
        let comment = request.body.as_ref().and_then(|body| body["taskComment"].as_str());
        if let Some(comment) = comment {
            let loaded = load(self.0.place(), None);
            let is_known = loaded.as_ref().is_ok_and(|loaded| {
                let mut intents = loaded.state.iter().flat_map(|state| state.intents.values());
                intents.any(|intent| intent.marker.is_in(comment) && intent.is_in_doubt())
            });
            if !is_known {
                let last = comment.lines().last().unwrap_or_default();
                let intents = loaded.map(|loaded| loaded.state.map(|state| state.intents));
                self.0.early.lock().unwrap().push(format!("{last} ({intents:?})"));
            }
        }
        if let Some(ordered) = Ordered::of(request) {
            let loaded = load(self.0.place(), None).ok().and_then(|loaded| loaded.state);
            if !loaded.is_some_and(|state| ordered.is_known(&state)) {
                self.0.early.lock().unwrap().push(format!("{ordered:?}"));
            }
            self.0.ordered.lock().unwrap().push(ordered);
        }
        (self.0.before)(request);
        Then::GoOn
    }
}

/// What a run ended with.
#[derive(Debug)]
pub(super) struct Ran {
    /// Nothing where it was killed.
    pub(super) code: Option<i32>,
    pub(super) said: String,
}

impl Scene {
    /// A project with these campaigns, and nothing applied yet.
    pub(super) async fn of(keys: &[&str]) -> Self {
        Self::with(keys, Config::default(), |_| {}).await
    }

    /// The same with a server that fails so.
    pub(super) async fn failing(keys: &[&str], faults: &[&str]) -> Self {
        Self::with(keys, failing(faults), |_| {}).await
    }

    /// The same with a server of one's own making, which tells `before` of each request before it takes effect.
    pub(super) async fn with(
        keys: &[&str],
        config: Config,
        before: impl Fn(&Received) + Send + Sync + 'static,
    ) -> Self {
        let project = Project::in_memory(keys);
        let witness = Arc::new(Witness {
            paths: project.paths(),
            store: OnceLock::new(),
            before: Box::new(before),
            early: Mutex::default(),
            ordered: Mutex::default(),
        });
        let hook: Option<Arc<dyn Hook>> = Some(Arc::new(Shared(Arc::clone(&witness))));
        let sandbox = Sandbox::start(Config { hook, ..config }).await.unwrap();
        let base = sandbox.cis_base();
        project.edit(
            "project {",
            &format!("project {{\n    api \"{base}\"\n    login \"{base}\""),
        );
        Self {
            project,
            sandbox,
            witness,
            program: Program::sound(),
            stored: None,
            seen: Mutex::default(),
            words: Mutex::default(),
        }
    }

    /// The same project, whose state is in a store.
    pub(super) fn in_store(self, stored: &StoredState) -> Self {
        let at = stored.at(&self.project.path(".dialform"));
        let _ = self.witness.store.set(at.into());
        Self {
            stored: Some(stored.clone()),
            ..self
        }
    }

    /// The same, whose program reaches the store by another port.
    pub(super) fn through(self, port: u16) -> Self {
        let stored = self.stored.map(|stored| stored.through(port));
        Self { stored, ..self }
    }

    /// The same project on another machine: a copy of its files, and the same state.
    pub(super) fn elsewhere(&self, folder: &Path, mut command: Command) -> Command {
        copy_folder(self.project.root(), folder);
        command.current_dir(folder);
        command
    }

    /// `apply` on another machine, which reaches the store by a port of its own.
    pub(super) fn apply_elsewhere(&self, folder: &Path, port: u16, arguments: &[&str]) -> Command {
        let stored = self.stored.as_ref().map(|stored| stored.through(port));
        self.elsewhere(folder, self.apply_at(stored.as_ref(), arguments))
    }

    /// From now on the tasks of these keys may be started, paused and stopped.
    pub(super) fn allow(&self, keys: &[&str]) {
        let keys = keys.iter().map(|key| (*key).to_owned());
        self.words.lock().unwrap().named.extend(keys);
    }

    /// From now on the running tasks of these keys may be stopped.
    pub(super) fn own_word(&self, keys: &[&str]) {
        let keys = keys.iter().map(|key| (*key).to_owned());
        self.words.lock().unwrap().own.extend(keys);
    }

    /// Remembers which tasks run.
    pub(super) fn note_running(&self) {
        let tasks = self.sandbox.tasks().into_iter();
        let running = tasks.filter(|task| task.status == Status::Process);
        self.words.lock().unwrap().running.extend(running.map(|task| task.id));
    }

    /// The requests that start, pause or stop tasks, in the order in which the server received them.
    pub(super) fn ordered(&self) -> Vec<Ordered> {
        self.witness.ordered.lock().unwrap().clone()
    }

    /// I7 and I8: what was to be started, paused or stopped was named, and what ran had its own word.
    fn stopped(&self) -> Result<(), Broken> {
        let words = self.words.lock().unwrap();
        let ordered = self.ordered();
        for task in self.sandbox.tasks() {
            let key = task.key().unwrap_or_default();
            let mut of_task = ordered.iter().filter(|ordered| ordered.task == task.id.to_string());
            if let Some(Ordered { word, .. }) = of_task.next().filter(|_| !words.named.contains(key)) {
                return Err(format!(
                    "I7: nobody named {key}, and its task {} was sent `{word}`",
                    task.id
                ));
            }
            let ran = words.running.contains(&task.id);
            if ran && task.status == Status::Halted && !words.own.contains(key) {
                return Err(format!("I8: {key} ran, and was stopped without its own word"));
            }
        }
        Ok(())
    }

    /// The same project, in which another program is run from now on.
    pub(super) fn running(self, program: &Program) -> Self {
        let program = program.clone();
        Self { program, ..self }
    }

    /// The program in this project, with the account's token and a patience of nothing.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        self.command_at(self.stored.as_ref(), arguments)
    }

    fn command_at(&self, stored: Option<&StoredState>, arguments: &[&str]) -> Command {
        let mut command = self.project.program(&self.program.path, arguments);
        command
            .envs(self.program.variables.iter().map(|(name, value)| (name, value)))
            .env("DIALFORM_TOKEN", TOKEN)
            .env("TMPDIR", &self.project.paths().last_resort)
            .stdin(Stdio::null());
        if let Some(stored) = stored {
            command.args(["--state", &stored.text()]).envs(stored.variables());
        }
        command
    }

    /// `apply`, one create at a time, so that each run reaches the same points.
    pub(super) fn apply(&self) -> Command {
        self.apply_with(&["--parallelism", "1"])
    }

    /// `apply` with these arguments, and with what is usual here where they do not say otherwise.
    pub(super) fn apply_with(&self, arguments: &[&str]) -> Command {
        self.apply_at(self.stored.as_ref(), arguments)
    }

    fn apply_at(&self, stored: Option<&StoredState>, arguments: &[&str]) -> Command {
        let mut command = self.command_at(stored, &["apply", "--auto-approve"]);
        for (name, value) in [
            ("--answer-timeout", "1s"),
            ("--lock-timeout", "10s"),
            ("--reconcile-timeout", "0s"),
        ] {
            if !arguments.contains(&name) {
                command.args([name, value]);
            }
        }
        command.args(arguments);
        command
    }

    pub(super) fn run(&self, mut command: Command) -> Ran {
        self.took(command.output().unwrap())
    }

    /// Runs to the end, and checks all that must hold then.
    pub(super) fn run_and_check(&self, command: Command) -> Result<Ran, Broken> {
        let ran = self.run(command);
        let in_context = |why| format!("{why}\nafter a run that said:\n{}", ran.said);
        self.check().map_err(in_context)?;
        let state = self.state()?;
        let is_open = state.is_some_and(|state| !state.intents.is_empty());
        if ran.code == Some(0) && is_open {
            return Err(in_context("I6: exit 0, and yet a create is open".to_owned()));
        }
        Ok(ran)
    }

    /// Keeps what a run said, to look for secrets in it.
    pub(super) fn took(&self, output: Output) -> Ran {
        let said = [output.stdout, output.stderr]
            .map(|said| String::from_utf8(said).unwrap())
            .concat();
        self.seen.lock().unwrap().said.push_str(&said);
        Ran {
            code: output.status.code(),
            said,
        }
    }

    /// Every file that the program has written.
    fn own_files(&self) -> Vec<PathBuf> {
        let list = |folder: &Path| {
            let entries = fs::read_dir(folder).into_iter().flatten();
            let entries = entries.map(|entry| entry.unwrap().path());
            entries.filter(|path| path.is_file()).collect::<Vec<_>>()
        };
        let mut files = list(self.project.root());
        files.retain(|path| path.extension().is_none_or(|extension| extension != "kdl"));
        files.extend(list(&self.project.paths().last_resort));
        files.extend(list(&self.project.path(".dialform")));
        files
    }

    pub(super) fn binding(&self) -> Binding {
        Binding {
            origin: self.sandbox.cis_base(),
            dialect: Dialect::Classic,
            environment: None,
            access: None,
        }
    }

    pub(super) fn state(&self) -> Result<Option<State>, Broken> {
        let loaded = load(self.witness.place(), Some(&self.binding()));
        Ok(loaded
            .map_err(|error| format!("I4: the state cannot be read: {error}"))?
            .state)
    }

    /// The files of the state, as a person copies them.
    pub(super) fn copied(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let paths = self.project.paths();
        [paths.snapshot, paths.journal, paths.spill]
            .into_iter()
            .filter_map(|path| Some((path.clone(), fs::read(path).ok()?)))
            .collect()
    }

    /// Puts a copy, be it of nothing, in the place of the state.
    pub(super) fn forget(&self, copy: &[(PathBuf, Vec<u8>)]) {
        let paths = self.project.paths();
        for path in [paths.snapshot, paths.journal, paths.spill] {
            let _ = fs::remove_file(path);
        }
        for (path, bytes) in copy {
            fs::write(path, bytes).unwrap();
        }
    }

    /// I1 by the campaigns' keys, for states that were put back.
    pub(super) fn once(&self) -> Result<(), Broken> {
        let mut keys = BTreeSet::new();
        let tasks = self.sandbox.tasks();
        let twice = tasks.iter().find(|task| !keys.insert(task.key().map(str::to_owned)));
        twice.map_or(Ok(()), |task| Err(format!("I1: {:?} has two tasks", task.key())))
    }

    /// Checks all that must hold at any moment at which no run is at work, be it after a kill.
    pub(super) fn check(&self) -> Result<(), Broken> {
        self.early()?;
        self.stopped()?;
        let tasks = self.sandbox.tasks();
        let mut by_marker: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
        let mut by_key: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
        for task in &tasks {
            for marker in Marker::find_in(task.comment()) {
                by_marker
                    .entry(marker.random_part().to_owned())
                    .or_default()
                    .push(task.id);
                if task.status != Status::Halted {
                    by_key.entry(marker.key().to_owned()).or_default().push(task.id);
                }
            }
        }
        if let Some((what, ids)) = by_marker.iter().chain(&by_key).find(|(_, ids)| ids.len() > 1) {
            return Err(format!("I1: {what} has more than one task: {ids:?}"));
        }
        let state = self.state()?;
        self.identities(&by_marker, state.as_ref())?;
        self.progress(state.as_ref())?;
        self.secrets()
    }

    /// I3, as the server saw it.
    fn early(&self) -> Result<(), Broken> {
        match self.witness.early.lock().unwrap().first() {
            Some(request) => Err(format!("I3: {request} arrived before its intent was on disk")),
            None => Ok(()),
        }
    }

    /// I2: each marked task is the state's, or that of a create in doubt, and not both.
    fn identities(&self, tasks: &BTreeMap<String, Vec<Uuid>>, state: Option<&State>) -> Result<(), Broken> {
        let mut known = BTreeSet::new();
        let mut doubtful = BTreeSet::new();
        if let Some(state) = state {
            for task in state.tasks.values() {
                known.insert(task.identity.clone());
                known.extend(task.previous.iter().map(|previous| previous.identity.clone()));
            }
            let stones = state.tombstones.values().flatten();
            known.extend(stones.filter_map(|stone| stone.identity.clone()));
            let open = state.intents.values().filter(|intent| intent.may_have_left());
            doubtful.extend(open.map(|intent| intent.marker.random_part().to_owned()));
        }
        for (marker, ids) in tasks {
            let id = ids[0].to_string();
            match (known.remove(&id), doubtful.contains(marker)) {
                (true, false) | (false, true) => {}
                (true, true) => return Err(format!("I2: the task {id} is known and in doubt at once")),
                (false, false) => return Err(format!("I2: nobody knows of the task {id}")),
            }
        }
        match known.first() {
            Some(id) => Err(format!("I2: the state has the task {id}, which does not exist")),
            None => Ok(()),
        }
    }

    /// I4: one lineage, and a serial that never falls.
    fn progress(&self, state: Option<&State>) -> Result<(), Broken> {
        let mut seen = self.seen.lock().unwrap();
        let Some(state) = state else {
            return match seen.lineage {
                Some(lineage) => Err(format!("I4: the state of lineage {lineage} is gone")),
                None => Ok(()),
            };
        };
        if seen.lineage.is_some_and(|lineage| lineage != state.lineage) {
            return Err(format!("I4: the lineage is now {}", state.lineage));
        }
        if state.serial < seen.serial {
            return Err(format!("I4: the serial fell from {} to {}", seen.serial, state.serial));
        }
        (seen.lineage, seen.serial) = (Some(state.lineage), state.serial);
        Ok(())
    }

    /// I5: no secret in what was printed or written.
    fn secrets(&self) -> Result<(), Broken> {
        let said = self.seen.lock().unwrap().said.clone();
        let files = self.own_files().into_iter();
        let files = files.map(|path| (path.display().to_string(), fs::read(&path).unwrap_or_default()));
        for (place, bytes) in files.chain([("the output".to_owned(), said.into_bytes())]) {
            let text = String::from_utf8_lossy(&bytes);
            if let Some(secret) = SECRETS.iter().find(|secret| text.contains(*secret)) {
                return Err(format!("I5: {place} holds {secret}"));
            }
        }
        Ok(())
    }

    /// I6: at most two runs against a healthy server reach an empty plan, or name what may have left.
    pub(super) fn converge(&self) -> Result<Converged, Broken> {
        self.converge_by(|| self.apply())
    }

    /// The same with a command of one's own.
    pub(super) fn converge_by(&self, apply: impl Fn() -> Command) -> Result<Converged, Broken> {
        for _ in 0..2 {
            let ran = self.run_and_check(apply())?;
            match ran.code {
                Some(0) => {
                    let plan = self.run(self.command(&["plan", "--detailed-exitcode"]));
                    if plan.code != Some(0) {
                        return Err(format!("I6: exit 0, and yet the plan is not empty:\n{}", plan.said));
                    }
                    return Ok(Converged::Done);
                }
                Some(3) => {}
                code => return Err(format!("I6: exit {code:?}:\n{}", ran.said)),
            }
        }
        let state = self.state()?.ok_or("I6: exit 3 without a state")?;
        let unsent = state.intents.values().find(|intent| !intent.may_have_left());
        if let Some(intent) = unsent {
            return Err(format!("I6: {} was never sent, and is still open", intent.key));
        }
        Ok(Converged::Unknown(
            state.intents.values().map(|intent| intent.key.clone()).collect(),
        ))
    }
}

/// A server that fails so.
pub(super) fn failing(faults: &[&str]) -> Config {
    Config {
        faults: faults.iter().map(|fault| fault.parse::<Fault>().unwrap()).collect(),
        ..Config::default()
    }
}

/// Where reruns lead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Converged {
    /// Everything is there, and known.
    Done,
    /// These campaigns' creates may have left, and nobody can say whether they took effect.
    Unknown(Vec<String>),
}
