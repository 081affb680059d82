//! Families against a model: all serials of a layout, written out and sorted.

use proptest::prelude::*;

use crate::error::ErrorKind;
use crate::serial::{Normaliser, SerialFamily, opaque_order};

fn family(layout: &str) -> SerialFamily {
    SerialFamily::new("it", layout).unwrap()
}

#[test]
fn codes_are_dense_and_in_order() {
    let cases = [
        ("{n:D8}", "00000000", "99999999", 100_000_000),
        ("{n:D1..6}", "0", "999999", 1_000_000),
        ("{n:D3..4}", "100", "9999", 9_900),
        ("{a:A1..2}", "A", "ZZ", 26 + 676),
        ("{s:X4}", "0000", "ZZZZ", 36_u128.pow(4)),
        ("{a:A2}{n:D11}", "AA00000000000", "ZZ99999999999", 676 * 10_u128.pow(11)),
        ("LJ-{n:D1..6}/B", "LJ-0/B", "LJ-999999/B", 1_000_000),
        (
            "{n:D38}",
            "00000000000000000000000000000000000000",
            "99999999999999999999999999999999999999",
            10_u128.pow(38),
        ),
    ];
    for (layout, first, last, codes) in cases {
        let family = family(layout);
        assert_eq!(family.codes(), Some(codes), "{layout}");
        assert_eq!(family.encode(first), Some(0), "{layout}");
        assert_eq!(family.encode(last), Some(codes - 1), "{layout}");
        assert_eq!(family.decode(0).unwrap(), first, "{layout}");
        assert_eq!(family.decode(codes - 1).unwrap(), last, "{layout}");
        let error = family.decode(codes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{layout}");
    }
}

#[test]
fn a_number_counts_by_value_and_refuses_leading_zeros() {
    let family = family("LJ-{n:D1..6}");
    let codes = ["LJ-0", "LJ-7", "LJ-9862", "LJ-10403"].map(|it| family.encode(it));
    assert_eq!(codes, [Some(0), Some(7), Some(9_862), Some(10_403)]);
    for other in ["LJ-", "LJ-007", "LJ-00", "LJ-1234567", "LJ1440", "lj-1440", "LJ-1440 ", ""] {
        assert_eq!(family.encode(other), None, "{other:?}");
    }
}

#[test]
fn the_golden_range_holds_5301_serials() {
    let family = family("{n:D8}");
    let code = |it: &str| family.encode(it).unwrap();
    assert_eq!(code("00047800") - code("00042500") + 1, 5_301);
    for other in ["000425001", "00046A00", "42500"] {
        assert_eq!(family.encode(other), None, "{other}");
    }
}

#[test]
fn the_order_of_significance_decides() {
    let family = family("{ddd:D3}{yy:D2}").order_by(&["yy", "ddd"]).unwrap();
    // "between 16919 and 11122" is a range that text takes for an empty one.
    assert!(family.encode("16919") < family.encode("11122"));
    assert_eq!(family.decode(family.encode("11122").unwrap()).unwrap(), "11122");
    assert_eq!(family.prefix_codes("169"), None);
}

#[test]
fn an_ambiguous_layout_is_refused() {
    let told = |layout: &str, field: &str| {
        format!(
            "layout `{layout}`: where field `{field}` ends cannot be told, since what follows may \
             begin with one of its characters; give it one width, such as `{}`, or put a separator \
             after it",
            if field == "a" { "A1" } else { "D1" }
        )
    };
    for (layout, field) in [
        ("{n:D1..6}{m:D4}", "n"),
        ("{n:D1..6}0{a:A1}", "n"),
        ("{n:D1..6}{s:X4}", "n"),
        ("{x:D2}{a:A1..3}X{n:D2}", "a"),
    ] {
        let error = SerialFamily::new("it", layout).unwrap_err();
        assert_eq!(error.message(), told(layout, field));
    }
    for layout in ["{n:D1..6}{a:A2}", "{n:D1..6}-{m:D4}", "{n:D6}{m:D1..4}", "{n:D1..6}A{s:X2}"] {
        assert!(SerialFamily::new("it", layout).is_ok(), "{layout}");
    }
    let dash = family("{n:D1..6}-{m:D4}");
    let error = dash.with_normaliser(Normaliser::new().without_dashes()).unwrap_err();
    assert_eq!(
        error.message(),
        told("{n:D1..6}-{m:D4}", "n")
            .replace("characters;", "characters, as the normaliser reads it;")
    );
    let letter = family("{n:D1..6}{a:A1}");
    assert!(letter.clone().with_normaliser(Normaliser::new().upper_case()).is_ok());
    assert!(letter.with_normaliser(Normaliser::new().zero_for_o()).is_err());
}

#[test]
fn more_than_2_to_the_128_codes_are_refused() {
    for layout in ["{n:D39}", "{s:X25}", "{a:X24}{b:D2}", "{a:A28}", "{n:D1..39}", "{s:X1..25}"] {
        let error = SerialFamily::new("it", layout).unwrap_err();
        assert_eq!(
            error.message(),
            format!(
                "layout `{layout}` has more than 2^128 serials; narrow it, or declare no family \
                 for them, and they are kept as text"
            )
        );
    }
}

#[test]
fn a_wrong_name_or_order_is_told() {
    for name in ["", "a\nb", &"x".repeat(201)] {
        assert!(SerialFamily::new(name, "{n:D8}").is_err(), "{name:?}");
    }
    let cases: [(&[&str], &str); 3] = [
        (&["yy", "n"], "layout `{ddd:D3}{yy:D2}` has no field `n`"),
        (&["yy", "yy"], "the order names field `yy` twice"),
        (
            &["yy"],
            "the order does not name field `ddd`; name every field, the most significant first",
        ),
    ];
    for (order, message) in cases {
        let error = family("{ddd:D3}{yy:D2}").order_by(order).unwrap_err();
        assert_eq!(error.message(), message);
    }
}

#[test]
fn what_the_normaliser_overlooks_is_read_as_the_family_writes_it() {
    let all = Normaliser::new().upper_case().without_spaces().without_dashes();
    let all = all.zero_for_o().one_for_i();
    let family = family("LJ-{a:A1}-{n:D4}{s:X2}").with_normaliser(all).unwrap();
    for text in ["LJA1440B1", "lj-a-144o bi", "L J\u{2013}A 144O\u{a0}BI", "LJ-A-I44OB1"] {
        let code = family.encode(text).unwrap();
        assert_eq!(family.decode(code).unwrap(), "LJA1440B1", "{text}");
    }
    assert_eq!(family.codes(), Some(26 * 10_000 * 34 * 34), "X has neither O nor I");
    assert_eq!(family.encode("LJ0144OB1"), None, "no digit is read as a letter");
    assert_eq!(family.encode(&format!("LJA1440B1{}", " ".repeat(300))), None);
}

#[test]
fn a_document_is_checked_and_kept() {
    let plain = family("{n:D8}");
    assert_eq!(serde_json::to_string(&plain).unwrap(), r#"{"name":"it","layout":"{n:D8}"}"#);
    let full = family("{ddd:D3}{yy:D2}").order_by(&["yy", "ddd"]).unwrap();
    let full = full.with_normaliser(Normaliser::new().one_for_i().upper_case()).unwrap();
    let text = serde_json::to_string(&full).unwrap();
    assert_eq!(
        text,
        r#"{"name":"it","layout":"{ddd:D3}{yy:D2}","order":["yy","ddd"],"normaliser":["upper_case","one_for_i"]}"#
    );
    for it in [plain, full] {
        let text = serde_json::to_string(&it).unwrap();
        assert_eq!(serde_json::from_str::<SerialFamily>(&text).unwrap(), it);
    }
    for bad in [
        r#"{"name":"it","layout":"{n:D80}"}"#,
        r#"{"name":"","layout":"{n:D8}"}"#,
        r#"{"name":"it","layout":"{n:D8}","order":["m"]}"#,
        r#"{"name":"it","layout":"{n:D8}","normaliser":["lower_case"]}"#,
        r#"{"name":"it","layout":"{n:D8}","codes":7}"#,
    ] {
        assert!(serde_json::from_str::<SerialFamily>(bad).is_err(), "{bad}");
    }
}

#[test]
fn debug_shows_what_was_declared() {
    assert_eq!(
        format!("{:?}", family("LJ-{n:D1..6}")),
        r#"SerialFamily { name: "it", layout: "LJ-{n:D1..6}", order: ["n"], normaliser: {}, .. }"#
    );
}

proptest! {
    #[test]
    fn any_code_of_a_wide_family_comes_back(code in any::<u128>(), other in any::<u128>()) {
        for layout in ["{s:X24}", "{a:A5..20}-{s:X5}", "{n:D1..38}", "{n:D20}{m:D3..17}"] {
            let family = family(layout);
            let codes = family.codes().unwrap();
            let (code, other) = (code % codes, other % codes);
            let serial = family.decode(code).unwrap();
            prop_assert_eq!(family.encode(&serial), Some(code), "{}", serial);
            // Left to right, shortest first: the order of codes is the order of (width, text).
            if layout.starts_with("{s") || layout.starts_with("{n:D1.") {
                let longer = family.decode(other).unwrap();
                let by_text = opaque_order(&serial, &longer);
                prop_assert_eq!(code.cmp(&other), by_text);
            }
        }
    }

    #[test]
    fn no_text_breaks_a_declaration_or_a_question(layout in "[{}DAXHB()0-9.:na\\\\?-]{0,16}", text in any::<String>()) {
        if let Ok(family) = SerialFamily::new("it", &layout) {
            prop_assert_eq!(&SerialFamily::new("it", &family.layout()).unwrap(), &family);
            if let Some(code) = family.encode(&text) {
                let written = family.decode(code).unwrap();
                prop_assert_eq!(family.encode(&written), Some(code));
                prop_assert!(written == text || layout.contains('?'));
            } else {
                family.resembles(&text);
                prop_assert!(family.codec().misfit(&text).is_some());
            }
        }
    }
}
