//! The bearer token: got when it is first needed, renewed once for all requests that the API refused it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use thiserror::Error;
use tokio::sync::Mutex;

use super::command::run;
use super::credentials::{Credentials, Renewal};
use super::gate::no_hook;
use super::redact::Redactor;
use super::transport::{Answer, Body, Failed, Request, Transport};
use crate::fields::base_url::BaseUrl;
use crate::util::interrupt::Interrupt;

/// How long a token from the login method is asked to hold, wire field `ttl`, in seconds.
const TTL: u32 = 3_600;
/// The longest token taken, in bytes; servers refuse longer headers.
pub(super) const LONGEST: usize = 8 * 1024;

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// `DIALFORM_TOKEN`.
    Environment,
    /// The login method.
    Login,
    /// The token command.
    Command,
}

impl std::fmt::Display for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Environment => "the token in DIALFORM_TOKEN",
            Self::Login => "the token that the login method gave",
            Self::Command => "the output of the token command",
        })
    }
}

/// Why there is no token. No message repeats a secret, an answer of the login method, or output of the command.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// The text is not a token.
    #[error("{source_of_token} {why}; give the token alone, without \"Bearer\"")]
    Malformed {
        /// Where the text came from.
        source_of_token: TokenSource,
        /// What is wrong with it.
        why: NoToken,
    },
    /// The login method refused the e-mail address and password.
    #[error(
        "the login at {iam} was refused ({status}); check DIALFORM_EMAIL, DIALFORM_PASSWORD and `login` in dialform.kdl"
    )]
    LoginRefused {
        /// The base address of the login service.
        iam: String,
        /// The HTTP status.
        status: u16,
    },
    /// The login method gave no usable answer.
    #[error("no token could be had from the login at {iam}: {why}; try again later")]
    LoginFailed {
        /// The base address of the login service.
        iam: String,
        /// What happened.
        why: String,
    },
    /// The command could not be run.
    #[error("the token command cannot be run, as the system's shell cannot be started: {why}")]
    CommandNotRun {
        /// What the system says.
        why: String,
    },
    /// The command failed.
    #[error(
        "the token command failed ({ended}); run it by hand to see why, as nothing that it prints is shown here, and check \
         `token-command` in dialform.kdl"
    )]
    CommandFailed {
        /// How it ended, its exit status for example.
        ended: String,
    },
    /// The command did not end.
    #[error(
        "the token command did not end within {within:?}, and was stopped; run it by hand to see what it waits for: here \
         it cannot ask for anything on standard input"
    )]
    CommandTimedOut {
        /// The time allowed.
        within: Duration,
    },
}

impl TokenError {
    /// Whether asking again in the same run is of no use, or does harm: repeated logins with a wrong password lock
    /// accounts.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::LoginFailed { .. })
    }
}

/// What is wrong with a text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoToken {
    /// Nothing, or nothing but blanks.
    #[error("is empty")]
    Empty,
    /// Servers refuse such headers.
    #[error("is longer than 8 KiB")]
    Long,
    /// More than one line.
    #[error("has several lines")]
    Lines,
    /// Something else that no header carries.
    #[error("holds a character that an HTTP header cannot carry (a blank, a letter that is not ASCII)")]
    Characters,
}

impl NoToken {
    /// What is wrong with this text, from which the blanks around it are taken.
    fn of(text: &str) -> Option<Self> {
        if text.is_empty() {
            Some(Self::Empty)
        } else if text.len() > LONGEST {
            Some(Self::Long)
        } else if text.contains(['\n', '\r']) {
            Some(Self::Lines)
        } else {
            (!text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(Self::Characters)
        }
    }
}

/// A token, ready for the header.
#[derive(Clone, Debug)]
pub(super) struct Token {
    generation: u64,
    header: HeaderValue,
}

impl Token {
    fn new(text: &str, source: TokenSource, generation: u64) -> Result<Self, TokenError> {
        let malformed = |why| TokenError::Malformed {
            source_of_token: source,
            why,
        };
        let text = text.trim();
        if let Some(why) = NoToken::of(text) {
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
    held: Mutex<Held>,
    /// The newest generation of a token that the API took.
    taken: AtomicU64,
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Token>,
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
    pub(super) async fn current(&self, transport: &Transport) -> Result<Token, TokenError> {
        let mut held = self.held.lock().await;
        if let Some(token) = &held.token {
            return Ok(token.clone());
        }
        let token = match (&self.credentials.token, &self.credentials.renewal) {
            (Some(token), _) => Token::new(token.expose_secret(), TokenSource::Environment, 0)?,
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
    pub(super) fn was_taken(&self, token: &Token) {
        self.taken.fetch_max(token.generation, Ordering::Relaxed);
    }

    /// Whether there is a token in place of one that was refused; there is none where there is no way to get one, or where
    /// the refused one was itself got in the place of another and never taken: then a third would fare no better.
    ///
    /// The lock is held while the new one is got, so that requests refused together wait for one login and share it.
    pub(super) async fn renew(&self, transport: &Transport, refused: &Token) -> Result<bool, TokenError> {
        let Some(renewal) = &self.credentials.renewal else {
            return Ok(false);
        };
        let mut held = self.held.lock().await;
        let is_newer = |token: &Token| token.generation > refused.generation;
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
        held: &mut Held,
        generation: u64,
    ) -> Result<Token, TokenError> {
        if let Some(failure) = &held.failure {
            return Err(failure.clone());
        }
        let (text, source) = match renewal {
            Renewal::Login { email, password } => (self.login(transport, email, password).await, TokenSource::Login),
            Renewal::Command(command) => (run(command, transport.timeouts().command).await, TokenSource::Command),
        };
        let token = text.and_then(|text| {
            self.redactor.learn(&text);
            Token::new(text.expose_secret(), source, generation)
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
        let request = Request::post(self.iam.method(&["auth", "login"])).json(body.to_string());
        let Answer { status, body, .. } = match transport.send(&self.iam, request, no_hook(), &Interrupt::never()).await
        {
            Ok(answer) => answer,
            Err(Failed::Unsent(reason)) => return Err(failed(reason.to_string())),
            Err(Failed::Unclear(reason)) => return Err(failed(reason.to_string())),
        };
        match (status.as_u16(), body) {
            (200..=299, Body::Whole(body)) => {
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
