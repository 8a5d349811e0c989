//! A server that sends the token back in every writing, at every status, to every command: it is in nothing that is
//! printed or written.

use std::fs;

use serde_json::json as value;

use super::writings::writings;
use super::{TOKEN, address, files, run};
use crate::api::server::{Received, Reply, Server, answer, json};
use crate::background::Background;
use crate::common::command::Ran;
use crate::common::project::Project;

/// The statuses that an API, or something in its place, answers with.
const STATUSES: [u16; 14] = [200, 202, 301, 400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503];
/// Secrets of the webhook that every campaign of a test has, and of the login.
const OTHERS: [&str; 4] = ["hunter2", "topsecret", "correct horse", "anna@example.com"];

/// What a server says: JSON of several forms, other text, text that is not UTF-8, text that is cut.
fn bodies(written: &str) -> Vec<Vec<u8>> {
    let whole = format!(r#"{{"message":"no: Bearer {written}","errors":{{"name":["{written}"],"{written}":"bad"}}}}"#);
    let quoted = serde_json::json!({ "error": format!("https://user:hunter2@example.com/hooks/twin?token=topsecret {written}"),
        "login": ["correct horse", "anna@example.com"] });
    let latin_1 = [b"<p>n\xE9: ", written.as_bytes(), b" hunter2 topsecret</p>"].concat();
    let mut cut = whole.clone().into_bytes();
    cut.truncate(whole.len() / 2);
    vec![whole.into_bytes(), quoted.to_string().into_bytes(), latin_1, cut]
}

fn reply(status: u16, body: &[u8]) -> Reply {
    let Reply::Bytes(mut bytes) = answer(status, &["content-type: application/json", "retry-after: 0"], "") else {
        panic!();
    };
    let head = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
    let head = head.replace("content-length: 0", &format!("content-length: {}", body.len()));
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// What is left of a text when what may stand between letters is taken away.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}

/// Looks for the token, and for the very writing of it that was sent, in everything.
fn assert_clean(project: &Project, ran: &Ran, written: &str, context: &str) {
    let own = files(project.root())
        .into_iter()
        .filter(|(path, _)| !path.ends_with(".kdl"));
    let printed =
        [("stdout", &ran.stdout), ("stderr", &ran.stderr)].map(|(name, text)| (name.to_owned(), text.clone()));
    let (token, written) = (letters(TOKEN), letters(written));
    for (name, text) in own.chain(printed) {
        let found = letters(&text);
        assert!(!found.contains(&token), "{context}: {name}: {text}");
        // A writing of few letters is in every text.
        assert!(
            written.len() < 16 || !found.contains(&written),
            "{context}: {name}: {text}"
        );
        for other in OTHERS {
            assert!(!text.contains(other), "{context}: {name} holds {other}: {text}");
        }
    }
    assert!(!ran.stderr.contains("panicked"), "{context}: {}", ran.stderr);
}

/// A server whose list is empty, and which answers creates with this.
fn refusing(status: u16, body: Vec<u8>) -> Server {
    Server::start(move |_, request: &Received| match request.line.starts_with("GET") {
        true => json(200, r#"{"items":[]}"#),
        false => reply(status, &body),
    })
}

#[test]
fn the_token_of_a_create_is_kept_and_shown_in_no_writing() {
    for (number, (name, written)) in writings(TOKEN).into_iter().enumerate() {
        // Each writing at two statuses, so that all pairs of form and status come about over the whole.
        for status in [
            STATUSES[number % STATUSES.len()],
            STATUSES[(number * 5 + 3) % STATUSES.len()],
        ] {
            for (form, body) in bodies(&written).into_iter().enumerate() {
                if (number + form + usize::from(status)) % 2 == 1 {
                    continue;
                }
                let server = refusing(status, body);
                let project = Project::of(&["spring"]);
                address(&project, &server.origin.to_string(), &server.origin.to_string());
                let mut command = project.dialform(&["apply", "--auto-approve", "--reconcile-timeout", "0s", "-v"]);
                command
                    .env("DIALFORM_TOKEN", TOKEN)
                    .env("DIALFORM_EMAIL", "anna@example.com");
                let ran: Ran = command
                    .env("DIALFORM_PASSWORD", "correct horse")
                    .output()
                    .unwrap()
                    .into();
                assert_clean(&project, &ran, &written, &format!("{name}, {status}, form {form}"));
            }
        }
    }
}

#[test]
fn the_token_in_a_list_is_kept_and_shown_in_no_writing() {
    for (number, (name, written)) in writings(TOKEN).into_iter().enumerate().step_by(3) {
        let status = STATUSES[number % STATUSES.len()];
        let item = format!(
            r#"{{"items":[{{"id":"48a77bd7-8762-4e0f-a277-4ef77e36c41b","name":"Campaign spring","status":"{written}"}}]}}"#
        );
        for (form, (status, body)) in [(200, item.into_bytes()), (status, bodies(&written).remove(number % 4))]
            .into_iter()
            .enumerate()
        {
            let server = Server::start(move |_, _| reply(status, &body));
            let project = Project::of(&["spring"]);
            address(&project, &server.origin.to_string(), &server.origin.to_string());
            for arguments in [
                &["apply", "--auto-approve", "--reconcile-timeout", "0s"][..],
                &["doctor", "--output-format", "json"],
                &["resolve", "spring", "--recreate"],
                &["plan", "--full", "--out", "saved.plan"],
                &["state", "list"],
            ] {
                let ran = run(&project, arguments);
                assert_clean(
                    &project,
                    &ran,
                    &written,
                    &format!("{name}, {status}, form {form}, {arguments:?}"),
                );
            }
        }
    }
}

/// A list holds markers of other projects, whose keys are shown.
#[test]
fn the_token_in_a_key_is_not_shown() {
    let token = "0f3a9c1b77de4a10b2c3d4e5f6a70819";
    for (key, has_word) in [(token, true), (&token[4..24], true), ("other-project", false)] {
        let item = value!([{ "id": "48a77bd7-8762-4e0f-a277-4ef77e36c41b", "taskComment": format!("[dialform {key} 7K3M9Q2XVT4B]") }]);
        let item = item.to_string();
        let server = Server::start(move |_, request: &Received| match request.line.starts_with("GET") {
            true => json(200, &item),
            false => json(422, r#"{"message":"no"}"#),
        });
        let project = Project::of(&["spring"]);
        address(&project, &server.origin.to_string(), &server.origin.to_string());
        let mut command = project.dialform(&["apply", "--auto-approve"]);
        let ran: Ran = command.env("DIALFORM_TOKEN", token).output().unwrap().into();
        assert!(ran.stderr.contains("the state is new"), "{ran:?}");
        assert_eq!(ran.stderr.contains("[token]"), has_word, "{ran:?}");
        assert_eq!(ran.stderr.contains(key), !has_word, "{ran:?}");
        let all = files(project.root()).into_iter().map(|(_, text)| text);
        assert!(!all.chain([ran.stdout, ran.stderr]).any(|text| text.contains(token)));
    }
}

/// An apply whose files may be 8 KiB long, of a campaign with a comment of this length: the project, what was said, and
/// whether the outcome was spilled. The room for it is 8 KiB, so that the journal is full first.
#[cfg(unix)]
fn spilled(server: &Server, comment: usize) -> (Project, Ran, bool) {
    let project = Project::new();
    project.campaign("spring", &format!("comment \"{}\"", "x".repeat(comment)));
    address(&project, &server.origin.to_string(), &server.origin.to_string());
    let program = project.dialform(&[]).get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""])
        .arg(program)
        .args(["apply", "--auto-approve", "--reconcile-timeout", "0s"]);
    let ran: Ran = shell
        .current_dir(project.root())
        .env("DIALFORM_TOKEN", TOKEN)
        .output()
        .unwrap()
        .into();
    let spill = fs::read_to_string(project.paths().spill).unwrap_or_default();
    (project, ran, spill.contains("\"reason\""))
}

#[cfg(unix)]
#[test]
fn the_token_in_what_is_spilled_is_in_no_writing() {
    let plain = refusing(500, bodies(TOKEN).remove(0));
    let comment = (50..72)
        .rev()
        .map(|length| length * 100)
        .find(|length| spilled(&plain, *length).2);
    let mut count = 0;
    for (number, (name, written)) in writings(TOKEN).into_iter().enumerate() {
        let server = refusing(500, bodies(&written).remove(number % 4));
        let (project, ran, is_spilled) = spilled(&server, comment.unwrap());
        count += usize::from(is_spilled);
        assert_clean(&project, &ran, &written, &format!("{name}, spilled"));
        let again = run(&project, &["apply", "--auto-approve", "--reconcile-timeout", "0s"]);
        assert_clean(&project, &again, &written, &format!("{name}, after a spill"));
    }
    assert!(count > 20, "only {count} outcomes were spilled");
}

/// The stand-in for the service gets the token as the service does.
#[test]
fn the_token_is_not_in_what_the_sandbox_writes() {
    let project = Project::of(&["spring"]);
    let sandbox = Background::start(&mut project.dialform(&[
        "sandbox",
        "--port",
        "0",
        "--data",
        "kept",
        "--fault",
        "create#1=503",
    ]));
    let words = sandbox.read_until(|line| line == "Ctrl-C stops it.").join("\n");
    let origin = words.split('"').nth(1).unwrap().to_owned();
    address(&project, &origin, &origin);
    for arguments in [
        &["doctor", "--output-format", "json"][..],
        &["apply", "--auto-approve", "--reconcile-timeout", "0s"],
        &["resolve", "spring", "--recreate"],
        &["apply", "--auto-approve", "--reconcile-timeout", "0s"],
        &["plan", "--out", "saved.plan"],
    ] {
        let ran = run(&project, arguments);
        let mut all: Vec<(String, String)> = files(project.root());
        all.extend([("stdout".to_owned(), ran.stdout), ("stderr".to_owned(), ran.stderr)]);
        all.push(("log".to_owned(), sandbox.errors_so_far()));
        for (name, text) in all {
            assert!(
                !letters(&text).contains(&letters(TOKEN)),
                "{arguments:?}: {name}: {text}"
            );
        }
    }
    let kept = fs::read_to_string(project.path("kept/sandbox-tasks.jsonl")).unwrap();
    assert!(kept.contains("Campaign spring"), "{kept}");
}

/// A token that somebody wrote into a campaign: what is written for others to read does not repeat it.
#[test]
fn the_token_in_a_file_is_in_no_report_for_others() {
    for (name, written) in [("as it is", TOKEN), ("in a header", &format!("Bearer {TOKEN}")[..])] {
        let project = Project::of(&["spring"]);
        project.edit("allow \"webhook-credentials\"; allow \"secret-in-file\"; ", "");
        let campaign = format!(
            "campaign \"winter\" template=\"common\" {{\n name \"Winter\"\n comment \"{written}\"\n webhook \
             \"https://user:hunter2@example.com/?token={TOKEN}\"\n}}\n"
        );
        project.write("campaigns/winter.kdl", &campaign);
        let formats = ["json", "sarif", "gitlab", "junit", "rdjson", "github", "concise"];
        let mut arguments = vec!["lint".to_owned()];
        for format in formats {
            arguments.push(format!("--output-format={format}=out-{format}"));
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = run(&project, &arguments);
        assert_clean(&project, &ran, TOKEN, &format!("{name}, reports"));
        assert!(
            fs::read_to_string(project.path("out-json")).unwrap().contains("DF6"),
            "{ran:?}"
        );
        let ran = run(
            &project,
            &["lint", "--baseline", "dialform.baseline.json", "--write-baseline"],
        );
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_clean(&project, &ran, TOKEN, &format!("{name}, baseline"));
        let ran = run(&project, &["lint", "--output-format", "json"]);
        assert_clean(&project, &ran, TOKEN, &format!("{name}, beside the baseline"));
        assert!(
            files(project.root())
                .iter()
                .any(|(path, text)| path.contains("baseline") && text.contains("DF6"))
        );
    }
}

/// Whatever carries a token into an import, it is not in what is written.
#[test]
fn the_token_beside_a_body_is_not_imported() {
    let body = value!({
        "name": "Spring", "defaultExec": "robot", "defaultExecData": "228cc4fa-92f2-4709-94e3-7344a96a5903",
        "secondExec": "end", "cidType": "default", "startType": "manual", "cps": 1.03,
        "additionalOptions": { "fullListMethod": "reject", "fullListTime": 0, "recordCall": false },
        "redialStrategyOptions": { "redialStrategyEn": false },
    });
    let url = "https://cis.twin24.ai/api/v1/telephony/autoCall";
    for (name, written) in writings(TOKEN) {
        if written.contains(['\r', '\n', '\0', '\'', '\\']) {
            continue;
        }
        let request = |text: &str| {
            value!({ "method": "POST", "url": format!("{url}?token={written}"), "cookies": [{ "name": "t", "value": written }],
                "headers": [{ "name": "Authorization", "value": format!("Bearer {written}") }],
                "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": written }] },
                "postData": { "mimeType": "application/json", "text": text } })
        };
        let mut held = body.clone();
        held["authorization"] = format!("Bearer {written}").into();
        held["token"] = written.clone().into();
        held["cookies"] = value!([{ "name": "t", "value": written }]);
        for (form, input) in [
            format!(
                "curl '{url}?token={written}' -H 'Authorization: Bearer {written}' -H 'Cookie: t={written}' -b 't={written}' \
                 -u 'user:{written}' --oauth2-bearer '{written}' --data '{body}'"
            ),
            value!({ "log": { "entries": [{ "request": request(&body.to_string()) }] } }).to_string(),
            value!({ "headers": { "authorization": format!("Bearer {written}") }, "json": body }).to_string(),
            // In the body itself, under names that say what it is.
            held.to_string(),
        ]
        .into_iter()
        .enumerate()
        {
            let project = Project::new();
            project.write("input", &input);
            for arguments in [&["import", "input"][..], &["import", "input", "--write", "campaigns"]] {
                let ran = run(&project, arguments);
                assert_eq!(ran.code, Some(0), "{name}, form {form}: {ran:?}");
                let own = files(project.root()).into_iter().filter(|(path, _)| !path.ends_with("/input"));
                for (place, text) in own.chain([("stdout".to_owned(), ran.stdout), ("stderr".to_owned(), ran.stderr)]) {
                    let found = letters(&text);
                    assert!(!found.contains(&letters(&written)), "{name}, form {form}: {place}: {text}");
                }
            }
        }
    }
}
