//! DF310: a template that nothing uses.

use std::collections::BTreeSet;

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF310",
    name: "unused-template",
    group: RuleGroup::Names,
    phase: Phase::Unused,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A template that no campaign or template names.",
    why: "It is left over, or a campaign forgot its `template=`.",
    about: |_| false,
    bad: r#"template "weekday" {}"#,
    good: r#"template "weekday" {}
campaign "a" template="weekday" {}"#,
};

/// A template that nothing uses.
pub struct UnusedTemplate<'a> {
    /// The name.
    pub name: &'a str,
}

impl Violation for UnusedTemplate<'_> {
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

/// Checks each template of a project without errors.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    // Without campaigns nothing is used, which DF311 reports.
    if context.project.campaigns().next().is_none() {
        return;
    }
    let names = || {
        context
            .project
            .templates()
            .filter_map(|template| template.name.as_ref())
    };
    let is_used_elsewhere = |name: &&str| context.rest.is_some_and(|rest| rest.uses_template(name));
    let unused = names().map(|name| &*name.value);
    let mut unused: BTreeSet<&str> = unused.filter(|name| !is_used_elsewhere(name)).collect();
    let mut definitions = context.project.with_templates();
    while !unused.is_empty()
        && let Some(definition) = definitions.next()
    {
        if let Some(used) = &definition.template {
            unused.remove(&*used.value);
        }
    }
    for name in names().filter(|name| unused.contains(&*name.value)) {
        sink.report(name.place, &UnusedTemplate { name: &name.value });
    }
}
