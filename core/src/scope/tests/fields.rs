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
