//! Escapes, the table of identifiers, and every form read back.

use proptest::prelude::*;

use super::application::{Application, identifiers};
use super::percent::{UriPart, decoded, encoded};
use super::{ElementString, Scanned};
use crate::serial::{Families, gs1_check_digit};

/// The text behind the escapes in a path and in a query, as GS1's own library has them in its
/// tests.
#[test]
fn escapes_are_read() {
    let rows = [
        ("", "", ""),
        ("test", "test", "test"),
        ("+", "+", " "),
        ("%20", " ", " "),
        ("%20AB", " AB", " AB"),
        ("A%20B", "A B", "A B"),
        ("AB%20", "AB ", "AB "),
        ("ABC%2", "ABC%2", "ABC%2"),
        ("ABCD%", "ABCD%", "ABCD%"),
        ("A%20%20B", "A  B", "A  B"),
        ("A%01B", "A\u{1}B", "A\u{1}B"),
        ("A%ffB", "A\u{ff}B", "A\u{ff}B"),
        ("A%FfB", "A\u{ff}B", "A\u{ff}B"),
        ("A%fFB", "A\u{ff}B", "A\u{ff}B"),
        ("A%FFB", "A\u{ff}B", "A\u{ff}B"),
        ("A%4FB", "AOB", "AOB"),
        ("A%4fB", "AOB", "AOB"),
        ("A%4gB", "A%4gB", "A%4gB"),
        ("A%4GB", "A%4GB", "A%4GB"),
        ("A%g4B", "A%g4B", "A%g4B"),
        ("A%G4B", "A%G4B", "A%G4B"),
        ("%+1B", "%+1B", "% 1B"),
        ("%\u{e9}%4F", "%\u{e9}O", "%\u{e9}O"),
    ];
    for (text, path, query) in rows {
        assert_eq!(decoded(text, UriPart::Path), path, "{text}");
        assert_eq!(decoded(text, UriPart::Query), query, "{text}");
    }
}

#[test]
fn escapes_are_written() {
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let signs = "%21%22%23%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F";
    let rows = [
        (upper, upper, upper),
        (lower, lower, lower),
        ("0123456789-._~", "0123456789-._~", "0123456789-._~"),
        ("!\"#%&'()*+,/:;<=>?", signs, signs),
        ("test", "test", "test"),
        (" ", "%20", "+"),
        (" AB", "%20AB", "+AB"),
        ("A B", "A%20B", "A+B"),
        ("AB ", "AB%20", "AB+"),
        ("A  B", "A%20%20B", "A++B"),
    ];
    for (text, path, query) in rows {
        assert_eq!(encoded(text, UriPart::Path), path, "{text}");
        assert_eq!(encoded(text, UriPart::Query), query, "{text}");
    }
}

/// Else data without FNC1 could be cut in two ways.
#[test]
fn no_identifier_begins_another() {
    let all: Vec<String> = identifiers().collect();
    assert!(all.len() > 500, "{}", all.len());
    for ai in &all {
        assert!(Application::of(ai).is_some(), "{ai}");
        let beginners = all.iter().filter(|it| ai.starts_with(&***it)).count();
        assert_eq!(beginners, 1, "{ai}");
    }
    for none in [
        "", "0", "04", "14", "18", "19", "23", "89", "3106", "3170", "3380", "3944", "999",
        "33\u{0}2",
    ] {
        assert!(Application::of(none).is_none(), "{none}");
    }
}

/// GS1 General Specifications, figure "Element strings with predefined length".
#[test]
fn predefined_lengths_are_those_of_the_standard() {
    let rows = [
        ("00", Some(18)),
        ("01", Some(14)),
        ("02", Some(14)),
        ("11", Some(6)),
        ("17", Some(6)),
        ("20", Some(2)),
        ("3103", Some(6)),
        ("3695", Some(6)),
        ("410", Some(13)),
        ("417", Some(13)),
        ("21", None),
        ("402", None),
        ("422", None),
        ("3953", None),
        ("8001", None),
        ("8017", None),
    ];
    for (ai, length) in rows {
        assert_eq!(Application::of(ai).unwrap().predefined_length(), length, "{ai}");
    }
}

#[test]
fn no_message_holds_the_serial() {
    let secret = "S3CR3T";
    for text in [
        format!("(01)09506000134353(21){secret}"),
        format!("(01)09506000134352(21){secret}~"),
        format!("(01)09506000134352(21){secret}(21)A1"),
        format!("\u{1d}010950600013435289{secret}"),
        format!("https://example.com/01/09506000134353/21/{secret}"),
        format!("https://example.com/01/09506000134352/21/{secret}/10/L7"),
        format!("https://example.com/01/09506000134352/21/{secret}{secret}{secret}{secret}"),
        format!("https://example.com/{secret}"),
        format!("urn:epc:id:sgtin:06141.81234567.{secret}"),
        format!("urn:epc:id:sgtin:{secret}"),
    ] {
        let error = text.parse::<ElementString>().unwrap_err();
        assert!(!error.message().contains(secret), "{error}");
    }
}

#[test]
fn what_cannot_be_written_is_told() {
    let unit = ElementString::of_unit("09506000134352", "A1").unwrap();
    for stem in
        ["", "id.gs1.org", "ftp://a", "https://", "https://a?b", "https://a#b", "https://a b"]
    {
        let error = unit.to_digital_link(stem).unwrap_err();
        assert!(error.message().starts_with("the stem of a link"), "{stem}: {error}");
    }
    let lot: ElementString = "(10)L7".parse().unwrap();
    assert!(lot.to_digital_link("https://a").unwrap_err().message().contains("no key"));
    assert!(lot.to_sgtin(7).unwrap_err().message().contains("have not both"));
    for digits in [0, 5, 13] {
        let error = unit.to_sgtin(digits).unwrap_err();
        assert!(error.message().contains("6 to 12 digits"), "{error}");
    }
}

fn gtin() -> impl Strategy<Value = String> {
    "[0-9]{13}".prop_map(|key| format!("{key}{}", gs1_check_digit(&key).unwrap()))
}

/// Data with a key and some of what may stand beside it, in any order.
fn data() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let text = |most: usize| format!("[!\"%&'()*+,./:;<=>?_A-Za-z0-9-]{{1,{most}}}");
    let of = |ai: &'static str, pattern: &str| {
        let values = proptest::string::string_regex(pattern).unwrap();
        proptest::option::of(values.prop_map(move |value| (ai, value)))
    };
    let others = (
        of("10", &text(20)),
        of("21", &text(20)),
        of("22", &text(20)),
        of("17", "[0-9]{6}"),
        of("3103", "[0-9]{6}"),
        of("30", "[0-9]{1,8}"),
        of("240", &text(30)),
        of("7007", "([0-9]{6}){1,2}"),
    );
    let key = gtin().prop_map(|it| Some(("01", it)));
    (key, others)
        .prop_map(|(key, (a, b, c, d, e, f, g, h))| {
            [key, a, b, c, d, e, f, g, h].into_iter().flatten().collect::<Vec<_>>()
        })
        .prop_shuffle()
}

fn element_string(data: &[(&str, String)]) -> ElementString {
    let mut all = ElementString::default();
    for (ai, value) in data {
        all.push(ai, value, "").unwrap();
    }
    all
}

/// The identifiers and values without their order, which a link does not keep.
fn sorted(elements: &ElementString) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        elements.elements().map(|(ai, value)| (ai.to_owned(), value.to_owned())).collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn every_form_is_read_back(data in data()) {
        let elements = element_string(&data);
        prop_assert_eq!(&elements.to_string().parse::<ElementString>().unwrap(), &elements);
        prop_assert_eq!(&elements.to_fnc1().parse::<ElementString>().unwrap(), &elements);
        let link = elements.to_digital_link("https://example.com/p").unwrap();
        prop_assert_eq!(sorted(&link.parse().unwrap()), sorted(&elements));
    }

    #[test]
    fn a_unit_is_the_same_in_every_form(
        gtin in gtin(),
        serial in "[!\"%&'()*+,./:;<=>?_A-Za-z0-9-]{1,20}",
        company_prefix_digits in 6..=12_usize,
    ) {
        let unit = ElementString::of_unit(&gtin, &serial).unwrap();
        let texts = [
            unit.to_string(),
            unit.to_fnc1(),
            unit.to_fnc1().replacen('\u{1d}', "]Q3", 1),
            unit.to_digital_link("http://example.com").unwrap(),
            unit.to_sgtin(company_prefix_digits).unwrap(),
        ];
        for text in texts {
            let scanned = Scanned::read(&text, &Families::default()).unwrap();
            prop_assert_eq!(scanned.namespace(), Some(&*gtin), "{}", text);
            prop_assert_eq!(scanned.serial(), &serial, "{}", text);
        }
    }

    #[test]
    fn a_wrong_digit_of_a_gtin_is_told(gtin in gtin(), at in 0..14_usize, by in 1..10_u8) {
        let mut wrong = gtin.into_bytes();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        let wrong = String::from_utf8(wrong).unwrap();
        let error = format!("(01){wrong}(21)1").parse::<ElementString>().unwrap_err();
        prop_assert!(error.message().contains("check digit"));
    }

    #[test]
    fn any_text_is_read_or_told(text in "(\\PC|[\u{1d}()/\\]%.0-9]){0,60}", form in 0..6_usize) {
        let begin = ["", "(01)", "]d2", "https://a/01/", "urn:epc:id:sgtin:", "\u{1d}"][form];
        let text = format!("{begin}{text}");
        if let Ok(read) = text.parse::<ElementString>() {
            prop_assert_eq!(read.to_fnc1().parse::<ElementString>().unwrap(), read);
        }
        if let Ok(scanned) = Scanned::read(&text, &Families::default()) {
            prop_assert_eq!(scanned.namespace().is_some(), scanned.elements().is_some());
        }
    }
}
