//! The key of a campaign, made from its name.

use std::collections::{BTreeMap, BTreeSet};

use any_ascii::any_ascii;

use crate::rules::secret_in_file::is_secret;
use crate::util::suggest::is_key;

/// The most letters of a name that become a key.
const LONGEST: usize = 60;

/// The key of a campaign whose name has no letter and no digit.
const NAMELESS: &str = "campaign";

/// A key that says the name in Latin letters: `Весенняя акция №2` gives `vesennyaya-aktsiya-no2`.
pub(super) fn of_name(name: &str) -> String {
    let mut key = String::new();
    for c in any_ascii(name).chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '_') => key.push(c),
            // Soft signs and the like are written so in Latin letters.
            '\'' | '"' | '`' => {}
            _ if key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    if key.len() > LONGEST {
        key.truncate(LONGEST);
        // Not in the middle of a word, unless it is one long word.
        if let Some(at) = key.rfind('-').filter(|at| *at > LONGEST / 2) {
            key.truncate(at);
        }
    }
    let key = key.trim_matches(['-', '_']);
    if is_secret(key) {
        // `SK: the yearly service contract` is no token, but its key would look like one.
        format!("{NAMELESS}-{key}")
    } else if is_key(key) {
        key.to_owned()
    } else {
        NAMELESS.to_owned()
    }
}

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
    fn names_become_keys() {
        for (name, key) in [
            ("Spring promo 2026", "spring-promo-2026"),
            ("Напоминание о визите", "napominanie-o-vizite"),
            ("Щедрый объём: скидка 20%!", "shchedryy-obem-skidka-20"),
            ("Опитування їжаків", "opituvannya-izhakiv"),
            ("  --weird__ name-- ", "weird__-name"),
            ("!!!", "campaign"),
            ("", "campaign"),
            ("_", "campaign"),
            ("2026", "2026"),
            (
                "SK: сервисный контракт до мая",
                "campaign-sk-servisnyy-kontrakt-do-maya",
            ),
            (
                "Help line: yearly contract reminder",
                "help-line-yearly-contract-reminder",
            ),
        ] {
            assert_eq!(of_name(name), key, "{name}");
        }
        let long = of_name(&"слово ".repeat(40));
        assert!(long.len() <= LONGEST && long.ends_with("slovo"), "{long}");
        assert!(is_key(&of_name(&"ы".repeat(500))));
    }

    #[test]
    fn a_taken_key_gets_a_number() {
        let taken = ["a", "a-2"].map(str::to_owned).into();
        let mut numbers = BTreeMap::new();
        let mut unique = |key: &str| unique(key.to_owned(), &taken, &mut numbers);
        assert_eq!((unique("a"), unique("b")), ("a-3".to_owned(), "b".to_owned()));
    }
}
