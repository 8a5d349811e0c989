//! One HTTP exchange with a store: no redirects, no retries, a limited time, a bounded answer, and whether it was sent.

use std::error::Error;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::driver::StoreDriver;
use super::environment::{StoreEnvironment, StoreLimits};
use super::tls::read_authorities;
use super::words::Secrets;
use super::{RemoteError, WriteError};
use crate::fields::types::Authority;
use crate::state::trusted::LONGEST;
use crate::util::https;

/// A connection that was not used for so long is not used again: what stands at the other end may close it any time, and
/// then nobody knows what became of a request.
const IDLE: Duration = Duration::from_secs(4);

/// What is asked.
#[derive(Clone)]
pub(super) struct HttpRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) login: Option<BasicLogin>,
}

/// A name and a password in a header.
#[derive(Clone)]
pub(super) struct BasicLogin {
    pub(super) user: &'static str,
    pub(super) password: SecretString,
}

/// What is answered, whole.
pub(super) struct HttpAnswer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
pub(super) enum HttpFailure {
    /// No connection came about, so nothing of the request left.
    Unsent(RemoteError),
    /// The request may have arrived.
    Lost(RemoteError),
}

impl From<HttpFailure> for RemoteError {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::Unsent(error) | HttpFailure::Lost(error) => error,
        }
    }
}

impl From<HttpFailure> for WriteError {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::Unsent(error) => Self::NotWritten(error),
            HttpFailure::Lost(error) => Self::Unknown(error),
        }
    }
}

/// The clients of one store. A connection is kept for the next request, as each write waits for one.
#[derive(Debug)]
pub(super) struct Http {
    store: String,
    limits: StoreLimits,
    authorities: Vec<Certificate>,
    by_tls: OnceLock<Client>,
    plain: OnceLock<Client>,
    driver: StoreDriver,
}

impl Http {
    pub(super) fn new(store: &str, environment: &StoreEnvironment<'_>) -> Result<Self, RemoteError> {
        let not_connected = |why| RemoteError::NotConnected {
            store: store.to_owned(),
            why,
        };
        https::provider();
        Ok(Self {
            store: store.to_owned(),
            limits: environment.limits,
            authorities: environment
                .ca_file
                .map_or(Ok(Vec::new()), authorities)
                .map_err(not_connected)?,
            by_tls: OnceLock::new(),
            plain: OnceLock::new(),
            driver: StoreDriver::new().map_err(|error| not_connected(error.to_string()))?,
        })
    }

    /// Sends a request, and reads the whole answer.
    pub(super) fn send(
        &self,
        doing: &'static str,
        request: HttpRequest,
        secrets: &Secrets,
    ) -> Result<HttpAnswer, HttpFailure> {
        let unsent = |why| {
            HttpFailure::Unsent(RemoteError::NotConnected {
                store: self.store.clone(),
                why,
            })
        };
        let client = self.client(&request.url).map_err(unsent)?;
        let failed = |error: reqwest::Error| {
            let (is_unsent, is_late) = (error.is_connect(), error.is_timeout());
            let error = error.without_url();
            let why = secrets.cause(&error);
            if is_unsent && https::is_untrusted(&error) {
                let store = self.store.clone();
                return HttpFailure::Unsent(RemoteError::NotTrusted { store, why });
            }
            match (is_unsent, is_late) {
                (true, true) => unsent(format!("no connection within {:?}", self.limits.connect)),
                (true, false) => unsent(why),
                (false, true) => HttpFailure::Lost(RemoteError::NoAnswer {
                    store: self.store.clone(),
                    doing,
                    within: self.limits.answer,
                }),
                (false, false) => self.lost(doing, why),
            }
        };
        let exchange = async {
            let HttpRequest {
                method,
                url,
                headers,
                body,
                login,
            } = request;
            let mut builder = client.request(method, url).headers(headers.into_iter().collect());
            if let Some(BasicLogin { user, password }) = login {
                builder = builder.basic_auth(user, Some(password.expose_secret()));
            }
            if let Some(body) = body {
                builder = builder.body(body);
            }
            let mut response = builder.send().await.map_err(failed)?;
            let (status, headers) = (response.status(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(failed)? {
                body.extend_from_slice(&chunk);
                if u64::try_from(body.len()).is_ok_and(|length| length > LONGEST) {
                    return Err(self.lost(doing, "the answer is longer than any state".to_owned()));
                }
            }
            Ok(HttpAnswer { status, headers, body })
        };
        let ran = self.driver.run(exchange);
        ran.unwrap_or_else(|| Err(self.lost(doing, "it stopped by a fault".to_owned())))
    }

    fn lost(&self, doing: &'static str, why: String) -> HttpFailure {
        HttpFailure::Lost(RemoteError::Broken {
            store: self.store.clone(),
            doing,
            why,
        })
    }

    fn client(&self, url: &Url) -> Result<&Client, String> {
        let is_plain = url.scheme() == "http";
        if is_plain && !Authority::of(url).is_loopback() {
            return Err(format!("{} is not encrypted", Authority::of(url)));
        }
        let known = if is_plain { &self.plain } else { &self.by_tls };
        if let Some(client) = known.get() {
            return Ok(client);
        }
        let builder = https::client()
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(IDLE)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.answer.max(self.limits.connect));
        let client = https::build(builder, is_plain, &self.authorities);
        let client = client.map_err(|error| root_cause(&error))?;
        Ok(known.get_or_init(|| client))
    }
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    Secrets::default().cause(error)
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, String> {
    https::certificates(&read_authorities(path)?).map_err(|error| root_cause(&error))
}
