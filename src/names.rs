//! What names may look like, and which one was meant by a misspelt one.

/// The candidate that a misspelt name most likely stands for.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(name);
    let length = plain.chars().count();
    let most = (length / 3).clamp(1, 3);
    candidates
        .into_iter()
        // Most names are told apart by their lengths; the candidates are ASCII, and plain but for underscores.
        .filter(|candidate| candidate.len().abs_diff(length) <= most || !candidate.is_ascii())
        .map(|candidate| (strsim::osa_distance(&plain, &self::plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether two names are the same. Comparing the bytes of so short a text is quicker than asking the C library to.
#[inline]
pub(crate) fn is_same(name: &str, other: &str) -> bool {
    let (name, other) = (name.as_bytes(), other.as_bytes());
    if name.len() != other.len() {
        return false;
    }
    // The first eight bytes and the last eight are all that most names have; what they share is compared twice.
    if let (Some(ends), Some(others)) = (ends::<8>(name), ends::<8>(other)) {
        return ends == others && (name.len() <= 16 || name == other);
    }
    if let (Some(ends), Some(others)) = (ends::<4>(name), ends::<4>(other)) {
        return ends == others;
    }
    name.iter().eq(other)
}

/// The first bytes and the last, where there are as many. Of a number that is known beforehand, they are one word.
fn ends<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    Some((bytes.first_chunk()?, bytes.last_chunk()?))
}

/// Whether a name is another but for what people from other languages add or leave out: capitals, underscores.
pub(crate) fn is_same_but_for_form(name: &str, other: &str) -> bool {
    plain(name) == plain(other)
}

/// Without what people from other languages add: case, underscores, a colon at the end.
fn plain(name: &str) -> String {
    name.trim_end_matches(':').to_lowercase().replace('_', "-")
}

/// A campaign's `name` as people compare it: blanks around it are not seen.
pub fn comparable_name(name: &str) -> &str {
    name.trim()
}

/// Whether a text can be the key of a campaign: `[a-z0-9][a-z0-9_-]*`.
pub(crate) fn is_key(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    !text.starts_with(['-', '_']) && !text.is_empty() && text.bytes().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_only_byte_for_byte() {
        let name = "answering-machine-of-somebody";
        for length in 0..=name.len() {
            let name = &name[..length];
            assert!(is_same(name, name), "{name}");
            assert!(!is_same(name, &format!("{name}x")), "{name}");
            for at in 0..length {
                let mut other = name.to_owned();
                other.replace_range(at..=at, "#");
                assert!(!is_same(name, &other), "{name} {other}");
            }
        }
    }
}
