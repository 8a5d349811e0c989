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

/// Whether a name is another but for what people from other languages add or leave out: capitals, underscores.
pub(crate) fn is_same_but_for_form(name: &str, other: &str) -> bool {
    plain(name) == plain(other)
}

/// Without what people from other languages add: case, underscores, a colon at the end.
fn plain(name: &str) -> String {
    name.trim_end_matches(':').to_lowercase().replace('_', "-")
}

/// Whether a text can be the key of a campaign: `[a-z0-9][a-z0-9_-]*`.
pub(crate) fn is_key(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    !text.starts_with(['-', '_']) && !text.is_empty() && text.bytes().all(is_inner)
}
