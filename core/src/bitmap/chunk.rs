//! One chunk of an owned set, and the choice of its form.

use std::ops::Range;

use super::container::{ARRAY_ROWS_MAX, Container, run_rows};
use super::kernels;
use super::mask::{Mask, WORDS};
use crate::bytes::PutBytes;

/// The rows of one chunk in the smallest form; there is at least one.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) key: u16,
    count: u32,
    store: Store,
}

#[derive(Clone, PartialEq, Eq)]
enum Store {
    Array(Box<[[u8; 2]]>),
    Bits(Box<[[u8; 8]; WORDS]>),
    Runs(Box<[[u8; 4]]>),
}

impl Chunk {
    /// The rows of `mask` as chunk `key`, unless there are none.
    pub(super) fn of_mask(key: u16, mask: &Mask) -> Option<Chunk> {
        let count = mask.count();
        let runs = kernels::count_runs(mask.words()) as usize;
        let store = if runs_are_smallest(count, runs) {
            Store::Runs(runs_of(mask, runs))
        } else if count <= ARRAY_ROWS_MAX {
            Store::Array(rows_of(mask, count as usize))
        } else {
            let mut bits = Box::new([[0; 8]; WORDS]);
            bits.iter_mut().zip(mask.words()).for_each(|(to, from)| *to = from.to_le_bytes());
            Store::Bits(bits)
        };
        (count > 0).then_some(Chunk { key, count, store })
    }

    /// The rows of a range as chunk `key`, unless there are none.
    pub(super) fn of_range(key: u16, rows: Range<u32>) -> Option<Chunk> {
        let count = rows.end.checked_sub(rows.start).filter(|&count| count > 0)?;
        let store = if runs_are_smallest(count, 1) {
            Store::Runs(Box::new([stored_run(&rows)]))
        } else {
            Store::Array(rows.map(|row| low_half(row as usize).to_le_bytes()).collect())
        };
        Some(Chunk { key, count, store })
    }

    /// The rows of `container` as chunk `key`, copied where they are in the smallest form already.
    pub(super) fn of_container(key: u16, container: Container<'_>) -> Option<Chunk> {
        let rewritten = || Chunk::of_mask(key, &container.to_mask());
        let count = container.count();
        let store = match container {
            Container::Array(rows) => {
                let runs = 1 + rows.windows(2).filter(|pair| !follow(pair)).count();
                if count > ARRAY_ROWS_MAX || runs_are_smallest(count, runs) {
                    return rewritten();
                }
                Store::Array(rows.into())
            }
            Container::Runs(runs) => {
                let joined = runs.windows(2).any(touch);
                if joined || !runs_are_smallest(count, runs.len()) {
                    return rewritten();
                }
                Store::Runs(runs.into())
            }
            Container::Bits(_) => return rewritten(),
        };
        (count > 0).then_some(Chunk { key, count, store })
    }

    /// The rows, borrowed.
    pub(super) fn container(&self) -> Container<'_> {
        match &self.store {
            Store::Array(rows) => Container::Array(rows),
            Store::Bits(words) => Container::Bits(words),
            Store::Runs(runs) => Container::Runs(runs),
        }
    }

    /// How many rows are in; never 0.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The row of the segment that is row 0 of this chunk.
    pub(super) fn base(&self) -> u32 {
        u32::from(self.key) << 16
    }

    /// Bytes of the container in the portable format.
    pub(super) fn size_bytes(&self) -> usize {
        match &self.store {
            Store::Array(rows) => 2 * rows.len(),
            Store::Bits(words) => 8 * words.len(),
            Store::Runs(runs) => 2 + 4 * runs.len(),
        }
    }

    /// Whether the chunk is kept as runs.
    pub(super) fn is_run(&self) -> bool {
        matches!(self.store, Store::Runs(_))
    }

    /// Appends the container in the portable format.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match &self.store {
            Store::Array(rows) => out.extend_from_slice(rows.as_flattened()),
            Store::Bits(words) => out.extend_from_slice(words.as_flattened()),
            Store::Runs(runs) => {
                out.put_u16(low_half(runs.len()));
                out.extend_from_slice(runs.as_flattened());
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "callers pass what is below 65,536")]
pub(super) fn low_half(number: usize) -> u16 {
    debug_assert!(number < 1 << 16, "{number} is cut");
    number as u16
}

/// Runs win only where they are smaller than the other form: four bytes each and a count.
fn runs_are_smallest(count: u32, runs: usize) -> bool {
    let other = if count <= ARRAY_ROWS_MAX { 2 * count as usize } else { 8 * WORDS };
    2 + 4 * runs < other
}

/// The rows of a mask that has `count` of them.
fn rows_of(mask: &Mask, count: usize) -> Box<[[u8; 2]]> {
    let mut rows = vec![[0; 2]; count].into_boxed_slice();
    let mut slots = rows.iter_mut();
    for (at, word) in mask.words().iter().enumerate().filter(|(_, word)| **word != 0) {
        let mut left = *word;
        while left != 0 {
            let row = 64 * at + left.trailing_zeros() as usize;
            slots.next().into_iter().for_each(|slot| *slot = low_half(row).to_le_bytes());
            left &= left - 1;
        }
    }
    rows
}

fn runs_of(mask: &Mask, runs: usize) -> Box<[[u8; 4]]> {
    let mut out = Vec::with_capacity(runs);
    out.extend(mask.runs().map(|run| stored_run(&run)));
    out.into()
}

/// A run, which is not empty, as the format stores it.
fn stored_run(rows: &Range<u32>) -> [u8; 4] {
    let [a, b] = low_half(rows.start as usize).to_le_bytes();
    let [c, d] = low_half(rows.len() - 1).to_le_bytes();
    [a, b, c, d]
}

fn follow(pair: &[[u8; 2]]) -> bool {
    match pair {
        [a, b] => u16::from_le_bytes(*a).checked_add(1) == Some(u16::from_le_bytes(*b)),
        _ => false,
    }
}

fn touch(pair: &[[u8; 4]]) -> bool {
    match pair {
        [a, b] => run_rows(*a).end >= run_rows(*b).start,
        _ => false,
    }
}
