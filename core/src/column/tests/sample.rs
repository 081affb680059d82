//! Columns to try things on: the values as a caller has them, the same values as a plain vector,
//! and the file they make.

use crate::calendar::{Date, Instant};
use crate::column::{
    ColumnReader, ColumnReport, ColumnValues, encode_column, float_ordinal, number_ordinal,
};
use crate::format::{FileBuilder, FileId, FileKind, SealedFile, SectionId};
use crate::io::{Directory, MemoryDirectory};
use crate::pool::Halt;
use crate::schema::{ColumnType, Value, Version};

/// Owned values of a column.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Texts(Vec<String>, Vec<u32>),
    Numbers(Vec<i64>),
    Floats(Vec<f64>),
    Lists(Vec<String>, Vec<Vec<u32>>),
}

#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) column_type: ColumnType,
    pub(super) values: Values,
    pub(super) missing: Vec<bool>,
}

pub(super) const COLUMN: u32 = 3;

impl Sample {
    pub(super) fn new(column_type: ColumnType, values: Values) -> Self {
        Sample { column_type, values, missing: Vec::new() }
    }

    pub(super) fn rows(&self) -> usize {
        match &self.values {
            Values::Texts(_, codes) => codes.len(),
            Values::Numbers(numbers) => numbers.len(),
            Values::Floats(floats) => floats.len(),
            Values::Lists(_, lists) => lists.len(),
        }
    }

    pub(super) fn is_missing(&self, row: usize) -> bool {
        let nan = matches!(&self.values, Values::Floats(floats) if floats[row].is_nan());
        nan || self.missing.get(row).copied().unwrap_or(false)
    }

    /// The sections and the report.
    pub(super) fn encode(&self) -> (Vec<(u32, Vec<u8>)>, ColumnReport) {
        let mut missing = vec![0_u64; self.missing.len().div_ceil(64)];
        for (row, is_missing) in self.missing.iter().enumerate() {
            missing[row / 64] |= u64::from(*is_missing) << (row % 64);
        }
        let mut ends = Vec::new();
        let mut flat = Vec::new();
        let values = match &self.values {
            Values::Texts(dictionary, codes) => ColumnValues::Texts { dictionary, codes },
            Values::Numbers(numbers) => ColumnValues::Numbers(numbers),
            Values::Floats(floats) => ColumnValues::Floats(floats),
            Values::Lists(dictionary, lists) => {
                for list in lists {
                    flat.extend_from_slice(list);
                    ends.push(u32::try_from(flat.len()).unwrap());
                }
                ColumnValues::Lists { dictionary, ends: &ends, codes: &flat }
            }
        };
        let encoded =
            encode_column(self.column_type, values, &missing, self.rows() as u64, &Halt::default())
                .unwrap();
        (encoded.sections, encoded.report)
    }

    pub(super) fn open(&self) -> ColumnReader {
        let file = file_of(&self.encode().0);
        ColumnReader::open(&file, COLUMN, self.column_type, self.rows() as u64).unwrap()
    }

    /// The value of a row, as the model has it.
    pub(super) fn value(&self, row: usize) -> Option<Value> {
        if self.is_missing(row) {
            return None;
        }
        Some(match &self.values {
            Values::Texts(texts, codes) => {
                let text = texts[codes[row] as usize].clone();
                match self.column_type {
                    ColumnType::Version => Value::Version(Version::from(text)),
                    _ => Value::Text(text),
                }
            }
            Values::Numbers(numbers) => match self.column_type {
                ColumnType::Integer => Value::Integer(numbers[row]),
                ColumnType::Date => {
                    Value::Date(Date::from_days(i32::try_from(numbers[row]).unwrap()).unwrap())
                }
                ColumnType::Timestamp => {
                    Value::Timestamp(Instant::from_micros(numbers[row]).unwrap())
                }
                _ => Value::Boolean(numbers[row] == 1),
            },
            Values::Floats(floats) => Value::Float(floats[row]),
            Values::Lists(texts, lists) => {
                Value::TextList(lists[row].iter().map(|it| texts[*it as usize].clone()).collect())
            }
        })
    }

    /// The ordinals of a row, as the model has them: none where it is missing.
    pub(super) fn ordinals(&self, reader: &ColumnReader, row: usize) -> Vec<u64> {
        if self.is_missing(row) {
            return Vec::new();
        }
        match &self.values {
            Values::Texts(_, codes) => vec![u64::from(codes[row])],
            Values::Numbers(numbers) if self.column_type == ColumnType::Boolean => {
                vec![numbers[row].cast_unsigned()]
            }
            Values::Numbers(numbers) => vec![number_ordinal(numbers[row])],
            Values::Floats(floats) => vec![match reader.floats() {
                Some(known) => known.partition_point(|it| it < floats[row]).unwrap() as u64,
                None => float_ordinal(floats[row]),
            }],
            Values::Lists(_, lists) => lists[row].iter().map(|it| u64::from(*it)).collect(),
        }
    }
}

/// A file of these sections of one column, with checksums that fit.
pub(super) fn file_of(sections: &[(u32, Vec<u8>)]) -> SealedFile {
    let directory = MemoryDirectory::new();
    let writer = directory.create("units/0.seg").unwrap();
    let mut builder = FileBuilder::create(writer, FileKind::UnitSegment, FileId([7; 16])).unwrap();
    for (kind, bytes) in sections {
        builder.section(SectionId { kind: *kind, column: COLUMN }, bytes).unwrap();
    }
    builder.finish().unwrap();
    SealedFile::open(directory.open("units/0.seg").unwrap(), FileKind::UnitSegment).unwrap()
}

/// A fixed sequence of numbers without a pattern (`SplitMix64`).
pub(super) struct Draws(pub(super) u64);

impl Draws {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(super) fn place(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap()
    }

    /// From 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
