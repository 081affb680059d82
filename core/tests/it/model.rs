//! A maker's units as a list, and what can be asked of it: the answers an index must give.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use seriatim::io::MemoryDirectory;
use seriatim::{
    CheckPolicy, Column, ColumnType, Date, DuplicatePolicy, Families, Index, Instant, LoadOptions,
    Normaliser, Reason, Record, RetireOptions, Schema, Scope, SerialFamily, SerialKey, Truth,
    UnitSet, Units, Value, Version,
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

const NAMESPACES: [&str; 3] = ["", "04012345000016", "9"];
const TEXTS: [&str; 6] = ["", "L1", "L10", "L2", "M", "\u{e9}"];
const VERSIONS: [&str; 5] = ["4.9", "4.10", "4.10-hf", "5", "5.0"];
const DAYS: [i32; 4] = [-1, 0, 19_000, 20_000];
const DAY_MICROS: i64 = 86_400_000_000;

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
fn dated_serial() -> impl Strategy<Value = String> {
    let year = select(vec![2015, 2016, 2018, 2020]);
    prop_oneof![
        (year.clone(), select(vec![1, 2, 12]), select(vec![1, 2, 15, 28, 29, 30, 31]))
            .prop_map(|(yy, mm, dd)| format!("M{:02}{mm:02}{dd:02}", yy % 100)),
        (0..3_u32, year.clone(), select(vec![1, 2, 7, 9, 52, 53]))
            .prop_map(|(n, yy, ww)| format!("S{n}{}{ww:02}", yy % 10)),
        (select(vec!["A", "B", "M"]), year).prop_map(|(mm, yy)| format!("V{mm}{}", yy % 10)),
    ]
}

/// A test of when a serial or an identifier says that it was made, as SQL.
fn made(of: &'static str) -> impl Strategy<Value = String> {
    let times = [
        "2015",
        "2018",
        "2020",
        "2015-01",
        "2018-02",
        "2018-12",
        "2016-W01",
        "2018-W07",
        "2020-W53",
        "2015-01-01",
        "2018-02-15",
        "2018-12-31",
        "2020-02-29",
        "2016-01-02",
    ];
    let time = || select(times.to_vec());
    let compared = select(vec!["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        3 => (compared, time()).prop_map(move |(is, x)| format!("{of}.made {is} '{x}'")),
        3 => (time(), time()).prop_map(move |(x, y)| format!("{of}.made BETWEEN '{x}' AND '{y}'")),
        2 => vec(time(), 1..5)
            .prop_map(move |them| format!("{of}.made IN ('{}')", them.join("', '"))),
        1 => Just(format!("{of}.made IS NULL")),
    ]
}

pub(crate) fn namespace() -> impl Strategy<Value = &'static str> {
    prop_oneof![5 => Just(NAMESPACES[0]), 1 => Just(NAMESPACES[1]), 1 => Just(NAMESPACES[2])]
}

fn float() -> impl Strategy<Value = f64> {
    select(vec![-0.0, 0.0, 1.5, 2.25, -7.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300])
}

fn instant() -> impl Strategy<Value = Instant> {
    let offset = select(vec![0, 1, DAY_MICROS / 2, DAY_MICROS - 1]);
    (select(DAYS.to_vec()), offset).prop_map(|(day, offset)| {
        Instant::from_micros(i64::from(day) * DAY_MICROS + offset).unwrap()
    })
}

fn text() -> impl Strategy<Value = String> {
    select(TEXTS.to_vec()).prop_map(str::to_owned)
}

fn value(name: &str, column_type: ColumnType) -> BoxedStrategy<Value> {
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

/// What is done with some records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// They are units, as wholes.
    Units,
    /// They correct those of their units that are there.
    Amend,
    /// Their units are retired.
    Retire,
}

/// Units that come together.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) way: Way,
    pub(crate) records: Vec<Record>,
    /// A column that the load leaves out.
    pub(crate) without: Option<&'static str>,
    pub(crate) segment_rows_max: u64,
}

pub(crate) fn load() -> impl Strategy<Value = Load> {
    let without = option::weighted(0.3, select(COLUMNS.map(|(name, _)| name).to_vec()));
    let way = prop_oneof![4 => Just(Way::Units), 2 => Just(Way::Amend), 1 => Just(Way::Retire)];
    (way, vec(record(), 0..40), without, 1..30_u64).prop_map(
        |(way, records, without, segment_rows_max)| Load {
            way,
            records,
            without,
            segment_rows_max,
        },
    )
}

pub(crate) fn loads() -> impl Strategy<Value = Vec<Load>> {
    vec(load(), 1..4)
}

fn stripped(record: &Record, without: Option<&str>) -> Record {
    let kept = record.values().filter(|(name, _)| Some(*name) != without);
    let plain = Record::of_serial(record.serial().unwrap()).in_namespace(record.namespace());
    kept.fold(plain, |it, (name, value)| it.with(name, value.clone()))
}

/// What a unit is known by.
pub(crate) type Key = (String, SerialKey);

/// An index and the same units as a list.
pub(crate) struct World {
    pub(crate) index: Index,
    pub(crate) schema: Schema,
    pub(crate) units: BTreeMap<Key, Record>,
}

impl World {
    pub(crate) fn new(loads: &[Load]) -> World {
        let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
        let mut world = World { index, schema: schema(), units: BTreeMap::new() };
        for load in loads {
            world.load(load);
        }
        world
    }

    pub(crate) fn load(&mut self, load: &Load) {
        let records = load.records.iter().map(|it| stripped(it, load.without));
        let keyed = records.map(|it| (self.key(it.namespace(), it.serial().unwrap()), it));
        let keyed: Vec<(Key, Record)> = keyed.collect();
        let there: BTreeMap<Key, Record> =
            keyed.iter().filter(|it| self.units.contains_key(&it.0)).cloned().collect();
        match load.way {
            Way::Units => {
                let records = keyed.iter().map(|it| it.1.clone()).collect();
                self.load_records(records, DuplicatePolicy::LatestWins, load);
                self.units.extend(keyed);
            }
            Way::Amend => {
                let records = there.values().cloned().collect();
                self.load_records(records, DuplicatePolicy::Amend, load);
                for (key, record) in there {
                    // No number is no value.
                    let is_value = |it: &Value| !matches!(it, Value::Float(it) if it.is_nan());
                    let values = record.values().filter(|it| is_value(it.1));
                    let whole = self.units.remove(&key).unwrap();
                    let whole =
                        values.fold(whole, |it, (name, value)| it.with(name, value.clone()));
                    self.units.insert(key, whole);
                }
            }
            Way::Retire => {
                let records =
                    Units::records(keyed.iter().map(|it| it.1.clone()).collect::<Vec<_>>());
                let report = self.index.retire_units(records, RetireOptions::default()).unwrap();
                assert_eq!(report.retired, there.len() as u64);
                self.units.retain(|key, _| !there.contains_key(key));
            }
        }
    }

    fn load_records(&self, records: Vec<Record>, policy: DuplicatePolicy, load: &Load) {
        let mut options = LoadOptions::default()
            .duplicates(policy)
            .declared_families_only()
            .segment_rows_max(load.segment_rows_max)
            .threads(1);
        if let Some(column) = load.without {
            options = options.ignore(column);
        }
        self.index.load_units(Units::records(records), options).unwrap();
    }

    pub(crate) fn key(&self, namespace: &str, serial: &str) -> Key {
        (namespace.to_owned(), self.schema.families().classify(serial).unwrap())
    }

    /// The keys of a set, which must come in serial order.
    pub(crate) fn keys(&self, set: &UnitSet) -> BTreeSet<Key> {
        let listed: Vec<Key> = set
            .iter()
            .map(|unit| unit.unwrap())
            .map(|unit| self.key(unit.namespace(), unit.serial()))
            .collect();
        assert!(listed.windows(2).all(|pair| pair[0] < pair[1]), "out of order: {listed:?}");
        assert_eq!(listed.len() as u64, set.len());
        assert_eq!(listed.is_empty(), set.is_empty());
        listed.into_iter().collect()
    }

    /// The keys of the units for which a scope is of this truth.
    pub(crate) fn keys_of(&self, scope: &Scope, truth: Truth) -> BTreeSet<Key> {
        let bound = self.schema.bind(scope).unwrap();
        let units = self.units.iter();
        units
            .filter(|(_, unit)| bound.truth(unit).unwrap() == truth)
            .map(|it| it.0.clone())
            .collect()
    }
}

/// A scope whose shape can be walked.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// A test, and the column it is of; none for the serial and the namespace.
    Test(Scope, Option<&'static str>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
}

impl Expr {
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Expr::Test(scope, _) => scope.clone(),
            Expr::Not(expr) => !expr.scope(),
            Expr::And(left, right) => left.scope().and(right.scope()),
            Expr::Or(left, right) => left.scope().or(right.scope()),
        }
    }

    /// Why it is UNKNOWN for a unit.
    pub(crate) fn reasons(&self, schema: &Schema, unit: &Record, out: &mut BTreeSet<Reason>) {
        let bound = schema.bind(&self.scope()).unwrap();
        if bound.truth(unit).unwrap() != Truth::Unknown {
            return;
        }
        match self {
            Expr::Test(scope, Some(TAG)) => {
                out.insert(tag_reason(schema, unit, &scope.to_sql()));
            }
            Expr::Test(_, Some(column)) => {
                out.insert(Reason::MissingColumn((*column).to_owned()));
            }
            Expr::Test(scope, None) => {
                out.insert(serial_reason(schema, unit, &scope.to_sql()));
            }
            Expr::Not(expr) => expr.reasons(schema, unit, out),
            Expr::And(left, right) | Expr::Or(left, right) => {
                left.reasons(schema, unit, out);
                right.reasons(schema, unit, out);
            }
        }
    }
}

/// Why a test of the serial, as SQL, is UNKNOWN for a unit.
fn serial_reason(schema: &Schema, unit: &Record, sql: &str) -> Reason {
    match part_asked(schema.families(), unit.serial().unwrap(), "serial", sql) {
        Some((field, false)) => Reason::MissingSerialField(field.to_owned()),
        Some((_, true)) => Reason::CoarseSerialDate,
        None => Reason::UnreadableSerial,
    }
}

/// Why a test of the identifier, as SQL, is UNKNOWN for a unit.
fn tag_reason(schema: &Schema, unit: &Record, sql: &str) -> Reason {
    let Some(Value::Text(tag)) = unit.value(TAG) else {
        return Reason::MissingColumn(TAG.to_owned());
    };
    let families = schema.column(TAG).unwrap().identifier().unwrap();
    match part_asked(families, tag, TAG, sql) {
        Some((field, false)) => Reason::MissingColumn(format!("{TAG}.{field}")),
        Some((_, true)) => Reason::CoarseIdentifierDate(TAG.to_owned()),
        None => Reason::UnreadableIdentifier(TAG.to_owned()),
    }
}

/// The part of a serial that SQL asks for, and whether its family tells it; none for a serial of no
/// family.
fn part_asked(
    families: &Families,
    serial: &str,
    of: &str,
    sql: &str,
) -> Option<(&'static str, bool)> {
    let family = families.family(families.classify(serial).unwrap().family())?;
    let mut parts = ["line", "n", "year", "made"].into_iter();
    let part = parts.find(|part| sql.contains(&format!("{of}.{part} ")))?;
    Some((part, part == "made" && family.has_made()))
}

/// Tests one column in every way its type has.
fn column_test() -> impl Strategy<Value = Expr> {
    let column = select(COLUMNS.into_iter().filter(|it| it.0 != TAG).collect::<Vec<_>>());
    let ways = (0..10_usize, vec(any::<prop::sample::Index>(), 3));
    (column, ways).prop_map(|((name, column_type), (way, picks))| {
        let column = || Scope::column(name);
        let scope = match column_type {
            ColumnType::Text | ColumnType::TextList | ColumnType::Version => {
                let texts: &[&str] =
                    if column_type == ColumnType::Version { &VERSIONS } else { &TEXTS };
                let pick = |at: usize| *picks[at].get(texts);
                match way {
                    8 => column().like(*picks[0].get(&["L%", "%1%", "_", "%", "4.1%", "4._"])),
                    _ => compared(column, way, pick(0), pick(1), pick(2)),
                }
            }
            ColumnType::Integer => {
                let pick = |at: usize| *picks[at].get(&[i64::MIN, -1, 0, 1, 2, 5, i64::MAX]);
                compared(column, way, pick(0), pick(1), pick(2))
            }
            ColumnType::Float => {
                let pick = |at: usize| *picks[at].get(&[-7.0, 0.0, 1.0, 1.5, 2.25, 1e300]);
                compared(column, way, pick(0), pick(1), pick(2))
            }
            ColumnType::Boolean => match way % 2 {
                0 => column().eq(picks[0].index(2) == 0),
                _ => column().ne(picks[0].index(2) == 0),
            },
            ColumnType::Date | ColumnType::Timestamp => {
                let days = ["1969-12-31", "1970-01-01", "1990-02-03", "2022-01-08", "2024-10-04"];
                let pick = |at: usize| *picks[at].get(&days);
                compared(column, way, pick(0), pick(1), pick(2))
            }
        };
        Expr::Test(scope, Some(name))
    })
}

fn compared<L: Into<seriatim::Literal>>(
    column: impl Fn() -> seriatim::Term,
    way: usize,
    a: L,
    b: L,
    c: L,
) -> Scope {
    match way {
        0 => column().eq(a),
        1 => column().ne(a),
        2 => column().lt(a),
        3 => column().le(a),
        4 => column().gt(a),
        5 => column().ge(a),
        6 => column().between(a, b),
        7 => column().is_in([a, b, c]),
        8 => column().is_in(Vec::<L>::new()),
        _ => column().is_null(),
    }
}

fn serial_test() -> impl Strategy<Value = Expr> {
    let namespace = prop_oneof![
        namespace().prop_map(|it| Scope::namespace().eq(it)),
        namespace().prop_map(|it| Scope::namespace().gt(it)),
        Just(Scope::namespace().like("%0%")),
    ];
    prop_oneof![
        5 => keyed_test("serial", None),
        1 => namespace.prop_map(|scope| Expr::Test(scope, None)),
    ]
}

/// Tests the serial or the identifier in every way.
fn keyed_test(of: &'static str, column: Option<&'static str>) -> impl Strategy<Value = Expr> {
    let patterns = vec!["0%", "%1", "_0%", "P%", "PA1_", "L%1", "X%", "%", "001"];
    let it = move || Scope::column(of);
    let test = prop_oneof![
        4 => (serial(), serial()).prop_map(move |(a, b)| it().between(a, b)),
        1 => serial().prop_map(move |a| it().ge(a)),
        1 => serial().prop_map(move |a| it().lt(a)),
        1 => serial().prop_map(move |a| it().gt(a)),
        1 => serial().prop_map(move |a| it().ne(a)),
        2 => vec(serial(), 0..6).prop_map(move |them| it().is_in(them)),
        2 => select(patterns).prop_map(move |a| it().like(a)),
        1 => Just(it().is_null()),
    ];
    prop_oneof![
        3 => test.prop_map(move |scope| Expr::Test(scope, column)),
        2 => function(of).prop_map(move |sql| Expr::Test(sql.parse().unwrap(), column)),
        1 => made(of).prop_map(move |sql| Expr::Test(sql.parse().unwrap(), column)),
    ]
}

/// What functions may be given of a serial or a text.
fn call(of: &'static str) -> impl Strategy<Value = String> {
    let inner = prop_oneof![
        (-1..5_i32, 0..4_i32).prop_map(move |(a, n)| format!("SUBSTRING({of} FROM {a} FOR {n})")),
        (1..4_i32).prop_map(move |a| format!("SUBSTRING({of} FROM {a})")),
        (-2..4_i32).prop_map(move |n| format!("LEFT({of}, {n})")),
        (-2..4_i32).prop_map(move |n| format!("RIGHT({of}, {n})")),
        ("[-0P1]", -2..3_i32)
            .prop_filter("parts begin with 1", |(_, part)| *part != 0)
            .prop_map(move |(by, part)| format!("SPLIT_PART({of}, '{by}', {part})")),
        Just(of.to_owned()),
    ];
    let outer = select(vec!["", "LOWER", "UPPER", "TRIM"]);
    (inner, outer).prop_map(|(inner, outer)| match outer {
        "" => inner,
        outer => format!("{outer}({inner})"),
    })
}

/// A text that may be part of a serial.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[01PLAa]{0,2}", 1 => "[01PLAB]{3}", 1 => Just("\u{e9}".to_owned())]
}

/// A test of what functions make of a serial or an identifier, or of a mask, as SQL.
fn function(of: &'static str) -> impl Strategy<Value = String> {
    let compared = select(vec!["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        4 => (call(of), compared.clone(), part()).prop_map(|(it, is, x)| format!("{it} {is} '{x}'")),
        2 => (call(of), part(), part()).prop_map(|(it, x, y)| {
            let (x, y) = if x <= y { (x, y) } else { (y, x) };
            format!("{it} BETWEEN '{x}' AND '{y}'")
        }),
        2 => (call(of), vec(part(), 1..4)).prop_map(|(it, them)| {
            format!("{it} IN ('{}')", them.join("', '"))
        }),
        2 => (call(of), "[01P%_]{1,4}").prop_map(|(it, like)| format!("{it} LIKE '{like}'")),
        2 => "[0-2P%_]{1,4}".prop_map(move |like| format!("{of} LIKE '{like}'")),
        1 => (call(of), compared.clone(), 0..5).prop_map(|(it, is, n)| {
            format!("CHAR_LENGTH({it}) {is} {n}")
        }),
        2 => (select(vec!["n", "year"]), compared.clone(), 0..13)
            .prop_map(move |(field, is, n)| format!("{of}.{field} {is} {n}")),
        1 => ("[AB]").prop_map(move |line| format!("{of}.line <> '{line}'")),
        1 => select(vec!["n", "line", "year"]).prop_map(move |field| format!("{of}.{field} IS NULL")),
        1 => "[01PL*]{1,3}[*]".prop_map(move |mask| format!("{of} = MASK('{mask}')")),
        2 => masks(of),
    ]
}

/// A range of serials with masks at its ends.
fn masks(of: &'static str) -> impl Strategy<Value = String> {
    (vec((0..3_u8, 0..3_u32, 0..3_u32), 2..4), 0..4_usize).prop_map(move |(places, free)| {
        let end = |last: bool| -> String {
            let place = |(at, (kind, a, b)): (usize, &(u8, u32, u32))| match kind {
                _ if at == free % places.len() => '*',
                0 => {
                    if last {
                        'P'
                    } else {
                        'L'
                    }
                }
                _ => char::from_digit(if last { *a.max(b) } else { *a.min(b) }, 10).unwrap(),
            };
            places.iter().enumerate().map(place).collect()
        };
        format!("{of} BETWEEN MASK('{}') AND MASK('{}')", end(false), end(true))
    })
}

/// Tests of what functions make of a column.
fn column_function() -> impl Strategy<Value = Expr> {
    let texts = select(vec!["lot", "cells", "firmware"]).prop_flat_map(|column| {
        let text = select(vec!["", "L", "L1", "1", "l1", "4", "4.1"]);
        let like = select(vec!["%1", "_1%", "%", "L_"]);
        prop_oneof![
            (call(column), text.clone()).prop_map(|(it, x)| format!("{it} = '{x}'")),
            (call(column), text).prop_map(|(it, x)| format!("{it} >= '{x}'")),
            (call(column), like).prop_map(|(it, x)| format!("{it} LIKE '{x}'")),
            (call(column), 0..4).prop_map(|(it, n)| format!("CHAR_LENGTH({it}) = {n}")),
            Just(format!("{column} IS NOT DISTINCT FROM 'L1'")),
        ]
        .prop_map(move |sql| (sql, column))
    });
    let date_part =
        select(vec!["YEAR", "QUARTER", "MONTH", "DAY", "ISOYEAR", "WEEK", "ISODOW", "DOY"]);
    let times = prop_oneof![
        (date_part, select(vec!["sold_on", "made_at"]), select(vec![1, 3, 12, 31, 53, 1969, 2022]))
            .prop_map(|(part, column, n)| (
                format!("EXTRACT({part} FROM {column}) <= {n}"),
                column
            )),
        (0..24).prop_map(|n| (format!("EXTRACT(HOUR FROM made_at) >= {n}"), "made_at")),
        Just(("EXTRACT(MINUTE FROM made_at) = 59".to_owned(), "made_at")),
        Just(("CAST(made_at AS TIME) BETWEEN '12:00' AND '24:00'".to_owned(), "made_at")),
        Just(("CAST(made_at AS TIME) < '00:00:01'".to_owned(), "made_at")),
        Just(("CAST(made_at AS DATE) = '1970-01-01'".to_owned(), "made_at")),
    ];
    prop_oneof![texts, times]
        .prop_map(|(sql, column)| Expr::Test(sql.parse().unwrap(), Some(column)))
}

/// Scopes that bind to the schema.
pub(crate) fn expr() -> impl Strategy<Value = Expr> {
    let test = prop_oneof![
        3 => column_test().boxed(),
        1 => column_function().boxed(),
        2 => serial_test().boxed(),
        1 => keyed_test(TAG, Some(TAG)).boxed(),
    ];
    let bound = test.prop_filter("binds", |test| schema().bind(&test.scope()).is_ok());
    bound.prop_recursive(4, 16, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            inner.prop_map(|it| Expr::Not(Box::new(it))),
            pair.clone().prop_map(|(a, b)| Expr::And(Box::new(a), Box::new(b))),
            pair.prop_map(|(a, b)| Expr::Or(Box::new(a), Box::new(b))),
        ]
    })
}
