//! The units of a set in serial order.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::UnitSet;
use super::find::read_keys;
use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::serial::SerialKey;

/// A unit of a set: its serial, and what that is unique within.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, LoadOptions, Record, Schema, Units};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = [Record::of_serial("A7").in_namespace("04012345000016")];
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let unit = index.snapshot().all().iter().next().unwrap()?;
/// assert_eq!((unit.namespace(), unit.serial()), ("04012345000016", "A7"));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    namespace: Arc<str>,
    serial: String,
}

impl Unit {
    pub(super) fn new(namespace: &str, serial: String) -> Self {
        Unit { namespace: namespace.into(), serial }
    }

    /// What the serial is unique within; empty where one counter serves all.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The serial, as its family normalises it.
    pub fn serial(&self) -> &str {
        &self.serial
    }
}

/// The units of a [`UnitSet`] in serial order. Made by [`UnitSet::iter`].
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Schema};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// assert!(index.snapshot().all().iter().next().is_none());
/// # Ok::<(), seriatim::Error>(())
/// ```
pub struct UnitIter {
    order: SerialOrder,
    /// For each segment of the snapshot, its namespaces.
    namespaces: Vec<Vec<Arc<str>>>,
}

impl UnitIter {
    pub(super) fn new(set: UnitSet) -> Self {
        let shared = |segment: &LiveSegment| {
            segment.units.namespaces().iter().map(|name| Arc::from(name.as_str())).collect()
        };
        let namespaces = set.snapshot().segments().iter().map(shared).collect();
        UnitIter { order: SerialOrder::new(set), namespaces }
    }

    fn unit(&self, placed: &Placed) -> Result<Unit> {
        let families = self.order.set.snapshot().schema().families();
        let serial = families.text(&placed.key)?;
        let names = self.namespaces.get(placed.segment);
        let namespace = names.and_then(|names| names.get(placed.namespace as usize));
        Ok(Unit { namespace: namespace.cloned().ok_or_else(no_namespace)?, serial })
    }
}

impl Iterator for UnitIter {
    type Item = Result<Unit>;

    fn next(&mut self) -> Option<Result<Unit>> {
        let placed = self.order.next()?;
        Some(placed.and_then(|placed| self.unit(&placed)))
    }
}

impl fmt::Debug for UnitIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnitIter({:?})", self.order.set)
    }
}

/// A unit, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The place of its segment in the snapshot.
    pub(crate) segment: usize,
    pub(crate) row: u32,
    /// The number of its namespace in its segment.
    pub(crate) namespace: u32,
    pub(crate) key: SerialKey,
}

/// Units that follow one another in serial order.
#[derive(Debug)]
pub(crate) enum Stretch {
    /// Rows of one segment, whose serials are still to be read.
    Rows { segment: usize, rows: Vec<u32> },
    /// Units of segments that overlap.
    Units(Vec<Placed>),
}

impl Stretch {
    /// How many units they are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Stretch::Rows { rows, .. } => rows.len(),
            Stretch::Units(units) => units.len(),
        }
    }

    /// The units with their serials.
    pub(crate) fn into_units(self, snapshot: &Snapshot) -> Result<Vec<Placed>> {
        let (segment, rows) = match self {
            Stretch::Rows { segment, rows } => (segment, rows),
            Stretch::Units(units) => return Ok(units),
        };
        let mut keys = Vec::with_capacity(rows.len());
        let of = snapshot.segments().get(segment).ok_or_else(no_segment)?;
        read_keys(of, &rows, &mut keys)?;
        let placed = |(row, (namespace, key))| Placed { segment, row, namespace, key };
        Ok(rows.into_iter().zip(keys).map(placed).collect())
    }
}

/// The places of the units of a set, in serial order; the first error ends them.
///
/// Segments are merged: the one with the least serial is read until it passes the least of the
/// others, so that segments which do not overlap cost next to nothing.
pub(crate) struct SerialOrder {
    set: UnitSet,
    /// The segment that is read.
    current: Option<Cursor>,
    /// The others that have units left, the least serial last.
    waiting: Vec<Cursor>,
    failed: Option<Error>,
}

impl SerialOrder {
    pub(crate) fn new(set: UnitSet) -> Self {
        let mut order = SerialOrder { set, current: None, waiting: Vec::new(), failed: None };
        if let Err(error) = order.start() {
            order.failed = Some(error);
        }
        order
    }

    fn start(&mut self) -> Result<()> {
        for segment in 0..self.set.rows().len() {
            let mut cursor = Cursor::new(segment);
            if cursor.fill(&self.set)? {
                self.wait(cursor);
            }
        }
        self.current = self.waiting.pop();
        Ok(())
    }

    /// The next units, at most so many; none at the end. After an error there are none.
    pub(crate) fn take_units(&mut self, units_max: usize) -> Result<Vec<Placed>> {
        let mut units = Vec::new();
        while units.len() < units_max {
            if let Some(current) = &mut self.current {
                let waiting = self.waiting.last();
                if waiting.is_none_or(|it| current.ends_before(it, self.set.snapshot())) {
                    // The last one is left to the step, which looks what comes then.
                    current.take_into(units_max - units.len() - 1, &mut units);
                }
            }
            let Some(placed) = self.next() else { break };
            units.push(placed?);
        }
        Ok(units)
    }

    /// The next units, at most so many and at least one; none at the end. Where all that is left of
    /// a segment comes before the others, no serials are read. After an error there are none.
    pub(crate) fn take_stretch(&mut self, units_max: usize) -> Result<Option<Stretch>> {
        let taken = match self.failed.take() {
            Some(error) => Err(error),
            None => self.next_stretch(units_max.max(1)),
        };
        if taken.is_err() {
            self.current = None;
        }
        Ok(taken?.filter(|it| it.len() > 0))
    }

    fn next_stretch(&mut self, units_max: usize) -> Result<Option<Stretch>> {
        let (set, waiting) = (&self.set, self.waiting.last());
        let Some(current) = &mut self.current else { return Ok(None) };
        if !current.is_alone(set, waiting)? {
            return self.take_units(units_max).map(|units| Some(Stretch::Units(units)));
        }
        let (segment, rows) = (current.segment, current.take_rows(units_max, set));
        if !current.fill(set)? {
            self.current = self.waiting.pop();
        }
        Ok(Some(Stretch::Rows { segment, rows }))
    }

    fn wait(&mut self, mut cursor: Cursor) {
        cursor.alone = None;
        let snapshot = self.set.snapshot();
        let at = self.waiting.partition_point(|it| it.compare(&cursor, snapshot).is_gt());
        self.waiting.insert(at, cursor);
    }

    fn step(&mut self) -> Result<Option<Placed>> {
        let Some(current) = &mut self.current else { return Ok(None) };
        let placed = current.take();
        let left = current.fill(&self.set)?;
        let passed = match self.waiting.last() {
            Some(other) if left => current.compare(other, self.set.snapshot()).is_gt(),
            _ => !left,
        };
        if passed {
            let next = self.waiting.pop();
            if let Some(before) = std::mem::replace(&mut self.current, next).filter(|_| left) {
                self.wait(before);
            }
        }
        Ok(placed)
    }
}

impl Iterator for SerialOrder {
    type Item = Result<Placed>;

    fn next(&mut self) -> Option<Result<Placed>> {
        let stepped = match self.failed.take() {
            Some(error) => Err(error),
            None => self.step(),
        };
        if stepped.is_err() {
            self.current = None;
        }
        stepped.transpose()
    }
}

/// Keys decoded at a time, at most. The first is decoded alone: often it is all that is needed.
const KEYS_MAX: usize = 1024;

/// The units of one segment that are still to come.
struct Cursor {
    segment: usize,
    /// The next chunk to take rows from.
    chunk: u32,
    /// Rows of the last chunk taken, and how many of them are decoded.
    rows: Vec<u32>,
    decoded: usize,
    /// Decoded and still to come, the next one last.
    keys: Vec<(u32, SerialKey)>,
    /// How many keys to decode next.
    stride: usize,
    /// Whether all of them come before those of other segments, once it is known.
    alone: Option<bool>,
}

impl Cursor {
    fn new(segment: usize) -> Self {
        let (rows, keys) = (Vec::new(), Vec::new());
        Cursor { segment, chunk: 0, rows, decoded: 0, keys, stride: 1, alone: None }
    }

    /// Decodes keys where none is left; false where there are no more.
    fn fill(&mut self, set: &UnitSet) -> Result<bool> {
        if !self.keys.is_empty() {
            return Ok(true);
        }
        if self.decoded == self.rows.len() && !self.next_chunk(set) {
            return Ok(false);
        }
        let end = self.rows.len().min(self.decoded + self.stride);
        let rows = self.rows.get(self.decoded..end).unwrap_or_default();
        let segment = set.snapshot().segments().get(self.segment);
        read_keys(segment.ok_or_else(no_segment)?, rows, &mut self.keys)?;
        self.keys.reverse();
        self.decoded = end;
        self.stride = (self.stride * 8).min(KEYS_MAX);
        Ok(true)
    }

    fn next_chunk(&mut self, set: &UnitSet) -> bool {
        self.rows.clear();
        self.decoded = 0;
        let Some(rows) = set.rows().get(self.segment) else { return false };
        let Some((key, chunk)) = rows.chunks_from(self.chunk).next() else { return false };
        self.chunk = u32::from(key) + 1;
        self.rows.extend(chunk.iter().map(|low| u32::from(key) << 16 | u32::from(low)));
        true
    }

    fn take(&mut self) -> Option<Placed> {
        let row = self.rows.get(self.decoded - self.keys.len()).copied()?;
        let (namespace, key) = self.keys.pop()?;
        Some(Placed { segment: self.segment, row, namespace, key })
    }

    /// Whether all that is left comes before the next unit of every other segment.
    fn is_alone(&mut self, set: &UnitSet, next: Option<&Cursor>) -> Result<bool> {
        if let Some(known) = self.alone {
            return Ok(known);
        }
        let alone = match next {
            None => true,
            Some(next) => {
                let rows = set.rows().get(self.segment).ok_or_else(no_segment)?;
                let segment = set.snapshot().segments().get(self.segment).ok_or_else(no_segment)?;
                let last = rows.len().checked_sub(1).and_then(|last| rows.select(last));
                let last = segment.units.keys().key_at(last.ok_or_else(no_segment)?)?;
                self.compare_key(Some(&last), next, set.snapshot()).is_lt()
            }
        };
        self.alone = Some(alone);
        Ok(alone)
    }

    /// Takes rows whether they are decoded or not, at most so many.
    fn take_rows(&mut self, rows_max: usize, set: &UnitSet) -> Vec<u32> {
        self.decoded -= self.keys.len();
        self.keys.clear();
        self.stride = 1;
        let mut taken = Vec::new();
        while taken.len() < rows_max && (self.decoded < self.rows.len() || self.next_chunk(set)) {
            let end = self.rows.len().min(self.decoded + rows_max - taken.len());
            taken.extend_from_slice(self.rows.get(self.decoded..end).unwrap_or_default());
            self.decoded = end;
        }
        taken
    }

    /// Takes units that are decoded, at most so many, but leaves one.
    fn take_into(&mut self, units_max: usize, out: &mut Vec<Placed>) {
        let count = units_max.min(self.keys.len().saturating_sub(1));
        let start = self.decoded - self.keys.len();
        let rows = self.rows.get(start..start + count).unwrap_or_default();
        let keys = self.keys.drain(self.keys.len() - count..).rev();
        let segment = self.segment;
        let placed =
            |(row, (namespace, key)): (&u32, _)| Placed { segment, row: *row, namespace, key };
        out.extend(rows.iter().zip(keys).map(placed));
    }

    /// Compares the next units of two segments.
    fn compare(&self, other: &Cursor, snapshot: &Snapshot) -> Ordering {
        self.compare_key(self.keys.last(), other, snapshot)
    }

    /// Whether all units that are decoded come before the next one of another segment.
    fn ends_before(&self, other: &Cursor, snapshot: &Snapshot) -> bool {
        self.compare_key(self.keys.first(), other, snapshot).is_lt()
    }

    /// Compares a unit with the next one of another segment.
    fn compare_key(
        &self,
        key: Option<&(u32, SerialKey)>,
        other: &Cursor,
        snapshot: &Snapshot,
    ) -> Ordering {
        let ((a, k), (b, l)) = match (key, other.keys.last()) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => return a.is_none().cmp(&b.is_none()),
        };
        let names = |cursor: &Cursor, number: u32| {
            let segment = snapshot.segments().get(cursor.segment);
            segment.and_then(|it| it.units.namespaces().get(number as usize))
        };
        names(self, *a).cmp(&names(other, *b)).then_with(|| k.cmp(l))
    }
}

fn no_segment() -> Error {
    Error::corrupt("a set of units has rows of no segment")
}

fn no_namespace() -> Error {
    Error::corrupt("segment: a serial is of no namespace")
}
