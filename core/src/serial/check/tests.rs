//! Published values, and what every scheme finds.

use proptest::prelude::*;

use super::CheckScheme;

fn check(scheme: CheckScheme, others: &str) -> Option<String> {
    let found = scheme.compute(others.bytes())?;
    Some(String::from_utf8(found.as_bytes().to_vec()).unwrap())
}

/// A scheme, the other characters, the check.
const PUBLISHED: [(&str, &str, &str); 40] = [
    // IMEIs of 3GPP TS 23.003 and Wikipedia, numbers of Wikipedia, test cards.
    ("luhn", "49015420323751", "8"),
    ("luhn", "35209900176148", "1"),
    ("luhn", "7992739871", "3"),
    ("luhn", "1789372997", "4"),
    ("luhn", "411111111111111", "1"),
    ("luhn", "37828224631000", "5"),
    // ISBN-10 and ISSN of their manuals and Wikipedia.
    ("mod11", "030640615", "2"),
    ("mod11", "080442957", "X"),
    ("mod11", "019852663", "6"),
    ("mod11", "0378595", "5"),
    ("mod11", "2434561", "X"),
    ("mod11", "0317847", "1"),
    // ISO 7064; German tax numbers of the tax office's tests; a Croatian personal number.
    ("iso7064_mod11_10", "0794", "5"),
    ("iso7064_mod11_10", "79462", "3"),
    ("iso7064_mod11_10", "8609574271", "9"),
    ("iso7064_mod11_10", "3657426180", "9"),
    ("iso7064_mod11_10", "3339200596", "1"),
    // ISO 7064; ORCID's own examples.
    ("iso7064_mod11_2", "0794", "0"),
    ("iso7064_mod11_2", "079", "X"),
    ("iso7064_mod11_2", "000000021825009", "7"),
    ("iso7064_mod11_2", "000000015109370", "0"),
    ("iso7064_mod11_2", "000000021694233", "X"),
    // Donation numbers of ISBT 128, and the example of the GRid standard.
    ("iso7064_mod37_2", "G123489654321", "Y"),
    ("iso7064_mod37_2", "G123498654321", "H"),
    ("iso7064_mod37_36", "A12425GABC1234002", "M"),
    // ISO 7064; IBANs with their first four characters last; LEIs.
    ("iso7064_mod97_10", "794", "44"),
    ("iso7064_mod97_10", "WEST12345698765432GB", "82"),
    ("iso7064_mod97_10", "370400440532013000DE", "89"),
    ("iso7064_mod97_10", "54930084UKLVMY22DS", "16"),
    ("iso7064_mod97_10", "213800WSGIIZCXF1P5", "72"),
    // Wikipedia's examples.
    ("verhoeff", "236", "3"),
    ("verhoeff", "12345", "1"),
    ("verhoeff", "142857", "0"),
    ("damm", "572", "4"),
    // GTIN-13, GTIN-12, GTIN-14 and SSCC of GS1's own pages.
    ("gs1_mod10", "629104150021", "3"),
    ("gs1_mod10", "03600029145", "2"),
    ("gs1_mod10", "0950600013435", "2"),
    ("gs1_mod10", "37610425002123456", "9"),
    // 49 CFR 565's worked example and Wikipedia's.
    ("vin", "1G4AH59H5G118341", "4"),
    ("vin", "1M8GDM9AKP042788", "X"),
];

#[test]
fn published_values_come_out() {
    for (name, others, expected) in PUBLISHED {
        let scheme = CheckScheme::parse(name).unwrap();
        assert_eq!(check(scheme, others).as_deref(), Some(expected), "{name} {others}");
    }
}

#[test]
fn a_scheme_is_found_by_its_name() {
    for scheme in CheckScheme::all() {
        assert_eq!(CheckScheme::parse(scheme.name()), Some(scheme));
    }
    assert_eq!(CheckScheme::all().count(), 11);
    assert_eq!(CheckScheme::parse("LUHN"), None);
}

#[test]
fn a_character_without_a_value_has_no_check() {
    for scheme in CheckScheme::all() {
        for bad in [" ", "-", "a", "*", "\u{e9}"] {
            let others = "1".repeat(15) + bad;
            assert_eq!(check(scheme, &others), None, "{scheme:?} {bad:?}");
        }
        let takes_letters = scheme.symbols().len() > 11
            || matches!(scheme, CheckScheme::Iso7064Mod97_10 | CheckScheme::Vin);
        let lettered = "1".repeat(15) + "Z";
        assert_eq!(check(scheme, &lettered).is_some(), takes_letters, "{scheme:?}");
    }
    for wrong in ["", "1M8GDM9AKP04278", "1M8GDM9AKP0427880", "IM8GDM9AKP042788"] {
        assert_eq!(check(CheckScheme::Vin, wrong), None, "{wrong}");
    }
}

/// The same sums, weight by weight from the right.
fn plain(scheme: CheckScheme, digits: &[u32]) -> u32 {
    let weighted = |weight: fn(usize, u32) -> u32| -> u32 {
        digits.iter().rev().enumerate().map(|(at, digit)| weight(at, *digit)).sum()
    };
    match scheme {
        CheckScheme::Luhn => {
            weighted(|at, digit| if at % 2 == 1 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
                * 9
                % 10
        }
        CheckScheme::Gs1Mod10 => {
            weighted(|at, digit| if at % 2 == 1 { digit } else { digit * 3 }) * 9 % 10
        }
        CheckScheme::Mod11 => {
            weighted(|at, digit| digit * (u32::try_from(at % 9).unwrap() + 2)) * 10 % 11
        }
        _ => unreachable!(),
    }
}

proptest! {
    #[test]
    fn a_check_is_of_its_symbols_and_width(others in "[0-9]{1,40}") {
        for scheme in CheckScheme::all() {
            let Some(found) = scheme.compute(others.bytes()) else { continue };
            prop_assert_eq!(found.as_bytes().len(), scheme.width());
            prop_assert!(found.as_bytes().iter().all(|it| scheme.symbols().contains(it)));
        }
    }

    #[test]
    fn a_wrong_digit_shows(others in "[0-9]{16}", at in 0..16_usize, by in 1..10_u8) {
        let mut wrong = others.clone().into_bytes();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        for scheme in CheckScheme::all() {
            let changed = scheme.compute(wrong.iter().copied());
            prop_assert_ne!(scheme.compute(others.bytes()), changed, "{:?}", scheme);
        }
    }

    #[test]
    fn a_wrong_letter_shows(others in "[0-9A-Z]{16}", at in 0..16_usize, wrong in "[0-9A-Z]") {
        let mut changed = others.clone();
        changed.replace_range(at..=at, &wrong);
        prop_assume!(changed != others);
        for scheme in [CheckScheme::Iso7064Mod37_2, CheckScheme::Iso7064Mod37_36] {
            prop_assert_ne!(check(scheme, &others), check(scheme, &changed), "{:?}", scheme);
        }
    }

    #[test]
    fn swapped_neighbours_show(others in "[0-9]{16}", at in 0..15_usize) {
        let mut swapped = others.clone().into_bytes();
        swapped.swap(at, at + 1);
        prop_assume!(swapped != others.as_bytes());
        for scheme in [
            CheckScheme::Iso7064Mod11_2,
            CheckScheme::Iso7064Mod37_2,
            CheckScheme::Iso7064Mod97_10,
            CheckScheme::Verhoeff,
            CheckScheme::Damm,
        ] {
            let changed = scheme.compute(swapped.iter().copied());
            prop_assert_ne!(scheme.compute(others.bytes()), changed, "{:?}", scheme);
        }
    }

    #[test]
    fn sums_are_those_of_weights_from_the_right(others in "[0-9]{0,40}") {
        let digits: Vec<u32> = others.chars().map(|it| it.to_digit(10).unwrap()).collect();
        for scheme in [CheckScheme::Luhn, CheckScheme::Gs1Mod10, CheckScheme::Mod11] {
            let value = plain(scheme, &digits);
            let expected = char::from(scheme.symbols()[usize::try_from(value).unwrap()]);
            prop_assert_eq!(check(scheme, &others), Some(expected.to_string()), "{:?}", scheme);
        }
    }
}
