//! ARCHITECTURE.md and the rules of the house, held against the code: the rooms and their order, the length of files, the
//! names of types, words that are no longer used, and the layout of each file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::command::in_repository;

/// Entries at the top of `src`, lines of a file, names that two types share.
const MOST_ENTRIES: usize = 24;
const MOST_LINES: usize = 500;
const MOST_SHARED_NAMES: usize = 25;
/// Names of types that any module may have.
const FREE_NAMES: [&str; 3] = ["Args", "Error", "Kind"];

/// Words that begin so are written otherwise, whatever their case.
const OLD_WORDS: [&str; 4] = ["mend", "desk", "settled", "settling"];
/// Pieces of text that are written otherwise.
const OLD_PHRASES: [&str; 5] = ["given up", "gives up", "thrown away", "goes by names", "planted("];
/// Types that have another name now.
const OLD_TYPES: [&str; 33] = [
    "Desk",
    "Effective",
    "End",
    "Fate",
    "Frame",
    "Here",
    "Misfit",
    "Mistake",
    "MistakeKind",
    "OneByOne",
    "Origin",
    "OuterSpec",
    "Owner",
    "Patience",
    "Reach",
    "Room",
    "Said",
    "Seal",
    "Settled",
    "Settling",
    "Silenced",
    "Stated",
    "StatedValue",
    "Statements",
    "Stating",
    "Talk",
    "Turns",
    "Verdict",
    "Where",
    "Workplace",
    "Met",
    "MetFiles",
    "Early",
];

/// The files under a folder of the repository with one of these endings, by their paths in the repository.
fn files(folder: &str, endings: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(&in_repository(folder), folder, endings, &mut found);
    found
}

fn collect(folder: &Path, name: &str, endings: &[&str], found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &name, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(in_repository(path)).unwrap()
}

/// The rooms in the order of `src/lib.rs`.
fn rooms() -> Vec<String> {
    let text = read("src/lib.rs");
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    lines.map(str::to_owned).collect()
}

/// The code of a file: without comments, and without what is compiled for tests only.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut code = String::new();
    let mut rest = text.as_str();
    while let Some((before, item)) = rest.split_once("#[cfg(test)]") {
        code.push_str(before);
        rest = behind_item(item);
    }
    code + rest
}

/// What comes behind an item: its `;`, or the brace that closes it.
fn behind_item(item: &str) -> &str {
    let mut depth = 0;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return &item[at + 1..],
            _ => continue,
        }
        if depth == 0 {
            return &item[at + 1..];
        }
    }
    ""
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The word at the beginning of a text.
fn first_word(text: &str) -> &str {
    text.split(|c| !is_word(c)).next().unwrap()
}

#[test]
fn every_path_in_the_architecture_exists() {
    let text = read("ARCHITECTURE.md");
    let mut checked = 0;
    let mut missing = Vec::new();
    for line in text.lines() {
        let mut quoted = line.split('`').skip(1).step_by(2);
        // A row of the table names files of its room.
        let room = line.starts_with("| `").then(|| quoted.clone().next().unwrap());
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for path in quoted.by_ref().chain(links) {
            let is_path = path.chars().all(|c| is_word(c) || "./-".contains(c))
                && (path.contains('/')
                    || [".rs", ".md", ".sh", ".txt"]
                        .iter()
                        .any(|ending| path.ends_with(ending)));
            if !is_path || path.ends_with(".kdl") {
                continue;
            }
            let candidates = [
                path.to_owned(),
                format!("src/{path}"),
                format!("src/{}{path}", room.unwrap_or_default()),
            ];
            if !candidates.iter().any(|path| in_repository(path).exists()) {
                missing.push(format!("{path}: {line}"));
            }
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked} paths");
    assert_gone("missing paths", &missing);
}

#[test]
fn the_rooms_in_the_architecture_are_those_of_the_crate_in_their_order() {
    let text = read("ARCHITECTURE.md");
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let named: Vec<&str> = rows
        .map(|room| room.trim_end_matches(".rs").trim_end_matches('/'))
        .collect();
    assert_eq!(named, rooms());
}

#[test]
fn no_room_uses_one_below_it() {
    let rooms = rooms();
    let floor = |name: &str| rooms.iter().position(|room| room == name);
    let mut upward = Vec::new();
    for (path, text) in files("src", &[".rs"]) {
        let room = first_word(&path["src/".len()..]).to_owned();
        let Some(own) = floor(&room) else { continue };
        for used in used_rooms(&code(&text)) {
            if floor(&used).is_some_and(|used| used > own) {
                upward.push(format!("{path} uses {used}"));
            }
        }
    }
    assert_gone("upward uses", &upward);
}

/// The rooms that code names, `crate::room` or `crate::{room, room}`.
fn used_rooms(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            used.insert(first_word(rest).to_owned());
            continue;
        };
        let mut depth = 0;
        let mut names = String::new();
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                c if depth == 0 => names.push(c),
                _ => {}
            }
        }
        used.extend(names.split(',').map(|name| first_word(name.trim()).to_owned()));
    }
    used
}

#[test]
fn the_top_of_the_crate_and_its_files_stay_small() {
    // Git leaves empty folders behind where it moves files.
    let is_empty = |path: &Path| path.is_dir() && fs::read_dir(path).unwrap().next().is_none();
    let entries = fs::read_dir(in_repository("src")).unwrap();
    let entries = entries
        .filter(|entry| !is_empty(&entry.as_ref().unwrap().path()))
        .count();
    assert!(entries <= MOST_ENTRIES, "{entries} entries at the top of src");
    let lines = |text: &str| text.lines().count();
    let sources = files("src", &[".rs"]).into_iter();
    let long: Vec<String> = sources
        .filter(|(_, text)| lines(text) > MOST_LINES)
        .map(|(path, _)| path)
        .collect();
    assert!(long.is_empty(), "over {MOST_LINES} lines: {long:?}");
}

/// How often each name of a type is declared, tests left out.
fn declared_types() -> BTreeMap<String, usize> {
    let mut declared = BTreeMap::new();
    for text in files("src", &[".rs"]).values() {
        for line in code(text).lines() {
            let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
            let is_top = !line.starts_with(' ');
            // An associated type is no name of its own.
            let declares =
                |word: &str| matches!(word, "struct" | "enum" | "trait" | "union") || is_top && word == "type";
            if words.next().is_some_and(declares) {
                let name = first_word(words.next().unwrap_or_default()).to_owned();
                *declared.entry(name).or_insert(0) += 1;
            }
        }
    }
    declared
}

#[test]
fn few_names_stand_for_two_types() {
    let shared = declared_types()
        .into_iter()
        .filter(|(name, count)| *count > 1 && !FREE_NAMES.contains(&name.as_str()));
    let shared: Vec<String> = shared.map(|(name, _)| name).collect();
    assert!(shared.len() <= MOST_SHARED_NAMES, "{} names: {shared:?}", shared.len());
}

#[test]
fn no_type_has_its_old_name() {
    let declared = declared_types();
    let old = OLD_TYPES.iter().filter(|name| declared.contains_key(**name));
    assert_gone("old types", &old.map(|name| (*name).to_owned()).collect::<Vec<_>>());
}

#[test]
fn no_text_has_a_word_of_old() {
    let mut texts = files("src", &[".rs"]);
    texts.extend(files("docs", &[".md"]));
    texts.insert("README.md".to_owned(), read("README.md"));
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, text) in &texts {
        for (number, line) in text.lines().enumerate() {
            let words = OLD_WORDS.into_iter().filter(|word| has_word(line, word));
            let phrases = OLD_PHRASES.into_iter().filter(|phrase| line.contains(phrase));
            for old in words.chain(phrases) {
                found
                    .entry(old)
                    .or_default()
                    .push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    for (old, places) in &found {
        assert_gone(old, places);
    }
}

/// Whether a word of the line begins so: `Mended`, `mend_all`, `FixDesk`, but not `recommend`.
fn has_word(line: &str, old: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.match_indices(old).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let is_hump = line[at..].starts_with(|c: char| c.is_ascii_uppercase());
        is_hump || before.is_none_or(|c| !c.is_alphanumeric())
    })
}

#[test]
fn every_file_is_laid_out_by_itself() {
    let sources: Vec<String> = files("src", &[".rs"]).into_keys().collect();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt
        .args(["--check", "--edition", "2024", "--files-with-diff"])
        .args(&sources);
    let Ok(output) = rustfmt.current_dir(in_repository(".")).output() else {
        eprintln!("SKIPPED: rustfmt cannot be run");
        return;
    };
    let listed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{listed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Fails with every place in which something is that should be gone.
#[track_caller]
fn assert_gone(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}: {found:#?}");
}
