//! Sets of units combined.

use super::UnitSet;
use super::find::{find_sorted, read_keys};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::serial::{Families, SerialKey};

impl UnitSet {
    /// The units of either set.
    ///
    /// Sets of different snapshots are combined by serial, in the later of the two snapshots.
    ///
    /// # Errors
    ///
    /// `conflict` when a unit is not in the later snapshot: it was
    /// [retired](crate::Index::retire_units) since, or the snapshots are of different indexes;
    /// `corrupt`.
    pub fn union(&self, other: &UnitSet) -> Result<UnitSet> {
        let before = self.snapshot().version() < other.snapshot().version();
        let (late, early) = if before { (other, self) } else { (self, other) };
        let moved = early.moved_to(late.snapshot())?;
        let lost = early.len() - moved.len();
        if lost > 0 {
            return Err(Error::conflict(format!(
                "{lost} units of one set are not in the later snapshot of the other: they were \
                 retired since, or the sets are of two indexes; select both from one snapshot"
            )));
        }
        Ok(late.combined(&moved, RowSet::union))
    }

    /// The units of both sets. Sets of different snapshots are combined by serial; the result is of
    /// this set's snapshot.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn intersection(&self, other: &UnitSet) -> Result<UnitSet> {
        Ok(self.combined(&other.moved_to(self.snapshot())?, RowSet::intersection))
    }

    /// The units of this set that are not in `other`. Sets of different snapshots are combined by
    /// serial; the result is of this set's snapshot.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn difference(&self, other: &UnitSet) -> Result<UnitSet> {
        Ok(self.combined(&other.moved_to(self.snapshot())?, RowSet::difference))
    }

    /// Combines the rows of two sets of one snapshot.
    fn combined(&self, other: &UnitSet, combine: fn(&RowSet, &RowSet) -> RowSet) -> UnitSet {
        let pairs = self.rows().iter().zip(other.rows());
        let rows = pairs.map(|(ours, theirs)| combine(ours, theirs)).collect();
        UnitSet::of(self.snapshot().clone(), rows)
    }

    /// The units of another snapshot that have the serials of this set.
    ///
    /// Rows of segments that both have are taken over as they are; only units that were replaced
    /// since are looked up.
    pub(crate) fn moved_to(&self, to: &Snapshot) -> Result<UnitSet> {
        if self.snapshot().is(to) {
            return Ok(self.clone());
        }
        let (ours, theirs) = (self.snapshot().schema().families(), to.schema().families());
        let mut mover =
            Mover { to, rows: vec![RowSet::new(); to.segments().len()], found: Vec::new() };
        mover.found.resize_with(to.segments().len(), Vec::new);
        let same_codes = is_prefix(ours, theirs) || is_prefix(theirs, ours);
        for (segment, rows) in self.snapshot().segments().iter().zip(self.rows()) {
            if !same_codes {
                mover.look_up(segment, rows, |key| theirs.classify(&ours.text(&key)?))?;
                continue;
            }
            let gone = mover.take_over(segment, rows);
            mover.look_up(segment, &gone, Ok)?;
        }
        Ok(mover.finish())
    }
}

/// Whether families of one number are the same as far as both lists go.
fn is_prefix(short: &Families, long: &Families) -> bool {
    short.len() <= long.len() && short.iter().zip(long.iter()).all(|(a, b)| a == b)
}

/// Finds units of one snapshot in another.
struct Mover<'a> {
    to: &'a Snapshot,
    rows: Vec<RowSet>,
    /// Rows found by serial.
    found: Vec<Vec<u32>>,
}

/// Units looked up at a time.
const STRIDE: usize = 1 << 16;

impl Mover<'_> {
    /// Takes over the rows of a segment that the other snapshot has too; the rest is returned.
    fn take_over(&mut self, segment: &LiveSegment, rows: &RowSet) -> RowSet {
        let mut theirs = self.to.segments().iter().zip(&mut self.rows);
        let same = |it: &LiveSegment| it.units.id() == segment.units.id();
        let Some((same, kept)) = theirs.find(|(it, _)| same(it)) else { return rows.clone() };
        *kept = kept.union(&rows.difference(&same.retired));
        rows.intersection(&same.retired)
    }

    /// Looks units up by serial.
    fn look_up(
        &mut self,
        segment: &LiveSegment,
        rows: &RowSet,
        recode: impl Fn(SerialKey) -> Result<SerialKey>,
    ) -> Result<()> {
        let mut rest = rows.iter();
        loop {
            let stride: Vec<u32> = rest.by_ref().take(STRIDE).collect();
            if stride.is_empty() {
                return Ok(());
            }
            let mut keys = Vec::with_capacity(stride.len());
            read_keys(segment, &stride, &mut keys)?;
            for same in keys.chunk_by(|a, b| a.0 == b.0) {
                let Some((namespace, _)) = same.first() else { continue };
                let Some(name) = segment.units.namespaces().get(*namespace as usize) else {
                    return Err(Error::corrupt("segment: a serial is of no namespace"));
                };
                let keys = same.iter().map(|(_, key)| recode(key.clone()));
                let mut keys = keys.collect::<Result<Vec<SerialKey>>>()?;
                keys.sort_unstable();
                for (theirs, found) in self.to.segments().iter().zip(&mut self.found) {
                    find_sorted(theirs, Some(name), &keys, |_, row| found.push(row))?;
                }
            }
        }
    }

    fn finish(self) -> UnitSet {
        let found = self.rows.into_iter().zip(self.found).map(|(kept, mut found)| {
            found.sort_unstable();
            if found.is_empty() { kept } else { kept.union(&RowSet::from_sorted(found)) }
        });
        UnitSet::of(self.to.clone(), found.collect())
    }
}
