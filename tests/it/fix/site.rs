//! A project in a folder of its own, fixed through the library.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dialform::explain::example;
use dialform::finding::{Applicability, Rule, Severity, Within};
use dialform::lint::engine::{Checker, Overlay};
use dialform::lint::fix::{FixOutcome, ProjectSession, SkipReason, fix_all};
use dialform::rules;
use tempfile::TempDir;

use crate::common::site::write_file;
use crate::mistakes::harness::NOW;

/// A project's files by path, as bytes.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A finding, by what stays the same while lines move.
pub(super) type Key = (String, &'static str, Option<Within>);

pub(super) fn bytes(files: &[(String, String)]) -> Files {
    files
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect()
}

/// The files of a rule's example.
pub(super) fn example_files(example: &str) -> Files {
    let files = example::project(example).into_iter();
    files.map(|(path, content)| (path.to_owned(), content)).collect()
}

/// A folder with the files of a project. What is fixed stands in overlays, so nothing in it changes.
pub(super) struct Site {
    _folder: TempDir,
    root: PathBuf,
}

/// What fixing gave.
#[derive(Debug)]
pub(super) struct Result {
    pub(super) files: Files,
    pub(super) fixed: usize,
    pub(super) left: Vec<(&'static str, SkipReason)>,
}

impl Result {
    pub(super) fn text(&self, path: &str) -> &str {
        std::str::from_utf8(&self.files[path]).unwrap()
    }
}

impl Site {
    pub(super) fn new(files: &Files) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        for (path, content) in files {
            write_file(&root, path, content);
        }
        Self { _folder: folder, root }
    }

    fn overlays(&self, files: &Files) -> Vec<Overlay> {
        let overlay = |(path, content): (&String, &Vec<u8>)| Overlay {
            path: self.root.join(path),
            content: content.clone(),
        };
        files.iter().map(overlay).collect()
    }

    /// Mends what `shows` says yes to by the path from the project's folder and the rule's code.
    pub(super) fn fix_some(&self, files: &Files, most: Applicability, shows: impl Fn(&str, &str) -> bool) -> Result {
        let overlays = self.overlays(files);
        let mut checker = Checker::new(&self.root, Some(NOW.parse().unwrap()));
        let scope = checker.project_scope(&self.root, &overlays);
        let shown = |path: &Path| path.strip_prefix(&self.root).unwrap().display().to_string();
        let mut session = ProjectSession::new(&mut checker, &scope, &overlays, |path: &Path, finding: &_| {
            let finding: &dialform::finding::Finding = finding;
            shows(&shown(path), finding.rule.code)
        });
        let FixOutcome {
            changes,
            fixed,
            skipped: left,
        } = fix_all(&mut session, most);
        let mut files = files.clone();
        for change in changes {
            let path = shown(session.path(change.file).unwrap());
            let before = files.insert(path, change.after.as_bytes().to_vec());
            assert_eq!(before.as_deref(), Some(change.before.as_bytes()));
        }
        Result {
            files,
            fixed: fixed.values().sum(),
            left: left
                .into_iter()
                .map(|left| (left.finding.rule.code, left.why))
                .collect(),
        }
    }

    pub(super) fn fix(&self, files: &Files, most: Applicability) -> Result {
        self.fix_some(files, most, |_, _| true)
    }

    /// The rules and applicabilities of the fixes of what is found.
    pub(super) fn fixable(&self, files: &Files) -> Vec<(&'static str, Applicability)> {
        let overlays = self.overlays(files);
        let mut checker = Checker::new(&self.root, Some(NOW.parse().unwrap()));
        let scope = checker.project_scope(&self.root, &overlays);
        let checked = checker.check(&scope, &overlays);
        let fixes = checked
            .findings
            .iter()
            .filter_map(|finding| Some((finding.rule.code, finding.fix.as_ref()?.applicability)));
        fixes.collect()
    }

    /// What is found in a project, and whether any of it is an error.
    pub(super) fn found(&self, files: &Files) -> (Vec<Key>, bool) {
        let overlays = self.overlays(files);
        let mut checker = Checker::new(&self.root, Some(NOW.parse().unwrap()));
        let scope = checker.project_scope(&self.root, &overlays);
        let checked = checker.check(&scope, &overlays);
        let has_errors = checked
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        let keys = checked.findings.iter().map(|finding| {
            let path = checked.sources.file(finding.place.file).path().display().to_string();
            (path, finding.rule.code, finding.within.clone())
        });
        (keys.collect(), has_errors)
    }

    /// Mends a project, and holds the result against what fixes promise: nothing is found that was not found before, and
    /// fixing once more changes nothing.
    pub(super) fn prove(&self, files: &Files, most: Applicability) -> std::result::Result<Result, String> {
        let fixed = self.fix(files, most);
        let (mut before, has_errors) = self.found(files);
        let mut after = self.found(&fixed.files).0;
        after.retain(|found| match before.iter().position(|known| known == found) {
            Some(index) => {
                before.swap_remove(index);
                false
            }
            None => true,
        });
        for found in after {
            let (path, code, _) = &found;
            // A campaign whose key or braces are wrong has no name or no extent.
            let is_same = |known: &Key| known.0 == *path && known.1 == *code && known.2.is_none();
            match before.iter().position(is_same) {
                Some(index) => drop(before.swap_remove(index)),
                None if has_errors && rules::find(code).is_some_and(Rule::waits_for_errors) => {}
                // What is warned of in a text that had an error before. Nobody could see it.
                None if is_ordinary(code) && before.iter().any(|gone| gone.0 == *path && is_error(gone.1)) => {}
                None => return Err(format!("new: {found:?}\n{}", shown(&fixed.files))),
            }
        }
        let again = self.fix(&fixed.files, most);
        if again.files != fixed.files {
            return Err(format!(
                "once more:\n{}\nthen\n{}",
                shown(&fixed.files),
                shown(&again.files)
            ));
        }
        Ok(fixed)
    }
}

fn is_error(code: &str) -> bool {
    rules::find(code).is_some_and(|rule| rule.severity == Severity::Error)
}

/// A warning about what a text says, and not about its comments.
fn is_ordinary(code: &str) -> bool {
    !is_error(code) && !code.starts_with("DF9")
}

fn shown(files: &Files) -> String {
    let files = files
        .iter()
        .map(|(path, content)| format!("--- {path}\n{}", String::from_utf8_lossy(content)));
    files.collect::<Vec<_>>().join("\n")
}
