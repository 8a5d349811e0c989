//! DF094: a chain of templates that is too long.

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::{MAX_TEMPLATES, Owner, Project};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF094",
    name: "too-many-templates",
    severity: Severity::Error,
    summary: "A campaign takes settings from at most 64 templates, each of which takes some from the next.",
    why: "Whoever wants to know how a campaign calls people has to read every template behind it.",
    about: |_| false,
    bad: "",
    good: "",
};

/// A chain that is one template too long.
pub struct TooManyTemplates;

impl Violation for TooManyTemplates {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("more than {MAX_TEMPLATES} templates stand one behind the other here")
    }

    fn label(&self) -> String {
        "not followed to the end".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("state the settings in fewer templates".to_owned())
    }
}

/// Reports each campaign or template whose chain is one too long. What takes settings from it has the same mistake.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    for owner in project.campaigns().chain(project.templates()) {
        if let Some(name) = owner.template.as_ref().filter(|_| is_one_too_long(project, owner)) {
            sink.report(name.place, &TooManyTemplates);
        }
    }
}

/// Whether a chain ends one template behind the limit.
fn is_one_too_long(project: &Project<'_>, owner: &Owner) -> bool {
    let next = |owner: &&Owner| project.template(&owner.template.as_ref()?.value);
    let chain = std::iter::successors(next(&owner), |owner| next(owner));
    chain.take(MAX_TEMPLATES + 2).count() == MAX_TEMPLATES + 1
}
