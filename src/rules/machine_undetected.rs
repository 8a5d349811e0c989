//! DF501: redial after an answering machine that nobody detects.

use super::context::report_inherited;
use crate::fields::{Condition, Field, Setting};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Resolved, ResolvedSetting};

pub(crate) static RULE: Rule = Rule {
    code: "DF501",
    name: "machine-undetected",
    group: RuleGroup::Redial,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A redial after an answering machine in a campaign without answering-machine detection.",
    why: "Without detection a machine counts as a person: the bot talks to it, the minutes are billed, and the redial never happens.",
    about: |field| matches!(field.id, Field::DetectRobot | Field::AnsweringMachine),
    bad: r#"detect-robot #false
redial {
    answering-machine after="1h" times=2
}"#,
    good: r#"detect-robot "back"
redial {
    answering-machine after="1h" times=2
}"#,
};

/// A redial that never happens.
pub struct MachineUndetected;

impl Violation for MachineUndetected {
    fn message(&self) -> String {
        "answering machines are not detected in this campaign, so this redial never happens".to_owned()
    }

    fn label(&self) -> String {
        "needs detection".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write `detect-robot \"back\"`, or `answering-machine #false`; the wire fields are `detectRobot` and `answerMash`".to_owned())
    }
}

/// Checks each campaign with what it inherits.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    const AGAIN: Condition = Condition::Is(Field::AnsweringMachine, &["on"]);
    const DETECTS: Condition = Condition::Is(Field::DetectRobot, &["back", "block"]);
    if campaign.redials() != Some(true) || AGAIN.holds(campaign) != Some(true) || DETECTS.holds(campaign) != Some(false)
    {
        return;
    }
    let ResolvedSetting::Stated(stated) = campaign.here(Setting::AnsweringMachine) else {
        return;
    };
    let off = campaign.stated(Field::DetectRobot).map(|detect| detect.place);
    let finding = report_inherited(campaign, stated.name, &MachineUndetected, sink);
    if let (Some(finding), Some(off)) = (finding, off) {
        finding.label(off, "switched off here");
    }
}
