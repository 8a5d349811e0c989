//! The project, state and account that `plan`, `apply`, `state`, `resolve` and `doctor` work on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::binding::CredentialPermit;
use super::state_args::StateArgs;
use super::targets::working_folder;
use super::{environment, targets, terminal};
use crate::api::{self, BaseUrl, Client, Credentials, Timeouts};
use crate::apply::{Resolution, resolve_create};
use crate::fields::DEFAULT_STATE;
use crate::fields::types::{Seconds, StateAddress};
use crate::lint::engine::{Checked, Checker};
use crate::model::Project;
use crate::plan::desired_state::Configuration;
use crate::plan::{MadeUpId, made_up_ids};
use crate::project::discovery::Scope;
use crate::sandbox::{self, Handle, Sandbox, SandboxError};
use crate::state::remote::RemoteAddress;
use crate::state::{Binding, Holder, Marker, StateError, StatePaths, StatePlace, StateWriter, StoreAt, default_file};
use crate::util::plural::counted;

/// What the state in a store needs on this machine.
pub(super) const STATE_FOLDER: &str = ".dialform";

/// The state of `--sandbox`, which never mixes with the real one.
fn sandbox_state(environment: Option<&str>) -> String {
    format!("{}.state.json", sandbox_data(environment))
}

/// The tasks of `--sandbox`.
pub(super) fn sandbox_data(environment: Option<&str>) -> String {
    match environment {
        Some(name) => format!(".dialform/sandbox.{name}"),
        None => ".dialform/sandbox".to_owned(),
    }
}

/// How long a previous run may hold the sandbox's data after it has released the state lock.
const HANDOVER: Duration = Duration::from_secs(3);

/// How to connect to the API.
#[derive(Debug, clap::Args)]
pub(super) struct ApiArgs {
    /// The timeout of each API response, once a request may have been sent
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    answer_timeout: Duration,
}

impl ApiArgs {
    /// The timeouts of requests.
    pub(super) fn timeouts(&self) -> Timeouts {
        Timeouts {
            answer: self.answer_timeout,
            ..Timeouts::default()
        }
    }
}

/// How to lock the state.
#[derive(Debug, clap::Args)]
pub(super) struct LockArgs {
    /// How long to wait for the state lock, such as 30s
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(super) lock_timeout: Duration,
}

/// Parses a duration such as `30s`, as in campaign files.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    Seconds::parse(text)
        .map(|seconds| Duration::from_secs(seconds.0.into()))
        .map_err(|_| "write a whole number with a unit, such as 30s or 2m".to_owned())
}

/// The nearest project at or above the working folder, with its checker.
pub(super) struct ProjectContext {
    folder: PathBuf,
    checker: Checker,
    scope: Scope,
    /// The chosen environment, where the project has some.
    environment: Option<String>,
    /// What `state` says in it.
    state: Option<StateAddress>,
}

impl ProjectContext {
    /// The project around the working folder, in the chosen environment.
    pub(super) fn find() -> Result<Self, String> {
        let folder = working_folder()?;
        let mut checker = Checker::new(&folder, Some(Timestamp::now()));
        let scope = targets::project(&mut checker, &folder).map_err(|error| error.to_string())?;
        terminal::detail(|| targets::words(&scope, &folder));
        let environment = environment::required(&mut checker, &scope)?;
        let state = checker.account_of(&scope).state().map(|state| state.value.clone());
        Ok(Self {
            folder,
            checker,
            scope,
            environment,
            state,
        })
    }

    /// The chosen environment.
    pub(super) fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// Refuses the state of another environment, for commands that do not compare the binding.
    pub(super) fn refuse_other_environment(&self, place: &StatePlace, held: &Binding) -> Result<(), String> {
        let expected = Binding {
            environment: self.environment.clone(),
            ..held.clone()
        };
        match held.is_same_environment(&expected) {
            true => Ok(()),
            false => Err(StateError::OtherBinding {
                path: PathBuf::from(place.to_string()),
                held: Box::new(held.clone()),
                expected: Box::new(expected),
            }
            .to_string()),
        }
    }

    pub(super) fn check(&mut self) -> Checked<'_> {
        let began = Instant::now();
        let checked = self.checker.check(&self.scope, &[]);
        terminal::detail(|| format!("read and checked in {}", terminal::took(began.elapsed())));
        checked
    }

    /// Where the state is; the paths of its files are relative to the working folder if possible, since they are printed. A
    /// store is asked nothing yet.
    pub(super) fn place(&self, state_args: &StateArgs) -> Result<StatePlace, String> {
        let ca_file = state_args.ca_file.as_deref();
        let place = match &state_args.state {
            Some(named) => named_place(named, &self.in_root(STATE_FOLDER), ca_file)?,
            None if state_args.sandbox => StatePaths::new(&self.in_root(&sandbox_state(self.environment()))).into(),
            None => match &self.state {
                None => {
                    let file = self.in_root(&default_file(self.environment()));
                    self.refuse_older_state(&file)?;
                    StatePaths::new(&file).into()
                }
                Some(StateAddress::File(file)) => StatePaths::new(&self.in_root(file)).into(),
                Some(StateAddress::Store(address)) => {
                    let at = StoreAt::open(address.clone(), &self.in_root(STATE_FOLDER), ca_file);
                    at.map_err(|error| error.to_string())?.into()
                }
                Some(StateAddress::Unusable(_)) => {
                    return Err(
                        "`state` in dialform.kdl names no place where a state can be: `dialform lint` says why"
                            .to_owned(),
                    );
                }
            },
        };
        terminal::detail(|| {
            let files = place.files();
            let is_there = match files.is_none_or(|paths| paths.snapshot.exists()) {
                true => "",
                false => ", which is not there yet",
            };
            format!("state: {place}{is_there}")
        });
        Ok(place)
    }

    /// Refuses to begin a new state beside that of before the project had environments: every campaign in it would be created
    /// once more.
    fn refuse_older_state(&self, file: &Path) -> Result<(), String> {
        let Some(name) = self.environment() else { return Ok(()) };
        let older = self.in_root(DEFAULT_STATE);
        if file.exists() || !older.exists() {
            return Ok(());
        }
        let (older, file) = (older.display(), file.display());
        Err(format!(
            "the environment `{name}` has no state yet, and {older} is there, of before the project had environments: its tasks would \
             be created again. Write `state \"{DEFAULT_STATE}\"` into the environment whose account it is of, and \
             `--state {file}` creates a new one here"
        ))
    }

    /// The folder of the sandbox's tasks.
    pub(super) fn sandbox_data(&self) -> PathBuf {
        self.in_root(&sandbox_data(self.environment()))
    }

    fn in_root(&self, name: &str) -> PathBuf {
        let root = self.scope.root.as_deref().unwrap_or(&self.folder);
        let path = root.join(name);
        path.strip_prefix(&self.folder).map(Path::to_owned).unwrap_or(path)
    }
}

/// The state that `--state` names, where there is no project.
pub(super) fn place_without_project(state_args: &StateArgs) -> Option<Result<StatePlace, String>> {
    let (named, ca_file) = (state_args.state.as_deref()?, state_args.ca_file.as_deref());
    Some(working_folder().and_then(|folder| named_place(named, &folder.join(STATE_FOLDER), ca_file)))
}

/// The state that `--state` names: an address of a store, or a file. What a store needs on this machine goes into `folder`.
pub(super) fn named_place(named: &Path, folder: &Path, ca_file: Option<&Path>) -> Result<StatePlace, String> {
    match named.to_str().filter(|text| RemoteAddress::is_meant(text)) {
        None => Ok(StatePaths::new(named).into()),
        Some(text) => {
            let address = RemoteAddress::parse(text, None, None).map_err(|error| error.to_string())?;
            let at = StoreAt::open(address, folder, ca_file).map_err(|error| error.to_string())?;
            Ok(at.into())
        }
    }
}

/// Locks and opens the state for writing, and prints notes about its files.
pub(super) fn open(
    place: &StatePlace,
    binding: &Binding,
    command: &'static str,
    lock: &LockArgs,
) -> Result<StateWriter, String> {
    let holder = Holder::here(command, Timestamp::now()).in_environment(binding.environment.clone());
    let store = StateWriter::open(place, binding, &holder, lock.lock_timeout).map_err(|error| error.to_string())?;
    notes(store.notes());
    Ok(store)
}

/// Prints notes about the state's files.
pub(super) fn notes(notes: &[String]) {
    for note in notes {
        terminal::note(&format!("note: {note}"));
    }
}

/// A connection to the API or to the sandbox.
pub(super) struct ApiConnection {
    pub(super) client: Client,
    sandbox: Option<Handle>,
}

/// The settings of a connection, owned, because it outlives the borrowed project.
pub(super) struct Account {
    api: String,
    login: String,
    token_command: Option<String>,
    token_env: Option<String>,
    dialect: crate::fields::Dialect,
    sandbox_data: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    timeouts: Timeouts,
    patience: Duration,
}

impl Account {
    pub(super) fn of(
        project: &Project<'_>,
        sandbox_data: Option<PathBuf>,
        state_args: &StateArgs,
        api: &ApiArgs,
        lock: &LockArgs,
    ) -> Self {
        let command = project.token_command();
        Self {
            api: project.api().to_owned(),
            login: project.login().to_owned(),
            token_command: command.map(str::to_owned),
            token_env: project.token_env().map(str::to_owned),
            dialect: project.dialect(),
            sandbox_data,
            ca_file: state_args.ca_file.clone(),
            timeouts: api.timeouts(),
            patience: lock.lock_timeout.max(HANDOVER),
        }
    }

    /// Creates the client, and starts the sandbox for `--sandbox`; nothing is sent yet.
    pub(super) async fn connect(self, _permit: &CredentialPermit) -> Result<ApiConnection, String> {
        let (cis, iam, credentials, sandbox) = match self.sandbox_data {
            Some(data) => {
                let sandbox = start_sandbox(data, self.dialect, self.patience).await?;
                terminal::remark(
                    &"note: this is the sandbox: nobody is called, and no account is needed; `dialform sandbox --project .` shows its tasks",
                );
                let (cis, iam) = (sandbox.cis_base(), sandbox.iam_base());
                (cis, iam, Credentials::token("sandbox"), Some(sandbox))
            }
            None => {
                let variable = |name: &str| std::env::var(name).ok();
                let credentials = Credentials::of_project(variable, self.token_command, self.token_env.as_deref());
                let credentials = credentials.map_err(|error| error.to_string())?;
                (self.api, self.login, credentials, None)
            }
        };
        let client = Client::new(api::ClientConfig {
            cis: base_url(&cis, "api")?,
            iam: base_url(&iam, "login")?,
            credentials,
            ca_file: self.ca_file,
            timeouts: self.timeouts,
        });
        let client = client.map_err(|error| error.to_string())?;
        Ok(ApiConnection { client, sandbox })
    }
}

impl ApiConnection {
    /// Splits the client from the sandbox, which [`shut`] ends.
    pub(super) fn split(self) -> (Client, Option<Handle>) {
        (self.client, self.sandbox)
    }
}

/// Resolves the creates that a killed run left open in its sandbox. The sandbox ended with that run, so a create that is
/// not among its tasks did not happen. At the real API, absence from the list is no proof.
pub(super) async fn resolve_killed(store: &mut StateWriter, data: PathBuf, lock: &LockArgs) -> Result<(), String> {
    let state = store.state();
    let open = state.intents.values().filter(|intent| intent.may_have_left());
    let open: Vec<(String, Marker)> = open.map(|intent| (intent.key.clone(), intent.marker.clone())).collect();
    if open.is_empty() {
        return Ok(());
    }
    let patience = lock.lock_timeout.max(HANDOVER);
    let sandbox = start_sandbox(data, state.binding.dialect, patience).await?;
    let tasks = sandbox.tasks();
    shut(Some(sandbox)).await;
    for (key, marker) in open {
        if !tasks.iter().any(|task| marker.is_in(task.comment())) {
            resolve_create(store, &key, &Resolution::Recreate).map_err(|error| error.to_string())?;
            terminal::note(&format!(
                "note: the sandbox ended before it took {key}, so nothing was created for it"
            ));
        }
    }
    Ok(())
}

/// Stops the sandbox, if there is one, and frees its data.
pub(super) async fn shut(sandbox: Option<Handle>) {
    if let Some(sandbox) = sandbox {
        sandbox.shutdown().await;
    }
}

/// Starts the sandbox, and retries while the previous run still holds its data.
async fn start_sandbox(data: PathBuf, dialect: crate::fields::Dialect, patience: Duration) -> Result<Handle, String> {
    const ASK_EVERY: Duration = Duration::from_millis(50);
    let mut left = patience;
    loop {
        let config = sandbox::Config {
            data: Some(data.clone()),
            dialect,
            ..sandbox::Config::default()
        };
        match Sandbox::start(config).await {
            Ok(handle) => return Ok(handle),
            Err(SandboxError::FolderInUse { .. }) if !left.is_zero() => {
                left = left.saturating_sub(ASK_EVERY);
                tokio::time::sleep(ASK_EVERY).await;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Refuses ids that stand for nothing, which only the sandbox takes: of this run, or one that listens on this machine.
pub(super) fn refuse_made_up(
    project: &Project<'_>,
    configuration: &Configuration,
    sandbox: Option<&Path>,
) -> Result<(), String> {
    /// The most that are named.
    const NAMED: usize = 5;
    let is_sandbox = || base_url(project.api(), "api").is_ok_and(|api| api.is_plain());
    if sandbox.is_some() || is_sandbox() {
        return Ok(());
    }
    let found = made_up_ids(configuration).map_err(|why| why.to_string())?;
    if found.is_empty() {
        return Ok(());
    }
    let mut words: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|MadeUpId { key, path, id, at }| format!("{at}: `{path}` of {key} is {id}"))
        .collect();
    let more = found.len().saturating_sub(NAMED);
    words.extend((more > 0).then(|| format!("{} more", counted(more, "setting"))));
    Err(format!(
        "made-up ids, which belong to nothing in any account: {}; write those that the vendor's pages show, or try it without \
         an account: `dialform plan --sandbox`",
        words.join("; ")
    ))
}

/// Parses a base URL of the project.
pub(super) fn base_url(text: &str, setting: &str) -> Result<BaseUrl, String> {
    text.parse()
        .map_err(|error: api::BaseUrlError| format!("`{setting}` in dialform.kdl: {error}"))
}
