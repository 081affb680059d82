//! The units of a part, read to be written again.

use std::ops::Range;

use rayon::prelude::*;

use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::ingest::block::{Block, BlockColumn, BlockKeys, BlockTexts};
use crate::index::ingest::recode::block_column;
use crate::limits::CHUNK_ROWS;
use crate::schema::{ColumnType, Schema};
use crate::segment::UnitSegment;
use crate::serial::{FamilyId, SerialKey};

/// Chunks that are read at a time by each thread.
const BLOCKS_A_THREAD: usize = 2;

/// Calls back with some units of segments, in the order of the segments: some thousands at a time,
/// read by all threads of the pool, with those columns alone that are asked for by their places.
pub(in crate::index::ingest) fn each_block(
    segments: &[(&UnitSegment, RowSet)],
    columns: &[bool],
    mut take: impl FnMut(Block) -> Result<()>,
) -> Result<()> {
    let pieces: Vec<(&UnitSegment, &RowSet, u16)> = segments
        .iter()
        .flat_map(|(units, wanted)| wanted.chunks().map(move |(chunk, _)| (*units, wanted, chunk)))
        .collect();
    for some in pieces.chunks(rayon::current_num_threads() * BLOCKS_A_THREAD) {
        let read = |(units, wanted, chunk): &(&_, &_, _)| read(units, wanted, *chunk, columns);
        let blocks: Vec<Result<Block>> = some.par_iter().map(read).collect();
        blocks.into_iter().try_for_each(|block| take(block?))?;
    }
    Ok(())
}

/// Those of the rows of a chunk that are wanted.
fn read(units: &UnitSegment, wanted: &RowSet, chunk: u16, columns: &[bool]) -> Result<Block> {
    let first = u64::from(chunk) * CHUNK_ROWS as u64;
    let rows = first..units.rows().min(first + CHUNK_ROWS as u64);
    let (keys, namespaces) = keys(units, &rows)?;
    let mut block = Block {
        rows: usize::try_from(rows.end - rows.start).unwrap_or(usize::MAX),
        keys,
        namespaces: Some(namespaces),
        columns: Vec::with_capacity(columns.len()),
        rejected: Vec::new(),
    };
    for (place, is_wanted) in columns.iter().enumerate() {
        block.columns.push(match units.column(place).filter(|_| *is_wanted) {
            Some(reader) => block_column(reader, usize::from(chunk))?,
            None => BlockColumn::Absent,
        });
    }
    if wanted.range_count(rows.clone()) < rows.end - rows.start {
        let is_gone = |row: &u64| u32::try_from(*row).is_ok_and(|row| !wanted.contains(row));
        let gone = rows.clone().filter(is_gone);
        let gone: Vec<u32> = gone.filter_map(|row| u32::try_from(row - rows.start).ok()).collect();
        block.remove(&gone);
    }
    Ok(block)
}

/// The serials of some rows, as the segment has them.
fn keys(units: &UnitSegment, rows: &Range<u64>) -> Result<(BlockKeys, BlockTexts)> {
    let mut keys = BlockKeys::default();
    let mut namespaces = Vec::new();
    let mut codes = Vec::new();
    for (number, group) in units.keys().groups().iter().enumerate() {
        let within = group.rows.start.max(rows.start)..group.rows.end.min(rows.end);
        if within.is_empty() {
            continue;
        }
        if group.family == FamilyId::OPAQUE {
            units.keys().for_each_text(number, within, |_, text| {
                keys.push(SerialKey::Opaque(text.into()));
                namespaces.push(group.namespace);
                Ok(())
            })?;
            continue;
        }
        codes.clear();
        units.keys().codes_into(number, within, &mut codes)?;
        keys.codes.extend_from_slice(&codes);
        keys.families.resize(keys.codes.len(), group.family.0);
        namespaces.resize(keys.codes.len(), group.namespace);
    }
    let distinct = units.namespaces().iter().map(|it| it.as_str().into()).collect();
    Ok((keys, BlockTexts { distinct, codes: namespaces }))
}

/// About how much memory a unit of some segments takes while it is written again: its serial, its
/// values, and its share of the texts.
pub(in crate::index::ingest) fn bytes_of_unit(
    segments: &[(&UnitSegment, &RowSet)],
    schema: &Schema,
) -> Result<u64> {
    /// A serial of 16 bytes, a family, a namespace.
    const KEY_BYTES: u64 = 21;
    /// What a text needs besides its bytes.
    const TEXT_BYTES: u64 = 24;
    let rows: u64 = segments.iter().map(|(units, _)| units.rows()).sum();
    let mut shared = 0;
    let mut each = KEY_BYTES;
    for (place, column) in schema.columns().iter().enumerate() {
        each += match column.column_type() {
            ColumnType::Text | ColumnType::Version | ColumnType::TextList => 4,
            _ => 8,
        };
        for reader in segments.iter().filter_map(|(units, _)| units.column(place)) {
            if let Some(texts) = reader.dictionary() {
                shared += texts.size_bytes() + u64::from(texts.len()?) * TEXT_BYTES;
            }
            if column.column_type() == ColumnType::TextList {
                // A value takes at least a bit, and a number in memory.
                shared += reader.data_size_bytes() * 8;
            }
        }
    }
    Ok(each + shared / rows.max(1))
}
