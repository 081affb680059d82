//! Reads the sections of a column.

use std::cmp::Ordering;
use std::ops::{Bound, Range};
use std::sync::{Arc, OnceLock};

use super::chunk::Chunk;
use super::dictionary::{FloatDictionary, TextDictionary};
use super::layout::{
    DIRECTORY_HEADER_BYTES, ENTRY_BYTES, Encoding, Entry, chunks_of, kind, rows_of_chunk,
};
use super::lists::code_of;
use super::margin::Margins;
use super::number::{float_ordinal, ordinal_float, ordinal_number};
use crate::bitmap::{Mask, RowSet};
use crate::bytes::Cursor;
use crate::calendar::{Date, Instant};
use crate::error::{Error, Result};
use crate::format::{SealedFile, Section, SectionId};
use crate::limits::CHUNK_ROWS;
use crate::schema::{ColumnType, Value, Version};

/// A column of a file. Cloning shares the file.
///
/// Every value is an *ordinal*, an unsigned number in the order of the values: the place in the
/// sorted dictionary for texts, versions, lists and floats of few distinct numbers, 0 and 1 for
/// booleans, [`number_ordinal`](super::number_ordinal) or [`float_ordinal`] for the rest.
#[derive(Clone, Debug)]
pub(crate) struct ColumnReader {
    column_type: ColumnType,
    pub(super) rows: u64,
    /// The chunk of the directory that is its first one: of a margin, not 0.
    pub(super) first_chunk: usize,
    pub(super) directory: Section,
    pub(super) data: Section,
    pub(super) missing: Option<Section>,
    texts: Option<TextDictionary>,
    floats: Option<FloatDictionary>,
    pub(super) number: u32,
    pub(super) together: Arc<Together>,
    /// How many rows are missing before each chunk, and in all, once it is asked for.
    pub(super) missing_before: Arc<OnceLock<Box<[u64]>>>,
    pub(super) margins: Option<Arc<Margins>>,
}

/// For columns of the same file by their numbers: the rows that miss both values, once they are
/// asked for.
pub(super) type Together = OnceLock<Box<[OnceLock<RowSet>]>>;

/// Columns of which it is kept which rows miss the values of two.
const PAIRED_MAX: usize = 64;
/// So many rows to one that misses a value: where more do, it is not kept.
const ROWS_TO_MISSING: u64 = 32;

impl ColumnReader {
    /// Opens a column of `rows` rows. Reads none of it: opening takes the same time whatever the
    /// size.
    ///
    /// # Errors
    ///
    /// `corrupt` when the file lacks a section of the column, or has one too short for the rows.
    pub(crate) fn open(
        file: &SealedFile,
        column: u32,
        column_type: ColumnType,
        rows: u64,
    ) -> Result<Self> {
        let section = |kind| file.section(SectionId { kind, column });
        let optional = |kind| {
            let there = file.has(SectionId { kind, column });
            there.then(|| section(kind)).transpose()
        };
        let directory = section(kind::DIRECTORY)?;
        let length = chunks_of(rows)
            .checked_mul(ENTRY_BYTES)
            .and_then(|entries| entries.checked_add(DIRECTORY_HEADER_BYTES));
        if length != Some(directory.len()) {
            return Err(directory.corrupt(format!("its chunks are not those of {rows} rows")));
        }
        let texts = match column_type {
            ColumnType::Text | ColumnType::Version | ColumnType::TextList => {
                Some(TextDictionary::new(section(kind::TEXTS)?))
            }
            _ => None,
        };
        let floats = match column_type {
            ColumnType::Float => optional(kind::FLOATS)?.map(FloatDictionary::new),
            _ => None,
        };
        let (data, missing) = (section(kind::DATA)?, optional(kind::MISSING)?);
        let together = Arc::default();
        Ok(ColumnReader {
            column_type,
            rows,
            first_chunk: 0,
            directory,
            data,
            missing,
            texts,
            floats,
            number: column,
            together,
            missing_before: Arc::default(),
            margins: None,
        })
    }

    /// What the values are.
    pub(crate) fn column_type(&self) -> ColumnType {
        self.column_type
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// How many chunks the rows make.
    pub(crate) fn chunks(&self) -> usize {
        chunks_of(self.rows)
    }

    /// The rows from `index * 65,536` on.
    ///
    /// # Errors
    ///
    /// `corrupt` when there is no such chunk or its entry is damaged.
    pub(crate) fn chunk(&self, index: usize) -> Result<Chunk<'_>> {
        let place = index.saturating_add(self.first_chunk);
        let start = place.saturating_mul(ENTRY_BYTES).saturating_add(DIRECTORY_HEADER_BYTES);
        let bytes = self.directory.bytes(start..start.saturating_add(ENTRY_BYTES))?;
        let rows = rows_of_chunk(self.rows, index);
        let entry =
            Entry::decode(bytes, rows).map_err(|error| self.directory.corrupt(error.message()))?;
        let listed = self.column_type == ColumnType::TextList;
        if (entry.encoding == Encoding::Lists) != listed && entry.encoding != Encoding::Empty {
            return Err(self.directory.corrupt("a chunk is of another type than its column"));
        }
        Ok(Chunk::new(self, entry, rows))
    }

    /// How many bytes its values take, texts left out.
    pub(crate) fn data_size_bytes(&self) -> u64 {
        self.data.len() as u64
    }

    /// How many rows are missing.
    pub(crate) fn missing_total(&self) -> Result<u64> {
        let mut header =
            Cursor::new("column directory", self.directory.bytes(0..DIRECTORY_HEADER_BYTES)?);
        let (rows, missing) = (header.u64()?, header.u64()?);
        if rows != self.rows || missing > rows {
            return Err(self.directory.corrupt(format!(
                "says {missing} of {rows} rows are missing, but the file has {}",
                self.rows
            )));
        }
        Ok(missing)
    }

    /// How many rows are missing before each chunk and, at the end, in all. The first call reads the
    /// directory, and what it finds is kept: eight bytes a chunk.
    ///
    /// # Errors
    ///
    /// `corrupt` when the directory is damaged.
    pub(crate) fn missing_before(&self) -> Result<&[u64]> {
        if let Some(known) = self.missing_before.get() {
            return Ok(known);
        }
        let mut before = vec![0];
        let mut total = 0;
        for index in 0..self.chunks() {
            total += u64::from(self.chunk(index)?.missing_count());
            before.push(total);
        }
        Ok(self.missing_before.get_or_init(|| before.into()))
    }

    /// The rows that miss both the value of this column and that of another one of the same file;
    /// none where there may be many. The first call for two columns takes time with their missing
    /// rows, and what it finds is kept: one row in ten thousand where each misses one in a hundred.
    pub(crate) fn missing_with(&self, other: &ColumnReader) -> Result<Option<&RowSet>> {
        let place = usize::try_from(other.number).unwrap_or(usize::MAX);
        if self.number == other.number || place >= PAIRED_MAX {
            return Ok(None);
        }
        let all = self.together.get_or_init(|| (0..PAIRED_MAX).map(|_| OnceLock::new()).collect());
        let Some(slot) = all.get(place) else { return Ok(None) };
        if let Some(known) = slot.get() {
            return Ok(Some(known));
        }
        let missing = self.missing_total()?.max(other.missing_total()?);
        if self.rows != other.rows || missing.saturating_mul(ROWS_TO_MISSING) > self.rows {
            return Ok(None);
        }
        let mut found = RowSet::new();
        let (mut ours, mut theirs) = (Mask::new(), Mask::new());
        for (key, index) in (0..=u16::MAX).zip(0..self.chunks()) {
            let chunks = (self.chunk(index)?, other.chunk(index)?);
            if chunks.0.missing_count() > 0 && chunks.1.missing_count() > 0 {
                ours.clear_all();
                theirs.clear_all();
                chunks.0.missing_into(&mut ours)?;
                chunks.1.missing_into(&mut theirs)?;
                ours.and(&theirs);
                found.push_mask(key, &ours);
            }
        }
        Ok(Some(slot.get_or_init(|| found)))
    }

    /// The texts of a column of texts, versions or lists.
    pub(crate) fn dictionary(&self) -> Option<&TextDictionary> {
        self.texts.as_ref()
    }

    /// The distinct numbers of a float column whose ordinals are places among them.
    pub(crate) fn floats(&self) -> Option<&FloatDictionary> {
        self.floats.as_ref()
    }

    /// The value of a row; none where it is missing.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such row, besides `corrupt`.
    pub(crate) fn value_at(&self, row: u32) -> Result<Option<Value>> {
        if u64::from(row) >= self.rows {
            return Err(Error::not_found(format!("there is no row {row} of {}", self.rows)));
        }
        let chunk = self.chunk(row as usize / CHUNK_ROWS)?;
        let [low, high, ..] = row.to_le_bytes();
        let row = u16::from_le_bytes([low, high]);
        if self.column_type != ColumnType::TextList {
            return chunk.ordinal_at(row)?.map(|ordinal| self.value_of(ordinal)).transpose();
        }
        let mut codes = Vec::new();
        if !chunk.list_at(row, &mut codes)? {
            return Ok(None);
        }
        let texts = codes.into_iter().map(|code| self.text(u64::from(code)).map(str::to_owned));
        Ok(Some(Value::TextList(texts.collect::<Result<_>>()?)))
    }

    /// The value that an ordinal stands for; of a column of lists, a text.
    ///
    /// # Errors
    ///
    /// `corrupt` when it stands for nothing.
    pub(crate) fn value_of(&self, ordinal: u64) -> Result<Value> {
        let damaged = |_| self.data.corrupt("a value is outside the calendar");
        Ok(match self.column_type {
            ColumnType::Text | ColumnType::TextList => Value::Text(self.text(ordinal)?.to_owned()),
            ColumnType::Version => Value::Version(Version::from(self.text(ordinal)?)),
            ColumnType::Integer => Value::Integer(ordinal_number(ordinal)),
            ColumnType::Float => Value::Float(self.float(ordinal)?),
            ColumnType::Date => {
                let days = i32::try_from(ordinal_number(ordinal));
                let days = days.map_err(|_| self.data.corrupt("a day is outside the calendar"))?;
                Value::Date(Date::from_days(days).map_err(damaged)?)
            }
            ColumnType::Timestamp => {
                Value::Timestamp(Instant::from_micros(ordinal_number(ordinal)).map_err(damaged)?)
            }
            ColumnType::Boolean => match ordinal {
                0 => Value::Boolean(false),
                1 => Value::Boolean(true),
                _ => return Err(self.data.corrupt("a value is neither true nor false")),
            },
        })
    }

    /// The text that an ordinal stands for, in a column of texts, versions or lists.
    pub(crate) fn text(&self, ordinal: u64) -> Result<&str> {
        match &self.texts {
            Some(texts) => texts.text(code_of(ordinal)?),
            None => Err(self.data.corrupt("a column of no texts has a text")),
        }
    }

    fn float(&self, ordinal: u64) -> Result<f64> {
        match &self.floats {
            Some(floats) => floats.value(usize::try_from(ordinal).unwrap_or(usize::MAX)),
            None => Some(ordinal_float(ordinal))
                .filter(|float| !float.is_nan())
                .ok_or_else(|| self.data.corrupt("a number is NaN")),
        }
    }

    /// The ordinals of the texts between two bounds, in the order of the column; none where there
    /// are no such texts.
    pub(crate) fn texts_between(
        &self,
        low: Bound<&str>,
        high: Bound<&str>,
    ) -> Result<Option<(u64, u64)>> {
        let Some(texts) = &self.texts else { return Ok(None) };
        let compare: fn(&str, &str) -> Ordering = match self.column_type {
            ColumnType::Version => Version::compare,
            _ => |a, b| a.cmp(b),
        };
        let from = match low {
            Bound::Unbounded => 0,
            Bound::Included(low) => texts.partition_point(|it| compare(it, low).is_lt())?,
            Bound::Excluded(low) => texts.partition_point(|it| compare(it, low).is_le())?,
        };
        let end = match high {
            Bound::Unbounded => texts.len()?,
            Bound::Included(high) => texts.partition_point(|it| compare(it, high).is_le())?,
            Bound::Excluded(high) => texts.partition_point(|it| compare(it, high).is_lt())?,
        };
        Ok((from < end).then(|| (u64::from(from), u64::from(end) - 1)))
    }

    /// The ordinals of the floats between two bounds; none where there are no such numbers, or a
    /// bound is NaN.
    pub(crate) fn floats_between(
        &self,
        low: Bound<f64>,
        high: Bound<f64>,
    ) -> Result<Option<(u64, u64)>> {
        let Some(range) = float_range(low, high) else { return Ok(None) };
        let Some(floats) = &self.floats else { return Ok(Some(range)) };
        let from = floats.partition_point(|it| float_ordinal(it) < range.0)? as u64;
        let end = floats.partition_point(|it| float_ordinal(it) <= range.1)? as u64;
        Ok((from < end).then(|| (from, end - 1)))
    }

    /// Checks everything that reading takes on trust. Reads the whole column.
    ///
    /// # Errors
    ///
    /// `corrupt`, naming the chunk or the text.
    pub(crate) fn verify(&self) -> Result<()> {
        if self.verify_chunks()? != self.missing_total()? {
            return Err(self.directory.corrupt("the missing rows of its chunks do not add up"));
        }
        self.verify_margins()?;
        self.floats.as_ref().map_or(Ok(()), FloatDictionary::verify)?;
        self.verify_texts()
    }

    /// Checks the chunks, and says how many rows are missing.
    pub(super) fn verify_chunks(&self) -> Result<u64> {
        let mut missing = 0;
        let limit = match (&self.texts, &self.floats) {
            (Some(texts), _) => Some(u64::from(texts.len()?)),
            (None, Some(floats)) => Some(floats.len() as u64),
            (None, None) if self.column_type == ColumnType::Boolean => Some(2),
            (None, None) => None,
        };
        for index in 0..self.chunks() {
            let chunk = self.chunk(index)?;
            missing += u64::from(chunk.missing_count());
            let whole = chunk.verify(limit);
            whole.map_err(|error| {
                self.data.corrupt(format!("chunk {index}: {}", error.message()))
            })?;
            if let (None, Some((least, most))) = (limit, chunk.zone()) {
                self.value_of(least)?;
                self.value_of(most)?;
            }
        }
        Ok(missing)
    }

    fn verify_texts(&self) -> Result<()> {
        let Some(texts) = &self.texts else { return Ok(()) };
        let mut before = None;
        for code in 0..texts.len()? {
            let text = texts.text(code)?;
            let ascends = before.is_none_or(|before: &str| match self.column_type {
                ColumnType::Version => Version::compare(before, text).is_lt(),
                _ => before < text,
            });
            if !ascends {
                return Err(self.data.corrupt(format!("text {code} is out of order")));
            }
            before = Some(text);
        }
        Ok(())
    }

    pub(super) fn data_bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        self.data.bytes(range)
    }

    pub(super) fn missing_bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        match &self.missing {
            Some(missing) => missing.bytes(range),
            None => Err(self.directory.corrupt("has missing rows that the file lacks")),
        }
    }
}

/// The ordinals of the floats between two bounds, in a column without a dictionary.
fn float_range(low: Bound<f64>, high: Bound<f64>) -> Option<(u64, u64)> {
    let number = |float: f64| (!float.is_nan()).then(|| float_ordinal(float));
    let from = match low {
        Bound::Unbounded => float_ordinal(f64::NEG_INFINITY),
        Bound::Included(low) => number(low)?,
        Bound::Excluded(low) => number(low)?.checked_add(1)?,
    };
    let to = match high {
        Bound::Unbounded => float_ordinal(f64::INFINITY),
        Bound::Included(high) => number(high)?,
        Bound::Excluded(high) => number(high)?.checked_sub(1)?,
    };
    (from <= to).then_some((from, to))
}
