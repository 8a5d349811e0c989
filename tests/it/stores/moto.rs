//! A state in S3, as moto from PyPI speaks it: it honours both conditions, one request after another. `moto_server` has
//! threads, and nothing keeps the look and the write of one of them together, so that two may win a race there.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use dialform::state::remote::{RemoteAddress, RemoteError, RemoteStore, StoreEnvironment, WriteError, probe};

use super::conformance::conformance;
use super::open;
use super::server::{Server, free_port};
use crate::common::command::in_repository;

/// A service like S3 of this process's own.
pub(crate) struct MotoServer(Server);

impl MotoServer {
    /// The server that all tests share, or `None`, said aloud, where there is none.
    pub(crate) fn get() -> Option<&'static Self> {
        static SERVER: OnceLock<Result<MotoServer, String>> = OnceLock::new();
        match SERVER.get_or_init(Self::start) {
            Ok(server) => Some(server),
            Err(why) => {
                eprintln!("SKIPPED: moto_server cannot be had here (`.ci/stores.sh` puts it into target/moto): {why}");
                None
            }
        }
    }

    fn start() -> Result<Self, String> {
        const WITHOUT_THREADS: &str = "import sys; from werkzeug.serving import run_simple; \
            from moto.server import DomainDispatcherApplication, create_backend_app; \
            run_simple('127.0.0.1', int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=False)";
        let python = python().ok_or("no moto_server is here")?;
        let port = free_port();
        let mut command = Command::new(python);
        command.args(["-c", WITHOUT_THREADS, &port.to_string()]);
        Server::start(&mut command, port).map(Self)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// A bucket that nobody else has.
    pub(crate) fn bucket(&self) -> String {
        let name = format!("b{}", uuid::Uuid::new_v4().simple());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let url = format!("{}/{name}", self.endpoint());
        let answer = runtime.block_on(async { client().put(url).send().await.unwrap() });
        assert!(answer.status().is_success(), "{answer:?}");
        name
    }

    /// The address of a state in a bucket.
    pub(crate) fn address(&self, bucket: &str, prefix: &str) -> RemoteAddress {
        RemoteAddress::parse(&format!("s3://{bucket}/{prefix}"), Some(&self.endpoint()), None).unwrap()
    }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

/// The Python that has moto.
fn python() -> Option<PathBuf> {
    find_program("moto", "moto_server").map(|program| program.with_file_name("python3"))
}

/// A program where `.ci/stores.sh` puts it, a folder of `target`, or in `PATH`.
pub(super) fn find_program(folder: &str, name: &str) -> Option<PathBuf> {
    let own = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| in_repository("target"), PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [own.join(folder).join("bin")]
        .into_iter()
        .chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(name)).find(|program| program.exists())
}

fn variables(name: &str) -> Option<String> {
    match name {
        "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE".to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("hunter2hunter2".to_owned()),
        _ => None,
    }
}

mod conforming {
    use super::*;

    fn moto() -> Option<impl Fn() -> Box<dyn RemoteStore>> {
        let server = MotoServer::get()?;
        let address = server.address(&server.bucket(), "twin/production");
        Some(move || open(&address, &variables).unwrap())
    }

    conformance!(moto());
}

#[test]
fn states_in_one_bucket_are_kept_apart() {
    let Some(server) = MotoServer::get() else { return };
    let bucket = server.bucket();
    let [a, b] = ["twin/a", "twin/a/b"].map(|prefix| open(&server.address(&bucket, prefix), &variables).unwrap());
    a.put_snapshot("s", b"of a").unwrap();
    a.write_head(None, b"a").unwrap();
    assert_eq!(b.read_head().unwrap(), None);
    assert!(b.snapshot_names().unwrap().is_empty());
    b.write_head(None, b"b").unwrap();
    assert_eq!(a.read_head().unwrap().unwrap().bytes, b"a");
}

#[test]
fn a_bucket_that_is_not_there_is_no_empty_state() {
    let Some(server) = MotoServer::get() else { return };
    let store = open(&server.address("no-such-bucket", "a"), &variables).unwrap();
    let error = store.read_head().unwrap_err();
    assert!(matches!(error, RemoteError::NoPlace { .. }), "{error:?}");
    let error = store.write_head(None, b"one").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::NoPlace { .. })),
        "{error:?}"
    );
}

#[test]
fn a_role_is_taken_on_with_the_token_of_the_job() {
    let Some(server) = MotoServer::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    let address = server.address(&server.bucket(), "a");
    let variable = |name: &str| match name {
        "AWS_ROLE_ARN" => Some("arn:aws:iam::123456789012:role/dialform".to_owned()),
        "AWS_WEB_IDENTITY_TOKEN_FILE" => Some(token.display().to_string()),
        "AWS_ENDPOINT_URL_STS" => Some(server.endpoint()),
        _ => None,
    };
    let store = open(&address, &variable).unwrap();
    let error = store.read_head().unwrap_err();
    assert!(
        matches!(&error, RemoteError::NoCredentials { what, .. } if what.contains("token")),
        "{error:?}"
    );
    std::fs::write(&token, "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl\n").unwrap();
    store.write_head(None, b"one").unwrap();
    assert_eq!(store.read_head().unwrap().unwrap().bytes, b"one");
    assert!(!format!("{store:?}").contains("eyJ"), "{store:?}");
}

#[test]
fn keys_of_the_usual_file_are_found() {
    let Some(server) = MotoServer::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let text = "[other]\naws_access_key_id = x\n[teams]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key=hunter2hunter2\n";
    std::fs::write(&file, text).unwrap();
    let address = server.address(&server.bucket(), "a");
    let with = |profile: &'static str| {
        let file = file.display().to_string();
        move |name: &str| match name {
            "AWS_SHARED_CREDENTIALS_FILE" => Some(file.clone()),
            "AWS_PROFILE" => Some(profile.to_owned()),
            _ => None,
        }
    };
    open(&address, &with("teams"))
        .unwrap()
        .write_head(None, b"one")
        .unwrap();
    let error = open(&address, &with("nobody")).unwrap_err();
    assert!(error.to_string().contains("`nobody`"), "{error}");
}

#[test]
fn keys_go_only_to_endpoints_that_the_environment_names() {
    let address = RemoteAddress::parse("s3://bucket/a", Some("https://s3.example.com"), None).unwrap();
    let with = |more: &'static [(&'static str, &'static str)]| {
        move |name: &str| {
            let found = more.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned()).or_else(|| variables(name))
        }
    };
    let error = open(&address, &with(&[])).unwrap_err();
    assert!(
        error.to_string().contains("DIALFORM_STATE_HOSTS=s3.example.com"),
        "{error}"
    );
    open(&address, &with(&[("DIALFORM_STATE_HOSTS", "s3.example.com")])).unwrap();
    open(&address, &with(&[("AWS_ENDPOINT_URL", "https://s3.example.com/")])).unwrap();
    let other = with(&[("AWS_ENDPOINT_URL_S3", "https://s3.example.org/")]);
    assert!(matches!(
        open(&address, &other),
        Err(RemoteError::HostNotAllowed { .. })
    ));

    // Amazon's own need no leave, but a region.
    let amazon: RemoteAddress = "s3://bucket/a".parse().unwrap();
    let error = open(&amazon, &with(&[])).unwrap_err();
    assert!(error.to_string().contains("AWS_REGION"), "{error}");
    open(&amazon, &with(&[("AWS_REGION", "eu-central-1")])).unwrap();
    let error = open(&amazon, &with(&[("AWS_REGION", "example.com/")])).unwrap_err();
    assert!(matches!(error, RemoteError::NoPlace { .. }), "{error:?}");
    let none = |_: &str| None;
    let error = RemoteAddress::parse("s3://bucket/a", None, Some("eu-central-1")).unwrap();
    let error = open(&error, &none).unwrap_err();
    assert!(
        matches!(&error, RemoteError::NoCredentials { what, .. } if what.contains("AWS_ACCESS_KEY_ID")),
        "{error:?}"
    );
}

#[test]
fn the_probe_leaves_nothing_behind() {
    let Some(server) = MotoServer::get() else { return };
    let bucket = server.bucket();
    probe(
        &server.address(&bucket, "a"),
        &StoreEnvironment::new(&variables, None),
        8,
    )
    .unwrap();
    let url = format!("{}/{bucket}?list-type=2", server.endpoint());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let list = runtime.block_on(async { client().get(url).send().await.unwrap().text().await.unwrap() });
    assert!(list.contains("<KeyCount>0</KeyCount>"), "{list}");
}
