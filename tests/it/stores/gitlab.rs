//! A state in GitLab, as a stand-in keeps it: the rules are those of GitLab's documentation and of its own code, which has a
//! unique index over a state and its serial; a real GitLab was not tried.

use std::collections::BTreeMap;
use std::sync::Mutex;

use dialform::state::remote::{RemoteAddress, RemoteError, RemoteStore, StoreEnvironment, WriteError, probe};

use super::conformance::conformance;
use super::open;
use super::web::{WebAnswer, WebRequest, WebServer};

/// The address of a project's states.
pub(crate) const PROJECT: &str = "/api/v4/projects/42/terraform/state/";

/// A stand-in for GitLab.
pub(crate) struct GitlabServer {
    pub(crate) web: WebServer,
}

#[derive(Default)]
struct GitlabState {
    /// The documents by their serials, of which the last is what readers get.
    versions: BTreeMap<u64, Vec<u8>>,
    lock: Option<String>,
}

impl GitlabServer {
    /// What it answers to who uses a serial that is used already.
    pub(crate) fn start(answer_to_used_serial: u16) -> Self {
        let states: Mutex<BTreeMap<String, GitlabState>> = Mutex::default();
        let web = WebServer::start(move |request| {
            // `gitlab-ci-token:job-token` and `dialform:own-token`.
            let known = [
                "Basic Z2l0bGFiLWNpLXRva2VuOmpvYi10b2tlbg==",
                "Basic ZGlhbGZvcm06b3duLXRva2Vu",
            ];
            if !request
                .header("authorization")
                .is_some_and(|given| known.contains(&given))
            {
                return message(401, "401 Unauthorized");
            }
            answer(&mut states.lock().unwrap(), request, answer_to_used_serial)
        });
        Self { web }
    }

    pub(crate) fn address(&self, state: &str) -> RemoteAddress {
        let text = format!("http://127.0.0.1:{}{PROJECT}{state}", self.web.port);
        text.parse().unwrap()
    }
}

fn message(status: u16, words: &str) -> WebAnswer {
    WebAnswer::new(status, serde_json::json!({ "message": words }).to_string())
}

fn answer(states: &mut BTreeMap<String, GitlabState>, request: &WebRequest, used: u16) -> WebAnswer {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let Some(name) = path.strip_prefix(PROJECT) else {
        return message(404, "404 Project Not Found");
    };
    let (name, is_lock) = name.strip_suffix("/lock").map_or((name, false), |name| (name, true));
    let id = query.strip_prefix("ID=").map(str::to_owned);
    match (request.method.as_str(), is_lock) {
        ("GET", false) => match states.get(name).map(|state| state.versions.last_key_value()) {
            Some(Some((_, document))) => WebAnswer::new(200, document.clone()),
            Some(None) => WebAnswer::new(204, ""),
            None => message(404, "404 Not Found"),
        },
        ("POST", false) => {
            let state = states.entry(name.to_owned()).or_default();
            if state.lock.is_some() && state.lock != id {
                return message(409, "409 Conflict: the state is locked");
            }
            let json: Option<serde_json::Value> = serde_json::from_slice(&request.body).ok();
            let Some(serial) = json.as_ref().and_then(|json| json.get("serial")?.as_u64()) else {
                return message(400, "serial is missing");
            };
            if state.versions.contains_key(&serial) {
                return message(used, "the serial is used");
            }
            state.versions.insert(serial, request.body.clone());
            WebAnswer::new(200, "")
        }
        ("DELETE", false) => {
            states.remove(name);
            WebAnswer::new(200, "")
        }
        ("POST", true) => {
            let state = states.entry(name.to_owned()).or_default();
            let json: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            if state.lock.is_some() {
                return message(409, "409 Conflict");
            }
            state.lock = json["ID"].as_str().map(str::to_owned);
            WebAnswer::new(200, "{}")
        }
        _ => message(405, "405 Method Not Allowed"),
    }
}

/// A token of one's own, as the environment has it.
pub(crate) fn variables(name: &str) -> Option<String> {
    (name == "DIALFORM_STATE_TOKEN").then(|| "own-token".to_owned())
}

/// As GitLab answers today where an index refuses a row, and as it would answer if it caught that.
mod conforming {
    use super::*;

    fn gitlab(used: u16) -> Option<impl Fn() -> Box<dyn RemoteStore>> {
        let server = GitlabServer::start(used);
        Some(move || open(&server.address("production"), &variables).unwrap())
    }

    mod with_500 {
        use super::*;
        conformance!(gitlab(500));
    }

    mod with_409 {
        use super::*;
        conformance!(gitlab(409));
    }

    mod with_422 {
        use super::*;
        conformance!(gitlab(422));
    }
}

#[test]
fn the_token_of_the_job_goes_to_its_own_gitlab_only() {
    let server = GitlabServer::start(409);
    let address = server.address("a");
    let with = |url: String| {
        move |name: &str| match name {
            "CI_JOB_TOKEN" => Some("job-token".to_owned()),
            "CI_SERVER_URL" => Some(url.clone()),
            _ => None,
        }
    };
    let own = with(format!("http://127.0.0.1:{}", server.web.port));
    open(&address, &own).unwrap().write_head(None, b"one").unwrap();
    for other in [
        "https://gitlab.example.com".to_owned(),
        format!("http://127.0.0.1:{}", server.web.port.wrapping_add(1)),
        format!("https://127.0.0.1:{}", server.web.port),
        format!("http://127.0.0.1:{}/gitlab", server.web.port),
    ] {
        let error = open(&address, &with(other.clone())).unwrap_err();
        assert!(
            matches!(&error, RemoteError::NoCredentials { what, .. } if what.contains("CI_SERVER_URL")),
            "{other}: {error}"
        );
        assert!(!error.to_string().contains("job-token"), "{error}");
    }
    let elsewhere: RemoteAddress = "https://gitlab.example.com/api/v4/projects/1/terraform/state/a"
        .parse()
        .unwrap();
    let error = open(&elsewhere, &variables).unwrap_err();
    assert!(
        error.to_string().contains("DIALFORM_STATE_HOSTS=gitlab.example.com"),
        "{error}"
    );
    let error = open(&address, &|_| None).unwrap_err();
    assert!(error.to_string().contains("DIALFORM_STATE_TOKEN"), "{error}");
}

#[test]
fn a_lock_that_a_person_set_is_respected_and_said() {
    let server = GitlabServer::start(409);
    let store = open(&server.address("a"), &variables).unwrap();
    let version = store.write_head(None, b"one").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = format!("http://127.0.0.1:{}{PROJECT}a/lock", server.web.port);
    runtime.block_on(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap();
        let request = client
            .post(url)
            .basic_auth("dialform", Some("own-token"))
            .body("{\"ID\":\"a person\"}");
        assert!(request.send().await.unwrap().status().is_success());
    });
    let error = store.write_head(Some(&version), b"two").unwrap_err();
    assert!(matches!(error, WriteError::NotWritten(_)), "{error:?}");
    assert!(error.to_string().contains("unlock it in GitLab"), "{error}");
    assert_eq!(store.read_head().unwrap().unwrap().bytes, b"one");
}

#[test]
fn a_state_of_terraform_is_not_taken_for_one() {
    let web =
        WebServer::start(|_| WebAnswer::new(200, "{\"version\":4,\"serial\":7,\"lineage\":\"x\",\"resources\":[]}"));
    let address = format!("http://127.0.0.1:{}{PROJECT}a", web.port).parse().unwrap();
    let store = open(&address, &variables).unwrap();
    assert!(matches!(store.read_head(), Err(RemoteError::NotOurs { .. })));
    let error = store.write_head(None, b"one").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::NotOurs { .. })),
        "{error:?}"
    );
    assert!(web.seen().iter().all(|request| request.method == "GET"));
}

#[test]
fn what_it_refuses_is_said_without_the_token() {
    let server = GitlabServer::start(409);
    let wrong = |name: &str| (name == "DIALFORM_STATE_TOKEN").then(|| "hunter2hunter2".to_owned());
    let store = open(&server.address("a"), &wrong).unwrap();
    let error = store.read_head().unwrap_err();
    assert!(matches!(error, RemoteError::Denied { .. }), "{error:?}");
    assert!(!format!("{error:?} {store:?}").contains("hunter2"));
}

#[test]
fn the_probe_leaves_nothing_behind_and_sees_serials_that_are_used_twice() {
    let server = GitlabServer::start(500);
    probe(&server.address("a"), &StoreEnvironment::new(&variables, None), 8).unwrap();
    let seen = server.web.seen();
    assert_eq!(seen.last().map(|request| request.method.as_str()), Some("DELETE"));

    // One that takes every document.
    let kept: Mutex<Option<Vec<u8>>> = Mutex::default();
    let web = WebServer::start(move |request| match request.method.as_str() {
        "GET" => match &*kept.lock().unwrap() {
            Some(document) => WebAnswer::new(200, document.clone()),
            None => WebAnswer::new(404, ""),
        },
        "POST" => {
            *kept.lock().unwrap() = Some(request.body.clone());
            WebAnswer::new(200, "")
        }
        _ => WebAnswer::new(200, ""),
    });
    let address: RemoteAddress = format!("http://127.0.0.1:{}{PROJECT}a", web.port).parse().unwrap();
    let error = probe(&address, &StoreEnvironment::new(&variables, None), 8).unwrap_err();
    assert!(matches!(error, RemoteError::IgnoresConditions { .. }), "{error:?}");
}
