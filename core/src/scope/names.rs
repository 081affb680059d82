//! Names of columns, fields and parameters in SQL.

use std::fmt;

/// Words that are no column unless they are quoted.
const KEYWORDS: [&str; 18] = [
    "and",
    "between",
    "case",
    "date",
    "escape",
    "exists",
    "false",
    "ilike",
    "in",
    "is",
    "like",
    "not",
    "null",
    "or",
    "select",
    "timestamp",
    "true",
    "where",
];

/// What stands before the name of a field of the serial.
const FIELD_OF: &str = "serial.";

/// The name of the field that a column's name means, where it begins with `serial.`
pub(super) fn field_name(column: &str) -> Option<&str> {
    let (head, field) = column.split_at_checked(FIELD_OF.len())?;
    (head.eq_ignore_ascii_case(FIELD_OF) && !field.is_empty()).then_some(field)
}

/// Writes the name of a column; a field of the serial as a path.
pub(super) fn write_column(name: &str, out: &mut impl fmt::Write) -> fmt::Result {
    match field_name(name) {
        Some(field) => {
            out.write_str(name.get(..FIELD_OF.len()).unwrap_or(FIELD_OF))?;
            write_name(field, out)
        }
        None if KEYWORDS.iter().any(|keyword| name.eq_ignore_ascii_case(keyword)) => {
            write_quoted(name, out)
        }
        None => write_name(name, out),
    }
}

/// Writes a name, in double quotes where it must be.
pub(super) fn write_name(name: &str, out: &mut impl fmt::Write) -> fmt::Result {
    let plain = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if plain { out.write_str(name) } else { write_quoted(name, out) }
}

fn write_quoted(name: &str, out: &mut impl fmt::Write) -> fmt::Result {
    write!(out, "\"{}\"", name.replace('"', "\"\""))
}
