//! The list of tasks, in every shape that it may have.

use dialform::api::{ApiError, Client, Credentials, Doubt, ListedTask, ListedText};

use super::server::{Reply, Server, answer, json};
use super::{ID, TOKEN, client, config};

const OTHER: &str = "9a67dee5-398e-4570-9426-fbb3f067b270";

async fn list(pages: impl Fn(usize) -> Reply + Send + Sync + 'static) -> (Result<Vec<ListedTask>, ApiError>, Server) {
    let server = Server::start(move |number, _| pages(number));
    (client(&server.origin).list().await, server)
}

fn ids(tasks: &[ListedTask]) -> Vec<&str> {
    tasks.iter().map(|task| task.identity.as_str()).collect()
}

/// One page that holds these ids, then, like an offset past the end, pages that hold none.
fn page_of(ids: &[&str]) -> Reply {
    let items: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({"id": {"identity": id}}))
        .collect();
    json(200, &serde_json::Value::from(items).to_string())
}

#[tokio::test]
async fn every_likely_shape_is_read() {
    let item = format!(
        r#"{{"id":{{"identity":"{ID}"}},"name":"Весна","status":"PROCESS","n":1,
            "more":[{{"taskComment":"first wave\n[dialform spring 7K3M9Q2XVT4B]"}}]}}"#
    );
    for shape in [
        format!("[{item}]"),
        format!(r#"{{"items":[{item}],"count":1}}"#),
        format!(r#"{{"data":[{item}]}}"#),
        format!(r#"{{"results":[{item}]}}"#),
        format!(r#"{{"data":{{"items":[{item}]}}}}"#),
    ] {
        let (tasks, _) = list(move |_| json(200, &shape)).await;
        let expected = ListedTask {
            identity: ID.parse().unwrap(),
            name: Some("Весна".to_owned()),
            text: ListedText::new(
                [ID, "Весна", "PROCESS", "first wave\n[dialform spring 7K3M9Q2XVT4B]"]
                    .map(str::to_owned)
                    .to_vec(),
            ),
            status: Some("PROCESS".to_owned()),
        };
        assert_eq!(tasks.unwrap(), [expected]);
    }
}

#[tokio::test]
async fn pages_are_read_until_one_shows_nothing_new() {
    let (tasks, server) = list(|number| match number {
        0 => page_of(&[ID]),
        // The list shifted while it was read: one task is seen twice.
        1 => page_of(&[ID, OTHER]),
        _ => page_of(&[OTHER]),
    })
    .await;
    assert_eq!(ids(&tasks.unwrap()), [ID, OTHER]);
    let lines: Vec<_> = server.received().into_iter().map(|request| request.line).collect();
    let line = |page| format!("GET /api/v1/telephony/autoCall?page={page}&limit=1000 HTTP/1.1");
    assert_eq!(lines, [line(0), line(1), line(2)]);
    assert_eq!(
        server.received()[0].header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
}

#[tokio::test]
async fn a_list_that_cannot_be_understood_is_an_error_and_not_an_empty_list() {
    for page in [
        "",
        "{}",
        "null",
        r#"{"items":{}}"#,
        r#"[{"name":"no id"}]"#,
        r#"[{"id":"a/../b/c/d"}]"#,
        "[1]",
        "<html>",
    ] {
        let (tasks, _) = list(move |_| json(200, page)).await;
        assert!(
            matches!(tasks, Err(ApiError::ListShape { page: 0, .. })),
            "{page}: {tasks:?}"
        );
    }
}

#[tokio::test]
async fn a_page_that_fails_fails_the_list() {
    let second = |reply: fn() -> Reply| move |number| if number == 0 { page_of(&[ID]) } else { reply() };
    let (tasks, _) = list(second(|| answer(503, &[], ""))).await;
    assert!(matches!(
        tasks,
        Err(ApiError::Unclear(Doubt::Status { status: 503, .. }))
    ));
    let (tasks, _) = list(second(|| answer(429, &["retry-after: 3"], ""))).await;
    assert_eq!(
        tasks.unwrap_err().to_string(),
        "the list of tasks could not be read: the API asks to wait 3 s"
    );
    let (tasks, _) = list(second(|| json(403, r#"{"message":"no access"}"#))).await;
    assert!(tasks.unwrap_err().to_string().contains("403: no access"));
    let (tasks, _) = list(second(|| Reply::Endless)).await;
    assert!(matches!(
        tasks,
        Err(ApiError::Unclear(Doubt::LongBody { limit: 0x80_0000, .. }))
    ));
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let (tasks, server) = list(|number| page_of(&[&format!("task-{number:08}")])).await;
    assert_eq!(tasks, Err(ApiError::ListEndless { pages: 200 }));
    assert_eq!(server.received().len(), 200);
}

/// A server whose list is longer by one task in each of the first `changing` readings, and its client. A reading takes two
/// requests: the page, and the one after it that holds nothing new.
fn growing(changing: usize) -> (Client, Server) {
    let server = Server::start(move |number, _| {
        let size = (number / 2).min(changing);
        let ids: Vec<_> = (0..=size).map(|n| format!("task-{n:08}")).collect();
        page_of(&ids.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let client = Client::new(config(&server.origin, &server.origin, Credentials::token(TOKEN))).unwrap();
    (client, server)
}

#[tokio::test]
async fn a_scan_reads_the_list_until_two_readings_agree() {
    let (client, server) = growing(2);
    assert_eq!(
        ids(&client.scan().await.unwrap()),
        ["task-00000000", "task-00000001", "task-00000002"]
    );
    assert_eq!(
        server.received().len(),
        8,
        "one, two, three, three again; each with the page after it"
    );
    let (client, _server) = growing(usize::MAX);
    assert_eq!(client.scan().await, Err(ApiError::ListUnsettled { scans: 5 }));
}
