//! What became of units between two selections.

use std::fmt;

use super::{Selection, UnitSet};
use crate::error::Result;
use crate::index::Snapshot;
use crate::scope::Verdict;

/// What a newer selection has that an older one has not, and the other way round: of one scope and a
/// wider one, or of one scope before and after a load.
///
/// Units are compared by namespace and serial, in whatever snapshots the two selections were made. A
/// unit that only one of the snapshots has is unknown to the other.
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
    /// Units that are affected now and were not before; of the newer selection's snapshot.
    pub added: UnitSet,
    /// Units that were affected before and are not now, those too that were
    /// [retired](crate::Index::retire_units) since; of the older selection's snapshot.
    pub removed: UnitSet,
    /// Units that were affected before and still are; of the newer selection's snapshot.
    pub kept: UnitSet,
    then: Pair,
    now: Pair,
}

/// Both selections in the snapshot of one.
#[derive(Clone, Debug)]
struct Pair {
    older: Side,
    newer: Side,
}

/// A selection.
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
    /// Sets of one snapshot are compared as bitmaps; of different snapshots, units that were replaced
    /// since are looked up by serial.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn diff(&self, newer: &Selection) -> Result<ScopeDiff> {
        let (older, newer) = (Side::of(self), Side::of(newer));
        let then = Pair { newer: newer.moved_to(older.known.snapshot())?, older: older.clone() };
        let now = Pair { older: older.moved_to(newer.known.snapshot())?, newer };
        Ok(ScopeDiff {
            added: now.newer.affected.difference(&now.older.affected)?,
            removed: then.older.affected.difference(&then.newer.affected)?,
            kept: now.newer.affected.intersection(&now.older.affected)?,
            then,
            now,
        })
    }
}

impl Side {
    fn of(selection: &Selection) -> Self {
        Side {
            affected: selection.affected.clone(),
            undetermined: UnitSet::clone(&selection.undetermined),
            known: selection.affected.snapshot().all(),
        }
    }

    fn moved_to(&self, snapshot: &Snapshot) -> Result<Self> {
        Ok(Side {
            affected: self.affected.moved_to(snapshot)?,
            undetermined: self.undetermined.moved_to(snapshot)?,
            known: self.known.moved_to(snapshot)?,
        })
    }

    /// The units of the snapshot that have a verdict here.
    fn with(&self, verdict: Verdict) -> Result<UnitSet> {
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
    /// does not have is [unknown](Verdict::UnknownSerial) there; none is
    /// [invalid](Verdict::InvalidSerial). Those that are unknown now are of the older selection's
    /// snapshot, all others of the newer's.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn moved(&self, from: Verdict, to: Verdict) -> Result<UnitSet> {
        let pair = if to == Verdict::UnknownSerial { &self.then } else { &self.now };
        pair.older.with(from)?.intersection(&pair.newer.with(to)?)
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
