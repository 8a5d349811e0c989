//! The page that a person looks at, and the same as data.

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
        "READY",
        "<dt>Key</dt><dd>spring-promo</dd>",
        "number 9a67dee5-398e-4570-9426-fbb3f067b270",
        "at 2026-12-02 10:00, company time",
        "3 calls a second",
        "09:10 to 19:50, the recipient&#39;s time",
        "busy 3× after 20m; no answer 5× after 2h; call error 5× after 15m; not effective 2× after 1h",
        "Отклики",
        "BLANK",
        "1 call in 60 seconds",
        "any time",
        "the trunk&#39;s own",
        "&quot;fullListTime&quot;: 12",
        &id,
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    for outside in ["src=", "href=", "<script", "@import", "url("] {
        assert!(!page.contains(outside), "{outside} in a page that stands alone");
    }
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
    for raw in ["<script>", "<img", "<b>"] {
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
