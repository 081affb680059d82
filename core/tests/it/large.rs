//! Selections from segments of many chunks, where least and greatest values decide some of them.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use seriatim::io::MemoryDirectory;
use seriatim::{
    Column, ColumnType, Date, DuplicatePolicy, Families, Index, LoadOptions, Record, Schema, Scope,
    SerialFamily, Truth, Units, Value,
};

/// Three chunks in the first segment and two in the second; a third holds what was replaced.
const UNITS: u32 = 210_000;
const SEGMENT_ROWS_MAX: u64 = 140_000;

struct Large {
    index: Index,
    schema: Schema,
    /// In serial order.
    units: Vec<Record>,
}

static LARGE: LazyLock<Large> = LazyLock::new(|| {
    let columns = [
        ("lot", ColumnType::Text),
        ("made_on", ColumnType::Date),
        ("torque", ColumnType::Float),
        ("facility", ColumnType::Text),
        ("cells", ColumnType::TextList),
        ("rework", ColumnType::Integer),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type).unwrap());
    let family = SerialFamily::new("it", "{n:D6}").unwrap();
    let families = Families::new(vec![family]).unwrap();
    let schema = Schema::new(columns.to_vec()).unwrap().with_families(families);
    let index = Index::create_in(MemoryDirectory::new(), schema.clone()).unwrap();
    let options = || {
        LoadOptions::default()
            .duplicates(DuplicatePolicy::LatestWins)
            .declared_families_only()
            .segment_rows_max(SEGMENT_ROWS_MAX)
    };
    let units: Vec<Record> = (0..UNITS).map(|n| unit(n, 0)).collect();
    index.load_units(Units::records(units.iter().cloned()), options()).unwrap();
    // Every 997th unit is replaced by a later load.
    let later: Vec<Record> = (0..UNITS).step_by(997).map(|n| unit(n, 7)).collect();
    index.load_units(Units::records(later.iter().cloned()), options()).unwrap();
    let mut units = units;
    for (place, unit) in (0..UNITS as usize).step_by(997).zip(later) {
        units[place] = unit;
    }
    Large { index, schema, units }
});

/// A unit: some values follow the serial, others do not; some are missing, for whole chunks or here
/// and there.
fn unit(n: u32, version: u32) -> Record {
    let mixed = (n + version).wrapping_mul(2_654_435_761) >> 16;
    let mut unit = Record::of_serial(format!("{n:06}"));
    let days = i32::try_from(20_000 + n / 700).unwrap();
    unit = unit.with("made_on", Value::Date(Date::from_days(days).unwrap()));
    if !(66_000..133_000).contains(&n) {
        unit = unit.with("lot", Value::Text(format!("L{:03}", n / 1_000)));
    }
    if !mixed.is_multiple_of(100) {
        unit = unit.with("torque", Value::Float(f64::from(mixed % 5_000) / 100.0));
    }
    if n < 131_072 || !mixed.is_multiple_of(3) {
        unit =
            unit.with("facility", Value::Text(["Leipzig", "Porto", "Ulm"][n as usize % 3].into()));
    }
    if !n.is_multiple_of(50_000) {
        let cells = (0..mixed % 3).map(|cell| format!("C{}", n / 10_000 + cell));
        unit = unit.with("cells", Value::TextList(cells.collect()));
    }
    if n.is_multiple_of(30_011) {
        unit = unit.with("rework", Value::Integer(i64::from(n / 30_011)));
    }
    unit
}

fn serial() -> impl Strategy<Value = String> {
    let edges = select(vec![0, 1, 65_535, 65_536, 131_071, 131_072, 139_999, 140_000, UNITS - 1]);
    prop_oneof![edges, 0..UNITS].prop_map(|n| format!("{n:06}"))
}

fn test() -> impl Strategy<Value = Scope> {
    let lot = (0..211_u32).prop_map(|n| format!("L{n:03}"));
    let day = (0..302_i32).prop_map(|n| Date::from_days(19_999 + n).unwrap());
    prop_oneof![
        3 => (serial(), serial()).prop_map(|(a, b)| {
            let (first, last) = if a < b { (a, b) } else { (b, a) };
            Scope::serial().between(first, last)
        }),
        1 => prop::collection::vec(serial(), 0..40).prop_map(|it| Scope::serial().is_in(it)),
        1 => select(vec!["%77", "0659%", "13107_", "%1%7%", "1_5%9%"]).prop_map(|it| Scope::serial().like(it)),
        2 => (lot.clone(), lot.clone()).prop_map(|(a, b)| Scope::column("lot").is_in([a, b])),
        1 => lot.prop_map(|it| Scope::column("lot").ge(it)),
        1 => Just(Scope::column("lot").is_null()),
        2 => day.clone().prop_map(|it| Scope::column("made_on").lt(it)),
        1 => day.prop_map(|it| Scope::column("made_on").eq(it)),
        2 => (0..51_i64).prop_map(|it| Scope::column("torque").gt(it)),
        1 => Just(Scope::column("torque").le(0.02)),
        2 => select(vec!["Leipzig", "Porto", "Bonn"])
            .prop_map(|it| Scope::column("facility").eq(it)),
        1 => Just(Scope::column("facility").is_null()),
        2 => (0..23_u32).prop_map(|it| Scope::column("cells").eq(format!("C{it}"))),
        1 => Just(Scope::column("cells").ge("")),
        1 => Just(Scope::column("rework").ge(2_i64)),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    test().prop_recursive(4, 12, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            1 => inner.prop_map(|it| !it),
            2 => pair.clone().prop_map(|(a, b)| a.and(b)),
            2 => pair.prop_map(|(a, b)| a.or(b)),
        ]
    })
}

fn check(scope: &Scope) {
    let large = &*LARGE;
    let bound = large.schema.bind(scope).unwrap();
    let found = large.index.snapshot().select(scope).unwrap();
    let (mut affected, mut undetermined) = (found.affected.iter(), found.undetermined.iter());
    let mut counts = (0, 0);
    for unit in &large.units {
        let serial = unit.serial().unwrap();
        let next = match bound.truth(unit).unwrap() {
            Truth::True => (&mut affected, &mut counts.0),
            Truth::Unknown => (&mut undetermined, &mut counts.1),
            Truth::False => continue,
        };
        *next.1 += 1;
        let told = next.0.next().map(|it| it.unwrap().serial().to_owned());
        assert_eq!(told.as_deref(), Some(serial), "{scope:?}");
    }
    assert_eq!((found.affected.len(), found.undetermined.len()), counts, "{scope:?}");
    let explained = large.index.snapshot().explain(scope, &|| 0).unwrap();
    assert_eq!((explained.affected, explained.undetermined), counts, "{scope:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn chunks_are_answered_as_units_are(scope in scope()) {
        check(&scope);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Rows of a table, whose ranges may be as wide as the index.
    #[test]
    fn tables_are_answered_as_units_are(
        rows in prop::collection::vec((serial(), serial(), 0..211_u32, 0..9_u8), 9..12),
        narrow in any::<bool>(),
    ) {
        let row = |(a, b, n, way): (String, String, u32, u8)| {
            let (first, last) = if a < b { (a, b) } else { (b, a) };
            let last = if narrow { first.clone() } else { last };
            let range = Scope::serial().between(first, last);
            let day = Date::from_days(20_000 + i32::try_from(n).unwrap()).unwrap();
            range.and(match way {
                0 | 1 => Scope::column("facility").eq(["Leipzig", "Porto", "Bonn"][n as usize % 3]),
                2 | 3 => Scope::column("lot").eq(format!("L{n:03}")),
                4 => Scope::column("made_on").eq(day),
                5 => Scope::column("torque").eq(f64::from(n) / 100.0),
                _ => {
                    let until = Date::from_days(20_000 + i32::try_from(n + 30).unwrap()).unwrap();
                    let lot = Scope::column("lot").le(format!("L{n:03}"));
                    lot.and(Scope::column("made_on").between(day, until))
                }
            })
        };
        // Of some columns enough to be answered together.
        let rows = rows.iter().cloned().flat_map(|(a, b, n, way)| {
            [way % 4, way].map(move |way| (a.clone(), b.clone(), n, way))
        });
        check(&rows.map(row).reduce(Scope::or).unwrap());
    }
}

#[test]
fn named_scopes_are_answered_as_units_are() {
    for text in [
        "serial BETWEEN '065000' AND '066000'",
        "NOT serial BETWEEN '000001' AND '209998'",
        "lot = 'L070'",
        "lot IS NULL AND facility IS NULL",
        "cells = 'C3' AND NOT cells = 'C4'",
        "NOT (torque > 40 OR lot < 'L100')",
        "rework >= 0",
        "serial LIKE '%9' AND torque > 49.9",
        "serial LIKE '%12%7_' AND NOT serial LIKE '_3%4%5'",
    ] {
        check(&text.parse().unwrap());
    }
}

/// Serials alone touch no column; a clustered column prunes what others would have to scan.
#[test]
fn what_is_cheap_and_rules_out_much_goes_first() {
    let snapshot = LARGE.index.snapshot();
    let scope = "torque > 10 AND facility = 'Porto' AND made_on < '2024-10-10' AND \
                 serial BETWEEN '000100' AND '140100'";
    let explained = snapshot.explain(&scope.parse().unwrap(), &|| 0).unwrap();
    let order: Vec<&str> =
        explained.clauses.iter().map(|it| it.text.split(' ').next().unwrap()).collect();
    assert_eq!(order, ["torque", "serial", "made_on", "facility", "torque"]);
    let [_, serial, made_on, facility, torque] = explained.clauses.as_slice() else {
        panic!("{explained}");
    };
    assert_eq!((explained.chunks, explained.chunks_in_range), (6, 5), "{explained}");
    let asked = |it: &seriatim::Clause| (it.chunks_pruned, it.chunks_constant, it.chunks_scanned);
    assert_eq!(asked(serial), (0, 0, 0), "{explained}");
    // Two chunks more are of the rows that miss their torque: the days rule one of them out, and in the
    // other no torque is to be read.
    assert_eq!(asked(made_on), (4, 0, 3), "{explained}");
    assert_eq!(asked(facility), (0, 0, 3), "{explained}");
    assert_eq!(asked(torque), (0, 1, 2), "{explained}");
}

/// Every clause is counted alone, whatever the others rule out.
#[test]
fn clauses_are_counted_alone() {
    let large = &*LARGE;
    let scope = "(lot = 'L005' OR facility <> 'Ulm') AND serial > '003000' AND NOT cells = 'C1'";
    let scope: Scope = scope.parse().unwrap();
    let explained = large.index.snapshot().explain(&scope, &|| 0).unwrap();
    assert_eq!(explained.clauses.len(), 7, "{explained}");
    for clause in &explained.clauses {
        let bound = large.schema.bind(&clause.text.parse().unwrap()).unwrap();
        let of = |truth| {
            large.units.iter().filter(|unit| bound.truth(unit).unwrap() == truth).count() as u64
        };
        let rows = (clause.rows_true, clause.rows_unknown);
        assert_eq!(rows, (of(Truth::True), of(Truth::Unknown)), "{}", clause.text);
    }
}
