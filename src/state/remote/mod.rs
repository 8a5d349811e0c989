//! Stores that keep a state away from the machine that works on it: what each of them offers, and what is durable when.
//!
//! | file here | holds |
//! | --- | --- |
//! | `environment` | credentials, the hosts that may have them, and limits |
//! | `error`, `words` | why a store cannot be read or written, without secrets |
//! | `driver`, `tls` | what blocks until a call is done, and encrypts |
//! | `postgres`, `postgres_login`, `postgres_tables` | PostgreSQL |
//! | `s3`, `aws`, `http`, `xml` | S3, and who asks it |
//! | `gitlab` | GitLab |
//! | `probe` | whether a store keeps its word |
//! | `memory` | a store for tests |
//!
//! A store knows nothing of states: the head and the snapshots are bytes to it.

mod aws;
mod driver;
mod environment;
mod error;
mod gitlab;
mod http;
#[cfg(feature = "failpoints")]
mod memory;
mod postgres;
mod postgres_login;
mod postgres_tables;
mod probe;
mod s3;
mod tls;
mod words;
mod xml;

use std::fmt;

pub use crate::fields::types::{AddressError, Endpoint, GitlabAddress, PostgresAddress, RemoteAddress, S3Address};
pub use environment::{StoreEnvironment, StoreLimits};
pub use error::{RemoteError, WriteError};
pub use gitlab::GitlabStore;
#[cfg(feature = "failpoints")]
pub use memory::{MemoryFault, MemoryStore};
pub use postgres::PostgresStore;
pub use probe::{probe, probe_with};
pub use s3::S3Store;

/// How many snapshots besides the one that the head names are kept, where a store has no history of its own.
pub const KEPT_SNAPSHOTS: usize = 10;

/// A state in a store: one head, which is replaced only as long as nobody else has replaced it, and snapshots, which
/// never change.
///
/// # What is durable when
///
/// * [`write_head`](Self::write_head) that returned `Ok`: the head is durable, and every later read in every process gives
///   it or one that was written after it. Of the writers that expect the same version, exactly one gets `Ok`.
/// * [`WriteError::Conflict`] and [`WriteError::NotWritten`]: nothing was written, and nothing will be.
/// * [`WriteError::Unknown`]: it was written, or not, or it *will be*, as a request may still be under way. Reading the
///   head tells once it shows the new head or another one; while it shows the old one, the same write may be sent again:
///   as both expect the same version, at most one of them takes effect.
/// * [`put_snapshot`](Self::put_snapshot) and [`delete_snapshot`](Self::delete_snapshot) that returned `Ok`: they are
///   durable at the latest when the next `write_head` **of the same value** returns `Ok`, as one store keeps everything in
///   one document. So a snapshot is put first, and then the head that names it; no head names one that was put by another
///   process and is in no head yet.
///
/// Calls block, each for a limited time. Nothing is sent twice by a store itself. Nothing that a store says, nor its
/// `Debug`, has credentials in it.
pub trait RemoteStore: Send + Sync + fmt::Debug {
    /// What it is, for messages: `s3://bucket/prefix`.
    fn address(&self) -> String;

    /// The head and its version; `None` where nobody has written one.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where it is not known whether there is one.
    fn read_head(&self) -> Result<Option<StoredHead>, RemoteError>;

    /// Puts a head in the place of the one of that version, or, with `None`, where there is none. No two heads of a state
    /// may have the same bytes, as some stores tell them apart by a hash of those.
    ///
    /// # Errors
    ///
    /// [`WriteError`], which says whether it may have been written all the same.
    fn write_head(&self, expected: Option<&HeadVersion>, head: &[u8]) -> Result<HeadVersion, WriteError>;

    /// Keeps a snapshot under a name that was never used: lower-case letters, digits, `-` and `.`, at most 100 of them, the
    /// first no `.`.
    ///
    /// # Errors
    ///
    /// [`WriteError::Conflict`] where the name is taken; otherwise as [`write_head`](Self::write_head).
    fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), WriteError>;

    /// A snapshot; `None` where there is none of that name.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where it is not known whether there is one.
    fn get_snapshot(&self, name: &str) -> Result<Option<Vec<u8>>, RemoteError>;

    /// The names of all snapshots, in no order.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where they cannot be listed.
    fn snapshot_names(&self) -> Result<Vec<String>, RemoteError>;

    /// Removes a snapshot; one that is not there is removed already.
    ///
    /// # Errors
    ///
    /// As [`write_head`](Self::write_head), but never [`WriteError::Conflict`].
    fn delete_snapshot(&self, name: &str) -> Result<(), WriteError>;

    /// Removes the head and every snapshot: for what [`probe`] wrote beside a state, never for a state.
    ///
    /// # Errors
    ///
    /// As [`delete_snapshot`](Self::delete_snapshot).
    fn erase(&self) -> Result<(), WriteError>;

    /// How many snapshots besides the one that the head names should stay: none where the store keeps what it had itself.
    fn kept_snapshots(&self) -> usize {
        KEPT_SNAPSHOTS
    }
}

impl RemoteAddress {
    /// The store at this address. It is asked nothing yet.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where credentials are missing or may not go there, or TLS cannot be set up.
    pub fn open(&self, environment: &StoreEnvironment<'_>) -> Result<Box<dyn RemoteStore>, RemoteError> {
        Ok(match self {
            Self::Postgres(address) => Box::new(PostgresStore::open(address, environment)?),
            Self::S3(address) => Box::new(S3Store::open(address, environment)?),
            Self::Gitlab(address) => Box::new(GitlabStore::open(address, environment)?),
        })
    }
}

/// The head as a store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHead {
    /// What was written.
    pub bytes: Vec<u8>,
    /// What the next write expects.
    pub version: HeadVersion,
}

/// Which head it is: an ETag, the version of a row or a serial. Only the store that gave it knows what it means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeadVersion(pub(crate) String);

impl fmt::Display for HeadVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a snapshot may be called so in every store.
pub fn is_snapshot_name(name: &str) -> bool {
    let is_part = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_part)
}
