//! Numbers and switches as people send them: as texts, with a fraction of zero, with the errors of binary fractions.

use serde_json::Value;

/// The greatest number that the wire's integers hold.
pub(super) const GREATEST: i64 = i32::MAX as i64;

/// How far a number may lie beside a whole one that was meant.
const NEAR: f64 = 1e-6;

/// Larger ones are not exact, and mean nothing here.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// The whole number that a value says.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some(whole),
            None => near(number.as_f64()?),
        },
        Value::String(text) => {
            let text = text.trim();
            match text.parse() {
                Ok(whole) => Some(whole),
                Err(_) => near(decimal(text)?),
            }
        }
        _ => None,
    }
}

/// The number that a value says.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => decimal(text.trim()),
        _ => None,
    }
}

/// The switch that a value says.
pub(super) fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::Number(_) => match whole(value)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Digits with a point, or with the comma of other languages.
fn decimal(text: &str) -> Option<f64> {
    let is_plain = text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'));
    is_plain.then(|| text.replace(',', ".").parse().ok()).flatten()
}

/// The whole number beside a fraction.
fn near(number: f64) -> Option<i64> {
    let whole = number.round();
    let is_near = (number - whole).abs() < NEAR && whole.abs() < LARGEST;
    // Exact, as it was just checked.
    is_near.then_some(whole as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_in_every_dress() {
        for value in [
            json!(12),
            json!(12.0),
            json!("12"),
            json!(" 12.0 "),
            json!("12,0"),
            json!(11.9999999999),
        ] {
            assert_eq!(whole(&value), Some(12), "{value}");
        }
        for value in [
            json!(12.5),
            json!("12s"),
            json!(1e300),
            json!(true),
            json!(null),
            json!("0x12"),
            json!(""),
        ] {
            assert_eq!(whole(&value), None, "{value}");
        }
    }

    #[test]
    fn switches_in_every_dress() {
        for value in [
            json!(true),
            json!(1),
            json!("true"),
            json!("1"),
            json!(1.0),
            json!("TRUE"),
        ] {
            assert_eq!(switch(&value), Some(true), "{value}");
        }
        for value in [json!(2), json!("maybe"), json!(null), json!([])] {
            assert_eq!(switch(&value), None, "{value}");
        }
    }
}
