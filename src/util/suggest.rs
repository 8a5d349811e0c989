//! The form of keys, and suggestions for misspelt names.

use std::borrow::Borrow;

/// For longer names nothing is suggested: comparing two names takes the product of their lengths.
const LONGEST: usize = 100;
/// Among so many names each is compared with a misspelt one; among more, the nearest in the orders of [`Names`].
const FEW: usize = 64;
/// So many neighbours on each side, in each order: together as many as [`FEW`].
const NEIGHBOURS: usize = FEW / 4;

/// The candidate that is most likely meant by a misspelt name.
///
/// Takes time for every candidate: for names that a project declares, and which many may be misspelt, see [`Names`].
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = Plain::of(name)?;
    let most = name.most();
    // Most names are told apart by their lengths. Characters take one to four bytes, and most candidates are ASCII.
    let may_fit = |candidate: &&str| {
        let bytes = candidate.len();
        bytes.abs_diff(name.length) <= most
            || (bytes > name.length && bytes <= 4 * (name.length + most) && !candidate.is_ascii())
    };
    let candidates = candidates.into_iter().filter(may_fit);
    nearest(
        &name,
        candidates.filter_map(|candidate| Some((Plain::of(candidate)?, candidate))),
    )
}

/// The first of the candidates that are nearest to a name, if any is near enough.
fn nearest<'a>(name: &Plain, candidates: impl Iterator<Item = (impl Borrow<Plain>, &'a str)>) -> Option<&'a str> {
    let most = name.most();
    candidates
        .filter_map(|(plain, candidate)| Some((name.distance(plain.borrow(), most)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A name without what people from other languages add: case, underscores, a colon at the end.
#[derive(Debug)]
struct Plain {
    text: String,
    /// In characters.
    length: usize,
    /// Which characters are in it: a bit for each, which several share.
    letters: u64,
}

impl Plain {
    /// Nothing where a name is too long to be compared.
    fn of(name: &str) -> Option<Self> {
        let text = plain(name)?;
        let letters = text.chars().fold(0, |letters, c| letters | 1 << (u32::from(c) % 64));
        let length = text.chars().count();
        Some(Self { text, length, letters })
    }

    /// How far away a name may be that is meant.
    fn most(&self) -> usize {
        (self.length / 3).clamp(1, 3)
    }

    /// How many characters have to be added, left out, changed or swapped with their neighbours to get the other name; nothing
    /// where it is more than `most`.
    fn distance(&self, other: &Self, most: usize) -> Option<usize> {
        // A change takes away one character at most that the other has not, and adds one at most.
        let without = |letters: u64, others: u64| (letters & !others).count_ones() as usize;
        let least = without(self.letters, other.letters).max(without(other.letters, self.letters));
        if least > most || self.length.abs_diff(other.length) > most {
            return None;
        }
        // What both begin and end with needs no change, and comparing takes the product of the lengths.
        let (name, other) = without_common_start(&self.text, &other.text);
        let end = name.chars().rev().zip(other.chars().rev());
        let end: usize = end.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let (name, other) = (&name[..name.len() - end], &other[..other.len() - end]);
        Some(strsim::osa_distance(name, other)).filter(|distance| *distance <= most)
    }
}

fn without_common_start<'a>(name: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let start = name.chars().zip(other.chars());
    let start: usize = start.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    (&name[start..], &other[start..])
}

/// Names that a project declares, in such orders that a misspelt one is compared with few of them: with those that share its
/// beginning, and those that share its end.
#[derive(Debug)]
pub struct Names {
    names: Vec<(Plain, Box<str>)>,
    /// By their letters: the plain name and its index. Nothing where there are few.
    forward: Vec<(String, usize)>,
    /// The same by their letters from the last to the first.
    backward: Vec<(String, usize)>,
}

impl Names {
    /// Collects names. Of two that are as near to a misspelt one, the earlier is suggested.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<(Plain, Box<str>)> = names
            .into_iter()
            .filter_map(|name| Some((Plain::of(name)?, Box::from(name))))
            .collect();
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        if names.len() > FEW {
            forward = names.iter().map(|(plain, _)| plain.text.clone()).zip(0..).collect();
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

    /// The one that is most likely meant by a misspelt name.
    pub fn closest(&self, name: &str) -> Option<&str> {
        let name = Plain::of(name)?;
        if self.names.len() <= FEW {
            return nearest(&name, self.names.iter().map(known));
        }
        let mut near = neighbours(&self.forward, &name.text);
        near.extend(neighbours(&self.backward, &reversed(&name.text)));
        near.sort_unstable();
        near.dedup();
        nearest(
            &name,
            near.into_iter().filter_map(|index| self.names.get(index)).map(known),
        )
    }
}

/// The indices of the names on both sides of where a name belongs.
fn neighbours(order: &[(String, usize)], name: &str) -> Vec<usize> {
    let at = order.partition_point(|(known, _)| known.as_str() < name);
    let near = &order[at.saturating_sub(NEIGHBOURS)..order.len().min(at + NEIGHBOURS)];
    near.iter().map(|(_, index)| *index).collect()
}

fn known((plain, name): &(Plain, Box<str>)) -> (&Plain, &str) {
    (plain, name)
}

fn reversed(name: &str) -> String {
    name.chars().rev().collect()
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

/// Whether a text can be the name of a template. That reaches nobody but the files, so it may be in any script.
pub(crate) fn is_template_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let is_script = || !text.is_ascii() && text.starts_with(char::is_alphanumeric) && text.chars().all(is_inner);
    is_key(text) || is_script()
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
    fn what_is_left_out_before_comparing_changes_no_distance() {
        // Every word of up to four of three letters, among them all swaps at the edge of what two words share.
        let longer = |words: Vec<String>| -> Vec<String> {
            let more = words
                .iter()
                .flat_map(|word| ["", "a", "b", "ж"].map(|letter| format!("{word}{letter}")));
            more.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
        };
        let words = (0..4).fold(vec![String::new()], |words, _| longer(words));
        let plain: Vec<Plain> = words.iter().filter_map(|word| Plain::of(word)).collect();
        for a in &plain {
            for b in &plain {
                let whole = strsim::osa_distance(&a.text, &b.text);
                assert_eq!(a.distance(b, 2), Some(whole).filter(|whole| *whole <= 2), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn nothing_is_suggested_for_what_is_no_name() {
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(closest(&long, [long.as_str()]), None);
        let wide = "ж".repeat(20);
        assert_eq!(closest("жжжжжжжжжжжжжжжжжжжы", [wide.as_str()]), Some(wide.as_str()));
    }
}
