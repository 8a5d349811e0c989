//! DF504: redials of an absurd number or pace.

use super::context::report_inherited;
use crate::fields::types::Seconds;
use crate::fields::{Field, Setting, Slot, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Resolved, ResolvedSetting};

pub(crate) static RULE: Rule = Rule {
    code: "DF504",
    name: "excessive-redials",
    group: RuleGroup::Redial,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "More than 50 redials of an outcome, five or more within minutes, one after more than two weeks, or more than 30 in all without a limit.",
    why: "One person gets every one of these calls, and each is billed: a slip of the finger becomes a complaint to the regulator.",
    about: |field| matches!(field.slot, Slot::Property("times" | "after")),
    bad: r#"redial {
    max-per-candidate 600
    busy after="0s" times=500
}"#,
    good: r#"redial {
    max-per-candidate 6
    busy after="20m" times=5
}"#,
};

/// More redials of one outcome than anybody means.
const MOST: u32 = 50;
/// A shorter pause is none: the line is still busy.
const SHORTEST: Seconds = Seconds(60);
/// After a longer pause nobody remembers what the call was about: most likely the unit is wrong.
const LONGEST: Seconds = Seconds(14 * 86_400);
/// So many redials without a pause are pestering.
const MOST_AT_ONCE: u32 = 5;
/// So many redials of all outcomes together need a limit.
const MOST_UNLIMITED: u64 = 30;

/// What is too much about redials.
pub enum ExcessiveRedials<'a> {
    /// Their number.
    Times {
        /// The outcome.
        outcome: &'a str,
        /// How often it is redialled.
        times: u32,
    },
    /// Their pace.
    Pause {
        /// The outcome.
        outcome: &'a str,
        /// How often it is redialled.
        times: u32,
        /// The pause before each.
        after: Seconds,
    },
    /// Their pause, in which the campaign ends.
    LongPause {
        /// The outcome.
        outcome: &'a str,
        /// The pause before each.
        after: Seconds,
    },
    /// Their sum, which nothing limits.
    Unlimited {
        /// The redials of all outcomes.
        times: u64,
    },
}

impl Violation for ExcessiveRedials<'_> {
    fn message(&self) -> String {
        match self {
            Self::Times { outcome, times } => format!("`{outcome}` redials one person up to {times} times"),
            Self::Pause { outcome, times, after } => {
                format!("`{outcome}` redials one person {times} times, each {after} after the last call")
            }
            Self::LongPause { outcome, after } => {
                format!("`{outcome}` redials {after} after the last call, when the campaign is long over")
            }
            Self::Unlimited { times } => {
                format!("one person may be redialled {times} times, and no limit holds for all outcomes together")
            }
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Times { .. } => format!("more than {MOST}"),
            Self::Pause { .. } => format!("less than {SHORTEST}"),
            Self::LongPause { .. } => "more than two weeks".to_owned(),
            Self::Unlimited { .. } => "without `max-per-candidate`".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Times { .. } => "people are redialled a few times, as in `times=3`".to_owned(),
            Self::Pause { .. } => "leave people a pause, as in `after=\"20m\"`, or redial fewer times".to_owned(),
            Self::LongPause { .. } => "write the pause in minutes or hours, as in `after=\"20m\"`".to_owned(),
            Self::Unlimited { .. } => {
                "write the most calls that one person may get, as in `max-per-candidate 6`".to_owned()
            }
        })
    }
}

/// Checks the outcomes of each campaign, and all of them together.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    if campaign.redials() != Some(true) {
        return;
    }
    let limits = [Field::MaxPerCandidate, Field::MaxPerNumber];
    let limits = limits.iter().filter_map(|limit| match campaign.value(*limit) {
        Some(Value::Count(most)) => Some(*most),
        _ => None,
    });
    let most = limits.min();
    let mut total = 0;
    for (times_field, after_field) in OUTCOMES {
        let Some(stated) = campaign.stated(times_field) else {
            continue;
        };
        let Some(Value::Count(times)) = stated.value else {
            continue;
        };
        if stated.field.spec().allowed.holds(campaign) != Some(true) {
            continue;
        }
        let times = *times;
        total += u64::from(times);
        // The limit, which counts the first call as well, may cut them short: DF502 reports that.
        let times = most.map_or(times, |most| times.min(most.saturating_sub(1)));
        let outcome = stated.field.spec().setting.spec().name;
        if times > MOST {
            let violation = ExcessiveRedials::Times { outcome, times };
            report_inherited(campaign, stated.place, &violation, sink);
            return;
        }
        let Some(pause) = campaign.stated(after_field) else {
            continue;
        };
        let Some(Value::Duration(after)) = pause.value else {
            continue;
        };
        let after = *after;
        let violation = match after {
            _ if after < SHORTEST && times >= MOST_AT_ONCE => ExcessiveRedials::Pause { outcome, times, after },
            _ if after > LONGEST && times > 0 => ExcessiveRedials::LongPause { outcome, after },
            _ => continue,
        };
        report_inherited(campaign, pause.place, &violation, sink);
        return;
    }
    // With `comply` the platform keeps to a number of calls.
    let has_limit = [Setting::MaxPerCandidate, Setting::MaxPerNumber, Setting::Comply]
        .iter()
        .any(|limit| !campaign.lacks(*limit));
    if total > MOST_UNLIMITED
        && !has_limit
        && let ResolvedSetting::Stated(redial) = campaign.here(Setting::Redial)
    {
        report_inherited(
            campaign,
            redial.name,
            &ExcessiveRedials::Unlimited { times: total },
            sink,
        );
    }
}

/// Of each outcome, the fields of its number and of its pause.
const OUTCOMES: [(Field, Field); 5] = [
    (Field::BusyTimes, Field::BusyAfter),
    (Field::NoAnswerTimes, Field::NoAnswerAfter),
    (Field::AnsweringMachineTimes, Field::AnsweringMachineAfter),
    (Field::CongestionTimes, Field::CongestionAfter),
    (Field::IneffectiveTimes, Field::IneffectiveAfter),
];
