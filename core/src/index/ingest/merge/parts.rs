//! Where to cut segments so that the pieces between two cuts fit in memory together.

use std::cmp::Ordering;
use std::ops::Range;

use crate::error::Result;
use crate::keys::Keys;
use crate::serial::SerialKey;

/// The serials of a segment, and what the numbers of their namespaces stand for.
pub(in crate::index::ingest) struct Sorted<'s> {
    keys: &'s Keys,
    /// Ascending; a number past the last stands for serials that came without a namespace.
    names: &'s [String],
}

/// Rows of each of some segments, in the order of the segments.
pub(in crate::index::ingest) type Part = Vec<Range<u64>>;

/// Cuts segments into parts.
pub(in crate::index::ingest) struct Parts<'s> {
    segments: Vec<Sorted<'s>>,
}

/// Serials looked at to find where to cut, for each part.
const SAMPLES: u64 = 64;

/// A serial between others. Those without a namespace come last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place<'s> {
    namespace: Option<&'s str>,
    key: SerialKey,
}

impl Place<'_> {
    fn order(&self, other: &Place<'_>) -> Ordering {
        let names = match (self.namespace, other.namespace) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        names.then_with(|| self.key.cmp(&other.key))
    }
}

impl<'s> Sorted<'s> {
    pub(in crate::index::ingest) fn new(keys: &'s Keys, names: &'s [String]) -> Self {
        Sorted { keys, names }
    }

    fn place(&self, row: u64) -> Result<Place<'s>> {
        let (number, key) = self.keys.key_at(u32::try_from(row).unwrap_or(u32::MAX))?;
        let namespace = usize::try_from(number).ok().and_then(|at| self.names.get(at));
        Ok(Place { namespace: namespace.map(String::as_str), key })
    }

    /// The first row that is not before a place.
    fn row_from(&self, place: &Place<'_>) -> Result<u64> {
        let (mut low, mut high) = (0, self.keys.rows());
        while low < high {
            let middle = low.midpoint(high);
            if self.place(middle)?.order(place).is_lt() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// How many rows lie between the first and the last of another segment.
    fn rows_within(&self, other: &Sorted<'_>) -> Result<u64> {
        let Some(last) = other.keys.rows().checked_sub(1) else { return Ok(0) };
        let (first, last) = (other.place(0)?, other.place(last)?);
        Ok(self.row_from(&last)?.saturating_sub(self.row_from(&first)?))
    }
}

impl<'s> Parts<'s> {
    pub(in crate::index::ingest) fn new(segments: Vec<Sorted<'s>>) -> Self {
        Parts { segments }
    }

    /// Parts of about `rows_max` rows at most and of about as many rows each, in the order of the
    /// serials.
    pub(in crate::index::ingest) fn cut(&self, rows_max: u64) -> Result<Vec<Part>> {
        let total: u64 = self.segments.iter().map(|it| it.keys.rows()).sum();
        let parts = total.div_ceil(rows_max.max(1)).max(1);
        let mut starts = vec![vec![0; self.segments.len()]];
        if parts > 1 {
            let samples = self.samples(parts)?;
            for part in 1..parts {
                let at = samples.len() as u64 * part / parts;
                let Some(place) = usize::try_from(at).ok().and_then(|at| samples.get(at)) else {
                    continue;
                };
                starts.push(
                    self.segments.iter().map(|it| it.row_from(place)).collect::<Result<_>>()?,
                );
            }
        }
        starts.push(self.segments.iter().map(|it| it.keys.rows()).collect());
        let between = |(from, to): (&Vec<u64>, &Vec<u64>)| -> Part {
            from.iter().zip(to).map(|(start, end)| *start..*end).collect()
        };
        let parts = starts.iter().zip(starts.iter().skip(1)).map(between);
        Ok(parts.filter(|part| part.iter().any(|rows| !rows.is_empty())).collect())
    }

    /// Serials spread evenly over all rows, ascending.
    fn samples(&self, parts: u64) -> Result<Vec<Place<'s>>> {
        let total: u64 = self.segments.iter().map(|it| it.keys.rows()).sum();
        let wanted = parts.saturating_mul(SAMPLES).saturating_mul(self.segments.len() as u64);
        let step = usize::try_from((total / wanted).max(1)).unwrap_or(usize::MAX);
        let mut samples = Vec::new();
        for segment in &self.segments {
            for row in (0..segment.keys.rows()).step_by(step) {
                samples.push(segment.place(row)?);
            }
        }
        samples.sort_by(Place::order);
        Ok(samples)
    }

    /// For each segment, how many of its rows lie between the first and the last of another: of
    /// those of all others together.
    pub(in crate::index::ingest) fn overlaps(&self) -> Result<Vec<u64>> {
        let of = |(at, segment): (usize, &Sorted<'s>)| {
            let others = self.segments.iter().enumerate().filter(|(other, _)| *other != at);
            others.map(|(_, other)| segment.rows_within(other)).sum()
        };
        self.segments.iter().enumerate().map(of).collect()
    }
}
