//! A state in PostgreSQL behind PgBouncer, which hands each transaction, or each statement, to any connection that is free.

use std::fs;
use std::sync::OnceLock;

use dialform::state::remote::RemoteStore;
use tempfile::TempDir;

use super::conformance::conformance;
use super::moto::find_program;
use super::postgres::{PASSWORD, PostgresServer, USER, as_user, open, variables};
use super::server::{Server, free_port};

/// The pooler, with the folder of its configuration.
struct PgBouncer {
    server: Server,
    _folder: TempDir,
}

fn start(postgres: &PostgresServer, pool_mode: &str) -> Result<PgBouncer, String> {
    let program = find_program("pgbouncer", "pgbouncer").ok_or("no pgbouncer is here")?;
    let folder = tempfile::Builder::new().prefix("dialform-pgb").tempdir().unwrap();
    let (configuration, users) = (folder.path().join("pgbouncer.ini"), folder.path().join("users"));
    let port = free_port();
    fs::write(&users, format!("\"{USER}\" \"{PASSWORD}\"\n")).unwrap();
    // Few connections for many clients, so that each is soon somebody else's.
    let text = format!(
        "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {}\npool_mode = {pool_mode}\n\
         default_pool_size = 3\n",
        postgres.port(),
        users.display()
    );
    fs::write(&configuration, text).unwrap();
    let mut pgbouncer = as_user(folder.path())(program.to_str().unwrap());
    let server = Server::start(pgbouncer.arg("--quiet").arg(&configuration), port)?;
    Ok(PgBouncer {
        server,
        _folder: folder,
    })
}

/// Opens a state behind a pooler of that mode; `None`, said aloud, where there is none.
fn behind(
    pool_mode: &str,
    pooler: &'static OnceLock<Result<PgBouncer, String>>,
) -> Option<impl Fn() -> Box<dyn RemoteStore>> {
    let postgres = PostgresServer::get()?;
    match pooler.get_or_init(|| start(postgres, pool_mode)) {
        Ok(pooler) => {
            let (port, database) = (pooler.server.port, postgres.database());
            let address = format!("postgres://127.0.0.1:{port}/{database}?state=production");
            Some(move || open(&address, &variables).unwrap())
        }
        Err(why) => {
            eprintln!("SKIPPED: PgBouncer cannot be had here (Debian has it as `pgbouncer`): {why}");
            None
        }
    }
}

mod by_transaction {
    use super::*;

    static POOLER: OnceLock<Result<PgBouncer, String>> = OnceLock::new();

    conformance!(behind("transaction", &POOLER));
}

mod by_statement {
    use super::*;

    static POOLER: OnceLock<Result<PgBouncer, String>> = OnceLock::new();

    conformance!(behind("statement", &POOLER));
}
