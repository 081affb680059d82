//! The reader of the identifiers of a column: which rows have one.

use std::ops::Range;

use super::meta::{KEYS, MetaIdentifiers};
use crate::column::{ColumnReader, ordinal_number};
use crate::error::{Error, Result};
use crate::format::{SealedFile, SectionId};
use crate::keys::Keys;
use crate::limits::CHUNK_ROWS;
use crate::schema::ColumnType;
use crate::serial::{Families, SerialKey};

/// The identifiers of a column. Each different one has a *place*, in the order of family and code;
/// a place has one row or more.
#[derive(Clone, Debug)]
pub(crate) struct Identifiers {
    keys: Keys,
    /// For each place where its rows begin among `rows`; none where every place has one row.
    firsts: Option<ColumnReader>,
    /// The rows of one place after another.
    rows: ColumnReader,
    /// The rows of the segment.
    rows_total: u64,
}

/// Places that are read one by one, where reading a whole chunk of them takes longer.
const FEW: u64 = 512;

impl Identifiers {
    /// Opens the identifiers of column number `column`, whose rows are found by the columns
    /// `finder` and the next one.
    pub(super) fn open(
        file: &SealedFile,
        column: u32,
        (meta, finder): (MetaIdentifiers, u32),
        rows_total: u64,
    ) -> Result<Self> {
        let keys = Keys::open(file.section(SectionId { kind: KEYS, column })?, meta.distinct)?;
        if keys.groups().iter().any(|group| group.namespace != 0) {
            return Err(Error::corrupt("segment: an identifier is of a namespace"));
        }
        let open = |column, rows| ColumnReader::open(file, column, ColumnType::Integer, rows);
        let firsts =
            (meta.distinct < meta.rows).then(|| open(finder, meta.distinct)).transpose()?;
        let rows = open(finder.saturating_add(1), meta.rows)?;
        Ok(Identifiers { keys, firsts, rows, rows_total })
    }

    /// The different identifiers; their rows here are the places.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Finds the rows of places one after another.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk { of: self, end: 0, ordinals: Vec::new() }
    }

    /// Where the rows of a place begin; the place after the last is their end.
    fn first(&self, place: u64) -> Result<u64> {
        match &self.firsts {
            _ if place >= self.keys.rows() => Ok(self.rows.rows()),
            None => Ok(place),
            Some(firsts) => {
                let first = ordinal_number(value(firsts, place)?);
                u64::try_from(first)
                    .map_err(|_| Error::corrupt("segment: the rows of an identifier begin nowhere"))
            }
        }
    }

    /// Checks that each row of `texts` that has an identifier is found by it, and no other row.
    pub(super) fn verify(&self, texts: &ColumnReader, families: &Families) -> Result<()> {
        self.keys.verify()?;
        self.rows.verify()?;
        self.firsts.as_ref().map_or(Ok(()), ColumnReader::verify)?;
        if texts.missing_total()? + self.rows.rows() != self.rows_total {
            return Err(Error::corrupt("segment: not every identifier has its row"));
        }
        let (mut walk, mut rows) = (self.walk(), Vec::new());
        for (place, number) in (0..self.keys.rows()).zip(0..=u32::MAX) {
            if self.first(place)? != walk.end {
                return Err(Error::corrupt("segment: rows are of no identifier"));
            }
            rows.clear();
            walk.each_row(place..place + 1, |row| rows.push(row))?;
            if rows.is_empty() || !rows.is_sorted_by(|a, b| a < b) {
                return Err(Error::corrupt("segment: the rows of an identifier are out of order"));
            }
            let (_, key) = self.keys.key_at(number)?;
            for row in &rows {
                if key_of(texts, *row, families)?.as_ref() != Some(&key) {
                    return Err(Error::corrupt(format!(
                        "segment: row {row} is found by an identifier that it does not have"
                    )));
                }
            }
        }
        if walk.end == self.rows.rows() {
            return Ok(());
        }
        Err(Error::corrupt("segment: rows are of no identifier"))
    }
}

/// Finds the rows of places, which ascend.
pub(crate) struct Walk<'a> {
    of: &'a Identifiers,
    /// Where the rows of the last place end.
    end: u64,
    ordinals: Vec<u64>,
}

impl Walk<'_> {
    /// Tells the rows of some places, none of which comes before those told already.
    ///
    /// # Errors
    ///
    /// `corrupt` where they are no rows of the segment.
    pub(crate) fn each_row(&mut self, places: Range<u64>, mut tell: impl FnMut(u32)) -> Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let span = self.of.first(places.start)?..self.of.first(places.end)?;
        // Were they to overlap, a small file could have any number of rows.
        if span.start < self.end || span.start > span.end || span.end > self.of.rows.rows() {
            return Err(Error::corrupt("segment: the rows of an identifier are not among its own"));
        }
        self.end = span.end;
        let row = |ordinal: u64| {
            let row = u64::try_from(ordinal_number(ordinal)).ok();
            let row = row.filter(|row| *row < self.of.rows_total);
            row.and_then(|row| u32::try_from(row).ok())
                .ok_or_else(|| Error::corrupt("segment: an identifier has a row past the last"))
        };
        if span.end - span.start <= FEW {
            return span.into_iter().try_for_each(|at| {
                tell(row(value(&self.of.rows, at)?)?);
                Ok(())
            });
        }
        for (index, inside) in chunks(span) {
            self.of.rows.chunk(index)?.ordinals_into(&mut self.ordinals)?;
            for ordinal in self.ordinals.get(inside).unwrap_or_default() {
                tell(row(*ordinal)?);
            }
        }
        Ok(())
    }
}

/// The key of the identifier of a row.
fn key_of(texts: &ColumnReader, row: u32, families: &Families) -> Result<Option<SerialKey>> {
    let [low, high, ..] = row.to_le_bytes();
    let ordinal =
        texts.chunk(row as usize / CHUNK_ROWS)?.ordinal_at(u16::from_le_bytes([low, high]))?;
    let Some(ordinal) = ordinal else { return Ok(None) };
    let key = families.classify_present(texts.text(ordinal)?);
    key.map_err(|error| Error::corrupt(format!("segment: row {row}: {}", error.message())))
}

/// The ordinal of one row of a column without missing ones.
fn value(column: &ColumnReader, row: u64) -> Result<u64> {
    let index = usize::try_from(row >> 16).unwrap_or(usize::MAX);
    let [low, high, ..] = row.to_le_bytes();
    let ordinal = column.chunk(index)?.ordinal_at(u16::from_le_bytes([low, high]))?;
    ordinal.ok_or_else(|| Error::corrupt("segment: a row of an identifier is missing"))
}

/// Cuts rows at the borders of chunks.
fn chunks(rows: Range<u64>) -> impl Iterator<Item = (usize, Range<usize>)> {
    let rows = usize::try_from(rows.start).unwrap_or(usize::MAX)
        ..usize::try_from(rows.end).unwrap_or(usize::MAX);
    (rows.start / CHUNK_ROWS..rows.end.div_ceil(CHUNK_ROWS)).map(move |index| {
        let base = index * CHUNK_ROWS;
        (index, rows.start.max(base) - base..rows.end.min(base + CHUNK_ROWS) - base)
    })
}
