//! Ids that stand in a campaign itself, without an alias: enough of each to see whether one is used as two kinds of thing.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use uuid::Uuid;

use super::{CampaignBody, Definition, Project};
use crate::fields::{AliasKind, IdValue, Value};
use crate::project::source::Place;

/// A hash of one id of each kind, 0 where there is none. A file has thousands of campaigns, and nearly always nothing is found.
pub(crate) type IdHashes = [u32; AliasKind::ALL.len()];

/// An id where it is written.
#[derive(Clone, Copy, Debug)]
pub struct InlineId {
    /// The id.
    pub id: Uuid,
    /// What it is the id of.
    pub kind: AliasKind,
    /// Its place.
    pub place: Place,
}

impl Definition {
    /// Every id that is written in it, in the order of the text.
    pub fn inline_ids(&self) -> impl Iterator<Item = InlineId> {
        self.stated.values().filter_map(|value| match value.value {
            Some(Value::Id(IdValue::Uuid(id))) if !id.is_nil() => Some(InlineId {
                id: *id,
                kind: self.narrowed(value.field.spec().kind.alias()?, value.field),
                place: value.place,
            }),
            _ => None,
        })
    }

    /// A hash of one id of each kind that is written in it.
    pub(crate) fn id_hashes(&self) -> IdHashes {
        let mut hashes = IdHashes::default();
        for inline in self.inline_ids() {
            if let Some(slot) = hashes.get_mut(inline.kind as usize) {
                *slot = hash_of(inline.id);
            }
        }
        hashes
    }
}

/// Some of the bits of an id, never 0.
pub(crate) fn hash_of(id: Uuid) -> u32 {
    let (high, low) = id.as_u64_pair();
    let folded = high ^ low;
    (((folded >> 32) ^ folded) & 0xFFFF_FFFF).max(1) as u32
}

impl Project<'_> {
    /// The hashes of the ids that are used as two kinds of thing, if any is written in a campaign or template.
    pub(crate) fn ids_of_two_kinds(&self) -> Vec<u32> {
        let mut kinds: HashMap<u32, u8, FixedState> = HashMap::default();
        let mut note = |hash: u32, kind: usize| {
            if hash != 0 {
                *kinds.entry(hash).or_default() |= 1 << kind;
            }
        };
        for campaign in self.campaigns() {
            let hashes = match &campaign.body {
                CampaignBody::Own(body) => body.ids,
                CampaignBody::Inheriting(definition) => definition.id_hashes(),
            };
            hashes.iter().enumerate().for_each(|(kind, hash)| note(*hash, kind));
        }
        for template in self.templates() {
            template
                .id_hashes()
                .iter()
                .enumerate()
                .for_each(|(kind, hash)| note(*hash, kind));
        }
        for alias in self.aliases() {
            if let Some(id) = alias
                .id
                .as_deref()
                .and_then(|id| Uuid::try_parse(id).ok())
                .filter(|id| !id.is_nil())
            {
                note(hash_of(id), alias.kind as usize);
            }
        }
        let several = kinds.into_iter().filter(|(_, kinds)| kinds.count_ones() > 1);
        several.map(|(hash, _)| hash).collect()
    }
}
