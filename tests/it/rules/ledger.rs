//! The ledger of every code and name that was ever given to a rule: none is given to another.

use std::collections::BTreeSet;
use std::fs;

use dialform::rules::RULES;

use super::writes;
use crate::command::in_repository;

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
fn no_code_or_name_is_given_out_twice_or_taken_back_in_silence() {
    let path = in_repository(LEDGER);
    let mut text = fs::read_to_string(&path).unwrap();
    for rule in RULES {
        let line = format!("{} {}", rule.code, rule.name);
        if writes() && !entries(&text).iter().any(|entry| entry.code == rule.code) {
            text.push_str(&line);
            text.push('\n');
            let (head, rules): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
            let rules: BTreeSet<&str> = rules.into_iter().collect();
            let sorted: Vec<&str> = head.into_iter().chain(rules).collect();
            text = sorted.join("\n") + "\n";
            fs::write(&path, &text).unwrap();
        }
    }
    let entries = entries(&text);
    for rule in RULES {
        let held = entries.iter().find(|entry| entry.code == rule.code);
        let Some(held) = held else {
            panic!(
                "{} {} is new: run the tests with UPDATE_DOCS=1, which adds it to {LEDGER}",
                rule.code, rule.name
            );
        };
        assert_eq!(
            held.name, rule.name,
            "{} had another name; a rule that means something else needs a new code",
            rule.code
        );
        assert!(!held.is_retired, "{} is retired and not given out again", rule.code);
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
