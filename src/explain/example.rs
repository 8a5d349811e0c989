//! Examples of rules and settings: expanded to whole projects, and checked.

use std::path::{Path, PathBuf};

use globset::Glob;

use crate::fields::{Dialect, FIELDS};
use crate::finding::Finding;
use crate::lint::engine::{Checker, Overlay};
use crate::project::discovery::{PROJECT_FILE, Scope};
use crate::project::source::Sources;

/// The settings of a campaign without findings.
const BASE: [&str; 11] = [
    "name \"Base\"",
    "scenario \"228cc4fa-92f2-4709-94e3-7344a96a5903\"",
    "on-transfer \"end\"",
    "caller-id \"default\"",
    "start \"manual\"",
    "pace \"1/s\"",
    "call-window from=\"09:10\" to=\"19:50\"",
    "effective-after \"5s\"",
    "record #false",
    "detect-robot \"back\"",
    "redial #false",
];

/// What opens an example that is more than settings of a campaign.
const TOP_LEVEL: [&str; 7] = ["campaign", "template", "aliases", "moved", "removed", "/-", "{"];

/// The present moment of every check.
const NOW: &str = "2030-01-01T00:00:00Z";

/// The path of the file with the campaigns.
const CAMPAIGNS: &str = "campaigns/example.kdl";

/// Expands an example as [`crate::finding::Rule`] describes: paths in a project, and the content of each file.
pub fn project(example: &str) -> Vec<(&'static str, Vec<u8>)> {
    let others = if example.contains("campaign \"") {
        String::new()
    } else {
        campaign("")
    };
    let (project, text) = match first_word(example) {
        _ if example.contains('\0') => (String::new(), example.to_owned()),
        "project" | "environment" => (filled(example), others),
        word if TOP_LEVEL.contains(&word) => (String::new(), filled(example) + &others),
        _ => (String::new(), campaign(example)),
    };
    vec![(PROJECT_FILE, project.into_bytes()), (CAMPAIGNS, bytes(&text))]
}

/// The same for lines of a campaign in a project of this dialect.
pub fn project_of_dialect(example: &str, dialect: Dialect) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = project(example);
    if let Some((_, project)) = files.first_mut().filter(|(_, project)| project.is_empty()) {
        *project = format!("project {{ dialect \"{dialect}\" }}\n").into_bytes();
        if example.starts_with("only ") {
            project.extend_from_slice(b"environment \"staging\"\nenvironment \"production\"\n");
        }
    }
    files
}

/// The findings in a project that consists of these files, in memory.
pub fn check(files: &[(&str, Vec<u8>)]) -> (Vec<Finding>, Sources) {
    // Nothing is read from there: every file of the scope has an overlay.
    let root = PathBuf::from(if cfg!(windows) { "C:\\example" } else { "/example" });
    let overlays: Vec<Overlay> = files
        .iter()
        .map(|(path, content)| Overlay {
            path: root.join(path),
            content: content.clone(),
        })
        .collect();
    let mut checker = Checker::new(&root, NOW.parse().ok());
    let mut scope = Scope::of_file(root.join(PROJECT_FILE));
    let patterns: Vec<String> = {
        let checked = checker.check(&scope, &overlays);
        let project = checked.project();
        let patterns = project.node().into_iter().flat_map(|node| &node.campaigns);
        patterns.map(|pattern| pattern.value.to_string()).collect()
    };
    for (path, _) in files.iter().filter(|(path, _)| *path != PROJECT_FILE) {
        if patterns.is_empty() || patterns.iter().any(|pattern| is_named(path, pattern)) {
            scope.add(root.join(path));
        }
    }
    scope.root = Some(root);
    let findings = checker.check(&scope, &overlays).findings;
    (findings, checker.sources().clone())
}

fn is_named(path: &str, pattern: &str) -> bool {
    Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(Path::new(path)))
}

/// An example as it is printed: expanded campaigns have an ellipsis, and invisible characters a visible form.
pub fn shown(example: &str) -> String {
    let mut out = String::new();
    for line in example.lines() {
        let line = match one_line(line) {
            Some((head, "")) => format!("{head}{{ … }}"),
            Some((head, inner)) => format!("{head}{{ {inner}; … }}"),
            None => line.to_owned(),
        };
        for (index, c) in line.chars().enumerate() {
            match c {
                // The deep nesting of one example is cut off.
                _ if index == LONGEST_LINE && line.contains("{a{a{") => {
                    out.push('…');
                    break;
                }
                '\0' => out.push('␀'),
                '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => {
                    out.push_str(&format!("⟨U+{:04X}⟩", c as u32));
                }
                c => out.push(c),
            }
        }
        out.push('\n');
    }
    out
}

const LONGEST_LINE: usize = 60;

/// The bytes of a file; a replacement character stands for a byte that is not UTF-8.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for (index, part) in text.split('\u{FFFD}').enumerate() {
        if index > 0 {
            bytes.push(0xCF);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// The base campaign, these lines replacing its settings of the same name.
fn campaign(lines: &str) -> String {
    format!("campaign \"base\" {{\n{}{lines}\n}}\n", settings(lines))
}

/// The example with every one-line campaign expanded. Each gets a name of its own.
fn filled(example: &str) -> String {
    let lines = example.lines().map(|line| match one_line(line) {
        Some((head, inner)) => {
            let own = inner.replace("; ", "\n").replace(';', "\n");
            let settings = settings(&own).replace(
                "\"Base\"",
                head.split('"').nth(1).map(quoted).as_deref().unwrap_or("Base"),
            );
            format!("{head}{{\n{settings}{own}\n}}\n")
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn quoted(key: &str) -> String {
    format!("\"{key}\"")
}

/// A campaign on one line: the text before its block, and in it.
fn one_line(line: &str) -> Option<(&str, &str)> {
    let (head, inner) = line.strip_suffix('}')?.split_once('{')?;
    line.starts_with("campaign").then_some((head, inner.trim()))
}

/// The base campaign's settings without those that the example sets itself, under this or the wire's name.
fn settings(example: &str) -> String {
    let is_set = |setting: &&str| {
        let name = first_word(setting);
        let is_wire_name = |word: &str| {
            FIELDS
                .iter()
                .any(|spec| spec.wire.contains(&word) && spec.path() == name)
        };
        let mut words = example.lines().map(first_word);
        words.any(|word| word == name || is_wire_name(word))
    };
    BASE.iter()
        .filter(|setting| !is_set(setting))
        .map(|setting| format!("    {setting}\n"))
        .collect()
}

/// The name of a line's node, also where a colon is the mistake.
fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("").trim_end_matches(':')
}
