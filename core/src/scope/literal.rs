//! The values that a scope compares columns with.

use std::fmt;

use crate::calendar::{Date, Instant};

/// A value in a scope: a text, a whole number, a number with a fraction, or a truth.
///
/// A day or an instant is its text, as in JSON: what it means depends on the column it is compared
/// with. Made by `From`.
///
/// # Examples
///
/// ```
/// use seriatim::{Date, Literal};
///
/// assert_eq!(Literal::from(Date::new(2025, 3, 1)?), Literal::from("2025-03-01"));
/// assert_ne!(Literal::from(42_500), Literal::from("42500"));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Literal(pub(super) Kind);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Text(Box<str>),
    Integer(i64),
    /// Never minus zero, so that equal numbers print equal.
    Float(f64),
    Boolean(bool),
}

impl Literal {
    /// The literal as SQL writes it.
    pub(super) fn write_sql(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match &self.0 {
            Kind::Text(text) => write!(out, "'{}'", text.replace('\'', "''")),
            Kind::Integer(number) => write!(out, "{number}"),
            Kind::Float(number) => write!(out, "{number:?}"),
            Kind::Boolean(truth) => out.write_str(if *truth { "TRUE" } else { "FALSE" }),
        }
    }
}

/// The literal as a message shows it: what it is, and how it begins.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Text(text) if text.chars().nth(60).is_some() => {
                let start: String = text.chars().take(60).collect();
                write!(f, "the text '{start}...'")
            }
            Kind::Text(_) => {
                f.write_str("the text ")?;
                self.write_sql(f)
            }
            Kind::Integer(_) | Kind::Float(_) => {
                f.write_str("the number ")?;
                self.write_sql(f)
            }
            Kind::Boolean(_) => self.write_sql(f),
        }
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Literal(Kind::Text(text.into()))
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        Literal(Kind::Text(text.into()))
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Literal(Kind::Integer(number))
    }
}

/// NaN and the infinities make a literal too, but binding refuses it.
impl From<f64> for Literal {
    fn from(number: f64) -> Self {
        // Minus zero plus zero is zero.
        Literal(Kind::Float(number + 0.0))
    }
}

impl From<bool> for Literal {
    fn from(truth: bool) -> Self {
        Literal(Kind::Boolean(truth))
    }
}

impl From<Date> for Literal {
    fn from(date: Date) -> Self {
        Literal::from(date.to_string())
    }
}

impl From<Instant> for Literal {
    fn from(at: Instant) -> Self {
        Literal::from(at.to_string())
    }
}
