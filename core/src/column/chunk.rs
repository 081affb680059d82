//! 65,536 rows of a column.

use super::count::{LocalValues, tell_sorted};
use super::encode::Piece;
use super::intervals::Intervals;
use super::layout::{Encoding, Entry};
use super::lists::Lists;
use super::ordinals::{Ordinals, Reading};
use super::reader::ColumnReader;
use crate::bitmap::{Container, Mask, View};
use crate::error::{Error, Result};

/// The rows of a column that one zone map speaks of, 65,536 but for the last chunk.
///
/// Nothing of the data is read before a method needs it: where the zone decides a scan, only the
/// missing rows are looked at, and those only where there are some.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    column: &'a ColumnReader,
    entry: Entry,
    rows: u32,
}

impl<'a> Chunk<'a> {
    pub(super) fn new(column: &'a ColumnReader, entry: Entry, rows: u32) -> Self {
        Chunk { column, entry, rows }
    }

    /// The same chunk as if no row were missing: what is said of one that is means nothing.
    pub(crate) fn filled(mut self) -> Self {
        self.entry.missing_count = 0;
        self
    }

    /// How many rows there are, missing ones too.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// How the ordinals are written.
    pub(crate) fn encoding(&self) -> Encoding {
        self.entry.encoding
    }

    /// Least and greatest ordinal; none where no row has a value (all are missing, or all lists
    /// are empty).
    pub(crate) fn zone(&self) -> Option<(u64, u64)> {
        Some(self.entry.zone).filter(|(least, most)| least <= most)
    }

    /// How many rows are missing.
    pub(crate) fn missing_count(&self) -> u32 {
        self.entry.missing_count
    }

    /// Adds the missing rows to `out`.
    pub(crate) fn missing_into(&self, out: &mut Mask) -> Result<()> {
        match self.missing()? {
            Missing::None => {}
            Missing::All => out.set_range(0..self.rows),
            Missing::Some(rows) => rows.or_into(out),
        }
        Ok(())
    }

    /// Takes the missing rows out of `mask`.
    pub(crate) fn remove_missing(&self, mask: &mut Mask) -> Result<()> {
        match self.missing()? {
            Missing::None => {}
            Missing::All => mask.clear_all(),
            Missing::Some(rows) => rows.and_not_into(mask),
        }
        Ok(())
    }

    /// The missing rows where some are missing and some not, read where they lie.
    pub(crate) fn missing_rows(&self) -> Result<Option<Container<'a>>> {
        match self.missing()? {
            Missing::None | Missing::All => Ok(None),
            Missing::Some(rows) => Ok(Some(rows)),
        }
    }

    /// Leaves of `rows`, which are rows of the chunk and ascend, those that are missing or whose
    /// ordinal is in `intervals`. Made for few rows: but for runs, each is read by itself. `scratch` has no rows, and may have some
    /// after it.
    ///
    /// # Errors
    ///
    /// `unsupported` on a column of lists, besides `corrupt`.
    pub(crate) fn retain_open(
        &self,
        intervals: &Intervals,
        rows: &mut Vec<u16>,
        scratch: &mut Mask,
    ) -> Result<()> {
        let missing = match self.missing()? {
            Missing::None => None,
            Missing::All => return Ok(()),
            Missing::Some(missing) => Some(missing),
        };
        let searched = missing.filter(|_| rows.len() <= SEARCHED_MAX);
        if let (None, Some(missing)) = (searched, missing) {
            missing.or_into(scratch);
        }
        let is_missing =
            |row: u16| searched.map_or_else(|| scratch.contains(row), |it| it.contains(row));
        let zone = self.zone().filter(|zone| intervals.overlaps(*zone));
        let Some(zone) = zone else {
            rows.retain(|row| is_missing(*row));
            return Ok(());
        };
        if intervals.covers(zone) {
            return Ok(());
        }
        let ordinals = self.ordinals()?;
        if self.entry.encoding == Encoding::Runs {
            let mut runs = Vec::new();
            ordinals.each_run(|rows, code| {
                runs.push((rows.end, intervals.contains(ordinals.ordinal(code))));
            });
            let mut left = runs.into_iter().peekable();
            rows.retain(|row| {
                while left.next_if(|(end, _)| *end <= usize::from(*row)).is_some() {}
                left.peek().is_some_and(|(_, passes)| *passes) || is_missing(*row)
            });
            return Ok(());
        }
        let mut damaged = None;
        rows.retain(|row| match ordinals.at(usize::from(*row)) {
            Ok(ordinal) => intervals.contains(ordinal) || is_missing(*row),
            Err(error) => {
                damaged = Some(error);
                false
            }
        });
        damaged.map_or(Ok(()), Err)
    }

    /// Adds to `out` the rows whose ordinal is in `intervals`; of lists, those that have a value in
    /// them. A missing row never is.
    pub(crate) fn scan(&self, intervals: &Intervals, out: &mut Mask) -> Result<()> {
        self.scan_within(intervals, None, out)
    }

    /// As [`scan`](Self::scan); of rows that are not in `within`, some may be left out.
    pub(crate) fn scan_within(
        &self,
        intervals: &Intervals,
        within: Option<&Mask>,
        out: &mut Mask,
    ) -> Result<()> {
        let Some(zone) = self.zone().filter(|zone| intervals.overlaps(*zone)) else {
            return Ok(());
        };
        if self.entry.encoding == Encoding::Lists {
            // A missing list is written as one of no values.
            return self.lists()?.scan(intervals, zone, out);
        }
        let missing = match self.missing()? {
            Missing::None => return self.scan_filled((intervals, zone), within, out),
            Missing::All => return Ok(()),
            Missing::Some(rows) => rows,
        };
        let mut found = Mask::new();
        self.scan_filled((intervals, zone), within, &mut found)?;
        missing.and_not_into(&mut found);
        out.or(&found);
        Ok(())
    }

    /// Adds to `out` the rows that are missing or whose ordinal is in `intervals`; of rows that are
    /// not in `within`, some may be left out.
    ///
    /// # Errors
    ///
    /// `unsupported` on a column of lists, besides `corrupt`.
    pub(crate) fn scan_open(
        &self,
        intervals: &Intervals,
        within: Option<&Mask>,
        out: &mut Mask,
    ) -> Result<()> {
        if let Some(zone) = self.zone().filter(|zone| intervals.overlaps(*zone)) {
            self.scan_filled((intervals, zone), within, out)?;
        }
        self.missing_into(out)
    }

    fn scan_filled(
        &self,
        (intervals, zone): (&Intervals, (u64, u64)),
        within: Option<&Mask>,
        out: &mut Mask,
    ) -> Result<()> {
        if intervals.covers(zone) {
            out.set_range(0..self.rows);
            return Ok(());
        }
        self.ordinals()?.scan_within(intervals, within, out)
    }

    /// The ordinal of every row, in place of what `out` holds; those of missing rows mean nothing.
    ///
    /// # Errors
    ///
    /// `unsupported` on a column of lists, besides `corrupt`.
    pub(crate) fn ordinals_into(&self, out: &mut Vec<u64>) -> Result<()> {
        if self.entry.encoding == Encoding::Empty {
            out.clear();
            out.resize(self.rows as usize, 0);
            return Ok(());
        }
        self.ordinals()?.read_into(out)
    }

    /// The ordinal of a row; none where it is missing.
    ///
    /// # Errors
    ///
    /// `unsupported` on a column of lists, besides `corrupt`.
    pub(crate) fn ordinal_at(&self, row: u16) -> Result<Option<u64>> {
        if self.is_missing(row)? {
            return Ok(None);
        }
        self.ordinals()?.at(usize::from(row)).map(Some)
    }

    /// Calls back with the ordinal of each of `rows`, which ascend as a rule, or none where it is
    /// missing.
    ///
    /// # Errors
    ///
    /// `unsupported` on a column of lists, besides `corrupt`.
    pub(crate) fn each_ordinal(
        &self,
        rows: impl ExactSizeIterator<Item = u16>,
        mut call: impl FnMut(Option<u64>) -> Result<()>,
    ) -> Result<()> {
        let missing = self.missing_among(rows.len())?;
        if matches!(missing, MissingAmong::All) {
            return rows.into_iter().try_for_each(|_| call(None));
        }
        let ordinals = self.ordinals()?;
        let rows: Vec<u16> = rows.collect();
        let (first, last) = (rows.first().copied(), rows.last().copied());
        let (start, end) =
            first.zip(last).map_or((0, 0), |it| (it.0.into(), usize::from(it.1) + 1));
        let mut near = Vec::new();
        if start < end && end <= self.rows as usize && rows.len() >= (end - start) / DECODED_FROM {
            ordinals.read_between(start..end, &mut near)?;
        }
        let mut reading = Reading::new(&ordinals);
        for row in rows {
            let place = usize::from(row).checked_sub(start);
            let ordinal = match place.and_then(|place| near.get(place)) {
                Some(ordinal) => *ordinal,
                None => reading.at(usize::from(row))?,
            };
            call(Some(ordinal).filter(|_| !missing.contains(row)))?;
        }
        Ok(())
    }

    fn missing_among(&self, rows: usize) -> Result<MissingAmong<'a>> {
        Ok(match self.missing()? {
            Missing::None => MissingAmong::None,
            Missing::All => MissingAmong::All,
            Missing::Some(missing) if rows <= SEARCHED_MAX => MissingAmong::Searched(missing),
            Missing::Some(missing) => MissingAmong::Marked(Box::new(missing.to_mask())),
        })
    }

    /// Appends the codes of a row's list; false where the list is missing.
    pub(crate) fn list_at(&self, row: u16, out: &mut Vec<u32>) -> Result<bool> {
        if self.is_missing(row)? {
            return Ok(false);
        }
        self.lists()?.list_into(usize::from(row), out)?;
        Ok(true)
    }

    /// The length of every row's list and the codes of all lists, in place of what the two hold.
    /// A missing list has no codes.
    pub(crate) fn lists_into(&self, lengths: &mut Vec<u64>, codes: &mut Vec<u64>) -> Result<()> {
        if self.entry.encoding == Encoding::Empty {
            lengths.clear();
            lengths.resize(self.rows as usize, 0);
            codes.clear();
            return Ok(());
        }
        self.lists()?.read_into(lengths, codes)
    }

    /// The ordinals that this chunk's own codes stand for; none where there may be more than 65,536,
    /// and for lists.
    pub(crate) fn local_values(&self) -> Result<Option<LocalValues>> {
        match self.entry.encoding {
            Encoding::Empty => Ok(Some(LocalValues::Listed(Vec::new()))),
            Encoding::Lists => Ok(None),
            _ => Ok(self.ordinals()?.local_values()),
        }
    }

    /// The code of every row of a mask in [`local_values`](Self::local_values), which `values` must
    /// be, in place of what `out` holds. The codes of missing rows and of others mean nothing.
    pub(crate) fn local_codes_into(
        &self,
        values: &LocalValues,
        mask: &Mask,
        out: &mut Vec<u16>,
    ) -> Result<()> {
        if self.entry.encoding == Encoding::Empty {
            out.clear();
            out.resize(self.rows as usize, 0);
            return Ok(());
        }
        self.ordinals()?.local_codes_into(values, mask, out)
    }

    /// The code of each of `rows` in turn in [`local_values`](Self::local_values), which `values`
    /// must be, in place of what `out` holds. The codes of missing rows mean nothing.
    pub(crate) fn local_codes_of(
        &self,
        values: &LocalValues,
        rows: &[u16],
        out: &mut Vec<u16>,
    ) -> Result<()> {
        out.clear();
        if self.entry.encoding == Encoding::Empty {
            out.resize(rows.len(), 0);
            return Ok(());
        }
        self.ordinals()?.local_codes_of(values, rows, out)
    }

    /// Tells how many rows of `mask` have each ordinal, in ascending order; missing rows are left
    /// out. Of a list, each different value counts once.
    pub(crate) fn count_into(&self, mask: &Mask, tell: impl FnMut(u64, u64)) -> Result<()> {
        match self.entry.encoding {
            Encoding::Empty => return Ok(()),
            Encoding::Lists => return self.count_lists(mask, tell),
            _ => {}
        }
        match self.missing()? {
            Missing::None => self.ordinals()?.count_into(mask, tell),
            Missing::All => Ok(()),
            Missing::Some(rows) => {
                let mut present = mask.clone();
                rows.and_not_into(&mut present);
                self.ordinals()?.count_into(&present, tell)
            }
        }
    }

    fn count_lists(&self, mask: &Mask, tell: impl FnMut(u64, u64)) -> Result<()> {
        let (mut lengths, mut values) = (Vec::new(), Vec::new());
        self.lists_into(&mut lengths, &mut values)?;
        let mut counted = Vec::new();
        let mut rest = values.as_mut_slice();
        for (row, length) in (0..=u16::MAX).zip(lengths) {
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            let (list, after) = rest.split_at_mut(length);
            rest = after;
            if mask.contains(row) {
                list.sort_unstable();
                counted.extend(list.chunk_by(|a, b| a == b).filter_map(|same| same.first()));
            }
        }
        tell_sorted(counted, tell);
        Ok(())
    }

    fn is_missing(&self, row: u16) -> Result<bool> {
        if u32::from(row) >= self.rows {
            return Err(Error::corrupt(format!("row {row} of a chunk of {} rows", self.rows)));
        }
        Ok(match self.missing()? {
            Missing::None => false,
            Missing::All => true,
            Missing::Some(rows) => rows.contains(row),
        })
    }

    fn missing(&self) -> Result<Missing<'a>> {
        let Entry { missing_count, missing_start, missing_len, .. } = self.entry;
        if missing_count == 0 {
            return Ok(Missing::None);
        }
        if missing_count == self.rows {
            return Ok(Missing::All);
        }
        let start = missing_start as usize;
        let bytes = self.column.missing_bytes(start..start + usize::from(missing_len))?;
        let rows = View::new(bytes)?.chunk(0);
        rows.map(Missing::Some)
            .ok_or_else(|| Error::corrupt("column chunk: misses its missing rows"))
    }

    fn data(&self) -> Result<&'a [u8]> {
        let start = usize::try_from(self.entry.data_start).unwrap_or(usize::MAX);
        self.column.data_bytes(start..start.saturating_add(self.entry.data_len as usize))
    }

    fn ordinals(&self) -> Result<Ordinals<'a>> {
        let Entry { encoding, zone, data_len, .. } = self.entry;
        if encoding == Encoding::Lists {
            return Err(Error::unsupported("a column of lists has no single value a row"));
        }
        let piece = Piece { encoding, zone, len: data_len as usize };
        Ordinals::new(self.data()?, self.rows as usize, piece)
    }

    fn lists(&self) -> Result<Lists<'a>> {
        if self.entry.encoding != Encoding::Lists {
            return Err(Error::corrupt("column chunk: has no lists"));
        }
        Lists::new(self.data()?, self.rows as usize)
    }

    /// Checks what reading takes on trust: the missing rows, the zone, and that every ordinal is
    /// below `limit`.
    pub(super) fn verify(&self, limit: Option<u64>) -> Result<()> {
        let mut missing = Mask::new();
        self.missing_into(&mut missing)?;
        let beyond = missing.count_range(self.rows..u32::MAX);
        if missing.count() != self.entry.missing_count || beyond > 0 {
            return Err(Error::corrupt("its missing rows are not as many as it says"));
        }
        if let Missing::Some(rows) = self.missing()? {
            rows.verify(self.entry.missing_count)?;
        }
        let mut values = Vec::new();
        if self.entry.encoding == Encoding::Lists {
            let mut lengths = Vec::new();
            self.lists_into(&mut lengths, &mut values)?;
            let mut rows = (0..=u16::MAX).zip(lengths);
            if rows.any(|(row, length)| missing.contains(row) && length > 0) {
                return Err(Error::corrupt("a missing list has values"));
            }
        } else if self.entry.encoding != Encoding::Empty {
            self.ordinals()?.verify()?;
            self.ordinals_into(&mut values)?;
        }
        let zone = values.iter().copied().min().zip(values.iter().copied().max());
        if zone != self.zone() {
            return Err(Error::corrupt("its zone is not that of its values"));
        }
        match zone.zip(limit) {
            Some(((_, most), limit)) if most >= limit => {
                Err(Error::corrupt(format!("it has value {most} of {limit}")))
            }
            _ => Ok(()),
        }
    }
}

/// Rows up to which the missing ones are better searched than put into bits.
const SEARCHED_MAX: usize = 32;
/// One row of so many is reason to decode all from the first to the last.
const DECODED_FROM: usize = 8;

/// The missing rows of a chunk, ready to be asked about some rows.
enum MissingAmong<'a> {
    None,
    All,
    Searched(Container<'a>),
    Marked(Box<Mask>),
}

impl MissingAmong<'_> {
    fn contains(&self, row: u16) -> bool {
        match self {
            MissingAmong::None => false,
            MissingAmong::All => true,
            MissingAmong::Searched(rows) => rows.contains(row),
            MissingAmong::Marked(rows) => rows.contains(row),
        }
    }
}

/// The missing rows of a chunk.
enum Missing<'a> {
    None,
    All,
    Some(Container<'a>),
}
