//! Tests of ordinary columns.

use super::numbers::{self, ranges, widen_zeros};
use super::shape::{Shape, days, lengths, of_text, parts, shape, times};
use super::texts::text_test;
use crate::calendar::Zone;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::ColumnType;
use crate::scope::ast::{Comparison, Predicate, Spot, Subject};
use crate::scope::bound::{TimePart, ValueTest};

/// What a test asks of the values of a column. The test of `<>` is that of `=`; the caller negates
/// it. An error comes with what is at fault: a literal or a function, or the column itself.
pub(super) fn value_test(
    (column_type, zone): (ColumnType, Option<&Zone>),
    subject: &Subject,
    predicate: &Predicate,
) -> Result<ValueTest, (Error, Option<Spot>)> {
    let own = |(error, spot): (Error, Spot)| (error, Some(spot));
    let utc = Zone::utc();
    let zone = zone.unwrap_or(&utc);
    match shape(column_type, &subject.calls).map_err(own)? {
        Shape::Value => plain(column_type, zone, predicate),
        Shape::Text(of) => {
            let test = of_text(&of, predicate).map_err(own)?;
            Ok(ValueTest::OfText { of, test })
        }
        Shape::Length(of) => {
            let test = lengths(&of, predicate).map_err(own)?;
            Ok(ValueTest::Length { of, test })
        }
        Shape::Part(part) => Ok(ValueTest::PartOfTime {
            part: TimePart::Of(part),
            zone: zone.clone(),
            test: parts(part, predicate).map_err(own)?,
        }),
        Shape::TimeOfDay => Ok(ValueTest::PartOfTime {
            part: TimePart::TimeOfDay,
            zone: zone.clone(),
            test: times(predicate).map_err(own)?,
        }),
        Shape::Day => {
            let zone = (column_type == ColumnType::Timestamp).then_some(zone);
            days(predicate, zone).map(ValueTest::Numbers).map_err(own)
        }
    }
}

/// A test of the values themselves.
fn plain(
    column_type: ColumnType,
    zone: &Zone,
    predicate: &Predicate,
) -> Result<ValueTest, (Error, Option<Spot>)> {
    refuse_impossible(column_type, predicate).map_err(|error| (error, None))?;
    let test = match column_type {
        ColumnType::Text | ColumnType::TextList => {
            text_test(predicate, column_type).map(ValueTest::Texts)
        }
        ColumnType::Version => text_test(predicate, column_type).map(ValueTest::Versions),
        ColumnType::Integer => ranges(predicate, numbers::integer).map(ValueTest::Numbers),
        ColumnType::Date => ranges(predicate, numbers::date).map(ValueTest::Numbers),
        ColumnType::Boolean => ranges(predicate, numbers::boolean).map(ValueTest::Numbers),
        ColumnType::Timestamp => {
            ranges(predicate, |it| numbers::timestamp(it, zone)).map(ValueTest::Numbers)
        }
        ColumnType::Float => ranges(predicate, numbers::float).map(|mut ranges| {
            widen_zeros(&mut ranges);
            ValueTest::Floats(ranges)
        }),
    };
    test.map_err(|(error, spot)| (error, Some(spot)))
}

fn refuse_impossible(column_type: ColumnType, predicate: &Predicate) -> Result<()> {
    let texts =
        matches!(column_type, ColumnType::Text | ColumnType::TextList | ColumnType::Version);
    let message = match predicate {
        Predicate::Like(_) if !texts => "LIKE is for texts; use a comparison or BETWEEN",
        Predicate::Compare(Comparison::Eq | Comparison::Ne, _)
        | Predicate::NotDistinct(_)
        | Predicate::In(_)
        | Predicate::InParameter(_)
        | Predicate::IsNull => return Ok(()),
        _ if column_type == ColumnType::Boolean => "truths have no order; use = or <>",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::ScopeField, message))
}
