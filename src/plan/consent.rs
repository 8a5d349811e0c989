//! What a person said on the command line, and which campaigns that is about.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::plan::desired_state::Configuration;
use crate::state::Task;
use crate::util::key_pattern::KeyPattern;
use crate::util::suggest::closest;
use crate::wire::UnreadableBody;

use super::notes::some_of;

/// What a person said on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// `--create KEY`: a new task is meant, though an old one may be meant as well.
    pub create: BTreeSet<String>,
    /// `--replace KEY|GLOB`: the old task may be stopped, and a new one put in its place.
    pub replace: BTreeSet<String>,
    /// `--replace-all`: the same of every campaign that has changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replace_all: bool,
    /// `--replace-running`: even a task that has begun may be replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replace_running: bool,
}

/// Why no plan can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// `--create` names no campaign.
    #[error("`{option} {key}`: no campaign has this key{}", meant(suggestion.as_deref()))]
    NoSuchCampaign {
        /// The option.
        option: &'static str,
        /// What was named.
        key: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// `--replace` has a comma with nothing on one side of it.
    #[error(
        "`--replace` has an empty word among its keys: leave out the comma at its end, or between two others, as in \
         `--replace a,b`"
    )]
    EmptyWord,
    /// `--replace` names no campaign that has a task.
    #[error("`--replace {written}`: {}; {}", why(written, *is_orphan), replaceable(*is_near, keys))]
    NothingToReplace {
        /// The key or the pattern.
        written: String,
        /// Whether the state holds a task of this key, which no campaign manages.
        is_orphan: bool,
        /// Whether the keys are those that are much like it.
        is_near: bool,
        /// Keys of what can be replaced.
        keys: Vec<String>,
    },
    /// A body cannot be compared.
    #[error("no plan was made: {0}")]
    Unreadable(#[from] UnreadableBody),
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |key| format!("; did you mean `{key}`?"))
}

fn why(written: &str, is_orphan: bool) -> &'static str {
    match (is_orphan, KeyPattern::new(written).is_key()) {
        (true, _) => "its campaign is no longer declared, so nothing can take the place of its task",
        (false, true) => "no campaign has this key",
        (false, false) => "no campaign that has a task matches this pattern",
    }
}

fn replaceable(is_near: bool, keys: &[String]) -> String {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    match (keys.as_slice(), is_near) {
        ([], _) => "no campaign has a task that could be replaced".to_owned(),
        (keys, true) => format!("near it, these can be replaced: {}", some_of(keys)),
        (keys, false) => format!("these can be replaced: {}", some_of(keys)),
    }
}

/// Which campaigns `--replace` and `--replace-all` are about.
pub(super) struct Replacing {
    keys: BTreeSet<String>,
    patterns: Vec<KeyPattern>,
    all: bool,
}

impl Replacing {
    /// `tasks` are those of the state under the keys that they have now.
    pub(super) fn of(
        options: &Options,
        configuration: &Configuration,
        tasks: &BTreeMap<&str, &Task>,
    ) -> Result<Self, PlanError> {
        let mut replacing = Self {
            keys: BTreeSet::new(),
            patterns: Vec::new(),
            all: options.replace_all,
        };
        let is_declared = |key: &str| configuration.campaign(key).is_some();
        let candidates = || tasks.keys().copied().filter(|key| is_declared(key));
        for written in &options.replace {
            if written.is_empty() {
                return Err(PlanError::EmptyWord);
            }
            let pattern = KeyPattern::new(written.clone());
            let is_known = match pattern.is_key() {
                true => is_declared(written),
                false => candidates().any(|key| pattern.matches(key)),
            };
            if !is_known {
                let near = near(written, candidates());
                let keys = match near.as_slice() {
                    [] => candidates().map(str::to_owned).collect(),
                    _ => near.clone(),
                };
                return Err(PlanError::NothingToReplace {
                    written: written.clone(),
                    is_orphan: tasks.contains_key(written.as_str()),
                    is_near: !near.is_empty(),
                    keys,
                });
            }
            match pattern.is_key() {
                true => drop(replacing.keys.insert(written.clone())),
                false => replacing.patterns.push(pattern),
            }
        }
        Ok(replacing)
    }

    /// Whether the campaign was named by its very key, which counts whatever its task is.
    pub(super) fn names(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether the task of a changed campaign may be replaced.
    pub(super) fn has_changed(&self, key: &str) -> bool {
        self.all || self.names(key) || self.patterns.iter().any(|pattern| pattern.matches(key))
    }
}

/// The keys that are much like what was written.
fn near<'a>(written: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let plain = written.replace(['*', '?'], "");
    // `city-7`, `city-*7`: all that begin as it does, up to its last `-`.
    let family = plain.rsplit_once('-').map(|(family, _)| format!("{family}-"));
    let meant = closest(&plain, candidates.clone());
    let relatives = candidates.filter(|key| {
        let is_family = family.as_deref().is_some_and(|family| key.starts_with(family));
        Some(*key) != meant && is_family
    });
    meant.into_iter().chain(relatives).map(str::to_owned).collect()
}
