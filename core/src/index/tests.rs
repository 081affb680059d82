//! Loads and versions, seen from outside, and what damage does to them.

use std::ops::ControlFlow;

use super::*;
use crate::column::ColumnReader;
use crate::error::{ErrorKind, Place};
use crate::io::{Directory, MemoryDirectory};
use crate::schema::{Column, ColumnType, Record, Schema, Value};

fn schema() -> Schema {
    Schema::new(vec![
        Column::new("facility", ColumnType::Text).unwrap(),
        Column::new("torque", ColumnType::Float).unwrap(),
        Column::new("batches", ColumnType::TextList).unwrap(),
    ])
    .unwrap()
}

fn unit(number: u32) -> Record {
    let mut record = Record::of_serial(format!("AX{number:06}"));
    if !number.is_multiple_of(3) {
        record = record.with("facility", Value::Text(format!("F{}", number % 5)));
    }
    if !number.is_multiple_of(7) {
        record = record.with("torque", Value::Float(f64::from(number % 11) / 8.0));
    }
    if !number.is_multiple_of(4) {
        let batches = (0..number % 4 - 1).map(|it| format!("B{it}")).collect();
        record = record.with("batches", Value::TextList(batches));
    }
    record
}

/// Every live unit of a snapshot as text, in the order of its segments.
fn units_of(snapshot: &Snapshot) -> Vec<String> {
    let mut units = Vec::new();
    for live in snapshot.segments() {
        for row in 0..u32::try_from(live.units.rows()).unwrap() {
            if live.retired.contains(row) {
                continue;
            }
            let (namespace, key) = live.units.keys().key_at(row).unwrap();
            let value = |column: Option<&ColumnReader>| {
                column.and_then(|it| it.value_at(row).unwrap()).map(|it| it.to_string())
            };
            let values: Vec<_> = (0..snapshot.schema().columns().len())
                .map(|at| value(live.units.column(at)).unwrap_or_default())
                .collect();
            let namespace = &live.units.namespaces()[namespace as usize];
            let serial = snapshot.schema().families().text(&key).unwrap();
            units.push(format!("{namespace}|{serial}|{}", values.join("|")));
        }
    }
    units
}

fn load(index: &Index, records: Vec<Record>, options: LoadOptions<'_>) -> LoadReport {
    index.load_units(Units::records(records), options).unwrap()
}

fn shuffled(count: u32) -> Vec<Record> {
    // Every number below a prime once, in an order far from ascending.
    (0..count)
        .map(|at| unit(u32::try_from(u64::from(at) * 7_919 % u64::from(count)).unwrap()))
        .collect()
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let whole = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    load(&whole, (0..997).map(unit).collect(), LoadOptions::default());
    let mixed = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    load(&mixed, shuffled(997), LoadOptions::default().threads(1));
    assert_eq!(units_of(&whole.snapshot()), units_of(&mixed.snapshot()));
    assert_eq!(units_of(&whole.snapshot())[1], "|AX000001|F1|0.125|[]");

    let parts = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    load(&parts, shuffled(997), LoadOptions::default().segment_rows_max(100));
    assert_eq!(parts.snapshot().segments().len(), 10);
    let mut units = units_of(&parts.snapshot());
    units.sort_unstable();
    assert_eq!(units, units_of(&whole.snapshot()));
}

#[test]
fn a_serial_that_comes_again_is_refused_with_counts_and_examples() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema()).unwrap();
    load(&index, (0..10).map(unit).collect(), LoadOptions::default());
    let files = directory.list("units").unwrap();
    let again = [8, 9, 10, 11, 10].map(unit);
    let error = index.load_units(Units::records(again), LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(
        error.to_string(),
        "1 serials of the load come again in it and 2 are in the index already, such as \
         AX000010, AX000008, AX000009; remove them, or choose the policy for duplicates by which \
         the latest wins"
    );
    assert_eq!(index.snapshot().version(), 2);
    assert_eq!(directory.list("units").unwrap(), files);
}

#[test]
fn the_latest_unit_wins_where_that_is_asked_for() {
    let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    let latest = || LoadOptions::default().duplicates(DuplicatePolicy::LatestWins);
    load(&index, (0..10).map(unit).collect(), latest());
    let changed = |number: u32, facility: &str| {
        Record::of_serial(format!("AX{number:06}")).with("facility", Value::Text(facility.into()))
    };
    // In one segment, over two segments of a load, and against the index.
    let records = vec![changed(3, "a"), changed(3, "b"), changed(20, "c"), changed(3, "d")];
    let report = load(&index, records, latest().segment_rows_max(2));
    assert_eq!((report.read, report.loaded), (4, 2));
    assert_eq!((report.duplicates.within_load, report.duplicates.against_index), (2, 1));
    let mut units = units_of(&index.snapshot());
    units.sort_unstable();
    assert_eq!(units.len(), 11);
    assert_eq!(index.snapshot().units(), 11);
    assert_eq!(units[3], "|AX000003|d||");
    assert_eq!(units[10], "|AX000020|c||");
    // Replaced once more: rows that are retired already are not counted again.
    let report = load(&index, vec![changed(3, "e")], latest());
    assert_eq!((report.duplicates.within_load, report.duplicates.against_index), (0, 1));
    assert_eq!(index.snapshot().units(), 11);
}

#[test]
fn a_correction_changes_what_it_says_and_nothing_else() {
    let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    load(&index, (0..400).map(unit).collect(), LoadOptions::default().segment_rows_max(150));
    let before = units_of(&index.snapshot());
    let amend = || LoadOptions::default().duplicates(DuplicatePolicy::Amend);
    let serial = |number: u32| Record::of_serial(format!("AX{number:06}"));
    let batches = || Value::TextList(vec!["new".into(), "B1".into()]);
    let records = vec![
        serial(398).with("batches", batches()),
        serial(3).with("facility", Value::Text("a".into())),
        serial(5),
        serial(7).with("torque", Value::Float(9.5)),
    ];
    // 3 has no facility, 7 has no torque, 398 has batches: a value that was missing is filled, too.
    let report = load(&index, records, amend().segment_rows_max(3));
    assert_eq!((report.read, report.loaded, report.duplicates.against_index), (4, 4, 4));
    assert_eq!(index.snapshot().units(), 400);
    let mut expected = before.clone();
    expected[3] = before[3].replacen("||", "|a|", 1);
    expected[7] = before[7].replacen("||", "|9.5|", 1);
    let with_list = before[398].rsplit_once('|').unwrap().0;
    expected[398] = format!("{with_list}|{}", batches());
    assert_ne!((&expected[3], &expected[7]), (&before[3], &before[7]));
    let sorted = |mut units: Vec<String>| {
        units.sort_unstable();
        units
    };
    assert_eq!(sorted(units_of(&index.snapshot())), expected);

    // Once more, to units that stand in several segments by now; then all in one.
    let torque = (0..400).rev().map(|it| serial(it).with("torque", Value::Float(it.into())));
    load(&index, torque.collect(), amend());
    let with_torque = |(number, unit): (usize, &String)| {
        let parts: Vec<&str> = unit.split('|').collect();
        format!("{}|{}|{}|{}|{}", parts[0], parts[1], parts[2], number, parts[3 + 1])
    };
    let expected: Vec<String> = expected.iter().enumerate().map(with_torque).collect();
    assert_eq!(sorted(units_of(&index.snapshot())), expected);
    index.compact(CompactOptions::default()).unwrap();
    assert_eq!(sorted(units_of(&index.snapshot())), expected);
}

#[test]
fn a_correction_of_a_unit_that_is_not_there_or_comes_twice_is_refused() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema()).unwrap();
    load(&index, (0..10).map(unit).collect(), LoadOptions::default());
    let files = directory.list("units").unwrap();
    let amend = |numbers: &[u32]| {
        let options = LoadOptions::default().duplicates(DuplicatePolicy::Amend);
        let units = Units::records(numbers.iter().map(|it| unit(*it)).collect::<Vec<_>>());
        index.load_units(units, options.segment_rows_max(2)).unwrap_err()
    };
    let error = amend(&[8, 12, 9, 11]);
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        "1 serials to amend are of no unit, such as AX000012; leave them out, or load them as new \
         units first"
    );
    for twice in [[8, 8, 9], [8, 9, 8]] {
        let error = amend(&twice);
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(
            error.to_string().starts_with("1 units come again in a load that amends"),
            "{error}"
        );
    }
    assert_eq!((index.snapshot().version(), directory.list("units").unwrap()), (2, files));
}

#[test]
fn retired_units_are_gone_and_may_come_back() {
    let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    load(&index, (0..200).map(unit).collect(), LoadOptions::default().segment_rows_max(60));
    let before = index.snapshot();
    let retire = |numbers: &[u32]| {
        let units = Units::records(numbers.iter().map(|it| unit(*it)).collect::<Vec<_>>());
        index.retire_units(units, RetireOptions::default()).unwrap()
    };
    let report = retire(&[199, 3, 500, 61, 3]);
    assert_eq!((report.version, report.read, report.retired, report.unknown), (3, 5, 3, 1));
    assert_eq!(report.unknown_examples, ["AX000500"]);
    assert_eq!((index.snapshot().units(), before.units()), (197, 200));
    // A unit that is gone is unknown, and cannot be corrected; nothing new is no new version.
    let report = retire(&[61]);
    assert_eq!((report.version, report.retired, report.unknown), (3, 0, 1));
    let amend = LoadOptions::default().duplicates(DuplicatePolicy::Amend);
    let error = index.load_units(Units::records([unit(61)]), amend).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);

    index.compact(CompactOptions::default()).unwrap();
    let mut expected = units_of(&before);
    expected
        .retain(|unit| !["AX000003", "AX000061", "AX000199"].iter().any(|it| unit.contains(it)));
    assert_eq!(units_of(&index.snapshot()), expected);
    // It is a new unit like any other.
    let report = load(&index, vec![unit(61)], LoadOptions::default());
    assert_eq!((report.loaded, report.duplicates.against_index), (1, 0));
    assert_eq!(index.snapshot().units(), 198);
}

#[test]
fn namespaces_keep_equal_serials_apart() {
    let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
    let units = ["b", "a", "b"].iter().zip(["S1", "S1", "S2"]);
    let units = units.map(|(space, serial)| Record::of_serial(serial).in_namespace(*space));
    load(&index, units.collect(), LoadOptions::default());
    assert_eq!(units_of(&index.snapshot()), ["a|S1|", "b|S1|", "b|S2|"]);
}

#[test]
fn a_cancelled_load_leaves_everything_as_it_was() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema()).unwrap();
    load(&index, (0..10).map(unit).collect(), LoadOptions::default());
    let before = (directory.list("").unwrap(), directory.list("units").unwrap());
    let mut calls = 0;
    let options =
        LoadOptions::default().segment_rows_max(5_000).threads(1).on_progress(|progress| {
            if progress.rows == 0 {
                return ControlFlow::Continue(());
            }
            calls += 1;
            ControlFlow::Break(())
        });
    let units = Units::records((100..60_000).map(unit));
    assert_eq!(index.load_units(units, options).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(calls, 1);
    assert_eq!((directory.list("").unwrap(), directory.list("units").unwrap()), before);
    assert_eq!(index.snapshot().units(), 10);
}

#[test]
fn a_second_writer_is_told_so_and_readers_are_not_disturbed() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema()).unwrap();
    let lock = directory.lock().unwrap();
    let error = index.load_units(Units::records([unit(1)]), LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let reader = Index::open_in(directory.clone()).unwrap();
    drop(lock);
    load(&index, vec![unit(1)], LoadOptions::default());
    assert_eq!(reader.snapshot().units(), 0);
    assert!(reader.refresh().unwrap());
    assert_eq!(reader.snapshot().units(), 1);
    assert!(!reader.refresh().unwrap());
}

#[test]
fn what_an_interrupted_writer_left_is_removed_by_the_next() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema()).unwrap();
    drop(directory.create("units/orphan.seg").unwrap());
    drop(directory.create("manifest-000002.json.new").unwrap());
    load(&index, vec![unit(1)], LoadOptions::default());
    assert_eq!(directory.list("units").unwrap().len(), 1);
    assert_eq!(directory.list("").unwrap(), ["manifest-000001.json", "manifest-000002.json"]);
}

#[test]
fn families_are_inferred_stored_and_added_to() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), Schema::default()).unwrap();
    let first = (0..500).map(|it| Record::of_serial(format!("{}{it:05}", ["AX", "BK"][it % 2])));
    let report = load(&index, first.collect(), LoadOptions::default());
    assert_eq!(report.inference.families.len(), 1);
    assert_eq!(report.inference.families[0].family.layout(), "{a:A2}{n:D5}");
    assert_eq!(report.inference.families[0].count, 500);
    assert_eq!((report.families, report.opaque), (vec![("A2D5".into(), 500)], 0));
    let second = (0..500).map(|it| Record::of_serial(format!("Z-{it:04}")));
    load(&index, second.collect(), LoadOptions::default());
    let families = |index: &Index| {
        let snapshot = index.snapshot();
        snapshot.schema().families().iter().map(|(_, it)| it.layout()).collect::<Vec<_>>()
    };
    assert_eq!(families(&index), ["{a:A2}{n:D5}", "Z-{n:D4}"]);
    assert_eq!(families(&Index::open_in(directory).unwrap()), families(&index));
}

#[test]
fn a_family_that_would_give_a_stored_serial_a_second_code_is_not_taken_on() {
    let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
    // One odd serial among many stays opaque; many like it come later.
    let mut first: Vec<Record> =
        (0..5_000).map(|it| Record::of_serial(format!("AX{it:05}"))).collect();
    first.push(Record::of_serial("Z-0042"));
    load(&index, first, LoadOptions::default());
    let second = (0..500).filter(|it| *it != 42).map(|it| Record::of_serial(format!("Z-{it:04}")));
    load(&index, second.collect(), LoadOptions::default());
    let again =
        index.load_units(Units::records([Record::of_serial("Z-0042")]), LoadOptions::default());
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(index.snapshot().units(), 5_500);
}

#[test]
fn bad_records_are_named_by_row_and_column() {
    let check = |record: Record, expected: &str| {
        let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
        let units = Units::records([unit(1), record]);
        let error = index.load_units(units, LoadOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(matches!(error.place(), Some(Place::Row { row: 2, .. })));
    };
    check(Record::without_serial(), "records, row 2, column `serial`: the serial is missing");
    check(
        unit(2).with("torque", Value::Integer(4)),
        "records, row 2, column `torque`: a integer value, but the column holds float values",
    );
    check(
        unit(2).with("tork", Value::Float(4.0)),
        "records, row 2, column `tork`: the schema has no such column; declare it",
    );
}

#[test]
fn every_flipped_byte_is_found() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema()).unwrap();
    let latest = || LoadOptions::default().duplicates(DuplicatePolicy::LatestWins);
    load(&index, (0..200).map(unit).collect(), latest());
    load(&index, vec![unit(5)], latest());
    assert!(index.verify().unwrap().is_whole());
    let units = directory.list("units").unwrap();
    assert_eq!(units.len(), 3);
    for name in &units {
        let path = format!("units/{name}");
        let whole = directory.open(&path).unwrap().to_vec();
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 1 << (at % 8);
            replace(&directory, &path, &bent);
            let found = index.verify().unwrap();
            assert_eq!(found.damage.len(), 1, "{path}, byte {at}");
            assert_eq!(found.damage[0].path, path);
        }
        for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
            replace(&directory, &path, &whole[..cut]);
            let error = Index::open_in(directory.clone()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{path} cut to {cut}");
            assert!(error.message().starts_with(&path), "{error}");
        }
        replace(&directory, &path, &whole);
    }
    let path = "manifest-000003.json";
    let whole = directory.open(path).unwrap().to_vec();
    for at in 0..whole.len() {
        let mut bent = whole.clone();
        bent[at] ^= 1 << (at % 7);
        replace(&directory, path, &bent);
        let error = Index::open_in(directory.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "byte {at}");
        assert!(error.message().starts_with(path), "{error}");
    }
}

fn replace(directory: &MemoryDirectory, path: &str, bytes: &[u8]) {
    directory.remove(path).unwrap();
    let mut file = directory.create(path).unwrap();
    file.write(bytes).unwrap();
    file.sync().unwrap();
}

#[test]
fn a_folder_without_an_index_and_a_second_index_are_refused() {
    let directory = MemoryDirectory::new();
    assert_eq!(Index::open_in(directory.clone()).unwrap_err().kind(), ErrorKind::NotFound);
    drop(Index::create_in(directory.clone(), Schema::default()).unwrap());
    let error = Index::create_in(directory, Schema::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}
