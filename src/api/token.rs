//! The bearer token: got when it is first needed, renewed once for all requests that the API refused it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::Mutex;

use super::answer::{Answer, AnswerBody};
use super::command::run;
use super::credentials::{Credentials, Renewal};
use super::gate::no_hook;
use super::redact::Redactor;
use super::token_error::{NoToken, TokenError, TokenSource};
use super::transport::{ApiRequest, Transport};
use super::unsent::SendError;
use crate::fields::base_url::BaseUrl;
use crate::util::interrupt::Interrupt;

/// How long a token from the login method is asked to hold, wire field `ttl`, in seconds.
const TTL: u32 = 3_600;
/// A token, ready for the header.
#[derive(Clone, Debug)]
pub(super) struct BearerToken {
    generation: u64,
    header: HeaderValue,
}

impl BearerToken {
    fn new(text: &str, source: TokenSource, generation: u64) -> Result<Self, TokenError> {
        let malformed = |why| TokenError::Malformed {
            source_of_token: source,
            why,
        };
        let text = text.trim();
        if let Some(why) = NoToken::find_in(text) {
            return Err(malformed(why));
        }
        let header = HeaderValue::from_str(&format!("Bearer {text}"));
        let mut header = header.map_err(|_| malformed(NoToken::Characters))?;
        header.set_sensitive(true);
        Ok(Self { generation, header })
    }

    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

/// The token of an account, shared by all requests in flight.
#[derive(Debug)]
pub(super) struct Tokens {
    iam: BaseUrl,
    credentials: Credentials,
    redactor: Arc<Redactor>,
    held: Mutex<TokenCache>,
    /// The newest generation of a token that the API took.
    taken: AtomicU64,
}

#[derive(Debug, Default)]
struct TokenCache {
    token: Option<BearerToken>,
    /// A failure that holds for the rest of the run.
    failure: Option<TokenError>,
}

impl Tokens {
    /// All that they know, and will know, is a secret for `redactor`.
    pub(super) fn new(iam: BaseUrl, credentials: Credentials, redactor: Arc<Redactor>) -> Self {
        if let Some(token) = &credentials.token {
            redactor.learn(token);
        }
        if let Some(Renewal::Login { email, password }) = &credentials.renewal {
            redactor.learn_whole(email.expose_secret());
            redactor.learn(password);
        }
        Self {
            iam,
            credentials,
            redactor,
            held: Mutex::default(),
            taken: AtomicU64::new(0),
        }
    }

    /// The token in use; the first call gets it.
    pub(super) async fn current(&self, transport: &Transport) -> Result<BearerToken, TokenError> {
        let mut held = self.held.lock().await;
        if let Some(token) = &held.token {
            return Ok(token.clone());
        }
        let token = match (&self.credentials.token, &self.credentials.renewal) {
            (Some(token), _) => BearerToken::new(token.expose_secret(), self.credentials.of_variable(), 0)?,
            (None, Some(renewal)) => self.obtain(transport, renewal, &mut held, 0).await?,
            (None, None) => {
                return Err(TokenError::Malformed {
                    source_of_token: TokenSource::Environment,
                    why: NoToken::Empty,
                });
            }
        };
        held.token = Some(token.clone());
        Ok(token)
    }

    /// The API took this token.
    pub(super) fn was_taken(&self, token: &BearerToken) {
        self.taken.fetch_max(token.generation, Ordering::Relaxed);
    }

    /// Whether there is a token in place of one that was refused; there is none where there is no way to get one, or where
    /// the refused one was itself got in the place of another and never taken: then a third would fare no better.
    ///
    /// The lock is held while the new one is got, so that requests refused together wait for one login and share it.
    pub(super) async fn renew(&self, transport: &Transport, refused: &BearerToken) -> Result<bool, TokenError> {
        let Some(renewal) = &self.credentials.renewal else {
            return Ok(false);
        };
        let mut held = self.held.lock().await;
        let is_newer = |token: &BearerToken| token.generation > refused.generation;
        if held.token.as_ref().is_some_and(is_newer) {
            return Ok(true);
        }
        if refused.generation > self.taken.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let token = self
            .obtain(transport, renewal, &mut held, refused.generation.saturating_add(1))
            .await?;
        held.token = Some(token);
        Ok(true)
    }

    async fn obtain(
        &self,
        transport: &Transport,
        renewal: &Renewal,
        held: &mut TokenCache,
        generation: u64,
    ) -> Result<BearerToken, TokenError> {
        if let Some(failure) = &held.failure {
            return Err(failure.clone());
        }
        let (text, source) = match renewal {
            Renewal::Login { email, password } => (self.login(transport, email, password).await, TokenSource::Login),
            Renewal::Command(command) => (run(command, transport.timeouts().command).await, TokenSource::Command),
        };
        let token = text.and_then(|text| {
            self.redactor.learn(&text);
            BearerToken::new(text.expose_secret(), source, generation)
        });
        held.failure = token.as_ref().err().filter(|error| error.is_final()).cloned();
        token
    }

    /// `POST {iam}/auth/login`, whose answer holds `token`.
    async fn login(
        &self,
        transport: &Transport,
        email: &SecretString,
        password: &SecretString,
    ) -> Result<SecretString, TokenError> {
        let failed = |why: String| TokenError::LoginFailed {
            iam: self.iam.to_string(),
            why,
        };
        let body = json!({"email": email.expose_secret(), "password": password.expose_secret(), "ttl": TTL});
        let request = ApiRequest::post(self.iam.method(&["auth", "login"])).json(body.to_string());
        let Answer { status, body, .. } = match transport.send(&self.iam, request, no_hook(), &Interrupt::never()).await
        {
            Ok(answer) => answer,
            Err(SendError::Unsent(reason)) => return Err(failed(reason.to_string())),
            Err(SendError::Unclear(reason)) => return Err(failed(reason.to_string())),
        };
        match (status.as_u16(), body) {
            (200..=299, AnswerBody::Whole(body)) => {
                let answer = body.json();
                let secret = |name| answer.as_ref()?.root().get(name)?.secret();
                // Learnt as well, though it is not used.
                let _ = secret("refreshToken");
                secret("token").ok_or_else(|| failed("its answer holds no token".to_owned()))
            }
            (200..=299, _) => Err(failed("its answer broke off or is too long".to_owned())),
            (status @ (400 | 401 | 402 | 403 | 404 | 422), _) => Err(TokenError::LoginRefused {
                iam: self.iam.to_string(),
                status,
            }),
            (status, _) => Err(failed(format!("it answered {status}"))),
        }
    }
}
