//! Counts by ordinals.

use std::cmp::Ordering;

use crate::error::{Error, Result};
use crate::limits::GROUPS_MAX;

/// What a row has of one term, in the order of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A list of nothing.
    Empty,
    Value(u64),
    Missing,
}

/// How many units there are of each combination of slots, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Slots of a group; at least one.
    width: usize,
    slots: Vec<Slot>,
    counts: Vec<u64>,
}

impl Tally {
    pub(super) fn new(width: usize) -> Self {
        Tally { width: width.max(1), slots: Vec::new(), counts: Vec::new() }
    }

    /// So many units of one group; none where there are none.
    pub(super) fn of_group(slots: &[Slot], units: u64) -> Self {
        let mut tally = Tally::new(slots.len());
        if units > 0 {
            tally.slots.extend_from_slice(slots);
            tally.counts.push(units);
        }
        tally
    }

    /// Counts the entries of `width` slots each, which are in any order.
    pub(super) fn of_entries(width: usize, entries: &[Slot]) -> Result<Self> {
        let mut tally = Tally::new(width);
        let mut sorted: Vec<&[Slot]> = entries.chunks_exact(tally.width).collect();
        sorted.sort_unstable();
        for same in sorted.chunk_by(|a, b| a == b) {
            if let Some(slots) = same.first() {
                tally.push(slots, same.len() as u64)?;
            }
        }
        Ok(tally)
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Adds a group that comes after all others.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when there are too many.
    pub(super) fn push(&mut self, slots: &[Slot], units: u64) -> Result<()> {
        if self.counts.len() == GROUPS_MAX {
            return Err(too_many());
        }
        self.slots.extend_from_slice(slots);
        self.counts.push(units);
        Ok(())
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = (&[Slot], u64)> {
        self.slots.chunks_exact(self.width).zip(self.counts.iter().copied())
    }

    /// The slots of one term, group by group.
    pub(super) fn column(&self, term: usize) -> impl Iterator<Item = Slot> + '_ {
        self.slots.iter().skip(term).step_by(self.width).copied()
    }

    /// Puts other slots in the place of those of one term; the order of groups must stay.
    pub(super) fn recode(&mut self, term: usize, code: impl Fn(Slot) -> Slot) {
        for slot in self.slots.iter_mut().skip(term).step_by(self.width) {
            *slot = code(*slot);
        }
    }

    /// The counts of both.
    pub(super) fn merge(self, other: Tally) -> Result<Tally> {
        if self.counts.is_empty() || other.counts.is_empty() {
            return Ok(if self.counts.is_empty() { other } else { self });
        }
        let mut merged = Tally::new(self.width);
        let (mut left, mut right) = (self.groups().peekable(), other.groups().peekable());
        while let (Some(&(a, units)), Some(&(b, more))) = (left.peek(), right.peek()) {
            let order = a.cmp(b);
            if order.is_le() {
                left.next();
            }
            if order.is_ge() {
                right.next();
            }
            match order {
                Ordering::Less => merged.push(a, units)?,
                Ordering::Equal => merged.push(a, units + more)?,
                Ordering::Greater => merged.push(b, more)?,
            }
        }
        for (slots, units) in left.chain(right) {
            merged.push(slots, units)?;
        }
        Ok(merged)
    }
}

pub(super) fn too_many() -> Error {
    Error::invalid(format!(
        "the units make more than {GROUPS_MAX} groups; count by fewer columns or by longer periods"
    ))
}

/// Tallies on the way to be one. Such of like size are merged, so that no group is passed over
/// often.
#[derive(Debug)]
pub(super) struct Stack(Vec<Tally>);

impl Stack {
    pub(super) fn new() -> Self {
        Stack(Vec::new())
    }

    pub(super) fn push(&mut self, mut tally: Tally) -> Result<()> {
        while let Some(last) = self.0.pop_if(|last| last.len() <= 2 * tally.len()) {
            tally = last.merge(tally)?;
        }
        self.0.push(tally);
        Ok(())
    }

    /// All of them as one, of groups of `width` slots.
    pub(super) fn finish(self, width: usize) -> Result<Tally> {
        self.0.into_iter().rev().try_fold(Tally::new(width), |all, next| next.merge(all))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn slot() -> impl Strategy<Value = Slot> {
        prop_oneof![Just(Slot::Empty), (0_u64..4).prop_map(Slot::Value), Just(Slot::Missing)]
    }

    proptest! {
        #[test]
        fn a_stack_counts_all_that_is_pushed(
            parts in prop::collection::vec(prop::collection::vec([slot(), slot()], 0..20), 0..9),
        ) {
            let mut expected = BTreeMap::<[Slot; 2], u64>::new();
            let mut stack = Stack::new();
            for part in &parts {
                for slots in part {
                    *expected.entry(*slots).or_default() += 1;
                }
                stack.push(Tally::of_entries(2, part.as_flattened()).unwrap()).unwrap();
            }
            let found = stack.finish(2).unwrap();
            prop_assert!(found.groups().eq(expected.iter().map(|(k, n)| (k.as_slice(), *n))));
        }
    }

    #[test]
    fn more_groups_than_fit_are_refused() {
        let mut tally = Tally::new(1);
        let pushed = (0..=GROUPS_MAX as u64).try_for_each(|at| tally.push(&[Slot::Value(at)], 1));
        assert_eq!(
            pushed.unwrap_err().to_string(),
            "the units make more than 1000000 groups; count by fewer columns or by longer periods"
        );
    }
}
