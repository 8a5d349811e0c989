//! The marker in a task's comment, which lets apply find its own tasks at the API.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

const OPEN: &str = "[dialform ";
const CLOSE: char = ']';
/// Crockford's base 32: no I, L, O or U, so that a marker read aloud or copied by hand stays itself.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM_LEN: usize = 12;
/// Bits of it, five to a character.
const RANDOM_BITS: u32 = 60;
/// How the random part of [`Marker::of_none`] begins.
const NONE: &str = "0000";
/// Bits of [`NONE`].
const NONE_BITS: u32 = 20;

/// The last line of `taskComment` of every task that dialform creates: `[dialform KEY 7K3M9Q2XVT4B]`.
///
/// The key is for the people who read the comment; what identifies is the random part, which is why a campaign may be
/// renamed without touching its task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Marker {
    key: String,
    random: String,
}

impl Marker {
    /// A new marker for the campaign `key` (of the form `[a-z0-9][a-z0-9_-]*`), with 60 random bits.
    pub fn random(key: &str) -> Self {
        Self::from_bits(key, random_bits(Uuid::new_v4()))
    }

    /// What the state files a task under that carries no marker (`import --live`): a random part that begins with four
    /// zeros, as one of a million others does, so that no format changes for it.
    pub fn of_none(key: &str) -> Self {
        Self::from_bits(key, random_bits(Uuid::new_v4()).wrapping_shr(NONE_BITS))
    }

    /// Whether it may be one of [`Marker::of_none`], so that the task need not carry it.
    pub fn may_be_of_none(&self) -> bool {
        self.random.starts_with(NONE)
    }

    /// The campaign's key at the time when the task was created; it may have been moved since.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The 12 characters that identify the task.
    pub fn random_part(&self) -> &str {
        &self.random
    }

    /// Whether the random part is anywhere in `text`, even if the brackets and the key around it were changed.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.random)
    }

    /// Every part of `text` that may be a random part, in order, so that one pass finds many markers.
    pub fn random_parts_in(text: &str) -> impl Iterator<Item = &str> {
        let mut in_a_row = 0;
        (1..).zip(text.bytes()).filter_map(move |(end, byte)| {
            in_a_row = match ALPHABET.contains(&byte) {
                true => usize::saturating_add(in_a_row, 1),
                false => 0,
            };
            let start = usize::checked_sub(end, RANDOM_LEN).filter(|_| in_a_row >= RANDOM_LEN)?;
            text.get(start..end)
        })
    }

    /// Every whole marker in `text`, in order.
    pub fn find_in(text: &str) -> impl Iterator<Item = Self> + '_ {
        text.match_indices(OPEN)
            .filter_map(|(at, _)| text.get(at..).and_then(Self::leading))
            .map(|(marker, _)| marker)
    }

    /// The `taskComment` to send: the user's own words, and the marker on a line of its own under them.
    pub fn append_to(&self, comment: Option<&str>) -> String {
        match comment {
            None | Some("") => self.to_string(),
            Some(words) => format!("{words}\n{self}"),
        }
    }

    /// The user's own words of a `taskComment`, without the marker at its end; `None` where there are none.
    pub fn strip(comment: &str) -> Option<String> {
        let words = Self::before_trailing(comment).unwrap_or(comment);
        (!words.is_empty()).then(|| words.to_owned())
    }

    /// What stands before the marker that ends `comment`, less the one line break (or the blank that a form made of
    /// it) between the two.
    fn before_trailing(comment: &str) -> Option<&str> {
        let text = comment.trim_end();
        let at = text.rfind(OPEN)?;
        let last = text.get(at..)?;
        let (_, len) = Self::leading(last)?;
        if len != last.len() {
            return None;
        }
        let words = text.get(..at)?;
        Some(
            ["\r\n", "\n", " "]
                .iter()
                .find_map(|gap| words.strip_suffix(gap))
                .unwrap_or(words),
        )
    }

    /// The marker that `text` begins with, and its length in bytes.
    fn leading(text: &str) -> Option<(Self, usize)> {
        let rest = text.strip_prefix(OPEN)?;
        // Up to the first character that no key has, so that a long text full of openings is still read once.
        let key = rest.get(..rest.find(|c: char| !is_key_char(c))?)?;
        let rest = rest.get(key.len()..)?.strip_prefix(' ')?;
        let random = rest.get(..RANDOM_LEN)?;
        let starts_well = key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        let closed = rest.get(RANDOM_LEN..)?.starts_with(CLOSE);
        if !starts_well || !closed || !random.bytes().all(|byte| ALPHABET.contains(&byte)) {
            return None;
        }
        let len = [OPEN.len(), key.len(), 1, RANDOM_LEN, CLOSE.len_utf8()].iter().sum();
        Some((
            Self {
                key: key.to_owned(),
                random: random.to_owned(),
            },
            len,
        ))
    }

    fn from_bits(key: &str, bits: u64) -> Self {
        let random = (0..RANDOM_BITS)
            .step_by(5)
            .rev()
            .map(|place| {
                let digit = usize::try_from(bits.wrapping_shr(place) & 31).unwrap_or_default();
                ALPHABET.get(digit).copied().map_or('0', char::from)
            })
            .collect();
        Self {
            key: key.to_owned(),
            random,
        }
    }
}

/// 60 of the 122 random bits of a version 4 UUID.
///
/// Bytes 6 and 8 carry the version and the variant, which are the same in every UUID, so both are skipped.
fn random_bits(uuid: Uuid) -> u64 {
    let bytes = uuid.into_bytes();
    let [a, b, c, d, e, f, _version, g, _variant, h, ..] = bytes;
    let whole = [a, b, c, d, e, f, g]
        .iter()
        .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    (whole << 4) | u64::from(h & 15)
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_'
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{} {}{CLOSE}", self.key, self.random)
    }
}

impl From<Marker> for String {
    fn from(marker: Marker) -> Self {
        marker.to_string()
    }
}

/// The text is not a marker of the form `[dialform KEY 7K3M9Q2XVT4B]`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a marker of the form `[dialform KEY 7K3M9Q2XVT4B]`")]
pub struct NotAMarker(String);

impl FromStr for Marker {
    type Err = NotAMarker;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::leading(text) {
            Some((marker, len)) if len == text.len() => Ok(marker),
            _ => Err(NotAMarker(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Marker {
    type Error = NotAMarker;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_bits_of_a_uuid_never_reach_the_marker() {
        let none = Uuid::from_bytes([
            0, 0, 0, 0, 0, 0, 0xff, 0, 0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ]);
        let all = Uuid::from_bytes([255, 255, 255, 255, 255, 255, 0, 255, 0, 15, 0, 0, 0, 0, 0, 0]);
        assert_eq!(random_bits(none), 0);
        assert_eq!(random_bits(all), (1 << 60) - 1);
        assert_eq!(Marker::from_bits("k", 0).to_string(), "[dialform k 000000000000]");
        assert_eq!(
            Marker::from_bits("k", (1 << 60) - 1).to_string(),
            "[dialform k ZZZZZZZZZZZZ]"
        );
    }

    #[test]
    fn what_stands_for_no_marker_is_known_and_differs_each_time() {
        let (one, other) = (Marker::of_none("k"), Marker::of_none("k"));
        assert!(one.may_be_of_none() && other.may_be_of_none() && one != other);
        assert_eq!(one.to_string().parse(), Ok(one));
        assert!(!Marker::from_bits("k", (1 << 60) - 1).may_be_of_none());
    }

    #[test]
    fn each_place_of_a_random_part_is_found() {
        let found = |text| Marker::random_parts_in(text).collect::<Vec<_>>();
        assert_eq!(found("Весна [dialform k 7K3M9Q2XVT4B]"), ["7K3M9Q2XVT4B"]);
        assert_eq!(
            found("X7K3M9Q2XVT4BZ"),
            ["X7K3M9Q2XVT4", "7K3M9Q2XVT4B", "K3M9Q2XVT4BZ"]
        );
        assert_eq!(found("7K3M9Q2XVT4 7k3m9q2xvt4b"), Vec::<&str>::new());
    }

    #[test]
    fn every_random_bit_moves_the_marker() {
        let zero = Marker::from_bits("k", 0);
        let distinct: std::collections::BTreeSet<_> = (0..60).map(|bit| Marker::from_bits("k", 1 << bit)).collect();
        assert_eq!(distinct.len(), 60);
        assert!(!distinct.contains(&zero));
    }
}
