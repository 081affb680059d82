//! Parameters and sets of serials.

use proptest::prelude::*;

use super::schema;
use crate::error::ErrorKind;
use crate::limits::PARAMETER_LIST_MAX;
use crate::schema::{Record, Schema, Value};
use crate::scope::bound_serials::BoundSerials;
use crate::scope::{Literal, Parameters, Scope, SerialSet, Truth, Verdict};
use crate::serial::{Families, SerialFamily};

fn truth(scope: &str, parameters: &Parameters, unit: &Record) -> Truth {
    let bound = schema().bind_with(&scope.parse().unwrap(), parameters).unwrap();
    bound.truth(unit).unwrap()
}

#[test]
fn a_parameter_is_the_literal_that_it_is_given() {
    let unit = Record::of_serial("LJ-1440")
        .with("facility", Value::Text("Leipzig".into()))
        .with("line", Value::Integer(4));
    let parameters = Parameters::new()
        .with("facility", "Leipzig")
        .with("line", 4)
        .with("pattern", "Lei%")
        .with_list("lines", [3, 4])
        .with("mask", Literal::mask("LJ-****"))
        .with_serials("uploaded", SerialSet::new(["LJ-1440", "00042500"]).unwrap());
    let scope = "facility = :facility AND line BETWEEN :line AND 9 AND line IN (7, :line) AND \
                 facility LIKE :pattern AND line IN :lines AND serial = :mask AND \
                 serial IN :uploaded AND facility IS NOT DISTINCT FROM :facility";
    assert_eq!(truth(scope, &parameters, &unit), Truth::True);
    let other = Record::of_serial("LJ-1441").with("line", Value::Integer(5));
    assert_eq!(
        truth(
            "serial IN :u",
            &Parameters::new().with_serials("u", SerialSet::new(["LJ-1440"]).unwrap()),
            &other
        ),
        Truth::False
    );
    assert_eq!(
        truth("line NOT IN :u", &Parameters::new().with_list("u", [1]), &other),
        Truth::True
    );
    let none = Parameters::new().with_serials("u", SerialSet::default());
    assert_eq!(truth("serial IN :u", &none, &Record::without_serial()), Truth::False);
    let none = Parameters::new().with_list("u", Vec::<i64>::new());
    assert_eq!(truth("line IN :u", &none, &Record::without_serial()), Truth::False);
}

#[test]
fn parameters_that_do_not_fit_name_the_way_out() {
    let set = || SerialSet::new(["LJ-1440"]).unwrap();
    let rows: [(&str, Parameters, &str); 11] = [
        (
            "line = :line",
            Parameters::new().with("lime", 4),
            "parameter `line` has no value; did you mean `lime`?",
        ),
        (
            "line = :line",
            Parameters::new().with("line", 4).with("facility", "Graz"),
            "parameter `facility` is given, but the scope does not name it; it names line",
        ),
        (
            "line = 4",
            Parameters::new().with("line", 4),
            "parameter `line` is given, but the scope does not name it; it names no parameter",
        ),
        (
            "line = :line",
            Parameters::new().with("line", "four"),
            "column `line` (integer): the text 'four' does not fit; write a number, without quotes",
        ),
        (
            "line = :line",
            Parameters::new().with_list("line", [4]),
            "parameter `line` is a list; write `lot IN :line`",
        ),
        (
            "serial = :it",
            Parameters::new().with_serials("it", set()),
            "parameter `it` is a set; write `serial IN :it`",
        ),
        (
            "line IN :line",
            Parameters::new().with("line", 4),
            "parameter `line` is one value; write `= :line`, or give a list",
        ),
        (
            "facility IN :it",
            Parameters::new().with_serials("it", set()),
            "a set of serials is for `serial` and identifiers; give `facility` a list",
        ),
        (
            "LEFT(serial, 2) IN :it",
            Parameters::new().with_serials("it", set()),
            "`LEFT(serial, 2)` is no serial; give its values as a list",
        ),
        (
            "line IN :lines",
            Parameters::new().with_list("lines", std::iter::repeat_n(4, PARAMETER_LIST_MAX + 1)),
            "the list of parameter `lines` has more than 1000000 values; split it",
        ),
        (
            "serial IN :it",
            Parameters::new().with_serials("it", SerialSet::new(["LJ-1440", "L\u{7}"]).unwrap()),
            "serial 2 of the set: character 2 of the serial is the control character U+0007; remove it",
        ),
    ];
    for (scope, parameters, message) in rows {
        let error = schema().bind_with(&scope.parse().unwrap(), &parameters).unwrap_err();
        assert_eq!(error.message(), message, "{scope}");
        let unused = message.contains("is given");
        let kind = if unused { ErrorKind::InvalidArgument } else { ErrorKind::ScopeField };
        assert_eq!((error.kind(), error.place().is_none()), (kind, unused), "{scope}");
    }
}

#[test]
fn the_value_of_a_parameter_is_no_parameter() {
    let given = [
        Parameters::new().with("it", Literal::parameter("other")),
        Parameters::new().with_list("it", [Literal::parameter("other")]),
    ];
    for (scope, parameters) in ["line = :it", "line IN :it"].into_iter().zip(given) {
        let error = schema().bind_with(&scope.parse().unwrap(), &parameters).unwrap_err();
        assert!(error.message().contains("a parameter"), "{}", error.message());
    }
}

#[test]
fn a_list_of_a_million_is_found_in() {
    let lots = (0..PARAMETER_LIST_MAX).map(|it| format!("{it:07}"));
    let parameters = Parameters::new().with_list("lots", lots);
    let bound = schema().bind_with(&"facility IN :lots".parse().unwrap(), &parameters).unwrap();
    let unit = |lot: &str| Record::of_serial("LJ-1").with("facility", Value::Text(lot.into()));
    assert_eq!(bound.decide(&unit("0999999")).unwrap(), Verdict::Affected);
    assert_eq!(bound.decide(&unit("1000000")).unwrap(), Verdict::NotAffected);
}

#[test]
fn sets_hold_what_serials_are() {
    let set = SerialSet::new([" A7\t", "\u{e9}", "A7"]).unwrap();
    assert_eq!(set.iter().collect::<Vec<_>>(), ["A7", "\u{e9}", "A7"]);
    assert_eq!(format!("{set:?}"), "SerialSet(3 serials)");
    for (serials, message) in [
        (vec!["A7".to_owned(), " ".to_owned()], "serial 2 of the set is empty"),
        (vec!["A".repeat(257)], "serial 1 of the set has 257 bytes, but a serial has at most 256"),
    ] {
        assert_eq!(SerialSet::new(serials).unwrap_err().message(), message);
    }
}

#[test]
fn debug_output_has_no_values() {
    let parameters = Parameters::new()
        .with("owner", "Jane")
        .with_list("lots", ["L1", "L2"])
        .with_serials("uploaded", SerialSet::new(["A7"]).unwrap());
    let shown = format!("{parameters:?}");
    assert_eq!(shown, r#"{"lots": "2 values", "owner": "1 value", "uploaded": "1 serials"}"#);
}

proptest! {
    #[test]
    fn a_set_is_a_list(serials in prop::collection::vec("[0-9]{2,3}|LJ-[0-9]{1,3}|[xy]{1,2}", 1..20), asked in "[0-9]{2,3}|LJ-[1-9]|[xy]") {
        let wide = SerialFamily::new("wide", "LJ-{n:D1..38}").unwrap();
        let families = [SerialFamily::new("n", "{n:D3}").unwrap(), wide];
        let schema = Schema::default().with_families(Families::new(families.to_vec()).unwrap());
        let bind = |scope: &Scope, parameters: &Parameters| schema.bind_with(scope, parameters).unwrap();
        let set = Parameters::new().with_serials("it", SerialSet::new(&serials).unwrap());
        let by_set = bind(&Scope::serial().is_in_parameter("it"), &set);
        let by_list = bind(&Scope::serial().is_in(serials.clone()), &Parameters::new());
        let unit = Record::of_serial(&asked);
        prop_assert_eq!(by_set.truth(&unit).unwrap(), by_list.truth(&unit).unwrap());
        let bound = BoundSerials::new(serials.iter().map(String::as_str), schema.families()).unwrap();
        let mut keys: Vec<_> =
            serials.iter().map(|it| schema.families().classify(it).unwrap()).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(bound.len(), keys.len());
        prop_assert_eq!(bound.keys().collect::<Vec<_>>(), keys);
    }
}
