//! Sets of units.

use std::fmt;
use std::sync::Arc;

use super::find::{Found, find};
use super::order::UnitIter;
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::Snapshot;

/// A set of units of one snapshot: what every question gives and every further step takes.
///
/// Cloning is cheap. A set stays what it is, whatever is loaded later. Sets of one snapshot
/// [combine](UnitSet::union) as bitmaps, sets of different snapshots by serial.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, LoadOptions, Record, Schema, Units};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = (1..=9).map(|n| Record::of_serial(format!("A{n:03}")));
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let all = index.snapshot().all();
/// let late = index.snapshot().select(&"serial >= 'A007'".parse()?)?.affected;
/// assert_eq!(all.len(), 9);
/// assert!(late.contains("", "A008")?);
/// assert_eq!(all.difference(&late)?.len(), 6);
///
/// let serials: Vec<String> =
///     late.iter().map(|unit| Ok(unit?.serial().to_owned())).collect::<Result<_, seriatim::Error>>()?;
/// assert_eq!(serials, ["A007", "A008", "A009"]);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct UnitSet {
    snapshot: Snapshot,
    /// The rows of each segment of the snapshot, in its order; none of them retired.
    rows: Arc<[RowSet]>,
    len: u64,
}

impl UnitSet {
    /// The set of these rows of each segment of a snapshot, none of which may be retired.
    pub(crate) fn of(snapshot: Snapshot, rows: Vec<RowSet>) -> Self {
        let len = rows.iter().map(RowSet::len).sum();
        UnitSet { snapshot, rows: rows.into(), len }
    }

    /// The version of the index that the units are of.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The rows of each segment of the snapshot, in its order.
    pub(crate) fn rows(&self) -> &[RowSet] {
        &self.rows
    }

    /// How many units are in.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether no unit is in.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the unit of this serial is in; the namespace is empty where one counter serves all.
    /// Takes a look-up a segment.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the serial is empty, longer than 256 bytes or holds a control
    /// character; `corrupt`.
    pub fn contains(&self, namespace: &str, serial: &str) -> Result<bool> {
        let key = self.snapshot.schema().families().classify(serial)?;
        Ok(match find(&self.snapshot, Some(namespace), &key)? {
            Found::One(place) => self.holds(place.segment, place.row),
            Found::Nothing | Found::Several => false,
        })
    }

    /// Whether a row of a segment is in.
    pub(super) fn holds(&self, segment: usize, row: u32) -> bool {
        self.rows.get(segment).is_some_and(|rows| rows.contains(row))
    }

    /// The units in serial order: by namespace, then by family and in its order, and those that fit
    /// no family last, shortest first.
    ///
    /// Reads serials as it goes; the first error ends it.
    pub fn iter(&self) -> UnitIter {
        UnitIter::new(self.clone())
    }
}

impl IntoIterator for &UnitSet {
    type Item = Result<super::Unit>;
    type IntoIter = UnitIter;

    fn into_iter(self) -> UnitIter {
        self.iter()
    }
}

impl fmt::Debug for UnitSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnitSet({} of {} units)", self.len, self.snapshot.units())
    }
}

impl Snapshot {
    /// All units.
    pub fn all(&self) -> UnitSet {
        let live = |segment: &crate::index::LiveSegment| {
            let mut rows = RowSet::new();
            rows.push_range(0..segment.units.rows());
            if segment.retired.is_empty() { rows } else { rows.difference(&segment.retired) }
        };
        UnitSet::of(self.clone(), self.segments().iter().map(live).collect())
    }
}
