//! Bodies out of curl commands, in every quoting that people paste; and nothing of their headers.

use serde_json::json;

use super::{classic, import, rendered};

const URL: &str = "https://cis.twin24.ai/api/v1/telephony/autoCall";

/// The body between single quotes of a shell.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn double(text: &str) -> String {
    let escaped = text
        .replace('\\', r"\\")
        .replace('"', r#"\""#)
        .replace('$', r"\$")
        .replace('`', r"\`");
    format!("\"{escaped}\"")
}

fn ansi(text: &str) -> String {
    let escaped: String = text
        .encode_utf16()
        .map(|unit| match char::from_u32(unit.into()) {
            Some(c @ ('\'' | '\\')) => format!("\\{c}"),
            Some(c) if c.is_ascii_graphic() || c == ' ' => c.to_string(),
            Some('\n') => "\\n".to_owned(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    format!("$'{escaped}'")
}

/// As browsers copy it for the command prompt of Windows.
fn carets(text: &str) -> String {
    let quoted = text.replace('\\', r"\\").replace('"', r#"\""#);
    let signs = |c: char| {
        if c.is_ascii_alphanumeric() || c == ' ' || !c.is_ascii() {
            c.to_string()
        } else {
            format!("^{c}")
        }
    };
    format!("^\"{}^\"", quoted.chars().map(signs).collect::<String>())
}

#[test]
fn every_quoting_gives_the_same_body() {
    let mut body = classic();
    body["name"] = json!("It's \"50%\" off, $5 `now` 😀");
    body["taskComment"] = json!("back\\slash\nand lines");
    let (flat, pretty) = (body.to_string(), serde_json::to_string_pretty(&body).unwrap());
    let commands = [
        format!("curl {URL} -d {}", single(&flat)),
        format!(
            "curl -X POST {URL} \\\n  -H 'Content-Type: application/json' \\\n  --data-raw {}",
            single(&pretty)
        ),
        format!("curl --location '{URL}' --data {}", double(&flat)),
        format!("curl '{URL}' -H 'accept: */*' --data-raw {} --compressed", ansi(&flat)),
        format!("$ curl -sS --url={URL} --json {}", single(&flat)),
        format!("curl -sSXPOST {URL} --data-binary {} | jq .", single(&flat)),
        format!("/usr/bin/curl -d{} {URL}", single(&flat)),
        format!(
            "curl.exe {URL} ^\r\n  -H \"Content-Type: application/json\" ^\r\n  -d {}\r\n",
            double(&flat).replace("\\$", "$").replace("\\`", "`")
        ),
        format!(
            "curl ^\"{URL}^\" ^\n  -H ^\"accept: ^*/^*^\" ^\n  --data-raw {}",
            carets(&flat)
        ),
        format!("# create it\nTOKEN=abc; curl {URL} -d @- <<'END'\n{pretty}\nEND\n"),
        format!("curl \"$BASE/telephony/autoCall\" -d {}", single(&flat)),
        format!(
            "curl https://voice.example.com/cis/api/v1/telephony/autoCall/ -d {}",
            single(&flat)
        ),
    ];
    for command in commands {
        let ran = import(&[], &command);
        assert_eq!(ran.code, Some(0), "{command}\n{}", ran.stderr);
        assert_eq!(rendered("classic", &ran.stdout), [body.clone()], "{command}");
    }
}

#[test]
fn no_token_is_ever_shown() {
    let body = classic().to_string();
    let heads = [
        "-H 'Authorization: Bearer CANARY'",
        "--header \"X-Token: CANARY\"",
        "-u user:CANARY",
        "-uuser:CANARY",
        "--user=user:CANARY",
        "--oauth2-bearer CANARY",
        "-b 'sid=CANARY'",
        "--cookie sid=CANARY",
        "--proxy-user a:CANARY",
        "-sHAuthorization:CANARY",
        "--unheard-of CANARY",
        "-x http://u:CANARY@proxy",
        "-A CANARY -e CANARY -K CANARY",
    ];
    let tails = [
        format!("{URL}?token=CANARY -d '{body}'"),
        format!("https://u:CANARY@cis.twin24.ai/api/v1/telephony/autoCall -d '{body}'"),
        // None of these can be imported, and none says why in words of its own.
        format!("{URL} -d '{{\"name\": oops, \"token\": \"CANARY\"}}'"),
        format!("{URL} -d '{body}"),
        format!("{URL} -d @CANARY4f9a0b1c2d3e4f5a6b7c8d9e"),
        URL.to_owned(),
        format!("{URL} --data-urlencode 'token=CANARY'"),
        "https://iam.twin24.ai/api/v1/auth/login -d '{\"email\":\"a\",\"password\":\"CANARY\"}'".to_owned(),
    ];
    for head in heads {
        for tail in &tails {
            let ran = import(&[], &format!("curl {head} {tail}"));
            assert!(
                !format!("{}{}", ran.stdout, ran.stderr).contains("CANARY"),
                "{head} {tail}\n{}{}",
                ran.stdout,
                ran.stderr
            );
        }
    }
    let saved = json!([{ "headers": { "Authorization": "CANARY" }, "body": classic() }]).to_string();
    for text in [
        saved.as_str(),
        &saved.replace("\"headers\"", "oops"),
        "POST /autoCall HTTP/1.1\nAuthorization: Bearer CANARY\n\n{}",
        "{\"name\": \"x\", \"Authorization\": \"Bearer CANARY\", \"cookie\": \"CANARY\", \"auth\": {\"token\": \"CANARY\"}}",
        "{\"name\": \"x\", \"accessToken\": CANARY}",
    ] {
        let ran = import(&[], text);
        assert!(
            !format!("{}{}", ran.stdout, ran.stderr).contains("CANARY"),
            "{text}\n{}{}",
            ran.stdout,
            ran.stderr
        );
    }
}

#[test]
fn a_file_of_several_commands() {
    let one = |name: &str| json!({ "name": name }).to_string();
    let script = format!(
        "#!/bin/sh\nset -e\n\
         curl https://iam.twin24.ai/api/v1/auth/login -d '{{\"email\":\"a\",\"password\":\"b\"}}'\n\
         curl {URL} -d '{}'\ncurl {URL} -d \"{{\\\"name\\\": \\\"$NAME\\\"}}\" && curl -X POST {URL}/228cc4fa-92f2-4709-94e3-7344a96a5903/play\n\
         curl {URL} -d @body.json; curl {URL} -d '{}'\n",
        one("First"),
        one("Second"),
    );
    let ran = import(&[], &script);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let keys: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("campaign")).collect();
    assert_eq!(
        keys,
        ["campaign \"first\" {", "campaign \"name\" {", "campaign \"second\" {"]
    );
    for told in [
        "note: curl 1: it creates no task",
        "note: curl 4: it creates no task",
        "warning: curl 3: the shell would fill in a part of the body",
        "error: curl 5: its body is in the file \"body.json\"; give that file to import instead",
        "1 body not imported",
    ] {
        assert!(ran.stderr.contains(told), "{told}\nis not in\n{}", ran.stderr);
    }
}

#[test]
fn what_render_prints_as_curl_comes_back() {
    let folder = crate::common::command::in_repository("examples/large");
    let printed = crate::common::command::dialform(&folder, &["render", "--curl"]).stdout;
    let ran = import(&[], &printed);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let bodies = crate::common::command::dialform(&folder, &["render"]).stdout;
    let bodies: serde_json::Value = serde_json::from_str(&bodies).unwrap();
    let bodies: Vec<serde_json::Value> = bodies
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["body"].clone())
        .collect();
    assert_eq!(rendered("classic", &ran.stdout), bodies);
}

#[test]
fn scripts_and_pages_give_the_body_that_they_would_send() {
    let body = classic().to_string();
    let pretty = serde_json::to_string_pretty(&classic()).unwrap();
    let doubled = body.replace('"', "\"\"");
    let url = "https://cis.twin24.ai/api/v1/telephony/autoCall";
    for text in [
        format!("curl {url} \\ \n  -H 'A: b' \\\t\n  -d '{body}'"),
        format!("curl.exe {url} `\r\n  -H 'A: b' `\r\n  -d '{body}'"),
        format!("curl \"{url}\" ^ \r\n -d \"{doubled}\""),
        format!("cat <<'EOF' | curl {url} -d @-\n{pretty}\nEOF\n"),
        format!("echo '{body}' | curl {url} -d @-"),
        format!("curl {url} -d \"$(cat <<'EOF'\n{pretty}\nEOF\n)\""),
        format!("BODY='{body}'\ncurl {url} -d \"$BODY\""),
        format!("set -e\nID=$(curl -s {url} -d '{body}' | jq -r .id.identity)\ncurl -X POST {url}/$ID/play"),
        format!("```bash\ncurl {url} -d '{body}'\n```\n"),
        format!("```json\n{pretty}\n```\n"),
    ] {
        let ran = import(&[], &text);
        assert_eq!(ran.code, Some(0), "{text}\n{}", ran.stderr);
        assert_eq!(rendered("classic", &ran.stdout), [classic()], "{text}");
    }
    let ran = import(&[], &format!("curl {url} -d '{body}' --next {url} -d '{body}'"));
    assert_eq!(rendered("classic", &ran.stdout).len(), 2, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("vesennyaya-aktsiya-2: `vesennyaya-aktsiya` of this import renders to the same body"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_editors_and_templates_put_in_is_told() {
    let url = "https://cis.twin24.ai/api/v1/telephony/autoCall";
    for (text, told) in [
        (format!("curl ‘{url}’ -d ‘x’"), "its quotes are typographic"),
        (format!("curl {url} -d '{{“name”: 1}}'"), "a typographic quote"),
        (format!("curl {url} -d '{{\"cps\": $CPS}}'"), "a variable stands here"),
        ("{\"cps\": {{cps}}}".to_owned(), "a variable stands here"),
        (format!("http POST {url} name=x"), "give the JSON body that it sends"),
    ] {
        let ran = import(&[], &text);
        assert_ne!(ran.code, Some(0), "{text}");
        assert!(ran.stderr.contains(told), "{text}\n{}", ran.stderr);
    }
    let ran = import(&[], &format!("curl {url}?page=0 -X GET -H 'A: b'"));
    assert!(!ran.stderr.contains("; :"), "{}", ran.stderr);
}
