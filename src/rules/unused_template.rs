//! DF310: a template that nothing uses.

use super::Context;
use crate::finding::{Rule, Severity, Sink, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF310",
    name: "unused-template",
    severity: Severity::Warning,
    summary: "A template that no campaign or template names.",
    why: "It is left over, or a campaign forgot its `template=`.",
    bad: r#"template "weekday" {}"#,
    good: r#"template "weekday" {}
campaign "a" template="weekday" {}"#,
};

/// A template nobody names.
pub struct UnusedTemplate<'a> {
    /// The name.
    pub name: &'a str,
}

impl Violation for UnusedTemplate<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("the template `{}` is not used", self.name)
    }

    fn label(&self) -> String {
        "never used".to_owned()
    }

    fn help(&self) -> Option<String> {
        None
    }
}

/// Checks each template.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.project.incomplete {
        return;
    }
    let owners = || context.project.campaigns().chain(context.project.templates());
    // A `template=` that could not be read, or is misspelt, may mean any of them.
    let is_doubtful = owners().any(|owner| match &owner.template {
        Some(name) => context.project.template(&name.value).is_none(),
        None => owner.incomplete,
    });
    if is_doubtful {
        return;
    }
    for template in context.project.templates() {
        let Some(name) = &template.name else { continue };
        if !owners().any(|owner| owner.template.as_ref().is_some_and(|used| used.value == name.value)) {
            sink.report(name.place, &UnusedTemplate { name: &name.value });
        }
    }
}
