//! Bodies in what other tools export, and what they hold that nobody may see.

use serde_json::{Value, json};

use super::{classic, import, rendered};

#[test]
fn bodies_are_found_in_what_other_tools_export() {
    let text = classic().to_string();
    let header = json!([{ "key": "token", "value": "hunter2" }]);
    let request = json!({ "method": "POST", "header": header, "body": { "mode": "raw", "raw": text } });
    for (export, path) in [
        (json!({ "name": "create", "request": request }), "$.request.body.raw"),
        (
            json!({ "info": {}, "item": [{ "name": "a", "request": request }] }),
            "$.item[0].request.body.raw",
        ),
        (
            json!({ "log": { "entries": [{ "request": { "postData": { "text": text } } }] } }),
            "$.log.entries",
        ),
        (
            json!({ "headers": { "Authorization": "hunter2" }, "json": classic() }),
            "$.json",
        ),
    ] {
        let fixed = export.to_string().replace("1.03", "1");
        let ran = import(&[], &export.to_string());
        assert_eq!(rendered("classic", &ran.stdout), [classic()], "{}", ran.stderr);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hunter2"));
        let ran = import(&[], &fixed);
        assert!(
            ran.stderr.contains(&format!("warning: {path}")),
            "{path}\n{}",
            ran.stderr
        );
    }
}

#[test]
fn names_with_dots_and_names_of_secrets_stay_whole() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.s3cr3tSIGNATURE";
    let mut body = classic();
    for (name, value) in [
        ("a.b", json!(1)),
        (jwt, json!(1)),
        ("pwd", json!("hunter2")),
        ("headers3", json!([{ "key": "token", "value": "hunter2" }])),
        ("lines", json!(["Cookie: a=hunter2"])),
    ] {
        body[name] = value;
    }
    body["additionalOptions"]["c.d"] = json!(2);
    let ran = import(&[], &body.to_string());
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!all.contains("hunter2") && !all.contains("s3cr3t"), "{all}");
    assert!(
        all.contains("$[\"a.b\"]: 1 is not imported") && all.contains("$.additionalOptions[\"c.d\"]: 2 is not"),
        "{all}"
    );
    // Nor beside a mistake.
    let ran = import(&[], "{\"name\":\"x\",\n\"pwd\":\"hunter2\" x}");
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

const URL: &str = "https://cis.twin24.ai/api/v1/telephony/autoCall";

/// A request to an address, as each tool keeps it, and the path of its body.
fn requests(method: &str, url: &str, text: &str) -> Vec<(&'static str, Value, &'static str)> {
    let postman = json!({ "info": {}, "item": [{ "name": "folder", "item": [{
        "name": "create",
        "request": { "method": method, "header": [], "url": { "raw": url, "path": ["x"] }, "body": { "mode": "raw", "raw": text } },
        "response": [{ "name": "saved", "originalRequest": { "method": method, "url": url, "body": { "mode": "raw", "raw": text } }, "body": text }],
    }] }] });
    let parts: Vec<&str> = url.rsplit_once("//").unwrap().1.split('/').skip(1).collect();
    let in_parts = json!({ "item": [{ "request": { "method": method, "url": { "path": parts }, "body": { "mode": "raw", "raw": text } } }] });
    let old_postman =
        json!({ "requests": [{ "url": url, "method": method, "dataMode": "raw", "data": [], "rawModeData": text }] });
    let insomnia = json!({ "_type": "export", "resources": [
        { "_type": "workspace", "name": "w" },
        { "_type": "request", "name": "create", "url": url, "method": method, "body": { "mimeType": "application/json", "text": text } },
    ] });
    let har = json!({ "log": { "entries": [{
        "request": { "method": method, "url": url, "headers": [], "postData": { "mimeType": "application/json", "text": text } },
        "response": { "content": { "mimeType": "application/json", "text": text } },
    }] } });
    let list = json!([{ "url": url, "method": method, "body": text }]);
    let hoppscotch = json!([{ "folders": [], "requests": [{ "endpoint": url, "method": method, "body": { "contentType": "application/json", "body": text } }] }]);
    vec![
        ("Postman", postman, "$.item[0].item[0].request.body.raw"),
        ("Postman, parts", in_parts, "$.item[0].request.body.raw"),
        ("Postman 1", old_postman, "$.requests[0].rawModeData"),
        ("Insomnia", insomnia, "$.resources[1].body.text"),
        ("HAR", har, "$.log.entries[0].request.postData.text"),
        ("list", list, "$[0].body"),
        ("Hoppscotch", hoppscotch, "$[0].requests[0].body.body"),
    ]
}

#[test]
fn a_body_that_cannot_be_read_is_told_by_its_path() {
    let text = classic().to_string();
    for (what, text, told) in [
        ("a variable", text.replace("1.03", "{{cps}}"), "a variable stands here"),
        ("a variable alone", "{{body}}".to_owned(), "a variable stands here"),
        (
            "cut off",
            text[..text.len() / 2].to_owned(),
            "ends before the JSON does",
        ),
        (
            "a comment",
            text.replace("\"cps\"", "/* pace */ \"cps\""),
            "JSON has no comments",
        ),
        ("quotes", text.replace('"', "'"), "double quotes"),
        ("a list", format!("[{text}]"), "is an object"),
        ("two", format!("{text}{text}"), "not one JSON object"),
        ("a form", "name=x&cps=1".to_owned(), "cannot be read"),
        ("another body", "{\"ids\": [1]}".to_owned(), "none of its fields"),
        ("nothing", String::new(), "sends no body"),
    ] {
        for (tool, export, path) in requests("POST", URL, &text) {
            let ran = import(&[], &export.to_string());
            let path = if text.is_empty() {
                path.split(".request").next().unwrap()
            } else {
                path
            };
            let path = if text.is_empty() {
                path.split(".body").next().unwrap()
            } else {
                path
            };
            let path = path.trim_end_matches(".rawModeData");
            assert_eq!(ran.code, Some(1), "{tool}, {what}\n{}", ran.stderr);
            let line = ran
                .stderr
                .lines()
                .find(|line| line.starts_with("error: ") && line.contains(path));
            assert!(
                line.is_some_and(|line| line.contains(told)),
                "{tool}, {what}\n{}",
                ran.stderr
            );
            assert_eq!(ran.stdout, "", "{tool}, {what}");
        }
        // Nor is it hidden by another one that is good.
        let good = requests("POST", URL, &classic().to_string()).remove(3).1;
        let bad = requests("POST", URL, &text).remove(0).1;
        let ran = import(&[], &json!({ "one": good, "other": bad }).to_string());
        assert_eq!(ran.code, Some(1), "{what}\n{}", ran.stderr);
        assert_eq!(rendered("classic", &ran.stdout), [classic()], "{what}");
        assert!(
            ran.stderr.contains("error: $.other.item[0].item[0].request"),
            "{what}\n{}",
            ran.stderr
        );
    }
}

#[test]
fn bodies_that_are_no_json_are_told_too() {
    let form = json!([{ "key": "name", "value": "x" }]);
    for (body, told) in [
        (json!({ "mode": "urlencoded", "urlencoded": form }), "a form"),
        (json!({ "mode": "formdata", "formdata": form }), "a form"),
        (json!({ "mode": "graphql", "graphql": { "query": "{ a }" } }), "GraphQL"),
        (json!({ "mode": "file", "file": { "src": "body.json" } }), "a file"),
        (
            json!({ "mimeType": "multipart/form-data", "params": [{ "name": "name", "value": "x" }] }),
            "a form",
        ),
        (
            json!({ "mimeType": "application/octet-stream", "fileName": "/tmp/body.json" }),
            "a file",
        ),
        (
            json!({ "mimeType": "application/json", "encoding": "base64", "text": "e30=" }),
            "base64",
        ),
        (
            json!({ "mode": "raw", "raw": classic().to_string(), "disabled": true }),
            "sends no body",
        ),
        (json!({}), "sends no body"),
        (json!(null), "sends no body"),
    ] {
        let export = json!({ "item": [{ "request": { "method": "POST", "url": URL, "body": body } }] });
        let ran = import(&[], &export.to_string());
        assert_eq!(ran.code, Some(1), "{body}\n{}", ran.stderr);
        assert!(
            ran.stderr.contains("error: $.item[0].request") && ran.stderr.contains(told),
            "{body}\n{}",
            ran.stderr
        );
    }
    // A text of JSON that is sent without a word of its kind is no form.
    let text = classic().to_string();
    let post = json!({ "mimeType": "application/x-www-form-urlencoded", "text": text });
    let har = json!({ "log": { "entries": [{ "request": { "method": "POST", "url": URL, "postData": post } }] } });
    assert_eq!(rendered("classic", &import(&[], &har.to_string()).stdout), [classic()]);
}

#[test]
fn requests_that_create_no_task_are_passed_over_aloud() {
    let text = classic().to_string();
    for (tool, mut export, _) in requests("POST", URL, &text) {
        let others = [
            ("GET", URL, ""),
            (
                "POST",
                "https://iam.twin24.ai/api/v1/auth/login",
                "{\"email\": \"a\", \"password\": \"hunter2\"}",
            ),
            ("PUT", URL, &text),
        ];
        for (method, url, text) in others {
            let same = requests(method, url, text)
                .into_iter()
                .find(|(other, ..)| *other == tool);
            let wrapped = same.unwrap().1;
            match (&mut export, wrapped) {
                (Value::Array(items), Value::Array(more)) => items.extend(more),
                (Value::Object(members), more) => drop(members.insert(format!("more {method} {}", url.len()), more)),
                _ => unreachable!(),
            }
        }
        let ran = import(&[], &export.to_string());
        assert_eq!(ran.code, Some(0), "{tool}\n{}", ran.stderr);
        assert_eq!(rendered("classic", &ran.stdout), [classic()], "{tool}\n{}", ran.stderr);
        let told = ran
            .stderr
            .lines()
            .filter(|line| line.contains("it creates no task"))
            .count();
        assert_eq!(told, 3, "{tool}\n{}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"));
    }
    let many: Vec<Value> = (0..30)
        .map(|_| json!({ "request": { "method": "GET", "url": "https://x.example/a.css" }, "response": {} }))
        .collect();
    let ran = import(&[], &json!({ "log": { "entries": many } }).to_string());
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("20 more that create no task"), "{}", ran.stderr);
}

#[test]
fn answers_and_saved_examples_are_passed_over_aloud() {
    let text = classic().to_string();
    let example = |body: Value| {
        json!({ "item": [{
            "name": "create",
            "request": { "method": "POST", "url": URL, "body": { "mode": "raw", "raw": text } },
            "response": body,
        }] })
    };
    let request = json!({ "method": "POST", "url": URL, "body": { "mode": "raw", "raw": text } });
    let entries = json!([{
        "request": { "method": "POST", "url": URL, "postData": { "text": text } },
        "response": { "content": { "text": text } },
    }]);
    for (export, place) in [
        (
            example(json!([{ "name": "saved", "originalRequest": request }])),
            "$.item[0].response",
        ),
        (
            example(json!([{ "name": "saved", "body": text }])),
            "$.item[0].response",
        ),
        (
            example(json!([{ "name": "broken", "body": text[..text.len() - 9] }])),
            "$.item[0].response",
        ),
        (json!({ "log": { "entries": entries } }), "$.log.entries[0].response"),
    ] {
        let ran = import(&[], &export.to_string());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(rendered("classic", &ran.stdout), [classic()], "{}", ran.stderr);
        let told = format!("note: {place}: it is an answer or a saved example");
        assert_eq!(ran.stderr.matches(&told).count(), 1, "{told}\n{}", ran.stderr);
    }
    // An answer without any body is not worth a word.
    let ran = import(
        &[],
        &example(json!([{ "status": "OK", "body": "{\"id\": 1}" }])).to_string(),
    );
    assert!(!ran.stderr.contains("it is an answer"), "{}", ran.stderr);
    let many: Vec<Value> = (0..30).map(|_| entries[0].clone()).collect();
    let ran = import(&[], &json!({ "log": { "entries": many } }).to_string());
    assert!(ran.stderr.contains("20 more that create no task"), "{}", ran.stderr);
}

#[test]
fn a_variable_within_a_value_is_told() {
    let mut body = classic();
    body["name"] = json!("Campaign {{city}}");
    let export = json!({ "item": [{ "request": { "method": "POST", "url": "{{base}}/telephony/autoCall", "body": { "mode": "raw", "raw": body.to_string() } } }] });
    let ran = import(&[], &export.to_string());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("warning: $.item[0].request.body.raw: a variable"),
        "{}",
        ran.stderr
    );
    assert_eq!(rendered("classic", &ran.stdout), [body]);
}
