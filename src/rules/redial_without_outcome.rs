//! DF503: a `redial` block that redials no outcome.

use super::context::report_inherited;
use crate::fields::{Field, Setting};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Resolved, ResolvedSetting};

pub(crate) static RULE: Rule = Rule {
    code: "DF503",
    name: "redial-without-outcome",
    group: RuleGroup::Redial,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A `redial` block without any outcome that is on.",
    why: "Redialling is on, but an outcome that is not written is off: nobody is called a second time.",
    about: |field| matches!(field.id, Field::Redial),
    bad: "redial {\n    max-per-candidate 6\n}",
    good: "redial {\n    max-per-candidate 6\n    busy after=\"20m\" times=3\n}",
};

/// Redialling that redials nobody.
pub struct RedialWithoutOutcome;

impl Violation for RedialWithoutOutcome {
    fn message(&self) -> String {
        "nobody is called a second time: this redials no outcome".to_owned()
    }

    fn label(&self) -> String {
        "no outcome is on".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write in the block what is to be redialled, as in `busy after=\"20m\" times=3`, or `redial #false`; the wire field is `redialStrategyEn`".to_owned())
    }
}

/// Checks each campaign with what it inherits.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    if campaign.redials() != Some(true) || campaign.calls_again() != Some(false) {
        return;
    }
    if let ResolvedSetting::Stated(stated) = campaign.here(Setting::Redial) {
        report_inherited(campaign, stated.name, &RedialWithoutOutcome, sink);
    }
}
