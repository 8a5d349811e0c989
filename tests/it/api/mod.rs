//! The API client against servers that answer, or fail to, byte by byte.

// The lints that allow these in tests do not reach the helpers beside them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod create;
mod gate;
mod list;
mod origin;
pub(crate) mod server;
mod tls;
mod token;

use std::time::Duration;

use dialform::api::{BaseUrl, Client, ClientConfig, Credentials, Timeouts};
use serde_json::{Value, json};

/// The token that must be in no error.
const TOKEN: &str = "planted-token-3f9c1b77";
/// An id as the API gives it.
const ID: &str = "48a77bd7-8762-4e0f-a277-4ef77e36c41b";

/// Long enough for a busy machine; a test that waits for a time limit sets a short one of its own.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(20),
    answer: Duration::from_secs(20),
    command: Duration::from_secs(20),
};

fn config(cis: &BaseUrl, iam: &BaseUrl, credentials: Credentials) -> ClientConfig {
    ClientConfig {
        cis: cis.clone(),
        iam: iam.clone(),
        credentials,
        ca_file: None,
        timeouts: TIMEOUTS,
    }
}

/// A client with a token and no way to renew it.
fn client(origin: &BaseUrl) -> Client {
    Client::new(config(origin, origin, Credentials::token(TOKEN))).unwrap()
}

fn body() -> Value {
    json!({"name": "Весна", "cps": 1.03})
}

async fn go() -> Result<(), String> {
    Ok(())
}
