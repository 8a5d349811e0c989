//! Finds what a create may be a second copy of: tasks of the state that no campaign manages any more. Built once for a plan,
//! so that each create is one lookup.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::fields::{FIELDS, Field, SETTINGS, Setting, Slot};
use crate::plan::desired_state::Desired;
use crate::state::{Intent, Task, Tombstone};
use crate::util::suggest::comparable_name;
use crate::wire::{Body, PackedBody, UnreadableBody, find};

use super::reason::{BlockReason, Likeness, Unmanaged};

/// The tasks that no campaign manages, by what a create can have in common with them.
#[derive(Default)]
pub(super) struct Alike<'a> {
    by_fingerprint: HashMap<&'a str, SimilarTask<'a>>,
    by_name: HashMap<String, SimilarTask<'a>>,
    orphans: Vec<(&'a str, &'a PackedBody)>,
}

#[derive(Clone, Copy)]
struct SimilarTask<'a> {
    key: &'a str,
    what: Unmanaged,
}

impl<'a> Alike<'a> {
    /// A task that calls on, and whose campaign is no longer declared. One that is known to be stopped calls nobody.
    pub(super) fn orphan(&mut self, key: &'a str, task: &'a Task) {
        if task.halted_at.is_some() {
            return;
        }
        self.add(key, Unmanaged::Orphan, Some(&task.fingerprint), task.name().as_deref());
        self.orphans.push((key, &task.body));
    }

    /// A task that `removed` lets go, and that may call on.
    pub(super) fn let_go(&mut self, key: &'a str, task: &'a Task) {
        if task.halted_at.is_none() {
            self.add(key, Unmanaged::LetGo, Some(&task.fingerprint), task.name().as_deref());
        }
    }

    /// A create that may have reached the API, and whose campaign is no longer declared.
    pub(super) fn in_doubt(&mut self, intent: &'a Intent) {
        let name = intent.body.name();
        self.add(
            &intent.key,
            Unmanaged::InDoubt,
            Some(&intent.fingerprint),
            name.as_deref(),
        );
    }

    /// A task that `state rm` removed.
    pub(super) fn removed(&mut self, key: &'a str, stone: &'a Tombstone) {
        if stone.blocks && stone.halted_at.is_none() {
            let (fingerprint, name) = (stone.fingerprint.as_deref(), stone.name.as_deref());
            self.add(key, Unmanaged::Removed, fingerprint, name);
        }
    }

    fn add(&mut self, key: &'a str, what: Unmanaged, fingerprint: Option<&'a str>, name: Option<&str>) {
        let found = SimilarTask { key, what };
        if let Some(fingerprint) = fingerprint {
            self.by_fingerprint.entry(fingerprint).or_insert(found);
        }
        if let Some(name) = name {
            self.by_name.entry(comparable_name(name).to_owned()).or_insert(found);
        }
    }

    /// What keeps a campaign without a task from getting one.
    pub(super) fn block(&self, desired: &Desired) -> Option<BlockReason> {
        let same = self.by_fingerprint.get(desired.fingerprint.as_str());
        let (found, likeness) = match same {
            Some(found) => (found, Likeness::Settings),
            None => (self.by_name.get(comparable_name(&desired.name))?, Likeness::Name),
        };
        Some(BlockReason::SameAsOrphan {
            key: desired.key.clone(),
            orphan: found.key.to_owned(),
            likeness,
            what: found.what,
        })
    }

    /// What a person should know of creates that differ from an orphan in hardly more than their names.
    pub(super) fn notes(&self, creates: &[&Desired], declared: &[Desired]) -> Result<Vec<String>, UnreadableBody> {
        if self.orphans.is_empty() || creates.is_empty() {
            return Ok(Vec::new());
        }
        let mut near: HashMap<(usize, u64), &str> = HashMap::new();
        for (key, body) in &self.orphans {
            let settings = Settings::of(&body.unpack()?);
            for (index, _) in SETTINGS.iter().enumerate() {
                near.entry((index, settings.without(index))).or_insert(key);
            }
        }
        // Where a template makes campaigns alike but for their names, a new one beside an orphan says nothing.
        let mut siblings: Option<HashMap<u64, usize>> = None;
        let mut has_sibling = |all: u64| {
            let known = match siblings.take() {
                Some(known) => known,
                None => alike_settings(declared)?,
            };
            let is_there = known.get(&all).is_some_and(|count| *count > 1);
            siblings = Some(known);
            Ok(is_there)
        };
        let mut bodies: Option<HashMap<&str, &PackedBody>> = None;
        let mut found: BTreeMap<(&str, Option<&str>), Vec<&str>> = BTreeMap::new();
        for desired in creates {
            let settings = Settings::of(&desired.redacted.unpack()?);
            let mut candidates = (0..SETTINGS.len()).filter_map(|index| near.get(&(index, settings.without(index))));
            let Some(orphan) = candidates.next() else { continue };
            let bodies = bodies.get_or_insert_with(|| self.orphans.iter().copied().collect());
            let Some(body) = bodies.get(orphan) else { continue };
            match settings.difference(&Settings::of(&body.unpack()?)) {
                None if has_sibling(settings.all)? => {}
                differs => found.entry((orphan, differs)).or_default().push(&desired.key),
            }
        }
        let notes = found.iter().map(|((orphan, differs), keys)| {
            let (shown, first) = (super::notes::some_of(keys), keys.first().copied().unwrap_or_default());
            let (are, their, more) = if keys.len() == 1 {
                ("is", "its", "the new one")
            } else {
                ("are", "their", "the new ones")
            };
            let setting = differs.map_or_else(String::new, |setting| format!(" and `{setting}`"));
            format!(
                "{shown} {are} equal to the orphan `{orphan}` but for {their} name{setting}, and its task calls people \
                 beside {more}. If it is the same campaign, write `moved from=\"{orphan}\" to=\"{first}\"`"
            )
        });
        Ok(notes.collect())
    }
}

/// How many campaigns state the same settings but for their names.
fn alike_settings(campaigns: &[Desired]) -> Result<HashMap<u64, usize>, UnreadableBody> {
    let mut counts = HashMap::new();
    for campaign in campaigns {
        let count: &mut usize = counts
            .entry(Settings::of(&campaign.redacted.unpack()?).all)
            .or_default();
        *count = count.saturating_add(1);
    }
    Ok(counts)
}

/// What a body says of each setting but its name, as hashes.
struct Settings {
    each: [u64; SETTINGS.len()],
    /// Of all of them, in any order.
    all: u64,
}

impl Settings {
    fn of(body: &Body) -> Self {
        let mut each = [0_u64; SETTINGS.len()];
        for spec in FIELDS.iter().filter(|spec| spec.slot != Slot::Constant) {
            let paths: &[&str] = match spec.id {
                Field::Name => &[],
                Field::Webhook => &["webhookUrls"],
                _ if spec.setting == Setting::Webhook => &[],
                _ => spec.wire,
            };
            for path in paths {
                if let Some(value) = find(body, path) {
                    let mut hasher = DefaultHasher::new();
                    (spec.setting as usize, path).hash(&mut hasher);
                    value.to_string().hash(&mut hasher);
                    let of_setting = &mut each[spec.setting as usize];
                    *of_setting = of_setting.wrapping_add(hasher.finish());
                }
            }
        }
        let all = each.iter().fold(0, |all: u64, one| all.wrapping_add(*one));
        Self { each, all }
    }

    fn without(&self, index: usize) -> u64 {
        self.all.wrapping_sub(self.each[index])
    }

    /// The first setting in which they differ.
    fn difference(&self, other: &Self) -> Option<&'static str> {
        let index = (0..SETTINGS.len()).find(|index| self.each[*index] != other.each[*index])?;
        Some(SETTINGS[index].name)
    }
}
