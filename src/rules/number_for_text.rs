//! DF055: a phone number or code that KDL reads as a number.

use crate::fields::{AliasKind, Kind};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF055",
    name: "number-for-text",
    group: RuleGroup::DubiousKdl,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Digits without quotes where a text belongs.",
    why: "KDL reads them as a number: the plus and leading zeros are lost, and another name or number than the one written would be sent.",
    about: |field| matches!(field.kind, Kind::Text | Kind::Comment | Kind::Id(_)),
    bad: "name 007",
    good: r#"name "007""#,
};

/// A number in the place of a text.
pub struct NumberForText<'a> {
    /// The field.
    pub path: &'a str,
    /// The number as it was written.
    pub written: &'a str,
    /// What the UUID stands for that belongs here, where the field takes one.
    pub id_of: Option<AliasKind>,
}

impl Violation for NumberForText<'_> {
    fn message(&self) -> String {
        match self.id_of {
            Some(kind) => not_an_id(self.written, self.path, kind),
            None => format!(
                "`{}` is read as a number, and `{}` takes a text",
                self.written, self.path
            ),
        }
    }

    fn label(&self) -> String {
        match self.id_of {
            Some(_) => "its id belongs here".to_owned(),
            None => "put it in quotes".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self.id_of {
            Some(kind) => where_the_id_is(kind),
            None => format!("write \"{}\"", self.written),
        })
    }
}

/// Whether a text is a number as people write it: a telephone number, or a number of another system.
pub(crate) fn is_number(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' ' | '.');
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(is_part)
}

/// What is wrong with digits in the place of an id.
pub(super) fn not_an_id(written: &str, path: &str, kind: AliasKind) -> String {
    format!("`{written}` is not the id of a {}, which `{path}` takes", kind.word())
}

/// Where people find the id that belongs in the place of digits.
pub(super) fn where_the_id_is(kind: AliasKind) -> String {
    const EXAMPLE: &str = "228cc4fa-92f2-4709-94e3-7344a96a5903";
    let word = kind.word().split(" or ").next().unwrap_or_default();
    let not_the_number = match kind {
        AliasKind::Number | AliasKind::NumberOrPool => ", not the telephone number itself",
        _ => "",
    };
    format!(
        "write the id that the vendor's page shows for the {word}, a UUID such as \"{EXAMPLE}\"{not_the_number}; an alias gives it a name: aliases {{ {word} main=\"{EXAMPLE}\" }}"
    )
}
