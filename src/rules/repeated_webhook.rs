//! DF206: the same webhook twice.

use super::http_webhook::webhook_urls;
use crate::fields::Kind;
use crate::fields::types::WebhookUrl;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;
use crate::project::source::Place;

pub(crate) static RULE: Rule = Rule {
    code: "DF206",
    name: "repeated-webhook",
    group: RuleGroup::Conditions,
    phase: Phase::Definition,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "Two webhooks with one address in a campaign.",
    why: "The receiver gets every event twice: a customer is noted twice, or gets two messages after one call.",
    about: |field| matches!(field.kind, Kind::Url),
    bad: r#"webhook "https://example.com/hooks/twin"
webhook "https://example.com/hooks/twin""#,
    good: r#"webhook "https://example.com/hooks/twin""#,
};

/// A webhook that is there already.
pub struct RepeatedWebhook;

impl Violation for RepeatedWebhook {
    fn message(&self) -> String {
        "the same webhook stands twice: each event arrives there twice".to_owned()
    }

    fn label(&self) -> String {
        "the second time".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("keep one of them; where their events differ, name all of them in one `events`".to_owned())
    }
}

/// Checks the webhooks of each campaign and template as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    let mut seen: Vec<(Place, &WebhookUrl)> = Vec::new();
    for (place, url) in webhook_urls(owner) {
        match seen.iter().find(|(_, known)| known.as_str() == url.as_str()) {
            Some((first, _)) => {
                sink.report(place, &RepeatedWebhook).label(*first, "the first time");
            }
            None => seen.push((place, url)),
        }
    }
}
