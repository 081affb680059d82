//! What ranges decide, and what is refused, by text.

use proptest::prelude::*;

use crate::error::ErrorKind;
use crate::serial::{Families, FamilyId, KeyRange, SerialFamily, SerialKey};

fn families(layouts: &[&str]) -> Families {
    let names = ["ax", "lj", "vin", "misc"];
    let all = names.iter().zip(layouts).map(|(name, it)| SerialFamily::new(name, it).unwrap());
    Families::new(all.collect()).unwrap()
}

fn decide(families: &Families, range: &KeyRange, serial: &str) -> Option<bool> {
    range.decide(families, &families.classify(serial).unwrap())
}

#[test]
fn a_range_of_a_family_decides() {
    let families = families(&["{n:D8}", "LJ-{n:D1..6}"]);
    let range = families.bind_range(Some("00042500"), Some("00047800")).unwrap();
    let cases = [
        ("00042499", Some(false)),
        ("00042500", Some(true)),
        ("00047800", Some(true)),
        ("00047801", Some(false)),
        ("000425001", Some(false)),
        ("42500", Some(false)),
        ("00046A00", None),
        ("LJ-42500", Some(false)),
    ];
    for (serial, expected) in cases {
        assert_eq!(decide(&families, &range, serial), expected, "{serial}");
    }
    let inside =
        (0..100_000_u32).filter(|it| decide(&families, &range, &format!("{it:08}")) == Some(true));
    assert_eq!(inside.count(), 5_301);
}

#[test]
fn an_end_left_out_is_open() {
    let families = families(&["LJ-{n:D1..6}"]);
    let from = families.bind_range(Some("LJ-9862"), None).unwrap();
    let to = families.bind_range(None, Some("LJ-9862")).unwrap();
    for (serial, after, before) in [
        ("LJ-10403", Some(true), Some(false)),
        ("LJ-9862", Some(true), Some(true)),
        ("LJ-7", Some(false), Some(true)),
        ("LJ-007", None, None),
        ("560-5002", Some(false), Some(false)),
    ] {
        assert_eq!(decide(&families, &from, serial), after, "{serial}");
        assert_eq!(decide(&families, &to, serial), before, "{serial}");
    }
}

#[test]
fn a_range_of_opaque_serials_is_strict_about_their_shape() {
    let families = families(&["LJ-{n:D1..6}"]);
    let range = families.bind_range(Some("560-0001"), Some("560-0538")).unwrap();
    let cases = [
        ("560-0001", Some(true)),
        ("560-0538", Some(true)),
        ("560-0539", Some(false)),
        ("560-000", Some(false)),
        ("560-00012", Some(false)),
        ("560-01A7", None),
        ("560-01a7", None),
        ("LJ-440", Some(false)),
    ];
    for (serial, expected) in cases {
        assert_eq!(decide(&families, &range, serial), expected, "{serial}");
    }
    let open = families.bind_range(Some("560-5002"), None).unwrap();
    for (serial, expected) in [
        ("560-5003", Some(true)),
        ("560-5001", Some(false)),
        ("560-10000", None),
        ("7", Some(false)),
    ] {
        assert_eq!(decide(&families, &open, serial), expected, "{serial}");
    }
}

#[test]
fn ends_that_serials_begin_with_leave_them_open() {
    let families = families(&["FQ{yy:D2}{ww:D2}{n:D7}", "LJ-{n:D1..6}"]);
    let between = families.bind_range(Some("FQ2401"), Some("FQ2452")).unwrap();
    let from = families.bind_range(Some("LJ"), None).unwrap();
    for (serial, inside, after) in [
        ("FQ24000999999", Some(false), Some(false)),
        ("FQ24010000000", None, Some(false)),
        ("FQ24529999999", None, Some(false)),
        ("FQ24530000000", Some(false), Some(false)),
        ("LJ-440", Some(false), None),
    ] {
        assert_eq!(decide(&families, &between, serial), inside, "{serial}");
        assert_eq!(decide(&families, &from, serial), after, "{serial}");
    }
}

/// Families, and ranges that they refuse with a message.
fn check_refused(cases: &[(Option<&str>, Option<&str>, &str)]) {
    let families = families(&["{a:A2}{n:D11}", "LJ-{n:D1..6}", "{n:D7}", "{n:D8}"]);
    for (first, last, message) in cases {
        let error = families.bind_range(*first, *last).unwrap_err();
        assert_eq!(error.message(), *message);
        assert_eq!(error.kind(), ErrorKind::ScopeField);
    }
}

#[test]
fn what_is_no_range_of_a_family_is_refused() {
    check_refused(&[
        (None, None, "a range of serials needs a first or a last serial"),
        (Some(""), Some("LJ-7"), "the range starts with no serial: the serial is empty"),
        (
            Some("LJ-7"),
            Some("LJ-7\t"),
            "the range ends with no serial: character 5 of the serial is the control character \
             U+0009; remove it",
        ),
        (
            Some("LJ-10403"),
            Some("LJ-9862"),
            "the range starts at `LJ-10403`, which comes after its end `LJ-9862` in family `lj` \
             (`LJ-{n:D1..6}`), whose fields count in the order n; swap them, or declare another \
             order of its fields",
        ),
        (
            Some("9466976"),
            Some("10040916"),
            "the range starts with `9466976` of family `vin` (`{n:D7}`) and ends with `10040916` \
             of family `misc` (`{n:D8}`); write a range for each, or declare one family for both, \
             such as `{n:D1..8}`",
        ),
        (
            Some("AX25000042500"),
            Some("10040916"),
            "the range starts with `AX25000042500` of family `ax` (`{a:A2}{n:D11}`) and ends with \
             `10040916` of family `misc` (`{n:D8}`); write a range for each",
        ),
        (
            Some("AX25000042500"),
            Some("AX2500004780"),
            "the range has one end, `AX25000042500`, in family `ax` (`{a:A2}{n:D11}`), but the \
             other, `AX2500004780`, fits no serial family: it has 12 characters where the family \
             takes 13; correct it, or declare a family that fits both, such as `AX{n:D1..11}`",
        ),
        (
            Some("AX25000O42500"),
            Some("AX25000047800"),
            "the range has one end, `AX25000047800`, in family `ax` (`{a:A2}{n:D11}`), but the \
             other, `AX25000O42500`, fits no serial family: it has no digit at character 8; \
             correct it, or declare a family that fits both",
        ),
    ]);
}

#[test]
fn what_is_no_range_of_opaque_serials_is_refused() {
    check_refused(&[
        (
            Some("D-9862"),
            Some("D-10403"),
            "`D-9862` and `D-10403` fit no serial family, and have 6 and 7 characters, so their \
             order is not known; declare a family that fits both, such as `D-{n:D1..5}`",
        ),
        (
            Some("E 3439"),
            Some("E35581"),
            "`E 3439` and `E35581` fit no serial family, and differ in the kind of character 2, so \
             their order is not known; declare a family that fits both",
        ),
        (
            Some("560-0538"),
            Some("560-0001"),
            "the range starts at `560-0538`, which comes after its end `560-0001`; swap them, or \
             declare a family whose order key has the fields in their order",
        ),
        (
            Some("LI-0001"),
            Some("LK-0001"),
            "the ends of the range fit no serial family, but `LJ-1000` between them is of family \
             `lj` (`LJ-{n:D1..6}`); declare a family that fits them all, or write ranges that lie \
             beside that family",
        ),
    ]);
}

#[test]
fn families_are_told_apart() {
    let two = [SerialFamily::new("ax", "{n:D7}"), SerialFamily::new("ax", "{n:D8}")];
    let error = Families::new(two.map(Result::unwrap).to_vec()).unwrap_err();
    assert_eq!(error.message(), "two serial families are named `ax`; rename one");
    let many =
        (0..=255).map(|it| SerialFamily::new(&it.to_string(), &format!("{it}-{{n:D8}}")).unwrap());
    let error = Families::new(many.collect()).unwrap_err();
    assert_eq!(error.message(), "more than 255 serial families; leave the rarest to be opaque");
    let text = r#"[{"name":"a","layout":"{n:D7}"},{"name":"a","layout":"{n:D8}"}]"#;
    assert!(serde_json::from_str::<Families>(text).is_err());
}

#[test]
fn what_is_no_serial_is_refused() {
    let families = families(&["{n:D8}"]);
    for (serial, message) in [
        ("", "the serial is empty".to_owned()),
        (&"x".repeat(257), "the serial has 257 bytes, but a serial has at most 256".to_owned()),
        (
            " \u{416}\u{85}7",
            "character 2 of the serial is the control character U+0085; remove it".to_owned(),
        ),
    ] {
        assert_eq!(families.classify(serial).unwrap_err().message(), message);
    }
    let beyond = SerialKey::Coded { family: FamilyId(1), code: 0 };
    let error = families.text(&beyond).unwrap_err();
    assert_eq!(error.message(), "serial family 1 is not declared");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

proptest! {
    #[test]
    fn the_family_that_fits_takes_a_serial(serial in "[AB0-9-]{1,9}", around in "[ \t\u{a0}]{0,2}") {
        let families = families(&["A{n:D1..3}", "{a:[BC]1}{n:D3}", "{n:D1..4}"]);
        let key = families.classify(&format!("{around}{serial}{around}")).unwrap();
        let fits = |it: &SerialFamily| it.encode(&serial).is_some();
        let fitting = families.iter().find(|(_, it)| fits(it)).map(|(id, _)| id);
        prop_assert_eq!(key.family(), fitting.unwrap_or(FamilyId::OPAQUE));
        prop_assert_eq!(families.text(&key).unwrap(), serial);
    }

    /// The model: look at the texts, never at codes.
    #[test]
    fn a_range_is_what_lies_between(first in 0..2_000_u32, last in 0..2_000_u32, x in "[0-9]{1,4}|[0-9A]{4}") {
        let families = families(&["{n:D4}"]);
        let range = families.bind_range(Some(&format!("{first:04}")), Some(&format!("{last:04}")));
        prop_assert_eq!(range.is_err(), first > last);
        let Ok(range) = range else { return Ok(()) };
        let model = match x.parse::<u32>() {
            _ if x.len() != 4 => Some(false),
            Ok(value) => Some((first..=last).contains(&value)),
            Err(_) => None,
        };
        prop_assert_eq!(decide(&families, &range, &x), model);
    }

    #[test]
    fn keys_sort_as_rows_do(a in "[AL0-9-]{1,5}", b in "[AL0-9-]{1,5}") {
        let families = families(&["{n:D3}", "L{n:D1..3}"]);
        let [key_a, key_b] = [&a, &b].map(|it| families.classify(it).unwrap());
        let place = |key: &SerialKey| match key {
            SerialKey::Coded { family, code } => (family.0, *code, 0, String::new()),
            SerialKey::Opaque(text) => (255, 0, text.len(), text.to_string()),
        };
        prop_assert_eq!(key_a.cmp(&key_b), place(&key_a).cmp(&place(&key_b)));
        prop_assert_eq!(key_a == key_b, a == b);
    }
}
