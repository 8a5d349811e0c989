//! DF405: a start that the clock skips, or shows twice.

use jiff::tz::AmbiguousOffset;

use super::Context;
use crate::fields::Field;
use crate::fields::types::Moment;
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};

pub(crate) static RULE: Rule = Rule {
    code: "DF405",
    name: "start-off-the-clock",
    group: RuleGroup::Schedule,
    phase: Phase::Project,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A start time that does not exist in the company's time zone, or exists twice.",
    why: "Nobody can say when the campaign starts: an hour early it calls outside the hours that were planned, an hour late its people are gone.",
    about: |field| matches!(field.id, Field::StartAt),
    bad: r#"project {
    timezone "Europe/Berlin"
}
campaign "a" { start "time" at="2030-03-31 02:30"; call-window from="00:00" to="19:50" clock="company" }"#,
    good: r#"project {
    timezone "Europe/Berlin"
}
campaign "a" { start "time" at="2030-03-31 10:00"; call-window from="00:00" to="19:50" clock="company" }"#,
};

/// What the company's clock does with a start.
pub enum StartOffTheClock {
    /// It skips it, in spring.
    Skipped {
        /// The start.
        at: Moment,
        /// The zone.
        zone: String,
    },
    /// It shows it twice, in autumn.
    Twice {
        /// The start.
        at: Moment,
        /// The zone.
        zone: String,
    },
}

impl Violation for StartOffTheClock {
    fn message(&self) -> String {
        match self {
            Self::Skipped { at, zone } => format!("{at} does not exist in {zone}: clocks are put forward over it"),
            Self::Twice { at, zone } => format!("{at} is there twice in {zone}: clocks are put back over it"),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Skipped { .. } => "no clock shows this time".to_owned(),
            Self::Twice { .. } => "two moments have this time".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("write a time before or after the hour in which clocks are changed".to_owned())
    }
}

/// Checks each start on the clock of the project's time zone. Several campaigns that inherit one start give one finding.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(zone) = &context.zone else { return };
    for campaign in context.project.campaigns() {
        let Some((at, place)) = context.project.facts(campaign).start else {
            continue;
        };
        let name = || zone.iana_name().unwrap_or("the company's time zone").to_owned();
        let violation = match zone.to_ambiguous_timestamp(at.civil()).offset() {
            AmbiguousOffset::Unambiguous { .. } => continue,
            AmbiguousOffset::Gap { .. } => StartOffTheClock::Skipped { at, zone: name() },
            AmbiguousOffset::Fold { .. } => StartOffTheClock::Twice { at, zone: name() },
        };
        if sink.is_first(&RULE, place) {
            let finding = sink.report(place, &violation);
            if let Some(key) = campaign.key.as_ref().filter(|_| !campaign.whole.contains(place)) {
                finding.label(key.place, format!("in the campaign `{}`", key.value));
            }
        }
    }
}
