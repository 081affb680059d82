//! A set of rows in a section of a file, read where it lies.

use std::sync::OnceLock;

use crate::bitmap::{Container, RowSet, View};
use crate::error::Result;
use crate::format::Section;

/// A set of rows in the portable Roaring format. Only the chunks that are asked for are read.
#[derive(Debug)]
pub(super) struct StoredRows {
    section: Section,
    /// One more than the last row it may have.
    rows: u64,
    /// Set once what comes before the rows was found in order.
    checked: OnceLock<()>,
}

impl StoredRows {
    pub(super) fn new(section: Section, rows: u64) -> Self {
        StoredRows { section, rows, checked: OnceLock::new() }
    }

    /// Reads what comes before the rows themselves, and checks it the first time.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub(super) fn open(&self) -> Result<OpenRows<'_>> {
        if self.checked.get().is_some() {
            let view = View::again(self.section.unchecked()?)?;
            return Ok(OpenRows { view, section: &self.section });
        }
        let view = View::new(self.section.unchecked()?)?;
        self.section.bytes(0..view.header_len())?;
        if view.last_chunk().is_some_and(|key| u64::from(key) << 16 >= self.rows) {
            return Err(self.section.corrupt("it has rows that the segment does not have"));
        }
        self.checked.get_or_init(|| ());
        Ok(OpenRows { view, section: &self.section })
    }

    /// Checks every row.
    pub(super) fn verify(&self) -> Result<()> {
        let rows = RowSet::from_portable(self.section.all()?)?;
        if rows.range_count(self.rows..u64::MAX) != 0 {
            return Err(self.section.corrupt("it has rows that the segment does not have"));
        }
        Ok(())
    }
}

/// A set of rows whose chunks can be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenRows<'a> {
    view: View<'a>,
    section: &'a Section,
}

impl<'a> OpenRows<'a> {
    /// How many rows are in.
    pub(crate) fn len(&self) -> u64 {
        self.view.len()
    }

    /// The rows of chunk `key`, if it has any.
    pub(crate) fn chunk(&self, key: u16) -> Result<Option<Container<'a>>> {
        let Some(place) = self.view.chunk_place(key) else { return Ok(None) };
        // Checks the blocks, which the view cannot.
        self.section.bytes(place)?;
        Ok(self.view.chunk(key))
    }

    /// The chunks that have rows, ascending, each with how many come before it.
    pub(crate) fn chunk_ranks(&self) -> impl Iterator<Item = (u16, u64)> + '_ {
        self.view.chunk_counts().scan(0, |before, (key, count)| {
            let rank = *before;
            *before += u64::from(count);
            Some((key, rank))
        })
    }

    /// Those of `rows` that are in.
    pub(crate) fn common(&self, rows: &RowSet) -> Result<RowSet> {
        rows.intersection_with(|key| self.chunk(key))
    }

    /// How many of `rows` are in.
    pub(crate) fn common_len(&self, rows: &RowSet) -> Result<u64> {
        rows.common_len(|key| self.chunk(key))
    }
}
