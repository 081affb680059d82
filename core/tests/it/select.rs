//! Selections, and the sets they give, against a list of units.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use seriatim::io::MemoryDirectory;
use seriatim::{
    Column, ColumnType, Date, ErrorKind, Families, Index, LoadOptions, Reason, Record, Schema,
    Scope, SerialFamily, Truth, Unit, Units, Value, Verdict,
};

use crate::model::{Expr, Key, Load, Way, World, expr, load, loads, namespace, serial};

fn check_selection(world: &World, expr: &Expr) {
    let scope = expr.scope();
    let found = world.index.snapshot().select(&scope).unwrap();
    let (affected, undetermined) = (world.keys(&found.affected), world.keys(&found.undetermined));
    assert_eq!(affected, world.keys_of(&scope, Truth::True), "affected by {scope:?}");
    assert_eq!(undetermined, world.keys_of(&scope, Truth::Unknown), "undetermined by {scope:?}");

    let bound = world.schema.bind(&scope).unwrap();
    let again = world.index.snapshot().select_bound(&bound).unwrap();
    assert_eq!(world.keys(&again.affected), affected);
    for (key, unit) in &world.units {
        let (namespace, serial) = (unit.namespace(), unit.serial().unwrap());
        let verdict = Verdict::from(bound.truth(unit).unwrap());
        assert_eq!(found.status_in(namespace, serial).unwrap(), verdict, "{unit:?}");
        assert_eq!(found.affected.contains(namespace, serial).unwrap(), affected.contains(key));
    }
    for unit in world.units.values().take(3) {
        let decision = found.explain_unit(unit.namespace(), unit.serial().unwrap()).unwrap();
        let expected = bound.explain_record(unit).unwrap();
        assert_eq!(decision.verdict, Verdict::from(expected.truth));
        assert_eq!((decision.truth, decision.clauses), (expected.truth, expected.clauses));
    }
    check_reasons(world, expr);
}

fn check_reasons(world: &World, expr: &Expr) {
    let mut expected: BTreeMap<Reason, u64> = BTreeMap::new();
    for unit in world.units.values() {
        let mut reasons = BTreeSet::new();
        expr.reasons(&world.schema, unit, &mut reasons);
        for reason in reasons {
            *expected.entry(reason).or_default() += 1;
        }
    }
    let found = world.index.snapshot().select(&expr.scope()).unwrap();
    let reasons = found.undetermined.by_reason().unwrap();
    assert!(reasons.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{reasons:?}");
    assert_eq!(reasons.into_iter().collect::<BTreeMap<_, _>>(), expected, "{expr:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_index_answers_what_the_language_says(loads in loads(), exprs in vec(expr(), 1..8)) {
        let world = World::new(&loads);
        for expr in exprs {
            check_selection(&world, &expr);
        }
    }

    #[test]
    fn one_serial_is_told_apart(loads in loads(), expr in expr(), asked in vec(serial(), 1..9)) {
        let world = World::new(&loads);
        let scope = expr.scope();
        let bound = world.schema.bind(&scope).unwrap();
        let found = world.index.snapshot().select(&scope).unwrap();
        for serial in asked {
            let key = world.key("", &serial).1;
            let mut units = world.units.iter().filter(|((_, it), _)| *it == key).map(|it| it.1);
            let status = found.status(&serial);
            match (units.next(), units.next()) {
                (None, _) => {
                    let fits = key.family() != seriatim::FamilyId::OPAQUE;
                    let verdict =
                        if fits { Verdict::UnknownSerial } else { Verdict::InvalidSerial };
                    prop_assert_eq!(status.unwrap(), verdict);
                }
                (Some(unit), None) => {
                    prop_assert_eq!(status.unwrap(), Verdict::from(bound.truth(unit).unwrap()));
                }
                _ => prop_assert_eq!(status.unwrap_err().kind(), ErrorKind::Conflict),
            }
        }
    }

    #[test]
    fn serials_are_looked_up(loads in loads(), asked in vec(serial(), 0..40), within in namespace()) {
        let world = World::new(&loads);
        let mut texts = asked;
        texts.insert(texts.len() / 2, String::new());
        for namespace in [None, Some(within)] {
            check_lookup(&world, namespace, &texts);
        }
    }

    #[test]
    fn sets_combine_by_serial(
        loads in loads(),
        later in load(),
        a in expr(),
        b in expr(),
    ) {
        let mut world = World::new(&loads);
        let early = world.index.snapshot().select(&a.scope()).unwrap().affected;
        let same = world.index.snapshot().select(&b.scope()).unwrap().affected;
        let x = world.keys(&early);
        let y = world.keys(&same);
        prop_assert_eq!(world.keys(&early.union(&same).unwrap()), &x | &y);
        prop_assert_eq!(world.keys(&early.intersection(&same).unwrap()), &x & &y);
        prop_assert_eq!(world.keys(&early.difference(&same).unwrap()), &x - &y);

        world.load(&later);
        prop_assert_eq!(&world.keys(&early), &x);
        let late = world.index.snapshot().select(&b.scope()).unwrap().affected;
        let z = world.keys(&late);
        for (left, right, l, r) in [(&early, &late, &x, &z), (&late, &early, &z, &x)] {
            match left.union(right) {
                Ok(both) => prop_assert_eq!(world.keys(&both), l | r),
                Err(error) => {
                    prop_assert_eq!(error.kind(), ErrorKind::Conflict);
                    let retired = |key: &&Key| !world.units.contains_key(key);
                    prop_assert_eq!(x.iter().filter(retired).count() > 0, true, "{}", error);
                }
            }
            prop_assert_eq!(world.keys(&left.intersection(right).unwrap()), l & r);
            prop_assert_eq!(world.keys(&left.difference(right).unwrap()), l - r);
        }
        let all: BTreeSet<_> = world.units.keys().cloned().collect();
        prop_assert_eq!(world.keys(&world.index.snapshot().all()), all);
    }
}

/// What a unit is in a selection of a world of then.
fn verdicts(world: &World, scope: &Scope) -> BTreeMap<Key, Verdict> {
    let bound = world.schema.bind(scope).unwrap();
    let verdict = |unit| Verdict::from(bound.truth(unit).unwrap());
    world.units.iter().map(|(key, unit)| (key.clone(), verdict(unit))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_diff_is_the_verdicts_compared(
        loads in loads(),
        later in load(),
        a in expr(),
        b in expr(),
        back in any::<bool>(),
    ) {
        let mut world = World::new(&loads);
        let mut before = (world.index.snapshot().select(&a.scope()).unwrap(), verdicts(&world, &a.scope()));
        world.load(&later);
        let mut after = (world.index.snapshot().select(&b.scope()).unwrap(), verdicts(&world, &b.scope()));
        if back {
            std::mem::swap(&mut before, &mut after);
        }
        let diff = before.0.diff(&after.0).unwrap();
        let of = |told: &BTreeMap<Key, Verdict>, key: &Key| {
            told.get(key).copied().unwrap_or(Verdict::UnknownSerial)
        };
        let expected = |from: &dyn Fn(Verdict) -> bool, to: &dyn Fn(Verdict) -> bool| {
            let keys: BTreeSet<&Key> = before.1.keys().chain(after.1.keys()).collect();
            let moved = keys.into_iter().filter(|key| from(of(&before.1, key)) && to(of(&after.1, key)));
            moved.cloned().collect::<BTreeSet<Key>>()
        };
        let is = |it| it == Verdict::Affected;
        let not = |it| it != Verdict::Affected;
        prop_assert_eq!(world.keys(&diff.added), expected(&not, &is));
        prop_assert_eq!(world.keys(&diff.removed), expected(&is, &not));
        prop_assert_eq!(world.keys(&diff.kept), expected(&is, &is));
        let all = [
            Verdict::Affected,
            Verdict::Undetermined,
            Verdict::NotAffected,
            Verdict::UnknownSerial,
            Verdict::InvalidSerial,
        ];
        let mut moves = Vec::new();
        for from in all {
            for to in all {
                let units = expected(&|it| it == from, &|it| it == to);
                if from != to && !units.is_empty() {
                    moves.push((from, to, units.len() as u64));
                }
                prop_assert_eq!(world.keys(&diff.moved(from, to).unwrap()), units);
            }
        }
        moves.sort_by_key(|it| order(it.0) * 8 + order(it.1));
        prop_assert_eq!(diff.moves().unwrap(), moves);
    }
}

fn order(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Affected => 0,
        Verdict::Undetermined => 1,
        Verdict::NotAffected => 2,
        Verdict::UnknownSerial => 3,
        Verdict::InvalidSerial => 4,
    }
}

#[test]
fn selections_of_two_indexes_are_compared_by_serial() {
    let with = |serial: &str| {
        let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
        let units = Units::records([Record::of_serial(serial)]);
        index.load_units(units, LoadOptions::default()).unwrap();
        index.snapshot().select(&"serial IN ('A1', 'A2')".parse().unwrap()).unwrap()
    };
    let diff = with("A1").diff(&with("A2")).unwrap();
    assert_eq!((diff.added.len(), diff.removed.len(), diff.kept.len()), (1, 1, 0));
    assert_eq!(with("A1").diff(&with("A1")).unwrap().kept.len(), 1);
    let error = with("A1").affected.union(&with("A2").affected).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

fn check_lookup(world: &World, namespace: Option<&str>, texts: &[String]) {
    let snapshot = world.index.snapshot();
    let answer = match namespace {
        None => snapshot.lookup(texts),
        Some(namespace) => snapshot.lookup_in(namespace, texts),
    }
    .unwrap();
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (place, text) in texts.iter().enumerate() {
        let told = [&answer.unknown, &answer.invalid, &answer.duplicate, &answer.ambiguous]
            .map(|places| places.contains(&place));
        let Ok(key) = world.schema.families().classify(text) else {
            assert_eq!(told, [false, true, false, false], "{text}");
            continue;
        };
        let units: Vec<_> = world
            .units
            .keys()
            .filter(|it| it.1 == key && namespace.is_none_or(|namespace| it.0 == namespace))
            .collect();
        let fits = key.family() != seriatim::FamilyId::OPAQUE;
        let expected = match units.as_slice() {
            _ if !seen.insert(key.clone()) => [false, false, true, false],
            [] => [fits, !fits, false, false],
            [one] => {
                found.insert((*one).clone());
                [false; 4]
            }
            _ => [false, false, false, true],
        };
        assert_eq!(told, expected, "{text}");
    }
    assert_eq!(world.keys(&answer.found), found);
}

/// As text, `000425001` and `00046A00` lie between the ends of the range; as a number, `42500` is its
/// first. None of them does, but one may be a misread serial that does.
#[test]
fn a_range_of_serials_is_in_the_order_of_their_family() {
    let family = SerialFamily::new("bike", "{n:D8}").unwrap();
    let families = Families::new(vec![family]).unwrap();
    let schema = Schema::default().with_families(families);
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    let plain = (40_000..60_000).map(|n| format!("{n:08}"));
    let odd = ["000425001", "00046A00", "42500"].map(str::to_owned);
    let units = Units::records(plain.chain(odd).map(Record::of_serial));
    index.load_units(units, LoadOptions::default().declared_families_only()).unwrap();

    let scope = "serial BETWEEN '00042500' AND '00047800'".parse().unwrap();
    let found = index.snapshot().select(&scope).unwrap();
    assert_eq!((found.affected.len(), found.undetermined.len()), (5_301, 1));
    assert_eq!(found.undetermined.by_reason().unwrap(), [(Reason::UnreadableSerial, 1)]);
    for (serial, verdict) in [
        ("00042500", Verdict::Affected),
        ("00047801", Verdict::NotAffected),
        ("000425001", Verdict::NotAffected),
        ("42500", Verdict::NotAffected),
        ("00046A00", Verdict::Undetermined),
        ("00060000", Verdict::UnknownSerial),
        ("00046B00", Verdict::InvalidSerial),
        ("", Verdict::InvalidSerial),
    ] {
        assert_eq!(found.status(serial).unwrap(), verdict, "{serial}");
    }
}

#[test]
fn near_misses_name_the_unit_they_may_be() {
    let families = vec![
        SerialFamily::new("laptop", "LJ-{n:D4}").unwrap(),
        SerialFamily::new("bike", "{plant:X2}/{n:D1..6}").unwrap(),
    ];
    let schema = Schema::default().with_families(Families::new(families).unwrap());
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    let units =
        [("", "LJ-1440"), ("", "A1/52"), ("", "A1/7"), ("one", "LJ-0001"), ("two", "LJ-0001")]
            .map(|(namespace, serial)| Record::of_serial(serial).in_namespace(namespace));
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    let rows = [
        ("lj1440", Some(("laptop", Some("LJ-1440")))),
        ("LJ - 144O", Some(("laptop", Some("LJ-1440")))),
        ("LJ\u{2013}I44O", Some(("laptop", Some("LJ-1440")))),
        ("LJ.1440", Some(("laptop", Some("LJ-1440")))),
        ("LJ-14A0", Some(("laptop", None))),
        // It would be a serial, but is no unit's.
        ("lj1441", Some(("laptop", None))),
        // It may be one of two units.
        ("lj0001", Some(("laptop", None))),
        ("A1-52", Some(("bike", Some("A1/52")))),
        ("a152", Some(("bike", Some("A1/52")))),
        ("ai/7", Some(("bike", Some("A1/7")))),
        ("AI/S2", Some(("bike", None))),
        ("nothing like it", None),
        ("", None),
    ];
    let serials: Vec<&str> = rows.iter().map(|(serial, _)| *serial).collect();
    let answer = index.snapshot().lookup(&serials).unwrap();
    assert_eq!(answer.invalid, (0..rows.len()).collect::<Vec<_>>());
    for (place, (serial, expected)) in rows.iter().enumerate() {
        let near = answer.near_misses.iter().find(|it| it.place == place);
        let found = near.map(|it| (it.family.as_str(), it.unit.as_ref().map(Unit::serial)));
        assert_eq!(found, *expected, "{serial}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn near_misses_are_what_ranges_leave_open(
        loads in loads(),
        (first, last) in (serial(), serial()),
        other in expr(),
    ) {
        let world = World::new(&loads);
        let range = Scope::serial().between(first, last);
        prop_assume!(world.schema.bind(&range).is_ok());
        let both = world.index.snapshot().select(&range.clone().or(other.scope())).unwrap();
        let near = world.keys(&both.near_misses().unwrap());
        let open = world.keys_of(&range, Truth::Unknown);
        prop_assert!(near.is_subset(&world.keys(&both.undetermined)));
        for key in world.keys(&both.undetermined) {
            prop_assert!(near.contains(&key) || !open.contains(&key), "{key:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Alternatives on the same columns are answered together, and of many ranges what resembles
    /// their family is looked for once.
    #[test]
    fn a_table_is_answered_as_its_rows_are(
        loads in loads(),
        rows in vec((serial(), serial(), table_row(), 0..6_usize), 10..24),
        other in option::of(expr()),
    ) {
        let world = World::new(&loads);
        let rows = rows.into_iter().filter_map(|(first, last, row, way)| {
            let (first, last) = if way < 2 { ("000".into(), "011".into()) } else { (first, last) };
            let range = Scope::serial().between(first, last);
            world.schema.bind(&range).ok()?;
            let range = Expr::Test(range, None);
            Some(if way == 5 { row } else { Expr::And(Box::new(row), Box::new(range)) })
        });
        let or = |a, b| Expr::Or(Box::new(a), Box::new(b));
        let Some(table) = rows.reduce(or) else { return Ok(()) };
        check_selection(&world, &table);
        if let Some(other) = other {
            let table = Expr::Not(Box::new(table));
            check_selection(&world, &Expr::And(Box::new(table), Box::new(other)));
        }
    }
}

/// What a row of a table asks of columns.
fn table_row() -> impl Strategy<Value = Expr> {
    let test = || table_test().prop_map(|(test, column)| Expr::Test(test, Some(column)));
    let both = |(a, b): (Expr, Expr)| Expr::And(Box::new(a), Box::new(b));
    let either = |(a, b): (Expr, Expr)| Expr::Or(Box::new(a), Box::new(b));
    let day = |way: usize| {
        let day = Date::from_days([0, 19_000, 20_000][way % 3]).unwrap();
        let last = Date::from_days(20_000).unwrap();
        if way < 3 {
            Scope::column("sold_on").eq(day)
        } else {
            Scope::column("sold_on").between(day, last)
        }
    };
    let day = (0..6_usize).prop_map(move |way| Expr::Test(day(way), Some("sold_on")));
    let lot = prop::sample::select(vec!["L1", "L10", "L2", "M", "Q"]);
    let lot = lot.prop_map(|it| Expr::Test(Scope::column("lot").eq(it), Some("lot")));
    prop_oneof![
        4 => test(),
        6 => (lot.clone(), day.clone()).prop_map(both),
        2 => (lot.clone(), (day.clone(), day.clone()).prop_map(either)).prop_map(both),
        2 => (lot, day).prop_map(|(lot, day)| Expr::And(Box::new(lot), Box::new(Expr::Not(Box::new(day))))),
        2 => (test(), test()).prop_map(both),
        1 => (test(), test()).prop_map(either),
        1 => (test(), (test(), test()).prop_map(both)).prop_map(both),
    ]
}

/// What a row of a table asks of a column.
fn table_test() -> impl Strategy<Value = (Scope, &'static str)> {
    let text = prop::sample::select(vec!["L1", "L10", "L2", "M", "Q"]);
    prop_oneof![
        6 => text.clone().prop_map(|it| (Scope::column("lot").eq(it), "lot")),
        2 => vec(text, 1..4).prop_map(|them| (Scope::column("lot").is_in(them), "lot")),
        4 => (0..4_i64).prop_map(|it| (Scope::column("count").eq(it), "count")),
        1 => (0..4_i64).prop_map(|it| (Scope::column("count").ge(it), "count")),
        1 => Just((Scope::column("sold_on").is_null(), "sold_on")),
        1 => Just((Scope::column("made_at").lt("2022-01-01"), "made_at")),
        1 => Just((Scope::column("cells").eq("L1"), "cells")),
    ]
}

/// Rows that overlap in two columns become several tables.
#[test]
fn a_table_of_rows_that_all_overlap_is_answered_as_its_rows_are() {
    let columns = ["a", "b"].map(|name| Column::new(name, ColumnType::Integer).unwrap());
    let schema = Schema::new(columns.to_vec()).unwrap();
    let index = Index::create_in(MemoryDirectory::new(), schema.clone()).unwrap();
    let units: Vec<Record> = (0..400_i64)
        .map(|n| {
            let unit = Record::of_serial(format!("A{n:03}"));
            let unit =
                if n % 7 == 0 { unit } else { unit.with("a", Value::Integer(n * 37 % 4_000)) };
            if n % 11 == 0 { unit } else { unit.with("b", Value::Integer(n * 53 % 4_000)) }
        })
        .collect();
    index.load_units(Units::records(units.clone()), LoadOptions::default()).unwrap();
    let row = |n: i64| {
        let a = Scope::column("a").between(n, n + 1_500);
        a.and(Scope::column("b").between(n * 7 % 1_600 + 2, n * 7 % 1_600 + 1_500))
    };
    let scope = (0..1_600).map(row).reduce(Scope::or).unwrap();
    let found = index.snapshot().select(&scope).unwrap();
    let bound = schema.bind(&scope).unwrap();
    let mut counts = [0; 3];
    for unit in &units {
        let verdict = bound.decide(unit).unwrap();
        counts[usize::from(order(verdict))] += 1;
        assert_eq!(found.status(unit.serial().unwrap()).unwrap(), verdict, "{unit:?}");
    }
    assert!(counts.iter().all(|it| *it > 30), "{counts:?}");
    assert_eq!(found.affected.len() + found.undetermined.len(), counts[0] + counts[1]);
}

#[test]
fn what_a_scanner_gives_has_a_status() {
    let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
    let units = ["A7", "A8"].map(Record::of_serial);
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    let found = index.snapshot().select(&"serial = 'A7'".parse().unwrap()).unwrap();
    for (scan, verdict) in [
        (" A7\r\n", Verdict::Affected),
        ("(01)09506000134352(21)A7", Verdict::Affected),
        ("https://id.example.org/01/09506000134352/21/A8", Verdict::NotAffected),
        ("]d2010950600013435221A7", Verdict::Affected),
        // No serial, and no right check digit.
        ("(01)09506000134352", Verdict::InvalidSerial),
        ("(01)09506000134353(21)A7", Verdict::InvalidSerial),
        ("(01)09506000134352(21)A9", Verdict::UnknownSerial),
    ] {
        assert_eq!(found.status(scan).unwrap(), verdict, "{scan}");
    }
}

#[test]
fn a_scope_of_another_schema_is_refused() {
    let load = Load { way: Way::Units, records: Vec::new(), without: None, segment_rows_max: 1 };
    let world = World::new(&[load]);
    let bound = Schema::default().bind(&"serial = 'A1'".parse().unwrap()).unwrap();
    let error = world.index.snapshot().select_bound(&bound).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

/// A required check character follows from the others: what is asked of them narrows the serials
/// whose texts are read, and decides as the texts do.
#[test]
fn vehicles_with_a_required_check_are_told_as_their_texts_say() {
    let vin = SerialFamily::vin("vin", 2000).unwrap();
    let vin = vin.with_check_policy(seriatim::CheckPolicy::Require).unwrap();
    let right = |n: usize| {
        let (wmi, vds) = (["1M8", "VF7", "WF0"][n % 3], ["GDM9A", "UARHJ"][n % 2]);
        let (year, plant) = (["K", "L"][n / 7 % 2], ["P", "Z"][n / 5 % 2]);
        let text = |check: char| format!("{wmi}{vds}{check}{year}{plant}{:06}", 42_000 + n);
        let mut texts = "0123456789X".chars().map(text);
        texts.find(|it| vin.encode(it).is_some()).unwrap()
    };
    let units: Vec<String> = (0..900).map(right).collect();
    let schema = Schema::default().with_families(Families::new(vec![vin.clone()]).unwrap());
    let index = Index::create_in(MemoryDirectory::new(), schema.clone()).unwrap();
    // One that only looks like a vehicle's.
    let other = if units[7].chars().nth(8) == Some('7') { '8' } else { '7' };
    let wrong = format!("{}{other}{}", &units[7][..8], &units[7][9..]);
    let records: Vec<Record> = units.iter().chain([&wrong]).map(Record::of_serial).collect();
    index.load_units(Units::records(records.clone()), LoadOptions::default()).unwrap();
    let check = units[30].chars().nth(8).unwrap();
    let mut found_some = 0;
    for scope in [
        format!("serial = MASK('{}**')", &units[30][..15]),
        format!("serial = MASK('***UARHJ{check}********')"),
        format!("serial = MASK('********{check}********')"),
        format!("serial LIKE '1M8GDM9A{check}%'"),
        format!("serial LIKE '1M8_____{check}K%2'"),
        format!("serial LIKE '%{check}KP0420__'"),
        format!("serial LIKE '%{check}KP0420_'"),
        format!("serial LIKE '1M8%{check}%KP%'"),
        format!("SUBSTRING(serial FROM 9 FOR 1) = '{check}'"),
        format!("NOT SUBSTRING(serial FROM 9 FOR 1) IN ('{check}', 'X', 'A')"),
        format!("SUBSTRING(serial FROM 4 FOR 6) BETWEEN 'GDM9A2' AND 'GDM9A{check}'"),
        format!("LOWER(RIGHT(serial, 9)) > '{}kp'", check.to_lowercase()),
        format!("LEFT(serial, 9) IN ('1M8GDM9A{check}', 'VF7UARHJ5', 'WF0GDM9A0')"),
        "SUBSTRING(serial FROM 8 FOR 2) LIKE '_7'".to_owned(),
        "serial BETWEEN MASK('VF7*****0********') AND MASK('WF7*****7********')".to_owned(),
        format!("NOT serial = MASK('1M8GDM9A{check}*P******')"),
        "serial LIKE '1M8GDM9A%'".to_owned(),
    ] {
        let scope: Scope = scope.parse().unwrap();
        let (bound, found) =
            (schema.bind(&scope).unwrap(), index.snapshot().select(&scope).unwrap());
        for record in &records {
            let expected = Verdict::from(bound.truth(record).unwrap());
            let serial = record.serial().unwrap();
            assert_eq!(found.status(serial).unwrap(), expected, "{serial} {scope:?}");
        }
        found_some += usize::from(!found.affected.is_empty());
    }
    assert!(found_some >= 13, "{found_some}");
}
