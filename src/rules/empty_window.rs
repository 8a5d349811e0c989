//! DF403: a call window that is empty or backwards.

use crate::fields::types::TimeOfDay;
use crate::fields::{Field, Setting, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;

pub(crate) static RULE: Rule = Rule {
    code: "DF403",
    name: "empty-window",
    group: RuleGroup::Schedule,
    phase: Phase::Definition,
    severity: Severity::Error,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A call window that ends before it begins, or at once.",
    why: "Nobody could ever be called; a window over midnight cannot be said.",
    about: |field| matches!(field.id, Field::WindowFrom | Field::WindowTo),
    bad: r#"call-window from="19:50" to="09:10""#,
    good: r#"call-window from="09:10" to="19:50""#,
};

/// A window without hours.
pub struct EmptyWindow {
    /// When it opens.
    pub from: TimeOfDay,
    /// When it closes.
    pub to: TimeOfDay,
}

impl Violation for EmptyWindow {
    fn message(&self) -> String {
        format!(
            "the call window {} to {} {}",
            self.from,
            self.to,
            if self.from == self.to {
                "is empty"
            } else {
                "runs backwards"
            }
        )
    }

    fn label(&self) -> String {
        "must be later than `from=`".to_owned()
    }

    fn help(&self) -> Option<String> {
        {
            let swap = if self.to.seconds() < self.from.seconds() {
                " (or swap the two)"
            } else {
                ""
            };
            Some(format!(
                "a window lies within one day: write a `to=` later than {}{swap}",
                self.from
            ))
        }
    }
}

/// Checks every window as written.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    if let Some(stated) = owner.stated.find(Setting::CallWindow) {
        let value = |field| stated.get(field).and_then(|stated| Some((stated.place, stated.value?)));
        if let (Some((start, Value::Time(from))), Some((place, Value::Time(to)))) =
            (value(Field::WindowFrom), value(Field::WindowTo))
            && from >= to
        {
            sink.report(place, &EmptyWindow { from: *from, to: *to })
                .label(start, "opens here");
        }
    }
}
