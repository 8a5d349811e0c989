//! Several creates on their way at once.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use dialform::apply::{ApplyStatus, Event};
use dialform::plan::Options;
use dialform::sandbox::{Config, Handle, Hook, Received, Sandbox, Then};
use serde_json::json;

use super::{keys, posts};
use crate::common::project::Project;

const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
/// Only a server that is not sent what it waits for waits so long.
const LONG: Duration = Duration::from_secs(20);

fn creates(request: &Received) -> bool {
    request.body.is_some()
}

async fn sandbox(hook: impl Hook + 'static) -> Handle {
    Sandbox::start(Config {
        hook: Some(Arc::new(hook)),
        ..Config::default()
    })
    .await
    .unwrap()
}

/// Answers no create before so many of them are here.
struct Gathering {
    wanted: usize,
    here: Mutex<Crowd>,
    changed: Condvar,
}

#[derive(Default)]
struct Crowd {
    arrived: usize,
    answered: usize,
    most: usize,
}

impl Hook for Gathering {
    fn before_commit(&self, request: &Received) -> Then {
        if creates(request) {
            let mut here = self.here.lock().unwrap();
            here.arrived += 1;
            here.most = here.most.max(here.arrived - here.answered);
            self.changed.notify_all();
            let wait = self
                .changed
                .wait_timeout_while(here, LONG, |here| here.arrived < self.wanted);
            wait.unwrap().0.answered += 1;
        }
        Then::GoOn
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn so_many_creates_are_on_their_way_and_no_more() {
    let gathering = Arc::new(Gathering {
        wanted: 4,
        here: Mutex::default(),
        changed: Condvar::new(),
    });
    struct Shared(Arc<Gathering>);
    impl Hook for Shared {
        fn before_commit(&self, request: &Received) -> Then {
            self.0.before_commit(request)
        }
    }
    let sandbox = sandbox(Shared(Arc::clone(&gathering))).await;
    let project = Project::of(&KEYS).with_in_flight(4);
    let (report, events) = project.run(&sandbox, &Options::default(), Duration::ZERO).await;
    assert_eq!(report.status(), ApplyStatus::Done);
    assert_eq!(gathering.here.lock().unwrap().most, 4);
    // They were answered in any order; they are told of, and reported, in the order of the plan.
    let created = events.iter().filter(|event| matches!(event, Event::Created { .. }));
    assert_eq!(created.filter_map(Event::key).collect::<Vec<_>>(), KEYS);
    assert!(report.actions.iter().map(|action| action.key.as_str()).eq(KEYS));
    let mut made = keys(&sandbox);
    made.sort();
    assert_eq!(made, KEYS);
    assert_eq!(project.state().tasks.len(), KEYS.len());
}

/// Answers the first creates, so many, with 429.
struct TooMany(Mutex<usize>);

impl Hook for TooMany {
    fn before_commit(&self, request: &Received) -> Then {
        let mut left = self.0.lock().unwrap();
        if !creates(request) || *left == 0 {
            return Then::GoOn;
        }
        *left -= 1;
        let body = json!({ "message": "slow down" });
        Then::Answer { status: 429, body }
    }
}

#[tokio::test]
async fn a_limit_holds_all_of_them_and_is_waited_for_once() {
    let sandbox = sandbox(TooMany(Mutex::new(4))).await;
    let project = Project::of(&KEYS).with_in_flight(4);
    // Each of four is told to wait two seconds; were they counted one by one, there would not be enough.
    let patience = Duration::from_secs(3);
    let (report, events) = project.run(&sandbox, &Options::default(), patience).await;
    assert_eq!(report.status(), ApplyStatus::Done, "{report:?}");
    assert_eq!(posts(&sandbox), KEYS.len() + 4);
    let waited: Duration = events
        .iter()
        .filter_map(|event| match event {
            Event::Waiting { at_most, .. } => Some(*at_most),
            _ => None,
        })
        .sum();
    assert!(waited <= patience, "{events:?}");
}
