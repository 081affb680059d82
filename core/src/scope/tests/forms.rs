//! SQL, JSON and the builder turn into each other.

use proptest::prelude::*;

use crate::scope::{Literal, Scope};

#[test]
fn one_scope_has_one_text() {
    let rows = [
        ("a=1 and b=2 or c=3", "(a = 1 AND b = 2) OR c = 3"),
        ("a=1 AND (b=2 AND (c=3))", "a = 1 AND b = 2 AND c = 3"),
        ("a=1 and (b=2 or c=3)", "a = 1 AND (b = 2 OR c = 3)"),
        ("not a = 1 and b = 2", "NOT a = 1 AND b = 2"),
        ("not (a = 1 and b = 2)", "NOT (a = 1 AND b = 2)"),
        ("not a in (1)", "a NOT IN (1)"),
        ("not not a is null", "NOT a IS NOT NULL"),
        ("a != 1", "a <> 1"),
        ("5 < a and 5 >= b and 1 = c", "a > 5 AND b <= 5 AND c = 1"),
        ("a > -5 and b < + 4.50", "a > -5 AND b < 4.5"),
        ("a < 1e3 and b < -0.0 and c < .5", "a < 1000.0 AND b < 0.0 AND c < 0.5"),
        ("a < -9223372036854775808", "a < -9223372036854775808"),
        ("a", "a = TRUE"),
        ("not a or b = false", "NOT a = TRUE OR b = FALSE"),
        ("a = DATE '2025-03-01'", "a = '2025-03-01'"),
        ("a < timestamp '2025-03-01 12:00:00'", "a < '2025-03-01 12:00:00'"),
        ("date < '2025-03-01'", "\"date\" < '2025-03-01'"),
        ("\"made at\" is null", "\"made at\" IS NULL"),
        ("\"a\"\"b\" is null and \"c\" is null", "\"a\"\"b\" IS NULL AND c IS NULL"),
        ("a = 'it''s'", "a = 'it''s'"),
        ("a like '5!%%' escape '!'", r"a LIKE '5\%%'"),
        (r"a not like '\' escape ''", r"a NOT LIKE '\\'"),
        ("a in ()", "a IN ()"),
        ("a not between 'x' and 'y' and b = 1", "a NOT BETWEEN 'x' AND 'y' AND b = 1"),
        ("a = 1 -- one\n/* or */ or b = 2", "a = 1 OR b = 2"),
        ("\u{e9}t\u{e9} = 1", "\"\u{e9}t\u{e9}\" = 1"),
    ];
    for (text, expected) in rows {
        let scope: Scope = text.parse().unwrap();
        assert_eq!(scope.to_sql(), expected);
        assert_eq!(expected.parse::<Scope>().unwrap(), scope, "{text}");
        assert_eq!(Scope::from_json(&scope.to_json()).unwrap(), scope, "{text}");
    }
}

#[test]
fn json_has_one_key_a_node() {
    let json = concat!(
        r#"{"and":[{"between":["serial","A","B"]},{"eq":["facility","Leipzig"]},"#,
        r#"{"not":{"is_null":"lot"}},{"or":[{"ne":["a",1]},{"lt":["a",1.5]},{"le":["a",true]},"#,
        r#"{"gt":["a",-1]},{"ge":["a",0]}]},{"in":["lot",["L\n\"1\"","\u00e9"]]},"#,
        r#"{"like":["model","FAB%"]}]}"#
    );
    let scope = Scope::from_json(json).unwrap();
    assert_eq!(scope.to_json(), json.replace("\\u00e9", "\u{e9}"));
    assert_eq!(
        scope.to_sql(),
        "serial BETWEEN 'A' AND 'B' AND facility = 'Leipzig' AND lot IS NOT NULL AND (a <> 1 OR \
         a < 1.5 OR a <= TRUE OR a > -1 OR a >= 0) AND lot IN ('L\n\"1\"', '\u{e9}') AND model \
         LIKE 'FAB%'"
    );
}

#[test]
fn nested_chains_of_json_become_flat() {
    let nested = r#"{"and":[{"and":[{"is_null":"a"},{"or":[{"is_null":"b"}]}]},{"is_null":"c"}]}"#;
    let scope = Scope::from_json(nested).unwrap();
    assert_eq!(scope, "a IS NULL AND b IS NULL AND c IS NULL".parse().unwrap());
}

#[test]
fn the_builder_says_the_same() {
    let built = Scope::serial()
        .between("A", "B")
        .or(Scope::column("lot").is_in(["L1", "L2"]).and(!Scope::column("line").ne(4)))
        .or(Scope::namespace().like("04%").negate());
    let said = "serial BETWEEN 'A' AND 'B' OR (lot IN ('L1', 'L2') AND NOT line <> 4) OR namespace \
                NOT LIKE '04%'";
    assert_eq!(built.to_sql(), said);
    assert_eq!(built, said.parse().unwrap());
}

#[test]
fn what_differs_in_meaning_differs() {
    let rows = ["a = 1", "a = 1.0", "a = '1'", "a <> 1", "A = 1", "a = TRUE", "NOT a <> 1"];
    let scopes = rows.map(|text| text.parse::<Scope>().unwrap());
    for (at, scope) in scopes.iter().enumerate() {
        assert!(scopes.iter().skip(at + 1).all(|other| other != scope), "{scope}");
    }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[a-z'\"\\\\% \u{e9}\n]{0,6}".prop_map(Literal::from),
        any::<String>().prop_map(Literal::from),
        any::<i64>().prop_map(Literal::from),
        any::<f64>().prop_filter("a number", |it| it.is_finite()).prop_map(Literal::from),
        any::<bool>().prop_map(Literal::from),
    ]
}

fn column() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("serial".to_owned()),
        Just("between".to_owned()),
        Just("Date".to_owned()),
        "[a-zA-Z_][a-z0-9_]{0,5}",
        "[a-z \"'.\u{e9}]{1,5}",
    ]
}

fn condition() -> impl Strategy<Value = Scope> {
    let one = (0..6u8, column(), literal()).prop_map(|(sign, column, it)| {
        let term = Scope::column(column);
        match sign {
            0 => term.eq(it),
            1 => term.ne(it),
            2 => term.lt(it),
            3 => term.le(it),
            4 => term.gt(it),
            _ => term.ge(it),
        }
    });
    prop_oneof![
        one,
        (column(), literal(), literal()).prop_map(|(it, a, b)| Scope::column(it).between(a, b)),
        (column(), prop::collection::vec(literal(), 0..4))
            .prop_map(|(it, list)| Scope::column(it).is_in(list)),
        (column(), r"([a-z%_']|\\\\|\\%|\\_){0,6}")
            .prop_map(|(it, pattern)| Scope::column(it).like(pattern)),
        column().prop_map(|it| Scope::column(it).is_null()),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    condition().prop_recursive(6, 40, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(Scope::negate),
        ]
    })
}

proptest! {
    #[test]
    fn the_three_forms_round_trip(scope in scope()) {
        let sql = scope.to_sql();
        let json = scope.to_json();
        let from_sql: Scope = sql.parse().unwrap();
        let from_json = Scope::from_json(&json).unwrap();
        prop_assert_eq!(&from_sql, &scope);
        prop_assert_eq!(&from_json, &scope);
        prop_assert_eq!(from_json.to_sql(), sql);
        prop_assert_eq!(from_sql.to_json(), json);
    }

    #[test]
    fn equal_scopes_print_equal(a in scope(), b in scope()) {
        prop_assert_eq!(a == b, a.to_sql() == b.to_sql());
        prop_assert_eq!(a == b, a.to_json() == b.to_json());
    }

    #[test]
    fn no_text_is_too_odd(text in any::<String>(), words in prop::collection::vec(0..14usize, 0..12)) {
        let known = ["a", "=", "(", ")", "AND", "NOT", "IN", "'x'", "1", ",", "IS", "NULL", "BETWEEN", "-"];
        let text = words.iter().fold(text, |text, word| format!("{text} {}", known[*word]));
        for scope in [text.parse::<Scope>(), Scope::from_json(&text)].into_iter().flatten() {
            prop_assert_eq!(scope.to_sql().parse::<Scope>().unwrap(), scope);
        }
    }
}
