//! Getting the token, renewing it, and showing it nowhere.

use std::fmt::Debug;
use std::net::TcpListener;
use std::sync::Barrier;

use dialform::api::{ApiError, Client, Credentials, CredentialsError, Outcome, TokenError, Unsent};

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
        assert_eq!(client.create(&body(), go).await, Outcome::Done(ID.parse().unwrap()));
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
    let create = || client.create(body, go);
    let outcomes: [_; TOGETHER] = tokio::join!(create(), create(), create(), create()).into();
    assert_eq!(outcomes, std::array::from_fn(|_| Outcome::Done(ID.parse().unwrap())));
    assert_eq!(server.received().iter().filter(|request| is_login(request)).count(), 1);
    assert_eq!(server.received().len(), 2 * TOGETHER + 1);
}

#[tokio::test]
async fn a_second_401_is_final() {
    let server = Server::start(|_, request| {
        if is_login(request) {
            json(200, &format!(r#"{{"token":"{TOKEN}"}}"#))
        } else {
            json(401, r#"{"message":"blocked"}"#)
        }
    });
    let client = Client::new(config(&server.origin, &server.origin, login())).unwrap();
    assert_eq!(
        client.create(&body(), go).await,
        Outcome::Unauthorized {
            words: "blocked".to_owned()
        }
    );
    assert_eq!(server.received().len(), 4, "login, create, login, create");
}

#[tokio::test]
async fn a_token_alone_is_not_renewed() {
    let server = Server::start(|_, _| answer(401, &[], ""));
    let client = client(&server.origin);
    assert_eq!(
        client.create(&body(), go).await,
        Outcome::Unauthorized {
            words: "Unauthorized".to_owned()
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
        let outcome = client.create(&body(), go).await;
        let Outcome::Unauthorized { words } = &outcome else {
            panic!("{outcome:?}")
        };
        assert!(words.contains("DIALFORM_PASSWORD") && words.contains("422"), "{words}");
        assert_silent(&outcome, words);
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_login_that_fails_for_now_may_be_tried_again() {
    let closed = origin(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let outcome = Client::new(config(&closed, &closed, login()))
        .unwrap()
        .create(&body(), go)
        .await;
    assert!(matches!(
        outcome,
        Outcome::NotSent {
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
            .create(&body(), go)
            .await;
        let Outcome::NotSent { reason, retry: true } = &outcome else {
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
        let outcome = client.create(&body(), go).await;
        let Outcome::Unauthorized { words } = &outcome else {
            panic!("{outcome:?}")
        };
        assert!(words.contains("DIALFORM_TOKEN"), "{words}");
        assert_silent(&outcome, words);
        assert!(server.received().is_empty());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_command_gives_the_token_and_never_its_output() {
    let server = Server::start(|_, _| json(200, &format!(r#"{{"id":"{ID}"}}"#)));
    let create = |command: &str| {
        let client = Client::new(config(&server.origin, &server.origin, Credentials::command(command))).unwrap();
        async move { client.create(&body(), go).await }
    };
    assert_eq!(
        create(&format!("echo; echo ' {TOKEN}'")).await,
        Outcome::Done(ID.parse().unwrap())
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
        let Outcome::Unauthorized { words } = &outcome else {
            panic!("{outcome:?}")
        };
        assert!(words.contains(says), "{words}");
        assert_silent(&outcome, words);
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
    assert_silent(half, &half.to_string());

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
