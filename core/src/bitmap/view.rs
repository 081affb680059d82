//! A set of rows in the portable Roaring format, read where it lies.

use std::fmt;
use std::ops::Range;

use super::container::{ARRAY_ROWS_MAX, Container};
use super::mask::WORDS;
use crate::bytes::Cursor;
use crate::error::{Error, Result};

/// First word of a set without run containers; the number of containers follows.
pub(super) const COOKIE_PLAIN: u32 = 12_346;
/// Low half of the first word of a set with run containers; the high half is their number less one.
pub(super) const COOKIE_RUNS: u32 = 12_347;
/// With run containers, sets of fewer containers have no table of offsets.
pub(super) const OFFSETS_FROM: usize = 4;
/// Runs a container can count.
const RUNS_MAX: usize = 65_535;
/// One for every chunk of 2^32 rows.
const CONTAINERS_MAX: usize = 1 << 16;

/// A borrowed set of rows in the portable Roaring format of 32-bit values.
///
/// [`new`](View::new) checks the headers and that every container lies inside the bytes, in time
/// proportional to the containers; what is in them is checked by [`verify`](View::verify). The
/// bytes must be one set and nothing after it. Format:
/// <https://github.com/RoaringBitmap/RoaringFormatSpec>.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    bytes: &'a [u8],
    /// Key and rows less one of every container.
    described: &'a [[u8; 4]],
    /// Bit `n` says whether container `n` holds runs; no bytes when none does.
    runs: &'a [u8],
    starts: Starts<'a>,
}

/// Where the containers start.
#[derive(Clone, Copy)]
enum Starts<'a> {
    Table(&'a [[u8; 4]]),
    /// A set with runs and fewer than four containers.
    Few([usize; OFFSETS_FROM]),
}

fn out_of_place() -> Error {
    Error::corrupt("bitmap: its containers do not follow each other")
}

impl<'a> View<'a> {
    /// Reads the headers of `bytes` and checks them against its length.
    ///
    /// # Errors
    ///
    /// `corrupt` where the bytes are no set of 32-bit values in the portable format, are cut short
    /// or go on after it.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self> {
        let (view, header) = View::parse(bytes)?;
        view.check_layout(header)?;
        Ok(view)
    }

    /// As [`new`](View::new) for bytes that it found in order before: takes the same time however
    /// many containers there are.
    pub(crate) fn again(bytes: &'a [u8]) -> Result<Self> {
        View::parse(bytes).map(|(view, _)| view)
    }

    /// Finds the parts of the header, and where it ends.
    fn parse(bytes: &'a [u8]) -> Result<(Self, usize)> {
        let mut cursor = Cursor::new("bitmap", bytes);
        let cookie = cursor.u32()?;
        let (containers, runs) = if cookie == COOKIE_PLAIN {
            (cursor.u32()? as usize, &[][..])
        } else if cookie & 0xffff == COOKIE_RUNS {
            let containers = (cookie >> 16) as usize + 1;
            (containers, cursor.slice(containers.div_ceil(8))?)
        } else {
            return Err(cursor.corrupt("not the portable Roaring format of 32-bit values"));
        };
        if containers > CONTAINERS_MAX {
            return Err(cursor.corrupt(format!("claims {containers} containers")));
        }
        let described = cursor.slice(4 * containers)?.as_chunks().0;
        let starts = if runs.is_empty() || containers >= OFFSETS_FROM {
            Starts::Table(cursor.slice(4 * containers)?.as_chunks().0)
        } else {
            Starts::Few(few_starts(cursor.position(), bytes, described, runs)?)
        };
        Ok((View { bytes, described, runs, starts }, cursor.position()))
    }

    /// How many rows the headers say are in.
    pub(crate) fn len(&self) -> u64 {
        self.described.iter().map(|&it| u64::from(rows_of(it))).sum()
    }

    /// Whether no row is in.
    pub(crate) fn is_empty(&self) -> bool {
        self.described.is_empty()
    }

    /// Whether `row` is in.
    #[expect(clippy::cast_possible_truncation, reason = "the low half of a row is meant")]
    pub(crate) fn contains(&self, row: u32) -> bool {
        self.chunk((row >> 16) as u16).is_some_and(|chunk| chunk.contains(row as u16))
    }

    /// The rows of chunk `key`, if it has any.
    pub(crate) fn chunk(&self, key: u16) -> Option<Container<'a>> {
        self.container(self.position(key)?)
    }

    /// How many rows the header says are in chunk `key`.
    pub(crate) fn chunk_count(&self, key: u16) -> u32 {
        let described = self.position(key).and_then(|at| self.described.get(at));
        described.map_or(0, |&it| rows_of(it))
    }

    /// Every chunk that has rows, ascending, and how many the header says there are.
    pub(crate) fn chunk_counts(&self) -> impl Iterator<Item = (u16, u32)> + 'a {
        self.described.iter().map(|&it| (key_of(it), rows_of(it)))
    }

    /// The last chunk that has rows.
    pub(crate) fn last_chunk(&self) -> Option<u16> {
        self.described.last().map(|&it| key_of(it))
    }

    /// Where the rows of chunk `key` lie in the bytes.
    pub(crate) fn chunk_place(&self, key: u16) -> Option<Range<usize>> {
        let at = self.position(key)?;
        let start = self.start(at)?;
        Some(start..start + self.place(at)?.len())
    }

    /// How many bytes come before the rows.
    pub(crate) fn header_len(&self) -> usize {
        self.start(0).unwrap_or(self.bytes.len())
    }

    /// Every chunk that has rows, ascending.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (u16, Container<'a>)> + '_ {
        let containers = self.described.iter().enumerate();
        containers.filter_map(|(at, &it)| Some((key_of(it), self.container(at)?)))
    }

    /// Checks the rows of every container: that they ascend and are as many as the header says.
    ///
    /// # Errors
    ///
    /// `corrupt`, naming the chunk.
    pub(crate) fn verify(&self) -> Result<()> {
        for (at, &described) in self.described.iter().enumerate() {
            let key = key_of(described);
            let container = self.container(at).ok_or_else(out_of_place)?;
            let counted = match container {
                Container::Runs(runs) => self.run_count(at) == Some(runs.len()),
                Container::Array(_) | Container::Bits(_) => true,
            };
            let found = if counted {
                container.verify(rows_of(described))
            } else {
                Err(Error::corrupt("its runs do not fill its place"))
            };
            found.map_err(|error| error.within(format!("bitmap: chunk {key}")))?;
        }
        Ok(())
    }

    /// Chunks are dense as a rule, so the container of a key is tried at its own place first.
    fn position(&self, key: u16) -> Option<usize> {
        let guess = usize::from(key).min(self.described.len().checked_sub(1)?);
        if self.described.get(guess).is_some_and(|&it| key_of(it) == key) {
            return Some(guess);
        }
        self.described.binary_search_by_key(&key, |&it| key_of(it)).ok()
    }

    fn is_run(&self, at: usize) -> bool {
        is_run(self.runs, at)
    }

    fn start(&self, at: usize) -> Option<usize> {
        match &self.starts {
            Starts::Table(table) => table.get(at).map(|&it| u32::from_le_bytes(it) as usize),
            Starts::Few(starts) => starts.get(at).copied(),
        }
    }

    /// The bytes from the start of container `at` to the start of the next.
    fn place(&self, at: usize) -> Option<&'a [u8]> {
        let end =
            if at + 1 < self.described.len() { self.start(at + 1)? } else { self.bytes.len() };
        self.bytes.get(self.start(at)?..end)
    }

    /// How many runs container `at` says it has.
    fn run_count(&self, at: usize) -> Option<usize> {
        let count = self.place(at)?.first_chunk().copied()?;
        Some(usize::from(u16::from_le_bytes(count)))
    }

    fn container(&self, at: usize) -> Option<Container<'a>> {
        let place = self.place(at)?;
        if self.is_run(at) {
            return Some(Container::Runs(place.get(2..)?.as_chunks().0));
        }
        let rows = rows_of(*self.described.get(at)?);
        if rows <= ARRAY_ROWS_MAX {
            return Some(Container::Array(place.as_chunks().0));
        }
        place.as_chunks().0.first_chunk::<WORDS>().map(Container::Bits)
    }

    /// Checks that keys ascend and that containers follow each other, each as long as its kind and
    /// rows ask, from the end of the header to the last byte.
    fn check_layout(&self, header: usize) -> Result<()> {
        if !self.described.is_sorted_by(|&a, &b| key_of(a) < key_of(b)) {
            return Err(Error::corrupt("bitmap: its chunks are out of order"));
        }
        if self.start(0).unwrap_or(self.bytes.len()) != header {
            return Err(out_of_place());
        }
        for (at, &described) in self.described.iter().enumerate() {
            let len = self.place(at).ok_or_else(out_of_place)?.len();
            let fits = match rows_of(described) {
                _ if self.is_run(at) => (6..=2 + 4 * RUNS_MAX).contains(&len) && len % 4 == 2,
                rows if rows <= ARRAY_ROWS_MAX => len == 2 * rows as usize,
                _ => len == 8 * WORDS,
            };
            if !fits {
                let key = key_of(described);
                return Err(Error::corrupt(format!("bitmap: chunk {key} cannot have {len} bytes")));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({} rows in {} chunks)", self.len(), self.described.len())
    }
}

fn key_of(described: [u8; 4]) -> u16 {
    let [a, b, _, _] = described;
    u16::from_le_bytes([a, b])
}

fn rows_of(described: [u8; 4]) -> u32 {
    let [_, _, c, d] = described;
    u32::from(u16::from_le_bytes([c, d])) + 1
}

fn is_run(runs: &[u8], at: usize) -> bool {
    runs.get(at / 8).is_some_and(|&bits| bits >> (at % 8) & 1 == 1)
}

/// The starts of up to three containers, from what each says of its length.
fn few_starts(
    header: usize,
    bytes: &[u8],
    described: &[[u8; 4]],
    runs: &[u8],
) -> Result<[usize; OFFSETS_FROM]> {
    let mut starts = [0; OFFSETS_FROM];
    let mut next = header;
    for (at, (start, &described)) in starts.iter_mut().zip(described).enumerate() {
        *start = next;
        next += match rows_of(described) {
            _ if is_run(runs, at) => {
                let count = bytes.get(next..).and_then(|rest| rest.first_chunk().copied());
                2 + 4 * usize::from(u16::from_le_bytes(count.ok_or_else(out_of_place)?))
            }
            rows if rows <= ARRAY_ROWS_MAX => 2 * rows as usize,
            _ => 8 * WORDS,
        };
    }
    Ok(starts)
}
