//! Two rules that fault one value for two reasons: shown as one finding with both.

use crate::finding::{Finding, Rule};

use super::{
    excessive_redials, http_webhook, limit_below_redials, no_call_window, private_webhook, start_off_the_clock,
    start_outside_window,
};

/// Of two findings at one place, the one that is shown, and the one that becomes a label of it: whoever repairs the first has
/// to look at the value again anyway.
static OVERLAPS: [(&Rule, &Rule); 4] = [
    (&start_off_the_clock::RULE, &no_call_window::RULE),
    (&start_off_the_clock::RULE, &start_outside_window::RULE),
    (&http_webhook::RULE, &private_webhook::RULE),
    (&excessive_redials::RULE, &limit_below_redials::RULE),
];

/// Makes one of findings that are about one value, and says which are left over, by their index. The findings are in the order
/// of files and places, and only those that are shown: one that is hidden does not take another with it.
pub fn merge_overlaps(findings: &mut [Finding]) -> Vec<usize> {
    let mut left_over = Vec::new();
    let mut start = 0;
    while let Some(first) = findings.get(start) {
        let place = first.place;
        let behind = findings.get(start..).unwrap_or_default();
        let same = behind.iter().take_while(|finding| finding.place == place).count();
        if let Some(group) = findings.get_mut(start..start + same).filter(|group| group.len() > 1) {
            merge(group, start, &mut left_over);
        }
        start += same;
    }
    left_over
}

/// Makes one of findings that are about one value, and drops those that are left over.
pub fn retain_merged(findings: &mut Vec<Finding>) {
    let mut left_over = merge_overlaps(findings).into_iter().peekable();
    let mut index = 0;
    findings.retain(|_| {
        index += 1;
        left_over.next_if_eq(&(index - 1)).is_none()
    });
}

/// The findings of one place; the first has the number `start`.
fn merge(group: &mut [Finding], start: usize, left_over: &mut Vec<usize>) {
    for (shown, other) in OVERLAPS {
        let find = |rule: &Rule| group.iter().position(|finding| finding.rule.code == rule.code);
        let (Some(shown), Some(other)) = (find(shown), find(other)) else {
            continue;
        };
        if left_over.contains(&(start + other)) {
            continue;
        }
        let Some((place, label, help)) = group
            .get(other)
            .map(|other| (other.place, other.label.clone(), other.help.clone()))
        else {
            continue;
        };
        if let Some(shown) = group.get_mut(shown) {
            shown.label(place, label);
            shown.add_help(help);
        }
        left_over.push(start + other);
    }
    left_over.sort_unstable();
}
