//! DF204: a field that the account's dialect does not have.

use super::Context;
use crate::fields::Dialect;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{CampaignEntry, Definition, ExtendedUse};

pub(crate) static RULE: Rule = Rule {
    code: "DF204",
    name: "wrong-dialect",
    group: RuleGroup::Conditions,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
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
    fn message(&self) -> String {
        format!(
            "`{}` is only in the extended dialect, and this project speaks classic",
            self.path
        )
    }

    fn label(&self) -> String {
        format!("the classic method has no `{}`", self.wire)
    }

    fn help(&self) -> Option<String> {
        Some("if the account has the newer method, write `dialect \"extended\"` in `project`".to_owned())
    }
}

/// Checks every field as written, unless the project's dialect could not be read.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    if project.known_dialect() != Some(Dialect::Classic) {
        return;
    }
    let campaigns = project.campaigns().flat_map(CampaignEntry::extended_uses);
    let templates = project.templates().flat_map(Definition::extended_uses);
    for ExtendedUse { field, place } in campaigns.chain(templates) {
        let spec = field.spec();
        sink.report(
            place,
            &WrongDialect {
                path: &spec.path(),
                wire: spec.wire_name(),
            },
        );
    }
}
