//! DF601: a webhook over plain http.

use crate::fields::types::WebhookUrl;
use crate::fields::{Kind, Setting, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;
use crate::project::source::Place;

pub(crate) static RULE: Rule = Rule {
    code: "DF601",
    name: "http-webhook",
    group: RuleGroup::Security,
    phase: Phase::Definition,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A webhook address that is not encrypted.",
    why: "Names, numbers and answers of the people called would travel readable by anyone on the way.",
    about: |field| matches!(field.kind, Kind::Url),
    bad: r#"webhook "http://example.com/hooks/twin""#,
    good: r#"webhook "https://example.com/hooks/twin""#,
};

/// An unencrypted webhook.
pub struct HttpWebhook<'a> {
    /// Its host.
    pub host: &'a str,
}

impl Violation for HttpWebhook<'_> {
    fn message(&self) -> String {
        format!("the webhook to `{}` is not encrypted", self.host)
    }

    fn label(&self) -> String {
        "plain http".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write `https://`; where the receiver has no certificate, a project can turn this rule: lint { warn \"http-webhook\" }".to_owned())
    }
}

/// Checks every webhook as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    for (place, url) in webhook_urls(owner) {
        if !url.is_https() {
            sink.report(place, &HttpWebhook { host: &url.host() });
        }
    }
}

/// Every webhook address as written.
pub(super) fn webhook_urls(owner: &Definition) -> impl Iterator<Item = (Place, &WebhookUrl)> {
    let values = owner.stated.all(Setting::Webhook).flat_map(|stated| stated.values());
    values.filter_map(|value| match value.value {
        Some(Value::Url(url)) => Some((value.place, &**url)),
        _ => None,
    })
}
