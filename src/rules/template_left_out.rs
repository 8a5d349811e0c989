//! DF319: a template that an environment leaves out, and a campaign that uses it there.

use super::Context;
use super::words::in_environments;
use crate::fields::Field;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{CampaignEntry, Spanned};

pub(crate) static RULE: Rule = Rule {
    code: "DF319",
    name: "template-left-out",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A template whose `only` leaves it out of an environment in which something takes settings from it.",
    why: "Everything that the campaign should inherit is missing there: its hours, its caller id, its limits on calls.",
    about: |field| field.id == Field::Only,
    bad: r#"environment "staging"
environment "production"
template "weekday" { only "production"; }
campaign "a" template="weekday" {}"#,
    good: r#"environment "staging"
environment "production"
template "weekday" { only "staging" "production"; record #false; }
campaign "a" template="weekday" {}"#,
};

/// A template that is left out.
pub struct TemplateLeftOut<'a> {
    /// The template.
    pub template: &'a str,
    /// Where it is left out, and what uses it is not.
    pub environments: Vec<&'a str>,
}

impl Violation for TemplateLeftOut<'_> {
    fn message(&self) -> String {
        format!(
            "the template `{}` is left out {}, where this uses it",
            self.template,
            in_environments(&self.environments)
        )
    }

    fn label(&self) -> String {
        "not everywhere".to_owned()
    }

    fn help(&self) -> Option<String> {
        let names: Vec<String> = self.environments.iter().map(|name| format!("\"{name}\"")).collect();
        Some(format!(
            "add {} to the template's `only`, or say `only` here as well",
            names.join(" and ")
        ))
    }
}

/// Checks each `template=`, whether it is of a campaign or of a template.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let environments: Vec<&str> = project.environments().map(|known| &*known.name.value).collect();
    if environments.is_empty() {
        return;
    }
    let is_in = |only: &[Spanned<Box<str>>], name: &str| only.is_empty() || only.iter().any(|one| *one.value == *name);
    let inheriting = project.campaigns().filter_map(CampaignEntry::inheriting);
    for definition in inheriting.chain(project.templates()) {
        let Some(used) = &definition.template else { continue };
        let Some(template) = project.template(&used.value) else {
            continue;
        };
        let of_template = template.only();
        let Some(first) = of_template.first() else { continue };
        let own = definition.only();
        let left_out = environments.iter().copied();
        let left_out: Vec<&str> = left_out
            .filter(|name| is_in(&own, name) && !is_in(&of_template, name))
            .collect();
        if left_out.is_empty() {
            continue;
        }
        let violation = TemplateLeftOut {
            template: &used.value,
            environments: left_out,
        };
        sink.report(used.place, &violation)
            .label(first.place, "the environments of the template");
    }
}
