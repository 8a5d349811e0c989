//! A project, or a file outside any, as what is checked between the rounds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Desk, Texts};
use crate::finding::Finding;
use crate::lint::engine::{Checker, Overlay};
use crate::project::discovery::Scope;
use crate::project::source::FileId;

/// A scope, read by a checker.
#[derive(Debug)]
pub struct ProjectDesk<'a, S> {
    checker: &'a mut Checker,
    /// The files as they were found at first.
    scope: &'a Scope,
    /// Where the project's own file was mended: the files that it names now.
    named_now: Option<Scope>,
    overlays: &'a [Overlay],
    /// The absolute paths of files with findings.
    paths: HashMap<FileId, PathBuf>,
    shows: S,
}

impl<'a, S: Fn(&Path, &Finding) -> bool> ProjectDesk<'a, S> {
    /// Mends what `shows` says yes to: it is given the finding and the absolute path of its file.
    pub fn new(checker: &'a mut Checker, scope: &'a Scope, overlays: &'a [Overlay], shows: S) -> Self {
        Self {
            checker,
            scope,
            named_now: None,
            overlays,
            paths: HashMap::new(),
            shows,
        }
    }

    /// The absolute path of a file in which something was found.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        self.paths.get(&file).map(PathBuf::as_path)
    }

    /// The path without links of such a file.
    pub fn real_path(&self, file: FileId) -> Option<&Path> {
        self.checker.real_path(file)
    }

    /// The mended texts in front of those that others gave.
    fn overlays(&self, texts: &Texts) -> Vec<Overlay> {
        let mended: Vec<(&Path, &Arc<str>)> = texts
            .iter()
            .filter_map(|(file, text)| Some((self.path(*file)?, text)))
            .collect();
        let is_mended = |overlay: &&Overlay| mended.iter().any(|(path, _)| *path == overlay.path);
        let others = self.overlays.iter().filter(|overlay| !is_mended(overlay));
        let others = others.map(|overlay| (overlay.path.as_path(), overlay.content.as_slice()));
        let mended = mended.iter().map(|(path, text)| (*path, text.as_bytes()));
        mended
            .chain(others)
            .map(|(path, content)| Overlay {
                path: path.to_owned(),
                content: content.to_owned(),
            })
            .collect()
    }

    /// The files of the project, as its own file names them now.
    fn rescope(&mut self, overlays: &[Overlay]) {
        let own = self.scope.project_file();
        let is_own = |overlay: &Overlay| own.as_ref() == Some(&overlay.path);
        self.named_now = match &self.scope.root {
            Some(root) if overlays.iter().any(is_own) => {
                let mut scope = self.checker.project_scope(root, overlays);
                let named = self.scope.named.iter().filter_map(|file| self.scope.position_of(file));
                named.for_each(|index| scope.add(self.scope.files[index].clone()));
                Some(scope)
            }
            _ => None,
        };
    }
}

impl<S: Fn(&Path, &Finding) -> bool> Desk for ProjectDesk<'_, S> {
    fn check(&mut self, texts: &Texts) -> Vec<Finding> {
        let overlays = self.overlays(texts);
        self.rescope(&overlays);
        let scope = self.named_now.as_ref().unwrap_or(self.scope);
        let mut checked = self.checker.check(scope, &overlays);
        let findings = std::mem::take(&mut checked.findings);
        for finding in &findings {
            let file = finding.place.file;
            if let Some(path) = checked.path(file) {
                self.paths.entry(file).or_insert_with(|| path.to_owned());
            }
        }
        findings
    }

    fn text(&self, file: FileId) -> Arc<str> {
        Arc::clone(self.checker.sources().file(file).text())
    }

    fn shows(&self, finding: &Finding) -> bool {
        self.path(finding.place.file)
            .is_some_and(|path| (self.shows)(path, finding))
    }
}
