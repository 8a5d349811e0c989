//! The address of a service that keeps states.

use std::str::FromStr;

use url::Url;

use super::authority::is_loopback;
use super::store_address::{AddressError, instead};

/// The address of a service: https, or http on the loopback interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint(Url);

impl Endpoint {
    /// An encrypted URL, or one of this machine, without a query.
    pub(super) fn plain_url(text: &str, like: &'static str, credentials: &'static str) -> Result<Url, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::NotUrl(like))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials(credentials));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Part {
                what: "URL",
                why: "not a plain one; write it without `?…` and `#…`".to_owned(),
            });
        }
        match url.scheme() {
            "https" => {}
            "http" if url.host_str().is_some_and(is_loopback) => {}
            "http" => {
                return Err(AddressError::NotEncrypted {
                    what: "URL",
                    instead: "write https://…",
                });
            }
            _ => return Err(AddressError::NotUrl(like)),
        }
        Ok(url)
    }

    /// The URL of it, with a slash at its end.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut url = Self::plain_url(text, "https://s3.example.com", instead("s3"))?;
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }
}
