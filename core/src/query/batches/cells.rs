//! The values that the units of a page have of one column.

use std::ops::Range;

use super::pages::Page;
use crate::bitmap::Mask;
use crate::column::{Chunk, ColumnReader};
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::limits::CHUNK_ROWS;
#[cfg(feature = "arrow")]
use crate::schema::Column;
use crate::schema::{ColumnType, Value};

/// The values of the units of a page, as ordinals of their segments.
pub(super) struct Cells<'a> {
    column: usize,
    snapshot: &'a Snapshot,
    page: &'a Page,
    /// Unit by unit: the ordinal, or of a list its place among `lists`; none where it is missing.
    ordinals: Vec<Option<u64>>,
    lists: Vec<Range<usize>>,
    codes: Vec<u32>,
}

impl<'a> Cells<'a> {
    pub(super) fn read(snapshot: &'a Snapshot, page: &'a Page, column: usize) -> Result<Self> {
        let ordinals = vec![None; page.units.len()];
        let mut cells =
            Cells { column, snapshot, page, ordinals, lists: Vec::new(), codes: Vec::new() };
        for (segment, rows) in snapshot.segments().iter().zip(&page.rows) {
            let Some(reader) = segment.units.column(column) else { continue };
            let chunk_of = |row: u32| row as usize / CHUNK_ROWS;
            for rows in rows.chunk_by(|a, b| chunk_of(a.0) == chunk_of(b.0)) {
                let Some((first, _)) = rows.first() else { continue };
                let chunk = reader.chunk(chunk_of(*first))?;
                if reader.column_type() == ColumnType::TextList {
                    cells.read_lists(&chunk, rows)?;
                } else if rows.len().saturating_mul(SPARSE) < chunk.rows() as usize {
                    cells.read_rows(&chunk, rows)?;
                } else {
                    cells.read_chunk(&chunk, rows)?;
                }
            }
        }
        Ok(cells)
    }

    /// The segment and the ordinal of each unit in turn; none where it is missing.
    #[cfg(feature = "arrow")]
    pub(super) fn ordinals(&self) -> impl Iterator<Item = Option<(usize, u64)>> + '_ {
        let units = self.page.units.iter().zip(&self.ordinals);
        units.map(|(unit, ordinal)| ordinal.map(|it| (unit.segment, it)))
    }

    /// The segment and the codes of each unit's list in turn; none where it is missing.
    #[cfg(feature = "arrow")]
    pub(super) fn lists(&self) -> impl Iterator<Item = Option<(usize, &[u32])>> + '_ {
        self.ordinals().map(|cell| {
            let (segment, place) = cell?;
            let list = usize::try_from(place).ok().and_then(|place| self.lists.get(place))?;
            Some((segment, self.codes.get(list.clone())?))
        })
    }

    /// The value of a unit; none where it is missing.
    pub(super) fn value(&self, at: usize) -> Result<Option<Value>> {
        let ordinal = self.ordinals.get(at).copied().flatten();
        let unit = self.page.units.get(at).zip(ordinal);
        let Some((unit, ordinal)) = unit else { return Ok(None) };
        let reader = self.reader(unit.segment)?;
        if reader.column_type() != ColumnType::TextList {
            return reader.value_of(ordinal).map(Some);
        }
        let list = usize::try_from(ordinal).ok().and_then(|place| self.lists.get(place));
        let codes = list.and_then(|list| self.codes.get(list.clone())).unwrap_or_default();
        let texts = codes.iter().map(|code| reader.text(u64::from(*code)).map(str::to_owned));
        Ok(Some(Value::TextList(texts.collect::<Result<_>>()?)))
    }

    /// The column in the schema.
    #[cfg(feature = "arrow")]
    pub(super) fn column(&self) -> Result<&'a Column> {
        let column = self.snapshot.schema().columns().get(self.column);
        column.ok_or_else(|| Error::corrupt("a column is not where it was"))
    }

    /// The column in a segment that has it.
    pub(super) fn reader(&self, segment: usize) -> Result<&'a ColumnReader> {
        let segment = self.snapshot.segments().get(segment);
        let reader = segment.and_then(|it| it.units.column(self.column));
        reader.ok_or_else(|| Error::corrupt("a column is not where it was"))
    }

    fn read_rows(&mut self, chunk: &Chunk<'_>, rows: &[(u32, usize)]) -> Result<()> {
        for (row, at) in rows {
            let ordinal = chunk.ordinal_at(low(*row))?;
            self.put(*at, ordinal);
        }
        Ok(())
    }

    fn read_chunk(&mut self, chunk: &Chunk<'_>, rows: &[(u32, usize)]) -> Result<()> {
        let mut ordinals = Vec::new();
        chunk.ordinals_into(&mut ordinals)?;
        let mut missing = Mask::new();
        chunk.missing_into(&mut missing)?;
        for (row, at) in rows {
            let row = low(*row);
            let ordinal = ordinals.get(usize::from(row)).copied();
            self.put(*at, ordinal.filter(|_| !missing.contains(row)));
        }
        Ok(())
    }

    fn read_lists(&mut self, chunk: &Chunk<'_>, rows: &[(u32, usize)]) -> Result<()> {
        for (row, at) in rows {
            let start = self.codes.len();
            if chunk.list_at(low(*row), &mut self.codes)? {
                self.put(*at, Some(self.lists.len() as u64));
                self.lists.push(start..self.codes.len());
            }
        }
        Ok(())
    }

    fn put(&mut self, at: usize, ordinal: Option<u64>) {
        if let Some(cell) = self.ordinals.get_mut(at) {
            *cell = ordinal;
        }
    }
}

/// A chunk of more rows than this for each one asked for is read row by row.
const SPARSE: usize = 64;

/// The row in its chunk.
fn low(row: u32) -> u16 {
    let [low, high, ..] = row.to_le_bytes();
    u16::from_le_bytes([low, high])
}
