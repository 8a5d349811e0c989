//! DF206: the same webhook twice.

use crate::fields::{Field, Kind, Setting, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Definition, SettingValue};

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

/// Whether two webhooks get an event in common. One that names none gets all.
fn overlap(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(Value::Choices(one)), Some(Value::Choices(other))) => one.iter().any(|event| other.contains(event)),
        _ => true,
    }
}

/// Checks the webhooks of each campaign and template as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    let mut seen: Vec<(SettingValue<'_>, Option<&Value>)> = Vec::new();
    for stated in owner.stated.all(Setting::Webhook) {
        let Some(url) = stated.values().find(|value| matches!(value.value, Some(Value::Url(_)))) else {
            continue;
        };
        let events = stated.get(Field::WebhookEvents).and_then(|events| events.value);
        match seen
            .iter()
            .find(|(known, on)| known.value == url.value && overlap(*on, events))
        {
            Some((first, _)) => {
                sink.report(url.place, &RepeatedWebhook)
                    .label(first.place, "the first time");
            }
            None => seen.push((url, events)),
        }
    }
}
