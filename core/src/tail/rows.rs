//! The records of the log that are in no segment yet, in memory.

use std::ops::Range;
use std::sync::Arc;

use super::record::TailRecord;
use crate::error::{Error, Result};

/// Rows of a chunk. Those who hold earlier rows share all but the last chunk.
const CHUNK_ROWS: usize = 1_024;

/// The records that have been read so far, the first being row 0. Cloning is cheap, and a clone does
/// not see what is added later.
#[derive(Clone, Debug, Default)]
pub(crate) struct TailRows {
    chunks: Vec<Arc<Chunk>>,
}

/// Records one after the other.
#[derive(Clone, Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

/// The bytes name owners, so they are not shown.
impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({} rows)", self.ends.len())
    }
}

impl TailRows {
    /// Adds a record, which must be one.
    pub(crate) fn push(&mut self, record: &[u8]) -> Result<()> {
        TailRecord::decode(record)?;
        if self.len() == u32::MAX {
            return Err(Error::unsupported("the log has more records than can be held; fold them"));
        }
        if self.chunks.last().is_none_or(|it| it.ends.len() == CHUNK_ROWS) {
            self.chunks.push(Arc::default());
        }
        if let Some(chunk) = self.chunks.last_mut().map(Arc::make_mut) {
            chunk.bytes.extend_from_slice(record);
            chunk.ends.push(chunk.bytes.len());
        }
        Ok(())
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> u32 {
        let full = self.chunks.len().saturating_sub(1) * CHUNK_ROWS;
        let last = self.chunks.last().map_or(0, |it| it.ends.len());
        u32::try_from(full + last).unwrap_or(u32::MAX)
    }

    /// The record of a row.
    pub(crate) fn record(&self, row: u32) -> Result<TailRecord<'_>> {
        let bytes = self.bytes(row);
        let bytes = bytes.ok_or_else(|| Error::corrupt(format!("the log has no row {row}")))?;
        TailRecord::decode(bytes)
    }

    /// The rows without the first `count`.
    pub(crate) fn without_first(&self, count: u32) -> Result<Self> {
        self.some(count..self.len())
    }

    /// The first `count` rows, or all where there are not so many.
    pub(crate) fn first(&self, count: u32) -> Result<Self> {
        if count >= self.len() { Ok(self.clone()) } else { self.some(0..count) }
    }

    fn some(&self, rows: Range<u32>) -> Result<Self> {
        let mut some = TailRows::default();
        for row in rows {
            some.push(self.bytes(row).unwrap_or_default())?;
        }
        Ok(some)
    }

    fn bytes(&self, row: u32) -> Option<&[u8]> {
        let row = usize::try_from(row).ok()?;
        let chunk = self.chunks.get(row / CHUNK_ROWS)?;
        let end = *chunk.ends.get(row % CHUNK_ROWS)?;
        let start = (row % CHUNK_ROWS).checked_sub(1).and_then(|it| chunk.ends.get(it));
        chunk.bytes.get(start.copied().unwrap_or(0)..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Entry;

    fn record(n: u32) -> Vec<u8> {
        let entry = Entry { serial: format!("A{n}"), owner: "o".into(), ..Entry::default() };
        TailRecord::of(&entry, None, None).encode()
    }

    #[test]
    fn a_clone_keeps_its_rows_while_others_are_added() {
        let mut rows = TailRows::default();
        let mut earlier = Vec::new();
        for n in 0..3_000 {
            if n % 511 == 0 {
                earlier.push((n, rows.clone()));
            }
            rows.push(&record(n)).unwrap();
        }
        for (n, earlier) in &earlier {
            assert_eq!(earlier.len(), *n);
            assert!(earlier.record(*n).is_err());
        }
        for n in 0..3_000 {
            assert_eq!(rows.record(n).unwrap().serial, format!("A{n}"));
        }
        let rest = rows.without_first(2_990).unwrap();
        assert_eq!((rest.len(), rest.record(0).unwrap().serial), (10, "A2990"));
        let first = rows.first(1_500).unwrap();
        assert_eq!((first.len(), first.record(1_499).unwrap().serial), (1_500, "A1499"));
    }

    #[test]
    fn what_is_no_record_is_not_added() {
        let mut rows = TailRows::default();
        assert!(rows.push(b"?").is_err());
        assert_eq!(rows.len(), 0);
    }
}
