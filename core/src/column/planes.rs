//! Codes of one chunk, cut into planes.
//!
//! A code of `8 * b + r` bits is `b` byte planes (one byte a row, the highest first) and `r` bit
//! planes (one bit a row, the highest first, row `n` at bit `n % 8` of byte `n / 8`). The high byte
//! is the bin: a range reads it alone, and looks at the planes below only for the rows of the two
//! bins its ends lie in. Bit planes are compared 64 rows at a time.

use crate::bitmap::kernels::scan_u8;
use crate::error::{Error, Result};
use crate::limits::CHUNK_ROWS;

use super::packed::low_bits;

const WORDS: usize = CHUNK_ROWS / 64;
/// Words that are compared before the next plane is looked at: they stay in the nearest cache.
const GROUP_WORDS: usize = 64;

fn bit_plane_bytes(rows: usize) -> usize {
    rows.div_ceil(64) * 8
}

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
    let start = out.len();
    let stride = bit_plane_bytes(codes.len());
    out.resize(start + stride * low as usize, 0);
    let mut planes: Vec<&mut [u8]> =
        out.get_mut(start..).unwrap_or_default().chunks_exact_mut(stride.max(1)).collect();
    for (group, eight) in codes.chunks(8).enumerate() {
        let mut rows = [0; 8];
        rows.iter_mut().zip(eight).for_each(|(row, code)| *row = *code as u8);
        let turned = transpose(u64::from_le_bytes(rows)).to_le_bytes();
        for (plane, byte) in planes.iter_mut().rev().zip(turned) {
            if let Some(to) = plane.get_mut(group) {
                *to = byte;
            }
        }
    }
}

/// Turns a matrix of 8 by 8 bits: bit `8 i + j` goes to bit `8 j + i` (Warren, Hacker's Delight,
/// 7-3).
#[inline]
fn transpose(mut bits: u64) -> u64 {
    let mut moved = (bits ^ (bits >> 7)) & 0x00AA_00AA_00AA_00AA;
    bits ^= moved ^ (moved << 7);
    moved = (bits ^ (bits >> 14)) & 0x0000_CCCC_0000_CCCC;
    bits ^= moved ^ (moved << 14);
    moved = (bits ^ (bits >> 28)) & 0x0000_0000_F0F0_F0F0;
    bits ^ moved ^ (moved << 28)
}

/// The codes of a chunk where they lie.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a> {
    rows: usize,
    width: u32,
    /// The byte planes, one after the other.
    high: &'a [u8],
    /// The bit planes, one after the other.
    low: &'a [[u8; 8]],
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
        Ok(Planes { rows, width, high, low: low.as_chunks().0 })
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// The byte planes, the highest first.
    fn byte_planes(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.high.chunks_exact(self.rows.max(1))
    }

    /// The bit planes, the highest first.
    fn bit_planes(&self) -> impl DoubleEndedIterator<Item = &'a [[u8; 8]]> + use<'a> {
        self.low.chunks_exact(self.rows.div_ceil(64).max(1))
    }

    /// The code of `row`; 0 past the last row.
    pub(super) fn at(&self, row: usize) -> u64 {
        let byte = |code: u64, plane: &[u8]| code << 8 | u64::from(*plane.get(row).unwrap_or(&0));
        let bit = |code: u64, plane: &[[u8; 8]]| {
            let word = plane.get(row / 64).map_or(0, |word| u64::from_le_bytes(*word));
            code << 1 | (word >> (row % 64) & 1)
        };
        if row >= self.rows {
            return 0;
        }
        self.bit_planes().fold(self.byte_planes().fold(0, byte), bit)
    }

    /// Every code, in place of what `out` holds. `T` must have room for the width.
    pub(super) fn codes_into<T: Joined>(&self, out: &mut Vec<T>) {
        out.clear();
        out.resize(self.rows, T::default());
        for plane in self.byte_planes() {
            out.iter_mut().zip(plane).for_each(|(code, byte)| *code = code.join(8, *byte));
        }
        let low = self.width % 8;
        if low == 0 {
            return;
        }
        let mut words = [0; 8];
        for (at, codes) in out.chunks_mut(64).enumerate() {
            for (word, plane) in words.iter_mut().zip(self.bit_planes().rev()) {
                *word = plane.get(at).map_or(0, |word| u64::from_le_bytes(*word));
            }
            for (group, eight) in codes.chunks_mut(8).enumerate() {
                let shift = 8 * group;
                let turned =
                    words.iter().rev().fold(0, |all, word| all << 8 | (word >> shift & 0xFF));
                let rows = transpose(turned).to_le_bytes();
                eight.iter_mut().zip(rows).for_each(|(code, bits)| *code = code.join(low, bits));
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
            search.finish(self, (first & low_bits(low), last & low_bits(low)));
        } else if below == 0 {
            search.keep_ends();
        }
        out.iter_mut().zip(&search.inside).for_each(|(to, word)| *to |= word);
    }

    /// Adds to `out` the rows of words `from..`, `GROUP_WORDS` at most, whose lowest bits are at
    /// least `low.0` and those whose lowest bits are at most `low.1`.
    fn compare_low(
        &self,
        from: usize,
        low: (u64, u64),
    ) -> ([u64; GROUP_WORDS], [u64; GROUP_WORDS]) {
        let mut more = [0; GROUP_WORDS];
        let mut less = [0; GROUP_WORDS];
        let mut as_first = [u64::MAX; GROUP_WORDS];
        let mut as_last = [u64::MAX; GROUP_WORDS];
        for (plane, bit) in self.bit_planes().zip((0..self.width % 8).rev()) {
            // All ones where the bit of the end is set.
            let first = 0_u64.wrapping_sub(low.0 >> bit & 1);
            let last = 0_u64.wrapping_sub(low.1 >> bit & 1);
            let words = plane.get(from..).unwrap_or_default().iter();
            let above = more.iter_mut().zip(&mut as_first);
            let under = less.iter_mut().zip(&mut as_last);
            for ((word, (more, a)), (less, b)) in words.zip(above).zip(under) {
                let word = u64::from_le_bytes(*word);
                *more |= *a & word & !first;
                *a &= !(word ^ first);
                *less |= *b & !word & last;
                *b &= !(word ^ last);
            }
        }
        more.iter_mut().zip(as_first).for_each(|(more, same)| *more |= same);
        less.iter_mut().zip(as_last).for_each(|(less, same)| *less |= same);
        (more, less)
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
        let rows = self.inside.iter_mut().zip(&found).zip(among);
        rows.for_each(|((inside, found), among)| *inside |= found & among);
    }

    /// Ends at codes whose last plane was a byte plane: what agrees to the end is in.
    fn keep_ends(&mut self) {
        let ends = self.at_first.iter().zip(&self.at_last);
        self.inside.iter_mut().zip(ends).for_each(|(inside, (a, b))| *inside |= a | b);
    }

    /// Decides by the bit planes what the byte planes have left open.
    fn finish(&mut self, planes: &Planes<'_>, low: (u64, u64)) {
        let words = self.words();
        for from in (0..words).step_by(GROUP_WORDS) {
            let group = from..(from + GROUP_WORDS).min(words);
            let (Some(inside), Some(first), Some(last)) = (
                self.inside.get_mut(group.clone()),
                self.at_first.get(group.clone()),
                self.at_last.get(group),
            ) else {
                continue;
            };
            if first.iter().chain(last).all(|word| *word == 0) {
                continue;
            }
            let (more, less) = planes.compare_low(from, low);
            let rows = inside.iter_mut().zip(first).zip(last).zip(more).zip(less);
            for ((((inside, first), last), more), less) in rows {
                // Before the ends part, both must hold of one row.
                *inside |=
                    if self.parted { first & more | last & less } else { first & more & less };
            }
        }
    }
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
