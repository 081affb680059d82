//! What became of units between two selections.

use std::fmt;

use super::{Selection, UnitSet};
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::scope::Verdict;

/// What a newer selection has that an older one has not, and the other way round: of one scope and a
/// wider one, or of one scope before and after a load.
///
/// All sets are of the later of the two snapshots, which holds all units of the earlier one. Units
/// are compared by namespace and serial.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value, Verdict};
///
/// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let units = [
///     Record::of_serial("A1").with("lot", Value::Text("L1".into())),
///     Record::of_serial("A2").with("lot", Value::Text("L2".into())),
///     Record::of_serial("A3"),
/// ];
/// index.load_units(Units::records(units), LoadOptions::default())?;
/// let snapshot = index.snapshot();
///
/// let first = snapshot.select(&"lot = 'L1'".parse()?)?;
/// let expanded = snapshot.select(&"lot IN ('L1', 'L2') OR serial = 'A3'".parse()?)?;
/// let diff = first.diff(&expanded)?;
/// assert_eq!((diff.added.len(), diff.removed.len(), diff.kept.len()), (2, 0, 1));
/// let found = diff.moved(Verdict::Undetermined, Verdict::Affected)?;
/// assert!(found.contains("", "A3")?);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct ScopeDiff {
    /// Units that are affected now and were not before.
    pub added: UnitSet,
    /// Units that were affected before and are not now.
    pub removed: UnitSet,
    /// Units that were affected before and still are.
    pub kept: UnitSet,
    older: Side,
    newer: Side,
}

/// A selection, moved to the later snapshot.
#[derive(Clone, Debug)]
struct Side {
    affected: UnitSet,
    undetermined: UnitSet,
    /// All units that its snapshot had.
    known: UnitSet,
}

/// The verdicts that the units of an index can have.
const VERDICTS: [Verdict; 4] =
    [Verdict::Affected, Verdict::Undetermined, Verdict::NotAffected, Verdict::UnknownSerial];

impl Selection {
    /// What became of the units between this selection and a newer one.
    ///
    /// Sets of one snapshot are compared as bitmaps; of different snapshots of one index, units that
    /// were replaced since are looked up by serial.
    ///
    /// # Errors
    ///
    /// `conflict` when a unit is not in the later of the two snapshots, which happens only with
    /// snapshots of different indexes; `corrupt`; `io`.
    pub fn diff(&self, newer: &Selection) -> Result<ScopeDiff> {
        let (ours, theirs) = (self.affected.snapshot(), newer.affected.snapshot());
        let late = if theirs.version() < ours.version() { ours } else { theirs };
        let (older, newer) = (Side::new(self, late)?, Side::new(newer, late)?);
        Ok(ScopeDiff {
            added: newer.affected.difference(&older.affected)?,
            removed: older.affected.difference(&newer.affected)?,
            kept: older.affected.intersection(&newer.affected)?,
            older,
            newer,
        })
    }
}

impl Side {
    fn new(selection: &Selection, late: &Snapshot) -> Result<Self> {
        let moved = |set: &UnitSet| {
            let moved = set.moved_to(late)?;
            if moved.len() < set.len() {
                return Err(Error::conflict(
                    "units of one selection are not in the later snapshot of the other; compare \
                     selections of one index",
                ));
            }
            Ok(moved)
        };
        Ok(Side {
            affected: moved(&selection.affected)?,
            undetermined: moved(&selection.undetermined)?,
            known: moved(&selection.affected.snapshot().all())?,
        })
    }

    /// The units of the later snapshot that have a verdict here.
    fn of(&self, verdict: Verdict) -> Result<UnitSet> {
        match verdict {
            Verdict::Affected => Ok(self.affected.clone()),
            Verdict::Undetermined => Ok(self.undetermined.clone()),
            Verdict::NotAffected => {
                self.known.difference(&self.affected)?.difference(&self.undetermined)
            }
            Verdict::UnknownSerial => self.known.snapshot().all().difference(&self.known),
            // Whatever is in an index is a serial there.
            Verdict::InvalidSerial => self.known.difference(&self.known),
        }
    }
}

impl ScopeDiff {
    /// The units that had one verdict before and have another now. A unit that one of the snapshots
    /// did not have yet is [unknown](Verdict::UnknownSerial) there; none is
    /// [invalid](Verdict::InvalidSerial).
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn moved(&self, from: Verdict, to: Verdict) -> Result<UnitSet> {
        self.older.of(from)?.intersection(&self.newer.of(to)?)
    }

    /// How many units had which verdict before and have which other now: only where there are some,
    /// in the order affected, undetermined, not affected, unknown.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn moves(&self) -> Result<Vec<(Verdict, Verdict, u64)>> {
        let mut moves = Vec::new();
        for from in VERDICTS {
            for to in VERDICTS.into_iter().filter(|to| *to != from) {
                let units = self.moved(from, to)?.len();
                if units > 0 {
                    moves.push((from, to, units));
                }
            }
        }
        Ok(moves)
    }
}

impl fmt::Display for ScopeDiff {
    /// One line: how many were added, removed and kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (added, removed, kept) = (self.added.len(), self.removed.len(), self.kept.len());
        write!(f, "{added} added, {removed} removed, {kept} kept")
    }
}
