//! The units that scopes are asked of: a column of every kind that tests tell apart.

use crate::calendar::{Date, Instant};
use crate::error::Result;
use crate::schema::{Column, ColumnType, Record, Schema, Value};
use crate::serial::{Families, SerialFamily};

/// Columns with names that are quick to find.
pub(super) fn schema() -> Result<Schema> {
    let tag = SerialFamily::new("tag", "{kind:A1}{n:D4}")?;
    let columns = [
        Column::new("t", ColumnType::Text)?,
        Column::new("m", ColumnType::Timestamp)?.in_zone("Europe/Berlin")?,
        Column::new("d", ColumnType::Date)?,
        Column::new("i", ColumnType::Integer)?,
        Column::new("f", ColumnType::Float)?,
        Column::new("b", ColumnType::Boolean)?,
        Column::new("v", ColumnType::Version)?,
        Column::new("c", ColumnType::TextList)?,
        Column::new("g", ColumnType::Text)?.as_identifier(Families::new(vec![tag])?)?,
    ];
    let families = vec![
        SerialFamily::new("bike", "{n:D8}")?,
        SerialFamily::new("cable", "LJ-{yy:D2}{line:A1}{n:D1..6}")?,
        SerialFamily::new("dated", "X{y:year2@2000}{w:week}{n:D3}{c:luhn(y,w,n)}")?,
    ];
    Ok(Schema::new(columns.into())?.with_families(Families::new(families)?))
}

/// How many units there are.
pub(super) const UNITS: u32 = 300;

/// A unit. Every value is missing somewhere; some serials are of no family or have a wrong check.
pub(super) fn unit(number: u32) -> Result<Record> {
    let n = i64::from(number);
    let serial = match number % 5 {
        0 => format!("{:08}", 42_500 + number),
        1 => format!("LJ-{}{}{}", 24 + number % 3, pick(number, &["A", "B", "Z"]), number * 7),
        2 => format!("X{:02}{:02}{number:03}{}", 20 + number % 6, number % 55, number % 10),
        3 => format!("LJ-25B1O{number}"),
        _ => format!("odd {number}"),
    };
    let values = [
        ("t", Value::Text(pick(number, &["Leipzig", "Brno", "", "F%_"]).into())),
        ("m", Value::Timestamp(Instant::from_micros(1_740_000_000_000_000 + n * 7_200_000_000)?)),
        ("d", Value::Date(Date::from_days(20_100 + i32::try_from(number / 3).unwrap())?)),
        ("i", Value::Integer(pick(number, &[n, -n, i64::MAX, i64::MIN]))),
        ("f", Value::Float(f64::from(number) / 8.0 - 3.0)),
        ("b", Value::Boolean(number % 3 == 0)),
        ("v", Value::Version(format!("4.{}", number % 12).into())),
        (
            "c",
            Value::TextList((0..number % 3).map(|it| format!("CB{}", it + number / 40)).collect()),
        ),
        ("g", Value::Text(format!("{}{:04}", pick(number, &["T", "t", "Z"]), number * 37))),
    ];
    let there = values.into_iter().zip(2..).filter(|(_, it)| number % (it * 3) != 1);
    Ok(there.fold(Record::of_serial(serial), |record, ((name, value), _)| record.with(name, value)))
}

fn pick<T: Copy>(number: u32, of: &[T]) -> T {
    of.iter().copied().nth(number as usize % of.len()).unwrap()
}
