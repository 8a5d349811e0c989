//! DF406: redials, or a start at night, without a call window.

use std::ops::Range;

use super::context::report_inherited;
use crate::fields::types::Moment;
use crate::fields::{Field, Setting, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Resolved, ResolvedSetting};

pub(crate) static RULE: Rule = Rule {
    code: "DF406",
    name: "no-call-window",
    group: RuleGroup::Schedule,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A campaign without `call-window` that redials, or starts between 22:00 and 08:00.",
    why: "A redial comes hours later: without a window, whoever did not answer in the evening is called at night.",
    about: |field| matches!(field.id, Field::WindowFrom | Field::WindowTo),
    bad: r#"call-window #null
redial {
    max-per-candidate 6
    no-answer after="2h" times=5
}"#,
    good: r#"call-window from="09:10" to="19:50"
redial {
    max-per-candidate 6
    no-answer after="2h" times=5
}"#,
};

/// When a day of calls may begin, and when it is over, in hours.
const DAY: Range<i8> = 8..22;

/// A campaign that may call at any hour.
pub enum NoCallWindow {
    /// It redials.
    Redials,
    /// It starts at night.
    StartsAtNight(Moment),
}

impl Violation for NoCallWindow {
    fn message(&self) -> String {
        match self {
            Self::Redials => "this campaign redials at any hour: it has no call window".to_owned(),
            Self::StartsAtNight(at) => format!("this campaign starts at night, {at}, and has no call window"),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Redials => "also at night".to_owned(),
            Self::StartsAtNight(_) => "people may sleep".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("write the hours in which people may be called, as in `call-window from=\"09:10\" to=\"19:50\"`, in the campaign or in its template".to_owned())
    }
}

/// Checks each campaign that has no window, with what it inherits. One finding a campaign.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    // With `schedule` or `comply` the platform keeps to hours.
    let keeps_hours = [Setting::CallWindow, Setting::Schedule, Setting::Comply];
    if !keeps_hours.iter().all(|setting| campaign.lacks(*setting)) || campaign.unguessed() > 0 {
        return;
    }
    if campaign.starts_by_time() == Some(true)
        && let Some(stated) = campaign.stated(Field::StartAt)
        && let Some(Value::Moment(at)) = stated.value
        && !DAY.contains(&at.civil().hour())
    {
        report_inherited(campaign, stated.place, &NoCallWindow::StartsAtNight(*at), sink);
        return;
    }
    if campaign.calls_again() == Some(true)
        && let ResolvedSetting::Stated(redial) = campaign.here(Setting::Redial)
    {
        report_inherited(campaign, redial.name, &NoCallWindow::Redials, sink);
    }
}
