//! What people are told when a scope is wrong.

use super::schema;
use crate::error::ErrorKind;
use crate::scope::Scope;

/// The whole text of the error of a scope that cannot be read, or cannot be bound.
pub(super) fn error_of(text: &str) -> (ErrorKind, String) {
    let error = match text.parse::<Scope>() {
        Err(error) => error,
        Ok(scope) => schema().bind(&scope).map(|_| format!("{text} is bound")).unwrap_err(),
    };
    (error.kind(), error.to_string())
}

fn json_error_of(text: &str) -> String {
    match Scope::from_json(text) {
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ScopeSyntax);
            error.to_string()
        }
        Ok(scope) => {
            schema().bind(&scope).map(|_| format!("{text} is bound")).unwrap_err().to_string()
        }
    }
}

const OUTSIDE_THE_LANGUAGE: &[(&str, &str, &str)] = &[
    ("", "the scope is empty; write a condition, such as lot = 'L1'", ""),
    ("facility = ", "the scope ends where a literal should stand", "          ^"),
    (
        "WHERE line = 1",
        "`WHERE` stands where a column should; leave WHERE out: a scope is the condition that \
             follows it",
        "^",
    ),
    (
        "serial IN (SELECT serial FROM units)",
        "`SELECT` stands where a literal should; the language has no queries; list the values \
             with IN",
        "           ^",
    ),
    (
        "line = 1;",
        "`;` stands where AND, OR or the end should; a scope is one condition, without a \
             semicolon",
        "        ^",
    ),
    (
        "line == 1",
        "`==` stands where a comparison (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) should; write `=`",
        "     ^",
    ),
    ("facility = NULL", "`= NULL` never holds; write `facility IS NULL`", "           ^"),
    ("facility <> NULL", "`<> NULL` never holds; write `facility IS NOT NULL`", "            ^"),
    (
        "facility = \"Leipzig\"",
        "double quotes are for columns; a text stands in single quotes: 'Leipzig'",
        "           ^",
    ),
    (
        "facility = Leipzig",
        "`Leipzig` stands where a literal should; two columns cannot be compared, and a text \
             stands in single quotes: 'Leipzig'",
        "           ^",
    ),
    (
        "SOUNDEX(facility) = 'L120'",
        "there is no function SOUNDEX; there are SUBSTRING, LEFT, RIGHT, SPLIT_PART, UPPER, LOWER, \
             TRIM, CHAR_LENGTH, EXTRACT, CAST, MASK",
        "^",
    ),
    ("UPER(facility) = 'GRAZ'", "there is no function UPER; did you mean UPPER?", "^"),
    (
        "MID(serial, 7, 2) = 'WY'",
        "there is no function MID; write SUBSTRING(serial FROM 7 FOR 2)",
        "^",
    ),
    (
        "facility = UPPER(firmware)",
        "`UPPER(firmware)` stands where a literal should; a function stands on one side only, and \
             the other is a literal",
        "           ^",
    ),
    (
        "UPPER('graz') = facility",
        "UPPER is of a column, and a literal stands here; write UPPER(lot)",
        "      ^",
    ),
    (
        "LEFT(serial) = 'A'",
        "`)` stands where LEFT does not have it; write LEFT(serial, 2)",
        "           ^",
    ),
    (
        "LEFT(serial, 2, 3) = 'A'",
        "`,` stands where LEFT does not have it; write LEFT(serial, 2)",
        "              ^",
    ),
    (
        "LEFT(serial, '2') = 'A'",
        "LEFT takes whole numbers here, from -2147483648 to 2147483647; write LEFT(serial, 2)",
        "             ^",
    ),
    (
        "SUBSTRING(serial FROM 7 FOR -1) = 'A'",
        "SUBSTRING of -1 characters; a length is 0 or more, and without FOR it is all the rest",
        "^",
    ),
    (
        "SPLIT_PART(serial, '-', 0) = 'A'",
        "SPLIT_PART counts parts from 1, or from the last with -1; there is no part 0",
        "^",
    ),
    (
        "EXTRACT(DOW FROM made_at) = 1",
        "`DOW` is no part that EXTRACT gives; ISODOW counts the days of the week from Monday, 1, \
             to Sunday, 7",
        "        ^",
    ),
    (
        "CAST(made_at AS INTEGER) = 1",
        "`INTEGER` stands where DATE or TIME should",
        "                ^",
    ),
    (
        "serial = MASK('1TC720E')",
        "the mask has no masked place; `*` and `#` mask one character each, and MASK('12xx', 'x') \
             names another",
        "              ^",
    ),
    (
        "serial BETWEEN SYMMETRIC 'B' AND 'A'",
        "BETWEEN has no SYMMETRIC here; write the first end first: ends the wrong way round are an \
             error, so that none go unseen",
        "               ^",
    ),
    (
        "serial = :",
        "the scope ends where the name of a parameter, as in :lot, should stand",
        "          ^",
    ),
    (
        "facility ~ 'L.*'",
        "`~` stands where a comparison (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) should; the language has no regular expressions; use LIKE",
        "         ^",
    ),
    (
        "line + 1 = 2",
        "`+` stands where a comparison (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) should; the language has no arithmetic; write the value itself",
        "     ^",
    ),
    (
        "line = 1 + 1",
        "`+` stands where AND, OR or the end should; the language has no arithmetic; \
             write the value itself",
        "         ^",
    ),
    (
        "facility ILIKE 'l%'",
        "`ILIKE` stands where a comparison (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) should; LIKE heeds case; list the spellings with OR",
        "         ^",
    ),
    (
        "1 < line < 9",
        "comparisons do not chain; write BETWEEN, or two comparisons with AND",
        "         ^",
    ),
    ("'a' = 'a'", "two literals are compared; one side must be a column", "      ^"),
    ("TRUE", "a literal stands where a column should; name it first", "^"),
    ("reworked IS TRUE", "IS stands before NULL only; write `reworked = TRUE`", "            ^"),
    (
        "units.line.x = 1",
        "`.` stands where a comparison (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) should",
        "          ^",
    ),
    (
        "facility = 'Leipzig",
        "the text does not end; close it with ', and write '' for a ' inside it",
        "           ^",
    ),
    (
        "facility = \u{2018}Leipzig\u{2019}",
        "`\u{2018}` stands where a literal should; a text stands in straight single quotes: 'text'",
        "           ^",
    ),
    (
        "line = 9223372036854775808",
        "the number is outside -9223372036854775808 to 9223372036854775807",
        "       ^",
    ),
    ("torque < 1e999", "the number is greater than any that a column holds", "         ^"),
    ("line IN (1, 2", "the scope ends where `,` or `)` should stand", "             ^"),
    ("(line = 1", "the scope ends where AND, OR or `)` should stand", "         ^"),
    ("line = 1) OR line = 2", "`)` stands where AND, OR or the end should", "        ^"),
    (
        "facility LIKE 'a!'  ESCAPE '!'",
        "`!` in a LIKE pattern escapes `%`, `_` and itself; write `!!` for the character `!`",
        "              ^",
    ),
    (
        "serial = $1",
        "`$1` stands where a literal should; a parameter is a colon and a name: :lot",
        "         ^",
    ),
];

#[test]
fn sql_outside_the_language_names_the_way_out() {
    for (text, message, under) in OUTSIDE_THE_LANGUAGE {
        let caret = if text.is_empty() { "^".to_owned() } else { (*under).to_owned() };
        let expected =
            format!("{message} (line 1, column {})\n{text}\n{caret}", caret.chars().count());
        let (kind, found) = error_of(text);
        assert_eq!(found, expected.replace(" \n", "\n"), "{text}");
        assert_eq!(kind, ErrorKind::ScopeSyntax, "{text}");
    }
}

const OUTSIDE_THE_SCHEMA: &[(&str, &str, usize)] = &[
    ("facilty = 'Leipzig'", "there is no column `facilty`; did you mean `facility`?", 1),
    (
        "colour = 'red'",
        "there is no column `colour`; there are serial, namespace, facility, line, torque, \
             packed_on, made_at, reworked, firmware, component_batch",
        1,
    ),
    (
        "facility = 4711",
        "column `facility` (text): the number 4711 does not fit; write it in single quotes: \
             '4711'",
        12,
    ),
    (
        "line IN (1, '2')",
        "column `line` (integer): the text '2' does not fit; write a number, without quotes",
        13,
    ),
    ("line = 4.5", "column `line` (integer): no value is exactly the number 4.5", 8),
    (
        "firmware > 4.10",
        "column `firmware` (version): the number 4.1 does not fit; write it in single quotes: \
             '...'",
        12,
    ),
    (
        "made_at BETWEEN '2025-03-01' AND '2025-04-31'",
        "column `made_at` (timestamp): `2025-04-31` is not a day of the calendar, or a point \
             in time 2025-03-01T12:30:00Z",
        34,
    ),
    (
        "packed_on < '1.4.2025'",
        "column `packed_on` (date): `1.4.2025` is not a date; write it YYYY-MM-DD",
        13,
    ),
    (
        "made_at BETWEEN '2025-04-12' AND '2025-03-01'",
        "column `made_at` (timestamp): the first end of BETWEEN comes after the last; swap \
             them, or correct one",
        17,
    ),
    (
        "facility BETWEEN 'b' AND 'a'",
        "column `facility` (text): the first end of BETWEEN comes after the last; swap them, \
             or correct one",
        18,
    ),
    (
        "firmware NOT BETWEEN '4.10' AND '4.9'",
        "column `firmware` (version): the first end of BETWEEN comes after the last; swap \
             them, or correct one",
        22,
    ),
    ("line BETWEEN 4.2 AND 4.8", "column `line` (integer): no value lies between", 14),
    ("reworked < TRUE", "column `reworked` (boolean): truths have no order; use = or <>", 1),
    (
        "line LIKE '4%'",
        "column `line` (integer): LIKE is for texts; use a comparison or BETWEEN",
        1,
    ),
    (
        "serial = 42500",
        "the serial: the number 42500 does not fit; write it in single quotes: '42500'",
        10,
    ),
    ("serial = ''", "the serial is empty", 10),
    ("serial BETWEEN '00042500' AND ''", "the serial is empty", 31),
    (
        "LEFT(line, 2) = '12'",
        "column `line` (integer): LEFT is of a text, and here stands a number; compare the value \
             itself",
        1,
    ),
    (
        "UPPER(CHAR_LENGTH(facility)) = 'A'",
        "column `facility` (text): UPPER is of a text, and here stands a number; compare the value \
             itself",
        1,
    ),
    (
        "EXTRACT(YEAR FROM serial) = 2025",
        "`EXTRACT(YEAR FROM serial)`: EXTRACT is of a day or a point in time, and here stands a \
             text; declare the column as a date",
        1,
    ),
    (
        "EXTRACT(HOUR FROM packed_on) = 9",
        "column `packed_on` (date): EXTRACT is of a point in time, and here stands a day; a day has \
             no hours",
        1,
    ),
    (
        "CAST(packed_on AS TIME) > '12:00'",
        "column `packed_on` (date): CAST is of a point in time, and here stands a day; a day has \
             no time of day",
        1,
    ),
    (
        "LEFT(serial, 2) IN ('19', '2201')",
        "`LEFT(serial, 2)`: '2201' has 4 characters, and what it is compared with has at most 2; it \
             can never be equal",
        27,
    ),
    (
        "UPPER(facility) = 'Leipzig'",
        "column `facility` (text): 'Leipzig' can never be equal; write 'LEIPZIG'",
        19,
    ),
    (
        "CHAR_LENGTH(serial) = '9'",
        "`CHAR_LENGTH(serial)`: the text '9' does not fit; write a number, without quotes",
        23,
    ),
    (
        "CHAR_LENGTH(LEFT(serial, 4)) > 4",
        "`CHAR_LENGTH(LEFT(serial, 4))`: the number 4 is out of reach; the function gives 0 to 4",
        32,
    ),
    (
        "EXTRACT(HOUR FROM made_at) = 24",
        "column `made_at` (timestamp): the number 24 is out of reach; the function gives 0 to 23",
        30,
    ),
    (
        "CAST(made_at AS TIME) BETWEEN '22:00' AND '06:00'",
        "column `made_at` (timestamp): from '22:00' to '06:00' runs over midnight; write >= \
             '22:00' OR <= '06:00'",
        31,
    ),
    (
        "CAST(made_at AS TIME) >= '24:00'",
        "column `made_at` (timestamp): no time of day is '24:00': it is the end of the day only; \
             midnight is '00:00'",
        26,
    ),
    (
        "CAST(made_at AS TIME) = '9:30'",
        "column `made_at` (timestamp): `9:30` is no time of day; write it HH:MM or HH:MM:SS, from \
             '00:00' to '24:00'",
        25,
    ),
    (
        "CAST(made_at AS DATE) = '2025-03-01T12:00:00Z'",
        "column `made_at` (timestamp): the text '2025-03-01T12:00:00Z' has a time of day; write the \
             day, or leave out CAST",
        25,
    ),
    (
        "serial BETWEEN MASK('AB**1') AND MASK('AB**12')",
        "the serial: MASK('AB**1') and MASK('AB**12') have 5 and 6 places; both ends of a range \
             have one length",
        16,
    ),
    (
        "serial BETWEEN MASK('AB**1') AND 'AB009'",
        "the serial: one end of the range is a mask and the other is none; mask both",
        34,
    ),
    (
        "serial < MASK('AB**1')",
        "the serial: a mask as an end belongs to the range; write <= or >=",
        10,
    ),
    (
        "line = MASK('1*')",
        "column `line` (integer): the mask MASK('1*') does not fit; write a number, without quotes",
        8,
    ),
    ("line = :line", "parameter `line` has no value; give it when the scope is bound", 8),
    ("facility IN :lines", "parameter `lines` has no value; give it when the scope is bound", 13),
    ("packed_on = DATE '2025-02-30'", "`2025-02-30` is not a day of the calendar", 18),
    (
        "made_at < TIMESTAMP '2025-02-28'",
        "a TIMESTAMP has a time of day, such as '2025-03-01T12:30:00Z'; for a day write DATE",
        21,
    ),
    (
        "made_at < '2025-10-26T02:30:00'",
        "column `made_at` (timestamp): 2025-10-26T02:30:00 is not one instant in Europe/Berlin; \
             give its offset",
        11,
    ),
];

#[test]
fn a_scope_that_does_not_fit_the_schema_names_the_way_out() {
    for (text, message, column) in OUTSIDE_THE_SCHEMA {
        let under = " ".repeat(column - 1);
        let (kind, found) = error_of(text);
        assert_eq!(found, format!("{message} (line 1, column {column})\n{text}\n{under}^"));
        assert_eq!(kind, ErrorKind::ScopeField, "{text}");
    }
}

#[test]
fn the_place_is_in_the_line_at_fault() {
    let (_, found) = error_of("line = 1\n  AND facility = -- which?\n  4711");
    assert!(found.ends_with("(line 3, column 3)\n  4711\n  ^"), "{found}");
}

const OUTSIDE_THE_JSON: &[(&str, &str)] = &[
    ("", "the end stands where a node, such as {\"eq\": [\"lot\", \"L1\"]}, should (at $)"),
    (
        r#"{"and": []}"#,
        "`]` stands where a node, such as {\"eq\": [\"lot\", \"L1\"]}, should (at $.and[0])",
    ),
    (
        r#"{"equals": ["line", 1]}"#,
        "the text 'equals' is no operator; there are and, or, not, eq, ne, lt, le, gt, ge, between, in, like, is_null, is_not_distinct_from (at $)",
    ),
    (
        r#"{"betwen": ["line", 1, 2]}"#,
        "the text 'betwen' is no operator; did you mean `between`? (at $)",
    ),
    (
        r#"{"eq": ["line", 1], "eq": ["line", 2]}"#,
        "a node has one key, its operator; use `and` or `or` (at $)",
    ),
    (
        r#"{"not": {"eq": ["line", null]}}"#,
        "null is no value; write {\"is_null\": \"column\"} (at $.not.eq[1])",
    ),
    (r#"{"eq": ["line"]}"#, "`]` stands where `,` and a further operand should (at $.eq)"),
    (r#"{"eq": ["line", 1, 2]}"#, "`,` stands where `]` should (at $.eq)"),
    (
        r#"{"in": ["line", 1]}"#,
        "the number 1 stands where an array of literals should (at $.in[1])",
    ),
    (
        r#"{"in": ["line", [1, {}]]}"#,
        "`}` stands where `mask` or `parameter` in double quotes should (at $.in[1][1])",
    ),
    (r#"{"in": ["line", [1, [2]]]}"#, "an array stands where a literal should (at $.in[1][1])"),
    (
        r#"{"is_null": ["line"]}"#,
        "an array stands where the name of a column in double quotes should (at $.is_null)",
    ),
    (
        r#"{"like": ["facility", "a\\b"]}"#,
        "`\\` in a LIKE pattern escapes `%`, `_` and itself; write `\\\\` for the character `\\` (at $.like[1])",
    ),
    (
        r#"{"eq": [{"lefd": ["serial", 2]}, "A"]}"#,
        "the text 'lefd' is no function; did you mean `left`? (at $.eq[0])",
    ),
    (
        r#"{"eq": [{"left": "serial"}, "A"]}"#,
        r#"the text 'serial' stands where an array, as in {"left": ["serial", 2]}, should (at $.eq[0].left)"#,
    ),
    (
        r#"{"eq": [{"left": ["serial", "2"]}, "A"]}"#,
        r#"the text '2' is no whole number from -2147483648 to 2147483647; write {"left": ["serial", 2]} (at $.eq[0].left[1])"#,
    ),
    (
        r#"{"eq": [{"upper": "line", "left": 1}, "A"]}"#,
        "a function stands by itself in its object (at $.eq[0])",
    ),
    (
        r#"{"eq": ["facility", {"upper": "firmware"}]}"#,
        "a function stands in the place of the column; here stands a literal (at $.eq[1])",
    ),
    (
        r#"{"eq": ["serial", {"mask": "AB"}]}"#,
        "the mask has no masked place; `*` and `#` mask one character each, and MASK('12xx', 'x') names another (at $.eq[1].mask)",
    ),
    (
        r#"{"eq": [{"extract": ["made_at", "second"]}, 1]}"#,
        "the text 'second' is no part of a date; there are year, quarter, month, day, isoyear, week, isodow, doy, hour, minute (at $.eq[0].extract)",
    ),
    (
        r#"{"in": ["serial", {"mask": "AB*"}]}"#,
        "the mask MASK('AB*') is no list; put it in `[` and `]` (at $.in[1])",
    ),
    (
        r#"{"eq": ["line", {"parameter": "n"}]}"#,
        "parameter `n` has no value; give it when the scope is bound (at $.eq[1])",
    ),
    (
        r#"{"gt": [{"char_length": {"left": ["line", 2]}}, 1]}"#,
        "column `line` (integer): LEFT is of a text, and here stands a number; compare the value itself (at $.gt[0].char_length)",
    ),
    (r#"{"eq": ["line", 01]}"#, "a number that is not JSON, at byte 16 (at $.eq[1])"),
    (r#"{"eq": ["line", 1]} x"#, "this is not JSON, at byte 20 (at $)"),
    (
        r#"{"eq": ["line", 9223372036854775808]}"#,
        "the number is outside -9223372036854775808 to 9223372036854775807, at byte 16 (at $.eq[1])",
    ),
    (
        r#"{"and": [{"eq": ["line", 1]}, {"or": [{"eq": ["lime", 1]}]}]}"#,
        "there is no column `lime`; did you mean `line`? (at $.and[1].or[0].eq[0])",
    ),
    (
        r#"{"in": ["line", [1, "2"]]}"#,
        "column `line` (integer): the text '2' does not fit; write a number, without quotes (at $.in[1][1])",
    ),
];

#[test]
fn json_errors_name_the_path() {
    for (text, expected) in OUTSIDE_THE_JSON {
        assert_eq!(json_error_of(text), *expected, "{text}");
    }
}

#[test]
fn what_is_built_has_no_place() {
    let scope = Scope::column("torque").lt(f64::NAN);
    let error = schema().bind(&scope).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column `torque` (float): NaN and the infinities are no numbers to compare with"
    );
    let error = schema().bind(&Scope::serial().like(r"a\b")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ScopeField);
}
