//! KDL that others wrote: the official test suite, where it is at hand, and this project's own examples.

use std::path::Path;

use dialform::project::discovery::kdl_files;
use dialform::project::walk::Listings;
use dialform::syntax::format::format;
use dialform::syntax::parse;

use super::formatted;
use crate::common::command::in_repository;

#[test]
fn every_valid_input_of_the_official_suite_keeps_its_tree() {
    let folder = in_repository("../shared/kdl-test-suite/input");
    if !folder.is_dir() {
        eprintln!("SKIPPED: the official KDL test suite is not at ../shared/kdl-test-suite");
        return;
    }
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if !name.ends_with("_fail") && parse(&text).is_kdl() {
            formatted(&text);
            count += 1;
        }
    }
    assert!(count > 200, "only {count} inputs were formatted");
}

fn is_formatted(folder: &Path) {
    let files = kdl_files(folder, &mut Listings::default()).files;
    assert!(!files.is_empty(), "{}", folder.display());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(format(&text).as_ref(), Ok(&text), "{}", file.display());
    }
}

#[test]
fn the_examples_and_the_first_project_are_formatted() {
    for folder in [
        "examples/small",
        "examples/large",
        "examples/extended",
        "examples/environments",
        "src/cli/init",
    ] {
        is_formatted(&in_repository(folder));
    }
}
