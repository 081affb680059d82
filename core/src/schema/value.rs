//! One value of one unit.

use std::fmt;

use super::{ColumnType, Version};
use crate::calendar::{Date, Instant};

/// A value of a column; a missing one is no `Value` at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of a text column.
    Text(String),
    /// Of an integer column.
    Integer(i64),
    /// Of a float column; never NaN.
    Float(f64),
    /// Of a date column.
    Date(Date),
    /// Of a timestamp column.
    Timestamp(Instant),
    /// Of a boolean column.
    Boolean(bool),
    /// Of a version column.
    Version(Version),
    /// Of a column with many texts a unit.
    TextList(Vec<String>),
}

impl Value {
    /// The type of the columns that hold such values.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Value::Text(_) => ColumnType::Text,
            Value::Integer(_) => ColumnType::Integer,
            Value::Float(_) => ColumnType::Float,
            Value::Date(_) => ColumnType::Date,
            Value::Timestamp(_) => ColumnType::Timestamp,
            Value::Boolean(_) => ColumnType::Boolean,
            Value::Version(_) => ColumnType::Version,
            Value::TextList(_) => ColumnType::TextList,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Integer(number) => number.fmt(f),
            Value::Float(number) => number.fmt(f),
            Value::Date(date) => date.fmt(f),
            Value::Timestamp(at) => at.fmt(f),
            Value::Boolean(truth) => truth.fmt(f),
            Value::Version(version) => version.fmt(f),
            Value::TextList(texts) => f.debug_list().entries(texts).finish(),
        }
    }
}
