//! DF603: something that looks like a token in a file.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};

use super::webhook_credentials;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::project::source::{FileId, Place, Span};

pub(crate) static RULE: Rule = Rule {
    code: "DF603",
    name: "secret-in-file",
    group: RuleGroup::Security,
    phase: Phase::Text,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A text that looks like an access token or private key.",
    why: "Files under git are read by many and kept for ever: whoever finds the token can make tasks that call real people, at the account's expense.",
    about: |_| false,
    bad: r#"comment "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U""#,
    good: r#"comment "The token is in the CI settings""#,
};

/// A secret in the source.
pub struct SecretInFile<'a> {
    /// What it looks like.
    pub what: &'a str,
}

impl Violation for SecretInFile<'_> {
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

/// How secrets begin. Nearly no text has any of these, so one search for all of them is the whole cost.
static BEGINNINGS: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let beginnings = ["eyJ", "ghp_", "glpat-", "xoxb-", "sk-", "AKIA", "Bearer", "-----BEGIN"];
    // The fast algorithm needs SIMD; the other one runs everywhere.
    let mut everywhere = Config::new();
    everywhere.only_rabin_karp(true);
    Searcher::new(beginnings).or_else(|| everywhere.builder().extend(beginnings).build())
});

/// Looks through a file's whole text, comments included. One finding a secret.
pub(super) fn scan(file: FileId, text: &str, sink: &mut Sink) {
    let Some(beginnings) = &*BEGINNINGS else { return };
    let bytes = text.as_bytes();
    let mut done = 0;
    for found in beginnings.find_iter(text) {
        let start = found.start();
        let is_inside_word = start > 0 && is_word(bytes[start - 1]);
        if start < done || is_inside_word {
            continue;
        }
        let end = start + bytes[start..].iter().take_while(|byte| is_word(**byte)).count();
        if let Some((what, end)) = secret(text, start, end)
            && !is_in_query(&text[..start])
        {
            sink.report(Place::new(file, Span::new(start, end)), &SecretInFile { what });
            done = end;
        }
    }
}

/// Whether [`scan`] would report a word by itself.
pub(crate) fn is_secret(word: &str) -> bool {
    secret(word, 0, word.len()).is_some()
}

/// Whether a text holds something that [`scan`] would report.
pub(crate) fn holds_secret(text: &str) -> bool {
    let Some(beginnings) = &*BEGINNINGS else { return false };
    beginnings.find_iter(text).any(|found| {
        let start = found.start();
        let end = start
            + text.as_bytes()[start..]
                .iter()
                .take_while(|byte| is_word(**byte))
                .count();
        secret(text, start, end).is_some()
    })
}

/// The secret that a word is, or begins, and where it ends.
fn secret(text: &str, start: usize, end: usize) -> Option<(&'static str, usize)> {
    // All of these are ASCII, so both ends are on character boundaries.
    let word = text.get(start..end)?;
    let is_long = |prefix: &str, least: usize| word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= least);
    let what = match word.as_bytes() {
        [b'e', b'y', b'J', ..] if word.len() >= 33 && word.matches('.').count() == 2 => "an access token (a JWT)",
        [b'g', ..] if is_long("ghp_", 16) || is_long("glpat-", 16) => "an access token",
        [b'x', ..] if is_long("xoxb-", 16) => "an access token",
        [b's', ..] if is_long("sk-", 20) => "an access token",
        [b'A', ..] if is_long("AKIA", 16) && word.len() == 20 => "an access key",
        [b'B', ..] if word == "Bearer" => {
            let rest = text.get(end..)?.strip_prefix(' ')?;
            let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
            if length < 16 {
                return None;
            }
            return Some(("an access token", end + 1 + length));
        }
        [b'-', ..] if word == "-----BEGIN" => {
            let line = text.get(start..)?.lines().next()?;
            if !line.contains("PRIVATE KEY") {
                return None;
            }
            return Some(("a private key", start + line.len()));
        }
        _ => return None,
    };
    Some((what, end))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/')
}

/// Whether what follows is the value of a query parameter that `webhook-credentials` reports.
fn is_in_query(before: &str) -> bool {
    let name = before
        .strip_suffix('=')
        .and_then(|before| before.rsplit(['?', '&']).next());
    name.is_some_and(webhook_credentials::is_secret_name)
}
