//! DF505: a limit for each number above the one for each candidate.

use super::context::report_inherited;
use super::limit_below_redials::cuts_redials;
use crate::fields::{Field, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Resolved;

pub(crate) static RULE: Rule = Rule {
    code: "DF505",
    name: "uneven-limits",
    group: RuleGroup::Redial,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A `max-per-number` above `max-per-candidate`.",
    why: "The numbers of a candidate share the candidate's limit, so the higher one never takes effect; most likely the two are swapped, and people are called less or more often than was meant.",
    about: |field| matches!(field.id, Field::MaxPerNumber | Field::MaxPerCandidate),
    bad: r#"redial {
    max-per-candidate 4
    max-per-number 6
    busy after="20m" times=3
}"#,
    good: r#"redial {
    max-per-candidate 6
    max-per-number 4
    busy after="20m" times=3
}"#,
};

/// A limit that can never be reached.
pub struct UnevenLimits {
    /// The calls to one number.
    pub number: u32,
    /// The calls to one candidate.
    pub candidate: u32,
}

impl Violation for UnevenLimits {
    fn message(&self) -> String {
        format!(
            "`max-per-number {}` can never be reached: `max-per-candidate` ends the calls after {}",
            self.number, self.candidate
        )
    }

    fn label(&self) -> String {
        format!("more than {}", self.candidate)
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "every call to a number is one to its candidate: write at most `max-per-number {}`, or raise `max-per-candidate`",
            self.candidate
        ))
    }
}

/// Checks each campaign that has both limits.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    // Limits of redials that never happen are said by DF503.
    if campaign.redials() != Some(true) || campaign.calls_again() == Some(false) {
        return;
    }
    let (Some(number), Some(candidate)) = (
        campaign.stated(Field::MaxPerNumber),
        campaign.stated(Field::MaxPerCandidate),
    ) else {
        return;
    };
    if let (Some(Value::Count(most)), Some(Value::Count(all))) = (number.value, candidate.value)
        && most > all
        && !cuts_redials(campaign, *all)
    {
        let violation = UnevenLimits {
            number: *most,
            candidate: *all,
        };
        if let Some(finding) = report_inherited(campaign, number.place, &violation, sink) {
            finding.label(candidate.place, "the lower limit");
        }
    }
}
