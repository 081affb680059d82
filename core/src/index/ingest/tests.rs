//! Loads from Arrow batches, Parquet and CSV files.
#![cfg(feature = "files")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Int32Array, RecordBatch,
    StringArray, TimestampMillisecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::error::{ErrorKind, Result};
use crate::index::{Index, LoadOptions, LoadReport, RejectPolicy, Units};
use crate::io::MemoryDirectory;
use crate::schema::{Column, ColumnType, Record, Schema};

const DAY: i64 = 86_400_000;

/// Rows of every type, each seventh value missing.
fn batch(rows: std::ops::Range<i64>) -> RecordBatch {
    let known = |row: i64| (row % 7 != 0).then_some(row);
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in rows.clone() {
        for item in 0..row % 3 {
            lists.values().append_value(format!("B{item}"));
        }
        lists.append(known(row).is_some());
    }
    let int = |row: i64| i32::try_from(row).unwrap();
    let firmware: DictionaryArray<arrow_array::types::Int32Type> = rows
        .clone()
        .map(|row| known(row).map(|it| if it % 2 == 0 { "4.9" } else { "4.10" }))
        .collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "serial",
            Arc::new(StringArray::from_iter_values(rows.clone().map(|it| format!("AX{it:06}")))),
        ),
        (
            "facility",
            Arc::new(
                rows.clone()
                    .map(|it| known(it).map(|it| format!("F{}", it % 4)))
                    .collect::<StringArray>(),
            ),
        ),
        ("firmware", Arc::new(firmware)),
        ("line", Arc::new(rows.clone().map(|it| known(it).map(int)).collect::<Int32Array>())),
        (
            "torque",
            Arc::new(
                rows.clone()
                    .map(|it| known(it).map(|it| it as f32 / 4.0))
                    .collect::<Float32Array>(),
            ),
        ),
        ("sold_on", Arc::new(rows.clone().map(|it| known(it).map(int)).collect::<Date32Array>())),
        (
            "made_at",
            Arc::new(
                rows.clone()
                    .map(|it| known(it).map(|it| it * DAY + 1))
                    .collect::<TimestampMillisecondArray>(),
            ),
        ),
        (
            "tested",
            Arc::new(rows.map(|it| known(it).map(|it| it % 2 == 0)).collect::<BooleanArray>()),
        ),
        ("batches", Arc::new(lists.finish())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, it)| (name, it, true)))
        .unwrap()
}

fn write_parquet(path: &Path, batches: &[RecordBatch], group_rows: usize) {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).unwrap();
    let properties =
        WriterProperties::builder().set_max_row_group_row_count(Some(group_rows)).build();
    let mut writer = ArrowWriter::try_new(file, batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
}

fn write_text(path: &Path, text: &str) {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn empty() -> Index {
    Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap()
}

/// Every value of every unit, as text.
fn values(index: &Index) -> Vec<String> {
    let snapshot = index.snapshot();
    let mut rows = Vec::new();
    for live in snapshot.segments() {
        for row in 0..u32::try_from(live.units.rows()).unwrap() {
            let (_, key) = live.units.keys().key_at(row).unwrap();
            let mut texts = vec![snapshot.schema().families().text(&key).unwrap()];
            for at in 0..snapshot.schema().columns().len() {
                let value = live.units.column(at).unwrap().value_at(row).unwrap();
                texts.push(value.map_or("-".into(), |it| it.to_string()));
            }
            rows.push(texts.join(" "));
        }
    }
    rows
}

#[test]
fn arrow_and_parquet_give_the_same_units() {
    let place = tempfile::tempdir().unwrap();
    let batches = [batch(0..300), batch(300..1_000)];
    let from_arrow = empty();
    let units = Units::batches(batches.clone().map(Ok));
    from_arrow.load_units(units, LoadOptions::default()).unwrap();
    let types: Vec<_> =
        from_arrow.snapshot().schema().columns().iter().map(Column::column_type).collect();
    assert_eq!(
        types,
        [
            ColumnType::Text,
            ColumnType::Text,
            ColumnType::Integer,
            ColumnType::Float,
            ColumnType::Date,
            ColumnType::Timestamp,
            ColumnType::Boolean,
            ColumnType::TextList,
        ]
    );
    let rows = values(&from_arrow);
    assert_eq!(rows[0], "AX000000 - - - - - - - -");
    assert_eq!(
        rows[5],
        "AX000005 F1 4.10 5 1.25 1970-01-06 1970-01-06T00:00:00.001Z false [\"B0\", \"B1\"]"
    );
    assert_eq!(rows[3].rsplit(' ').next(), Some("[]"));

    let paths: Vec<PathBuf> = ["a.parquet", "b.parquet"].map(|it| place.path().join(it)).into();
    write_parquet(&paths[0], &batches[..1], 100);
    write_parquet(&paths[1], &batches[1..], 256);
    let from_files = empty();
    let mut told = Vec::new();
    let options = LoadOptions::default().on_progress(|it| {
        told.push((it.rows, it.rows_total));
        ControlFlow::Continue(())
    });
    let report = from_files.load_units(Units::parquet(&paths), options).unwrap();
    assert_eq!((report.read, report.loaded), (1_000, 1_000));
    assert_eq!(told.last(), Some(&(1_000, Some(1_000))));
    assert_eq!(values(&from_files), rows);
}

#[test]
fn a_load_can_be_cancelled_until_it_is_published() {
    let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
    let load = |stops_at: usize| {
        let mut calls = 0;
        let units = (0..500).map(|it| Record::of_serial(format!("A{it:03}")));
        let options = LoadOptions::default().on_progress(|_| {
            calls += 1;
            if calls == stops_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let told = index.load_units(Units::records(units), options);
        (told.map(|it| it.loaded).map_err(|error| error.kind()), index.snapshot().units(), calls)
    };
    // Before and after reading, while a segment is written, and when all is written; more often
    // where one of these takes long.
    for stops_at in 1..=4 {
        assert_eq!(load(stops_at), (Err(ErrorKind::Cancelled), 0, stops_at));
    }
    let (told, units, calls) = load(usize::MAX);
    assert_eq!((told, units), (Ok(500), 500));
    assert!(calls >= 4);
}

#[test]
fn records_of_a_source_that_fails_are_not_loaded() {
    let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
    let fault = || Err("later".parse::<crate::calendar::Date>().unwrap_err());
    let good = |n: u32| Ok(Record::of_serial(format!("A{n:06}")));
    // The fault is what follows the records of whole blocks, and of a part of one.
    for count in [0, 5, 16_384, 32_768] {
        let units = Units::try_records((0..count).map(good).chain([fault()]));
        let error = index.load_units(units, LoadOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), fault().unwrap_err().to_string());
    }
    assert_eq!(index.snapshot().units(), 0);
    let report = index.load_units(Units::try_records((0..5).map(good)), LoadOptions::default());
    assert_eq!(report.unwrap().loaded, 5);
}

fn load_csv(text: &str, schema: Schema, options: LoadOptions<'_>) -> Result<(Index, LoadReport)> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("units.csv");
    write_text(&path, text);
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    let report = index.load_units(Units::csv([path]), options)?;
    Ok((index, report))
}

const CSV: &str = "SerialNo,facility,made_at,torque,code\n\
                   A0003,Leipzig,2025-03-01T10:00:00Z,4.25,007\n\
                   A0001,\"Brno, CZ\",2025-03-02T10:00:00Z,,12\n\
                   A0002,,2025-03-03T10:00:00+01:00,4,13\n";

#[test]
fn csv_types_are_inferred_and_empty_fields_are_missing() {
    let options = LoadOptions::default().serial_column("SerialNo").rename("code", "lot");
    let (index, _) = load_csv(CSV, Schema::default(), options).unwrap();
    assert_eq!(
        values(&index),
        [
            "A0001 Brno, CZ 2025-03-02T10:00:00Z - 12",
            "A0002 - 2025-03-03T09:00:00Z 4 13",
            "A0003 Leipzig 2025-03-01T10:00:00Z 4.25 007",
        ]
    );
    assert_eq!(index.snapshot().schema().columns()[3].name(), "lot");
}

fn refused(text: &str, schema: Schema) -> String {
    let error = load_csv(text, schema, LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let text = error.to_string();
    // The folder differs from run to run.
    text.split_once("units.csv").map_or(text.clone(), |(_, rest)| rest.to_owned())
}

#[test]
fn bad_rows_are_named_by_file_row_and_column() {
    let dated = || Schema::new(vec![Column::new("made_on", ColumnType::Date).unwrap()]).unwrap();
    assert_eq!(
        refused("serial,made_on\nA1,2025-01-31\nA2,2025-02-30\n", dated()),
        ", row 2, column `made_on`: `2025-02-30` is not a day of the calendar"
    );
    assert_eq!(
        refused("serial,made_on\n,2025-01-31\n", dated()),
        ", row 1, column `serial`: the serial is missing"
    );
    assert_eq!(
        refused("serial,made_on\nA1\n", dated()),
        ", row 1, column `made_on`: 1 fields, but the header has 2"
    );
    assert_eq!(
        refused("sn,made_on\nA1,2025-01-31\n", dated()),
        "the input has no column `serial` for the serial; it has `sn`, `made_on`"
    );
    assert_eq!(
        refused("serial,made_on,extra\nA1,2025-01-31,x\n", dated()),
        "the schema has no column `extra`; rename, ignore or declare what the input calls so"
    );
}

#[test]
fn rejected_rows_are_counted_and_written_with_their_reasons() {
    let place = tempfile::tempdir().unwrap();
    let rejects = place.path().join("Rejects.csv");
    let schema = Schema::new(vec![Column::new("line", ColumnType::Integer).unwrap()]).unwrap();
    let options = LoadOptions::default().rejects(RejectPolicy::CollectIn(rejects.clone()));
    let text = "serial,line\nA1,1\nA2,two\n,3\nA4,4\n";
    let (index, report) = load_csv(text, schema, options).unwrap();
    assert_eq!(values(&index), ["A1 1", "A4 4"]);
    assert_eq!((report.read, report.loaded, report.rejected.rows), (4, 2, 2));
    let written = std::fs::read_to_string(rejects).unwrap();
    let rows: Vec<&str> = written.lines().map(|it| it.split_once(',').unwrap().1).collect();
    assert_eq!(
        rows,
        [
            "row,column,reason",
            "2,line,`two` is not a whole number",
            "3,serial,the serial is missing",
        ]
    );
}

#[test]
fn serials_that_are_numbers_are_refused() {
    let serials: ArrayRef = Arc::new(Int32Array::from(vec![7]));
    let batch = RecordBatch::try_from_iter([("serial", serials)]).unwrap();
    let error =
        empty().load_units(Units::batches([Ok(batch)]), LoadOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "record batches, column `serial`: serials are text, but the input has Int32; a number has \
         lost its leading zeros, so give the serials as they are on the label"
    );
}

#[test]
fn timestamps_without_a_zone_are_local_time_of_the_column() {
    let made = Column::new("made_at", ColumnType::Timestamp).unwrap();
    let schema = Schema::new(vec![made.in_zone("Europe/Berlin").unwrap()]).unwrap();
    let serials: ArrayRef = Arc::new(StringArray::from(vec!["A1"]));
    // 2025-07-01T12:00:00
    let made: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![1_751_371_200_000]));
    let batch = RecordBatch::try_from_iter([("serial", serials), ("made_at", made)]).unwrap();
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    index.load_units(Units::batches([Ok(batch)]), LoadOptions::default()).unwrap();
    assert_eq!(values(&index), ["A1 2025-07-01T10:00:00Z"]);
}

#[test]
fn columns_of_records_are_left_out_wherever_they_come() {
    use crate::index::{RegistrationOptions, Registrations};
    use crate::schema::{Record, Value};

    let text = |it: &str| Value::Text(it.to_owned());
    let schema = Schema::new(vec![Column::new("lot", ColumnType::Text).unwrap()]).unwrap();
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    let units = || {
        [
            Record::of_serial("A1").with("lot", text("L1")),
            Record::of_serial("A2").with("note", text("scratched")),
        ]
    };
    let error = index.load_units(Units::records(units()), LoadOptions::default()).unwrap_err();
    assert!(error.message().contains("no such column"), "{error}");
    let options = LoadOptions::default().ignore("note");
    assert_eq!(index.load_units(Units::records(units()), options).unwrap().loaded, 2);
    let owners = || {
        ["A1", "A2"].map(|serial| {
            Record::of_serial(serial).with("owner", text("o")).with("colour", text("red"))
        })
    };
    let load = |options| index.load_registrations(Registrations::records(owners()), options);
    assert!(load(RegistrationOptions::default()).is_err());
    assert_eq!(load(RegistrationOptions::default().ignore("colour")).unwrap().loaded, 2);
}
