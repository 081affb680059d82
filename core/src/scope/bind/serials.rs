//! Tests of serials and identifiers.

use super::keyed::Keyed;
use super::shape::{Shape, lengths, of_text, shape};
use super::texts::{masked, pattern, text};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::ColumnType;
use crate::scope::SerialSet;
use crate::scope::ast::{Comparison, Operand, Predicate, Spot, Subject};
use crate::scope::bound::SerialTest;
use crate::scope::bound_serials::BoundSerials;
use crate::scope::literal::Kind;
use crate::serial::{KeyRange, SerialKey};

/// An error, and where it arose.
type Refused = (Error, Spot);

/// A test of serials: any of these holds, and the serial is not this one.
pub(super) struct SerialTests {
    pub(super) any: Vec<SerialTest>,
    pub(super) but: Option<SerialKey>,
}

impl From<SerialTest> for SerialTests {
    fn from(test: SerialTest) -> Self {
        SerialTests { any: vec![test], but: None }
    }
}

/// The test of serials that a condition other than `IS NULL` asks for. That of `<>` is that of `=`.
pub(super) fn serial_tests(
    keyed: Keyed<'_>,
    subject: &Subject,
    predicate: &Predicate,
) -> Result<SerialTests, Refused> {
    let of_function = |(error, at): Refused| (error.within(format!("`{subject}`")), at);
    match shape(ColumnType::Text, &subject.calls).map_err(of_function)? {
        Shape::Text(of) => {
            let test = of_text(&of, predicate).map_err(of_function)?;
            return Ok(SerialTest::Text { of, test }.into());
        }
        Shape::Length(of) => {
            let test = lengths(&of, predicate).map_err(of_function)?;
            return Ok(SerialTest::Length { of, test }.into());
        }
        // Functions of texts give texts and numbers only.
        Shape::Value | Shape::Part(_) | Shape::Day | Shape::TimeOfDay => {}
    }
    let within = |refused| keyed.within(refused);
    if let Some(test) = masked(predicate).map_err(within)? {
        return Ok(SerialTest::Masked(test).into());
    }
    Ok(match predicate {
        Predicate::Compare(Comparison::Eq | Comparison::Ne, operand)
        | Predicate::NotDistinct(operand) => SerialTest::In(vec![key(keyed, operand)?]).into(),
        // A range without its end where the comparison is strict: what is at most the end and not
        // the end, so that a near miss of the range's family stays UNKNOWN.
        Predicate::Compare(comparison, operand) => {
            let upwards = matches!(comparison, Comparison::Ge | Comparison::Gt);
            let ends = if upwards { [Some(operand), None] } else { [None, Some(operand)] };
            let strict = matches!(comparison, Comparison::Lt | Comparison::Gt);
            SerialTests {
                any: vec![SerialTest::Range(range(keyed, ends)?)],
                but: strict.then(|| key(keyed, operand)).transpose()?,
            }
        }
        Predicate::Between(first, last) => {
            SerialTest::Range(range(keyed, [Some(first), Some(last)])?).into()
        }
        Predicate::In(list) => listed(keyed, list)?,
        Predicate::Like(operand) => {
            SerialTest::Like(pattern(operand, ColumnType::Text).map_err(within)?).into()
        }
        Predicate::IsNull | Predicate::InParameter(_) => SerialTest::In(Vec::new()).into(),
    })
}

/// The test of a set of serials.
pub(super) fn in_set(
    keyed: Keyed<'_>,
    subject: &Subject,
    serials: &SerialSet,
    at: Spot,
) -> Result<SerialTest, Refused> {
    if !subject.calls.is_empty() {
        let message = format!("`{subject}` is no serial; give its values as a list");
        return Err((Error::new(ErrorKind::ScopeField, message), at));
    }
    let bound = BoundSerials::new(serials.iter(), keyed.families);
    match bound {
        Ok(bound) => Ok(SerialTest::InSet(bound.into())),
        Err((error, number)) => {
            Err((keyed.wrong(&error.within(format!("serial {number} of the set"))), at))
        }
    }
}

/// A list of serials, and of masks.
fn listed(keyed: Keyed<'_>, list: &[Operand]) -> Result<SerialTests, Refused> {
    let within = |refused| keyed.within(refused);
    let (masks, serials): (Vec<&Operand>, Vec<&Operand>) =
        list.iter().partition(|operand| matches!(operand.literal.0, Kind::Mask(_)));
    let keys: Result<Vec<SerialKey>, Refused> =
        serials.into_iter().map(|operand| key(keyed, operand)).collect();
    let mut keys = keys?;
    keys.sort();
    keys.dedup();
    let mut any = Vec::new();
    if !keys.is_empty() || masks.is_empty() {
        any.push(SerialTest::In(keys));
    }
    for operand in masks {
        let alone = Predicate::NotDistinct(operand.clone());
        any.extend(masked(&alone).map_err(within)?.map(SerialTest::Masked));
    }
    Ok(SerialTests { any, but: None })
}

fn range(keyed: Keyed<'_>, ends: [Option<&Operand>; 2]) -> Result<KeyRange, Refused> {
    let end = |end: Option<&Operand>| match end {
        None => Ok(None),
        Some(operand) => {
            // What is no serial at all is told where it stands, be it the first end or the last.
            key(keyed, operand)?;
            text(operand, ColumnType::Text).map(Some).map_err(|it| keyed.within(it))
        }
    };
    let [first, last] = ends;
    let (start, end) = (end(first)?, end(last)?);
    let at = first.or(last).map_or(Spot::default(), |operand| operand.at);
    let range = keyed.families.bind_range(start.as_deref(), end.as_deref());
    range.map_err(|error| (keyed.wrong(&error), at))
}

fn key(keyed: Keyed<'_>, operand: &Operand) -> Result<SerialKey, Refused> {
    let text = text(operand, ColumnType::Text).map_err(|it| keyed.within(it))?;
    keyed.families.classify(&text).map_err(|error| (keyed.wrong(&error), operand.at))
}
