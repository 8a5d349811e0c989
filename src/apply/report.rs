//! The result of an apply: of each action, and why anything was left undone.

use std::fmt;

use thiserror::Error;

use crate::api::TokenError;
use crate::fields::FIELDS;
use crate::plan::desired_state::{Location, SettingPlaces};
use crate::plan::{Action, BlockReason, Kind};
use crate::util::hint::StateCommand;
use crate::wire::UnreadableBody;

/// The result of an apply.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyReport {
    /// Each action that was to change something, in the order of the plan.
    pub actions: Vec<ActionReport>,
    /// The keys of the tasks that no campaign manages and of which nobody has said what becomes of them.
    pub left_alone: Vec<String>,
    /// Why nothing more was sent, where something stopped it.
    pub stop: Option<StopReason>,
}

/// One action of the plan, and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionReport {
    /// The campaign's key.
    pub key: String,
    /// What was planned.
    pub kind: Kind,
    /// Where the campaign is declared.
    pub at: Option<Location>,
    /// Its result.
    pub result: ActionResult,
}

/// The result of one action.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionResult {
    /// The task exists.
    Created {
        /// The API's id of it.
        identity: String,
    },
    /// The new task exists; the old one was stopped.
    Replaced {
        /// The API's id of the new task.
        identity: String,
        /// The API's id of the old one.
        previous: String,
    },
    /// The state's entry has its new key.
    Moved {
        /// The old key.
        from: String,
    },
    /// The task of a removed campaign was stopped for good, and is no longer in the state.
    Halted {
        /// The API's id of it.
        identity: String,
    },
    /// The task of a removed campaign is no longer in the state, and was left as it is.
    LetGo {
        /// The API's id of it.
        identity: String,
    },
    /// The task of an earlier create was found by its marker.
    Adopted {
        /// The API's id of it.
        identity: String,
        /// Whether it is as the files say now. Where not, the next plan says what to do.
        is_current: bool,
    },
    /// The old task is over at the service, so no new one takes its place by itself.
    Over {
        /// The API's id of the task.
        identity: String,
        /// What the list shows of it, in words.
        shown: String,
    },
    /// Something has to be said first.
    Blocked(BlockReason),
    /// The API refused it.
    Rejected(Refusal),
    /// It could not be done, and nothing was created.
    Failed {
        /// Why, in words.
        why: String,
    },
    /// Whether a task exists is not known.
    Unknown(UnknownReason),
    /// The run was stopped before it came to this.
    NotReached,
}

/// Why it is unknown whether a campaign has a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// A create has no known outcome, and the list does not show its marker, which is no proof that it is not there.
    NotFound {
        /// The key of the create.
        key: String,
        /// What came back instead of an answer.
        why: String,
        /// Tasks of the same name; never adopted by themselves.
        hints: Vec<Hint>,
    },
    /// A create has no known outcome, and the list has not been read since.
    NotLookedFor {
        /// The key of the create.
        key: String,
        /// What came back instead of an answer.
        why: String,
    },
    /// Several tasks carry the marker of one create.
    Twins {
        /// The key of the create.
        key: String,
        /// Their ids.
        tasks: Vec<String>,
    },
    /// Tasks at the API carry a marker of this key that the state does not know: a state was lost, or two projects
    /// share a key.
    Foreign {
        /// Their ids.
        tasks: Vec<String>,
    },
}

/// A task that may be the one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The API's id of it.
    pub identity: String,
    /// Its status, as the list shows it.
    pub status: Option<String>,
}

/// A refusal in the API's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What the API said.
    pub words: String,
    /// What it said about single fields.
    pub fields: Vec<FieldRefusal>,
}

/// What the API said about one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRefusal {
    /// The field on the wire.
    pub wire: String,
    /// The setting in the language, where the table has the field.
    pub path: Option<String>,
    /// Where the campaign or its template states that setting, if it does.
    pub at: Option<Location>,
    /// What the API said.
    pub words: String,
}

impl Refusal {
    /// Puts the language's own names, and the campaign's own lines, beside the wire fields that the API names.
    pub(super) fn new(status: u16, words: String, fields: Vec<(String, String)>, places: &SettingPlaces) -> Self {
        let fields = fields
            .into_iter()
            .map(|(wire, words)| {
                let path = setting_of(&wire);
                let at = path.as_ref().and_then(|path| places.find(path, number_in(&wire)));
                FieldRefusal { at, path, wire, words }
            })
            .collect();
        Self { status, words, fields }
    }

    /// The API's words without those about single fields, which are in `fields`.
    fn about_the_whole(&self) -> String {
        let mut left = self.words.clone();
        for FieldRefusal { wire, words, .. } in &self.fields {
            let with_name = format!("{wire} {words}");
            let said = if left.contains(&with_name) { &with_name } else { words };
            left = left.replacen(said, "", 1);
        }
        if left == self.words {
            return left;
        }
        let clauses = left.split(';').map(|clause| clause.trim().trim_end_matches(':'));
        let clauses: Vec<&str> = clauses.filter(|clause| !clause.is_empty()).collect();
        clauses.join("; ")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {}", self.status)?;
        match self.about_the_whole().as_str() {
            "" => Ok(()),
            words => write!(f, ": {words}"),
        }
    }
}

/// The parts of a dotted wire path, positions in arrays (`webhookUrls[0]`, `webhookUrls.0`) among them.
fn parts(wire: &str) -> impl Iterator<Item = &str> {
    wire.split(['.', '[', ']']).filter(|part| !part.is_empty())
}

/// The position in an array that a wire path names.
fn number_in(wire: &str) -> Option<usize> {
    parts(wire).find_map(|part| part.parse().ok())
}

/// The setting behind a dotted wire path. Positions in an array do not matter.
fn setting_of(wire: &str) -> Option<String> {
    let plain = |path: &str| -> Vec<String> {
        parts(path)
            .filter(|part| part.parse::<usize>().is_err())
            .map(str::to_owned)
            .collect()
    };
    let asked = plain(wire);
    let holds = |exact: bool| {
        FIELDS.iter().find(|spec| {
            spec.wire.iter().any(|path| {
                let path = plain(path);
                if exact { path == asked } else { path.starts_with(&asked) }
            })
        })
    };
    // What the API says about a whole object is shown at the setting that the object comes from.
    holds(true)
        .map(|spec| spec.path())
        .or_else(|| holds(false).map(|spec| spec.setting.path()))
}

/// Why nothing more was sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StopReason {
    /// A person asked.
    #[error(
        "stopped on request: nothing more is sent, and what was in flight is finished and recorded. Run apply again to go on"
    )]
    Interrupted,
    /// The journal cannot be written.
    #[error("{why}")]
    Journal {
        /// The state's own words, which may carry a record that is kept nowhere else.
        why: String,
    },
    /// The list cannot be read, so a lost state cannot be distinguished from a new one.
    #[error(
        "nothing was sent, since a task that exists already could be created again: the list of tasks is read before the \
         first create, and that failed: {why}"
    )]
    List {
        /// The client's words.
        why: String,
    },
    /// There is no token.
    #[error("nothing more is sent, because there is no token for the API: {why}")]
    NoToken {
        /// Why not.
        why: TokenError,
    },
    /// The list cannot be read in the middle of a run.
    #[error(
        "nothing more is sent: a create that was refused for a time is sent again only after its marker was looked for, and \
         that failed: {why}"
    )]
    Look {
        /// The client's words.
        why: String,
    },
    /// Something refuses in the API's place.
    #[error(
        "nothing more is sent: an answer {status} came that is not in the API's own words, so a proxy or a firewall may \
         answer for it, and whatever is sent now would be of unknown outcome. Check the network and `api` in dialform.kdl, \
         then run apply again"
    )]
    Unbelieved {
        /// The HTTP status.
        status: u16,
    },
    /// The API does not take the token.
    #[error("nothing more is sent, because the API does not take the token: {words}")]
    Unauthorized {
        /// The API's words.
        words: String,
    },
    /// The account may not create tasks: no money (402), or no right (403).
    #[error("nothing more is sent, because the API refuses the account ({status}): {words}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The API's words.
        words: String,
    },
    /// What is to be sent or compared is not known.
    #[error("nothing more is sent: {why}")]
    Unreadable {
        /// Why not.
        why: UnreadableBody,
    },
    /// One create made several tasks.
    #[error(
        "nothing more is sent, because several tasks carry the marker of one create of `{key}`: {}. Stop all but one at \
         the vendor's page, then {}", tasks.join(", "), StateCommand(&["resolve", key, "--adopt", "ID"])
    )]
    Twins {
        /// The key of the create.
        key: String,
        /// The ids of the tasks.
        tasks: Vec<String>,
    },
    /// The caller gave no connection.
    #[error("nothing was sent, because there is no connection to the API; this is a bug in dialform")]
    NoClient,
}

/// How an apply ended; its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyStatus {
    /// Everything that was planned is done.
    Done,
    /// Something failed, was refused, is blocked or was not reached.
    Failed,
    /// Whether some task exists is not known.
    Unknown,
}

impl ApplyStatus {
    /// The exit code: 0, 1 or 3.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unknown => 3,
        }
    }
}

impl ActionReport {
    pub(super) fn new(action: &Action, result: ActionResult) -> Self {
        Self {
            key: action.key.clone(),
            kind: action.kind,
            at: action.at.clone(),
            result,
        }
    }

    /// Identifies its action in the plan.
    pub(super) fn subject(&self) -> (&str, Kind) {
        (&self.key, self.kind)
    }

    fn status(&self) -> ApplyStatus {
        match &self.result {
            ActionResult::Created { .. }
            | ActionResult::Replaced { .. }
            | ActionResult::Moved { .. }
            | ActionResult::Halted { .. }
            | ActionResult::LetGo { .. }
            | ActionResult::Over { .. }
            | ActionResult::Adopted { is_current: true, .. } => ApplyStatus::Done,
            ActionResult::Adopted { is_current: false, .. }
            | ActionResult::Blocked(_)
            | ActionResult::Rejected(_)
            | ActionResult::Failed { .. }
            | ActionResult::NotReached => ApplyStatus::Failed,
            ActionResult::Unknown(_) => ApplyStatus::Unknown,
        }
    }
}

impl ApplyReport {
    /// The worst of all: unknown beats failed.
    pub fn status(&self) -> ApplyStatus {
        let has = |status| self.actions.iter().any(|action| action.status() == status);
        if has(ApplyStatus::Unknown) {
            ApplyStatus::Unknown
        } else if self.stop.is_some() || has(ApplyStatus::Failed) {
            ApplyStatus::Failed
        } else {
            ApplyStatus::Done
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_paths_are_told_in_the_language() {
        for (wire, path) in [
            ("cps", Some("pace")),
            ("additionalOptions.allowCallTimeTo", Some("call-window.to")),
            ("redialStrategyOptions.busy.time", Some("redial.busy.after")),
            ("redialStrategyOptions.busy", Some("redial.busy")),
            ("webhookUrls[0]", Some("webhook")),
            ("webhookUrls.1", Some("webhook")),
            ("somethingNew", None),
        ] {
            assert_eq!(setting_of(wire).as_deref(), path, "{wire}");
        }
    }

    #[test]
    fn words_about_fields_are_told_once() {
        let told = |words: &str, fields: &[(&str, &str)]| {
            let fields = fields
                .iter()
                .map(|(wire, words)| ((*wire).to_owned(), (*words).to_owned()));
            Refusal::new(400, words.to_owned(), fields.collect(), &SettingPlaces::default()).to_string()
        };
        let fields = [("cps", "must be a number"), ("name", "must not be empty")];
        assert_eq!(
            told(
                "Validation failed: cps must be a number; name must not be empty",
                &fields
            ),
            "the API answered 400: Validation failed"
        );
        assert_eq!(told("must be a number", &fields[..1]), "the API answered 400");
        assert_eq!(told("No; not you", &[]), "the API answered 400: No; not you");
        assert_eq!(
            told("Account on hold; cps must be a number", &fields[..1]),
            "the API answered 400: Account on hold"
        );
    }
}
