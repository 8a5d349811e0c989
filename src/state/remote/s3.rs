//! A state in S3: an object that is put only where its ETag is the expected one, and objects that never change.
//!
//! The condition is part of what is signed, so that nothing on the way can drop it.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue};
use rusty_s3::actions::{DeleteObject, GetObject, PutObject};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use secrecy::ExposeSecret;
use url::Url;

use super::aws::{AwsKeys, AwsSource, domain};
use super::environment::StoreEnvironment;
use super::http::{Http, HttpAnswer, HttpRequest};
use super::words::Secrets;
use super::xml::{element, elements};
use super::{HeadVersion, RemoteError, RemoteStore, StoredHead, WriteError};
use crate::fields::types::{Authority, Endpoint, S3Address, is_region};

/// How long a signature holds: long enough for a clock that is a little wrong.
const SIGNED_FOR: Duration = Duration::from_secs(300);
/// A list of more pages is no list of snapshots.
const MOST_PAGES: usize = 1000;

/// A state in S3, or in what speaks as it does.
pub struct S3Store {
    address: S3Address,
    bucket: Bucket,
    http: Http,
    source: AwsSource,
    /// The keys of a role, while they hold.
    taken: Mutex<Option<AwsKeys>>,
}

/// Under which condition an object is put.
enum PutCondition<'a> {
    New,
    Replaces(&'a str),
}

impl S3Store {
    /// A store that is asked nothing yet.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] where credentials are missing or may not go to the endpoint, or nobody says the region.
    pub fn open(address: &S3Address, environment: &StoreEnvironment<'_>) -> Result<Self, RemoteError> {
        let store = address.to_string();
        let no_place = |why: String| RemoteError::NoPlace {
            store: store.clone(),
            why,
        };
        let from_environment = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find_map(|name| environment.get(name).map(|text| (name, text)))
            .map(|(name, text)| {
                text.parse::<Endpoint>()
                    .map_err(|error| no_place(format!("{name}: {error}")))
            })
            .transpose()?;
        if let Some(endpoint) = &address.endpoint {
            let known = from_environment.as_ref().map(|endpoint| Authority::of(endpoint.url()));
            let known: Vec<_> = known.iter().collect();
            environment.allow(&store, &Authority::of(endpoint.url()), &known)?;
        }
        let endpoint = address.endpoint.clone().or(from_environment);
        let said = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .find_map(|name| environment.get(name));
        let region = match address.region.clone().or(said) {
            Some(region) if is_region(&region) => region,
            Some(_) => {
                return Err(no_place(
                    "AWS_REGION is no name of a region; write it like eu-central-1".to_owned(),
                ));
            }
            // Other services have none, and sign with this one.
            None if endpoint.is_some() => "us-east-1".to_owned(),
            None => {
                return Err(no_place(
                    "nobody says its region; write region=\"eu-central-1\" behind it, or set AWS_REGION".to_owned(),
                ));
            }
        };
        let (url, style) = match &endpoint {
            Some(endpoint) => (endpoint.url().clone(), UrlStyle::Path),
            None => {
                let url = Url::parse(&format!("https://s3.{region}.{}/", domain(&region)));
                // A certificate for `*.s3…` does not hold for a bucket with a dot in its name.
                let style = match address.bucket.contains('.') {
                    true => UrlStyle::Path,
                    false => UrlStyle::VirtualHost,
                };
                (url.map_err(|error| no_place(error.to_string()))?, style)
            }
        };
        let source = AwsSource::find(&store, &region, environment)?;
        let bucket = Bucket::new(url, style, address.bucket.clone(), region);
        Ok(Self {
            address: address.clone(),
            bucket: bucket.map_err(|error| no_place(error.to_string()))?,
            http: Http::new(&store, environment)?,
            source,
            taken: Mutex::default(),
        })
    }

    /// The keys to sign with.
    fn keys(&self) -> Result<AwsKeys, RemoteError> {
        let role = match &self.source {
            AwsSource::Keys(keys) => return Ok(keys.clone()),
            AwsSource::Role(role) => role,
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = taken.as_ref().filter(|keys| keys.hold()) {
            return Ok(keys.clone());
        }
        let keys = role.take_on(&self.address(), &self.http)?;
        Ok(taken.insert(keys).clone())
    }

    fn head_key(&self) -> String {
        format!("{}/head", self.address.prefix)
    }

    fn snapshot_key(&self, name: &str) -> String {
        format!("{}/snapshots/{name}", self.address.prefix)
    }

    /// What an answer other than yes means.
    fn refused(&self, doing: &'static str, answer: &HttpAnswer, secrets: &Secrets) -> RemoteError {
        let store = self.address();
        let code = element(&answer.body, "Code").unwrap_or_default();
        let message = element(&answer.body, "Message").unwrap_or_default();
        let status = answer.status.as_u16();
        let why = secrets.clean(&format!("{status} {code} {message}"));
        match (status, code.as_str()) {
            (_, "NoSuchBucket") => RemoteError::NoPlace { store, why },
            (501, _) | (_, "NotImplemented") => RemoteError::IgnoresConditions {
                store,
                why: format!("it does not know conditional writes ({why})"),
            },
            (301 | 307, _) => RemoteError::NoPlace {
                store,
                why: format!("it is in another region ({why}); write region= behind the address"),
            },
            (401 | 403, _) => RemoteError::Denied { store, doing, why },
            _ => RemoteError::Answer { store, doing, why },
        }
    }

    fn get(&self, doing: &'static str, key: &str) -> Result<Option<HttpAnswer>, RemoteError> {
        let keys = self.keys()?;
        let credentials = credentials(&keys);
        let url = GetObject::new(&self.bucket, Some(&credentials), key).sign(SIGNED_FOR);
        let secrets = keys.secrets();
        let answer = self.http.send(doing, request(Method::GET, url), &secrets)?;
        match answer.status.as_u16() {
            200 => Ok(Some(answer)),
            // Only in the service's own words: another page that is not found is no proof that there is no state.
            404 if element(&answer.body, "Code").as_deref() == Some("NoSuchKey") => Ok(None),
            _ => Err(self.refused(doing, &answer, &secrets)),
        }
    }

    fn put(
        &self,
        doing: &'static str,
        key: &str,
        bytes: &[u8],
        condition: &PutCondition<'_>,
    ) -> Result<HttpAnswer, WriteError> {
        let keys = self.keys().map_err(WriteError::NotWritten)?;
        let credentials = credentials(&keys);
        let mut put = PutObject::new(&self.bucket, Some(&credentials), key);
        let (name, value) = match condition {
            PutCondition::New => ("if-none-match", "*"),
            PutCondition::Replaces(etag) => ("if-match", *etag),
        };
        let header = HeaderValue::from_str(value).map_err(|_| WriteError::Conflict)?;
        put.headers_mut().insert(name, value);
        let mut request = request(Method::PUT, put.sign(SIGNED_FOR));
        request.headers.push((HeaderName::from_static(name), header));
        request
            .headers
            .push((CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")));
        request.body = Some(bytes.to_vec());
        let secrets = keys.secrets();
        let answer = self.http.send(doing, request, &secrets)?;
        let code = || element(&answer.body, "Code").unwrap_or_default();
        let refused = || self.refused(doing, &answer, &secrets);
        match answer.status.as_u16() {
            200 | 201 | 204 => Ok(answer),
            412 => Err(WriteError::Conflict),
            // What was to be replaced is gone.
            404 if code() == "NoSuchKey" => Err(WriteError::Conflict),
            // Two at once, of which this one did nothing; or a delete at the same time.
            409 => Err(match self.is_as_expected(key, condition) {
                Some(false) => WriteError::Conflict,
                Some(true) => WriteError::NotWritten(refused()),
                None => WriteError::Unknown(refused()),
            }),
            501 => Err(WriteError::NotWritten(refused())),
            // A gateway may answer so after it has passed the request on.
            408 | 500.. => Err(WriteError::Unknown(refused())),
            300..500 => Err(WriteError::NotWritten(refused())),
            _ => Err(WriteError::Unknown(refused())),
        }
    }

    /// Whether the condition would hold now; `None` where it cannot be told.
    fn is_as_expected(&self, key: &str, condition: &PutCondition<'_>) -> Option<bool> {
        let there = self.get("read what is there", key).ok()?;
        let etag = there.as_ref().and_then(|answer| answer.headers.get(ETAG));
        Some(match condition {
            PutCondition::New => there.is_none(),
            PutCondition::Replaces(expected) => etag.is_some_and(|etag| etag == expected),
        })
    }

    fn delete(&self, key: &str) -> Result<(), WriteError> {
        const DOING: &str = "remove a snapshot";
        let keys = self.keys().map_err(WriteError::NotWritten)?;
        let credentials = credentials(&keys);
        let url = DeleteObject::new(&self.bucket, Some(&credentials), key).sign(SIGNED_FOR);
        let secrets = keys.secrets();
        let answer = self.http.send(DOING, request(Method::DELETE, url), &secrets)?;
        match answer.status.as_u16() {
            200 | 204 => Ok(()),
            404 if element(&answer.body, "Code").as_deref() == Some("NoSuchKey") => Ok(()),
            300..500 => Err(WriteError::NotWritten(self.refused(DOING, &answer, &secrets))),
            _ => Err(WriteError::Unknown(self.refused(DOING, &answer, &secrets))),
        }
    }

    /// One page of the list of objects below a key.
    fn page(&self, below: &str, after: Option<&str>) -> Result<HttpAnswer, RemoteError> {
        const DOING: &str = "list the snapshots";
        let keys = self.keys()?;
        let credentials = credentials(&keys);
        // The list of a bucket is what its own address gives.
        let mut list = GetObject::new(&self.bucket, Some(&credentials), "");
        let query = list.query_mut();
        query.insert("list-type", "2");
        query.insert("encoding-type", "url");
        query.insert("prefix", below);
        if let Some(after) = after {
            query.insert("continuation-token", after);
        }
        let url = list.sign(SIGNED_FOR);
        let secrets = keys.secrets();
        let answer = self.http.send(DOING, request(Method::GET, url), &secrets)?;
        match answer.status.as_u16() {
            200 => Ok(answer),
            _ => Err(self.refused(DOING, &answer, &secrets)),
        }
    }

    fn not_ours(&self, why: &str) -> RemoteError {
        RemoteError::NotOurs {
            store: self.address(),
            why: why.to_owned(),
        }
    }

    fn version(&self, answer: &HttpAnswer) -> Result<HeadVersion, RemoteError> {
        let etag = answer.headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.filter(|etag| !etag.is_empty());
        etag.map(|etag| HeadVersion(etag.to_owned()))
            .ok_or_else(|| self.not_ours("it gives no ETag, without which no write can be conditional"))
    }
}

fn credentials(keys: &AwsKeys) -> Credentials {
    let (id, secret) = (keys.id.as_str(), keys.secret.expose_secret());
    match &keys.session {
        Some(session) => Credentials::new_with_token(id, secret, session.expose_secret()),
        None => Credentials::new(id, secret),
    }
}

fn request(method: Method, url: Url) -> HttpRequest {
    HttpRequest {
        method,
        url,
        headers: Vec::new(),
        body: None,
        login: None,
    }
}

impl RemoteStore for S3Store {
    fn address(&self) -> String {
        self.address.to_string()
    }

    fn read_head(&self) -> Result<Option<StoredHead>, RemoteError> {
        let Some(answer) = self.get("read the head", &self.head_key())? else {
            return Ok(None);
        };
        let version = self.version(&answer)?;
        Ok(Some(StoredHead {
            bytes: answer.body,
            version,
        }))
    }

    fn write_head(&self, expected: Option<&HeadVersion>, head: &[u8]) -> Result<HeadVersion, WriteError> {
        let condition = match expected {
            None => PutCondition::New,
            Some(HeadVersion(etag)) => PutCondition::Replaces(etag),
        };
        let answer = self.put("write the head", &self.head_key(), head, &condition)?;
        self.version(&answer).map_err(WriteError::Unknown)
    }

    fn put_snapshot(&self, name: &str, snapshot: &[u8]) -> Result<(), WriteError> {
        self.put(
            "keep a snapshot",
            &self.snapshot_key(name),
            snapshot,
            &PutCondition::New,
        )
        .map(|_| ())
    }

    fn get_snapshot(&self, name: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let answer = self.get("read a snapshot", &self.snapshot_key(name))?;
        Ok(answer.map(|answer| answer.body))
    }

    fn snapshot_names(&self) -> Result<Vec<String>, RemoteError> {
        let below = self.snapshot_key("");
        let mut names = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let answer = self.page(&below, after.as_deref())?;
            for key in elements(&answer.body, "Key") {
                let key = percent_decode_str(&key).decode_utf8_lossy();
                names.extend(key.strip_prefix(&below).map(str::to_owned));
            }
            match element(&answer.body, "IsTruncated").as_deref() {
                Some("false") => return Ok(names),
                Some("true") => after = element(&answer.body, "NextContinuationToken"),
                _ => return Err(self.not_ours("its list of objects is none")),
            }
            if after.is_none() {
                break;
            }
        }
        Err(self.not_ours("its list of objects does not end"))
    }

    fn delete_snapshot(&self, name: &str) -> Result<(), WriteError> {
        self.delete(&self.snapshot_key(name))
    }

    fn erase(&self) -> Result<(), WriteError> {
        for name in self.snapshot_names().map_err(WriteError::NotWritten)? {
            self.delete_snapshot(&name)?;
        }
        self.delete(&self.head_key())
    }
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Store")
            .field("address", &self.address)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
