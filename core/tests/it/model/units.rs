//! What units are: columns, serials, values.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use seriatim::{
    CheckPolicy, Column, ColumnType, Date, Families, Instant, Normaliser, Record, Schema,
    SerialFamily, Value, Version,
};

/// Columns by name: each type once, and an identifier.
pub(crate) const COLUMNS: [(&str, ColumnType); 9] = [
    ("lot", ColumnType::Text),
    ("count", ColumnType::Integer),
    ("torque", ColumnType::Float),
    ("sold_on", ColumnType::Date),
    ("made_at", ColumnType::Timestamp),
    ("tested", ColumnType::Boolean),
    ("firmware", ColumnType::Version),
    ("cells", ColumnType::TextList),
    (TAG, ColumnType::Text),
];

/// The identifier column, whose families are those of the serials.
pub(crate) const TAG: &str = "tag";

pub(super) const NAMESPACES: [&str; 3] = ["", "04012345000016", "9"];
pub(super) const TEXTS: [&str; 6] = ["", "L1", "L10", "L2", "M", "\u{e9}"];
pub(super) const VERSIONS: [&str; 5] = ["4.9", "4.10", "4.10-hf", "5", "5.0"];
pub(super) const DAYS: [i32; 4] = [-1, 0, 19_000, 20_000];
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

pub(crate) fn schema() -> Schema {
    let loose = Normaliser::new().upper_case().without_dashes();
    let families = vec![
        SerialFamily::new("bike", "{n:D3}").unwrap(),
        SerialFamily::new("pump", "P{line:A1}{n:D1..2}").unwrap().with_normaliser(loose).unwrap(),
        // Its fields count in another order than they stand.
        SerialFamily::new("lamp", "L{n:D2}{year:D1}").unwrap().order_by(&["year", "n"]).unwrap(),
        // Families that say when: a day, a week that comes last in the order, a month.
        SerialFamily::new("mill", "M{yy:year2}{mm:month}{dd:day}").unwrap(),
        SerialFamily::new("saw", "S{n:D1}{yy:year1@2015}{ww:week}").unwrap(),
        // A check digit that follows from the rest.
        SerialFamily::new("kiln", "K{n:D2}{c:luhn(n)}")
            .unwrap()
            .with_check_policy(CheckPolicy::Require)
            .unwrap(),
        SerialFamily::new("oven", "V{mm:month[ABCDEFGHJKLM]}{yy:year1@2015}").unwrap(),
    ];
    let families = Families::new(families).unwrap();
    let columns = COLUMNS.map(|(name, column_type)| {
        let column = Column::new(name, column_type).unwrap();
        if name == TAG { column.as_identifier(families.clone()).unwrap() } else { column }
    });
    Schema::new(columns.to_vec()).unwrap().with_families(families)
}

/// Serials of three families and of none; of the latter, some resemble serials of a family.
pub(crate) fn serial() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..12_u32).prop_map(|n| format!("{n:03}")),
        2 => ("[AB]", 0..12_u32).prop_map(|(line, n)| format!("P{line}{n}")),
        1 => ("[ab]", 0..12_u32).prop_map(|(line, n)| format!("p-{line}{n}")),
        2 => (0..4_u32, 0..3_u32).prop_map(|(n, year)| format!("L{n:02}{year}")),
        2 => dated_serial(),
        1 => (0..22_u32, 0..9_u32).prop_map(|(n, wrong)| {
            let doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][n as usize % 10];
            let check = (20 - doubled - n / 10) % 10;
            format!("K{n:02}{}", if wrong == 0 { (check + 1) % 10 } else { check })
        }),
        2 => select(vec!["0O1", "00A", "01B", "PA", "L0X1", "X1", "X2", "X10", "zz", "?", "\u{e9}"])
            .prop_map(str::to_owned),
    ]
}

/// Serials that say when they were made; some that no day fits are of no family.
pub(super) fn dated_serial() -> impl Strategy<Value = String> {
    let year = select(vec![2015, 2016, 2018, 2020]);
    prop_oneof![
        (year.clone(), select(vec![1, 2, 12]), select(vec![1, 2, 15, 28, 29, 30, 31]))
            .prop_map(|(yy, mm, dd)| format!("M{:02}{mm:02}{dd:02}", yy % 100)),
        (0..3_u32, year.clone(), select(vec![1, 2, 7, 9, 52, 53]))
            .prop_map(|(n, yy, ww)| format!("S{n}{}{ww:02}", yy % 10)),
        (select(vec!["A", "B", "M"]), year).prop_map(|(mm, yy)| format!("V{mm}{}", yy % 10)),
    ]
}

pub(crate) fn namespace() -> impl Strategy<Value = &'static str> {
    prop_oneof![5 => Just(NAMESPACES[0]), 1 => Just(NAMESPACES[1]), 1 => Just(NAMESPACES[2])]
}

pub(super) fn float() -> impl Strategy<Value = f64> {
    select(vec![-0.0, 0.0, 1.5, 2.25, -7.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300])
}

pub(super) fn instant() -> impl Strategy<Value = Instant> {
    let offset = select(vec![0, 1, DAY_MICROS / 2, DAY_MICROS - 1]);
    (select(DAYS.to_vec()), offset).prop_map(|(day, offset)| {
        Instant::from_micros(i64::from(day) * DAY_MICROS + offset).unwrap()
    })
}

pub(super) fn text() -> impl Strategy<Value = String> {
    select(TEXTS.to_vec()).prop_map(str::to_owned)
}

pub(super) fn value(name: &str, column_type: ColumnType) -> BoxedStrategy<Value> {
    match column_type {
        ColumnType::Text if name == TAG => {
            let spaced = serial().prop_map(|it| format!(" {it}"));
            prop_oneof![4 => serial(), 1 => spaced].prop_map(Value::Text).boxed()
        }
        ColumnType::Text => text().prop_map(Value::Text).boxed(),
        ColumnType::Integer => {
            select(vec![i64::MIN, -1, 0, 1, 2, 3, i64::MAX]).prop_map(Value::Integer).boxed()
        }
        ColumnType::Float => float().prop_map(Value::Float).boxed(),
        ColumnType::Date => {
            let date = |day| Value::Date(Date::from_days(day).unwrap());
            select(DAYS.to_vec()).prop_map(date).boxed()
        }
        ColumnType::Timestamp => instant().prop_map(Value::Timestamp).boxed(),
        ColumnType::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        ColumnType::Version => {
            select(VERSIONS.to_vec()).prop_map(|it| Value::Version(Version::from(it))).boxed()
        }
        ColumnType::TextList => vec(text(), 0..3).prop_map(Value::TextList).boxed(),
    }
}

pub(crate) fn record() -> impl Strategy<Value = Record> {
    let values: Vec<_> = COLUMNS
        .iter()
        .map(|(name, column_type)| option::weighted(0.75, value(name, *column_type)))
        .collect();
    (namespace(), serial(), values).prop_map(|(namespace, serial, values)| {
        let named = COLUMNS.iter().zip(values);
        named
            .filter_map(|((name, _), value)| Some((name, value?)))
            .fold(Record::of_serial(serial).in_namespace(namespace), |record, (name, value)| {
                record.with(*name, value)
            })
    })
}
