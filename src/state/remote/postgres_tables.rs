//! The tables of a state in PostgreSQL, and what its server's answers say of them.

use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

/// The tables that this version of dialform reads and writes.
pub(super) const FORMAT: i32 = 1;

/// Without `BEGIN`, statements of one query are one transaction, which a failure leaves nothing of.
pub(super) const CREATE: &str = "
    CREATE SCHEMA IF NOT EXISTS dialform;
    CREATE TABLE IF NOT EXISTS dialform.format (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        version integer NOT NULL
    );
    CREATE TABLE IF NOT EXISTS dialform.head (
        state text PRIMARY KEY,
        version bigint NOT NULL,
        head bytea NOT NULL,
        written timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE IF NOT EXISTS dialform.snapshot (
        state text NOT NULL,
        name text NOT NULL,
        snapshot bytea NOT NULL,
        written timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (state, name)
    );
    INSERT INTO dialform.format (version) VALUES (1) ON CONFLICT DO NOTHING;
";

/// Has the transaction that it is part of be durable before it is acknowledged, whatever the server's configuration, the
/// role's or the database's say. What waits for more than `on` stays.
pub(super) const DURABLE: &str = "WITH durable AS (SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') \
                       WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true))";

/// Whether the server said that it did nothing, and goes on: a session that ends may have done it all the same.
pub(super) fn is_refusal(error: &Error) -> bool {
    let severity = error
        .as_db_error()
        .map(|error| (error.parsed_severity(), error.severity()));
    matches!(severity, Some((Some(Severity::Error), _)) | Some((None, "ERROR")))
}

/// Whether somebody else created the same thing at the same time.
pub(super) fn is_race(error: &Error) -> bool {
    let codes = [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_SCHEMA,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    error.code().is_some_and(|code| codes.contains(code)) || error.code().is_some_and(|code| code.code() == "XX000")
}
