//! Reads the sparse form.

use std::ops::Range;

use super::super::layout::GroupEntry;
use super::super::part::{Part, Sampled, Table};
use super::packed::{BLOCK_CODES, Packed, UNIT_BYTES};
use crate::error::Result;

/// The codes of a group in the sparse form.
#[derive(Clone, Debug)]
pub(in super::super) struct Sparse {
    part: Part,
    base: u128,
    rows: u64,
    firsts: Firsts,
    /// Where the distances of every block begin.
    units: Table<4>,
}

/// The first codes of the blocks.
#[derive(Clone, Copy, Debug)]
enum Firsts {
    Narrow(Sampled<8>),
    Wide(Sampled<16>),
}

/// One block.
#[derive(Clone, Copy)]
pub(in super::super) struct Place<'a> {
    index: usize,
    /// The first code, and that of the block after it.
    first: u128,
    next: Option<u128>,
    count: usize,
    distances: Packed<'a>,
}

fn narrow(bytes: [u8; 8]) -> u128 {
    u128::from(u64::from_le_bytes(bytes))
}

impl Firsts {
    fn end(self) -> usize {
        match self {
            Firsts::Narrow(table) => table.all.end(),
            Firsts::Wide(table) => table.all.end(),
        }
    }

    fn len(self) -> usize {
        match self {
            Firsts::Narrow(table) => table.all.len,
            Firsts::Wide(table) => table.all.len,
        }
    }

    /// The last block that begins at `distance` from the base or before.
    #[inline]
    fn find(self, part: &Part, distance: u128) -> Result<Option<usize>> {
        match self {
            Firsts::Narrow(table) => table.last_not_after(part, narrow, &distance),
            Firsts::Wide(table) => table.last_not_after(part, u128::from_le_bytes, &distance),
        }
    }

    #[inline]
    fn at(self, part: &Part, block: usize) -> Result<Option<u128>> {
        Ok(match self {
            Firsts::Narrow(table) => table.all.at(part, block)?.map(narrow),
            Firsts::Wide(table) => table.all.at(part, block)?.map(u128::from_le_bytes),
        })
    }
}

impl<'a> Place<'a> {
    fn holds(&self, code: u128) -> bool {
        self.first <= code && self.next.is_none_or(|next| code < next)
    }

    /// How many codes of the group are before `code`, and whether it is one of them.
    #[inline]
    fn rank(&self, code: u128) -> (u64, bool) {
        let before = (self.index * BLOCK_CODES) as u64;
        let Some(distance) = code.checked_sub(self.first) else { return (before, false) };
        let rank = self.distances.rank(self.count, distance);
        let found = rank < self.count && self.distances.at(rank) == distance;
        (before + rank as u64, found)
    }

    fn codes(self, range: Range<usize>) -> impl Iterator<Item = u128> + 'a {
        range.map(move |index| self.first.wrapping_add(self.distances.at(index)))
    }
}

impl Sparse {
    /// Checks the tables that `entry` tells of against the bytes that are there.
    pub(in super::super) fn open(part: Part, entry: &GroupEntry, wide: bool) -> Result<Self> {
        if entry.parts != entry.rows.div_ceil(BLOCK_CODES as u64) {
            return Err(part.corrupt("a group has another number of blocks than its rows ask"));
        }
        let blocks = usize::try_from(entry.parts).unwrap_or(usize::MAX);
        let firsts = if wide {
            Firsts::Wide(Sampled::new(&part, 0, blocks)?)
        } else {
            Firsts::Narrow(Sampled::new(&part, 0, blocks)?)
        };
        let units = Table::new(&part, firsts.end(), blocks)?;
        Ok(Sparse { part, base: entry.base, rows: entry.rows, firsts, units })
    }

    /// How many codes are before `code`, and whether it is one of them.
    pub(in super::super) fn rank(&self, code: u128) -> Result<(u64, bool)> {
        Ok(self.find(code)?.map_or((0, false), |place| place.rank(code)))
    }

    /// The row of `code`; `near` is the block that was asked last, and is kept up to date.
    #[inline]
    pub(in super::super) fn row_near<'a>(
        &'a self,
        code: u128,
        near: &mut Option<Place<'a>>,
    ) -> Result<Option<u64>> {
        if !near.as_ref().is_some_and(|place| place.holds(code)) {
            let following = match near {
                Some(place) if code >= place.first => self.place(place.index + 1)?,
                _ => None,
            };
            *near = match following.filter(|place| place.holds(code)) {
                Some(place) => Some(place),
                None => self.find(code)?,
            };
        }
        let found = near.as_ref().map(|place| place.rank(code));
        Ok(found.filter(|(_, found)| *found).map(|(row, _)| row))
    }

    /// The code of a row of the group.
    pub(in super::super) fn code_at(&self, row: u64) -> Result<u128> {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        let place = self.place(row / BLOCK_CODES)?;
        let index = row % BLOCK_CODES;
        let code = place.and_then(|place| place.codes(index..place.count).next());
        code.ok_or_else(|| self.part.corrupt("a row past the last serial is asked for"))
    }

    /// Gives the codes of some rows of the group: the first of those that follow one another, and
    /// how many they are.
    pub(in super::super) fn for_each_run(
        &self,
        rows: Range<u64>,
        mut visit: impl FnMut(u128, u32),
    ) -> Result<()> {
        let mut row = usize::try_from(rows.start).unwrap_or(usize::MAX);
        let end = usize::try_from(rows.end).unwrap_or(usize::MAX);
        while row < end {
            let Some(place) = self.place(row / BLOCK_CODES)? else {
                return Err(self.part.corrupt("a row past the last serial is asked for"));
            };
            let start = row - row % BLOCK_CODES;
            let mut codes = place.codes(row - start..place.count.min(end - start));
            let (mut first, mut length) = (codes.next(), 1);
            while let Some(begun) = first {
                let next = codes.next();
                if next.is_some_and(|it| it.wrapping_sub(begun) == u128::from(length)) {
                    length += 1;
                } else {
                    visit(begun, length);
                    (first, length) = (next, 1);
                }
            }
            row = start + BLOCK_CODES;
        }
        Ok(())
    }

    /// Checks the tables, and that codes ascend from one to the next.
    pub(in super::super) fn verify(&self) -> Result<()> {
        match self.firsts {
            Firsts::Narrow(table) => table.verify(&self.part, narrow)?,
            Firsts::Wide(table) => table.verify(&self.part, u128::from_le_bytes)?,
        }
        let mut before = None;
        for block in 0..self.firsts.len() {
            let place = self.place(block)?;
            let codes = place.into_iter().flat_map(|place| place.codes(0..place.count));
            for code in codes {
                if before.is_some_and(|before| before >= code) {
                    return Err(self
                        .part
                        .corrupt(format!("block {block} of serials is not whole")));
                }
                before = Some(code);
            }
        }
        Ok(())
    }

    fn find(&self, code: u128) -> Result<Option<Place<'_>>> {
        let Some(distance) = code.checked_sub(self.base) else { return Ok(None) };
        match self.firsts.find(&self.part, distance)? {
            Some(block) => self.place(block),
            None => Ok(None),
        }
    }

    /// Block `index`, none past the last.
    fn place(&self, index: usize) -> Result<Option<Place<'_>>> {
        let Some(first) = self.firsts.at(&self.part, index)? else { return Ok(None) };
        let next = self.firsts.at(&self.part, index + 1)?;
        let data = self.units.end();
        let pair = self.units.read(&self.part, index..self.units.len.min(index + 2))?;
        let at = |nth: usize| {
            pair.get(nth).map(|&unit| data + u32::from_le_bytes(unit) as usize * UNIT_BYTES)
        };
        let start = at(0).unwrap_or(data);
        let bytes = self.part.bytes(start..at(1).unwrap_or(self.part.len()))?;
        let (words, surplus) = bytes.as_chunks();
        let before = (index * BLOCK_CODES) as u64;
        let count = usize::try_from(self.rows.saturating_sub(before)).unwrap_or(usize::MAX);
        match Packed::new(words).filter(|_| surplus.is_empty()) {
            Some(distances) => Ok(Some(Place {
                index,
                first: self.base.wrapping_add(first),
                next: next.map(|next| self.base.wrapping_add(next)),
                count: count.min(BLOCK_CODES),
                distances,
            })),
            None => Err(self.part.corrupt(format!("block {index} of serials is misshapen"))),
        }
    }
}
