//! Sizes in the dense form, and the three forms of a chunk.

use crate::limits::CHUNK_ROWS;

pub(super) const ENTRY_BYTES: usize = 16;
/// Units that places are counted in.
pub(super) const UNIT_BYTES: usize = 2;
/// Codes whose rank is kept, in a chunk of bits.
pub(super) const RANK_CODES: usize = 512;
pub(super) const RANKS: usize = CHUNK_ROWS / RANK_CODES;
pub(super) const WORDS: usize = CHUNK_ROWS / 64;

/// How a chunk is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Runs,
    Array,
    Bits,
}
