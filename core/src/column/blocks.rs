//! Blocks of rows, each with a least code and a width of its own.

use super::ordinals::end_of;
use super::packed::{Packed, low_bits, sum_of_first, unpack_64};
use super::survey::BLOCK_ROWS;
use crate::error::{Error, Result};

/// Blocks of one chunk where they lie.
pub(super) struct Blocks<'a> {
    pub(super) each: usize,
    pub(super) ascending: bool,
    pub(super) bases: Packed<'a>,
    /// Where the numbers of every block start, in units of `each` bits.
    starts: &'a [[u8; 2]],
    numbers: &'a [u8],
}

/// Blocks that are asked in the time of looking for both ends of an interval.
const BLOCKS_A_SEARCH: usize = 16;

impl<'a> Blocks<'a> {
    pub(super) fn new(
        bytes: &'a [u8],
        (rows, each): (usize, usize),
        width: u32,
        ascending: bool,
    ) -> Result<Self> {
        if !BLOCK_ROWS.contains(&each) {
            return Err(Error::corrupt(format!("column chunk: blocks of {each} rows")));
        }
        let count = rows.div_ceil(each);
        let (bases, rest) = Packed::split(bytes, count, width)?;
        let (starts, numbers) = rest
            .split_at_checked(2 * count)
            .ok_or_else(|| Error::corrupt("column chunk: its blocks are cut short"))?;
        Ok(Blocks { each, ascending, bases, starts: starts.as_chunks().0, numbers })
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether so many intervals are better looked for among rows that ascend than asked of every
    /// block.
    pub(super) fn is_sought(&self, intervals: usize) -> bool {
        self.ascending && intervals <= self.len() / BLOCKS_A_SEARCH
    }

    /// The first row whose code is not below `code`, of rows that ascend; past the last row where
    /// there is none.
    pub(super) fn first_row(&self, code: u64, numbers: &mut Vec<u64>) -> Result<usize> {
        let below = self.bases.partition_point(|base| base < code);
        let Some(block) = below.checked_sub(1) else { return Ok(0) };
        self.read_into(block, numbers)?;
        Ok(block * self.each + numbers.partition_point(|it| *it < code))
    }

    /// Of each block the least code it may have, and how far the greatest may be above it: more than
    /// it is for the last one, or where blocks ascend.
    pub(super) fn spans(&self) -> Vec<(u64, u64)> {
        let mut bases = Vec::new();
        self.bases.read_into(&mut bases);
        let width = |pair: &[[u8; 2]]| match pair {
            [start, end] if !self.ascending => end_of(*end).wrapping_sub(end_of(*start)).min(64),
            _ => 64,
        };
        let widths = self.starts.windows(2).map(width).chain([64]);
        let above = widths.map(|width| low_bits(u32::try_from(width).unwrap_or(u64::BITS)));
        bases.into_iter().zip(above).collect()
    }

    /// Whether all codes of a block, of rows that need not ascend, are below `code`.
    pub(super) fn is_below(&self, block: usize, code: u64) -> bool {
        let start = self.starts.get(block).map_or(0, |start| end_of(*start));
        let width = self.starts.get(block + 1).map(|next| end_of(*next).wrapping_sub(start));
        let width = width.and_then(|width| u32::try_from(width).ok());
        !self.ascending
            && width
                .is_some_and(|width| self.bases.at(block).saturating_add(low_bits(width)) < code)
    }

    /// The least and the greatest code a block may have, of codes up to `most`.
    pub(super) fn bounds(&self, block: usize, most: u64) -> Result<(u64, u64)> {
        let base = self.bases.at(block);
        let above = if !self.ascending {
            let (_, width) = self.numbers_of(block)?;
            base.saturating_add(low_bits(width))
        } else if block + 1 < self.len() {
            self.bases.at(block + 1)
        } else {
            most
        };
        Ok((base.min(most), above.clamp(base.min(most), most)))
    }

    /// The numbers of a block, and how wide they are.
    pub(super) fn numbers_of(&self, block: usize) -> Result<(&'a [[u8; 8]], u32)> {
        let start = self.starts.get(block).map_or(0, |start| end_of(*start));
        let unit = self.each / 8;
        let end = match self.starts.get(block + 1) {
            Some(next) => end_of(*next),
            None => self.numbers.len() / unit,
        };
        let numbers = self.numbers.get(start * unit..end * unit);
        let width = end.checked_sub(start).and_then(|width| u32::try_from(width).ok());
        match (numbers, width) {
            (Some(numbers), Some(width)) if width <= u64::BITS => {
                Ok((numbers.as_chunks().0, width))
            }
            _ => Err(Error::corrupt("column chunk: a block lies outside it")),
        }
    }

    /// The codes of a block, in place of what `out` holds; the last one may have surplus rows.
    pub(super) fn read_into(&self, block: usize, out: &mut Vec<u64>) -> Result<()> {
        let (numbers, width) = self.numbers_of(block)?;
        out.clear();
        out.resize(self.each, 0);
        let mut rest = numbers;
        for group in out.as_chunks_mut().0 {
            let (words, after) = rest.split_at_checked(width as usize).unwrap_or_default();
            unpack_64(words, width, group);
            rest = after;
        }
        let mut base = self.bases.at(block);
        for number in out {
            *number = base.wrapping_add(*number);
            if self.ascending {
                base = *number;
            }
        }
        Ok(())
    }

    pub(super) fn at(&self, row: usize) -> Result<u64> {
        let (block, row) = (row / self.each, row % self.each);
        let (numbers, width) = self.numbers_of(block)?;
        let base = self.bases.at(block);
        if self.ascending {
            return Ok(base.wrapping_add(sum_of_first(numbers, width, row + 1)));
        }
        let (numbers, _) = Packed::split(numbers.as_flattened(), self.each, width)?;
        Ok(base.wrapping_add(numbers.at(row)))
    }
}
