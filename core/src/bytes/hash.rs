//! Checksums that find damage, and hashes that name contents.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex::{from_hex, write_hex};
use crate::error::{Error, Result};

/// The CRC32C (Castagnoli) of some bytes: finds damage, proves nothing against intent.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    ::crc32c::crc32c(bytes)
}

/// The CRC32C of bytes whose first part has the CRC32C `so_far`.
pub(crate) fn crc32c_append(so_far: u32, bytes: &[u8]) -> u32 {
    ::crc32c::crc32c_append(so_far, bytes)
}

/// A BLAKE3 hash; its text is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hash(pub(crate) [u8; Hash::BYTES]);

impl Hash {
    pub(crate) const BYTES: usize = 32;

    /// The hash of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Hash(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        from_hex(text)
            .map(Hash)
            .ok_or_else(|| Error::invalid("a hash is 64 lower-case hexadecimal digits"))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A [`Hash`] of bytes that come one piece after another.
#[derive(Debug, Default)]
pub(crate) struct Hasher(blake3::Hasher);

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(&self) -> Hash {
        Hash(*self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The empty input of the BLAKE3 test vectors.
    const EMPTY: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

    #[test]
    fn a_hash_has_one_text() {
        let hash: Hash = EMPTY.parse().unwrap();
        assert_eq!(hash, Hash::of(b""));
        assert_eq!(hash.to_string(), EMPTY);
        assert_eq!(serde_json::to_string(&hash).unwrap(), format!("\"{EMPTY}\""));
        assert_eq!(serde_json::from_str::<Hash>(&format!("\"{EMPTY}\"")).unwrap(), hash);
        for refused in ["", &EMPTY[1..], &EMPTY[2..], &EMPTY.to_uppercase(), &"g".repeat(64)] {
            assert!(refused.parse::<Hash>().is_err(), "{refused}");
        }
    }

    #[test]
    fn pieces_hash_and_sum_as_the_whole() {
        let mut hasher = Hasher::default();
        hasher.update(b"one after ");
        hasher.update(b"another");
        assert_eq!(hasher.finish(), Hash::of(b"one after another"));
        // RFC 3720, B.4: the CRC32C of 32 zero bytes.
        assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(crc32c_append(crc32c(b"one after "), b"another"), crc32c(b"one after another"));
    }
}
