//! Reading files: what is not text, or too large, becomes a finding that names the file.

use std::fs;
use std::io::Read;
use std::path::Path;

/// Files larger than this, in bytes, are not read, unless the person says otherwise.
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
    /// More bytes than the limit.
    TooLarge {
        /// How many; of what has no size, such as a pipe, as many as were read.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The system refused.
    Unreadable {
        /// Its words.
        why: String,
    },
}

/// Reads one file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Loaded {
    match read_bytes(path, limit) {
        Ok((_, size)) if size > limit => Loaded::TooLarge { bytes: size, limit },
        Ok((bytes, _)) => decode(bytes, limit),
        Err(why) => Loaded::Unreadable { why: why.to_string() },
    }
}

/// The bytes of a file and the size that the system gives for it. Nothing is read of a file that is known to be too large.
fn read_bytes(path: &Path, limit: u64) -> std::io::Result<(Vec<u8>, u64)> {
    let file = fs::File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit {
        return Ok((Vec::new(), size));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    // A pipe has no size, and a file may grow meanwhile. One byte more than the limit is enough to know.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes, size))
}

/// Makes text of at most `limit` bytes.
pub fn decode(bytes: Vec<u8>, limit: u64) -> Loaded {
    if bytes.len() as u64 > limit {
        return Loaded::TooLarge {
            bytes: bytes.len() as u64,
            limit,
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
