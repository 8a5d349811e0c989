//! Login, tokens, actions, candidates, and requests that are none of these.

use std::sync::{Arc, Mutex};

use dialform::sandbox::{Config, EXPIRED_TOKEN, Exchange, Hook, Received, Status, Then, WRONG_PASSWORD};
use serde_json::{Value, json};

use super::{Bench, wrong_fields};
use crate::common::bodies;

const CREATE: &str = "/api/v1/telephony/autoCall";
const LOGIN: &str = "/api/v1/auth/login";
const BATCH: &str = "/api/v1/telephony/autoCallCandidate/batch";

#[tokio::test]
async fn login_gives_a_token_that_expires() {
    let bench = Bench::classic().await;
    let good = json!({ "email": "a@example.com", "password": "p", "ttl": 60 });
    let (status, answer) = bench.post(LOGIN, &good).await;
    assert_eq!(status, 200, "{answer}");
    assert!(!answer["refreshToken"].as_str().unwrap().is_empty());
    let token = answer["token"].as_str().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    let claims = String::from_utf8(decode(parts[1])).unwrap();
    let claims: Value = serde_json::from_str(&claims).unwrap();
    let left = claims["exp"].as_i64().unwrap() - jiff::Timestamp::now().as_second();
    assert!((1..=60).contains(&left), "{claims}");

    let request = bench.client.get(bench.url(CREATE)).bearer_auth(token);
    assert_eq!(bench.send(request).await.0, 200);
}

/// Base64 in the URL alphabet.
fn decode(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = text
        .chars()
        .map(|letter| format!("{:06b}", alphabet.find(letter).unwrap()))
        .collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

#[tokio::test]
async fn login_refuses_the_wrong_password_and_empty_words() {
    let bench = Bench::classic().await;
    let (status, answer) = bench
        .post(LOGIN, &json!({ "email": "a@example.com", "password": WRONG_PASSWORD }))
        .await;
    assert_eq!(status, 401);
    assert!(answer["message"].is_string());
    for (body, field) in [
        (json!({ "email": "", "password": "p", "ttl": 60 }), "email"),
        (json!({ "email": "a@example.com", "password": "" }), "password"),
        (json!({ "email": "a@example.com" }), "password"),
        (json!({ "email": "a@example.com", "password": "p", "ttl": "60" }), "ttl"),
        (json!({ "email": "a@example.com", "password": "p", "code": 1 }), "code"),
    ] {
        let (status, answer) = bench.post(LOGIN, &body).await;
        assert_eq!((status, wrong_fields(&answer)), (400, vec![field]), "{answer}");
    }
}

#[tokio::test]
async fn the_calls_want_a_token() {
    let bench = Bench::classic().await;
    let body = bodies::least().to_string();
    for header in [
        None,
        Some("Bearer "),
        Some("Basic abc"),
        Some("token"),
        Some(&*format!("Bearer {EXPIRED_TOKEN}")),
    ] {
        for path in [
            CREATE,
            BATCH,
            "/api/v1/telephony/autoCall/228cc4fa-92f2-4709-94e3-7344a96a5903/play",
        ] {
            let mut request = bench
                .client
                .post(bench.url(path))
                .header("content-type", "application/json");
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let (status, answer) = bench.send(request.body(body.clone())).await;
            assert_eq!(status, 401, "{header:?} {path}");
            assert!(answer["message"].is_string());
        }
    }
    assert_eq!(bench.sandbox.tasks(), []);
}

#[tokio::test]
async fn white_label_prefixes_serve_their_own_service() {
    let bench = Bench::classic().await;
    let login = json!({ "email": "a@example.com", "password": "p" });
    assert_eq!(
        bench.post("/cis/api/v1/telephony/autoCall", &bodies::least()).await.0,
        200
    );
    assert_eq!(bench.post("/iam/api/v1/auth/login", &login).await.0, 200);
    assert_eq!(
        bench.post("/iam/api/v1/telephony/autoCall", &bodies::least()).await.0,
        404
    );
    assert_eq!(bench.post("/cis/api/v1/auth/login", &login).await.0, 404);
    assert_eq!(bench.sandbox.cis_base(), bench.url("/api/v1"));
    assert_eq!(bench.sandbox.iam_base(), bench.url("/api/v1"));
}

#[tokio::test]
async fn what_is_no_call_is_answered_in_json() {
    let bench = Bench::classic().await;
    assert_eq!(bench.get("/api/v1/nothing").await.0, 404);
    let (status, answer) = bench.get("/nothing").await;
    assert_eq!(status, 404);
    assert!(answer["message"].is_string());

    let request = bench.client.delete(bench.url(CREATE)).bearer_auth("token");
    let (status, answer) = bench.send(request).await;
    assert_eq!(status, 405);
    assert!(answer["message"].is_string());
    assert_eq!(bench.get(LOGIN).await.0, 405);

    let post = || bench.client.post(bench.url(CREATE)).bearer_auth("token");
    let (status, answer) = bench.send(post().body(bodies::least().to_string())).await;
    assert_eq!(status, 415, "{answer}");
    for text in ["{", "[]", "", "null"] {
        let (status, answer) = bench
            .send(
                post()
                    .header("content-type", "application/json; charset=utf-8")
                    .body(text),
            )
            .await;
        assert_eq!(status, 400, "{text}: {answer}");
        assert!(answer["message"].is_string());
    }

    let (status, answer) = bench.create(&super::named(&"я".repeat(1024 * 1024))).await;
    assert_eq!(status, 413, "{answer}");
    assert_eq!(bench.sandbox.tasks(), []);
}

#[tokio::test]
async fn a_task_is_played_paused_and_halted_for_good() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::least()).await;
    let action = async |verb: &str| {
        let (status, _) = bench.post(&format!("{CREATE}/{id}/{verb}"), &Value::Null).await;
        (status, bench.sandbox.tasks()[0].status)
    };
    assert_eq!(action("play").await, (200, Status::Process));
    assert_eq!(action("pause").await, (200, Status::Paused));
    assert_eq!(action("play").await, (200, Status::Process));
    assert_eq!(action("halted").await, (200, Status::Halted));
    assert_eq!(
        action("halted").await,
        (200, Status::Halted),
        "stopping twice is stopping"
    );
    assert_eq!(action("play").await, (409, Status::Halted));
    assert_eq!(action("pause").await, (409, Status::Halted));
    assert_eq!(action("delete").await, (404, Status::Halted));

    let unknown = format!("{CREATE}/228cc4fa-92f2-4709-94e3-7344a96a5903/play");
    assert_eq!(bench.post(&unknown, &Value::Null).await.0, 404);
    assert_eq!(
        bench.post(&format!("{CREATE}/spring-promo/play"), &Value::Null).await.0,
        400
    );
    assert_eq!(bench.post(&format!("{CREATE}/%ff/play"), &Value::Null).await.0, 400);
}

#[tokio::test]
async fn candidates_are_checked_and_counted() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::least()).await;
    let one =
        json!({ "autoCallId": id, "phone": ["79001234567"], "variables": { "name": "Анна" }, "clientExternalId": "7" });
    let batch = |candidate: Value| json!({ "forceStart": false, "batch": [candidate] });

    let two = json!({ "forceStart": true, "batch": [one, one] });
    assert_eq!(bench.post(BATCH, &two).await, (200, json!({ "accepted": 2 })));
    assert_eq!(bench.sandbox.tasks()[0].candidates, 2);

    let mut cases = vec![
        (json!({ "forceStart": "no", "batch": [one] }), "forceStart"),
        (json!({ "forceStart": false, "batch": [] }), "batch"),
        (json!({ "forceStart": false }), "batch"),
        (batch(json!(7)), "batch.0"),
    ];
    for (field, value) in [
        ("autoCallId", json!("228cc4fa-92f2-4709-94e3-7344a96a5903")),
        ("autoCallId", json!("x")),
        ("phone", json!([])),
        ("phone", json!("79001234567")),
        ("callbackData", json!({})),
        ("colour", json!("red")),
    ] {
        let mut candidate = one.clone();
        candidate[field] = value;
        cases.push((
            batch(candidate),
            ["autoCallId", "phone", "callbackData", "colour"]
                .iter()
                .find(|f| **f == field)
                .unwrap(),
        ));
    }
    for (body, field) in cases {
        let (status, answer) = bench.post(BATCH, &body).await;
        assert_eq!(status, 400, "{body}");
        let named = wrong_fields(&answer);
        assert!(named.len() == 1 && named[0].ends_with(field), "{body}: {answer}");
    }
    for phone in [json!("+79001234567"), json!(""), json!(79001234567_u64)] {
        let mut candidate = one.clone();
        candidate["phone"] = json!([phone]);
        let (_, answer) = bench.post(BATCH, &batch(candidate)).await;
        assert_eq!(wrong_fields(&answer), ["batch.0.phone.0"], "{answer}");
    }
    bench.post(&format!("{CREATE}/{id}/halted"), &Value::Null).await;
    let (_, answer) = bench.post(BATCH, &batch(one.clone())).await;
    assert_eq!(wrong_fields(&answer), ["batch.0.autoCallId"], "{answer}");
    assert_eq!(bench.sandbox.tasks()[0].candidates, 2, "a refused batch adds no one");
}

#[tokio::test]
async fn requests_are_recorded_in_order_without_secrets() {
    let lines: Arc<Mutex<Vec<Exchange>>> = Arc::default();
    let kept = Arc::clone(&lines);
    let log = Arc::new(move |exchange: &Exchange| kept.lock().unwrap().push(exchange.clone()));
    let bench = Bench::start(Config {
        log: Some(log),
        ..Config::default()
    })
    .await;
    bench
        .post(LOGIN, &json!({ "email": "a@example.com", "password": "hunter2" }))
        .await;
    bench.create(&bodies::least()).await;
    bench.create(&json!({ "name": "half" })).await;
    bench.get("/api/v1/telephony/autoCall?limit=5").await;

    let received = bench.sandbox.received();
    let shape: Vec<_> = received
        .iter()
        .map(|r| (r.method.as_str(), r.path.as_str(), r.query.as_deref()))
        .collect();
    assert_eq!(
        shape,
        [
            ("POST", LOGIN, None),
            ("POST", CREATE, None),
            ("POST", CREATE, None),
            ("GET", CREATE, Some("limit=5"))
        ]
    );
    let sent: Vec<_> = received.iter().map(|r| r.body.clone()).collect();
    assert_eq!(
        sent,
        [None, Some(bodies::least()), Some(json!({ "name": "half" })), None]
    );
    let everything = format!("{received:?}");
    assert!(
        !everything.contains("hunter2") && !everything.contains("token"),
        "{everything}"
    );

    let statuses: Vec<Option<u16>> = lines.lock().unwrap().iter().map(|exchange| exchange.status).collect();
    assert_eq!(statuses, [200, 200, 400, 200].map(Some));
}

/// Answers a create with 502, before or after it took effect.
struct Broken {
    after: bool,
}

impl Broken {
    fn fault(&self, request: &Received, after: bool) -> Then {
        if after == self.after && request.method == "POST" {
            Then::Answer {
                status: 502,
                body: json!({ "message": "bad gateway" }),
            }
        } else {
            Then::GoOn
        }
    }
}

impl Hook for Broken {
    fn before_commit(&self, request: &Received) -> Then {
        self.fault(request, false)
    }

    fn after_commit(&self, request: &Received) -> Then {
        self.fault(request, true)
    }
}

#[tokio::test]
async fn a_hook_stands_on_either_side_of_the_commit() {
    for (after, tasks) in [(false, 0), (true, 1)] {
        let bench = Bench::start(Config {
            hook: Some(Arc::new(Broken { after })),
            ..Config::default()
        })
        .await;
        assert_eq!(
            bench.create(&bodies::least()).await,
            (502, json!({ "message": "bad gateway" }))
        );
        assert_eq!(bench.sandbox.tasks().len(), tasks);
        assert_eq!(bench.sandbox.received().len(), 1);
    }
}
