//! The rows of one chunk as plain bits.

use std::fmt;
use std::ops::Range;

use super::kernels::{self, Op};
use super::rows::{Rows, Runs};
use crate::limits::CHUNK_ROWS;

/// The row after the last of a chunk.
pub(super) const ROWS_END: u32 = 1 << 16;
/// Words of a mask.
pub(crate) const WORDS: usize = CHUNK_ROWS / 64;

/// The rows of one chunk: bit `n` says whether row `n` of the chunk is in.
///
/// A mask always has 65,536 bits; the last chunk of a segment leaves the surplus clear.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mask(Box<[u64; WORDS]>);

impl Mask {
    /// A mask of no rows.
    pub(crate) fn new() -> Self {
        Mask(Box::new([0; WORDS]))
    }

    /// A mask of all 65,536 rows.
    pub(crate) fn full() -> Self {
        Mask(Box::new([u64::MAX; WORDS]))
    }

    /// Takes every row out.
    pub(crate) fn clear_all(&mut self) {
        self.0.fill(0);
    }

    /// Puts `row` in.
    #[inline]
    pub(crate) fn set(&mut self, row: u16) {
        *self.word_mut(row) |= bit(row);
    }

    /// Takes `row` out.
    #[inline]
    pub(crate) fn clear(&mut self, row: u16) {
        *self.word_mut(row) &= !bit(row);
    }

    /// Turns `row` over.
    #[inline]
    pub(crate) fn flip(&mut self, row: u16) {
        *self.word_mut(row) ^= bit(row);
    }

    /// Whether `row` is in.
    #[inline]
    pub(crate) fn contains(&self, row: u16) -> bool {
        self.word(row) & bit(row) != 0
    }

    /// Puts `rows` in; what lies past the chunk is left out.
    pub(crate) fn set_range(&mut self, rows: Range<u32>) {
        self.on_range(rows, |word, bits| *word |= bits);
    }

    /// Takes `rows` out.
    pub(crate) fn clear_range(&mut self, rows: Range<u32>) {
        self.on_range(rows, |word, bits| *word &= !bits);
    }

    /// Turns `rows` over.
    pub(crate) fn flip_range(&mut self, rows: Range<u32>) {
        self.on_range(rows, |word, bits| *word ^= bits);
    }

    /// Keeps the rows that `other` has too.
    pub(crate) fn and(&mut self, other: &Mask) {
        kernels::combine_words(Op::And, self.words_mut(), other.words());
    }

    /// Adds the rows of `other`.
    pub(crate) fn or(&mut self, other: &Mask) {
        kernels::combine_words(Op::Or, self.words_mut(), other.words());
    }

    /// Takes the rows of `other` out.
    pub(crate) fn and_not(&mut self, other: &Mask) {
        kernels::combine_words(Op::AndNot, self.words_mut(), other.words());
    }

    /// How many rows are in.
    pub(crate) fn count(&self) -> u32 {
        kernels::count_words(self.words())
    }

    /// How many of `rows` are in.
    pub(crate) fn count_range(&self, rows: Range<u32>) -> u32 {
        count_range(&rows, |word| self.0.get(word).copied().unwrap_or(0))
    }

    /// How many rows are in both.
    pub(crate) fn and_count(&self, other: &Mask) -> u32 {
        kernels::count_common_words(self.words(), other.words())
    }

    /// Whether no row is in.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// The rows that are in, ascending.
    pub(crate) fn iter(&self) -> Rows<'_> {
        Rows::of_words(self.words())
    }

    /// The rows that are in, as the fewest ranges, ascending.
    pub(crate) fn runs(&self) -> Runs<'_> {
        Runs::of_words(self.words())
    }

    /// The bits: row `n` is bit `n % 64` of word `n / 64`.
    pub(crate) fn words(&self) -> &[u64; WORDS] {
        &self.0
    }

    /// The bits, for kernels that write them.
    pub(crate) fn words_mut(&mut self) -> &mut [u64; WORDS] {
        &mut self.0
    }

    #[expect(clippy::indexing_slicing, reason = "a sixteen-bit row over 64 is below 1,024")]
    #[inline]
    fn word(&self, row: u16) -> u64 {
        self.0[usize::from(row >> 6)]
    }

    #[expect(clippy::indexing_slicing, reason = "a sixteen-bit row over 64 is below 1,024")]
    #[inline]
    fn word_mut(&mut self, row: u16) -> &mut u64 {
        &mut self.0[usize::from(row >> 6)]
    }

    fn on_range(&mut self, rows: Range<u32>, mut apply: impl FnMut(&mut u64, u64)) {
        let Some(span) = Span::of(&rows) else { return };
        let Some(words) = self.0.get_mut(span.first..=span.last) else { return };
        match words {
            [only] => apply(only, span.first_bits & span.last_bits),
            [first, between @ .., last] => {
                apply(first, span.first_bits);
                for word in between {
                    apply(word, u64::MAX);
                }
                apply(last, span.last_bits);
            }
            [] => {}
        }
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} rows)", self.count())
    }
}

#[inline]
pub(super) fn bit(row: u16) -> u64 {
    1 << (row & 63)
}

/// The words a range of rows touches, and which bits of the outer two.
struct Span {
    first: usize,
    last: usize,
    first_bits: u64,
    last_bits: u64,
}

impl Span {
    fn of(rows: &Range<u32>) -> Option<Span> {
        let end = (rows.end as usize).min(CHUNK_ROWS);
        let start = rows.start as usize;
        let last = end.checked_sub(1).filter(|&last| start <= last)?;
        Some(Span {
            first: start / 64,
            last: last / 64,
            first_bits: u64::MAX << (start % 64),
            last_bits: u64::MAX >> (63 - last % 64),
        })
    }
}

/// How many of `rows` are in the bits that `word` gives word by word.
pub(super) fn count_range(rows: &Range<u32>, word: impl Fn(usize) -> u64) -> u32 {
    let Some(span) = Span::of(rows) else { return 0 };
    if span.first == span.last {
        return (word(span.first) & span.first_bits & span.last_bits).count_ones();
    }
    let between: u32 = (span.first + 1..span.last).map(|at| word(at).count_ones()).sum();
    (word(span.first) & span.first_bits).count_ones()
        + between
        + (word(span.last) & span.last_bits).count_ones()
}
