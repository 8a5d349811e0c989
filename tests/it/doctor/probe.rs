//! `--probe`: one task, looked for and stopped.

use std::fs;

use dialform::sandbox::{Status, Task};
use serde_json::json;

use super::{Ward, assert_line, contents, report};

const PROBE: [&str; 2] = ["--probe", "--auto-approve"];

/// The tasks that are probes.
fn probes(ward: &Ward) -> Vec<Task> {
    let tasks = ward.sandbox.tasks().into_iter();
    tasks.filter(|task| task.name() == "dialform doctor probe").collect()
}

#[tokio::test]
async fn one_task_is_created_looked_for_and_stopped() {
    let ward = Ward::applied(&["autumn", "spring"]).await;
    let (before, posts) = (contents(ward.project.root()), ward.posts());
    let ran = ward.doctor(&PROBE).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let probes = probes(&ward);
    let [probe] = probes.as_slice() else {
        panic!("{probes:?}")
    };
    let id = probe.id.to_string();
    assert_line(
        &ran,
        "ok",
        "probe",
        &[&id, "after its create, with its name and comment"],
    );
    assert_line(&ran, "ok", "probe-stop", &[&id, "stopped for good"]);
    assert!(ran.stdout.lines().last().unwrap().contains("probe-stop"), "{ran:?}");

    assert_eq!((probe.status, probe.candidates), (Status::Halted, 0));
    assert_eq!(probe.body["startType"], "manual");
    for field in ["startMoment", "webhookUrls"] {
        assert_eq!(probe.body.get(field), None, "{field}");
    }
    assert_eq!(probe.key(), Some("doctor-probe"));
    let marker = probe.comment().lines().last().unwrap();
    assert!(ran.stderr.contains(marker), "{ran:?}");
    // The create and the stop.
    assert_eq!(ward.posts(), posts + 2);
    assert_eq!(contents(ward.project.root()), before);

    // No later apply takes it for its own.
    ward.project.campaign("winter", "");
    ward.apply().await;
    let ran = ward.doctor(&[]).await;
    assert_line(&ran, "ok", "markers", &["3 of 3 tasks"]);
}

#[tokio::test]
async fn the_body_is_that_of_the_campaign_that_is_named() {
    let ward = Ward::of(&["autumn"]).await;
    ward.project.campaign("doctor-probe", "pace \"7/s\"");
    let ran = ward
        .doctor(&["--probe", "doctor-probe", "--auto-approve", "--output-format", "json"])
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let checks = report(&ran);
    assert_eq!(checks[checks.len() - 1], ("probe-stop".to_owned(), "ok".to_owned()));
    let probes = probes(&ward);
    assert_eq!(probes.len(), 1);
    assert_eq!(probes[0].body["cps"], 1.07);
    // Its marker is of no campaign's key, so that apply does not take it for a task that the state lost.
    assert_eq!(probes[0].key(), Some("doctor-probe-x"));
    ward.apply().await;
    assert_eq!(ward.sandbox.tasks().len(), 3);
    assert!(
        !fs::read_to_string(ward.project.path("dialform.state.json"))
            .unwrap()
            .contains("doctor probe")
    );
}

#[tokio::test]
async fn nothing_is_created_without_a_word() {
    let ward = Ward::of(&["spring"]).await;
    let ran = ward.doctor(&["--probe"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.stderr.contains("--auto-approve"), "{ran:?}");
    assert_eq!(ward.sandbox.received(), []);
}

#[tokio::test]
async fn a_list_that_lags_is_told_and_the_task_stopped_all_the_same() {
    let ward = Ward::of(&["spring"]).await;
    *ward.faults.list.lock().unwrap() = Some(json!([]));
    let ran = ward
        .doctor(&[&PROBE[..], &["--reconcile-timeout", "0s"]].concat())
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_line(
        &ran,
        "warn",
        "probe",
        &["did not show it", "[dialform doctor-probe ", "--reconcile-timeout"],
    );
    assert_line(&ran, "ok", "probe-stop", &[]);
    assert_eq!(probes(&ward)[0].status, Status::Halted);
}

#[tokio::test]
async fn an_unclear_create_is_looked_for_by_its_marker() {
    let ward = Ward::of(&["spring"]).await;
    let unclear = Some((502, json!({ "message": "bad gateway" })));
    *ward.faults.after_create.lock().unwrap() = unclear.clone();
    let ran = ward.doctor(&PROBE).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(&ran, "error", "probe", &["502", "the list shows that it was created"]);
    assert_line(&ran, "ok", "probe-stop", &[]);
    assert_eq!(
        probes(&ward).iter().map(|task| task.status).collect::<Vec<_>>(),
        [Status::Halted]
    );

    *ward.faults.before_create.lock().unwrap() = unclear;
    let ran = ward
        .doctor(&[&PROBE[..], &["--reconcile-timeout", "0s"]].concat())
        .await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let marker = ran.stderr.trim_end().split_once("ends with ").unwrap().1;
    assert_line(&ran, "error", "probe", &["502", "does not show it", marker]);
    assert_line(&ran, "skip", "probe-stop", &[]);
    // It was sent once.
    let creates = ward
        .sandbox
        .received()
        .into_iter()
        .filter(|request| request.body.is_some());
    assert_eq!(creates.count(), 2);
}

#[tokio::test]
async fn a_refused_create_is_an_error_in_the_apis_words() {
    let ward = Ward::of(&["spring"]).await;
    *ward.faults.before_create.lock().unwrap() = Some((
        403,
        json!({ "message": "no rights", "errors": { "cps": ["too fast"] } }),
    ));
    let ran = ward.doctor(&PROBE).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_line(
        &ran,
        "error",
        "probe",
        &["not created", "403: no rights; cps: too fast"],
    );
    assert_line(&ran, "skip", "probe-stop", &["nothing was created"]);
    assert_eq!(ward.posts(), 1);
}
