//! Which words are numbers.

/// Whether a word is looked at as a number at all: a digit first, or a digit after a sign or a dot.
pub(super) fn starts_like_number(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    let mut next = bytes.next();
    if matches!(next, Some(b'+' | b'-')) {
        next = bytes.next();
    }
    if next == Some(b'.') {
        next = bytes.next();
    }
    next.is_some_and(|byte| byte.is_ascii_digit())
}

/// Whether the whole word is a number of the specification.
pub(super) fn is_number(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return is_digits(digits, radix);
        }
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_is_good = match mantissa.split_once('.') {
        Some((whole, fraction)) => is_digits(whole, 10) && is_digits(fraction, 10),
        None => is_digits(mantissa, 10),
    };
    mantissa_is_good && exponent.is_none_or(|digits| is_digits(digits.strip_prefix(['+', '-']).unwrap_or(digits), 10))
}

fn is_digits(text: &str, radix: u32) -> bool {
    text.starts_with(|c: char| c.is_digit(radix)) && text.chars().all(|c| c == '_' || c.is_digit(radix))
}
