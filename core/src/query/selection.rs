//! What comes back from a scope.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::UnitSet;
use super::find::{Found, Place, find, find_identified};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::gs1::Scanned;
use crate::scope::{BoundScope, Decision, Verdict};
use crate::serial::{Families, SerialKey};

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

    /// What the scope says of the unit of this serial, whatever its namespace, or of the unit that a
    /// scanner read: a Digital Link, an element string of GS1, or a serial by itself, as
    /// [`Scanned`] reads them. Takes a look-up a segment.
    ///
    /// A GTIN that was read is the namespace, unless the index has no other than the empty one.
    ///
    /// A serial that is no unit's is [unknown](Verdict::UnknownSerial) where it fits a declared
    /// family, or none is declared, and else [invalid](Verdict::InvalidSerial); so is what was
    /// misread.
    ///
    /// # Errors
    ///
    /// `conflict` when units of several namespaces have this serial; then
    /// [`status_in`](Selection::status_in) decides. `corrupt`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Index, LoadOptions, Record, Schema, Units, Verdict};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
    /// let unit = Record::of_serial("A7").in_namespace("09506000134352");
    /// index.load_units(Units::records([unit]), LoadOptions::default())?;
    /// let found = index.snapshot().select(&"serial = 'A7'".parse()?)?;
    ///
    /// assert_eq!(found.status("A7")?, Verdict::Affected);
    /// assert_eq!(found.status("(01)09506000134352(21)A7")?, Verdict::Affected);
    /// assert_eq!(found.status("https://example.org/01/9506000134352/21/A7")?, Verdict::Affected);
    /// assert_eq!(found.status("(01)09506000134352(21)A8")?, Verdict::UnknownSerial);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn status(&self, serial: &str) -> Result<Verdict> {
        let snapshot = self.affected.snapshot();
        let families = snapshot.schema().families();
        // What stands in the index just so is no code to be read.
        let as_it_is = self.verdict(None, serial)?;
        if !matches!(as_it_is, Verdict::UnknownSerial | Verdict::InvalidSerial) {
            return Ok(as_it_is);
        }
        let Ok(scanned) = Scanned::read(serial, families) else {
            return Ok(Verdict::InvalidSerial);
        };
        let Some(gtin) = scanned.namespace() else { return self.verdict(None, scanned.serial()) };
        let mut segments = snapshot.segments().iter();
        let named = segments.any(|it| it.units.namespaces().iter().any(|name| !name.is_empty()));
        self.verdict(Some(if named { gtin } else { "" }), scanned.serial())
    }

    /// What the scope says of the unit of this serial in a namespace.
    ///
    /// # Errors
    ///
    /// `corrupt`.
    pub fn status_in(&self, namespace: &str, serial: &str) -> Result<Verdict> {
        self.verdict(Some(namespace), serial)
    }

    /// What the scope says of the unit of this identifier in a column. Takes a look-up a segment.
    ///
    /// An identifier that is no unit's is [unknown](Verdict::UnknownSerial) where it fits a family
    /// of the column, or none is declared, and else [invalid](Verdict::InvalidSerial).
    ///
    /// # Errors
    ///
    /// `conflict` when units share it, which [`lookup_by`](crate::Snapshot::lookup_by) gives;
    /// `invalid_argument` when no identifier column has this name; `corrupt`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Column, ColumnType, Families, Index, LoadOptions, Record, Schema};
    /// use seriatim::{Units, Value, Verdict};
    ///
    /// let columns = vec![Column::new("mac", ColumnType::Text)?.as_identifier(Families::default())?];
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::new(columns)?)?;
    /// let unit = Record::of_serial("A7").with("mac", Value::Text("0024E400AB12".into()));
    /// index.load_units(Units::records([unit]), LoadOptions::default())?;
    ///
    /// let found = index.snapshot().select(&"serial = 'A7'".parse()?)?;
    /// assert_eq!(found.status_by("mac", "0024E400AB12")?, Verdict::Affected);
    /// assert_eq!(found.status_by("mac", "0024E400AB13")?, Verdict::UnknownSerial);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn status_by(&self, column: &str, identifier: &str) -> Result<Verdict> {
        let snapshot = self.affected.snapshot();
        let (column, families) = snapshot.schema().identifier(column)?;
        let Ok(key) = families.classify(identifier) else { return Ok(Verdict::InvalidSerial) };
        let mut found = Found::Nothing;
        for (at, segment) in snapshot.segments().iter().enumerate() {
            let wanted = std::slice::from_ref(&key);
            find_identified(segment, column, wanted, |_, row| {
                found.add(Place { segment: at, row });
            })?;
        }
        let shared = "units share this identifier; look it up to see which";
        self.verdict_of(found, (families, &key), shared)
    }

    /// What the scope says of one unit of the index, and the clauses that decide.
    ///
    /// The verdict is that of [`status_in`](Selection::status_in): a unit of the index is never
    /// invalid. Takes a look-up a segment, and reads the unit's values.
    ///
    /// # Errors
    ///
    /// `not_found` when there is no such unit; `corrupt` when a file is damaged where it is read;
    /// `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value, Verdict};
    ///
    /// let columns = ["facility", "lot"].map(|name| Column::new(name, ColumnType::Text));
    /// let schema = Schema::new(columns.into_iter().collect::<Result<_, _>>()?)?;
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let unit = Record::of_serial("A7").with("facility", Value::Text("Leipzig".into()));
    /// index.load_units(Units::records([unit]), LoadOptions::default())?;
    ///
    /// let scope = "facility = 'Leipzig' AND lot = 'L1'".parse()?;
    /// let decision = index.snapshot().select(&scope)?.explain_unit("", "A7")?;
    /// assert_eq!(decision.verdict, Verdict::Undetermined);
    /// assert_eq!(decision.clauses[0].text, "lot = 'L1'");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn explain_unit(&self, namespace: &str, serial: &str) -> Result<Decision> {
        let snapshot = self.affected.snapshot();
        let nothing = || Error::not_found("no unit of the index has this serial in this namespace");
        let key = snapshot.schema().families().classify(serial).map_err(|_| nothing())?;
        let Found::One(place) = find(snapshot, Some(namespace), &key)? else {
            return Err(nothing());
        };
        let mut rows = vec![RowSet::new(); snapshot.segments().len()];
        if let Some(rows) = rows.get_mut(place.segment) {
            rows.push_range(u64::from(place.row)..u64::from(place.row) + 1);
        }
        let unit = UnitSet::of(snapshot.clone(), rows);
        let columns: Vec<&str> =
            snapshot.schema().columns().iter().map(crate::schema::Column::name).collect();
        let record = unit.records(&columns)?.next().transpose()?.ok_or_else(nothing)?;
        let mut decision = self.scope().explain_record(&record)?;
        decision.verdict = Verdict::from(decision.truth);
        Ok(decision)
    }

    fn verdict(&self, namespace: Option<&str>, serial: &str) -> Result<Verdict> {
        let snapshot = self.affected.snapshot();
        let families = snapshot.schema().families();
        // What cannot be a serial at all fits no family either.
        let Ok(key) = families.classify(serial) else { return Ok(Verdict::InvalidSerial) };
        let found = find(snapshot, namespace, &key)?;
        let shared = "units of several namespaces have this serial; say which namespace is meant";
        self.verdict_of(found, (families, &key), shared)
    }

    /// The verdict on what was found of a key; `shared` says what it means to be several.
    fn verdict_of(
        &self,
        found: Found,
        (families, key): (&Families, &SerialKey),
        shared: &str,
    ) -> Result<Verdict> {
        let place = match found {
            Found::One(place) => place,
            Found::Several => return Err(Error::conflict(shared)),
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
