//! The two places that the client talks to: the only ones that requests, and the bearer token, can go to.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use thiserror::Error;

use crate::fields::types::{Address, BadUrl, Unclear, is_loopback};

/// The base address of one of the API's services, for example `https://cis.twin24.ai/api/v1`.
///
/// It is https, or http on the loopback interface; it holds no user name, password, query or fragment; a slash at its end
/// is dropped. Equal addresses have equal text, so the state can be bound to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    base: Url,
}

/// Why an address cannot be the base of a service. No message repeats the address, as it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    /// The text is not a URL.
    #[error("the address of the API is not a URL; write it like \"https://cis.twin24.ai/api/v1\"")]
    NotUrl,
    /// The scheme is neither https nor, on the loopback interface, http.
    #[error(
        "the address of the API is not https, so the token could be read on its way; write \"https://…\" \
         (http is taken only for localhost, 127.0.0.1 and [::1])"
    )]
    NotHttps,
    /// A user name or a password is part of the URL.
    #[error(
        "the address of the API holds a user name or password; take it out, and give credentials in the environment \
         (DIALFORM_TOKEN, or DIALFORM_EMAIL and DIALFORM_PASSWORD)"
    )]
    UserInfo,
    /// Programs read it in two ways, so that the token could go to a host that nobody meant.
    #[error("the address of the API is not clear: {0}; write it like \"https://cis.twin24.ai/api/v1\"")]
    Unclear(Unclear),
    /// A query (`?…`) or fragment (`#…`) is part of the URL.
    #[error("the address of the API holds a query or a fragment; write it without \"?…\" and \"#…\"")]
    Query,
}

impl BaseUrl {
    /// The address of a method below this base. Each segment is escaped, so none can lead elsewhere.
    pub(crate) fn method(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Only URLs that cannot be a base have no segments, and http and https ones always can.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Whether requests travel without TLS, which [`FromStr`] allows on the loopback interface only.
    pub(crate) fn is_plain(&self) -> bool {
        self.base.scheme() == "http"
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let address = Address::parse(text).map_err(|why| match why {
            BadUrl::Scheme(_) => BaseUrlError::NotHttps,
            BadUrl::Unclear { what, instead: _ } => BaseUrlError::Unclear(what),
            BadUrl::NoScheme | BadUrl::NoHost | BadUrl::WhiteSpace | BadUrl::Port => BaseUrlError::NotUrl,
        })?;
        if address.user_info.is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        // The state compares addresses as texts, and no service needs one in its path.
        if text.contains('%') {
            return Err(BaseUrlError::Unclear(Unclear::Percent));
        }
        let mut base = Url::parse(text).map_err(|_| BaseUrlError::NotUrl)?;
        match base.scheme() {
            "https" => {}
            "http" if base.host_str().is_some_and(is_loopback) => {}
            _ => return Err(BaseUrlError::NotHttps),
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(BaseUrlError::Query);
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Self { base })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}
