//! Bytes as text: two lower-case hexadecimal digits each.

use std::fmt::Write;

/// `[0x0a, 0xff]` is `0aff`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
