//! Check fields: what they are over, and what is done when they are wrong.

use proptest::prelude::*;

use crate::serial::check::CheckScheme;
use crate::serial::{CheckPolicy, Normaliser, SerialFamily};

fn family(layout: &str) -> SerialFamily {
    SerialFamily::new("it", layout).unwrap()
}

fn required(layout: &str) -> SerialFamily {
    family(layout).with_check_policy(CheckPolicy::Require).unwrap()
}

#[test]
fn a_wrong_check_is_reported_or_does_not_fit() {
    // The check digits of published numbers: an IMEI of 3GPP TS 23.003, a GTIN of GS1.
    let cases = [
        ("{tac:D8}{snr:D6}{c:luhn}", "490154203237518", "490154203237517"),
        ("{n:D13}{c:gs1_mod10}", "00614141123452", "00614141123453"),
        ("{c:gs1_mod10}-{n:D13}", "2-0061414112345", "3-0061414112345"),
    ];
    for (layout, right, wrong) in cases {
        let family = family(layout);
        assert_eq!(
            (family.check(right), family.check(wrong)),
            (Some(true), Some(false)),
            "{layout}"
        );
        let codes = [right, wrong].map(|it| family.encode(it).unwrap());
        assert_eq!(codes.map(|it| family.decode(it).unwrap()), [right, wrong]);
        let strict = required(layout);
        assert_eq!((strict.check(right), strict.check(wrong)), (Some(true), None), "{layout}");
        assert_eq!((strict.encode(wrong), strict.resembles(wrong)), (None, true), "{layout}");
        assert_eq!(strict.misfit(wrong), "has wrong check characters");
        assert_eq!(strict.decode(strict.encode(right).unwrap()).unwrap(), right);
        assert_eq!(strict.codes().unwrap() * 10, family.codes().unwrap());
        assert_eq!(family.fields().count(), strict.fields().count() + 1);
        assert_eq!(family.check("0"), None);
    }
    assert_eq!(family("{n:D8}").check("00000000"), None);
}

#[test]
fn a_check_is_over_the_fields_it_names_in_their_order() {
    let family = family("{a:D2}{c:luhn(b,a)}{b:D3}");
    let right = CheckScheme::Luhn.compute("97918".bytes()).unwrap();
    for check in "0123456789".chars() {
        let passes = right.as_bytes() == check.to_string().as_bytes();
        assert_eq!(family.check(&format!("18{check}979")), Some(passes), "{check}");
    }
}

#[test]
fn letters_of_the_serial_count_as_far_as_they_have_a_value() {
    let told = |layout: &str| SerialFamily::new("it", layout).unwrap_err().message().to_owned();
    assert_eq!(
        told("LJ-{n:D6}{c:luhn}"),
        "layout `LJ-{n:D6}{c:luhn}`: check field `c` can never be right, as `L` has no value in \
         `luhn`; name the fields that it is over, as in `luhn(n)`"
    );
    assert!(told("{a:A2}{n:D6}{c:damm}").contains("as field `a` has no value in `damm`"));
    assert!(SerialFamily::new("it", "LJ-{n:D6}{c:luhn(n)}").is_ok());
    // `LJ` counts whether it is written or not.
    let family = required("LJ-?{n:D3}{c:iso7064_mod37_36}");
    let serial = family.decode(42).unwrap();
    assert_eq!(family.encode(&serial.replace('-', "")), Some(42));
    let plain = CheckScheme::Iso7064Mod37_36.compute("LJ042".bytes()).unwrap();
    assert!(serial.as_bytes().ends_with(plain.as_bytes()));
}

#[test]
fn check_fields_count_last_unless_they_are_named() {
    let family = family("{a:D1}{c:luhn}{n:D1}");
    assert_eq!(family.order().collect::<Vec<_>>(), ["a", "n", "c"]);
    let some = family.clone().order_by(&["n", "a"]).unwrap();
    assert_eq!(some.order().collect::<Vec<_>>(), ["n", "a", "c"]);
    let all = family.clone().order_by(&["c", "n", "a"]).unwrap();
    assert_eq!(all.order().collect::<Vec<_>>(), ["c", "n", "a"]);
    let text = serde_json::to_string(&family).unwrap();
    assert_eq!(text, r#"{"name":"it","layout":"{a:D1}{c:luhn}{n:D1}"}"#);
    let strict = some.with_check_policy(CheckPolicy::Require).unwrap();
    let text = serde_json::to_string(&strict).unwrap();
    assert_eq!(
        text,
        r#"{"name":"it","layout":"{a:D1}{c:luhn}{n:D1}","order":["n","a","c"],"check_policy":"require"}"#
    );
    assert_eq!(serde_json::from_str::<SerialFamily>(&text).unwrap(), strict);
    let error = SerialFamily::new("it", "{n:D1}").unwrap().with_check_policy(CheckPolicy::Report);
    assert_eq!(
        error.unwrap_err().message(),
        "layout `{n:D1}` has no check field for a policy; add one such as `{c:luhn}`"
    );
}

#[test]
fn a_prefix_of_a_required_check_is_one_serial_or_none() {
    let family = required("{n:D14}{c:luhn}");
    let code = family.encode("490154203237518").unwrap();
    assert_eq!(family.prefix_codes("490154203237518"), Some(vec![(code, code)]));
    assert_eq!(family.prefix_codes("490154203237517"), Some(vec![]));
    assert_eq!(
        family.prefix_codes("4901542032375"),
        Some(vec![(code / 10 * 10, code / 10 * 10 + 9)])
    );
    let inner = required("{a:D2}{c:luhn}{n:D2}");
    assert_eq!(inner.prefix_codes("12"), Some(vec![(1_200, 1_299)]));
    assert_eq!(inner.prefix_codes("123"), None);
}

#[test]
fn a_check_over_a_check_follows_it() {
    let family = required("{n:D3}{c:luhn}{d:damm(n,c)}");
    for code in 0..1_000 {
        let serial = family.decode(code).unwrap();
        assert_eq!((family.encode(&serial), family.check(&serial)), (Some(code), Some(true)));
    }
}

proptest! {
    #[test]
    fn of_all_check_characters_one_is_right(
        scheme in prop::sample::select(CheckScheme::all().collect::<Vec<_>>()),
        number in 0..1_000_000_u32,
        letters in "[A-H]{10}",
    ) {
        let alphabet = match scheme {
            CheckScheme::Vin => "V{a:A9}",
            CheckScheme::Iso7064Mod37_2 | CheckScheme::Iso7064Mod37_36 => "{a:A10}",
            _ => "",
        };
        let layout = format!("{alphabet}{{n:D6}}-{{c:{}}}", scheme.name());
        let (lenient, strict) = (family(&layout), required(&layout));
        let text = match scheme {
            CheckScheme::Vin => format!("V{}{number:06}-", &letters[..9]),
            _ if alphabet.is_empty() => format!("{number:06}-"),
            _ => format!("{letters}{number:06}-"),
        };
        let mut checks: Vec<String> = vec![String::new()];
        for _ in 0..scheme.width() {
            checks = checks
                .iter()
                .flat_map(|it| scheme.symbols().iter().map(move |c| format!("{it}{}", char::from(*c))))
                .collect();
        }
        let mut right = 0;
        for check in checks {
            let serial = format!("{text}{check}");
            let passes = lenient.check(&serial).unwrap();
            right += u32::from(passes);
            let code = lenient.encode(&serial).unwrap();
            prop_assert_eq!(&lenient.decode(code).unwrap(), &serial);
            prop_assert_eq!(strict.encode(&serial).is_some(), passes);
            if let Some(code) = strict.encode(&serial) {
                prop_assert_eq!(strict.decode(code).unwrap(), serial);
            }
        }
        prop_assert_eq!(right, 1);
    }

    #[test]
    fn a_letter_for_a_digit_is_read_in_check_fields_too(number in 0..1_000_u32) {
        let lenient = Normaliser::new().upper_case().zero_for_o().one_for_i();
        let family = required("{n:D3}{c:mod11}").with_normaliser(lenient).unwrap();
        let serial = family.decode(u128::from(number)).unwrap();
        let sloppy = serial.replace('0', "o").replace('1', "i").replace('X', "x");
        prop_assert_eq!(family.encode(&sloppy), Some(u128::from(number)));
    }
}
