//! Reads the dense form.

use std::ops::Range;

use super::super::layout::GroupEntry;
use super::super::part::{Part, Sampled};
use super::place::{Codes, Place};
use super::shape::{ENTRY_BYTES, Kind, RANKS, UNIT_BYTES, WORDS};
use crate::error::Result;
use crate::limits::CHUNK_ROWS;

/// The codes of a group in the dense form.
#[derive(Clone, Debug)]
pub(in super::super) struct Dense {
    part: Part,
    base: u128,
    rows: u64,
    chunks: Sampled<ENTRY_BYTES>,
}

/// An entry of the table of chunks.
struct Entry {
    number: u64,
    kind: Option<Kind>,
    runs: usize,
    before: u64,
    start: usize,
}

/// The number of the chunk above, form and runs below.
fn head(entry: [u8; ENTRY_BYTES]) -> u64 {
    entry.first_chunk().map_or(0, |&head| u64::from_le_bytes(head))
}

fn number(entry: [u8; ENTRY_BYTES]) -> u64 {
    head(entry) >> 16
}

fn before(entry: [u8; ENTRY_BYTES]) -> u64 {
    let [.., a, b, c, d, _, _, _, _] = entry;
    u64::from(u32::from_le_bytes([a, b, c, d]))
}

impl Entry {
    fn decode(bytes: [u8; ENTRY_BYTES]) -> Self {
        let [.., a, b, c, d] = bytes;
        let head = head(bytes);
        Entry {
            number: number(bytes),
            kind: match head >> 14 & 3 {
                0 => Some(Kind::Runs),
                1 => Some(Kind::Array),
                2 => Some(Kind::Bits),
                _ => None,
            },
            runs: usize::try_from(head & 0x3fff).unwrap_or(0),
            before: before(bytes),
            start: u32::from_le_bytes([a, b, c, d]) as usize * UNIT_BYTES,
        }
    }
}

impl Dense {
    /// Checks the tables that `entry` tells of against the bytes that are there.
    pub(in super::super) fn open(part: Part, entry: &GroupEntry) -> Result<Self> {
        let chunks = usize::try_from(entry.parts).unwrap_or(usize::MAX);
        if chunks == 0 || entry.base & 0xffff != 0 {
            return Err(part.corrupt("a group has no chunks or no round base"));
        }
        let chunks = Sampled::new(&part, 0, chunks)?;
        Ok(Dense { part, base: entry.base, rows: entry.rows, chunks })
    }

    /// How many codes are before `code`, and whether it is one of them.
    pub(in super::super) fn rank(&self, code: u128) -> Result<(u64, bool)> {
        let Some((number, low)) = self.split(code) else {
            return Ok((if code < self.base { 0 } else { self.rows }, false));
        };
        Ok(match self.find(number)? {
            Some(place) if place.number == number => {
                let (rank, found) = place.rank(low);
                (place.before + u64::from(rank), found)
            }
            Some(place) => (place.before + u64::from(place.count), false),
            None => (0, false),
        })
    }

    /// The row of `code`; `near` is the chunk that was asked last, and is kept up to date.
    #[inline]
    pub(in super::super) fn row_near<'a>(
        &'a self,
        code: u128,
        near: &mut Option<Place<'a>>,
    ) -> Result<Option<u64>> {
        let Some((number, low)) = self.split(code) else { return Ok(None) };
        if near.as_ref().is_none_or(|place| place.number != number) {
            *near = self.find(number)?;
        }
        Ok(near.as_ref().filter(|place| place.number == number).and_then(|place| {
            let (rank, found) = place.rank(low);
            found.then_some(place.before + u64::from(rank))
        }))
    }

    /// The code of a row of the group.
    pub(in super::super) fn code_at(&self, row: u64) -> Result<u128> {
        let place = self.place(self.chunk_of(row)?)?;
        let low = u32::try_from(row.saturating_sub(place.before)).ok();
        match low.and_then(|rank| place.select(rank)) {
            Some(low) => Ok(self.start_of(&place)? | u128::from(low)),
            None => Err(self.part.corrupt("a chunk of serials has too few codes")),
        }
    }

    /// Gives the codes of some rows of the group: the first of those that follow one another, and
    /// how many they are.
    pub(in super::super) fn for_each_run(
        &self,
        rows: Range<u64>,
        mut visit: impl FnMut(u128, u32),
    ) -> Result<()> {
        let mut row = rows.start;
        let mut chunk = if rows.is_empty() { 0 } else { self.chunk_of(row)? };
        while row < rows.end {
            let place = self.place(chunk)?;
            let start = self.start_of(&place)?;
            let within = |row: u64| {
                let rank = row.saturating_sub(place.before);
                u32::try_from(rank).map_or(place.count, |rank| rank.min(place.count))
            };
            let wanted = within(row)..within(rows.end);
            let mut given = 0;
            place.for_each_run(wanted.clone(), |low, length| {
                visit(start | u128::from(low), length);
                given += length as usize;
            });
            if wanted.is_empty() || given != wanted.len() {
                return Err(self.part.corrupt("a chunk of serials has too few codes"));
            }
            row = place.before + u64::from(wanted.end);
            chunk += 1;
        }
        Ok(())
    }

    /// Checks every table and every chunk.
    pub(in super::super) fn verify(&self) -> Result<()> {
        self.chunks.verify(&self.part, number)?;
        for chunk in 0..self.chunks.all.len {
            let place = self.place(chunk)?;
            self.start_of(&place)?;
            let first = chunk > 0 || (place.number == 0 && place.before == 0);
            if !first || !place.is_whole() {
                return Err(self.part.corrupt(format!("chunk {chunk} of serials is not whole")));
            }
        }
        Ok(())
    }

    /// The chunk of a code and the code in it, none where it lies outside what can be kept.
    #[inline]
    fn split(&self, code: u128) -> Option<(u64, u16)> {
        let [a, b, ..] = code.to_le_bytes();
        let over = u64::try_from(code.checked_sub(self.base)? >> 16).ok()?;
        (over < 1 << 48).then_some((over, u16::from_le_bytes([a, b])))
    }

    /// The last chunk not after `number`.
    fn find(&self, wanted: u64) -> Result<Option<Place<'_>>> {
        // Where no chunk is left out, a chunk's entry is at its number.
        let guess = usize::try_from(wanted).unwrap_or(usize::MAX);
        let there = self.chunks.all.at(&self.part, guess)?;
        if there.is_some_and(|it| number(it) == wanted) {
            return self.place(guess).map(Some);
        }
        match self.chunks.last_not_after(&self.part, number, &wanted)? {
            Some(chunk) => self.place(chunk).map(Some),
            None => Ok(None),
        }
    }

    fn chunk_of(&self, row: u64) -> Result<usize> {
        let chunk = self.chunks.last_not_after(&self.part, before, &row)?;
        chunk.ok_or_else(|| self.part.corrupt("the first chunk of serials is not at row 0"))
    }

    fn start_of(&self, place: &Place<'_>) -> Result<u128> {
        let start = self.base.checked_add(u128::from(place.number) << 16);
        start.ok_or_else(|| self.part.corrupt("a chunk of serials exceeds 128 bits"))
    }

    fn place(&self, chunk: usize) -> Result<Place<'_>> {
        let entries = self.chunks.all;
        let pair = entries.read(&self.part, chunk..entries.len.min(chunk + 2))?;
        let data = entries.end();
        let Some(entry) = pair.first().map(|&it| Entry::decode(it)) else {
            return Err(self.part.corrupt("a chunk of serials is not there"));
        };
        let (rows_end, end) = match pair.get(1).map(|&it| Entry::decode(it)) {
            Some(next) => (next.before, data + next.start),
            None => (self.rows, self.part.len()),
        };
        let bytes = self.part.bytes(data + entry.start..end)?;
        let count = rows_end.checked_sub(entry.before).filter(|&count| count <= CHUNK_ROWS as u64);
        let count = count.and_then(|count| u32::try_from(count).ok()).filter(|&count| count > 0);
        let place = count.and_then(|count| {
            let codes = codes(&entry, count, bytes)?;
            Some(Place { number: entry.number, before: entry.before, count, codes })
        });
        place.ok_or_else(|| self.part.corrupt(format!("chunk {chunk} of serials is misshapen")))
    }
}

/// What a chunk holds, if it has the bytes that its form asks for.
fn codes<'a>(entry: &Entry, count: u32, bytes: &'a [u8]) -> Option<Codes<'a>> {
    match entry.kind? {
        Kind::Runs => {
            let halves: &[[u8; 2]] = bytes.as_chunks().0;
            let (firsts, ranks) = halves.split_at_checked(entry.runs)?;
            let fits = entry.runs > 0 && bytes.len() == 4 * entry.runs;
            fits.then_some(Codes::Runs { firsts, ranks })
        }
        Kind::Array => {
            (bytes.len() == 2 * count as usize).then_some(Codes::Array(bytes.as_chunks().0))
        }
        Kind::Bits => {
            let (ranks, words) = bytes.split_at_checked(2 * RANKS)?;
            let fits = words.len() == 8 * WORDS;
            fits.then_some(Codes::Bits {
                ranks: ranks.as_chunks().0.first_chunk()?,
                words: words.as_chunks().0.first_chunk()?,
            })
        }
    }
}
