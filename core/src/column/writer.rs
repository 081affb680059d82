//! Writes the sections of a column.

use std::collections::BTreeMap;
use std::ops::Range;

use hashbrown::HashTable;

use super::dictionary::{encode_floats, encode_texts};
use super::encode::{Piece, encode_ordinals, place_bits};
use super::layout::{Encoding, Entry, NO_ZONE, chunks_of, kind, rows_of_chunk};
use super::lists::encode_lists;
use super::number::{float_ordinal, number_ordinal};
use super::packed::bits_for;
use super::survey::{Scratch, spread};
use crate::bitmap::{Mask, RowSet};
use crate::bytes::PutBytes;
use crate::error::{Error, Result};
use crate::limits::{CHUNK_ROWS, SEGMENT_ROWS_MAX};
use crate::pool::Halt;
use crate::schema::{ColumnType, Version};

/// The values of a column, one for each row; what stands in a missing row does not matter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ColumnValues<'a> {
    /// Of a column of texts or versions.
    Texts {
        /// Every text once, ascending: as versions in a column of versions, else by bytes.
        dictionary: &'a [String],
        /// The place of each row's text in it.
        codes: &'a [u32],
    },
    /// Integers, days, instants in microseconds, or 0 and 1 for false and true.
    Numbers(&'a [i64]),
    /// Floats; NaN is missing.
    Floats(&'a [f64]),
    /// Of a column of lists.
    Lists {
        /// Every text once, ascending by bytes.
        dictionary: &'a [String],
        /// Where the codes of each row end.
        ends: &'a [u32],
        /// The places of the texts of all rows, one row after another.
        codes: &'a [u32],
    },
}

/// The sections of a column, ready to be written into a file.
#[derive(Debug)]
pub(crate) struct EncodedColumn {
    /// The kind of every section and its bytes.
    pub(crate) sections: Vec<(u32, Vec<u8>)>,
    pub(crate) report: ColumnReport,
}

/// Where the bytes of a column went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnReport {
    pub(crate) data_bytes: u64,
    pub(crate) missing_bytes: u64,
    pub(crate) dictionary_bytes: u64,
    pub(crate) directory_bytes: u64,
    pub(crate) margin_bytes: u64,
    pub(crate) missing_rows: u64,
    /// How many chunks each encoding was chosen for.
    pub(crate) encodings: BTreeMap<Encoding, u32>,
}

impl ColumnReport {
    /// The bytes of all sections.
    pub(crate) fn bytes(&self) -> u64 {
        self.data_bytes
            + self.missing_bytes
            + self.dictionary_bytes
            + self.directory_bytes
            + self.margin_bytes
    }
}

/// The rows of a column to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnRows<'a> {
    pub(crate) count: u64,
    /// A set bit (row `n` at bit `n % 64` of word `n / 64`) is a missing row, and words that are not
    /// there are rows that are not missing.
    pub(crate) missing: &'a [u64],
    /// For each margin of the segment its rows, ascending.
    pub(crate) margins: &'a [Vec<u32>],
}

/// Encodes a column without margins; for `missing` see [`ColumnRows`].
///
/// # Errors
///
/// As [`encode_column_of`].
pub(crate) fn encode_column(
    column_type: ColumnType,
    values: ColumnValues<'_>,
    missing: &[u64],
    rows: u64,
    halt: &Halt,
) -> Result<EncodedColumn> {
    let rows = ColumnRows { count: rows, missing, margins: &[] };
    encode_column_of(rows, column_type, values, halt)
}

/// Encodes a column, and what it has in the rows of each margin.
///
/// # Errors
///
/// `invalid_argument` when the values do not fit the type or the rows, a dictionary is out of order
/// or a code has no text; `cancelled`, looked for once a chunk.
pub(crate) fn encode_column_of(
    rows: ColumnRows<'_>,
    column_type: ColumnType,
    values: ColumnValues<'_>,
    halt: &Halt,
) -> Result<EncodedColumn> {
    let ColumnRows { count: rows, missing, margins } = rows;
    halt.check()?;
    check(column_type, values, rows)?;
    let (source, dictionary) = match values {
        ColumnValues::Texts { dictionary, codes } => {
            (Source::Codes(codes), Some((kind::TEXTS, encode_texts(dictionary)?)))
        }
        ColumnValues::Lists { dictionary, ends, codes } => {
            (Source::Lists { ends, codes }, Some((kind::TEXTS, encode_texts(dictionary)?)))
        }
        ColumnValues::Numbers(numbers) if column_type == ColumnType::Boolean => {
            (Source::Truths(numbers), None)
        }
        ColumnValues::Numbers(numbers) => (Source::Numbers(numbers), None),
        ColumnValues::Floats(floats) => match Distinct::of(floats, missing) {
            Some(distinct) => {
                let bytes = encode_floats(&distinct.ordinals);
                (Source::Distinct(distinct.codes), Some((kind::FLOATS, bytes)))
            }
            None => (Source::Floats(floats), None),
        },
    };
    let mut writer = Writer { source, missing, rows, ..Writer::default() };
    let limit = match values {
        ColumnValues::Texts { dictionary, .. } | ColumnValues::Lists { dictionary, .. } => {
            Some(dictionary.len() as u64)
        }
        ColumnValues::Numbers(_) if column_type == ColumnType::Boolean => Some(2),
        ColumnValues::Numbers(_) | ColumnValues::Floats(_) => None,
    };
    for index in 0..chunks_of(rows) {
        halt.check()?;
        let start = index * CHUNK_ROWS;
        let zone =
            writer.put_chunk(&Chosen::All(start..start + rows_of_chunk(rows, index) as usize))?;
        if let Some(limit) = limit
            && zone.0 <= zone.1
            && zone.1 >= limit
        {
            return Err(Error::invalid(format!("a code is {}, of {limit}", zone.1)));
        }
    }
    let mut beside =
        Writer { source: std::mem::take(&mut writer.source), missing, ..Writer::default() };
    let mut encoded = writer.finish(dictionary);
    for chunk in margins.iter().flat_map(|rows| rows.chunks(CHUNK_ROWS)) {
        halt.check()?;
        beside.rows += chunk.len() as u64;
        beside.put_chunk(&Chosen::Some(chunk))?;
    }
    if !margins.is_empty() {
        encoded.add_margins(beside.finish(None));
    }
    Ok(encoded)
}

impl EncodedColumn {
    fn add_margins(&mut self, margins: EncodedColumn) {
        self.report.margin_bytes = margins.report.bytes();
        let renamed = margins.sections.into_iter().map(|(kind, bytes)| match kind {
            kind::DIRECTORY => (kind::MARGIN_DIRECTORY, bytes),
            kind::DATA => (kind::MARGIN_DATA, bytes),
            _ => (kind::MARGIN_MISSING, bytes),
        });
        self.sections.extend(renamed);
    }
}

fn check(column_type: ColumnType, values: ColumnValues<'_>, rows: u64) -> Result<()> {
    let fits = match values {
        ColumnValues::Texts { .. } => {
            matches!(column_type, ColumnType::Text | ColumnType::Version)
        }
        ColumnValues::Numbers(_) => matches!(
            column_type,
            ColumnType::Integer | ColumnType::Date | ColumnType::Timestamp | ColumnType::Boolean
        ),
        ColumnValues::Floats(_) => column_type == ColumnType::Float,
        ColumnValues::Lists { .. } => column_type == ColumnType::TextList,
    };
    let count = match values {
        ColumnValues::Texts { codes, .. } => codes.len(),
        ColumnValues::Numbers(numbers) => numbers.len(),
        ColumnValues::Floats(floats) => floats.len(),
        ColumnValues::Lists { ends, .. } => ends.len(),
    };
    if !fits || count as u64 != rows || rows > SEGMENT_ROWS_MAX {
        return Err(Error::invalid(format!(
            "{count} values that do not fit {rows} rows of type {}",
            column_type.name()
        )));
    }
    let (ColumnValues::Texts { dictionary, .. } | ColumnValues::Lists { dictionary, .. }) = values
    else {
        return Ok(());
    };
    let ascending = if column_type == ColumnType::Version {
        dictionary.is_sorted_by(|a, b| Version::compare(a, b).is_lt())
    } else {
        dictionary.is_sorted_by(|a, b| a < b)
    };
    if ascending { Ok(()) } else { Err(Error::invalid("the texts of a dictionary do not ascend")) }
}

/// Where the ordinals come from.
#[derive(Default)]
enum Source<'a> {
    #[default]
    Nothing,
    Codes(&'a [u32]),
    Numbers(&'a [i64]),
    Truths(&'a [i64]),
    Floats(&'a [f64]),
    Distinct(Vec<u32>),
    Lists {
        ends: &'a [u32],
        codes: &'a [u32],
    },
}

/// The rows of a chunk to be.
enum Chosen<'a> {
    All(Range<usize>),
    /// Ascending.
    Some(&'a [u32]),
}

impl Chosen<'_> {
    fn len(&self) -> usize {
        match self {
            Chosen::All(rows) => rows.len(),
            Chosen::Some(rows) => rows.len(),
        }
    }

    /// What the rows have; a row beyond the end has nothing.
    fn of<'v, T: Copy>(&'v self, all: &'v [T]) -> impl Iterator<Item = T> + 'v {
        let (range, listed): (&[T], &[u32]) = match self {
            Chosen::All(rows) => (all.get(rows.clone()).unwrap_or_default(), &[]),
            Chosen::Some(rows) => (&[], rows),
        };
        range.iter().copied().chain(listed.iter().filter_map(|row| all.get(*row as usize).copied()))
    }

    /// Appends the ordinals of what the rows have.
    fn ordinals_into<T: Copy>(&self, all: &[T], ordinal: impl Fn(T) -> u64, out: &mut Vec<u64>) {
        match self {
            Chosen::All(rows) => {
                let values = all.get(rows.clone()).unwrap_or_default();
                out.extend(values.iter().map(|value| ordinal(*value)));
            }
            Chosen::Some(_) => out.extend(self.of(all).map(ordinal)),
        }
    }

    /// The rows themselves.
    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        let (range, listed): (Range<usize>, &[u32]) = match self {
            Chosen::All(rows) => (rows.clone(), &[]),
            Chosen::Some(rows) => (0..0, rows),
        };
        range.chain(listed.iter().map(|row| *row as usize))
    }
}

impl Source<'_> {
    /// Appends the ordinals of the rows, missing or not.
    fn ordinals_into(&self, rows: &Chosen<'_>, out: &mut Vec<u64>) {
        match self {
            Source::Codes(codes) => rows.ordinals_into(codes, u64::from, out),
            Source::Distinct(codes) => rows.ordinals_into(codes, u64::from, out),
            Source::Numbers(numbers) => rows.ordinals_into(numbers, number_ordinal, out),
            Source::Truths(truths) => rows.ordinals_into(truths, i64::cast_unsigned, out),
            Source::Floats(floats) => rows.ordinals_into(floats, float_ordinal, out),
            Source::Nothing | Source::Lists { .. } => {}
        }
    }
}

#[derive(Default)]
struct Writer<'a> {
    source: Source<'a>,
    missing: &'a [u64],
    rows: u64,
    entries: Vec<u8>,
    data: Vec<u8>,
    missing_bytes: Vec<u8>,
    report: ColumnReport,
    scratch: Scratch,
    ordinals: Vec<u64>,
    lengths: Vec<u64>,
}

impl Writer<'_> {
    /// Encodes a chunk and says its zone.
    fn put_chunk(&mut self, rows: &Chosen<'_>) -> Result<(u64, u64)> {
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let missing = self.missing_of(rows);
        let missing_count = missing.count();
        let data_start = self.data.len() as u64;
        let missing_start = u32::try_from(self.missing_bytes.len())
            .map_err(|_| Error::invalid("a column has too many missing rows for one segment"))?;
        if missing_count > 0 && missing_count < count {
            let mut set = RowSet::new();
            set.push_mask(0, &missing);
            self.missing_bytes.append(&mut set.to_portable());
        }
        let missing_len = self.missing_bytes.len() - missing_start as usize;
        let piece = if missing_count == count {
            Piece { encoding: Encoding::Empty, zone: NO_ZONE, len: 0 }
        } else if let Source::Lists { ends, codes } = self.source {
            self.put_lists((ends, codes), rows, &missing)?
        } else {
            self.ordinals.clear();
            self.source.ordinals_into(rows, &mut self.ordinals);
            if missing_count > 0 {
                fill(&mut self.ordinals, &missing);
            }
            encode_ordinals(&self.ordinals, &mut self.scratch, &mut self.data)
        };
        let entry = Entry {
            zone: piece.zone,
            data_start,
            data_len: u32::try_from(piece.len)
                .map_err(|_| Error::invalid("65,536 units have too many values of one column"))?,
            missing_start,
            missing_len: u16::try_from(missing_len).unwrap_or(u16::MAX),
            missing_count,
            encoding: piece.encoding,
        };
        entry.encode(&mut self.entries);
        self.report.missing_rows += u64::from(missing_count);
        *self.report.encodings.entry(piece.encoding).or_default() += 1;
        Ok(piece.zone)
    }

    fn put_lists(
        &mut self,
        (ends, codes): (&[u32], &[u32]),
        rows: &Chosen<'_>,
        missing: &Mask,
    ) -> Result<Piece> {
        self.ordinals.clear();
        self.lengths.clear();
        let end_of = |row: usize| ends.get(row).map_or(0, |end| *end as usize);
        for (place, row) in (0..=u16::MAX).zip(rows.rows()) {
            let list = codes
                .get(row.checked_sub(1).map_or(0, end_of)..end_of(row))
                .ok_or_else(|| Error::invalid("the ends of lists do not fit their codes"))?;
            if missing.contains(place) {
                self.lengths.push(0);
            } else {
                self.lengths.push(list.len() as u64);
                self.ordinals.extend(list.iter().map(|code| u64::from(*code)));
            }
        }
        encode_lists(&self.lengths, &self.ordinals, &mut self.scratch, &mut self.data)
    }

    fn missing_of(&self, rows: &Chosen<'_>) -> Mask {
        let mut mask = Mask::new();
        match rows {
            Chosen::All(rows) => {
                let words = self.missing.iter().skip(rows.start / 64);
                mask.words_mut().iter_mut().zip(words).for_each(|(to, word)| *to = *word);
            }
            Chosen::Some(rows) => {
                for (place, row) in (0..=u16::MAX).zip(*rows) {
                    let word = self.missing.get(*row as usize / 64);
                    if word.is_some_and(|word| word >> (row % 64) & 1 == 1) {
                        mask.set(place);
                    }
                }
            }
        }
        if let Source::Floats(floats) = &self.source {
            let floats = (0..=u16::MAX).zip(rows.of(floats));
            floats.filter(|(_, float)| float.is_nan()).for_each(|(place, _)| mask.set(place));
        }
        if let Source::Distinct(codes) = &self.source {
            let codes = (0..=u16::MAX).zip(rows.of(codes));
            codes.filter(|(_, it)| *it == Distinct::NAN).for_each(|(place, _)| mask.set(place));
        }
        mask.clear_range(u32::try_from(rows.len()).unwrap_or(0)..u32::MAX);
        mask
    }

    fn finish(mut self, dictionary: Option<(u32, Vec<u8>)>) -> EncodedColumn {
        let mut directory = Vec::with_capacity(16 + self.entries.len());
        directory.put_u64(self.rows);
        directory.put_u64(self.report.missing_rows);
        directory.append(&mut self.entries);
        let mut report = self.report;
        report.directory_bytes = directory.len() as u64;
        report.data_bytes = self.data.len() as u64;
        report.missing_bytes = self.missing_bytes.len() as u64;
        let mut sections = vec![(kind::DIRECTORY, directory), (kind::DATA, self.data)];
        if !self.missing_bytes.is_empty() {
            sections.push((kind::MISSING, self.missing_bytes));
        }
        if let Some(dictionary) = dictionary {
            report.dictionary_bytes = dictionary.1.len() as u64;
            sections.push(dictionary);
        }
        EncodedColumn { sections, report }
    }
}

/// Gives every missing row the value of the row before it, which costs least in every encoding;
/// those before the first value take that one.
fn fill(ordinals: &mut [u64], missing: &Mask) {
    let present = (0..=u16::MAX).zip(&*ordinals).find(|(row, _)| !missing.contains(*row));
    let Some((_, first)) = present else { return };
    let mut before = *first;
    for (words, ordinals) in missing.words().iter().zip(ordinals.chunks_mut(64)) {
        for (bit, ordinal) in ordinals.iter_mut().enumerate() {
            if words >> bit & 1 == 1 {
                *ordinal = before;
            }
            before = *ordinal;
        }
    }
}

/// Distinct floats above which a dictionary is not tried.
const DISTINCT_MAX: usize = 1 << 20;

/// The distinct numbers of a float column and, of each row, the place among them.
struct Distinct {
    ordinals: Vec<u64>,
    codes: Vec<u32>,
}

impl Distinct {
    /// In the place of the code of NaN.
    const NAN: u32 = u32::MAX;

    /// None where the numbers themselves, in a frame, are as small as places and dictionary.
    fn of(floats: &[f64], missing: &[u64]) -> Option<Self> {
        let most = DISTINCT_MAX.min(floats.len() / 4);
        let mut ordinals = Vec::new();
        let mut codes = Vec::with_capacity(floats.len());
        let mut found: HashTable<(u64, u32)> = HashTable::new();
        for (row, float) in floats.iter().enumerate() {
            let is_missing = missing.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
            if is_missing || float.is_nan() {
                codes.push(Distinct::NAN);
                continue;
            }
            let ordinal = float_ordinal(*float);
            let next = u32::try_from(ordinals.len()).unwrap_or(u32::MAX);
            let entry = found.entry(spread(ordinal), |it| it.0 == ordinal, |it| spread(it.0));
            let entry = entry.or_insert_with(|| {
                ordinals.push(ordinal);
                (ordinal, next)
            });
            codes.push(entry.get().1);
            if ordinals.len() > most {
                return None;
            }
        }
        drop(found);
        Distinct { ordinals, codes }.sorted()
    }

    fn sorted(mut self) -> Option<Self> {
        let mut order: Vec<(u64, usize)> = self.ordinals.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let (first, last) = (order.first()?.0, order.last()?.0);
        let step =
            order.iter().fold(0, |step, it| super::survey::greatest_common(it.0 - first, step));
        let rows = self.codes.len();
        let frame = rows.saturating_mul(bits_for((last - first) / step.max(1)) as usize);
        let places = rows.saturating_mul(place_bits(order.len()) as usize);
        if places.saturating_add(64 * order.len()) >= frame {
            return None;
        }
        let mut ranks = vec![0; order.len()];
        for (rank, (_, seen)) in (0_u32..).zip(&order) {
            if let Some(to) = ranks.get_mut(*seen) {
                *to = rank;
            }
        }
        for code in &mut self.codes {
            // What is not found is the mark of NaN.
            *code = ranks.get(*code as usize).copied().unwrap_or(Distinct::NAN);
        }
        self.ordinals = order.into_iter().map(|it| it.0).collect();
        Some(self)
    }
}
