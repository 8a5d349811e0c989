//! The file of `plan --out`: a plan with everything that it was made from, so that apply carries out exactly what was
//! looked at, or nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fields::Dialect;
use crate::plan::desired_state::Configuration;
use crate::project::read_file::read_named;
use crate::state::{Access, Binding, Head, checksum_of};
use crate::util::atomic_write::write_private;
use crate::util::hint::StateCommand;
use crate::util::printable::{self, Medium, shown};

use super::view::PlanView;
use super::{Kind, Options, Plan};

/// The word in the first field, by which the file is known.
const FORMAT: &str = "dialform-plan";
/// The newest version.
const VERSION: u32 = 2;

/// A plan, and what it was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// When it was made.
    pub made_at: Timestamp,
    /// The point that the state had reached.
    pub head: Head,
    /// [`Configuration::digest`].
    pub configuration: String,
    /// The base of the calls API.
    pub origin: String,
    /// The dialect.
    pub dialect: Dialect,
    /// The environment of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What else sees credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// What was said on the command line.
    pub options: Options,
    /// The plan, with whole redacted bodies.
    pub plan: PlanView,
}

/// The file. The checksum is over the compact form of `content`, as that of the state is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedFile {
    format: String,
    version: u32,
    checksum: String,
    content: serde_json::Value,
}

/// What a saved plan was made from and is no longer so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stale {
    /// Another state.
    #[error("the state is another one (its lineage differs)")]
    Lineage,
    /// The state went on.
    #[error("the state has changed: an apply, `resolve` or `state` command ran since")]
    State,
    /// The files went on.
    #[error("the configuration has changed: what would be sent, or under which key, is not what was planned")]
    Configuration,
    /// Another API.
    #[error("`api` is another address")]
    Origin,
    /// The other dialect.
    #[error("`dialect` is the other one")]
    Dialect,
    /// Another environment.
    #[error("the environment is another one (`--env`)")]
    Environment,
    /// Another login service.
    #[error("`login` is another address")]
    Login,
    /// Another variable with the token.
    #[error("`token-env` is another one")]
    TokenEnv,
    /// Another token command.
    #[error("`token-command` is another one")]
    TokenCommand,
    /// Nothing of the above, and yet the plan would be another.
    #[error(
        "something else would be done now: what was seen at the service has changed, or this dialform is another one"
    )]
    Plan,
}

/// Why a saved plan cannot be written or used.
#[derive(Debug, Error)]
pub enum SavedPlanError {
    /// It cannot be written.
    #[error("the plan cannot be written to `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be read.
    #[error("the plan `{}` cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is something else.
    #[error("`{}` is no plan: {why}. {} writes one", path.display(), StateCommand(&["plan", "--out", "FILE"]))]
    NotAPlan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It was changed after it was written.
    #[error(
        "the plan `{}` was changed after it was written (its checksum does not match), so it is not what anybody looked at; \
         plan again", path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// It is older than this program.
    #[error("the plan `{}` has the format {version} of an older dialform; plan again", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// It is newer than this program.
    #[error("the plan `{}` has the format {version}, which is newer than this dialform; plan again", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// What it was made from has moved on.
    #[error(
        "the plan `{}` of {made_at:.0} no longer fits, so nothing was done:{}\nPlan again, and look at the new plan",
        printable::path(path),
        list(why)
    )]
    Stale {
        /// The file.
        path: PathBuf,
        /// When it was made.
        made_at: Timestamp,
        /// What has moved on.
        why: Vec<Stale>,
    },
}

/// The only message of several lines: nothing in it but these ends one.
fn list(why: &[Stale]) -> String {
    let line = |why: &Stale| format!("\n  - {}", shown(&why.to_string(), Medium::Line));
    why.iter().map(line).collect()
}

impl SavedPlan {
    /// Binds a plan to what it was made from.
    pub fn new(plan: &Plan, head: Head, configuration: &Configuration, binding: &Binding, made_at: Timestamp) -> Self {
        let Binding {
            origin,
            dialect,
            environment,
            access,
        } = binding.clone();
        Self {
            made_at,
            head,
            configuration: configuration.digest(),
            origin,
            dialect,
            environment,
            access,
            options: plan.options.clone(),
            plan: PlanView::of(plan, true),
        }
    }

    /// Writes it as its owner's alone. A file of that name is replaced as a whole; a link is replaced, not followed. What is
    /// no file, or leads to none, stays: a plan in the place of `/dev/null` would break other programs.
    ///
    /// # Errors
    ///
    /// [`SavedPlanError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), SavedPlanError> {
        let failed = |source| SavedPlanError::Write {
            path: path.to_owned(),
            source,
        };
        match fs::metadata(path) {
            Ok(known) if known.is_dir() => return Err(failed(io::Error::other("it is a folder"))),
            Ok(known) if !known.is_file() => return Err(failed(io::Error::other("it is no regular file"))),
            Ok(_) | Err(_) => {}
        }
        let text = self.text().map_err(|error| failed(error.into()))?;
        write_private(path, &text).map_err(failed)
    }

    fn text(&self) -> Result<String, serde_json::Error> {
        let content = serde_json::to_value(self)?;
        let file = SavedFile {
            format: FORMAT.to_owned(),
            version: VERSION,
            checksum: checksum_of(&content.to_string()),
            content,
        };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// [`SavedPlanError`] where there is none, or not one that this program knows.
    pub fn read(path: &Path) -> Result<Self, SavedPlanError> {
        let text = read_named(path).map_err(|source| SavedPlanError::Read {
            path: path.to_owned(),
            source,
        })?;
        let not_a_plan = |why: String| SavedPlanError::NotAPlan {
            path: path.to_owned(),
            why,
        };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| not_a_plan(error.to_string()))?;
        // Sniffed before it is parsed, so that a newer file gets words of its own.
        if value.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT) {
            return Err(not_a_plan(format!("its `format` is not `{FORMAT}`")));
        }
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version > u64::from(VERSION) => Err(SavedPlanError::Newer {
                path: path.to_owned(),
                version,
            }),
            Some(version) if version < u64::from(VERSION) => Err(SavedPlanError::Older {
                path: path.to_owned(),
                version,
            }),
            _ => {
                // From the text, so that a field that is there twice is noticed.
                let file: SavedFile = serde_json::from_str(&text).map_err(|error| not_a_plan(error.to_string()))?;
                let changed = || SavedPlanError::Changed { path: path.to_owned() };
                if checksum_of(&file.content.to_string()) != file.checksum {
                    return Err(changed());
                }
                let plan: Self = serde_json::from_value(file.content).map_err(|error| not_a_plan(error.to_string()))?;
                // What is left of the file but blanks is what would be written.
                let is_as_written = plan
                    .text()
                    .is_ok_and(|written| without_blanks(&written) == without_blanks(&text));
                is_as_written.then_some(plan).ok_or_else(changed)
            }
        }
    }

    /// What has moved on since; nothing where the plan may be carried out. `plan` is what would be planned now.
    pub fn stale(&self, plan: &Plan, head: &Head, configuration: &Configuration, binding: &Binding) -> Vec<Stale> {
        let mut stale = Vec::new();
        let mut found = |is_so: bool, why: Stale| {
            if is_so {
                stale.push(why);
            }
        };
        let other_lineage = self.head.lineage.is_some() && self.head.lineage != head.lineage;
        found(other_lineage, Stale::Lineage);
        found(!other_lineage && self.head != *head, Stale::State);
        // The digest is keyed by the lineage, so under another one it says nothing.
        let comparable = self.head.lineage == head.lineage;
        found(
            comparable && self.configuration != configuration.digest(),
            Stale::Configuration,
        );
        found(self.origin != binding.origin, Stale::Origin);
        found(self.dialect != binding.dialect, Stale::Dialect);
        found(self.environment != binding.environment, Stale::Environment);
        let variable = |access: &Option<Access>| access.as_ref().and_then(|access| access.token_env.clone());
        found(variable(&self.access) != variable(&binding.access), Stale::TokenEnv);
        let login = |access: &Option<Access>| access.as_ref().map(|access| access.login.clone());
        found(login(&self.access) != login(&binding.access), Stale::Login);
        let command = |access: &Option<Access>| access.as_ref().and_then(|access| access.token_command.clone());
        found(
            comparable && command(&self.access) != command(&binding.access),
            Stale::TokenCommand,
        );
        if stale.is_empty() && self.outline() != outline(&PlanView::of(plan, false)) {
            stale.push(Stale::Plan);
        }
        stale
    }

    fn outline(&self) -> Vec<(String, Kind, bool, bool)> {
        outline(&self.plan)
    }
}

fn outline(view: &PlanView) -> Vec<(String, Kind, bool, bool)> {
    let actions = view.actions.iter();
    actions
        .map(|action| {
            let is_blocked = action.blocked.is_some();
            (action.key.clone(), action.kind, is_blocked, action.even_running)
        })
        .collect()
}

fn without_blanks(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}
