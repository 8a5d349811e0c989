//! The files of projects, which their own files name.

use std::path::Path;

use super::{Checked, Checker, Overlay};
use crate::model::{FileIndex, Project};
use crate::project::discovery::{self, Scope};
use crate::project::source::FileId;
use crate::project::walk::Listings;

/// The environments of a project, as far as its own file can be read.
#[derive(Clone, Debug, Default)]
pub struct KnownEnvironments {
    /// Their names, in the order of the text.
    pub names: Vec<String>,
    /// Whether that file could be read whole.
    pub is_whole: bool,
}

impl Checker {
    /// The files of the project in `root`: its own file is read for its `campaigns` patterns.
    pub fn project_scope(&mut self, root: &Path, overlays: &[Overlay]) -> Scope {
        self.project_scope_in(root, overlays, &mut Listings::default())
    }

    /// The same with a cache of folder listings.
    pub fn project_scope_in(&mut self, root: &Path, overlays: &[Overlay], listings: &mut Listings) -> Scope {
        let patterns = self.patterns(root, overlays);
        discovery::project(root, &patterns, listings)
    }

    /// The same where the patterns are no longer those of a known scope.
    pub fn changed_scope(&mut self, root: &Path, overlays: &[Overlay], known: &Scope) -> Option<Scope> {
        let patterns = self.patterns(root, overlays);
        (patterns != known.patterns).then(|| discovery::project(root, &patterns, &mut Listings::default()))
    }

    /// The `campaigns` patterns of the project's own file.
    fn patterns(&mut self, root: &Path, overlays: &[Overlay]) -> Vec<String> {
        let file = Scope::of(discovery::own_file(root));
        let ids = self.lint_files(&file, overlays);
        let node = ids
            .first()
            .and_then(|id| self.index(*id))
            .and_then(|index| index.project.as_deref());
        node.map(|node| node.campaigns.iter().map(|pattern| pattern.value.to_string()).collect())
            .unwrap_or_default()
    }

    /// The environments of a project whose files were looked for.
    pub fn environments_of(&mut self, scope: &Scope) -> KnownEnvironments {
        let own = scope.project_file();
        let id = own.as_deref().map(|own| self.id(own));
        let Some(index) = id.and_then(|id| self.index(id)) else {
            return KnownEnvironments::default();
        };
        let mut names: Vec<String> = Vec::new();
        for environment in &index.environments {
            if !names.iter().any(|known| *known == *environment.name.value) {
                names.push(environment.name.value.to_string());
            }
        }
        let is_whole = !index.incomplete && !index.hides_project;
        KnownEnvironments { names, is_whole }
    }

    /// What `dialform.kdl` says of the account, in the chosen environment.
    pub fn account_of(&mut self, scope: &Scope) -> Project<'_> {
        let own = scope.project_file();
        let id = own.as_deref().map(|own| self.id(own));
        let files: Vec<&FileIndex> = id.and_then(|id| self.index(id)).into_iter().collect();
        let chosen = self.chosen(&files);
        Project::in_environment(files, chosen)
    }

    /// Some files of a scope as they were checked last, without what was found.
    pub fn known<'c>(&'c self, scope: &'c Scope, files: impl Iterator<Item = FileId>) -> Checked<'c> {
        let files: Vec<&FileIndex> = files.filter_map(|file| self.index(file)).collect();
        Checked {
            scope,
            sources: &self.sources,
            paths: &self.paths,
            environment: self.chosen(&files),
            files,
            findings: Vec::new(),
            blocking: Vec::new(),
        }
    }

    /// The file of a path without symbolic links, among those that were read.
    pub fn file_at(&self, real: &Path) -> Option<FileId> {
        let by_link = self.link_targets.iter().find(|(_, target)| ***target == *real);
        let file = match by_link {
            Some((file, _)) => *file,
            None => self
                .sources
                .known_id(&discovery::relative(real, &self.working_folder))?,
        };
        self.result(file).map(|_| file)
    }
}
