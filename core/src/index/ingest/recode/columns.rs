//! Columns of a segment as blocks of rows to be loaded.

use std::collections::BTreeSet;

use crate::bitmap::Mask;
use crate::column::{Chunk, ColumnReader, ordinal_number};
use crate::error::{Error, Result};
use crate::index::ingest::block::{BlockColumn, BlockTexts};
use crate::index::ingest::interner::MISSING;
use crate::schema::{ColumnType, Value};

/// The values of a chunk of a column.
pub(in crate::index::ingest) fn block_column(
    column: &ColumnReader,
    index: usize,
) -> Result<BlockColumn> {
    let chunk = column.chunk(index)?;
    let mut mask = Mask::new();
    chunk.missing_into(&mut mask)?;
    let missing: Vec<u32> = mask.iter().map(u32::from).collect();
    if column.column_type() == ColumnType::TextList {
        return lists(column, &chunk, missing);
    }
    let mut ordinals = Vec::new();
    chunk.ordinals_into(&mut ordinals)?;
    match column.column_type() {
        ColumnType::Text | ColumnType::Version => {
            for row in &missing {
                if let Some(slot) = ordinals.get_mut(*row as usize) {
                    *slot = u64::MAX;
                }
            }
            let (distinct, codes) = texts(column, &ordinals)?;
            Ok(BlockColumn::Texts(BlockTexts { distinct, codes }))
        }
        ColumnType::Float => {
            let mut gone = missing.iter().peekable();
            let mut values = Vec::with_capacity(ordinals.len());
            for (row, ordinal) in (0u32..).zip(&ordinals) {
                values.push(match gone.next_if_eq(&&row) {
                    Some(_) => 0.0,
                    None => float(&column.value_of(*ordinal)?)?,
                });
            }
            Ok(BlockColumn::Floats { values, missing })
        }
        // Truths are 0 and 1, and have no sign bit to turn.
        ColumnType::Boolean => {
            let number = |it: &u64| i64::try_from(*it).unwrap_or(i64::MAX);
            Ok(BlockColumn::Numbers { values: ordinals.iter().map(number).collect(), missing })
        }
        _ => {
            let values = ordinals.iter().map(|it| ordinal_number(*it)).collect();
            Ok(BlockColumn::Numbers { values, missing })
        }
    }
}

fn float(value: &Value) -> Result<f64> {
    match value {
        Value::Float(float) => Ok(*float),
        _ => Err(Error::corrupt("a column of floats has another value")),
    }
}

/// The distinct texts of some ordinals, and the number of each; `u64::MAX` is missing.
fn texts(column: &ColumnReader, ordinals: &[u64]) -> Result<(Vec<Box<str>>, Vec<u32>)> {
    let distinct: BTreeSet<u64> =
        ordinals.chunk_by(|a, b| a == b).filter_map(|same| same.first().copied()).collect();
    let distinct: Vec<u64> = distinct.into_iter().filter(|it| *it != u64::MAX).collect();
    let mut codes = Vec::with_capacity(ordinals.len());
    let mut last = (u64::MAX, MISSING);
    for ordinal in ordinals {
        if *ordinal != last.0 {
            let place = distinct.binary_search(ordinal).ok();
            let place = place.and_then(|at| u32::try_from(at).ok());
            last = (*ordinal, place.unwrap_or(MISSING));
        }
        codes.push(last.1);
    }
    let text = |ordinal: &u64| column.text(*ordinal).map(Box::from);
    Ok((distinct.iter().map(text).collect::<Result<_>>()?, codes))
}

fn lists(column: &ColumnReader, chunk: &Chunk<'_>, missing: Vec<u32>) -> Result<BlockColumn> {
    let (mut lengths, mut ordinals) = (Vec::new(), Vec::new());
    chunk.lists_into(&mut lengths, &mut ordinals)?;
    let (distinct, codes) = texts(column, &ordinals)?;
    let mut end = 0u64;
    let mut ends = Vec::with_capacity(lengths.len());
    for length in lengths {
        end = end.saturating_add(length);
        ends.push(u32::try_from(end).map_err(|_| Error::unsupported("too many list entries"))?);
    }
    Ok(BlockColumn::Lists { distinct, ends, codes, missing })
}
