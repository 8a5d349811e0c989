//! The registry: each rule numbered and named once, documented, in a file of its own, its examples run; the codes ever
//! given out; `docs/rules.md`; and `dialform rule`, which prints all that.

mod command;
mod document;
mod ledger;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dialform::explain::example;
use dialform::finding::Rule;
use dialform::rules::{RULES, find, selects_any};

use crate::common::site::write_file;
use crate::mistakes::harness::check_folder;

/// Rules about files as such, and about limits, which no example shows: they have tests of their own.
const ABOUT_FILES: [&str; 7] = ["DF091", "DF092", "DF093", "DF094", "DF095", "DF096", "DF126"];

/// What is found in an example that stands on a disk, by code.
fn on_disk(files: &[(&str, Vec<u8>)]) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    for (path, content) in files {
        write_file(&root, path, content);
    }
    check_folder(&root).into_iter().map(|found| found.code).collect()
}

/// The codes that an example gives. Those about the text itself (DF0) leave out settings that a
/// campaign needs, and the template that they name.
fn codes(rule: &Rule, example: &str) -> Vec<&'static str> {
    let files = example::project(example);
    let (findings, _) = example::check(&files);
    let found: Vec<&str> = findings.iter().map(|finding| finding.rule.code).collect();
    assert_eq!(
        found,
        on_disk(&files),
        "{}: in memory and on a disk\n{example}",
        rule.code
    );
    let is_about_text = rule.group.is_about_text();
    found
        .into_iter()
        .filter(|code| !is_about_text || !["DF202", "DF303"].contains(code))
        .collect()
}

#[test]
fn each_rule_has_a_code_and_a_name_of_its_own() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted(), "not in the order of their codes: {codes:?}");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    assert_eq!(
        RULES.iter().map(|rule| rule.name).collect::<BTreeSet<_>>().len(),
        codes.len()
    );
    for rule in RULES {
        let digits = rule.code.strip_prefix("DF").unwrap();
        assert!(
            digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()),
            "{}",
            rule.code
        );
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.name.chars().all(is_name) && !rule.name.is_empty(), "{}", rule.name);
        assert!(find(rule.code).is_some_and(|found| found.name == rule.name));
        assert!(find(rule.name).is_some_and(|found| found.code == rule.code));
        assert!(selects_any(&rule.code[..3]));
    }
}

#[test]
fn each_rule_is_documented_in_a_file_of_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    for rule in RULES {
        let path = folder.join(rule.name.replace('-', "_")).with_extension("rs");
        let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        assert!(
            text.starts_with(&format!("//! {}", rule.code)),
            "{} does not open with its code",
            path.display()
        );
        for words in [rule.summary, rule.why] {
            assert!(
                words.len() > 10 && words.ends_with(['.', ')']),
                "{}: {words}",
                rule.code
            );
        }
        let has_examples = !rule.bad.is_empty() && !rule.good.is_empty();
        assert!(
            has_examples || ABOUT_FILES.contains(&rule.code),
            "{} has no examples",
            rule.code
        );
    }
}

#[test]
fn each_bad_example_breaks_its_rule_and_no_other() {
    let rules = RULES.iter().filter(|rule| !ABOUT_FILES.contains(&rule.code));
    let wrong: Vec<String> = rules
        .filter_map(|rule| {
            let codes = codes(rule, rule.bad);
            (codes != [rule.code]).then(|| format!("{} {}: {codes:?}\n{}", rule.code, rule.name, rule.bad))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn each_good_example_breaks_none() {
    let rules = RULES.iter().filter(|rule| !ABOUT_FILES.contains(&rule.code));
    let wrong: Vec<String> = rules
        .filter_map(|rule| {
            let codes = codes(rule, rule.good);
            (!codes.is_empty()).then(|| format!("{} {}: {codes:?}\n{}", rule.code, rule.name, rule.good))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
