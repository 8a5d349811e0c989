//! Halves of surrogate pairs in JSON: an editor that counts in UTF-16 may cut an emoji in two, and no text of ours can hold a half.

/// The same JSON with U+FFFD in the place of each `\uD800` to `\uDFFF` that has no other half. Either is one unit of UTF-16,
/// so that positions stay what the client means.
pub(super) fn without_lone_halves(json: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let (before, escape) = rest.split_at(at);
        whole.extend_from_slice(before);
        let taken = match (unit(escape), escape.get(ESCAPE..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 2 * ESCAPE,
            (Some(0xD800..=0xDFFF), _) => {
                whole.extend_from_slice(b"\\uFFFD");
                rest = escape.get(ESCAPE..).unwrap_or_default();
                continue;
            }
            // With what it escapes, which may be a backslash.
            _ => escape.len().min(2),
        };
        whole.extend_from_slice(escape.get(..taken).unwrap_or_default());
        rest = escape.get(taken..).unwrap_or_default();
    }
    whole.extend_from_slice(rest);
    whole
}

/// The length of `\uXXXX`.
const ESCAPE: usize = 6;

/// The number of a `\uXXXX` at the beginning.
fn unit(json: &[u8]) -> Option<u16> {
    let digits = json.get(..ESCAPE)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_are_replaced() {
        for (json, expected) in [
            (r#"{"a":"\ud83d"}"#, r#"{"a":"\uFFFD"}"#),
            (r#"{"a":"\ude00\ud83d"}"#, r#"{"a":"\uFFFD\uFFFD"}"#),
            (r#"{"a":"\ud83d\ude00 \uD83Dx"}"#, r#"{"a":"\ud83d\ude00 \uFFFDx"}"#),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\uFFFD\ud83d\ude00"}"#),
            (r#"{"a":"\\ud83d \n \u0041"}"#, r#"{"a":"\\ud83d \n \u0041"}"#),
            (r#"\ud8"#, r#"\ud8"#),
            (r#"\"#, r#"\"#),
        ] {
            assert_eq!(
                String::from_utf8(without_lone_halves(json.as_bytes())).unwrap(),
                expected
            );
        }
    }
}
