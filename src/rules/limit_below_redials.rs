//! DF502: a limit that cuts an outcome's redials short.

use std::sync::LazyLock;

use super::context::report_inherited;
use crate::fields::{FIELDS, Field, Kind, Slot, Value};
use crate::finding::{Fixable, Phase, Rule, RuleGroup, Severity, Sink, Violation};
use crate::model::{Resolved, SettingValue};

pub(crate) static RULE: Rule = Rule {
    code: "DF502",
    name: "limit-below-redials",
    group: RuleGroup::Redial,
    phase: Phase::Campaign,
    severity: Severity::Warning,
    always_blocks_apply: false,
    fixable: Fixable::Never,
    summary: "A limit on calls that is lower than the first call and the redials of one outcome.",
    why: "The limit ends the redials early; people are called less often than the file says.",
    about: |field| matches!(field.kind, Kind::Limit | Kind::Count),
    bad: r#"redial {
    max-per-candidate 3
    busy after="20m" times=5
}"#,
    good: r#"redial {
    max-per-candidate 6
    busy after="20m" times=5
}"#,
};

/// The rows that say how often an outcome is redialled.
static TIMES: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let times = FIELDS.iter().filter(|spec| spec.slot == Slot::Property("times"));
    times.map(|spec| spec.id).collect()
});

/// Redials that the limit cuts off.
pub struct LimitBelowRedials<'a> {
    /// The outcomes and their redials; at least one.
    pub cut: Vec<(&'a str, u32)>,
    /// The limit's name.
    pub limit: &'a str,
    /// The limit.
    pub most: u32,
}

impl Violation for LimitBelowRedials<'_> {
    fn message(&self) -> String {
        match self.cut.as_slice() {
            [(outcome, times)] => format!(
                "`{outcome}` redials {times} times, {} calls with the first, but `{}` allows {}",
                calls(*times),
                self.limit,
                self.most
            ),
            several => format!(
                "`{} {}` cuts the redials of {} outcomes short",
                self.limit,
                self.most,
                several.len()
            ),
        }
    }

    fn label(&self) -> String {
        match self.cut.as_slice() {
            [_] => "cut short by the limit".to_owned(),
            _ => "too low for them".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        let most_calls = self
            .cut
            .iter()
            .map(|(_, times)| calls(*times))
            .max()
            .unwrap_or_default();
        let raise = format!("`{} {most_calls}`", self.limit);
        Some(match self.most {
            0 | 1 => format!("write {raise}, or switch the redial off with `#false`"),
            most => format!(
                "write {raise}, or at most `times={}`: the first call counts as well",
                most - 1
            ),
        })
    }
}

/// Whether such a limit cuts the redials of an outcome short.
pub(super) fn cuts_redials(campaign: &Resolved<'_>, most: u32) -> bool {
    TIMES
        .iter()
        .any(|field| matches!(campaign.value(*field), Some(Value::Count(times)) if *times >= most))
}

/// How many calls one person may get through so many redials.
fn calls(times: u32) -> u64 {
    u64::from(times) + 1
}

/// Checks the outcomes of each campaign against the lower of its limits. One finding a campaign: at the outcome, or at
/// the limit where it cuts several short.
pub(super) fn check(campaign: &Resolved<'_>, sink: &mut Sink) {
    if campaign.redials() != Some(true) {
        return;
    }
    let count = |field: &Field| match campaign.value(*field) {
        Some(Value::Count(count)) => Some(*count),
        _ => None,
    };
    const LIMITS: [Field; 2] = [Field::MaxPerCandidate, Field::MaxPerNumber];
    let Some(most) = LIMITS.iter().filter_map(count).min() else {
        return;
    };
    if TIMES.iter().filter_map(count).all(|times| times < most) {
        return;
    }
    let counted = |field: &Field| Some((count(field)?, campaign.stated(*field)?));
    let Some((_, limit)) = LIMITS.iter().filter_map(counted).find(|(limit, _)| *limit == most) else {
        return;
    };
    let cut: Vec<(u32, SettingValue<'_>)> = TIMES
        .iter()
        .filter_map(counted)
        .filter(|(times, _)| *times >= most)
        .filter(|(_, stated)| stated.field.spec().allowed.holds(campaign) == Some(true))
        .collect();
    let name = |stated: &SettingValue<'_>| stated.field.spec().setting.spec().name;
    let place = match cut.as_slice() {
        [] => return,
        [(_, stated)] => stated.place,
        _ => limit.place,
    };
    let violation = LimitBelowRedials {
        cut: cut.iter().map(|(times, stated)| (name(stated), *times)).collect(),
        limit: name(&limit),
        most,
    };
    let Some(finding) = report_inherited(campaign, place, &violation, sink) else {
        return;
    };
    match cut.as_slice() {
        [_] => {
            finding.label(limit.place, "the limit");
        }
        several => {
            for (times, stated) in several {
                finding.label(stated.place, format!("{} calls with the first", calls(*times)));
            }
        }
    }
}
