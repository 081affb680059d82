//! What a bound scope says of one described unit: the meaning of the language.

use std::cmp::Ordering;
use std::ops::Bound;

use super::ast::NodeId;
use super::bound::{BoundNode, SerialTest, TextTest, ValueTest};
use super::{BoundScope, Truth, Verdict};
use crate::error::{Error, Result};
use crate::schema::{Record, Schema, Value, Version};
use crate::serial::{Families, SerialKey};

impl BoundScope {
    /// Whether the scope covers a unit that somebody describes.
    ///
    /// A serial that fits none of the declared families, where some are, gives
    /// [`Verdict::InvalidSerial`] whatever else is known. Never gives [`Verdict::UnknownSerial`],
    /// which only an index can say. Costs a walk over the scope.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the record names a column that the schema does not have, or one
    /// twice, or gives a value of another type, and when its serial is empty, longer than 256
    /// bytes or holds a control character.
    pub fn decide(&self, record: &Record) -> Result<Verdict> {
        let unit = Unit::new(&self.schema, record)?;
        let truth = self.evaluate(&unit)?;
        match unit.key {
            Some(SerialKey::Opaque(_)) if !unit.families.is_empty() => Ok(Verdict::InvalidSerial),
            _ => Ok(Verdict::from(truth)),
        }
    }

    /// Whether the scope holds for a unit that somebody describes.
    ///
    /// # Errors
    ///
    /// As [`decide`](BoundScope::decide).
    pub fn truth(&self, record: &Record) -> Result<Truth> {
        self.evaluate(&Unit::new(&self.schema, record)?)
    }

    fn evaluate(&self, unit: &Unit<'_>) -> Result<Truth> {
        let mut truths: Vec<Truth> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let of = |id: &NodeId| truths.get(id.index()).copied().unwrap_or(Truth::Unknown);
            let truth = match node {
                BoundNode::And(children) => children.iter().map(of).fold(Truth::True, Truth::and),
                BoundNode::Or(children) => children.iter().map(of).fold(Truth::False, Truth::or),
                BoundNode::Not(child) => of(child).negate(),
                BoundNode::Constant(truth) => *truth,
                BoundNode::Missing { column } => Truth::from(unit.value(*column).is_none()),
                BoundNode::SerialMissing => Truth::from(unit.key.is_none()),
                BoundNode::Column { column, test } => {
                    Truth::from(unit.value(*column).map(|value| test.holds(value)))
                }
                BoundNode::Serial(test) => match &unit.key {
                    None => Truth::Unknown,
                    Some(key) => test.holds(unit.families, key)?,
                },
                BoundNode::Namespace(test) => Truth::from(test.holds(unit.namespace, str::cmp)),
            };
            truths.push(truth);
        }
        Ok(truths.last().copied().unwrap_or(Truth::Unknown))
    }
}

/// A record that fits the schema.
struct Unit<'a> {
    families: &'a Families,
    namespace: &'a str,
    key: Option<SerialKey>,
    /// By place in the schema.
    values: Vec<Option<&'a Value>>,
}

impl<'a> Unit<'a> {
    fn new(schema: &'a Schema, record: &'a Record) -> Result<Self> {
        let mut values = vec![None; schema.columns().len()];
        for (name, value) in record.values() {
            let column = schema
                .position(name)
                .and_then(|at| schema.columns().get(at).zip(values.get_mut(at)));
            let Some((column, place)) = column else {
                return Err(Error::invalid(format!("the schema has no column `{name}`")));
            };
            if value.column_type() != column.column_type() {
                return Err(Error::invalid(format!(
                    "column `{}` holds values of type {}; the record gives one of type {}",
                    column.name(),
                    column.column_type().name(),
                    value.column_type().name()
                )));
            }
            if place.replace(value).is_some() {
                let name = column.name();
                return Err(Error::invalid(format!("the record gives column `{name}` twice")));
            }
        }
        let families = schema.families();
        let key = record.serial().map(|serial| families.classify(serial)).transpose()?;
        Ok(Unit { families, namespace: record.namespace(), key, values })
    }

    /// The value of a column; NaN is missing.
    fn value(&self, column: usize) -> Option<&Value> {
        let value = self.values.get(column).copied().flatten();
        value.filter(|value| !matches!(value, Value::Float(number) if number.is_nan()))
    }
}

impl ValueTest {
    /// Whether a value passes the test of its own column; a value of another type does not.
    fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (ValueTest::Numbers(ranges), value) => ordinal(value).is_some_and(|number| {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&number))
            }),
            (ValueTest::Floats(ranges), Value::Float(number)) => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(number))
            }
            (ValueTest::Texts(test), Value::Text(text)) => test.holds(text, str::cmp),
            (ValueTest::Texts(test), Value::TextList(texts)) => {
                texts.iter().any(|text| test.holds(text, str::cmp))
            }
            (ValueTest::Versions(test), Value::Version(version)) => {
                test.holds(version.as_str(), Version::compare)
            }
            _ => false,
        }
    }
}

/// The number that stands for a value in a test of numbers.
fn ordinal(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Date(date) => Some(i64::from(date.days())),
        Value::Timestamp(at) => Some(at.micros()),
        Value::Boolean(truth) => Some(i64::from(*truth)),
        _ => None,
    }
}

impl TextTest {
    fn holds(&self, text: &str, order: fn(&str, &str) -> Ordering) -> bool {
        match self {
            TextTest::Like(pattern) => pattern.matches(text),
            TextTest::Ranges(ranges) => ranges.iter().any(|(first, last)| {
                let begun = match first {
                    Bound::Included(first) => order(first, text) != Ordering::Greater,
                    Bound::Excluded(first) => order(first, text) == Ordering::Less,
                    Bound::Unbounded => true,
                };
                begun
                    && match last {
                        Bound::Included(last) => order(text, last) != Ordering::Greater,
                        Bound::Excluded(last) => order(text, last) == Ordering::Less,
                        Bound::Unbounded => true,
                    }
            }),
        }
    }
}

impl SerialTest {
    fn holds(&self, families: &Families, key: &SerialKey) -> Result<Truth> {
        Ok(match self {
            SerialTest::Range(range) => Truth::from(range.decide(families, key)),
            SerialTest::In(keys) => Truth::from(keys.binary_search(key).is_ok()),
            SerialTest::Like(pattern) => Truth::from(pattern.matches(&families.text(key)?)),
        })
    }
}
