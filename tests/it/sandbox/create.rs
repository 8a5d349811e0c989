//! What the create method takes, and that it names exactly the field that is wrong.

use dialform::sandbox::Status;
use serde_json::{Value, json};

use super::{Bench, Change, changed, refuse_each, wrong_fields};
use crate::common::bodies;

#[tokio::test]
async fn good_bodies_create_tasks() {
    let classic = Bench::classic().await;
    let full = classic.created(&bodies::classic()).await;
    classic.created(&bodies::least()).await;
    let tasks = classic.sandbox.tasks();
    assert_eq!(tasks.len(), 2);
    assert_eq!(tasks[0].id.to_string(), full);
    assert_eq!(tasks[0].id.get_version_num(), 4);
    assert_eq!(Value::Object(tasks[0].body.clone()), bodies::classic());
    assert_eq!(tasks[0].status, Status::Ready, "startType = time");
    assert_eq!(tasks[1].status, Status::Blank, "startType = manual");
    assert_eq!(tasks[0].key(), Some("spring-promo"));

    let extended = Bench::extended().await;
    extended.created(&bodies::extended()).await;
    extended.created(&bodies::least()).await;
    assert_eq!(extended.sandbox.tasks().len(), 2);
}

#[tokio::test]
async fn what_the_page_leaves_open_is_taken() {
    let bench = Bench::classic().await;
    let full = bodies::classic();
    for (pointer, value) in [
        ("/phoneNormalization", json!("RU")),
        ("/additionalOptions/providerId", Value::Null),
        ("/additionalOptions/useTr", json!(false)),
        ("/additionalOptions/allowCallTimeTo", json!(86399)),
        ("/additionalOptions/allowCallTimeFrom", json!(0)),
        ("/taskComment", json!("")),
        ("/normalizationErrorAction", json!("whatever")),
    ] {
        bench.created(&changed(&full, pointer, Some(value))).await;
    }
    for pointer in [
        "/taskComment",
        "/webhookUrls",
        "/normalizationErrorAction",
        "/additionalOptions/providerId",
    ] {
        bench.created(&changed(&full, pointer, None)).await;
    }
    let off = changed(
        &changed(&full, "/normalizationErrorAction", None),
        "/phoneNormalization",
        Some(Value::Null),
    );
    bench.created(&off).await;
}

#[tokio::test]
async fn every_pace_and_no_other_number() {
    let bench = Bench::classic().await;
    for n in 1..=99 {
        for hundredths in [100 + n, 100 - n] {
            let cps: Value = serde_json::from_str(&format!("{}.{:02}", hundredths / 100, hundredths % 100)).unwrap();
            bench.created(&changed(&bodies::least(), "/cps", Some(cps))).await;
        }
    }
    assert_eq!(bench.sandbox.tasks().len(), 198);

    let bench = Bench::classic().await;
    let wrong = [
        "1",
        "1.0",
        "0",
        "0.0",
        "2",
        "2.0",
        "1.005",
        "0.9299999999999999",
        "-0.4",
        "\"0.97\"",
        "true",
        "null",
    ];
    let changes = wrong.map(|cps| ("/cps", Some(serde_json::from_str(cps).unwrap()), "cps"));
    refuse_each(&bench, &bodies::least(), changes.into()).await;
}

#[tokio::test]
async fn each_missing_field_is_named() {
    let bench = Bench::classic().await;
    let required = [
        ("/name", "name"),
        ("/defaultExec", "defaultExec"),
        ("/defaultExecData", "defaultExecData"),
        ("/secondExec", "secondExec"),
        ("/secondExecData", "secondExecData"),
        ("/cidType", "cidType"),
        ("/cidData", "cidData"),
        ("/startType", "startType"),
        ("/startMoment", "startMoment"),
        ("/cps", "cps"),
        ("/additionalOptions", "additionalOptions"),
        ("/additionalOptions/fullListMethod", "additionalOptions.fullListMethod"),
        ("/additionalOptions/fullListTime", "additionalOptions.fullListTime"),
        (
            "/additionalOptions/allowCallTimeFrom",
            "additionalOptions.allowCallTimeFrom",
        ),
        (
            "/additionalOptions/allowCallTimeTo",
            "additionalOptions.allowCallTimeTo",
        ),
        ("/additionalOptions/recordCall", "additionalOptions.recordCall"),
        ("/additionalOptions/recTrimLeft", "additionalOptions.recTrimLeft"),
        (
            "/additionalOptions/detectRobotMode",
            "additionalOptions.detectRobotMode",
        ),
        ("/redialStrategyOptions", "redialStrategyOptions"),
        (
            "/redialStrategyOptions/redialStrategyEn",
            "redialStrategyOptions.redialStrategyEn",
        ),
        ("/redialStrategyOptions/busy", "redialStrategyOptions.busy"),
        ("/redialStrategyOptions/noAnswer", "redialStrategyOptions.noAnswer"),
        ("/redialStrategyOptions/answerMash", "redialStrategyOptions.answerMash"),
        ("/redialStrategyOptions/congestion", "redialStrategyOptions.congestion"),
        (
            "/redialStrategyOptions/answerNoList",
            "redialStrategyOptions.answerNoList",
        ),
        (
            "/redialStrategyOptions/busy/redial",
            "redialStrategyOptions.busy.redial",
        ),
        ("/redialStrategyOptions/busy/time", "redialStrategyOptions.busy.time"),
        (
            "/redialStrategyOptions/noAnswer/count",
            "redialStrategyOptions.noAnswer.count",
        ),
    ];
    refuse_each(
        &bench,
        &bodies::classic(),
        required.map(|(pointer, field)| (pointer, None, field)).into(),
    )
    .await;
}

#[tokio::test]
async fn each_wrong_value_is_named() {
    let bench = Bench::classic().await;
    let mut changes: Vec<Change> = Vec::new();
    let mut wrong = |pointer: &'static str, field: &'static str, values: Vec<Value>| {
        changes.extend(values.into_iter().map(|value| (pointer, Some(value), field)));
    };
    let null = Value::Null;
    let not_uuid = || {
        vec![
            json!("promo"),
            json!("228cc4fa92f2470994e37344a96a5903"),
            json!(7),
            json!(""),
            null.clone(),
        ]
    };
    let not_seconds = || vec![json!(12.0), json!("12"), json!(-1), json!(true), null.clone()];
    let not_bool = || vec![json!("true"), json!(1), null.clone()];

    wrong("/name", "name", vec![json!(""), json!("  "), json!(7), null.clone()]);
    wrong("/defaultExec", "defaultExec", vec![json!("human"), null.clone()]);
    wrong("/defaultExecData", "defaultExecData", not_uuid());
    wrong(
        "/secondExec",
        "secondExec",
        vec![json!("channel"), json!("CH"), null.clone()],
    );
    wrong("/secondExecData", "secondExecData", not_uuid());
    wrong("/cidType", "cidType", vec![json!("number"), null.clone()]);
    wrong("/cidData", "cidData", not_uuid());
    wrong("/startType", "startType", vec![json!("auto"), null.clone()]);
    wrong(
        "/startMoment",
        "startMoment",
        ["2026-02-30 10:00", "2026-12-02 24:00", "2026-12-02T10:00", ""]
            .map(Value::from)
            .into(),
    );
    wrong("/taskComment", "taskComment", vec![json!(1), null.clone()]);
    wrong(
        "/webhookUrls",
        "webhookUrls",
        vec![json!("https://example.com"), null.clone()],
    );
    wrong(
        "/webhookUrls/0",
        "webhookUrls.0",
        ["https://", "https:///hook", "example.com", "ftp://example.com", ""]
            .map(Value::from)
            .into(),
    );
    wrong(
        "/webhookUrls/0",
        "webhookUrls.0",
        vec![json!(1), json!({ "url": "https://example.com" })],
    );
    wrong(
        "/phoneNormalization",
        "phoneNormalization",
        vec![json!("KZ"), json!(true), json!("")],
    );
    wrong(
        "/normalizationErrorAction",
        "normalizationErrorAction",
        vec![json!(""), json!(1), null.clone()],
    );

    wrong("/additionalOptions", "additionalOptions", vec![json!([]), null.clone()]);
    wrong(
        "/additionalOptions/fullListMethod",
        "additionalOptions.fullListMethod",
        vec![json!("accept")],
    );
    wrong(
        "/additionalOptions/fullListTime",
        "additionalOptions.fullListTime",
        not_seconds(),
    );
    wrong("/additionalOptions/useTr", "additionalOptions.useTr", not_bool());
    wrong(
        "/additionalOptions/allowCallTimeFrom",
        "additionalOptions.allowCallTimeFrom",
        not_seconds(),
    );
    wrong(
        "/additionalOptions/allowCallTimeTo",
        "additionalOptions.allowCallTimeTo",
        not_seconds(),
    );
    // Beyond the day, empty, backwards.
    wrong(
        "/additionalOptions/allowCallTimeTo",
        "additionalOptions.allowCallTimeTo",
        vec![json!(86400), json!(33000), json!(60)],
    );
    wrong(
        "/additionalOptions/recordCall",
        "additionalOptions.recordCall",
        not_bool(),
    );
    wrong(
        "/additionalOptions/recTrimLeft",
        "additionalOptions.recTrimLeft",
        not_seconds(),
    );
    wrong(
        "/additionalOptions/detectRobot",
        "additionalOptions.detectRobot",
        not_bool(),
    );
    wrong(
        "/additionalOptions/detectRobotMode",
        "additionalOptions.detectRobotMode",
        vec![json!("front"), null.clone()],
    );
    wrong(
        "/additionalOptions/providerId",
        "additionalOptions.providerId",
        vec![json!("trunk"), json!(1)],
    );

    wrong(
        "/redialStrategyOptions",
        "redialStrategyOptions",
        vec![json!([]), null.clone()],
    );
    wrong(
        "/redialStrategyOptions/redialStrategyEn",
        "redialStrategyOptions.redialStrategyEn",
        not_bool(),
    );
    wrong(
        "/redialStrategyOptions/candidateLimit",
        "redialStrategyOptions.candidateLimit",
        vec![
            json!(0),
            json!(6.0),
            json!({ "redial": true, "count": 6 }),
            null.clone(),
        ],
    );
    wrong(
        "/redialStrategyOptions/numberLimit",
        "redialStrategyOptions.numberLimit",
        vec![json!(0), json!("6")],
    );
    wrong(
        "/redialStrategyOptions/busy",
        "redialStrategyOptions.busy",
        vec![json!(false), null.clone()],
    );
    wrong(
        "/redialStrategyOptions/busy/redial",
        "redialStrategyOptions.busy.redial",
        not_bool(),
    );
    wrong(
        "/redialStrategyOptions/congestion/time",
        "redialStrategyOptions.congestion.time",
        not_seconds(),
    );
    wrong(
        "/redialStrategyOptions/answerNoList/count",
        "redialStrategyOptions.answerNoList.count",
        vec![json!(0), json!(2.0), json!("2")],
    );
    refuse_each(&bench, &bodies::classic(), changes).await;
}

#[tokio::test]
async fn what_has_no_effect_is_named() {
    let bench = Bench::classic().await;
    let id = || Some(json!("48a77bd7-8762-4e0f-a277-4ef77e36c41b"));
    let changes: Vec<Change> = vec![
        ("/secondExecData", id(), "secondExecData"),
        ("/cidData", id(), "cidData"),
        ("/startMoment", Some(json!("2026-12-02 10:00")), "startMoment"),
        (
            "/normalizationErrorAction",
            Some(json!("skip")),
            "normalizationErrorAction",
        ),
        (
            "/additionalOptions/recTrimLeft",
            Some(json!(0)),
            "additionalOptions.recTrimLeft",
        ),
        (
            "/additionalOptions/detectRobotMode",
            Some(json!("back")),
            "additionalOptions.detectRobotMode",
        ),
        // Half a window: the other half is what is missing.
        (
            "/additionalOptions/allowCallTimeFrom",
            Some(json!(33000)),
            "additionalOptions.allowCallTimeTo",
        ),
        (
            "/additionalOptions/allowCallTimeTo",
            Some(json!(33000)),
            "additionalOptions.allowCallTimeFrom",
        ),
        (
            "/redialStrategyOptions/busy/time",
            Some(json!(60)),
            "redialStrategyOptions.busy.time",
        ),
        (
            "/redialStrategyOptions/busy/count",
            Some(json!(1)),
            "redialStrategyOptions.busy.count",
        ),
    ];
    refuse_each(&bench, &bodies::least(), changes).await;
}

#[tokio::test]
async fn all_mistakes_of_a_body_are_named_at_once() {
    let bench = Bench::classic().await;
    let (status, answer) = bench.create(&json!({ "name": "x", "cps": "0.97", "colour": 1 })).await;
    assert_eq!(status, 400);
    let fields = wrong_fields(&answer);
    for field in [
        "defaultExec",
        "cps",
        "additionalOptions",
        "redialStrategyOptions",
        "colour",
    ] {
        assert!(fields.contains(&field), "{field}: {answer}");
    }
    assert!(
        !fields.contains(&"name") && !fields.contains(&"taskComment"),
        "{answer}"
    );
    assert!(
        !fields.contains(&"secondExecData"),
        "what hangs on a missing field is not asked for: {answer}"
    );
}
