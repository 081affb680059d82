//! An index whose families were changed is the index that was loaded under the new ones.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use seriatim::io::MemoryDirectory;
use seriatim::{
    DuplicatePolicy, ErrorKind, Families, FamilyChangeOptions, Index, LoadOptions, Record, Schema,
    SerialFamily, Snapshot, Units,
};

use crate::model::{COLUMNS, expr, load, schema};

fn families(layouts: &[(&str, &str)]) -> Families {
    let family = |(name, layout): &(&str, &str)| SerialFamily::new(name, layout).unwrap();
    Families::new(layouts.iter().map(family).collect()).unwrap()
}

/// Families that an index may begin with; some are those it is changed to.
fn first_families() -> Vec<Families> {
    vec![
        Families::default(),
        schema().families().clone(),
        families(&[("bike", "{n:D3}")]),
        families(&[("lamp", "L{n:D3}"), ("wide", "{n:X3}")]),
        families(&[("pump", "P{line:A1}{n:D1..2}"), ("bike", "{n:D3}")]),
    ]
}

fn records(snapshot: &Snapshot) -> Vec<Record> {
    let names = COLUMNS.map(|(name, _)| name);
    snapshot.all().records(&names).unwrap().map(Result::unwrap).collect()
}

fn index_of(families: Families) -> Index {
    let schema = Schema::new(schema().columns().to_vec()).unwrap().with_families(families);
    Index::create_in(MemoryDirectory::new(), schema).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn changed_families_are_as_if_they_had_been_there(
        first in select(first_families()),
        loads in vec(load(), 1..4),
        scope in expr(),
        rows_max in 1..9_u64,
    ) {
        let index = index_of(first);
        for load in &loads {
            let options = LoadOptions::default()
                .declared_families_only()
                .duplicates(DuplicatePolicy::LatestWins)
                .segment_rows_max(load.segment_rows_max);
            index.load_units(Units::records(load.records.clone()), options).unwrap();
        }
        let before = index.snapshot();
        let units = records(&before);
        let fresh = index_of(schema().families().clone());
        let expected = fresh.load_units(Units::records(units.clone()), LoadOptions::default());
        let options = FamilyChangeOptions::default().segment_rows_max(rows_max);
        let changed = index.change_families(schema().families().clone(), options);
        match (changed, expected) {
            (Err(error), Err(expected)) => {
                prop_assert_eq!(error.kind(), ErrorKind::Conflict);
                prop_assert_eq!(expected.kind(), ErrorKind::Conflict);
                prop_assert_eq!(index.snapshot().version(), before.version());
            }
            (Ok(report), Ok(expected)) => {
                let after = index.snapshot();
                prop_assert_eq!(report.version, after.version());
                prop_assert_eq!(after.families_version(), before.families_version() + 1);
                prop_assert_eq!(report.recoded + report.unchanged, after.units());
                prop_assert_eq!((&report.families, report.opaque), (&expected.families, expected.opaque));
                prop_assert_eq!(records(&after), records(&fresh.snapshot()));
                let scope = scope.scope();
                let [found, expected] =
                    [&after, &fresh.snapshot()].map(|it| it.select(&scope).unwrap());
                let shown = |set: &seriatim::UnitSet| -> Vec<_> { set.iter().map(Result::unwrap).collect() };
                prop_assert_eq!(shown(&found.affected), shown(&expected.affected));
                prop_assert_eq!(shown(&found.undetermined), shown(&expected.undetermined));
            }
            (changed, expected) => prop_assert!(false, "{changed:?} but {expected:?}"),
        }
        prop_assert!(index.verify().unwrap().is_whole());
        prop_assert_eq!(records(&before), units, "a view taken before answers as before");
    }
}

#[test]
fn twins_are_told_and_nothing_is_changed() {
    let index = index_of(families(&[("laptop", "LJ-{n:D4}")]));
    let units = ["LJ-1440", "lj-1440", "LJ-9862"].map(Record::of_serial);
    let options = || LoadOptions::default().declared_families_only().segment_rows_max(1);
    index.load_units(Units::records(units), options()).unwrap();
    let loose = seriatim::Normaliser::new().upper_case();
    let family = SerialFamily::new("laptop", "LJ-{n:D4}").unwrap().with_normaliser(loose).unwrap();
    let change = || {
        let families = Families::new(vec![family.clone()]).unwrap();
        index.change_families(families, FamilyChangeOptions::default())
    };
    let error = change().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let start =
        "1 units would have the serial of another unit of their namespace, such as LJ-1440;";
    assert!(error.message().starts_with(start), "{error}");
    assert_eq!(index.snapshot().version(), 2);
    assert_eq!(index.snapshot().units(), 3);
}

#[test]
fn segments_in_which_no_serial_changes_stay() {
    let index = index_of(families(&[("bike", "{n:D3}")]));
    for serials in [["001", "002"], ["X-1", "X-2"], ["Y1", "Y2"]] {
        let units = Units::records(serials.map(Record::of_serial));
        index.load_units(units, LoadOptions::default().declared_families_only()).unwrap();
    }
    let more = families(&[("bike", "{n:D3}"), ("crate", "X-{n:D1..3}")]);
    let report = index.change_families(more.clone(), FamilyChangeOptions::default()).unwrap();
    assert_eq!((report.recoded, report.unchanged), (2, 4));
    assert_eq!((report.now_coded, report.now_opaque, report.opaque), (2, 0, 2));
    assert_eq!(report.families, [("bike".to_owned(), 2), ("crate".to_owned(), 2)]);
    let fewer = families(&[("crate", "X-{n:D1..3}")]);
    let report = index.change_families(fewer, FamilyChangeOptions::default()).unwrap();
    assert_eq!((report.now_opaque, report.families_version), (2, 3));
    assert_eq!(report.now_opaque_examples, ["001", "002"]);
    let cancel = FamilyChangeOptions::default().on_progress(|_| std::ops::ControlFlow::Break(()));
    let error = index.change_families(more, cancel).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(index.snapshot().families_version(), 3);
    // What is loaded later is read by the families in force.
    let units = Units::records(["X-3"].map(Record::of_serial));
    let report = index.load_units(units, LoadOptions::default()).unwrap();
    assert_eq!(report.families, [("crate".to_owned(), 1)]);
}
