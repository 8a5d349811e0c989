//! The groups that the codes of rules make: data, for the documentation and for whoever turns a whole group.

use crate::finding::Rule;

/// Rules whose codes are neighbours.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The number of its first code, and of the last that it may ever have.
    codes: (u16, u16),
    /// What is written in `lint { … }` and behind `dialform rule` to mean all of its rules.
    pub selectors: &'static [&'static str],
    /// What its rules are about, as a heading.
    pub title: &'static str,
    /// Whether a comment can ask not to be told of what they find.
    pub can_be_ignored: bool,
}

const fn group(codes: (u16, u16), selectors: &'static [&'static str], title: &'static str) -> Group {
    Group {
        codes,
        selectors,
        title,
        can_be_ignored: true,
    }
}

/// Every group, in the order of the codes. No code changes its group.
pub static GROUPS: [Group; 11] = [
    group(
        (1, 49),
        &["DF00", "DF01", "DF02", "DF03", "DF04"],
        "The text is not KDL 2.0",
    ),
    group(
        (50, 89),
        &["DF05", "DF06", "DF07", "DF08"],
        "The text is KDL 2.0, but hardly means what it says",
    ),
    group((90, 99), &["DF09"], "Limits on files"),
    group((100, 199), &["DF1"], "Structure and values"),
    group((200, 299), &["DF2"], "Conditions and dialect"),
    group((300, 399), &["DF3"], "Names and references"),
    group((400, 499), &["DF4"], "Schedule"),
    group((500, 599), &["DF5"], "Redial"),
    group((600, 699), &["DF6"], "Security"),
    group((700, 799), &["DF7"], "Compliance"),
    Group {
        can_be_ignored: false,
        ..group((900, 999), &["DF9"], "Suppressions")
    },
];

impl Group {
    /// The group of a rule; none for a code that no group was made for.
    pub fn of(rule: &Rule) -> Option<&'static Self> {
        let number: u16 = rule.code.strip_prefix("DF")?.parse().ok()?;
        GROUPS.iter().find(|group| group.has(number))
    }

    /// The rules of this group, by code.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        super::RULES.iter().copied().filter(|rule| {
            let number = rule.code.strip_prefix("DF").and_then(|digits| digits.parse().ok());
            number.is_some_and(|number| self.has(number))
        })
    }

    /// Those selectors that mean any rule at all.
    pub fn selectors(&self) -> impl Iterator<Item = &'static str> {
        let used = |selector: &&str| super::selects_any(selector);
        self.selectors.iter().copied().filter(used)
    }

    const fn has(&self, number: u16) -> bool {
        self.codes.0 <= number && number <= self.codes.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RULES, selects};

    #[test]
    fn every_rule_is_in_one_group_and_its_selectors_mean_the_group_and_nothing_else() {
        for rule in RULES {
            let groups = GROUPS
                .iter()
                .filter(|group| group.rules().any(|own| own.code == rule.code));
            assert_eq!(groups.count(), 1, "{}", rule.code);
            let group = Group::of(rule).unwrap();
            for other in &GROUPS {
                let is_selected = other.selectors.iter().any(|selector| selects(selector, rule));
                assert_eq!(is_selected, other.title == group.title, "{} {}", rule.code, other.title);
            }
        }
    }
}
