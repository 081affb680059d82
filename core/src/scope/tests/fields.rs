//! What scopes say of the fields of serials.

use proptest::prelude::*;

use crate::error::ErrorKind;
use crate::schema::{Record, Schema};
use crate::scope::{BoundScope, Scope, Truth};
use crate::serial::{Families, FieldValue, SerialFamily};

/// Three families, of which two have a field `n`, and one a field `plant`.
fn schema() -> Schema {
    let families = [
        SerialFamily::new("bike", "{plant:A2}{yy:D2}{n:D2..4}").unwrap(),
        SerialFamily::new("cable", "LJ-{n:D1..6}").unwrap(),
        SerialFamily::new("pump", "P/{code:X3}").unwrap(),
    ];
    Schema::default().with_families(Families::new(families.to_vec()).unwrap())
}

fn bind(scope: &str) -> BoundScope {
    schema().bind(&scope.parse().unwrap()).unwrap()
}

#[test]
fn fields_are_columns() {
    use Truth::{False, True, Unknown};
    // Of a bike, of a cable, of a pump, of no family, and without a serial.
    let units = ["AX25700", "LJ-1440", "P/7AB", "AX25?00", ""];
    let rows = [
        ("serial.yy = 25", [True, Unknown, Unknown, Unknown, Unknown]),
        ("serial.yy <> 24", [True, Unknown, Unknown, Unknown, Unknown]),
        ("SERIAL.YY IN (24, '25')", [True, Unknown, Unknown, Unknown, Unknown]),
        ("serial.n BETWEEN 701 AND 2000", [False, True, Unknown, Unknown, Unknown]),
        ("serial.n > 4", [True, True, Unknown, Unknown, Unknown]),
        ("serial.n < 10000", [True, True, Unknown, Unknown, Unknown]),
        ("serial.n < 700", [False, False, Unknown, Unknown, Unknown]),
        ("serial.n <= 700.5", [True, False, Unknown, Unknown, Unknown]),
        ("serial.n = 1440 AND serial.plant IS NULL", [False, True, Unknown, Unknown, Unknown]),
        ("serial.plant = 'AX'", [True, Unknown, Unknown, Unknown, Unknown]),
        ("serial.plant BETWEEN 'AA' AND 'AZ'", [True, Unknown, Unknown, Unknown, Unknown]),
        ("serial.plant > 'AX'", [False, Unknown, Unknown, Unknown, Unknown]),
        ("serial.plant LIKE '%X'", [True, Unknown, Unknown, Unknown, Unknown]),
        ("serial.plant LIKE 'B_'", [False, Unknown, Unknown, Unknown, Unknown]),
        ("serial.code LIKE '7%'", [Unknown, Unknown, True, Unknown, Unknown]),
        ("serial.plant IS NULL", [False, True, True, True, True]),
        ("serial.n IS NOT NULL", [True, True, False, False, False]),
        ("serial.yy IS NOT DISTINCT FROM 25", [True, False, False, False, False]),
        ("serial.yy IS DISTINCT FROM 25", [False, True, True, True, True]),
        ("serial.yy IN ()", [False; 5]),
    ];
    for (scope, expected) in rows {
        for (serial, expected) in units.into_iter().zip(expected) {
            let found = bind(scope).truth(&Record::of_serial(serial)).unwrap();
            assert_eq!(found, expected, "{scope} of {serial}");
        }
    }
}

#[test]
fn fields_that_do_not_fit_name_the_way_out() {
    let rows = [
        ("serial.yx = 25", "no serial family has a field `yx`; did you mean `serial.yy`?", 1),
        (
            "serial.colour = 1",
            "no serial family has a field `colour`; there are code, n, plant, yy",
            1,
        ),
        (
            "serial.yy = 100",
            "the number 100 is no value of field `yy`; `yy` is 0 to 99 in family `bike`, on the label '00' to '99'",
            13,
        ),
        (
            "serial.yy = '5'",
            "the text '5' is no value of field `yy`; `yy` is 0 to 99 in family `bike`, on the label '00' to '99'",
            13,
        ),
        (
            "serial.plant = 7",
            "the number 7 is no value of field `plant`; `plant` is 'AA' to 'ZZ' in family `bike`, in single quotes",
            16,
        ),
        (
            "serial.plant < 'A'",
            "the text 'A' is no value of field `plant`; `plant` is 'AA' to 'ZZ' in family `bike`",
            16,
        ),
        (
            "serial.yy BETWEEN 25 AND 24",
            "the first end of BETWEEN comes after the last; swap them, or correct one",
            19,
        ),
        (
            "serial.yy > 99",
            "the number 99 is out of reach; `yy` is 0 to 99 in family `bike`, on the label '00' to '99'",
            13,
        ),
        ("serial.yy LIKE '2%'", "LIKE is for texts; use a comparison or BETWEEN", 16),
        (
            "serial.yy = MASK('2*')",
            "the mask MASK('2*') is no value of field `yy`; a mask is for a whole serial",
            13,
        ),
        (
            "LEFT(serial.plant, 1) = 'A'",
            "functions are of a text; compare `serial.plant` itself, or use SUBSTRING(serial FROM 7 FOR 2)",
            1,
        ),
    ];
    for (scope, message, column) in rows {
        let error = schema().bind(&scope.parse().unwrap()).unwrap_err();
        let under = " ".repeat(column - 1);
        assert_eq!(
            error.to_string(),
            format!("{message} (line 1, column {column})\n{scope}\n{under}^")
        );
        assert_eq!(error.kind(), ErrorKind::ScopeField);
    }
    let error = Schema::default().bind(&"serial.yy = 25".parse().unwrap()).unwrap_err();
    assert_eq!(error.message(), "no serial family has a field `yy`; no serial family is declared");
}

/// Of a mill the month, of a lamp the week, of a jar the day.
fn dated() -> Schema {
    let families = [
        SerialFamily::new("mill", "TM{yy:year2}{mm:month}{n:D3}").unwrap(),
        SerialFamily::new("lamp", "{yy:year2}{ww:week}-{plant:D2}").unwrap(),
        SerialFamily::new("jar", "Z{yy:year2}{ddd:yday}").unwrap(),
        SerialFamily::new("plain", "P{n:D3}").unwrap(),
    ];
    Schema::default().with_families(Families::new(families.to_vec()).unwrap())
}

#[test]
fn the_time_of_making_is_a_period() {
    use Truth::{False, True, Unknown};
    // March 2018; 26 February to 4 March 2018; 1 March 2018; it does not say; no family; none.
    let units = ["TM1803001", "1809-58", "Z18060", "P001", "?", ""];
    let none = [Unknown; 3];
    let rows = [
        ("serial.made = '2018-03'", [True, Unknown, True], none),
        ("serial.made <> '2018-03'", [False, Unknown, False], none),
        ("serial.made = '2018-03-01'", [Unknown, Unknown, True], none),
        ("serial.made = '2018-W09'", [Unknown, True, True], none),
        ("serial.made IN ('2018-02', '2018-03')", [True, True, True], none),
        ("serial.made BETWEEN '2018' AND '2018-02-28'", [False, Unknown, False], none),
        ("serial.made BETWEEN '2018-03' AND '2024-01'", [True, Unknown, True], none),
        ("serial.made < '2018-03'", [False, Unknown, False], none),
        ("serial.made <= '2018'", [True, True, True], none),
        ("serial.made > '2018-02'", [True, Unknown, True], none),
        ("serial.made >= '2018-03-02'", [Unknown, Unknown, False], none),
        ("serial.made IS NULL", [False, False, False], [True; 3]),
        ("serial.made IS NOT DISTINCT FROM '2018-03'", [True, Unknown, True], [False; 3]),
    ];
    for (scope, made, others) in rows {
        let bound = dated().bind(&scope.parse().unwrap()).unwrap();
        for (serial, expected) in units.into_iter().zip(made.into_iter().chain(others)) {
            let found = bound.truth(&Record::of_serial(serial)).unwrap();
            assert_eq!(found, expected, "{scope} of {serial}");
        }
    }
}

#[test]
fn what_is_no_time_of_making_names_the_way_out() {
    let rows = [
        (
            "serial.made = '2018-3'",
            "`2018-3` is no day, week, month or year; write '2018-03-15', '2018-W07', '2018-03' or '2018'",
        ),
        (
            "serial.made = 2018",
            "the number 2018 does not fit; write '2018-03-15', '2018-W07', '2018-03' or '2018'",
        ),
        (
            "serial.made BETWEEN '2018-03' AND '2018-02'",
            "the first end of BETWEEN comes after the last; swap them, or correct one",
        ),
        ("serial.made LIKE '2018%'", "LIKE is for texts; write the month or the year: '2018-03'"),
        (
            "EXTRACT(YEAR FROM serial.made) = 2018",
            "functions are not of `serial.made`; compare it with a day, a week, a month or a year: '2018'",
        ),
    ];
    for (scope, message) in rows {
        let error = dated().bind(&scope.parse().unwrap()).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::ScopeField, message), "{scope}");
    }
    let error = schema().bind(&"serial.made = '2018'".parse().unwrap()).unwrap_err();
    assert!(error.message().starts_with("no serial family says when"), "{}", error.message());
    // A field of that name is one where no calendar fields are.
    let family = SerialFamily::new("odd", "{made:D2}").unwrap();
    let odd = Schema::default().with_families(Families::new(vec![family]).unwrap());
    let bound = odd.bind(&"serial.made = 7".parse().unwrap()).unwrap();
    assert_eq!(bound.truth(&Record::of_serial("07")).unwrap(), Truth::True);
}

#[test]
fn years_are_not_those_of_the_label() {
    let rows = [
        ("serial.yy = 25", "the number 25 is no value of field `yy`"),
        ("serial.yy >= 18", "the number 18 is no value of field `yy`"),
        ("serial.yy BETWEEN 18 AND 24", "the number 18 is no value of field `yy`"),
    ];
    for (scope, message) in rows {
        let error = dated().bind(&scope.parse().unwrap()).unwrap_err();
        assert!(error.message().starts_with(message), "{}", error.message());
        assert!(error.message().contains("2000 to 2099"), "{}", error.message());
        assert!(error.message().contains("what stands on the label is a text: '"));
    }
    for scope in ["serial.yy = 2018 AND serial.mm = 3", "serial.yy = '18' AND serial.mm = '03'"] {
        let bound = dated().bind(&scope.parse().unwrap()).unwrap();
        assert_eq!(bound.truth(&Record::of_serial("TM1803001")).unwrap(), Truth::True);
    }
}

proptest! {
    /// Against the values of the fields, read one by one.
    #[test]
    fn comparisons_are_those_of_the_values(
        serial in "[A-C]{2}[0-9]{4,6}|LJ-[1-9][0-9]{0,3}", at in 0..6usize, number in 0..400i64,
        plant in "[A-C]{2}",
    ) {
        let signs = ["=", "<>", "<", "<=", ">", ">="];
        let holds = |order: std::cmp::Ordering| match at {
            0 => order.is_eq(),
            1 => order.is_ne(),
            2 => order.is_lt(),
            3 => order.is_le(),
            4 => order.is_gt(),
            _ => order.is_ge(),
        };
        let schema = schema();
        let key = schema.families().classify(&serial).unwrap();
        let values = match &key {
            crate::serial::SerialKey::Coded { family, code } => {
                schema.families().family(*family).unwrap().values(*code).unwrap()
            }
            crate::serial::SerialKey::Opaque(_) => Vec::new(),
        };
        let unit = Record::of_serial(&serial);
        let value = |name: &str| values.iter().find(|it| it.0 == name).map(|it| it.1.clone());
        let n = value("n").map(|it| match it {
            FieldValue::Number(it) => holds(it.cmp(&number)),
            FieldValue::Text(it) => panic!("{it}"),
        });
        let scope: Scope = format!("serial.n {} {number}", signs[at]).parse().unwrap();
        if let Ok(bound) = schema.bind(&scope) {
            prop_assert_eq!(bound.truth(&unit).unwrap(), Truth::from(n), "{}", scope);
        }
        let own = value("plant").map(|it| match it {
            FieldValue::Text(it) => holds((*it).cmp(plant.as_str())),
            FieldValue::Number(it) => panic!("{it}"),
        });
        let scope: Scope = format!("serial.plant {} '{plant}'", signs[at]).parse().unwrap();
        if let Ok(bound) = schema.bind(&scope) {
            prop_assert_eq!(bound.truth(&unit).unwrap(), Truth::from(own), "{}", scope);
        }
    }
}
