//! DF502: a limit that cuts an outcome's redials short.

use super::Context;
use crate::fields::{FIELDS, Field, Slot, Value};
use crate::finding::{Rule, Severity, Sink, Violation};

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF502",
    name: "limit-below-redials",
    severity: Severity::Warning,
    summary: "A limit on calls that is lower than the first call and the redials of one outcome.",
    why: "The limit ends the redials early; people are called less often than the file says.",
    bad: r#"redial {
    max-per-candidate 3
    busy after="20m" times=5
}"#,
    good: r#"redial {
    max-per-candidate 6
    busy after="20m" times=5
}"#,
};

/// Redials that the limit cuts off.
pub struct LimitBelowRedials<'a> {
    /// The outcome.
    pub outcome: &'a str,
    /// Its redials.
    pub times: u32,
    /// The limit's name.
    pub limit: &'a str,
    /// The limit.
    pub most: u32,
}

impl Violation for LimitBelowRedials<'_> {
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("`{}` redials {} times, {} calls with the first, but `{}` allows {}", self.outcome, self.times, u64::from(self.times) + 1, self.limit, self.most)
    }

    fn label(&self) -> String {
        "cut short by the limit".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("write `times={}` or `{} {}`", self.most.saturating_sub(1).max(1), self.limit, u64::from(self.times) + 1))
    }
}

/// Checks each outcome of each campaign against both limits; one finding an outcome, against the lower limit.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    for campaign in &context.campaigns {
        let limits = [Field::MaxPerCandidate, Field::MaxPerNumber].into_iter().filter_map(|field| {
            match (campaign.value(field), campaign.stated(field)) {
                (Some(Value::Count(most)), Some(stated)) => Some((*most, stated)),
                _ => None,
            }
        });
        let Some((most, limit)) = limits.min_by_key(|(most, _)| *most) else { continue };
        for spec in FIELDS.iter().filter(|spec| spec.slot == Slot::Property("times")) {
            let Some(stated) = campaign.stated(spec.id) else { continue };
            let Some(Value::Count(times)) = stated.value else { continue };
            if times >= most {
                let violation = LimitBelowRedials {
                    outcome: spec.setting.spec().name,
                    times,
                    limit: limit.field.spec().setting.spec().name,
                    most,
                };
                if let Some(finding) = context.report(campaign, stated.place, &violation, sink) {
                    finding.label(limit.place, "the limit");
                }
            }
        }
    }
}
