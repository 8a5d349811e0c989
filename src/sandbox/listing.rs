//! The list endpoint: filters, order and pages of tasks.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::strict::Complaints;
use super::task::{Status, Task};

const DEFAULT_LIMIT: usize = 20;
const LARGEST_LIMIT: usize = 1000;

/// The tasks to list, and how faults change the list.
#[derive(Debug)]
pub(super) struct View<'t> {
    /// The tasks that can be found, in the order of their creation.
    pub(super) tasks: Vec<&'t Task>,
    /// The maximum size of a page.
    pub(super) largest_page: usize,
    /// How many of the first tasks moved to the end.
    pub(super) moved: usize,
    /// How pages are numbered and counted.
    pub(super) paging: PageFault,
}

/// How pages are numbered and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageFault {
    /// A page counts as many tasks as it holds.
    ByHeld,
    /// A page counts as many tasks as were asked for, though it may hold fewer.
    ByAsked,
    /// It is always the first one.
    First,
}

impl<'t> View<'t> {
    /// Lists these tasks without faults.
    pub(super) fn of(tasks: impl IntoIterator<Item = &'t Task>) -> Self {
        Self {
            tasks: tasks.into_iter().collect(),
            largest_page: LARGEST_LIMIT,
            moved: 0,
            paging: PageFault::ByHeld,
        }
    }
}

/// A parsed query string.
#[derive(Debug)]
pub(super) struct Query {
    limit: usize,
    /// From which page on, 0 being the first; `None` where an offset says so, or nothing.
    page: Option<usize>,
    offset: Option<usize>,
    keyword: String,
    statuses: Vec<Status>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    sort: Sort,
}

#[derive(Clone, Copy, Debug)]
struct Sort {
    by: SortKey,
    descending: bool,
}

#[derive(Clone, Copy, Debug)]
enum SortKey {
    Creation,
    Name,
    Status,
}

impl Query {
    /// Reads the query string's pairs; a parameter of the list that is empty counts as not given.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Self, Complaints> {
        let mut complaints = Complaints::default();
        let mut query = Self {
            limit: DEFAULT_LIMIT,
            page: None,
            offset: None,
            keyword: String::new(),
            statuses: Vec::new(),
            from: None,
            to: None,
            sort: Sort {
                by: SortKey::Creation,
                descending: false,
            },
        };
        let mut read = Vec::new();
        for (name, value) in pairs {
            if read.contains(&name) {
                complaints.add(name, "is given twice");
            }
            read.push(name);
            if value.is_empty() {
                continue;
            }
            match (name.as_str(), value.as_str()) {
                ("page", value) => query.page = whole(value, name, &mut complaints),
                ("offset", value) => query.offset = whole(value, name, &mut complaints),
                ("limit", value) => match value.parse() {
                    Ok(limit) if (1..=LARGEST_LIMIT).contains(&limit) => query.limit = limit,
                    _ => complaints.add(name, format!("must be an integer from 1 to {LARGEST_LIMIT}")),
                },
                ("keyword", value) => query.keyword = value.to_lowercase(),
                ("status", value) => query.statuses = statuses(value, &mut complaints),
                ("from", value) => query.from = moment(value, name, &mut complaints),
                ("to", value) => query.to = moment(value, name, &mut complaints),
                ("sort", value) => match sort(value) {
                    Some(sort) => query.sort = sort,
                    None => complaints.add(
                        name,
                        "must be one of status, name, createdAt, with - before it for the reverse",
                    ),
                },
                _ => complaints.add(name, "is not a parameter of the list"),
            }
        }
        if query.page.is_some() && query.offset.is_some() {
            complaints.add("offset", "cannot stand beside page: give one of the two");
        }
        if complaints.is_empty() {
            Ok(query)
        } else {
            Err(complaints)
        }
    }

    /// `{"items": […], "total": N}`, N being the tasks on all pages.
    pub(super) fn answer(&self, view: View<'_>) -> Value {
        let View {
            tasks: mut found,
            largest_page,
            moved,
            paging,
        } = view;
        found.retain(|task| self.wants(task));
        // The store keeps its tasks in the order of creation, which the stable sorts keep among equals. The place in
        // it is also used for `createdAt`: several tasks may share a millisecond, and a clock may be set back.
        match self.sort.by {
            SortKey::Creation => {}
            SortKey::Name => found.sort_by_key(|task| task.name()),
            SortKey::Status => found.sort_by_key(|task| task.status),
        }
        if self.sort.descending {
            found.reverse();
        }
        if !found.is_empty() {
            let moved = moved % found.len();
            found.rotate_left(moved);
        }
        let limit = self.limit.min(largest_page);
        let counted = match paging {
            PageFault::ByHeld => limit,
            PageFault::ByAsked => self.limit,
            PageFault::First => 0,
        };
        let skip = match self.offset.filter(|_| paging != PageFault::First) {
            Some(offset) => offset,
            None => self.page.unwrap_or(0).saturating_mul(counted),
        };
        let items: Vec<Value> = found.iter().skip(skip).take(limit).map(|task| item(task)).collect();
        json!({ "items": items, "total": found.len() })
    }

    fn wants(&self, task: &Task) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&task.status))
            && task.name().to_lowercase().contains(&self.keyword)
            && self.from.is_none_or(|from| task.created_at >= from)
            && self.to.is_none_or(|to| task.created_at <= to)
    }
}

/// One task as the list shows it: what the API adds, then the fields of the create request.
fn item(task: &Task) -> Value {
    let mut item = Map::new();
    item.insert("id".to_owned(), json!({ "identity": task.id }));
    item.insert("status".to_owned(), json!(task.status));
    item.insert("createdAt".to_owned(), json!(task.created_text()));
    item.insert("candidateCount".to_owned(), json!(task.candidates));
    // It calls no one.
    item.insert("callCount".to_owned(), json!(0));
    for (field, value) in &task.body {
        item.insert(field.clone(), value.clone());
    }
    Value::Object(item)
}

fn whole(value: &str, name: &str, complaints: &mut Complaints) -> Option<usize> {
    let number = value.parse().ok();
    if number.is_none() {
        complaints.add(name, "must be an integer, 0 or more");
    }
    number
}

fn moment(value: &str, name: &str, complaints: &mut Complaints) -> Option<Timestamp> {
    let moment = value.parse().ok();
    if moment.is_none() {
        complaints.add(name, "must be a moment such as 2025-06-01T00:00:00.000Z");
    }
    moment
}

fn statuses(value: &str, complaints: &mut Complaints) -> Vec<Status> {
    let words = value.split(',').map(|word| (word, Status::from_word(word)));
    let mut statuses = Vec::new();
    for (word, status) in words {
        match status {
            Some(status) => statuses.push(status),
            None => complaints.add(
                "status",
                format!("does not know {word:?}: {}", Status::ALL.map(Status::name).join(", ")),
            ),
        }
    }
    statuses
}

fn sort(value: &str) -> Option<Sort> {
    let (descending, key) = match value.strip_prefix('-') {
        Some(key) => (true, key),
        None => (false, value),
    };
    let by = match key {
        "status" => SortKey::Status,
        "name" => SortKey::Name,
        "createdAt" => SortKey::Creation,
        _ => return None,
    };
    Some(Sort { by, descending })
}
