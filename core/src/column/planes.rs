//! Codes of one chunk, cut into planes.
//!
//! A code of `8 * b + r` bits is `b` byte planes (one byte a row, the highest first) and `r` bit
//! planes (one bit a row, the highest first, row `n` at bit `n % 8` of byte `n / 8`). The high byte
//! is the bin: a range reads it alone, and looks at the planes below only for the rows of the two
//! bins its ends lie in. Bit planes are compared 64 rows at a time.

use std::ops::Range;

use crate::bitmap::kernels::{ByteSet, GROUP, scan_set_u8, scan_u8};
use crate::error::{Error, Result};
use crate::limits::CHUNK_ROWS;

use super::bit_planes::{BitPlanes, bit_plane_bytes, put_bit_planes};
use super::packed::low_bits;

const WORDS: usize = CHUNK_ROWS / 64;

/// The bytes that `rows` codes of `width` bits take.
pub(super) fn plane_bytes(rows: usize, width: u32) -> usize {
    rows * (width / 8) as usize + bit_plane_bytes(rows) * (width % 8) as usize
}

/// Appends the planes of `codes`, none of which has more than `width` bits.
#[expect(clippy::cast_possible_truncation, reason = "one byte of a code is meant")]
pub(super) fn put_planes(codes: &[u64], width: u32, out: &mut Vec<u8>) {
    let low = width % 8;
    for plane in (0..width / 8).rev() {
        let shift = low + 8 * plane;
        out.extend(codes.iter().map(|code| (code >> shift) as u8));
    }
    put_bit_planes(codes, low, out);
}

/// The codes of a chunk where they lie.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a> {
    rows: usize,
    width: u32,
    /// The byte planes, one after the other.
    high: &'a [u8],
    low: BitPlanes<'a>,
}

impl<'a> Planes<'a> {
    /// The planes of `rows` codes of `width` bits, which fill `bytes`.
    ///
    /// # Errors
    ///
    /// `corrupt` when the width is no width or the bytes are of another length.
    pub(super) fn new(bytes: &'a [u8], rows: usize, width: u32) -> Result<Self> {
        if width > u64::BITS || rows > CHUNK_ROWS || bytes.len() != plane_bytes(rows, width) {
            return Err(Error::corrupt(format!(
                "{} bytes for {rows} codes of {width} bits",
                bytes.len()
            )));
        }
        let (high, low) = bytes
            .split_at_checked(rows * (width / 8) as usize)
            .ok_or_else(|| Error::corrupt("planes are cut short"))?;
        let low = BitPlanes::new(low.as_chunks().0, rows, width % 8);
        Ok(Planes { rows, width, high, low })
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// The byte planes, the highest first.
    fn byte_planes(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.high.chunks_exact(self.rows.max(1))
    }

    /// The code of `row`; 0 past the last row.
    pub(super) fn at(&self, row: usize) -> u64 {
        if row >= self.rows {
            return 0;
        }
        let byte = |code: u64, plane: &[u8]| code << 8 | u64::from(*plane.get(row).unwrap_or(&0));
        let high = self.byte_planes().fold(0, byte);
        high << (self.width % 8) | self.low.at(row)
    }

    /// Every code, in place of what `out` holds. `T` must have room for the width.
    pub(super) fn codes_into<T: Joined>(&self, out: &mut Vec<T>) {
        self.codes_within(|_| true, out);
    }

    /// The codes of some rows, as far as there are such, in place of what `out` holds.
    pub(super) fn codes_between(&self, rows: Range<usize>, out: &mut Vec<u64>) {
        let end = rows.end.min(self.rows);
        let start = rows.start.min(end);
        out.clear();
        out.resize(end - start, 0);
        for plane in self.byte_planes() {
            let bytes = plane.get(start..end).unwrap_or_default();
            out.iter_mut().zip(bytes).for_each(|(code, byte)| *code = code.join(8, *byte));
        }
        let low = self.width % 8;
        if low > 0 {
            let mut unpacked = Vec::new();
            self.low.unpack_words(start / 64..end.div_ceil(64), |_| true, &mut unpacked);
            let bits = unpacked.iter().skip(start % 64);
            out.iter_mut().zip(bits).for_each(|(code, bits)| *code = code.join(low, *bits));
        }
    }

    /// The code of every row of the words of 64 that are `wanted`; those of other rows mean
    /// nothing. `T` must have room for the width.
    pub(super) fn codes_within<T: Joined>(&self, wanted: impl Fn(usize) -> bool, out: &mut Vec<T>) {
        out.clear();
        out.resize(self.rows, T::default());
        for plane in self.byte_planes() {
            let words = out.chunks_mut(64).zip(plane.chunks(64)).enumerate();
            for (_, (codes, bytes)) in words.filter(|(at, _)| wanted(*at)) {
                codes.iter_mut().zip(bytes).for_each(|(code, byte)| *code = code.join(8, *byte));
            }
        }
        let low = self.width % 8;
        if low > 0 {
            let mut unpacked = Vec::new();
            self.low.unpack_into(&wanted, &mut unpacked);
            let words = out.chunks_mut(64).zip(unpacked.chunks(64)).enumerate();
            for (_, (codes, bits)) in words.filter(|(at, _)| wanted(*at)) {
                codes.iter_mut().zip(bits).for_each(|(code, bits)| *code = code.join(low, *bits));
            }
        }
    }

    /// Adds to `out` the rows whose code lies in `first..=last`.
    pub(super) fn scan(&self, first: u64, last: u64, out: &mut [u64; WORDS]) {
        let most = low_bits(self.width);
        let last = last.min(most);
        if first > last {
            return;
        }
        if self.width < 8 {
            self.scan_bits(first, last, out);
            return;
        }
        let mut search = Search::new(self.rows);
        let low = self.width % 8;
        let mut below = self.width;
        for plane in self.byte_planes() {
            below -= 8;
            if !search.narrow(plane, (first, last), below) {
                break;
            }
        }
        if low > 0 && below == low {
            search.finish(&self.low, (first & low_bits(low), last & low_bits(low)), low);
        } else if below == 0 {
            search.keep_ends();
        }
        out.iter_mut().zip(&search.inside).for_each(|(to, word)| *to |= word);
    }

    /// Adds to `out` the rows whose code is in `set`; codes have 8 bits at most.
    pub(super) fn scan_set(&self, set: &ByteSet, out: &mut [u64; WORDS]) {
        let mut unpacked = Vec::new();
        let codes = if self.width == 8 {
            self.high
        } else {
            self.low.unpack_into(|_| true, &mut unpacked);
            unpacked.get(..self.rows).unwrap_or_default()
        };
        let mut found = [0; WORDS];
        scan_set_u8(codes, set, &mut found);
        out.iter_mut().zip(&found).for_each(|(to, word)| *to |= word);
    }

    /// As `scan`, for codes without byte planes.
    fn scan_bits(&self, first: u64, last: u64, out: &mut [u64; WORDS]) {
        let full = self.rows / 64;
        let surplus = low_bits(u32::try_from(self.rows % 64).unwrap_or(0));
        for from in (0..=full).step_by(GROUP) {
            let mut found = self.low.range(from, first, last);
            if let Some(word) = found.get_mut(full - from) {
                *word &= surplus;
            }
            let out = out.get_mut(from..).unwrap_or_default();
            let words = out.iter_mut().zip(found).take(full + 1 - from);
            words.for_each(|(to, word)| *to |= word);
        }
    }
}

/// Something codes are put together in, plane by plane.
pub(super) trait Joined: Copy + Default {
    /// This code with `bits` more bits below.
    fn join(self, bits: u32, below: u8) -> Self;
}

impl Joined for u8 {
    #[inline]
    fn join(self, bits: u32, below: u8) -> Self {
        self.checked_shl(bits).unwrap_or(0) | below
    }
}

impl Joined for u16 {
    #[inline]
    fn join(self, bits: u32, below: u8) -> Self {
        self << bits | u16::from(below)
    }
}

impl Joined for u64 {
    #[inline]
    fn join(self, bits: u32, below: u8) -> Self {
        self << bits | u64::from(below)
    }
}

/// The state of a range search that goes down the planes.
struct Search {
    rows: usize,
    /// Rows that are in the range whatever the planes below hold.
    inside: [u64; WORDS],
    /// Rows that agree with the first code so far.
    at_first: [u64; WORDS],
    /// Rows that agree with the last code so far, once the two codes have parted.
    at_last: [u64; WORDS],
    parted: bool,
}

impl Search {
    fn new(rows: usize) -> Self {
        let mut all = [0; WORDS];
        let full = rows / 64;
        all.iter_mut().take(full).for_each(|word| *word = u64::MAX);
        if let Some(word) = all.get_mut(full) {
            *word = low_bits(u32::try_from(rows % 64).unwrap_or(0));
        }
        Search { rows, inside: [0; WORDS], at_first: all, at_last: [0; WORDS], parted: false }
    }

    fn words(&self) -> usize {
        self.rows.div_ceil(64)
    }

    /// Goes down one byte plane that has `below` bits below it; says whether rows are left that
    /// only those can decide.
    #[expect(clippy::cast_possible_truncation, reason = "one byte of a code is meant")]
    fn narrow(&mut self, plane: &[u8], (first, last): (u64, u64), below: u32) -> bool {
        let rest = low_bits(below);
        let (low, high) = ((first >> below) as u8, (last >> below) as u8);
        // An end whose bits below take in their whole bin decides its bin here.
        let whole_low = first & rest == 0;
        let whole_high = last & rest == rest;
        let from = if whole_low { Some(low) } else { low.checked_add(1) };
        let to = if whole_high { Some(high) } else { high.checked_sub(1) };
        let both = self.at_first;
        if self.parted {
            self.add(plane, (from, Some(u8::MAX)), Side::First);
            self.add(plane, (Some(0), to), Side::Last);
            keep(plane, (low, !whole_low), &mut self.at_first);
            keep(plane, (high, !whole_high), &mut self.at_last);
        } else if low == high {
            if whole_low && whole_high {
                self.add(plane, (Some(low), Some(low)), Side::First);
                self.at_first = [0; WORDS];
            } else {
                keep(plane, (low, true), &mut self.at_first);
            }
        } else {
            self.parted = true;
            self.add(plane, (from, to), Side::First);
            self.at_last = both;
            keep(plane, (low, !whole_low), &mut self.at_first);
            keep(plane, (high, !whole_high), &mut self.at_last);
        }
        let words = self.words();
        let left = |mask: &[u64; WORDS]| mask.iter().take(words).any(|word| *word != 0);
        left(&self.at_first) || left(&self.at_last)
    }

    /// Takes in the rows of one side whose byte lies in `range`.
    fn add(&mut self, plane: &[u8], range: (Option<u8>, Option<u8>), side: Side) {
        let (Some(from), Some(to)) = range else { return };
        if from > to {
            return;
        }
        let mut found = [0; WORDS];
        scan_u8(plane, from, to, &mut found);
        let among = match side {
            Side::First => &self.at_first,
            Side::Last => &self.at_last,
        };
        add(&mut self.inside, among, &found);
    }

    /// Ends at codes whose last plane was a byte plane: what agrees to the end is in.
    fn keep_ends(&mut self) {
        let ends = self.at_first.iter().zip(&self.at_last);
        self.inside.iter_mut().zip(ends).for_each(|(inside, (a, b))| *inside |= a | b);
    }

    /// Decides by the bit planes what the byte planes have left open.
    fn finish(&mut self, low: &BitPlanes<'_>, (first, last): (u64, u64), width: u32) {
        let any = |mask: &[u64]| mask.iter().any(|word| *word != 0);
        let groups = self.inside.chunks_mut(GROUP).zip(self.at_first.chunks(GROUP));
        let groups = groups.zip(self.at_last.chunks(GROUP)).zip((0..).step_by(GROUP));
        for (((inside, at_first), at_last), from) in groups {
            if any(at_first) {
                // Before the ends part, both must hold of one row.
                let most = if self.parted { low_bits(width) } else { last };
                add(inside, at_first, &low.range(from, first, most));
            }
            if any(at_last) {
                add(inside, at_last, &low.range(from, 0, last));
            }
        }
    }
}

fn add(inside: &mut [u64], among: &[u64], found: &[u64]) {
    let rows = inside.iter_mut().zip(among).zip(found);
    rows.for_each(|((inside, among), found)| *inside |= among & found);
}

#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}

/// Keeps of `mask` the rows whose byte is `value`, or none where it is not wanted.
fn keep(plane: &[u8], (value, wanted): (u8, bool), mask: &mut [u64; WORDS]) {
    if !wanted {
        mask.fill(0);
        return;
    }
    if mask.iter().all(|word| *word == 0) {
        return;
    }
    let mut found = [0; WORDS];
    scan_u8(plane, value, value, &mut found);
    mask.iter_mut().zip(&found).for_each(|(mask, found)| *mask &= found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn planes_hold_codes_and_find_ranges(
            rows in 0_usize..300,
            width in 0_u32..=64,
            seed: u64,
            ends in (any::<u64>(), any::<u64>()),
            near in any::<bool>(),
        ) {
            let mut state = seed;
            let codes: Vec<u64> = (0..rows)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    // Few distinct high bytes, so that rows lie in the bins of the ends.
                    let code = if near { state & 0x0303_0303_0303_0303 } else { state };
                    (code ^ code >> 29) & low_bits(width)
                })
                .collect();
            let mut bytes = Vec::new();
            put_planes(&codes, width, &mut bytes);
            prop_assert_eq!(bytes.len(), plane_bytes(rows, width));
            let planes = Planes::new(&bytes, rows, width).unwrap();
            let mut out = Vec::<u64>::new();
            planes.codes_into(&mut out);
            prop_assert_eq!(&out, &codes);
            for (row, code) in codes.iter().enumerate() {
                prop_assert_eq!(planes.at(row), *code);
            }
            let start = usize::try_from(ends.0 % 320).unwrap();
            let end = start + usize::try_from(ends.1 % 320).unwrap();
            planes.codes_between(start..end, &mut out);
            prop_assert_eq!(&out, &codes[start.min(rows)..end.min(rows)]);
            let wanted = |word: usize| seed >> (word % 64) & 1 == 1;
            planes.codes_within(wanted, &mut out);
            prop_assert_eq!(out.len(), rows);
            for (row, (found, code)) in out.iter().zip(&codes).enumerate() {
                prop_assert!(!wanted(row / 64) || found == code, "row {}", row);
            }
            let pick = |it: u64| {
                let row = usize::try_from(it % rows.max(1) as u64).unwrap();
                codes.get(row).copied().unwrap_or(it)
            };
            for (first, last) in [ends, (pick(ends.0), pick(ends.1)), (0, pick(ends.1)), (pick(ends.0), u64::MAX)] {
                let mut found = [0; WORDS];
                planes.scan(first, last, &mut found);
                for row in 0..CHUNK_ROWS {
                    let expected = codes.get(row).is_some_and(|it| first <= *it && *it <= last);
                    prop_assert_eq!(found[row / 64] >> (row % 64) & 1 == 1, expected, "row {}", row);
                }
            }
            prop_assert!(Planes::new(&bytes, rows + 64, width.max(1)).is_err());
        }
    }
}
