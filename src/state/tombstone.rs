//! What stays of a task that another one replaced, or that was removed from the state.

use std::borrow::Cow;

use jiff::Timestamp;

use super::model::{Previous, Task, Tombstone};
use crate::fields::types::Marker;

impl Task {
    /// The `previous` of the task that replaces this one.
    pub(super) fn into_previous(self) -> Vec<Previous> {
        let Self {
            identity,
            fingerprint,
            marker,
            halted_at,
            mut previous,
            body: _,
            created_at: _,
            halting: _,
            replacing: _,
            accepted: _,
            acting: _,
            acted: _,
        } = self;
        previous.push(Previous {
            identity,
            marker,
            fingerprint,
            halted_at,
        });
        previous
    }

    /// What is kept of it, and of those that it replaced, once it is removed.
    pub(super) fn into_tombstones(self, at: Timestamp) -> Vec<Tombstone> {
        let name = self.name().map(Cow::into_owned);
        let (halting, acting, acted) = (self.halting, self.acting, self.acted);
        let mut stones: Vec<Tombstone> = self
            .into_previous()
            .into_iter()
            .map(
                |Previous {
                     identity,
                     marker,
                     fingerprint,
                     halted_at,
                 }| Tombstone {
                    identity: Some(identity),
                    marker,
                    name: None,
                    fingerprint: Some(fingerprint),
                    halting: None,
                    acting: None,
                    acted: None,
                    halted_at,
                    removed_at: at,
                    blocks: true,
                },
            )
            .collect();
        if let Some(own) = stones.last_mut() {
            (own.name, own.halting, own.acting, own.acted) = (name, halting, acting, acted);
        }
        stones
    }
}

impl Tombstone {
    /// Whether its task was a campaign's of this state, so that it may be stopped by that campaign's key; not so a task that a
    /// person looked at and left alone.
    pub fn was_ours(&self) -> bool {
        self.blocks || self.fingerprint.is_some()
    }

    /// A marker that is left alone, and blocks nothing.
    pub(super) fn of_none(identity: Option<String>, marker: Marker, at: Timestamp) -> Self {
        Self {
            identity,
            marker,
            name: None,
            fingerprint: None,
            halting: None,
            acting: None,
            acted: None,
            halted_at: None,
            removed_at: at,
            blocks: false,
        }
    }
}
