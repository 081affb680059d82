//! The rows of a segment to be, in the order they came.

use std::ops::Range;

use rayon::prelude::*;

use super::block::{Block, BlockColumn, BlockTexts, usize_of};
use super::interner::{Interner, MISSING};
use crate::error::{Error, Result};
use crate::pool::Halt;
use crate::schema::{ColumnType, Schema};
use crate::serial::{Families, FamilyId, SerialKey};

/// The rows of a segment to be.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) families: Vec<u8>,
    /// Where the family is opaque: a place in `opaque`.
    pub(super) codes: Vec<u128>,
    pub(super) opaque: Vec<Box<str>>,
    /// Numbers of `namespace_names`, one a row.
    pub(super) namespaces: Vec<u32>,
    pub(super) namespace_names: Interner,
    pub(super) columns: Vec<BufferColumn>,
    opaque_bytes: usize,
}

/// One column of the rows; missing rows are places, ascending.
#[derive(Debug)]
pub(super) enum BufferColumn {
    Texts { texts: Interner, codes: Vec<u32> },
    Numbers { values: Vec<i64>, missing: Vec<u32> },
    Floats { values: Vec<f64>, missing: Vec<u32> },
    Lists { texts: Interner, ends: Vec<u32>, codes: Vec<u32>, missing: Vec<u32> },
}

impl BufferColumn {
    fn new(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Text | ColumnType::Version => {
                BufferColumn::Texts { texts: Interner::default(), codes: Vec::new() }
            }
            ColumnType::Integer
            | ColumnType::Date
            | ColumnType::Timestamp
            | ColumnType::Boolean => {
                BufferColumn::Numbers { values: Vec::new(), missing: Vec::new() }
            }
            ColumnType::Float => BufferColumn::Floats { values: Vec::new(), missing: Vec::new() },
            ColumnType::TextList => BufferColumn::Lists {
                texts: Interner::default(),
                ends: Vec::new(),
                codes: Vec::new(),
                missing: Vec::new(),
            },
        }
    }

    fn size_bytes(&self) -> usize {
        match self {
            BufferColumn::Texts { texts, codes } => texts.size_bytes() + codes.len() * 4,
            BufferColumn::Numbers { values, missing } => values.len() * 8 + missing.len() * 4,
            BufferColumn::Floats { values, missing } => values.len() * 8 + missing.len() * 4,
            BufferColumn::Lists { texts, ends, codes, missing } => {
                texts.size_bytes() + (ends.len() + codes.len() + missing.len()) * 4
            }
        }
    }
}

/// Serials that are read again without a look whether to stop.
const HALT_ROWS: usize = 1 << 16;

impl Buffer {
    pub(super) fn new(schema: &Schema) -> Self {
        Buffer {
            families: Vec::new(),
            codes: Vec::new(),
            opaque: Vec::new(),
            namespaces: Vec::new(),
            namespace_names: Interner::default(),
            columns: schema
                .columns()
                .iter()
                .map(|it| BufferColumn::new(it.column_type()))
                .collect(),
            opaque_bytes: 0,
        }
    }

    /// The same, with columns of texts that may be numbered twice where few come twice; by their
    /// places.
    pub(super) fn with_loose_texts(mut self, is_loose: impl Fn(usize) -> bool) -> Self {
        for (_, column) in self.columns.iter_mut().enumerate().filter(|(place, _)| is_loose(*place))
        {
            if let BufferColumn::Texts { texts, .. } = column {
                *texts = Interner::loose();
            }
        }
        self
    }

    pub(super) fn rows(&self) -> usize {
        self.codes.len()
    }

    /// About how much memory the rows take.
    pub(super) fn size_bytes(&self) -> usize {
        let keys = self.codes.len() * (16 + 1 + 4) + self.opaque_bytes + self.opaque.len() * 16;
        keys + self.columns.iter().map(BufferColumn::size_bytes).sum::<usize>()
    }

    /// Adds some rows of a block; `namespace` is that of all rows where the block names none;
    /// without one, they have none.
    pub(super) fn append(
        &mut self,
        block: &Block,
        rows: Range<usize>,
        namespace: Option<&str>,
    ) -> Result<()> {
        let base = u32::try_from(self.rows()).map_err(|_| too_many())?;
        let families = block.keys.families.get(rows.clone()).unwrap_or_default();
        let codes = block.keys.codes.get(rows.clone()).unwrap_or_default();
        self.families.extend_from_slice(families);
        for (family, code) in families.iter().zip(codes) {
            if *family != FamilyId::OPAQUE.0 {
                self.codes.push(*code);
                continue;
            }
            let place = usize::try_from(*code).unwrap_or(usize::MAX);
            let text = block.keys.texts.get(place).map_or("", |text| text);
            self.codes.push(self.opaque.len() as u128);
            self.opaque_bytes += text.len();
            self.opaque.push(text.into());
        }
        if let Some(texts) = &block.namespaces {
            append_texts(&mut self.namespace_names, &mut self.namespaces, texts, &rows)?;
        } else {
            let number = match namespace {
                Some(name) => self.namespace_names.number(name)?,
                None => MISSING,
            };
            self.namespaces.resize(self.namespaces.len() + rows.len(), number);
        }
        let columns = self.columns.par_iter_mut().zip(&block.columns);
        columns.try_for_each(|(column, from)| column.append(from, &rows, base))
    }

    /// The key of a row.
    pub(super) fn key(&self, row: u32) -> SerialKey {
        let code = self.codes.get(usize_of(row)).copied().unwrap_or(0);
        match self.families.get(usize_of(row)) {
            Some(family) if *family != FamilyId::OPAQUE.0 => {
                SerialKey::Coded { family: FamilyId(*family), code }
            }
            _ => {
                let place = usize::try_from(code).unwrap_or(usize::MAX);
                SerialKey::Opaque(self.opaque.get(place).cloned().unwrap_or_default())
            }
        }
    }

    /// Gives back the memory of the serials, once they are ordered.
    pub(super) fn forget_keys(&mut self) {
        self.families = Vec::new();
        self.codes = Vec::new();
        self.opaque = Vec::new();
        self.namespaces = Vec::new();
    }

    /// Reads the opaque serials again with more families than before.
    pub(super) fn classify_opaque(&mut self, families: &Families, halt: &Halt) -> Result<()> {
        let texts = std::mem::take(&mut self.opaque);
        self.opaque_bytes = 0;
        for (family, code) in self.families.iter_mut().zip(&mut self.codes) {
            if *family != FamilyId::OPAQUE.0 {
                continue;
            }
            let place = usize::try_from(*code).unwrap_or(usize::MAX);
            if place.is_multiple_of(HALT_ROWS) {
                halt.check()?;
            }
            let text = texts.get(place).map_or("", |text| text);
            match families.classify(text)? {
                SerialKey::Coded { family: fits, code: number } => {
                    (*family, *code) = (fits.0, number);
                }
                SerialKey::Opaque(text) => {
                    *code = self.opaque.len() as u128;
                    self.opaque_bytes += text.len();
                    self.opaque.push(text);
                }
            }
        }
        Ok(())
    }
}

impl BufferColumn {
    fn append(&mut self, from: &BlockColumn, rows: &Range<usize>, base: u32) -> Result<()> {
        match (self, from) {
            (BufferColumn::Texts { codes, .. }, BlockColumn::Absent) => {
                codes.resize(codes.len() + rows.len(), MISSING);
            }
            (BufferColumn::Texts { texts, codes }, BlockColumn::Texts(from)) => {
                append_texts(texts, codes, from, rows)?;
            }
            (BufferColumn::Numbers { values, missing }, BlockColumn::Absent) => {
                values.resize(values.len() + rows.len(), 0);
                append_all(missing, rows, base);
            }
            (
                BufferColumn::Numbers { values, missing },
                BlockColumn::Numbers { values: from, missing: gone },
            ) => {
                values.extend_from_slice(from.get(rows.clone()).unwrap_or_default());
                append_places(missing, gone, rows, base);
            }
            (BufferColumn::Floats { values, missing }, BlockColumn::Absent) => {
                values.resize(values.len() + rows.len(), 0.0);
                append_all(missing, rows, base);
            }
            (
                BufferColumn::Floats { values, missing },
                BlockColumn::Floats { values: from, missing: gone },
            ) => {
                values.extend_from_slice(from.get(rows.clone()).unwrap_or_default());
                append_places(missing, gone, rows, base);
            }
            (BufferColumn::Lists { ends, missing, .. }, BlockColumn::Absent) => {
                let end = ends.last().copied().unwrap_or(0);
                ends.resize(ends.len() + rows.len(), end);
                append_all(missing, rows, base);
            }
            (into @ BufferColumn::Lists { .. }, from @ BlockColumn::Lists { .. }) => {
                into.append_lists(from, rows, base)?;
            }
            _ => return Err(Error::invalid("a block of rows is of another schema")),
        }
        Ok(())
    }

    fn append_lists(&mut self, from: &BlockColumn, rows: &Range<usize>, base: u32) -> Result<()> {
        let BufferColumn::Lists { texts, ends, codes, missing } = self else { return Ok(()) };
        let BlockColumn::Lists { distinct, ends: from_ends, codes: from_codes, missing: gone } =
            from
        else {
            return Ok(());
        };
        let numbers = numbers_of(texts, distinct)?;
        let before = rows.start.checked_sub(1).and_then(|at| from_ends.get(at));
        let mut start = before.copied().unwrap_or(0);
        for end in from_ends.get(rows.clone()).unwrap_or_default() {
            let row_codes = from_codes.get(usize_of(start)..usize_of(*end)).unwrap_or_default();
            codes.extend(row_codes.iter().filter_map(|it| numbers.get(usize_of(*it))));
            ends.push(u32::try_from(codes.len()).map_err(|_| too_many())?);
            start = *end;
        }
        append_places(missing, gone, rows, base);
        Ok(())
    }
}

fn too_many() -> Error {
    Error::unsupported(
        "a segment holds more rows or list entries than 32 bits count; lower memory_bytes_max",
    )
}

fn numbers_of(into: &mut Interner, texts: &[Box<str>]) -> Result<Vec<u32>> {
    texts.iter().map(|text| into.number(text)).collect()
}

fn append_texts(
    into: &mut Interner,
    codes: &mut Vec<u32>,
    from: &BlockTexts,
    rows: &Range<usize>,
) -> Result<()> {
    let numbers = numbers_of(into, &from.distinct)?;
    let from_codes = from.codes.get(rows.clone()).unwrap_or_default();
    codes
        .extend(from_codes.iter().map(|it| numbers.get(usize_of(*it)).copied().unwrap_or(MISSING)));
    Ok(())
}

/// Adds the places of `rows` that are among `places`, counted from `base`.
fn append_places(into: &mut Vec<u32>, places: &[u32], rows: &Range<usize>, base: u32) {
    let at = |row: usize| places.partition_point(|place| usize_of(*place) < row);
    let start = u32::try_from(rows.start).unwrap_or(u32::MAX);
    let within = places.get(at(rows.start)..at(rows.end)).unwrap_or_default();
    into.extend(within.iter().map(|place| place - start + base));
}

fn append_all(into: &mut Vec<u32>, rows: &Range<usize>, base: u32) {
    into.extend((base..).take(rows.len()));
}
