//! The API's own words: taken out of a body, bounded, and made safe to print.

use serde_json::Value;

/// The most characters kept of one text.
const LONGEST: usize = 1_000;
/// The most fields kept of one refusal.
const MOST_FIELDS: usize = 50;

/// A text without control characters, on one line, of at most 1,000 characters.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    let mut kept = 0;
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
        .filter(|w| !w.is_empty())
    {
        if !cleaned.is_empty() {
            cleaned.push(' ');
            kept = usize::saturating_add(kept, 1);
        }
        for character in word.chars() {
            if kept == LONGEST {
                cleaned.push('…');
                return cleaned;
            }
            cleaned.push(character);
            kept = usize::saturating_add(kept, 1);
        }
    }
    cleaned
}

/// Marks that turn the direction of the text around them, with which a text could pass for another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// What a body says: its `message`, or failing that the body itself.
pub(super) fn of_body(body: &[u8]) -> String {
    match serde_json::from_slice(body) {
        Ok(value) => of_value(&value),
        Err(_) => clean(&String::from_utf8_lossy(body)),
    }
}

/// What an answer says: its `message`, or failing that the answer itself.
pub(super) fn of_value(answer: &Value) -> String {
    let stated = ["message", "error", "detail", "title"]
        .iter()
        .find_map(|name| answer.get(name)?.as_str());
    match stated.or(answer.as_str()) {
        Some(text) => clean(text),
        None => clean(&answer.to_string()),
    }
}

/// The fields that an answer complains of, as (path, words), in its order: `{"errors": {path: [words, …]}}`, one text in
/// place of the list, or a list of objects that name a field and carry a message.
pub(super) fn fields(answer: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    match answer.get("errors") {
        Some(Value::Object(by_path)) => {
            for (path, complaint) in by_path {
                match complaint {
                    Value::Array(several) => fields.extend(several.iter().map(|one| (clean(path), of_value(one)))),
                    one => fields.push((clean(path), of_value(one))),
                }
            }
        }
        Some(Value::Array(list)) => fields.extend(list.iter().filter_map(|entry| {
            let path = ["field", "path", "property", "propertyPath"]
                .iter()
                .find_map(|name| entry.get(name)?.as_str())?;
            Some((clean(path), of_value(entry)))
        })),
        _ => {}
    }
    fields.truncate(MOST_FIELDS);
    fields
}
