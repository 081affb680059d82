//! What scopes say of parts of texts and of times.

use proptest::prelude::*;

use super::meaning::truth;
use crate::calendar::Zone;
use crate::schema::{Record, Value, Version};
use crate::scope::Truth;

fn unit(facility: &str) -> Record {
    Record::of_serial("LJ-1440").with("facility", Value::Text(facility.into()))
}

#[test]
fn parts_of_texts_are_texts() {
    let rows = [
        ("SUBSTRING(facility FROM 2 FOR 3) = 'eip'", Truth::True),
        ("LEFT(facility, 3) IN ('Lei', 'Gra')", Truth::True),
        ("RIGHT(facility, 3) BETWEEN 'zif' AND 'zih'", Truth::True),
        ("RIGHT(facility, 3) BETWEEN 'zih' AND 'zii'", Truth::False),
        ("SPLIT_PART(facility, 'i', 2) = 'pz'", Truth::True),
        ("SPLIT_PART(facility, 'x', 2) = ''", Truth::True),
        ("UPPER(facility) = 'LEIPZIG'", Truth::True),
        ("LOWER(facility) LIKE 'lei%'", Truth::True),
        ("CHAR_LENGTH(facility) = 7", Truth::True),
        ("CHAR_LENGTH(facility) > 7", Truth::False),
        ("CHAR_LENGTH(LEFT(facility, 4)) BETWEEN 3 AND 4", Truth::True),
        ("TRIM(facility) <> 'Leipzig'", Truth::False),
        ("LEFT(facility, 2) IS NULL", Truth::False),
        ("facility = MASK('Leip***')", Truth::True),
        ("facility = MASK('Leip**')", Truth::False),
        ("facility BETWEEN MASK('A*ip***') AND MASK('M*ip***')", Truth::True),
        ("facility >= MASK('M******')", Truth::False),
        ("facility IN ('Graz', MASK('****zig'))", Truth::True),
        ("LEFT(facility, 3) = MASK('L*i')", Truth::True),
        ("facility IS NOT DISTINCT FROM 'Leipzig'", Truth::True),
        ("facility IS DISTINCT FROM 'Graz'", Truth::True),
    ];
    for (scope, expected) in rows {
        assert_eq!(truth(scope, &unit("Leipzig")), expected, "{scope}");
        assert_eq!(truth(&format!("NOT {scope}"), &unit("Leipzig")), expected.negate(), "{scope}");
        let missing = match scope {
            it if it.ends_with("IS NULL") => Truth::True,
            it if it.contains("NOT DISTINCT") => Truth::False,
            it if it.contains("DISTINCT") => Truth::True,
            _ => Truth::Unknown,
        };
        assert_eq!(truth(scope, &Record::of_serial("LJ-1440")), missing, "{scope} of nothing");
    }
}

#[test]
fn parts_of_serials_are_those_of_the_text_that_the_family_writes() {
    let rows = [
        ("LEFT(serial, 3) = 'LJ-'", "LJ-1440", Truth::True),
        ("SPLIT_PART(serial, '-', 2) = '1440'", "LJ-1440", Truth::True),
        ("RIGHT(serial, 4) BETWEEN '1439' AND '1441'", "LJ-1440", Truth::True),
        ("CHAR_LENGTH(serial) = 8", "00042500", Truth::True),
        ("CHAR_LENGTH(serial) = 8", "LJ-1440", Truth::False),
        ("SUBSTRING(serial FROM 1 FOR 2) = 'XX'", "XX opaque", Truth::True),
        ("serial = MASK('LJ-14**')", "LJ-1440", Truth::True),
        ("serial IN ('00042500', MASK('LJ-1**'))", "LJ-144", Truth::True),
        ("serial IN ('00042500', MASK('LJ-1**'))", "LJ-1440", Truth::False),
        ("serial BETWEEN MASK('**04') AND MASK('**08')", "AB06", Truth::True),
        ("serial BETWEEN MASK('**04') AND MASK('**18')", "AB0O", Truth::Unknown),
        ("serial BETWEEN MASK('**04') AND MASK('**08')", "AB0O", Truth::False),
        ("serial <= MASK('**08')", "AB09", Truth::False),
        ("serial IS NOT DISTINCT FROM 'LJ-1440'", "LJ-1440", Truth::True),
        ("LEFT(namespace, 2) = '04'", "LJ-1440", Truth::False),
        ("CHAR_LENGTH(namespace) = 0", "LJ-1440", Truth::True),
    ];
    for (scope, serial, expected) in rows {
        assert_eq!(truth(scope, &Record::of_serial(serial)), expected, "{scope} of {serial}");
    }
    let nobody = Record::without_serial();
    assert_eq!(truth("LEFT(serial, 2) = 'LJ'", &nobody), Truth::Unknown);
    assert_eq!(truth("serial = MASK('LJ-****')", &nobody), Truth::Unknown);
    assert_eq!(truth("LEFT(serial, 2) IS NULL", &nobody), Truth::True);
    assert_eq!(truth("serial IS NOT DISTINCT FROM 'LJ-1440'", &nobody), Truth::False);
}

#[test]
fn of_many_values_any_part_will_do() {
    let batches = |texts: &[&str]| {
        let texts = texts.iter().map(|it| (*it).to_owned()).collect();
        Record::of_serial("LJ-1440").with("component_batch", Value::TextList(texts))
    };
    let rows = [
        ("LEFT(component_batch, 2) = 'CB'", Truth::True),
        ("LEFT(component_batch, 2) <> 'CB'", Truth::False),
        ("CHAR_LENGTH(component_batch) = 4", Truth::True),
        ("component_batch IN (MASK('X*'), 'CB77')", Truth::True),
        ("component_batch = MASK('CB*')", Truth::False),
    ];
    for (scope, expected) in rows {
        assert_eq!(truth(scope, &batches(&["A1", "CB77"])), expected, "{scope}");
    }
    assert_eq!(truth("LEFT(component_batch, 2) = 'CB'", &batches(&[])), Truth::False);
    assert_eq!(truth("component_batch IS DISTINCT FROM 'A1'", &batches(&[])), Truth::True);
    assert_eq!(truth("component_batch IS NOT DISTINCT FROM 'A1'", &batches(&["A1"])), Truth::True);
}

#[test]
fn parts_of_versions_are_texts() {
    let unit = Record::of_serial("LJ-1440").with("firmware", Value::Version(Version::from("4.10")));
    assert_eq!(truth("SPLIT_PART(firmware, '.', 2) = '10'", &unit), Truth::True);
    assert_eq!(truth("SPLIT_PART(firmware, '.', 2) < '9'", &unit), Truth::True);
    assert_eq!(truth("firmware = MASK('4.1*')", &unit), Truth::True);
}

#[test]
fn parts_of_times_are_those_of_the_columns_clock() {
    // Half past four in the afternoon in Berlin, on a Saturday.
    let at = |text: &str| {
        let at = Value::Timestamp(text.parse().unwrap());
        Record::of_serial("LJ-1440").with("made_at", at)
    };
    let rows = [
        ("EXTRACT(HOUR FROM made_at) = 16", Truth::True),
        ("EXTRACT(MINUTE FROM made_at) BETWEEN 30 AND 44", Truth::True),
        ("EXTRACT(ISODOW FROM made_at) IN (6, 7)", Truth::True),
        ("EXTRACT(YEAR FROM CAST(made_at AS DATE)) = 2025", Truth::True),
        ("EXTRACT(HOUR FROM CAST(made_at AS TIME)) < 16", Truth::False),
        ("CAST(made_at AS TIME) BETWEEN '15:00' AND '24:00'", Truth::True),
        ("CAST(made_at AS TIME) = '16:30'", Truth::True),
        ("CAST(made_at AS TIME) > '16:30:00.000001'", Truth::False),
        ("CAST(made_at AS TIME) >= '22:00' OR CAST(made_at AS TIME) < '06:00'", Truth::False),
        ("CAST(made_at AS DATE) = '2025-03-01'", Truth::True),
        ("CAST(made_at AS DATE) BETWEEN '2025-02-01' AND '2025-02-28'", Truth::False),
        ("CAST(made_at AS DATE) > '2025-02-28'", Truth::True),
        ("CAST(made_at AS TIME) IS NOT NULL", Truth::True),
    ];
    for (scope, expected) in rows {
        assert_eq!(truth(scope, &at("2025-03-01T15:30:00Z")), expected, "{scope}");
    }
    // 23:30 UTC is the day after in Berlin.
    assert_eq!(
        truth("CAST(made_at AS DATE) = '2025-03-02'", &at("2025-03-01T23:30:00Z")),
        Truth::True
    );
    assert_eq!(truth("EXTRACT(DAY FROM made_at) = 2", &at("2025-03-01T23:30:00Z")), Truth::True);
    let unknown = Record::of_serial("LJ-1440");
    assert_eq!(truth("CAST(made_at AS TIME) < '06:00'", &unknown), Truth::Unknown);
    assert_eq!(truth("CAST(made_at AS TIME) IS NULL", &unknown), Truth::True);
    let packed = unknown.with("packed_on", Value::Date("2024-12-30".parse().unwrap()));
    let rows = [
        (
            "EXTRACT(ISOYEAR FROM packed_on) = 2025 AND EXTRACT(WEEK FROM packed_on) = 1",
            Truth::True,
        ),
        ("EXTRACT(QUARTER FROM packed_on) < 4", Truth::False),
        ("EXTRACT(DOY FROM CAST(packed_on AS DATE)) = 365", Truth::True),
        ("CAST(packed_on AS DATE) <= '2024-12-30'", Truth::True),
    ];
    for (scope, expected) in rows {
        assert_eq!(truth(scope, &packed), expected, "{scope}");
    }
}

proptest! {
    /// Through the hours that clocks leave out and have twice.
    #[test]
    fn a_day_by_cast_is_the_day_by_literal(hours in 0i64..48_000) {
        let at = crate::calendar::Instant::from_micros(1_700_000_000_000_000 + hours * 3_600_000_000).unwrap();
        let date = Zone::named("Europe/Berlin").unwrap().date_of(at);
        let unit = Record::of_serial("LJ-1440").with("made_at", Value::Timestamp(at));
        prop_assert_eq!(truth(&format!("CAST(made_at AS DATE) = '{date}'"), &unit), Truth::True);
        prop_assert_eq!(truth(&format!("CAST(made_at AS DATE) < '{date}'"), &unit), Truth::False);
        prop_assert_eq!(truth(&format!("made_at = '{date}'"), &unit), Truth::True);
        let month = format!("EXTRACT(MONTH FROM made_at) = {}", date.month());
        prop_assert_eq!(truth(&month, &unit), Truth::True);
    }

    #[test]
    fn slices_say_what_slicing_says(
        text in "[ab]{0,6}", start in 1..7usize, length in 0..4usize, wanted in "[ab]{0,3}",
    ) {
        let slice: String = text.chars().skip(start - 1).take(length).collect();
        if wanted.len() <= length {
            let scope = format!("SUBSTRING(facility FROM {start} FOR {length}) = '{wanted}'");
            prop_assert_eq!(truth(&scope, &unit(&text)), Truth::from(slice == wanted));
        }
        let scope = format!("SUBSTRING(facility FROM {start} FOR {length}) < '{wanted}'");
        prop_assert_eq!(truth(&scope, &unit(&text)), Truth::from(slice < wanted));
    }
}
