//! How long a 429 asks to wait.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Reads `Retry-After`: seconds, or a date.
///
/// A date is measured against the server's own `Date` where it sent one, so that a wrong clock here does not matter; one
/// that is past means no wait. A text that is neither gives `None`.
pub(super) fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is as good as for ever: whoever waits has a limit of their own.
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = http_date(text)?;
    let now = date.and_then(http_date).unwrap_or_else(Timestamp::now);
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// Reads a date as HTTP headers write it.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}
