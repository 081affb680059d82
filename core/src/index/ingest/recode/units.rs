//! The units of segments as an input of a load.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::columns::block_column;
use super::keys::Change;
use super::report::Tally;
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::ingest::block::{Block, BlockColumn, BlockKeys, BlockTexts};
use crate::index::ingest::interner::MISSING;
use crate::index::ingest::read::{Job, Reader};
use crate::index::ingest::shape::{InputColumn, Shape};
use crate::index::snapshot::LiveSegment;
use crate::limits::CHUNK_ROWS;
use crate::schema::Schema;
use crate::segment::UnitSegment;

/// What changes in each chunk, by the place of its segment and its own.
pub(super) type Tallies = Arc<Mutex<BTreeMap<(usize, usize), Tally>>>;

/// Reads the live units of some segments, chunk by chunk.
pub(super) struct RecodedUnits {
    segments: Vec<LiveSegment>,
    change: Arc<Change>,
    tallies: Tallies,
    columns: usize,
    /// The segment and the chunk to read next.
    next: (usize, usize),
}

impl RecodedUnits {
    pub(super) fn new(segments: Vec<LiveSegment>, change: &Arc<Change>, columns: usize) -> Self {
        let change = Arc::clone(change);
        RecodedUnits { segments, change, tallies: Tallies::default(), columns, next: (0, 0) }
    }

    pub(super) fn tallies(&self) -> Tallies {
        Arc::clone(&self.tallies)
    }
}

impl Reader for RecodedUnits {
    fn columns(&mut self, schema: &Schema) -> Result<Vec<InputColumn>> {
        let column = |it: &crate::schema::Column| InputColumn {
            name: it.name().to_owned(),
            column_type: Some(it.column_type()),
        };
        Ok(schema.columns().iter().map(column).collect())
    }

    fn sample(&mut self, _shape: &Shape) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn jobs(&mut self, count: usize) -> Result<Vec<Job<'static>>> {
        let mut jobs: Vec<Job<'static>> = Vec::new();
        while jobs.len() < count {
            let (place, index) = self.next;
            let Some(segment) = self.segments.get(place) else { break };
            let start = index as u64 * CHUNK_ROWS as u64;
            if start >= segment.units.rows() {
                self.next = (place + 1, 0);
                continue;
            }
            let end = segment.units.rows().min(start + CHUNK_ROWS as u64);
            self.next = (place, index + 1);
            let (units, retired) = (Arc::clone(&segment.units), Arc::clone(&segment.retired));
            let (change, tallies) = (Arc::clone(&self.change), Arc::clone(&self.tallies));
            let columns = self.columns;
            jobs.push(Box::new(move |_, _| {
                let mut tally = Tally::default();
                let mut block = block(&units, &retired, (&change, start..end), &mut tally)?;
                for column in 0..columns {
                    block.columns.push(match units.column(column) {
                        Some(reader) => block_column(reader, index)?,
                        None => BlockColumn::Absent,
                    });
                }
                remove(&mut block, &retired, start..end);
                let mut all = tallies.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert((place, index), tally);
                Ok(vec![block])
            }));
        }
        Ok(jobs)
    }

    fn rows_total(&self) -> Option<u64> {
        Some(self.segments.iter().map(LiveSegment::live).sum())
    }
}

/// The serials of some rows, as the new families read them.
fn block(
    units: &UnitSegment,
    retired: &RowSet,
    (change, rows): (&Change, Range<u64>),
    tally: &mut Tally,
) -> Result<Block> {
    let count = usize::try_from(rows.end - rows.start).unwrap_or(usize::MAX);
    let mut keys = BlockKeys::default();
    let mut codes = Vec::with_capacity(count);
    change.each_key(units.keys(), (&rows, retired), tally, |_, namespace, key| {
        keys.push(key);
        codes.push(namespace);
    })?;
    let distinct = units.namespaces().iter().map(|it| it.as_str().into()).collect();
    let namespaces = Some(BlockTexts { distinct, codes });
    Ok(Block { rows: count, keys, namespaces, columns: Vec::new(), rejected: Vec::new() })
}

/// Leaves out the rows that are retired.
fn remove(block: &mut Block, retired: &RowSet, rows: Range<u64>) {
    if retired.range_count(rows.clone()) == 0 {
        return;
    }
    let gone = rows.clone().filter_map(|row| {
        let row = u32::try_from(row).ok().filter(|row| retired.contains(*row))?;
        u32::try_from(u64::from(row) - rows.start).ok()
    });
    let gone: Vec<u32> = gone.filter(|it| *it != MISSING).collect();
    block.remove(&gone);
}
