//! A body without its secrets: what the state keeps and the plan shows.

use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Body;
use crate::fields::types::WebhookUrl;
use crate::util::hex;

/// The bytes of a hash that stand for a secret: enough to tell two values of one project apart, and no more.
const HASH_BYTES: usize = 8;

const HOOKS: &str = "webhookUrls";

/// Replaces what may be secret in a body by hashes: user info and query values of webhook URLs.
///
/// The hashes are keyed by the lineage, so that equal secrets of two projects do not look equal, and a list of likely
/// secrets has to be hashed anew for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyRedactor(Uuid);

impl BodyRedactor {
    /// The redactor of a lineage. While no state has been written there is none, and nothing is compared either.
    pub fn new(lineage: Option<Uuid>) -> Self {
        Self(lineage.unwrap_or_default())
    }

    /// The body with its secrets redacted.
    pub fn redact(self, body: Body) -> Body {
        self.redacted(&body).unwrap_or(body)
    }

    /// The same; nothing where no secret is in it, as in most.
    pub fn redacted(self, body: &Body) -> Option<Body> {
        let mut redacted: Option<Body> = None;
        let hooks = body.get(HOOKS).and_then(Value::as_array);
        for (index, hook) in hooks.into_iter().flatten().enumerate() {
            let url = match hook {
                Value::Object(fields) => fields.get("url"),
                plain => Some(plain),
            };
            let Some(Value::String(url)) = url else { continue };
            let hidden = match WebhookUrl::parse(url) {
                Ok(parsed) => parsed.redacted(|secret| self.hash(secret)),
                // The linter lets no such URL through; what cannot be parsed is hidden as a whole.
                Err(_) => self.hash(url),
            };
            if hidden == *url {
                continue;
            }
            let redacted = redacted.get_or_insert_with(|| body.clone());
            match redacted.get_mut(HOOKS).and_then(|hooks| hooks.get_mut(index)) {
                Some(Value::Object(fields)) => fields.insert("url".to_owned(), hidden.into()),
                Some(plain) => Some(std::mem::replace(plain, hidden.into())),
                None => None,
            };
        }
        redacted
    }

    /// What the state calls a sealed value.
    fn hash(self, secret: &str) -> String {
        let hash = Sha256::new()
            .chain_update(self.0.as_bytes())
            .chain_update(secret.as_bytes())
            .finalize();
        format!("sealed:{}", hex::encode(&hash[..HASH_BYTES]))
    }
}
