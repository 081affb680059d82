//! Calendar fields: eras, tables, and dates that there are not.

use crate::serial::{Families, FieldValue, SerialFamily, SerialKey};

fn family(layout: &str) -> SerialFamily {
    SerialFamily::new("it", layout).unwrap()
}

/// The days that a serial names.
fn made(family: &SerialFamily, serial: &str) -> Option<String> {
    let (first, last) = family.made(family.encode(serial)?)?;
    Some(format!("{first}..{last}"))
}

#[test]
fn cyclic_codes_are_plain_in_the_order_of_their_era() {
    // The serials in the order in which they were made.
    let cases: [(&str, &[&str], &[&str]); 6] = [
        ("{d:yday}{y:year2}", &["y", "d"], &["16919", "36519", "00122", "11122"]),
        (
            "{y:year1@2015}{w:week}KM{n:D2}",
            &[],
            &["607KM00", "952KM99", "001KM07", "206KM12", "452KM00"],
        ),
        ("{w:week}{y:year2}", &["y", "w"], &["5222", "0723", "1223"]),
        ("{y:year2@1990}-{n:D1}", &[], &["90-0", "99-9", "00-0", "89-9"]),
        ("{y:year[ST12]@2028}{n:D1}", &[], &["S9", "T0", "19", "20"]),
        (
            "{m:month[ABCDEFGHJKLM]}{y:year4}",
            &["y", "m"],
            &["M1999", "A2000", "H2000", "J2000", "M2000"],
        ),
    ];
    for (layout, order, serials) in cases {
        let family = family(layout);
        let family = if order.is_empty() { family } else { family.order_by(order).unwrap() };
        let codes: Vec<u128> = serials.iter().map(|it| family.encode(it).unwrap()).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{layout}: {codes:?}");
        for (code, serial) in codes.iter().zip(serials) {
            assert_eq!(family.decode(*code).unwrap(), *serial, "{layout}");
        }
    }
}

#[test]
fn what_cannot_be_does_not_fit() {
    let cases: [(&str, &[&str], &[&str]); 9] = [
        ("{w:week}", &["01", "53"], &["00", "54", "1", "0A"]),
        ("{m:month}", &["01", "12"], &["00", "13"]),
        ("{d:yday}", &["001", "366"], &["000", "367", "999"]),
        ("{d:day}", &["01", "31"], &["00", "32"]),
        ("{m:month}{d:day}", &["0229", "1231", "0430"], &["0230", "0431", "1232"]),
        (
            "{y:year4}-{m:month}-{d:day}",
            &["2024-02-29", "2000-02-29"],
            &["2023-02-29", "1900-02-29"],
        ),
        ("{d:yday}{y:year2}", &["36624", "36523", "36600"], &["36623"]),
        ("{y:year4}W{w:week}", &["2020W53", "2026W53", "2021W52"], &["2021W53"]),
        // The week begins in one month and ends in the next; the parts of each other kind agree.
        (
            "{y:year4}/{m:month}/{w:week}/{d:yday}",
            &["2025/07/27/182", "2025/06/27/181"],
            &["2025/07/27/181", "2025/07/28/182"],
        ),
    ];
    for (layout, fits, others) in cases {
        let family = family(layout);
        for serial in fits {
            let code = family.encode(serial);
            assert_eq!(
                code.map(|it| family.decode(it).unwrap()).as_deref(),
                Some(*serial),
                "{layout}"
            );
        }
        for serial in others {
            assert_eq!(family.encode(serial), None, "{layout} {serial}");
        }
    }
}

#[test]
fn a_code_of_no_date_is_corrupt() {
    let family = family("{d:yday}{y:year2}").order_by(&["y", "d"]).unwrap();
    assert_eq!(family.codes(), Some(366 * 100));
    let code = family.encode("36523").unwrap();
    let error = family.decode(code + 1).unwrap_err();
    assert_eq!(
        error.message(),
        format!(
            "code {} of serial family `it` is that of no serial, as its parts make no date or have \
             no check characters",
            code + 1
        )
    );
    assert_eq!(family.decode(code + 2).unwrap(), "00124");
    assert_eq!(family.made(code + 1), None);
    let families = Families::new(vec![family]).unwrap();
    assert_eq!(families.classify("36623").unwrap(), SerialKey::Opaque("36623".into()));
}

#[test]
fn the_days_of_making_are_as_narrow_as_the_parts() {
    let cases = [
        ("{y:year2}{m:month}{n:D1}", "25027", Some("2025-02-01..2025-02-28")),
        ("{y:year1@2015}{w:week}", "401", Some("2024-01-01..2024-01-07")),
        ("{y:year2}{m:month}{d:day}", "240229", Some("2024-02-29..2024-02-29")),
        ("{d:yday}{y:year2}", "06024", Some("2024-02-29..2024-02-29")),
        ("{y:year4}{w:week}", "202501", Some("2024-12-30..2025-01-05")),
        ("{y:year4}{w:week}", "999952", Some("9999-12-27..9999-12-31")),
        ("{y:year4}{m:month}{w:week}", "20250627", Some("2025-06-30..2025-06-30")),
        ("{y:year4}{w:week}{d:day}", "20250105", Some("2025-01-05..2025-01-05")),
        ("{y:year[AB]@2010}{n:D1}", "A1", None),
        ("{y:year2}{d:day}", "2501", None),
        ("{m:month}{d:day}", "0101", None),
        ("{n:D4}", "2501", None),
    ];
    for (layout, serial, expected) in cases {
        let family = family(layout);
        assert_eq!(made(&family, serial).as_deref(), expected, "{layout} {serial}");
        assert_eq!(family.has_made(), expected.is_some(), "{layout}");
    }
}

#[test]
fn values_are_those_of_the_calendar() {
    let family = family("{y:year1@2015}{w:week}-{n:D2}");
    let code = family.encode("207-42").unwrap();
    let numbers = [("y", 2022), ("w", 7), ("n", 42)].map(|(it, n)| (it, FieldValue::Number(n)));
    assert_eq!(family.values(code).unwrap(), numbers);
    let year = family.field("y").unwrap();
    assert_eq!((year.number_of_text("2"), year.number_of_value(2022)), (Some(7), Some(7)));
    assert_eq!((year.number_of_value(2), year.values_between()), (None, Some((2015, 2024))));
    assert_eq!((year.value(7), year.label(7)), (FieldValue::Number(2022), "2".to_owned()));
    assert_eq!(year.number_of(code), 7);
    let week = family.field("w").unwrap();
    assert_eq!((week.number_of_text("07"), week.number_of_text("7")), (Some(6), None));
    assert_eq!((week.places(), week.last()), (Some(1..3), 52));
}

#[test]
fn a_misfit_is_told() {
    let cases = [
        ("{y:year2}{m:month}{d:day}", "251301", "has no month 01 to 12 at character 3"),
        ("{y:year2}{m:month}{d:day}", "250230", "is of no day there is"),
        ("{w:week}A", "5xA", "has no week 01 to 53 at character 2"),
        ("{y:year[AB]@2010}{n:D1}", "C1", "has no year at character 1"),
        ("{n:[XY]2}-?{m:D1}", "XZ-1", "has no character of `XY` at character 2"),
    ];
    for (layout, serial, expected) in cases {
        assert_eq!(family(layout).misfit(serial), expected, "{layout} {serial}");
        assert!(family(layout).resembles(serial), "{layout} {serial}");
    }
}
