//! What a bound scope says of one described unit: the meaning of the language.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::ast::NodeId;
use super::bound::{BoundNode, SerialTest, TextTest, TimePart, ValueTest};
use super::{BoundScope, Truth, Verdict};
use crate::calendar::{Date, Instant, Zone};
use crate::error::{Error, Result};
use crate::schema::{Record, Schema, Value, Version};
use crate::serial::{Families, SerialKey};

impl BoundScope {
    /// Whether the scope covers a unit that somebody describes.
    ///
    /// A serial that fits none of the declared families, where some are, gives
    /// [`Verdict::InvalidSerial`] whatever else is known. Never gives [`Verdict::UnknownSerial`],
    /// which only an index can say. White space around a serial or an identifier is no part of it,
    /// and an empty one is none. Costs a walk over the scope.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the record names a column that the schema does not have, or one
    /// twice, or gives a value of another type, and when its serial or an identifier is longer than
    /// 256 bytes or holds a control character.
    pub fn decide(&self, record: &Record) -> Result<Verdict> {
        let unit = Unit::new(&self.schema, record)?;
        Ok(unit.verdict(self.truth_of(self.root(), &unit)?))
    }

    /// Whether the scope holds for a unit that somebody describes.
    ///
    /// # Errors
    ///
    /// As [`decide`](BoundScope::decide).
    pub fn truth(&self, record: &Record) -> Result<Truth> {
        self.truth_of(self.root(), &Unit::new(&self.schema, record)?)
    }

    /// The truth of every node, in their order, and the verdict.
    pub(super) fn truths(&self, record: &Record) -> Result<(Vec<Truth>, Verdict)> {
        let unit = Unit::new(&self.schema, record)?;
        let mut truths: Vec<Truth> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let of = |id: &NodeId| truths.get(id.index()).copied().unwrap_or(Truth::Unknown);
            let truth = match node {
                BoundNode::And(children) => children.iter().map(of).fold(Truth::True, Truth::and),
                BoundNode::Or(children) => children.iter().map(of).fold(Truth::False, Truth::or),
                BoundNode::Not(child) => of(child).negate(),
                test => unit.truth(test)?,
            };
            truths.push(truth);
        }
        let verdict = unit.verdict(truths.last().copied().unwrap_or(Truth::Unknown));
        Ok((truths, verdict))
    }

    /// The truth of a node. What no longer matters is not asked, so that of the rows of a table most
    /// cost one test each. Nodes are nested a few hundred levels at most.
    fn truth_of(&self, node: NodeId, unit: &Unit<'_>) -> Result<Truth> {
        let (children, decisive, join): (_, _, fn(Truth, Truth) -> Truth) = match self.node(node) {
            BoundNode::And(children) => (children, Truth::False, Truth::and),
            BoundNode::Or(children) => (children, Truth::True, Truth::or),
            BoundNode::Not(child) => return Ok(self.truth_of(*child, unit)?.negate()),
            test => return unit.truth(test),
        };
        let mut all = decisive.negate();
        for child in children {
            all = join(all, self.truth_of(*child, unit)?);
            if all == decisive {
                break;
            }
        }
        Ok(all)
    }
}

/// A record that fits the schema.
struct Unit<'a> {
    families: &'a Families,
    namespace: &'a str,
    key: Option<SerialKey>,
    /// By place in the schema.
    values: Vec<Option<&'a Value>>,
    /// By the place of its column in the schema.
    identifiers: BTreeMap<usize, (&'a Families, SerialKey)>,
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
        let mut identifiers = BTreeMap::new();
        for (at, (column, value)) in schema.columns().iter().zip(&mut values).enumerate() {
            let (Some(families), Some(Value::Text(text))) = (column.identifier(), *value) else {
                continue;
            };
            let key = families.classify_present(text);
            match key.map_err(|error| error.within(format!("column `{}`", column.name())))? {
                Some(key) => {
                    identifiers.insert(at, (families, key));
                }
                None => *value = None,
            }
        }
        let families = schema.families();
        let key = record.serial().map(|serial| families.classify_present(serial)).transpose()?;
        let (key, namespace) = (key.flatten(), record.namespace());
        Ok(Unit { families, namespace, key, values, identifiers })
    }

    /// The truth of a test.
    fn truth(&self, test: &BoundNode) -> Result<Truth> {
        Ok(match test {
            BoundNode::Constant(truth) => *truth,
            BoundNode::Missing { column } => Truth::from(self.value(*column).is_none()),
            BoundNode::SerialMissing => Truth::from(self.key.is_none()),
            BoundNode::Column { column, test } => {
                Truth::from(self.value(*column).map(|value| test.holds(value)))
            }
            BoundNode::Serial(test) => match &self.key {
                None => Truth::Unknown,
                Some(key) => test.truth(self.families, key)?,
            },
            BoundNode::Identifier { column, test } => match self.identifier(*column) {
                None => Truth::Unknown,
                Some((families, key)) => test.truth(families, key)?,
            },
            BoundNode::Namespace(test) => Truth::from(test.holds_text(self.namespace)),
            // These are no tests.
            BoundNode::And(_) | BoundNode::Or(_) | BoundNode::Not(_) => Truth::Unknown,
        })
    }

    /// The verdict, where the scope is this.
    fn verdict(&self, truth: Truth) -> Verdict {
        match self.key {
            Some(SerialKey::Opaque(_)) if !self.families.is_empty() => Verdict::InvalidSerial,
            _ => Verdict::from(truth),
        }
    }

    /// The identifier in a column, and its families.
    fn identifier(&self, column: usize) -> Option<(&'a Families, &SerialKey)> {
        self.identifiers.get(&column).map(|(families, key)| (*families, key))
    }

    /// The value of a column; NaN is missing.
    fn value(&self, column: usize) -> Option<&Value> {
        let value = self.values.get(column).copied().flatten();
        value.filter(|value| !matches!(value, Value::Float(number) if number.is_nan()))
    }
}

impl ValueTest {
    /// Whether a value passes the test of its own column; a value of another type does not.
    pub(crate) fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (ValueTest::Numbers(ranges), value) => {
                ordinal(value).is_some_and(|number| within(ranges, number))
            }
            (ValueTest::Floats(ranges), Value::Float(number)) => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(number))
            }
            (ValueTest::PartOfTime { part, zone, test }, value) => {
                part.of(value, zone).is_some_and(|number| within(test, number))
            }
            (_, Value::Text(text)) => self.holds_text(text),
            (_, Value::TextList(texts)) => texts.iter().any(|text| self.holds_text(text)),
            (_, Value::Version(version)) => self.holds_text(version.as_str()),
            _ => false,
        }
    }

    /// Whether a text passes the test of its own column, a version's included.
    pub(crate) fn holds_text(&self, text: &str) -> bool {
        match self {
            ValueTest::Texts(test) => test.holds(text, str::cmp),
            ValueTest::Versions(test) => test.holds(text, Version::compare),
            ValueTest::OfText { of, test } => test.holds(&of.apply(text), str::cmp),
            ValueTest::Length { of, test } => within(test, length(&of.apply(text))),
            ValueTest::Numbers(_) | ValueTest::Floats(_) | ValueTest::PartOfTime { .. } => false,
        }
    }
}

impl TimePart {
    /// The part of a day or of an instant.
    pub(crate) fn of(self, value: &Value, zone: &Zone) -> Option<i64> {
        match value {
            Value::Date(date) => self.of_day(*date),
            Value::Timestamp(at) => Some(self.of_instant(*at, zone)),
            _ => None,
        }
    }

    /// The part of a day, which has no time of day.
    pub(crate) fn of_day(self, date: Date) -> Option<i64> {
        match self {
            TimePart::Of(part) => Some(part.of(date, 0)),
            TimePart::TimeOfDay => None,
        }
    }

    /// The part of an instant by the clock of a zone.
    pub(crate) fn of_instant(self, at: Instant, zone: &Zone) -> i64 {
        let (date, micros) = zone.clock(at);
        match self {
            TimePart::Of(part) => part.of(date, micros),
            TimePart::TimeOfDay => micros,
        }
    }
}

/// Whether a number is in one of the ranges, which ascend.
pub(crate) fn within(ranges: &[(i64, i64)], number: i64) -> bool {
    let at = ranges.partition_point(|(_, last)| *last < number);
    ranges.get(at).is_some_and(|(first, _)| *first <= number)
}

/// How many characters a text has.
fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
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
    /// Whether a text passes, ranges being in this order.
    pub(crate) fn holds(&self, text: &str, order: fn(&str, &str) -> Ordering) -> bool {
        match self {
            TextTest::Like(pattern) => pattern.matches(text),
            TextTest::Masked(masked) => masked.holds(text),
            TextTest::Any(tests) => tests.iter().any(|test| test.holds(text, order)),
            TextTest::Ranges(ranges) => {
                let at = ranges.partition_point(|(_, last)| match last {
                    Bound::Included(last) => order(last, text) == Ordering::Less,
                    Bound::Excluded(last) => order(last, text) != Ordering::Greater,
                    Bound::Unbounded => false,
                });
                ranges.get(at).is_some_and(|(first, _)| match first {
                    Bound::Included(first) => order(first, text) != Ordering::Greater,
                    Bound::Excluded(first) => order(first, text) == Ordering::Less,
                    Bound::Unbounded => true,
                })
            }
        }
    }
}

impl SerialTest {
    /// What the test says of a serial: the meaning that every faster way must agree with.
    pub(crate) fn truth(&self, families: &Families, key: &SerialKey) -> Result<Truth> {
        Ok(match self {
            SerialTest::Range(range) => Truth::from(range.decide(families, key)),
            SerialTest::In(keys) => Truth::from(keys.binary_search(key).is_ok()),
            SerialTest::InSet(set) => Truth::from(set.contains(key)),
            SerialTest::Like(pattern) => Truth::from(pattern.matches(&families.text(key)?)),
            SerialTest::Masked(masked) => Truth::from(masked.decide(&families.text(key)?)),
            SerialTest::Text { of, test } => {
                Truth::from(test.holds(&of.apply(&families.text(key)?), str::cmp))
            }
            SerialTest::Length { of, test } => {
                Truth::from(within(test, length(&of.apply(&families.text(key)?))))
            }
            SerialTest::Field(field) => field.truth(families, key),
            SerialTest::FieldMissing(field) => Truth::from(field.is_missing(key)),
            SerialTest::Made(days) => {
                made(families, key).map_or(Truth::Unknown, |period| lies_in(days, period))
            }
            SerialTest::MadeMissing => Truth::from(made(families, key).is_none()),
        })
    }
}

/// The first and the last day on which a serial says that it was made, in days after 1970.
fn made(families: &Families, key: &SerialKey) -> Option<(i64, i64)> {
    let SerialKey::Coded { family, code } = key else { return None };
    let (first, last) = families.family(*family)?.made(*code)?;
    Some((i64::from(first.days()), i64::from(last.days())))
}

/// Whether a period lies in one of the ranges, which ascend; UNKNOWN where only a part of it does.
pub(crate) fn lies_in(ranges: &[(i64, i64)], (first, last): (i64, i64)) -> Truth {
    let at = ranges.partition_point(|(_, end)| *end < first);
    match ranges.get(at) {
        Some((start, end)) if *start <= first && last <= *end => Truth::True,
        Some((start, _)) if *start <= last => Truth::Unknown,
        _ => Truth::False,
    }
}
