//! One unit, described without an index.

use std::collections::BTreeMap;

use super::Value;

/// A unit as somebody describes it: its serial, if it has one, and what is known of it.
///
/// A column that is not named is missing, as in an index.
///
/// # Examples
///
/// ```
/// use seriatim::{Record, Value};
///
/// let unit = Record::of_serial("AX250000045312").with("facility", Value::Text("Leipzig".into()));
/// assert_eq!(unit.value("facility"), Some(&Value::Text("Leipzig".into())));
/// assert_eq!(unit.value("lot"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    namespace: String,
    serial: Option<String>,
    values: BTreeMap<String, Value>,
}

impl Record {
    /// A unit with no serial, or with one that nobody can read.
    pub fn without_serial() -> Self {
        Record::default()
    }

    /// A unit with this serial.
    pub fn of_serial(serial: impl Into<String>) -> Self {
        Record { serial: Some(serial.into()), ..Record::default() }
    }

    /// Says what the serial is unique within.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Says one thing more of the unit.
    #[must_use]
    pub fn with(mut self, column: impl Into<String>, value: Value) -> Self {
        self.values.insert(column.into(), value);
        self
    }

    /// What the serial is unique within; empty where one counter serves all.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The serial, where there is one.
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_deref()
    }

    /// What is known of a column.
    pub fn value(&self, column: &str) -> Option<&Value> {
        self.values.get(column)
    }

    /// Everything that is known, by column name.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}
