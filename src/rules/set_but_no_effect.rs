//! DF203: a value that another value makes meaningless.

use crate::fields::{Condition, Setting, Slot};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Definition, SettingValue};

pub(crate) static RULE: Rule = Rule {
    code: "DF203",
    name: "set-but-no-effect",
    group: RuleGroup::Conditions,
    phase: Phase::Definition,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A property or setting that has no effect beside another value.",
    why: "It reads as if it did something, but it is not sent: whoever relies on it believes that calls are handed over, or made again, and they are not.",
    about: |field| !matches!(field.allowed, Condition::Always),
    bad: r#"on-transfer "end" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b""#,
    good: r#"on-transfer "end""#,
};

/// Values without effect on one node.
pub struct NoEffect {
    /// What has no effect, as written: `trim-left=`, or the name of a setting.
    pub what: Vec<String>,
    /// When it would have one.
    pub condition: String,
}

impl Violation for NoEffect {
    fn message(&self) -> String {
        let names: Vec<String> = self.what.iter().map(|name| format!("`{name}`")).collect();
        let have = if names.len() == 1 { "has" } else { "have" };
        format!("{} {have} no effect here", names.join(" and "))
    }

    fn label(&self) -> String {
        "of no effect".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some(format!(
            "this only counts with {}: remove it, or change that",
            self.condition
        ))
    }
}

/// Checks every node as written, against its own node and, within `redial`, against the node around it.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    let mut switched_off: Option<Setting> = None;
    for stated in owner.stated.iter().filter(|stated| stated.setting.has_conditions()) {
        let has_no_effect = |value: &SettingValue<'_>| !owner.stated.has_effect(value.field);
        let idle: Vec<SettingValue<'_>> = stated.values().filter(has_no_effect).collect();
        let [first, others @ ..] = idle.as_slice() else {
            continue;
        };
        let spec = first.field.spec();
        if spec.slot == Slot::Argument {
            // `redial #false { … }` is one finding, however much is in the block.
            let parent = stated.setting.spec().parent;
            if switched_off.is_none() || switched_off != parent {
                let what = vec![stated.setting.spec().name.to_owned()];
                sink.report(
                    stated.name,
                    &NoEffect {
                        what,
                        condition: spec.allowed.in_words(),
                    },
                );
            }
            switched_off = parent;
            continue;
        }
        // `busy #false after="20m" times=3` is one finding as well.
        let what = idle.iter().map(|value| value.field.spec().written()).collect();
        let finding = sink.report(
            first.entry,
            &NoEffect {
                what,
                condition: spec.allowed.in_words(),
            },
        );
        for other in others {
            finding.label(other.entry, "neither is this");
        }
    }
}
