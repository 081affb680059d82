//! Little-endian numbers, checksums and hashes: what every file is made of.

mod cursor;
mod hash;
mod hex;
mod put;

pub(crate) use cursor::Cursor;
pub(crate) use hash::{Hash, Hasher, crc32c, crc32c_append};
pub(crate) use hex::{from_hex, write_hex};
pub(crate) use put::PutBytes;
