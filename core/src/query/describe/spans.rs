//! The runs of all segments as one sequence in serial order.

use std::ops::Range;

use super::lanes::{Lane, Run, live_units};
use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::serial::SerialKey;

/// Units that are in the set, with none that is not between the first and the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Place,
    pub(super) last: Place,
    pub(super) units: u64,
    /// Units between the span before it and this one, none of which is in the set.
    pub(super) gap: u64,
}

/// A unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: usize,
    pub(super) row: u64,
}

/// The spans of one namespace and family, in serial order.
///
/// Takes a step for each run, and one for each time that serials of one segment pass those of
/// another.
pub(super) fn spans(snapshot: &Snapshot, lanes: &[Lane]) -> Result<Vec<Span>> {
    let mut cursors = Vec::new();
    for lane in lanes {
        cursors.extend(Cursor::new(snapshot, lane, lanes.len() > 1)?);
    }
    let mut spans = Spans::default();
    while let Some(least) = least(&cursors) {
        let limit = cursors.iter().enumerate().filter(|(at, _)| *at != least);
        let limit = limit.map(|(_, cursor)| &cursor.key).min().cloned().flatten();
        let Some(cursor) = cursors.get_mut(least) else { break };
        let (piece, inside) = cursor.advance(limit.as_ref())?;
        spans.push(cursor.lane.segment, &piece, inside, live_units(cursor.live, &piece));
        if !cursor.settle()? {
            cursors.remove(least);
        }
    }
    Ok(spans.0)
}

fn least(cursors: &[Cursor<'_>]) -> Option<usize> {
    (0..cursors.len()).min_by_key(|at| cursors.get(*at).map(|cursor| &cursor.key))
}

/// A lane that is being read.
struct Cursor<'a> {
    live: &'a LiveSegment,
    lane: &'a Lane,
    runs: std::slice::Iter<'a, Run>,
    inside: bool,
    rows: Range<u64>,
    /// The serial of the next row; none where there is no other lane to compare it with.
    key: Option<SerialKey>,
    compares: bool,
}

impl<'a> Cursor<'a> {
    fn new(snapshot: &'a Snapshot, lane: &'a Lane, compares: bool) -> Result<Option<Self>> {
        let live = snapshot.segments().get(lane.segment);
        let live = live.ok_or_else(|| Error::corrupt("a set of units has rows of no segment"))?;
        let runs = lane.runs.iter();
        let mut cursor =
            Cursor { live, lane, runs, inside: false, rows: 0..0, key: None, compares };
        Ok(cursor.settle()?.then_some(cursor))
    }

    /// Goes to the next run where this one is read, and reads the serial of the next row.
    fn settle(&mut self) -> Result<bool> {
        if self.rows.is_empty() {
            let Some(run) = self.runs.next() else { return Ok(false) };
            (self.inside, self.rows) = (run.inside, run.rows.clone());
        }
        if self.compares {
            let row = u32::try_from(self.rows.start)
                .map_err(|_| Error::corrupt("a set of units has a row past the last"))?;
            self.key = Some(self.live.units.keys().key_at(row)?.1);
        }
        Ok(true)
    }

    /// Takes the rows before a serial, at least one.
    fn advance(&mut self, limit: Option<&SerialKey>) -> Result<(Range<u64>, bool)> {
        let mut end = self.rows.end;
        if let Some(limit) = limit {
            let keys = self.live.units.keys();
            let before = keys.rows_between(self.lane.namespace, limit, limit)?.start;
            end = before.clamp(self.rows.start + 1, self.rows.end);
        }
        let piece = self.rows.start..end;
        self.rows.start = end;
        Ok((piece, self.inside))
    }
}

#[derive(Default)]
struct Spans(Vec<Span>, u64);

impl Spans {
    fn push(&mut self, segment: usize, rows: &Range<u64>, inside: bool, units: u64) {
        let Spans(spans, gap) = self;
        if !inside {
            *gap += units;
            return;
        }
        let place = |row| Place { segment, row };
        let (first, last) = (place(rows.start), place(rows.end.saturating_sub(1)));
        match spans.last_mut() {
            Some(span) if *gap == 0 => {
                span.last = last;
                span.units += units;
            }
            _ => spans.push(Span { first, last, units, gap: std::mem::take(gap) }),
        }
    }
}
