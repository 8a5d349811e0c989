//! Whatever a person does, the server's diagnostics are those of `lint` on the same files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dialform::finding::Severity;
use dialform::lint::engine::Checker;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::PROJECT;
use super::editor::{Columns, Editor, byte_at, position_of};
use crate::common::site::{CLEAN, keyed, repository, write_file};

const STEPS: usize = 80;
const NAMES: [&str; 5] = [
    "campaigns/a.kdl",
    "campaigns/б.kdl",
    "campaigns/sub/c d.kdl",
    "dialform.kdl",
    "elsewhere/e.kdl",
];
/// An alias is another id in each environment.
const IN_ENVIRONMENTS: &str = "project { timezone \"Europe/Moscow\" }\nenvironment \"staging\" { aliases { number n=\"9a67dee5-398e-4570-9426-fbb3f067b271\"; }; }\nenvironment \"production\" { dialect \"extended\"; }\n";
const PIECES: [&str; 26] = [
    "\"",
    "{",
    "}",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "жук",
    "😀",
    " ",
    "#true",
    "/*",
    "*/",
    "    pace \"0/s\"\n",
    "template \"t\" { pace \"3/s\"; }\r\n",
    " template=\"t\"",
    "\u{FEFF}",
    "    // dialform: ignore[DF114] потому что 😀\n",
    "aliases { number n=\"9a67dee5-398e-4570-9426-fbb3f067b270\"; }\n",
    "caller-id \"number\" id=\"n\"\r\n",
    "    only \"staging\"\n",
    "    only \"production\" \"prod\"\n",
    "template \"t\" { only \"staging\"; start \"time\" at=\"2020-12-02 10:00\"; name \"A\"; }\n",
    "    scenario \"9a67dee5-398e-4570-9426-fbb3f067b270\"\n",
    "moved from=\"a\" to=\"gone\"\n",
    "lifetime \"2d\"\n",
];

/// A place, a rule and words: what is compared.
type Told = BTreeSet<(String, usize, usize, String, &'static str, String)>;

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }

    /// The beginning of a character.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.roll(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        // No position is between the two.
        if text[..at].ends_with('\r') && text[at..].starts_with('\n') {
            at += 1;
        }
        at
    }
}

/// The client, the disk, and a second disk with what is on the screen.
struct Model {
    editor: Editor,
    project: &'static str,
    root: std::path::PathBuf,
    disk: BTreeMap<&'static str, String>,
    open: BTreeMap<&'static str, String>,
    version: i32,
}

impl Model {
    fn step(&mut self, dice: &mut Dice) -> String {
        let name = dice.pick(&NAMES);
        let is_open = self.open.contains_key(name);
        let is_there = self.disk.contains_key(name);
        self.version += 1;
        match dice.roll(12) {
            0..=1 if !is_open => {
                let text = self.disk.get(name).cloned().unwrap_or_else(|| keyed("new"));
                self.editor.open(name, self.version, &text);
                self.open.insert(name, text);
                format!("open {name}")
            }
            2 if is_open => {
                self.open.remove(name);
                self.editor.close(name);
                format!("close {name}")
            }
            3 if is_open => {
                let text = self.open[name].clone();
                self.write(name, &text, if is_there { 2 } else { 1 });
                self.editor.save(name);
                format!("save {name}")
            }
            4 if is_there && name != "dialform.kdl" => {
                self.disk.remove(name);
                fs::remove_file(self.root.join(name)).unwrap();
                self.editor.watched(&[(name, 3)]);
                format!("delete {name}")
            }
            5 => {
                let text = if name == "dialform.kdl" {
                    self.project.to_owned()
                } else {
                    keyed(dice.pick(&["a", "b", "c"]))
                };
                self.write(name, &text, if is_there { 2 } else { 1 });
                format!("write {name}")
            }
            6 if is_there && name != "dialform.kdl" => {
                let to = dice.pick(&NAMES);
                if self.disk.contains_key(to) {
                    return "nothing".to_owned();
                }
                let text = self.disk.remove(name).unwrap();
                fs::remove_file(self.root.join(name)).unwrap();
                write_file(&self.root, to, &text);
                self.disk.insert(to, text);
                self.editor.watched(&[(name, 3), (to, 1)]);
                format!("rename {name} to {to}")
            }
            _ if is_open => {
                let (mut text, mut changes) = (self.open[name].clone(), Vec::new());
                for _ in 0..=dice.roll(3) {
                    let piece = dice.pick(&PIECES);
                    let (one, other) = (dice.place(&text), dice.place(&text));
                    let near = |at: usize| if at.abs_diff(one) < 12 { at } else { one };
                    let (start, end) = (one.min(near(other)), one.max(near(other)));
                    changes.push(json!({
                        "range": {
                            "start": position_of(&text, start, self.editor.columns),
                            "end": position_of(&text, end, self.editor.columns),
                        },
                        "text": piece,
                    }));
                    text.replace_range(start..end, piece);
                }
                if dice.roll(8) == 0 {
                    text = format!("{CLEAN}\r\n// ж\t😀\n");
                    changes.push(json!({ "text": text }));
                }
                let words = format!("change {name}: {}", Value::from(changes.clone()));
                self.editor.change(name, self.version, Value::from(changes));
                self.open.insert(name, text);
                words
            }
            _ => "nothing".to_owned(),
        }
    }

    fn write(&mut self, name: &'static str, text: &str, kind: u8) {
        write_file(&self.root, name, text);
        self.disk.insert(name, text.to_owned());
        self.editor.watched(&[(name, kind)]);
    }

    /// What the client shows of the files of the project.
    fn shown(&mut self) -> Told {
        self.editor.barrier();
        let mut shown = Told::new();
        for name in self.disk.keys() {
            let Some(told) = self.editor.told.get(&self.editor.uri(name)) else {
                continue;
            };
            let open = self.open.get(name);
            let text = open.unwrap_or(&self.disk[name]);
            for one in told["diagnostics"].as_array().unwrap() {
                let byte = |end: &str| {
                    let position = &one["range"][end];
                    // A file on the disk is shown without its mark.
                    let hidden = usize::from(open.is_none() && text.starts_with('\u{FEFF}')) * 3;
                    let visible = &text[hidden..];
                    let byte = byte_at(visible, position, self.editor.columns);
                    assert_eq!(*position, position_of(visible, byte, self.editor.columns), "{one}");
                    byte + hidden
                };
                shown.insert((
                    (*name).to_owned(),
                    byte("start"),
                    byte("end"),
                    one["code"].as_str().unwrap().to_owned(),
                    if one["severity"] == 1 { "error" } else { "warning" },
                    one["message"].as_str().unwrap().to_owned(),
                ));
            }
        }
        shown
    }

    /// What lint finds in the same texts.
    fn expected(&self) -> Told {
        let files: Vec<(&str, &str)> = self
            .disk
            .iter()
            .map(|(name, text)| (*name, self.open.get(name).unwrap_or(text).as_str()))
            .collect();
        let folder = repository(&files);
        let root = folder.path().canonicalize().unwrap();
        lint(&root)
    }
}

fn lint(root: &Path) -> Told {
    let mut checker = Checker::new(root, Some(Timestamp::now()));
    let scope = checker.project_scope(root, &[]);
    let checked = checker.check(&scope, &[]);
    let told = checked.findings.iter().map(|finding| {
        let file = checked.sources.file(finding.place.file);
        let label = Some(finding.label.clone()).filter(|label| !label.is_empty());
        let words: Vec<String> = std::iter::once(finding.message.clone())
            .chain(label)
            .chain(finding.help.clone())
            .collect();
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        (
            file.path().to_str().unwrap().to_owned(),
            finding.place.span.start as usize,
            finding.place.span.end as usize,
            finding.rule.code.to_owned(),
            severity,
            words.join("\n"),
        )
    });
    told.collect()
}

/// Positions on and behind a byte order mark are one for a client that does not show it.
fn without_mark(told: Told, texts: &dyn Fn(&str) -> bool) -> Told {
    let moved = told.into_iter().map(|(name, start, end, code, severity, words)| {
        let least = if texts(&name) { 3 } else { 0 };
        (name, start.max(least), end.max(least), code, severity, words)
    });
    moved.collect()
}

fn run(columns: Columns, pulls: bool, seed: u64) {
    let (a, b) = (CLEAN.to_owned(), keyed("b").replace('\n', "\r\n"));
    let project = if seed.is_multiple_of(2) {
        IN_ENVIRONMENTS
    } else {
        PROJECT
    };
    let files = [
        ("dialform.kdl", project),
        ("campaigns/a.kdl", &a),
        ("campaigns/б.kdl", &b),
    ];
    let folder = repository(&files);
    let root = folder.path().canonicalize().unwrap();
    let mut model = Model {
        editor: match pulls {
            true => Editor::open_folder_pulling(&root, columns),
            false => Editor::open_folder(&root, columns),
        },
        project,
        root,
        disk: BTreeMap::from([
            (NAMES[3], project.to_owned()),
            (NAMES[0], a.clone()),
            (NAMES[1], b.clone()),
        ]),
        open: BTreeMap::new(),
        version: 0,
    };
    let mut dice = Dice(seed);
    let (mut steps, mut compared) = (Vec::new(), 0);
    for _ in 0..STEPS {
        steps.push(model.step(&mut dice));
        let (shown, expected) = (model.shown(), model.expected());
        let in_project = |name: &str| name.starts_with("campaigns/") || name == "dialform.kdl";
        let shown: Told = shown.into_iter().filter(|one| in_project(&one.0)).collect();
        let expected: Told = expected.into_iter().filter(|one| in_project(&one.0)).collect();
        let has_hidden_mark = |name: &str| {
            let text = model.disk.get(name).filter(|_| !model.open.contains_key(name));
            text.is_some_and(|text| text.starts_with('\u{FEFF}'))
        };
        let (shown, expected) = (
            without_mark(shown, &has_hidden_mark),
            without_mark(expected, &has_hidden_mark),
        );
        compared += expected.len();
        assert_eq!(shown, expected, "seed {seed}, {columns:?}, after {steps:#?}");
    }
    assert!(compared > STEPS, "{compared} diagnostics are few");
    model.editor.end();
}

#[test]
fn the_diagnostics_are_those_of_lint_after_whatever_a_person_does() {
    for seed in 1..=3 {
        run(Columns::Utf8, false, seed);
        run(Columns::Utf16, false, seed + 100);
    }
}

#[test]
fn a_client_that_asks_hears_the_same() {
    for seed in 4..=5 {
        run(Columns::Utf8, true, seed);
        run(Columns::Utf16, true, seed + 100);
    }
}
