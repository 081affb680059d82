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

/// The column and the field that a name with a full stop means; no column has one in its name.
pub(super) fn field_path(name: &str) -> Option<(&str, &str)> {
    name.split_once('.').filter(|(column, field)| !column.is_empty() && !field.is_empty())
}

/// Writes the name of a column; a field as a path.
pub(super) fn write_column(name: &str, out: &mut impl fmt::Write) -> fmt::Result {
    let Some((column, field)) = field_path(name) else { return write_plain(name, out) };
    write_plain(column, out)?;
    out.write_char('.')?;
    write_name(field, out)
}

/// Writes a name that begins an operand.
fn write_plain(name: &str, out: &mut impl fmt::Write) -> fmt::Result {
    if KEYWORDS.iter().any(|keyword| name.eq_ignore_ascii_case(keyword)) {
        write_quoted(name, out)
    } else {
        write_name(name, out)
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
