//! Checks of single values by the vendor's page: pace, start, ids, webhook URLs.

use jiff::civil::Date;
use serde_json::Number;
use uuid::Uuid;

/// How fast a task calls, as `cps` encodes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TaskPace {
    /// So many calls in one second: `1 + N/100`.
    PerSecond(u32),
    /// One call in so many seconds: `1 - N/100`.
    EverySeconds(u32),
}

impl TaskPace {
    /// Reads `cps`, if it is the exact decimal for a whole N from 1 to 99.
    ///
    /// It goes by digits and not by arithmetic, because 1 - 7/100 is 0.9299999999999999 in binary fractions and the page means 0.93.
    pub(super) fn of(cps: &Number) -> Option<Self> {
        let text = cps.to_string();
        let (whole, decimals) = text.split_once('.')?;
        let hundredths: u32 = match decimals.len() {
            1 => decimals.parse::<u32>().ok()? * 10,
            2 => decimals.parse().ok()?,
            _ => return None,
        };
        match (whole, hundredths) {
            (_, 0) => None,
            ("1", n) => Some(Self::PerSecond(n)),
            ("0", n) => Some(Self::EverySeconds(100 - n)),
            _ => None,
        }
    }
}

/// Whether the text is `YYYY-MM-DD HH:MM` and such a minute exists in the calendar.
pub(super) fn is_moment(text: &str) -> bool {
    let shape = b"0000-00-00 00:00";
    let shaped = text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, like)| {
            if *like == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == *like
            }
        });
    // The shape is ASCII throughout, so that these places fall between characters.
    let part = |from: usize, to: usize| {
        text.get(from..to)
            .and_then(|digits| digits.parse::<i16>().ok())
            .unwrap_or(-1)
    };
    let small = |from: usize, to: usize| i8::try_from(part(from, to)).unwrap_or(-1);
    shaped && Date::new(part(0, 4), small(5, 7), small(8, 10)).is_ok() && small(11, 13) < 24 && small(14, 16) < 60
}

/// Whether the text is a UUID in its usual form, with hyphens: other forms parse too, but no page shows them.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

/// What keeps a text from being a webhook URL, if anything does.
pub(super) fn webhook_url_fault(text: &str) -> Option<&'static str> {
    // The host is looked for by hand: URL parsers turn `https:///hook` into the host `hook`.
    let lower = text.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) else {
        return Some("must be a URL that begins with http:// or https://");
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Some("must name a host");
    }
    if text.contains(char::is_whitespace) || reqwest::Url::parse(text).is_err() {
        return Some("must be a well-formed URL");
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn pace(json: &str) -> Option<TaskPace> {
        match serde_json::from_str(json) {
            Ok(Value::Number(number)) => TaskPace::of(&number),
            _ => None,
        }
    }

    #[test]
    fn every_pace_of_the_page_is_read() {
        for n in 1..=99_u32 {
            let text = |hundredths: u32| format!("{hundredths:02}").trim_end_matches('0').to_owned();
            assert_eq!(
                pace(&format!("1.{}", text(n))),
                Some(TaskPace::PerSecond(n)),
                "{n} a second"
            );
            assert_eq!(
                pace(&format!("0.{}", text(100 - n))),
                Some(TaskPace::EverySeconds(n)),
                "one in {n} seconds"
            );
        }
        assert_eq!(pace("1.03"), Some(TaskPace::PerSecond(3)));
        assert_eq!(pace("0.4"), Some(TaskPace::EverySeconds(60)));
    }

    #[test]
    fn a_number_that_encodes_no_pace_is_none() {
        for cps in [
            "1",
            "1.0",
            "0",
            "0.0",
            "2",
            "2.0",
            "3",
            "-0.4",
            "1.005",
            "0.9299999999999999",
            "1e-2",
            "2.5",
            "1e300",
        ] {
            // 1e-2 is the same number as 0.01, which is one call in 99 seconds.
            let expected = (cps == "1e-2").then_some(TaskPace::EverySeconds(99));
            assert_eq!(pace(cps), expected, "{cps}");
        }
    }

    #[test]
    fn a_moment_is_a_minute_of_the_calendar() {
        for good in ["2026-12-02 10:00", "2028-02-29 00:00", "2026-12-31 23:59"] {
            assert!(is_moment(good), "{good}");
        }
        for bad in [
            "",
            "2026-02-29 10:00",
            "2026-13-01 10:00",
            "2026-00-01 10:00",
            "2026-12-02 24:00",
            "2026-12-02 10:60",
            "2026-12-02T10:00",
            "2026-12-02 10:00:00",
            "2026-12-02",
            "02.12.2026 10:00",
            "2026-12-2 10:000",
            "２０２６-12 10:00",
        ] {
            assert!(!is_moment(bad), "{bad}");
        }
    }

    #[test]
    fn a_webhook_url_has_a_scheme_and_a_host() {
        for good in [
            "https://example.com/hook",
            "http://user:pw@example.com:8080/?a=b",
            "https://пример.рф/хук",
            "http://[::1]/",
        ] {
            assert_eq!(webhook_url_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "example.com/hook",
            "ftp://example.com",
            "https://",
            "https:///hook",
            "https://:443/hook",
            "https://user@/hook",
            "https://exa mple.com/",
            "https://example.com:port/",
        ] {
            assert!(webhook_url_fault(bad).is_some(), "{bad}");
        }
    }
}
