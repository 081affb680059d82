//! Tests of ordinary columns.

use super::numbers::{self, ranges, widen_zeros};
use super::texts::text_test;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, ColumnType};
use crate::scope::ast::{Comparison, Predicate, Spot};
use crate::scope::bound::ValueTest;

/// What a test asks of a column's values. The test of `<>` is that of `=`; the caller negates it.
/// An error comes with what is at fault: a literal, or the column itself.
pub(super) fn value_test(
    column: &Column,
    predicate: &Predicate,
) -> Result<ValueTest, (Error, Option<Spot>)> {
    let column_type = column.column_type();
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
            let zone = column.zone().map_err(|error| (error, None))?;
            ranges(predicate, |it| numbers::timestamp(it, &zone)).map(ValueTest::Numbers)
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
        | Predicate::In(_)
        | Predicate::IsNull => return Ok(()),
        _ if column_type == ColumnType::Boolean => "truths have no order; use = or <>",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::ScopeField, message))
}
