//! Whether what plan and apply need is in order: one [`CheckResult`] for each thing, after `apply`, whose surroundings it
//! looks at. Nothing is changed, neither on disk nor at the API, but by [`Probe`], which creates a task of its own.
//!
//! | file here | looks at |
//! | --- | --- |
//! | `project` | the campaign files |
//! | `state` | the state's files, by reading only, and who is writing |
//! | `store` | the state in a store, whether that keeps its word, and who is at work |
//! | `plan` | what would keep apply from doing what the files say |
//! | `account` | credentials, both addresses, the clock, and the list of tasks |
//! | `probe` | a task of its own: whether the list shows it, and how soon |

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod account;
mod plan;
mod probe;
mod project;
mod state;
mod store;

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::state::{Binding, State, StatePlace};

pub use account::{clock, credentials, list, login_unused, markers, service, token};
pub use plan::plan;
pub use probe::{PROBE_NAME, Probe, TRIES};
pub use project::{are_addresses_sure, project};
use state::files;
use store::store;

/// Looks at the state, be it in files or in a store; gives it too, where there is one that can be believed.
///
/// `expected` is what the project says it is bound to, where the project says so for sure.
pub fn state(place: impl Into<StatePlace>, expected: Option<&Binding>) -> (Vec<CheckResult>, Option<State>) {
    match place.into() {
        StatePlace::Files(paths) => files(&paths, expected),
        StatePlace::Store(at) => store(&at, expected),
    }
}

/// The version of the report's form.
pub const FORMAT_VERSION: u32 = 1;

/// What is checked, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "name")]
pub enum Name {
    /// The campaign files.
    Project,
    /// Whether the state can be believed, and what it holds.
    State,
    /// Whether the journal is folded into the snapshot.
    Journal,
    /// Who may change the state's files.
    StateFiles,
    /// Whether the store of the state lets two writers believe to be alone.
    Store,
    /// Whether somebody is writing the state.
    Lock,
    /// Whether anything keeps apply from doing what the files say.
    Plan,
    /// Where the token comes from.
    Credentials,
    /// Whether the calls service can be reached.
    Api,
    /// Whether the login service can be reached.
    Login,
    /// Whether the API takes the token.
    Token,
    /// This machine's clock against the server's.
    Clock,
    /// Whether the list of tasks can be read.
    List,
    /// Whether the list shows the markers of known tasks.
    Markers,
    /// Whether the list shows a task of doctor's own.
    Probe,
    /// Whether that task was stopped.
    ProbeStop,
}

impl Name {
    /// Every name, in the order of the report.
    pub const ALL: [Self; 16] = [
        Self::Project,
        Self::State,
        Self::Journal,
        Self::StateFiles,
        Self::Store,
        Self::Lock,
        Self::Plan,
        Self::Credentials,
        Self::Api,
        Self::Login,
        Self::Token,
        Self::Clock,
        Self::List,
        Self::Markers,
        Self::Probe,
        Self::ProbeStop,
    ];

    /// The name in the output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::State => "state",
            Self::Journal => "journal",
            Self::StateFiles => "state-files",
            Self::Store => "store",
            Self::Lock => "lock",
            Self::Plan => "plan",
            Self::Credentials => "credentials",
            Self::Api => "api",
            Self::Login => "login",
            Self::Token => "token",
            Self::Clock => "clock",
            Self::List => "list",
            Self::Markers => "markers",
            Self::Probe => "probe",
            Self::ProbeStop => "probe-stop",
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "status")]
pub enum CheckStatus {
    /// In order.
    Ok,
    /// Plan and apply work, but somebody should look.
    Warn,
    /// Plan or apply would fail, or could not keep what it promises.
    Error,
    /// It could not be looked at, or does not matter here.
    Skip,
}

impl CheckStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warn, Self::Error, Self::Skip];

    /// The status in the output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Skip => "skip",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "check", deny_unknown_fields)]
pub struct CheckResult {
    /// What was looked at.
    pub name: Name,
    /// How it came out.
    pub status: CheckStatus,
    /// What was found, on one line.
    pub message: String,
    /// What to do about it, where the message does not say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub help: Option<String>,
}

impl CheckResult {
    fn new(name: Name, status: CheckStatus, message: impl Into<String>) -> Self {
        Self {
            name,
            status,
            message: message.into(),
            help: None,
        }
    }

    /// It is in order.
    pub fn ok(name: Name, message: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Ok, message)
    }

    /// Somebody should look.
    pub fn warn(name: Name, message: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Warn, message)
    }

    /// It keeps plan or apply from working.
    pub fn error(name: Name, message: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Error, message)
    }

    /// It was not looked at, and why.
    pub fn skip(name: Name, message: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Skip, message)
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl fmt::Display for CheckResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            status,
            message,
            help,
        } = self;
        write!(f, "{:<5} {}: {message}", status.word(), name.word())?;
        match help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// All checks of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Report {
    /// The version of this format.
    #[schemars(extend("const" = FORMAT_VERSION))]
    format_version: u32,
    /// The checks in the order in which they were made, each name at most once.
    checks: Vec<CheckResult>,
}

impl Report {
    /// The report of these checks.
    pub fn new(checks: Vec<CheckResult>) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            checks,
        }
    }

    /// Whether any check is an error.
    pub fn has_errors(&self) -> bool {
        self.checks.iter().any(|check| check.status == CheckStatus::Error)
    }
}

/// A time as a person would say it: milliseconds below a second.
fn spoken(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// The first few of many names.
fn some_of(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
