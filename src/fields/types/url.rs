//! Where a webhook goes.

use std::borrow::Cow;
use std::ops::Range;

use super::address::{Address, BadUrl};

/// An `http` or `https` URL with a host, taken apart far enough for the rules and for hiding its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl {
    text: Box<str>,
    parts: Address,
}

impl WebhookUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// As [`Address::parse`].
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        let parts = match Self::parse_plain(text) {
            Some(parts) => parts,
            None => Address::parse(text)?,
        };
        let text = text.into();
        Ok(Self { text, parts })
    }

    /// `https://`, a host in ASCII whose last part begins with a letter, and a path, as nearly all are.
    fn parse_plain(text: &str) -> Option<Address> {
        const SCHEME: &str = "https://";
        let rest = text.strip_prefix(SCHEME)?.as_bytes();
        let (mut length, mut before, mut first) = (0, b'.', b'.');
        while let Some(byte) = rest.get(length).filter(|byte| **byte != b'/') {
            match byte {
                b'.' if before != b'.' => {}
                // Two hyphens may say that a name is encoded.
                b'-' if before != b'-' => {}
                _ if byte.is_ascii_alphanumeric() => {}
                _ => return None,
            }
            if before == b'.' {
                first = *byte;
            }
            before = *byte;
            length = usize::saturating_add(length, 1);
        }
        // Looks at all of the path, as that is done many bytes at a time.
        let is_plain = |byte: u8| {
            byte.is_ascii_graphic() & !matches!(byte, b'?' | b'#' | b'%' | b'\\' | b'"' | b'<' | b'>' | b'^' | b'`')
        };
        let path = rest.get(length..)?;
        let is_path = path.iter().fold(true, |all, byte| all & is_plain(*byte));
        let has_dots = path.windows(2).any(|pair| pair == b"/.");
        (first.is_ascii_alphabetic() && before != b'.' && is_path && !has_dots).then(|| Address {
            is_https: true,
            user_info: None,
            host: SCHEME.len()..SCHEME.len().saturating_add(length),
            port: None,
            query: None,
        })
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether what is sent there is encrypted.
    pub fn is_https(&self) -> bool {
        self.parts.is_https
    }

    /// The host, in lower case.
    pub fn host(&self) -> Cow<'_, str> {
        let host = &self.text[self.parts.host.clone()];
        if host.contains(char::is_uppercase) {
            Cow::Owned(host.to_lowercase())
        } else {
            Cow::Borrowed(host)
        }
    }

    /// Where in the URL a user name or password stands.
    pub fn user_info(&self) -> Option<Range<usize>> {
        self.parts.user_info.clone()
    }

    /// The query's `name=value` pairs: name, value, and where the value stands.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str, Range<usize>)> {
        let range = self.parts.query.clone().unwrap_or(0..0);
        let mut at = range.start;
        self.text[range].split('&').filter_map(move |pair| {
            let end = at.saturating_add(pair.len());
            at = end.saturating_add(1);
            let (name, value) = pair.split_once('=')?;
            Some((name, value, end.saturating_sub(value.len())..end))
        })
    }

    /// The URL with everything that may be secret (user info, values in the query) put through `hide`.
    pub fn sealed(&self, hide: impl Fn(&str) -> String) -> String {
        let mut secrets: Vec<Range<usize>> = self.parts.user_info.iter().cloned().collect();
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
            "https://", "http://", "HTTPS://", "a", "B.c", "7", "0x", "-", "_", ".", "..", "/", "/.", "\\", ":", "8",
            "@", "?q=1", "#", " ", "ä", "[::1]", "\n", "xn--a", "%41", "^",
        ];
        let mut plain = 0;
        for scheme in parts {
            for host in parts {
                for more in parts {
                    for path in parts {
                        let text = format!("{scheme}{host}{more}{path}");
                        if let Some(url) = WebhookUrl::parse_plain(&text) {
                            plain += 1;
                            assert_eq!(Ok(url), Address::parse(&text), "{text:?}");
                        }
                    }
                }
            }
        }
        assert!(plain > 100, "{plain}");
    }
}
