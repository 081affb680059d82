//! The loops for any processor; the other files compile the same ones for wider registers.

#![expect(
    clippy::inline_always,
    reason = "a loop is compiled for the features of the function it is inlined into"
)]

use super::bit_search;
use super::dispatch::{ByteSet, Kernels, Op};

/// The loops as the target at hand compiles them.
pub(super) const KERNELS: Kernels = Kernels {
    combine_words: |op, mask, other| combine(op, mask, other.iter().copied()),
    combine_bytes: |op, mask, other| combine(op, mask, words(other)),
    count_words: |words| count(words.iter().copied()),
    count_bytes: |bytes| count(words(bytes)),
    count_common_words: |mask, other| count_common(mask, other.iter().copied()),
    count_common_bytes: |mask, other| count_common(mask, words(other)),
    count_runs,
    scan_u8: |values, low, high, out| scan(values, out, |&it| low <= it && it <= high),
    scan_u16: |values, low, high, out| scan(values, out, |&it| low <= it && it <= high),
    scan_set_u8: |values, set, out| scan(values, out, |&it| holds(set, it)),
    range_of_planes: |planes, ends| bit_search::range_of_planes(planes, ends),
};

#[inline(always)]
pub(super) fn holds(set: &ByteSet, byte: u8) -> bool {
    set.get(usize::from(byte / 64)).is_some_and(|word| word >> (byte % 64) & 1 == 1)
}

#[inline(always)]
pub(super) fn words(bytes: &[[u8; 8]]) -> impl Iterator<Item = u64> + '_ {
    bytes.iter().map(|&word| u64::from_le_bytes(word))
}

#[inline(always)]
pub(super) fn combine(op: Op, mask: &mut [u64], other: impl Iterator<Item = u64>) {
    let pairs = mask.iter_mut().zip(other);
    match op {
        Op::And => pairs.for_each(|(word, other)| *word &= other),
        Op::Or => pairs.for_each(|(word, other)| *word |= other),
        Op::AndNot => pairs.for_each(|(word, other)| *word &= !other),
        Op::Xor => pairs.for_each(|(word, other)| *word ^= other),
    }
}

#[inline(always)]
pub(super) fn count(words: impl Iterator<Item = u64>) -> u32 {
    words.map(u64::count_ones).sum()
}

#[inline(always)]
pub(super) fn count_common(mask: &[u64], other: impl Iterator<Item = u64>) -> u32 {
    count(mask.iter().zip(other).map(|(word, other)| word & other))
}

/// A run begins where a bit is set and the one before it is not.
#[inline(always)]
pub(super) fn count_runs(words: &[u64]) -> u32 {
    let first = words.first().map_or(0, |&word| begins(0, word));
    let others = words.array_windows().map(|&[before, word]| begins(before, word));
    first + others.sum::<u32>()
}

#[inline(always)]
fn begins(before: u64, word: u64) -> u32 {
    (word & !(word << 1 | before >> 63)).count_ones()
}

/// Compares 64 values to flags of a byte each, which vectorises anywhere, and gathers eight flags
/// at a time by a multiplication.
#[inline(always)]
pub(super) fn scan<T>(values: &[T], out: &mut [u64], within: impl Fn(&T) -> bool) {
    let (groups, rest) = values.as_chunks::<64>();
    let mut out = out.iter_mut();
    for (group, word) in groups.iter().zip(out.by_ref()) {
        let mut flags = [[0u8; 8]; 8];
        for (flag, value) in flags.as_flattened_mut().iter_mut().zip(group) {
            *flag = u8::from(within(value));
        }
        *word = 0;
        for (at, flags) in flags.iter().enumerate() {
            let gathered = u64::from_le_bytes(*flags).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            *word |= gathered << (8 * at);
        }
    }
    if let Some(word) = out.next() {
        *word = 0;
        for (at, value) in rest.iter().enumerate() {
            *word |= u64::from(within(value)) << at;
        }
    }
    out.for_each(|word| *word = 0);
}

/// A set by the lower nibbles of its bytes: bit `n` of entry `l` of the first table stands for byte
/// `16 n + l`, and of the second for the byte 128 above it.
#[cfg(target_arch = "x86_64")]
pub(super) fn by_nibbles(set: &ByteSet) -> [[u8; 16]; 2] {
    let mut tables = [[0; 16]; 2];
    for (table, half) in tables.iter_mut().zip([0, 128]) {
        for (entry, low) in table.iter_mut().zip(half..) {
            *entry = (0..8).map(|high| u8::from(holds(set, low + 16 * high)) << high).sum();
        }
    }
    tables
}

/// The bit that an upper nibble stands for in [`by_nibbles`].
#[cfg(target_arch = "x86_64")]
pub(super) const NIBBLE_BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
