//! Which rules' findings `lint --fix` can mend. A test holds it in step with what is found.

use crate::finding::Rule;

/// How far the findings of a rule can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixable {
    /// Not at all: nobody knows what was meant.
    Never,
    /// Some of them, by `--unsafe-fixes`.
    Likely,
    /// Some of them for certain, by `--fix`.
    Safely,
}

/// Rules of which some findings are mended by `--fix`.
const SAFELY: &[&str] = &[
    "DF010", "DF011", "DF012", "DF014", "DF015", "DF022", "DF023", "DF050", "DF051", "DF052", "DF053", "DF054",
    "DF055", "DF056", "DF101", "DF103", "DF104", "DF106", "DF108", "DF109", "DF110", "DF111", "DF112", "DF113",
    "DF114", "DF115", "DF901",
];

/// Rules of which some findings are mended by `--unsafe-fixes` only.
const LIKELY: &[&str] = &[
    "DF004", "DF005", "DF006", "DF008", "DF009", "DF017", "DF018", "DF019", "DF024", "DF118", "DF125", "DF201",
    "DF301", "DF303", "DF307", "DF904", "DF905",
];

/// Whether findings of a rule can be mended. Some of each rule cannot: where it is not certain what was meant, or where
/// mending would leave something else.
pub fn fixable(rule: &Rule) -> Fixable {
    if SAFELY.contains(&rule.code) {
        Fixable::Safely
    } else if LIKELY.contains(&rule.code) {
        Fixable::Likely
    } else {
        Fixable::Never
    }
}
