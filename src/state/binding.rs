//! What a state is bound to: the account that its tasks belong to, and the places that credentials go to or come from.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fields::Dialect;
use crate::util::hex;
use crate::util::hint::StateCommand;
use crate::util::schema_types::Sha256Text;

/// The account's side of a state: a state made against one API, or in one dialect, says nothing about another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "binding")]
pub struct Binding {
    /// The normalised base of the calls API, such as `https://cis.twin24.ai/api/v1`.
    pub origin: String,
    /// The form of the create request that the tasks were made with.
    pub dialect: Dialect,
    /// The environment of the project that it is the state of; absent where the project has none, and in states of before it had
    /// some, which adopt it at the next apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub environment: Option<String>,
    /// What else sees credentials; absent in states of older versions, which adopt it at the next apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Access")]
    pub access: Option<Access>,
}

/// What sees credentials besides the calls API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "access")]
pub struct Access {
    /// The normalised base of the login service.
    pub login: String,
    /// A hash of the token command, keyed by the lineage, as the command may hold a secret; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Sha256Text")]
    pub token_command: Option<String>,
    /// The environment variable that holds the token; absent where it is the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub token_env: Option<String>,
}

impl Access {
    /// The access that a project states, for the state of this lineage.
    pub fn new(lineage: Uuid, login: String, token_command: Option<&str>) -> Self {
        let hash = |command: &str| {
            let digest = Sha256::new()
                .chain_update(lineage.as_bytes())
                .chain_update(command.as_bytes())
                .finalize();
            hex::encode(&digest)
        };
        Self {
            login,
            token_command: token_command.map(hash),
            token_env: None,
        }
    }

    /// The same with a token from this variable.
    #[must_use]
    pub fn reading(self, token_env: Option<&str>) -> Self {
        Self {
            token_env: token_env.map(str::to_owned),
            ..self
        }
    }
}

/// What a project states otherwise than its state is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingChange {
    /// Another `api`.
    Api {
        /// What the state is bound to.
        held: String,
        /// What the project states.
        now: String,
    },
    /// The other `dialect`.
    Dialect {
        /// What the state is bound to.
        held: Dialect,
        /// What the project states.
        now: Dialect,
    },
    /// Another `login`.
    Login {
        /// What the state is bound to.
        held: String,
        /// What the project states.
        now: String,
    },
    /// Another environment, or none any more.
    Environment {
        /// What the state is bound to.
        held: String,
        /// What the command works on.
        now: Option<String>,
    },
    /// Another `token-env`, a new one, or none any more.
    TokenEnv {
        /// What the state is bound to.
        held: Option<String>,
        /// What the project states.
        now: Option<String>,
    },
    /// Another `token-command`, a new one, or none any more.
    TokenCommand {
        /// Whether there was one.
        was_there: bool,
        /// Whether there is one.
        is_there: bool,
    },
}

impl fmt::Display for BindingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api { held, now } => write!(f, "`api` is {now}, and the state is bound to {held}"),
            Self::Dialect { held, now } => write!(f, "`dialect` is {now}, and the state is bound to {held}"),
            Self::Login { held, now } => write!(f, "`login` is {now}, and the state is bound to {held}"),
            Self::Environment { held, now: Some(now) } => {
                write!(f, "the environment is {now}, and the state is that of {held}")
            }
            Self::Environment { held, now: None } => {
                write!(
                    f,
                    "the project has no environments any more, and the state is that of {held}"
                )
            }
            Self::TokenEnv { held, now } => {
                let words = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
                let (held, now) = (words(held), words(now));
                write!(f, "`token-env` is {now}, and the state is bound to {held}")
            }
            Self::TokenCommand { was_there, is_there } => f.write_str(match (was_there, is_there) {
                (_, false) => "there is no `token-command` any more, and the state is bound to one",
                (false, true) => "there is a `token-command`, and the state is bound to having none",
                (true, true) => "`token-command` is another one than the state is bound to",
            }),
        }
    }
}

impl Binding {
    /// What a project that is bound to `now` states otherwise. What a state does not say yet is no change.
    pub fn changes(&self, now: &Self) -> Vec<BindingChange> {
        let Self {
            origin,
            dialect,
            environment: _,
            access,
        } = self;
        let mut changes = Vec::new();
        if !self.is_same_environment(now) {
            changes.push(BindingChange::Environment {
                held: self.environment.clone().unwrap_or_default(),
                now: now.environment.clone(),
            });
        }
        if *origin != now.origin {
            let (held, now) = (origin.clone(), now.origin.clone());
            changes.push(BindingChange::Api { held, now });
        }
        if *dialect != now.dialect {
            let (held, now) = (*dialect, now.dialect);
            changes.push(BindingChange::Dialect { held, now });
        }
        let (Some(held), Some(now)) = (access, &now.access) else {
            return changes;
        };
        if held.login != now.login {
            let (held, now) = (held.login.clone(), now.login.clone());
            changes.push(BindingChange::Login { held, now });
        }
        if held.token_env != now.token_env {
            let (held, now) = (held.token_env.clone(), now.token_env.clone());
            changes.push(BindingChange::TokenEnv { held, now });
        }
        if held.token_command != now.token_command {
            changes.push(BindingChange::TokenCommand {
                was_there: held.token_command.is_some(),
                is_there: now.token_command.is_some(),
            });
        }
        changes
    }

    /// Whether both are about the same tasks.
    pub fn is_same_account(&self, other: &Self) -> bool {
        self.origin == other.origin && self.dialect == other.dialect && self.is_same_environment(other)
    }

    /// Whether the state is that of the environment that `now` is for. A state of before there were environments is that of any.
    pub fn is_same_environment(&self, now: &Self) -> bool {
        self.is_environment(now.environment.as_deref())
    }

    /// The same for the name of an environment, or none.
    pub fn is_environment(&self, now: Option<&str>) -> bool {
        self.environment.is_none() || self.environment.as_deref() == now
    }
}

/// What a state is for, and what else the command is for.
pub(super) fn other_words(held: &Binding, expected: &Binding) -> String {
    if held.is_same_environment(expected) {
        return format!(
            "is for {} in the {} dialect, and the project is for {} in the {} dialect",
            held.origin, held.dialect, expected.origin, expected.dialect
        );
    }
    let of = held.environment.as_deref().unwrap_or_default();
    match &expected.environment {
        Some(now) => format!("is that of the environment `{of}`, and this is `{now}`"),
        None => format!("is that of the environment `{of}`, and the project has no environments"),
    }
}

/// What to do about a state of another account.
pub(super) fn rebind_words(held: &Binding, expected: &Binding) -> String {
    if !held.is_same_environment(expected) {
        return format!(
            "Choose the environment whose state it is with `--env NAME`, or name another state with `--state FILE`. Where the \
             environment only has another name now, {} binds the state to it",
            StateCommand(&["apply", "--accept-binding"])
        );
    }
    if held.dialect == expected.dialect {
        format!(
            "Put `api` back, or name another state with `--state FILE`. Where the service has moved and its tasks with it, \
         {} binds the state to the new address",
            StateCommand(&["apply", "--accept-binding"])
        )
    } else {
        "Name another state with `--state FILE`, or put `api` and `dialect` back".to_owned()
    }
}
