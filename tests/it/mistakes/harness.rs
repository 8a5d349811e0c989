//! Plants a mistake, checks the project through the library, and compares what is found with what is marked.

use std::fs;
use std::path::Path;

use dialform::finding::{Applicability, Edit, Rule};
use dialform::lint::engine::Checker;
use dialform::rules;

use super::base::{CLASSIC, EXTENDED, File};
use crate::common::site::write_file;

/// The present moment of every check: before all start times of the projects.
pub(crate) const NOW: &str = "2030-01-01T00:00:00Z";

/// One mistake. `‹` and `›` stand around the place where it is to be found.
#[derive(Debug)]
pub(crate) struct Planted {
    base: &'static [File],
    code: &'static str,
    /// What is taken out; it stands once in the project.
    old: &'static str,
    /// What comes in its place.
    new: &'static str,
    /// A second change that belongs to the mistake: something that is moved stands elsewhere.
    with: Option<(&'static str, &'static str)>,
    /// Where the finding is, if not in `new`: a marked text that stands once in the project with the mistake.
    at: Option<&'static str>,
}

/// A mistake in the classic project.
pub(super) const fn classic(code: &'static str, old: &'static str, new: &'static str) -> Planted {
    Planted {
        base: CLASSIC,
        code,
        old,
        new,
        with: None,
        at: None,
    }
}

/// A mistake in the extended project.
pub(super) const fn extended(code: &'static str, old: &'static str, new: &'static str) -> Planted {
    Planted {
        base: EXTENDED,
        ..classic(code, old, new)
    }
}

impl Planted {
    /// Another text changes as well.
    pub(super) const fn with(self, old: &'static str, new: &'static str) -> Self {
        Self {
            with: Some((old, new)),
            ..self
        }
    }

    /// The rule that it breaks.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The project in which it is planted.
    pub(crate) fn base(&self) -> &'static [File] {
        self.base
    }

    /// Plants it into a project that may have other mistakes already, if what it takes out still stands there once.
    pub(crate) fn plant_into(&self, files: &mut Files) -> bool {
        let changes = self.with.into_iter().chain([(self.old, self.new)]);
        let mut planted = files.clone();
        for (old, new) in changes {
            let hits: usize = planted.iter().map(|(_, text)| text.matches(old).count()).sum();
            if hits != 1 {
                return false;
            }
            replace(&mut planted, old, &unmarked(new).0);
        }
        *files = planted;
        true
    }

    /// The finding is elsewhere.
    pub(super) const fn at(self, at: &'static str) -> Self {
        Self { at: Some(at), ..self }
    }
}

/// A project as text.
pub(crate) type Files = Vec<(String, String)>;

/// A place in a file: path, first and last byte.
type At = (String, usize, usize);

/// What was found: code, place, message, and the edits of its fix.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) code: &'static str,
    pub(crate) at: At,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    fix: Option<(Applicability, Vec<Edit>)>,
}

/// Owned copies of a project's files.
pub(crate) fn files(base: &[File]) -> Files {
    base.iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

/// Checks a project that stands in a folder of its own.
pub(crate) fn check(files: &Files) -> Vec<Found> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    for (path, text) in files {
        write_file(&root, path, text);
    }
    check_folder(&root)
}

/// Checks the project in a folder.
pub(crate) fn check_folder(root: &Path) -> Vec<Found> {
    let mut checker = Checker::new(root, Some(NOW.parse().unwrap()));
    let scope = checker.project_scope(root, &[]);
    let mut checked = checker.check(&scope, &[]);
    // As lint shows them.
    let mut findings = std::mem::take(&mut checked.findings);
    rules::retain_merged(&mut findings);
    let found = findings.iter().map(|finding| {
        let path = checked.sources.file(finding.place.file).path().display().to_string();
        let range = finding.place.span.range();
        Found {
            code: finding.rule.code,
            at: (path, range.start, range.end),
            message: finding.message.clone(),
            label: finding.label.clone(),
            help: finding.help.clone(),
            fix: finding.fix.as_ref().map(|fix| (fix.applicability, fix.edits.clone())),
        }
    });
    found.collect()
}

/// What is found in the classic project with one text changed.
pub(super) fn changed(old: &str, new: &str) -> Vec<Found> {
    let mut files = files(CLASSIC);
    replace(&mut files, old, new);
    check(&files)
}

/// What is found in the classic project with several texts changed.
pub(super) fn changed_all(changes: &[(&str, &str)]) -> Vec<Found> {
    let mut files = files(CLASSIC);
    for (old, new) in changes {
        replace(&mut files, old, new);
    }
    check(&files)
}

/// Takes the marks out of a text, and says what they stood around.
fn unmarked(text: &str) -> (String, Option<(usize, usize)>) {
    let marks = text.find('‹').zip(text.find('›'));
    let plain = text.replace(['‹', '›'], "");
    (plain, marks.map(|(open, close)| (open, close - '‹'.len_utf8())))
}

/// What is found in the project with the mistake.
pub(super) fn found(case: &Planted) -> Vec<Found> {
    check(&planted(case).0)
}

/// The project with the mistake, and where it is to be found.
fn planted(planted: &Planted) -> (Files, At) {
    let Planted {
        base,
        old,
        new,
        with,
        at,
        ..
    } = planted;
    let mut files = files(base);
    if let Some((old, new)) = with {
        replace(&mut files, old, new);
    }
    let (plain, marks) = unmarked(new);
    let (index, start) = replace(&mut files, old, &plain);
    if let Some((open, close)) = marks {
        let at = (files[index].0.clone(), start + open, start + close);
        return (files, at);
    }
    let marked = at.unwrap_or_else(|| panic!("no mark in `{new}`"));
    let (plain, marks) = unmarked(marked);
    let (open, close) = marks.unwrap_or_else(|| panic!("no mark in `{marked}`"));
    let (index, start) = the_only(&files, &plain);
    let at = (files[index].0.clone(), start + open, start + close);
    (files, at)
}

/// Where a text stands: the number of its file, and its first byte.
fn the_only(files: &Files, text: &str) -> (usize, usize) {
    let hits: Vec<(usize, usize)> = files
        .iter()
        .enumerate()
        .flat_map(|(index, (_, file))| file.match_indices(text).map(move |(start, _)| (index, start)))
        .collect();
    assert_eq!(hits.len(), 1, "`{text}` must stand once in the project");
    hits[0]
}

fn replace(files: &mut Files, old: &str, new: &str) -> (usize, usize) {
    let (index, start) = the_only(files, old);
    files[index].1.replace_range(start..start + old.len(), new);
    (index, start)
}

/// Shows a place as people read it.
fn shown(files: &Files, at: &At) -> String {
    let (path, start, end) = at;
    let text = files
        .iter()
        .find(|(known, _)| known == path)
        .map_or("", |(_, text)| text);
    let line = text[..*start].matches('\n').count() + 1;
    format!("{path}:{line} `{}`", &text[*start..*end])
}

/// Whether a mistake gives exactly its finding.
fn proven(case: &Planted) -> Result<(), String> {
    let (files, at) = planted(case);
    let found = check(&files);
    if let [only] = found.as_slice()
        && only.code == case.code
        && only.at == at
    {
        return Ok(());
    }
    let list: Vec<String> = found
        .iter()
        .map(|found| {
            format!(
                "  got  {} at {}: {}",
                found.code,
                shown(&files, &found.at),
                found.message
            )
        })
        .collect();
    Err(format!(
        "{} → {}\n  want {} at {}\n{}",
        case.old,
        case.new,
        case.code,
        shown(&files, &at),
        list.join("\n")
    ))
}

/// Holds every case of a table against the checker, and names all that fail.
pub(super) fn prove(cases: &[Planted]) {
    let wrong: Vec<String> = cases.iter().filter_map(|case| proven(case).err()).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// Writes edits into the file of this path.
fn apply(files: &mut Files, path: &str, edits: &[Edit]) {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let file = files.iter_mut().find(|(known, _)| known == path);
    let (_, text) = file.unwrap();
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
}

/// Applies the fix of a mistake, if there is one, and checks what comes out.
pub(super) fn fixed(case: &Planted) -> Result<(), String> {
    let (mut files, _) = planted(case);
    let found = check(&files);
    let Some((found, (applicability, edits))) = found
        .iter()
        .find_map(|found| found.fix.as_ref().map(|fix| (found, fix)))
    else {
        return Ok(());
    };
    apply(&mut files, found.at.0.as_str(), edits);
    // What nothing uses is told once there is no error.
    let left = |files: &Files| -> Vec<Found> {
        let found = check(files).into_iter();
        found
            .filter(|found| !rules::find(found.code).is_some_and(Rule::waits_for_errors))
            .collect()
    };
    let mut after = left(&files);
    // What a safe fix brings to light, `--fix` fixes as well.
    while *applicability == Applicability::Safe
        && let Some((found, edits)) = after.iter().find_map(|found| match &found.fix {
            Some((Applicability::Safe, edits)) => Some((found, edits)),
            _ => None,
        })
    {
        apply(&mut files, found.at.0.as_str(), edits);
        after = left(&files);
    }
    let is_fixed = match applicability {
        Applicability::Safe => after.is_empty(),
        Applicability::Unsafe => !after
            .iter()
            .any(|later| later.code == found.code && later.at.1 == found.at.1),
    };
    let left: Vec<String> = after
        .iter()
        .map(|left| format!("  {} {}", left.code, left.message))
        .collect();
    if is_fixed {
        Ok(())
    } else {
        Err(format!(
            "{} → {} ({applicability:?})\n{}",
            case.old,
            case.new,
            left.join("\n")
        ))
    }
}

/// Nothing is found in a project of one file beside a plain `dialform.kdl`.
pub(super) fn assert_clean(project: &str, text: &str) {
    let found = check(&vec![
        ("dialform.kdl".to_owned(), project.to_owned()),
        ("campaigns/a.kdl".to_owned(), text.to_owned()),
    ]);
    assert!(found.is_empty(), "{text}\n{found:#?}");
}
