//! Conditions that the compiler has looked at: in nearly every campaign all that is set has an effect, and nothing that must
//! be set is missing, for plain reasons, which are seen for all fields at once and without comparing words.

use super::rows::FIELDS;
use super::{Condition, Field, FieldSet, Kind, Setting, SettingSet, Slot};

/// Some choices of a field, as a bit for the index of each.
#[derive(Clone, Copy, Debug)]
pub struct OneOf {
    /// The field.
    pub field: Field,
    choices: u64,
    words: &'static [&'static str],
}

impl OneOf {
    /// The choices of a field that have one of these words.
    pub const fn new(field: Field, words: &'static [&'static str]) -> Self {
        let mut choices = 0;
        if let Kind::Choice(known) | Kind::Choices(known) = FIELDS[field as usize].kind {
            let mut index = 0;
            while index < known.len() {
                let mut word = 0;
                while word < words.len() {
                    if is_same(known[index].written.word(), words[word]) {
                        choices |= 1 << index;
                    }
                    word += 1;
                }
                index += 1;
            }
        }
        Self { field, choices, words }
    }

    /// Whether the choice of this index is one of them.
    #[inline]
    pub const fn has(self, index: u8) -> bool {
        self.choices >> index & 1 == 1
    }

    /// That the field is set to one of them.
    pub const fn condition(self) -> Condition {
        Condition::Is(self.field, self.words)
    }
}

/// [`crate::util::suggest::is_same`], for the compiler.
const fn is_same(word: &str, other: &str) -> bool {
    let (word, other) = (word.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < word.len() && at < other.len() && word[at] == other[at] {
        at += 1;
    }
    at == word.len() && at == other.len()
}

/// What hangs on one fact.
#[derive(Clone, Copy)]
struct Bond {
    fact: Fact,
    /// The fields that have no effect without it.
    allowed: FieldSet,
    /// The properties that must be written with it.
    required: FieldSet,
}

#[derive(Clone, Copy)]
enum Fact {
    /// A field, of this setting, is set to one of some choices.
    Is(OneOf, Setting),
    /// The setting stands.
    Stands(Setting),
}

impl Fact {
    const fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Is(one, _), Self::Is(other, _)) => {
                one.field as u8 == other.field as u8 && one.choices == other.choices
            }
            (Self::Stands(one), Self::Stands(other)) => one as u8 == other as u8,
            _ => false,
        }
    }
}

/// Every bond of the table, and as many more as there are fields.
const ALL: ([Bond; FIELDS.len()], usize) = {
    let none = Bond {
        fact: Fact::Stands(Setting::Name),
        allowed: FieldSet::EMPTY,
        required: FieldSet::EMPTY,
    };
    let mut bonds = ([none; FIELDS.len()], 0);
    let mut row = 0;
    while row < FIELDS.len() {
        let spec = &FIELDS[row];
        if let Some(fact) = fact_of(spec.allowed) {
            let bond = bond_of(fact, &mut bonds);
            bond.allowed = bond.allowed.with(spec.id);
        }
        if !matches!(spec.slot, Slot::Argument | Slot::Constant) && !matches!(spec.required, Condition::Never) {
            let Some(fact) = fact_of(spec.required) else {
                panic!("the table requires a property in a way that is not looked at here");
            };
            let bond = bond_of(fact, &mut bonds);
            bond.required = bond.required.with(spec.id);
        }
        row += 1;
    }
    bonds
};

static BONDS: [Bond; ALL.1] = {
    let mut bonds = [ALL.0[0]; ALL.1];
    let mut at = 0;
    while at < bonds.len() {
        bonds[at] = ALL.0[at];
        at += 1;
    }
    bonds
};

const fn fact_of(condition: Condition) -> Option<Fact> {
    match condition {
        Condition::Is(field, words) => Some(Fact::Is(OneOf::new(field, words), FIELDS[field as usize].setting)),
        Condition::Stands(setting) => Some(Fact::Stands(setting)),
        _ => None,
    }
}

/// What hangs on a fact, as far as it is known, or a new bond.
const fn bond_of(fact: Fact, (bonds, count): &mut ([Bond; FIELDS.len()], usize)) -> &mut Bond {
    let mut at = 0;
    while at < *count && !bonds[at].fact.is(fact) {
        at += 1;
    }
    if at == *count {
        bonds[at].fact = fact;
        *count += 1;
    }
    &mut bonds[at]
}

/// The fields that always have an effect.
const ALWAYS_ALLOWED: FieldSet = {
    let mut fields = FieldSet::EMPTY;
    let mut row = 0;
    while row < FIELDS.len() {
        if matches!(FIELDS[row].allowed, Condition::Always) {
            fields = fields.with(FIELDS[row].id);
        }
        row += 1;
    }
    fields
};

/// What one campaign or template says by itself, as far as it is seen at a glance.
pub trait Glance {
    /// The fields that are set.
    fn fields(&self) -> FieldSet;
    /// The settings that stand.
    fn standing(&self) -> SettingSet;
    /// The index of the choice that a field is set to, where it is and could be read.
    fn choice(&self, field: Field) -> Option<u8>;
}

/// Whether all that is set has an effect for plain reasons. Otherwise each field's condition has to be asked.
pub fn all_has_an_effect(said: &impl Glance) -> bool {
    let mut doubtful = said.fields().without(ALWAYS_ALLOWED);
    for bond in &BONDS {
        let holds = match bond.fact {
            Fact::Is(wanted, _) => said.choice(wanted.field).is_some_and(|choice| wanted.has(choice)),
            Fact::Stands(setting) => said.standing().contains(setting),
        };
        if holds {
            doubtful = doubtful.without(bond.allowed);
        }
    }
    doubtful.is_empty()
}

/// Whether no property is missing, for plain reasons. Otherwise each node has to be asked.
pub fn nothing_is_missing(said: &impl Glance) -> bool {
    let (fields, standing) = (said.fields(), said.standing());
    BONDS.iter().all(|bond| {
        let may_hold = match bond.fact {
            Fact::Is(wanted, setting) => match said.choice(wanted.field) {
                Some(choice) => wanted.has(choice),
                None => standing.contains(setting),
            },
            Fact::Stands(setting) => standing.contains(setting),
        };
        !may_hold || bond.required.without(fields).is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{Facts, Known, SETTINGS};

    /// One setting stands, with one field that is set to a choice, and others that are set to something.
    struct One {
        field: Field,
        choice: u8,
        others: FieldSet,
    }

    impl Glance for One {
        fn fields(&self) -> FieldSet {
            self.others.with(self.field)
        }

        fn standing(&self) -> SettingSet {
            SettingSet::EMPTY.with(self.field.spec().setting)
        }

        fn choice(&self, field: Field) -> Option<u8> {
            (field == self.field).then_some(self.choice)
        }
    }

    impl Facts for One {
        fn field(&self, field: Field) -> Known<'_> {
            match field == self.field {
                true => Known::Is(field.spec().choices()[usize::from(self.choice)].written.word()),
                false => Known::Absent,
            }
        }

        fn stands(&self, setting: Setting) -> Option<bool> {
            Some(self.standing().contains(setting))
        }
    }

    fn each_choice() -> impl Iterator<Item = (Field, u8)> {
        let choices =
            |row: &'static crate::fields::FieldSpec| (0..).zip(row.choices()).map(|(index, _)| (row.id, index));
        FIELDS.iter().flat_map(choices)
    }

    #[test]
    fn what_has_an_effect_plainly_has_one_by_its_condition() {
        let mut plain = 0;
        for (field, choice) in each_choice().filter(|(field, _)| matches!(field.spec().allowed, Condition::Always)) {
            for other in FIELDS {
                let said = One {
                    field,
                    choice,
                    others: FieldSet::EMPTY.with(other.id),
                };
                let is_plain = all_has_an_effect(&said);
                assert_eq!(
                    is_plain,
                    other.allowed.holds(&said) == Some(true),
                    "{} beside {}",
                    other.path(),
                    field.spec().path()
                );
                plain += usize::from(is_plain && !matches!(other.allowed, Condition::Always));
            }
        }
        assert!(plain > 10, "{plain}");
    }

    #[test]
    fn nothing_is_missing_plainly_where_the_conditions_ask_for_nothing() {
        let mut asked = 0;
        for (field, choice) in each_choice() {
            let own = FIELDS.iter().filter(|row| row.setting == field.spec().setting);
            let own = own.filter(|row| !matches!(row.slot, Slot::Argument | Slot::Constant));
            let said = One {
                field,
                choice,
                others: FieldSet::EMPTY,
            };
            let missing = own.filter(|row| row.id != field && row.required.holds(&said) == Some(true));
            let missing: FieldSet = missing.map(|row| row.id).collect();
            assert_eq!(nothing_is_missing(&said), missing.is_empty(), "{}", field.spec().path());
            assert!(
                nothing_is_missing(&One {
                    others: missing,
                    ..said
                }),
                "{}",
                field.spec().path()
            );
            asked += missing.iter().count();
        }
        assert!(asked > 10, "{asked}");
    }

    /// A second node of its setting could lack what the first one has.
    #[test]
    fn what_may_stand_several_times_has_no_property_that_must_be_written() {
        for bond in &BONDS {
            for field in bond.required.iter() {
                assert!(!field.spec().setting.spec().repeats, "{}", field.spec().path());
                if let Fact::Is(_, setting) = bond.fact {
                    assert_eq!(setting, field.spec().setting, "{}", field.spec().path());
                }
            }
        }
        assert!(SETTINGS.iter().any(|setting| setting.repeats));
    }
}
