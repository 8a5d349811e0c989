//! The ledger of every code and name that was ever given to a rule: none is given to another.

use std::collections::BTreeSet;
use std::fs;

use dialform::rules::RULES;

use crate::common::command::in_repository;
use crate::common::generated::assert_current;

const LEDGER: &str = "tests/it/rules/ledger.txt";

/// One line: `DF201 missing-required-if`, and `retired` behind it where no rule has it any more.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    code: String,
    name: String,
    is_retired: bool,
}

fn entries(text: &str) -> Vec<Entry> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let entry = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let is_retired = words.len() == 3 && words[2] == "retired";
        assert!(words.len() == 2 || is_retired, "{LEDGER}: `{line}`");
        Entry {
            code: words[0].to_owned(),
            name: words[1].to_owned(),
            is_retired,
        }
    };
    lines.map(entry).collect()
}

#[test]
fn the_generated_ledger_has_every_rule() {
    let kept = fs::read_to_string(in_repository(LEDGER)).unwrap();
    let known = entries(&kept);
    let new = RULES
        .iter()
        .filter(|rule| known.iter().all(|entry| entry.code != rule.code));
    let new: Vec<String> = new.map(|rule| format!("{} {}", rule.code, rule.name)).collect();
    let (head, rules): (Vec<&str>, Vec<&str>) = kept.lines().partition(|line| line.starts_with('#'));
    let rules: BTreeSet<&str> = rules.into_iter().chain(new.iter().map(String::as_str)).collect();
    let lines: Vec<&str> = head.into_iter().chain(rules).collect();
    assert_current(LEDGER, &(lines.join("\n") + "\n"));
}

#[test]
fn no_code_or_name_is_given_out_twice_or_taken_back_in_silence() {
    let entries = entries(&fs::read_to_string(in_repository(LEDGER)).unwrap());
    for rule in RULES {
        // A rule that is not there yet fails the test above.
        let Some(entry) = entries.iter().find(|entry| entry.code == rule.code) else {
            continue;
        };
        assert_eq!(
            entry.name, rule.name,
            "{} had another name; a rule that means something else needs a new code",
            rule.code
        );
        assert!(!entry.is_retired, "{} is retired and not given out again", rule.code);
    }
    for entry in &entries {
        let is_there = RULES.iter().any(|rule| rule.code == entry.code);
        assert!(
            is_there || entry.is_retired,
            "{} {} is gone: say `retired` behind it in {LEDGER}",
            entry.code,
            entry.name
        );
    }
    let codes: BTreeSet<&str> = entries.iter().map(|entry| entry.code.as_str()).collect();
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(
        (codes.len(), names.len()),
        (entries.len(), entries.len()),
        "{LEDGER}: a code or name twice"
    );
    assert!(entries.is_sorted_by_key(|entry| &entry.code), "{LEDGER}: not in order");
}
