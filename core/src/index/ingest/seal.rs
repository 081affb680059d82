//! From rows in memory to a segment on disk.

use rayon::prelude::*;

use super::block::usize_of;
use super::buffer::{Buffer, BufferColumn};
use super::identifiers;
use super::interner::{Interner, MISSING};
use super::order::Ordered;
use crate::column::{ColumnRows, ColumnValues, encode_column_of};
use crate::error::{Error, Result};
use crate::keys::{KeyGroup, encode_keys};
use crate::limits::CHUNK_ROWS;
use crate::pool::{Halt, sort_halting};
use crate::schema::{Column, ColumnType, Schema, Version};
use crate::segment::{EncodedIdentifiers, MetaMargin, UnitColumn, UnitRows};

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
            let placed = columns.into_par_iter();
            let placed = placed
                .map(|(column, values)| Placed::of(column, values, (order, rows), halt))
                .collect::<Result<Vec<_>>>()?;
            encode_columns(schema.columns(), placed, rows, halt)
        },
    );
    let (columns, margins) = columns?;
    Ok(UnitRows {
        rows: rows_total(rows),
        namespaces: ordered.namespaces.clone(),
        keys: keys?,
        columns,
        margins,
    })
}

fn rows_total(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// The values of a column in the order of the segment.
struct Placed {
    values: PlacedValues,
    /// One bit a row; no words where none is missing.
    missing: Vec<u64>,
    identifiers: Option<EncodedIdentifiers>,
}

enum PlacedValues {
    Texts { dictionary: Vec<String>, codes: Vec<u32> },
    Numbers(Vec<i64>),
    Floats(Vec<f64>),
    Lists { dictionary: Vec<String>, ends: Vec<u32>, codes: Vec<u32> },
}

impl Placed {
    fn of(
        column: &Column,
        values: BufferColumn,
        (order, rows): (Option<&[u32]>, usize),
        halt: &Halt,
    ) -> Result<Self> {
        halt.check()?;
        let mut identifiers = None;
        let (values, missing) = match values {
            BufferColumn::Texts { texts, codes } => {
                let (dictionary, rank) = sorted(texts, column.column_type(), halt)?;
                let mut codes = place(codes, order);
                let missing = bits((0u32..).zip(&codes).filter(|(_, it)| **it == MISSING), rows);
                let known = |it: &u32| rank.get(usize_of(*it)).copied();
                if let Some(families) = column.identifier() {
                    let numbers: Vec<u32> =
                        codes.iter().map(|it| known(it).unwrap_or(MISSING)).collect();
                    identifiers = Some(identifiers::encode(families, &dictionary, &numbers, halt)?);
                }
                for code in &mut codes {
                    *code = known(code).unwrap_or(0);
                }
                (PlacedValues::Texts { dictionary, codes }, missing)
            }
            BufferColumn::Numbers { values, missing } => {
                (PlacedValues::Numbers(place(values, order)), placed_bits(&missing, order, rows))
            }
            BufferColumn::Floats { values, missing } => {
                (PlacedValues::Floats(place(values, order)), placed_bits(&missing, order, rows))
            }
            BufferColumn::Lists { texts, ends, codes, missing } => {
                let (dictionary, rank) = sorted(texts, column.column_type(), halt)?;
                let (ends, mut codes) = place_lists(ends, codes, order)?;
                for code in &mut codes {
                    *code = rank.get(usize_of(*code)).copied().unwrap_or(0);
                }
                let missing = placed_bits(&missing, order, rows);
                (PlacedValues::Lists { dictionary, ends, codes }, missing)
            }
        };
        Ok(Placed { values, missing, identifiers })
    }
}

impl PlacedValues {
    fn borrowed(&self) -> ColumnValues<'_> {
        match self {
            PlacedValues::Texts { dictionary, codes } => ColumnValues::Texts { dictionary, codes },
            PlacedValues::Numbers(numbers) => ColumnValues::Numbers(numbers),
            PlacedValues::Floats(floats) => ColumnValues::Floats(floats),
            PlacedValues::Lists { dictionary, ends, codes } => {
                ColumnValues::Lists { dictionary, ends, codes }
            }
        }
    }
}

/// Encodes columns, and what they have in the rows that miss one of their values.
fn encode_columns(
    columns: &[Column],
    placed: Vec<Placed>,
    rows: usize,
    halt: &Halt,
) -> Result<(Vec<UnitColumn>, Vec<MetaMargin>)> {
    let missing: Vec<&[u64]> = placed.iter().map(|it| it.missing.as_slice()).collect();
    let (margins, margin_rows): (Vec<MetaMargin>, Vec<Vec<u32>>) =
        margins(&missing, rows).into_iter().unzip();
    let one = |(column, placed): (&Column, Placed)| {
        let rows =
            ColumnRows { count: rows_total(rows), missing: &placed.missing, margins: &margin_rows };
        let column_type = column.column_type();
        let encoded = encode_column_of(rows, column_type, placed.values.borrowed(), halt)
            .map_err(|error| error.within(format!("column `{}`", column.name())))?;
        let identifiers = placed.identifiers;
        Ok(UnitColumn { name: column.name().to_owned(), column_type, encoded, identifiers })
    };
    let columns: Vec<(&Column, Placed)> = columns.iter().zip(placed).collect();
    let encoded = columns.into_par_iter().map(one).collect::<Result<Vec<_>>>()?;
    Ok((encoded, margins))
}

/// Margins a segment has at most.
const MARGINS_MAX: usize = 64;
/// Rows to one that misses a value: a column that misses more has no margin.
const ROWS_TO_MARGIN: usize = 32;
/// Rows to one of all margins.
const ROWS_TO_MARGINS: usize = 4;

/// The margins of a segment, by column, each with its rows: those of the columns that miss the
/// fewest values. A segment of one chunk, which is read in no time, has none.
fn margins(missing: &[&[u64]], rows: usize) -> Vec<(MetaMargin, Vec<u32>)> {
    if rows <= CHUNK_ROWS {
        return Vec::new();
    }
    let count = |words: &[u64]| words.iter().map(|it| usize_of(it.count_ones())).sum::<usize>();
    let counts = (0u32..).zip(missing).map(|(column, words)| (count(words), column));
    let mut chosen: Vec<(usize, u32)> =
        counts.filter(|(count, _)| (1..=rows / ROWS_TO_MARGIN).contains(count)).collect();
    chosen.sort_unstable();
    let mut left = rows / ROWS_TO_MARGINS;
    let fits = |(count, _): &(usize, u32)| {
        let rest = left.checked_sub(*count);
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    let mut chosen: Vec<(usize, u32)> =
        chosen.into_iter().take_while(fits).take(MARGINS_MAX).collect();
    chosen.sort_unstable_by_key(|(_, column)| *column);
    let margin = |(count, column): (usize, u32)| {
        let words = missing.get(usize_of(column)).copied().unwrap_or_default();
        let mut of_column = Vec::with_capacity(count);
        for (base, word) in (0u32..).step_by(64).zip(words) {
            let mut left = *word;
            while left != 0 {
                of_column.push(base + left.trailing_zeros());
                left &= left - 1;
            }
        }
        (MetaMargin { column, rows: rows_total(count) }, of_column)
    };
    chosen.into_iter().map(margin).collect()
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
