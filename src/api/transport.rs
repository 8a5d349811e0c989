//! One HTTP exchange: a fresh connection through the [`Gate`], no redirects, no retries, a bounded answer.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::{Certificate, Method, Url};

use super::answer::{Answer, AnswerBody, AnswerHead};
use super::error::ApiError;
use super::gate::{Gate, GateLayer, GateState, SendHook, root_cause};
use super::redact::Redactor;
use super::unsent::{Doubt, SendError, Unsent};
use super::untrusted::Untrusted;
use crate::fields::base_url::BaseUrl;
use crate::project::read_file::read_named_bytes;
use crate::util::failpoint::reach;
use crate::util::https;
use crate::util::interrupt::Interrupt;

/// The longest answer taken from any method but the list: 64 KiB.
pub(super) const SHORT_ANSWER: usize = 64 * 1024;

/// How long to wait, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For name lookup, TCP, a proxy's CONNECT and TLS together.
    pub connect: Duration,
    /// For the whole answer, from the moment that the request may begin to leave.
    pub answer: Duration,
    /// For a token command, which may have to ask a person.
    pub command: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            command: Duration::from_secs(60),
        }
    }
}

/// What is asked of the API.
#[derive(Clone)]
pub(super) struct ApiRequest {
    method: Method,
    url: Url,
    json: Option<String>,
    bearer: Option<HeaderValue>,
    longest_answer: usize,
}

impl ApiRequest {
    pub(super) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            json: None,
            bearer: None,
            longest_answer: SHORT_ANSWER,
        }
    }

    pub(super) fn post(url: Url) -> Self {
        Self {
            method: Method::POST,
            ..Self::get(url)
        }
    }

    pub(super) fn json(self, body: String) -> Self {
        Self {
            json: Some(body),
            ..self
        }
    }

    pub(super) fn bearer(self, header: &HeaderValue) -> Self {
        Self {
            bearer: Some(header.clone()),
            ..self
        }
    }

    /// The longest answer that is read, in bytes.
    pub(super) fn longest_answer(self, bytes: usize) -> Self {
        Self {
            longest_answer: bytes,
            ..self
        }
    }
}

/// What all exchanges share.
#[derive(Debug)]
pub(super) struct Transport {
    authorities: Vec<Certificate>,
    /// For services that are reached by TLS: made once, as it reads the system's certificates.
    by_tls: OnceLock<reqwest::Client>,
    /// For those on the loopback interface.
    plain: OnceLock<reqwest::Client>,
    timeouts: Timeouts,
    /// What comes back leaves with its secrets taken out, a system's message too: it may repeat what a server sent, such
    /// as a name in its certificate.
    redactor: Arc<Redactor>,
}

impl Transport {
    pub(super) fn new(ca_file: Option<&Path>, timeouts: Timeouts, redactor: Arc<Redactor>) -> Result<Self, ApiError> {
        let authorities = ca_file.map_or(Ok(Vec::new()), read_authorities)?;
        https::provider();
        Ok(Self {
            authorities,
            by_tls: OnceLock::new(),
            plain: OnceLock::new(),
            timeouts,
            redactor,
        })
    }

    pub(super) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Sends a request to `origin`, below which its URL lies, and reads the answer. Once `stop` is raised it is dropped,
    /// unless it may have left and changes something.
    pub(super) async fn send(
        &self,
        origin: &BaseUrl,
        request: ApiRequest,
        hook: SendHook,
        stop: &Interrupt,
    ) -> Result<Answer, SendError> {
        reach("request: before");
        let gate = Gate::new(self.timeouts.connect, hook);
        let client = self.client(origin).map_err(|error| {
            SendError::Unsent(Unsent::Setup {
                why: self.redactor.text(&root_cause(&error)),
            })
        })?;
        let overdue = async {
            gate.opened().await;
            tokio::time::sleep(self.timeouts.answer).await;
        };
        let is_read = request.method == Method::GET;
        let dropped = async {
            stop.raised().await;
            if !is_read && !gate.close() {
                std::future::pending::<()>().await;
            }
        };
        let error = tokio::select! {
            biased;
            answer = gate.around(exchange(client, request, &self.redactor)) => match answer.inspect(|_| reach("request: answered")) {
                Ok(answer) => return Ok(answer),
                Err(error) => self.redactor.text(&root_cause(&error.without_url())),
            },
            () = dropped => return Err(SendError::Unsent(Unsent::Interrupted)),
            () = overdue => return Err(SendError::Unclear(Doubt::NoAnswer { within: self.timeouts.answer })),
        };
        let not_connected = |why| {
            SendError::Unsent(Unsent::NotConnected {
                origin: origin.to_string(),
                why,
            })
        };
        Err(match gate.progress() {
            GateState::Open => SendError::Unclear(Doubt::Interrupted { why: error }),
            GateState::Held(why) => SendError::Unsent(Unsent::Held { why }),
            GateState::NotConnected(why) => not_connected(self.redactor.text(&why)),
            GateState::Connecting | GateState::Passing => not_connected(error),
            GateState::Closed => SendError::Unsent(Unsent::Interrupted),
        })
    }

    /// The client for a service. It keeps no connection, so that each request gets a new one and a gate of its own; what it
    /// keeps is the certificates and, for shorter handshakes, the tickets of servers. Nothing is sent before a handshake ends.
    fn client(&self, origin: &BaseUrl) -> reqwest::Result<&reqwest::Client> {
        let is_plain = origin.is_plain();
        let known = if is_plain { &self.plain } else { &self.by_tls };
        if let Some(client) = known.get() {
            return Ok(client);
        }
        let builder = https::client().pool_max_idle_per_host(0).connector_layer(GateLayer);
        let client = https::build(builder, is_plain, &self.authorities);
        client.map(|client| known.get_or_init(|| client))
    }
}

async fn exchange(client: &reqwest::Client, request: ApiRequest, redactor: &Arc<Redactor>) -> reqwest::Result<Answer> {
    let ApiRequest {
        method,
        url,
        json,
        bearer,
        longest_answer,
    } = request;
    let posts = method == Method::POST;
    let mut builder = client
        .request(method, url)
        .header(ACCEPT, "application/json")
        .header(CONNECTION, "close");
    if let Some(bearer) = bearer {
        builder = builder.header(AUTHORIZATION, bearer);
    }
    builder = match json {
        Some(json) => builder.header(CONTENT_TYPE, "application/json").body(json),
        // Said outright, as some servers answer 411 to a POST that does not say it.
        None if posts => builder.header(CONTENT_LENGTH, 0),
        None => builder,
    };
    let mut response = builder.send().await?;
    Ok(Answer {
        status: response.status(),
        head: AnswerHead::new(response.headers().clone(), Arc::clone(redactor)),
        body: read_body(&mut response, longest_answer, redactor).await,
    })
}

async fn read_body(response: &mut reqwest::Response, longest: usize, redactor: &Arc<Redactor>) -> AnswerBody {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > longest => return AnswerBody::TooLong(longest),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return AnswerBody::Whole(Untrusted::new(body, Arc::clone(redactor))),
            Err(error) => return AnswerBody::Broken(redactor.text(&root_cause(&error.without_url()))),
        }
    }
}

fn read_authorities(path: &Path) -> Result<Vec<Certificate>, ApiError> {
    let unusable = |why: String| ApiError::CaFile {
        path: path.to_owned(),
        why,
    };
    let pem = read_named_bytes(path).map_err(|error| unusable(error.to_string()))?;
    let authorities = https::authorities(&pem).map_err(unusable)?;
    https::certificates(&authorities).map_err(|error| unusable(root_cause(&error)))
}
