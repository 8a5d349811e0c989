//! What each dialect takes that the other refuses, and that the extended one is as strict with its own fields.

use serde_json::{Value, json};

use super::{Bench, Change, changed, refuse_each};
use crate::common::bodies;

#[tokio::test]
async fn unknown_and_extended_fields_are_named() {
    let bench = Bench::classic().await;
    let changes: Vec<Change> = vec![
        ("/colour", Some(json!("red")), "colour"),
        (
            "/additionalOptions/fullListTimes",
            Some(json!(1)),
            "additionalOptions.fullListTimes",
        ),
        (
            "/redialStrategyOptions/rejected",
            Some(json!({})),
            "redialStrategyOptions.rejected",
        ),
        (
            "/redialStrategyOptions/busy/after",
            Some(json!(1)),
            "redialStrategyOptions.busy.after",
        ),
        ("/callStrategy", Some(json!("PARALLEL")), "callStrategy"),
        ("/lifetime", Some(json!(60)), "lifetime"),
        ("/checkPhone", Some(json!(true)), "checkPhone"),
        ("/sendReportAfterFinish", Some(json!(true)), "sendReportAfterFinish"),
        ("/scheduleId", Some(Value::Null), "scheduleId"),
        (
            "/additionalOptions/detectRobotGreeting",
            Some(Value::Null),
            "additionalOptions.detectRobotGreeting",
        ),
        ("/additionalOptions/fz230", Some(json!(true)), "additionalOptions.fz230"),
    ];
    refuse_each(&bench, &bodies::classic(), changes).await;

    let (_, answer) = bench
        .create(&changed(&bodies::classic(), "/lifetime", Some(json!(60))))
        .await;
    assert!(
        answer["errors"]["lifetime"][0].as_str().unwrap().contains("extended"),
        "{answer}"
    );
}

#[tokio::test]
async fn the_extended_dialect_is_as_strict() {
    let bench = Bench::extended().await;
    let limit = "/redialStrategyOptions/candidateLimit";
    let changes: Vec<Change> = vec![
        (limit, Some(json!(6)), "redialStrategyOptions.candidateLimit"),
        (
            limit,
            Some(json!({ "redial": true })),
            "redialStrategyOptions.candidateLimit.count",
        ),
        (
            limit,
            Some(json!({ "redial": false, "count": 1 })),
            "redialStrategyOptions.candidateLimit.count",
        ),
        (
            limit,
            Some(json!({ "count": 1 })),
            "redialStrategyOptions.candidateLimit.redial",
        ),
        (
            "/redialStrategyOptions/numberLimit",
            Some(json!({ "redial": true, "count": 0 })),
            "redialStrategyOptions.numberLimit.count",
        ),
        ("/callStrategy", Some(json!("parallel")), "callStrategy"),
        ("/lifetime", Some(json!("1h")), "lifetime"),
        ("/checkPhone", Some(json!(1)), "checkPhone"),
        ("/sendReportAfterFinish", Some(Value::Null), "sendReportAfterFinish"),
        ("/scheduleId", Some(json!("week")), "scheduleId"),
        (
            "/additionalOptions/detectRobotGreeting",
            Some(json!("hello")),
            "additionalOptions.detectRobotGreeting",
        ),
        (
            "/additionalOptions/fz230",
            Some(json!("yes")),
            "additionalOptions.fz230",
        ),
        ("/webhookUrls/0", Some(json!(1)), "webhookUrls.0"),
        ("/webhookUrls/1/url", None, "webhookUrls.1.url"),
        ("/webhookUrls/1/url", Some(json!("https://")), "webhookUrls.1.url"),
        (
            "/webhookUrls/1/partialResults",
            Some(json!(1)),
            "webhookUrls.1.partialResults",
        ),
        ("/webhookUrls/1/delay", Some(json!(1.5)), "webhookUrls.1.delay"),
        ("/webhookUrls/1/retries", Some(json!(1)), "webhookUrls.1.retries"),
        (
            "/webhookUrls/1/events/CALL_STARTED",
            Some(json!({})),
            "webhookUrls.1.events.CALL_STARTED",
        ),
        (
            "/webhookUrls/1/events/CALL_ENDED/name",
            Some(json!("CALL_REDIRECTED")),
            "webhookUrls.1.events.CALL_ENDED.name",
        ),
        (
            "/webhookUrls/1/events/CALL_ENDED/value",
            None,
            "webhookUrls.1.events.CALL_ENDED.value",
        ),
    ];
    refuse_each(&bench, &bodies::extended(), changes).await;

    let greeting = Some(json!("c0ffee00-4f7c-4a57-8d7a-5a4d3a0f6f1e"));
    let deaf: Vec<Change> = vec![(
        "/additionalOptions/detectRobotGreeting",
        greeting,
        "additionalOptions.detectRobotGreeting",
    )];
    refuse_each(&bench, &bodies::least(), deaf).await;
}
