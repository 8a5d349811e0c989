//! `doctor --probe`: creates a task, to see whether and how soon the list shows it with its name and comment.
//!
//! It is created to be started by hand, nobody starts it, and nobody is ever added to it, so that nobody is called; it
//! has no webhooks, schedule or report either. It is never written to the state.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{CheckResult, Name, spoken};
use crate::api::{ApiError, ApiOutcome, Client, Identity, ListedTask, TaskAction};
use crate::plan::desired_state::Configuration;
use crate::state::{Marker, State};
use crate::util::hint::StateCommand;
use crate::util::interrupt::Interrupt;
use crate::wire::{Body, UnreadableBody};

/// The name of the task, wire field `name`.
pub const PROBE_NAME: &str = "dialform doctor probe";

/// The key in its marker, which is no campaign's.
const KEY: &str = "doctor-probe";
/// What a person who finds it should know.
const COMMENT: &str =
    "Made by dialform doctor to see whether the list of tasks shows it. It calls nobody and may be deleted.";
/// What of a campaign's body does something by itself, now or at a later time: wire fields.
const LEFT_OUT: [&str; 4] = ["startMoment", "webhookUrls", "scheduleId", "sendReportAfterFinish"];

/// What an interrupt waits for from the create to the end of the stop.
const IN_FLIGHT: &str = "create and stop of doctor's probe";

/// How often a stop is tried; to stop a task twice is harmless.
pub const TRIES: u32 = 3;
/// The longest wait that a 429 gets.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The task to be created.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    body: Value,
    marker: Marker,
}

/// The task as the list shows it.
struct Sighting {
    task: ListedTask,
    after: Duration,
}

impl Probe {
    /// Takes the body of the campaign `like`, or of the first one; nothing where there is none.
    ///
    /// # Errors
    ///
    /// Where the body cannot be read.
    pub fn new(
        configuration: &Configuration,
        like: Option<&str>,
        state: Option<&State>,
    ) -> Result<Option<Self>, UnreadableBody> {
        let desired = match like {
            Some(key) => configuration.campaign(key),
            None => configuration.campaigns.first(),
        };
        let Some(desired) = desired else { return Ok(None) };
        let marker = fresh(configuration, state);
        let body = Value::Object(harmless(desired.body.unpack()?, &marker));
        Ok(Some(Self { body, marker }))
    }

    /// The marker at the end of its comment, for a person to find it.
    pub fn marker(&self) -> &Marker {
        &self.marker
    }

    /// Creates the task, once; reads the list until it shows the task, for as long as `patience` allows or until
    /// `interrupt` is raised; and stops the task, which nothing keeps it from.
    ///
    /// The future must be driven to its end: dropped after it has begun, the task may stay.
    pub async fn run(&self, client: &Client, patience: Duration, interrupt: &Interrupt) -> Vec<CheckResult> {
        let checks = self.create_and_stop(client, patience, interrupt).await;
        interrupt.landed(IN_FLIGHT);
        checks
    }

    async fn create_and_stop(&self, unstopped: &Client, patience: Duration, interrupt: &Interrupt) -> Vec<CheckResult> {
        let client = &unstopped.stopped_by(interrupt.clone());
        let leaving = interrupt.clone();
        let before_first_byte = async move {
            leaving.left(IN_FLIGHT);
            Ok::<(), String>(())
        };
        let outcome = client.create(&self.body, before_first_byte).await;
        let failed = |why: String| {
            let nothing = CheckResult::skip(Name::ProbeStop, "nothing was created");
            vec![CheckResult::error(Name::Probe, format!("not created: {why}")), nothing]
        };
        match outcome {
            ApiOutcome::Done(identity) => {
                let seen = self.look(client, Some(&identity), patience, interrupt).await;
                // The marker stands for what was created even if the list has another id for it.
                let task = match &seen {
                    Ok(sighting) => sighting.task.identity.clone(),
                    Err(_) => identity.clone(),
                };
                vec![
                    self.told(&identity, seen, patience, interrupt),
                    stop(unstopped, &task).await,
                ]
            }
            ApiOutcome::Unknown { reason } | ApiOutcome::Unbelieved { reason, .. } => {
                match self.look(client, None, patience, interrupt).await {
                    Ok(Sighting { task, .. }) => {
                        let message = format!(
                            "{reason}; the list shows that it was created: the task {}",
                            task.identity
                        );
                        vec![
                            CheckResult::error(Name::Probe, message),
                            stop(unstopped, &task.identity).await,
                        ]
                    }
                    Err(_) => {
                        let message = format!("{reason}; the list does not show it");
                        let help = format!(
                            "look on the vendor's pages for a task whose comment ends with {}, and stop it; it calls nobody",
                            self.marker
                        );
                        let check = CheckResult::error(Name::Probe, message).help(help);
                        vec![
                            check,
                            CheckResult::skip(Name::ProbeStop, "no task is known that could be stopped"),
                        ]
                    }
                }
            }
            ApiOutcome::NotSent { reason, .. } => failed(reason.to_string()),
            ApiOutcome::Rejected { status, words, fields } => {
                let fields: String = fields.iter().map(|(path, why)| format!("; {path}: {why}")).collect();
                failed(format!("the API answered {status}: {words}{fields}"))
            }
            ApiOutcome::Unauthorized { words, .. } => failed(format!("the API did not take the token: {words}")),
            ApiOutcome::TooMany { wait } => failed(match wait {
                Some(wait) => format!("the API asks to wait {}", spoken(wait)),
                None => "the API asks to wait".to_owned(),
            }),
        }
    }

    /// Reads the list with growing waits until the task is in it. Gives the last failure to read it, if any, where it is
    /// not.
    async fn look(
        &self,
        client: &Client,
        identity: Option<&Identity>,
        patience: Duration,
        interrupt: &Interrupt,
    ) -> Result<Sighting, Option<ApiError>> {
        let began = Instant::now();
        let mut number = 0;
        loop {
            let (failure, wish) = match client.list().await {
                Ok(list) => match self.find(list, identity) {
                    Some(task) => {
                        let after = began.elapsed();
                        return Ok(Sighting { task, after });
                    }
                    None => (None, growing(number)),
                },
                Err(ApiError::TooMany { wait }) => {
                    let wish = wait.unwrap_or_else(|| growing(number));
                    (Some(ApiError::TooMany { wait }), wish)
                }
                Err(error) => (Some(error), growing(number)),
            };
            let wait = wish.min(patience.saturating_sub(began.elapsed()));
            if wait.is_zero() {
                return Err(failure);
            }
            if interrupt.or(tokio::time::sleep(wait)).await.is_none() {
                return Err(failure);
            }
            number = u32::saturating_add(number, 1);
        }
    }

    /// The task that carries the marker, or else the one of this id.
    fn find(&self, list: Vec<ListedTask>, identity: Option<&Identity>) -> Option<ListedTask> {
        let place = list.iter().position(|task| self.is_marked(task));
        let place = place.or_else(|| list.iter().position(|task| Some(&task.identity) == identity));
        list.into_iter().nth(place?)
    }

    fn is_marked(&self, task: &ListedTask) -> bool {
        task.text.has(&self.marker)
    }

    fn told(
        &self,
        identity: &Identity,
        seen: Result<Sighting, Option<ApiError>>,
        patience: Duration,
        interrupt: &Interrupt,
    ) -> CheckResult {
        let name = Name::Probe;
        let Sighting { task, after } = match seen {
            Ok(sighting) => sighting,
            Err(_) if interrupt.is_raised() => {
                let message =
                    format!("the task {identity} was created, and was not looked for to the end: stopped on request");
                return CheckResult::warn(name, message);
            }
            Err(failure) => {
                let why = failure.map_or_else(String::new, |error| format!(": {error}"));
                let message = format!(
                    "the task {identity} was created, and the list did not show it within {}{why}",
                    spoken(patience)
                );
                return CheckResult::warn(name, message).help(format!(
                    "give apply more time with `--reconcile-timeout`; the task's comment ends with {}",
                    self.marker
                ));
            }
        };
        let has_comment = self.is_marked(&task);
        let has_name = task.text.contains(PROBE_NAME);
        let after = spoken(after);
        let shown = format!("the list shows the task {} {after} after its create", task.identity);
        match (has_comment, has_name) {
            _ if task.identity != *identity => CheckResult::error(
                name,
                format!("{shown}, but the answer to the create named it {identity}"),
            )
            .help("apply would stop the wrong task, or none, with `--replace`: ask the vendor which id is the task's"),
            (true, true) => CheckResult::ok(name, format!("{shown}, with its name and comment")),
            (true, false) => CheckResult::warn(name, format!("{shown}, with its comment but without its name")),
            (false, has_name) => {
                let name_words = if has_name { "with its name but " } else { "" };
                CheckResult::error(name, format!("{shown}, {name_words}without its comment")).help(format!("keep the state safe: a create that is not answered stays unknown until {}, and a lost state cannot be noticed", StateCommand(&["resolve"])))
            }
        }
    }
}

/// A marker that nothing in the state has, and whose key is no campaign's, so that apply never takes the task for one.
fn fresh(configuration: &Configuration, state: Option<&State>) -> Marker {
    let is_taken = |key: &str| configuration.campaign(configuration.moved_to(key)).is_some();
    let mut key = KEY.to_owned();
    while is_taken(&key) {
        key.push_str("-x");
    }
    loop {
        let marker = Marker::random(&key);
        let mut known = state.into_iter().flat_map(State::markers);
        if !known.any(|(_, known)| known.random_part() == marker.random_part()) {
            return marker;
        }
    }
}

/// A body that does nothing by itself.
fn harmless(mut body: Body, marker: &Marker) -> Body {
    body.retain(|field, _| !LEFT_OUT.contains(&field.as_str()));
    let texts = [
        ("name", PROBE_NAME.to_owned()),
        ("startType", "manual".to_owned()),
        ("taskComment", marker.append_to(Some(COMMENT))),
    ];
    body.extend(texts.map(|(field, text)| (field.to_owned(), Value::String(text))));
    body
}

/// Stops the task for good.
async fn stop(client: &Client, task: &Identity) -> CheckResult {
    let name = Name::ProbeStop;
    let mut number = 0;
    let why = loop {
        let (why, wait) = match client.action(task, TaskAction::Halt).await {
            ApiOutcome::Done(()) => {
                return CheckResult::ok(
                    name,
                    format!("the task {task} was stopped for good; it may be deleted by hand"),
                );
            }
            ApiOutcome::NotSent { reason, retry } => (reason.to_string(), retry.then(|| growing(number))),
            ApiOutcome::Unknown { reason } => (reason.to_string(), Some(growing(number))),
            ApiOutcome::TooMany { wait } | ApiOutcome::Unbelieved { status: 429, wait, .. } => {
                let wait = wait.unwrap_or_else(|| growing(number)).min(LONGEST_WAIT);
                ("the API asks to wait".to_owned(), Some(wait))
            }
            ApiOutcome::Unbelieved { reason, .. } => (reason.to_string(), Some(growing(number))),
            ApiOutcome::Rejected { status, words, .. } => (format!("the API answered {status}: {words}"), None),
            ApiOutcome::Unauthorized { words, .. } => (format!("the API did not take the token: {words}"), None),
        };
        number = u32::saturating_add(number, 1);
        match wait.filter(|_| number < TRIES) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => break why,
        }
    };
    CheckResult::error(name, format!("the task {task} could not be stopped: {why}"))
        .help("stop it on the vendor's pages; it was never started and calls nobody")
}

/// Waits that grow: a quarter of a second, a half, one, two, and so on.
fn growing(number: u32) -> Duration {
    Duration::from_millis(250).saturating_mul(2_u32.saturating_pow(number))
}
