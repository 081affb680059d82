//! What a column has in the rows that miss the value of another one.

use std::sync::{Arc, OnceLock};

use super::layout::{DIRECTORY_HEADER_BYTES, ENTRY_BYTES, chunks_of, kind};
use super::reader::ColumnReader;
use crate::bitmap::Mask;
use crate::bytes::Cursor;
use crate::error::Result;
use crate::format::{SealedFile, Section, SectionId};
use crate::schema::ColumnType;

/// What a column has in the rows that miss the value of another one, or its own.
#[derive(Debug)]
pub(super) struct Margins {
    directory: Section,
    data: Section,
    missing: Option<Section>,
    /// How many rows each has.
    rows: Box<[u64]>,
    /// Which of them is that of the rows that miss the value of this column.
    own: Option<usize>,
    /// Made when the first is asked for.
    readers: OnceLock<Box<[ColumnReader]>>,
}

impl ColumnReader {
    /// The same column with the margins of its segment, which have so many rows each; `own` is the
    /// one of the rows that miss its value.
    ///
    /// # Errors
    ///
    /// `corrupt` when the file lacks a section of them, or has one too short for the rows.
    pub(crate) fn with_margins(
        mut self,
        file: &SealedFile,
        rows: &[u64],
        own: Option<usize>,
    ) -> Result<Self> {
        if rows.is_empty() {
            return Ok(self);
        }
        let section = |kind| file.section(SectionId { kind, column: self.number });
        let directory = section(kind::MARGIN_DIRECTORY)?;
        let chunks = rows.iter().fold(0, |sum: usize, it| sum.saturating_add(chunks_of(*it)));
        let length = chunks.checked_mul(ENTRY_BYTES);
        if length.and_then(|it| it.checked_add(DIRECTORY_HEADER_BYTES)) != Some(directory.len()) {
            return Err(directory.corrupt("its chunks are not those of the margins"));
        }
        let has_missing = file.has(SectionId { kind: kind::MARGIN_MISSING, column: self.number });
        let missing = has_missing.then(|| section(kind::MARGIN_MISSING)).transpose()?;
        let (data, rows) = (section(kind::MARGIN_DATA)?, rows.into());
        let readers = OnceLock::new();
        self.margins = Some(Arc::new(Margins { directory, data, missing, rows, own, readers }));
        Ok(self)
    }

    /// The number of the margin of the rows that miss the value of this column.
    pub(crate) fn own_margin(&self) -> Option<usize> {
        self.margins.as_ref()?.own
    }

    /// What the column has in the rows of a margin of its segment, one after another.
    pub(crate) fn margin(&self, number: usize) -> Option<&ColumnReader> {
        let margins = self.margins.as_ref()?;
        let made = || {
            let mut next = 0;
            let reader = |rows: &u64| {
                let first_chunk = next;
                next += chunks_of(*rows);
                let mut reader = self.clone();
                (reader.rows, reader.first_chunk) = (*rows, first_chunk);
                (reader.directory, reader.data) = (margins.directory.clone(), margins.data.clone());
                reader.missing.clone_from(&margins.missing);
                (reader.together, reader.missing_before) = (Arc::default(), Arc::default());
                reader.margins = None;
                reader
            };
            margins.rows.iter().map(reader).collect()
        };
        margins.readers.get_or_init(made).get(number)
    }

    /// Checks what a column says of the rows that miss the value of `of`, the margin of this number,
    /// against what it says of all rows.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub(crate) fn verify_margin(&self, number: usize, of: &ColumnReader) -> Result<()> {
        let Some(margin) = self.margin(number) else {
            return Err(self.directory.corrupt("lacks a margin of its segment"));
        };
        margin.verify_chunks()?;
        if of.missing_before()?.last() != Some(&margin.rows) {
            return Err(self.directory.corrupt("a margin has other rows than miss the value"));
        }
        let mut found = Vec::new();
        for index in 0..of.chunks() {
            let mut missing = Mask::new();
            of.chunk(index)?.missing_into(&mut missing)?;
            let rows: Vec<u16> = missing.iter().collect();
            self.values_into(index, &rows, &mut found)?;
        }
        let mut kept = Vec::new();
        for index in 0..margin.chunks() {
            let rows = margin.chunk(index)?.rows();
            let rows: Vec<u16> = (0..=u16::MAX).take(rows as usize).collect();
            margin.values_into(index, &rows, &mut kept)?;
        }
        if found == kept {
            return Ok(());
        }
        Err(self.data.corrupt("a margin has other values than the rows themselves"))
    }

    /// Checks that the missing rows of all margins are as many as their directory says.
    pub(super) fn verify_margins(&self) -> Result<()> {
        let Some(margins) = &self.margins else { return Ok(()) };
        let header = margins.directory.bytes(0..DIRECTORY_HEADER_BYTES)?;
        let mut header = Cursor::new("margin directory", header);
        let said = (header.u64()?, header.u64()?);
        let mut found = (0, 0);
        for number in 0..margins.rows.len() {
            let Some(margin) = self.margin(number) else { continue };
            found.0 += margin.rows;
            found.1 += margin.missing_before()?.last().copied().unwrap_or(0);
        }
        if said == found {
            return Ok(());
        }
        Err(margins.directory.corrupt("the rows of its chunks do not add up"))
    }

    /// Appends the values of rows of a chunk: how many a row has, and the ordinals.
    fn values_into(&self, index: usize, rows: &[u16], out: &mut Vec<u64>) -> Result<()> {
        const MISSING: u64 = u64::MAX;
        let chunk = self.chunk(index)?;
        if self.column_type() != ColumnType::TextList {
            return chunk.each_ordinal(rows.iter().copied(), |ordinal| {
                out.extend(ordinal.map_or([MISSING, 0], |ordinal| [1, ordinal]));
                Ok(())
            });
        }
        for row in rows {
            let mut codes = Vec::new();
            let is_there = chunk.list_at(*row, &mut codes)?;
            out.push(if is_there { codes.len() as u64 } else { MISSING });
            out.extend(codes.into_iter().map(u64::from));
        }
        Ok(())
    }
}
