use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::index::{DuplicatePolicy, Index, LoadOptions, Units};
use crate::io::MemoryDirectory;
use crate::schema::{Column, ColumnType, Record, Schema, Value};

const NUMBERS: u32 = 60;

fn serial(number: u32) -> String {
    match number % 10 {
        7 => format!("odd-{number:02}x"),
        8 | 9 => format!("BK{number:03}"),
        _ => format!("A{number:03}"),
    }
}

fn namespace(number: u32) -> &'static str {
    if number >= 45 { "two" } else { "" }
}

/// An index whose units carry whether they are in the set, in several segments, some replaced.
fn index(inside: &BTreeSet<u32>, order: &[u32], segment_rows: u64) -> Index {
    let schema = Schema::new(vec![Column::new("inside", ColumnType::Boolean).unwrap()]).unwrap();
    let family = |layout| crate::serial::SerialFamily::new(layout, layout).unwrap();
    let families =
        crate::serial::Families::new(vec![family("A{n:D3}"), family("BK{n:D3}")]).unwrap();
    let index = Index::create_in(MemoryDirectory::new(), schema.with_families(families)).unwrap();
    let unit = |number: &u32| {
        Record::of_serial(serial(*number))
            .in_namespace(namespace(*number))
            .with("inside", Value::Boolean(inside.contains(number)))
    };
    let options = || {
        LoadOptions::default()
            .segment_rows_max(segment_rows)
            .duplicates(DuplicatePolicy::LatestWins)
    };
    index.load_units(Units::records(order.iter().map(unit)), options()).unwrap();
    // The same units once more: their first rows are retired.
    index.load_units(Units::records(order.iter().take(7).map(unit)), options()).unwrap();
    index
}

/// The units in serial order, cut where the namespace or the family ends; opaque ones left out.
fn groups(made: &BTreeSet<u32>) -> Vec<Vec<u32>> {
    let of = |space: &'static str, first: u32, last: u32| {
        let here = |it: &u32| namespace(*it) == space && (first..=last).contains(&(it % 10));
        made.iter().copied().filter(here).collect()
    };
    vec![of("", 0, 6), of("", 8, 9), of("two", 0, 6), of("two", 8, 9)]
}

/// The fewest others that `ranges_max` ranges can hold, tried out over every choice of joints; none
/// where no choice is small enough.
fn fewest_added(made: &BTreeSet<u32>, inside: &BTreeSet<u32>, ranges_max: usize) -> Option<u64> {
    let mut gaps = Vec::new();
    let mut runs = 0;
    for group in groups(made) {
        let mut gap = None;
        for unit in group {
            if inside.contains(&unit) {
                match gap {
                    None => runs += 1,
                    Some(others) if others > 0 => {
                        runs += 1;
                        gaps.push(others);
                    }
                    Some(_) => {}
                }
                gap = Some(0);
            } else if let Some(others) = &mut gap {
                *others += 1;
            }
        }
    }
    let choices =
        (0..1u32 << gaps.len()).filter(|it| runs - it.count_ones() as usize <= ranges_max);
    let added =
        |choice: u32| (0..gaps.len()).filter(|at| choice >> at & 1 == 1).map(|at| gaps[at]).sum();
    choices.map(added).min()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn ranges_hold_what_they_say_and_no_fewer_would(
        inside in prop::collection::btree_set(0..NUMBERS, 0..12),
        order in Just((0..NUMBERS).collect::<Vec<u32>>()).prop_shuffle(),
        made in 8..NUMBERS as usize,
        segment_rows in 3_u64..70,
        ranges_max in 0_usize..12,
    ) {
        let order = &order[..made];
        let made: BTreeSet<u32> = order.iter().copied().collect();
        let inside: BTreeSet<u32> = inside.intersection(&made).copied().collect();
        let index = index(&inside, order, segment_rows);
        let snapshot = index.snapshot();
        let set = snapshot.select(&"inside = TRUE".parse().unwrap()).unwrap().affected;
        prop_assert_eq!(set.len(), inside.len() as u64);
        let expected = fewest_added(&made, &inside, ranges_max);
        let described = set.describe(ranges_max);
        prop_assert_eq!(described.as_ref().ok().map(super::Description::units_added), expected);
        let Ok(description) = described else { return Ok(()) };
        prop_assert!(description.ranges().len() <= ranges_max);
        let scope = description.to_scope();
        let again = snapshot.select(&scope).unwrap().affected;
        prop_assert_eq!(again.len(), set.len() + description.units_added());
        prop_assert!(set.difference(&again).unwrap().is_empty());
        let units: u64 = description.ranges().iter().map(|it| it.units).sum();
        prop_assert_eq!(units + description.singles().len() as u64, again.len());
        let text = scope.to_string();
        prop_assert_eq!(text.parse::<crate::scope::Scope>().unwrap(), scope);
    }
}

#[test]
fn nothing_is_described_as_nothing() {
    let index = index(&BTreeSet::new(), &[1, 2, 3], 10);
    let none = index.snapshot().select(&"inside = TRUE".parse().unwrap()).unwrap().affected;
    let description = none.describe(0).unwrap();
    assert_eq!(description.to_string(), "");
    let scope = description.to_scope();
    assert!(index.snapshot().select(&scope).unwrap().affected.is_empty());
}

#[test]
fn families_share_no_range() {
    let inside = BTreeSet::from([1, 2, 8, 9]);
    let index = index(&inside, &(0..20).collect::<Vec<_>>(), 5);
    let set = index.snapshot().select(&"inside = TRUE".parse().unwrap()).unwrap().affected;
    let error = set.describe(1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the set has units of 2 families and namespaces, which share no range; allow as many"
    );
    assert_eq!(
        set.describe(2).unwrap().to_string(),
        "A001 to A002, 2 units\nBK008 to BK009, 2 units\n"
    );
}
