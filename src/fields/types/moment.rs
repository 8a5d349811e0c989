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
        /// What it means, most likely.
        instead: Option<Moment>,
        /// Whether it can mean nothing else.
        is_certain: bool,
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
            None => {
                let meant = other_order(text);
                Err(BadMoment::Form {
                    instead: meant.map(|(moment, _)| moment),
                    is_certain: meant.is_some_and(|(_, is_certain)| is_certain),
                })
            }
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
            at = usize::saturating_add(at, 1);
            if byte != form {
                return None;
            }
            continue;
        }
        if !byte.is_ascii_digit() {
            return None;
        }
        let number = numbers.get_mut(at)?;
        *number = i16::saturating_mul(*number, 10).saturating_add(i16::from(byte & 15));
    }
    Some(numbers)
}

fn build([year, month, day, hour, minute]: [i16; 5]) -> Option<Moment> {
    let small = |value: i16| i8::try_from(value).ok();
    let at = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, 0, 0).ok()?;
    Some(Moment(at))
}

/// The moment behind the forms that people bring along, and whether it is certain: the order of day and month and the
/// seconds may leave a doubt. Day and month of `12/02/2026` could be either, so it means none; nor does an hour in UTC,
/// which is another one where the company is.
fn other_order(text: &str) -> Option<(Moment, bool)> {
    let local = text.trim();
    let (date, time) = local
        .split_once(['T', 't'])
        .or_else(|| local.split_once(char::is_whitespace))?;
    // `10:5` may be any of two minutes.
    let is_read = time.trim().split(':').skip(1).all(|part| part.len() == 2);
    let [hour, minute, second] = numbers(time.trim(), ':', 2).filter(|_| is_read)?;
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    let parts = numbers(date, separator, 3)?;
    let is_first_year = date.find(separator) == Some(4);
    let is_last_year = date
        .rfind(separator)
        .is_some_and(|at| date.len().checked_sub(at) == Some(5));
    let (date, is_order_certain) = match (separator, parts, is_first_year, is_last_year) {
        ('-' | '/' | '.', [year, month, day], true, false) => ([year, month, day], true),
        ('-' | '/' | '.', [month, day, year], false, true) if day > 12 => ([year, month, day], true),
        // With dots, the day comes first everywhere.
        ('.', [day, month, year], false, true) => ([year, month, day], true),
        ('-' | '/', [day, month, year], false, true) if day > 12 || day == month => ([year, month, day], true),
        ('-', [day, month, year], false, true) => ([year, month, day], false),
        _ => return None,
    };
    let [year, month, day] = date;
    let moment = build([year, month, day, hour, minute])?;
    Some((moment, is_order_certain && second == 0))
}

/// Up to three numbers between separators, at least so many, of one to four digits; zeros behind the last one.
fn numbers(text: &str, separator: char, least: usize) -> Option<[i16; 3]> {
    let mut numbers = [0; 3];
    for (place, part) in text.split(separator).enumerate() {
        let is_number = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        *numbers.get_mut(place)? = part.parse().ok().filter(|_| is_number)?;
    }
    (text.split(separator).count() >= least).then_some(numbers)
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
        for (text, is_certain) in [
            ("02.12.2026 10:00", true),
            ("2.12.2026 10:00", true),
            ("2026-12-02T10:00", true),
            ("2026-12-2 10:00:00", true),
            ("2026/12/02 10:00", true),
            ("2026-12-02 10:00:30", false),
            ("02-12-2026 10:00", false),
        ] {
            let instead = meant;
            let form = BadMoment::Form { instead, is_certain };
            assert_eq!(Moment::parse(text), Err(form), "{text}");
        }
        let christmas = Moment::parse("2026-12-25 09:00").ok();
        for text in [
            "25/12/2026 9:00",
            "12/25/2026 9:00",
            "12-25-2026 09:00",
            "25.12.2026 9:00",
        ] {
            let (instead, is_certain) = (christmas, true);
            assert_eq!(
                Moment::parse(text),
                Err(BadMoment::Form { instead, is_certain }),
                "{text}"
            );
        }
        for text in [
            "12/02/2026 10:00",
            "02.12.26 10:00",
            "2026-12-02 10:00 PM",
            "2026-12-02T10:00+03:00",
            "soon",
        ] {
            let (instead, is_certain) = (None, false);
            assert_eq!(
                Moment::parse(text),
                Err(BadMoment::Form { instead, is_certain }),
                "{text}"
            );
        }
        assert_eq!(Moment::parse("2026-02-30 10:00"), Err(BadMoment::NoSuchDate));
        assert_eq!(Moment::parse("2026-12-02 24:00"), Err(BadMoment::NoSuchDate));
        assert_eq!(Moment::parse("2026-12-02"), Err(BadMoment::NoTime));
    }
}
