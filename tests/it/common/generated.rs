//! Files of the repository that are generated from the code: each test that holds one has `generated` in its name, so that
//! `UPDATE=1 cargo test --test it generated` writes all of them.

use similar::TextDiff;

use super::command::in_repository;

/// Compares a file with what is generated now, or writes it where `UPDATE` is set.
#[track_caller]
pub(crate) fn assert_current(path: &str, generated: &str) {
    let kept = std::fs::read_to_string(in_repository(path)).unwrap_or_default();
    if kept == generated {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(in_repository(path), generated).unwrap();
        return;
    }
    let diff = TextDiff::from_lines(kept.as_str(), generated);
    panic!(
        "{path} is out of date; `UPDATE=1 cargo test --test it generated` writes it\n{}",
        diff.unified_diff().header(path, "generated")
    );
}
