//! Why an action is in the plan, and what keeps it from being carried out, in the user's terms.

use jiff::Timestamp;
use thiserror::Error;

use super::desired_state::Configuration;
use super::seen::SeenOver;
use crate::util::hint::StateCommand;

/// Why an action is there. `Display` gives a clause that can follow the key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// No task of this key is known.
    #[error("the state has no task for it")]
    NotInState,
    /// An earlier run decided on it and provably sent nothing.
    #[error("an earlier run was stopped before it sent anything, so it is sent now")]
    NeverSent,
    /// An earlier run sent it, and it was refused in a way after which it may be sent again (429, 401).
    #[error(
        "an earlier create of it was refused for a time: apply looks for its marker first, and sends it if it is not there"
    )]
    RefusedForATime,
    /// The task is what is wanted.
    #[error("the task is as the files say")]
    AsDeclared,
    /// The task is what is wanted, but was stopped for good.
    #[error("the task is as the files say, but it was stopped on {at:.0}; `--replace {key}` creates it anew")]
    AsDeclaredButStopped {
        /// The campaign's key.
        key: String,
        /// When the API confirmed the stop.
        at: Timestamp,
    },
    /// The task was stopped for good, and `--replace` was given.
    #[error("its task was stopped on {at:.0}, and `--replace` asks for a new one")]
    StartAnew {
        /// When the API confirmed the stop.
        at: Timestamp,
    },
    /// The settings differ.
    #[error("its settings changed, and the API cannot change a task: the old task is stopped, then a new one created")]
    Changed,
    /// The settings differ, and the old task is stopped already.
    #[error("its settings changed, and its old task was stopped on {at:.0}: only the new one is to be created")]
    ChangedAndStopped {
        /// When the API confirmed the stop.
        at: Timestamp,
    },
    /// The settings differ, and `on-change "replace"` says what to do.
    #[error(
        "its settings changed, and `on-change \"replace\"` says what to do: the old task is stopped, then a new one created"
    )]
    ChangedOnMerge,
    /// The settings do not differ, and `--replace` names its very key.
    #[error(
        "its settings did not change, but `--replace` asks for a new task: the old one is stopped, then a new one created"
    )]
    UnchangedAndNamed,
    /// The settings differ, and `on-change "keep"` says what to do.
    #[error(
        "differs, kept: `on-change \"keep\"` lets the task live on as it was created; `--replace {key}` replaces it all the same"
    )]
    Kept {
        /// The campaign's key.
        key: String,
    },
    /// The settings differ, and `state accept` says that the task counts as what they are.
    #[error("accepted, differs: since {at:.0}, the task counts as what the files say now")]
    Accepted {
        /// When that was said.
        at: Timestamp,
    },
    /// The settings differ, and the task is over: nothing happens by itself.
    #[error(
        "its settings changed, but its task is over: it was stopped on {at:.0}. `--replace {key}` creates a new one"
    )]
    ChangedButOver {
        /// The campaign's key.
        key: String,
        /// When the API confirmed the stop.
        at: Timestamp,
    },
    /// The task is what is wanted, and was seen to be over.
    #[error("the task is as the files say, but it is over: {over}; `--replace {key}` creates it anew")]
    AsDeclaredButOver {
        /// The campaign's key.
        key: String,
        /// What was seen.
        over: SeenOver,
    },
    /// The settings differ, and the task was seen to be over: nothing happens by itself.
    #[error("its settings changed, but its task is over: {over}. `--replace {key}` creates a new one")]
    ChangedButSeenOver {
        /// The campaign's key.
        key: String,
        /// What was seen.
        over: SeenOver,
    },
    /// The task was seen to be over, and `--replace` names its very key.
    #[error("its task is over ({over}), and `--replace` asks for a new one")]
    OverAndNamed {
        /// What was seen.
        over: SeenOver,
    },
    /// A replacement was interrupted after the old task was stopped.
    #[error("an earlier apply stopped the old task and sent nothing yet: the new one is created")]
    Resumed,
    /// `moved` says so.
    #[error("`moved` says that it was `{from}`; the task stays as it is")]
    Moved {
        /// The key in the state.
        from: String,
    },
    /// `moved` says so of a campaign whose task was removed from the state.
    #[error(
        "`moved` says that it was `{from}`, whose task was removed from the state: what blocks `{from}` goes along"
    )]
    BlockMoved {
        /// The key in the state.
        from: String,
    },
    /// In the state and not in the files: a person has to say what becomes of its task.
    #[error(
        "no longer declared, and apply leaves its task alone, which may go on calling. Decide: write \
         `removed \"{key}\" task=\"halt\"` to stop it for good, or `removed \"{key}\" task=\"keep\"` to let it go; \
         if the campaign has a new key, `moved from=\"{key}\" to=\"NEW-KEY\"`"
    )]
    NotDeclared {
        /// The key in the state.
        key: String,
    },
    /// In the state, and left out of this environment by `only`.
    #[error(
        "`only` leaves it out of this environment, and apply leaves its task alone, which may go on calling. Decide: {} stops it for \
         good, and {} lets it go",
        StateCommand(&["halt", key]), StateCommand(&["state", "rm", key])
    )]
    LeftOut {
        /// The key in the state.
        key: String,
    },
    /// In the state and not in the files, and stopped: there is nothing to decide.
    #[error("no longer declared; its task was stopped on {at:.0} and calls nobody")]
    NotDeclaredStopped {
        /// When the API confirmed the stop.
        at: Timestamp,
    },
    /// In the state and not in the files, and seen to be over: there is nothing to decide.
    #[error("no longer declared; its task is over ({over}) and calls nobody")]
    NotDeclaredOver {
        /// What was seen.
        over: SeenOver,
    },
    /// `removed … task="halt"`
    #[error("`removed` says that its task ends: it is stopped for good")]
    RemovedHalt,
    /// The same, of a task that was let go before.
    #[error("`removed` says that its task ends, which was let go before: it is stopped for good")]
    RemovedHaltLetGo,
    /// `removed … task="keep"`
    #[error("`removed` lets its task go: it stays as it is, may go on calling, and dialform no longer looks after it")]
    RemovedKeep,
    /// `removed` of a task that is stopped already.
    #[error("`removed` takes it out of the state; its task was stopped on {at:.0}")]
    RemovedStopped {
        /// When the API confirmed the stop.
        at: Timestamp,
    },
    /// `removed` of a task that was seen to be over.
    #[error("`removed` takes it out of the state; its task is over: {over}")]
    RemovedOver {
        /// What was seen.
        over: SeenOver,
    },
    /// A create that never left, of a campaign that is no longer declared.
    #[error("no longer declared, and its create was never sent; apply drops it")]
    NeverSentNotDeclared,
    /// A create whose outcome is not known.
    #[error(
        "an earlier create{} has no known outcome ({why}): apply looks for it at the API; \
         if it is not there, {} resolves it",
        under(key, campaign), StateCommand(&["resolve", key])
    )]
    OutcomeUnknown {
        /// The key that the create was made under.
        key: String,
        /// The key of the campaign now.
        campaign: String,
        /// What came back instead of an answer.
        why: String,
    },
}

impl Reason {
    /// Why there is a living task whose campaign is not there: deleted, or left out of this environment.
    pub(super) fn undeclared(configuration: &Configuration, key: &str) -> Self {
        let key = key.to_owned();
        match configuration.left_out.contains(&key) {
            true => Self::LeftOut { key },
            false => Self::NotDeclared { key },
        }
    }

    /// Whether the task differs from what the files say, and that is nothing to do.
    pub const fn is_difference(&self) -> bool {
        matches!(
            self,
            Self::Kept { .. } | Self::Accepted { .. } | Self::ChangedButOver { .. } | Self::ChangedButSeenOver { .. }
        )
    }

    /// The key until now, of a move.
    pub fn moved_from(&self) -> Option<&str> {
        match self {
            Self::Moved { from } | Self::BlockMoved { from } => Some(from),
            _ => None,
        }
    }
}

fn under(key: &str, campaign: &str) -> String {
    if key == campaign {
        String::new()
    } else {
        format!(" under the key `{key}`")
    }
}

/// What keeps an action from being carried out, and what to say to carry it out all the same.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlockReason {
    /// A replacement that nobody asked for.
    #[error("refused without `--replace {key}`, which stops the task {task} for good")]
    NeedsReplace {
        /// The campaign's key.
        key: String,
        /// The task that would be stopped.
        task: String,
    },
    /// A replacement of a task that has begun, or may have.
    #[error(
        "its task {task} has begun, or has people to lose: {shown}; {left_behind}. `--replace {key} --replace-running` replaces it all \
         the same, and so does `on-change \"replace\" running=#true` in the file"
    )]
    HasBegun {
        /// The campaign's key.
        key: String,
        /// The task that would be stopped.
        task: String,
        /// What the list shows of it, in words.
        shown: String,
        /// What becomes of its people, in words.
        left_behind: String,
    },
    /// A task that no campaign manages has the same settings, or the same name: more likely a new key than a new campaign.
    #[error(
        "{} has the very same {}, so people may be called twice. If it is the same campaign, write \
         `moved from=\"{orphan}\" to=\"{key}\"`{}; if a second task is meant, `--create {key}`",
        what.of(orphan),
        likeness.word(),
        what.command(orphan, key)
    )]
    SameAsOrphan {
        /// The campaign's key.
        key: String,
        /// The key that the task has in the state.
        orphan: String,
        /// What they have in common.
        likeness: Likeness,
        /// Why no campaign manages it.
        what: Unmanaged,
    },
    /// `state rm` removed its task, which may still be calling.
    #[error(
        "its task was removed from the state{} and may still exist; `--create {key}` says that a new one is meant",
        self::under(under, key)
    )]
    Removed {
        /// The campaign's key.
        key: String,
        /// The key that it had then.
        under: String,
    },
    /// The same, where its task is known to be stopped.
    #[error(
        "its task was removed from the state{} and is stopped for good; `--create {key}` says that a new one is meant",
        self::under(under, key)
    )]
    RemovedAndStopped {
        /// The campaign's key.
        key: String,
        /// The key that it had then.
        under: String,
    },
    /// Nobody knows whether an earlier create made a task.
    #[error(
        "an earlier create of it has no known outcome, so there may be a task that nobody would stop. Apply looks for it; \
         if it is not found, {} resolves it", StateCommand(&["resolve", key])
    )]
    UnknownCreate {
        /// The campaign's key.
        key: String,
    },
    /// The new key of a move has a task already.
    #[error(
        "`{to}` has the task {task} already. Remove one of the two from the state with {} or {}",
        StateCommand(&["state", "rm", from]), StateCommand(&["state", "rm", to])
    )]
    TargetTaken {
        /// The old key.
        from: String,
        /// The new key.
        to: String,
        /// The task of the new key.
        task: String,
    },
}

/// What a campaign and a task that no campaign manages have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// All settings.
    Settings,
    /// `name`.
    Name,
}

impl Likeness {
    const fn word(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Name => "name",
        }
    }
}

/// Why no campaign manages a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmanaged {
    /// Its campaign is no longer declared.
    Orphan,
    /// The same, and nobody knows whether it was created.
    InDoubt,
    /// `removed` lets it go.
    LetGo,
    /// `state rm` removed it.
    Removed,
}

impl Unmanaged {
    fn of(self, key: &str) -> String {
        match self {
            Self::Orphan | Self::InDoubt => format!("the orphan `{key}`"),
            Self::LetGo => format!("the task of `{key}`, which `removed` lets go and which may call on,"),
            Self::Removed => format!("the task of `{key}`, which was removed from the state and may still exist,"),
        }
    }

    /// The command that does the same as `moved`; a create in doubt takes none.
    fn command(self, from: &str, to: &str) -> String {
        match self {
            Self::Orphan | Self::Removed => format!(" or run {}", StateCommand(&["state", "mv", from, to])),
            Self::LetGo => " in the place of `removed`".to_owned(),
            Self::InDoubt => String::new(),
        }
    }
}

impl BlockReason {
    /// A stable word for JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NeedsReplace { .. } => "needs-replace",
            Self::HasBegun { .. } => "has-begun",
            Self::SameAsOrphan { .. } => "same-as-orphan",
            Self::Removed { .. } | Self::RemovedAndStopped { .. } => "removed",
            Self::UnknownCreate { .. } => "unknown-create",
            Self::TargetTaken { .. } => "target-taken",
        }
    }
}
