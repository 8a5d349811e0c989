//! DF401: a start that has passed.

use jiff::tz::TimeZone;

use super::Frame;
use super::context::report_inherited;
use crate::fields::types::Moment;
use crate::fields::{Field, Value};
use crate::finding::{Rule, Severity, Sink, Violation};
use crate::model::Resolved;

/// The rule.
pub static RULE: Rule = Rule {
    code: "DF401",
    name: "start-in-past",
    severity: Severity::Warning,
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
    fn rule() -> &'static Rule {
        &RULE
    }

    fn message(&self) -> String {
        format!("the start {} has passed", self.at)
    }

    fn label(&self) -> String {
        "in the past".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!("it is {} now; the task would start as soon as it is created", self.now))
    }
}

/// Checks each start against the present moment, which is an input. Where the project names no time zone, only what has
/// passed everywhere on Earth counts.
pub(super) fn check(frame: &Frame, campaign: &Resolved<'_>, sink: &mut Sink) {
    let Some(now) = frame.now else { return };
    if campaign.starts_by_time() != Some(true) {
        return;
    }
    let Some(stated) = campaign.stated(Field::StartAt) else { return };
    let Some(Value::Moment(at)) = stated.value else { return };
    let latest = TimeZone::fixed(jiff::tz::offset(-12));
    // Not cloned: threads would wait for one another at its counter.
    let zone = frame.zone.as_ref().unwrap_or(&latest);
    let Ok(start) = zone.to_timestamp(at.civil()) else { return };
    if start < now {
        let shown = match &frame.zone {
            Some(zone) => now.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            None => now.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        };
        report_inherited(campaign, stated.place, &StartInPast { at: *at, now: shown }, sink);
    }
}
