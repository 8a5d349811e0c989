//! What the state on the disk says of campaigns' tasks. Nobody is asked for it, and nothing is written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::diagnostics::Converter;
use super::pool::lock;
use super::serving::Serving;
use crate::lint::engine::Checked;
use crate::plan::desired_state::Configuration;
use crate::state::{State, StatePaths, Task, load};
use crate::util::printable::Text;
use crate::wire::BodyRedactor;

/// The state's name in a project's folder.
const STATE: &str = "dialform.state.json";

/// The length and the time of a file; nothing where there is none.
type FileStamp = Option<(u64, Option<SystemTime>)>;

/// What was read, and of which files.
#[derive(Debug)]
pub(super) struct ReadState {
    stamps: [FileStamp; 2],
    /// The state, where there is one; or why it cannot be read.
    pub(super) state: Result<Option<State>, String>,
}

/// The states of projects, read again once their files change.
#[derive(Debug, Default)]
pub(super) struct LocalStates(Mutex<BTreeMap<PathBuf, Arc<ReadState>>>);

impl LocalStates {
    /// The state of the project in a folder; nothing where it has none yet.
    pub(super) fn of(&self, root: &Path) -> Arc<ReadState> {
        let paths = StatePaths::new(&root.join(STATE));
        let stamp = |path: &Path| {
            let found = path.metadata().ok()?;
            Some((found.len(), found.modified().ok()))
        };
        let stamps = [stamp(&paths.snapshot), stamp(&paths.journal)];
        let read = |stamps| ReadState {
            stamps,
            state: load(&paths, None)
                .map(|loaded| loaded.state)
                .map_err(|why| why.to_string()),
        };
        let mut states = lock(&self.0);
        if let Some(known) = states.get(root).filter(|known| known.stamps == stamps) {
            return Arc::clone(known);
        }
        let read = Arc::new(read(stamps));
        states.insert(root.to_owned(), Arc::clone(&read));
        read
    }
}

/// What is known of the task of a campaign, in a line. `desired` is the fingerprint of what the file asks for, where it can be
/// told.
fn words(state: &State, key: &str, desired: Option<&str>) -> String {
    let Some(task) = state.tasks.get(key) else {
        return match state.intent_for(key) {
            Some(_) => "a create was sent, and its outcome is not known: plan says what to do".to_owned(),
            None if state.is_blocked(key) => "no task: it was removed from the state".to_owned(),
            None => "no task yet".to_owned(),
        };
    };
    let id = Text::new().push(&task.identity).clone().finish();
    let id = id.trim_end();
    match desired {
        _ if task.halted_at.is_some() => format!("task {id} was stopped for good"),
        Some(desired) if task.fingerprint == desired => format!("task {id}, as the file says"),
        Some(desired) if is_accepted(task, desired) => format!("task {id}, whose differences were accepted"),
        Some(_) => format!("task {id} differs from the file: plan says in what"),
        None => format!("task {id}"),
    }
}

fn is_accepted(task: &Task, desired: &str) -> bool {
    task.accepted
        .as_ref()
        .is_some_and(|accepted| accepted.fingerprint == desired)
}

/// The fingerprints of what the campaigns of a project ask for that are `wanted`.
pub(super) fn fingerprints(checked: &Checked<'_>, state: &State, wanted: &[&str]) -> HashMap<String, String> {
    let redactor = BodyRedactor::new(Some(state.lineage));
    let desired = Configuration::of_some(checked, redactor, |key| wanted.contains(&key));
    let campaigns = desired.campaigns.into_iter();
    campaigns.map(|campaign| (campaign.key, campaign.fingerprint)).collect()
}

impl Serving {
    /// A line over each campaign of a document: what is known of its task.
    pub(super) fn lenses(&self, path: &Path) -> Vec<Value> {
        let Some(root) = self.workspace.root_of(path) else {
            return Vec::new();
        };
        let Some(index) = self.workspace.index_at(path) else {
            return Vec::new();
        };
        let keys = index.campaigns.iter().filter_map(|campaign| campaign.key.as_ref());
        let keys: Vec<_> = keys.map(|key| (key.value.to_string(), key.place)).collect();
        let of_task = self.task_words(
            &root,
            path,
            &keys.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
        );
        let converter = Converter::new(&self.client, &self.documents, &self.workspace);
        let lens = |((_, place), words): (&(String, crate::project::source::Place), String)| {
            let range = converter.range(place.file, place.span);
            json!({ "range": range, "command": { "title": words, "command": "" } })
        };
        keys.iter().zip(of_task).map(lens).collect()
    }

    /// The keys that the state has and no campaign: what is removed, or has moved.
    pub(super) fn lost_keys(&self, path: &Path) -> Vec<String> {
        let Some(root) = self.workspace.root_of(path) else {
            return Vec::new();
        };
        let read = self.states.of(&root);
        let Ok(Some(state)) = &read.state else {
            return Vec::new();
        };
        let project = self.workspace.project_of(path);
        let declared: HashSet<&str> = project.keys().map(|key| &*key.value).collect();
        let lost = state.tasks.keys().filter(|key| !declared.contains(key.as_str()));
        lost.map(ToString::to_string).collect()
    }

    /// What is known of the tasks of these campaigns of a file.
    pub(super) fn task_words(&self, root: &Path, path: &Path, keys: &[&str]) -> Vec<String> {
        let has_errors = self
            .published
            .of(path)
            .iter()
            .any(|one| one.severity == Some(gen_lsp_types::DiagnosticSeverity::Error));
        let read = self.states.of(root);
        let state = match &read.state {
            Ok(Some(state)) => state,
            Ok(None) => return keys.iter().map(|_| "no task yet".to_owned()).collect(),
            Err(_) => {
                let words = "the state cannot be read: `dialform doctor` says why";
                return keys.iter().map(|_| words.to_owned()).collect();
            }
        };
        // What a file with errors asks for is not known.
        let desired = match has_errors {
            true => None,
            false => self
                .workspace
                .look_at(path, |checked| fingerprints(checked, state, keys)),
        };
        let desired = desired.unwrap_or_default();
        let of_key = |key: &&str| words(state, key, desired.get(*key).map(String::as_str));
        keys.iter().map(of_key).collect()
    }
}
