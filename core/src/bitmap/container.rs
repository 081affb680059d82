//! The three forms in which the portable Roaring format keeps one chunk.

use std::ops::Range;

use super::kernels::{self, Op};
use super::mask::{Mask, ROWS_END, WORDS, bit, count_range};
use super::rows::{Rows, Runs};
use crate::error::{Error, Result};

/// Rows above which the format keeps a chunk without runs as bits.
pub(super) const ARRAY_ROWS_MAX: u32 = 4096;

/// One chunk of a set, in the form the portable Roaring format has for it; numbers are
/// little-endian bytes, where they lie.
///
/// Rows ascend in an array and runs do not overlap; where the bytes break that, answers are wrong
/// until [`verify`](Container::verify) says so.
#[derive(Clone, Copy)]
pub(crate) enum Container<'a> {
    /// The rows.
    Array(&'a [[u8; 2]]),
    /// One bit a row.
    Bits(&'a [[u8; 8]; WORDS]),
    /// First row and rows less one of every run.
    Runs(&'a [[u8; 4]]),
}

/// The rows of a run as it is stored, cut off at the end of the chunk.
#[inline]
pub(super) fn run_rows(run: [u8; 4]) -> Range<u32> {
    let [a, b, c, d] = run;
    let start = u32::from(u16::from_le_bytes([a, b]));
    let end = start + u32::from(u16::from_le_bytes([c, d])) + 1;
    start..end.min(ROWS_END)
}

fn len(rows: &Range<u32>) -> u32 {
    rows.end - rows.start
}

#[expect(clippy::cast_possible_truncation, reason = "a container has at most 65,536 rows")]
fn few(rows: usize) -> u32 {
    rows as u32
}

#[inline]
fn row(bytes: [u8; 2]) -> u16 {
    u16::from_le_bytes(bytes)
}

impl<'a> Container<'a> {
    /// How many rows are in.
    pub(crate) fn count(self) -> u32 {
        match self {
            Container::Array(rows) => few(rows.len()),
            Container::Bits(words) => kernels::count_bytes(words),
            Container::Runs(runs) => runs.iter().map(|&run| len(&run_rows(run))).sum(),
        }
    }

    /// Whether `wanted` is in.
    pub(crate) fn contains(self, wanted: u16) -> bool {
        match self {
            Container::Array(rows) => rows.binary_search_by_key(&wanted, |&it| row(it)).is_ok(),
            Container::Bits(words) => word(words, usize::from(wanted >> 6)) & bit(wanted) != 0,
            Container::Runs(runs) => {
                let after = runs.partition_point(|&run| run_rows(run).start <= u32::from(wanted));
                let before = after.checked_sub(1).and_then(|at| runs.get(at));
                before.is_some_and(|&run| run_rows(run).contains(&u32::from(wanted)))
            }
        }
    }

    /// How many rows before `bound` are in.
    pub(crate) fn rank(self, bound: u16) -> u32 {
        match self {
            Container::Array(rows) => few(rows.partition_point(|&it| row(it) < bound)),
            Container::Bits(words) => count_range(&(0..u32::from(bound)), |at| word(words, at)),
            Container::Runs(runs) => {
                let bound = u32::from(bound);
                let cut = |run: Range<u32>| run.end.min(bound).saturating_sub(run.start);
                runs.iter().map(|&run| cut(run_rows(run))).sum()
            }
        }
    }

    /// Calls back with each row that `wanted` has too, ascending, and how many rows are before it.
    pub(crate) fn each_rank(self, wanted: Container<'_>, mut call: impl FnMut(u16, u32)) {
        let mut before = 0;
        match self {
            Container::Array(rows) => {
                let mut rest = rows.iter().map(|&it| row(it)).peekable();
                for wanted in wanted.iter() {
                    while rest.next_if(|it| *it < wanted).is_some() {
                        before += 1;
                    }
                    if rest.peek() == Some(&wanted) {
                        call(wanted, before);
                    }
                }
            }
            Container::Bits(words) => {
                let mut passed = 0;
                for wanted in wanted.iter() {
                    let (at, bit) = (usize::from(wanted >> 6), bit(wanted));
                    let skipped = words.get(passed..at).unwrap_or_default();
                    before +=
                        skipped.iter().map(|it| u64::from_le_bytes(*it).count_ones()).sum::<u32>();
                    passed = at;
                    let here = word(words, at);
                    if here & bit != 0 {
                        call(wanted, before + (here & (bit - 1)).count_ones());
                    }
                }
            }
            Container::Runs(runs) => {
                let mut rest = runs.iter().map(|&run| run_rows(run)).peekable();
                for wanted in wanted.iter() {
                    let at = u32::from(wanted);
                    while let Some(run) = rest.next_if(|run| run.end <= at) {
                        before += len(&run);
                    }
                    if let Some(run) = rest.peek().filter(|run| run.start <= at) {
                        call(wanted, before + at - run.start);
                    }
                }
            }
        }
    }

    /// The row that has `rank` rows before it.
    #[expect(clippy::cast_possible_truncation, reason = "a row of a chunk is below 65,536")]
    pub(crate) fn select(self, mut rank: u32) -> Option<u16> {
        match self {
            Container::Array(rows) => rows.get(rank as usize).map(|&it| row(it)),
            Container::Bits(words) => {
                for (at, &bytes) in words.iter().enumerate() {
                    let mut left = u64::from_le_bytes(bytes);
                    if rank < left.count_ones() {
                        (0..rank).for_each(|_| left &= left - 1);
                        return Some((at * 64) as u16 + left.trailing_zeros() as u16);
                    }
                    rank -= left.count_ones();
                }
                None
            }
            Container::Runs(runs) => {
                for &run in runs {
                    let rows = run_rows(run);
                    if rank < len(&rows) {
                        return Some((rows.start + rank) as u16);
                    }
                    rank -= len(&rows);
                }
                None
            }
        }
    }

    /// Appends the rows that have so many rows before them; `ranks` ascend.
    pub(crate) fn select_each(self, ranks: impl Iterator<Item = u32>, out: &mut Vec<u16>) {
        if let Container::Array(rows) = self {
            out.extend(ranks.filter_map(|rank| rows.get(rank as usize).map(|&it| row(it))));
            return;
        }
        let (mut rows, mut passed) = (self.iter(), 0);
        for rank in ranks {
            let Some(row) = rows.nth(rank.saturating_sub(passed) as usize) else { return };
            out.push(row);
            passed = rank + 1;
        }
    }

    /// The rows, ascending.
    pub(crate) fn iter(self) -> Rows<'a> {
        Rows::of(self)
    }

    /// The rows as ranges, ascending.
    pub(crate) fn runs(self) -> Runs<'a> {
        Runs::of(self)
    }

    /// Adds the rows to `mask`.
    pub(crate) fn or_into(self, mask: &mut Mask) {
        match self {
            Container::Array(rows) => rows.iter().for_each(|&it| mask.set(row(it))),
            Container::Bits(words) => kernels::combine_bytes(Op::Or, mask.words_mut(), words),
            Container::Runs(runs) => runs.iter().for_each(|&run| mask.set_range(run_rows(run))),
        }
    }

    /// Keeps those rows of `mask` that are in here too.
    pub(crate) fn and_into(self, mask: &mut Mask) {
        match self {
            Container::Array(_) => mask.and(&self.to_mask()),
            Container::Bits(words) => kernels::combine_bytes(Op::And, mask.words_mut(), words),
            Container::Runs(runs) => {
                let mut kept = 0;
                for &run in runs {
                    let rows = run_rows(run);
                    mask.clear_range(kept..rows.start);
                    kept = kept.max(rows.end);
                }
                mask.clear_range(kept..ROWS_END);
            }
        }
    }

    /// Takes the rows out of `mask`.
    pub(crate) fn and_not_into(self, mask: &mut Mask) {
        match self {
            Container::Array(rows) => rows.iter().for_each(|&it| mask.clear(row(it))),
            Container::Bits(words) => kernels::combine_bytes(Op::AndNot, mask.words_mut(), words),
            Container::Runs(runs) => runs.iter().for_each(|&run| mask.clear_range(run_rows(run))),
        }
    }

    /// Turns the rows over in `mask`.
    pub(crate) fn xor_into(self, mask: &mut Mask) {
        match self {
            Container::Array(rows) => rows.iter().for_each(|&it| mask.flip(row(it))),
            Container::Bits(words) => kernels::combine_bytes(Op::Xor, mask.words_mut(), words),
            Container::Runs(runs) => runs.iter().for_each(|&run| mask.flip_range(run_rows(run))),
        }
    }

    /// Combines `mask` with the rows.
    pub(super) fn apply(self, op: Op, mask: &mut Mask) {
        match op {
            Op::And => self.and_into(mask),
            Op::Or => self.or_into(mask),
            Op::AndNot => self.and_not_into(mask),
            Op::Xor => self.xor_into(mask),
        }
    }

    /// How many rows `mask` has too.
    pub(crate) fn and_count(self, mask: &Mask) -> u32 {
        match self {
            Container::Array(rows) => {
                rows.iter().map(|&it| u32::from(mask.contains(row(it)))).sum()
            }
            Container::Bits(words) => kernels::count_common_bytes(mask.words(), words),
            Container::Runs(runs) => runs.iter().map(|&run| mask.count_range(run_rows(run))).sum(),
        }
    }

    /// The rows as plain bits.
    pub(crate) fn to_mask(self) -> Mask {
        let mut mask = Mask::new();
        self.or_into(&mut mask);
        mask
    }

    /// Checks that rows ascend, runs do not overlap or leave the chunk, and `count` rows are in.
    pub(crate) fn verify(self, count: u32) -> Result<()> {
        let ordered = match self {
            Container::Array(rows) => rows.is_sorted_by(|&a, &b| row(a) < row(b)),
            Container::Bits(_) => true,
            Container::Runs(runs) => {
                let inside = |run: [u8; 4]| {
                    let [a, b, c, d] = run;
                    u16::from_le_bytes([a, b]).checked_add(u16::from_le_bytes([c, d])).is_some()
                };
                runs.iter().all(|&run| inside(run))
                    && runs.is_sorted_by(|&a, &b| run_rows(a).end <= run_rows(b).start)
            }
        };
        if !ordered {
            return Err(Error::corrupt("its rows are out of order"));
        }
        match self.count() {
            found if found == count => Ok(()),
            found => {
                Err(Error::corrupt(format!("it holds {found} rows where its header says {count}")))
            }
        }
    }
}

#[inline]
fn word(words: &[[u8; 8]; WORDS], at: usize) -> u64 {
    words.get(at).map_or(0, |&bytes| u64::from_le_bytes(bytes))
}
