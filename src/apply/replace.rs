//! `--replace`: the old task is stopped, and that is confirmed and durable, before its successor is even recorded.

use jiff::Timestamp;

use crate::api::{ApiOutcome, Client, Identity, TaskAction, Unsent};
use crate::plan::desired_state::Desired;
use crate::state::Record;
use crate::util::hint::StateCommand;

use super::create::create;
use super::event::Event;
use super::report::{ActionResult, StopReason};
use super::run::{ApplyRun, RETRIES};
use super::wait_budget::backoff;

/// Stops the campaign's task, unless that is done already, and creates its successor.
pub(super) async fn replace(run: &ApplyRun, desired: &Desired) -> ActionResult {
    let key = &desired.key;
    let old = run
        .journal
        .read(|state| state.tasks.get(key).map(|task| (task.identity.clone(), task.halted_at)));
    let (identity, halted_at) = match old {
        Some(old) => old,
        None => return ActionResult::NotReached,
    };
    if halted_at.is_none() {
        if let Err(result) = halt(run, key, &identity, &desired.fingerprint).await {
            return result;
        }
        if !run.may_send() {
            return ActionResult::NotReached;
        }
    }
    create(run, desired, Some(identity)).await
}

async fn halt(run: &ApplyRun, key: &str, identity: &str, replacing: &str) -> Result<(), ActionResult> {
    let client = run.client().ok_or(ActionResult::NotReached)?;
    let task: Identity = identity.parse().map_err(|error| ActionResult::Failed {
        why: format!("the state has `{identity}` as its task, but {error}"),
    })?;
    let (key, identity) = (key.to_owned(), identity.to_owned());
    let at = Timestamp::now();
    let halting = Record::Halting {
        key: key.clone(),
        identity: identity.clone(),
        at,
        replacing: Some(replacing.to_owned()),
    };
    if !run.record(halting).await {
        return Err(ActionResult::NotReached);
    }
    run.emit(Event::Halting {
        key: key.clone(),
        identity: identity.clone(),
    });
    match ask(run, client, &key, &task).await {
        Ok(()) => {
            let at = Timestamp::now();
            let halted = Record::Halted {
                key: key.clone(),
                identity: identity.clone(),
                at,
            };
            if !run.record(halted).await {
                return Err(ActionResult::NotReached);
            }
            run.emit(Event::Halted { key, identity });
            Ok(())
        }
        Err(why) => {
            run.record(Record::HaltFailed {
                key: key.clone(),
                identity: identity.clone(),
                reason: why.clone().unwrap_or_else(|| Unsent::Interrupted.to_string()),
            })
            .await;
            let Some(why) = why else {
                return Err(ActionResult::NotReached);
            };
            let failed = format!(
                "the old task {identity} is not confirmed as stopped, so no new one was created: {why}. If it is \
                 stopped, or gone, {} removes it from the state and {} makes the new one",
                StateCommand(&["state", "rm", &key]),
                StateCommand(&["apply", "--create", &key])
            );
            run.emit(Event::HaltFailed { key, identity, why });
            Err(ActionResult::Failed { why: failed })
        }
    }
}

/// Asks for the stop until the API confirms it. To ask twice does no harm, so doubt is a reason to ask again. The error
/// says why it is not confirmed, and nothing where a person's wish to stop came before anything was sent.
async fn ask(run: &ApplyRun, client: &Client, key: &str, task: &Identity) -> Result<(), Option<String>> {
    let what = format!("stop of the task of `{key}`");
    for number in 0.. {
        run.until_resumed().await;
        run.interrupt().left(&what);
        let outcome = client.action(task, TaskAction::Halt).await;
        run.interrupt().landed(&what);
        let (why, wait) = match outcome {
            ApiOutcome::Done(()) => return Ok(()),
            ApiOutcome::Rejected { status, words, .. } => {
                let why = format!("the API answered {status}: {words}");
                if matches!(status, 402 | 403) {
                    run.stop_for(StopReason::Refused { status, words });
                }
                return Err(Some(why));
            }
            ApiOutcome::Unauthorized { words, .. } => {
                run.stop_for(StopReason::Unauthorized { words: words.clone() });
                return Err(Some(words));
            }
            ApiOutcome::NotSent {
                reason: Unsent::Interrupted,
                ..
            } if number == 0 => {
                run.stop_for(StopReason::Interrupted);
                return Err(None);
            }
            ApiOutcome::NotSent { reason, retry: false } => {
                if let Unsent::Token(why) = &reason {
                    run.stop_for(StopReason::NoToken { why: why.clone() });
                }
                return Err(Some(reason.to_string()));
            }
            ApiOutcome::NotSent { reason, retry: true } => (reason.to_string(), backoff(number)),
            ApiOutcome::TooMany { wait } | ApiOutcome::Unbelieved { status: 429, wait, .. } => {
                let why = "too many requests";
                if number < RETRIES && run.pause(wait.unwrap_or_else(|| backoff(number)), why) {
                    continue;
                }
                return Err(Some(why.to_owned()));
            }
            ApiOutcome::Unknown { reason } | ApiOutcome::Unbelieved { reason, .. } => {
                (reason.to_string(), backoff(number))
            }
        };
        if number >= RETRIES || !run.wait(wait, why.clone()).await {
            return Err(Some(why));
        }
    }
    Err(Some("it was never asked for".to_owned()))
}
