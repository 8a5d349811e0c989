//! Reading the list of tasks, `GET {cis}/telephony/autoCall`, in which reconcile looks for markers.
//!
//! The shape of the answer is not public, so it is read tolerantly; but a page that cannot be understood at all is an
//! error, as a task that was overlooked would be created again. `page` reads one answer, `walk` decides what to ask next.

mod page;
mod walk;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::Client;
use super::error::ApiError;
use super::identity::Identity;
use super::redact::Redactor;
use super::transport::Request;
use crate::state::Marker;
use page::Page;
use walk::{Ask, Walk};

/// The longest page that is read: 8 MiB.
const LONGEST_PAGE: usize = 8 * 1024 * 1024;
/// The most times that the list is read for it to settle.
const MOST_SCANS: usize = 5;

/// A task as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTask {
    /// Its id.
    pub identity: Identity,
    /// Wire field `name`, without secrets.
    pub name: Option<String>,
    /// Every text anywhere in the item, in its order; a marker may stand in any of them.
    pub text: ListedText,
    /// Wire field `status`, for example `PROCESS`, without secrets.
    pub status: Option<String>,
}

/// The texts of an item as the API gave them, secrets that it sent back included: they can be searched, never shown.
#[derive(Clone, Default)]
pub struct ListedText {
    texts: Vec<String>,
    redactor: Arc<Redactor>,
}

impl ListedText {
    /// Takes texts over, in which there are no secrets.
    pub fn new(texts: Vec<String>) -> Self {
        Self::of(texts, Arc::default())
    }

    pub(super) fn of(texts: Vec<String>, redactor: Arc<Redactor>) -> Self {
        Self { texts, redactor }
    }

    /// Whether a text stands in any of them.
    pub fn contains(&self, text: &str) -> bool {
        self.texts.iter().any(|one| one.contains(text))
    }

    /// Whether a marker stands in any of them, whatever became of the signs around it.
    pub fn has(&self, marker: &Marker) -> bool {
        self.texts.iter().any(|one| marker.is_in(one))
    }

    /// Every place in them where the random part of a marker may stand, for an index of them.
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

impl ListedTask {
    /// Whether the list says that it was stopped for good.
    pub fn is_stopped(&self) -> bool {
        self.status
            .as_deref()
            .is_some_and(|status| status.eq_ignore_ascii_case("HALTED"))
    }
}

impl Client {
    /// Reads the whole list, whatever the status of the tasks: page by page, as long as there is more by what the answers
    /// themselves say.
    ///
    /// # Errors
    ///
    /// [`ApiError`] where any page cannot be had or understood, where the answers contradict each other, or the list does
    /// not end: a part is never given for the whole.
    pub async fn list(&self) -> Result<Vec<ListedTask>, ApiError> {
        let mut walk = Walk::new();
        while let Some(ask) = walk.next() {
            let page = self.list_page(&ask, walk.pages()).await?;
            walk.take(ask, page)?;
        }
        Ok(walk.into_tasks())
    }

    /// Reads the list until two readings in a row agree on its ids, as it may shift between pages while it is read.
    ///
    /// # Errors
    ///
    /// Those of [`Client::list`], and [`ApiError::ListUnsettled`] where it changes every time.
    pub async fn scan(&self) -> Result<Vec<ListedTask>, ApiError> {
        let mut before = None;
        for number in 0..MOST_SCANS {
            let tasks = match self.list().await {
                Ok(tasks) => tasks,
                // A task that is created meanwhile may be counted and not shown.
                Err(ApiError::ListContradicts { .. }) if number == 0 => continue,
                Err(error) => return Err(error),
            };
            let now = ids(&tasks);
            if before.as_ref() == Some(&now) {
                return Ok(tasks);
            }
            before = Some(now);
        }
        Err(ApiError::ListUnsettled { scans: MOST_SCANS })
    }

    async fn list_page(&self, ask: &Ask, number: usize) -> Result<Page, ApiError> {
        let base = self.cis.method(&["telephony", "autoCall"]);
        let request = Request::get(ask.url(&base)).longest_answer(LONGEST_PAGE);
        let content = self.call(request).await.into_read()?;
        Page::read(content, &base).map_err(|why| ApiError::ListShape { page: number, why })
    }
}

fn ids(tasks: &[ListedTask]) -> BTreeSet<Identity> {
    tasks.iter().map(|task| task.identity.clone()).collect()
}
