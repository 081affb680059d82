//! The loops for x86-64 with AVX-512 (F, BW, VL and VPOPCNTDQ).

#![expect(
    unsafe_code,
    reason = "functions compiled for AVX-512 are called from code that is not, and vectors are loaded"
)]

use std::arch::x86_64::{
    __m512i, _mm_loadu_si128, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_cmple_epu8_mask,
    _mm512_cmple_epu16_mask, _mm512_loadu_si512, _mm512_or_si512, _mm512_set1_epi8,
    _mm512_set1_epi16, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_sub_epi8, _mm512_sub_epi16,
    _mm512_test_epi8_mask, _mm512_xor_si512,
};

use super::bit_search::{self, Group, Plane};
use super::dispatch::{ByteSet, Kernels, Op};
use super::portable;

/// The loops, where the processor has what they are compiled for.
pub(super) fn detect() -> Option<Kernels> {
    let found = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vpopcntdq")
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

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn combine_words(op: Op, mask: &mut [u64], other: &[u64]) {
    portable::combine(op, mask, other.iter().copied());
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn combine_bytes(op: Op, mask: &mut [u64], other: &[[u8; 8]]) {
    portable::combine(op, mask, portable::words(other));
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn count_words(words: &[u64]) -> u32 {
    portable::count(words.iter().copied())
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn count_bytes(words: &[[u8; 8]]) -> u32 {
    portable::count(portable::words(words))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn count_common_words(mask: &[u64], other: &[u64]) -> u32 {
    portable::count_common(mask, other.iter().copied())
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn count_common_bytes(mask: &[u64], other: &[[u8; 8]]) -> u32 {
    portable::count_common(mask, portable::words(other))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn range_of_planes(planes: &[Plane<'_>], ends: (u64, u64)) -> Group {
    bit_search::range_of_planes(planes, ends)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn count_runs(words: &[u64]) -> u32 {
    portable::count_runs(words)
}

/// `low <= v <= high` is `v - low <= high - low` without signs.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn scan_u8(values: &[u8], low: u8, high: u8, out: &mut [u64]) {
    let Some(span) = high.checked_sub(low) else { return out.fill(0) };
    let (groups, rest) = values.as_chunks();
    let first = _mm512_set1_epi8(low.cast_signed());
    let span = _mm512_set1_epi8(span.cast_signed());
    for (group, word) in groups.iter().zip(out.iter_mut()) {
        *word = _mm512_cmple_epu8_mask(_mm512_sub_epi8(load_u8(group), first), span);
    }
    let out = out.get_mut(groups.len()..).unwrap_or_default();
    portable::scan(rest, out, |&it| low <= it && it <= high);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn scan_u16(values: &[u16], low: u16, high: u16, out: &mut [u64]) {
    let Some(span) = high.checked_sub(low) else { return out.fill(0) };
    let (groups, rest) = values.as_chunks::<64>();
    let first = _mm512_set1_epi16(low.cast_signed());
    let span = _mm512_set1_epi16(span.cast_signed());
    let within = |values: &[u16; 32]| {
        let over = _mm512_sub_epi16(load_u16(values), first);
        u64::from(_mm512_cmple_epu16_mask(over, span))
    };
    for (group, word) in groups.iter().zip(out.iter_mut()) {
        if let [a, b] = group.as_chunks().0 {
            *word = within(a) | within(b) << 32;
        }
    }
    let out = out.get_mut(groups.len()..).unwrap_or_default();
    portable::scan(rest, out, |&it| low <= it && it <= high);
}

/// As for AVX2: the lower nibble picks eight bits of a table, the upper one which of them decides.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,bmi1,bmi2,lzcnt,popcnt")]
fn scan_set_u8(values: &[u8], set: &ByteSet, out: &mut [u64]) {
    let (groups, rest) = values.as_chunks();
    let [lower, upper] = portable::by_nibbles(set).map(|table| four_times(&table));
    let bits = four_times(&portable::NIBBLE_BITS);
    let half = _mm512_set1_epi8(0x80_u8.cast_signed());
    let index = _mm512_set1_epi8(0x8F_u8.cast_signed());
    let nibble = _mm512_set1_epi8(0x0F);
    for (group, word) in groups.iter().zip(out.iter_mut()) {
        let values = load_u8(group);
        let first = _mm512_shuffle_epi8(lower, _mm512_and_si512(values, index));
        let other = _mm512_and_si512(_mm512_xor_si512(values, half), index);
        let either = _mm512_or_si512(first, _mm512_shuffle_epi8(upper, other));
        let high = _mm512_and_si512(_mm512_srli_epi16::<4>(values), nibble);
        *word = _mm512_test_epi8_mask(either, _mm512_shuffle_epi8(bits, high));
    }
    let out = out.get_mut(groups.len()..).unwrap_or_default();
    portable::scan(rest, out, |&it| portable::holds(set, it));
}

/// A table in each quarter of the register, as a shuffle wants it.
#[inline]
#[target_feature(enable = "avx512f")]
fn four_times(table: &[u8; 16]) -> __m512i {
    // SAFETY: the reference gives 16 readable bytes, and the load needs no alignment.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_u8(values: &[u8; 64]) -> __m512i {
    // SAFETY: the reference gives 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(values.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_u16(values: &[u16; 32]) -> __m512i {
    // SAFETY: the reference gives 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(values.as_ptr().cast()) }
}
