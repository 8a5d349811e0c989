//! Finds cycles among names each of which leads to at most one other: templates, moves.

use std::collections::HashMap;

/// The cycles among the names that `all` leads to by `next`, in the order of `all`. Each begins at the first of its names that a
/// walk from `all` meets.
pub(super) fn cycles<'a>(
    all: impl Iterator<Item = &'a str>,
    next: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<Vec<&'a str>> {
    let mut cycles = Vec::new();
    // By name, the walk that visited it first.
    let mut walks: HashMap<&str, usize> = HashMap::new();
    for (walk, start) in all.enumerate() {
        let mut way = Vec::new();
        let mut at = Some(start);
        while let Some(name) = at {
            if let Some(known) = walks.get(name) {
                if *known == walk {
                    cycles.push(way.into_iter().skip_while(|member| *member != name).collect());
                }
                break;
            }
            walks.insert(name, walk);
            way.push(name);
            at = next(name);
        }
    }
    cycles
}
