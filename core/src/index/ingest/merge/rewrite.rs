//! Segments of units written again, part by part.

use std::ops::Range;
use std::vec;

use super::choice::{Candidate, Size, mixed, worn};
use super::parts::{Part, Parts, Sorted};
use super::units::{bytes_of_unit, each_block};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::ingest::buffer::Buffer;
use crate::index::ingest::write::Writer;
use crate::index::snapshot::LiveSegment;
use crate::pool::Halt;
use crate::schema::Schema;
use crate::segment::UnitSegment;

/// Segments of units that are written again, in the order of their serials.
pub(in crate::index::ingest) struct UnitRewrite {
    sources: Vec<LiveSegment>,
    parts: vec::IntoIter<Part>,
}

impl UnitRewrite {
    /// Those of some segments that have many rows between those of the others; by their places.
    pub(in crate::index::ingest) fn mixed(segments: &[LiveSegment]) -> Result<Vec<bool>> {
        mixed(&parts(segments), &candidates(segments))
    }

    /// Those of some segments that are better written again; by their places.
    pub(in crate::index::ingest) fn worn(
        segments: &[LiveSegment],
        size: Size,
        schema: &Schema,
    ) -> Result<Vec<bool>> {
        let part_rows = size.rows(bytes_of_unit(&borrowed(segments), schema)?);
        worn(&parts(segments), &candidates(segments), part_rows)
    }

    /// Writes the live units of some segments again, in segments of this size.
    pub(in crate::index::ingest) fn new(
        sources: Vec<LiveSegment>,
        size: Size,
        schema: &Schema,
    ) -> Result<Self> {
        let rows = size.rows(bytes_of_unit(&borrowed(&sources), schema)?);
        let parts = parts(&sources).cut(rows)?.into_iter();
        Ok(UnitRewrite { sources, parts })
    }

    /// How many units it writes.
    pub(in crate::index::ingest) fn units(&self) -> u64 {
        self.sources.iter().map(LiveSegment::live).sum()
    }

    /// Writes the next segment; gives how many units that took in, and none where all are written.
    pub(in crate::index::ingest) fn step(
        &mut self,
        writer: &mut Writer<'_>,
        halt: &Halt,
    ) -> Result<Option<u64>> {
        let Some(part) = self.parts.next() else { return Ok(None) };
        let columns = vec![true; writer.schema().columns().len()];
        let live = |(source, rows): (&'_ LiveSegment, Range<u64>)| {
            let mut live = RowSet::new();
            live.push_range(rows);
            live.difference(&source.retired)
        };
        let live = self.sources.iter().zip(part).map(live);
        let wanted: Vec<(&UnitSegment, RowSet)> =
            self.sources.iter().map(|it| &*it.units).zip(live).collect();
        let mut rows = Buffer::new(writer.schema());
        each_block(&wanted, &columns, |block| {
            halt.check()?;
            rows.append(&block, 0..block.rows, None)
        })?;
        let units = u64::try_from(rows.rows()).unwrap_or(u64::MAX);
        if units > 0 {
            writer.write_again(rows, halt)?;
        }
        Ok(Some(units))
    }
}

fn borrowed(segments: &[LiveSegment]) -> Vec<(&UnitSegment, &RowSet)> {
    segments.iter().map(|it| (&*it.units, &*it.retired)).collect()
}

fn parts(segments: &[LiveSegment]) -> Parts<'_> {
    let sorted = segments.iter().map(|it| Sorted::new(it.units.keys(), it.units.namespaces()));
    Parts::new(sorted.collect())
}

fn candidates(segments: &[LiveSegment]) -> Vec<Candidate> {
    let candidate =
        |it: &LiveSegment| Candidate { rows: it.units.rows(), retired: it.retired.len() };
    segments.iter().map(candidate).collect()
}
