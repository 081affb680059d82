//! Reads the ordinals of one chunk, whichever encoding they are in.

use std::ops::Range;

use super::blocks::Blocks;
use super::encode::Piece;
use super::intervals::Intervals;
use super::layout::Encoding;
use super::packed::Packed;
use super::planes::Planes;
use crate::bitmap::Mask;
use crate::bitmap::kernels::ByteSet;
use crate::bytes::Cursor;
use crate::error::{Error, Result};
use crate::limits::CHUNK_ROWS;

/// The ordinals of a chunk where they lie.
pub(super) struct Ordinals<'a> {
    pub(super) rows: usize,
    pub(super) zone: (u64, u64),
    step: u64,
    pub(super) body: Body<'a>,
}

pub(super) enum Body<'a> {
    Constant,
    /// The end of every run but the last, and a code for each.
    Runs {
        ends: &'a [[u8; 2]],
        codes: Packed<'a>,
    },
    /// The distinct codes and, of every row, a place among them.
    Dictionary {
        listed: Packed<'a>,
        places: Planes<'a>,
    },
    Frame {
        codes: Planes<'a>,
    },
    Blocks(Blocks<'a>),
}

impl<'a> Ordinals<'a> {
    /// Reads what `piece` describes out of `bytes`.
    ///
    /// # Errors
    ///
    /// `corrupt` where the bytes do not have the size their header calls for.
    pub(super) fn new(bytes: &'a [u8], rows: usize, piece: Piece) -> Result<Self> {
        let whole = |step, body| Ok(Ordinals { rows, zone: piece.zone, step, body });
        if rows == 0 || rows > CHUNK_ROWS {
            return Err(Error::corrupt(format!("a chunk of {rows} rows")));
        }
        if piece.encoding == Encoding::Constant {
            return whole(1, Body::Constant);
        }
        let mut cursor = Cursor::new("column chunk", bytes);
        let step = cursor.u64()?;
        let (width, listed_width) = (u32::from(cursor.u8()?), u32::from(cursor.u8()?));
        let zero = cursor.u16()?;
        let count = cursor.u32()? as usize;
        if step == 0 || zero != 0 || count > CHUNK_ROWS {
            return Err(cursor.corrupt("its header is damaged"));
        }
        let rest = cursor.rest();
        let body = match piece.encoding {
            Encoding::Frame => Body::Frame { codes: Planes::new(rest, rows, width)? },
            Encoding::Dictionary => {
                let (listed, rest) = Packed::split(rest, count, listed_width)?;
                Body::Dictionary { listed, places: Planes::new(rest, rows, width)? }
            }
            Encoding::Runs => read_runs(cursor, count, listed_width)?,
            Encoding::Blocks | Encoding::Ascending => {
                let ascending = piece.encoding == Encoding::Ascending;
                Body::Blocks(Blocks::new(rest, (rows, count), listed_width, ascending)?)
            }
            Encoding::Empty | Encoding::Constant | Encoding::Lists => {
                return Err(cursor.corrupt("has no ordinals"));
            }
        };
        whole(step, body)
    }

    /// The ordinal of a code.
    #[inline]
    pub(super) fn ordinal(&self, code: u64) -> u64 {
        self.zone.0.wrapping_add(code.wrapping_mul(self.step))
    }

    /// The distance between the ordinals of neighbouring codes.
    pub(super) fn step(&self) -> u64 {
        self.step
    }

    /// The greatest code there can be.
    pub(super) fn code_most(&self) -> u64 {
        self.zone.1.saturating_sub(self.zone.0) / self.step
    }

    /// The ordinal of `row`, which has to be one of the chunk.
    pub(super) fn at(&self, row: usize) -> Result<u64> {
        if row >= self.rows {
            return Err(Error::corrupt(format!("row {row} of a chunk of {} rows", self.rows)));
        }
        let code = match &self.body {
            Body::Constant => 0,
            Body::Runs { ends, codes } => codes.at(ends.partition_point(|end| end_of(*end) <= row)),
            Body::Dictionary { listed, places } => listed_at(listed, places.at(row))?,
            Body::Frame { codes } => codes.at(row),
            Body::Blocks(blocks) => blocks.at(row)?,
        };
        Ok(self.ordinal(code))
    }

    /// Every ordinal, in place of what `out` holds.
    pub(super) fn read_into(&self, out: &mut Vec<u64>) -> Result<()> {
        self.read_between(0..self.rows, out)
    }

    /// The ordinals of some rows of the chunk, in place of what `out` holds.
    pub(super) fn read_between(&self, rows: Range<usize>, out: &mut Vec<u64>) -> Result<()> {
        let Range { start, end } = rows;
        match &self.body {
            Body::Constant => {
                out.clear();
                out.resize(end - start, self.zone.0);
                return Ok(());
            }
            Body::Runs { .. } => {
                out.clear();
                out.resize(end - start, 0);
                self.each_run(|rows, code| {
                    let rows = rows.start.max(start) - start..rows.end.max(start) - start;
                    let rows = rows.start..rows.end.min(end - start);
                    out.get_mut(rows).unwrap_or_default().fill(code);
                });
            }
            Body::Dictionary { listed, places } => {
                let listed: Vec<u64> = listed.iter().collect();
                places.codes_between(start..end, out);
                for place in &mut *out {
                    let at = usize::try_from(*place).ok();
                    *place = *at.and_then(|at| listed.get(at)).ok_or_else(unlisted)?;
                }
            }
            Body::Frame { codes } => codes.codes_between(start..end, out),
            Body::Blocks(blocks) => {
                out.clear();
                let mut numbers = Vec::new();
                for block in start / blocks.each..end.div_ceil(blocks.each) {
                    blocks.read_into(block, &mut numbers)?;
                    out.extend_from_slice(&numbers);
                }
                out.drain(..(start % blocks.each).min(out.len()));
                out.truncate(end - start);
            }
        }
        for code in out {
            *code = self.ordinal(*code);
        }
        Ok(())
    }

    /// Tells of every run its rows and its code; runs of no rows are left out.
    pub(super) fn each_run(&self, mut tell: impl FnMut(Range<usize>, u64)) {
        let Body::Runs { ends, codes } = &self.body else { return };
        let mut start = 0;
        let ends = ends.iter().map(|end| end_of(*end)).chain([self.rows]);
        for (end, code) in ends.zip(codes.iter()) {
            let end = end.min(self.rows);
            if start < end {
                tell(start..end, code);
                start = end;
            }
        }
    }

    /// Adds to `out` the rows whose ordinal is in `intervals`.
    pub(super) fn scan(&self, intervals: &Intervals, out: &mut Mask) -> Result<()> {
        self.scan_within(intervals, None, out)
    }

    /// As [`scan`](Self::scan); of rows that are not in `within`, some may be left out.
    pub(super) fn scan_within(
        &self,
        intervals: &Intervals,
        within: Option<&Mask>,
        out: &mut Mask,
    ) -> Result<()> {
        if !intervals.overlaps(self.zone) {
            return Ok(());
        }
        if intervals.covers(self.zone) {
            out.set_range(0..u32::try_from(self.rows).unwrap_or(0));
            return Ok(());
        }
        match &self.body {
            // A zone of one ordinal is either covered or out of reach.
            Body::Constant => {}
            Body::Runs { .. } => self.each_run(|rows, code| {
                if intervals.contains(self.ordinal(code)) {
                    set_rows(out, rows);
                }
            }),
            Body::Dictionary { listed, places } => {
                let place = |ordinal: u64| {
                    listed.partition_point(|code| self.ordinal(code) < ordinal) as u64
                };
                let ends = intervals.within(self.zone).iter().map(|(first, last)| {
                    (place(*first), last.checked_add(1).map_or(listed.len() as u64, place))
                });
                let ranges = ends.filter_map(|(from, end)| Some((from, end.checked_sub(1)?)));
                scan_codes(places, &Intervals::new(ranges.collect()), out);
            }
            Body::Frame { codes } => {
                let ranges = intervals.within(self.zone).iter().map(|it| self.codes_between(*it));
                scan_codes(codes, &Intervals::new(ranges.collect()), out);
            }
            Body::Blocks(blocks) if blocks.is_sought(intervals.within(self.zone).len()) => {
                self.seek(blocks, intervals, out)?;
            }
            Body::Blocks(blocks) => match intervals.within(self.zone) {
                [only] => self.scan_between(blocks, self.codes_between(*only), within, out)?,
                _ => self.scan_blocks(blocks, intervals, out)?,
            },
        }
        Ok(())
    }

    /// The codes of the ordinals of an interval; an end before the start where there are none.
    fn codes_between(&self, (first, last): (u64, u64)) -> (u64, u64) {
        let from = first.saturating_sub(self.zone.0).div_ceil(self.step);
        match last.min(self.zone.1).checked_sub(self.zone.0) {
            Some(distance) => (from, distance / self.step),
            None => (1, 0),
        }
    }

    /// Checks what finding takes on trust: that a dictionary and the ends of runs ascend.
    pub(super) fn verify(&self) -> Result<()> {
        let ascends = match &self.body {
            Body::Dictionary { listed, .. } => {
                listed.iter().map(|code| self.ordinal(code)).is_sorted_by(|a, b| a < b)
            }
            Body::Runs { ends, .. } => ends.is_sorted_by(|a, b| end_of(*a) < end_of(*b)),
            Body::Blocks(Blocks { ascending: true, .. }) => {
                let mut ordinals = Vec::new();
                self.read_into(&mut ordinals)?;
                ordinals.is_sorted()
            }
            Body::Constant | Body::Frame { .. } | Body::Blocks(_) => true,
        };
        if ascends {
            Ok(())
        } else {
            Err(Error::corrupt("its dictionary, its runs or its rows do not ascend"))
        }
    }

    /// As [`scan`](Self::scan), of rows that ascend: each interval is one range of them.
    fn seek(&self, blocks: &Blocks<'_>, intervals: &Intervals, out: &mut Mask) -> Result<()> {
        let mut numbers = Vec::new();
        for interval in intervals.within(self.zone) {
            let (from, to) = self.codes_between(*interval);
            let start = blocks.first_row(from, &mut numbers)?;
            let end = match to.checked_add(1) {
                Some(after) if from <= to => blocks.first_row(after, &mut numbers)?,
                _ => continue,
            };
            set_rows(out, start.min(self.rows)..end.min(self.rows));
        }
        Ok(())
    }

    /// Adds the rows whose code is `from` to `to`, none of which there may be.
    fn scan_between(
        &self,
        blocks: &Blocks<'_>,
        (from, to): (u64, u64),
        within: Option<&Mask>,
        out: &mut Mask,
    ) -> Result<()> {
        if from > to {
            return Ok(());
        }
        let (mut numbers, mut inside) = (Vec::new(), 0..0);
        for (block, (base, above)) in blocks.spans().into_iter().enumerate() {
            // One comparison a block, for most of them lie to one side or the other: whether `from` is
            // at most `above` over the base, and `to` not below it.
            if base > to || from.saturating_sub(base) > above {
                continue;
            }
            let most = base.saturating_add(above);
            let rows = block * blocks.each..((block + 1) * blocks.each).min(self.rows);
            if from <= base && most <= to {
                if inside.end != rows.start {
                    set_rows(out, std::mem::replace(&mut inside, rows.start..rows.start));
                }
                inside.end = rows.end;
                continue;
            }
            let words = rows.start / 64..rows.end.div_ceil(64);
            let asked = within.is_none_or(|within| {
                within.words().get(words.clone()).is_some_and(|it| it.iter().any(|word| *word != 0))
            });
            if asked {
                blocks.read_into(block, &mut numbers)?;
                let numbers = numbers.get(..rows.len()).unwrap_or_default();
                let words = out.words_mut().get_mut(words).unwrap_or_default();
                mark(numbers, words, |code| code.wrapping_sub(from) <= to - from);
            }
        }
        set_rows(out, inside);
        Ok(())
    }

    fn scan_blocks(
        &self,
        blocks: &Blocks<'_>,
        intervals: &Intervals,
        out: &mut Mask,
    ) -> Result<()> {
        let (Some(first), Some(last)) =
            (intervals.within(self.zone).first(), intervals.within(self.zone).last())
        else {
            return Ok(());
        };
        let mut numbers = Vec::new();
        let (from, to) = (self.codes_between(*first).0, self.codes_between(*last).1);
        for block in 0..blocks.len() {
            if blocks.bases.at(block) > to || blocks.is_below(block, from) {
                continue;
            }
            let bounds = blocks.bounds(block, self.code_most())?;
            let bounds = (self.ordinal(bounds.0), self.ordinal(bounds.1));
            let rows = block * blocks.each..((block + 1) * blocks.each).min(self.rows);
            if intervals.covers(bounds) {
                set_rows(out, rows);
            } else if intervals.overlaps(bounds) {
                blocks.read_into(block, &mut numbers)?;
                // Of thousands of intervals, a block meets a few; and what follows in a block is
                // near what was before it.
                let mut near = Near { intervals: intervals.within(bounds), known: (1, 0, false) };
                let words = out.words_mut().iter_mut().skip(rows.start / 64);
                let asked = numbers.get(..rows.len()).unwrap_or_default();
                mark(asked, words, |code| near.contains(self.ordinal(*code)));
            }
        }
        Ok(())
    }
}

/// Reads rows one by one, which ascend as a rule: of a block that is asked often, all codes.
pub(super) struct Reading<'o, 'a> {
    ordinals: &'o Ordinals<'a>,
    /// The block that was asked last, how often, and its codes once they are read.
    block: Option<usize>,
    asked: usize,
    codes: Vec<u64>,
}

/// Rows of a block that are read by the time it takes to read one alone.
const ROWS_A_LOOK: usize = 128;

impl<'o, 'a> Reading<'o, 'a> {
    pub(super) fn new(ordinals: &'o Ordinals<'a>) -> Self {
        Reading { ordinals, block: None, asked: 0, codes: Vec::new() }
    }

    /// The ordinal of `row`, which has to be one of the chunk.
    pub(super) fn at(&mut self, row: usize) -> Result<u64> {
        let Body::Blocks(blocks) = &self.ordinals.body else { return self.ordinals.at(row) };
        let block = row / blocks.each;
        if self.block != Some(block) {
            (self.block, self.asked) = (Some(block), 0);
            self.codes.clear();
        }
        self.asked += 1;
        if row >= self.ordinals.rows || self.asked <= 1.max(blocks.each / ROWS_A_LOOK) {
            return self.ordinals.at(row);
        }
        if self.codes.is_empty() {
            blocks.read_into(block, &mut self.codes)?;
        }
        let code = self.codes.get(row % blocks.each).copied();
        code.map(|it| self.ordinals.ordinal(it)).ok_or_else(unlisted)
    }
}

fn read_runs(mut cursor: Cursor<'_>, count: usize, width: u32) -> Result<Body<'_>> {
    let bounds = count.checked_sub(1).ok_or_else(|| cursor.corrupt("has no runs"))?;
    let (ends, []) = cursor.slice(2 * bounds)?.as_chunks() else {
        return Err(cursor.corrupt("its runs are cut short"));
    };
    let (codes, rest) = Packed::split(cursor.rest(), count, width)?;
    if rest.is_empty() {
        return Ok(Body::Runs { ends, codes });
    }
    Err(cursor.corrupt("its runs do not fill it"))
}

pub(super) fn end_of(bytes: [u8; 2]) -> usize {
    usize::from(u16::from_le_bytes(bytes))
}

fn listed_at(listed: &Packed<'_>, place: u64) -> Result<u64> {
    let place = usize::try_from(place).ok().filter(|place| *place < listed.len());
    place.map(|place| listed.at(place)).ok_or_else(unlisted)
}

pub(super) fn unlisted() -> Error {
    Error::corrupt("column chunk: a row has a value that its dictionary lacks")
}

fn set_rows(out: &mut Mask, rows: Range<usize>) {
    let ends = (u32::try_from(rows.start), u32::try_from(rows.end));
    if let (Ok(start), Ok(end)) = ends {
        out.set_range(start..end);
    }
}

/// Ranges above which a table of all codes is quicker than a pass for each.
const PASSES_MAX: usize = 12;
/// The same for codes of one byte, which need not be put together first.
const BYTE_PASSES_MAX: usize = 2;

fn scan_codes(codes: &Planes<'_>, ranges: &Intervals, out: &mut Mask) {
    let out = out.words_mut();
    let passes_max = if codes.width() == 8 { BYTE_PASSES_MAX } else { PASSES_MAX };
    if ranges.as_slice().len() <= passes_max {
        ranges.as_slice().iter().for_each(|(first, last)| codes.scan(*first, *last, out));
    } else if codes.width() <= 8 {
        let mut set = ByteSet::default();
        for code in (0..=u8::MAX).filter(|code| ranges.contains(u64::from(*code))) {
            if let Some(word) = set.get_mut(usize::from(code / 64)) {
                *word |= 1 << (code % 64);
            }
        }
        codes.scan_set(&set, out);
    } else if codes.width() <= 16 {
        let mut table = vec![false; 1 << 16];
        for (first, last) in ranges.as_slice() {
            let ends = (usize::try_from(*first), usize::try_from(*last));
            if let (Ok(first), Ok(last)) = ends {
                let last = last.min(table.len() - 1);
                table.get_mut(first..=last).unwrap_or_default().fill(true);
            }
        }
        let mut read = Vec::<u16>::new();
        codes.codes_into(&mut read);
        mark(&read, out, |code| table.get(usize::from(*code)).is_some_and(|it| *it));
    } else {
        let mut read = Vec::<u64>::new();
        codes.codes_into(&mut read);
        mark(&read, out, |code| ranges.contains(*code));
    }
}

/// Sets the bit of every code that is wanted.
fn mark<'o, T>(
    codes: &[T],
    out: impl IntoIterator<Item = &'o mut u64>,
    mut wanted: impl FnMut(&T) -> bool,
) {
    for (word, codes) in out.into_iter().zip(codes.chunks(64)) {
        let bits = codes.iter().rev().fold(0, |bits, code| bits << 1 | u64::from(wanted(code)));
        *word |= bits;
    }
}

/// Intervals that are asked about ordinals near one another.
struct Near<'a> {
    intervals: &'a [(u64, u64)],
    /// The least and the greatest ordinal about which is known whether it is in, and that.
    known: (u64, u64, bool),
}

impl Near<'_> {
    #[inline]
    fn contains(&mut self, ordinal: u64) -> bool {
        let (first, last, inside) = self.known;
        if (first..=last).contains(&ordinal) {
            return inside;
        }
        let next = self.intervals.partition_point(|(_, last)| *last < ordinal);
        let before = next.checked_sub(1).and_then(|at| self.intervals.get(at));
        let from = before.map_or(0, |(_, last)| last.saturating_add(1));
        self.known = match self.intervals.get(next) {
            Some((first, last)) if *first <= ordinal => (*first, *last, true),
            Some((first, _)) => (from, first - 1, false),
            None => (from, u64::MAX, false),
        };
        self.known.2
    }
}
