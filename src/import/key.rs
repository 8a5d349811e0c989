//! Keys of campaigns that differ from each other.

use std::collections::{BTreeMap, BTreeSet};

/// The key, with a number behind it where it is taken; `numbers` remembers the next free number of each key.
pub(super) fn unique(key: String, taken: &BTreeSet<String>, numbers: &mut BTreeMap<String, u32>) -> String {
    if !taken.contains(&key) {
        return key;
    }
    // All numbers below are taken.
    let number = numbers.entry(key.clone()).or_insert(2);
    loop {
        let numbered = format!("{key}-{number}");
        if !taken.contains(&numbered) {
            return numbered;
        }
        *number = number.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_key_gets_a_number() {
        let taken = ["a", "a-2"].map(str::to_owned).into();
        let mut numbers = BTreeMap::new();
        let mut unique = |key: &str| unique(key.to_owned(), &taken, &mut numbers);
        assert_eq!((unique("a"), unique("b")), ("a-3".to_owned(), "b".to_owned()));
    }
}
