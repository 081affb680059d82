//! Functions that stand around a column.

use std::fmt;

use super::DatePart;
use super::text_expr::TextStep;
use crate::error::{Error, ErrorKind, Result};

/// A function of a column, or of what another function makes of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    /// From a text to a text.
    Text(TextStep),
    /// The number of characters of a text.
    CharLength,
    /// A part of a day or of a point in time, as a number.
    Extract(DatePart),
    /// The day of a point in time.
    AsDate,
    /// The time of day of a point in time.
    AsTime,
}

/// A function as it is called by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Substring,
    Left,
    Right,
    SplitPart,
    Upper,
    Lower,
    Trim,
    CharLength,
    Extract,
    Cast,
}

impl Function {
    pub(super) const ALL: [Function; 10] = [
        Function::Substring,
        Function::Left,
        Function::Right,
        Function::SplitPart,
        Function::Upper,
        Function::Lower,
        Function::Trim,
        Function::CharLength,
        Function::Extract,
        Function::Cast,
    ];

    /// The function of a name of SQL, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = match name.to_ascii_uppercase().as_str() {
            "SUBSTR" => return Some(Function::Substring),
            "LENGTH" | "CHARACTER_LENGTH" => return Some(Function::CharLength),
            name => name.to_owned(),
        };
        Function::ALL.into_iter().find(|it| it.sql() == name)
    }

    pub(super) fn of_key(key: &str) -> Option<Self> {
        Function::ALL.into_iter().find(|it| it.key() == key)
    }

    pub(super) fn sql(self) -> &'static str {
        match self {
            Function::Substring => "SUBSTRING",
            Function::Left => "LEFT",
            Function::Right => "RIGHT",
            Function::SplitPart => "SPLIT_PART",
            Function::Upper => "UPPER",
            Function::Lower => "LOWER",
            Function::Trim => "TRIM",
            Function::CharLength => "CHAR_LENGTH",
            Function::Extract => "EXTRACT",
            Function::Cast => "CAST",
        }
    }

    /// The key of a node of JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Function::Substring => "substring",
            Function::Left => "left",
            Function::Right => "right",
            Function::SplitPart => "split_part",
            Function::Upper => "upper",
            Function::Lower => "lower",
            Function::Trim => "trim",
            Function::CharLength => "char_length",
            Function::Extract => "extract",
            Function::Cast => "cast",
        }
    }

    /// How it is written in SQL, for a message.
    pub(super) fn usage(self) -> &'static str {
        match self {
            Function::Substring => "SUBSTRING(serial FROM 7 FOR 2)",
            Function::Left => "LEFT(serial, 2)",
            Function::Right => "RIGHT(serial, 8)",
            Function::SplitPart => "SPLIT_PART(serial, '-', 5)",
            Function::Upper => "UPPER(lot)",
            Function::Lower => "LOWER(lot)",
            Function::Trim => "TRIM(lot)",
            Function::CharLength => "CHAR_LENGTH(serial)",
            Function::Extract => "EXTRACT(HOUR FROM made_at)",
            Function::Cast => "CAST(made_at AS DATE)",
        }
    }

    /// How it is written in JSON, for a message.
    pub(super) fn json_usage(self) -> &'static str {
        match self {
            Function::Substring => r#"{"substring": ["serial", 7, 2]}"#,
            Function::Left => r#"{"left": ["serial", 2]}"#,
            Function::Right => r#"{"right": ["serial", 8]}"#,
            Function::SplitPart => r#"{"split_part": ["serial", "-", 5]}"#,
            Function::Upper => r#"{"upper": "lot"}"#,
            Function::Lower => r#"{"lower": "lot"}"#,
            Function::Trim => r#"{"trim": "lot"}"#,
            Function::CharLength => r#"{"char_length": "serial"}"#,
            Function::Extract => r#"{"extract": ["made_at", "hour"]}"#,
            Function::Cast => r#"{"cast": ["made_at", "date"]}"#,
        }
    }

    /// The call of a function that needs nothing but the column.
    pub(super) fn plain(self) -> Option<Call> {
        match self {
            Function::Upper => Some(Call::Text(TextStep::Upper)),
            Function::Lower => Some(Call::Text(TextStep::Lower)),
            Function::Trim => Some(Call::Text(TextStep::Trim)),
            Function::CharLength => Some(Call::CharLength),
            _ => None,
        }
    }
}

impl Call {
    pub(super) fn function(&self) -> Function {
        match self {
            Call::Text(TextStep::Substring { .. }) => Function::Substring,
            Call::Text(TextStep::Left(_)) => Function::Left,
            Call::Text(TextStep::Right(_)) => Function::Right,
            Call::Text(TextStep::SplitPart { .. }) => Function::SplitPart,
            Call::Text(TextStep::Upper) => Function::Upper,
            Call::Text(TextStep::Lower) => Function::Lower,
            Call::Text(TextStep::Trim) => Function::Trim,
            Call::CharLength => Function::CharLength,
            Call::Extract(_) => Function::Extract,
            Call::AsDate | Call::AsTime => Function::Cast,
        }
    }

    /// Refuses arguments for which the function has no meaning, as `PostgreSQL` does.
    pub(super) fn check(&self) -> Result<()> {
        let message = match self {
            Call::Text(TextStep::Substring { length: Some(length), .. }) if *length < 0 => format!(
                "SUBSTRING of {length} characters; a length is 0 or more, and without FOR it is \
                 all the rest"
            ),
            Call::Text(TextStep::SplitPart { part: 0, .. }) => {
                "SPLIT_PART counts parts from 1, or from the last with -1; there is no part 0"
                    .into()
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::ScopeSyntax, message))
    }

    /// What stands in SQL before the column.
    pub(super) fn write_before(&self, out: &mut impl fmt::Write) -> fmt::Result {
        write!(out, "{}(", self.function().sql())?;
        match self {
            Call::Extract(part) => write!(out, "{} FROM ", part.sql()),
            _ => Ok(()),
        }
    }

    /// What stands in SQL after the column.
    pub(super) fn write_after(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Call::Text(TextStep::Substring { start, length: None }) => write!(out, " FROM {start}"),
            Call::Text(TextStep::Substring { start, length: Some(length) }) => {
                write!(out, " FROM {start} FOR {length}")
            }
            Call::Text(TextStep::Left(count) | TextStep::Right(count)) => write!(out, ", {count}"),
            Call::Text(TextStep::SplitPart { separator, part }) => {
                write!(out, ", '{}', {part}", separator.replace('\'', "''"))
            }
            Call::AsDate => out.write_str(" AS DATE"),
            Call::AsTime => out.write_str(" AS TIME"),
            Call::Text(TextStep::Upper | TextStep::Lower | TextStep::Trim)
            | Call::CharLength
            | Call::Extract(_) => Ok(()),
        }?;
        out.write_str(")")
    }
}
