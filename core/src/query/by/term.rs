//! What units are counted by.

use std::fmt;

use super::calendar::{Calendar, Unit};
use super::fields::FieldKeys;
use super::made::MadeKeys;
use super::tally::Slot;
use crate::error::{Error, Result};
use crate::schema::{ColumnType, Schema};
use crate::serial::{Families, FamilyId, SerialKey};

/// One of the things that units are counted by: the value of a column, the period that a date or a
/// timestamp falls in, a field of the serial or of an identifier, or the namespace.
///
/// A column that is named `serial.plant` or `imei.tac` is a field, where the schema has no such
/// column. Periods of a timestamp are whole days of its column's zone, as a scope has them; weeks are those
/// of ISO 8601, which begin on Monday. `serial.made` is when the serials say that they were made: a
/// serial that names days of two periods, such as a month where days are counted, counts as missing.
///
/// # Examples
///
/// ```
/// use seriatim::By;
///
/// assert_eq!(By::column("market").to_string(), "market");
/// assert_eq!(By::month("made_at").to_string(), "made_at_month");
/// assert_eq!(By::week("serial.made").to_string(), "serial.made_week");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct By(Term);

/// What the serial is called, and when it says that it was made.
const SERIAL: &str = "serial";
const MADE: &str = "made";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Term {
    Namespace,
    Column(String),
    Period(String, Unit),
    SerialField(String),
}

impl By {
    /// The value of a column, or a field of an identifier, such as `imei.tac`. A unit counts once in
    /// each different value of a column of many values. Units whose identifiers have no such field
    /// are a group with those that have none; of fields, the identifier of each unit is read.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{By, Column, ColumnType, Families, Index, LoadOptions, Record, Schema};
    /// use seriatim::{SerialFamily, Units, Value};
    ///
    /// let imei = Families::new(vec![SerialFamily::imei("imei")?])?;
    /// let schema = Schema::new(vec![Column::new("imei", ColumnType::Text)?.as_identifier(imei)?])?;
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let units = [("A1", "352099001761481"), ("A2", "35-209900-176149-9"), ("A3", "?")]
    ///     .map(|(serial, imei)| Record::of_serial(serial).with("imei", Value::Text(imei.into())));
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let groups = index.snapshot().all().by(&[By::column("imei.tac")])?;
    /// assert_eq!(groups.to_string(), " imei.tac  units\n 35209900      2\n(missing)      1\n");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn column(name: impl Into<String>) -> Self {
        By(Term::Column(name.into()))
    }

    /// The day.
    pub fn day(column: impl Into<String>) -> Self {
        By(Term::Period(column.into(), Unit::Day))
    }

    /// The week of ISO 8601.
    pub fn week(column: impl Into<String>) -> Self {
        By(Term::Period(column.into(), Unit::Week))
    }

    /// The month of a year.
    pub fn month(column: impl Into<String>) -> Self {
        By(Term::Period(column.into(), Unit::Month))
    }

    /// The year.
    pub fn year(column: impl Into<String>) -> Self {
        By(Term::Period(column.into(), Unit::Year))
    }

    /// A field of the serial, such as the plant or the year that it names. Units whose serials have
    /// no such field are a group of their own, as missing ones are.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{By, Families, Index, LoadOptions, Record, Schema, SerialFamily, Units};
    ///
    /// let family = SerialFamily::new("bike", "{plant:A2}{yy:D2}{n:D4}")?;
    /// let schema = Schema::default().with_families(Families::new(vec![family])?);
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let units = ["AX240001", "AX250001", "BK250001", "?"].map(Record::of_serial);
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let groups = index.snapshot().all().by(&[By::serial_field("plant")])?;
    /// assert_eq!(
    ///     groups.to_string(),
    ///     "serial.plant  units\n\
    ///      AX                2\n\
    ///      BK                1\n\
    ///      (missing)         1\n"
    /// );
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn serial_field(name: impl Into<String>) -> Self {
        By(Term::SerialField(name.into()))
    }

    /// What the serials are unique within.
    pub fn namespace() -> Self {
        By(Term::Namespace)
    }

    /// Finds what it names in a schema.
    pub(super) fn bind(&self, schema: &Schema) -> Result<Bound> {
        let (name, unit) = match &self.0 {
            Term::Namespace => return Ok(Bound::Namespace),
            Term::SerialField(name) => {
                let field = FieldKeys::new((SERIAL, schema.families()), name)?;
                return Ok(Bound::Serial(Part::Field(field)));
            }
            Term::Column(name) => (name, None),
            Term::Period(name, unit) => (name, Some(*unit)),
        };
        let place = schema.position(name);
        if place.is_none()
            && let Some((of, field)) = name.split_once('.')
        {
            return bind_field(schema, (of, field), unit);
        }
        let found = place.and_then(|place| Some((place, schema.columns().get(place)?)));
        let Some((place, column)) = found else {
            return Err(Error::not_found(format!("there is no column `{name}` to count by")));
        };
        let column_type = column.column_type();
        let Some(unit) = unit else {
            let zone = match column_type {
                ColumnType::Timestamp => Some(column.zone()?),
                _ => None,
            };
            return Ok(Bound::Column { place, column_type, zone: zone.map(|it| it.name().into()) });
        };
        let calendar = match column_type {
            ColumnType::Date => Calendar::of_dates(unit),
            ColumnType::Timestamp => Calendar::of_instants(unit, column.zone()?),
            other => {
                return Err(Error::invalid(format!(
                    "column `{name}` is a {} column; only dates and timestamps fall in a {}",
                    other.name(),
                    unit.name()
                )));
            }
        };
        Ok(Bound::Period { place, calendar })
    }
}

/// Finds a field of the serial or of an identifier, or the period in which it says that it was made.
fn bind_field(schema: &Schema, (of, field): (&str, &str), unit: Option<Unit>) -> Result<Bound> {
    let is_serial = of.eq_ignore_ascii_case(SERIAL) && schema.position(of).is_none();
    let place = schema.position(of);
    let column = place.and_then(|place| Some((place, schema.columns().get(place)?.identifier()?)));
    let families = match column {
        Some((_, families)) => families,
        None if is_serial => schema.families(),
        None => {
            return Err(Error::not_found(format!(
                "there is no column `{of}.{field}` to count by, nor an identifier `{of}`"
            )));
        }
    };
    let part = match unit {
        Some(unit) if field.eq_ignore_ascii_case(MADE) => {
            Part::Made(MadeKeys::new((of, families), unit)?)
        }
        Some(unit) => {
            return Err(Error::invalid(format!(
                "`{of}.{field}` is no date; only `{of}.{MADE}` falls in a {}",
                unit.name()
            )));
        }
        None => Part::Field(FieldKeys::new((of, families), field)?),
    };
    Ok(match column {
        Some((place, families)) => Bound::Identifier { place, families: families.clone(), part },
        None => Bound::Serial(part),
    })
}

/// The name of the column that the keys make: that of the column they are of, with the period.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Term::Namespace => f.write_str("namespace"),
            Term::Column(name) => f.write_str(name),
            Term::SerialField(name) => write!(f, "serial.{name}"),
            Term::Period(name, unit) => write!(f, "{name}_{}", unit.name()),
        }
    }
}

/// What a serial or an identifier says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Field(FieldKeys),
    Made(MadeKeys),
}

impl Part {
    /// What a serial has.
    pub(super) fn slot(&self, key: &SerialKey) -> Slot {
        match self {
            Part::Field(field) => field.slot(key),
            Part::Made(made) => made.slot(key),
        }
    }

    /// What two serials of a family and all between them have, where that is the same.
    pub(super) fn common(&self, family: FamilyId, first: u128, last: u128) -> Option<Slot> {
        match self {
            Part::Field(field) => field.common(family, first, last),
            Part::Made(made) => made.common(family, first, last),
        }
    }

    /// Appends what the codes of a family have.
    pub(super) fn slots_into(&self, family: FamilyId, codes: &[u128], out: &mut Vec<Slot>) {
        match self {
            Part::Field(field) => field.slots_into(family, codes, out),
            Part::Made(made) => made.slots_into(family, codes, out),
        }
    }
}

/// A term that a schema has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Namespace,
    Serial(Part),
    /// Of the identifiers in a column.
    Identifier {
        place: usize,
        families: Families,
        part: Part,
    },
    Column {
        place: usize,
        column_type: ColumnType,
        /// Of timestamps.
        zone: Option<String>,
    },
    Period {
        place: usize,
        calendar: Calendar,
    },
}
