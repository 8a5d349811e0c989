//! DF506: a threshold of effective calls that every call meets, or none.

use super::context::report_inherited;
use crate::fields::types::Seconds;
use crate::fields::{Condition, Field, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Resolved;

pub(crate) static RULE: Rule = Rule {
    code: "DF506",
    name: "odd-effective-after",
    group: RuleGroup::Redial,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "An `effective-after` of nothing beside redials of ineffective calls, or of more than an hour.",
    why: "With nothing, people who hung up at once are never called again; with hours, those who listened to the end are.",
    about: |field| matches!(field.id, Field::EffectiveAfter),
    bad: r#"effective-after "0s"
redial {
    ineffective after="1h" times=2
}"#,
    good: r#"effective-after "12s"
redial {
    ineffective after="1h" times=2
}"#,
};

/// Hardly a call lasts longer.
const LONGEST: Seconds = Seconds(3_600);

/// A threshold that every call meets, or none.
pub enum OddEffectiveAfter {
    /// Every call is effective, so that `ineffective` never redials.
    Zero,
    /// Hardly a call is effective.
    Long(Seconds),
}

impl Violation for OddEffectiveAfter {
    fn message(&self) -> String {
        match self {
            Self::Zero => "every call counts as effective, so the redials of `ineffective` never happen".to_owned(),
            Self::Long(after) => format!("a call counts as effective only after {after}: hardly any lasts so long"),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Zero => "no call is shorter".to_owned(),
            Self::Long(_) => "longer than an hour".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Zero => "write how long a conversation lasts at least, as in `effective-after \"12s\"`, or `ineffective #false`".to_owned(),
            Self::Long(_) => "write it in seconds or minutes, as in `effective-after \"12s\"`; the wire field `fullListTime` counts seconds".to_owned(),
        })
    }
}

/// Checks each campaign with what it inherits.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    const AGAIN: Condition = Condition::Is(Field::Ineffective, &["on"]);
    let Some(stated) = campaign.stated(Field::EffectiveAfter) else {
        return;
    };
    let Some(Value::Duration(after)) = stated.value else {
        return;
    };
    let violation = match *after {
        Seconds(0) if campaign.redials() == Some(true) && AGAIN.holds(campaign) == Some(true) => {
            OddEffectiveAfter::Zero
        }
        after if after > LONGEST => OddEffectiveAfter::Long(after),
        _ => return,
    };
    report_inherited(campaign, stated.place, &violation, sink);
}
