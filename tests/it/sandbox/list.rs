//! The list method: pages, filters, order.

use serde_json::{Value, json};

use super::{Bench, named, wrong_fields};
use crate::common::bodies;

const LIST: &str = "/api/v1/telephony/autoCall";

async fn names(bench: &Bench, query: &str) -> (Vec<String>, u64) {
    let (status, answer) = bench.get(&format!("{LIST}?{query}")).await;
    assert_eq!(status, 200, "{query}: {answer}");
    let items = answer["items"].as_array().unwrap();
    let names = items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect();
    (names, answer["total"].as_u64().unwrap())
}

async fn with_tasks(names: &[&str]) -> Bench {
    let bench = Bench::classic().await;
    for name in names {
        bench.created(&named(name)).await;
    }
    bench
}

#[tokio::test]
async fn an_item_has_the_id_the_status_and_the_body() {
    let bench = Bench::classic().await;
    let id = bench.created(&bodies::classic()).await;
    let (_, answer) = bench.get(LIST).await;
    let item = &answer["items"][0];
    assert_eq!(item["id"]["identity"], json!(id));
    assert_eq!(item["status"], json!("READY"));
    let created = item["createdAt"].as_str().unwrap();
    assert!(
        created.len() == "2025-06-01T00:00:00.000Z".len() && created.ends_with('Z'),
        "{created}"
    );
    for (field, value) in bodies::classic().as_object().unwrap() {
        assert_eq!(&item[field], value, "{field}");
    }
}

#[tokio::test]
async fn pages_and_offsets_cover_every_task_once() {
    let bench = with_tasks(&["a", "b", "c", "d", "e"]).await;
    let pages = ["page=0&limit=2", "page=1&limit=2", "page=2&limit=2", "page=3&limit=2"];
    let mut all = Vec::new();
    for page in pages {
        let (names, total) = names(&bench, page).await;
        assert_eq!(total, 5);
        all.extend(names);
    }
    assert_eq!(all, ["a", "b", "c", "d", "e"]);
    assert_eq!(names(&bench, "offset=3&limit=1000").await.0, ["d", "e"]);
    assert_eq!(names(&bench, "offset=99999999999").await.0, [""; 0]);
    assert_eq!(names(&bench, "page=18446744073709551615&limit=1000").await.0, [""; 0]);

    let many: Vec<String> = (0..25).map(|number| format!("{number}")).collect();
    let bench = with_tasks(&many.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(names(&bench, "").await.0.len(), 20, "the default limit");
}

#[tokio::test]
async fn filters_by_word_status_and_moment() {
    let bench = with_tasks(&["Весна", "весенняя акция", "Autumn"]).await;
    let manual = bench.created(&bodies::least()).await;
    assert_eq!(
        names(&bench, "keyword=%D0%92%D0%B5%D1%81").await.0,
        ["Весна", "весенняя акция"]
    );
    assert_eq!(names(&bench, "status=BLANK").await.0, ["Отклики"]);
    bench.post(&format!("{LIST}/{manual}/halted"), &Value::Null).await;
    assert_eq!(names(&bench, "status=BLANK").await.1, 0);
    assert_eq!(names(&bench, "status=HALTED,READY").await.1, 4);
    assert_eq!(
        names(
            &bench,
            "from=2020-01-01T00%3A00%3A00.000Z&to=2020-12-31T00%3A00%3A00.000Z"
        )
        .await
        .1,
        0
    );
    assert_eq!(names(&bench, "from=2020-01-01T00%3A00%3A00.000Z").await.1, 4);
    let last = bench.sandbox.tasks()[3].created_at;
    assert_eq!(names(&bench, &format!("to={last}")).await.1, 4, "both ends are within");
}

#[tokio::test]
async fn sorts_by_creation_name_and_status() {
    let bench = with_tasks(&["b", "a", "c"]).await;
    let id = bench.sandbox.tasks()[0].id;
    bench.post(&format!("{LIST}/{id}/play"), &Value::Null).await;
    assert_eq!(names(&bench, "").await.0, ["b", "a", "c"]);
    assert_eq!(names(&bench, "sort=createdAt").await.0, ["b", "a", "c"]);
    assert_eq!(names(&bench, "sort=-createdAt").await.0, ["c", "a", "b"]);
    assert_eq!(names(&bench, "sort=name").await.0, ["a", "b", "c"]);
    assert_eq!(names(&bench, "sort=-name").await.0, ["c", "b", "a"]);
    assert_eq!(names(&bench, "sort=status").await.0, ["a", "c", "b"]);
    assert_eq!(names(&bench, "sort=-status").await.0[0], "b");
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let bench = with_tasks(&["a"]).await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("page=-1", "page"),
        ("offset=1.5", "offset"),
        ("page=0&offset=0", "offset"),
        ("status=READY,DONE", "status"),
        ("status=ready", "status"),
        ("status=READY,%20PAUSED", "status"),
        ("from=yesterday", "from"),
        ("to=2025-06-01", "to"),
        ("sort=price", "sort"),
        ("colour=red", "colour"),
        ("limit=5&limit=5", "limit"),
    ] {
        let (status, answer) = bench.get(&format!("{LIST}?{query}")).await;
        assert_eq!(
            (status, wrong_fields(&answer)),
            (400, vec![parameter]),
            "{query}: {answer}"
        );
    }
}
