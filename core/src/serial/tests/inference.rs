//! What samples come out as, whatever their order.

use proptest::prelude::*;

use crate::serial::shapes::Shapes;
use crate::serial::{Conflict, Families, Inference, Inferrer, SerialFamily};

/// What a sample shows.
fn infer<'s>(serials: impl IntoIterator<Item = &'s str>) -> Inference {
    infer_beside(&Families::default(), 0, serials)
}

/// What a sample shows beside families that exist, and that fit so many further serials.
fn infer_beside<'s>(
    existing: &Families,
    known: u64,
    serials: impl IntoIterator<Item = &'s str>,
) -> Inference {
    let mut inferrer = Inferrer::new(existing);
    inferrer.observe_known(known);
    for serial in serials {
        inferrer.observe(serial);
    }
    inferrer.finish()
}

/// The layouts proposed, with their counts.
fn layouts(inference: &Inference) -> Vec<(String, u64)> {
    inference.families.iter().map(|it| (it.family.layout(), it.count)).collect()
}

#[test]
fn a_pattern_is_a_family() {
    type Case<'c> = (&'c [&'c str], &'c [(&'c str, u64)]);
    let cases: [Case; 13] = [
        (&["AX21000000001", "AX23000017001", "HV25000047800"], &[("{a:A2}{n:D11}", 3)]),
        (&["AX21000000001", "AX23000017001"], &[("AX{n:D11}", 2)]),
        (&["9466976", "10040916"], &[("{n:D1..8}", 2)]),
        (&["LJ-1440"], &[("LJ-{n:D4}", 1)]),
        (&["LJ-1440", "LJ1703", "LJ1704"], &[("LJ{n:D4}", 2), ("LJ-{n:D4}", 1)]),
        (&["D-9862", "D-10403"], &[("D-{n:D1..5}", 2)]),
        (&["560-0001", "560-0538"], &[("{n:D3}-{n2:D4}", 2)]),
        (&["00042500", "00047800", "0042"], &[("{n:D8}", 2), ("{n:D4}", 1)]),
        (&["7-007", "70-0070", "7-0070"], &[("{n:D1..2}-{n2:D4}", 2), ("{n:D1}-{n2:D3}", 1)]),
        (&["E3439", "EF12"], &[("{a:A1..2}{n:D1..4}", 2)]),
        (&["a?1", "a?2"], &[("a\\?{n:D1}", 2)]),
        (&["PROTOTYPE"], &[]),
        (&["", "\t", "1"], &[("{n:D1}", 1)]),
    ];
    for (serials, expected) in cases {
        let expected: Vec<(String, u64)> =
            expected.iter().map(|(layout, count)| ((*layout).to_owned(), *count)).collect();
        assert_eq!(layouts(&infer(serials.iter().copied())), expected, "{serials:?}");
    }
}

#[test]
fn a_mixed_sample_is_reported() {
    let plants: Vec<String> = ["AX", "HV", "LE"]
        .iter()
        .flat_map(|plant| (0..500).map(move |it| format!("{plant}25{it:09}")))
        .collect();
    let counters: Vec<String> = (9_466_976..9_467_100).map(|it: u32| it.to_string()).collect();
    let later: Vec<String> = (10_040_000..10_040_100).map(|it: u32| it.to_string()).collect();
    let slips = ["AX25O00000001", "HV2500000001", "LJ-1440"];
    let all = plants.iter().chain(&counters).chain(&later).map(String::as_str).chain(slips);
    let inference = infer(all);
    assert_eq!(
        layouts(&inference),
        [("{a:A2}{n:D11}".to_owned(), 1_500), ("{n:D1..8}".to_owned(), 224)]
    );
    assert_eq!(inference.opaque.count, 3);
    assert_eq!(inference.opaque.examples, ["LJ-1440", "HV2500000001", "AX25O00000001"]);
    assert_eq!(inference.families[0].example, "AX25000000000");
    assert_eq!(inference.families[0].family.name(), "A2D11");
}

#[test]
fn a_counter_keeps_the_few_serials_of_other_widths() {
    // A counter from its beginning, sampled thinly; then one that has just grown by a digit.
    let from_1: Vec<String> = (1..=1_000_000).step_by(7).map(|it: u32| it.to_string()).collect();
    let inference = infer(from_1.iter().map(String::as_str));
    assert_eq!(layouts(&inference), [("{n:D1..7}".to_owned(), 142_858)]);
    let grown: Vec<String> = (9_990_000..=10_000_001).map(|it: u32| format!("LJ-{it}")).collect();
    let inference = infer(grown.iter().map(String::as_str));
    assert_eq!(layouts(&inference), [("LJ-{n:D1..8}".to_owned(), 10_002)]);
    // A digit too many or too few is no growth.
    let slips = ["LJ-25000001", "LJ-250000001", "LJ-99999999"];
    let plain: Vec<String> = (2_500_000..2_510_000).map(|it: u32| format!("LJ-{it}")).collect();
    let inference = infer(plain.iter().map(String::as_str).chain(slips));
    assert_eq!(layouts(&inference), [("LJ-{n:D7}".to_owned(), 10_000)]);
    assert_eq!(inference.opaque.count, 3);
}

/// Numbers without a pattern, always the same.
fn scattered(count: u64) -> impl Iterator<Item = u64> {
    (1..=count).map(|it| it.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (it << 7))
}

#[test]
fn a_mix_of_digits_and_letters_is_one_field() {
    let hex: Vec<String> = scattered(2_000).map(|it| format!("{:08X}", it >> 32)).collect();
    let inference = infer(hex.iter().map(String::as_str));
    assert_eq!(layouts(&inference), [("{s:X8}".to_owned(), 2_000)]);
    assert!(hex.iter().all(|it| inference.families[0].family.encode(it).is_some()));

    // Beside a main pattern of the same length the rest is a mix, which comes last.
    let plants: Vec<String> = (0..3_000).map(|it| format!("AX{it:06}")).collect();
    let inference = infer(plants.iter().chain(&hex).map(String::as_str));
    let conflict = Conflict {
        layout: "{s:X8}".into(),
        count: 1_983,
        family: "A2D6".into(),
        example: "AA000000".into(),
    };
    assert_eq!(inference.conflicts, [conflict]);
    assert_eq!(layouts(&inference), [("{a:A2}{n:D6}".to_owned(), 3_000 + 17)]);
    assert_eq!(inference.opaque.count, 1_983);

    // Too many codes for a family: text.
    let long: Vec<String> = scattered(500).map(|it| format!("{it:016X}{it:016X}")).collect();
    let inference = infer(long.iter().map(String::as_str));
    assert_eq!((inference.families.len(), inference.opaque.count), (0, 500));
}

#[test]
fn slips_beside_a_family_are_no_family() {
    let mut serials: Vec<String> = (0..20_000).map(|it| format!("AX25{it:09}")).collect();
    // A letter for a digit, at every place and more often than one in a thousand.
    serials.extend((0..11).flat_map(|at| {
        (0..12).map(move |it| {
            let digits = format!("25{it:09}");
            format!("AX{}O{}", &digits[..at], &digits[at + 1..])
        })
    }));
    serials.extend((0..40).map(|it| format!("A{it:02}X{it:02}B{it:02}Y{it:02}Z")));
    let inference = infer(serials.iter().map(String::as_str));
    let (first, rest) = (&inference.families[0], &inference.families[1..]);
    assert_eq!((first.family.layout().as_str(), first.count), ("AX{n:D11}", 20_000));
    assert!(rest.iter().all(|it| !it.family.layout().contains('X')), "{rest:?}");
}

#[test]
fn known_serials_make_the_others_rare() {
    let existing = Families::new(vec![SerialFamily::new("A2D11", "{a:A2}{n:D11}").unwrap()]);
    let existing = existing.unwrap();
    let slips = ["AX25O00000001", "HV2500000001"];
    let infer = |known| infer_beside(&existing, known, slips);
    assert_eq!(infer(0).families.len(), 2);
    assert_eq!(infer(1_000).families, []);
    assert_eq!(infer(1_000).opaque.count, 2);
}

#[test]
fn names_are_new_and_existing_families_are_compared() {
    let existing = Families::new(vec![SerialFamily::new("D1..8", "{n:D8}").unwrap()]).unwrap();
    let inference = infer_beside(&existing, 0, ["1234567", "123456"]);
    assert_eq!(inference.families[0].family.name(), "D1..7");
    assert_eq!(inference.conflicts, []);
    // {n:D1..9} would take in serials of the family: each width is a family of its own.
    let inference = infer_beside(&existing, 0, ["1234567", "123456789"]);
    assert_eq!(layouts(&inference), [("{n:D7}".to_owned(), 1), ("{n:D9}".to_owned(), 1)]);
    assert_eq!((inference.conflicts.len(), inference.opaque.count), (0, 0));

    let taken = Families::new(vec![SerialFamily::new("D4", "X{n:D9}").unwrap()]).unwrap();
    let inference = infer_beside(&taken, 0, ["1440"]);
    assert_eq!(inference.families[0].family.name(), "D4-2");
}

#[test]
fn memory_is_bounded_and_the_order_does_not_matter_beyond_the_bound() {
    // Far more shapes of one length than are kept.
    let many: Vec<String> = scattered(5_000)
        .map(|it| format!("{it:016X}"))
        .chain(["AX12345678901234".into()])
        .collect();
    let forwards = infer(many.iter().map(String::as_str));
    let backwards = infer(many.iter().rev().map(String::as_str));
    assert_eq!(forwards, backwards);
    assert_eq!(layouts(&forwards), [("{s:X16}".to_owned(), 5_001)]);
    let mut shapes = Shapes::default();
    for serial in &many {
        shapes.observe(serial);
    }
    let kept: Vec<usize> = shapes.lengths().map(|(_, it)| it.shapes.len()).collect();
    assert_eq!(kept, [128]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_observation_does_not_matter(
        (serials, shuffled) in prop::collection::vec("[AB]{0,2}-?[0-2]{1,4}[AB0-1-]{0,6}", 1..300)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let infer = |serials: &[String]| infer(serials.iter().map(String::as_str));
        let inference = infer(&serials);
        prop_assert_eq!(&inference, &infer(&shuffled));

        // Every serial is counted once, and every family fits what it was read off.
        let families = inference.families.iter().map(|it| it.family.clone()).collect();
        let families = Families::new(families).unwrap();
        let total: u64 = inference.families.iter().map(|it| it.count).sum();
        prop_assert_eq!(total + inference.opaque.count, serials.len() as u64);
        let coded = serials.iter().filter(|it| families.iter().any(|(_, f)| f.encode(it).is_some()));
        prop_assert!(coded.count() as u64 >= total);
        for it in &inference.families {
            prop_assert!(it.family.encode(&it.example).is_some());
        }
        for it in &inference.conflicts {
            let (_, family) = families.by_name(&it.family).unwrap();
            let other = SerialFamily::new("it", &it.layout).unwrap();
            prop_assert!(family.encode(&it.example).is_some());
            prop_assert!(other.encode(&it.example).is_some());
        }
    }
}
