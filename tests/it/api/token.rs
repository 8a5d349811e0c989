//! Getting the token, renewing it, and showing it nowhere.

use std::fmt::Debug;
use std::net::TcpListener;
use std::sync::Barrier;

use dialform::api::{ApiError, ApiOutcome, Client, Credentials, CredentialsError, TokenError, Unsent};

use super::server::{Reply, Server, answer, json, origin};
use super::{ID, TOKEN, body, client, config, go};

const PASSWORD: &str = "planted-password-5e0d";

fn login() -> Credentials {
    Credentials::login("anna@example.com", PASSWORD)
}

fn assert_silent(shown: impl Debug, words: &str) {
    let shown = format!("{shown:?} {words}");
    for secret in [TOKEN, PASSWORD, "anna@example.com"] {
        assert!(!shown.contains(secret), "a secret in: {shown}");
    }
}

fn is_login(request: &super::server::Received) -> bool {
    request.line.starts_with("POST /api/v1/auth/login ")
}

#[tokio::test]
async fn the_token_comes_from_the_login_method_of_the_login_service() {
    let iam = Server::start(|_, _| json(200, &format!(r#"{{"token":"{TOKEN}","refreshToken":"r"}}"#)));
    let cis = Server::start(|_, _| json(200, &format!(r#"{{"id":"{ID}"}}"#)));
    let client = Client::new(config(&cis.origin, &iam.origin, login())).unwrap();
    assert!(
        iam.received().is_empty(),
        "no token is asked for before the first request"
    );
    for _ in 0..2 {
        assert_eq!(
            client.create(&body(), go()).await,
            ApiOutcome::Done(ID.parse().unwrap())
        );
    }
    let [request] = &iam.received()[..] else {
        panic!("one login")
    };
    assert_eq!(
        request.body,
        format!(r#"{{"email":"anna@example.com","password":"{PASSWORD}","ttl":3600}}"#)
    );
    assert_eq!(request.header("authorization"), None);
    assert_eq!(
        cis.received()[1].header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
}

#[tokio::test]
async fn requests_refused_together_share_one_login() {
    const TOGETHER: usize = 4;
    let all_there = Barrier::new(TOGETHER);
    let server = Server::start(move |_, request| {
        if is_login(request) {
            return json(200, r#"{"token":"fresh-token-77aa11bb"}"#);
        }
        if request.header("authorization") == Some("Bearer fresh-token-77aa11bb") {
            return json(200, &format!(r#"{{"id":"{ID}"}}"#));
        }
        all_there.wait();
        json(401, r#"{"message":"expired"}"#)
    });
    let environment = |name: &str| match name {
        "DIALFORM_TOKEN" => Some(TOKEN.to_owned()),
        "DIALFORM_EMAIL" => Some("anna@example.com".to_owned()),
        "DIALFORM_PASSWORD" => Some(PASSWORD.to_owned()),
        _ => None,
    };
    let credentials = Credentials::from_environment(environment, None).unwrap();
    let client = Client::new(config(&server.origin, &server.origin, credentials)).unwrap();
    let (client, body) = (&client, &body());
    let create = || client.create(body, go());
    let outcomes: [_; TOGETHER] = tokio::join!(create(), create(), create(), create()).into();
    let refused = || ApiOutcome::Unauthorized {
        words: "expired".to_owned(),
        renewed: true,
    };
    assert_eq!(outcomes, std::array::from_fn(|_| refused()));
    let logins = || server.received().iter().filter(|request| is_login(request)).count();
    assert_eq!(logins(), 1);
    assert_eq!(
        server.received().len(),
        TOGETHER + 1,
        "no create is sent again by itself"
    );
    assert_eq!(create().await, ApiOutcome::Done(ID.parse().unwrap()));
    assert_eq!(logins(), 1);
}

/// A read and a stop do no harm twice, so they are; a create never is.
#[tokio::test]
async fn a_token_that_is_refused_twice_is_not_got_a_third_time() {
    for said in [r#"{"message":"blocked"}"#, "<html>Sign in</html>", ""] {
        let server = Server::start(move |_, request| {
            if is_login(request) {
                json(200, &format!(r#"{{"token":"{TOKEN}"}}"#))
            } else {
                answer(401, &[], said)
            }
        });
        let client = Client::new(config(&server.origin, &server.origin, login())).unwrap();
        for renewed in [true, false, false] {
            match client.create(&body(), go()).await {
                ApiOutcome::Unauthorized { words, renewed: again } => {
                    assert_eq!((words.as_str(), again), ("blocked", renewed), "{said}");
                }
                ApiOutcome::Unbelieved {
                    status: 401,
                    renewed: again,
                    ..
                } => assert_eq!(again, renewed, "{said}"),
                other => panic!("{said}: {other:?}"),
            }
        }
        let creates = server.received().into_iter().filter(|request| !is_login(request));
        assert_eq!(creates.count(), 3, "{said}");
        assert_eq!(server.received().len(), 5, "{said}: two logins");
        assert!(
            matches!(client.list().await, Err(ApiError::Unauthorized { .. })),
            "{said}"
        );
        assert_eq!(server.received().len(), 6, "{said}");
    }
}

#[tokio::test]
async fn a_token_alone_is_not_renewed() {
    let server = Server::start(|_, _| json(401, r#"{"error":"no"}"#));
    let client = client(&server.origin);
    assert_eq!(
        client.create(&body(), go()).await,
        ApiOutcome::Unauthorized {
            words: "no".to_owned(),
            renewed: false
        }
    );
    assert_eq!(server.received().len(), 1);
    assert!(matches!(client.list().await, Err(ApiError::Unauthorized { .. })));
}

#[tokio::test]
async fn a_refused_login_is_not_repeated_and_sends_no_create() {
    // The server repeats what it was sent, as some do.
    let server = Server::start(|_, request| json(422, &format!(r#"{{"message":{:?}}}"#, request.body)));
    let client = Client::new(config(&server.origin, &server.origin, login())).unwrap();
    for _ in 0..3 {
        let outcome = client.create(&body(), go()).await;
        let ApiOutcome::NotSent { reason, retry: false } = &outcome else {
            panic!("{outcome:?}")
        };
        let words = reason.to_string();
        assert!(words.contains("DIALFORM_PASSWORD") && words.contains("422"), "{words}");
        assert_silent(&outcome, &words);
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_login_that_fails_for_now_may_be_tried_again() {
    let closed = origin(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let outcome = Client::new(config(&closed, &closed, login()))
        .unwrap()
        .create(&body(), go())
        .await;
    assert!(matches!(
        outcome,
        ApiOutcome::NotSent {
            reason: Unsent::Token(TokenError::LoginFailed { .. }),
            retry: true
        }
    ));

    for reply in [
        || answer(503, &[], ""),
        || Reply::Close,
        || json(200, "{}"),
        || answer(302, &["location: /"], ""),
    ] {
        let server = Server::start(move |_, _| reply());
        let outcome = Client::new(config(&server.origin, &server.origin, login()))
            .unwrap()
            .create(&body(), go())
            .await;
        let ApiOutcome::NotSent { reason, retry: true } = &outcome else {
            panic!("{outcome:?}")
        };
        assert_silent(&outcome, &reason.to_string());
        assert!(server.received().iter().all(is_login));
    }
}

#[tokio::test]
async fn a_text_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    for token in [
        "planted-token-3f9c1b77\r\nX-Other: 1",
        "planted-token-3f9c1b77 x",
        "токен-planted-token-3f9c1b77",
        " ",
    ] {
        let server = Server::start(|_, _| Reply::Close);
        let client = Client::new(config(&server.origin, &server.origin, Credentials::token(token))).unwrap();
        let outcome = client.create(&body(), go()).await;
        let ApiOutcome::NotSent { reason, retry: false } = &outcome else {
            panic!("{outcome:?}")
        };
        let words = reason.to_string();
        assert!(words.contains("DIALFORM_TOKEN"), "{words}");
        assert_silent(&outcome, &words);
        assert!(server.received().is_empty());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_command_gives_the_token_and_never_its_output() {
    let server = Server::start(|_, _| json(200, &format!(r#"{{"id":"{ID}"}}"#)));
    let create = |command: &str| {
        let client = Client::new(config(&server.origin, &server.origin, Credentials::command(command))).unwrap();
        async move { client.create(&body(), go()).await }
    };
    assert_eq!(
        create(&format!("echo; echo ' {TOKEN}'")).await,
        ApiOutcome::Done(ID.parse().unwrap())
    );
    assert_eq!(
        server.received()[0].header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );

    for (command, says) in [
        (format!("echo {TOKEN}; echo {TOKEN} >&2; exit 3"), "exit status: 3"),
        (format!("echo {TOKEN}; echo {TOKEN}"), "the output of the token command"),
        ("true".to_owned(), "is empty"),
        (format!("printf '{TOKEN}\\377'"), "the output of the token command"),
    ] {
        let outcome = create(&command).await;
        let ApiOutcome::NotSent { reason, retry: false } = &outcome else {
            panic!("{outcome:?}")
        };
        let words = reason.to_string();
        assert!(words.contains(says), "{words}");
        assert_silent(&outcome, &words);
    }
    assert_eq!(server.received().len(), 1);
}

#[test]
fn credentials_are_read_from_the_environment_and_show_nothing() {
    let with = |set: &'static [(&str, &str)], command: Option<&str>| {
        let variable = |name: &str| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Credentials::from_environment(variable, command.map(str::to_owned))
    };
    assert_eq!(with(&[], None).unwrap_err(), CredentialsError::Missing);
    assert_eq!(
        with(&[("DIALFORM_TOKEN", " ")], None).unwrap_err(),
        CredentialsError::Missing
    );
    let half = with(&[("DIALFORM_PASSWORD", PASSWORD)], None).unwrap_err();
    assert_eq!(
        half,
        CredentialsError::Half {
            present: "DIALFORM_PASSWORD",
            missing: "DIALFORM_EMAIL"
        }
    );
    assert_silent(half.clone(), &half.to_string());

    let all = with(
        &[
            ("DIALFORM_TOKEN", TOKEN),
            ("DIALFORM_EMAIL", "anna@example.com"),
            ("DIALFORM_PASSWORD", PASSWORD),
        ],
        None,
    )
    .unwrap();
    assert_eq!(format!("{all:?}"), r#"Credentials { token: true, renewal: "login" }"#);
    let command = with(&[], Some("pass planted-password-5e0d")).unwrap();
    assert_eq!(
        format!("{command:?}"),
        r#"Credentials { token: false, renewal: "command" }"#
    );
}

#[tokio::test]
async fn a_client_shows_no_secret_even_with_a_token_in_use() {
    let server = Server::start(|_, request| {
        if is_login(request) {
            json(200, &format!(r#"{{"token":"{TOKEN}"}}"#))
        } else {
            json(200, "[]")
        }
    });
    let client = Client::new(config(&server.origin, &server.origin, login())).unwrap();
    assert_eq!(client.list().await, Ok(Vec::new()));
    assert_silent(&client, "");
}

/// A client with this token command, and the service behind it.
#[cfg(unix)]
fn commanded(command: &str) -> (Client, Server) {
    let server = Server::start(|_, _| json(200, &format!(r#"{{"id":"{ID}"}}"#)));
    let client = Client::new(config(&server.origin, &server.origin, Credentials::command(command))).unwrap();
    (client, server)
}

#[cfg(unix)]
#[tokio::test]
async fn the_output_counts_when_the_shell_has_ended_whoever_keeps_it_open() {
    let folder = tempfile::TempDir::new().unwrap();
    let pid = folder.path().join("pid");
    let agent = format!("sleep 300 & echo $! > '{}'; ", pid.display());
    // None, one line, lines as Windows ends them, blanks around it; more than a pipe holds is none of it.
    for printed in [
        format!("echo {TOKEN}"),
        format!("printf '{TOKEN}'"),
        format!("printf '\\n  {TOKEN}\\r\\n\\r\\n'"),
        format!("printf '%3000s{TOKEN}%3000s' ' ' ' '"),
    ] {
        let (client, server) = commanded(&format!("{agent}{printed}"));
        let outcome = client.create(&body(), go()).await;
        assert_eq!(outcome, ApiOutcome::Done(ID.parse().unwrap()), "{printed}");
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(server.received()[0].header("authorization"), Some(bearer.as_str()));
        // The agent is not ended, as it was meant to go on.
        let mut kill = std::process::Command::new("kill");
        let killed = kill.arg(std::fs::read_to_string(&pid).unwrap().trim()).status();
        assert!(killed.unwrap().success(), "{printed}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_command_that_fails_is_told_as_its_own_failure_and_sends_nothing() {
    for (command, says) in [
        (
            "no-such-command-5f0e",
            "exit status: 127: the shell does not find a command",
        ),
        ("/", "exit status: 126: the shell may not run a command"),
        ("exit 3", "exit status: 3"),
        ("kill -9 $$", "signal: 9"),
        ("", "is empty"),
        ("echo a; echo b", "has several lines"),
        ("echo Bearer a", "without \"Bearer\""),
        ("yes planted-token-3f9c1b77", "is longer than 8 KiB"),
        ("head -c 100000 /dev/zero; sleep 300", "is longer than 8 KiB"),
    ] {
        let (client, server) = commanded(command);
        let ApiOutcome::NotSent { reason, retry: false } = client.create(&body(), go()).await else {
            panic!("{command}")
        };
        let words = reason.to_string();
        assert!(words.contains(says), "{command}: {words}");
        assert!(words.contains("token command"), "{words}");
        for misleading in ["the API", "DIALFORM_TOKEN"] {
            assert!(!words.contains(misleading), "{words}");
        }
        assert_silent(&reason, &words);
        let Err(error) = client.list().await else {
            panic!("{command}")
        };
        assert!(!error.to_string().contains("DIALFORM_TOKEN"), "{error}");
        assert!(server.received().is_empty());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_command_that_does_not_end_is_ended() {
    let timeouts = dialform::api::Timeouts {
        command: std::time::Duration::from_millis(200),
        ..super::TIMEOUTS
    };
    let server = Server::start(|_, _| Reply::Close);
    let credentials = Credentials::command("sleep 300 | cat");
    let config = dialform::api::ClientConfig {
        timeouts,
        ..config(&server.origin, &server.origin, credentials)
    };
    let outcome = Client::new(config).unwrap().create(&body(), go()).await;
    assert!(
        matches!(
            outcome,
            ApiOutcome::NotSent {
                reason: Unsent::Token(TokenError::CommandTimedOut { .. }),
                retry: false
            }
        ),
        "{outcome:?}"
    );
    assert!(server.received().is_empty());
}
