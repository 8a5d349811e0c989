//! Where the state's files are: all of them beside the snapshot, named after it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::fields::DEFAULT_STATE;

/// The places of one state.
///
/// From `dialform.state.json` come `dialform.state.journal`, `.spill`, `.lock` and `.lock.holder`, and the backups
/// `dialform.state.json.backup.N`; a snapshot named otherwise (`--state FILE`) gives its name without `.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePaths {
    /// The snapshot, which is the file that `--state` names.
    pub snapshot: PathBuf,
    /// The facts since the snapshot.
    pub journal: PathBuf,
    /// Room for outcomes that the journal could not take.
    pub spill: PathBuf,
    /// The file that the kernel lock is on.
    pub lock: PathBuf,
    /// Who holds the lock.
    pub holder: PathBuf,
    /// The folder of all of these.
    pub folder: PathBuf,
    /// Where an outcome goes when not even the spill file can be written.
    pub last_resort: PathBuf,
}

/// The state file relative to the project's folder, where nothing says another one: `dialform.NAME.state.json` in an environment.
pub fn default_file(environment: Option<&str>) -> String {
    match environment {
        Some(name) => format!("dialform.{name}.state.json"),
        None => DEFAULT_STATE.to_owned(),
    }
}

impl StatePaths {
    /// The places beside `snapshot`; the last resort is the system's folder for temporary files.
    pub fn new(snapshot: &Path) -> Self {
        let beside = |extension: &str| {
            let mut name = match snapshot.extension() {
                Some(json) if json == "json" => snapshot.with_extension("").into_os_string(),
                _ => snapshot.as_os_str().to_owned(),
            };
            name.push(extension);
            PathBuf::from(name)
        };
        let folder = match snapshot.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Self {
            snapshot: snapshot.to_owned(),
            journal: beside(".journal"),
            spill: beside(".spill"),
            lock: beside(".lock"),
            holder: beside(".lock.holder"),
            folder,
            last_resort: std::env::temp_dir(),
        }
    }

    /// The same places with another folder of last resort.
    pub fn with_last_resort(self, folder: &Path) -> Self {
        Self {
            last_resort: folder.to_owned(),
            ..self
        }
    }

    /// The second copy of the snapshot of this serial.
    pub fn backup(&self, serial: u64) -> PathBuf {
        with_suffix(&self.snapshot, &format!(".backup.{serial}"))
    }

    /// The serials of the backups that are there, in ascending order.
    pub fn backups(&self) -> Vec<u64> {
        let mut prefix = self.snapshot.file_name().unwrap_or_default().to_owned();
        prefix.push(".backup.");
        let prefix = prefix.to_string_lossy().into_owned();
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut serials: Vec<u64> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().to_str()?.strip_prefix(&prefix)?.parse().ok())
            .collect();
        serials.sort_unstable();
        serials
    }

    /// The backup with the highest serial.
    pub fn newest_backup(&self) -> Option<PathBuf> {
        self.backups().last().map(|serial| self.backup(*serial))
    }

    /// The file in the folder of last resort; by the lineage, since that folder is shared with other states.
    pub(super) fn last_resort_spill(&self, lineage: Uuid) -> PathBuf {
        self.last_resort.join(format!("dialform-{lineage}.spill"))
    }
}

/// `path` with `suffix` after its whole name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
