//! Blocks of a file that are checked when they are first touched.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::layout::{CHECK_BYTES, Layout};
use crate::bytes::crc32c;
use crate::error::Error;
use crate::io::Content;
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

/// Why bytes cannot be had.
#[derive(Debug)]
pub(super) enum Fault {
    /// Those of a place fail their checksum.
    Damaged(Range<usize>),
    /// They cannot be read.
    Unread(Error),
}

/// A file that is open, as far as its blocks are concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocked<'a> {
    pub(super) content: &'a Content,
    pub(super) layout: &'a Layout,
}

impl Blocks {
    pub(super) fn new(layout: &Layout) -> Self {
        let none = |count: usize| (0..count.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Blocks { whole: none(layout.blocks()), pages_whole: none(layout.pages()) }
    }

    /// Sees to it that every block of `place`, which lies within the data, has been checked.
    #[inline]
    pub(super) fn touch(&self, file: Blocked<'_>, place: &Range<usize>) -> Result<(), Fault> {
        if place.is_empty() {
            return Ok(());
        }
        (place.start / BLOCK_BYTES..place.end.div_ceil(BLOCK_BYTES)).try_for_each(|block| {
            if is_set(&self.whole, block) { Ok(()) } else { self.read_and_check(file, block) }
        })
    }

    #[cold]
    fn read_and_check(&self, file: Blocked<'_>, block: usize) -> Result<(), Fault> {
        self.check(file, block, &file.read(file.block(block))?)
    }

    /// Reads a place, which lies within the data, with every block of it checked as it was read.
    pub(super) fn load(&self, file: Blocked<'_>, place: &Range<usize>) -> Result<Vec<u8>, Fault> {
        if place.is_empty() {
            return Ok(Vec::new());
        }
        let blocks = place.start / BLOCK_BYTES..place.end.div_ceil(BLOCK_BYTES);
        let start = blocks.start * BLOCK_BYTES;
        let end = file.layout.data_end.min(blocks.end * BLOCK_BYTES);
        let mut bytes = file.read(start..end)?.into_owned();
        for (block, bytes) in blocks.zip(bytes.chunks(BLOCK_BYTES)) {
            self.check(file, block, bytes)?;
        }
        bytes.truncate(place.end - start);
        bytes.drain(..place.start - start);
        bytes.shrink_to_fit();
        Ok(bytes)
    }

    /// Checks what was read of a block.
    fn check(&self, file: Blocked<'_>, block: usize, bytes: &[u8]) -> Result<(), Fault> {
        let page = block / (BLOCK_BYTES / CHECK_BYTES);
        if !is_set(&self.pages_whole, page) {
            file.check_page(page)?;
            set(&self.pages_whole, page);
        }
        file.check_block(block, bytes)?;
        set(&self.whole, block);
        Ok(())
    }
}

impl<'a> Blocked<'a> {
    /// Checks every page and every block, whatever has been checked before.
    pub(super) fn verify(self) -> Result<(), Fault> {
        (0..self.layout.pages()).try_for_each(|page| self.check_page(page))?;
        (0..self.layout.blocks())
            .try_for_each(|block| self.check_block(block, &self.read(self.block(block))?))
    }

    fn read(self, place: Range<usize>) -> Result<Cow<'a, [u8]>, Fault> {
        self.content.read(place).map_err(Fault::Unread)
    }

    /// Where the `index`-th block is.
    fn block(self, index: usize) -> Range<usize> {
        nth(&(0..self.layout.data_end), index)
    }

    fn check_block(self, index: usize, bytes: &[u8]) -> Result<(), Fault> {
        self.check_part((self.block(index), bytes), &self.layout.block_table, index)
    }

    fn check_page(self, index: usize) -> Result<(), Fault> {
        let page = nth(&self.layout.block_table, index);
        self.check_part((page.clone(), &self.read(page)?), &self.layout.directory, index)
    }

    /// Compares bytes with the `index`-th of the checksums that `checks` begins with.
    fn check_part(
        self,
        (place, bytes): (Range<usize>, &[u8]),
        checks: &Range<usize>,
        index: usize,
    ) -> Result<(), Fault> {
        let at = checks.start + index * CHECK_BYTES;
        let said = self.read(at..at + CHECK_BYTES)?;
        let said = said.first_chunk().map(|said| u32::from_le_bytes(*said));
        if said == Some(crc32c(bytes)) { Ok(()) } else { Err(Fault::Damaged(place)) }
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
