//! What units are counted by.

use std::fmt;

use super::calendar::{Calendar, Unit};
use super::fields::FieldKeys;
use super::made::MadeKeys;
use crate::error::{Error, Result};
use crate::schema::{ColumnType, Schema};

/// One of the things that units are counted by: the value of a column, the period that a date or a
/// timestamp falls in, a field of the serial, or the namespace.
///
/// Periods of a timestamp are whole days of its column's zone, as a scope has them; weeks are those
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

/// When a serial says that it was made, as a column of days.
const MADE: &str = "serial.made";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Term {
    Namespace,
    Column(String),
    Period(String, Unit),
    SerialField(String),
}

impl By {
    /// The value of a column. A unit counts once in each different value of a column of many
    /// values.
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
                return FieldKeys::new(schema.families(), name).map(Bound::SerialField);
            }
            Term::Period(name, unit)
                if name.eq_ignore_ascii_case(MADE) && schema.position(name).is_none() =>
            {
                return MadeKeys::new(schema.families(), *unit).map(Bound::Made);
            }
            Term::Column(name) => (name, None),
            Term::Period(name, unit) => (name, Some(*unit)),
        };
        let place = schema.position(name);
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

/// A term that a schema has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Namespace,
    SerialField(FieldKeys),
    Made(MadeKeys),
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
