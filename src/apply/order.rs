//! `dialform start`, `pause` and `halt`: what a person orders for single tasks, whatever the plan says.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use thiserror::Error;

use crate::api::{Client, Identity, ListedTask, TaskAction, TaskStatus};
use crate::state::{HandAction, Record, State, StateWriter};
use crate::util::interrupt::Interrupt;
use crate::util::key_pattern::KeyPattern;
use crate::util::suggest::closest;
use crate::wire::PackedBody;

use super::action::{Unconfirmed, ask};
use super::event::{Event, Progress};
use super::halt::{NOT_RECORDED, NotHalted, halt};
use super::living::find;
use super::report::{ApplyStatus, StopReason};
use super::run::ApplyRun;
use super::shared_store::SharedStore;
use super::wait_budget::WaitBudget;

/// What a person orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Start, or go on after a pause.
    Start,
    /// Pause.
    Pause,
    /// Stop for good.
    Halt,
}

impl Order {
    /// The command.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Halt => "halt",
        }
    }

    const fn action(self) -> TaskAction {
        match self {
            Self::Start => TaskAction::Play,
            Self::Pause => TaskAction::Pause,
            Self::Halt => TaskAction::Halt,
        }
    }

    /// The status of a task for which the order is carried out.
    const fn status(self) -> TaskStatus {
        match self {
            Self::Start => TaskStatus::Running,
            Self::Pause => TaskStatus::Paused,
            Self::Halt => TaskStatus::Halted,
        }
    }

    /// Whether the list shows that it is carried out.
    fn is_shown(self, listed: &ListedTask) -> bool {
        listed.task_status() == Some(self.status())
    }
}

/// A task that is named by an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderedTask {
    /// The key that it has in the state, or had.
    pub key: String,
    /// The API's id of it.
    pub identity: String,
    /// Wire field `name`, where the state knows it.
    pub name: Option<String>,
    /// What it was created with, redacted, where the state knows it.
    pub body: Option<PackedBody>,
    /// The fingerprint of that.
    pub fingerprint: Option<String>,
    /// When the API confirmed that it was stopped for good.
    pub halted_at: Option<Timestamp>,
    /// Whether it was removed from the state.
    pub is_removed: bool,
}

/// Why no task is named.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OrderError {
    /// A key of which the state knows no task.
    #[error("the state has no task of `{key}`{}", meant(suggestion.as_deref()))]
    NoTask {
        /// What was named.
        key: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// A pattern that names nothing.
    #[error("no task of the state has a key like `{pattern}`{}", keys_words(keys))]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// Some of the keys.
        keys: Vec<String>,
    },
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |key| format!("; did you mean `{key}`?"))
}

fn keys_words(keys: &[String]) -> String {
    match keys {
        [] => "; it has no tasks".to_owned(),
        keys => format!("; there are, for example, {}", keys.join(", ")),
    }
}

/// The tasks that these patterns name, each once, in the order of their keys. A key of a campaign names its task; one whose
/// task was removed from the state names that, unless a pattern would name a task that is stopped. A stop reaches every task
/// that ever had the key and is not known to be stopped, since each may be calling.
///
/// # Errors
///
/// [`OrderError`] where one of them names nothing.
pub fn ordered_tasks(order: Order, state: &State, patterns: &[KeyPattern]) -> Result<Vec<OrderedTask>, OrderError> {
    let mut found: BTreeMap<(String, String), OrderedTask> = BTreeMap::new();
    let known = || state.tasks.keys().chain(state.tombstones.keys()).map(String::as_str);
    for pattern in patterns {
        let tasks = named(order, state, pattern);
        if tasks.is_empty() {
            let named = pattern.as_str().to_owned();
            return Err(match pattern.is_key() {
                true => OrderError::NoTask {
                    suggestion: closest(&named, known()).map(str::to_owned),
                    key: named,
                },
                false => OrderError::NoMatch {
                    pattern: named,
                    keys: state.tasks.keys().take(3).cloned().collect(),
                },
            });
        }
        for task in tasks {
            found.insert((task.key.clone(), task.identity.clone()), task);
        }
    }
    Ok(found.into_values().collect())
}

fn named(order: Order, state: &State, pattern: &KeyPattern) -> Vec<OrderedTask> {
    let tasks = state.tasks.iter().filter(|(key, _)| pattern.matches(key));
    let tasks = tasks.map(|(key, task)| OrderedTask {
        key: key.clone(),
        identity: task.identity.clone(),
        name: task.name().map(Cow::into_owned),
        body: Some(task.body.clone()),
        fingerprint: Some(task.fingerprint.clone()),
        halted_at: task.halted_at,
        is_removed: false,
    });
    let stones = state.tombstones.iter().filter(|(key, _)| pattern.matches(key));
    let stones = stones
        .flat_map(|(key, stones)| stones.iter().map(move |stone| (key, stone)))
        .filter(|(key, stone)| match state.tasks.contains_key(*key) {
            true => order == Order::Halt && stone.halted_at.is_none() && stone.was_ours(),
            false => stone.was_ours() && (pattern.is_key() || stone.halted_at.is_none()),
        });
    let stones = stones.filter_map(|(key, stone)| {
        Some(OrderedTask {
            key: key.clone(),
            identity: stone.identity.clone()?,
            name: stone.name.clone(),
            body: None,
            fingerprint: stone.fingerprint.clone(),
            halted_at: stone.halted_at,
            is_removed: true,
        })
    });
    let mut all: Vec<OrderedTask> = tasks.chain(stones).collect();
    // Of a key whose tasks were removed, those that ended long ago say nothing beside one that may call.
    if all.iter().any(|task| task.halted_at.is_none()) {
        all.retain(|task| !task.is_removed || task.halted_at.is_none());
    }
    all
}

/// What an order comes to for one task, before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderCase {
    /// A request is to be sent.
    Send,
    /// Nothing has to be done: this is its status.
    Already(TaskStatus),
    /// It cannot be done; why, in words.
    Refused(String),
}

/// What an order comes to, by what the state and the list know of its task.
pub fn order_case(order: Order, task: &OrderedTask, listed: Option<&ListedTask>) -> OrderCase {
    let shown = listed.and_then(ListedTask::task_status);
    let is_halted = task.halted_at.is_some() || shown == Some(TaskStatus::Halted);
    let shows = |status: TaskStatus| shown.as_ref() == Some(&status);
    let over = match &shown {
        _ if is_halted => Some(TaskStatus::Halted),
        Some(TaskStatus::Finished) => Some(TaskStatus::Finished),
        _ => None,
    };
    match (order, over) {
        (Order::Halt, Some(over)) => OrderCase::Already(over),
        (Order::Start | Order::Pause, Some(over)) => {
            OrderCase::Refused(format!("its task is {over}, and nothing starts it again"))
        }
        (Order::Start | Order::Pause, None) if shows(order.status()) => OrderCase::Already(order.status()),
        (Order::Pause, None) if shows(TaskStatus::Blank) => OrderCase::Already(TaskStatus::Blank),
        (Order::Start | Order::Pause | Order::Halt, None) => OrderCase::Send,
    }
}

/// The result of an order for one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderResult {
    /// It is done.
    Done,
    /// It was done before: this is its status.
    Already(TaskStatus),
    /// It was not sent, since it cannot be done; why, in words.
    Refused(String),
    /// The API refused it, or it could not be sent; nothing was done.
    Failed(String),
    /// Whether it was done is not known.
    Unknown(String),
    /// The run was stopped before it came to this.
    NotReached,
}

/// The result of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderReport {
    /// Each task with its result, in the order in which they were named.
    pub tasks: Vec<(OrderedTask, OrderResult)>,
    /// Why nothing more was sent, where something stopped it.
    pub stop: Option<StopReason>,
}

impl OrderReport {
    /// The worst of all: unknown beats failed.
    pub fn status(&self) -> ApplyStatus {
        let has = |is_so: fn(&OrderResult) -> bool| self.tasks.iter().any(|(_, result)| is_so(result));
        if has(|result| matches!(result, OrderResult::Unknown(_))) {
            ApplyStatus::Unknown
        } else if self.stop.is_some()
            || has(|result| {
                matches!(
                    result,
                    OrderResult::Refused(_) | OrderResult::Failed(_) | OrderResult::NotReached
                )
            })
        {
            ApplyStatus::Failed
        } else {
            ApplyStatus::Done
        }
    }
}

/// What an order works with, besides the state.
pub struct OrderJob {
    /// What is ordered.
    pub order: Order,
    /// The tasks, with what it comes to for each.
    pub tasks: Vec<(OrderedTask, OrderCase)>,
    /// The connection.
    pub client: Client,
    /// How long to wait in all.
    pub wait: std::time::Duration,
    /// Asks it to stop.
    pub interrupt: Interrupt,
    /// Receives the events.
    pub progress: Arc<dyn Progress>,
}

/// Carries out an order, one task after the other, and folds the journal into the snapshot.
pub async fn carry_out(store: StateWriter, job: OrderJob) -> OrderReport {
    let OrderJob {
        order,
        tasks,
        client,
        wait,
        interrupt,
        progress,
    } = job;
    let run = ApplyRun::new(
        SharedStore::new(store),
        Some(client.stopped_by(interrupt.clone())),
        WaitBudget::new(wait, interrupt.clone()),
        interrupt,
        progress,
    );
    let mut results = Vec::new();
    for (task, case) in tasks {
        let result = match case {
            OrderCase::Already(status) => {
                remember(&run, order, &task, &status).await;
                OrderResult::Already(status)
            }
            OrderCase::Refused(why) => OrderResult::Refused(why),
            OrderCase::Send if run.may_send() => send(&run, order, &task).await,
            OrderCase::Send => OrderResult::NotReached,
        };
        results.push((task, result));
    }
    look_for_unknown(&run, order, &mut results).await;
    if !matches!(run.stop(), Some(StopReason::Journal { .. }))
        && let Err(error) = run.journal.commit().await
    {
        run.stop_for(StopReason::Journal { why: error.to_string() });
    }
    OrderReport {
        tasks: results,
        stop: run.stop(),
    }
}

/// Keeps what the list shows and the state does not know: that a task was stopped behind our back, or that a request took
/// effect whose run was ended before its outcome was recorded.
async fn remember(run: &ApplyRun, order: Order, task: &OrderedTask, status: &TaskStatus) {
    let is_halt = *status == TaskStatus::Halted;
    let pending = run.journal.read(|state| {
        let of_task = state.tasks.get(&task.key).filter(|held| held.identity == task.identity);
        let of_stone = state.tombstone(&task.key, &task.identity);
        of_task
            .map(|held| held.acting)
            .or(of_stone.map(|stone| stone.acting))
            .flatten()
    });
    let action = match order {
        Order::Start => HandAction::Start,
        Order::Pause => HandAction::Pause,
        Order::Halt => {
            if is_halt && task.halted_at.is_none() {
                run.record(halted(task)).await;
            }
            return;
        }
    };
    if pending.is_some_and(|pending| pending.action == action) {
        run.record(acted(task, action)).await;
    }
}

fn halted(task: &OrderedTask) -> Record {
    Record::Halted {
        key: task.key.clone(),
        identity: task.identity.clone(),
        at: Timestamp::now(),
    }
}

/// The record that an action by hand was carried out.
fn acted(task: &OrderedTask, action: HandAction) -> Record {
    Record::Acted {
        key: task.key.clone(),
        identity: task.identity.clone(),
        action,
        at: Timestamp::now(),
    }
}

async fn send(run: &ApplyRun, order: Order, task: &OrderedTask) -> OrderResult {
    let action = match order {
        Order::Start => HandAction::Start,
        Order::Pause => HandAction::Pause,
        Order::Halt => {
            return match halt(run, &task.key, &task.identity, None).await {
                Ok(()) => OrderResult::Done,
                Err(NotHalted::NotReached) => OrderResult::NotReached,
                Err(NotHalted::NoIdentity(why)) => OrderResult::Failed(why),
                Err(NotHalted::NotRecorded) => OrderResult::Unknown(NOT_RECORDED.to_owned()),
                Err(NotHalted::Unconfirmed(unconfirmed)) => OrderResult::of(unconfirmed),
            };
        }
    };
    let Some(client) = run.client() else {
        return OrderResult::NotReached;
    };
    let OrderedTask { key, identity, .. } = task;
    let id: Identity = match identity.parse() {
        Ok(id) => id,
        Err(error) => return OrderResult::Failed(format!("the state has `{identity}` as its task, but {error}")),
    };
    let acting = Record::Acting {
        key: key.clone(),
        identity: identity.clone(),
        action,
        at: Timestamp::now(),
    };
    if !run.record(acting).await {
        return OrderResult::NotReached;
    }
    run.emit(Event::Asking {
        key: key.clone(),
        identity: identity.clone(),
        action,
    });
    let Err(unconfirmed) = ask(run, client, key, &id, order.action()).await else {
        if !run.record(acted(task, action)).await {
            return OrderResult::Unknown(NOT_RECORDED.to_owned());
        }
        run.emit(Event::Asked {
            key: key.clone(),
            identity: identity.clone(),
            action,
        });
        return OrderResult::Done;
    };
    let why = unconfirmed.why();
    let failed = Record::ActionFailed {
        key: key.clone(),
        identity: identity.clone(),
        action,
        at: Timestamp::now(),
        reason: why.clone(),
        unknown: matches!(unconfirmed, Unconfirmed::Unknown(_)),
    };
    run.record(failed).await;
    OrderResult::of(unconfirmed)
}

impl OrderResult {
    fn of(unconfirmed: Unconfirmed) -> Self {
        match unconfirmed {
            Unconfirmed::Interrupted => Self::NotReached,
            Unconfirmed::NotDone(why) => Self::Failed(why),
            Unconfirmed::Unknown(why) => Self::Unknown(why),
        }
    }
}

/// Looks in the list for what became of requests without an answer. What it does not show stays unknown: it may lag.
async fn look_for_unknown(run: &ApplyRun, order: Order, results: &mut [(OrderedTask, OrderResult)]) {
    let is_open = |(_, result): &(OrderedTask, OrderResult)| matches!(result, OrderResult::Unknown(_));
    if !results.iter().any(is_open) || matches!(run.stop(), Some(StopReason::Journal { .. } | StopReason::Interrupted))
    {
        return;
    }
    let Some(client) = run.client() else { return };
    let Ok(reading) = run.evidence.readings.again(run, client).await else {
        return;
    };
    for (task, result) in results.iter_mut().filter(|result| is_open(result)) {
        if find(&reading.tasks, &task.identity).is_some_and(|listed| order.is_shown(listed)) {
            let record = match order {
                Order::Start => acted(task, HandAction::Start),
                Order::Pause => acted(task, HandAction::Pause),
                Order::Halt => halted(task),
            };
            if run.record(record).await {
                *result = OrderResult::Done;
            }
        }
    }
}
