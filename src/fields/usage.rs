//! How each setting is written, derived from its rows.

use super::{Choice, Dialect, Facts, Field, FieldSpec, Known, Setting, Slot, Written, fields_of};

/// How a setting is written, every form of it: `record #true trim-left="12s", or record #false`. What only the extended
/// dialect has is left out of a setting that both have: most accounts do not take it.
pub fn usage(setting: Setting) -> String {
    merged(forms_of(setting, least_dialect(setting))).join(", or ")
}

/// The properties of a setting that have an effect beside an argument, which is a choice or none.
pub fn properties_with(setting: Setting, word: Option<&'static str>) -> Vec<&'static FieldSpec> {
    let argument = fields_of(setting).find(|spec| spec.slot == Slot::Argument);
    let chosen = Chosen {
        argument: argument.map(|spec| spec.id),
        word,
    };
    fields_of(setting)
        .filter(|spec| spec.property().is_some() && spec.allowed.holds(&chosen) != Some(false))
        .collect()
}

/// The choices for the argument of a setting beside which all these properties have an effect.
pub fn choices_beside(setting: Setting, properties: &[Field]) -> Vec<&'static Choice> {
    let argument = fields_of(setting).find(|spec| spec.slot == Slot::Argument);
    let choices = argument.map(FieldSpec::choices).unwrap_or_default().iter();
    choices
        .filter(|choice| {
            let beside = properties_with(setting, Some(choice.written.word()));
            properties
                .iter()
                .all(|field| beside.iter().any(|spec| spec.id == *field))
        })
        .collect()
}

/// The dialect that a setting needs for anything at all.
pub fn least_dialect(setting: Setting) -> Dialect {
    fields_of(setting).map(|spec| spec.dialect).min().unwrap_or_default()
}

/// Every form of a setting by itself.
pub fn usages(setting: Setting) -> Vec<String> {
    merged(forms_of(setting, Dialect::Extended))
}

/// The forms as text, those that differ in one word as one.
fn merged(all: impl Iterator<Item = Form>) -> Vec<String> {
    let mut forms: Vec<Form> = Vec::new();
    for form in all {
        match forms.iter_mut().find(|known| known.takes_word_like(&form)) {
            Some(known) => known.words.extend(form.words),
            None => forms.push(form),
        }
    }
    forms.iter().map(Form::source).collect()
}

/// The one form of a setting that has this word for its argument: `caller-id "number" id="UUID or alias"`. Every form,
/// where the word is none of its choices.
pub fn usage_with(setting: Setting, word: &str) -> String {
    forms_of(setting, least_dialect(setting))
        .find(|form| form.choice == Some(word))
        .map_or_else(|| usage(setting), |form| form.source())
}

/// One way to write a setting.
struct Form {
    setting: Setting,
    /// The choice that its argument says, where it says one.
    choice: Option<&'static str>,
    /// What may stand for the argument; nothing where the rest implies it.
    words: Vec<String>,
    /// The properties and the block that have an effect beside that argument.
    rest: String,
}

impl Form {
    fn takes_word_like(&self, other: &Self) -> bool {
        !self.words.is_empty() && !other.words.is_empty() && self.rest == other.rest
    }

    fn source(&self) -> String {
        let Self {
            setting, words, rest, ..
        } = self;
        let argument = if words.is_empty() {
            String::new()
        } else {
            format!(" {}", words.join("|"))
        };
        format!("{}{argument}{rest}", setting.spec().name)
    }
}

/// A form for each choice of the argument; a single one where it is no choice.
fn forms_of(setting: Setting, dialect: Dialect) -> impl Iterator<Item = Form> {
    let argument = fields_of(setting).find(|spec| spec.slot == Slot::Argument);
    let choices: Vec<Option<&'static Choice>> = match argument.map(FieldSpec::choices) {
        None | Some([]) => vec![None],
        Some(choices) => choices.iter().map(Some).collect(),
    };
    choices.into_iter().map(move |choice| {
        let words = match choice {
            Some(choice) if choice.written == Written::Implied => Vec::new(),
            Some(choice) => vec![choice.written.source()],
            None => argument
                .map(|spec| spec.kind.placeholder(setting))
                .into_iter()
                .collect(),
        };
        let chosen = Chosen {
            argument: argument.map(|spec| spec.id),
            word: choice.map(|choice| choice.written.word()),
        };
        Form {
            setting,
            choice: chosen.word,
            words,
            rest: rest(setting, &chosen, dialect),
        }
    })
}

fn rest(setting: Setting, chosen: &Chosen, dialect: Dialect) -> String {
    let mut out = String::new();
    let spoken = fields_of(setting).filter(|spec| spec.dialect <= dialect);
    for spec in spoken.filter(|spec| spec.allowed.holds(chosen) != Some(false)) {
        match spec.slot {
            Slot::Property(name) => out.push_str(&format!(" {name}={}", spec.kind.placeholder(setting))),
            Slot::Child(name) => out.push_str(&format!(" {{ {name} {} … }}", spec.kind.placeholder(setting))),
            Slot::Argument | Slot::Constant => {}
        }
    }
    if setting.has_settings() && chosen.word != Some(Written::False.word()) {
        out.push_str(" { … }");
    }
    out
}

/// A node of which only the argument is known.
struct Chosen {
    argument: Option<Field>,
    word: Option<&'static str>,
}

impl Facts for Chosen {
    fn field(&self, field: Field) -> Known<'_> {
        match self.word {
            Some(word) if self.argument == Some(field) => Known::Is(word),
            _ => Known::Unknown,
        }
    }

    fn stands(&self, _: Setting) -> Option<bool> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_told_and_no_property_beside_a_word_that_forbids_it() {
        for (setting, expected) in [
            (Setting::Pace, r#"pace "3/s""#),
            (Setting::Busy, r#"busy after="20m" times=3, or busy #false"#),
            (Setting::Redial, "redial { … }, or redial #false"),
            (Setting::Record, r#"record #true trim-left="12s", or record #false"#),
            (
                Setting::CallerId,
                r#"caller-id "default", or caller-id "number"|"pool" id="UUID or alias""#,
            ),
        ] {
            assert_eq!(usage(setting), expected);
        }
    }

    #[test]
    fn a_known_word_leaves_one_form() {
        assert_eq!(
            usage_with(Setting::CallerId, "number"),
            r#"caller-id "number" id="UUID or alias""#
        );
        assert_eq!(usage_with(Setting::Busy, "on"), r#"busy after="20m" times=3"#);
        assert_eq!(usage_with(Setting::Pace, "fast"), usage(Setting::Pace));
    }
}
