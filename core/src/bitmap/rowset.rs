//! An owned set of rows.

use std::fmt;
use std::ops::Range;

use super::chunk::{Chunk, low_half};
use super::container::Container;
use super::mask::Mask;
use super::view::{COOKIE_PLAIN, COOKIE_RUNS, OFFSETS_FROM, View};
use crate::bytes::PutBytes;
use crate::error::Result;
use crate::limits::{CHUNK_ROWS, SEGMENT_ROWS_MAX};

/// A set of rows of one segment.
///
/// Every chunk is in the smallest form the portable Roaring format has for it, so equal sets have
/// equal bytes. Adding at the end is cheap; adding elsewhere rewrites a chunk.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct RowSet {
    /// Ascending by key, none empty.
    chunks: Vec<Chunk>,
}

impl RowSet {
    /// A set of no rows.
    pub(crate) fn new() -> Self {
        RowSet::default()
    }

    /// The set of `rows`, which ascend as a rule: a row out of order costs a rewritten chunk.
    pub(crate) fn from_sorted(rows: impl IntoIterator<Item = u32>) -> Self {
        let mut set = RowSet::new();
        let mut mask = Mask::new();
        let mut open = None;
        for row in rows {
            let (key, low) = split(row);
            if open != Some(key)
                && let Some(done) = open.replace(key)
            {
                set.push_mask(done, &mask);
                mask.clear_all();
            }
            mask.set(low);
        }
        if let Some(done) = open {
            set.push_mask(done, &mask);
        }
        set
    }

    /// The set of `rows`, which ascend and differ: sooner than [`from_sorted`](Self::from_sorted) where
    /// a chunk has few of them.
    pub(crate) fn from_ascending(rows: &[u32]) -> Self {
        let mut set = RowSet::new();
        let mut lows = Vec::new();
        for of_chunk in rows.chunk_by(|a, b| a >> 16 == b >> 16) {
            lows.clear();
            lows.extend(of_chunk.iter().map(|row| split(*row).1));
            of_chunk.first().into_iter().for_each(|row| set.push_rows(split(*row).0, &lows));
        }
        set
    }

    /// Reads a set in the portable Roaring format, in whatever forms its writer chose.
    ///
    /// # Errors
    ///
    /// `corrupt` where `bytes` is not exactly one such set.
    pub(crate) fn from_portable(bytes: &[u8]) -> Result<Self> {
        RowSet::from_view(&View::new(bytes)?)
    }

    /// Copies a view, after [verifying](View::verify) it.
    pub(crate) fn from_view(view: &View<'_>) -> Result<Self> {
        view.verify()?;
        let chunks = view.chunks().filter_map(|(key, it)| Chunk::of_container(key, it));
        Ok(RowSet { chunks: chunks.collect() })
    }

    /// Adds the rows of `mask` as rows of chunk `key`.
    pub(crate) fn push_mask(&mut self, key: u16, mask: &Mask) {
        let at = match self.chunks.last() {
            Some(last) if last.key >= key => self.chunks.binary_search_by_key(&key, |it| it.key),
            _ => Err(self.chunks.len()),
        };
        match at {
            Err(at) => {
                if let Some(chunk) = Chunk::of_mask(key, mask) {
                    self.chunks.insert(at, chunk);
                }
            }
            Ok(at) => {
                if let Some(chunk) = self.chunks.get_mut(at) {
                    let mut both = chunk.container().to_mask();
                    both.or(mask);
                    if let Some(joined) = Chunk::of_mask(key, &both) {
                        *chunk = joined;
                    }
                }
            }
        }
    }

    /// Adds rows of chunk `key`, which ascend. Made for few.
    pub(crate) fn push_rows(&mut self, key: u16, rows: &[u16]) {
        if self.chunks.last().is_none_or(|last| last.key < key) {
            let rows: Vec<[u8; 2]> = rows.iter().map(|row| row.to_le_bytes()).collect();
            self.chunks.extend(Chunk::of_container(key, Container::Array(&rows)));
            return;
        }
        let mut mask = Mask::new();
        for row in rows {
            mask.set(*row);
        }
        self.push_mask(key, &mask);
    }

    /// Adds `rows`; rows past the most a segment can have are left out. Chunks after the last are
    /// made as runs at once.
    pub(crate) fn push_range(&mut self, rows: Range<u64>) {
        let end = rows.end.min(SEGMENT_ROWS_MAX);
        let mut start = rows.start;
        while start < end {
            let (key, _) = split(low_word(start));
            let base = u64::from(key) << 16;
            let stop = end.min(base + CHUNK_ROWS as u64);
            let inside = low_word(start - base)..low_word(stop - base);
            if self.chunks.last().is_none_or(|last| last.key < key) {
                self.chunks.extend(Chunk::of_range(key, inside));
            } else {
                let mut mask = Mask::new();
                mask.set_range(inside);
                self.push_mask(key, &mask);
            }
            start = stop;
        }
    }

    /// Adds the rows of a set that as a rule begins in a chunk after the last of this one.
    pub(crate) fn append(&mut self, mut later: RowSet) {
        match (self.chunks.last(), later.chunks.first()) {
            (Some(last), Some(first)) if last.key >= first.key => *self = self.union(&later),
            _ => self.chunks.append(&mut later.chunks),
        }
    }

    pub(super) fn push_chunk(&mut self, chunk: Option<Chunk>) {
        self.chunks.extend(chunk);
    }

    pub(super) fn stored(&self) -> &[Chunk] {
        &self.chunks
    }

    /// How many chunks have rows.
    pub(crate) fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// How many rows are in. Takes time with the number of chunks.
    pub(crate) fn len(&self) -> u64 {
        self.chunks.iter().map(|it| u64::from(it.count())).sum()
    }

    /// Whether no row is in.
    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Whether `row` is in.
    pub(crate) fn contains(&self, row: u32) -> bool {
        let (key, low) = split(row);
        self.chunk(key).is_some_and(|chunk| chunk.contains(low))
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().flat_map(|it| {
            let base = it.base();
            it.container().iter().map(move |low| base | u32::from(low))
        })
    }

    /// The rows as the fewest ranges, ascending.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        let mut rows = self.chunks.iter().flat_map(|it| {
            let base = u64::from(it.base());
            let runs = it.container().runs();
            runs.map(move |run| base + u64::from(run.start)..base + u64::from(run.end))
        });
        let mut open = rows.next();
        std::iter::from_fn(move || {
            let mut range = open.take()?;
            for next in rows.by_ref() {
                if next.start != range.end {
                    open = Some(next);
                    break;
                }
                range.end = next.end;
            }
            Some(range)
        })
    }

    /// The rows of chunk `key`, if it has any.
    pub(crate) fn chunk(&self, key: u16) -> Option<Container<'_>> {
        let at = self.chunks.binary_search_by_key(&key, |it| it.key).ok()?;
        self.chunks.get(at).map(Chunk::container)
    }

    /// Every chunk that has rows, ascending.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (u16, Container<'_>)> + '_ {
        self.chunks.iter().map(|it| (it.key, it.container()))
    }

    /// Every chunk from `key` on that has rows, ascending.
    pub(crate) fn chunks_from(&self, key: u32) -> impl Iterator<Item = (u16, Container<'_>)> + '_ {
        let start = self.chunks.partition_point(|it| u32::from(it.key) < key);
        self.chunks.iter().skip(start).map(|it| (it.key, it.container()))
    }

    /// How many rows before `row` are in. Takes time with the number of chunks.
    pub(crate) fn rank(&self, row: u32) -> u64 {
        self.count_before(u64::from(row))
    }

    /// How many of `rows` are in. Takes time with the number of chunks.
    pub(crate) fn range_count(&self, rows: Range<u64>) -> u64 {
        self.count_before(rows.end).saturating_sub(self.count_before(rows.start))
    }

    fn count_before(&self, bound: u64) -> u64 {
        if bound >= SEGMENT_ROWS_MAX {
            return self.len();
        }
        let (key, low) = split(low_word(bound));
        let mut count = 0;
        for chunk in self.chunks.iter().take_while(|it| it.key <= key) {
            let part = if chunk.key < key { chunk.count() } else { chunk.container().rank(low) };
            count += u64::from(part);
        }
        count
    }

    /// The row that has `rank` rows before it. Takes time with the number of chunks.
    pub(crate) fn select(&self, mut rank: u64) -> Option<u32> {
        for chunk in &self.chunks {
            if rank < u64::from(chunk.count()) {
                let low = chunk.container().select(low_word(rank))?;
                return Some(chunk.base() | u32::from(low));
            }
            rank -= u64::from(chunk.count());
        }
        None
    }

    /// The set in the portable Roaring format, as the `roaring` crate writes it after
    /// optimising a set of arrays and bitmaps for runs.
    pub(crate) fn to_portable(&self) -> Vec<u8> {
        let containers = self.chunks.len();
        let with_runs = self.chunks.iter().any(Chunk::is_run);
        let with_offsets = !with_runs || containers >= OFFSETS_FROM;
        let mut out = Vec::new();
        if with_runs {
            let cookie = COOKIE_RUNS | u32::from(low_half(containers - 1)) << 16;
            out.put_u32(cookie);
            for group in self.chunks.chunks(8) {
                let bits = group.iter().enumerate();
                out.push(bits.fold(0, |bits, (at, it)| bits | u8::from(it.is_run()) << at));
            }
        } else {
            out.put_u32(COOKIE_PLAIN);
            out.put_u32(low_word(containers as u64));
        }
        for chunk in &self.chunks {
            out.put_u16(chunk.key);
            out.put_u16(low_half(chunk.count() as usize - 1));
        }
        if with_offsets {
            let mut offset = out.len() + 4 * containers;
            for chunk in &self.chunks {
                out.put_u32(low_word(offset as u64));
                offset += chunk.size_bytes();
            }
        }
        self.chunks.iter().for_each(|chunk| chunk.write(&mut out));
        out
    }
}

impl fmt::Debug for RowSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowSet({} rows in {} chunks)", self.len(), self.chunks.len())
    }
}

/// The chunk of a row, and the row in it.
#[expect(clippy::cast_possible_truncation, reason = "the two halves are meant")]
fn split(row: u32) -> (u16, u16) {
    ((row >> 16) as u16, row as u16)
}

#[expect(clippy::cast_possible_truncation, reason = "callers pass what is below 2^32")]
fn low_word(number: u64) -> u32 {
    debug_assert!(number < 1 << 32, "{number} is cut");
    number as u32
}
