//! DF311: a project without campaigns.

use super::Context;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF311",
    name: "no-campaigns",
    group: RuleGroup::Names,
    phase: Phase::Unused,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A project in which no file declares a campaign.",
    why: "Nothing would be checked or created; usually a `campaigns` pattern misses its files.",
    about: |_| false,
    bad: r#"project {
    campaigns "elsewhere/*.kdl"
}"#,
    good: r#"project {
    campaigns "campaigns/**/*.kdl"
}
campaign "a" {}"#,
};

/// An empty project.
pub struct NoCampaigns<'a> {
    /// Where campaigns are looked for.
    pub patterns: &'a [String],
}

impl Violation for NoCampaigns<'_> {
    fn message(&self) -> String {
        "this project declares no campaign".to_owned()
    }

    fn label(&self) -> String {
        "no campaign found".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "campaigns are read from {} beside this file, and from this file itself; `dialform init` writes a first one",
            self.patterns.join(", ")
        ))
    }
}

/// Checks the project as a whole.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(place) = context.project_file else { return };
    if context.project.swallowed.keys || context.project.campaigns().next().is_some() {
        return;
    }
    let patterns = context.project.node().map_or(&[][..], |node| &node.campaigns);
    let mut written: Vec<String> = patterns.iter().map(|pattern| format!("`{}`", pattern.value)).collect();
    if written.is_empty() {
        written.push(format!("`{}`", crate::fields::DEFAULT_CAMPAIGNS));
    }
    let place = patterns.first().map_or(place, |pattern| pattern.place);
    sink.report(place, &NoCampaigns { patterns: &written });
}
