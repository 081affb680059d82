//! Group counts against a naive count of the units one by one.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use seriatim::io::MemoryDirectory;
use seriatim::{
    By, Column, ColumnType, Date, ErrorKind, GroupKey, Groups, Index, LoadOptions, Record,
    RegistrationOptions, Registrations, Schema, SerialFamily, SerialKey, UnitSet, Units, Value,
    Zone,
};

use crate::model::{COLUMNS, TAG, World, expr, loads, schema};
use crate::wide::{wide_schema, wide_units};

/// A term as the naive count knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Term {
    Namespace,
    Column(&'static str),
    Period(&'static str, char),
    SerialField(&'static str),
    /// A field of the serial or of the identifier, as a column.
    Field(&'static str),
}

impl Term {
    fn by(self) -> By {
        match self {
            Term::Namespace => By::namespace(),
            Term::SerialField(name) => By::serial_field(name),
            Term::Column(name) | Term::Field(name) => By::column(name),
            Term::Period(name, 'd') => By::day(name),
            Term::Period(name, 'w') => By::week(name),
            Term::Period(name, 'm') => By::month(name),
            Term::Period(name, _) => By::year(name),
        }
    }

    /// What a unit counts as.
    fn keys(self, unit: &Record, zone: &Zone) -> Vec<String> {
        let name = match self {
            Term::Namespace => return vec![unit.namespace().to_owned()],
            Term::SerialField(name) => return vec![field_of("serial", name, unit)],
            Term::Field(name) => {
                let (of, name) = name.split_once('.').unwrap();
                return vec![field_of(of, name, unit)];
            }
            Term::Column(name) | Term::Period(name, _) => name,
        };
        if let Some((of, "made")) = name.split_once('.') {
            let Some((first, last)) = made(of, unit) else { return vec!["(missing)".to_owned()] };
            let (first, last) = (self.period(first), self.period(last));
            return vec![if first == last { first } else { "(missing)".to_owned() }];
        }
        let day = match unit.value(name) {
            None => return vec!["(missing)".to_owned()],
            Some(Value::Float(number)) if number.is_nan() => return vec!["(missing)".to_owned()],
            Some(Value::Float(number)) => return vec![(number + 0.0).to_string()],
            Some(Value::TextList(texts)) if texts.is_empty() => return vec!["(none)".to_owned()],
            Some(Value::TextList(texts)) => {
                let mut texts = texts.clone();
                texts.sort();
                texts.dedup();
                return texts;
            }
            Some(Value::Date(day)) => *day,
            Some(Value::Timestamp(at)) => zone.date_of(*at),
            Some(value) => return vec![value.to_string()],
        };
        vec![match self {
            Term::Period(..) => self.period(day),
            _ => unit.value(name).unwrap().to_string(),
        }]
    }

    /// The period that a day is in.
    fn period(self, day: Date) -> String {
        let (year, week) = day.iso_week();
        match self {
            Term::Period(_, 'w') => format!("{year}-W{week:02}"),
            Term::Period(_, 'm') => format!("{}-{:02}", day.year(), day.month()),
            Term::Period(_, 'y') => day.year().to_string(),
            _ => day.to_string(),
        }
    }
}

/// The family and the code of the serial of a unit, or of its identifier.
fn coded(of: &str, unit: &Record) -> Option<(&'static SerialFamily, u128)> {
    let (families, text) = match (of, unit.value(TAG)) {
        ("serial", _) => (SCHEMA.families(), unit.serial().unwrap()),
        (_, Some(Value::Text(tag))) => (SCHEMA.column(TAG).unwrap().identifier().unwrap(), &**tag),
        _ => return None,
    };
    match families.classify(text).unwrap() {
        SerialKey::Opaque(_) => None,
        SerialKey::Coded { family, code } => Some((families.family(family).unwrap(), code)),
    }
}

/// The first and the last day on which a unit was made, as its serial or its identifier says.
fn made(of: &str, unit: &Record) -> Option<(Date, Date)> {
    let (family, code) = coded(of, unit)?;
    family.made(code)
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);

/// What a field of the serial or of the identifier of a unit says.
fn field_of(of: &str, name: &str, unit: &Record) -> String {
    let values = coded(of, unit).map(|(family, code)| family.values(code).unwrap());
    let mut values = values.into_iter().flatten();
    let value = values.find(|(field, _)| *field == name).map(|(_, value)| value.to_string());
    value.unwrap_or("(missing)".to_owned())
}

fn naive<'a>(
    units: impl Iterator<Item = &'a Record>,
    terms: &[Term],
    zone: &Zone,
) -> BTreeMap<Vec<String>, u64> {
    let mut counts = BTreeMap::new();
    for unit in units {
        let mut combined = vec![vec![]];
        for term in terms {
            let keys = term.keys(unit, zone);
            let wider = combined.iter().flat_map(|before: &Vec<String>| {
                keys.iter().map(|key| [before.as_slice(), std::slice::from_ref(key)].concat())
            });
            combined = wider.collect();
        }
        for key in combined {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts
}

fn shown(key: Option<&GroupKey>) -> String {
    key.map_or("(missing)".to_owned(), ToString::to_string)
}

fn rank(key: Option<&GroupKey>) -> u8 {
    match key {
        Some(GroupKey::EmptyList) => 0,
        Some(_) => 1,
        None => 2,
    }
}

/// The order that is promised.
fn order(a: Option<&GroupKey>, b: Option<&GroupKey>) -> Ordering {
    let values = (a.and_then(GroupKey::value), b.and_then(GroupKey::value));
    rank(a).cmp(&rank(b)).then_with(|| match values {
        (Some(Value::Float(a)), Some(Value::Float(b))) => a.partial_cmp(b).unwrap(),
        (Some(Value::Integer(a)), Some(Value::Integer(b))) => a.cmp(b),
        (Some(Value::Version(a)), Some(Value::Version(b))) => a.cmp(b),
        (Some(Value::Timestamp(a)), Some(Value::Timestamp(b))) => a.cmp(b),
        (Some(Value::Date(a)), Some(Value::Date(b))) => a.cmp(b),
        _ => shown(a).cmp(&shown(b)),
    })
}

fn check(found: &Groups, expected: &BTreeMap<Vec<String>, u64>, terms: &[Term]) {
    let mut counts = BTreeMap::new();
    for group in found.iter() {
        let keys: Vec<String> = group.keys().iter().map(|it| shown(it.as_ref())).collect();
        assert_eq!(group.counts(), [group.units()]);
        assert!(counts.insert(keys, group.units()).is_none(), "twice: {group:?}");
    }
    assert_eq!(&counts, expected, "by {terms:?}");
    assert_eq!(found.len(), expected.len());
    assert_eq!(found.is_empty(), expected.is_empty());
    let groups: Vec<_> = found.iter().collect();
    for pair in groups.windows(2) {
        let keys = pair[0].keys().iter().zip(pair[1].keys());
        let orders = keys.map(|(a, b)| order(a.as_ref(), b.as_ref()));
        assert_eq!(orders.fold(Ordering::Equal, Ordering::then), Ordering::Less, "{pair:?}");
    }
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        6 => select(COLUMNS.map(|(name, _)| Term::Column(name)).to_vec()),
        3 => (select(vec!["sold_on", "made_at", "serial.made", "tag.made"]), select(vec!['d', 'w', 'm', 'y']))
            .prop_map(|(name, unit)| Term::Period(name, unit)),
        1 => Just(Term::Namespace),
        1 => select(vec!["n", "line", "year"]).prop_map(Term::SerialField),
        2 => select(vec!["tag.n", "tag.line", "tag.year", "serial.n"]).prop_map(Term::Field),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn groups_are_those_of_a_naive_count(
        loads in loads(),
        expr in expr(),
        terms in vec(vec(term(), 1..4), 1..5),
    ) {
        let world = World::new(&loads);
        let snapshot = world.index.snapshot();
        let set = snapshot.select(&expr.scope()).unwrap().affected;
        let keys = world.keys(&set);
        for terms in terms {
            let by: Vec<By> = terms.iter().map(|term| term.by()).collect();
            let units = world.units.iter().filter(|(key, _)| keys.contains(*key));
            let expected = naive(units.map(|(_, unit)| unit), &terms, &Zone::utc());
            check(&set.by(&by).unwrap(), &expected, &terms);
            let all = naive(world.units.values(), &terms, &Zone::utc());
            check(&snapshot.all().by(&by).unwrap(), &all, &terms);
        }
    }
}

/// Enough units that chunks are read at once.
#[test]
fn when_serials_were_made_is_counted() {
    let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
    let days =
        (0..600).map(|n| format!("M{:02}{:02}{:02}", 15 + n / 200, n / 17 % 12 + 1, n % 31 + 1));
    let weeks = (0..600).map(|n| format!("S{}{}{:02}", n % 10, n / 100, n / 10 % 53 + 1));
    let months = (0..40).map(|n| format!("V{}{}", ["A", "C", "M", "B"][n % 4], n / 4));
    let units: Vec<Record> = days.chain(weeks).chain(months).map(Record::of_serial).collect();
    let options = LoadOptions::default().declared_families_only();
    index.load_units(Units::records(units.clone()), options).unwrap();
    let all = index.snapshot().all();
    for unit in ['d', 'w', 'm', 'y'] {
        let terms = [Term::Period("serial.made", unit)];
        let by = terms.map(Term::by);
        check(&all.by(&by).unwrap(), &naive(units.iter(), &terms, &Zone::utc()), &terms);
    }
    let plain = Index::create_in(MemoryDirectory::new(), wide_schema()).unwrap();
    let error = plain.snapshot().all().by(&[By::day("serial.made")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn groups_of_whole_chunks_are_those_of_a_naive_count() {
    let index = Index::create_in(MemoryDirectory::new(), wide_schema()).unwrap();
    let (early, late) = (wide_units(80_000, 0), wide_units(20_000, 80_000));
    for units in [&early, &late] {
        index.load_units(Units::records(units.clone()), LoadOptions::default()).unwrap();
    }
    let units: Vec<&Record> = early.iter().chain(&late).collect();
    let snapshot = index.snapshot();
    let zone = Zone::named("Europe/Berlin").unwrap();
    let select = |sql: &str| snapshot.select(&sql.parse().unwrap()).unwrap().affected;
    let kept = |test: &dyn Fn(&Record) -> bool| {
        units.iter().copied().filter(|unit| test(unit)).collect::<Vec<_>>()
    };
    let torque = |unit: &Record| match unit.value("torque") {
        Some(Value::Float(torque)) => *torque,
        _ => 0.0,
    };
    let sets: [(UnitSet, Vec<&Record>); 4] = [
        (snapshot.all(), units.clone()),
        (select("torque >= 4.1"), kept(&|it| torque(it) >= 4.1)),
        (select("torque = 4.123"), kept(&|it| (torque(it) - 4.123).abs() < 1e-9)),
        (
            select("serial BETWEEN 'A0010000' AND 'A0085000'"),
            kept(&|it| ("A0010000"..="A0085000").contains(&it.serial().unwrap())),
        ),
    ];
    let terms: [&[Term]; 14] = [
        &[Term::Column("market")],
        &[Term::Column("line")],
        &[Term::Column("cells")],
        &[Term::Column("torque")],
        &[Term::Namespace],
        &[Term::Period("made_at", 'd')],
        &[Term::Period("sold_on", 'd')],
        &[Term::Period("sold_on", 'w')],
        &[Term::Period("made_at", 'm'), Term::Column("market")],
        &[Term::Column("market"), Term::Period("sold_on", 'm'), Term::Column("line")],
        &[Term::Column("cells"), Term::Period("made_at", 'w')],
        &[Term::Column("cells"), Term::Column("cells"), Term::Column("sold_on")],
        &[Term::Namespace, Term::Column("firmware"), Term::Period("sold_on", 'y')],
        &[Term::Column("count"), Term::Column("torque"), Term::Column("market")],
    ];
    for (set, units) in &sets {
        assert_eq!(set.len(), units.len() as u64);
        for terms in terms {
            let by: Vec<By> = terms.iter().map(|term| term.by()).collect();
            let expected = naive(units.iter().copied(), terms, &zone);
            check(&set.by(&by).unwrap(), &expected, terms);
        }
    }

    // The same, side by side with those that have owners.
    let owned = (0..100_000).step_by(3).map(|at| {
        let serial = units[at].serial().unwrap().to_owned();
        Record::of_serial(serial).with("owner", Value::Text("o".into()))
    });
    let loaded = Registrations::records(owned);
    index.load_registrations(loaded, RegistrationOptions::default()).unwrap();
    let all = index.snapshot().all();
    for set in [all.clone(), few(&all)] {
        let own = set.ownership("2035-01-01T00:00:00Z".parse().unwrap()).unwrap();
        for terms in terms {
            let by: Vec<By> = terms.iter().map(|term| term.by()).collect();
            let affected = set.by(&by).unwrap();
            let registered = own.registered_units().by(&by).unwrap();
            let gap = own.gap_units().by(&by).unwrap();
            let counts = [("affected", &affected), ("registered", &registered), ("gap", &gap)];
            assert_eq!(own.by(&by).unwrap(), Groups::beside(&counts).unwrap());
        }
    }
}

/// So few that rows are counted one after the other.
fn few(set: &UnitSet) -> UnitSet {
    let scope = "serial BETWEEN 'A0010000' AND 'A0010200'".parse().unwrap();
    set.snapshot().select(&scope).unwrap().affected
}

/// Two units, and the first of them.
fn few_units() -> (UnitSet, UnitSet) {
    let units = ["A1", "A2"].map(|serial| {
        let day = Date::new(2025, 1, 31).unwrap();
        Record::of_serial(serial).with("lot", Value::Text("L1".into())).with("on", Value::Date(day))
    });
    let schema = Schema::new(vec![
        Column::new("lot", ColumnType::Text).unwrap(),
        Column::new("on", ColumnType::Date).unwrap(),
    ]);
    let index = Index::create_in(MemoryDirectory::new(), schema.unwrap()).unwrap();
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    let first = index.snapshot().select(&"serial = 'A1'".parse().unwrap()).unwrap().affected;
    (index.snapshot().all(), first)
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let (set, _) = few_units();
    for (terms, kind, message) in [
        (vec![], ErrorKind::InvalidArgument, "there is nothing to count by; name a column"),
        (vec![By::column("lots")], ErrorKind::NotFound, "there is no column `lots` to count by"),
        (
            vec![By::month("lot")],
            ErrorKind::InvalidArgument,
            "column `lot` is a text column; only dates and timestamps fall in a month",
        ),
    ] {
        let error = set.by(&terms).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    }
}

#[test]
fn counts_stand_beside_each_other() {
    let (set, first) = few_units();
    let terms = [By::column("lot"), By::month("on")];
    let (all, less) = (set.by(&terms).unwrap(), first.by(&terms).unwrap());
    let none = set.difference(&set).unwrap().by(&terms).unwrap();
    assert!(none.is_empty());
    let beside = Groups::beside(&[("units", &all), ("none", &none), ("less", &less)]).unwrap();
    assert_eq!(
        beside.to_string(),
        "lot  on_month  units  none  less\nL1   2025-01       2     0     1\n"
    );
    assert!(beside.count_names().eq(["units", "none", "less"]));
    assert!(beside.key_names().eq(["lot", "on_month"]));

    let lots = set.by(&[By::column("lot")]).unwrap();
    let refused: [(&[(&str, &Groups)], &str); 3] = [
        (&[], "no counts to put side by side"),
        (&[("a", &all), ("b", &lots)], "`b` is not counted by the same terms as the others"),
        (&[("a", &all), ("a", &less)], "two counts are named `a`"),
    ];
    for (counts, message) in refused {
        assert_eq!(Groups::beside(counts).unwrap_err().to_string(), message);
    }
}

#[cfg(feature = "arrow")]
#[test]
fn groups_are_a_record_batch() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Date32Type, TimestampMicrosecondType, UInt64Type};
    use arrow_schema::{DataType, TimeUnit};

    let index = Index::create_in(MemoryDirectory::new(), wide_schema()).unwrap();
    let at = |text: &str| Value::Timestamp(text.parse().unwrap());
    let units = [
        Record::of_serial("A1").with("made_at", at("2025-01-31T23:30:00Z")),
        Record::of_serial("A2").with("cells", Value::TextList(vec![])),
        Record::of_serial("A3").with("cells", Value::TextList(vec!["C1".into(), "C2".into()])),
    ];
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    let by = |terms: &[By]| index.snapshot().all().by(terms).unwrap().to_batch().unwrap();

    let cells = by(&[By::column("cells")]);
    let texts: Vec<Option<&str>> = cells.column(0).as_string::<i32>().iter().collect();
    assert_eq!(texts, [Some(""), Some("C1"), Some("C2"), None]);
    assert_eq!(cells.column(1).as_primitive::<UInt64Type>().values(), &[1, 1, 1, 1]);

    let made = by(&[By::month("made_at"), By::column("made_at"), By::column("torque")]);
    let schema = made.schema();
    let fields: Vec<_> =
        schema.fields().iter().map(|it| (it.name().as_str(), it.data_type())).collect();
    let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
    assert_eq!(
        fields,
        [
            ("made_at_month", &DataType::Date32),
            ("made_at", &zoned),
            ("torque", &DataType::Float64),
            ("units", &DataType::UInt64),
        ]
    );
    let february = Date::new(2025, 2, 1).unwrap().days();
    assert_eq!(made.column(0).as_primitive::<Date32Type>().iter().next(), Some(Some(february)));
    let instants = made.column(1).as_primitive::<TimestampMicrosecondType>();
    assert_eq!(instants.iter().collect::<Vec<_>>(), [Some(1_738_366_200_000_000), None]);
    assert_eq!(made.column(2).null_count(), 2);
}
