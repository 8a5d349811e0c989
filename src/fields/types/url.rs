//! Where a webhook goes.

use std::borrow::Cow;
use std::ops::Range;

/// An `http` or `https` URL with a host, taken apart far enough for the rules and for hiding its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl {
    text: Box<str>,
    is_https: bool,
    /// Byte range of `user:password`, without the `@`.
    user_info: Option<Range<usize>>,
    /// Byte range of the host, without the port.
    host: Range<usize>,
    /// Byte range of the query, without the `?`.
    query: Option<Range<usize>>,
}

/// Why a text is no webhook URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadUrl {
    /// No `https://` in front.
    NoScheme,
    /// Another scheme than http and https.
    Scheme(String),
    /// Nothing where the host belongs, or something that is no host.
    NoHost,
    /// White space or a control character inside.
    WhiteSpace,
    /// A port that is no number from 1 to 65535.
    Port,
}

impl WebhookUrl {
    /// Reads a URL.
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        match Self::parse_plain(text) {
            Some(url) => Ok(url),
            None => Self::parse_any(text),
        }
    }

    /// `https://`, a host in ASCII and a path, as nearly all are.
    fn parse_plain(text: &str) -> Option<Self> {
        const SCHEME: &str = "https://";
        let rest = text.strip_prefix(SCHEME)?.as_bytes();
        let (mut length, mut before, mut says_something) = (0, b'.', false);
        while let Some(byte) = rest.get(length).filter(|byte| **byte != b'/') {
            let is_letter = byte.is_ascii_alphanumeric();
            if !(is_letter || *byte == b'-' || (*byte == b'.' && before != b'.')) {
                return None;
            }
            says_something |= is_letter;
            before = *byte;
            length += 1;
        }
        // Looks at all of the path, as that is done many bytes at a time.
        let is_plain = |byte: u8| byte.is_ascii_graphic() & (byte != b'?') & (byte != b'#');
        let path = rest.get(length..)?.iter();
        let is_path = path.fold(true, |all, byte| all & is_plain(*byte));
        (says_something && is_path).then(|| Self {
            text: text.into(),
            is_https: true,
            user_info: None,
            host: SCHEME.len()..SCHEME.len() + length,
            query: None,
        })
    }

    fn parse_any(text: &str) -> Result<Self, BadUrl> {
        // Looks at all of them, as that is done many at a time.
        let is_plain = text.bytes().fold(true, |all, byte| all & byte.is_ascii_graphic());
        if !is_plain && text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(BadUrl::WhiteSpace);
        }
        // The signs between the parts are ASCII, so bytes are looked at, and parts end between characters.
        let bytes = text.as_bytes();
        let first = |range: Range<usize>, sign: u8| bytes[range].iter().position(|byte| *byte == sign);
        let last = |range: Range<usize>, sign: u8| bytes[range].iter().rposition(|byte| *byte == sign);
        let colon = bytes
            .windows(3)
            .position(|signs| signs == b"://")
            .ok_or(BadUrl::NoScheme)?;
        let scheme = &text[..colon];
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") {
            return Err(BadUrl::Scheme(scheme.to_ascii_lowercase()));
        }
        let start = colon + 3;
        let is_end = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
        let end = bytes[start..]
            .iter()
            .position(is_end)
            .map_or(text.len(), |at| start + at);
        let (user_info, host_start) = match last(start..end, b'@') {
            Some(at) => (Some(start..start + at), start + at + 1),
            None => (None, start),
        };
        let host_and_port = &text[host_start..end];
        let (host, port) = match last(host_start..end, b':').map(|at| (&host_and_port[..at], &host_and_port[at + 1..]))
        {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (host_and_port, None),
        };
        if !is_host(host) {
            return Err(BadUrl::NoHost);
        }
        if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
            return Err(BadUrl::Port);
        }
        let path_end = first(end..text.len(), b'#').map_or(text.len(), |at| end + at);
        let query = first(end..path_end, b'?').map(|at| end + at + 1..path_end);
        Ok(Self {
            is_https,
            user_info,
            host: host_start..host_start + host.len(),
            query,
            text: text.into(),
        })
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether what is sent there is encrypted.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host, in lower case.
    pub fn host(&self) -> Cow<'_, str> {
        let host = &self.text[self.host.clone()];
        if host.contains(char::is_uppercase) {
            Cow::Owned(host.to_lowercase())
        } else {
            Cow::Borrowed(host)
        }
    }

    /// Where in the URL a user name or password stands.
    pub fn user_info(&self) -> Option<Range<usize>> {
        self.user_info.clone()
    }

    /// The query's `name=value` pairs: name, value, and where the value stands.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str, Range<usize>)> {
        let range = self.query.clone().unwrap_or(0..0);
        let mut at = range.start;
        self.text[range].split('&').filter_map(move |pair| {
            let start = at;
            at += pair.len() + 1;
            let (name, value) = pair.split_once('=')?;
            let value_start = start + name.len() + 1;
            Some((name, value, value_start..value_start + value.len()))
        })
    }

    /// The URL with everything that may be secret (user info, values in the query) put through `hide`.
    pub fn sealed(&self, hide: impl Fn(&str) -> String) -> String {
        let mut secrets: Vec<Range<usize>> = self.user_info.iter().cloned().collect();
        secrets.extend(
            self.query()
                .map(|(_, _, range)| range)
                .filter(|range| !range.is_empty()),
        );
        let mut out = String::new();
        let mut at = 0;
        for range in secrets {
            out.push_str(&self.text[at..range.start]);
            out.push_str(&hide(&self.text[range.clone()]));
            at = range.end;
        }
        out.push_str(&self.text[at..]);
        out
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    // A name begins with something else than a dot, and no two of them stand together.
    let (mut before, mut says_something) = ('.', false);
    for c in host.chars() {
        let is_letter = c.is_alphanumeric();
        says_something |= is_letter;
        if !(is_letter || matches!(c, '-' | '_' | '.')) || (c == '.' && before == '.') {
            return false;
        }
        before = c;
    }
    says_something
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_and_hidden() {
        let url = WebhookUrl::parse("https://u:p@Example.com:8443/hook?token=abc&x=&y=2#top").unwrap();
        assert_eq!(url.host(), "example.com");
        assert_eq!(
            url.sealed(|_| "*".to_owned()),
            "https://*@Example.com:8443/hook?token=*&x=&y=*#top"
        );
    }

    #[test]
    fn the_short_way_reads_what_the_long_one_does() {
        let parts = [
            "https://", "http://", "HTTPS://", "a", "B.c", "7", "-", "_", ".", "/", ":", "8", "@", "?q=1", "#", " ",
            "ä", "[::1]", "\n",
        ];
        let mut plain = 0;
        for scheme in parts {
            for host in parts {
                for more in parts {
                    for path in parts {
                        let text = format!("{scheme}{host}{more}{path}");
                        if let Some(url) = WebhookUrl::parse_plain(&text) {
                            plain += 1;
                            assert_eq!(Ok(url), WebhookUrl::parse_any(&text), "{text:?}");
                        }
                    }
                }
            }
        }
        assert!(plain > 100, "{plain}");
    }

    #[test]
    fn broken_urls_are_told_apart() {
        for (text, why) in [
            ("example.com/hook", BadUrl::NoScheme),
            ("ftp://example.com", BadUrl::Scheme("ftp".to_owned())),
            ("https:///hook", BadUrl::NoHost),
            ("https://", BadUrl::NoHost),
            ("https://exa mple.com", BadUrl::WhiteSpace),
            ("https://example.com:99999/", BadUrl::Port),
        ] {
            assert_eq!(WebhookUrl::parse(text), Err(why), "{text}");
        }
    }
}
