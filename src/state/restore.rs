//! How to get a snapshot back that cannot be read.

use std::fmt;
use std::path::PathBuf;

use super::paths::StatePaths;

/// How to get a snapshot back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    snapshot: PathBuf,
    backup: Option<PathBuf>,
}

impl Restore {
    pub(super) fn of(paths: &StatePaths) -> Box<Self> {
        Box::new(Self {
            snapshot: paths.snapshot.clone(),
            backup: paths.newest_backup(),
        })
    }
}

impl fmt::Display for Restore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot.display();
        match &self.backup {
            Some(backup) => write!(
                f,
                "To restore it, copy `{}`, which is a second copy of the last snapshot, over `{snapshot}`",
                backup.display()
            ),
            None => write!(
                f,
                "No backup is beside it; put `{snapshot}` back from version control or your own backup. Do not start \
                 with an empty state: every campaign would be created a second time"
            ),
        }
    }
}
