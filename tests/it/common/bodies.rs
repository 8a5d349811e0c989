//! Bodies that the API takes, written out from the vendor's page.

use serde_json::{Value, json};

/// Every field of the classic page, each condition fulfilled.
pub(crate) fn classic() -> Value {
    json!({
        "name": "Spring promo 2026",
        "defaultExec": "robot",
        "defaultExecData": "228cc4fa-92f2-4709-94e3-7344a96a5903",
        "secondExec": "ch",
        "secondExecData": "48a77bd7-8762-4e0f-a277-4ef77e36c41b",
        "cidType": "gornum",
        "cidData": "9a67dee5-398e-4570-9426-fbb3f067b270",
        "startType": "time",
        "startMoment": "2026-12-02 10:00",
        "cps": 1.03,
        "taskComment": "Lapsed customers\n[dialform spring-promo 7K3M9Q2XVT4B]",
        "webhookUrls": ["https://example.com/hooks/twin"],
        "additionalOptions": {
            "fullListMethod": "reject",
            "fullListTime": 12,
            "useTr": true,
            "allowCallTimeFrom": 33000,
            "allowCallTimeTo": 71400,
            "recordCall": true,
            "recTrimLeft": 0,
            "detectRobot": true,
            "detectRobotMode": "back",
            "providerId": "0c7a39bd-8b34-4bb0-ba0c-9b4c4a3c7ee4",
        },
        "phoneNormalization": "RU",
        "normalizationErrorAction": "skip",
        "redialStrategyOptions": {
            "redialStrategyEn": true,
            "candidateLimit": 6,
            "numberLimit": 6,
            "busy": { "redial": true, "time": 1200, "count": 3 },
            "noAnswer": { "redial": true, "time": 7200, "count": 5 },
            "answerMash": { "redial": false },
            "congestion": { "redial": true, "time": 900, "count": 5 },
            "answerNoList": { "redial": true, "time": 3600, "count": 2 },
        },
    })
}

/// Only what the classic page requires.
pub(crate) fn least() -> Value {
    let off = json!({ "redial": false });
    json!({
        "name": "Отклики",
        "defaultExec": "robot",
        "defaultExecData": "228cc4fa-92f2-4709-94e3-7344a96a5903",
        "secondExec": "end",
        "cidType": "default",
        "startType": "manual",
        "cps": 0.4,
        "additionalOptions": { "fullListMethod": "reject", "fullListTime": 0, "recordCall": false },
        "redialStrategyOptions": {
            "redialStrategyEn": false,
            "busy": off, "noAnswer": off, "answerMash": off, "congestion": off, "answerNoList": off,
        },
    })
}

/// Every field of the newer page.
pub(crate) fn extended() -> Value {
    let mut body = classic();
    body["webhookUrls"] = json!([
        "https://example.com/hooks/plain",
        {
            "url": "https://example.com/hooks/twin",
            "partialResults": true,
            "delay": 5,
            "events": { "CALL_ENDED": { "name": "CALL_ENDED", "value": true } },
        },
    ]);
    body["callStrategy"] = json!("STEP_2_STEP");
    body["lifetime"] = json!(86400);
    body["checkPhone"] = json!(true);
    body["sendReportAfterFinish"] = json!(false);
    body["scheduleId"] = json!("6d9d3c0b-4f7c-4a57-8d7a-5a4d3a0f6f1e");
    body["additionalOptions"]["detectRobotGreeting"] = json!("c0ffee00-4f7c-4a57-8d7a-5a4d3a0f6f1e");
    body["additionalOptions"]["fz230"] = json!(true);
    body["redialStrategyOptions"]["candidateLimit"] = json!({ "redial": true, "count": 6 });
    body["redialStrategyOptions"]["numberLimit"] = json!({ "redial": false });
    body
}
