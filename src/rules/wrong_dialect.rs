//! DF204: a field that the account's dialect does not have.

use super::Frame;
use crate::fields::{Dialect, Slot};
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::Definition;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF204",
    name: "wrong-dialect",
    severity: Severity::Error,
    summary: "A setting of the extended dialect in a classic project.",
    why: "The classic method does not know the field: it would be refused, or dropped in silence, and limits that everybody relies on would not hold.",
    about: |field| field.dialect == Dialect::Extended,
    bad: r#"lifetime "2d""#,
    good: r#"project {
    dialect "extended"
}
template "two-days" {
    lifetime "2d"
}
campaign "a" template="two-days" {}"#,
};

/// A field of the other dialect.
pub struct WrongDialect<'a> {
    /// The field.
    pub path: &'a str,
    /// The API's field.
    pub wire: &'a str,
}

impl Violation for WrongDialect<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("`{}` is only in the extended dialect, and this project speaks classic", self.path)
    }

    fn label(&self) -> String {
        format!("the classic method has no `{}`", self.wire)
    }

    fn help(&self) -> Option<String> {
        Some("if the account has the newer method, write `dialect \"extended\"` in `project`".to_owned())
    }
}

/// Checks every field as written.
pub(super) fn check(frame: &Frame, owner: &Definition, sink: &mut Sink) {
    if frame.known_dialect != Some(Dialect::Classic) || owner.stated.dialect() == Dialect::Classic {
        return;
    }
    for stated in owner.stated.iter() {
        let Some(value) = stated.values().find(|value| value.field.spec().dialect == Dialect::Extended) else {
            continue;
        };
        let spec = value.field.spec();
        let place = if spec.slot == Slot::Argument { stated.name } else { value.entry };
        sink.report(place, &WrongDialect { path: &spec.path(), wire: spec.wire_name() });
    }
}
