//! A state in a real PostgreSQL, which tests start for themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use dialform::state::remote::{RemoteAddress, RemoteError, RemoteStore, StoreEnvironment, WriteError, probe};
use tokio_postgres::{Config, NoTls};

use super::conformance::conformance;
use super::server::{Server, free_port};
use crate::common::certificate::{certificate, pem};

pub(crate) const USER: &str = "dialform";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A PostgreSQL of this process's own, or `None`, said aloud, where there is none.
pub(crate) struct PostgresServer {
    server: Server,
    folder: tempfile::TempDir,
}

impl PostgresServer {
    /// The server that all tests share.
    pub(crate) fn get() -> Option<&'static Self> {
        static SERVER: OnceLock<Result<PostgresServer, String>> = OnceLock::new();
        match SERVER.get_or_init(Self::start) {
            Ok(server) => Some(server),
            Err(why) => {
                eprintln!("SKIPPED: PostgreSQL cannot be had here (Debian has it as `postgresql`): {why}");
                None
            }
        }
    }

    fn start() -> Result<Self, String> {
        let programs = programs().ok_or("no initdb is here")?;
        let folder = tempfile::Builder::new().prefix("dialform-pg").tempdir().unwrap();
        let data = folder.path().join("data");
        let passwords = folder.path().join("password");
        fs::write(&passwords, PASSWORD).unwrap();
        let (chain, key) = certificate();
        fs::write(folder.path().join("ca.pem"), pem(&chain)).unwrap();
        let key = pem(key.secret_der()).replace("CERTIFICATE", "PRIVATE KEY");
        let key_file = folder.path().join("key.pem");
        fs::write(&key_file, key).unwrap();
        // It refuses to run as root, and to use a key that others can read.
        let as_user = as_user(folder.path());
        run(as_user("chmod").arg("600").arg(&key_file))?;
        let mut initdb = as_user(programs.join("initdb").to_str().unwrap());
        initdb.arg("-D").arg(&data).args([
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "--no-locale",
            "-E",
            "UTF8",
            "--no-sync",
        ]);
        run(initdb.arg("--pwfile").arg(&passwords))?;
        let port = free_port();
        let mut postgres = as_user(programs.join("postgres").to_str().unwrap());
        postgres.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        let certificate = format!("ssl_cert_file={}", folder.path().join("ca.pem").display());
        let key = format!("ssl_key_file={}", key_file.display());
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=100",
            // What dialform must set by itself.
            "synchronous_commit=off",
            "ssl=on",
            &certificate,
            &key,
        ] {
            postgres.args(["-c", setting]);
        }
        let server = Server::start(&mut postgres, port)?;
        let started = Self { server, folder };
        // It listens before it lets anybody in.
        for _ in 0..500 {
            if started.ask("postgres", "SELECT 1").is_ok() {
                return Ok(started);
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Err("it lets nobody in".to_owned())
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Runs statements as the administrator; gives the first column of the rows.
    pub(crate) fn ask(&self, database: &str, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut config = Config::new();
            config
                .host("127.0.0.1")
                .port(self.port())
                .user(USER)
                .password(PASSWORD)
                .dbname(database);
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            let messages = client.simple_query(sql).await?;
            let rows = messages.into_iter().filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
                _ => None,
            });
            Ok(rows.collect())
        })
    }

    /// A database that nobody else has.
    pub(crate) fn database(&self) -> String {
        let name = format!("d{}", uuid::Uuid::new_v4().simple());
        self.ask("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        name
    }

    /// The address of a state in a database.
    pub(crate) fn address(&self, database: &str, state: &str) -> String {
        format!("postgres://127.0.0.1:{}/{database}?state={state}", self.port())
    }
}

/// The folder of the server's programs: Debian keeps them out of the way.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = folders.chain(std::env::split_paths(&path)).collect();
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// Commands that run as somebody other than root, who owns the folder.
pub(super) fn as_user(folder: &Path) -> impl Fn(&str) -> Command + use<> {
    const NOBODY: u32 = 65534;
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if is_root {
        let inside = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for path in inside.chain([folder.to_owned()]) {
            std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    move |program| {
        if !is_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", program]);
        command
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

pub(super) fn variables(name: &str) -> Option<String> {
    match name {
        "PGUSER" => Some(USER.to_owned()),
        "PGPASSWORD" => Some(PASSWORD.to_owned()),
        _ => None,
    }
}

/// A store at that address.
pub(super) fn open(
    address: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Box<dyn RemoteStore>, RemoteError> {
    super::open(&address.parse().unwrap(), variable)
}

mod conforming {
    use super::*;

    fn postgres() -> Option<impl Fn() -> Box<dyn RemoteStore>> {
        let server = PostgresServer::get()?;
        let address = server.address(&server.database(), "production");
        Some(move || open(&address, &variables).unwrap())
    }

    conformance!(postgres());
}

#[test]
fn states_in_one_database_are_kept_apart_and_over_tls() {
    let Some(server) = PostgresServer::get() else { return };
    let database = server.database();
    let [a, b] = ["a", "b"].map(|state| {
        let address = server.address(&database, state) + "&sslmode=verify-full";
        let ca_file = server.ca_file();
        let environment = StoreEnvironment::new(&variables, Some(&ca_file));
        address.parse::<RemoteAddress>().unwrap().open(&environment).unwrap()
    });
    a.put_snapshot("s", b"of a").unwrap();
    a.write_head(None, b"a").unwrap();
    assert_eq!(b.read_head().unwrap(), None);
    assert_eq!(b.get_snapshot("s").unwrap(), None);
    b.write_head(None, b"b").unwrap();
    assert_eq!(a.read_head().unwrap().unwrap().bytes, b"a");

    // The system does not know its certificate authority.
    let stranger = open(&(server.address(&database, "a") + "&sslmode=require"), &variables).unwrap();
    let error = stranger.read_head().unwrap_err();
    assert!(matches!(error, RemoteError::NotTrusted { .. }), "{error}");
    assert!(error.to_string().contains("--ca-file"), "{error}");
}

#[test]
fn a_write_is_durable_though_the_server_would_not_wait() {
    let Some(server) = PostgresServer::get() else { return };
    let database = server.database();
    let store = open(&server.address(&database, "a"), &variables).unwrap();
    let version = store.write_head(None, b"one").unwrap();
    // The statement sees what the commit will do.
    server
        .ask(
            &database,
            "CREATE TABLE seen (setting text);
             CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
             CREATE TRIGGER see AFTER INSERT OR UPDATE ON dialform.head FOR EACH ROW EXECUTE FUNCTION see();
             CREATE TRIGGER see AFTER INSERT ON dialform.snapshot FOR EACH ROW EXECUTE FUNCTION see();",
        )
        .unwrap();
    store.put_snapshot("s", b"").unwrap();
    store.write_head(Some(&version), b"two").unwrap();
    open(&server.address(&database, "b"), &variables)
        .unwrap()
        .write_head(None, b"three")
        .unwrap();
    assert_eq!(
        server.ask(&database, "SELECT setting FROM seen").unwrap(),
        ["on", "on", "on"]
    );
    assert_eq!(server.ask(&database, "SHOW synchronous_commit").unwrap(), ["off"]);
}

#[test]
fn who_only_reads_creates_nothing_and_needs_no_right_to() {
    let Some(server) = PostgresServer::get() else { return };
    let database = server.database();
    let reader = format!("reader_{database}");
    server
        .ask(&database, &format!("CREATE ROLE {reader} LOGIN PASSWORD 'only reads'"))
        .unwrap();
    let as_reader = |name: &str| match name {
        "PGUSER" => Some(reader.clone()),
        "PGPASSWORD" => Some("only reads".to_owned()),
        _ => None,
    };
    let address = server.address(&database, "a");
    let store = open(&address, &as_reader).unwrap();
    assert_eq!(store.read_head().unwrap(), None);
    assert_eq!(
        server
            .ask(&database, "SELECT 1 FROM pg_namespace WHERE nspname = 'dialform'")
            .unwrap()
            .len(),
        0
    );

    let version = open(&address, &variables).unwrap().write_head(None, b"one").unwrap();
    let grant = format!(
        "GRANT USAGE ON SCHEMA dialform TO {reader}; GRANT SELECT ON ALL TABLES IN SCHEMA dialform TO {reader}"
    );
    server.ask(&database, &grant).unwrap();
    assert_eq!(store.read_head().unwrap().unwrap().bytes, b"one");
    let refused = store.write_head(Some(&version), b"two").unwrap_err();
    assert!(
        matches!(refused, WriteError::NotWritten(RemoteError::Denied { .. })),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("permission denied"), "{refused}");
}

#[test]
fn what_is_not_of_this_version_is_refused() {
    let Some(server) = PostgresServer::get() else { return };
    let database = server.database();
    let address = server.address(&database, "a");
    let version = open(&address, &variables).unwrap().write_head(None, b"one").unwrap();
    server.ask(&database, "UPDATE dialform.format SET version = 2").unwrap();
    let store = open(&address, &variables).unwrap();
    let error = store.read_head().unwrap_err();
    assert!(matches!(error, RemoteError::NotOurs { .. }), "{error:?}");
    let error = store.write_head(Some(&version), b"two").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::NotOurs { .. })),
        "{error:?}"
    );
}

#[test]
fn a_connection_that_the_server_closed_is_made_again() {
    let Some(server) = PostgresServer::get() else { return };
    let database = server.database();
    let store = open(&server.address(&database, "a"), &variables).unwrap();
    let version = store.write_head(None, b"one").unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND \
               application_name = 'dialform'";
    assert_eq!(server.ask(&database, end).unwrap(), ["t"]);
    // It may be noticed only by what is sent, and then nobody knows; what comes next works.
    let version = match store.write_head(Some(&version), b"two") {
        Ok(version) => version,
        Err(WriteError::Unknown(_)) => {
            assert_eq!(store.read_head().unwrap().unwrap().bytes, b"one");
            store.write_head(Some(&version), b"two").unwrap()
        }
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(store.read_head().unwrap().unwrap().version, version);
}

#[test]
fn what_is_wrong_is_said_without_the_password() {
    let Some(server) = PostgresServer::get() else { return };
    let with = |user: Option<&'static str>, password: Option<&'static str>| {
        move |name: &str| match name {
            "PGUSER" => user.map(str::to_owned),
            "PGPASSWORD" => password.map(str::to_owned),
            _ => None,
        }
    };
    let address = server.address("postgres", "a");
    let wrong = with(Some(USER), Some("hunter2hunter2"));
    let wrong = open(&address, &wrong).unwrap();
    assert!(!format!("{wrong:?}").contains("hunter2"), "{wrong:?}");
    let error = wrong.write_head(None, b"one").unwrap_err();
    assert!(
        matches!(error, WriteError::NotWritten(RemoteError::Denied { .. })),
        "{error:?}"
    );
    assert!(!error.to_string().contains("hunter2"), "{error}");

    let none = with(Some(USER), None);
    let error = open(&address, &none).unwrap().read_head().unwrap_err();
    assert!(
        matches!(&error, RemoteError::NoCredentials { what, .. } if what.contains("PGPASSWORD")),
        "{error:?}"
    );
    let nobody = with(None, None);
    let error = open(&address, &nobody).unwrap_err();
    assert!(
        matches!(&error, RemoteError::NoCredentials { what, .. } if what.contains("PGUSER")),
        "{error:?}"
    );
    let error = open(&server.address("nothing", "a"), &variables)
        .unwrap()
        .read_head()
        .unwrap_err();
    assert!(matches!(error, RemoteError::NoPlace { .. }), "{error:?}");
}

#[test]
fn a_password_goes_only_to_hosts_that_the_environment_names() {
    let address = "postgres://db.example.com/d?state=a";
    let with = |more: &'static [(&'static str, &'static str)]| {
        move |name: &str| {
            let found = more.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned()).or_else(|| variables(name))
        }
    };
    let alone = with(&[]);
    let error = open(address, &alone).unwrap_err();
    assert!(
        error.to_string().contains("DIALFORM_STATE_HOSTS=db.example.com"),
        "{error}"
    );
    let other = with(&[
        ("PGHOST", "db.example.org"),
        ("DIALFORM_STATE_HOSTS", "db.example.com:5433"),
    ]);
    assert!(matches!(open(address, &other), Err(RemoteError::HostNotAllowed { .. })));
    for names in [
        with(&[("PGHOST", "db.example.com")]),
        with(&[("DIALFORM_STATE_HOSTS", "s3.example.com db.example.com")]),
    ] {
        open(address, &names).unwrap();
    }
}

#[test]
fn the_file_of_passwords_is_read_as_psql_reads_it() {
    let Some(server) = PostgresServer::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pgpass");
    let text = format!(
        "# one\nelsewhere:*:*:*:wrong\n127.0.0.1:{}:*:{USER}:{PASSWORD}\n*:*:*:*:wrong\n",
        server.port()
    );
    fs::write(&file, text).unwrap();
    let variable = |name: &str| match name {
        "PGUSER" => Some(USER.to_owned()),
        "PGPASSFILE" => Some(file.display().to_string()),
        _ => None,
    };
    let address = server.address("postgres", "pgpass");
    let loose = open(&address, &variable).unwrap().read_head().unwrap_err();
    assert!(matches!(loose, RemoteError::NoCredentials { .. }), "{loose:?}");
    run(Command::new("chmod").arg("600").arg(&file)).unwrap();
    assert_eq!(open(&address, &variable).unwrap().read_head().unwrap(), None);
    // A line for every host does not allow one that only the project names.
    let elsewhere = open("postgres://db.example.com/d?state=a", &variable).unwrap_err();
    assert!(matches!(elsewhere, RemoteError::HostNotAllowed { .. }), "{elsewhere:?}");
    open("postgres://elsewhere/d?state=a", &variable).unwrap();
}

#[test]
fn the_probe_leaves_nothing_behind() {
    let Some(server) = PostgresServer::get() else { return };
    let database = server.database();
    let address: RemoteAddress = server.address(&database, "a").parse().unwrap();
    probe(&address, &StoreEnvironment::new(&variables, None), 8).unwrap();
    let left = server.ask(
        &database,
        "SELECT state FROM dialform.head UNION ALL SELECT name FROM dialform.snapshot",
    );
    assert!(left.unwrap().is_empty());
}

#[tokio::test]
async fn it_may_be_asked_from_a_task_as_well() {
    let Some(server) = PostgresServer::get() else { return };
    let address = server.address("postgres", "task");
    let store = open(&address, &variables).unwrap();
    store.read_head().unwrap();
    drop(store);
}
