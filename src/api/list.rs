//! Reading the list of tasks, `GET {cis}/telephony/autoCall`, in which reconcile looks for markers.
//!
//! The shape of the answer is not public, so it is read tolerantly; but a page that cannot be understood at all is an
//! error, as a task that was overlooked would be created again.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::Client;
use super::error::ApiError;
use super::gate::no_hook;
use super::identity::Identity;
use super::transport::Request;
use crate::state::Marker;

/// Tasks asked for in one page, wire parameter `limit`, the most that the API allows.
const PAGE: usize = 1_000;
/// The longest page that is read: 8 MiB.
const LONGEST_PAGE: usize = 8 * 1024 * 1024;
/// The most pages that are read.
const MOST_PAGES: usize = 200;
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
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ListedText(Vec<String>);

impl ListedText {
    /// Takes texts over.
    pub fn new(texts: Vec<String>) -> Self {
        Self(texts)
    }

    /// Whether a text stands in any of them.
    pub fn contains(&self, text: &str) -> bool {
        self.0.iter().any(|one| one.contains(text))
    }

    /// Whether a marker stands in any of them, whatever became of the signs around it.
    pub fn has(&self, marker: &Marker) -> bool {
        self.0.iter().any(|one| marker.is_in(one))
    }

    /// Every whole marker in them.
    pub fn markers(&self) -> impl Iterator<Item = Marker> + '_ {
        self.0.iter().flat_map(|one| Marker::find_in(one))
    }
}

impl fmt::Debug for ListedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.0.len())
    }
}

impl Client {
    /// Reads the whole list, whatever the status of the tasks, page by page until one shows no task that is new.
    ///
    /// # Errors
    ///
    /// [`ApiError`] where any page cannot be had or understood, or the list does not end: a part is never given for the
    /// whole.
    pub async fn list(&self) -> Result<Vec<ListedTask>, ApiError> {
        let mut tasks = Vec::new();
        let mut seen = BTreeSet::new();
        for page in 0..MOST_PAGES {
            let known = tasks.len();
            let listed = self.list_page(page).await?;
            tasks.extend(listed.into_iter().filter(|task| seen.insert(task.identity.clone())));
            if tasks.len() == known {
                return Ok(tasks);
            }
        }
        Err(ApiError::ListEndless { pages: MOST_PAGES })
    }

    /// Reads the list until two readings in a row agree on its ids, as it may shift between pages while it is read.
    ///
    /// # Errors
    ///
    /// Those of [`Client::list`], and [`ApiError::ListUnsettled`] where it changes every time.
    pub async fn scan(&self) -> Result<Vec<ListedTask>, ApiError> {
        let mut before = ids(&self.list().await?);
        for _ in 1..MOST_SCANS {
            let tasks = self.list().await?;
            let now = ids(&tasks);
            if now == before {
                return Ok(tasks);
            }
            before = now;
        }
        Err(ApiError::ListUnsettled { scans: MOST_SCANS })
    }

    async fn list_page(&self, page: usize) -> Result<Vec<ListedTask>, ApiError> {
        let mut url = self.cis.method(&["telephony", "autoCall"]);
        url.query_pairs_mut()
            .append_pair("page", &page.to_string())
            .append_pair("limit", &PAGE.to_string());
        let body = self
            .call(Request::get(url).longest_answer(LONGEST_PAGE), no_hook())
            .await
            .into_read()?;
        let shape = |why| ApiError::ListShape { page, why };
        let answer: Value = serde_json::from_slice(&body).map_err(|_| shape("it is not JSON"))?;
        let items = items(&answer).ok_or_else(|| shape("it holds no list"))?;
        items
            .iter()
            .map(|item| self.task(item).ok_or_else(|| shape("an item has no usable id")))
            .collect()
    }
}

fn ids(tasks: &[ListedTask]) -> BTreeSet<Identity> {
    tasks.iter().map(|task| task.identity.clone()).collect()
}

/// The items of a page: the answer itself, or what stands under one of the usual names, one level down at most.
fn items(answer: &Value) -> Option<&Vec<Value>> {
    let below = |value| {
        ["items", "data", "results"]
            .iter()
            .find_map(|name| Value::get(value, name))
    };
    let inner = below(answer);
    [Some(answer), inner, inner.and_then(below)]
        .into_iter()
        .flatten()
        .find_map(Value::as_array)
}

impl Client {
    fn task(&self, item: &Value) -> Option<ListedTask> {
        let mut text = Vec::new();
        collect_text(item, &mut text);
        let field = |name| Some(self.redactor.text(item.get(name)?.as_str()?));
        Some(ListedTask {
            identity: Identity::of(item).filter(|identity| !self.redactor.is_in(identity.as_str().as_bytes()))?,
            name: field("name"),
            status: field("status"),
            text: ListedText::new(text),
        })
    }
}

fn collect_text(value: &Value, text: &mut Vec<String>) {
    match value {
        Value::String(one) => text.push(one.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect_text(value, text)),
        Value::Object(values) => values.values().for_each(|value| collect_text(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
