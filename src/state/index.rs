//! What the state is asked for with every record, found without looking through it: each of these is made once, and kept
//! as records are applied.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use uuid::Uuid;

use super::model::{Intent, State, Task, Tombstone};

/// An id as it is compared: a UUID is the same in capitals, and other ids are what they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SameId {
    Uuid(Uuid),
    Other(String),
}

impl SameId {
    pub(crate) fn of(identity: &str) -> Self {
        Uuid::try_parse(identity).map_or_else(|_| Self::Other(identity.to_owned()), Self::Uuid)
    }
}

/// The keys under which something is, by an id.
type KeysById = BTreeSet<(SameId, String)>;

/// In the order of keys.
fn of_id<'i>(keys: &'i KeysById, identity: &str) -> impl Iterator<Item = &'i str> + use<'i> {
    let id = SameId::of(identity);
    let from = (id.clone(), String::new());
    let all = keys.range(from..).take_while(move |(held, _)| *held == id);
    all.map(|(_, key)| key.as_str())
}

/// Made of the state when it is first needed, and no part of it: a copy of a state begins without, and two states are the
/// same whatever is made of them.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The ids of all tasks, and of those that they replaced, with their campaigns' keys.
    tasks: OnceLock<KeysById>,
    /// The ids in tombstones, with the keys that they are under.
    stones: OnceLock<KeysById>,
    /// The open creates by their campaigns' keys.
    intents: OnceLock<BTreeSet<(String, Uuid)>>,
    /// How many requests may still bring an outcome.
    awaited: OnceLock<usize>,
}

impl Clone for Index {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Index {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl State {
    /// The first campaign whose task this is, or was.
    pub(super) fn holder_of(&self, identity: &str) -> Option<&str> {
        self.holders_of(identity).next()
    }

    /// The campaigns whose task this is, or was, in the order of their keys.
    pub(crate) fn holders_of(&self, identity: &str) -> impl Iterator<Item = &str> + use<'_> {
        let keys = self.index.tasks.get_or_init(|| {
            let tasks = self.tasks.iter();
            tasks
                .flat_map(|(key, task)| ids(task).map(|id| (id, key.clone())))
                .collect()
        });
        of_id(keys, identity)
    }

    /// The keys under which a tombstone has this id.
    pub(super) fn stones_of(&self, identity: &str) -> Vec<String> {
        let keys = self.index.stones.get_or_init(|| {
            let stones = self.tombstones.iter();
            let stones = stones.flat_map(|(key, stones)| stones.iter().map(move |stone| (key, stone)));
            stones
                .filter_map(|(key, stone)| Some((SameId::of(stone.identity.as_deref()?), key.clone())))
                .collect()
        });
        of_id(keys, identity).map(str::to_owned).collect()
    }

    /// The first open create of a campaign.
    pub(super) fn first_intent_of(&self, key: &str) -> Option<Uuid> {
        let intents = self.index.intents.get_or_init(|| {
            let intents = self.intents.values();
            intents.map(|intent| (intent.key.clone(), intent.id)).collect()
        });
        let (held, id) = intents.range((key.to_owned(), Uuid::nil())..).next()?;
        (held == key).then_some(*id)
    }

    /// How many requests may still bring an outcome.
    pub(super) fn awaited(&self) -> usize {
        *self.index.awaited.get_or_init(|| {
            let tasks = self.tasks.values().map(of_task);
            let stones = self.tombstones.values().flatten().map(of_stone);
            tasks.chain(stones).fold(self.intents.len(), usize::saturating_add)
        })
    }

    /// The same, of what is under one key, without its open create.
    pub(super) fn awaited_under(&self, key: &str) -> usize {
        let tasks = self.tasks.get(key).into_iter().map(of_task);
        let stones = self.tombstones.get(key).into_iter().flatten().map(of_stone);
        tasks.chain(stones).fold(0, usize::saturating_add)
    }

    /// So many requests more, and fewer, may bring an outcome than before.
    pub(super) fn count_awaited(&mut self, more: usize, fewer: usize) {
        if let Some(awaited) = self.index.awaited.get_mut() {
            *awaited = awaited.saturating_add(more).saturating_sub(fewer);
        }
    }
}

/// Every change of what is indexed, so that the index changes with it.
impl State {
    pub(super) fn put_task(&mut self, key: String, task: Task) {
        if let Some(tasks) = self.index.tasks.get_mut() {
            tasks.extend(ids(&task).map(|id| (id, key.clone())));
        }
        self.tasks.insert(key, task);
    }

    pub(super) fn take_task(&mut self, key: &str) -> Option<Task> {
        let task = self.tasks.remove(key)?;
        if let Some(tasks) = self.index.tasks.get_mut() {
            for id in ids(&task) {
                tasks.remove(&(id, key.to_owned()));
            }
        }
        Some(task)
    }

    pub(super) fn put_intent(&mut self, intent: Intent) {
        if let Some(intents) = self.index.intents.get_mut() {
            intents.insert((intent.key.clone(), intent.id));
        }
        self.intents.insert(intent.id, intent);
    }

    pub(super) fn take_intent(&mut self, id: &Uuid) -> Option<Intent> {
        let intent = self.intents.remove(id)?;
        if let Some(intents) = self.index.intents.get_mut() {
            intents.remove(&(intent.key.clone(), *id));
        }
        Some(intent)
    }

    pub(super) fn put_stone(&mut self, key: String, stone: Tombstone) {
        if let (Some(stones), Some(identity)) = (self.index.stones.get_mut(), &stone.identity) {
            stones.insert((SameId::of(identity), key.clone()));
        }
        self.tombstones.entry(key).or_default().push(stone);
    }

    pub(super) fn take_stones(&mut self, key: &str) -> Vec<Tombstone> {
        let taken = self.tombstones.remove(key).unwrap_or_default();
        if let Some(stones) = self.index.stones.get_mut() {
            for identity in taken.iter().filter_map(|stone| stone.identity.as_deref()) {
                stones.remove(&(SameId::of(identity), key.to_owned()));
            }
        }
        taken
    }
}

fn ids(task: &Task) -> impl Iterator<Item = SameId> {
    let previous = task.previous.iter().map(|previous| &previous.identity);
    previous.chain([&task.identity]).map(|identity| SameId::of(identity))
}

fn of_task(task: &Task) -> usize {
    usize::from(task.halting.is_some()).saturating_add(task.acting.is_some().into())
}

fn of_stone(stone: &Tombstone) -> usize {
    usize::from(stone.halting.is_some()).saturating_add(stone.acting.is_some().into())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::fields::Dialect;
    use crate::state::{Binding, HandAction, How, Marker, Record, Stage};

    fn intent(key: &str, number: u128, replaces: Option<&str>) -> Record {
        Record::Intent(Intent {
            id: Uuid::from_u128(number),
            key: key.to_owned(),
            fingerprint: format!("v1:{number}"),
            body: serde_json::from_value(json!({ "name": key })).unwrap(),
            marker: Marker::random(key),
            at: Timestamp::UNIX_EPOCH,
            replaces: replaces.map(str::to_owned),
            stage: Stage::Recorded,
            sent_before: None,
        })
    }

    fn created(number: u128, identity: &str) -> Record {
        let (intent, identity, at) = (Uuid::from_u128(number), identity.to_owned(), Timestamp::UNIX_EPOCH);
        Record::Created {
            intent,
            identity,
            at,
            how: How::Adopted,
        }
    }

    fn halting(key: &str, identity: &str) -> Record {
        Record::Halting {
            key: key.to_owned(),
            identity: identity.to_owned(),
            at: Timestamp::UNIX_EPOCH,
            replacing: None,
        }
    }

    fn halted(key: &str, identity: &str) -> Record {
        Record::Halted {
            key: key.to_owned(),
            identity: identity.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn acting(key: &str, identity: &str) -> Record {
        Record::Acting {
            key: key.to_owned(),
            identity: identity.to_owned(),
            action: HandAction::Start,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn removed(key: &str) -> Record {
        let (key, at) = (key.to_owned(), Timestamp::UNIX_EPOCH);
        Record::Removed { key, at }
    }

    fn moved(from: &str, to: &str) -> Record {
        let (from, to) = (from.to_owned(), to.to_owned());
        Record::Moved { from, to }
    }

    #[test]
    fn what_is_kept_is_what_would_be_made_anew_after_every_record() {
        const UPPER: &str = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8";
        let lower = UPPER.to_lowercase();
        let records = [
            intent("a", 1, None),
            intent("b", 2, None),
            created(1, UPPER),
            created(2, "two"),
            halting("a", UPPER),
            halted("a", UPPER),
            intent("a", 3, Some(UPPER)),
            created(3, "three"),
            acting("b", "two"),
            moved("b", "c"),
            halting("c", "two"),
            removed("c"),
            removed("a"),
            moved("a", "d"),
            intent("e", 4, None),
            created(4, &lower),
            intent("f", 5, None),
            created(5, "two"),
            intent("g", 6, None),
            Record::Abandoned {
                intent: Uuid::from_u128(6),
                at: Timestamp::UNIX_EPOCH,
            },
            intent("h", 7, None),
            Record::Withdrawn {
                intent: Uuid::from_u128(7),
            },
        ];
        let binding = Binding {
            origin: "https://cis.example.com/api/v1".into(),
            dialect: Dialect::Classic,
            environment: None,
            access: None,
        };
        let mut state = State::new(Uuid::from_u128(9), binding);
        for record in records {
            // All of it is made, so that each change has to be kept.
            std::hint::black_box((state.awaited(), state.holder_of(""), state.stones_of("")));
            state.apply(&record).unwrap();
            let anew = state.clone();
            assert_eq!(state.awaited(), anew.awaited(), "{record:?}");
            for id in [UPPER, &lower, "two", "three"] {
                assert_eq!(state.holder_of(id), anew.holder_of(id), "{record:?}: {id}");
                assert_eq!(state.stones_of(id), anew.stones_of(id), "{record:?}: {id}");
            }
            for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
                assert_eq!(
                    state.first_intent_of(key),
                    anew.first_intent_of(key),
                    "{record:?}: {key}"
                );
            }
        }
        assert_eq!(state.holder_of(UPPER), Some("e"));
        // The tombstone of `two`, which blocks its key, keeps what was asked of it.
        assert_eq!(state.awaited(), 2);
    }
}
