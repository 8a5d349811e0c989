//! Dates with a time, in the company's time zone.

use std::fmt;

use jiff::civil::DateTime;

/// A civil date and time to the minute; the wire's `YYYY-MM-DD HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime);

/// Why a text is no moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadMoment {
    /// Another order or other separators, with the moment that was meant.
    Form {
        /// What it means, where that is certain.
        instead: Option<Moment>,
    },
    /// A date that no calendar has, or a time that no clock shows.
    NoSuchDate,
    /// A date without a time.
    NoTime,
}

impl Moment {
    /// Reads `2026-12-02 10:00`.
    pub fn parse(text: &str) -> Result<Self, BadMoment> {
        match digits(text, "dddd-dd-dd dd:dd") {
            Some([year, month, day, hour, minute, _]) => {
                build([year, month, day, hour, minute]).ok_or(BadMoment::NoSuchDate)
            }
            None if digits(text, "dddd-dd-dd").is_some() => Err(BadMoment::NoTime),
            None => Err(BadMoment::Form {
                instead: other_order(text),
            }),
        }
    }

    /// The civil date and time.
    pub fn civil(self) -> DateTime {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0;
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute()
        )
    }
}

/// The numbers of a text that has exactly this form (`d` a digit, everything else itself); zeros behind the last one.
fn digits(text: &str, form: &str) -> Option<[i16; 6]> {
    if text.len() != form.len() {
        return None;
    }
    let mut numbers = [0; 6];
    let mut at = 0;
    for (byte, form) in text.bytes().zip(form.bytes()) {
        if form != b'd' {
            at += 1;
            if byte != form {
                return None;
            }
            continue;
        }
        if !byte.is_ascii_digit() {
            return None;
        }
        let number = numbers.get_mut(at)?;
        *number = *number * 10 + i16::from(byte - b'0');
    }
    Some(numbers)
}

fn build([year, month, day, hour, minute]: [i16; 5]) -> Option<Moment> {
    let small = |value: i16| i8::try_from(value).ok();
    let at = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, 0, 0).ok()?;
    Some(Moment(at))
}

/// The forms people bring along. Day and month of `12/02/2026` could be either, so that form is not among them.
fn other_order(text: &str) -> Option<Moment> {
    let trimmed = text.trim().trim_end_matches(['Z', 'z']);
    for form in [
        "dddd-dd-ddTdd:dd",
        "dddd-dd-ddTdd:dd:dd",
        "dddd-dd-dd dd:dd:dd",
        "dddd/dd/dd dd:dd",
        "dddd.dd.dd dd:dd",
    ] {
        if let Some([year, month, day, hour, minute, _]) = digits(trimmed, form) {
            return build([year, month, day, hour, minute]);
        }
    }
    for form in ["dd.dd.dddd dd:dd", "dd-dd-dddd dd:dd"] {
        if let Some([day, month, year, hour, minute, _]) = digits(trimmed, form) {
            return build([year, month, day, hour, minute]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wires_form_is_taken() {
        assert_eq!(
            Moment::parse("2026-12-02 10:00").map(|at| at.to_string()),
            Ok("2026-12-02 10:00".to_owned())
        );
        let meant = Moment::parse("2026-12-02 10:00").ok();
        for text in [
            "02.12.2026 10:00",
            "2026-12-02T10:00",
            "2026-12-02T10:00:00Z",
            "2026/12/02 10:00",
        ] {
            assert_eq!(Moment::parse(text), Err(BadMoment::Form { instead: meant }), "{text}");
        }
        assert_eq!(
            Moment::parse("12/02/2026 10:00"),
            Err(BadMoment::Form { instead: None })
        );
        assert_eq!(Moment::parse("2026-02-30 10:00"), Err(BadMoment::NoSuchDate));
        assert_eq!(Moment::parse("2026-12-02 24:00"), Err(BadMoment::NoSuchDate));
        assert_eq!(Moment::parse("2026-12-02"), Err(BadMoment::NoTime));
    }
}
