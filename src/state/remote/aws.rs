//! Who asks S3: keys from the environment or the usual file, or a role for the token that GitHub or GitLab give a job.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use url::form_urlencoded::Serializer;

use super::RemoteError;
use super::environment::StoreEnvironment;
use super::http::{Http, HttpRequest};
use super::words::Secrets;
use super::xml::element;

/// Temporary keys are renewed so long before they end.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// Where keys come from.
pub(super) enum AwsSource {
    Keys(AwsKeys),
    Role(AwsRole),
}

/// A key, and until when it holds.
#[derive(Clone)]
pub(super) struct AwsKeys {
    pub(super) id: String,
    pub(super) secret: SecretString,
    pub(super) session: Option<SecretString>,
    until: Option<Timestamp>,
}

/// A role that is taken on with a token of the job.
pub(super) struct AwsRole {
    arn: String,
    session: String,
    sts: Url,
    token: JobToken,
}

/// Where a job's token comes from.
enum JobToken {
    File(PathBuf),
    /// GitHub gives one for the asking.
    Github {
        url: Url,
        bearer: SecretString,
    },
}

impl AwsSource {
    /// What the environment has, in the order in which Amazon's tools look.
    pub(super) fn find(store: &str, region: &str, environment: &StoreEnvironment<'_>) -> Result<Self, RemoteError> {
        let missing = |what: String| RemoteError::NoCredentials {
            store: store.to_owned(),
            what,
        };
        match (
            environment.get("AWS_ACCESS_KEY_ID"),
            environment.secret("AWS_SECRET_ACCESS_KEY"),
        ) {
            (Some(id), Some(secret)) => {
                return Ok(Self::Keys(AwsKeys {
                    id,
                    secret,
                    session: environment.secret("AWS_SESSION_TOKEN"),
                    until: None,
                }));
            }
            (Some(_), None) => {
                return Err(missing(
                    "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set it".into(),
                ));
            }
            (None, Some(_)) => {
                return Err(missing(
                    "AWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is not; set it".into(),
                ));
            }
            (None, None) => {}
        }
        if let Some(role) = AwsRole::find(region, environment).map_err(missing)? {
            return Ok(Self::Role(role));
        }
        let profile = environment.get("AWS_PROFILE");
        let name = profile.as_deref().unwrap_or("default");
        let file = environment.file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
        if let Some(keys) = file.and_then(|file| read_profile(&file, name)) {
            return Ok(Self::Keys(keys));
        }
        Err(missing(match profile {
            Some(name) => format!("~/.aws/credentials has no keys of the profile `{name}` that AWS_PROFILE names"),
            None => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE (on \
                     GitHub AWS_ROLE_ARN and the permission `id-token: write`), or write ~/.aws/credentials"
                    .to_owned()
            }
        }))
    }
}

impl AwsKeys {
    /// Whether they hold for a while yet.
    pub(super) fn hold(&self) -> bool {
        let holds = |until: Timestamp| until.duration_since(Timestamp::now()) > RENEW_BEFORE;
        self.until.is_none_or(holds)
    }

    /// What must not be repeated.
    pub(super) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(&self.secret);
        if let Some(session) = &self.session {
            secrets.add(session);
        }
        secrets
    }
}

impl AwsRole {
    fn find(region: &str, environment: &StoreEnvironment<'_>) -> Result<Option<Self>, String> {
        let Some(arn) = environment.get("AWS_ROLE_ARN") else {
            return Ok(None);
        };
        let github = environment.get("ACTIONS_ID_TOKEN_REQUEST_URL");
        let bearer = environment.secret("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        let token = match (environment.get("AWS_WEB_IDENTITY_TOKEN_FILE"), github, bearer) {
            (Some(file), _, _) => JobToken::File(PathBuf::from(file)),
            (None, Some(url), Some(bearer)) => {
                let url = Url::parse(&url).map_err(|_| "ACTIONS_ID_TOKEN_REQUEST_URL is not a URL".to_owned())?;
                JobToken::Github { url, bearer }
            }
            // The role may be meant for the keys of a profile, which this does not do.
            _ => return Ok(None),
        };
        let sts = environment
            .get("AWS_ENDPOINT_URL_STS")
            .unwrap_or_else(|| format!("https://sts.{region}.{}/", domain(region)));
        Ok(Some(Self {
            arn,
            session: environment
                .get("AWS_ROLE_SESSION_NAME")
                .unwrap_or_else(|| "dialform".to_owned()),
            sts: Url::parse(&sts).map_err(|_| "AWS_ENDPOINT_URL_STS is not a URL".to_owned())?,
            token,
        }))
    }

    /// Takes on the role: keys that hold for an hour or so.
    pub(super) fn take_on(&self, store: &str, http: &Http) -> Result<AwsKeys, RemoteError> {
        const DOING: &str = "take on the role of AWS_ROLE_ARN";
        let token = self.token.get(store, http)?;
        let mut secrets = Secrets::default();
        secrets.add(&token);
        let body = Serializer::new(String::new())
            .append_pair("Action", "AssumeRoleWithWebIdentity")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", &self.arn)
            .append_pair("RoleSessionName", &self.session)
            .append_pair("WebIdentityToken", token.expose_secret())
            .finish();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let request = HttpRequest {
            method: Method::POST,
            url: self.sts.clone(),
            headers: vec![(CONTENT_TYPE, form)],
            body: Some(body.into_bytes()),
            login: None,
        };
        let answer = http.send(DOING, request, &secrets)?;
        let text = |name| element(&answer.body, name);
        let found = (
            text("AccessKeyId"),
            text("SecretAccessKey"),
            text("SessionToken"),
            text("Expiration"),
        );
        match (answer.status.as_u16(), found) {
            (200, (Some(id), Some(secret), Some(session), until)) => Ok(AwsKeys {
                id,
                secret: secret.into(),
                session: Some(session.into()),
                until: until.and_then(|until| until.parse().ok()),
            }),
            (status, _) => {
                let code = text("Code").unwrap_or_default();
                let message = text("Message").unwrap_or_default();
                Err(RemoteError::Denied {
                    store: store.to_owned(),
                    doing: DOING,
                    why: secrets.clean(&format!("{status} {code} {message}")),
                })
            }
        }
    }
}

impl JobToken {
    fn get(&self, store: &str, http: &Http) -> Result<SecretString, RemoteError> {
        let missing = |what: String| RemoteError::NoCredentials {
            store: store.to_owned(),
            what,
        };
        match self {
            Self::File(path) => match fs::read_to_string(path) {
                Ok(token) if !token.trim().is_empty() => Ok(SecretString::from(token.trim())),
                Ok(_) => Err(missing(format!(
                    "`{}` (AWS_WEB_IDENTITY_TOKEN_FILE) is empty",
                    path.display()
                ))),
                Err(error) => Err(missing(format!(
                    "`{}` (AWS_WEB_IDENTITY_TOKEN_FILE) cannot be read: {error}",
                    path.display()
                ))),
            },
            Self::Github { url, bearer } => {
                let mut secrets = Secrets::default();
                secrets.add(bearer);
                let mut url = url.clone();
                url.query_pairs_mut().append_pair("audience", "sts.amazonaws.com");
                let header = HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret()));
                let mut header =
                    header.map_err(|_| missing("ACTIONS_ID_TOKEN_REQUEST_TOKEN is no token".to_owned()))?;
                header.set_sensitive(true);
                let request = HttpRequest {
                    method: Method::GET,
                    url,
                    headers: vec![(AUTHORIZATION, header)],
                    body: None,
                    login: None,
                };
                let answer = http.send("get a token of GitHub", request, &secrets)?;
                let token = serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
                let token = token.as_ref().and_then(|answer| answer.get("value")?.as_str());
                token.map(SecretString::from).ok_or_else(|| {
                    missing(format!(
                        "GitHub gave no token ({}); the job needs the permission `id-token: write`",
                        answer.status.as_u16()
                    ))
                })
            }
        }
    }
}

/// What the hosts of a region end with.
pub(super) fn domain(region: &str) -> &'static str {
    match region.starts_with("cn-") {
        true => "amazonaws.com.cn",
        false => "amazonaws.com",
    }
}

/// The keys of a profile: lines `name = value` below a line `[profile]`.
fn read_profile(path: &Path, name: &str) -> Option<AwsKeys> {
    let text = fs::read_to_string(path).ok()?;
    let mut is_in = false;
    let (mut id, mut secret, mut session) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            is_in = section.trim() == name;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| is_in) {
            let value = value.trim().to_owned();
            match key.trim() {
                "aws_access_key_id" => id = Some(value),
                "aws_secret_access_key" => secret = Some(SecretString::from(value)),
                "aws_session_token" => session = Some(SecretString::from(value)),
                _ => {}
            }
        }
    }
    Some(AwsKeys {
        id: id?,
        secret: secret?,
        session,
        until: None,
    })
}

impl fmt::Debug for AwsSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys(_) => "keys",
            Self::Role(_) => "role",
        })
    }
}

impl fmt::Debug for AwsKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AwsKeys")
    }
}
