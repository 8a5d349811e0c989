//! DF205: recordings of which nothing is left.

use crate::fields::types::Seconds;
use crate::fields::{Field, Setting, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;

pub(crate) static RULE: Rule = Rule {
    code: "DF205",
    name: "long-trim",
    group: RuleGroup::Conditions,
    phase: Phase::Definition,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A `trim-left` of more than five minutes.",
    why: "Nothing is left of most recordings: a complaint cannot be answered with what was said.",
    about: |field| matches!(field.id, Field::RecordTrim),
    bad: r#"record #true trim-left="12m""#,
    good: r#"record #true trim-left="12s""#,
};

/// Most calls are over before.
const LONGEST: Seconds = Seconds(300);

/// A cut that leaves nothing.
pub struct LongTrim {
    /// What is cut off.
    pub trim: Seconds,
}

impl Violation for LongTrim {
    fn message(&self) -> String {
        format!(
            "the first {} of each recording are cut off, and most calls are shorter",
            self.trim
        )
    }

    fn label(&self) -> String {
        "longer than calls are".to_owned()
    }

    fn help(&self) -> Option<String> {
        Some("write the seconds of ringing or greeting to cut off, as in `trim-left=\"2s\"`, or `trim-left=\"0s\"` for none".to_owned())
    }
}

/// Checks every cut as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    let Some(record) = owner.stated.find(Setting::Record) else {
        return;
    };
    if let Some(stated) = record.get(Field::RecordTrim)
        && let Some(Value::Duration(trim)) = stated.value
        && *trim > LONGEST
    {
        sink.report(stated.place, &LongTrim { trim: *trim });
    }
}
