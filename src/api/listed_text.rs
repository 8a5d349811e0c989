//! The texts of a listed task, in which markers are looked for.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::redact::Redactor;
use crate::state::Marker;

/// The texts of an item as the API gave them, secrets that it sent back included: they can be searched, never shown.
#[derive(Clone, Default)]
pub struct ListedText {
    texts: Vec<String>,
    redactor: Arc<Redactor>,
}

impl ListedText {
    /// Texts without secrets.
    pub fn new(texts: Vec<String>) -> Self {
        Self::with_redactor(texts, Arc::default())
    }

    pub(super) fn with_redactor(texts: Vec<String>, redactor: Arc<Redactor>) -> Self {
        Self { texts, redactor }
    }

    /// Whether a text is in any of them.
    pub fn contains(&self, text: &str) -> bool {
        self.texts.iter().any(|one| one.contains(text))
    }

    /// Whether a marker is in any of them, even if the signs around it were changed.
    pub fn has(&self, marker: &Marker) -> bool {
        self.texts.iter().any(|one| marker.is_in(one))
    }

    /// Every place in them where the random part of a marker may be, for an index of them.
    pub(crate) fn random_parts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().flat_map(|one| Marker::random_parts_in(one))
    }

    /// Whether there is a whole marker in them.
    pub fn has_any_marker(&self) -> bool {
        self.markers().next().is_some()
    }

    /// Every whole marker in them whose key is one of those known, each once.
    pub fn markers_of(&self, is_known: impl Fn(&str) -> bool) -> BTreeSet<Marker> {
        self.markers().filter(|marker| is_known(marker.key())).collect()
    }

    /// The other keys of whole markers in them, without secrets.
    pub fn other_keys(&self, is_known: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let others = self.markers().filter(|marker| !is_known(marker.key()));
        others.map(|marker| self.redactor.text(marker.key())).collect()
    }

    fn markers(&self) -> impl Iterator<Item = Marker> + '_ {
        self.texts.iter().flat_map(|one| Marker::find_in(one))
    }
}

impl PartialEq for ListedText {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for ListedText {}

impl fmt::Debug for ListedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.texts.len())
    }
}
