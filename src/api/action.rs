//! Starting, pausing and stopping a task: `POST {cis}/telephony/autoCall/{id}/…`.

use super::Client;
use super::identity::Identity;
use super::outcome::ApiOutcome;
use super::transport::ApiRequest;

/// What can be done with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskAction {
    /// Start, or go on after a pause: `/play`.
    Play,
    /// Pause: `/pause`.
    Pause,
    /// Stop for good: `/halted`.
    Halt,
}

impl TaskAction {
    const fn segment(self) -> &'static str {
        match self {
            Self::Play => "play",
            Self::Pause => "pause",
            Self::Halt => "halted",
        }
    }
}

impl Client {
    /// Starts, pauses or stops a task. Any success counts as done; the body of the answer is not public, and not read.
    ///
    /// To do it twice is harmless, so an unknown outcome may be followed by another try.
    pub async fn action(&self, task: &Identity, action: TaskAction) -> ApiOutcome<()> {
        let url = self
            .cis
            .method(&["telephony", "autoCall", task.as_str(), action.segment()]);
        self.call(ApiRequest::post(url))
            .await
            .and_then(|_| ApiOutcome::Done(()))
    }
}
