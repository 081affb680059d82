//! Sets of rows combined chunk by chunk.

use std::cmp::Ordering;

use super::chunk::Chunk;
use super::container::Container;
use super::kernels::Op;
use super::mask::Mask;
use super::rowset::RowSet;
use crate::error::Result;

impl RowSet {
    /// The rows of either set.
    pub(crate) fn union(&self, other: &RowSet) -> RowSet {
        self.combine(Op::Or, other)
    }

    /// The rows of both sets.
    pub(crate) fn intersection(&self, other: &RowSet) -> RowSet {
        self.combine(Op::And, other)
    }

    /// The rows of this set that are not in `other`.
    pub(crate) fn difference(&self, other: &RowSet) -> RowSet {
        self.combine(Op::AndNot, other)
    }

    /// The rows of exactly one of the sets.
    pub(crate) fn symmetric_difference(&self, other: &RowSet) -> RowSet {
        self.combine(Op::Xor, other)
    }

    /// The rows of both this set and one whose chunks are looked up.
    pub(crate) fn intersection_with<'a>(
        &self,
        mut chunk: impl FnMut(u16) -> Result<Option<Container<'a>>>,
    ) -> Result<RowSet> {
        let mut out = RowSet::new();
        // Most sets that are asked have none of the chunks.
        let mut scratch = None;
        for ours in self.stored() {
            if let Some(theirs) = chunk(ours.key)? {
                let mask = scratch.get_or_insert_with(Mask::new);
                mask.clear_all();
                ours.container().or_into(mask);
                theirs.and_into(mask);
                out.push_chunk(Chunk::of_mask(ours.key, mask));
            }
        }
        Ok(out)
    }

    /// How many rows are both in this set and in one whose chunks are looked up.
    pub(crate) fn common_len<'a>(
        &self,
        mut chunk: impl FnMut(u16) -> Result<Option<Container<'a>>>,
    ) -> Result<u64> {
        let (mut common, mut scratch) = (0, None);
        for ours in self.stored() {
            if let Some(theirs) = chunk(ours.key)? {
                let mask = scratch.get_or_insert_with(Mask::new);
                mask.clear_all();
                ours.container().or_into(mask);
                common += u64::from(theirs.and_count(mask));
            }
        }
        Ok(common)
    }

    fn combine(&self, op: Op, other: &RowSet) -> RowSet {
        let keeps_left = op != Op::And;
        let keeps_right = matches!(op, Op::Or | Op::Xor);
        match (self.is_empty(), other.is_empty()) {
            (_, true) => return if keeps_left { self.clone() } else { RowSet::new() },
            (true, _) => return if keeps_right { other.clone() } else { RowSet::new() },
            _ => {}
        }
        let (mut out, mut scratch) = (RowSet::new(), None);
        let (mut left, mut right) = (self.stored(), other.stored());
        loop {
            let order = match (left.first(), right.first()) {
                (Some(a), Some(b)) => a.key.cmp(&b.key),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return out,
            };
            match order {
                Ordering::Less => {
                    out.push_chunk(pop(&mut left).filter(|_| keeps_left).cloned());
                }
                Ordering::Greater => {
                    out.push_chunk(pop(&mut right).filter(|_| keeps_right).cloned());
                }
                Ordering::Equal => {
                    if let (Some(a), Some(b)) = (pop(&mut left), pop(&mut right)) {
                        let mask = scratch.get_or_insert_with(Mask::new);
                        mask.clear_all();
                        a.container().or_into(mask);
                        b.container().apply(op, mask);
                        out.push_chunk(Chunk::of_mask(a.key, mask));
                    }
                }
            }
        }
    }
}

fn pop<'a>(chunks: &mut &'a [Chunk]) -> Option<&'a Chunk> {
    let (first, rest) = chunks.split_first()?;
    *chunks = rest;
    Some(first)
}
