//! What names may look like, and which one was meant by a misspelt one.

/// For longer names nothing is suggested: comparing two names takes the product of their lengths.
const LONGEST: usize = 100;
/// Among so many names each is compared with a misspelt one; among more, the nearest in the orders of [`Names`].
const FEW: usize = 256;
/// So many neighbours on each side, in each order.
const NEIGHBOURS: usize = 32;

/// The candidate that a misspelt name most likely stands for.
///
/// Takes time for every candidate: for names that a project declares, and which many may be misspelt, see [`Names`].
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(name)?;
    let length = plain.chars().count();
    let most = (length / 3).clamp(1, 3);
    // Most names are told apart by their lengths. Characters take one to four bytes, and most candidates are ASCII.
    let may_fit = |candidate: &&str| {
        let bytes = candidate.len();
        bytes.abs_diff(length) <= most || (bytes > length && bytes <= 4 * (length + most) && !candidate.is_ascii())
    };
    candidates
        .into_iter()
        .filter(may_fit)
        .filter_map(|candidate| Some((strsim::osa_distance(&plain, &self::plain(candidate)?), candidate)))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Names that a project declares, in such orders that a misspelt one is compared with few of them: with those that share its
/// beginning, and those that share its end.
#[derive(Debug)]
pub struct Names {
    names: Vec<Box<str>>,
    /// By their letters: the plain name and its index. Nothing where there are few.
    forward: Vec<(String, usize)>,
    /// The same by their letters from the last to the first.
    backward: Vec<(String, usize)>,
}

impl Names {
    /// Collects names. Of two that are as near to a misspelt one, the earlier is suggested.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Box<str>> = names.into_iter().map(Box::from).collect();
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        if names.len() > FEW {
            let plain = names.iter().map(|name| plain(name)).zip(0..);
            forward = plain.filter_map(|(name, index)| Some((name?, index))).collect();
            forward.sort_unstable();
            forward.dedup_by(|later, first| later.0 == first.0);
            backward = forward.iter().map(|(name, index)| (reversed(name), *index)).collect();
            backward.sort_unstable();
        }
        Self {
            names,
            forward,
            backward,
        }
    }

    /// The one that a misspelt name most likely stands for.
    pub fn closest(&self, name: &str) -> Option<&str> {
        if self.names.len() <= FEW {
            return closest(name, self.names.iter().map(|name| &**name));
        }
        let plain = plain(name)?;
        let mut near = neighbours(&self.forward, &plain);
        near.extend(neighbours(&self.backward, &reversed(&plain)));
        near.sort_unstable();
        near.dedup();
        closest(name, near.into_iter().map(|index| &*self.names[index]))
    }
}

/// The indices of the names on both sides of where a name belongs.
fn neighbours(order: &[(String, usize)], name: &str) -> Vec<usize> {
    let at = order.partition_point(|(known, _)| known.as_str() < name);
    let near = &order[at.saturating_sub(NEIGHBOURS)..order.len().min(at + NEIGHBOURS)];
    near.iter().map(|(_, index)| *index).collect()
}

fn reversed(name: &str) -> String {
    name.chars().rev().collect()
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
    plain(name).is_some_and(|name| plain(other) == Some(name))
}

/// Without what people from other languages add: case, underscores, a colon at the end. Nothing where it is too long to be
/// compared.
fn plain(name: &str) -> Option<String> {
    let name = name.trim_end_matches(':');
    let is_short = name.len() <= LONGEST || (name.len() <= 4 * LONGEST && name.chars().count() <= LONGEST);
    is_short.then(|| name.to_lowercase().replace('_', "-"))
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
    fn a_misspelt_name_is_found_among_many() {
        let many: Vec<String> = (0..2_000).map(|index| format!("campaign-{index:04}-spring")).collect();
        let names = Names::new(many.iter().map(String::as_str));
        for (name, meant) in [
            ("kampaign-0007-spring", "campaign-0007-spring"),
            ("campaign-1234-sprint", "campaign-1234-spring"),
            ("campaign_1234_spring", "campaign-1234-spring"),
            ("campaign-12345-spring", "campaign-1234-spring"),
        ] {
            assert_eq!(names.closest(name), Some(meant), "{name}");
        }
        assert_eq!(names.closest("autumn"), None);
    }

    #[test]
    fn nothing_is_suggested_for_what_is_no_name() {
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(closest(&long, [long.as_str()]), None);
        let wide = "ж".repeat(20);
        assert_eq!(closest("жжжжжжжжжжжжжжжжжжжы", [wide.as_str()]), Some(wide.as_str()));
    }

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
