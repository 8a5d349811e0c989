//! Where a state is kept: a path beside `dialform.kdl`, or the address of a store.

use std::fmt;

use thiserror::Error;

/// The schemes of stores.
const STORES: [&str; 5] = ["s3", "postgres", "postgresql", "https", "http"];

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

/// The place of a state, as `state` in `project` or an environment says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StateAddress {
    /// A file, relative to the folder of `dialform.kdl`, with `/` between its parts.
    File(Box<str>),
    /// A store away from this machine, as it is written. No credentials are in it.
    Remote {
        /// The address.
        address: Box<str>,
        /// `endpoint=`
        endpoint: Option<Box<str>>,
        /// `region=`
        region: Option<Box<str>>,
    },
}

/// Why a text is no place of a state. No message repeats the text, as it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadStateAddress {
    /// No scheme of a store.
    #[error(
        "write a path, \"s3://BUCKET/PREFIX\", \"postgres://HOST/DB?state=NAME\" or \
         \"https://GITLAB/api/v4/projects/ID/terraform/state/NAME\""
    )]
    Scheme,
    /// A user, a password or a key.
    #[error(
        "what stands in a file under git is read by many and kept for ever: take it out, have it replaced, and give credentials in \
         the environment"
    )]
    Credentials,
    /// `endpoint=` or `region=` with a path.
    #[error("`endpoint=` and `region=` belong to \"s3://BUCKET/PREFIX\" only")]
    NotS3,
    /// A path that leads out of the project's folder, or names no file.
    #[error(
        "the path is read from the folder of dialform.kdl and stays in it: no `/` in front, no `..`, no `\\`; for a file elsewhere, \
         say --state FILE"
    )]
    Path,
}

impl StateAddress {
    /// Reads what `state` says, with the `endpoint` and the `region` that stand beside it.
    ///
    /// # Errors
    ///
    /// [`BadStateAddress`] where it is no place of a state, or holds a secret.
    pub fn parse(text: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<Self, BadStateAddress> {
        if let Some((scheme, rest)) = text.split_once("://") {
            let beside = [endpoint, region].into_iter().flatten();
            if beside.chain([rest]).any(holds_credentials) {
                return Err(BadStateAddress::Credentials);
            }
            if !STORES.contains(&scheme) || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Err(BadStateAddress::Scheme);
            }
            if scheme != "s3" && endpoint.or(region).is_some() {
                return Err(BadStateAddress::NotS3);
            }
            return Ok(Self::Remote {
                address: text.into(),
                endpoint: endpoint.map(Into::into),
                region: region.map(Into::into),
            });
        }
        if endpoint.or(region).is_some() {
            return Err(BadStateAddress::NotS3);
        }
        let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']);
        let text = text.strip_prefix("./").unwrap_or(text);
        let is_path = text.split('/').all(is_plain) && !text.starts_with('~') && !text.contains(char::is_control);
        match is_path {
            true => Ok(Self::File(text.into())),
            false => Err(BadStateAddress::Path),
        }
    }
}

impl fmt::Display for StateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(path),
            Self::Remote { address, .. } => f.write_str(address),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_the_project_and_an_address_is_of_a_store() {
        let parsed = |text: &str| StateAddress::parse(text, None, None);
        assert_eq!(
            parsed("./state/one.json"),
            Ok(StateAddress::File("state/one.json".into()))
        );
        for text in [
            "/etc/state.json",
            "../state.json",
            "a/../b.json",
            "C:\\state.json",
            "folder/",
            "~/state.json",
            "",
        ] {
            assert_eq!(parsed(text), Err(BadStateAddress::Path), "{text}");
        }
        assert!(matches!(
            parsed("s3://campaigns-state/a"),
            Ok(StateAddress::Remote { .. })
        ));
        assert_eq!(parsed("gs://campaigns-state/a"), Err(BadStateAddress::Scheme));
        for text in [
            "postgres://bot:pass@db/campaigns?state=a",
            "postgres://db/campaigns?state=a&password=x",
            "https://h/api/v4/projects/1/terraform/state/n?private_token=x",
            "s3://key:secret@bucket/a",
        ] {
            assert_eq!(parsed(text), Err(BadStateAddress::Credentials), "{text}");
        }
        assert_eq!(
            StateAddress::parse("a.json", None, Some("eu")),
            Err(BadStateAddress::NotS3)
        );
    }
}
