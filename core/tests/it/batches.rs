//! Units with their values, against a list of units.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use seriatim::io::MemoryDirectory;
use seriatim::{
    ErrorKind, FieldValue, Index, LoadOptions, Record, Schema, SerialKey, UnitSet, Units, Value,
};

use crate::model::{COLUMNS, World, expr, loads};
use crate::wide::{wide_schema, wide_units};

/// A unit as a set gives it: with its serial as its family normalises it, and with these columns.
fn expected(schema: &Schema, key: &SerialKey, unit: &Record, columns: &[&str]) -> Record {
    let serial = schema.families().text(key).unwrap();
    let plain = Record::of_serial(serial).in_namespace(unit.namespace());
    let known = unit.values().filter(|(name, value)| {
        columns.contains(name) && !matches!(value, Value::Float(number) if number.is_nan())
    });
    let record = known.fold(plain, |record, (name, value)| record.with(name, value.clone()));
    let fields = columns.iter().filter_map(|name| Some((*name, name.strip_prefix("serial.")?)));
    let said = fields.filter_map(|(name, field)| Some((name, field_of(schema, key, field)?)));
    said.fold(record, |record, (name, value)| record.with(name, value))
}

/// What a serial says.
fn field_of(schema: &Schema, key: &SerialKey, name: &str) -> Option<Value> {
    let SerialKey::Coded { family, code } = key else { return None };
    let family = schema.families().family(*family)?;
    if name != "made" {
        let values = family.values(*code).unwrap();
        return values.into_iter().find(|(field, _)| *field == name).map(
            |(_, value)| match value {
                FieldValue::Number(number) => Value::Integer(number),
                FieldValue::Text(text) => Value::Text(text.into()),
            },
        );
    }
    let (first, last) = family.made(*code)?;
    let (year, week) = first.iso_week();
    Some(Value::Text(match family.name() {
        "mill" => first.to_string(),
        "saw" => format!("{year}-W{week:02}"),
        _ => last.to_string()[..7].to_owned(),
    }))
}

/// Names of columns, and of what serials say.
fn names() -> Vec<&'static str> {
    let fields = ["serial.n", "serial.line", "serial.year", "serial.made"];
    COLUMNS.iter().map(|it| it.0).chain(fields).collect()
}

fn check(set: &UnitSet, columns: &[&str], batch_units: usize, expected: &[Record]) {
    let records = set.records(columns).unwrap().map(Result::unwrap);
    let records: Vec<Record> = records.collect();
    assert_eq!(records, expected);
    arrow::check(set, columns, batch_units, expected);
}

mod arrow {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{
        Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
    };
    use arrow_array::{Array, ArrayRef, RecordBatch};
    use arrow_schema::{DataType, TimeUnit};
    use seriatim::{Date, Instant, Record, UnitSet, Value, Version};

    fn text(array: &ArrayRef, at: usize) -> &str {
        let array = array.as_dictionary::<Int32Type>();
        let values = array.values().as_string::<i32>();
        values.value(usize::try_from(array.keys().value(at)).unwrap())
    }

    fn value(array: &ArrayRef, name: &str, at: usize) -> Value {
        match array.data_type() {
            DataType::Dictionary(..) if name == "firmware" => {
                Value::Version(Version::from(text(array, at)))
            }
            DataType::Dictionary(..) => Value::Text(text(array, at).to_owned()),
            DataType::Int64 => Value::Integer(array.as_primitive::<Int64Type>().value(at)),
            DataType::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(at)),
            DataType::Boolean => Value::Boolean(array.as_boolean().value(at)),
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>().value(at);
                Value::Date(Date::from_days(days).unwrap())
            }
            DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(at);
                Value::Timestamp(Instant::from_micros(micros).unwrap())
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>().value(at);
                let texts = list.as_string::<i32>().iter();
                Value::TextList(texts.map(|text| text.unwrap().to_owned()).collect())
            }
            other => unreachable!("{name} is {other}"),
        }
    }

    fn records(batch: &RecordBatch) -> Vec<Record> {
        let schema = batch.schema();
        let record = |at: usize| {
            let mut record = Record::default();
            for (field, array) in schema.fields().iter().zip(batch.columns()) {
                record = match field.name().as_str() {
                    "serial" => Record::of_serial(array.as_string::<i32>().value(at)),
                    "namespace" => record.in_namespace(text(array, at)),
                    name if array.is_null(at) => {
                        assert!(field.is_nullable(), "{name}");
                        record
                    }
                    name => record.with(name, value(array, name, at)),
                };
            }
            record
        };
        (0..batch.num_rows()).map(record).collect()
    }

    pub(super) fn check(set: &UnitSet, columns: &[&str], batch_units: usize, expected: &[Record]) {
        let mut batches = set.batches(columns, batch_units).unwrap();
        let schema = batches.schema();
        let names: Vec<&str> = schema.fields().iter().map(|it| it.name().as_str()).collect();
        let own = if names.get(1) == Some(&"namespace") { 2 } else { 1 };
        assert_eq!((names[0], &names[own..]), ("serial", columns));
        let mut found = Vec::new();
        let mut left = expected.len();
        for batch in batches.by_ref() {
            let batch = batch.unwrap();
            assert_eq!(batch.schema(), schema);
            assert_eq!(batch.num_rows(), left.min(batch_units.max(1)));
            left -= batch.num_rows();
            found.extend(records(&batch));
        }
        assert!(batches.next().is_none());
        assert_eq!(found, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn units_come_with_their_values(
        loads in loads(),
        expr in expr(),
        asked in vec((subsequence(names(), 0..=names().len()), 0..50_usize), 1..4),
    ) {
        let world = World::new(&loads);
        let set = world.index.snapshot().select(&expr.scope()).unwrap().affected;
        let keys = world.keys(&set);
        for (columns, batch_units) in asked {
            let units = world.units.iter().filter(|(key, _)| keys.contains(*key));
            let expected: Vec<Record> = units
                .map(|((_, key), unit)| expected(&world.schema, key, unit, &columns))
                .collect();
            check(&set, &columns, batch_units, &expected);
        }
    }
}

#[test]
fn units_of_whole_chunks_come_with_their_values() {
    let index = Index::create_in(MemoryDirectory::new(), wide_schema()).unwrap();
    let units = wide_units(70_000, 0);
    // Every third unit comes later, so that two segments interleave.
    for later in [false, true] {
        let part = (0..).zip(&units).filter(|(at, _)| (at % 3 == 0) == later);
        let part: Vec<Record> = part.map(|(_, unit)| unit.clone()).collect();
        index.load_units(Units::records(part), LoadOptions::default()).unwrap();
    }
    let set = index.snapshot().all();
    let schema = index.snapshot().schema().clone();
    let columns: Vec<&str> = schema.columns().iter().map(seriatim::Column::name).collect();
    check(&set, &columns, 65_536, &units);
}

#[test]
fn columns_that_are_not_there_are_refused() {
    let index = Index::create_in(MemoryDirectory::new(), wide_schema()).unwrap();
    let set = index.snapshot().all();
    let absent = set.records(&["market", "lots"]).unwrap_err();
    assert_eq!(absent.to_string(), "there is no column `lots`");
    assert_eq!(absent.kind(), ErrorKind::NotFound);
    let twice = set.records(&["market", "Market"]).unwrap_err();
    assert_eq!(twice.to_string(), "column `Market` is named twice");
    assert_eq!(twice.kind(), ErrorKind::InvalidArgument);
    let fieldless = set.records(&["serial.plant"]).unwrap_err();
    assert_eq!(fieldless.to_string(), "there is no column `serial.plant`");
    assert!(set.records(&[]).unwrap().next().is_none());
}

#[test]
fn batches_carry_the_types_of_columns() {
    use arrow_schema::{DataType, TimeUnit};

    let index = Index::create_in(MemoryDirectory::new(), wide_schema()).unwrap();
    let set = index.snapshot().all();
    let schema = set.batches(&["market", "made_at"], 7).unwrap().schema();
    let types: Vec<&DataType> = schema.fields().iter().map(|it| it.data_type()).collect();
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
    assert_eq!(types, [&DataType::Utf8, &text, &zoned]);
}
