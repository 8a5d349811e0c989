//! What has to be done, between (desired, state) and apply: pure data, and the pure function that makes it.
//!
//! | file here | holds |
//! | --- | --- |
//! | `make` | [`make`]: desired and state → [`Plan`] |
//! | `alike` | what a create may be a second copy of |
//! | `consent` | what was said on the command line, and which campaigns that is about |
//! | `made_up` | ids that stand for nothing, which only the sandbox takes |
//! | `moves` | the state's tasks under the keys that `moved` gives them |
//! | `removals` | what `removed` does, and what waits for it |
//! | `notes` | what a person should know of the plan as a whole |
//! | `seen` | what was seen of the tasks at the service, and as of when |
//! | `reason` | why an action is there, and what keeps it from being carried out, in words |
//! | `diff` | two redacted bodies → [`FieldChange`]s in the language's own units |
//! | `view` | the plan as JSON, for machines and for the saved plan |
//! | `saved` | the file of `plan --out`, and what makes one stale |

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod alike;
mod consent;
pub mod desired_state;
mod diff;
mod made_up;
mod make;
mod moves;
mod notes;
mod reason;
mod removals;
mod saved;
mod seen;
mod view;

use crate::plan::desired_state::Location;
use crate::state::SeenTask;
use crate::wire::PackedBody;

pub use consent::{Options, PlanError};
pub use diff::{FieldChange, changes};
pub use made_up::{MadeUpId, made_up_ids};
pub use make::make;
pub use reason::{BlockReason, Likeness, Reason, Unmanaged};
pub use removals::{AwaitedHalts, unfinished_stops};
pub use saved::{SavedPlan, SavedPlanError, Stale};
pub use seen::{SeenOver, left_behind, seen_words};
pub use view::{ActionView, BlockView, ChangeView, PlanView, SeenView, SummaryView};

/// What is to be done about one campaign.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "kind")]
pub enum Kind {
    /// A task is to be created.
    Create,
    /// The task is as the configuration says.
    Unchanged,
    /// The state's entry gets another key.
    Move,
    /// The campaign changed; the API has no update, so a new task takes the place of the old one.
    Replace,
    /// `removed` says that the task of a deleted campaign is to be stopped for good.
    Halt,
    /// `removed` takes the task of a deleted campaign out of the state; nothing is sent.
    #[serde(rename = "let-go")]
    LetGo,
    /// The state holds something that is no longer declared: it is left alone.
    Orphan,
    /// The outcome of an earlier create is unknown.
    Unknown,
}

impl Kind {
    /// The word for messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Unchanged => "unchanged",
            Self::Move => "move",
            Self::Replace => "replace",
            Self::Halt => "halt",
            Self::LetGo => "let go",
            Self::Orphan => "orphan",
            Self::Unknown => "unknown",
        }
    }

    /// Whether there is something to do, or to resolve.
    const fn is_change(self) -> bool {
        match self {
            Self::Create | Self::Move | Self::Replace | Self::Halt | Self::LetGo | Self::Unknown => true,
            Self::Unchanged | Self::Orphan => false,
        }
    }
}

/// One line of a plan.
#[derive(Clone, Debug)]
pub struct Action {
    /// The campaign's key; of a move, the new one.
    pub key: String,
    /// What is to be done.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// What keeps it from being done, where something does.
    pub block: Option<BlockReason>,
    /// Where the campaign, or the move, is declared.
    pub at: Option<Location>,
    /// Wire field `name` of what is declared, or else of what the state holds.
    pub name: Option<String>,
    /// The API's id of the task that the state holds.
    pub task: Option<String>,
    /// What differs between the task and what is wanted, whether or not the task is replaced.
    pub changes: Vec<FieldChange>,
    /// For a replacement or a halt: whether even a task that has begun may be stopped.
    pub even_running: bool,
    /// Whether `--replace` names it by its very key.
    pub is_named: bool,
    /// What was last seen of its task at the service.
    pub seen: Option<SeenTask>,
    /// What a person should know of its task at the service, as it was last seen, in whole sentences.
    pub remarks: Vec<String>,
    /// The redacted body that the state holds.
    pub before: Option<PackedBody>,
    /// The redacted body that is wanted.
    pub after: Option<PackedBody>,
}

impl Action {
    /// Whether apply carries it out.
    pub fn is_executable(&self) -> bool {
        let is_carried_out = match self.kind {
            Kind::Create | Kind::Move | Kind::Replace | Kind::Halt | Kind::LetGo => true,
            Kind::Unchanged | Kind::Orphan | Kind::Unknown => false,
        };
        self.block.is_none() && is_carried_out
    }

    /// Whether a person has to say what becomes of its task, which apply leaves alone.
    pub fn is_to_decide(&self) -> bool {
        matches!(self.reason, Reason::NotDeclared { .. } | Reason::LeftOut { .. })
    }
}

/// What has to be done to get from the state to the configuration.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What a person has to decide, then moves, removals, campaigns in path order, and what else is no longer declared.
    pub actions: Vec<Action>,
    /// What a person should know besides, in whole sentences.
    pub notes: Vec<String>,
    /// The environment that it is for, where the project has some.
    pub environment: Option<String>,
    /// What was said when it was made.
    pub options: Options,
    /// Whether creates of earlier runs are open, which are looked for before anything else.
    pub has_open_creates: bool,
}

impl Plan {
    /// Whether there is anything to do or to decide.
    pub fn has_changes(&self) -> bool {
        let mut actions = self.actions.iter();
        actions.any(|action| action.kind.is_change() || action.is_to_decide())
    }

    /// The actions that apply carries out.
    pub fn executable(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| action.is_executable())
    }

    /// Whether carrying it out makes, stops or looks for tasks, so that the API is needed.
    pub fn needs_api(&self) -> bool {
        self.has_open_creates
            || self.actions.iter().any(|action| match action.kind {
                Kind::Create | Kind::Replace | Kind::Halt => action.is_executable(),
                Kind::Unknown => true,
                Kind::Move | Kind::LetGo | Kind::Unchanged | Kind::Orphan => false,
            })
    }

    /// How many actions of a kind there are: carried out, and blocked.
    pub fn count(&self, kind: Kind) -> (usize, usize) {
        let of_kind = || self.actions.iter().filter(|action| action.kind == kind);
        let blocked = of_kind().filter(|action| action.block.is_some()).count();
        (of_kind().count().saturating_sub(blocked), blocked)
    }
}
