//! Circles of names that lead from one to the next: templates, moves.

use std::collections::HashMap;

/// The circles among names each of which leads to one other at most, in the order in which `all` leads to them. Each begins
/// where `all` comes upon it.
pub(super) fn circles<'a>(
    all: impl Iterator<Item = &'a str>,
    next: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<Vec<&'a str>> {
    let mut circles = Vec::new();
    // By name, the walk that came by it first.
    let mut walks: HashMap<&str, usize> = HashMap::new();
    for (walk, start) in all.enumerate() {
        let mut way = Vec::new();
        let mut at = Some(start);
        while let Some(name) = at {
            if let Some(known) = walks.get(name) {
                if *known == walk {
                    circles.push(way.into_iter().skip_while(|member| *member != name).collect());
                }
                break;
            }
            walks.insert(name, walk);
            way.push(name);
            at = next(name);
        }
    }
    circles
}
