//! How fast a campaign calls.

use std::borrow::Cow;
use std::fmt;

/// Calls a second, or seconds a call. On the wire it is `cps`: `1 + N/100` or `1 - N/100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// N calls a second, 1 to 99.
    PerSecond(u8),
    /// One call in N seconds, 1 to 99.
    EverySeconds(u8),
}

/// Why a text is no pace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPace {
    /// Neither `N/s` nor `1/Ns` nor `1/min`.
    Form {
        /// A pace that says the same, where there is one.
        instead: Option<Pace>,
    },
    /// The right form, but a number that the wire cannot say.
    OutOfRange,
    /// A `cps` as the wire has it: 1.03 for three calls a second.
    Cps(Pace),
}

impl Pace {
    /// Reads `3/s`, `1/60s` or `1/min`.
    pub fn parse(text: &str) -> Result<Self, BadPace> {
        let compact = match text.contains(char::is_whitespace) {
            true => Cow::Owned(text.split_whitespace().map(sign_of_word).collect()),
            false => Cow::Borrowed(text),
        };
        let form = |instead| BadPace::Form { instead };
        let Some((calls, period)) = compact.split_once('/') else {
            let cps = compact
                .parse()
                .ok()
                .filter(|_| compact.contains('.'))
                .and_then(Self::from_cps);
            let instead = compact.parse().ok().and_then(Self::per_second);
            return Err(cps.map_or(form(instead), BadPace::Cps));
        };
        let calls: u32 = calls.parse().map_err(|_| form(None))?;
        let unit = period.trim_start_matches(|c: char| c.is_ascii_digit());
        let count = period.strip_suffix(unit).unwrap_or_default();
        let count: Option<u32> = if count.is_empty() {
            None
        } else {
            Some(count.parse().map_err(|_| BadPace::OutOfRange)?)
        };
        let unit_seconds = match unit {
            "s" => 1,
            "m" | "min" => 60,
            _ if ["sec", "second", "с", "сек", "секунду"].contains(&unit) => 1,
            _ if ["minute", "мин", "м", "минуту"].contains(&unit) => 60,
            _ => return Err(form(None)),
        };
        let is_canonical = compact == text
            && matches!(
                (calls, count, unit),
                (_, None, "s") | (1, Some(_), "s") | (1, None, "min")
            );
        let seconds = count.unwrap_or(1).saturating_mul(unit_seconds);
        if is_canonical {
            return match (count, unit) {
                (None, "s") => Self::per_second(calls),
                _ => Self::every(seconds),
            }
            .ok_or(BadPace::OutOfRange);
        }
        Err(form(equivalent(calls, seconds)))
    }

    fn per_second(calls: u32) -> Option<Self> {
        u8::try_from(calls)
            .ok()
            .filter(|calls| (1..=99).contains(calls))
            .map(Self::PerSecond)
    }

    fn every(seconds: u32) -> Option<Self> {
        u8::try_from(seconds)
            .ok()
            .filter(|seconds| (1..=99).contains(seconds))
            .map(Self::EverySeconds)
    }

    /// `cps` in hundredths, exactly: 107 for 7/s, 93 for 1/7s.
    pub fn hundredths(self) -> u8 {
        match self {
            Self::PerSecond(calls) => calls.saturating_add(100),
            Self::EverySeconds(seconds) => 100_u8.saturating_sub(seconds),
        }
    }

    /// The pace behind a `cps`, where there is one. The wire's 1 encodes none.
    pub fn from_cps(cps: f64) -> Option<Self> {
        (1..=199_u8)
            .find(|hundredths| (cps - f64::from(*hundredths) / 100.0).abs() < 1e-9)
            .and_then(|hundredths| match hundredths {
                100 => None,
                101.. => Some(Self::PerSecond(hundredths.saturating_sub(100))),
                _ => Some(Self::EverySeconds(100_u8.saturating_sub(hundredths))),
            })
    }

    /// `cps` as the nearest double, whose shortest decimal is exact: 0.93, never 0.9299999999999999.
    pub fn cps(self) -> f64 {
        f64::from(self.hundredths()) / 100.0
    }
}

/// `2 calls per second`: the sign that a word stands for, and nothing for the calls themselves.
fn sign_of_word(word: &str) -> &str {
    match word {
        "per" | "a" | "в" => "/",
        "call" | "calls" | "звонок" | "звонка" | "звонков" => "",
        other => other,
    }
}

/// The pace that means the same as so many calls in so many seconds.
fn equivalent(calls: u32, seconds: u32) -> Option<Pace> {
    let whole = |many: u32, few: u32| many.checked_div(few).filter(|_| many != 0 && many.is_multiple_of(few));
    match whole(calls, seconds) {
        Some(calls) => Pace::per_second(calls),
        None => whole(seconds, calls).and_then(Pace::every),
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(calls) => write!(f, "{calls}/s"),
            Self::EverySeconds(seconds) => write!(f, "1/{seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pace_is_the_shortest_exact_decimal() {
        for n in 1..=99_u32 {
            for (text, hundredths) in [(format!("{n}/s"), 100 + n), (format!("1/{n}s"), 100 - n)] {
                let pace = Pace::parse(&text).unwrap();
                let wire = serde_json::to_string(&pace.cps()).unwrap();
                let exact = format!("{}.{:02}", hundredths / 100, hundredths % 100);
                assert_eq!(wire, exact.trim_end_matches('0'), "{text}");
                assert_eq!(Pace::from_cps(pace.cps()), Some(pace));
                assert_eq!(pace.to_string(), text);
            }
        }
        assert_eq!(Pace::parse("1/min"), Ok(Pace::EverySeconds(60)));
    }

    #[test]
    fn other_forms_are_answered_with_the_same_pace() {
        for (text, instead) in [
            ("60/min", Some(Pace::PerSecond(1))),
            ("2/min", Some(Pace::EverySeconds(30))),
            ("3", Some(Pace::PerSecond(3))),
            ("3 / s", Some(Pace::PerSecond(3))),
            ("3/sec", Some(Pace::PerSecond(3))),
            ("2 per second", Some(Pace::PerSecond(2))),
            ("1 call a minute", Some(Pace::EverySeconds(60))),
            ("5 звонков в секунду", Some(Pace::PerSecond(5))),
            ("fast", None),
            ("1.0", None),
        ] {
            assert_eq!(Pace::parse(text), Err(BadPace::Form { instead }), "{text}");
        }
        for text in ["0/s", "100/s", "1/0s", "1/100s"] {
            assert_eq!(Pace::parse(text), Err(BadPace::OutOfRange), "{text}");
        }
    }
}
