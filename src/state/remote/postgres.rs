//! A state in PostgreSQL: a row that is updated only where its version is the expected one, and rows that never change.
//!
//! Nothing here outlives a statement (no session lock, no prepared statement, no `SET`), so that it works behind PgBouncer,
//! where each statement may run in another session.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use secrecy::ExposeSecret;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Error, NoTls, Row};

use super::driver::StoreDriver;
use super::environment::{StoreEnvironment, StoreLimits};
use super::postgres_login::PostgresLogin;
use super::postgres_tables::{CREATE, DURABLE, FORMAT, is_race, is_refusal};
use super::tls::PostgresTls;
use super::words::Secrets;
use super::{HeadVersion, RemoteError, RemoteStore, StoredHead, WriteError};
use crate::fields::types::PostgresAddress;
use crate::util::https;

/// A connection that was not used for so long is tried before it is used.
const IDLE_SECONDS: u64 = 5;

/// A state in PostgreSQL.
#[derive(Debug)]
pub struct PostgresStore {
    address: PostgresAddress,
    limits: StoreLimits,
    config: Config,
    secrets: Secrets,
    tls: Option<TlsSetup>,
    driver: StoreDriver,
    connection: Mutex<PostgresConnection>,
}

struct TlsSetup(PostgresTls);

impl std::fmt::Debug for TlsSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsSetup")
    }
}

#[derive(Debug, Default)]
struct PostgresConnection {
    client: Option<Client>,
    used: Option<Instant>,
    /// Whether the tables are known to be there, and to be those of this version.
    is_prepared: bool,
}

/// How a statement failed.
enum Failure {
    /// There was no connection to send it on.
    Unsent(RemoteError),
    /// The server refused it, and nothing of it was done.
    Refused(Error),
    /// It may have been done.
    Lost(RemoteError),
}

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

impl PostgresStore {
    /// A store that connects when it is first asked something.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where credentials are missing or may not go to the host, or TLS cannot be set up.
    pub fn open(address: &PostgresAddress, environment: &StoreEnvironment<'_>) -> Result<Self, RemoteError> {
        let login = PostgresLogin::find(address, environment)?;
        let not_connected = |why| RemoteError::NotConnected {
            store: address.to_string(),
            why,
        };
        let tls = match address.tls {
            true => Some(TlsSetup(PostgresTls::new(environment.ca_file).map_err(not_connected)?)),
            false => None,
        };
        let mut config = Config::new();
        config
            .host(&address.host)
            .port(address.port)
            .dbname(&address.database)
            .user(login.user)
            .application_name("dialform")
            .ssl_mode(if address.tls {
                SslMode::Require
            } else {
                SslMode::Disable
            });
        let mut secrets = Secrets::default();
        if let Some(password) = &login.password {
            secrets.add(password);
            config.password(password.expose_secret());
        }
        Ok(Self {
            address: address.clone(),
            limits: environment.limits,
            config,
            secrets,
            tls,
            driver: StoreDriver::new().map_err(|error| not_connected(error.to_string()))?,
            connection: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, PostgresConnection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a statement, on a new connection where there is none that works.
    fn run(&self, doing: &'static str, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, Failure> {
        let mut connection = self.lock();
        let running = self.run_on(&mut connection, doing, sql, parameters);
        let result = self
            .driver
            .run(running)
            .unwrap_or_else(|| Err(self.lost(doing, "it stopped by a fault")));
        if matches!(result, Err(Failure::Lost(_))) {
            connection.client = None;
        }
        result
    }

    async fn run_on(
        &self,
        connection: &mut PostgresConnection,
        doing: &'static str,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        let client = self.connected(connection).await.map_err(Failure::Unsent)?;
        let asked = timeout(self.limits.answer, async {
            match parameters.is_empty() {
                true => client.batch_execute(sql).await.map(|()| Vec::new()),
                false => client.query_typed(sql, parameters).await,
            }
        });
        match asked.await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) if is_refusal(&error) => Err(Failure::Refused(error)),
            Ok(Err(error)) => Err(self.lost(doing, &self.secrets.cause(&error))),
            Err(_) => Err(Failure::Lost(RemoteError::NoAnswer {
                store: self.address(),
                doing,
                within: self.limits.answer,
            })),
        }
    }

    /// The connection that there is, or a new one.
    async fn connected<'a>(&self, connection: &'a mut PostgresConnection) -> Result<&'a Client, RemoteError> {
        let is_idle = connection
            .used
            .is_none_or(|used| used.elapsed().as_secs() >= IDLE_SECONDS);
        connection.used = Some(Instant::now());
        let works = match &connection.client {
            Some(client) if client.is_closed() => false,
            // The server, or what stands before it, may have closed it without anybody here having looked.
            Some(client) if is_idle => {
                let tried = timeout(self.limits.connect, client.check_connection()).await;
                matches!(tried, Ok(Ok(())))
            }
            Some(_) => true,
            None => false,
        };
        if !works {
            connection.client = None;
        }
        match &mut connection.client {
            Some(client) => Ok(client),
            none => Ok(none.insert(self.connect().await?)),
        }
    }

    async fn connect(&self) -> Result<Client, RemoteError> {
        let connecting = async {
            Ok(match &self.tls {
                Some(TlsSetup(tls)) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    tokio::spawn(connection);
                    client
                }
                None => {
                    let (client, connection) = self.config.connect(NoTls).await?;
                    tokio::spawn(connection);
                    client
                }
            })
        };
        match timeout(self.limits.connect, connecting).await {
            Ok(connected) => connected.map_err(|error| self.not_connected(&error)),
            Err(_) => Err(RemoteError::NotConnected {
                store: self.address(),
                why: format!("no connection within {:?}", self.limits.connect),
            }),
        }
    }

    fn not_connected(&self, error: &Error) -> RemoteError {
        let store = self.address();
        let why = self.secrets.cause(error);
        match error.code() {
            None if https::is_untrusted(error) => RemoteError::NotTrusted { store, why },
            Some(&SqlState::INVALID_CATALOG_NAME) => RemoteError::NoPlace { store, why },
            Some(code) if code.code().starts_with("28") || *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                RemoteError::Denied {
                    store,
                    doing: "log in",
                    why,
                }
            }
            None if self.config.get_password().is_none() && why.contains("password") => RemoteError::NoCredentials {
                store,
                what: "the server asks for a password; set PGPASSWORD, or write a line for this host into ~/.pgpass \
                       (mode 600)"
                    .to_owned(),
            },
            _ => RemoteError::NotConnected { store, why },
        }
    }

    fn lost(&self, doing: &'static str, why: &str) -> Failure {
        Failure::Lost(RemoteError::Broken {
            store: self.address(),
            doing,
            why: why.to_owned(),
        })
    }

    /// What a refusal means.
    fn refused(&self, doing: &'static str, error: &Error) -> RemoteError {
        let store = self.address();
        let mut why = self.secrets.cause(error);
        let code = error.code().cloned().unwrap_or(SqlState::INTERNAL_ERROR);
        if let Some(hint) = error.as_db_error().and_then(|error| error.hint()) {
            why = format!("{why} ({})", self.secrets.clean(hint));
        }
        match code {
            SqlState::INSUFFICIENT_PRIVILEGE | SqlState::READ_ONLY_SQL_TRANSACTION => {
                RemoteError::Denied { store, doing, why }
            }
            SqlState::UNDEFINED_TABLE | SqlState::INVALID_SCHEMA_NAME => RemoteError::NoPlace { store, why },
            code => RemoteError::Answer {
                store,
                doing,
                why: format!("{why} (SQLSTATE {})", code.code()),
            },
        }
    }

    /// Rows, or none where the tables are not there yet: who only reads need not be allowed to create them.
    fn read(&self, doing: &'static str, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, RemoteError> {
        if !self.is_prepared() && !self.check_format(doing)? {
            return Ok(Vec::new());
        }
        match self.run(doing, sql, parameters) {
            Ok(rows) => Ok(rows),
            Err(Failure::Unsent(error) | Failure::Lost(error)) => Err(error),
            Err(Failure::Refused(error)) => Err(self.refused(doing, &error)),
        }
    }

    fn write(&self, doing: &'static str, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, WriteError> {
        self.prepare().map_err(WriteError::NotWritten)?;
        self.run(doing, sql, parameters).map_err(|failure| match failure {
            Failure::Unsent(error) => WriteError::NotWritten(error),
            Failure::Lost(error) => WriteError::Unknown(error),
            // Something else was written meanwhile, or not: only reading tells.
            Failure::Refused(error) if error.code() == Some(&SqlState::T_R_SERIALIZATION_FAILURE) => {
                WriteError::Unknown(self.refused(doing, &error))
            }
            Failure::Refused(error) => WriteError::NotWritten(self.refused(doing, &error)),
        })
    }

    fn is_prepared(&self) -> bool {
        self.lock().is_prepared
    }

    /// Whether the tables are there; it fails where they are those of another version, or of a server that forgets.
    fn check_format(&self, doing: &'static str) -> Result<bool, RemoteError> {
        // With a parameter, as every other statement here.
        const FORMAT_SQL: &str = "SELECT version, current_setting('fsync') FROM dialform.format WHERE single = $1";
        let rows = match self.run(doing, FORMAT_SQL, &[(&true, Type::BOOL)]) {
            Ok(rows) => rows,
            Err(Failure::Unsent(error) | Failure::Lost(error)) => return Err(error),
            Err(Failure::Refused(error)) => {
                let missing = [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME];
                if error.code().is_some_and(|code| missing.contains(code)) {
                    return Ok(false);
                }
                return Err(self.refused(doing, &error));
            }
        };
        let Some(row) = rows.first() else { return Ok(false) };
        let version: i32 = self.column(row, 0)?;
        if version != FORMAT {
            return Err(self.not_ours(format!(
                "its tables (schema dialform) have version {version}, and this dialform knows version {FORMAT}; use the \
                 dialform that the others use"
            )));
        }
        if self.column::<String>(row, 1)? == "off" {
            return Err(RemoteError::IgnoresConditions {
                store: self.address(),
                why: "the server runs with fsync=off, so that it forgets what it acknowledged when its machine stops"
                    .to_owned(),
            });
        }
        self.lock().is_prepared = true;
        Ok(true)
    }

    /// Creates the tables unless they are there.
    fn prepare(&self) -> Result<(), RemoteError> {
        const DOING: &str = "create its tables";
        if self.is_prepared() {
            return Ok(());
        }
        // `IF NOT EXISTS` fails where two do it at once; then the other has done it, or is about to.
        for _ in 0..5 {
            if self.check_format(DOING)? {
                return Ok(());
            }
            match self.run(DOING, CREATE, &[]) {
                Ok(_) => {}
                Err(Failure::Refused(error)) if is_race(&error) => {}
                Err(Failure::Refused(error)) => return Err(self.refused(DOING, &error)),
                Err(Failure::Unsent(error) | Failure::Lost(error)) => return Err(error),
            }
        }
        Err(self.not_ours("its tables (schema dialform) cannot be created, as somebody else changes them".to_owned()))
    }

    fn not_ours(&self, why: String) -> RemoteError {
        RemoteError::NotOurs {
            store: self.address(),
            why,
        }
    }

    fn column<'a, T: tokio_postgres::types::FromSql<'a>>(&self, row: &'a Row, at: usize) -> Result<T, RemoteError> {
        row.try_get(at)
            .map_err(|error| self.not_ours(self.secrets.cause(&error)))
    }

    /// The version of a head in the first row; `None` where no row was written.
    fn written(&self, rows: &[Row]) -> Result<HeadVersion, WriteError> {
        let row = rows.first().ok_or(WriteError::Conflict)?;
        let version: i64 = self.column(row, 0).map_err(WriteError::Unknown)?;
        Ok(HeadVersion(version.to_string()))
    }
}

impl RemoteStore for PostgresStore {
    fn address(&self) -> String {
        self.address.to_string()
    }

    fn read_head(&self) -> Result<Option<StoredHead>, RemoteError> {
        let sql = "SELECT version, head FROM dialform.head WHERE state = $1";
        let rows = self.read("read the head", sql, &[(&self.address.state, Type::TEXT)])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let version: i64 = self.column(row, 0)?;
        Ok(Some(StoredHead {
            bytes: self.column(row, 1)?,
            version: HeadVersion(version.to_string()),
        }))
    }

    fn write_head(&self, expected: Option<&HeadVersion>, head: &[u8]) -> Result<HeadVersion, WriteError> {
        const DOING: &str = "write the head";
        let state: Parameter<'_> = (&self.address.state, Type::TEXT);
        let rows = match expected {
            // A row that somebody removed and that comes again has no version of before.
            None => {
                let sql = format!(
                    "{DURABLE} INSERT INTO dialform.head (state, version, head) \
                     SELECT $1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, $2 FROM durable \
                     ON CONFLICT DO NOTHING RETURNING version"
                );
                self.write(DOING, &sql, &[state, (&head, Type::BYTEA)])
            }
            Some(HeadVersion(version)) => {
                let version: i64 = version.parse().map_err(|_| WriteError::Conflict)?;
                let sql = format!(
                    "{DURABLE} UPDATE dialform.head SET version = head.version + 1, head = $2, written = now() FROM durable \
                     WHERE state = $1 AND version = $3 RETURNING version"
                );
                self.write(DOING, &sql, &[state, (&head, Type::BYTEA), (&version, Type::INT8)])
            }
        };
        self.written(&rows?)
    }

    fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), WriteError> {
        let sql = format!(
            "{DURABLE} INSERT INTO dialform.snapshot (state, name, snapshot) SELECT $1, $2, $3 FROM durable \
             ON CONFLICT DO NOTHING RETURNING name"
        );
        let parameters: [Parameter<'_>; 3] = [
            (&self.address.state, Type::TEXT),
            (&name, Type::TEXT),
            (&snapshot, Type::BYTEA),
        ];
        match self.write("keep a snapshot", &sql, &parameters)?.is_empty() {
            true => Err(WriteError::Conflict),
            false => Ok(()),
        }
    }

    fn get_snapshot(&self, name: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let sql = "SELECT snapshot FROM dialform.snapshot WHERE state = $1 AND name = $2";
        let parameters: [Parameter<'_>; 2] = [(&self.address.state, Type::TEXT), (&name, Type::TEXT)];
        let rows = self.read("read a snapshot", sql, &parameters)?;
        rows.first().map(|row| self.column(row, 0)).transpose()
    }

    fn snapshot_names(&self) -> Result<Vec<String>, RemoteError> {
        let sql = "SELECT name FROM dialform.snapshot WHERE state = $1";
        let rows = self.read("list the snapshots", sql, &[(&self.address.state, Type::TEXT)])?;
        rows.iter().map(|row| self.column(row, 0)).collect()
    }

    fn delete_snapshot(&self, name: &str) -> Result<(), WriteError> {
        let sql = format!(
            "{DURABLE} DELETE FROM dialform.snapshot USING durable WHERE state = $1 AND name = $2 RETURNING name"
        );
        let parameters: [Parameter<'_>; 2] = [(&self.address.state, Type::TEXT), (&name, Type::TEXT)];
        self.write("remove a snapshot", &sql, &parameters).map(|_| ())
    }

    fn erase(&self) -> Result<(), WriteError> {
        for table in ["snapshot", "head"] {
            let sql = format!("{DURABLE} DELETE FROM dialform.{table} USING durable WHERE state = $1 RETURNING state");
            self.write("remove what was tried", &sql, &[(&self.address.state, Type::TEXT)])?;
        }
        Ok(())
    }
}
