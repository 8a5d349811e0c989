//! Creating a task: `POST {cis}/telephony/autoCall`.

use std::fmt::Display;

use serde_json::Value;

use super::Client;
use super::gate::hook;
use super::identity::Identity;
use super::outcome::ApiOutcome;
use super::transport::ApiRequest;
use super::unsent::Doubt;

impl Client {
    /// Creates a call task from the request body, and classifies its [`ApiOutcome`].
    ///
    /// `before_first_byte` runs once, when the connection is open (TCP, TLS) and before the first byte of the request is
    /// written. If it fails, nothing is sent and the outcome is [`ApiOutcome::NotSent`] without a retry; if the connection
    /// fails, it has not run. After a 401 the token is renewed, and the request is not
    /// sent again: that is for the caller to decide.
    ///
    /// The future must be driven to its end: dropped after `before_first_byte` has run, the outcome is unknown.
    pub async fn create<E: Display + 'static>(
        &self,
        body: &Value,
        before_first_byte: impl Future<Output = Result<(), E>> + Send + 'static,
    ) -> ApiOutcome<Identity> {
        self.redactor.learn_webhooks(body);
        let request = ApiRequest::post(self.cis.method(&["telephony", "autoCall"])).json(body.to_string());
        self.call_once(request, hook(before_first_byte))
            .await
            .and_then(|answer| {
                let identity = answer.body.json().and_then(|answer| Identity::of(answer.root()));
                identity.map_or(
                    ApiOutcome::Unknown {
                        reason: Doubt::NoIdentity,
                    },
                    ApiOutcome::Done,
                )
            })
    }
}
