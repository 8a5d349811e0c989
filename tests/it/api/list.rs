//! The list of tasks, in every shape that it may have.

use std::sync::atomic::{AtomicUsize, Ordering};

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
            people: None,
            calls: None,
            created: None,
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
    // The first is asked for whole, the others in pages of the size that came: a server may cap what it gives.
    let line = |page, limit| format!("GET /api/v1/telephony/autoCall?page={page}&limit={limit} HTTP/1.1");
    assert_eq!(lines, [line(0, 1_000), line(1, 1), line(2, 1)]);
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

/// Every way in which an answer is known to say that there is more than it shows.
#[tokio::test]
async fn a_list_that_says_that_there_is_more_and_shows_no_more_is_none() {
    let item = format!(r#"{{"id":"{ID}"}}"#);
    let around = |text: &str| format!(r#"{{"items":[{item}],{text}}}"#);
    let mut answers: Vec<(Vec<String>, String)> = Vec::new();
    for name in [
        "total",
        "count",
        "totalCount",
        "total_count",
        "totalItems",
        "Total",
        "totalElements",
    ] {
        for number in [
            "2",
            r#""2""#,
            "2.0",
            r#"" 200 ""#,
            "1e300",
            "18446744073709551615",
            r#"{"value":2}"#,
        ] {
            answers.push((vec![], around(&format!(r#""{name}":{number}"#))));
            answers.push((vec![], around(&format!(r#""meta":{{"{name}":{number}}}"#))));
            answers.push((vec![], format!(r#"{{"data":{{"items":[{item}],"{name}":{number}}}}}"#)));
        }
    }
    for more in [
        r#""hasMore":true"#,
        r#""has_more":true"#,
        r#""hasNextPage":true"#,
        r#""next":"/elsewhere?page=1""#,
        r#""next":"https://evil.example/api/v1/telephony/autoCall?page=1""#,
        r#""next":1"#,
        r#""nextPage":1"#,
        r#""next_page":"1""#,
        r#""nextCursor":"abc""#,
        r#""links":{"next":"https://evil.example/"}"#,
        r#""_links":{"next":{"href":"?page=1&limit=1"}}"#,
        r#""pagination":{"has_more":true}"#,
        r#""last":false"#,
        r#""isLast":false"#,
        r#""totalPages":2"#,
        r#""pagination":{"page_count":"7"}"#,
    ] {
        answers.push((vec![], around(more)));
        answers.push((vec![], format!(r#"{{"data":{{"items":[{item}],{more}}}}}"#)));
    }
    for header in [
        "link: <https://evil.example/x?page=2>; rel=\"next\"",
        "link: </a?page=0>; rel=prev, </b?page=2>; title=\"x\"; rel=\"last next\"",
        "Link: <?page=1>; rel=next",
        "x-total-count: 2",
    ] {
        answers.push((vec![header.to_owned()], format!("[{item}]")));
    }
    for (headers, body) in answers {
        let (tasks, server) = list({
            let (headers, body) = (headers.clone(), body.clone());
            move |_| {
                let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
                answer(200, &headers, &body)
            }
        })
        .await;
        assert!(
            matches!(&tasks, Err(ApiError::ListContradicts { .. })),
            "{headers:?} {body}: {tasks:?}"
        );
        // Nothing but the list itself was asked.
        for request in server.received() {
            assert!(
                request.line.starts_with("GET /api/v1/telephony/autoCall?"),
                "{}",
                request.line
            );
            let both = request.line.contains("page=") && request.line.contains("offset=");
            assert!(!both, "{}", request.line);
        }
    }
}

#[tokio::test]
async fn a_list_that_says_that_it_is_all_is_taken_as_it_is() {
    let item = format!(r#"{{"id":"{ID}","count":7,"next":"soon","callCount":{{"total":9}}}}"#);
    for said in [
        r#""total":1,"count":1,"hasMore":false,"next":null"#,
        r#""total":"1","next":"","nextPage":0,"links":{"next":null,"self":"?page=0"}"#,
        r#""total":-1,"count":null,"last":true,"pages":1"#,
        r#""total":"many","next":false,"pagination":{}"#,
    ] {
        let body = format!(r#"{{"items":[{item}],{said}}}"#);
        let (tasks, _) = list(move |_| json(200, &body)).await;
        assert_eq!(ids(&tasks.unwrap()), [ID], "{said}");
    }
}

#[tokio::test]
async fn the_next_page_that_an_answer_names_is_asked_for_where_it_is_ours() {
    let server = Server::start(|_, request| match request.line.contains("cursor=2") {
        true => json(200, &format!(r#"{{"items":[{{"id":"{OTHER}"}}]}}"#)),
        false => json(200, &format!(r#"{{"items":[{{"id":"{ID}"}}],"next":"?cursor=2"}}"#)),
    });
    let tasks = client(&server.origin).list().await.unwrap();
    assert_eq!(ids(&tasks), [ID, OTHER]);
}

/// A server whose list is longer by one task in each of the first `changing` readings, and its client.
fn growing(changing: usize) -> (Client, Server) {
    let readings = AtomicUsize::new(0);
    let server = Server::start(move |_, request| {
        if !request.line.contains("page=0&") {
            return page_of(&[]);
        }
        let size = readings.fetch_add(1, Ordering::SeqCst).min(changing);
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

#[tokio::test]
async fn what_a_list_does_not_show_is_not_known_and_counts_as_running() {
    let shown = |fields: &str| format!(r#"[{{"id":"{ID}"{fields}}}]"#);
    for (fields, people, calls, runs) in [
        ("", None, None, true),
        (r#","status":"BLANK""#, None, None, true),
        (r#","status":"BLANK","candidateCount":0"#, Some(0), None, false),
        (r#","status":"blank","candidateCount":2"#, Some(2), None, true),
        (r#","status":"READY","candidateCount":0"#, Some(0), None, true),
        (
            r#","status":"PROCESS","candidateCount":"200","callCount":58"#,
            Some(200),
            Some(58),
            true,
        ),
        (
            r#","status":"PAUSED","candidateCount":[],"callCount":null"#,
            None,
            None,
            true,
        ),
        (r#","status":"HALTED","candidateCount":7"#, Some(7), None, false),
        (r#","status":"COMPLETED""#, None, None, false),
        (r#","status":"SLEEPS""#, None, None, true),
        (r#","status":5"#, None, None, true),
    ] {
        let answer = shown(fields);
        let (tasks, _) = list(move |_| json(200, &answer)).await;
        let task = &tasks.unwrap()[0];
        assert_eq!(
            (task.people, task.calls, task.may_run()),
            (people, calls, runs),
            "{fields}"
        );
    }
}
