//! What comes back from a scope.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::UnitSet;
use super::find::{Found, find};
use crate::error::{Error, Result};
use crate::scope::{BoundScope, Verdict};
use crate::serial::SerialKey;

/// The units that a scope covers, and those it may cover.
///
/// The two sets have no unit in common; the units in neither are not affected.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema};
/// use seriatim::{Units, Value, Verdict};
///
/// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let units = [
///     Record::of_serial("A001").with("lot", Value::Text("L1".into())),
///     Record::of_serial("A002").with("lot", Value::Text("L2".into())),
///     Record::of_serial("A003"),
/// ];
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let found = index.snapshot().select(&"lot = 'L1'".parse()?)?;
/// assert_eq!((found.affected.len(), found.undetermined.len()), (1, 1));
/// assert_eq!(found.status("A001")?, Verdict::Affected);
/// assert_eq!(found.status("A003")?, Verdict::Undetermined); // nobody knows its lot
/// assert_eq!(found.status("A004")?, Verdict::UnknownSerial);
/// assert_eq!(found.status("?")?, Verdict::InvalidSerial);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Selection {
    /// Units for which the scope is TRUE.
    pub affected: UnitSet,
    /// Units for which it is UNKNOWN: data is missing, so that they cannot be ruled out.
    pub undetermined: Undetermined,
}

impl Selection {
    pub(super) fn new(affected: UnitSet, undetermined: UnitSet, bound: Arc<BoundScope>) -> Self {
        Selection { affected, undetermined: Undetermined { units: undetermined, bound } }
    }

    /// The scope that was asked, bound to the schema of the snapshot.
    pub fn scope(&self) -> &BoundScope {
        &self.undetermined.bound
    }

    /// What the scope says of the unit of this serial, whatever its namespace. Takes a look-up a
    /// segment.
    ///
    /// A serial that is no unit's is [unknown](Verdict::UnknownSerial) where it fits a declared
    /// family, or none is declared, and else [invalid](Verdict::InvalidSerial).
    ///
    /// # Errors
    ///
    /// `conflict` when units of several namespaces have this serial; then
    /// [`status_in`](Selection::status_in) decides. `corrupt`.
    pub fn status(&self, serial: &str) -> Result<Verdict> {
        self.verdict(None, serial)
    }

    /// What the scope says of the unit of this serial in a namespace.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn status_in(&self, namespace: &str, serial: &str) -> Result<Verdict> {
        self.verdict(Some(namespace), serial)
    }

    fn verdict(&self, namespace: Option<&str>, serial: &str) -> Result<Verdict> {
        let snapshot = self.affected.snapshot();
        let families = snapshot.schema().families();
        // What cannot be a serial at all fits no family either.
        let Ok(key) = families.classify(serial) else { return Ok(Verdict::InvalidSerial) };
        let place = match find(snapshot, namespace, &key)? {
            Found::One(place) => place,
            Found::Several => {
                return Err(Error::conflict(
                    "units of several namespaces have this serial; say which namespace is meant",
                ));
            }
            Found::Nothing => {
                return Ok(match key {
                    SerialKey::Opaque(_) if !families.is_empty() => Verdict::InvalidSerial,
                    _ => Verdict::UnknownSerial,
                });
            }
        };
        Ok(if self.affected.holds(place.segment, place.row) {
            Verdict::Affected
        } else if self.undetermined.holds(place.segment, place.row) {
            Verdict::Undetermined
        } else {
            Verdict::NotAffected
        })
    }
}

/// The units that a scope may cover: a [`UnitSet`] with [reasons](Undetermined::by_reason).
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, LoadOptions, Reason, Record, Schema};
/// use seriatim::Units;
///
/// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// index.load_units(Units::records([Record::of_serial("A001")]), LoadOptions::default())?;
///
/// let found = index.snapshot().select(&"lot = 'L1'".parse()?)?;
/// assert_eq!(found.undetermined.len(), 1);
/// assert_eq!(found.undetermined.by_reason()?, [(Reason::MissingColumn("lot".into()), 1)]);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct Undetermined {
    pub(super) units: UnitSet,
    pub(super) bound: Arc<BoundScope>,
}

impl Undetermined {
    /// The units as a set of their own.
    pub fn into_units(self) -> UnitSet {
        self.units
    }
}

impl Deref for Undetermined {
    type Target = UnitSet;

    fn deref(&self) -> &UnitSet {
        &self.units
    }
}

impl fmt::Debug for Undetermined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Undetermined({:?})", self.units)
    }
}
