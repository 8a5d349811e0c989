//! The client for the vendor's API: `apply`, `resolve` and `doctor` call it, and it knows nothing of campaigns or state.
//!
//! The client is built around one question: *can the request have been sent?* A task that is created twice calls people
//! twice, and the API has no idempotency key, so every answer and every failure becomes an [`ApiOutcome`] by what is known,
//! never by what is likely. Nothing here sends a create a second time.

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod action;
mod answer;
mod command;
mod create;
mod credentials;
mod error;
mod gate;
mod identity;
mod list;
mod listed_text;
mod outcome;
mod reach;
mod redact;
mod retry_after;
mod token;
mod token_error;
mod transport;
mod unsent;
mod untrusted;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

pub use crate::fields::base_url::{BaseUrl, BaseUrlError};
pub use crate::fields::types::TaskStatus;
pub use action::TaskAction;
pub use credentials::{Credentials, CredentialsError};
pub use error::ApiError;
pub use identity::{Identity, IdentityError};
pub use list::ListedTask;
pub use listed_text::ListedText;
pub use outcome::ApiOutcome;
pub use reach::{Reached, Service, Unreached, reach};
pub use token_error::{NoToken, TokenError, TokenSource};
pub use transport::Timeouts;
pub use unsent::{Doubt, Unsent};

use crate::util::interrupt::Interrupt;
use crate::wire::{PackedBody, UnreadableBody};
use gate::SendHook;
use outcome::{AnswerContent, classify};
use redact::Redactor;
use token::{BearerToken, Tokens};
use transport::{ApiRequest, Transport};
use unsent::SendError;

/// What a [`Client`] is made from.
#[derive(Debug)]
pub struct ClientConfig {
    /// The base of the calls service (cis), the project's `api`.
    pub cis: BaseUrl,
    /// The base of the login service (iam), the project's `login`.
    pub iam: BaseUrl,
    /// Where the bearer token comes from.
    pub credentials: Credentials,
    /// A PEM file of certificate authorities to trust besides the system's, for private installations (`--ca-file`).
    pub ca_file: Option<PathBuf>,
    /// How long to wait, and for what.
    pub timeouts: Timeouts,
}

/// A connection to one account: where the API is, and the token that is shared by all requests in flight. Copies share
/// the token.
#[derive(Clone, Debug)]
pub struct Client {
    cis: BaseUrl,
    transport: Arc<Transport>,
    tokens: Arc<Tokens>,
    redactor: Arc<Redactor>,
    stop: Interrupt,
}

impl Client {
    /// Makes a client; sends nothing, and asks for no token, until the first request.
    ///
    /// # Errors
    ///
    /// [`ApiError::CaFile`] where the file of certificate authorities cannot be read or holds none.
    pub fn new(config: ClientConfig) -> Result<Self, ApiError> {
        let ClientConfig {
            cis,
            iam,
            credentials,
            ca_file,
            timeouts,
        } = config;
        let redactor = Arc::new(Redactor::default());
        Ok(Self {
            cis,
            transport: Arc::new(Transport::new(ca_file.as_deref(), timeouts, Arc::clone(&redactor))?),
            tokens: Arc::new(Tokens::new(iam, credentials, Arc::clone(&redactor))),
            redactor,
            stop: Interrupt::never(),
        })
    }

    /// The same connection, which `stop` makes drop whatever cannot have changed anything: reading the list, getting a
    /// token, connecting. A request that may have left and changes something is always waited for.
    pub fn stopped_by(&self, stop: Interrupt) -> Self {
        Self { stop, ..self.clone() }
    }

    /// Takes the secrets in the webhook URLs of a request body for secrets, which an answer may repeat from an earlier run.
    ///
    /// # Errors
    ///
    /// Where the body cannot be read, so that it is not known what is secret.
    pub fn learn_secrets_of(&self, body: &PackedBody) -> Result<(), UnreadableBody> {
        if let Some(hooks) = body.field("webhookUrls")? {
            self.redactor
                .learn_webhooks(&serde_json::json!({ "webhookUrls": hooks }));
        }
        Ok(())
    }

    /// Sends a request that may be sent twice without harm: where the token is not taken, once more with a new one.
    async fn call(&self, request: ApiRequest) -> ApiOutcome<AnswerContent> {
        match self.call_once(request.clone(), gate::no_hook()).await {
            ApiOutcome::Unauthorized { renewed: true, .. } | ApiOutcome::Unbelieved { renewed: true, .. } => {
                self.call_once(request, gate::no_hook()).await
            }
            outcome => outcome,
        }
    }

    /// Sends a request with the bearer token, once, and classifies its outcome. Where the token is not taken, it is
    /// renewed for the requests to come.
    async fn call_once(&self, request: ApiRequest, hook: SendHook) -> ApiOutcome<AnswerContent> {
        let token = match self.stop.or(self.tokens.current(&self.transport)).await {
            Some(Ok(token)) => token,
            Some(Err(error)) => return ApiOutcome::not_sent(Unsent::Token(error)),
            None => return ApiOutcome::not_sent(Unsent::Interrupted),
        };
        let outcome = self.send(request, &token, hook).await;
        if matches!(outcome, ApiOutcome::Done(_)) {
            self.tokens.was_taken(&token);
        }
        if !outcome.is_unauthorized() {
            return outcome;
        }
        match (self.stop.or(self.tokens.renew(&self.transport, &token)).await, outcome) {
            (Some(Ok(renewed)), outcome) => outcome.renewed(renewed),
            (Some(Err(error)), ApiOutcome::Unauthorized { words, .. }) => ApiOutcome::Unauthorized {
                words: format!("{words}; and there is no new token: {error}"),
                renewed: false,
            },
            (Some(Err(_)) | None, outcome) => outcome,
        }
    }

    async fn send(&self, request: ApiRequest, token: &BearerToken, hook: SendHook) -> ApiOutcome<AnswerContent> {
        match self
            .transport
            .send(&self.cis, request.bearer(token.header()), hook, &self.stop)
            .await
        {
            Ok(answer) => classify(answer),
            Err(SendError::Unsent(reason)) => ApiOutcome::not_sent(reason),
            Err(SendError::Unclear(reason)) => ApiOutcome::Unknown { reason },
        }
    }
}
