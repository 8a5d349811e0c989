//! The checksums of the state's files, and the line form that the journal and the spill file share.

use std::io::{self, BufWriter, Write};

use sha2::{Digest, Sha256};

use crate::util::compact_json::write_member;
use crate::util::hex;

/// Characters of the checksum at the end of a line: 64 bits, against accidents, not against people.
const LINE_SUM: usize = 16;
/// So many bytes are hashed at once.
const PIECE: usize = 32 << 10;
const BEFORE_SUM: &str = ",\"sum\":\"";
const AFTER_SUM: &str = "\"}";

/// The SHA-256 of some text, in hex.
pub(crate) fn whole(text: &str) -> String {
    of_bytes(text.as_bytes())
}

/// The same of some bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes))
}

/// The SHA-256 of the compact form of a member of a JSON object, in hex; nothing where the text has no such member.
pub(super) fn of_member(object: &str, name: &str) -> Option<String> {
    let mut hasher = BufWriter::with_capacity(PIECE, Hasher(Sha256::new()));
    write_member(object, name, &mut hasher).ok()?;
    let Hasher(hash) = hasher.into_inner().ok()?;
    Some(hex::encode(&hash.finalize()))
}

/// Takes what is written for what is to be hashed.
struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Adds a checksum over a JSON object and the line before it, so that a missing, doubled or foreign line is noticed.
/// Returns the line and its checksum.
pub(super) fn seal(object: &str, before: &str) -> (String, String) {
    let open = object.strip_suffix('}').unwrap_or(object);
    let sum = line_sum(open, before);
    (format!("{open}{BEFORE_SUM}{sum}{AFTER_SUM}\n"), sum)
}

/// The JSON object of a sealed line (without its newline) and the line's checksum; `None` where they do not agree.
pub(super) fn unseal(line: &str, before: &str) -> Option<(String, String)> {
    let rest = line.strip_suffix(AFTER_SUM)?;
    let (open, sum) = rest.split_at_checked(rest.len().checked_sub(LINE_SUM)?)?;
    let open = open.strip_suffix(BEFORE_SUM)?;
    (line_sum(open, before) == sum).then(|| (format!("{open}}}"), sum.to_owned()))
}

fn line_sum(open: &str, before: &str) -> String {
    let mut sum = whole(&format!("{before}\n{open}"));
    sum.truncate(LINE_SUM);
    sum
}
