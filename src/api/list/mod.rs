//! Reading the list of tasks, `GET {cis}/telephony/autoCall`, in which reconcile looks for markers.
//!
//! The shape of the answer is not public, so it is read tolerantly; but a page that cannot be understood at all is an
//! error, as a task that was overlooked would be created again. `page` reads one answer, `walk` decides what to ask next.

mod page;
mod walk;

use std::collections::BTreeSet;

use super::Client;
use super::error::ApiError;
use super::identity::Identity;
use super::listed_text::ListedText;
use super::transport::ApiRequest;
use crate::fields::types::TaskStatus;
use page::ListPage;
use walk::{Ask, ListWalk};

/// The longest page that is read: 8 MiB.
const LONGEST_PAGE: usize = 8 * 1024 * 1024;
/// How often the list is read until two readings agree.
const MOST_SCANS: usize = 5;

/// A task as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTask {
    /// Its id.
    pub identity: Identity,
    /// Wire field `name`, without secrets.
    pub name: Option<String>,
    /// Every text anywhere in the item, in its order; a marker may be in any of them.
    pub text: ListedText,
    /// Wire field `status`, for example `PROCESS`, without secrets.
    pub status: Option<String>,
    /// Wire field `candidateCount`: how many people it has. Known from one client only, so it may be missing.
    pub people: Option<u64>,
    /// Wire field `callCount`: how many calls were made. Known from one client only, so it may be missing.
    pub calls: Option<u64>,
    /// Wire field `createdAt`, as the service writes it, without secrets.
    pub created: Option<String>,
}

impl ListedTask {
    /// The status, where the list shows one.
    pub fn task_status(&self) -> Option<TaskStatus> {
        self.status.as_deref().map(TaskStatus::of)
    }

    /// [`TaskStatus::may_run`] of what the list shows.
    pub fn may_run(&self) -> bool {
        TaskStatus::may_run(self.task_status().as_ref(), self.people)
    }

    /// Whether the list says that it never calls again: it was stopped for good, or has called everybody.
    pub fn is_over(&self) -> bool {
        self.task_status().is_some_and(|status| status.is_over())
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
        let mut walk = ListWalk::new();
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

    async fn list_page(&self, ask: &Ask, number: usize) -> Result<ListPage, ApiError> {
        let base = self.cis.method(&["telephony", "autoCall"]);
        let request = ApiRequest::get(ask.url(&base)).longest_answer(LONGEST_PAGE);
        let content = self.call(request).await.into_read()?;
        ListPage::read(content, &base).map_err(|why| ApiError::ListShape { page: number, why })
    }
}

fn ids(tasks: &[ListedTask]) -> BTreeSet<Identity> {
    tasks.iter().map(|task| task.identity.clone()).collect()
}
