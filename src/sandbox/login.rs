//! The login endpoint and the check of bearer tokens.
//!
//! The sandbox knows no accounts. It lets everyone in, but for the two well-known values with which a person or a test
//! can see a refusal.

use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::ErrorResponse;
use super::strict::{Complaints, Fields, Presence, Seen};
use Presence::{Optional, Required};

/// The password that the login method refuses.
pub const WRONG_PASSWORD: &str = "wrong";

/// The bearer token that the calls answer with 401, as they answer a token past its `exp`.
pub const EXPIRED_TOKEN: &str = "expired";

/// The default lifetime of a token, in seconds.
const DEFAULT_TTL: u64 = 24 * 60 * 60;
/// The maximum lifetime of a token, in seconds: a year.
const LONGEST_TTL: u64 = 366 * 24 * 60 * 60;

/// Answers `{"email", "password", "ttl"}` with `{"token", "refreshToken"}`.
pub(super) fn log_in(body: &Map<String, Value>) -> Result<Value, ErrorResponse> {
    let mut complaints = Complaints::default();
    let mut password = Seen::Absent;
    let mut ttl = DEFAULT_TTL;
    Fields::read_all(body, &mut complaints, |login| {
        login.filled("email", Required);
        password = login.filled("password", Required);
        ttl = login
            .integer("ttl", Optional, 1..=LONGEST_TTL)
            .value()
            .unwrap_or(DEFAULT_TTL);
    });
    if !complaints.is_empty() {
        return Err(complaints.into());
    }
    if password.value() == Some(WRONG_PASSWORD) {
        return Err(ErrorResponse::new(StatusCode::UNAUTHORIZED, "Wrong e-mail or password"));
    }
    let expiry = Timestamp::now()
        .as_second()
        .saturating_add(i64::try_from(ttl).unwrap_or(i64::MAX));
    Ok(json!({ "token": token(expiry), "refreshToken": Uuid::new_v4().simple().to_string() }))
}

/// Lets a request with a bearer token pass.
pub(super) fn check_bearer(headers: &HeaderMap) -> Result<(), ErrorResponse> {
    let refused = |message: &str| Err(ErrorResponse::new(StatusCode::UNAUTHORIZED, message));
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => match token.trim() {
            "" => refused("The bearer token is empty"),
            EXPIRED_TOKEN => refused("The token has expired"),
            _ => Ok(()),
        },
        _ => refused("Authorization: Bearer <token> is required"),
    }
}

/// A token in the shape of a JWT, with `exp` in seconds since 1970; it is signed by nobody.
fn token(expiry: i64) -> String {
    let header = json!({ "alg": "none", "typ": "JWT" });
    let claims = json!({ "iss": "dialform sandbox", "jti": Uuid::new_v4(), "exp": expiry });
    let part = |value: &Value| base64_url(value.to_string().as_bytes());
    format!("{}.{}.{}", part(&header), part(&claims), base64_url(b"sandbox"))
}

/// Base64 with the URL alphabet and without padding, as the parts of a JWT are written.
fn base64_url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        // n bytes fill n + 1 letters.
        for letter in 0..=chunk.len() {
            let six = (bits >> (18 - 6 * letter)) & 0x3f;
            text.push(char::from(ALPHABET[six as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_url_of_every_remainder() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
        ] {
            assert_eq!(base64_url(plain.as_bytes()), encoded);
        }
        assert_eq!(base64_url(&[0xfb, 0xff]), "-_8");
    }
}
