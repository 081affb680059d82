//! Columns and the schema they make.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::calendar::Zone;
use crate::error::{Error, Result};
use crate::limits::COLUMNS_MAX;
use crate::serial::Families;

/// What the values of a column are. Any value may be missing.
///
/// # Examples
///
/// ```
/// use seriatim::ColumnType;
///
/// assert_eq!("text_list".parse::<ColumnType>()?, ColumnType::TextList);
/// assert_eq!(ColumnType::ALL.map(ColumnType::name)[0], "text");
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Text, ordered by its UTF-8 bytes.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A number in IEEE 754 double precision; NaN is missing.
    Float,
    /// A day.
    Date,
    /// An instant, to the microsecond.
    Timestamp,
    /// True or false.
    Boolean,
    /// A version such as `4.10`, which comes after `4.9`.
    Version,
    /// Any number of texts a unit, such as the component batches built into it. An empty list is a
    /// known "none"; only a missing list is unknown.
    TextList,
}

impl ColumnType {
    /// Every type.
    pub const ALL: [ColumnType; 8] = [
        ColumnType::Text,
        ColumnType::Integer,
        ColumnType::Float,
        ColumnType::Date,
        ColumnType::Timestamp,
        ColumnType::Boolean,
        ColumnType::Version,
        ColumnType::TextList,
    ];

    /// The name of the type in messages, documents and manifests, such as `"text_list"`.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::Integer => "integer",
            ColumnType::Float => "float",
            ColumnType::Date => "date",
            ColumnType::Timestamp => "timestamp",
            ColumnType::Boolean => "boolean",
            ColumnType::Version => "version",
            ColumnType::TextList => "text_list",
        }
    }
}

/// A type by its name; `invalid_argument` where none has it.
impl FromStr for ColumnType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        ColumnType::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| {
            let names = ColumnType::ALL.map(ColumnType::name).join(", ");
            Error::invalid(format!("there is no type {name:?}; there are {names}"))
        })
    }
}

/// A named, typed column of the units.
#[expect(clippy::struct_field_names, reason = "`type` is a keyword")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    name: String,
    #[serde(rename = "type")]
    column_type: ColumnType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "of_file")]
    identifier: Option<Families>,
}

fn of_file<'de, D: Deserializer<'de>>(document: D) -> Result<Option<Families>, D::Error> {
    Families::of_file(document).map(Some)
}

/// Names that mean something else in a scope.
const RESERVED: [&str; 2] = ["serial", "namespace"];

impl Column {
    /// A column of a name and a type.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the name is empty, longer than 200 bytes, holds a control character
    /// or a full stop, or is `serial` or `namespace`.
    pub fn new(name: impl Into<String>, column_type: ColumnType) -> Result<Self> {
        let name = name.into();
        if name.is_empty() || name.len() > 200 {
            return Err(Error::invalid("a column name has 1 to 200 bytes"));
        }
        if name.chars().any(|it| it.is_control() || it == '.') {
            return Err(Error::invalid(format!(
                "column name {name:?} holds a control character or a full stop"
            )));
        }
        if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(Error::invalid(format!("`{name}` is not an ordinary column; rename it")));
        }
        Ok(Column { name, column_type, zone: None, identifier: None })
    }

    /// Declares the time zone in which the days of a timestamp column begin and end, and local
    /// timestamps are read. Without it, UTC.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the column holds no timestamps or there is no such zone.
    pub fn in_zone(mut self, zone: &str) -> Result<Self> {
        if self.column_type != ColumnType::Timestamp {
            return Err(Error::invalid(format!(
                "column `{}` is a {} column; only timestamps have a zone",
                self.name,
                self.column_type.name()
            )));
        }
        self.zone = Some(Zone::named(zone)?.name().to_owned());
        Ok(self)
    }

    /// Declares that the texts identify units, as an IMEI or a MAC address does: a second serial,
    /// with families of its own. Scopes test it as they test the serial, and units are
    /// [found](crate::Snapshot::lookup_by) by it. It need not be there, and units may share one.
    ///
    /// Without families, all identifiers are opaque; none are inferred.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the column holds no texts, or many a unit.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Column, ColumnType, Families, Record, Schema, SerialFamily, Value, Verdict};
    ///
    /// let families = Families::new(vec![SerialFamily::new("mac", "{oui:H6}-{nic:H6}")?])?;
    /// let schema = Schema::new(vec![Column::new("mac", ColumnType::Text)?.as_identifier(families)?])?;
    ///
    /// let bound = schema.bind(&"mac BETWEEN '0024E4-000000' AND '0024E4-0FFFFF'".parse()?)?;
    /// let unit = Record::of_serial("A7").with("mac", Value::Text("0024E4-00AB12".into()));
    /// assert_eq!(bound.decide(&unit)?, Verdict::Affected);
    /// assert_eq!(bound.decide(&Record::of_serial("A8"))?, Verdict::Undetermined);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn as_identifier(mut self, families: Families) -> Result<Self> {
        if self.column_type != ColumnType::Text {
            return Err(Error::invalid(format!(
                "column `{}` is a {} column; only a text column can be an identifier",
                self.name,
                self.column_type.name()
            )));
        }
        self.identifier = Some(families);
        Ok(self)
    }

    /// The name, as scopes write it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its values are.
    pub fn column_type(&self) -> ColumnType {
        self.column_type
    }

    /// The families of its identifiers; none where it is no identifier.
    pub fn identifier(&self) -> Option<&Families> {
        self.identifier.as_ref()
    }

    /// The zone its days begin and end in.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when a stored zone name is none of the bundled database.
    pub fn zone(&self) -> Result<Zone> {
        self.zone.as_deref().map_or_else(|| Ok(Zone::utc()), Zone::named)
    }
}

/// The columns of an index's units and the families of their serials.
///
/// # Examples
///
/// ```
/// use seriatim::{Column, ColumnType, Schema};
///
/// let schema = Schema::new(vec![
///     Column::new("facility", ColumnType::Text)?,
///     Column::new("made_at", ColumnType::Timestamp)?.in_zone("Europe/Berlin")?,
/// ])?;
/// assert_eq!(schema.position("made_at"), Some(1));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    columns: Vec<Column>,
    #[serde(default, deserialize_with = "Families::of_file")]
    families: Families,
}

impl Schema {
    /// A schema of columns, with no serial family declared yet.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when two columns share a name (case apart, as SQL has it) or there are
    /// too many.
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        if columns.len() > COLUMNS_MAX {
            return Err(Error::invalid(format!(
                "{} columns, but a schema holds at most {COLUMNS_MAX}",
                columns.len()
            )));
        }
        for (at, column) in columns.iter().enumerate() {
            let twin =
                columns.iter().take(at).find(|it| it.name.eq_ignore_ascii_case(&column.name));
            if let Some(twin) = twin {
                return Err(Error::invalid(format!(
                    "columns `{}` and `{}` share a name",
                    twin.name, column.name
                )));
            }
        }
        Ok(Schema { columns, families: Families::default() })
    }

    /// Declares the serial families.
    #[must_use]
    pub fn with_families(mut self, families: Families) -> Self {
        self.families = families;
        self
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The serial families.
    pub fn families(&self) -> &Families {
        &self.families
    }

    /// The place of a column of this name; an exact match goes before one in another case.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .or_else(|| self.columns.iter().position(|it| it.name.eq_ignore_ascii_case(name)))
    }

    /// The identifier column of this name: its place, and its families.
    ///
    /// # Errors
    ///
    /// `invalid_argument` where there is none; the message lists those that there are.
    pub(crate) fn identifier(&self, name: &str) -> Result<(usize, &Families)> {
        let place = self.position(name);
        let column = place.and_then(|at| self.columns.get(at)?.identifier().map(|it| (at, it)));
        column.ok_or_else(|| {
            let all = self.columns.iter().filter(|it| it.identifier.is_some());
            let all: Vec<String> = all.map(|it| format!("`{}`", it.name)).collect();
            let there = if all.is_empty() {
                "none is declared, see `Column::as_identifier`".to_owned()
            } else {
                format!("there are {}", all.join(", "))
            };
            Error::invalid(format!("`{name}` is no identifier column; {there}"))
        })
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.position(name).and_then(|at| self.columns.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::SerialFamily;

    #[test]
    fn bad_names_are_refused() {
        for name in ["", "serial", "Namespace", "a.b", "a\n"] {
            assert!(Column::new(name, ColumnType::Text).is_err(), "{name:?}");
        }
        assert!(Column::new("made at", ColumnType::Text).is_ok());
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let twins = ["lot", "LOT"].map(|it| Column::new(it, ColumnType::Text).unwrap());
        let error = Schema::new(twins.to_vec()).unwrap_err();
        assert_eq!(error.to_string(), "columns `lot` and `LOT` share a name");
    }

    #[test]
    fn only_texts_are_identifiers() {
        for column_type in [ColumnType::TextList, ColumnType::Version, ColumnType::Integer] {
            let column = Column::new("imei", column_type).unwrap();
            assert!(column.as_identifier(Families::default()).is_err(), "{column_type:?}");
        }
    }

    #[test]
    fn identifiers_are_recorded() {
        let families = Families::new(vec![SerialFamily::new("mac", "{n:H12}").unwrap()]).unwrap();
        let column = Column::new("mac", ColumnType::Text).unwrap();
        let written = serde_json::to_string(&column).unwrap();
        assert_eq!(written, r#"{"name":"mac","type":"text"}"#);
        let column = column.as_identifier(families).unwrap();
        let written = serde_json::to_string(&column).unwrap();
        assert_eq!(serde_json::from_str::<Column>(&written).unwrap(), column);
    }

    #[test]
    fn only_timestamps_have_a_zone() {
        assert!(Column::new("lot", ColumnType::Text).unwrap().in_zone("UTC").is_err());
    }
}
