//! Why a store cannot be read or written, and whether something was written all the same.

use std::time::Duration;

use thiserror::Error;

/// What keeps a store from being read or written. `store` is always its address; words of a server are printable, and
/// have no credentials in them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RemoteError {
    /// There is nothing to prove who asks.
    #[error("no credentials for the state in {store}: {what}")]
    NoCredentials {
        /// The store.
        store: String,
        /// What is missing, and what to set.
        what: String,
    },
    /// Credentials would go to a host that the environment does not name.
    #[error(
        "the state in {store} would send credentials to `{host}`, which the environment does not name; where that is right, \
         set {variable}={host}"
    )]
    HostNotAllowed {
        /// The store.
        store: String,
        /// The host, with its port where it has one.
        host: String,
        /// The variable that allows it.
        variable: &'static str,
    },
    /// No connection came about.
    #[error(
        "could not connect to the state in {store}: {why}; nothing was sent. Check its address in dialform.kdl and the \
         network (for a private certificate authority: --ca-file)"
    )]
    NotConnected {
        /// The store.
        store: String,
        /// What the system says.
        why: String,
    },
    /// Nobody who is trusted vouches for the certificate of the server.
    #[error(
        "the state in {store} is behind a certificate that is not trusted: {why}; nothing was sent. For a private certificate \
         authority: --ca-file FILE"
    )]
    NotTrusted {
        /// The store.
        store: String,
        /// What is wrong with the certificate.
        why: String,
    },
    /// The store knows the credentials and does not let them, or does not know them.
    #[error("the state in {store} does not allow to {doing}: {why}; check the credentials and what they may do there")]
    Denied {
        /// The store.
        store: String,
        /// What was tried.
        doing: &'static str,
        /// What it says.
        why: String,
    },
    /// What the state should be in is not there: a bucket, a database, a project.
    #[error("there is no place for the state in {store}: {why}; create it, or correct `state` in dialform.kdl")]
    NoPlace {
        /// The store.
        store: String,
        /// What it says.
        why: String,
    },
    /// No whole answer in time.
    #[error("the state in {store} did not answer within {within:?} when asked to {doing}")]
    NoAnswer {
        /// The store.
        store: String,
        /// What was tried.
        doing: &'static str,
        /// The time allowed.
        within: Duration,
    },
    /// The connection broke before the answer was whole.
    #[error("the connection to the state in {store} broke when asked to {doing}: {why}")]
    Broken {
        /// The store.
        store: String,
        /// What was tried.
        doing: &'static str,
        /// What the system says.
        why: String,
    },
    /// An answer that says neither yes nor no.
    #[error("the state in {store} cannot {doing}: it answered {why}")]
    Answer {
        /// The store.
        store: String,
        /// What was tried.
        doing: &'static str,
        /// The status and its words.
        why: String,
    },
    /// What is there was not written by this version of dialform.
    #[error("what is in {store} is no state of dialform: {why}")]
    NotOurs {
        /// The store.
        store: String,
        /// What is wrong with it.
        why: String,
    },
    /// It says it wrote where it must not have.
    #[error(
        "{store} cannot keep a state: {why}. Two runs could both believe to be alone, and call people twice; name another \
         store in `state` (docs/stores.md lists them)"
    )]
    IgnoresConditions {
        /// The store.
        store: String,
        /// What it did.
        why: String,
    },
}

/// Why a write did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    /// Something else is there than what was expected; nothing was written.
    #[error("another run has written to the state since it was read")]
    Conflict,
    /// Certainly nothing was written, and nothing will be: no connection, or a refusal.
    #[error("{0}")]
    NotWritten(RemoteError),
    /// It may have been written or not: the answer was lost, came too late, or says neither.
    #[error("{0}; it may have been written all the same")]
    Unknown(RemoteError),
}
