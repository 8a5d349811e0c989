//! What the list of tasks settles, what it does not, and a person's word on the rest.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dialform::apply::{
    ActionResult, ApplyStatus, Event, Resolution, ResolveError, ResolveResult, StopReason, UnknownReason,
    resolve_create, resolve_lost,
};
use dialform::plan::Options;
use dialform::state::{Marker, Record};
use serde_json::json;

use super::faults::{self, Fault, never};
use super::{ends, intend, keys, posts, sandbox, send};
use crate::common::project::{Project, client};

#[tokio::test]
async fn a_run_killed_after_sending_is_settled_by_its_marker() {
    let (project, sandbox) = (Project::of(&["spring"]), sandbox().await);
    let intent = intend(&project, "spring");
    project.record([Record::Sending { intent: intent.id }]);
    let identity = send(&project, &sandbox, "spring", &intent.marker).await;
    let report = project.apply(&sandbox).await;
    assert_eq!(
        ends(&report),
        [(
            "spring",
            &ActionResult::Adopted {
                identity: identity.clone(),
                is_current: true
            }
        )]
    );
    assert_eq!((report.status(), posts(&sandbox)), (ApplyStatus::Done, 1));
    assert_eq!(project.state().tasks["spring"].identity, identity);
}

#[tokio::test]
async fn a_run_killed_before_the_answer_whose_request_never_arrived_stays_unknown() {
    let (project, sandbox) = (Project::of(&["spring"]), sandbox().await);
    let intent = intend(&project, "spring");
    project.record([Record::Sending { intent: intent.id }]);
    // A task of the same name is a hint and no more.
    let other = send(&project, &sandbox, "spring", &Marker::random("other-project")).await;
    let report = project.apply(&sandbox).await;
    assert_eq!(report.status(), ApplyStatus::Unknown);
    let ActionResult::Unknown(UnknownReason::NotFound { hints, .. }) = &report.actions[0].result else {
        panic!("{report:?}")
    };
    assert_eq!(hints[0].identity, other);
    let shown = dialform::report::apply::render(&report).to_string();
    assert!(
        shown.contains("dialform resolve spring --recreate") && shown.contains(&other),
        "{shown}"
    );
    assert_eq!(posts(&sandbox), 1);
}

#[tokio::test]
async fn what_was_adopted_and_has_changed_since_is_not_called_done() {
    let (project, sandbox) = (Project::of(&["spring"]), sandbox().await);
    let intent = intend(&project, "spring");
    project.record([Record::Sending { intent: intent.id }]);
    send(&project, &sandbox, "spring", &intent.marker).await;
    project.campaign("spring", "pace \"5/s\"");
    let report = project.apply(&sandbox).await;
    assert!(matches!(
        &report.actions[0].result,
        ActionResult::Adopted { is_current: false, .. }
    ));
    assert_eq!(report.status(), ApplyStatus::Failed);
}

#[tokio::test]
async fn several_tasks_of_one_create_stop_the_run() {
    let (project, sandbox) = (Project::of(&["autumn", "spring"]), sandbox().await);
    let intent = intend(&project, "spring");
    project.record([Record::Sending { intent: intent.id }]);
    for _ in 0..2 {
        send(&project, &sandbox, "spring", &intent.marker).await;
    }
    let report = project.apply(&sandbox).await;
    assert_eq!(report.status(), ApplyStatus::Unknown);
    assert!(matches!(&report.stop, Some(StopReason::Twins { tasks, .. }) if tasks.len() == 2));
    assert_eq!(ends(&report)[0], ("autumn", &ActionResult::NotReached));
    assert_eq!(keys(&sandbox), ["spring", "spring"]);
}

#[tokio::test]
async fn a_list_that_lags_is_waited_for() {
    let project = Project::of(&["spring"]);
    let lists = AtomicUsize::new(0);
    // A scan is two readings of two pages at most; the create comes after the first of them.
    let lag: Fault = Box::new(move |request, _| {
        let is_early = request.method == "GET" && lists.fetch_add(1, Ordering::SeqCst) < 6;
        is_early.then(|| (200, json!({ "items": [] })))
    });
    let lose = Box::new(|request: &dialform::sandbox::Received, _| request.body.as_ref().map(|_| (500, json!({}))));
    let sandbox = faults::sandbox(lag, lose).await;
    let (report, events) = project
        .run(&sandbox, &Options::default(), Duration::from_secs(10))
        .await;
    assert_eq!(report.status(), ApplyStatus::Done, "{report:?}");
    assert!(events.iter().any(|event| matches!(event, Event::Waiting { .. })));
    assert_eq!((keys(&sandbox), posts(&sandbox)), (vec!["spring".to_owned()], 1));
}

#[tokio::test]
async fn a_lost_state_creates_nothing_twice_and_is_settled_by_word() {
    let (project, sandbox) = (Project::of(&["autumn", "spring"]), sandbox().await);
    project.apply(&sandbox).await;
    let tasks = sandbox.tasks();
    for file in std::fs::read_dir(project.root()).unwrap() {
        let path = file.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("dialform.state")
        {
            std::fs::remove_file(path).unwrap();
        }
    }
    let report = project.apply(&sandbox).await;
    assert_eq!(report.status(), ApplyStatus::Unknown);
    for (index, key) in ["autumn", "spring"].into_iter().enumerate() {
        let expected = ActionResult::Unknown(UnknownReason::Foreign {
            tasks: vec![tasks[index].id.to_string()],
        });
        assert_eq!(ends(&report)[index], (key, &expected));
    }
    assert_eq!(posts(&sandbox), 2);

    let client = client(&sandbox.cis_base());
    let mut store = project.open();
    let configuration = project.configuration(Some(store.state().lineage));
    let wrong = Resolution::Adopt(tasks[1].id.to_string().parse().unwrap());
    let error = resolve_lost(&mut store, &client, &configuration, "autumn", &wrong)
        .await
        .unwrap_err();
    assert!(matches!(error, ResolveError::NotAdoptable(_)), "{error}");
    let right = Resolution::Adopt(tasks[0].id.to_string().parse().unwrap());
    resolve_lost(&mut store, &client, &configuration, "autumn", &right)
        .await
        .unwrap();
    let resolved = resolve_lost(&mut store, &client, &configuration, "spring", &Resolution::Recreate)
        .await
        .unwrap();
    assert!(matches!(resolved, ResolveResult::Free { left } if left.len() == 1));
    drop(store);

    let report = project.apply(&sandbox).await;
    assert_eq!(report.status(), ApplyStatus::Done, "{report:?}");
    assert_eq!(keys(&sandbox), ["autumn", "spring", "spring"]);
    assert_eq!(project.state().tasks["autumn"].identity, tasks[0].id.to_string());
}

#[tokio::test]
async fn a_marker_under_a_key_that_has_moved_blocks_the_new_key() {
    let (project, sandbox) = (Project::new(), sandbox().await);
    project.campaign("summer", "");
    send(&project, &sandbox, "summer", &Marker::random("spring")).await;
    project.write("campaigns/moved.kdl", "moved from=\"spring\" to=\"summer\"\n");
    let report = project.apply(&sandbox).await;
    assert!(
        matches!(
            &report.actions[0].result,
            ActionResult::Unknown(UnknownReason::Foreign { .. })
        ),
        "{report:?}"
    );
    assert_eq!(posts(&sandbox), 1);
}

#[tokio::test]
async fn an_unknown_create_is_settled_by_a_persons_word() {
    for adopt in [true, false] {
        let (project, api) = (Project::of(&["spring"]), faults::sandbox(never(), never()).await);
        let intent = intend(&project, "spring");
        let mut store = project.open();
        let error = resolve_create(&mut store, "spring", &Resolution::Recreate).unwrap_err();
        assert!(matches!(error, ResolveError::NeverSent { .. }), "{error}");
        assert_eq!(
            resolve_create(&mut store, "other", &Resolution::Recreate).unwrap(),
            None
        );
        store.append(Record::Sending { intent: intent.id }).unwrap();
        let task: dialform::api::Identity = "48a77bd7-8762-4e0f-a277-4ef77e36c41b".parse().unwrap();
        let word = if adopt {
            Resolution::Adopt(task)
        } else {
            Resolution::Recreate
        };
        resolve_create(&mut store, "spring", &word).unwrap().unwrap();
        drop(store);
        assert_eq!(project.apply(&api).await.status(), ApplyStatus::Done);
        assert_eq!(posts(&api), usize::from(!adopt));
    }
}
