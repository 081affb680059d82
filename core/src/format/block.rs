//! Blocks of a file that are checked when they are first touched.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::layout::{CHECK_BYTES, Layout};
use crate::bytes::crc32c;
use crate::limits::BLOCK_BYTES;

/// Which parts of a file have been found whole.
///
/// A bit only ever goes from unknown to whole, and what it speaks of never changes: two threads that
/// meet on one block both check it, and no order between them is needed.
#[derive(Debug)]
pub(super) struct Blocks {
    whole: Box<[AtomicU64]>,
    pages_whole: Box<[AtomicU64]>,
}

/// Bytes that fail their checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) place: Range<usize>,
}

/// A file that is open, as far as its blocks are concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocked<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) layout: &'a Layout,
}

impl Blocks {
    pub(super) fn new(layout: &Layout) -> Self {
        let none = |count: usize| (0..count.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Blocks { whole: none(layout.blocks()), pages_whole: none(layout.pages()) }
    }

    /// Sees to it that every block of `place`, which lies within the data, has been checked.
    #[inline]
    pub(super) fn touch(&self, file: Blocked<'_>, place: &Range<usize>) -> Result<(), Damage> {
        if place.is_empty() {
            return Ok(());
        }
        (place.start / BLOCK_BYTES..place.end.div_ceil(BLOCK_BYTES)).try_for_each(|block| {
            if is_set(&self.whole, block) { Ok(()) } else { self.check(file, block) }
        })
    }

    #[cold]
    fn check(&self, file: Blocked<'_>, block: usize) -> Result<(), Damage> {
        let page = block / (BLOCK_BYTES / CHECK_BYTES);
        if !is_set(&self.pages_whole, page) {
            file.check_page(page)?;
            set(&self.pages_whole, page);
        }
        file.check_block(block)?;
        set(&self.whole, block);
        Ok(())
    }
}

impl Blocked<'_> {
    /// Checks every page and every block, whatever has been checked before.
    pub(super) fn verify(self) -> Result<(), Damage> {
        (0..self.layout.pages()).try_for_each(|page| self.check_page(page))?;
        (0..self.layout.blocks()).try_for_each(|block| self.check_block(block))
    }

    /// Where the `index`-th block is.
    fn block(self, index: usize) -> Range<usize> {
        nth(&(0..self.layout.data_end), index)
    }

    fn check_block(self, index: usize) -> Result<(), Damage> {
        self.check_part(self.block(index), &self.layout.block_table, index)
    }

    fn check_page(self, index: usize) -> Result<(), Damage> {
        let page = nth(&self.layout.block_table, index);
        self.check_part(page, &self.layout.directory, index)
    }

    /// Compares bytes with the `index`-th of the checksums that `checks` begins with.
    fn check_part(
        self,
        place: Range<usize>,
        checks: &Range<usize>,
        index: usize,
    ) -> Result<(), Damage> {
        let found = self.bytes.get(place.clone()).map(crc32c);
        let said = self.bytes.get(checks.start + index * CHECK_BYTES..);
        let said = said.and_then(|rest| rest.first_chunk()).map(|said| u32::from_le_bytes(*said));
        if found.is_some() && found == said { Ok(()) } else { Err(Damage { place }) }
    }
}

fn nth(part: &Range<usize>, index: usize) -> Range<usize> {
    let start = part.start + index * BLOCK_BYTES;
    start..part.end.min(start + BLOCK_BYTES)
}

#[inline]
fn is_set(bits: &[AtomicU64], index: usize) -> bool {
    bits.get(index / 64).is_some_and(|word| word.load(Ordering::Relaxed) >> (index % 64) & 1 == 1)
}

fn set(bits: &[AtomicU64], index: usize) {
    if let Some(word) = bits.get(index / 64) {
        word.fetch_or(1 << (index % 64), Ordering::Relaxed);
    }
}
