//! Rows of a segment as ranges.

use std::ops::Range;

use crate::bitmap::{Mask, RowSet};

/// Rows as the fewest ranges, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges(Vec<Range<u64>>);

impl Ranges {
    pub(super) fn new() -> Self {
        Ranges::default()
    }

    pub(super) fn of(rows: Range<u64>) -> Self {
        let mut ranges = Ranges::new();
        ranges.push(rows);
        ranges
    }

    /// Adds rows, none of which comes before what is in already.
    pub(super) fn push(&mut self, rows: Range<u64>) {
        match self.0.last_mut() {
            _ if rows.is_empty() => {}
            Some(last) if rows.start <= last.end => last.end = last.end.max(rows.end),
            _ => self.0.push(rows),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all rows of a segment of `rows` rows are in.
    pub(super) fn is_all(&self, rows: u64) -> bool {
        rows == 0 || self.0.first().is_some_and(|it| it.start == 0 && it.end >= rows)
    }

    /// The ranges, ascending.
    pub(super) fn as_slice(&self) -> &[Range<u64>] {
        &self.0
    }

    /// The ranges that have a row in `rows`.
    pub(super) fn within(&self, rows: &Range<u64>) -> &[Range<u64>] {
        let start = self.0.partition_point(|it| it.end <= rows.start);
        let end = self.0.partition_point(|it| it.start < rows.end);
        self.0.get(start..end).unwrap_or_default()
    }

    pub(super) fn union(&self, other: &Ranges) -> Ranges {
        let mut out = Ranges::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let left_first = match (a.peek(), b.peek()) {
                (Some(left), Some(right)) => left.start <= right.start,
                (left, None) if left.is_none() => return out,
                (left, _) => left.is_some(),
            };
            let next = if left_first { a.next() } else { b.next() };
            out.push(next.cloned().unwrap_or_default());
        }
    }

    pub(super) fn intersection(&self, other: &Ranges) -> Ranges {
        let mut out = Ranges::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
            out.push(left.start.max(right.start)..left.end.min(right.end));
            if left.end <= right.end {
                a.next();
            } else {
                b.next();
            }
        }
        out
    }

    /// Joins many by joining neighbours, so that each range is looked at a few times only; none
    /// where there is nothing to join.
    pub(super) fn join(
        mut parts: Vec<Ranges>,
        join: fn(&Ranges, &Ranges) -> Ranges,
    ) -> Option<Ranges> {
        while parts.len() > 1 {
            parts = parts
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => join(left, right),
                    rest => rest.first().cloned().unwrap_or_default(),
                })
                .collect();
        }
        parts.pop()
    }

    /// The rows of a segment of `rows` rows that are not in.
    pub(super) fn complement(&self, rows: u64) -> Ranges {
        let mut out = Ranges::new();
        let mut start = 0;
        for range in &self.0 {
            out.push(start..range.start.min(rows));
            start = range.end;
        }
        out.push(start..rows);
        out
    }

    /// The chunks that have a row in, ascending.
    pub(super) fn chunks(&self) -> impl Iterator<Item = u16> {
        let mut last = None;
        let parts = self.0.iter().flat_map(chunk_parts);
        parts.filter_map(move |(key, _)| (last.replace(key) != Some(key)).then_some(key))
    }

    /// The rows as a set.
    pub(super) fn to_row_set(&self) -> RowSet {
        let mut set = RowSet::new();
        let mut mask: Option<(u16, Mask)> = None;
        for range in self.0.iter().flat_map(chunk_parts) {
            let (key, inside) = range;
            let rows = u64::from(key) << 16;
            let crowded = self.within(&(rows..rows + (1 << 16))).len() > 1;
            if mask.as_ref().is_some_and(|(open, _)| *open != key)
                && let Some((done, bits)) = mask.take()
            {
                set.push_mask(done, &bits);
            }
            if crowded {
                mask.get_or_insert_with(|| (key, Mask::new())).1.set_range(inside);
            } else {
                set.push_range(rows + u64::from(inside.start)..rows + u64::from(inside.end));
            }
        }
        if let Some((done, bits)) = mask {
            set.push_mask(done, &bits);
        }
        set
    }
}

/// A range cut at the borders of chunks: the chunk, and the rows in it.
#[expect(clippy::cast_possible_truncation, reason = "rows of a segment are below 2^32")]
fn chunk_parts(rows: &Range<u64>) -> impl Iterator<Item = (u16, Range<u32>)> {
    let rows = rows.clone();
    let chunks = rows.start >> 16..(rows.end + 0xffff) >> 16;
    chunks.map(move |chunk| {
        let base = chunk << 16;
        let end = rows.end.min(base + (1 << 16));
        (chunk as u16, (rows.start.max(base) - base) as u32..(end - base) as u32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const ROWS: u64 = 200_000;

    fn rows() -> impl Strategy<Value = (Ranges, BTreeSet<u64>)> {
        let near = prop_oneof![0..ROWS, 65_530_u64..65_540, 131_070_u64..131_075, 0_u64..9];
        prop::collection::vec((near, 1_u64..2_000), 0..8).prop_map(|pieces| {
            let rows: BTreeSet<u64> = pieces
                .into_iter()
                .flat_map(|(start, len)| start..(start + len).min(ROWS))
                .collect();
            let mut ranges = Ranges::new();
            for row in &rows {
                ranges.push(*row..row + 1);
            }
            (ranges, rows)
        })
    }

    fn listed(ranges: &Ranges) -> BTreeSet<u64> {
        assert!(ranges.0.windows(2).all(|it| it[0].end < it[1].start), "{ranges:?}");
        ranges.0.iter().cloned().flatten().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn they_are_the_set_of_their_rows((a, x) in rows(), (b, y) in rows(), at in 0..ROWS) {
            prop_assert_eq!(&listed(&a.union(&b)), &(&x | &y));
            prop_assert_eq!(&listed(&a.intersection(&b)), &(&x & &y));
            let all: BTreeSet<u64> = (0..ROWS).collect();
            prop_assert_eq!(&listed(&a.complement(ROWS)), &(&all - &x));
            let set: BTreeSet<u64> = a.to_row_set().iter().map(u64::from).collect();
            prop_assert_eq!(&set, &x);
            let near = at..(at + 70_000).min(ROWS);
            let within = a.within(&near).iter().filter(|it| it.start < near.end && near.start < it.end);
            let all_near = a.0.iter().filter(|it| it.start < near.end && near.start < it.end);
            prop_assert_eq!(within.count(), all_near.count());
            prop_assert_eq!(a.is_all(ROWS), x.len() as u64 == ROWS);
        }
    }
}
