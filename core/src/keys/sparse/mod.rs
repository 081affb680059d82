//! Codes far apart, as distances from the first of every 64.
//!
//! Codes are cut into blocks of 64, the last one shorter. A block's codes are kept as distances
//! from its first, each in as many bits as the block's widest needs.
//!
//! | bytes | field |
//! |---|---|
//! | 8 or 16 every 64th block | the first codes of blocks 0, 64, 128 ... once more |
//! | 8 or 16 a block | its first code, from the base |
//! | 4 a block | where its distances begin after these tables, in units of 8 bytes |
//! | the rest | the distances, lowest bit first; 64 a block, the surplus of the last one zeros |
//!
//! First codes take 8 bytes where the last code is less than 2^64 from the base, else 16. A block
//! of `w` bits a distance takes `8 w` bytes, so its width is how far its neighbour's begin after
//! its own.

mod packed;
mod reader;
mod writer;

pub(super) use reader::{Place, Sparse};
pub(super) use writer::{encode, is_wide, size_bytes};
