//! DF309: an alias that nothing uses.

use std::collections::BTreeSet;

use super::Context;
use crate::fields::AliasKind;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Alias, CampaignEntry, Definition};

pub(crate) static RULE: Rule = Rule {
    code: "DF309",
    name: "unused-alias",
    group: RuleGroup::Names,
    phase: Phase::Unused,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "An alias that no campaign or template names.",
    why: "It is left over, or something else is meant by a UUID that stands in its place.",
    about: |_| false,
    bad: r#"aliases {
    trunk spare="7da5b26e-0483-4b61-8c97-ea1b58394624"
}"#,
    good: r#"aliases {
    trunk spare="7da5b26e-0483-4b61-8c97-ea1b58394624"
}
template "t" {
    trunk "spare"
}
campaign "a" template="t" {}"#,
};

/// An alias that nothing uses.
pub struct UnusedAlias<'a> {
    /// What it names.
    pub kind: &'a str,
    /// The name.
    pub name: &'a str,
}

impl Violation for UnusedAlias<'_> {
    fn message(&self) -> String {
        format!("the {} alias `{}` is not used", self.kind, self.name)
    }

    fn label(&self) -> String {
        "never used".to_owned()
    }

    fn help(&self) -> Option<String> {
        None
    }
}

/// Compares the declared aliases with those that campaigns and templates use.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    // Without campaigns nothing is used, which DF311 reports.
    if context.project.campaigns().next().is_none() {
        return;
    }
    let environments = context.project.environments();
    let all: Vec<&Alias> = context
        .project
        .aliases()
        .chain(environments.flat_map(|one| &one.aliases))
        .collect();
    let declared = all.iter().map(|alias| (alias.kind, &*alias.name.value));
    let is_used_elsewhere =
        |(kind, name): &(AliasKind, &str)| context.rest.is_some_and(|rest| rest.uses_alias(*kind, name));
    let mut unused: BTreeSet<(AliasKind, &str)> = declared.filter(|alias| !is_used_elsewhere(alias)).collect();
    let campaigns = context.project.campaigns().flat_map(CampaignEntry::alias_uses);
    let templates = context.project.templates().flat_map(Definition::alias_uses);
    let mut uses = campaigns.chain(templates);
    // Usually the first few campaigns use all of them, and the other thousands are not visited.
    while !unused.is_empty()
        && let Some(used) = uses.next()
    {
        let widest = used.widest_kind();
        for kind in AliasKind::ALL.into_iter().filter(|kind| widest.takes(*kind)) {
            unused.remove(&(kind, used.name));
        }
    }
    for alias in all {
        if unused.contains(&(alias.kind, &*alias.name.value)) {
            sink.report(
                alias.name.place,
                &UnusedAlias {
                    kind: alias.kind.word(),
                    name: &alias.name.value,
                },
            );
        }
    }
}
