//! The registry: each rule numbered and named once, documented, in a file of its own, its examples run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dialform::finding::Rule;
use dialform::rules::{RULES, find, selects_any};

use crate::mistakes::harness::check;

/// A campaign in which nothing is found.
const BASE: [&str; 10] = [
    "name \"Base\"",
    "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    "on-transfer \"end\"",
    "caller-id \"default\"",
    "start \"manual\"",
    "pace \"1/s\"",
    "effective-after \"5s\"",
    "record #false",
    "detect-robot \"back\"",
    "redial #false",
];

const TOP_LEVEL: [&str; 7] = ["campaign", "template", "aliases", "moved", "environment", "/-", "{"];

/// Rules about files, not about what stands in them, and about nodes too deep to mean anything: they have tests of
/// their own.
pub(crate) const ABOUT_FILES: [&str; 6] = ["DF001", "DF002", "DF090", "DF091", "DF092", "DF093"];

/// The name of a line's node, also where a colon is the mistake.
fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("").trim_end_matches(':')
}

/// The base campaign's settings, but for those that an example states itself.
fn settings(example: &str) -> String {
    let is_said = |setting: &&str| example.lines().any(|line| first_word(line) == first_word(setting));
    BASE.iter()
        .filter(|setting| !is_said(setting))
        .map(|setting| format!("    {setting}\n"))
        .collect()
}

/// Completes an example as `finding::Rule` describes.
pub(crate) fn project(example: &str) -> Vec<(String, String)> {
    let campaign = |key: &str, lines: &str| format!("campaign \"{key}\" {{\n{}{lines}\n}}\n", settings(lines));
    let filled = || -> String {
        let lines = example.lines().map(|line| match line.strip_suffix("{}") {
            Some(head) if line.starts_with("campaign") => format!("{head}{{\n{}}}\n", settings("")),
            _ => format!("{line}\n"),
        });
        lines.collect()
    };
    let others = if example.contains("campaign \"") {
        String::new()
    } else {
        campaign("base", "")
    };
    let (project, text) = match first_word(example) {
        "project" => (filled(), others),
        word if TOP_LEVEL.contains(&word) => (String::new(), filled() + &others),
        _ => (String::new(), campaign("base", example)),
    };
    vec![
        ("dialform.kdl".to_owned(), project),
        ("campaigns/example.kdl".to_owned(), text),
    ]
}

/// The codes that an example gives. Those about the text itself (DF0) leave out settings that a
/// campaign needs, and the template that they name.
fn codes(rule: &Rule, example: &str) -> Vec<&'static str> {
    let is_about_text = rule.code.starts_with("DF0");
    let found = check(&project(example));
    found
        .into_iter()
        .map(|found| found.code)
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
