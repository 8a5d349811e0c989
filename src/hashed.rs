//! Hashing what is a hash already, or as good as one.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Hashed`].
pub(crate) type BuildHashed = BuildHasherDefault<Hashed>;

/// Takes a number for its own hash. For keys that nobody chooses: hashes, and places in memory.
#[derive(Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // Spreads what the lowest bits of a place do not tell.
        self.0 = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}
