//! What functions make of a column.

use super::numbers::{self, Extent, ranges};
use super::texts::text_test;
use crate::calendar::Zone;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::ColumnType;
use crate::scope::ast::{Called, Comparison, Operand, Predicate, Spot};
use crate::scope::bound::TextTest;
use crate::scope::call::Call;
use crate::scope::literal::Kind;
use crate::scope::moment::{DAY_MICROS, time_of_day};
use crate::scope::text_expr::{TextExpr, TextStep};
use crate::scope::{DatePart, Literal};

/// What stands to be compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// The value itself.
    Value,
    Text(TextExpr),
    Length(TextExpr),
    Part(DatePart),
    Day,
    TimeOfDay,
}

/// What the functions around a column of a type make of it.
pub(super) fn shape(column_type: ColumnType, calls: &[Called]) -> Result<Shape, (Error, Spot)> {
    let mut shape = Shape::Value;
    for Called { call, at } in calls {
        call.check().map_err(|error| (field(error.message()), *at))?;
        shape = apply(column_type, shape, call).map_err(|error| (error, *at))?;
    }
    Ok(shape)
}

fn apply(column_type: ColumnType, shape: Shape, call: &Call) -> Result<Shape> {
    use ColumnType::{Date, Timestamp};
    let is_text = is_text(column_type);
    match (call, shape) {
        (Call::Text(step), Shape::Value) if is_text => {
            Ok(Shape::Text(TextExpr::new(vec![step.clone()])))
        }
        (Call::Text(step), Shape::Text(expr)) => {
            let mut steps = expr.steps().to_vec();
            steps.push(step.clone());
            Ok(Shape::Text(TextExpr::new(steps)))
        }
        (Call::CharLength, Shape::Value) if is_text => Ok(Shape::Length(TextExpr::default())),
        (Call::CharLength, Shape::Text(expr)) => Ok(Shape::Length(expr)),
        (Call::Extract(part), Shape::Value) if column_type == Timestamp => Ok(Shape::Part(*part)),
        (Call::Extract(part), Shape::Value) if column_type == Date && !part.is_of_time() => {
            Ok(Shape::Part(*part))
        }
        (Call::Extract(part), Shape::Day) if !part.is_of_time() => Ok(Shape::Part(*part)),
        (Call::Extract(part), Shape::TimeOfDay) if part.is_of_time() => Ok(Shape::Part(*part)),
        (Call::AsDate, Shape::Value) if matches!(column_type, Date | Timestamp) => Ok(Shape::Day),
        (Call::AsTime, Shape::Value) if column_type == Timestamp => Ok(Shape::TimeOfDay),
        (call, shape) => Err(misused(column_type, &shape, call)),
    }
}

/// Whether functions of texts are for a column.
fn is_text(column_type: ColumnType) -> bool {
    matches!(column_type, ColumnType::Text | ColumnType::Version | ColumnType::TextList)
}

fn misused(column_type: ColumnType, shape: &Shape, call: &Call) -> Error {
    let function = call.function().sql();
    let found = match shape {
        Shape::Value if is_text(column_type) => "a text",
        Shape::Value => match column_type {
            ColumnType::Date => "a day",
            ColumnType::Timestamp => "a point in time",
            ColumnType::Boolean => "a truth",
            _ => "a number",
        },
        Shape::Text(_) => "a text",
        Shape::Length(_) | Shape::Part(_) => "a number",
        Shape::Day => "a day",
        Shape::TimeOfDay => "a time of day",
    };
    let (wanted, way_out) = match call {
        Call::Text(_) | Call::CharLength => match found {
            "a day" | "a point in time" => ("a text", "write EXTRACT(YEAR FROM ...) = 2025"),
            _ => ("a text", "compare the value itself"),
        },
        Call::Extract(part) if part.is_of_time() => ("a point in time", "a day has no hours"),
        Call::Extract(_) => match found {
            "a text" => ("a day or a point in time", "declare the column as a date"),
            _ => ("a day or a point in time", "compare the value itself"),
        },
        Call::AsDate | Call::AsTime => match found {
            "a day" => ("a point in time", "a day has no time of day"),
            "a text" => ("a point in time", "declare the column as a date or a timestamp"),
            _ => ("a point in time", "compare the value itself"),
        },
    };
    field(format!("{function} is of {wanted}, and here stands {found}; {way_out}"))
}

/// The test of a text that functions made.
pub(super) fn of_text(of: &TextExpr, predicate: &Predicate) -> Result<TextTest, (Error, Spot)> {
    for operand in equal_to(predicate) {
        let Kind::Text(text) = &operand.literal.0 else { continue };
        check_possible(of, text).map_err(|error| (error, operand.at))?;
    }
    text_test(predicate, ColumnType::Text)
}

/// Refuses a text that the functions can never give, so that no list covers less than it says.
fn check_possible(of: &TextExpr, text: &str) -> Result<()> {
    let length = text.chars().count();
    if let Some(longest) = of.length_max().filter(|longest| length > *longest) {
        return Err(field(format!(
            "'{text}' has {length} characters, and what it is compared with has at most {longest}; \
             it can never be equal"
        )));
    }
    let other = match of.steps().last() {
        Some(TextStep::Upper) => text.to_uppercase(),
        Some(TextStep::Lower) => text.to_lowercase(),
        Some(TextStep::Trim) => text.trim_matches(' ').to_owned(),
        _ => return Ok(()),
    };
    if other == text {
        return Ok(());
    }
    Err(field(format!("'{text}' can never be equal; write '{other}'")))
}

/// The ranges of lengths that pass.
pub(super) fn lengths(
    of: &TextExpr,
    predicate: &Predicate,
) -> Result<Vec<(i64, i64)>, (Error, Spot)> {
    let longest = of.length_max().and_then(|it| i64::try_from(it).ok()).unwrap_or(i64::MAX);
    bounded(predicate, (0, longest), numbers::integer)
}

/// The ranges of parts that pass.
pub(super) fn parts(
    part: DatePart,
    predicate: &Predicate,
) -> Result<Vec<(i64, i64)>, (Error, Spot)> {
    bounded(predicate, part.bounds(), numbers::integer)
}

/// The ranges of a number that lies between bounds: a test that none of its values can pass is an
/// error.
fn bounded(
    predicate: &Predicate,
    (least, greatest): (i64, i64),
    extent: impl Fn(&Literal) -> Result<Extent<i64>>,
) -> Result<Vec<(i64, i64)>, (Error, Spot)> {
    let at = refuse_pattern(predicate)?;
    let outside = |literal: &Literal| {
        let bounds = match greatest {
            i64::MAX => format!("{least} or more"),
            greatest => format!("{least} to {greatest}"),
        };
        field(format!("{literal} is out of reach; the function gives {bounds}"))
    };
    for operand in equal_to(predicate) {
        let Extent { first, last } = extent(&operand.literal).map_err(|it| (it, operand.at))?;
        if first > greatest || last < least {
            return Err((outside(&operand.literal), operand.at));
        }
    }
    let found = ranges(predicate, extent)?;
    let possible = |(first, last): &(i64, i64)| *first <= greatest && *last >= least;
    if let Some(operand) = predicate.operands().next()
        && !found.iter().any(possible)
    {
        return Err((outside(&operand.literal), at));
    }
    Ok(found)
}

/// The ranges of instants, or of days, whose day passes.
pub(super) fn days(
    predicate: &Predicate,
    zone: Option<&Zone>,
) -> Result<Vec<(i64, i64)>, (Error, Spot)> {
    refuse_pattern(predicate)?;
    ranges(predicate, |literal| match (&literal.0, zone) {
        (Kind::Text(text), Some(_)) if text.contains(':') => {
            Err(field(format!("{literal} has a time of day; write the day, or leave out CAST")))
        }
        (Kind::Text(_), Some(zone)) => numbers::timestamp(literal, zone),
        _ => numbers::date(literal),
    })
}

/// The ranges of microseconds after midnight that pass.
pub(super) fn times(predicate: &Predicate) -> Result<Vec<(i64, i64)>, (Error, Spot)> {
    refuse_pattern(predicate)?;
    let time = |literal: &Literal| match &literal.0 {
        Kind::Text(text) => time_of_day(text),
        _ => Err(field(format!("{literal} does not fit; write a time of day: '15:00'"))),
    };
    if let Predicate::Between(first, last) = predicate {
        let micros = |it: &Operand| time(&it.literal).map_err(|error| (error, it.at));
        if let (Kind::Text(from), Kind::Text(to)) = (&first.literal.0, &last.literal.0)
            && micros(first)? > micros(last)?
        {
            return Err((
                field(format!(
                    "from '{from}' to '{to}' runs over midnight; write >= '{from}' OR <= '{to}'"
                )),
                first.at,
            ));
        }
    }
    let ends = predicate.operands().next();
    let starts_late = |operand: &Operand| time(&operand.literal).is_ok_and(|it| it == DAY_MICROS);
    let late = match predicate {
        Predicate::Compare(Comparison::Le | Comparison::Lt, _) => None,
        Predicate::In(list) => list.iter().find(|operand| starts_late(operand)),
        _ => ends.filter(|operand| starts_late(operand)),
    };
    if let Some(operand) = late {
        let message =
            "no time of day is '24:00': it is the end of the day only; midnight is '00:00'";
        return Err((field(message), operand.at));
    }
    ranges(predicate, |literal| time(literal).map(Extent::point))
}

/// The literals that a value must be equal to.
fn equal_to(predicate: &Predicate) -> &[Operand] {
    match predicate {
        Predicate::Compare(Comparison::Eq | Comparison::Ne, operand)
        | Predicate::NotDistinct(operand) => std::slice::from_ref(operand),
        Predicate::In(list) => list,
        _ => &[],
    }
}

/// The place of the first literal.
fn refuse_pattern(predicate: &Predicate) -> Result<Spot, (Error, Spot)> {
    let at = predicate.operands().next().map_or(Spot::default(), |operand| operand.at);
    match predicate {
        Predicate::Like(_) => Err((field("LIKE is for texts; use a comparison or BETWEEN"), at)),
        _ => Ok(at),
    }
}

fn field(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}
