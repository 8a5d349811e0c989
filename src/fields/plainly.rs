//! Conditions that the compiler has looked at: nearly every value of every campaign has an effect for one plain reason, which
//! is seen without comparing words.

use super::rows::FIELDS;
use super::{Condition, Field, FieldSpec, Kind};

/// Why setting a field has an effect.
#[derive(Clone, Copy)]
enum Reason {
    /// It always has.
    Always,
    /// Another field is set to one of some choices: a bit for the index of each.
    Is(Field, u64),
    /// Anything else.
    Other,
}

/// By field.
static REASONS: [Reason; FIELDS.len()] = {
    let mut reasons = [Reason::Other; FIELDS.len()];
    let mut row = 0;
    while row < FIELDS.len() {
        reasons[row] = match FIELDS[row].allowed {
            Condition::Always => Reason::Always,
            Condition::Is(field, words) => Reason::Is(field, choices_of(field, words)),
            _ => Reason::Other,
        };
        row += 1;
    }
    reasons
};

/// The choices of a field that have one of these words.
const fn choices_of(field: Field, words: &[&str]) -> u64 {
    let (Kind::Choice(choices) | Kind::Choices(choices)) = FIELDS[field as usize].kind else {
        return 0;
    };
    let (mut set, mut index) = (0, 0);
    while index < choices.len() {
        let mut word = 0;
        while word < words.len() {
            if is_same(choices[index].written.word(), words[word]) {
                set |= 1 << index;
            }
            word += 1;
        }
        index += 1;
    }
    set
}

const fn is_same(word: &str, other: &str) -> bool {
    let (word, other) = (word.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < word.len() && at < other.len() && word[at] == other[at] {
        at += 1;
    }
    at == word.len() && at == other.len()
}

impl FieldSpec {
    /// Whether setting it has an effect for a plain reason; otherwise [`FieldSpec::allowed`] has to be asked. `choice` gives
    /// the index of the choice that another field is set to.
    pub fn is_plainly_allowed(&self, choice: impl FnOnce(Field) -> Option<u8>) -> bool {
        match REASONS[self.id as usize] {
            Reason::Always => true,
            Reason::Is(field, choices) => choice(field).is_some_and(|index| choices >> index & 1 == 1),
            Reason::Other => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{Facts, Known, Setting};

    /// One field is set to a word.
    struct One(Field, &'static str);

    impl Facts for One {
        fn field(&self, field: Field) -> Known<'_> {
            if field == self.0 {
                Known::Is(self.1)
            } else {
                Known::Absent
            }
        }

        fn stands(&self, _: Setting) -> Option<bool> {
            None
        }
    }

    #[test]
    fn a_plain_reason_is_what_the_condition_says() {
        let mut plain = 0;
        for spec in FIELDS {
            if let Condition::Is(field, _) = spec.allowed {
                plain += 1;
                for (index, choice) in field.spec().choices().iter().enumerate() {
                    let index = u8::try_from(index).ok();
                    let holds = spec.allowed.holds(&One(field, choice.written.word()));
                    let is_plain = spec.is_plainly_allowed(|asked| index.filter(|_| asked == field));
                    assert_eq!(Some(is_plain), holds, "{}", spec.path());
                }
                assert!(!spec.is_plainly_allowed(|_| None));
                assert!(field.spec().choices().len() <= 64, "{}", spec.path());
            } else {
                let is_always = matches!(spec.allowed, Condition::Always);
                assert_eq!(spec.is_plainly_allowed(|_| Some(0)), is_always, "{}", spec.path());
            }
        }
        assert!(plain > 10, "{plain}");
    }
}
