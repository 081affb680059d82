//! The loops for x86-64 with AVX2.

#![expect(
    unsafe_code,
    reason = "functions compiled for AVX2 are called from code that is not, and vectors are loaded"
)]

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
    _mm256_cmpeq_epi16, _mm256_loadu_si256, _mm256_min_epu8, _mm256_min_epu16,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_packs_epi16, _mm256_permute4x64_epi64,
    _mm256_set1_epi8, _mm256_set1_epi16, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_sub_epi8,
    _mm256_sub_epi16, _mm256_xor_si256,
};

use super::bit_search::{self, Group, Plane};
use super::dispatch::{ByteSet, Kernels, Op};
use super::portable;

/// The loops, where the processor has what they are compiled for.
pub(super) fn detect() -> Option<Kernels> {
    let found = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt");
    found.then_some(Kernels {
        // SAFETY, for every call below: the functions are safe but for the features they are
        // compiled for, and these pointers leave this function only where all were found.
        combine_words: |op, mask, other| {
            // SAFETY: see above.
            unsafe { combine_words(op, mask, other) }
        },
        combine_bytes: |op, mask, other| {
            // SAFETY: see above.
            unsafe { combine_bytes(op, mask, other) }
        },
        count_words: |words| {
            // SAFETY: see above.
            unsafe { count_words(words) }
        },
        count_bytes: |words| {
            // SAFETY: see above.
            unsafe { count_bytes(words) }
        },
        count_common_words: |mask, other| {
            // SAFETY: see above.
            unsafe { count_common_words(mask, other) }
        },
        count_common_bytes: |mask, other| {
            // SAFETY: see above.
            unsafe { count_common_bytes(mask, other) }
        },
        count_runs: |words| {
            // SAFETY: see above.
            unsafe { count_runs(words) }
        },
        scan_u8: |values, low, high, out| {
            // SAFETY: see above.
            unsafe { scan_u8(values, low, high, out) }
        },
        scan_u16: |values, low, high, out| {
            // SAFETY: see above.
            unsafe { scan_u16(values, low, high, out) }
        },
        scan_set_u8: |values, set, out| {
            // SAFETY: see above.
            unsafe { scan_set_u8(values, set, out) }
        },
        range_of_planes: |planes, ends| {
            // SAFETY: see above.
            unsafe { range_of_planes(planes, ends) }
        },
    })
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn combine_words(op: Op, mask: &mut [u64], other: &[u64]) {
    portable::combine(op, mask, other.iter().copied());
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn combine_bytes(op: Op, mask: &mut [u64], other: &[[u8; 8]]) {
    portable::combine(op, mask, portable::words(other));
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn count_words(words: &[u64]) -> u32 {
    portable::count(words.iter().copied())
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn count_bytes(words: &[[u8; 8]]) -> u32 {
    portable::count(portable::words(words))
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn count_common_words(mask: &[u64], other: &[u64]) -> u32 {
    portable::count_common(mask, other.iter().copied())
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn count_common_bytes(mask: &[u64], other: &[[u8; 8]]) -> u32 {
    portable::count_common(mask, portable::words(other))
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn range_of_planes(planes: &[Plane<'_>], ends: (u64, u64)) -> Group {
    bit_search::range_of_planes(planes, ends)
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn count_runs(words: &[u64]) -> u32 {
    portable::count_runs(words)
}

/// `low <= v <= high` is `v - low <= high - low` without signs, and `a <= b` is `min(a, b) == a`.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn scan_u8(values: &[u8], low: u8, high: u8, out: &mut [u64]) {
    let Some(span) = high.checked_sub(low) else { return out.fill(0) };
    let (groups, rest) = values.as_chunks::<64>();
    let first = _mm256_set1_epi8(low.cast_signed());
    let span = _mm256_set1_epi8(span.cast_signed());
    let within = |values: &[u8; 32]| {
        let over = _mm256_sub_epi8(load_u8(values), first);
        _mm256_cmpeq_epi8(_mm256_min_epu8(over, span), over)
    };
    for (group, word) in groups.iter().zip(out.iter_mut()) {
        if let [a, b] = group.as_chunks().0 {
            *word = sign_bits(within(a)) | sign_bits(within(b)) << 32;
        }
    }
    let out = out.get_mut(groups.len()..).unwrap_or_default();
    portable::scan(rest, out, |&it| low <= it && it <= high);
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn scan_u16(values: &[u16], low: u16, high: u16, out: &mut [u64]) {
    let Some(span) = high.checked_sub(low) else { return out.fill(0) };
    let (groups, rest) = values.as_chunks::<64>();
    let first = _mm256_set1_epi16(low.cast_signed());
    let span = _mm256_set1_epi16(span.cast_signed());
    let within = |values: &[u16; 16]| {
        let over = _mm256_sub_epi16(load_u16(values), first);
        _mm256_cmpeq_epi16(_mm256_min_epu16(over, span), over)
    };
    // Packing works in each half of the register; the permutation brings the halves together.
    let pair = |a: &[u16; 16], b: &[u16; 16]| {
        let packed = _mm256_packs_epi16(within(a), within(b));
        sign_bits(_mm256_permute4x64_epi64::<0b11_01_10_00>(packed))
    };
    for (group, word) in groups.iter().zip(out.iter_mut()) {
        if let [a, b, c, d] = group.as_chunks().0 {
            *word = pair(a, b) | pair(c, d) << 32;
        }
    }
    let out = out.get_mut(groups.len()..).unwrap_or_default();
    portable::scan(rest, out, |&it| low <= it && it <= high);
}

/// The lower nibble of a byte picks eight bits of a table, the upper one which of them decides. A
/// shuffle gives 0 where the index has its highest bit, so that each table answers for its half.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn scan_set_u8(values: &[u8], set: &ByteSet, out: &mut [u64]) {
    let (groups, rest) = values.as_chunks::<64>();
    let [lower, upper] = portable::by_nibbles(set).map(|table| twice(&table));
    let bits = twice(&portable::NIBBLE_BITS);
    let half = _mm256_set1_epi8(0x80_u8.cast_signed());
    let index = _mm256_set1_epi8(0x8F_u8.cast_signed());
    let nibble = _mm256_set1_epi8(0x0F);
    let within = |values: &[u8; 32]| {
        let values = load_u8(values);
        let first = _mm256_shuffle_epi8(lower, _mm256_and_si256(values, index));
        let other = _mm256_and_si256(_mm256_xor_si256(values, half), index);
        let either = _mm256_or_si256(first, _mm256_shuffle_epi8(upper, other));
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(values), nibble);
        let bit = _mm256_shuffle_epi8(bits, high);
        _mm256_cmpeq_epi8(_mm256_and_si256(either, bit), bit)
    };
    for (group, word) in groups.iter().zip(out.iter_mut()) {
        if let [a, b] = group.as_chunks().0 {
            *word = sign_bits(within(a)) | sign_bits(within(b)) << 32;
        }
    }
    let out = out.get_mut(groups.len()..).unwrap_or_default();
    portable::scan(rest, out, |&it| portable::holds(set, it));
}

/// A table in each half of the register, as a shuffle wants it.
#[inline]
#[target_feature(enable = "avx2")]
fn twice(table: &[u8; 16]) -> __m256i {
    // SAFETY: the reference gives 16 readable bytes, and the load needs no alignment.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}

/// The highest bit of every byte.
#[inline]
#[target_feature(enable = "avx2")]
fn sign_bits(bytes: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(bytes).cast_unsigned())
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_u8(values: &[u8; 32]) -> __m256i {
    // SAFETY: the reference gives 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_u16(values: &[u16; 16]) -> __m256i {
    // SAFETY: the reference gives 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
}
