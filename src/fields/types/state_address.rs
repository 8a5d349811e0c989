//! Where a state is kept: a path beside `dialform.kdl`, or the address of a store.

use thiserror::Error;

use super::store_address::{AddressError, RemoteAddress};

/// The place of a state, as `state` in `project` or an environment says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StateAddress {
    /// A file, relative to the folder of `dialform.kdl`, with `/` between its parts.
    File(Box<str>),
    /// A store away from this machine.
    Store(RemoteAddress),
    /// No place at all, which lint reports. It is kept, so that no command takes the state of another place in its stead.
    Unusable(BadStateAddress),
}

/// Why a text is no place of a state. No message repeats the text, as it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
pub enum BadStateAddress {
    /// No address of a store.
    #[error(transparent)]
    Store(#[from] AddressError),
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
        if RemoteAddress::is_meant(text) {
            return Ok(Self::Store(RemoteAddress::parse(text, endpoint, region)?));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_the_project() {
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
        assert_eq!(
            StateAddress::parse("a.json", None, Some("eu")),
            Err(BadStateAddress::NotS3)
        );
    }
}
