//! What the environment says about stores: credentials, and the hosts that may have them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::RemoteError;
use crate::fields::types::Authority;
use crate::util::failpoint::limit;

/// The hosts that may have the credentials of a state though only the project's files name them.
pub(super) const STATE_HOSTS: &str = "DIALFORM_STATE_HOSTS";

/// For the whole answer, in milliseconds.
const ANSWER_MS: u64 = 30_000;

/// How long calls of a store may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// For name lookup, TCP, TLS and a login together.
    pub connect: Duration,
    /// For the whole answer.
    pub answer: Duration,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_millis(limit("DIALFORM_STORE_ANSWER", ANSWER_MS)),
        }
    }
}

/// Where a store finds what the project's files do not say. `Debug` shows nothing of it.
#[derive(Clone, Copy)]
pub struct StoreEnvironment<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) ca_file: Option<&'a Path>,
    pub(super) limits: StoreLimits,
}

impl<'a> StoreEnvironment<'a> {
    /// Variables, and a file of certificate authorities that are trusted besides the system's.
    pub fn new(variable: &'a dyn Fn(&str) -> Option<String>, ca_file: Option<&'a Path>) -> Self {
        Self {
            variable,
            ca_file,
            limits: StoreLimits::default(),
        }
    }

    /// With other limits.
    pub fn limits(self, limits: StoreLimits) -> Self {
        Self { limits, ..self }
    }

    /// A variable; one that is empty counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable that nothing may repeat.
    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }

    /// A file that a variable names, or else one in the home folder.
    pub(super) fn file(&self, name: &str, in_home: &str) -> Option<PathBuf> {
        let named = self.get(name).map(PathBuf::from);
        named.or_else(|| {
            let home = self.get("HOME").or_else(|| self.get("USERPROFILE"))?;
            Some(Path::new(&home).join(in_home))
        })
    }

    /// Whether a host may have credentials: this machine, one that the environment names, or one of `known`.
    pub(super) fn allow(&self, store: &str, host: &Authority, known: &[&Authority]) -> Result<(), RemoteError> {
        let listed = || self.get(STATE_HOSTS).is_some_and(|list| host.is_in(&list));
        if host.is_loopback() || known.contains(&host) || listed() {
            return Ok(());
        }
        Err(RemoteError::HostNotAllowed {
            store: store.to_owned(),
            host: host.to_string(),
            variable: STATE_HOSTS,
        })
    }
}

impl fmt::Debug for StoreEnvironment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreEnvironment")
    }
}
