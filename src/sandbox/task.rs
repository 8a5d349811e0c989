//! A task of the sandbox, and the events that change tasks.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The status of a task, in the vendor's words.
///
/// The order is the order of a task's life, which is what `sort=status` follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Created with `startType = manual`, not started.
    Blank,
    /// Created with `startType = time`, waits for its moment.
    Ready,
    /// Calling.
    Process,
    /// Stopped for a while.
    Paused,
    /// Stopped for good.
    Halted,
    /// Everyone has been called. Nothing brings a sandbox's task here, since it calls no one.
    Completed,
}

impl Status {
    /// Every status, in the order of a task's life.
    pub const ALL: [Self; 6] = [
        Self::Blank,
        Self::Ready,
        Self::Process,
        Self::Paused,
        Self::Halted,
        Self::Completed,
    ];

    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blank => "BLANK",
            Self::Ready => "READY",
            Self::Process => "PROCESS",
            Self::Paused => "PAUSED",
            Self::Halted => "HALTED",
            Self::Completed => "COMPLETED",
        }
    }

    /// The status behind a word on the wire, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == word)
    }

    /// Whether the task can never call again.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Halted | Self::Completed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A call task that the sandbox has created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The identity that the create request was answered with (`id.identity`).
    pub id: Uuid,
    /// When it was created, to the millisecond (`createdAt`).
    pub created_at: Timestamp,
    /// Its status (`status`).
    pub status: Status,
    /// How many candidates have been added.
    pub candidates: u64,
    /// The body of the create request, as it was received.
    pub body: Map<String, Value>,
}

impl Task {
    /// A task for a body that has passed the checks of the page.
    pub(super) fn new(body: Map<String, Value>) -> Self {
        let now = Timestamp::now();
        let status = match body.get("startType").and_then(Value::as_str) {
            Some("time") => Status::Ready,
            _ => Status::Blank,
        };
        Self {
            id: Uuid::new_v4(),
            // The API tells milliseconds; keeping more would sort by digits that nobody can see.
            created_at: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            status,
            candidates: 0,
            body,
        }
    }

    /// The campaign's name (`name`).
    pub fn name(&self) -> &str {
        self.text("name")
    }

    /// The comment (`taskComment`), empty where there is none.
    pub fn comment(&self) -> &str {
        self.text("taskComment")
    }

    /// The campaign's key, if the last line of the comment is a marker such as `[dialform spring-promo 7K3M9Q2XVT4B]`.
    pub fn key(&self) -> Option<&str> {
        let last = self.comment().trim_end().lines().next_back()?.trim();
        let (key, random) = last.strip_prefix("[dialform ")?.strip_suffix(']')?.split_once(' ')?;
        let marked = !key.is_empty() && random.len() == 12 && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
        marked.then_some(key)
    }

    /// `createdAt` as the API writes it: `2025-06-01T00:00:00.000Z`.
    pub(super) fn created_text(&self) -> String {
        format!("{:.3}", self.created_at)
    }

    fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Something that happened to the tasks: one line of the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum TaskEvent {
    /// A task was created.
    Created(Task),
    /// A task was played, paused or halted.
    Moved { id: Uuid, status: Status },
    /// So many candidates were added to these tasks, all in one request.
    CandidatesAdded(BTreeMap<Uuid, u64>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn commented(comment: &str) -> Task {
        let Value::Object(body) = json!({ "taskComment": comment }) else {
            unreachable!()
        };
        Task::new(body)
    }

    #[test]
    fn the_key_is_read_from_the_last_line_only() {
        assert_eq!(
            commented("First wave\n[dialform spring-promo 7K3M9Q2XVT4B]").key(),
            Some("spring-promo")
        );
        assert_eq!(
            commented("[dialform spring-promo 7K3M9Q2XVT4B]\n").key(),
            Some("spring-promo")
        );
        for not_marked in [
            "",
            "First wave",
            "[dialform spring-promo 7K3M9Q2XVT4B]\nFirst wave",
            "[dialform spring-promo]",
            "[dialform spring-promo 7K3M]",
            "see [dialform spring-promo 7K3M9Q2XVT4B]",
        ] {
            assert_eq!(commented(not_marked).key(), None, "{not_marked}");
        }
    }
}
