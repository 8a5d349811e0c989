//! How the list is walked through: what is asked next, when all has been seen, and when the answers contradict each other.
//!
//! A server may cap what one page holds, number its pages in its own way, or heed no page at all. So the first page is
//! asked for whole, the others in pages of the size that came; where nothing new comes though there should be more, the
//! other ways of asking are tried; and where none of them helps, there is no list.

use std::collections::BTreeSet;

use reqwest::Url;

use super::ListedTask;
use super::page::ListPage;
use crate::api::error::ApiError;
use crate::api::identity::Identity;

/// Tasks asked for in the first page, wire parameter `limit`, the most that the API allows.
const LIMIT: usize = 1_000;
/// Sizes that a server is likely to cap its pages at. A first page of such a size that comes whatever is asked for may
/// be all there is, or not.
const LIKELY_CAPS: [usize; 9] = [10, 20, 25, 50, 100, 200, 250, 500, LIMIT];
/// The most tasks of one list: no account has so many, and each must fit into memory.
const MOST_TASKS: usize = 1_000_000;
/// The most requests for one list.
const MOST_PAGES: usize = 100_000;

/// One request for a part of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ask {
    /// Wire parameters `page`, from 0, and `limit`.
    Page { page: usize, limit: usize },
    /// Wire parameters `offset` and `limit`; never beside `page`.
    Offset { offset: usize, limit: usize },
    /// What the answer before gives as the next page's address.
    Next(Url),
}

impl Ask {
    /// The address, below the list's own.
    pub(super) fn url(&self, base: &Url) -> Url {
        let (name, number, limit) = match self {
            Self::Page { page, limit } => ("page", page, limit),
            Self::Offset { offset, limit } => ("offset", offset, limit),
            Self::Next(url) => return url.clone(),
        };
        let mut url = base.clone();
        url.query_pairs_mut()
            .append_pair(name, &number.to_string())
            .append_pair("limit", &limit.to_string());
        url
    }
}

/// A list that is being read.
#[derive(Debug)]
pub(super) struct ListWalk {
    tasks: Vec<ListedTask>,
    seen: BTreeSet<Identity>,
    next: Option<Ask>,
    /// Every request so far: none is made twice.
    asked: BTreeSet<Ask>,
    /// How many answers held a task that was new.
    fresh_pages: u64,
    /// Tasks on the first page.
    size: usize,
    /// The greatest number of tasks, and of pages, that the latest answers gave.
    total: Option<u64>,
    pages: Option<u64>,
    /// Whether the latest answer with a new task says that more follows.
    more_is_due: bool,
}

impl ListWalk {
    pub(super) fn new() -> Self {
        Self {
            tasks: Vec::new(),
            seen: BTreeSet::new(),
            next: Some(Ask::Page { page: 0, limit: LIMIT }),
            asked: BTreeSet::new(),
            fresh_pages: 0,
            size: 0,
            total: None,
            pages: None,
            more_is_due: false,
        }
    }

    /// What to ask next; nothing once all has been seen.
    pub(super) fn next(&mut self) -> Option<Ask> {
        self.next.take()
    }

    /// How many requests have been answered.
    pub(super) fn pages(&self) -> usize {
        self.asked.len()
    }

    /// Every task, each once.
    pub(super) fn into_tasks(self) -> Vec<ListedTask> {
        self.tasks
    }

    /// Takes the answer to `ask` in.
    pub(super) fn take(&mut self, ask: Ask, page: ListPage) -> Result<(), ApiError> {
        let is_first = self.asked.is_empty();
        let (held, length, known) = (!page.tasks.is_empty(), page.tasks.len(), self.tasks.len());
        self.asked.insert(ask.clone());
        for task in page.tasks {
            if self.seen.insert(task.identity.clone()) {
                self.tasks.push(task);
            }
        }
        let is_fresh = self.tasks.len() > known;
        self.total = page.total.or(self.total);
        self.pages = page.pages.or(self.pages);
        if is_first {
            self.size = length;
        }
        if is_fresh {
            self.fresh_pages = self.fresh_pages.saturating_add(1);
            self.more_is_due = page.says_more;
        }
        if self.tasks.len() > MOST_TASKS || self.asked.len() >= MOST_PAGES {
            let (pages, tasks) = (self.asked.len(), self.tasks.len());
            return Err(ApiError::ListEndless { pages, tasks });
        }
        if is_fresh {
            self.next = self.following(&ask, length, page.next);
            return Ok(());
        }
        // Past the end nothing comes; the first page again is no sign of an end.
        let missing = self.missing(page.says_more);
        if missing.is_some() || (held && self.fresh_pages == 1) {
            self.next = self.other_way(&ask, held, page.next);
        }
        let is_all = self.next.is_some() || (missing.is_none() && !(held && self.may_be_capped()));
        if !is_all {
            let why = missing.unwrap_or_else(|| {
                format!(
                    "it shows the same {} tasks whatever is asked for, and does not say whether there are more",
                    self.size
                )
            });
            return Err(ApiError::ListContradicts { why });
        }
        Ok(())
    }

    /// What the answers say is missing.
    fn missing(&self, says_more: bool) -> Option<String> {
        let read = self.tasks.len();
        let is_above = |number: Option<u64>, read: u64| number.filter(|number| *number > read);
        if let Some(total) = is_above(self.total, u64::try_from(read).unwrap_or(u64::MAX)) {
            return Some(format!("it says that there are {total} tasks, and shows {read}"));
        }
        if let Some(pages) = is_above(self.pages, self.fresh_pages.max(1)) {
            return Some(format!(
                "it says that there are {pages} pages, and shows {} with anything new",
                self.fresh_pages
            ));
        }
        (says_more || self.more_is_due).then(|| format!("it says that more follows after {read} tasks, and shows none"))
    }

    /// Whether the one page that came may be all that the server gives, whatever there is.
    fn may_be_capped(&self) -> bool {
        self.fresh_pages == 1 && LIKELY_CAPS.contains(&self.size)
    }

    /// The same way of asking, one step on.
    fn following(&self, ask: &Ask, length: usize, next: Option<Url>) -> Option<Ask> {
        // A page of the size that came: right for a server that keeps to what is asked, for one that caps its pages, and
        // for one that caps them and yet counts by what is asked.
        let limit = self.size.clamp(1, LIMIT);
        match ask {
            Ask::Page { page, .. } => Some(Ask::Page {
                page: page.saturating_add(1),
                limit,
            }),
            Ask::Offset { offset, limit } => Some(Ask::Offset {
                offset: offset.saturating_add(length),
                limit: *limit,
            }),
            Ask::Next(_) => next.map(Ask::Next).filter(|ask| !self.asked.contains(ask)),
        }
    }

    /// Another way of asking, where this one brought nothing new.
    fn other_way(&self, ask: &Ask, held: bool, next: Option<Url>) -> Option<Ask> {
        let limit = self.size.clamp(1, LIMIT);
        let one_based = match ask {
            // Where pages count from 1, pages 0 and 1 are one.
            Ask::Page { page: 1, .. } if held => Some(Ask::Page { page: 2, limit }),
            // The first page was empty.
            Ask::Page { page: 0, .. } => Some(Ask::Page { page: 1, limit: LIMIT }),
            _ => None,
        };
        let offset = Ask::Offset {
            offset: self.tasks.len(),
            limit,
        };
        let ways = [next.map(Ask::Next), one_based, Some(offset)];
        ways.into_iter().flatten().find(|ask| !self.asked.contains(ask))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ListedText;
    use super::*;

    /// A server, by what it makes of a request and what it says about the rest.
    #[derive(Clone, Copy, Debug)]
    struct Server {
        tasks: usize,
        cap: usize,
        paging: Paging,
        says: Says,
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Paging {
        /// As documented.
        Right,
        /// Pages count from 1, and 0 is the first as well.
        OneBased,
        /// Past the end comes the last page again.
        Clamped,
        /// `page` is not heeded, `offset` is.
        OffsetOnly,
        /// Only the address that is given as `next` leads on.
        NextOnly,
        /// The first tasks come whatever is asked for.
        None,
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Says {
        Nothing,
        Total,
        More,
        Pages,
    }

    const BASE: &str = "https://cis.example.com/api/v1/telephony/autoCall";

    impl Server {
        fn answer(&self, ask: &Ask) -> ListPage {
            let (page, offset, limit) = match ask {
                Ask::Page { page, limit } => (Some(*page), None, *limit),
                Ask::Offset { offset, limit } => (None, Some(*offset), *limit),
                Ask::Next(url) => {
                    let at = url.query().unwrap().strip_prefix("cursor=").unwrap();
                    (None, Some(at.parse().unwrap()), LIMIT)
                }
            };
            let size = limit.min(self.cap);
            let last = self.tasks.saturating_sub(1) / size.max(1);
            let start = match (self.paging, page, offset) {
                (Paging::None, _, _) | (Paging::OffsetOnly, Some(_), _) => 0,
                (Paging::NextOnly, _, _) if !matches!(ask, Ask::Next(_)) => 0,
                (Paging::OneBased, Some(page), _) => page.saturating_sub(1) * size,
                (Paging::Clamped, Some(page), _) => page.min(last) * size,
                // What a server that caps its pages skips is what was asked for.
                (_, Some(page), _) => page * limit,
                (_, _, Some(offset)) => offset,
                (_, None, None) => 0,
            };
            let end = (start + size).min(self.tasks);
            let tasks = (start..end).map(|number| ListedTask {
                identity: format!("task-{number:08}").parse().unwrap(),
                name: None,
                text: ListedText::default(),
                status: None,
                people: None,
                calls: None,
                created: None,
            });
            let follows = end < self.tasks && start < self.tasks;
            let next = (self.paging == Paging::NextOnly && follows)
                .then(|| Url::parse(&format!("{BASE}?cursor={end}")).unwrap());
            let number = |number: usize| Some(u64::try_from(number).unwrap());
            ListPage {
                tasks: tasks.collect(),
                total: (self.says == Says::Total).then(|| number(self.tasks)).flatten(),
                pages: (self.says == Says::Pages)
                    .then(|| number(self.tasks.div_ceil(size)))
                    .flatten(),
                says_more: follows && (self.says == Says::More || next.is_some()),
                next,
            }
        }

        fn list(&self) -> Result<usize, ApiError> {
            let mut walk = ListWalk::new();
            let mut requests = 0;
            while let Some(ask) = walk.next() {
                requests += 1;
                assert!(requests <= self.tasks + 6, "{self:?}: it does not end");
                let page = self.answer(&ask);
                walk.take(ask, page)?;
            }
            Ok(walk.into_tasks().len())
        }
    }

    /// Whatever a server does: the list is whole, or it is none.
    #[test]
    fn a_part_is_never_given_for_the_whole() {
        use Paging::{Clamped, NextOnly, None, OffsetOnly, OneBased, Right};
        let (mut whole, mut refused) = (0, 0);
        for tasks in [0, 1, 2, 7, 10, 19, 20, 21, 40, 55, 100, 1_000, 1_001, 2_345] {
            for cap in [1, 2, 7, 10, 20, 100, 999, 1_000, 5_000] {
                if tasks / cap > 500 {
                    continue;
                }
                for paging in [Right, OneBased, Clamped, OffsetOnly, NextOnly, None] {
                    for says in [Says::Nothing, Says::Total, Says::More, Says::Pages] {
                        let server = Server {
                            tasks,
                            cap,
                            paging,
                            says,
                        };
                        let can_be_walked = paging != None || tasks <= cap.min(LIMIT);
                        match server.list() {
                            Ok(read) if read == tasks => whole += 1,
                            // Nothing at all says that there is more than the one page that comes.
                            Ok(_) if says == Says::Nothing && !LIKELY_CAPS.contains(&cap) && !can_be_walked => {}
                            Ok(read) => panic!("{server:?}: {read} read"),
                            Err(_) => {
                                refused += 1;
                                let heeds_no_page = matches!(paging, None | NextOnly);
                                let is_doubtful = heeds_no_page && LIKELY_CAPS.contains(&tasks.min(cap).min(LIMIT));
                                assert!(!can_be_walked || is_doubtful, "{server:?}");
                            }
                        }
                    }
                }
            }
        }
        assert!(whole > 1_000 && refused > 50, "{whole} whole, {refused} refused");
    }

    #[test]
    fn two_hundred_thousand_tasks_are_no_limit_and_no_end_is_one() {
        let server = Server {
            tasks: 200_000,
            cap: 100,
            paging: Paging::Right,
            says: Says::Total,
        };
        assert_eq!(server.list(), Ok(200_000));
        let endless = Server {
            tasks: usize::MAX / 2,
            cap: 100_000,
            ..server
        };
        assert!(matches!(endless.list(), Err(ApiError::ListEndless { .. })));
    }
}
