//! Reading files: what is not text, or too large, becomes a finding that names the file.

use std::fs;
use std::io::Read;
use std::path::Path;

/// Files larger than this are not read.
pub const MAX_FILE: u64 = 8 * 1024 * 1024;

/// What reading a file gave.
#[derive(Debug)]
pub enum Loaded {
    /// Its text.
    Text(String),
    /// Bytes that are not UTF-8. Everything before `offset` is exact.
    NotUtf8 {
        /// The text, with replacement characters.
        text: String,
        /// Where the first bad byte stands, 0-based.
        offset: usize,
        /// That byte.
        byte: u8,
    },
    /// A file in UTF-16.
    Utf16,
    /// More than [`MAX_FILE`] bytes.
    TooLarge {
        /// How many.
        bytes: u64,
    },
    /// The system refused.
    Unreadable {
        /// Its words.
        why: String,
    },
}

/// Reads one file.
pub fn read(path: &Path) -> Loaded {
    match read_bytes(path) {
        Ok(bytes) => decode(bytes),
        Err(why) => Loaded::Unreadable { why: why.to_string() },
    }
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than the limit is enough to know.
    fs::File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes text of bytes.
pub fn decode(bytes: Vec<u8>) -> Loaded {
    if bytes.len() as u64 > MAX_FILE {
        return Loaded::TooLarge {
            bytes: bytes.len() as u64,
        };
    }
    if matches!(bytes.get(..2), Some([0xFF, 0xFE] | [0xFE, 0xFF])) {
        return Loaded::Utf16;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Loaded::Text(text),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(offset).copied().unwrap_or_default();
            Loaded::NotUtf8 {
                text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
                offset,
                byte,
            }
        }
    }
}
