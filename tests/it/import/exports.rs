//! Bodies in what other tools export, and what they hold that nobody may see.

use serde_json::json;

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
        let mended = export.to_string().replace("1.03", "1");
        let ran = import(&[], &export.to_string());
        assert_eq!(rendered("classic", &ran.stdout), [classic()], "{}", ran.stderr);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hunter2"));
        let ran = import(&[], &mended);
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
