use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::diagram::{Diagram, Next, Said};
use super::side::{Side, SideTest};
use crate::column::Intervals;
use crate::query::ranges::Ranges;
use crate::scope::Truth;

const SIDES: [Side; 3] = [Side::Serial, Side::Column(0), Side::Column(4)];
const VALUES: u64 = 9;

/// A test, and what it is for each value and where there is none.
type Told = (SideTest, Vec<Truth>);

fn values() -> impl Strategy<Value = Intervals> {
    let pair = (0..VALUES, 0..VALUES).prop_map(|(a, b)| (a.min(b), a.max(b)));
    vec(pair, 0..3).prop_map(Intervals::new)
}

fn truths(of: impl Fn(u64) -> Truth, missing: Truth) -> Vec<Truth> {
    (0..VALUES).map(of).chain([missing]).collect()
}

fn of_column() -> impl Strategy<Value = Told> {
    let plain = values().prop_map(|sure| {
        let told = truths(|it| Truth::from(sure.contains(it)), Truth::Unknown);
        (SideTest::of_values(sure), told)
    });
    let missing = Just((SideTest::of_missing(), truths(|_| Truth::False, Truth::True)));
    let one = prop_oneof![6 => plain, 1 => missing];
    (one.clone(), one, 0..5_u8).prop_map(|(a, b, way)| {
        let each = |join: fn(Truth, Truth) -> Truth| {
            a.1.iter().zip(&b.1).map(|(a, b)| join(*a, *b)).collect()
        };
        match way {
            0 => (a.0.and(&b.0), each(Truth::and)),
            1 => (a.0.or(&b.0), each(Truth::or)),
            2 => (a.0.negate(), a.1.iter().map(|it| it.negate()).collect()),
            _ => a,
        }
    })
}

/// Of serials: some for certain, some perhaps.
fn of_serials() -> impl Strategy<Value = Told> {
    (values(), values()).prop_map(|(sure, perhaps)| {
        let rows = |them: &Intervals| {
            let mut rows = Ranges::new();
            them.as_slice().iter().for_each(|(first, last)| rows.push(*first..last + 1));
            rows
        };
        let possible = sure.union(&perhaps);
        let truth = |it| match (sure.contains(it), possible.contains(it)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            _ => Truth::False,
        };
        // No row is without a serial.
        let told = truths(truth, Truth::Unknown);
        (SideTest::of_rows(&rows(&sure), &rows(&possible)), told)
    })
}

type Told3 = [Option<Told>; 3];

fn alternative() -> impl Strategy<Value = Told3> {
    let sides = (option::of(of_serials()), option::of(of_column()), option::of(of_column()));
    sides.prop_map(|(a, b, c)| [a, b, c])
}

/// What the alternatives say of a value of each side, the last standing for none.
fn expected(alternatives: &[Told3], at: [usize; 3]) -> (Truth, Vec<Side>) {
    let (mut all, mut doubtful) = (Truth::False, Vec::new());
    for tests in alternatives {
        let truths: Vec<Truth> = tests
            .iter()
            .zip(at)
            .map(|(test, at)| test.as_ref().map_or(Truth::True, |(_, told)| told[at]))
            .collect();
        let truth = truths.iter().copied().fold(Truth::True, Truth::and);
        if truth == Truth::Unknown {
            let unknown = SIDES.iter().zip(&truths).filter(|(_, it)| **it == Truth::Unknown);
            doubtful.extend(unknown.map(|(side, _)| *side));
        }
        all = all.or(truth);
    }
    doubtful.sort_unstable();
    doubtful.dedup();
    (all, if all == Truth::Unknown { doubtful } else { Vec::new() })
}

fn found(diagram: &Diagram, at: [usize; 3], classes: &mut [u32]) -> (Truth, Vec<Side>) {
    let mut next = diagram.root;
    let said = loop {
        let place = match next {
            Next::Said(said) => break said,
            Next::Node(place) => place as usize,
        };
        let node = &diagram.nodes[place];
        let side = SIDES.iter().position(|it| *it == diagram.sides[node.side]).unwrap();
        let value = Some(at[side] as u64).filter(|it| *it < VALUES);
        next = node.after(value, &mut classes[place]);
    };
    let Said::Unknown(doubt) = said else {
        let truth = if said == Said::True { Truth::True } else { Truth::False };
        return (truth, Vec::new());
    };
    let mut sides: Vec<Side> = (diagram.sides.iter().enumerate())
        .filter(|(at, _)| doubt >> at & 1 == 1)
        .map(|(_, side)| *side)
        .collect();
    sides.sort_unstable();
    (Truth::Unknown, sides)
}

proptest! {
    #[test]
    fn a_diagram_says_what_its_alternatives_say(
        alternatives in vec(alternative(), 1..9),
        listed_max in prop_oneof![Just(usize::MAX), 0_usize..200],
        asked in vec([0..10_usize, 0..10, 0..10], 30),
    ) {
        let tests: Vec<BTreeMap<Side, &SideTest>> = alternatives
            .iter()
            .map(|it| {
                let sides = SIDES.iter().zip(it);
                sides.filter_map(|(side, it)| Some((*side, &it.as_ref()?.0))).collect()
            })
            .collect();
        let Some(diagram) = Diagram::with_listed_max(&tests, listed_max) else {
            prop_assert!(listed_max < 200);
            return Ok(());
        };
        let mut classes = vec![0; diagram.nodes.len()];
        for at in asked {
            let told = found(&diagram, at, &mut classes);
            prop_assert_eq!(told, expected(&alternatives, at), "{:?} {:?}", at, diagram);
        }
        // What may come of a zone is what comes of its values.
        for node in &diagram.nodes {
            for (first, last) in [(0, 0), (2, 5), (VALUES - 1, u64::MAX)] {
                let within: Vec<Next> = node.within(Some((first, last)), true).collect();
                for value in (first..=last.min(VALUES)).map(Some).chain([None]) {
                    prop_assert!(within.contains(&node.after(value, &mut 0)));
                }
            }
        }
    }
}
