//! DF602: a webhook address with a password or token in it.

use super::http_webhook::webhook_urls;
use crate::fields::Kind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;

pub(crate) static RULE: Rule = Rule {
    code: "DF602",
    name: "webhook-credentials",
    group: RuleGroup::Security,
    phase: Phase::Definition,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A webhook address that carries credentials: `user:password@`, or a token in its query.",
    why: "Whoever reads the repository, the vendor's pages or a log can then send events of their own.",
    about: |field| matches!(field.kind, Kind::Url),
    bad: r#"webhook "https://twin:s3cret@example.com/hooks""#,
    good: r#"webhook "https://example.com/hooks""#,
};

/// A webhook with a secret in it.
pub struct WebhookCredentials {
    /// What gives it away.
    pub what: String,
}

impl Violation for WebhookCredentials {
    fn message(&self) -> String {
        format!("this webhook address carries {}", self.what)
    }

    fn label(&self) -> String {
        "anyone who reads the file has it".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("let the receiver check the sender in another way: an address that only the vendor's network reaches, or a signature".to_owned())
    }
}

/// Names of query parameters that hold secrets.
const SECRET_NAMES: [&str; 14] = [
    "token",
    "access_token",
    "auth",
    "apikey",
    "api_key",
    "api-key",
    "key",
    "secret",
    "password",
    "passwd",
    "pwd",
    "sig",
    "signature",
    "bearer",
];

/// Whether a query parameter of this name holds a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    SECRET_NAMES.contains(&name.to_ascii_lowercase().as_str())
}

/// Checks every webhook as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    for (place, url) in webhook_urls(owner) {
        if url.user_info().is_some_and(|range| !range.is_empty()) {
            sink.report(
                place,
                &WebhookCredentials {
                    what: "a user name or password".to_owned(),
                },
            );
            continue;
        }
        let secret = url
            .query()
            .find(|(name, value, _)| !value.is_empty() && is_secret_name(name));
        if let Some((name, _, _)) = secret {
            sink.report(
                place,
                &WebhookCredentials {
                    what: format!("a secret in `{name}=`"),
                },
            );
        }
    }
}
