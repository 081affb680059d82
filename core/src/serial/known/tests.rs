//! Real numbers, and ranges of them.

use proptest::prelude::*;

use crate::serial::{CheckPolicy, Families, FieldValue, SerialFamily};

fn shown(family: &SerialFamily, serial: &str) -> String {
    let values = family.values(family.encode(serial).unwrap()).unwrap();
    let values: Vec<String> = values.iter().map(|(_, value)| value.to_string()).collect();
    values.join(" ")
}

/// Numbers of 49 CFR 565, of Wikipedia and of manuals, and others of their form.
#[test]
fn vehicles_are_read_as_their_fields() {
    let cases = [
        (1981, "1M8GDM9AXKP042788", "1M8 GDM9A X 1989 P 042788", true),
        (2000, "5GZCZ43D13S812715", "5GZ CZ43D 1 2003 S 812715", true),
        (1981, "11111111111111111", "111 11111 1 2001 1 111111", true),
        (1981, "1G4AH59H45G118341", "1G4 AH59H 4 2005 G 118341", true),
        (2000, "1HGCM82633A004352", "1HG CM826 3 2003 A 004352", true),
        (2010, "5YJSA1E18HF000001", "5YJ SA1E1 8 2017 F 000001", true),
        // European makers have any character at the ninth place, and letters in the number.
        (1998, "WVWZZZ1JZXW000001", "WVW ZZZ1J Z 1999 W 000001", false),
        (2000, "VF7UARHJHAZ028000", "VF7 UARHJ H 2010 Z 028000", false),
        (1990, "SALLDHM88WA142345", "SAL LDHM8 8 1998 A 142345", false),
        (2010, "1A9AB2343HC228001", "1A9 AB234 3 2017 C 228001", false),
        (2010, "1m8gdm9axkp042788", "1M8 GDM9A X 2019 P 042788", true),
    ];
    for (first_model_year, serial, values, passes) in cases {
        let vin = SerialFamily::vin("vin", first_model_year).unwrap();
        assert_eq!(shown(&vin, serial), values, "{serial}");
        assert_eq!(vin.check(serial), Some(passes), "{serial}");
        let written = vin.decode(vin.encode(serial).unwrap()).unwrap();
        assert_eq!(written, serial.to_ascii_uppercase());
    }
}

#[test]
fn what_is_no_number_of_a_vehicle_does_not_fit() {
    let vin = SerialFamily::vin("vin", 2010).unwrap();
    for serial in [
        "1M8GDM9AXKP04278",
        "1M8GDM9AXKP0427880",
        "IM8GDM9AXKP042788",
        "1M8GDM9AXKPO42788",
        "1M8GDM9AXKQ042788",
        "1M8GDM9AXUP042788",
        "1M8GDM9AXZP042788",
        "1M8GDM9AX0P042788",
        "1M8GDM9A KP042788",
        "",
    ] {
        assert_eq!(vin.encode(serial), None, "{serial}");
    }
    let strict = vin.with_check_policy(CheckPolicy::Require).unwrap();
    assert!(strict.encode("1M8GDM9AXKP042788").is_some());
    assert_eq!(strict.encode("1M8GDM9A1KP042788"), None);
}

#[test]
fn the_era_says_which_of_thirty_years_is_meant() {
    let year = |first: i16, character: char| {
        let vin = SerialFamily::vin("vin", first).unwrap();
        let code = vin.encode(&format!("1M8GDM9AX{character}P042788")).unwrap();
        let field = vin.field("model_year").unwrap();
        (field.number_of(code), field.value(field.number_of(code)))
    };
    let cases = [
        (1980, 'A', 0, 1980),
        (1980, 'Y', 20, 2000),
        (1980, '1', 21, 2001),
        (1980, '9', 29, 2009),
        (2010, 'A', 0, 2010),
        (2010, '9', 29, 2039),
        (1996, 'T', 0, 1996),
        (1996, '9', 13, 2009),
        (1996, 'A', 14, 2010),
        (1996, 'S', 29, 2025),
        (2000, 'Y', 0, 2000),
        (2001, '1', 0, 2001),
        (2001, 'Y', 29, 2030),
    ];
    for (first, character, number, expected) in cases {
        assert_eq!(year(first, character), (number, FieldValue::Number(expected)), "{first}");
    }
    for first in [1979, 2101, -1] {
        let error = SerialFamily::vin("vin", first).unwrap_err();
        assert!(error.message().contains("1980 to 2100"), "{error}");
    }
}

/// Whether a range of two whole numbers takes in others.
fn holds(families: &Families, [first, last]: [&str; 2], serial: &str) -> Option<bool> {
    let range = families.bind_range(Some(first), Some(last)).unwrap();
    range.decide(families, &families.classify(serial).unwrap())
}

/// Ends that come in the other order as text, as a fifth of those that a regulator publishes do.
#[test]
fn a_range_of_vehicles_runs_by_year_plant_and_number() {
    let families = Families::new(vec![SerialFamily::vin("vin", 2000).unwrap()]).unwrap();
    let ranges = [
        // Other options, and an earlier letter for the later ones.
        ["WVWZZZ3CZ8E100250", "WVWZZZ1KZ9W000020"],
        // The check digit alone.
        ["1HGCM82693A004352", "1HGCM82613A004399"],
        // The model year comes round from letters to digits.
        ["SALLSAA54YA000900", "SALLSAA541A000100"],
        // The ninth place is a filler in one and a digit in the other.
        ["VF7UARHJHAZ025918", "VF7MRHNA1AZ030421"],
    ];
    for [first, last] in ranges {
        assert!(first > last, "{first}");
        for end in [first, last] {
            assert_eq!(holds(&families, [first, last], end), Some(true), "{end}");
        }
        let error = families.bind_range(Some(last), Some(first)).unwrap_err();
        assert!(error.message().contains("comes after its end"), "{error}");
    }
    let range = ranges[3];
    for (serial, expected) in [
        ("VF7UARHJHAZ028000", Some(true)),
        ("VF7AAAAAZAZ030420", Some(true)),
        ("VF7UARHJHAZ030422", Some(false)),
        ("VF7UARHJHAZ025917", Some(false)),
        ("VF3UARHJHAZ028000", Some(false)),
        ("VF7UARHJHBZ028000", Some(false)),
        ("VF7UARHJHAY028000", Some(false)),
        // Its tenth character is no year, so nobody knows.
        ("VF7UARHJH0Z028000", None),
        ("VF7UARHJHAZ28000", Some(false)),
    ] {
        assert_eq!(holds(&families, range, serial), expected, "{serial}");
    }
}

#[test]
fn vehicles_of_a_year_and_of_none_stand_side_by_side() {
    let families = Families::new(vec![
        SerialFamily::vin("year", 2010).unwrap(),
        SerialFamily::vin_without_model_year("none").unwrap(),
        SerialFamily::imei("imei").unwrap(),
        SerialFamily::imeisv("imeisv").unwrap(),
        SerialFamily::counter("saw", 8).unwrap(),
        SerialFamily::prefixed_counter("laptop", "LJ-", 6).unwrap(),
    ])
    .unwrap();
    for (serial, name) in [
        ("VF1BB1A0HAA123456", "year"),
        ("VF1BB1A0H0A123456", "none"),
        ("VF1BB1A0HUA123456", "none"),
        ("490154203237518", "imei"),
        ("4901542032375181", "imeisv"),
        ("10040916", "saw"),
        ("LJ1440", "laptop"),
    ] {
        let key = families.classify(serial).unwrap();
        assert_eq!(families.family(key.family()).unwrap().name(), name, "{serial}");
    }
    let none = families.by_name("none").unwrap().1;
    assert_eq!(shown(none, "VF1BB1A0H0A123456"), "VF1 BB1A0 H 0 A 123456");
    assert_eq!(none.order().collect::<Vec<_>>(), ["wmi", "tenth", "plant", "n", "vds", "check"]);
}

/// Numbers of 3GPP TS 23.003, of the GSMA and of Wikipedia.
#[test]
fn mobile_devices_are_read_as_their_fields() {
    let imei = SerialFamily::imei("imei").unwrap();
    for (serial, values, passes) in [
        ("490154203237518", "49015420 323751 8", true),
        ("352099001761481", "35209900 176148 1", true),
        ("35-209900-176148-1", "35209900 176148 1", true),
        ("356938 03 5643809", "35693803 564380 9", true),
        // What a network sends in place of the check digit.
        ("490154203237510", "49015420 323751 0", false),
    ] {
        assert_eq!(shown(&imei, serial), values, "{serial}");
        assert_eq!(imei.check(serial), Some(passes), "{serial}");
    }
    for serial in ["49015420323751", "4901542032375180", "49015420323751A"] {
        assert_eq!(imei.encode(serial), None, "{serial}");
    }
    let imeisv = SerialFamily::imeisv("imeisv").unwrap();
    assert_eq!(shown(&imeisv, "3520990017614823"), "35209900 176148 23");
    assert_eq!((imeisv.encode("490154203237518"), imeisv.check("3520990017614823")), (None, None));
}

#[test]
fn counters_grow_and_overlook_their_separator() {
    let families = |family: SerialFamily| Families::new(vec![family]).unwrap();
    let saw = families(SerialFamily::counter("saw", 8).unwrap());
    assert_eq!(holds(&saw, ["9466976", "10040916"], "10000000"), Some(true));
    assert_eq!(holds(&saw, ["9466976", "10040916"], "9466975"), Some(false));
    for (prefix, canonical) in [("D-", "D-9862"), ("D ", "D 9862"), ("D", "D9862")] {
        let family = SerialFamily::prefixed_counter("it", prefix, 5).unwrap();
        for serial in ["D-9862", "D 9862", "D9862"] {
            let code = family.encode(serial).unwrap();
            assert_eq!((code, family.decode(code).unwrap()), (9862, canonical.into()), "{prefix}");
        }
        for serial in ["D--9862", "D_9862", "d-9862", "D-09862", "9862", "D-", "D-123456"] {
            assert_eq!(family.encode(serial), None, "{prefix} {serial}");
        }
        let family = families(family);
        assert_eq!(holds(&family, ["D-9862", "D-10403"], "D10000"), Some(true));
    }
    let odd = SerialFamily::prefixed_counter("odd", "(S/N){a}[?]*\\", 3).unwrap();
    assert_eq!(odd.encode("(S/N){a}[?]*\\-7"), Some(7));
    for (told, refused) in [
        ("1 to 38 digits, not 0", SerialFamily::counter("it", 0)),
        ("1 to 38 digits, not 39", SerialFamily::counter("it", 39)),
        ("1 to 38 digits, not 0", SerialFamily::prefixed_counter("it", "A", 0)),
        ("empty", SerialFamily::prefixed_counter("it", "", 4)),
        ("empty", SerialFamily::prefixed_counter("it", "-", 4)),
        ("name of a serial family", SerialFamily::counter("", 4)),
    ] {
        let error = refused.unwrap_err();
        assert!(error.message().contains(told), "{error}");
    }
    assert_eq!(SerialFamily::counter("it", 1).unwrap().last_code(), 9);
    assert_eq!(SerialFamily::counter("it", 38).unwrap().last_code(), 10_u128.pow(38) - 1);
}

#[test]
fn every_character_of_a_serial_of_gs1_counts() {
    let family = SerialFamily::gs1("label").unwrap();
    let ascending = ["!", "0", "A", "a", "z", "!!", "00", "01", "0A", "0a", "A/1"];
    let codes: Vec<_> = ascending.iter().filter_map(|it| family.encode(it)).collect();
    assert_eq!(codes.len(), ascending.len());
    assert!(codes.is_sorted_by(|a, b| a < b));
    assert_eq!(family.encode(&"z".repeat(20)), Some(family.last_code()));
    for serial in [&*"z".repeat(21), "", "A 1", "A~1", "\u{e9}"] {
        assert_eq!(family.encode(serial), None, "{serial}");
    }
}

fn any_vin() -> impl Strategy<Value = String> {
    "[0-9A-HJ-NPR-Z]{9}[A-HJ-NPR-TV-Y1-9][0-9A-HJ-NPR-Z]{7}"
}

/// What decides the order: the maker, the year's place in its era, the plant, the number, the rest.
fn vin_order(serial: &str, first: i16) -> (String, usize, String, String) {
    let years = "ABCDEFGHJKLMNPRSTVWXY123456789";
    let skipped = usize::try_from(first - 1980).unwrap();
    let year = years.find(&serial[9..10]).unwrap();
    let place = (year + 60 - skipped % 30) % 30;
    (serial[..3].into(), place, serial[10..].into(), serial[3..9].into())
}

proptest! {
    #[test]
    fn vehicles_are_in_the_order_of_their_making(
        a in any_vin(),
        b in any_vin(),
        same in 0..4_usize,
        first in 1980..2050_i16,
    ) {
        let vin = SerialFamily::vin("vin", first).unwrap();
        // Vehicles that share a maker, and a year and a plant.
        let b = match same {
            0 => b,
            1 => format!("{}{}", &a[..3], &b[3..]),
            2 => format!("{}{}{}{}", &a[..3], &b[3..9], &a[9..11], &b[11..]),
            _ => format!("{}{}{}", &a[..3], &b[3..9], &a[9..]),
        };
        let codes = [&a, &b].map(|it| vin.encode(it).unwrap());
        prop_assert_eq!(codes[0].cmp(&codes[1]), vin_order(&a, first).cmp(&vin_order(&b, first)));
        prop_assert_eq!(vin.decode(codes[0]).unwrap(), a);
    }

    #[test]
    fn serials_of_gs1_are_in_the_order_of_opaque_ones(
        a in "[!\"%&'()*+,./:;<=>?_A-Za-z0-9-]{1,20}",
        b in "[!\"%&'()*+,./:;<=>?_A-Za-z0-9-]{1,20}",
    ) {
        let family = SerialFamily::gs1("label").unwrap();
        let codes = [&a, &b].map(|it| family.encode(it).unwrap());
        prop_assert_eq!(codes[0].cmp(&codes[1]), crate::serial::opaque_order(&a, &b));
        prop_assert_eq!(family.decode(codes[1]).unwrap(), b);
    }
}
