//! DF603: something that looks like a token in a file.

use super::webhook_credentials;
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::source::{FileId, Place, Span};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF603",
    name: "secret-in-file",
    severity: Severity::Error,
    summary: "A text that looks like an access token or private key.",
    why: "Files under git are read by many and kept for ever: a token in one is public.",
    bad: r#"comment "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U""#,
    good: r#"comment "The token is in the CI settings""#,
};

/// A secret in the source.
pub struct SecretInFile<'a> {
    /// What it looks like.
    pub what: &'a str,
}

impl Violation for SecretInFile<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("this looks like {}", self.what)
    }

    fn label(&self) -> String {
        "a secret?".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("take it out and have it replaced; dialform reads DIALFORM_TOKEN, or DIALFORM_EMAIL and DIALFORM_PASSWORD, from the environment".to_owned())
    }
}

/// Looks through a file's whole text, comments included. One finding a secret.
pub(super) fn scan(file: FileId, text: &str, sink: &mut Sink) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '/');
    for marker in ["eyJ", "Bearer ", "-----BEGIN ", "ghp_", "glpat-", "AKIA", "xoxb-", "sk-"] {
        let mut from = 0;
        while let Some(at) = text[from..].find(marker).map(|at| from + at) {
            from = at + marker.len();
            if text[..at].ends_with(is_word) || is_in_query(&text[..at]) {
                continue;
            }
            let rest = &text[from..];
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let what = match marker {
                "eyJ" if rest[..length].matches('.').count() == 2 && length >= 30 => "an access token (a JWT)",
                "Bearer " if length >= 16 && !rest.starts_with("eyJ") => "an access token",
                "-----BEGIN " if rest.lines().next().is_some_and(|line| line.contains("PRIVATE KEY")) => "a private key",
                "ghp_" | "glpat-" | "xoxb-" if length >= 16 => "an access token",
                "sk-" if length >= 20 => "an access token",
                "AKIA" if length == 16 => "an access key",
                _ => continue,
            };
            from += length;
            sink.report(Place::new(file, Span::new(at, from)), &SecretInFile { what });
        }
    }
}

/// Whether what follows is the value of a query parameter that `webhook-credentials` reports.
fn is_in_query(before: &str) -> bool {
    let name = before.strip_suffix('=').and_then(|before| before.rsplit(['?', '&']).next());
    name.is_some_and(webhook_credentials::is_secret_name)
}
