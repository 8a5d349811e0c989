//! Where a webhook goes.

use std::borrow::Cow;
use std::ops::Range;

use super::address::{Address, BadUrl};

/// An `http` or `https` URL with a host, taken apart far enough for the rules and for hiding its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
        let parts = Address::parse(text)?;
        let text = text.into();
        Ok(Self { text, parts })
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
    pub fn redacted(&self, hide: impl Fn(&str) -> String) -> String {
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
            url.redacted(|_| "*".to_owned()),
            "https://*@Example.com:8443/hook?token=*&x=&y=*#top"
        );
    }
}
