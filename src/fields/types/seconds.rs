//! Durations, which the wire counts in whole seconds.

use std::fmt;

/// A duration in whole seconds; the wire's `int, s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u32);

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadDuration {
    /// A number alone: seconds, minutes, hours?
    NoUnit(u32),
    /// A unit that is none of s, m, h, d.
    Unit {
        /// The unit as it was written.
        unit: String,
        /// The unit that it most likely means.
        means: Option<&'static str>,
    },
    /// Less than a second, or a fraction.
    Fraction,
    /// More than the wire's 32-bit integer holds.
    TooLong,
    /// A larger unit behind a smaller one, or a unit twice.
    Order,
    /// Nothing like a duration.
    Form,
}

const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Other ways to write the units, and `ms`, which the wire cannot say.
const OTHER_UNITS: [(&str, &str); 21] = [
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("с", "s"),
    ("сек", "s"),
    ("м", "m"),
    ("мин", "m"),
    ("ч", "h"),
    ("час", "h"),
    ("д", "d"),
];

impl Seconds {
    /// Reads `12s`, `20m`, `1h30m`, `2d`.
    pub fn parse(text: &str) -> Result<Self, BadDuration> {
        let mut total = 0_u64;
        let mut smallest = u64::MAX;
        let mut rest = text;
        if rest.is_empty() {
            return Err(BadDuration::Form);
        }
        while !rest.is_empty() {
            let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let count = rest.strip_suffix(tail).unwrap_or_default();
            if count.is_empty() {
                return Err(BadDuration::Form);
            }
            let count: u64 = count.parse().map_err(|_| BadDuration::TooLong)?;
            if tail.is_empty() {
                let whole = smallest == u64::MAX;
                return Err(u32::try_from(count)
                    .ok()
                    .filter(|_| whole)
                    .map_or(BadDuration::Form, BadDuration::NoUnit));
            }
            if tail.starts_with(['.', ',']) {
                return Err(BadDuration::Fraction);
            }
            let letters = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
            let (unit, next) = tail.split_at(letters);
            if unit.is_empty() {
                return Err(BadDuration::Form);
            }
            let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
                if unit == "ms" {
                    return Err(BadDuration::Fraction);
                }
                let lower = unit.to_lowercase();
                let known = UNITS.iter().map(|(name, _)| (*name, *name)).chain(OTHER_UNITS);
                let means = known.into_iter().find(|(name, _)| *name == lower).map(|(_, unit)| unit);
                return Err(BadDuration::Unit {
                    unit: unit.to_owned(),
                    means,
                });
            };
            if *size >= smallest {
                return Err(BadDuration::Order);
            }
            smallest = *size;
            total = total.saturating_add(count.saturating_mul(*size));
            rest = next;
        }
        i32::try_from(total)
            .map_err(|_| BadDuration::TooLong)
            .map(|total| Self(total.unsigned_abs()))
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::from(self.0);
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, size) in UNITS {
            if rest >= size {
                write!(f, "{}{unit}", rest.checked_div(size).unwrap_or_default())?;
                rest = rest.checked_rem(size).unwrap_or_default();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_alike() {
        for (text, seconds) in [
            ("0s", 0),
            ("12s", 12),
            ("20m", 1_200),
            ("1h30m", 5_400),
            ("1d2h", 93_600),
        ] {
            assert_eq!(Seconds::parse(text), Ok(Seconds(seconds)));
            assert_eq!(Seconds(seconds).to_string(), text);
        }
        assert_eq!(
            Seconds::parse("90m").map(|read| read.to_string()),
            Ok("1h30m".to_owned())
        );
    }

    #[test]
    fn every_other_form_is_told_apart() {
        assert_eq!(Seconds::parse("20"), Err(BadDuration::NoUnit(20)));
        assert_eq!(
            Seconds::parse("20min"),
            Err(BadDuration::Unit {
                unit: "min".into(),
                means: Some("m")
            })
        );
        assert_eq!(
            Seconds::parse("20M"),
            Err(BadDuration::Unit {
                unit: "M".into(),
                means: Some("m")
            })
        );
        assert_eq!(Seconds::parse("1.5h"), Err(BadDuration::Fraction));
        assert_eq!(Seconds::parse("500ms"), Err(BadDuration::Fraction));
        assert_eq!(Seconds::parse("30m1h"), Err(BadDuration::Order));
        assert_eq!(Seconds::parse("99999d"), Err(BadDuration::TooLong));
        for text in ["", "soon", "-5s", "1h30"] {
            assert_eq!(Seconds::parse(text), Err(BadDuration::Form), "{text}");
        }
    }
}
