//! `dialform doctor`: checks everything that plan and apply need, one line per check; changes nothing without `--probe`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use super::binding::{BindingArgs, CredentialPermit, project_binding};
use super::context::{ApiArgs, ProjectContext, base_url, duration, place_without_project};
use super::environment;
use super::interrupt::{STOPPED, Signals, wait_for};
use super::render::no_such_campaign;
use super::state_args::StateArgs;
use super::terminal;
use crate::api::{
    ApiError, BaseUrl, Client, ClientConfig, Credentials, CredentialsError, ListedTask, Reached, Service, Timeouts,
    TokenSource, reach,
};
use crate::doctor::{self, CheckResult, CheckStatus, Name, PROBE_NAME, Probe, Report};
use crate::plan::desired_state::Configuration;
use crate::state::{Access, Binding, State, StatePlace, load};
use crate::util::printable::{self, Text};
use crate::wire::BodyRedactor;

/// Exit code if nothing could be checked.
const COULD_NOT_RUN: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    state_args: StateArgs,
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    accept: BindingArgs,
    /// Create one task from this campaign (default: the first), check that the list shows it, and stop it. Nobody is
    /// called: the task is never started and has no candidates
    #[arg(long, value_name = "KEY", num_args = 0..=1, conflicts_with = "sandbox")]
    probe: Option<Option<String>>,
    /// Skip the confirmation prompt of `--probe`
    #[arg(long, requires = "probe")]
    auto_approve: bool,
    /// How long `--probe` waits for its task to appear in the list
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    reconcile_timeout: Duration,
    /// The output format
    #[arg(long, value_enum, default_value_t = DoctorFormat::Human, value_name = "FORMAT")]
    output_format: DoctorFormat,
}

/// The output format of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DoctorFormat {
    /// Human-readable text
    Human,
    /// A JSON report
    Json,
}

pub(super) fn run(args: &Args) -> ExitCode {
    args.state_args.show_in_commands();
    match examine(args) {
        Ok(code) => code,
        Err(message) => {
            terminal::note(&format!("error: {message}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn examine(args: &Args) -> Result<ExitCode, String> {
    if args.probe.is_some() && !args.auto_approve && !terminal::can_ask() {
        return Err(
            "there is no terminal to ask on, and `--probe` creates a task: give `--auto-approve` too, or leave it out"
                .to_owned(),
        );
    }
    let mut out = CheckPrinter::new(args);
    let subject = Subject::find(args, &mut out)?;
    let mut is_state_sure = true;
    let state = match &subject.place {
        Some(Err(why)) => {
            is_state_sure = false;
            out.add(CheckResult::error(Name::State, why.clone()));
            None
        }
        Some(Ok(place)) => {
            let expected = subject.binding.as_ref().filter(|_| !args.accept.accept_binding);
            let (checks, state) = doctor::state(place, expected);
            is_state_sure = checks
                .iter()
                .all(|check| check.name != Name::State || check.status != CheckStatus::Error);
            out.extend(checks);
            state
        }
        None => {
            out.add(
                CheckResult::skip(Name::State, "without a project it is not known where it is")
                    .help("name it with `--state FILE`"),
            );
            None
        }
    };
    out.add(doctor::plan(subject.configuration.as_ref(), state.as_ref()));
    if args.state_args.sandbox {
        out.add(CheckResult::skip(
            Name::Credentials,
            "the sandbox needs none, and runs only while apply does",
        ));
    } else {
        let signals = Signals::listen(COULD_NOT_RUN)?;
        let permit = match is_state_sure {
            true => subject.permit(state.as_ref(), args.accept),
            // The state's own check says what is wrong.
            false => Err(NoCredentials::NotLooked(
                "the state does not say where credentials may go, and nothing is sent",
            )),
        };
        wait_for(account(args, &subject, state.as_ref(), permit, &signals, &mut out))??;
        signals.end(COULD_NOT_RUN);
    }
    Ok(out.finish())
}

/// What is checked, owned, because it outlives the borrowed project.
#[derive(Default)]
struct Subject {
    /// Where the state is, if that is known.
    place: Option<Result<StatePlace, String>>,
    binding: Option<Binding>,
    /// The addresses of the API, if the project file is free of errors.
    account: Option<Addresses>,
    /// The campaigns for the probe, if the files have no errors.
    configuration: Option<Configuration>,
}

struct Addresses {
    api: Result<BaseUrl, String>,
    login: Result<BaseUrl, String>,
    token_command: Option<String>,
    token_env: Option<String>,
}

impl Subject {
    fn find(args: &Args, out: &mut CheckPrinter) -> Result<Self, String> {
        let mut context = match ProjectContext::find() {
            Ok(context) => context,
            Err(message) => {
                out.add(CheckResult::error(Name::Project, message));
                return Ok(Self {
                    place: place_without_project(&args.state_args),
                    ..Self::default()
                });
            }
        };
        let place = context.place(&args.state_args);
        // What is secret in the files is compared as the state keeps it.
        let loaded = place.as_ref().ok().and_then(|place| load(place, None).ok());
        let lineage = loaded.and_then(|loaded| loaded.head.lineage);
        let place = Some(place);
        let checked = context.check();
        let project = checked.project();
        let is_clean = !checked.has_errors();
        if let (true, Some(Some(key))) = (is_clean, &args.probe)
            && !project.campaigns().any(|campaign| campaign.title() == key)
        {
            return Err(no_such_campaign(&project, key));
        }
        out.add(doctor::project(&checked));
        let command = project.token_command();
        let account = doctor::are_addresses_sure(&checked).then(|| Addresses {
            api: base_url(project.api(), "api"),
            login: base_url(project.login(), "login"),
            token_command: command.map(str::to_owned),
            token_env: project.token_env().map(str::to_owned),
        });
        Ok(Self {
            place,
            binding: account
                .as_ref()
                .and_then(|_| project_binding(&project, &args.state_args).ok()),
            account,
            configuration: is_clean.then(|| Configuration::of(&checked, BodyRedactor::new(lineage))),
        })
    }
}

impl Subject {
    /// Whether credentials may go where the project says.
    fn permit(&self, state: Option<&State>, accept: BindingArgs) -> Result<CredentialPermit, NoCredentials> {
        let (Some(binding), Some(account)) = (&self.binding, &self.account) else {
            return Err(NoCredentials::NotLooked(
                "without a dialform.kdl that is free of errors it is not sure which address is meant, and nothing is sent",
            ));
        };
        let login = account.login.as_ref();
        let login = login.map_err(|why| NoCredentials::Changed(why.clone()))?.to_string();
        let lineage = state.map(|state| state.lineage).unwrap_or_default();
        let now = Binding {
            access: Some(
                Access::new(lineage, login, account.token_command.as_deref()).reading(account.token_env.as_deref()),
            ),
            ..binding.clone()
        };
        let held = state.map(|state| &state.binding);
        CredentialPermit::given(held, &now, accept.accept_binding).map_err(NoCredentials::Changed)
    }
}

/// Why credentials are not used.
enum NoCredentials {
    /// Another check reports the cause.
    NotLooked(&'static str),
    /// The project differs from the binding of the state.
    Changed(String),
}

/// The checks that need the network.
async fn account(
    args: &Args,
    subject: &Subject,
    state: Option<&State>,
    permit: Result<CredentialPermit, NoCredentials>,
    signals: &Signals,
    out: &mut CheckPrinter,
) -> Result<(), String> {
    let interrupt = signals.raise(args.api.timeouts().answer, |line| terminal::note(&line));
    let addresses = subject.account.as_ref();
    let token_command = addresses.and_then(|account| account.token_command.clone());
    let token_env = addresses.and_then(|account| account.token_env.as_deref());
    let variable = |name: &str| std::env::var(name).ok();
    let credentials = Credentials::of_project(variable, token_command, token_env);
    out.add(doctor::credentials(&credentials));
    let (account, permit) = match (&subject.account, permit) {
        (Some(account), Ok(permit)) => (account, permit),
        (_, Err(refusal)) => return out.refuse(args, &refusal),
        (None, Ok(_)) => return Ok(()),
    };
    let ca_file = args.state_args.ca_file.as_deref();
    let timeouts = args.api.timeouts();
    let knocked = interrupt
        .or(knock(Service::Calls, &account.api, ca_file, timeouts, out))
        .await;
    let api = knocked.ok_or(STOPPED)?;
    let logs_in = credentials
        .as_ref()
        .is_ok_and(|credentials| credentials.sources().contains(&TokenSource::Login));
    if logs_in {
        let knocked = interrupt
            .or(knock(Service::Login, &account.login, ca_file, timeouts, out))
            .await;
        knocked.ok_or(STOPPED)?;
    } else {
        out.add(doctor::login_unused());
    }
    let (client, why) = match (&api, credentials) {
        (None, _) => (None, "the API cannot be reached".to_owned()),
        (Some(_), Err(error)) => (None, no_credentials(&error).to_owned()),
        (Some(_), Ok(credentials)) => {
            match connect(account, credentials, &permit, ca_file.map(PathBuf::from), timeouts) {
                Ok(client) => (Some(client), String::new()),
                Err(why) => (None, why),
            }
        }
    };
    let listed = match &client {
        Some(client) => {
            let campaigns = subject
                .configuration
                .iter()
                .flat_map(|configuration| &configuration.campaigns);
            for campaign in campaigns {
                client.learn_secrets_of(&campaign.body).map_err(|why| why.to_string())?;
            }
            let began = Instant::now();
            let read = interrupt.or(client.list()).await.ok_or(STOPPED)?;
            Some((read, began.elapsed()))
        }
        None => None,
    };
    match &listed {
        Some((read, _)) => out.add(doctor::token(read)),
        None => out.skip(&[Name::Token], &why),
    }
    match &api {
        Some(reached) => out.add(doctor::clock(reached)),
        None => out.skip(&[Name::Clock], &why),
    }
    let list = tell_list(listed, state, &why, out);
    match (client, list) {
        (Some(client), true) => probe(args, subject, state, &client, account, signals, out).await,
        _ => {
            out.skip_probe(args, "the list of tasks cannot be read, so nothing is created");
            Ok(())
        }
    }
}

/// Reports on the list of tasks; returns whether it could be read.
fn tell_list(
    listed: Option<(Result<Vec<ListedTask>, ApiError>, Duration)>,
    state: Option<&State>,
    why: &str,
    out: &mut CheckPrinter,
) -> bool {
    let Some((read, took)) = listed else {
        out.skip(&[Name::List, Name::Markers], why);
        return false;
    };
    out.add(doctor::list(&read, took));
    match &read {
        Ok(tasks) => out.add(doctor::markers(tasks, state)),
        Err(_) => out.skip(&[Name::Markers], "the list of tasks cannot be read"),
    }
    read.is_ok()
}

/// Whether a service can be reached.
async fn knock(
    service: Service,
    origin: &Result<BaseUrl, String>,
    ca_file: Option<&std::path::Path>,
    timeouts: Timeouts,
    out: &mut CheckPrinter,
) -> Option<Reached> {
    let name = match service {
        Service::Calls => Name::Api,
        Service::Login => Name::Login,
    };
    match origin {
        Err(message) => {
            out.add(CheckResult::error(name, message.clone()));
            None
        }
        Ok(origin) => {
            let reached = reach(service, origin, ca_file, timeouts).await;
            out.add(doctor::service(service, origin, &reached));
            reached.ok()
        }
    }
}

fn no_credentials(error: &CredentialsError) -> &'static str {
    match error {
        CredentialsError::Missing | CredentialsError::NamedMissing { .. } => "there are no credentials",
        CredentialsError::Half { .. } => "half of the credentials is missing",
    }
}

fn connect(
    account: &Addresses,
    credentials: Credentials,
    _permit: &CredentialPermit,
    ca_file: Option<PathBuf>,
    timeouts: Timeouts,
) -> Result<Client, String> {
    let config = ClientConfig {
        cis: account.api.clone()?,
        iam: account.login.clone()?,
        credentials,
        ca_file,
        timeouts,
    };
    Client::new(config).map_err(|error| error.to_string())
}

/// Creates and stops a task: the only check that changes anything.
async fn probe(
    args: &Args,
    subject: &Subject,
    state: Option<&State>,
    client: &Client,
    account: &Addresses,
    signals: &Signals,
    out: &mut CheckPrinter,
) -> Result<(), String> {
    let Some(like) = &args.probe else { return Ok(()) };
    let Some(configuration) = &subject.configuration else {
        out.skip_probe(args, "the project has mistakes, so no body can be taken from it");
        return Ok(());
    };
    let probe = Probe::new(configuration, like.as_deref(), state).map_err(|why| why.to_string())?;
    let Some(probe) = probe else {
        out.skip_probe(args, "the project declares no campaign whose body could be taken");
        return Ok(());
    };
    if !args.auto_approve {
        let place = environment::place(&account.api.as_ref().map_or_else(String::clone, BaseUrl::to_string));
        let question = format!(
            "Create one task named \"{PROBE_NAME}\" at {place} and stop it again? It is not started and has nobody to call."
        );
        // Nothing is waited for but the answer.
        signals.end(COULD_NOT_RUN);
        if !terminal::ask(&question)? {
            out.skip_probe(args, "the answer was no, so nothing was created");
            return Ok(());
        }
    }
    // Said before it exists, so that it can be found whatever happens to this process.
    terminal::note(&format!(
        "creating the task \"{PROBE_NAME}\"; its comment ends with {}",
        probe.marker()
    ));
    // The create, and each try to stop the task.
    let longest = args
        .api
        .timeouts()
        .answer
        .saturating_mul(doctor::TRIES.saturating_add(1));
    let interrupt = signals.raise(longest, |line| terminal::note(&line));
    let checks = probe.run(client, args.reconcile_timeout, &interrupt).await;
    out.extend(checks);
    Ok(())
}

/// Collects the checks, and prints each at once for people.
struct CheckPrinter {
    format: DoctorFormat,
    checks: Vec<CheckResult>,
    /// The result of printing so far.
    heard: Result<(), ExitCode>,
}

impl CheckPrinter {
    fn new(args: &Args) -> Self {
        Self {
            format: args.output_format,
            checks: Vec::new(),
            heard: Ok(()),
        }
    }

    fn add(&mut self, check: CheckResult) {
        if self.format == DoctorFormat::Human && self.heard.is_ok() {
            let mut line = Text::new();
            line.line(&check);
            self.heard = terminal::print_prose(line);
        }
        self.checks.push(check);
    }

    fn extend(&mut self, checks: Vec<CheckResult>) {
        for check in checks {
            self.add(check);
        }
    }

    fn skip(&mut self, names: &[Name], why: &str) {
        for name in names {
            self.add(CheckResult::skip(*name, why));
        }
    }

    /// Skips all checks that need the network.
    fn refuse(&mut self, args: &Args, refusal: &NoCredentials) -> Result<(), String> {
        const BEHIND_THE_NETWORK: [Name; 6] = [
            Name::Api,
            Name::Login,
            Name::Token,
            Name::Clock,
            Name::List,
            Name::Markers,
        ];
        let short = match refusal {
            NoCredentials::NotLooked(why) => {
                self.skip(&[Name::Api], why);
                why
            }
            NoCredentials::Changed(why) => {
                self.add(CheckResult::error(Name::Api, why));
                "the state is bound to something else, and nothing is sent"
            }
        };
        let [_, others @ ..] = BEHIND_THE_NETWORK;
        self.skip(&others, short);
        self.skip_probe(args, short);
        Ok(())
    }

    fn skip_probe(&mut self, args: &Args, why: &str) {
        if args.probe.is_some() {
            self.skip(&[Name::Probe], why);
        }
    }

    fn finish(mut self) -> ExitCode {
        let report = Report::new(std::mem::take(&mut self.checks));
        if self.format == DoctorFormat::Json {
            self.heard = terminal::print_document(&printable::json(&report));
        }
        match self.heard {
            Err(code) if code != ExitCode::SUCCESS => return code,
            // The exit code is true whether or not anybody reads the words.
            Ok(()) | Err(_) => {}
        }
        ExitCode::from(u8::from(report.has_errors()))
    }
}
