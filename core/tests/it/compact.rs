//! A compacted index answers as before, from fewer segments.

use std::ops::ControlFlow;

use proptest::collection::vec;
use proptest::prelude::*;
use seriatim::io::{Directory, MemoryDirectory};
use seriatim::{
    CompactOptions, DuplicatePolicy, ErrorKind, Index, LoadOptions, Record, RegistrationOptions,
    Registrations, Schema, Snapshot, UnitSet, Units, Value,
};

use crate::model::{COLUMNS, World, expr, load};

fn records(snapshot: &Snapshot) -> Vec<Record> {
    let names = COLUMNS.map(|(name, _)| name);
    snapshot.all().records(&names).unwrap().map(Result::unwrap).collect()
}

fn shown(set: &UnitSet) -> Vec<seriatim::Unit> {
    set.iter().map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_compacted_index_answers_as_before(
        loads in vec(load(), 1..6),
        exprs in vec(expr(), 1..5),
        rows_max in 1..40_u64,
        keep in prop::option::of(1..4_u64),
    ) {
        let world = World::new(&loads);
        let before = world.index.snapshot();
        let units = records(&before);
        let options = CompactOptions::default().segment_rows_max(rows_max);
        let report = world.index.compact(options).unwrap();
        if let Some(versions) = keep {
            world.index.prune(versions).unwrap();
        }
        let after = world.index.snapshot();
        prop_assert_eq!(report.version, after.version());
        prop_assert_eq!(&records(&after), &units);
        prop_assert!(world.index.verify().unwrap().is_whole());
        for expr in exprs {
            let scope = expr.scope();
            let [old, new] = [&before, &after].map(|it| it.select(&scope).unwrap());
            prop_assert_eq!(shown(&old.affected), shown(&new.affected));
            prop_assert_eq!(shown(&old.undetermined), shown(&new.undetermined));
        }
        prop_assert_eq!(records(&before), units, "a view taken before answers as before");
        // Once more: there is nothing left to be done.
        let again = world.index.compact(CompactOptions::default().segment_rows_max(rows_max)).unwrap();
        if report.unit_segments.1 == 1 {
            prop_assert_eq!((again.version, again.units), (report.version, 0));
        }
    }
}

fn serials(range: std::ops::Range<u32>) -> Vec<Record> {
    let lot = |n: u32| Value::Text(format!("L{}", n % 7));
    range.map(|n| Record::of_serial(format!("A{n:05}")).with("lot", lot(n))).collect()
}

fn lots() -> Schema {
    Schema::new(vec![seriatim::Column::new("lot", seriatim::ColumnType::Text).unwrap()]).unwrap()
}

fn add(index: &Index, units: Vec<Record>) {
    let options = LoadOptions::default().duplicates(DuplicatePolicy::LatestWins);
    index.load_units(Units::records(units), options).unwrap();
}

const FOLDERS: [&str; 4] = ["units", "registrations", "contacts", "links"];

#[test]
fn old_files_go_when_no_version_that_is_kept_names_them() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), lots()).unwrap();
    for start in [0, 50, 20] {
        add(&index, serials(start..start + 60));
    }
    let registrations = |from: u32| {
        let owner = |n: u32| Value::Text(format!("o{n}"));
        let email = |n: u32| Value::Text(format!("{n}@example.org"));
        let record = move |n: u32| {
            Record::of_serial(format!("A{n:05}")).with("owner", owner(n)).with("email", email(n))
        };
        Registrations::records((from..from + 30).map(record))
    };
    for from in [0, 10, 90] {
        index.load_registrations(registrations(from), RegistrationOptions::default()).unwrap();
    }
    let reader = Index::open_in(directory.clone()).unwrap();
    let view = reader.snapshot();
    let files: usize = FOLDERS.map(|it| directory.list(it).unwrap().len()).iter().sum();
    let report = index.compact(CompactOptions::default()).unwrap();
    let pruned = index.prune(1).unwrap();
    assert_eq!((report.unit_segments, report.units), ((3, 1), 110));
    assert_eq!((report.registration_segments, report.registrations), ((3, 1), 70));
    assert_eq!((pruned.versions_removed, pruned.files_removed), (7, files as u64));
    for folder in FOLDERS {
        assert_eq!(directory.list(folder).unwrap().len(), 1, "{folder}");
    }
    assert_eq!(view.units(), 110);
    assert!(reader.refresh().unwrap());
    let as_of = "2025-01-01T00:00:00Z".parse().unwrap();
    for snapshot in [view, reader.snapshot()] {
        let own = snapshot.all().ownership(as_of).unwrap();
        assert_eq!((own.registered(), own.registration_count().unwrap()), (60, 60));
    }
    assert!(index.verify().unwrap().is_whole());
}

#[test]
fn segments_that_are_large_and_in_order_stay() {
    let index = Index::create_in(MemoryDirectory::new(), lots()).unwrap();
    add(&index, serials(0..100));
    add(&index, serials(100..200));
    let report = index.compact(CompactOptions::default().segment_rows_max(150)).unwrap();
    assert_eq!((report.unit_segments, report.units, report.version), ((2, 2), 0, 3));
    add(&index, serials(200..210));
    add(&index, serials(210..220));
    let report = index.compact(CompactOptions::default().segment_rows_max(150)).unwrap();
    assert_eq!((report.unit_segments, report.units), ((4, 3), 20));
    assert_eq!(index.snapshot().units(), 220);
}

#[test]
fn a_compaction_can_be_watched_and_stopped() {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), lots()).unwrap();
    add(&index, serials(0..100));
    add(&index, serials(50..150));
    let files = directory.list("units").unwrap();
    let mut told = Vec::new();
    let options = CompactOptions::default().segment_rows_max(50).on_progress(|progress| {
        told.push((progress.rows, progress.rows_total));
        if told.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(index.compact(options).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(told.len(), 2);
    assert!(told[0].0 < told[1].0 && told[1].1 == Some(150));
    assert_eq!(directory.list("units").unwrap(), files);
    assert_eq!(index.snapshot().version(), 3);
}

/// Rows that come in any order are sorted within little memory: no serial of a segment lies between
/// those of another, and nothing of what was written on the way is left.
#[test]
fn unordered_input_is_sorted_across_segments() {
    let count = 30_000_u32;
    let mixed: Vec<Record> = {
        let ordered = serials(0..count);
        let place = |at: u64| usize::try_from(at * 7_919 % u64::from(count)).unwrap();
        (0..u64::from(count)).map(|at| ordered[place(at)].clone()).collect()
    };
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), lots()).unwrap();
    let options = LoadOptions::default().memory_bytes_max(100_000).segment_rows_max(5_000);
    let report = index.load_units(Units::records(mixed.clone()), options).unwrap();
    assert_eq!((report.read, report.loaded), (30_000, 30_000));
    assert_eq!(report.families.iter().map(|it| it.1).sum::<u64>() + report.opaque, 30_000);
    let owned = mixed.into_iter().map(|unit| {
        let owner = Value::Text(format!("o-{}", unit.serial().unwrap()));
        Record::of_serial(unit.serial().unwrap()).with("owner", owner)
    });
    let options = RegistrationOptions::default().segment_rows_max(6_000);
    let report = index.load_registrations(Registrations::records(owned), options).unwrap();
    assert_eq!((report.loaded, report.unknown_serials, report.invalid_serials), (30_000, 0, 0));
    // As many files as one segment after another needs, and links of neighbours alone.
    let segments = directory.list("units").unwrap().len();
    assert!((6..=31).contains(&segments), "{segments} segments");
    assert!(directory.list("registrations").unwrap().len() <= 6);
    let done = index.compact(CompactOptions::default().segment_rows_max(1_000)).unwrap();
    assert_eq!((done.units, done.registrations), (0, 0), "all is in order already");
    let ordered: Vec<String> =
        index.snapshot().all().iter().map(|it| it.unwrap().serial().to_owned()).collect();
    assert_eq!(ordered.len(), 30_000);
    assert!(ordered.is_sorted());
    let own = index.snapshot().all().ownership("2025-01-01T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!((own.registered(), own.gap()), (30_000, 0));
    assert!(index.verify().unwrap().is_whole());
}
