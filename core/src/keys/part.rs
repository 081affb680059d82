//! The bytes of one group, and tables in them.

use std::fmt;
use std::ops::Range;

use super::layout::SAMPLE;
use crate::error::{Error, Result};
use crate::format::Section;

/// The bytes of one group of a section.
#[derive(Clone)]
pub(super) struct Part {
    section: Section,
    place: Range<usize>,
}

impl Part {
    /// The part that a table of groups tells of.
    ///
    /// # Errors
    ///
    /// `corrupt` where it does not lie in the section.
    pub(super) fn new(section: &Section, start: u64, length: u64) -> Result<Self> {
        let end = start.checked_add(length).and_then(|end| usize::try_from(end).ok());
        match (usize::try_from(start), end) {
            (Ok(start), Some(end)) if end <= section.len() => {
                Ok(Part { section: section.clone(), place: start..end })
            }
            _ => Err(section.corrupt(format!("a group at {start} of {length} bytes is not in it"))),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.place.len()
    }

    /// The bytes of a range, from the start of the part.
    #[inline]
    pub(super) fn bytes(&self, range: Range<usize>) -> Result<&[u8]> {
        if range.start > range.end || range.end > self.place.len() {
            return Err(self.outside(&range));
        }
        self.section.bytes(self.place.start + range.start..self.place.start + range.end)
    }

    /// An error of kind `corrupt` that names the file and the section.
    #[cold]
    pub(super) fn corrupt(&self, found: impl fmt::Display) -> Error {
        self.section.corrupt(found)
    }

    #[cold]
    fn outside(&self, range: &Range<usize>) -> Error {
        let (Range { start, end }, len) = (range, self.len());
        self.corrupt(format!("bytes {start} to {end} of a group are asked for, but it has {len}"))
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({:?} of {:?})", self.place, self.section)
    }
}

/// Where in a part a table of entries of `N` bytes is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<const N: usize> {
    start: usize,
    pub(super) len: usize,
}

impl<const N: usize> Table<N> {
    /// The table of `len` entries that starts at `start`, if it ends within `part`.
    pub(super) fn new(part: &Part, start: usize, len: usize) -> Result<Self> {
        let bytes = len.checked_mul(N);
        match bytes.and_then(|bytes| bytes.checked_add(start)) {
            Some(end) if end <= part.len() => Ok(Table { start, len }),
            _ => Err(part.corrupt(format!("a table of {len} entries does not fit a group"))),
        }
    }

    /// The byte after the table.
    pub(super) fn end(self) -> usize {
        self.start + N * self.len
    }

    /// Some entries, which are in the table.
    #[inline]
    pub(super) fn read(self, part: &Part, entries: Range<usize>) -> Result<&[[u8; N]]> {
        if entries.start > entries.end || entries.end > self.len {
            return Err(part.corrupt("an entry past the end of a table is asked for"));
        }
        let bytes = part.bytes(self.start + N * entries.start..self.start + N * entries.end)?;
        Ok(bytes.as_chunks().0)
    }

    /// All entries.
    pub(super) fn all(self, part: &Part) -> Result<&[[u8; N]]> {
        self.read(part, 0..self.len)
    }

    /// One entry, none at the end of the table.
    #[inline]
    pub(super) fn at(self, part: &Part, entry: usize) -> Result<Option<[u8; N]>> {
        if entry >= self.len {
            return Ok(None);
        }
        Ok(self.read(part, entry..entry + 1)?.first().copied())
    }
}

/// A table in ascending order, with every 64th entry once more in a table that is searched first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampled<const N: usize> {
    pub(super) top: Table<N>,
    pub(super) all: Table<N>,
}

impl<const N: usize> Sampled<N> {
    /// The two tables for `len` entries, one after the other from `start`.
    pub(super) fn new(part: &Part, start: usize, len: usize) -> Result<Self> {
        let top = Table::new(part, start, len.div_ceil(SAMPLE))?;
        let all = Table::new(part, top.end(), len)?;
        Ok(Sampled { top, all })
    }

    /// The last entry whose key is not after `wanted`, none where the first one's is.
    #[inline]
    pub(super) fn last_not_after<K: Ord>(
        self,
        part: &Part,
        key: impl Fn([u8; N]) -> K,
        wanted: &K,
    ) -> Result<Option<usize>> {
        let top = self.top.all(part)?.partition_point(|&it| key(it) <= *wanted);
        let Some(sample) = top.checked_sub(1) else { return Ok(None) };
        let start = sample * SAMPLE;
        let entries = self.all.read(part, start..self.all.len.min(start + SAMPLE))?;
        let after = entries.partition_point(|&it| key(it) <= *wanted);
        Ok(Some(start + after.saturating_sub(1)))
    }

    /// Checks that the entries ascend and the samples are theirs.
    pub(super) fn verify<K: Ord>(self, part: &Part, key: impl Fn([u8; N]) -> K) -> Result<()> {
        let all = self.all.all(part)?;
        if !all.is_sorted_by(|&a, &b| key(a) < key(b)) {
            return Err(part.corrupt("a table of a group is out of order"));
        }
        if !all.iter().step_by(SAMPLE).eq(self.top.all(part)?) {
            return Err(part.corrupt("the samples of a table are not its own"));
        }
        Ok(())
    }
}
