//! The one way out for texts of the API: what is kept or shown of them holds no secret of this run, however it is written.
//!
//! A secret is looked for in the text and in everything that the text stands for ([`views`]), whatever the case of its
//! letters and whatever stands between them. Also a part of a secret is one: an answer may be cut in its middle.

mod views;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use aho_corasick::AhoCorasick;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::fields::types::WebhookUrl;

/// What a secret is replaced by.
const HIDDEN: &str = "[token]";
/// The shortest secret that is looked for, in bytes: shorter ones are in every text by chance.
const SHORTEST: usize = 4;
/// Secrets with fewer letters and digits are looked for as whole words only, and never in parts.
const SHORT: usize = 8;
/// So many letters and digits of a secret in a row are a part of it; of a secret shorter than twice that, half of it.
const PART: usize = 12;

/// Knows the secrets of a run, and takes them out of texts. It learns more while the run goes on, and forgets none: a token
/// that was replaced may still hold.
#[derive(Default)]
pub(super) struct Redactor(RwLock<KnownSecrets>);

#[derive(Default)]
struct KnownSecrets {
    /// As they are, in lower case.
    whole: BTreeSet<String>,
    /// Parts of them, of letters and digits alone.
    parts: BTreeSet<Vec<u8>>,
    /// Finds any of `parts`; made when it is first needed, as many secrets are learnt at once.
    finder: Option<AhoCorasick>,
    /// Those that are looked for as whole words.
    words: BTreeSet<String>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}

impl Redactor {
    /// From now on this is a secret, whole or in part.
    pub(super) fn learn(&self, secret: &SecretString) {
        self.add(secret.expose_secret(), true);
    }

    /// From now on this is a secret as a whole: a part of an e-mail address, such as its host, is none.
    pub(super) fn learn_whole(&self, secret: &str) {
        self.add(secret, false);
    }

    fn add(&self, secret: &str, in_parts: bool) {
        let secret = secret.trim();
        self.add_written(secret, in_parts);
        // It may be written in escapes itself, which the texts that repeat it are read without.
        let read = views::unescaped(secret.as_bytes());
        if let Ok(read) = String::from_utf8(read) {
            self.add_written(&read, in_parts);
        }
    }

    fn add_written(&self, secret: &str, in_parts: bool) {
        let secret = secret.to_ascii_lowercase();
        if secret.len() < SHORTEST {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.whole.insert(secret.clone()) {
            return;
        }
        let letters = skeleton(secret.as_bytes());
        if letters.len() < SHORT {
            known.words.insert(secret);
            return;
        }
        let length = match in_parts {
            true => (letters.len() / 2).clamp(SHORT, PART),
            false => letters.len(),
        };
        known.parts.extend(letters.windows(length).map(<[u8]>::to_vec));
        known.finder = None;
    }

    /// Whether a text holds a secret, in whatever writing.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let mut known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.whole.is_empty() {
            return false;
        }
        if known.finder.is_none() {
            drop(known);
            let mut stale = self.0.write().unwrap_or_else(PoisonError::into_inner);
            // It fails only for more patterns than any run has secrets; they are then looked for one by one.
            stale.finder = AhoCorasick::new(&stale.parts).ok();
            drop(stale);
            known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        }
        views::any(text, |view| known.is_plainly_in(view))
    }

    /// The text without secrets.
    pub(super) fn text(&self, text: &str) -> String {
        if !self.is_in(text.as_bytes()) {
            return text.to_owned();
        }
        // As little as possible is taken away, so that the rest can still be read.
        let without = self.without_whole(text);
        if !self.is_in(without.as_bytes()) {
            return without;
        }
        let words: Vec<&str> = without
            .split_whitespace()
            .map(|word| if self.is_in(word.as_bytes()) { HIDDEN } else { word })
            .collect();
        let without = words.join(" ");
        if !self.is_in(without.as_bytes()) {
            return without;
        }
        HIDDEN.to_owned()
    }

    /// A JSON value without secrets: in its texts, the names of its fields, its numbers, and across several of them.
    pub(super) fn json(&self, value: Value) -> Value {
        if !self.is_in(value.to_string().as_bytes()) {
            return value;
        }
        let value = self.each(value);
        if !self.is_in(value.to_string().as_bytes()) {
            return value;
        }
        match value {
            Value::Object(_) => Value::Object(Map::from_iter([("message".to_owned(), HIDDEN.into())])),
            _ => HIDDEN.into(),
        }
    }

    /// The body of an answer without secrets, as UTF-8.
    pub(super) fn body(&self, body: Vec<u8>) -> Vec<u8> {
        if !self.is_in(&body) {
            return body;
        }
        match serde_json::from_slice(&body) {
            Ok(value) => self.json(value).to_string().into_bytes(),
            Err(_) => {
                let text = String::from_utf8(body);
                // What is not UTF-8 is Latin-1 as like as not, whose letters are the first of Unicode.
                let text = text.unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
                self.text(&text).into_bytes()
            }
        }
    }

    /// From now on the secrets of the webhook URLs of a request body are secrets: user info, and values of the query. Those that are too
    /// short to be told from other words are looked for together with their names.
    pub(super) fn learn_webhooks(&self, body: &Value) {
        let hooks = body.get("webhookUrls").and_then(Value::as_array).into_iter().flatten();
        let urls = hooks.filter_map(|hook| hook.as_str().or_else(|| hook.get("url")?.as_str()));
        for url in urls.filter_map(|url| WebhookUrl::parse(url).ok()) {
            if let Some(user_info) = url.user_info().and_then(|range| url.as_str().get(range)) {
                self.learn_whole(user_info);
                let password = user_info.split_once(':').map_or(user_info, |(_, password)| password);
                self.add(password, true);
            }
            for (name, value, _) in url.query() {
                if value.len() >= SHORT {
                    self.learn_whole(value);
                } else if !value.is_empty() {
                    self.learn_whole(&format!("{name}={value}"));
                }
            }
        }
    }

    fn each(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(values) => values.into_iter().map(|value| self.each(value)).collect(),
            Value::Object(fields) => {
                let fields = fields.into_iter();
                Value::Object(
                    fields
                        .map(|(name, value)| (self.text(&name), self.each(value)))
                        .collect(),
                )
            }
            Value::Number(number) if self.is_in(number.to_string().as_bytes()) => HIDDEN.into(),
            Value::Number(_) | Value::Bool(_) | Value::Null => value,
        }
    }

    /// The text without the secrets that stand in it as they are, whatever the case of their letters.
    fn without_whole(&self, text: &str) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let lower = text.to_ascii_lowercase();
        let Ok(finder) = AhoCorasick::builder()
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(known.whole.difference(&known.words))
        else {
            return text.to_owned();
        };
        let mut out = String::new();
        let mut end = 0;
        for found in finder.find_iter(&lower) {
            out.push_str(text.get(end..found.start()).unwrap_or_default());
            out.push_str(HIDDEN);
            end = found.end();
        }
        out.push_str(text.get(end..).unwrap_or_default());
        out
    }
}

impl KnownSecrets {
    /// Whether a secret stands in this very text, but for case and for signs between its letters.
    fn is_plainly_in(&self, text: &[u8]) -> bool {
        let letters = skeleton(text);
        let in_parts = match &self.finder {
            Some(finder) => finder.is_match(&letters),
            None => self.parts.iter().any(|part| contains(&letters, part)),
        };
        in_parts || (!self.words.is_empty() && self.has_word(text))
    }

    fn has_word(&self, text: &[u8]) -> bool {
        let lower = text.to_ascii_lowercase();
        let is_letter = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        self.words.iter().any(|word| {
            let windows = lower.windows(word.len()).enumerate();
            windows.filter(|(_, window)| *window == word.as_bytes()).any(|(at, _)| {
                let before = at.checked_sub(1).and_then(|before| lower.get(before));
                !is_letter(before) && !is_letter(lower.get(at.saturating_add(word.len())))
            })
        })
    }
}

/// The ASCII letters and digits of a text, in lower case: what stands between them may be blanks that nobody sees.
fn skeleton(text: &[u8]) -> Vec<u8> {
    let kept = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    kept.map(u8::to_ascii_lowercase).collect()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
#[path = "../../../tests/it/secrets/writings.rs"]
pub(super) mod writings;
