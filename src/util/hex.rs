//! Bytes as text: two lower-case hexadecimal digits each.

/// `[0x0a, 0xff]` is `0aff`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_byte_is_two_digits() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let library: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(super::encode(&bytes), library);
    }
}
