//! Which clauses decide, and digests.

use proptest::prelude::*;

use super::schema;
use crate::error::Place;
use crate::schema::{Record, Value};
use crate::scope::{Parameters, Scope, SerialSet, Truth, Verdict};

/// Of line 4, packed on some day, made nobody knows where.
fn unit() -> Record {
    Record::of_serial("LJ-1440")
        .with("line", Value::Integer(4))
        .with("packed_on", Value::Date("2025-03-01".parse().unwrap()))
}

#[test]
fn the_clauses_that_decide_are_those_that_would_have_to_change() {
    let rows: [(&str, Verdict, &[&str]); 9] = [
        (
            "line = 4 AND packed_on = '2025-03-01'",
            Verdict::Affected,
            &["line = 4", "packed_on = '2025-03-01'"],
        ),
        ("line = 5 AND facility = 'Graz'", Verdict::NotAffected, &["line = 5"]),
        ("line = 4 AND facility = 'Graz'", Verdict::Undetermined, &["facility = 'Graz'"]),
        ("line = 4 OR facility = 'Graz'", Verdict::Affected, &["line = 4"]),
        ("line = 5 OR facility = 'Graz'", Verdict::Undetermined, &["facility = 'Graz'"]),
        ("line = 5 OR packed_on IS NULL", Verdict::NotAffected, &["line = 5", "packed_on IS NULL"]),
        (
            "line NOT IN (4, 5) OR NOT serial < 'LJ-1441'",
            Verdict::NotAffected,
            &["line NOT IN (4, 5)", "NOT serial < 'LJ-1441'"],
        ),
        (
            "NOT (line = 4 AND (facility = 'Graz' OR torque < 1))",
            Verdict::Undetermined,
            &["facility = 'Graz'", "torque < 1"],
        ),
        ("facility IN ()", Verdict::NotAffected, &["facility IN ()"]),
    ];
    for (scope, verdict, clauses) in rows {
        let bound = schema().bind(&scope.parse().unwrap()).unwrap();
        let decision = bound.explain_record(&unit()).unwrap();
        let texts: Vec<&str> = decision.clauses.iter().map(|it| it.text.as_str()).collect();
        assert_eq!((decision.verdict, &*texts), (verdict, clauses), "{scope}");
    }
}

#[test]
fn a_clause_knows_its_place() {
    let sql = "line = 4\n  AND LEFT(serial, 2) = 'LJ' AND NOT 5 < line";
    let bound = schema().bind(&sql.parse().unwrap()).unwrap();
    let decision = bound.explain_record(&unit()).unwrap();
    let places: Vec<_> = decision.clauses.iter().map(|it| it.place.clone().unwrap()).collect();
    let at = |place: &Place| match place {
        Place::Text { line, column, .. } => (*line, *column),
        place => panic!("{place:?}"),
    };
    assert_eq!(places.iter().map(at).collect::<Vec<_>>(), [(1, 1), (2, 7), (2, 42)]);
    let json = bound.scope().to_json();
    let bound = schema().bind(&Scope::from_json(&json).unwrap()).unwrap();
    let decision = bound.explain_record(&unit()).unwrap();
    let path = Place::Json { path: "$.and[1].eq[0]".into() };
    assert_eq!(decision.clauses[1].place, Some(path));
    let built = schema().bind(&Scope::column("line").eq(4)).unwrap();
    assert_eq!(built.explain_record(&unit()).unwrap().clauses[0].place, None);
}

#[test]
fn an_invalid_serial_is_explained_as_well() {
    let scope: Scope = "serial BETWEEN 'LJ-1' AND 'LJ-1440'".parse().unwrap();
    let decision =
        schema().bind(&scope).unwrap().explain_record(&Record::of_serial("LJ-14O")).unwrap();
    assert_eq!((decision.verdict, decision.truth), (Verdict::InvalidSerial, Truth::Unknown));
    assert_eq!(decision.clauses.len(), 1);
}

#[test]
fn digests_are_those_of_sha_256() {
    let digest = |scope: &str| scope.parse::<Scope>().unwrap().digest();
    // printf %s "lot = 'L1'" | sha256sum
    assert_eq!(
        digest("lot='L1'"),
        "f543939f68e6eee1fc79cc3dc8f1a63c4392a007c934019b0ef495a793d2facb"
    );
    // printf %s "serial IN ('00042500', 'LJ-1440') AND line = 4" | sha256sum
    assert_eq!(
        digest("serial in ('00042500','LJ-1440') and (line=4)"),
        "0e8d38789fa54c30c6fa9aaedbd97f85befe6bdfdb98170c3ee5e2322d943a00"
    );
}

#[test]
fn a_bound_digest_covers_the_values() {
    let bind = |scope: &str, parameters: &Parameters| {
        schema().bind_with(&scope.parse().unwrap(), parameters).unwrap().digest()
    };
    let plain = |scope: &str| scope.parse::<Scope>().unwrap().digest();
    let set = SerialSet::new(["LJ-7", "00042500", "LJ-7 ", "it's"]).unwrap();
    let rows = [
        ("line = 4", Parameters::new(), "line = 4"),
        ("line = :n", Parameters::new().with("n", 4), "line = 4"),
        ("line IN (3, :n)", Parameters::new().with("n", 4), "line IN (3, 4)"),
        ("line NOT IN :n", Parameters::new().with_list("n", [5, 4]), "line NOT IN (5, 4)"),
        ("facility LIKE :p", Parameters::new().with("p", "a%%"), "facility LIKE 'a%'"),
        (
            "serial IN :u",
            Parameters::new().with_serials("u", set),
            "serial IN ('00042500', 'LJ-7', 'it''s')",
        ),
        ("serial IN :u", Parameters::new().with_serials("u", SerialSet::default()), "serial IN ()"),
    ];
    for (asked, parameters, said) in rows {
        assert_eq!(bind(asked, &parameters), plain(said), "{asked}");
    }
}

fn scope() -> impl Strategy<Value = Scope> {
    let test = prop_oneof![
        (0..7i64).prop_map(|it| Scope::column("line").lt(it)),
        Just(Scope::column("facility").eq("Graz")),
        Just(Scope::column("facility").is_null()),
        Just(Scope::serial().left(2).eq("LJ")),
        Just(Scope::serial().is_null()),
    ];
    test.prop_recursive(5, 20, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(Scope::negate),
        ]
    })
}

proptest! {
    #[test]
    fn clauses_say_what_they_say_alone(scope in scope(), line in prop::option::of(0..7i64)) {
        let bound = schema().bind(&scope).unwrap();
        let mut unit = Record::of_serial("LJ-1440");
        if let Some(line) = line {
            unit = unit.with("line", Value::Integer(line));
        }
        let decision = bound.explain_record(&unit).unwrap();
        prop_assert_eq!(decision.truth, bound.truth(&unit).unwrap());
        prop_assert!(!decision.clauses.is_empty());
        for clause in &decision.clauses {
            let alone = schema().bind(&clause.text.parse().unwrap()).unwrap();
            prop_assert_eq!(alone.truth(&unit).unwrap(), clause.truth, "{}", clause.text);
            let unknown = clause.truth == Truth::Unknown;
            prop_assert_eq!(unknown, decision.truth == Truth::Unknown);
        }
    }
}
