//! Which instruction set runs a loop.

use std::sync::LazyLock;

use super::bit_search::{Group, Plane};
use super::portable;

/// How a mask is combined with other bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Bits of both.
    And,
    /// Bits of either.
    Or,
    /// Bits of the mask that are not in the other.
    AndNot,
    /// Bits of exactly one.
    Xor,
}

/// The loops of one instruction set.
pub(super) struct Kernels {
    pub(super) combine_words: fn(Op, &mut [u64], &[u64]),
    pub(super) combine_bytes: fn(Op, &mut [u64], &[[u8; 8]]),
    pub(super) count_words: fn(&[u64]) -> u32,
    pub(super) count_bytes: fn(&[[u8; 8]]) -> u32,
    pub(super) count_common_words: fn(&[u64], &[u64]) -> u32,
    pub(super) count_common_bytes: fn(&[u64], &[[u8; 8]]) -> u32,
    pub(super) count_runs: fn(&[u64]) -> u32,
    pub(super) scan_u8: fn(&[u8], u8, u8, &mut [u64]),
    pub(super) scan_u16: fn(&[u16], u16, u16, &mut [u64]),
    pub(super) scan_set_u8: fn(&[u8], &ByteSet, &mut [u64]),
    pub(super) range_of_planes: fn(&[Plane<'_>], (u64, u64)) -> Group,
}

/// Some of the 256 bytes: bit `n % 64` of word `n / 64` stands for byte `n`.
pub(crate) type ByteSet = [u64; 4];

/// The best the processor has.
static CHOSEN: LazyLock<Kernels> = LazyLock::new(|| detect().unwrap_or(portable::KERNELS));

#[cfg(target_arch = "x86_64")]
fn detect() -> Option<Kernels> {
    super::avx512::detect().or_else(super::avx2::detect)
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Option<Kernels> {
    None
}

/// Combines the words of a mask with those of another; both are equally long.
pub(crate) fn combine_words(op: Op, mask: &mut [u64], other: &[u64]) {
    (CHOSEN.combine_words)(op, mask, other);
}

/// As [`combine_words`], with words that lie in little-endian bytes.
pub(crate) fn combine_bytes(op: Op, mask: &mut [u64], other: &[[u8; 8]]) {
    (CHOSEN.combine_bytes)(op, mask, other);
}

/// How many bits are set.
pub(crate) fn count_words(words: &[u64]) -> u32 {
    (CHOSEN.count_words)(words)
}

/// As [`count_words`], for words that lie in little-endian bytes.
pub(crate) fn count_bytes(words: &[[u8; 8]]) -> u32 {
    (CHOSEN.count_bytes)(words)
}

/// How many bits are set in both.
pub(crate) fn count_common_words(mask: &[u64], other: &[u64]) -> u32 {
    (CHOSEN.count_common_words)(mask, other)
}

/// As [`count_common_words`], with words that lie in little-endian bytes.
pub(crate) fn count_common_bytes(mask: &[u64], other: &[[u8; 8]]) -> u32 {
    (CHOSEN.count_common_bytes)(mask, other)
}

/// How many runs of set bits there are; a run may go on from word to word.
pub(crate) fn count_runs(words: &[u64]) -> u32 {
    (CHOSEN.count_runs)(words)
}

/// Sets bit `n` of `out` where `low <= values[n] <= high` and clears every other bit; `out` has at
/// least one bit a value, and values past its end are left out.
pub(crate) fn scan_u8(values: &[u8], low: u8, high: u8, out: &mut [u64]) {
    (CHOSEN.scan_u8)(values, low, high, out);
}

/// As [`scan_u8`], for values of sixteen bits.
pub(crate) fn scan_u16(values: &[u16], low: u16, high: u16, out: &mut [u64]) {
    (CHOSEN.scan_u16)(values, low, high, out);
}

/// Sets bit `n` of `out` where `values[n]` is in `set` and clears every other bit; `out` is as for
/// [`scan_u8`]. Takes the same time whatever the set.
pub(crate) fn scan_set_u8(values: &[u8], set: &ByteSet, out: &mut [u64]) {
    (CHOSEN.scan_set_u8)(values, set, out);
}

/// Which of 4,096 rows have codes from the first to the last of `ends`. `planes` holds the bits of
/// their codes, the highest first; rows past the end of the planes mean nothing.
pub(crate) fn range_of_planes(planes: &[Plane<'_>], ends: (u64, u64)) -> Group {
    (CHOSEN.range_of_planes)(planes, ends)
}
