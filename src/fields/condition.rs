//! Conditions as data: when a field is required, when it has an effect.

use super::{Field, Setting, Written};

/// A statement about a campaign. Data, never a closure, so that every reader can fold over it: the rules, the JSON Schema, the documentation.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    /// Holds for every campaign.
    Always,
    /// Holds for none.
    Never,
    /// The field has one of these values, in the language's words (`"channel"`, `"#true"`, `"on"`).
    Is(Field, &'static [&'static str]),
    /// The setting stands in the campaign or its templates.
    Stands(Setting),
    /// All of them hold.
    All(&'static [Condition]),
    /// At least one holds.
    Any(&'static [Condition]),
    /// It does not hold.
    Not(&'static Condition),
}

/// What is known of a field or setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    /// It is not set.
    Absent,
    /// It is set, but could not be read, which was reported already.
    Unknown,
    /// It has this value, in the language's words; empty for values that are no choice.
    Is(&'a str),
}

/// What conditions need to know of a campaign.
pub trait Facts {
    /// The value of a field.
    fn field(&self, field: Field) -> Known<'_>;
    /// Whether a setting stands; `None` where that is not known.
    fn stands(&self, setting: Setting) -> Option<bool>;
}

impl Condition {
    /// Yes, no, or unknown because a value that it depends on could not be read. On unknown every rule stays silent, so that
    /// one mistake gives one finding.
    pub fn holds(&self, facts: &impl Facts) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::Is(field, words) => match facts.field(*field) {
                Known::Absent => Some(false),
                Known::Unknown => None,
                Known::Is(word) => Some(words.contains(&word)),
            },
            Self::Stands(setting) => facts.stands(*setting),
            Self::All(parts) => fold(parts, facts, false),
            Self::Any(parts) => fold(parts, facts, true),
            Self::Not(part) => part.holds(facts).map(|holds| !holds),
        }
    }

    /// The condition as people read it: `record #true`, `redial` switched on.
    pub fn in_words(&self) -> String {
        let list = |parts: &[Condition], joint: &str| parts.iter().map(Self::in_words).collect::<Vec<_>>().join(joint);
        match self {
            Self::Always => "any campaign".to_owned(),
            Self::Never => "no campaign".to_owned(),
            Self::Is(field, words) => {
                let spec = field.spec();
                let name = spec.setting.path();
                let values = spec
                    .choices()
                    .iter()
                    .filter(|choice| words.contains(&choice.written.word()));
                let values: Vec<String> = values
                    .map(|choice| match choice.written {
                        Written::Implied => format!("`{name}` switched on"),
                        written => format!("`{name} {}`", written.source()),
                    })
                    .collect();
                values.join(" or ")
            }
            Self::Stands(setting) => format!("`{}`", setting.path()),
            Self::All(parts) => list(parts, " and "),
            Self::Any(parts) => list(parts, " or "),
            Self::Not(part) => format!("anything but {}", part.in_words()),
        }
    }
}

/// Three-valued any (`decisive` true) or all (`decisive` false).
fn fold(parts: &[Condition], facts: &impl Facts, decisive: bool) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part.holds(facts) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(!decisive) }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;
    impl Facts for Nothing {
        fn field(&self, field: Field) -> Known<'_> {
            if field == Field::Record {
                Known::Unknown
            } else {
                Known::Absent
            }
        }
        fn stands(&self, _: Setting) -> Option<bool> {
            Some(false)
        }
    }

    #[test]
    fn unknown_is_neither_yes_nor_no() {
        const UNKNOWN: Condition = Condition::Is(Field::Record, &["#true"]);
        assert_eq!(UNKNOWN.holds(&Nothing), None);
        assert_eq!(Condition::Not(&UNKNOWN).holds(&Nothing), None);
        assert_eq!(
            Condition::Any(&[UNKNOWN, Condition::Always]).holds(&Nothing),
            Some(true)
        );
        assert_eq!(Condition::Any(&[UNKNOWN, Condition::Never]).holds(&Nothing), None);
        assert_eq!(
            Condition::All(&[UNKNOWN, Condition::Never]).holds(&Nothing),
            Some(false)
        );
    }
}
