//! A project, or a file outside any, as it is checked between the rounds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FileTexts, FixSession};
use crate::finding::Finding;
use crate::lint::engine::{Checker, Overlay};
use crate::project::discovery::Scope;
use crate::project::source::FileId;

/// The files of a scope and the checker that reads them.
#[derive(Debug)]
pub struct ProjectSession<'a, S> {
    checker: &'a mut Checker,
    /// The files as discovered at first.
    scope: &'a Scope,
    /// The files that the project's own file names now, if that was fixed.
    rescoped: Option<Scope>,
    overlays: &'a [Overlay],
    /// The absolute paths of files with findings.
    paths: HashMap<FileId, PathBuf>,
    shows: S,
}

impl<'a, S: Fn(&Path, &Finding) -> bool> ProjectSession<'a, S> {
    /// Fixes what `shows` returns true for; it takes the absolute path of a file and a finding in it.
    pub fn new(checker: &'a mut Checker, scope: &'a Scope, overlays: &'a [Overlay], shows: S) -> Self {
        Self {
            checker,
            scope,
            rescoped: None,
            overlays,
            paths: HashMap::new(),
            shows,
        }
    }

    /// The absolute path of a file with findings.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        self.paths.get(&file).map(PathBuf::as_path)
    }

    /// The same without symbolic links.
    pub fn real_path(&self, file: FileId) -> Option<&Path> {
        self.checker.real_path(file)
    }

    /// The fixed texts, and the other overlays.
    fn overlays(&self, texts: &FileTexts) -> Vec<Overlay> {
        let fixed: Vec<(&Path, &Arc<str>)> = texts
            .iter()
            .filter_map(|(file, text)| Some((self.path(*file)?, text)))
            .collect();
        let is_fixed = |overlay: &&Overlay| fixed.iter().any(|(path, _)| *path == overlay.path);
        let others = self.overlays.iter().filter(|overlay| !is_fixed(overlay));
        let others = others.map(|overlay| (overlay.path.as_path(), overlay.content.as_slice()));
        let fixed = fixed.iter().map(|(path, text)| (*path, text.as_bytes()));
        fixed
            .chain(others)
            .map(|(path, content)| Overlay {
                path: path.to_owned(),
                content: content.to_owned(),
            })
            .collect()
    }

    /// Discovers the files again if the project's own file was changed, since that names them.
    fn rescope(&mut self, overlays: &[Overlay]) {
        let own = self.scope.project_file();
        let is_own = |overlay: &Overlay| own.as_ref() == Some(&overlay.path);
        self.rescoped = match &self.scope.root {
            Some(root) if overlays.iter().any(is_own) => {
                let mut scope = self.checker.project_scope(root, overlays);
                let named = self.scope.named.iter().filter_map(|file| self.scope.position_of(file));
                scope.add_all(named.map(|index| self.scope.files[index].clone()));
                Some(scope)
            }
            _ => None,
        };
    }
}

impl<S: Fn(&Path, &Finding) -> bool> FixSession for ProjectSession<'_, S> {
    fn check(&mut self, texts: &FileTexts) -> Vec<Finding> {
        let overlays = self.overlays(texts);
        self.rescope(&overlays);
        let scope = self.rescoped.as_ref().unwrap_or(self.scope);
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
