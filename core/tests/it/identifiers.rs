//! Identifiers: what they find is what the units say, however the index keeps them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use seriatim::io::MemoryDirectory;
use seriatim::{
    By, Column, ColumnType, ErrorKind, Families, FamilyId, Index, LoadOptions, Record, Schema,
    Scope, SerialFamily, SerialKey, Truth, Units, Value, Verdict,
};

use crate::model::{Key, TAG, World, expr, loads, serial};

/// The units by the key of their identifier.
fn by_tag(world: &World) -> BTreeMap<SerialKey, Vec<Key>> {
    let families = world.schema.column(TAG).unwrap().identifier().unwrap();
    let mut all: BTreeMap<SerialKey, Vec<Key>> = BTreeMap::new();
    for (key, unit) in &world.units {
        if let Some(Value::Text(tag)) = unit.value(TAG) {
            all.entry(families.classify(tag).unwrap()).or_default().push(key.clone());
        }
    }
    all
}

fn nobody(key: &SerialKey) -> Verdict {
    match key.family() {
        FamilyId::OPAQUE => Verdict::InvalidSerial,
        _ => Verdict::UnknownSerial,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn they_find_the_units_that_have_them(
        loads in loads(),
        expr in expr(),
        asked in vec(serial(), 1..30),
    ) {
        let world = World::new(&loads);
        let families = world.schema.column(TAG).unwrap().identifier().unwrap();
        let (snapshot, units) = (world.index.snapshot(), by_tag(&world));
        let answer = snapshot.lookup_by(TAG, &asked).unwrap();
        let bound = world.schema.bind(&expr.scope()).unwrap();
        let selection = snapshot.select(&expr.scope()).unwrap();
        let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for (place, text) in asked.iter().enumerate() {
            let key = families.classify(text).unwrap();
            let mine = units.get(&key).map_or(&[][..], Vec::as_slice);
            let status = selection.status_by(TAG, text);
            match mine {
                [] => prop_assert_eq!(status.unwrap(), nobody(&key)),
                [one] => {
                    let truth = bound.truth(&world.units[one]).unwrap();
                    prop_assert_eq!(status.unwrap(), Verdict::from(truth));
                }
                _ => prop_assert_eq!(status.unwrap_err().kind(), ErrorKind::Conflict),
            }
            let told = [&answer.unknown, &answer.invalid, &answer.duplicate, &answer.ambiguous]
                .map(|places| places.contains(&place));
            let fits = key.family() != FamilyId::OPAQUE;
            let expected = match mine {
                _ if !seen.insert(key) => [false, false, true, false],
                [] => [fits, !fits, false, false],
                mine => [false, false, false, mine.len() > 1],
            };
            prop_assert_eq!(told, expected, "{}", text);
            found.extend(mine.iter().cloned());
        }
        prop_assert_eq!(world.keys(&answer.found), found);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn near_misses_are_those_that_ranges_leave_open(
        loads in loads(),
        (first, last) in (serial(), serial()),
        other in expr(),
    ) {
        let world = World::new(&loads);
        let range = Scope::column(TAG).between(first, last);
        prop_assume!(world.schema.bind(&range).is_ok());
        let found = world.index.snapshot().select(&range).unwrap();
        let mut open = world.keys_of(&range, Truth::Unknown);
        open.retain(|key| world.units[key].value(TAG).is_some());
        prop_assert_eq!(&world.keys(&found.near_misses().unwrap()), &open);

        let both = world.index.snapshot().select(&range.or(other.scope())).unwrap();
        let near = world.keys(&both.near_misses().unwrap());
        let undetermined = world.keys(&both.undetermined);
        prop_assert!(near.is_subset(&undetermined));
        prop_assert!(undetermined.intersection(&open).all(|key| near.contains(key)));
    }
}

#[test]
fn what_is_no_field_to_count_by_is_told() {
    let index = Index::create_in(MemoryDirectory::new(), tagged("T{n:D3}")).unwrap();
    let all = index.snapshot().all();
    for (by, message) in [
        (By::column("tag.x"), "no family of `tag` has a field `x` to count by"),
        (By::column("lot.x"), "there is no column `lot.x` to count by, nor an identifier `lot`"),
        (By::column("serial.x"), "no family of `serial` has a field `x` to count by"),
        (By::month("tag.made"), "no family of `tag` says when a unit was made, to count by"),
        (By::month("tag.n"), "`tag.n` is no date; only `tag.made` falls in a month"),
    ] {
        assert_eq!(all.by(std::slice::from_ref(&by)).unwrap_err().message(), message, "{by}");
    }
}

fn tagged(layout: &str) -> Schema {
    let families = Families::new(vec![SerialFamily::new("tag", layout).unwrap()]).unwrap();
    let tag = Column::new("tag", ColumnType::Text).unwrap().as_identifier(families).unwrap();
    Schema::new(vec![tag]).unwrap()
}

fn unit(serial: &str, tag: &str) -> Record {
    Record::of_serial(serial).with("tag", Value::Text(tag.to_owned()))
}

/// More than a chunk of units in another order than their identifiers, some without one and some
/// sharing one.
#[test]
fn rows_of_many_chunks_are_answered_as_units_are() {
    let schema = tagged("{plant:A1}{n:D6}");
    let units: Vec<Record> = (0..90_000_u32)
        .map(|number| {
            let serial = format!("{number:06}");
            let shuffled = number.wrapping_mul(2_654_435_761) % 80_000;
            match number % 1_000 {
                7 => Record::of_serial(serial),
                8 => unit(&serial, "AO00001"),
                _ => unit(&serial, &format!("{}{shuffled:06}", ["A", "B"][number as usize % 2])),
            }
        })
        .collect();
    let index = Index::create_in(MemoryDirectory::new(), schema.clone()).unwrap();
    index.load_units(Units::records(units.clone()), LoadOptions::default()).unwrap();
    for sql in [
        "tag BETWEEN 'A000000' AND 'A070000'",
        "tag BETWEEN 'A000100' AND 'A000110'",
        "tag.n BETWEEN 5 AND 60000",
        "NOT tag LIKE '%77'",
        "RIGHT(tag, 2) IN ('01', '99') OR tag IS NULL",
        "tag > 'B079000' AND serial > '050000'",
    ] {
        let scope: Scope = sql.parse().unwrap();
        let bound = schema.bind(&scope).unwrap();
        let found = index.snapshot().select(&scope).unwrap();
        let truths: Vec<Truth> = units.iter().map(|it| bound.truth(it).unwrap()).collect();
        for (truth, set) in [(Truth::True, &found.affected), (Truth::Unknown, &found.undetermined)]
        {
            let listed: Vec<String> =
                set.iter().map(|it| it.unwrap().serial().to_owned()).collect();
            let expected = units.iter().zip(&truths).filter(|it| *it.1 == truth);
            let expected = expected.filter_map(|it| it.0.serial());
            assert!(expected.eq(listed.iter().map(String::as_str)), "{sql}: {truth:?}");
        }
    }
}

#[test]
fn what_the_label_says_comes_back() {
    let index = Index::create_in(MemoryDirectory::new(), tagged("T{n:D3}")).unwrap();
    let said = ["T001", " T002", "t003", "T4", "x y"];
    let units = said.iter().zip(1..).map(|(tag, number)| unit(&format!("A{number}"), tag));
    let blank = unit("A6", " \t");
    let options = || LoadOptions::default().segment_rows_max(2);
    let report = index.load_units(Units::records(units.chain([blank])), options()).unwrap();
    let [tags] = &report.identifiers[..] else { panic!("{:?}", report.identifiers) };
    assert_eq!((tags.column.as_str(), tags.opaque), ("tag", 3));
    assert_eq!(tags.families, [("tag".to_owned(), 2)]);

    let snapshot = index.snapshot();
    let texts: Vec<Option<Value>> = snapshot
        .all()
        .records(&["tag"])
        .unwrap()
        .map(|it| it.unwrap().value("tag").cloned())
        .collect();
    let expected = said.map(|it| Some(Value::Text(it.to_owned())));
    assert_eq!(texts, expected.into_iter().chain([None]).collect::<Vec<_>>());
    // They are found as their family writes them.
    let answer = snapshot.lookup_by("tag", &["T002", "T002 ", "t003", "T003"]).unwrap();
    assert_eq!((answer.found.len(), answer.unknown, answer.duplicate), (2, vec![3], vec![1]));
}

#[test]
fn near_misses_name_the_unit_they_may_be() {
    let index = Index::create_in(MemoryDirectory::new(), tagged("T-{n:D3}")).unwrap();
    let units = [unit("A1", "T-001"), unit("A2", "T-002"), unit("A3", "T-002")];
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    let answer = index.snapshot().lookup_by("tag", &["t001", "T-OO2", "T-x01"]).unwrap();
    assert_eq!(answer.invalid, [0, 1, 2]);
    let near = answer.near_misses.iter();
    let near: Vec<_> =
        near.map(|it| (it.place, it.unit.as_ref().map(|unit| unit.serial().to_owned()))).collect();
    // Two units share what the second may be.
    assert_eq!(near, [(0, Some("A1".to_owned())), (1, None), (2, None)]);
}

#[test]
fn what_can_be_no_identifier_is_a_bad_row() {
    let index = Index::create_in(MemoryDirectory::new(), tagged("T{n:D3}")).unwrap();
    let units = Units::records([unit("A1", "T001"), unit("A2", &"T".repeat(257))]);
    let error = index.load_units(units, LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("257 bytes"), "{error}");
    assert!(error.to_string().contains("row 2, column `tag`"), "{error}");
}

#[test]
fn identifiers_stay_when_the_serials_families_change() {
    let schema = tagged("T{n:D3}")
        .with_families(Families::new(vec![SerialFamily::new("old", "A{n:D1}").unwrap()]).unwrap());
    let index = Index::create_in(MemoryDirectory::new(), schema).unwrap();
    let units = [unit("A1", "T003"), unit("A2", "T001"), Record::of_serial("A3")];
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    let new = Families::new(vec![SerialFamily::new("new", "A{n:D1..2}").unwrap()]).unwrap();
    index.change_families(new, seriatim::FamilyChangeOptions::default()).unwrap();
    assert!(index.verify().unwrap().is_whole());
    let scope = "tag BETWEEN 'T002' AND 'T009'".parse().unwrap();
    let found = index.snapshot().select(&scope).unwrap();
    assert_eq!((found.affected.len(), found.undetermined.len()), (1, 1));
    assert_eq!(found.status_by("tag", "T003").unwrap(), Verdict::Affected);
}

#[test]
fn a_column_that_is_none_is_told_which_are() {
    let index = Index::create_in(MemoryDirectory::new(), tagged("T{n:D3}")).unwrap();
    let error = index.snapshot().lookup_by("lot", &["1"]).unwrap_err();
    assert_eq!(error.message(), "`lot` is no identifier column; there are `tag`");
    let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
    let error = index.snapshot().lookup_by("lot", &["1"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.message().contains("none is declared"), "{error}");
}

/// Masked ends of no family leave open what lies between them in another shape, and that may be an
/// identifier of a family: it is told as one that may be misread, and not left out of the reasons.
#[test]
fn a_range_of_no_family_says_why_it_is_open_to_a_family() {
    let pump = SerialFamily::new("pump", "P{line:A1}{n:D1..2}").unwrap();
    let column = Column::new(TAG, ColumnType::Text).unwrap();
    let tag = column.as_identifier(Families::new(vec![pump]).unwrap()).unwrap();
    let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![tag]).unwrap()).unwrap();
    let unit = Record::of_serial("A1").with(TAG, Value::Text("PA0".into()));
    index.load_units(Units::records([unit]), LoadOptions::default()).unwrap();
    let scope = "tag BETWEEN MASK('L*L') AND MASK('P*P')".parse().unwrap();
    let found = index.snapshot().select(&scope).unwrap();
    assert_eq!(
        found.undetermined.by_reason().unwrap(),
        [(seriatim::Reason::UnreadableIdentifier(TAG.to_owned()), 1)]
    );
}
