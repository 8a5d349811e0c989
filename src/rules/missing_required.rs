//! DF202: a setting that every campaign needs.

use super::Context;
use crate::fields::{Condition, FIELDS, Facts, Setting, Slot, usage};
use crate::finding::{Rule, Severity, Sink, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF202",
    name: "missing-required",
    severity: Severity::Error,
    summary: "A required setting that neither the campaign nor its templates state.",
    why: "The API refuses a task without it.",
    bad: "name #null",
    good: r#"name "Spring promo""#,
};

/// A setting nobody states.
pub struct MissingRequired<'a> {
    /// The setting.
    pub setting: Setting,
    /// The API's field.
    pub wire: &'a str,
}

impl Violation for MissingRequired<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("`{}` is missing: {}", self.setting.spec().name, self.setting.spec().doc)
    }

    fn label(&self) -> String {
        format!("has no `{}`", self.setting.spec().name)
    }

    fn help(&self) -> Option<String> {
        Some(format!("write {} here or in a template; the API requires `{}`", usage(self.setting), self.wire))
    }
}

/// Checks every campaign with what it inherits.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    for campaign in &context.campaigns {
        for spec in FIELDS.iter().filter(|spec| spec.slot == Slot::Argument && matches!(spec.required, Condition::Always)) {
            if campaign.stands(spec.setting) == Some(false) {
                let place = campaign.owner.name.as_ref().map_or(campaign.owner.keyword, |name| name.place);
                sink.report(place, &MissingRequired { setting: spec.setting, wire: spec.wire_name() });
            }
        }
    }
}
