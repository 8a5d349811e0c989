//! Nothing is left out in silence: whatever becomes of a text, either the bodies say exactly what a second, careful reading
//! of it says, or there are errors that plan, apply and render stop at, whatever lint is told of them.

use std::fs;
use std::path::Path;

use dialform::lint::engine::{Checker, Overlay};
use dialform::wire;
use serde_json::Value;

use super::base::{CLASSIC, EXTENDED};
use super::careful;
use super::harness::{Files, NOW, files};
use crate::common::sample::every;
use crate::common::site::write_file;

/// What editors, web pages, word processors and slips leave in a text.
const ODD: &[&str] = &[
    "\u{200B}", "\u{2060}", "\u{FEFF}", "\u{200D}", "\u{AD}", "\u{A0}", "\u{3000}", "\u{202E}", "\u{2028}", "\u{85}",
    "\0", "\u{B}", "\u{C}", "\r", "\n", "\t", " ", "\\\n", "\\", "\"", "#", "/-", "//", "/* a */", "(x)", "=", ";",
    "{", "}", ",", "_", "0", "+", "-", ".", "e1", "x", "#null ", "#true", "“", "я",
];

/// Numbers and keywords, whole and odd, for the place of others.
const VALUES: &[&str] = &[
    "4_0",
    "+4",
    "-4",
    "007",
    "4.0",
    "4e0",
    "0x4",
    "0b11",
    "99999999999999999999",
    "99999999999999999999999999999999999999999999",
    "2147483648",
    "#inf",
    "#nan",
    "#null",
    "#null #null",
    "\"4\"",
    "(u8)4",
    "4\\\n",
    "/-4 5",
    "4 /-5",
    "4/-5",
    "\"\"\"\n4\n\"\"\"",
    "#\"4\"#",
    "#true",
    "#false",
    "#False",
    "true",
];

/// Which files belong to the classic project.
const PATTERN: &str = "\"campaigns/**/*.kdl\"";

/// A project in a folder, whose texts are replaced in memory.
struct Bench {
    folder: tempfile::TempDir,
    files: Files,
}

impl Bench {
    fn new(base: &Files) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in base {
            write_file(folder.path(), path, text);
        }
        fs::create_dir(folder.path().join(".git")).unwrap();
        Self {
            folder,
            files: base.clone(),
        }
    }

    /// The bodies of these files by key; nothing where plan and apply stop.
    fn bodies(&self, files: &Files) -> Option<Vec<(String, Value)>> {
        let root: &Path = self.folder.path();
        let overlay = |(path, text): &(String, String)| Overlay {
            path: root.join(path),
            content: text.clone().into_bytes(),
        };
        let overlays: Vec<Overlay> = files.iter().map(overlay).collect();
        let mut checker = Checker::new(root, Some(NOW.parse().unwrap()));
        let scope = checker.project_scope(root, &overlays);
        let checked = checker.check(&scope, &overlays);
        if checked.has_errors() {
            return None;
        }
        let project = checked.project();
        let campaigns = checked.all_campaigns();
        let body = |campaign| Value::Object(wire::body(&project, &project.resolve(campaign)));
        Some(
            campaigns
                .iter()
                .map(|campaign| (campaign.title().to_owned(), body(campaign)))
                .collect(),
        )
    }

    /// Holds one changed text against the second reading, plainly and where all that can be turned off is.
    fn hold(&self, changed: usize, text: &str, what: &str) -> Option<String> {
        let mut files = self.files.clone();
        files[changed].1 = text.to_owned();
        self.hold_files(&files, what).or_else(|| {
            let (path, text) = &mut files[changed];
            let hush = "// dialform: file-ignore[DF0, DF1, DF3] as it is\n";
            *text = match text.strip_prefix('\u{FEFF}') {
                Some(rest) => format!("\u{FEFF}{hush}{rest}"),
                None => format!("{hush}{text}"),
            };
            if path == "dialform.kdl" {
                *text += "\n";
            } else {
                let quiet = "project {\n    lint { allow \"DF0\"; warn \"DF1\"; allow \"DF3\"; }";
                files[0].1 = files[0].1.replacen("project {", quiet, 1);
            }
            self.hold_files(&files, &format!("{what}, turned off"))
        })
    }

    fn hold_files(&self, files: &Files, what: &str) -> Option<String> {
        let ours = self.bodies(files)?;
        let careful = careful::read(files);
        (careful.as_ref() != Some(&ours)).then(|| {
            let as_text = |bodies: &Option<Vec<(String, Value)>>| match bodies {
                Some(bodies) => serde_json::to_string(bodies).unwrap(),
                None => "nothing that is sure".to_owned(),
            };
            format!(
                "{what}:\n  read  {}\n  means {}",
                as_text(&Some(ours)),
                as_text(&careful)
            )
        })
    }
}

/// Where something can be put: between any two characters that differ in kind, and once inside of each word.
///
/// The pattern of the project's files is left alone: which files there are is another question.
fn places(text: &str) -> Vec<usize> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() => 0,
        ' ' => 1,
        '\n' => 2,
        other => u32::from(other) + 3,
    };
    let mut places = vec![0];
    let (mut last, mut inside) = (None, 0);
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| last != kind(c)) {
            places.push(at);
            inside = 0;
        } else {
            inside += 1;
            if inside == 1 && c.is_alphanumeric() {
                places.push(at);
            }
        }
        last = Some(kind(c));
    }
    places.push(text.len());
    places.dedup();
    if let Some(start) = text.find(PATTERN) {
        places.retain(|at| !(start + 1..start + PATTERN.len()).contains(at));
    }
    places
}

/// Runs all cases on two threads, and shows the first of those that fail.
fn run(cases: &[(&Bench, usize, String, String)]) {
    let half = cases.len().div_ceil(2).max(1);
    let failed: Vec<String> = std::thread::scope(|scope| {
        let hold = |part: &[(&Bench, usize, String, String)]| {
            let failed = part
                .iter()
                .filter_map(|(bench, changed, text, what)| bench.hold(*changed, text, what));
            failed.collect::<Vec<_>>()
        };
        let parts: Vec<_> = cases.chunks(half).map(|part| scope.spawn(move || hold(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let shown: Vec<&str> = failed.iter().take(12).map(String::as_str).collect();
    assert!(
        failed.is_empty(),
        "{} of {}:\n{}",
        failed.len(),
        cases.len(),
        shown.join("\n")
    );
}

fn benches() -> Vec<Bench> {
    [CLASSIC, EXTENDED]
        .into_iter()
        .map(|base| Bench::new(&files(base)))
        .collect()
}

#[test]
fn the_second_reading_knows_the_whole_language() {
    for bench in benches() {
        let bodies = bench.bodies(&bench.files).expect("no errors");
        assert_eq!(careful::read(&bench.files), Some(bodies));
    }
}

/// The kind that got through: a character that nobody sees, or any other, anywhere. Of all pairs of place and character every
/// forty-eighth is tried; all of them with `EVERY_CASE=1`.
#[test]
fn odd_characters_are_read_or_refused() {
    let every = every(48);
    let benches = benches();
    let mut cases = Vec::new();
    for bench in &benches {
        for (changed, (path, text)) in bench.files.iter().enumerate() {
            for (index, at) in places(text).into_iter().enumerate() {
                let odd = ODD
                    .iter()
                    .enumerate()
                    .filter(|(number, _)| (index + number) % every == 0);
                for (_, odd) in odd {
                    let mut with = text.clone();
                    with.insert_str(at, odd);
                    cases.push((bench, changed, with, format!("{odd:?} at {path}:{at}")));
                }
            }
        }
    }
    run(&cases);
}

/// Numbers and keywords have nothing that could be read without the character: each place, each character. A third of the cases
/// is tried; all of them with `EVERY_CASE=1`.
#[test]
fn numbers_and_keywords_are_read_or_refused() {
    let benches = benches();
    let mut cases = Vec::new();
    for bench in &benches {
        for (changed, (path, text)) in bench.files.iter().enumerate() {
            let mut seen = Vec::new();
            for value in [
                "times=3",
                "max-per-number 6",
                "record #true",
                "redial #false",
                "max-per-candidate 2",
                "partial=#false",
            ] {
                let Some(start) = text.find(value) else { continue };
                let from = start + value.find(['=', ' ']).unwrap() + 1;
                seen.push(value);
                for at in from..=start + value.len() {
                    for odd in ODD {
                        let mut with = text.clone();
                        with.insert_str(at, odd);
                        cases.push((bench, changed, with, format!("{odd:?} in {value} of {path} at {at}")));
                    }
                }
                for other in VALUES {
                    let mut with = text.clone();
                    with.replace_range(from..start + value.len(), other);
                    cases.push((
                        bench,
                        changed,
                        with,
                        format!("{other:?} for the value of {value} in {path}"),
                    ));
                }
            }
        }
    }
    assert!(cases.len() > 1_000, "{}", cases.len());
    let tried: Vec<_> = cases.into_iter().step_by(every(3)).collect();
    run(&tried);
}

/// Something is lost, or stands there twice: a word, a sign, a line.
#[test]
fn losses_and_repetitions_are_read_or_refused() {
    let benches = benches();
    let mut cases = Vec::new();
    for bench in &benches {
        for (changed, (path, text)) in bench.files.iter().enumerate() {
            let words = places(text).windows(2).map(|pair| pair[0]..pair[1]).collect::<Vec<_>>();
            let mut at = 0;
            let lines = text.split_inclusive('\n').map(|line| {
                at += line.len();
                at - line.len()..at
            });
            for part in words.into_iter().chain(lines).step_by(every(12)) {
                let (mut without, mut twice) = (text.clone(), text.clone());
                without.replace_range(part.clone(), "");
                twice.insert_str(part.end, &text[part.clone()]);
                let what = &text[part.clone()];
                cases.push((
                    bench,
                    changed,
                    without,
                    format!("without {what:?} at {path}:{}", part.start),
                ));
                cases.push((
                    bench,
                    changed,
                    twice,
                    format!("twice {what:?} at {path}:{}", part.start),
                ));
            }
        }
    }
    run(&cases);
}

/// What people see of the kind, through the program itself.
#[test]
fn every_command_refuses_what_it_cannot_read() {
    for hush in ["", "// dialform: file-ignore[DF051] it is only there\n"] {
        for (value, with) in [
            ("max-per-number 6", "max-per-number 6\u{200B}"),
            ("times=3", "times=\u{2060}3\u{2060}"),
            ("record #true", "record #t\u{200B}rue"),
            ("name \"Spring", "name \"Sp\u{200B}ring"),
        ] {
            let bench = Bench::new(&files(CLASSIC));
            for (path, text) in &bench.files {
                let text = format!("{hush}{}", text.replace(value, with));
                fs::write(bench.folder.path().join(path), text).unwrap();
            }
            let lint = crate::common::command::dialform(bench.folder.path(), &["lint"]);
            assert_eq!(lint.code, Some(i32::from(hush.is_empty())), "{with:?}: {}", lint.stdout);
            for arguments in [&["render"][..], &["plan"], &["apply", "--sandbox", "--auto-approve"]] {
                let ran = crate::common::command::dialform(bench.folder.path(), arguments);
                assert_eq!(ran.code, Some(1), "{arguments:?} {with:?}: {}", ran.stdout);
                assert!(ran.stderr.contains("DF051"), "{arguments:?} {with:?}: {}", ran.stderr);
                assert!(ran.stdout.is_empty(), "{arguments:?} {with:?}: {}", ran.stdout);
            }
        }
    }
    // In a comment it changes nothing.
    let bench = Bench::new(&files(CLASSIC));
    let path = bench.folder.path().join("campaigns/spring.kdl");
    fs::write(
        &path,
        format!("// Spr\u{200B}ing\n{}", fs::read_to_string(&path).unwrap()),
    )
    .unwrap();
    let lint = crate::common::command::dialform(bench.folder.path(), &["lint"]);
    assert_eq!(lint.code, Some(0), "{}", lint.stdout);
    assert!(lint.stdout.contains("warning[DF051]"), "{}", lint.stdout);
    assert_eq!(
        crate::common::command::dialform(bench.folder.path(), &["render"]).code,
        Some(0)
    );
}
