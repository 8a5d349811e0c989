//! Values of imported bodies as comments and messages show them: without secrets, without characters that change a terminal
//! or end a comment, and clipped.

use serde_json::Value;

use crate::rules::secret_in_file::holds_secret;
use crate::rules::webhook_credentials::is_secret_name;
use crate::util::printable::is_hidden;

/// What is shown in place of a secret.
const HIDDEN: &str = "(hidden: it may be a secret)";

/// The most characters of a value that are shown.
const MOST: usize = 160;

/// The most characters on either side of a mistake that are shown.
const AROUND: usize = 24;

/// Parts of names that promise a secret behind them.
const SECRET_WORDS: [&str; 14] = [
    "token",
    "secret",
    "passw",
    "auth",
    "credential",
    "session",
    "signature",
    "private",
    "pwd",
    "bearer",
    "cookie",
    "apikey",
    "api_key",
    "api-key",
];

/// A value as JSON on one line, cut where it is long.
pub(super) fn value(name: &str, value: &Value) -> String {
    clipped(&whole(name, value))
}

/// A value as JSON on one line, all of it.
pub(super) fn whole(name: &str, value: &Value) -> String {
    if promises_secret(name) && !value.is_null() && !value.is_boolean() {
        return HIDDEN.to_owned();
    }
    plain(&masked(value).to_string())
}

/// A text in quotes.
pub(super) fn text(text: &str) -> String {
    value("", &Value::from(text))
}

/// One step of a JSON path: `.cps`, or `["odd name"]`.
pub(super) fn step(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(is_plain) && name.len() <= MOST && !looks_random(name) {
        return format!(".{name}");
    }
    format!("[{}]", text(name))
}

/// The part of a line around a byte, where the whole line is harmless.
pub(super) fn excerpt(line: &str, byte: usize) -> Option<String> {
    let is_harmless = !promises_secret(line) && mask(line) == line;
    if !is_harmless || line.trim().is_empty() {
        return None;
    }
    let before: Vec<char> = line.get(..byte)?.chars().rev().take(AROUND).collect();
    let before: String = before.into_iter().rev().collect();
    let here: String = line.get(byte..)?.chars().take(AROUND).collect();
    Some(format!("at `{}⟨here⟩{}`", plain(&before), plain(&here)))
}

/// Names that promise one if they stand alone.
const SECRET_ALONE: [&str; 6] = ["headers", "header", "pass", "sid", "jwt", "user"];

fn promises_secret(name: &str) -> bool {
    let lower = name.to_lowercase();
    SECRET_WORDS.iter().any(|word| lower.contains(word))
        || SECRET_ALONE.contains(&lower.as_str())
        || lower.ends_with("-key")
        || lower.ends_with("_key")
        || is_secret_name(name)
}

/// Whether this is `{"key": "token", "value": …}`, as other tools keep headers.
fn is_named_secret(members: &serde_json::Map<String, Value>) -> bool {
    let mut names = ["key", "name"]
        .into_iter()
        .filter_map(|name| members.get(name)?.as_str());
    names.any(promises_secret)
}

/// The value with its secrets hidden.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(mask(text)),
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::Object(members) => {
            let is_named = is_named_secret(members);
            let members = members.iter().map(|(name, value)| {
                let is_promised = promises_secret(name) || (is_named && name == "value");
                let is_secret = is_promised && !value.is_null() && !value.is_boolean();
                let value = if is_secret { Value::from(HIDDEN) } else { masked(value) };
                (mask(name), value)
            });
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

fn mask(text: &str) -> String {
    let lower = text.to_lowercase();
    let is_scheme = ["bearer ", "basic "].iter().any(|scheme| lower.contains(scheme));
    // `Cookie: a=b`, `token=a`
    let is_pair = text
        .split_once([':', '='])
        .is_some_and(|(name, value)| !value.trim().is_empty() && !name.contains(['/', ' ']) && promises_secret(name));
    // JSON as a text, with names of its own.
    let is_json = text.contains('"') && promises_secret(text);
    if is_scheme || is_pair || is_json || holds_secret(text) || text.split(|c: char| !is_word(c)).any(looks_random) {
        return HIDDEN.to_owned();
    }
    match text.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            format!("{scheme}//{}", masked_address(rest))
        }
        // An address without its scheme.
        _ if text.contains(['?', '@']) && !text.contains(char::is_whitespace) => masked_address(text),
        _ => text.to_owned(),
    }
}

/// An address without user and password, and without what its query and fragment say. It may be no good URL, so it is
/// not read as one.
fn masked_address(rest: &str) -> String {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let user = if host.len() < authority.len() { "…@" } else { "" };
    match path.find(['?', '#']) {
        // A user name or password may have been pasted with a slash in it.
        _ if path.contains('@') => format!("{user}{host}/…"),
        Some(at) => format!("{user}{host}{}?…", &path[..at]),
        None => format!("{user}{host}{path}"),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// Long, letters and digits mixed, and no UUID: most likely a generated key.
fn looks_random(word: &str) -> bool {
    let is_uuid = uuid::Uuid::try_parse(word).is_ok();
    word.len() >= 24
        && !is_uuid
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Replaces every character that a terminal or an editor would act on by its number.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) {
            out.push_str(&format!("\\u{{{:X}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// A character that ends a line, is not seen, or changes the direction of the text.
pub(super) fn is_unseen(c: char) -> bool {
    // Variation selectors belong to the character before them.
    is_hidden(c, ' ', None) && !matches!(c, '\u{FE0E}' | '\u{FE0F}')
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_not_shown_and_plain_values_are() {
        for hidden in [
            json!("Bearer canary"),
            json!("https://u:canary@example.com/x"),
            json!("https://example.com/x?token=canary"),
            json!("https:///x?canary"),
            json!("//x?canary"),
            json!("example.com/x?token=canary"),
            json!("see https://u:canary@example.com/x"),
            json!({ "accessToken": "canary" }),
            json!({ "pwd": "canary" }),
            json!({ "X-Api-Key": "canary" }),
            json!({ "headers": { "X-Any": "canary" } }),
            json!([{ "key": "token", "value": "canary" }, { "value": "canary", "name": "Authorization" }]),
            json!({ "bearer": [{ "canary": "canary" }] }),
            json!(["Cookie: sid=canary", "token=canary"]),
            json!("{\"token\": \"canary\"}"),
            json!([{ "headers": { "Authorization": "canary" } }]),
            json!("canary4f9a0b1c2d3e4f5a6b7c8d9"),
        ] {
            assert!(!value("x", &hidden).contains("canary"), "{hidden}");
        }
        assert_eq!(value("password", &json!("canary")), HIDDEN);
        for seen in [
            json!("hello"),
            json!({ "a": [1, null, true] }),
            json!("228cc4fa-92f2-4709-94e3-7344a96a5903"),
            json!("https://example.com/hooks/twin"),
        ] {
            assert_eq!(value("x", &seen), seen.to_string());
        }
    }

    #[test]
    fn nothing_ends_a_comment_or_turns_a_line_around() {
        let hostile = json!("a\nb\u{2028}c\u{85}d\u{202E}e\u{0}f */ g\u{1b}[31m");
        let shown = value("x", &hostile);
        assert!(!shown.chars().any(is_unseen), "{shown:?}");
        assert!(value("x", &json!("я".repeat(1_000))).chars().count() < 200);
    }
}
