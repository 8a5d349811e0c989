//! DF404: a call window into the night.

use std::ops::Range;

use crate::fields::types::TimeOfDay;
use crate::fields::{Field, Setting, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::Definition;

pub(crate) static RULE: Rule = Rule {
    code: "DF404",
    name: "window-at-night",
    group: RuleGroup::Schedule,
    phase: Phase::Definition,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A call window on the recipient's clock that opens before 08:00 or closes after 22:00.",
    why: "People are woken by a robot: they complain, and in many countries calls at night are against the law.",
    about: |field| matches!(field.id, Field::WindowFrom | Field::WindowTo),
    bad: r#"call-window from="06:00" to="23:30""#,
    good: r#"call-window from="09:10" to="19:50""#,
};

/// When a day of calls may begin, and when it is over.
const DAY: Range<u32> = 8 * 3_600..22 * 3_600;

/// Hours in which people sleep.
pub struct WindowAtNight {
    /// The hour that is too early or too late.
    pub at: TimeOfDay,
    /// Whether it is too early.
    pub is_early: bool,
}

impl Violation for WindowAtNight {
    fn message(&self) -> String {
        match self.is_early {
            true => format!("the window opens at {}, when people may still sleep", self.at),
            false => format!("the window closes at {}, when people may already sleep", self.at),
        }
    }

    fn label(&self) -> String {
        match self.is_early {
            true => "before 08:00".to_owned(),
            false => "after 22:00".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some("write hours between 08:00 and 22:00 on the recipient's clock, as in `call-window from=\"09:10\" to=\"19:50\"`".to_owned())
    }
}

/// Checks every window on the recipient's clock as written. One finding a window.
pub(super) fn check(owner: &Definition, sink: &mut Sink) {
    let Some(window) = owner.stated.find(Setting::CallWindow) else {
        return;
    };
    let clock = window.get(Field::WindowClock);
    if clock.is_some_and(|clock| {
        clock
            .value
            .is_none_or(|value| value.word(Field::WindowClock.spec()) == "company")
    }) {
        return;
    }
    let hour = |field| match window.get(field) {
        Some(stated) => match stated.value {
            Some(Value::Time(at)) => Some((stated.place, *at)),
            _ => None,
        },
        None => None,
    };
    let (Some((opens, from)), Some((closes, to))) = (hour(Field::WindowFrom), hour(Field::WindowTo)) else {
        return;
    };
    let is_early = from.seconds() < DAY.start;
    let is_late = to.seconds() > DAY.end;
    match (is_early, is_late) {
        _ if from >= to => {}
        (true, _) => {
            let finding = sink.report(
                opens,
                &WindowAtNight {
                    at: from,
                    is_early: true,
                },
            );
            if is_late {
                finding.label(closes, "after 22:00");
            }
        }
        (false, true) => drop(sink.report(
            closes,
            &WindowAtNight {
                at: to,
                is_early: false,
            },
        )),
        (false, false) => {}
    }
}
