//! The files of a checker, by number: each has one, under which its path and what was read of it are found.

use std::path::Path;
use std::sync::Arc;

use super::Checker;
use super::ahead::Ahead;
use crate::project::discovery::{self, ScopeFile, Shown};
use crate::project::source::FileId;

/// So few files are gone through one by one.
const FEW: usize = 4;

impl Checker {
    /// The id of a file.
    pub(super) fn id(&mut self, path: &Path) -> FileId {
        let shown = discovery::relative(path, &self.working_folder);
        self.id_of(&shown, path)
    }

    fn id_of(&mut self, shown: &Path, path: &Path) -> FileId {
        let file = self.sources.id(shown);
        if file.index() == self.paths.len() {
            self.paths.push(Arc::from(path));
        }
        file
    }

    /// The ids of files in path order.
    pub(super) fn ids(&mut self, files: &[ScopeFile]) -> Vec<FileId> {
        let ahead = self.ahead.take();
        // In two parts, since there may be thousands between them for each of many projects.
        let between = ahead.as_ref().map_or(0..0, Ahead::indices);
        let before = (0..between.start).chain(between.end..self.paths.len()).map(FileId::at);
        let mut before: Vec<FileId> = before.take(FEW + 1).collect();
        let are_few = before.len() <= FEW;
        if !are_few {
            before.clear();
        }
        let mut shown = Shown::from(self.working_folder.clone());
        let mut ids = Vec::with_capacity(files.len());
        for ScopeFile { path, met, .. } in files {
            if let (Some(ahead), Some(met)) = (&ahead, met) {
                ids.push(ahead.id(*met));
                continue;
            }
            let is_it = |file: &&FileId| self.paths[file.index()].as_os_str() == path.as_os_str();
            let id = match before.iter().find(is_it) {
                Some(known) => *known,
                None if are_few => self.add(path, &mut shown),
                None => self.id_of(shown.of(path), path),
            };
            ids.push(id);
        }
        self.ahead = ahead;
        ids
    }

    /// Gives files ids that have none so far, one after the other.
    pub(super) fn add_all(&mut self, files: &[Arc<Path>]) {
        self.sources.reserve(files.len());
        self.paths.reserve(files.len());
        let mut shown = Shown::from(self.working_folder.clone());
        for path in files {
            self.add(path, &mut shown);
        }
    }

    fn add(&mut self, path: &Arc<Path>, shown: &mut Shown) -> FileId {
        self.paths.push(Arc::clone(path));
        self.sources.add(shown.of(path))
    }
}
