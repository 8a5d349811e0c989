//! Where a state is kept away from this machine, as `state` in dialform.kdl and `--state` say it: what lint accepts is what a command opens.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use thiserror::Error;
use url::Url;

use super::authority::{Authority, is_loopback};
use super::endpoint::Endpoint;

/// Parameters of an address whose names hold one of these hold a secret.
const SECRETS: [&str; 8] = [
    "user",
    "pass",
    "secret",
    "token",
    "key",
    "credential",
    "signature",
    "auth",
];

/// The port of PostgreSQL.
const POSTGRES_PORT: u16 = 5432;

/// A store, named without credentials. Equal addresses have equal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RemoteAddress {
    /// S3, or what speaks as it does.
    S3(S3Address),
    /// A row of a table in PostgreSQL.
    Postgres(PostgresAddress),
    /// A state that GitLab keeps, by its protocol for Terraform.
    Gitlab(GitlabAddress),
}

/// `s3://BUCKET/PREFIX[?endpoint=URL&region=REGION]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct S3Address {
    /// The bucket.
    pub bucket: String,
    /// What the keys of all objects begin with, without a slash at either end.
    pub prefix: String,
    /// The address of a service other than Amazon's.
    pub endpoint: Option<Endpoint>,
    /// The region, unless the environment says it.
    pub region: Option<String>,
}

/// `postgres://HOST[:PORT]/DB?state=NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostgresAddress {
    /// The host: a name or an IP address, IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// Which of the states in it.
    pub state: String,
    /// Whether the connection is encrypted, which only the loopback interface may do without.
    pub tls: bool,
}

/// `https://HOST/api/v4/projects/ID/terraform/state/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GitlabAddress {
    /// The whole of it.
    pub url: Url,
}

/// Why a text is no address of a store. None repeats the text where a password may be in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
pub enum AddressError {
    /// A scheme that no store has.
    #[error(
        "there is no store for `{0}://`; write s3://BUCKET/PREFIX, postgres://HOST/DATABASE?state=NAME, \
         https://GITLAB/api/v4/projects/ID/terraform/state/NAME, or the path of a file"
    )]
    Scheme(String),
    /// No URL at all.
    #[error("the address of the state is not a URL; write it like `{0}`")]
    NotUrl(&'static str),
    /// A user, a password or a key.
    #[error("the address of the state holds a user name, a password or a key; take it out, and {0}")]
    Credentials(&'static str),
    /// A part is missing.
    #[error("the address of the state names no {what}; write it like `{like}`")]
    Missing {
        /// The part.
        what: &'static str,
        /// An address that has it.
        like: &'static str,
    },
    /// A part is not what it may be.
    #[error("the {what} in the address of the state is {why}")]
    Part {
        /// The part.
        what: &'static str,
        /// What is wrong with it, and what to write.
        why: String,
    },
    /// Something that this kind of store does not know.
    #[error("`{what}` means nothing for {kind}; take it out")]
    Unknown {
        /// What is said.
        what: String,
        /// Which store.
        kind: &'static str,
    },
    /// The state could be read on its way.
    #[error(
        "the {what} in the address of the state is not encrypted, so the state and what proves who asks could be read on \
         their way; {instead} (only localhost, 127.0.0.1 and [::1] do without)"
    )]
    NotEncrypted {
        /// Which part.
        what: &'static str,
        /// What to write.
        instead: &'static str,
    },
}

/// What is escaped where it stands in the query of an address.
const IN_QUERY: &AsciiSet = &CONTROLS.add(b'%').add(b'&').add(b'+').add(b'#').add(b'=');

const LIKE_S3: &str = "s3://campaigns-state/twin/production";
const LIKE_POSTGRES: &str = "postgres://db.example.com/campaigns?state=production";
const LIKE_GITLAB: &str = "https://gitlab.example.com/api/v4/projects/42/terraform/state/production";

impl RemoteAddress {
    /// Whether a text is meant as one of these; everything else is the path of a file.
    pub fn is_meant(text: &str) -> bool {
        text.contains("://")
    }

    /// Reads the address of a store, with the `endpoint` and the `region` that stand beside it.
    ///
    /// # Errors
    ///
    /// [`AddressError`] where it is none, or has credentials in it.
    pub fn parse<'t>(text: &'t str, endpoint: Option<&'t str>, region: Option<&str>) -> Result<Self, AddressError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(AddressError::NotUrl(LIKE_S3));
        };
        let behind = |text: &'t str| text.split_once("://").map_or(text, |(_, rest)| rest);
        if [Some(rest), endpoint.map(behind)]
            .into_iter()
            .flatten()
            .any(holds_credentials)
        {
            return Err(AddressError::Credentials(instead(scheme)));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(AddressError::NotUrl(like(scheme)));
        }
        if scheme != "s3" {
            let beside = [("endpoint", endpoint), ("region", region)];
            if let Some((what, _)) = beside.into_iter().find(|(_, value)| value.is_some()) {
                let kind = "a state that is not in S3";
                return Err(AddressError::Unknown {
                    what: what.to_owned(),
                    kind,
                });
            }
        }
        match scheme {
            "s3" => S3Address::parse(rest, endpoint, region).map(Self::S3),
            "postgres" | "postgresql" => PostgresAddress::parse(text).map(Self::Postgres),
            "https" | "http" => GitlabAddress::parse(text).map(Self::Gitlab),
            other => Err(AddressError::Scheme(other.chars().take(40).collect())),
        }
    }
}

impl RemoteAddress {
    /// The address of another state in the same place, for trying the place.
    pub(crate) fn beside(&self, name: &str) -> Self {
        let mut beside = self.clone();
        match &mut beside {
            Self::S3(address) => address.prefix = format!("{}/{name}", address.prefix),
            Self::Postgres(address) => address.state = format!("{}.{name}", address.state),
            Self::Gitlab(address) => {
                let path = format!("{}-{name}", address.url.path());
                address.url.set_path(&path);
            }
        }
        beside
    }
}

impl FromStr for RemoteAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, None, None)
    }
}

/// Whether an address, as it stands behind its scheme, has a user in front of the host or a secret in its query.
fn holds_credentials(rest: &str) -> bool {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let query = behind.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let is_secret = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
        SECRETS.iter().any(|secret| name.contains(secret))
    };
    authority.contains('@') || query.split(['&', '#']).any(is_secret)
}

/// Where credentials belong.
pub(super) fn instead(scheme: &str) -> &'static str {
    match scheme {
        "s3" => {
            "give credentials in the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); another service is named by \
             endpoint="
        }
        "postgres" | "postgresql" => "give them in the environment (PGUSER and PGPASSWORD) or in ~/.pgpass",
        "https" | "http" => "give a token in the environment (CI_JOB_TOKEN or DIALFORM_STATE_TOKEN)",
        _ => "give credentials in the environment",
    }
}

fn like(scheme: &str) -> &'static str {
    match scheme {
        "postgres" | "postgresql" => LIKE_POSTGRES,
        "https" | "http" => LIKE_GITLAB,
        _ => LIKE_S3,
    }
}

impl S3Address {
    fn parse(rest: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<Self, AddressError> {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let kind = "S3, which takes endpoint= and region=";
        let beside = [("endpoint", endpoint), ("region", region)];
        let [endpoint, region] = parameters(
            query,
            kind,
            beside.map(|(name, value)| (name, value.map(str::to_owned))),
        )?;
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        if bucket.contains(':') {
            return Err(AddressError::Credentials(instead("s3")));
        }
        let missing = |what| AddressError::Missing { what, like: LIKE_S3 };
        if bucket.is_empty() {
            return Err(missing("bucket"));
        }
        let is_lower = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.');
        if !bucket.chars().all(is_lower) || !(3..=63).contains(&bucket.len()) || bucket.starts_with(['.', '-']) {
            return Err(AddressError::Part {
                what: "bucket",
                why: "no name of one; they have 3 to 63 lower-case letters, digits, `-` and `.`".to_owned(),
            });
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        if prefix.is_empty() {
            return Err(missing("prefix, which keeps the states in one bucket apart"));
        }
        if prefix.len() > 500 || prefix.split('/').any(|part| !is_plain_part(part)) {
            return Err(AddressError::Part {
                what: "prefix",
                why: "not plain; write letters, digits, `-`, `_` and `.` between single slashes".to_owned(),
            });
        }
        if region.as_deref().is_some_and(|region| !is_region(region)) {
            return Err(AddressError::Part {
                what: "region",
                why: "no name of one; write it like `eu-central-1`".to_owned(),
            });
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: endpoint.as_deref().map(str::parse).transpose()?,
            region,
        })
    }
}

/// The parameters of a query, of which each may be said once, there or beside the address.
fn parameters<const N: usize>(
    query: &str,
    kind: &'static str,
    mut known: [(&'static str, Option<String>); N],
) -> Result<[Option<String>; N], AddressError> {
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let Some((_, said)) = known.iter_mut().find(|(name, _)| *name == key) else {
            let what = format!("{}=", key.chars().take(40).collect::<String>());
            return Err(AddressError::Unknown { what, kind });
        };
        if said.replace(value.into_owned()).is_some() {
            return Err(AddressError::Part {
                what: "query",
                why: format!("not clear, as it says {key}= twice; write it once"),
            });
        }
    }
    Ok(known.map(|(_, said)| said))
}

/// Whether a text can be a region: it becomes part of a host's name.
pub(crate) fn is_region(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(is_part)
}

/// Letters, digits, `-`, `_` and `.`, but neither `.` nor `..`: the same in every store, escaped or not.
fn is_plain_part(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=100).contains(&text.len()) && text.chars().all(is_part) && !matches!(text, "." | "..")
}

impl PostgresAddress {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::NotUrl(LIKE_POSTGRES))?;
        let missing = |what| AddressError::Missing {
            what,
            like: LIKE_POSTGRES,
        };
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(missing("host"));
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        if !host.chars().all(is_part) {
            return Err(AddressError::Part {
                what: "host",
                why: "no name of one; write one host, by its name or its IP address".to_owned(),
            });
        }
        let database = percent_decode_str(url.path().trim_start_matches('/')).decode_utf8_lossy();
        if database.is_empty() {
            return Err(missing("database"));
        }
        if url.fragment().is_some() {
            let kind = "PostgreSQL";
            return Err(AddressError::Unknown {
                what: "#…".to_owned(),
                kind,
            });
        }
        let kind = "PostgreSQL, which takes state= and sslmode=";
        let [state, sslmode] = parameters(
            url.query().unwrap_or_default(),
            kind,
            [("state", None), ("sslmode", None)],
        )?;
        let state = state.ok_or(missing("state"))?;
        if !is_plain_part(&state) {
            return Err(AddressError::Part {
                what: "name of the state (state=)",
                why: "not plain; write letters, digits, `-`, `_` and `.`".to_owned(),
            });
        }
        let is_near = is_loopback(&host);
        let tls = match sslmode.as_deref() {
            None => !is_near,
            Some("require" | "verify-full") => true,
            Some("disable") if is_near => false,
            Some("disable" | "allow" | "prefer") => {
                return Err(AddressError::NotEncrypted {
                    what: "sslmode",
                    instead: "write sslmode=verify-full, or nothing",
                });
            }
            Some(_) => {
                return Err(AddressError::Part {
                    what: "sslmode",
                    why: "none that dialform has; write sslmode=verify-full, which is also what is done without it"
                        .to_owned(),
                });
            }
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(POSTGRES_PORT),
            database: database.into_owned(),
            state,
            tls,
        })
    }

    /// The host and the port, as a variable allows them.
    pub(crate) fn authority(&self) -> Authority {
        Authority {
            host: self.host.clone(),
            port: self.port,
            default_port: POSTGRES_PORT,
        }
    }
}

impl GitlabAddress {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Endpoint::plain_url(text, LIKE_GITLAB, instead("https"))?;
        let Some((before, name)) = url.path().rsplit_once("/terraform/state/") else {
            return Err(AddressError::Missing {
                what: "state of a GitLab project",
                like: LIKE_GITLAB,
            });
        };
        let project = before.rsplit_once("/api/v4/projects/").map(|(_, project)| project);
        // A project is named by its number, or its path with `%2F` between its parts.
        let is_project = |text: &str| text.split("%2F").all(is_plain_part);
        if !project.is_some_and(is_project) {
            return Err(AddressError::Missing {
                what: "project of GitLab",
                like: LIKE_GITLAB,
            });
        }
        if !is_plain_part(name) {
            return Err(AddressError::Part {
                what: "name of the state",
                why: "not plain; write letters, digits, `-`, `_` and `.`".to_owned(),
            });
        }
        Ok(Self { url })
    }
}

impl fmt::Display for RemoteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3(address) => write!(f, "{address}"),
            Self::Postgres(address) => write!(f, "{address}"),
            Self::Gitlab(address) => write!(f, "{address}"),
        }
    }
}

impl fmt::Display for S3Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)?;
        let endpoint = self.endpoint.as_ref().map(|endpoint| endpoint.url().as_str());
        let said = [("endpoint", endpoint), ("region", self.region.as_deref())];
        let said = said.iter().filter_map(|(name, value)| Some((name, (*value)?)));
        for (sign, (name, value)) in std::iter::once('?').chain(std::iter::repeat('&')).zip(said) {
            write!(f, "{sign}{name}={}", utf8_percent_encode(value, IN_QUERY))?;
        }
        Ok(())
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "postgres://{}/{}?state={}",
            self.authority(),
            self.database,
            self.state
        )?;
        // What is printed means the same when it is given again: only this machine is reached without TLS by itself.
        match self.tls && is_loopback(&self.host) {
            true => f.write_str("&sslmode=verify-full"),
            false => Ok(()),
        }
    }
}

impl fmt::Display for GitlabAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}
