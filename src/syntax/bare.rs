//! What an unquoted word that is no KDL value was meant to be.

use super::error::BareValue;

/// Looks at a word that starts like a number, or holds a slash.
pub(super) fn classify(word: &str) -> BareValue {
    let parts_are_digits = |separator: char, lengths: &[usize]| {
        let mut parts = word.split(separator);
        lengths
            .iter()
            .all(|most| parts.next().is_some_and(|part| is_digits(part) && part.len() <= *most))
            && parts.next().is_none()
    };
    if parts_are_digits(':', &[2, 2]) || parts_are_digits(':', &[2, 2, 2]) {
        return BareValue::Time;
    }
    let date = word.split(['T', 't']).next().unwrap_or(word);
    if ['-', '.', '/'].iter().any(|separator| is_date(date, *separator)) {
        return BareValue::Date;
    }
    if let Some((count, unit)) = word.split_once('/')
        && is_digits(count)
        && unit.starts_with(|c: char| c.is_alphanumeric())
    {
        return BareValue::Pace;
    }
    if word.len() >= 30 && word.matches('-').count() >= 3 && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit()) {
        return BareValue::Uuid;
    }
    if is_duration(word) {
        return BareValue::Duration;
    }
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if digits >= 7 && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-')) {
        return BareValue::Phone;
    }
    BareValue::Other
}

/// Whether a text is a telephone number with blanks and brackets: a sign or digit first, and 10 to 15 digits.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (10..=15).contains(&digits)
        && text.starts_with(['+', '(', '7', '8'])
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'(' | b')' | b' ' | b'\t'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_date(word: &str, separator: char) -> bool {
    let parts: Vec<&str> = word.split(separator).collect();
    matches!(parts.as_slice(), [a, b, c] if [a, b, c].iter().all(|part| is_digits(part) && part.len() <= 4)
        && (a.len() == 4 || c.len() == 4))
}

/// Numbers each followed by letters, as in `1h30m` or `20мин`.
fn is_duration(word: &str) -> bool {
    let units = word.trim_start_matches(|c: char| c.is_ascii_digit());
    units.len() < word.len()
        && units.starts_with(['s', 'm', 'h', 'd', 'S', 'M', 'H', 'D', 'с', 'м', 'ч', 'д'])
        && units.chars().all(char::is_alphanumeric)
}
