//! What the state on the disk says of campaigns' tasks. Nobody is asked for it, and nothing is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::diagnostics::Converter;
use super::pool::lock;
use super::serving::Serving;
use crate::fields::types::StateAddress;
use crate::lint::engine::Checked;
use crate::model::{CampaignEntry, EnvironmentNode, FileIndex, Project, is_for};
use crate::plan::desired_state::Configuration;
use crate::project::discovery::own_file;
use crate::state::{State, StatePaths, Task, default_file, load};
use crate::util::printable::Text;
use crate::wire::BodyRedactor;

/// The length and the time of a file; nothing where there is none.
type FileStamp = Option<(u64, Option<SystemTime>)>;

/// What was read, and of which files.
#[derive(Debug)]
pub(super) struct ReadState {
    stamps: [FileStamp; 2],
    /// The state, where there is one; or why it cannot be read.
    pub(super) state: Result<Option<State>, String>,
}

/// The states on the disk, by the path of the snapshot; read again once their files change.
#[derive(Debug, Default)]
pub(super) struct LocalStates(Mutex<BTreeMap<PathBuf, Arc<ReadState>>>);

impl LocalStates {
    /// The state in a file.
    pub(super) fn of(&self, file: &Path) -> Arc<ReadState> {
        let paths = StatePaths::new(file);
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
        if let Some(known) = states.get(file).filter(|known| known.stamps == stamps) {
            return Arc::clone(known);
        }
        let read = Arc::new(read(stamps));
        states.insert(file.to_owned(), Arc::clone(&read));
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

/// Where the state of an account is.
pub(super) struct StateOfAccount {
    /// The environment, where the project has some.
    pub(super) environment: Option<String>,
    /// The file; nothing for a store, which is not asked.
    pub(super) file: Option<PathBuf>,
}

/// The fingerprints of what the campaigns of a project ask for that are `wanted`.
pub(super) fn fingerprints(checked: &Checked<'_>, state: &State, wanted: &[&str]) -> HashMap<String, String> {
    let redactor = BodyRedactor::new(Some(state.lineage));
    let desired = Configuration::of_some(checked, redactor, |key| wanted.contains(&key));
    let campaigns = desired.campaigns.into_iter();
    campaigns.map(|campaign| (campaign.key, campaign.fingerprint)).collect()
}

impl Serving {
    /// Where the states of the project in a folder are: one, or one in each environment.
    pub(super) fn states_of(&self, root: &Path) -> Vec<StateOfAccount> {
        let own: Vec<&FileIndex> = self.workspace.index_at(&own_file(root).path).into_iter().collect();
        let project = Project::new(own.clone());
        let mut environments: Vec<Option<&EnvironmentNode>> = project.environments().map(Some).collect();
        if environments.is_empty() {
            environments.push(None);
        }
        let of = |environment: Option<&EnvironmentNode>| {
            let name = environment.map(|environment| environment.name.value.to_string());
            let account = Project::in_environment(own.clone(), environment);
            let file = match account.state().map(|state| &state.value) {
                Some(StateAddress::Store(_) | StateAddress::Unusable(_)) => None,
                Some(StateAddress::File(file)) => Some(root.join(&**file)),
                None => Some(root.join(default_file(name.as_deref()))),
            };
            StateOfAccount {
                environment: name,
                file,
            }
        };
        environments.into_iter().map(of).collect()
    }

    /// A line over each campaign of a document: what is known of its task.
    pub(super) fn lenses(&self, path: &Path) -> Vec<Value> {
        let Some(index) = self.workspace.index_at(path) else {
            return Vec::new();
        };
        let campaigns: Vec<&CampaignEntry> = index
            .campaigns
            .iter()
            .filter(|campaign| campaign.key.is_some())
            .collect();
        let of_tasks = self.task_words(path, &campaigns);
        let converter = Converter::new(&self.client, &self.documents, &self.workspace);
        let lens = |(campaign, words): (&CampaignEntry, Option<String>)| {
            let place = campaign.key.as_ref()?.place;
            let range = converter.range(place.file, place.span);
            Some(json!({ "range": range, "command": { "title": words?, "command": "" } }))
        };
        campaigns.into_iter().zip(of_tasks).filter_map(lens).collect()
    }

    /// The keys that a state has and no campaign: what is removed, or has moved.
    pub(super) fn lost_keys(&self, path: &Path) -> Vec<String> {
        let Some(root) = self.workspace.root_of(path) else {
            return Vec::new();
        };
        let project = self.workspace.project_of(path);
        let declared: HashSet<&str> = project.keys().map(|key| &*key.value).collect();
        let mut lost = BTreeSet::new();
        for file in self.states_of(&root).into_iter().filter_map(|state| state.file) {
            if let Ok(Some(state)) = &self.states.of(&file).state {
                let keys = state.tasks.keys().filter(|key| !declared.contains(key.as_str()));
                lost.extend(keys.map(ToString::to_string));
            }
        }
        lost.into_iter().collect()
    }

    /// What is known of the tasks of these campaigns of a file: of one, or of one in each environment. Nothing where that is
    /// known in a store alone.
    pub(super) fn task_words(&self, path: &Path, campaigns: &[&CampaignEntry]) -> Vec<Option<String>> {
        let mut lines: Vec<Option<String>> = vec![None; campaigns.len()];
        let Some(root) = self.workspace.root_of(path) else {
            return lines;
        };
        let has_errors = self
            .published
            .of(path)
            .iter()
            .any(|one| one.severity == Some(gen_lsp_types::DiagnosticSeverity::Error));
        for StateOfAccount { environment, file } in self.states_of(&root) {
            let Some(file) = file else { continue };
            let name = environment.as_deref();
            let read = self.states.of(&file);
            // What a file with errors asks for is not known.
            let desired = match &read.state {
                Ok(Some(state)) if !has_errors => {
                    let keys: Vec<&str> = campaigns.iter().map(|campaign| campaign.title()).collect();
                    self.workspace
                        .look_at(path, name, |checked| fingerprints(checked, state, &keys))
                }
                _ => None,
            };
            let desired = desired.unwrap_or_default();
            for (campaign, line) in campaigns.iter().zip(&mut lines) {
                let key = campaign.title();
                if !name.is_none_or(|name| is_for(&campaign.only, name)) {
                    continue;
                }
                let words = match &read.state {
                    Ok(Some(state)) => words(state, key, desired.get(key).map(String::as_str)),
                    Ok(None) => "no task yet".to_owned(),
                    Err(_) => "the state cannot be read: `dialform doctor` says why".to_owned(),
                };
                let words = match name {
                    Some(name) => format!("{name}: {words}"),
                    None => words,
                };
                *line = Some(match line.take() {
                    Some(line) => format!("{line}; {words}"),
                    None => words,
                });
            }
        }
        lines
    }
}
