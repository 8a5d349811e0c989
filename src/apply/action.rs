//! One request that starts, pauses or stops a task, asked for until its outcome is known. Whoever calls this has made the
//! intent durable, and makes the outcome durable.

use crate::api::{ApiOutcome, Client, Identity, TaskAction, Unsent};

use super::report::StopReason;
use super::run::{ApplyRun, RETRIES};
use super::wait_budget::backoff;

/// Why it is not confirmed that a task was started, paused or stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unconfirmed {
    /// A person's wish to stop came before anything was sent.
    Interrupted,
    /// It was not done: the API refused, or nothing was sent.
    NotDone(String),
    /// It may have been done.
    Unknown(String),
}

impl Unconfirmed {
    /// Why, in words.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Interrupted => Unsent::Interrupted.to_string(),
            Self::NotDone(why) | Self::Unknown(why) => why.clone(),
        }
    }
}

/// The words for a request, such as `stop of the task of spring`.
fn what(action: TaskAction, key: &str) -> String {
    let word = match action {
        TaskAction::Play => "start",
        TaskAction::Pause => "pause",
        TaskAction::Halt => "stop",
    };
    format!("{word} of the task of `{key}`")
}

/// Asks until the API confirms it. To ask twice does no harm, so doubt is a reason to ask again; a refusal that follows
/// a doubt leaves it open whether the first request was carried out.
pub(super) async fn ask(
    run: &ApplyRun,
    client: &Client,
    key: &str,
    task: &Identity,
    action: TaskAction,
) -> Result<(), Unconfirmed> {
    let what = what(action, key);
    let mut is_in_doubt = false;
    // What was decided is durable since a moment ago.
    let mut recorded = run.journal.stopwatch();
    let refused = |is_in_doubt: bool, why: String| {
        Err(match is_in_doubt {
            true => Unconfirmed::Unknown(why),
            false => Unconfirmed::NotDone(why),
        })
    };
    for number in 0.. {
        run.until_resumed().await;
        if run.journal.still_in_time(recorded.as_ref()).is_err() {
            recorded = run.journal.stopwatch();
            if let Err(error) = run.journal.confirm().await {
                run.journal_failed(&error);
                return refused(is_in_doubt, error.to_string());
            }
        }
        run.interrupt().left(&what);
        let outcome = client.action(task, action).await;
        run.interrupt().landed(&what);
        let (why, wait) = match outcome {
            ApiOutcome::Done(()) => return Ok(()),
            ApiOutcome::Rejected { status, words, .. } => {
                let why = format!("the API answered {status}: {words}");
                if matches!(status, 402 | 403) {
                    run.stop_for(StopReason::Refused { status, words });
                }
                return refused(is_in_doubt, why);
            }
            ApiOutcome::Unauthorized { words, .. } => {
                run.stop_for(StopReason::Unauthorized { words: words.clone() });
                return refused(is_in_doubt, words);
            }
            ApiOutcome::NotSent {
                reason: Unsent::Interrupted,
                ..
            } if number == 0 => {
                run.stop_for(StopReason::Interrupted);
                return Err(Unconfirmed::Interrupted);
            }
            ApiOutcome::NotSent { reason, retry: false } => {
                if let Unsent::Token(why) = &reason {
                    run.stop_for(StopReason::NoToken { why: why.clone() });
                }
                return refused(is_in_doubt, reason.to_string());
            }
            ApiOutcome::NotSent { reason, retry: true } => (reason.to_string(), backoff(number)),
            ApiOutcome::TooMany { wait } => {
                let why = "too many requests";
                if number < RETRIES && run.pause(wait.unwrap_or_else(|| backoff(number)), why) {
                    continue;
                }
                return refused(is_in_doubt, why.to_owned());
            }
            ApiOutcome::Unbelieved { status: 429, wait, .. } => {
                let why = "too many requests";
                is_in_doubt = true;
                if number < RETRIES && run.pause(wait.unwrap_or_else(|| backoff(number)), why) {
                    continue;
                }
                return refused(is_in_doubt, why.to_owned());
            }
            ApiOutcome::Unknown { reason } | ApiOutcome::Unbelieved { reason, .. } => {
                is_in_doubt = true;
                (reason.to_string(), backoff(number))
            }
        };
        if number >= RETRIES || !run.wait(wait, why.clone()).await {
            return refused(is_in_doubt, why);
        }
    }
    Err(Unconfirmed::NotDone("it was never asked for".to_owned()))
}
