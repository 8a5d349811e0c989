//! DF096: more webhooks than a campaign needs.

use crate::fields::Setting;
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::Owner;

/// So many webhooks a campaign or template may have: each campaign that takes settings from a template sends all of them.
const MOST: usize = 100;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF096",
    name: "too-many-webhooks",
    severity: Severity::Error,
    summary: "A campaign or template has at most 100 webhooks.",
    why: "Every call is told to every webhook; a list like this was made by a broken tool.",
    about: |_| false,
    bad: "",
    good: "",
};

/// A webhook behind the last one that may be.
pub struct TooManyWebhooks;

impl Violation for TooManyWebhooks {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("there are more than {MOST} webhooks")
    }

    fn label(&self) -> String {
        "one too many".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("send the events to one address, and hand them on from there".to_owned())
    }
}

/// Reports the first webhook that is too many.
pub(super) fn check(owner: &Owner, sink: &mut Sink) {
    if let Some(stated) = owner.stated.all(Setting::Webhook).nth(MOST) {
        sink.report(stated.name, &TooManyWebhooks);
    }
}
