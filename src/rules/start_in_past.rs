//! DF401: a start that has passed.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Context;
use crate::fields::Field;
use crate::fields::types::Moment;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF401",
    name: "start-in-past",
    group: RuleGroup::Schedule,
    phase: Phase::Now,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A start time that lies in the past.",
    why: "The platform starts such a task at once, whoever is awake.",
    about: |field| matches!(field.id, Field::Start | Field::StartAt),
    bad: r#"start "time" at="2020-12-02 10:00""#,
    good: r#"start "time" at="2090-12-02 10:00""#,
};

/// A start that has passed.
pub struct StartInPast {
    /// The start.
    pub at: Moment,
    /// The present moment, for people.
    pub now: String,
}

impl Violation for StartInPast {
    fn message(&self) -> String {
        format!("the start {} has passed", self.at)
    }

    fn label(&self) -> String {
        "in the past".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "it is {} now; the task would start as soon as it is created",
            self.now
        ))
    }
}

/// Compares each start with the present moment. Without a time zone of the project, only a start that has passed everywhere on
/// Earth counts. Several campaigns that inherit one start give one finding.
pub(super) fn check(context: &Context<'_>, now: Timestamp, sink: &mut Sink) {
    let latest = TimeZone::fixed(jiff::tz::offset(-12));
    let zone = context.zone.as_ref().unwrap_or(&latest);
    for campaign in context.project.campaigns() {
        let Some((at, place)) = context.project.facts(campaign).start else {
            continue;
        };
        if zone.to_timestamp(at.civil()).is_ok_and(|start| start < now) && sink.is_first(&RULE, place) {
            let shown = match &context.zone {
                Some(zone) => now.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
                None => now.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            };
            let finding = sink.report(place, &StartInPast { at, now: shown });
            if let Some(key) = campaign.key.as_ref().filter(|_| !campaign.whole.contains(place)) {
                finding.label(key.place, format!("in the campaign `{}`", key.value));
            }
        }
    }
}
