//! Times of day, which the wire counts in seconds since midnight.

use std::fmt;

/// Seconds since midnight, 0 to 86399.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u32);

/// The last second of a day: what the vendor's examples send for its end.
const END_OF_DAY: u32 = 86_399;

/// Why a text is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadTime {
    /// `24:00` where a window begins.
    EndAtStart,
    /// An hour, minute or second that no clock shows.
    OutOfRange,
    /// `9:10`: the hour needs two digits.
    OneDigit,
    /// Not `HH:MM` or `HH:MM:SS`.
    Form,
}

impl TimeOfDay {
    /// Reads `09:10` or `09:10:30`; `24:00` only if `may_be_end`, as the end of the day.
    pub fn parse(text: &str, may_be_end: bool) -> Result<Self, BadTime> {
        let (hours, behind) = text.split_once(':').ok_or(BadTime::Form)?;
        let (minutes, seconds) = match behind.split_once(':') {
            Some((minutes, seconds)) => (minutes, Some(seconds)),
            None => (behind, None),
        };
        let (of_hours, of_minutes, of_seconds) = (digits(hours)?, digits(minutes)?, digits(seconds.unwrap_or("00"))?);
        if minutes.len() != 2 || seconds.is_some_and(|seconds| seconds.len() != 2) {
            return Err(BadTime::Form);
        }
        if of_minutes > 59 || of_seconds > 59 {
            return Err(BadTime::OutOfRange);
        }
        let seconds = [of_hours, of_minutes, of_seconds]
            .iter()
            .fold(0_u32, |sum, part| sum.saturating_mul(60).saturating_add(*part));
        match seconds {
            _ if hours.len() == 1 => Err(BadTime::OneDigit),
            0..=END_OF_DAY => Ok(Self(seconds)),
            86_400 if may_be_end => Ok(Self(END_OF_DAY)),
            86_400 => Err(BadTime::EndAtStart),
            _ => Err(BadTime::OutOfRange),
        }
    }

    /// From the wire's number of seconds.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        u32::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= END_OF_DAY)
            .map(Self)
    }

    /// The wire's number of seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// The number that one or two digits are.
fn digits(text: &str) -> Result<u32, BadTime> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).ok_or(BadTime::Form)
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = self;
        if *seconds == END_OF_DAY {
            return f.write_str("24:00");
        }
        const HOUR: u32 = 3_600;
        write!(f, "{:02}:{:02}", seconds / HOUR, seconds / 60 % 60)?;
        match seconds % 60 {
            0 => Ok(()),
            rest => write!(f, ":{rest:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_and_print_alike() {
        for (text, seconds) in [("00:00", 0), ("09:10", 33_000), ("09:10:30", 33_030), ("24:00", 86_399)] {
            let time = TimeOfDay::parse(text, true).unwrap();
            assert_eq!((time.seconds(), time.to_string().as_str()), (seconds, text));
        }
    }

    #[test]
    fn every_other_form_is_told_apart() {
        for (text, why) in [
            ("24:00", BadTime::EndAtStart),
            ("24:01", BadTime::OutOfRange),
            ("25:00", BadTime::OutOfRange),
            ("09:60", BadTime::OutOfRange),
            ("9:10", BadTime::OneDigit),
            ("9", BadTime::Form),
            ("09.10", BadTime::Form),
            ("9am", BadTime::Form),
        ] {
            assert_eq!(TimeOfDay::parse(text, false), Err(why), "{text}");
        }
    }
}
