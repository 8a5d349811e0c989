//! Carries out a plan, journal first, so that no task is ever created twice and none is lost: after the plan, and the
//! last step of the flow.
//!
//! Every step is durable before it is taken, and its outcome is durable before that campaign's next step. What is sent is
//! decided by what is *known* to have been sent ([`ApiOutcome`](crate::api::ApiOutcome)); where that is not known, nothing
//! is sent again, and the task is looked for by its marker instead.
//!
//! | file here | holds |
//! | --- | --- |
//! | `second_reading` | the files behind what is created, read by another reader first |
//! | `permit` | whether an open create may be sent, and on what evidence |
//! | `reading` | one reading of the list of tasks, shared |
//! | `action` | one request that starts, pauses or stops a task |
//! | `removal` | `removed`: stopping a task for good, or letting it go |
//! | `halt` | the stop of one task: intent, request, outcome |
//! | `create` | one create: intent, sending, outcome |
//! | `living` | what the service shows of a task before it is stopped |
//! | `replace` | the stop of an old task before its successor |
//! | `reconcile` | the list of tasks: markers the state does not know, and creates whose outcome is not known |
//! | `resolve` | `dialform resolve`: what the list cannot resolve |
//! | `order` | `dialform start`, `pause` and `halt` |
//! | `seen` | what a reading of the list shows that the state does not have yet |
//! | `live` | `dialform import --live`: adopting tasks that were made elsewhere |
//! | `run` | what all campaigns of one apply share: journal, client, wait budget, the reasons to stop |
//! | `shared_store` | the store, shared by all campaigns in flight |
//! | `wait_budget` | all waiting of one apply, counted |
//! | `event_sequencer` | events of concurrent campaigns, in the order of the plan |
//! | `event`, `report` | progress, and the result |

// Numbers and times come from outside: nothing may overflow, wrap or panic.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod action;
mod adoptable;
mod create;
mod event;
mod event_sequencer;
mod halt;
mod live;
mod living;
mod order;
mod permit;
mod reading;
mod reconcile;
mod removal;
mod replace;
mod report;
mod resolve;
mod run;
mod second_reading;
mod seen;
mod shared_store;
mod wait_budget;

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use crate::api::Client;
use crate::plan::desired_state::{Configuration, Desired};
use crate::plan::{Action, Kind, Plan};
use crate::state::{Record, StateWriter};

pub use crate::util::interrupt::{Interrupt, Trigger, interrupt};
pub use adoptable::NotAdoptable;
pub use event::{Event, Progress, Undeclared};
pub use live::{Adopted, LiveError, adopt_live};
pub use living::{find, is_over, left_behind, life, may_have_begun};
pub use order::{
    Order, OrderCase, OrderError, OrderJob, OrderReport, OrderResult, OrderedTask, carry_out as carry_out_order,
    order_case, ordered_tasks,
};
pub use reconcile::{Foreign, foreign};
pub use report::{
    ActionReport, ActionResult, ApplyReport, ApplyStatus, FieldRefusal, Hint, Refusal, StopReason, UnknownReason,
};
pub use resolve::{
    Candidate, OpenQuestion, Resolution, ResolveError, ResolveResult, adopt_answer, open_questions, resolve_create,
    resolve_lost, resolve_named,
};
pub use second_reading::{Disagreement, SecondReading, read_again};
pub use seen::{new_sightings, sightings};

use living::{Word, freshness};
use reconcile::Reconciled;
use removal::Unstopped;
use run::ApplyRun;
use shared_store::SharedStore;
use wait_budget::WaitBudget;

/// How many creates are on their way at once, where nothing else is said.
pub const DEFAULT_IN_FLIGHT: NonZero<usize> = NonZero::new(4).unwrap();

/// What an apply works with, besides the state.
pub struct ApplyJob<'a> {
    /// What to do.
    pub plan: &'a Plan,
    /// What the plan was made from; the bodies that are sent come from here.
    pub configuration: &'a Configuration,
    /// The connection; not needed where [`Plan::needs_api`] says no.
    pub client: Option<Client>,
    /// How long to wait in all.
    pub reconcile_timeout: Duration,
    /// How many creates may be on their way at once.
    pub in_flight: NonZero<usize>,
    /// Asks it to stop.
    pub interrupt: Interrupt,
    /// Receives the events.
    pub progress: Arc<dyn Progress>,
}

/// Carries out a plan that was made from the very state in `store`, and folds the journal into the snapshot.
///
/// It never fails as a whole: the report has the result of each action, and why anything was left undone.
pub async fn apply(store: StateWriter, job: ApplyJob<'_>) -> ApplyReport {
    let ApplyJob {
        plan,
        configuration,
        client,
        reconcile_timeout,
        in_flight,
        interrupt,
        progress,
    } = job;
    let secrets = client.iter().try_for_each(|client| {
        let mut campaigns = configuration.campaigns.iter();
        campaigns.try_for_each(|campaign| client.learn_secrets_of(&campaign.body))
    });
    let run = ApplyRun::new(
        SharedStore::new(store),
        client.map(|client| client.stopped_by(interrupt.clone())),
        WaitBudget::new(reconcile_timeout, interrupt.clone()),
        interrupt,
        progress,
    );
    if let Err(why) = secrets {
        run.stop_for(StopReason::Unreadable { why });
    }
    // First, since open creates of earlier runs block moves.
    let mut reconciled = Reconciled::default();
    if plan.needs_api() {
        reconciled = reconcile::before(&run, plan, configuration).await;
    }
    let mut reports = Vec::new();
    for action in &plan.actions {
        if action.kind == Kind::Move {
            let result = make_move(&run, action).await;
            reports.push(ActionReport::new(action, result));
        }
    }
    // Before the creates, some of which wait for it.
    let removed = removal::remove_all(&run, &plan.actions, in_flight).await;
    let unstopped = Unstopped::after(&plan.actions, &removed).unwrap_or_else(|why| {
        run.stop_for(StopReason::Unreadable { why });
        Unstopped::default()
    });
    reports.extend(removed);
    let sends = Sends {
        configuration,
        unstopped,
        in_flight,
        freshness: freshness(plan.executable().filter(|action| action.kind == Kind::Replace).count()),
    };
    reports.extend(send_all(&run, &plan.actions, &sends, &reconciled).await);
    let waiting = reconcile::take_waiting(&run, plan, &mut reconciled, &mut reports);
    reports.extend(send_all(&run, waiting, &sends, &reconciled).await);
    let made_unknown = reports
        .iter()
        .any(|report| matches!(report.result, ActionResult::Unknown(_)));
    if made_unknown {
        reconcile::after(&run, &mut reconciled).await;
    }
    reconcile::update(&run, plan, configuration, &reconciled, &mut reports);
    finish(run, plan, reports).await
}

/// What all creates of a run have in common.
struct Sends<'a> {
    configuration: &'a Configuration,
    unstopped: Unstopped<'a>,
    in_flight: NonZero<usize>,
    /// How old a reading may be that decides about a stop.
    freshness: Duration,
}

/// Creates and replaces, several at once. What they share is in `run`, behind a lock.
async fn send_all(
    run: &ApplyRun,
    actions: impl IntoIterator<Item = &Action>,
    common: &Sends<'_>,
    reconciled: &Reconciled,
) -> Vec<ActionReport> {
    let sends: Vec<(&Action, &Desired)> = actions
        .into_iter()
        .filter(|action| matches!(action.kind, Kind::Create | Kind::Replace))
        .filter_map(|action| Some((action, common.configuration.campaign(&action.key)?)))
        .collect();
    run.enqueue(sends.iter().map(|(action, _)| action.key.clone()));
    let carried_out = stream::iter(sends).map(async |(action, desired)| {
        let result = carry_out(run, common, action, desired, reconciled).await;
        run.finish(&action.key);
        ActionReport::new(action, result)
    });
    carried_out.buffer_unordered(common.in_flight.get()).collect().await
}

async fn carry_out(
    run: &ApplyRun,
    common: &Sends<'_>,
    action: &Action,
    desired: &Desired,
    reconciled: &Reconciled,
) -> ActionResult {
    if let Some(block) = &action.block {
        return ActionResult::Blocked(block.clone());
    }
    if let Some(result) = reconciled.result(run, common.configuration, &action.key, action.kind) {
        return result;
    }
    if let Some(result) = common.unstopped.result(desired) {
        return result;
    }
    if !run.may_send() {
        return ActionResult::NotReached;
    }
    match action.kind {
        Kind::Replace => {
            let word = Word {
                even_running: action.even_running,
                is_named: action.is_named,
                freshness: common.freshness,
            };
            replace::replace(run, desired, word).await
        }
        _ => create::create(run, desired, None).await,
    }
}

async fn make_move(run: &ApplyRun, action: &Action) -> ActionResult {
    let Some(from) = action.reason.moved_from() else {
        return ActionResult::NotReached;
    };
    if let Some(block) = &action.block {
        return ActionResult::Blocked(block.clone());
    }
    let (from, to) = (from.to_owned(), action.key.clone());
    let record = Record::Moved {
        from: from.clone(),
        to: to.clone(),
    };
    if !run.may_send() || !run.record(record).await {
        return ActionResult::NotReached;
    }
    run.emit(Event::Moved { from: from.clone(), to });
    ActionResult::Moved { from }
}

/// Takes back the creates of this run of which nothing has left, where another machine may come next: it begins with what the
/// files say then.
async fn withdraw_unsent(run: &ApplyRun) {
    if !run.journal.is_shared() {
        return;
    }
    let own = run.evidence.own();
    let unsent = run.journal.read(|state| {
        let open = own.into_iter().filter_map(|id| state.intents.get(&id));
        let unsent = open.filter(|intent| !intent.may_have_left());
        unsent.map(|intent| intent.id).collect::<Vec<_>>()
    });
    for intent in unsent {
        let is_journal_sound = !matches!(run.stop(), Some(StopReason::Journal { .. }));
        if !is_journal_sound || !run.record(Record::Withdrawn { intent }).await {
            return;
        }
    }
}

/// Folds the journal, and makes the report. After a failed write nothing is folded: the next run reads what is there.
async fn finish(run: ApplyRun, plan: &Plan, mut reports: Vec<ActionReport>) -> ApplyReport {
    withdraw_unsent(&run).await;
    if !matches!(run.stop(), Some(StopReason::Journal { .. }))
        && let Err(error) = run.journal.commit().await
    {
        run.stop_for(StopReason::Journal { why: error.to_string() });
    }
    // In the order of the plan, whatever the order in which it was carried out.
    let actions = actions_of(plan);
    reports.sort_by_key(|report| actions.get(&report.subject()).map(|(place, _)| *place));
    ApplyReport {
        actions: reports,
        left_alone: plan.to_decide().map(|action| action.key.clone()).collect(),
        stop: run.stop(),
    }
}

/// Each action with its position in the plan, so that looking one up does not scan the plan.
fn actions_of(plan: &Plan) -> HashMap<(&str, Kind), (usize, &Action)> {
    let mut actions = HashMap::new();
    for (place, action) in plan.actions.iter().enumerate() {
        actions.entry((&*action.key, action.kind)).or_insert((place, action));
    }
    actions
}
