//! Scopes that can be asked of the units.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use seriatim::{ColumnType, Scope};

use super::expr::Expr;
use super::units::{COLUMNS, TAG, TEXTS, VERSIONS, namespace, schema, serial};

/// A test of when a serial or an identifier says that it was made, as SQL.
fn made(of: &'static str) -> impl Strategy<Value = String> {
    let times = [
        "2015",
        "2018",
        "2020",
        "2015-01",
        "2018-02",
        "2018-12",
        "2016-W01",
        "2018-W07",
        "2020-W53",
        "2015-01-01",
        "2018-02-15",
        "2018-12-31",
        "2020-02-29",
        "2016-01-02",
    ];
    let time = || select(times.to_vec());
    let compared = select(vec!["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        3 => (compared, time()).prop_map(move |(is, x)| format!("{of}.made {is} '{x}'")),
        3 => (time(), time()).prop_map(move |(x, y)| format!("{of}.made BETWEEN '{x}' AND '{y}'")),
        2 => vec(time(), 1..5)
            .prop_map(move |them| format!("{of}.made IN ('{}')", them.join("', '"))),
        1 => Just(format!("{of}.made IS NULL")),
    ]
}

/// Tests one column in every way its type has.
fn column_test() -> impl Strategy<Value = Expr> {
    let column = select(COLUMNS.into_iter().filter(|it| it.0 != TAG).collect::<Vec<_>>());
    let ways = (0..10_usize, vec(any::<prop::sample::Index>(), 3));
    (column, ways).prop_map(|((name, column_type), (way, picks))| {
        let column = || Scope::column(name);
        let scope = match column_type {
            ColumnType::Text | ColumnType::TextList | ColumnType::Version => {
                let texts: &[&str] =
                    if column_type == ColumnType::Version { &VERSIONS } else { &TEXTS };
                let pick = |at: usize| *picks[at].get(texts);
                match way {
                    8 => column().like(*picks[0].get(&["L%", "%1%", "_", "%", "4.1%", "4._"])),
                    _ => compared(column, way, pick(0), pick(1), pick(2)),
                }
            }
            ColumnType::Integer => {
                let pick = |at: usize| *picks[at].get(&[i64::MIN, -1, 0, 1, 2, 5, i64::MAX]);
                compared(column, way, pick(0), pick(1), pick(2))
            }
            ColumnType::Float => {
                let pick = |at: usize| *picks[at].get(&[-7.0, 0.0, 1.0, 1.5, 2.25, 1e300]);
                compared(column, way, pick(0), pick(1), pick(2))
            }
            ColumnType::Boolean => match way % 2 {
                0 => column().eq(picks[0].index(2) == 0),
                _ => column().ne(picks[0].index(2) == 0),
            },
            ColumnType::Date | ColumnType::Timestamp => {
                let days = ["1969-12-31", "1970-01-01", "1990-02-03", "2022-01-08", "2024-10-04"];
                let pick = |at: usize| *picks[at].get(&days);
                compared(column, way, pick(0), pick(1), pick(2))
            }
        };
        Expr::Test(scope, Some(name))
    })
}

fn compared<L: Into<seriatim::Literal>>(
    column: impl Fn() -> seriatim::Term,
    way: usize,
    a: L,
    b: L,
    c: L,
) -> Scope {
    match way {
        0 => column().eq(a),
        1 => column().ne(a),
        2 => column().lt(a),
        3 => column().le(a),
        4 => column().gt(a),
        5 => column().ge(a),
        6 => column().between(a, b),
        7 => column().is_in([a, b, c]),
        8 => column().is_in(Vec::<L>::new()),
        _ => column().is_null(),
    }
}

fn serial_test() -> impl Strategy<Value = Expr> {
    let namespace = prop_oneof![
        namespace().prop_map(|it| Scope::namespace().eq(it)),
        namespace().prop_map(|it| Scope::namespace().gt(it)),
        Just(Scope::namespace().like("%0%")),
    ];
    prop_oneof![
        5 => keyed_test("serial", None),
        1 => namespace.prop_map(|scope| Expr::Test(scope, None)),
    ]
}

/// Tests the serial or the identifier in every way.
fn keyed_test(of: &'static str, column: Option<&'static str>) -> impl Strategy<Value = Expr> {
    let patterns = vec!["0%", "%1", "_0%", "P%", "PA1_", "L%1", "X%", "%", "001"];
    let it = move || Scope::column(of);
    let test = prop_oneof![
        4 => (serial(), serial()).prop_map(move |(a, b)| it().between(a, b)),
        1 => (serial(), serial(), 1..8_usize)
            .prop_map(move |(a, b, length)| it().between(cut(&a, length), cut(&b, length))),
        1 => (serial(), 1..8_usize).prop_map(move |(a, length)| it().le(cut(&a, length))),
        1 => serial().prop_map(move |a| it().ge(a)),
        1 => serial().prop_map(move |a| it().lt(a)),
        1 => serial().prop_map(move |a| it().gt(a)),
        1 => serial().prop_map(move |a| it().ne(a)),
        2 => vec(serial(), 0..6).prop_map(move |them| it().is_in(them)),
        2 => select(patterns).prop_map(move |a| it().like(a)),
        1 => Just(it().is_null()),
    ];
    prop_oneof![
        3 => test.prop_map(move |scope| Expr::Test(scope, column)),
        2 => function(of).prop_map(move |sql| Expr::Test(sql.parse().unwrap(), column)),
        1 => made(of).prop_map(move |sql| Expr::Test(sql.parse().unwrap(), column)),
    ]
}

/// What a serial begins with.
fn cut(serial: &str, length: usize) -> String {
    serial.chars().take(length).collect()
}

/// What functions may be given of a serial or a text.
fn call(of: &'static str) -> impl Strategy<Value = String> {
    let inner = prop_oneof![
        (-1..5_i32, 0..4_i32).prop_map(move |(a, n)| format!("SUBSTRING({of} FROM {a} FOR {n})")),
        (1..4_i32).prop_map(move |a| format!("SUBSTRING({of} FROM {a})")),
        (-2..4_i32).prop_map(move |n| format!("LEFT({of}, {n})")),
        (-2..4_i32).prop_map(move |n| format!("RIGHT({of}, {n})")),
        ("[-0P1]", -2..3_i32)
            .prop_filter("parts begin with 1", |(_, part)| *part != 0)
            .prop_map(move |(by, part)| format!("SPLIT_PART({of}, '{by}', {part})")),
        Just(of.to_owned()),
    ];
    let outer = select(vec!["", "LOWER", "UPPER", "TRIM"]);
    (inner, outer).prop_map(|(inner, outer)| match outer {
        "" => inner,
        outer => format!("{outer}({inner})"),
    })
}

/// A text that may be part of a serial.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[01PLAa]{0,2}", 1 => "[01PLAB]{3}", 1 => Just("\u{e9}".to_owned())]
}

/// A test of what functions make of a serial or an identifier, or of a mask, as SQL.
fn function(of: &'static str) -> impl Strategy<Value = String> {
    let compared = select(vec!["=", "<>", "<", "<=", ">", ">="]);
    prop_oneof![
        4 => (call(of), compared.clone(), part()).prop_map(|(it, is, x)| format!("{it} {is} '{x}'")),
        2 => (call(of), part(), part()).prop_map(|(it, x, y)| {
            let (x, y) = if x <= y { (x, y) } else { (y, x) };
            format!("{it} BETWEEN '{x}' AND '{y}'")
        }),
        2 => (call(of), vec(part(), 1..4)).prop_map(|(it, them)| {
            format!("{it} IN ('{}')", them.join("', '"))
        }),
        2 => (call(of), "[01P%_]{1,4}").prop_map(|(it, like)| format!("{it} LIKE '{like}'")),
        2 => "[0-2P%_]{1,4}".prop_map(move |like| format!("{of} LIKE '{like}'")),
        1 => (call(of), compared.clone(), 0..5).prop_map(|(it, is, n)| {
            format!("CHAR_LENGTH({it}) {is} {n}")
        }),
        2 => (select(vec!["n", "year"]), compared.clone(), 0..13)
            .prop_map(move |(field, is, n)| format!("{of}.{field} {is} {n}")),
        1 => ("[AB]").prop_map(move |line| format!("{of}.line <> '{line}'")),
        1 => select(vec!["n", "line", "year"]).prop_map(move |field| format!("{of}.{field} IS NULL")),
        1 => "[01PL*]{1,3}[*]".prop_map(move |mask| format!("{of} = MASK('{mask}')")),
        2 => masks(of),
    ]
}

/// A range of serials with masks at its ends.
fn masks(of: &'static str) -> impl Strategy<Value = String> {
    (vec((0..3_u8, 0..3_u32, 0..3_u32), 2..4), 0..4_usize).prop_map(move |(places, free)| {
        let end = |last: bool| -> String {
            let place = |(at, (kind, a, b)): (usize, &(u8, u32, u32))| match kind {
                _ if at == free % places.len() => '*',
                0 => {
                    if last {
                        'P'
                    } else {
                        'L'
                    }
                }
                _ => char::from_digit(if last { *a.max(b) } else { *a.min(b) }, 10).unwrap(),
            };
            places.iter().enumerate().map(place).collect()
        };
        format!("{of} BETWEEN MASK('{}') AND MASK('{}')", end(false), end(true))
    })
}

/// Tests of what functions make of a column.
fn column_function() -> impl Strategy<Value = Expr> {
    let texts = select(vec!["lot", "cells", "firmware"]).prop_flat_map(|column| {
        let text = select(vec!["", "L", "L1", "1", "l1", "4", "4.1"]);
        let like = select(vec!["%1", "_1%", "%", "L_"]);
        prop_oneof![
            (call(column), text.clone()).prop_map(|(it, x)| format!("{it} = '{x}'")),
            (call(column), text).prop_map(|(it, x)| format!("{it} >= '{x}'")),
            (call(column), like).prop_map(|(it, x)| format!("{it} LIKE '{x}'")),
            (call(column), 0..4).prop_map(|(it, n)| format!("CHAR_LENGTH({it}) = {n}")),
            Just(format!("{column} IS NOT DISTINCT FROM 'L1'")),
        ]
        .prop_map(move |sql| (sql, column))
    });
    let date_part =
        select(vec!["YEAR", "QUARTER", "MONTH", "DAY", "ISOYEAR", "WEEK", "ISODOW", "DOY"]);
    let times = prop_oneof![
        (date_part, select(vec!["sold_on", "made_at"]), select(vec![1, 3, 12, 31, 53, 1969, 2022]))
            .prop_map(|(part, column, n)| (
                format!("EXTRACT({part} FROM {column}) <= {n}"),
                column
            )),
        (0..24).prop_map(|n| (format!("EXTRACT(HOUR FROM made_at) >= {n}"), "made_at")),
        Just(("EXTRACT(MINUTE FROM made_at) = 59".to_owned(), "made_at")),
        Just(("CAST(made_at AS TIME) BETWEEN '12:00' AND '24:00'".to_owned(), "made_at")),
        Just(("CAST(made_at AS TIME) < '00:00:01'".to_owned(), "made_at")),
        Just(("CAST(made_at AS DATE) = '1970-01-01'".to_owned(), "made_at")),
    ];
    prop_oneof![texts, times]
        .prop_map(|(sql, column)| Expr::Test(sql.parse().unwrap(), Some(column)))
}

/// Scopes that bind to the schema.
pub(crate) fn expr() -> impl Strategy<Value = Expr> {
    let test = prop_oneof![
        3 => column_test().boxed(),
        1 => column_function().boxed(),
        2 => serial_test().boxed(),
        1 => keyed_test(TAG, Some(TAG)).boxed(),
    ];
    let bound = test.prop_filter("binds", |test| schema().bind(&test.scope()).is_ok());
    bound.prop_recursive(4, 16, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            inner.prop_map(|it| Expr::Not(Box::new(it))),
            pair.clone().prop_map(|(a, b)| Expr::And(Box::new(a), Box::new(b))),
            pair.prop_map(|(a, b)| Expr::Or(Box::new(a), Box::new(b))),
        ]
    })
}
