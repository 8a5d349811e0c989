//! One create: the intent is durable before anything leaves, the outcome before anything else is done.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::api::{ApiOutcome, Client, Identity, Unsent};
use crate::plan::desired_state::{Desired, SettingPlaces};
use crate::state::{How, Intent, Marker, Record, Stage, StateError};
use crate::wire::Body;

use super::event::Event;
use super::permit::{Permit, permit};
use super::report::{ActionResult, Refusal, StopReason, UnknownReason};
use super::run::{ApplyRun, RETRIES};
use super::wait_budget::backoff;

/// How long to wait after a 429 that does not say how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(2);
/// What is waited for after a 429.
const TOO_MANY: &str = "too many requests";

/// Creates the campaign's task; `replaces` names the stopped task whose place it takes.
pub(super) async fn create(run: &ApplyRun, desired: &Desired, replaces: Option<String>) -> ActionResult {
    let Some(client) = run.client() else {
        return ActionResult::NotReached;
    };
    // Before anything is recorded.
    let body = match desired.body.unpack() {
        Ok(body) => body,
        Err(why) => return ActionResult::Failed { why: why.to_string() },
    };
    let Some((intent, marker)) = intend(run, desired, replaces.clone()).await else {
        return ActionResult::NotReached;
    };
    let attempt = Attempt {
        run,
        client,
        key: &desired.key,
        places: &desired.places,
        intent,
        body: marked(body, &marker),
    };
    match (attempt.run_to_result().await, replaces) {
        (ActionResult::Created { identity }, Some(previous)) => ActionResult::Replaced { identity, previous },
        (result, _) => result,
    }
}

/// Makes the intent durable, or reuses the one that an earlier run left.
async fn intend(run: &ApplyRun, desired: &Desired, replaces: Option<String>) -> Option<(Uuid, Marker)> {
    let Desired {
        key,
        redacted,
        fingerprint,
        ..
    } = desired;
    let (open, is_blocked) = run
        .journal
        .read(|state| (state.intent_for(key).cloned(), state.is_blocked(key)));
    if let Some(open) = open {
        // What is sent is what was recorded, or nothing.
        let fits = open.fingerprint == *fingerprint && open.replaces == replaces;
        return fits.then_some((open.id, open.marker));
    }
    // The plan lets no blocked key through but by `--create`.
    if is_blocked && !run.record(Record::ClearedTombstone { key: key.clone() }).await {
        return None;
    }
    let (id, marker) = (Uuid::new_v4(), Marker::random(key));
    let intent = Intent {
        id,
        key: key.clone(),
        fingerprint: fingerprint.clone(),
        body: redacted.clone(),
        marker: marker.clone(),
        at: Timestamp::now(),
        replaces,
        stage: Stage::Recorded,
        sent_before: None,
    };
    if !run.record(Record::Intent(intent)).await {
        return None;
    }
    run.evidence.written(id);
    Some((id, marker))
}

/// The body with the marker under the user's own comment.
fn marked(mut body: Body, marker: &Marker) -> Value {
    let comment = marker.append_to(body.get("taskComment").and_then(Value::as_str));
    body.insert("taskComment".to_owned(), Value::String(comment));
    Value::Object(body)
}

/// The sending of one intent, as often as it is known to have had no effect.
struct Attempt<'a> {
    run: &'a ApplyRun,
    client: &'a Client,
    key: &'a str,
    places: &'a SettingPlaces,
    intent: Uuid,
    body: Value,
}

impl Attempt<'_> {
    /// Sends until there is a result, or nothing more may be sent.
    async fn run_to_result(&self) -> ActionResult {
        let mut renewals = 0;
        for number in 0.. {
            self.run.until_resumed().await;
            if !self.run.may_send() {
                break;
            }
            let permit = match permit(self.run, self.intent).await {
                Ok(permit) => permit,
                Err(result) => return result,
            };
            if let Some(result) = self.once(permit, number, &mut renewals).await {
                return result;
            }
        }
        ActionResult::NotReached
    }

    /// Sends once and records the outcome; `None` where the same intent is to be sent again.
    async fn once(&self, permit: Permit, number: u32, renewals: &mut u32) -> Option<ActionResult> {
        // Looking for the marker took a while.
        if !self.run.may_send() {
            return Some(ActionResult::NotReached);
        }
        self.run.emit(Event::Creating {
            key: self.key.to_owned(),
        });
        let what = format!("create of `{}`", self.key);
        let result = self.send(permit, number, renewals, &what).await;
        self.run.interrupt().landed(&what);
        result
    }

    async fn send(&self, permit: Permit, number: u32, renewals: &mut u32, what: &str) -> Option<ActionResult> {
        let (journal, intent) = (self.run.journal.clone(), permit.intent());
        let (interrupt, what) = (self.run.interrupt().clone(), what.to_owned());
        let before_first_byte = async move {
            // That this is durable shows that nobody has taken over; how long ago that was is asked once more.
            let began = journal.stopwatch();
            journal.append(Record::Sending { intent }).await?;
            journal.still_in_time(began.as_ref())?;
            interrupt.left(&what);
            Ok::<(), StateError>(())
        };
        let result = match self.client.create(&self.body, before_first_byte).await {
            ApiOutcome::Done(identity) => return Some(self.created(identity).await),
            ApiOutcome::NotSent { reason, retry } => return self.not_sent(reason, retry, number).await,
            ApiOutcome::TooMany { wait } => return self.too_many(wait, number).await,
            ApiOutcome::Unauthorized { words, renewed } => return self.unauthorized(words, renewed, renewals).await,
            ApiOutcome::Rejected { status, words, fields } => {
                if matches!(status, 402 | 403) {
                    let words = words.clone();
                    self.run.stop_for(StopReason::Refused { status, words });
                }
                self.rejected(status, words, fields).await
            }
            ApiOutcome::Unbelieved {
                status,
                wait,
                renewed,
                reason,
            } => {
                let result = self.unknown(reason.to_string()).await;
                self.obey_status(status, wait, renewed);
                result
            }
            ApiOutcome::Unknown { reason } => self.unknown(reason.to_string()).await,
        };
        Some(result)
    }

    /// Does what the status of an answer asks for that is not the API's own, so that a firewall's page does not leave
    /// every create unknown.
    fn obey_status(&self, status: u16, wait: Option<Duration>, renewed: bool) {
        let goes_on = match status {
            401 => renewed,
            402 | 403 => false,
            429 => self.run.pause(wait.unwrap_or(DEFAULT_WAIT), TOO_MANY),
            _ => true,
        };
        if !goes_on {
            self.run.stop_for(StopReason::Unbelieved { status });
        }
    }

    async fn created(&self, identity: Identity) -> ActionResult {
        let identity = identity.to_string();
        let record = Record::Created {
            intent: self.intent,
            identity: identity.clone(),
            at: Timestamp::now(),
            how: How::Answered,
        };
        match self.run.journal.append(record).await {
            Ok(()) => {}
            // An id that another campaign has: the API's word cannot be true, and the task may exist.
            Err(StateError::Refused { why, .. }) => {
                let why = format!("the API gave the id {identity}, but {why}");
                return self.unknown(why).await;
            }
            // The task exists, and the error says where that is written.
            Err(error) => self.run.journal_failed(&error),
        }
        let key = self.key.to_owned();
        self.run.emit(Event::Created {
            key,
            identity: identity.clone(),
        });
        ActionResult::Created { identity }
    }

    /// The API refused the create for good.
    async fn rejected(&self, status: u16, words: String, fields: Vec<(String, String)>) -> ActionResult {
        let refusal = Refusal::new(status, words, fields, self.places);
        self.run
            .record(Record::Rejected {
                intent: self.intent,
                status: refusal.status,
                reason: refusal.words.clone(),
            })
            .await;
        self.refused(refusal)
    }

    fn refused(&self, refusal: Refusal) -> ActionResult {
        self.run.emit(Event::Rejected {
            key: self.key.to_owned(),
            refusal: refusal.clone(),
        });
        ActionResult::Rejected(refusal)
    }

    /// The API did not take the token; with a new one the create may be sent again, once.
    async fn unauthorized(&self, words: String, renewed: bool, renewals: &mut u32) -> Option<ActionResult> {
        let may_send_again = renewed && *renewals == 0;
        *renewals = renewals.saturating_add(1);
        // A wish to stop may be why there is no new token.
        if !may_send_again && self.run.may_send() {
            self.run.stop_for(StopReason::Unauthorized { words: words.clone() });
        }
        if !self.set_back(false).await {
            return Some(ActionResult::NotReached);
        }
        let refusal = || Refusal::new(401, words, Vec::new(), self.places);
        (!may_send_again).then(|| self.refused(refusal()))
    }

    async fn unknown(&self, why: String) -> ActionResult {
        self.run
            .record(Record::Unknown {
                intent: self.intent,
                reason: why.clone(),
            })
            .await;
        let key = self.key.to_owned();
        self.run.emit(Event::Unknown {
            key: key.clone(),
            why: why.clone(),
        });
        ActionResult::Unknown(UnknownReason::NotLookedFor { key, why })
    }

    /// Nothing left: the intent stays open, and whoever comes next may simply send it.
    async fn not_sent(&self, reason: Unsent, may_retry: bool, number: u32) -> Option<ActionResult> {
        match &reason {
            Unsent::Held { why } => self.run.stop_for(StopReason::Journal { why: why.clone() }),
            Unsent::Token(why) if !may_retry => self.run.stop_for(StopReason::NoToken { why: why.clone() }),
            Unsent::Interrupted => self.run.stop_for(StopReason::Interrupted),
            Unsent::Token(_) | Unsent::NotConnected { .. } | Unsent::Setup { .. } => {}
        }
        // A failed write of `Sending` may have reached the disk all the same.
        if (self.is_sending() || matches!(reason, Unsent::Held { .. })) && !self.set_back(true).await {
            return Some(ActionResult::Failed {
                why: reason.to_string(),
            });
        }
        if reason == Unsent::Interrupted {
            return Some(ActionResult::NotReached);
        }
        let why = reason.to_string();
        if may_retry && number < RETRIES && self.run.wait(backoff(number), why.clone()).await {
            return None;
        }
        let key = self.key.to_owned();
        self.run.emit(Event::NotSent { key, why: why.clone() });
        Some(ActionResult::Failed { why })
    }

    /// The API asks to wait, and says that it did nothing.
    async fn too_many(&self, wait: Option<Duration>, number: u32) -> Option<ActionResult> {
        if !self.set_back(false).await {
            return Some(ActionResult::NotReached);
        }
        let why = if number >= RETRIES {
            "the API answered 429 (too many requests) each time; run apply again later".to_owned()
        } else if self.run.pause(wait.unwrap_or(DEFAULT_WAIT), TOO_MANY) {
            return None;
        } else {
            "the API answered 429 (too many requests), and the time for waiting is used up; run apply again, or allow more \
             with `--reconcile-timeout`"
                .to_owned()
        };
        let key = self.key.to_owned();
        self.run.emit(Event::NotSent { key, why: why.clone() });
        Some(ActionResult::Failed { why })
    }

    /// Records that what was sent had no effect: because nothing left, or because the API says so, which may be wrong.
    async fn set_back(&self, nothing_left: bool) -> bool {
        if !nothing_left {
            self.run.evidence.refused(self.intent);
        }
        let intent = self.intent;
        self.run.record(Record::NotSent { intent, nothing_left }).await
    }

    fn is_sending(&self) -> bool {
        self.run.journal.read(|state| {
            let intent = state.intents.get(&self.intent);
            intent.is_some_and(|intent| intent.stage == Stage::Sending)
        })
    }
}
