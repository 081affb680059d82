//! The values that a scope compares columns with.

use std::fmt;

use super::mask::Mask;
use super::names::write_name;
use crate::calendar::{Date, Instant};

/// A value in a scope: a text, a whole number, a number with a fraction, a truth, a
/// [mask](Literal::mask), or a [parameter](Literal::parameter) that stands for one of these.
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
    Mask(Mask),
    /// The name of a value that is given when the scope is bound.
    Parameter(Box<str>),
}

impl Literal {
    /// A text in which `*` and `#` each stand for any one character. Two masks make a range in
    /// which the masked places do not count. Binding refuses a mask without a masked place.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Literal, Scope};
    ///
    /// let ends = ["1TC720E****010001", "1TC720E****080657"].map(Literal::mask);
    /// let [first, last] = ends;
    /// let said = "serial BETWEEN MASK('1TC720E****010001') AND MASK('1TC720E****080657')";
    /// assert_eq!(Scope::serial().between(first, last).to_sql(), said);
    /// ```
    pub fn mask(text: impl AsRef<str>) -> Self {
        Literal(Kind::Mask(Mask::new(text.as_ref())))
    }

    /// A text in which each of the characters `free` stands for any one character.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::Literal;
    ///
    /// assert_eq!(Literal::mask_with("18319xxxxxx", "x"), Literal::mask("18319******"));
    /// ```
    pub fn mask_with(text: impl AsRef<str>, free: impl AsRef<str>) -> Self {
        Literal(Kind::Mask(Mask::with_free(text.as_ref(), free.as_ref())))
    }

    /// A value that is given when the scope is bound, by this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Literal, Scope};
    ///
    /// let scope = Scope::column("lot").eq(Literal::parameter("lot"));
    /// assert_eq!(scope.to_sql(), "lot = :lot");
    /// ```
    pub fn parameter(name: impl Into<String>) -> Self {
        Literal(Kind::Parameter(name.into().into()))
    }

    /// The literal as SQL writes it.
    pub(super) fn write_sql(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match &self.0 {
            Kind::Text(text) => write!(out, "'{}'", text.replace('\'', "''")),
            Kind::Integer(number) => write!(out, "{number}"),
            Kind::Float(number) => write!(out, "{number:?}"),
            Kind::Boolean(truth) => out.write_str(if *truth { "TRUE" } else { "FALSE" }),
            Kind::Mask(mask) => mask.write_sql(out),
            Kind::Parameter(name) => {
                out.write_str(":")?;
                write_name(name, out)
            }
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
            Kind::Mask(_) => {
                f.write_str("the mask ")?;
                self.write_sql(f)
            }
            Kind::Parameter(_) => {
                f.write_str("the parameter ")?;
                self.write_sql(f)
            }
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
