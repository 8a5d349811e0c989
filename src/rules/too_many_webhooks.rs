//! DF096: more webhooks than a campaign needs.

use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Violation};
use crate::model::MAX_WEBHOOKS;

pub(crate) static RULE: Rule = Rule {
    code: "DF096",
    name: "too-many-webhooks",
    group: RuleGroup::Limits,
    phase: Phase::Value,
    severity: Severity::Error,
    always_blocks_apply: true,
    fixable: Fixable::Never,
    summary: "A campaign or template has at most 100 webhooks.",
    why: "Every call is told to every webhook; a list like this was made by a broken tool.",
    about: |_| false,
    bad: "",
    good: "",
};

/// A webhook behind the last one that may be.
pub struct TooManyWebhooks;

impl Violation for TooManyWebhooks {
    fn message(&self) -> String {
        format!("there are more than {MAX_WEBHOOKS} webhooks")
    }

    fn label(&self) -> String {
        "not read".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("send the events to one address, and hand them on from there".to_owned())
    }
}
