//! What a command names campaigns by: a key, or a pattern such as `city-*`.

/// A key, or a pattern in which `*` stands for any part of a key and `?` for one character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPattern(String);

impl KeyPattern {
    /// As it was written.
    pub fn new(written: impl Into<String>) -> Self {
        Self(written.into())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a key, which names one campaign and nothing else.
    pub fn is_key(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Whether it names a key.
    pub fn matches(&self, key: &str) -> bool {
        let (pattern, key): (Vec<char>, Vec<char>) = (self.0.chars().collect(), key.chars().collect());
        let (mut at, mut from) = (0, 0);
        // The last `*`, and the first character that it does not stand for.
        let mut star: Option<(usize, usize)> = None;
        while let Some(character) = key.get(from) {
            match (pattern.get(at), star) {
                (Some('*'), _) => {
                    star = Some((at, from));
                    at = at.saturating_add(1);
                }
                (Some(wanted), _) if *wanted == '?' || wanted == character => {
                    at = at.saturating_add(1);
                    from = from.saturating_add(1);
                }
                (_, Some((star_at, behind))) => {
                    let behind = behind.saturating_add(1);
                    star = Some((star_at, behind));
                    (at, from) = (star_at.saturating_add(1), behind);
                }
                (_, None) => return false,
            }
        }
        pattern.iter().skip(at).all(|left| *left == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPattern;

    #[test]
    fn patterns_match_whole_keys() {
        for (pattern, key, is_match) in [
            ("city-07", "city-07", true),
            ("city-07", "city-071", false),
            ("city-*", "city-07", true),
            ("city-*", "city-", true),
            ("city-*", "my-city-07", false),
            ("*-07", "city-07", true),
            ("*-07", "city-07-07", true),
            ("c*y-?7", "city-07", true),
            ("c*y-?7", "city-7", false),
            ("*", "", true),
            ("**", "a", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("?", "", false),
        ] {
            assert_eq!(KeyPattern::new(pattern).matches(key), is_match, "{pattern} {key}");
        }
    }
}
