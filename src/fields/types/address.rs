//! Parses every URL that dialform takes: `api`, `login`, webhooks, and what `import` reads.
//!
//! The URL standard of browsers (WHATWG) and RFC 3986 disagree on where some texts lead: one takes `\` for `/`, decodes
//! `%65` in a host, reads `0x7f.1` as an address or drops a tab, the other does not. Whoever looks at such a text, and
//! whoever sends to it, may then mean two hosts. So only texts are taken that both read alike.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use thiserror::Error;
use url::{Host, Url};

/// The parts of an `http` or `https` URL, as byte ranges of its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// Whether what is sent there is encrypted.
    pub is_https: bool,
    /// `user:password`, without the `@`.
    pub user_info: Option<Range<usize>>,
    /// The host, without the port; an IPv6 address with its brackets.
    pub host: Range<usize>,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// The query, without the `?`.
    pub query: Option<Range<usize>>,
}

/// Why a text is no URL that is taken.
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
    /// Programs read it in two ways.
    Unclear {
        /// What they disagree on.
        what: Unclear,
        /// The URL that was most likely meant, which is taken.
        instead: Option<String>,
    },
}

/// What programs read in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unclear {
    /// `\`.
    #[error("it holds a `\\`, which some programs read as `/`, so that it leads to another host for them")]
    Backslash,
    /// `%` before the path, or without two hexadecimal digits behind it.
    #[error("it holds a `%` that some programs decode and others do not")]
    Percent,
    /// A letter that is not ASCII.
    #[error("it holds a letter that is not ASCII, which programs encode in different ways")]
    NotAscii,
    /// One of `"`, `<`, `>`, `^` and the grave accent.
    #[error("it holds a character that no URL has, and that programs encode in different ways")]
    Sign,
    /// Numbers for a host that are not four from 0 to 255.
    #[error("its host is a number that some programs read as an IP address, and others as a name")]
    Number,
    /// Two dots together, or one at the end of the host.
    #[error("a dot at the end of its host, or two together, make another host of it for some programs")]
    EmptyLabel,
    /// Nothing before the `@`, or several of them.
    #[error("programs disagree on where its user name ends and its host begins")]
    UserInfo,
    /// `.` or `..` as a part of the path.
    #[error("it has `.` or `..` as a part of its path, which some programs resolve and others send")]
    Dots,
    /// Anything else.
    #[error("two programs that read URLs read it in two ways")]
    Readers,
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`BadUrl`] where the text is none, or one that programs read in two ways.
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        let is_plain = text.bytes().all(is_of_urls);
        if !is_plain && text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(BadUrl::WhiteSpace);
        }
        let (scheme, behind) = text.split_once(':').ok_or(BadUrl::NoScheme)?;
        let rest = behind.strip_prefix("//").ok_or(BadUrl::NoScheme)?;
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") {
            let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
            return Err(match scheme.bytes().all(is_scheme) {
                true => BadUrl::Scheme(scheme.to_ascii_lowercase()),
                false => BadUrl::NoScheme,
            });
        }
        let unclear = |what: Unclear| BadUrl::unclear(text, what);
        if !is_plain {
            return Err(unclear(match text {
                _ if !text.is_ascii() => Unclear::NotAscii,
                _ if text.contains('\\') => Unclear::Backslash,
                _ => Unclear::Sign,
            }));
        }
        let (authority, behind) = split_before(rest, b"/?#");
        if holds(authority, b'%') {
            return Err(unclear(Unclear::Percent));
        }
        let (user_info, place) = match split_before(authority, b"@") {
            (_, "") => (None, authority),
            (user, place) if user.is_empty() || holds(&place[1..], b'@') => return Err(unclear(Unclear::UserInfo)),
            (user, place) => (Some(user), &place[1..]),
        };
        let (host, port) = host_and_port(place)?;
        check_host(host).map_err(|why| why.map_or(BadUrl::NoHost, unclear))?;
        if !is_percent_encoded(behind) {
            return Err(unclear(Unclear::Percent));
        }
        let (before_fragment, _) = split_before(behind, b"#");
        let (path, query) = split_before(before_fragment, b"?");
        if path.split('/').any(is_dots) {
            return Err(unclear(Unclear::Dots));
        }
        let at = |part: &str| range_of(text, part);
        let address = Self {
            is_https,
            user_info: user_info.map(at),
            host: at(host),
            port,
            query: query.strip_prefix('?').map(at),
        };
        if !address.is_read_alike(user_info.unwrap_or_default(), host, text) {
            return Err(unclear(Unclear::Readers));
        }
        Ok(address)
    }

    /// Whether the URL standard's reader, by which requests are sent, sees the same parts.
    fn is_read_alike(&self, user_info: &str, host: &str, text: &str) -> bool {
        // A host of letters, digits and dots is the same for every reader, but for the `xn--` of encoded names.
        let is_plain = user_info.is_empty() && !host.starts_with('[') && !holds_twice(host, b'-');
        is_plain || self.is_read_alike_by_standard(user_info, host, text)
    }

    fn is_read_alike_by_standard(&self, user_info: &str, host: &str, text: &str) -> bool {
        let Ok(url) = Url::parse(text) else { return false };
        let (scheme, default) = if self.is_https { ("https", 443) } else { ("http", 80) };
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        let is_same_host = match url.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case(host),
            Some(Host::Ipv4(address)) => host.parse() == Ok(address),
            Some(Host::Ipv6(address)) => bare_ipv6(host).and_then(|host| host.parse().ok()) == Some(address),
            None => false,
        };
        url.scheme() == scheme
            && is_same_host
            && url.port_or_known_default() == Some(self.port.unwrap_or(default))
            && url.username() == user
            && url.password().unwrap_or_default() == password
    }
}

impl BadUrl {
    /// With the URL that was meant, where that is plain enough to be suggested.
    fn unclear(text: &str, what: Unclear) -> Self {
        let instead = match what {
            Unclear::Percent | Unclear::NotAscii | Unclear::Sign | Unclear::Number | Unclear::Dots => Url::parse(text)
                .ok()
                .filter(|url| url.username().is_empty() && url.password().is_none())
                .map(String::from)
                // What is suggested is taken itself.
                .filter(|instead| instead != text && !instead.contains('\\') && Address::parse(instead).is_ok()),
            Unclear::Backslash | Unclear::EmptyLabel | Unclear::UserInfo | Unclear::Readers => None,
        };
        Self::Unclear { what, instead }
    }
}

/// Whether a byte is one of those that URLs are written with.
fn is_of_urls(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`')
}

/// The text up to the first of some signs of ASCII, and the rest from there.
fn split_before<'t, const N: usize>(text: &'t str, signs: &[u8; N]) -> (&'t str, &'t str) {
    let end = text.bytes().position(|byte| signs.contains(&byte));
    text.split_at(end.unwrap_or(text.len()))
}

/// Whether a text holds a sign of ASCII.
fn holds(text: &str, sign: u8) -> bool {
    text.bytes().any(|byte| byte == sign)
}

/// Whether a text holds a sign of ASCII twice in succession.
fn holds_twice(text: &str, sign: u8) -> bool {
    text.as_bytes().windows(2).any(|pair| pair == [sign, sign])
}

/// Where a part of a text stands in it.
fn range_of(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start.saturating_add(part.len())
}

fn host_and_port(place: &str) -> Result<(&str, Option<u16>), BadUrl> {
    // The colons of an IPv6 address stand in brackets.
    let behind_brackets = place.rsplit_once(']').map_or(place, |(_, behind)| behind);
    let (_, port) = split_before(behind_brackets, b":");
    let host = place.strip_suffix(port).unwrap_or(place);
    if port.is_empty() {
        return Ok((host, None));
    }
    let port = port.strip_prefix(':').unwrap_or(port);
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    match port.parse() {
        Ok(port) if is_number => Ok((host, Some(port))),
        _ => Err(BadUrl::Port),
    }
}

/// Whether a host is one for every program: `Err(None)` where it is none at all.
fn check_host(host: &str) -> Result<(), Option<Unclear>> {
    if let Some(address) = bare_ipv6(host) {
        return address.parse::<Ipv6Addr>().map(drop).map_err(|_| None);
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric();
    let is_of_names = |byte: u8| is_letter(byte) || matches!(byte, b'-' | b'_' | b'.');
    if !host.bytes().all(is_of_names) || !host.bytes().any(is_letter) || host.starts_with('.') {
        return Err(None);
    }
    if host.ends_with('.') || holds_twice(host, b'.') {
        return Err(Some(Unclear::EmptyLabel));
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    // The URL standard takes a host whose last part is a number for an IP address, in any of many forms.
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    match is_number && host.parse::<Ipv4Addr>().is_err() {
        true => Err(Some(Unclear::Number)),
        false => Ok(()),
    }
}

fn bare_ipv6(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// Whether two hexadecimal digits follow each `%`.
fn is_percent_encoded(text: &str) -> bool {
    let mut parts = text.split('%');
    parts.next();
    parts.all(|part| {
        let digits = part.as_bytes().first_chunk::<2>();
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Whether a part of a path is `.` or `..`, be a dot written `%2e`.
fn is_dots(part: &str) -> bool {
    const DOTS: [&str; 6] = [".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"];
    part.starts_with(['.', '%']) && DOTS.iter().any(|dots| part.eq_ignore_ascii_case(dots))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_hosts_are_the_same_for_the_url_standard() {
        const LETTERS: &[u8] = b"a0fxX9-_.";
        let mut accepted = 0;
        for length in 1..=5_u32 {
            for mut number in 0..LETTERS.len().pow(length) {
                let host: String = (0..length)
                    .map(|_| {
                        let letter = LETTERS[number % LETTERS.len()];
                        number /= LETTERS.len();
                        char::from(letter)
                    })
                    .collect();
                let text = format!("https://{host}:8443/a?b#c");
                if let Ok(address) = Address::parse(&text) {
                    accepted += 1;
                    assert!(address.is_read_alike_by_standard("", &host, &text), "{text}");
                }
            }
        }
        assert!(accepted > 10_000, "{accepted}");
    }
}
