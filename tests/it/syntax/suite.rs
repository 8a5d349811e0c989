//! The official KDL 2.0 suite, where it lies beside the checkout.

use std::path::Path;

use dialform::syntax;

use super::canonical;
use crate::common::command::in_repository;

/// How many cases the suite has: a folder that was copied in part must not pass.
const CASES: usize = 336;

#[test]
fn the_official_cases_are_judged_right_and_mean_what_they_should() {
    let suite = in_repository("../shared/kdl-test-suite");
    if !suite.is_dir() {
        eprintln!("SKIPPED: the official KDL suite is not in ../shared; the project's own cases ran");
        return;
    }
    let mut cases = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(suite.join("input")).unwrap() {
        let path = entry.unwrap().path();
        cases += 1;
        if let Err(what) = judge(&path, &suite.join("expected_kdl")) {
            wrong.push(format!("{}: {what}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cases, CASES);
}

fn judge(input: &Path, expected: &Path) -> Result<(), String> {
    let bytes = std::fs::read(input).unwrap();
    let should_fail = input.file_stem().unwrap().to_string_lossy().ends_with("_fail");
    // The specification wants UTF-8, and so does the loader, before the parser sees anything.
    let Ok(text) = String::from_utf8(bytes) else {
        return if should_fail {
            Ok(())
        } else {
            Err("not UTF-8".to_owned())
        };
    };
    let parsed = syntax::parse(&text);
    match (parsed.is_kdl(), should_fail) {
        (true, true) => Err("accepted".to_owned()),
        (false, true) => Ok(()),
        (false, false) => Err(format!("rejected: {:?}", parsed.errors)),
        (true, false) => {
            let expected = std::fs::read_to_string(expected.join(input.file_name().unwrap())).unwrap();
            let printed = canonical::print(&parsed.tree);
            if printed.trim_end() == expected.trim_end() {
                Ok(())
            } else {
                Err(format!("printed {printed:?}, not {expected:?}"))
            }
        }
    }
}
