//! What a person should know of a plan besides its actions: values that stand for others, and options that change nothing.

use std::collections::{BTreeMap, HashSet};

use crate::plan::desired_state::Configuration;
use crate::util::key_pattern::KeyPattern;

use super::consent::Options;
use super::reason::BlockReason;
use super::{Action, Kind};

/// The first few keys, and how many more there are.
pub(super) fn some_of(keys: &[&str]) -> String {
    const SHOWN: usize = 3;
    match keys.split_at_checked(SHOWN) {
        Some((shown, more)) if more.len() > 1 => format!("{} and {} more", shown.join(", "), more.len()),
        _ => keys.join(", "),
    }
}

/// What a person should know of the plan as a whole.
pub(super) fn notes(configuration: &Configuration, actions: &[Action], options: &Options) -> Vec<String> {
    let sends = |action: &&Action| action.kind != Kind::Move && action.is_executable();
    let sent: HashSet<&str> = actions.iter().filter(sends).map(|action| &*action.key).collect();
    let mut defaulted: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for desired in configuration
        .campaigns
        .iter()
        .filter(|desired| sent.contains(&*desired.key))
    {
        for value in &desired.defaulted {
            defaulted.entry(*value).or_default().push(&desired.key);
        }
    }
    let defaulted = defaulted.into_iter().map(|((name, default), keys)| {
        format!(
            "the vendor does not publish what `{name}` is on the wire: \"{default}\" is sent for {}. Where your account \
             says otherwise, write `project {{ wire-value \"{name}\" \"…\" }}`",
            some_of(&keys)
        )
    });
    // Only who names campaigns is told of those of which nothing is to be done.
    let names_any = !(options.create.is_empty() && options.replace.is_empty());
    let named = actions.iter().filter(|_| names_any);
    let planned: HashSet<(&str, Kind)> = named.map(|action| (&*action.key, action.kind)).collect();
    let is_planned = |key: &str, kind| planned.contains(&(key, kind)) || planned.contains(&(key, Kind::Unknown));
    let is_replaced = |pattern: &KeyPattern| {
        let mut replaced = actions.iter().filter(|action| action.kind == Kind::Replace);
        replaced.any(|action| pattern.matches(&action.key))
    };
    let creates = options.create.iter().filter(|key| !is_planned(key, Kind::Create));
    let creates = creates.map(|key| idle(&format!("--create {key}"), "there is nothing to create there"));
    let replaces = options.replace.iter().filter_map(|written| {
        let pattern = KeyPattern::new(written.clone());
        let (is_idle, why) = match pattern.is_key() {
            true => (!is_planned(written, Kind::Replace), "there is nothing to replace there"),
            false => (!is_replaced(&pattern), "no campaign there has changed"),
        };
        is_idle.then(|| idle(&format!("--replace {written}"), why))
    });
    let nothing_changed = options.replace_all && !actions.iter().any(|action| action.kind == Kind::Replace);
    let all = nothing_changed.then(|| idle("--replace-all", "no campaign has changed"));
    let is_refused = |action: &Action| matches!(action.block, Some(BlockReason::NeedsReplace { .. }));
    let refused = actions.iter().any(is_refused).then(|| {
        "an edit is refused unless somebody says what becomes of the task: `on-change \"replace\"` in the campaign, in its \
         template or in `project` has a merge replace it, `on-change \"keep\"` leaves it as it is"
            .to_owned()
    });
    let is_guarded = |action: &Action| action.kind == Kind::Replace && action.is_executable() && !action.even_running;
    let guarded = actions.iter().any(is_guarded).then(|| {
        "apply looks at each task directly before it stops it: one that runs, is paused or has people left is refused, unless \
         `on-change \"replace\" running=#true` in the file or `--replace-running` says otherwise"
            .to_owned()
    });
    let all = defaulted
        .chain(replaces)
        .chain(creates)
        .chain(all)
        .chain(refused)
        .chain(guarded);
    all.collect()
}

fn idle(option: &str, why: &str) -> String {
    format!("`{option}` changes nothing: {why}")
}

#[cfg(test)]
mod tests {
    use super::some_of;

    #[test]
    fn only_the_first_of_many_keys_are_named() {
        assert_eq!(some_of(&["a"]), "a");
        assert_eq!(some_of(&["a", "b", "c", "d"]), "a, b, c, d");
        assert_eq!(some_of(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
