//! The page that a person looks at, and the same as data.

use dialform::sandbox::{Config, Names, Status};
use serde_json::{Value, json};

use super::{Bench, changed, named};
use crate::common::bodies;

async fn page(bench: &Bench) -> String {
    let response = bench.client.get(bench.url("/")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(response.headers().contains_key("content-security-policy"));
    response.text().await.unwrap()
}

#[tokio::test]
async fn an_empty_sandbox_says_what_fills_it() {
    let bench = Bench::classic().await;
    let page = page(&bench).await;
    assert!(
        page.contains("No tasks yet") && page.contains("dialform apply --sandbox"),
        "{page}"
    );
    assert!(page.contains(&bench.sandbox.cis_base()), "{page}");
}

#[tokio::test]
async fn a_task_is_shown_in_words() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::classic()).await;
    bench.created(&bodies::least()).await;
    let page = page(&bench).await;
    for words in [
        "2 tasks",
        "Spring promo 2026",
        "READY</span> 1",
        "<div>spring-promo</div>",
        "number 9a67dee5-398e-4570-9426-fbb3f067b270",
        "at 2026-12-02 10:00, company time",
        "<div>from 2026-12-02 10:00</div>",
        "<div>3/s</div>",
        "09:10 to 19:50, recipient&#39;s",
        "busy 3× after 20m; no answer 5× after 2h; call error 5× after 15m; not effective 2× after 1h",
        "Отклики",
        "BLANK</span> 1",
        "<div>when started</div>",
        "<div>1/60s</div>",
        "any time",
        "the trunk&#39;s own",
        "&quot;fullListTime&quot;: 12",
        "POST /api/v1/telephony/autoCall 200",
        &id,
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    for outside in ["href=", "@import", "url(", "http://www", "https://www", "//cdn"] {
        assert!(!page.contains(outside), "{outside} in a page that stands alone");
    }
    assert_eq!(page.matches("src=").count(), 1, "{page}");
    assert!(page.contains("<script src=\"/page.js\">"), "{page}");
}

#[tokio::test]
async fn the_projects_names_stand_for_ids_and_its_zone_for_times() {
    let alias = "9a67dee5-398e-4570-9426-fbb3f067b270".parse().unwrap();
    let bench = Bench::start(Config {
        names: Names {
            aliases: [(alias, "moscow".to_owned())].into(),
            zone: Some(jiff::tz::TimeZone::get("Asia/Vladivostok").unwrap()),
        },
        ..Config::default()
    })
    .await;
    bench.created(&bodies::classic()).await;
    let page = page(&bench).await;
    assert!(page.contains("number moscow"), "{page}");
    assert!(page.contains("+10</dd>"), "{page}");
}

/// What a button of the page asks for, with this token and from this page.
async fn press(bench: &Bench, id: &str, action: &str, token: Option<&str>, origin: Option<&str>) -> u16 {
    let mut request = bench.client.post(bench.url(&format!("/tasks/{id}/{action}")));
    if let Some(token) = token {
        request = request.header("x-sandbox-token", token);
    }
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn only_the_page_itself_starts_pauses_and_halts() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::least()).await;
    let page = page(&bench).await;
    let token = page
        .split("sandbox-token\" content=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let status = || bench.sandbox.tasks()[0].status;
    let wrong = "00000000-0000-4000-8000-000000000000";
    for token in [None, Some(""), Some("x"), Some(wrong)] {
        assert_eq!(press(&bench, &id, "play", token, None).await, 403);
    }
    assert_eq!(
        press(&bench, &id, "play", Some(token), Some("http://evil.example")).await,
        403
    );
    assert_eq!(status(), Status::Blank);
    for (action, expected) in [
        ("play", Status::Process),
        ("pause", Status::Paused),
        ("halted", Status::Halted),
    ] {
        assert_eq!(press(&bench, &id, action, Some(token), None).await, 200);
        assert_eq!(status(), expected);
    }
    assert_eq!(press(&bench, &id, "play", Some(token), None).await, 409);
    assert_eq!(press(&bench, &id, "erase", Some(token), None).await, 404);
    let ended = bench
        .client
        .get(bench.url("/live"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        ended.contains("<details id=\"ended\"><summary>1 ended</summary>"),
        "{ended}"
    );
    assert!(!ended.contains("<button"), "{ended}");
}

#[tokio::test]
async fn what_the_page_asks_for_by_itself_is_no_request_of_the_log() {
    let bench = Bench::classic().await;
    for path in ["/", "/live", "/page.js"] {
        assert_eq!(bench.client.get(bench.url(path)).send().await.unwrap().status(), 200);
    }
    let live = bench
        .client
        .get(bench.url("/live"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(live.contains("None yet."), "{live}");
    assert!(bench.sandbox.received().iter().all(|request| request.path == "/"));
}

#[tokio::test]
async fn texts_of_a_task_stay_texts() {
    let bench = Bench::classic().await;
    let comment = "</pre><img src=x onerror=alert(1)>\n[dialform <b> 7K3M9Q2XVT4B]";
    let nasty = changed(
        &named("<script>alert('x')</script>"),
        "/taskComment",
        Some(json!(comment)),
    );
    bench.created(&nasty).await;
    let page = page(&bench).await;
    assert!(
        page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
        "{page}"
    );
    for raw in ["<script>", "<img", "<b>", "alert('x')"] {
        assert!(!page.contains(raw), "{raw}\n{page}");
    }
}

#[tokio::test]
async fn the_same_as_data() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::classic()).await;
    let (status, data) = bench.get("/tasks.json").await;
    assert_eq!(status, 200);
    assert_eq!(data["dialect"], json!("classic"));
    let task = &data["tasks"][0];
    assert_eq!(
        (&task["id"], &task["key"], &task["status"]),
        (&json!(id), &json!("spring-promo"), &json!("READY"))
    );
    assert_eq!((&task["candidates"], &task["body"]), (&json!(0), &bodies::classic()));
    assert_eq!(data["tasks"].as_array().map(Vec::len), Some(1));
    assert_eq!(task["missing"], Value::Null);
}
