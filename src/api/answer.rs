//! An answer of the API, before anything is concluded from it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, LINK, RETRY_AFTER};

use super::redact::Redactor;
use super::retry_after::{self, http_date};
use super::untrusted::{Untrusted, whole};

/// What came back. No text leaves it but without secrets.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) head: AnswerHead,
    pub(super) body: AnswerBody,
}

/// The body of an answer.
pub(super) enum AnswerBody {
    /// All of it, as far as HTTP can tell.
    Whole(Untrusted),
    /// It broke off, and how.
    Broken(String),
    /// It is longer than so many bytes.
    TooLong(usize),
}

/// The headers of an answer, by what they mean.
pub(super) struct AnswerHead {
    headers: HeaderMap,
    redactor: Arc<Redactor>,
}

impl AnswerHead {
    pub(super) fn new(headers: HeaderMap, redactor: Arc<Redactor>) -> Self {
        Self { headers, redactor }
    }

    /// How long `Retry-After` asks to wait.
    pub(super) fn wait(&self) -> Option<Duration> {
        retry_after::wait(self.text(RETRY_AFTER.as_str())?, self.text(DATE.as_str()))
    }

    /// The server's clock, header `Date`.
    pub(super) fn date(&self) -> Option<Timestamp> {
        http_date(self.text(DATE.as_str())?)
    }

    /// Every header `Link`, without secrets.
    pub(super) fn links(&self) -> Vec<String> {
        let all = self.headers.get_all(LINK).into_iter();
        all.filter_map(|value| value.to_str().ok())
            .map(|link| self.redactor.text(link))
            .collect()
    }

    /// The last header `X-Total-Count`.
    pub(super) fn total(&self) -> Option<u64> {
        let all = self.headers.get_all("x-total-count").into_iter();
        all.filter_map(|value| value.to_str().ok()).next_back().and_then(whole)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
