//! A state that GitLab keeps, by its protocol for Terraform: one document with a serial, which nobody can use twice.
//!
//! The protocol has no condition. What it has is that two documents of one state cannot have the same serial, and that the
//! greatest is what readers get: who replaces number 7 writes number 8, and is refused where there is an 8. So the head and
//! the snapshots are in the one document, and its earlier versions, which GitLab keeps, are the backups.
//!
//! A lock of GitLab is not taken: a run that was killed would leave it behind, and it would keep nobody out whom the serial
//! lets in. One that a person has set is respected by GitLab itself, which refuses to write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::environment::StoreEnvironment;
use super::http::{BasicLogin, Http, HttpAnswer, HttpRequest};
use super::words::Secrets;
use super::{HeadVersion, RemoteError, RemoteStore, StoredHead, WriteError};
use crate::fields::types::{Authority, GitlabAddress};
use crate::util::hex;

/// What the document says that it is, so that no state of Terraform is taken for one of dialform.
const FORMAT: u32 = 1;

/// A state that GitLab keeps.
pub struct GitlabStore {
    address: GitlabAddress,
    http: Http,
    login: BasicLogin,
    secrets: Secrets,
    known: Mutex<KnownDocument>,
}

/// What was last read or written, and what waits for the next head.
#[derive(Default)]
struct KnownDocument {
    document: Option<GitlabDocument>,
    put: BTreeMap<String, String>,
    deleted: BTreeSet<String>,
}

/// The one document. `version` and `serial` are what states of Terraform have, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct GitlabDocument {
    version: u32,
    serial: u64,
    dialform: u32,
    head: String,
    snapshots: BTreeMap<String, String>,
}

impl GitlabStore {
    /// A store that is asked nothing yet.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where a token is missing or may not go to the host.
    pub fn open(address: &GitlabAddress, environment: &StoreEnvironment<'_>) -> Result<Self, RemoteError> {
        let store = address.to_string();
        let login = login(&store, &address.url, environment)?;
        let mut secrets = Secrets::default();
        secrets.add(&login.password);
        Ok(Self {
            address: address.clone(),
            http: Http::new(&store, environment)?,
            login,
            secrets,
            known: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, KnownDocument> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, method: Method, body: Option<Vec<u8>>) -> HttpRequest {
        let json = HeaderValue::from_static("application/json");
        HttpRequest {
            method,
            url: self.address.url.clone(),
            headers: body.iter().map(|_| (CONTENT_TYPE, json.clone())).collect(),
            body,
            login: Some(self.login.clone()),
        }
    }

    fn refused(&self, doing: &'static str, answer: &HttpAnswer) -> RemoteError {
        let store = self.address();
        let status = answer.status.as_u16();
        let said: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
        let said = said
            .as_ref()
            .and_then(|said| said.get("message").or_else(|| said.get("error"))?.as_str());
        let why = self.secrets.clean(&format!("{status} {}", said.unwrap_or_default()));
        match status {
            401 | 403 => RemoteError::Denied { store, doing, why },
            404 => RemoteError::NoPlace { store, why },
            409 | 423 => RemoteError::Answer {
                store,
                doing,
                why: format!("{why}; if somebody has locked it, unlock it in GitLab (Operate, Terraform states)"),
            },
            _ => RemoteError::Answer { store, doing, why },
        }
    }

    /// The document as it is now, which is known from then on.
    fn read(&self, doing: &'static str, known: &mut KnownDocument) -> Result<Option<GitlabDocument>, RemoteError> {
        let answer = self.http.send(doing, self.request(Method::GET, None), &self.secrets)?;
        let document = match answer.status.as_u16() {
            200 => Some(self.parse(&answer.body)?),
            // A state that has no document yet, and one that is not there. A project that is not there answers the same,
            // and then nothing can be written.
            204 | 404 => None,
            _ => return Err(self.refused(doing, &answer)),
        };
        known.document.clone_from(&document);
        Ok(document)
    }

    fn parse(&self, body: &[u8]) -> Result<GitlabDocument, RemoteError> {
        let not_ours = |why: &str| RemoteError::NotOurs {
            store: self.address(),
            why: why.to_owned(),
        };
        match serde_json::from_slice::<GitlabDocument>(body) {
            Ok(document) if document.dialform == FORMAT => Ok(document),
            Ok(_) => Err(not_ours(
                "it has a newer format than this dialform knows; use the dialform that the others use",
            )),
            Err(_) => Err(not_ours(
                "it is another document, such as a state of Terraform; name another state at the end of the address",
            )),
        }
    }

    fn bytes(&self, text: &str) -> Result<Vec<u8>, RemoteError> {
        decode(text).ok_or_else(|| RemoteError::NotOurs {
            store: self.address(),
            why: "what it holds is not as it was written".to_owned(),
        })
    }

    /// What an answer other than yes says of a document that was to be the next one: what is there now tells.
    fn resolve(
        &self,
        answer: &HttpAnswer,
        expected: u64,
        written: &GitlabDocument,
        known: &mut KnownDocument,
    ) -> WriteResult {
        const DOING: &str = "write the head";
        let refusal = self.refused(DOING, answer);
        let is_certain = (300..500).contains(&answer.status.as_u16()) && answer.status.as_u16() != 408;
        let there = self.read(DOING, known);
        let serial = there
            .as_ref()
            .map(|there| there.as_ref().map_or(0, |document| document.serial));
        match serial {
            Ok(serial) if serial == written.serial => match there {
                Ok(Some(there)) if there == *written => Ok(HeadVersion(serial.to_string())),
                _ => Err(WriteError::Conflict),
            },
            Ok(serial) if serial != expected && is_certain => Err(WriteError::Conflict),
            Ok(_) | Err(_) if is_certain => Err(WriteError::NotWritten(refusal)),
            // As it was: the request may be under way yet. Later ones: it may have been one of those between.
            Ok(_) | Err(_) => Err(WriteError::Unknown(refusal)),
        }
    }
}

type WriteResult = Result<HeadVersion, WriteError>;

/// Who asks: a token that the environment names, or that of the job, which goes to the GitLab of the job only.
fn login(store: &str, url: &Url, environment: &StoreEnvironment<'_>) -> Result<BasicLogin, RemoteError> {
    let host = Authority::of(url);
    let server = environment
        .get("CI_SERVER_URL")
        .and_then(|server| Url::parse(&server).ok());
    let own = server.as_ref().map(Authority::of);
    if let Some(token) = environment.secret("DIALFORM_STATE_TOKEN") {
        let known: Vec<_> = own.iter().collect();
        environment.allow(store, &host, &known)?;
        return Ok(BasicLogin::new("dialform", token));
    }
    let missing = |what: String| RemoteError::NoCredentials {
        store: store.to_owned(),
        what,
    };
    let token = environment.secret("CI_JOB_TOKEN").ok_or_else(|| {
        missing(
            "set DIALFORM_STATE_TOKEN to a token with the scope `api` (in a job of GitLab, CI_JOB_TOKEN is there by itself)"
                .to_owned(),
        )
    })?;
    let is_own = server.is_some_and(|server| {
        let below = server.path().trim_end_matches('/');
        server.scheme() == url.scheme()
            && own.as_ref() == Some(&host)
            && url
                .path()
                .strip_prefix(below)
                .is_some_and(|rest| rest.starts_with("/api/v4/"))
    });
    match is_own {
        true => Ok(BasicLogin::new("gitlab-ci-token", token)),
        false => Err(missing(format!(
            "CI_JOB_TOKEN goes to the GitLab of the job only (CI_SERVER_URL), and `{host}` is another one; set \
             DIALFORM_STATE_TOKEN to a token of its own, and DIALFORM_STATE_HOSTS={host}"
        ))),
    }
}

impl BasicLogin {
    fn new(user: &'static str, password: SecretString) -> Self {
        Self { user, password }
    }
}

/// Bytes as a text in JSON: as they are where they are text.
fn encode(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => format!("t{text}"),
        Err(_) => format!("x{}", hex::encode(bytes)),
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if let Some(text) = text.strip_prefix('t') {
        return Some(text.as_bytes().to_vec());
    }
    let digits = text.strip_prefix('x')?.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

impl RemoteStore for GitlabStore {
    fn address(&self) -> String {
        self.address.to_string()
    }

    fn read_head(&self) -> Result<Option<StoredHead>, RemoteError> {
        let Some(document) = self.read("read the head", &mut self.lock())? else {
            return Ok(None);
        };
        Ok(Some(StoredHead {
            bytes: self.bytes(&document.head)?,
            version: HeadVersion(document.serial.to_string()),
        }))
    }

    fn write_head(&self, expected: Option<&HeadVersion>, head: &[u8]) -> WriteResult {
        const DOING: &str = "write the head";
        let known = &mut *self.lock();
        let serial = match expected {
            Some(HeadVersion(serial)) => serial.parse().map_err(|_| WriteError::Conflict)?,
            None => 0,
        };
        let is_known = known
            .document
            .as_ref()
            .is_some_and(|document| document.serial == serial);
        if !is_known {
            let there = self.read(DOING, known).map_err(WriteError::NotWritten)?;
            if there.map_or(0, |document| document.serial) != serial {
                return Err(WriteError::Conflict);
            }
        }
        let mut snapshots = known
            .document
            .as_ref()
            .map_or_else(BTreeMap::new, |known| known.snapshots.clone());
        snapshots.retain(|name, _| !known.deleted.contains(name));
        snapshots.extend(known.put.clone());
        let document = GitlabDocument {
            version: 4,
            serial: serial.saturating_add(1),
            dialform: FORMAT,
            head: encode(head),
            snapshots,
        };
        let body = serde_json::to_vec(&document).map_err(|error| {
            WriteError::NotWritten(RemoteError::NotOurs {
                store: self.address(),
                why: error.to_string(),
            })
        })?;
        let answer = self
            .http
            .send(DOING, self.request(Method::POST, Some(body)), &self.secrets)?;
        let written = match answer.status.is_success() {
            true => HeadVersion(document.serial.to_string()),
            false => self.resolve(&answer, serial, &document, known)?,
        };
        *known = KnownDocument {
            document: Some(document),
            ..KnownDocument::default()
        };
        Ok(written)
    }

    fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), WriteError> {
        let known = &mut *self.lock();
        if known.document.is_none() {
            self.read("keep a snapshot", known).map_err(WriteError::NotWritten)?;
        }
        let is_there = known
            .document
            .as_ref()
            .is_some_and(|known| known.snapshots.contains_key(name));
        if known.put.contains_key(name) || is_there && !known.deleted.contains(name) {
            return Err(WriteError::Conflict);
        }
        known.put.insert(name.to_owned(), encode(snapshot));
        Ok(())
    }

    fn get_snapshot(&self, name: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let known = &mut *self.lock();
        if let Some(snapshot) = known.put.get(name) {
            return self.bytes(snapshot).map(Some);
        }
        let document = self.read("read a snapshot", known)?;
        let snapshot = document.as_ref().and_then(|document| document.snapshots.get(name));
        snapshot.map(|snapshot| self.bytes(snapshot)).transpose()
    }

    fn snapshot_names(&self) -> Result<Vec<String>, RemoteError> {
        let known = &mut *self.lock();
        let document = self.read("list the snapshots", known)?;
        let there = document.into_iter().flat_map(|document| document.snapshots.into_keys());
        let mut names: BTreeSet<String> = there.filter(|name| !known.deleted.contains(name)).collect();
        names.extend(known.put.keys().cloned());
        Ok(names.into_iter().collect())
    }

    fn delete_snapshot(&self, name: &str) -> Result<(), WriteError> {
        let mut known = self.lock();
        known.put.remove(name);
        known.deleted.insert(name.to_owned());
        Ok(())
    }

    fn erase(&self) -> Result<(), WriteError> {
        const DOING: &str = "remove what was tried";
        *self.lock() = KnownDocument::default();
        let answer = self
            .http
            .send(DOING, self.request(Method::DELETE, None), &self.secrets)?;
        match answer.status.as_u16() {
            200..300 | 404 => Ok(()),
            300..500 => Err(WriteError::NotWritten(self.refused(DOING, &answer))),
            _ => Err(WriteError::Unknown(self.refused(DOING, &answer))),
        }
    }

    /// GitLab keeps every version of the document, and shows them.
    fn kept_snapshots(&self) -> usize {
        0
    }
}

impl fmt::Debug for GitlabStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitlabStore")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
