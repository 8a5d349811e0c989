//! The state: tasks that exist, creates without an outcome, and tombstones of tasks that were removed from it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::binding::Binding;
use super::index::Index;
use super::seen::Sightings;
use crate::fields::types::Marker;
use crate::util::schema_types::{CampaignKey, FingerprintText, MarkerText, Moment, RedactedBody, TaskId, UuidText};
use crate::wire::PackedBody;

/// All that is known of this project's tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "state")]
pub struct State {
    /// Identifies this history; random, made when the state is first written.
    #[schemars(with = "UuidText")]
    pub lineage: Uuid,
    /// The API and the dialect that it belongs to.
    pub binding: Binding,
    /// How many times the journal has been folded into the snapshot.
    pub serial: u64,
    /// The number of the last journal record that is included.
    pub last_sequence: u64,
    /// The task of each campaign, by the campaign's key.
    #[schemars(with = "BTreeMap<CampaignKey, Task>")]
    pub tasks: BTreeMap<String, Task>,
    /// Creates whose outcome is not recorded, by the intent's id.
    #[schemars(with = "BTreeMap<UuidText, Intent>")]
    pub intents: BTreeMap<Uuid, Intent>,
    /// Tasks that were removed from the state, by the key that they had, so that every marker stays known.
    #[schemars(with = "BTreeMap<CampaignKey, Vec<Tombstone>>")]
    pub tombstones: BTreeMap<String, Vec<Tombstone>>,
    /// What was last seen of them at the service; absent before anybody looked.
    #[serde(default, skip_serializing_if = "Sightings::is_empty")]
    #[schemars(with = "Sightings")]
    pub seen: Sightings,
    /// Made of all this, and not written.
    #[serde(skip)]
    pub(super) index: Index,
}

/// A task that exists at the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "task")]
pub struct Task {
    /// The API's id of the task (`id.identity` of the answer).
    #[schemars(with = "TaskId")]
    pub identity: String,
    /// The fingerprint of the body that it was created with.
    #[schemars(with = "FingerprintText")]
    pub fingerprint: String,
    /// That body, sealed: user info and query values of webhook URLs are already hashes.
    #[schemars(with = "RedactedBody")]
    pub body: PackedBody,
    /// The marker in its `taskComment`.
    #[schemars(with = "MarkerText")]
    pub marker: Marker,
    /// When the API's answer came, or when the task was adopted.
    #[schemars(with = "Moment")]
    pub created_at: Timestamp,
    /// When a stop (`/halted`) was last asked for; absent once its outcome is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Moment")]
    pub halting: Option<Timestamp>,
    /// When the API confirmed that the task was stopped for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Moment")]
    pub halted_at: Option<Timestamp>,
    /// The fingerprint of the body for which it is stopped, or was: an apply that is interrupted between the stop and the
    /// create goes on from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "FingerprintText")]
    pub replacing: Option<String>,
    /// What the task counts as, though it differs (`state accept`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Acceptance")]
    pub accepted: Option<Acceptance>,
    /// What was last asked of it by hand; absent once its outcome is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ByHand")]
    pub acting: Option<ByHand>,
    /// What was last done with it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ByHand")]
    pub acted: Option<ByHand>,
    /// The tasks that this one replaced, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub previous: Vec<Previous>,
}

/// A person's word that a task counts as what the files say, though it was created with something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "acceptance")]
pub struct Acceptance {
    /// The fingerprint of the body that the files asked for.
    #[schemars(with = "FingerprintText")]
    pub fingerprint: String,
    /// When.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
}

/// What a person can do with a task besides stopping it for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "hand-action")]
pub enum HandAction {
    /// Start it, or go on after a pause.
    Start,
    /// Pause it.
    Pause,
}

/// A start or a pause by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "by-hand")]
pub struct ByHand {
    /// Which of them.
    pub action: HandAction,
    /// When.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// Whether nothing says that it was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}

/// A task that `--replace` stopped and put another in the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "previous")]
pub struct Previous {
    /// The API's id of the task.
    #[schemars(with = "TaskId")]
    pub identity: String,
    /// The marker in its `taskComment`.
    #[schemars(with = "MarkerText")]
    pub marker: Marker,
    /// The fingerprint of the body that it was created with.
    #[schemars(with = "FingerprintText")]
    pub fingerprint: String,
    /// When the API confirmed that it was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Moment")]
    pub halted_at: Option<Timestamp>,
}

/// A create that was decided on and whose outcome is not recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "intent")]
pub struct Intent {
    /// Names the intent in the records that follow it.
    #[schemars(with = "UuidText")]
    pub id: Uuid,
    /// The campaign's key.
    #[schemars(with = "CampaignKey")]
    pub key: String,
    /// The fingerprint of the body to be sent.
    #[schemars(with = "FingerprintText")]
    pub fingerprint: String,
    /// That body, sealed as in [`Task::body`].
    #[schemars(with = "RedactedBody")]
    pub body: PackedBody,
    /// The marker that its `taskComment` ends with.
    #[schemars(with = "MarkerText")]
    pub marker: Marker,
    /// When the intent was recorded.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// The identity of the stopped task that the new one is to replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TaskId")]
    pub replaces: Option<String>,
    /// How far it got.
    pub stage: Stage,
    /// Whether an earlier sending of it left and was refused in a way after which it may be sent again (429, 401): such a
    /// refusal may be wrong. Absent in a record, which is of a new create, and in states from before this was kept, where
    /// it is not known and counts as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub sent_before: Option<bool>,
}

/// How far a create got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[schemars(rename = "stage")]
pub enum Stage {
    /// Nothing is on its way: it was never sent, or what was sent was refused (see [`Intent::sent_before`]).
    Recorded,
    /// The request may have left, and no answer is recorded. Found in a state at rest, this means unknown.
    Sending,
    /// The request left and what came back says neither yes nor no. Never sent again without a person's word.
    Unknown {
        /// What came back instead of an answer, in the user's terms.
        reason: String,
    },
}

/// A task, or a create, that was removed from the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "tombstone")]
pub struct Tombstone {
    /// The API's id of the task, where it was ever learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TaskId")]
    pub identity: Option<String>,
    /// The marker in its `taskComment`.
    #[schemars(with = "MarkerText")]
    pub marker: Marker,
    /// Wire field `name` of the task, where the state knew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub name: Option<String>,
    /// The fingerprint of the body that it was created with, where the state knew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "FingerprintText")]
    pub fingerprint: Option<String>,
    /// When a stop (`/halted`) was last asked for; absent once its outcome is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Moment")]
    pub halting: Option<Timestamp>,
    /// What was last asked of it by hand; absent once its outcome is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ByHand")]
    pub acting: Option<ByHand>,
    /// What was last done with it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ByHand")]
    pub acted: Option<ByHand>,
    /// When the API confirmed that it was stopped for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Moment")]
    pub halted_at: Option<Timestamp>,
    /// When it was removed.
    #[schemars(with = "Moment")]
    pub removed_at: Timestamp,
    /// Whether it still stops a create of the same key; `--create KEY` lifts that.
    pub blocks: bool,
}

/// Whether two ids are those of one task: a UUID is the same in capitals, and other ids are what they are.
pub fn is_same_task(one: &str, other: &str) -> bool {
    let uuid = |id| Uuid::try_parse(id).ok();
    one == other || uuid(one).is_some_and(|id| uuid(other) == Some(id))
}

/// The form of an id that is the same for all ids that [`is_same_task`] takes for one.
pub fn comparable_id(id: &str) -> String {
    Uuid::try_parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}

impl Task {
    /// A task of which nothing is known but what it was created or adopted with, and when.
    pub fn new(identity: String, fingerprint: String, body: PackedBody, marker: Marker, created_at: Timestamp) -> Self {
        Self {
            identity,
            fingerprint,
            body,
            marker,
            created_at,
            halting: None,
            halted_at: None,
            replacing: None,
            accepted: None,
            acting: None,
            acted: None,
            previous: Vec::new(),
        }
    }

    /// Wire field `name`.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        self.body.name()
    }

    /// Whether this id is its own, or that of one that it replaced.
    pub fn is_or_was(&self, identity: &str) -> bool {
        let previous = self.previous.iter().map(|previous| &previous.identity);
        previous
            .chain([&self.identity])
            .any(|held| is_same_task(held, identity))
    }
}

impl Intent {
    /// Whether the request may ever have reached the API, so that sending it again could call people twice.
    pub fn may_have_left(&self) -> bool {
        self.is_in_doubt() || self.sent_before != Some(false)
    }

    /// Whether the outcome of the latest sending is unknown. A refusal is an outcome.
    pub fn is_in_doubt(&self) -> bool {
        self.stage != Stage::Recorded
    }
}

impl State {
    /// A state in which nothing has happened yet.
    pub fn new(lineage: Uuid, binding: Binding) -> Self {
        Self {
            lineage,
            binding,
            serial: 0,
            last_sequence: 0,
            tasks: BTreeMap::new(),
            intents: BTreeMap::new(),
            tombstones: BTreeMap::new(),
            seen: Sightings::default(),
            index: Index::default(),
        }
    }

    /// The open create of a campaign; there is at most one.
    pub fn intent_for(&self, key: &str) -> Option<&Intent> {
        self.intents.get(&self.first_intent_of(key)?)
    }

    /// All open creates, by their campaigns: for whoever asks about many.
    pub fn intents_by_key(&self) -> HashMap<&str, &Intent> {
        let mut by_key = HashMap::new();
        for intent in self.intents.values() {
            by_key.entry(&*intent.key).or_insert(intent);
        }
        by_key
    }

    /// Whether `state rm` removed this campaign's task, without a `--create KEY` since.
    pub fn is_blocked(&self, key: &str) -> bool {
        self.tombstones
            .get(key)
            .is_some_and(|stones| stones.iter().any(|stone| stone.blocks))
    }

    /// Every key that [`State::is_blocked`].
    pub fn blocked_keys(&self) -> impl Iterator<Item = &str> {
        let keys = self.tombstones.keys().map(String::as_str);
        keys.filter(|key| self.is_blocked(key))
    }

    /// The tombstone of a task, under the key that the task had.
    pub fn tombstone(&self, key: &str, identity: &str) -> Option<&Tombstone> {
        let mut stones = self.tombstones.get(key)?.iter();
        stones.find(|stone| stone.identity.as_deref() == Some(identity))
    }

    /// Every marker this state has ever put on a task, with its key.
    pub fn markers(&self) -> impl Iterator<Item = (&str, &Marker)> {
        let tasks = self.tasks.iter().flat_map(|(key, task)| {
            let previous = task.previous.iter().map(|previous| &previous.marker);
            std::iter::once(&task.marker)
                .chain(previous)
                .map(move |marker| (key.as_str(), marker))
        });
        let intents = self
            .intents
            .values()
            .map(|intent| (intent.key.as_str(), &intent.marker));
        let stones = self
            .tombstones
            .iter()
            .flat_map(|(key, stones)| stones.iter().map(move |stone| (key.as_str(), &stone.marker)));
        tasks.chain(intents).chain(stones)
    }
}
