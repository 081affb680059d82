//! From rows in memory to a segment on disk.

use rayon::prelude::*;

use super::block::usize_of;
use super::buffer::{Buffer, BufferColumn};
use super::identifiers;
use super::interner::{Interner, MISSING};
use super::order::Ordered;
use crate::column::{ColumnValues, encode_column};
use crate::error::{Error, Result};
use crate::keys::{KeyGroup, encode_keys};
use crate::pool::{Halt, sort_halting};
use crate::schema::{Column, ColumnType, Schema, Version};
use crate::segment::{UnitColumn, UnitRows};

/// Encodes the rows of a buffer in their order, columns in parallel.
pub(super) fn encode(
    buffer: Buffer,
    ordered: &Ordered,
    schema: &Schema,
    halt: &Halt,
) -> Result<UnitRows> {
    let rows = ordered.groups.iter().map(KeyGroup::len).sum();
    let order = ordered.rows.as_deref();
    let columns: Vec<(&Column, BufferColumn)> =
        schema.columns().iter().zip(buffer.columns).collect();
    let (keys, columns) = rayon::join(
        || encode_keys(&ordered.groups, halt),
        || {
            columns
                .into_par_iter()
                .map(|(column, values)| encode_one(column, values, order, rows, halt))
                .collect::<Result<Vec<_>>>()
        },
    );
    Ok(UnitRows {
        rows: u64::try_from(rows).map_err(|_| Error::unsupported("too many rows"))?,
        namespaces: ordered.namespaces.clone(),
        keys: keys?,
        columns: columns?,
    })
}

fn encode_one(
    column: &Column,
    values: BufferColumn,
    order: Option<&[u32]>,
    rows: usize,
    halt: &Halt,
) -> Result<UnitColumn> {
    halt.check()?;
    let column_type = column.column_type();
    let rows_total = u64::try_from(rows).unwrap_or(u64::MAX);
    let encode = |values: ColumnValues<'_>, missing: &[u64]| {
        encode_column(column_type, values, missing, rows_total, halt)
    };
    let mut identifiers = None;
    let encoded = match values {
        BufferColumn::Texts { texts, codes } => {
            let (dictionary, rank) = sorted(texts, column_type, halt)?;
            let codes = place(codes, order);
            if let Some(families) = column.identifier() {
                let number = |it: &u32| rank.get(usize_of(*it)).copied().unwrap_or(MISSING);
                let numbers: Vec<u32> = codes.iter().map(number).collect();
                identifiers = Some(identifiers::encode(families, &dictionary, &numbers, halt)?);
            }
            let missing = bits((0u32..).zip(&codes).filter(|(_, it)| **it == MISSING), rows);
            let codes: Vec<u32> =
                codes.iter().map(|it| rank.get(usize_of(*it)).copied().unwrap_or(0)).collect();
            let values = ColumnValues::Texts { dictionary: &dictionary, codes: &codes };
            encode(values, &missing)
        }
        BufferColumn::Numbers { values, missing } => {
            let missing = placed_bits(&missing, order, rows);
            encode(ColumnValues::Numbers(&place(values, order)), &missing)
        }
        BufferColumn::Floats { values, missing } => {
            let missing = placed_bits(&missing, order, rows);
            encode(ColumnValues::Floats(&place(values, order)), &missing)
        }
        BufferColumn::Lists { texts, ends, codes, missing } => {
            let (dictionary, rank) = sorted(texts, column_type, halt)?;
            let missing = placed_bits(&missing, order, rows);
            let (ends, mut codes) = place_lists(ends, codes, order)?;
            for code in &mut codes {
                *code = rank.get(usize_of(*code)).copied().unwrap_or(0);
            }
            let values =
                ColumnValues::Lists { dictionary: &dictionary, ends: &ends, codes: &codes };
            encode(values, &missing)
        }
    };
    let encoded = encoded.map_err(|error| error.within(format!("column `{}`", column.name())))?;
    Ok(UnitColumn { name: column.name().to_owned(), column_type, encoded, identifiers })
}

/// The texts in the order of their type, and the place there of each number.
fn sorted(
    texts: Interner,
    column_type: ColumnType,
    halt: &Halt,
) -> Result<(Vec<String>, Vec<u32>)> {
    let mut numbered: Vec<(u32, String)> =
        (0u32..).zip(texts.into_texts().into_iter().map(String::from)).collect();
    if column_type == ColumnType::Version {
        sort_halting(&mut numbered, &|a, b| Version::compare(&a.1, &b.1), halt)?;
    } else {
        sort_halting(&mut numbered, &|a, b| a.1.cmp(&b.1), halt)?;
    }
    let mut rank = vec![0; numbered.len()];
    for (place, (number, _)) in (0u32..).zip(&numbered) {
        if let Some(slot) = rank.get_mut(usize_of(*number)) {
            *slot = place;
        }
    }
    Ok((numbered.into_iter().map(|(_, text)| text).collect(), rank))
}

/// A column in the order of the segment.
pub(super) fn placed(column: BufferColumn, order: Option<&[u32]>) -> Result<BufferColumn> {
    let Some(rows) = order else { return Ok(column) };
    let missing_of = |missing: &[u32]| {
        let words = placed_bits(missing, order, rows.len());
        let is_set =
            |row: &u32| words.get(usize_of(row / 64)).is_some_and(|it| it >> (row % 64) & 1 == 1);
        (0u32..).take(rows.len()).filter(is_set).collect::<Vec<u32>>()
    };
    Ok(match column {
        BufferColumn::Texts { texts, codes } => {
            BufferColumn::Texts { texts, codes: place(codes, order) }
        }
        BufferColumn::Numbers { values, missing } => {
            BufferColumn::Numbers { values: place(values, order), missing: missing_of(&missing) }
        }
        BufferColumn::Floats { values, missing } => {
            BufferColumn::Floats { values: place(values, order), missing: missing_of(&missing) }
        }
        BufferColumn::Lists { texts, ends, codes, missing } => {
            let (ends, codes) = place_lists(ends, codes, order)?;
            BufferColumn::Lists { texts, ends, codes, missing: missing_of(&missing) }
        }
    })
}

/// The values in the order of the segment.
pub(super) fn place<T: Copy>(values: Vec<T>, order: Option<&[u32]>) -> Vec<T> {
    match order {
        None => values,
        Some(order) => order.iter().filter_map(|row| values.get(usize_of(*row)).copied()).collect(),
    }
}

fn place_lists(
    ends: Vec<u32>,
    codes: Vec<u32>,
    order: Option<&[u32]>,
) -> Result<(Vec<u32>, Vec<u32>)> {
    let Some(order) = order else { return Ok((ends, codes)) };
    let (mut placed_ends, mut placed) = (Vec::with_capacity(order.len()), Vec::new());
    for row in order {
        let row = usize_of(*row);
        let end = |at: usize| ends.get(at).copied().map_or(0, usize_of);
        let start = row.checked_sub(1).map_or(0, end);
        placed.extend_from_slice(codes.get(start..end(row)).unwrap_or_default());
        let end = u32::try_from(placed.len());
        placed_ends.push(end.map_err(|_| Error::unsupported("too many list entries"))?);
    }
    Ok((placed_ends, placed))
}

/// One bit a row, set where the row is missing; no words where none is.
pub(super) fn bits<T>(missing: impl Iterator<Item = (u32, T)>, rows: usize) -> Vec<u64> {
    let mut words = Vec::new();
    for (row, _) in missing {
        if words.is_empty() {
            words = vec![0u64; rows.div_ceil(64)];
        }
        if let Some(word) = words.get_mut(usize_of(row / 64)) {
            *word |= 1 << (row % 64);
        }
    }
    words
}

pub(super) fn placed_bits(missing: &[u32], order: Option<&[u32]>, rows: usize) -> Vec<u64> {
    if missing.is_empty() {
        return Vec::new();
    }
    let as_came = missing.iter().map(|row| (*row, ()));
    let Some(order) = order else { return bits(as_came, rows) };
    let before = missing.last().map_or(0, |last| usize_of(*last) + 1);
    let words = bits(as_came, before);
    let gone = |row: u32| words.get(usize_of(row / 64)).is_some_and(|it| it >> (row % 64) & 1 == 1);
    bits((0u32..).zip(order).filter(|(_, row)| gone(**row)), rows)
}
