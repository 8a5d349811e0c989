//! A state of its own in a real store of any kind, with what the program and a test need to reach it.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use dialform::state::StoreAt;
use dialform::state::remote::{RemoteAddress, RemoteStore, StoreEnvironment, StoreLimits};
use uuid::Uuid;

use super::gitlab::{GitlabServer, PROJECT};
use super::moto::MotoServer;
use super::postgres::{PASSWORD, PostgresServer, USER};

/// The stores that can be had here, as real as they can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    /// PostgreSQL itself.
    Postgres,
    /// S3 as moto speaks it, one request after another.
    S3,
    /// A stand-in that keeps GitLab's rules.
    Gitlab,
}

/// A state that nobody else has, in a server that runs.
#[derive(Clone, Debug)]
pub(crate) struct StoredState {
    pub(crate) kind: StoreKind,
    pub(crate) port: u16,
    /// The database or the bucket.
    place: String,
    name: String,
}

impl StoredState {
    /// `None`, said aloud, where the server cannot be had.
    pub(crate) fn new(kind: StoreKind) -> Option<Self> {
        // Servers are set up by runtimes of their own.
        let found = std::thread::spawn(move || server(kind)).join().unwrap();
        let (port, place) = found?;
        let name = format!("s{}", Uuid::new_v4().simple());
        Some(Self {
            kind,
            port,
            place,
            name,
        })
    }

    /// A state in a bucket that some other service has.
    pub(crate) fn in_bucket(port: u16, bucket: &str) -> Self {
        Self {
            kind: StoreKind::S3,
            port,
            place: bucket.to_owned(),
            name: format!("s{}", Uuid::new_v4().simple()),
        }
    }

    /// The same state, reached by another port.
    pub(crate) fn through(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// What `--state` takes.
    pub(crate) fn text(&self) -> String {
        let Self {
            kind,
            port,
            place,
            name,
        } = self;
        match kind {
            StoreKind::Postgres => format!("postgres://127.0.0.1:{port}/{place}?state={name}"),
            StoreKind::S3 => format!("s3://{place}/{name}"),
            StoreKind::Gitlab => format!("http://127.0.0.1:{port}{PROJECT}{name}"),
        }
    }

    /// The environment that leads there.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let endpoint = ("AWS_ENDPOINT_URL_S3", format!("http://127.0.0.1:{}", self.port));
        let credentials = CREDENTIALS.map(|(name, value)| (name, value.to_owned()));
        credentials.into_iter().chain([endpoint]).collect()
    }

    pub(crate) fn open(&self) -> Box<dyn RemoteStore> {
        self.open_with(StoreLimits::default())
    }

    pub(crate) fn open_with(&self, limits: StoreLimits) -> Box<dyn RemoteStore> {
        let address: RemoteAddress = self.text().parse().unwrap();
        let variables = self.variables();
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        let environment = StoreEnvironment::new(&variable, None).limits(limits);
        address.open(&environment).unwrap()
    }

    /// For a machine with this folder.
    pub(crate) fn at(&self, folder: &Path) -> StoreAt {
        StoreAt::new(Arc::from(self.open()), folder)
    }
}

/// The port of a server, and the place in it that all tests share.
fn server(kind: StoreKind) -> Option<(u16, String)> {
    static DATABASE: OnceLock<String> = OnceLock::new();
    static BUCKET: OnceLock<String> = OnceLock::new();
    Some(match kind {
        StoreKind::Postgres => {
            let server = PostgresServer::get()?;
            (server.port(), DATABASE.get_or_init(|| server.database()).clone())
        }
        StoreKind::S3 => {
            let server = MotoServer::get()?;
            (server.port(), BUCKET.get_or_init(|| server.bucket()).clone())
        }
        StoreKind::Gitlab => (GitlabServer::start(409).web.port, String::new()),
    })
}

/// Everything that any of the stores asks the environment for.
pub(crate) const CREDENTIALS: [(&str, &str); 5] = [
    ("PGUSER", USER),
    ("PGPASSWORD", PASSWORD),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "hunter2hunter2"),
    ("DIALFORM_STATE_TOKEN", "own-token"),
];
