//! Single mistakes, planted one by one into valid projects: each gives one finding, with its code, at its place.

mod advice;
pub(crate) mod base;
mod careful;
mod conditions;
mod habits;
pub(crate) mod harness;
pub(crate) mod mutations;
mod members;
mod names;
mod paid;
mod project;
mod settings;
mod again;
mod silence;
mod swallowed;
mod sweeps;
mod syntax;
mod valid;
mod values;
mod wire_names;

use harness::{Planted, fixed};

pub(crate) fn all() -> impl Iterator<Item = &'static Planted> {
    [
        settings::CASES,
        values::CASES,
        conditions::CASES,
        names::CASES,
        project::CASES,
        wire_names::CASES,
        syntax::CASES,
        habits::CASES,
        paid::CASES,
        members::CASES,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn there_are_enough_of_them() {
    assert!(all().count() >= 300, "{}", all().count());
}

/// A safe fix keeps what the author meant, so it leaves nothing to say. A likely one fixes at least its own finding.
#[test]
fn every_fix_fixes_its_mistake() {
    let wrong: Vec<String> = all().filter_map(|planted| fixed(planted).err()).collect();
    assert!(wrong.is_empty(), "{} fixes:\n{}", wrong.len(), wrong.join("\n"));
}
