use std::ops::{Bound, RangeBounds};

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::serial::SerialFamily;

const LAYOUTS: [(&str, &[&str]); 10] = [
    ("{a:A2}{n:D11}", &["a", "n"]),
    ("{a:A1}{yy:D2}{n:D3}", &["a", "yy", "n"]),
    ("{a:A1}-{yy:D2}-{n:D3}", &["a", "yy", "n"]),
    ("LJ-{n:D1..4}", &["n"]),
    ("{d:D3}{y:D2}/{n:D2..3}", &["y", "d", "n"]),
    ("{n:D2..3}/{d:D3}{y:D2}", &["n", "y", "d"]),
    ("{s:X1..2}/{n:D2}{x:A1}", &["s", "n", "x"]),
    ("{n:D2}-{s:A1..3}", &["n", "s"]),
    ("{s:X12}{n:D13}", &["n", "s"]),
    ("{w:X3}{v:X5}{c:X1}{y:D1}{p:X1}{n:D6}", &["w", "y", "p", "n", "v", "c"]),
];

fn family((layout, order): (&str, &[&str])) -> SerialFamily {
    SerialFamily::new("it", layout).unwrap().order_by(order).unwrap()
}

/// The shape of a code, and its serial.
fn shape_of(family: &SerialFamily, code: u128) -> (Shape, String) {
    let mut shapes = family.shapes().unwrap();
    shapes.retain(|it| it.own().holds(code));
    assert_eq!(shapes.len(), 1, "code {code} of {}", family.layout());
    (shapes.remove(0), family.decode(code).unwrap())
}

fn code_of(family: &SerialFamily, at: u128, near: Index) -> u128 {
    // Small codes and great ones, as the widths differ there.
    let scale = 1 + near.index(128);
    let reach = family.last_code().min((1_u128 << (scale.min(127))) - 1);
    let code = if reach == u128::MAX { at } else { at % (reach + 1) };
    if near.index(3) == 0 { family.last_code() - code } else { code }
}

/// Some of the characters of a serial.
fn kept(text: &str, places: &[bool]) -> String {
    text.chars()
        .zip(places.iter().chain(std::iter::repeat(&true)))
        .filter(|it| *it.1)
        .map(|it| it.0)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_read_lies_where_the_text_does(
        layout in prop::sample::select(LAYOUTS.to_vec()),
        codes in prop::collection::vec((any::<u128>(), any::<Index>()), 3),
        places in prop::collection::vec(prop::bool::weighted(0.6), 8),
        cut in 0_usize..30,
        ends in (0_u8..3, 0_u8..3),
    ) {
        let family = family(layout);
        let codes: Vec<u128> = codes.into_iter().map(|(at, near)| code_of(&family, at, near)).collect();
        let (shape, text) = shape_of(&family, codes[0]);
        let slots: Vec<Slot> = shape
            .slots()
            .iter()
            .zip(places.iter().chain(std::iter::repeat(&true)))
            .filter(|it| *it.1)
            .map(|it| *it.0)
            .collect();
        let mut bounds: Vec<String> = codes[1..]
            .iter()
            .map(|code| kept(&family.decode(*code).unwrap(), &places).chars().take(cut).collect())
            .collect();
        bounds.sort();
        let bound = |kind: u8, at: usize| match kind {
            0 => Bound::Included(bounds[at].as_str()),
            1 => Bound::Excluded(bounds[at].as_str()),
            _ => Bound::Unbounded,
        };
        let (low, high) = (bound(ends.0, 0), bound(ends.1, 1));
        let reading = shape.read(&slots, Letters::AsWritten).unwrap();
        let own = kept(&text, &places);
        if let Some(cases) = reading.between(low, high) {
            let found = cases.iter().any(|case| case.holds(codes[0]));
            let inside = RangeBounds::<str>::contains(&(low, high), own.as_str());
            prop_assert_eq!(found, inside, "{} from {:?} to {:?}", own, low, high);
            for case in &cases {
                check_codes(&family, case, codes[0]);
                let back = (1_u128 << (places.len() + 7 * cut % 62)) - 1;
                check_near(case, codes[0], codes[0].saturating_sub(codes[1] & back));
            }
        }
        let odd = |text: &str| text.bytes().map(u32::from).sum::<u32>() % 3 == 1;
        if let Some(cases) = reading.passing(odd) {
            prop_assert_eq!(cases.iter().any(|case| case.holds(codes[0])), odd(&own), "{}", own);
        }
    }

    #[test]
    fn most_codes_of_vehicles_are_near(code in any::<u128>(), behind in 0..1_u64 << 40) {
        let family = SerialFamily::vin("it", 2010).unwrap();
        let code = code % (family.last_code() - (1 << 40));
        let (shape, _) = shape_of(&family, code + u128::from(behind));
        let reading = shape.read(&shape.slots()[3..8], Letters::AsWritten).unwrap();
        let cases = reading.between(Bound::Included("B"), Bound::Excluded("M00")).unwrap();
        for condition in cases.iter().flat_map(Case::conditions) {
            let near = condition.near(code).unwrap();
            prop_assert!(near.reach() > 1 << 40);
            prop_assert_eq!(near.holds(behind), condition.holds(code + u128::from(behind)));
        }
    }

    #[test]
    fn letters_are_turned(code in any::<u128>(), near in any::<Index>(), other in "[A-Za-z]{2}") {
        let family = family(LAYOUTS[0]);
        let (shape, text) = shape_of(&family, code_of(&family, code, near));
        let code = family.encode(&text).unwrap();
        let reading = shape.read(&shape.slots()[..2], Letters::Lower).unwrap();
        let cases = reading.between(Bound::Included(&other), Bound::Unbounded).unwrap();
        let found = cases.iter().any(|case| case.holds(code));
        prop_assert_eq!(found, text[..2].to_lowercase() >= other);
    }
}

/// Conditions say the same of a code in 64 bits behind a base.
fn check_near(case: &Case, code: u128, base: u128) {
    for condition in case.conditions() {
        if let Some(near) = condition.near(base)
            && let Ok(behind) = u64::try_from(code - base)
            && behind < near.reach()
        {
            assert_eq!(near.holds(behind), condition.holds(code), "{code} from {base}");
        }
    }
}

const DATED: [(&str, &[&str]); 7] = [
    ("{yy:year2}{mm:month}{n:D1}", &["yy", "mm", "n"]),
    ("{n:D1}{ww:week}{y:year1@2015}", &["n", "y", "ww"]),
    ("{ddd:yday}{y:year1@2015}", &["ddd", "y"]),
    ("{dd:day}{n:D1}{mm:month}{y:year1@2015}", &["y", "mm", "dd", "n"]),
    ("{y:year1@2015}{ww:week}{d:day}", &["d", "ww", "y"]),
    ("{yyyy:year4}{mm:month[ABCDEFGHJKLM]}", &["yyyy", "mm"]),
    ("{y:year1@2015}{mm:month}{ww:week}", &["y", "mm", "ww"]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_was_made_on_days_is_what_its_date_says(
        layout in prop::sample::select(DATED.to_vec()),
        // Around the era of one digit.
        starts in prop::collection::vec((16_200_i64..20_500, 0_i64..1_200), 1..5),
        codes in prop::collection::vec(any::<u128>(), 40),
        wholly in any::<bool>(),
    ) {
        let family = family(layout);
        let mut days: Vec<(i64, i64)> = Vec::new();
        for (start, count) in starts {
            let start = days.last().map_or(start, |(_, last)| start.max(last + 2));
            days.push((start, start + count));
        }
        let cases = family.made_cases(MadeIn { days: &days, wholly }).unwrap();
        prop_assert!(cases.len() <= 1);
        for code in codes {
            let code = code % (family.last_code() + 1);
            let Some((first, last)) = family.made(code) else { continue };
            let (first, last) = (i64::from(first.days()), i64::from(last.days()));
            let expected = days.iter().any(|(start, end)| {
                if wholly { *start <= first && last <= *end } else { *start <= last && first <= *end }
            });
            let found = cases.iter().any(|case| case.holds(code));
            prop_assert_eq!(found, expected, "{} in {:?}", code, days);
        }
    }
}

fn window() -> impl Strategy<Value = Window> {
    let low = prop_oneof![Just(1_u128), 2_u128..20, 900_u128..1100, Just(1 << 70)];
    let span = prop_oneof![Just(None), (1_u128..40).prop_map(Some), Just(Some(1 << 70))];
    let shift = || prop_oneof![Just(0_u128), 0_u128..3000];
    (shift(), shift(), low, span).prop_map(|(plus, minus, low, span)| Window {
        minus,
        plus,
        low,
        span,
    })
}

proptest! {
    #[test]
    fn a_stretch_of_codes_is_alike(
        window in window(),
        lower in prop::collection::vec(window(), 0..3),
        numbers in prop::collection::vec((0_u128..60, 0_u128..60), 0..4),
        code in prop_oneof![0_u128..9000, Just(u128::MAX - 20), Just(1 << 71)],
    ) {
        let lower: Vec<(Window, u128)> = lower
            .into_iter()
            .map(|it| (Window { span: it.span.map(|span| span.min(7)).or(Some(7)), ..it }, 7))
            .collect();
        let numbers = Numbers::new(numbers);
        let read = |window: &Window, code: u128| {
            let number = code.checked_add(window.plus)?.checked_sub(window.minus)? / window.low;
            Some(window.span.map_or(number, |span| number % span))
        };
        let holds = |code: u128| {
            let first = read(&window, code);
            let number = lower.iter().try_fold(first, |all, (it, count)| {
                Some(all.zip(read(it, code)).map(|(all, own)| all * count + own))
            });
            number.flatten().is_some_and(|it| numbers.contains(it))
        };
        prop_assume!(code.checked_add(3000).is_some());
        let condition = Condition { window, lower: lower.clone(), numbers: numbers.clone() };
        let stretch = condition.stretch(code);
        prop_assert!(stretch.last >= code);
        for code in code..=stretch.last.min(code + 3000) {
            prop_assert_eq!(stretch.holds, holds(code), "{}", code);
        }
    }
}

/// The intervals of codes are those that a condition holds for, around a code.
fn check_codes(family: &SerialFamily, case: &Case, code: u128) {
    let near = (code.saturating_sub(500), code.saturating_add(500).min(family.last_code()));
    for condition in case.conditions() {
        let pieces = condition.pieces(near);
        let codes = condition.codes(near);
        assert!(codes.len() as u128 <= pieces, "{} of {pieces}", codes.len());
        assert!(codes.windows(2).all(|it| it[0].1 < it[1].0));
        for code in near.0..=near.1 {
            let within = codes.iter().any(|it| (it.0..=it.1).contains(&code));
            if condition.window.number(code).0.is_some() {
                assert_eq!(within, condition.holds(code), "{condition:?} of {code}");
            }
        }
    }
}

#[test]
fn what_is_read_of_no_places_is_the_empty_text() {
    let family = family(LAYOUTS[7]);
    for code in [0, 26] {
        let (shape, _) = shape_of(&family, code);
        let reading = shape.read(&[], Letters::AsWritten).unwrap();
        let empty = || Bound::Included("");
        let cases = reading.between(empty(), empty()).unwrap();
        assert!(cases.iter().any(|case| case.holds(code)));
        let after = reading.between(Bound::Excluded(""), Bound::Unbounded).unwrap();
        assert!(!after.iter().any(|case| case.holds(code)));
    }
}

#[test]
fn a_slice_is_one_window_even_across_fields() {
    let family = family(LAYOUTS[2]);
    let shape = family.shapes().unwrap().remove(0);
    // The last digit of the year, the dash and the first of the number: "5-7".
    let reading = shape.read(&shape.slots()[3..6], Letters::AsWritten).unwrap();
    let cases = reading.between(Bound::Included("5-7"), Bound::Included("6-1")).unwrap();
    let [case] = cases.as_slice() else { panic!("{cases:?}") };
    let [condition] = case.conditions() else { panic!("{case:?}") };
    assert_eq!((condition.window.low, condition.window.span), (100, Some(100)));
    assert_eq!(condition.numbers, Numbers::between(57, 61));
}

#[test]
fn the_first_places_are_intervals_of_codes() {
    let family = family(LAYOUTS[0]);
    let shape = family.shapes().unwrap().remove(0);
    let reading = shape.read(&shape.slots()[..4], Letters::AsWritten).unwrap();
    let cases = reading.between(Bound::Included("AX21"), Bound::Included("AX23")).unwrap();
    let [case] = cases.as_slice() else { panic!("{cases:?}") };
    let [condition] = case.conditions() else { panic!("{case:?}") };
    let codes = condition.codes((0, family.last_code()));
    let code = |serial: &str| family.encode(serial).unwrap();
    assert_eq!(codes, [(code("AX21000000000"), code("AX23999999999"))]);
}

#[test]
fn sets_of_numbers_combine() {
    let (a, b) = (Numbers::new(vec![(1, 4), (6, 7), (9, 8)]), Numbers::new(vec![(4, 6), (5, 5)]));
    assert_eq!(a.intersection(&b), Numbers::new(vec![(4, 4), (6, 6)]));
    assert!(a.contains(7) && !a.contains(5) && a.covers(2, 4) && !a.covers(2, 6));
}

#[test]
fn too_many_shapes_are_none() {
    let family = SerialFamily::new("it", "{a:D1..9}-{b:D1..9}").unwrap();
    assert!(family.shapes().is_none());
}
