//! DF402: a start outside the call window.

use super::context::report_inherited;
use crate::fields::types::{Moment, TimeOfDay};
use crate::fields::{Field, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Resolved;

pub(crate) static RULE: Rule = Rule {
    code: "DF402",
    name: "start-outside-window",
    group: RuleGroup::Schedule,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A start time outside the hours in which people may be called.",
    why: "Nobody is called before the window opens. (The start is in the company's time, the window usually in the recipient's.)",
    about: |field| matches!(field.id, Field::StartAt | Field::WindowFrom | Field::WindowTo),
    bad: r#"call-window from="09:10" to="19:50"
start "time" at="2090-12-02 21:00""#,
    good: r#"call-window from="09:10" to="19:50"
start "time" at="2090-12-02 10:00""#,
};

/// A start at a closed hour.
pub struct StartOutsideWindow {
    /// The start.
    pub at: Moment,
    /// When the window opens.
    pub from: TimeOfDay,
    /// When it closes.
    pub to: TimeOfDay,
}

impl Violation for StartOutsideWindow {
    fn message(&self) -> String {
        format!(
            "the start {} is outside the call window {} to {}",
            self.at, self.from, self.to
        )
    }

    fn label(&self) -> String {
        "nobody may be called then".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("calling begins when the window opens; the start is in the company's time zone, the window on the clock that `clock=` names".to_owned())
    }
}

/// Checks each campaign that has both.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    if campaign.starts_by_time() != Some(true) {
        return;
    }
    let Some(stated) = campaign.stated(Field::StartAt) else {
        return;
    };
    let (Some(Value::Moment(at)), Some(Value::Time(from)), Some(Value::Time(to))) = (
        stated.value,
        campaign.value(Field::WindowFrom),
        campaign.value(Field::WindowTo),
    ) else {
        return;
    };
    let start = at.civil().time();
    let seconds = u32::try_from(i32::from(start.hour()) * 3_600 + i32::from(start.minute()) * 60).unwrap_or_default();
    if from < to && !(from.seconds()..=to.seconds()).contains(&seconds) {
        let violation = StartOutsideWindow {
            at: *at,
            from: *from,
            to: *to,
        };
        let window = campaign.stated(Field::WindowFrom).map(|window| window.place);
        let finding = report_inherited(campaign, stated.place, &violation, sink);
        if let (Some(finding), Some(window)) = (finding, window) {
            finding.label(window, "the window");
        }
    }
}
