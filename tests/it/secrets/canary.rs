//! A server that sends the token back in every writing, at every status, to every command: it is in nothing that is
//! printed or written.

use super::writings::writings;
use super::{TOKEN, address, files, run};
use crate::api::server::{Received, Reply, Server, answer, json};
use crate::command::Ran;
use crate::project::Project;

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
