//! A disk that fails at any moment of an apply: nothing is sent that is not recorded, and nobody is called twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use dialform::apply::{
    ApplyStatus, Event, Order, OrderCase, OrderJob, OrderResult, StopReason, carry_out_order, interrupt, ordered_tasks,
};
use dialform::plan::Options;
use dialform::sandbox::Handle;
use dialform::state::Disk;
use dialform::util::key_pattern::KeyPattern;

use super::{keys, sandbox};
use crate::common::project::{Heard, Project, client, replace};
use crate::state::disk::Failing;

/// One apply on this disk; what was told, and the verdict where it came to one.
async fn run(
    project: &Project,
    sandbox: &Handle,
    disk: Arc<dyn Disk>,
    options: &Options,
) -> (Option<ApplyStatus>, Vec<Event>) {
    let Ok(store) = project.open_on(disk) else {
        return (None, Vec::new());
    };
    let (_trigger, interrupt) = interrupt();
    let heard = Arc::new(Heard::default());
    let client = client(&sandbox.cis_base());
    let report = project
        .run_in(store, client, options, Duration::ZERO, interrupt, heard.clone())
        .await;
    let events = heard.0.lock().unwrap().clone();
    (Some(report.status()), events)
}

#[tokio::test]
async fn a_disk_that_fails_at_any_call_loses_nothing_and_doubles_nothing() {
    let mut failures = 0;
    for call in 0.. {
        let (project, sandbox) = (Project::in_memory(&["autumn", "spring"]), sandbox().await);
        let disk = Failing::at(call);
        let (verdict, events) = run(&project, &sandbox, disk.clone(), &Options::default()).await;
        if disk.calls().len() <= call {
            // The whole run needs no more calls than these.
            assert_eq!(verdict, Some(ApplyStatus::Done));
            break;
        }
        failures += 1;
        if verdict.is_some_and(|verdict| verdict != ApplyStatus::Done) {
            let is_told = |event: &Event| matches!(event, Event::Stopped(StopReason::Journal { .. }));
            assert!(events.iter().any(is_told), "call {call}: {:?}", disk.calls().last());
        }

        let again = project.apply(&sandbox).await;
        let at = &disk.calls()[call];
        assert_eq!(again.status(), ApplyStatus::Done, "{call} {at:?}: {again:?}");
        let created = keys(&sandbox);
        assert_eq!(created.len(), 2, "{call} {at:?}: {created:?}");
        assert_eq!(created.iter().collect::<BTreeSet<_>>().len(), 2, "{call} {at:?}");
        let (state, tasks) = (project.state(), sandbox.tasks());
        for task in &tasks {
            assert_eq!(state.tasks[task.key().unwrap()].identity, task.id.to_string());
        }
    }
    assert!(failures > 20, "only {failures} calls failed");
}

#[tokio::test]
async fn a_disk_that_fails_during_a_replacement_leaves_one_task_running_at_most() {
    for call in 0.. {
        let (project, sandbox) = (Project::in_memory(&["spring"]), sandbox().await);
        project.apply(&sandbox).await;
        project.campaign("spring", "pace \"5/s\"");
        let disk = Failing::at(call);
        run(&project, &sandbox, disk.clone(), &replace("spring*")).await;
        let is_over = disk.calls().len() <= call;
        if !is_over {
            project.apply_saying(&sandbox, &replace("spring*")).await;
        }
        let running = sandbox.tasks().iter().filter(|task| !task.status.is_final()).count();
        assert_eq!((running, sandbox.tasks().len()), (1, 2), "call {call}");
        assert!(!project.plan(&Options::default()).has_changes(), "call {call}");
        if is_over {
            break;
        }
    }
}

#[tokio::test]
async fn an_order_that_is_carried_out_and_cannot_be_written_is_unknown_and_kept() {
    for (order, path) in [(Order::Start, "/play"), (Order::Halt, "/halted")] {
        let mut unknown = 0;
        for call in 0.. {
            let (project, sandbox) = (Project::in_memory(&["autumn"]), sandbox().await);
            project.apply(&sandbox).await;
            let disk = Failing::at(call);
            let Ok(store) = project.open_on(disk.clone()) else {
                continue;
            };
            let tasks = ordered_tasks(order, store.state(), &[KeyPattern::new("autumn")]).unwrap();
            let (_trigger, interrupt) = interrupt();
            let job = OrderJob {
                order,
                tasks: tasks.into_iter().map(|task| (task, OrderCase::Send)).collect(),
                client: client(&sandbox.cis_base()),
                wait: Duration::ZERO,
                interrupt,
                progress: Arc::new(Heard::default()),
            };
            let report = carry_out_order(store, job).await;
            let has_arrived = sandbox.received().iter().any(|request| request.path.ends_with(path));
            let result = &report.tasks[0].1;
            match result {
                OrderResult::Done => assert!(has_arrived, "{call}"),
                OrderResult::Unknown(_) => {
                    assert!(has_arrived, "{call}");
                    assert_eq!(report.status(), ApplyStatus::Unknown);
                    unknown += 1;
                    // The outcome went elsewhere, and whoever writes next takes it in.
                    let store = project.open();
                    let task = &store.state().tasks["autumn"];
                    assert!(task.acted.is_some() || task.halted_at.is_some(), "{call}: {task:?}");
                }
                other => assert!(!has_arrived, "{call}: {other:?}"),
            }
            if disk.calls().len() <= call {
                assert_eq!((result, report.status()), (&OrderResult::Done, ApplyStatus::Done));
                break;
            }
        }
        assert!(unknown > 0, "{order:?}");
    }
}
