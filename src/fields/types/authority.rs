//! A host and its port, as an address names them and the environment allows them.

use std::fmt;
use std::net::IpAddr;

use url::Url;

/// A host and a port, which the environment may have to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The one that need not be said.
    pub(crate) default_port: u16,
}

impl Authority {
    /// Those of a URL, which is an https or http one and so has both.
    pub(crate) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        Self {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            default_port: match url.scheme() {
                "http" => 80,
                _ => 443,
            },
        }
    }

    /// Whether it is this machine, which nobody has to allow.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Another host for the same service.
    pub(crate) fn beside(&self, host: &str, port: Option<u16>) -> Self {
        Self {
            host: host.to_ascii_lowercase(),
            port: port.unwrap_or(self.default_port),
            default_port: self.default_port,
        }
    }

    /// Whether one of these, with blanks or commas between them, is it.
    pub(crate) fn is_in(&self, list: &str) -> bool {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        entries
            .into_iter()
            .any(|entry| entry.eq_ignore_ascii_case(&self.to_string()))
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_host(f, &self.host)?;
        match self.port == self.default_port {
            true => Ok(()),
            false => write!(f, ":{}", self.port),
        }
    }
}

fn write_host(f: &mut fmt::Formatter<'_>, host: &str) -> fmt::Result {
    match host.contains(':') {
        true => write!(f, "[{host}]"),
        false => f.write_str(host),
    }
}

/// Whether a host is this machine: what goes there leaves it nowhere.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_allowed_with_its_port() {
        let of = |text: &str| Authority::of(&Url::parse(text).unwrap());
        assert!(of("https://Store.example.com/").is_in("a.example.com, store.example.com"));
        assert!(!of("https://store.example.com:444/").is_in("store.example.com"));
        assert!(of("https://store.example.com:444/").is_in("store.example.com:444"));
        assert!(!of("https://store.example.com.example.org/").is_in("store.example.com"));
        assert!(!of("https://store.example.com/").is_in(""));
    }
}
