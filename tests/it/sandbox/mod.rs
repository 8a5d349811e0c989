//! The sandbox, questioned over HTTP as a client would.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod browser;
mod calls;
mod command;
mod create;
mod dialect;
mod fault_specs;
mod faults;
mod host;
mod list;
mod start;
mod web;

use std::sync::Once;
use std::time::{Duration, Instant};

use dialform::fields::Dialect;
use dialform::sandbox::{Config, Handle, Sandbox, SandboxError};
use serde_json::{Value, json};

use crate::common::bodies;

/// An answer: its status and its JSON body, or null where the body is none.
type Answer = (u16, Value);

/// A running sandbox and a client to question it.
struct Bench {
    sandbox: Handle,
    client: reqwest::Client,
}

impl Bench {
    async fn classic() -> Self {
        Self::start(Config::default()).await
    }

    async fn extended() -> Self {
        Self::start(Config {
            dialect: Dialect::Extended,
            ..Config::default()
        })
        .await
    }

    async fn start(config: Config) -> Self {
        let sandbox = start_once_free(config).await.unwrap();
        Self {
            sandbox,
            client: client(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.sandbox.addr())
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// A POST of JSON text with a token.
    async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.client.post(self.url(path)).bearer_auth("token");
        self.send(
            request
                .header("content-type", "application/json")
                .body(body.to_string()),
        )
        .await
    }

    /// A GET with a token.
    async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path)).bearer_auth("token")).await
    }

    async fn create(&self, body: &Value) -> Answer {
        self.post("/api/v1/telephony/autoCall", body).await
    }

    /// Creates a task and returns its id.
    async fn created(&self, body: &Value) -> String {
        let (status, answer) = self.create(body).await;
        assert_eq!(status, 200, "{answer}");
        answer["id"]["identity"].as_str().unwrap().to_owned()
    }
}

fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Another test may have been first; either way there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The body with the value at a JSON pointer set, or taken away where there is none.
fn changed(body: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (body.pointer_mut(parent).unwrap(), value) {
        (Value::Object(fields), Some(value)) => {
            fields.insert(name.to_owned(), value);
        }
        (Value::Object(fields), None) => {
            fields.remove(name).expect("the field to take away is there");
        }
        (Value::Array(elements), Some(value)) => elements[name.parse::<usize>().unwrap()] = value,
        (other, _) => panic!("{pointer} is not in {other}"),
    }
    body
}

/// The names of the wrong fields in a refusal.
fn wrong_fields(answer: &Value) -> Vec<&str> {
    answer["errors"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, _)| field.as_str())
        .collect()
}

/// One change to a good body: the JSON pointer, the value put there (`None` takes the field away), and the field that
/// the refusal has to name.
type Change = (&'static str, Option<Value>, &'static str);

async fn refuse_each(bench: &Bench, good: &Value, changes: Vec<Change>) {
    for (pointer, value, field) in changes {
        let what = format!("{pointer} = {value:?}");
        let (status, answer) = bench.create(&changed(good, pointer, value)).await;
        assert_eq!(status, 400, "{what}: {answer}");
        assert_eq!(wrong_fields(&answer), [field], "{what}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains(field), "{what}: {answer}");
    }
    assert_eq!(bench.sandbox.tasks(), [], "a refused request creates nothing");
}

fn named(name: &str) -> Value {
    changed(&bodies::classic(), "/name", Some(json!(name)))
}

/// Starts a sandbox in a folder whose last one has ended. A program that another test starts has every open file for a
/// moment, locks included, so that the folder may seem to be in use a little longer.
async fn start_once_free(config: Config) -> Result<Handle, SandboxError> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match Sandbox::start(config.clone()).await {
            Err(SandboxError::FolderInUse { .. }) if Instant::now() < deadline => tokio::task::yield_now().await,
            started => return started,
        }
    }
}
