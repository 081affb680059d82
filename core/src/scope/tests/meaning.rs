//! What scopes say of described units.

use proptest::prelude::*;

use super::schema;
use crate::calendar::{Instant, Zone};
use crate::error::ErrorKind;
use crate::schema::{Column, ColumnType, Record, Schema, Value, Version};
use crate::scope::{Scope, Truth, Verdict};

pub(super) fn truth(scope: &str, record: &Record) -> Truth {
    let scope: Scope = scope.parse().unwrap();
    schema().bind(&scope).unwrap().truth(record).unwrap()
}

/// Checks scopes that hold and scopes that do not, for a unit that has only this value, and that
/// all of them are UNKNOWN where it is missing.
fn check(column: &str, value: Value, holds: &[&str], fails: &[&str]) {
    let unit = Record::of_serial("00042500").with(column, value);
    let blank = Record::of_serial("00042500");
    for (scopes, expected) in [(holds, Truth::True), (fails, Truth::False)] {
        for scope in scopes {
            assert_eq!(truth(scope, &unit), expected, "{scope}");
            assert_eq!(truth(&format!("NOT {scope}"), &unit), expected.negate(), "NOT {scope}");
            assert_eq!(truth(scope, &blank), Truth::Unknown, "{scope} where it is missing");
        }
    }
    assert_eq!(truth(&format!("{column} IS NULL"), &unit), Truth::False);
    assert_eq!(truth(&format!("{column} IS NULL"), &blank), Truth::True);
    assert_eq!(truth(&format!("{column} IS NOT NULL"), &blank), Truth::False);
    assert_eq!(truth(&format!("{column} IN ()"), &blank), Truth::False);
}

#[test]
fn texts_are_ordered_by_their_bytes() {
    check(
        "facility",
        Value::Text("Leipzig".into()),
        &[
            "facility = 'Leipzig'",
            "FACILITY <> 'leipzig'",
            "facility > 'Dresden'",
            "facility <= 'Leipzig'",
            "facility BETWEEN 'L' AND 'M'",
            "facility IN ('Graz', 'Leipzig')",
            "facility LIKE 'Lei%'",
            "facility LIKE 'Leipzig'",
            "facility LIKE '%zig'",
            "facility LIKE '_eip___'",
        ],
        &["facility = 'leipzig'", "facility < 'Leipzig'", "facility LIKE 'lei%'", "facility = ''"],
    );
}

#[test]
fn whole_numbers_compare_with_fractions_exactly() {
    check(
        "line",
        Value::Integer(4),
        &["line = 4", "line = 4.0", "line < 4.5", "line > 3.9", "line <= 4.5", "line >= 3.5"],
        &["line <> 4", "line > 4.5", "line < 3.5", "line IN (3, 5)", "line BETWEEN 4.5 AND 7"],
    );
    check(
        "line",
        Value::Integer(i64::MIN),
        &["line <= -9223372036854775808"],
        &["line < -9223372036854775808"],
    );
    check(
        "line",
        Value::Integer(i64::MAX),
        &["line >= 9223372036854775807"],
        &["line > 9223372036854775807"],
    );
}

#[test]
fn floats_are_doubles() {
    check(
        "torque",
        Value::Float(4.6505),
        &["torque = 4.6505", "torque BETWEEN 4.6505 AND 4.6505", "torque > 4", "torque <> 4"],
        &["torque < 4.6505", "torque > 4.6505"],
    );
    // Recorded in 32 bits, the number is another.
    check(
        "torque",
        Value::Float(f64::from(4.6505_f32)),
        &["torque <> 4.6505"],
        &["torque = 4.6505"],
    );
    check(
        "torque",
        Value::Float(-0.0),
        &["torque = 0", "torque >= 0.0", "torque <= -0.0"],
        &["torque < 0", "torque > 0"],
    );
    check("torque", Value::Float(f64::INFINITY), &["torque > 1e308"], &["torque < 1e308"]);
}

#[test]
fn nan_is_missing() {
    let unit = Record::of_serial("00042500").with("torque", Value::Float(f64::NAN));
    assert_eq!(truth("torque < 1", &unit), Truth::Unknown);
    assert_eq!(truth("torque IS NULL", &unit), Truth::True);
}

#[test]
fn dates_are_days() {
    check(
        "packed_on",
        Value::Date("2025-03-01".parse().unwrap()),
        &["packed_on = '2025-03-01'", "packed_on < DATE '2025-03-02'", "packed_on <= '9999-12-31'"],
        &["packed_on <> '2025-03-01'", "packed_on > '2025-03-01'", "packed_on IN ('2025-02-28')"],
    );
}

#[test]
fn truths_stand_alone_or_are_compared() {
    check(
        "reworked",
        Value::Boolean(true),
        &["reworked", "reworked = TRUE", "reworked <> FALSE", "reworked IN (TRUE, FALSE)"],
        &["reworked = FALSE"],
    );
}

#[test]
fn versions_are_in_their_own_order() {
    check(
        "firmware",
        Value::Version(Version::from("4.10")),
        &[
            "firmware > '4.9'",
            "firmware BETWEEN '4.9' AND '4.10'",
            "firmware LIKE '4.%'",
            "firmware IN ('4.9', '4.10')",
        ],
        &["firmware = '4.1'", "firmware < '4.9'", "firmware LIKE '4.9%'"],
    );
}

#[test]
fn of_many_values_any_will_do() {
    let batches =
        |texts: &[&str]| Value::TextList(texts.iter().map(|it| (*it).to_owned()).collect());
    check(
        "component_batch",
        batches(&["CB1", "CB9"]),
        &[
            "component_batch = 'CB9'",
            "component_batch IN ('CB1')",
            "component_batch LIKE '%9'",
            "component_batch BETWEEN 'CB5' AND 'CB9'",
        ],
        &["component_batch <> 'CB9'", "component_batch NOT IN ('CB1')", "component_batch = 'CB5'"],
    );
    check(
        "component_batch",
        batches(&[]),
        &["component_batch <> 'CB9'"],
        &["component_batch = 'CB9'", "component_batch LIKE '%'"],
    );
}

/// The days of the column are those of Berlin, whose 30 March 2025 has 23 hours.
#[test]
fn a_day_is_all_its_instants() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    let (first, last) = berlin.day("2025-03-30".parse().unwrap()).unwrap();
    let at = |micros: i64| Value::Timestamp(Instant::from_micros(micros).unwrap());
    let day = "made_at = '2025-03-30'";
    let through = "made_at BETWEEN '2025-03-01' AND '2025-03-30'";
    let from = "made_at BETWEEN '2025-03-30' AND '2025-04-12'";
    let (lt, le) = ("made_at < '2025-03-30'", "made_at <= '2025-03-30'");
    let (gt, ge) = ("made_at > '2025-03-30'", "made_at >= '2025-03-30'");
    check("made_at", at(first.micros() - 1), &[lt, le, through], &[day, gt, ge, from]);
    for inside in [first.micros(), first.micros() + 1, last.micros()] {
        check(
            "made_at",
            at(inside),
            &[day, le, ge, through, from],
            &[lt, gt, "made_at <> '2025-03-30'"],
        );
    }
    check("made_at", at(last.micros() + 1), &[gt, ge, from], &[day, lt, le, through]);
}

#[test]
fn timestamps_are_instants() {
    check(
        "made_at",
        Value::Timestamp("2025-03-01T12:30:00.000001Z".parse().unwrap()),
        &[
            "made_at = '2025-03-01T12:30:00.000001Z'",
            "made_at = TIMESTAMP '2025-03-01 13:30:00.000001'",
            "made_at > '2025-03-01T13:30:00+01:00'",
            "made_at BETWEEN '2025-03-01T12:30:00Z' AND '2025-03-01'",
            "made_at <= '9999-12-31'",
            "made_at < '9999-12-31'",
        ],
        &[
            "made_at < '2025-03-01T12:30:00.000001Z'",
            "made_at = '2025-03-01T12:30:00Z'",
            "made_at > '9999-12-31'",
        ],
    );
}

#[test]
fn a_unit_without_a_serial_may_be_any() {
    let unit = Record::without_serial().in_namespace("04012345678901");
    let rows = [
        ("serial = 'LJ-1440'", Truth::Unknown),
        ("serial BETWEEN '00042500' AND '00047800'", Truth::Unknown),
        ("serial NOT LIKE 'LJ%'", Truth::Unknown),
        ("serial IS NULL", Truth::True),
        ("serial IS NOT NULL", Truth::False),
        ("serial = 'LJ-1440' OR serial IS NULL", Truth::True),
        ("namespace = '04012345678901'", Truth::True),
        ("namespace LIKE '04%' AND namespace <> ''", Truth::True),
        ("namespace IS NULL", Truth::False),
    ];
    for (scope, expected) in rows {
        assert_eq!(truth(scope, &unit), expected, "{scope}");
    }
}

#[test]
fn white_space_is_no_part_of_a_serial() {
    for blank in ["", " ", "\t \u{a0}"] {
        assert_eq!(truth("serial IS NULL", &Record::of_serial(blank)), Truth::True);
        assert_eq!(truth("serial = 'LJ-1440'", &Record::of_serial(blank)), Truth::Unknown);
    }
    let spaced = Record::of_serial(" LJ-1440\t");
    assert_eq!(truth("serial = 'LJ-1440'", &spaced), Truth::True);
    assert_eq!(truth("CHAR_LENGTH(serial) = 7", &spaced), Truth::True);
}

#[test]
fn what_is_known_decides_where_it_can() {
    let unit = Record::without_serial().with("line", Value::Integer(4));
    let rows = [
        ("line = 4 AND facility = 'Leipzig'", Verdict::Undetermined),
        ("line = 5 AND facility = 'Leipzig'", Verdict::NotAffected),
        ("line = 4 OR facility = 'Leipzig'", Verdict::Affected),
        ("line = 5 OR facility = 'Leipzig'", Verdict::Undetermined),
        ("facility = 'Leipzig' OR NOT facility = 'Leipzig'", Verdict::Undetermined),
        ("facility IS NULL AND line = 4", Verdict::Affected),
    ];
    for (scope, expected) in rows {
        let bound = schema().bind(&scope.parse().unwrap()).unwrap();
        assert_eq!(bound.decide(&unit).unwrap(), expected, "{scope}");
    }
}

#[test]
fn a_record_must_fit_the_schema() {
    let bound = schema().bind(&"line = 4".parse().unwrap()).unwrap();
    let unit = || Record::of_serial("00042500");
    let rows = [
        (unit().with("lime", Value::Integer(4)), "the schema has no column `lime`"),
        (
            unit().with("line", Value::Text("4".into())),
            "column `line` holds values of type integer; the record gives one of type text",
        ),
        (
            unit().with("line", Value::Integer(4)).with("LINE", Value::Integer(5)),
            "the record gives column `line` twice",
        ),
        (
            Record::of_serial("A\u{7}"),
            "character 2 of the serial is the control character U+0007; remove it",
        ),
    ];
    for (record, message) in rows {
        let error = bound.decide(&record).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidArgument, message));
    }
}

fn sign(at: usize) -> (&'static str, fn(std::cmp::Ordering) -> bool) {
    use std::cmp::Ordering;
    [
        ("=", Ordering::is_eq as fn(Ordering) -> bool),
        ("<>", Ordering::is_ne),
        ("<", Ordering::is_lt),
        ("<=", Ordering::is_le),
        (">", Ordering::is_gt),
        (">=", Ordering::is_ge),
    ][at]
}

proptest! {
    #[test]
    fn comparisons_of_numbers_are_those_of_arithmetic(
        at in 0..6usize, value in -4i64..4, quarters in -20i32..20,
    ) {
        let literal = f64::from(quarters) / 4.0;
        let (sign, holds) = sign(at);
        let scope: Scope = format!("n {sign} {literal:?}").parse().unwrap();
        let expected = Truth::from(holds((value as f64).total_cmp(&(literal + 0.0))));
        for (column_type, value) in [
            (ColumnType::Integer, Value::Integer(value)),
            (ColumnType::Float, Value::Float(value as f64)),
        ] {
            let schema = Schema::new(vec![Column::new("n", column_type).unwrap()]).unwrap();
            match schema.bind(&scope) {
                Ok(bound) => {
                    let unit = Record::without_serial().with("n", value);
                    prop_assert_eq!(bound.truth(&unit).unwrap(), expected);
                }
                Err(_) => prop_assert!(at < 2 && literal.fract() != 0.0),
            }
        }
    }

    #[test]
    fn ranges_and_lists_say_what_comparisons_say(
        value in -9i64..9, mut ends in prop::array::uniform2(-9i64..9),
        list in prop::collection::vec(-9i64..9, 0..6),
    ) {
        ends.sort_unstable();
        let [a, b] = ends;
        let unit = Record::of_serial("00042500").with("line", Value::Integer(value));
        let between = format!("line BETWEEN {a} AND {b}");
        prop_assert_eq!(truth(&between, &unit), Truth::from((a..=b).contains(&value)));
        let scope = Scope::column("line").is_in(list.clone());
        prop_assert_eq!(truth(&scope.to_sql(), &unit), Truth::from(list.contains(&value)));
    }

    #[test]
    fn texts_and_versions_follow_their_orders(
        at in 0..6usize, value in "[ab.0-2]{0,4}", literal in "[ab.0-2]{0,4}",
    ) {
        let (sign, holds) = sign(at);
        let unit = Record::of_serial("00042500")
            .with("facility", Value::Text(value.clone()))
            .with("firmware", Value::Version(Version::from(value.as_str())));
        let order = value.cmp(&literal);
        prop_assert_eq!(truth(&format!("facility {sign} '{literal}'"), &unit), Truth::from(holds(order)));
        let order = Version::compare(&value, &literal);
        prop_assert_eq!(truth(&format!("firmware {sign} '{literal}'"), &unit), Truth::from(holds(order)));
    }
}
