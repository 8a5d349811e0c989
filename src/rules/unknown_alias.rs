//! DF301: an alias that is not declared.

use std::collections::BTreeMap;

use super::Context;
use super::number_for_text::{is_number, not_an_id, where_the_id_is};
use super::words::property_name;
use crate::fields::{AliasKind, Kind};
use crate::finding::{Finding, Fix, Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{AliasUse, CampaignEntry, Definition, Project};

pub(crate) static RULE: Rule = Rule {
    code: "DF301",
    name: "unknown-alias",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Likely,
    summary: "A name where an id belongs, but no alias of that kind has the name.",
    why: "There is no id to send, and a guess could be another scenario, channel or number than the one that people should meet.",
    about: |field| matches!(field.kind, Kind::Id(_)),
    bad: r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
}
template "weekday" {
    scenario "promoo"
}
campaign "a" template="weekday" {}"#,
    good: r#"aliases {
    scenario promo="228cc4fa-92f2-4709-94e3-7344a96a5903"
}
template "weekday" {
    scenario "promo"
}
campaign "a" template="weekday" {}"#,
};

/// An alias that is not declared.
pub struct UnknownAlias<'a> {
    /// What it should name.
    pub kind: AliasKind,
    /// The field.
    pub path: &'a str,
    /// The name.
    pub name: &'a str,
    /// What was meant.
    pub suggestion: Option<&'a str>,
    /// The kind that does have the name.
    pub other_kind: Option<&'a str>,
}

impl Violation for UnknownAlias<'_> {
    fn message(&self) -> String {
        match self.other_kind {
            Some(kind) => format!(
                "`{}` is the alias of a {kind}, not of a {}",
                self.name,
                self.kind.word()
            ),
            None if is_number(self.name) => not_an_id(self.name, self.path, self.kind),
            None => format!("no {} is called `{}`", self.kind.word(), self.name),
        }
    }

    fn label(&self) -> String {
        match (self.suggestion, self.other_kind) {
            (Some(name), _) => format!("did you mean \"{name}\"?"),
            (None, Some(_)) => "an alias of another kind".to_owned(),
            (None, None) if is_number(self.name) => "its id belongs here".to_owned(),
            (None, None) => "not declared in `aliases`".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        if is_number(self.name) {
            return Some(where_the_id_is(self.kind));
        }
        let word = self.kind.word().split(" or ").next().unwrap_or_default();
        Some(format!(
            "write its UUID, or declare it: aliases {{ {word} {}=\"UUID\" }}",
            property_name(self.name)
        ))
    }
}

/// Checks the aliases that campaigns and templates use. An unknown name that a file uses several times is one finding: most likely
/// its declaration is misspelt.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    if project.swallowed.aliases {
        return;
    }
    let dialect = project.dialect();
    // A field that the dialect does not have, or that has no effect, is reported already.
    let is_unknown = |used: &AliasUse<&str>| {
        used.has_effect
            && used.dialect() <= dialect
            && project.alias(used.kind, used.name).is_none()
            && !project.is_meant(used.name)
    };
    for file in project.files() {
        let campaigns = project
            .campaigns_of(&file.campaigns)
            .flat_map(CampaignEntry::alias_uses);
        let templates = project.templates_of(&file.templates).flat_map(Definition::alias_uses);
        let mut by_name: BTreeMap<(&str, &str), Vec<AliasUse<&str>>> = BTreeMap::new();
        for used in campaigns.chain(templates).filter(is_unknown) {
            by_name.entry((used.kind.word(), used.name)).or_default().push(used);
        }
        for uses in by_name.values_mut() {
            uses.sort_by_key(|used| used.place);
            let [first, others @ ..] = uses.as_slice() else {
                continue;
            };
            let finding = report(project, first, sink);
            for other in others {
                finding.label(other.place, "and here");
            }
        }
    }
}

fn report<'s>(project: &Project<'_>, used: &AliasUse<&str>, sink: &'s mut Sink) -> &'s mut Finding {
    let AliasUse { kind, name, place, .. } = *used;
    let suggestion = project.closest_alias(kind, name);
    let namesake = project.namesake(name);
    let violation = UnknownAlias {
        kind,
        path: &used.field.spec().path(),
        name,
        suggestion,
        other_kind: namesake.map(|alias| alias.kind.word()),
    };
    let finding = sink.report(place, &violation);
    if let Some(suggestion) = suggestion {
        finding.fix(Fix::likely(place.span, format!("\"{suggestion}\"")));
    }
    if let Some(alias) = namesake {
        finding.label(alias.name.place, format!("declared as a {} here", alias.kind.word()));
    }
    finding
}
