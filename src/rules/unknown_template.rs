//! DF303: a template that is not declared.

use std::collections::BTreeMap;

use super::Context;
use crate::finding::{Fix, Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::CampaignEntry;
use crate::project::source::Place;

pub(crate) static RULE: Rule = Rule {
    code: "DF303",
    name: "unknown-template",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A `template=` that names no template.",
    why: "Everything that the campaign should inherit is missing: its hours, its caller id, its limits on calls.",
    about: |_| false,
    bad: r#"campaign "a" template="weekdy" {}
template "weekday" {}"#,
    good: r#"campaign "a" template="weekday" {}
template "weekday" {}"#,
};

/// A template that is not declared.
pub struct UnknownTemplate<'a> {
    /// The name.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
}

impl Violation for UnknownTemplate<'_> {
    fn message(&self) -> String {
        format!("there is no template `{}`", self.name)
    }

    fn label(&self) -> String {
        self.suggestion
            .map_or_else(|| "not declared".to_owned(), |name| format!("did you mean \"{name}\"?"))
    }

    fn help(&self) -> Option<String> {
        let declare = format!(
            "declare it in any file of the project: template \"{}\" {{ … }}",
            self.name
        );
        self.suggestion.is_none().then_some(declare)
    }
}

/// Checks each `template=`. An unknown name that a file uses several times is one finding.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    if project.swallowed.templates {
        return;
    }
    for file in project.files() {
        let campaigns = file.campaigns.iter().filter_map(CampaignEntry::inheriting);
        let definitions = campaigns.chain(&file.templates);
        let mut unknown: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for name in definitions.filter_map(|definition| definition.template.as_ref()) {
            if project.template(&name.value).is_none() && !project.is_meant(&name.value) {
                unknown.entry(&name.value).or_default().push(name.place);
            }
        }
        for (name, places) in unknown {
            let [first, others @ ..] = places.as_slice() else {
                continue;
            };
            let suggestion = project.closest_template(name);
            let finding = sink.report(*first, &UnknownTemplate { name, suggestion });
            if let Some(suggestion) = suggestion {
                finding.fix(Fix::likely(first.span, format!("\"{suggestion}\"")));
            }
            for other in others {
                finding.label(*other, "and here");
            }
        }
    }
}
