//! The columns of registrations: ordinary ones, and texts in row order.

use serde::{Deserialize, Serialize};

use crate::column::{ColumnReader, ColumnValues, encode_column, ordinal_number};
use crate::error::{Error, Result};
use crate::format::SealedFile;
use crate::pool::{Halt, sort_halting};
use crate::schema::ColumnType;
use crate::segment::texts::{PackedTexts, TextBuffer, encode_packed};

/// How the values of a field are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoredType {
    /// Texts of which many are the same: a dictionary.
    Text,
    /// Texts of which few are the same: in row order.
    Packed,
    /// Numbers, instants in microseconds, bits.
    Integer,
}

/// Sections of a column: their kinds and bytes.
pub(crate) type Sections = Vec<(u32, Vec<u8>)>;

/// The values of a field, in row order.
#[derive(Debug)]
pub(crate) enum StoredValues {
    /// Texts and the place of each row's among them; a place past the last is missing. A text may be
    /// there twice.
    Texts { texts: Vec<Box<str>>, codes: Vec<u32> },
    /// Numbers, and a bit a missing row.
    Numbers { values: Vec<i64>, missing: Vec<u64> },
}

/// Rows a text must stand in, on average, for a dictionary to be worth it.
const DICTIONARY_ROWS: usize = 4;

/// Encodes a field: how it is kept, and its sections.
///
/// Texts are kept with a dictionary where each stands in several rows, or `sorted` asks for it.
/// Texts that stand in no row are left out.
pub(crate) fn encode_stored(
    values: &StoredValues,
    sorted: bool,
    halt: &Halt,
) -> Result<(StoredType, Sections)> {
    halt.check()?;
    match values {
        StoredValues::Numbers { values, missing } => {
            let rows = values.len() as u64;
            let numbers = ColumnValues::Numbers(values);
            let encoded = encode_column(ColumnType::Integer, numbers, missing, rows, halt)?;
            Ok((StoredType::Integer, encoded.sections))
        }
        StoredValues::Texts { texts, codes } => {
            let mut used = vec![false; texts.len()];
            for code in codes {
                if let Some(slot) = used.get_mut(*code as usize) {
                    *slot = true;
                }
            }
            let distinct = used.iter().filter(|it| **it).count();
            if sorted || distinct * DICTIONARY_ROWS <= codes.len() {
                let sections = encode_dictionary((texts, &used), codes, halt)?;
                return Ok((StoredType::Text, sections));
            }
            let text = |code: &u32| texts.get(*code as usize).map(|text| &**text);
            Ok((StoredType::Packed, encode_packed(codes.iter().map(text), halt)?))
        }
    }
}

/// `texts` are given with whether each is used.
fn encode_dictionary(
    (texts, used): (&[Box<str>], &[bool]),
    codes: &[u32],
    halt: &Halt,
) -> Result<Sections> {
    let mut numbered: Vec<(&str, usize)> = texts
        .iter()
        .zip(used)
        .enumerate()
        .filter(|(_, (_, used))| **used)
        .map(|(number, (text, _))| (&**text, number))
        .collect();
    sort_halting(&mut numbered, &Ord::cmp, halt)?;
    let mut ranks = vec![0u32; texts.len()];
    let mut dictionary: Vec<String> = Vec::with_capacity(numbered.len());
    for (rank, same) in (0u32..).zip(numbered.chunk_by(|a, b| a.0 == b.0)) {
        dictionary.extend(same.first().map(|(text, _)| (*text).to_owned()));
        for (_, number) in same {
            if let Some(slot) = ranks.get_mut(*number) {
                *slot = rank;
            }
        }
    }
    let mut missing = vec![0u64; codes.len().div_ceil(64)];
    let mut ranked = Vec::with_capacity(codes.len());
    for (row, code) in codes.iter().enumerate() {
        let rank = ranks.get(*code as usize).copied();
        if let (None, Some(word)) = (rank, missing.get_mut(row / 64)) {
            *word |= 1 << (row % 64);
        }
        ranked.push(rank.unwrap_or(0));
    }
    let values = ColumnValues::Texts { dictionary: &dictionary, codes: &ranked };
    let rows = codes.len() as u64;
    Ok(encode_column(ColumnType::Text, values, &missing, rows, halt)?.sections)
}

/// A field of an open file. Cloning shares the file.
#[derive(Clone, Debug)]
pub(crate) enum StoredColumn {
    Texts(ColumnReader),
    Packed(PackedTexts),
    Numbers(ColumnReader),
}

impl StoredColumn {
    pub(super) fn open(
        file: &SealedFile,
        column: u32,
        stored_type: StoredType,
        rows: u64,
    ) -> Result<Self> {
        let ordinary = |column_type| ColumnReader::open(file, column, column_type, rows);
        Ok(match stored_type {
            StoredType::Text => StoredColumn::Texts(ordinary(ColumnType::Text)?),
            StoredType::Integer => StoredColumn::Numbers(ordinary(ColumnType::Integer)?),
            StoredType::Packed => StoredColumn::Packed(PackedTexts::open(file, column, rows)?),
        })
    }

    /// Calls back with the number of each of `rows`, which ascend as a rule, or none where it is
    /// missing.
    ///
    /// # Errors
    ///
    /// `corrupt` where the column holds texts or a row is past its last.
    pub(crate) fn each_number(
        &self,
        rows: &[u32],
        mut call: impl FnMut(Option<i64>) -> Result<()>,
    ) -> Result<()> {
        match self {
            StoredColumn::Numbers(column) => {
                each_ordinal(column, rows, |it| call(it.map(ordinal_number)))
            }
            _ => Err(Error::corrupt("registrations: a field of numbers holds texts")),
        }
    }

    /// Calls back with the text of each of `rows`, which ascend as a rule, or none where it is
    /// missing; a number as its digits.
    pub(crate) fn each_text(
        &self,
        rows: &[u32],
        mut call: impl FnMut(Option<&str>) -> Result<()>,
    ) -> Result<()> {
        match self {
            StoredColumn::Packed(texts) => texts.each(rows, call),
            StoredColumn::Texts(column) => each_ordinal(column, rows, |ordinal| match ordinal {
                Some(ordinal) => call(Some(column.text(ordinal)?)),
                None => call(None),
            }),
            StoredColumn::Numbers(column) => each_ordinal(column, rows, |ordinal| match ordinal {
                Some(ordinal) => call(Some(&ordinal_number(ordinal).to_string())),
                None => call(None),
            }),
        }
    }

    /// Adds the text of each of `rows`, which ascend as a rule; a number as its digits.
    pub(crate) fn texts_into(&self, rows: &[u32], out: &mut TextBuffer) -> Result<()> {
        match self {
            StoredColumn::Packed(texts) => texts.read_into(rows, out),
            StoredColumn::Texts(column) => {
                let Some(texts) = column.dictionary() else { return Ok(()) };
                let texts = texts.open(rows.len())?;
                let mut ordinals = Vec::with_capacity(rows.len());
                each_ordinal(column, rows, |ordinal| {
                    ordinals.push(ordinal);
                    Ok(())
                })?;
                for some in ordinals.chunks(TEXTS_AHEAD) {
                    let found = some.iter().map(|it| it.map(|it| texts.bytes(it)).transpose());
                    let found = found.collect::<Result<Vec<_>>>()?;
                    // Copies wait for memory one after the other; looks at first bytes do not.
                    let torn = |text: &&[u8]| text.first().is_some_and(|byte| byte & 0xC0 == 0x80);
                    if found.iter().flatten().filter(|text| torn(text)).count() > 0 {
                        return Err(Error::corrupt("registrations: a text is not UTF-8"));
                    }
                    for text in found {
                        out.push(text);
                    }
                }
                Ok(())
            }
            StoredColumn::Numbers(_) => self.each_text(rows, |text| {
                out.push(text.map(str::as_bytes));
                Ok(())
            }),
        }
    }

    pub(super) fn verify(&self) -> Result<()> {
        match self {
            StoredColumn::Texts(column) | StoredColumn::Numbers(column) => column.verify(),
            StoredColumn::Packed(texts) => texts.verify(),
        }
    }
}

/// Texts that are looked at before they are copied.
const TEXTS_AHEAD: usize = 64;

/// Calls back with the ordinal of each of `rows` in turn, chunk by chunk.
fn each_ordinal(
    column: &ColumnReader,
    rows: &[u32],
    mut call: impl FnMut(Option<u64>) -> Result<()>,
) -> Result<()> {
    for same in rows.chunk_by(|a, b| a >> 16 == b >> 16) {
        let Some(first) = same.first() else { continue };
        let low = |row: &u32| {
            let [low, high, ..] = row.to_le_bytes();
            u16::from_le_bytes([low, high])
        };
        column.chunk((first >> 16) as usize)?.each_ordinal(same.iter().map(low), &mut call)?;
    }
    Ok(())
}
