//! Codes of fewer than 8 bits, a plane for each bit.

use std::ops::Range;

use crate::bitmap::kernels::{GROUP, range_of_planes};

/// Planes there are at most.
const WIDTH_MAX: usize = 7;

/// The bytes of one plane of `rows` bits.
pub(super) fn bit_plane_bytes(rows: usize) -> usize {
    rows.div_ceil(64) * 8
}

/// Appends the lowest `width` bits of every code, the plane of the highest first.
#[expect(clippy::cast_possible_truncation, reason = "the lowest byte of a code is meant")]
pub(super) fn put_bit_planes(codes: &[u64], width: u32, out: &mut Vec<u8>) {
    let start = out.len();
    let stride = bit_plane_bytes(codes.len());
    out.resize(start + stride * width as usize, 0);
    let planes = out.get_mut(start..).unwrap_or_default();
    let mut planes: Vec<&mut [u8]> = planes.chunks_exact_mut(stride.max(1)).collect();
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

/// Bit planes where they lie, the highest first; the bits past the last row are 0 or meaningless.
#[derive(Clone, Copy)]
pub(super) struct BitPlanes<'a> {
    words: &'a [[u8; 8]],
    stride: usize,
    width: u32,
}

impl<'a> BitPlanes<'a> {
    /// `width` planes of `rows` bits, which fill `words`.
    pub(super) fn new(words: &'a [[u8; 8]], rows: usize, width: u32) -> Self {
        BitPlanes { words, stride: rows.div_ceil(64), width }
    }

    fn planes(&self) -> impl Iterator<Item = &'a [[u8; 8]]> + use<'a> {
        self.words.chunks_exact(self.stride.max(1))
    }

    /// The bits of `row`.
    pub(super) fn at(&self, row: usize) -> u64 {
        self.planes().fold(0, |code, plane| {
            let word = plane.get(row / 64).map_or(0, |word| u64::from_le_bytes(*word));
            code << 1 | (word >> (row % 64) & 1)
        })
    }

    /// The bits of every row of the words that are `wanted`, a byte a row and 0 for other rows; in
    /// place of what `out` holds, and up to a multiple of 64 rows.
    pub(super) fn unpack_into(&self, wanted: impl Fn(usize) -> bool, out: &mut Vec<u8>) {
        self.unpack_words(0..self.stride, wanted, out);
    }

    /// As `unpack_into`, of these words alone.
    pub(super) fn unpack_words(
        &self,
        words: Range<usize>,
        wanted: impl Fn(usize) -> bool,
        out: &mut Vec<u8>,
    ) {
        out.clear();
        out.resize(words.len() * 64, 0);
        let rows = (words.start, out.as_chunks_mut().0);
        match self.width {
            1 => self.unpack::<1>(wanted, rows),
            2 => self.unpack::<2>(wanted, rows),
            3 => self.unpack::<3>(wanted, rows),
            4 => self.unpack::<4>(wanted, rows),
            5 => self.unpack::<5>(wanted, rows),
            6 => self.unpack::<6>(wanted, rows),
            7 => self.unpack::<7>(wanted, rows),
            _ => {}
        }
    }

    fn unpack<const WIDTH: usize>(
        &self,
        wanted: impl Fn(usize) -> bool,
        (start, rows): (usize, &mut [[u8; 64]]),
    ) {
        let mut planes = self.planes();
        let planes: [_; WIDTH] = std::array::from_fn(|_| planes.next().unwrap_or_default());
        for (at, rows) in (start..).zip(rows).filter(|(at, _)| wanted(*at)) {
            let word = |plane: &[[u8; 8]]| plane.get(at).map_or(0, |it| u64::from_le_bytes(*it));
            let words = planes.map(word);
            for (group, eight) in rows.as_chunks_mut().0.iter_mut().enumerate() {
                let turned =
                    words.iter().fold(0, |all, word| all << 8 | (word >> (8 * group) & 0xFF));
                *eight = transpose(turned).to_le_bytes();
            }
        }
    }

    /// Which rows of `GROUP` words from word `from` on have bits in `first..=last`; past the last
    /// row the answer means nothing.
    pub(super) fn range(&self, from: usize, first: u64, last: u64) -> [u64; GROUP] {
        let mut stored: [&[[u8; 8]]; WIDTH_MAX] = [&[]; WIDTH_MAX];
        for (to, plane) in stored.iter_mut().zip(self.planes()) {
            *to = plane.get(from..).unwrap_or_default();
        }
        range_of_planes(stored.get(..self.width as usize).unwrap_or_default(), (first, last))
    }
}
