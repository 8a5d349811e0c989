//! The API's own words: taken out of a body, bounded, and made safe to print.

use serde_json::Value;

use crate::util::printable::is_hidden;

/// The most characters kept of one text.
const LONGEST: usize = 1_000;
/// The most fields kept of one refusal.
const MOST_FIELDS: usize = 50;

/// A text on one line, without what nobody sees or what acts on the text around it, of at most 1,000 characters.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    let (mut kept, mut before, mut is_gap) = (0_usize, ' ', false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_seen = !c.is_whitespace() && !is_hidden(c, before, chars.peek().copied());
        before = c;
        if !is_seen {
            is_gap = !cleaned.is_empty();
            continue;
        }
        if kept.saturating_add(usize::from(is_gap)) >= LONGEST {
            cleaned.push('…');
            break;
        }
        if std::mem::take(&mut is_gap) {
            cleaned.push(' ');
            kept = kept.saturating_add(1);
        }
        cleaned.push(c);
        kept = kept.saturating_add(1);
    }
    cleaned
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_left_out() {
        let hidden = "\0\x1b\u{85}\u{ad}\u{34f}\u{61c}\u{180e}\u{200b}\u{200d}\u{200f}\u{2028}\u{202e}\u{2060}\u{2066}\u{3164}\u{fe0f}\u{feff}\u{e0041}";
        for c in hidden.chars() {
            assert_eq!(clean(&format!("{c}no{c}{c} t{c}oken{c}")), "no t oken", "{c:?}");
        }
        for text in ["нет токена", "👩\u{200d}👩 ❤\u{fe0f} “no”"] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let cut = |kept: usize| "x".repeat(kept) + "…";
        assert_eq!(clean(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
        assert_eq!(clean(&"x".repeat(LONGEST + 1)), cut(LONGEST));
        assert_eq!(clean(&("x".repeat(LONGEST) + " \n")), "x".repeat(LONGEST));
        assert_eq!(clean(&("x".repeat(LONGEST - 1) + " y")), cut(LONGEST - 1));
    }
}
