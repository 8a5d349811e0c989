//! DF115: an id that is no UUID.

use super::number_for_text::{is_number, where_the_id_is};
use crate::fields::{AliasKind, Kind};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF115",
    name: "bad-id",
    group: RuleGroup::Values,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Safely,
    summary: "Something like a UUID that is none.",
    why: "The API knows everything by its UUID; a slip in one is another scenario, channel or number, or none: people would hear the wrong bot or see the wrong number.",
    about: |field| matches!(field.kind, Kind::Id(_)),
    bad: r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a590""#,
    good: r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a5903""#,
};

/// A text that is no UUID.
pub struct InvalidId<'a> {
    /// The field.
    pub path: &'a str,
    /// The text.
    pub written: &'a str,
    /// The kind of alias whose value it is: there another alias is no value.
    pub alias: Option<AliasKind>,
}

impl Violation for InvalidId<'_> {
    fn message(&self) -> String {
        format!("`{}` is not a UUID", self.written)
    }

    fn label(&self) -> String {
        match self.written.chars().filter(char::is_ascii_hexdigit).count() {
            32 => "its dashes or brackets are misplaced".to_owned(),
            digits @ 20.. => format!("has {digits} hexadecimal digits, a UUID has 32"),
            _ => "a UUID belongs here".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        let takes = match self.alias {
            Some(kind) if is_number(self.written) => return Some(where_the_id_is(kind)),
            Some(kind) => format!("a {} alias stands for a UUID", kind.word()),
            None => format!("`{}` takes a UUID, or the name of an alias", self.path),
        };
        Some(format!(
            "{takes}, as the vendor's pages show it: \"228cc4fa-92f2-4709-94e3-7344a96a5903\""
        ))
    }
}
