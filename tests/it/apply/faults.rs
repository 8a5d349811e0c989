//! Answers other than the one that was hoped for: what is recorded, what is tried again, and what stops the run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dialform::apply::{ActionResult, ApplyStatus, Event, StopReason, UnknownReason, interrupt};
use dialform::plan::{Kind, Options};
use dialform::sandbox::{Config, Handle, Hook, Received, Sandbox, Then};
use dialform::state::Stage;
use serde_json::{Value, json};

use super::{ends, keys, posts};
use crate::common::project::{Heard, Project, client, replace};

/// What a fault is made from: the request, and how many of its kind came before it.
pub(super) type Fault = Box<dyn Fn(&Received, usize) -> Option<(u16, Value)> + Send + Sync>;

/// Answers creates in the sandbox's place, before or after they took effect.
struct Faults {
    before: Fault,
    after: Fault,
    number: AtomicUsize,
}

impl Hook for Faults {
    fn before_commit(&self, request: &Received) -> Then {
        then((self.before)(request, self.number.load(Ordering::SeqCst)))
    }

    fn after_commit(&self, request: &Received) -> Then {
        then((self.after)(request, self.number.fetch_add(1, Ordering::SeqCst)))
    }
}

fn then(answer: Option<(u16, Value)>) -> Then {
    answer.map_or(Then::GoOn, |(status, body)| Then::Answer { status, body })
}

pub(super) fn never() -> Fault {
    Box::new(|_, _| None)
}

/// Answers the create of this campaign so.
fn on_create(key: &'static str, status: u16, body: Value) -> Fault {
    Box::new(move |request, _| is_create_of(request, key).then(|| (status, body.clone())))
}

fn is_create_of(request: &Received, key: &str) -> bool {
    let comment = request.body.as_ref().and_then(|body| body["taskComment"].as_str());
    comment.is_some_and(|comment| comment.contains(&format!("[dialform {key} ")))
}

pub(super) async fn sandbox(before: Fault, after: Fault) -> Handle {
    let number = AtomicUsize::new(0);
    let hook = Arc::new(Faults { before, after, number });
    Sandbox::start(Config {
        hook: Some(hook),
        ..Config::default()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_rejected_campaign_is_told_in_the_language_and_does_not_stop_the_others() {
    let project = Project::of(&["autumn", "spring"]);
    let answer = json!({
        "message": "Validation failed",
        "errors": { "additionalOptions.allowCallTimeTo": ["must be later"], "novelty": ["is new"] },
    });
    let sandbox = sandbox(on_create("autumn", 400, answer), never()).await;
    let report = project.apply(&sandbox).await;
    assert_eq!(report.status(), ApplyStatus::Failed);
    let ActionResult::Rejected(refusal) = &report.actions[0].result else {
        panic!("{report:?}")
    };
    assert_eq!((refusal.status, refusal.words.as_str()), (400, "Validation failed"));
    assert_eq!(refusal.fields[0].path.as_deref(), Some("call-window.to"));
    assert_eq!(refusal.fields[1].path, None);
    // The campaign has it from the template, so that is the line to change.
    let at = refusal.fields[0].at.as_ref().unwrap();
    assert!(at.file.ends_with("dialform.kdl"), "{at}");
    let template = std::fs::read_to_string(project.path("dialform.kdl")).unwrap();
    let line = template.lines().nth(at.line - 1).unwrap();
    assert_eq!(&line[at.column - 1..], "\"19:50\"");
    assert_eq!(refusal.fields[1].at, None);
    let shown = anstream::adapter::strip_str(&dialform::report::apply::render(&report).to_string()).to_string();
    assert!(
        shown.contains(
            "campaigns/autumn.kdl:1:10: rejected: campaign `autumn`: the API answered 400: Validation failed"
        ),
        "{shown}"
    );
    assert!(
        shown.contains(
            "dialform.kdl:20:33: call-window.to (`additionalOptions.allowCallTimeTo` on the wire): must be later"
        ),
        "{shown}"
    );
    assert!(matches!(&report.actions[1].result, ActionResult::Created { .. }));
    assert_eq!(keys(&sandbox), ["spring"]);
    assert!(project.state().intents.is_empty());
}

#[tokio::test]
async fn what_is_refused_of_one_of_several_webhooks_points_at_that_one() {
    let project = Project::new();
    project.campaign(
        "spring",
        "webhook \"https://example.com/a\"\n    webhook \"https://example.com/b\"",
    );
    let words = "webhookUrls.1 is not reachable";
    let answer = json!({ "message": words, "errors": { "webhookUrls.1": ["is not reachable"] } });
    let sandbox = sandbox(on_create("spring", 400, answer), never()).await;
    let report = project.apply(&sandbox).await;
    let ActionResult::Rejected(refusal) = &report.actions[0].result else {
        panic!("{report:?}")
    };
    let at = refusal.fields[0].at.as_ref().unwrap();
    assert_eq!((at.line, at.column), (4, 13), "{at}");
}

#[tokio::test]
async fn an_account_that_may_not_create_stops_the_run() {
    for status in [402, 403] {
        let project = Project::of(&["autumn", "spring"]);
        let sandbox = sandbox(on_create("autumn", status, json!({ "message": "no" })), never()).await;
        let report = project.apply(&sandbox).await;
        assert_eq!(
            report.stop,
            Some(StopReason::Refused {
                status,
                words: "no".into()
            })
        );
        assert_eq!(ends(&report)[1], ("spring", &ActionResult::NotReached));
        assert_eq!((report.status(), posts(&sandbox)), (ApplyStatus::Failed, 1));
    }
}

#[tokio::test]
async fn a_token_that_is_not_taken_stops_the_run() {
    let project = Project::of(&["autumn", "spring"]);
    let sandbox = sandbox(on_create("autumn", 401, json!({ "message": "expired" })), never()).await;
    let report = project.apply(&sandbox).await;
    assert!(
        matches!(&report.stop, Some(StopReason::Unauthorized { .. })),
        "{report:?}"
    );
    assert!(matches!(&report.actions[0].result, ActionResult::Rejected(refusal) if refusal.status == 401));
    assert_eq!(ends(&report)[1], ("spring", &ActionResult::NotReached));
    let state = project.state();
    let open = state.intent_for("autumn").unwrap();
    assert!(
        open.may_have_left() && !open.is_in_doubt(),
        "the next run looks for it before it sends it"
    );
    assert_eq!(keys(&sandbox), Vec::<String>::new());
}

#[tokio::test]
async fn too_many_requests_are_waited_out_with_the_same_intent() {
    // The list has to show a marker of ours before absence is something to go by.
    let project = Project::of(&["autumn", "spring"]).with_in_flight(1);
    let number = AtomicUsize::new(0);
    let twice: Fault = Box::new(move |request, _| {
        let is_early = is_create_of(request, "spring") && number.fetch_add(1, Ordering::SeqCst) < 2;
        is_early.then(|| (429, json!({ "message": "slow down" })))
    });
    let sandbox = sandbox(twice, never()).await;
    // The API does not say how long, so each wait would be two seconds: less is left, and less is waited.
    let patience = Duration::from_millis(2_100);
    let (report, events) = project.run(&sandbox, &Options::default(), patience).await;
    assert_eq!(report.status(), ApplyStatus::Done, "{report:?}");
    let waits = events
        .iter()
        .filter(|event| matches!(event, Event::Waiting { .. }))
        .count();
    assert_eq!((waits, posts(&sandbox)), (2, 4));
    let markers: Vec<Value> = sandbox
        .received()
        .into_iter()
        .filter_map(|request| Some(request.body?["taskComment"].clone()))
        .collect();
    assert_eq!(markers[1], markers[3]);
    assert_eq!(keys(&sandbox), ["autumn", "spring"]);
    // Each sending is preceded by a reading that began after the refusal before it.
    let methods: Vec<String> = sandbox.received().into_iter().map(|request| request.method).collect();
    let posts: Vec<usize> = (0..methods.len()).filter(|at| methods[*at] == "POST").collect();
    for pair in posts[1..].windows(2) {
        assert!(pair[1] - pair[0] > 1, "{methods:?}");
    }
}

#[tokio::test]
async fn without_patience_too_many_requests_leave_an_intent_that_the_next_run_sends() {
    let project = Project::of(&["spring"]);
    let limited = sandbox(on_create("spring", 429, json!({ "message": "slow down" })), never()).await;
    let report = project.apply(&limited).await;
    assert!(
        matches!(&report.actions[0].result, ActionResult::Failed { .. }),
        "{report:?}"
    );
    assert_eq!(project.state().intent_for("spring").unwrap().stage, Stage::Recorded);
    // A list without any marker of ours proves nothing, so it is not sent again before it shows one.
    let free = sandbox(never(), never()).await;
    assert_eq!(project.apply(&free).await.status(), ApplyStatus::Unknown);
    assert_eq!((posts(&free), posts(&limited)), (0, 1));
    project.campaign("autumn", "");
    assert_eq!(project.apply(&free).await.status(), ApplyStatus::Done);
    assert_eq!(keys(&free), ["autumn", "spring"]);
}

#[tokio::test]
async fn a_lost_answer_is_found_again_by_the_marker() {
    for (status, body) in [
        (500, json!({})),
        (200, json!({ "ok": true })),
        (409, json!({})),
        (302, json!({})),
    ] {
        let project = Project::of(&["autumn", "spring"]);
        let sandbox = sandbox(never(), on_create("autumn", status, body)).await;
        let report = project.apply(&sandbox).await;
        assert_eq!(report.status(), ApplyStatus::Done, "{status}: {report:?}");
        assert!(matches!(
            &report.actions[0].result,
            ActionResult::Adopted { is_current: true, .. }
        ));
        assert_eq!(keys(&sandbox), ["autumn", "spring"]);
        assert!(!project.plan(&Options::default()).has_changes());
    }
}

#[tokio::test]
async fn what_the_list_does_not_show_stays_unknown_and_is_never_sent_again() {
    let project = Project::of(&["autumn", "spring"]);
    let first = sandbox(on_create("autumn", 502, json!({})), never()).await;
    let report = project.apply(&first).await;
    assert_eq!(report.status(), ApplyStatus::Unknown);
    assert!(
        matches!(&report.actions[0].result, ActionResult::Unknown(UnknownReason::NotFound { hints, .. }) if hints.is_empty())
    );
    assert!(matches!(&report.actions[1].result, ActionResult::Created { .. }));

    // What it sees of the other task is kept once.
    project.apply(&first).await;
    let serial = project.state().serial;
    let again = project.apply(&first).await;
    assert_eq!(again.status(), ApplyStatus::Unknown);
    assert_eq!(posts(&first), 2);
    assert_eq!(
        project.state().serial,
        serial,
        "nothing was learnt, so nothing is written"
    );
    assert_eq!(project.plan(&Options::default()).actions[0].kind, Kind::Unknown);
}

#[tokio::test]
async fn a_stop_that_is_not_confirmed_makes_no_new_task() {
    let project = Project::of(&["spring"]);
    let halts: Fault = Box::new(|request, _| {
        let is_halt = request.path.ends_with("/halted");
        is_halt.then(|| (400, json!({ "message": "The task cannot be stopped" })))
    });
    let sandbox = sandbox(halts, never()).await;
    project.apply(&sandbox).await;
    project.campaign("spring", "pace \"5/s\"");
    let report = project.apply_saying(&sandbox, &replace("spring")).await;
    assert_eq!(report.status(), ApplyStatus::Failed);
    assert!(matches!(&report.actions[0].result, ActionResult::Failed { why } if why.contains("cannot be stopped")));
    let task = project.state().tasks["spring"].clone();
    assert_eq!((task.halting, task.halted_at), (None, None));
    assert_eq!(posts(&sandbox), 1);
}

#[tokio::test]
async fn nothing_is_sent_where_the_list_cannot_be_read() {
    let project = Project::of(&["spring"]);
    let lists: Fault = Box::new(|request, _| (request.method == "GET").then(|| (500, json!({}))));
    let sandbox = sandbox(lists, never()).await;
    let report = project.apply(&sandbox).await;
    assert!(matches!(&report.stop, Some(StopReason::List { .. })), "{report:?}");
    assert_eq!((report.status(), posts(&sandbox)), (ApplyStatus::Failed, 0));
    assert!(project.state().intents.is_empty());
}

#[tokio::test]
async fn an_api_that_cannot_be_reached_leaves_everything_as_it_was() {
    let project = Project::of(&["spring"]);
    let sandbox = sandbox(never(), never()).await;
    let base = sandbox.cis_base();
    sandbox.shutdown().await;
    let (_trigger, interrupt) = interrupt();
    let report = project
        .run_with(
            client(&base),
            &Options::default(),
            Duration::ZERO,
            interrupt,
            Arc::new(Heard::default()),
        )
        .await;
    assert_eq!(report.status(), ApplyStatus::Failed);
    assert!(project.state().intents.is_empty());
}

#[tokio::test]
async fn a_wish_to_stop_finishes_and_records_what_is_in_flight() {
    let project = Project::of(&["autumn", "spring", "winter"]);
    let (trigger, interrupt) = interrupt();
    let trigger = Mutex::new(Some(trigger));
    // The wish comes while the API works on the first create.
    let during: Fault = Box::new(move |request, _| {
        if is_create_of(request, "autumn")
            && let Some(trigger) = trigger.lock().unwrap().take()
        {
            trigger.pull();
        }
        None
    });
    let sandbox = sandbox(never(), during).await;
    let report = project
        .run_with(
            client(&sandbox.cis_base()),
            &Options::default(),
            Duration::ZERO,
            interrupt,
            Arc::new(Heard::default()),
        )
        .await;
    assert_eq!(
        (report.status(), &report.stop),
        (ApplyStatus::Failed, &Some(StopReason::Interrupted))
    );
    assert!(
        matches!(&report.actions[0].result, ActionResult::Created { .. }),
        "{report:?}"
    );
    assert_eq!(
        ends(&report)[1..],
        [
            ("spring", &ActionResult::NotReached),
            ("winter", &ActionResult::NotReached)
        ]
    );
    assert_eq!(project.state().serial, 1);
    assert_eq!(keys(&sandbox), ["autumn"]);
    assert_eq!(project.apply(&sandbox).await.status(), ApplyStatus::Done);
    assert_eq!(keys(&sandbox), ["autumn", "spring", "winter"]);
}
