//! The rows of a chunk by what they have of one term.

use super::calendar::{Bucket, Buckets, Calendar};
use super::tally::Slot;
use crate::bitmap::Mask;
use crate::column::{Chunk, Intervals, LocalValues};
use crate::error::{Error, Result};

/// What the rows of a chunk have of one term, as places in a list of slots.
#[derive(Debug, Default)]
pub(super) struct Axis {
    /// What the codes stand for, ascending. Not all of them need to occur.
    slots: Vec<Slot>,
    /// Of each row in turn, or of lists each of its values.
    codes: Vec<u32>,
    /// Of lists, where the codes of each row end.
    ends: Option<Vec<usize>>,
}

impl Axis {
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The code of every row; none of lists.
    pub(super) fn single(&self) -> Option<&[u32]> {
        self.ends.is_none().then_some(&self.codes)
    }

    /// The codes of a row.
    pub(super) fn codes_of(&self, row: u16) -> &[u32] {
        let row = usize::from(row);
        let range = match &self.ends {
            None => row..row + 1,
            Some(ends) => {
                let start = row.checked_sub(1).and_then(|before| ends.get(before));
                start.copied().unwrap_or(0)..ends.get(row).copied().unwrap_or(0)
            }
        };
        self.codes.get(range).unwrap_or_default()
    }

    /// Adds rows at the end; their slot is the last one or comes after it.
    pub(super) fn push(&mut self, slot: Slot, rows: usize) {
        if self.slots.last() != Some(&slot) {
            self.slots.push(slot);
        }
        let code = place(self.slots.len() - 1);
        self.codes.resize(self.codes.len() + rows, code);
    }

    /// What each row has, one slot a row.
    pub(super) fn of_slots(rows: &[Slot]) -> Self {
        // Neighbours mostly have the same.
        let mut slots: Vec<Slot> =
            rows.chunk_by(|a, b| a == b).filter_map(|same| same.first()).copied().collect();
        slots.sort_unstable();
        slots.dedup();
        let mut codes = Vec::with_capacity(rows.len());
        for same in rows.chunk_by(|a, b| a == b) {
            let Some(slot) = same.first() else { continue };
            let code = place(slots.partition_point(|it| it < slot));
            codes.resize(codes.len() + same.len(), code);
        }
        Axis { slots, codes, ends: None }
    }

    /// The values of a column that has one a row; those of rows that are not in `rows` mean nothing.
    pub(super) fn of_values(chunk: &Chunk<'_>, rows: &Mask) -> Result<Self> {
        let mut axis = if let Some(values) = chunk.local_values()? {
            let mut codes = Vec::new();
            chunk.local_codes_into(&values, rows, &mut codes)?;
            let ordinals = (0..=u16::MAX).map_while(|code| values.ordinal(code));
            Axis {
                slots: ordinals.map(Slot::Value).collect(),
                codes: codes.into_iter().map(u32::from).collect(),
                ends: None,
            }
        } else {
            let mut ordinals = Vec::new();
            chunk.ordinals_into(&mut ordinals)?;
            let mut distinct = ordinals.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let code = |ordinal| place(distinct.partition_point(|it| *it < ordinal));
            let codes = ordinals.into_iter().map(code).collect();
            Axis { slots: distinct.into_iter().map(Slot::Value).collect(), codes, ends: None }
        };
        axis.mark_missing(chunk)?;
        Ok(axis)
    }

    /// The values that some rows of a column have, which has one a row: of each of `rows` in turn.
    pub(super) fn of_rows(chunk: &Chunk<'_>, rows: &[u16]) -> Result<Self> {
        let few = |values: &LocalValues| values.len() <= rows.len().max(LISTED_MAX);
        let Some(values) = chunk.local_values()?.filter(few) else {
            let mut slots = Vec::with_capacity(rows.len());
            chunk.each_ordinal(rows.iter().copied(), |ordinal| {
                slots.push(ordinal.map_or(Slot::Missing, Slot::Value));
                Ok(())
            })?;
            return Ok(Axis::of_slots(&slots));
        };
        let mut codes = Vec::new();
        chunk.local_codes_of(&values, rows, &mut codes)?;
        let ordinals = (0..=u16::MAX).map_while(|code| values.ordinal(code));
        let mut axis = Axis {
            slots: ordinals.map(Slot::Value).collect(),
            codes: codes.into_iter().map(u32::from).collect(),
            ends: None,
        };
        if chunk.missing_count() > 0 {
            let mut missing = Mask::new();
            chunk.missing_into(&mut missing)?;
            let last = place(axis.slots.len());
            axis.slots.push(Slot::Missing);
            let codes = axis.codes.iter_mut().zip(rows);
            codes.filter(|(_, row)| missing.contains(**row)).for_each(|(code, _)| *code = last);
        }
        Ok(axis)
    }

    /// As [`of_rows`](Axis::of_rows), the periods that the values fall in.
    pub(super) fn of_rows_by_period(
        chunk: &Chunk<'_>,
        calendar: &Calendar,
        rows: &[u16],
    ) -> Result<Self> {
        let mut axis = Axis::of_rows(chunk, rows)?;
        axis.coarsen(calendar)?;
        Ok(axis)
    }

    /// The periods that the values of a column fall in; those of rows that are not in `rows` mean
    /// nothing.
    pub(super) fn of_periods(
        chunk: &Chunk<'_>,
        calendar: &Calendar,
        buckets: &mut Buckets,
        rows: &Mask,
    ) -> Result<Self> {
        if chunk.local_values()?.is_none()
            && let Some(zone) = chunk.zone()
            && let Some(buckets) = buckets.spanning(calendar, zone)?
        {
            let slots = buckets.iter().map(|it| Slot::Value(it.first_day)).collect();
            let mut axis = Axis { slots, codes: periods_of(chunk, buckets)?, ends: None };
            axis.mark_missing(chunk)?;
            return Ok(axis);
        }
        let mut axis = Axis::of_values(chunk, rows)?;
        axis.coarsen(calendar)?;
        Ok(axis)
    }

    /// Puts the periods in the place of the values in them.
    fn coarsen(&mut self, calendar: &Calendar) -> Result<()> {
        let mut open: Option<Bucket> = None;
        let mut slots = Vec::new();
        let mut places = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let slot = match (slot, open) {
                (Slot::Value(ordinal), Some(bucket)) if *ordinal <= bucket.last => {
                    Slot::Value(bucket.first_day)
                }
                (Slot::Value(ordinal), _) => {
                    Slot::Value(open.insert(calendar.bucket(*ordinal)?).first_day)
                }
                (other, _) => *other,
            };
            if slots.last() != Some(&slot) {
                slots.push(slot);
            }
            places.push(place(slots.len() - 1));
        }
        self.slots = slots;
        for code in &mut self.codes {
            let found = places.get(*code as usize);
            *code = *found.ok_or_else(|| Error::corrupt("a row of a chunk has no value"))?;
        }
        Ok(())
    }

    /// The values of a column of lists, each different one of a row once.
    pub(super) fn of_lists(chunk: &Chunk<'_>) -> Result<Self> {
        let (mut lengths, mut values) = (Vec::new(), Vec::new());
        chunk.lists_into(&mut lengths, &mut values)?;
        let mut missing = Mask::new();
        chunk.missing_into(&mut missing)?;
        let mut distinct = values.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let last = place(distinct.len() + 1);
        let mut codes = Vec::with_capacity(values.len().max(lengths.len()));
        let mut ends = Vec::with_capacity(lengths.len());
        let mut rest = values.as_mut_slice();
        for (row, length) in (0..=u16::MAX).zip(lengths) {
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            let (list, after) = rest.split_at_mut(length);
            rest = after;
            list.sort_unstable();
            let different = list.chunk_by(|a, b| a == b).filter_map(|same| same.first());
            let before = codes.len();
            codes.extend(different.map(|it| 1 + place(distinct.partition_point(|at| at < it))));
            if codes.len() == before {
                codes.push(if missing.contains(row) { last } else { 0 });
            }
            ends.push(codes.len());
        }
        let values = distinct.into_iter().map(Slot::Value);
        let slots = [Slot::Empty].into_iter().chain(values).chain([Slot::Missing]).collect();
        Ok(Axis { slots, codes, ends: Some(ends) })
    }

    fn mark_missing(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        if chunk.missing_count() == 0 {
            return Ok(());
        }
        let mut missing = Mask::new();
        chunk.missing_into(&mut missing)?;
        let last = place(self.slots.len());
        self.slots.push(Slot::Missing);
        for row in missing.iter() {
            if let Some(code) = self.codes.get_mut(usize::from(row)) {
                *code = last;
            }
        }
        Ok(())
    }
}

/// Values of a chunk that are listed even for fewer rows.
const LISTED_MAX: usize = 256;

/// Periods up to which each is looked for by itself: values that ascend are told by blocks.
const SOUGHT_MAX: usize = 64;

/// In which of `buckets` each row falls, where its value is not missing.
fn periods_of(chunk: &Chunk<'_>, buckets: &[Bucket]) -> Result<Vec<u32>> {
    if buckets.len() > SOUGHT_MAX {
        let mut ordinals = Vec::new();
        chunk.ordinals_into(&mut ordinals)?;
        let code = |ordinal| place(buckets.partition_point(|it| it.last < ordinal));
        return Ok(ordinals.into_iter().map(code).collect());
    }
    let mut codes = vec![0; chunk.rows() as usize];
    let mut found = Mask::new();
    for (bucket, code) in buckets.iter().zip(0..).skip(1) {
        found.clear_all();
        chunk.scan(&Intervals::between(bucket.start, bucket.last), &mut found)?;
        for run in found.runs() {
            codes.get_mut(run.start as usize..run.end as usize).unwrap_or_default().fill(code);
        }
    }
    Ok(codes)
}

/// A chunk has fewer values than 2^32.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
