//! What the units of a group have in common.

use std::cmp::Ordering;
use std::fmt;

use super::calendar::Unit;
use crate::calendar::Date;
use crate::schema::Value;

/// What the units of a group have of one term; where it is missing, there is no `GroupKey`.
///
/// # Examples
///
/// ```
/// use seriatim::{GroupKey, Value};
///
/// let key = GroupKey::from(Value::Text("DE".into()));
/// assert_eq!(key.to_string(), "DE");
/// assert_eq!(GroupKey::EmptyList.to_string(), "(none)");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum GroupKey {
    /// A list of no texts: a known "none".
    EmptyList,
    /// The value of a column, of a column of many values one of them; or the namespace.
    Value(Value),
    /// The period that a date or a timestamp falls in.
    Period(Period),
}

impl GroupKey {
    /// The value, unless it is a period or an empty list.
    pub fn value(&self) -> Option<&Value> {
        match self {
            GroupKey::Value(value) => Some(value),
            GroupKey::EmptyList | GroupKey::Period(_) => None,
        }
    }

    /// The period, unless it is a value or an empty list.
    pub fn period(&self) -> Option<Period> {
        match self {
            GroupKey::Period(period) => Some(*period),
            GroupKey::EmptyList | GroupKey::Value(_) => None,
        }
    }

    /// Compares two keys of one term; those of two are as good as equal.
    fn compare(&self, other: &GroupKey) -> Ordering {
        match (self, other) {
            (GroupKey::Period(a), GroupKey::Period(b)) => a.cmp(b),
            (GroupKey::Value(a), GroupKey::Value(b)) => compare_values(a, b),
            (GroupKey::EmptyList, GroupKey::Value(_)) => Ordering::Less,
            (GroupKey::Value(_), GroupKey::EmptyList) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// Compares the keys of two groups; missing comes last.
pub(super) fn compare_keys(a: &[Option<GroupKey>], b: &[Option<GroupKey>]) -> Ordering {
    let pairs = a.iter().zip(b).map(|pair| match pair {
        (Some(a), Some(b)) => a.compare(b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    pairs.fold(Ordering::Equal, Ordering::then)
}

fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        // None is NaN, and the two zeros are one.
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Version(a), Value::Version(b)) => a.cmp(b),
        (Value::TextList(a), Value::TextList(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

impl From<Value> for GroupKey {
    fn from(value: Value) -> Self {
        GroupKey::Value(value)
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GroupKey::EmptyList => f.write_str("(none)"),
            GroupKey::Value(value) => value.fmt(f),
            GroupKey::Period(period) => period.fmt(f),
        }
    }
}

/// A day, a week, a month or a year.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{By, Column, ColumnType, Date, Index, LoadOptions, Record};
/// use seriatim::{Schema, Units, Value};
///
/// let schema = Schema::new(vec![Column::new("made_on", ColumnType::Date)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let unit = Record::of_serial("A1").with("made_on", Value::Date(Date::new(2021, 1, 3)?));
/// index.load_units(Units::records([unit]), LoadOptions::default())?;
///
/// let weeks = index.snapshot().all().by(&[By::week("made_on")])?;
/// let week = weeks.iter().next().and_then(|group| group.keys()[0].as_ref()?.period()).unwrap();
/// assert_eq!(week.to_string(), "2020-W53");
/// assert_eq!(week.first_day(), Date::new(2020, 12, 28)?);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first_day: Date,
    unit: Unit,
}

impl Period {
    pub(super) fn new(unit: Unit, first_day: Date) -> Self {
        Period { first_day, unit }
    }

    /// The day it begins with.
    pub fn first_day(self) -> Date {
        self.first_day
    }
}

/// As ISO 8601 writes it: `2025-03-01`, `2025-W09`, `2025-03`, `2025`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.first_day;
        match self.unit {
            Unit::Day => day.fmt(f),
            Unit::Week => {
                let (year, week) = day.iso_week();
                write!(f, "{year:04}-W{week:02}")
            }
            Unit::Month => write!(f, "{:04}-{:02}", day.year(), day.month()),
            Unit::Year => write!(f, "{:04}", day.year()),
        }
    }
}
