//! SQL, JSON and the builder turn into each other.

use proptest::prelude::*;

use crate::scope::{DatePart, Literal, Scope, Term};

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
        ("substring(a from 7 for 2)='WY'", "SUBSTRING(a FROM 7 FOR 2) = 'WY'"),
        ("substr(a, 7, 2) = 'WY'", "SUBSTRING(a FROM 7 FOR 2) = 'WY'"),
        ("substring(a for 2) = 'WY'", "SUBSTRING(a FROM 1 FOR 2) = 'WY'"),
        ("substring(a, -3) = 'WY'", "SUBSTRING(a FROM -3) = 'WY'"),
        ("'AX' = left(a, 2)", "LEFT(a, 2) = 'AX'"),
        ("right(a, 8) between 'x' and 'y'", "RIGHT(a, 8) BETWEEN 'x' AND 'y'"),
        ("split_part(a, '''', -1) in ('x')", "SPLIT_PART(a, '''', -1) IN ('x')"),
        ("length(a) = 9 and character_length(b) = 8", "CHAR_LENGTH(a) = 9 AND CHAR_LENGTH(b) = 8"),
        ("upper(trim(left(a, 3))) = 'X'", "UPPER(TRIM(LEFT(a, 3))) = 'X'"),
        ("extract(isodow from a) not in (6, 7)", "EXTRACT(ISODOW FROM a) NOT IN (6, 7)"),
        ("cast(a as date) = date '2025-03-01'", "CAST(a AS DATE) = '2025-03-01'"),
        ("cast(a as time) >= time '15:00'", "CAST(a AS TIME) >= '15:00'"),
        ("lower(\"left\") is null", "LOWER(left) IS NULL"),
        ("a = mask('12##')", "a = MASK('12**')"),
        (
            "a between mask('1xx', 'x') and mask('2xx', 'x')",
            "a BETWEEN MASK('1**') AND MASK('2**')",
        ),
        ("a in ('x', mask('y*z?', '?'))", "a IN ('x', MASK('y*z#', '#'))"),
        ("a = :x and b in :y and c in (:x, 'z')", "a = :x AND b IN :y AND c IN (:x, 'z')"),
        ("a like :pattern or b in (: \"a b\")", "a LIKE :pattern OR b IN (:\"a b\")"),
        ("a is not distinct from 'x'", "a IS NOT DISTINCT FROM 'x'"),
        ("a is distinct from 'x'", "a IS DISTINCT FROM 'x'"),
        ("not a is distinct from :x", "NOT a IS DISTINCT FROM :x"),
        ("a is not distinct from null", "a IS NULL"),
        ("a is distinct from null", "a IS NOT NULL"),
        ("serial.yy = 25 or \"SERIAL\".\"made\" is null", "serial.yy = 25 OR SERIAL.made IS NULL"),
        ("serial.\"a b\" = 'x'", "serial.\"a b\" = 'x'"),
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
fn functions_masks_and_parameters_have_a_json() {
    let rows = [
        (r#"{"eq":[{"substring":["serial",7,2]},"WY"]}"#, "SUBSTRING(serial FROM 7 FOR 2) = 'WY'"),
        (r#"{"eq":[{"substring":["serial",7]},"WY"]}"#, "SUBSTRING(serial FROM 7) = 'WY'"),
        (r#"{"in":[{"left":["serial",-2]},["A"]]}"#, "LEFT(serial, -2) IN ('A')"),
        (r#"{"like":[{"right":["serial",2]},"A%"]}"#, "RIGHT(serial, 2) LIKE 'A%'"),
        (r#"{"eq":[{"split_part":["serial","-",5]},"A"]}"#, "SPLIT_PART(serial, '-', 5) = 'A'"),
        (
            r#"{"eq":[{"char_length":{"trim":{"upper":{"lower":"a"}}}},9]}"#,
            "CHAR_LENGTH(TRIM(UPPER(LOWER(a)))) = 9",
        ),
        (r#"{"ge":[{"extract":["made_at","hour"]},22]}"#, "EXTRACT(HOUR FROM made_at) >= 22"),
        (r#"{"lt":[{"cast":["made_at","time"]},"06:00"]}"#, "CAST(made_at AS TIME) < '06:00'"),
        (
            r#"{"eq":[{"cast":["made_at","date"]},"2025-03-01"]}"#,
            "CAST(made_at AS DATE) = '2025-03-01'",
        ),
        (
            r#"{"between":["serial",{"mask":"1TC720E****010001"},{"mask":"1TC720E****080657"}]}"#,
            "serial BETWEEN MASK('1TC720E****010001') AND MASK('1TC720E****080657')",
        ),
        (r##"{"eq":["serial",{"mask":["A*#","#"]}]}"##, "serial = MASK('A*#', '#')"),
        (r#"{"in":["serial",{"parameter":"uploaded"}]}"#, "serial IN :uploaded"),
        (r#"{"in":["lot",["L1",{"parameter":"lot"}]]}"#, "lot IN ('L1', :lot)"),
        (r#"{"is_not_distinct_from":["lot","L1"]}"#, "lot IS NOT DISTINCT FROM 'L1'"),
        (r#"{"is_null":{"upper":"lot"}}"#, "UPPER(lot) IS NULL"),
        (r#"{"eq":["serial.yy",25]}"#, "serial.yy = 25"),
    ];
    for (json, sql) in rows {
        let scope = Scope::from_json(json).unwrap();
        assert_eq!(scope.to_sql(), sql);
        assert_eq!(scope.to_json(), json);
        assert_eq!(sql.parse::<Scope>().unwrap(), scope);
    }
}

#[test]
fn the_builder_has_every_construct() {
    let (made_at, lot) = (|| Scope::column("made_at"), || Scope::column("lot"));
    let rows = [
        (Scope::serial().substring(7, 2).eq("WY"), "SUBSTRING(serial FROM 7 FOR 2) = 'WY'"),
        (Scope::serial().substring_from(7).eq("WY"), "SUBSTRING(serial FROM 7) = 'WY'"),
        (Scope::serial().left(2).right(1).eq("W"), "RIGHT(LEFT(serial, 2), 1) = 'W'"),
        (Scope::serial().split_part("-", 5).eq("W"), "SPLIT_PART(serial, '-', 5) = 'W'"),
        (
            lot().upper().lower().trim().char_length().eq(4),
            "CHAR_LENGTH(TRIM(LOWER(UPPER(lot)))) = 4",
        ),
        (made_at().extract(DatePart::Week).eq(7), "EXTRACT(WEEK FROM made_at) = 7"),
        (made_at().cast_as_date().lt("2025-03-01"), "CAST(made_at AS DATE) < '2025-03-01'"),
        (made_at().cast_as_time().ge("15:00"), "CAST(made_at AS TIME) >= '15:00'"),
        (Scope::serial_field("yy").eq(25), "serial.yy = 25"),
        (lot().is_in([Literal::mask("1*"), "A".into()]), "lot IN (MASK('1*'), 'A')"),
        (Scope::serial().is_in_parameter("uploaded"), "serial IN :uploaded"),
        (lot().eq(Literal::parameter("lot")), "lot = :lot"),
        (lot().is_not_distinct_from("L1"), "lot IS NOT DISTINCT FROM 'L1'"),
        (!lot().is_not_distinct_from("L1"), "lot IS DISTINCT FROM 'L1'"),
    ];
    for (built, sql) in rows {
        assert_eq!(built.to_sql(), sql);
        assert_eq!(built, sql.parse().unwrap());
    }
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
        "[a-c*#'?\u{e9}]{0,5}[*#][*#a]{0,3}".prop_map(Literal::mask),
        ("[a-c*#'?!_]{0,5}x", "[x'a]{0,2}x").prop_map(|(it, free)| Literal::mask_with(it, free)),
        parameter().prop_map(Literal::parameter),
    ]
}

fn parameter() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z_][a-z0-9_]{0,5}", "[a-z \"'.:\u{e9}]{1,5}", Just("in".to_owned())]
}

fn column() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("serial".to_owned()),
        Just("between".to_owned()),
        Just("Date".to_owned()),
        Just("left".to_owned()),
        "[a-zA-Z_][a-z0-9_]{0,5}",
        "[a-z \"'.\u{e9}]{1,5}",
        "(serial|SERIAL)\\.[a-z. \"]{0,5}",
    ]
}

/// A column, or functions around one.
fn term() -> impl Strategy<Value = Term> {
    let part = (0..DatePart::ALL.len()).prop_map(|at| DatePart::ALL[at]);
    let call = (0..12u8, any::<i32>(), 0..=i32::MAX, "[a'-]{0,2}", part);
    (column(), prop::collection::vec(call, 0..4)).prop_map(|(column, calls)| {
        calls.into_iter().fold(Scope::column(column), |term, (call, any, length, text, part)| {
            match call {
                0 => term.substring(any, length),
                1 => term.substring_from(any),
                2 => term.left(any),
                3 => term.right(any),
                4 => term.split_part(text, if any == 0 { 1 } else { any }),
                5 => term.upper(),
                6 => term.lower(),
                7 => term.trim(),
                8 => term.char_length(),
                9 => term.extract(part),
                10 => term.cast_as_date(),
                _ => term.cast_as_time(),
            }
        })
    })
}

fn condition() -> impl Strategy<Value = Scope> {
    let one = (0..7u8, term(), literal()).prop_map(|(sign, term, it)| match sign {
        0 => term.eq(it),
        1 => term.ne(it),
        2 => term.lt(it),
        3 => term.le(it),
        4 => term.gt(it),
        5 => term.ge(it),
        _ => term.is_not_distinct_from(it),
    });
    prop_oneof![
        one,
        (term(), literal(), literal()).prop_map(|(it, a, b)| it.between(a, b)),
        (term(), prop::collection::vec(literal(), 0..4)).prop_map(|(it, list)| it.is_in(list)),
        (term(), parameter()).prop_map(|(it, name)| it.is_in_parameter(name)),
        (term(), r"([a-z%_']|\\\\|\\%|\\_){0,6}").prop_map(|(it, pattern)| it.like(pattern)),
        term().prop_map(Term::is_null),
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
    fn no_text_is_too_odd(text in any::<String>(), words in prop::collection::vec(0..25usize, 0..12)) {
        let known = [
            "a", "=", "(", ")", "AND", "NOT", "IN", "'x*'", "1", ",", "IS", "NULL", "BETWEEN", "-",
            ":", "LEFT", "MASK", "SUBSTRING", "FROM", "DISTINCT", "CAST", "AS", "TIME", ".", "serial",
        ];
        let text = words.iter().fold(text, |text, word| format!("{text} {}", known[*word]));
        for scope in [text.parse::<Scope>(), Scope::from_json(&text)].into_iter().flatten() {
            prop_assert_eq!(scope.to_sql().parse::<Scope>().unwrap(), scope);
        }
    }
}
