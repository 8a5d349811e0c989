//! DF503: a `redial` block that says of no outcome whether it is redialled.

use super::context::report_inherited;
use crate::fields::{OneOf, Field, Setting};
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::{Resolved, ResolvedSetting};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF503",
    name: "redial-without-outcome",
    severity: Severity::Warning,
    summary: "A `redial` block without any outcome.",
    why: "Redialling is on, but an outcome that is not written is off: nobody is called a second time.",
    about: |field| matches!(field.id, Field::Redial),
    bad: "redial {\n    max-per-candidate 6\n}",
    good: "redial {\n    max-per-candidate 6\n    busy after=\"20m\" times=3\n}",
};

/// Redialling that redials nobody.
pub struct RedialWithoutOutcome;

impl Violation for RedialWithoutOutcome {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        "nobody is called a second time: this redials no outcome".to_owned()
    }

    fn label(&self) -> String {
        "names no outcome".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write in the block what is to be redialled, as in `busy after=\"20m\" times=3`, or `redial #false`; the wire field is `redialStrategyEn`".to_owned())
    }
}

/// Checks each campaign with what it inherits.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    const CALLED_AGAIN: [OneOf; 5] = [
        OneOf::new(Field::Busy, &["on"]),
        OneOf::new(Field::NoAnswer, &["on"]),
        OneOf::new(Field::AnsweringMachine, &["on"]),
        OneOf::new(Field::Congestion, &["on"]),
        OneOf::new(Field::Ineffective, &["on"]),
    ];
    let is_left_out = |wanted: OneOf| campaign.is_set_to(wanted) == Some(false);
    if campaign.redials() != Some(true) || !CALLED_AGAIN.into_iter().all(is_left_out) {
        return;
    }
    // Whoever writes `busy #false` has thought of outcomes.
    const OUTCOMES: [Setting; 5] = [
        Setting::Busy,
        Setting::NoAnswer,
        Setting::AnsweringMachine,
        Setting::Congestion,
        Setting::Ineffective,
    ];
    if OUTCOMES.iter().any(|outcome| !matches!(campaign.here(*outcome), ResolvedSetting::Absent)) {
        return;
    }
    if let ResolvedSetting::SettingNode(stated) = campaign.here(Setting::Redial) {
        report_inherited(campaign, stated.name, &RedialWithoutOutcome, sink);
    }
}
