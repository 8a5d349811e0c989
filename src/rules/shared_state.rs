//! DF320: one state for two environments.

use super::Context;
use crate::fields::types::StateAddress;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF320",
    name: "shared-state",
    group: RuleGroup::Names,
    phase: Phase::Project,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "Two environments whose state is kept in one place.",
    why: "A state says which campaigns one account has: the second environment would be refused, or take the first one's tasks for its own.",
    about: |_| false,
    bad: r#"environment "staging" { state "states/twin.json"; }
environment "production" { state "states/twin.json"; }"#,
    good: r#"environment "staging" { state "states/staging.json"; }
environment "production" { state "states/production.json"; }"#,
};

/// One state for two environments.
pub struct SharedState<'a> {
    /// The first environment.
    pub first: &'a str,
    /// The second one.
    pub second: &'a str,
}

impl Violation for SharedState<'_> {
    fn message(&self) -> String {
        format!(
            "the environments `{}` and `{}` keep their state in one place",
            self.first, self.second
        )
    }

    fn label(&self) -> String {
        "the same place".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("give each environment a `state` of its own; without one, each has its own file".to_owned())
    }
}

/// Compares the places of all environments.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let common = context.project.node().and_then(|node| node.account.state.as_ref());
    let mut known: Vec<(&str, &StateAddress)> = Vec::new();
    for environment in context.project.environments() {
        let Some(state) = environment.account.state.as_ref().or(common) else {
            continue;
        };
        if matches!(state.value, StateAddress::Unusable(_)) {
            continue;
        }
        let name = &environment.name;
        let first = known.iter().find(|(_, first)| *first == &state.value);
        match first {
            Some((first, _)) => {
                let violation = SharedState {
                    first,
                    second: &name.value,
                };
                // One that the project says is at one place for both.
                let finding = sink.report(name.place, &violation);
                finding.label(state.place, "kept here");
            }
            None => known.push((&*name.value, &state.value)),
        }
    }
}
