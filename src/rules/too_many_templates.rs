//! DF094: a chain of templates that is too long.

use std::collections::HashMap;

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Definition, MAX_TEMPLATES, Project};

pub(crate) static RULE: Rule = Rule {
    code: "DF094",
    name: "too-many-templates",
    group: RuleGroup::Limits,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A campaign takes settings from at most 64 templates, each of which takes some from the next.",
    why: "Whoever wants to know how a campaign calls people has to read every template behind it.",
    about: |_| false,
    bad: "",
    good: "",
};

/// A chain that is one template too long.
pub struct TooManyTemplates;

impl Violation for TooManyTemplates {
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

/// Reports each campaign or template whose chain is one too long; what inherits from it would be the same finding.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    let mut lengths = HashMap::new();
    for definition in project.with_templates() {
        if let Some(name) = &definition.template
            && length(project, definition, &mut lengths) == MAX_TEMPLATES + 1
        {
            sink.report(name.place, &TooManyTemplates);
        }
    }
}

/// The number of templates that a definition inherits from; not exact beyond one too many. `lengths` caches the lengths of
/// templates by name, the template itself included.
fn length<'p>(project: &Project<'p>, definition: &'p Definition, lengths: &mut HashMap<&'p str, usize>) -> usize {
    const ENDLESS: usize = MAX_TEMPLATES + 2;
    let mut way = Vec::new();
    let mut at = definition;
    let mut length = loop {
        let Some(name) = at.template.as_ref().map(|name| &*name.value) else {
            break 0;
        };
        let Some(template) = project.template(name) else {
            break 0;
        };
        if let Some(known) = lengths.get(name) {
            break *known;
        }
        // The same in a cycle, which DF304 reports.
        lengths.insert(name, ENDLESS);
        way.push(name);
        at = template;
    };
    for name in way.into_iter().rev() {
        length = (length + 1).min(ENDLESS);
        lengths.insert(name, length);
    }
    length
}
