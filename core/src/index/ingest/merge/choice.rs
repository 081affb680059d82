//! Which segments to write again together, and how large the new ones may be.

use super::parts::Parts;
use crate::error::Result;

/// One in how many rows may lie between those of other segments, or be retired.
const STRAY_ONE_IN: u64 = 8;
/// Rows of a part, at least, however little memory there is.
const PART_ROWS_MIN: u64 = 1 << 10;

/// What is known of a segment that may be written again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) rows: u64,
    pub(super) retired: u64,
}

/// How large segments may be.
#[derive(Clone, Copy, Debug)]
pub(in crate::index::ingest) struct Size {
    pub(in crate::index::ingest) rows_max: u64,
    pub(in crate::index::ingest) bytes_max: u64,
}

impl Size {
    /// How many rows of so many bytes each make a part.
    pub(super) fn rows(self, bytes_each: u64) -> u64 {
        self.rows_max.min((self.bytes_max / bytes_each.max(1)).max(PART_ROWS_MIN))
    }
}

/// Whether each of some segments has many rows between those of the others.
pub(super) fn mixed(parts: &Parts<'_>, candidates: &[Candidate]) -> Result<Vec<bool>> {
    let overlaps = parts.overlaps()?.into_iter();
    Ok(candidates.iter().zip(overlaps).map(|(it, rows)| rows > it.rows / STRAY_ONE_IN).collect())
}

/// Whether each of some segments is better written again with the others: because many of its rows
/// lie between theirs, many are retired, or it has fewer than half the rows that a part may have.
/// One by itself is only to leave retired rows out.
pub(super) fn worn(
    parts: &Parts<'_>,
    candidates: &[Candidate],
    part_rows: u64,
) -> Result<Vec<bool>> {
    let mut worn = mixed(parts, candidates)?;
    for (worn, it) in worn.iter_mut().zip(candidates) {
        *worn |= it.retired > it.rows / STRAY_ONE_IN || it.rows < part_rows / 2;
    }
    let several = worn.iter().filter(|it| **it).count() > 1;
    for (worn, it) in worn.iter_mut().zip(candidates) {
        *worn &= several || it.retired > 0;
    }
    Ok(worn)
}
